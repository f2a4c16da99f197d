"""What rounding leaves decides nothing, at any size, and what is really there decides."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import indenture
import pytest
from indenture.dsl.lowering import to_ir
from indenture.dsl.lowering.building import dust
from indenture.engine.execution import reference
from indenture.engine.execution.job import Job
from indenture.engine.ir import DUST, Equation, Literal, Var
from indenture.engine.plan.plan import Plan

HEAD = """deal "Dust" {{ language = 1; currency = {currency}; closing = 2026-01-15; issuer = Issuer }}
party Issuer, Lender, Owner, Payer
schedule q = monthly on day 15 from 2026-02-15 to {last}, unadjusted
account cash
"""

LOAN = """
term size = {size}
term rate = 7.3%
define payment = size * (rate / 12) / (1 - (1 + rate / 12) ^ (0 - {count}))
claim interest to Lender on q = opening balance * rate / 12 lapses
claim principal to Lender on q = payment - interest.current lapses
state balance = size, then opening balance - principal.paid
receive payment from Payer into cash on q
waterfall w from cash on q {{ pay interest; pay principal; pay rest to Owner }}
ranking interest, principal
report {{
  "Repaid on" = first_date(balance <= {none}), "Open" = count(balance > {none} on q), "None" = count(balance is {none})
}}
scenarios over rate = [0.1%, 3.33%, 7.3%, 11.9%, 18%]
"""


@pytest.mark.parametrize(("count", "last"), [(6, "2026-07-15"), (360, "2056-01-15")])
@pytest.mark.parametrize(
    ("currency", "size", "none"),
    [("USD", "$1.07", "$0"), ("USD", "$100_000_000_000", "$0"), ("JPY", "JPY 10_000_000_000_000", "JPY 0")],
)
def test_a_level_pay_loan_is_repaid_on_its_last_date(
    count: int, last: str, currency: str, size: str, none: str
) -> None:
    deal = indenture.compile(HEAD.format(currency=currency, last=last) + LOAN.format(size=size, count=count, none=none))
    results = deal.run()
    for lane in range(len(deal.program.scenarios)):
        assert str(results["Repaid on"].values[lane]) in (last, str(float(deal.dates[-1].toordinal())))
        assert results["Open"].values[lane] == count - 1
        assert results["None"].values[lane] == 1


def found(body: str, **more: Any) -> Any:
    deal = indenture.compile(HEAD.format(currency="USD", last="2026-07-15") + body)
    results = deal.run(**more)
    exact = reference.evaluate(deal.program)
    for output in deal.program.outputs:
        if output.asked and output.form == "figure":
            assert float(exact[output.name]) == pytest.approx(float(results[output.name].values[0]))
    return {name: results[name].values[0] for name in results}


def test_what_is_really_there_decides_however_small() -> None:
    told = found("""
term size = $3
state left = size, then opening left - $0.49998
define price = 0.0501 - 0.05
report { "Left" = count(left > $0 on q), "Above" = if price > 0.00009 then 1 else 0, "Some" = if price > 0 then 1 else 0 }
""")
    assert told == {"Left": 6, "Above": 1, "Some": 1}  # 0.00012 of three dollars is left


def test_a_cent_of_a_billion_and_a_dollar_of_a_hundred() -> None:
    told = found("""
term size = $1_000_000_000
state left = size / 3 * 3 + $0.02, then opening left - size / 6
report { "Left" = count(left > $0 on q), "Nothing" = count(left - $0.02 > $0 on q) }
""")
    assert told == {"Left": 6, "Nothing": 5}


@pytest.mark.parametrize(
    ("formula", "meant"),
    [
        ("round(x * 1.005, digits = 2)", 1.01),
        ("round(0 - x * 1.005, digits = 2)", -1.01),
        ("floor(x * 0.29 * 100) / 100", 0.29),
        ("floor(x * 0.7 / 0.1)", 7),
        ("ceiling(x * 0.1 * 3 * 10)", 3),
        ("floor(x * 0.28999 * 100) / 100", 0.28),
        ("round(x * 2.675, digits = 2)", 2.68),
        ("round(x * 2.6749, digits = 2)", 2.67),
        ("if x * 0.1 + x * 0.2 is 0.3 then 1 else 0", 1),
        ("if x * 0.1 + x * 0.2 > 0.3 then 1 else 0", 0),
        ("if 1 / (x * 0.1 + x * 0.2 - 0.3) > 0 then 1 else 0", 0),
        ("sqrt(x * 0.3 - x * 0.1 - x * 0.2)", 0),
        ("(0 - 2) ^ (x * 0.1 * 30)", -8),
    ],
)
def test_ties_and_sums_come_out_as_decimals_do(formula: str, meant: float) -> None:
    told = found(f'input x : number = 1\nreport {{ "It" = {formula} }}\n')
    assert told["It"] == pytest.approx(meant, abs=1e-15)


@pytest.mark.parametrize("op", sorted(dust.COMPARISONS))
def test_no_comparison_of_what_was_rounded_is_left_as_it_was(op: str) -> None:
    """Whoever writes one: all equations go through the one place. Sums of decimals, and a balance."""
    builder = dust.Builder(indenture.compile(HEAD.format(currency="USD", last="2026-07-15")).dates)
    fed = builder.by_date("fed", tuple(Fraction(1, 10 + date) for date in range(len(builder.dates))))
    worked_out = builder.subtract(builder.multiply(fed, Literal(Fraction(1, 3), "float")), fed)
    result = builder.emit(op, worked_out, Literal(Fraction(3, 7), "float"))  # type: ignore[arg-type]
    before = builder.finished()
    dust.without_dust(builder, (), ())
    changed = {one.result: one for one in builder.finished()}
    assert isinstance(result, Var)
    assert changed[result] != next(one for one in before if one.result == result)
    assert any(_reads(one, DUST) for one in changed.values())


def _reads(equation: Equation, value: Fraction) -> bool:
    return any(isinstance(one, Literal) and one.value == value for one in equation.operands)


def test_accounts_that_pay_one_another_are_measured_by_few_amounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numpy calls of a block, which do not depend on the machine: the comparisons of a deal with thirty claims."""
    path = Path(indenture.__file__).parent / "examples" / "gpu_ddtl.deal"
    calls: list[int] = []
    planned = Job.plan

    def counted(job: Job) -> Plan:
        made = planned(job)
        calls.append(made.operations())
        return made

    monkeypatch.setattr(Job, "plan", counted)
    indenture.load(path).run()
    monkeypatch.setattr(to_ir, "without_dust", lambda builder, projected, checks: tuple(checks))
    indenture.load(path).run()
    kept, left_out = calls
    assert left_out < kept < 1.18 * left_out
