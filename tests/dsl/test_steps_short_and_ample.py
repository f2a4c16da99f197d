"""Steps that ask for more than there is, and for less: each figure is worked out by hand."""

from __future__ import annotations

import itertools
from pathlib import Path

import indenture
import pytest

from .deals import HEADER, codes, series

CURRENCIES = [("$", "USD"), ("€", "EUR"), ("£", "GBP")]


def first_date(text: str, *names: str, sign: str = "$", currency: str = "USD") -> list[float | None]:
    """What each name is on the first payment date, in a currency."""
    declared = (
        "account cash { currency = CUR }\naccount pot { opens = $10 from Sponsor; target = $40; currency = CUR }\n"
        "account trap { opens = $25 from Sponsor; currency = CUR }\n"
        "account other { currency = CUR }\n"
    )
    if "pay fee" in text:
        declared += "claim fee to Bank on payment = $70 lapses\nranking fee\n"
    whole = (declared + text).replace("CUR", currency).replace("$", sign)
    got = series(whole, *names)
    return [got[name][1] for name in names]


def waterfall(cash: int, steps: str) -> str:
    """On the first date so much comes in; what the steps leave goes to the sponsor."""
    return (
        f"receive ${cash} from Customer into cash on 2026-04-15\n"
        f"waterfall main from cash on payment {{ {steps}; pay rest to Sponsor }}\n"
    )


@pytest.mark.parametrize(("sign", "currency"), CURRENCIES)
@pytest.mark.parametrize(
    ("cash", "steps", "pot", "rest"),
    [
        # The pot holds 10 of 40. It lacks 30: that is the most that any step puts in.
        (100, "fill pot", 40, 70),
        (20, "fill pot", 30, 0),
        (100, "fill pot up to $5", 15, 95),
        (100, "fill pot up to $30", 40, 70),
        (100, "fill pot up to $35", 40, 70),
        (100, "fill pot up to $1_000", 40, 70),
        (20, "fill pot up to $25", 30, 0),
        (20, "fill pot up to $15", 25, 5),
        (100, "fill pot up to $12; fill pot up to $12; fill pot up to $12", 40, 70),
        (100, "fill pot up to -$5", 10, 100),
        (100, "up to $8 { fill pot up to $20 }", 18, 92),
        (100, "up to $50 { fill pot up to $20; fill pot }", 40, 70),
        (100, "fill pot; fill pot; fill pot up to $9", 40, 70),
        (100, "fill pro rata { pot }", 40, 70),
        (20, "fill pro rata { pot }", 30, 0),
    ],
)
def test_a_reserve_is_filled_to_its_target_and_no_further(
    sign: str, currency: str, cash: int, steps: str, pot: float, rest: float
) -> None:
    got = first_date(
        waterfall(cash, steps),
        "pot.balance",
        "main.rest",
        sign=sign,
        currency=currency,
    )
    assert got == [pot, rest]


@pytest.mark.parametrize(("sign", "currency"), CURRENCIES)
@pytest.mark.parametrize(
    ("cash", "steps", "balances"),
    [
        # cash, pot (10 of 40), trap (25), other (0), and what the fee of 70 got.
        (0, "move $20 of trap to cash; pay fee", (0, 10, 5, 0, 20)),
        (0, "move $60 of trap to cash; pay fee", (0, 10, 0, 0, 25)),
        (50, "move $60 of trap to other; pay fee", (0, 10, 0, 25, 50)),
        (50, "move $20 of pot, trap to other; pay fee", (0, 0, 5, 30, 50)),
        (50, "move all of pot, trap to other; move $9 of trap to cash; pay fee", (0, 0, 0, 35, 50)),
        (50, "up to $30 { move $20 of trap to cash; move $20 of pot to cash }; pay fee", (0, 0, 5, 0, 70)),
        (50, "move -$5 of trap to cash; pay fee", (0, 10, 25, 0, 50)),
        (50, "release pot; pay fee", (0, 10, 25, 0, 50)),
        (50, "pay fee, then from pot", (0, 0, 25, 0, 60)),
        (50, "pay fee, then from pot, trap", (0, 0, 15, 0, 70)),
        (50, "pay fee, then from trap, pot", (0, 10, 5, 0, 70)),
        (20, "pay fee, then from trap, pot", (0, 0, 0, 0, 55)),
        (90, "pay fee, then from trap, pot", (0, 10, 25, 0, 70)),
        (50, "up to $55 { pay fee, then from trap, pot }", (0, 10, 20, 0, 55)),
        (50, "up to $65 { pay fee, then from pot, trap }", (0, 0, 20, 0, 65)),
        (90, "up to $15 { keep the rest in other }; pay fee", (0, 10, 25, 15, 70)),
        (50, "keep the rest in other; move $80 of other to cash; pay fee", (0, 10, 25, 0, 50)),
        (50, "pay $80 to Sponsor; move all of trap to cash; pay fee", (0, 10, 0, 0, 25)),
    ],
)
def test_no_step_moves_more_than_there_is(
    sign: str, currency: str, cash: int, steps: str, balances: tuple[float, ...]
) -> None:
    got = first_date(
        waterfall(cash, steps),
        "cash.balance",
        "pot.balance",
        "trap.balance",
        "other.balance",
        "fee.paid",
        sign=sign,
        currency=currency,
    )
    assert got == list(balances)


