"""Lints of waterfalls: steps that no cash can reach, cash that no step takes, accounts that move into themselves."""

from __future__ import annotations

import attrs

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import AccountEntry, ClaimEntry, ScheduleEntry, Scope
from .facts import Facts, Guard, Payment, Transfer, Visit, apart, opposite, same


def check(facts: Facts, collector: Collector) -> None:
    """What is wrong with the steps that stand there."""
    for act, waterfall in facts.waterfalls:
        _Walk(facts, act.scope, waterfall, collector).run()
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


# ------------------------------------------------------------------------------------------------- no cash left


@attrs.frozen(slots=True, eq=False)
class Taken:
    """The step that took all there was."""

    span: Span
    words: str


class _Walk:
    """One waterfall, step by step: whether its account may still hold cash."""

    def __init__(self, facts: Facts, scope: Scope, waterfall: syntax.Waterfall, collector: Collector | None) -> None:
        self.facts, self.scope, self.waterfall, self.collector = facts, scope, waterfall, collector
        self.account = facts.account(waterfall.account, scope)
        self.said = False

    def run(self) -> Taken | None:
        """Walk the waterfall; what took the rest on every way through it, or None where cash may be left."""
        taken: Taken | None = None
        for line in self.waterfall.lines:
            taken = self.steps(line.steps, line, taken, False)
        return taken

    def steps(
        self, steps: tuple[syntax.Step, ...], line: syntax.Line, taken: Taken | None, capped: bool
    ) -> Taken | None:
        for step in steps:
            if taken is not None and self._draws(step):
                self._unreached(step, line, taken)
                continue
            taken = self._after(step, line, taken, capped)
        return taken

    def _after(self, step: syntax.Step, line: syntax.Line, taken: Taken | None, capped: bool) -> Taken | None:
        match step:
            case syntax.PayRest() if not capped:
                return Taken(step.span, "`pay rest` takes all that is left")
            case syntax.Keep() if not capped and self._account(step.account) is not self.account:
                return Taken(step.span, "`keep the rest` takes all that is left")
            case syntax.Move():
                if self._account(step.to) is self.account:
                    return None
                mine = any(self._account(name) is self.account for name in step.sources)
                if step.amount is None and mine:
                    return Taken(step.span, "this moves all that is left")
                return taken
            case syntax.Release():
                return None if step.to is None or self._account(step.to) is self.account else taken
            case syntax.When():
                first = self.steps(step.steps, line, taken, capped)
                second = self.steps(step.otherwise, line, taken, capped)
                return first if first is not None and second is not None else None
            case syntax.UpTo() | syntax.UntilCured():
                return self.steps(step.steps, line, taken, True)
            case syntax.PayProRata():
                for member in step.members:
                    self.steps(member.steps, line, taken, True)
                return taken
            case _:
                return taken

    def _account(self, name: syntax.Name) -> AccountEntry | None:
        return self.facts.account(name, self.scope)

    def _draws(self, step: syntax.Step) -> bool:
        """Whether a step can only take from the waterfall's own account."""
        match step:
            case syntax.Pay():
                return not step.then_from
            case syntax.PayProRata():
                return not step.then_from and all(self._draws(one) for member in step.members for one in member.steps)
            case syntax.PayRest() | syntax.PayParty() | syntax.Fill() | syntax.Keep():
                return True
            case syntax.Move():
                return all(self._account(name) is self.account for name in step.sources)
            case _:
                return False

    def _unreached(self, step: syntax.Step, line: syntax.Line, taken: Taken) -> None:
        """Say the first step that no cash reaches: those below it follow from the same cause."""
        if self.said or self.collector is None:
            return
        self.said = True
        label = f'the step "{line.label}"' if line.label else "this step"
        if isinstance(step, syntax.PayRest):
            self.collector.error(
                "E0712",
                f"the rest of `{self.waterfall.account.text}` is paid twice",
                step.span,
                label="nothing is left by now",
                others=(Label(taken.span, taken.words),),
                help="share the rest by `up to` the first part, or put the two under conditions",
            )
            return
        self.collector.error(
            "E0702",
            f"{label} can never be reached by cash",
            step.span,
            label="nothing is left by now",
            others=(Label(taken.span, taken.words),),
            help="put it above the step that takes the rest",
        )


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
    step = visit.step
    if not isinstance(step, syntax.When):
        return
    for branch, holds in ((step.steps, True), (step.otherwise, False)):
        if not branch:
            continue
        if isinstance(step.condition, syntax.Boolean) and step.condition.value is not holds:
            word = "false" if holds else "true"
            collector.error(
                "E0702",
                "these steps can never be reached",
                branch[0].span,
                label="never reached",
                others=(Label(step.condition.span, f"always {word}"),),
                help="leave them out",
            )
            continue
        inner = Guard(step.condition, visit.act.scope, holds)
        trigger = facts.trigger(_bare(step.condition), visit.act.scope)
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
    pairs: list[tuple[syntax.Name, str]] = []
    match visit.step:
        case syntax.Fill():
            pairs = [(visit.step.account, "is filled from itself")]
        case syntax.Keep():
            pairs = [(visit.step.account, "keeps the rest already: leave the step out")]
        case syntax.Release() if visit.step.to is None:
            pairs = [(visit.step.account, "is released to itself")]
        case syntax.Pay() | syntax.PayProRata():
            pairs = [(name, "is where the step takes from first") for name in visit.step.then_from]
        case syntax.Move():
            own = facts.account(visit.step.to, visit.act.scope)
            pairs = [(name, "is moved to itself") for name in visit.step.sources]
        case _:
            pass
    for name, words in pairs:
        if own is not None and facts.account(name, visit.act.scope) is own:
            collector.error(
                "E0717",
                f"`{name.text}` {words}",
                name.span,
                label="the same account",
                others=(Label(visit.waterfall.account.span, "the waterfall's own account"),)
                if not isinstance(visit.step, syntax.Move)
                else (),
                help="name another account",
            )


