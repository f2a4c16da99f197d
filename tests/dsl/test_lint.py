"""Lints: a sound deal is quiet, and each fault of structure is said in place, once."""

from __future__ import annotations

import pytest
from indenture.dsl.lint.lint import lint
from indenture.dsl.messages.codes_names import CODES
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.names.check_names import check_names
from indenture.dsl.names.resolve import resolve
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source

LIBRARY = """
component note {
  holder : party
  size   : money
  coupon : rate = 0%
  fee    : fraction = 0%
  matures : date = never
  pays   : schedule
  target : money = size
  claim arranging to holder on pays = size * fee  carries
  claim interest  to holder on pays = accrue(balance * coupon, 30/360)  carries
  claim principal to holder on pays = if date >= matures then balance else max(balance - target, $0)  carries
  claim sweep     to holder on pays up to balance
  state balance = size, then opening balance - principal.paid - sweep.paid
}
component lease {
  lessee : party
  rent   : money
  pays   : schedule
  claim due from lessee on pays = rent  lapses
}
"""

HEADER = """deal "T" { language = 1; currency = USD; closing = 2026-01-15; issuer = Borrower }
party Borrower, Lenders, Sponsor, Tenant
schedule payment = monthly on day 15 from 2026-02-15 to 2028-01-15
note A { holder = Lenders; size = $70m; coupon = 5%; pays = payment; matures = 2028-01-15 }
note B { holder = Lenders; size = $30m; coupon = 9%; pays = payment }
lease shop { lessee = Tenant; rent = $5m; pays = payment }
account cash
account reserve { target = 3 * A.interest.current }
account trap
trigger lockup when A.interest.due > $1m
claim costs to Tenant on payment = $1m  lapses
"""

RANKING = "ranking costs, A.interest, A.principal, B.interest\n"
RECEIVE = "receive shop.due into cash\n"
STEPS = """  "Costs"     pay costs
  "A"         pay A.interest, then from reserve
  "A repaid"  pay A.principal
  "B"         pay B.interest
  "Reserve"   release reserve; fill reserve
  "Trap"      when lockup { keep the rest in trap } otherwise { move all of trap to cash }
  "Rest"      pay rest to Sponsor
"""


def waterfall(steps: str, head: str = "main from cash on payment") -> str:
    return f"waterfall {head} {{\n{steps}}}\n"


SOUND = HEADER + RANKING + RECEIVE + waterfall(STEPS)
REST = "pay rest to Sponsor\n"
TRAP = "when lockup { keep the rest in trap } otherwise { move all of trap to cash }"
OPEN_TRAP = "account trap { opens = $1m from Sponsor }"
TEST_LOCKUP = '"Trap"      test lockup; when'


def linted(text: str) -> tuple[Diagnostic, ...]:
    collector = Collector()
    used = parse(Source("library/test.deal", LIBRARY), collector)
    module = parse(Source("t.deal", text), collector)
    assert collector.found == (), "the deal is read whole"
    model = resolve(module, (used,), None, collector)
    assert model is not None
    check_names(model, collector)
    lint(model, collector)
    assert {one.code for one in collector.found} <= CODES.keys()
    return collector.found


def under(one: Diagnostic, text: str) -> str:
    line = text.splitlines()[one.span.line - 1]
    return line[one.span.column - 1 : one.span.end_column - 1 if one.span.end_line == one.span.line else len(line)]


def said(text: str) -> list[tuple[str, str]]:
    """The code of each diagnostic and the text that it stands under."""
    return [(one.code, under(one, text)) for one in linted(text)]


def only(text: str) -> Diagnostic:
    found = linted(text)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_deal_is_quiet() -> None:
    assert said(SOUND) == []


# ------------------------------------------------------------------------------------------------- claims


def test_a_claim_that_nothing_pays() -> None:
    text = SOUND.replace('  "B"         pay B.interest\n', "").replace(", B.interest", "")
    one = only(text)
    assert (one.code, under(one, text), one.message) == ("E0701", "B", "nothing pays `B.interest`")
    assert one.help == "add a step to a waterfall: `pay B.interest`"
    assert one.severity == "error"


def test_claims_of_one_instance_are_said_together() -> None:
    text = SOUND.replace('  "A"         pay A.interest, then from reserve\n', "")
    text = text.replace("A.interest, A.principal, ", "")
    text = text.replace('  "A repaid"  pay A.principal\n', "")
    assert only(text).message == "nothing pays `A.interest` and `A.principal`"


def test_a_claim_of_nothing_need_not_be_paid() -> None:
    """The fee is 0% and B never falls due: their claims are quiet. A fee or a maturity makes them heard."""
    heard = (("fee = 1%", "arranging"), ("matures = 2028-01-15", "principal"), ("target = $1m", "principal"))
    for field, claim in heard:
        text = SOUND.replace("coupon = 9%;", f"coupon = 9%; {field};")
        assert only(text).message == f"nothing pays `B.{claim}`"


