"""`examples/gpu_spv.deal` written by hand: a loop over months in numpy, arrays over scenarios.

An oracle for the deal and the measure of its speed. Nothing here is shared with the language or the engine: terms,
formulas and the order of payments are keyed again from the deal's description.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MONTHS = 84
UNITS = 16_384.0
TERMS = {
    "tax": 0.21,
    "fixed": 0.036,
    "floor": 0.01,
    "margin_a": 0.0375,
    "margin_b": 0.065,
    "reserve_months": 6.0,
    "sweep_above": 0.86,
    "trap_below": 1.15,
    "short": 1.0,
    "behind": 0.05 * 430e6,
    "a": 430e6,
    "b": 80e6,
    "c": 60e6,
    "reserve": 55e6,
}


FIGURES = (
    "A interest",
    "B interest",
    "C interest",
    "A principal",
    "B principal",
    "C principal",
    "A loss",
    "B loss",
    "C loss",
    "A life",
    "B life",
    "C life",
    "Lowest coverage",
    "Equity",
    "Taxes and fees",
    "Months of enforcement",
)
"""The lines of the deal's report, in its order."""


def series() -> dict[str, Array]:
    """What is the same in every scenario, by month."""
    month = np.arange(MONTHS, dtype=float)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 7, dtype=float)
    hours, fraction = days * 24, days / 360.0
    contracted = np.where(month < 60, 0.85, 0.0)
    energy = UNITS * 1.4 * 1.25 * 0.068 * 1.02 ** (month / 12) * hours
    inflation = 1.025 ** (month / 12)

    def straight(size: float, first: int, last: int) -> Array:
        result: Array = size * np.clip(1 - (month + 1 - first) / (last - first), 0, 1)
        return result

    a, b, c = straight(430e6, 3, 60), straight(80e6, 36, 66), straight(60e6, 48, 72)
    last = month == MONTHS - 1
    return {
        "hours": hours * UNITS,
        "contract_price": contracted * (2.05 - 0.005 * month),
        "uncontracted": 1 - contracted,
        "operating_fixed": UNITS * 130.0 * inflation + energy * 0.35,
        "operating_variable": energy * 0.65,
        "fraction": fraction,
        "depreciation": np.where(month < 60, 690e6 / 60, 0.0),
        "tax_fee": 60e3 * inflation,
        "agent": 15e3 * inflation,
        "agent_rate": 0.0005 * fraction,
        "hedged": 0.75 * np.r_[430e6, a[:-1]] * fraction,
        "coupon_c": 0.14 * fraction,
        "target_a": a,
        "target_b": b,
        "target_c": c,
        "next_a": a - np.r_[a[1:], 0.0],
        "capital": np.where(month < 60, 6e6, 0.0),
        "works": np.where(month % 12 == 11, 2.5e6, 0.0),
        "manager": 250e3 * inflation,
        "residual": np.where(last, 0.8, 0.0),
        "years": (month + 1) / 12.0,
        "month": month,
        "last": last.astype(float),
    }


def paths(scenarios: int, seed: int = 1) -> dict[str, Array]:
    """Spot price, utilisation, index, collateral [month, scenario]; the month of default [scenario]."""
    stream = np.random.default_rng(seed)
    step = 1 / 12
    shocks = stream.standard_normal((4, MONTHS, scenarios))
    log_spot = np.log(2.30) + np.cumsum(0.38 * step**0.5 * shocks[0] + (-0.2 - 0.38**2 / 2) * step, axis=0)
    load, index, wear = np.empty((3, MONTHS, scenarios))
    x, rate, log_wear = np.full(scenarios, 0.9), np.full(scenarios, 0.041), np.zeros(scenarios)
    for month in range(MONTHS):
        x = 0.88 * x + 0.35 * shocks[1, month] + 0.12 * 0.9
        load[month] = 0.15 + 0.82 / (1 + np.exp(-x))
        rate = rate * (1 - 0.25 * step) + 0.010 * step**0.5 * shocks[2, month] + 0.25 * 0.035 * step
        index[month] = rate
        log_wear = 0.9 * log_wear + 0.03 * shocks[3, month]
        wear[month] = log_wear
    months = np.arange(1, MONTHS + 1)[:, None]
    forward = np.log(2.30) - 0.2 * step * months
    collateral = np.exp(0.75 * (log_spot - forward) + wear) * np.exp(-0.0165 * months) * UNITS * 42e3
    default = np.floor(stream.standard_exponential(scenarios) / 0.10 * 12)
    return {"spot": np.exp(log_spot), "utilisation": load, "index": index, "collateral": collateral, "default": default}


