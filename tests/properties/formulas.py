"""Deals whose payments are worked out by formula, so that they meet what they are tested against exactly: by seed, each
with a term that is varied over many values.

Level pay, straight lines, bullets and sums of interest that a formula gives, debt that is sculpted to a cover and tested
against it, pools that prepay and defaults that a note bears, shares that make one, cents: of every size from a few
dollars, and prices of a kilowatt-hour, to a hundred billion and ten trillion yen. What differs at all differs by more
than the part of it that the language passes over.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import attrs

SIZES = ("3.75", "97", "1_000", "12_345.67", "250_000", "1_750_000", "40_000_000", "1_000_000_000", "100_000_000_000")
YEN = ("9_000", "1_234_567", "10_000_000_000_000")


@attrs.frozen
class Formula:
    """A deal's text; ``kind`` is what it is about."""

    text: str
    kind: str


def formula(seed: int, values: int = 50) -> Formula:
    """The deal of a seed, its term varied over so many values."""
    chance = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    currency, sizes = ("JPY", YEN) if chance.random() < 0.25 else ("USD", SIZES)
    sign = "JPY " if currency == "JPY" else "$"
    payments = chance.choice((2, 3, 4, 6))
    varied = _varied(chance, values)
    body = KINDS_BY_NAME[kind](chance, sign, chance.choice(sizes), payments)
    last = f"{2026 + (payments - 1) // 12}-{(payments - 1) % 12 + 1:02}-15"
    text = f"""deal "By formula" {{ language = 1; currency = {currency}; closing = 2025-12-15; issuer = Issuer }}
use debt
party Issuer, Lender, Owner, Payer, Agent
schedule q = monthly on day 15 from 2026-01-15 to {last}, unadjusted
term speed = {varied[0]}
scenarios over speed = [{", ".join(varied)}]
account cash
{body}"""
    return Formula(text, kind)


def _varied(chance: random.Random, values: int) -> list[str]:
    """Percentages from nothing to 24, round ones among them."""
    digits = chance.choice((0, 1, 2, 4))
    step = chance.choice((0.24, 0.5, 0.37))
    found = [f"{step * place:.{digits}f}%" for place in range(values)]
    if digits == 0:
        found = [f"{place * 0.5:.1f}%" for place in range(values)]
    return list(dict.fromkeys(found))


def _waterfall(*steps: str) -> str:
    return "waterfall w from cash on q { " + "; ".join((*steps, "pay rest to Owner")) + " }"


def _tests(balance: str, nothing: str) -> str:
    return f"""report {{
  "Repaid on" = first_date({balance} <= {nothing})
  "Open" = count({balance} > {nothing} on q)
  "Left" = final({balance})
}}
require "Repaid" final({balance}) <= {nothing}
claim fee to Agent on q = if opening {balance} > {nothing} then size / 1_000 else {nothing} lapses
"""


def _level_pay(chance: random.Random, sign: str, size: str, payments: int) -> str:
    return f"""term size = {sign}{size}
define monthly = speed / 12
define payment = if speed > 0% then size * monthly / (1 - (1 + monthly) ^ (0 - {payments})) else size / {payments}
define accrued = opening balance * monthly
claim interest to Lender on q = accrued lapses
claim principal to Lender on q = max(payment - accrued, {sign}0) lapses
state balance = size, then opening balance - principal.paid
receive payment * 1.01 from Payer into cash on q
{_tests("balance", sign + "0")}ranking fee, interest, principal
{_waterfall("pay fee", "pay interest", "pay principal")}
"""


def _straight_line(chance: random.Random, sign: str, size: str, payments: int) -> str:
    parts = chance.choice((3, 7, payments))
    return f"""term size = {sign}{size}
claim principal to Lender on q = min(opening balance, size / {payments}) lapses
claim extra to Lender on q = (opening balance - principal.current) * speed / {parts} lapses
claim last_one to Lender on last q = opening balance - principal.current - extra.current lapses
state balance = size, then opening balance - principal.paid - extra.paid - last_one.paid
receive size from Payer into cash on q
trigger half on q when balance <= size / 2
define paid_off = size - balance
{_tests("balance", sign + "0")}report {{ "Half" = count(half), "All" = count(closing paid_off >= size on q), "Is" = count(balance is {sign}0 on q) }}
ranking fee, principal, extra, last_one
{_waterfall("pay fee", "pay principal", "pay extra", "pay last_one")}
"""


def _bullet(chance: random.Random, sign: str, size: str, payments: int) -> str:
    return f"""term size = {sign}{size}
state grown = size, then opening grown + opening grown * (speed / 12)
claim due to Lender on last q = size * (1 + speed / 12) ^ {payments} lapses
state owed = size, then opening owed + opening owed * (speed / 12) - due.paid
receive size * 8 from Payer into cash on last q
define formula_gives = size * (1 + speed / 12) ^ (number of q dates to date)
{_tests("owed", sign + "0")}report {{
  "The same" = count(grown is formula_gives on q)
  "Above" = count(grown > formula_gives on q)
  "At least" = count(grown >= formula_gives on q)
}}
ranking fee, due
{_waterfall("pay fee", "pay due")}
"""


