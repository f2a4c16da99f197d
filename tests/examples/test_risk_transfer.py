"""The risk transfer against a transcription written by hand, date by date, and its simulation against closed forms."""

from __future__ import annotations

import csv
import datetime
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indenture.dsl.api import Deal, compile
from indenture.engine.credit.pool import expected_loss_up_to
from scipy import stats
from scipy.stats import norm

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TEXT = (EXAMPLES / "risk_transfer.deal").read_text(encoding="utf-8")
CLOSING = datetime.date(2026, 6, 30)
DATES = [
    datetime.date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, {3: 31, 6: 30, 9: 30, 12: 31}[(month - 1) % 12 + 1])
    for month in range(9, 91, 3)
]
with (EXAMPLES / "risk_transfer_loans.csv").open(encoding="utf-8") as tape:
    LOANS = list(csv.DictReader(tape))
NOTIONALS = np.array([float(row["notional"].strip("$").replace(",", "")) for row in LOANS])
SEVERITIES = np.array([float(row["severity"].strip("%")) / 100 for row in LOANS])
HAZARDS = np.array([float(row["hazard"].strip("%")) / 100 for row in LOANS])

Array = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def deal() -> Deal:
    return compile(TEXT, name="risk_transfer.deal", folder=EXAMPLES)


def by_hand(
    tenant: datetime.date = datetime.date.max,
    resale: float = 1.0,
    called: bool = False,
    replenished_to: datetime.date = datetime.date(2028, 6, 30),
) -> dict[str, list[float]]:
    """Every quarter: defaults, losses, repayments, replenishment, then the three slices from below and from above."""
    balances, rating = NOTIONALS.copy(), np.array([float(row["rating"]) for row in LOANS])
    yearly = np.array([float(row["repaid"].strip("%")) / 100 for row in LOANS])
    maturities = [datetime.date.fromisoformat(row["maturity"]) for row in LOANS]
    original = balances.sum()
    slices = {"first": 0.075 * original, "mezzanine": 0.05 * original, "senior": 0.875 * original}
    stopped = sequential = False
    lost_so_far = 0.0
    found: dict[str, list[float]] = {
        name: [] for name in ("first", "mezzanine", "senior", "coupon", "premium", "protection", "seller", "redemption")
    }
    before = CLOSING
    for date in DATES:
        opened = balances.sum()
        rate = 0.036 if date < datetime.date(2027, 6, 30) else 0.0325
        days = (date - before).days
        found["coupon"].append(slices["first"] * 0.95 * (rate + 0.095) * days / 360)
        found["premium"].append(slices["mezzanine"] * 0.95 * 0.0325 * days / 360)
        hit = np.array([row["tenant"] == "OpenLab" for row in LOANS]) & (before < tenant <= date)
        defaulted = np.where(hit, balances, 0)
        loss = defaulted * np.clip(1 - (1 - SEVERITIES) * resale, 0, 1)
        matured = np.array([one <= date for one in maturities])
        # 30/360: from the last day of a quarter to the last of the next, a quarter.
        repaid = np.where(hit, 0, np.where(matured, balances, balances * yearly / 4))
        lost = loss.sum()
        lost_so_far += lost
        average = float(rating @ balances / opened) if opened else 0.0
        stopped = stopped or date > replenished_to or lost_so_far > 0.0075 * original or average > 1_600
        added = 0.0 if stopped else repaid.sum()
        alive = balances - defaulted
        absorbed = min(lost, opened * 0.0025 * days / 360)
        balances = alive - repaid + (added * alive / alive.sum() if alive.sum() else 0)
        sequential = sequential or lost_so_far > 0.01 * original
        ended = date == DATES[-1] or (called and date >= datetime.date(2030, 6, 30))
        taken = {}
        left = lost - absorbed
        for name in ("first", "mezzanine", "senior"):
            taken[name] = min(left, slices[name])
            slices[name] -= taken[name]
            left -= taken[name]
        principal = original if ended else repaid.sum() + (defaulted.sum() - lost) + absorbed - added
        redeemed = dict.fromkeys(slices, 0.0)
        if ended or sequential:
            for name in ("senior", "mezzanine", "first"):
                redeemed[name] = min(principal, slices[name])
                principal -= redeemed[name]
        else:
            whole = sum(slices.values())
            redeemed = {name: principal * size / whole for name, size in slices.items()}
        for name, paid in redeemed.items():
            slices[name] -= paid
            found.setdefault(f"{name} redeemed", []).append(paid)
            found.setdefault(f"{name} lost", []).append(taken[name])
            found[name].append(slices[name])
        found["protection"].append(taken["first"] * 0.95)
        found["seller"].append(taken["mezzanine"] * 0.95)
        found["redemption"].append(redeemed["first"] * 0.95)
        before = date
    return found


# That the slices are the pool is a check of the deal's own.
OUTPUTS = {
    "first": "first.balance",
    "mezzanine": "mezzanine.balance",
    "senior": "senior.balance",
    "coupon": "first.coupon.paid",
    "premium": "mezzanine.premium.paid",
    "protection": "first.protection.paid",
    "seller": "mezzanine.protection.paid",
    "redemption": "first.redemption.paid",
}


