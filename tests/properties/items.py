"""What a generated deal consists of before its waterfalls: schedules, inputs, instruments, claims, accounts, triggers."""

from __future__ import annotations

from .writing import Draft, Owed

HEADER = """deal "Generated" { language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }
use debt, hedges
party Issuer, Bank, Fund, Customer, Sponsor, Dealer
function part(x, share = 10%) = x * share
daycount bank = days / 364"""

PAYMENT = (
    "quarterly on day 15 from 2026-04-15 to 2027-04-15, unadjusted",
    "monthly on day 15 from 2026-02-15 to 2026-08-15, unadjusted",
    'quarterly on day 15 from 2026-04-15 to 2027-07-15, following, calendar "US settlement"',
    'monthly on the last day from 2026-01-31 to 2026-06-30, preceding, calendar "US settlement", accrual unadjusted',
    'semiannually on day 31 from 2026-07-31 to 2028-07-31, modified following, calendar "US settlement" and "TARGET"',
    "every 6 weeks from 2026-02-26 to 2026-09-24, unadjusted",
    "dates [2026-03-02, 2026-05-29, 2026-09-30, 2027-01-04]",
    'quarterly on day 20 from 2026-03-20 to 2027-03-20, following, calendar "US settlement", accrual from 2026-01-15',
)
OTHER = (
    "monthly on day 3 from 2026-02-03 to 2026-09-03, unadjusted",
    "monthly on day 15 from 2026-02-15 to 2026-10-15, unadjusted",
    "dates [2026-02-20, 2026-04-15, 2026-07-07, 2026-11-30]",
    'monthly on the last day from 2026-01-31 to 2026-08-31, following, calendar "US settlement"',
)
DAYCOUNTS = ("actual/360", "30/360", "actual/365", "30E/360", "actual/actual ISDA", "bank")
TARGETS = (
    "straight_line(size, payment)",
    "if date >= 2026-08-20 then size / 3 else size",
    "size",
    "size * declining(30% per year)",
    "level(size, 6% per year, payment)",
)
REGULAR = PAYMENT[:4]


def frame(draft: Draft) -> None:
    """Parties, schedules, inputs, indices."""
    choose = draft.choose
    draft.lines.extend(HEADER.split("\n"))
    payment = choose.pick(PAYMENT)
    draft.regular = payment in REGULAR
    draft.say(f"schedule payment = {payment}", "schedule")
    if choose.yes(60):
        draft.other = "collected"
        draft.say(f"schedule collected = {choose.pick(OTHER)}", "two schedules")
    _input(draft, "gross", f"series of money on payment = {draft.money(90, 220)}", "money")
    _input(draft, "extra", "series of money on payment = $0", "extra")
    match choose.whole(0, 3):
        case 0:
            draft.say(f"index SOFR = {draft.percent(2, 5)}")
        case 1:
            points = f"2026-01-15: {draft.percent(2, 4)}, 2026-08-01: {draft.percent(3, 5)}"
            draft.say(f"index SOFR = step([{points}])", "step")
        case 2:
            _input(draft, "SOFR", f"series of rate = {draft.percent(2, 5)}", "rate")
        case _:
            words = f"from = {draft.percent(2, 4)}, to = 6%, over = 9 months, starting = 2026-02-01"
            draft.say(f"index SOFR = 0% + ramp({words})", "ramp")
    if choose.yes(30):
        _input(draft, "event", "date = 2026-08-08", "date")
        draft.opening_tests += ["event falls", "date > event + 45 days", "date <= event + 2 months", "month(event) > 7"]
        draft.opening_tests.append("year(event) + 1 > year(date) and month(event) is not 9")
    draft.opening_tests += [
        f"gross < {draft.money(90, 190)}",
        f"SOFR > {draft.percent(2, 5)}",
        "date >= 2026-08-15",
        f"gross > {draft.money(100, 200)} or not (date < 2026-06-01)",
        f"previous gross > {draft.money(110, 180)}",
        "number of payment dates to date is 2",
        f"abs(gross - $150) > {draft.money(5, 40)}",
        "(gross > $140.01) is (date > 2026-07-01)",
        f"mod(gross, $10) < {draft.money(2, 8)}",
    ]
    for name in ("haircut", "weight"):
        draft.say(f"term {name} = {draft.percent(5, 60)}", "term")
        draft.terms.append(name)
    draft.say(f"define plan = straight_line({draft.money(800, 1200)}, payment)")


def _input(draft: Draft, name: str, rest: str, form: str) -> None:
    draft.say(f"input {name} : {rest}", "input")
    draft.inputs.append((name, form))


