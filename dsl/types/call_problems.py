"""What is wrong with how a function is called, whoever declared it."""

from __future__ import annotations

from .. import syntax
from ..messages.nearest import nearest
from ..vocabulary.builtins import Problem
from .types import Types


def wrong_arguments(
    types: Types, call: syntax.Call, problems: tuple[Problem, ...], signature: str, names: tuple[str, ...]
) -> None:
    """Report arguments that cannot be put to the function's parameters."""
    for problem in problems:
        guess = None
        for argument in call.arguments:
            if argument.span == problem.span and argument.name is not None and problem.code == "E0333":
                guess = nearest(argument.name, names)
        types.collector.error(
            problem.code,
            problem.message,
            problem.span,
            help=f"did you mean `{guess}`? it is `{signature}`" if guess else f"it is `{signature}`",
        )


def misplaced(types: Types, call: syntax.Call, name: str) -> None:
    """Report a `where` or an `on` that the function does not take."""
    part, word = (call.where, "where") if call.where is not None else (call.on, "on")
    if part is not None:
        types.collector.error(
            "E0336",
            f"`{name}` does not take `{word}`",
            part.span,
            help="`where` filters the rows of sum, lowest, highest, average, count"
            if word == "where"
            else "`on` is for total, lowest, highest, average, count over dates",
        )
