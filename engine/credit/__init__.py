"""The ISDA CDS standard model (1.8.2) over lanes: one call prices a spread, a curve or a hundred thousand.
Portfolios under a one-factor copula are modules of their own: ``copula``, ``pool``, ``tranche``, ``nth_to_default``.

Dates (``dates``, ``schedule``), the rates curve (``conventions``, ``rates``), the credit curve
(``bootstrap``), legs and quotes (``legs``). numpy and attrs alone.
"""

from .bootstrap import (
    Step,
    bootstrap,
    bootstrap_upfronts,
    flat_curve,
    hazard_step,
    next_hazard,
    spread_from_upfront,
    upfront_from_spread,
)
from .conventions import CONVENTIONS, RatesConvention
from .curves import CreditCurve, DiscountCurve
from .dates import WEEKDAYS, Calendar, accrual_start, cds_maturity
from .daycount import DAY_COUNTS, DayCount
from .errors import CreditError, CrossingError
from .legs import CdsValue, Legs, legs, premium_leg, price, protection_leg
from .many import QuotedCds, price_spreads
from .rates import RateInstrument, RatesSchedule, next_log_discount, rates_curve, rates_schedule
from .schedule import CdsSchedule, cds_schedule
from .sensitivities import IndexValue, Sensitivities, index_value, quoted_cs01, sensitivities

__all__ = [
    "CONVENTIONS",
    "DAY_COUNTS",
    "WEEKDAYS",
    "Calendar",
    "CdsSchedule",
    "CdsValue",
    "CreditCurve",
    "CreditError",
    "CrossingError",
    "DayCount",
    "DiscountCurve",
    "IndexValue",
    "Legs",
    "QuotedCds",
    "RateInstrument",
    "RatesConvention",
    "RatesSchedule",
    "Sensitivities",
    "Step",
    "accrual_start",
    "bootstrap",
    "bootstrap_upfronts",
    "cds_maturity",
    "cds_schedule",
    "flat_curve",
    "hazard_step",
    "index_value",
    "legs",
    "next_hazard",
    "next_log_discount",
    "premium_leg",
    "price",
    "price_spreads",
    "protection_leg",
    "quoted_cs01",
    "rates_curve",
    "rates_schedule",
    "sensitivities",
    "spread_from_upfront",
    "upfront_from_spread",
]
