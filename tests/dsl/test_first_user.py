"""What a first user writes wrongly, and what is said of it: the place, the cause, what was probably meant."""

import pytest
from indenture.dsl.compile import compile_source
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.text.source import Source

HEADER = """deal "First" {
  language = 1
  currency = GBP
  closing  = 2026-03-20
  issuer   = Issuer
}
use debt, leases, refinancing, securitisation
party Issuer, Bank, Tenant, Vendor
schedule payment = quarterly on day 20 from 2026-06-20 to 2031-03-20, unadjusted
term token_price = £3.50 per mtoken
account cash
lease hall { lessee = Tenant; rent = £28m per year; starts = 2026-03-20; initial = 2 years; renewals = [3 years]; billed = payment }
"""


def said(text: str) -> list[Diagnostic]:
    collector = Collector()
    compile_source(Source("first.deal", HEADER + text), None, collector)
    return [one for one in collector.found if one.severity == "error"]


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("receive hall.rent into cash", "E0310", "its claims are `hall.payment` or `hall.break_payment`"),
        ("define x = hall.rent.paid", "E0218", "say of which claim: `hall.payment.paid` or `hall.break_payment.paid`"),
        ('scenario "Shock" { token_price = -82.4% }', "E0338", "to lower it by so much: `token_price * (1 - 82.4%)`"),
        (
            "Tenant.default drawn from first_default(4%)",
            "E0102",
            "write `simulate { paths = 10_000; x drawn from ... }`",
        ),
        ("simulate 10_000", "E0102", "write `simulate { paths = 10_000 }`"),
        ("report { circles(4) }", "E0102", "write `circles(up to 4 edges)`"),
        ("relation stake Vendor owns 10% in Tenant", "E0102", "write `owns 10% of ...`"),
        ("claim fee to Trustees on payment = £1m carries", "E0201", "if it is a party, declare it: `party Trustees`"),
        (
            "claim fee to Bank on payment = accrue(£1m per year, act/365) carries",
            "E0201",
            "day counts are `actual/360`, `actual/365`, `actual/actual ICMA` and the like, in small letters",
        ),
    ],
)
def test_what_was_meant_is_suggested(text: str, code: str, help: str) -> None:
    assert (code, help) in [(one.code, one.help) for one in said(text)]


def test_a_field_is_guessed_by_a_word_of_its_name_and_never_judged_as_another() -> None:
    found = said("lease next { lessee = Tenant; fee = £1m; start = 2026-03-20; count = 3 }")
    helps = {one.message: one.help for one in found if one.code == "E0205"}
    assert helps["`lease` has no field `fee`"] == "did you mean `break_fee`?"
    assert helps["`lease` has no field `start`"] == "did you mean `starts`?"
    assert str(helps["`lease` has no field `count`"]).startswith("its fields are lessee, rent,")
    # `count` is like `accrual` or `amount` to no one: its value is not held against another field's type.
    assert "E0327" not in [one.code for one in found]


def test_currencies_that_meet_inside_the_library_point_to_the_fields_that_brought_them() -> None:
    found = said(
        "refinancing_loan new { holder = Bank; on_date = 2028-03-20; needed = £90m; capacity = $80m; margin = 6%\n"
        "  widening = 1%; pays = payment; maturity = 2031-03-20; accrual = 30/360 }"
    )
    fault = next(one for one in found if one.code == "E0314")
    places = {label.text: label.span.file for label in fault.others}
    assert places["`capacity` is stated here"] == "first.deal"


def test_an_instance_is_no_condition() -> None:
    found = said(
        "loss_trigger losses { losses = £1m; original = £100m; limits = 2%; tested = payment }\n"
        "waterfall main from cash on payment when losses { pay rest to Bank }"
    )
    assert [one.help for one in found if one.code == "E0318"] == [
        "`losses.` and the name of its trigger, or of a condition"
    ]


@pytest.mark.parametrize(
    ("recovery", "help"), [("25", "did you mean `25%`?"), ("140%", None), ("-5%", None), ("40%", ...), ("0.4", ...)]
)
def test_a_recovery_is_a_share(recovery: str, help: object) -> None:
    found = said(f"party Lab {{ recovery = {recovery} }}")
    assert [one.help for one in found if one.code == "E0281"] == ([] if help is ... else [help])
