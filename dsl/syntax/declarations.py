"""Declarations: what a deal is about, its terms, its dates, its parties and what it makes of the library."""

from __future__ import annotations

from typing import Literal

import attrs

from ...engine.ir import Span
from .expressions import Expression, Name, Text
from .item import Field, Item, TypeName


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Header(Item):
    """``deal "Aurora" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }``"""

    name: str
    fields: tuple[Field, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Use(Item):
    """``use compute, debt`` and ``use rules.project_finance``; ``use "terms.deal"`` for a file beside the deal."""

    modules: tuple[Name | Text, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PartyDeclaration(Item):
    """``party Aurora, Sponsor`` or ``party OpenLab { credit = openlab }``"""

    names: tuple[Name, ...]
    fields: tuple[Field, ...] = ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class UnitDeclaration(Item):
    """``unit rack`` or ``unit rack = 72 GPU``"""

    name: str
    value: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ScheduleDeclaration(Item):
    """``schedule payment = monthly on day 15 from 2026-02-15 to 2031-01-15, following, calendar "US settlement"``

    Also: ``monthly on the last day``, ``quarterly on day 20``, ``every 2 weeks``, ``annually``, ``semiannually``,
    ``weekly``; ``accrual from 2017-02-18``, ``accrual unadjusted`` / ``accrual adjusted``,
    ``short first`` / ``long first`` / ``short last`` / ``long last``, ``inclusive last``, ``calendar "A" and "B"``;
    or ``schedule tests = dates [2027-01-01, 2028-01-01]``; or ``schedule call = payment from 2029-08-15 to ..``.
    """

    name: str
    every: tuple[int, Literal["day", "week", "month", "year"]] | None
    day: int | Literal["last"] | None
    start: Expression | None
    end: Expression | None
    adjustment: Literal["unadjusted", "following", "modified following", "preceding", "modified preceding"] | None
    calendars: tuple[Text, ...]
    accrual_start: Expression | None
    accrual_adjusted: bool | None
    stub: Literal["short first", "long first", "short last", "long last"] | None
    dates: Expression | None = None
    base: Name | None = None
    inclusive: bool = False


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Definition(Item):
    """``define x = ...``, ``term x = ...``, ``let x = ...``, ``index SOFR = ...``, ``flow x on collected = ...``.

    All may state a type: ``term rate : rate = 5%``. `term`, `let`: fixed when the deal is read. `index`: a series
    of rates. `flow`: an amount that arises on the dates of its schedule.
    """

    form: Literal["define", "term", "let", "index", "flow"]
    name: str
    type: TypeName | None
    on: Name | None
    value: Expression


@attrs.frozen(slots=True, eq=False, kw_only=True)
class InputDeclaration(Item):
    """``input spot : series of money per GPU-hour on payment [= default]``"""

    name: str
    type: TypeName
    on: Name | None
    default: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class DaycountDeclaration(Item):
    """``daycount bank360 = days / 360``: an expression over ``days`` (of the piece) or a series of durations."""

    name: str
    value: Expression


@attrs.frozen(slots=True, eq=False, kw_only=True)
class FunctionDeclaration(Item):
    """``function straight(size, first, last) = ...``; a parameter may state its type and default."""

    name: str
    parameters: tuple[Parameter, ...]
    value: Expression


@attrs.frozen(slots=True, eq=False)
class Parameter:
    name: str
    type: TypeName | None
    default: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class GroupDeclaration(Item):
    """``group notes = A1, A2, A3``"""

    name: str
    members: tuple[Name, ...]


@attrs.frozen(slots=True, eq=False)
class FieldDeclaration:
    """``holder : party``, ``margin : rate = 0%  "What is paid over the index."``; names may share a line."""

    names: tuple[str, ...]
    type: TypeName
    default: Expression | None
    documentation: str | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Instance(Item):
    """``loan senior { holder = Lenders; size = $720m }`` and
    ``auto_pool pools each row in "pools.csv" { speed = abs_speed }``."""

    component: Name
    name: str
    rows: Text | None
    fields: tuple[Field, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class CurveDeclaration(Item):
    """``rate_curve usd { convention = "USD LIBOR"; deposits = [1 month: 0.3%]; swaps = [2 years: 1.2%] }`` and
    ``credit_curve openlab { rates = usd; spreads = [1 year: 210bp, 5 years: 380bp]; recovery = 40% }``."""

    form: Literal["rate", "credit"]
    name: str
    fields: tuple[Field, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class RelationDeclaration(Item):
    """A stated edge between two parties, beside those that claims and receipts make:

    ``relation holding Parent owns 80% of SPV``: ``subject`` holds the share ``amount`` of ``object``.
    ``relation backing Vendor guarantees Cloud [to Banks] [up to $0.9bn]``: ``subject`` makes good what the creditors
    of ``object`` (or ``beneficiary`` alone) lose, up to ``limit``.
    ``relation cover Insurer protects Bank against Cloud [up to $0.5bn]``: what ``beneficiary`` loses on ``object``.
    ``relation notes Cloud owes $6bn to Funds [kind debt]``: a debt that no claim of the deal models.
    ``relation azure Lab pays $250bn to Cloud kind sales``: cash that no claim of the deal models, and no debt.
    """

    name: str
    verb: Literal["owns", "guarantees", "protects", "owes", "pays"]
    subject: Name
    object: Name
    beneficiary: Name | None
    amount: Expression | None
    limit: Expression | None
    kind: str | None
