"""Expressions: the parse tree's rules to `syntax` nodes, called as each rule is read (so nothing recurses)."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any, Literal, cast

import attrs
from lark import Transformer

from ...engine.ir import Span
from .. import syntax
from .from_tree_base import Child, Piece, after, cover, error, every, made, piece, pieces, reading, span_of
from .nesting import Word
from .tokens import MOST_LEVELS, SYMBOLS

_SINGULAR = {
    "years": "year",
    "months": "month",
    "weeks": "week",
    "days": "day",
    "hours": "hour",
    "quarters": "quarter",
    "minutes": "minute",
    "seconds": "second",
}
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
LONGEST_UNIT, MOST_UNITS = 80, 8
FIRST_YEAR, LAST_YEAR = 1901, 2199


def unit_terms(word: Word, power: int) -> tuple[syntax.UnitTerm, ...]:
    """`GPU-hours` is GPU and hour; plurals of time are singular."""
    found: list[syntax.UnitTerm] = []
    if len(str(word)) > LONGEST_UNIT:
        error("E0121", "no unit is as long as this", word.span, f"at most {LONGEST_UNIT} characters")
        return ()
    column = word.span.column
    for part in str(word).split("-"):
        place = Span(word.span.file, word.span.line, column, word.span.line, column + len(part))
        found.append(syntax.UnitTerm(_SINGULAR.get(part, part), power, place))
        column += len(part) + 1
    return tuple(found)


def date_of(word: Word) -> datetime.date:
    """A date literal's value; an impossible one is reported and read as a date near it."""
    year, month, day = (int(part) for part in str(word).split("-"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        error(
            "E0107",
            f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}",
            word.span,
            "out of range",
            "write `never` for what does not happen" if year > LAST_YEAR else None,
        )
        year = min(max(year, FIRST_YEAR), LAST_YEAR)
    if not 1 <= month <= 12:
        swapped = f"{year}-{day:02}-{month:02}"
        error(
            "E0106",
            f"there is no month {month}",
            word.span,
            "year-month-day",
            f"write `{swapped}`" if 1 <= day <= 12 and 1 <= month <= 31 else "months run from 01 to 12",
        )
        month = 12
    try:
        value = datetime.date(year, month, day)
    except ValueError:
        last = (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)).day
        name = datetime.date(year, month, 1).strftime("%B")
        error(
            "E0106",
            f"there is no {day} {name} {year}",
            word.span,
            "no such day",
            f"{name} {year} ends on the {last}th: write `{year}-{month:02}-{last}`"
            if last != 31
            else f"{name} ends on the 31st: write `{year}-{month:02}-31`",
        )
        return datetime.date(year, month, last)
    if len(str(word)) != 10:
        error(
            "E0106",
            "a date has four digits of the year, two of the month, two of the day",
            word.span,
            "digits are missing",
            f"write `{value.isoformat()}`",
        )
    return value


@attrs.frozen(slots=True, eq=False)
class Moved:
    """`term at opening`, inside a state's sum."""

    value: syntax.Expression
    at: Literal["opening", "close"]
    span: Span


def plain(child: Child) -> Any:
    """An expression where a movement (`drawn at opening`) has no place."""
    if not isinstance(child, Piece):
        return child
    terms: list[tuple[str, Span, Any]] = child.value
    movement = next(term for _, _, term in terms if isinstance(term, Moved))
    error(
        "E0124",
        f"`at {movement.at}` belongs to a plus or minus term of a state",
        movement.span,
        "not a term of the state's sum",
        "write `state x = start, then opening x + term at opening`",
    )
    whole = terms[0][2]
    whole = whole.value if isinstance(whole, Moved) else whole
    for operator, place, term in terms[1:]:
        right = term.value if isinstance(term, Moved) else term
        whole = made(
            syntax.Binary(cover(whole.span, right.span), cast(Any, operator), whole, right, place), whole, right
        )
    return whole