def accounts(draft: Draft) -> None:
    choose = draft.choose
    draft.say("account cash", "account")
    draft.owners.append(("cash", "Issuer"))
    for _ in range(choose.whole(0, 2)):
        name = draft.name("reserve")
        target = choose.pick(
            [
                draft.money(20, 90),
                f"if date < 2026-08-01 then {draft.money(30, 90)} else {draft.money(5, 30)}",
                "10% * gross + $11.07",
                "max($60.11 - SOFR * $500 / 1.00, $2)",
            ]
        )
        target = target.replace("SOFR * $500 / 1.00", "gross * haircut")
        opens = f"opens = {draft.money(0, 60)} from Sponsor; " if choose.yes() else ""
        draft.say(f"account {name} {{ {opens}target = {target} }}", "reserve")
        draft.reserves.append(name)
        draft.owners.append((name, "Issuer"))
    if choose.yes(40):
        draft.say("account trap", "trap")
        draft.owners.append(("trap", "Issuer"))
    if choose.yes(25):
        draft.say("account house of Fund", "another's account")
        draft.owners.append(("house", "Fund"))
        draft.say("receive gross * 12.5% from Customer into house on payment", "receive an amount")
        draft.say(f"waterfall own from house on payment {{ pay {draft.money(5, 12)} to Bank; pay rest to Sponsor }}")
    draft.say("receive gross from Customer into cash on payment", "receive an amount")
    draft.say("define likely = normal_probability(gross / $100 - 2) + normal_quantile(clamp(gross / $500, 50%, 95%))")
    draft.say(
        "define slice_lost = tranche_loss(default_probability = clamp(gross / $1_000, 1%, 90%), recovery = 40%, "
        "correlation = 30%, attachment = 3%, detachment = 30%, names = 20)"
    )
    draft.say(
        "define two_gone = nth_to_default_probability(n = 2, default_probability = 5%, correlation = 20%, names = 5) + "
        "joint_default_probability(p = clamp(gross / $500, 1%, 90%), q = 9%, correlation = 35%)"
    )
    draft.report += ["highest(likely on payment)", "lowest(slice_lost on payment)", "average(two_gone on payment)"]
    draft.say("receive extra from Sponsor into cash on payment", "receive an amount")


def instruments(draft: Draft) -> None:
    choose = draft.choose
    for name in ("senior", "junior")[: choose.whole(0, 2)]:
        loan(draft, name)
    if {"senior", "junior"} <= set(draft.balances):
        draft.say("group notes = senior, junior", "group")
    if choose.yes(25) and draft.other is not None:
        facility(draft)
    if choose.yes(30):
        notional = "previous senior.target" if "senior" in draft.balances else draft.money(200, 900)
        terms = f"fixed = {draft.percent(2, 5)}; index = SOFR; pays = payment; accrual = {choose.pick(DAYCOUNTS[:3])}"
        draft.say(f"swap hedge {{ dealer = Dealer; notional = {notional}; {terms} }}", "swap")
        draft.say("receive hedge.receipt into cash", "receive a claim")
        draft.claims.append(Owed("hedge.payment", steady="previous" not in notional))
        draft.every_claim += ["hedge.payment", "hedge.receipt"]
    if choose.yes(30):
        family(draft)
    if choose.yes(35):
        slices(draft)
    if choose.yes(30):
        settled(draft)
    if draft.other is not None:
        draft.say(f"flow sold on collected = {draft.money(5, 30)} + (if date > 2026-05-01 then $3.21 else $0)", "flow")
        draft.say(f"receive sold * 2 from Customer into cash on {choose.pick(['payment', 'collected'])}")


def loan(draft: Draft, name: str) -> None:
    choose = draft.choose
    price = "; price = 98.5%" if choose.yes(30) else ""
    rate = f"index = SOFR; margin = {draft.percent(1, 3)}" if choose.yes(70) else f"margin = {draft.percent(4, 7)}"
    draft.say(
        f"loan {name} {{ holder = {choose.pick(['Bank', 'Fund'])}; size = {draft.money(200, 700)}; {rate}; pays = payment"
        f"; maturity = last payment; accrual = {choose.pick(DAYCOUNTS)}; target = {choose.pick(TARGETS if draft.regular else TARGETS[:-1])}{price} }}",
        "loan",
    )
    draft.say(f"receive {name}.advance into cash", "receive a claim")
    draft.claims += [Owed(f"{name}.interest", f"{name}.balance"), Owed(f"{name}.principal", f"{name}.balance")]
    draft.cash_claims.append(Owed(f"{name}.sweep", f"{name}.balance", due=False))
    draft.every_claim += [f"{name}.{one}" for one in ("advance", "interest", "principal", "sweep")]
    draft.balances.append(name)
    if not draft.calm:
        draft.opening_tests.append(f"{name}.balance < {draft.money(150, 600)}")


def facility(draft: Draft) -> None:
    draft.say(
        f"term_facility delayed {{ holder = Fund; commitment = {draft.money(150, 300)}; margin = 4.4%; pays = payment; draws = collected"
        f"; draw_until = min(2026-07-01, last payment); asked = {draft.money(20, 90)}; undrawn_fee = 0.75%; upfront_fee = 1.25%"
        "; target = if date > 2026-07-01 then $50 else commitment; maturity = last payment; accrual = actual/360 }",
        "term facility",
    )
    draft.say("receive delayed.advance into cash", "receive a claim")
    names = ["fee", "interest", "principal"]
    draft.claims += [Owed(f"delayed.{one}", "delayed.balance") for one in names]
    draft.say("waterfall upfront from cash on collected { pay delayed.upfront }", "a waterfall on another schedule")
    draft.every_claim += [f"delayed.{one}" for one in (*names, "advance", "upfront", "sweep")]
    draft.cash_claims.append(Owed("delayed.sweep", "delayed.balance", due=False))


