"""`joined by`: draws that go together, each still from its own distribution.

Behind every draw stands a standard normal, its rank: a high one is a high value of what is drawn, a late default, a
high price. `joined by gaussian(35%)` makes the rank sqrt(35%) M + sqrt(65%) e, where e is the draw's own stream, the
same as without the words, and M the factor that all draws of one factor's name share. Two draws of one factor at c and
d correlate by sqrt(c d). With a list, `gaussian([spot: 40%, Bank.default: 25%])`, the rank is that mixture of the
ranks named, which stand above it, and of its own stream, which has these correlations with them: what the matrix says,
a row a draw. `student(35%, degrees = 4)` divides all of a factor's ranks by one more common draw, so that extremes
come together.

A path steps on the dates of its schedule, and its rank is where it has come to by the last of them, in deviations: a
factor is a Brownian motion too, its steps drawn for each schedule about the one place that it comes to. So a price
falls along its path towards the end that a default met early points to. Streams are keyed by names: to add a draw, a
factor or a schedule changes no other path.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal as OneOf

import attrs
import numpy as np

from ....engine.ir import Axis, Input, Literal, Operand, Random, Span, Var
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Scope
from ...time.clocks import Clock
from ...vocabulary.builtins import BUILTINS, Bound, bind_builtin
from ..building.builder import ONE, ZERO, Builder, Traits, number
from ..context.checks import within_one
from ..context.dispatch import lower, value_of
from ..context.keys import Key
from ..context.lowering import Lowering
from ..context.memory import Memory
from ..context.moments import Moment
from ..context.named import target
from ..context.values import NotLowered, Rank, TextValue
from ..figures.flows import gathered

HALF = number(Fraction(1, 2))

COMMON = "common factor"
"""The factor of draws that name none."""

SLACK = 1e-9
"""Correlations may miss a possible set by what their rounding makes."""


@attrs.frozen(slots=True, eq=False)
class Copula:
    """What a draw is joined by."""

    call: syntax.Call
    bound: Bound
    scope: Scope
    family: OneOf["gaussian", "student"]

    def span(self, name: str) -> Span:
        return self.bound.values[name].span if name in self.bound.values else self.call.span


def copula_of(collector: Collector, node: syntax.Expression, scope: Scope) -> Copula:
    """E0674: what follows `joined by` is no copula."""
    name = node.function.text if isinstance(node, syntax.Call) else ""
    if not isinstance(node, syntax.Call) or name not in ("gaussian", "student"):
        collector.error(
            "E0674",
            "draws are joined by a copula",
            node.span,
            label="not a copula",
            help="`joined by gaussian(35%)`, or `student(35%, degrees = 4)`",
        )
        raise NotLowered
    bound = bind_builtin(node, BUILTINS[name])
    if bound.problems:
        raise NotLowered
    return Copula(node, bound, scope, "gaussian" if name == "gaussian" else "student")


def joined(low: Lowering, key: Key, copula: Copula, own: Operand, clock: Clock | None, family: str | None) -> Rank:
    """The rank of a draw whose own stream is ``own``, a standard normal on the clock's dates."""
    given = copula.bound.values["correlation"]
    if isinstance(given, syntax.Pairs):
        return _by_list(low, key, copula, given, own, clock, family)
    correlation = _correlation(low, key, copula)
    builder = low.builder
    shared = _factor(low, copula, clock)
    load, rest = _root(low.builder, correlation), _root(low.builder, builder.subtract(ONE, correlation))
    rank = builder.add(builder.multiply(load, shared), builder.multiply(rest, own))
    name = factor_name(low, copula)
    if copula.family == "student":
        if clock is not None:
            low.collector.error(
                "E0674",
                f"`{key.name}` is drawn on many dates, and `student` joins what is drawn once a path",
                copula.call.span,
                label="its steps would not stay independent",
                help=f"`joined by gaussian({_percent(correlation)})`",
            )
            raise NotLowered
        return Rank(_fat(low, copula, name, rank), None, None)
    made_of = None
    if isinstance(correlation, Literal) and family is None:
        share = float(correlation.value)
        made_of = {f"factor {name}": math.sqrt(share), f"own {key.name}": math.sqrt(1 - share)}
    return Rank(rank, clock, made_of)


