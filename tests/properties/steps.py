"""The waterfalls of a generated deal, and the probes that record what each step found and left."""

from __future__ import annotations

import attrs

from .writing import Draft, Owed, Shared, Short


@attrs.define
class Body:
    """The steps of one waterfall. ``probing``: records may stand between them (not under a cap)."""

    draft: Draft
    lines: list[str] = attrs.Factory(list)
    probing: bool = True
    depth: int = 0
    guards: tuple[str, ...] = ()

    def step(self, text: str, *kinds: str) -> None:
        self.lines.append(text)
        self.draft.kinds.update(kinds)

    def inner(self, probing: bool, guard: str = "") -> Body:
        return Body(self.draft, [], probing and self.probing, self.depth + 1, (*self.guards, guard))

    def braces(self) -> str:
        return "{ " + "; ".join(self.lines) + " }"

    def record(self, stem: str, expression: str) -> str:
        """A definition with a name of its own, recorded here."""
        name = self.draft.name(stem)
        self.draft.lines.append(f"define {name} = {expression}")
        self.draft.report.append(name)
        self.step(f"record {name}", "record")
        return name


def waterfalls(draft: Draft) -> None:
    """Everything that is owed, in an order of its own, in one waterfall or in two that exclude each other."""
    choose = draft.choose
    if choose.yes(30):
        draft.say(f"waterfall uses from cash on closing {{ pay {draft.money(50, 300)} to Customer }}", "pay an amount")
    owed = choose.some([*draft.claims, *draft.cash_claims], 30, 30)
    guard = choose.pick([None, None, *draft.triggers]) if draft.triggers else None
    body = Body(draft, guards=() if guard is None else (guard,))
    if draft.records:
        body.step(f"record {', '.join(draft.records)}", "record")
    steady = [one for one in owed if one.steady and one.due and one.balance is None]
    if draft.calm and steady:
        owed.remove(steady[0])
        _pay(body, steady[0])
        draft.ahead.append(steady[0].name)
    senior = [f"pay {name}" for name in draft.ahead]
    steps(body, owed)
    rest(body)
    words = "" if guard is None else f" unless {guard}"
    text = "\n  ".join(labelled(draft, body.lines))
    draft.lines.append(f"waterfall main from cash on payment{words} {{\n  {text}\n}}")
    if guard is None:
        return
    kept = [line for line in body.lines if choose.yes(70) and not line.startswith(("record", "pay rest", "keep"))]
    other = Body(draft, probing=False)
    for line in (*senior, *(line for line in kept if line not in senior)):
        other.step(line)
    if choose.yes():
        other.step(f"pay {draft.money(5, 30)} to Fund", "pay an amount")
    other.step("pay rest to Sponsor", "pay rest")
    text = "\n  ".join(labelled(draft, other.lines))
    draft.say(f"waterfall second from cash on payment when {guard} {{\n  {text}\n}}", "complementary waterfalls")


def labelled(draft: Draft, lines: list[str]) -> list[str]:
    return [f'"Step {number}" {line}' if draft.choose.yes(30) else line for number, line in enumerate(lines)]


def rest(body: Body) -> None:
    draft = body.draft
    match draft.choose.whole(0, 3):
        case 0 if ("trap", "Issuer") in draft.owners:
            body.step("keep the rest in trap", "keep")
        case 1:
            return
        case _:
            body.step("pay rest to Sponsor", "pay rest")


def steps(body: Body, owed: list[Owed]) -> None:
    left = list(owed)
    while left:
        _between(body)
        match body.draft.choose.whole(0, 11):
            case 0 | 1 if len(left) > 1:
                count = min(len(left), body.draft.choose.whole(2, 4))
                _pro_rata(body, [left.pop(0) for _ in range(count)])
            case 2 if body.depth < 2:
                inner = body.inner(probing=False)
                steps(inner, [left.pop(0) for _ in range(min(len(left), body.draft.choose.whole(1, 3)))])
                yearly = body.draft.choose.pick(["", "", " per year"])
                body.step(f"up to {body.draft.money(10, 90)}{yearly} {inner.braces()}", f"cap block{yearly}")
            case 3 if body.depth < 2:
                _guarded(body, left)
            case 4:
                _cure(body)
            case 5 | 6:
                owed_here = left.pop(0)
                yearly = body.draft.choose.pick(["", " per year"])
                body.step(f"pay {owed_here.name} up to {body.draft.money(5, 40)}{yearly}", f"pay up to{yearly}")
                body.draft.touched.add(owed_here.name)
                if body.draft.choose.yes(60):
                    left.insert(body.draft.choose.whole(0, len(left)), owed_here)
            case _:
                _pay(body, left.pop(0))


