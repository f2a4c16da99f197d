"""Meridian CLO I in plain Python: loan by loan, dollar by dollar, with no formula of the library's."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from pathlib import Path

import attrs

Date = datetime.date

QUARTERS = 40
MARGINS = {"A": 0.0130, "B": 0.0185, "C": 0.0240, "D": 0.0360}
SIZES = {"A": 320e6, "B": 60e6, "C": 30e6, "D": 35e6}
SPEEDS_FROM = Date(2026, 6, 30)


@attrs.frozen
class Case:
    prepayment: float = 0.20
    defaults: float = 0.02
    market: float = 1.0
    downgraded: bool = False
    lowest_first: bool = True


CASES = {
    "base": Case(),
    "Downgrades": Case(market=0.74, downgraded=True),
    "Haircut on the highest priced": Case(market=0.74, downgraded=True, lowest_first=False),
    "Defaults": Case(defaults=0.07, prepayment=0.10),
    "Collapse": Case(defaults=0.45, prepayment=0.05, market=0.30),
}


def day(quarter: int, of: int) -> Date:
    """The ``of``-th of January, April, July or October, quarters from January 2026."""
    return Date(2026 + quarter // 4, 3 * (quarter % 4) + 1, of)


def sofr(date: Date) -> float:
    return 0.0400 if date < Date(2027, 1, 5) else 0.0360 if date < Date(2028, 1, 5) else 0.0325


@attrs.define
class Loan:
    spread: float
    price: float
    recovery: float
    maturity: Date
    rating: str
    stressed: str
    balance: float
    in_default: float
    first_ends: float
    history: list[float] = attrs.field(factory=list)


@attrs.define
class Held:
    """What the issuer holds besides its loans: cash of principal, and what was bought, at cost."""

    cash: float = 4e6
    cost: float = 0.0
    in_default: float = 0.0


@attrs.define
class Outcome:
    ab: list[float] = attrs.field(factory=list)
    d: list[float] = attrs.field(factory=list)
    interest_ab: list[float] = attrs.field(factory=list)
    haircut: list[float] = attrs.field(factory=list)
    equity: list[float] = attrs.field(factory=list)
    notes: list[float] = attrs.field(factory=list)
    incentive: float = 0.0
    left: dict[str, float] = attrs.field(factory=dict)
    event: int | None = None
    paid_in: float = 0.0
    paid_out: float = 0.0


def portfolio(path: Path) -> list[Loan]:
    found = []
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            par, good = float(row["par"].replace(",", "")), row["performing"] == "true"
            found.append(
                Loan(
                    float(row["spread"][:-2]) / 1e4,
                    float(row["price"][:-1]) / 100,
                    float(row["recovery"][:-1]) / 100,
                    Date.fromisoformat(row["maturity"]),
                    row["rating"],
                    row["stressed_rating"],
                    par if good else 0.0,
                    0.0 if good else par,
                    0.0 if good else par,
                )
            )
    return found


def filled(excess: float, assets: Sequence[tuple[float, float]], lowest: bool) -> float:
    """What an excess loses at market, taken from assets of (price, par) in order of price."""
    lost = 0.0
    for price, par in sorted(assets, key=lambda asset: asset[0] if lowest else -asset[0]):
        part = min(par, max(excess, 0.0))
        excess -= part
        lost += part * max(1 - price, 0.0)
    return lost


def run(path: Path, case: Case, paid_on: Sequence[Date]) -> Outcome:
    """``paid_on``: closing and the 40 payment dates, moved by holidays."""
    loans, found = portfolio(path), Outcome()
    notes, arrears = dict(SIZES), dict.fromkeys(SIZES, 0.0)
    held, short, cost_history = Held(), 53e6 * 0.95, list[float]()
    spent = 0.0  # in the quarter, on the last payment date
    unpaid = {"senior": 0.0, "fee": 0.0, "sub": 0.0, "other": 0.0}
    event = False
    for quarter in range(1, QUARTERS + 1):
        fixed, before = day(quarter, 5), day(quarter - 1, 5)
        live = fixed >= SPEEDS_FROM
        lost_part = 1 - (1 - case.defaults) ** 0.25 if live else 0.0
        early_part = 1 - (1 - case.prepayment) ** 0.25 if live else 0.0
        year = (fixed - before).days / 360
        interest = principal = 0.0
        opening_par = sum(loan.balance for loan in loans) + held.cost / 0.99
        for loan in loans:
            loan.history.append(loan.balance * lost_part)
            interest += loan.balance * (sofr(fixed) + loan.spread) * year * (1 - lost_part)
            left = loan.balance - loan.history[-1]
            repaid = left if fixed >= loan.maturity else left * early_part
            ended = loan.history[-5] if len(loan.history) > 4 else 0.0
            if quarter == 5:  # a year after closing
                ended += loan.first_ends
            principal += repaid + ended * loan.recovery
            loan.balance = left - repaid
            loan.in_default += loan.history[-1] - ended
        # What was bought ten days or so into the period has borne interest since.
        since = paid_on[quarter - 1]
        borne = (
            (since - before).days * (held.cost - spent) + (fixed - since).days * held.cost
            if quarter > 1
            else year * 360 * held.cost
        )
        interest += borne / 0.99 * (sofr(fixed) + 0.035) / 360 * (1 - lost_part)
        cost_history.append(held.cost * lost_part)
        left = held.cost - cost_history[-1]
        repaid = left if fixed >= Date(2033, 1, 5) else left * early_part
        ended = cost_history[-5] if len(cost_history) > 4 else 0.0
        principal += (repaid + ended * 0.65) / 0.99
        held.cost = left - repaid
        held.in_default += cost_history[-1] - ended

        # ------------------------------------------------------------------ the payment date
        start, end = day(quarter - 1, 15), day(quarter, 15)
        days = (end - start).days / 360
        par = sum(loan.balance for loan in loans) + held.cost / 0.99
        split = (fixed - start).days * opening_par + (end - fixed).days * par
        rates = {name: sofr(end) + margin for name, margin in MARGINS.items()}
        found.paid_in += interest + principal
        interest_cash, held.cash = interest, held.cash + principal
        due = {name: notes[name] * rates[name] * days for name in notes}
        for name in ("A", "B"):
            due[name] += arrears[name] * (1 + rates[name] * days)
        fees = {
            "senior": unpaid["senior"] + 75_000,
            "fee": unpaid["fee"] + split * 0.0015 / 360,
            "sub": unpaid["sub"] * (1 + (sofr(end) + 0.03) * days) + split * 0.0035 / 360,
            "other": unpaid["other"] + 15_000,
        }
        distributed = interest - fees["senior"] - fees["fee"]

        def fee(name: str, fees: dict[str, float] = fees) -> None:
            nonlocal interest_cash
            paid = min(interest_cash, fees[name])
            unpaid[name] = fees[name] - paid
            interest_cash -= paid
            found.paid_out += paid

        def counted(live: bool = live, par: float = par) -> tuple[float, float]:
            level = case.market if live else 1.0
            prices = [min(loan.price * level, 1.0) for loan in loans]
            base = sum(loan.balance for loan in loans) + held.cost / 0.99 + held.cash
            low = [
                (price, loan.balance)
                for price, loan in zip(prices, loans, strict=True)
                if (loan.stressed if case.downgraded and live else loan.rating).startswith("CCC")
            ]
            excess = sum(amount for _, amount in low) - 0.075 * base
            haircut = filled(excess, low, case.lowest_first)
            carried = sum(
                loan.in_default * min(price, loan.recovery) for price, loan in zip(prices, loans, strict=True)
            )
            return base + carried + held.in_default / 0.99 * 0.65 - haircut, haircut

        def redeem(names: str, most: float, cash: float) -> float:
            room = min(cash, max(most, 0.0))
            for name in names:
                part = min(room, notes[name])
                notes[name] -= part
                room -= part
                cash -= part
                found.paid_out += part
            return cash

        fee("senior")
        fee("fee")
        for name in ("A", "B"):
            first = min(interest_cash, due[name])
            second = min(held.cash, due[name] - first)
            interest_cash, held.cash = interest_cash - first, held.cash - second
            arrears[name] = due[name] - first - second
            found.paid_out += first + second
        value, haircut = counted()
        ab = notes["A"] + notes["B"]
        due_ab = due["A"] + due["B"]
        found.ab.append(value / ab if ab > 0.005 else 0.0)
        found.interest_ab.append(distributed / due_ab if due_ab > 0.005 else 0.0)
        found.haircut.append(haircut)
        failing, short_interest = ab > 0 and value < 1.226 * ab, distributed < 1.2 * due_ab
        if failing or short_interest:
            by_interest = (
                min(max(ab * (1 - distributed / due_ab / 1.2), 0.0), ab) if short_interest and due_ab > 0 else 0.0
            )
            interest_cash = redeem("AB", max(ab - value / 1.226, by_interest), interest_cash)
        if event:
            interest_cash = redeem("AB", 1e18, interest_cash)
        deferred = {}
        for name in ("C", "D"):
            paid = min(interest_cash, due[name])
            interest_cash -= paid
            deferred[name] = due[name] - paid  # joins the balance when the day is over
            found.paid_out += paid
        value, _ = counted()
        whole, due_all = sum(notes.values()), sum(due.values())
        found.d.append(value / whole if whole > 0.005 else 0.0)
        short_interest = distributed < 1.05 * due_all
        if (whole > 0 and value < 1.064 * whole) or short_interest:
            by_interest = 0.0
            if short_interest and due_all > 0:
                by_interest = min(max(whole * (1 - distributed / due_all / 1.05), 0.0), whole)
            interest_cash = redeem("ABCD", max(whole - value / 1.064, by_interest), interest_cash)
        fee("sub")
        fee("other")
        short *= 1.12 ** ((end - start).days / 365)

        def to_equity(cash: float) -> float:
            """What equity gets, past the hurdle less a fifth."""
            nonlocal short
            first = min(cash, short)
            short = short - first if short - first > 1e-6 else 0.0
            fifth = 0.2 * (cash - first) if short <= 0 else 0.0
            found.incentive += fifth
            found.paid_out += cash
            return cash - fifth

        received = to_equity(interest_cash)

        # ------------------------------------------------------------------ principal
        value, _ = counted()
        ab = notes["A"] + notes["B"]
        if ab > 0 and value < 1.226 * ab:
            held.cash = redeem("AB", (1.226 * ab - value) / 0.226, held.cash)
        value, _ = counted()
        whole = sum(notes.values())
        if whole > 0 and value < 1.064 * whole:
            held.cash = redeem("ABCD", (1.064 * whole - value) / 0.064, held.cash)
        spent = 0.0
        if paid_on[quarter] <= Date(2030, 1, 15) and not event:
            spent = held.cash
            held.cost += spent
            found.paid_out += spent
            held.cash = 0.0
        held.cash = redeem("ABCD", 1e18, held.cash)
        received += to_equity(held.cash)
        held.cash = 0.0
        found.equity.append(received)
        for name, amount in deferred.items():
            notes[name] += amount
        found.notes.append(sum(notes.values()))
        value, _ = counted()
        if found.event is None and (
            (notes["A"] > 0 and value < 1.025 * notes["A"]) or arrears["A"] > 1e-6 or arrears["B"] > 1e-6
        ):
            found.event = quarter
        event = found.event is not None
    found.left = notes
    found.paid_in += 4e6
    return found
