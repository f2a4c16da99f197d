"""What the contract promises of every deal, asked of generated ones in exact arithmetic: cash, priority, shares, time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from indenture.engine.execution.reference import Evaluation

from .exactly import close, evaluate, exactly, lane_of
from .strategies import compiled, deals, fed, fewer, fewest, moderate
from .writing import Short, Written

PARTIES = ("Issuer", "Bank", "Fund", "Sponsor", "Customer", "Dealer")
seeds = st.integers(0, 2**32 - 1)

KEPT = Fraction(1, 10**40)
"""What the exact evaluator keeps of long fractions is far finer: what differs by less does not differ."""


def apart(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) > KEPT * max(1, abs(one), abs(other))


def above(one: Fraction, other: Fraction) -> bool:
    return one > other and apart(one, other)


# ------------------------------------------------------------------------------------------------- cash


def cash_problems(written: Written, names: set[str], found: Evaluation) -> list[str]:
    """Where cash is made, lost or owed by an account, worked out from balances and the parties' books alone."""
    problems = []
    for account, _ in written.owners:
        problems += [
            f"{account} is below zero: {float(one)}"
            for one in found[f"{account}.balance"]
            if one is not None and above(Fraction(0), one)
        ]
        if f"{account}: conservation" not in names:
            problems.append(f"{account} is not checked")
    mine = [found[f"{account}.balance"] for account, owner in written.owners if owner == "Issuer"]
    received, paid = found["Issuer received"], found["Issuer paid"]
    before = Fraction(0)
    for date, balances in enumerate(zip(*mine, strict=True)):
        there = sum((one for one in balances if one is not None), Fraction(0))  # none has a balance before closing
        change, before = there - before, there
        if apart(change, received[date] - paid[date]):
            problems.append(
                f"the issuer's accounts on date {date}: {float(change - received[date] + paid[date])} too much"
            )
    for date in range(len(received)):
        gap = sum(found[f"{party} received"][date] - found[f"{party} paid"][date] for party in PARTIES)
        if apart(gap, Fraction(0)):
            problems.append(f"on date {date} {float(gap)} is received and never paid")
    return problems


def claim_problems(written: Written, found: Evaluation) -> list[str]:
    """Claims paid more than is due, or less than nothing; a due that is not what arose plus what was brought forward."""
    problems = []
    names = {name.removesuffix(".due") for name in found if name.endswith(".due")}
    for name in names:
        figures = (found[f"{name}.{one}"] for one in ("due", "current", "arrears", "paid", "unpaid"))
        for date, (due, current, arrears, paid, unpaid) in enumerate(zip(*figures, strict=True)):
            if paid < 0 or above(paid, due) or apart(due, current + arrears) or apart(unpaid, due - paid):
                problems.append(f"{name} on date {date}: {[float(x) for x in (due, current, arrears, paid, unpaid)]}")
    return problems


# ------------------------------------------------------------------------------------------------- priority and shares


def priority_problems(shorts: tuple[Short, ...], found: Evaluation) -> list[str]:
    problems = []
    for short in shorts:
        for date, (left, wanting) in enumerate(zip(found[short.left], found[short.wanting], strict=True)):
            if left is not None and wanting is not None and above(min(left, wanting), Fraction(0)):
                problems.append(
                    f"date {date}: {short.left} {float(left)} left, {short.wanting} {float(wanting)} wanting"
                )
    return problems


def share_problems(written: Written, found: Evaluation) -> list[str]:
    """Pro rata: the members get what there is or what they ask, and none that could use more got less for its weight."""
    problems = []
    for shared in written.shares:
        for date, available in enumerate(found[shared.available]):
            if available is None:
                continue
            asks = [found[name][date] for name in shared.asks]
            got = [ask - found[name][date] for ask, name in zip(asks, shared.left_asks, strict=True)]
            weights = [found[name][date] for name in shared.weights] or asks
            if apart(sum(got), min(available, sum(asks))):
                problems.append(f"{shared.available} on date {date}: {float(sum(got))} of {float(available)}")
            levels = [
                (one / weight, above(ask, one))
                for one, ask, weight in zip(got, asks, weights, strict=True)
                if weight > 0
            ]
            highest = max((level for level, _ in levels), default=Fraction(0))
            light = sum((one for one, weight in zip(got, weights, strict=True) if not weight), Fraction(0))
            if any(more and (apart(level, highest) or apart(light, Fraction(0))) for level, more in levels):
                problems.append(f"{shared.available} on date {date}: shares {[float(level) for level, _ in levels]}")
    return problems


@moderate
@given(deals(), seeds)
def test_cash_is_kept_claims_are_paid_once_in_their_order_and_by_their_shares(written: Written, seed: int) -> None:
    """Exactly: no cash is made or lost and no account goes below zero; no claim is paid twice or more than is due; a
    step that falls short leaves its accounts empty (contract 9); pro rata members share by weight, and what one cannot
    use goes to the rest."""
    deal, found = exactly(written, seed)
    for check in deal.program.checks:
        made = found.variables[check.var.name] if check.rule == "zero" else []
        assert not any(apart(one, Fraction(0)) for one in made), check.name
    assert not cash_problems(written, {check.name for check in deal.program.checks}, found)
    assert not claim_problems(written, found)
    assert not priority_problems(written.shorts, found)
    assert not share_problems(written, found)


