"""Pools with prepayments, defaults and liquidations against the formulas of The Bond Market Association's *Standard
Formulas for the Analysis of Mortgage-Backed Securities* (1999), SF-17 to SF-23, in fractions: month by month, and
liquidations vintage by vintage."""

from __future__ import annotations

import random
from fractions import Fraction

import attrs
import indenture
import numpy as np
import pytest
from indenture.engine.results import Results

DEAL = """
deal "Pool" {{ language = 1; currency = USD; closing = 2026-01-01; issuer = Trust }}
use pools, equipment
party Trust, Borrowers, Servicer, Holder
schedule month = monthly on the last day from 2026-01-31 to {end}, unadjusted
{pool}
account cash
receive loans.interest + loans.principal_paid + loans.recovered from Borrowers into cash on month
{advances}
waterfall all from cash on month {{ pay rest to Holder }}
report {{ {report} }}
"""
NAMES = (
    "balance",
    "defaulted",
    "prepaid",
    "scheduled",
    "interest",
    "recovered",
    "net_loss",
    "foreclosed",
    "advanced_principal",
    "advanced_interest",
    "awaited",
)


def run(fields: str, end: str, names: tuple[str, ...] = NAMES, kind: str = "loan_pool") -> Results:
    report = "; ".join(f'"{name}" = loans.{name}' for name in names)
    advances = "receive loans.advanced from Servicer into cash on month" if "advances = true" in fields else ""
    pool = f"{kind} loans {{ collected = month; cut_off = 2026-01-01; {fields} }}"
    return indenture.compile(DEAL.format(end=end, pool=pool, advances=advances, report=report)).run()


def by_month(result: Results, name: str) -> np.ndarray:
    values = np.asarray(result[name].values, dtype=float)
    return np.full(len(result.dates) - 1, values[0]) if values.ndim == 1 else values[1:, 0]


@attrs.frozen
class Pool:
    """Level-pay loans by the month: rates a month, a liquidation so many months after a default."""

    principal: Fraction
    rate: Fraction
    months: int
    smm: tuple[Fraction, ...]
    mdr: tuple[Fraction, ...]
    severity: Fraction
    lag: int
    advances: bool
    standard: bool = True
    stop: int = 0

    def amortised(self, paid: int) -> Fraction:
        """The balance of one unit after so many payments, with no default and no prepayment: AM BAL."""
        if paid >= self.months:
            return Fraction(0)
        if self.rate == 0:
            return 1 - Fraction(paid, self.months)
        whole = (1 + self.rate) ** self.months
        return (whole - (1 + self.rate) ** paid) / (whole - 1)

    def flows(self, horizon: int) -> dict[str, list[Fraction]]:
        """SF-22: each month's flows; every vintage of defaults is kept apart until it is liquidated."""
        found: dict[str, list[Fraction]] = {name: [] for name in NAMES}
        performing = self.principal
        vintages: list[tuple[int, Fraction]] = []
        held = Fraction(0)
        for i in range(1, horizon + 1):
            place = min(i, len(self.mdr)) - 1
            kept = self.amortised(i) / self.amortised(i - 1) if i <= self.months else Fraction(0)
            stopped = i > self.months - self.stop
            new = Fraction(0) if stopped else performing * self.mdr[place]
            scheduled = (performing - new) * (1 - kept)
            if self.standard:
                prepaid = min(performing * kept * self.smm[place], performing - new - scheduled)
            else:
                prepaid = (performing - new - scheduled) * self.smm[place]
            interest = (performing - new) * self.rate
            performing -= new + scheduled + prepaid
            vintages.append((i, new))
            recovered = foreclosed = advanced = lent = Fraction(0)
            lost = Fraction(0)
            for begun, amount in vintages:

                def left(paid: int, begun: int = begun, amount: Fraction = amount) -> Fraction:
                    if not amount or not self.advances:
                        return amount
                    return amount * self.amortised(paid) / self.amortised(begun - 1)

                if i < begun + self.lag:
                    advanced += left(i - 1) - left(i)
                    lent += left(i - 1) * self.rate if self.advances else 0
                    foreclosed += left(i)
                elif i == begun + self.lag:
                    loss = min(amount * self.severity, left(i - 1))
                    recovered += left(i - 1) - loss
            lost = new - recovered - advanced
            for name, figure in {
                "balance": performing,
                "defaulted": new,
                "prepaid": prepaid,
                "scheduled": scheduled,
                "interest": interest,
                "recovered": recovered,
                "net_loss": lost,
                "foreclosed": foreclosed,
                "advanced_principal": advanced,
                "advanced_interest": lent,
            }.items():
                found[name].append(figure)
            # Still to come back of what has defaulted: its part that is not lost, less what was advanced or has come.
            held += new * (1 - self.severity) - advanced
            for begun, amount in vintages:
                if i == begun + self.lag:
                    gone = (
                        self.amortised(i - 1) / self.amortised(begun - 1) if self.advances and amount else Fraction(1)
                    )
                    held -= amount * (1 - self.severity) - amount * (1 - gone)
            found["awaited"].append(held)
        return found


def shown(pool: Pool) -> str:
    return (
        f"principal = ${float(pool.principal):.0f}; apr = {float(pool.rate * 1200):.6f}%; remaining = {pool.months}; "
        f"recovery = {float(1 - pool.severity):.0%}; lag = {pool.lag} months; "
        f'prepayment_base = "{"before" if pool.standard else "after"} defaults"; '
        f"advances = {'true' if pool.advances else 'false'}; defaults_stop = {pool.stop} months"
    )


