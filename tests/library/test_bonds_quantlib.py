"""Prices, yields, accrued interest, durations and spreads of whole deals against QuantLib's own bond functions."""

from __future__ import annotations

import datetime
import math

import indenture
import pytest
import QuantLib as ql
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

Date = datetime.date

WORDS = {1: "annually", 2: "semiannually", 4: "quarterly", 12: "monthly"}
FREQUENCIES = {1: ql.Annual, 2: ql.Semiannual, 4: ql.Quarterly, 12: ql.Monthly}
COMPOUNDINGS = {
    "annually": (ql.Compounded, ql.Annual),
    "semiannually": (ql.Compounded, ql.Semiannual),
    "quarterly": (ql.Compounded, ql.Quarterly),
    "monthly": (ql.Compounded, ql.Monthly),
    "continuously": (ql.Continuous, ql.Annual),
    "simple": (ql.Simple, ql.Annual),
    "simple then semiannually": (ql.SimpleThenCompounded, ql.Semiannual),
    "simple then annually": (ql.SimpleThenCompounded, ql.Annual),
}
WORDS_OF_TIMES = frozenset(WORDS.values())
"""QuantLib has Macaulay's duration of these alone."""

STUBS = (None, "short first", "long first", "short last", "long last")


def counter(name: str, last: ql.Date) -> ql.DayCounter:
    return {
        "actual/360": ql.Actual360(),
        "actual/365": ql.Actual365Fixed(),
        "actual/actual ISDA": ql.ActualActual(ql.ActualActual.ISDA),
        "actual/actual ICMA": ql.ActualActual(ql.ActualActual.ISMA),
        "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
        "30E/360": ql.Thirty360(ql.Thirty360.EurobondBasis),
        "30E/360 ISDA": ql.Thirty360(ql.Thirty360.ISDA, last),
    }[name]


COUNTS = ("actual/360", "actual/365", "actual/actual ISDA", "actual/actual ICMA", "30/360", "30E/360", "30E/360 ISDA")


def theirs(date: Date) -> ql.Date:
    return ql.Date(date.day, date.month, date.year)


def ours(date: ql.Date) -> Date:
    return Date(date.year(), date.month(), date.dayOfMonth())


def months_after(date: Date, months: int) -> Date:
    return ours(theirs(date) + ql.Period(months, ql.Months))


@st.composite
def bonds(draw: st.DrawFn) -> tuple[str, ql.Schedule, str, float, Date, Date, int]:
    """The words of a schedule, QuantLib's schedule, a day count, a coupon, closing, maturity, payments a year."""
    closing = Date(draw(st.integers(2001, 2050)), draw(st.integers(1, 12)), draw(st.integers(1, 28)))
    frequency = draw(st.sampled_from([1, 2, 4, 12]))
    step = 12 // frequency
    stub = draw(st.sampled_from(STUBS))
    periods = draw(st.integers(1 if stub is None else 2, 14))
    if stub is None:
        first, last = months_after(closing, step), months_after(closing, step * periods)
        words = f"{WORDS[frequency]} on day {closing.day} from {first} to {last}, unadjusted"
        dates = [months_after(closing, step * k) for k in range(periods + 1)]
        regular = [True] * periods
    else:
        # Part of a period, in days, and a whole one more where the stub is long.
        length = draw(st.integers(3, 27 if step == 1 else 29 * step - 2))
        anchor = Date(draw(st.integers(2001, 2050)), draw(st.integers(1, 12)), draw(st.integers(1, 28)))
        regular_dates = [months_after(anchor, step * k) for k in range(periods + 1)]
        long = stub.startswith("long")
        if stub.endswith("first"):
            closing = regular_dates[0] + datetime.timedelta(days=-length if long else length)
            assume(long or closing < regular_dates[1])
            dates = [closing, *regular_dates[1:]]
            words = f"{WORDS[frequency]} on day {anchor.day} from {dates[1]} to {dates[-1]}, unadjusted, {stub}"
            regular = [False] + [True] * (periods - 1)
        else:
            closing = regular_dates[0]
            last = regular_dates[-1] + datetime.timedelta(days=length if long else -length)
            assume(long or last > regular_dates[-2])
            dates = [*regular_dates[:-1], last]
            words = f"{WORDS[frequency]} on day {anchor.day} from {dates[1]} to {last}, unadjusted, {stub}"
            regular = [True] * (periods - 1) + [False]
    # `long last` joins the regular date before; where there is but one date, nothing is regular about it.
    schedule = ql.Schedule(
        [theirs(one) for one in dates],
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.Period(step, ql.Months),
        ql.DateGeneration.Backward,
        False,
        regular,
    )
    count = draw(st.sampled_from(COUNTS))
    coupon = draw(st.integers(0, 1200)) / 10_000
    return words, schedule, count, coupon, dates[0], dates[-1], frequency


