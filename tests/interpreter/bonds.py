"""What a buyer pays and gets (docs/language.md, What a bond is worth; docs/measures.md).

Time runs along the bond's own accrual periods by the day count named, whatever business days do to the payments.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

import attrs
from indenture.dsl import syntax
from indenture.dsl.names.deal import ClaimEntry, InstanceEntry, Scope, StateEntry
from indenture.dsl.syntax.walk import walk
from indenture.dsl.time.bond_times import Ruler, ruler

from . import timeline
from .measures import flows, nearest_root
from .moments import FINAL, At
from .readers import Reader
from .world import FUNCTIONS, NotCovered, Value, World, arguments

_OFTEN = {"annually": 1, "semiannually": 2, "quarterly": 4, "monthly": 12, "continuously": 0}


@attrs.frozen
class Bought:
    """``coming``: what the buyer gets on each date after settlement, a share of what is outstanding then, its time in
    years and the part of a year since the payment before. ``form``: how a yield compounds, ``often`` a year."""

    world: World
    entry: InstanceEntry
    reader: Reader
    ruler: Ruler
    settlement: datetime.date
    coming: tuple[tuple[int, float, float, float], ...]
    outstanding: Any
    form: str
    often: float

    def factors(self, rate: float) -> list[float]:
        """What 1 on each coming date is worth at a yield."""
        found, simple = [], 1.0
        for k, (_, _, time, step) in enumerate(self.coming):
            if self.form == "compounded":
                found.append(discount(rate, self.often, time))
                continue
            if step > 0 and (self.form == "simple" or k == 0 or self.coming[k - 1][2] == 0):
                simple = simple / growth(rate * step)
            if self.form == "simple":
                found.append(simple)
            else:  # simple to the next payment, compounded from it
                first = self.coming[0][2]
                found.append(discount(rate, self.often, time - first) / growth(rate * first))
        return found

    def price(self, rate: float) -> float:
        return math.fsum(one[1] * factor for one, factor in zip(self.coming, self.factors(rate), strict=True))


def discount(rate: float, often: float, time: float) -> float:
    if often == 0:
        return math.exp(-rate * time)
    if rate <= -often:
        raise OverflowError("a yield at which nothing is left of a period")
    return math.exp(-often * time * math.log1p(rate / often))


def growth(earned: float) -> float:
    """1 and what it earns; a period cannot take all of it."""
    if earned <= -1:
        raise OverflowError("a yield at which nothing is left of a period")
    return 1 + earned


def bought(world: World, node: syntax.Call, scope: Scope, at: At) -> Bought:
    given = arguments(node)
    entry = world.thing(given["of"], scope)
    if not isinstance(entry, InstanceEntry) or "pays" not in entry.members:
        raise NotCovered("a measure of what is no bond")
    inner = Scope(dict(entry.members), None)
    reader = timeline.reader_of(world, syntax.Name(node.span, ("pays",), (node.span,)), inner)
    assert reader.schedule is not None
    counted = world.value(given["accrual"], scope, at) if "accrual" in given else "actual/365"
    if not isinstance(counted, str):
        raise NotCovered("a measure by a deal's own day count")
    laid = ruler(reader.schedule, cast(Any, counted))
    settlement = world.value(given["settlement"], scope, at) if "settlement" in given else world.closing
    here = world.timeline.on_or_before(settlement)
    state = entry.members.get("balance")
    if here is None or not isinstance(state, StateEntry):
        raise NotCovered("a measure of what has no balance")
    held = world.value(syntax.Name(node.span, ("balance",), (node.span,)), inner, At(FINAL, here, world.everything))
    start, last = laid.place(settlement), Fraction(0)
    coming = []
    for t, amount in enumerate(flows(world, entry)):
        date = world.dates[t]
        if date <= settlement:
            continue
        years = laid.paid(date) - start
        years = years if years > 0 else Fraction((date - settlement).days, 365)
        step = years - last if t in reader.on and years > last else Fraction(0)
        last = years if step > 0 else last
        share = float(amount / held) if held else 0.0
        coming.append((t, share, float(years), float(step)))
    form, often = "compounded", float(reader.schedule.frequency or 1)
    if "compounding" in given:
        said = world.value(given["compounding"], scope, at)
        form = "simple" if said == "simple" else "then" if said.startswith("simple then") else "compounded"
        word = said.rpartition(" ")[2]
        often = often if said == "simple" else float(_OFTEN[word])
    return Bought(world, entry, reader, laid, settlement, tuple(coming), held, form, often)


def accrued(bond: Bought) -> float:
    """Interest that has accrued and is not yet payable, by the claim's own day count, over the balance."""
    claim = bond.entry.members.get("interest")
    if not isinstance(claim, ClaimEntry) or claim.item.due is None:
        raise NotCovered("accrued interest of what has no interest")
    call = next(
        (one for one in walk(claim.item.due) if isinstance(one, syntax.Call) and one.function.text == "accrue"), None
    )
    if call is None:
        raise NotCovered("accrued interest of what does not accrue")
    assert bond.reader.schedule is not None
    there = At(FINAL, bond.reader.positions[0], bond.reader)
    counted = bond.world.value(arguments(call)["accrual"], claim.scope, there)
    if not isinstance(counted, str):
        raise NotCovered("a measure by a deal's own day count")
    k, part = ruler(bond.reader.schedule, cast(Any, counted)).accrued(bond.settlement)
    if not part or not bond.outstanding:
        return 0.0
    whole = bond.world.claims[claim, None].current[bond.reader.positions[k]]
    return float(whole * part / bond.outstanding)


