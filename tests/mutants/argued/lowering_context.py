"""Faults argued away in `dsl/lowering/context`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/context/dispatch.py": (
        Row(
            "points_of",
            "if isinstance(found, PairsValue) and found.items:",
            "guard: isinstance(found, PairsValue) and found.items -> True",
            "what is no table was refused with the types (E0694), and a list without items (E0410)",
        ),
        Row(
            "points_of",
            'low.collector.error("E0694", "a table says at what it holds each value, and this is none", expression.span)',
            "dropped",
            "what is no table was refused with the types (E0694), and a list without items (E0410)",
        ),
    ),
    "dsl/lowering/context/memory.py": (
        Row(
            "Memory.number_of",
            "return self.numbered.setdefault(one, len(self.numbered) + 1)",
            "operator: len(self.numbered) + 1 -> len(self.numbered) - 1",
            "a number in the name of an equation: no two are alike all the same",
        ),
        Row(
            "Memory.number_of",
            "return self.numbered.setdefault(one, len(self.numbered) + 1)",
            "constant: 1 -> ",
            "a number in the name of an equation: no two are alike all the same",
        ),
        Row(
            "Memory.once",
            "if not isinstance(found, kind):",
            "guard: not isinstance(found, kind) -> True",
            "only slower: made anew of the same deal it says the same, and equal equations are one",
        ),
    ),
    "dsl/lowering/context/named.py": (
        Row(
            "claim_of",
            "if isinstance(entry, ClaimEntry) and resolved.attribute is None:",
            "and/or",
            "what is no claim, and a figure of one, was refused with the names (E0220, E0533)",
        ),
        Row(
            "account_of",
            "if isinstance(entry, AccountEntry) and resolved.attribute is None:",
            "and/or: isinstance(entry, AccountEntry) and resolved.attribute is None -> (resolved.attribute is None)",
            "what is no account was refused with the names (E0220)",
        ),
        Row(
            "reduction_of",
            "if isinstance(member, ReductionEntry):",
            "guard: isinstance(member, ReductionEntry) -> True",
            "an instance whose `loss` is no reduction was refused with the names (E0220)",
        ),
    ),
}
