"""Steps name things of the right kind: a claim is paid, an account is drawn from, a trigger is tested."""

from __future__ import annotations

from .. import syntax
from ..messages.diagnostics import Collector, Label
from .deal import (
    AccountEntry,
    ClaimEntry,
    GroupEntry,
    InstanceEntry,
    Model,
    ReductionEntry,
    Scope,
    TriggerEntry,
    follow,
)
from .name_help import described, either


def check(model: Model, collector: Collector) -> None:
    """Every name in the acts of the day that must be a claim, a reduction, an account or a trigger is one."""
    for act in model.acts:
        item, scope = act.item, act.scope
        facts = item.facts
        if facts.account is not None:
            _account(facts.account, scope, collector)
        for name in facts.settles:
            _claim(name, scope, item.begins, collector)
        for name in facts.reduces:
            _reduction(name, scope, collector)
        for step in item.steps_within:
            if facts.shares_out == "reductions":
                _reducing(step, scope, collector)
            else:
                _paying(step, scope, collector)
            for name in step.facts.tests:
                _trigger(name, scope, collector)


def _paying(step: syntax.Step, scope: Scope, collector: Collector) -> None:
    facts = step.facts
    for asked in facts.asks:
        _claim(asked.claim, scope, step.begins[0], collector)
    for name in (*(one.account for one in facts.takes_from), *(one.account for one in facts.puts_into)):
        if name is not None:
            _account(name, scope, collector)


def _reducing(step: syntax.Step, scope: Scope, collector: Collector) -> None:
    """What `reduce` shares out is no cash: its steps ask for reductions, and move none."""
    facts = step.facts
    for asked in facts.asks:
        _reduction(asked.claim, scope, collector)
    places = [one.account for one in facts.takes_from] + [one.account for one in facts.puts_into]
    named = [name for name in places if name is not None]
    party = facts.pays_to
    if named or facts.puts_into or party is not None:
        collector.error(
            "E0238",
            "`reduce` moves no cash, and this step does",
            named[0].span if named else party.span if party is not None else step.span,
            label="cash would come from nowhere",
            help="`pay` a reduction here, and move cash in a waterfall",
        )


def _reduction(name: syntax.Name, scope: Scope, collector: Collector) -> None:
    found = scope.resolve(name.parts)
    if isinstance(found, int):
        return
    entry = follow(found.entry)
    if isinstance(entry, InstanceEntry) and isinstance(entry.members.get("loss"), ReductionEntry):
        return
    if isinstance(entry, ReductionEntry) and found.attribute is None:
        return
    what = "one figure of it" if found.attribute is not None else described(entry)
    collector.error(
        "E0220",
        f"a reduction is wanted here, and `{name.text}` is {what}",
        name.span,
        label=what,
        help=f"name the reduction itself: `{entry.name}`"
        if isinstance(entry, ReductionEntry)
        else "declare one: `reduction loss of balance`",
    )


def _trigger(name: syntax.Name, scope: Scope, collector: Collector) -> None:
    found = scope.resolve(name.parts)
    if isinstance(found, int) or isinstance(follow(found.entry), TriggerEntry):
        return
    what = described(follow(found.entry))
    collector.error(
        "E0220",
        f"a trigger is wanted here, and `{name.text}` is {what}",
        name.span,
        label=what,
        help="`trigger lockup when ...` declares one; `record` fixes a definition",
    )


def _account(name: syntax.Name, scope: Scope, collector: Collector) -> None:
    found = scope.resolve(name.parts)
    if isinstance(found, int):
        return
    entry = follow(found.entry)
    if isinstance(entry, AccountEntry) and found.attribute is None:
        return
    what = "one figure of it" if found.attribute is not None else described(entry)
    collector.error(
        "E0220",
        f"an account is wanted here, and `{name.text}` is {what}",
        name.span,
        label=what,
        help=f"name the account itself: `{entry.name}`" if isinstance(entry, AccountEntry) else "name an account",
    )


def _claim(name: syntax.Name, scope: Scope, verb: str, collector: Collector) -> None:
    found = scope.resolve(name.parts)
    if isinstance(found, int):
        return
    entry = follow(found.entry)
    if isinstance(entry, ClaimEntry):
        if found.attribute is not None:
            collector.error(
                "E0533",
                f"a step pays a claim, and `{name.text}` is a figure of one",
                name.span,
                label="one figure of the claim",
                help=f"`{verb} {'.'.join(name.parts[:-1])}`",
            )
        return
    if isinstance(entry, GroupEntry) and (found.attribute is not None or of_claims(entry)):
        return
    what = "one figure of it" if found.attribute is not None else described(entry)
    claims: list[str] = []
    if isinstance(entry, InstanceEntry):
        # What a step pays is owed by the issuer, the side that a claim leaves unsaid.
        claims = [
            f"{name.text}.{key}"
            for key, one in entry.members.items()
            if isinstance(one, ClaimEntry) and (verb == "settle" or one.item.payer is None)
        ]
    collector.error(
        "E0220",
        f"a claim is wanted here, and `{name.text}` is {what}",
        name.span,
        label=what,
        others=(Label(entry.span, "declared here"),) if entry.span.file == name.span.file else (),
        help=f"say which of its claims: {either(claims)}"
        if claims
        else f"`claim ... to P on ... = {name.text}` declares what is owed, and a step pays that",
    )


def of_claims(entry: GroupEntry, depth: int = 0) -> bool:
    """Whether a group's members are claims themselves (or groups of claims), so that a step may pay it by its name."""
    for name in entry.item.members:
        found = entry.scope.resolve(name.parts)
        member = None if isinstance(found, int) else follow(found.entry)
        if isinstance(member, GroupEntry) and depth < 50 and of_claims(member, depth + 1):
            continue
        if not isinstance(member, ClaimEntry):
            return False
    return True
