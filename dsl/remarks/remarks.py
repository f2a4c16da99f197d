"""Remarks of a run: each rule looks at what ran and says what is odd in it, once for all scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ...engine.ir import Span
from .. import syntax
from ..lint.claims import nothing
from ..messages.diagnostics import Diagnostic, Label
from ..names.deal import ClaimEntry, DefinitionEntry, Scope, StateEntry, TriggerEntry, follow
from ..syntax.walk import names, walk
from .ran import Ran

Rule = Callable[[Ran], Iterator[Diagnostic]]

SMALL = 0.01
"""Money below this is not owed: a cent."""


def remarks(ran: Ran) -> list[Diagnostic]:
    """In the order of the text."""
    found = [one for rule in RULES for one in rule(ran)]
    return sorted(found, key=lambda one: (one.span.file, one.span.line, one.span.column, one.code))


def triggers(ran: Ran) -> Iterator[Diagnostic]:
    """One that holds on every date on which it may in the deal as written (that a scenario is made to bring it about is
    no wonder), or that never does in any of several scenarios."""
    base = [one == "base" for one in ran.scenarios]
    for entry in ran.model.entries.values():
        if not isinstance(entry, TriggerEntry):
            continue
        values = ran.series(entry.name)
        if values is None:
            continue
        tested = _tested(ran, entry)
        if not tested.any():
            continue
        always = np.all(values[tested] > 0, axis=0)
        if always[base].any() or (not any(base) and always.all()):
            yield Diagnostic(
                "R0821",
                f"`{entry.name}` holds on every date{ran.said(always)}",
                ran.facts.place(entry),
                label=f"from {ran.dates[int(np.argmax(tested))]} on",
                help="is its threshold in the unit of its figure, `1.15x` or `115%`, and the right way round?",
                severity="remark",
            )
        elif not (values > 0).any() and len(ran.scenarios) > 1:
            yield Diagnostic(
                "R0822",
                f"`{entry.name}` holds on no date in any scenario",
                ran.facts.place(entry),
                label="never",
                help="is its threshold right? A scenario that makes it fire shows what it does",
                severity="remark",
            )


def _tested(ran: Ran, entry: TriggerEntry) -> npt.NDArray[np.bool_]:
    """The dates after closing from its first test on."""
    item = entry.item
    own = ran.schedule(item.on, entry.scope)
    first = min((date for date in (own[1].dates if own else ran.dates) if date > ran.closing), default=None)
    if isinstance(item.start, syntax.DateLiteral) and item.start.value is not None and first is not None:
        first = max(first, item.start.value)
    return np.array([first is not None and date >= first for date in ran.dates])


def scenarios(ran: Ran) -> Iterator[Diagnostic]:
    """A scenario that changes no figure and no payment of the base case."""
    if "base" not in ran.scenarios or len(ran.scenarios) < 2:
        return
    base = ran.scenarios.index("base")
    differs = np.zeros(len(ran.scenarios), bool)
    for one in ran.results.values():
        if one.values.dtype.kind not in "fbi":
            continue
        values = np.asarray(one.values, float)
        if values.ndim == 0 or values.shape[-1] != len(ran.scenarios):
            continue
        apart = values != values[..., base : base + 1]
        if one.determined is not None:
            known = np.broadcast_to(one.determined, values.shape)
            apart = (apart & known) | (known != known[..., base : base + 1])
        differs |= apart.reshape(-1, len(ran.scenarios)).any(axis=0)
    for check in ran.results.checks:
        differs |= check.failures != check.failures[base]
    items = (scoped.item for scoped in ran.model.scenarios)
    places = {item.name: item for item in items if isinstance(item, syntax.ScenarioDeclaration)}
    for name, moved in zip(ran.scenarios, differs, strict=True):
        item = places.get(name)
        if moved or name == "base" or item is None:
            continue
        yield Diagnostic(
            "R0823",
            f'the scenario "{name}" is the base case in every figure',
            item.name_span,
            label="changes no claim, no payment and nothing that the deal reports",
            help="does what it sets reach the deal? A default moves only what the party owes while it performs",
            severity="remark",
        )


def short(ran: Ran) -> Iterator[Diagnostic]:
    """A claim that is unpaid at the end, while somebody below it was paid when it was short. What a waterfall pays
    `notwithstanding ranking` is paid so because the deal says it."""
    ranks = _ranks(ran)
    otherwise = {one.claim.name for one in ran.facts.payments if one.visit.waterfall.notwithstanding_ranking}
    for entry in ran.model.entries.values():
        if not isinstance(entry, ClaimEntry):
            continue
        unpaid = ran.series(f"{entry.name}.unpaid")
        rank = ranks.get(entry.name)
        if unpaid is None or rank is None:
            continue
        left = unpaid[-1] > SMALL
        if not left.any():
            continue
        for other, below in ranks.items():
            paid = ran.series(f"{other}.paid") if below > rank and other not in otherwise else None
            if paid is None:
                continue
            while_short = (unpaid > SMALL) & (paid > SMALL)
            lanes = left & while_short.any(axis=0)
            if not lanes.any():
                continue
            lane = int(np.argmax(lanes))
            date = ran.dates[int(np.argmax(while_short[:, lane]))]
            amount, was = unpaid[-1, lane], paid[ran.dates.index(date), lane]
            place = ran.facts.place(entry)
            claim = () if place == entry.span else (Label(entry.span, "the claim"),)
            yield Diagnostic(
                "R0824",
                f"`{entry.name}` is unpaid at the end, and `{other}` below it was paid{ran.said(lanes)}",
                place,
                label=f"{amount:,.2f} unpaid on {ran.dates[-1]} in {ran.scenarios[lane]}",
                others=(*claim, Label(ran.model.entries[other].span, f"paid {was:,.2f} on {date}")),
                help="cash of the account below may never reach it: move it in above, or pay it `then from` there",
                severity="remark",
            )
            break


def _ranks(ran: Ran) -> dict[str, int]:
    """The place of each claim in the deal's ranking, by name."""
    found: dict[str, int] = {}
    for scoped in ran.model.rankings:
        for place, rank in enumerate(scoped.item.ranks):
            for name in rank:
                resolved = scoped.scope.resolve(name.parts)
                if not isinstance(resolved, int) and isinstance(resolved.entry, ClaimEntry):
                    found.setdefault(resolved.entry.name, place)
    return found


