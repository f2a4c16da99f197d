"""A bank's hedged loan against rounds kept by hand, QuantLib's ISDA engine and the bivariate normal distribution."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from pathlib import Path

import indenture
import pytest
import QuantLib as ql  # as its own documentation names it
from scipy.stats import multivariate_normal, norm

DEAL = Path(__file__).resolve().parents[2] / "examples" / "hedged_loan.deal"
BN = 1e9
DATES = [datetime.date(2026 + (3 * k + 2) // 12, 1 + (3 * k + 2) % 12, 20) for k in range(20)]


def following(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)


PAID = [following(day) for day in DATES]
FAILS = datetime.date(2028, 8, 10)
SELLER_FAILS = datetime.date(2028, 6, 1)


def rounds() -> list[tuple[float, float]]:
    """What is lent and what is protected after each of the eight rounds."""
    lent = protected = 0.0
    found = []
    for _ in range(8):
        lending = BN - (lent - protected)
        protected += min(0.75 * lending, 2.5 * BN - protected)
        lent += lending
        found.append((lent, protected))
    return found


@pytest.fixture(scope="module")
def result() -> indenture.Results:
    return indenture.load(DEAL).run(keep=["loans.balance", "cycle.lent", "cycle.protected", "hedge.premium.paid"])


def lane(result: indenture.Results, scenario: str) -> int:
    return list(result.scenarios).index(scenario)


def test_every_check_of_the_deal_holds(result: indenture.Results) -> None:
    assert [check.name for check in result.checks if not check.passed] == []


def test_the_rounds(result: indenture.Results) -> None:
    for position, (lent, protected) in enumerate(rounds(), start=1):
        assert result["cycle.lent"].values[position, 0] == pytest.approx(lent)
        assert result["loans.balance"].values[position, 0] == pytest.approx(lent)
        assert result["cycle.protected"].values[position, 0] == pytest.approx(protected)
    # Without the seller's limit it would have come to 1bn / (1 - 75%) = 4bn.
    assert result["Without end"].value() == pytest.approx(3.5 * BN)


def test_interest_and_premium_by_the_day(result: indenture.Results) -> None:
    """Actual/360 at 3.65% + 1.45% on the loan; 1% on what was protected when each period began."""
    lent = [amount for amount, _ in rounds()]
    held = [amount for _, amount in rounds()]
    starts = [datetime.date(2026, 1, 15), *PAID]
    interest = premium = 0.0
    for number, (start, end) in enumerate(zip(starts, PAID, strict=False)):
        if number == 0:
            continue  # nothing is lent before the first round
        balance, protected = lent[min(number, 8) - 1], held[min(number, 8) - 1]
        # The loan and the swap run to the unadjusted last date; the swap counts that day as well.
        last = number == len(PAID) - 1
        days = ((DATES[-1] if last else end) - start).days + (1 if last else 0)
        interest += balance * 0.051 * days / 360
        premium += protected * 0.01 * days / 360
    assert result["Interest"].value() == pytest.approx(interest, rel=1e-12)
    assert result["hedge.premium.paid"].values[:, 0].sum() == pytest.approx(premium, rel=1e-12)


class Isda:
    """A standard five-year contract in QuantLib's ISDA model, on a level default rate."""

    def __init__(self) -> None:
        self.today = ql.Date(15, 1, 2026)
        rates = ql.FlatForward(self.today, 0.036, ql.Actual365Fixed(), ql.Continuous)
        self.rates = ql.YieldTermStructureHandle(rates)
        self.weekends = ql.WeekendsOnly()
        self.schedule = ql.MakeSchedule(
            ql.Date(22, 12, 2025),
            ql.Date(20, 12, 2030),
            ql.Period("3M"),
            calendar=self.weekends,
            convention=ql.Following,
            terminalDateConvention=ql.Unadjusted,
            rule=ql.DateGeneration.CDS2015,
        )

    def swap(self, coupon: float) -> ql.CreditDefaultSwap:
        return ql.CreditDefaultSwap(
            ql.Protection.Buyer,
            10e6,
            0.0,
            coupon,
            self.schedule,
            ql.Following,
            ql.Actual360(),
            True,
            True,
            self.today + 1,
            self.weekends.advance(self.today, ql.Period("3D")),
            ql.FaceValueClaim(),
            ql.Actual360(True),
            True,
            self.today,
        )

    def hazard(self, spread: float) -> float:
        return float(
            self.swap(spread).impliedHazardRate(
                0.0, self.rates, ql.Actual365Fixed(), 0.4, 1e-12, ql.CreditDefaultSwap.ISDA
            )
        )

    def upfront(self, spread: float) -> float:
        quote = ql.QuoteHandle(ql.SimpleQuote(self.hazard(spread)))
        curve = ql.DefaultProbabilityTermStructureHandle(ql.FlatHazardRate(self.today, quote, ql.Actual365Fixed()))
        standard = self.swap(0.01)
        standard.setPricingEngine(ql.IsdaCdsEngine(curve, 0.4, self.rates))
        return float(standard.fairUpfront()) * 10e6


