"""Loans of every type, curves by age, roll rates, replenishment: against recursions and published figures."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import indenture
import numpy as np
import pytest
import QuantLib as ql
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from indenture.dsl.api import DealError
from indenture.engine.results import Results

MONTHS = 60

DEAL = """
deal "Pools" {{ language = 1; currency = USD; closing = 2017-01-01; issuer = Trust }}
use pools
party Trust, Borrowers, Servicer, Owner
schedule collection = monthly on the last day from 2017-01-31 to 2021-12-31, unadjusted
{items}
account available {{ opens = $1 from Owner }}
waterfall distributions from available on collection {{ "Owner" pay rest to Owner }}
report {{ {reports} }}
"""


def run(items: str, folder: Path | None = None, **reports: str) -> Results:
    shown = "; ".join(f'"{name}" = {value}' for name, value in reports.items())
    return indenture.compile(DEAL.format(items=items, reports=shown), folder=folder).run()


def monthly(result: Results, name: str) -> np.ndarray:
    """A series on the collection dates, [month]."""
    values = result[name].values
    assert values is not None
    if values.ndim == 1:  # what is the same on every date is a figure
        return np.full(MONTHS, float(values[0]))
    ends = [
        at
        for at, (day, after) in enumerate(pairwise([*result.dates, None]))
        if day is not None and day.day >= 28 and (after is None or after.month != day.month)
    ]
    return np.asarray(values[ends, 0], dtype=float)


def loan(fields: str, folder: Path | None = None, **reports: str) -> Results:
    item = f"loan_pool p {{ principal = $100m; cut_off = 2017-01-01; collected = collection; {fields} }}"
    return run(item, folder, **(reports or {"balance": "p.balance"}))


# ------------------------------------------------------------------------------------- types


def alone(kind: str, apr: float, remaining: int, amortisation: int = 0, interest_only: int = 0) -> np.ndarray:
    """The balances of one loan of 100m, payment by payment, from its instalments."""
    rate, balance, found = apr / 12, 100e6, []
    for month in range(1, MONTHS + 1):
        if month > remaining:
            found.append(0.0)
            continue
        left = remaining - month + 1
        interest = balance * rate
        match kind:
            case "bullet":
                principal = 0.0
            case "straight-line":
                principal = 100e6 / remaining
            case "interest-only" if month <= interest_only:
                principal = 0.0
            case _:
                term = (
                    amortisation if kind == "balloon" else remaining - (interest_only if kind == "interest-only" else 0)
                )
                payment = 100e6 * rate / (1 - (1 + rate) ** -term)
                principal = payment - interest
        balance -= balance if left <= 1 else principal
        found.append(balance)
    return np.array(found)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("level", {}),
        ("bullet", {}),
        ("straight-line", {}),
        ("interest-only", {"interest_only": 12}),
        ("interest-only", {"interest_only": 48}),
        ("balloon", {"amortisation": 360}),
        ("balloon", {"amortisation": 48}),
    ],
)
def test_each_type_repays_as_its_instalments_say(kind: str, more: dict[str, int]) -> None:
    fields = "".join(f"; {name} = {value}" for name, value in more.items())
    result = loan(f'apr = 7.5%; remaining = 48; type = "{kind}"{fields}')
    assert monthly(result, "balance") == pytest.approx(alone(kind, 0.075, 48, **more), rel=1e-10, abs=1e-3)


def test_a_level_loan_is_quantlibs_sinking_notional() -> None:
    notionals = ql.sinkingNotionals(ql.Period(4, ql.Years), ql.Monthly, 0.066, 100e6)
    balance = monthly(loan("apr = 6.6%; remaining = 48"), "balance")
    assert balance[:47] == pytest.approx(np.array(notionals)[1:48], rel=1e-10)


def test_a_type_that_does_not_exist_is_refused_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text("principal,apr,remaining,type\n$5,5%,12,level\n$5,5%,12,baloon\n")
    item = 'loan_pool p each row in "tape.csv" { cut_off = 2017-01-01; collected = collection }'
    with pytest.raises(DealError, match="library knows") as caught:
        run(item, tmp_path, balance="sum(p.balance)")
    assert "tape.csv" in str(caught.value)


# ------------------------------------------------------------------------------------- speeds


@pytest.mark.parametrize(
    ("psa", "prepaid", "total"), [("100%", [267_470, 334_198], [535_005, 603_364]), ("165%", [442_389], [709_923])]
)
def test_psa_is_the_published_pass_through(psa: str, prepaid: list[int], total: list[int]) -> None:
    """Fabozzi, Bond Markets, Analysis and Strategies: $400m, a rate of 8.125%, 357 months to come, 3 months old."""
    item = f"""loan_pool p {{ principal = $400m; apr = 8.125%; cut_off = 2017-01-01; remaining = 357; seasoning = 3
  collected = collection; psa = {psa}; servicing = 0.625% }}"""
    result = run(
        item,
        prepaid="p.prepaid",
        total="p.principal_paid",
        net="p.interest - p.servicing_cost",
        scheduled="p.scheduled",
        instalment="p.interest + p.scheduled",
    )
    assert monthly(result, "prepaid")[: len(prepaid)] == pytest.approx(prepaid, abs=0.6)
    assert monthly(result, "total")[: len(total)] == pytest.approx(total, abs=0.6)
    assert monthly(result, "net")[0] == pytest.approx(2_500_000)
    assert monthly(result, "scheduled")[0] == pytest.approx(267_535, abs=0.6)
    assert monthly(result, "instalment")[0] == pytest.approx(2_975_868, abs=0.6)


@pytest.mark.parametrize(
    ("age", "cdr"), [(1, 0.02), (29, 0.58), (30, 0.60), (60, 0.60), (61, 0.5905), (90, 0.315), (120, 0.03), (200, 0.03)]
)
def test_sda_climbs_holds_and_falls(age: int, cdr: float) -> None:
    result = run("", cdr=f"sda_cdr(200%, {age})")
    assert monthly(result, "cdr")[0] == pytest.approx(2 * cdr / 100, rel=1e-12)


def test_curves_by_age_from_files_hold_their_last_value(tmp_path: Path) -> None:
    (tmp_path / "curves.csv").write_text("age,cpr,cdr\n1,2%,0.5%\n2,4%,1%\n3,6%,2%\n4,10%,3.5%\n")
    items = """
