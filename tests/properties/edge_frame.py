"""The frame of a deal at its edges: when it closes, three schedules that begin and end apart, the dates it speaks of."""

from __future__ import annotations

import datetime
from calendar import monthrange

from .writing import Draft, Laid

Date = datetime.date
DAY = datetime.timedelta(days=1)

CLOSINGS = (
    "2026-01-15",
    "2026-01-31",
    "2025-12-31",
    "2024-02-29",
    "2028-02-29",
    "2026-02-28",
    "2027-08-31",
    "2026-04-30",
    "2026-07-03",
    "2026-05-02",
    "2026-01-01",
)
"""Ends of months, both ends of a leap year's February, a Friday before a holiday, a Saturday, New Year's Day."""

HEADER = """deal "At its edges" {{ language = 1; currency = USD; closing = {closing}; issuer = Issuer }}
use debt
party Issuer, Bank, Fund, Customer, Sponsor, Dealer
daycount bank = days / 364"""

WORDS = {1: "monthly", 3: "quarterly", 6: "semiannually"}
RULES = (
    'following, calendar "US settlement"',
    'modified following, calendar "US settlement" and "TARGET"',
    'preceding, calendar "US settlement"',
    'modified preceding, calendar "TARGET"',
    'following, calendar "weekends only"',
)


def month_end(date: Date) -> bool:
    return (date + DAY).month != date.month


