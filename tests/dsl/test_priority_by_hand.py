"""Below a step that got less than it asked no step takes from an account that it may take from (contract, 9), also
where cash comes into the account in between. Every figure is worked out by hand, on the first payment date."""

from __future__ import annotations

from pathlib import Path

import pytest

from .deals import HEADER, compiled, series

MOVE = "move all of chest to cash"
ACCOUNTS = (
    "account cash\naccount other\naccount chest { opens = $5 from Sponsor }\naccount spare { opens = $1 from Sponsor }\n"
    "account pot { target = $TARGET }\naccount jar { target = $2 }\n"
)
DUE = {"hire": "claim hire to Bank", "rent": "claim rent to Bank", "fuel": "claim fuel to Fund"}
AMOUNTS = {"hire": "$10", "rent": "$2", "fuel": "$3"}
HELD = "cash", "other", "chest", "spare", "pot", "jar"


def claims(steps: str) -> list[str]:
    """The claims that steps pay."""
    return [one for one in DUE if one in steps or (one != "fuel" and "costs" in steps)]


def deal(steps: str, cash: int, target: int = 6) -> str:
    """The accounts, what comes in on each date, and what the steps name."""
    text = ACCOUNTS.replace("TARGET", str(target)) + f"receive ${cash} from Customer into cash on payment\n"
    text += "".join(f"{DUE[one]} on payment = {AMOUNTS[one]} lapses\n" for one in claims(steps))
    return text + ("group costs = hire, rent\n" if "costs" in steps else "")


def first(steps: str, cash: int, target: int = 6) -> dict[str, float]:
    """What each account holds and what was paid on the first date; what is nothing is left out."""
    text = deal(steps, cash, target) + "waterfall main from cash on payment {\n" + steps + "\n}\n"
    names = [*(f"{one}.balance" for one in HELD), *(f"{one}.paid" for one in claims(steps))]
    names += ["main.rest"] if "rest to Sponsor" in steps else []
    got = {
        name.removesuffix(".balance").removesuffix(".paid"): found[1] for name, found in series(text, *names).items()
    }
    return {name: value for name, value in got.items() if value}


@pytest.mark.parametrize(
    ("asks", "cash", "short", "left"),
    [
        # The chest's 5 come in below; then fuel asks 3.
        ("pay hire", 4, True, {"hire": 4}),
        ("pay hire", 10, False, {"hire": 10}),
        ("pay $7 to Bank", 4, True, {}),
        ("pay $4 to Bank", 4, False, {}),
        ("fill pot", 4, True, {"pot": 4}),
        ("fill pot", 6, False, {"pot": 6}),
        ("fill pot up to $5", 4, True, {"pot": 4}),
        ("fill pot up to $4", 4, False, {"pot": 4}),
        ("fill pro rata { pot, jar }", 4, True, {"pot": 3, "jar": 1}),
        ("fill pro rata { pot, jar }", 8, False, {"pot": 6, "jar": 2}),
        ("up to $4 { fill pro rata { pot, jar } }", 4, False, {"pot": 3, "jar": 1}),
        ("move $7 of cash to other", 4, True, {"other": 4}),
        ("move $4 of cash to other", 4, False, {"other": 4}),
        # The second of the two accounts is asked no less than the first.
        ("move $3 of spare, cash to other", 3, False, {"other": 4, "spare": 0}),
        ("move $5 of spare, cash to other", 3, True, {"other": 4, "spare": 0}),
        ("pay pro rata { hire, rent }", 6, True, {"hire": 5, "rent": 1}),
        ("pay pro rata { hire, rent }", 12, False, {"hire": 10, "rent": 2}),
        ("up to $6 { pay pro rata { hire, rent } }", 6, False, {"hire": 5, "rent": 1}),
        ("pay pro rata by shares { 50% hire, 50% rent }", 6, True, {"hire": 4, "rent": 2}),
        ("pay pro rata { { pay hire up to $4 }, rent }", 6, False, {"hire": 4, "rent": 2}),
        ("pay pro rata { { pay hire up to $4 }, rent }", 3, True, {"hire": 2, "rent": 1}),
        # 6 in cash and 1 in reserve: 12 are due.
        (
            "pay pro rata { hire, rent }, then from spare",
            6,
            True,
            {"hire": 10 * 7 / 12, "rent": 2 * 7 / 12, "spare": 0},
        ),
        ("pay pro rata { hire, rent }, then from spare", 11, False, {"hire": 10, "rent": 2, "spare": 0}),
        ("pay hire, then from spare", 8, True, {"hire": 9, "spare": 0}),
        ("pay hire, then from spare", 9, False, {"hire": 10, "spare": 0}),
        # A group's members one after the other.
        ("pay costs", 11, True, {"hire": 10, "rent": 1}),
        ("pay costs", 12, False, {"hire": 10, "rent": 2}),
        # What a cap or a guard keeps a step from asking, it does not ask.
        ("pay hire up to $4", 4, False, {"hire": 4}),
        ("pay hire up to $5", 4, True, {"hire": 4}),
        ("up to $4 { pay hire }", 4, False, {"hire": 4}),
        ("when date > 2026-05-01 { pay hire }", 0, False, {}),
        ("when date > 2026-05-01 { pay rent } otherwise { pay hire }", 4, True, {"hire": 4}),
        # Both of two steps that may be short count, the first as the last.
        ("pay hire; pay rent up to $0", 4, True, {"hire": 4}),
        ("pay rent up to $0; pay hire", 4, True, {"hire": 4}),
        # What takes all that is left asks for no more than there is.
        ("keep the rest in other", 4, False, {"other": 4}),
        ("up to $7 { keep the rest in other }", 4, False, {"other": 4}),
        ("move all of cash to other", 4, False, {"other": 4}),
    ],
)
def test_a_step_that_got_less_than_it_asked_holds_back_what_comes_in_below(
    asks: str, cash: int, short: bool, left: dict[str, float]
) -> None:
    rest = {"cash": 5} if short else {"fuel": 3, "main.rest": 2}
    meant = {"spare": 1, **left, **rest}
    got = first(f"{asks}; {MOVE}; pay fuel; pay rest to Sponsor", cash)
    assert got == pytest.approx({name: value for name, value in meant.items() if value})


