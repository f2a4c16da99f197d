"""Groups: what may be a member, that none contains itself, and that each member has what is read of them all."""

from __future__ import annotations

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from .deal import (
    ColumnEntry,
    ComponentEntry,
    DaycountEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InputEntry,
    ScheduleEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from .name_help import Missing, described

_NOT_MEMBERS = (
    ScheduleEntry,
    DaycountEntry,
    TriggerEntry,
    WaterfallEntry,
    FunctionEntry,
    ComponentEntry,
    DefinitionEntry,
    InputEntry,
    ColumnEntry,
)


def check_group(entry: GroupEntry, told: set[GroupEntry], collector: Collector) -> None:
    """What a group's members are, each once, and that it does not contain itself. ``told``: groups of rings told."""
    seen: dict[str, syntax.Name] = {}
    for member in entry.item.members:
        found = entry.scope.resolve(member.parts)
        if isinstance(found, int):
            continue
        meant = follow(found.entry)
        if isinstance(meant, _NOT_MEMBERS) or (found.attribute is not None and not isinstance(meant, GroupEntry)):
            what = "a figure of it" if found.attribute is not None else described(meant)
            collector.error(
                "E0228",
                f"`{member.text}` cannot be a member of the group `{entry.item.name}`: it is {what}",
                member.span,
                label=what,
                help="a group is of instances, claims, accounts, parties or other groups",
            )
        first = seen.setdefault(member.text, member)
        if first is not member:
            collector.error(
                "E0229",
                f"`{member.text}` is in the group `{entry.item.name}` twice",
                member.span,
                label="named again",
                others=(Label(first.span, "already in it"),),
            )
    # A ring is told once, at the first of its groups in the text; the others of it are not walked again.
    ring = _ring(entry) if entry not in told else []
    told.update(ring)
    if ring:
        start = min(range(len(ring)), key=lambda position: (ring[position].span.line, ring[position].span.column))
        ring = [*ring[start:], *ring[:start]]
        words = " contains ".join(f"`{one.item.name}`" for one in (*ring, ring[0]))
        collector.error(
            "E0212",
            f"the group `{ring[0].item.name}` contains itself",
            ring[0].span,
            others=tuple(Label(one.span, "by way of this") for one in ring[1:]),
            notes=(words,),
        )


def check_member_path(missing: Missing, node: syntax.Name, group: GroupEntry, path: str, collector: Collector) -> None:
    """``notes.balance``: each member must have it."""
    parts = tuple(path.split("."))
    having, lacking = _lacking(missing, group, parts, set())
    if not lacking:
        return
    span = node.places[-len(parts)].__class__(
        node.span.file,
        node.places[-len(parts)].line,
        node.places[-len(parts)].column,
        node.places[-1].end_line,
        node.places[-1].end_column,
    )
    guess = nearest(parts[0], missing.of_group(group))
    prefix = node.text[: -len(path)]
    suggestion = f"did you mean `{prefix}{'.'.join((guess, *parts[1:]))}`?" if guess else None
    if having:
        names = ", ".join(f"`{member.text}`" for member in lacking)
        have = "has" if len(lacking) == 1 else "have"
        collector.error(
            "E0217",
            f"{names} of the group `{group.item.name}` {have} no `{path}`",
            span,
            label="not every member has it",
            others=tuple(Label(member.span, "this one has none") for member in lacking[:4]),
            help="take it out of the group, or name the members that have it",
        )
        return
    collector.error(
        "E0217",
        f"no member of the group `{group.item.name}` has a `{path}`",
        span,
        label="none has it",
        others=(Label(group.span, "the group"),),
        help=suggestion,
    )


def _lacking(
    missing: Missing, group: GroupEntry, path: tuple[str, ...], passed: set[GroupEntry]
) -> tuple[list[syntax.Name], list[syntax.Name]]:
    """The members that have a path, and those that do not; what is wrong in the group's own line is passed over."""
    having: list[syntax.Name] = []
    lacking: list[syntax.Name] = []
    if group in passed:
        return having, lacking
    passed.add(group)
    for member in group.item.members:
        found = group.scope.resolve((*member.parts, *path))
        whole = group.scope.resolve(member.parts)
        if not isinstance(whole, int) and isinstance(follow(whole.entry), _NOT_MEMBERS):
            continue  # said of the group itself
        if isinstance(found, int):
            if found >= len(member.parts) and not missing.excused((*member.parts, *path), found, group.scope):
                lacking.append(member)
        elif isinstance(found.entry, GroupEntry) and found.attribute is not None:
            inside, outside = _lacking(missing, found.entry, tuple(found.attribute.split(".")), passed)
            having.extend(inside)
            lacking.extend(outside)
        else:
            having.append(member)
    return having, lacking


def _ring(group: GroupEntry) -> list[GroupEntry]:
    """The groups by which a group contains itself, or none."""
    stack: list[tuple[GroupEntry, list[GroupEntry]]] = [(group, [group])]
    passed: set[GroupEntry] = set()
    while stack:
        current, way = stack.pop()
        for member in current.item.members:
            found = current.scope.resolve(member.parts)
            if isinstance(found, int) or not isinstance(found.entry, GroupEntry):
                continue
            if found.entry is group:
                return way
            if found.entry not in passed:
                passed.add(found.entry)
                stack.append((found.entry, [*way, found.entry]))
    return []
