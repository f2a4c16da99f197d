"""Figures of a run as table, JSON and CSV; what `--input` reads."""

from __future__ import annotations

import csv
import datetime
import io
import json
from fractions import Fraction
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from indenture.dsl.cli.figures import CheckLine, Figures, Spread, as_csv, as_json, shown
from indenture.dsl.cli.inputs import pairs, read_input
from indenture.dsl.cli.output import Stop
from indenture.dsl.cli.results import spread_of
from indenture.dsl.cli.table import as_table
from indenture.engine.ir import NEVER, Input, Program, Var

DATES = (datetime.date(2026, 1, 15), datetime.date(2026, 2, 16))
RUN = Figures(
    deal="Aurora [Compute] I",
    version="0.1.0",
    seed=7,
    paths=None,
    hashes={"deal": "d", "library": "l", "inputs": "i"},
    dates=DATES,
    scenarios=("base", "Rates up"),
    measures={
        "base": {"Senior loss": 1_234_567.89, "irr": 0.06581, "lowest dscr": 1.234, "end": DATES[1]},
        "Rates up": {"Senior loss": 0.0, "irr": None, "lowest dscr": -0.001, "end": "never"},
    },
    series={"base": {}, "Rates up": {}},
    units={"Senior loss": "USD", "irr": "rate", "lowest dscr": "x", "end": "date"},
    checks=(
        CheckLine("tied out", True, ("base",), (), "2.55 years", "V0001", "a.deal", 3),
        CheckLine("never negative", False, ("base", "Rates up"), ("Rates up",), "first on 2026-02-16"),
    ),
)


def test_the_table() -> None:
    expected = """\
Aurora [Compute] I

                          base   Rates up
─────────────────────────────────────────
Senior loss (USD)    1,234,568       0.00
irr                     6.581%        n/a
lowest dscr              1.23x      0.00x
end                 2026-02-16      never

       check            found
───────────────────────────────────────────────────────
pass   tied out         2.55 years
FAIL   never negative   first on 2026-02-16 in Rates up

1 of 2 checks failed
"""
    assert as_table(RUN) == expected


def test_a_check_that_is_not_asked_of_the_scenarios_run_does_not_pass() -> None:
    asked, idle = RUN.checks[0], CheckLine("repaid", True, (), (), "")
    some = as_table(attrs.evolve(RUN, checks=(asked, asked, idle)))
    assert "-      repaid     not asked of these scenarios" in some
    assert some.endswith("all 2 checks hold\n")
    assert as_table(attrs.evolve(RUN, checks=(idle,))).endswith("no check is asked of these scenarios\n")


def test_json_is_of_the_agreed_form() -> None:
    content = json.loads(as_json(RUN))
    assert list(content) == [
        "schema",
        "deal",
        "version",
        "seed",
        "hashes",
        "dates",
        "scenarios",
        "units",
        "checks",
        "remarks",
    ]
    assert list(content["hashes"]) == ["deal", "library", "inputs"]
    assert content["dates"] == ["2026-01-15", "2026-02-16"]
    assert content["scenarios"]["base"] == {
        "measures": {"Senior loss": 1234567.89, "irr": 0.06581, "lowest dscr": 1.234, "end": "2026-02-16"},
        "series": {},
    }
    assert content["scenarios"]["Rates up"]["measures"]["irr"] is None
    assert [check["passed"] for check in content["checks"]] == [True, False]


def test_csv_of_measures() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(RUN))))
    assert rows[0] == ["scenario", "measure", "unit", "value"]
    assert rows[1:3] == [["base", "Senior loss", "USD", "1234567.89"], ["base", "irr", "rate", "0.06581"]]
    assert ["Rates up", "irr", "rate", ""] in rows
    assert len(rows) == 9


