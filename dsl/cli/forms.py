"""What the command line offers to choose from: stages of the compiler, and forms of output."""

from __future__ import annotations

from enum import StrEnum


class CheckFormat(StrEnum):
    text = "text"
    json = "json"
    sarif = "sarif"


class RunFormat(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


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