term speeds : list of fraction = vector "curves.csv" column cpr
term defaults : list of fraction = vector "curves.csv" column cdr
loan_pool p { principal = $100m; apr = 6%; cut_off = 2017-01-01; remaining = 40; seasoning = 1; collected = collection
  cpr_by_age = speeds; cdr_by_age = defaults; recovery = 35%; lag = 3 months }
"""
    result = run(items, tmp_path, balance="p.balance", prepaid="p.prepaid", recovered="p.recovered", lost="p.net_loss")
    cpr, cdr = [0.02, 0.04, 0.06, 0.10], [0.005, 0.01, 0.02, 0.035]
    balance, defaulted, left = 100e6, [0.0] * 3, []
    for month in range(40):
        place = min(1 + month, 3)
        default, prepay = 1 - (1 - cdr[place]) ** (1 / 12), 1 - (1 - cpr[place]) ** (1 / 12)
        defaulted.append(balance * default)
        term = 40 - month
        balance *= ((1.005) ** term - 1.005) / (1.005**term - 1)
        balance *= 1 - default - prepay  # both of what performed the month before
        left.append(balance)
    assert monthly(result, "balance")[:40] == pytest.approx(left, rel=1e-10, abs=1e-3)
    assert monthly(result, "recovered")[:40] == pytest.approx(0.35 * np.array(defaulted[:40]), rel=1e-10)
    assert monthly(result, "lost").sum() == pytest.approx(0.65 * sum(defaulted), rel=1e-10)


def test_defaults_by_a_timing_curve_are_a_share_of_the_original_pool() -> None:
    result = loan(
        "apr = 6%; remaining = 60; lifetime = 12%; timing = [10%, 0%, 40%, 30%, 20%]",
        None,
        defaulted="p.defaulted",
        balance="p.balance",
    )
    defaulted = monthly(result, "defaulted")
    assert defaulted[:6] == pytest.approx([1.2e6, 0, 4.8e6, 3.6e6, 2.4e6, 0])
    assert defaulted.sum() == pytest.approx(12e6)
    assert abs(monthly(result, "balance")[-1]) < 1e-3


def test_a_timing_curve_takes_no_more_than_there_is() -> None:
    result = loan("apr = 0%; remaining = 2; lifetime = 90%; timing = [0%, 100%]", None, d="p.defaulted", b="p.balance")
    assert monthly(result, "d")[:3] == pytest.approx([0, 50e6, 0])
    assert abs(monthly(result, "b")[1]) < 1e-3


# ------------------------------------------------------------------------------------- delinquency

RATES = {
    "to_30": 0.03,
    "to_60": 0.35,
    "to_90": 0.55,
    "to_default": 0.75,
    "cured_30": 0.30,
    "cured_60": 0.10,
    "cured_90": 0.05,
}
ROLLS = "roll_rates late { collected = collection; " + "; ".join(f"{k} = {v:.0%}" for k, v in RATES.items())


def test_roll_rates_are_the_chain_of_their_matrix() -> None:
    r = RATES
    matrix = np.array(
        [
            [1 - r["to_30"], r["to_30"], 0, 0, 0],
            [r["cured_30"], 1 - r["cured_30"] - r["to_60"], r["to_60"], 0, 0],
            [r["cured_60"], 0, 1 - r["cured_60"] - r["to_90"], r["to_90"], 0],
            [r["cured_90"], 0, 0, 1 - r["cured_90"] - r["to_default"], r["to_default"]],
            [0, 0, 0, 0, 1],
        ]
    )
    items = (
        ROLLS
        + "; first_30 = 2%; first_60 = 1% }\n"
        + (
            "loan_pool p { principal = $100m; apr = 0%; remaining = 1000000; cut_off = 2017-01-01; collected = collection"
            "; mdr = late.defaulting }"
        )
    )
    result = run(items, l30="late.late_30", l60="late.late_60", l90="late.late_90", balance="p.balance")
    state = np.array([0.97, 0.02, 0.01, 0.0, 0.0])
    for month in range(MONTHS):
        state = state @ matrix
        living = state[:4] / state[:4].sum()
        found = [monthly(result, name)[month] for name in ("l30", "l60", "l90")]
        assert found == pytest.approx(living[1:], rel=1e-10)
        # Nothing is repaid here, so what is left of the pool is what has not defaulted.
        assert monthly(result, "balance")[month] == pytest.approx(100e6 * (1 - state[4]), rel=1e-4)


def test_advances_make_up_for_what_is_late_and_come_back() -> None:
    items = """
