"""Lives, losses, multiples, dates and cover against closed forms."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from indenture.engine import metrics
from indenture.engine.metrics import METRICS

from .lanes import figure, one, read

# Lives, balloons, losses, multiples


def test_weighted_average_life_of_level_principal() -> None:
    # n equal instalments: (n + 1) / 2 periods
    times = tuple(month / 12 for month in range(1, 61))
    assert read(metrics.weighted_average_life(one(*[5.0] * 60), times=times)) == pytest.approx(61 / 24, rel=1e-14)


def test_weighted_average_life_with_and_without_what_is_left() -> None:
    repaid, balance = one(0, 30, 30), one(100, 70, 40)
    times = ("0", "1", "2")
    assert read(metrics.weighted_average_life(repaid, times=times)) == 1.5
    assert read(metrics.weighted_average_life_with_balance(repaid, balance, times=times)) == pytest.approx(1.7)
    assert read(metrics.balance_left(balance)) == 40
    assert read(metrics.balance_left(balance, at=1)) == 70
    assert read(metrics.weighted_average_life(0 * repaid, times=times)) is None
    assert read(metrics.weighted_average_life_with_balance(0 * repaid, one(100, 100, 100), times=times)) == 2.0


def test_balloon() -> None:
    repaid, balance = one(0, 20, 20, 60), one(100, 80, 60, 0)
    assert read(metrics.balloon(repaid, balance)) == 60
    assert read(metrics.balloon(one(0, 20, 20, 10), one(100, 80, 60, 50))) == 60  # paid in part: as much was due
    assert read(metrics.balloon_share(repaid, balance, figure(100))) == 0.6
    assert read(metrics.balloon_share(repaid, balance, figure(0))) is None
    with pytest.raises(ValueError, match="position 4"):
        metrics.balloon(repaid, balance, at=4)


def test_multiples() -> None:
    assert read(metrics.multiple(one(0, 60, 90), one(100, 0, 0))) == 1.5
    assert read(metrics.multiple(one(0, 60, 90), one(0, 0, 0))) is None
    assert read(metrics.multiple_of_flows(one(-80, -20, 60, 90))) == 1.5
    assert read(metrics.multiple_of_flows(one(1, 2))) is None


def test_losses_and_shortfalls() -> None:
    assert read(metrics.loss_total(one(0, 3, 4.5))) == 7.5
    assert read(metrics.loss_share(one(0, 3, 4.5), figure(150))) == 0.05
    # 10 arises on each of three dates; 4 are paid late, 6 never: arrears are not counted twice.
    assert read(metrics.shortfall_total(one(10, 10, 10), one(10, 0, 14))) == 6
    assert read(metrics.shortfall_share(one(10, 10, 10), one(10, 0, 14))) == pytest.approx(0.2)
    assert read(metrics.shortfall_total(one(10), one(10.0000001))) == 0
    assert read(metrics.shortfall_share(one(0), one(0))) is None


# Dates


def test_reductions_pass_over_what_is_not_determined() -> None:
    series, mask = one(5, 100, 1, 3), np.array([[True], [False], [True], [True]])
    assert read(metrics.total(series, mask)) == 9
    assert read(metrics.average(series, mask)) == 3
    assert read(metrics.lowest(series, mask)) == 1
    assert read(metrics.highest(series, mask)) == 5
    assert read(metrics.weighted_average(series, one(1, 9, 2, 1), mask)) == 2.5
    assert read(metrics.value_at(series, mask, at=1)) is None
    assert read(metrics.value_at(series, mask)) == 3
    never = np.zeros((4, 1), dtype=bool)
    assert read(metrics.total(series, never)) == 0
    for name in ("average", "lowest", "highest"):
        assert read(METRICS[name](series, never)) is None
    assert read(metrics.weighted_average(series, one(1, 1, 1, 1), never)) is None


def test_first_date() -> None:
    series = one(1.4, 1.2, 1.1, 1.0)
    assert read(metrics.first_date_below(series, np.array(1.2))) == 2  # equal is not below
    assert read(metrics.first_date_below(series, figure(1.2), series < 1.05)) == 3
    assert read(metrics.first_date_below(series, figure(0.5))) is None
    assert read(metrics.first_date_below(series, one(1.5, 1, 1, 1))) == 0
    ordinals = tuple(datetime.date(2026, month, 1).toordinal() for month in (1, 4, 7, 10))
    assert read(metrics.first_date_below(series, figure(1.2), dates=ordinals)) == ordinals[2]
    assert read(metrics.first_date_above(series, figure(1.3))) == 0
    assert read(metrics.first_date(series == 1.1)) == 2
    assert read(metrics.dates_below(series, figure(1.2))) == 2


# Cover


def test_debt_service_cover() -> None:
    cash, due = one(150, 130, 90, 50), one(100, 100, 100, 0)
    assert read(metrics.lowest_dscr(cash, due)) == 0.9
    assert read(metrics.average_dscr(cash, due)) == pytest.approx((1.5 + 1.3 + 0.9) / 3)
    assert read(metrics.dscr_of_totals(cash, due)) == 1.4
    assert read(metrics.lowest_dscr(cash, 0 * due)) is None
    assert read(metrics.average_dscr(cash, due, due < 0)) is None
    unequal = one(100, 300, 100, 0)
    assert read(metrics.average_dscr(cash, unequal)) != read(metrics.dscr_of_totals(cash, unequal))


def test_trailing_cover_needs_a_full_window() -> None:
    cash, due = one(150, 130, 90, 50), one(100, 100, 100, 50)
    assert read(metrics.trailing_dscr(cash, due, dates=2)) == pytest.approx(140 / 150)
    assert read(metrics.trailing_dscr(cash, due, dates=2, at=1)) == 1.4
    assert read(metrics.trailing_dscr(cash, due, dates=3, at=1)) is None
    assert read(metrics.trailing_dscr(cash, due, dates=2, positions=(0, 2))) == 1.2
    assert read(metrics.lowest_trailing_dscr(cash, due, dates=2)) == pytest.approx(140 / 150)
    assert read(metrics.lowest_trailing_dscr(cash, due, one(1, 1, 1, 0) > 0, dates=2)) == 1.1
    assert read(metrics.lowest_trailing_dscr(cash, due, dates=5)) is None
    with pytest.raises(ValueError, match="window of 0"):
        metrics.trailing_dscr(cash, due, dates=0)


def test_llcr_of_sculpted_debt_is_its_cover() -> None:
    rate, fractions, cover = 0.07, np.array([0, 90, 91, 92, 92]) / 360, 1.35
    balance, service = [100.0], [0.0]
    for fraction in fractions[1:]:
        interest = balance[-1] * rate * fraction
        paid = interest + (25.0 if len(balance) < 4 else balance[-1])
        service.append(paid)
        balance.append(balance[-1] + interest - paid)
    cash = cover * one(*service)
    for at in range(4):
        own = metrics.llcr(cash, one(*balance), np.array(rate), fractions=tuple(fractions), at=at)
        assert read(own) == pytest.approx(cover, rel=1e-13)
    assert read(metrics.llcr(cash, one(*balance), np.array(rate), fractions=fractions, at=-1)) is None
    lowest = metrics.lowest_llcr(cash, one(*balance), figure(rate), fractions=fractions)
    assert read(lowest) == pytest.approx(cover, rel=1e-13)


def test_llcr_ends_with_the_loan_and_plcr_with_the_project() -> None:
    cash, balance, rate = one(9, 50, 50, 50, 50), one(80, 40, 0, 0, 0), one(0.2, 0.1, 0.1, 0.2, 0.2)
    fractions = (0, 1, 1, 1, 1)
    value = 50 / 1.1 + 50 / 1.21
    assert read(metrics.llcr(cash, balance, rate, fractions=fractions, last=2)) == pytest.approx(value / 80)
    loan = balance > -1
    loan[3:] = False
    assert read(metrics.llcr(cash, balance, rate, loan, fractions=fractions)) == pytest.approx(value / 80)
    longer = value + 50 / 1.21 / 1.2 + 50 / 1.21 / 1.44
    assert read(metrics.plcr(cash, balance, rate, fractions=fractions)) == pytest.approx(longer / 80)
    half = read(
        metrics.present_value_at(cash, figure(0.1), fractions=(0, 0.5, 0.5, 0, 0), last=2, compounding="effective")
    )
    assert half == pytest.approx(50 / 1.1**0.5 + 50 / 1.1)
    assert read(metrics.present_value_at(cash, figure(-1.0), fractions=fractions, last=2)) is None
    assert read(metrics.present_value_at(cash, figure(-2.0), fractions=fractions, compounding="effective")) is None
    with pytest.raises(ValueError, match="compounding 'weekly'"):
        metrics.plcr(cash, balance, rate, fractions=fractions, compounding="weekly")


def test_loan_to_value() -> None:
    balance, value = one(60, 50, 40), one(100, 60, 0)
    assert read(metrics.ltv(balance, value)) is None
    assert read(metrics.ltv(balance, value, at=0)) == 0.6
    assert read(metrics.highest_ltv(balance, value)) == pytest.approx(50 / 60)


def test_nothing_is_left_to_value_on_the_last_date_and_after_it() -> None:
    series = np.ones((4, 3))
    for at in (2, 3):
        values, known = metrics.present_value_at(series, 0.05, fractions=(0, 1, 1, 1), at=at, last=2)
        assert values.tolist() == [0.0, 0.0, 0.0]
        assert known.tolist() == [True, True, True]
