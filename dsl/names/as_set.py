"""A deal's text with what was set for a name in the place of what is written there.

What a figure comes to is changed by a layer over its name. A schedule, a day count and a text have no figure: what is
set for one stands in the text itself, in a term or in a field of an instance or curve of the deal.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .. import syntax


def as_set(module: syntax.Module, values: Mapping[str, syntax.Expression]) -> tuple[syntax.Module, set[str]]:
    """The module with these values, by full name, and the names that stand nowhere in it (in a component)."""
    left = set(values)
    items: list[syntax.AnyItem] = []
    for item in module.items:
        match item:
            case syntax.Definition() if item.name in values:
                left.discard(item.name)
                items.append(attrs.evolve(item, value=values[item.name]))
            case syntax.Instance() | syntax.CurveDeclaration():
                own = {
                    name.removeprefix(f"{item.name}."): value
                    for name, value in values.items()
                    if name.startswith(f"{item.name}.") and name.count(".") == item.name.count(".") + 1
                }
                left -= {f"{item.name}.{field}" for field in own}
                items.append(attrs.evolve(item, fields=_fields(item.fields, own)) if own else item)
            case _:
                items.append(item)
    return attrs.evolve(module, items=tuple(items)), left


def _fields(stated: tuple[syntax.Field, ...], values: Mapping[str, syntax.Expression]) -> tuple[syntax.Field, ...]:
    """The fields with these values: of those that the deal leaves out, at the end."""
    found = tuple(attrs.evolve(one, value=values.get(one.name, one.value)) for one in stated)
    left = {name: value for name, value in values.items() if name not in {one.name for one in stated}}
    return found + tuple(syntax.Field(name, value, value.span, value.span) for name, value in left.items())
