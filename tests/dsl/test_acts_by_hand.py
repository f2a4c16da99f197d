"""What comes in, is settled, lost and reduced, and how a day opens and closes; every figure is worked out by hand."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest

from .deals import CASH, HEADER, codes, compiled, figures, series

REST = "waterfall main from cash on payment { pay rest to Sponsor }\n"
TWO = HEADER + "schedule late = quarterly on day 15 from 2026-10-15 to 2027-01-15, unadjusted\n"

# What comes in


def test_a_receipt_asks_for_its_limit_on_its_own_dates_alone() -> None:
    """100 are due and half of 140 is the limit, which before August is not determined."""
    text = (
        "account cash\ndefine limit = $140 * ($1 / (if date < 2026-08-01 then $0 else $2))\n"
        "claim fee from Customer on late = $100 up to limit lapses\nreceive fee into cash\n" + REST
    )
    assert series(text, "fee.paid", "main.rest", header=TWO) == {
        "fee.paid": [0, 0, 0, 70, 70],
        "main.rest": [0, 0, 0, 70, 70],
    }


def test_an_amount_below_zero_on_every_date_is_refused_as_it_is_read() -> None:
    """The deal closes on its first payment date, so that there is no date on which nothing comes in."""
    text = "account cash\nreceive $0 - $5 from Customer into cash on payment\n" + REST
    assert codes(text, header=HEADER.replace("closing = 2026-01-15", "closing = 2026-04-15")) == ["E0530"]


def test_an_account_opens_with_what_a_scenario_says() -> None:
    text = 'term first = $5\naccount cash { opens = first from Sponsor }\nreceive $1 from Customer into cash on payment\nscenario "more" { first = $7 }\n'
    for scenario, opens in (("base", 5), ("more", 7)):
        assert series(text + REST, "main.rest", scenario=scenario)["main.rest"] == [0, opens + 1, 1, 1, 1]


def test_cash_that_opens_an_account_is_in_the_books_of_both_on_closing() -> None:
    """The sponsor gave 5 and was paid 5 and 4 * 100; the issuer the other way round."""
    text = "account cash { opens = $5 from Sponsor }\nreceive $100 from Customer into cash on payment\n" + REST
    text += """report {
      "gave" = total(Sponsor.paid), "first" = Sponsor.paid on 2026-01-15, "got" = total(Issuer.received)
      "paid" = total(Issuer.paid), "opened" = Issuer.received on 2026-01-15, "rest" = total(Sponsor.received)
    }
    """
    assert figures(text) == {"gave": 5, "first": 5, "got": 405, "paid": 405, "opened": 5, "rest": 405}


def test_cash_that_nobody_is_said_to_own_is_received_by_nobody() -> None:
    header = HEADER.replace("; issuer = Issuer", "").replace("party Issuer, ", "party ")
    assert figures(CASH + REST + 'report { "rest" = total(Sponsor.received) }\n', header=header) == {"rest": 400}


def test_each_account_is_checked_for_cash_made_or_lost_and_for_what_it_holds() -> None:
    names = {one.name for one in compiled(CASH + REST).program.checks}
    assert {"cash: conservation", "cash: balance"} <= names


# The books of parties


def test_a_party_has_received_the_sum_of_what_it_was_paid_in_a_day() -> None:
    text = CASH + (
        "claim fee to Bank on payment = $30 lapses\nclaim rent to Bank on payment = $20 lapses\nranking fee, rent\n"
        "waterfall main from cash on payment { pay fee; pay rent; pay $5 to Bank; pay rest to Sponsor }\n"
        'report { "Bank" = Bank.received on 2026-07-15, "all" = total(Bank.received), "Issuer" = total(Issuer.paid) }\n'
    )
    assert figures(text) == {"Bank": 55, "all": 220, "Issuer": 400}


def test_what_a_step_pays_a_party_without_a_claim_is_of_the_waterfalls_dates() -> None:
    """On two of the four dates, and from one to the next on the other schedule's first two."""
    text = CASH + (
        "waterfall early from cash on late { pay $5 to Fund }\n" + REST + "define got = Fund.received\n"
        'report { "all" = total(Fund.received), "Issuer" = total(Issuer.paid), "last" = Fund.received on 2026-10-15, got }\n'
    )
    found = figures(text, header=TWO)
    assert found == {"all": 10, "Issuer": 400, "last": 5}
    assert series(text, "got", header=TWO)["got"] == [0, 0, 0, 5, 5]


