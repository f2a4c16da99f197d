"""Every field of every component that is a term is overridden in a scenario over a worked deal, and moves something.

What has no effect there stands in a table with the reason, and a row whose field has an effect fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture import library
from indenture.dsl import syntax
from indenture.dsl.names.deal import InstanceEntry, ScheduleEntry, follow
from indenture.dsl.reference.library_entries import Entry, entries
from indenture.dsl.vocabulary.dimensions import HOUR, PER_YEAR, YEAR
from indenture.engine.results import Results

WORKED = Path(library.__file__).resolve().parent / "worked"

COMPONENTS = [entry for entry in entries() if entry.kind == "component"]

THINGS = ("party", "instance", "rate_curve", "credit_curve", "claim")
"""Kinds of what no scenario changes: who and what a deal is of. To override one is an error of its own (E0240)."""

_TOLD = "a text that tells a row or a table apart, which nothing of this deal asks about (E0589 says so)"
_ONLY = "the deal has one schedule, which states move on and counts count over unsaid: with another it says neither"
_PROMPT = "no interest of this deal is ever late, so what late interest earns is nothing"
_UNPAID = "the deal pays nobody for servicing, so the fee is read by nothing (E0589 says so)"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    **{
        (component, field): _PROMPT
        for component in ("loan", "sculpted_loan", "swept_loan", "term_facility", "revolver", "pik_loan")
        for field in ("late_rate", "late_while")
    },
    ("clo_loan", "stressed_rating"): _TOLD,
    ("clo_loan", "industry"): _TOLD,
    ("tenancy", "tenant"): _TOLD,
    ("supply_watch", "market"): _TOLD,
    ("reference_loan", "tenant"): _TOLD,
    ("reference_loan", "pays"): _ONLY,
    ("replenishment", "pays"): _ONLY,
    ("spread_watch", "watched"): _ONLY,
    ("supply_watch", "watched"): _ONLY,
    ("anchor_watch", "watched"): _ONLY,
    ("scheduled_pool", "servicing"): _UNPAID,
    ("gpu_contract", "servicing"): _UNPAID,
    ("auto_pool", "servicing"): _UNPAID,
    ("replenished_pool", "servicing"): _UNPAID,
    (
        "replenished_pool",
        "pays",
    ): "what is bought `up to` an amount is paid by steps, on the dates of their waterfall (E0589 says so)",
    ("replenished_pool", "lag"): "nothing defaults in this deal, so no recovery is delayed (E0589 says so)",
    ("replenished_pool", "recovery"): "nothing defaults in this deal, so nothing is recovered",
    ("reference_loan", "hazard"): "a simulation draws from it, and this deal has none (E0589 says so)",
    ("reference_loan", "rating"): "an average over a portfolio reads it, and this deal asks for none (E0589 says so)",
    ("book_lives", "spends"): "nothing is spent in this deal, which has a base alone (E0589 says so)",
    ("book_lives", "in_service"): "nothing is spent in this deal, which has a base alone",
    (
        "take_or_pay",
        "billed",
    ): "its day count, actual/actual ICMA, wants regular periods, and other dates are none (E0412)",
    ("loan", "cap"): "the deal's loan bears a fixed rate: its index is nothing, and no cap lies below that",
    ("loan_pool", "days_late"): "rolls of delinquency begin from it, and this deal has none",
    ("loan_pool", "interest_only"): "of a loan with interest alone, and this deal has none",
    ("loan_pool", "lifetime"): "defaults over a life are timed by `timing`, which this deal leaves at nothing",
    ("loan_pool", "timing"): "it times defaults over a life, which this deal leaves at nothing",
    ("overcollateralisation", "of_original"): "the target has stepped down from the start",
    ("loan_to_value", "tested"): "steps test the trigger, on the dates of their waterfall (E0589 says so)",
}
"""Fields that move nothing in the worked deal, and why none of the values tried could."""


def fields(component: Entry) -> Iterator[str]:
    assert isinstance(component.item, syntax.ComponentDeclaration)
    for field in component.item.fields:
        yield from field.names


def others(deal: indenture.Deal, name: str) -> list[str]:
    """Other values for a field, of its kind; none for what no scenario changes."""
    model = deal.compiled.model
    entry = model.entries[name]
    type = deal.compiled.texts[0].types.entry_type(entry)
    match type.kind:
        case "list":
            return [f"{name} * 90%", f"{name} + 1%"]
        case "number":
            scaled = [f"{name} * 90%", f"{name} * 150%", f"{name} * 0.1%"]
            added = {PER_YEAR: ["3%", "12%"], YEAR: ["3 months", "5 years"], HOUR: ["720 hours"]}.get(
                type.dimension, []
            )
            if type.dimension.pure:
                added = ["1", "3%"]
            if type.currency is not None and len(type.dimension.powers) == 1:
                added = [f"{type.currency} 5m"]
            return [*(f"{name} + {one}" for one in added), *scaled]
        case "date":
            return [f"{name} {sign} {months} months" for months in (3, 12, 30) for sign in "-+"] + ["closing + 1 year"]
        case "condition":
            return [f"not {name}"]
        case "daycount":
            return ["30/360", "actual/365", "actual/360", "actual/actual ISDA"]
        case "schedule":
            own = follow(entry)
            found = [one.name for one in model.entries.values() if isinstance(one, ScheduleEntry) and one is not own]
            return [*found, *FEWER]
        case "text":
            return ['"annually"', '"quarterly"']
        case _:
            assert type.kind in THINGS, type.kind
            return []


FEWER = ("fewer", "sparse", "late")
"""Schedules of some of a deal's own dates, which are declared where a scenario wants them."""


