"""A deal on its way to being written: its lines, and what the properties must know of them."""

from __future__ import annotations

import datetime

import attrs

from .choices import Choices


@attrs.frozen
class Owed:
    """A claim that a waterfall can pay.

    ``balance``: the state that shares by balance go by. ``due``: whether it states one (`up to` alone does not).
    ``steady``: what is due does not depend on what was paid before. ``limited``: each step pays it so much at most.
    ``capped``: its balance is the most that it may be paid.
    """

    name: str
    balance: str | None = None
    due: bool = True
    steady: bool = False
    limited: bool = False
    capped: bool = False


@attrs.frozen
class Short:
    """After a step, at most one of the two is above zero: what its accounts hold, what its claim still wants."""

    left: str
    wanting: str


@attrs.frozen
class Shared:
    """A pro rata step, as recorded on both sides of it: what there was, the weights, what each member asked and got."""

    available: str
    weights: tuple[str, ...]
    asks: tuple[str, ...]
    left_asks: tuple[str, ...]


@attrs.frozen
class Laid:
    """A schedule that was written: the dates that its rule says, before business days; of which schedule it is a part."""

    name: str
    dates: tuple[datetime.date, ...]
    parent: str | None


@attrs.define
class Edges:
    """What a deal of the edges knows of its dates and of the terms that shape it.

    ``structural``: terms that shape the deal, each with another value that it may have.
    ``accrues``: schedules that state where accrual begins. ``foreign``: figures that live on other schedules than the payments', as money. ``below``: money that is below zero
    on all its dates.
    """

    closing: datetime.date = datetime.date(2026, 1, 15)
    schedules: dict[str, Laid] = attrs.Factory(dict)
    structural: list[tuple[str, str]] = attrs.Factory(list)
    accrues: list[str] = attrs.Factory(list)
    foreign: list[str] = attrs.Factory(list)
    below: list[str] = attrs.Factory(list)


@attrs.frozen
class Written:
    """A deal's text and what it promises.

    ``inputs``: each input's name and how to feed it (money, rate, date). ``monotone``: nothing in it reacts to more
    cash by paying less on that date. ``ahead``: a claim that comes first in its waterfalls, in a deal in which no test
    looks at what was paid. ``other``: whether it has a second schedule. ``owners``: each account's party.
    ``settled``: claims that no account funds. ``kinds``: the kinds of step and item that it holds. ``drawn``: names
    that a simulation draws.
    """

    text: str
    inputs: tuple[tuple[str, str], ...]
    claims: tuple[Owed, ...]
    shorts: tuple[Short, ...]
    shares: tuple[Shared, ...]
    monotone: bool
    owners: tuple[tuple[str, str], ...]
    settled: tuple[tuple[str, str, str], ...]
    ahead: tuple[str, ...]
    kinds: frozenset[str]
    closing: datetime.date = datetime.date(2026, 1, 15)
    drawn: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Written:\n{self.text}"


@attrs.define
class Draft:
    """``newer``: it may hold what the generator learned after the deals of the first seeds were written down.
    ``at_edges``: it is a deal of the edges (`edges.py`)."""

    choose: Choices
    lines: list[str] = attrs.Factory(list)
    report: list[str] = attrs.Factory(list)
    inputs: list[tuple[str, str]] = attrs.Factory(list)
    claims: list[Owed] = attrs.Factory(list)
    cash_claims: list[Owed] = attrs.Factory(list)
    every_claim: list[str] = attrs.Factory(list)
    shorts: list[Short] = attrs.Factory(list)
    shares: list[Shared] = attrs.Factory(list)
    owners: list[tuple[str, str]] = attrs.Factory(list)
    settled: list[tuple[str, str, str]] = attrs.Factory(list)
    ahead: list[str] = attrs.Factory(list)
    reserves: list[str] = attrs.Factory(list)
    opening_tests: list[str] = attrs.Factory(list)
    triggers: list[str] = attrs.Factory(list)
    step_triggers: list[str] = attrs.Factory(list)
    balances: list[str] = attrs.Factory(list)
    terms: list[str] = attrs.Factory(list)
    records: list[str] = attrs.Factory(list)
    touched: set[str] = attrs.Factory(set)
    monotone: bool = True
    calm: bool = False
    newer: bool = False
    regular: bool = True
    other: str | None = None
    kinds: set[str] = attrs.Factory(set)
    at_edges: bool = False
    edges: Edges = attrs.Factory(Edges)
    drawn: list[str] = attrs.Factory(list)
    _names: dict[str, int] = attrs.Factory(dict)

    def say(self, line: str, *kinds: str) -> None:
        self.lines.append(line)
        self.kinds.update(kinds)

    def name(self, stem: str) -> str:
        """A new name: fee, fee_2, fee_3."""
        number = self._names[stem] = self._names.get(stem, 0) + 1
        return stem if number == 1 else f"{stem}_{number}"

    def money(self, low: int, high: int) -> str:
        """An amount that is seldom the same twice: what is equal by chance would test ties alone."""
        return f"${self.choose.whole(low, high)}.{self.choose.whole(0, 99):02d}"

    def percent(self, low: int, high: int) -> str:
        return f"{self.choose.whole(low, high)}.{self.choose.whole(0, 99):02d}%"
