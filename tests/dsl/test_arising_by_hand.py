"""What arises and what stands, each kind of figure worked by hand a month later and as a total.

Rent of $1 arises at each month's end from February to June, and a reserve holds $7 throughout. A month later, read on
all eleven dates (31 January, then the 15th and the end of each month): what arises is nothing before 31 March and on the
15ths, what has come together is nothing at February's end and stands, and what only stands is not known before 31 March.
"""

from __future__ import annotations

import time
from pathlib import Path

import indenture
import pytest

from .deals import codes, figures, series

HEAD = """
deal "Natures" { language = 1; currency = USD; closing = 2026-01-31; issuer = Borrower }
party Borrower, Bank, Tenant, Owner
schedule ends = monthly on the last day from 2026-02-28 to 2026-06-30, unadjusted
schedule mid  = monthly on day 15 from 2026-02-15 to 2026-06-15, unadjusted
flow rent on ends = $1
account cash
account reserve { opens = $7 from Owner; target = $9 }
receive rent from Tenant into cash on ends
waterfall main from cash on ends { pay rest to Owner }
"""


MORE = """
index spread = 3%
function twice(amount) = amount * 2
account till
receive $6 from Tenant into till on ends
claim fee to Bank on ends = $3 lapses
claim other to Bank on ends = $1 lapses
group fees = fee, other
waterfall second from till on ends { pay fee up to $2; pay other; pay rest to Owner }
"""
"""Of the first fee $2 of $3 are paid and $1 is not; the second is paid whole, and $3 are left."""


def arises(amount: float) -> list[float | None]:
    return [0, 0, 0, 0, amount, 0, amount, 0, amount, 0, amount]


def comes_together(amount: float) -> list[float | None]:
    return [None, None, 0, 0, *[amount] * 7]


def stands(amount: float) -> list[float | None]:
    return [*[None] * 4, *[amount] * 7]


@pytest.mark.parametrize(
    ("figure", "later"),
    [
        # What scales an amount leaves it one; an amount by an amount is a ratio, and stands.
        ("rent / $1", arises(1)),
        ("rent / 2", arises(0.5)),
        ("rent / rent", stands(1)),
        ("reserve.balance / rent", stands(7)),
        ("-rent / $1", arises(-1)),
        ("rent * (rent / $1)", arises(1)),  # money all the same
        ("(rent / $1) * (rent / $1)", stands(1)),
        ("1.5 * reserve.balance", comes_together(10.5)),
        ("reserve.balance * 3 / 2", comes_together(10.5)),
        ("2 * 3", stands(6)),
        ("(1 + 2) * (rent / $1)", arises(3)),
        ("(rent / $1) * (reserve.balance / $1)", stands(7)),
        # An account has come together; what it is to hold only stands.
        ("reserve.balance", comes_together(7)),
        ("reserve.target", stands(9)),
        # Of what arises and what stands together, what stands.
        ("rent + reserve.balance", stands(8)),
        ("reserve.balance - rent", stands(6)),
        ("(rent / $1) + 2", arises(3)),
        # The least of several is an amount if one of them is, and what they are if none is.
        ("max(reserve.balance, $0)", comes_together(7)),
        ("min(rent, $3)", arises(1)),
        ("min(rent, reserve.balance)", arises(1)),
        ("min(reserve.balance, rent)", arises(1)),
        ("min(rent / $1, 3)", arises(1)),
        # Any other function of an amount only stands.
        ("sqrt(rent / $1)", stands(1)),
        # What a claim pays arises, and what is left of it stands; so of a group of claims, and of a party.
        ("fee.paid / $1", arises(2)),
        ("fee.due / $1", arises(3)),
        ("fee.current / $1", arises(3)),
        ("fee.unpaid / $1", stands(1)),
        ("fees.paid / $1", arises(3)),
        ("fees.unpaid / $1", stands(1)),
        ("Bank.received / $1", arises(3)),
        ("second.rest / $1", arises(3)),
        # A function of the deal's own, and one of two.
        ("twice(rent / $1)", arises(2)),
        ("twice(reserve.balance)", comes_together(14)),
        ("if spread > 1% then rent / $1 else 2 * rent / $1", arises(1)),
        ("if spread > 1% then reserve.balance else $2", comes_together(7)),
        # A gathered sum has come together, and the sum of a window stands.
        ("cumulative(rent)", [None, None, 0, 0, 1, 1, 2, 2, 3, 3, 4]),
        ("trailing(1 month, rent)", stands(1)),
        # What comes once arises. By its type alone money and a count arise; a rate, a price, a share and a time do not.
        ("once(2, 2026-04-30)", [*[0] * 8, 2, 0, 0]),
        ("$3", arises(3)),
        ("4 GPU", arises(4)),
        ("spread", stands(0.03)),
        ("spread * 2", stands(0.06)),
        ("$3 per GPU", stands(3)),
        ("3 hours", stands(3)),
        # A word that is nothing of the deal's: 31 days from 28 February to 31 March, and so on.
        ("(date - closing) / 1 day", [None, None, None, None, 28, 28, 59, 59, 89, 89, 120]),
    ],
)
def test_a_month_later(figure: str, later: list[float | None]) -> None:
    text = MORE + f"define later = delayed({figure}, 1 month on ends)\nreport {{ later }}"
    assert series(text, "later", header=HEAD)["later"] == pytest.approx(later)


