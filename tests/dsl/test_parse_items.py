"""Items, acts and steps: the spelling of each construct and the syntax that it becomes."""

from __future__ import annotations

import pytest
from indenture.dsl import syntax

from .reading import item, read, shown, step, value

# ------------------------------------------------------------------------------------------------ items


def test_schedules() -> None:
    full = item(
        'schedule p = monthly on the last day from 2026-02-15 to 2031-01-15, modified following, calendar "A" and "B", '
        "accrual from 2026-01-15, accrual unadjusted, short first"
    )
    assert (full.every, full.day, full.adjustment, full.stub) == (
        (1, "month"),
        "last",
        "modified following",
        "short first",
    )
    assert ([text.value for text in full.calendars], full.accrual_adjusted) == (["A", "B"], False)
    assert shown(full.accrual_start) == "2026-01-15"
    assert item("schedule p = every 2 weeks from closing to 2031-01-15").every == (2, "week")
    assert item("schedule p = quarterly on day 20").day == 20
    assert shown(item("schedule p = dates [2027-01-01, 2028-01-01]").dates) == "[2027-01-01, 2028-01-01]"
    assert item("schedule call = payment from 2029-08-15 to 2049-05-15").base.text == "payment"


def test_claims() -> None:
    claim = item(
        "claim interest from SPV to Banks on payment = accrue(balance, actual/360) while open when reached\n"
        "  carries with interest at coupon by actual/360 kind debt\n"
        '  cite "§2.05"'
    )
    assert (shown(claim.payer), shown(claim.payee), shown(claim.on)) == ("SPV", "Banks", "payment")
    assert (claim.when_reached, claim.kind, claim.unpaid.form) == (True, "debt", "carries")
    assert (shown(claim.unpaid.rate), shown(claim.unpaid.daycount)) == ("coupon", "actual/360")
    assert claim.cite[0].text == "§2.05"
    assert shown(item("claim sweep to A on p up to balance").up_to == "balance" or value("balance")) == "balance"
    assert item("claim a to A on closing = x capitalises into balance").unpaid.into.text == "balance"
    assert shown(item("claim a to A on p = x written off after 3 months").unpaid.after) == "3 months"
    assert shown(item("claim a to A on name.default = x lapses").on) == "name.default"


def test_states() -> None:
    state = item("state balance = size, then opening balance - principal.paid + drawn at opening - (a + b)")
    assert [(move.sign, shown(move.value), move.at) for move in state.movements] == [
        (-1, "principal.paid", None),
        (1, "drawn", "opening"),
        (-1, "a + b", None),
    ]
    assert state.recursion is None
    other = item("state peak = $0, then max(opening peak, balance)")
    assert (other.movements, shown(other.recursion)) == (None, "max(opening peak, balance)")
    assert item("state x = 1, then (opening x + a)").movements is None
    assert item("state x = 1, then opening y + a").movements is None


def test_triggers() -> None:
    trigger = item(
        "trigger lockup on payment tested after payments from 2028-01-01\n when a < b for 3 tests,\n"
        "  until c for n tests"
    )
    assert (trigger.on.text, trigger.after_payments, shown(trigger.start)) == ("payment", True, "2028-01-01")
    assert (shown(trigger.when.condition), shown(trigger.when.count)) == ("a < b", "3")
    assert (shown(trigger.until.condition), shown(trigger.until.count)) == ("c", "n")
    assert item("trigger default when x, permanently").permanently
    assert shown(item("trigger t when (a or b) for 2 tests").when.condition) == "a or b"


