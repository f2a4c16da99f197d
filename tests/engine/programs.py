"""Hypothesis strategies for small well-formed programs and inputs for them."""

from __future__ import annotations

import datetime
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from indenture.engine.ir import Check, Constant, Equation, Family, Input, Literal, Operand, Output, Program, Var

FAMILY = "loans"
DATES = 6

ELEMENTWISE = ("add", "subtract", "multiply", "minimum", "maximum", "negate", "absolute", "divide", "select")
COMPARE = ("less", "less_equal", "equal", "not_equal")
TRUTH = ("and", "or", "not", "exclusive_or", "select")
ROWS = ("sum_rows", "min_rows", "max_rows", "any_rows", "level_rows", "take", "sum_groups")
REST = (
    "level",
    "pick",
    "to_float",
    "floor",
    "round",
    "exp",
    "power",
    "square_root",
    "log",
    "to_date",
    "to_number",
    "add_months",
    "year",
    "month",
    "curve",
)
CREDIT = (
    "normal_cdf",
    "normal_quantile",
    "student_cdf",
    "chi_square_quantile",
    "bivariate_normal_cdf",
    "tranche_loss",
    "default_count",
    "pool_tranche_loss",
    "pool_default_count",
)
BARRIERS = (
    "total",
    "lowest",
    "highest",
    "final",
    "first_date",
    "any_date",
    "window",
    "gather",
    "gather_at",
    "discounted",
)
OPS = (*ELEMENTWISE, *COMPARE, *TRUTH, *ROWS, *REST, *CREDIT, *BARRIERS, "previous")


def number(value: object) -> Literal:
    return Literal(Fraction(str(value)), "float")


