"""What a deal waives is marked, with its reason; a waiver that nothing needs, or that has ended, is told of."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import attrs

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Diagnostic
from ..names.deal import Model, Resolved, follow


def waive(
    model: Model, found: Iterable[Diagnostic], day: datetime.date | None, said: str, whole: bool
) -> list[Diagnostic]:
    """The diagnostics, those waived with the reason in ``waived``, and what is to be said of the waivers.

    ``day``: the date that waivers are held against; None where closing could not be read, and then all hold.
    ``said``: with what the codes begin that were looked for (``W`` of a check, ``R`` of a run). ``whole``: all of
    those were: what was waived in vain is told.
    """
    held: list[tuple[syntax.Waive, Span | None]] = []
    told: list[Diagnostic] = []
    for scoped in model.waived:
        item = scoped.item
        end = item.until.value if isinstance(item.until, syntax.DateLiteral) else None
        if not item.code.startswith(said):
            continue
        if end is not None and day is not None and end < day:
            told.append(
                Diagnostic(
                    "W0807",
                    f"`{item.code}` was waived until {end}",
                    item.name_span,
                    label=f"ended before {day}",
                    help="give it a later date if the reason still holds, or take it out",
                    severity="warning",
                )
            )
            continue
        held.append((item, None if item.of is None else _place(scoped.scope.resolve(item.of.parts))))
    used: set[int] = set()
    result: list[Diagnostic] = []
    for one in found:
        by = next((item for item, place in held if _covers(item, place, one)), None)
        if by is not None:
            used.add(id(by))
            one = attrs.evolve(one, waived=by.because or "without a reason")
        result.append(one)
    if whole:
        told += [
            Diagnostic(
                "W0806",
                f"nothing is waived by `waive {item.code}{'' if item.of is None else f' of {item.of.text}'}`",
                item.name_span,
                label=f"no {item.code} {'here' if item.of is None else f'of `{item.of.text}`'}",
                help="take it out: what it was for is gone",
                severity="warning",
            )
            for item, _ in held
            if id(item) not in used
        ]
    return result + told


def _place(found: Resolved | int) -> Span | None:
    return None if isinstance(found, int) else follow(found.entry).span


def _covers(item: syntax.Waive, place: Span | None, one: Diagnostic) -> bool:
    if one.severity == "error" or one.code != item.code or one.waived:
        return False
    return place is None or any(span == place for span in (one.span, *(other.span for other in one.others)))
