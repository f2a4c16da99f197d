"""What a name comes to: claims, flows, accounts and definitions in a step, before it and elsewhere; parties; inputs.

The dates are 2026-01-15 (closing), 04-15, 07-15, 10-15 and 2027-01-15; worked out by hand beside each test.
"""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.engine.errors import InputError

from .deals import CASH, HEADER, codes, compiled, figures, message, series

RICH = "account cash\nreceive $200 from Customer into cash on payment\n"
REST = "waterfall main from cash on payment { pay rest to Sponsor }\n"
FEE = "claim fee to Bank on payment = $60 lapses\n"
HALVES = "schedule halves = semiannually on day 15 from 2026-07-15 to 2027-01-15, unadjusted\n"


# A definition is worked out afresh where something that it reads has changed


def test_a_definition_of_what_is_unpaid_follows_each_step() -> None:
    """Of 60 the first step pays 10 and leaves 50, the second 30 and leaves 20."""
    text = (
        RICH
        + FEE
        + (
            "define left = fee.unpaid * 50%\nwaterfall main from cash on payment {\n"
            "  pay fee up to $10; pay left to Fund; pay fee up to $30; pay left to Sponsor; pay rest to Customer\n}\n"
            'report { "first" = total(Fund.received); "then" = total(Sponsor.received) }\n'
        )
    )
    assert figures(text) == {"first": 4 * 25, "then": 4 * 10}


def test_a_definition_of_what_is_paid_follows_each_step() -> None:
    """10 after the first step and 40 after the second."""
    text = (
        RICH
        + FEE
        + (
            "define part = fee.paid * 50%\nwaterfall main from cash on payment {\n"
            "  pay fee up to $10; pay part to Fund; pay fee up to $30; pay part to Sponsor; pay rest to Customer\n}\n"
            'report { "first" = total(Fund.received); "then" = total(Sponsor.received) }\n'
        )
    )
    assert figures(text) == {"first": 4 * 5, "then": 4 * 20}


def test_a_definition_of_what_steps_pay_has_no_one_value_elsewhere() -> None:
    text = (
        CASH
        + FEE
        + (
            "define part = fee.paid * 50%\n"
            "waterfall main from cash on payment { pay fee up to $10; pay fee up to $30; pay rest to Sponsor }\n"
        )
    )
    assert codes(text) == []
    assert codes(text + "report { part }\n") == ["E0505"]


def test_what_a_definition_is_made_of_says_over_which_dates_it_goes() -> None:
    """A flow on half-years: of two dates, and not of the four on which it is paid."""
    text = (
        HALVES
        + CASH
        + REST
        + (
            "flow rent on halves = $10\ndefine twice = rent * 2\n"
            'report { "average" = average(twice); "count" = count(twice > $1); "lowest" = lowest(twice) }\n'
        )
    )
    assert figures(text) == {"average": 20, "count": 2, "lowest": 20}


# What is not known yet


def test_what_is_unpaid_is_not_known_before_the_claims_first_step() -> None:
    late = "claim late to Fund on payment = fee.unpaid * 10% lapses\nranking fee, late\n"
    text = CASH + FEE + late + "waterfall main from cash on payment { pay fee; pay late; pay rest to Sponsor }\n"
    assert codes(text) == ["E0507"]
    step = "waterfall main from cash on payment { when fee.unpaid > $1 { pay $1 to Fund }; pay fee; pay rest to Sponsor }\n"
    assert codes(CASH + FEE + step) == ["E0507"]


def test_what_was_unpaid_on_the_date_before_is_known_at_opening() -> None:
    """Of 130 arising, and 100 there, 30 are unpaid; a tenth of it is due on the next date."""
    text = CASH + (
        "claim fee to Bank on payment = $130 lapses\nranking late, fee\n"
        "claim late to Fund on payment = if date > 2026-04-15 then previous fee.unpaid * 10% else $0 lapses\n"
        "waterfall main from cash on payment { pay late; pay fee; pay rest to Sponsor }\n"
    )
    # 30, then 33, 33.3 and 33.33.
    assert series(text, "late.due")["late.due"] == pytest.approx([0, 0, 3, 3.3, 3.33])


def test_what_a_late_claim_brings_forward_is_known_at_opening() -> None:
    """60 arise when the step comes, 50 are there, so 10 more are in arrears from date to date."""
    text = (
        "account cash\nreceive $50 from Customer into cash on payment\n"
        "claim fee to Bank on payment = $60 when reached carries\n"
        "flow behind on payment = fee.arrears * 10%\n"
        "waterfall main from cash on payment { pay fee }\nreport { behind }\n"
    )
    assert series(text, "behind")["behind"] == pytest.approx([0, 0, 1, 2, 3])
    for figure in ("due", "current", "unpaid"):
        assert codes(text.replace("fee.arrears", f"fee.{figure}")) == ["E0507"]


