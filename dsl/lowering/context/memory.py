"""What is worked out once and read again: it lives as long as the lowering of one program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from ....engine.ir import Operand, Var
from ... import syntax
from ...names.deal import Scope
from ...time.clocks import Clock
from .keys import Key
from .subjects import Subject
from .values import AnyValue, Rank, Value

T = TypeVar("T")


@attrs.frozen(slots=True)
class Remembered:
    value: AnyValue
    read: frozenset[Key]
    versions: tuple[tuple[Key, Operand | None], ...]
    clocks: frozenset[Clock]


@attrs.define(slots=True)
class Memory:
    """Values by what they are of.

    ``closing``: what figures close at, bound when the day is done. ``held`` and ``carried``: what was closed with on a
    clock's date before, what has arisen since. ``running`` and ``held_latest``: running sums, what was known last.
    ``to_project``: what the base case still has to work out for `projected`. ``vintage_families`` and
    ``vintage_tables``: the families of `aged` and their constants. ``factors``: the common draws of joined names, by
    label and distribution. ``ranks``: the standard normal behind each name that is drawn, made when another is joined
    to it. ``curves_checked``: the points of curves that a check already watches. ``in_one_currency``: the parties whose
    cash was found to be one figure. ``made_once``: what there is one of in a program, by its class.
    ``numbered``: what was given a number for a name.
    """

    remembered: dict[Subject, Remembered] = attrs.Factory(dict)
    closing: dict[Key, Var] = attrs.Factory(dict)
    held: dict[tuple[Operand, Clock], Operand] = attrs.Factory(dict)
    carried: dict[tuple[Key, Clock], Operand] = attrs.Factory(dict)
    running: dict[tuple[object, ...], Var] = attrs.Factory(dict)
    held_latest: dict[tuple[object, ...], tuple[Var, Var]] = attrs.Factory(dict)
    inputs: dict[str, Value] = attrs.Factory(dict)
    projected: dict[tuple[object, ...], Value] = attrs.Factory(dict)
    to_project: list[tuple[str, syntax.Expression, Scope, Clock]] = attrs.Factory(list)
    vintage_families: dict[tuple[Clock, tuple[int, ...]], str] = attrs.Factory(dict)
    vintage_tables: dict[tuple[object, ...], Operand] = attrs.Factory(dict)
    factors: dict[tuple[str, str], Var] = attrs.Factory(dict)
    ranks: dict[Key, Callable[[], Rank]] = attrs.Factory(dict)
    curves_checked: set[Var] = attrs.Factory(set)
    in_one_currency: set[str] = attrs.Factory(set)
    made_once: dict[type, object] = attrs.Factory(dict)
    numbered: dict[object, int] = attrs.Factory(dict)

    def number_of(self, one: object) -> int:
        """The place of something among those that were asked for, for a name."""
        return self.numbered.setdefault(one, len(self.numbered) + 1)

    def once(self, kind: type[T], make: Callable[[], T]) -> T:
        """What there is one of in a program, made when first asked for."""
        found = self.made_once.get(kind)
        if not isinstance(found, kind):
            found = self.made_once[kind] = make()
        return found
