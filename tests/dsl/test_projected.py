"""`projected x`: the base case, run first and fixed, whatever a scenario is fed."""

from __future__ import annotations

import numpy as np

from .deals import codes, compiled, message

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
