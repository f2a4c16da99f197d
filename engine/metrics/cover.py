"""Cover ratios: debt service (lowest, average, trailing), loan life, project life, loan to value.

Ratios are pure numbers (1.35 is 1.35x). Yescombe, *Principles of Project Finance*, 2nd ed., section 12.3
defines DSCR, LLCR and PLCR. A date on which nothing is due has no DSCR: it is passed over, and never
counts as infinite cover.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .arrays import Array, Figure, Numbers, aligned, date_position, masked, numbers, ratio, settled
from .dates import average, highest, lowest, total


def _cover(cash: Array, service: Array, mask: Array | None) -> Figure:
    """The ratio of each date, and where it is determined: where the mask holds and something is due."""
    mask, cash, service = masked(mask, cash, service)
    return ratio(cash, service, mask)


def lowest_dscr(cash: Array, service: Array, mask: Array | None = None) -> Figure:
    """The least of the dates' ratios of ``cash`` (CFADS) to debt ``service``, all [date, scenario]."""
    return lowest(*_cover(cash, service, mask))


def average_dscr(cash: Array, service: Array, mask: Array | None = None) -> Figure:
    """The mean of the dates' DSCRs over the dates that have one, each counting once, however much is due on it.

    :func:`dscr_of_totals` weights each date by what is due on it.
    """
    return average(*_cover(cash, service, mask))


def dscr_of_totals(cash: Array, service: Array, mask: Array | None = None) -> Figure:
    """All the cash over all the debt service, of the dates where the mask holds (also those with nothing due)."""
    mask, cash, service = masked(mask, cash, service)
    (summed, sound), (due, known) = total(cash, mask), total(service, mask)
    return ratio(summed, due, sound & known)


def trailing_dscr(
    cash: Array, service: Array, *, dates: int, at: int = -1, positions: Sequence[int] | None = None
) -> Figure:
    """The cash of the last ``dates`` dates up to ``at`` over the debt service of the same dates.

    A ratio of sums, as loan agreements test it (twelve months' CFADS over twelve months' service).
    ``positions`` are the dates of the schedule that counts, all of the timeline unless stated; ``at`` is a
    position among them. Not determined while the window is not full, or with nothing due in it.
    """
    cash, service = _on_schedule(cash, service, positions)
    return _window(cash, service, date_position(at, len(cash)), dates)


def lowest_trailing_dscr(
    cash: Array, service: Array, mask: Array | None = None, *, dates: int, positions: Sequence[int] | None = None
) -> Figure:
    """The least :func:`trailing_dscr` over the dates on which the window is full and the mask holds."""
    mask, cash, service = masked(mask, cash, service)
    cash, service, mask = _on_schedule(cash, service, positions, mask)
    windows = [_window(cash, service, last, dates) for last in range(len(cash))]
    values = np.stack([value for value, _ in windows])
    return lowest(values, np.stack([sound for _, sound in windows]) & mask)


def _on_schedule(cash: Array, service: Array, positions: Sequence[int] | None, *more: Array) -> tuple[Array, ...]:
    arrays = aligned(cash, service, *more)
    if positions is None:
        return arrays
    chosen = np.asarray(positions, dtype=np.intp)
    return tuple(array[chosen] for array in arrays)


def _window(cash: Array, service: Array, last: int, dates: int) -> Figure:
    if dates < 1:
        raise ValueError(f"a window of {dates} dates")
    if last + 1 < dates:
        return np.zeros(cash.shape[1:]), np.zeros(cash.shape[1:], dtype=np.bool_)
    chosen = slice(last + 1 - dates, last + 1)
    return dscr_of_totals(cash[chosen], service[chosen])


def present_value_at(
    series: Array,
    rate: Array,
    mask: Array | None = None,
    *,
    fractions: Numbers,
    at: int = 0,
    last: int = -1,
    compounding: str = "simple",
) -> Figure:
    """The value at the close of date ``at`` of what the series gives after it, up to ``last``.

    ``series`` [date, scenario]; ``rate`` per year, one number, [scenario] or [date, scenario] (the rate of
    the period that ends on the date); ``fractions`` that period's year fraction. A period discounts by
    1 + rate * fraction (``"simple"``, as a loan accrues) or (1 + rate) ** fraction (``"effective"``). Not
    determined where a period's factor is not above zero.
    """
    mask, series = masked(mask, series)
    start, end = date_position(at, len(series)), date_position(last, len(series))
    for position, value, sound in _values_backwards(series, rate, mask, fractions, end, compounding):
        if position == start:
            return settled(value, sound)
    return settled(np.zeros(series.shape[1:]))


