"""The graph of parties by other means: circles by trying every order of parties, defaults by following them one by one
in exact numbers. Shares no code with the compiler."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import permutations

import attrs

Owed = Mapping[tuple[str, str], Fraction]


def circles(edges: Collection[tuple[str, str, str]], most: int) -> set[tuple[tuple[str, str, str], ...]]:
    """Every closed walk over edges (payer, payee, kind), no party twice, each from its first party by name order."""
    parties = sorted({name for edge in edges for name in edge[:2]})
    found = set()
    for length in range(2, most + 1):
        for order in permutations(parties, length):
            if order[0] != min(order):
                continue
            walks: list[tuple[tuple[str, str, str], ...]] = [()]
            for payer, payee in zip(order, (*order[1:], order[0]), strict=True):
                walks = [(*walk, edge) for walk in walks for edge in edges if edge[0] == payer and edge[1] == payee]
            found.update(walks)
    return found


@attrs.frozen
class World:
    """Who owes whom, who owns what of whom, who guarantees whom up to what, who protects whom against whom."""

    equity: Mapping[str, Fraction]
    recovery: Mapping[str, Fraction]
    owed: Owed
    stakes: Sequence[tuple[str, str, Fraction]]
    guarantees: Sequence[tuple[str, str, Fraction]]
    protections: Sequence[tuple[str, str, str, Fraction]]


@attrs.frozen
class Losses:
    lost: Mapping[str, Fraction]
    failed: frozenset[str]
    borne: Mapping[str, Fraction]


def defaults(world: World, parties: Sequence[str], first: Sequence[str]) -> Losses:
    """Fail the first, add who loses more than its equity, and again until nobody is added."""
    failed = set(first)
    while True:
        lost, gone = _losses(world, parties, failed)
        more = {name for name in parties if name in world.equity and lost[name] > world.equity[name]} - failed
        if not more:
            break
        failed |= more
    borne = {}
    for name in parties:
        held = sum((share for _, company, share in world.stakes if company == name), Fraction(0))
        borne[name] = gone[name] * (1 - held) if name in world.equity else lost[name]
    return Losses(lost, frozenset(failed), borne)


def _losses(world: World, parties: Sequence[str], failed: set[str]) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    lost = dict.fromkeys(parties, Fraction(0))

    def pays(name: str) -> Fraction:
        return world.recovery[name] if name in failed else Fraction(1)

    for debtor in parties:
        if debtor not in failed:
            continue
        severity = 1 - world.recovery[debtor]
        left = {c: amount * severity for (d, c), amount in world.owed.items() if d == debtor}
        for guarantor, about, limit in world.guarantees:
            if about != debtor:
                continue
            served = {c: amount for c, amount in left.items() if c != guarantor}
            total = sum(served.values(), Fraction(0))
            call = min(total, limit)
            paid = call * pays(guarantor)
            for creditor, amount in served.items():
                if total:
                    left[creditor] = amount - paid * amount / total
            lost[guarantor] += call
        for seller, buyer, about, notional in world.protections:
            if about == debtor and buyer in left:
                call = min(left[buyer], notional * severity)
                paid = call * pays(seller)
                left[buyer] -= paid
                lost[seller] += call
        for creditor, amount in left.items():
            lost[creditor] += amount
    gone: dict[str, Fraction] = {}

    def equity_lost(name: str) -> Fraction:
        # What a company's equity loses, its own stakes below it first.
        if name not in gone:
            for owner, company, share in world.stakes:
                if owner == name and company in world.equity:
                    lost[name] += share * equity_lost(company)
            if name not in world.equity:
                gone[name] = lost[name]
            else:
                gone[name] = world.equity[name] if name in failed else min(lost[name], world.equity[name])
        return gone[name]

    for name in parties:
        equity_lost(name)
    return lost, gone
