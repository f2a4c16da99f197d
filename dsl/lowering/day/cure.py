"""`until oc >= 122.6% { ... }`: pays what cures the ratio and no more."""

from __future__ import annotations

import copy
from typing import assert_never

import attrs

from ....engine.ir import Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import (
    AccountEntry,
    ClaimEntry,
    ColumnEntry,
    ComponentEntry,
    CurveEntry,
    DaycountEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    PartyEntry,
    ReductionEntry,
    RelationEntry,
    Resolved,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from ...syntax.walk import children
from ..building.builder import ONE, TRUE, ZERO
from ..context.acts import Acts
from ..context.day import ClaimDay, Day
from ..context.dispatch import condition, value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.named import account_of, claims_named, members, reduction_of, state_of
from ..context.product import Product
from ..context.values import NotLowered, Value
from .cash import balance
from .priority import available, more_than_all
from .standing import Standing, run, runs
from .steps import by_year, cap

_STRAIGHT = ("+", "-")


@attrs.define(slots=True, eq=False)
class Cure:
    """The test that is to be met, in two parts, and whether it is still to be met where the next step stands."""

    numerator: syntax.Expression
    denominator: syntax.Expression
    threshold: syntax.Expression
    above: bool
    scope: Scope
    sought: Operand = TRUE


@runs(syntax.UntilCured)
def until_cured(low: Lowering, step: syntax.UntilCured, here: Standing) -> None:
    """Each step in turn pays what cures the ratio and no more; those after the cure pay nothing."""
    cure = Cure(*_ratio(low.collector, step, here, changed_by(low.collector, low.acts, step, here)))
    _through(low, step.steps, cure, here)


def _through(low: Lowering, steps: tuple[syntax.Step, ...], cure: Cure, here: Standing) -> None:
    """Steps may move the ratio by different amounts (interest not at all): each has its own slope."""
    builder = low.builder
    for step in steps:
        low.day.step_active = builder.both(here.on, here.mask)
        low.day.now[Figure.REST("")] = low.day.rest = balance(low.day, here.source)
        match step:
            case syntax.When():
                chosen = condition(low, step.condition, here.scope, here.moment)
                _through(low, step.steps, cure, attrs.evolve(here, mask=builder.both(here.mask, chosen)))
                other = builder.both(here.mask, builder.negated(chosen))
                _through(low, step.otherwise, cure, attrs.evolve(here, mask=other))
            case syntax.UpTo():
                value = value_of(low, step.limit, here.scope, here.moment)
                limit = builder.positive(
                    low.check_determined(value, low.day.step_active, "this limit", step.limit.span)
                )
                key = cap(low, limit, step.span, by_year(low, step.limit, here.scope, step.per_year))
                _through(low, step.steps, cure, attrs.evolve(here, caps=(*here.caps, key)))
            case syntax.UntilCured():
                run(low, (step,), here)
            case syntax.PlainStep() | syntax.PayProRata():
                if _spends(low.collector, step, here):
                    _cured(low, step, cure, here)
                else:
                    run(low, (step,), here)
            case _:
                assert_never(step)


def _spends(collector: Collector, step: syntax.Step, here: Standing) -> bool:
    """Whether a step takes from the waterfall's own account, named or not: what others hold is moved whether or not it
    cures."""
    return any(
        source.account is None or Figure.ACCOUNT(account_of(collector, source.account, here.scope).name) == here.source
        for source in step.facts.takes_from
    )


def _cured(low: Lowering, step: syntax.Step, cure: Cure, here: Standing) -> None:
    """The numerator less the threshold times the denominator moves in proportion to what a step pays: one trial of it
    with all there is gives the slope, and the cure is where it crosses zero."""
    builder = low.builder
    gap = _gap(low, cure, here)
    before = _snapshot(low.product, low.day)
    sources = (here.source, *_others(low.collector, step, here))
    whole = builder.sum([available(low, source) for source in sources])
    key = cap(low, whole, step.span, False)
    run(low, (step,), attrs.evolve(here, caps=(*here.caps, key)))
    after = _gap(low, cure, here)
    spent = builder.subtract(whole, low.day.now[key])
    _restore(low.product, low.day, before)
    gain = builder.subtract(after.operand, gap.operand)
    moves = builder.emit("less", ZERO, gain)
    needed = builder.positive(builder.emit("negate", gap.operand))
    exact = builder.emit("divide", builder.multiply(spent, needed), builder.select(moves, gain, ONE))
    crossed = builder.both(moves, builder.emit("less", exact, spent))
    short = builder.both(builder.both(cure.sought, gap.determined), builder.emit("less", gap.operand, ZERO))
    more = more_than_all(low, sources, whole, exact, moves)
    limit = builder.select(short, builder.select(crossed, builder.positive(exact), more), ZERO)
    cure.sought = builder.both(cure.sought, builder.negated(crossed))
    key = cap(low, limit, step.span, False)
    run(low, (step,), attrs.evolve(here, caps=(*here.caps, key)))


def _others(collector: Collector, step: syntax.Step, here: Standing) -> list[Key]:
    """The other accounts that a step may take from, each once."""
    found: dict[Key, None] = {}
    for inner in syntax.within((step,)):
        if _spends(collector, inner, here):
            named = (source.account for source in inner.facts.takes_from if source.account is not None)
            found.update((Figure.ACCOUNT(account_of(collector, name, here.scope).name), None) for name in named)
    return [key for key in found if key != here.source]


def _gap(low: Lowering, cure: Cure, here: Standing) -> Value:
    """Above zero where the test is met."""
    builder = low.builder
    n = value_of(low, cure.numerator, cure.scope, here.moment)
    d = value_of(low, cure.denominator, cure.scope, here.moment)
    c = value_of(low, cure.threshold, here.scope, here.moment)
    bar = builder.multiply(c.operand, d.operand)
    gap = builder.subtract(n.operand, bar) if cure.above else builder.subtract(bar, n.operand)
    return Value(gap, builder.both(builder.both(n.determined, d.determined), c.determined))


def _ratio(
    collector: Collector, step: syntax.UntilCured, here: Standing, changed: frozenset[Key]
) -> tuple[syntax.Expression, syntax.Expression, syntax.Expression, bool, Scope]:
    test = step.condition
    if not isinstance(test, syntax.Binary) or test.operator not in (">=", ">", "<=", "<"):
        collector.error(
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
        collector.error(
            "E0534",
            "`until` here takes a ratio, and this is no division",
            test.left.span,
            help="define it as one amount over another: `define oc = collateral / notes.balance`",
        )
        raise NotLowered
    for part in (node.left, node.right):
        if not straight(part, scope, changed, 0):
            collector.error(
                "E0534",
                "`until` needs a ratio whose two parts move in proportion to what is paid",
                part.span,
                label="this bends",
                help="sums of balances, accounts and fixed amounts do; `min`, `max` and `if` of them do not",
            )
            raise NotLowered
    return node.left, node.right, test.right, test.operator in (">=", ">"), scope


def changed_by(collector: Collector, acts: Acts, step: syntax.UntilCured, here: Standing) -> frozenset[Key]:
    """The figures that the steps of a cure change: what they pay or reduce, what that moves, the accounts that cash
    comes from and goes into."""
    found: set[Key] = {here.source}
    for inner in syntax.within((step,)):
        facts = inner.facts
        for name in (*(one.account for one in facts.takes_from), *(one.account for one in facts.puts_into)):
            resolved = None if name is None else here.scope.resolve(name.parts)
            if resolved is not None and not isinstance(resolved, int):
                found.add(Figure.ACCOUNT(follow(resolved.entry).name))
        for asked in facts.asks:
            if here.source.kind is Figure.TO_REDUCE:
                reduction = reduction_of(collector, asked.claim, here.scope)
                found.update((Figure.REDUCED(reduction.name), Figure.STATE(state_of(collector, reduction).name)))
            for claim in claims_named(asked.claim, here.scope):
                found.update(kind(claim.name) for kind in (Figure.PAID, Figure.UNPAID))
                found.update(Figure.STATE(state.name) for state, _ in acts.movers.get(claim.name, ()))
    return frozenset(found)


def straight(node: syntax.Expression, scope: Scope, changed: frozenset[Key], depth: int) -> bool:
    """Whether an expression is a sum of figures that the steps change, each times something that they do not."""
    if depth > 100:
        return False
    if not moving(node, scope, changed, depth):
        return True
    match node:
        case syntax.Name():
            resolved = scope.resolve(node.parts)
            if not isinstance(resolved, int) and isinstance(resolved.entry, DefinitionEntry):
                return straight(resolved.entry.value, resolved.entry.scope, changed, depth + 1)
            return True
        case syntax.Unary(operator="-"):
            return straight(node.operand, scope, changed, depth + 1)
        case syntax.Binary(operator=operator) if operator in _STRAIGHT:
            return all(straight(side, scope, changed, depth + 1) for side in (node.left, node.right))
        case syntax.Binary(operator="*"):
            left, right = moving(node.left, scope, changed, depth), moving(node.right, scope, changed, depth)
            side = node.left if left else node.right
            return not (left and right) and straight(side, scope, changed, depth + 1)
        case syntax.Binary(operator="/"):
            fixed = not moving(node.right, scope, changed, depth)
            return fixed and straight(node.left, scope, changed, depth + 1)
        case syntax.Call() if node.function.text == "sum" and len(node.arguments) == 1:
            fixed = node.where is None or not moving(node.where, scope, changed, depth)
            return fixed and straight(node.arguments[0].value, scope, changed, depth + 1)
        case (
            syntax.Number()
            | syntax.Money()
            | syntax.DateLiteral()
            | syntax.Text()
            | syntax.Boolean()
            | syntax.DayCount()
            | syntax.Unary()
            | syntax.Binary()
            | syntax.Conditional()
            | syntax.Per()
            | syntax.Call()
            | syntax.Reading()
            | syntax.EdgeDate()
            | syntax.DateCount()
            | syntax.Within()
            | syntax.Falls()
            | syntax.OnDate()
            | syntax.ListOf()
            | syntax.Pairs()
            | syntax.Table()
            | syntax.Take()
            | syntax.Circles()
            | syntax.NoneOf()
        ):
            return False
        case _:
            assert_never(node)


def moving(node: syntax.Expression, scope: Scope, changed: frozenset[Key], depth: int) -> bool:
    """Whether an expression reads a figure that the steps change."""
    if depth > 100:
        return True
    stack = [node]
    while stack:
        found = stack.pop()
        if isinstance(found, syntax.Reading):
            continue
        if isinstance(found, syntax.Name):
            resolved = scope.resolve(found.parts)
            if not isinstance(resolved, int) and _moves(resolved, changed, depth):
                return True
            continue
        stack.extend(_below(found))
    return False


def _moves(resolved: Resolved, changed: frozenset[Key], depth: int) -> bool:
    entry = resolved.entry
    match entry:
        case StateEntry():
            return Figure.STATE(entry.name) in changed
        case AccountEntry():
            return Figure.ACCOUNT(entry.name) in changed
        case ClaimEntry():
            return resolved.attribute is not None and Figure(resolved.attribute)(entry.name) in changed
        case DefinitionEntry():
            return moving(entry.value, entry.scope, changed, depth + 1)
        case ReductionEntry():
            return Figure.REDUCED(entry.name) in changed
        case PartyEntry():
            # Which parties' books the steps write in is not looked for: what a cure reads of any may move.
            return resolved.attribute in ("received", "paid", "net")
        case WaterfallEntry():
            return resolved.attribute is not None
        case GroupEntry() if resolved.attribute is not None:
            return any(_moves(member, changed, depth + 1) for member in members(entry, resolved.attribute))
        case (
            RelationEntry()
            | ScheduleEntry()
            | DaycountEntry()
            | ColumnEntry()
            | InputEntry()
            | TriggerEntry()
            | FunctionEntry()
            | GroupEntry()
            | InstanceEntry()
            | CurveEntry()
            | ComponentEntry()
        ):
            return False
        case _:
            assert_never(entry)


def _below(node: syntax.Expression) -> list[syntax.Expression]:
    if isinstance(node, syntax.Call):
        return [argument.value for argument in node.arguments] + ([node.where] if node.where is not None else [])
    return [child for child in children(node) if isinstance(child, syntax.Node)]  # type: ignore[misc]  # expressions below


@attrs.frozen(slots=True, eq=False)
class Snapshot:
    now: dict[Key, Operand]
    claims: dict[str, ClaimDay]
    recorded: dict[str, tuple[Operand, Operand]]
    ledger: dict[Key, tuple[list[Operand], list[Operand]]]
    checks: int
    short: dict[Key, Operand]


def _snapshot(product: Product, day: Day) -> Snapshot:
    return Snapshot(
        dict(day.now),
        {name: copy.copy(claim) for name, claim in day.claims.items()},
        dict(day.recorded),
        {name: (list(one.into), list(one.out)) for name, one in day.ledger.items()},
        len(product.checks),
        dict(day.short),
    )


def _restore(product: Product, day: Day, kept: Snapshot) -> None:
    """Undo the trial: what it emitted and nothing uses is dropped by the engine's passes."""
    day.now = dict(kept.now)
    for name, claim in list(day.claims.items()):
        before = kept.claims.get(name)
        if before is None:
            claim.remaining, claim.paid, claim.touched = claim.due, ZERO, False
        else:
            day.claims[name] = before
    day.recorded = dict(kept.recorded)
    day.short = dict(kept.short)
    for account, one in day.ledger.items():
        into, out = kept.ledger.get(account, ([], []))
        one.into, one.out = list(into), list(out)
    del product.checks[kept.checks :]
