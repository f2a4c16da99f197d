"""What is said of a name that means nothing: which part of it, and what was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Diagnostic, Label
from ..messages.nearest import nearest
from ..vocabulary.builtins import BUILTINS
from ..vocabulary.curve_fields import WORDS
from ..vocabulary.type_words import article
from ..vocabulary.units import unit
from .deal import (
    ATTRIBUTES,
    AccountEntry,
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
    ComponentEntry,
    CurveEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InstanceEntry,
    Model,
    PartyEntry,
    ReductionEntry,
    Scope,
    WaterfallEntry,
    follow,
)

MOST = 12
"""Names listed in a help line, at most."""

COMPARISONS = 15_000
"""Names compared in search of what was meant, at most, over a whole deal: after that only the fault is said."""

_MEASURES = frozenset(name for name, builtin in BUILTINS.items() if builtin.parameters[0].want == "instrument")


_DEFINED = {"define": "definition", "let": "term"}
"""What a definition is called, where it is not by the word that declares it."""


def described(entry: AnyEntry) -> str:
    """A kind of thing in words: ``a claim``."""
    if isinstance(entry, DefinitionEntry):
        return article(_DEFINED.get(entry.form, entry.form))
    if isinstance(entry, InstanceEntry):
        return f"{'an' if entry.component.name[0] in 'aeiou' else 'a'} `{entry.component.name}`"
    return WORDS[entry.item.form] if isinstance(entry, CurveEntry) else article(entry.kind)


def either(names: Iterable[str]) -> str:
    """``a``, ``b`` or ``c``, in backquotes."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


class Unread:
    """Where text could not be read: what stood there may have declared the very name that is missing now."""

    def __init__(self, collector: Collector) -> None:
        self.places = tuple(one.span for one in collector.found if one.severity == "error" and one.code[:3] == "E01")
        self.modules = any(one.code in ("E0207", "E0224", "E0225") for one in collector.found)
        self.names = frozenset(collector.unread)

    def __bool__(self) -> bool:
        return bool(self.places) or self.modules

    def inside(self, place: Span) -> bool:
        return any(one.file == place.file and place.line <= one.line <= place.end_line for one in self.places)


class Missing:
    """What a model has, to suggest from, and what it lacks because of a fault already reported."""

    def __init__(self, model: Model, unread: Unread) -> None:
        self.model = model
        self.unread = unread
        self.compared = 0

    @cached_property
    def by_member(self) -> dict[str, list[str]]:
        """The full names of the figures and claims inside instances, by their own name."""
        found: dict[str, list[str]] = {}
        for entry in self.model.entries.values():
            if isinstance(entry, InstanceEntry):
                for name, member in entry.members.items():
                    if not isinstance(member, FunctionEntry | ComponentEntry):
                        found.setdefault(name, []).append(f"{entry.name}.{name}")
        return found

    def of_group(self, group: GroupEntry) -> list[str]:
        """What the members of a group have, by name."""
        found: dict[str, None] = {}
        for member in group.item.members:
            target = group.scope.resolve(member.parts)
            if not isinstance(target, int):
                found.update(dict.fromkeys(inside(target.entry)))
        return list(found)

    def excused(self, parts: tuple[str, ...], position: int, scope: Scope) -> bool:
        """Whether the part that means nothing follows from a fault already reported."""
        unusable = self.model.unusable
        if position == 0:
            if parts[0] in self.unread.names or any(name.endswith(f".{parts[0]}") for name in unusable):
                return True
            at: Scope | None = scope
            while at is not None:
                if at.prefix + parts[0] in unusable:
                    return True
                at = at.outer
            return False
        owner = scope.resolve(parts[:position])
        if isinstance(owner, int):
            return False
        entry = follow(owner.entry)
        if entry.name in unusable or f"{entry.name}.{parts[position]}" in unusable:
            return True
        if not isinstance(entry, DefinitionEntry):
            return False
        # A field that names nothing is reported where it was written.
        return entry.form == "parameter" or (
            isinstance(entry.value, syntax.Name) and isinstance(entry.scope.resolve(entry.value.parts), int)
        )


def inside(entry: AnyEntry) -> list[str]:
    """What can follow a name and a dot."""
    entry = follow(entry)
    if isinstance(entry, InstanceEntry | CurveEntry):
        return list(entry.members)
    if isinstance(entry, GroupEntry):
        return []
    return list(ATTRIBUTES.get(type(entry), ()))


