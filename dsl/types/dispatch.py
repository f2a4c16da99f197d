"""Rules by what they are about: a module of rules fills a table, and one module puts the tables together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key")
Rule = TypeVar("Rule")


class RuleTable(Generic[Key, Rule]):
    """The rules of one module; a second rule for the same key is an error of the program."""

    def __init__(self) -> None:
        self.rules: dict[Key, Rule] = {}

    def put(self, key: Key, rule: Rule) -> None:
        if key in self.rules:
            raise TypeError(f"two rules for {key}")
        self.rules[key] = rule


def together(*tables: RuleTable[Key, Rule], over: Iterable[Key]) -> Mapping[Key, Rule]:
    """All rules in one table: exactly one for each of ``over``, or an error of the program when it is imported."""
    found: RuleTable[Key, Rule] = RuleTable()
    for table in tables:
        for key, rule in table.rules.items():
            found.put(key, rule)
    wanted = set(over)
    for key in (*wanted - found.rules.keys(), *found.rules.keys() - wanted):
        raise TypeError(f"{key} has no rule" if key in wanted else f"a rule for {key}, which is none of them")
    return found.rules
