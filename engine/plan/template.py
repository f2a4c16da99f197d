"""Partial evaluation: the equations of one group of dates as a short list of numpy operations.

Dates on which the same masks are known to be 0 or 1 share one body. What is known when the run is
planned folds away: a select on a known condition picks its operand, a product with 0 is 0. Every
rewriting here keeps the value to the bit (but for the sign of zero, which nothing can see).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..ir import NEVER, Equation, Kind, Operand
from ..primitives.kernels import FAR
from ..primitives.table import PRIMITIVES
from .uniform import static_attributes

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


@attrs.frozen(eq=False)
class Node:
    """One operation of a body, or a leaf that reads a place outside of it.

    Leaves: ``state`` (the value of the date before), ``stack`` (a row of a series) and ``pinned`` (a
    value a scenario); their attribute names the place.
    """

    op: str
    operands: tuple[Ref, ...]
    attributes: tuple[tuple[str, Any], ...]
    kind: Kind
    rows: int | None
    equation: Equation | None
    nonnegative: bool = False


LEAVES = ("state", "stack", "pinned")


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

    def known(self, values: Array, name: str) -> Known:
        """Values of the whole timeline, [date or 1, row or 1, 1], as this group sees them."""
        chosen = values if values.shape[0] == 1 else values[self.dates]
        return Known.of(chosen, ("name", name))

    def number(self, value: float | bool) -> Known:
        return Known.of(np.full((1, 1, 1), value), None)

    def leaf(self, op: str, place: str, kind: Kind, rows: int | None) -> int:
        surely = place in self._surely
        return self._node(Node(op, (), (("place", place),), kind, rows, None, surely), (op, place))

    def add(self, equation: Equation, operands: Sequence[Ref], rows: int | None, sizes: Sequence[int | None]) -> Ref:
        """The value of an equation whose operands are given; ``sizes`` are the rows they are meant to have."""
        attributes = tuple(static_attributes(equation).items())
        if PRIMITIVES[equation.op].form in ("rows", "along_rows"):
            operands = [
                self._spread(ref, operand, size)
                for ref, operand, size in zip(operands, equation.operands, sizes, strict=True)
            ]
        ref = self.apply(equation.op, operands, attributes, equation.result.kind, rows, equation)
        if isinstance(ref, int) and equation.result.name in self._surely and not self.nodes[ref].nonnegative:
            self.nodes[ref] = attrs.evolve(self.nodes[ref], nonnegative=True)
        return ref

    def apply(
        self,
        op: str,
        operands: Sequence[Ref],
        attributes: tuple[tuple[str, Any], ...] = (),
        kind: Kind = "float",
        rows: int | None = None,
        equation: Equation | None = None,
    ) -> Ref:
        if all(isinstance(operand, Known) for operand in operands):
            folded = self._fold(op, [o for o in operands if isinstance(o, Known)], attributes)
            if folded is not None:
                return folded
        rule = _RULES.get(op)
        if rule is not None:
            simpler = rule(self, operands, kind, rows, equation)
            if simpler is not None:
                return simpler
        names: Hashable = tuple(o.key if isinstance(o, Known) else o for o in operands)
        if op in COMMUTES:
            names = frozenset(names) if isinstance(names, tuple) else names
        key = (op, names, attributes, rows)
        if key in self._shared:
            return self._shared[key]
        node = Node(op, tuple(operands), attributes, kind, rows, equation, self._sign(op, operands))
        return self._node(node, key)

    def find(self, op: str, operand: Ref) -> int | None:
        """The node that already applies ``op`` to ``operand``."""
        name = operand.key if isinstance(operand, Known) else operand
        return self._shared.get((op, (name,), (), _rows_of(self, operand)))

    def nonnegative(self, ref: Ref) -> bool:
        if isinstance(ref, Known):
            return bool((ref.values >= 0).all())
        return self.nodes[ref].nonnegative

    def _spread(self, ref: Ref, operand: Operand, size: int | None) -> Ref:
        """``ref`` over the rows it is meant to have, where simplifying has left it without."""
        if size is None or _rows_of(self, ref) == size or (size == 1 and isinstance(ref, Known)):
            return ref
        if isinstance(ref, Known):
            wide = np.broadcast_to(ref.values, (len(ref.values), size, 1))
            return Known(wide, ("spread", size, ref.key), None)
        return self._node(
            Node("spread", (ref,), (), operand.kind, size, None, self.nonnegative(ref)), ("spread", ref, size)
        )

    def _sign(self, op: str, operands: Sequence[Ref]) -> bool:
        """Whether the result is surely not below zero, from its operands alone."""
        match op:
            case "to_float":
                return True
            case "maximum":
                return any(self.nonnegative(operand) for operand in operands)
            case "minimum" | "add" | "multiply":
                return all(self.nonnegative(operand) for operand in operands)
            case _:
                return False

    def _node(self, node: Node, key: Hashable) -> int:
        if key not in self._shared:
            self._shared[key] = len(self.nodes)
            self.nodes.append(node)
        return self._shared[key]

    def _fold(self, op: str, operands: Sequence[Known], attributes: tuple[tuple[str, Any], ...]) -> Known | None:
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


COMMUTES = frozenset(("add", "multiply", "minimum", "maximum", "and", "or", "exclusive_or", "equal", "not_equal"))


def same(x: Ref, y: Ref) -> bool:
    if isinstance(x, Known) and isinstance(y, Known):
        return x.key is not None and x.key == y.key
    return x is y or (isinstance(x, int) and isinstance(y, int) and x == y)


def scalar(ref: Ref) -> float | bool | None:
    return ref.scalar if isinstance(ref, Known) else None


Rule = Callable[[Body, Sequence[Ref], Kind, "int | None", "Equation | None"], "Ref | None"]


def _add(body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None) -> Ref | None:
    x, y = operands
    if scalar(x) == 0.0:
        return y
    if scalar(y) == 0.0:
        return x
    return None


def _subtract(
    body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None
) -> Ref | None:
    x, y = operands
    if scalar(y) == 0.0:
        return x
    if same(x, y):
        return body.number(0.0)
    return None


def _multiply(
    body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None
) -> Ref | None:
    x, y = operands
    for one, other in ((x, y), (y, x)):
        if scalar(one) == 0.0:
            return body.number(0.0)
        if scalar(one) == 1.0:
            return other
    return None


def _divide(body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None) -> Ref | None:
    x, y = operands
    if scalar(y) == 1.0:
        return x
    return None


def _minimum(
    body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None
) -> Ref | None:
    x, y = operands
    if same(x, y):
        return x
    for one, other in ((x, y), (y, x)):
        if scalar(one) == 0.0 and body.nonnegative(other):
            return one
    return None


def _maximum(
    body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None
) -> Ref | None:
    x, y = operands
    if same(x, y):
        return x
    for one, other in ((x, y), (y, x)):
        if scalar(one) == 0.0 and body.nonnegative(other):
            return other
    return None


def _and(body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None) -> Ref | None:
    x, y = operands
    if same(x, y):
        return x
    for one, other in ((x, y), (y, x)):
        if scalar(one) is True:
            return other
        if scalar(one) is False:
            return body.number(False)
    return None


def _or(body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None) -> Ref | None:
    x, y = operands
    if same(x, y):
        return x
    for one, other in ((x, y), (y, x)):
        if scalar(one) is False:
            return other
        if scalar(one) is True:
            return body.number(True)
    return None


def _exclusive_or(
    body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None
) -> Ref | None:
    x, y = operands
    for one, other in ((x, y), (y, x)):
        if scalar(one) is False:
            return other
        if scalar(one) is True:
            return body.apply("not", (other,), (), "bool", rows, equation)
    return None


def _not(body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None) -> Ref | None:
    (x,) = operands
    if isinstance(x, int) and body.nodes[x].op == "not":
        return body.nodes[x].operands[0]
    return None


def _identity(
    body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None
) -> Ref | None:
    return operands[0]


def _select(body: Body, operands: Sequence[Ref], kind: Kind, rows: int | None, equation: Equation | None) -> Ref | None:
    """A choice without branches: products with masks of 0 and 1, exact because every value is finite."""
    condition, x, y = operands
    if scalar(condition) is not None:
        return x if scalar(condition) else y
    if same(x, y):
        return x
    if kind == "bool":
        return _select_bool(body, condition, x, y, rows, equation)
    if scalar(y) == 0.0:
        return body.apply("multiply", (x, _mask(body, condition)), (), "float", rows, equation)
    if scalar(x) == 0.0:
        return body.apply("multiply", (y, _mask_not(body, condition)), (), "float", rows, equation)
    lessened = _all_or_excess(body, condition, x, y, rows, equation)
    if lessened is not None:
        return lessened
    chosen = body.apply("multiply", (x, _mask(body, condition)), (), "float", rows, equation)
    other = body.apply("multiply", (y, _mask_not(body, condition)), (), "float", rows, equation)
    return body.apply("add", (chosen, other), (), "float", rows, equation)


def _all_or_excess(
    body: Body, condition: Ref, x: Ref, y: Ref, rows: int | None, equation: Equation | None
) -> Ref | None:
    """All of x where the condition holds, else what it has above t: ``max(x - t * not condition, 0)`` if x >= 0.

    A loan that is due in full, or down to its target, is the case. Equal to the bit: x - t * 0 is x, and t * 1 is t.
    """
    if not (isinstance(y, int) and body.nodes[y].op == "maximum" and body.nonnegative(x)):
        return None
    for excess, floor in (body.nodes[y].operands, body.nodes[y].operands[::-1]):
        if scalar(floor) == 0.0 and isinstance(excess, int) and body.nodes[excess].op == "subtract":
            whole, target = body.nodes[excess].operands
            if same(whole, x) and _rows_of(body, x) == rows:
                kept = body.apply("multiply", (target, _mask_not(body, condition)), (), "float", rows, equation)
                left = body.apply("subtract", (x, kept), (), "float", rows, equation)
                return body.apply("maximum", (left, floor), (), "float", rows, equation)
    return None


def _select_bool(body: Body, condition: Ref, x: Ref, y: Ref, rows: int | None, equation: Equation | None) -> Ref:
    def opposite() -> Ref:
        return body.apply("not", (condition,), (), "bool", _rows_of(body, condition), equation)

    if scalar(x) is True:
        return body.apply("or", (condition, y), (), "bool", rows, equation)
    if scalar(x) is False:
        return body.apply("and", (opposite(), y), (), "bool", rows, equation)
    if scalar(y) is False:
        return body.apply("and", (condition, x), (), "bool", rows, equation)
    if scalar(y) is True:
        return body.apply("or", (opposite(), x), (), "bool", rows, equation)
    chosen = body.apply("and", (condition, x), (), "bool", rows, equation)
    other = body.apply("and", (opposite(), y), (), "bool", rows, equation)
    return body.apply("or", (chosen, other), (), "bool", rows, equation)


def _rows_of(body: Body, ref: Ref) -> int | None:
    return ref.rows if isinstance(ref, Known) else body.nodes[ref].rows


def _mask(body: Body, condition: Ref) -> Ref:
    return body.apply("to_float", (condition,), (), "float", _rows_of(body, condition))


def _mask_not(body: Body, condition: Ref) -> Ref:
    """1 where the condition fails: from the negation if that stands already, or else from the mask."""
    rows = _rows_of(body, condition)
    mask, negation = body.find("to_float", condition), body.find("not", condition)
    if mask is not None and negation is None:
        return body.apply("subtract", (body.number(1.0), mask), (), "float", rows)
    return _mask(body, body.apply("not", (condition,), (), "bool", rows))


_RULES: Mapping[str, Rule] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "minimum": _minimum,
    "maximum": _maximum,
    "and": _and,
    "or": _or,
    "exclusive_or": _exclusive_or,
    "not": _not,
    "select": _select,
    "to_number": _identity,
}


def accumulate(body: Body, equation: Equation, operands: Sequence[Ref], ordinals: Array, last: bool) -> None:
    """What a reduction over the dates does on the dates of this body."""
    name = equation.result.name
    rows = max((r for r in (_rows_of(body, operand) for operand in operands) if r is not None), default=None)

    def effect(op: str, ref: Ref) -> None:
        body.effects.append(Effect("accumulate", (op, name), (ref,), equation))

    x = operands[0]
    match equation.op:
        case "total":
            if scalar(x) != 0.0:
                effect("add", x)
        case "lowest" | "highest":
            mask, low = operands[1], equation.op == "lowest"
            if scalar(mask) is False:
                return
            if scalar(mask) is not True:
                far = body.apply("multiply", (_mask_not(body, mask), body.number(FAR)), (), "float", rows)
                x = body.apply("add" if low else "subtract", (x, far), (), "float", rows)
            effect("minimum" if low else "maximum", x)
        case "final":
            if last:
                effect("copy", x)
        case "any_date":
            if scalar(x) is not False:
                effect("or", x)
        case "first_date":
            if scalar(x) is False:
                return
            saved = Known.of(float(NEVER) - ordinals[body.dates].reshape((-1, 1, 1)), ("days before never",))
            gain = body.apply("multiply", (_mask(body, x), saved), (), "float", rows)
            effect("minimum", body.apply("subtract", (body.number(float(NEVER)), gain), (), "float", rows))
        case _:
            raise ValueError(f"{equation.op} does not accumulate")
