"""The series that a caller may keep: what every named thing comes to on each date."""

from __future__ import annotations

from ....engine.ir import Operand, Origin, Output
from ...names.deal import AccountEntry, ClaimEntry, DefinitionEntry, StateEntry, TriggerEntry, WaterfallEntry
from ...types.types import Types
from ..building.builder import TRUE
from ..context.acts import Acts
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..figures.flows import from_closing


def keepable(low: Lowering) -> None:
    """Every state, account, claim, trigger and recorded definition, for callers that ask to keep it."""
    have = {output.name for output in low.product.outputs}
    currency = low.types.unit_text(low.types.money)
    for entry in low.model.entries.values():
        for name, key, unit in _figures(low.types, low.acts, entry, currency):
            placeholder = low.memory.closing.get(key)
            operand: Operand | None = placeholder if placeholder is not None else low.day.now.get(key)
            if operand is None or name in have:
                continue
            if operand.rows is not None:
                operand = low.builder.emit("sum_rows", operand)
            determined = low.day.now.get(Figure.WHETHER_RECORDED(key.name))
            if key.kind is Figure.ACCOUNT:
                opened = from_closing(low)
                determined = None if opened == TRUE else low.builder.as_var(opened, f"{name}?")
            low.product.outputs.append(
                Output(
                    name, low.builder.as_var(operand, name), "series", unit, determined, origin=Origin(name, entry.span)
                )
            )


def _figures(types: Types, acts: Acts, entry: object, currency: str) -> list[tuple[str, Key, str]]:
    match entry:
        case StateEntry():
            return [(entry.name, Figure.STATE(entry.name), types.unit_text_of(entry))]
        case AccountEntry():
            return [(f"{entry.name}.balance", Figure.ACCOUNT(entry.name), types.account_currency(entry))]
        case TriggerEntry():
            return [(entry.name, Figure.TRIGGER(entry.name), "")]
        case ClaimEntry():
            return [
                (f"{entry.name}.{kind.value}", kind(entry.name), currency)
                for kind in (Figure.PAID, Figure.DUE, Figure.CURRENT, Figure.ARREARS, Figure.UNPAID)
                if kind is Figure.PAID or entry.item.due is not None
            ]
        case WaterfallEntry():
            return [(f"{entry.name}.rest", Figure.REST(entry.name), currency)]
        case DefinitionEntry() if entry.name in acts.records:
            return [(entry.name, Figure.RECORDED(entry.name), types.unit_text_of(entry))]
        case _:
            return []
