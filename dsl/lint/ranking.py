"""The ranking that a deal states apart from any waterfall, against the order in which its waterfalls pay."""

from __future__ import annotations

import attrs

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import Act, ClaimEntry, GroupEntry, InstanceEntry, Scope
from ..names.name_help import described, either
from .facts import Facts, Guard, Payment, apart, same

MOST = 50
"""Claims that one account pays out of order and that are said, at most: a list turned round is one mistake."""


@attrs.frozen(slots=True, eq=False)
class Rank:
    """A claim's place in a ranking, 0 the highest, and the name that gave it."""

    place: int
    name: syntax.Name


@attrs.frozen(slots=True, eq=False)
class Ranking:
    item: syntax.RankingDeclaration
    ranks: dict[int, Rank]
    claims: tuple[ClaimEntry, ...]


def rankings(facts: Facts, collector: Collector | None) -> list[Ranking]:
    """Each stated ranking, its groups and instances expanded to claims; what is wrong in it goes to ``collector``."""
    found: list[Ranking] = []
    for scoped in facts.model.rankings:
        item = scoped.item
        if not isinstance(item, syntax.RankingDeclaration):
            continue
        ranks: dict[int, Rank] = {}
        claims: list[ClaimEntry] = []
        for place, equal in enumerate(item.ranks):
            for name in equal:
                named = _claims(facts, name, scoped.scope)
                if not named and collector is not None:
                    _not_a_claim(facts, name, scoped.scope, collector)
                for claim in named:
                    first = ranks.get(id(claim))
                    if first is None:
                        ranks[id(claim)] = Rank(place, name)
                        claims.append(claim)
                    elif collector is not None:
                        collector.error(
                            "E0731",
                            f"`{claim.name}` is ranked twice",
                            name.span,
                            label="ranked again",
                            others=(Label(first.name.span, "first ranked here"),),
                            help="leave one of the two out",
                        )
        found.append(Ranking(item, ranks, tuple(claims)))
    return found


def _claims(facts: Facts, name: syntax.Name, scope: Scope) -> list[ClaimEntry]:
    """The claims of a name; an instance stands for those of its claims that the issuer owes."""
    found: list[ClaimEntry] = []
    meant = scope.resolve(name.parts)
    if isinstance(meant, int) or (meant.attribute is not None and not isinstance(meant.entry, GroupEntry)):
        return found
    for entry in facts.members(name.parts, scope):
        if isinstance(entry, ClaimEntry):
            found.append(entry)
        elif isinstance(entry, InstanceEntry):
            found.extend(
                one
                for one in entry.members.values()
                if isinstance(one, ClaimEntry) and facts.payer(one) is facts.model.issuer
            )
    return found


def _not_a_claim(facts: Facts, name: syntax.Name, scope: Scope, collector: Collector) -> None:
    found = scope.resolve(name.parts)
    if isinstance(found, int):
        return
    what = "one figure of it" if found.attribute is not None else described(found.entry)
    before = ".".join(name.parts[:-1])
    collector.error(
        "E0733",
        f"a ranking is of claims, and `{name.text}` is {what}",
        name.span,
        label=what,
        help=f"rank the claim: `{before}`"
        if found.attribute is not None and before
        else "name claims, such as `senior.interest`",
    )


# ------------------------------------------------------------------------------------------------- order


def check(facts: Facts, collector: Collector) -> None:
    """Every waterfall pays in the order of the ranking, or says `notwithstanding ranking`."""
    stated = rankings(facts, collector)
    for together in _by_account(facts):
        full: dict[int, list[int]] = {}
        for position, payment in enumerate(together):
            if _in_full(payment):
                full.setdefault(id(payment.claim), []).append(position)
        for ranking in stated:
            said: set[int] = set()
            for position, lower in enumerate(together):
                if len(said) >= MOST:
                    break
                if id(lower.claim) not in said and _against(facts, ranking, together, position, full, collector):
                    said.add(id(lower.claim))


def _by_account(facts: Facts) -> list[list[Payment]]:
    """The payments that compete: those from one account on one schedule, in the order written."""
    found: dict[tuple[int, object], list[Payment]] = {}
    for payment in facts.payments:
        visit = payment.visit
        account = facts.account(visit.waterfall.account, visit.act.scope)
        if account is None or visit.waterfall.notwithstanding_ranking:
            continue
        found.setdefault((id(account), _dates(facts, visit.act, visit.waterfall)), []).append(payment)
    return list(found.values())


def _dates(facts: Facts, act: Act, waterfall: syntax.Waterfall) -> object:
    on = waterfall.on
    if isinstance(on, syntax.Name):
        entry = facts.meant(on, act.scope)
        return on.text if entry is None else id(entry)
    return id(on)


