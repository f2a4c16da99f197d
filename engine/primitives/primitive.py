"""What a primitive says of itself, once: every reader of operations asks it here and knows none by name.

A fact that would be wrong in silence has no default: a primitive without it is an error when the table is imported.
The rest (that it commutes, that an operand leaves the other as it is) only spares work; the tests hold every fact that
is said against the kernels.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypedDict, Unpack
from typing import Literal as OneOf

import attrs

from ..ir import Attribute, Kind, Operand, Operation

Form = OneOf["elementwise", "previous", "rows", "along_rows", "window", "figure"]
"""``rows`` reduces a family, ``along_rows`` keeps it but works across it, ``window`` gives one value a
date from a finished series, ``figure`` one value from all dates."""

KindRule = OneOf["float", "bool", "date", "number", "any", "each"]
"""``number`` is float or date, ``any`` whatever: the same kind wherever either is said in one primitive.
``each`` is any kind, each operand its own."""

AttributeRule = OneOf["int", "text", "positions", "mode", "order", "members", "constant", "formula", "measure"]
"""What an attribute holds. ``members``: how many pairs of operands follow the first; ``constant``: the name of a
constant by date, which the kernel takes as a further series; ``formula`` of `curves.FUNCTIONS`; ``measure`` of
`metrics.METRICS`."""

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"mode": ("half_up", "half_even", "down", "up"), "order": ("lowest", "highest")}
)

EVERY = sys.maxsize
"""As many operands as there are."""

Number = Fraction | bool

# ------------------------------------------------------------------------------------------------- signs

Sign = Callable[[Sequence[bool]], bool]
"""Whether the result is surely not below zero, in rounded arithmetic too, given of which operands that is known."""


def unknown(signs: Sequence[bool]) -> bool:
    return False


def always(signs: Sequence[bool]) -> bool:
    return True


def where_all(signs: Sequence[bool]) -> bool:
    return all(signs)


def where_any(signs: Sequence[bool]) -> bool:
    return any(signs)


def where_first(signs: Sequence[bool]) -> bool:
    return signs[0]


def where_second(signs: Sequence[bool]) -> bool:
    return signs[1]


def where_rest(signs: Sequence[bool]) -> bool:
    """All but the first, which chooses among them."""
    return all(signs[1:])


# ------------------------------------------------------------------------------------------------- folding

Folds = Callable[[Sequence[Number]], bool]
"""Whether the exact kernel gives these literals' value exactly, so that it is worked out before the run."""


def exactly(values: Sequence[Number]) -> bool:
    return True


def left_to_the_run(values: Sequence[Number]) -> bool:
    """The value goes through a double: before the run it would have to have the very bits of numpy's."""
    return False


# ------------------------------------------------------------------------------------------------- order

Order = OneOf["least", "greatest", "choice", "sum", "difference", "product", "mask"]
"""How a result lies to its operands: at most each, at least each, one of those after the first; more by the other,
less by the second; a product; 0 or 1."""

Alike = OneOf["itself"] | int
"""What a primitive of twice the same comes to: that, or a number."""


@attrs.frozen
class Accumulator:
    """How a figure is gathered date by date: ``operation`` of what there is and the date's value, from ``start`` on.

    ``of``: the operand itself; the operand where the mask after it holds; or the first date on which it holds.
    """

    operation: Operation | OneOf["copy"]
    start: float | bool
    of: OneOf["value", "masked", "date"] = "value"


@attrs.frozen(kw_only=True)
class Primitive:
    """One operation. The functions below make each form's, with what that form has to say."""

    name: Operation
    form: Form
    operands: tuple[KindRule, ...]
    result: KindRule
    vector: Callable[..., Any]
    """On whole arrays, lanes last."""
    exact: Callable[..., Any]
    """On scalars of any number type."""
    sign: Sign
    folds: Folds
    on_floats: bool
    """Whether the exact kernel on floats has the bits of the numpy kernel: then what recurs is worked out with it."""
    out: Callable[..., Any] | None
    """The numpy kernel as one call ``out(first, second, out=…)``, or None where it takes more than that."""
    plain: int
    """How many of the first operands are one value, not one a row."""
    repeated: KindRule | None = None
    """The kind of any further operands."""
    attributes: Mapping[str, AttributeRule] = attrs.field(factory=dict)
    optional: frozenset[str] = frozenset()
    open: bool = False
    """Whether it takes attributes that are not declared."""
    commutes: bool = False
    neutral: Mapping[int, bool | int] = attrs.field(factory=dict)
    """By position the operand that leaves the other as it is."""
    absorbing: bool | int | None = None
    """The operand, at either position, that is the result whatever the other."""
    alike: Alike | None = None
    undoes_itself: bool = False
    relabels: bool = False
    """It says of what kind a value is: in a run, where dates are numbers, it is its operand."""
    order: Order | None = None
    whole_lines: bool = False
    """Whether numpy is slow where an operand is a scalar, so that a constant is laid out as a line."""
    jumps: bool = False
    """Whether a hair's difference of the operand can make a whole unit's, as in a comparison."""
    moves: bool = False
    """Whether what is the same on every date stays what it is."""
    ordinals: bool = False
    """Whether its kernel takes the dates of the timeline after the operands."""
    accumulator: Accumulator | None = None
    constants: tuple[str, ...] = attrs.field(init=False)
    """The attributes that name a constant."""
    apart: frozenset[str] = attrs.field(init=False)
    """The attributes that are not handed to the kernel as they stand."""

    @constants.default
    def _constants(self) -> tuple[str, ...]:
        return tuple(name for name, rule in self.attributes.items() if rule == "constant")

    @apart.default
    def _apart(self) -> frozenset[str]:
        return frozenset(name for name, rule in self.attributes.items() if rule in ("constant", "measure"))

    @property
    def barrier(self) -> bool:
        return self.form in ("window", "figure")

    @property
    def measure(self) -> bool:
        """Whether it is one of the twins of a measure, which are worked out together."""
        return "measure" in self.attributes.values()

    @property
    def compares(self) -> bool:
        return self.result == "bool" and self.operands == ("number", "number")

    @property
    def joins_conditions(self) -> bool:
        """Whether it is of conditions alone, and gives one."""
        return self.form == "elementwise" and self.result == "bool" and set(self.operands) == {"bool"}

    def gathered(self) -> Accumulator:
        """How it is gathered date by date, of a primitive that is."""
        if self.accumulator is None:
            raise LookupError(f"{self.name} is not gathered date by date")
        return self.accumulator

    def kind(self, operands: Sequence[Operand]) -> Kind:
        """The kind of its result."""
        match self.result:
            case "float" | "bool" | "date":
                return self.result
            case _:
                return next(
                    one.kind for one, rule in zip(operands, self.operands, strict=False) if rule in ("number", "any")
                )

    def given(self, attributes: Sequence[tuple[str, Attribute]]) -> dict[str, Any]:
        """The attributes that a kernel takes as they stand."""
        return {name: value for name, value in attributes if name not in self.apart}