@pytest.mark.parametrize("figure", ["due", "current", "arrears", "unpaid"])
def test_a_claim_up_to_a_balance_has_no_due_of_its_own(figure: str) -> None:
    text = CASH + (
        "claim sweep to Bank on payment up to $50\nwaterfall main from cash on payment { pay sweep; pay rest to Sponsor }\n"
    )
    assert codes(text) == []
    assert codes(text + f"report {{ total(sweep.{figure}) }}\n") == ["E0522"]


def test_a_claim_up_to_a_balance_may_say_when_reached() -> None:
    text = CASH + (
        "claim sweep to Bank on payment up to $50 when reached\n"
        "waterfall main from cash on payment { when date > 2026-06-01 { pay sweep }; pay rest to Sponsor }\n"
    )
    assert series(text, "sweep.paid")["sweep.paid"] == [0, 0, 50, 50, 50]


@pytest.mark.parametrize(
    "reader",
    [
        "define left = rest\nreport { left }\n",
        "flow left on payment = rest\nreport { left }\n",
        "claim fee from Bank to Fund on payment = $1 lapses\nsettle fee on payment while rest >= $0\n",
        "waterfall two from cash on payment when rest >= $0 { pay rest to Bank }\n",
        "receive rest from Fund into cash on payment\n",
    ],
)
def test_the_rest_of_an_account_is_read_in_a_step_alone(reader: str) -> None:
    """An act below a waterfall does not read what that one left."""
    assert codes(CASH + REST + reader) == ["E0521"]


def test_a_definition_that_reads_the_rest_is_read_in_a_step_alone() -> None:
    text = (
        CASH + "define part = rest * 25%\nwaterfall main from cash on payment { pay part to Fund; pay part to Bank }\n"
    )
    found = series(text + "waterfall two from cash on payment { pay rest to Sponsor }\n", "two.rest")
    # A quarter of 100 and of the 75 that are left.
    assert found["two.rest"] == [0, *[100 - 25 - 18.75] * 4]
    guarded = "waterfall two from cash on payment when part > $1 { pay rest to Sponsor }\n"
    assert codes(text + guarded) == ["E0521"]


def test_what_accrues_is_no_term() -> None:
    text = (
        CASH
        + REST
        + (
            "term tests = if accrue($1_000 * 5%, 30/360) > $1 then 1 else 2\n"
            "trigger low on payment when cash.balance > $1 for tests tests\nreport { low }\n"
        )
    )
    assert codes(text) == ["E0504"]
    assert "what accrues changes from date to date" in message(text)


def test_a_waterfall_is_no_figure() -> None:
    assert codes(CASH + REST + "define paid = main\nreport { paid }\n") == ["E0550"]


def test_unpaid_interest_goes_into_a_state() -> None:
    text = CASH + (
        "define owed = $5\nclaim fee to Bank on payment = $5 capitalises into owed\n"
        "waterfall main from cash on payment { pay fee; pay rest to Sponsor }\n"
    )
    assert codes(text) == ["E0323"]
    assert "capitalises into owed\n  |                                                    ^^^^" in message(text)


def test_definitions_lead_to_a_function_two_hundred_deep() -> None:
    """199 definitions and the function that the last of them calls are two hundred; one more is refused."""

    def chain(count: int) -> str:
        lines = ["function same(x) = x", "define d0 = same($1)"]
        lines += [f"define d{place} = d{place - 1} + $1" for place in range(1, count)]
        return "\n".join(lines) + f'\nreport {{ "last" = d{count - 1} }}\n'

    assert figures(CASH + REST + chain(199)) == {"last": 199}
    assert codes(CASH + REST + chain(200)) == ["E0340"]


# The date before


def test_what_never_changes_is_on_the_date_before_what_it_is() -> None:
    text = CASH + REST + "term level = $10\nflow since on payment = previous level\n"
    assert figures(text + 'report { "before" = previous level }\n') == {"before": 10}
    assert series(text + "report { since }\n", "since")["since"] == [0, 10, 10, 10, 10]


def test_the_date_before_the_first_of_a_part_is_one_that_business_days_have_moved() -> None:
    """15 February and 15 March 2026 are Sundays. The part begins on 16 March; the date before is 16 February."""
    header = """
    deal "Part" { language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }
    party Issuer, Bank, Customer, Sponsor
    schedule months = monthly on day 15 from 2026-02-15 to 2026-06-15, following, calendar "weekends only"
    schedule part = months from 2026-03-01 to 2026-06-30
    """
    text = (
        "account cash\nreceive $100 from Customer into cash on months\n"
        "input spot : series of money on months = $1 * number of months dates to date\n"
        "claim fee to Bank on part = previous spot lapses\n"
        "waterfall main from cash on part { pay fee; pay rest to Sponsor }\n"
    )
    assert series(text, "fee.due", header=header)["fee.due"] == [0, 0, 1, 2, 3, 4]


# Parties