def _against(
    facts: Facts,
    ranking: Ranking,
    together: list[Payment],
    position: int,
    full: dict[int, list[int]],
    collector: Collector,
) -> bool:
    """Report a claim that is paid while others above it in the ranking may be due and unpaid.

    ``full``: where each claim is paid without a cap.
    """
    lower = together[position]
    mine = ranking.ranks.get(id(lower.claim))
    if mine is None:
        return False
    shared: dict[int, Payment] = {}
    later: dict[int, Payment] = {}
    for other, higher in enumerate(together):
        theirs = ranking.ranks.get(id(higher.claim))
        if theirs is None or theirs.place >= mine.place or higher.claim.item.due is None:
            continue
        if _beside(lower, higher):
            shared.setdefault(id(higher.claim), higher)
        elif (
            other > position
            and not apart(facts, lower.visit.guards, higher.visit.guards)
            and not any(
                earlier < position and _wherever(facts, together[earlier], lower)
                for earlier in full.get(id(higher.claim), ())
            )
        ):
            later.setdefault(id(higher.claim), higher)
    for found, how, label in ((shared, "shares with", "shares alike"), (later, "is paid before", "paid below")):
        if not found:
            continue
        above = list(found.values())
        names = either(one.claim.name for one in above[:6]).replace(" or ", " and ")
        collector.error(
            "E0730",
            f"`{lower.claim.name}` {how} {names}, which rank{'s' if len(above) == 1 else ''} above it",
            lower.name.span,
            label="ranks lower",
            others=(
                *(Label(one.name.span, label) for one in above[:6] if one.name.span != lower.name.span),
                Label(ranking.item.span, "the ranking"),
            ),
            help="change the order, or say `notwithstanding ranking` in the head of the waterfall",
        )
        return True
    return False


def _beside(one: Payment, other: Payment) -> bool:
    """Whether two claims share pro rata: in one group, as different members of it."""
    group = one.visit.shared
    return (
        group is not None
        and other.visit.shared is group
        and (_member(one) != _member(other) or one.visit.step is other.visit.step)
    )


def _member(payment: Payment) -> int | None:
    """Which member of its group a payment stands in."""
    group = payment.visit.shared
    blocks = () if group is None else group.contains
    return next(
        (at for at, one in enumerate(blocks) if any(step is payment.visit.step for step in syntax.within(one.steps))),
        None,
    )


def _in_full(payment: Payment) -> bool:
    """Whether a step has no cap of its own: it pays a claim in full, or leaves nothing of what it may take."""
    return payment.limit is None


def _wherever(facts: Facts, earlier: Payment, lower: Payment) -> bool:
    """Whether an earlier step runs wherever a lower one does, under no cap but those that the lower one shares."""
    return all(any(cap is other for other in lower.visit.caps) for cap in earlier.visit.caps) and all(
        any(same(facts, guard, other) for other in lower.visit.guards) for guard in earlier.visit.guards
    )


# ------------------------------------------------------------------------------------------------- what is missing


def complete(facts: Facts, collector: Collector) -> None:
    """What a ranking leaves out, what a waterfall leaves out of it, and a deal that states none."""
    if any(one.code in ("E0715", "E0731", "E0733") for one in collector.found):
        return
    stated = rankings(facts, None)
    ranked = {key for ranking in stated for key in ranking.ranks}
    for act, waterfall in facts.waterfalls:
        payments = [payment for payment in facts.payments if payment.visit.waterfall is waterfall]
        due = {id(one.claim): one for one in reversed(payments) if one.claim.item.due is not None}
        if not stated:
            if len(due) > 1:
                collector.warning(
                    "W0734",
                    "the deal does not say how its claims rank",
                    facts.model.header.name_span,
                    label="no `ranking`",
                    others=(Label(waterfall.name_span, f"`{waterfall.name}` pays {len(due)} claims in turn"),),
                    help=f"`ranking {', '.join(one.claim.name for one in list(due.values())[::-1][:4])}"
                    f"{', ...' if len(due) > 4 else ''}`: waterfalls are then held to it",
                )
                return
            continue
        if waterfall.notwithstanding_ranking or not any(key in ranked for key in due):
            continue
        unranked = [one for key, one in due.items() if key not in ranked]
        if unranked:
            names = either(one.claim.name for one in reversed(unranked)).replace(" or ", " and ")
            collector.warning(
                "W0732",
                f"the ranking does not name {names}",
                stated[0].item.span,
                label="says nothing of it",
                others=tuple(Label(one.name.span, "paid here") for one in unranked[:4]),
                help="put every claim that a waterfall pays into the ranking",
            )
        _left_out(facts, stated, act, waterfall, due, collector)


def _left_out(
    facts: Facts,
    stated: list[Ranking],
    act: Act,
    waterfall: syntax.Waterfall,
    due: dict[int, Payment],
    collector: Collector,
) -> None:
    """A waterfall that pays a claim and never one that ranks above it, nor does another that runs beside it."""
    guards = () if waterfall.guard is None else (Guard(waterfall.guard, act.scope, True),)
    account = facts.account(waterfall.account, act.scope)
    beside = {id(one.claim) for one in facts.payments if not apart(facts, guards, one.visit.guards)} | {
        id(claim) for claim, _, _ in facts.settled
    }
    owner = None if account is None else facts.owner(account)
    for ranking in stated:
        lowest = max((ranking.ranks[key].place for key in due if key in ranking.ranks), default=-1)
        missing = [
            claim
            for claim in ranking.claims
            if ranking.ranks[id(claim)].place < lowest
            and id(claim) not in beside
            and claim.item.due is not None
            and facts.payer(claim) is owner
        ]
        if missing:
            below = next(one for key, one in due.items() if key in ranking.ranks and ranking.ranks[key].place == lowest)
            names = either(claim.name for claim in missing[:6]).replace(" or ", " and ")
            rank = "ranks" if len(missing) == 1 else "rank"
            collector.warning(
                "W0735",
                f"`{waterfall.name}` pays `{below.claim.name}` and never {names}, which {rank} above it",
                waterfall.name_span,
                label="leaves out a higher claim",
                others=(Label(below.name.span, "the lower claim"), Label(ranking.item.span, "the ranking")),
                help="add a step for it, or say `notwithstanding ranking`",
            )
