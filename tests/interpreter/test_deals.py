"""The examples, the worked deals and the deals of the documentation, both ways: every output, date and verdict.

A run of the suite takes one scenario of each, another one each day, and one of the examples that take long; a whole sweep
takes all of them in all their scenarios.
"""

from __future__ import annotations

import re
from pathlib import Path

import indenture
import pytest
from indenture import library
from indenture.engine.errors import InputError

from ..documentation import PAGES, ROOT, blocks
from ..sweeps import swept
from ..test_docs import framed, whole
from . import interpret as interpreter
from .compare import differences
from .coverage import excused
from .world import NotCovered

WORKED = Path(library.__file__).resolve().parent / "worked"
LONG = ("auto_abs", "clo", "gpu_abs", "gpu_ddtl", "contracts_end_first", "uk_data_centre_abs")
"""Examples of which one scenario takes many seconds."""
NOT_RUN = {"hedged_loan": "clean_upfront", "loan_package": "mark_to_market"}
"""Examples whose cash hangs on what the interpreter does not cover."""


def compared(deal: indenture.Deal, folder: Path, name: str) -> tuple[list[str], list[str]]:
    """Where both differ, and what of it is not interpreted and on no list."""
    read = interpreter.read(deal.text, folder)
    result = deal.run()
    found, left_out = [], []
    lanes = range(len(deal.scenarios))
    for lane in swept(f"scenarios of {name}", lanes, len(lanes)):
        meant = interpreter.interpret(read, lane)
        found += [f"{deal.scenarios[lane]}: {one}" for one in differences(result, lane, meant)]
        left_out += [f"{one}: {why}" for one, why in meant.not_covered.items() if not excused(why)]
    return found, left_out


def _examples() -> list[str]:
    found = [path.stem for path in sorted((ROOT / "examples").glob("*.deal"))]
    long = swept("long examples both ways", LONG, len(LONG))
    return [name for name in found if name not in LONG or name in long]


@pytest.mark.parametrize("name", _examples())
def test_examples_both_ways(name: str, examples: Path) -> None:
    deal = indenture.load(examples / f"{name}.deal")
    if name in NOT_RUN:
        with pytest.raises(NotCovered, match=NOT_RUN[name]):
            compared(deal, examples, name)
        return
    found, left_out = compared(deal, examples, name)
    assert not found, "\n".join(found)
    assert not left_out, left_out


@pytest.mark.parametrize("name", library.worked_examples())
def test_worked_deals_both_ways(name: str) -> None:
    found, left_out = compared(indenture.load(WORKED / f"{name}.deal"), WORKED, name)
    assert not found, "\n".join(found)
    assert not left_out, left_out


def _documented() -> list[object]:
    """The deals and fragments of the documentation that run."""
    found = []
    for page in PAGES:
        if page.parent.name == "library":
            continue  # the worked deals
        for block in blocks(page):
            flags = " ".join(block.flags)
            if block.language == "deal" and not re.search(r"into|fails|excerpt|library/worked", flags):
                found.append(pytest.param(block.text, id=str(block)))
    return found


@pytest.mark.parametrize("text", _documented())
def test_deals_of_the_documentation_both_ways(text: str, examples: Path) -> None:
    deal = indenture.compile(text if whole(text) else framed(text), folder=examples)
    try:
        deal.run()
    except (indenture.DealError, InputError):
        pytest.skip("it is compiled, not run")
    try:
        found, left_out = compared(deal, examples, "")
    except NotCovered as error:
        if not excused(str(error)):
            raise
        pytest.skip(f"not covered: {error}")
    assert not found, "\n".join(found)
    assert not left_out, left_out