def measured(*names: str) -> Callable[[Callable[..., float | None]], Callable[..., float | None]]:
    """A measure of a bond bought, of the other arguments' values; not determined where one of them is not."""

    def made(rule: Callable[..., float | None]) -> Callable[..., float | None]:
        def of(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
            bond = bought(world, node, scope, at)
            found = []
            for name in ("price", "yield"):
                if name in arguments(node):
                    value = world.value(arguments(node)[name], scope, at)
                    if value is None:
                        return None
                    found.append(float(value))
            if not bond.outstanding:
                return None
            answer = rule(bond, *found)
            return None if answer is None else Fraction(answer)

        FUNCTIONS.of(*names)(of)
        return rule

    return made


@measured("price")
def _price(bond: Bought, rate: float) -> float:
    return bond.price(rate)


@measured("clean_price")
def _clean(bond: Bought, rate: float) -> float:
    return bond.price(rate) - accrued(bond)


@measured("accrued_interest")
def _accrued(bond: Bought) -> float:
    return accrued(bond)


@measured("yield_to_maturity")
def _yield(bond: Bought, price: float) -> float | None:
    def worth(rate: float) -> float:
        return bond.price(rate) - price

    return nearest_root(worth)


def _moments(bond: Bought, rate: float) -> tuple[float, float, float]:
    """The price, and the sums over flows of time and of time by time, each by value."""
    if bond.form != "compounded":
        raise NotCovered("a measure of a simple yield's slope")
    worth = [one[1] * factor for one, factor in zip(bond.coming, bond.factors(rate), strict=True)]
    times = [one[2] for one in bond.coming]
    later = 0.0 if bond.often == 0 else 1 / bond.often
    first = math.fsum(value * time for value, time in zip(worth, times, strict=True))
    second = math.fsum(value * time * (time + later) for value, time in zip(worth, times, strict=True))
    return math.fsum(worth), first, second


def _growth(bond: Bought, rate: float) -> float:
    return 1.0 if bond.often == 0 else 1 + rate / bond.often


@measured("macaulay_duration")
def _macaulay(bond: Bought, rate: float) -> float:
    price, first, _ = _moments(bond, rate)
    return first / price


@measured("modified_duration")
def _modified(bond: Bought, rate: float) -> float:
    price, first, _ = _moments(bond, rate)
    return first / price / _growth(bond, rate)


@measured("convexity")
def _convexity(bond: Bought, rate: float) -> float:
    price, _, second = _moments(bond, rate)
    return second / price / _growth(bond, rate) ** 2


@measured("basis_point_value")
def _basis_point(bond: Bought, rate: float) -> float:
    _, first, _ = _moments(bond, rate)
    return first / _growth(bond, rate) / 10_000


# --------------------------------------------------------------------------------------------- spreads


def _on_dates(bond: Bought, node: syntax.Expression, scope: Scope) -> list[float]:
    found = [bond.world.value(node, scope, At(FINAL, t, bond.reader)) for t, _, _, _ in bond.coming]
    return [0.0 if value is None else float(value) for value in found]


@FUNCTIONS.of("discount_margin")
def _discount_margin(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The margin over an index at which the flows are worth a price: each period discounts by index and margin."""
    bond, given = bought(world, node, scope, at), arguments(node)
    price = float(world.value(given["price"], scope, at))
    index = _on_dates(bond, given["index"], scope)

    def worth(margin: float) -> float:
        total, factor = -price, 1.0
        for (_, share, _, step), rate in zip(bond.coming, index, strict=True):
            factor = factor / growth((rate + margin) * step)
            total += share * factor
        return total

    root = nearest_root(worth)
    return None if root is None else Fraction(root)


@FUNCTIONS.of("z_spread")
def _z_spread(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The spread over zero rates at which the flows are worth a price."""
    bond, given = bought(world, node, scope, at), arguments(node)
    price = float(world.value(given["price"], scope, at))
    zero = _on_dates(bond, given["curve"], scope)

    def worth(spread: float) -> float:
        parts = zip(bond.coming, zero, strict=True)
        return math.fsum(one[1] * discount(rate + spread, bond.often, one[2]) for one, rate in parts) - price

    root = nearest_root(worth)
    return None if root is None else Fraction(root)