@pytest.mark.parametrize(
    ("takes", "ample"),
    [
        # Below: hire asked 10 and got 4, or it got its 10; then 5 come in.
        ("pay fuel; pay rest to Sponsor", {"fuel": 3, "main.rest": 2}),
        ("pay $3 to Fund; pay rest to Sponsor", {"main.rest": 2}),
        ("pay rest to Sponsor", {"main.rest": 5}),
        ("keep the rest in other", {"other": 5}),
        ("fill pot", {"pot": 5}),
        ("fill pot up to $3; pay rest to Sponsor", {"pot": 3, "main.rest": 2}),
        ("fill pro rata { pot, jar }", {"pot": 3.75, "jar": 1.25}),
        ("move $3 of cash to other; pay rest to Sponsor", {"other": 3, "main.rest": 2}),
        ("move all of cash to other", {"other": 5}),
        ("pay pro rata { fuel, rent }", {"fuel": 3, "rent": 2}),
        ("pay pro rata by shares { 50% fuel, 50% rent }", {"fuel": 3, "rent": 2}),
        ("until jar.balance / $4 >= 50% { fill jar }; pay rest to Sponsor", {"jar": 2, "main.rest": 3}),
    ],
)
def test_no_kind_of_step_takes_from_it_below(takes: str, ample: dict[str, float]) -> None:
    assert first(f"pay hire; {MOVE}; {takes}", 4) == {"hire": 4, "cash": 5, "spare": 1}
    assert first(f"pay hire; {MOVE}; {takes}", 10) == {"hire": 10, "spare": 1, **ample}


def test_a_cure_below_a_short_step_takes_what_the_other_account_has_and_no_more() -> None:
    """Half of 4 is 2. Cash is held back, and the spare account has 1; where hire was paid both have 6."""
    steps = f"pay hire; {MOVE}; until Fund.received / $4 >= 50% {{ pay fuel, then from spare }}; pay rest to Sponsor"
    assert first(steps, 4) == {"hire": 4, "cash": 5, "fuel": 1}
    assert first(steps, 10) == {"hire": 10, "fuel": 2, "spare": 1, "main.rest": 3}


def test_what_comes_in_above_the_short_step_is_its_own() -> None:
    assert first(f"{MOVE}; pay hire; pay fuel; pay rest to Sponsor", 4) == {"hire": 9, "spare": 1}


def test_other_accounts_serve_the_steps_below() -> None:
    """Cash is held back and spare is not: fuel gets 1 of 3, and is short of both then."""
    steps = f"pay hire; {MOVE}; pay fuel, then from spare; pay rest to Sponsor"
    assert first(steps, 4) == {"hire": 4, "cash": 5, "fuel": 1}


def test_every_account_that_the_step_may_take_from_is_held_back() -> None:
    """Hire asks 10 and gets 4 and 1: what comes into the second account below serves nobody either."""
    steps = "pay hire, then from spare; move $2 of chest to spare; pay fuel, then from spare; pay rest to Sponsor"
    assert first(steps, 4) == {"hire": 5, "chest": 3, "spare": 2}
    assert first(steps, 10) == {"hire": 10, "chest": 3, "fuel": 3}


