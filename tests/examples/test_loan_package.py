"""A loan, its swap, its protection and a note linked to it: who ends with the loss, and what each piece is worth."""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import pytest
import QuantLib as ql
from indenture.engine.results import Results

KEPT = (
    "senior.balance",
    "senior.principal.paid",
    "proceeds.paid",
    "hedge.protection.paid",
    "hedge.premium.paid",
    "note.principal.paid",
    "note.interest.paid",
    "note.balance",
    "fixing.net",
    "SOFR",
    "hedge.mark",
    "hedge.uncovered",
)
SCENARIOS = ("base", "Default", "Insurer first", "Bank first", "Spreads double", "Rates up")


@pytest.fixture(scope="module")
def deal(examples: Path) -> indenture.Deal:
    return indenture.load(examples / "loan_package.deal")


@pytest.fixture(scope="module")
def result(deal: indenture.Deal) -> Results:
    reported = {output.name for output in deal.program.outputs}
    return deal.run(keep=tuple(name for name in KEPT if name in reported))


def test_it_compiles_clean_and_its_checks_hold(deal: indenture.Deal, result: Results) -> None:
    assert not deal.diagnostics
    assert tuple(deal.program.scenarios) == SCENARIOS
    assert all(check.passed for check in result.checks)


def test_the_loss_is_shared_out_whole(result: Results) -> None:
    """In each scenario: what the loan lost is what the insurer paid, what the fund's note was written down, and the rest."""
    lost, insured, passed, kept = (
        np.ravel(result[name].values)
        for name in ("Lost by the loan", "Paid by the insurer", "Passed to the fund", "Kept by the bank")
    )
    assert kept == pytest.approx(lost - insured - passed)
    assert lost.tolist() == pytest.approx([0, 66e6, 66e6, 66e6, 0, 0])
    assert insured.tolist() == pytest.approx([0, 39.6e6, 0, 0, 0, 0])
    # The 110m that is left of the loan, of which 40% comes back, and the 30m of the note.
    balance = result["senior.balance"].values
    assert balance[-1, 1] == pytest.approx(0.6 * 110e6)
    assert result["note.principal.paid"].values[:, 1].sum() == pytest.approx(12e6)
    assert result["note.balance"].values[-1, 3] == pytest.approx(12e6)  # the bank, its issuer, pays nothing back


def test_the_forward_rates_are_quantlibs(deal: indenture.Deal, result: Results) -> None:
    """SOFR of a period from the same discount factors through QuantLib's log-linear curve."""
    source = 'report { "factors" = discount_factor(sofr, date) }'
    text = deal.sources[deal.file] + source
    factors = np.ravel(indenture.compile(text).run()["factors"].values[:, 0])
    dates = deal.program.dates
    days = [ql.Date(day.day, day.month, day.year) for day in dates]
    curve = ql.DiscountCurve(days, list(factors), ql.Actual365Fixed())
    for position in range(1, len(dates)):
        forward = curve.forwardRate(days[position - 1], days[position], ql.Actual360(), ql.Simple).rate()
        assert result["SOFR"].values[position, 0] == pytest.approx(forward, rel=1e-9)


def test_drawn_defaults_cost_what_the_curve_says(deal: indenture.Deal) -> None:
    """Mean protection, discounted, against the protection leg: default times come from the curve that prices it."""
    text = deal.sources[deal.file] + (
        'report { "worth" = total(hedge.protection.paid * discount), "insurer gone" = total(hedge.uncovered * discount) }'
    )
    found = indenture.compile(text).run(paths=20_000, seed=5)
    paid = np.ravel(found["worth"].values) + np.ravel(found["insurer gone"].values)
    legs = indenture.compile(
        deal.sources[deal.file]
        + 'report { "leg" = mark_to_market(meridian, covered, 0bp, maturity, schedule = coupons) }'
    ).run()
    leg = float(np.ravel(legs["leg"].values)[0])
    # Protection is paid on the coupon date after the default, half a quarter later on average at 3.5%.
    late = 1 - 0.035 / 8
    assert paid.mean() == pytest.approx(leg * late, abs=5 * paid.std() / np.sqrt(len(paid)))
