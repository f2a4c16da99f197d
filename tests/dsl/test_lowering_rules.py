"""What the language has and no rule lowers is found before any deal is: a rule that is taken away is missed by name."""

from __future__ import annotations

from typing import Any

import pytest
from indenture.dsl import syntax
from indenture.dsl.lowering import rules
from indenture.dsl.lowering.context import dispatch
from indenture.dsl.lowering.day import standing
from indenture.dsl.names.deal import ClaimEntry


def test_everything_has_a_rule() -> None:
    assert rules.missing() == []


@pytest.mark.parametrize(
    ("table", "key", "name"),
    [
        (dispatch.EXPRESSIONS, syntax.Within, "Within"),
        (dispatch.ENTRIES, ClaimEntry, "ClaimEntry"),
        (dispatch.FUNCTIONS, "trailing", "trailing"),
        (standing.STEPS, syntax.Keep, "Keep"),
    ],
)
def test_what_has_none_is_named(monkeypatch: pytest.MonkeyPatch, table: dict[Any, Any], key: Any, name: str) -> None:
    monkeypatch.delitem(table, key)
    assert rules.missing() == [name]
    rules.complete.cache_clear()
    with pytest.raises(AssertionError, match=f"no rule for {name}"):
        rules.complete()


def test_one_kind_has_one_rule() -> None:
    with pytest.raises(AssertionError, match="two rules"):
        dispatch.lowers(syntax.Within)(dispatch.EXPRESSIONS[syntax.Within])
    with pytest.raises(AssertionError, match="two rules"):
        dispatch.reads(ClaimEntry)(dispatch.ENTRIES[ClaimEntry])
    with pytest.raises(AssertionError, match="two rules"):
        dispatch.functions({"trailing": dispatch.FUNCTIONS["trailing"]})
    with pytest.raises(AssertionError, match="two rules"):
        standing.runs(syntax.Keep)(standing.STEPS[syntax.Keep])
