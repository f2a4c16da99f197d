"""Claims, states and triggers of a deal of the edges: on any schedule, reading what lives on the others."""

from __future__ import annotations

from .edge_frame import DAY, a_date, shaping
from .edge_items import others, rounded, schedules_of, window
from .items import DAYCOUNTS
from .writing import Draft, Owed


def claims(draft: Draft) -> dict[str, list[Owed]]:
    """Every claim that a waterfall pays, by schedule; the payments' are of the draft."""
    choose = draft.choose
    found: dict[str, list[Owed]] = {"payment": draft.claims}
    for on in ["payment"] * choose.whole(2, 4) + others(draft, "payment")[: choose.whole(1, 3)]:
        found.setdefault(on, []).append(claim(draft, on))
    if choose.yes(35):
        draft.say("claim early to Fund on payment up to debt", "up to")
        draft.say(f"state debt on payment = {draft.money(60, 300)}, then opening debt - early.paid", "state")
        draft.cash_claims.append(Owed("early", "debt", due=False))
        draft.every_claim.append("early")
        draft.balances.append("debt")
    if choose.yes(40):
        repaid_exactly(draft)
    if choose.yes(35):
        at_its_bar(draft)
    if choose.yes(30):
        settled(draft)
    return found


def claim(draft: Draft, on: str) -> Owed:
    choose = draft.choose
    name = draft.name(choose.pick(["fee", "service", "tax", "coupon"]))
    due = _due(draft, on)
    unpaid = _unpaid(draft, name, on)
    condition = f" while {choose.pick(tests_of(draft, on))}" if choose.yes(20) else ""
    reached = " when reached" if choose.yes(15) else ""
    limit = f" up to {draft.money(9, 30)} + sold / 10" if choose.yes(12) and not reached else ""
    payee = choose.pick(["Bank", "Fund", "Sponsor"])
    draft.say(f"claim {name} to {payee} on {on} = {due}{limit}{condition}{reached} {unpaid} kind fee", "claim")
    draft.kinds.update(
        word for word, there in (("while", condition), ("when reached", reached), ("due up to", limit)) if there
    )
    if on != "payment":
        draft.kinds.add("a claim on another schedule")
    draft.every_claim.append(name)
    return Owed(name, due=not reached, limited=bool(limit))


def before(draft: Draft, name: str, on: str) -> str:
    """What it was on the reader's date before: there is none on a first date at or before closing."""
    if draft.edges.schedules[on].dates[0] > draft.edges.closing + 4 * DAY:
        return f"previous {name}"
    return f"(if known(previous {name}) then previous {name} else $0.5)"


def balance_of(name: str) -> str:
    """What a state of the deal's own is read by, or a loan's balance."""
    return name if name.endswith("debt") or name == "pile" else f"{name}.balance"


def _due(draft: Draft, on: str) -> str:
    choose, edges = draft.choose, draft.edges
    own = [
        draft.money(8, 70),
        f"if date < {a_date(draft)} then {draft.money(10, 60)} else {draft.money(10, 60)}",
        f"if date is {a_date(draft)} then {draft.money(30, 90)} else $0",
        f"once({draft.money(20, 90)}, {a_date(draft, never=False)}) + $3.33",
        f"accrue({draft.money(400, 1500)} * max(SOFR + 1%, 0%), {choose.pick(DAYCOUNTS)})",
        f"{draft.money(300, 900)} * 5% * year_fraction({choose.pick(DAYCOUNTS)}) / 1 year",
        f"{draft.money(1, 9)} * month(date)",
        f"number of {on} dates to date * {draft.money(2, 9)}",
        "rounded",
        f"max(gross - {draft.money(90, 150)}, $0) * 40%",
        f"cumulative(gross) * {draft.percent(1, 9)}",
        f"{draft.money(20, 60)} * haircut ^ 2",
    ]
    foreign = []
    for one in edges.foreign:
        foreign += [
            f"{one} * {draft.percent(10, 90)}",
            f"max({one} - {draft.money(3, 30)}, $0)",
            f"cumulative({one}) * {draft.percent(1, 9)}",
            f"windowed {one}",
            f"max({draft.money(20, 60)} - {before(draft, one, on)}, $1.25)",
            f"$2.2 + 4% * aged({one}, {choose.pick(schedules_of(draft))}, max(1 - age / {choose.whole(4, 12)} months, 0))",
        ]
    foreign += [f"{draft.money(1, 9)} * number of {one} dates to date" for one in others(draft, on)]
    foreign += [f"if date > last {one} then {draft.money(5, 50)} else $1" for one in others(draft, on)]
    foreign += [f"-{one} + $1" for one in edges.below] + [f"abs({one}) / 2" for one in edges.below]
    paid = [name for name in draft.every_claim if "." not in name and name not in ("early", "levy")]
    foreign += [f"max({draft.money(20, 60)} - {before(draft, f'{one}.paid', on)}, $1.25)" for one in paid]
    foreign += [f"opening {balance_of(one)} * {draft.percent(1, 9)}" for one in draft.balances]
    if choose.yes(55):
        draft.kinds.add("a claim that reads another schedule")
        found = choose.pick(foreign)
        if found.startswith("windowed "):
            seen = f"trailing({window(draft, on)}, {found.removeprefix('windowed ')})"
            found = f"if known({seen}) then {seen} else $1.5"
        return found
    found = choose.pick(own)
    return rounded(draft) if found == "rounded" else found


