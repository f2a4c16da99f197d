"""That no class of expression, kind of entry or result of a function can be forgotten by the rules of types."""

from __future__ import annotations

from typing import get_args

import pytest
from indenture.dsl import syntax
from indenture.dsl.names.deal import AnyEntry
from indenture.dsl.types.builtin_results import RESULTS
from indenture.dsl.types.dispatch import RuleTable, together
from indenture.dsl.types.rules import RULES
from indenture.dsl.vocabulary.builtins import BUILTINS, Result


def test_everything_has_a_rule() -> None:
    assert RULES.expressions.keys() == set(get_args(syntax.Expression))
    assert RULES.entries.keys() == set(get_args(AnyEntry))
    assert RESULTS.keys() == set(get_args(Result))


def test_every_result_is_some_functions() -> None:
    assert {builtin.result for builtin in BUILTINS.values()} == set(get_args(Result))


def test_a_rule_that_is_missing_too_much_or_twice_fails() -> None:
    table: RuleTable[str, int] = RuleTable()
    table.put("date", 1)
    assert together(table, over=("date",)) == {"date": 1}
    with pytest.raises(TypeError, match="money has no rule"):
        together(table, over=("date", "money"))
    with pytest.raises(TypeError, match="a rule for date, which is none of them"):
        together(table, over=())
    with pytest.raises(TypeError, match="two rules for date"):
        together(table, table, over=("date",))
    with pytest.raises(TypeError, match="two rules for date"):
        table.put("date", 2)
