"""What went into a figure: the largest amount that it was put together from, as equations of the program.

A balance of nothing but rounding is told from one cent by the amounts that went through it. What is put together (sums,
lesser and greater ones, choices, other dates and rows) has the amounts of its parts; a product or a quotient has them
in proportion. Accounts and balances that pay one another from date to date form a circle, and have one running amount
together (`circles`).
"""

from __future__ import annotations

from collections.abc import Callable

from ....engine.ir import Attribute, Equation, Literal, Operand, Operation, Var
from .builder import ONE, TRUE, ZERO, Traits
from .circles import NOTHING, Amount, Amounts, Circles, in_order
from .rounding import parts

OF_AMOUNTS = frozenset(
    {"price", "clean_price", "dirty_price", "basis_point_value", "present_value_at", "balance_left", "balloon"}
    | {"loss_total", "shortfall_total", "total", "average", "lowest", "highest", "value_at"}
)
"""Measures that are amounts of what they are of; the others are rates, shares, multiples and times."""


class Scales(Circles):
    """The amounts of the values of finished equations."""

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
        if equation is None or (equation.op == "previous" and var.name in self.circle_of):
            return ()
        return equation.operands

    def _of(self, operand: Operand) -> Amounts:
        if isinstance(operand, Literal):
            return NOTHING if operand.value == 0 else self.plain(operand)
        if operand.name in self._projected and self.builder.traits(operand).date:
            return frozenset((self._projection(operand),))
        equation = self.rounding.equations.get(operand.name)
        if equation is None or not self.is_loose(operand):
            return self.plain(operand)
        at = self.circle_of.get(operand.name)
        if at is None:
            return self._by_operation(equation)
        mine = frozenset((self._circle_amount(at),))
        if equation.op == "previous":
            return mine
        return self.joined(mine, self._by_operation(equation))

    def _circle_amount(self, at: int) -> Amount:
        return Amount(("circle", at), lambda: self.amount_of(at), frozenset((at,)), True, True, True)

    def _projection(self, var: Var) -> Amount:
        """A series of the base case brings its rounding with it: the greatest that it has been so far."""

        def write() -> Operand:
            traits = Traits(date=True, row=var.rows, nonnegative=True)
            running = self.builder.placeholder("amounts", "float", var.rows, traits)
            self.builder.bind(running, self.so_far(running, [self.size(var)]))
            return running

        return Amount(("projected", var), write, frozenset(), False, False, False)

    def _from(self, equation: Equation, write: Callable[[], Operand], *of: Amounts) -> Amounts:
        """One amount in proportion to others."""
        every = frozenset().union(*of)
        if not every:
            return NOTHING
        return frozenset(
            (
                Amount(
                    ("of", equation.result.name),
                    write,
                    frozenset(at for one in every for at in one.circles),
                    False,
                    equation.result.name in self.recurring_names or any(one.recurs for one in every),
                    self.is_dear(equation.result),
                    equation.result,
                    tuple(one for one in in_order(every) if one.below or one.value is not None),
                    ahead=any(one.ahead for one in every),
                ),
            )
        )

    def _each(
        self, equation: Equation, amounts: Amounts, write: Callable[[Operand], Operand], ahead: bool = False
    ) -> Amounts:
        """Each amount as it is on another date, or over other rows or dates; ``ahead``: some of them to come."""
        return frozenset(
            Amount(
                (equation.op, equation.operands[1:], equation.attributes, one.key),
                lambda one=one: write(self.written(one)),  # type: ignore[misc]
                one.circles,
                False,
                one.recurs or equation.result.name in self.recurring_names,
                one.dear and self.is_dear(equation.result),
                None,
                (one,),
                True,
                one.ahead or (ahead and bool(one.circles)),
            )
            for one in in_order(amounts)
        )

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
                    return self.plain(equation.result)
                x = self.of(base)
                return self._from(equation, lambda: builder.emit("power", self.greatest(x), exponent), x)
            case "square_root":
                x = self.of(operands[0])
                return self._from(equation, lambda: builder.emit("square_root", self.greatest(x)), x)
            case "log" | "normal_quantile":
                return self.plain(equation.result) | self.plain(ONE)
            case "metric":
                if given["function"] in OF_AMOUNTS:
                    return self._each(equation, self.of(operands[0]), self._highest, True)
                return self.plain(equation.result) | self.plain(ONE)
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
                return self.joined(kept, self._each(equation, x - kept, self.before), start)
            case "gather" | "window" | "gather_at" | "discounted":
                x = self.of(operands[0])
                back = self._looks_back(given)
                kept = frozenset(one for one in x if one.whole) if back else NOTHING
                return kept | self._each(equation, x - kept, again(equation.op, *operands[1:], **given), not back)
            case "total" | "final":
                x = self.of(operands[0])
                kept = frozenset(one for one in x if one.whole)
                rest = self._each(equation, x - kept, again(equation.op), True)
                return rest | self._each(equation, kept, again("final"), True)
            case "lowest" | "highest":
                return self._each(equation, self.of(operands[0]), again("highest", operands[1]), True)
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
                return self.plain(equation.result)

    def _chosen(self, condition: Operand, x: Operand, y: Operand) -> Amounts:
        made = self.rounding.equations.get(condition.name) if isinstance(condition, Var) else None
        if made is not None and made.op in ("not_equal", "less") and x in made.operands and y == ONE:
            return self.of(x)  # a denominator, and 1 where there is none
        return self.joined(self.of(x), self.of(y))

    def _product(self, equation: Equation) -> Amounts:
        builder = self.builder
        left, right = equation.operands
        x, y = self.scaling(left), self.scaling(right)

        def write() -> Operand:
            found = [
                builder.multiply(self.greatest(amounts), self.size(other))
                for one, other, amounts in ((left, right, x), (right, left, y))
                if self.is_dusty(one)
            ]
            return self.greatest_of(found) if found else self.size(equation.result)

        return self._from(equation, write, x, y)

    def _quotient(self, equation: Equation) -> Amounts:
        builder = self.builder
        above, below = equation.operands
        x, y = self.scaling(above), self.scaling(below)

        def write() -> Operand:
            if not self.is_dusty(below):
                if not self.is_dusty(above):
                    return self.size(equation.result)
                return self._where_there_is(below, builder.emit("divide", self.greatest(x), self.size(below)))
            quotient = self.size(equation.result)
            if x == y:
                of = builder.multiply(self.greatest(x), builder.maximum(quotient, ONE))
            else:
                of = builder.multiply(quotient, self.greatest(y))
                of = builder.maximum(of, self.greatest(x)) if self.is_dusty(above) else of
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
