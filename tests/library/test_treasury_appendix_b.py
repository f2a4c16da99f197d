"""Prices of United States Treasury notes and bonds: the worked examples of 31 CFR 356, appendix B, section II, and its
formulas in exact arithmetic over a grid of long first periods."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction

import attrs
import indenture
import pytest

Date = datetime.date

DEAL = """
deal "Note" {{ language = 1; currency = USD; closing = {dated}; issuer = Treasury }}
use bonds
party Treasury, Investors, Budget
schedule coupons = semiannually on {day} from {first} to {maturity}, unadjusted{stub}
corporate_bond note {{ holder = Investors; size = $100; coupon = {coupon}; pays = coupons; maturity = {maturity}; accrual = actual/actual ICMA }}
ranking note.interest, [note.principal, note.call_premium]
account cash
receive note.advance into cash
receive $300 from Budget into cash on coupons
waterfall all from cash on coupons {{ pay note.interest; pay note.principal; pay note.call_premium; pay rest to Budget }}
report {{ {report} }}
"""


@attrs.frozen
class Example:
    section: str
    coupon: str
    dated: str
    first: str
    maturity: str
    settled: str
    rate: str
    price: float
    day: str = "day 15"
    stub: str = ""


EXAMPLES = (
    Example("A, regular", "8.75%", "1990-05-15", "1990-11-15", "2020-05-15", "1990-05-15", "8.84%", 99.057893),
    Example(
        "B, short first",
        "8.5%",
        "1990-04-02",
        "1990-09-30",
        "1992-03-31",
        "1990-04-02",
        "8.59%",
        99.838183,
        "the last day",
        ", short first",
    ),
    Example(
        "C, long first",
        "8.5%",
        "1990-03-01",
        "1990-11-15",
        "1995-05-15",
        "1990-03-01",
        "8.53%",
        99.805118,
        stub=", long first",
    ),
    Example("D, reopened", "9.5%", "1985-11-15", "1986-05-15", "1995-11-15", "1985-11-29", "9.54%", 99.730918),
    Example(
        "E, reopened in the regular part of a long first",
        "10.75%",
        "1985-07-02",
        "1986-02-15",
        "2005-08-15",
        "1985-11-04",
        "10.47%",
        102.214586,
        stub=", long first",
    ),
    Example(
        "F, reopened in a short first",
        "10.5%",
        "1983-05-16",
        "1983-11-15",
        "1991-05-15",
        "1983-08-15",
        "10.53%",
        99.777074,
        stub=", short first",
    ),
    Example(
        "G, reopened in the odd part of a long first",
        "9.75%",
        "1988-10-15",
        "1989-06-15",
        "1994-12-15",
        "1988-11-15",
        "9.79%",
        99.738045,
        stub=", long first",
    ),
)


def measured(example: Example, **report: str) -> dict[str, float]:
    text = DEAL.format(
        dated=example.dated,
        day=example.day,
        first=example.first,
        maturity=example.maturity,
        stub=example.stub,
        coupon=example.coupon,
        report="; ".join(f'"{name}" = {measure}' for name, measure in report.items()),
    )
    result = indenture.compile(text).run()
    return {name: float(result[name].values[0]) for name in report}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.section)
def test_the_published_price(example: Example) -> None:
    """The price is the clean one: section II rounds the full price and what has accrued to six decimals each."""
    terms = f'actual/actual ICMA, settlement = {example.settled}, compounding = "simple then semiannually"'
    got = measured(
        example,
        full=f"price(note, {example.rate}, {terms})",
        accrued=f"accrued_interest(note, settlement = {example.settled})",
        back=f"yield_to_maturity(note, price(note, {example.rate}, {terms}), {terms})",
    )
    assert round(round(100 * got["full"], 6) - round(100 * got["accrued"], 6), 6) == example.price
    assert got["back"] == pytest.approx(float(example.rate.rstrip("%")) / 100, abs=1e-13)


def months_later(date: Date, months: int) -> Date:
    month = date.year * 12 + date.month - 1 + months
    return Date(month // 12, month % 12 + 1, date.day)


def by_the_regulation(
    coupon: Fraction, rate: Fraction, dated: Date, quasi: Date, settled: Date, halves: int
) -> tuple[Fraction, Fraction]:
    """The price and what accrued, by section II.C, E and G: ``quasi`` is where the first whole half-year begins."""
    half, growth = coupon / 2, 1 + rate / 2
    before, after = months_later(quasi, -6), months_later(quasi, 6)
    odd = Fraction((quasi - dated).days, (quasi - before).days)
    annuity = sum((half / growth**k for k in range(1, halves)), start=Fraction(0)) + 100 / growth ** (halves - 1)
    at_first = half * odd + half + annuity
    if settled < quasi:
        left = Fraction((quasi - settled).days, (quasi - before).days)
        return at_first / growth / (1 + left * rate / 2), (odd - left) * half
    left = Fraction((after - settled).days, (after - quasi).days)
    return at_first / (1 + left * rate / 2), (odd + 1 - left) * half


def test_every_long_first_period_is_priced_by_the_regulation() -> None:
    chance = random.Random(356)
    seen = set()
    for _ in range(40):
        quasi = Date(chance.randint(1985, 2030), chance.randint(1, 12), chance.randint(1, 28))
        dated = quasi - datetime.timedelta(days=chance.randint(1, 178))
        halves = chance.randint(2, 20)
        first, maturity = months_later(quasi, 6), months_later(quasi, 6 * halves)
        settled = dated + datetime.timedelta(days=chance.randint(0, (first - dated).days - 1))
        seen.add(settled < quasi)
        coupon, rate = Fraction(chance.randint(0, 120), 1000), Fraction(chance.randint(1, 150), 1000)
        example = Example(
            "",
            f"{float(coupon):.1%}",
            f"{dated}",
            f"{first}",
            f"{maturity}",
            f"{settled}",
            f"{float(rate):.1%}",
            0.0,
            f"day {quasi.day}",
            ", long first",
        )
        terms = f'actual/actual ICMA, settlement = {settled}, compounding = "simple then semiannually"'
        got = measured(
            example,
            dirty=f"price(note, {example.rate}, {terms})",
            accrued=f"accrued_interest(note, settlement = {settled})",
            modified=f"modified_duration(note, {example.rate}, {terms})",
            convexity=f"convexity(note, {example.rate}, {terms})",
            back=f"yield_to_maturity(note, price(note, {example.rate}, {terms}), {terms})",
        )
        price, accrued = by_the_regulation(coupon * 100, rate, dated, quasi, settled, halves)
        step = Fraction(1, 10**6)
        up, down = (
            by_the_regulation(coupon * 100, rate + by, dated, quasi, settled, halves)[0] for by in (step, -step)
        )
        assert got["dirty"] == pytest.approx(float(price) / 100, rel=1e-13)
        assert got["accrued"] == pytest.approx(float(accrued) / 100, abs=1e-15)
        assert got["back"] == pytest.approx(float(rate), abs=1e-12)
        # The slopes of the price: their own error is a millionth squared.
        assert got["modified"] == pytest.approx(float((down - up) / (2 * step) / price), rel=1e-9)
        assert got["convexity"] == pytest.approx(float((up - 2 * price + down) / step**2 / price), rel=1e-9)
    assert seen == {True, False}
