"""Each primitive against its meaning: closed forms, decimals, calendars, and its own exact kernel."""

from __future__ import annotations

import calendar
import datetime
import decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine.credit import CreditCurve, CreditError
from indenture.engine.ir import NEVER
from indenture.engine.primitives import curve_points, exact, kernels
from indenture.engine.primitives.table import PRIMITIVES, metric_function, statistic

money = st.integers(0, 10_000).map(lambda cents: Fraction(cents, 100))


def lanes(values: list[Fraction]) -> np.ndarray:
    return np.array([[float(value)] for value in values])


def test_every_primitive_says_what_it_takes_and_gives() -> None:
    for name, primitive in PRIMITIVES.items():
        assert primitive.name == name
        assert primitive.operands or primitive.repeated
        assert primitive.optional <= primitive.attributes.keys()
        assert primitive.barrier == (primitive.form in ("window", "figure"))


def test_measures_and_statistics_are_found_by_name() -> None:
    assert metric_function("irr") is not None
    assert metric_function("irrr") is None
    assert statistic("percentile") is not None
    assert statistic("irr") is None


@pytest.mark.parametrize(
    ("mode", "rounding"),
    [
        ("half_up", decimal.ROUND_HALF_UP),
        ("half_even", decimal.ROUND_HALF_EVEN),
        ("down", decimal.ROUND_DOWN),
        ("up", decimal.ROUND_UP),
    ],
)
@settings(max_examples=150, deadline=None)
@given(st.integers(-(10**9), 10**9))
def test_rounding_is_that_of_the_decimal(mode: str, rounding: str, thousandths: int) -> None:
    value = decimal.Decimal(thousandths) / 1000
    meant = value.quantize(decimal.Decimal("0.01"), rounding=rounding)
    assert exact.round_to(Fraction(value), digits=2, mode=mode) == Fraction(meant)
    found = kernels.round_to(np.array([float(value)]), digits=2, mode=mode)[0]
    assert found == pytest.approx(float(meant), abs=1e-9)


def test_rounding_to_thousands() -> None:
    values = np.array([1_499.0, 1_500.0, -2_500.0])
    assert kernels.round_to(values, digits=-3, mode="half_up").tolist() == [1_000.0, 2_000.0, -3_000.0]
    assert kernels.round_to(values, digits=-3, mode="half_even").tolist() == [1_000.0, 2_000.0, -2_000.0]


@settings(max_examples=150, deadline=None)
@given(st.dates(datetime.date(1901, 1, 1), datetime.date(2150, 12, 31)), st.integers(-200, 500))
def test_months_are_those_of_the_calendar(date: datetime.date, months: int) -> None:
    index = date.year * 12 + date.month - 1 + months
    year, month = index // 12, index % 12 + 1
    meant = datetime.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))
    day = np.array([float(date.toordinal())])
    assert kernels.add_months(day, np.array([float(months)]))[0] == meant.toordinal()
    assert exact.add_months(Fraction(date.toordinal()), Fraction(months)) == meant.toordinal()
    assert kernels.year(day)[0] == date.year == exact.year(Fraction(date.toordinal()))
    assert kernels.month(day)[0] == date.month == exact.month(Fraction(date.toordinal()))


@pytest.mark.parametrize(
    ("date", "months", "there_is"),
    [
        (datetime.date(9998, 12, 1), "0", True),
        (datetime.date(9998, 12, 1), "1", False),
        (datetime.date(9997, 6, 30), "18", True),
        (datetime.date(9997, 6, 30), "19", False),
        (datetime.date(1, 1, 1), "0", True),
        (datetime.date(1, 1, 1), "-1", False),
        (datetime.date(1, 6, 1), "-5", True),
        (datetime.date(2026, 1, 15), "1/2", False),
        (datetime.date(2026, 1, 15), "7", True),
        (None, "-12", True),
    ],
)
def test_months_are_added_ahead_where_they_lead_to_a_date(
    date: datetime.date | None, months: str, there_is: bool
) -> None:
    ordinal = NEVER if date is None else date.toordinal()
    assert PRIMITIVES["add_months"].folds([Fraction(ordinal), Fraction(months)]) == there_is