def declared(deal: indenture.Deal, value: str) -> str:
    if value not in FEWER:
        return ""
    dates = [date for date in deal.dates if date > deal.closing]
    chosen = {"fewer": dates[:-1] or dates, "sparse": dates[1::2] or dates, "late": dates[1:] or dates}[value]
    return f"\nschedule {value} = dates [{', '.join(map(str, chosen))}]"


def moves(result: Results, lane: int) -> bool:
    """Whether anything in a scenario is other than in the first: a figure, a date, a check, a table."""
    figures = [*result.entries.values(), *(one for table in result.tables.values() for one in table.figures.values())]
    pairs = [one.values for one in figures] + [one.determined for one in figures if one.determined is not None]
    pairs += [array for check in result.checks for array in (check.failures, check.applies)]
    pairs += [] if result.own is None else [result.own]
    return any(not np.array_equal(one[..., 0], one[..., lane]) for one in pairs)


def tried(plain: indenture.Deal, text: str, overrides: Sequence[tuple[str, str]]) -> list[bool]:
    """Whether each override, in a scenario of its own, moves anything. Raises `DealError` for what cannot be."""
    more = "".join(f'\nscenario "try {at}" {{ {name} = {value} }}' for at, (name, value) in enumerate(overrides))
    schedules = "".join(dict.fromkeys(declared(plain, value) for _, value in overrides))
    deal = indenture.compile(text + schedules + more, folder=WORKED)
    scenarios = ["base", *(f"try {at}" for at in range(len(overrides)))]
    result = deal.run(scenarios, keep=[output.name for output in deal.program.outputs])
    return [moves(result, lane) for lane in range(1, len(scenarios))]


def alone(plain: indenture.Deal, text: str, override: tuple[str, str]) -> bool:
    try:
        return tried(plain, text, [override])[0]
    except indenture.DealError as error:
        # A value that cannot be is said, and another is tried; so is that this is nothing that a scenario changes.
        return {one.code for one in error.diagnostics if one.severity == "error"} == {"E0240"}