def _between(body: Body) -> None:
    """Steps that pay no claim."""
    draft, choose = body.draft, body.draft.choose
    if draft.at_edges and choose.yes(35):
        _more_than_there_is(body)
    if not choose.yes(30):
        return
    others = [name for name in (*draft.reserves, "trap") if (name, "Issuer") in draft.owners]
    form = choose.whole(0, 6)
    if not body.probing and form < 5:
        # Under a cap what a reserve takes or gives leaves less of the cap to a claim: more cash on the date, which
        # spares the reserve above, may then pay that claim less.
        draft.monotone = False
    match form:
        case 0 if draft.newer and len(draft.reserves) > 1 and choose.yes(60):
            body.step(f"fill pro rata {{ {', '.join(choose.some(draft.reserves, 2, 2))} }}", "fill pro rata")
        case 0 if draft.reserves:
            body.step(f"fill {choose.pick(draft.reserves)}", "fill")
        case 1 if draft.reserves:
            body.step(f"release {choose.pick(draft.reserves)}", "release")
        case 2 if draft.reserves:
            body.step(f"fill {choose.pick(draft.reserves)} up to {draft.money(5, 30)}", "fill up to")
        case 3 if others:
            body.step(f"move all of {', '.join(choose.some(others, 1, 2))} to cash", "move all")
        case 4 if others:
            body.step(f"move {draft.money(5, 30)} of {choose.pick(others)} to cash", "move an amount")
        case 5 if draft.step_triggers:
            body.step(f"test {draft.step_triggers.pop()}", "test")
        case _:
            body.step(f"pay {draft.money(1, 12)} to Bank", "pay an amount")


def _more_than_there_is(body: Body) -> None:
    """Steps whose stated amount is seldom there, or is nothing."""
    draft, choose = body.draft, body.draft.choose
    reserve = choose.pick(draft.reserves)
    every = [name for name in (*draft.reserves, "trap") if (name, "Issuer") in draft.owners]
    draft.monotone = False
    match choose.whole(0, 9):
        case 0:
            body.step(f"fill {reserve} up to $9_999.99", "fill more than there is")
        case 1:
            body.step(f"move $9_999.99 of {', '.join(choose.some(every, 1, 2))} to cash", "move more than there is")
        case 2:
            body.step(f"move {draft.money(20, 60)} of cash to {reserve}", "move more than there is")
        case 3:
            body.step(f"release {reserve}; move all of {reserve} to cash; release {reserve}", "release nothing")
        case 4:
            inner = f"pay {draft.money(40, 90)} to Bank; fill {reserve}"
            body.step(f"up to {draft.money(5, 60)} per year {{ {inner} }}", "a yearly cap that binds")
        case 5:
            body.step(f"up to $0 {{ pay {draft.money(5, 60)} to Fund }}", "a cap of nothing")
        case 6:
            body.step("up to rest / 2 { pay $9_999.99 to Fund }", "pay more than there is")
        case 7:
            body.step(f"fill {reserve} up to gross * 5%; fill {reserve}", "fill up to")
        case 8 if ("trap", "Issuer") in draft.owners:
            body.step("keep the rest in trap; move all of trap to cash", "keep and take back")
        case _:
            body.step(
                f"when cash.balance < {draft.money(5, 90)} {{ move $9_999.99 of {reserve} to cash }}",
                "move more than there is",
            )


def _wants(draft: Draft, one: Owed) -> str:
    """What a claim could still be paid, in the deal's own words: before its first step there is no `unpaid`."""
    figure = "unpaid" if one.name in draft.touched else "due"
    if one.balance == "family":
        return f"sum({one.name}.{figure})"
    if not one.due:
        return "20% * cash.balance" if one.balance is None else one.balance
    left = f"{one.name}.{figure}"
    return f"min({left}, {one.balance})" if one.capped or one.name.endswith(".principal") else left


def _probed(one: Owed) -> bool:
    """`when reached` has no due before its step; `up to 20% * rest` never wants a stated amount."""
    return (one.due or one.balance is not None) and not one.limited


def _pay(body: Body, one: Owed) -> None:
    draft, choose = body.draft, body.draft.choose
    sources = choose.some(draft.reserves, 1, 2) if draft.reserves and choose.yes(35) else []
    text = f"pay {one.name}" + (f", then from {', '.join(sources)}" if sources else "")
    body.step(text, "pay then from" if sources else "pay")
    draft.touched.add(one.name)
    if body.probing and _probed(one):
        left = body.record("left", " + ".join(f"{name}.balance" for name in ("cash", *sources)))
        draft.shorts.append(Short(left, body.record("wanting", _wants(draft, one))))


