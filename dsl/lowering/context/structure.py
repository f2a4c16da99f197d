"""Which scenarios a program runs, and whose values shape it.

What scenarios, ranges, settings and draws change may shape a deal: bounds of schedules, counts of tests, windows, lags.
A program has one shape, so scenarios that differ in it are lowered apart, each by its own dates (`structures.py`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from ....engine.ir import Literal, Span
from ... import syntax
from ...names.deal import Scope
from .keys import Key
from .lowering import Override
from .values import AnyValue


@attrs.frozen(slots=True, eq=False)
class Ranged:
    """A term's value in one of the scenarios of a `scenarios over`."""

    key: Key
    name: syntax.Name
    scope: Scope
    value: Literal


@attrs.frozen(slots=True, eq=False)
class Column:
    """A scenario: what it lays over names, in the order in which it does; ``ranged``: of a range, its values."""

    name: str
    span: Span
    layers: tuple[tuple[Key, Override], ...] = ()
    ranged: tuple[Ranged, ...] = ()

    @property
    def keys(self) -> frozenset[Key]:
        return frozenset([key for key, _ in self.layers] + [one.key for one in self.ranged])

    def places(self, key: Key) -> list[Span]:
        """Where it changes a name."""
        return [layer.span for one, layer in self.layers if one == key] + [
            one.name.span for one in self.ranged if one.key == key
        ]


@attrs.frozen(slots=True, eq=False)
class Structure:
    """A program of a deal: ``base`` and these scenarios, shaped as the deal is written or as ``shape`` makes it.

    ``shaping``: the names that shape it, whose values all of its scenarios share: they hold in its ``base`` too.
    ``whole``: every scenario of the deal. ``apart``: its ``base`` is not the deal as written, and no scenario of it;
    ``written``: dates of the deal as written, and of other scenarios where one was asked for. ``drawn``: what was drawn
    of what shapes it, by the identities of the text and the scope that it is read in.
    """

    columns: tuple[Column, ...]
    whole: tuple[Column, ...]
    shape: Column | None = None
    shaping: frozenset[Key] = frozenset()
    drawn: Mapping[tuple[int, int], AnyValue] = MappingProxyType({})
    written: frozenset[datetime.date] = frozenset()
    apart: bool = False
