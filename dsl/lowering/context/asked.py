"""What was read of a deal's terms where a program wants to know ahead what they come to."""

from __future__ import annotations

from fractions import Fraction

import attrs

from ....engine.ir import Literal
from ... import syntax
from ...names.deal import Scope


@attrs.frozen(slots=True, eq=False)
class Asked:
    """An expression that was read so, and the least step that counts there: tests are whole, windows are whole months
    or days (None: any value)."""

    expression: syntax.Expression
    scope: Scope
    grain: Fraction | None

    @property
    def place(self) -> tuple[int, int]:
        """The text in its scope, by identity: both live as long as the deal."""
        return id(self.expression), id(self.scope)


@attrs.frozen(slots=True, eq=False)
class Shape:
    """What is drawn of such an expression: the outputs that give it, and what of a list is known (``listed``: its
    items; else there is one)."""

    asked: Asked
    figures: tuple[str | Literal, ...]
    listed: bool
