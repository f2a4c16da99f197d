"""Currencies by their codes, and the names that begin with one: `EUR3` may be an amount or an index."""

from __future__ import annotations

import re


def spelled(words: str) -> frozenset[str]:
    """A set of words, written as a text."""
    return frozenset(words.split())


CURRENCIES = spelled(
    "AED ARS AUD BHD BRL CAD CHF CLP CNH CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD KZT MAD "
    "MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)

TIGHT = re.compile(r"(?<![\w.])(?:CURRENCY)\d\w*".replace("CURRENCY", "|".join(sorted(CURRENCIES))))
"""`EUR300m` is money and `EUR3` may be an index: it is what the text declares it to be."""
_DECLARES = re.compile(
    r"""
      (?:^|[\s{;]) (?:account|party) [ ]+ (?P<several> \w+ (?:[ ]*,[ ]*\w+)* )
    | (?:^|[\s{;]) (?:define|term|let|index|flow|input|state|schedule|claim|reduction|trigger|waiver|group|function
                    |component|daycount|unit|waterfall|relation|credit_curve|rate_curve) [ ]+ (?P<one> \w+ )
    | (?:^|[\s{;]) [a-z_]\w* [ ]+ (?P<instance> \w+ ) (?=[ ]*\{|[ ]+each\b)
    | (?:^|[{;(,]) [ ]* (?P<field> \w+ ) (?=[ ]*:[ ]*[a-z])
    """,
    re.VERBOSE,
)


def names_like_money(text: str) -> frozenset[str]:
    """The names that a text declares and that an amount could be written as, `EUR3`."""
    found: set[str] = set()
    if TIGHT.search(text) is None:
        return frozenset(found)
    for line in text.splitlines():
        line = line.partition("--")[0]
        if TIGHT.search(line) is not None:
            for match in _DECLARES.finditer(line):
                found.update(part.strip() for group in match.groups() if group for part in group.split(","))
    return frozenset(name for name in found if TIGHT.fullmatch(name))
