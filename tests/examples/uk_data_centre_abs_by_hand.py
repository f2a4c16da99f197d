"""`uk_data_centre_abs.deal` once more, quarter by quarter in plain arithmetic written from its terms."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import QuantLib as ql
from scipy.optimize import brentq

Date = datetime.date

CLOSING, ARD, OPENS = Date(2024, 6, 12), Date(2029, 5, 28), Date(2026, 2, 28)
QUARTERS = 60

TERMS: Mapping[str, float] = {
    "market_open": 1,
    "widening": 0.01,
    "second_leaves": Date(2034, 5, 28).toordinal(),
    "anchor_defaults": Date(9999, 12, 31).toordinal(),
    "market_level": 0.85,
    "sonia_up": 0.0,
    "coupon": 0.062,
    "step_up": 0.03,
    "sale_price": 8_000,
}
"""What the scenarios and the tests change; the price is a kW's."""

SCENARIOS: Mapping[str, Mapping[str, float]] = {
    "base": {},
    "No refinancing": {"market_open": 0},
    "Spreads 300bp wider": {"widening": 0.04},
    "Second tenant leaves": {"second_leaves": Date(2027, 2, 28).toordinal(), "market_level": 0.60},
    "Rates up 400bp": {"sonia_up": 0.04},
    "Anchor defaults": {"anchor_defaults": Date(2027, 8, 28).toordinal(), "market_level": 0.50},
}

SERIES = (
    "a2.interest.paid",
    "a2.principal.paid",
    "a2.sweep.paid",
    "a2.additional.paid",
    "a2.balance",
    "vfn.advance.paid",
    "vfn.fee.paid",
    "vfn.interest.paid",
    "vfn.balance",
    "equity.paid",
    "takeout.paid",
    "sale.paid",
    "trap.balance",
    "liquidity.cash.balance",
    "dscr",
    "leverage",
)
"""What the deal and the arithmetic both give, date by date."""


