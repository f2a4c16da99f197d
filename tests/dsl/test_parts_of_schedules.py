"""What arises, read on another schedule: a part of a schedule, one whose accrual begins late, one that begins late itself.

Rent of $1 arises on the first of each month, from 1 February 2026 to 1 January 2028; a fee of $10 each quarter. Every
figure is a count of those dates.
"""

from __future__ import annotations

import pytest

from .deals import codes, compiled, figures, series

HEAD = """
deal "Parts" { language = 1; currency = USD; closing = 2026-01-01; issuer = Borrower }
party Borrower, Bank, Tenant, Owner
schedule quarters = quarterly on day 1 from 2026-04-01 to 2028-01-01, unadjusted
schedule months   = monthly on day 1 from 2026-02-01 to 2028-01-01, unadjusted
schedule second   = quarters from 2027-04-01 to 2028-01-01
schedule autumn   = second from 2027-10-01
schedule whole    = quarters from 2026-04-01 to 2028-01-01
schedule late     = quarterly on day 1 from 2027-04-01 to 2028-01-01, unadjusted
schedule own      = quarterly on day 1 from 2027-04-01 to 2028-01-01, unadjusted, accrual from 2027-01-01
schedule own_all  = own from 2027-04-01
schedule own_rest = own from 2027-07-01
schedule between  = quarterly on day 1 from 2027-04-01 to 2028-01-01, unadjusted, accrual from 2027-02-15
flow rent on months = $1
claim fee to Bank on quarters = $10 lapses
account cash
receive $100 from Tenant into cash on quarters
waterfall main from cash on quarters { "Fee" pay fee; "Rest" pay rest to Owner }
"""

MONTHS = {
    "quarters": 24,
    "second": 12,
    "autumn": 6,
    "whole": 24,
    "late": 24,
    "own": 12,
    "own_all": 12,
    "own_rest": 9,
    # From 15 February: the rents of 1 March 2027 to 1 January 2028.
    "between": 11,
}
FEES = {"quarters": 8, "second": 4, "autumn": 2, "whole": 8, "late": 8, "own": 4, "own_all": 4, "own_rest": 3}


@pytest.mark.parametrize(("schedule", "months"), MONTHS.items())
def test_a_total_a_receipt_a_due_and_a_state_gather_the_same(schedule: str, months: int) -> None:
    found = figures(
        f"""
        account rents
        claim passed to Bank on {schedule} = rent lapses
        receive rent from Tenant into rents on {schedule}
        state counted on {schedule} = $0, then opening counted + rent
        waterfall more from rents on {schedule} {{ "Passed" pay passed; "Rest" pay rest to Owner }}
        report {{
          "flow" = total(rent on {schedule}), "received" = total(Tenant.paid on {schedule})
          "passed" = total(passed.paid), "state" = final(counted)
          "average" = average(rent on {schedule}) * number of {schedule} dates
        }}
        """,
        header=HEAD,
    )
    from_quarters = 100 * {"second": 4, "autumn": 2, "own": 4, "own_all": 4, "own_rest": 3, "between": 4}.get(
        schedule, 8
    )
    assert found["flow"] == found["passed"] == found["state"] == months
    assert found["received"] == months + from_quarters
    assert found["average"] == pytest.approx(months)


@pytest.mark.parametrize(("schedule", "fees"), FEES.items())
def test_what_was_paid_and_a_partys_cash(schedule: str, fees: int) -> None:
    found = figures(
        f"""report {{ "paid" = total(fee.paid on {schedule}), "got" = total(Bank.received on {schedule})
                     "net" = total(Bank.net on {schedule}), "due" = total(fee.due on {schedule})
                     "running" = final(ran)
                     "highest" = highest(fee.paid on {schedule}), "lowest" = lowest(fee.paid on {schedule}) }}
        state ran on {schedule} = $0, then opening ran + fee.paid""",
        header=HEAD,
    )
    assert found["paid"] == found["got"] == found["net"] == found["running"] == 10 * fees
    # A due stands on the claim's own dates alone: four of them are dates of the late schedule.
    assert found["due"] == 10 * {"late": 4}.get(schedule, fees)
    assert found["lowest"] == 10
    assert found["highest"] == (50 if schedule == "late" else 10)


