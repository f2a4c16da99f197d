"""Constants are no special case: what takes a series takes a literal or a term, and gives a figure or says why not.

Every function of the language and every operator is tried; figures are worked out by hand.
"""

from __future__ import annotations

import datetime
import itertools
import math
import random
from collections.abc import Mapping

import indenture
import numpy as np
import pytest
from indenture.dsl.vocabulary.builtins import BUILTINS, Builtin

HEADER = """
deal "Constants" { language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }
party Issuer, Bank, Name { credit = quoted }
schedule payment = quarterly on day 15 from FIRST to 2027-01-15, unadjusted
rate_curve zeros { zeros = [1 year: 3%, 5 years: 3%] }
credit_curve quoted { spreads = [1 year: 210bp, 3 years: 300bp]; recovery = 40%; rates = zeros }
term three_dollars = $3
term two = 2
term five_percent = 5% per year
term half_a_year = 6 months
term july = 2026-07-15
term yes = true
term listed = [1, 2]
define three_a_date = $3
flow paid_in on payment = $3
account cash
receive $100 from Bank into cash on payment
ranking fee
"""
AFTER_CLOSING, FROM_CLOSING = HEADER.replace("FIRST", "2026-04-15"), HEADER.replace("FIRST", "2026-01-15")
FEE = "claim fee to Bank on payment = {due} lapses\n"
WATERFALL = "waterfall main from cash on payment { pay fee; {STEP} pay rest to Bank }\n"


def deal(text: str, *, due: str = "$1", step: str = "", header: str = AFTER_CLOSING) -> indenture.Deal:
    return indenture.compile(header + FEE.replace("{due}", due) + text + WATERFALL.replace("{STEP}", step))


def said(error: indenture.DealError) -> list[str]:
    return [one.code for one in error.diagnostics if one.severity == "error"]


# ------------------------------------------------------------------------------------------------- figures by hand

D = datetime.date
NEVER = D(9999, 12, 31)
CLOSING, APR, JUL, OCT, JAN = D(2026, 1, 15), D(2026, 4, 15), D(2026, 7, 15), D(2026, 10, 15), D(2027, 1, 15)
HALF_YEAR = (JUL - APR).days / (OCT - APR).days  # the part of a line from April to October that is over in July
GROWN = [1 - (1 - 0.9 ** ((date - CLOSING).days / 365)) for date in (CLOSING, APR, JUL, OCT, JAN)]

