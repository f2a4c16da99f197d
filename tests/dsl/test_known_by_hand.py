"""What must be known when the deal is read: dates that bound schedules, lists of dates, windows, words for compounding.

Rent of $1 arises at each month's end from February to June 2026, and a week's takings on each of five Mondays.
"""

from __future__ import annotations

import math

import pytest

from .deals import codes, compiled, figures, message, series

HEAD = """
deal "Known" { language = 1; currency = USD; closing = 2026-01-31; issuer = Borrower }
party Borrower, Bank, Tenant, Owner
schedule ends = monthly on the last day from 2026-02-28 to 2026-06-30, unadjusted
flow rent on ends = $1
account cash
receive rent from Tenant into cash on ends
waterfall main from cash on ends { pay rest to Owner }
"""
UNKNOWN = {
    # The nearest whole number to 45 is not worked out before the run, and nothing is one over zero.
    "not worked out": "term k : date = 2026-03-01 + round(exp(0) * 45) * 1 day\n",
    "not determined": "term k : date = 2026-03-01 + 1 / 0 * 1 day\n",
}


@pytest.mark.parametrize("term", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize(
    ("bounded", "words"),
    [
        ("ends from k", "the start of the schedule `s` must be known when the deal is read"),
        ("ends to k", "the end of the schedule `s` must be known when the deal is read"),
        ("monthly on day 3 from k to 2026-05-03, unadjusted", "the start of the schedule `s` must be known"),
        (
            "monthly on day 3 from 2026-03-03 to 2026-05-03, unadjusted, accrual from k",
            "the start of accrual of the schedule `s` must be known when the deal is read",
        ),
    ],
)
def test_a_schedule_is_bounded_by_dates_that_are_known(term: str, bounded: str, words: str) -> None:
    text = f"{term}schedule s = {bounded}\nclaim fee to Bank on s = $1 lapses\nsettle fee\nreport {{ fee.paid }}"
    assert codes(text, header=HEAD) == ["E0504"]
    assert words in message(text, header=HEAD)


@pytest.mark.parametrize("term", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("define x = straight_line($10, [2026-02-28, k])\nreport { x }", "E0324"),
        ("define x = straight_line($10, [k])\nreport { x }", "E0324"),
        (
            "schedule s = dates [2026-02-28, k]\nclaim fee to Bank on s = $1 lapses\nsettle fee\nreport { fee.paid }",
            "E0324",
        ),
        ("claim fee to Bank on k = $1 lapses\nsettle fee\nreport { fee.paid }", "E0402"),
    ],
)
def test_dates_that_are_not_known_are_refused(term: str, text: str, code: str) -> None:
    assert codes(term + text, header=HEAD) == [code]
    wanted = {"E0324": "a list of dates is wanted here", "E0402": "neither a schedule nor a date that is known"}
    assert wanted[code] in message(term + text, header=HEAD)


@pytest.mark.parametrize("count", ["round(exp(0) * 2)", "(2 + 1 / 0)"])
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("define x = trailing(COUNT * 1 month, rent on ends)", "the length of a window"),
        ("define x = delayed(rent, COUNT * 1 month on ends)", "a delay"),
        ("define x = round(1.2345, COUNT)", "the number of decimals"),
    ],
)
def test_numbers_that_are_not_known_are_refused(text: str, what: str, count: str) -> None:
    text = text.replace("COUNT", count) + "\nreport { x }"
    assert codes(text, header=HEAD) == ["E0504"]
    assert f"{what} must be known when the deal is read" in message(text, header=HEAD)


def test_dates_that_are_known_bound_schedules_and_repayments() -> None:
    """To 15 April come the ends of February and March, and after it three more; half of $10 is repaid on each date."""
    text = """
    term k : date = 2026-03-01 + 45 * 1 day
    schedule early = ends to k
    schedule late = ends from k
    claim first to Bank on early = $1 lapses
    claim second to Bank on late = $1 lapses
    settle first
    settle second
    define left = straight_line($10, [2026-02-28, k])
    report { "first" = total(first.paid), "second" = total(second.paid), "half" = left on 2026-03-31, "none" = left on 2026-04-30 }
    """
    assert figures(text, header=HEAD) == {"first": 2, "second": 3, "half": 5, "none": 0}


def test_what_is_no_schedule_has_no_part() -> None:
    text = "schedule s = cash from 2026-03-01\nclaim fee to Bank on s = $1 lapses\nsettle fee\nreport { fee.paid }"
    assert codes(text, header=HEAD) == ["E0402"]
    assert "`cash` is not a schedule" in message(text, header=HEAD)


