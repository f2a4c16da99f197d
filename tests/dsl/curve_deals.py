"""Deals of curves alone, for the tests of curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from indenture.dsl.api import DealError, compile

# Markit's grid for the standard model of 21 May 2009: quoted spread, recovery, clean upfront on $10m at a coupon of 1%.
USD_2009 = """
rate_curve usd {
  convention = "USD"
  deposits = [1 month: 0.3081%, 2 months: 0.5525%, 3 months: 0.7163%, 6 months: 1.2413%, 9 months: 1.4%,
    12 months: 1.5488%]
  swaps = [2 years: 1.1907%, 3 years: 1.699%, 4 years: 2.1198%, 5 years: 2.444%, 6 years: 2.6937%, 7 years: 2.8967%,
    8 years: 3.0504%, 9 years: 3.1719%, 10 years: 3.279%, 12 years: 3.4535%, 15 years: 3.6217%, 20 years: 3.6981%,
    25 years: 3.7246%, 30 years: 3.7605%]
}
"""


def deal(body: str, closing: str = "2009-05-21", currency: str = "USD") -> str:
    head = f'deal "Curves" {{ language = 1; currency = {currency}; closing = {closing}; issuer = Bank }}\nparty Bank\n'
    return head + body


def figures(body: str, *names: str, closing: str = "2009-05-21", **options: Any) -> list[float]:
    lines = "; ".join(f'"{number}" = {name}' for number, name in enumerate(names))
    found = compile(deal(f"{body}\nreport {{ {lines} }}", closing)).run(**options)
    return [float(np.ravel(found[str(number)].values)[0]) for number in range(len(names))]


def codes(body: str, closing: str = "2026-01-15") -> list[str]:
    with pytest.raises(DealError) as caught:
        compile(deal(body, closing))
    return [one.code for one in caught.value.diagnostics if one.severity == "error"]


CURVE = "rate_curve r { zero = 3% }\ncredit_curve c { rates = r; hazard = 2%; recovery = 40% }\n"