def test_what_is_above_a_target_is_not_released_from_an_account_that_was_short() -> None:
    """The pot held 5 and was asked for 7; 4 come back into it, of which 2 are above its target."""
    steps = "keep the rest in pot; move $ASKED of pot to chest; move $4 of chest to pot; release pot to other"
    assert first(steps.replace("ASKED", "7"), 5, 2) == {"pot": 4, "chest": 6, "spare": 1}
    assert first(steps.replace("ASKED", "5"), 5, 2) == {"pot": 2, "other": 2, "chest": 6, "spare": 1}


def test_it_stays_until_the_next_date_and_no_longer() -> None:
    """The 5 that were held back pay hire on the next date: 4 and 5. Nothing comes in below any more."""
    text = deal("hire, fuel", 4)
    text += f"waterfall main from cash on payment {{ pay hire; {MOVE}; pay fuel; pay rest to Sponsor }}\n"
    got = series(text, "hire.paid", "fuel.paid", "cash.balance")
    assert got == {"hire.paid": [0, 4, 9, 4, 4], "fuel.paid": [0] * 5, "cash.balance": [0, 5, 0, 0, 0]}


def test_a_second_waterfall_of_the_day_begins_anew() -> None:
    """What the first held back the second may pay out: a step is above another in its own waterfall."""
    text = deal("hire, rent, fuel", 4)
    text += f"waterfall main from cash on payment {{ pay hire; {MOVE}; pay fuel }}\n"
    text += "waterfall later from cash on payment { pay rent; pay rest to Sponsor }\n"
    got = series(text, "hire.paid", "fuel.paid", "rent.paid", "later.rest")
    assert {name: one[1] for name, one in got.items()} == {
        "hire.paid": 4,
        "fuel.paid": 0,
        "rent.paid": 2,
        "later.rest": 3,
    }


@pytest.mark.parametrize(
    ("first_steps", "other_steps", "paid"),
    [
        # In the first the chest's cash comes in below hire, in the other above it. Each on two of the dates.
        (f"pay hire; {MOVE}; pay fuel", f"{MOVE}; pay hire; pay fuel", [(4, 0), (9, 0), (4, 0), (4, 0)]),
        (f"{MOVE}; pay hire; pay fuel", f"pay hire; {MOVE}; pay fuel", [(9, 0), (4, 0), (4, 0), (4, 0)]),
        # Hire comes first in the one waterfall and not at all in the other.
        (f"pay hire; {MOVE}; pay fuel", f"{MOVE}; pay fuel", [(4, 0), (0, 3), (4, 0), (0, 3)]),
        (f"{MOVE}; pay fuel", f"pay hire; {MOVE}; pay fuel", [(0, 3), (4, 0), (0, 3), (4, 0)]),
    ],
)
def test_of_two_waterfalls_that_exclude_each_other_each_has_its_own_order(
    first_steps: str, other_steps: str, paid: list[tuple[float, float]]
) -> None:
    """What is left each date goes to the sponsor, but for what is held back: that pays on the next date."""
    odd = "trigger odd when date is 2026-04-15 or date is 2026-10-15\n"
    text = deal("hire, fuel", 4) + odd
    text += f"waterfall main from cash on payment when odd {{ {first_steps}; pay rest to Sponsor }}\n"
    text += f"waterfall even from cash on payment when not odd {{ {other_steps}; pay rest to Sponsor }}\n"
    got = series(text, "hire.paid", "fuel.paid")
    assert list(zip(got["hire.paid"][1:], got["fuel.paid"][1:], strict=True)) == paid


# Cures


