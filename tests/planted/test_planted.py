"""Each planted bug makes the check that is there for it fail. A test that cannot fail is no test."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction

import indenture
import pytest
from indenture.engine.errors import RunError

from ..dsl import test_levels_and_amounts as levels
from ..dsl import test_parts_of_schedules as parts
from ..dsl import test_semantics as said
from ..dsl import test_semantics_of_the_day as of_the_day
from ..dsl.deals import CASH, figures, series
from ..properties import test_properties as properties
from ..properties.exactly import evaluate, lane_of
from ..properties.strategies import compiled, fed, rolled
from .bugs import Bug, Change, planted

SEEDS = (1, 3, 5, 7, 10, 23)


def cash_is_kept() -> None:
    for seed in SEEDS:
        written = rolled(seed)
        deal = compiled(written)
        found = evaluate(deal.program, lane_of(fed(written, deal, 1, seed), 0, Fraction))
        checks = deal.program.checks
        made = [one for check in checks if check.rule == "zero" for one in found.variables[check.var.name]]
        assert not any(properties.apart(one, Fraction(0)) for one in made)
        assert not properties.cash_problems(written, {check.name for check in checks}, found)
        assert not properties.claim_problems(written, found)


def steps_above_come_first() -> None:
    for seed in SEEDS:
        written = rolled(seed)
        deal = compiled(written)
        found = evaluate(deal.program, lane_of(fed(written, deal, 1, seed), 0, Fraction))
        assert not properties.priority_problems(written.shorts, found)
        assert not properties.share_problems(written, found)


def schedules_do_not_meet() -> None:
    extra = "schedule more = dates [2026-02-17, 2026-05-29, 2026-08-01, 2027-03-03]"
    for seed in SEEDS:
        assert not properties.schedule_problems(rolled(seed), extra, seed)


def a_record_stands_where_its_step_ran() -> None:
    text = CASH + (
        "define left = cash.balance\n"
        "waterfall main from cash on payment { pay $30 to Bank; record left; pay $5 to Bank; "
        "when date > 2026-08-01 { pay $20 to Fund; record left }; pay rest to Sponsor }"
    )
    assert series(text, "left")["left"] == [None, 70, 70, 45, 45]


def yesterday_is_not_today() -> None:
    text = CASH + (
        "claim fee to Bank on payment = $10 * number of payment dates to date lapses\n"
        "claim more to Fund on payment = if date > 2026-05-01 then previous fee.due else $0 lapses\n"
        "waterfall main from cash on payment { pay fee; pay more; pay rest to Sponsor }"
    )
    assert series(text, "more.due")["more.due"] == [0, 0, 10, 20, 30]


def a_guard_holds_back_its_steps() -> None:
    text = CASH + (
        "claim fee to Bank on payment = $10 lapses\n"
        "waterfall main from cash on payment { when date > 2026-08-01 { pay fee }; pay rest to Sponsor }"
    )
    assert series(text, "fee.paid")["fee.paid"] == [0, 0, 0, 10, 10]


def a_release_stops_at_the_target() -> None:
    text = CASH + (
        "account reserve { opens = $50 from Sponsor; target = $20 }\n"
        "waterfall main from cash on payment { release reserve; pay rest to Sponsor }"
    )
    assert series(text, "reserve.balance")["reserve.balance"] == [50, 20, 20, 20, 20]


def a_waiver_holds_off_its_trigger() -> None:
    text = CASH + (
        "trigger late on payment when date > 2026-05-01\nwaiver holiday of late from 2026-07-01 to 2026-08-01\n"
        "waterfall main from cash on payment { when late { pay $1 to Bank }; pay rest to Sponsor }"
    )
    assert series(text, "late")["late"] == [0, 0, 0, 1, 1]


def complementary_waterfalls_share_one_day() -> None:
    text = CASH + (
        "trigger late on payment when date > 2026-08-01\nclaim fee to Bank on payment = $10 lapses\n"
        "waterfall usual from cash on payment unless late { pay fee; pay rest to Sponsor }\n"
        "waterfall other from cash on payment when late { pay $5 to Fund; pay fee; pay rest to Customer }\n"
        'report { "Fund" = total(Fund.received), "Customer" = total(Customer.received), "Sponsor" = total(Sponsor.received) }'
    )
    assert figures(text) == {"Fund": 10, "Customer": 170, "Sponsor": 180}


def a_scenario_keeps_to_itself() -> None:
    of_the_day.test_scenarios_compose_and_an_override_sees_the_name_without_itself()


stated = of_the_day.test_pro_rata_by_due_shares_and_by_balance_shares_again_what_a_member_cannot_use
reserves = of_the_day.test_reserves_fill_to_target_release_to_it_and_are_drawn_by_then_from
counts = of_the_day.test_triggers_count_their_own_tests_and_keep_their_state
caps = of_the_day.test_up_to_caps_the_sum_of_its_steps_and_a_cap_may_run_by_the_year


def bug(name: str, caught_by: Callable[[], None], *changes: tuple[str, str, str]) -> Bug:
    return Bug(name, tuple(Change(*one) for one in changes), caught_by)


BUGS = (
    bug("a step ignores the cap around it", caps, ("dsl.capped", "ask = builder.minimum(ask, left)", "pass")),
    bug(
        "a cap counts each of its steps afresh",
        caps,
        (
            "dsl.used",
            "low.day.now[key] = low.builder.mark_nonnegative(low.builder.subtract(low.day.now[key], total))",
            "pass",
        ),
    ),
    bug(
        "a yearly cap is never given back",
        caps,
        ("dsl.cap", "so_far = builder.select(builder.mask('new year', new), ZERO, before)", "so_far = before"),
    ),
    bug(
        "then from pays the whole once more",
        cash_is_kept,
        ("dsl.pay_claim", "left = builder.mark_nonnegative(builder.subtract(left, amount))", "total = amount"),
    ),
    bug(
        "arrears are dropped",
        said.test_a_claim_is_paid_the_lesser_of_what_there_is_and_what_is_due_and_carries_the_rest,
        ("dsl._arrears", "if rule.rate is None:\n        return before", "if rule.rate is None:\n        return ZERO"),
    ),
    bug(
        "arrears are counted twice",
        cash_is_kept,
        (
            "dsl.claim_day",
            "due = low.builder.add(current, arrears)",
            "due = low.builder.add(low.builder.add(current, arrears), arrears)",
        ),
    ),
    bug(
        "arrears bear a year's interest each period",
        said.test_arrears_carry_interest_by_the_claims_own_day_count,
        (
            "dsl._arrears",
            "builder.multiply(before, builder.multiply(operand, count.piece))",
            "builder.multiply(before, operand)",
        ),
    ),
    bug(
        "capitalised interest is carried as well",
        said.test_unpaid_interest_enters_a_balance_only_by_capitalising,
        ("dsl._arrears", "('lapses', 'capitalises')", "('lapses',)"),
        (
            "dsl._capitalise",
            "day.now[key] = grown",
            "day.now[key] = grown\n    day.now[Figure.CARRIED(entry.name)] = remaining",
        ),
    ),
    bug(
        "what is unpaid is written off a date late",
        said.test_what_is_unpaid_is_written_off_when_it_is_older_than_stated,
        ("dsl._recent", "count > lag", "count >= lag"),
        ("dsl._recent", "range(1, longest)", "range(1, longest + 1)"),
    ),
    bug(
        "a fill overshoots its target",
        reserves,
        (
            "dsl.fill",
            "wanted = lacking(low, account.name, step.account.span, here)",
            "wanted = _target(low, account.name, step.account.span, here)",
        ),
    ),
    bug(
        "a release takes all",
        a_release_stops_at_the_target,
        ("dsl.release", "excess = builder.positive(builder.subtract(have, target))", "excess = have"),
    ),
    bug("a trigger fires one test early", counts, ("dsl._met", "number(needed)", "number(needed - 1)")),
    bug(
        "until wins over when",
        counts,
        (
            "dsl.test_trigger",
            "builder.either(met, builder.both(stood, builder.negated(cured)))",
            "builder.both(stood, builder.negated(cured))",
        ),
    ),
    bug(
        "a permanent trigger forgets", counts, ("dsl.test_trigger", "fired = builder.either(stood, met)", "fired = met")
    ),
    bug(
        "a trigger tested after payments acts the same day",
        of_the_day.test_a_trigger_tested_after_payments_acts_from_the_next_date,
        (
            "dsl.opening_trigger",
            "if entry.item.after_payments or entry.name in low.acts.stepped:",
            "if entry.name in low.acts.stepped:",
        ),
    ),
    bug(
        "a waiver waives nothing",
        a_waiver_holds_off_its_trigger,
        ("dsl.test_trigger", "met = builder.both(met, builder.negated(waived))", "pass"),
    ),
    bug(
        "previous reads today",
        yesterday_is_not_today,
        ("dsl.previous_value", "found = previous(low.builder, low.memory, value, moment.clock)", "found = value"),
    ),
    bug(
        "a piece accrues for its whole period",
        said.test_accrual_gathers_piece_by_piece_and_its_pieces_add_up,
        ("dsl.accrued", "builder.multiply(operand, count.piece)", "builder.multiply(operand, count.whole)"),
    ),
    bug(
        "what is paid does not move the state",
        of_the_day.test_until_pays_what_cures_the_ratio_and_no_more,
        ("dsl.paid", "shift_state(low.builder, low.day, state, _of_its_dates(low, state, amount), sign)", "pass"),
    ),
    bug(
        "the other waterfall runs under the first one's guard",
        complementary_waterfalls_share_one_day,
        ("dsl.lower_waterfall", "other = low.builder.negated(guard)", "other = guard"),
    ),
    bug(
        "a guarded record overwrites where it did not run",
        a_record_stands_where_its_step_ran,
        ("dsl.record", "builder.select(active, value.operand, before[0])", "value.operand"),
    ),
    bug(
        "a guard holds nothing back",
        a_guard_holds_back_its_steps,
        ("dsl.masked", "kept = builder.select(mask, amount, ZERO)", "kept = amount"),
    ),
    bug(
        "losses fall on the last named first",
        of_the_day.test_losses_fall_on_the_first_named_and_reductions_share_without_cash,
        ("dsl.allocate", "for name in item.targets:", "for name in item.targets[::-1]:"),
    ),
    bug(
        "what a member cannot use is not shared again",
        stated,
        ("engine.level_rows", "for _ in range(shape[-2]):", "for _ in range(1):"),
    ),
    bug(
        "an account's opening cash never comes in",
        reserves,
        ("dsl._opens", "put_in(low.builder, low.day, Figure.ACCOUNT(entry.name), amount)", "pass"),
    ),
    bug(
        "the check that no cash is made is left out",
        cash_is_kept,
        ("dsl.conservation", "if not isinstance(imbalance, Literal):", "if False:"),
    ),
    bug(
        "what moves is taken from nowhere",
        cash_is_kept,
        ("dsl.move", "take_out(low.builder, low.day, source, amount)", "pass"),
    ),
    bug(
        "a claim paid is still unpaid",
        said.test_the_same_claim_is_never_paid_twice,
        ("dsl.paid", "today.remaining = builder.mark_nonnegative(builder.subtract(today.remaining, amount))", "pass"),
        (
            "dsl.pay_claim",
            "today.remaining = builder.mark_nonnegative(builder.select(here.on, left, before))",
            "today.remaining = before",
        ),
    ),
    bug(
        "a flow is only what arises on the reader's date",
        of_the_day.test_flows_arise_on_their_own_dates_and_gather_for_other_readers,
        ("dsl.arisen", "return builder.add(carried, today)", "return today"),
    ),
    bug(
        "a part of a schedule begins at closing",
        parts.test_three_schedules_that_begin_and_end_apart,
        ("dsl.arisen", "clock.settled", "clock.on"),
    ),
    bug(
        "a level is nothing before its history",
        levels.test_a_delayed_level_stands_until_the_next_date_of_its_schedule,
        (
            "dsl._delayed",
            "Value(shifted, builder.both(begun, determined))",
            "Value(builder.select(begun, shifted, ZERO))",
        ),
    ),
    bug(
        "a defaulted party goes on paying",
        of_the_day.test_settle_moves_money_between_parties_while_the_payer_performs,
        ("dsl.settle", "builder.both(holds, performs)", "holds"),
    ),
    bug(
        "a scenario's change holds in every scenario",
        a_scenario_keeps_to_itself,
        ("dsl.prepare", "attrs.evolve(layer, scenarios=(position,))", "layer"),
    ),
    bug(
        "old claims are written off on other schedules' dates",
        schedules_do_not_meet,
        ("dsl.close_claim", "builder.select(on, kept, remaining)", "kept"),
    ),
    bug(
        "the engine passes over what is left below a size",
        stated,
        ("engine.level_rows", "level = np.where(open_,", "level = np.where(open_ & (left > 90.0),"),
    ),
)


@pytest.mark.parametrize("one", BUGS, ids=lambda one: one.name)
def test_a_planted_bug_is_caught(one: Bug) -> None:
    once(one.caught_by)
    with planted(one), pytest.raises((AssertionError, indenture.DealError, RunError, ZeroDivisionError)):
        one.caught_by()


@functools.cache
def once(check: Callable[[], None]) -> None:
    """Without a bug the check holds: asked once, whatever the number of bugs that it catches."""
    check()