# ------------------------------------------------------------------------------------------------- more cash


def monotone_problems(written: Written, seed: int) -> list[str]:
    """Claims that are paid less on a date because more cash came in on it. Everything before that date is as it was."""
    deal = compiled(written)
    inputs = fed(written, deal, 4, seed)
    if "extra" not in inputs:
        return []
    inputs = {name: np.repeat(values[..., :1], 4, axis=-1) for name, values in inputs.items()}
    place = seed % inputs["extra"].shape[0]
    inputs["extra"][place] += np.array([0.0, 3.3, 31.7, 250.9])
    position = next(one.dates for one in deal.program.inputs if one.name == "extra") or ()
    date = position[place]
    names = [
        output.name for output in deal.program.outputs if output.form == "series" and output.name.endswith(".paid")
    ]
    got = deal.run(inputs=inputs, keep=names)
    problems = []
    for name in names:
        values = got[name].values
        if not np.array_equal(values[:date], np.repeat(values[:date, :1], 4, axis=-1)):
            problems.append(f"{name} knew of it beforehand")
        if (np.diff(values[date]) < -1e-9).any():
            problems.append(f"{name} on date {date}: {values[date]}")
    return problems


def senior_problems(written: Written, seed: int) -> list[str]:
    """Over time: the first claim of the waterfall, if what is due does not depend on what was paid, is paid in all no
    less with more cash."""
    deal = compiled(written)
    inputs = fed(written, deal, 2, seed)
    inputs = {name: np.repeat(values[..., :1], 2, axis=-1) for name, values in inputs.items()}
    if "extra" in inputs:
        inputs["extra"][:, 1] += 17.9
    first = next((one for one in written.ahead), None)
    if first is None:
        return []
    paid = deal.run(inputs=inputs, keep=[f"{first}.paid"])[f"{first}.paid"].values.cumsum(axis=0)
    return [] if (paid[:, 1] >= paid[:, 0] - 1e-9).all() else [f"{first}: {paid.tolist()}"]


@fewer
@given(deals(calm=True), seeds)
def test_more_cash_on_a_date_never_pays_a_claim_less_on_it(written: Written, seed: int) -> None:
    """In deals whose steps do not themselves look at how much cash there is (a cure, a test of a balance)."""
    assume(written.monotone)
    assert not monotone_problems(written, seed)


@fewer
@given(deals(calm=True), seeds)
def test_more_cash_never_pays_the_senior_claim_less_in_all(written: Written, seed: int) -> None:
    """The first claim of the waterfalls, with a due of its own, in deals in which no test looks at what was paid."""
    assert not senior_problems(written, seed)


# ------------------------------------------------------------------------------------------------- other schedules


@st.composite
def schedules(draw: st.DrawFn) -> str:
    """A schedule that nothing in the deal reads."""
    kind = draw(st.integers(0, 2))
    if kind == 0:
        day = draw(st.integers(1, 28))
        return f"schedule more = monthly on day {day} from 2026-02-{day:02d} to 2027-06-{day:02d}, unadjusted"
    if kind == 1:
        return 'schedule more = weekly from 2026-01-22 to 2026-06-25, following, calendar "US settlement"'
    dates = draw(
        st.lists(
            st.dates(np.datetime64("2026-01-16").item(), np.datetime64("2028-08-31").item()),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    return f"schedule more = dates [{', '.join(date.isoformat() for date in sorted(dates))}]"


def schedule_problems(written: Written, extra: str, seed: int) -> list[str]:
    deal, wider = compiled(written), compiled(written, extra + "\n")
    lane = lane_of(fed(written, deal, 1, seed), 0, Fraction)
    if any(isinstance(values, list) and len(values) == len(deal.dates) for values in lane.values()):
        by_date = {
            name: dict(zip(deal.dates, values, strict=True))
            for name, values in lane.items()
            if isinstance(values, list) and len(values) == len(deal.dates)
        }
    else:
        by_date = {}
    other = dict(lane)
    for name, values in by_date.items():
        latest = values[deal.dates[0]]
        other[name] = []
        for date in wider.dates:
            latest = values.get(date, latest)
            other[name].append(latest)
    ours, theirs = evaluate(deal.program, lane), evaluate(wider.program, other)
    places = [wider.dates.index(date) for date in deal.dates]
    problems = []
    for output in deal.program.outputs:
        if output.name not in theirs.outputs:
            continue
        mine: Any = ours[output.name]
        yours: Any = theirs[output.name]
        pairs = (
            [(mine, yours)] if output.form == "figure" else list(zip(mine, (yours[at] for at in places), strict=True))
        )
        for date, (one, two) in enumerate(pairs):
            if (one is None) != (two is None) or (one is not None and not close(one, two)):
                problems.append(f"{output.name} [{date}]: {one and float(one)} became {two and float(two)}")
    return problems


@fewest
@given(deals(), schedules(), seeds)
def test_adding_a_schedule_changes_no_figure_on_the_others(written: Written, extra: str, seed: int) -> None:
    assert not schedule_problems(written, extra, seed)
