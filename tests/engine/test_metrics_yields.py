"""Yields, prices, durations and spreads against closed forms, QuantLib and scipy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine import metrics
from indenture.engine.metrics import METRICS
from indenture.engine.metrics.discount import _bounded, _factor

from .lanes import bond, figure, one, read

# Yield, price, duration


@pytest.mark.parametrize("compounding", ["compounded", "simple", "simple then compounded"])
def test_a_bond_that_pays_back_what_it_costs_yields_nothing_at_all(compounding: str) -> None:
    """100 of 2 and 98: the root is zero itself, and no number beside it."""
    flows, times = one(0, 2, 98), (0.0, 0.5, 1.0)
    assert read(metrics.yield_to_maturity(flows, figure(100), times=times, compounding=compounding)) == 0.0


@pytest.mark.parametrize("compounding", ["compounded", "simple", "simple then compounded"])
def test_what_pays_nothing_has_no_yield(compounding: str) -> None:
    """Not even for nothing, where every rate would do."""
    flows, times = one(0, 0, 0), (0.0, 0.5, 1.0)
    for paid in (0.0, 100.0):
        yielded = metrics.yield_to_maturity(flows, figure(paid), times=times, compounding=compounding)
        assert read(yielded) is None


@pytest.mark.parametrize("frequency", [1, 2, 0, None])
def test_the_search_for_a_yield_follows_the_slope_of_the_discount_factor(frequency: int | None) -> None:
    """Half a year at 6%, simply: 1 / 1.03, whose logarithm falls by 0.5 / 1.03; the others are as `_factor` says."""
    rate = np.array([-0.3, 0.0, 0.06])
    factor, slope = _bounded(rate, 0.5, frequency)
    meant = _factor(rate, 0.5, frequency)
    assert np.allclose(factor, meant[0], rtol=1e-14)
    assert np.allclose(slope, meant[1], rtol=1e-14)
    if frequency is None:
        assert factor[2] == pytest.approx(1 / 1.03, rel=1e-15)
        assert slope[2] == pytest.approx(-0.5 / 1.03, rel=1e-15)


def test_at_a_loss_of_all_in_every_period_there_is_no_price() -> None:
    """-200% a year twice a year: nothing is left after a period, and nobody is warned of a logarithm of zero."""
    flows, times = bond(0.06, 3, 2)
    with np.errstate(all="raise"):
        assert read(metrics.price(flows, figure(-2.0), times=times)) is None
        assert read(metrics.macaulay_duration(flows, figure(-2.0), times=times)) is None


@pytest.mark.parametrize("frequency", [1, 2, 4, 12])
@pytest.mark.parametrize("coupon", [-0.005, 0.0, 0.05, 0.14])
def test_a_bond_at_par_yields_its_coupon(frequency: int, coupon: float) -> None:
    flows, times = bond(coupon, 9, frequency)
    assert read(metrics.yield_to_maturity(flows, figure(100), times=times, frequency=frequency)) == pytest.approx(
        coupon, abs=1e-14
    )
    assert read(metrics.price(flows, figure(coupon), times=times, frequency=frequency)) == pytest.approx(100, rel=1e-13)


def test_yield_of_a_clean_price_adds_the_accrued() -> None:
    flows, times = bond(0.06, 5, 2)
    dirty = metrics.yield_to_maturity(flows, figure(98.5), times=times)
    clean = metrics.yield_to_maturity(flows, figure(97.0), figure(1.5), times=times)
    assert read(dirty) == read(clean)
    assert read(metrics.dirty_price(figure(97.0), figure(1.5))) == 98.5
    assert read(metrics.clean_price(figure(98.5), figure(1.5))) == 97.0


def test_flows_at_or_before_settlement_are_the_sellers() -> None:
    flows, times = bond(0.06, 3, 2)
    moved = tuple(time - 0.5 for time in times)  # settles on the first coupon's date
    assert read(metrics.price(flows, figure(0.06), times=moved)) == pytest.approx(100, rel=1e-14)
    assert read(metrics.yield_to_maturity(flows, figure(100), times=moved)) == pytest.approx(0.06, abs=1e-14)


def test_a_zero_coupon_bond_in_closed_form() -> None:
    flows, times = one(0, 0, 100), (0.0, 3.0, 7.0)
    rate = 0.08
    assert read(metrics.macaulay_duration(flows, figure(rate), times=times)) == pytest.approx(7, rel=1e-15)
    assert read(metrics.modified_duration(flows, figure(rate), times=times)) == pytest.approx(7 / 1.04, rel=1e-15)
    assert read(metrics.convexity(flows, figure(rate), times=times)) == pytest.approx(7 * 7.5 / 1.04**2, rel=1e-14)
    assert read(metrics.convexity(flows, figure(rate), times=times, frequency=0)) == pytest.approx(49, rel=1e-14)
    paid = 100 / 1.04**14
    assert read(metrics.yield_to_maturity(flows, figure(paid), times=times)) == pytest.approx(rate, abs=1e-14)
    assert read(metrics.macaulay_duration_at_price(flows, figure(paid), times=times)) == pytest.approx(7, rel=1e-14)
    assert read(metrics.yield_to_maturity(flows, figure(paid), times=times, frequency=0)) == pytest.approx(
        2 * math.log(1.04), abs=1e-14
    )


@pytest.mark.parametrize(("frequency", "name"), [(0, "Continuous"), (1, "Annual"), (2, "Semiannual"), (4, "Quarterly")])
@pytest.mark.parametrize("dirty", [61.25, 99.0, 131.0])
def test_yields_and_durations_are_quantlibs(frequency: int, name: str, dirty: float) -> None:
    import QuantLib as ql

    settlement = ql.Date(17, 3, 2026)
    previous = ql.Settings.instance().evaluationDate
    ql.Settings.instance().evaluationDate = settlement
    try:
        schedule = ql.Schedule(
            ql.Date(15, 1, 2025),
            ql.Date(15, 1, 2035),
            ql.Period(ql.Semiannual),
            ql.NullCalendar(),
            ql.Unadjusted,
            ql.Unadjusted,
            ql.DateGeneration.Backward,
            False,
        )
        count = ql.Actual365Fixed()
        quoted = ql.FixedRateBond(0, 100.0, schedule, [0.0575], ql.Thirty360(ql.Thirty360.BondBasis))
        compounding = ql.Continuous if frequency == 0 else ql.Compounded
        period = ql.Annual if frequency == 0 else getattr(ql, name)
        clean = dirty - quoted.accruedAmount(settlement)
        price = ql.BondPrice(clean, ql.BondPrice.Clean)
        expected = ql.BondFunctions.bondYield(quoted, price, count, compounding, period, settlement, 1e-14, 1000, 0.05)
        rate = ql.InterestRate(expected, count, compounding, period)
        flows = one(*(flow.amount() for flow in quoted.cashflows()))
        times = tuple((flow.date() - settlement) / 365 for flow in quoted.cashflows())
        static: dict[str, Any] = {"times": times, "frequency": frequency}
        assert min(times) < 0
        assert read(metrics.yield_to_maturity(flows, figure(dirty), **static)) == pytest.approx(expected, abs=1e-11)
        for function, kind in (
            (metrics.macaulay_duration, ql.Duration.Macaulay),
            (metrics.modified_duration, ql.Duration.Modified),
        ):
            if frequency or kind != ql.Duration.Macaulay:  # QuantLib has Macaulay's for compounded yields only
                reference = ql.BondFunctions.duration(quoted, rate, kind, settlement)
                assert read(function(flows, figure(expected), **static)) == pytest.approx(reference, rel=1e-12)
        reference = ql.BondFunctions.convexity(quoted, rate, settlement)
        assert read(metrics.convexity(flows, figure(expected), **static)) == pytest.approx(reference, rel=1e-12)
        reference = -ql.BondFunctions.basisPointValue(quoted, rate, settlement)
        own = read(metrics.basis_point_value(flows, figure(expected), **static))
        assert own == pytest.approx(reference, rel=2e-3)  # QuantLib's has the convexity of a basis point in it
    finally:
        ql.Settings.instance().evaluationDate = previous


def test_at_price_is_at_the_yield_of_the_price() -> None:
    flows, times = bond(0.05, 6, 2)
    rate = metrics.yield_to_maturity(flows, figure(91), times=times)[0]
    for name in ("macaulay_duration", "modified_duration", "convexity"):
        assert read(METRICS[f"{name}_at_price"](flows, figure(91), times=times)) == read(
            METRICS[name](flows, rate, times=times)
        )
        assert read(METRICS[f"{name}_at_price"](flows, figure(-5), times=times)) is None


def test_duration_and_convexity_are_derivatives_of_the_price() -> None:
    flows, times = bond(0.05, 6, 4)

    def at(rate: float) -> float:
        value = read(metrics.price(flows, figure(rate), times=times, frequency=4))
        assert value is not None
        return value

    width, rate = 1e-4, 0.07
    first = (at(rate + width) - at(rate - width)) / (2 * width)
    second = (at(rate + width) - 2 * at(rate) + at(rate - width)) / width**2
    modified = read(metrics.modified_duration(flows, figure(rate), times=times, frequency=4))
    assert modified == pytest.approx(-first / at(rate), rel=1e-6)
    assert read(metrics.convexity(flows, figure(rate), times=times, frequency=4)) == pytest.approx(
        second / at(rate), rel=1e-6
    )
    per_point = read(metrics.basis_point_value(flows, figure(rate), times=times, frequency=4))
    assert per_point == pytest.approx(-first / 1e4, rel=1e-6)


def test_what_has_no_price_or_yield() -> None:
    flows, times = bond(0.05, 6, 2)
    assert read(metrics.price(flows, figure(-2.0), times=times)) is None  # -100% a half-year
    assert read(metrics.price(flows, figure(-2.5), times=times)) is None
    assert read(metrics.price(flows, figure(-1.999999999999), times=tuple(100 * time for time in times))) is None
    assert read(metrics.yield_to_maturity(flows, figure(0.0), times=times)) is None
    assert read(metrics.macaulay_duration(0 * flows, figure(0.05), times=times)) is None
    with pytest.raises(ValueError, match="compounding -1"):
        metrics.price(flows, figure(0.05), times=times, frequency=-1)
    with pytest.raises(ValueError, match="one number a date"):
        metrics.price(flows, figure(0.05), times=(0.0, 1.0))


# Discount margin


def floater(quoted: float, index: Any, fractions: Any) -> Any:
    """Flows of a note of 100 that pays index plus ``quoted``; nothing on the settlement date."""
    flows = 100 * (index + quoted) * fractions[:, None]
    flows[-1] += 100
    return flows


def test_discount_margin_at_par_is_the_quoted_margin() -> None:
    index = np.array([[0.0], [0.031], [0.033], [0.029], [0.035], [0.04]])
    fractions = np.array([0.0, 90, 91, 92, 92, 90]) / 360
    flows = floater(0.0185, index, fractions)
    exact = metrics.discount_margin(flows, index, figure(100), fractions=tuple(fractions))
    assert read(exact) == pytest.approx(0.0185, abs=1e-14)
    cheap = read(metrics.discount_margin(flows, index, figure(97), fractions=fractions))
    dear = read(metrics.discount_margin(flows, index, figure(104), fractions=fractions))
    assert cheap is not None
    assert dear is not None
    assert dear < 0.0185 < cheap


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-0.01, 0.12), min_size=1, max_size=40),
    st.floats(0.0, 0.1),
    st.floats(20.0, 200.0),
)
def test_discount_margin_agrees_with_brent(rates: list[float], quoted: float, paid: float) -> None:
    from scipy.optimize import brentq

    index = np.array([0.0, *rates])[:, None]
    fractions = np.array([0.0] + [0.25] * len(rates))
    flows = floater(quoted, index, fractions)

    def value(margin: float) -> float:
        factor, summed = 1.0, -paid
        for flow, rate, fraction in zip(flows[1:, 0], rates, fractions[1:], strict=True):
            factor *= 1 + (rate + margin) * fraction
            summed += flow / factor
        return float(summed)

    lowest = -1 / 0.25 - min(rates)
    reference = brentq(value, lowest + 1e-2, 29.0, xtol=1e-15, rtol=1e-13)
    own = read(metrics.discount_margin(flows, index, figure(paid), fractions=tuple(fractions)))
    assert own == pytest.approx(reference, rel=1e-10, abs=1e-12)


def test_no_discount_margin() -> None:
    index, fractions = one(0.0, 0.03, 0.03), (0.0, 0.5, 0.5)
    assert read(metrics.discount_margin(one(0, 0, 0), index, figure(100), fractions=fractions)) is None
    assert read(metrics.discount_margin(one(0, 2, 102), index, figure(0), fractions=fractions)) is None
    assert read(metrics.discount_margin(one(0, 2, 102), index, figure(-4), fractions=fractions)) is None
    with pytest.raises(ValueError, match="below zero"):
        metrics.discount_margin(one(0, 2, 102), index, figure(100), fractions=(0.0, -0.5, 0.5))


# Other conventions


class TestSimpleYieldsAndSpreads:
    """Compounding by other conventions, and spreads over zero rates, where there is none and where there are several."""

    TIMES = (0.0, 0.25, 0.75, 1.25)
    STARTS = (0.0, 0.0, 0.25, 0.75)
    BOND = one(0.0, 2.0, 2.0, 102.0)

    def test_a_simple_yield_discounts_period_by_period(self) -> None:
        by_hand = 2 / 1.015 + 2 / (1.015 * 1.03) + 102 / (1.015 * 1.03 * 1.03)
        got = read(metrics.price(self.BOND, figure(0.06), times=self.TIMES, starts=self.STARTS, compounding="simple"))
        assert got == pytest.approx(by_hand, rel=1e-15)
        back = metrics.yield_to_maturity(
            self.BOND, figure(by_hand), times=self.TIMES, starts=self.STARTS, compounding="simple"
        )
        assert read(back) == pytest.approx(0.06, abs=1e-14)

    def test_an_odd_date_within_a_period_counts_a_part_of_it(self) -> None:
        flows = one(0.0, 2.0, 1.0, 2.0, 102.0)
        times, starts = (0.0, 0.25, 0.5, 0.75, 1.25), (0.0, 0.0, 0.25, 0.25, 0.75)
        by_hand = 2 / 1.015 + 1 / (1.015 * 1.015) + 2 / (1.015 * 1.03) + 102 / (1.015 * 1.03**2)
        assert read(
            metrics.price(flows, figure(0.06), times=times, starts=starts, compounding="simple")
        ) == pytest.approx(by_hand)

    @pytest.mark.parametrize("compounding", ["simple", "simple then compounded"])
    def test_durations_are_the_slopes_of_the_price(self, compounding: str) -> None:
        def at(rate: float) -> float:
            found = read(
                metrics.price(self.BOND, figure(rate), times=self.TIMES, starts=self.STARTS, compounding=compounding)
            )
            assert found is not None
            return found

        step = 1e-5
        terms = {"times": self.TIMES, "starts": self.STARTS, "compounding": compounding}
        slope = (at(0.06 - step) - at(0.06 + step)) / (2 * step) / at(0.06)
        assert read(metrics.modified_duration(self.BOND, figure(0.06), **terms)) == pytest.approx(slope, rel=1e-8)
        curve = (at(0.06 + 1e-3) - 2 * at(0.06) + at(0.06 - 1e-3)) / 1e-6 / at(0.06)
        assert read(metrics.convexity(self.BOND, figure(0.06), **terms)) == pytest.approx(curve, rel=1e-4)

    def test_what_has_no_simple_yield_or_spread_is_not_determined(self) -> None:
        terms = {"times": self.TIMES, "starts": self.STARTS, "compounding": "simple"}
        assert read(metrics.price(self.BOND, figure(-2.0), **terms)) is None  # 1 - 2 * 0.5 is nothing
        assert read(metrics.yield_to_maturity(self.BOND, figure(0.0), **terms)) is None
        assert read(metrics.yield_to_maturity(0 * self.BOND, figure(100.0), **terms)) is None
        zero = one(0.0, 0.03, 0.03, 0.03)
        assert read(metrics.z_spread(self.BOND, zero, figure(-5.0), times=self.TIMES)) is None
        assert read(metrics.z_spread(0 * self.BOND, zero, figure(100.0), times=self.TIMES)) is None
        held = 0 * self.BOND
        assert (
            read(metrics.asset_swap_spread(self.BOND, zero, held, figure(99.0), times=self.TIMES, fractions=self.TIMES))
            is None
        )

    def test_a_conventions_name_is_one_that_there_is(self) -> None:
        with pytest.raises(ValueError, match="no compounding is called 'weekly'"):
            metrics.price(self.BOND, figure(0.05), times=self.TIMES, compounding="weekly")
        with pytest.raises(ValueError, match="compounding 0 times"):
            metrics.price(self.BOND, figure(0.05), times=self.TIMES, frequency=0, compounding="simple then compounded")

    @settings(max_examples=40, deadline=None)
    @given(
        st.integers(-300, 4000),
        st.lists(st.integers(0, 900), min_size=3, max_size=3),
        st.sampled_from([0, 1, 2, 4, 12]),
    )
    def test_a_spread_prices_and_comes_back(self, spread: int, zeros: list[int], frequency: int) -> None:
        zero = one(0.0, *(one / 10_000 for one in zeros))
        rates = [one / 10_000 + spread / 10_000 for one in zeros]
        factors = [
            math.exp(-rate * time) if frequency == 0 else (1 + rate / frequency) ** (-frequency * time)
            for rate, time in zip(rates, self.TIMES[1:], strict=True)
        ]
        price = sum(flow * factor for flow, factor in zip((2.0, 2.0, 102.0), factors, strict=True))
        found = read(metrics.z_spread(self.BOND, zero, figure(price), times=self.TIMES, frequency=frequency))
        assert found == pytest.approx(spread / 10_000, abs=1e-12)


# By other conventions, and in several scenarios


def test_a_simple_yield_of_one_price_in_two_scenarios() -> None:
    """100 paid for 110 or for 121 a year later; of nothing paid for nothing there is no yield. Times may be texts."""
    flows = np.array([[0.0, 0.0], [110.0, 121.0]])
    values, determined = metrics.yield_to_maturity(flows, figure(100), times=("0", "2/2"), compounding="simple")
    assert values == pytest.approx([0.1, 0.21], abs=1e-13)
    assert determined.all()
    nothing = metrics.yield_to_maturity(0 * flows, figure(0), times=(0.0, 1.0), compounding="simple")
    assert not nothing[1].any()


def test_no_asset_swap_spread_below_minus_one_hundred_percent() -> None:
    """At 25% a year 105 are worth 84 and a hundred 80: a price of 80 leaves 4 over 80. At -300% there is no factor."""
    flows, held = one(0.0, 105.0), one(100.0, 100.0)
    static: dict[str, Any] = {"times": (0.0, 1.0), "fractions": (0.0, 1.0), "frequency": 1}
    spread = metrics.asset_swap_spread(flows, one(0.25, 0.25), held, figure(80), **static)
    assert read(spread) == pytest.approx(0.05, rel=1e-13)
    assert read(metrics.asset_swap_spread(flows, one(-3.0, -3.0), held, figure(80), **static)) is None


def test_a_date_without_a_flow_moves_no_duration() -> None:
    """Of a hundred in two years, discounted by 1.1 for each: 1 / 1.1 a year."""
    found = metrics.modified_duration(one(0.0, 0.0, 100.0), figure(0.1), times=(0.0, 1.0, 2.0), compounding="simple")
    assert read(found) == pytest.approx(2 / 1.1, rel=1e-13)