FIGURES: list[tuple[str, object]] = [
    ("max($1, three_dollars, $2)", 3),
    ("min(2026-10-15, july, 2026-08-15)", JUL),
    ("clamp(two, 3, 5)", 3),
    ("abs(-three_dollars)", 3),
    ("floor(two + 0.7)", 2),
    ("ceiling(two + 0.1)", 3),
    ("round(2.345, two)", 2.35),
    ("exp(0)", 1),
    ("log(1)", 0),
    ("sqrt(two * 2)", 2),
    ("mod(7, two + 1)", 1),
    ("cumulative(three_dollars)", [3, 6, 9, 12, 15]),
    ("projected(three_dollars)", [3, 3, 3, 3, 3]),
    ("sum([1, two, 3])", 6),
    ("total(three_dollars)", 12),
    ("total(paid_in)", 12),
    ("total($1 on payment)", 4),
    ("lowest($2)", 2),
    ("highest july", JUL),
    ("average(two)", 2),
    ("any(yes)", True),
    ("any(false)", False),
    ("first_date(yes)", CLOSING),
    ("first_date(false)", NEVER),
    ("first_date_below($1, three_dollars)", CLOSING),
    ("first_date_below(three_dollars, $1)", NEVER),
    ("known($1)", True),
    ("known($1 / $0)", False),
    ("latest(three_dollars)", 3),
    ("latest_date($1)", [CLOSING, APR, JUL, OCT, JAN]),
    ("final(three_dollars)", 3),
    ("first([4, 5])", 4),
    ("last(listed)", 2),
    ("at(listed, two)", 2),
    ("by_age(listed, 7)", 2),
    ("length(listed)", 2),
    ("ramp(from = 100%, to = 40%, over = half_a_year, starting = 2026-04-15)", [1, 1, 1 - 0.6 * HALF_YEAR, 0.4, 0.4]),
    ("line(1, 2026-04-15, 3, 2026-10-15)", [1, 1, 1 + 2 * HALF_YEAR, 3, 3]),
    ("declining_line(3, 2026-04-15, 1, 2026-10-15)", [3, 3, 3 - 2 * HALF_YEAR, 1, 1]),
    ("declining(10% per year)", GROWN),
    ("step([2026-01-15: 1, july: 2])", [1, 1, 2, 2, 2]),
    ("cycle(1, two)", [1, 2, 1, 2, 1]),
    ("straight_line($100, payment)", [100, 75, 50, 25, 0]),
    ("level($100, 0%, payment)", [100, 75, 50, 25, 0]),
    ("aged($1, closing, 50%)", [0.5] * 5),
    ("aged($1, closing, $0 / $1)", 0),
    ("aged(three_dollars, payment, 50%)", [0, 1.5, 3, 4.5, 6]),
    ("aged(three_dollars, payment, 0%)", 0),
    ("interpolated([0: 1, two: 3], 1)", 2),
    ("first_point([july: 1, 2026-10-15: 3])", JUL),
    ("banded([0: 1, 2: 3], two)", 3),
    ("tiered([0 GPU: $2 per GPU, 10 GPU: $1 per GPU], 12 GPU)", 22),
    ("once($5, july)", [0, 0, 5, 0, 0]),
    ("year(july)", 2026),
    ("month(july)", 7),
    ("days_between(closing, july)", 181),
    ("months_between(closing, 2026-07-14)", 5),
    ("llcr($1, 0%, three_dollars)", 4 / 3),
    ("plcr($1, 0%, three_dollars)", 4 / 3),
    ("loss($1)", None),
    ("mean(three_dollars)", 3),
    ("percentile(three_dollars, 50%)", 3),
    ("discount_factor(zeros, 2027-01-15)", math.exp(-0.03)),
    ("survival_probability(quoted, closing)", 1),
    ("default_probability(quoted, closing)", 0),
    ("normal_probability(0)", 0.5),
    ("normal_quantile(50%)", 0),
    ("joint_default_probability(1%, 2%, 0%)", 0.0002),
    ("stake(Issuer, Bank)", 0),
    ("inflow(Bank)", 400),
]
FLOWS: list[tuple[str, object]] = [
    ("present_value(three_dollars, 0%)", [0, 9, 6, 3, 0]),
    ("present_value($1, 0%, from = july)", [0, 3, 2, 1, 0]),
    ("if date <= july then next(half_a_year, $2) else $0", [0, 4, 4, 0, 0]),
    ("trailing_average(3 months, two)", [0, 2, 2, 2, 2]),
    ("trailing(3 months, $1)", [0, 1, 1, 1, 1]),
    ("accrue($100 per year, 30/360)", [0, 25, 25, 25, 25]),
    ("accrue($100 * five_percent, 30/360)", [0, 1.25, 1.25, 1.25, 1.25]),
    ("$4 * (year_fraction(30/360) / 1 year)", [0, 1, 1, 1, 1]),
    ("if date >= july then delayed($1, 3 months) else $0", [0, 0, 1, 1, 1]),
    ("cumulative(three_dollars)", [0, 3, 6, 9, 12]),
]
REFUSED = [
    ("highest yes", "E0310"),
    ("lowest(known($1))", "E0310"),
    ("shortfall($1)", "E0522"),
    ("balloon($1)", "E0546"),
    ("price($1, yield = 5%)", "E0546"),
    ("sum($1)", "E0332"),
    ('sum_by($1, "a")', "E0685"),
    ("weighted($1, 2)", "E0332"),
    ("exchange($1, 2)", "E0314"),
    ("normal(1, 2)", "E0611"),
    ("accrue($100 per year, 30/360)", "E0411"),
    ("present_value($1, 5%)", "E0411"),
]


