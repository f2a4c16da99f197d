"""Observations on irregular dates, what was last known, and alerts as dated events."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import indenture
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine import serialise

HEAD = """
deal "Marks" { language = 1; currency = USD; closing = 2026-01-05 }
party Oracle
schedule marks = dates vector "marks.csv" column date
term quoted : series of rate = observations "marks.csv" column spread
"""
MARKS = (
    "date,spread\n2026-01-05,100bp\n2026-01-12,130bp\n2026-01-21,\n2026-02-11,110bp\n2026-02-20,\n2026-03-20,140bp\n"
)
DATES = [datetime.date(2026, *day) for day in ((1, 5), (1, 12), (1, 21), (2, 11), (2, 20), (3, 20))]


def compiled(tmp_path: Path, body: str, marks: str = MARKS, head: str = HEAD) -> indenture.Deal:
    (tmp_path / "marks.csv").write_text(marks, encoding="utf-8")
    return indenture.compile(head + body, folder=tmp_path)


def errors(tmp_path: Path, body: str, marks: str = MARKS, head: str = HEAD) -> list[tuple[str, int, str]]:
    with pytest.raises(indenture.DealError) as found:
        compiled(tmp_path, body, marks, head)
    return [(one.code, one.span.line, one.message) for one in found.value.diagnostics if one.severity == "error"]


def test_an_observation_that_was_not_made_is_no_zero(tmp_path: Path) -> None:
    result = compiled(tmp_path, "report { quoted; latest(quoted); latest_date(quoted); known(quoted) }").run()
    assert list(result.dates) == DATES
    assert result["quoted"].to_json() == [[0.01, 0.013, None, 0.011, None, 0.014]]
    assert result["latest(quoted)"].to_json() == [[0.01, 0.013, 0.013, 0.011, 0.011, 0.014]]
    seen = ["2026-01-05", "2026-01-12", "2026-01-12", "2026-02-11", "2026-02-11", "2026-03-20"]
    assert result["latest_date(quoted)"].to_json() == [seen]
    assert result["known(quoted)"].to_json() == [[True, True, False, True, False, True]]
    assert compiled(tmp_path, "report { average(quoted), lowest(quoted) }").run()["average quoted"].values[
        0
    ] == pytest.approx(0.012)


def test_before_the_first_observation_nothing_is_known(tmp_path: Path) -> None:
    late = MARKS.replace("100bp", "").replace("130bp", "")
    result = compiled(tmp_path, "report { latest(quoted); latest_date(quoted) }", late).run()
    assert result["latest(quoted)"].to_json()[0][:4] == [None, None, None, 0.011]
    assert result["latest_date(quoted)"].to_json()[0][:3] == [None, None, None]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-500, 900)), min_size=2, max_size=12))
def test_what_was_last_known_is_what_a_loop_finds(
    tmp_path_factory: pytest.TempPathFactory, cells: list[int | None]
) -> None:
    tmp_path = tmp_path_factory.mktemp("marks")
    days = [datetime.date(2026, 1, 5) + datetime.timedelta(days=9 * k) for k in range(len(cells))]
    rows = "".join(f"{day},{'' if cell is None else f'{cell}bp'}\n" for day, cell in zip(days, cells, strict=True))
    # Of what is known ahead the value is read off; of what a state carries it is handed on. Both are the same.
    body = """
state held = 0, then opening held + 0
define carried = quoted + opening held * 1% per year
report { "ahead" = latest(quoted), "handed" = latest(carried), "day" = latest_date(quoted), "its day" = latest_date(carried) }
"""
    result = compiled(tmp_path, body, "date,spread\n" + rows).run()

    def on_each(name: str) -> list[object]:
        found = result[name].to_json()[0]  # one figure where it is the same on every date
        return found if isinstance(found, list) else [found] * len(cells)

    value: float | None = None
    day: str | None = None
    for at, cell in enumerate(cells):
        if cell is not None:
            value, day = cell / 10_000, days[at].isoformat()
        for name in ("ahead", "handed"):
            found = on_each(name)[at]
            assert found == (None if value is None else pytest.approx(value))
        assert on_each("day")[at] == on_each("its day")[at] == day


def test_alerts_are_dated_events(tmp_path: Path) -> None:
    body = """
