"""Steps on deals small enough to work by hand, each at the edges of what it says: too little, too much, below zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from .deals import CASH, HEADER, codes, compiled, figures, series

REST = "pay rest to Sponsor }\n"


DATES = ("2026-01-15", "2026-04-15", "2026-07-15", "2026-10-15", "2027-01-15")


def paid(text: str, *names: str) -> list[list[float | None]]:
    """Each on the dates of the deal; what a party received is asked of the report."""
    kept = [name for name in names if not name.endswith("received")]
    got = series(text, *kept)
    asked = [(f"{name} {date}", f"{name} on {date}") for name in names if name not in kept for date in DATES]
    shown = figures(text + "report { " + ", ".join(f'"{label}" = {figure}' for label, figure in asked) + " }\n")
    return [got[name] if name in kept else [shown[f"{name} {date}"] for date in DATES] for name in names]


# Caps


def test_a_cap_below_zero_is_a_cap_of_nothing() -> None:
    text = CASH + (
        "claim fee to Bank on payment = $30 lapses\n"
        "waterfall main from cash on payment { up to if date > 2026-08-01 then $0 - $10 else $20 { pay fee }; " + REST
    )
    assert paid(text, "fee.paid", "Sponsor.received") == [[0, 20, 20, 0, 0], [0, 80, 80, 100, 100]]


def test_a_cap_by_the_year_that_falls_below_what_was_used_pays_nothing_and_takes_nothing_back() -> None:
    """60 a year, of which April takes 50; from May it is 10: July finds 40 too much used, and pays nothing. January is
    another year."""
    text = CASH + (
        "define limit = if date > 2026-05-01 then $10 else $60\nclaim fee to Bank on payment = $50 lapses\n"
        "waterfall main from cash on payment { up to limit per year { pay fee }; " + REST
    )
    assert paid(text, "fee.paid", "Sponsor.received") == [[0, 50, 0, 0, 10], [0, 50, 100, 100, 90]]


LOANS = """
component bullet {
  "A loan that only bears interest."
  par   : money
  first : condition
  pays  : schedule
  claim interest to Bank on pays = par lapses
}
bullet loans each row in "tape.csv" { pays = payment }
"""


@pytest.mark.parametrize(
    ("par", "cap", "each"),
    [
        (20, "$9", {"one": 6, "other": 3, "Fund": 0}),
        (20, "$99", {"one": 20, "other": 10, "Fund": 5}),
        (0.4, "$0.15", {"one": 0.1, "other": 0.05, "Fund": 0}),
        (0, "$9", {"one": 0, "other": 0, "Fund": 5}),
    ],
)
def test_a_cap_over_a_family_bounds_the_sum_of_its_rows(
    tmp_path: Path, par: float, cap: str, each: dict[str, float]
) -> None:
    """The first is due twice what the other is, and has two parts of three of a cap that is less than both; what is left
    of the cap goes to what follows."""
    (tmp_path / "tape.csv").write_text(f"par,first\n{par},true\n{par / 2},false\n", encoding="utf-8")
    text = HEADER + CASH + LOANS
    text += f"waterfall main from cash on payment {{ up to {cap} {{ pay loans.interest; pay $5 to Fund }}; " + REST
    text += """report {
      "one" = sum(loans.interest.paid where loans.first) on 2026-04-15
      "other" = sum(loans.interest.paid where not loans.first) on 2026-04-15
      "Fund" = Fund.received on 2026-04-15
    }
    """
    result = compiled(text, header="", folder=str(tmp_path)).run()
    assert {name: float(result[name].values[0]) for name in each} == pytest.approx(each, rel=1e-12)


# Payments to parties


def test_what_a_party_is_paid_it_has_received() -> None:
    text = CASH + ("waterfall main from cash on payment { pay $30 to Bank; pay $0 - $5 to Fund; " + REST)
    names = ("Bank.received", "Fund.received", "Sponsor.received")
    assert paid(text, *names) == [[0, 30, 30, 30, 30], [0] * 5, [0, 70, 70, 70, 70]]


def test_a_party_is_paid_no_more_than_there_is() -> None:
    text = CASH + "waterfall main from cash on payment { pay $70 to Bank; pay $70 to Fund; " + REST
    names = ("Bank.received", "Fund.received", "Sponsor.received")
    assert paid(text, *names) == [[0, 70, 70, 70, 70], [0, 30, 30, 30, 30], [0] * 5]


# Reserves

LAST = "waterfall over from trap on last payment { pay rest to Fund }\n"


@pytest.mark.parametrize(
    ("step", "account", "held"),
    [
        ("fill trap", "target = $50", [0, 50, 50, 50]),
        ("fill trap up to $30", "target = $50", [0, 30, 50, 50]),
        ("fill trap up to $70", "target = $50", [0, 50, 50, 50]),
        ("fill trap up to $0 - $30", "target = $50", [0, 0, 0, 0]),
        ("fill trap up to $30", "", [0, 30, 60, 90]),
        ("fill trap up to $0 - $30", "", [0, 0, 0, 0]),
        ("fill trap up to $130", "", [0, 100, 200, 300]),
        ("fill trap", "target = $150", [0, 100, 150, 150]),
        ("fill trap", "target = $50; opens = $80 from Fund", [80, 80, 80, 80]),
        ("fill trap", "target = $0 - $50; opens = $80 from Fund", [80, 80, 80, 80]),
        ("release trap", "target = $50; opens = $80 from Fund", [80, 50, 50, 50]),
        ("release trap", "target = $50; opens = $20 from Fund", [20, 20, 20, 20]),
        ("release trap", "target = $0 - $50; opens = $80 from Fund", [80, 0, 0, 0]),
        ("move $30 of trap to cash", "opens = $80 from Fund", [80, 50, 20, 0]),
        ("move $90 of trap to cash", "opens = $80 from Fund", [80, 0, 0, 0]),
        ("move $0 - $30 of trap to cash", "opens = $80 from Fund", [80, 80, 80, 80]),
        ("move all of trap to cash", "opens = $80 from Fund", [80, 0, 0, 0]),
        ("move $30 of cash to trap", "opens = $80 from Fund", [80, 110, 140, 170]),
        ("move $130 of cash to trap", "opens = $80 from Fund", [80, 180, 280, 380]),
        ("when date > 2026-05-01 { pay $60 to Bank; keep the rest in trap }", "", [0, 0, 40, 80]),
    ],
)
def test_what_a_step_leaves_in_a_reserve(step: str, account: str, held: list[float]) -> None:
    """100 come in on each date; the last, on which the reserve is emptied, is left out."""
    text = CASH + f"account trap {{ {account} }}\nwaterfall main from cash on payment {{ {step}; " + REST + LAST
    (found,) = paid(text, "trap.balance")
    assert found[:4] == held


def test_a_claim_is_paid_from_one_account_after_another_and_no_more_than_it_is_due() -> None:
    """130 are due: 100 from the first and 30 from the second, which held 50; then 100 and the 20 that are left."""
    text = CASH + (
        "account trap { opens = $50 from Fund }\nclaim fee to Bank on payment = $130 lapses\n"
        "waterfall main from cash on payment { pay fee, then from trap; " + REST + LAST
    )
    assert paid(text, "fee.paid", "trap.balance") == [[0, 130, 120, 100, 100], [50, 20, 0, 0, 0]]


# Records


@pytest.mark.parametrize("name", ["fee", "fee.paid", "cash", "cash.balance", "late", "Bank"])
def test_only_a_definition_is_recorded(name: str) -> None:
    text = CASH + (
        "trigger late when date > 2026-02-01\nclaim fee to Bank on payment = $1 lapses\n"
        f"waterfall main from cash on payment {{ pay fee; record {name}; " + REST
    )
    assert codes(text) == ["E0535"]


def test_a_record_that_a_guard_holds_back_is_not_determined() -> None:
    text = CASH + (
        "define left = cash.balance\n"
        "waterfall main from cash on payment { pay $30 to Bank; when date > 2026-08-01 { record left }; " + REST
    )
    assert paid(text, "left") == [[None, None, None, 70, 70]]


def test_of_two_records_the_later_that_ran_stands() -> None:
    text = CASH + (
        "define left = cash.balance\n"
        "waterfall main from cash on payment { when date < 2026-08-01 { record left }; pay $30 to Bank; "
        "when date > 2026-05-01 { record left }; " + REST
    )
    assert paid(text, "left") == [[None, 100, 70, 70, 70]]


@pytest.mark.parametrize(
    ("held", "moved"),
    [((5, 4), 6), ((5, 1), 4), ((0, 4), 3), ((1, 1), 2), ((3, 3), 6)],
)
def test_an_amount_of_several_accounts_is_taken_of_each(held: tuple[int, int], moved: int) -> None:
    """$3 of each of two, or what there is: not $3 in all."""
    first, second = held
    text = (
        f"account cash\naccount one {{ opens = ${first} from Sponsor }}\naccount two {{ opens = ${second} from Sponsor }}\n"
        "receive $1 from Customer into cash on payment\n"
        "waterfall main from cash on payment { when date is 2026-04-15 { move $3 of one, two to cash }; pay rest to Bank }\n"
    )
    found = series(text + "report { Bank.received }\n", "Bank.received", "one.balance", "two.balance")
    assert found["Bank.received"] == [0, 1 + moved, 1, 1, 1]
    assert found["one.balance"][-1] == max(first - 3, 0)
    assert found["two.balance"][-1] == max(second - 3, 0)


def test_what_comes_in_below_a_short_step_serves_the_steps_below() -> None:
    """Hire asks 10 and gets 4. $5 moved in below it pay fuel; moved in above, or standing behind, they pay hire."""
    head = (
        "account cash\naccount chest { opens = $5 from Sponsor }\nreceive $4 from Customer into cash on payment\n"
        "claim hire to Bank on payment = $10 lapses\nclaim fuel to Fund on payment = $3 lapses\nranking hire, fuel\n"
    )
    rest = "pay rest to Sponsor }\nreport { hire.paid, fuel.paid }\n"
    for steps, hire, fuel in (
        ("pay hire; move all of chest to cash; pay fuel; ", 4, 3),
        ("move all of chest to cash; pay hire; pay fuel; ", 9, 0),
        ("pay hire, then from chest; pay fuel; ", 9, 0),
    ):
        found = series(head + "waterfall main from cash on payment { " + steps + rest, "hire.paid", "fuel.paid")
        assert (found["hire.paid"][1], found["fuel.paid"][1]) == (hire, fuel), steps
        assert found["fuel.paid"][2:] == [0, 0, 0]
