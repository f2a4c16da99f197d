"""What went into a figure, which tells rounding from what is there: each operation on a deal small enough to work out.

Every figure is what exact arithmetic gives (the evaluator in fractions is asked too). In doubles each comes out a
little beside it, by less than 1e-11 of the largest amount that went into it and more than 1e-11 of any that a mistake
would measure it by.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from indenture.engine.execution import reference

from .deals import compiled


def told(text: str, folder: Path | None = None, exactly: bool = True) -> dict[str, float]:
    """The figures of the report, which are the same in doubles and in fractions (asked where nothing is projected)."""
    deal = compiled(text, folder=None if folder is None else str(folder))
    results = deal.run()
    found = {name: float(results[name].values[0]) for name in results if results[name].values.ndim == 1}
    if exactly:
        exact = reference.evaluate(deal.program)
        for name, value in found.items():
            assert float(exact[name]) == pytest.approx(value), name
    return found


def rows(folder: Path, text: str) -> Path:
    (folder / "pieces.csv").write_text(text)
    return folder


PIECES = """component piece { kind : text; one : number; two : number; sum : number }
piece pieces each row in "pieces.csv" { }
"""
TENTHS = "id,kind,one,two,sum\na,x,0.1,0.2,0.3\nb,x,0.7,0.1,0.8\nc,y,0.5,0.25,0.75\n"
"""In doubles 0.1 + 0.2 is above 0.3 and 0.7 + 0.1 below 0.8, by a bit each."""


def test_columns_of_decimals_add_up_as_decimals_do(tmp_path: Path) -> None:
    found = told(
        PIECES + 'report { "same" = sum(if pieces.one + pieces.two is pieces.sum then 1 else 0) }\n',
        rows(tmp_path, TENTHS),
    )
    assert found == {"same": 3}


def test_the_greatest_of_what_rounding_leaves_in_rows_is_nothing(tmp_path: Path) -> None:
    """Of each row x (one + two - sum), which is nothing: the greatest, the least and the sum by kind are nothing too."""
    text = PIECES + (
        "input x : number = 1\n"
        "define left = x * pieces.one + x * pieces.two - x * pieces.sum\n"
        'report { "most" = if highest(left) > 0 then 1 else 0, "least" = if lowest(left) < 0 then 1 else 0,\n'
        '  "of a kind" = sum(if sum_by(left, pieces.kind) is 0 then 1 else 0) }\n'
    )
    assert told(text, rows(tmp_path, TENTHS)) == {"most": 0, "least": 0, "of a kind": 3}


def test_a_quotient_by_what_is_left_of_large_amounts_has_their_rounding() -> None:
    """1e9 + 0.1 - 1e9 is 0.1, and in doubles 0.10000002: ten times what it divides is told by the 1e9."""
    found = told(
        "input x : number = 1\n"
        "define left = x * 1_000_000_000 + x * 0.1 - x * 1_000_000_000\n"
        'report { "same" = if 1 / left is 10 then 1 else 0 }\n'
    )
    assert found == {"same": 1}


def test_a_one_that_is_chosen_has_the_size_of_one() -> None:
    """Either nothing but dust of 1e-9 or 1: a tenth of the 1, three times, is 0.3 by the rounding of the 1."""
    found = told(
        "input x : number = 0.000_000_001\ninput flag : number = 0\ninput tenth : number = 0.1\n"
        "define chosen = if flag is not 0 then x * 0.1 + x * 0.2 - x * 0.3 else 1\n"
        'report { "same" = if chosen * tenth * 3 is 0.3 then 1 else 0 }\n'
    )
    assert found == {"same": 1}


def test_a_product_of_a_path_has_the_rounding_of_its_own_size() -> None:
    """0.3 - 0.2 is 0.1, and three times it in doubles below 0.3 by a bit."""
    found = told(
        "input path : series of number = 0.3\n"
        "define gone = (path - 0.2) * 3\n"
        'report { "same" = count(gone is 0.3 on payment), "less" = count(gone < 0.3 on payment) }\n'
    )
    assert found == {"same": 4, "less": 0}


def test_a_due_that_is_below_nothing_by_rounding_is_none() -> None:
    """0.3 - 0.1 - 0.2 in doubles is -2.8e-17."""
    found = told(
        "account cash\nreceive $100 from Customer into cash on payment\ninput x : number = 1\n"
        "claim fee to Bank on payment = $1 * (x * 0.3 - x * 0.1 - x * 0.2) lapses\n"
        "waterfall w from cash on payment { pay fee; pay rest to Sponsor }\n"
        'report { "fee" = total fee.paid }\n'
    )
    assert found == {"fee": pytest.approx(0, abs=1e-15)}


def test_a_small_leg_is_there_after_a_large_flow_the_other_way() -> None:
    """Of 1e12, -0.5, -0.5, -0.5 the other leg is nothing and three halves: no part of it was ever more than a half."""
    found = told(
        "input x : series of number on payment = if date is 2026-04-15 then 1_000_000_000_000 else -0.5\n"
        "state gone = 0, then opening gone + (max(x, 0) - x)\n"
        'report { "there" = count(gone > 0 on payment), "last" = final(gone) }\n'
    )
    assert found == {"there": 3, "last": 1.5}


def test_nothing_in_each_of_many_rows_is_nothing_of_their_kind(tmp_path: Path) -> None:
    """Ten rows of 1.000000000005 less 1: 5e-12 of 1 is nothing, and so are their 5e-11 of 10."""
    found = told(
        'component piece { kind : text; more : number; less : number }\npiece pieces each row in "pieces.csv" { }\n'
        "input x : number = 1\ndefine left = x * pieces.more - x * pieces.less\n"
        'report { "of a kind" = sum(if sum_by(left, pieces.kind) > 0 then 1 else 0),\n'
        '  "there" = sum(if sum_by(left + x * 0.000_000_000_006, pieces.kind) > 0 then 1 else 0) }\n',
        rows(tmp_path, "id,kind,more,less\n" + "".join(f"r{row},x,1.000000000005,1\n" for row in range(10))),
    )
    assert found == {"of a kind": 0, "there": 10}


def test_what_the_base_case_said_yesterday_has_the_rounding_of_yesterday() -> None:
    """1 was 1, and less than 1.0001, on the dates after it: what 1e12 would round away, which comes later, tells
    nothing of it. Before the first date nothing is known."""
    text = (
        "input x : series of number on payment = if date is 2026-10-15 then 1_000_000_000_000 else 1\n"
        "define base = projected x\n"
        'report { "less" = count(previous base < 1.000_1 on payment) }\n'
    )
    assert told(text, exactly=False) == {"less": 2}


def test_a_balance_of_projections_has_their_amounts() -> None:
    """Three times 0.1, on the third of four dates."""
    text = (
        "input x : series of number on payment = 0.1\n"
        "state gone on payment = 0, then opening gone + projected x\n"
        'report { "third" = count(gone is 0.3 on payment) }\n'
    )
    assert told(text, exactly=False) == {"third": 1}


def test_shares_by_balance_have_the_rounding_of_what_is_shared_out() -> None:
    """Ten, nine and 8.1 dollars by balances of $1,000.30 and a hundredth of a cent: the large one is paid less than
    $10.0001 on each date. On the fourth there are no balances, nothing is due and nothing paid."""
    text = (
        "component note { size : money\n"
        "  state balance = size, then if date >= 2026-10-15 then $0 else opening balance - size * 10%\n"
        "  claim fee to Bank on payment = opening balance * 10% lapses }\n"
        "note a { size = $0.000_1 }\nnote b { size = $1_000.30 }\n"
        "state pool on payment = $1_000, then opening pool * 90%\n"
        "account cash\nreceive opening pool * 1% from Customer into cash on payment\n"
        "waterfall w from cash on payment { pay pro rata by balance { a.fee, b.fee }; pay rest to Sponsor }\n"
        'report { "less" = count(b.fee.paid < $10.000_1 on payment), "paid" = total(b.fee.paid) }\n'
    )
    shared = 1_000.3 / 1_000.300_1
    assert told(text) == {"less": 4, "paid": pytest.approx(27.1 * shared)}


def test_what_is_taken_up_to_nothing_is_nothing(tmp_path: Path) -> None:
    """0.1 + 0.2 - 0.3 in doubles is 5.6e-17: so much is taken, of the first row, and decides nothing."""
    found = told(
        PIECES + "input x : number = 1\ndefine most = x * 0.1 + x * 0.2 - x * 0.3\n"
        'report { "there" = if sum(take(most, of pieces.one, lowest pieces.two first)) > 0 then 1 else 0 }\n',
        rows(tmp_path, TENTHS),
    )
    assert found == {"there": 0}


def test_a_present_value_has_the_rounding_of_what_is_discounted() -> None:
    """Of 0.1 + 0.2 - 0.3 of 1e12, nothing on each date, whatever it is discounted by."""
    found = told(
        "input x : series of number = 1_000_000_000_001\n"
        "define worth = present_value(x * 0.1 + x * 0.2 - x * 0.3, 8%)\n"
        'report { "there" = count(worth > 0 on payment) + count(worth < 0 on payment) }\n'
    )
    assert found == {"there": 0}


def test_a_price_is_measured_by_the_greatest_flow() -> None:
    """Four coupons of 1.5% and the face, undiscounted: 106% of the face."""
    found = told(
        "use debt\n"
        "loan bond { holder = Bank; size = $100m; margin = 6%; pays = payment; maturity = 2027-01-15; accrual = 30/360 }\n"
        "account cash\nreceive bond.advance into cash\nreceive $110m from Customer into cash on payment\n"
        "ranking bond.interest, bond.principal\n"
        "waterfall spend from cash on closing { pay rest to Customer }\n"
        "waterfall main from cash on payment { pay bond.interest; pay bond.principal; pay rest to Sponsor }\n"
        'report { "same" = if price(bond, 0%) is 106% then 1 else 0, "above" = if price(bond, 0%) > 106% then 1 else 0 }\n'
    )
    assert found == {"same": 1, "above": 0}


def test_a_total_has_the_rounding_of_its_last_date_beside_a_balance_it_was_paid_into() -> None:
    """`first` closes at 0.1, 0.3, 0.7 and 1e15 + 0.8, together 1e15 + 1.9; `second` at what `first` opened with, 0, 0.1,
    0.4 and 1.1, which is less than the rounding of 1e15: on each date the two are 1e15 + 1.9, and above 1e15 - 1e5."""
    found = told(
        "input more : series of number on payment = step([2026-01-15: 0.1, 2026-07-15: 0.2, 2026-10-15: 0.4,"
        " 2027-01-15: 1_000_000_000_000_000.1])\n"
        "state first on payment = 0, then opening first + more\n"
        "state second on payment = 0, then opening second + opening first\n"
        "define both = second + total(first)\n"
        'report { "same" = count(both is 1_000_000_000_000_001.9 on payment),\n'
        '  "above" = count(both > 999_999_999_900_000 on payment) }\n'
    )
    assert found == {"same": 4, "above": 4}
