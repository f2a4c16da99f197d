"""`open_model_shock.deal` once more, month by month in plain Python, written from the deal's terms."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence

import attrs

Date = datetime.date
NEVER = Date.max
CLOSING, FIRST_REPAYMENT, MATURITY, CONTRACT_END = (
    Date(2026, 3, 31),
    Date(2026, 7, 31),
    Date(2030, 12, 31),
    Date(2031, 5, 31),
)
COUPON = 0.036 + 0.06


def month_end(year: int, month: int) -> Date:
    return Date(year, month, calendar.monthrange(year, month)[1])


MONTHS = [month_end(2026 + (3 + k) // 12, (3 + k) % 12 + 1) for k in range(69)]


def later(date: Date, months: int) -> Date:
    if date == NEVER:
        return NEVER
    index = date.year * 12 + date.month - 1 + months
    return Date(index // 12, index % 12 + 1, min(date.day, calendar.monthrange(index // 12, index % 12 + 1)[1]))


def thirty(start: Date, end: Date) -> int:
    """Bond basis, ISDA 2006 section 4.16 (f)."""
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def overlap(start: Date, end: Date, opens: Date, closes: Date) -> int:
    return max((min(end, closes) - max(start, opens)).days, 0)


@attrs.define
class Account:
    held: float = 0.0

    def take(self, asked: float) -> float:
        given = min(self.held, asked)
        self.held -= given
        return given


@attrs.define
class Story:
    """What happened, month by month."""

    rent: list[float] = attrs.Factory(list)
    relet: list[float] = attrs.Factory(list)
    lab_cash: list[float] = attrs.Factory(list)
    balance: list[float] = attrs.Factory(list)
    trap: list[float] = attrs.Factory(list)
    proceeds: list[float] = attrs.Factory(list)
    dscr: list[float | None] = attrs.Factory(list)
    distributions: list[float] = attrs.Factory(list)
    fails: Date = NEVER
    defaulted: bool = False


def story(prices: Sequence[float], default: Date | None, cash: float = 300e6) -> Story:
    """``prices``: of a million tokens by month. ``default``: the laboratory's; None: when its cash runs out."""
    told = Story()
    collections, reserve, trap = Account(10e6), Account(), Account()
    delivered = accepted = balance = carried = arrears = waited = agreed = 0.0
    enforcing = trapping = False
    good = 0
    before, tested = CLOSING, list[tuple[float, float]]()
    for number, (date, price) in enumerate(zip(MONTHS, prices, strict=True)):
        days, fall = (date - before).days, price / 25
        # The laboratory.
        sold = 1.2 * min(0.35 * fall**-0.3, 0.8)
        cash += accepted * 24 * days * (sold * (price - 2) - 5.5 - 2.35 * 0.95)
        if cash < 0:
            told.fails = min(told.fails, date)
        gone = told.fails if default is None else default
        # What comes in.
        begun = enforcing or waited > 0
        held = 1.0 if waited <= 3 else 0.0
        worth = 500e6 * 0.74 ** (number / 12) * fall**0.5 * 0.9 if number > 0 else 500e6 * fall**0.5 * 0.9
        sale = worth * 0.85 * 0.95 if begun and waited == 3 else 0.0
        alive = overlap(before, date, Date(2026, 5, 31), CONTRACT_END) if date < gone else 0
        rent = accepted * held * 2.35 * 0.95 * 24 * alive
        opens = later(min(CONTRACT_END, gone), 3)
        spot = 3.5 * fall**0.5 * 0.74 ** ((date - CLOSING).days / 365)
        if before < opens <= date:
            agreed = spot * 0.9
        relet = accepted * held * 0.8 * 24 * overlap(before, date, opens, later(opens, 60)) * agreed
        collections.held += rent + relet + sale
        # What is due.
        costs = carried + delivered * held * (3500 * thirty(before, date) / 360 + 1.2 * 1.2 * 0.9 * 0.075 * 24 * days)
        interest = balance * COUPON * days / 360
        paid_so_far = sum(1 for one in MONTHS if FIRST_REPAYMENT <= one <= min(date, MATURITY))
        target = 350e6 * (1.008**54 - 1.008**paid_so_far) / (1.008**54 - 1)
        principal = balance if date >= MATURITY else max(balance - target, 0) if balance else 0.0
        owed = interest + arrears * (1 + COUPON * days / 360)
        wanted = 0.0 if date >= MATURITY or enforcing else 3 * (interest + principal)
        if date == MONTHS[0]:
            balance, delivered = 350e6, 10_000.0
        out = 0.0
        if not enforcing:
            amortising = date >= FIRST_REPAYMENT
            cost_paid = sum_of(costs, collections, trap, reserve)
            interest_paid = sum_of(owed, collections, trap, reserve)
            principal_paid = sum_of(principal, collections, trap, reserve)
            service, earned = interest + principal, rent + relet - cost_paid
            tested.append((earned, service) if amortising else (0.0, 0.0))
            window = tested[-3:]
            below = sum(one for _, one in window)
            ratio = sum(one for one, _ in window) / below if len(window) == 3 and below else None
            trapping, good = turned(trapping, good, ratio)
            extra = max(reserve.held - wanted, 0)
            reserve.held -= extra
            collections.held += extra
            filled = min(max(wanted - reserve.held, 0), collections.held)
            reserve.held += filled
            collections.held -= filled
            if (trapping or not amortising) and date < MATURITY:
                trap.held += collections.held
            else:
                out = collections.held + trap.held
                trap.held = 0.0
            collections.held = 0.0
            balance -= principal_paid
            missed = owed - interest_paid + principal - principal_paid > 1
        else:
            collections.held += trap.held + reserve.held
            trap.held = reserve.held = 0.0
            cost_paid = collections.take(costs)
            interest_paid = collections.take(owed)
            balance -= collections.take(balance)
            out, collections.held, ratio, missed = collections.held, 0.0, None, True
        carried, arrears = costs - cost_paid, owed - interest_paid
        waited += begun
        enforcing = enforcing or missed
        if date == MONTHS[1]:
            accepted = 10_000.0
        for title, value in {
            "rent": rent,
            "relet": relet,
            "lab_cash": cash,
            "balance": balance,
            "trap": trap.held,
            "proceeds": sale,
            "dscr": ratio,
            "distributions": out,
        }.items():
            getattr(told, title).append(value)
        before = date
    told.defaulted = enforcing
    return told


def sum_of(asked: float, *accounts: Account) -> float:
    paid = 0.0
    for account in accounts:
        paid += account.take(asked - paid)
    return paid


def turned(trapping: bool, good: int, ratio: float | None) -> tuple[bool, int]:
    """Cash is trapped below 1.40x, and let go after three tests in a row at 1.40x or more."""
    if ratio is not None and ratio < 1.4:
        return True, 0
    good = good + 1 if ratio is not None and ratio >= 1.4 else 0
    return trapping and good < 3, good
