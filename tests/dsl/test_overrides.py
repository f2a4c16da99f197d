"""On the right of an override a name has its value without it; worked out by hand beside each test."""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import pytest

from .deals import CASH, HEADER, codes

HALVES = HEADER + "schedule halves = semiannually on day 15 from 2026-07-15 to 2027-01-15, unadjusted\n"
REST = "account cash\nwaterfall main from cash on halves { pay rest to Bank }\n"
RENT = "flow rent on halves = $10\nreceive rent from Customer into cash on halves\n" + REST


def shown(text: str, *names: str, header: str = HALVES, **options: object) -> dict[str, list[list[float]]]:
    """Each name's values, a list for each scenario, over the dates: closing, Apr, Jul, Oct and Jan."""
    report = "report { " + "; ".join(f'"{name}" = {name}' for name in names) + " }\n"
    run = indenture.compile(header + text + report).run(**options)  # type: ignore[arg-type]  # passed on as given
    return {name: np.round(run[name].values.T, 10).tolist() for name in names}


def test_a_flow_is_scaled_and_scaled_again() -> None:
    got = shown(
        RENT
        + 'scenario "less" { rent = rent * 80% }\n'
        + 'scenario "half of that" after "less" { rent = rent * 50% }\n'
        + 'scenario "twice" { rent = rent + rent }\n',
        "rent",
        "main.rest",
    )
    assert got["rent"] == got["main.rest"] == [[0, 0, each, 0, each] for each in (10, 8, 4, 20)]


def test_a_flow_is_without_the_override_at_every_moment() -> None:
    rising = RENT.replace("= $10", "= $10 * number of halves dates to date")
    got = shown(
        rising
        + 'scenario "total" { rent = rent + total(rent) }\n'
        + 'scenario "running" { rent = rent + cumulative(rent) }\n'
        + 'scenario "before" { rent = if date > 2026-07-15 then previous rent else $1 }\n'
        + 'scenario "highest" { rent = highest rent }\n',
        "rent",
    )["rent"]
    # Without them 10 and 20: in all 30; 10 and 30 so far; the date before 10; at most 20.
    assert [[one[2], one[4]] for one in got] == [[10, 20], [40, 50], [20, 50], [1, 10], [20, 20]]


def test_a_flow_that_others_read_on_dates_of_their_own() -> None:
    text = (
        "flow rent on payment = $10\nflow fee on halves = rent * 10%\n"
        "receive rent from Customer into cash on halves\nreceive fee from Customer into cash on halves\n"
        + REST
        + 'scenario "rent" { rent = rent * 2 }\n'
        + 'scenario "fee" { fee = fee + rent }\n'
        + 'scenario "both" { rent = rent * 2; fee = fee + rent }\n'
        + 'scenario "from it" { rent = rent + fee }\n'
    )
    got = shown(text, "main.rest")["main.rest"]
    # Two quarters' rent, 20, and a tenth of it; then 40 and 4; 20 and 22; 40 and 44. Last: a fee of nothing in April
    # and of 2 in July is added to the rent (the fee as it is without the override), so rent 22 and a fee of 2.2.
    assert [[one[2], one[4]] for one in got] == [[22, 22], [44, 44], [42, 42], [84, 84], [24.2, 24.2]]


def test_interest_that_accrues_is_scaled_as_a_flow() -> None:
    text = (
        "flow interest on halves = accrue($1_000 * 5%, 30/360)\n"
        "receive interest from Customer into cash on halves\n"
        + REST
        + 'scenario "more" { interest = interest * 110% }\n'
    )
    assert shown(text, "main.rest")["main.rest"] == [[0, 0, 25, 0, 25], [0, 0, 27.5, 0, 27.5]]


def test_what_stands_between_has_its_value_without_the_override_in_each_scenario() -> None:
    text = (
        "term one = 10\ndefine two = one * 2\nreceive $1 * one from Customer into cash on halves\n"
        + REST
        + 'scenario "a" { one = two * 80% }\n'
        + 'scenario "b" after "a" { one = two * 50% }\n'
        + 'scenario "c" { one = two }\n'
    )
    # Of one = 10: two 20. a: one is 16 and two 32. b stands on a: half of 32. c: 20.
    got = shown(text, "one", "two")
    assert got["one"] == [10, 16, 16, 20]
    assert got["two"] == [20, 32, 32, 40]


def test_as_it_opened_means_the_name_without_the_override_as_it_opened() -> None:
    text = (
        "state debt on payment = $100, then opening debt + $5\n"
        "define measured = debt * 2\n"
        "receive $1 from Customer into cash on halves\n"
        + REST
        + 'scenario "opened" { measured = opening measured + $1 }\n'
        + 'scenario "before" { measured = if date > closing then previous measured else $7 }\n'
    )
    got = shown(text, "measured")["measured"]
    assert got == [[200, 210, 220, 230, 240], [201, 201, 211, 221, 231], [7, 200, 210, 220, 230]]


def test_a_claim_that_needs_the_name_cannot_say_what_it_is() -> None:
    text = (
        "term price = $10\nclaim fee to Bank on halves = price * 2 lapses\n"
        "account cash\nreceive price from Customer into cash on halves\n"
        "waterfall main from cash on halves { pay fee; pay rest to Bank }\n"
        'scenario "circle" { price = price + fee.due }\n'
        "report { price }\n"
    )
    assert codes(text, header=HALVES) == ["E0501"]


