"""Synthetic tranches: expected loss, the two legs, the par spread and the upfront.

J. Hull and A. White, "Valuation of a CDO and an n-th to default CDS without Monte Carlo simulation", Journal of
Derivatives 12 (2004): premiums at the end of each period on what is left of the tranche, defaults in the middle of a
period, with half a period's premium on what defaults. Everything is a share of the tranche's own size.

Losses reduce a tranche from below; what is recovered does not reduce the tranches above it. Shapes broadcast.
"""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from .copula import expected_defaults_above, large_pool_excess, refuse_outside
from .pool import expected_loss_up_to

Array = npt.NDArray[np.float64]


def refuse_tranche(attachment: npt.ArrayLike, detachment: npt.ArrayLike) -> None:
    """ValueError unless 0 <= attachment < detachment <= 1."""
    refuse_outside(attachment=attachment, detachment=detachment)
    a, d = np.broadcast_arrays(np.asarray(attachment, np.float64), np.asarray(detachment, np.float64))
    if (a >= d).any():
        raise ValueError(
            f"the attachment {float(a[a >= d].flat[0])!r} is not below the detachment {float(d[a >= d].flat[0])!r}"
        )


def tranche_loss(
    probability: npt.ArrayLike,
    recovery: npt.ArrayLike,
    correlation: npt.ArrayLike,
    attachment: npt.ArrayLike,
    detachment: npt.ArrayLike,
    names: npt.ArrayLike | None = None,
) -> Array:
    """The expected loss of a tranche of a pool of names alike, as a share of the tranche.

    ``names``: how many (whole, from 1); None for the large pool without end. The pool is 1; attachment and detachment
    are shares of it. ValueError for what is outside [0, 1] or no tranche.
    """
    refuse_outside(default_probability=probability, recovery=recovery, correlation=correlation)
    refuse_tranche(attachment, detachment)
    if names is not None and (np.asarray(names) < 1).any():
        raise ValueError("a pool has at least one name")
    return tranche_loss_unchecked(probability, recovery, correlation, attachment, detachment, names)


def tranche_loss_unchecked(
    probability: npt.ArrayLike,
    recovery: npt.ArrayLike,
    correlation: npt.ArrayLike,
    attachment: npt.ArrayLike,
    detachment: npt.ArrayLike,
    names: npt.ArrayLike | None = None,
) -> Array:
    """:func:`tranche_loss` for figures that are known to be in range."""
    p, r, c, a, d = np.broadcast_arrays(
        *(np.asarray(x, np.float64) for x in (probability, recovery, correlation, attachment, detachment))
    )
    severity = 1.0 - r
    safe = np.where(severity > 0.0, severity, 1.0)
    width = np.where(d > a, d - a, 1.0)
    if names is None:
        above = large_pool_excess(p, c, np.minimum(a / safe, 1.0)) - large_pool_excess(p, c, np.minimum(d / safe, 1.0))
        loss = severity * above / width
    else:
        n = np.asarray(names, np.float64)
        each = severity / n
        unit = safe / n
        above = expected_defaults_above(p, c, n, a / unit) - expected_defaults_above(p, c, n, d / unit)
        loss = each * above / width
    found: Array = np.clip(loss, 0.0, 1.0)
    return found


def pool_tranche_loss(
    probabilities: npt.ArrayLike,
    losses: npt.ArrayLike,
    correlation: float,
    attachment: float,
    detachment: float,
) -> float:
    """The expected loss of a tranche of a pool of unequal names, as a share of the tranche.

    ``probabilities`` [row], ``losses`` [row] on default (notional less recovery), in the unit of the attachment and the
    detachment: amounts of money, or shares of the pool.
    """
    if not 0.0 <= attachment < detachment:
        raise ValueError(f"the attachment {attachment!r} is not below the detachment {detachment!r}, from 0 on")
    low, high = expected_loss_up_to(probabilities, losses, correlation, (attachment, detachment))
    return float(np.clip((high - low) / (detachment - attachment), 0.0, 1.0))


@attrs.frozen(eq=False)
class Legs:
    """Per unit of the tranche's size: what protection is worth, and what a premium of 1 a year is worth."""

    protection: Array
    annuity: Array

    def par_spread(self, upfront: npt.ArrayLike = 0.0) -> Array:
        """The premium a year at which nobody pays more than ``upfront`` (a share of the size) at the start."""
        found: Array = (self.protection - np.asarray(upfront)) / self.annuity
        return found

    def upfront(self, spread: npt.ArrayLike) -> Array:
        """What the buyer of protection pays at the start, besides a running premium of ``spread`` a year."""
        found: Array = self.protection - np.asarray(spread) * self.annuity
        return found


def legs(lost: npt.ArrayLike, times: npt.ArrayLike, discounts: npt.ArrayLike, middle_discounts: npt.ArrayLike) -> Legs:
    """The legs of a tranche, of a basket or of one name whose expected loss at ``times`` is ``lost``.

    All [..., time]: ``lost`` a share of the size and ``times`` in years at the end of each period (the first begins at
    0, with nothing lost), discount factors for the ends and the middles of the periods.
    """
    share, ends = np.asarray(lost, np.float64), np.asarray(times, np.float64)
    at_end, at_middle = np.asarray(discounts, np.float64), np.asarray(middle_discounts, np.float64)
    length = np.diff(ends, prepend=0.0)
    new = np.diff(share, prepend=0.0)
    protection = (new * at_middle).sum(axis=-1)
    annuity = (length * (1.0 - share) * at_end + 0.5 * length * new * at_middle).sum(axis=-1)
    return Legs(protection, annuity)


def flat_legs(lost: npt.ArrayLike, times: npt.ArrayLike, rate: npt.ArrayLike) -> Legs:
    """:func:`legs` at one continuously compounded ``rate`` [...]."""
    ends = np.asarray(times, np.float64)
    middles = ends - 0.5 * np.diff(ends, prepend=0.0)
    force = -np.asarray(rate, np.float64)[..., None]
    return legs(lost, ends, np.exp(force * ends), np.exp(force * middles))


def base_correlation(
    loss: npt.ArrayLike,
    probability: npt.ArrayLike,
    recovery: npt.ArrayLike,
    detachment: npt.ArrayLike,
    names: npt.ArrayLike | None = None,
) -> Array:
    """The correlation at which the tranche from 0 to ``detachment`` loses ``loss`` (a share of it) on average.

    The loss of a first-loss tranche falls as the correlation rises, so there is one or none: NaN where there is none
    between 0 and 1. By bisection, to 1e-12.
    """
    given = (loss, probability, recovery, detachment)
    target, p, r, d = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in given))
    refuse_tranche(0.0, d)
    low, high = np.zeros(target.shape), np.ones(target.shape)
    most = tranche_loss(p, r, low, 0.0, d, names)
    least = tranche_loss(p, r, high, 0.0, d, names)
    for _ in range(40):
        middle = 0.5 * (low + high)
        above = tranche_loss(p, r, middle, 0.0, d, names) > target
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    found: Array = np.where((target <= most) & (target >= least), 0.5 * (low + high), np.nan)
    return found
