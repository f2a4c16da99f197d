"""Deals from Python."""

from __future__ import annotations

import datetime
import pickle
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import indenture
import pytest
from indenture.dsl.api import run_diagnostic
from indenture.dsl.names.deal import DefinitionEntry, Scope
from indenture.dsl.names.settings import Setting, written
from indenture.dsl.syntax import Money, Number, UnitTerm
from indenture.engine.errors import InputError, RunError
from indenture.engine.ir import Origin, Span

TEXT = """\
deal "Tamar" {
  language = 1
  currency = USD
  closing  = 2026-01-15
  issuer   = Tamar
}
party Tamar, Sponsor, Holders, Tenant
schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
term size = $40m
term rate = 8%
term rental = $12m
claim rent from Tenant to Tamar on payment = rental carries
claim interest to Holders on payment = accrue(balance * rate, 30/360) carries
claim principal to Holders on payment = size / 4 carries
state balance = size, then opening balance - principal.paid
account collections
receive rent into collections
waterfall priorities from collections on payment {
  "Interest"      pay interest
  "Principal"     pay principal
  "Distributions" pay rest to Sponsor
}
ranking interest, principal
scenario "No rent" { rental = $0 }
report { "Interest" = total interest.paid }
"""


@pytest.fixture(scope="module")
def deal() -> indenture.Deal:
    return indenture.compile(TEXT)


def test_a_deal_says_what_it_is(deal: indenture.Deal) -> None:
    assert deal.name == "Tamar"
    assert deal.closing == deal.dates[0] == datetime.date(2026, 1, 15)
    assert deal.scenarios == ("base", "No rent")
    assert not deal.draws
    assert repr(deal) == "<Deal 'Tamar': 5 dates from 2026-01-15 to 2027-01-15, 2 scenarios>"


def test_a_run(deal: indenture.Deal) -> None:
    result = deal.run()
    assert result["Interest"].values.tolist() == [pytest.approx(2_000_000), 0]
    assert result["Interest"].unit == "USD"
    kept = deal.run(scenarios="base", keep=["balance"])
    assert kept["balance"].values[:, 0].tolist() == [40e6, 30e6, 20e6, 10e6, 0]


@pytest.mark.parametrize(
    "rate",
    ["4%", 0.04, Fraction(1, 25), Decimal("0.040"), "2% + 2%"],
    ids=["text", "float", "fraction", "decimal", "sum"],
)
def test_what_is_set_is_compiled_as_if_written(deal: indenture.Deal, rate: Setting) -> None:
    assert deal.run("base", set={"rate": rate})["Interest"].values.tolist() == [pytest.approx(1_000_000)]
    assert deal.run("base")["Interest"].values.tolist() == [pytest.approx(2_000_000)]


def test_what_cannot_be_set_is_said(deal: indenture.Deal) -> None:
    with pytest.raises(indenture.DealError) as caught:
        deal.run(set={"rat": "4%"})
    assert "rate" in str(caught.value)
    with pytest.raises(indenture.DealError):
        deal.run(set={"rate": datetime.date(2026, 1, 15)})
    with pytest.raises(indenture.DealError):
        deal.run(set={"rate": "4% }"})


def test_wrong_arguments_are_said(deal: indenture.Deal) -> None:
    with pytest.raises(InputError, match="did you mean 'base'"):
        deal.run(scenarios=["bsae"])
    with pytest.raises(InputError, match="draws nothing at random"):
        deal.run(paths=10)
    with pytest.raises(InputError, match="spot"):
        deal.run(inputs={"spot": 1.0})


def test_every_error_of_a_text_is_in_the_exception() -> None:
    with pytest.raises(indenture.DealError) as caught:
        indenture.compile(TEXT.replace("pay interest", "pay intrest").replace("rest to Sponsor", "rest to Spnsor"))
    error = caught.value
    assert len(error.diagnostics) == 2
    assert str(error).startswith("error[E")
    assert "--> <text>:19:" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (again.diagnostics, str(again)) == (error.diagnostics, str(error))


def test_load(tmp_path: Path) -> None:
    path = tmp_path / "tamar.deal"
    path.write_text("\ufeff" + TEXT.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert indenture.load(path).name == "Tamar"
    path.write_bytes(TEXT.encode() + b"\xff")
    with pytest.raises(indenture.DealError, match="not UTF-8"):
        indenture.load(path)
    with pytest.raises(OSError, match="no such file"):
        indenture.load(tmp_path / "none.deal")


AT = Span("a.deal", 1, 1, 1, 2)
GPU_HOUR = (UnitTerm("GPU", -1, AT), UnitTerm("hour", -1, AT))
PRICE = Money(AT, Fraction(235, 100), "$2.35", "USD", GPU_HOUR)
PERCENT = Number(AT, Fraction(4, 100), "4%", "percent")
YEARS = Number(AT, Fraction(6), "6", "plain", (UnitTerm("years", 1, AT),))


@pytest.mark.parametrize(
    ("value", "instead_of", "text"),
    [
        (1e-7, None, "0.0000001"),
        (10**22, None, "10000000000000000000000"),
        (True, PERCENT, "true"),
        (datetime.datetime(2026, 1, 15, 9), None, "2026-01-15"),
        (Fraction(1, 3), None, "1 / 3"),
        (Fraction(-4, 2), None, "-2"),
        ([0.5, "$3"], PERCENT, "[50%, $3]"),
        (0.07, PERCENT, "7%"),
        (0.06581, PERCENT, "6.581%"),
        (Fraction(1, 3), PERCENT, "1 / 3 * 100%"),
        (2, PRICE, "USD 2 per GPU-hour"),
        (-2.5, PRICE, "-USD 2.5 per GPU-hour"),
        (5, YEARS, "5 years"),
        ("5 months", YEARS, "5 months"),
    ],
)
def test_a_value_as_a_deal_would_write_it(value: Setting, instead_of: Number | Money | None, text: str) -> None:
    entry = None
    if instead_of is not None:
        entry = DefinitionEntry(name="x", span=AT, form="term", value=instead_of, scope=Scope({}, None))
    assert written(value, entry, "USD") == text


def test_an_error_of_a_run_names_equation_date_and_scenario() -> None:
    origin = Origin("collections.balance", Span("a.deal", 3, 9, 3, 20))
    error = RunError(
        "E0901",
        "an account is below zero",
        "collections.balance",
        date=datetime.date(2026, 4, 15),
        scenario="base",
        lane=0,
        value=-1234.5,
        origin=origin,
    )
    said = str(indenture.DealError([run_diagnostic(error, "a.deal")], {"a.deal": "\n\naccount collections\n"}))
    assert said.splitlines()[:2] == ["error[E0901]: an account is below zero: collections.balance", " --> a.deal:3:9"]
    assert "in scenario base on 2026-04-15" in said
    assert "-1,234.5" in said
