"""Declarations: parties, schedules, definitions, components, claims, states, accounts, triggers."""

from __future__ import annotations

from typing import Any, cast

from .. import syntax
from ..messages.diagnostics import Label
from ..messages.nearest import nearest
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
from .from_tree_expression import Moved, plain
from .from_tree_steps import StepRules
from .nesting import ITEM_WORDS, Word

_ACCOUNT = ("opens", "target", "currency")


class ItemRules(StepRules):
    """Rules of what a deal declares."""

    # ------------------------------------------------------------------------------------- what all items share

    def cite(self, children: list[Child]) -> Piece:
        return Piece("cite", syntax.Citation(str(children[1]), span_of(children)), span_of(children))

    def because(self, children: list[Child]) -> Piece:
        return Piece("because", str(children[1]), span_of(children))

    def tail(self, children: list[Child]) -> Piece:
        reasons = pieces(children, "because")
        for again in reasons[1:]:
            twice(again, reasons[0], "this item")
        cites = tuple(part.value for part in pieces(children, "cite"))
        value = (cites, reasons[0].value if reasons else None)
        return Piece("tail", value, span_of(children) if children else None)

    def common(self, children: list[Child], name: Word | None = None) -> dict[str, Any]:
        """The fields of every `Item`; ``name`` is what it declares, or its keyword where it declares nothing."""
        place = children[0].span if name is None else name.span
        return {"span": span_of(children), "name_span": place, **self.tail_of(children)}

    # ------------------------------------------------------------------------------------- fields

    def fields(self, children: list[Child]) -> Piece:
        found = [child for child in children if isinstance(child, syntax.Field | Piece | syntax.Override)]
        return Piece("fields", tuple(found), span_of(children))

    def field(self, children: list[Child]) -> Piece:
        name, _equal, value, funding, tail = children
        return Piece("field", (name, plain(value), None if funding is None else funding.value, tail), span_of(children))

    def funding(self, children: list[Child]) -> Piece:
        more = tuple(child.value for child in pieces(children, "funded"))
        return Piece("funding", (children[1], more), span_of(children))

    def funded_expression(self, children: list[Child]) -> Piece:
        return Piece("funded", (children[1], children[3]), span_of(children))

    def funded_name(self, children: list[Child]) -> Piece:
        return Piece("funded", (None, children[1]), span_of(children))

    def draw(self, children: list[Child]) -> syntax.Override:
        name, _drawn, value, _joined, joined, _tail = children
        return syntax.Override(name, plain(value), True, joined, span_of(children))

    def as_fields(self, block: Piece | None, what: str, funds: bool = False) -> tuple[syntax.Field, ...]:
        """The block's entries as fields: each a plain name, each once, none drawn or (but `opens`) funded."""
        found: dict[str, syntax.Field] = {}
        for entry in () if block is None else block.value:
            if isinstance(entry, syntax.Override):
                error(
                    "E0128",
                    f"{what} has fields, not draws",
                    entry.span,
                    "drawn at random",
                    "draw it in a `simulate` block: `simulate { x.y drawn from … }`",
                )
                continue
            name, value, funding, tail = entry.value
            if len(name.parts) > 1:
                error(
                    "E0128",
                    f"{what} sets its own fields",
                    name.span,
                    "another item's",
                    f"write `{name.parts[-1]} = …`, or put this into a `scenario`",
                )
                continue
            if funding is not None and not funds:
                error(
                    "E0128",
                    "only an account's `opens` says whom money comes from",
                    funding[0].span,
                    "from whom?",
                    "leave out `from …`",
                )
            key = name.parts[0]
            field = syntax.Field(key, value, entry.span, name.span, tail.value[0])
            if key in found:
                error(
                    "E0117",
                    f"`{key}` is given twice",
                    name.span,
                    "again",
                    "keep one of them",
                    (Label(found[key].name_span, "first given here"),),
                )
                continue
            found[key] = field
        return tuple(found.values())

    # ------------------------------------------------------------------------------------- head of a deal

    def header(self, children: list[Child]) -> syntax.Header:
        _deal, text, block, _tail = children
        return syntax.Header(**self.common(children, text), name=str(text), fields=self.as_fields(block, "a deal"))

    def use(self, children: list[Child]) -> syntax.Use:
        modules = tuple(child for child in children if isinstance(child, syntax.Name | syntax.Text))
        return syntax.Use(**self.common(children), modules=modules)

    def party(self, children: list[Child]) -> syntax.PartyDeclaration:
        _party, names, block, _tail = children
        for name in names.value:
            if len(name.parts) > 1:
                error("E0128", "a party's name is one word", name.span, "two words", "leave out the dot")
        return syntax.PartyDeclaration(
            **{**self.common(children), "name_span": names.value[0].span},
            names=names.value,
            fields=self.as_fields(block, "a party"),
        )

    def unit(self, children: list[Child]) -> syntax.UnitDeclaration:
        _unit, name, _equal, value, _tail = children
        return syntax.UnitDeclaration(**self.common(children, name), name=declared(name), value=value)

    def daycount(self, children: list[Child]) -> syntax.DaycountDeclaration:
        name, value = children[1], plain(children[3])
        return syntax.DaycountDeclaration(**self.common(children, name), name=declared(name), value=value)

    def group(self, children: list[Child]) -> syntax.GroupDeclaration:
        name, members = children[1], piece(children, "names")
        return syntax.GroupDeclaration(**self.common(children, name), name=declared(name), members=members)

    def input(self, children: list[Child]) -> syntax.InputDeclaration:
        name, kind = children[1], children[3]
        return syntax.InputDeclaration(
            **self.common(children, name),
            name=declared(name),
            type=kind,
            on=after(children, "ON"),
            default=plain(after(children, "EQUAL")),
        )

    def definition(self, children: list[Child]) -> syntax.Definition:
        form, name, on = children[0], children[1], after(children, "ON")
        if str(form) == "flow" and on is None:
            error(
                "E0129",
                f"the flow `{name}` does not say on which dates it arises",
                name.span,
                "on which schedule?",
                f"write `flow {name} on payment = …`",
            )
        if str(form) in ("term", "let") and on is not None:
            error(
                "E0129",
                f"a {form} has one value, on no date",
                on.span,
                "on a schedule",
                f"leave it out, or write `flow {name} on {on.text} = …`",
            )
        return syntax.Definition(
            **self.common(children, name),
            form=cast(Any, str(form)),
            name=declared(name),
            type=after(children, "COLON"),
            on=on,
            value=plain(after(children, "EQUAL")),
        )

    def function(self, children: list[Child]) -> syntax.FunctionDeclaration:
        name = children[1]
        parameters: tuple[syntax.Parameter, ...] = piece(children, "parameters") or ()
        seen: dict[str, syntax.Parameter] = {}
        for parameter in parameters:
            if parameter.name in seen:
                error(
                    "E0117",
                    f"`{parameter.name}` is given twice",
                    parameter.span,
                    "again",
                    "rename one of them",
                    (Label(seen[parameter.name].span, "first given here"),),
                )
            seen.setdefault(parameter.name, parameter)
        return syntax.FunctionDeclaration(
            **self.common(children, name), name=declared(name), parameters=parameters, value=plain(children[6])
        )

    def parameters(self, children: list[Child]) -> Piece:
        return Piece("parameters", every(children, syntax.Parameter), span_of(children))

    def parameter(self, children: list[Child]) -> syntax.Parameter:
        default = plain(after(children, "EQUAL"))
        return syntax.Parameter(declared(children[0]), after(children, "COLON"), default, span_of(children))

    # ------------------------------------------------------------------------------------- components

    def documentation(self, children: list[Child]) -> Piece:
        return Piece("documentation", str(children[0]), children[0].span)

    def field_names(self, children: list[Child]) -> Piece:
        return Piece("field_names", tuple(child for child in children if child.type == "NAME"), span_of(children))

    def field_declaration(self, children: list[Child]) -> syntax.FieldDeclaration:
        names, _colon, kind, _equal, default, text = children
        return syntax.FieldDeclaration(
            tuple(declared(name) for name in names.value),
            kind,
            plain(default),
            None if text is None else str(text),
            span_of(children),
        )

    def component(self, children: list[Child]) -> syntax.ComponentDeclaration:
        name = children[1]
        texts = pieces(children, "documentation")
        inside = [child for child in children[3:-2] if child is not None and not isinstance(child, Word)]
        if texts and (len(texts) > 1 or inside[0] is not texts[0]):
            error(
                "E0125",
                "a component's description stands first in its braces",
                texts[-1].span,
                "not first",
                "move it to the top, or put a field's description after the field's type",
            )
        seen: dict[str, syntax.FieldDeclaration] = {}
        fields = every(inside, syntax.FieldDeclaration)
        for field in fields:
            for word in field.names:
                if word in seen:
                    error(
                        "E0117",
                        f"the field `{word}` is declared twice",
                        field.span,
                        "again",
                        "keep one of them",
                        (Label(seen[word].span, "first declared here"),),
                    )
                seen.setdefault(word, field)
        members = tuple(child for child in inside if isinstance(child, syntax.Item))
        return syntax.ComponentDeclaration(
            **self.common(children, name),
            name=declared(name),
            documentation=texts[0].value if texts else None,
            fields=fields,
            members=cast(Any, members),
        )

    def instance(self, children: list[Child]) -> syntax.Instance:
        component, name, _each, rows, block, _tail = children
        small = str(component).lower()
        if small != str(component) and small in ITEM_WORDS:
            error(
                "E0141",
                f"words of the language are written small: `{small}`",
                component.span,
                "a component's name, as written",
                f"write `{small}`",
            )
            reading.get().collector.unread.update((str(component), str(name)))
        return syntax.Instance(
            **self.common(children, name),
            component=syntax.Name(component.span, (str(component),), (component.span,)),
            name=declared(name),
            rows=None if rows is None else syntax.Text(rows.span, str(rows)),
            fields=self.as_fields(block, f"`{component} {name}`"),
        )

    # ------------------------------------------------------------------------------------- claims

    def claim_from(self, children: list[Child]) -> Piece:
        return Piece("from", children[1], span_of(children))

    def claim_to(self, children: list[Child]) -> Piece:
        return Piece("to", children[1], span_of(children))

    def claim_on(self, children: list[Child]) -> Piece:
        return Piece("on", children[1], span_of(children))

    def claim_while(self, children: list[Child]) -> Piece:
        return Piece("while", plain(children[1]), span_of(children))

    def claim_reached(self, children: list[Child]) -> Piece:
        return Piece("reached", True, span_of(children))

    def claim_kind(self, children: list[Child]) -> Piece:
        return Piece("kind", str(children[1]), span_of(children))

    def unpaid(self, form: Any, children: list[Child], **given: Any) -> Piece:
        parts = {"rate": None, "daycount": None, "into": None, "after": None, **given}
        span = span_of(children)
        return Piece("unpaid", syntax.Unpaid(form=form, span=span, **parts), span)

    def carries(self, children: list[Child]) -> Piece:
        return self.unpaid("carries", children)

    def carries_with_interest(self, children: list[Child]) -> Piece:
        _carries, rate, _by, daycount = children
        return self.unpaid("carries", children, rate=plain(rate), daycount=daycount)

    def capitalises(self, children: list[Child]) -> Piece:
        return self.unpaid("capitalises", children, into=children[1])

    def lapses(self, children: list[Child]) -> Piece:
        return self.unpaid("lapses", children)

    def written_off(self, children: list[Child]) -> Piece:
        return self.unpaid("written_off", children, after=plain(children[1]))

    def claim(self, children: list[Child]) -> syntax.ClaimDeclaration:
        name = children[1]
        found = pieces_once(children, f"the claim `{name}`", "from", "to", "on", "while", "reached", "kind", "unpaid")
        values = {kind: part.value for kind, part in found.items()}
        if "on" not in values:
            error(
                "E0129",
                f"the claim `{name}` does not say on which dates it falls due",
                name.span,
                "on which schedule?",
                f"write `claim {name} … on payment = …`",
            )
        return syntax.ClaimDeclaration(
            **self.common(children, name),
            name=declared(name),
            payer=values.get("from"),
            payee=values.get("to"),
            on=values.get("on") or syntax.Name(name.span, ("closing",), (name.span,)),
            due=plain(after(children, "EQUAL")),
            up_to=plain(after(children, "UP_TO")),
            condition=values.get("while"),
            when_reached="reached" in values,
            unpaid=values.get("unpaid"),
            kind=values.get("kind"),
        )

    # ------------------------------------------------------------------------------------- states and accounts

    def state(self, children: list[Child]) -> syntax.StateDeclaration:
        name, initial, recursion = children[1], plain(after(children, "EQUAL")), after(children, "THEN")
        movements = self.movements(str(name), recursion)
        return syntax.StateDeclaration(
            **self.common(children, name),
            name=declared(name),
            type=after(children, "COLON"),
            on=after(children, "ON"),
            initial=initial,
            movements=movements,
            recursion=plain(recursion) if movements is None else None,
        )

    def movements(self, name: str, recursion: Child) -> tuple[syntax.Movement, ...] | None:
        """`opening x - a.paid + b at opening` taken apart; None if the text is not of this form."""
        terms: list[tuple[str, Any]] = []
        node = recursion
        bracketed = reading.get().bracketed
        if isinstance(node, Piece):
            terms = [(operator, term) for operator, _, term in node.value[1:]]
            node = node.value[0][2]
        while isinstance(node, syntax.Binary) and node.operator in "+-" and id(node) not in bracketed:
            terms.insert(0, (node.operator, node.right))
            node = node.left
        if not (isinstance(node, syntax.Reading) and node.moment == "opening" and node.name.parts == (name,)):
            return None
        found: list[syntax.Movement] = []
        for operator, term in terms:
            at, value = (term.at, term.value) if isinstance(term, Moved) else (None, term)
            found.append(syntax.Movement(1 if operator == "+" else -1, value, at, term.span))
        return tuple(found)

    def reduction(self, children: list[Child]) -> syntax.ReductionDeclaration:
        name, state = children[1], children[3]
        return syntax.ReductionDeclaration(**self.common(children, name), name=declared(name), state=state)

    def account(self, children: list[Child]) -> syntax.AccountDeclaration:
        _account, name, _of, owner, block, _tail = children
        opens: tuple[tuple[syntax.Expression, syntax.Name | None], ...] = ()
        for entry in () if block is None else block.value:
            if isinstance(entry, Piece) and entry.value[0].parts == ("opens",):
                _, value, funding, _ = entry.value
                first, more = (None, ()) if funding is None else funding
                opens = ((value, first),)
                for amount, party in more:
                    if amount is None:
                        error(
                            "E0128",
                            "each party that funds an account states its own amount",
                            party.span,
                            "how much of it?",
                            f"write `opens = … from …, … from {party.text}`",
                        )
                    else:
                        opens = (*opens, (amount, party))
        fields = {field.name: field for field in self.as_fields(block, "an account", funds=True)}
        for key, field in tuple(fields.items()):
            if key not in _ACCOUNT:
                guess = nearest(key, _ACCOUNT)
                error(
                    "E0128",
                    f"an account has no field `{key}`",
                    field.name_span,
                    "not a field of an account",
                    f"did you mean `{guess}`?"
                    if guess
                    else "an account says `opens = … from …`, `target = …` and `currency = …`",
                )
                if guess is not None:
                    fields.setdefault(guess, field)  # so that it is not missing too
        target, currency = fields.get("target"), fields.get("currency")
        return syntax.AccountDeclaration(
            **self.common(children, name),
            name=declared(name),
            owner=owner,
            opens=opens,
            target=None if target is None else target.value,
            currency=None if currency is None else currency.value,
        )
