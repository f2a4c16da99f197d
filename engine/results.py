"""What a run gives back: named figures and series, with their units and where they are determined.

A value that is not determined never shows as a number: in arrays it is 0 with ``determined`` False, in
JSON null, in pandas missing, in tables "n/a".
"""

from __future__ import annotations

import datetime
import html
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from .errors import suggestion
from .ir import Alert, Check
from .results_tables import Table
from .results_values import SHOWN, Array, Figure, Series, html_table, masked, plain, shown

if TYPE_CHECKING:
    import pandas

__all__ = ["SHOWN", "CheckResult", "Event", "Figure", "Results", "Series", "plain", "shown"]


@attrs.frozen(eq=False, repr=False)
class CheckResult:
    """How a check came out. ``failures`` [scenario] counts the dates on which it fails, ``first`` gives
    the position of the first of them (-1: none, or a figure); ``applies`` [scenario] where it is asked.
    ``observed`` is the figure that an expectation ties out, None where the check has none."""

    check: Check
    failures: Array
    first: Array
    applies: Array
    dates: tuple[datetime.date, ...]
    scenarios: Sequence[str]
    observed: Figure | None = None

    @property
    def name(self) -> str:
        return self.check.name

    @property
    def passed(self) -> bool:
        return not self.failures.any()

    @property
    def holds(self) -> Array:
        """[scenario] of booleans; a scenario where it is not asked holds."""
        result: Array = self.failures == 0
        return result

    def first_date(self, scenario: int) -> datetime.date | None:
        position = int(self.first[scenario])
        return None if position < 0 else self.dates[position]

    def to_json(self) -> dict[str, Any]:
        failed = np.nonzero(self.failures)[0]
        return {
            "name": self.name,
            "code": self.check.code,
            "message": self.check.message,
            "passed": self.passed,
            "scenarios": int(self.applies.sum()),
            "failed": len(failed),
            "failures": [
                {
                    "scenario": self.scenarios[lane],
                    "dates": int(self.failures[lane]),
                    "first": date.isoformat() if (date := self.first_date(lane)) is not None else None,
                }
                for lane in failed[:SHOWN].tolist()
            ],
        }

    def __repr__(self) -> str:
        state = "holds" if self.passed else f"fails in {int((self.failures > 0).sum())} of {len(self.failures)}"
        return f"<Check {self.name}: {state}>"


@attrs.frozen
class Event:
    """An alert in one scenario, from the date on which it was raised.

    ``until``: the date on which it no longer held; None: it still does on the last date. ``observed`` and
    ``threshold`` are as they were on the first date, ``latest`` what was observed last while it held; None where
    nothing was. Numbers are in ``unit``.
    """

    scenario: str
    who: str
    what: str
    since: datetime.date
    until: datetime.date | None
    observed: float | bool | str | None
    latest: float | bool | str | None
    threshold: float | bool | str | None
    unit: str

    def to_json(self) -> dict[str, Any]:
        found = attrs.asdict(self)
        del found["scenario"]
        found["since"] = self.since.isoformat()
        found["until"] = None if self.until is None else self.until.isoformat()
        return found