def test_a_step_on_fewer_dates_sees_what_a_party_got_since_the_one_before() -> None:
    """5 on each of three dates up to October, and 5 more in January."""
    text = (
        CASH
        + "waterfall main from cash on payment { pay $5 to Fund }\nwaterfall rare from cash on late { pay Fund.received to Bank; "
    )
    found = figures(
        text
        + 'pay rest to Sponsor }\nreport { "first" = Bank.received on 2026-10-15, "all" = total(Bank.received) }\n',
        header=TWO,
    )
    assert found == {"first": 15, "all": 20}


def test_a_step_sees_what_a_party_gave_to_open_an_account_once() -> None:
    """The sponsor gave 7 at closing, and nothing after."""
    text = "account cash { opens = $7 from Sponsor }\nreceive $100 from Customer into cash on payment\n"
    text += "waterfall main from cash on payment { pay Sponsor.paid to Bank; pay rest to Sponsor }\n"
    found = figures(text + 'report { "first" = Bank.received on 2026-04-15, "all" = total(Bank.received) }\n')
    assert found == {"first": 7, "all": 7}


def test_a_party_that_gets_nothing_has_received_nothing() -> None:
    text = CASH + REST + "define more = Bank.received + $1\n"
    found = figures(text + 'report { "all" = total(Bank.received), "more" = more on 2026-04-15 }\n')
    assert found == {"all": 0, "more": 1}


FAMILY = """
component bullet {
  par  : money
  pays : schedule
  state owed = $12, then opening owed - par
  claim interest to Bank on pays = par lapses
}
bullet loans each row in "tape.csv" { pays = payment }
"""


def test_a_familys_claims_are_received_and_paid_as_sums(tmp_path: Path) -> None:
    """1 and 3 are due; each row starts with 12 and goes down by its own on each of the four dates: 8 and 0."""
    (tmp_path / "tape.csv").write_text("par\n1\n3\n", encoding="utf-8")
    text = HEADER + CASH + FAMILY
    text += "waterfall main from cash on payment { up to $10 { pay loans.interest; pay $9 to Fund }; pay rest to Sponsor }\n"
    text += """report {
      "Bank" = Bank.received on 2026-07-15, "all" = total(Bank.received), "Fund" = total(Fund.received)
      "opened" = sum(loans.owed) on 2026-01-15, "then" = sum(loans.owed) on 2026-04-15
      "left" = sum(loans.owed) on 2027-01-15, "one" = sum(loans.owed where loans.par > $2) on 2027-01-15
    }
    """
    result = compiled(text, header="", folder=str(tmp_path)).run()
    found = {name: float(result[name].values[0]) for name in result.names() if result[name].values.ndim == 1}
    assert found == {"Bank": 4, "all": 16, "Fund": 24, "opened": 24, "then": 20, "left": 8, "one": 0}


# What is settled


def test_a_claim_is_settled_while_its_payer_performs_and_not_on_the_day_it_defaults() -> None:
    text = "claim premium from Customer to Bank on payment = $3 lapses\nsettle premium on payment\n"
    text += (
        'scenario "fails" { Customer.default = 2026-10-15 }\nscenario "just not" { Customer.default = 2026-10-16 }\n'
    )
    assert series(text, "premium.paid", scenario="fails")["premium.paid"] == [0, 3, 3, 0, 0]
    assert series(text, "premium.paid", scenario="just not")["premium.paid"] == [0, 3, 3, 3, 0]


def test_what_is_settled_without_dates_is_so_on_the_dates_of_its_claims() -> None:
    text = "claim premium from Customer to Bank on late = $3 lapses\nsettle premium\n" + CASH + REST
    assert series(text, "premium.paid", header=TWO)["premium.paid"] == [0, 0, 0, 3, 3]
    two = text.replace(
        "settle premium\n", "claim fee from Customer to Bank on payment = $1 lapses\nsettle premium, fee\n"
    )
    assert codes(two, header=TWO) == ["E0418"]


# States and triggers


def test_a_state_moves_on_the_dates_of_the_only_schedule_or_says_which() -> None:
    text = CASH + REST + "state owed = $10, then opening owed - $1\nreport { owed }\n"
    assert series(text, "owed")["owed"] == [10, 9, 8, 7, 6]
    assert codes(text, header=TWO) == ["E0419"]