DEAL = """
deal "Bond" {{ language = 1; currency = USD; closing = {closing}; issuer = Company }}
use debt
party Company, Holder, Sponsor
schedule payment = {words}
account cash {{ opens = $10bn from Sponsor }}
loan bond {{ holder = Holder; size = $100m; margin = {coupon}; pays = payment; maturity = {maturity}; accrual = {count}; target = {target} }}
receive bond.advance into cash
waterfall main from cash on payment {{ pay bond.interest; pay bond.principal }}
waterfall ending from cash on payment {{ "Rest" when date is last payment {{ pay rest to Sponsor }} }}
report {{ {report} }}
"""


def measured(
    closing: Date, words: str, coupon: float, maturity: Date, count: str, report: dict[str, str], target: str = "size"
) -> dict[str, float]:
    text = DEAL.format(
        closing=closing,
        words=words,
        coupon=f"{coupon * 100:.2f}%",
        maturity=maturity,
        count=count,
        target=target,
        report="; ".join(f'"{name}" = {measure}' for name, measure in report.items()),
    )
    result = indenture.compile(text).run()
    found = {}
    for name in report:
        figure = result[name]
        assert figure.determined is None or bool(figure.determined[0]), name
        found[name] = float(figure.values[0])
    return found


def asked(settlement: Date, count: str, compounding: str, rate: float, price: float) -> dict[str, str]:
    bought = f'{count}, settlement = {settlement}, compounding = "{compounding}"'
    found = {
        "accrued": f"accrued_interest(bond, settlement = {settlement})",
        "dirty": f"price(bond, {rate * 100:.2f}%, {bought})",
        "clean": f"clean_price(bond, {rate * 100:.2f}%, {bought})",
        "yield": f"yield_to_maturity(bond, {price * 100:.4f}% + accrued_interest(bond, settlement = {settlement}), {bought})",
        "modified": f"modified_duration(bond, {rate * 100:.2f}%, {bought})",
        "convexity": f"convexity(bond, {rate * 100:.2f}%, {bought})",
    }
    if WORDS_OF_TIMES.intersection([compounding]):
        found["macaulay"] = f"macaulay_duration(bond, {rate * 100:.2f}%, {bought})"
    return found


def expected(
    bond: ql.Bond, settlement: Date, count: ql.DayCounter, compounding: str, rate: float, price: float, guess: float
) -> dict[str, float]:
    kind, frequency = COMPOUNDINGS[compounding]
    on = theirs(settlement)
    functions = ql.BondFunctions
    terms = (rate, count, kind, frequency, on)
    found = {
        "accrued": functions.accruedAmount(bond, on) / 100,
        "clean": functions.cleanPrice(bond, *terms) / 100,
        "dirty": (functions.cleanPrice(bond, *terms) + functions.accruedAmount(bond, on)) / 100,
        "yield": functions.bondYield(
            bond, ql.BondPrice(price * 100, ql.BondPrice.Clean), count, kind, frequency, on, 1e-15, 10_000, guess
        ),
    }
    if "simple" in compounding and len({flow.date() for flow in bond.cashflows() if flow.date() > on}) > 1:
        # QuantLib's price goes from flow to flow, its simple durations by the whole time to each: not the slope of
        # its own price. That slope is what is compared.
        found |= slopes(bond, *terms)
    else:
        found["modified"] = functions.duration(bond, ql.InterestRate(*terms[:4]), ql.Duration.Modified, on)
        found["convexity"] = functions.convexity(bond, *terms)
    if WORDS_OF_TIMES.intersection([compounding]):
        found["macaulay"] = functions.duration(bond, ql.InterestRate(*terms[:4]), ql.Duration.Macaulay, on)
    return found