loan_pool p { principal = $12m; apr = 6%; remaining = 24; cut_off = 2017-01-01; collected = collection }
servicer_advances a { servicer = Servicer; due = p.interest + p.scheduled; late = 5%; cured = 80%; lag = 2 months
  collected = collection; pays = collection }
receive p.interest + p.scheduled - a.missed + a.caught_up from Borrowers into available on collection
receive a.advance into available
waterfall advances from available on collection { "Advances" pay a.reimbursement up to a.caught_up }
"""
    # The order of waterfalls is that of the text: the owner's comes last.
    result = run(
        items,
        due="p.interest + p.scheduled",
        paid="a.advance.paid",
        back="a.reimbursement.paid",
        left="a.outstanding",
        owner="Owner.received",
    )
    due = monthly(result, "due")
    assert monthly(result, "paid") == pytest.approx(0.05 * due)
    assert monthly(result, "back") == pytest.approx(np.concatenate([[0, 0], 0.04 * due[:-2]]))
    assert monthly(result, "left")[-1] == pytest.approx(0.2 * 0.05 * due.sum())
    assert monthly(result, "owner")[1:24] == pytest.approx(due[1:24])


# ------------------------------------------------------------------------------------- replenishment


@settings(max_examples=10, phases=(Phase.explicit, Phase.generate), deadline=None)
@given(
    months=st.integers(1, 30),
    apr=st.integers(1, 2000),
    cpr=st.integers(0, 60),
    cdr=st.integers(0, 60),
    price=st.integers(80, 110),
    every=st.integers(1, 5),
    base=st.sampled_from(["before defaults", "after defaults"]),
)
def test_replenishment_is_the_sum_of_its_vintages(
    months: int, apr: int, cpr: int, cdr: int, price: int, every: int, base: str
) -> None:
    purchases = range(0, 24, every)
    last = f"{2017 + purchases[-1] // 12}-{purchases[-1] % 12 + 1:02}-15"
    items = f"""
