"""The types of calls: functions of the language (`builtins.py`) and functions that a deal declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import attrs

from .. import syntax
from ..messages.diagnostics import Collector, Diagnostic, Label
from ..messages.nearest import nearest
from ..names.deal import AnyEntry, DefinitionEntry, FunctionEntry, Scope, follow, pairs_node
from ..syntax.written import format_expression
from ..vocabulary.builtins import BUILTINS, Bound, Builtin, bind_builtin, bind_function
from ..vocabulary.units import (
    CONDITION,
    COUNT,
    DATE,
    DURATION,
    EXACT_DURATION,
    HOUR,
    MULTIPLE,
    NUMBER,
    RATE,
    TABLE,
    UNKNOWN,
    YEAR,
    Dimension,
    Type,
    describe,
)
from ..vocabulary.wants import fits, refuse, words
from . import operators as types_operators

if TYPE_CHECKING:
    from .types import Types

# What spreadsheets call it.
_SPREADSHEET = {
    "minimum": "lowest",
    "maximum": "highest",
    "avg": "average",
    "npv": "present_value",
    "xnpv": "present_value",
    "pv": "present_value",
    "roundup": "ceiling",
    "rounddown": "floor",
    "int": "floor",
    "sumif": "sum",
    "sumifs": "sum",
    "sumproduct": "sum",
    "countif": "count",
    "countifs": "count",
    "duration": "macaulay_duration",
    "mduration": "modified_duration",
    "yield": "yield_to_maturity",
    "yearfrac": "year_fraction",
}

_SHARES = frozenset({"price", "clean_price", "accrued_interest", "basis_point_value", "declining"})
"""Functions whose result is shown as a percentage."""

DEEPEST = 100
"""Functions may call one another to this depth."""


class Calls:
    """Types calls for `Types`, and keeps the scope that each call of a deal's own function is read in."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self._scopes: dict[tuple[int, int], tuple[syntax.Call, Scope, Scope]] = {}
        self._results: dict[tuple[object, ...], Type] = {}
        self._passing: dict[tuple[object, ...], Type] = {}
        self._inside: list[FunctionEntry] = []
        self._too_deep = False

    # ------------------------------------------------------------------------------------------ finding

    def function(self, call: syntax.Call, scope: Scope) -> FunctionEntry | Builtin | None:
        """What a call calls: the deal's own function of that name before the language's."""
        found = scope.find(call.function.parts[0]) if len(call.function.parts) == 1 else None
        if found is not None and isinstance(own := follow(found), FunctionEntry):
            return own
        return BUILTINS.get(call.function.text)

    def call(self, call: syntax.Call, scope: Scope, hint: Type | None) -> Type:
        function = self.function(call, scope)
        if isinstance(function, FunctionEntry):
            return self._own(call, function, scope)
        if function is None:
            self._unknown(call, scope)
            for argument in call.arguments:
                self.types.infer(argument.value, scope)
            return UNKNOWN
        bound = bind_builtin(call, function)
        if self._problems(call, bound, function.signature, tuple(p.name for p in function.parameters)):
            return UNKNOWN
        return self._builtin(call, function, bound, scope, hint)

    def _unknown(self, call: syntax.Call, scope: Scope) -> None:
        own = [name for name in scope.visible() if isinstance(scope.find(name), FunctionEntry)]
        guess = nearest(call.function.text, own) or _SPREADSHEET.get(call.function.text.casefold())
        guess = guess or nearest(call.function.text, BUILTINS)
        found = scope.find(call.function.parts[0])
        text = f"did you mean `{guess}`?" if guess else "declare it: `function name(x) = ...`"
        if found is not None and guess is None:
            text = f"`{call.function.text}` is no function: leave out the brackets"
        self.types.collector.error(
            "E0330",
            f"there is no function `{call.function.text}`",
            call.function.span,
            label="unknown function",
            help=text,
        )

    def _problems(self, call: syntax.Call, bound: Bound, signature: str, names: tuple[str, ...]) -> bool:
        for problem in bound.problems:
            guess = None
            for argument in call.arguments:
                if argument.span == problem.span and argument.name is not None and problem.code == "E0333":
                    guess = nearest(argument.name, names)
            self.types.collector.error(
                problem.code,
                problem.message,
                problem.span,
                help=f"did you mean `{guess}`? it is `{signature}`" if guess else f"it is `{signature}`",
            )
        return bool(bound.problems)

    # ------------------------------------------------------------------------------------------ the deal's functions

    def scope_of(self, call: syntax.Call, entry: FunctionEntry, scope: Scope) -> Scope | None:
        """The scope that a call's body is read in: its parameters stand for the arguments. None: wrong arguments.

        The same call in the same scope gives the same scope, so that types worked out here are found again.
        """
        key = id(call), id(scope)
        known = self._scopes.get(key)
        if known is not None:
            return known[2]
        bound = bind_function(call, entry.item)
        if bound.problems:
            return None
        names: dict[str, AnyEntry] = {}
        inner = Scope(names, entry.scope, prefix=scope.prefix, family=scope.family)
        for parameter in entry.item.parameters:
            given = bound.values.get(parameter.name)
            value = given if given is not None else parameter.default
            if value is None:
                return None
            names[parameter.name] = DefinitionEntry(
                name=parameter.name,
                span=parameter.span,
                form="parameter",
                value=value,
                scope=scope if given is not None else inner,
                type=parameter.type,
            )
        self._scopes[key] = call, scope, inner
        return inner

    def _own(self, call: syntax.Call, entry: FunctionEntry, scope: Scope) -> Type:
        for argument in call.arguments:
            self.types.infer(argument.value, scope)
        inner = self.scope_of(call, entry, scope)
        if inner is None:
            names = tuple(parameter.name for parameter in entry.item.parameters)
            self._problems(call, bind_function(call, entry.item), f"{entry.item.name}({', '.join(names)})", names)
            return UNKNOWN
        if call.where is not None or call.on is not None:
            self._misplaced(call, entry.item.name)
        if entry in self._inside or len(self._inside) >= DEEPEST:
            chain = [inside.item.name for inside in self._inside] + [entry.item.name]
            if entry in self._inside:
                self.types.collector.error(
                    "E0340",
                    f"the function `{entry.item.name}` calls itself",
                    call.function.span,
                    label="again",
                    notes=(" calls ".join(chain[-8:]),),
                    help="a state carries a figure from date to date",
                )
            elif not self._too_deep:
                self._too_deep = True
                self.types.collector.error(
                    "E0348",
                    f"functions call one another more than {DEEPEST} deep",
                    call.function.span,
                    label="not read any further",
                    notes=(f"{' calls '.join(chain[:4])}, and so on",),
                    help="a power repeats a product, and a state carries a figure from date to date",
                )
            return UNKNOWN
        arguments = [self.types.entry_type(inner.names[parameter.name]) for parameter in entry.item.parameters]
        # A body's type depends on its arguments' types and, of a thing that has members, on which thing it is. Each
        # such body is typed once, or functions that call one another twice would take twice as long at every level.
        things = [_thing(inner.names[parameter.name]) for parameter in entry.item.parameters]
        key: tuple[object, ...] = (id(entry), *arguments, *things)
        known = self._results.get(key) or self._passing.get(key)
        if known is not None:
            return known
        self._inside.append(entry)
        outer = self.types.collector
        self.types.collector = _Called(outer, entry, call)
        found = self.types.infer(entry.item.value, inner)
        self.types.collector = outer
        self._inside.pop()
        (self._passing if self.types.entries.unfinished else self._results)[key] = found
        return found

    def forget_passing(self) -> None:
        """Drop what was worked out while an entry of a ring was unfinished."""
        self._passing.clear()

    # ------------------------------------------------------------------------------------------ the language's

    def _misplaced(self, call: syntax.Call, name: str) -> None:
        part, word = (call.where, "where") if call.where is not None else (call.on, "on")
        if part is not None:
            self.types.collector.error(
                "E0336",
                f"`{name}` does not take `{word}`",
                part.span,
                help="`where` filters the rows of sum, lowest, highest, average, count"
                if word == "where"
                else "`on` is for total, lowest, highest, average, count over dates",
            )

    def _builtin(self, call: syntax.Call, builtin: Builtin, bound: Bound, scope: Scope, hint: Type | None) -> Type:
        types = self.types
        if (call.where is not None and not builtin.where) or (call.on is not None and not builtin.on):
            self._misplaced(call, builtin.name)
        arguments: dict[str, Type] = {}
        alike: list[tuple[syntax.Expression, Type]] = []
        table = hint if builtin.result in ("same", "series") else None
        for parameter in builtin.parameters:
            given = bound.rest if parameter.variadic else ()
            if not parameter.variadic and parameter.name in bound.values:
                given = (bound.values[parameter.name],)
            for value in given:
                if parameter.want == "same":
                    type = types.infer(value, scope, table)
                    alike.append((value, type))
                else:
                    given_type = types.infer(value, scope, table)
                    said = f"`{parameter.name}` of `{builtin.name}`"
                    if parameter.name == "maturity" and parameter.want == "date" and fits(given_type, "duration"):
                        type = self._tenor(value, given_type, said)
                    elif self._elementwise(builtin, parameter.name, value, scope):
                        type = types.infer(value, scope)
                    else:
                        type = types.want(value, scope, parameter.want, said)
                arguments[parameter.name] = type
        self._rows_only(call, builtin, bound, arguments, scope)
        agreed = UNKNOWN
        if alike:
            for value, type in alike:
                if type.kind in ("text", "condition", "party", "schedule", "daycount", "instance"):
                    refuse(types.collector, "E0315", value, type, "number", f"what `{builtin.name}` takes")
                    return UNKNOWN
            if len(alike) == 1 and alike[0][1].kind == "list" and builtin.name in ("max", "min"):
                return alike[0][1].item or UNKNOWN
            agreed = types_operators.alike(alike, "E0326", f"the arguments of `{builtin.name}`", types.collector)
        first = arguments.get("x", next(iter(arguments.values()), UNKNOWN))
        if any(type.kind == "unknown" for type in arguments.values()) and builtin.result in (
            "accrued",
            "root",
            "rounded",
            "item",
            "exchanged",
            "rows",
            "reduced",
            "series",
            "dates",
            "grouped",
            "product",
            "tiered",
        ):
            return UNKNOWN
        at = next((name for name in ("at", "quantity") if name in arguments and "points" in arguments), None)
        if at is not None and not self._points(bound, at, arguments[at], scope):
            return UNKNOWN
        if builtin.name in ("step", "first_point") and not self._points(bound, "points", DATE, scope):
            return UNKNOWN
        return self._result(call, builtin, bound, arguments, agreed, first, hint)

    def _elementwise(self, builtin: Builtin, name: str, value: syntax.Expression, scope: Scope) -> bool:
        """Running sums of a list, a rate or a sum over a list: an argument that may be a list of numbers."""
        if name != "x" or builtin.result not in ("series", "reduced", "rows"):
            return False
        found = self.types.infer(value, scope)
        if builtin.result == "rows" and found.kind == "claim":
            return True
        return found.kind == "list" and found.item is not None and found.item.kind in ("number", "date", "unknown")

    def _tenor(self, value: syntax.Expression, found: Type, said: str) -> Type:
        """A tenor where a contract's maturity is wanted: the standard contract's is the one that is quoted."""
        self.types.collector.error(
            "E0310",
            f"{said} must be a date, and this is {words(found)}",
            value.span,
            label="a tenor",
            help=f"`standard_maturity({format_expression(value)})` is when the standard contract of that tenor matures",
        )
        return UNKNOWN

    def _rows_only(
        self, call: syntax.Call, builtin: Builtin, bound: Bound, arguments: dict[str, Type], scope: Scope
    ) -> None:
        types = self.types
        operand = arguments.get("x", arguments.get("condition", UNKNOWN))
        if call.where is not None and builtin.where:
            family = operand.family
            rows = types.row_scope(call, scope)
            found = types.want(call.where, rows, "condition", "what follows `where`")
            if found.family is not None and family is not None and found.family != family:
                types.collector.error(
                    "E0320",
                    f"the rows of `{family}` meet the rows of `{found.family}`",
                    call.where.span,
                    label=f"a condition for each row of `{found.family}`",
                    help=f"the condition is about rows of `{family}`",
                )
            elif family is None and operand.kind != "unknown" and builtin.result != "rows":
                types.collector.error(
                    "E0332",
                    "`where` chooses among the rows of a family, and there are none here",
                    call.where.span,
                    label="no rows to choose from",
                )
        if call.on is not None and builtin.on:
            types.want(call.on, scope, "when", "what follows `on`")

    def _result(
        self,
        call: syntax.Call,
        builtin: Builtin,
        bound: Bound,
        arguments: dict[str, Type],
        agreed: Type,
        first: Type,
        hint: Type | None,
    ) -> Type:
        everything = tuple(arguments.values())
        match builtin.result:
            case "same":
                return agreed.over_dates() if builtin.name in ("ramp", "line", "cycle", "declining_line") else agreed
            case "pure":
                number = attrs.evolve(NUMBER, form="percent") if builtin.name in _SHARES else NUMBER
                return number.over_dates() if builtin.name == "declining" else number.like(*everything)
            case "count":
                return COUNT.like(*everything)
            case "multiple":
                return MULTIPLE
            case "rate":
                return RATE
            case "duration":
                return DURATION if builtin.name != "year_fraction" else DURATION.over_dates()
            case "exact":
                return EXACT_DURATION.like(*everything)
            case "date":
                return DATE
            case "condition":
                return CONDITION.like(*everything)
            case "copula":
                return NUMBER
            case "quoted":
                return RATE.like(*everything)
            case "annuity":
                return DURATION.like(*everything)
            case "worth":
                return arguments["notional"].like(*everything)
            case "rolled":
                return DATE.like(*everything)
            case "share" | "spread":
                return self._of_pool(builtin, bound, arguments)
            case "table":
                return TABLE
            case "amount":
                return self.types.money.over_dates()
            case "total":
                return self.types.money
            case "holds":
                return CONDITION
            case "held":
                return attrs.evolve(NUMBER, form="percent")
            case "accrued":
                return self._accrued(bound, first)
            case "root":
                return self._root(bound, first)
            case "rounded":
                return self._rounded(builtin, bound, first)
            case "rows":
                return self._rows(builtin, bound, arguments, first)
            case "dates":
                if builtin.name == "final" and first.kind in ("date", "condition"):
                    return attrs.evolve(first, series=False)
                return attrs.evolve(first, series=False) if first.kind == "number" else self.types.money
            case "reduced":
                if first.kind == "list":
                    return first.item or UNKNOWN
                if builtin.name == "total":
                    return attrs.evolve(first, family=None, series=False)
                return attrs.evolve(first, family=None) if first.family else attrs.evolve(first, series=False)
            case "item":
                item = next(iter(everything)).item or UNKNOWN
                return item.like(*(arguments[name] for name in ("n", "at", "age") if name in arguments))
            case "grouped":
                return self._grouped(bound, arguments, first)
            case "tiered":
                quantity = arguments["quantity"]
                price = arguments["points"].item or UNKNOWN
                if price.kind != "number":
                    return UNKNOWN
                return Type(kind="number", dimension=price.dimension * quantity.dimension).like(price, quantity)
            case "product":
                x, share = arguments["x"], arguments["share"]
                dimension, nothing = x.dimension * share.dimension, x.nothing and not share.dimension.currencies
                return Type(kind="number", dimension=dimension, nothing=nothing).like(x, share).over_dates()
            case "carried":
                return first.over_dates() if first.kind == "number" else attrs.evolve(first, series=True)
            case "told":
                return attrs.evolve(CONDITION, series=True)
            case "series":
                return first if builtin.name == "abs" else first.over_dates()
            case "counted":
                return self._counted(call, bound, first)
            case "any":
                return attrs.evolve(first, family=None) if first.family else CONDITION
            case "draw":
                return self._draw(builtin, arguments, first, hint)
            case "exchanged":
                return self._exchanged(bound, arguments)
            case _:
                assert_never(builtin.result)

    def _points(self, bound: Bound, name: str, at: Type, scope: Scope) -> bool:
        """Whether a table's points are of the kind of what it is read at; reported where they are not."""
        found = pairs_node(bound.values["points"], scope)
        if found is None:
            self.types.collector.error(
                "E0694",
                "a table says at what it holds each value, and this is a list of values alone",
                bound.values["points"].span,
                label="no points",
                help="`[0 years: 100%, 1 year: 70%, 3 years: 30%]`",
            )
            return False
        node, where = found
        points = self.types.infer(node.items[0][0], where)
        if "unknown" in (points.kind, at.kind):
            return False
        if points.kind == at.kind and (points.kind != "number" or points.dimension == at.dimension):
            return True
        self.types.collector.error(
            "E0694",
            f"this table has {words(points)} for its points, and is read at {words(at)}",
            bound.values[name].span,
            label=describe(at),
            others=(Label(node.items[0][0].span, describe(points)),),
            help="read it at what its points are, or divide both by a unit",
        )
        return False

    def _of_pool(self, builtin: Builtin, bound: Bound, arguments: dict[str, Type]) -> Type:
        """A share or a spread: one figure where the pool is a family's rows, a figure a row where a row is a pool."""
        result = attrs.evolve(NUMBER, form="percent") if builtin.result == "share" else RATE
        result = result.like(*arguments.values())
        pooled = "notional" in bound.values or ("n" in bound.values and "names" not in bound.values)
        return attrs.evolve(result, family=None) if pooled else result

    def _accrued(self, bound: Bound, amount: Type) -> Type:
        if amount.kind != "number":
            return UNKNOWN
        if amount.dimension.power("year") == -1:
            return attrs.evolve(amount, dimension=amount.dimension * YEAR, bare=False, form="plain", series=True)
        if amount.bare:
            return attrs.evolve(amount, bare=False, series=True)
        value = bound.values["x"]
        self.types.collector.error(
            "E0341",
            f"what accrues is an amount per year, and this is {words(amount)}",
            value.span,
            label=describe(amount),
            help="multiply a balance by a rate: `accrue(balance * coupon, actual/360)`",
        )
        return UNKNOWN

    def _root(self, bound: Bound, x: Type) -> Type:
        if x.kind == "number" and all(power % 2 == 0 for _, power in x.dimension.powers):
            return Type(
                kind="number", dimension=Dimension(tuple((name, power // 2) for name, power in x.dimension.powers))
            ).like(x)
        self.types.collector.error(
            "E0319",
            f"{words(x)} has no square root in these units",
            bound.values["x"].span,
            label=describe(x),
            help="divide it by a unit first, so that it is a plain number",
        )
        return UNKNOWN

    def _rounded(self, builtin: Builtin, bound: Bound, x: Type) -> Type:
        if x.kind == "number" and x.dimension in (YEAR, HOUR):
            unit = "month" if x.dimension == YEAR else "day"
            self.types.collector.error(
                "E0331",
                f"`{builtin.name}` of {words(x)}: of which unit?",
                bound.values["x"].span,
                label=describe(x),
                help=f"`{builtin.name}(x / 1 {unit}) * 1 {unit}`",
            )
            return UNKNOWN
        return x

    def _rows(self, builtin: Builtin, bound: Bound, arguments: dict[str, Type], x: Type) -> Type:
        weights = arguments.get("weights")
        if weights is not None and weights.family and x.family and weights.family != x.family:
            self.types.collector.error(
                "E0320",
                f"the rows of `{x.family}` meet the rows of `{weights.family}`",
                bound.values["weights"].span,
                label=f"a figure for each row of `{weights.family}`",
                help="weights are of the same family",
            )
            return UNKNOWN
        if x.kind == "list":
            return x.item or UNKNOWN
        if x.family is None and (weights is None or weights.family is None):
            self.types.collector.error(
                "E0332",
                f"`{builtin.name}` adds up the rows of a family, and this has none",
                bound.values["x"].span,
                label="one figure, no rows",
                help="`total(x)` adds up the dates of a series",
            )
            return UNKNOWN
        return attrs.evolve(x, family=None)

    def _grouped(self, bound: Bound, arguments: dict[str, Type], x: Type) -> Type:
        group = arguments["group"]
        if group.family is None or (x.family is not None and x.family != group.family):
            said = "the same on every row" if group.family is None else f"of the rows of `{group.family}`"
            self.types.collector.error(
                "E0685",
                f"`sum_by` groups rows by a text of each, and this is {said}",
                bound.values["group"].span,
                label="one text" if group.family is None else f"the amounts are of `{x.family}`",
                help="group by a field of the family whose rows are added: `sum_by(loans.balance, loans.obligor)`",
            )
            return UNKNOWN
        return attrs.evolve(x, family=group.family)

    def _counted(self, call: syntax.Call, bound: Bound, x: Type) -> Type:
        if x.kind not in ("condition", "instance", "list", "unknown"):
            value = bound.values["x"]
            types_operators.condition(value, x, "`count` counts what holds, and this", self.types.collector)
            return UNKNOWN
        return attrs.evolve(COUNT, series=x.series if x.family else False)

    def _draw(self, builtin: Builtin, arguments: dict[str, Type], first: Type, hint: Type | None) -> Type:
        if builtin.name == "exponential":
            rate = arguments["rate"]
            if rate.bare and rate.dimension.pure:
                return DURATION
            return rate if rate.kind == "unknown" else Type(kind="number", dimension=rate.dimension**-1)
        start = arguments.get("start")
        if start is not None:
            return start.over_dates()
        return NUMBER.over_dates() if hint is None else hint.over_dates()

    def _exchanged(self, bound: Bound, arguments: dict[str, Type]) -> Type:
        amount, rate = arguments["x"], arguments["rate"]
        result = amount.dimension * rate.dimension
        if amount.currency is None or result.currency in (None, amount.currency):
            self.types.collector.error(
                "E0314",
                f"{words(rate)} does not turn {words(amount)} into money",
                bound.values["rate"].span,
                label=describe(rate),
                help=f"a rate per unit: `1.08 USD per {amount.currency or 'EUR'}`",
            )
            return UNKNOWN
        return Type(kind="number", dimension=result).like(amount, rate)


def _thing(parameter: AnyEntry) -> int | None:
    """Which named thing an argument is (an instrument, a claim, a party), or None where it is a figure."""
    stands = follow(parameter)
    # A parameter of a function that is checked by itself stands for the function: it may be anything.
    return None if isinstance(stands, DefinitionEntry | FunctionEntry) else id(stands)


class _Called(Collector):
    """What is wrong in a function's body, with the call that makes it so as a second place."""

    def __init__(self, outer: Collector, entry: FunctionEntry, call: syntax.Call) -> None:
        super().__init__()
        self._outer, self._body, self._call = outer, entry.item.value.span, call

    def add(self, diagnostic: Diagnostic) -> None:
        place, body = diagnostic.span, self._body
        first, last = (body.line, body.column), (body.end_line, body.end_column)
        if place.file == body.file and first <= (place.line, place.column) < last:
            label = Label(self._call.function.span, f"in `{self._call.function.text}` as it is called here")
            diagnostic = attrs.evolve(diagnostic, others=(*diagnostic.others, label))
        self._outer.add(diagnostic)