def slopes(
    bond: ql.Bond, rate: float, count: ql.DayCounter, kind: int, frequency: int, on: ql.Date
) -> dict[str, float]:
    """The first and second derivative of QuantLib's dirty price, over it, by Richardson's extrapolation."""
    accrued = ql.BondFunctions.accruedAmount(bond, on)

    def price(move: float) -> float:
        return float(ql.BondFunctions.cleanPrice(bond, rate + move, count, kind, frequency, on)) + accrued

    def first(step: float) -> float:
        return (price(step) - price(-step)) / (2 * step)

    def second(step: float) -> float:
        return (price(step) - 2 * price(0) + price(-step)) / step**2

    step = 1e-3
    return {
        "modified~": -(4 * first(step) - first(2 * step)) / 3 / price(0),
        "convexity~": (4 * second(step) - second(2 * step)) / 3 / price(0),
    }


GRID = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@GRID
@given(bonds(), st.sampled_from(COUNTS), st.sampled_from(sorted(COMPOUNDINGS)), st.data())
def test_a_bond_bought_on_any_day_is_quantlibs(
    bond: tuple[str, ql.Schedule, str, float, Date, Date, int], count: str, compounding: str, data: st.DataObject
) -> None:
    words, schedule, accrual, coupon, closing, maturity, _ = bond
    settlement = closing + datetime.timedelta(days=data.draw(st.integers(0, (maturity - closing).days - 1)))
    rate = data.draw(st.integers(-50, 1500)) / 10_000
    near = data.draw(st.integers(10, 1500)) / 10_000
    end = theirs(maturity)
    if "long first" in words and compounding.startswith("simple then"):
        # QuantLib's is simple over the whole of a long first period; the Treasury's, which is ours, to the next date on
        # which a coupon would have been paid: test_treasury_appendix_b.py.
        compounding = compounding.removeprefix("simple then ")
    ql.Settings.instance().evaluationDate = theirs(closing)
    twin = ql.FixedRateBond(0, 100.0, schedule, [coupon], counter(accrual, end))
    # A price, to six decimals, that some yield near another one gives.
    quoted = ql.BondFunctions.cleanPrice(
        twin, near, counter(count, end), *COMPOUNDINGS[compounding], theirs(settlement)
    )
    price = round(quoted / 100, 6)
    wanted = expected(twin, settlement, counter(count, end), compounding, rate, price, near)
    got = measured(closing, words, coupon, maturity, accrual, asked(settlement, count, compounding, rate, price))
    for name, figure in wanted.items():
        near_enough = 1e-10 if name in got else 1e-6
        assert got[name.rstrip("~")] == pytest.approx(figure, rel=near_enough, abs=near_enough), (
            name,
            settlement,
            count,
        )


