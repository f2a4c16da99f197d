"""The engine on an 84-month, 16-step deal for a GPU fleet, and the same deal as an expert writes numpy.

    python benchmarks/reference_deal.py [scenarios] [rounds]

Prints nanoseconds per scenario and month for both, interleaved round by round, the operations a month,
and the largest relative difference of the figures. Conservation of cash and non-negative accounts are
checked in every scenario on every date by the engine; the numpy checks nothing. All data are generated
here: 16,384 GPUs, three loans, a reserve, a cash trap, a sweep, enforcement.
"""

from __future__ import annotations

import datetime
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from indenture.engine.ir import Check, Constant, Equation, Input, Literal, Operand, Output, Program, Var
from indenture.engine.rewrite import simplify
from indenture.engine.run import run
from indenture.engine.verify import verify

Array = npt.NDArray[np.float64]

MONTHS = 84
UNITS = 16_384.0
TERMS = {
    "tax": 0.21, "fixed": 0.036, "floor": 0.01, "margin_a": 0.0375, "margin_b": 0.065, "reserve_months": 6.0,
    "sweep_above": 0.86, "trap_below": 1.15, "short": 1.0, "behind": 0.05 * 430e6,
    "a": 430e6, "b": 80e6, "c": 60e6, "reserve": 55e6,
}  # fmt: skip


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


class Builder:
    """Writes equations down, with names of their own and checks on the way."""

    def __init__(self) -> None:
        self.equations: list[Equation] = []
        self.constants: list[Constant] = []
        self.checks: list[Check] = []

    def constant(self, name: str, values: Array, kind: str = "float") -> Var:
        var = Var(name, "bool" if kind == "bool" else "float")
        self.constants.append(Constant(var, ("date",), tuple(Fraction(float(value)) for value in values)))
        return var

    def __call__(self, op: str, *operands: Operand | float, name: str | None = None, **attributes: int) -> Var:
        parts = tuple(Literal(Fraction(p), "float") if isinstance(p, (int, float)) else p for p in operands)
        kind = {"less": "bool", "less_equal": "bool", "and": "bool", "or": "bool", "not": "bool"}.get(op, "float")
        if op in ("previous", "select", "final"):
            kind = parts[-1].kind
        var = Var(name or f"v{len(self.equations)}", "bool" if kind == "bool" else "float")
        self.equations.append(Equation(var, op, parts, tuple(attributes.items())))
        return var

    def check(self, rule: str, var: Var, scale: Operand | None = None) -> None:
        zero = rule == "zero"
        self.checks.append(
            Check(f"{rule} {var.name}", "zero" if zero else "nonnegative", var, "error", "cash", rule, scale)
        )


class Account:
    """Cash of one account on one date; keeps what came in and went out for the check."""

    def __init__(self, build: Builder, name: str, opens: float) -> None:
        self.build, self.name = build, name
        self.opening = self.now = build("previous", Var(f"{name}.closing", "float"), opens)
        self.came: list[Var] = [self.opening]
        self.went: list[Var] = []

    def put(self, amount: Var) -> None:
        self.now = self.build("add", self.now, amount)
        self.came.append(amount)

    def take(self, amount: Var) -> None:
        self.now = self.build("subtract", self.now, amount)
        self.went.append(amount)

    def pay(self, due: Var) -> Var:
        paid = self.build("minimum", self.now, due)
        self.take(paid)
        return paid

    def close(self) -> None:
        closing = self.build("add", self.now, 0.0, name=f"{self.name}.closing")
        came, went = self.sum(self.came), self.sum([*self.went, closing])
        self.build.check("zero", self.build("subtract", came, went), came)
        self.build.check("nonnegative", closing)

    def sum(self, amounts: list[Var]) -> Var:
        whole = amounts[0]
        for amount in amounts[1:]:
            whole = self.build("add", whole, amount)
        return whole