class Expressions(Transformer[Word, Any]):
    """Rules of expressions. Each method's docstring-free body mirrors one rule of `grammar.lark`."""

    # ------------------------------------------------------------------------------------- literals

    def number(self, children: list[Child]) -> syntax.Number:
        word, unit = children
        text = str(word)
        if text.endswith("%"):
            value, form = Fraction(text[:-1].replace("_", "")) / 100, "percent"
        elif text.endswith("bp"):
            value, form = Fraction(text[:-2].replace("_", "")) / 10_000, "basis_points"
        elif text.endswith("x"):
            value, form = Fraction(text[:-1].replace("_", "")), "multiple"
        else:
            value, form = Fraction(text.replace("_", "")), "plain"
        units = unit_terms(unit, 1) if unit is not None else ()
        return syntax.Number(span_of(children), value, text, cast(Any, form), units)

    def money(self, children: list[Child]) -> syntax.Money:
        (word,) = children
        text = str(word)
        currency = SYMBOLS.get(text[0]) or text[:3]
        figure = text[1:] if text[0] in SYMBOLS else text[3:].lstrip()
        digits = figure.rstrip("kmbn")
        value = Fraction(digits.replace("_", "")) * _SCALES[figure[len(digits) :]]
        return syntax.Money(word.span, value, text, currency)

    def date(self, children: list[Child]) -> syntax.DateLiteral:
        (word,) = children
        return syntax.DateLiteral(word.span, None if word.type == "NEVER" else date_of(word))

    def text(self, children: list[Child]) -> syntax.Text:
        return syntax.Text(children[0].span, str(children[0]))

    def boolean(self, children: list[Child]) -> syntax.Boolean:
        return syntax.Boolean(children[0].span, children[0].type == "TRUE")

    def daycount_name(self, children: list[Child]) -> syntax.DayCount:
        return syntax.DayCount(children[0].span, str(children[0]))

    def name(self, children: list[Child]) -> syntax.Name:
        parts = [child for child in children if child.type == "NAME"]
        return syntax.Name(span_of(children), tuple(str(part) for part in parts), tuple(part.span for part in parts))

    def names(self, children: list[Child]) -> Piece:
        return Piece("names", every(children, syntax.Name), span_of(children))

    # ------------------------------------------------------------------------------------- operators

    def binary(self, children: list[Child], operator: str) -> syntax.Expression:
        left, word, right = plain(children[0]), children[1], plain(children[2])
        node = syntax.Binary(cover(left.span, right.span), cast(Any, operator), left, right, word.span)
        return made(node, left, right)

    def logical(self, children: list[Child]) -> syntax.Expression:
        return self.binary(children, children[1].type.lower())

    def relational(self, children: list[Child]) -> Word:
        return cast(Word, children[0])

    def compare(self, children: list[Child]) -> syntax.Expression:
        return self.binary(children, str(children[1]))

    def arithmetic(self, children: list[Child]) -> syntax.Expression | Piece:
        left, word, right = children
        if not isinstance(left, Piece) and not isinstance(right, Piece):
            return self.binary(children, str(word))
        # A sum with a movement in it stays a flat list, until the state that it belongs to takes it apart.
        terms = left.value if isinstance(left, Piece) else [("+", word.span, left)]
        term = right.value[0][2] if isinstance(right, Piece) else right
        if len(terms) == MOST_LEVELS:
            error("E0118", f"this state has more than {MOST_LEVELS} movements", word.span, "too many from here on")
        if len(terms) <= MOST_LEVELS:
            terms.append((str(word), word.span, term))
        return Piece("moving", terms, span_of(children))

    def moved(self, children: list[Child]) -> Piece:
        value, _at, moment = children
        at: Literal["opening", "close"] = "opening" if str(moment) == "opening" else "close"
        if str(moment) not in ("opening", "close"):
            error(
                "E0102",
                f"`{moment}` is not a moment of a state",
                moment.span,
                "`opening` or `close` is meant",
                "write `at opening` or `at close`",
            )
        span = span_of(children)
        return Piece("moving", [("+", span, Moved(value, at, span))], span)

    def negated(self, children: list[Child]) -> syntax.Expression:
        operand = plain(children[1])
        return made(syntax.Unary(span_of(children), "not", operand), operand)

    def negative(self, children: list[Child]) -> syntax.Expression:
        operand = plain(children[1])
        return made(syntax.Unary(span_of(children), "-", operand), operand)

    def conditional_value(self, children: list[Child]) -> syntax.Expression:
        condition, then, otherwise = (plain(children[position]) for position in (1, 3, 5))
        node = syntax.Conditional(span_of(children), condition, then, otherwise)
        return made(node, condition, then, otherwise)

    def within(self, children: list[Child]) -> syntax.Expression:
        unit, start, _to, end = children[0], plain(children[1]), children[2], plain(children[3])
        return made(syntax.Within(span_of(children), cast(Any, str(unit).split()[0]), start, end), start, end)

    def bracketed(self, children: list[Child]) -> syntax.Expression:
        """Brackets leave no node, but widen the span, and say that `is`, `or`, `-` inside are not the outermost."""
        inner = plain(children[1])
        node = attrs.evolve(inner, span=span_of(children))
        context = reading.get()
        if id(inner) in context.depths:
            context.depths[id(node)] = (context.depths[id(inner)][0], node)
        context.bracketed.add(id(node))
        context.kept.append(node)
        return cast(syntax.Expression, node)

    def per(self, children: list[Child]) -> syntax.Expression:
        operand, _per, word = children
        units = unit_terms(word, -1)
        span = span_of(children)
        if len(getattr(operand, "units", ())) >= MOST_UNITS:
            if len(operand.units) == MOST_UNITS:
                # Always at the same place, so that it is said once however many follow.
                error("E0121", f"a price is per at most {MOST_UNITS} units", operand.span, "too many units")
            return cast(syntax.Expression, operand)
        open = id(operand) not in reading.get().bracketed
        if open and isinstance(operand, syntax.Number):
            return syntax.Number(span, operand.value, operand.text, operand.form, operand.units + units)
        if open and isinstance(operand, syntax.Money):
            return syntax.Money(span, operand.value, operand.text, operand.currency, operand.units + units)
        if open and isinstance(operand, syntax.Per):
            return made(syntax.Per(span, operand.operand, operand.units + units), operand.operand)
        return made(syntax.Per(span, operand, units), operand)

    def falls(self, children: list[Child]) -> syntax.Expression:
        return made(syntax.Falls(span_of(children), children[0]), children[0])

    def on_date(self, children: list[Child]) -> syntax.Expression:
        operand, _on, date = children
        return made(syntax.OnDate(span_of(children), operand, date), operand, date)

    # ------------------------------------------------------------------------------------- names at work

    def reading(self, children: list[Child]) -> syntax.Reading:
        return syntax.Reading(span_of(children), cast(Any, str(children[0])), children[1])

    def edge(self, children: list[Child]) -> syntax.EdgeDate:
        return syntax.EdgeDate(span_of(children), cast(Any, str(children[0])), children[1])

    def prefixed(self, children: list[Child]) -> syntax.Call:
        word, name = children
        function = syntax.Name(word.span, (str(word),), (word.span,))
        return syntax.Call(span_of(children), function, (syntax.Argument(None, name, name.span),))

    def count(self, children: list[Child]) -> syntax.Expression:
        bounds = tuple(bound.value for bound in pieces(children, "bound"))
        node = syntax.DateCount(span_of(children), children[1], bounds)
        return made(node, *(value for _, value in bounds))

    def bound(self, children: list[Child]) -> Piece:
        return Piece("bound", (str(children[0]), children[1]), span_of(children))

    def table(self, children: list[Child]) -> syntax.Table:
        word, path, _column, column, _on, on = children
        form: Any = str(word)
        return syntax.Table(span_of(children), form, path, None if column is None else str(column), on)

    def take(self, children: list[Child]) -> syntax.Expression:
        _take, _open, limit, _comma, _of, amount, _comma2, order, key, first, _comma3, _where, where, _close = children
        if str(order) not in ("lowest", "highest") or str(first) != "first":
            error(
                "E0102",
                "`take` fills a limit in an order: `lowest x first` or `highest x first`",
                cover(order.span, first.span),
                "not an order",
                "write `take(limit, of x, lowest key first)`",
            )
        limit, amount = plain(limit), plain(amount)
        where = None if where is None else plain(where)
        side: Any = "highest" if str(order) == "highest" else "lowest"
        node = syntax.Take(span_of(children), limit, amount, side, key, where)
        return made(node, limit, amount, *(() if where is None else (where,)))

    def kinds(self, children: list[Child]) -> Piece:
        words = [child for child in children if child.type == "NAME"]
        return Piece("kinds", tuple((str(word), word.span) for word in words), span_of(children))

    def circles(self, children: list[Child]) -> syntax.Circles:
        limit = after(children, "UP_TO")
        most: int | None = None
        if limit is not None:
            units = [term.name for term in limit.units]
            counted = limit.value if units in ([], ["edge"], ["edges"]) else Fraction(0)
            if counted.denominator != 1 or counted < 1 or limit.form != "plain":
                error(
                    "E0262",
                    "the length of a circle is a number of edges",
                    limit.span,
                    "1, 2, 3 …",
                    "write `circles(up to 4 edges)`",
                )
            else:
                most = int(counted)
        kinds: tuple[tuple[str, Span], ...] = piece(children, "kinds") or ()
        return syntax.Circles(
            span_of(children), most, tuple(kind for kind, _ in kinds), tuple(place for _, place in kinds)
        )

    def none_of(self, children: list[Child]) -> syntax.Expression:
        return syntax.NoneOf(span_of(children), children[1])

    def call(self, children: list[Child]) -> syntax.Expression:
        where, on = after(children, "WHERE"), after(children, "ON")
        arguments: tuple[syntax.Argument, ...] = piece(children, "arguments") or ()
        node = syntax.Call(span_of(children), children[0], arguments, where, on)
        return made(node, *(argument.value for argument in arguments), *(x for x in (where, on) if x is not None))

    def arguments(self, children: list[Child]) -> Piece:
        arguments = every(children, syntax.Argument)
        named: dict[str, syntax.Argument] = {}
        for argument in arguments:
            if argument.name is None:
                if named:
                    error(
                        "E0116",
                        "an argument without a name follows one with a name",
                        argument.span,
                        "which argument is this?",
                        "name it, or put it before the named ones",
                    )
            elif argument.name in named:
                error("E0117", f"`{argument.name}` is given twice", argument.span, "again", "keep one of them")
            else:
                named[argument.name] = argument
        return Piece("arguments", arguments, span_of(children))

    def positional(self, children: list[Child]) -> syntax.Argument:
        value = plain(children[0])
        return syntax.Argument(None, value, value.span)

    def named(self, children: list[Child]) -> syntax.Argument:
        return syntax.Argument(str(children[0]), plain(children[2]), span_of(children))

    def listing(self, children: list[Child]) -> syntax.Expression:
        span = span_of(children)
        inside = [child for child in children if child is not None and not isinstance(child, Word)]
        pairs = pieces(inside, "pair")
        if not pairs:
            items = tuple(plain(child) for child in inside)
            return made(syntax.ListOf(span, items), *items)
        for child in inside:
            if child not in pairs:
                error(
                    "E0102",
                    "a list holds either values or points, not both",
                    child.span,
                    "not a point",
                    "write every point as `key: value`",
                )
        node = syntax.Pairs(span, tuple(pair.value for pair in pairs))
        return made(node, *(part for pair in pairs for part in pair.value))

    def pair(self, children: list[Child]) -> Piece:
        return Piece("pair", (plain(children[0]), plain(children[2])), span_of(children))

    # ------------------------------------------------------------------------------------- types

    def type_name(self, children: list[Child]) -> syntax.TypeName:
        units = tuple(term for word in children if word.type == "MEASURE" for term in unit_terms(word, -1))
        return syntax.TypeName(str(children[0]), units, False, False, span_of(children))

    def type_of(self, children: list[Child]) -> syntax.TypeName:
        word, _of, inner = children
        if str(word) not in ("series", "list"):
            error("E0102", f"`{word} of` is not a type", word.span, "`series of` or `list of` is meant")
        return syntax.TypeName(
            inner.base,
            inner.units,
            inner.series or str(word) == "series",
            inner.many or str(word) == "list",
            span_of(children),
        )
