"""Tables of a report: rows of names and figures, the figures one a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from .ir import Cell, ReportTable
from .results_values import SHOWN, Figure, html_table, plain, shown

if TYPE_CHECKING:
    import pandas


@attrs.frozen(eq=False, repr=False)
class Table:
    """A table of the report. ``shape`` has its columns and rows; ``figures`` by the name that a cell reads.

    A cell is a text, a figure, or one of several texts that a figure chooses (which edge is the smallest). A column's
    ``unit`` is that of its figures, empty for texts.
    """

    name: str
    shape: ReportTable
    figures: Mapping[str, Figure]
    scenarios: Sequence[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.shape.columns)

    @property
    def units(self) -> dict[str, str]:
        return {column.name: column.unit for column in self.shape.columns}

    def rows(self, scenario: int | str = 0) -> list[tuple[float | bool | str | None, ...]]:
        """The rows in one scenario, by its position or name: numbers, booleans, ISO dates and texts; None where a
        figure is not determined. Raises KeyError or IndexError for a scenario that there is not."""
        lane = self._lane(scenario)
        return [tuple(self._plain(cell, lane) for cell in row) for row in self.shape.rows]

    def _lane(self, scenario: int | str) -> int:
        if isinstance(scenario, str):
            for lane, name in enumerate(self.scenarios):
                if name == scenario:
                    return lane
            raise KeyError(f"there is no scenario {scenario!r}")
        if not 0 <= scenario < len(self.scenarios):
            raise IndexError(f"there is no scenario {scenario}")
        return scenario

    def _plain(self, cell: Cell, lane: int) -> float | bool | str | None:
        if cell.output is None:
            return cell.text
        figure = self.figures[cell.output]
        good = figure.determined is None or bool(figure.determined[lane])
        value = figure.values[lane]
        if cell.choices:
            return cell.choices[int(value)] if good else None
        return plain(value, figure.kind, good)

    def _shown(self, cell: Cell, lane: int) -> str:
        if cell.output is None:
            return cell.text
        figure = self.figures[cell.output]
        good = figure.determined is None or bool(figure.determined[lane])
        if cell.choices:
            return cell.choices[int(figure.values[lane])] if good else "n/a"
        return shown(figure.values[lane], figure.kind, good)

    def to_json(self, scenario: int | str = 0) -> list[dict[str, float | bool | str | None]]:
        """The rows in one scenario, each by column; null where not determined."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows(scenario)]

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas DataFrame, one line a scenario and row, the scenario in the first column. Needs pandas."""
        import pandas as pd

        lines: list[tuple[Any, ...]] = [
            (name, *row) for lane, name in enumerate(self.scenarios) for row in self.rows(lane)
        ]
        return pd.DataFrame(lines, columns=["scenario", *self.columns])

    def __len__(self) -> int:
        return len(self.shape.rows)

    def __repr__(self) -> str:
        rows = "1 row" if len(self) == 1 else f"{len(self)} rows"
        return f"<Table {self.name}: {rows} × {len(self.scenarios)} scenarios: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        head = ["scenario", *self.columns]
        body = [
            [name, *(self._shown(cell, lane) for cell in row)]
            for lane, name in list(enumerate(self.scenarios))[:SHOWN]
            for row in self.shape.rows
        ]
        return html_table(head, body)
