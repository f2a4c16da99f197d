"""A deal with a few lines after it, and what its types and the messages about them are."""

from __future__ import annotations

from pathlib import Path

from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.names.resolve import resolve
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source
from indenture.dsl.types.check import check_types
from indenture.dsl.types.types import Types
from indenture.dsl.vocabulary.value_types import Type

DEAL = """
deal "Aurora" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Sponsor, Lenders, Operator, OpenLab
schedule payment = monthly on day 15 from 2026-02-15 to 2031-01-15
index SOFR = 4.10%
component loan {
  holder : party
  size, floor_size : money
  margin : rate = 0%
  index : rate = 0%
  pays : schedule
  maturity : date
  accrual : daycount = actual/360
  target : money = straight_line(size, pays, maturity)
  accelerated : condition = false
  price : fraction = 100%
  define coupon = index + margin
  claim advance from holder on closing = size * price lapses
  claim interest to holder on pays = accrue(balance * coupon, accrual) carries with interest at coupon
  define scheduled = max(balance - target, $0)
  claim principal to holder on pays = if accelerated or date >= maturity then balance else scheduled carries
  claim sweep to holder on pays up to balance
  state balance = size, then opening balance - principal.paid - sweep.paid
}
loan senior {
  holder = Lenders; size = $720m; floor_size = $1; index = SOFR; margin = 4.50%
  pays = payment; maturity = 2031-01-15
}
loan junior { holder = Lenders; size = $80m; floor_size = $1; margin = 9%; pays = payment; maturity = 2031-01-15 }
group notes = senior, junior
component pool { principal : money; apr : rate; rating : text; borrower : party; define balance = principal * 90% }
pool pools each row in "pools.csv" { }
pool other each row in "pools.csv" { }
let fleet = 16_384 GPU
define price = $2.35 per GPU-hour
define revenue = fleet * price * 720 hours
claim running to Operator on payment = fleet * $210 per GPU-month * 1 month lapses
claim euros to Operator on payment = EUR 3m lapses
account collections
account reserve { opens = $50m from Sponsor; target = 3 * senior.interest.current }
account abroad { currency = EUR }
define cfads = revenue - running.paid
define dscr = cfads / (senior.interest.current + senior.principal.current)
trigger lockup when dscr < 1.15x, until dscr >= 1.20x for 2 tests
function double(x) = x + x
function straight(size, first, last) = size * clamp(1 - (1 - first) / (last - first), 0, 1)
receive senior.advance into collections
"""


POOLS = "id,principal,apr,rating,borrower\n1,1000000,13.4%,CCC,OpenLab\n2,2000000,5%,B,OpenLab\n"


def with_pools(home: Path) -> Path:
    """The folder, with the pools' CSV in it."""
    (home / "pools.csv").write_text(POOLS)
    return home


def typed(text: str, folder: Path) -> tuple[Types, Collector]:
    collector = Collector()
    module = parse(Source("aurora.deal", text), collector)
    model = resolve(module, (), folder, collector)
    assert model is not None
    assert [found for found in collector.found if found.severity == "error"] == []
    declared = [item for item in module.items if isinstance(item, syntax.UnitDeclaration)]
    return check_types(model, collector, declared), collector


def said(text: str, folder: Path) -> tuple[Diagnostic, ...]:
    """What is said of the deal with these lines after it."""
    return typed(DEAL + text, folder)[1].found


def under(text: str, found: Diagnostic) -> str:
    """The text that a one-line diagnostic points at."""
    line = (DEAL + text).splitlines()[found.span.line - 1]
    return line[found.span.column - 1 : found.span.end_column - 1]


def type_of(expression: str, folder: Path) -> Type:
    types, collector = typed(f"{DEAL}define it = {expression}\n", folder)
    assert collector.found == ()
    return types.entry_type(types.model.entries["it"])
