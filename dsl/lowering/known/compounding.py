"""How often a rate compounds, as a deal says it."""

from __future__ import annotations

from ... import syntax
from ...messages.nearest import nearest
from ...names.deal import Scope
from ..context.dispatch import lower
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered, TextValue


def compounding_of(
    low: Lowering, node: syntax.Expression, scope: Scope, more: tuple[str, ...] | None = None
) -> tuple[str, int]:
    """The engine's convention and times a year for ``compounding = "semiannually"``.

    ``more``: other words that the caller knows, in the place of the simple ones.
    """
    found = lower(low, node, scope, Moment("fixed", low.every))
    text = found.text if isinstance(found, TextValue) else ""
    known = (
        tuple(COMPOUNDINGS)
        if more is None
        else (*(one for one, (kind, _) in COMPOUNDINGS.items() if kind == "compounded"), *more)
    )
    if text not in known:
        guess = nearest(text, known)
        low.collector.error(
            "E0680",
            f'no compounding is called "{text}"',
            node.span,
            label="not one of them",
            help=f'did you mean "{guess}"?' if guess else "say one of " + ", ".join(f'"{one}"' for one in known),
        )
        raise NotLowered
    return COMPOUNDINGS.get(text, (text, 0))


COMPOUNDINGS: dict[str, tuple[str, int]] = {
    "annually": ("compounded", 1),
    "semiannually": ("compounded", 2),
    "quarterly": ("compounded", 4),
    "monthly": ("compounded", 12),
    "continuously": ("compounded", 0),
    "simple": ("simple", 1),
    "simple then annually": ("simple then compounded", 1),
    "simple then semiannually": ("simple then compounded", 2),
    "simple then quarterly": ("simple then compounded", 4),
    "simple then monthly": ("simple then compounded", 12),
}
"""How a yield compounds, in the words of a deal: the engine's convention and times a year."""