def values(result: indenture.Results, name: str) -> list[object]:
    kept = result[name]
    found = np.asarray(kept.values)[..., 0].reshape(-1)
    there = np.ones(found.shape, bool) if kept.determined is None else np.asarray(kept.determined)[..., 0].reshape(-1)
    return [one if its else None for one, its in zip(found.tolist(), there.tolist(), strict=True)]


def compared(expected: object) -> object:
    if isinstance(expected, list):
        return [compared(one) for one in expected]
    if isinstance(expected, datetime.date):
        return float(min(expected, NEVER).toordinal())
    return expected if isinstance(expected, bool) else pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("written", "expected"), FIGURES, ids=[one[0] for one in FIGURES])
def test_a_constant_gives_the_figure(written: str, expected: object) -> None:
    result = deal(f"define f = {written}\nreport {{ f }}\n").run()
    found = values(result, "f")
    assert all(math.isfinite(float(one)) for one in found)  # type: ignore[arg-type]  # numbers and conditions
    if expected is not None:
        assert found == (compared(expected) if isinstance(expected, list) else [compared(expected)] * len(found))


@pytest.mark.parametrize(("written", "expected"), FLOWS, ids=[one[0] for one in FLOWS])
def test_on_the_dates_of_a_flow_too(written: str, expected: object) -> None:
    result = deal(f"flow f on payment = {written}\nreport {{ f }}\n").run()
    assert values(result, "f") == compared(expected)


@pytest.mark.parametrize(("written", "code"), REFUSED, ids=[one[0] for one in REFUSED])
def test_or_says_why_not(written: str, code: str) -> None:
    with pytest.raises(indenture.DealError) as caught:
        deal(f"define f = {written}\nreport {{ f }}\n")
    assert said(caught.value) == [code]


def test_looking_ahead_on_a_schedule_of_every_date_there_is() -> None:
    header = FROM_CLOSING
    text = "flow worth on payment = present_value(three_dollars, 0%)\nflow coming on payment = next(3 months, $2)\n"
    ahead = deal(text + "report { worth; coming }\n", header=header).run()
    assert values(ahead, "worth") == [12, 9, 6, 3, 0]
    assert values(ahead, "coming") == [2, 2, 2, 2, None]  # no cash depends on it, and nothing is known past the end
    result = deal(
        text.replace("next(3 months, $2)", "if date < 2027-01-15 then next(3 months, $2) else $0")
        + "report { worth; coming }\n",
        header=header,
    ).run()
    assert values(result, "worth") == [12, 9, 6, 3, 0]
    assert values(result, "coming") == [2, 2, 2, 2, 0]


# ------------------------------------------------------------------------------------------------- every function

