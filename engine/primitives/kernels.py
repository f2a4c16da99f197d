"""Numpy kernels that are more than one ufunc: rounding, calendar months, rows, water levels, windows.

Shapes: the lanes (scenarios) are the last axis, the rows of a family the one before it, and of a whole
series the dates are axis 0. Every sum has one fixed order, so that one scenario alone and the same
scenario in a batch have the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..ir import NEVER

Array = npt.NDArray[Any]

EPOCH = 719_163
"""Ordinal of 1970-01-01."""

FAR = 1e300
"""Stands for "no value yet" in running extremes; larger than every amount, and finite."""

ROUNDING_SLACK = 2.0**-50
"""Relative nudge that makes the double nearest a decimal tie round as the decimal does."""


def alone(function: Callable[..., Any]) -> Callable[..., None]:
    """A ufunc of one operand as a call ``(first, second, out)``."""

    def call(first: Any, second: Any, out: Any) -> None:
        function(first, out=out)

    return call


def copied(first: Any, second: Any, out: Any) -> None:
    """What a register holds, as it is or as numbers."""
    np.copyto(out, first)


def as_numbers(x: Array) -> Array:
    """Conditions as 0 and 1, dates as their ordinals."""
    return np.asarray(x, dtype=np.float64)


def round_to(x: Array, *, digits: int, mode: str) -> Array:
    """``x`` rounded to ``digits`` decimals; ``half_up`` and ``up`` go away from zero, ``down`` towards it."""
    scale = 10.0 ** abs(digits)
    size = np.abs(x)
    size = size * scale if digits >= 0 else size / scale
    match mode:
        case "half_up":
            whole = np.floor(size * (1.0 + ROUNDING_SLACK) + 0.5)
        case "half_even":
            below = np.floor(size)
            tie = np.abs(size - below - 0.5) <= size * ROUNDING_SLACK
            even = below + (np.mod(below, 2.0) == 1.0)
            whole = np.where(tie, even, np.rint(size))
        case "down":
            whole = np.floor(size * (1.0 + ROUNDING_SLACK))
        case "up":
            whole = np.ceil(size * (1.0 - ROUNDING_SLACK))
        case _:
            raise ValueError(f"unknown rounding mode {mode!r}")
    whole = whole / scale if digits >= 0 else whole * scale
    result: Array = np.where(x < 0, -whole, whole)
    return result


def _days(ordinals: Array) -> npt.NDArray[np.datetime64]:
    return (np.asarray(ordinals).astype(np.int64) - EPOCH).astype("datetime64[D]")


def add_months(date: Array, months: Array) -> Array:
    """The same day ``months`` later, or the end of that month if it is shorter; ``NEVER`` stays."""
    days = _days(date)
    start = days.astype("datetime64[M]")
    shifted = start + np.asarray(months).astype(np.int64)
    day = (days - start.astype("datetime64[D]")).astype(np.int64)
    last = ((shifted + 1).astype("datetime64[D]") - shifted.astype("datetime64[D]")).astype(np.int64) - 1
    ordinal = shifted.astype("datetime64[D]").astype(np.int64) + np.minimum(day, last) + EPOCH
    later = np.minimum(ordinal, NEVER)
    return np.where(np.asarray(date) >= NEVER, NEVER, later).astype(np.float64)


def year(date: Array) -> Array:
    return (_days(date).astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.float64)


def month(date: Array) -> Array:
    return (_days(date).astype("datetime64[M]").astype(np.int64) % 12 + 1).astype(np.float64)


def sum_rows(x: Array) -> Array:
    """The sum over the rows by halving: row i of the first half plus row i of the second, and again."""
    rows = x.shape[-2]
    if rows == 0:
        return np.zeros(x.shape[:-2] + x.shape[-1:])
    while rows > 1:
        half = (rows + 1) // 2
        upper = x[..., half:rows, :]
        folded = np.array(x[..., :half, :])
        folded[..., : rows - half, :] += upper
        x, rows = folded, half
    result: Array = x[..., 0, :]
    return result


def min_rows(x: Array) -> Array:
    result: Array = np.minimum.reduce(x, axis=-2)
    return result


def max_rows(x: Array) -> Array:
    result: Array = np.maximum.reduce(x, axis=-2)
    return result


def any_rows(x: Array) -> Array:
    result: Array = np.logical_or.reduce(x, axis=-2)
    return result


def take(limit: Array, amount: Array, key: Array, *, order: str = "lowest") -> Array:
    """``limit`` filled from the rows' amounts in the order of their keys; equal keys in row order.

    ``limit`` [..., scenario]; ``amount`` and ``key`` [..., row, scenario]; a row taken whole gives its
    amount exactly, and an amount below zero is nothing.
    """
    limit, amount, key = np.atleast_1d(limit), np.maximum(amount, 0.0), np.asarray(key)
    shape = np.broadcast_shapes(amount.shape, key.shape, limit[..., None, :].shape)
    amount = np.broadcast_to(amount, shape)
    signed = np.broadcast_to(key if order == "lowest" else -key, shape)
    ranks = np.argsort(signed, axis=-2, kind="stable")
    ordered = np.take_along_axis(amount, ranks, axis=-2)
    through = np.cumsum(ordered, axis=-2)
    before = np.zeros(shape)
    before[..., 1:, :] = through[..., :-1, :]
    room = np.maximum(limit, 0.0)[..., None, :]
    given = np.where(through <= room, ordered, np.maximum(room - before, 0.0))
    result = np.empty(shape)
    np.put_along_axis(result, ranks, np.minimum(given, ordered), axis=-2)
    return result


def sum_groups(group: Array, amount: Array) -> Array:
    """For each row the sum of ``amount`` over the rows of its group, added in the order of the rows.

    ``group`` [date or 1, row, lane or 1]: the number of a row's group, the same on every date and in every scenario;
    ``amount`` [..., row, scenario].
    """
    places = group.reshape(-1, *group.shape[-2:])[0, :, 0].astype(np.intp)
    amount = np.broadcast_to(amount, np.broadcast_shapes(amount.shape, (len(places), 1)))
    rows = np.moveaxis(amount, -2, 0)
    sums = np.zeros((int(places.max(initial=-1)) + 1, *rows.shape[1:]))
    np.add.at(sums, places, rows)
    result: Array = np.moveaxis(sums[places], 0, -2)
    return result


def pick(position: Array, *values: Array) -> Array:
    """The value at a position counted from 1; before the first the first, after the last the last."""
    places = np.clip(np.asarray(position), 1, len(values)).astype(np.intp) - 1
    if all(np.size(value) == 1 for value in values):
        result: Array = np.array([np.asarray(value).reshape(()) for value in values])[places]
        return result
    shape = np.broadcast_shapes(places.shape, *(np.shape(value) for value in values))
    chosen = np.empty(shape)
    places = np.broadcast_to(places, shape)
    for place, value in enumerate(values):
        np.copyto(chosen, value, where=places == place)
    return chosen


def level_rows(available: Array, weight: Array, cap: Array) -> Array:
    """The level L >= 0 at which sum(min(weight * L, cap)) is the lesser of ``available`` and the caps.

    ``available`` [..., scenario]; ``weight`` and ``cap`` [..., row, scenario], none below zero; the caps
    that count are those of rows with a positive weight. Where everything can be paid, L is a hair
    above the largest cap / weight, so that min(weight * L, cap) is the cap exactly.

    Water filling: share what is left among the rows not yet full, until no further row fills. A full
    row can only stay full, because the level never falls, so the rounds are at most the rows.
    """
    available = np.atleast_1d(available)
    shape = np.broadcast_shapes(weight.shape, cap.shape)
    weight, cap = np.broadcast_to(weight, shape), np.broadcast_to(cap, shape)
    counted = weight > 0.0
    room = np.maximum(available, 0.0)
    whole = sum_rows(np.where(counted, cap, 0.0))
    enough = whole <= room
    tops = np.where(counted, cap / np.where(counted, weight, 1.0), 0.0)
    top = np.max(tops, axis=-2, initial=0.0) * (1.0 + ROUNDING_SLACK)
    full = np.zeros(np.broadcast_shapes(shape, room[..., None, :].shape), dtype=bool)
    level = np.zeros(np.broadcast_shapes(top.shape, room.shape))
    for _ in range(shape[-2]):
        active = sum_rows(np.where(counted & ~full, weight, 0.0))
        left = room - sum_rows(np.where(counted & full, cap, 0.0))
        open_ = (active > 0.0) & ~enough
        level = np.where(open_, np.maximum(left, 0.0) / np.where(open_, active, 1.0), level)
        filled = counted & (cap <= weight * level[..., None, :])
        if np.array_equal(filled | full, full):
            break
        full = full | filled
    result: Array = np.where(enough, top, level)
    return result


def level(available: Array, *pairs: Array, members: int) -> Array:
    """:func:`level_rows` for members that are values of their own: weights, then caps."""
    lanes = np.broadcast_shapes(*(np.shape(pair) for pair in pairs), np.shape(available))
    columns = [np.broadcast_to(pair, lanes) for pair in pairs]
    weight = np.stack(columns[:members], axis=-2) if lanes else np.array(columns[:members])[:, None]
    cap = np.stack(columns[members:], axis=-2) if lanes else np.array(columns[members:])[:, None]
    result = level_rows(np.broadcast_to(available, lanes or (1,)), weight, cap)
    return result if lanes else result[0]


def gather(x: Array, *, positions: Sequence[int]) -> Array:
    """``x`` of another date; a date without one (-1) reads as zero."""
    index = np.asarray(positions, dtype=np.intp)
    result: Array = x[index]
    if (index < 0).any():
        result[index < 0] = 0
    return result


def gather_at(x: Array, position: Array) -> Array:
    """``x`` of the date at ``position``, which may differ by date, row and scenario; at -1 it reads as zero.

    ``x`` [date, scenario] or [date, row, scenario]; ``position`` likewise, whole numbers of dates.
    """
    if x.ndim < position.ndim:
        x = x[:, None, :]
    elif position.ndim < x.ndim:
        position = position[:, None, :]
    index = position.astype(np.intp)
    lanes = np.broadcast_shapes(x.shape[1:], index.shape[1:])
    whole = np.broadcast_to(x, (x.shape[0], *lanes))
    places = np.broadcast_to(np.maximum(index, 0), (index.shape[0], *lanes))
    result: Array = np.take_along_axis(whole, places, axis=0)
    result[np.broadcast_to(index < 0, result.shape)] = 0
    return result


def window(x: Array, *, first: Sequence[int], last: Sequence[int]) -> Array:
    """The sum of ``x`` over dates first..last of each date, added from the last to the first."""
    return _backwards(x, first, last, lambda tail, date: tail + x[date])


def discounted(x: Array, rate: Array, fraction: Array, *, first: Sequence[int], last: Sequence[int]) -> Array:
    """The value on each date t of ``x`` over dates first..last, at ``rate``.

    sum over d of x[d] / product over k = t+1..d of (1 + rate[k]) ** fraction[k], where fraction[k] is
    the year fraction from date k-1 to date k. What lies before t is carried forward at the same rate.
    """
    growth = np.power(1.0 + rate, fraction)
    step = _backwards(x, first, last, lambda tail, date: tail / growth[date + 1] + x[date])
    for date, start in enumerate(first):
        if last[date] < start:
            continue
        for passed in range(start, date, -1):
            step[date] = step[date] / growth[passed]
        for passed in range(start + 1, date + 1):
            step[date] = step[date] * growth[passed]
    return step


def _backwards(x: Array, first: Sequence[int], last: Sequence[int], add: Callable[[Array, int], Array]) -> Array:
    """Folds x[last], …, x[first] for each date; windows that end on one date share their tails."""
    result = np.zeros((len(first), *x.shape[1:]))
    by_end: dict[int, list[int]] = {}
    for date, (start, end) in enumerate(zip(first, last, strict=True)):
        if start <= end:
            by_end.setdefault(end, []).append(date)
    for end, readers in by_end.items():
        wanted: dict[int, list[int]] = {}
        for date in readers:
            wanted.setdefault(first[date], []).append(date)
        tail: Array = x[end]
        for position in range(end, min(wanted) - 1, -1):
            if position < end:
                tail = add(tail, position)
            for date in wanted.get(position, ()):
                result[date] = tail
    return result


def total(x: Array) -> Array:
    """The sum over the dates, from the first to the last."""
    result: Array = np.add.accumulate(x, axis=0)[-1]
    return result


def lowest(x: Array, mask: Array) -> Array:
    """The least of ``x`` over the dates where ``mask`` holds; 0 where it never does."""
    least = np.where(mask, x, FAR).min(axis=0)
    return np.where(least >= FAR / 2, 0.0, least)


def highest(x: Array, mask: Array) -> Array:
    """The greatest of ``x`` over the dates where ``mask`` holds; 0 where it never does."""
    return -lowest(-x, mask)


def final(x: Array) -> Array:
    result: Array = x[-1]
    return result


def any_date(x: Array) -> Array:
    result: Array = np.logical_or.reduce(x, axis=0)
    return result


def first_date(x: Array, ordinals: Sequence[int]) -> Array:
    """The first date on which ``x`` holds, ``NEVER`` if it never does."""
    dates = np.asarray(ordinals, dtype=np.float64).reshape((-1,) + (1,) * (x.ndim - 1))
    result: Array = np.where(x, dates, float(NEVER)).min(axis=0)
    return result