schedule purchases = every {every} months on day 15 from 2017-01-15 to {last}, unadjusted
replenished_pool r {{ seller = Borrowers; pays = purchases; most = $1m; price = {price}%; apr = {apr}bp; months = {months}
  collected = collection; cpr = {cpr}%; cdr = {cdr}%; recovery = 40%; lag = 2 months; prepayment_base = "{base}" }}
account purse {{ opens = $100m from Owner }}
waterfall buying from purse on purchases {{ "Buy" pay r.purchase up to $0.5m + $1m * (number of purchases dates to date) / 100 }}
waterfall remainder from purse on 2021-12-31 {{ "Rest" pay rest to Owner }}
"""
    names = ("interest", "scheduled", "prepaid", "defaulted", "recovered", "principal_paid")
    result = run(items, balance="closing r.balance", **{name: f"r.{name}" for name in names})
    rate, default, prepay = apr / 120_000, 1 - (1 - cdr / 100) ** (1 / 12), 1 - (1 - cpr / 100) ** (1 / 12)
    meant = {name: np.zeros(MONTHS) for name in ("balance", *names)}
    for number, bought in enumerate(purchases, start=1):
        balance = min(0.5e6 + 1e4 * number, 1e6) / (price / 100)
        for age in range(1, months + 1):
            month = bought + age - 1
            if month >= MONTHS:
                break
            lost = balance * default
            interest = (balance - lost) * rate
            term = months - age + 1
            scheduled = (balance - lost) * rate / ((1 + rate) ** term - 1)
            left = balance - lost - scheduled
            untouched = balance * (1 - rate / ((1 + rate) ** term - 1))
            prepaid = min(untouched * prepay, left) if base == "before defaults" else left * prepay
            balance -= lost + scheduled + prepaid
            for name, amount in zip(names, (interest, scheduled, prepaid, lost, 0.0, scheduled + prepaid), strict=True):
                meant[name][month] += amount
            meant["balance"][month] += balance
    meant["recovered"] = np.concatenate([[0, 0], 0.4 * meant["defaulted"][:-2]])
    for name, amounts in meant.items():
        assert monthly(result, name) == pytest.approx(amounts, rel=1e-7, abs=0.02), name


def test_a_revolving_period_that_ends_buys_no_more() -> None:
    items = """
replenished_pool r { seller = Borrowers; pays = collection; most = $1m; revolving = date <= 2017-06-30; apr = 5%
  months = 12; collected = collection }
account purse { opens = $100m from Owner }
waterfall buying from purse on collection { "Buy" pay r.purchase up to $2m; pay rest to Owner }
"""
    result = run(items, bought="r.purchase.paid")
    assert monthly(result, "bought")[:8] == pytest.approx([1e6, 0, 0, 0, 0, 0, 0, 0])


def test_receivables_hold_their_balance_while_what_is_repaid_is_drawn_again() -> None:
    items = """
receivables c { principal = $500m; yield = 18%; payment_rate = 20%; charge_off = 6%; recovery = 20%; lag = 1 month
  drawn = if date <= 2018-12-31 then 100% else 0%; collected = collection }
