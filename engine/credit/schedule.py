"""The coupons of one credit default swap, as the ISDA standard model (1.8.2) lays them out."""

from __future__ import annotations

from typing import Any, Literal

import attrs
import numpy as np

from .dates import WEEKDAYS, Calendar, DateLike, Day, Days, add_months, day
from .dates import accrual_start as standard_accrual_start
from .daycount import DayCount, day_count, year_fraction
from .errors import CreditError

Stub = Literal["short front", "long front"]

ONE = np.timedelta64(1, "D")


@attrs.frozen(eq=False)
class CdsSchedule:
    """When one contract accrues and pays, seen from a trade (valuation) date.

    ``trade`` is where curves start and protection begins, ``step_in`` the day after, ``settle`` the
    day on which an upfront is paid. ``starts``, ``ends`` and ``pays`` are ``datetime64[D]``, one a
    coupon of the whole contract: a coupon accrues from its start to the day before its end. ``live``
    is the first coupon whose accrual ends after step-in; those before it belong to the past.
    """

    trade: Day
    step_in: Day
    settle: Day
    maturity: Day
    starts: Days
    ends: Days
    pays: Days
    live: int
    count: DayCount

    @property
    def accrued_days(self) -> int:
        """Days from the current coupon's start to step-in: nil where step-in is an accrual start, or before it."""
        return max(0, int((self.step_in - self.starts[self.live]) / ONE))

    @property
    def accrued(self) -> float:
        """The accrued coupon per unit of coupon rate and notional, not discounted."""
        start = Day(self.starts[self.live])
        return year_fraction(self.count, start, self.step_in) if start < self.step_in else 0.0

    @property
    def settle_days(self) -> int:
        return int((self.settle - self.trade) / ONE)

    @property
    def maturity_days(self) -> int:
        """From the trade date to maturity, where protection ends."""
        return int((self.maturity - self.trade) / ONE)

    @property
    def year_fractions(self) -> Any:
        """Of each coupon of the contract, ``[coupon]``."""
        return np.array([year_fraction(self.count, *pair) for pair in zip(self.starts, self.ends, strict=True)])


def cds_schedule(
    trade: DateLike,
    maturity: DateLike,
    *,
    step_in: DateLike | None = None,
    settle: DateLike | None = None,
    accrual_start: DateLike | None = None,
    calendar: Calendar = WEEKDAYS,
    stub: Stub = "short front",
    months: int = 3,
    count: DayCount = "ACT/360",
    forward: bool = False,
) -> CdsSchedule:
    """The schedule of a contract that matures on ``maturity``, valued on ``trade``.

    Not said, step-in is the next calendar day, settlement three business days after the trade, the
    accrual start that of a standard contract traded that day (``accrual_start``), the period three
    months and the day count ACT/360 (ISDA standard model and standard contract terms). A seasoned
    trade states the accrual start of its own first coupon. One after step-in is refused, unless
    ``forward`` says that it is meant: protection then starts on the day before it.

    A contract of the time before the standard terms accrues from the day after its trade; ``stub``
    says whether its first coupon is paid on the first date after that, or on the second.

    Dates run backwards from maturity and are adjusted Following; the last accrual ends on the day
    after the unadjusted maturity and is paid on the adjusted one.
    """
    traded = day(trade, "the trade date")
    matures = day(maturity, "the maturity")
    steps = traded + ONE if step_in is None else day(step_in, "the step-in date")
    settles = calendar.add_business_days(traded, 3) if settle is None else day(settle, "the settlement date")
    if matures <= traded:
        raise CreditError("the maturity", matures, f"a date after the trade date {traded} was expected")
    if not traded <= steps <= matures:
        raise CreditError("the step-in date", steps, f"a date from the trade date {traded} to maturity was expected")
    # Maturity is no accrual start: traded the day before it, the last coupon still accrues.
    begins = standard_accrual_start(min(steps, matures - ONE) - ONE, calendar)
    first = begins if accrual_start is None else day(accrual_start, "the accrual start")
    if settles < traded:
        raise CreditError("the settlement date", settles, f"a date from the trade date {traded} on was expected")
    if first > steps and not forward:
        wanted = f"a date by step-in {steps} was expected (a contract that starts later says forward=True)"
        raise CreditError("the accrual start", first, wanted)
    if first >= matures:
        raise CreditError("the accrual start", first, f"a date before maturity {matures} was expected")
    if stub not in ("short front", "long front"):
        raise CreditError("the stub", repr(stub), "short front or long front was expected")
    counted = day_count(count, "the coupon's day count")
    if not isinstance(months, int) or isinstance(months, bool) or not 1 <= months <= 12:
        raise CreditError("the period", repr(months), "1 to 12 months were expected")

    inner: list[Day] = []
    while (date := add_months(matures, -months * (len(inner) + 1))) > first:
        inner.append(date)
    inner.reverse()
    adjusted = [Day(calendar.following(one)) for one in inner]
    whole = Day(calendar.following(date)) == first
    if stub == "long front" and adjusted and not whole and date != first:
        adjusted = adjusted[1:]
    starts = np.array([first, *adjusted], "datetime64[D]")
    ends = np.array([*adjusted, matures + ONE], "datetime64[D]")
    pays = np.array([*adjusted, calendar.following(matures)], "datetime64[D]")
    live = int(np.searchsorted(ends, steps, side="right"))
    return CdsSchedule(traded, steps, settles, matures, starts, ends, pays, live, counted)
