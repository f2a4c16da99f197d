"""The rule of calls: a deal's own function of that name before the language's."""

from __future__ import annotations

from .. import syntax
from ..messages.nearest import nearest
from ..names.deal import FunctionEntry, Scope, follow
from ..vocabulary.builtins import BUILTINS, Builtin
from ..vocabulary.value_types import UNKNOWN, Type
from .builtin_calls import builtin_call
from .own_calls import own_call
from .types import ExpressionRules, Types

RULES = ExpressionRules()

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


@RULES.of(syntax.Call)
def _call(types: Types, call: syntax.Call, scope: Scope, hint: Type | None) -> Type:
    function = _function(call, scope)
    if isinstance(function, FunctionEntry):
        return own_call(types, call, function, scope)
    if function is not None:
        return builtin_call(types, call, function, scope, hint)
    _unknown(types, call, scope)
    for argument in call.arguments:
        types.infer(argument.value, scope)
    return UNKNOWN


def _function(call: syntax.Call, scope: Scope) -> FunctionEntry | Builtin | None:
    """What a call calls: the deal's own function of that name before the language's."""
    found = scope.find(call.function.parts[0]) if len(call.function.parts) == 1 else None
    if found is not None and isinstance(own := follow(found), FunctionEntry):
        return own
    return BUILTINS.get(call.function.text)


def _unknown(types: Types, call: syntax.Call, scope: Scope) -> None:
    own = [name for name in scope.visible() if isinstance(scope.find(name), FunctionEntry)]
    guess = nearest(call.function.text, own) or _SPREADSHEET.get(call.function.text.casefold())
    guess = guess or nearest(call.function.text, BUILTINS)
    found = scope.find(call.function.parts[0])
    text = f"did you mean `{guess}`?" if guess else "declare it: `function name(x) = ...`"
    if found is not None and guess is None:
        text = f"`{call.function.text}` is no function: leave out the brackets"
    types.collector.error(
        "E0330",
        f"there is no function `{call.function.text}`",
        call.function.span,
        label="unknown function",
        help=text,
    )
