"""The measures that a deal can report, by name.

A measure is ``name(*operands, **static attributes) -> (values, determined)``. Operands are series
[date, scenario] or figures [scenario] of float64 (masks: boolean); static attributes are the same in
every scenario: a number a date, a count, a position on the timeline. Where a measure is not determined
its value is 0 and the mask false; neither NaN nor infinity comes out. One scenario alone gives the
same bits as in any batch. Each function's docstring states its convention and source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .arrays import Figure
from .cover import (
    average_dscr,
    dscr_of_totals,
    highest_ltv,
    llcr,
    lowest_dscr,
    lowest_llcr,
    lowest_trailing_dscr,
    ltv,
    plcr,
    present_value_at,
    trailing_dscr,
)
from .dates import (
    average,
    dates_below,
    first_date,
    first_date_above,
    first_date_below,
    highest,
    lowest,
    total,
    value_at,
    weighted_average,
)
from .discount import asset_swap_spread, z_spread
from .life import (
    balance_left,
    balloon,
    balloon_share,
    loss_share,
    loss_total,
    multiple,
    multiple_of_flows,
    shortfall_share,
    shortfall_total,
    weighted_average_life,
    weighted_average_life_with_balance,
)
from .paths import (
    Statistic,
    expected_shortfall,
    mean,
    percentile,
    probability,
    share_determined,
    standard_deviation,
    standard_error,
)
from .yields import (
    basis_point_value,
    clean_price,
    convexity,
    convexity_at_price,
    dirty_price,
    discount_margin,
    irr,
    macaulay_duration,
    macaulay_duration_at_price,
    modified_duration,
    modified_duration_at_price,
    price,
    xirr,
    yield_to_maturity,
)

_MEASURES: tuple[Callable[..., Figure], ...] = (
    irr,
    xirr,
    price,
    clean_price,
    dirty_price,
    yield_to_maturity,
    macaulay_duration,
    macaulay_duration_at_price,
    modified_duration,
    modified_duration_at_price,
    convexity,
    convexity_at_price,
    basis_point_value,
    discount_margin,
    z_spread,
    asset_swap_spread,
    weighted_average_life,
    weighted_average_life_with_balance,
    balance_left,
    balloon,
    balloon_share,
    multiple,
    multiple_of_flows,
    loss_total,
    loss_share,
    shortfall_total,
    shortfall_share,
    lowest_dscr,
    average_dscr,
    dscr_of_totals,
    trailing_dscr,
    lowest_trailing_dscr,
    present_value_at,
    llcr,
    lowest_llcr,
    plcr,
    ltv,
    highest_ltv,
    total,
    average,
    weighted_average,
    lowest,
    highest,
    value_at,
    first_date,
    first_date_below,
    first_date_above,
    dates_below,
)

_STATISTICS: tuple[Callable[..., Statistic], ...] = (
    mean,
    standard_deviation,
    standard_error,
    percentile,
    expected_shortfall,
    probability,
    share_determined,
)

METRICS: Mapping[str, Callable[..., Figure]] = MappingProxyType({f.__name__: f for f in _MEASURES})
"""Measures of one scenario, by name."""

STATISTICS: Mapping[str, Callable[..., Statistic]] = MappingProxyType({f.__name__: f for f in _STATISTICS})
"""Statistics over scenarios, by name: ``name(values[scenario], determined[scenario], **attributes)``."""

__all__ = [
    "METRICS",
    "STATISTICS",
    "asset_swap_spread",
    "average",
    "average_dscr",
    "balance_left",
    "balloon",
    "balloon_share",
    "basis_point_value",
    "clean_price",
    "convexity",
    "convexity_at_price",
    "dates_below",
    "dirty_price",
    "discount_margin",
    "dscr_of_totals",
    "expected_shortfall",
    "first_date",
    "first_date_above",
    "first_date_below",
    "highest",
    "highest_ltv",
    "irr",
    "llcr",
    "loss_share",
    "loss_total",
    "lowest",
    "lowest_dscr",
    "lowest_llcr",
    "lowest_trailing_dscr",
    "ltv",
    "macaulay_duration",
    "macaulay_duration_at_price",
    "mean",
    "modified_duration",
    "modified_duration_at_price",
    "multiple",
    "multiple_of_flows",
    "percentile",
    "plcr",
    "present_value_at",
    "price",
    "probability",
    "share_determined",
    "shortfall_share",
    "shortfall_total",
    "standard_deviation",
    "standard_error",
    "total",
    "trailing_dscr",
    "value_at",
    "weighted_average",
    "weighted_average_life",
    "weighted_average_life_with_balance",
    "xirr",
    "yield_to_maturity",
    "z_spread",
]
