"""Text to the syntax tree. Parsing never raises: it returns what it could read, and diagnostics for the rest."""

from __future__ import annotations

from .. import syntax
from ..messages.diagnostics import Collector
from . import grammar_tables
from .from_tree_base import Reading, reading
from .layout import Layout
from .nesting import Word
from .recover import Reader
from .source import Source, check_characters
from .tokens import scan


def parse(source: Source, collector: Collector) -> syntax.Module:
    """A file's items, as far as they can be read; everything wrong with it goes to ``collector``."""
    unfit = check_characters(source)
    for diagnostic in unfit:
        collector.add(diagnostic)
    if unfit:
        return syntax.Module(source.name, ())
    words, told = _words(source, collector)
    token = reading.set(Reading(source.name, collector))
    try:
        return syntax.Module(source.name, Reader(words, source.name, collector, told=told).read())
    finally:
        reading.reset(token)


def _words(source: Source, collector: Collector) -> tuple[list[Word], frozenset[int]]:
    """The tokens, and the lines on which a slip was reported already."""
    slips = Collector()
    layout = Layout(source.name, scan(source, slips), grammar_tables.keywords(), slips)
    words = layout.run()
    for diagnostic in slips.found:
        collector.add(diagnostic)
    collector.unread |= slips.unread
    lines = {diagnostic.span.line for diagnostic in slips.found} | layout.misread
    return words, frozenset(lines | {label.span.line for slip in slips.found for label in slip.others})


def parse_expression(text: str, collector: Collector, name: str = "<value>") -> syntax.Expression | None:
    """One expression, as `--set name=value` gives it; None if it is not one."""
    source = Source(name, text)
    for diagnostic in check_characters(source):
        collector.add(diagnostic)
        return None
    slips = Collector()
    words, _ = _words(source, slips)
    for diagnostic in slips.found:
        collector.add(diagnostic)
    if slips.failed:
        return None
    before = len(collector.found)
    token = reading.set(Reading(name, collector))
    try:
        value = Reader(words, name, collector, "value_only").read_one()
        return value if len(collector.found) == before else None
    finally:
        reading.reset(token)