def test_a_level_at_which_rounding_leaves_more_than_the_last_takes_is_that_of_the_last() -> None:
    """One bit less than all of it: taken off cap by cap it leaves more than 1.4 for the last, which is full at 7."""
    weights, caps = [2.4, 0.4, 0.2, 2.5, 1.4], [2.3, 0.1, 1.4, 2.2, 0.8]
    assert exact.level_rows(6.8, weights, caps) == pytest.approx(7.0)


def test_points_of_a_curve_lie_on_days_and_months_after_its_own() -> None:
    """15 June 2026 and ten days, a year, a plain date; a deposit has months or years, and no days."""
    day = datetime.date(2026, 6, 15).toordinal()
    found = curve_points.pillar_dates(day, ["zero 10D", "hazard 12M", "zero 2030-01-01"])
    assert found == [datetime.date(2026, 6, 25), datetime.date(2027, 6, 15), datetime.date(2030, 1, 1)]
    with pytest.raises(CreditError, match="the tenor of a deposit is 5D: months or years"):
        curve_points.pillar_dates(day, ["deposit 5D"], "USD")


def test_a_credit_curve_grows_older_by_the_days_that_are_past() -> None:
    """Pieces of 100 and 200 days at 1% and 3%: after 150 days, half of the second is left; after 400 it goes on."""
    traded = np.datetime64("2026-06-15", "D")
    curve = CreditCurve(traded, np.array([100, 300], np.int64), np.array([[0.01], [0.03]]))
    for shift in (0, 50, 100, 150, 400):
        older = curve_points.aged(curve, datetime.date(2026, 6, 15).toordinal() + shift)
        assert older.trade == traded + np.timedelta64(shift, "D")
        for days in (10, 60, 120, 500):
            piece = [0.01 if day < 100 else 0.03 for day in range(shift, shift + days)]
            assert older.cumulative([days])[0, 0] == pytest.approx(sum(piece) / 365, rel=1e-12)
    assert curve_points.aged(curve, datetime.date(2026, 6, 15).toordinal() + 150).knots.tolist() == [150]


def test_conditions_are_joined_by_these_and_no_others() -> None:
    joins = {name for name, one in PRIMITIVES.items() if one.joins_conditions}
    assert joins == {"and", "or", "not", "exclusive_or"}


def test_never_stays_never() -> None:
    assert kernels.add_months(np.array([float(NEVER)]), np.array([-12.0]))[0] == NEVER
    assert exact.add_months(Fraction(NEVER), Fraction(-12)) == NEVER
    late = datetime.date(9999, 6, 1).toordinal()
    assert kernels.add_months(np.array([float(late)]), np.array([12.0]))[0] == NEVER
    assert exact.add_months(Fraction(late), Fraction(12)) == NEVER


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(money, money), min_size=1, max_size=6), money)
def test_the_level_pays_what_there_is_and_no_more(
    members: list[tuple[Fraction, Fraction]], available: Fraction
) -> None:
    weights, caps = [w for w, _ in members], [c for _, c in members]
    level = exact.level_rows(available, weights, caps)
    paid = sum(min(w * level, c) for w, c in members)
    assert paid == min(available, sum(c for w, c in members if w > 0))
    found = kernels.level_rows(np.array([float(available)]), lanes(weights), lanes(caps))[0]
    given_ = sum(min(float(w) * found, float(c)) for w, c in members)
    assert given_ == pytest.approx(float(paid), abs=1e-9)
    if paid < available:
        # Where all can be paid, each is paid to the last bit.
        assert all(min(float(w) * found, float(c)) == float(c) for w, c in members if w > 0)
    flat = [np.array([float(part)]) for part in (*weights, *caps)]
    assert kernels.level(np.array([float(available)]), *flat, members=len(members))[0] == found


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(money, st.integers(0, 3).map(Fraction)), min_size=1, max_size=6),
    money,
    st.sampled_from(["lowest", "highest"]),
)
def test_taking_fills_in_order(rows: list[tuple[Fraction, Fraction]], limit: Fraction, order: str) -> None:
    amounts, keys = [a for a, _ in rows], [k for _, k in rows]
    taken = exact.take(limit, amounts, keys, order=order)
    assert sum(taken) == min(limit, sum(amounts))
    ranked = sorted(range(len(rows)), key=lambda row: (keys[row] if order == "lowest" else -keys[row], row))
    partial = [row for row in ranked if 0 < taken[row] < amounts[row]]
    assert len(partial) <= 1
    found = kernels.take(np.array([float(limit)]), lanes(amounts), lanes(keys), order=order)
    assert found[:, 0] == pytest.approx([float(value) for value in taken], abs=1e-9)


