"""The syntax tree: what a `.deal` text says, before any name is looked up.

One frozen class a construct, each with the place it was read from. `from_tree.py` makes it from the
parse tree; `names.py` reads it. Docstrings show the spelling.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal

import attrs

from ...engine.ir import Span

# --------------------------------------------------------------------------------------------- expressions


@attrs.frozen(slots=True, eq=False)
class Node:
    span: Span


@attrs.frozen(slots=True, eq=False)
class UnitTerm:
    """One unit and its power: ``GPU-hour`` after `per` is ((GPU, -1), (hour, -1))."""

    name: str
    power: int
    span: Span


@attrs.frozen(slots=True, eq=False)
class Number(Node):
    """``16_384``, ``4.10%``, ``210bp``, ``1.15x``, ``6 years``, ``45% per year``, ``1.4 kW per GPU``.

    ``value`` is the plain number (4.10% is 41/1000); ``text`` keeps what was written.
    """

    value: Fraction
    text: str
    form: Literal["plain", "percent", "basis_points", "multiple"]
    units: tuple[UnitTerm, ...] = ()


@attrs.frozen(slots=True, eq=False)
class Money(Node):
    """``$720m``, ``$2.35 per GPU-hour``, ``EUR 5m``: suffixes k, m, bn; ``$`` is USD, ``£`` GBP, ``€`` EUR."""

    value: Fraction
    text: str
    currency: str
    units: tuple[UnitTerm, ...] = ()


@attrs.frozen(slots=True, eq=False)
class DateLiteral(Node):
    """``2026-01-15`` or ``never`` (None)."""

    value: datetime.date | None


@attrs.frozen(slots=True, eq=False)
class Text(Node):
    value: str


@attrs.frozen(slots=True, eq=False)
class Boolean(Node):
    value: bool


@attrs.frozen(slots=True, eq=False)
class Name(Node):
    """``senior.interest.paid``; the words ``date``, ``closing`` and ``rest`` are names too.

    ``places`` holds the place of each part.
    """

    parts: tuple[str, ...]
    places: tuple[Span, ...]

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@attrs.frozen(slots=True, eq=False)
class DayCount(Node):
    """A built-in day count written tight: ``actual/360``, ``30/360``, ``30E/360 ISDA``, ``actual/actual ICMA``."""

    value: str


@attrs.frozen(slots=True, eq=False)
class Unary(Node):
    operator: Literal["-", "not"]
    operand: Expression


@attrs.frozen(slots=True, eq=False)
class Binary(Node):
    """``is`` and ``is not`` compare as equal and not equal (numbers, dates, text, parties, booleans)."""

    operator: Literal["+", "-", "*", "/", "^", "<", "<=", ">", ">=", "is", "is not", "and", "or"]
    left: Expression
    right: Expression
    operator_span: Span


@attrs.frozen(slots=True, eq=False)
class Conditional(Node):
    """``if c then x else y``"""

    condition: Expression
    then: Expression
    otherwise: Expression


@attrs.frozen(slots=True, eq=False)
class Per(Node):
    """``($2.05 - $0.005 * t) per GPU-hour``"""

    operand: Expression
    units: tuple[UnitTerm, ...]


@attrs.frozen(slots=True, eq=False)
class Argument:
    """``from = 100%`` or, without a name, by position."""

    name: str | None
    value: Expression
    span: Span


@attrs.frozen(slots=True, eq=False)
class Call(Node):
    """``max(a, b)``, ``wal(senior, actual/365)``, ``accrue(x, accrual)``, ``trailing(3 months, cfads)``,
    ``present_value(x, rate)``, ``sum(pools.balance where rating is "CCC")``, ``irr(senior, actual/365)``.

    ``where`` filters rows (sum, weighted, lowest/highest/average over rows);
    ``on`` reads dates of one schedule only: ``lowest(dscr on payment)``.
    Prefix words make the same node: ``lowest dscr`` is ``lowest(dscr)``, ``total x`` is ``total(x)``,
    ``projected x`` is ``projected(x)``.
    """

    function: Name
    arguments: tuple[Argument, ...]
    where: Expression | None = None
    on: Expression | None = None


@attrs.frozen(slots=True, eq=False)
class Reading(Node):
    """``previous A.target``, ``opening A.balance``, ``closing A.balance``, ``projected rent.paid``, ``next A.target``.

    The operand is a name, never an expression.
    """

    moment: Literal["previous", "opening", "closing", "projected", "next"]
    name: Name


@attrs.frozen(slots=True, eq=False)
class EdgeDate(Node):
    """``first payment``, ``last payment``: the first or last date of a schedule (a list works too).

    ``previous payment`` and ``next payment`` (of a schedule) are Readings of the schedule's name.
    """

    edge: Literal["first", "last"]
    name: Name


@attrs.frozen(slots=True, eq=False)
class DateCount(Node):
    """``number of payment dates``, followed by any of ``after X``, ``from X``, ``since X``, ``to X``, ``before X``.

    ``to date`` is inclusive, ``after`` and ``since`` exclusive, ``from`` inclusive, ``before`` exclusive.
    """

    schedule: Name
    bounds: tuple[tuple[Literal["after", "from", "since", "to", "before"], Expression], ...]


@attrs.frozen(slots=True, eq=False)
class Within(Node):
    """``hours within a to b``, ``days within a to b``: that part of the period which lies between them."""

    unit: Literal["hours", "days"]
    start: Expression
    end: Expression


@attrs.frozen(slots=True, eq=False)
class Falls(Node):
    """``customer.default falls``: true on the first timeline date (of the reader's schedule) on or after it.
    ``... falls in this period`` is the same. On a trigger (``called falls``): the date on which it fires.
    """

    operand: Expression


@attrs.frozen(slots=True, eq=False)
class OnDate(Node):
    """``A1.factor on 2017-03-18``: the value on one date (a report, an expect)."""

    operand: Expression
    date: Expression


@attrs.frozen(slots=True, eq=False)
class ListOf(Node):
    """``[4 years, 4 years]``"""

    items: tuple[Expression, ...]


@attrs.frozen(slots=True, eq=False)
class Pairs(Node):
    """``[1 year: 210bp, 3 years: 300bp]``: points of a curve or a step table: keys are durations, dates or numbers."""

    items: tuple[tuple[Expression, Expression], ...]


@attrs.frozen(slots=True, eq=False)
class Table(Node):
    """``table "deliveries.csv" column arrived on draws``, ``curve "sofr.csv"``, ``curve "sofr.csv" column rate``,
    ``vector "losses.csv" column cdr``, ``observations "watch.csv" column spread``.

    ``column`` None: the only column that is not the date. A table has one row a date of the schedule (its
    ``date`` column must name them); a curve holds each value from its date until the next; a vector is the list of a
    column's cells, in the order of the rows.
    """

    form: Literal["table", "curve", "vector", "observations"]
    path: Text
    column: str | None
    on: Name | None


@attrs.frozen(slots=True, eq=False)
class Take(Node):
    """``take(limit, of x, lowest key first, where c)``"""

    limit: Expression
    amount: Expression
    order: Literal["lowest", "highest"]
    key: Expression
    where: Expression | None


@attrs.frozen(slots=True, eq=False)
class Circles(Node):
    """``circles(up to 4 edges, kinds equity, debt)``: the circles of the graph of parties, each known by its smallest
    edge. Without a limit they may be as long as there are parties; without kinds every edge counts."""

    most: int | None
    kinds: tuple[str, ...]
    places: tuple[Span, ...]


@attrs.frozen(slots=True, eq=False)
class NoneOf(Node):
    """``none of circles(...)``: no cash goes round any of them."""

    operand: Circles


Expression = (
    Number
    | Money
    | DateLiteral
    | Text
    | Boolean
    | Name
    | DayCount
    | Unary
    | Binary
    | Conditional
    | Per
    | Call
    | Reading
    | EdgeDate
    | DateCount
    | Within
    | Falls
    | OnDate
    | ListOf
    | Pairs
    | Table
    | Take
    | Circles
    | NoneOf
)

# --------------------------------------------------------------------------------------------- items


@attrs.frozen(slots=True, eq=False)
class Citation:
    text: str
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Item:
    """Anything that stands on its own. ``cite``: the clause it models. ``because``: a reason (require)."""

    span: Span
    name_span: Span
    cite: tuple[Citation, ...] = ()
    because: str | None = None


@attrs.frozen(slots=True, eq=False)
class Field:
    """``price = $2.35 per GPU-hour`` inside braces, or ``credit = openlab``."""

    name: str
    value: Expression
    span: Span
    name_span: Span
    cite: tuple[Citation, ...] = ()


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


@attrs.frozen(slots=True, eq=False)
class TypeName:
    """``money``, ``rate``, ``money per GPU-hour``, ``GPU``, ``fraction``, ``series of money``, ``list of duration``,
    ``date``, ``duration``, ``party``, ``schedule``, ``daycount``, ``condition``, ``text``, ``count``, ``claim``."""

    base: str
    units: tuple[UnitTerm, ...]
    series: bool
    many: bool
    span: Span


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
class ComponentDeclaration(Item):
    """``component loan { "What it is." fields ... members ... }``"""

    name: str
    documentation: str | None
    fields: tuple[FieldDeclaration, ...]
    members: tuple[AnyItem, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Instance(Item):
    """``loan senior { holder = Lenders; size = $720m }`` and
    ``auto_pool pools each row in "pools.csv" { speed = abs_speed }``."""

    component: Name
    name: str
    rows: Text | None
    fields: tuple[Field, ...]


@attrs.frozen(slots=True, eq=False)
class Unpaid:
    """What becomes of what is unpaid at close: ``carries``, ``carries with interest at r``,
    ``capitalises into balance``, ``lapses``, ``written off after 3 months``."""

    form: Literal["carries", "capitalises", "lapses", "written_off"]
    rate: Expression | None
    daycount: Expression | None
    into: Name | None
    after: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ClaimDeclaration(Item):
    """``claim interest [from P] to Q on S = due [while c] [when reached] carries [kind debt]``, or
    ``claim sweep to Q on S up to balance``."""

    name: str
    payer: Expression | None
    payee: Expression | None
    on: Expression
    due: Expression | None
    up_to: Expression | None
    condition: Expression | None
    when_reached: bool
    unpaid: Unpaid | None
    kind: str | None


@attrs.frozen(slots=True, eq=False)
class Movement:
    """One plus or minus term of a state; ``at`` says when it moves if it is not a claim's ``.paid``."""

    sign: Literal[1, -1]
    value: Expression
    at: Literal["opening", "close"] | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class StateDeclaration(Item):
    """``state balance = size, then opening balance - principal.paid + drawn at opening``.

    ``movements`` is the decomposition when the text after `then` has that form (``opening <own name>`` plus and
    minus terms), else None and ``recursion`` holds the expression whole.
    """

    name: str
    type: TypeName | None
    on: Name | None
    initial: Expression
    movements: tuple[Movement, ...] | None
    recursion: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ReductionDeclaration(Item):
    """``reduction loss of balance``: a state that `allocate losses` and `reduce` may lower without cash.
    ``loss.amount`` is what was taken on a date."""

    name: str
    state: Name


@attrs.frozen(slots=True, eq=False, kw_only=True)
class AccountDeclaration(Item):
    """``account dsra of SPV { opens = $50m from Sponsor; target = 3 * x; currency = EUR }``"""

    name: str
    owner: Name | None
    opens: tuple[tuple[Expression, Name | None], ...]
    target: Expression | None
    currency: Expression | None


@attrs.frozen(slots=True, eq=False)
class Test:
    """``dscr < 1.15x for 3 tests``"""

    condition: Expression
    count: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class TriggerDeclaration(Item):
    """``trigger lockup [on payment] [tested after payments] [from date] when c [for n tests],
    until d for 2 tests`` or ``, permanently``."""

    name: str
    on: Name | None
    after_payments: bool
    start: Expression | None
    when: Test
    until: Test | None
    permanently: bool


@attrs.frozen(slots=True, eq=False, kw_only=True)
class WaiverDeclaration(Item):
    """``waiver holiday of lockup from 2027-01-01 to 2027-06-30 [rank 1]``: the trigger does not fire meanwhile."""

    name: str
    trigger: Name
    start: Expression
    end: Expression
    rank: int | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class RankingDeclaration(Item):
    """``ranking running, hedge.payment, senior.interest``: highest first; ``[a, b]`` rank equally."""

    ranks: tuple[tuple[Name, ...], ...]


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


# --------------------------------------------------------------------------------------------- steps


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Pay(Node):
    """``pay senior.interest[, then from dsra[, reserve2]] [up to x [per year]]``"""

    claim: Name
    then_from: tuple[Name, ...] = ()
    cap: Expression | None = None
    cap_per_year: bool = False


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Member:
    """One member of a pro rata group: a claim, or a sequence of steps in braces; ``share`` when shares are stated
    (``60% A.interest``)."""

    steps: tuple[Step, ...]
    share: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayProRata(Node):
    """``pay pro rata { A.interest, B.interest }``, ``pay pro rata by balance { ... }``, ``by shares``; a group's name
    stands for its members (``pay pro rata notes.interest``). In `reduce`, members are reductions."""

    by: Literal["due", "balance", "shares"]
    members: tuple[Member, ...]
    then_from: tuple[Name, ...] = ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayRest(Node):
    """``pay rest to Sponsor``"""

    party: Expression


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayParty(Node):
    """``pay $5m to Sponsor`` : an amount that no claim states; it is owed once, lapses, and ranks nowhere."""

    amount: Expression
    party: Expression


@attrs.frozen(slots=True, eq=False, kw_only=True)
class UpTo(Node):
    """``up to x [per year] { steps }``: caps the sum of its steps."""

    limit: Expression
    per_year: bool
    steps: tuple[Step, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class UntilCured(Node):
    """``until oc >= 122.6% { pay A.sweep  pay B.sweep }``: pays what cures the ratio and no more."""

    condition: Expression
    steps: tuple[Step, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class When(Node):
    """``when c { ... } otherwise { ... }``; `unless c { ... }` is When of not c."""

    condition: Expression
    steps: tuple[Step, ...]
    otherwise: tuple[Step, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Fill(Node):
    """``fill dsra``: up to its target; ``fill dsra up to x``."""

    account: Name
    cap: Expression | None = None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Release(Node):
    """``release dsra``: what it holds above its target goes to the waterfall's account (or ``to other``)."""

    account: Name
    to: Name | None = None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Move(Node):
    """``move all of dsra, trap to collections`` (amount None) or ``move $5m of dsra to collections``."""

    amount: Expression | None
    sources: tuple[Name, ...]
    to: Name


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Keep(Node):
    """``keep the rest in trap``"""

    account: Name


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Record(Node):
    """``record cfads, dscr``"""

    names: tuple[Name, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class TestTrigger(Node):
    """``test lockup``"""

    trigger: Name


Step = (
    Pay
    | PayProRata
    | PayRest
    | PayParty
    | UpTo
    | UntilCured
    | When
    | Fill
    | Release
    | Move
    | Keep
    | Record
    | TestTrigger
)


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Line:
    """A labelled line of a waterfall and its steps (a label may be absent: None)."""

    label: str | None
    steps: tuple[Step, ...]
    span: Span
    cite: tuple[Citation, ...] = ()


# --------------------------------------------------------------------------------------------- acts of the day


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Receive(Item):
    """``receive anchor.rent into collections`` (a claim), ``receive $100m from Sponsor into collections on closing``,
    ``receive sum(loans.interest) [from P] into x [on S]``."""

    amount: Expression
    source: Expression | None
    account: Name
    on: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Waterfall(Item):
    """``waterfall revenue from collections on payment [from d] [until d] [when c | unless c]
    [notwithstanding ranking] { ... }``"""

    name: str
    account: Name
    on: Expression
    start: Expression | None
    end: Expression | None
    guard: Expression | None
    notwithstanding_ranking: bool
    lines: tuple[Line, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Settle(Item):
    """``settle hedge.premium, hedge.protection on payment [while Insurer.performing]``"""

    claims: tuple[Name, ...]
    on: Expression | None
    condition: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class AllocateLosses(Item):
    """``allocate losses x on payment to first_loss, then mezzanine``: instruments (their `loss`) or reductions."""

    amount: Expression
    on: Expression
    targets: tuple[Name, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Reduce(Item):
    """``reduce x on payment { steps over reductions }``: Pay and PayProRata name reductions; When, UpTo as usual."""

    amount: Expression
    on: Expression
    steps: tuple[Step, ...]


# ------------------------------------------------------------------------------------- scenarios, checks, report


@attrs.frozen(slots=True, eq=False)
class Override:
    """``anchor.price = anchor.price * 0.5`` or ``gpus.resale drawn from gbm(...) [joined by gaussian(35%)]``"""

    name: Name
    value: Expression
    drawn: bool
    joined: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ScenarioDeclaration(Item):
    """``scenario "Prices down" after "Customer defaults", "Rates up" { ... }``"""

    name: str
    after: tuple[Text, ...]
    overrides: tuple[Override, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ScenariosOver(Item):
    """``scenarios over speed = [0.5%, 1.0%] and callable = [true, false]``: every combination, by name."""

    ranges: tuple[tuple[Name, Expression], ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Simulate(Item):
    """``simulate { paths = 100_000; x drawn from normal(mean = 0%, deviation = 1%); y = 15% + x }``: a name is drawn,
    or follows from what is drawn; both hold in a run with paths alone."""

    fields: tuple[Field, ...]
    draws: tuple[Override, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Require(Item):
    """``require "The contract outlives the loan" x >= y [in base] because "..."``"""

    label: str | None
    condition: Expression
    scenarios: tuple[Text | Name, ...]


@attrs.frozen(slots=True, eq=False)
class ExpectRow:
    name: Name
    values: tuple[Expression, ...]
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Expect(Item):
    """``expect wal(senior, actual/365) is 2.55 years within 0.05 years in base`` (``in "A", "B"``, ``in every
    scenario``), or ``expect total(x) >= $0 in base`` (a condition; then target and tolerance are None), or a table:
    ``expect wal(notes, 30/360) by abs_speed [where callable] within 0.005 years { A1 0.28 0.23 ... }``: one row a
    member of the group that the expression names (its name replaces the group's), one column a value of the ranged
    term, in order.
    """

    label: str | None
    value: Expression
    target: Expression | None
    tolerance: Expression | None
    scenarios: tuple[Text | Name, ...]
    by: Name | None = None
    where: Expression | None = None
    rows: tuple[ExpectRow, ...] = ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Always(Item):
    """``always collections.balance >= $0``: on every date in every scenario."""

    label: str | None
    condition: Expression


@attrs.frozen(slots=True, eq=False)
class ReportLine:
    """``"Senior IRR" = irr(senior, actual/365)`` or the expression alone (its text is the name)."""

    label: str | None
    value: Expression
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Report(Item):
    """``report { a, b }``: a date series is shown whole, a measure as a figure."""

    lines: tuple[ReportLine, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class CurveDeclaration(Item):
    """``rate_curve usd { convention = "USD LIBOR"; deposits = [1 month: 0.3%]; swaps = [2 years: 1.2%] }`` and
    ``credit_curve openlab { rates = usd; spreads = [1 year: 210bp, 5 years: 380bp]; recovery = 40% }``."""

    form: Literal["rate", "credit"]
    name: str
    fields: tuple[Field, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Later(Item):
    """A construct of the language that this version reads and does not yet run (`solve`, `sweep`,
    `use rules...`): ``construct`` is its keyword. Its content is kept as parsed."""

    construct: str
    name: str | None
    expressions: tuple[Expression, ...]
    names: tuple[Name, ...]
    fields: tuple[Field, ...]


AnyItem = (
    Header
    | Use
    | PartyDeclaration
    | UnitDeclaration
    | ScheduleDeclaration
    | Definition
    | InputDeclaration
    | DaycountDeclaration
    | FunctionDeclaration
    | GroupDeclaration
    | ComponentDeclaration
    | Instance
    | ClaimDeclaration
    | StateDeclaration
    | ReductionDeclaration
    | AccountDeclaration
    | TriggerDeclaration
    | WaiverDeclaration
    | RankingDeclaration
    | RelationDeclaration
    | Receive
    | Waterfall
    | Settle
    | AllocateLosses
    | Reduce
    | ScenarioDeclaration
    | ScenariosOver
    | Simulate
    | Require
    | Expect
    | Always
    | Report
    | CurveDeclaration
    | Later
)


@attrs.frozen(slots=True, eq=False)
class Module:
    """One file, parsed: its items in the order written."""

    file: str
    items: tuple[AnyItem, ...]