@pytest.mark.parametrize(
    ("step", "cash", "short", "left"),
    [
        # Half of 8 is 4: with 3 it is short of what cures; with 4 or 7 it has all that it asks, though 6 are lacking.
        ("until pot.balance / $8 >= 50% { fill pot }", 3, True, {"pot": 3}),
        ("until pot.balance / $8 >= 50% { fill pot }", 4, False, {"pot": 4}),
        ("until pot.balance / $8 >= 50% { fill pot }", 5, False, {"pot": 4}),
        ("until Bank.received / $8 >= 50% { pay hire }", 3, True, {"hire": 3}),
        ("until Bank.received / $8 >= 50% { pay hire }", 4, False, {"hire": 4}),
        ("until Bank.received / $8 >= 50% { pay hire, then from spare }", 2, True, {"hire": 3, "spare": 0}),
        ("until Bank.received / $8 >= 50% { pay hire, then from spare }", 3, False, {"hire": 4, "spare": 0}),
        (
            "until Bank.received / $8 >= 50% { pay pro rata { hire, rent } }",
            3,
            True,
            {"hire": 2.5, "rent": 0.5},
        ),
        (
            "until Bank.received / $8 >= 50% { pay pro rata { hire, rent } }",
            4,
            False,
            {"hire": 10 / 3, "rent": 2 / 3},
        ),
        # What is met already asks for nothing.
        ("until ($8 + pot.balance) / $8 >= 50% { fill pot }", 3, False, {}),
        # All that is due does not cure: nothing more is asked.
        ("until Bank.received / $8 >= 50% { pay rent }", 2, False, {"rent": 2}),
        # What cannot cure at all asks for its whole due.
        ("until other.balance / $8 >= 50% { pay hire }", 4, True, {"hire": 4}),
        ("until other.balance / $8 >= 50% { pay rent }", 2, False, {"rent": 2}),
        # The first cures by half, the second by what it has.
        ("until Bank.received / $8 >= 50% { pay rent; pay hire }", 3, True, {"rent": 2, "hire": 1}),
        ("until Bank.received / $8 >= 50% { pay rent; pay hire }", 4, False, {"rent": 2, "hire": 2}),
    ],
)
def test_a_cure_asks_for_what_cures_and_no_more(step: str, cash: int, short: bool, left: dict[str, float]) -> None:
    """The sponsor gets what is left of cash above, the chest's 5 less fuel's 3 below, or nothing."""
    over = cash - sum(left.get(name, 0) for name in ("pot", "hire", "rent")) + (1 if left.get("spare") == 0 else 0)
    rest = {"cash": 5} if short else {"fuel": 3, "main.rest": 2 + over}
    meant = {"spare": 1, **left, **rest}
    got = first(f"{step}; {MOVE}; pay fuel; pay rest to Sponsor", cash)
    assert got == pytest.approx({name: value for name, value in meant.items() if value})


def test_a_trial_of_a_cure_leaves_no_step_short() -> None:
    """Tried with all there is, cash would be asked for 30 and give 15; what cures is 10, and cash gives that. Then 5
    come in, of which fuel gets 3."""
    cure = "until other.balance / $20 >= 50% { move $30 of cash, spare to other }"
    got = first(f"{cure}; {MOVE}; pay fuel; pay rest to Sponsor", 15)
    assert got == {"other": 10, "fuel": 3, "spare": 1, "main.rest": 7}


# Families and rounding

LOANS = """
component bullet {
  "A loan that only bears interest."
  par  : money
  pays : schedule
  claim interest to Bank on pays = par lapses
}
bullet loans each row in "tape.csv" { pays = payment }
"""


@pytest.mark.parametrize(
    ("asks", "cash", "short", "paid"),
    [
        ("pay loans.interest", 4, True, 4),
        ("pay loans.interest", 5, True, 5),
        ("pay loans.interest", 9, False, 9),
        ("pay loans.interest, then from spare", 7, True, 8),
        ("pay loans.interest, then from spare", 8, False, 9),
        ("up to $4 { pay loans.interest }", 4, False, 4),
    ],
)
def test_a_family_asks_for_the_sum_of_its_rows(tmp_path: Path, asks: str, cash: int, short: bool, paid: float) -> None:
    """6 and 3 are due: 5 or more would do for either row, and not for both."""
    (tmp_path / "tape.csv").write_text("par\n6\n3\n", encoding="utf-8")
    text = HEADER + deal("fuel", cash) + LOANS
    text += f"waterfall main from cash on payment {{ {asks}; {MOVE}; pay fuel; pay rest to Sponsor }}\n"
    result = compiled(
        text + "report { sum(loans.interest.paid) on 2026-04-15, fuel.paid on 2026-04-15 }\n",
        header="",
        folder=str(tmp_path),
    ).run()
    found = [float(result[name].values[0]) for name in result.names() if result[name].values.ndim == 1]
    assert found == pytest.approx([paid, 0 if short else 3])


def test_what_rounding_takes_of_what_comes_in_leaves_no_step_short() -> None:
    """$0.70 and $0.10 are $0.80, which a binary number is a little less than."""
    assert 0.7 + 0.1 < 0.8
    text = deal("hire, fuel", 0).replace("receive $0 from Customer into cash on payment\n", "")
    text = text.replace("= $10 lapses", "= $0.80 lapses")
    text += "receive $0.70 from Customer into cash on payment\nreceive $0.10 from Customer into cash on payment\n"
    text += f"waterfall main from cash on payment {{ pay hire; {MOVE}; pay fuel; pay rest to Sponsor }}\n"
    assert series(text, "fuel.paid")["fuel.paid"][1] == 3