define spread = latest(quoted)
trigger wide on marks when spread > 120bp per year
report { "Too wide" = alert(wide, spread, 120bp per year, Oracle), "Silent" = alert(date > latest_date(quoted) + 8 days, latest_date(quoted), date, "desk") }
scenario "Wider" { quoted = quoted + 15bp }
"""
    deal = compiled(tmp_path, body)
    result = deal.run()
    assert result.series() == {}
    events = result.events()
    assert [(one.since, one.until, one.who, one.what) for one in events] == [
        (DATES[1], DATES[3], "Oracle", "Too wide"),
        (DATES[2], DATES[3], "desk", "Silent"),
        (DATES[4], DATES[5], "desk", "Silent"),
        (DATES[5], None, "Oracle", "Too wide"),
    ]
    assert (events[0].observed, events[0].latest, events[0].threshold, events[0].unit) == (0.013, 0.013, 0.012, "rate")
    assert (events[1].observed, events[1].threshold) == ("2026-01-12", "2026-01-21")
    wider = [one for one in result.events(1) if one.what == "Too wide"]
    assert [(one.since, one.until) for one in wider] == [(DATES[1], None)]
    assert wider[0].latest == pytest.approx(0.0155)
    alerts = json.loads(json.dumps(result.to_json()))["scenarios"]["base"]["alerts"]
    assert alerts[0] == {
        "who": "Oracle",
        "what": "Too wide",
        "since": "2026-01-12",
        "until": "2026-02-11",
        "observed": 0.013,
        "latest": 0.013,
        "threshold": 0.012,
        "unit": "rate",
    }


def test_a_program_with_alerts_is_written_and_read(tmp_path: Path) -> None:
    deal = compiled(
        tmp_path, 'report { "High" = alert(latest(quoted) > 120bp per year, latest(quoted), 120bp per year) }'
    )
    assert serialise.loads(serialise.dumps(deal.program)) == deal.program
    assert [one.who for one in deal.run().events()] == ["Marks", "Marks"]


def test_an_alert_in_a_component_is_told_of_each_instance(tmp_path: Path) -> None:
    body = """
component watched {
  limit : rate
  report { "High" = alert(latest(quoted) > limit, latest(quoted), limit) }
}
watched loose { limit = 135bp per year }
watched tight { limit = 90bp per year }
"""
    events = compiled(tmp_path, body).run().events()
    assert [(one.who, one.since, one.until) for one in events] == [("tight", DATES[0], None), ("loose", DATES[5], None)]


def test_a_row_of_a_date_that_the_deal_does_not_have_is_said(tmp_path: Path) -> None:
    head = HEAD.replace(
        'dates vector "marks.csv" column date', "dates [2026-01-05, 2026-01-12, 2026-02-11, 2026-03-20]"
    )
    found = errors(tmp_path, "report { latest(quoted) }", head=head)
    assert [(code, line) for code, line, _ in found] == [("E0284", 4), ("E0284", 6)]
    assert found[0][2] == "marks.csv, row 4, column 1: nothing of the deal is on 2026-01-21"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("2026-01-21,", "2026-01-11,120bp", "E0607", 4),
        ("2026-01-21,", "2026-01-12,120bp", "E0607", 4),
        ("2026-01-21,", "21/01/2026,", "E0236", 4),
        ("2026-01-21,", ",120bp", "E0236", 4),
        ("130bp", "n/a", "E0236", 3),
        ("130bp", "1.3", "E0281", 3),
        ("2026-01-21,", "2026-01-21", "E0233", 4),
    ],
)
def test_observations_in_disorder(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    found = errors(tmp_path, "report { latest(quoted) }", MARKS.replace(old, new))
    assert (code, line) in [(one[0], one[1]) for one in found]


def test_a_schedule_of_the_days_observed_is_of_use(tmp_path: Path) -> None:
    assert [one.code for one in compiled(tmp_path, "report { Oracle.received; latest(quoted) }").diagnostics] == []


def test_an_alert_is_of_the_report_alone(tmp_path: Path) -> None:
    found = errors(
        tmp_path,
        'define told = alert(latest(quoted) > 1% per year, latest(quoted), 1% per year)\nreport { "x" = told }',
    )
    assert [one[0] for one in found] == ["E0285"]
    found = errors(tmp_path, 'report { "x" = alert(latest(quoted) > 1% per year, latest(quoted), $5) }')
    assert [one[0] for one in found] == ["E0326"]


def test_windows_count_the_dates_of_the_schedule_that_is_named(tmp_path: Path) -> None:
    body = """