def alone(key: Key, own: Operand, clock: Clock | None, family: str | None) -> Rank:
    """The rank of a draw that is joined to none: others may be joined to it."""
    return Rank(own, clock, {f"own {key.name}": 1.0} if family is None else None)


def _percent(correlation: Operand) -> str:
    return f"{float(correlation.value):.0%}" if isinstance(correlation, Literal) else "..."


# --------------------------------------------------------------------------------------------- one factor


def factor_name(low: Lowering, copula: Copula) -> str:
    if "factor" not in copula.bound.values:
        return COMMON
    found = lower(low, copula.bound.values["factor"], copula.scope, Moment("fixed", low.every))
    if not isinstance(found, TextValue):
        raise NotLowered
    return found.text


def _correlation(low: Lowering, key: Key, copula: Copula) -> Operand:
    """The share of the variance that the factor has: E0671 where it is not between 0 and 1."""
    node = copula.bound.values["correlation"]
    value = value_of(low, node, copula.scope, Moment("opening", low.every))
    traits = low.builder.traits(value.operand)
    if traits.carried or traits.date:
        low.collector.error(
            "E0609",
            f"`correlation` varies by date, and the factor of `{key.name}` is one a path"
            if not traits.carried
            else f"`correlation` depends on what the deal does from day to day, and `{key.name}` is drawn before",
            node.span,
            label="not known when it is drawn",
            help="make it a term: `term correlation = 35%`",
        )
        raise NotLowered
    return within_one(low, value, node.span, "correlation", "E0671")


def _root(builder: Builder, x: Operand) -> Operand:
    if isinstance(x, Literal) and x.value in (0, 1):
        return x
    return builder.emit("power", builder.positive(x), HALF)


def _drawn(builder: Builder, memory: Memory, label: str, random: Random, clock: Clock | None) -> Operand:
    """A standard draw that several names share, declared once."""
    known = memory.factors.get((label, random.distribution))
    if known is not None:
        return known
    var: Var = builder.fresh(label, "float")
    axes: list[Axis] = ["scenario"] if clock is None else ["date", "scenario"]
    places = None if clock is None else tuple(place for place, on in enumerate(clock.on) if on)
    traits = Traits(date=clock is not None, scenario=True, drawn=True, nonnegative=random.distribution == "uniform")
    builder.input(Input(var.name, var, tuple(axes), random=random, dates=places, origin=builder.origin), traits)
    memory.factors[label, random.distribution] = var
    return var


def _factor(low: Lowering, copula: Copula, clock: Clock | None) -> Operand:
    """The factor: where it comes to (one a scenario), or the steps of a clock that lead there."""
    name = factor_name(low, copula)
    end = _drawn(low.builder, low.memory, f"{name} (factor)", Random("normal", f"{name} (factor)"), None)
    if clock is None:
        return end
    label = f"{name} (factor on {clock.name})"
    own = _drawn(low.builder, low.memory, label, Random("normal", label), clock)
    return led_to(low.every, low.builder, own, clock, end)


def _steps(every: Clock, builder: Builder, clock: Clock) -> tuple[Operand, float]:
    """Square roots of the years of each step after closing (0 on other dates), and the years of all."""
    dates, closing = every.timeline.dates, every.timeline.closing
    places = [place for place, on in enumerate(clock.on) if on and place > closing]
    years = [0.0] * len(dates)
    for before, place in zip((closing, *places), places, strict=False):
        years[place] = (dates[place] - dates[before]).days / 365
    roots = tuple(Fraction(math.sqrt(one)) for one in years)
    return builder.by_date(f"roots of {clock.name} steps", roots), sum(years)