def test_rows_are_summed_in_one_order_whatever_stands_beside_them() -> None:
    stream = np.random.default_rng(1)
    wide = stream.normal(size=(37, 500)) * 10.0 ** stream.integers(-8, 8, size=(37, 1))
    together = kernels.sum_rows(wide)
    assert all(kernels.sum_rows(wide[:, lane : lane + 1])[0] == together[lane] for lane in range(500))
    assert together == pytest.approx(wide.sum(axis=0))
    assert kernels.sum_rows(np.zeros((0, 3))).tolist() == [0.0, 0.0, 0.0]


def test_windows_sum_and_may_be_empty() -> None:
    x = np.array([[1.0], [2.0], [4.0], [8.0]])
    first, last = (0, 2, 3, 3), (1, 3, 2, 3)
    assert kernels.window(x, first=first, last=last)[:, 0].tolist() == [3.0, 12.0, 0.0, 8.0]
    assert exact.window([1, 2, 4, 8], first=first, last=last) == [3, 12, 0, 8]


def test_discounting_is_the_textbook_present_value() -> None:
    flows = np.array([[0.0], [5.0], [5.0], [105.0]])
    rate, fraction = np.full((4, 1), 0.07), np.ones((4, 1))
    value = kernels.discounted(flows, rate, fraction, first=(1, 2, 3, 4), last=(3, 3, 3, 3))
    assert value[0, 0] == pytest.approx(5 / 1.07 + 5 / 1.07**2 + 105 / 1.07**3, rel=1e-14)
    assert value[2, 0] == pytest.approx(105 / 1.07, rel=1e-14)
    assert value[3, 0] == 0.0
    past = kernels.discounted(flows, rate, fraction, first=(0, 0, 1, 1), last=(0, 1, 2, 3))
    assert past[3, 0] == pytest.approx(5 * 1.07**2 + 5 * 1.07 + 105, rel=1e-14)


def test_reductions_over_dates() -> None:
    x = np.array([[3.0, 1.0], [2.0, 5.0]])
    mask = np.array([[True, False], [False, False]])
    assert kernels.lowest(x, mask).tolist() == [3.0, 0.0]
    assert kernels.highest(-x, mask).tolist() == [-3.0, 0.0]
    assert kernels.first_date(mask, (700, 800)).tolist() == [700.0, float(NEVER)]
    assert kernels.any_date(mask).tolist() == [True, False]
    assert exact.lowest([3, 2], [False, False]) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), money), min_size=1, max_size=9))
def test_a_group_sums_its_rows(rows: list[tuple[int, Fraction]]) -> None:
    groups, amounts = [Fraction(group) for group, _ in rows], [amount for _, amount in rows]
    meant = [sum(other for group, other in rows if group == mine) for mine, _ in rows]
    assert exact.sum_groups(groups, amounts) == meant
    found = kernels.sum_groups(lanes(groups), lanes(amounts))
    assert found[:, 0] == pytest.approx([float(one) for one in meant])
    # Over dates, and in two scenarios at once, each has the bits that it has alone.
    both = np.stack([np.hstack([lanes(amounts), 3 * lanes(amounts)])] * 2)
    assert (kernels.sum_groups(lanes(groups), both)[1, :, 0] == found[:, 0]).all()


@pytest.mark.parametrize(("position", "meant"), [(-2, 5), (0, 5), (1, 5), (2, 7), (2.9, 7), (3, 11), (40, 11)])
def test_what_is_picked_stays_within_the_list(position: float, meant: float) -> None:
    assert exact.pick(Fraction(position), Fraction(5), Fraction(7), Fraction(11)) == meant
    assert kernels.pick(np.array([position]), *np.array([5.0, 7.0, 11.0]))[0] == meant
    varied = np.array([[5.0, 50.0]]), np.array([[7.0, 70.0]]), np.array([[11.0, 110.0]])
    assert kernels.pick(np.array([[position], [1.0]]), *varied).tolist() == [[meant, 10 * meant], [5.0, 50.0]]
