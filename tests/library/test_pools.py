"""The pools of the library against closed forms, and against one another."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import indenture
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from indenture.engine.ir import NEVER
from indenture.engine.results import Results

FLOWS = ("interest", "scheduled", "prepaid", "defaulted", "recovered", "principal_paid", "servicing_cost")

DEAL = """
deal "Pools" {{ language = 1; currency = USD; closing = 2017-01-01; issuer = Trust }}
use pools
party Trust, Borrowers, Owner
schedule collection = monthly on the last day from 2017-01-31 to {end}, unadjusted
schedule payment = monthly on day 18 from 2017-02-18 to {last}, unadjusted
{pools}
account available
receive p.interest + p.principal_paid + p.recovered from Borrowers into available on payment
waterfall distributions from available on payment {{ "Owner" pay rest to Owner }}
report {{
  "balance" = p.balance; "received" = total(Owner.received)
  {reports}
}}
"""


def run(fields: str, end: str = "2021-12-31", last: str = "2022-01-18") -> Results:
    """One pool `p` of $100m; what is not stated is 12% over 24 payments from January 2017."""
    stated = {"apr": "12%", "cut_off": "2017-01-01", "remaining": "24", "collected": "collection", "principal": "$100m"}
    stated |= dict(pair.split(" = ") for pair in fields.split("; ") if pair)
    pool = "; ".join(f"{name} = {value}" for name, value in stated.items())
    reports = "; ".join(f'"{name}" = p.{name}' for name in FLOWS)
    return indenture.compile(DEAL.format(end=end, last=last, pools=f"loan_pool p {{ {pool} }}", reports=reports)).run()


def monthly(result: Results, name: str) -> np.ndarray:
    """A series on the collection dates, [month]."""
    values = result[name].values
    assert values is not None
    on = [after.month != day.month for day, after in pairwise(result.dates)] + [False]
    ends = [at for at, day in enumerate(result.dates) if on[at] and day.day >= 28]
    if values.ndim == 1:  # what is the same on every date is a figure
        return np.full(len(ends), float(values[0]))
    return np.asarray(values[ends, 0], dtype=float)


def level_pay(rate: float, months: int, count: int) -> np.ndarray:
    """The balance of 100m after each of the first ``count`` payments: Fabozzi's ((1+i)^n - (1+i)^k) / ((1+i)^n - 1)."""
    paid = np.minimum(np.arange(1, count + 1), months)
    if rate == 0:
        return 100e6 * (1 - paid / months)
    return 100e6 * ((1 + rate) ** months - (1 + rate) ** paid) / ((1 + rate) ** months - 1)


@pytest.mark.parametrize(("apr", "remaining"), [("12%", 24), ("3.75%", 36), ("0%", 24), ("18%", 1)])
def test_no_prepayment_and_no_default_is_the_closed_form(apr: str, remaining: int) -> None:
    result = run(f"apr = {apr}; remaining = {remaining}; servicing = 1.20%")
    rate = float(apr.removesuffix("%")) / 1200
    balance = monthly(result, "balance")
    expected = level_pay(rate, remaining, len(balance))
    assert balance == pytest.approx(expected, rel=1e-11, abs=1e-4)
    opening = np.concatenate([[100e6], expected[:-1]])
    assert monthly(result, "interest") == pytest.approx(opening * rate, abs=1e-4)
    assert monthly(result, "servicing_cost") == pytest.approx(opening * 0.001, abs=1e-4)
    instalments = (monthly(result, "interest") + monthly(result, "scheduled"))[:remaining]
    assert instalments == pytest.approx(np.full(remaining, instalments[0]) if rate else 100e6 / remaining, rel=1e-10)


def test_cpr_shrinks_the_pool_by_its_yearly_share() -> None:
    balance = monthly(run("cpr = 10%; remaining = 60"), "balance")
    months = np.arange(1, len(balance) + 1)
    assert balance == pytest.approx(level_pay(0.01, 60, len(balance)) * 0.9 ** (months / 12), rel=1e-10, abs=1e-4)


def test_cdr_shrinks_the_pool_by_its_yearly_share() -> None:
    result = run("cdr = 6%; remaining = 60")
    balance = monthly(result, "balance")
    months = np.arange(1, len(balance) + 1)
    assert balance == pytest.approx(level_pay(0.01, 60, len(balance)) * 0.94 ** (months / 12), rel=1e-10, abs=1e-4)
    opening = np.concatenate([[100e6], balance[:-1]])
    assert monthly(result, "defaulted") == pytest.approx(opening * (1 - 0.94 ** (1 / 12)), rel=1e-10, abs=1e-4)
    # Those that default in a month pay no interest in it.
    assert monthly(result, "interest") == pytest.approx(opening * 0.94 ** (1 / 12) * 0.01, rel=1e-10, abs=1e-4)


