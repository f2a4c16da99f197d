"""How the rates curve of the standard model is quoted, currency by currency.

Sources. Curves of interbank rates ("USD", "EUR", …): Markit, "Interest Rate Curve XML Specifications",
version 1.16 (15 October 2013), and its files, which state day counts, frequencies and the spot date (a
sterling file has the trade date itself); CHF by the market's own convention for swaps against six-month
LIBOR. Curves of risk-free rates: S&P Global Market Intelligence, "Interest Rate Curve XML Specification
(RFRs)", version 1.3 (15 June 2026), sections 3.1 and 3.2: one payment up to a year, one a year beyond,
the same day count on both legs, base date T+2 but sterling's T and the Australian dollar's T+1.

Dates are adjusted modified following on weekends alone, and on the holidays that cdsmodel.com lists
besides: TYO for the yen since 2009-09-12, NYM for the dollar since 2022-06-20. They are the caller's to give.
"""

from __future__ import annotations

import attrs

from ..errors import suggestion
from .daycount import DayCount, day_count
from .errors import CreditError


@attrs.frozen
class RatesConvention:
    """How one currency's curve is quoted.

    ``deposit_count`` is the day count of single payments, ``swap_count`` that of a swap's fixed leg,
    ``swap_months`` the months between its payments, ``spot`` the business days from the trade date to the base date.
    """

    name: str
    deposit_count: DayCount
    swap_count: DayCount
    swap_months: int
    spot: int = 2

    def __attrs_post_init__(self) -> None:
        day_count(self.deposit_count, "the deposits' day count")
        day_count(self.swap_count, "the swaps' day count")
        if self.swap_months not in (1, 2, 3, 4, 6, 12):
            raise CreditError(
                "the months between a swap's payments", repr(self.swap_months), "1, 2, 3, 4, 6 or 12 was expected"
            )
        if self.spot not in range(11):
            raise CreditError("the days to spot", repr(self.spot), "0 to 10 was expected")


_ALL = (
    RatesConvention("USD", "ACT/360", "30/360", 6),
    RatesConvention("EUR", "ACT/360", "30/360", 12),
    RatesConvention("GBP", "ACT/365F", "ACT/365F", 6, spot=0),
    RatesConvention("JPY", "ACT/360", "ACT/365F", 6),
    RatesConvention("CHF", "ACT/360", "30/360", 12),
    RatesConvention("USD SOFR", "ACT/360", "ACT/360", 12),
    RatesConvention("EUR ESTR", "ACT/360", "ACT/360", 12),
    RatesConvention("GBP SONIA", "ACT/365F", "ACT/365F", 12, spot=0),
    RatesConvention("JPY TONA", "ACT/365F", "ACT/365F", 12),
    RatesConvention("CHF SARON", "ACT/360", "ACT/360", 12),
    RatesConvention("AUD AONIA", "ACT/365F", "ACT/365F", 12, spot=1),
)

CONVENTIONS = {one.name: one for one in _ALL}
"""By name: a currency stands for its curve of interbank deposits and swaps, "USD SOFR" and the like for
its risk-free rate."""


def convention(name: str | RatesConvention) -> RatesConvention:
    """The convention of that name; an unknown one has to be stated."""
    if isinstance(name, RatesConvention):
        return name
    if name not in CONVENTIONS:
        raise CreditError(
            "the conventions",
            repr(name),
            "a RatesConvention of one's own or one of these was expected: "
            + ", ".join(CONVENTIONS)
            + suggestion(str(name), CONVENTIONS),
        )
    return CONVENTIONS[name]