def with_series(paths: int | None = None) -> Figures:
    import attrs

    spread = Spread(1.5, 0.5, {str(n): float(n) for n in (1, 5, 25, 50, 75, 95, 99)}, 100)
    values = [spread, spread] if paths else [0.5, None]
    return attrs.evolve(
        RUN,
        scenarios=("base",),
        paths=paths,
        measures={"base": {"irr": spread}} if paths else RUN.measures,
        series={"base": {"dscr": values}},
        units={"irr": "rate", "dscr": "x"},
        checks=(),
    )


def test_csv_of_series() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(with_series(), dated=True))))
    assert rows == [["scenario", "date", "dscr"], ["base", "2026-01-15", "0.5"], ["base", "2026-02-16", ""]]


def test_simulated_figures() -> None:
    run = with_series(100)
    content = json.loads(as_json(run))
    assert content["scenarios"]["base"]["measures"]["irr"] == {
        "mean": 1.5,
        "standard_error": 0.5,
        "percentiles": {"1": 1.0, "5": 5.0, "25": 25.0, "50": 50.0, "75": 75.0, "95": 95.0, "99": 99.0},
    }
    assert "base, 100 paths, seed 7" in as_table(run)
    header = as_csv(run, dated=True).splitlines()[0].split(",")
    assert header[:4] == ["scenario", "date", "dscr mean", "dscr standard_error"]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (720e6, "USD", "720,000,000"),
        (-0.004, "USD", "0.00"),
        (-12.5, "EUR", "-12.50"),
        (0.06, "rate", "6.00%"),
        (0.06581, "rate", "6.581%"),
        (1 / 3, "%", "33.33%"),
        (1.2345, "x", "1.23x"),
        (2.5512, "years", "2.55 years"),
        (30.0, "days", "30.00 days"),
        (16384.0, "count", "16,384"),
        (2.35, "USD per GPU-hour", "2.35"),
        (0.0725, "USD per kWh", "0.0725"),
        (7.0, "", "7"),
        (0.00012345678, "", "0.000123"),
        (None, "USD", "n/a"),
        (True, "condition", "yes"),
        (DATES[0], "date", "2026-01-15"),
    ],
)
def test_a_figure_in_its_unit(value: float | None, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


def test_a_spread_is_what_the_textbook_says() -> None:
    values = np.random.default_rng(3).normal(2.0, 3.0, 1000)
    spread = spread_of(values, "float")
    assert spread.mean == pytest.approx(sum(map(Fraction, values)) / 1000)
    variance = sum((value - spread.mean) ** 2 for value in values.tolist()) / 999
    assert spread.standard_error == pytest.approx((variance / 1000) ** 0.5)
    ordered = sorted(values.tolist())
    assert spread.percentiles["50"] == pytest.approx((ordered[499] + ordered[500]) / 2)
    assert spread_of(np.array([]), "float") == Spread(None, None, dict.fromkeys(spread.percentiles), 0)
    assert spread_of(np.array([2.0]), "float").standard_error is None
    assert spread_of(np.array([True, False, False, False]), "bool").mean == 0.25


def test_the_spread_of_a_date_is_dates() -> None:
    days = np.array([DATES[0].toordinal(), DATES[1].toordinal(), NEVER], dtype=float)
    spread = spread_of(days, "date")
    assert (spread.mean, spread.standard_error) == (None, None)
    assert (spread.percentiles["1"], spread.percentiles["50"], spread.percentiles["99"]) == (*DATES, "never")
    assert spread_of(days[:1], "date").mean == DATES[0]


def test_pairs() -> None:
    assert pairs(("a.b = $5m", "c=x=y"), "--set", "name=value") == {"a.b": "$5m", "c": "x=y"}
    for wrong in (("a",), ("=1",), ("a=",), ("a=1", "a=2")):
        with pytest.raises(Stop) as stop:
            pairs(wrong, "--set", "name=value")
        assert stop.value.code == 2


PROGRAM = Program("p", (*DATES, datetime.date(2026, 3, 16)), 0, ())
SPOT = Input("spot", Var("spot", "float"), ("date", "scenario"), dates=(1, 2))


def read(tmp_path: Path, text: str, source: Input = SPOT) -> list[object]:
    path = tmp_path / "spot.csv"
    path.write_text(text, encoding="utf-8")
    found: list[object] = read_input(path, source, PROGRAM).tolist()
    return found


def test_an_input_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "date,up,down\n2026-02-16,1.5,4.1%\n2026-03-16,2,210bp\n") == [[1.5, 0.041], [2.0, 0.021]]
    assert read(tmp_path, "\ufeffspot\n1\n2\n3\n") == [1.0, 2.0, 3.0]
    once = Input("size", Var("size", "float"), ("scenario",))
    assert read(tmp_path, "a,b\n1,2\n", once) == [1.0, 2.0]
    when = Input("default", Var("default", "date"), ("scenario",))
    assert read(tmp_path, "default\n2026-03-01\n", when) == float(datetime.date(2026, 3, 1).toordinal())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,up\n2026-02-16,1\n2026-03-17,2\n", "line 3, column 1: 2026-03-17, but 2026-03-16 is due there"),
        ("date,up\n2026-02-16,1\n", "line 2: it ends here; spot has 2 dates, to 2026-03-16"),
        ("date,up\n2026-02-30,1\n2026-03-16,1\n", "line 2, column 1: there is no day 2026-02-30"),
        ("up\n1\nnan\n", "line 3, column 1: `nan` is not a number"),
        ("up\n1\n1e999\n", "line 3, column 1: `1e999` is not a number"),
        ("up\n1\nx\n", "line 3, column 1: `x` is not a number"),
        ("up,down\n1\n2,3\n", "line 2: 1 cells under 2 names"),
        ("date;up\n2026-02-16;1\n2026-03-16;2\n", "its cells are not separated by commas"),
        ("date,up\n2026-02-16,\n2026-03-16,1\n", "line 2, column 2: it is blank"),
        ("date,up\n02/03/2026,1\n2026-03-16,1\n", "2 March (2026-03-02) or 3 February (2026-02-03)"),
        ("up\n", "has no values"),
        ("date\n2026-02-16\n", "has dates and no values"),
        ('up\n"1\n', "is not a CSV"),
    ],
)
def test_an_input_that_cannot_be_read_is_wrong_usage(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Stop) as stop:
        read(tmp_path, text)
    assert said in str(stop.value)
    assert stop.value.code == 2


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3), st.floats(allow_nan=False, allow_infinity=False))
def test_any_name_and_figure_survive_csv_and_json(names: list[str], value: float) -> None:
    import attrs

    names = [name for name in dict.fromkeys(names) if "\0" not in name and "\r" not in name]
    names = [name for name in names if not any(0xD800 <= ord(character) < 0xE000 for character in name)]
    run = attrs.evolve(
        RUN, scenarios=("s",), measures={"s": dict.fromkeys(names, value)}, series={"s": {}}, units={}, checks=()
    )
    assert json.loads(as_json(run))["scenarios"]["s"]["measures"] == dict.fromkeys(names, value)
    rows = list(csv.reader(io.StringIO(as_csv(run))))[1:]
    assert [row[1] for row in rows] == names
    assert all(float(row[3]) == value for row in rows)
    assert all(character == "\n" or character.isprintable() for character in as_table(run))


def test_a_measure_that_is_not_determined_says_why_in_the_table_and_in_json() -> None:
    why = "nothing of `A` is repaid or redeemed"
    one = attrs.evolve(RUN, reasons={"base": {}, "Rates up": {"irr": why}})
    assert f"\nirr is n/a in Rates up: {why}\n" in as_table(one, colour=False)
    content = json.loads(as_json(one))["scenarios"]
    assert content["Rates up"]["reasons"] == {"irr": why}
    assert "reasons" not in content["base"]
    both = attrs.evolve(RUN, reasons={name: {"irr": why} for name in RUN.scenarios})
    assert f"\nirr is n/a: {why}\n" in as_table(both, colour=False)
    assert "n/a:" not in as_table(RUN, colour=False)
