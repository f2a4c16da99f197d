"""What has been worked out already: types by what they are of, and how the calls of a deal's own functions stand.

Keys hold syntax, scopes and entries, which are alike only where they are the same object.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

from .. import syntax
from ..names.deal import FunctionEntry, Scope
from ..vocabulary.value_types import Type

Key = TypeVar("Key")


class Memory(Generic[Key]):
    """Types that are known; and those that pass, which were worked out while what they rest on was unfinished."""

    def __init__(self) -> None:
        self._known: dict[Key, Type] = {}
        self._passing: dict[Key, Type] = {}

    def get(self, key: Key) -> Type | None:
        found = self._known.get(key)
        return self._passing.get(key) if found is None else found

    def keep(self, key: Key, type: Type, *, passing: bool) -> None:
        (self._passing if passing else self._known)[key] = type

    def forget_passing(self) -> None:
        self._passing.clear()


@attrs.define(eq=False)
class OwnCalls:
    """Calls of a deal's own functions: the scope that each body is read in, its type, and which are being typed."""

    scopes: dict[tuple[syntax.Call, Scope], Scope] = attrs.field(factory=dict)
    results: Memory[tuple[object, ...]] = attrs.field(factory=Memory)
    inside: list[FunctionEntry] = attrs.field(factory=list)
    told_too_deep: bool = False
