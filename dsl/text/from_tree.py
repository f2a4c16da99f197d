"""The parse tree to the syntax tree: one method a rule or alias of `grammar.lark`.

The parser calls each method as it reads the rule, so a hostile text nests nothing on Python's own stack. This file
has what a deal is checked by and what runs it; `from_tree_items` has declarations, `from_tree_steps` waterfalls,
`from_tree_expression` expressions.
"""

from __future__ import annotations

from typing import Any, cast

from .. import syntax
from ..messages.diagnostics import Label
from .from_tree_base import (
    Child,
    Piece,
    after,
    declared,
    error,
    every,
    piece,
    pieces,
    pieces_once,
    reading,
    span_of,
    twice,
)
from .from_tree_expression import plain
from .from_tree_items import ItemRules
from .from_tree_relation import relation_of
from .from_tree_schedule import schedule_of
from .nesting import Word


class Maker(ItemRules):
    """All rules of the grammar."""

    def start(self, children: list[Child]) -> tuple[syntax.AnyItem, ...]:
        items: Any = tuple(child for child in children if isinstance(child, syntax.Item))
        return cast(tuple[syntax.AnyItem, ...], items)

    def value_only(self, children: list[Child]) -> syntax.Expression:
        value: syntax.Expression = plain(children[0])
        return value

    # ------------------------------------------------------------------------------------- schedules

    def on_day(self, children: list[Child]) -> Piece:
        word = children[1]
        text = str(word)
        if not text.isdigit() or not 1 <= int(text) <= 31:
            error("E0106", f"a month has no day {text}", word.span, "1 to 31", "for its last, `on the last day`")
            return Piece("day", 31, span_of(children))
        return Piece("day", int(text), span_of(children))

    def on_last_day(self, children: list[Child]) -> Piece:
        return Piece("day", "last", span_of(children))

    def options(self, children: list[Child]) -> Piece:
        found = pieces(children, "words", "calendar", "from")
        return Piece("options", found, span_of(children) if found else None)

    def option_words(self, children: list[Child]) -> Piece:
        return Piece("words", " ".join(str(word) for word in children if word is not None), span_of(children))

    def option_calendar(self, children: list[Child]) -> Piece:
        texts = tuple(syntax.Text(word.span, str(word)) for word in children if word.type == "TEXT")
        return Piece("calendar", (children[0], texts), span_of(children))

    def option_from(self, children: list[Child]) -> Piece:
        return Piece("from", (children[0], plain(children[2])), span_of(children))

    def schedule_every(self, children: list[Child]) -> syntax.ScheduleDeclaration:
        name, number, unit = children[1], children[4], children[5]
        return schedule_of(self.common(children, name), children, name, every=(number, unit))

    def schedule_word(self, children: list[Child]) -> syntax.ScheduleDeclaration:
        return schedule_of(self.common(children, children[1]), children, children[1], word=children[3])

    def schedule_dates(self, children: list[Child]) -> syntax.ScheduleDeclaration:
        name, word, dates = children[1], children[3], children[4]
        if word.parts != ("dates",):
            error(
                "E0130",
                f"`{word.text}` is not how a schedule begins",
                word.span,
                "`dates` is meant",
                f"write `schedule {name} = dates [2027-01-01, 2028-01-01]`",
            )
        return schedule_of(self.common(children, name), children, name, dates=dates)

    # ------------------------------------------------------------------------------------- triggers and ranks

    def trigger_on(self, children: list[Child]) -> Piece:
        return Piece("on", children[1], span_of(children))

    def trigger_after(self, children: list[Child]) -> Piece:
        return Piece("after", True, span_of(children))

    def trigger_from(self, children: list[Child]) -> Piece:
        return Piece("from", children[1], span_of(children))

    def trigger_when(self, children: list[Child]) -> Piece:
        return Piece("when", children[-1], span_of(children))

    def trigger_until(self, children: list[Child]) -> Piece:
        return Piece("until", children[-1], span_of(children))

    def trigger_permanently(self, children: list[Child]) -> Piece:
        return Piece("permanently", True, span_of(children))

    def test(self, children: list[Child]) -> syntax.Test:
        condition, _for, count, _tests = children
        if (
            count is not None
            and isinstance(condition, syntax.Binary)
            and condition.operator in ("or", "and")
            and id(condition) not in reading.get().bracketed
        ):
            error(
                "E0131",
                f"`for {getattr(count, 'text', 'n')} tests` after `{condition.operator}`: of which condition?",
                span_of(children[1:]),
                "of both, or of the last?",
                "put the whole condition into brackets, or make the last one a trigger of its own",
                (Label(condition.operator_span, "these are two conditions"),),
            )
        return syntax.Test(condition, count, span_of(children))

    def trigger(self, children: list[Child]) -> syntax.TriggerDeclaration:
        name = children[1]
        found = pieces_once(children, f"the trigger `{name}`", "on", "after", "from", "when", "until", "permanently")
        values = {kind: part.value for kind, part in found.items()}
        if "when" not in values:
            error(
                "E0132",
                f"the trigger `{name}` does not say when it fires",
                name.span,
                "when?",
                f"write `trigger {name} when dscr < 1.15x, until dscr >= 1.20x`",
            )
        if "until" in values and "permanently" in values:
            twice(found["permanently"], found["until"], f"how the trigger `{name}` ends:")
        never = syntax.Test(syntax.Boolean(name.span, False), None, name.span)
        return syntax.TriggerDeclaration(
            **self.common(children, name),
            name=declared(name),
            on=values.get("on"),
            after_payments="after" in values,
            start=values.get("from"),
            when=values.get("when") or never,
            until=values.get("until"),
            permanently="permanently" in values,
        )

    def waiver(self, children: list[Child]) -> syntax.WaiverDeclaration:
        name, trigger, rank = children[1], children[3], after(children, "RANK")
        if rank is not None and not str(rank).isdigit():
            error("E0102", "a rank is a whole number", rank.span, "1, 2, 3 …")
            rank = None
        return syntax.WaiverDeclaration(
            **self.common(children, name),
            name=declared(name),
            trigger=trigger,
            start=after(children, "FROM"),
            end=after(children, "TO"),
            rank=None if rank is None else int(str(rank)),
        )

    def rank_one(self, children: list[Child]) -> Piece:
        return Piece("rank", (children[0],), children[0].span)

    def rank_equal(self, children: list[Child]) -> Piece:
        return Piece("rank", piece(children, "names"), span_of(children))

    def ranking(self, children: list[Child]) -> syntax.RankingDeclaration:
        return syntax.RankingDeclaration(
            **self.common(children), ranks=tuple(rank.value for rank in pieces(children, "rank"))
        )

    # ------------------------------------------------------------------------------------- scenarios

    def overrides(self, block: Piece) -> tuple[syntax.Override, ...]:
        found: dict[str, syntax.Override] = {}
        for entry in block.value:
            override = entry
            if isinstance(entry, Piece):
                name, value, funding, _ = entry.value
                if funding is not None:
                    error("E0128", "a scenario sets values", funding[0].span, "from whom?", "leave out `from …`")
                override = syntax.Override(name, value, False, None, entry.span)
            key = override.name.text
            if key in found:
                error(
                    "E0117",
                    f"`{key}` is given twice",
                    override.name.span,
                    "again",
                    "keep one of them",
                    (Label(found[key].name.span, "first given here"),),
                )
                continue
            found[key] = override
        return tuple(found.values())

    def scenario(self, children: list[Child]) -> syntax.ScenarioDeclaration:
        text, block = children[1], pieces(children, "fields")[0]
        return syntax.ScenarioDeclaration(
            **self.common(children, text),
            name=str(text),
            after=every(children, syntax.Text),
            overrides=self.overrides(block),
        )

    def ranged(self, children: list[Child]) -> Piece:
        return Piece("range", (children[0], children[2]), span_of(children))

    def scenarios_over(self, children: list[Child]) -> syntax.ScenariosOver:
        return syntax.ScenariosOver(
            **self.common(children), ranges=tuple(part.value for part in pieces(children, "range"))
        )

    def simulate(self, children: list[Child]) -> syntax.Simulate:
        block = children[1]
        own = tuple(one for one in pieces(block.value, "field") if one.value[0].text == "paths")
        laws = tuple(one for one in block.value if one not in own)
        return syntax.Simulate(
            **self.common(children),
            fields=self.as_fields(Piece("fields", own, block.span), "`simulate`"),
            draws=self.overrides(Piece("fields", laws, block.span)),
        )

    # ------------------------------------------------------------------------------------- checks

    def in_scenarios(self, children: list[Child]) -> Piece:
        names = tuple(child for child in children if isinstance(child, syntax.Name | syntax.Text))
        return Piece("scenarios", names, span_of(children))

    def every_scenario(self, children: list[Child]) -> Piece:
        span = span_of(children)
        return Piece("scenarios", (syntax.Name(span, ("every",), (span,)),), span)

    @staticmethod
    def label_of(children: list[Child]) -> str | None:
        word = next((child for child in children if isinstance(child, Word) and child.type == "LABEL"), None)
        return None if word is None else str(word)

    def require(self, children: list[Child]) -> syntax.Require:
        return syntax.Require(
            **self.common(children),
            label=self.label_of(children),
            condition=plain(children[2]),
            scenarios=piece(children, "scenarios") or (),
        )

    def always(self, children: list[Child]) -> syntax.Always:
        return syntax.Always(**self.common(children), label=self.label_of(children), condition=plain(children[2]))

    def waive(self, children: list[Child]) -> syntax.Waive:
        code = children[1]
        return syntax.Waive(
            **self.common(children, code),
            code=declared(code),
            of=after(children, "OF"),
            until=plain(after(children, "UNTIL")),
        )

    def expect(self, children: list[Child]) -> syntax.Expect:
        value, tolerance = plain(children[2]), plain(after(children, "WITHIN"))
        target: syntax.Expression | None = None
        outermost = isinstance(value, syntax.Binary) and id(value) not in reading.get().bracketed
        if outermost and value.operator == "is":
            value, target = value.left, value.right
        elif tolerance is not None:
            error(
                "E0133",
                "`within` is the tolerance of a figure: `expect x is y within z`",
                tolerance.span,
                "of which figure?",
                "write `is` between the measure and the figure it should be",
            )
        return syntax.Expect(
            **self.common(children),
            label=self.label_of(children),
            value=value,
            target=target,
            tolerance=tolerance,
            scenarios=piece(children, "scenarios") or (),
        )

    def row(self, children: list[Child]) -> syntax.ExpectRow:
        return syntax.ExpectRow(children[0], tuple(plain(child) for child in children[1:]), span_of(children))

    def expect_table(self, children: list[Child]) -> syntax.Expect:
        rows = every(children, syntax.ExpectRow)
        for row in rows[1:]:
            if len(row.values) != len(rows[0].values):
                error(
                    "E0133",
                    f"this row has {len(row.values)} figures and the first has {len(rows[0].values)}",
                    row.span,
                    f"{len(row.values)} figures",
                    "one figure a value of the ranged term",
                    (Label(rows[0].span, f"{len(rows[0].values)} figures"),),
                )
        return syntax.Expect(
            **self.common(children),
            label=self.label_of(children),
            value=plain(children[2]),
            target=None,
            tolerance=plain(after(children, "WITHIN")),
            scenarios=(),
            by=after(children, "BY"),
            where=plain(after(children, "WHERE")),
            rows=rows,
        )

    def report_line(self, children: list[Child]) -> syntax.ReportLine:
        return syntax.ReportLine(self.label_of(children), plain(children[2]), span_of(children))

    def report(self, children: list[Child]) -> syntax.Report:
        return syntax.Report(**self.common(children), lines=every(children, syntax.ReportLine))

    # ------------------------------------------------------------------------------------- curves

    def credit_curve(self, children: list[Child]) -> syntax.CurveDeclaration:
        name = children[1]
        return syntax.CurveDeclaration(
            **self.common(children, name),
            form="credit",
            name=declared(name),
            fields=self.as_fields(children[2], "a credit curve"),
        )

    def rate_curve(self, children: list[Child]) -> syntax.CurveDeclaration:
        name = children[1]
        return syntax.CurveDeclaration(
            **self.common(children, name),
            form="rate",
            name=declared(name),
            fields=self.as_fields(children[2], "a rate curve"),
        )

    # ------------------------------------------------------------------------------------- what later versions run

    def later(self, children: list[Child], name: Word | None = None, **given: Any) -> syntax.Later:
        parts: dict[str, Any] = {"expressions": (), "names": (), "fields": (), **given}
        return syntax.Later(
            **self.common(children, name),
            construct=str(children[0]),
            name=None if name is None else declared(name),
            **parts,
        )

    def solve(self, children: list[Child]) -> syntax.Later:
        bounds = (after(children, "IN"), after(children, "DOTS"), after(children, "SO_THAT"))
        return self.later(children, expressions=bounds, names=piece(children, "names"))

    def sweep(self, children: list[Child]) -> syntax.Later:
        values = (after(children, "IN"), after(children, "DOTS"), after(children, "BY"))
        return self.later(children, expressions=tuple(x for x in values if x is not None), names=(children[1],))

    def relation(self, children: list[Child]) -> syntax.RelationDeclaration | Piece:
        # What makes no relation has been reported, and is left out.
        return relation_of(self.common(children, children[1]), children) or Piece("unread", None, span_of(children))