def family(draft: Draft) -> None:
    choose = draft.choose
    unpaid = choose.pick(["lapses", "carries", "carries with interest at rate by 30/360"])
    draft.lines.extend(
        f"""component asset {{
  size : money
  rate : rate
  grade : text
  claim interest from Customer on payment = accrue(balance * rate, 30/360) lapses
  claim repaid from Customer on payment = min(balance, size / {choose.whole(3, 9)} + size * share / 100) lapses
  claim rent to Fund on payment = accrue(balance * 1.5%, actual/360) {unpaid}
  define share = if sum(assets.balance) > $0 then balance / sum(assets.balance) else 0%
  state balance = size, then opening balance - repaid.paid
}}
asset assets each row in "{choose.pick(["pool_three.csv", "pool_one.csv"])}"
receive assets.interest into cash
receive assets.repaid into cash""".split("\n")
    )
    draft.kinds.update(("family", "component"))
    draft.claims.append(Owed("assets.rent", "family", steady=True))
    draft.every_claim += ["assets.interest", "assets.repaid", "assets.rent"]
    worst = "take($150.5, of assets.balance, lowest assets.rate first)"
    draft.say(f"define worst = sum({worst} * assets.rate) / sum(assets.balance) + weighted(assets.rate, assets.size)")
    draft.say("define step = at([1.5%, 2%, SOFR], min(number of payment dates to date, 3))")
    draft.say("define stepped = step * highest(sum_by(assets.balance, assets.grade))")
    draft.say(f"define any_large = any(assets.balance > {draft.money(50, 300)})")
    # Of sizes, which stay: of a pool that is all but repaid, a rounding decides what a share of it is.
    draft.say(
        "define pooled = tranche_loss(default_probability = clamp(gross / $1_000, 1%, 90%), recovery = 40%, "
        "correlation = 30%, attachment = 5%, detachment = 40%, notional = assets.size)"
    )
    draft.say(
        "define first_lost = nth_to_default_probability(n = 1, default_probability = assets.rate * 1 year, correlation = 25%)"
    )
    draft.records += ["worst", "any_large", "stepped", "pooled", "first_lost"]
    draft.opening_tests += ["any_large", "sum(assets.balance where assets.balance > $60) > $150.5"]
    draft.report += ["highest(pooled on payment)", "lowest(first_lost on payment)"]
    draft.report += [
        "total(stepped on payment)",
        "total(assets.interest.paid)",
        "lowest(worst on payment)",
        "count(any_large on payment)",
    ]
    draft.report += [
        f"highest(highest(assets.balance) - {choose.pick(['lowest', 'average'])}(assets.balance) on payment)"
    ]


def slices(draft: Draft) -> None:
    choose = draft.choose
    draft.lines.extend(
        f"""component slice {{
  size : money
  rate : rate = 5%
  reduction loss of balance
  reduction redeemed of balance
  claim coupon to Fund on payment = accrue(balance * rate, {choose.pick(DAYCOUNTS[:5])}) capitalises into balance
  state balance = size, then opening balance
}}
slice equity_slice {{ size = {draft.money(20, 60)} }}
slice upper_slice {{ size = {draft.money(60, 200)}; rate = {draft.percent(2, 9)} }}
allocate losses gross * {draft.percent(2, 9)} on payment to equity_slice, then upper_slice""".split("\n")
    )
    shared = choose.pick(
        [
            "pay pro rata by balance { upper_slice.redeemed, equity_slice.redeemed }",
            "upper_slice.redeemed; equity_slice.redeemed",
            f"up to {draft.money(2, 9)} {{ upper_slice.redeemed }}; when SOFR > 3% {{ equity_slice.redeemed }}",
        ]
    )
    draft.say(f"reduce {draft.money(3, 20)} on payment {{ {shared} }}", "reduce")
    draft.kinds.update(("component", "allocate losses", "reduction"))
    draft.claims += [Owed(f"{one}.coupon", f"{one}.balance") for one in ("equity_slice", "upper_slice")]
    draft.every_claim += ["equity_slice.coupon", "upper_slice.coupon"]
    draft.report.append("total(equity_slice.loss.amount)")


def settled(draft: Draft) -> None:
    while_ = draft.choose.pick(["", " while Bank.performing", " while gross > $120.03"])
    draft.say(f"claim premium from Bank to Fund on payment = {draft.money(2, 9)} + part(gross) lapses")
    draft.say(f"settle premium on payment{while_}", "settle")
    draft.settled.append(("premium", "Bank", "Fund"))
    draft.every_claim.append("premium")