def led_to(every: Clock, builder: Builder, own: Operand, clock: Clock, end: Operand) -> Operand:
    """Independent normals ``own`` on a clock's dates, moved so that a path of them comes to ``end`` deviations.

    A Brownian bridge: each step gets its share, by time, of what is missing at the end. Where ``end`` is itself a
    standard normal, the steps are again independent standard normals.
    """
    roots, years = _steps(every, builder, clock)
    if years <= 0:
        return own
    total = builder.emit("total", builder.multiply(own, roots))
    missing = builder.subtract(builder.multiply(number(Fraction(math.sqrt(years))), end), total)
    moved = builder.add(own, builder.multiply(builder.multiply(roots, number(Fraction(1 / years))), missing))
    return _held(builder, moved, clock)


def _held(builder: Builder, steps: Operand, clock: Clock) -> Operand:
    """Between the clock's dates what stood on the latest, as what is drawn does."""
    first = next((place for place, on in enumerate(clock.on) if on), 0)
    found: list[int] = []
    for place, on in enumerate(clock.on):
        found.append(place if on else found[-1] if found else first)
    return gathered(builder, steps, tuple(max(place, first) for place in found))


def _fat(low: Lowering, copula: Copula, name: str, rank: Operand) -> Operand:
    """Student's: the normal of the rank that sqrt(degrees / chi-square) times it has among such."""
    builder = low.builder
    if "degrees" not in copula.bound.values:
        raise NotLowered
    node = copula.bound.values["degrees"]
    degrees = value_of(low, node, copula.scope, Moment("opening", low.every)).operand
    if not isinstance(degrees, Literal) or not 1 <= degrees.value <= 1_000:
        low.collector.error(
            "E0674",
            "the degrees of freedom are a number from 1 to 1,000, known when the deal is read",
            node.span,
            label="not such a number",
            help="fewer make extremes come together more often: `degrees = 4`",
        )
        raise NotLowered
    label = f"{name} (mixing)"
    share = _drawn(low.builder, low.memory, label, Random("uniform", label), None)
    mixing = builder.emit("divide", builder.emit("chi_square_quantile", share, degrees), degrees)
    fat = builder.emit("divide", rank, builder.emit("power", builder.positive(mixing), HALF))
    return builder.emit("normal_quantile", builder.emit("student_cdf", fat, degrees))


# --------------------------------------------------------------------------------------------- a row of a matrix


def _by_list(
    low: Lowering,
    key: Key,
    copula: Copula,
    pairs: syntax.Pairs,
    own: Operand,
    clock: Clock | None,
    family: str | None,
) -> Rank:
    """A rank with the stated correlations with others: E0675 where no such draws can be."""
    if copula.family == "student" or "factor" in copula.bound.values or family is not None:
        low.collector.error(
            "E0674",
            "a list of correlations joins one name, by `gaussian`, to names above it",
            copula.call.span,
            label="not a list's",
            help="a family, a factor and `student` take one correlation: `gaussian(35%)`",
        )
        raise NotLowered
    others: list[Rank] = []
    stated: list[float] = []
    for name, node in pairs.items:
        others.append(_other(low, key, name, copula.scope))
        value = value_of(low, node, copula.scope, Moment("opening", low.every))
        if not isinstance(value.operand, Literal) or not -1 <= value.operand.value <= 1:
            low.collector.error(
                "E0671",
                "a correlation of a list is a number from -100% to 100%, known when the deal is read",
                node.span,
                label="there is none such",
            )
            raise NotLowered
        stated.append(float(value.operand.value))
    made_of, weights, rest = _mixture(low.collector, key, pairs, others, stated)
    builder = low.builder
    same = all(other.clock is clock for other in others)
    parts = [
        (weight, other if same else _end(low.every, low.builder, other))
        for weight, other in zip(weights, others, strict=True)
    ]
    mixed: Operand = ZERO
    for weight, other in parts:
        mixed = builder.add(mixed, builder.multiply(number(Fraction(weight)), other.operand))
    if same or clock is None:
        rank = builder.add(mixed, builder.multiply(number(Fraction(rest)), own))
    else:
        end = builder.add(
            mixed,
            builder.multiply(number(Fraction(rest)), _end(low.every, low.builder, Rank(own, clock, None)).operand),
        )
        rank = led_to(low.every, low.builder, own, clock, end)
    return Rank(rank, clock, made_of)


