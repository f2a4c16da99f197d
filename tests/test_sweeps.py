"""What a run asks of a long sweep."""

from __future__ import annotations

import pytest

from . import sweeps

CASES = list(range(200))


def asked(monkeypatch: pytest.MonkeyPatch, value: str, name: str = "one") -> list[int]:
    monkeypatch.setenv(sweeps.VARIABLE, value)
    return sweeps.swept(name, CASES)


def test_a_tenth_that_the_number_fixes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = asked(monkeypatch, "740000")
    assert len(first) == 20
    assert first == sorted(set(first))
    assert asked(monkeypatch, "740000") == first
    assert asked(monkeypatch, "740001") != first
    assert asked(monkeypatch, "740000", "another") != first


def test_every_case_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {one for number in range(100) for one in asked(monkeypatch, str(number))}
    assert seen == set(CASES)


def test_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, sweeps.WHOLE) == CASES


def test_a_short_sweep_asks_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sweeps.VARIABLE, "3")
    assert len(sweeps.swept("short", [1, 2])) == 1
    assert sweeps.swept("none", []) == []