def report_missing(missing: Missing, node: syntax.Name, position: int, scope: Scope, collector: Collector) -> None:
    """Say which part of a name means nothing, and what was probably meant."""
    if missing.excused(node.parts, position, scope):
        return
    if position == 0:
        _unknown(missing, node, scope, collector)
        return
    owner = scope.resolve(node.parts[:position])
    if isinstance(owner, int):
        return
    entry = follow(owner.entry)
    match entry:
        case InstanceEntry():
            _no_member(node, position, entry, collector)
        case PartyEntry() | ClaimEntry() | ReductionEntry() | AccountEntry() | WaterfallEntry():
            _no_figure(node, position, entry, collector)
        case ColumnEntry() | DefinitionEntry() if _is_party(entry):
            if node.parts[position] not in ATTRIBUTES[PartyEntry] or position != len(node.parts) - 1:
                _figures(node, position, "a party", ATTRIBUTES[PartyEntry], None, collector)
        case _:
            before = ".".join(node.parts[:position])
            what = described(entry)
            collector.error(
                "E0218",
                f"`{before}` is {what}: it has no `{node.parts[position]}`",
                node.places[position],
                label="nothing inside it has this name",
                others=(Label(entry.span, f"{what}, declared here"),) if entry.span.file == node.span.file else (),
                help=f"write `{node.parts[position]}({before})`"
                if node.parts[position] in BUILTINS
                else _claims_beside(node, position, scope) or f"read it as `{before}`",
            )


def _claims_beside(node: syntax.Name, position: int, scope: Scope) -> str | None:
    """`hall.rent.paid`, where `rent` is a field of `hall`: the figure is one of a claim of `hall`."""
    wrong = node.parts[position]
    owner = scope.resolve(node.parts[: position - 1]) if position > 1 else 0
    entry = None if isinstance(owner, int) else follow(owner.entry)
    if wrong not in ATTRIBUTES[ClaimEntry] or not isinstance(entry, InstanceEntry):
        return None
    before = ".".join(node.parts[: position - 1])
    claims = [name for name, member in entry.members.items() if isinstance(member, ClaimEntry)]
    return f"say of which claim: {either(f'{before}.{name}.{wrong}' for name in claims[:MOST])}" if claims else None


def claims_of_its(expression: syntax.Expression, scope: Scope) -> str | None:
    """Where a claim is wanted and a figure of an instance stands: the instance's claims."""
    if not isinstance(expression, syntax.Name) or len(expression.parts) < 2:
        return None
    owner = scope.resolve(expression.parts[:-1])
    entry = None if isinstance(owner, int) else follow(owner.entry)
    if not isinstance(entry, InstanceEntry):
        return None
    before = ".".join(expression.parts[:-1])
    claims = [name for name, member in entry.members.items() if isinstance(member, ClaimEntry)]
    plural = "claims are" if len(claims) > 1 else "claim is"
    return f"its {plural} {either(f'{before}.{name}' for name in claims[:MOST])}" if claims else None


def _is_party(entry: ColumnEntry | DefinitionEntry) -> bool:
    return entry.type is not None and entry.type.base == "party"


def _unknown(missing: Missing, node: syntax.Name, scope: Scope, collector: Collector) -> None:
    wrong, rest = node.parts[0], node.parts[1:]
    place = node.places[0]

    def fits(name: str) -> bool:
        return not isinstance(scope.resolve((*name.split("."), *rest)), int)

    members = missing.by_member
    help: str | None = None
    exact = [name for name in members.get(wrong, ()) if fits(name)]
    if wrong in BUILTINS and not rest:
        help = f"it is a function: `{BUILTINS[wrong].signature}`"
    elif wrong == "days" and not rest:
        help = "inside a `daycount` it is the days of a piece; elsewhere write `days within a to b`"
    elif exact:
        texts = [".".join((name, *rest)) for name in exact]
        help = (
            f"did you mean `{texts[0]}`?"
            if len(texts) == 1
            else f"say whose: {either(texts[:MOST])}"
            if len(texts) <= MOST
            else f"say whose: `{texts[0]}`, `{texts[1]}` or one of {len(texts) - 2} more"
        )
    elif (guess := _meant(missing, wrong, fits, scope)) is not None:
        help = f"did you mean `{'.'.join((guess, *rest))}`?"
    elif wrong.casefold() in ("act", "actual"):
        help = "day counts are `actual/360`, `actual/365`, `actual/actual ICMA` and the like, in small letters"
    elif unit(wrong) is not None:
        help = f"`{wrong}` is a unit, and stands behind a number: `1 {wrong}`"
    if help is None and missing.unread:
        return
    if help is None and wrong[0].isupper() and len(wrong) > 1 and not rest:
        help = f"if it is a party, declare it: `party {wrong}`"
    collector.again(
        ("E0201", place.file, wrong),
        Diagnostic("E0201", f"nothing is called `{wrong}` here", place, label="unknown name", help=help),
    )