def program() -> Program:
    """The deal as equations, as a compiler would write them: accounts, guarded steps, totals."""
    e = Builder()
    q = {name: e.constant(name, values) for name, values in series().items() if name != "last"}
    last = e.constant("last", series()["last"], "bool")
    t = {name: Literal(Fraction(value), "float") for name, value in TERMS.items()}
    fed = {name: Var(name, "float") for name in ("spot", "utilisation", "index", "collateral", "default")}
    spot, load, index, collateral, default = fed.values()

    def state(name: str, opens: float, kind: str = "float") -> Var:
        var = Var(f"{name}.closing", "bool" if kind == "bool" else "float")
        start = Literal(False, "bool") if kind == "bool" else Literal(Fraction(opens), "float")
        return e("previous", var, start)

    def keep(name: str, op: str, *operands: Operand | float) -> Var:
        return e(op, *operands, name=f"{name}.closing")

    cash, reserve, trap, capex = (
        Account(e, "cash", 0.0),
        Account(e, "reserve", TERMS["reserve"]),
        Account(e, "trap", 0.0),
        Account(e, "capex", 0.0),
    )
    a, b, c = state("a", TERMS["a"]), state("b", TERMS["b"]), state("c", TERMS["c"])
    short_a, short_b, short_c = state("short_a", 0.0), state("short_b", 0.0), state("short_c", 0.0)
    short_fee, short_manager = state("short_fee", 0.0), state("short_manager", 0.0)
    enforced, trapped = state("enforced", 0, "bool"), state("trapped", 0, "bool")
    cured = state("cured", 0.0)

    merchant = e("multiply", load, spot)
    performing = e("less", q["month"], default)
    mixed = e("add", q["contract_price"], e("multiply", q["uncontracted"], merchant))
    revenue = e("multiply", q["hours"], e("select", performing, mixed, merchant))
    operating = e("add", q["operating_fixed"], e("multiply", q["operating_variable"], load))
    winding = e("or", enforced, last)
    going = e("not", winding)
    held = e("add", e("add", reserve.now, trap.now), capex.now)
    cash.put(revenue)
    cash.put(e("multiply", e("multiply", held, e("maximum", index, 0.0)), q["fraction"]))
    cash.put(e("multiply", q["residual"], collateral))
    zero = Literal(Fraction(0), "float")
    for account in (reserve, trap, capex):
        moved = e("select", winding, account.now, zero)
        account.take(moved)
        cash.put(moved)

    def coupon(margin: str) -> Var:
        return e("multiply", e("add", e("maximum", index, t["floor"]), t[margin]), q["fraction"])

    rate_a, rate_b = coupon("margin_a"), coupon("margin_b")
    interest_a, interest_b = e("multiply", a, rate_a), e("multiply", b, rate_b)
    hedge = e("multiply", q["hedged"], e("subtract", t["fixed"], index))
    cash.put(e("maximum", e("negate", hedge), 0.0))
    profit = e("subtract", e("subtract", revenue, operating), q["depreciation"])
    profit = e("subtract", e("subtract", profit, interest_a), interest_b)
    taxes = cash.pay(e("add", e("multiply", t["tax"], e("maximum", profit, 0.0)), q["tax_fee"]))
    costs = cash.pay(operating)
    debt = e("add", e("add", a, b), c)
    fee_due = e("add", e("add", q["agent"], e("multiply", q["agent_rate"], debt)), short_fee)
    fee = cash.pay(fee_due)
    keep("short_fee", "subtract", fee_due, fee)
    cash.pay(e("maximum", hedge, 0.0))

    def interest(current: Var, short: Var, rate: Var, name: str) -> tuple[Var, Var]:
        due = e("add", current, e("multiply", short, e("add", 1.0, rate)))
        from_cash = cash.pay(due)
        from_reserve = reserve.pay(e("subtract", due, from_cash))
        paid = e("add", from_cash, from_reserve)
        return paid, keep(name, "subtract", due, paid)

    paid_a, unpaid_a = interest(interest_a, short_a, rate_a, "short_a")
    full_a = cash.pay(e("select", winding, a, zero))
    a = e("subtract", a, full_a)
    paid_b, unpaid_b = interest(interest_b, short_b, rate_b, "short_b")
    scheduled = e("maximum", e("subtract", a, q["target_a"]), 0.0)
    from_cash = cash.pay(scheduled)
    principal_a = e("add", from_cash, reserve.pay(e("subtract", scheduled, from_cash)))
    a = e("subtract", a, principal_a)
    cash_flow = e("subtract", e("subtract", e("subtract", e("subtract", revenue, taxes), costs), fee), hedge)
    service = e("add", e("add", interest_a, interest_b), scheduled)
    serviced = e("less", 1.0, service)
    ratio = e("divide", cash_flow, e("select", serviced, service, 1.0))
    dscr = e("select", serviced, ratio, 10.0)
    six = e("add", e("multiply", a, rate_a), e("multiply", b, rate_b))
    six = e("multiply", t["reserve_months"], e("add", six, e("minimum", q["next_a"], a)))
    target = e("select", going, six, zero)
    released = e("maximum", e("subtract", reserve.now, target), 0.0)
    reserve.take(released)
    cash.put(released)
    filled = cash.pay(e("maximum", e("subtract", target, reserve.now), 0.0))
    reserve.put(filled)
    ltv = e("divide", e("add", a, b), collateral)
    sweep = cash.pay(e("select", e("less", t["sweep_above"], ltv), a, zero))
    a = e("subtract", a, sweep)
    good = e("less_equal", t["trap_below"], dscr)
    count = keep("cured", "select", good, e("add", cured, 1.0), zero)
    lasting = e("and", trapped, e("less", count, 2.0))
    locked = e("and", e("select", good, lasting, Literal(True, "bool")), going)
    e("and", locked, locked, name="trapped.closing")
    kept, freed = e("select", locked, cash.now, zero), e("select", locked, zero, trap.now)
    cash.take(kept)
    trap.put(kept)
    trap.take(freed)
    cash.put(freed)

    def principal(balance: Var, goal: Var) -> Var:
        on_target = e("maximum", e("subtract", balance, goal), 0.0)
        return cash.pay(e("select", winding, balance, on_target))

    principal_b = principal(b, q["target_b"])
    b = keep("b", "subtract", b, principal_b)
    due_c = e("add", e("multiply", e("add", c, short_c), q["coupon_c"]), short_c)
    paid_c = cash.pay(due_c)
    unpaid_c = keep("short_c", "subtract", due_c, paid_c)
    principal_c = principal(c, q["target_c"])
    c = keep("c", "subtract", c, principal_c)
    capex.pay(q["works"])
    wanted = e("maximum", e("subtract", q["capital"], capex.now), 0.0)
    capex.put(cash.pay(e("select", going, wanted, zero)))
    manager_due = e("add", q["manager"], short_manager)
    manager = cash.pay(manager_due)
    keep("short_manager", "subtract", manager_due, manager)
    equity = cash.pay(cash.now)
    a = keep("a", "add", a, zero)
    behind = e("less", t["behind"], e("subtract", a, q["target_a"]))
    failing = e("or", e("less", t["short"], unpaid_a), behind)
    enforced = keep("enforced", "or", enforced, failing)
    for account in (cash, reserve, trap, capex):
        account.close()
    for due in (fee_due, scheduled, due_c, manager_due):
        e.check("nonnegative", due)

    repaid = e("add", e("add", full_a, principal_a), sweep)
    outputs = []

    def figure(name: str, var: Var) -> None:
        outputs.append(Output(name, var, "figure", asked=True))

    def life(flow: Var) -> Var:
        paid = e("total", flow)
        some = e("less", 0.0, paid)
        weighted = e("total", e("multiply", flow, q["years"]))
        return e("select", some, e("divide", weighted, e("select", some, paid, 1.0)), zero)

    for name, flow in (("int_a", paid_a), ("int_b", paid_b), ("int_c", paid_c)):
        figure(name, e("total", flow))
    for name, flow in (("prin_a", repaid), ("prin_b", principal_b), ("prin_c", principal_c)):
        figure(name, e("total", flow))
    for name, balance, unpaid in (("loss_a", a, unpaid_a), ("loss_b", b, unpaid_b), ("loss_c", c, unpaid_c)):
        figure(name, e("final", e("add", balance, unpaid)))
    for name, flow in (("life_a", repaid), ("life_b", principal_b), ("life_c", principal_c)):
        figure(name, life(flow))
    figure("lowest_dscr", e("lowest", dscr, Literal(True, "bool")))
    figure("equity", e("total", equity))
    figure("fees", e("total", e("add", e("add", taxes, fee), manager)))
    figure("enforced", e("total", e("to_float", enforced)))
    dates = tuple(datetime.date(2027 + m // 12, m % 12 + 1, 28) for m in range(MONTHS))
    inputs = tuple(
        Input(name, var, ("scenario",) if name == "default" else ("date", "scenario")) for name, var in fed.items()
    )
    return Program(
        "Reference deal", dates, 0, tuple(e.equations), constants=tuple(e.constants), inputs=inputs,
        outputs=tuple(outputs), checks=tuple(e.checks),
    )  # fmt: skip


def expert(fed: Mapping[str, Array]) -> dict[str, Array]:
    """The same deal as an expert writes numpy: a loop over months, arrays over scenarios."""
    q, p = series(), TERMS
    size = fed["default"].size

    def zeros(start: float = 0.0) -> Array:
        return np.full(size, start)

    a, b, c, reserve = zeros(p["a"]), zeros(p["b"]), zeros(p["c"]), zeros(p["reserve"])
    short_a, short_b, short_c, short_fee, short_manager, trap, capex, cured = (zeros() for _ in range(8))
    trapped, enforced = np.zeros(size, bool), np.zeros(size, bool)
    names = [
        "int_a",
        "int_b",
        "int_c",
        "prin_a",
        "prin_b",
        "prin_c",
        "weight_a",
        "weight_b",
        "weight_c",
        "equity",
        "fees",
        "enforced",
    ]
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
        added = (paid_a, paid_b, paid_c, repaid, principal_b, principal_c, repaid * s["years"],
                 principal_b * s["years"], principal_c * s["years"], cash, taxes + fee + manager, enforced)  # fmt: skip
        for name, amount in zip(names, added, strict=True):
            sums[name] += amount
        lowest = np.minimum(lowest, dscr)
    for name in "abc":
        paid = sums[f"prin_{name}"]
        sums[f"life_{name}"] = np.where(paid > 0, sums.pop(f"weight_{name}") / np.where(paid > 0, paid, 1.0), 0.0)
    return sums | {"loss_a": a + short_a, "loss_b": b + short_b, "loss_c": c + short_c, "lowest_dscr": lowest}


def main(scenarios: int = 100_000, rounds: int = 5) -> None:
    fed = paths(scenarios)
    deal = simplify(program())
    verify(deal)
    versions: dict[str, Callable[[], object]] = {
        "engine": lambda: run(deal, inputs=fed),
        "expert numpy": lambda: expert(fed),
    }
    ours, theirs = run(deal, inputs=fed), expert(fed)
    worst = max(float((np.abs(ours[n].values - theirs[n]) / np.maximum(np.abs(theirs[n]), 1.0)).max()) for n in ours)
    print(f"{len(deal.equations)} equations; largest relative difference {worst:.1e}")
    seconds: dict[str, list[float]] = {name: [] for name in versions}
    for _ in range(rounds):
        for name, version in versions.items():
            start = time.perf_counter()
            version()
            seconds[name].append(time.perf_counter() - start)
    for name, taken in seconds.items():
        each = statistics.median(taken) / scenarios / MONTHS * 1e9
        print(f"{name:14s}{each:8.1f} ns per scenario and month (best {min(taken) / scenarios / MONTHS * 1e9:.1f})")
    ratios = [ours / theirs for ours, theirs in zip(*seconds.values(), strict=True)]
    print(f"engine / expert numpy {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
