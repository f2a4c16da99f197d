"""Accounts and balances that pay one another from date to date: what has entered each such circle so far."""

from __future__ import annotations

import abc
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from ....engine.ir import Equation, Literal, Operand, Var
from .builder import ZERO, Builder, Traits, number
from .rounding import ROUNDED, Rounding, circles, parts


@attrs.frozen(eq=False)
class Amount:
    """An amount that is written when it is asked for. ``key``: equal ones are one."""

    key: tuple[Any, ...]
    write: Callable[[], Operand]
    circles: frozenset[int]
    """The circles whose amounts it is in proportion to."""
    whole: bool
    """Whether it is a circle's amount as it stands."""
    recurs: bool
    """Whether it depends on the day before."""
    dear: bool
    """Whether it would be worked out on every date in every scenario."""
    value: Var | None = None
    """The value whose amount it is, where it is in proportion to others."""
    below: tuple[Amount, ...] = ()
    """What is written before it."""
    again: bool = False
    """Whether it is one other amount on other dates or over other rows: the greater of two stays the greater."""
    ahead: bool = False
    """Whether it is of dates that are still to come, when a circle's own amount may be far less."""
    order: int = attrs.field(factory=itertools.count().__next__)
    """Sets have no order of their own, and equal text must give an equal program."""

    _hash: int = attrs.field(init=False)

    @_hash.default
    def _hash_of_key(self) -> int:
        """Once: keys stand in keys, and amounts are looked up often."""
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Amount) and self.key == other.key)

    def __hash__(self) -> int:
        return self._hash


Amounts = frozenset[Amount]
NOTHING: Amounts = frozenset()


def in_order(amounts: Amounts) -> list[Amount]:
    return sorted(amounts, key=lambda one: one.order)


@attrs.define(eq=False)
class _Circle:
    members: tuple[str, ...]
    turn: int
    """Which circle it is a part of where products and conditions count as well."""
    carried: list[Equation]
    """Its values of the date before."""
    rows: str | None
    entered: Amounts = NOTHING
    """What enters it and does not depend on the day before: its running amount has it on the same date."""
    running: Var | None = None


@attrs.frozen(eq=False)
class _Later:
    """What enters a circle on the date after: an amount, or the value that it is of."""

    amount: Amount
    itself: bool