def test_what_is_above_a_target_is_released_and_no_more() -> None:
    for held, target in itertools.product((0, 20, 50), (0, 30)):
        text = (
            "account cash\naccount other\n"
            f"account pot {{ opens = ${held} from Sponsor; target = ${target} }}\n"
            "receive $5 from Customer into cash on payment\n"
            "waterfall main from cash on payment { release pot up_to; pay rest to Sponsor }\n"
        )
        excess = max(held - target, 0)
        for to, steps in (("cash", "release pot"), ("other", "release pot to other")):
            got = series(text.replace("release pot up_to", steps), "pot.balance", "other.balance", "main.rest")
            assert got["pot.balance"][1] == held - excess
            assert got["other.balance"][1] == (excess if to == "other" else 0)
            assert got["main.rest"][1] == 5 + (excess if to == "cash" else 0)
        got = series(text.replace("release pot up_to", "up to $4 { release pot }"), "pot.balance", "main.rest")
        assert got["pot.balance"][1] == held - min(excess, 4)
        assert got["main.rest"][1] == 5 + min(excess, 4)


CURING = (
    "account cash\naccount pot { target = $100 }\naccount other\n"
    "account spare { opens = $30 from Sponsor; target = $10 }\n"
    "receive $36 from Customer into cash on 2026-04-15\n"
    "claim fee to Bank on payment = $50 lapses\nranking fee\n"
    "waterfall main from cash on payment { STEP; pay fee; pay rest to Sponsor }\n"
)


@pytest.mark.parametrize(
    ("step", "pot", "other", "fee"),
    [
        # Half of 40 is 20, and 36 is there.
        ("until pot.balance / $40 >= 50% { fill pot }", 20, 0, 16),
        ("until pot.balance / $40 >= 50% { fill pot up to $30 }", 20, 0, 16),
        ("until pot.balance / $40 >= 50% { fill pot up to $12 }", 12, 0, 24),
        ("until pot.balance / $40 >= 50% { fill pro rata { pot } }", 20, 0, 16),
        ("until pot.balance / $100 >= 50% { fill pot }", 36, 0, 0),
        ("until other.balance / $40 >= 50% { keep the rest in other }", 0, 20, 16),
        ("until other.balance / $40 >= 50% { move $30 of cash to other }", 0, 20, 16),
        ("until other.balance / $40 >= 50% { move $30 of cash, spare to other }", 0, 20, 16),
        ("until (pot.balance + other.balance) / $40 >= 50% { fill pot up to $5; keep the rest in other }", 5, 15, 16),
        ("until pot.balance / (pot.balance + $20) >= 50% { fill pot }", 20, 0, 16),
        ("until Bank.received / $40 >= 50% { pay fee }; move $100 of cash to other", 0, 16, 20),
    ],
)
def test_a_cure_sees_the_accounts_that_its_steps_fill(step: str, pot: float, other: float, fee: float) -> None:
    got = series(CURING.replace("STEP", step), "pot.balance", "other.balance", "fee.paid")
    assert [got[name][1] for name in got] == pytest.approx([pot, other, fee])


@pytest.mark.parametrize(
    "step",
    [
        "until min(pot.balance, $20) / $40 >= 50% { fill pot }",
        "until min(other.balance, $20) / $40 >= 50% { keep the rest in other }",
        "until $20 / max(other.balance, $20) <= 60% { move $30 of cash to other }",
        "until min(other.balance, $20) / $40 >= 50% { release spare to other; pay fee }",
        "until min(Bank.received, $20) / $40 >= 50% { pay fee }",
    ],
)
def test_a_cure_whose_ratio_bends_by_what_its_steps_fill_is_refused(step: str) -> None:
    assert codes(CURING.replace("STEP", step)) == ["E0534"]


def test_a_cure_of_what_is_reduced() -> None:
    text = (
        "state junior = $40, then opening junior\nstate senior = $100, then opening senior\n"
        "reduction down of senior\nreduction under of junior\n"
        "define cover = senior / $100\n"
        "account cash\nreceive $1 from Customer into cash on payment\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\n"
        "reduce $50 on payment { until cover <= 70% { pay down }; pay under }\n"
        "report { down.amount }\n"
    )
    got = series(text, "senior", "junior", "down.amount")
    assert [got["senior"][1], got["junior"][1], got["down.amount"][1]] == pytest.approx([70, 20, 30])
    bent = text.replace("define cover = senior / $100", "define cover = (senior + min(down.amount, $5)) / $100")
    assert codes(
        bent.replace("reduce $50 on payment {", "reduce $50 on payment { pay under up to $1; pay down up to $1;")
    ) == ["E0534"]


