"""Losses beyond all that is named fail a check of the run; worked out by hand beside each test."""

from __future__ import annotations

import pytest

from .deals import compiled

SLICES = """component slice {
  "A slice of a pool's losses."
  size : money
  reduction loss of balance
  state balance = size, then opening balance
}
slice junior { size = $2m }
slice senior { size = $8m }
term lost = $1m
allocate losses lost on payment to junior, then senior
report { "borne" = total(junior.loss.amount + senior.loss.amount) }
"""


@pytest.mark.parametrize(
    ("lost", "borne", "passes"),
    [
        ("$1m", 4, True),
        ("$2.5m", 10, True),  # four dates: just all of it
        ("$10m / 4", 10, True),
        ("$2.500001m", 10, False),
        ("$10m", 10, False),
        ("$0", 0, True),
    ],
)
def test_what_is_lost_is_borne_or_a_check_fails(lost: str, borne: float, passes: bool) -> None:
    result = compiled(SLICES.replace("lost = $1m", f"lost = {lost}")).run()
    assert result["borne"].values[0] == pytest.approx(borne * 1e6, abs=1e-3)
    assert result.passed is passes
    assert ("losses beyond `senior`" in str(result)) is not passes


def test_thirds_that_come_to_all_of_it_are_all_borne() -> None:
    text = SLICES.replace("lost = $1m", "lost = $10m / 3").replace(
        "lost on payment", "(if date < 2026-12-01 then lost else $0) on payment"
    )
    result = compiled(text).run()
    assert result["borne"].values[0] == pytest.approx(10e6, abs=1e-3)
    assert result.passed


def test_each_scenario_has_its_own_verdict() -> None:
    result = compiled(SLICES + 'scenario "Deep" { lost = $3m }\n').run()
    (check,) = [one for one in result.checks if "losses beyond" in one.name]
    assert not result.passed
    assert "fails in 1 of 2" in str(check)
