"""What arises and what stands: an amount of a date is nothing before its first one, a level is not known there."""

from __future__ import annotations

from typing import Literal

from ... import syntax
from ...names.deal import (
    AccountEntry,
    ClaimEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InputEntry,
    PartyEntry,
    ReductionEntry,
    Scope,
    StateEntry,
    WaterfallEntry,
    follow,
)
from ...types.types import Types
from ...vocabulary.dimensions import HOUR, YEAR
from ...vocabulary.value_types import Type

Nature = Literal["amount", "balance", "stock", "level"]
"""``amount``: a flow, a payment, what comes in a table by date. ``balance``: what has come together by a date, and is
nothing before anything has. ``stock``: what a state stands at, or is owed. ``level``: a price, a ratio, a number: it
scales the others. By itself it is told apart by its type: money and counts arise."""

_GATHERED = {"straight_line", "level", "aged", "cumulative"}
"""Functions that come to a balance."""

_STANDING = {"trailing", "trailing_average", "next", "present_value", "latest", "mark_to_market"}
"""Functions that come to what stands on a date, money among it."""

_SHAPED = {"min", "max", "clamp", "abs", "round", "floor", "ceiling", "sum", "sum_by", "exchange", "delayed"}
"""Functions of an amount that come to an amount."""


def arises(types: Types, node: syntax.Expression, scope: Scope) -> bool:
    """Whether an expression is an amount that arises on its dates: a flow, a payment, a delivery; not a level."""
    found = nature(types, node, scope)
    return found == "amount" or (found == "level" and adds_up(types.of(node, scope)))


def nature(types: Types, node: syntax.Expression, scope: Scope) -> Nature:
    return _nature(types, node, scope, {})


def adds_up(type: Type) -> bool:
    """Whether a figure is money or a count of something, which add up over dates; not a price, a share or a rate."""
    powers = type.dimension.powers
    return type.kind == "number" and len(powers) == 1 and powers[0][1] == 1 and type.dimension not in (YEAR, HOUR)


def _nature(types: Types, node: syntax.Expression, scope: Scope, found: dict[int, Nature]) -> Nature:
    """``found``: definitions that have been looked at, each once: names that lead to each other may be many."""

    def of(part: syntax.Expression) -> Nature:
        return _nature(types, part, scope, found)

    match node:
        case syntax.Name():
            return _named(types, node, scope, found)
        case syntax.Reading(moment="previous" | "next" | "projected", name=name):
            return of(name)
        case syntax.Unary(operator="-", operand=operand) | syntax.Per(operand=operand):
            return of(operand)
        case syntax.Binary(operator="+" | "-", left=left, right=right):
            return _together(of(left), of(right))
        case syntax.Binary(operator="*", left=left, right=right):
            return _product(of(left), of(right))
        case syntax.Binary(operator="/", left=left, right=right):
            above, below = of(left), of(right)
            return "level" if below == "amount" else above
        case syntax.Conditional(then=then, otherwise=otherwise):
            return _together(of(then), of(otherwise))
        case syntax.Call():
            return _called(types, node, scope, found)
        case _:
            return "level"


def _named(types: Types, node: syntax.Name, scope: Scope, found: dict[int, Nature]) -> Nature:
    resolved = scope.resolve(node.parts)
    if isinstance(resolved, int):
        return "level"
    entry = follow(resolved.entry)
    match entry:
        case DefinitionEntry(on=on) if on is not None:
            return "amount"
        case DefinitionEntry(value=syntax.Table(form="table")):
            return "amount" if adds_up(types.entry_type(entry)) else "level"
        case DefinitionEntry():
            if id(entry) not in found:
                # Of what needs itself, which is refused (E0501), this much is said until all of it has been looked at.
                found[id(entry)] = "level"
                found[id(entry)] = _nature(types, entry.value, entry.scope, found)
            return found[id(entry)]
        case ClaimEntry():
            return "amount" if resolved.attribute in ("paid", "current", "due") else "stock"
        case ReductionEntry() | WaterfallEntry():
            return "amount"
        case AccountEntry():
            return "stock" if resolved.attribute == "target" else "balance"
        case StateEntry():
            return "stock"
        case GroupEntry():
            path = tuple(resolved.attribute.split(".")) if resolved.attribute else ()
            return _of_members(types, entry, path, found)
        case PartyEntry():
            return "amount" if resolved.attribute in ("received", "paid", "net") else "level"
        case InputEntry():
            return "amount" if adds_up(types.entry_type(entry)) else "level"
        case _:
            return "level"


def _of_members(types: Types, group: GroupEntry, path: tuple[str, ...], found: dict[int, Nature]) -> Nature:
    """A group's figure is the sum of its members'."""
    together: Nature = "level"
    for member in group.item.members:
        parts = (*member.parts, *path)
        one = _nature(types, syntax.Name(member.span, parts, (member.span,) * len(parts)), group.scope, found)
        together = _together(together, one)
    return together


def _called(types: Types, node: syntax.Call, scope: Scope, found: dict[int, Nature]) -> Nature:
    name = node.function.text
    own = scope.find(name)
    if name in ("accrue", "once"):
        return "amount"
    if name in _GATHERED:
        return "balance"
    if name in _STANDING:
        return "stock"
    if name not in _SHAPED and not isinstance(None if own is None else follow(own), FunctionEntry):
        return "level"
    together: Nature = "level"
    for argument in node.arguments:
        one = _nature(types, argument.value, scope, found)
        together = "amount" if "amount" in (one, together) else _together(together, one)
    return together


def _together(one: Nature, other: Nature) -> Nature:
    """A sum, or one of two: what both are, what scales them beside it; of what arises and what stands, what stands."""
    both = {one, other} - {"level"}
    if not both:
        return "level"
    return both.pop() if len(both) == 1 else "stock"


def _product(one: Nature, other: Nature) -> Nature:
    """Scaled by a level it stays what it is; an amount times an amount is neither."""
    scaled = {one, other} - {"level"}
    return scaled.pop() if len(scaled) == 1 and one != other else "level"