def _pro_rata(body: Body, members: list[Owed]) -> None:
    draft, choose = body.draft, body.draft.choose
    way = choose.pick(["due", "due", "balance", "shares"])
    if way == "balance" and not all(one.balance is not None and "." in one.balance for one in members):
        way = "due"
    sequences = [[one] for one in members]
    if len(members) > 2 and choose.yes(40):
        sequences = [members[:2], *([one] for one in members[2:])]
        draft.kinds.add("a sequence in a pro rata group")
    limits = [one.balance for one in members if one.capped or one.name.endswith((".principal", ".sweep"))]
    probing = body.probing and all(_probed(one) for one in members)
    apart = len(set(limits)) == len(limits)  # else what one member is paid lessens what another may be
    draft.monotone = draft.monotone and apart
    weights: list[str] = []
    told: list[str] = []
    for sequence in sequences:
        names = [f"pay {one.name}" for one in sequence]
        words = "{ " + "; ".join(names) + " }" if len(names) > 1 else sequence[0].name
        if way == "shares":
            weights.append(draft.percent(10, 60))
            words = f"{weights[-1]} {words}"
        elif way == "balance":
            weights.append(" + ".join(dict.fromkeys(str(one.balance) for one in sequence)))
        told.append(words)
    asks = [" + ".join(_wants(draft, one) for one in sequence) for sequence in sequences]
    before: list[str] = []
    if probing:
        have = body.record("had", "cash.balance")
        weighed = [
            body.record("weighed", f"({weight}) / $1")
            if way == "balance"
            else body.record("weighed", f"{weight} + 0 * SOFR * 1 year")
            for weight in weights
        ]
        before = [body.record("asked", ask) for ask in asks]
    by = {"due": "", "balance": " by balance", "shares": " by shares"}[way]
    body.step(f"pay pro rata{by} {{ {', '.join(told)} }}", f"pro rata{by}")
    draft.touched.update(one.name for one in members)
    if probing:
        asks = [" + ".join(_wants(draft, one) for one in sequence) for sequence in sequences]
        after = tuple(body.record("ask_left", ask) for ask in asks)
        if apart:
            draft.shares.append(Shared(have, tuple(weighed), tuple(before), after))
        draft.shorts.append(Short(body.record("left", "cash.balance"), body.record("wanting", " + ".join(asks))))


def _guarded(body: Body, left: list[Owed]) -> None:
    draft, choose = body.draft, body.draft.choose
    tests = [one for one in draft.opening_tests if one not in body.guards]
    test = choose.pick(tests)
    if choose.yes(20) and not draft.calm:
        test = f"cash.balance > {draft.money(10, 90)}"
        draft.monotone = False
    inner = body.inner(probing=True, guard=test)
    first = [left.pop(0) for _ in range(min(len(left), choose.whole(1, 2)))]
    steps(inner, first)
    word = choose.pick(["when", "unless"])
    text = f"{word} {test} {inner.braces()}"
    if choose.yes():
        other = body.inner(probing=True, guard=test)
        steps(other, [*([left.pop(0)] if left else []), *first[:1]])
        text += f" otherwise {other.braces()}"
        draft.kinds.add("otherwise")
    body.step(text, word)


def _cure(body: Body) -> None:
    """Pays down balances until what stands over them covers them."""
    draft, choose = body.draft, body.draft.choose
    swept = [one for one in draft.cash_claims if one.balance is not None]
    if not swept or draft.calm:
        _between(body)
        return
    chosen = choose.some(swept, 1, 2)
    under = " + ".join(str(one.balance) for one in chosen)
    over = choose.pick([draft.money(200, 900), f"{draft.money(100, 600)} + cash.balance", "gross * 3"])
    bar = choose.pick(["105.5%", "122.6%", "140%"])
    ratio = draft.name("cover")
    draft.lines.append(f"define {ratio} = ({over}) / ({under})")
    draft.monotone = False
    paid = "; ".join(f"pay {one.name}" for one in chosen)
    if len(chosen) > 1 and choose.yes(30):
        paid = f"pay pro rata {{ {', '.join(one.name for one in chosen)} }}"
    body.step(f"until {ratio} >= {bar} {{ {paid} }}", "until")
    if body.probing:
        left = body.record("left", f"min(cash.balance, {under})")
        draft.shorts.append(Short(left, body.record("wanting", f"max({bar} * ({under}) - ({over}), $0)")))