def llcr(
    cash: Array,
    balance: Array,
    rate: Array,
    mask: Array | None = None,
    *,
    fractions: Numbers,
    at: int = 0,
    last: int = -1,
    compounding: str = "simple",
) -> Figure:
    """Loan life cover: present value of ``cash`` (CFADS) from after ``at`` to the loan's end over its balance.

    ``cash``, ``balance`` (closing) [date, scenario]; ``rate`` the cost of the debt; ``last`` the position of
    the loan's final date; ``mask`` the dates that count, where the end differs by scenario. Discounted as
    in :func:`present_value_at`: with simple periods at the loan's own rate, cash that is c times the
    debt service of a loan that is repaid in full has an LLCR of c. Yescombe, section 12.3. Not determined
    with no balance.
    """
    cash, balance = aligned(cash, balance)
    value, sound = present_value_at(cash, rate, mask, fractions=fractions, at=at, last=last, compounding=compounding)
    return ratio(value, balance[date_position(at, len(balance))], sound)


def plcr(
    cash: Array,
    balance: Array,
    rate: Array,
    mask: Array | None = None,
    *,
    fractions: Numbers,
    at: int = 0,
    compounding: str = "simple",
) -> Figure:
    """Project life cover: as :func:`llcr`, but the cash counts to the last date of the timeline."""
    return llcr(cash, balance, rate, mask, fractions=fractions, at=at, compounding=compounding)


def lowest_llcr(
    cash: Array,
    balance: Array,
    rate: Array,
    mask: Array | None = None,
    *,
    fractions: Numbers,
    first: int = 0,
    last: int = -1,
    compounding: str = "simple",
) -> Figure:
    """The least :func:`llcr` over the dates from ``first`` to before ``last`` on which a balance is left."""
    mask, cash, balance = masked(mask, cash, balance)
    start, end = date_position(first, len(cash)), date_position(last, len(cash))
    best, found = np.full(cash.shape[1:], np.inf), np.zeros(cash.shape[1:], dtype=np.bool_)
    for position, value, known in _values_backwards(cash, rate, mask, fractions, end, compounding):
        if start <= position < end:
            cover, sound = ratio(value, balance[position], known)
            best = np.minimum(best, np.where(sound, cover, np.inf))
            found = found | sound
    return settled(best, found)


def _values_backwards(
    series: Array, rate: Array, mask: Array, fractions: Numbers, end: int, compounding: str
) -> Iterator[tuple[int, Array, Array]]:
    """Each position before ``end`` and ``end`` itself, latest first: present value there, and whether it exists."""
    spans = numbers(fractions, len(series), "present value")
    rates = np.asarray(rate, dtype=np.float64)
    rates = aligned(series, rates)[1] if rates.ndim == series.ndim else np.broadcast_to(rates, series.shape)
    value, sound = np.zeros(series.shape[1:]), np.ones(series.shape[1:], dtype=np.bool_)
    yield end, value, sound
    for position in range(end - 1, -1, -1):
        after = position + 1
        with np.errstate(over="ignore", invalid="ignore"):
            match compounding:
                case "simple":
                    growth = 1.0 + rates[after] * spans[after]
                case "effective":
                    growth = np.power(np.maximum(1.0 + rates[after], 0.0), spans[after])
                case _:
                    raise ValueError(f"unknown compounding {compounding!r}")
            sound = sound & (growth > 0.0)
            value = (value + np.where(mask[after], series[after], 0.0)) / np.where(growth > 0.0, growth, 1.0)
        yield position, value, sound


def ltv(balance: Array, value: Array, mask: Array | None = None, *, at: int = -1) -> Figure:
    """Loan to value on the date at position ``at``: ``balance`` over ``value``, both closing, [date, scenario]."""
    covers, sound = _cover(balance, value, mask)
    position = date_position(at, len(covers))
    return settled(covers[position], sound[position])


def highest_ltv(balance: Array, value: Array, mask: Array | None = None) -> Figure:
    """The greatest loan to value over the dates where the mask holds and there is a value."""
    return highest(*_cover(balance, value, mask))