def never_begins(ran: Ran) -> Iterator[Diagnostic]:
    """A contract of which nothing is ever due in any scenario: all claims of an instance, or a claim by itself that
    does not ask for what is above zero alone (of two legs of a swap one may well never be)."""
    stated: dict[Span, list[ClaimEntry]] = {}
    for entry in ran.model.entries.values():
        if isinstance(entry, ClaimEntry) and entry.item.due is not None and not nothing(entry.item.due, entry.scope):
            stated.setdefault(ran.facts.place(entry), []).append(entry)
    for place, claims in stated.items():
        series = [ran.series(f"{claim.name}.current") for claim in claims]
        if any(one is None or np.any(one != 0.0) for one in series):
            continue
        alone = claims[0].span == place
        if alone and any(_above_zero(claim) for claim in claims):
            continue
        name = claims[0].name if alone else claims[0].name.rpartition(".")[0]
        yield Diagnostic(
            "R0825",
            f"nothing is ever due of `{name}`",
            place,
            label="on no date in any scenario",
            help="does it begin within the deal? Look at its dates and its condition",
            severity="remark",
        )


def _above_zero(claim: ClaimEntry) -> bool:
    return any(isinstance(one, syntax.Call) and one.function.text == "max" for one in walk(claim.item.due))


def first_periods(ran: Ran) -> Iterator[Diagnostic]:
    """A first period that is far longer than the others, of a claim that accrues: a year of interest for a quarter."""
    told: set[str] = set()
    for entry in ran.model.entries.values():
        if not isinstance(entry, ClaimEntry) or entry.item.due is None or not _accrues(entry.item.due, entry.scope):
            continue
        found = ran.schedule(entry.item.on, entry.scope)
        if found is None:
            continue
        schedule, (begins, dates) = found
        if schedule.name in told or begins is None or len(dates) < 4:
            continue
        told.add(schedule.name)
        steps = sorted((after - before).days for before, after in pairwise(dates))
        usual, first = steps[len(steps) // 2], (dates[0] - begins).days
        if first > 2 * usual + 15:
            yield Diagnostic(
                "R0826",
                f"the first period of `{schedule.name}` is {first} days, and the others are about {usual}",
                schedule.span,
                label=f"from {begins} to {dates[0]}",
                others=(Label(entry.span, "accrues over it"),),
                help="say `accrual from` its date if the period begins later than that",
                severity="remark",
            )


def left_at_the_end(ran: Ran) -> Iterator[Diagnostic]:
    """A balance that payments reduce, and that the deal as written ends before it is repaid."""
    if "base" not in ran.scenarios:
        return
    lane = list(ran.scenarios).index("base")
    for entry in ran.model.entries.values():
        values = ran.series(entry.name) if isinstance(entry, StateEntry) else None
        if values is None or not isinstance(entry, StateEntry) or not _repaid(ran, entry):
            continue
        left = values[-1, lane]
        if left > SMALL:
            place = ran.facts.place(entry)
            yield Diagnostic(
                "R0827",
                f"`{entry.name}` stands at {left:,.2f} when the deal ends",
                place,
                label=f"not repaid on {ran.dates[-1]}",
                others=() if place == entry.span else (Label(entry.span, "the balance"),),
                help="let its schedule run until it is repaid; a deal that is meant to end before says so with `waive`",
                severity="remark",
            )


def _repaid(ran: Ran, entry: StateEntry) -> bool:
    """Whether a claim that reads it repays it, in money: a party's cash is no debt, though what it pays lessens it."""
    unit = ran.results[entry.name].unit
    if len(unit) != 3 or not unit.isupper():
        return False
    for movement in entry.item.movements or ():
        if movement.sign < 0 and any(
            not isinstance(found := entry.scope.resolve(name.parts), int)
            and isinstance(found.entry, ClaimEntry)
            and found.attribute == "paid"
            and _reads(found.entry, entry)
            for name in names(movement.value)
        ):
            return True
    return False


def _reads(claim: ClaimEntry, state: StateEntry) -> bool:
    """Whether what is due of a claim, or what it is `up to`, names a state."""
    for node in (claim.item.due, claim.item.up_to):
        for name in () if node is None else names(node):
            found = claim.scope.resolve(name.parts)
            if not isinstance(found, int) and follow(found.entry) is state:
                return True
    return False


def _accrues(node: syntax.Expression, scope: Scope, depth: int = 0) -> bool:
    for below in walk(node):
        if isinstance(below, syntax.Call) and below.function.text == "accrue":
            return True
        if isinstance(below, syntax.Name) and depth < 20:
            found = scope.resolve(below.parts)
            entry = None if isinstance(found, int) else found.entry
            if isinstance(entry, DefinitionEntry) and _accrues(entry.value, entry.scope, depth + 1):
                return True
    return False


RULES: tuple[Rule, ...] = (triggers, scenarios, short, never_begins, first_periods, left_at_the_end)