def test_a_claim_that_nobody_receives() -> None:
    text = SOUND.replace(RECEIVE, "receive $5m from Tenant into cash on payment\n")
    one = only(text)
    assert (one.code, under(one, text), one.severity) == ("W0702", "shop", "warning")
    assert one.help == "`receive shop.due into` the account that it belongs in"


def test_a_claim_of_the_deal_that_no_step_asks_for() -> None:
    text = SOUND.replace("account cash", "claim extra to Sponsor on payment up to $1m\naccount cash")
    assert said(text) == [("W0701", "extra")]


def test_a_claim_between_others_is_settled() -> None:
    text = SOUND + "claim rebate from Tenant to Sponsor on payment = $1m  lapses\n"
    assert only(text).help == "between its parties: `settle rebate`"
    assert said(text + "settle rebate on payment\n") == []


def test_receiving_what_is_paid() -> None:
    text = SOUND.replace('"Costs"     pay costs', '"Costs"     pay costs; pay shop.due')
    assert [code for code, _ in said(text)] == ["E0714", "E0715"]
    settled = only(SOUND + "settle costs on payment\n")
    assert (settled.code, settled.label) == ("E0714", "settled")


def test_the_wrong_party_pays() -> None:
    text = SOUND.replace(RECEIVE, RECEIVE + "receive costs into cash\n").replace('  "Costs"     pay costs\n', "")
    one = only(text.replace("ranking costs, ", "ranking "))
    assert (one.code, one.help) == ("E0715", "what Borrower owes is paid in a waterfall: `pay costs`")
    other = SOUND.replace("account cash", "account cash of Sponsor")
    assert {code for code, _ in said(other)} == {"E0715", "W0725"}


# ------------------------------------------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        (REST, f'{REST}  "Late"      pay A.sweep\n', "E0702", "pay A.sweep"),
        (REST, f'{REST}  "Late"      pay rest to Lenders\n', "E0712", "pay rest to Lenders"),
        (
            "keep the rest in trap } otherwise { move all of trap to cash }",
            "keep the rest in trap } otherwise { pay rest to Sponsor }",
            "E0712",
            "pay rest to Sponsor",
        ),
        ("when lockup { keep", "when false { keep", "E0702", "keep the rest in trap"),
        ("pay costs", "pay costs; pay costs", "W0711", "costs"),
        ("fill reserve", "fill cash", "E0706", "cash"),
        ("keep the rest in trap", "keep the rest in cash", "E0717", "cash"),
        ("then from reserve", "then from cash", "E0717", "cash"),
        ("move all of trap to cash", "move all of trap, cash to cash", "E0717", "cash"),
        ("; fill reserve", "; fill reserve; release trap", "E0706", "trap"),
        ("pay rest to Sponsor", "pay rest to Borrower", "W0725", "Borrower"),
        ('"Costs"     pay costs', '"A"         pay costs', "W0719", '"A"         pay A.interest, then from reserve'),
        ("cash on payment {", "cash on payment from 2027-01-01 until 2026-06-01 {", "E0702", "2026-06-01"),
        (
            "pay B.interest",
            "pay pro rata by shares { 60% B.interest, 30% A.sweep }",
            "W0726",
            "pay pro rata by shares { 60% B.interest, 30% A.sweep }",
        ),
    ],
)
def test_steps(before: str, after: str, code: str, place: str) -> None:
    assert before in SOUND
    found = said(SOUND.replace(before, after))
    assert (code, place) in found
    assert len(found) <= 2, found


def test_a_second_unreachable_step_follows_from_the_same_cause() -> None:
    text = SOUND.replace(REST, f'{REST}  "Late" pay A.sweep\n  "Later" pay B.sweep\n  "Last" {REST}')
    assert said(text) == [("E0702", "pay A.sweep")]


def test_cash_that_comes_back_is_paid_again() -> None:
    text = SOUND.replace(REST, f'{REST}  "More" move all of reserve to cash; pay A.sweep; {REST}')
    assert said(text) == []


def test_a_branch_that_the_waterfall_rules_out() -> None:
    text = SOUND.replace(" on payment {", " on payment unless lockup {")
    assert said(text) == [("E0702", "keep the rest in trap")]
    assert linted(text)[0].others[0].text == "here `lockup` already does not hold"
    tested = text.replace('"Trap"      when', '"Trap"      test lockup; when')
    assert said(tested) == []


