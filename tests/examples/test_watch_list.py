"""The watch-list: its alerts against thresholds crossed in its CSVs, worked out here from the files alone."""

from __future__ import annotations

import csv
import datetime
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import indenture
import pytest
from indenture.engine.results import Results

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def result() -> Results:
    return indenture.load(EXAMPLES / "watch_list.deal").run()


def column(file: str, name: str) -> list[tuple[datetime.date, Fraction | None]]:
    """Dates and what was observed, a plain number; basis points and per cent as written."""
    found = []
    with (EXAMPLES / file).open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            text = row[name].removesuffix("bp").removesuffix("%")
            found.append((datetime.date.fromisoformat(row["date"]), Fraction(text) if text else None))
    return found


def spans(dates: list[datetime.date], holds: list[bool]) -> list[tuple[datetime.date, datetime.date | None]]:
    """Since when and until when a condition holds."""
    found: list[tuple[datetime.date, datetime.date | None]] = []
    since: datetime.date | None = None
    for date, now in zip(dates, holds, strict=True):
        if now and since is None:
            since = date
        elif not now and since is not None:
            found.append((since, date))
            since = None
    return [*found, (since, None)] if since is not None else found


def told(result: Results, who: str, what: str, scenario: int = 0) -> list[tuple[datetime.date, datetime.date | None]]:
    return [(one.since, one.until) for one in result.events(scenario) if (one.who, one.what) == (who, what)]


@pytest.mark.parametrize(
    ("name", "who", "limit", "clears"), [("oracle", "Oracle", 125, 110), ("coreweave", "CoreWeave", 750, 700)]
)
@pytest.mark.parametrize("scenario", [0, 1])
def test_spreads_over_the_index(result: Results, name: str, who: str, limit: int, clears: int, scenario: int) -> None:
    spreads, index = column("watch_list_spreads.csv", name), column("watch_list_spreads.csv", "index")
    wider = Fraction(13, 10) if scenario else Fraction(1)
    last, under, wide = Fraction(0), Fraction(0), False
    holds = []
    for (_, spread), (_, of_index) in zip(spreads, index, strict=True):
        last = last if spread is None else spread * wider
        under = under if of_index is None else of_index
        over = last - under
        wide = over > limit or (wide and over > clears)
        holds.append(wide)
    assert told(result, who, "Spread over the index", scenario) == spans([date for date, _ in spreads], holds)


@pytest.mark.parametrize(("name", "who", "widening"), [("oracle", "Oracle", 20), ("coreweave", "CoreWeave", 100)])
def test_widening_is_told_from_mark_to_mark(result: Results, name: str, who: str, widening: int) -> None:
    """Over the index now less over the index at the last mark sixty days old: dates of other tapes change nothing."""
    spreads, index = column("watch_list_spreads.csv", name), column("watch_list_spreads.csv", "index")
    last, under, over = Fraction(0), Fraction(0), []
    for (date, spread), (_, of_index) in zip(spreads, index, strict=True):
        last = last if spread is None else spread
        under = under if of_index is None else of_index
        over.append((date, last - under))
    widened: list[Fraction | None] = []
    for date, now in over:
        before = [value for when, value in over if when <= date - datetime.timedelta(days=60)]
        widened.append(now - before[-1] if before else None)
    dates = [date for date, _ in over]
    holds = [one is not None and one > widening for one in widened]
    assert told(result, who, "Widening") == spans(dates, holds)
    for event in result.events(0):
        if (event.who, event.what) == (who, "Widening"):
            raised = [
                one
                for date, one in zip(dates, widened, strict=True)
                if one is not None and event.since <= date and (event.until is None or date < event.until)
            ]
            assert (event.observed, event.latest) == pytest.approx((float(raised[0]) / 1e4, float(raised[-1]) / 1e4))


def test_the_anchor(result: Results) -> None:
    thresholds = {
        "realisation": ("Collected of what was billed", lambda x: x < 85),
        "lag": ("Days late", lambda x: x > 45),
        "utilisation": ("Utilisation", lambda x: x < 50),
        "rating": ("Rating, step of the scale", lambda x: x > 14),
    }
    for name, (what, breach) in thresholds.items():
        observed = column("watch_list_anchor.csv", name)
        last: Fraction | None = None
        holds = []
        for _, value in observed:
            last = last if value is None else value
            holds.append(last is not None and breach(last))
        assert told(result, "Customer", what) == spans([date for date, _ in observed], holds)


def test_the_supply_and_the_figure_that_did_not_come(result: Results) -> None:
    issued = column("watch_list_supply.csv", "issued")
    dates = [date for date, _ in issued]
    heavy, last = [], Fraction(0)
    for at in range(len(issued)):
        window = [value for _, value in issued[max(at - 2, 0) : at + 1]]
        if at >= 3 and None not in window:  # the first figure is of the month before the watch began
            last = sum((value for value in window if value is not None), Fraction(0))
        heavy.append(last > 18_000_000_000)
    assert told(result, "Data-centre and GPU ABS", "Supply over the window") == spans(dates, heavy)
    missing = [value is None for _, value in issued]
    assert told(result, "Data-centre and GPU ABS", "No figure of supply") == spans(dates, missing)


def test_silence_is_said_on_the_first_date_of_the_list_after_it_grew_too_long(result: Results) -> None:
    made = [date for date, value in column("watch_list_spreads.csv", "coreweave") if value is not None]
    seen = datetime.date.min
    holds = []
    for date in result.dates:
        seen = max((one for one in made if one <= date), default=seen)
        holds.append(date > seen + datetime.timedelta(days=40))
    assert told(result, "CoreWeave", "No spread observed") == spans(list(result.dates), holds)


def test_every_check_holds_and_the_command_prints_the_alerts(result: Results) -> None:
    assert result.passed
    command = [sys.executable, "-m", "indenture", "run", str(EXAMPLES / "watch_list.deal")]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "alert since" in text
    found = json.loads(
        subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=True).stdout
    )
    alerts = found["scenarios"]["base"]["alerts"]
    assert len(alerts) == len(result.events())
    first = next(one for one in alerts if one["who"] == "CoreWeave" and one["what"] == "Spread over the index")
    assert (first["since"], first["until"], first["unit"]) == ("2025-12-01", "2026-03-16", "rate")
    assert first["observed"] == pytest.approx(0.0762)
    assert first["threshold"] == 0.075