def test_an_act_brings_its_own_date() -> None:
    """$5 come in on 20 March, on which nothing else is: it is a date of the deal, and they leave with March's rent."""
    text = "receive $5 from Tenant into cash on 2026-03-20\nreport { cash.balance, Owner.received }"
    # 31 January, 28 February, 20 and 31 March, then the ends of April to June.
    assert series(text, "cash.balance", "Owner.received", header=HEAD) == {
        "cash.balance": [0, 0, 5, 0, 0, 0, 0],
        "Owner.received": [0, 1, 0, 6, 1, 1, 1],
    }


def test_a_measure_settles_on_a_date_of_its_own() -> None:
    """A bond of 12% bought on 20 March, on which nothing else is.

    From 28 January to 20 March are 52 days by 30/360, of a coupon of 12% a year: 12% * 52 / 360.
    """
    text = """
    use debt
    schedule payment = quarterly on day 28 from 2026-04-28 to 2027-01-28, unadjusted
    account purse { opens = $500 from Owner }
    loan bond { holder = Bank; size = $100; margin = 12%; pays = payment; maturity = 2027-01-28; accrual = 30/360; target = size }
    receive bond.advance into purse
    waterfall due from purse on payment { pay bond.interest; pay bond.principal }
    waterfall ending from purse on payment { when date is last payment { pay rest to Owner } }
    report { "accrued" = accrued_interest(bond, settlement = 2026-03-20) }
    """
    header = HEAD.replace("2026-01-31", "2026-01-28")
    assert figures(text, header=header)["accrued"] == pytest.approx(0.12 * 52 / 360, rel=1e-12)


@pytest.mark.parametrize("parts", [39, 40])
def test_the_schedules_of_a_deal_come_to_so_many_dates_together(parts: int) -> None:
    """Of 4,999 days from 1 February 2026 forty schedules and the month's ends are 199,965, and 41 are 204,964."""
    daily = "schedule daily_dates = daily from 2026-02-01 to 2039-10-09, unadjusted\n"
    text = daily + "".join(f"schedule part{at} = daily_dates to 2039-10-09\n" for at in range(parts))
    found = codes(text + 'report { "x" = total(rent) }', header=HEAD)
    assert found == ["E0401"] * (parts == 40)


# --------------------------------------------------------------------------------------------------------- windows

WEEKS = """
deal "Weeks" { language = 1; currency = USD; closing = 2026-01-26; issuer = Borrower }
party Borrower, Tenant, Owner
schedule weeks = dates [2026-02-02, 2026-02-09, 2026-02-16, 2026-02-23, 2026-03-02]
flow takings on weeks = $1 * number of weeks dates after closing to date
account cash
receive takings from Tenant into cash on weeks
waterfall main from cash on weeks { pay rest to Owner }
"""


@pytest.mark.parametrize(
    ("window", "sums"),
    [
        ("6 days", [None, 2, 3, 4, 5]),
        ("7 days", [None, 2, 3, 4, 5]),
        ("8 days", [None, None, 5, 7, 9]),
        ("14 days", [None, None, 5, 7, 9]),
        ("21 days", [None, None, None, 9, 12]),
        ("1 month", [None, None, None, None, 14]),
    ],
)
def test_a_window_of_days_looks_back_so_many(window: str, sums: list[float | None]) -> None:
    """The window is full once it begins no earlier than the first of the dates listed, which it leaves out."""
    text = f"define lately = trailing({window}, takings on weeks)\nreport {{ lately }}"
    assert series(text, "lately", header=WEEKS)["lately"] == [None, *sums]


@pytest.mark.parametrize(("window", "coming"), [("7 days", [2, 3, 4, 5]), ("14 days", [5, 7, 9]), ("21 days", [9, 12])])
def test_a_window_of_days_looks_ahead_so_many(window: str, coming: list[float]) -> None:
    text = f"""
    define ahead = next({window}, takings)
    claim fee to Owner on weeks = if known(ahead) then ahead else $0 lapses
    settle fee
    report {{ fee.due }}
    """
    assert series(text, "fee.due", header=WEEKS)["fee.due"] == [0, *coming, *[0] * (5 - len(coming))]


@pytest.mark.parametrize("window", ["0 days", "-14 days", "36 hours", "1.5 months", "0 months", "-1 month", "1.5 days"])
def test_a_window_is_whole_months_or_whole_days(window: str) -> None:
    text = f"define x = trailing({window}, takings on weeks)\nreport {{ x }}"
    assert codes(text, header=WEEKS) == ["E0413"]
    assert "a window is a number of whole months, or of whole days" in message(text, header=WEEKS)