def _sculpted(chance: random.Random, sign: str, size: str, payments: int) -> str:
    bar = chance.choice(("1.35", "1.2", "1.15", "1.05", "1.3333"))
    return f"""term size = {sign}{size}
define income = size * (1 + speed * (number of q dates to date)) / {payments}
define costs = income * 0.15 + size * 1.7% / 12
define cfads = income - costs
define service = cfads / {bar}
claim operating to Agent on q = costs lapses
claim interest to Lender on q = opening balance * 0.5% lapses
claim principal to Lender on q = max(service - interest.current, {sign}0) lapses
state balance = size * 2, then opening balance - principal.paid
account trap
receive income from Payer into cash on q
define dscr = cfads / (interest.current + principal.current)
trigger lock on q when dscr < {bar}x, until dscr >= {bar}x for 2 tests
require "Covered" lowest dscr >= {bar}x
report {{
  "Locked" = count(lock), "Below" = count(dscr < {bar}x on q), "Met" = count(dscr >= {bar}x on q)
  "Exactly" = count(dscr is {bar}x on q), "First" = first_date(dscr >= {bar}x on q)
}}
ranking operating, interest, principal
waterfall w from cash on q {{
  pay operating; pay interest; pay principal
  when lock {{ keep the rest in trap }} otherwise {{ move all of trap to cash }}
  pay rest to Owner
}}
"""


def _pool(chance: random.Random, sign: str, size: str, payments: int) -> str:
    losses = chance.choice(("0%", "1%", "2.5%"))
    return f"""term size = {sign}{size}
define survival = (1 - speed) ^ (1 / 12)
define left = {payments} - (number of q dates to date) + 1
define monthly = 0.06 / 12
define scheduled = opening pool * monthly / (1 - (1 + monthly) ^ (0 - left)) - opening pool * monthly
define lost = opening pool * {losses} / 12
define prepaid = (opening pool - scheduled - lost) * (1 - survival)
define collected = scheduled + prepaid
state pool = size, then opening pool - collected - lost
claim principal to Lender on q = min(opening note, collected) lapses
claim interest to Lender on q = opening note * 4% / 12 lapses
state note = size * 90%, then opening note - principal.paid
receive collected + opening pool * monthly from Payer into cash on q
define cushion = (pool - note) / pool
trigger thin on q when pool > {sign}0 and cushion < 10%
{_tests("note", sign + "0")}report {{
  "Pool gone on" = first_date(pool <= {sign}0), "Thin" = count(thin), "Even" = count(closing cushion >= 10% on q)
}}
ranking fee, interest, principal
{_waterfall("pay fee", "pay interest", "pay principal")}
"""


def _shares(chance: random.Random, sign: str, size: str, payments: int) -> str:
    first, second = chance.choice((("0.1", "0.2"), ("0.35", "0.3"), ("0.7", "0.1")))
    return f"""term size = {sign}{size}
define junior_share = 1 - {first} - {second} - speed / 4
claim one to Lender on q = size * {first} lapses
claim two to Agent on q = size * {second} lapses
claim three to Lender on q = size * speed / 4 lapses
receive size from Payer into cash on q
define paid = one.paid + two.paid + three.paid + size * junior_share
define price = 0.05 + speed / 100
define margin = price - 0.05 - speed / 100
report {{
  "All of it" = count(closing paid is size on q), "Less" = count(closing paid < size on q), "More" = count(closing paid > size on q)
  "No margin" = count(margin is 0 on q), "Whole" = count(floor(closing paid / size) is 1 on q)
  "Junior" = count(junior_share > 0% on q), "Paid" = count(three.paid > {sign}0 on q)
}}
ranking one, two, three
waterfall w from cash on q {{ pay one; pay two; pay three; pay rest to Owner }}
"""


def _cents(chance: random.Random, sign: str, size: str, payments: int) -> str:
    places = 0 if sign != "$" else 2
    unit = 10**places
    small = size if len(size.replace("_", "")) < 9 else "40_000_000"
    return f"""term size = {sign}{small}
define exact_payment = size / 8 + size * speed / 16
define payment = round(exact_payment, digits = {places})
define below = floor(exact_payment / {sign}1 * {unit}) / {unit} * {sign}1
claim principal to Lender on q = min(opening balance, payment) lapses
state balance = size, then opening balance - principal.paid
receive payment from Payer into cash on q
{_tests("balance", sign + "0")}report {{
  "As it is" = count(payment is exact_payment on q), "Up" = count(payment > exact_payment on q)
  "Down" = count(below < exact_payment on q), "Payments" = total(payment)
}}
ranking fee, principal
{_waterfall("pay fee", "pay principal")}
"""


def _reserve(chance: random.Random, sign: str, size: str, payments: int) -> str:
    return f"""term size = {sign}{size}
account reserve {{ opens = size * 5% from Owner; target = size * speed / 3 }}
claim interest to Lender on q = opening balance * speed / 12 carries
claim principal to Lender on q = min(opening balance, size / {payments}) carries
state balance = size, then opening balance - principal.paid
receive size / {payments} + size * speed / 24 from Payer into cash on q
define oc = (size * 1.25 - (size - balance)) / balance
trigger short on q tested after payments when interest.unpaid > {sign}0
trigger full on q tested after payments when reserve.balance >= size * speed / 3
{_tests("balance", sign + "0")}report {{
  "Short" = count(short), "Full" = count(full), "Over" = count(closing oc >= 125% on q), "Drawn" = count(principal.unpaid > {sign}0)
}}
ranking fee, interest, principal
{_waterfall("pay fee", "pay interest, then from reserve", "release reserve", "fill reserve", "pay principal, then from reserve")}
"""


KINDS_BY_NAME: dict[str, Callable[[random.Random, str, str, int], str]] = {
    "level pay": _level_pay,
    "straight line": _straight_line,
    "bullet": _bullet,
    "sculpted": _sculpted,
    "pool": _pool,
    "shares": _shares,
    "cents": _cents,
    "reserve": _reserve,
}
KINDS = tuple(KINDS_BY_NAME)