def test_extremes_windows_and_what_stood_before() -> None:
    got = series(
        """
        claim a to Bank on second = trailing(3 months, rent) lapses
        claim b to Bank on second = previous rent lapses
        claim c to Bank on late = if date > first late then previous rent else $0 lapses
        claim d to Bank on own = trailing(3 months, rent) lapses
        account more { opens = $500 from Tenant }
        waterfall others from more on quarters { "Rest" pay a; pay b; pay c; pay d; pay rest to Owner }
        """,
        "a.due",
        "b.due",
        "c.due",
        "d.due",
        header=HEAD,
    )
    dates = compiled("report { total(rent) }", header=HEAD).run().dates
    at = [position for position, date in enumerate(dates) if date.year * 100 + date.month in (202704, 202707, 202710)]
    # A quarter's window is full on the part's first date: the parent's date before it opens it.
    assert [got["a.due"][one] for one in at] == [3, 3, 3]
    # On the parent's date before, the rents of its own quarter had arisen.
    assert [got["b.due"][one] for one in at] == [3, 3, 3]
    # Late, and no part: its first date has the rents of fifteen months.
    assert [got["c.due"][one] for one in at] == [0, 15, 3]
    assert [got["d.due"][one] for one in at] == [3, 3, 3]


def test_three_schedules_that_begin_and_end_apart() -> None:
    found = figures(
        """
        schedule early  = monthly on day 20 from 2026-01-20 to 2026-06-20, unadjusted
        schedule middle = quarterly on day 10 from 2026-05-10 to 2027-02-10, unadjusted
        schedule later  = every 2 months on day 5 from 2026-12-05 to 2027-06-05, unadjusted
        schedule of_middle = middle from 2026-11-10
        flow x on early = $1
        flow y on middle = $10
        flow z on later = $100
        report {
          "x middle" = total(x on middle), "x later" = total(x on later), "x of middle" = total(x on of_middle)
          "y early" = total(y on early), "y later" = total(y on later)
          "z early" = total(z on early), "z middle" = total(z on middle), "z of middle" = total(z on of_middle)
          "all" = total(x) + total(y) + total(z)
        }
        """,
        header=HEAD,
    )
    assert found == {
        "x middle": 6,  # 20 January to 20 June, all before 10 August
        "x later": 6,
        "x of middle": 0,  # after 10 August nothing
        "y early": 10,  # 10 May
        "y later": 40,
        "z early": 0,
        "z middle": 200,  # 5 December and 5 February
        "z of middle": 200,
        "all": 6 + 40 + 400,
    }


def test_interest_on_a_part_is_the_interest_of_those_dates_on_the_whole() -> None:
    # Payments fall on days that business days have moved past the boundary: what was repaid counts from the boundary.
    text = """
        schedule rolled = quarterly on day 1 from 2026-04-01 to 2028-01-01, following, calendar "weekends only"
        schedule tail = rolled from 2027-04-01
        claim on_whole to Bank on rolled = if date >= first tail then accrue(balance * 8%, actual/360) else $0 lapses
        claim on_part to Bank on tail = accrue(balance * 8%, actual/360) lapses
        claim repaid to Bank on rolled = $100 lapses
        state balance = $1_000, then opening balance - repaid.paid
        receive $500 from Tenant into cash on rolled
        waterfall others from cash on rolled { "Dues" pay on_whole; pay on_part; pay repaid; pay rest to Owner }
    """
    got = series(text, "on_whole.due", "on_part.due", header=HEAD)
    assert got["on_part.due"] == got["on_whole.due"]
    # 1 January 2027 is a Friday: $600 from then on for 90 days; on 1 April $500 for 91, and so on.
    assert [one for one in got["on_part.due"] if one] == pytest.approx(
        [600 * 0.08 * 90 / 360, 500 * 0.08 * 91 / 360, 400 * 0.08 * 92 / 360, 300 * 0.08 * 92 / 360]
    )
    weekend = text.replace("on day 1 from 2026-04-01 to 2028-01-01", "on day 3 from 2026-04-03 to 2028-01-03")
    moved = series(weekend, "on_whole.due", "on_part.due", header=HEAD)
    # The parent's date before the part, Sunday 3 January 2027, is paid on the 4th.
    assert moved["on_part.due"] == moved["on_whole.due"]