def check(pool: Pool, speeds: str, end: str) -> None:
    result = run(f"{shown(pool)}; {speeds}", end)
    meant = pool.flows(len(result.dates) - 1)
    for name in NAMES:
        expected = np.array([float(figure) for figure in meant[name]])
        assert by_month(result, name) == pytest.approx(expected, rel=1e-9, abs=1e-9 * float(pool.principal)), name


PUBLISHED = Pool(
    Fraction(100_000_000), Fraction(8, 1200), 360, (Fraction(1, 100),), (Fraction(1, 100),), Fraction(1, 5), 12, True
)


@pytest.mark.parametrize("advances", [True, False])
def test_the_pool_of_sf_23(advances: bool) -> None:
    """$100m at 8%, a month's prepayments and defaults 1% each, a severity of 20%, twelve months to liquidation."""
    pool = attrs.evolve(PUBLISHED, advances=advances)
    result = run(f"{shown(pool)}; cpr = 1 - 99% ^ 12; mdr = 1%", "2056-12-31")
    assert by_month(result, "balance")[0] == pytest.approx(97_934_244, abs=0.5)
    assert by_month(result, "prepaid")[0] == pytest.approx(999_329, abs=0.5)
    assert by_month(result, "defaulted")[0] == 1_000_000
    meant = pool.flows(24)
    for name in NAMES:
        assert by_month(result, name)[:24] == pytest.approx([float(one) for one in meant[name]], rel=1e-9, abs=0.01)
    # A loan of month 1 is liquidated in month 13, and a fifth of what it was is lost.
    assert by_month(result, "recovered")[11] == 0
    left = 1_000_000 * float(pool.amortised(12)) if advances else 1_000_000
    assert by_month(result, "recovered")[12] == pytest.approx(left - 200_000, abs=0.01)
    if advances:
        assert by_month(result, "advanced_interest")[0] == pytest.approx(1_000_000 * 0.08 / 12, abs=0.01)
    else:
        assert not by_month(result, "advanced_principal").any()


def test_pools_of_any_terms_are_the_standards() -> None:
    chance = random.Random(1999)
    for _ in range(16):
        months, lag = chance.randint(2, 48), chance.randint(0, 15)
        smm, mdr = Fraction(chance.randint(0, 60), 1000), Fraction(chance.randint(0, 500), 1000)
        pool = Pool(
            Fraction(chance.randint(1, 90) * 1_000_000),
            Fraction(chance.choice([0, 300, 725, 1850]), 120_000),
            months,
            (smm,),
            (mdr,),
            Fraction(chance.randint(0, 100), 100),
            lag,
            chance.random() < 0.6,
            chance.random() < 0.6,
            chance.choice([0, lag, 3]),
        )
        check(pool, f"cpr = 1 - (1 - {float(smm):.1%}) ^ 12; mdr = {float(mdr):.1%}", "2031-12-31")


def test_where_more_would_leave_than_there_is_the_rest_prepays() -> None:
    pool = attrs.evolve(PUBLISHED, months=12, smm=(Fraction(4, 5),), mdr=(Fraction(1, 2),), advances=False)
    check(pool, "cpr = 1 - 20% ^ 12; mdr = 50%", "2028-01-31")


def test_sda_defaults_stop_a_liquidations_length_before_the_end() -> None:
    """SF-19: nothing defaults in the last twelve months, whatever their age; what has defaulted before is liquidated."""
    result = run(
        "principal = $50m; apr = 7.5%; remaining = 24; seasoning = 40; sda = 200%; recovery = 70%; lag = 12 months; "
        "defaults_stop = 12 months; psa = 150%",
        "2028-12-31",
    )
    defaulted = by_month(result, "defaulted")
    assert (defaulted[:12] > 0).all()
    assert not defaulted[12:].any()
    assert by_month(result, "recovered")[12:24] == pytest.approx(0.7 * defaulted[:12], rel=1e-12)
    assert abs(by_month(result, "awaited")[23]) < 1e-6


@pytest.mark.parametrize("standard", [True, False])
def test_equipment_prepays_by_the_same_field(standard: bool) -> None:
    """A pool by its payments and a contract by its own: level payments of $1,000 at 9%, 2% and 3% a month."""
    base = f'prepayment_base = "{"before" if standard else "after"} defaults"'
    rate, months = Fraction(9, 1200), 18
    value = 1000 * (1 - (1 + rate) ** -months) / rate
    pool = Pool(value, rate, months, (Fraction(2, 100),), (Fraction(3, 100),), Fraction(1), 1, False, standard)
    speeds = "cpr = 1 - 98% ^ 12; cdr = 1 - 97% ^ 12"
    meant = pool.flows(24)
    names = ("balance", "defaulted", "prepaid", "scheduled", "interest")
    payments = f"discount = 9%; payments = if date <= 2027-06-30 then $1000 else $0; {speeds}; {base}"
    contract = (
        f'lessee = "L"; units = 8 GPU; unit_cost = $30_000 per GPU; in_service = 2026-01-01; payment = $1000; '
        f"remaining = {months}; discount = 9%; decline = 30%; {speeds}; {base}"
    )
    for kind, fields in (("scheduled_pool", payments), ("gpu_contract", contract)):
        result = run(fields, "2027-12-31", names, kind)
        for name in names:
            expected = [float(one) for one in meant[name]]
            assert by_month(result, name) == pytest.approx(expected, rel=1e-9, abs=1e-6), (kind, name)


@pytest.mark.parametrize(
    "fields",
    ['prepayment_base = "opening"', "defaults_stop = -1 months"],
)
def test_what_the_fields_cannot_be_is_refused(fields: str) -> None:
    with pytest.raises(indenture.DealError, match=r"E0\d{3}"):
        run(f"principal = $1m; apr = 6%; remaining = 12; {fields}", "2027-12-31")