@pytest.mark.parametrize(
    "step",
    [
        "pay rest to Bank",
        "pay $5 to Bank",
        "keep the rest in pot",
        "fill pot",
        "move all of pot to cash",
        "release pot",
        "pay down, then from cash",
    ],
)
def test_a_reduction_moves_no_cash(step: str) -> None:
    assert codes(REDUCING.replace("STEP", step)) == ["E0238"]


REDUCING = (
    "state senior = $100, then opening senior\nreduction down of senior\n"
    "state euros = €100, then opening euros\nreduction down_euros of euros\n"
    "account cash\naccount pot { target = $5 }\nreceive $100 from Customer into cash on payment\n"
    "claim fee to Bank on payment = $1 lapses\n"
    "waterfall main from cash on payment { pay fee; fill pot; release pot; pay rest to Sponsor }\nranking fee\n"
    "reduce $50 on payment { STEP }\n"
)


@pytest.mark.parametrize("step", ["pay fee", "pay senior", "pay cash", "pay down.amount", "pay main", "pay Bank"])
def test_a_reduction_is_of_reductions(step: str) -> None:
    assert codes(REDUCING.replace("STEP", step)) == ["E0220"]


def test_a_reduction_is_in_the_currency_of_its_notional() -> None:
    assert codes(REDUCING.replace("STEP", "pay down_euros")) == ["E0316"]
    assert codes(REDUCING.replace("STEP", "pay pro rata { down, down_euros }")) == ["E0314"]
    losses = REDUCING.replace("reduce $50 on payment { STEP }", "allocate losses AMOUNT on payment to down_euros")
    assert codes(losses.replace("AMOUNT", "$5")) == ["E0316"]
    assert series(losses.replace("AMOUNT", "€30"), "euros")["euros"] == [100, 70, 40, 10, 0]
    euros = REDUCING.replace("reduce $50", "reduce €30").replace("STEP", "pay down_euros")
    assert series(euros, "euros", "senior")["euros"] == [100, 70, 40, 10, 0]


def test_an_account_that_another_is_released_to_changes_in_the_day() -> None:
    text = (
        "account cash\naccount pot { opens = $30 from Sponsor; target = $10 }\naccount other\n"
        "receive $5 from Customer into cash on payment\n"
        "define there = other.balance * 2\nstate seen on payment = $0, then opening seen + there\n"
        "waterfall main from cash on payment { release pot to other; RECORD pay rest to Sponsor }\n"
        "report { there }\n"
    )
    assert codes(text.replace("RECORD ", "")) == ["E0505"]
    assert series(text.replace("RECORD ", "record there; "), "there")["there"][1] == 40


def test_an_account_is_not_released_to_itself() -> None:
    text = (
        "account cash\naccount pot { opens = $30 from Sponsor; target = $10 }\n"
        "receive $5 from Customer into cash on payment\n"
        "waterfall main from cash on payment { STEP; pay rest to Sponsor }\n"
    )
    for step in ("release pot to pot", "move all of pot to pot"):
        assert codes(text.replace("STEP", step)) == ["E0717"]
    assert codes(text.replace("STEP", "release pot to cash")) == []


def test_two_allocations_on_one_line_are_two() -> None:
    text = (
        "state a = $10, then opening a\nstate b = $10, then opening b\nreduction la of a\nreduction lb of b\n"
        "allocate losses $3 on payment to la; allocate losses $4 on payment to lb, then la\n"
        "account cash\nreceive $5 from Customer into cash on payment\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\n"
    )
    got = series(text, "a", "b")
    # 3 of a and 4 of b a date; on the third b has 2 left and the other 2 fall on a.
    assert got == {"a": [10, 7, 4, 0, 0], "b": [10, 6, 2, 0, 0]}


def test_nothing_is_taken_of_an_amount_below_zero(tmp_path: Path) -> None:
    (tmp_path / "pieces.csv").write_text("name,amount,place\na,5,1\nb,-4,2\nc,6,3\nd,-1,4\n")
    text = (
        "component piece {\n  amount : number\n  place : number\n}\n"
        'piece pieces each row in "pieces.csv"\n'
        "report {\n"
        '  "short" = sum(take(8, of pieces.amount, lowest pieces.place first))\n'
        '  "third" = sum(pieces.place * take(8, of pieces.amount, lowest pieces.place first))\n'
        '  "ample" = sum(take(100, of pieces.amount, highest pieces.place first))\n'
        '  "less" = sum(take(-3, of pieces.amount, lowest pieces.place first))\n'
        "}\n"
    )
    result = indenture.compile(HEADER + text, folder=str(tmp_path)).run()
    # 5 of a and 3 of c; all of a and c; nothing.
    found = {name: float(result[name].values.reshape(-1)[0]) for name in ("short", "third", "ample", "less")}
    assert found == {"short": 8, "third": 5 * 1 + 3 * 3, "ample": 11, "less": 0}
