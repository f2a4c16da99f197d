"""Ranges over what has no figure (schedules, day counts, texts), and figures on the dates of other scenarios."""

from __future__ import annotations

import indenture
import pytest
from indenture.dsl.lowering import structures
from indenture.dsl.messages.diagnostics import Label

RANGED = """
deal "Ranged" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Owner
schedule plain = monthly on day 15 from 2026-02-15 to 2026-08-15, unadjusted
schedule moved = monthly on day 15 from 2026-02-15 to 2026-08-15, following, calendar "US settlement", accrual adjusted
let pays = plain
let count_of_days = actual/360
term label = "a"
term size = $36_000
claim interest to Bank on pays = accrue(size * 10%, count_of_days) lapses
account purse
receive $10_000 from Owner into purse on pays
waterfall main from purse on pays { pay interest; when label is "b" { pay $1 to Bank }; pay rest to Owner }
report { "interest" = total(interest.paid), "bank" = total(Bank.received) }
"""
# $3,600 a year. From 15 January to 15 August are 212 days, to Monday the 17th 214; of 30/360 they are 210 and 212.


def ran(text: str) -> dict[str, list[object]]:
    result = indenture.compile(text).run()
    assert result.passed
    return {name: figure.to_json() for name, figure in result.figures().items()} | {"names": list(result.scenarios)}


def test_a_range_of_schedules_day_counts_and_texts_is_a_scenario_of_every_combination() -> None:
    got = ran(RANGED + "scenarios over pays = [plain, moved] and count_of_days = [30/360, actual/365]")
    assert got["names"][1:] == [
        "pays = plain, count_of_days = 30/360",
        "pays = plain, count_of_days = actual/365",
        "pays = moved, count_of_days = 30/360",
        "pays = moved, count_of_days = actual/365",
    ]
    assert got["interest"] == pytest.approx([2120, 2100, 3600 * 212 / 365, 2120, 3600 * 214 / 365])
    got = ran(RANGED + 'scenarios over label = ["a", "b"] and size = [$36_000, $72_000]')
    assert got["bank"] == pytest.approx([2120, 2120, 4240, 2127, 4247])


def test_a_figure_may_be_expected_of_a_scenario_of_such_a_range() -> None:
    text = 'scenarios over count_of_days = [30/360]\nexpect total(interest.paid) is $2_100 in "count_of_days = 30/360"'
    assert ran(RANGED + text)["interest"] == pytest.approx([2120, 2100])


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ("let spare = 30/360\nscenarios over spare = [30/360, actual/365]", "E0589", "`spare`"),
        ("scenarios over count_of_days = [30/360, 3]", "E0338", "day count"),
        (
            "group dues = interest\nscenarios over count_of_days = [30/360]\n"
            "expect total(dues.paid) by count_of_days within $1 { interest 2_100 }",
            "E0248",
            "has none",
        ),
        ("report { purse.balance on 2026-09-15 }", "E0409", "2026-09-15"),
    ],
)
def test_what_is_wrong_with_a_range_or_a_date_is_said(more: str, code: str, words: str) -> None:
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(RANGED + more)
    found = [one for one in raised.value.diagnostics if one.severity == "error"]
    assert [one.code for one in found] == [code]
    assert words in found[0].message


ENDS = """
deal "Ends" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Owner
term ends = 2027-01-15
term size = $1m
schedule pays = quarterly on day 15 from 2026-04-15 to ends, unadjusted
claim fee to Bank on pays = size lapses
account purse
receive $5m from Owner into purse on pays
waterfall main from purse on pays { pay fee; pay rest to Owner }
"""


def test_a_figure_on_a_date_of_another_scenario_alone_is_not_known_in_the_rest() -> None:
    text = """
    scenario "Longer" { ends = 2027-07-15 }
    scenario "Twice"  after "Longer" { size = size * 2 }
    scenario "Short"  { ends = 2026-10-15 }
    expect fee.paid on 2027-07-15 is $2m in "Twice"
    report { "late" = fee.paid on 2027-07-15, "end" = fee.paid on 2027-01-15 }
    """
    got = ran(ENDS + text)
    assert got["late"] == [None, 1e6, 2e6, None]
    assert got["end"] == [1e6, 1e6, 2e6, None]
    ranged = "scenarios over ends = [2027-07-15, 2027-10-15] and size = [$1m, $3m]\nreport { fee.paid on 2027-10-15 }"
    assert next(iter(ran(ENDS + ranged).values())) == [None, None, None, 1e6, 3e6]


