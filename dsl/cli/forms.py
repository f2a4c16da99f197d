"""What the command line offers to choose from: stages of the compiler, and forms of output."""

from __future__ import annotations

from enum import StrEnum


class FailOn(StrEnum):
    """From what on a command ends with code 1."""

    error = "error"
    warning = "warning"
    remark = "remark"

    def earned(self, severity: str) -> bool:
        """Whether what was found is as grave as that."""
        grave = list(FailOn)
        return grave.index(FailOn(severity)) <= grave.index(self)


class CheckFormat(StrEnum):
    text = "text"
    json = "json"
    sarif = "sarif"


class RunFormat(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"
    sarif = "sarif"


class LibraryFormat(StrEnum):
    text = "text"
    json = "json"


class View(StrEnum):
    tree = "tree"
    deal = "deal"
    ir = "ir"
    plan = "plan"
    graph = "graph"


class GraphFormat(StrEnum):
    text = "text"
    dot = "dot"
    mermaid = "mermaid"
