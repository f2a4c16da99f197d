"""`projected x`: the base case, run first and fixed, whatever a scenario is fed."""

from __future__ import annotations

import indenture
import numpy as np
import pytest

from .deals import HEADER, codes, compiled, message

TEXT = """
input demand : series of fraction on payment = 100%
define sales = demand * $100
account cash
receive sales from Customer into cash on payment
define shortfall = projected sales - sales
waterfall main from cash on payment { record shortfall; pay rest to Sponsor }
report { "Short" = total(shortfall) }
"""


def test_a_scenario_fed_alone_is_measured_against_the_base_case_as_in_a_batch() -> None:
    deal = compiled(TEXT)
    fed = np.array([[1.0, 0.5, 0.25]] * 4)
    batch = deal.run(inputs={"demand": fed})["Short"].values
    assert batch.tolist() == [0, 200, 300]
    alone = [deal.run(inputs={"demand": fed[:, [lane]]})["Short"].values for lane in range(3)]
    assert [one.tolist() for one in alone] == [[0], [200], [300]]


def test_what_is_fed_alike_in_every_scenario_is_the_base_case() -> None:
    assert compiled(TEXT).run(inputs={"demand": np.full(4, 0.5)})["Short"].values.tolist() == [0]


def test_a_projection_that_depends_on_its_reader_is_told_at_compile_time() -> None:
    text = """
    account cash
    claim fee to Bank on payment = projected left * 10% lapses
    define left = previous cash.balance
    receive $100 from Customer into cash on payment
    account kept
    waterfall main from cash on payment { pay fee }
    """
    assert codes(text) == ["E0513"]
    assert "left" in message(text)


AROUND = """account cash
receive $100 from Customer into cash on payment
waterfall main from cash on payment { record x; record y; record z; pay rest to Sponsor }
define x = projected y + 1
define half = 0.5 * x
define y = projected z + 2
define z = projected half + 3
report { total(x), total(y) }
"""


def told(text: str) -> list[indenture.Diagnostic]:
    with pytest.raises(indenture.DealError) as raised:
        compiled(text)
    return [one for one in raised.value.diagnostics if one.severity == "error"]


def test_projections_in_a_circle_are_told_once_with_every_figure_on_the_way_round() -> None:
    """Beginning with what is projected first: y needs z, which needs half and so x, which needs y."""
    (one,) = told(AROUND)
    assert (one.code, one.message) == ("E0513", "`projected y on payment` depends on what reads it")
    line = HEADER.count("\n")
    assert one.span.line == line + 6
    assert [(label.text, label.span.line - line) for label in one.others] == [
        ("by way of `z`", 7),
        ("by way of `half`", 5),
        ("by way of `x`", 4),
    ]
    assert one.notes == ("projected y on payment -> y -> z -> half -> x -> projected y on payment",)


def test_a_projection_off_the_circle_is_not_told() -> None:
    """`v` needs what is projected of `w`, which needs the circle; nothing there needs either."""
    more = "define v = projected w + 1\ndefine w = projected y + 1\n"
    (one,) = told(AROUND.replace("record x", "record v; record x") + more)
    assert one.notes == ("projected y on payment -> y -> z -> half -> x -> projected y on payment",)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("define x = projected x", "x"),
        ("define x = projected y\ndefine y = projected x", "y -> x"),
        ("define x = projected y\ndefine y = projected x + $0", "y -> x"),
    ],
)
def test_a_projection_of_nothing_but_a_projection_is_told_too(text: str, way: str) -> None:
    (one,) = told(
        "account cash\nreceive $100 from Customer into cash on payment\n"
        f"waterfall main from cash on payment {{ record x; pay rest to Sponsor }}\n{text}\n"
    )
    title = f"projected {way[0]} on payment"
    assert one.message == f"`{title}` depends on what reads it"
    assert one.notes == (f"{title} -> {way} -> {title}",)
