"""Reserves that rank alike are filled at once, each by what it lacks of its target."""

from __future__ import annotations

import pytest

from .deals import codes, message, series

RESERVES = """
account cash
account banks_reserve { target = $60 }
account funds_reserve { target = $30 }
"""
LAST = """
waterfall returned from banks_reserve on last payment { pay rest to Sponsor }
waterfall repaid from funds_reserve on last payment { pay rest to Sponsor }
"""


def balances(income: str, steps: str, *more: str, reserves: str = RESERVES) -> list[list[float | None]]:
    names = ("banks_reserve.balance", "funds_reserve.balance", *more)
    text = f"{reserves}receive {income} from Customer into cash on payment\nwaterfall main from cash on payment {{ {steps} }}\n"
    got = series(text + LAST, *names)
    return [got[name][:4] for name in names]


def test_each_is_filled_by_what_it_lacks() -> None:
    """36 for reserves that lack 60 and 30 go 24 and 12, and so again; then 18 fill both, and 18 are left."""
    found = balances("$36", "fill pro rata { banks_reserve, funds_reserve }; pay rest to Sponsor", "main.rest")
    assert found == [[0, 24, 48, 60], [0, 12, 24, 30], [0, 0, 0, 18]]


def test_what_one_holds_already_counts_for_it() -> None:
    """The first lacks 60 - 50 = 10 and the second 30: 20 go 5 and 15."""
    reserves = RESERVES.replace("target = $60", "opens = $50 from Sponsor; target = $60")
    found = balances("$20", "fill pro rata { banks_reserve, funds_reserve }; pay rest to Sponsor", reserves=reserves)
    assert found == [[50, 55, 60, 60], [0, 15, 30, 30]]


def test_a_cap_around_it_bounds_the_sum() -> None:
    found = balances("$40", "up to $9 { fill pro rata { banks_reserve, funds_reserve } }; pay rest to Sponsor")
    assert found == [[0, 6, 12, 18], [0, 3, 6, 9]]


def test_a_guard_over_it_keeps_it_from_running() -> None:
    steps = "when date > 2026-05-01 { fill pro rata { banks_reserve, funds_reserve } }; pay rest to Sponsor"
    assert balances("$30", steps) == [[0, 0, 20, 40], [0, 0, 10, 20]]


def test_one_alone_is_filled_as_by_fill() -> None:
    alone = balances("$40", "fill pro rata { banks_reserve }; fill funds_reserve; pay rest to Sponsor")
    assert alone == balances("$40", "fill banks_reserve; fill funds_reserve; pay rest to Sponsor")


def test_members_may_stand_on_lines_of_their_own_and_accounts_may_be_called_pro_or_rata() -> None:
    text = """
    account cash
    account pro { target = $10 }
    account rata { target = $10 }
    receive $10 from Customer into cash on payment
    waterfall main from cash on payment {
      "Both" fill pro rata {
        pro
        rata
      }
      "One"  fill pro
      "Rest" pay rest to Sponsor
    }
    waterfall a from pro on last payment { pay rest to Sponsor }
    waterfall b from rata on last payment { pay rest to Sponsor }
    """
    got = series(text, "pro.balance", "rata.balance")
    assert got["pro.balance"][:3] == [0, 5, 10]
    assert got["rata.balance"][:3] == [0, 5, 10]


def errors(steps: str, more: str = "") -> list[str]:
    return codes(
        f"{RESERVES}account spare\nclaim fee to Bank on payment = $1 carries\nreceive $40 from Customer into cash on payment\n"
        f"waterfall main from cash on payment {{ pay fee; {steps} }}\n{LAST}{more}"
    )


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ("fill pro rata { banks_reserve, fee }; pay rest to Sponsor", "E0220"),
        ("fill pro rata { banks_reserve, spare }; pay rest to Sponsor; move all of spare to cash", "E0706"),
        ("fill pro rata { banks_reserve, cash }; pay rest to Sponsor", "E0717"),
        ("fill pro rata { banks_reserve, banks_reserve }; pay rest to Sponsor", "E0536"),
        ("fill pro rata { }; pay rest to Sponsor", "E0127"),
        ("pay rest to Sponsor; fill pro rata { banks_reserve, funds_reserve }", "E0702"),
        ("pay pro rata { fee, { fill pro rata { banks_reserve, funds_reserve } } }; pay rest to Sponsor", "E0536"),
    ],
)
def test_the_checks_see_it(steps: str, wrong: str) -> None:
    assert wrong in errors(steps)


def test_a_name_of_the_wrong_kind_is_said_where_it_stands() -> None:
    text = f"{RESERVES}receive $1 from Customer into cash on payment\nwaterfall main from cash on payment {{ fill pro rata {{ Bank }} }}"
    assert "an account is wanted here, and `Bank` is a party" in message(text)


def test_an_account_without_a_target_is_filled_to_nothing_known() -> None:
    """Said by the lint, before anything is worked out."""
    text = (
        RESERVES
        + "account spare\nreceive $1 from Customer into cash on payment\n"
        + "waterfall main from cash on payment { fill pro rata { banks_reserve, spare }; move all of spare to cash }\n"
    )
    assert "filled to what?" in message(text)


def test_a_report_reads_no_balance_that_changes_in_the_day() -> None:
    held = "define held = banks_reserve.balance + funds_reserve.balance\nreport { held }\n"
    text = (
        "account cash\naccount banks_reserve { target = $60 }\naccount funds_reserve { target = $30 }\n"
        "receive $40 from Customer into cash on payment\nwaterfall main from cash on payment "
    )
    steps = "fill pro rata { banks_reserve, funds_reserve }"
    assert codes(f"{text}{{ {steps}; pay rest to Sponsor }}\n{held}") == ["E0505"]
    assert codes(f"{text}{{ {steps}; record held; pay rest to Sponsor }}\n{held}") == []


def test_a_cure_pays_what_cures_and_no_more() -> None:
    """Cash 100 over a debt of 80: 1.25x; what fills the reserves leaves the cash, and none is needed."""
    text = (
        RESERVES
        + "claim sweep to Bank on payment up to debt\nstate debt = $80, then opening debt - sweep.paid\n"
        + "receive $100 from Customer into cash on payment\ndefine cover = $100 / debt\n"
        + "waterfall main from cash on payment { until cover >= 1.25x { fill pro rata { banks_reserve, funds_reserve } };"
        + " pay sweep up to $1; pay rest to Sponsor }\n"
        + LAST
    )
    got = series(text, "banks_reserve.balance", "funds_reserve.balance")
    assert got["banks_reserve.balance"][:4] == [0, 0, 0, 0]
    assert got["funds_reserve.balance"][:4] == [0, 0, 0, 0]
