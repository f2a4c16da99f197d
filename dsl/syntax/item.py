"""What every item has, and the parts that items share: clauses cited, fields in braces, types stated."""

from __future__ import annotations

import attrs

from ...engine.ir import Span
from .expressions import Expression, UnitTerm


@attrs.frozen(slots=True, eq=False)
class Citation:
    text: str
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Item:
    """Anything that stands on its own. ``cite``: the clause it models. ``because``: a reason (require)."""

    span: Span
    name_span: Span
    cite: tuple[Citation, ...] = ()
    because: str | None = None


@attrs.frozen(slots=True, eq=False)
class Field:
    """``price = $2.35 per GPU-hour`` inside braces, or ``credit = openlab``."""

    name: str
    value: Expression
    span: Span
    name_span: Span
    cite: tuple[Citation, ...] = ()


@attrs.frozen(slots=True, eq=False)
class TypeName:
    """``money``, ``rate``, ``money per GPU-hour``, ``GPU``, ``fraction``, ``series of money``, ``list of duration``,
    ``date``, ``duration``, ``party``, ``schedule``, ``daycount``, ``condition``, ``text``, ``count``, ``claim``."""

    base: str
    units: tuple[UnitTerm, ...]
    series: bool
    many: bool
    span: Span
