"""An expression back to text, as it would be written: for the names of a report's lines and for messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from .. import syntax

_TIMES = frozenset(("year", "quarter", "month", "week", "day", "hour", "minute", "second"))

# How tightly each form binds; an operand that binds less tightly stands in brackets.
_CHOICE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER, _POSTFIX, _ATOM = range(11)
_LEVELS = {
    "or": _OR,
    "and": _AND,
    "<": _COMPARE,
    "<=": _COMPARE,
    ">": _COMPARE,
    ">=": _COMPARE,
    "is": _COMPARE,
    "is not": _COMPARE,
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "^": _POWER,
}


def format_expression(node: syntax.Expression) -> str:
    """The text of an expression, with the brackets that it needs and no others. Parsing it gives the same tree."""
    return _text(node)[0]


def _within(node: syntax.Expression, level: int) -> str:
    text, binds = _text(node)
    return text if binds >= level else f"({text})"


def _plain(node: syntax.Expression) -> str:
    return _text(node)[0]


def _list(nodes: Iterable[syntax.Expression]) -> str:
    return ", ".join(_plain(node) for node in nodes)


def _text(node: syntax.Expression) -> tuple[str, int]:
    match node:
        case syntax.Number() | syntax.Money():
            return _literal(node)
        case syntax.DateLiteral():
            return ("never" if node.value is None else node.value.isoformat()), _ATOM
        case syntax.Text():
            return f'"{node.value}"', _ATOM
        case syntax.Boolean():
            return ("true" if node.value else "false"), _ATOM
        case syntax.Name():
            return node.text, _ATOM
        case syntax.DayCount():
            return node.value, _ATOM
        case syntax.Unary():
            if node.operator == "not":
                return f"not {_within(node.operand, _NOT)}", _NOT
            return f"-{_within(node.operand, _SIGN)}", _SIGN
        case syntax.Binary():
            return _binary(node)
        case syntax.Conditional():
            parts = (_plain(node.condition), _plain(node.then), _plain(node.otherwise))
            return f"if {parts[0]} then {parts[1]} else {parts[2]}", _CHOICE
        case syntax.Per():
            return f"{_within(node.operand, _POSTFIX)} {_per(node.units)}", _POSTFIX
        case syntax.Call():
            return _call(node), _ATOM
        case syntax.Reading():
            return f"{node.moment} {node.name.text}", _ATOM
        case syntax.EdgeDate():
            return f"{node.edge} {node.name.text}", _ATOM
        case syntax.DateCount():
            bounds = "".join(f" {word} {_bound(value)}" for word, value in node.bounds)
            return f"number of {node.schedule.text} dates{bounds}", _ATOM
        case syntax.Within():
            return f"{node.unit} within {_within(node.start, _SUM)} to {_within(node.end, _SUM)}", _CHOICE
        case syntax.Falls():
            return f"{_within(node.operand, _POSTFIX)} falls", _POSTFIX
        case syntax.OnDate():
            return f"{_within(node.operand, _POSTFIX)} on {_within(node.date, _ATOM)}", _POSTFIX
        case syntax.ListOf():
            return f"[{_list(node.items)}]", _ATOM
        case syntax.Pairs():
            return f"[{', '.join(f'{_plain(key)}: {_plain(value)}' for key, value in node.items)}]", _ATOM
        case syntax.Table():
            column = "" if node.column is None else f" column {node.column}"
            on = "" if node.on is None else f" on {node.on.text}"
            return f'{node.form} "{node.path.value}"{column}{on}', _ATOM
        case syntax.Take():
            where = "" if node.where is None else f", where {_plain(node.where)}"
            key = f"{node.order} {_within(node.key, _ATOM)} first"
            return f"take({_plain(node.limit)}, of {_plain(node.amount)}, {key}{where})", _ATOM
        case syntax.Circles():
            limits = [] if node.most is None else [f"up to {node.most} edges"]
            limits += [f"kinds {', '.join(node.kinds)}"] if node.kinds else []
            return f"circles({', '.join(limits)})", _ATOM
        case syntax.NoneOf():
            return f"none of {_plain(node.operand)}", _COMPARE
        case _:
            assert_never(node)


def _bound(node: syntax.Expression) -> str:
    simple = isinstance(node, syntax.Name | syntax.DateLiteral | syntax.Reading | syntax.EdgeDate)
    return _plain(node) if simple else f"({_plain(node)})"


def _binary(node: syntax.Binary) -> tuple[str, int]:
    level = _LEVELS[node.operator]
    if node.operator == "^":
        # `-2 ^ 2` is -(2 ^ 2): a base with a sign stands in brackets, an exponent with one does not.
        left, right = _within(node.left, _POSTFIX), _within(node.right, _SIGN)
    elif level == _COMPARE:
        left, right = _within(node.left, _SUM), _within(node.right, _SUM)
    else:
        left, right = _within(node.left, level), _within(node.right, level + 1)
    return f"{left} {node.operator} {right}", level


def _call(node: syntax.Call) -> str:
    parts = ", ".join(
        _plain(argument.value) if argument.name is None else f"{argument.name} = {_plain(argument.value)}"
        for argument in node.arguments
    )
    if node.where is not None:
        parts += f" where {_plain(node.where)}"
    if node.on is not None:
        parts += f" on {_plain(node.on)}"
    prefix = node.function.text in ("lowest", "highest", "average", "total") and len(node.arguments) == 1
    if prefix and node.where is None and node.on is None and node.arguments[0].name is None:
        argument = node.arguments[0].value
        if isinstance(argument, syntax.Name) and not _moment(argument):
            return f"{node.function.text} {argument.text}"
    return f"{node.function.text}({parts.strip()})"


def _moment(name: syntax.Name) -> bool:
    """A word that would act on what follows it rather than be a name."""
    return name.parts[0] in ("previous", "opening", "closing", "projected", "next", "first", "last", "dates")


def _literal(node: syntax.Number | syntax.Money) -> tuple[str, int]:
    counted = [term for term in node.units if term.power > 0]
    per = tuple(term for term in node.units if term.power < 0)
    text = node.text
    if counted:
        names = [term.name for term in counted]
        if names[-1] in _TIMES and node.value != 1:
            names[-1] += "s"
        text += " " + "-".join(names)
    if per:
        text += " " + _per(per)
    return text, _POSTFIX if per else _ATOM


def _per(units: tuple[syntax.UnitTerm, ...]) -> str:
    return "per " + "-".join(term.name for term in units)