@pytest.mark.parametrize("component", COMPONENTS, ids=[one.name for one in COMPONENTS])
def test_every_field_of_a_component_moves_something(component: Entry) -> None:
    text = (WORKED / f"{component.name}.deal").read_text(encoding="utf-8")
    deal = indenture.compile(text, folder=WORKED)
    instances = [
        one
        for one in deal.compiled.model.entries.values()
        if isinstance(one, InstanceEntry) and one.component.name == component.name and "." not in one.name
    ]
    left: dict[str, list[tuple[str, str]]] = {}
    for field in fields(component):
        ways = [
            (f"{one.name}.{field}", value)
            for one in instances
            if f"{one.name}.{field}" in deal.compiled.model.entries
            for value in others(deal, f"{one.name}.{field}")
        ]
        if ways:
            left[field] = ways
    # All first values at once; then, one after another, what that did not show.
    try:
        first = tried(deal, text, [ways[0] for ways in left.values()])
        left = {field: ways[1:] for (field, ways), found in zip(left.items(), first, strict=True) if not found}
    except indenture.DealError:
        pass
    still = {field for field, ways in left.items() if not any(alone(deal, text, way) for way in ways)}
    stated = {field for name, field in WITHOUT_EFFECT if name == component.name}
    assert still - stated == set(), "an override of these moves nothing, and no reason is stated"
    assert stated - still == set(), "these have an effect: take them out of the table"


def test_a_reason_is_given_of_fields_that_there_are() -> None:
    known = {(component.name, field) for component in COMPONENTS for field in fields(component)}
    assert set(WITHOUT_EFFECT) <= known
    assert all(WITHOUT_EFFECT.values())


@pytest.mark.parametrize(
    ("worked", "field", "value", "plain", "written"),
    [
        ("loan_pool", "balloons.lag", "5 months", "lag = 3 months", "lag = 5 months"),
        ("loan_pool", "balloons.remaining", "9", "remaining = 12;", "remaining = 9;"),
        ("coverage_triggers", "tests.tests", "3", "tests = 2;", "tests = 3;"),
        ("coverage_triggers", "tests.window", "2 months", "tests = 2;", "tests = 2; window = 2 months;"),
        ("clo_loan", "loans.lag", "2 months", "index = 4%;", "index = 4%; lag = 2 months;"),
        ("take_or_pay", "contract.recovery_lag", "2 months", "term           = 12 months", "term = 12 months\n  recovery_lag = 2 months"),
        ("loan", "term.maturity", "2027-07-15", "maturity = 2028-01-15", "maturity = 2027-07-15"),
        ("loan", "term.accrual", "actual/365", "accrual = 30/360", "accrual = actual/365"),
    ],
)  # fmt: skip
def test_a_field_moved_is_a_field_written(worked: str, field: str, value: str, plain: str, written: str) -> None:
    text = (WORKED / f"{worked}.deal").read_text(encoding="utf-8")
    assert text.count(plain) == 1
    moved = indenture.compile(f'{text}\nscenario "moved" {{ {field} = {value} }}', folder=WORKED)
    wanted = indenture.compile(text.replace(plain, written), folder=WORKED)
    found, oracle = moved.run("moved"), wanted.run("base")
    own = [moved.dates.index(date) for date in wanted.dates]
    assert moves(moved.run(["base", "moved"]), 1)
    for name, one in oracle.entries.items():
        # What is one figure in one of them may be a series in the other.
        values = found[name].values if found[name].values.ndim == 1 else found[name].values[own]
        assert values == pytest.approx(np.broadcast_to(one.values, values.shape), rel=1e-12, abs=1e-9), name
    # Some checks are asked in base alone, and what is settled when the deal is read is no check of the run.
    asked, wants = (
        {one.name: one.failures.tolist() for one in run.checks if one.applies.any()} for run in (found, oracle)
    )
    assert {name: asked[name] for name in asked if name in wants} == {
        name: wants[name] for name in wants if name in asked
    }