def test_a_claim_that_does_not_need_the_name_can() -> None:
    text = (
        "define price = $10\nclaim fee to Bank on halves = $2 lapses\n"
        "account cash\nreceive price from Customer into cash on halves\n"
        "waterfall main from cash on halves { pay fee; pay rest to Bank }\n"
        'scenario "more" { price = price + fee.due }\n'
    )
    assert shown(text, "main.rest")["main.rest"] == [[0, 0, 8, 0, 8], [0, 0, 10, 0, 10]]


def test_values_set_for_a_run_see_the_name_as_it_is_written() -> None:
    text = RENT + 'scenario "less" { rent = rent * 80% }\n'
    got = shown(text, "rent", set={"rent": "rent * 3"})["rent"]
    assert got == [[0, 0, 30, 0, 30], [0, 0, 24, 0, 24]]


def test_a_range_under_it_and_beside_it() -> None:
    text = (
        "term base_rent = $10\nflow rent on halves = base_rent\n"
        "receive rent from Customer into cash on halves\n"
        + REST
        + 'scenario "less" { rent = rent * 80% }\nscenarios over base_rent = [$20, base_rent * 3]\n'
    )
    assert [one[2] for one in shown(text, "rent")["rent"]] == [10, 8, 20, 30]


def test_a_draw_scales_a_flow_and_sees_what_is_below_it() -> None:
    text = RENT + (
        "term shock = 2\nterm factor = 1\n"
        "simulate { paths = 5; shock drawn from uniform(low = shock, high = shock * 2); rent = rent * shock }\n"
    )
    run = indenture.compile(HALVES + text + 'report { "rent" = rent; "shock" = shock }\n').run(paths=5, seed=1)
    shock = run["shock"].values
    assert ((shock >= 2) & (shock <= 4)).all()
    assert len(set(shock.tolist())) == 5
    assert run["rent"].values[2] == pytest.approx(10 * shock)


def test_a_series_that_is_fed_is_scaled() -> None:
    text = (
        "input spot : series of money on halves = $4\nreceive spot from Customer into cash on halves\n"
        + REST
        + 'scenario "twice" { spot = spot * 2 }\nscenario "held" { spot = previous spot + $1 }\n'
    )
    fed = shown(text, "spot", inputs={"spot": np.array([5.0, 7.0])})["spot"]
    assert [[one[2], one[4]] for one in fed[:2]] == [[5, 7], [10, 14]]


def test_columns_and_flows_of_a_family_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text("name,size\none,100\ntwo,300\n")
    text = HALVES + (
        "component line {\n  size : money\n  flow fee on halves = size * 1%\n}\n"
        'line lines each row in "tape.csv"\n'
        "account cash\nreceive sum(lines.fee) from Customer into cash on halves\n"
        "waterfall main from cash on halves { pay rest to Bank }\n"
        'scenario "sizes" { lines.size = lines.size * 2 }\n'
        'scenario "fees" { lines.fee = lines.fee + $1 }\n'
        'scenario "both" after "sizes" { lines.fee = lines.fee * 3 }\n'
        'report { "main.rest" = main.rest }\n'
    )
    run = indenture.compile(text, folder=str(tmp_path)).run()
    assert run["main.rest"].values[2].tolist() == pytest.approx([4, 8, 6, 24])


def test_a_default_is_put_off_from_where_it_was() -> None:
    text = (
        "receive (if Customer.defaulted then $0 else $5) from Customer into cash on payment\n"
        "account cash\nwaterfall main from cash on payment { pay rest to Bank }\n"
        'scenario "early" { Customer.default = 2026-06-01 }\n'
        'scenario "later" after "early" { Customer.default = Customer.default + 3 months }\n'
    )
    got = shown(text, "main.rest")["main.rest"]
    assert got == [[0, 5, 5, 5, 5], [0, 5, 0, 0, 0], [0, 5, 5, 0, 0]]


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("level * 2", ["`level`"]),
        ("doubled + other", ["`level`", "`other`"]),
        ("sales", ["`share`"]),
        ("plain", ["`plain`"]),
    ],
)
@pytest.mark.parametrize("figure", ["due", "current"])
def test_what_a_claim_is_due_is_set_by_what_it_is_made_of(due: str, told: list[str], figure: str) -> None:
    text = CASH + (
        "term level = $10\nterm other = $1\nterm share = 40%\ndefine doubled = level * 2\ndefine plain = $3\n"
        f"flow sales on payment = $5 * share\nclaim fee to Bank on payment = {due} carries\n"
        f'waterfall main from cash on payment {{ pay fee; pay rest to Sponsor }}\nscenario "A" {{ fee.{figure} = $20 }}\n'
    )
    with pytest.raises(indenture.DealError) as found:
        indenture.compile(HEADER + text)
    (only,) = [one for one in found.value.diagnostics if one.severity == "error"]
    assert only.code == "E0240"
    assert only.help is not None
    assert only.help.startswith("set what its due is made of: ")
    assert all(name in only.help for name in told)
    assert only.help.count("`") == 2 * len(told)