def _end(every: Clock, builder: Builder, rank: Rank) -> Rank:
    """Where a path has come to by its last date, in deviations."""
    if rank.clock is None:
        return rank
    roots, years = _steps(every, builder, rank.clock)
    if years <= 0:
        return Rank(ZERO, None, rank.made_of)
    total = builder.emit("total", builder.multiply(rank.operand, roots))
    return Rank(builder.multiply(total, number(Fraction(1 / math.sqrt(years)))), None, rank.made_of)


def _other(low: Lowering, key: Key, name: syntax.Expression, scope: Scope) -> Rank:
    """The rank of a name that is drawn above: E0674 for any other."""
    if isinstance(name, syntax.Name):
        rank = rank_above(low, key, target(low.collector, name, scope))
        if rank is not None and rank.made_of is not None:
            return rank
        if rank is not None:
            low.collector.error(
                "E0674",
                f"`{name.text}` is joined in a way that varies by row or scenario, or by `student`, and a "
                "list needs one that is known",
                name.span,
                label="its own correlations are not known here",
                help="join it by a number, `gaussian(35%)`, or both by one factor",
            )
            raise NotLowered
    low.collector.error(
        "E0674",
        f"`{key.name}` is joined to what is not drawn above it",
        name.span,
        label="no draw to be joined to",
        help="a list names draws that stand above: `x drawn from ...`, then `y ... joined by gaussian([x: 40%])`",
    )
    raise NotLowered


def _mixture(
    collector: Collector, key: Key, pairs: syntax.Pairs, others: Sequence[Rank], stated: Sequence[float]
) -> tuple[dict[str, float], list[float], float]:
    """What the rank is made of, the weight of each other rank, and that of its own stream."""
    sources = sorted({source for other in others for source in (other.made_of or {})})
    table = np.array([[(other.made_of or {}).get(source, 0.0) for source in sources] for other in others])
    between, wanted = table @ table.T, np.array(stated)
    weights, *_ = np.linalg.lstsq(between, wanted, rcond=1e-12)
    explained = float(weights @ between @ weights)
    if np.abs(between @ weights - wanted).max() > SLACK or explained > 1 + SLACK:
        collector.error(
            "E0675",
            "no draw can have these correlations with draws that go together as these do",
            pairs.span,
            label="the matrix is not positive semidefinite",
            help="two names that move together cannot be joined to a third by correlations far apart",
            notes=tuple(
                f"`{_text(a)}` and `{_text(b)}` correlate by {between[i, j]:.1%}"
                for i, (a, _) in enumerate(pairs.items)
                for j, (b, _) in enumerate(pairs.items)
                if i < j
            ),
        )
        raise NotLowered
    rest = math.sqrt(max(0.0, 1 - explained))
    made_of = dict(zip(sources, (float(one) for one in weights @ table), strict=True))
    made_of[f"own {key.name}"] = rest
    return made_of, [float(one) for one in weights], rest


def _text(name: syntax.Expression) -> str:
    return name.text if isinstance(name, syntax.Name) else "..."


def rank_above(low: Lowering, key: Key, other: Key) -> Rank | None:
    """The rank of another drawn name, lowered now if nothing has read it; None if it is not drawn above ``key``."""
    for scoped in low.model.simulations:
        for draw in scoped.item.draws if isinstance(scoped.item, syntax.Simulate) else ():
            if not draw.drawn:
                continue
            one = target(low.collector, draw.name, scoped.scope)
            if one == key:
                return None
            if one == other:
                if other not in low.memory.ranks:
                    lower(low, draw.name, scoped.scope, Moment("opening", low.every))
                rank = low.memory.ranks.get(other)
                return None if rank is None else rank()
    return None
