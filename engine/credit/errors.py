"""What can be wrong with a credit quote, a date or a curve, each with the facts that a message needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError

SHOWN = 5
"""Lanes that a message names; the rest are counted."""


class CreditError(InputError):
    """A field whose value does not do. ``field``, ``value``, ``wanted``; ``lanes`` are the positions at fault."""

    def __init__(self, field: str, value: Any, wanted: str, lanes: tuple[int, ...] = ()) -> None:
        self.field = field
        self.value = value
        self.wanted = wanted
        self.lanes = lanes
        super().__init__(f"{field} is {shown(value)}{in_lanes(lanes)}: {wanted}")

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.field, self.value, self.wanted, self.lanes))


class CrossingError(CreditError):
    """Par spreads that fall so fast that a pillar needs a negative forward hazard.

    ``field`` and ``pillar`` name the pillar (its maturity), ``value`` is the spread of the first lane
    at fault, ``lowest`` the least spread that a hazard of zero from the pillar before supports.
    """

    def __init__(self, pillar: str, value: float, lowest: float, lanes: tuple[int, ...] = ()) -> None:
        self.pillar = pillar
        self.lowest = lowest
        super().__init__(
            f"the par spread of pillar {pillar}",
            value,
            f"the curve crosses itself there: the spreads before it need at least {lowest * 1e4:,.6g}bp, "
            "less would be a negative forward hazard",
            lanes,
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.pillar, self.value, self.lowest, self.lanes))


def shown(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.12g}"
    return str(value)


def in_lanes(lanes: tuple[int, ...]) -> str:
    if not lanes:
        return ""
    some = ", ".join(str(lane) for lane in lanes[:SHOWN])
    rest = f" and {len(lanes) - SHOWN:,} more" if len(lanes) > SHOWN else ""
    return f" in {'lane' if len(lanes) == 1 else 'lanes'} {some}{rest}"


def lanes_where(wrong: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    """The positions along the last axis at which anything is wrong; none for a single lane."""
    if wrong.shape[-1:] in ((), (1,)):
        return ()
    flat = wrong.reshape(-1, wrong.shape[-1]).any(axis=0)
    return tuple(int(lane) for lane in np.flatnonzero(flat))
