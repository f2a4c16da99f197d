"""Steps: what there is, what is asked, and who comes first (contract, 8 and 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import AccountEntry, ReductionEntry, Scope, StateEntry, TriggerEntry, WaterfallEntry

from . import timeline, triggers
from .arithmetic import ZERO, tidy
from .cash import account_of, between, groups, most, owner, put, settle_claim
from .claims import Claim
from .cures import cure
from .expressions import holds
from .moments import NOW, At
from .reading import recorded_key
from .world import ACTS, STEPS, NotCovered, World


class Cap:
    """What the steps inside may still take in all."""

    def __init__(self, left: Any) -> None:
        self.left = left


class Pot:
    """What steps share out: an account's cash, or (``account`` None) an amount of reductions."""

    def __init__(
        self, world: World, scope: Scope, t: int, reader: Any, account: AccountEntry | None, name: str
    ) -> None:
        self.world, self.scope, self.t, self.account, self.name = world, scope, t, account, name
        self.at = At(NOW, t, reader, account=account)
        self.caps: list[Cap] = []
        self.until: list[syntax.Expression] = []
        self.amount: Any = ZERO

    def value(self, node: syntax.Expression, said: str) -> Any:
        return self.world.amount(node, self.scope, self.at, said)

    def has(self, source: AccountEntry | None) -> Any:
        """What may be taken from a source."""
        if source is None:
            return self.amount
        return max(self.world.accounts[source]["now"], ZERO)

    @property
    def room(self) -> Any:
        """What the caps around leave; None: there are none."""
        return min((max(cap.left, ZERO) for cap in self.caps), default=None)

    def within(self, asked: Any) -> Any:
        room = self.room
        return asked if room is None else min(asked, room)

    def taken(self, source: AccountEntry | None, amount: Any) -> None:
        for cap in self.caps:
            cap.left = tidy(cap.left - amount)
        if source is None:
            self.amount = tidy(self.amount - amount)
        else:
            put(self.world, source, -amount)

    def take(self, sources: Sequence[AccountEntry | None], asked: Any, give: Callable[[Any], None]) -> Any:
        """Take what is asked from sources in order, and give it. What was got."""
        asked = self.within(asked)
        got: Any = ZERO
        for source in sources:
            amount = min(asked - got, self.has(source))
            for condition in self.until:
                healed = cure(self.world, condition, self.scope, self.at, self._trial(source, give))
                if healed is not None and healed <= amount:
                    amount = healed
                    asked = got + healed
            if amount > 0:
                self.taken(source, amount)
                give(amount)
                got = tidy(got + amount)
        return got

    def _trial(self, source: AccountEntry | None, give: Callable[[Any], None]) -> Callable[[Any], None]:
        def apply(amount: Any) -> None:
            if source is None:
                self.amount = self.amount - amount
            else:
                self.world.accounts[source]["now"] -= amount
            give(amount)

        return apply


def run(pot: Pot, steps: Sequence[syntax.Step]) -> None:
    for step in steps:
        rule = STEPS.get(type(step))
        if rule is None:
            raise NotCovered(type(step).__name__)
        rule(pot, step)


@ACTS.of(syntax.Waterfall)
def _waterfall(world: World, act: syntax.Waterfall, scope: Scope, t: int) -> None:
    reader = timeline.reader_of(world, act.on, scope)
    if t not in reader.on:
        return
    account = account_of(world, act.account, scope)
    at = At(NOW, t, reader, account=account)
    date = world.dates[t]
    if act.start is not None and date < world.amount(act.start, scope, at, "when a waterfall begins"):
        return
    if act.end is not None and date > world.amount(act.end, scope, at, "when a waterfall ends"):
        return
    if act.guard is not None and not holds(world.value(act.guard, scope, at)):
        return
    pot = Pot(world, scope, t, reader, account, scope.prefix + act.name)
    for line in act.lines:
        run(pot, line.steps)