@pytest.mark.parametrize(("psa", "seasoning"), [(100, 0), (150, 0), (100, 12), (250, 29)])
def test_psa_climbs_two_tenths_a_month_to_six_percent(psa: int, seasoning: int) -> None:
    """The standard of the Public Securities Association (1985): a CPR of 0.2% a month to 6% in month 30."""
    result = run(f"psa = {psa}%; seasoning = {seasoning}; remaining = 60")
    balance, scheduled, prepaid = (monthly(result, name) for name in ("balance", "scheduled", "prepaid"))
    before = np.concatenate([[100e6], balance[:-1]]) - scheduled
    yearly = 1 - (1 - prepaid[:59] / before[:59]) ** 12
    ages = seasoning + np.arange(1, 60)
    assert yearly == pytest.approx(psa / 100 * np.minimum(0.002 * ages, 0.06), rel=1e-8)


@pytest.mark.parametrize(("speed", "seasoning"), [("1.5%", 3), ("0.5%", 40), ("2.0%", 53), ("3.0%", 20), ("0%", 7)])
def test_abs_is_the_auto_pool(speed: str, seasoning: int) -> None:
    """A pool that carries its balance from month to month, beside one that knows it in closed form."""
    common = f"principal = $100m; apr = 13%; cut_off = 2017-02-01; remaining = 30; seasoning = {seasoning}"
    pools = f"""loan_pool p {{ {common}; collected = collection; abs = {speed}; servicing = 2.25% }}
auto_pool q {{ {common}; collected = collection; speed = {speed}; servicing = 2.25% }}"""
    names = ("interest", "principal_paid", "servicing_cost")
    reports = '"other balance" = q.balance; ' + "; ".join(
        f'"{name}" = p.{name}; "other {name}" = q.{name}' for name in names
    )
    result = indenture.compile(DEAL.format(end="2020-12-31", last="2021-01-18", pools=pools, reports=reports)).run()
    for name in ("balance", *names):
        assert monthly(result, name) == pytest.approx(monthly(result, f"other {name}"), rel=1e-9, abs=1e-4)
    assert monthly(result, "principal_paid").sum() == pytest.approx(100e6)


def test_abs_counts_loans_originated() -> None:
    """Of loans that pay nothing on principal until the end, the same amount prepays every month."""
    result = run("abs = 2%; apr = 0%; remaining = 1000; seasoning = 10")
    survivors = monthly(result, "balance") / (1 - np.arange(1, 61) / 1000) / 100e6
    expected = np.maximum(1 - 0.02 * (10 + np.arange(1, 61)), 0) / 0.8
    assert survivors == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("lag", [0, 1, 6, 18])
def test_recoveries_come_after_the_lag(lag: int) -> None:
    result = run(f"cdr = 8%; recovery = 45%; lag = {lag} months")
    defaulted, recovered = monthly(result, "defaulted"), monthly(result, "recovered")
    expected = np.concatenate([np.zeros(lag), 0.45 * defaulted])[: len(recovered)]
    assert recovered == pytest.approx(expected, rel=1e-12, abs=1e-6)
    assert recovered.sum() == pytest.approx(0.45 * defaulted.sum(), rel=1e-12)


@settings(max_examples=12, phases=(Phase.explicit, Phase.generate))  # a compile each: shrinking would take minutes
@given(
    apr=st.integers(0, 2500),
    remaining=st.integers(1, 36),
    seasoning=st.integers(0, 70),
    cpr=st.integers(0, 100),
    psa=st.integers(0, 400),
    abs=st.integers(0, 300),
    cdr=st.integers(0, 100),
    recovery=st.integers(0, 100),
    lag=st.integers(0, 12),
)
def test_principal_is_paid_prepaid_or_defaulted(
    apr: int, remaining: int, seasoning: int, cpr: int, psa: int, abs: int, cdr: int, recovery: int, lag: int
) -> None:
    result = run(
        f"apr = {apr}bp; remaining = {remaining}; seasoning = {seasoning}; cpr = {cpr}%; psa = {psa}%; abs = {abs}bp; "
        f"cdr = {cdr}%; recovery = {recovery}%; lag = {lag} months"
    )
    parts = {name: monthly(result, name) for name in FLOWS}
    for name, values in parts.items():
        assert (values >= -1e-6).all(), name
    gone = parts["scheduled"] + parts["prepaid"] + parts["defaulted"]
    balance = monthly(result, "balance")
    assert balance == pytest.approx(100e6 - gone.cumsum(), abs=1e-3)
    assert abs_small(balance[remaining - 1 :])
    received = result["received"].values
    assert received is not None
    paid = parts["interest"] + parts["scheduled"] + parts["prepaid"] + parts["recovered"]
    assert float(received[0]) == pytest.approx(paid.sum(), rel=1e-12)