def _target(facts: Facts, visit: Visit, said: set[str], collector: Collector) -> None:
    step = visit.step
    if not isinstance(step, syntax.Fill | syntax.Release) or (isinstance(step, syntax.Fill) and step.cap is not None):
        return
    account = facts.account(step.account, visit.act.scope)
    if account is not None and account.item.target is None and account.name not in said:
        said.add(account.name)
        place = account.item.span
        if any(one.code[:3] == "E01" and place.line <= one.span.line <= place.end_line for one in collector.found):
            return  # the target may be what could not be read
        word = "filled" if isinstance(step, syntax.Fill) else "released"
        collector.error(
            "E0706",
            f"`{account.name}` is {word}, and states no target",
            step.account.span,
            label=f"{word} to what?",
            others=(Label(account.span, "no `target` here"),),
            help=f"`account {account.item.name} {{ target = ... }}`"
            + (", or `fill ... up to` an amount" if word == "filled" else ""),
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
    step = visit.step
    if not isinstance(step, syntax.PayRest | syntax.PayParty):
        return
    account = facts.account(visit.waterfall.account, visit.act.scope)
    party = facts.party(step.party, visit.act.scope)
    if account is not None and party is not None and facts.owner(account) is party:
        collector.warning(
            "W0725",
            f"this pays {party.name} out of {party.name}'s own account, and the cash leaves the deal",
            step.party.span,
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
        one, two = earlier.visit.step, visit.step
        if not (isinstance(one, syntax.Pay) and isinstance(two, syntax.Pay)) or one.cap is not None or two.then_from:
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


# ------------------------------------------------------------------------------------------------- cash left over


def left_over(facts: Facts, collector: Collector) -> None:
    """Waterfalls and accounts whose cash nobody takes, and waterfalls that no cash comes to."""
    said: set[int] = set()
    entering = {id(one.account) for one in facts.entering}
    reserves = {
        id(one.account)
        for one in facts.entering
        if one.account.item.target is not None or (one.visit is not None and isinstance(one.visit.step, syntax.Fill))
    }
    sources: set[int] = set()
    for act, waterfall in facts.waterfalls:
        account = facts.account(waterfall.account, act.scope)
        if account is None:
            continue
        sources.add(id(account))
        if id(account) not in entering:
            if id(account) not in said:
                said.add(id(account))
                collector.warning(
                    "W0723",
                    f"no cash ever comes into `{account.name}`",
                    waterfall.account.span,
                    label="always empty",
                    others=(Label(account.span, "declared here"),),
                    help=f"`receive ... into {account.name}`, or let it open with an amount",
                )
            continue
        if id(account) in said or _Walk(facts, act.scope, waterfall, None).run() is not None:
            continue
        # A reserve holds cash until it is called on; what is collected should go somewhere on every date.
        own = () if waterfall.guard is None or id(account) in reserves else (Guard(waterfall.guard, act.scope, True),)
        if not any(_empties(facts, one, account, waterfall, own) for one in facts.leaving):
            said.add(id(account))
            last = waterfall.lines[-1].span if waterfall.lines else waterfall.name_span
            collector.warning(
                "W0703",
                f"what no step of `{waterfall.name}` takes stays in `{account.name}`",
                waterfall.name_span,
                label="has no step for the rest",
                others=(Label(last, "the last line"),),
                help="end it with `pay rest to ...` or `keep the rest in ...`",
            )
    _kept(facts, sources, collector)
    _too_late(facts, collector)


def _empties(
    facts: Facts, one: Transfer, account: AccountEntry, waterfall: syntax.Waterfall, guards: tuple[Guard, ...]
) -> bool:
    visit = one.visit
    return (
        one.whole
        and one.account is account
        and visit is not None
        and visit.waterfall is not waterfall
        and not apart(facts, guards, visit.guards)
    )


def _kept(facts: Facts, sources: set[int], collector: Collector) -> None:
    """An account that takes cash in and is never emptied."""
    into: dict[int, Transfer] = {}
    for one in facts.entering:
        into.setdefault(id(one.account), one)
    leaves = {id(one.account) for one in facts.leaving}
    whole = {id(one.account) for one in facts.leaving if one.whole}
    for key, first in into.items():
        if key in sources or key in whole:
            continue
        name = first.account.name
        others = (Label(first.place, "cash comes in here"),) if first.place != first.account.span else ()
        if key in leaves:
            collector.warning(
                "W0704",
                f"nobody empties `{name}`",
                first.account.span,
                others=others,
                label="what is not drawn stays in it",
                help=f"`release {name}` above its target, or `move all of {name} to ...` at the end",
            )
        else:
            collector.warning(
                "W0704",
                f"cash comes into `{name}`, and none ever leaves it",
                first.account.span,
                others=others,
                label="nobody empties it",
                help=f"a waterfall `from {name}`, `release {name}`, or `move all of {name} to ...`",
            )


def _too_late(facts: Facts, collector: Collector) -> None:
    """Cash received below every waterfall that could pay it out the same day."""
    order = {id(act.item): position for position, act in enumerate(facts.model.acts)}
    claims = {id(received): claim for claim, received, _ in facts.received if isinstance(claim.item.on, syntax.Name)}
    for act in facts.model.acts:
        item = act.item
        if not isinstance(item, syntax.Receive):
            continue
        account = facts.account(item.account, act.scope)
        schedule = _schedule(facts, item, act.scope, claims.get(id(item)))
        runs = [
            (one, waterfall)
            for one, waterfall in facts.waterfalls
            if account is not None
            and facts.account(waterfall.account, one.scope) is account
            and isinstance(waterfall.on, syntax.Name)
            and facts.meant(waterfall.on, one.scope) is schedule
        ]
        if account is None or schedule is None or not runs:
            continue
        if all(order[id(waterfall)] < order[id(item)] for _, waterfall in runs):
            collector.warning(
                "W0722",
                f"this comes into `{account.name}` after its waterfalls of the day have run",
                item.span,
                label="waits until the next date",
                others=(Label(runs[-1][1].name_span, "the last waterfall, written above"),),
                help="a day runs in the order written: put it above the waterfall",
            )


def _schedule(facts: Facts, item: syntax.Receive, scope: Scope, claim: ClaimEntry | None) -> ScheduleEntry | None:
    entry = facts.meant(item.on, scope) if isinstance(item.on, syntax.Name) else None
    if item.on is None and claim is not None and isinstance(claim.item.on, syntax.Name):
        entry = facts.meant(claim.item.on, claim.scope)
    return entry if isinstance(entry, ScheduleEntry) else None
