"""What can go wrong in the engine, each with the facts that a message needs."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Collection

from .ir import Origin


class ProgramError(ValueError):
    """A program that cannot be read or run as it stands."""


class VerifyError(ProgramError):
    """A program that is not well formed. ``problems`` lists everything that is wrong with it."""

    def __init__(self, problems: Collection[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("the program is not well formed:\n" + "\n".join(f"  {text}" for text in self.problems))


class InputError(ValueError):
    """What was fed does not fit the program: a name, a shape, a number that is none."""


class RunError(ArithmeticError):
    """A scenario that breaks what must always hold.

    ``code``, ``message``; ``equation`` is the label of what was broken, ``date`` when (None for a
    figure), ``scenario`` the name of the lane and ``lane`` its position, ``value`` the number found
    (None where there is none) and ``origin`` the place in the source.
    """

    def __init__(
        self,
        code: str,
        message: str,
        equation: str,
        *,
        date: datetime.date | None,
        scenario: str,
        lane: int,
        value: float | None,
        origin: Origin | None,
    ) -> None:
        self.code = code
        self.message = message
        self.equation = equation
        self.date = date
        self.scenario = scenario
        self.lane = lane
        self.value = value
        self.origin = origin
        found = "" if value is None else f" (found {value:,.10g})"
        when = "" if date is None else f", on {date.isoformat()}"
        super().__init__(f"{code}: {message}: {equation}{when}, in scenario {scenario}{found}")

    def __reduce__(self) -> tuple[object, ...]:
        # An exception with keyword arguments does not pickle by itself; workers send theirs home.
        return (
            _rebuild,
            (self.code, self.message, self.equation, self.date, self.scenario, self.lane, self.value, self.origin),
        )


def _rebuild(
    code: str,
    message: str,
    equation: str,
    date: datetime.date | None,
    scenario: str,
    lane: int,
    value: float | None,
    origin: Origin | None,
) -> RunError:
    return RunError(code, message, equation, date=date, scenario=scenario, lane=lane, value=value, origin=origin)


def suggestion(name: str, known: Collection[str]) -> str:
    """`` (did you mean 'x'?)``, or the empty string."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