WANTED: Mapping[str, tuple[str, ...]] = {
    "number": ("$1", "2", "5%", "three_dollars", "three_a_date", "$1m per year", "0", "-1"),
    "value": ("$1", "true", "july", "yes", "never", "paid_in"),
    "anything": ("$1", "true", '"a"', "payment"),
    "same": ("$1", "two", "2026-07-15", "5%", "yes", "half_a_year"),
    "pure": ("2", "two", "0", "99%", "-1"),
    "money": ("$1", "three_dollars", "paid_in", "$0"),
    "rate": ("5%", "five_percent", "0%", "-5%"),
    "growth": ("5%", "five_percent", "0%"),
    "hazard": ("2%", "[1 year: 2%, 3 years: 3%]", "quoted"),
    "duration": ("3 months", "half_a_year", "90 days", "0 days"),
    "date": ("2026-07-15", "july", "closing", "never", "2026-07-16", "date"),
    "condition": ("true", "yes", "two > 5"),
    "text": ('"a"',),
    "party": ("Bank", "Issuer"),
    "schedule": ("payment",),
    "when": ("payment", "july", "[2026-04-15, 2026-07-15]", "closing"),
    "daycount": ("actual/360", "30/360"),
    "instrument": ("$1", "three_dollars", "paid_in", "-$1", "Bank", "fee"),
    "list": ("[1, 2]", "listed", "[$1]", "[2026-04-15]"),
    "pairs": ("[2026-01-15: 1, 2026-07-15: 2]", "[0: 1, 1: 2]", "[0 years: 1, 1 year: 2]"),
    "rate_curve": ("zeros",),
    "credit_curve": ("quoted", "Name"),
    "curve": ("zeros", "quoted"),
    "discounting": ("5%", "zeros"),
}
PLACES = {
    "a report": lambda e: deal(f'report {{ "f" = {e} }}\n'),
    "a definition": lambda e: deal(f'define f = {e}\nreport {{ f; "l" = final(f) }}\n'),
    "a flow": lambda e: deal(f"flow f on payment = {e}\nreport {{ f }}\n"),
    "a term": lambda e: deal(f"term f = {e}\nreport {{ f }}\n"),
    "a step": lambda e: deal(f"define f = {e}\nreport {{ f }}\n", step="when f >= f { pay fee }; record f;"),
    "a state": lambda e: deal(f"state f on payment = {e}, then opening f + f\nreport {{ f }}\n"),
    "a due": lambda e: deal("report { fee.paid }\n", due=e),
    "a check": lambda e: deal(f"require ({e}) >= ({e})\nalways ({e}) is ({e})\nreport {{ fee.paid }}\n"),
    "a scenario": lambda e: deal(f'define f = {e}\nscenario "s" {{ f = {e} }}\nreport {{ f }}\n'),
    "from closing on": lambda e: deal(f"flow f on payment = {e}\nreport {{ f }}\n", header=FROM_CLOSING),
}


def calls(builtin: Builtin, draws: random.Random, most: int) -> list[str]:
    """Calls of a function with constants in the place of each of its parameters, as many as can be told apart."""
    found: list[str] = []
    required = [one for one in builtin.parameters if one.required]
    for parameters in (required, list(builtin.parameters)):
        for _ in range(most):
            alike = draws.choice(WANTED["same"])
            chosen = [alike if one.want == "same" else draws.choice(WANTED[one.want]) for one in parameters]
            if any(one.variadic for one in parameters):
                written = ", ".join(chosen * 2)
            else:
                named = [f"{one.name} = {value}" for one, value in zip(parameters, chosen, strict=True)]
                written = ", ".join([*chosen[:1], *named[1:]])
            found.append(f"{builtin.name}({written}{' on payment' if builtin.on and draws.random() < 0.3 else ''})")
    return list(dict.fromkeys(found))


def tried(written: str, place: str) -> str:
    """A figure or a diagnostic; anything else is raised."""
    told: list[str] | None = None
    try:
        result = PLACES[place](written).run()
    except indenture.DealError as error:
        told = said(error)
    if told is not None:
        assert told, (written, place)
        return "told"
    for name in result.names():
        assert np.isfinite(np.asarray(result[name].values, dtype=float)).all(), (written, place, name)
    return "figure"


@pytest.mark.parametrize("name", BUILTINS)
def test_every_function_takes_constants_or_says_why_not(name: str) -> None:
    draws = random.Random(name)
    for written in calls(BUILTINS[name], draws, 3):
        tried(written, draws.choice(list(PLACES)))


# ------------------------------------------------------------------------------------------------- every operator

OPERANDS = ("$1", "two", "five_percent", "half_a_year", "july", "yes", "listed", "never", "3 GPU", "$0")
BINARY = ("+", "-", "*", "/", "^", "<", "<=", ">", ">=", "is", "is not", "and", "or")
OTHERS = (
    "-{a}",
    "not {a}",
    "if {a} then {b} else {a}",
    "if yes then {a} else {b}",
    "{a} falls",
    "{a} per GPU",
    "{a} on {b}",
    "days within {a} to {b}",
    "hours within closing to {a}",
    "number of payment dates after {a} to {b}",
    "first payment on or after {a}",
    "[{a}, {b}]",
    "previous {a}",
    "next {a}",
    "opening {a}",
    "closing {a}",
    "projected {a}",
    "lowest {a}",
    "total {a}",
    "all of {a}, {b}",
    "{a} in [{b}]",
)