# --------------------------------------------------------------------------------------------- paying


def named(pot: Pot, name: syntax.Name) -> list[list[Any]]:
    """What a step names: claims by members and rows; in `reduce`, reductions."""
    if pot.account is not None:
        return list(groups(pot.world, name, pot.scope))
    return [[Reduced(pot.world, entry, row) for row in pot.world.rows(entry.family)] for entry in reductions(pot, name)]


class Reduced:
    """A reduction of a state, asked for as a claim is: what it can still take away."""

    def __init__(self, world: World, entry: ReductionEntry, row: int | None) -> None:
        self.world, self.entry, self.row = world, entry, row
        state = world.thing(entry.item.state, entry.scope)
        assert isinstance(state, StateEntry)
        self.held = world.states[state, row if state.family is not None else None]

    def lower(self, amount: Any, t: int) -> None:
        self.held["now"] = tidy(self.held["now"] - amount)
        of = self.world.reduced.setdefault((self.entry, self.row), {})
        of[t] = tidy(of.get(t, ZERO) + amount)
        self.world.moved()


def reductions(pot: Pot, name: syntax.Name) -> list[ReductionEntry]:
    from indenture.dsl.names.deal import GroupEntry

    found = pot.scope.resolve(name.parts)
    if not isinstance(found, int):
        if isinstance(found.entry, GroupEntry) and found.attribute is not None:
            parts = [(*member.parts, *found.attribute.split(".")) for member in found.entry.item.members]
            resolved = [found.entry.scope.resolve(one) for one in parts]
            return [one.entry for one in resolved if not isinstance(one, int) and isinstance(one.entry, ReductionEntry)]
        entry = pot.world.thing_of(found.entry)
        if isinstance(entry, ReductionEntry):
            return [entry]
    raise NotCovered(f"the reduction {name.text}")


def asks(pot: Pot, one: Any) -> Any:
    """What a claim (or a reduction) can still take."""
    if isinstance(one, Claim):
        return most(pot.world, one, pot.t, pot.account)
    return max(one.held["now"], ZERO)


def give(pot: Pot, several: list[Any], amount: Any, weights: list[Any] | None = None) -> None:
    """Pay an amount to the rows of a claim by what each asks."""
    parts = [amount] if len(several) == 1 else share_out(amount, [asks(pot, one) for one in several], None)
    if len(several) > 1 and amount < 0:
        total = sum((one.paid[pot.t] for one in several), ZERO)
        parts = [amount * one.paid[pot.t] / total if total else ZERO for one in several]
    for one, part in zip(several, parts, strict=True):
        if part == 0:
            continue
        if isinstance(one, Claim):
            settle_claim(pot.world, one, part, pot.t)
        else:
            one.lower(part, pot.t)


def share_out(total: Any, wants: list[Any], weights: list[Any] | None) -> list[Any]:
    """By weights (by what each wants), none more than it wants; what one cannot use is shared again."""
    weights = list(wants) if weights is None else weights
    got: list[Any] = [ZERO] * len(wants)
    open_ = [k for k, want in enumerate(wants) if want > 0]
    left = total
    while open_ and left > 0:
        together = sum((weights[k] for k in open_), ZERO)
        if together <= 0:  # what the others cannot use goes to those without a weight
            weights = [wants[k] if k in open_ else weight for k, weight in enumerate(weights)]
            continue
        full = [k for k in open_ if left * weights[k] >= wants[k] * together]
        if not full:
            for k in open_:
                got[k] = tidy(left * weights[k] / together)
            break
        for k in full:
            got[k] = wants[k]
        left = left - sum((wants[k] for k in full), ZERO)
        open_ = [k for k in open_ if k not in full]
    return got


class OneOf:
    """One member of a group that a step names."""

    def __init__(self, step: syntax.Pay, position: int) -> None:
        self.step, self.position = step, position


