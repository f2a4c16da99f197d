"""Lints of waterfalls: steps that can never run, accounts that move into themselves or state no target."""

from __future__ import annotations

from typing import assert_never

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import AccountEntry
from .facts import Facts, Guard, Payment, Visit, opposite, same
from .reach import Walk


def check(facts: Facts, collector: Collector) -> None:
    """What is wrong with the steps that stand there."""
    for act, waterfall in facts.waterfalls:
        Walk(facts, act.scope, waterfall, collector).run()
        _labels(waterfall, collector)
        _dates(waterfall, collector)
    untargeted: set[str] = set()
    for visit in facts.visits:
        _itself(facts, visit, collector)
        _target(facts, visit, untargeted, collector)
        _branch(facts, visit, collector)
        _pro_rata(visit, collector)
        _to_owner(facts, visit, collector)
    _twice(facts, collector)


def _dates(waterfall: syntax.Waterfall, collector: Collector) -> None:
    start, end = waterfall.start, waterfall.end
    if not (isinstance(start, syntax.DateLiteral) and isinstance(end, syntax.DateLiteral)):
        return
    if start.value is None or (end.value is not None and end.value < start.value):
        collector.error(
            "E0702",
            f"the waterfall `{waterfall.name}` never runs",
            end.span,
            label="ends before it begins",
            others=(Label(start.span, "begins here"),),
            help="exchange the two dates",
        )


def _branch(facts: Facts, visit: Visit, collector: Collector) -> None:
    """A branch that the conditions around it rule out."""
    for block in visit.step.contains:
        if not isinstance(block, syntax.Branch) or not block.steps:
            continue
        branch, condition, holds = block.steps, block.condition, block.holds
        if isinstance(condition, syntax.Boolean) and condition.value is not holds:
            word = "false" if holds else "true"
            collector.error(
                "E0702",
                "these steps can never be reached",
                branch[0].span,
                label="never reached",
                others=(Label(condition.span, f"always {word}"),),
                help="leave them out",
            )
            continue
        inner = Guard(condition, visit.act.scope, holds)
        trigger = facts.trigger(_bare(condition), visit.act.scope)
        if trigger is None or id(trigger) in facts.tested.get(id(visit.waterfall), ()):
            continue
        for guard in visit.guards:
            if opposite(facts, guard, inner):
                collector.error(
                    "E0702",
                    "these steps can never be reached",
                    branch[0].span,
                    label="never reached",
                    others=(Label(guard.condition.span, f"here `{trigger.name}` already {_stands(guard)}"),),
                    help="leave out the inner condition",
                )
                break


def _stands(guard: Guard) -> str:
    turned, node = guard.holds, guard.condition
    while isinstance(node, syntax.Unary):
        node, turned = node.operand, not turned
    return "holds" if turned else "does not hold"


def _bare(node: syntax.Expression) -> syntax.Expression:
    while isinstance(node, syntax.Unary) and node.operator == "not":
        node = node.operand
    return node


# ------------------------------------------------------------------------------------------------- single steps


def _itself(facts: Facts, visit: Visit, collector: Collector) -> None:
    """Cash that goes from an account to the same account."""
    own = facts.account(visit.waterfall.account, visit.act.scope)
    others = (Label(visit.waterfall.account.span, "the waterfall's own account"),)
    for source in visit.step.facts.takes_from:
        if source.after and source.account is not None and facts.account(source.account, visit.act.scope) is own:
            _circle(own, source.account, "is where the step takes from first", others, collector)
        for into in visit.step.facts.puts_into:
            name = source.account or into.account
            if name is None:
                continue
            if source.account is not None and into.account is not None:
                first, second = into.account, source.account
                if facts.account(first, visit.act.scope) is facts.account(second, visit.act.scope):
                    _circle(facts.account(first, visit.act.scope), name, _goes_round(source, into), (), collector)
            elif facts.account(name, visit.act.scope) is own:
                _circle(own, name, _goes_round(source, into), others, collector)


def _goes_round(source: syntax.Source, into: syntax.Destination) -> str:
    if into.filled is not None:
        return "is filled from itself"
    match source.how:
        case "rest":
            return "has the rest already"
        case "excess":
            return "is released to itself"
        case "all" | "asked":
            return "is moved to itself"
        case _:
            assert_never(source.how)


