"""Measures of repayment and loss: average lives, balances left, balloons, losses, shortfalls, multiples."""

from __future__ import annotations

import numpy as np

from .arrays import Array, Figure, Numbers, aligned, date_position, numbers, ratio, running_total, settled


def weighted_average_life(principal: Array, *, times: Numbers) -> Figure:
    """The mean time to repayment, in the unit of ``times``, of the principal that was repaid.

    ``principal`` [date, scenario], what is repaid on each date; ``times`` years from closing (or from
    any day) by the deal's day count. sum(time * principal) / sum(principal), as the prospectuses of
    asset-backed notes define it. A balance that is never repaid is passed over here: show it beside this
    figure with :func:`balance_left`, or use :func:`weighted_average_life_with_balance`. Not determined
    where nothing was repaid.
    """
    (principal,) = aligned(principal)
    weighted, repaid = _weighted(principal, numbers(times, len(principal), "weighted_average_life"))
    return ratio(weighted, repaid)


def weighted_average_life_with_balance(principal: Array, balance: Array, *, times: Numbers) -> Figure:
    """The mean time to repayment when the balance left on the last date counts as repaid on it.

    ``principal`` [date, scenario]; ``balance`` [date, scenario], closing balances, of which the last
    counts. It understates the life of what is never repaid, and says so less quietly than leaving it out.
    """
    principal, balance = aligned(principal, balance)
    spans = numbers(times, len(principal), "weighted_average_life_with_balance")
    weighted, repaid = _weighted(principal, spans)
    with np.errstate(over="ignore", invalid="ignore"):
        return ratio(weighted + spans[-1] * balance[-1], repaid + balance[-1])


def _weighted(amounts: Array, times: Array) -> tuple[Array, Array]:
    weighted, whole = np.zeros(amounts.shape[1:]), np.zeros(amounts.shape[1:])
    with np.errstate(over="ignore", invalid="ignore"):
        for row, time in zip(amounts, times, strict=True):
            weighted = weighted + time * row
            whole = whole + row
    return weighted, whole


def balance_left(balance: Array, *, at: int = -1) -> Figure:
    """The closing balance on the date at position ``at``, the last unless stated. ``balance`` [date, scenario]."""
    (balance,) = aligned(balance)
    return settled(balance[date_position(at, len(balance))])


def balloon(principal: Array, balance: Array, *, at: int = -1) -> Figure:
    """What is due on maturity: the principal repaid on the date ``at`` and the balance still open after it.

    ``principal``, ``balance`` (closing) [date, scenario]. The last instalment is part of it, as it is of
    the balloon payment that a loan agreement states.
    """
    principal, balance = aligned(principal, balance)
    position = date_position(at, len(balance))
    with np.errstate(over="ignore", invalid="ignore"):
        return settled(principal[position] + balance[position])


def balloon_share(principal: Array, balance: Array, size: Array, *, at: int = -1) -> Figure:
    """:func:`balloon` as a share of the loan's ``size`` [scenario]."""
    amount, sound = balloon(principal, balance, at=at)
    return ratio(amount, np.asarray(size, dtype=np.float64), sound)


def multiple(received: Array, invested: Array) -> Figure:
    """Money multiple: all that was received over all that was invested, undiscounted.

    Both [date, scenario] and positive (the MOIC, or total value to paid-in, of fund reporting). Not
    determined where nothing was invested.
    """
    received, invested = aligned(received, invested)
    with np.errstate(over="ignore", invalid="ignore"):
        return ratio(running_total(received), running_total(invested))


def multiple_of_flows(flows: Array) -> Figure:
    """:func:`multiple` of net flows [date, scenario]: those above zero over those below it."""
    (flows,) = aligned(flows)
    return multiple(np.maximum(flows, 0.0), np.maximum(-flows, 0.0))


def loss_total(loss: Array) -> Figure:
    """All losses, undiscounted: the sum over the dates of ``loss`` [date, scenario]."""
    (loss,) = aligned(loss)
    with np.errstate(over="ignore", invalid="ignore"):
        return settled(running_total(loss))


def loss_share(loss: Array, size: Array) -> Figure:
    """:func:`loss_total` as a share of the original ``size`` [scenario]: cumulative net loss of a pool."""
    amount, sound = loss_total(loss)
    return ratio(amount, np.asarray(size, dtype=np.float64), sound)


def shortfall_total(current: Array, paid: Array) -> Figure:
    """What arose and was never paid: total of ``current`` less total of ``paid``, at least zero.

    Both [date, scenario]. ``current`` is what arose on each date, without arrears brought forward, so
    that a sum paid late is not counted on every date until then. (The most that was unpaid on a
    date is :func:`highest` of the unpaid balance.)
    """
    current, paid = aligned(current, paid)
    with np.errstate(over="ignore", invalid="ignore"):
        return settled(np.maximum(running_total(current) - running_total(paid), 0.0))


def shortfall_share(current: Array, paid: Array) -> Figure:
    """:func:`shortfall_total` as a share of all that arose; not determined where nothing did."""
    amount, sound = shortfall_total(current, paid)
    (current,) = aligned(current)
    with np.errstate(over="ignore", invalid="ignore"):
        return ratio(amount, running_total(current), sound)