def sources_of(pot: Pot, then_from: Sequence[syntax.Name]) -> list[AccountEntry | None]:
    return [pot.account, *(account_of(pot.world, name, pot.scope) for name in then_from)]


@STEPS.of(syntax.Pay)
def _pay(pot: Pot, step: syntax.Pay) -> None:
    cap = None if step.cap is None else cap_of(pot, step, step.cap, step.cap_per_year)
    if cap is not None:
        pot.caps.append(cap)
        before = cap.left
    for several in named(pot, step.claim):
        wanted = sum((asks(pot, one) for one in several), ZERO)
        pot.take(sources_of(pot, step.then_from), wanted, lambda amount, several=several: give(pot, several, amount))
    if cap is not None:
        pot.caps.pop()
        use(pot, step, step.cap, before - cap.left, step.cap_per_year)


def _whose(step: Any) -> Any:
    """Whose yearly cap it is: each step's own, and of a group in `pro rata` each member's."""
    return (id(step.step), step.position) if isinstance(step, OneOf) else id(step)


def yearly(pot: Pot, limit: syntax.Expression, per_year: bool) -> bool:
    """Whether a cap is by calendar year: said so, or money per year."""
    return per_year or pot.world.types.of(limit, pot.scope).dimension.power("year") == -1


def cap_of(pot: Pot, step: Any, limit: syntax.Expression, per_year: bool) -> Cap:
    most = pot.value(limit, "a cap")
    if yearly(pot, limit, per_year):
        used = pot.world.used.setdefault(_whose(step), {})
        most = most - used.get(pot.world.dates[pot.t].year, ZERO)
    return Cap(max(most, ZERO))


def use(pot: Pot, step: Any, limit: syntax.Expression, amount: Any, per_year: bool) -> None:
    if yearly(pot, limit, per_year):
        used = pot.world.used.setdefault(_whose(step), {})
        year = pot.world.dates[pot.t].year
        used[year] = used.get(year, ZERO) + amount


@STEPS.of(syntax.PayParty)
def _pay_party(pot: Pot, step: syntax.PayParty) -> None:
    wanted = max(pot.value(step.amount, "what is paid"), ZERO)
    pot.take([pot.account], wanted, lambda amount: _to(pot, step.party, amount))


def _to(pot: Pot, party: syntax.Expression, amount: Any) -> None:
    assert pot.account is not None
    payee = pot.world.party(party, pot.scope, pot.at)
    between(pot.world, owner(pot.world, pot.account), payee, amount, pot.t)
    pot.world.moved()


@STEPS.of(syntax.PayRest)
def _pay_rest(pot: Pot, step: syntax.PayRest) -> None:
    def give(amount: Any) -> None:
        entry = pot.world.model.entries.get(pot.name)
        of = pot.world.rests.setdefault(entry, {})
        of[pot.t] = of.get(pot.t, ZERO) + amount
        assert isinstance(entry, WaterfallEntry)
        _to(pot, step.party, amount)

    pot.take([pot.account], pot.has(pot.account), give)


# --------------------------------------------------------------------------------------------- between accounts


def lacking(pot: Pot, entry: AccountEntry, cap: syntax.Expression | None) -> Any:
    """What an account lacks of its target, never more than the cap."""
    held = pot.world.accounts[entry]["now"]
    if entry.item.target is None:
        assert cap is not None
        return max(pot.value(cap, "what an account is filled up to"), ZERO)
    target = pot.world.amount(entry.item.target, entry.scope, pot.at, f"the target of {entry.name}")
    found = max(target - held, ZERO)
    return found if cap is None else min(found, max(pot.value(cap, "what is filled"), ZERO))


def _move(pot: Pot, source: AccountEntry, to: AccountEntry, amount: Any) -> Any:
    def give(amount: Any) -> None:
        put(pot.world, to, amount)
        payer, payee = owner(pot.world, source), owner(pot.world, to)
        if payer is not payee:
            between(pot.world, payer, payee, amount, pot.t)

    return pot.take([source], amount, give)