def test_what_no_step_takes() -> None:
    text = SOUND.replace('  "Rest"      pay rest to Sponsor\n', "") + "report { Sponsor.received }\n"
    one = only(text)
    assert (one.code, under(one, text)) == ("W0703", "main")
    second = text + waterfall('  "Rest" pay rest to Sponsor\n', "remains from cash on payment")
    assert said(second) == []
    guarded = (
        text.replace(" on payment {", " on payment unless lockup {")
        .replace(TRAP, "move all of trap to cash")
        .replace("account trap", OPEN_TRAP)
    )
    elsewhere = guarded + waterfall('  "Rest" pay rest to Sponsor\n', "remains from cash on payment when lockup")
    assert said(elsewhere) == [("W0703", "main")]


def test_accounts_that_nobody_empties_or_fills() -> None:
    text = SOUND.replace("release reserve; ", "")
    assert said(text) == [("W0704", "reserve")]
    assert only(text).label == "what is not drawn stays in it"
    unused = SOUND.replace("account trap", "account trap\naccount spare")
    assert said(unused) == [("W0707", "spare")]
    dry = (
        SOUND
        + "claim fee to Sponsor on payment = $1m  lapses\naccount dry\n"
        + waterfall('  "Fee" pay fee\n', "drying from dry on payment")
    )
    assert [(one.code, under(one, dry)) for one in linted(dry)] == [("W0723", "dry")]
    deep = SOUND + "account deep { opens = $1m from Sponsor }\n"
    assert [(one.code, one.label) for one in linted(deep)] == [("W0704", "nobody empties it")]


def test_cash_that_comes_too_late_in_the_day() -> None:
    text = HEADER + RANKING + waterfall(STEPS) + RECEIVE
    assert said(text) == [("W0722", RECEIVE.strip())]


# ------------------------------------------------------------------------------------------------- triggers


def test_triggers() -> None:
    tested = SOUND.replace('"Trap"      when', '"Trap"      test lockup; when')
    assert said(tested) == []
    after = tested.replace("trigger lockup when", "trigger lockup tested after payments when")
    assert said(after) == [("E0720", "test lockup")]
    twice = tested.replace('"Costs"     pay', '"Costs"     test lockup; pay')
    assert [(one.code, under(one, twice)) for one in linted(twice)] == [("E0721", "test lockup")]
    unused = SOUND.replace("claim costs", "trigger idle when A.interest.due > $2m\nclaim costs")
    assert said(unused) == [("W0708", "idle")]


def test_two_waterfalls_that_exclude_each_other_may_test_a_trigger() -> None:
    calm = (
        SOUND.replace("claim costs", "trigger storm when costs.due > $2m\nclaim costs")
        .replace(" on payment {", " on payment unless storm {")
        .replace('"Trap"      when', TEST_LOCKUP)
    )
    both = calm + waterfall(STEPS.replace('"Trap"      when', TEST_LOCKUP), "bad from cash on payment when storm")
    assert said(both) == []


@pytest.mark.parametrize(
    ("condition", "mixed"),
    [
        ("A.balance / worth > 80%", True),
        ("ratio > 80%", True),
        ("A.balance - plan > $1m", True),
        ("opening A.balance / worth > 80%", False),
        ("A.balance / previous worth > 80%", False),
        ("A.balance > $1m", False),
        ("worth < $1m", False),
        ("A.balance > $1m and date > 2027-01-01", False),
        ("trailing(3 months, worth) < A.balance", False),
    ],
)
def test_a_test_at_opening_of_figures_of_two_dates(condition: str, mixed: bool) -> None:
    text = (
        SOUND.replace(
            "claim costs",
            "input worth : series of money\ndefine ratio = A.balance / worth\ndefine plan = straight_line($70m, payment)\n"
            f"trigger breach when {condition}\nclaim costs",
        )
        + "report { worth, ratio, plan, breach }\n"
    )
    assert [code for code, _ in said(text)] == (["W0713"] if mixed else [])
    assert said(text.replace("trigger breach when", "trigger breach tested after payments when")) == []


def test_what_nothing_reads() -> None:
    extra = """party Nobody
term spare = 5%
define figure = A.balance * 2
input wanted : money
schedule yearly = annually on day 15 from 2027-01-15 to 2028-01-15
group both = A, B
function twice(x) = 2 * x
scenario "Nothing" {}
"""
    text = SOUND + extra
    assert said(text) == [
        ("W0709", "Nobody"),
        ("W0709", "spare"),
        ("W0709", "figure"),
        ("W0709", "wanted"),
        ("W0709", "yearly"),
        ("W0709", "both"),
        ("W0709", "twice"),
        ("W0727", '"Nothing"'),
    ]
    read = "report { figure, twice(spare), wanted, both.balance, number of yearly dates, Nobody.received }\n"
    assert said(SOUND + extra.replace('scenario "Nothing" {}\n', "") + read) == []


# ------------------------------------------------------------------------------------------------- ranking