def _unpaid(draft: Draft, name: str, on: str) -> str:
    choose = draft.choose
    kind = choose.whole(0, 7)
    if kind < 3:
        after = choose.pick(["4 months", "1 months", "6 months", "200 days", "31 days", "1 days"])
        if choose.yes(30):
            after = shaping(draft, "patience", "duration", "3 months", "6 months")
        draft.kinds.add("written off after")
        return f"written off after {after}"
    if kind == 3:
        draft.say(f"state {name}_debt on {on} = {draft.money(50, 200)}, then opening {name}_debt", "state")
        draft.kinds.add("capitalises")
        draft.balances.append(f"{name}_debt")
        return f"capitalises into {name}_debt"
    rate = choose.pick([draft.percent(4, 12), "max(SOFR, 0%) + 2%"])
    interest = f"carries with interest at {rate} by {choose.pick(DAYCOUNTS)}"
    return ("lapses", "carries", interest, "carries")[kind - 4]


def tests_of(draft: Draft, on: str) -> list[str]:
    """What a claim, a trigger or a guard on a schedule can ask: `previous` of a state counts the reader's dates."""
    return [*draft.opening_tests, *(f"{one} > {draft.money(5, 40)}" for one in draft.edges.foreign)]


def repaid_exactly(draft: Draft) -> None:
    """A balance that equal payments meet to the cent, and what asks whether anything is left of it."""
    choose = draft.choose
    parts = choose.whole(2, 4)
    size = choose.pick(["$100", "$70", "$0.70", draft.money(10, 99)])
    draft.say(f"state plan_debt on payment = {size}, then opening plan_debt - repay.paid", "state")
    draft.say(f"claim repay to Fund on payment = {size} / {parts} up to plan_debt lapses", "a balance repaid exactly")
    draft.claims.append(Owed("repay", "plan_debt", capped=True))
    draft.say("claim monitoring to Bank on payment = if opening plan_debt > $0 then $2.5 else $0 lapses")
    draft.claims.append(Owed("monitoring"))
    draft.every_claim += ["repay", "monitoring"]
    draft.opening_tests += ["opening plan_debt <= $0", "opening plan_debt > $0"]
    draft.balances.append("plan_debt")
    draft.report += ["first_date(plan_debt <= $0)", "count(plan_debt > $0 on payment)", "total(monitoring.paid)"]


def at_its_bar(draft: Draft) -> None:
    """Service that its cash covers exactly so many times, and what asks whether it does."""
    choose = draft.choose
    bar = choose.pick(["1.35", "1.2", "1.05", "1.15"])
    cash = choose.pick([draft.money(20, 90), "$6.1", "sold", "$33.33 + used"])
    on = choose.pick(["payment", "payment", "collected"])
    draft.say(f"flow earned on {on} = {cash}", "a ratio at its bar")
    draft.say(f"flow service_due on {on} = earned / {bar}")
    draft.say("define dscr = earned / service_due")
    draft.say(f"trigger thin on {on} when dscr < {bar}x, until dscr >= {bar}x")
    draft.opening_tests += [f"dscr >= {bar}x", "thin"]
    draft.report += [f"count(thin on {on})", f"lowest(dscr on {on})", f"first_date_below(dscr, {bar}x on {on})"]


def settled(draft: Draft) -> None:
    """`up to` outside a waterfall: what is settled or received stops where its balance is used up."""
    choose = draft.choose
    on = choose.pick(schedules_of(draft))
    amount, room = draft.money(9, 40), draft.money(20, 70)
    draft.say(f"state room on {on} = {room}, then opening room - call.paid", "settle or receive up to")
    if choose.yes():
        draft.say(f"claim call from Fund to Bank on {on} = {amount} up to room lapses")
        draft.say(f"settle call on {on}", "settle")
        draft.settled.append(("call", "Fund", "Bank"))
    else:
        draft.say(f"claim call from Customer on {on} = {amount} up to room lapses")
        draft.say("receive call into cash", "receive a claim")
    draft.every_claim.append("call")
    draft.report += ["room", "total(call.paid)"]