def _meant(missing: Missing, wrong: str, fits: Callable[[str], bool], scope: Scope) -> str | None:
    """The name in sight, or the figure of the one instance that has it, that is most like a wrong one."""
    if missing.compared > COMPARISONS:
        return None
    known = [name for name in scope.visible() if not isinstance(scope.find(name), ComponentEntry | FunctionEntry)]
    members = missing.by_member
    missing.compared += len(known) + len(members)
    guess = nearest(wrong, [name for name in known if fits(name)]) or nearest(wrong, ("date", "closing"))
    if guess is not None:
        return guess
    near = nearest(wrong, [name for name, owners in members.items() if len(owners) == 1 and fits(owners[0])])
    return members[near][0] if near is not None else nearest(wrong, known)


def _no_member(node: syntax.Name, position: int, entry: InstanceEntry, collector: Collector) -> None:
    before, wrong, rest = ".".join(node.parts[:position]), node.parts[position], node.parts[position + 1 :]
    guess = nearest(wrong, entry.members)
    if wrong in _MEASURES:
        help = f"it is a function of the instrument: `{wrong}({before})`"
    elif guess is not None:
        help = f"did you mean `{'.'.join((before, guess, *rest))}`?"
    else:
        owners = [
            name
            for name, member in entry.members.items()
            if isinstance(member, ClaimEntry) and not rest and wrong in ATTRIBUTES[ClaimEntry]
        ]
        if owners:
            help = f"say of which claim: {either(f'{before}.{name}.{wrong}' for name in owners[:MOST])}"
        else:
            named = list(entry.members)
            more = f" and {len(named) - MOST} more" if len(named) > MOST else ""
            help = f"it has {', '.join(named[:MOST])}{more}"
    collector.again(
        ("E0206", before, wrong),
        Diagnostic(
            "E0206",
            f"`{before}` has no `{wrong}`",
            node.places[position],
            label=f"not in the component `{entry.component.name}`",
            others=_elsewhere(entry.span, node.span, f"`{before}` is {described(entry)}"),
            help=help,
        ),
    )


def _no_figure(node: syntax.Name, position: int, entry: AnyEntry, collector: Collector) -> None:
    known = ATTRIBUTES[type(entry)]
    if isinstance(entry, PartyEntry) and node.parts[position] == "credit":
        collector.again(
            ("E0650", entry.name),
            Diagnostic(
                "E0650",
                f"`{entry.name}` has no credit curve",
                entry.span,
                label="which curve?",
                others=_elsewhere(node.span, entry.span, "asked for here"),
                help=f"`party {entry.name} {{ credit = ... }}` names its `credit_curve`",
            ),
        )
        return
    if node.parts[position] in known and position + 1 < len(node.parts):
        before = ".".join(node.parts[: position + 1])
        collector.error(
            "E0218",
            f"`{before}` is one figure: it has no `{node.parts[position + 1]}`",
            node.places[position + 1],
            label="nothing inside it has this name",
            help=f"read it as `{before}`",
        )
        return
    _figures(node, position, described(entry), known, entry.span, collector)


def _figures(
    node: syntax.Name, position: int, what: str, known: tuple[str, ...], declared: Span | None, collector: Collector
) -> None:
    before, wrong, rest = ".".join(node.parts[:position]), node.parts[position], node.parts[position + 1 :]
    guess = nearest(wrong, known)
    collector.error(
        "E0215",
        f"{what} has no `{wrong}`",
        node.places[position],
        label=f"`{before}` is {what}",
        others=() if declared is None else _elsewhere(declared, node.span, "declared here"),
        help=f"did you mean `{'.'.join((before, guess, *rest))}`?"
        if guess
        else f"it has {either(f'{before}.{name}' for name in known)}",
    )


def _elsewhere(place: Span, here: Span, text: str) -> tuple[Label, ...]:
    """A label of another place, where that place is in the reader's own file."""
    return (Label(place, text),) if place.file == here.file and place != here else ()
