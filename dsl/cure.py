"""`until oc >= 122.6% { ... }`: pays what cures the ratio and no more."""

from __future__ import annotations

import copy

import attrs

from ..engine.ir import Operand
from . import syntax
from .builder import ONE, ZERO
from .cash import balance
from .deal import DefinitionEntry, Scope
from .expressions import value_of
from .lowering import Lowering, NotLowered, Value
from .steps import Standing, cap, run
from .walk import walk

_STRAIGHT = ("+", "-")


def until_cured(low: Lowering, step: syntax.UntilCured, here: Standing) -> None:
    """The ratio's numerator less the threshold times its denominator moves in proportion to what is paid: one trial
    of the steps with all there is gives the slope, and the cure is where it crosses zero."""
    numerator, denominator, threshold, above, scope = _ratio(low, step, here)
    builder = low.builder
    gap = _gap(low, numerator, denominator, threshold, above, scope, here)
    before = _snapshot(low)
    cash = balance(low, here.account)
    low.trial += 1
    run(low, step.steps, here)
    low.trial -= 1
    after = _gap(low, numerator, denominator, threshold, above, scope, here)
    spent = builder.subtract(cash, balance(low, here.account))
    _restore(low, before)
    gain = builder.subtract(after.operand, gap.operand)
    moves = builder.emit("less", ZERO, gain)
    needed = builder.positive(builder.emit("negate", gap.operand))
    exact = builder.emit("divide", builder.multiply(spent, needed), builder.select(moves, gain, ONE))
    limit = builder.select(moves, builder.minimum(spent, builder.positive(exact)), spent)
    limit = builder.select(builder.emit("less", gap.operand, ZERO), limit, ZERO)
    key = cap(low, builder.select(gap.determined, limit, ZERO), step.span, False)
    run(low, step.steps, attrs.evolve(here, caps=(*here.caps, key)))


def _gap(
    low: Lowering,
    numerator: syntax.Expression,
    denominator: syntax.Expression,
    threshold: syntax.Expression,
    above: bool,
    scope: Scope,
    here: Standing,
) -> Value:
    """Above zero where the test is met."""
    builder = low.builder
    n = value_of(low, numerator, scope, here.moment)
    d = value_of(low, denominator, scope, here.moment)
    c = value_of(low, threshold, here.scope, here.moment)
    bar = builder.multiply(c.operand, d.operand)
    gap = builder.subtract(n.operand, bar) if above else builder.subtract(bar, n.operand)
    return Value(gap, builder.both(builder.both(n.determined, d.determined), c.determined))


def _ratio(
    low: Lowering, step: syntax.UntilCured, here: Standing
) -> tuple[syntax.Expression, syntax.Expression, syntax.Expression, bool, Scope]:
    test = step.condition
    if not isinstance(test, syntax.Binary) or test.operator not in (">=", ">", "<=", "<"):
        low.collector.error(
            "E0534", "`until` here takes a ratio and a threshold", test.span, help="`until oc >= 122.6% { ... }`"
        )
        raise NotLowered
    node, scope = test.left, here.scope
    for _ in range(64):
        if isinstance(node, syntax.Name):
            resolved = scope.resolve(node.parts)
            if isinstance(resolved, int) or not isinstance(resolved.entry, DefinitionEntry):
                break
            node, scope = resolved.entry.value, resolved.entry.scope
        else:
            break
    if not isinstance(node, syntax.Binary) or node.operator != "/":
        low.collector.error(
            "E0534", "`until` here takes a ratio, and this is no division", test.left.span,
            help="define it as one amount over another: `define oc = collateral / notes.balance`",
        )  # fmt: skip
        raise NotLowered
    for part in (node.left, node.right):
        if not straight(low, part, scope, 0):
            low.collector.error(
                "E0534", "`until` needs a ratio whose two parts move in proportion to what is paid", part.span,
                label="this bends",
                help="sums of balances, accounts and fixed amounts do; `min`, `max` and `if` of them do not",
            )  # fmt: skip
            raise NotLowered
    return node.left, node.right, test.right, test.operator in (">=", ">"), scope


