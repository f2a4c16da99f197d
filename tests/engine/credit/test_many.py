"""A hundred thousand from their spreads: the general pricer's values, and the speed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine import credit

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

TRADE = "2026-06-15"


def both(schedule: Any, discount: Any, spreads: Any, coupon: Any, recovery: Any, half_day: bool = True) -> None:
    found = credit.price_spreads(schedule, discount, spreads, coupon, recovery, half_day=half_day)
    hazard = np.atleast_1d(credit.next_hazard(schedule, discount, None, spreads, recovery, half_day=half_day))
    flat = credit.CreditCurve.from_hazards(schedule.trade, [schedule.maturity], hazard[np.newaxis])
    value = credit.price(schedule, discount, flat, coupon, recovery, half_day=half_day)
    assert np.asarray(found.hazard) == pytest.approx(flat.hazards[0], rel=1e-11, abs=1e-15)
    for field in ("clean", "dirty", "protection", "premium", "accrued"):
        assert np.asarray(getattr(found, field)) == pytest.approx(np.asarray(getattr(value, field)), abs=1e-12), field
    assert np.asarray(found.annuity) == pytest.approx(value.annuity, rel=1e-11)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["6M", "1Y", "5Y", "10Y", "30Y"]),
    st.lists(st.floats(-0.02, 0.12), min_size=1, max_size=12),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_as_the_general_pricer(tenor: str, forwards: list[float], half_day: bool, seed: int) -> None:
    """Negative forwards that cancel a hazard, spreads of nil and of 300%, recoveries of each contract."""
    random = np.random.default_rng(seed)
    schedule = credit.cds_schedule(TRADE, credit.cds_maturity(TRADE, tenor))
    knots = np.sort(random.choice(np.arange(2, schedule.maturity_days + 200), len(forwards), replace=False))
    logs = -np.cumsum(np.diff([0, *knots]) / 365 * forwards)
    discount = credit.DiscountCurve.from_factors(
        schedule.trade, [schedule.trade + int(day) for day in knots], np.exp(logs)
    )
    spreads = np.exp(random.uniform(np.log(1e-5), np.log(3.0), 700))
    recovery = random.uniform(0.0, 0.9, 700)
    spreads[:50] = np.maximum(
        0.0, -np.resize(forwards, 50) * (1 - recovery[:50]) * 360 / 365
    )  # hazard + forward near nil
    both(schedule, discount, spreads, random.choice([0.01, 0.05], 700), recovery, half_day)


def test_contracts_that_need_the_general_pricer() -> None:
    flat = credit.DiscountCurve.flat(TRADE, 0.03)
    forward = credit.cds_schedule(TRADE, "2031-06-20", accrual_start="2026-09-21", forward=True)
    both(forward, flat, np.array([0.01, 0.02]), 0.01, 0.4)
    bond_basis = credit.cds_schedule(TRADE, "2031-06-20", count="30/360")
    both(bond_basis, flat, np.array([0.01, 0.02]), 0.01, 0.4)
    lanes = credit.DiscountCurve.flat(TRADE, [0.03, 0.05])
    both(credit.cds_schedule(TRADE, "2031-06-20"), lanes, np.array([0.01, 0.02]), 0.01, 0.4)
    single = credit.price_spreads(bond_basis, flat, 0.02, 0.01, 0.4)
    assert isinstance(single.clean, float)
    assert isinstance(single.hazard, float)


def test_lanes_do_not_disturb_each_other() -> None:
    """Alone and among others a contract has the same bits, whether the curve moves with it or not."""
    random = np.random.default_rng(2)
    schedule = credit.cds_schedule(TRADE, credit.cds_maturity(TRADE, "5Y"))
    spreads, rates = random.uniform(0.0, 0.2, 2100), random.uniform(-0.02, 0.08, 2100)
    spreads[::70], rates[::70] = 0.006 * 360 / 365, -0.01  # hazard + forward is nil: the general pricer
    spreads[1::70] = 4.0
    for curve in (np.full(2100, 0.03), rates):
        together = credit.price_spreads(schedule, credit.DiscountCurve.flat(TRADE, curve), spreads, 0.01, 0.4)
        for lane in (0, 1, 5, 1023, 1024, 2099):
            alone = credit.price_spreads(
                schedule, credit.DiscountCurve.flat(TRADE, curve[lane]), spreads[lane], 0.01, 0.4
            )
            assert (alone.clean, alone.hazard) == (together.clean[lane], together.hazard[lane])
    one = credit.price_spreads(schedule, credit.DiscountCurve.flat(TRADE, 0.03), spreads, 0.01, 0.4)
    same = credit.price_spreads(schedule, credit.DiscountCurve.flat(TRADE, np.full(2100, 0.03)), spreads, 0.01, 0.4)
    assert (one.clean == same.clean).all()


def test_a_spread_that_no_hazard_supports_is_named() -> None:
    schedule = credit.cds_schedule(TRADE, credit.cds_maturity(TRADE, "5Y"))
    spreads = np.full(3000, 0.02)
    spreads[[7, 2500]] = 900.0
    with pytest.raises(credit.CreditError, match=r"is 900 in lanes 7, 2500: no hazard is high enough"):
        credit.price_spreads(schedule, credit.DiscountCurve.flat(TRADE, 0.03), spreads, 0.01, 0.4)


def benchmark() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "cds.py"
    spec = importlib.util.spec_from_file_location("cds_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_the_benchmark_compares_is_the_same() -> None:
    module = benchmark()
    discount, maturity = module.curve(), str(credit.cds_maturity(module.TRADE, "5Y"))
    price = module.quantlib_pricer(discount, maturity)
    schedule = credit.cds_schedule(module.TRADE, maturity)
    spreads = np.array([0.001, 0.01, 0.03, 0.1])
    ours = credit.price_spreads(schedule, discount, spreads, module.COUPON, module.RECOVERY).clean
    assert ours == pytest.approx([price(spread) for spread in spreads.tolist()], abs=1e-6)


def test_speed() -> None:
    """At least 40 times QuantLib by `benchmarks/cds.py` on an idle machine; half of that is held on a busy one."""
    _, _, ratio = benchmark().measure(20_000, 5, 40)
    assert ratio > 20