def test_the_dates_of_as_many_structures_as_there_may_be_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structures, "MOST_STRUCTURES", 3)
    text = "".join(f'scenario "{month}" {{ ends = 2026-{month}-15 }}\n' for month in ("07", "10"))
    text += 'scenario "last" { ends = 2027-07-15 }\nreport { "late" = fee.paid on 2027-07-15 }\n'
    assert ran(ENDS + text)["late"] == [None, None, None, 1e6]


def test_a_range_that_is_worked_out_is_called_by_its_dates() -> None:
    text = """
    term choices = [2026-08-15, never]
    term last : date = 2026-05-15
    scenarios over last = choices and size = [$1m]
    report { "after" = count(date > last on pays) }
    """
    got = ran(ENDS + text)
    assert got["names"] == ["base", "last = 2026-08-15, size = $1m", "last = never, size = $1m"]
    assert got["after"] == [3, 2, 0]  # of April, July, October and January


def test_a_deal_has_so_many_scenarios_and_no_more() -> None:
    """Ten thousand with `base`: a hundred times a hundred and it are one more."""
    hundred = ", ".join(f"${amount}" for amount in range(1, 101))
    text = ENDS + f"term more = $1m\nreport {{ size + more }}\nscenarios over size = [{hundred}] and more = [{hundred}]"
    with pytest.raises(indenture.DealError, match="10,000 combinations") as raised:
        indenture.compile(text)
    assert [one.code for one in raised.value.diagnostics if one.severity == "error"] == ["E0549"]


def test_a_structure_that_cannot_be_is_told_at_all_that_shapes_it_and_at_nothing_else() -> None:
    text = ENDS.replace("from 2026-04-15 to ends", "from begins to ends") + "term begins = 2026-04-15\n"
    changed = 'scenario "turned" { size = $2m; ends = 2026-05-15; begins = 2026-07-15 }'
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(text + changed)
    (one,) = [one for one in raised.value.diagnostics if one.severity == "error"]
    lines = (text + changed).splitlines()
    said = [
        (label.text, lines[label.span.line - 1][label.span.column - 1 : label.span.end_column - 1])
        for label in (Label(one.span, one.label or ""), *one.others)
    ]
    assert one.message.startswith('in the scenario "turned", schedule `pays`: the last date, 2026-05-15, is before')
    assert said == [
        ("changed here", "begins = 2026-07-15"),
        ("and changed here", "ends = 2026-05-15"),
        ("it shapes this", "ends"),
    ]


def test_a_closing_that_a_scenario_makes_unknown_is_told_at_the_scenario() -> None:
    text = ENDS.replace("closing = 2026-01-15", "closing = closes") + "term closes = 2026-01-15\n"
    loose = 'scenario "loose" { closes = if purse.balance > $1 then closes else ends }\n'
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(text + loose + 'scenario "later" { ends = 2027-07-15 }\nreport { total(fee.paid) }')
    (one,) = [one for one in raised.value.diagnostics if one.severity == "error"]
    assert one.code == "E0504"
    assert one.message.startswith('in the scenario "loose", `purse` changes from date to date')
    assert (text + loose).splitlines()[one.span.line - 1] == loose.rstrip()


def test_a_date_that_no_scenario_has_is_an_error_all_the_same() -> None:
    with pytest.raises(indenture.DealError, match="2027-07-16 is not a date of the deal"):
        indenture.compile(ENDS + 'scenario "Longer" { ends = 2027-07-15 }\nreport { fee.paid on 2027-07-16 }')


@pytest.mark.parametrize(
    ("text", "settings", "code"),
    [
        ('scenario "Later" { closing = 2026-02-01 }\nreport { size }', {}, "E0220"),
        ("report { size }", {"closing": "2026-02-01"}, "E0201"),
    ],
)
def test_the_header_says_how_its_closing_is_moved(text: str, settings: dict[str, str], code: str) -> None:
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(ENDS + text).run(set=settings)
    found = [one for one in raised.value.diagnostics if one.severity == "error"]
    assert [one.code for one in found] == [code]
    assert "term closes" in str(found[0].help)
