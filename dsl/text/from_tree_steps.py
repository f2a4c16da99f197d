"""Steps of a waterfall, and the acts of the day: the parse tree's rules to `syntax` nodes."""

from __future__ import annotations

from typing import Any

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
)
from .from_tree_expression import Expressions

Steps = tuple[syntax.Step, ...]


def per_year(cap: syntax.Expression | None) -> tuple[syntax.Expression | None, bool]:
    """`$5m per year` as a cap: the amount, and that it holds for a year."""
    if cap is None or id(cap) in reading.get().bracketed:
        return cap, False
    if isinstance(cap, syntax.Money) and len(cap.units) == 1 and cap.units[0].name == "year":
        return syntax.Money(cap.span, cap.value, cap.text, cap.currency), True
    if isinstance(cap, syntax.Per) and len(cap.units) == 1 and cap.units[0].name == "year":
        return cap.operand, True
    return cap, False


def inverse(condition: syntax.Expression) -> syntax.Expression:
    """`unless c` is `when not c`."""
    return syntax.Unary(condition.span, "not", condition)


class StepRules(Expressions):
    """Rules of what a waterfall does."""

    def steps(self, children: list[Child]) -> Piece:
        """A block's steps; where lines have labels, `Line`s."""
        lines: list[tuple[Piece, list[syntax.Step], list[syntax.Citation]]] = []
        for entry in pieces(children, "entry"):
            label, step, cite, because = entry.value
            if because is not None:
                error(
                    "E0102",
                    "a step cannot say `because`",
                    entry.span,
                    "a requirement gives a reason",
                    "put it into a comment (`--`), or cite a clause",
                )
            if label is not None or not lines:
                lines.append((entry, [] if step is None else [step], list(cite)))
            else:
                lines[-1][1].append(step)
                lines[-1][2].extend(cite)
        found: list[syntax.Line] = []
        for head, steps, cites in lines:
            span = span_of([head, *steps[-1:]])
            found.append(syntax.Line(label=head.value[0], steps=tuple(steps), span=span, cite=tuple(cites)))
            if not steps:
                error(
                    "E0125",
                    f'the line "{head.value[0]}" does nothing',
                    head.span,
                    "no step follows the label",
                    "write a step after it: `pay …`, `fill …`, `record …`",
                )
        return Piece("steps", tuple(found), span_of(children))

    def labelled(self, children: list[Child]) -> Piece:
        text, step, tail = children
        return Piece("entry", (str(text), step, *tail.value), span_of(children))

    def unlabelled(self, children: list[Child]) -> Piece:
        step, tail = children
        return Piece("entry", (None, step, *tail.value), span_of(children))

    @staticmethod
    def flat(block: Piece) -> Steps:
        """The steps of a block inside a line; a label there names nothing."""
        for line in block.value:
            if line.label is not None:
                error(
                    "E0125",
                    "a label stands at the beginning of a waterfall's line",
                    line.span,
                    "inside a step",
                    "end the step above, or leave the label out",
                )
        return tuple(step for line in block.value for step in line.steps)

    # ------------------------------------------------------------------------------------- paying

    def pay(self, children: list[Child]) -> syntax.Pay:
        _pay, what, then_from, _up_to, cap = children
        span = span_of(children)
        if not isinstance(what, syntax.Name):
            error(
                "E0126",
                "an amount is paid to somebody",
                what.span,
                "an amount, not a claim",
                "write `pay … to Sponsor`, or declare a claim and pay that",
            )
            what = syntax.Name(what.span, ("rest",), (what.span,))
        elif what.parts == ("rest",):
            error("E0126", "the rest is paid to somebody", what.span, "to whom?", "write `pay rest to Sponsor`")
        cap, yearly = per_year(cap)
        return syntax.Pay(
            span=span, claim=what, then_from=() if then_from is None else then_from.value, cap=cap, cap_per_year=yearly
        )

    def then_from(self, children: list[Child]) -> Piece:
        return Piece("then_from", piece(children, "names"), span_of(children))

    def pay_to(self, children: list[Child]) -> syntax.PayRest | syntax.PayParty:
        _pay, what, _to, party = children
        if isinstance(what, syntax.Name) and what.parts == ("rest",):
            return syntax.PayRest(span=span_of(children), party=party)
        return syntax.PayParty(span=span_of(children), amount=what, party=party)

    def shared_by(self, children: list[Child]) -> Any:
        word = after(children, "BY")
        if word is None:
            return "due"
        if str(word) not in ("due", "balance", "shares"):
            error(
                "E0102",
                f"members cannot share by `{word}`",
                word.span,
                "not a way to share",
                "`by due`, `by balance` or `by shares`",
            )
            return "due"
        return str(word)

    def pro_rata(self, children: list[Child]) -> syntax.PayProRata:
        members = every(children, syntax.Member)
        by = self.shared_by(children)
        stated = [member for member in members if member.share is not None]
        if stated and len(stated) < len(members):
            odd = next(member for member in members if member.share is None)
            error(
                "E0127",
                "some members state a share and this one does not",
                odd.span,
                "no share",
                "state a share for each member, or for none",
                (Label(stated[0].span, "a share is stated here"),),
            )
        if not members:
            error("E0127", "nobody shares here", span_of(children), "no members", "list the claims in the braces")
        if stated and by == "due":
            by = "shares"
        then_from = piece(children, "then_from")
        return syntax.PayProRata(span=span_of(children), by=by, members=members, then_from=then_from or ())

    def pro_rata_name(self, children: list[Child]) -> syntax.PayProRata:
        name = every(children, syntax.Name)[0]
        member = syntax.Member(steps=(syntax.Pay(span=name.span, claim=name),), share=None, span=name.span)
        then_from = piece(children, "then_from")
        return syntax.PayProRata(
            span=span_of(children), by=self.shared_by(children), members=(member,), then_from=then_from or ()
        )

    def member_name(self, children: list[Child]) -> syntax.Member:
        name = every(children, syntax.Name)[-1]
        return syntax.Member(steps=(syntax.Pay(span=name.span, claim=name),), share=None, span=span_of(children))

    member_pay = member_name

    def member_share(self, children: list[Child]) -> syntax.Member:
        share, name = children
        return syntax.Member(steps=(syntax.Pay(span=name.span, claim=name),), share=share, span=span_of(children))

    def member_steps(self, children: list[Child]) -> syntax.Member:
        return syntax.Member(steps=self.flat(children[0]), share=None, span=span_of(children))

    def member_share_steps(self, children: list[Child]) -> syntax.Member:
        share, block = children
        return syntax.Member(steps=self.flat(block), share=share, span=span_of(children))

    def bare(self, children: list[Child]) -> syntax.Pay:
        name = children[0]
        reading.get().bare.append(name)
        return syntax.Pay(span=name.span, claim=name)

    # ------------------------------------------------------------------------------------- blocks

    def cap_block(self, children: list[Child]) -> syntax.UpTo:
        _up_to, limit, block = children
        cap, yearly = per_year(limit)
        return syntax.UpTo(span=span_of(children), limit=cap or limit, per_year=yearly, steps=self.flat(block))

    def cure(self, children: list[Child]) -> syntax.UntilCured:
        _until, condition, block = children
        return syntax.UntilCured(span=span_of(children), condition=condition, steps=self.flat(block))

    def when(self, children: list[Child]) -> syntax.When:
        word, condition, block, _otherwise, otherwise = children
        guard = inverse(condition) if word.type == "UNLESS" else condition
        rest: Steps = () if otherwise is None else self.flat(otherwise)
        return syntax.When(span=span_of(children), condition=guard, steps=self.flat(block), otherwise=rest)

    unless = when

    # ------------------------------------------------------------------------------------- accounts

    def fill(self, children: list[Child]) -> syntax.Fill:
        _fill, account, _up_to, cap = children
        return syntax.Fill(span=span_of(children), account=account, cap=cap)

    def fill_pro_rata(self, children: list[Child]) -> syntax.FillProRata:
        accounts = every(children, syntax.Name)
        if not accounts:
            error("E0127", "nothing shares here", span_of(children), "no members", "list the accounts in the braces")
        return syntax.FillProRata(span=span_of(children), accounts=accounts)

    def release(self, children: list[Child]) -> syntax.Release:
        _release, account, _to, to = children
        return syntax.Release(span=span_of(children), account=account, to=to)

    def move_all(self, children: list[Child]) -> syntax.Move:
        _move, _all, sources, _to, to = children
        return syntax.Move(span=span_of(children), amount=None, sources=sources.value, to=to)

    def move(self, children: list[Child]) -> syntax.Move:
        _move, amount, _of, sources, _to, to = children
        return syntax.Move(span=span_of(children), amount=amount, sources=sources.value, to=to)

    def keep(self, children: list[Child]) -> syntax.Keep:
        return syntax.Keep(span=span_of(children), account=children[1])

    def record(self, children: list[Child]) -> syntax.Record:
        return syntax.Record(span=span_of(children), names=piece(children, "names"))

    def test_trigger(self, children: list[Child]) -> syntax.TestTrigger:
        return syntax.TestTrigger(span=span_of(children), trigger=children[1])

    # ------------------------------------------------------------------------------------- acts of the day

    @staticmethod
    def tail_of(children: list[Child]) -> dict[str, Any]:
        tail = next(child for child in reversed(children) if isinstance(child, Piece) and child.kind == "tail")
        cite, because = tail.value
        return {"cite": cite, "because": because}

    def refuse_bare(self) -> None:
        """A claim's name alone is no step of a waterfall: the verb is missing."""
        for name in reading.get().bare:
            error("E0126", "this step has no verb", name.span, "what becomes of it?", f"write `pay {name.text}`")
        reading.get().bare.clear()

    def waterfall(self, children: list[Child]) -> syntax.Waterfall:
        name, account, on = children[1], children[3], children[5]
        self.refuse_bare()
        found = pieces_once(children, "this waterfall", "from", "until", "guard", "notwithstanding")
        values = {kind: part.value for kind, part in found.items()}
        block = pieces(children, "steps")[-1]
        return syntax.Waterfall(
            span=span_of(children),
            name_span=name.span,
            **self.tail_of(children),
            name=declared(name),
            account=account,
            on=on,
            start=values.get("from"),
            end=values.get("until"),
            guard=values.get("guard"),
            notwithstanding_ranking="notwithstanding" in values,
            lines=block.value,
        )

    def waterfall_from(self, children: list[Child]) -> Piece:
        return Piece("from", children[1], span_of(children))

    def waterfall_until(self, children: list[Child]) -> Piece:
        return Piece("until", children[1], span_of(children))

    def waterfall_when(self, children: list[Child]) -> Piece:
        return Piece("guard", children[1], span_of(children))

    def waterfall_unless(self, children: list[Child]) -> Piece:
        return Piece("guard", inverse(children[1]), span_of(children))

    def waterfall_notwithstanding(self, children: list[Child]) -> Piece:
        return Piece("notwithstanding", True, span_of(children))

    def receive(self, children: list[Child]) -> syntax.Receive:
        word, amount, source, account = children[0], children[1], after(children, "FROM"), after(children, "INTO")
        return syntax.Receive(
            span=span_of(children),
            name_span=word.span,
            **self.tail_of(children),
            amount=amount,
            source=source,
            account=account,
            on=after(children, "ON", "ON_AT"),
        )

    def settle(self, children: list[Child]) -> syntax.Settle:
        return syntax.Settle(
            span=span_of(children),
            name_span=children[0].span,
            **self.tail_of(children),
            claims=piece(children, "names"),
            on=after(children, "ON", "ON_AT"),
            condition=after(children, "WHILE"),
        )

    def allocate(self, children: list[Child]) -> syntax.AllocateLosses:
        to = next(position for position, child in enumerate(children) if getattr(child, "type", "") == "TO")
        return syntax.AllocateLosses(
            span=span_of(children),
            name_span=children[0].span,
            **self.tail_of(children),
            amount=children[1],
            on=children[3],
            targets=every(children[to:], syntax.Name),
        )

    def reduce(self, children: list[Child]) -> syntax.Reduce:
        reading.get().bare.clear()
        return syntax.Reduce(
            span=span_of(children),
            name_span=children[0].span,
            **self.tail_of(children),
            amount=children[1],
            on=children[3],
            steps=self.flat(children[4]),
        )