def abs_small(values: np.ndarray) -> bool:
    return bool((np.abs(values) < 1e-3).all())


def test_lines_of_a_family_add_up(tmp_path: Path) -> None:
    """Lines with their own cut-offs, terms and rates: as many pools, one equation for all."""
    rows: Sequence[tuple[str, str, str, str]] = [
        ("60,000,000", "9%", "2017-01-01", "24"),
        ("25,000,000", "0%", "2017-02-01", "13"),
        ("15,000,000", "14.5%", "2017-06-01", "30"),
    ]
    with (tmp_path / "lines.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("principal", "apr", "cut_off", "remaining"), *rows])
    speeds = "cpr = 7%; cdr = 3%; recovery = 50%; lag = 4 months; collected = collection"
    whole = (
        'loan_pool lines each row in "lines.csv" { '
        + speeds
        + " }\n"
        + "\n".join(
            f"loan_pool l{at} {{ principal = ${row[0].replace(',', '_')}; apr = {row[1]}; cut_off = {row[2]}; "
            f"remaining = {row[3]}; {speeds} }}"
            for at, row in enumerate(rows)
        )
        + "\nloan_pool p { principal = $1; apr = 1%; cut_off = 2017-01-01; remaining = 1; collected = collection }"
    )
    reports = (
        "; ".join(f'"{name}" = sum(lines.{name}); "apart {name}" = l0.{name} + l1.{name} + l2.{name}' for name in FLOWS)
        + '; "left" = sum(lines.balance); "apart left" = l0.balance + l1.balance + l2.balance'
    )
    text = DEAL.format(end="2020-12-31", last="2021-01-18", pools=whole, reports=reports)
    result = indenture.compile(text, folder=tmp_path).run()
    for name in (*FLOWS, "left"):
        assert monthly(result, name) == pytest.approx(monthly(result, f"apart {name}"), rel=1e-12, abs=1e-6)
        assert monthly(result, name).any() != (name == "servicing_cost")


CALL = """
deal "Call" {{ language = 1; currency = USD; closing = 2017-01-01; issuer = Trust }}
use pools
party Trust, Servicer, Investor, Borrowers
schedule collection = monthly on the last day from 2017-01-31 to 2018-12-31, unadjusted
schedule payment = monthly on day 18 from 2017-02-18 to 2019-01-18, unadjusted
auto_pool p {{
  principal = $100m; apr = 0%; cut_off = 2017-01-01; remaining = 20; seasoning = 0; speed = 0%; collected = collection
}}
clean_up_call call {{ outstanding = p.balance; original = p.principal; pays = payment{fields} }}
pass_through_note note {{ holder = Investor; size = $100m; coupon = 6%; pays = payment; accrual = 30/360 }}
account proceeds
account available
receive note.advance into proceeds on closing
receive if call.owned then p.principal_paid else $0 from Borrowers into available on payment
receive call.price from Servicer into available on payment
waterfall sources from proceeds on closing {{ "Pool" pay rest to Servicer }}
waterfall distributions from available on payment {{
  "Interest" pay note.interest; "Principal" pay note.principal; pay rest to Servicer
}}
report {{
  "called" = first_date(call.called); "price" = total(call.price); "repaid" = total(note.principal.paid)
}}
"""


@pytest.mark.parametrize(
    ("fields", "date", "price"),
    [
        ("", "2018-07-18", 10e6),  # 5m a month: 10m, a tenth, is left after the 18th payment
        ("; threshold = 25%", "2018-04-18", 25e6),
        ("; exercised = false", "never", 0),
    ],
)
def test_a_clean_up_call_buys_what_is_left(fields: str, date: str, price: float) -> None:
    result = indenture.compile(CALL.format(fields=fields)).run()
    called, total, repaid = (result[name].values for name in ("called", "price", "repaid"))
    assert called is not None
    assert total is not None
    assert repaid is not None
    assert float(called[0]) == (NEVER if date == "never" else datetime.date.fromisoformat(date).toordinal())
    assert float(total[0]) == pytest.approx(price)
    # The coupon is paid out of principal here, so that much of the note is never repaid.
    assert 90e6 < float(repaid[0]) < 100e6


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ("principal = -$1", "Balance is not negative"),
        ("apr = 520%", "Rate is a share of the balance"),
        ("remaining = -1", "Payments are counted from none"),
        ("cpr = 120%", "Prepayment is a share"),
        ("cdr = 1.5", "Default is a share"),
        ("recovery = 60", "Recovery is a share"),
    ],
)
def test_a_slip_in_a_pool_is_said_when_the_deal_is_read(fields: str, label: str) -> None:
    with pytest.raises(indenture.DealError) as found:
        run(fields)
    (one,) = found.value.diagnostics
    assert one.code == "E0280"
    assert label in one.message