class Draft:
    """A program while it is being drawn. Values stay small, so that nothing overflows."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.rows = draw(st.integers(1, 3))
        self.equations: list[Equation] = []
        self.before_barriers: list[Var] = []
        self.vars: dict[tuple[str, str | None], list[Var]] = {}
        self.figures: list[Var] = []
        self.states: list[tuple[int, Var]] = []
        self.constants: list[Constant] = []
        self.inputs: list[Input] = []

    def add(self, var: Var) -> Var:
        self.vars.setdefault((var.kind, var.rows), []).append(var)
        return var

    def constant(self, name: str, kind: str, axes: tuple[str, ...], values: st.SearchStrategy[Fraction]) -> Var:
        rows = FAMILY if "row" in axes else None
        size = (DATES if "date" in axes else 1) * (self.rows if rows else 1)
        var = Var(name, kind, rows)  # type: ignore[arg-type]  # drawn from the three kinds
        flat = tuple(self.draw(st.lists(values, min_size=size, max_size=size)))
        self.constants.append(Constant(var, axes, flat))  # type: ignore[arg-type]  # drawn from the axes
        return self.add(var)

    def one(self, kind: str, rows: str | None = None) -> Operand:
        """A value of that kind: over the rows or not where ``rows`` is the family, else without."""
        choices = list(self.vars.get((kind, None), []))
        if rows is not None:
            choices += self.vars.get((kind, rows), []) * 2
        literals: list[Operand] = {
            "float": [number(0), number(1), number("2.5"), number("-0.3")],
            "bool": [Literal(True, "bool"), Literal(False, "bool")],
            "date": [Literal(Fraction(datetime.date(2026, 1, 31).toordinal()), "date")],
        }[kind]
        return self.draw(st.sampled_from([*choices, *choices, *literals]))

    def emit(self, op: str, operands: tuple[Operand, ...], kind: str, rows: str | None, **attributes: object) -> Var:
        if rows is not None and all(operand.rows is None for operand in operands):
            rows = None
        var = Var(f"v{len(self.equations)}", kind, rows)  # type: ignore[arg-type]  # drawn from the kinds
        self.equations.append(Equation(var, op, operands, tuple(attributes.items())))  # type: ignore[arg-type]
        return self.add(var)

    def small(self, var: Var) -> Var:
        """Keeps products and powers of products within sight."""
        return self.emit(
            "minimum", (self.emit("maximum", (var, number(-9)), "float", var.rows), number(9)), "float", var.rows
        )

    def share(self, rows: str | None) -> Operand:
        """A number strictly between 0 and 1."""
        inside = self.emit("normal_cdf", (self.one("float", rows),), "float", rows)
        above = self.emit("maximum", (inside, number("0.001")), "float", inside.rows)
        return self.emit("minimum", (above, number("0.999")), "float", above.rows)

    def credit(self, op: str, rows: str | None) -> None:
        share, one = self.share, self.one
        match op:
            case "normal_cdf":
                self.emit(op, (one("float", rows),), "float", rows)
            case "normal_quantile":
                self.emit(op, (share(rows),), "float", rows)
            case "student_cdf":
                self.emit(op, (one("float", rows), number(4)), "float", rows)
            case "chi_square_quantile":
                self.small(self.emit(op, (share(rows), number(4)), "float", rows))
            case "bivariate_normal_cdf":
                self.emit(op, (one("float", rows), one("float", rows), share(rows)), "float", rows)
            case "tranche_loss":
                names = number(self.draw(st.sampled_from([0, 1, 20])))
                ends = (number("0.03"), number("0.3"))
                self.emit(op, (share(rows), share(rows), share(rows), *ends, names), "float", rows)
            case "default_count":
                self.emit(op, (share(rows), share(rows), number(5), number(2)), "float", rows)
            case _:
                wide = self.emit("normal_cdf", (Var("by_row", "float", FAMILY),), "float", FAMILY)
                if op == "pool_default_count":
                    self.emit(op, (share(None), number(1), wide), "float", None)
                    return
                size = self.emit(
                    "absolute", (self.draw(st.sampled_from(self.vars[("float", FAMILY)])),), "float", FAMILY
                )
                self.emit(op, (share(None), number("0.1"), number("1.5"), wide, size), "float", None)

    def step(self, op: str) -> None:
        if op in CREDIT:
            self.credit(op, self.draw(st.sampled_from([None, FAMILY])))
            return
        rows = self.draw(st.sampled_from([None, FAMILY]))
        one = self.one
        match op:
            case "multiply" | "add" | "subtract":
                self.small(self.emit(op, (one("float", rows), one("float", rows)), "float", rows))
            case "minimum" | "maximum":
                kind = self.draw(st.sampled_from(["float", "float", "date"]))
                self.emit(op, (one(kind, rows), one(kind, rows)), kind, rows)
            case "negate" | "absolute" | "floor":
                self.emit(op, (one("float", rows),), "float", rows)
            case "round":
                mode = self.draw(st.sampled_from(["half_up", "half_even", "down", "up"]))
                self.emit(op, (one("float", rows),), "float", rows, digits=2, mode=mode)
            case "square_root":
                size = self.emit("absolute", (one("float", rows),), "float", rows)
                self.emit(op, (size,), "float", rows)
            case "exp":
                self.small(
                    self.emit(
                        op, (self.emit("minimum", (one("float", rows), number(2)), "float", rows),), "float", rows
                    )
                )
            case "divide":
                size = self.emit(
                    "add", (self.emit("absolute", (one("float", rows),), "float", rows), number("0.5")), "float", rows
                )
                self.small(self.emit(op, (one("float", rows), size), "float", rows))
            case "log" | "power":
                base = self.emit(
                    "add", (self.emit("absolute", (one("float", rows),), "float", rows), number("0.5")), "float", rows
                )
                more = () if op == "log" else (number("1.5"),)
                self.small(self.emit(op, (base, *more), "float", rows))
            case "select":
                kind = self.draw(st.sampled_from(["float", "bool", "date"]))
                self.emit(op, (one("bool", rows), one(kind, rows), one(kind, rows)), kind, rows)
            case "less" | "less_equal" | "equal" | "not_equal":
                self.emit(op, (one("float", rows), one("float", rows)), "bool", rows)
            case "and" | "or" | "exclusive_or":
                self.emit(op, (one("bool", rows), one("bool", rows)), "bool", rows)
            case "not":
                self.emit(op, (one("bool", rows),), "bool", rows)
            case "to_float":
                self.emit(op, (one("bool", rows),), "float", rows)
            case "to_number":
                day = self.emit(op, (one("date", rows),), "float", rows)
                self.small(self.emit("subtract", (day, number(739_000)), "float", rows))
            case "year" | "month":
                self.small(self.emit(op, (one("date", rows),), "float", rows))
            case "to_date":
                self.emit(op, (self.emit("add", (one("float", rows), number(739_500)), "float", rows),), "date", rows)
            case "add_months":
                months = self.draw(st.integers(-14, 14))
                self.emit(op, (one("date", rows), number(months)), "date", rows)
            case "sum_rows" | "min_rows" | "max_rows" | "any_rows":
                kind = "bool" if op == "any_rows" else "float"
                operand = self.draw(st.sampled_from(self.vars[(kind, FAMILY)]))
                self.emit(op, (operand,), kind, None)
            case "take" | "level_rows":
                wide = [self.draw(st.sampled_from(self.vars[("float", FAMILY)])) for _ in range(2)]
                sizes = [self.emit("absolute", (operand,), "float", FAMILY) for operand in wide]
                second: Operand = wide[1] if op == "take" else sizes[1]
                order = {"order": self.draw(st.sampled_from(["lowest", "highest"]))} if op == "take" else {}
                self.emit(op, (one("float"), sizes[0], second), "float", FAMILY if op == "take" else None, **order)
            case "sum_groups":
                group = self.emit("absolute", (Var("by_row", "float", FAMILY),), "float", FAMILY)
                self.small(self.emit(op, (group, one("float", rows)), "float", FAMILY))
            case "pick":
                items = [one("float", self.draw(st.sampled_from([None, rows]))) for _ in range(3)]
                self.emit(op, (one("float", rows), *items), "float", rows)
            case "level":
                members = self.draw(st.integers(1, 3))
                sizes = [self.emit("absolute", (one("float"),), "float", None) for _ in range(2 * members)]
                self.emit(op, (one("float"), *sizes), "float", None, members=members)
            case "curve":
                traded = Literal(Fraction(739_000), "date")
                size = self.emit(
                    "minimum", (self.emit("absolute", (one("float", rows),), "float", rows), number(9)), "float", rows
                )
                spread = self.emit(
                    "multiply", (self.emit("add", (size, number("0.5")), "float", rows), number("0.01")), "float", rows
                )
                zero = self.emit(
                    op,
                    (traded, number("0.03")),
                    "float",
                    None,
                    formula="rate_point",
                    pillars=("zero 12M",),
                    convention="",
                    holidays=(),
                )
                hazard = self.emit(
                    op,
                    (traded, traded, spread, number("0"), number("0.4"), zero),
                    "float",
                    rows,
                    formula="hazard",
                    pillars=("60M",),
                    rate_pillars=("zero 12M",),
                    convention="",
                    holidays=(),
                    half_day=True,
                )
                later = self.emit("maximum", (one("date", rows), traded), "date", rows)
                self.emit(op, (traded, traded, later, hazard), "float", rows, formula="survival", pillars=("60M",))
            case "previous":
                kind = self.draw(st.sampled_from(["float", "float", "bool", "date"]))
                rows = self.draw(st.sampled_from([None, FAMILY])) if kind != "date" else None
                var = Var(f"v{len(self.equations)}", kind, rows)  # type: ignore[arg-type]  # one of the kinds
                initial = {"float": number("1.5"), "bool": Literal(True, "bool")}.get(
                    kind, self.one("date") if False else Literal(Fraction(739_000), "date")
                )
                self.equations.append(Equation(var, "previous", (initial, initial)))
                self.states.append((len(self.equations) - 1, self.add(var)))
            case _:
                raise ValueError(op)

    def close_states(self) -> None:
        """Each state carries some value made so far: this is where cycles through time come from."""
        for index, var in self.states:
            later = [v for v in self.vars[(var.kind, var.rows)] if v != var] or [var]
            chosen = self.draw(st.sampled_from(later))
            old = self.equations[index]
            self.equations[index] = Equation(var, "previous", (chosen, old.operands[1]))
        self.states = []

    def barrier(self, op: str) -> None:
        """Reads what is closed; what it gives goes only into what comes after."""
        one = self.one
        first = [self.draw(st.integers(0, DATES - 1)) for _ in range(DATES)]
        last = [min(DATES - 1, f + self.draw(st.integers(-1, 3))) for f in first]
        match op:
            case "total":
                self.figures.append(self.small(self.emit(op, (one("float"),), "float", None)))
            case "lowest" | "highest":
                self.figures.append(self.emit(op, (one("float"), one("bool")), "float", None))
            case "final":
                self.figures.append(self.emit(op, (one("float"),), "float", None))
            case "any_date":
                self.figures.append(self.emit(op, (one("bool"),), "bool", None))
            case "first_date":
                self.figures.append(self.emit(op, (one("bool"),), "date", None))
            case "window":
                self.small(self.emit(op, (one("float"),), "float", None, first=tuple(first), last=tuple(last)))
            case "gather":
                self.emit(op, (one("float"),), "float", None, positions=tuple(first))
            case "gather_at":
                rows = self.draw(st.sampled_from([None, FAMILY]))
                kind = self.draw(st.sampled_from(["float", "bool", "date"]))
                at = self.emit("maximum", (one("float", rows), number(-1)), "float", rows)
                place = self.emit(
                    "minimum", (self.emit("floor", (at,), "float", at.rows), number(DATES - 1)), "float", at.rows
                )
                self.emit(op, (one(kind, rows), place), kind, rows)
            case "discounted":
                rate = self.emit(
                    "multiply", (self.emit("to_float", (one("bool"),), "float", None), number("0.07")), "float", None
                )
                self.small(
                    self.emit(
                        op,
                        (one("float"), rate),
                        "float",
                        None,
                        first=tuple(first),
                        last=tuple(last),
                        fractions="fraction",
                    )
                )
            case _:
                raise ValueError(op)


@st.composite
def programs(draw: st.DrawFn, most: int = 14) -> Program:
    draft = Draft(draw)
    tidy = st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 2), Fraction(-7, 4), Fraction(3)])
    truth = st.sampled_from([Fraction(0), Fraction(1)])
    draft.constant("by_date", "float", ("date",), tidy)
    draft.constant("by_row", "float", ("row",), tidy)
    draft.constant("by_both", "float", ("date", "row"), tidy)
    draft.constant("mask", "bool", ("date",), truth)
    draft.constant("row_mask", "bool", ("row",), truth)
    year = st.just(Fraction(1, 4))
    draft.constants.append(
        Constant(Var("fraction", "float"), ("date",), tuple(draw(st.lists(year, min_size=DATES, max_size=DATES))))
    )
    draft.inputs.append(Input("x", draft.add(Var("x", "float")), ("date", "scenario")))
    draft.inputs.append(Input("y", draft.add(Var("y", "float")), ("scenario",)))
    draft.inputs.append(Input("day", draft.add(Var("day", "date")), ("scenario",)))
    blocks = draw(st.integers(1, 2))
    for _ in range(blocks):
        elementwise = [op for op in OPS if op not in BARRIERS]
        for op in draw(st.lists(st.sampled_from(elementwise), min_size=2, max_size=most)):
            draft.step(op)
        draft.close_states()
        for op in draw(st.lists(st.sampled_from(BARRIERS), max_size=4)):
            draft.barrier(op)
    shown = [e.result for e in draft.equations if e.result.rows is None]
    outputs = [Output(var.name, var, "series", asked=True) for var in shown]
    outputs += [Output(f"figure {var.name}", var, "figure", asked=True) for var in dict.fromkeys(draft.figures)]
    floats = [var for var in shown if var.kind == "float"]
    bools = [var for var in shown if var.kind == "bool"]
    checks = [Check(f"never negative {v.name}", "nonnegative", v, "verdict", "T1", "negative") for v in floats[-2:]]
    checks += [Check(f"holds {v.name}", "holds", v, "verdict", "T2", "fails") for v in bools[-1:]]
    dates = tuple(datetime.date(2026, 1, 15) + datetime.timedelta(days=91 * i) for i in range(DATES))
    return Program(
        "drawn",
        dates,
        0,
        tuple(draft.equations),
        families=(Family(FAMILY, tuple(f"loan {i}" for i in range(draft.rows))),),
        constants=tuple(draft.constants),
        inputs=tuple(draft.inputs),
        outputs=tuple(outputs),
        checks=tuple(checks),
    )


def inputs(seed: int, scenarios: int) -> dict[str, np.ndarray]:
    stream = np.random.default_rng(seed)
    return {
        "x": np.round(stream.normal(size=(DATES, scenarios)) * 3, 3),
        "y": np.round(stream.normal(size=scenarios) * 2, 3),
        "day": np.array(stream.integers(20_400, 21_000, scenarios), dtype="datetime64[D]"),
    }