class Facts(TypedDict, total=False):
    """What a primitive may say beside what its form has to."""

    repeated: KindRule
    attributes: Mapping[str, AttributeRule]
    optional: frozenset[str]
    open: bool
    commutes: bool
    neutral: Mapping[int, bool | int]
    absorbing: bool | int
    alike: Alike
    undoes_itself: bool
    relabels: bool
    order: Order
    whole_lines: bool
    jumps: bool
    moves: bool
    ordinals: bool


def elementwise(
    name: Operation,
    operands: tuple[KindRule, ...],
    result: KindRule,
    vector: Callable[..., Any],
    exact: Callable[..., Any],
    *,
    sign: Sign,
    folds: Folds,
    on_floats: bool,
    out: Callable[..., Any] | None,
    plain: int = 0,
    **more: Unpack[Facts],
) -> Primitive:
    """A value a date, row and scenario."""
    return Primitive(
        name=name,
        form="elementwise",
        operands=operands,
        result=result,
        vector=vector,
        exact=exact,
        sign=sign,
        folds=folds,
        on_floats=on_floats,
        out=out,
        plain=plain,
        **more,
    )


def condition(
    name: Operation,
    operands: tuple[KindRule, ...],
    vector: Callable[..., Any],
    exact: Callable[..., Any],
    *,
    out: Callable[..., Any],
    **more: Unpack[Facts],
) -> Primitive:
    """What is true or false, exactly, of numbers or of other conditions."""
    return elementwise(
        name, operands, "bool", vector, exact, sign=unknown, folds=exactly, on_floats=True, out=out, **more
    )


def over_rows(
    name: Operation,
    operands: tuple[KindRule, ...],
    result: KindRule,
    vector: Callable[..., Any],
    exact: Callable[..., Any],
    *,
    form: OneOf["rows", "along_rows"] = "rows",
    sign: Sign,
    plain: int,
    **more: Unpack[Facts],
) -> Primitive:
    """What works across the rows of a family."""
    return Primitive(
        name=name,
        form=form,
        operands=operands,
        result=result,
        vector=vector,
        exact=exact,
        sign=sign,
        folds=left_to_the_run,
        on_floats=False,
        out=None,
        plain=plain,
        **more,
    )


def through_time(
    name: Operation,
    operands: tuple[KindRule, ...],
    result: KindRule,
    vector: Callable[..., Any],
    exact: Callable[..., Any],
    *,
    form: OneOf["previous", "window"],
    sign: Sign,
    **more: Unpack[Facts],
) -> Primitive:
    """What reads other dates, and gives a value a date."""
    return Primitive(
        name=name,
        form=form,
        operands=operands,
        result=result,
        vector=vector,
        exact=exact,
        sign=sign,
        folds=left_to_the_run,
        on_floats=False,
        out=None,
        plain=0,
        **more,
    )


def figure(
    name: Operation,
    operands: tuple[KindRule, ...],
    result: KindRule,
    vector: Callable[..., Any],
    exact: Callable[..., Any],
    *,
    sign: Sign,
    accumulator: Accumulator | None,
    **more: Unpack[Facts],
) -> Primitive:
    """One value of all dates."""
    return Primitive(
        name=name,
        form="figure",
        operands=operands,
        result=result,
        vector=vector,
        exact=exact,
        sign=sign,
        folds=left_to_the_run,
        on_floats=False,
        out=None,
        plain=0,
        accumulator=accumulator,
        **more,
    )