@pytest.mark.parametrize("operator", BINARY)
def test_every_operator_of_two_constants(operator: str) -> None:
    draws = random.Random(operator)
    told = [
        tried(f"{a} {operator} {b}", draws.choice(list(PLACES)))
        for a, b in draws.sample(list(itertools.product(OPERANDS, repeat=2)), 14)
    ]
    assert "told" in told


@pytest.mark.parametrize("form", OTHERS)
def test_every_other_form_of_constants(form: str) -> None:
    draws = random.Random(form)
    names = tuple(one for one in OPERANDS if one.isidentifier())
    pairs = list(itertools.product(names if form.split()[0].isalpha() else OPERANDS, OPERANDS))
    for a, b in draws.sample(pairs, 8):
        tried(form.replace("{a}", a).replace("{b}", b), draws.choice(list(PLACES)))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2 + two", 4),
        ("three_dollars - $1", 2),
        ("two * 3", 6),
        ("three_dollars / $2", 1.5),
        ("two ^ 3", 8),
        ("-two", -2),
        ("two > 1 and yes", True),
        ("not yes", False),
        ("two is 2", True),
        ("if yes then two else 7", 2),
        ("july + 3 months", OCT),
        ("(days within closing to july) / 1 day", [0, 90, 91, 0, 0]),
        ("projected two", 2),
        ("opening two", 2),
        ("july falls", [False, False, True, False, False]),
    ],
)
def test_operators_of_constants_give_the_figure(written: str, expected: object) -> None:
    result = deal(f"define f = {written}\nreport {{ f }}\n").run()
    found = values(result, "f")
    assert found == (compared(expected) if isinstance(expected, list) else [compared(expected)] * len(found))


# ------------------------------------------------------------------------------------------------- day counts


@pytest.mark.parametrize(
    "counted",
    [
        "days / basis",
        "days / (half * 2)",
        "days / year_of_days",
        "days / (if yes then basis else 1)",
    ],
)
def test_a_day_count_of_the_deals_own_reads_terms(counted: str) -> None:
    text = (
        f"term basis = 360\nterm half = 180\ndefine year_of_days = basis\ndaycount own = {counted}\n"
        "schedule monthly_dates = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted\n"
        "flow monthly_flow on monthly_dates = $1\n"
        "flow f on payment = accrue($1_000 per year, own)\nreport { f; total(monthly_flow) }\n"
    )
    result = deal(text).run()
    found = dict(zip(result.dates, values(result, "f"), strict=True))
    expected = {APR: 250, JUL: 1_000 * 91 / 360, OCT: 1_000 * 92 / 360, JAN: 1_000 * 92 / 360}
    assert {date: found[date] for date in expected} == compared_map(expected)


def test_a_day_count_reads_what_a_date_or_a_scenario_changes() -> None:
    text = (
        "term basis = 360\ndefine changing = if date < 2026-06-01 then basis else 365\n"
        "daycount own = days / basis\ndaycount turning = days / changing\n"
        "flow f on payment = accrue($1_000 per year, own)\nflow g on payment = accrue($1_000 per year, turning)\n"
        'scenario "short" { basis = 180 }\nreport { f; g }\n'
    )
    result = deal(text).run()
    short = np.asarray(result["f"].values)[:, 1] / np.asarray(result["f"].values)[:, 0].clip(1)
    assert short.tolist() == pytest.approx([0, 2, 2, 2, 2])
    assert values(result, "g") == [0, pytest.approx(250)] + [pytest.approx(1_000 * n / 365) for n in (91, 92, 92)]
    assert np.asarray(result["g"].values)[:, 1].tolist()[1] == pytest.approx(500)


def compared_map(expected: Mapping[datetime.date, float]) -> dict[datetime.date, object]:
    return {date: compared(value) for date, value in expected.items()}