def by_hand(fed: Mapping[str, Array]) -> dict[str, Array]:
    """The sixteen figures, a value a scenario: `spot`, `utilisation`, `index`, `collateral` [month, scenario], `default`
    [scenario], the month (from 0) in which the offtaker stops paying."""
    q, p = series(), TERMS
    size = fed["default"].size

    def zeros(start: float = 0.0) -> Array:
        return np.full(size, start)

    a, b, c, reserve = zeros(p["a"]), zeros(p["b"]), zeros(p["c"]), zeros(p["reserve"])
    short_a, short_b, short_c, short_fee, short_manager, trap, capex, cured = (zeros() for _ in range(8))
    trapped, enforced = np.zeros(size, bool), np.zeros(size, bool)
    names = [f"{what}_{loan}" for what in ("int", "prin", "weight") for loan in "abc"] + ["equity", "fees", "enforced"]
    sums = {name: zeros() for name in names}
    lowest = zeros(10.0)
    for m in range(MONTHS):
        s = {name: values[m] for name, values in q.items()}
        load, index, collateral = fed["utilisation"][m], fed["index"][m], fed["collateral"][m]
        merchant = load * fed["spot"][m]
        mixed = s["contract_price"] + s["uncontracted"] * merchant
        revenue = s["hours"] * np.where(fed["default"] > m, mixed, merchant)
        operating = s["operating_fixed"] + s["operating_variable"] * load
        winding = np.ones(size, bool) if s["last"] else enforced
        held = reserve + trap + capex
        cash = revenue + held * np.maximum(index, 0.0) * s["fraction"]
        if s["residual"]:
            cash = cash + s["residual"] * collateral
        cash = cash + np.where(winding, held, 0.0)
        reserve, trap, capex = (np.where(winding, 0.0, x) for x in (reserve, trap, capex))
        rate_a = (np.maximum(index, p["floor"]) + p["margin_a"]) * s["fraction"]
        rate_b = (np.maximum(index, p["floor"]) + p["margin_b"]) * s["fraction"]
        interest_a, interest_b = a * rate_a, b * rate_b
        hedge = s["hedged"] * (p["fixed"] - index)
        cash = cash + np.maximum(-hedge, 0.0)
        profit = revenue - operating - s["depreciation"] - interest_a - interest_b
        tax = p["tax"] * np.maximum(profit, 0.0) + s["tax_fee"]
        taxes = np.minimum(cash, tax)
        cash = cash - taxes
        costs = np.minimum(cash, operating)
        cash = cash - costs
        due = s["agent"] + s["agent_rate"] * (a + b + c) + short_fee
        fee = np.minimum(cash, due)
        cash, short_fee = cash - fee, due - fee
        cash = cash - np.minimum(cash, np.maximum(hedge, 0.0))
        due = interest_a + short_a * (1 + rate_a)
        paid_a = np.minimum(cash, due)
        cash = cash - paid_a
        drawn = np.minimum(reserve, due - paid_a)
        reserve, paid_a = reserve - drawn, paid_a + drawn
        short_a = due - paid_a
        full_a = np.where(winding, np.minimum(cash, a), 0.0)
        cash, a = cash - full_a, a - full_a
        due = interest_b + short_b * (1 + rate_b)
        paid_b = np.minimum(cash, due)
        cash = cash - paid_b
        drawn = np.minimum(reserve, due - paid_b)
        reserve, paid_b = reserve - drawn, paid_b + drawn
        short_b = due - paid_b
        scheduled = np.maximum(a - s["target_a"], 0.0)
        principal_a = np.minimum(cash, scheduled)
        cash = cash - principal_a
        drawn = np.minimum(reserve, scheduled - principal_a)
        reserve, principal_a = reserve - drawn, principal_a + drawn
        a = a - principal_a
        flow = revenue - taxes - costs - fee - hedge
        service = interest_a + interest_b + scheduled
        dscr = np.where(service > 1.0, flow / np.maximum(service, 1.0), 10.0)
        target = p["reserve_months"] * (a * rate_a + b * rate_b + np.minimum(s["next_a"], a))
        target = np.where(winding, 0.0, target)
        released = np.maximum(reserve - target, 0.0)
        reserve, cash = reserve - released, cash + released
        filled = np.minimum(cash, np.maximum(target - reserve, 0.0))
        cash, reserve = cash - filled, reserve + filled
        sweep = np.where((a + b) / collateral > p["sweep_above"], np.minimum(cash, a), 0.0)
        cash, a = cash - sweep, a - sweep
        good = dscr >= p["trap_below"]
        cured = np.where(good, cured + 1.0, 0.0)
        trapped = np.where(good, trapped & (cured < 2.0), True) & ~winding
        everything = cash + trap
        trap = np.where(trapped, everything, 0.0)
        cash = everything - trap
        principal_b = np.minimum(cash, np.where(winding, b, np.maximum(b - s["target_b"], 0.0)))
        cash, b = cash - principal_b, b - principal_b
        due = (c + short_c) * s["coupon_c"] + short_c
        paid_c = np.minimum(cash, due)
        cash, short_c = cash - paid_c, due - paid_c
        principal_c = np.minimum(cash, np.where(winding, c, np.maximum(c - s["target_c"], 0.0)))
        cash, c = cash - principal_c, c - principal_c
        capex = capex - np.minimum(capex, s["works"])
        filled = np.minimum(cash, np.where(winding, 0.0, np.maximum(s["capital"] - capex, 0.0)))
        cash, capex = cash - filled, capex + filled
        due = s["manager"] + short_manager
        manager = np.minimum(cash, due)
        cash, short_manager = cash - manager, due - manager
        enforced = enforced | (short_a > p["short"]) | (a - s["target_a"] > p["behind"])
        repaid = full_a + principal_a + sweep
        added = (
            paid_a,
            paid_b,
            paid_c,
            repaid,
            principal_b,
            principal_c,
            repaid * s["years"],
            principal_b * s["years"],
            principal_c * s["years"],
            cash,
            taxes + fee + manager,
            enforced,
        )
        for name, amount in zip(names, added, strict=True):
            sums[name] += amount
        lowest = np.minimum(lowest, dscr)
    lives = []
    for loan in "abc":
        paid = sums[f"prin_{loan}"]
        lives.append(np.where(paid > 0, sums[f"weight_{loan}"] / np.where(paid > 0, paid, 1.0), 0.0))
    losses = [a + short_a, b + short_b, c + short_c]
    figures = [
        *(sums[name] for name in names[:6]),
        *losses,
        *lives,
        lowest,
        sums["equity"],
        sums["fees"],
        sums["enforced"],
    ]
    return dict(zip(FIGURES, figures, strict=True))


def feed(fed: Mapping[str, Array], payments: npt.NDArray[np.intp]) -> dict[str, Array]:
    """The same paths as the deal's inputs: ``payments`` are its payment dates as ordinals; a default past them is never."""
    dates = np.append(payments, datetime.date.max.toordinal())
    return {
        "spot": fed["spot"],
        "utilisation": fed["utilisation"],
        "SOFR": fed["index"],
        "collateral": fed["collateral"],
        "OpenLab.default": dates[np.minimum(fed["default"], MONTHS).astype(int)].astype(float),
    }


def distance(figures: Mapping[str, Array], other: Mapping[str, Array]) -> float:
    """The largest difference of any figure in any scenario, over max(|figure|, 1)."""
    return max(float((np.abs(figures[n] - other[n]) / np.maximum(np.abs(figures[n]), 1.0)).max()) for n in FIGURES)
