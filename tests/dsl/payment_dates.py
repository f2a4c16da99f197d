"""A loan's schedule of payments, for the tests of dates."""

from __future__ import annotations

import datetime
from typing import Any

import attrs
from indenture.dsl.time.schedule import Schedule, ScheduleSpec, build_schedule

Date = datetime.date


# monthly on day 15 from 2026-02-15 to 2031-01-15, following, calendar "US settlement"
PAYMENT = ScheduleSpec(
    name="payment",
    every=(1, "month"),
    day=15,
    first=Date(2026, 2, 15),
    last=Date(2031, 1, 15),
    adjustment="following",
    calendars=("US settlement",),
    accrual_adjusted=True,
    accrual_from=None,
    closing=Date(2026, 1, 15),
    stub=None,
)


PLAIN: dict[str, Any] = {"adjustment": "unadjusted", "calendars": (), "accrual_adjusted": False}


def schedule(**changes: Any) -> Schedule:
    return build_schedule(attrs.evolve(PAYMENT, **changes))


def plain(**changes: Any) -> Schedule:
    return build_schedule(attrs.evolve(PAYMENT, **(PLAIN | changes)))