def test_a_table_of_deliveries_arises_and_one_of_prices_stands(tmp_path: Path) -> None:
    rows = [
        f"2026-{end},{month},{10 * month}\n"
        for month, end in enumerate(("02-28", "03-31", "04-30", "05-31", "06-30"), 1)
    ]
    (tmp_path / "marks.csv").write_text("date,price,arrived\n" + "".join(rows), encoding="utf-8")
    text = """
    term price : series of money per GPU = table "marks.csv" column price on ends
    term arrived : series of GPU = table "marks.csv" column arrived on ends
    define dearer = delayed(price, 1 month on ends)
    define there = delayed(arrived / 1 GPU, 1 month on ends)
    report { dearer, there, "all" = total(arrived) }
    """
    result = indenture.compile(HEAD + text, folder=tmp_path).run()
    assert result["dearer"].to_json()[0] == [None, None, None, None, 1, 1, 2, 2, 3, 3, 4]
    assert result["there"].to_json()[0] == [0, 0, 0, 0, 10, 0, 20, 0, 30, 0, 40]
    # Amounts come up on their own dates, so that the total does not ask over which: 10 + 20 + 30 + 40 + 50.
    assert result["all"].to_json()[0] == 150


def test_an_input_of_deliveries_arises_and_one_of_prices_stands() -> None:
    text = """
    input price : series of money per GPU on ends
    input arrived : series of GPU on ends
    define dearer = delayed(price, 1 month on ends)
    define there = delayed(arrived / 1 GPU, 1 month on ends)
    report { dearer, there }
    """
    fed = {
        "price": [[one] for one in (1.0, 2.0, 3.0, 4.0, 5.0)],
        "arrived": [[one] for one in (10.0, 20.0, 30.0, 40.0, 50.0)],
    }
    result = indenture.compile(HEAD + text).run(inputs=fed)
    assert result["dearer"].to_json()[0] == [None, None, None, None, 1, 1, 2, 2, 3, 3, 4]
    assert result["there"].to_json()[0] == [0, 0, 0, 0, 10, 0, 20, 0, 30, 0, 40]


def test_the_total_of_a_rate_asks_over_which_dates() -> None:
    assert codes('define level = spread * 2\nindex spread = 3%\nreport { "all" = total(level) }', header=HEAD) == [
        "E0420"
    ]


def doubled(first: str, count: int) -> str:
    """Names each of which reads the one before twice: as many ways lead to the first as two to the power of them."""
    return f"define a0 = {first}\n" + "".join(f"define a{at} = a{at - 1} + a{at - 1}\n" for at in range(1, count + 1))


def test_a_definition_is_looked_at_once() -> None:
    """2^24 times the rent of four months, and of five. Looked at on every way there, it would take hours."""
    text = (
        doubled("rent", 24)
        + 'define later = delayed(a24, 1 month on ends)\nreport { "four" = total(later), "five" = total(a24) }'
    )
    began = time.process_time()
    assert figures(text, header=HEAD) == {"four": 4 * 2**24, "five": 5 * 2**24}
    assert time.process_time() - began < 20


def test_a_definition_is_looked_at_once_for_a_condition_and_for_dates() -> None:
    began = time.process_time()
    level = doubled("spread * 1", 24) + 'index spread = 3%\nreport { "all" = total(a24) }'
    assert codes(level, header=HEAD) == ["E0420"]
    header = HEAD.replace("receive rent from Tenant into cash on ends", "receive a24 from Tenant into cash")
    found = figures(doubled("rent", 24) + 'report { "in" = total(Owner.received) }', header=header)
    assert found == {"in": 5 * 2**24}
    assert time.process_time() - began < 20


def test_many_names_lead_to_an_amount() -> None:
    """Through 200 definitions rent is still an amount, and through 200 a ratio still stands."""
    chain = "define a0 = rent / $1\ndefine b0 = rent / rent\n" + "".join(
        f"define a{at} = a{at - 1} * 1\ndefine b{at} = b{at - 1} * 1\n" for at in range(1, 201)
    )
    text = (
        chain + "define a = delayed(a200, 1 month on ends)\ndefine b = delayed(b200, 1 month on ends)\nreport { a, b }"
    )
    assert series(text, "a", "b", header=HEAD) == {"a": arises(1), "b": stands(1)}


def test_what_needs_itself_a_month_before_is_refused() -> None:
    text = "define a : money = b + rent\ndefine b : money = delayed(a, 1 month on ends)\nreport { b }"
    assert codes(text, header=HEAD) == ["E0501"]