def straight(low: Lowering, node: syntax.Expression, scope: Scope, depth: int) -> bool:
    """Whether an expression is a sum of figures that the day changes, each times something that it does not."""
    if depth > 100 or not moving(low, node, scope, depth):
        return depth <= 100
    match node:
        case syntax.Name():
            resolved = scope.resolve(node.parts)
            if isinstance(resolved, int):
                return True
            if isinstance(resolved.entry, DefinitionEntry):
                return straight(low, resolved.entry.value, resolved.entry.scope, depth + 1)
            return True
        case syntax.Unary(operator="-"):
            return straight(low, node.operand, scope, depth + 1)
        case syntax.Binary(operator=operator) if operator in _STRAIGHT:
            return straight(low, node.left, scope, depth + 1) and straight(low, node.right, scope, depth + 1)
        case syntax.Binary(operator="*"):
            left, right = moving(low, node.left, scope, depth), moving(low, node.right, scope, depth)
            side = node.left if left else node.right
            return not (left and right) and straight(low, side, scope, depth + 1)
        case syntax.Binary(operator="/"):
            return not moving(low, node.right, scope, depth) and straight(low, node.left, scope, depth + 1)
        case syntax.Call() if node.function.text == "sum" and len(node.arguments) == 1:
            fixed = node.where is None or not moving(low, node.where, scope, depth)
            return fixed and straight(low, node.arguments[0].value, scope, depth + 1)
        case _:
            return False


def moving(low: Lowering, node: syntax.Expression, scope: Scope, depth: int) -> bool:
    """Whether an expression reads a state, an account or a payment that a step may change."""
    from .deal import AccountEntry, ClaimEntry, ReductionEntry, StateEntry

    if depth > 100:
        return True
    stack = [node]
    while stack:
        found = stack.pop()
        if isinstance(found, syntax.Reading):
            continue
        if isinstance(found, syntax.Name):
            resolved = scope.resolve(found.parts)
            if isinstance(resolved, int):
                continue
            entry = resolved.entry
            if isinstance(entry, StateEntry | AccountEntry):
                return True
            if isinstance(entry, ClaimEntry | ReductionEntry) and resolved.attribute in ("paid", "unpaid", "amount"):
                return True
            if isinstance(entry, DefinitionEntry) and moving(low, entry.value, entry.scope, depth + 1):
                return True
            if resolved.attribute is not None and not isinstance(entry, ClaimEntry | ReductionEntry):
                from .deal import GroupEntry

                if isinstance(entry, GroupEntry):
                    return True
            continue
        stack.extend(child for child in _below(found))
    return False


def _below(node: syntax.Expression) -> list[syntax.Expression]:
    from .walk import children

    if isinstance(node, syntax.Call):
        return [argument.value for argument in node.arguments] + ([node.where] if node.where is not None else [])
    return [child for child in children(node) if isinstance(child, syntax.Node)]  # type: ignore[misc]  # expressions below


@attrs.frozen(slots=True, eq=False)
class Snapshot:
    now: dict[tuple[str, str], Operand]
    claims: dict[str, object]
    recorded: dict[str, tuple[Operand, Operand]]
    ledger: dict[str, object]
    checks: int


def _snapshot(low: Lowering) -> Snapshot:
    return Snapshot(
        dict(low.day.now),
        {name: copy.copy(claim) for name, claim in low.day.claims.items()},
        dict(low.day.recorded),
        {name: (list(one.into), list(one.out)) for name, one in low.ledger.items()},
        len(low.checks),
    )


def _restore(low: Lowering, kept: Snapshot) -> None:
    """Undo the trial: what it emitted and nothing uses is dropped by the engine's passes."""
    low.day.now = dict(kept.now)
    for name, claim in list(low.day.claims.items()):
        before = kept.claims.get(name)
        if before is None:
            claim.remaining, claim.paid, claim.touched = claim.due, ZERO, False
        else:
            low.day.claims[name] = before  # type: ignore[assignment]  # a copy of the same class
    low.day.recorded = dict(kept.recorded)
    for name, one in low.ledger.items():
        lists = kept.ledger.get(name)
        one.into, one.out = (list(lists[0]), list(lists[1])) if isinstance(lists, tuple) else ([], [])
    del low.checks[kept.checks :]


__all__ = ["straight", "until_cured", "walk"]
