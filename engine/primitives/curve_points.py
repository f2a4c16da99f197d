"""The points of a curve: the days on which they stand, and the curve that they make, seen from its own day or a later
one. `curves` works with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..credit.curves import CreditCurve, DiscountCurve
from ..credit.dates import WEEKDAYS, Calendar, add_months, cds_maturity, serial
from ..credit.errors import CreditError
from ..credit.rates import RateInstrument, rates_schedule
from .kernels import EPOCH

Array = npt.NDArray[Any]


def day_of(ordinal: int) -> np.datetime64:
    return np.datetime64(ordinal - EPOCH, "D")


def ordinal_of(day: Any) -> int:
    return int(serial(day)) + EPOCH


def _after(traded: np.datetime64, time: str) -> np.datetime64:
    """The plain date of a point."""
    if time.endswith("M"):
        return add_months(traded, int(time[:-1]))
    if time.endswith("D"):
        day: np.datetime64 = traded + np.timedelta64(int(time[:-1]), "D")
        return day
    return np.datetime64(time, "D")


@lru_cache(maxsize=64)
def calendar_of(holidays: tuple[int, ...]) -> Calendar:
    """Weekends and these ordinals are closed."""
    return Calendar(tuple(day_of(one) for one in holidays)) if holidays else WEEKDAYS


@lru_cache(maxsize=4096)
def pillar_day(ordinal: int, pillar: str, convention: str, holidays: tuple[int, ...]) -> np.datetime64:
    traded = day_of(ordinal)
    kind, _, time = pillar.rpartition(" ")
    if kind in ("zero", "hazard"):
        return _after(traded, time)
    if kind in ("deposit", "swap"):
        return instrument_of(ordinal, pillar, convention, holidays)[0].matures
    return cds_maturity(traded, int(time[:-1])) if time.endswith("M") else _after(traded, time)


@lru_cache(maxsize=4096)
def instrument_of(ordinal: int, pillar: str, convention: str, holidays: tuple[int, ...]) -> tuple[RateInstrument, int]:
    """A deposit or a swap, and the days from the curve's own to the one on which it starts."""
    kind, _, time = pillar.partition(" ")
    if not time.endswith("M"):
        raise CreditError(f"the tenor of a {kind}", time, "months or years were expected")
    tenors = (int(time[:-1]),)
    deposits, swaps = (tenors, ()) if kind == "deposit" else ((), tenors)
    made = rates_schedule(day_of(ordinal), convention, deposits, swaps, calendar=calendar_of(holidays))
    return made.instruments[0], int(serial(made.base) - serial(made.trade))


def pillar_dates(
    ordinal: int, pillars: Sequence[str], convention: str = "", holidays: tuple[int, ...] = ()
) -> list[Any]:
    """The dates of points of a curve that is of the day ``ordinal``."""
    return [pillar_day(ordinal, pillar, convention, holidays).item() for pillar in pillars]


@lru_cache(maxsize=4096)
def knots_of(
    ordinal: int, pillars: tuple[str, ...], convention: str, holidays: tuple[int, ...]
) -> tuple[npt.NDArray[np.int64], int]:
    """The days of a curve's points from the day on which its instruments start, and that day's from the curve's own."""
    traded = serial(day_of(ordinal))
    ahead = 0
    if pillars and pillars[0].partition(" ")[0] in ("deposit", "swap"):
        ahead = instrument_of(ordinal, pillars[0], convention, holidays)[1]
    days = [int(serial(pillar_day(ordinal, one, convention, holidays)) - traded) - ahead for one in pillars]
    return np.array(days, np.int64), ahead


def discounting(
    ordinal: int, pillars: tuple[str, ...], convention: str, holidays: tuple[int, ...], logs: Sequence[Array]
) -> DiscountCurve:
    """From its own day on; up to the day on which its instruments start, its first zero rate holds as well."""
    knots, ahead = knots_of(ordinal, pillars, convention, holidays)
    table = _table(logs)
    return DiscountCurve(day_of(ordinal), knots + ahead, table + ahead * table[0] / knots[0])


def risk(ordinal: int, pillars: tuple[str, ...], hazards: Sequence[Array]) -> CreditCurve:
    return CreditCurve(day_of(ordinal), knots_of(ordinal, pillars, "", ())[0], _table(hazards))


def _table(rows: Sequence[Array]) -> Array:
    lanes = max(len(row) for row in rows)
    return np.array([np.broadcast_to(row, (lanes,)) for row in rows])


def moved(rates: DiscountCurve, ordinal: int) -> DiscountCurve:
    """The same curve seen from a later day: forward discount factors, straight where it was straight."""
    days = ordinal_of(rates.trade)
    if ordinal == days:
        return rates
    shift = ordinal - days
    knots = rates.knots[rates.knots > shift]
    if len(knots) == 0:
        knots = np.array([shift + 365], np.int64)
    logs = rates.log_discount(knots) - rates.log_discount([shift])
    return DiscountCurve(day_of(ordinal), knots - shift, logs)


def aged(credit: CreditCurve, ordinal: int) -> CreditCurve:
    """The same curve seen from a later day on which the name has not defaulted."""
    shift = ordinal - ordinal_of(credit.trade)
    if shift == 0:
        return credit
    keep = credit.knots > shift
    keep[-1] = True
    knots = credit.knots[keep] - shift
    knots[-1] = max(knots[-1], 1)
    return CreditCurve(day_of(ordinal), knots, credit.hazards[keep])
