"""What went into a figure: the largest amount that it was put together from, as equations of the program.

A balance of nothing but rounding is told from one cent by the amounts that went through it. What is put together (sums,
lesser and greater ones, choices, other dates and rows) has the amounts of its parts; a product or a quotient has them
in proportion. Accounts and balances that pay one another from date to date form a circle, and have one running amount
together: the greatest that has entered the circle, or has been carried in it, so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from ....engine.ir import Attribute, Equation, Literal, Operand, Operation, Var
from .builder import ONE, TRUE, ZERO, Builder, Traits, number
from .rounding import ROUNDED, Rounding, circles, parts

OF_AMOUNTS = frozenset(
    {"price", "clean_price", "dirty_price", "basis_point_value", "present_value_at", "balance_left", "balloon"}
    | {"loss_total", "shortfall_total", "total", "average", "lowest", "highest", "value_at"}
)
"""Measures that are amounts of what they are of; the others are rates, shares, multiples and times."""


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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


Amounts = frozenset[Amount]
NOTHING: Amounts = frozenset()


@attrs.define(eq=False)
class _Circle:
    members: frozenset[str]
    turn: int
    """Which circle it is a part of where products and conditions count as well."""
    carried: list[Equation]
    """Its values of the date before."""
    rows: str | None
    entered: Amounts = NOTHING
    """What enters it and does not depend on the day before: its running amount has it on the same date."""
    running: Var | None = None


class Scales:
    """The amounts of the values of finished equations."""

    def __init__(self, builder: Builder, rounding: Rounding, projected: Iterable[str]) -> None:
        self.builder = builder
        self.rounding = rounding
        self._found: dict[str, Amounts] = {}
        self._written: dict[tuple[Any, ...], Operand] = {}
        self._circles: list[_Circle] = []
        self._circle_of: dict[str, int] = {}
        self._projected = frozenset(projected)
        self._waiting: list[int] = []
        self._find_circles()

    # ------------------------------------------------------------------------------------------ circles

    def _find_circles(self) -> None:
        equations = self.rounding.equations
        everything = {
            name: [one.name for one in equation.operands if isinstance(one, Var)]
            for name, equation in equations.items()
        }
        self._turns = {name: turn for turn, circle in enumerate(circles(everything)) for name in circle}
        coming_back = set(self._turns)
        self._recurs = self._reached(everything, coming_back)
        loose = {
            name: [one.name for one in parts(equation) if isinstance(one, Var)]
            for name, equation in equations.items()
            if name in coming_back and self.is_loose(equation.result)
        }
        for circle in circles(loose):
            self._add_circle(circle)
        for name in loose:
            if equations[name].op == "previous" and name not in self._circle_of:
                self._add_circle([name])
        self._find_entries()

    @staticmethod
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

    def is_loose(self, operand: Operand) -> bool:
        return self.rounding.level(operand) == ROUNDED and not self.rounding.tight(operand)

    def _add_circle(self, names: Sequence[str]) -> None:
        members = [self.rounding.equations[name] for name in names]
        families = {one.result.rows for one in members}
        for name in names:
            self._circle_of[name] = len(self._circles)
        carried = [one for one in members if one.op == "previous"]
        self._circles.append(
            _Circle(frozenset(names), self._turns[names[0]], carried, families.pop() if len(families) == 1 else None)
        )

    def _find_entries(self) -> None:
        """What enters each circle, once all are known. It has no part in any of them, so that none is asked for."""
        found: list[Amounts] = []
        for at, circle in enumerate(self._circles):
            entering = NOTHING
            for name in circle.members if len(circle.members) > 1 else ():
                equation = self.rounding.equations[name]
                for one in parts(equation):
                    outside = not isinstance(one, Var) or self._circle_of.get(one.name) != at
                    if outside and not self._starts(equation, one):
                        entering |= self._scaling(one)
            found.append(frozenset(one for one in entering if not one.recurs))
        for circle, entered in zip(self._circles, found, strict=True):
            circle.entered = entered
        self._found.clear()

    def _starts(self, equation: Equation, operand: Operand) -> bool:
        """Whether it is what a carried value starts as, and has another value on later dates."""
        return equation.op == "previous" and operand == equation.operands[1] and self.builder.traits(operand).date

    def _recurring(self, operand: Operand) -> bool:
        return isinstance(operand, Var) and operand.name in self._recurs

    def _amount_of(self, at: int) -> Operand:
        """A circle's running amount, whose equations follow when all are asked for."""
        circle = self._circles[at]
        if circle.running is None:
            traits = Traits(date=True, scenario=True, row=circle.rows, carried=True, drawn=True, nonnegative=True)
            circle.running = self.builder.placeholder("amounts", "float", circle.rows, traits)
            self._waiting.append(at)
        return circle.running

    def finish(self) -> None:
        """Write the running amounts that were asked for."""
        while self._waiting:
            at = self._waiting.pop()
            circle = self._circles[at]
            if circle.running is None:
                raise AssertionError("a circle that nobody asks for")
            today = [self._in_row_of(circle, self.written(one)) for one in circle.entered]
            if len(circle.members) > 1:
                for equation in circle.carried:
                    today += self._of_the_day_before(at, self.of(equation.operands[0]) - circle.entered)
            for equation in circle.carried:
                # What has entered is within some hundred times of what is carried, which rounding is far below.
                if not today or (not self._is_dear(equation.result) and self._may_grow(equation)):
                    today.append(self._in_row_of(circle, self.size(equation.result)))
            self.builder.bind(circle.running, self._so_far(circle.running, today))

    def _of_the_day_before(self, at: int, amounts: Amounts) -> list[Operand]:
        """What entered a circle on the date before and depends on the date before that. In proportion to the circle's
        own amount, and so to what it was carried on, it would grow without end: there the value itself is taken."""
        circle = self._circles[at]
        found: list[Operand] = []
        for one in amounts:
            if one.whole and at in one.circles:
                continue
            if one.whole or all(self._circles[other].turn != circle.turn for other in one.circles):
                found.append(self.written(one))
            elif one.value is not None:
                found.append(self.size(one.value))
        return [self._in_row_of(circle, self._before(one)) for one in found]

    def _so_far(self, running: Var, today: list[Operand]) -> Operand:
        greatest = self._greatest(today)
        if not self.builder.traits(greatest).date and greatest.rows == running.rows:
            return greatest
        return self.builder.maximum(self.builder.emit("previous", running, ZERO), greatest)

    def _before(self, operand: Operand) -> Operand:
        traits = self.builder.traits(operand)
        return self.builder.emit("previous", operand, ZERO) if traits.date and isinstance(operand, Var) else operand

    def _in_row_of(self, circle: _Circle, operand: Operand) -> Operand:
        if operand.rows is None or operand.rows == circle.rows:
            return operand
        return self.builder.emit("max_rows", operand)

    def _may_grow(self, yesterday: Equation) -> bool:
        """Whether a carried value can come to more than it was: a balance that is only paid down cannot."""
        closing, start = yesterday.operands
        return self.builder.traits(start).date or self._recurring(start) or not self._at_most(closing, yesterday.result)

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

    # ------------------------------------------------------------------------------------------ amounts

    def of(self, operand: Operand) -> Amounts:
        """What went into a value. It is asked from the bottom up, since a day can be longer than Python's stack."""
        waiting: list[Operand] = [operand]
        while waiting:
            last = waiting[-1]
            if isinstance(last, Literal) or last.name in self._found:
                waiting.pop()
                continue
            below = [one for one in self._asked_for(last) if isinstance(one, Var) and one.name not in self._found]
            if below:
                waiting.extend(below)
                continue
            self._found[last.name] = self._of(last)
            waiting.pop()
        return self._of(operand) if isinstance(operand, Literal) else self._found[operand.name]

    def _asked_for(self, var: Var) -> tuple[Operand, ...]:
        if not self.is_loose(var):
            return ()
        equation = self.rounding.equations.get(var.name)
        if equation is None or (equation.op == "previous" and var.name in self._circle_of):
            return ()
        return equation.operands

    def _of(self, operand: Operand) -> Amounts:
        if isinstance(operand, Literal):
            return NOTHING if operand.value == 0 else self._plain(operand)
        if operand.name in self._projected and self.builder.traits(operand).date:
            return frozenset((self._projection(operand),))
        equation = self.rounding.equations.get(operand.name)
        if equation is None or not self.is_loose(operand):
            return self._plain(operand)
        at = self._circle_of.get(operand.name)
        if at is None:
            return self._by_operation(equation)
        mine = frozenset((self._circle_amount(at),))
        if equation.op == "previous":
            return mine
        return self.joined(mine, self._by_operation(equation))

    def _circle_amount(self, at: int) -> Amount:
        return Amount(("circle", at), lambda: self._amount_of(at), frozenset((at,)), True, True, True)

    def _projection(self, var: Var) -> Amount:
        """A series of the base case brings its rounding with it: the greatest that it has been so far."""

        def write() -> Operand:
            traits = Traits(date=True, row=var.rows, nonnegative=True)
            running = self.builder.placeholder("amounts", "float", var.rows, traits)
            self.builder.bind(running, self._so_far(running, [self.size(var)]))
            return running

        return Amount(("projected", var), write, frozenset(), False, False, False)

    def joined(self, *several: Amounts) -> Amounts:
        """All of them, but for those that a circle's own amount stands for."""
        every = frozenset().union(*several)
        here = frozenset(at for one in every if one.whole for at in one.circles)
        if not here:
            return every
        entered = frozenset().union(*(self._circles[at].entered for at in here))
        return frozenset(
            one
            for one in every
            if one.whole or not ((one.circles and one.circles <= here) or one in entered or (one.recurs and one.dear))
        )

    def _plain(self, operand: Operand) -> Amounts:
        recurs = self._recurring(operand)
        return frozenset(
            (Amount(("size", operand), lambda: self.size(operand), frozenset(), False, recurs, self._is_dear(operand)),)
        )

    def size(self, operand: Operand) -> Operand:
        return operand if self.builder.traits(operand).nonnegative else self.builder.emit("absolute", operand)

    def _from(self, equation: Equation, write: Callable[[], Operand], *of: Amounts) -> Amounts:
        """One amount in proportion to others."""
        every = frozenset().union(*of)
        return frozenset(
            (
                Amount(
                    ("of", equation.result.name),
                    write,
                    frozenset(at for one in every for at in one.circles),
                    False,
                    equation.result.name in self._recurs or any(one.recurs for one in every),
                    self._is_dear(equation.result),
                    equation.result,
                ),
            )
        )

    def _each(self, equation: Equation, amounts: Amounts, write: Callable[[Operand], Operand]) -> Amounts:
        """Each amount as it is on another date, or over other rows or dates."""
        return frozenset(
            Amount(
                (equation.op, equation.operands[1:], equation.attributes, one.key),
                lambda one=one: write(self.written(one)),  # type: ignore[misc]
                one.circles,
                False,
                one.recurs or equation.result.name in self._recurs,
                one.dear and self._is_dear(equation.result),
            )
            for one in amounts
        )

    def _is_dusty(self, operand: Operand) -> bool:
        """Whether its error can be large beside it, so that what it scales must have its amounts. Of a path (a rate
        with a shock, drawn or fed date by date) that no balance is a part of, it is itself: it is nothing by accident
        alone, and every date would be paid for in every scenario."""
        if not self.is_loose(operand):
            return False
        return not self._is_dear(operand) or self.builder.traits(operand).carried

    def _is_dear(self, operand: Operand) -> bool:
        """Whether it is worked out on every date in every scenario, and so would be what is made of it."""
        traits = self.builder.traits(operand)
        return traits.date and (traits.scenario or traits.drawn)

    def _scaling(self, operand: Operand) -> Amounts:
        return self.of(operand) if self._is_dusty(operand) else self._plain(operand)

    def _by_operation(self, equation: Equation) -> Amounts:
        builder, operands = self.builder, equation.operands
        given: dict[str, Attribute] = dict(equation.attributes)
        match equation.op:
            case "add" | "subtract" | "minimum" | "maximum" | "negate" | "absolute" | "pick":
                return self.joined(*(self.of(one) for one in parts(equation)))
            case "select":
                return self._chosen(*operands)
            case "multiply":
                return self._product(equation)
            case "divide":
                return self._quotient(equation)
            case "power":
                base, exponent = operands
                if not isinstance(exponent, Literal) or exponent.value <= 0:
                    return self._plain(equation.result)
                x = self.of(base)
                return self._from(equation, lambda: builder.emit("power", self.greatest(x), exponent), x)
            case "square_root":
                x = self.of(operands[0])
                return self._from(equation, lambda: builder.emit("square_root", self.greatest(x)), x)
            case "log" | "normal_quantile":
                return self._plain(equation.result) | self._plain(ONE)
            case "metric":
                if given["function"] in OF_AMOUNTS:
                    return self._each(equation, self.of(operands[0]), self._highest)
                return self._plain(equation.result) | self._plain(ONE)
            case _:
                return self._over_dates_and_rows(equation, given)

    def _over_dates_and_rows(self, equation: Equation, given: dict[str, Attribute]) -> Amounts:
        builder, operands = self.builder, equation.operands

        def again(op: Operation, *others: Operand, **attributes: Attribute) -> Callable[[Operand], Operand]:
            def write(amount: Operand) -> Operand:
                if isinstance(amount, Literal) or not builder.traits(amount).date:
                    return amount
                return builder.emit(op, amount, *others, label="", **attributes)

            return write

        def summed(amount: Operand) -> Operand:
            return amount if amount.rows is None else builder.emit("sum_rows", amount)

        match equation.op:
            case "previous":
                x, start = (self.of(one) for one in operands)
                kept = frozenset(one for one in x if one.whole)
                return self.joined(kept, self._each(equation, x - kept, self._before), start)
            case "gather" | "window" | "gather_at" | "discounted":
                x = self.of(operands[0])
                kept = frozenset(one for one in x if one.whole) if self._looks_back(given) else NOTHING
                return kept | self._each(equation, x - kept, again(equation.op, *operands[1:], **given))
            case "total" | "final":
                x = self.of(operands[0])
                kept = frozenset(one for one in x if one.whole)
                return self._each(equation, x - kept, again(equation.op)) | self._each(equation, kept, again("final"))
            case "lowest" | "highest":
                return self._each(equation, self.of(operands[0]), again("highest", operands[1]))
            case "sum_rows":
                return self._each(equation, self.of(operands[0]), summed)
            case "min_rows" | "max_rows":
                return self._each(
                    equation,
                    self.of(operands[0]),
                    lambda amount: amount if amount.rows is None else builder.emit("max_rows", amount),
                )
            case "sum_groups":
                return self._each(
                    equation,
                    self.of(operands[1]),
                    lambda amount: amount if amount.rows is None else builder.emit("sum_groups", operands[0], amount),
                )
            case "take":
                return self.joined(self.of(operands[0]), self._each(equation, self.of(operands[1]), summed))
            case "level" | "level_rows":
                return self._share(equation, given)
            case _:
                return self._plain(equation.result)

    def _chosen(self, condition: Operand, x: Operand, y: Operand) -> Amounts:
        made = self.rounding.equations.get(condition.name) if isinstance(condition, Var) else None
        if made is not None and made.op in ("not_equal", "less") and x in made.operands and y == ONE:
            return self.of(x)  # a denominator, and 1 where there is none
        return self.joined(self.of(x), self.of(y))

    def _product(self, equation: Equation) -> Amounts:
        builder = self.builder
        left, right = equation.operands
        x, y = self._scaling(left), self._scaling(right)

        def write() -> Operand:
            found = [
                builder.multiply(self.greatest(amounts), self.size(other))
                for one, other, amounts in ((left, right, x), (right, left, y))
                if self._is_dusty(one)
            ]
            return self._greatest(found) if found else self.size(equation.result)

        return self._from(equation, write, x, y)

    def _quotient(self, equation: Equation) -> Amounts:
        builder = self.builder
        above, below = equation.operands
        x, y = self._scaling(above), self._scaling(below)

        def write() -> Operand:
            if not self._is_dusty(below):
                if not self._is_dusty(above):
                    return self.size(equation.result)
                return self._where_there_is(below, builder.emit("divide", self.greatest(x), self.size(below)))
            quotient = self.size(equation.result)
            if x == y:
                of = builder.multiply(self.greatest(x), builder.maximum(quotient, ONE))
            else:
                of = builder.multiply(quotient, self.greatest(y))
                of = builder.maximum(of, self.greatest(x)) if self._is_dusty(above) else of
            return self._where_there_is(below, builder.emit("divide", of, self.size(below)))

        return self._from(equation, write, x, y)

    def _where_there_is(self, denominator: Operand, amount: Operand) -> Operand:
        """Nothing where the denominator is none, and 1 stands for it."""
        made = self.rounding.equations.get(denominator.name) if isinstance(denominator, Var) else None
        if made is None or made.op != "select" or made.operands[2] != ONE:
            return amount
        return self.builder.select(made.operands[0], amount, ZERO)

    def _share(self, equation: Equation, given: dict[str, Attribute]) -> Amounts:
        """A level of water: what there is for each unit of weight."""
        builder = self.builder
        available, *pairs = equation.operands
        x = self.of(available)

        def write() -> Operand:
            if equation.op == "level":
                weights = builder.sum(pairs[: int(str(given["members"]))])
            else:
                weights = builder.emit("sum_rows", pairs[0]) if pairs[0].rows is not None else pairs[0]
            some = builder.emit("less", ZERO, weights)
            return builder.emit("divide", self.greatest(x), builder.select(some, weights, ONE))

        return self._from(equation, write, x)

    def _highest(self, amount: Operand) -> Operand:
        if isinstance(amount, Literal) or not self.builder.traits(amount).date:
            return amount
        return self.builder.emit("highest", amount, TRUE)

    def _looks_back(self, given: dict[str, Attribute]) -> bool:
        """Whether every date reads its own past, so that a running amount of its own date holds for it."""
        positions = given.get("positions", given.get("last"))
        return isinstance(positions, tuple) and all(
            isinstance(at, int) and at <= date for date, at in enumerate(positions)
        )

    # ------------------------------------------------------------------------------------------ written

    def written(self, amount: Amount) -> Operand:
        if amount.key not in self._written:
            self._written[amount.key] = amount.write()
        return self._written[amount.key]

    def greatest(self, amounts: Amounts) -> Operand:
        return self._greatest([self.written(one) for one in amounts])

    def _greatest(self, operands: Iterable[Operand]) -> Operand:
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


def _value(literal: Literal) -> Any:
    return literal.value


def _name(operand: Operand) -> tuple[bool, str]:
    return (True, operand.name) if isinstance(operand, Var) else (False, str(operand.value))