@pytest.fixture
def isda() -> Iterator[Isda]:
    before = ql.Settings.instance().evaluationDate
    ql.Settings.instance().evaluationDate = ql.Date(15, 1, 2026)
    yield Isda()
    ql.Settings.instance().evaluationDate = before


@pytest.mark.parametrize(("scenario", "spread"), [("base", 0.0126), ("Spreads at 247.5bp", 0.02475)])
def test_the_upfront_is_the_isda_engines(result: indenture.Results, isda: Isda, scenario: str, spread: float) -> None:
    found = result["Upfront on $10m at 100bp"].value(lane(result, scenario))
    assert found == pytest.approx(isda.upfront(spread), rel=1e-5)


@pytest.mark.parametrize(("scenario", "spread"), [("base", 0.0126), ("Spreads at 247.5bp", 0.02475)])
def test_the_sellers_own_risk(result: indenture.Results, isda: Isda, scenario: str, spread: float) -> None:
    """Default probabilities to maturity, joined at 40%: what the swap cannot promise."""
    years = (datetime.date(2030, 12, 20) - datetime.date(2026, 1, 15)).days / 365
    p, q = (1 - math.exp(-isda.hazard(one) * years) for one in (spread, 0.0060))
    both = multivariate_normal.cdf(norm.ppf([p, q]), cov=[[1, 0.4], [0.4, 1]])
    at = lane(result, scenario)
    assert result["Both fail by maturity"].value(at) == pytest.approx(both, rel=1e-4)
    assert result["Expected loss left"].value(at) == pytest.approx(2.5 * BN * 0.6 * 0.6 * both, rel=1e-4)
    assert result["Of the hedge, worth"].value(at) == pytest.approx(1 - 0.6 * both / p, rel=1e-4)


def test_capital_by_the_risk_weights(result: indenture.Results) -> None:
    # 75% of 3.5bn; 75% of 1bn and 30% of 2.5bn: 10.5% of the difference.
    assert result["Capital saved at 10.5%"].value() == pytest.approx(
        0.105 * (0.75 * 3.5 - (0.75 * 1 + 0.30 * 2.5)) * BN
    )


def test_who_ends_with_the_loss(result: indenture.Results) -> None:
    days = (PAID[10] - PAID[9]).days
    interest = 3.5 * BN * 0.051 * days / 360
    called = 0.6 * 2.5 * BN
    rows = {str(row[0]): row for row in result.tables["Who bears"].rows("The borrower defaults")}
    # The seller is called for more than its capital: it fails, and pays 40% of the call.
    assert rows["Seller"][3] == pytest.approx(called)
    assert (rows["Seller"][4], rows["Seller"][5], rows["Seller"][6]) == (1e9, True, pytest.approx(1e9))
    assert rows["Bank"][1] == pytest.approx(0.6 * (3.5 * BN + interest) - 0.4 * called)
    assert rows["Bank"][5] is False
    gone = {str(row[0]): row for row in result.tables["Who bears"].rows("The seller, then the borrower")}
    assert gone["Bank"][1] == pytest.approx(0.6 * (3.5 * BN + interest))
    # What the cash of the deal says, where the seller performs: a default costs 60% of what was not protected.
    assert result["Loss of the bank"].value(lane(result, "The borrower defaults")) == pytest.approx(0.6 * BN)


def test_a_seller_that_is_gone_breaks_the_limit(result: indenture.Results) -> None:
    assert result["Over the limit, at its highest"].value(lane(result, "The seller defaults")) == pytest.approx(
        2.5 * BN
    )
    table = {str(row[0]): row[1:] for row in result.tables["Exposures of the bank"].rows("base")}
    assert table["Hyperscaler"] == (3.5 * BN, 2.5 * BN, 0, 1.0 * BN)
    assert table["Seller"] == (0, 0, 2.5 * BN, 2.5 * BN)