def test_a_trigger_that_another_reads_is_tested_once_a_date() -> None:
    """The first reads the second before its turn; the second fires on its third test."""
    text = (
        CASH
        + REST
        + (
            "trigger stopped when slow\ntrigger slow when date > 2026-01-01 for 3 tests\n"
            "define both = if stopped then 2 else 0\ndefine one = if slow then 1 else 0\nreport { both, one }\n"
        )
    )
    assert series(text, "both", "one") == {"both": [0, 0, 0, 2, 2], "one": [0, 0, 0, 1, 1]}


# Balances that claims are up to


def named(depth: int) -> str:
    """A balance that goes below zero, under so many names, each of which says the one before it."""
    names = "".join(f"define name{one} = {f'name{one - 1}' if one > 1 else 'owed'}\n" for one in range(1, depth + 1))
    return (
        f"flow written on payment = $30\n{names}"
        "state owed = $100, then opening owed - principal.paid - written\n"
        f"claim principal to Bank on payment = $40 up to name{depth} lapses\n" + CASH
    ) + "waterfall main from cash on payment { pay principal; pay rest to Sponsor }\n"


@pytest.mark.parametrize("depth", [1, 60])
def test_a_balance_below_zero_is_found_under_many_names(depth: int) -> None:
    with pytest.raises(indenture.DealError) as caught:
        series(named(depth), "owed")
    assert caught.value.diagnostics[0].code == "E0906"


@pytest.mark.parametrize("inner", ["second", "min(second, $5)"])
def test_names_in_a_circle_are_refused_and_looked_through_no_further(inner: str) -> None:
    text = CASH + (
        f"define first = {inner}\ndefine second = min(first, $3)\nstate owed = $100, then opening owed - principal.paid\n"
        "claim principal to Bank on payment = $40 up to first lapses\n"
        "waterfall main from cash on payment { pay principal; pay rest to Sponsor }\n"
    )
    assert codes(text) == ["E0501"]


def test_what_rounding_leaves_of_a_balance_is_measured_by_the_largest_that_it_was() -> None:
    """0.3 less three times 0.1 is a little below zero in binary, and nothing is left of it."""
    assert 0.3 - 0.1 - 0.1 - 0.1 < 0
    text = CASH + (
        "define used = if date < 2026-12-01 then $0.1 else $0\n"
        "state owed on payment = $0.3, then opening owed - used - principal.paid\n"
        "claim principal to Bank on payment = $0 up to owed lapses\n"
        "waterfall main from cash on payment { pay principal; pay rest to Sponsor }\n"
    )
    assert series(text, "owed")["owed"][3:] == pytest.approx([0, 0], abs=1e-12)


# Steps


def test_the_rest_is_what_the_steps_above_left() -> None:
    text = (
        CASH
        + "waterfall main from cash on payment { pay 40% * rest to Fund; pay 50% * rest to Bank; pay rest to Sponsor }\n"
    )
    text += "report { Fund.received, Bank.received, Sponsor.received }\n"
    found = series(text, "Fund.received", "Bank.received", "Sponsor.received")
    assert [one[1] for one in found.values()] == [40, 30, 30]


def test_a_stated_share_of_nothing_gets_what_the_others_leave() -> None:
    """8 are there for 10 and 2 due: the second has all of the shares and asks 2; the other gets the 6."""
    text = "account cash\nreceive $8 from Customer into cash on payment\n" + (
        "claim hire to Bank on payment = $10 lapses\nclaim rent to Bank on payment = $2 lapses\n"
        "waterfall main from cash on payment { pay pro rata by shares { 0% hire, 100% rent }; pay rest to Sponsor }\n"
    )
    found = series(text, "hire.paid", "rent.paid")
    assert (found["hire.paid"][1], found["rent.paid"][1]) == (6, 2)


def test_a_claim_that_is_large_is_paid_all_there_is_to_the_last_digit() -> None:
    """A billion less (a billion less 0.10) is not 0.10 in binary."""
    assert 1e9 - (1e9 - 0.1) != 0.1
    text = "account cash\nreceive $0.10 from Customer into cash on payment\nclaim fee to Bank on payment = $1_000_000_000 lapses\n"
    text += "waterfall main from cash on payment { pay fee; pay rest to Sponsor }\n"
    assert series(text, "fee.paid")["fee.paid"] == [0, 0.1, 0.1, 0.1, 0.1]


