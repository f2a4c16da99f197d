"""Claims of every kind, states of their own, definitions and triggers of a generated deal."""

from __future__ import annotations

from .items import DAYCOUNTS
from .writing import Draft, Owed


def claims(draft: Draft) -> None:
    for _ in range(draft.choose.whole(2, 5)):
        claim(draft)
    if draft.choose.yes(40):
        draft.say("claim bonus to Sponsor on payment up to 20% * rest", "up to")
        draft.claims.append(Owed("bonus", due=False))
        draft.every_claim.append("bonus")
    if draft.choose.yes(40):
        draft.say("claim early to Fund on payment up to debt", "up to")
        draft.say(f"state debt on payment = {draft.money(60, 300)}, then opening debt - early.paid", "state")
        draft.cash_claims.append(Owed("early", "debt", due=False))
        draft.every_claim.append("early")
        draft.balances.append("debt")


def claim(draft: Draft) -> None:
    choose = draft.choose
    name = draft.name(choose.pick(["fee", "service", "tax", "coupon"]))
    dues = [
        draft.money(8, 70),
        f"gross * {draft.percent(5, 30)}",
        f"if date < 2026-08-01 then {draft.money(10, 60)} else {draft.money(10, 60)}",
        f"max(gross - {draft.money(90, 150)}, $0) * 40%",
        f"number of payment dates to date * {draft.money(2, 9)}",
        f"{draft.money(20, 60)} * exp(0 - (gross / $1_000))",
        f"part({draft.money(90, 300)}, haircut)",
        f"{draft.money(20, 60)} * (1 + SOFR * 1 year) ^ 2",
        f"clamp(gross / 3, {draft.money(5, 20)}, {draft.money(40, 60)})",
        f"round(gross / 7, 2) + floor({draft.money(5, 20)} * (1 + haircut))",
        f"accrue({draft.money(400, 1500)} * (SOFR + 1%), {choose.pick(DAYCOUNTS)})",
        f"{draft.money(10, 30)} * log(2 + gross / $100)",
        "once($77.77, first payment) + $3.33",
        f"{draft.money(300, 900)} * 5% * year_fraction(30/360) / 1 year",
        "1.5% * present_value(plan, 5%)",
        "(if date < 2026-04-20 then 2% * next(1 months, plan) else $1.11)",
        "0.5% * cumulative(gross) + $3.1",
        "3% * projected gross + 10% * delayed(plan, 3 months)",
        f"2% * aged(gross, payment, max(1 - age / {choose.whole(4, 12)} months, 0))",
        "3% * aged(gross, payment, interpolated([0 months: 100%, 4 months: 55.5%, 9 months: 10%], age)) + $1.07",
        "tiered([$0: 5%, $95.5: 12%, $170: 3%], gross) + $10 * banded([2026-01-15: 1, 2026-06-30: 0.7], date)",
    ]
    later = []
    if draft.other is not None:
        later.append(f"{draft.money(3, 9)} * number of collected dates to date")
    if "senior" in draft.balances:
        later += [
            "accrue(senior.balance * 0.85%, actual/365)",
            "max($40.4 - previous senior.interest.paid, $0)",
            "opening senior.balance * 2.1%",
            "$2.2 + 4% * aged(opening senior.balance, payment, exp(0 - age / 1 year))",
        ]
    if "fee" in draft.every_claim:
        later.append(f"max({draft.money(20, 60)} - previous fee.paid, $1.25)")
    steady = not later or choose.yes(70)
    due = choose.pick(dues if steady else later)
    kind = choose.whole(0, 5)
    rate = choose.pick([draft.percent(4, 12), "SOFR", "SOFR + 2%"])
    unpaid = (
        "lapses",
        "carries",
        f"carries with interest at {rate} by {choose.pick(DAYCOUNTS)}",
        f"written off after {choose.pick(['4 months', '6 months', '9 months', '200 days'])}",
        "capitalises",
        "lapses",
    )[kind]
    if unpaid == "capitalises":
        draft.say(f"state {name}_debt on payment = {draft.money(50, 200)}, then opening {name}_debt", "state")
        unpaid = f"capitalises into {name}_debt"
    condition = f" while {choose.pick(draft.opening_tests)}" if choose.yes(20) else ""
    reached = " when reached" if choose.yes(12) else ""
    limit = f" up to {draft.money(9, 30)} + gross / 10" if choose.yes(12) and not reached else ""
    payee = choose.pick(["Bank", "Fund", "Sponsor"])
    draft.say(
        f"claim {name} to {payee} on payment = {due}{limit}{condition}{reached} {unpaid} kind fee", unpaid.split(" ")[0]
    )
    draft.kinds.update(
        word for word, there in (("while", condition), ("when reached", reached), ("due up to", limit)) if there
    )
    fixed = steady and not condition and kind in (0, 1, 5)
    draft.claims.append(Owed(name, due=not reached, steady=fixed and not limit, limited=bool(limit)))
    draft.every_claim.append(name)


