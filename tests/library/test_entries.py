"""What the library says of itself, from its own texts."""

from __future__ import annotations

from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.reference.library_entries import Entry, entries, heading, slice_of, words_beside
from indenture.dsl.reference.library_page import pages
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source
from indenture.dsl.vocabulary.builtins import BUILTINS

TEXT = """-- A module.

-- What there is to know besides.
component doubled {
  "Twice an amount."
  x : money "It is doubled."
  -- Twice it,
  -- whatever it is:
  define y = 2 * x   -- and no more
  define z = if "a -- b" is "c" then y else x
} cite "Hull, chapter 1" cite "ISDA 2006 §4.16"
"""


def entry() -> Entry:
    (item,) = parse(Source("library/m.deal", TEXT), Collector()).items
    assert isinstance(item, syntax.ComponentDeclaration)
    return Entry("m", TEXT, item)


def test_members_have_words_and_components_sources() -> None:
    one = entry()
    assert one.documentation == "Twice an amount."
    assert one.remarks == "What there is to know besides."
    assert one.sources == ("Hull, chapter 1", "ISDA 2006 §4.16")
    assert isinstance(one.item, syntax.ComponentDeclaration)
    doubled, chosen = one.item.members
    assert one.words_of(doubled) == "Twice it, whatever it is: and no more"
    assert words_beside(TEXT, chosen.span) == ""  # the dashes stand in a text
    assert slice_of(TEXT, doubled.span) == "define y = 2 * x"
    assert one.source.startswith("-- What there is")
    assert one.source.rstrip().endswith('cite "ISDA 2006 §4.16"')


def test_the_reference_has_every_component_field_and_worked_example() -> None:
    written = pages()
    assert all(f"| `{name}(" in written["functions.md"] for name in BUILTINS)
    for one in entries():
        page = written[f"library/{one.module.replace('.', '-')}.md"]
        assert f"`{one.name}" in written["library.md"]
        assert one.documentation in page
        if isinstance(one.item, syntax.ComponentDeclaration):
            for field in one.item.fields:
                assert all(f"| `{name}` |" in page for name in field.names)
            assert f"```deal library/worked/{one.name}.deal" in page
        else:
            assert f"## Function `{one.name}(" in page
            assert f"| [`{one.name}(" in written["functions.md"]
        assert heading(one.module) in page