@attrs.frozen(eq=False, repr=False)
class Results(Mapping[str, "Figure | Series"]):
    """The figures and series of a run by name, in the order of the program; ``tables`` of its report by name.

    ``own`` [date, scenario]: which of the dates are a scenario's own; None: each is every scenario's. On the others its
    series are not determined.
    """

    name: str
    dates: tuple[datetime.date, ...]
    scenarios: Sequence[str]
    entries: Mapping[str, Figure | Series]
    checks: tuple[CheckResult, ...]
    seed: int
    paths: int | None
    tables: Mapping[str, Table] = attrs.field(factory=dict)
    alerts: tuple[Alert, ...] = ()
    own: Array | None = None

    def events(self, scenario: int = 0) -> tuple[Event, ...]:
        """What the deal's alerts say in one scenario (or on one path), by the date on which each was raised."""
        found: list[Event] = []
        places = range(len(self.dates)) if self.own is None else np.nonzero(self.own[:, scenario])[0].tolist()
        for alert in self.alerts:
            raised = self.entries[alert.raised]
            shape = (len(self.dates), raised.values.shape[-1])
            holds = np.broadcast_to(raised.values, shape)[:, scenario].astype(bool)
            if raised.determined is not None:
                holds = holds & np.broadcast_to(raised.determined, shape)[:, scenario]
            holds = holds[places]
            turns = np.nonzero(np.diff(holds.astype(np.int8), prepend=0))[0].tolist()
            for first, after in zip(turns[::2], [*turns[1::2], None], strict=False):
                start, end = places[first], None if after is None else places[after]
                last = places[-1 if after is None else after - 1]
                found.append(
                    Event(
                        self.scenarios[scenario],
                        alert.who,
                        alert.what,
                        self.dates[start],
                        None if end is None else self.dates[end],
                        self._on(alert.observed, start, scenario),
                        self._on(alert.observed, last, scenario),
                        self._on(alert.threshold, start, scenario),
                        self.entries[alert.observed].unit,
                    )
                )
        return tuple(sorted(found, key=lambda event: (event.since, event.who, event.what)))

    def _on(self, name: str, date: int, scenario: int) -> float | bool | str | None:
        """A series' value on a date, or a figure's, as plain data."""
        one = self.entries[name]
        known = one.determined
        if isinstance(one, Figure):
            return plain(one.values[scenario], one.kind, known is None or bool(known[scenario]))
        return plain(one.values[date, scenario], one.kind, known is None or bool(known[date, scenario]))

    def __getitem__(self, name: str) -> Figure | Series:
        try:
            return self.entries[name]
        except KeyError:
            raise KeyError(f"there is no result {name!r}" + suggestion(name, self.entries)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def names(self) -> tuple[str, ...]:
        return tuple(self.entries)

    def figures(self) -> dict[str, Figure]:
        of_alerts = self._of_alerts()
        return {n: value for n, value in self.entries.items() if isinstance(value, Figure) and n not in of_alerts}

    def series(self) -> dict[str, Series]:
        """The series by name; what the alerts are made of is in `events`."""
        of_alerts = self._of_alerts()
        return {n: value for n, value in self.entries.items() if isinstance(value, Series) and n not in of_alerts}

    def _of_alerts(self) -> set[str]:
        return {name for one in self.alerts for name in (one.raised, one.observed, one.threshold)}

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def to_numpy(self) -> dict[str, Array]:
        return {name: value.values for name, value in self.entries.items()}

    def to_pandas(self) -> pandas.DataFrame:
        """The figures as a DataFrame, scenarios down and names across. Needs pandas."""
        import pandas as pd

        columns = {name: masked(f.values, f.determined) for name, f in self.figures().items()}
        return pd.DataFrame(columns, index=list(self.scenarios))

    def to_json(self) -> dict[str, Any]:
        """Plain data: measures and series by scenario, null where not determined; dates in ISO form."""
        figures = {name: figure.to_json() for name, figure in self.figures().items()}
        series = {name: one.to_json() for name, one in self.series().items()}
        content: dict[str, Any] = {
            "deal": self.name,
            "seed": self.seed,
            "dates": [date.isoformat() for date in self.dates],
            "scenarios": {
                scenario: {
                    "measures": {name: values[lane] for name, values in figures.items()},
                    "series": {name: values[lane] for name, values in series.items()},
                    **self._reasons(lane),
                    **self._tables_of(lane),
                }
                for lane, scenario in enumerate(self.scenarios)
            },
            "units": {name: value.unit for name, value in self.entries.items()},
            "checks": [check.to_json() for check in self.checks],
            **({"tables": {name: {"units": one.units} for name, one in self.tables.items()}} if self.tables else {}),
        }
        if self.alerts:
            for lane, scenario in enumerate(self.scenarios):
                content["scenarios"][scenario]["alerts"] = [event.to_json() for event in self.events(lane)]
        return content

    def _reasons(self, lane: int) -> dict[str, Any]:
        """Why measures of a scenario are not determined, where the deal says."""
        said = {name: why for name, figure in self.figures().items() if (why := figure.reason(lane))}
        return {"reasons": said} if said else {}

    def _tables_of(self, lane: int) -> dict[str, Any]:
        return {"tables": {name: one.to_json(lane) for name, one in self.tables.items()}} if self.tables else {}

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        head = ["", *self.scenarios[:SHOWN], "unit"]
        return head, [[name, *figure.cells(), figure.unit] for name, figure in self.figures().items()]

    def __repr__(self) -> str:
        head, rows = self._cells()
        lines = [head, *rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        text = [
            "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        more = f" (the first {SHOWN} shown)" if len(self.scenarios) > SHOWN else ""
        title = f"{self.name}: {len(self.dates)} dates, {len(self.scenarios)} scenarios{more}"
        failing = [check for check in self.checks if not check.passed]
        tables = [repr(table) for table in self.tables.values()]
        return "\n".join([title, *text, *tables, *(repr(check) for check in failing)])

    def _repr_html_(self) -> str:
        head, rows = self._cells()
        tables = "".join(f"<p>{html.escape(name)}</p>{table._repr_html_()}" for name, table in self.tables.items())
        return html_table(head, rows) + tables
