"""Lints of triggers: tested once, at a moment that fits what they read."""

from __future__ import annotations

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import AccountEntry, DefinitionEntry, InputEntry, Scope, StateEntry, TriggerEntry, follow
from ..syntax.walk import children
from ..vocabulary.builtins import BUILTINS
from .facts import Facts, Visit, apart

_DATED = frozenset(
    {"ramp", "line", "declining_line", "declining", "step", "cycle", "straight_line", "level", "once", "delayed"}
)
"""Functions that give each date a value of its own."""

MOST_DEFINITIONS = 300
"""Definitions that a test is followed through, at most."""
MOST_STEPS = 20_000
"""Definitions that all tests together are followed through: the tests after that are not looked at."""

_OTHER_DATES = frozenset({"trailing", "trailing_average", "next", "present_value", "projected", "cumulative"})


def check(facts: Facts, collector: Collector) -> None:
    tested: dict[str, list[Visit]] = {}
    tests = [(visit, name) for visit in facts.visits for name in visit.step.facts.tests]
    for visit, name in tests:
        trigger = facts.trigger(name, visit.act.scope)
        if trigger is None:
            continue
        if trigger.item.after_payments:
            collector.error(
                "E0720",
                f"`{trigger.name}` is tested after payments, and this step tests it among them",
                visit.step.span,
                label="tested here",
                others=(Label(trigger.span, "`tested after payments`"),),
                help="leave out one of the two",
            )
        tested.setdefault(trigger.name, []).append(visit)
    for called, visits in tested.items():
        _twice(facts, called, visits, collector)
    left = [MOST_STEPS]
    for entry in facts.model.entries.values():
        if isinstance(entry, TriggerEntry) and not entry.item.after_payments and entry.name not in tested:
            _mixed(entry, collector, left)


def _twice(facts: Facts, name: str, visits: list[Visit], collector: Collector) -> None:
    """Two steps that test one trigger on one date would count that date twice."""
    for position, later in enumerate(visits):
        for earlier in visits[:position]:
            if apart(facts, earlier.guards, later.guards) or not _same_dates(facts, earlier, later):
                continue
            collector.error(
                "E0721",
                f"`{name}` is tested twice on one date",
                later.step.span,
                label="tested again",
                others=(Label(earlier.step.span, "tested here"),),
                help="test it in one step; two waterfalls that exclude each other may each test it",
            )
            return


def _same_dates(facts: Facts, one: Visit, other: Visit) -> bool:
    """Whether two steps are known to run on the same dates: one waterfall, or two of one schedule with no guard."""
    if one.waterfall is other.waterfall:
        return True
    first, second = one.waterfall.on, other.waterfall.on
    if not (isinstance(first, syntax.Name) and isinstance(second, syntax.Name)):
        return False
    mine, theirs = facts.meant(first, one.act.scope), facts.meant(second, other.act.scope)
    free = all(
        visit.waterfall.guard is None and visit.waterfall.start is None and visit.waterfall.end is None
        for visit in (one, other)
    )
    return mine is not None and mine is theirs and free


# ------------------------------------------------------------------------------------------------- two moments


def _mixed(entry: TriggerEntry, collector: Collector, left: list[int]) -> None:
    """A test at opening reads states as they opened, and the series of the date: figures of two dates."""
    for test in (entry.item.when, entry.item.until):
        if test is None:
            continue
        state, series = _moments(test.condition, entry.scope, left)
        if state is None or series is None:
            continue
        collector.warning(
            "W0713",
            f"`{entry.name}` is tested at opening: it sets `{state[0]}` as it opened against `{series[0]}` of"
            " the date itself",
            test.condition.span,
            label="figures of two dates",
            others=tuple(
                Label(place, words)
                for place, words in ((state[1], "as of the date before"), (series[1], "of this date"))
                if place.file == entry.span.file and place != test.condition.span
            ),
            help=f"test it in a step (`test {entry.item.name}`), say `tested after payments`,"
            f" or say which is meant: `opening {state[0]}`, `previous {series[0]}`",
        )
        return


def _moments(
    node: syntax.Expression, scope: Scope, left: list[int]
) -> tuple[tuple[str, Span] | None, tuple[str, Span] | None]:
    """The first carried figure and the first series of the date that an expression reads, through definitions.

    What is read by `opening`, `previous` or over other dates says which moment it means, and is passed over.
    """
    state: tuple[str, Span] | None = None
    series: tuple[str, Span] | None = None
    stack: list[tuple[object, Scope]] = [(node, scope)]
    passed: set[int] = set()
    while stack and left[0] > 0 and len(passed) < MOST_DEFINITIONS and (state is None or series is None):
        current, at = stack.pop()
        match current:
            case syntax.Reading() | syntax.EdgeDate() | syntax.DateCount() | syntax.OnDate() | syntax.Falls():
                continue
            case syntax.Name():
                found = at.resolve(current.parts)
                if isinstance(found, int):
                    continue
                # A definition is walked name by name: following each to its end would walk a long chain over and over.
                entry = found.entry if isinstance(found.entry, DefinitionEntry) else follow(found.entry)
                if isinstance(entry, StateEntry) or (isinstance(entry, AccountEntry) and found.attribute == "balance"):
                    state = state or (current.text, current.span)
                elif (isinstance(entry, InputEntry) and entry.item.type.series) or (
                    isinstance(entry, DefinitionEntry) and entry.form in ("index", "flow")
                ):
                    series = series or (current.text, current.span)
                elif isinstance(entry, DefinitionEntry) and entry.form != "parameter" and id(entry) not in passed:
                    passed.add(id(entry))
                    left[0] -= 1
                    if isinstance(entry.value, syntax.Call) and entry.value.function.text in _DATED:
                        series = series or (current.text, current.span)
                    else:
                        stack.append((entry.value, entry.scope))
            case syntax.Table():
                continue
            case syntax.Call():
                name = current.function.text
                builtin = BUILTINS.get(name)
                if name in _OTHER_DATES or (builtin is not None and builtin.result in ("reduced", "dates", "date")):
                    continue
                if name in _DATED:
                    series = series or (name, current.span)
                    continue
                stack.extend((argument.value, at) for argument in reversed(current.arguments))
            case _:
                stack.extend((child, at) for child in reversed(list(children(current))))
    return state, series
