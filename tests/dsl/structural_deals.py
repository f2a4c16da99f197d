"""Deals in which a term shapes the deal, and what they come to with another value of it, worked out by hand."""

from __future__ import annotations

import attrs

HEADER = """
deal "Shaped" { language = 1; currency = EUR; closing = 2026-03-31; issuer = Vessel }
party Vessel, Lender, Parent
"""
QUARTERS = "schedule calls = quarterly on the last day from 2026-06-30 to 2028-03-31, unadjusted\n"
YEARS = "schedule calls = annually on the last day from 2027-03-31 to 2030-03-31, unadjusted\n"
CASH = "account purse\nreceive EUR 9m from Parent into purse on calls\n"


@attrs.frozen
class Shaped:
    """``term`` is called ``k``; ``drawn``: a distribution that gives the other value on every path (None: what it
    shapes has no meaning at random, or none that one draw gives)."""

    name: str
    type: str
    own: str
    other: str
    text: str
    figures: tuple[float | str, float | str]
    drawn: str | None = None

    def deal(self, value: str | None = None, more: str = "") -> str:
        """The deal with a value written in it, its own if none is given."""
        return f"{HEADER}term k : {self.type} = {value or self.own}\n{self.text}{more}"


def _paid(schedule: str, due: str = "EUR 2m lapses") -> str:
    return (
        f"{schedule}claim fee to Lender on calls = {due}\n{CASH}"
        'waterfall w from purse on calls { pay fee; "rest" pay rest to Parent }\nreport { "f" = total(fee.paid) }\n'
    )


def _date(day: str) -> str:
    return f"uniform(low = {day}, high = {day})"