def test_accounts_and_components() -> None:
    account = item("account dsra of SPV { opens = $50m from Sponsor, $5m from Bank; target = 3 * x; currency = EUR }")
    assert [(shown(amount), party.text) for amount, party in account.opens] == [("$50m", "Sponsor"), ("$5m", "Bank")]
    assert (account.owner.text, shown(account.target), shown(account.currency)) == ("SPV", "3 * x", "EUR")
    component = item(
        'component loan {\n  "A loan."\n  margin : rate = 0%   "Over the index."\n  spread, index : series of rate\n'
        "  define coupon = index + margin\n  claim fee to holder on pays = index * closing\n}"
    )
    assert component.documentation == "A loan."
    assert [(field.names, field.type.base, field.type.series, field.documentation) for field in component.fields] == [
        (("margin",), "rate", False, "Over the index."),
        (("spread", "index"), "rate", True, None),
    ]
    assert [type(member).__name__ for member in component.members] == ["Definition", "ClaimDeclaration"]
    family = item('clo_loan loans each row in "tape.csv" { pays = payment }')
    assert (family.component.text, family.rows.value, family.fields[0].name) == ("clo_loan", "tape.csv", "pays")


def test_item_words_are_names_elsewhere() -> None:
    items, found = read(
        "index index = term + claim.index\nterm term : rate = account\nloan x { index = state; term = 3 }"
    )
    assert found == ()
    assert [type(each).__name__ for each in items] == ["Definition", "Definition", "Instance"]


def test_waterfalls() -> None:
    waterfall = item(
        "waterfall w from cash on payment from 2026-01-01 until 2030-01-01 unless enforcement notwithstanding ranking\n"
        '{\n  "One" pay a; pay b\n    pay c  cite "§4"\n  pay d\n  "Two" fill x\n}'
    )
    assert [(line.label, len(line.steps)) for line in waterfall.lines] == [("One", 4), ("Two", 1)]
    assert waterfall.lines[0].cite[0].text == "§4"
    assert isinstance(waterfall.guard, syntax.Unary)
    assert waterfall.notwithstanding_ranking
    assert (shown(waterfall.start), shown(waterfall.end)) == ("2026-01-01", "2030-01-01")


def test_steps() -> None:
    pay = step("pay a.b, then from x, y up to $5m per year")
    assert (pay.claim.text, [name.text for name in pay.then_from], shown(pay.cap), pay.cap_per_year) == (
        "a.b",
        ["x", "y"],
        "$5m",
        True,
    )
    assert isinstance(step("pay rest to Sponsor"), syntax.PayRest)
    assert isinstance(step("pay $5m to Sponsor"), syntax.PayParty)
    group = step("pay pro rata by balance { a, { pay b; pay c } }, then from d")
    assert (group.by, [len(member.steps) for member in group.members], group.then_from[0].text) == (
        "balance",
        [1, 2],
        "d",
    )
    stated = step("pay pro rata { 60% a.b, 40% c }")
    assert (stated.by, [shown(member.share) for member in stated.members]) == ("shares", ["60%", "40%"])
    assert step("pay pro rata notes.interest").members[0].steps[0].claim.text == "notes.interest"
    assert len(step("up to x { pay a; pay b }").steps) == 2
    assert shown(step("until oc >= 122.6% { pay a }").condition) == "oc >= 122.6%"
    when = step("when a { keep the rest in trap } otherwise { move all of trap, x to cash }")
    assert (when.steps[0].account.text, [name.text for name in when.otherwise[0].sources]) == ("trap", ["trap", "x"])
    assert shown(step("unless a { pay b }").condition) == "not a"
    assert (shown(step("move $5m of a to b").amount), step("release a to b").to.text) == ("$5m", "b")
    assert step("record a, b.c").names[1].text == "b.c"
    assert step("test lockup").trigger.text == "lockup"
    assert shown(step("fill dsra up to $1m").cap) == "$1m"


def test_acts_of_the_day() -> None:
    assert shown(item("receive sum(x.interest) from P into cash on payment").source) == "P"
    assert [name.text for name in item("settle a.b, c on payment while I.performing").claims] == ["a.b", "c"]
    assert [name.text for name in item("allocate losses x on payment to a, then b").targets] == ["a", "b"]
    reduce = item("reduce (x - y) on payment {\n unless s { pro rata by balance { a, b } }\n when s { a; b }\n}")
    assert [len(when.steps) for when in reduce.steps] == [1, 2]


