"""Plain data, as JSON has it, read into a program: whatever is no program is refused with the path of what is wrong."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar, cast, get_args

from ..errors import ProgramError
from ..ir import (
    FORMAT_VERSION,
    Alert,
    Attribute,
    Axis,
    Cell,
    Check,
    Column,
    Constant,
    Equation,
    Family,
    Input,
    Kind,
    Literal,
    Operand,
    Operation,
    Origin,
    Output,
    Program,
    Projection,
    Random,
    ReportTable,
    Span,
    Var,
)

T = TypeVar("T")

FORMAT = "indenture program"

LONGEST_NUMBER = 5_000
"""Digits of a numerator or denominator; more are refused rather than worked on."""

_FRACTION = re.compile(rf"-?[0-9]{{1,{LONGEST_NUMBER}}}(/[0-9]{{1,{LONGEST_NUMBER}}})?")


class Reader:
    """Reads plain data into a program, and knows the path it is at."""

    def __init__(self) -> None:
        self.path: list[str] = []

    def wrong(self, what: str) -> ProgramError:
        return ProgramError(f"this is no program: {'.'.join(self.path) or 'it'} {what}")

    def at(self, key: str, read: Callable[[Any], T], value: Any) -> T:
        self.path.append(key)
        result = read(value)
        self.path.pop()
        return result

    def fields(self, value: Any, required: str, optional: str = "") -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong("is no object")
        needs, may = required.split(), optional.split()
        for name in needs:
            if name not in value:
                raise self.wrong(f"has no {name!r}")
        for name in value:
            if name not in needs and name not in may:
                raise self.wrong(f"has an unknown {name!r}")
        return value

    def text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong("is no text")
        return value

    def flag(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.wrong("is neither true nor false")
        return value

    def whole(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong("is no whole number")
        return value

    def date(self, value: Any) -> datetime.date:
        try:
            return datetime.date.fromisoformat(self.text(value))
        except ValueError:
            raise self.wrong(f"is no date: {value!r}") from None

    def number(self, value: Any) -> Fraction:
        if not isinstance(value, str) or _FRACTION.fullmatch(value) is None:
            raise self.wrong("is no number of the form p/q")
        try:
            return Fraction(value)
        except (ZeroDivisionError, ValueError):
            raise self.wrong("is no number of the form p/q") from None

    def one_of(self, allowed: tuple[Any, ...]) -> Callable[[Any], Any]:
        def read(value: Any) -> Any:
            if value not in allowed or isinstance(value, bool):
                raise self.wrong(f"is none of {', '.join(map(str, allowed))}")
            return value

        return read

    def many(self, read: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
        def all_(value: Any) -> tuple[T, ...]:
            if not isinstance(value, list):
                raise self.wrong("is no list")
            return tuple(self.at(str(index), read, item) for index, item in enumerate(value))

        return all_

    def pair(self, value: Any) -> tuple[str, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise self.wrong("is no pair")
        return self.text(value[0]), value[1]

    def program(self, value: Any) -> Program:
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise self.wrong(f"does not say that its format is {FORMAT!r}")
        version = value.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise self.wrong("has no version")
        if version > FORMAT_VERSION:
            raise ProgramError(
                f"this program has format {version}; this engine reads up to {FORMAT_VERSION}: it is newer"
            )
        names = (
            "format version name dates closing scenarios columns families constants inputs equations outputs "
            "checks projections"
        )
        data = self.fields(value, names, "tables alerts")
        return Program(
            name=self.at("name", self.text, data["name"]),
            dates=self.at("dates", self.many(self.date), data["dates"]),
            closing=self.at("closing", self.whole, data["closing"]),
            equations=self.at("equations", self.many(self.equation), data["equations"]),
            families=self.at("families", self.many(self.family), data["families"]),
            constants=self.at("constants", self.many(self.constant), data["constants"]),
            inputs=self.at("inputs", self.many(self.input), data["inputs"]),
            outputs=self.at("outputs", self.many(self.output), data["outputs"]),
            checks=self.at("checks", self.many(self.check), data["checks"]),
            projections=self.at("projections", self.many(self.projection), data["projections"]),
            scenarios=self.at("scenarios", self.many(self.text), data["scenarios"]),
            columns=self.at("columns", self.many(self.column), data["columns"]),
            tables=self.at("tables", self.many(self.table), data.get("tables", [])),
            alerts=self.at("alerts", self.many(self.alert), data.get("alerts", [])),
            version=version,
        )

    def table(self, value: Any) -> ReportTable:
        data = self.fields(value, "name columns rows")
        return ReportTable(
            self.at("name", self.text, data["name"]),
            self.at("columns", self.many(self.table_column), data["columns"]),
            self.at("rows", self.many(self.many(self.cell)), data["rows"]),
        )

    def table_column(self, value: Any) -> Column:
        data = self.fields(value, "name unit")
        return Column(self.at("name", self.text, data["name"]), self.at("unit", self.text, data["unit"]))

    def cell(self, value: Any) -> Cell:
        data = self.fields(value, "", "text output choices")
        return Cell(
            self.at("text", self.text, data.get("text", "")),
            self.at("output", self.text, data["output"]) if "output" in data else None,
            self.at("choices", self.many(self.text), data.get("choices", [])),
        )

    def kind(self, value: Any) -> Kind:
        found: Kind = self.one_of(get_args(Kind))(value)
        return found

    def axes(self, value: Any) -> tuple[Axis, ...]:
        return self.many(self.one_of(get_args(Axis)))(value)

    def var(self, value: Any) -> Var:
        data = self.fields(value, "name kind", "rows")
        rows = self.at("rows", self.text, data["rows"]) if "rows" in data else None
        return Var(self.at("name", self.text, data["name"]), self.at("kind", self.kind, data["kind"]), rows)

    def operand(self, value: Any) -> Operand:
        if not (isinstance(value, dict) and "literal" in value):
            return self.var(value)
        data = self.fields(value, "literal kind")
        literal = data["literal"]
        found = literal if isinstance(literal, bool) else self.at("literal", self.number, literal)
        return Literal(found, self.at("kind", self.kind, data["kind"]))

    def origin(self, data: dict[str, Any]) -> Origin | None:
        return self.at("origin", self._origin, data["origin"]) if "origin" in data else None

    def _origin(self, value: Any) -> Origin:
        data = self.fields(value, "label", "span")
        span = None
        if "span" in data:
            parts = data["span"]
            if not isinstance(parts, list) or len(parts) != 5:
                raise self.wrong("has a span that is none")
            span = Span(self.text(parts[0]), *(self.whole(part) for part in parts[1:]))
        return Origin(self.at("label", self.text, data["label"]), span)

    def attribute(self, value: Any) -> tuple[str, Attribute]:
        name, found = self.pair(value)
        if isinstance(found, (bool, int, str)):
            return name, found
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return name, tuple(found)
        if isinstance(found, list) and all(isinstance(i, int) and not isinstance(i, bool) for i in found):
            return name, tuple(found)
        raise self.wrong(f"has an attribute {name!r} that is none")

    def operation(self, value: Any) -> Operation:
        """Any text: that there is a primitive of that name is for `verify` to say, with all else that is wrong."""
        return cast(Operation, self.text(value))

    def equation(self, value: Any) -> Equation:
        data = self.fields(value, "result op operands", "attributes origin")
        return Equation(
            self.at("result", self.var, data["result"]),
            self.at("op", self.operation, data["op"]),
            self.at("operands", self.many(self.operand), data["operands"]),
            self.at("attributes", self.many(self.attribute), data.get("attributes", [])),
            self.origin(data),
        )

    def family(self, value: Any) -> Family:
        data = self.fields(value, "name labels")
        return Family(self.text(data["name"]), self.at("labels", self.many(self.text), data["labels"]))

    def constant(self, value: Any) -> Constant:
        data = self.fields(value, "var axes values")
        return Constant(
            self.at("var", self.var, data["var"]),
            self.at("axes", self.axes, data["axes"]),
            self.at("values", self.many(self.number), data["values"]),
        )

    def random(self, value: Any) -> Random:
        data = self.fields(value, "distribution factor")
        distribution = self.at("distribution", self.one_of(("normal", "uniform")), data["distribution"])
        return Random(distribution, self.at("factor", self.text, data["factor"]))

    def input(self, value: Any) -> Input:
        data = self.fields(value, "name var axes", "unit default random dates origin")
        return Input(
            self.at("name", self.text, data["name"]),
            self.at("var", self.var, data["var"]),
            self.at("axes", self.axes, data["axes"]),
            self.at("unit", self.text, data.get("unit", "")),
            self.at("default", self.many(self.number), data["default"]) if "default" in data else None,
            self.at("random", self.random, data["random"]) if "random" in data else None,
            self.at("dates", self.many(self.whole), data["dates"]) if "dates" in data else None,
            self.origin(data),
        )

    def output(self, value: Any) -> Output:
        data = self.fields(value, "name var form", "unit determined asked origin statistic level why")
        return Output(
            self.at("name", self.text, data["name"]),
            self.at("var", self.var, data["var"]),
            self.at("form", self.one_of(("series", "figure")), data["form"]),
            self.at("unit", self.text, data.get("unit", "")),
            self.at("determined", self.operand, data["determined"]) if "determined" in data else None,
            self.at("asked", self.flag, data.get("asked", False)),
            self.origin(data),
            self.at("statistic", self.text, data["statistic"]) if "statistic" in data else None,
            self.at("level", self.number, data["level"]) if "level" in data else None,
            self.at("why", self.text, data.get("why", "")),
        )

    def check(self, value: Any) -> Check:
        data = self.fields(
            value,
            "name rule var severity code message",
            "scale determined scenarios origin observed observed_determined target unit",
        )
        return Check(
            self.at("name", self.text, data["name"]),
            self.at("rule", self.one_of(("zero", "nonnegative", "holds")), data["rule"]),
            self.at("var", self.var, data["var"]),
            self.at("severity", self.one_of(("error", "verdict")), data["severity"]),
            self.at("code", self.text, data["code"]),
            self.at("message", self.text, data["message"]),
            self.at("scale", self.operand, data["scale"]) if "scale" in data else None,
            self.at("determined", self.operand, data["determined"]) if "determined" in data else None,
            self.at("scenarios", self.many(self.whole), data["scenarios"]) if "scenarios" in data else None,
            self.origin(data),
            self.at("observed", self.var, data["observed"]) if "observed" in data else None,
            self.at("observed_determined", self.operand, data["observed_determined"])
            if "observed_determined" in data
            else None,
            self.at("target", self.number, data["target"]) if "target" in data else None,
            self.at("unit", self.text, data.get("unit", "")),
        )

    def projection(self, value: Any) -> Projection:
        data = self.fields(value, "input output")
        return Projection(self.text(data["input"]), self.text(data["output"]))

    def alert(self, value: Any) -> Alert:
        data = self.fields(value, "who what raised observed threshold")
        return Alert(**{name: self.at(name, self.text, text) for name, text in data.items()})

    def column(self, value: Any) -> tuple[str, tuple[Fraction, ...]]:
        name, values = self.pair(value)
        return name, self.at(name, self.many(self.number), values)