def test_a_window_of_a_year() -> None:
    """$1 a month from February 2026 to June 2027: twelve of them, and the first time in January."""
    header = HEAD.replace("to 2026-06-30", "to 2027-06-30")
    text = 'define year = trailing(12 months, rent on ends)\nreport { "first" = first_date(known(year)), "sum" = year on 2027-06-30 }'
    found = figures(text, header=header)
    assert found["sum"] == 12
    assert found["first"] == 739_647 + 365  # 31 January 2026 and a year; 1 January 2026 is day 739,617


@pytest.mark.parametrize(
    ("late", "law", "last"),
    [
        ("14 days", "uniform(low = 6.6 days, high = 7.4 days)", 4),
        ("14 days", "uniform(low = 7.6 days, high = 8.4 days)", 3),
        ("3 months", "uniform(low = 0.6 months, high = 1.4 months)", 1),
    ],
)
def test_a_drawn_delay_is_the_nearest_whole_number_of_days_or_months(late: str, law: str, last: float) -> None:
    """On 2 March come the $4 of 23 February a week late, the $3 of the 16th eight days, the $1 of the 2nd a month."""
    text = f"""
    term late : duration = {late}
    define later = delayed(takings, late on weeks)
    report {{ "last" = later on 2026-03-02 }}
    simulate {{ paths = 6; late drawn from {law} }}
    """
    assert compiled(text, header=WEEKS).run(paths=6)["last"].to_json() == [last] * 6


def test_a_window_counts_the_dates_of_a_schedule() -> None:
    text = "define x = trailing(1 month, rent)\nreport { x }"
    assert codes(text, header=HEAD) == ["E0411"]
    assert "a window counts the dates of a schedule, and the reader has none" in message(text, header=HEAD)


# ----------------------------------------------------------------------------------------------------- compounding


def worth(words: str) -> str:
    return f"""
    define worth = present_value(rent, 12%, accrual = 30/360, compounding = "{words}")
    waterfall recorded from cash on ends {{ record worth }}
    report {{ "worth" = worth on 2026-03-31 }}
    """


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("by period", 1.01),
        ("annually", 1.12 ** (1 / 12)),
        ("semiannually", 1.06 ** (1 / 6)),
        ("quarterly", 1.03 ** (1 / 3)),
        ("monthly", 1.01),
        ("continuously", math.exp(0.01)),
    ],
)
def test_how_a_rate_compounds(words: str, month: float) -> None:
    """$1 on each of the three ends after March's, a month of thirty days apart: each over so many months' growth."""
    expected = sum(1 / month**count for count in (1, 2, 3))
    assert figures(worth(words), header=HEAD)["worth"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("words", "help"),
    [
        ("simple", None),
        ("anually", 'did you mean "annually"?'),
        ("by perod", 'did you mean "by period"?'),
        (
            "now and then",
            'say one of "annually", "semiannually", "quarterly", "monthly", "continuously", "by period"',
        ),
    ],
)
def test_no_other_words_say_how_a_rate_compounds(words: str, help: str | None) -> None:
    assert codes(worth(words), header=HEAD) == ["E0680"]
    said = message(worth(words), header=HEAD)
    assert f'no compounding is called "{words}"' in said
    assert help is None or help in said


# ------------------------------------------------------------------------------------------------------ day counts


def accrued(count: str) -> str:
    return f'claim f to Bank on ends = accrue($100 * 12%, {count}) lapses\nsettle f on ends\nreport {{ "f" = total(f.paid) }}'


@pytest.mark.parametrize(
    ("declared", "count", "years"),
    [
        # From 31 January to 30 June 2026 are 150 days.
        ("", "actual/360", 150 / 360),
        ("daycount bank = days / 364\n", "bank", 150 / 364),
        ("daycount bank = days / 364\nterm k : daycount = bank\n", "k", 150 / 364),
        ("term k : daycount = actual/365\n", "k", 150 / 365),
    ],
)
def test_a_day_count_may_be_named(declared: str, count: str, years: float) -> None:
    assert figures(declared + accrued(count), header=HEAD)["f"] == pytest.approx(12 * years, rel=1e-12)


@pytest.mark.parametrize(
    ("declared", "count", "said"),
    [
        (
            "daycount bank = days / 364\ninput banks : daycount\n",
            "banks",
            ("`banks` is not a day count", "did you mean `bank`?"),
        ),
        (
            "input other : daycount\n",
            "other",
            ("`other` is not a day count", "`actual/360`, `30/360`, or a `daycount` of the deal"),
        ),
        ("", "if 1 < 2 then 30/360 else actual/360", ("a day count is wanted here", "`actual/360`, `30/360` ...")),
    ],
)
def test_what_is_no_day_count_is_said(declared: str, count: str, said: tuple[str, ...]) -> None:
    text = declared + accrued(count)
    assert codes(text, header=HEAD) == ["E0407"]
    assert [words for words in said if words not in message(text, header=HEAD)] == []