def test_what_stood_when_accrual_began_stood_on_the_deals_last_date_by_then() -> None:
    got = series(
        """
        index rate_then = step([2026-01-01: 1%, 2027-02-01: 2%, 2027-03-01: 3%])
        claim fixed_ahead to Bank on between = $1_000 * previous rate_then * 1 year lapses
        receive $500 from Tenant into cash on between
        waterfall others from cash on between { "Dues" pay fixed_ahead; pay rest to Owner }
        """,
        "fixed_ahead.due",
        header=HEAD,
    )
    # Accrual begins on 15 February 2027: the first period is fixed at 2%, and the next at 3%.
    assert [one for one in got["fixed_ahead.due"] if one] == [20, 30, 30, 30]


def test_a_schedule_that_begins_before_closing_takes_what_was_collected_since() -> None:
    text = """
        deal "Cut-off" { language = 1; currency = USD; closing = 2026-03-10; issuer = Trust }
        party Trust, Owner, Obligors
        schedule collected = monthly on the last day from 2026-01-31 to 2026-06-30, unadjusted
        schedule paid_out = monthly on day 15 from 2026-03-15 to 2026-07-15, unadjusted, accrual from 2026-02-15
        flow collections on collected = $1
        account cash
        receive collections from Obligors into cash on paid_out
        waterfall w from cash on paid_out { "Owner" pay rest to Owner }
        report { total(Owner.received), highest(Owner.received on paid_out) }
    """
    assert figures(text, header="") == {"total Owner.received": 6, "highest(Owner.received on paid_out)": 2}


def test_a_part_that_is_empty_is_still_an_error() -> None:
    assert codes("schedule none = second from 2028-02-01\n", header=HEAD) == ["E0401"]


def test_a_state_on_a_part_counts_what_is_paid_within_it() -> None:
    found = figures(
        """
        schedule first_year = quarters from 2026-04-01 to 2027-01-01
        state early on first_year = $0, then opening early + fee.paid
        state later on second = $5, then opening later + fee.paid
        state whole_life = $0, then opening whole_life + fee.paid
        report { "early" = final(early), "later" = final(later), "whole" = final(whole_life), "not yet" = later on 2027-01-01 }
        """,
        header=HEAD,
    )
    assert found == {"early": 40, "later": 45, "whole": 80, "not yet": 5}


def test_windows_ahead_of_what_arises_on_another_schedule() -> None:
    got = series(
        """
        term size = $1
        flow coming on months = size * number of months dates after closing to date
        claim a to Bank on second = if known(next(6 months, coming)) then next(6 months, coming) else $0 lapses
        claim b to Bank on late = if date is first late then total(rent on late) else $0 lapses
        claim c to Bank on second = if date is last second then total(delayed(rent, 1 month on months) on second) else $0 lapses
        settle a on second
        settle b on late
        settle c on second
        scenario "Twice" { size = $2 }
        """,
        "a.due",
        "b.due",
        "c.due",
        header=HEAD,
    )
    # Ahead of April and July 2027 lie the rents 16 to 21 and 19 to 24; of October there are no six months left.
    assert [one for one in got["a.due"] if one] == [sum(range(16, 22)), sum(range(19, 25))]
    assert [one for one in got["b.due"] if one] == [24]
    assert [one for one in got["c.due"] if one] == [12]


def test_what_a_party_gets_without_a_claim_gathers_on_every_schedule() -> None:
    """`pay $2 to`, `pay rest to` and moves between accounts of two parties, read on a schedule that has none of their
    dates. Eight quarters: $10 to the bank as a fee and $2 besides, $1 into the tenant's own account, $87 to the owner."""
    found = figures(
        """
        schedule tests = monthly on day 20 from 2026-01-20 to 2028-01-20, unadjusted
        account deposit of Tenant
        waterfall out from deposit on last quarters { "Back" pay rest to Owner }
        report {
          "bank" = total(Bank.received on tests), "owner" = total(Owner.received on tests)
          "tenant" = total(Tenant.received on tests), "borrower" = total(Borrower.net on tests)
          "tenant paid" = total(Tenant.paid)
        }
        """,
        header=HEAD.replace(
            '"Rest" pay rest', '"Besides" pay $2 to Bank; "Deposit" move $1 of cash to deposit; "Rest" pay rest'
        ),
    )
    # The tenant pays 8 * $100 in, and the $8 of its own account on the last date.
    assert found == {"bank": 96, "owner": 704, "tenant": 8, "borrower": 0, "tenant paid": 808}