def test_checks_and_scenarios() -> None:
    expect = item("expect wal(senior, actual/365) is 2.55 years within 0.05 years in base")
    assert (shown(expect.value), shown(expect.target), shown(expect.tolerance)) == (
        "wal(senior, actual/365)",
        "2.55 years",
        "0.05 years",
    )
    table = item("expect wal(notes, 30/360) by speed where not callable within 0.1 years {\n A1 1 -2\n B 76% 3\n}")
    assert [(row.name.text, [shown(figure) for figure in row.values]) for row in table.rows] == [
        ("A1", ["1", "-2"]),
        ("B", ["76%", "3"]),
    ]
    assert item("expect total(x) >= $0 in every scenario").scenarios[0].text == "every"
    require = item('require "Long enough" a >= b in "One", "Two"\n  because "Reason." cite "1"')
    assert (require.label, [name.value for name in require.scenarios], require.because) == (
        "Long enough",
        ["One", "Two"],
        "Reason.",
    )
    scenario = item('scenario "A" after "B" { x.y = x.y * 2; z drawn from normal(mean = 0) }')
    assert [(override.name.text, override.drawn) for override in scenario.overrides] == [("x.y", False), ("z", True)]
    over = item("scenarios over speed = [0.5%, 1.0%] and callable = [true, false]")
    assert [name.text for name, _ in over.ranges] == ["speed", "callable"]
    simulate = item("simulate { paths = 100_000; x.d drawn from first_default(x) joined by gaussian(35%) }")
    assert (simulate.fields[0].name, shown(simulate.draws[0].joined)) == ("paths", "gaussian(35%)")
    report = item('report { "Senior IRR" = irr(a), lowest dscr\n total(x)\n}')
    assert [line.label for line in report.lines] == ["Senior IRR", None, None]
    assert item("always collections.balance >= $0").label is None


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("solve a.size in $300m .. $900m so that lowest dscr is 1.35x in base", "solve"),
        ("sweep a in 1% .. 5% by 1%", "sweep"),
    ],
)
def test_what_a_later_version_runs_is_kept(text: str, construct: str) -> None:
    later = item(text)
    assert isinstance(later, syntax.Later)
    assert later.construct == construct


@pytest.mark.parametrize(
    ("text", "verb", "parties", "amount", "limit"),
    [
        ("relation r Vendor guarantees Cloud up to $0.9bn", "guarantees", ("Vendor", "Cloud", None), None, "$0.9bn"),
        ("relation r Vendor guarantees Cloud to Bank", "guarantees", ("Vendor", "Cloud", "Bank"), None, None),
        (
            "relation r Insurer protects Bank\n  against Cloud up to $5m kind cds",
            "protects",
            ("Insurer", "Cloud", "Bank"),
            None,
            "$5m",
        ),
        ("relation r Parent owns 80% of SPV", "owns", ("Parent", "SPV", None), "80%", None),
        ("relation r Parent owns share of SPV", "owns", ("Parent", "SPV", None), "share", None),
        ("relation r Cloud owes 2 * size to Bank", "owes", ("Cloud", "Bank", None), "2 * size", None),
        ("relation r Lab pays $9bn to Cloud kind sales", "pays", ("Lab", "Cloud", None), "$9bn", None),
    ],
)
def test_relations(
    text: str, verb: str, parties: tuple[str | None, ...], amount: str | None, limit: str | None
) -> None:
    found = item(text)
    assert isinstance(found, syntax.RelationDeclaration)
    assert found.verb == verb
    names = (found.subject, found.object, found.beneficiary)
    assert tuple(None if name is None else name.text for name in names) == parties
    assert (None if found.amount is None else shown(found.amount)) == amount
    assert (None if found.limit is None else shown(found.limit)) == limit


def test_circles_are_asked_for() -> None:
    asked = item("require none of circles(up to 4 edges, kinds equity, debt)").condition
    assert isinstance(asked, syntax.NoneOf)
    assert (asked.operand.most, asked.operand.kinds) == (4, ("equity", "debt"))
    assert item("report { circles() }").lines[0].value.kinds == ()
    assert item("report { circles(kinds sales) }").lines[0].value.most is None
    assert item("define circles = kinds + 1").name == "circles"
