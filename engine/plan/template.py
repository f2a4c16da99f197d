"""Partial evaluation: the equations of one group of dates as a short list of numpy operations.

Dates on which the same masks are known to be 0 or 1 share one body. What is known when the run is
planned folds away: a select on a known condition picks its operand, a product with 0 is 0. Every
rewriting here keeps the value to the bit (but for the sign of zero, which nothing can see).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any, get_args
from typing import Literal as OneOf

import attrs
import numpy as np
import numpy.typing as npt

from ..ir import Equation, Kind, Operand, Operation
from ..primitives.kernels import FAR
from ..primitives.table import PRIMITIVES
from ..rewrites.identities import identity
from ..rewrites.masks import mask, mask_not, without_branches

Array = npt.NDArray[Any]

SMALL = 1_024
"""Numbers of a table that is compared by its content."""


@attrs.frozen(eq=False)
class Known:
    """Numbers known when the run is planned: [date of the group, row or 1, 1]. ``key`` names them."""

    values: Array
    key: Hashable
    scalar: float | bool | None
    """The one value on all dates and rows, or None."""

    @staticmethod
    def of(values: Array, key: Hashable) -> Known:
        """``key`` names a large table; a small one is known by its numbers, so that equal ones are one."""
        first = values.flat[0]
        if bool((values == first).all()):
            return Known(values, ("value", first.item(), values.dtype.kind), first.item())
        if values.size <= SMALL:
            key = ("values", values.shape, values.dtype.kind, values.tobytes())
        return Known(values, key, None)

    @property
    def rows(self) -> int | None:
        return self.values.shape[1] if self.values.shape[1] > 1 else None


Ref = Known | int

Leaf = OneOf["state", "stack", "pinned"]
"""What a body reads from outside of it: the value of the date before, a row of a series, a value a scenario."""

LEAVES: tuple[str, ...] = get_args(Leaf)


@attrs.frozen(eq=False)
class Node:
    """One operation of a body, or a leaf, whose attribute names the place; ``spread`` gives its operand rows."""

    op: Operation | Leaf | OneOf["spread"]
    operands: tuple[Ref, ...]
    attributes: tuple[tuple[str, Any], ...]
    kind: Kind
    rows: int | None
    equation: Equation | None
    nonnegative: bool = False


@attrs.frozen(eq=False)
class Effect:
    """What a body does besides giving values: ``accumulate``, ``store`` or ``check``.

    ``operands`` are read; ``target`` is the accumulator, the series or the number of the check.
    """

    what: str
    target: Any
    operands: tuple[Ref, ...]
    equation: Equation | None


class Body:
    """The nodes of one group of dates, shared where they are equal."""

    def __init__(self, dates: Sequence[int], nonnegative: Collection[str] = frozenset()) -> None:
        self.dates = np.asarray(dates, dtype=np.intp)
        self._surely = nonnegative
        self.nodes: list[Node] = []
        self.effects: list[Effect] = []
        self.exits: dict[str, Ref] = {}
        self._shared: dict[Hashable, int] = {}
        self._equation: Equation | None = None

    def known(self, values: Array, name: str) -> Known:
        """Values of the whole timeline, [date or 1, row or 1, 1], as this group sees them."""
        chosen = values if values.shape[0] == 1 else values[self.dates]
        return Known.of(chosen, ("name", name))

    def number(self, value: float | bool) -> Known:
        return Known.of(np.full((1, 1, 1), value), None)

    def leaf(self, op: Leaf, place: str, kind: Kind, rows: int | None) -> int:
        surely = place in self._surely
        return self._node(Node(op, (), (("place", place),), kind, rows, None, surely), (op, place))

    def add(self, equation: Equation, operands: Sequence[Ref], rows: int | None, sizes: Sequence[int | None]) -> Ref:
        """The value of an equation whose operands are given; ``sizes`` are the rows they are meant to have."""
        primitive = PRIMITIVES[equation.op]
        attributes = tuple(primitive.given(equation.attributes).items())
        if primitive.form in ("rows", "along_rows"):
            operands = [
                self._spread(ref, operand, size)
                for ref, operand, size in zip(operands, equation.operands, sizes, strict=True)
            ]
        self._equation = equation
        ref = self.write(equation.op, operands, equation.result.kind, rows, attributes)
        self._equation = None
        if isinstance(ref, int) and equation.result.name in self._surely and not self.nodes[ref].nonnegative:
            self.nodes[ref] = attrs.evolve(self.nodes[ref], nonnegative=True)
        return ref

    def write(
        self,
        op: Operation,
        operands: Sequence[Ref],
        kind: Kind = "float",
        rows: int | None = None,
        attributes: tuple[tuple[str, Any], ...] = (),
    ) -> Ref:
        """The value of an operation: numbers, what stands already, or a node of its own."""
        primitive = PRIMITIVES[op]
        if all(isinstance(operand, Known) for operand in operands):
            folded = self._fold(op, [o for o in operands if isinstance(o, Known)], attributes)
            if folded is not None:
                return folded
        if primitive.relabels:
            return operands[0]
        simpler = identity(op, operands, self)
        if simpler is None:
            simpler = without_branches(op, operands, kind, rows, self)
        if simpler is not None:
            return simpler
        names: Hashable = tuple(o.key if isinstance(o, Known) else o for o in operands)
        if primitive.commutes:
            names = frozenset(names) if isinstance(names, tuple) else names
        key = (op, names, attributes, rows)
        if key in self._shared:
            return self._shared[key]
        surely = kind != "bool" and primitive.sign([self.surely_nonnegative(operand) for operand in operands])
        return self._node(Node(op, tuple(operands), attributes, kind, rows, self._equation, surely), key)

    # What the rewrites ask of the terms of a loop.

    def find(self, op: Operation, operand: Ref) -> Ref | None:
        name = operand.key if isinstance(operand, Known) else operand
        return self._shared.get((op, (name,), (), self.rows_of(operand)))

    def surely_nonnegative(self, ref: Ref) -> bool:
        if isinstance(ref, Known):
            return bool((ref.values >= 0).all())
        return self.nodes[ref].nonnegative

    def number_of(self, ref: Ref) -> float | bool | None:
        return ref.scalar if isinstance(ref, Known) else None

    def same(self, x: Ref, y: Ref) -> bool:
        if isinstance(x, Known) and isinstance(y, Known):
            return x.key is not None and x.key == y.key
        return x is y or (isinstance(x, int) and isinstance(y, int) and x == y)

    def rows_of(self, ref: Ref) -> int | None:
        return ref.rows if isinstance(ref, Known) else self.nodes[ref].rows

    def definition(self, ref: Ref) -> tuple[Operation | OneOf[""], tuple[Ref, ...]]:
        if isinstance(ref, int):
            node = self.nodes[ref]
            match node.op:
                case "state" | "stack" | "pinned" | "spread":
                    pass
                case _:
                    return node.op, node.operands
        return "", ()

    def constant_for(self, value: bool | int, operands: Sequence[Ref]) -> Ref:
        return self.number(value if isinstance(value, bool) else float(value))

    def _spread(self, ref: Ref, operand: Operand, size: int | None) -> Ref:
        """``ref`` over the rows it is meant to have, where simplifying has left it without."""
        if size is None or self.rows_of(ref) == size or (size == 1 and isinstance(ref, Known)):
            return ref
        if isinstance(ref, Known):
            wide = np.broadcast_to(ref.values, (len(ref.values), size, 1))
            return Known(wide, ("spread", size, ref.key), None)
        return self._node(
            Node("spread", (ref,), (), operand.kind, size, None, self.surely_nonnegative(ref)), ("spread", ref, size)
        )

    def _node(self, node: Node, key: Hashable) -> int:
        if key not in self._shared:
            self._shared[key] = len(self.nodes)
            self.nodes.append(node)
        return self._shared[key]

    def _fold(self, op: Operation, operands: Sequence[Known], attributes: tuple[tuple[str, Any], ...]) -> Known | None:
        """The numbers of an operation on numbers; None where they are not finite: the run will say so."""
        primitive = PRIMITIVES[op]
        values = [operand.values for operand in operands]
        given = dict(attributes)
        with np.errstate(all="ignore"):
            match primitive.form:
                case "rows":
                    flat = [v[:, 0, :] if i < primitive.plain else v for i, v in enumerate(values)]
                    result = primitive.vector(*flat, **given)[:, None, :]
                case "along_rows":
                    flat = [v[:, 0, :] if i < primitive.plain else v for i, v in enumerate(values)]
                    result = primitive.vector(*flat, **given)
                case _:
                    result = primitive.vector(*values, **given)
        if not np.isfinite(result).all():
            return None
        return Known.of(np.asarray(result), (op, tuple(operand.key for operand in operands), attributes))


def accumulate(body: Body, equation: Equation, operands: Sequence[Ref], ordinals: Array, last: bool) -> None:
    """What a reduction over the dates does on the dates of this body."""
    how = PRIMITIVES[equation.op].gathered()
    rows = max((r for r in (body.rows_of(operand) for operand in operands) if r is not None), default=None)
    value = operands[0]
    match how.of:
        case "value":
            nothing = not last if how.operation == "copy" else _adds_nothing(how.operation, body.number_of(value))
        case "masked":
            mask_of = operands[1]
            nothing = body.number_of(mask_of) is False
            if not nothing and body.number_of(mask_of) is not True:
                far = body.write("multiply", (mask_not(mask_of, body), body.number(FAR)), "float", rows)
                value = body.write("add" if how.start > 0.0 else "subtract", (value, far), "float", rows)
        case "date":
            nothing = body.number_of(value) is False
            if not nothing:
                saved = Known.of(how.start - ordinals[body.dates].reshape((-1, 1, 1)), ("days before never",))
                gain = body.write("multiply", (mask(value, body), saved), "float", rows)
                value = body.write("subtract", (body.number(how.start), gain), "float", rows)
    if not nothing:
        body.effects.append(Effect("accumulate", (how.operation, equation.result.name), (value,), equation))


def _adds_nothing(operation: Operation, number: float | bool | None) -> bool:
    return number is not None and PRIMITIVES[operation].neutral.get(1) == number