def test_a_party_has_defaulted_from_the_day_of_its_default_on() -> None:
    text = (
        "account cash\nreceive (if Customer.defaulted then $1 else $5) from Customer into cash on payment\n"
        "receive (if Customer.performing then $7 else $2) from Bank into cash on payment\n"
        'waterfall main from cash on payment { pay rest to Sponsor }\nscenario "on" { Customer.default = 2026-07-15 }\n'
        'scenario "after" { Customer.default = 2026-07-16 }\n'
    )
    assert series(text, "main.rest")["main.rest"] == [0, 12, 12, 12, 12]
    assert series(text, "main.rest", scenario="on")["main.rest"] == [0, 12, 3, 3, 3]
    assert series(text, "main.rest", scenario="after")["main.rest"] == [0, 12, 12, 3, 3]


EUROS = "account euros { currency = EUR }\nwaterfall two from euros on payment { pay rest to Bank }\n"


@pytest.mark.parametrize(
    ("more", "asked", "of"),
    [
        ("receive EUR 5 from Fund into euros on payment\n", "total(Fund.paid)", ["Fund"]),
        ("receive EUR 5 from Fund into euros on payment\n", "total(Fund.paid), total(Fund.net)", ["Fund"]),
        ("receive EUR 5 from Fund into euros on payment\n", "total(Bank.received)", ["Bank"]),
        ("claim rent from Fund on payment = EUR 5 lapses\nreceive rent into euros\n", "total(Fund.paid)", ["Fund"]),
        ("account more { currency = EUR; opens = EUR 5 from Fund }\nwaterfall last from more on payment { pay rest to Sponsor }\n"
         "receive EUR 1 from Sponsor into euros on payment\n", "total(Fund.paid)", ["Fund"]),
        ("receive EUR 5 from Fund into euros on payment\n", "total(Customer.paid), total(Sponsor.received)", []),
        ("account more { currency = EUR; opens = EUR 5 }\nwaterfall last from more on payment { pay rest to Bank }\n"
         "receive EUR 1 from Fund into euros on payment\n", "total(Customer.paid)", []),
    ],
)  # fmt: skip
def test_cash_in_two_currencies_is_not_one_figure(more: str, asked: str, of: list[str]) -> None:
    """Said once of a party, however often it is asked for."""
    text = CASH + REST + EUROS + more + f"report {{ {asked} }}\n"
    assert codes(text) == ["E0558"] * len(of)
    assert all(f"`{name}` also has cash in EUR" in message(text) for name in of)


# Inputs and columns


def shown(text: str, *names: str, **options: object) -> dict[str, list[float]]:
    report = "report { " + "; ".join(f'"{name}" = {name}' for name in names) + " }\n"
    run = compiled(CASH + REST + text + report).run(**options)  # type: ignore[arg-type]  # passed on as given
    return {name: run[name].values.T.ravel().tolist() for name in names}


def test_an_input_is_fed_or_what_it_says() -> None:
    text = "input spot : series of money on payment = $4 * number of payment dates to date\ninput flat : money = $3\n"
    assert shown(text, "spot", "flat") == {"spot": [0, 4, 8, 12, 16], "flat": [3]}
    fed = shown(text, "spot", "flat", inputs={"spot": np.array([5.0, 6.0, 7.0, 8.0]), "flat": 2.5})
    assert fed == {"spot": [0, 5, 6, 7, 8], "flat": [2.5]}


@pytest.mark.parametrize(("asked", "is_"), [("spot on 2026-05-15", 4), ("total(spot)", 78), ("highest(spot)", 12)])
def test_an_input_on_dates_that_are_not_the_readers(asked: str, is_: float) -> None:
    """1, 2 ... 12 from month to month: the fourth in May; in all 78."""
    text = RICH + (
        "schedule months = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted\n"
        "input spot : series of money on months = $1 * number of months dates to date\n"
        f"claim fee to Bank on payment = {asked} lapses\n"
        "waterfall main from cash on payment { pay fee; pay rest to Sponsor }\n"
    )
    assert [value for value in series(text, "fee.due")["fee.due"] if value] == [is_] * 4


def test_an_input_that_nothing_feeds_is_named() -> None:
    with pytest.raises(InputError) as found:
        shown("input spot : series of money on payment\ninput flat : money\n", "spot", "flat")
    assert "'spot', 'flat'" in str(found.value)


def test_the_default_of_an_input_is_known_when_the_deal_is_read() -> None:
    assert codes(CASH + REST + "input flat : money = cash.balance\nreport { flat }\n") == ["E0541"]


def test_a_column_counts_in_the_unit_of_its_field(tmp_path: Path) -> None:
    """Two racks and three of 72 each, at $2; the numbers of a column of plain ones are as they are."""
    (tmp_path / "tape.csv").write_text("racks,spare\n2,5\n3,0.5\n", encoding="utf-8")
    text = (
        HEADER
        + CASH
        + REST
        + (
            "unit rack = 72 GPU\ncomponent site {\n  racks : rack\n  spare : GPU\n}\n"
            'site sites each row in "tape.csv"\n'
            'report { "worth" = sum(sites.racks * $2 per GPU); "racks" = sum(sites.racks) / 1 rack; '
            '"spare" = sum(sites.spare) / 1 GPU }\n'
        )
    )
    run = indenture.compile(text, folder=str(tmp_path)).run()
    assert [run[name].values.tolist() for name in ("worth", "racks", "spare")] == [[720], [5], [5.5]]