def months_after(date: Date, months: int, day: int | None = None) -> Date:
    """So many months later, on a day of the month (31: the last), or on the date's own."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return Date(year, month + 1, min(day or date.day, monthrange(year, month + 1)[1]))


def a_date(draft: Draft, never: bool = True) -> str:
    """A date to speak of: one of a schedule, a day beside it, an end of a month, closing, outside them all, `never`."""
    choose, edges = draft.choose, draft.edges
    way = choose.whole(0, 11)
    laid = choose.pick(list(edges.schedules.values()))
    one = choose.pick(laid.dates)
    if way < 5:
        draft.kinds.add("a date of a schedule named")
        return one.isoformat()
    if way < 7:
        return (one + DAY * choose.pick([1, -1])).isoformat()
    if way == 7:
        return months_after(one, 0, 31).isoformat()
    if way == 8:
        return choose.pick(["closing", edges.closing.isoformat(), f"closing + {choose.whole(1, 9)} months"])
    if way == 9:
        draft.kinds.add("a date outside the schedules")
        return choose.pick([edges.closing - 400 * DAY, max(laid.dates) + 900 * DAY]).isoformat()
    if way == 10 and never:
        draft.kinds.add("never")
        return "never"
    return choose.pick([f"last {laid.name}", f"first {laid.name}"])


def bound(draft: Draft, stem: str, value: Date, other: Date | None) -> str:
    """A date that shapes the deal: as it is, or as a term that a scenario may set to the other."""
    if other is None or not draft.choose.yes(40):
        return value.isoformat()
    return shaping(draft, stem, "date", value.isoformat(), other.isoformat())


def shaping(draft: Draft, stem: str, kind: str, value: str, other: str) -> str:
    """A term that shapes the deal, with another value that a scenario may give it."""
    name = draft.name(stem)
    draft.say(f"term {name} : {kind} = {value}", "a term that shapes the deal")
    draft.edges.structural.append((name, other))
    return name


def frame(draft: Draft) -> None:
    choose = draft.choose
    closing = draft.edges.closing = Date.fromisoformat(choose.pick(CLOSINGS))
    draft.lines.extend(HEADER.format(closing=closing).split("\n"))
    draft.regular = False
    _laid(draft, "payment", fewest=4)
    _laid(draft, "collected", fewest=2)
    draft.other = "collected"
    if choose.yes(50):
        _part(draft, "third", choose.pick(["payment", "collected"]))
    else:
        _laid(draft, "third", fewest=1)
    if choose.yes(40):
        _part(draft, "middle", choose.pick(["payment", "payment", "collected"]))
    laid = list(draft.edges.schedules.values())[:3]
    if len({one.dates[0] for one in laid}) == len({one.dates[-1] for one in laid}) == 3:
        draft.kinds.add("three schedules that begin and end apart")
    _series(draft)


# ------------------------------------------------------------------------------------------------- schedules


def _laid(draft: Draft, name: str, fewest: int) -> None:
    """A schedule of its own: a rule by months or by days, or a list."""
    way = draft.choose.whole(0, 9)
    if way < 7:
        _by_months(draft, name, fewest)
    elif way < 8:
        _by_days(draft, name, fewest)
    else:
        _listed(draft, name, fewest)


def _keep(draft: Draft, name: str, dates: list[Date], words: str, parent: str | None = None) -> None:
    closing = draft.edges.closing
    draft.edges.schedules[name] = Laid(name, tuple(dates), parent)
    draft.say(f"schedule {name} = {words}", "schedule")
    told = {
        "a schedule that begins before closing": parent is None and dates[0] < closing,
        "a payment date on closing": closing in dates,
        "a first payment on closing": name == "payment" and dates[0] == closing,
        "a schedule that begins late": parent is None and dates[0] > months_after(closing, 4),
        "29 February": any((one.month, one.day) == (2, 29) for one in dates),
        "ends of months": any(month_end(one) for one in dates),
    }
    draft.kinds.update(kind for kind, there in told.items() if there)


def _by_months(draft: Draft, name: str, fewest: int) -> None:
    choose, closing = draft.choose, draft.edges.closing
    step = choose.pick([1, 1, 3, 3, 6, 2])
    day = choose.pick([closing.day, closing.day, 31, 31, 15, 1, 30])
    if month_end(closing) and day == closing.day and choose.yes():
        day = 31
    before = choose.pick([step, step, step, 0, 0, -2 * step, 5, 7])
    first = months_after(closing, before, day)
    count = choose.whole(fewest, 8) + (2 if before < 0 else 0)
    dates = [months_after(first, step * number, day) for number in range(count)]
    words = [choose.pick(RULES) if choose.yes(40) else "unadjusted"]
    if words[0] != "unadjusted":
        draft.kinds.add("business days that move dates")
        words += choose.pick([[], ["accrual adjusted"], ["accrual unadjusted"]])
    start, end = dates[0], dates[-1]
    told = ""
    match choose.whole(0, 11):
        case 0 | 1 if count > 3:
            end += DAY * choose.whole(3, 20)
            dates.append(end)
            words.append("short last")
            draft.kinds.add("a stub")
        case 2 | 3 if count > 3 and first - closing > 30 * DAY:
            start -= DAY * choose.whole(3, 20)
            dates.insert(0, start)
            words.append("short first")
            draft.kinds.add("a stub")
        case 4 | 5 | 6:
            since = choose.pick([min(closing, first) - DAY * choose.whole(1, 80), first - DAY * choose.whole(1, 25)])
            words.append(f"accrual from {bound(draft, 'since', since, since - 10 * DAY)}")
            draft.edges.accrues.append(name)
            draft.kinds.add("accrual from")
            if since > closing:
                draft.kinds.add("accrual from a day after closing")
        case 7:
            words.append("inclusive last")
        case 8 | 9:
            told = bound(draft, "last_date", end, months_after(first, step * count, day))
        case _:
            pass
    every = WORDS.get(step, f"every {step} months")
    on = "on the last day" if day == 31 else f"on day {day}"
    _keep(draft, name, dates, f"{every} {on} from {start} to {told or end}, {', '.join(words)}")


def _by_days(draft: Draft, name: str, fewest: int) -> None:
    choose, closing = draft.choose, draft.edges.closing
    step = choose.pick([7, 14, 42, 30, 45, 91])
    first = closing + DAY * choose.pick([0, step, step, 1, 60])
    dates = [first + DAY * step * number for number in range(choose.whole(fewest, 8))]
    every = "weekly" if step == 7 else f"every {step // 7} weeks" if step % 7 == 0 else f"every {step} days"
    _keep(draft, name, dates, f"{every} from {first} to {dates[-1]}, unadjusted")


def _listed(draft: Draft, name: str, fewest: int) -> None:
    choose, closing = draft.choose, draft.edges.closing
    found = {closing + DAY * choose.whole(1, 600) for _ in range(choose.whole(fewest, 6))}
    found.update(choose.some(_special(closing), 0, 3))
    while len(found) < fewest:
        found.add(closing + DAY * choose.whole(1, 600))
    dates = sorted(found)
    told = [one.isoformat() for one in dates]
    told[-1] = bound(draft, "last_one", dates[-1], dates[-1] + 45 * DAY)
    _keep(draft, name, dates, f"dates [{', '.join(told)}]")


def _special(closing: Date) -> list[Date]:
    """Closing itself, the next 29 February, ends of months and of the year."""
    year = closing.year + 1
    leap = [Date(one, 2, 29) for one in (year, year + 1) if one % 4 == 0]
    return [*leap, closing, months_after(closing, 1, 31), Date(year, 12, 31), Date(year, 2, 28)]


def _part(draft: Draft, name: str, parent: str) -> None:
    """A part of a schedule: its bounds on dates of the parent, or beside them."""
    choose = draft.choose
    dates = draft.edges.schedules[parent].dates
    # The last date of a list may be another in a scenario: what has it alone would then be empty.
    low = choose.whole(0, max(len(dates) - 2, 0))
    high = choose.whole(low, len(dates) - 1)
    first, last = dates[low], dates[high]
    if choose.yes(25) and (low == 0 or first - dates[low - 1] > 2 * DAY):
        first -= DAY
    if choose.yes(25) and (last == dates[-1] or dates[high + 1] - last > 2 * DAY):
        last += DAY
    match choose.whole(0, 3):
        case 0:
            low, sides = 0, ("to",)
        case 1:
            high, sides = len(dates) - 1, ("from",)
        case _:
            sides = ("from", "to")
    words = parent
    if "from" in sides:
        words += f" from {bound(draft, 'first_of_part', first, dates[low - 1] if low else None)}"
    if "to" in sides:
        words += f" to {bound(draft, 'last_of_part', last, dates[high + 1] if high < len(dates) - 1 else None)}"
    draft.kinds.add("a part of a schedule")
    if low:
        draft.kinds.add("a part that begins after its parent")
    _keep(draft, name, list(dates[low : high + 1]), words, parent)


# ------------------------------------------------------------------------------------------------- series and terms


def _input(draft: Draft, name: str, rest: str, form: str) -> None:
    draft.say(f"input {name} : {rest}", "input")
    draft.inputs.append((name, form))


def _series(draft: Draft) -> None:
    choose, closing = draft.choose, draft.edges.closing
    _input(draft, "gross", f"series of money on payment = {draft.money(90, 220)}", "money")
    _input(draft, "extra", "series of money on payment = $0", "extra")
    match choose.whole(0, 4):
        case 0:
            draft.say(f"index SOFR = {draft.percent(2, 5)}")
        case 1:
            points = f"{closing}: {draft.percent(2, 4)}, {months_after(closing, 4)}: {draft.percent(3, 5)}"
            draft.say(f"index SOFR = step([{points}])", "step")
        case 2:
            _input(draft, "SOFR", f"series of rate = {draft.percent(2, 5)}", "rate")
        case 3:
            draft.say(f"index SOFR = {draft.percent(1, 5)} + (if date > {a_date(draft)} then 1.25% else 0%)")
        case _:
            draft.say(f"index SOFR = 0% - {draft.percent(0, 2)}", "a rate below zero throughout")
    for name in ("haircut", "weight"):
        draft.say(f"term {name} = {draft.percent(5, 60)}", "term")
        draft.terms.append(name)
    if choose.yes(30):
        _input(draft, "event", f"date = {a_date(draft)}", "date")
        draft.opening_tests += ["event falls", "date > event + 45 days", "date <= event + 2 months"]
    draft.opening_tests += [
        f"gross < {draft.money(90, 190)}",
        f"SOFR > {draft.percent(1, 4)}",
        f"date >= {a_date(draft)}",
        f"date > {a_date(draft)}",
        f"date is {a_date(draft)}",
        "date is last payment",
        f"previous gross > {draft.money(90, 180)}",
        f"number of collected dates to date >= {choose.whole(1, 4)}",
        f"number of payment dates after closing to date is {choose.whole(1, 3)}",
    ]