def states(draft: Draft) -> None:
    choose = draft.choose
    if choose.yes(30):
        draft.say(
            f"state smooth on payment = {draft.money(80, 200)}, then (opening smooth + gross) / 2", "recursive state"
        )
        draft.opening_tests.append(f"opening smooth > {draft.money(80, 200)}")
        draft.report.append("final(closing smooth)")
    if choose.yes(30):
        moment = choose.pick(["opening", "close"])
        draft.say(
            f"state stock on payment = {draft.money(80, 200)}, then opening stock + gross * 5% at {moment} - {draft.money(1, 9)} at close"
        )
        draft.kinds.add("moved state")
        draft.opening_tests.append(f"opening stock > {draft.money(80, 200)}")


def opening_triggers(draft: Draft) -> None:
    """Triggers that are tested at opening, on conditions that are known then."""
    choose = draft.choose
    for _ in range(choose.whole(0, 2)):
        name = draft.name("watch")
        on = "collected" if draft.other and choose.yes(25) else "payment"
        tests = [one for one in draft.opening_tests if on == "payment" or "previous" not in one]
        when = choose.pick(tests)
        draft.say(f"trigger {name} on {on} {_rule(draft, when, choose.pick(tests))}", "opening trigger")
        if choose.yes(25):
            draft.say(f"waiver {draft.name('holiday')} of {name} from 2026-05-01 to 2026-09-01", "waiver")
        draft.triggers.append(name)
        draft.opening_tests.append(name)
        draft.report.append(f"count({name} on {on})")


def other_triggers(draft: Draft) -> None:
    """Triggers that a step tests, and those tested after payments: they are declared before the waterfalls use them."""
    choose = draft.choose
    due = [one for one in draft.claims if one.due and one.balance != "family"]
    if draft.calm:
        return
    if choose.yes(35):
        test = choose.pick([f"cash.balance > {draft.money(20, 120)}", f"cash.balance < {draft.money(20, 120)}"])
        draft.say(
            f"trigger tested_low on payment {_rule(draft, test, choose.pick(draft.opening_tests))}", "step trigger"
        )
        draft.step_triggers.append("tested_low")
        draft.monotone = False
    if choose.yes(35) and due:
        test = choose.pick([f"{choose.pick(due).name}.unpaid > $0", f"cash.balance < {draft.money(1, 40)}"])
        until = choose.pick([f"cash.balance > {draft.money(5, 60)}", "gross > $150.5"])
        draft.say(
            f"trigger after on payment tested after payments {_rule(draft, test, until)}", "after-payments trigger"
        )
        draft.triggers.append("after")
        draft.opening_tests.append("after")


def _rule(draft: Draft, when: str, until: str) -> str:
    choose = draft.choose

    def counted(test: str) -> str:
        if not choose.yes(35):
            return test
        draft.kinds.add("counted tests")
        return f"({test}) for {choose.whole(2, 3)} tests"

    start = "from 2026-04-01 " if choose.yes(15) else ""
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
