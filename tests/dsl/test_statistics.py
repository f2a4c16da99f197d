"""Statistics over scenarios: lines of the report, applied to the figures of a run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indenture.dsl.api import DealError, compile
from indenture.dsl.lowering.measures.statistics import apply_statistic

DEAL = """
deal "Statistics" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Lenders
schedule payment = monthly on day 15 from 2026-02-15 to 2026-06-15, unadjusted
account cash { opens = $100 from Aurora }
term size = $1
claim fee to Lenders on payment = size lapses
waterfall all from cash on payment { "Fee" pay fee; "Rest" pay rest to Lenders }
simulate { paths = 10; size drawn from uniform(low = $1, high = $3) }
"""


def outputs(body: str) -> dict[str, Any]:
    deal = compile(DEAL + body)
    program = deal.compiled.simulation()
    assert program is not None
    return {output.name: output for output in program.outputs if output.asked}


def codes(body: str) -> list[str]:
    with pytest.raises(DealError) as caught:
        compile(DEAL + body)
    return [one.code for one in caught.value.diagnostics if one.severity == "error"]


def test_a_statistic_is_an_output_of_its_figure() -> None:
    lines = '"P99" = percentile(size, 99%), "Tail" = expected_shortfall(size, 95%), "M" = mean(size)'
    found = outputs(f"report {{ {lines} }}")
    assert {name: (one.statistic, one.level, one.form) for name, one in found.items()} == {
        "P99": ("percentile", Fraction(99, 100), "figure"),
        "Tail": ("expected_shortfall", Fraction(19, 20), "figure"),
        "M": ("mean", None, "figure"),
    }


def test_a_definition_names_a_statistic() -> None:
    found = outputs("define worst = percentile(size, 99%)\nreport { worst }")
    assert found["worst"].statistic == "percentile"


def test_the_statistic_of_a_flow_is_of_its_total() -> None:
    deal = compile(DEAL + 'report { "Fees" = mean(fee.paid), "Sum" = total(fee.paid) }')
    found = deal.run(paths=100)
    assert np.array_equal(found["Fees"].values, found["Sum"].values)


def test_the_statistic_of_what_is_no_name_is_of_that_figure() -> None:
    """Twice a size is that once, whatever the dates; a fee is paid on the first of them, on which all cash is spent."""
    deal = compile(
        DEAL
        + 'report { "Size" = size, "Fee" = total(fee.paid), "Twice" = mean(2 * size), "Sum" = mean(total(fee.paid)) }'
    )
    found = deal.run(paths=100)
    assert np.array_equal(found["Twice"].values, 2 * found["Size"].values)
    assert np.array_equal(found["Sum"].values, found["Fee"].values)
    assert np.array_equal(found["Fee"].values, found["Size"].values)


def test_the_statistic_of_a_familys_flow_is_of_the_total_of_its_rows(tmp_path: Path) -> None:
    """$2 and $3 on each of five dates; of one figure a row there is no statistic."""
    (tmp_path / "items.csv").write_text("id,amount\na,$2\nb,$3\n")
    rows = (
        "component item { amount : money; claim rent from Lenders on payment = amount lapses }\n"
        'item items each row in "items.csv" { }\nreceive items.rent into cash\n'
    )
    found = compile(DEAL + rows + 'report { "Rents" = mean(items.rent.paid) }', folder=tmp_path).run(paths=10)
    assert found["Rents"].values.tolist() == [25] * 10
    with pytest.raises(DealError) as caught:
        compile(DEAL + rows + 'report { "Rents" = mean(items.amount) }', folder=tmp_path)
    assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == ["E0615"]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("E0610", "report { 2 * percentile(size, 99%) }"),
        ("E0610", "expect mean(size) is $2 within $1"),
        (
            "E0610",
            "define worst = percentile(size, 99%)\nclaim more to Lenders on payment = worst lapses\n"
            'waterfall again from cash on payment { "More" pay more; "Rest" pay rest to Lenders }',
        ),
        ("E0615", "report { percentile(cash.balance, 99%) }"),
        ("E0616", "report { percentile(size, 150%) }"),
    ],
)
def test_where_a_statistic_cannot_stand(code: str, body: str) -> None:
    assert codes(body) == [code]


def test_statistics_are_those_of_numpy() -> None:
    values = np.random.default_rng(5).normal(size=1_001)
    known = values > -1
    kept = values[known]
    quantile = pytest.approx(np.quantile(kept, 0.9))
    assert apply_statistic("percentile", Fraction(9, 10), values, known) == (quantile, True)
    assert apply_statistic("mean", None, values, known) == (pytest.approx(kept.mean()), True)
    error = kept.std(ddof=1) / np.sqrt(len(kept))
    assert apply_statistic("standard_error", None, values, known) == (pytest.approx(error), True)
    worst = np.sort(values)[::-1]
    whole, part = 50, 0.05 * 1_001 - 50
    tail = (worst[:whole].sum() + part * worst[whole]) / (0.05 * 1_001)
    assert apply_statistic("expected_shortfall", 0.95, values) == (pytest.approx(tail), True)
    assert apply_statistic("mean", None, values, np.zeros(1_001, bool)) == (0.0, False)