@pytest.mark.parametrize(
    ("scenario", "changed"),
    [
        ("base", {}),
        ("Tenant defaults", {"tenant": datetime.date(2028, 2, 11)}),
        ("And campuses fetch half", {"tenant": datetime.date(2028, 2, 11), "resale": 0.5}),
        ("Called in 2030", {"called": True}),
        ("No replenishment", {"replenished_to": CLOSING}),
    ],
)
def test_every_scenario_is_that_of_the_transcription(deal: Deal, scenario: str, changed: dict[str, Any]) -> None:
    found = deal.run(scenarios=[scenario], keep=list(OUTPUTS.values()))
    expected = by_hand(**changed)
    for name, output in OUTPUTS.items():
        series = found[output].values[1:, 0]
        assert series == pytest.approx(expected[name], rel=1e-9, abs=1e-3), output


@pytest.mark.parametrize(
    ("scenario", "changed"),
    [
        ("base", {}),
        ("And campuses fetch half", {"tenant": datetime.date(2028, 2, 11), "resale": 0.5}),
        ("Called in 2030", {"called": True}),
    ],
)
def test_a_slices_life_is_that_of_what_redeems_it(deal: Deal, scenario: str, changed: dict[str, Any]) -> None:
    """A quarter of 30/360 a date; the first begins on a 30th. What redeems nothing has no life, and says so."""
    result, expected = deal.run(scenarios=[scenario]), by_hand(**changed)

    def life(*amounts: str) -> float | None:
        paid = [sum(at) for at in zip(*(expected[name] for name in amounts), strict=True)]
        weighted = sum(amount * (place + 1) / 4 for place, amount in enumerate(paid))
        return weighted / sum(paid) if sum(paid) else None

    lives = {
        "First slice's life": life("first redeemed"),
        "Mezzanine's life": life("mezzanine redeemed"),
        "Mezzanine's life, with losses": life("mezzanine redeemed", "mezzanine lost"),
        "Senior slice's life": life("senior redeemed"),
    }
    for name, years in lives.items():
        assert result[name].value() == (None if years is None else pytest.approx(years, rel=1e-9)), name
        assert bool(result[name].reason()) == (years is None)


def test_the_checks_of_the_deal_hold(deal: Deal) -> None:
    assert [check.name for check in deal.run().checks if not check.passed] == []


def test_the_holder_gets_what_was_paid_in_less_what_was_lost(deal: Deal) -> None:
    found = deal.run(keep=["first.redemption.paid", "first.protection.paid", "first.issue.paid"])
    back = found["first.redemption.paid"].values.sum(axis=0) + found["first.protection.paid"].values.sum(axis=0)
    assert back == pytest.approx(found["first.issue.paid"].values.sum(axis=0), rel=1e-12)


def near(values: Array, expected: float, errors: float = 4.5) -> None:
    assert abs(values.mean() - expected) < errors * values.std() / math.sqrt(values.shape[-1])


def test_the_slices_of_a_still_pool_lose_what_the_recursion_says(tmp_path: Path) -> None:
    """Without repayment, tenant, resale or excess spread, the simulated losses are those of the one-factor copula."""
    still = TEXT
    for old, new in (
        ("collateral     = resale", "collateral     = 100%"),
        (
            'tenant_default = if loans.tenant is "OpenLab" then OpenLab.default else never',
            "tenant_default = never; repaid = 0%; maturity = never",
        ),
        ("rate = 0.25%; losses = lost", "rate = 0%; losses = lost"),
    ):
        assert old in still
        still = still.replace(old, new)
    columns = ["id", "notional", "hazard", "severity", "rating", "tenant"]
    lines = [",".join(columns)] + [",".join(f'"{row[name]}"' for name in columns) for row in LOANS]
    (tmp_path / "risk_transfer_loans.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = compile(still, folder=tmp_path).run(paths=20_000, seed=5)
    lost = {name: found[f"{name} lost"].values for name in ("First slice", "Mezzanine", "Senior")}
    years = (DATES[-1] - CLOSING).days / 365
    chances = -np.expm1(-HAZARDS * (years + 1 / 365))
    total = float(NOTIONALS.sum())
    bounds = (0.075 * total, 0.125 * total, total)
    up_to = expected_loss_up_to(chances, NOTIONALS * SEVERITIES, 0.3, bounds)
    near(lost["First slice"], float(up_to[0]))
    near(lost["Mezzanine"], float(up_to[1] - up_to[0]))
    near(lost["Senior"], float(up_to[2] - up_to[1]))


def test_the_tenant_and_the_price_of_a_campus_weaken_together(deal: Deal) -> None:
    found = deal.run(paths=40_000, seed=3)
    default = found["Tenant defaults"].values
    end = found["Resale at the end"].values
    early = default <= DATES[-1].toordinal()
    chance = -math.expm1(-0.01 * ((DATES[-1] - CLOSING).days + 1) / 365)
    near(early, chance)
    # The end of the path and the default are bivariate normal with a correlation of sqrt(30% * 60%).
    years = (DATES[-1] - CLOSING).days / 365
    rank = (np.log(end) + (0.03 + 0.2**2 / 2) * years) / (0.2 * math.sqrt(years))
    law = stats.multivariate_normal(cov=[[1, math.sqrt(0.18)], [math.sqrt(0.18), 1]])
    near(early & (rank < -1), float(law.cdf([norm.ppf(chance), -1])))
    assert end[early].mean() < 0.75 * end[~early].mean()