"""
    result = run(items, balance="c.balance", charges="c.finance_charges", repaid="c.repaid", lost="c.defaulted")
    balance = monthly(result, "balance")
    assert balance[:24] == pytest.approx(500e6)
    assert monthly(result, "charges")[:24] == pytest.approx(7.5e6)
    assert monthly(result, "lost")[:24] == pytest.approx(2.5e6)
    assert monthly(result, "repaid")[:24] == pytest.approx(0.2 * 497.5e6)
    assert balance[24:] == pytest.approx(500e6 * (0.995 * 0.8) ** np.arange(1, 37))


# ------------------------------------------------------------------------------------- a tape


def test_a_tape_of_mixed_loans_is_the_sum_of_its_loans(tmp_path: Path) -> None:
    kinds = ["level", "balloon", "bullet", "interest-only", "straight-line"]
    rng = np.random.default_rng(5)
    rows = []
    for number in range(60):
        term = int(rng.integers(3, 58))
        rows.append(
            (
                number + 1,
                f"{rng.integers(10, 900)}_000".replace("_", ""),
                f"{rng.uniform(1, 15):.4f}%",
                term,
                kinds[number % 5],
                term + 36,
                min(term - 1, 7),
            )
        )
    with (tmp_path / "tape.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "principal", "apr", "remaining", "type", "amortisation", "interest_only"))
        writer.writerows(rows)
    item = 'loan_pool p each row in "tape.csv" { cut_off = 2017-01-01; collected = collection }'
    result = run(item, tmp_path, balance="sum(p.balance)", paid="sum(p.principal_paid)", interest="sum(p.interest)")
    meant = np.zeros(MONTHS)
    for _, principal, apr, term, kind, amortisation, interest_only in rows:
        one = alone(str(kind), float(str(apr).rstrip("%")) / 100, int(term), int(amortisation), int(interest_only))
        meant += one * float(principal) / 100e6
    assert monthly(result, "balance") == pytest.approx(meant, rel=1e-9, abs=1e-2)
    assert monthly(result, "paid").sum() == pytest.approx(sum(float(row[1]) for row in rows), rel=1e-12)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("-$5,5%,12,0,level,12", "Balance is not negative"),
        ("$5,5%,-12,0,level,12", "counted from none"),
        ("$5,5%,12,-1,level,12", "counted from none"),
        ("$5,5%,12,0,balloon,6", "balloon loan amortises"),
        ("$5,5%,12,0,teaser,12", "type that the library knows"),
    ],
)
def test_a_row_that_cannot_be_is_refused_at_its_place(tmp_path: Path, row: str, said: str) -> None:
    head = "principal,apr,remaining,seasoning,type,amortisation"
    (tmp_path / "tape.csv").write_text(f"{head}\n$5,5%,12,0,level,12\n{row}\n")
    item = 'loan_pool p each row in "tape.csv" { cut_off = 2017-01-01; collected = collection }'
    with pytest.raises(DealError) as caught:
        run(item, tmp_path, balance="sum(p.balance)")
    assert [one.code for one in caught.value.diagnostics if one.code.startswith("E")] == ["E0280"]
    assert said in str(caught.value)
    assert "tape.csv:3" in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ("to_60 = 80%; cured_30 = 40%", "What rolls and is cured is not more than those 30 days behind"),
        ("to_60 = 80%; to_90 = 120%", "What rolls and is cured is not more than those 60 days behind"),
        ("to_60 = 80%; cured_90 = -5%", "What rolls and is cured is not more than those 90 days behind"),
        ("to_60 = 80%; to_30 = 3", "Those that are current miss a payment or do not"),
    ],
)
def test_a_bucket_rolls_no_more_than_it_holds(fields: str, label: str) -> None:
    given = {"to_30": "3%", "to_60": "80%", "to_90": "50%", "to_default": "50%"}
    given |= dict(field.split(" = ") for field in fields.split("; "))
    deal = f"""
    deal "Rolls" {{ language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }}
    use pools
    party Trust
    schedule collection = monthly on the last day from 2026-01-31 to 2026-12-31, unadjusted
    roll_rates late {{ collected = collection; {"; ".join(f"{name} = {value}" for name, value in given.items())} }}
    report {{ late.late_30 }}
    """
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(deal)
    (one,) = (one for one in raised.value.diagnostics if one.severity == "error")
    assert one.code == "E0280"
    assert one.message.endswith(label)