@STEPS.of(syntax.Fill)
def _fill(pot: Pot, step: syntax.Fill) -> None:
    assert pot.account is not None
    entry = account_of(pot.world, step.account, pot.scope)
    _move(pot, pot.account, entry, lacking(pot, entry, step.cap))


@STEPS.of(syntax.FillProRata)
def _fill_pro_rata(pot: Pot, step: syntax.FillProRata) -> None:
    assert pot.account is not None
    entries = [account_of(pot.world, name, pot.scope) for name in step.accounts]
    wants = [lacking(pot, entry, None) for entry in entries]
    asked = pot.within(sum(wants, ZERO))
    total = min(asked, pot.has(pot.account))
    for entry, part in zip(entries, share_out(total, wants, None), strict=True):
        _move(pot, pot.account, entry, part)


@STEPS.of(syntax.Release)
def _release(pot: Pot, step: syntax.Release) -> None:
    assert pot.account is not None
    entry = account_of(pot.world, step.account, pot.scope)
    to = pot.account if step.to is None else account_of(pot.world, step.to, pot.scope)
    assert entry.item.target is not None
    target = pot.world.amount(entry.item.target, entry.scope, pot.at, f"the target of {entry.name}")
    _move(pot, entry, to, min(max(pot.world.accounts[entry]["now"] - target, ZERO), pot.has(entry)))


@STEPS.of(syntax.Move)
def _move_step(pot: Pot, step: syntax.Move) -> None:
    to = account_of(pot.world, step.to, pot.scope)
    left = None if step.amount is None else max(pot.value(step.amount, "what is moved"), ZERO)
    for name in step.sources:
        entry = account_of(pot.world, name, pot.scope)
        amount = pot.has(entry) if left is None else left
        got = _move(pot, entry, to, amount)
        left = None if left is None else left - got


@STEPS.of(syntax.Keep)
def _keep(pot: Pot, step: syntax.Keep) -> None:
    assert pot.account is not None
    _move(pot, pot.account, account_of(pot.world, step.account, pot.scope), pot.has(pot.account))


# --------------------------------------------------------------------------------------------- steps around steps


@STEPS.of(syntax.UpTo)
def _up_to(pot: Pot, step: syntax.UpTo) -> None:
    cap = cap_of(pot, step, step.limit, step.per_year)
    before = cap.left
    pot.caps.append(cap)
    run(pot, step.steps)
    pot.caps.pop()
    use(pot, step, step.limit, before - cap.left, step.per_year)


@STEPS.of(syntax.UntilCured)
def _until(pot: Pot, step: syntax.UntilCured) -> None:
    pot.until.append(step.condition)
    run(pot, step.steps)
    pot.until.pop()


@STEPS.of(syntax.When)
def _when(pot: Pot, step: syntax.When) -> None:
    chosen = holds(pot.world.value(step.condition, pot.scope, pot.at))
    run(pot, step.steps if chosen else step.otherwise)


# --------------------------------------------------------------------------------------------- what pays nothing


@STEPS.of(syntax.Record)
def _record(pot: Pot, step: syntax.Record) -> None:
    for name in step.names:
        found = pot.scope.resolve(name.parts)
        assert not isinstance(found, int)
        for row in pot.world.rows(found.entry.family):
            at = pot.at if row is None else pot.at.but(row=(found.entry.family, row))
            try:
                value = pot.world.value(name, pot.scope, at)
            except NotCovered as error:  # no cash hangs on it, or it would have been asked for before
                value = error
            pot.world.recorded.setdefault(recorded_key(found.entry, at), {})[pot.t] = value


@STEPS.of(syntax.TestTrigger)
def _test(pot: Pot, step: syntax.TestTrigger) -> None:
    thing = pot.world.thing(step.trigger, pot.scope)
    assert isinstance(thing, TriggerEntry)
    triggers.test(pot.world, pot.world.triggers[thing], pot.t, pot.at)