def _circle(
    account: AccountEntry | None, name: syntax.Name, words: str, others: tuple[Label, ...], collector: Collector
) -> None:
    if account is not None:
        collector.error(
            "E0717",
            f"`{name.text}` {words}",
            name.span,
            label="the same account",
            others=others,
            help="name another account",
        )


def _target(facts: Facts, visit: Visit, said: set[str], collector: Collector) -> None:
    stated = visit.step.facts
    wanted = [(one.account, "released", "") for one in stated.takes_from if one.how == "excess"]
    wanted += [
        (one.account, "filled", ", or `fill ... up to` an amount")
        for one in stated.puts_into
        if one.filled == "to its target"
    ]
    for name, word, otherwise in wanted:
        account = None if name is None else facts.account(name, visit.act.scope)
        if name is None or account is None or account.item.target is not None or account.name in said:
            continue
        said.add(account.name)
        place = account.item.span
        if any(one.code[:3] == "E01" and place.line <= one.span.line <= place.end_line for one in collector.found):
            continue  # the target may be what could not be read
        collector.error(
            "E0706",
            f"`{account.name}` is {word}, and states no target",
            name.span,
            label=f"{word} to what?",
            others=(Label(account.span, "no `target` here"),),
            help=f"`account {account.item.name} {{ target = ... }}`{otherwise}",
        )


def _pro_rata(visit: Visit, collector: Collector) -> None:
    step = visit.step
    if not isinstance(step, syntax.PayProRata) or step.by != "shares":
        return
    shares = [member.share for member in step.members]
    values = [share.value for share in shares if isinstance(share, syntax.Number) and not share.units]
    if len(values) == len(shares) and values and sum(values) != 1:
        words = f"{float(sum(values) * 100):g}%"
        collector.warning(
            "W0726",
            f"the stated shares come to {words}",
            step.span,
            label=words,
            help="shares are of what the group is paid: they come to 100%",
        )


def _to_owner(facts: Facts, visit: Visit, collector: Collector) -> None:
    paid = visit.step.facts.pays_to
    if paid is None:
        return
    account = facts.account(visit.waterfall.account, visit.act.scope)
    party = facts.party(paid, visit.act.scope)
    if account is not None and party is not None and facts.owner(account) is party:
        collector.warning(
            "W0725",
            f"this pays {party.name} out of {party.name}'s own account, and the cash leaves the deal",
            paid.span,
            label="the account's owner",
            others=(Label(account.span, f"{party.name}'s account"),),
            help="to keep it, `keep the rest in` another account, or leave the step out",
        )


def _labels(waterfall: syntax.Waterfall, collector: Collector) -> None:
    seen: dict[str, syntax.Line] = {}
    for line in waterfall.lines:
        if line.label is None:
            continue
        first = seen.setdefault(line.label, line)
        if first is not line:
            collector.warning(
                "W0719",
                f'two lines of `{waterfall.name}` are called "{line.label}"',
                line.span,
                label="again",
                others=(Label(first.span, "first here"),),
                help="traces and reports go by the label: rename one",
            )


def _twice(facts: Facts, collector: Collector) -> None:
    """The same claim paid by two steps with nothing between them: the second finds what the first left."""
    before: dict[int, Payment] = {}
    for payment in facts.payments:
        visit = payment.visit
        earlier = before.get(visit.number - 1)
        before[visit.number] = payment
        if earlier is None or earlier.claim is not payment.claim or earlier.visit.waterfall is not visit.waterfall:
            continue
        if earlier.limit is not None or any(source.after for source in visit.step.facts.takes_from):
            continue
        if (
            len(earlier.visit.guards) == len(visit.guards)
            and visit.shared is None
            and all(same(facts, mine, theirs) for mine, theirs in zip(visit.guards, earlier.visit.guards, strict=True))
        ):
            collector.warning(
                "W0711",
                f"`{payment.claim.name}` is paid twice in a row",
                payment.name.span,
                label="what the step above could not pay, this one cannot",
                others=(Label(earlier.name.span, "paid here"),),
                help="leave one of the two out",
            )
