"""Every code has a page, and every page is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from indenture.dsl.messages.codes import CODES, PAGES, PageError, content, corrected, read_page
from indenture.dsl.reference.error_pages import INDEX, index, problems, updated

PACKAGE = PAGES.parents[2]
ROOT = Path(__file__).resolve().parents[1]
USED = sorted(
    {
        code
        for folder in ("dsl", "engine")
        for path in (PACKAGE / folder).rglob("*.py")
        if not path.name.startswith("codes_")  # lists of codes; what counts is where they are raised
        for code in re.findall(r'"([EWR]\d{4})"', path.read_text(encoding="utf-8"))
    }
)


def test_every_code_that_the_sources_name_has_a_page() -> None:
    assert sorted(set(USED) - set(CODES)) == []


def test_every_page_is_of_a_code_that_the_sources_name() -> None:
    assert sorted(set(CODES) - set(USED)) == []


@pytest.mark.parametrize("name", list(CODES))
def test_a_page_says_what_the_compiler_says(name: str) -> None:
    code = CODES[name]
    assert code.code == name
    assert problems(code) == []


def test_no_two_codes_have_the_same_title() -> None:
    titles = [code.title for code in CODES.values()]
    assert sorted(set(titles)) == sorted(titles)


def test_the_index_lists_every_page() -> None:
    assert (ROOT / INDEX).read_text(encoding="utf-8") == index(CODES.values())


PAGE = """# E9999: a thing

Why it matters.

## A deal that gives it

```deal run loan.deal
deal "A" {
  currency = USD
}
define a = 1
define b = 2
```

```csv tape.csv
id
1
```

```text
old
```

## Put right

```diff
-define a = 1
+define a = 3
 define b = 2
+define c = 4
```
"""


def test_a_page_is_read() -> None:
    code = read_page(PAGE)
    assert (code.code, code.title, code.explanation) == ("E9999", "a thing", "Why it matters.")
    assert (code.file, code.runs, code.files, code.expected) == ("loan.deal", True, {"tape.csv": b"id\n1\n"}, "old\n")
    assert corrected(code) == 'deal "A" {\n  currency = USD\n}\ndefine a = 3\ndefine b = 2\ndefine c = 4\n'


def test_what_a_page_cannot_show_is_escaped() -> None:
    text = "a\\u{202E}b \\byte{E9} \\repeat{3}{x\\n}\n"
    assert content(text, True) == "a\u202eb ".encode() + b"\xe9 x\nx\nx\n\n"
    assert content(text, False) == text.encode()


def test_a_page_out_of_form_is_refused() -> None:
    with pytest.raises(PageError, match="first line"):
        read_page("# wrong")
    with pytest.raises(PageError, match="no ```deal block"):
        read_page("# E9999: a thing\n\nWhy.\n\n```text\nx\n```\n")
    with pytest.raises(PageError, match="'define z = 1' is not in the example"):
        corrected(read_page(PAGE.replace("-define a = 1", "-define z = 1")))


def test_a_page_is_brought_up_to_date() -> None:
    broken = PAGE.replace("\ndefine a = 1\n", "\ndefine a = = 1\n").replace("deal run loan", "deal loan")
    page = read_page(updated(read_page(broken)))
    assert "error[E0102]" in page.expected
    assert "loan.deal:4:" in page.expected
    assert "old" not in page.page
    assert problems(page)
