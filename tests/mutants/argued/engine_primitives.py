"""Faults argued away in `engine/primitives`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/primitives/arithmetic.py": (
        Row(
            "<module>",
            "whole_lines=True,",
            "constant: True -> False",
            "only speed: a constant is laid out as a line, of the same numbers",
        ),
    ),
    "engine/primitives/curve_points.py": (
        Row(
            "calendar_of",
            "return Calendar(tuple(day_of(one) for one in holidays)) if holidays else WEEKDAYS",
            "guard: holidays -> True",
            "a calendar without holidays is that of the weekdays",
        ),
        Row(
            "knots_of",
            "ahead = instrument_of(ordinal, pillars[0], convention, holidays)[1]",
            "first/last: 0 -> -1",
            "all instruments of a curve start on one day",
        ),
        Row(
            "moved",
            "knots = np.array([shift + 365], np.int64)",
            "constant: 365 -> 366",
            "the curve is straight there: any later day gives the same line",
        ),
    ),
    "engine/primitives/curves.py": (
        Row(
            "hazard",
            "logs = some[3 : 3 + rates]",
            "bound: 3 + rates -> 3 + rates + 1",
            "a row more than there are knots is never read",
        ),
        Row(
            "_legs",
            "discount = moved(discounting(rates_traded, rate_pillars, convention, holidays, points[:rates]), as_of)",
            "bound: rates -> (rates + 1)",
            "a row more than there are knots is never read",
        ),
        Row(
            "rate_point",
            "for before in whole[1:]:",
            "constant: 1 -> 0",
            "the first is the rate itself: one of 60,000% has no discount factor either",
        ),
        Row(
            "<module>",
            '"settlement": Function(settlement, 1),',
            "constant: 1 -> 2",
            "it has no operand after its day",
        ),
    ),
    "engine/primitives/digits.py": (
        Row(
            "_start",
            'top = Fraction("2.515517") + Fraction("0.802853") * t + Fraction("0.010328") * t * t',
            'operator: Fraction("2.515517") + Fraction("0.802853") * t + ',
            "only where the search for the quantile begins",
        ),
        Row(
            "_start",
            'below = 1 + Fraction("1.432788") * t + Fraction("0.189269") * t * t + Fraction("0.001308") * t * t * t',
            'operator: 1 + Fraction("1.432788") * t + Fraction("0.189269") * t * t -> ',
            "only where the search for the quantile begins",
        ),
    ),
    "engine/primitives/exact.py": (
        Row(
            "gather_at",
            "return [x[int(one)] if one >= 0 else type(x[0])(0) for one in position]",
            "first/last: 0 -> -1",
            "a series is of one type",
        ),
        Row("add_months", "31", "constant: 31 -> 32", "no month has more days than December"),
    ),
    "engine/primitives/kernels.py": (
        Row(
            "sum_groups",
            "sums = np.zeros((int(places.max(initial=-1)) + 1, *rows.shape[1:]))",
            "constant: 1 -> 2",
            "the sum of a group that no row is in, and none reads",
        ),
        Row(
            "level_rows",
            "if np.array_equal(filled | full, full):",
            "guard: np.array_equal(filled | full, full) -> False",
            "only speed: where no row fills, another round gives the same level",
        ),
    ),
    "engine/primitives/primitive.py": (
        Row(
            "Primitive",
            "whole_lines: bool = False",
            "constant: False -> True",
            "only speed: a constant is laid out as a line, of the same numbers",
        ),
        Row(
            "Primitive",
            "constants: tuple[str, ...] = attrs.field(init=False)",
            "constant: False -> True",
            "nobody gives it, and what is not given is worked out",
        ),
    ),
    "engine/primitives/time.py": (
        Row(
            "<module>",
            'accumulator=Accumulator("copy", 0.0),',
            "constant: 0.0 -> 1.0",
            "what is copied on each date replaces where it started",
        ),
        Row(
            "<module>",
            "kernels.final,",
            "order: kernels.final, exact.final -> ",
            "both give the last as it is",
        ),
        Row(
            "<module>",
            "kernels.total,",
            "order: kernels.total, exact.total -> ",
            "both add from the first date to the last, and numpy adds fractions as they are",
        ),
    ),
}