term paid : series of money = observations "paid.csv" column amount
schedule billing = dates vector "paid.csv" column date
report { "three" = trailing(3 months, paid on billing), "before" = delayed(paid, 1 month on billing), "mean" = trailing_average(2 months, paid on billing) }
"""
    amounts = [1.0, 2.0, 4.0, 8.0, 16.0]
    rows = "".join(f"2026-0{month}-10,{amount}\n" for month, amount in enumerate(amounts, start=1))
    (tmp_path / "paid.csv").write_text("date,amount\n" + rows, encoding="utf-8")
    result = compiled(
        tmp_path,
        body,
        head=HEAD.replace("closing = 2026-01-05", "closing = 2026-01-10").replace("2026-01-05", "2026-01-10"),
    ).run()
    at = [result.dates.index(datetime.date(2026, month, 10)) for month in range(1, 6)]
    series = {name: result[name].to_json()[0] for name in ("three", "before", "mean")}
    assert [series["three"][one] for one in at[3:]] == [2 + 4 + 8, 4 + 8 + 16]
    assert [series["before"][one] for one in at[1:]] == amounts[:4]
    assert [series["mean"][one] for one in at[2:]] == [3, 6, 12]
    # On another schedule's dates there is no window of this one.
    other = result.dates.index(datetime.date(2026, 3, 20))
    assert series["three"][other] is None


def test_drawn_paths_list_no_alerts_and_still_run(tmp_path: Path) -> None:
    body = """
term limit = 120bp per year
report { "High" = alert(latest(quoted) > limit, latest(quoted), limit), "top" = highest(quoted) - limit }
simulate { limit drawn from uniform(low = 90bp per year, high = 135bp per year) }
"""
    result = compiled(tmp_path, body).run(paths=50)
    assert result["top"].values.shape == (50,)
    raised = np.array([len(result.events(path)) > 0 for path in range(50)])
    assert raised.all()  # 140bp is above every limit


@pytest.mark.parametrize("written", ["lots.size > $5, $1, $2", "true, lots.size, $2", "true, $1, lots.size"])
def test_an_alert_is_about_one_figure_and_no_row(tmp_path: Path, written: str) -> None:
    (tmp_path / "lots.csv").write_text("id,size\na,$10\nb,$4\n", encoding="utf-8")
    body = f"""component lot {{ size : money }}
lot lots each row in "lots.csv"
report {{ "a" = alert({written}, Oracle) }}"""
    assert errors(tmp_path, body) == [("E0552", 8, "this has a value for each row of `lots`")]


@pytest.mark.parametrize("who", ["marks", "quoted", "5"])
def test_whom_an_alert_is_about_is_a_party_or_a_text(tmp_path: Path, who: str) -> None:
    body = f'report {{ "a" = alert(quoted > 1%, quoted, 1%, {who}) }}'
    assert errors(tmp_path, body) == [("E0310", 6, "whom an alert is about is a party or a text")]


def test_what_was_last_observed_may_be_looked_ahead_at(tmp_path: Path) -> None:
    """Held are 100, 130, 130, 110, 110 and 140 basis points: on each date what is held on the one after it."""
    body = """define held_ = latest(quoted)
flow coming on marks = if date < last marks then next held_ else 0%
report { coming }"""
    assert compiled(tmp_path, body).run()["coming"].to_json() == [[0.013, 0.013, 0.011, 0.011, 0.014, 0]]


def test_a_condition_that_the_deal_carries_is_last_known_on_each_date(tmp_path: Path) -> None:
    """One is added on each of the dates of marks: on the third the level opens at two."""
    body = """state level on marks = 0, then opening level + 1
define high = opening level >= 2
report { "last" = latest(high) }"""
    assert compiled(tmp_path, body).run()["last"].to_json() == [[False, False, True, True, True, True]]


def test_an_alert_counts_its_windows_on_the_dates_that_it_names(tmp_path: Path) -> None:
    """Two months are over on 20 March alone: after 20 January 130, 110 and 110 were held, and 140 are on the day."""
    window = "trailing(2 months, latest(quoted))"
    body = f'report {{ "a" = alert({window} > 3.5%, {window}, 3.5%, Oracle on marks) }}'
    (event,) = compiled(tmp_path, body).run().events()
    assert (event.since, event.until, event.who) == (DATES[5], None, "Oracle")
    assert event.observed == pytest.approx(0.049)