def states(draft: Draft) -> None:
    choose = draft.choose
    if choose.yes(40):
        on, read = choose.pick(schedules_of(draft)), choose.pick(draft.edges.foreign)
        draft.say(
            f"state pile on {on} = {draft.money(1, 90)}, then opening pile + {read} - $1.5", "a state of another's"
        )
        draft.opening_tests.append(f"opening pile > {draft.money(30, 150)}")
        draft.balances.append("pile")
        draft.report += ["pile", f"highest(pile on {choose.pick(schedules_of(draft))})"]
    if choose.yes(35):
        on = choose.pick(schedules_of(draft))
        draft.say(f"state hole on {on} = -{draft.money(1, 90)}, then opening hole - {draft.money(1, 9)} - sold")
        draft.kinds.add("a state below zero throughout")
        draft.report += ["hole", f"highest(hole on {choose.pick(schedules_of(draft))})", "lowest(hole)"]
    if choose.yes(35):
        on, moment = choose.pick(schedules_of(draft)), choose.pick(["at opening", "at opening", "at close"])
        grows = choose.pick(["opening step * 10%", f"{draft.percent(1, 9)}", "used / $100"])
        draft.say(f"flow rise on {on} = {grows}")
        draft.say(f"state step on {on} = 1, then opening step + rise {moment}", f"moves {moment}")
        draft.opening_tests.append("step > 1.1")
        draft.report += ["step", f"step on {choose.pick(['last payment', 'first collected'])}"]


def triggers(draft: Draft) -> None:
    """Triggers on any schedule, with waivers; what they are known by elsewhere."""
    choose = draft.choose
    for _ in range(choose.whole(1, 2)):
        name = draft.name("watch")
        on = choose.pick(["payment", *schedules_of(draft)])
        tests = tests_of(draft, on)
        rule = _rule(draft, choose.pick(tests), choose.pick(tests))
        draft.say(f"trigger {name} on {on} {rule}", "opening trigger")
        if on != "payment":
            draft.kinds.add("a trigger on another schedule")
        if choose.yes(40):
            _waivers(draft, name, on)
        draft.triggers.append(name)
        draft.opening_tests += [name, f"{name} falls"]
        elsewhere = choose.pick(schedules_of(draft))
        draft.report += [
            f"count({name} on {elsewhere})",
            f"first_date({name} on {on})",
            f"final({name} on {elsewhere})",
        ]


def _waivers(draft: Draft, name: str, on: str) -> None:
    choose = draft.choose
    dates = draft.edges.schedules[on].dates
    low = choose.whole(0, len(dates) - 1)
    high = choose.whole(low, len(dates) - 1)
    first, last = dates[low] - DAY * choose.pick([0, 0, 1]), dates[high] + DAY * choose.pick([0, 0, 1])
    until = last.isoformat() if choose.yes(70) else "never"
    if choose.yes(25):
        until = shaping(draft, "waived", "date", last.isoformat(), (last + 200 * DAY).isoformat())
    draft.say(f"waiver {draft.name('holiday')} of {name} from {first} to {until} rank 1", "waiver")
    if choose.yes(25):
        draft.say(f"waiver {draft.name('holiday')} of {name} from {first + DAY} to {last + 90 * DAY} rank 2", "waiver")
        draft.kinds.add("two waivers")


def _rule(draft: Draft, when: str, until: str) -> str:
    choose = draft.choose

    def counted(test: str) -> str:
        if not choose.yes(45):
            return test
        draft.kinds.add("for n tests")
        number = str(choose.whole(2, 3))
        if choose.yes(30):
            number = shaping(draft, "tests_needed", "count", number, "1")
        return f"({test}) for {number} tests"

    start = ""
    if choose.yes(25):
        start = f"from {a_date(draft, never=False)} "
        draft.kinds.add("a trigger tested from a date")
    rule = f"{start}when {counted(when)}"
    match choose.whole(0, 3):
        case 0:
            return rule
        case 1:
            draft.kinds.add("permanently")
            return f"{rule}, permanently"
        case _:
            draft.kinds.add("until")
            return f"{rule}, until {counted(until)}"


def step_triggers(draft: Draft) -> None:
    """Triggers that a step tests, and those tested after payments."""
    choose = draft.choose
    due = [one for one in draft.claims if one.due and one.balance != "family"]
    if choose.yes(40):
        test = choose.pick([f"cash.balance > {draft.money(20, 120)}", f"cash.balance < {draft.money(20, 120)}"])
        draft.say(
            f"trigger tested_low on payment {_rule(draft, test, choose.pick(draft.opening_tests))}", "step trigger"
        )
        draft.step_triggers.append("tested_low")
        draft.report.append("count(tested_low on collected)")
    if choose.yes(45) and due:
        test = choose.pick([f"{choose.pick(due).name}.unpaid > $0", f"cash.balance < {draft.money(1, 40)}"])
        until = choose.pick([f"cash.balance > {draft.money(5, 60)}", "gross > $150.5"])
        draft.say(
            f"trigger after on payment tested after payments {_rule(draft, test, until)}", "after-payments trigger"
        )
        draft.triggers.append("after")
        draft.opening_tests.append("after")
        draft.report.append(f"count(after on {choose.pick(schedules_of(draft))})")