class Circles(abc.ABC):
    """The circles of finished equations. What a value is made of, `Scales` says."""

    def __init__(self, builder: Builder, rounding: Rounding, projected: Iterable[str]) -> None:
        self.builder = builder
        self.rounding = rounding
        self._found: dict[str, Amounts] = {}
        self._joined: dict[frozenset[Amounts], Amounts] = {}
        self._written: dict[tuple[Any, ...], Operand] = {}
        self._circles: list[_Circle] = []
        self.circle_of: dict[str, int] = {}
        self._projected = frozenset(projected)
        self._waiting: list[int] = []
        self._reached: list[frozenset[int]] | None = None
        self._later: list[list[_Later]] = []
        self._find_circles()

    def _find_circles(self) -> None:
        equations = self.rounding.equations
        everything = {
            name: [one.name for one in equation.operands if isinstance(one, Var)]
            for name, equation in equations.items()
        }
        self._turns = {name: turn for turn, circle in enumerate(circles(everything)) for name in circle}
        coming_back = set(self._turns)
        self.recurring_names = _reached(everything, coming_back)
        loose = {
            name: [one.name for one in parts(equation) if isinstance(one, Var)]
            for name, equation in equations.items()
            if name in coming_back and self.is_loose(equation.result)
        }
        for circle in circles(loose):
            self._add_circle(circle)
        for name in loose:
            if equations[name].op == "previous" and name not in self.circle_of:
                self._add_circle([name])
        self._find_entries()

    def is_loose(self, operand: Operand) -> bool:
        return self.rounding.level(operand) == ROUNDED and not self.rounding.tight(operand)

    def _add_circle(self, names: Sequence[str]) -> None:
        members = [self.rounding.equations[name] for name in names]
        families = {one.result.rows for one in members}
        for name in names:
            self.circle_of[name] = len(self._circles)
        carried = [one for one in members if one.op == "previous"]
        self._circles.append(
            _Circle(tuple(names), self._turns[names[0]], carried, families.pop() if len(families) == 1 else None)
        )

    def _find_entries(self) -> None:
        """What enters each circle, once all are known. It has no part in any of them, so that none is asked for."""
        found: list[Amounts] = []
        for at, circle in enumerate(self._circles):
            entering = NOTHING
            for name in circle.members if len(circle.members) > 1 else ():
                equation = self.rounding.equations[name]
                for one in parts(equation):
                    outside = not isinstance(one, Var) or self.circle_of.get(one.name) != at
                    if outside and not self._starts(equation, one):
                        entering |= self.scaling(one)
            found.append(frozenset(one for one in entering if not one.recurs))
        for circle, entered in zip(self._circles, found, strict=True):
            circle.entered = entered
        self._found.clear()
        self._joined.clear()

    def _starts(self, equation: Equation, operand: Operand) -> bool:
        """Whether it is what a carried value starts as, and has another value on later dates."""
        return equation.op == "previous" and operand == equation.operands[1] and self.builder.traits(operand).date

    def recurring(self, operand: Operand) -> bool:
        return isinstance(operand, Var) and operand.name in self.recurring_names

    # ------------------------------------------------------------------------------------------ running amounts

    def _reach(self) -> list[frozenset[int]]:
        """Of each circle those that have paid into it, itself among them: its amount is at least as great as theirs.
        Asked for when all values are known, since it asks what they are made of."""
        if self._reached is None:
            self._later = [self._enters_later(at) for at in range(len(self._circles))]
            paying = [{next(iter(one.amount.circles)) for one in later if one.amount.whole} for later in self._later]
            found: list[frozenset[int]] = []
            for at in range(len(self._circles)):
                reached, waiting = {at}, [at]
                while waiting:
                    more = paying[waiting.pop()] - reached
                    reached |= more
                    waiting.extend(more)
                found.append(frozenset(reached))
            self._reached = found
        return self._reached

    def _one_with(self, at: int) -> list[int]:
        """The circles that pay it and that it pays, in order: they have one amount together."""
        reach = self._reach()
        return sorted(other for other in reach[at] if at in reach[other])

    def _enters_later(self, at: int) -> list[_Later]:
        """What enters a circle and depends on the day before. In proportion to the circle's own amount, and so to what
        it was carried on, it would grow without end: there the value itself is taken."""
        circle = self._circles[at]
        found: dict[Amount, _Later] = {}
        for equation in circle.carried if len(circle.members) > 1 else ():
            for one in in_order(self.of(equation.operands[0]) - circle.entered):
                if one.whole and at in one.circles:
                    continue
                if one.whole or all(self._circles[other].turn != circle.turn for other in one.circles):
                    found[one] = _Later(one, False)
                elif one.value is not None:
                    found[one] = _Later(one, True)
        return list(found.values())

    def amount_of(self, at: int) -> Var:
        """A circle's running amount, whose equations follow when all are asked for."""
        together = self._one_with(at)
        first = self._circles[together[0]]
        if first.running is None:
            families = {self._circles[one].rows for one in together}
            rows = families.pop() if len(families) == 1 else None
            traits = Traits(date=True, scenario=True, row=rows, carried=True, drawn=True, nonnegative=True)
            first.running = self.builder.placeholder("amounts", "float", rows, traits)
            self._waiting.append(together[0])
        return first.running

    def finish(self) -> None:
        """Write the running amounts that were asked for."""
        while self._waiting:
            at = self._waiting.pop()
            running = self.amount_of(at)
            inside = self._one_with(at)
            paying, others = self._paying(at, running.rows)
            today: list[Operand] = [self.amount_of(one) for one in paying]
            later: list[Operand] = []
            for one in sorted({*inside, *others}):
                self._enter(self._circles[one], self._later[one], today, later)
            self.builder.bind(
                running,
                self.so_far(
                    running,
                    [self._in_rows(running.rows, one) for one in today if one != ZERO],
                    [self._in_rows(running.rows, one) for one in later],
                ),
            )

    def _paying(self, at: int, rows: str | None) -> tuple[list[int], set[int]]:
        """Of the circles that have paid a circle: those whose own amount is written anyhow, and those that are left."""
        reach = self._reach()
        others = set(reach[at]) - set(self._one_with(at))
        written = {
            one
            for one in others
            if self._one_with(one)[0] == one
            and (self._circles[one].running is not None or self._circles[one].rows != rows)
        }
        greatest = [one for one in sorted(written) if not any(one in reach[more] for more in written - {one})]
        return greatest, others.difference(*(reach[one] for one in greatest))

    def _enter(self, circle: _Circle, entering: list[_Later], today: list[Operand], later: list[Operand]) -> None:
        """Add what enters a circle today and what it has tomorrow, but for the amounts of other circles."""
        today += [self.written(one) for one in in_order(circle.entered)]
        for one in entering:
            if not one.amount.whole:
                found = self.size(one.amount.value) if one.itself and one.amount.value else self.written(one.amount)
                (later if self.builder.traits(found).date else today).append(found)
        for equation in circle.carried:
            # What has entered is within some hundred times of what is carried, which rounding is far below.
            nothing = not circle.entered and not entering
            if nothing or (not self.is_dear(equation.result) and self._may_grow(equation)):
                today.append(self.size(equation.result))

    def so_far(self, running: Var, today: list[Operand], later: Sequence[Operand] = ()) -> Operand:
        """The greatest of what there was until today; ``later`` counts from the next date on."""
        greatest = self.greatest_of(today)
        if later:
            before = self.builder.emit("previous", self.greatest_of([running, *later]), ZERO)
            return before if greatest == ZERO else self.builder.maximum(before, greatest)
        if not self.builder.traits(greatest).date and greatest.rows == running.rows:
            return greatest
        return self.builder.maximum(self.builder.emit("previous", running, ZERO), greatest)

    def before(self, operand: Operand) -> Operand:
        traits = self.builder.traits(operand)
        return self.builder.emit("previous", operand, ZERO) if traits.date and isinstance(operand, Var) else operand

    def _in_rows(self, rows: str | None, operand: Operand) -> Operand:
        if operand.rows is None or operand.rows == rows:
            return operand
        return self.builder.emit("max_rows", operand)

    def _may_grow(self, yesterday: Equation) -> bool:
        """Whether a carried value can come to more than it was: a balance that is only paid down cannot."""
        closing, start = yesterday.operands
        return self.builder.traits(start).date or self.recurring(start) or not self._at_most(closing, yesterday.result)

    def _at_most(self, operand: Operand, bound: Var, depth: int = 12) -> bool:
        """Surely between nothing and ``bound``."""
        if operand == bound or (isinstance(operand, Literal) and operand.value == 0):
            return True
        made = self.rounding.equations.get(operand.name) if isinstance(operand, Var) else None
        if made is None or not depth:
            return False
        nonnegative = self.builder.traits(operand).nonnegative
        below = [self._at_most(one, bound, depth - 1) for one in parts(made)]
        match made.op:
            case "subtract":
                return nonnegative and below[0] and self.builder.traits(made.operands[1]).nonnegative
            case "minimum":
                return nonnegative and any(below)
            case "maximum" | "select":
                return all(below)
        return False

    @abc.abstractmethod
    def of(self, operand: Operand) -> Amounts:
        """What went into a value."""

    # ------------------------------------------------------------------------------------------ amounts

    def joined(self, *several: Amounts) -> Amounts:
        """All of them, but for those that a circle's own amount stands for."""
        together = frozenset(several)
        found = self._joined.get(together)
        if found is None:
            found = self._joined[together] = self._join(several)
        return found

    def _join(self, several: Iterable[Amounts]) -> Amounts:
        every = frozenset().union(*several)
        here = frozenset(at for one in every if one.whole for at in one.circles)
        if not here:
            return every
        entered = frozenset().union(*(self._circles[at].entered for at in here))

        def stood_for(one: Amount) -> bool:
            if one.whole or one.ahead:
                return False
            if one in entered or (one.circles and one.circles <= here):
                return True
            # What enters today and depends on the day before, it has tomorrow: until then, what else has entered.
            return bool(entered) and one.recurs and one.dear

        return frozenset(one for one in every if not stood_for(one))

    def plain(self, operand: Operand) -> Amounts:
        if operand == ZERO:
            return NOTHING
        recurs = self.recurring(operand)
        return frozenset(
            (Amount(("size", operand), lambda: self.size(operand), frozenset(), False, recurs, self.is_dear(operand)),)
        )

    def size(self, operand: Operand) -> Operand:
        return operand if self.builder.traits(operand).nonnegative else self.builder.emit("absolute", operand)

    def is_dusty(self, operand: Operand) -> bool:
        """Whether its error can be large beside it, so that what it scales must have its amounts. Of a path (a rate
        with a shock, drawn or fed date by date) that no balance is a part of, it is itself: it is nothing by accident
        alone, and every date would be paid for in every scenario."""
        if not self.is_loose(operand):
            return False
        return not self.is_dear(operand) or self.builder.traits(operand).carried

    def is_dear(self, operand: Operand) -> bool:
        """Whether it is worked out on every date in every scenario, and so would be what is made of it."""
        traits = self.builder.traits(operand)
        return traits.date and (traits.scenario or traits.drawn)

    def scaling(self, operand: Operand) -> Amounts:
        return self.of(operand) if self.is_dusty(operand) else self.plain(operand)

    def written(self, amount: Amount) -> Operand:
        """From the bottom up: a day can be longer than Python's stack."""
        waiting = [amount]
        while waiting:
            last = waiting[-1]
            below = [one for one in last.below if one.key not in self._written]
            if below and last.key not in self._written:
                waiting.extend(below)
                continue
            if last.key not in self._written:
                self._written[last.key] = last.write()
            waiting.pop()
        return self._written[amount.key]

    def greatest(self, amounts: Amounts) -> Operand:
        """Of several circles' amounts those are left out that another stands for, whom they have paid; and what was
        made alike of both, on another date or over other rows."""
        if len(amounts) == 1 or not any(_made_of(one)[1].whole for one in amounts):
            return self.greatest_of([self.written(one) for one in in_order(amounts)])
        made: dict[tuple[Any, ...], list[tuple[Amount, Amount]]] = {}
        for one in in_order(amounts):
            how, of = _made_of(one)
            made.setdefault(how, []).append((one, of))
        left = [one for alike in made.values() for one in self._not_stood_for(alike)]
        return self.greatest_of([self.written(one) for one in left])

    def _not_stood_for(self, amounts: list[tuple[Amount, Amount]]) -> list[Amount]:
        """Of amounts, each with what it was made of in the same way."""
        here = [at for _, of in amounts if of.whole for at in of.circles]
        if not here or len(amounts) == 1:
            return [one for one, _ in amounts]
        reach = self._reach()
        paid = frozenset().union(*(reach[at].difference(self._one_with(at)) for at in here))
        entered = frozenset().union(*(self._circles[at].entered for at in paid.union(here)))
        return [one for one, of in amounts if not (of.circles <= paid if of.whole else of in entered)]

    def greatest_of(self, operands: Iterable[Operand]) -> Operand:
        """The greatest; what is known first is compared first, so that it is worked out ahead, once."""
        builder = self.builder
        several = sorted(set(operands), key=lambda one: (builder.lateness(one), one.rows is not None, _name(one)))
        found: Operand = ZERO
        for one in several:
            if isinstance(one, Literal) and isinstance(found, Literal):
                found = number(max(_value(found), _value(one)))
            else:
                found = one if found == ZERO else builder.maximum(found, one)
        return builder.mark_nonnegative(found)


def _made_of(amount: Amount) -> tuple[tuple[Any, ...], Amount]:
    """How an amount was made of another (on other dates, over other rows), and that; itself where it was not."""
    how: list[Any] = []
    while amount.again:
        how.append(amount.key[:-1])
        amount = amount.below[0]
    return tuple(how), amount


def _value(literal: Literal) -> Any:
    return literal.value


def _name(operand: Operand) -> tuple[bool, str]:
    return (True, operand.name) if isinstance(operand, Var) else (False, str(operand.value))


def _reached(reads: Mapping[str, Sequence[str]], start: Iterable[str]) -> set[str]:
    """Those names and whatever reads them."""
    readers: dict[str, list[str]] = {}
    for name, below in reads.items():
        for one in below:
            readers.setdefault(one, []).append(name)
    found, waiting = set(start), list(start)
    while waiting:
        for name in readers.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
