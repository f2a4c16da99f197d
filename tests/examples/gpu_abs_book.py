"""Halyard Equipment Trust in plain Python: contract by contract, month by month, with no formula of the library's."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import attrs

Date = datetime.date

CLOSING = Date(2026, 4, 22)
MONTHS = 66
SHARES = {"A1": 0.200, "A2": 0.380, "A3": 0.306, "B": 0.016, "C": 0.022, "D": 0.033}
COUPONS = {"A1": 0.0435, "A2": 0.0462, "A3": 0.0471, "B": 0.0498, "C": 0.0522, "D": 0.0585}
LIMITS = ((Date(2029, 4, 22), 0.04), (Date(2028, 4, 22), 0.03), (Date(2027, 4, 22), 0.02), (Date(2026, 5, 22), 0.01))


@attrs.frozen
class Case:
    prepayment: float = 0.06
    shock: bool = False
    largest: Date | None = None
    callable: bool = True


CASES = {
    "base": Case(),
    "No prepayment": Case(prepayment=0.0),
    "Held to the end": Case(callable=False),
    "Largest lessee defaults": Case(largest=Date(2027, 3, 15)),
    "Open-weight shock": Case(prepayment=0.0, shock=True, largest=Date(2027, 3, 15), callable=False),
}


def month_end(number: int) -> Date:
    return Date(2026 + (4 + number) // 12, (4 + number) % 12 + 1, 1) - datetime.timedelta(days=1)


def boundary(number: int) -> Date:
    """The 22nd on which the period of distribution ``number`` ends; 0 is closing."""
    return Date(2026 + (3 + number) // 12, (3 + number) % 12 + 1, 22)


def ramp(low: float, high: float, date: Date) -> float:
    start, end = Date(2026, 7, 1), Date(2027, 7, 1)
    return low + (high - low) * min(max((date - start).days / (end - start).days, 0), 1)


@attrs.define
class Month:
    cash: float = 0.0
    servicing: float = 0.0
    lost: float = 0.0
    pool: float = 0.0


def contracts(path: Path, case: Case) -> tuple[float, list[Month]]:
    """The pool at the cut-off, and what each month brings."""
    months = [Month() for _ in range(MONTHS)]
    original, rate = 0.0, 0.0825 / 12
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            units, cost, payment = (float(row[name].replace(",", "")) for name in ("units", "unit_cost", "payment"))
            term, began = int(row["remaining"]), Date.fromisoformat(row["in_service"])
            balance = sum(payment / (1 + rate) ** number for number in range(1, term + 1))
            original += balance
            alive, gone = 1.0, []
            for number, month in enumerate(months):
                date = month_end(number)
                cdr = ramp(0.012, 0.15, date) if case.shock else 0.012
                struck = (
                    case.largest is not None
                    and row["lessee"] == "Northlight Labs"
                    and (month_end(number - 1) < case.largest <= date)
                )
                default = 1.0 if struck else 1 - (1 - cdr) ** (1 / 12)
                month.servicing += balance * 0.01 / 12
                gone.append((balance * default, units * alive * default))
                living = balance * (1 - default)
                interest = living * rate
                # A level payment of what is left; the last one is all of it.
                left = term - number
                due = living if left <= 1 else living * rate / (1 - (1 + rate) ** -left) - interest
                prepaid = (living - due) * (1 - (1 - case.prepayment) ** (1 / 12))
                back = 0.0
                if number >= 6:
                    owed, servers = gone[number - 6]
                    age = (date - began).days / 365
                    price = cost * 0.74**age * (ramp(1.0, 0.3, date) if case.shock else 1.0) * 0.92
                    back = min(owed, servers * price)
                month.cash += interest + due + prepaid + back
                month.lost += gone[-1][0] - back
                balance = living - due - prepaid
                alive *= (1 - default) * (1 - case.prepayment) ** (1 / 12)
                month.pool += balance
    return original, months


@attrs.define
class Outcome:
    lives: dict[str, float] = attrs.field(factory=dict)
    left: dict[str, float] = attrs.field(factory=dict)
    lessor: float = 0.0
    lost: float = 0.0
    breached: int | None = None
    called: int | None = None
    cover: list[float] = attrs.field(factory=list)
    paid_in: float = 0.0
    paid_out: float = 0.0


def run(path: Path, case: Case) -> Outcome:
    original, months = contracts(path, case)
    found = Outcome()
    balance = {name: share * original for name, share in SHARES.items()}
    arrears = dict.fromkeys(SHARES, 0.0)
    repaid, lived = dict.fromkeys(SHARES, 0.0), dict.fromkeys(SHARES, 0.0)
    reserve = required = 0.01 * original
    servicing_arrears = fee_arrears = 0.0
    found.lessor = sum(balance.values())
    found.lost = sum(month.lost for month in months) / original
    cumulative = 0.0
    for number, month in enumerate(months, start=1):
        cumulative += month.lost
        start, end = boundary(number - 1), boundary(number)
        limit = next(limit for date, limit in LIMITS if end >= date)
        if found.breached is None and cumulative / original > limit:
            found.breached = number
        before = sum(balance.values())
        owned = found.called is None
        if owned and case.callable and month.pool <= 0.10 * original:
            found.called = number
        today = found.called == number
        cash = month.cash if owned else 0.0
        found.paid_in += cash
        if today:
            found.paid_in += month.pool
            cash += month.pool + reserve
            reserve = 0.0

        def pay(due: float) -> float:
            nonlocal cash, reserve
            first = min(cash, due)
            cash -= first
            second = min(reserve, due - first)
            reserve -= second
            found.paid_out += first + second
            return first + second

        due = servicing_arrears + (month.servicing if owned else 0.0)
        servicing_arrears = due - pay(due)
        due = fee_arrears + (4_000 if before > 1e-6 else 0)
        fee_arrears = due - pay(due)

        fractions = dict.fromkeys(SHARES, 1 / 12) | {"A1": (end - start).days / 360}
        owed = {
            name: arrears[name] * (1 + COUPONS[name] * fractions[name])
            + balance[name] * COUPONS[name] * fractions[name]
            for name in SHARES
        }

        def interest(names: tuple[str, ...], owed: dict[str, float] = owed) -> None:
            whole = sum(owed[name] for name in names)
            share = pay(whole) / whole if whole else 0.0
            for name in names:
                arrears[name] = owed[name] * (1 - share)

        years = ((end.year - 2026) * 12 + end.month - 4) / 12
        years += (payment_date(end) - end).days / 360

        def principal(names: tuple[str, ...], most: float, years: float = years) -> None:
            nonlocal cash
            room = min(cash, max(most, 0.0))
            for name in names:
                part = min(room, balance[name])
                balance[name] -= part
                repaid[name] += part
                lived[name] += part * years
                room -= part
                cash -= part
                found.paid_out += part

        senior = ("A1", "A2", "A3")
        interest(senior)
        principal(senior, sum(balance[name] for name in senior) - month.pool)
        for last in ("B", "C", "D"):
            interest((last,))
            ranks = (*senior, "B", "C", "D")[: "ABCD".index(last) + 3]
            if last != "D":
                principal(ranks, sum(balance[name] for name in ranks) - month.pool)
        target = (
            month.pool if found.breached is not None else min(max(0.064 * month.pool, 0.043 * original), month.pool)
        )
        whole = sum(balance.values())
        principal(tuple(SHARES), whole if today else whole - (month.pool - target))
        whole = sum(balance.values())
        required = 0.0 if whole <= 1e-6 else min(max(0.01 * whole, 0.01 * original), whole)
        if reserve > required:
            cash += reserve - required
            reserve = required
        topped = min(cash, required - reserve)
        reserve, cash = reserve + topped, cash - topped
        found.cover.append((month.pool - whole) / month.pool if month.pool > 1e-6 else 0.0)
        found.lessor += cash
        found.paid_out += cash
    found.lives = {name: lived[name] / repaid[name] for name in SHARES if repaid[name]}
    found.left = balance
    found.paid_out += reserve
    found.paid_in += 0.01 * original
    return found


def payment_date(date: Date) -> Date:
    """The 22nd or the business day that follows it: no holiday of the United States can be on the 22nd to the 24th of a
    month, but Thanksgiving, which is no weekend's Monday."""
    while date.weekday() >= 5 or (date.month == 11 and date.weekday() == 3 and date.day in (22, 23, 24)):
        date += datetime.timedelta(days=1)
    return date
