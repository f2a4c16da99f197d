"""One named value of a run, over scenarios or over dates and scenarios, and how a person, JSON and pandas see it."""

from __future__ import annotations

import datetime
import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from .ir import NEVER, Kind

if TYPE_CHECKING:
    import pandas

Array = npt.NDArray[Any]

SHOWN = 12
"""How many scenarios or dates a table shows."""


def shown(value: Any, kind: Kind, determined: bool = True) -> str:
    """One value as a person reads it."""
    if not determined:
        return "n/a"
    match kind:
        case "bool":
            return "yes" if value else "no"
        case "date":
            return "never" if value >= NEVER else datetime.date.fromordinal(int(value)).isoformat()
        case "float":
            return f"{value:,.2f}" if abs(value) >= 1_000 else f"{value:.6g}"


def plain(value: Any, kind: Kind, determined: bool = True) -> float | bool | str | None:
    """One value for JSON: a number, a boolean, an ISO date, ``"never"``, or null."""
    if not determined:
        return None
    match kind:
        case "bool":
            return bool(value)
        case "date":
            return "never" if value >= NEVER else datetime.date.fromordinal(int(value)).isoformat()
        case "float":
            return float(value)


@attrs.frozen(eq=False, repr=False)
class Figure:
    """One value a scenario. ``values`` [scenario], in ``unit``; ``determined`` [scenario] or None for all.

    ``statistics``: for an output that is a statistic over the paths of a run, one number for each named
    scenario of it (None: not determined); else None. ``why``: in words, why it is not determined where it is not.
    """

    name: str
    values: Array
    unit: str
    determined: Array | None
    kind: Kind
    scenarios: Sequence[str]
    statistics: tuple[float | None, ...] | None = None
    why: str = ""

    def value(self, scenario: int = 0) -> Any:
        """The value of one scenario, None where it is not determined."""
        if self.determined is not None and not self.determined[scenario]:
            return None
        return self.values[scenario].item()

    def reason(self, scenario: int = 0) -> str:
        """Why it is not determined in one scenario; nothing where it is, or where the deal does not say."""
        return self.why if self.value(scenario) is None else ""

    def to_numpy(self) -> Array:
        return self.values

    def to_pandas(self) -> pandas.Series[Any]:
        """A pandas Series by scenario; missing where not determined. Needs pandas."""
        import pandas as pd

        return pd.Series(masked(self.values, self.determined), index=list(self.scenarios), name=self.name)

    def to_json(self) -> list[float | bool | str | None]:
        known = self.determined if self.determined is not None else np.ones(len(self.values), dtype=bool)
        return [plain(value, self.kind, bool(good)) for value, good in zip(self.values, known, strict=True)]

    def cells(self) -> list[str]:
        known = self.determined if self.determined is not None else np.ones(len(self.values), dtype=bool)
        return [
            shown(value, self.kind, bool(good)) for value, good in zip(self.values[:SHOWN], known[:SHOWN], strict=True)
        ]

    def __repr__(self) -> str:
        more = ", …" if len(self.values) > SHOWN else ""
        unit = f" {self.unit}" if self.unit else ""
        return f"<Figure {self.name}{unit}: {', '.join(self.cells())}{more}>"


@attrs.frozen(eq=False, repr=False)
class Series:
    """One value a date and scenario. ``values`` [date, scenario]; ``determined`` likewise, or None."""

    name: str
    values: Array
    unit: str
    determined: Array | None
    kind: Kind
    dates: tuple[datetime.date, ...]
    scenarios: Sequence[str]

    def to_numpy(self) -> Array:
        return self.values

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas DataFrame, dates down and scenarios across; missing where not determined."""
        import pandas as pd

        return pd.DataFrame(
            masked(self.values, self.determined),
            index=pd.DatetimeIndex([pd.Timestamp(date) for date in self.dates]),
            columns=list(self.scenarios),
        )

    def to_json(self) -> list[list[float | bool | str | None]]:
        """One list of values by date for each scenario."""
        known = self.determined if self.determined is not None else np.ones(self.values.shape, dtype=bool)
        return [
            [plain(value, self.kind, bool(good)) for value, good in zip(column, marks, strict=True)]
            for column, marks in zip(self.values.T, known.T, strict=True)
        ]

    def __repr__(self) -> str:
        dates, scenarios = self.values.shape
        unit = f" {self.unit}" if self.unit else ""
        return f"<Series {self.name}{unit}: {dates} dates × {scenarios} scenarios>"

    def _repr_html_(self) -> str:
        head = ["date", *self.scenarios[:SHOWN]]
        known = self.determined if self.determined is not None else np.ones(self.values.shape, dtype=bool)
        rows = [
            [
                date.isoformat(),
                *(shown(v, self.kind, bool(k)) for v, k in zip(line[:SHOWN], marks[:SHOWN], strict=True)),
            ]
            for date, line, marks in zip(self.dates, self.values, known, strict=True)
        ]
        return html_table(head, rows)


def masked(values: Array, determined: Array | None) -> Array:
    """The values as pandas has them: missing where not determined."""
    if determined is None or determined.all():
        return values
    if values.dtype == bool:
        objects = values.astype(object)
        objects[~determined] = None
        return objects
    return np.where(determined, values, np.nan)


def html_table(head: list[str], rows: list[list[str]]) -> str:
    """What a notebook shows."""

    def line(cells: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return f"<table><thead>{line(head, 'th')}</thead><tbody>{''.join(line(r, 'td') for r in rows)}</tbody></table>"
