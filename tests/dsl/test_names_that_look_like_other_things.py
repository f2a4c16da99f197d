"""Names that begin as an amount does, schedules called as a frequency is, and other words that mean two things."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.text.nesting import KEYWORDS
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source
from indenture.engine.results import Results

from . import deals

HEAD = """deal "Names" { language = 1; currency = EUR; closing = 2026-01-15; issuer = Co }
party Co, Bank, Owner
account cash
receive EUR2m from Owner into cash on due
waterfall s from cash on due { pay x; "r" pay rest to Owner }
report { total(x.paid) }
"""
QUARTERS = "schedule due = quarterly on day 15 from 2026-04-15 to 2028-01-15, unadjusted\n"


def ran(lines: str) -> Results:
    return indenture.compile(HEAD + lines).run()


def paid(lines: str) -> float:
    return float(ran(lines)["total x.paid"].values[0])


def codes(lines: str) -> list[str]:
    with pytest.raises(indenture.DealError) as caught:
        indenture.compile(HEAD + lines)
    return [one.code for one in caught.value.diagnostics if one.severity == "error"]


@pytest.mark.parametrize(
    "declared",
    [
        "index EUR3 = 2%\nclaim x to Bank on due = EUR100 * EUR3 * 1 year lapses",
        "term EUR3 : rate = 2%\nclaim x to Bank on due = max(EUR100, EUR5) * EUR3 * 1 year lapses",
        "define EUR3m = EUR2\nclaim x to Bank on due = EUR3m lapses",
        'claim x to Bank on due = a.EUR3 lapses\ncomponent slice {\n EUR3 : money "Kept."\n}\nslice a { EUR3 = EUR 2 }',
        "function twice(EUR3 : money) = 2 * EUR3\nclaim x to Bank on due = twice(EUR3 = EUR1) lapses",
        "term a = EUR2 -- term EUR2 stands in a comment\nclaim x to Bank on due = a lapses",
    ],
)
def test_what_a_text_declares_is_a_name_and_not_money(declared: str) -> None:
    assert paid(QUARTERS + declared) == 16


def test_a_party_and_an_account_may_begin_with_a_currency() -> None:
    lines = (
        "party USD1, EUR2\naccount EUR3\nclaim x to EUR2 on due = EUR3m lapses\nclaim y to USD1 on due = EUR 2 lapses\n"
    )
    text = HEAD.replace("into cash", "into EUR3").replace("from cash", "from EUR3").replace("pay x;", "pay x; pay y;")
    deal = indenture.compile(text.replace("account cash\n", "") + QUARTERS + lines)
    assert float(deal.run()["total x.paid"].values[0]) == 8 * 2_000_000


def test_an_amount_written_tight_is_money() -> None:
    assert paid(QUARTERS + "claim x to Bank on due = EUR3 lapses") == 24


@pytest.mark.parametrize("word", ["quarter", "month", "week", "annual", "yearly"])
def test_a_schedule_may_be_called_as_a_frequency_is(word: str) -> None:
    whole = QUARTERS.replace("due", word) + f"schedule due = {word} from 2027-01-15 to 2028-01-15\n"
    assert paid(whole + "claim x to Bank on due = EUR1 lapses") == 5


@pytest.mark.parametrize("word", ["quarter", "month", "week", "annual", "yearly"])
def test_a_frequency_that_there_is_not_is_told_once(word: str) -> None:
    lines = f"schedule due = {word} on day 15 from 2026-04-15 to 2028-01-15\nclaim x to Bank on due = EUR1 lapses"
    assert codes(lines) == ["E0130"]


def test_an_accrual_may_begin_on_its_one_date_where_that_counts() -> None:
    lines = "schedule due = dates [2026-02-15], accrual from 2026-02-15{}\n"
    claim = "claim x to Bank on due = accrue(EUR36_000 per year, actual/360) lapses"
    assert paid(lines.format(", inclusive last") + claim) == 100
    assert codes(lines.format("") + claim) == ["E0401"]


def test_of_two_percentages_one_is_the_rate() -> None:
    yearly = "schedule due = annually on day 15 from 2027-01-15 to 2028-01-15, unadjusted\n"
    for amount in ("EUR100 * 40% * 5%", "EUR100 * (40% * 5%)", "40% * EUR100 * 5%", "EUR100 * 5% * 40%"):
        assert paid(yearly + f"claim x to Bank on due = accrue({amount}, 30/360) lapses") == pytest.approx(4)


DECLARED = """term {} = 3|define {} = 3|let {} = 3|index {} = 2%|party {}|party A, {}|account {}|input {} : series of money
claim {} to P on d = $1 lapses|state {} = $1, then opening cash|schedule {} = monthly on day 1 from closing to closing
trigger {} when a > b|waiver {} of t from 2026-01-01 to 2026-02-01|group {} = a, b|flow {} on d = $1|reduction {} of b
function {}(x) = x|function f({}) = 3|component {} {{ size : money "A." }}|component c {{ {} : money "A." }}
loan {} {{ size = 1 }}|waterfall {} from c on d {{ pay x }}|daycount {} = days / 360|unit {} = money
credit_curve {} {{ hazard = 1% }}"""


@pytest.mark.parametrize("item", DECLARED.replace("\n", "|").split("|"))
def test_a_word_of_the_language_is_no_name(item: str) -> None:
    for word in sorted(KEYWORDS):
        collector = Collector()
        header = 'deal "A" { language = 1; currency = USD; closing = 2026-01-01; issuer = A }\n'
        parse(Source("a.deal", header + item.format(word) + "\ndefine after = 1\n"), collector)
        assert [one.code for one in collector.found] == ["E0113"], (word, collector.found)


def test_the_documentation_lists_the_words_that_are_no_names(root: Path) -> None:
    page = (root / "docs" / "language.md").read_text(encoding="utf-8")
    listed = page.partition("```text keywords\n")[2].partition("```")[0].split()
    assert listed == sorted(KEYWORDS)


def test_a_claim_may_be_called_drawn() -> None:
    """`drawn from` is a draw where it follows what is drawn; elsewhere it is a name and a payer, a giver, a date."""
    text = (
        "account cash\nclaim drawn from Fund to Issuer on payment = $7 lapses\nreceive drawn into cash\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\nreport { drawn.paid }\n"
    )
    assert deals.series(text, "drawn.paid")["drawn.paid"] == [0, 7, 7, 7, 7]
    flow = (
        "account cash\nflow drawn on payment = $4\nreceive drawn from Fund into cash on payment\n"
        "receive 2 * drawn from Customer into cash on payment\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\nreport { Sponsor.received }\n"
    )
    assert deals.series(flow, "Sponsor.received")["Sponsor.received"] == [0, 12, 12, 12, 12]
    trigger = (
        "account cash\nreceive $1 from Fund into cash on payment\ntrigger drawn when date > 2026-02-01\n"
        "waiver holiday of drawn from 2026-04-15 to 2026-07-15\n"
        "waterfall main from cash on payment { when drawn { pay rest to Bank }; pay rest to Sponsor }\n"
    )
    assert deals.series(trigger, "drawn")["drawn"] == [0, 0, 0, 1, 1]


def test_a_draw_says_what_is_drawn() -> None:
    drawn = deals.CASH + "term level = $1\nsimulate { paths = 10; level drawn from uniform(low = $1, high = $1) }\n"
    rest = "waterfall main from cash on payment { pay level to Bank; pay rest to Sponsor }\n"
    assert deals.codes(drawn + rest) == []
    assert deals.codes(drawn.replace("level drawn from", "level\n  drawn from") + rest) == []
    assert deals.codes(drawn.replace("level drawn from", "drawn from") + rest) != []
    assert deals.codes(deals.CASH + "term level = $1\nlevel drawn from uniform(low = $1, high = $1)\n" + rest) != []
