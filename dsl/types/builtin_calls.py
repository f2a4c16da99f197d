"""Calls of the language's own functions: their arguments against what each parameter wants (`builtins.py`)."""

from __future__ import annotations

from .. import syntax
from ..messages.diagnostics import Label
from ..names.deal import Scope, pairs_node
from ..syntax.written import format_expression
from ..vocabulary.builtins import Bound, Builtin, bind_builtin
from ..vocabulary.expected_kinds import fits
from ..vocabulary.mismatches import refuse, words
from ..vocabulary.type_words import describe
from ..vocabulary.value_types import DATE, UNKNOWN, Type
from . import operators
from .builtin_results import RESULTS, Applied, ResultRule
from .call_problems import misplaced, wrong_arguments
from .types import Types


def builtin_call(types: Types, call: syntax.Call, builtin: Builtin, scope: Scope, hint: Type | None) -> Type:
    """The type of the call; unknown, and reported, where an argument is not what the function wants."""
    bound = bind_builtin(call, builtin)
    if bound.problems:
        names = tuple(parameter.name for parameter in builtin.parameters)
        wrong_arguments(types, call, bound.problems, builtin.signature, names)
        return UNKNOWN
    if (call.where is not None and not builtin.where) or (call.on is not None and not builtin.on):
        misplaced(types, call, builtin.name)
    rule = RESULTS[builtin.result]
    arguments, alike = _arguments(types, builtin, rule, bound, scope, hint)
    _rows_only(types, call, builtin, arguments, scope)
    agreed = UNKNOWN
    if alike:
        for value, type in alike:
            if type.kind in ("text", "condition", "party", "schedule", "daycount", "instance"):
                refuse(types.collector, "E0315", value, type, "number", f"what `{builtin.name}` takes")
                return UNKNOWN
        if len(alike) == 1 and alike[0][1].kind == "list" and builtin.name in ("max", "min"):
            return alike[0][1].item or UNKNOWN
        agreed = operators.alike(alike, "E0326", f"the arguments of `{builtin.name}`", types.collector)
    if rule.known and any(type.kind == "unknown" for type in arguments.values()):
        return UNKNOWN
    if "points" in arguments and not _points(types, bound, arguments, scope):
        return UNKNOWN
    return rule.of(
        Applied(
            builtin=builtin,
            bound=bound,
            arguments=arguments,
            agreed=agreed,
            hint=hint,
            money=types.money,
            collector=types.collector,
        )
    )


def _arguments(
    types: Types, builtin: Builtin, rule: ResultRule, bound: Bound, scope: Scope, hint: Type | None
) -> tuple[dict[str, Type], list[tuple[syntax.Expression, Type]]]:
    """The type of each argument, by its parameter's name; and the arguments that must be alike, with theirs."""
    arguments: dict[str, Type] = {}
    alike: list[tuple[syntax.Expression, Type]] = []
    table = hint if rule.hinted else None
    for parameter in builtin.parameters:
        given = bound.rest if parameter.variadic else ()
        if not parameter.variadic and parameter.name in bound.values:
            given = (bound.values[parameter.name],)
        for value in given:
            type = types.infer(value, scope, table)
            if parameter.want == "same":
                alike.append((value, type))
            elif parameter.name == "maturity" and parameter.want == "date" and fits(type, "duration"):
                type = _tenor(types, value, type, f"`{parameter.name}` of `{builtin.name}`")
            elif not (parameter.name == "x" and _item_by_item(builtin, rule, type)):
                type = types.want(value, scope, parameter.want, f"`{parameter.name}` of `{builtin.name}`")
            arguments[parameter.name] = type
    return arguments, alike


def _item_by_item(builtin: Builtin, rule: ResultRule, found: Type) -> bool:
    """Running sums of a list, a rate or a sum over a list: an argument that may be a list of numbers."""
    if builtin.result == "rows" and found.kind == "claim":
        return True
    if not rule.lists or found.kind != "list":
        return False
    return found.item is not None and found.item.kind in ("number", "date", "unknown")


def _tenor(types: Types, value: syntax.Expression, found: Type, said: str) -> Type:
    """A tenor where a contract's maturity is wanted: the standard contract's is the one that is quoted."""
    types.collector.error(
        "E0310",
        f"{said} must be a date, and this is {words(found)}",
        value.span,
        label="a tenor",
        help=f"`standard_maturity({format_expression(value)})` is when the standard contract of that tenor matures",
    )
    return UNKNOWN


def _rows_only(types: Types, call: syntax.Call, builtin: Builtin, arguments: dict[str, Type], scope: Scope) -> None:
    """What follows `where` and `on`: a condition for each row of what the call is about, and dates."""
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


def _points(types: Types, bound: Bound, arguments: dict[str, Type], scope: Scope) -> bool:
    """Whether a table's points are of the kind of what it is read at; reported where they are not."""
    name = next((name for name in ("at", "quantity") if name in arguments), "points")
    at = DATE if name == "points" else arguments[name]  # steps are read at the day's date
    found = pairs_node(bound.values["points"], scope)
    if found is None:
        types.collector.error(
            "E0694",
            "a table says at what it holds each value, and this is a list of values alone",
            bound.values["points"].span,
            label="no points",
            help="`[0 years: 100%, 1 year: 70%, 3 years: 30%]`",
        )
        return False
    node, where = found
    points = types.infer(node.items[0][0], where)
    if "unknown" in (points.kind, at.kind):
        return False
    if points.kind == at.kind and (points.kind != "number" or points.dimension == at.dimension):
        return True
    types.collector.error(
        "E0694",
        f"this table has {words(points)} for its points, and is read at {words(at)}",
        bound.values[name].span,
        label=describe(at),
        others=(Label(node.items[0][0].span, describe(points)),),
        help="read it at what its points are, or divide both by a unit",
    )
    return False