def plain(closing: Date, frequency: int, periods: int) -> tuple[list[Date], ql.Schedule, str]:
    """Regular dates from closing, QuantLib's schedule of them and the words for it."""
    dates = [months_after(closing, 12 // frequency * k) for k in range(periods + 1)]
    schedule = ql.Schedule(
        [theirs(one) for one in dates],
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.Period(12 // frequency, ql.Months),
        ql.DateGeneration.Backward,
        False,
        [True] * periods,
    )
    return dates, schedule, f"{WORDS[frequency]} on day {closing.day} from {dates[1]} to {dates[-1]}, unadjusted"


@settings(GRID, max_examples=40)
@given(
    st.integers(1, 12),
    st.integers(1, 28),
    st.sampled_from([1, 2, 4, 12]),
    st.integers(2, 16),
    st.sampled_from(COUNTS),
    st.data(),
)
def test_an_amortising_bond_is_quantlibs(
    month: int, day: int, frequency: int, periods: int, count: str, data: st.DataObject
) -> None:
    """A straight line; a price is per cent of what is outstanding on the settlement date."""
    closing = Date(2026, month, day)
    dates, schedule, words = plain(closing, frequency, periods)
    settlement = closing + datetime.timedelta(days=data.draw(st.integers(0, (dates[-1] - closing).days - 1)))
    rate, coupon = data.draw(st.integers(10, 1500)) / 10_000, data.draw(st.integers(0, 1200)) / 10_000
    end = theirs(dates[-1])
    ql.Settings.instance().evaluationDate = theirs(closing)
    notionals = [100.0 * (periods - k) / periods for k in range(periods)]
    twin = ql.AmortizingFixedRateBond(0, notionals, schedule, [coupon], counter(count, end))
    compounding = data.draw(st.sampled_from(["continuously", WORDS[frequency]]))
    terms = (rate, counter(count, end), *COMPOUNDINGS[compounding], theirs(settlement))
    price = round(ql.BondFunctions.cleanPrice(twin, *terms) / 100, 6)
    wanted = expected(twin, settlement, counter(count, end), compounding, rate, price, rate)
    report = asked(settlement, count, compounding, rate, price)
    got = measured(closing, words, coupon, dates[-1], count, report, target="straight_line(size, payment)")
    for name, figure in wanted.items():
        assert got[name] == pytest.approx(figure, rel=1e-10, abs=1e-10), (name, settlement, compounding, count)


@settings(GRID, max_examples=30)
@given(bonds(), st.lists(st.integers(50, 900), min_size=20, max_size=20), st.data())
def test_a_spread_over_zero_rates_is_quantlibs(
    bond: tuple[str, ql.Schedule, str, float, Date, Date, int], zeros: list[int], data: st.DataObject
) -> None:
    words, schedule, accrual, coupon, closing, maturity, _ = bond
    settlement = closing + datetime.timedelta(days=data.draw(st.integers(0, (maturity - closing).days - 1)))
    end, on, count = theirs(maturity), theirs(settlement), ql.Actual365Fixed()
    ql.Settings.instance().evaluationDate = on
    twin = ql.FixedRateBond(0, 100.0, schedule, [coupon], counter(accrual, end))
    flows = [(flow.amount(), flow.date()) for flow in twin.cashflows() if flow.date() > on]
    days = sorted({ours(date) for _, date in flows})
    rates = {day: zeros[place % len(zeros)] / 10_000 for place, day in enumerate(days)}
    curve = ql.ZeroCurve(
        [on, *map(theirs, days)],
        [rates[days[0]], *rates.values()],
        count,
        ql.NullCalendar(),
        ql.Linear(),
        ql.Continuous,
        ql.Annual,
    )
    spread = data.draw(st.integers(-200, 1500)) / 10_000
    worth = sum(amount * math.exp(-(rates[ours(date)] + spread) * (date - on) / 365) for amount, date in flows)
    price = round(worth, 4)
    clean = ql.BondPrice(price - ql.BondFunctions.accruedAmount(twin, on), ql.BondPrice.Clean)
    found = ql.BondFunctions.zSpread(twin, clean, curve, ql.Continuous, ql.Annual, on, 1e-15, 10_000, spread)
    steps = ", ".join(f"{day}: {rate * 100:.2f}%" for day, rate in rates.items())
    bought = f'step([{steps}]), actual/365, settlement = {settlement}, compounding = "continuously"'
    got = measured(closing, words, coupon, maturity, accrual, {"z": f"z_spread(bond, {price:.4f}%, {bought})"})
    # A price is quoted over what is outstanding: all of it, of a bullet.
    assert got["z"] == pytest.approx(found, rel=1e-9, abs=1e-10)


@settings(GRID, max_examples=25)
@given(
    st.integers(1, 28),
    st.sampled_from([1, 2, 4]),
    st.integers(1, 12),
    st.integers(0, 1000),
    st.integers(100, 700),
    st.integers(8000, 12000),
)
def test_a_par_asset_swap_is_quantlibs(
    day: int, frequency: int, periods: int, coupon: int, zero: int, price: int
) -> None:
    """Bought on its issue date at a price; the swap pays the index and the spread on the bond's own dates."""
    closing = Date(2026, 3, day)
    dates, schedule, words = plain(closing, frequency, periods)
    on = theirs(closing)
    ql.Settings.instance().evaluationDate = on
    twin = ql.FixedRateBond(0, 100.0, schedule, [coupon / 10_000], ql.Thirty360(ql.Thirty360.BondBasis))
    curve = ql.YieldTermStructureHandle(ql.FlatForward(on, zero / 10_000, ql.Actual365Fixed(), ql.Continuous))
    index = ql.IborIndex(
        "own",
        ql.Period(12 // frequency, ql.Months),
        0,
        ql.USDCurrency(),
        ql.NullCalendar(),
        ql.Unadjusted,
        False,
        ql.Actual360(),
        curve,
    )
    swap = ql.AssetSwap(True, twin, price / 100, index, 0.0, schedule, ql.Actual360(), True)
    swap.setPricingEngine(ql.DiscountingSwapEngine(curve, True))  # the price is paid on the day itself
    bought = f'actual/360, actual/365, settlement = {closing}, compounding = "continuously"'
    measure = f"asset_swap_spread(bond, {price / 100}%, {zero / 100}%, {bought})"
    got = measured(closing, words, coupon / 10_000, dates[-1], "30/360", {"spread": measure})
    assert got["spread"] == pytest.approx(swap.fairSpread(), rel=1e-9, abs=1e-10)


@settings(GRID, max_examples=40)
@given(
    st.dates(Date(2010, 1, 1), Date(2035, 12, 28)),
    st.sampled_from([1, 2, 4, 12]),
    st.integers(2, 8),
    st.sampled_from(COUNTS),
    st.booleans(),
    st.data(),
)
def test_interest_accrued_is_quantlibs_where_business_days_move_payments(
    closing: Date, frequency: int, periods: int, count: str, adjusted: bool, data: st.DataObject
) -> None:
    """Any day between two payments, those around a moved one among them; with accrual that moves, or stays."""
    closing = closing.replace(day=min(closing.day, 28))
    dates, _, words = plain(closing, frequency, periods)
    calendar, step = ql.UnitedStates(ql.UnitedStates.Settlement), ql.Period(12 // frequency, ql.Months)
    rule = ql.Following if adjusted else ql.Unadjusted
    ends = [theirs(closing), *(calendar.adjust(theirs(one), rule) for one in dates[1:])]
    schedule = ql.Schedule(ends, calendar, rule, rule, step, ql.DateGeneration.Backward, False, [True] * periods)
    coupon = data.draw(st.integers(1, 1200)) / 10_000
    ql.Settings.instance().evaluationDate = theirs(closing)
    # The termination date that 30E/360 ISDA exempts is the last end of a period.
    twin = ql.FixedRateBond(
        0, 100.0, schedule, [coupon], counter(count, ends[-1]), ql.Following, 100.0, ql.Date(), calendar
    )
    around = data.draw(st.sampled_from(dates[1:-1] or dates[:1]))
    near = around + datetime.timedelta(days=data.draw(st.integers(0, 4)))
    settlement = data.draw(st.sampled_from([near, closing + datetime.timedelta(days=data.draw(st.integers(0, 25)))]))
    assume(closing <= settlement < dates[-1])
    words = words.replace(
        "unadjusted", f'following, calendar "US settlement"{", accrual adjusted" if adjusted else ""}'
    )
    report = {"accrued": f"accrued_interest(bond, settlement = {settlement})"}
    got = measured(closing, words, coupon, dates[-1], count, report)
    assert got["accrued"] == pytest.approx(ql.BondFunctions.accruedAmount(twin, theirs(settlement)) / 100, abs=1e-12)
