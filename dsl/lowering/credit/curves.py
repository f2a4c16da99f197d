"""Curves to equations: a point of a curve is one equation, made from its quote and the points before it.

A rate curve is the logarithms of its discount factors at its points, a credit curve the default rate of each of its
pieces. So a scenario, or a draw, that moves a quote moves the points from it on. What is known when the deal is read
is worked out then: a curve that crosses itself is a diagnostic at its point.
"""

from __future__ import annotations

import datetime
from fractions import Fraction

from ....engine.credit.conventions import CONVENTIONS
from ....engine.credit.errors import CreditError
from ....engine.ir import Literal, Operand, Span
from ....engine.primitives.curve_points import pillar_dates
from ....engine.primitives.curves import NO_FACTOR
from ... import syntax
from ...messages.diagnostics import Collector
from ...messages.nearest import nearest
from ...names.deal import CurveEntry, Resolved, Scope
from ...time.calendar import holidays
from ...time.clocks import Clock
from ...vocabulary.curve_fields import QUOTES, currency_of
from ..building.builder import TRUE, ZERO, Builder, day
from ..context.dispatch import read_entry
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered, PairsValue, TextValue, Value
from .curve_checks import _ONE, _not_negative, _watch, _words
from .curve_entries import curve_entry
from .points import Points, emit, row_words

# ------------------------------------------------------------------------------------------------- reading


