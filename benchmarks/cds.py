"""How long it takes to price credit default swaps from their quoted spreads, beside QuantLib in the same run.

    python benchmarks/cds.py [contracts] [rounds]

One 5-year schedule (traded 2009-05-21) on one USD curve, spreads from 10bp to 1,000bp. Indenture solves
each contract's flat hazard and prices a 1% contract on it. QuantLib does the same, one contract after
another: ``impliedHazardRate`` with the ISDA model at its default accuracy of 1e-6, then the price by
its ISDA engine. Rounds of both alternate, so that a busy machine is as busy for one as for the other;
processor time beside the clock's says what a machine with nothing else to do would take.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import attrs
import numpy as np
import QuantLib as ql
from indenture.engine import credit

TRADE = "2009-05-21"
DEPOSITS = {"1M": 0.003081, "2M": 0.005525, "3M": 0.007163, "6M": 0.012413, "9M": 0.014, "12M": 0.015488}
SWAPS = {"2Y": 0.011907, "3Y": 0.01699, "4Y": 0.021198, "5Y": 0.02444, "6Y": 0.026937, "7Y": 0.028967}
COUPON, RECOVERY = 0.01, 0.4

BESIDE = 200
"""Contracts that QuantLib prices in a round: one is as long as the next."""


def curve() -> credit.DiscountCurve:
    schedule = credit.rates_schedule(TRADE, "USD", list(DEPOSITS), list(SWAPS))
    return credit.rates_curve(schedule, [*DEPOSITS.values(), *SWAPS.values()])


def quantlib_pricer(discount: credit.DiscountCurve, maturity: str) -> Callable[[float], float]:
    """Prices one contract from its spread: the clean upfront of a 1% contract, per unit notional."""
    trade = ql.DateParser.parseISO(TRADE)
    ql.Settings.instance().evaluationDate = trade
    dates = [trade, *(trade + int(days) for days in discount.knots)]
    factors = [1.0, *np.exp(discount.logs[:, 0]).tolist()]
    rates = ql.YieldTermStructureHandle(ql.DiscountCurve(dates, factors, ql.Actual365Fixed()))
    schedule = ql.Schedule(
        trade + 1,
        ql.DateParser.parseISO(maturity),
        ql.Period(3, ql.Months),
        ql.WeekendsOnly(),
        ql.Following,
        ql.Unadjusted,
        ql.DateGeneration.CDS,
        False,
    )
    settle = ql.WeekendsOnly().advance(trade, 3, ql.Days)
    hazard = ql.SimpleQuote(0.01)
    survival = ql.DefaultProbabilityTermStructureHandle(
        ql.FlatHazardRate(0, ql.WeekendsOnly(), ql.QuoteHandle(hazard), ql.Actual365Fixed())
    )
    engine = ql.IsdaCdsEngine(survival, RECOVERY, rates)

    def contract(coupon: float) -> ql.CreditDefaultSwap:
        last = ql.Actual360(True)
        return ql.CreditDefaultSwap(
            ql.Protection.Buyer,
            1.0,
            0.0,
            coupon,
            schedule,
            ql.Following,
            ql.Actual360(),
            True,
            True,
            trade + 1,
            settle,
            ql.FaceValueClaim(),
            last,
            True,
            trade,
        )

    standard = contract(COUPON)
    standard.setPricingEngine(engine)

    def price(spread: float) -> float:
        implied = contract(spread).impliedHazardRate(
            0.0, rates, ql.Actual365Fixed(), RECOVERY, 1e-6, ql.CreditDefaultSwap.ISDA
        )
        hazard.setValue(implied)
        return float(standard.fairUpfront())

    return price


@attrs.frozen
class Pace:
    """Microseconds a contract: by the clock, and of processor time; medians of the rounds."""

    clock: float
    processor: float


def microseconds(work: Callable[[], object], contracts: int) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - clock) / contracts * 1e6, (time.process_time() - processor) / contracts * 1e6


def measure(contracts: int, rounds: int, beside: int = BESIDE) -> tuple[Pace, Pace, float]:
    """Indenture's pace, QuantLib's, and the median over rounds of the ratio of their times by the clock."""
    discount = curve()
    maturity = str(credit.cds_maturity(TRADE, "5Y"))
    schedule = credit.cds_schedule(TRADE, maturity)
    spreads = np.random.default_rng(5).uniform(0.001, 0.1, contracts)
    price = quantlib_pricer(discount, maturity)
    some = spreads[:beside].tolist()
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(microseconds(lambda: [price(spread) for spread in some], beside))
        ours.append(
            microseconds(lambda: credit.price_spreads(schedule, discount, spreads, COUPON, RECOVERY), contracts)
        )
    ratio = statistics.median(one[0] / other[0] for one, other in zip(theirs, ours, strict=True))
    paces = [Pace(*(statistics.median(column) for column in zip(*rows, strict=True))) for rows in (ours, theirs)]
    return paces[0], paces[1], ratio


def main(arguments: list[str]) -> None:
    contracts = int(arguments[0]) if arguments else 100_000
    rounds = int(arguments[1]) if len(arguments) > 1 else 9
    ours, theirs, ratio = measure(contracts, rounds)
    print(f"{contracts:,} contracts, medians of {rounds} alternating rounds, µs a contract; QuantLib {ql.__version__}")
    print(f"{'':12}{'clock':>10}{'processor':>12}")
    print(f"{'Indenture':12}{ours.clock:10.3f}{ours.processor:12.3f}")
    print(f"{'QuantLib':12}{theirs.clock:10.3f}{theirs.processor:12.3f}")
    print(f"{'ratio':12}{ratio:10.1f}{theirs.processor / ours.processor:12.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