def test_a_waterfall_against_the_ranking() -> None:
    lines = STEPS.splitlines(keepends=True)
    swapped = "".join([lines[0], lines[3], lines[1], lines[2], *lines[4:]])
    text = HEADER + RANKING + RECEIVE + waterfall(swapped)
    one = only(text)
    assert (one.code, under(one, text)) == ("E0730", "B.interest")
    assert one.message == "`B.interest` is paid before `A.interest` and `A.principal`, which rank above it"
    assert [label.span.line for label in one.others] == [17, 18, 12]
    assert said(text.replace(" on payment {", " on payment notwithstanding ranking {")) == []


def test_a_higher_claim_paid_first_and_again_is_in_order() -> None:
    again = "pay A.interest, then from reserve"
    text = SOUND.replace("pay B.interest", f'pay B.interest\n  "More"      {again}')
    assert said(text) == []
    capped = text.replace(f'{again}\n  "A repaid"', f'{again} up to $1m\n  "A repaid"')
    assert {code for code, _ in said(capped)} == {"E0730"}


def test_one_cap_over_several_claims_keeps_their_order() -> None:
    """What the cap leaves for the second claim is there because the first was paid; a cap on the first alone is not."""
    turn = "pay costs; pay A.interest, then from reserve; pay A.principal; pay B.interest"
    text = SOUND.replace('"Costs"     pay costs', f'"Costs"     up to $1m {{ {turn} }}\n  "More"      pay costs')
    assert said(text) == []
    alone = SOUND.replace('"Costs"     pay costs', '"Costs"     up to $1m { pay costs }\n  "More"      pay A.sweep')
    alone = alone.replace('"Reserve"', '"Costs again" pay costs\n  "Reserve"')
    assert [(code, place) for code, place in said(alone)] == [
        ("E0730", "A.interest"),
        ("E0730", "A.principal"),
        ("E0730", "B.interest"),
    ]


def test_claims_that_share_rank_alike() -> None:
    text = SOUND.replace('"B"         pay B.interest\n', "").replace(
        "pay A.interest, then from reserve", "pay pro rata { A.interest, B.interest }, then from reserve"
    )
    one = only(text)
    assert one.message == "`B.interest` shares with `A.interest`, which ranks above it"
    alike = text.replace(RANKING, "ranking costs, [A.interest, B.interest], A.principal\n")
    assert said(alike) == []


def test_steps_that_exclude_each_other_do_not_compete() -> None:
    text = (
        HEADER
        + RANKING
        + RECEIVE
        + waterfall(
            '  "Either" when lockup { pay B.interest; pay rest to Sponsor } otherwise { pay costs;'
            " pay A.interest, then from reserve; pay A.principal;"
            " release reserve; fill reserve; move all of trap to cash; pay rest to Sponsor }\n"
        ).replace("account trap", OPEN_TRAP)
    )
    assert "E0730" not in {code for code, _ in said(text)}


def test_what_is_wrong_in_a_ranking() -> None:
    twice = SOUND.replace("ranking costs, ", "group interest = A.interest, B.interest\nranking costs, interest, ")
    assert said(twice) == [("E0731", "A.interest"), ("E0731", "B.interest"), ("E0730", "A.principal")]
    figure = only(SOUND.replace("ranking costs,", "ranking A.balance, costs,"))
    assert (figure.code, figure.label) == ("E0733", "a state")
    paid = only(SOUND.replace("ranking costs,", "ranking costs.paid,"))
    assert (paid.code, paid.help) == ("E0733", "rank the claim: `costs`")
    missing = only(SOUND.replace(", B.interest\nreceive", "\nreceive"))
    assert (missing.code, missing.message) == ("W0732", "the ranking does not name `B.interest`")


def test_a_waterfall_that_leaves_out_a_higher_claim() -> None:
    text = (
        SOUND.replace(" on payment {", " on payment unless lockup {")
        .replace(TRAP, "move all of trap to cash")
        .replace("account trap", OPEN_TRAP)
    )
    bad = text + waterfall(f'  "B" pay B.interest\n  "Rest" {REST}', "bad from cash on payment when lockup")
    one = only(bad)
    assert (one.code, under(one, bad)) == ("W0735", "bad")
    assert one.message == (
        "`bad` pays `B.interest` and never `costs`, `A.interest` and `A.principal`, which rank above it"
    )


def test_a_deal_without_a_ranking() -> None:
    text = SOUND.replace(RANKING, "")
    one = only(text)
    assert (one.code, under(one, text)) == ("W0734", '"T"')
    assert one.help == "`ranking costs, A.interest, A.principal, B.interest`: waterfalls are then held to it"


def test_what_is_missing_is_not_said_where_names_could_not_be_read() -> None:
    text = SOUND.replace("pay B.interest", "pay B.intrest")
    assert said(text) == [("E0206", "intrest")]
