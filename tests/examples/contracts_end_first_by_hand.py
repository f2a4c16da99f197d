"""`contracts_end_first.deal` once more, month by month in plain Python, written from the deal's terms."""

from __future__ import annotations

import datetime
from itertools import pairwise

import attrs

from .open_model_by_hand import NEVER, Account, later, month_end, overlap, sum_of, thirty

Date = datetime.date
CLOSING, MATURITY, FIRST_REPAYMENT, STARTS = Date(2026, 8, 31), Date(2031, 9, 30), Date(2027, 3, 31), Date(2026, 10, 31)
MONTHS = [month_end(2026 + (8 + k) // 12, (8 + k) % 12 + 1) for k in range(67)]
COUPON = 0.036 + 0.055
CUSTOMERS = (("first", 0.40, 2.80, 3), ("second", 0.35, 2.60, 4), ("third", 0.25, 2.45, 5))
PROFILE = ((Date(2027, 2, 28), 1.0), (Date(2029, 10, 31), 0.3), (Date(2030, 10, 31), 0.1), (MATURITY, 0.0))
SHORT = ((Date(2027, 2, 28), 1.0), (Date(2029, 10, 31), 0.1), (Date(2030, 10, 31), 0.0))


@attrs.frozen
class Case:
    """A scenario: the lag in months, how far rents fall, whether the next customers sign, who fails, who renegotiates."""

    lag: int = 3
    falls_to: float = 1.0
    signed: bool = True
    fails: dict[str, Date] = attrs.Factory(dict)
    haircut: float = 0.0
    profile: tuple[tuple[Date, float], ...] = PROFILE


@attrs.define
class Story:
    contracted: list[float] = attrs.Factory(list)
    let_again: list[float] = attrs.Factory(list)
    balance: list[float] = attrs.Factory(list)
    trap: list[float] = attrs.Factory(list)
    reserve: list[float] = attrs.Factory(list)
    proceeds: list[float] = attrs.Factory(list)
    dscr: list[float | None] = attrs.Factory(list)
    contract_cover: list[float | None] = attrs.Factory(list)
    distributions: list[float] = attrs.Factory(list)


def on_lines(points: tuple[tuple[Date, float], ...], date: Date) -> float:
    for (start, low), (end, high) in pairwise(points):
        if date <= end:
            return low + (high - low) * max((date - start).days, 0) / (end - start).days
    return points[-1][1]


def story(case: Case) -> Story:
    told = Story()
    collections, reserve, trap = Account(80e6), Account(), Account()
    balance = drawn = carried = arrears = fee_arrears = waited = 0.0
    delivered = accepted = arriving = 0.0
    agreed, claims = {"first": 0.0, "second": 0.0}, {name: 0.0 for name, *_ in CUSTOMERS}
    enforcing = trapping = False
    good = 0
    before, tests = CLOSING, list[tuple[float, float, float]]()
    for number, date in enumerate(MONTHS):
        days, opened = (date - before).days, balance
        start, end = Date(2028, 1, 1), Date(2030, 1, 1)
        level = 1 + (case.falls_to - 1) * min(max((date - start).days / (end - start).days, 0), 1)
        spot = 4 * 0.74 ** ((date - CLOSING).days / 365) * level
        begun = enforcing or waited > 0
        held = 1 - min(max(waited - 3, 0), 3) / 3
        units = accepted * held
        rent, let_again, damages = 0.0, 0.0, 0.0
        for name, share, price, years in CUSTOMERS:
            ends, gone = later(STARTS, 12 * years), case.fails.get(name, NEVER)
            cut = 1 - case.haircut if name != "third" and date >= Date(2028, 3, 31) else 1.0
            if date < gone:
                rent += units * share * price * cut * 0.98 * 24 * overlap(before, date, STARTS, ends)
            elif before < gone and gone < ends:
                # What is to come at the capacity that the day opens with, as a state is read before its acts.
                claims[name] = 0.3 * units * share * price * cut * 0.98 * 24 * (ends - gone).days
            if before < later(gone, 12) <= date:
                damages += 0.25 * claims[name]
            if name == "third":
                continue
            opens = later(min(ends, gone), case.lag)
            closes = later(opens, 12)
            if before < opens <= date:
                agreed[name] = 0.9 * spot
            if case.signed:
                let_again += units * share * 0.9 * 24 * overlap(before, date, opens, closes) * agreed[name]
            tail = closes if case.signed else opens
            let_again += units * share * spot * 0.7 * 24 * overlap(before, date, tail, NEVER)
        worth = sum(17_500 * 52_000 * 0.74 ** ((number - lot) / 12) for lot in range(4) if lot <= number) * level * 0.9
        sale = worth * 0.75 * 0.95 / 3 if begun and 3 <= waited < 6 else 0.0
        collections.held += rent + let_again + damages + sale
        # What is due.
        power = 1.2 * 1.2 * (0.5 * 0.07 + 0.5 * 0.075) * 24 * days
        costs = carried + delivered * held * (3500 * thirty(before, date) / 360 + power)
        interest = balance * COUPON * days / 360
        undrawn = 2.6e9 - drawn
        fee = undrawn * 0.005 * days / 360 * overlap(before, date, CLOSING, Date(2026, 12, 31)) / days
        target = drawn * on_lines(case.profile, date)
        principal = balance if date >= MATURITY else max(balance - target, 0)
        owed = interest + arrears * (1 + COUPON * days / 360) + fee + fee_arrears
        wanted = 0.0 if date >= MATURITY or enforcing else 3 * (interest + principal)
        if number < 4:
            balance, drawn = balance + 650e6, drawn + 650e6
        out = 0.0
        ratio = cover = None
        if not enforcing:
            cost_paid = sum_of(costs, collections, trap, reserve)
            interest_paid = sum_of(owed, collections, trap, reserve)
            principal_paid = sum_of(principal, collections, trap, reserve)
            amortising = date >= FIRST_REPAYMENT and opened > 1
            line = (rent + let_again - cost_paid, rent - cost_paid, interest + principal)
            tests.append(line if amortising else (0.0, 0.0, 0.0))
            cash, contract, service = (sum(one) for one in zip(*tests[-3:], strict=True))
            if len(tests) >= 3 and service:
                ratio, cover = cash / service, contract / service
            if ratio is not None and ratio < 1.35:
                trapping, good = True, 0
            else:
                good = good + 1 if ratio is not None else 0
                trapping = trapping and good < 3
            extra = max(reserve.held - wanted, 0)
            reserve.held -= extra
            collections.held += extra
            filled = min(max(wanted - reserve.held, 0), collections.held)
            reserve.held += filled
            collections.held -= filled
            if (trapping or date < FIRST_REPAYMENT) and date < MATURITY:
                trap.held += collections.held
            else:
                out, trap.held = collections.held + trap.held, 0.0
            collections.held = 0.0
            balance -= principal_paid
            missed = owed - interest_paid + principal - principal_paid > 1
        else:
            collections.held += trap.held + reserve.held
            trap.held = reserve.held = 0.0
            cost_paid, interest_paid = collections.take(costs), collections.take(owed)
            balance -= collections.take(balance)
            out, collections.held, missed = collections.held, 0.0, True
        carried, arrears, fee_arrears = costs - cost_paid, owed - interest_paid, 0.0
        waited += begun
        enforcing = enforcing or missed
        accepted += arriving
        arriving = 17_500.0 if number < 4 else 0.0
        delivered += arriving
        for title, value in {
            "contracted": rent,
            "let_again": let_again,
            "balance": balance,
            "trap": trap.held,
            "reserve": reserve.held,
            "proceeds": sale,
            "dscr": ratio,
            "contract_cover": cover,
            "distributions": out,
        }.items():
            getattr(told, title).append(value)
        before = date
    return told
