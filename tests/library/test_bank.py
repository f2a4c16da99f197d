"""Components of a bank's book: exposures after protection, limits, lending again, the seller's own risk."""

from __future__ import annotations

from fractions import Fraction

import indenture
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

HEADER = """
deal "Bank" { language = 1; currency = USD; closing = 2026-01-15 }
use bank
schedule quarter = quarterly on day 15 from 2026-04-15 to 2028-01-15, unadjusted
"""


def run(text: str) -> indenture.Results:
    return indenture.compile(HEADER + text).run()


def by_hand(
    limit: Fraction, hedged: Fraction, seller: Fraction, counts: Fraction, rounds: int
) -> tuple[Fraction, Fraction]:
    """Lend what the limit leaves, protect a share of it, and again."""
    lent = protected = Fraction(0)
    for _ in range(rounds):
        lending = max(limit - (lent - protected * (1 - counts)), Fraction(0))
        protected += min(lending * hedged, max(seller - protected, Fraction(0)))
        lent += lending
    return lent, protected


percents = st.integers(0, 100).map(lambda n: Fraction(n, 100))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 900), percents, st.integers(0, 3000), percents)
def test_lending_again_is_what_following_the_rounds_gives(
    limit: int, hedged: Fraction, seller: int, counts: Fraction
) -> None:
    found = run(
        f"recycled_lending r {{ limit = ${limit}; hedged = {hedged * 100}%; seller_limit = ${seller}; "
        f"rounds = quarter; counts = {counts * 100}% }}\n"
        'report { "Lent" = final(r.lent), "Protected" = final(r.protected), "End" = final(r.ultimate) }'
    )
    lent, protected = by_hand(Fraction(limit), hedged, Fraction(seller), counts, 8)
    assert found["Lent"].value() == pytest.approx(float(lent))
    assert found["Protected"].value() == pytest.approx(float(protected))
    # It never lends more than the rounds come to without end, and comes as near to it as one likes.
    assert found["Lent"].value() <= found["End"].value() * (1 + 1e-12)
    far, _ = by_hand(Fraction(limit), min(hedged, Fraction(99, 100)), Fraction(seller), counts, 2_000)
    if hedged < Fraction(99, 100):
        assert found["End"].value() == pytest.approx(float(far), rel=1e-6)


@pytest.mark.parametrize(
    ("days_left", "days_protected", "share"),
    [
        (1826, 1826, 1.0),
        (1826, 731, (731 / 365 - 0.25) / (5 - 0.25)),
        (3653, 1096, (1096 / 365 - 0.25) / (5 - 0.25)),
        (365, 90, 0.0),
    ],
)
def test_protection_that_ends_first_counts_for_less(days_left: int, days_protected: int, share: float) -> None:
    import datetime

    start = datetime.date(2026, 1, 15)
    matures, protected = (start + datetime.timedelta(days=days) for days in (days_left, days_protected))
    found = run(
        'bank_exposure loan { obligor = "Lab"; drawn = $200m; conversion = 40%; risk_weight = 100%; '
        f"matures = {matures}; protection = $100m; protected_to = {protected}; seller_weight = 20%; haircut = 8% }}\n"
        'report { "After" = loan.after on closing, "Weighted" = loan.weighted on closing, "X" = highest(loan.after on quarter) }'
    )
    protected_amount = 100e6 * 0.92 * share
    assert found["After"].value() == pytest.approx(200e6 - protected_amount)
    assert found["Weighted"].value() == pytest.approx(200e6 - 0.8 * protected_amount)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8])
def test_both_failing_is_the_bivariate_normal(correlation: float) -> None:
    found = run(
        "protection_seller s { notional = $100m; limit = $1bn; obligor_default = 4%; seller_default = 1.5%; "
        f"correlation = {correlation * 100:g}%; obligor_recovery = 40%; seller_recovery = 30% }}\n"
        'report { "Both" = final(s.both), "Expected" = final(s.expected), "X" = highest(s.both on quarter) }'
    )
    both = multivariate_normal.cdf(norm.ppf([0.04, 0.015]), cov=[[1, correlation], [correlation, 1]])
    assert found["Both"].value() == pytest.approx(both, rel=1e-6)
    assert found["Expected"].value() == pytest.approx(60e6 * 0.7 * both, rel=1e-6)


def test_bad_fields_are_refused() -> None:
    for bad in ("hedged = 120%", "limit = -$1", "counts = -1%"):
        fields = {"limit": "$1bn", "hedged": "50%", "seller_limit": "$1bn", "counts": "0%"}
        name, _, value = bad.partition(" = ")
        fields[name] = value
        text = "; ".join(f"{key} = {one}" for key, one in fields.items())
        with pytest.raises(indenture.DealError) as caught:
            run(f"recycled_lending r {{ {text}; rounds = quarter }}\nreport {{ final(r.lent) }}")
        assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == ["E0280"]