def nominal(k: int) -> Date:
    """The k-th date before business days move it; the 0th is closing."""
    if k == 0:
        return CLOSING
    months = 2024 * 12 + 7 + 3 * (k - 1)
    return Date(months // 12, months % 12 + 1, 28)


def paid_on(k: int) -> Date:
    date = nominal(k)
    if k == 0:
        return date
    moved = ql.UnitedKingdom(ql.UnitedKingdom.Settlement).adjust(
        ql.Date(date.day, date.month, date.year), ql.ModifiedFollowing
    )
    return Date(moved.year(), moved.month(), moved.dayOfMonth())


def thirty(start: Date, end: Date) -> float:
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return (360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first) / 360


def sonia(date: Date) -> float:
    rate = 0.052
    for since, one in ((Date(2025, 2, 28), 0.046), (Date(2026, 2, 28), 0.04), (Date(2027, 2, 28), 0.0375)):
        if date >= since:
            rate = one
    return rate


def share(start: Date, end: Date, first: Date, last: Date) -> float:
    """The part of a period, in days, that lies between two dates."""
    return max((min(end, last) - max(start, first)).days, 0) / (end - start).days


def years_later(date: Date, years: int) -> Date:
    return date if date.year + years > 9999 else date.replace(year=date.year + years)


class Trigger:
    """Fires below one bar, and lives until two tests in a row are at another."""

    def __init__(self, bar: float, until: float) -> None:
        self.bar, self.until, self.on, self.good = bar, until, False, 0

    def test(self, ratio: float) -> None:
        self.good = self.good + 1 if ratio >= self.until else 0
        if ratio < self.bar:
            self.on = True
        elif self.on and self.good >= 2:
            self.on = False
        if not self.on or ratio < self.bar:
            self.good = 0 if ratio < self.until else self.good


class Cash:
    """The three accounts, and what a step takes from them in turn."""

    def __init__(self) -> None:
        self.held = {"collections": 0.0, "trap": 0.0, "liquidity": 0.0}

    def pay(self, due: float, *accounts: str) -> float:
        paid = 0.0
        for name in accounts:
            part = min(self.held[name], due - paid)
            self.held[name] -= part
            paid += part
        return paid

    def pay_pro_rata(self, dues: list[float], *accounts: str) -> list[float]:
        total = sum(dues)
        paid = self.pay(total, *accounts)
        return [due * paid / total if total else 0.0 for due in dues]

    def move(self, source: str, target: str) -> None:
        self.held[target] += self.held[source]
        self.held[source] = 0.0


def run(changes: Mapping[str, float]) -> dict[str, list[float | None]]:
    """Every series, an entry a date from closing on."""
    terms = {**TERMS, **changes}
    coupon, step_up, level = terms["coupon"], terms["step_up"], terms["market_level"]
    defaulted, second = Date.fromordinal(int(terms["anchor_defaults"])), Date.fromordinal(int(terms["second_leaves"]))
    never = Date(9999, 12, 31)
    halls = [(45_000, 115, CLOSING, defaulted), (18_000, 120, CLOSING, second), (8_000, 130, OPENS, never)]
    instalments = [k for k in range(1, QUARTERS + 1) if nominal(k) > ARD]
    cash = Cash()
    cash.held["liquidity"] = 10e6
    a2, vfn = 600e6, 0.0
    operating_owed = trustee_owed = fee_owed = vfn_owed = a2_owed = extra_owed = 0.0
    repaid_whole = 0.0
    enforced, enforced_for = False, 0
    trapping, sweeping = Trigger(1.35, 1.35), Trigger(1.25, 1.35)
    before: tuple[float | None, float | None] = (None, None)  # DSCR and income of the quarter before
    names = (*SERIES, "sponsor", "vfn.repaid")
    out: dict[str, list[float | None]] = {name: [] for name in names}

    def note(**series: float | None) -> None:
        for name in names:
            out[name].append(series.get(name.replace(".", "_"), 0.0))

    note(a2_balance=a2, vfn_balance=0.0, sponsor=600e6, liquidity_cash_balance=10e6, dscr=None, leverage=None)
    for k in range(1, QUARTERS + 1):
        start, end, today = nominal(k - 1), nominal(k), paid_on(k)
        year, days = thirty(start, end), (end - start).days / 365
        years_on = (12 * (end.year - 2024) + end.month - 6) // 12
        held = repaid_whole <= 0 and enforced_for <= 4
        late, final_date = end > ARD, k == QUARTERS

        # ------------------------------------------------------------------ what arises
        rents = 0.0
        for capacity, price, opens, ends in halls:
            whole = capacity * price * 12 * 1.02**years_on * year if held else 0.0
            rents += whole * (share(start, end, opens, ends) + level * share(start, end, years_later(ends, 1), never))
        capacity = 71_000 if today > OPENS else 63_000
        operating_owed += capacity * 330 * 1.025**years_on * year if held else 0.0
        trustee_owed += 250_000 * year
        works = 18e6 if 3 <= k <= 6 else 0.0
        owed = a2 + vfn
        rate = sonia(today) + terms["sonia_up"] + 0.025
        vfn_current, a2_current = vfn * rate * days, a2 * coupon * year
        fee_current = (100e6 - vfn) * 0.0075 * days if end <= ARD else 0.0
        extra = a2 * step_up * year if late else 0.0
        fee_owed += fee_current
        vfn_owed = vfn_owed * (1 + rate * days) + vfn_current
        a2_owed = a2_owed * (1 + coupon * year) + a2_current
        extra_owed = extra_owed * (1 + (coupon + step_up) * year) + extra

        cover, income = before
        draws = (
            works > 0
            and cover is not None
            and income is not None
            and cover >= 1.6
            and (owed + works) / (4 * income) <= 10
            and not enforced
        )
        advance = min(works, 100e6 - vfn) if draws else 0.0
        refinanced = (
            bool(terms["market_open"])
            and income is not None
            and owed <= 4 * income / (coupon + terms["widening"]) / 1.6
        )
        takeout = owed if end == ARD and refinanced else 0.0
        sale = 71_000 * terms["sale_price"] if held and (enforced_for == 4 or final_date) else 0.0
        done = sum(1 for one in instalments if one <= k)
        i = coupon / 4
        n = len(instalments)
        target = 600e6 * ((1 + i) ** n - (1 + i) ** done) / ((1 + i) ** n - 1)
        whole_due = final_date or enforced or (end == ARD and refinanced)
        a2_due = a2 if whole_due else max(a2 - target, 0.0)
        vfn_due = vfn if final_date or enforced else 0.0

        # ------------------------------------------------------------------ the waterfall
        cash.held["collections"] += advance + (works - advance) + rents + takeout + sale
        vfn += advance
        wanted = 0.0 if final_date else a2_current + vfn_current
        if not enforced:
            over = max(cash.held["liquidity"] - wanted, 0.0)
            cash.held["liquidity"] -= over
            cash.held["collections"] += over
        cash.pay(works, "collections")
        accounts = ("collections",) if enforced else ("collections", "trap")
        if enforced:
            cash.move("trap", "collections")
            cash.move("liquidity", "collections")
        manager = 0.02 * rents
        operating_paid, manager_paid, trustee_paid = cash.pay_pro_rata(
            [operating_owed, manager, trustee_owed], *accounts
        )
        operating_owed -= operating_paid
        trustee_owed -= trustee_paid
        income = rents - operating_paid - manager_paid - trustee_paid
        service = fee_current + vfn_current + a2_current
        ratio = income / service if service and not enforced else None
        leverage = None
        sweep = repaid = 0.0
        if not enforced:
            fee_paid, vfn_paid = cash.pay_pro_rata([fee_owed, vfn_owed], "collections", "trap", "liquidity")
            a2_paid = cash.pay(a2_owed, "collections", "trap", "liquidity")
            repaid += cash.pay(min(vfn_due, vfn), "collections", "trap")
            if takeout or late:
                repaid += cash.pay(vfn - repaid, "collections")
            principal = cash.pay(a2_due, "collections", "trap")
            cash.held["liquidity"] += cash.pay(wanted - cash.held["liquidity"], "collections")
            if ratio is not None:
                trapping.test(ratio)
                sweeping.test(ratio)
            if sweeping.on or (late and a2 - principal > 0):
                cash.move("trap", "collections")
                repaid += cash.pay(vfn - repaid, "collections")
                sweep = cash.pay(a2 - principal, "collections")
        else:
            fee_paid, vfn_paid, a2_paid = cash.pay_pro_rata([fee_owed, vfn_owed, a2_owed], "collections")
            repaid, principal = cash.pay_pro_rata([vfn, a2], "collections")
        fee_owed, vfn_owed, a2_owed = fee_owed - fee_paid, vfn_owed - vfn_paid, a2_owed - a2_paid
        a2, vfn = a2 - principal - sweep, vfn - repaid
        extra_paid = cash.pay(extra_owed, "collections")
        extra_owed -= extra_paid
        if not enforced and k > 1 and income:
            leverage = (a2 + vfn) / (4 * income)
        if not enforced and trapping.on:
            cash.move("collections", "trap")
            to_sponsor = 0.0
        else:
            if not enforced:
                cash.move("trap", "collections")
            to_sponsor = cash.pay(float("inf"), "collections")

        # ------------------------------------------------------------------ close
        repaid_whole += takeout
        if not enforced:
            enforced = a2_owed + vfn_owed > 1 or (final_date and a2 + vfn > 1)
        enforced_for += enforced  # the date of the default counts: the sale is a year after it
        before = (ratio, income if ratio is not None else None)
        note(
            a2_interest_paid=a2_paid,
            a2_principal_paid=principal,
            a2_sweep_paid=sweep,
            a2_additional_paid=extra_paid,
            a2_balance=a2,
            vfn_advance_paid=advance,
            vfn_fee_paid=fee_paid,
            vfn_interest_paid=vfn_paid,
            vfn_balance=vfn,
            equity_paid=works - advance,
            takeout_paid=takeout,
            sale_paid=sale,
            trap_balance=cash.held["trap"],
            liquidity_cash_balance=cash.held["liquidity"],
            dscr=ratio,
            leverage=leverage,
            sponsor=to_sponsor,
            vfn_repaid=repaid,
        )
    return out


def internal_rate(flows: list[float]) -> float | None:
    """Effective, by actual days over 365 from closing; none where nothing was lent."""
    if min(flows) >= 0:
        return None
    times = [(paid_on(k) - CLOSING).days / 365 for k in range(QUARTERS + 1)]
    return float(
        brentq(lambda r: sum(f * (1 + r) ** -t for f, t in zip(flows, times, strict=True)), -0.9, 2.0, xtol=1e-14)
    )


def report(series: Mapping[str, list[float | None]]) -> dict[str, float | None]:
    """The figures of the deal's report that say something of every scenario."""

    def values(name: str) -> list[float]:
        return [value or 0.0 for value in series[name]]

    def known(name: str) -> list[float]:
        return [value for value in series[name] if value is not None]

    repaid = [one + other for one, other in zip(values("a2.principal.paid"), values("a2.sweep.paid"), strict=True)]
    lives = [thirty(CLOSING, paid_on(k)) for k in range(QUARTERS + 1)]
    interest = [
        sum(parts) for parts in zip(values("a2.interest.paid"), values("a2.additional.paid"), repaid, strict=True)
    ]
    to_bank = [
        sum(parts)
        for parts in zip(values("vfn.fee.paid"), values("vfn.interest.paid"), values("vfn.repaid"), strict=True)
    ]
    drawn = values("vfn.advance.paid")
    return {
        "Drawn on the funding note": sum(drawn),
        "Paid in by Sponsor": sum(values("equity.paid")),
        "Lowest DSCR": min(known("dscr")),
        "Highest leverage": max(known("leverage")),
        "Highest in the trap": max(values("trap.balance")),
        "Repaid by a new issue": sum(values("takeout.paid")),
        "A-2 life": sum(a * t for a, t in zip(repaid, lives, strict=True)) / sum(repaid),
        "Deferred interest paid": sum(values("a2.additional.paid")),
        "Campus sold for": sum(values("sale.paid")),
        "A-2 lost": values("a2.balance")[-1],
        "Funding note lost": values("vfn.balance")[-1],
        "A-2 IRR": internal_rate([-600e6, *interest[1:]]),
        "Funding note IRR": internal_rate([got - paid for got, paid in zip(to_bank, drawn, strict=True)]),
        "To Sponsor": sum(values("sponsor")),
    }