CASES = (
    Shaped(
        "the first date of a schedule",
        "date",
        "2026-06-30",
        "2026-12-31",
        _paid("schedule calls = quarterly on the last day from k to 2028-03-31, unadjusted\n"),
        (16e6, 12e6),
    ),
    Shaped(
        "the last date of a schedule",
        "date",
        "2028-03-31",
        "2026-12-31",
        _paid("schedule calls = quarterly on the last day from 2026-06-30 to k, unadjusted\n"),
        (16e6, 6e6),
    ),
    Shaped(
        "a date of a list",
        "date",
        "2029-09-30",
        "2027-09-30",
        "schedule calls = dates [2026-09-30, k]\nclaim fee to Lender on calls = EUR 2m lapses\n" + CASH + "waterfall w"
        ' from purse on calls { pay fee; "rest" pay rest to Parent }\n'
        'report { "f" = first_date(fee.due > EUR 0 and date > 2026-10-01) }\n',
        ("2029-09-30", "2027-09-30"),
    ),
    Shaped(
        "a part of a schedule",
        "duration",
        "3 years",
        "1 year",
        YEARS
        + "schedule part = calls from closing to closing + k\nclaim fee to Lender on part = EUR 2m lapses\n"
        + CASH
        + 'waterfall w from purse on calls { pay fee; "rest" pay rest to Parent }\nreport { "f" = total(fee.paid) }\n',
        (6e6, 2e6),
        "uniform(low = 1 years, high = 1 years)",
    ),
    Shaped(
        "accrual from",
        "date",
        "2026-03-31",
        "2026-09-30",
        _paid(
            "schedule calls = annually on the last day from 2027-03-31 to 2029-03-31, unadjusted, accrual from k\n",
            "accrue(EUR 4m per year, 30E/360) lapses",
        ),
        (12e6, 10e6),
    ),
    Shaped(
        "the first date of a waterfall",
        "date",
        "2027-03-31",
        "2030-03-31",
        f"{YEARS}{CASH}waterfall w from purse on calls from k {{ pay EUR 1m to Lender }}\n"
        'waterfall v from purse on calls { "rest" pay rest to Parent }\nreport { "f" = total(Lender.received) }\n',
        (4e6, 1e6),
    ),
    Shaped(
        "the last date of a waterfall",
        "date",
        "2030-03-31",
        "2028-04-30",
        f"{YEARS}{CASH}waterfall w from purse on calls from 2026-09-30 until k {{ pay EUR 1m to Lender }}\n"
        'waterfall v from purse on calls { "rest" pay rest to Parent }\nreport { "f" = total(Lender.received) }\n',
        (4e6, 2e6),
    ),
    Shaped(
        "the first test of a trigger",
        "date",
        "2027-03-31",
        "2029-03-31",
        f"{YEARS}{CASH}trigger stop on calls from k when EUR 2 > EUR 1\n"
        'waterfall w from purse on calls { when stop { pay EUR 1m to Lender }; "rest" pay rest to Parent }\n'
        'report { "f" = total(Lender.received) }\n',
        (4e6, 2e6),
    ),
    Shaped(
        "the date of a claim",
        "date",
        "2028-03-31",
        "2030-03-31",
        f"{YEARS}{CASH}claim fee to Lender on k = EUR 3m lapses\nwaterfall w from purse on k {{ pay fee }}\n"
        'waterfall v from purse on calls { "rest" pay rest to Parent }\nreport { "f" = fee.paid on 2028-03-31 }\n',
        (3e6, 0),
    ),
    Shaped(
        "the last date of a waiver",
        "date",
        "2027-03-31",
        "2029-05-31",
        f"{YEARS}{CASH}trigger stop on calls when EUR 2 > EUR 1, permanently\n"
        "waiver grace of stop from 2026-04-30 to k\n"
        'waterfall w from purse on calls { when stop { pay EUR 1m to Lender }; "rest" pay rest to Parent }\n'
        'report { "f" = total(Lender.received) }\n',
        (3e6, 1e6),
    ),
    Shaped(
        "a count of tests",
        "count",
        "1",
        "5",
        f"{QUARTERS}{CASH}trigger stop on calls when EUR 2 > EUR 1 for k tests\n"
        'waterfall w from purse on calls { when stop { pay EUR 1m to Lender }; "rest" pay rest to Parent }\n'
        'report { "f" = total(Lender.received) }\n',
        (8e6, 4e6),
        "uniform(low = 4.6, high = 5.4)",
    ),
    Shaped(
        "written off after",
        "duration",
        "3 months",
        "9 months",
        f"{QUARTERS}{CASH}claim fee to Lender on calls = EUR 20m written off after k\n"
        'waterfall w from purse on calls { pay fee; "rest" pay rest to Parent }\nreport { "f" = final(fee.unpaid) }\n',
        # Each quarter 20m falls due and 9m pays the oldest first; what has stood for longer than the window is written
        # off. So today's 20m is left whole, and of what fell due within the window the oldest less 9m.
        (31e6, 71e6),
        "uniform(low = 8.6 months, high = 9.4 months)",
    ),
    Shaped(
        "a trailing window",
        "duration",
        "3 months",
        "12 months",
        f"{QUARTERS}{CASH}flow one on calls = EUR 1\ndefine looked = trailing(k, one)\n"
        'waterfall w from purse on calls { record looked; "rest" pay rest to Parent }\nreport { "f" = final(looked) }\n',
        (1, 4),
        "uniform(low = 11.6 months, high = 12.4 months)",
    ),
    Shaped(
        "a coming window",
        "duration",
        "3 months",
        "9 months",
        f"{QUARTERS}{CASH}flow one on calls = EUR 1\ndefine seen = next(k, one)\n"
        'waterfall w from purse on calls { record seen; "rest" pay rest to Parent }\n'
        'report { "f" = seen on 2026-09-30 }\n',
        (1, 3),
        "uniform(low = 8.6 months, high = 9.4 months)",
    ),
    Shaped(
        "a delay",
        "duration",
        "3 months",
        "12 months",
        f"{QUARTERS}{CASH}flow one on calls = EUR 1\nflow late on calls = delayed(one, k)\n"
        'waterfall w from purse on calls { "rest" pay rest to Parent }\nreport { "f" = total(late) }\n',
        (7, 4),
        "uniform(low = 11.6 months, high = 12.4 months)",
    ),
    Shaped(
        "digits of round",
        "count",
        "1",
        "3",
        f"{QUARTERS}{CASH}flow cents on calls = round(EUR 2.34567, k)\n"
        'waterfall w from purse on calls { "rest" pay rest to Parent }\nreport { "f" = total(cents) * 1000 }\n',
        (18_400, 18_768),
        "uniform(low = 2.6, high = 3.4)",
    ),
)