def test_a_cure_counts_what_stands_behind_the_account() -> None:
    """Half of 8 is 4, of which cash has 3; the reserve gives the other one and keeps 4."""
    text = (
        "account cash\naccount spare { opens = $5 from Sponsor }\nreceive $3 from Customer into cash on payment\n"
        + (
            "claim hire to Bank on payment = $10 lapses\nwaterfall main from cash on payment { "
            "until Bank.received / $8 >= 50% { pay hire, then from spare }; pay rest to Sponsor }\n"
        )
    )
    found = series(text, "hire.paid", "spare.balance")
    assert found == {"hire.paid": [0, 4, 4, 4, 4], "spare.balance": [5, 4, 3, 2, 1]}


def test_an_equation_says_from_which_step_it_is() -> None:
    """What a step works out says so, with its line's label and its place; what opens and closes the day does not."""
    steps = ("pay fee", "when date > 2026-05-01 and cash.balance > $1 { pay $5 to Fund }", "pay rest to Sponsor")
    text = (
        CASH
        + "claim fee to Bank on payment = $30 carries\nstate owed on payment = $5, then opening owed + cash.balance\n"
    )
    text += f'waterfall main from cash on payment {{ "fees" {steps[0]}; {steps[1]}\n "rest" {steps[2]} }}\nreport {{ owed, fee.unpaid }}\n'
    lines = (HEADER + text).splitlines()
    found: dict[str, set[str]] = {}
    for equation in compiled(text).program.equations:
        if equation.origin is None:
            found.setdefault("", set()).add(equation.op)
        elif equation.origin.label.startswith("main") and equation.origin.span is not None:
            span = equation.origin.span
            place = lines[span.line - 1][span.column - 1 :].lstrip()
            found.setdefault(equation.origin.label, set()).add(
                next(one for one in (*steps, "pay $5") if place.startswith(one))
            )
    assert {label: found[label] for label in found if label} == {
        "main: fees": {"pay fee", "pay $5", steps[1]},
        "main: rest": {"pay rest to Sponsor"},
    }
    # What the state takes at close and what the account is checked for is from no step.
    assert {"add", "subtract", "select"} <= found[""]


def test_where_a_guard_joins_the_dates_is_of_the_step_below_it() -> None:
    """The payment is not determined before closing is over: that it must be where it runs is asked of the payment."""
    text = CASH + (
        "define due = if date > 2026-01-20 then $100 else $0\n"
        "waterfall main from cash on payment { when cash.balance > $1 { pay $5 * ($100 / due) to Fund }; pay rest to Sponsor }\n"
    )
    lines = (HEADER + text).splitlines()
    origins = [one.origin for one in compiled(text).program.equations if one.op == "and"]
    spans = [one.span for one in origins if one is not None and one.span is not None]
    assert [lines[one.line - 1][one.column - 1 :][:6] for one in spans] == ["pay $5"] * len(origins)
    assert origins


SAME = "pay fee; pay $5 to Fund; pay $3 to Bank"


def equations(first: str, other: str, guard: str) -> int:
    text = (
        CASH + "claim fee to Bank on payment = $30 lapses\ntrigger odd when date is 2026-04-15 or date is 2026-10-15\n"
    )
    text += f"waterfall main from cash on payment when odd {{ {first}; pay rest to Sponsor }}\n"
    text += f"waterfall even from cash on payment when {guard} {{ {other}; pay rest to Sponsor }}\n"
    return len(compiled(text + "report { fee.paid, Fund.received }\n").program.equations)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (SAME, SAME),
        (SAME, f"pay $9 to Customer; {SAME}"),
        (f"pay $9 to Customer; {SAME}", SAME),
        (f"pay $9 to Customer; {SAME}", f"pay $8 to Customer; {SAME}"),
    ],
)
def test_what_two_waterfalls_that_exclude_each_other_have_in_common_is_worked_out_once(first: str, other: str) -> None:
    """A step more for each step that only one of them has, and not all steps twice over."""
    once = equations(SAME, SAME, "not odd")
    apart = equations(first, other, "not odd or date is 2026-04-15")
    together = equations(first, other, "not odd")
    own = first.count("Customer") + other.count("Customer")
    assert once <= together < once + 8 * own + 1 < apart