def rate_points(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> Points:
    """The rate curve that an expression names."""
    return _rates(low, curve_entry(low.collector, expression, scope, "rate"), expression.span, moment)


def credit_points(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> Points:
    """The credit curve that an expression names."""
    return _credit(low, curve_entry(low.collector, expression, scope, "credit"), expression.span, moment)


def _field(low: Lowering, entry: CurveEntry, name: str, moment: Moment) -> Value | PairsValue | TextValue | None:
    member = entry.members.get(name)
    if member is None:
        return None
    found = read_entry(low, Resolved(member), member.span, moment)
    if not isinstance(found, Value | PairsValue | TextValue):
        low.collector.error("E0654", f"`{member.name}` is not something that a curve is made of", member.span)
        raise NotLowered
    return found


def _traded(low: Lowering, entry: CurveEntry, moment: Moment) -> Operand:
    found = _field(low, entry, "traded", moment)
    if isinstance(found, Value):
        return found.operand
    closing = low.schedules.known_closing
    if closing is None:
        raise NotLowered
    return day(closing)


def _quotes(low: Lowering, entry: CurveEntry, name: str, moment: Moment) -> list[tuple[str, Value, Span]]:
    """The points of one kind of quotes: pillar, quote and place."""
    member = entry.members[name]
    found = _field(low, entry, name, moment)
    if isinstance(found, Value):
        return [("12M", found, member.value.span)]
    if not isinstance(found, PairsValue) or not found.items:
        low.collector.error(
            "E0654",
            f"`{member.name}` is a list of points",
            member.value.span,
            help=f"`{name} = [1 year: 2.10%, 5 years: 3.80%]`",
        )
        raise NotLowered
    places = (
        [key.span for key, _ in member.value.items]
        if isinstance(member.value, syntax.Pairs)
        else [member.value.span] * len(found.items)
    )
    return [
        (_pillar(low.collector, key.operand, found.unit, place), quote, place)
        for (key, quote), place in zip(found.items, places, strict=True)
    ]


def _pillar(collector: Collector, key: Operand, unit: str, place: Span) -> str:
    if not isinstance(key, Literal):
        collector.error("E0654", "the points of a curve are fixed when the deal is read", place)
        raise NotLowered
    value = Fraction(key.value)
    if key.kind == "date":
        return datetime.date.fromordinal(int(value)).isoformat()
    count = value / 24 if unit == "hour" else value * 12
    if not unit or count.denominator != 1 or count <= 0:
        words = "days" if unit == "hour" else "months"
        collector.error(
            "E0654", f"a point of a curve is a whole number of {words} away", place, help="`[6 months: 2%]`, or a date"
        )
        raise NotLowered
    return f"{count}{'D' if unit == 'hour' else 'M'}"


def _same_dates(
    collector: Collector, builder: Builder, entry: CurveEntry, traded: Operand, operand: Operand, span: Span
) -> None:
    """The quotes of one date do not vary by date."""
    if builder.traits(operand).date and not builder.traits(traded).date:
        collector.error(
            "E0655",
            f"the curve `{entry.name}` is of one date, and its quotes vary by date",
            span,
            label="of which date?",
            help="`traded = date` makes the curve anew on every date, from that date's quotes",
        )
        raise NotLowered


def _ordered(
    collector: Collector,
    builder: Builder,
    traded: Operand,
    pillars: list[tuple[str, Span]],
    convention: str = "",
    holidays: tuple[int, ...] = (),
) -> None:
    """Each point is later than the one before, on every date that the curve is of."""
    known = builder.table_values(traded)
    for value in sorted(set(known or ())):
        seen: list[datetime.date] = [datetime.date.fromordinal(int(value))]
        for position, (pillar, place) in enumerate(pillars):
            try:
                date = pillar_dates(int(value), (pillar,), convention, holidays)[0]
            except CreditError as problem:
                collector.error("E0656", str(problem), place)
                raise NotLowered from None
            if date <= seen[-1]:
                before = "the curve is of" if position == 0 else "the point before it is on"
                collector.error(
                    "E0657",
                    f"this point is on {date}, and {before} {seen[-1]}",
                    place,
                    label="not later",
                    help="the points of a curve rise, from the nearest to the furthest",
                )
                raise NotLowered
            seen.append(date)


# ------------------------------------------------------------------------------------------------- rates


def _rates(low: Lowering, entry: CurveEntry, span: Span, moment: Moment) -> Points:
    traded = _traded(low, entry, moment)
    convention = _convention(low, entry, moment)
    closed = _holidays(low.every, convention)
    builder = low.builder
    pillars: list[tuple[str, Span]] = []
    operands: list[Operand] = []
    determined: Operand = TRUE
    for name in QUOTES["rate"]:
        if name not in entry.members:
            continue
        for pillar, quote, place in _quotes(low, entry, name, moment):
            _same_dates(low.collector, low.builder, entry, traded, quote.operand, place)
            pillars.append((f"{_kind(name, pillar)} {pillar}", place))
            _ordered(low.collector, low.builder, traded, pillars, convention, closed)
            named = tuple(one for one, _ in pillars)
            operands.append(
                emit(
                    low.model,
                    low.collector,
                    low.builder,
                    "rate_point",
                    traded,
                    quote.operand,
                    *operands,
                    span=place,
                    label=f"{entry.name}.{pillar}",
                    pillars=named,
                    convention=convention,
                    holidays=closed,
                )
            )
            operands[-1] = _has_factor(low, entry, pillar, operands[-1], place)
            determined = builder.both(determined, quote.determined)
    named = tuple(one for one, _ in pillars)
    return Points(entry, traded, named, tuple(operands), determined, convention, closed)


def _kind(name: str, pillar: str) -> str:
    """An overnight index swap pays once up to a year, and every year beyond: as a deposit and as a swap do."""
    if name == "overnight":
        return "swap" if pillar.endswith("M") and int(pillar[:-1]) > 12 else "deposit"
    return {"deposits": "deposit", "swaps": "swap"}.get(name, "zero")


def _convention(low: Lowering, entry: CurveEntry, moment: Moment) -> str:
    words = _field(low, entry, "convention", moment)
    if words is None:
        return ""
    place = entry.members["convention"].value.span
    if not isinstance(words, TextValue) or words.text not in CONVENTIONS:
        guess = nearest(words.text, CONVENTIONS) if isinstance(words, TextValue) else None
        low.collector.error(
            "E0662",
            "this is no convention that a rate curve is quoted by",
            place,
            label="not known",
            help=f'did you mean "{guess}"?' if guess else f"the conventions are {', '.join(CONVENTIONS)}",
        )
        raise NotLowered
    stated = currency_of(entry.item, low.model.currency)
    if words.text[:3] != stated:
        low.collector.error(
            "E0660",
            f"the convention {words.text} is of {words.text[:3]}, and the curve `{entry.name}` discounts {stated}",
            place,
            label=f"of {words.text[:3]}",
            help=f"state its currency: `currency = {words.text[:3]}`",
        )
        raise NotLowered
    return words.text


def _holidays(every: Clock, convention: str) -> tuple[int, ...]:
    """Weekends alone are closed on every curve but the yen's, which goes by Tokyo's holidays as well."""
    if not convention.startswith("JPY"):
        return ()
    last = min(every.timeline.dates[-1].year + 61, 2199)
    return holidays("Tokyo", every.timeline.dates[0].year - 1, last)


def _has_factor(low: Lowering, entry: CurveEntry, pillar: str, log: Operand, place: Span) -> Operand:
    """The point, watched: where no discount factor gives its rate, 1 stands for it until the check stops the run."""
    message = f"no discount factor gives the rate at {_words(pillar)} of `{entry.name}` after the rates before it"
    bound = Literal(Fraction(NO_FACTOR), "float")
    if isinstance(log, Literal):
        if log.value >= bound.value:
            low.collector.error("E0663", message, place, label="what rate is this?")
            raise NotLowered
        return log
    if low.builder.definition(log)[0] != "curve":
        return log
    good = low.builder.emit("less", log, bound)
    _watch(low.product, low.memory, good, entry, place, "E0912", message)
    return low.builder.select(good, log, ZERO)


# ------------------------------------------------------------------------------------------------- credit


def _credit(low: Lowering, entry: CurveEntry, span: Span, moment: Moment) -> Points:
    traded = _traded(low, entry, moment)
    builder = low.builder
    recovery = _recovery(low, entry, moment)
    rates: Points | None = None
    if "rates" in entry.members:
        member = entry.members["rates"]
        rates = rate_points(low, member.value, member.scope, moment)
    name = next(one for one in QUOTES["credit"] if one in entry.members)
    determined = TRUE if rates is None else rates.determined
    if recovery is not None:
        determined = builder.both(determined, recovery.determined)
    coupon = _field(low, entry, "coupon", moment) if name == "upfronts" else None
    if isinstance(coupon, Value):
        determined = builder.both(determined, coupon.determined)
    else:
        coupon = None
    half_day = not _corrected(low, entry, moment)
    pillars: list[tuple[str, Span]] = []
    operands: list[Operand] = []
    for pillar, quote, place in _quotes(low, entry, name, moment):
        _same_dates(low.collector, low.builder, entry, traded, quote.operand, place)
        # The pieces of stated default rates end on plain dates, those of spreads on the maturities of contracts.
        contracts = name in ("spreads", "upfronts")
        pillars.append((pillar if contracts else f"hazard {pillar}", place))
        _ordered(low.collector, low.builder, traded, pillars)
        determined = builder.both(determined, quote.determined)
        if not contracts:
            operands.append(quote.operand)
        else:
            if rates is None or recovery is None:
                raise NotLowered
            named = tuple(one for one, _ in pillars)
            operands.append(
                emit(
                    low.model,
                    low.collector,
                    low.builder,
                    "hazard",
                    traded,
                    rates.traded,
                    *((quote.operand, ZERO) if coupon is None else (coupon.operand, quote.operand)),
                    recovery.operand,
                    *rates.operands,
                    *operands,
                    span=place,
                    label=f"{entry.name}.{pillar}",
                    pillars=named,
                    rate_pillars=rates.pillars,
                    convention=rates.convention,
                    holidays=rates.holidays,
                    half_day=half_day,
                )
            )
        _not_negative(low, entry, pillars, operands[-1], name, place)
    return Points(
        entry,
        traded,
        tuple(one for one, _ in pillars),
        tuple(operands),
        determined,
        recovery=recovery,
        rates=rates,
        half_day=half_day,
    )


def _corrected(low: Lowering, entry: CurveEntry, moment: Moment) -> bool:
    """Whether the accrual paid on default is counted without the half day of the model behind published figures."""
    found = _field(low, entry, "corrected", moment)
    if found is None:
        return False
    if not isinstance(found, Value) or not isinstance(found.operand, Literal):
        low.collector.error(
            "E0654",
            f"whether the curve `{entry.name}` is corrected must be known when the deal is read",
            entry.members["corrected"].value.span,
            help="`corrected = true`",
        )
        raise NotLowered
    return bool(found.operand.value)


def _recovery(low: Lowering, entry: CurveEntry, moment: Moment) -> Value | None:
    """Below 100%: at 100% nothing is lost, and no default rate follows from a spread."""
    found = _field(low, entry, "recovery", moment)
    if not isinstance(found, Value):
        return None
    place = entry.members["recovery"].value.span
    builder = low.builder
    if isinstance(found.operand, Literal):
        if not 0 <= found.operand.value < 1:
            low.collector.error(
                "E0658",
                f"a recovery of {float(found.operand.value):.6g} leaves no loss to price"
                if found.operand.value >= 1
                else "a recovery is not below 0%",
                place,
                label="from 0% to below 100%",
                help=f"did you mean `{float(found.operand.value):g}%`?" if 1 < found.operand.value < 100 else None,
            )
            raise NotLowered
        return found
    rows = builder.row_values(found.operand)
    if rows is not None and found.operand.rows is not None:
        for number, value in enumerate(rows):
            if not 0 <= value < 1:
                low.collector.error(
                    "E0658",
                    f"{row_words(low.model, found.operand.rows, number)}: a recovery of {float(value):.6g}",
                    place,
                    label="from 0% to below 100%",
                )
                raise NotLowered
        return found
    good = builder.both(builder.emit("less_equal", ZERO, found.operand), builder.emit("less", found.operand, _ONE))
    _watch(
        low.product,
        low.memory,
        good,
        entry,
        place,
        "E0911",
        f"the recovery of `{entry.name}` is not from 0% to below 100%",
    )
    safe = builder.select(good, found.operand, ZERO)
    return Value(safe, found.determined)
