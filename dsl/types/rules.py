"""The rules of all expressions and of all named things, put together: a class without a rule fails here, at import."""

from __future__ import annotations

from typing import get_args

from .. import syntax
from ..names.deal import AnyEntry
from . import calls, entries, expressions, named
from .dispatch import together
from .types import Rules

RULES = Rules(
    expressions=together(expressions.RULES, named.RULES, calls.RULES, over=get_args(syntax.Expression)),
    entries=together(entries.RULES, over=get_args(AnyEntry)),
)
