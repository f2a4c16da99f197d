"""Credit derivatives of the library: what they pay, by hand, and what they are worth, by the standard model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import indenture
import numpy as np
import pytest
from indenture.dsl.api import DealError
from indenture.engine.credit import DiscountCurve, bootstrap, cds_maturity, cds_schedule, legs

COUPONS = (
    'schedule coupons = quarterly on day 20 from 2026-03-20 to 2030-12-20, following, calendar "weekends only", '
    "accrual adjusted, accrual from 2025-12-22, inclusive last"
)
HEAD = f"""
deal "Credit" {{ language = 1; currency = USD; closing = 2026-01-15; issuer = Bank }}
use credit, debt
party Bank, Dealer, Fund
party OpenLab {{ credit = openlab }}
rate_curve usd {{ zero = 4% }}
credit_curve openlab {{ rates = usd; spreads = [1 year: 210bp, 3 years: 300bp, 5 years: 380bp]; recovery = 40% }}
{COUPONS}
"""
CDS = "buyer = Bank; seller = Dealer; reference = OpenLab; coupon = 500bp; pays = coupons; maturity = 2030-12-20; recovery = 40%"


def series(
    body: str, *names: str, folder: Path | None = None, scenario: int = 0, **options: Any
) -> list[np.ndarray[Any, Any]]:
    deal = indenture.compile(HEAD + body, folder=folder)
    found = deal.run(keep=names, **options)
    return [found[name].values[:, scenario] for name in names]


def test_a_swap_that_tracks_a_balance_pays_on_it_piece_by_piece() -> None:
    body = f"""
schedule steps = dates [2026-04-20, 2026-06-22, 2028-03-20]
state balance on steps = $100m, then opening balance - (if date is 2026-04-20 then $40m else $0)
cds hedge {{ {CDS}; notional = balance }}
settle hedge.premium, hedge.protection on coupons
scenario "Default" {{ OpenLab.default = 2026-08-01 }}
"""
    premium, protection = series(body, "hedge.premium.paid", "hedge.protection.paid", scenario=1)
    dates = indenture.compile(HEAD + body).program.dates
    paid = {str(day): amount for day, amount in zip(dates, premium, strict=True) if amount}
    # 20 March to 20 April on $100m, to 22 June on $60m; then to 1 August, counted: 41 days.
    assert paid == {
        "2026-03-20": pytest.approx(100e6 * 0.05 * 88 / 360),
        "2026-06-22": pytest.approx(100e6 * 0.05 * 31 / 360 + 60e6 * 0.05 * 63 / 360),
        "2026-09-21": pytest.approx(60e6 * 0.05 * 41 / 360),
    }
    assert protection.sum() == pytest.approx(60e6 * 0.6)


def test_the_mark_of_an_amortising_swap_is_that_of_the_contracts_it_is_made_of() -> None:
    body = f"""
define plan = straight_line($100m, coupons)
cds hedge {{ {CDS}; notional = previous plan; amortising = true }}
settle hedge.premium, hedge.protection on coupons
report {{ hedge.mark }}
"""
    (marks,) = series(body, "hedge.mark")
    traded = "2026-01-15"
    rates = DiscountCurve.flat(traded, 0.04)
    pillars = [cds_schedule(traded, cds_maturity(traded, f"{years}Y")) for years in (1, 3, 5)]
    credit = bootstrap(pillars, rates, [0.021, 0.03, 0.038], 0.4)
    worth = 0.0
    for step in range(20):
        month = 2 + 3 * step
        found = legs(cds_schedule(traded, f"{2026 + month // 12}-{month % 12 + 1:02d}-20"), rates, credit)
        worth += 5e6 * float((0.6 * found.loss - 0.05 * found.premium)[0])
    assert marks[0] == pytest.approx(worth, rel=1e-12)
    assert marks[-1] == 0


def test_the_sellers_default_ends_the_contract_and_what_it_fails_to_cover_is_said() -> None:
    body = f"""
cds hedge {{ {CDS}; notional = $10m; upfront = -$300_000 }}
settle hedge.fee, hedge.rebate on closing
settle hedge.premium, hedge.protection on coupons
report {{ hedge.uncovered, hedge.mark, hedge.exposure }}
scenario "Both"  {{ Dealer.default = 2027-02-01; OpenLab.default = 2027-06-01 }}
scenario "Same day" {{ Dealer.default = 2027-06-01; OpenLab.default = 2027-06-01 }}
scenario "After" {{ Dealer.default = 2028-06-01; OpenLab.default = 2027-06-01 }}
scenario "Before it paid" {{ Dealer.default = 2027-06-03; OpenLab.default = 2027-06-01 }}
scenario "Gone before" {{ OpenLab.default = 2025-06-01 }}
"""
    deal = indenture.compile(HEAD + body)
    names = (
        "hedge.rebate.paid",
        "hedge.protection.paid",
        "hedge.uncovered",
        "hedge.premium.paid",
        "hedge.mark",
        "hedge.exposure",
    )
    found = deal.run(keep=names)
    rebate, protection, uncovered, premium = (found[name].values.sum(axis=0) for name in names[:4])
    assert rebate.tolist() == [300_000] * 6
    assert protection.tolist() == [0, 0, 0, pytest.approx(6e6), 0, 0]
    assert uncovered.tolist() == [0, pytest.approx(6e6), pytest.approx(6e6), 0, pytest.approx(6e6), 0]
    # 22 December 2025 to 1 February 2027, counted.
    assert premium[1] == pytest.approx(10e6 * 0.05 * 407 / 360)
    mark, exposure = found["hedge.mark"].values, found["hedge.exposure"].values
    assert (exposure == np.maximum(mark, 0)).all()
    assert (mark[:, 1] == 0).sum() > (mark[:, 0] == 0).sum()


def test_an_index_is_the_sum_of_its_names_on_every_date(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("id,weight,spread,recovery\nA,50%,80bp,40%\nB,30%,200bp,35%\nC,20%,500bp,25%\n")
    body = """
basket_name names each row in "names.csv" { rates = usd; maturity = 2030-12-20 }
credit_index basket { buyer = Bank; seller = Dealer; names = names; notional = $100m; coupon = 100bp; pays = coupons; maturity = 2030-12-20 }
settle basket.premium, basket.protection on coupons
scenario "C" { names.default = if names.spread is 500bp then 2028-01-05 else never }
"""
    for name, weight, spread, recovery in (("a", 50, 80, 40), ("b", 30, 200, 35), ("c", 20, 500, 25)):
        body += f"""
credit_curve curve_{name} {{ rates = usd; spreads = [2030-12-20: {spread}bp]; recovery = {recovery}% }}
party {name.upper()} {{ credit = curve_{name} }}
cds on_{name} {{ buyer = Bank; seller = Dealer; reference = {name.upper()}; notional = ${weight}m; coupon = 100bp; pays = coupons; maturity = 2030-12-20; recovery = {recovery}% }}
settle on_{name}.premium, on_{name}.protection on coupons
"""
    body += 'report { basket.mark, on_a.mark, on_b.mark, on_c.mark }\nscenario "C alone" { C.default = 2028-01-05 }'
    deal = indenture.compile(HEAD + body, folder=tmp_path)
    kinds = ("premium.paid", "protection.paid", "mark")
    names = [f"{one}.{kind}" for one in ("basket", "on_a", "on_b", "on_c") for kind in kinds]
    found = deal.run(keep=names)
    for kind in kinds:
        singles = [found[f"on_{name}.{kind}"].values for name in "abc"]
        for column, single in ((0, 0), (1, 2)):
            together = sum(one[:, single] for one in singles)
            assert found[f"basket.{kind}"].values[:, column] == pytest.approx(together, rel=1e-11, abs=1e-6)
    assert found["basket.protection.paid"].values[:, 1].sum() == pytest.approx(20e6 * 0.75)


def test_an_index_knows_names_that_have_left_it_and_either_sides_default(tmp_path: Path) -> None:
    """A name that defaulted before closing was settled then; what the seller fails to pay is said."""
    rows = "id,weight,spread,recovery,default\nA,50%,80bp,40%,2027-05-03\nB,30%,200bp,35%,never\nC,20%,500bp,25%,2025-03-03\n"
    (tmp_path / "names.csv").write_text(rows)
    body = """
basket_name names each row in "names.csv" { rates = usd; maturity = 2030-12-20 }
credit_index basket { buyer = Bank; seller = Dealer; names = names; notional = $100m; coupon = 100bp; pays = coupons; maturity = 2030-12-20 }
settle basket.premium, basket.protection on coupons
scenario "Seller" { Dealer.default = 2027-05-20 }
scenario "Buyer"  { Bank.default = 2027-05-01 }
report { basket.uncovered, basket.factor, basket.mark }
"""
    names = ("basket.protection.paid", "basket.uncovered", "basket.premium.paid", "basket.factor", "basket.mark")
    found = indenture.compile(HEAD + body, folder=tmp_path).run(keep=names)
    protection, uncovered = (found[name].values.sum(axis=0).tolist() for name in names[:2])
    assert protection == [pytest.approx(30e6), 0, 0]
    assert uncovered == [0, pytest.approx(30e6), 0]
    # The first period has 88 days, on the 80% that are left.
    assert found[names[2]].values[1, 0] == pytest.approx(80e6 * 0.01 * 88 / 360)
    assert found[names[3]].values[0].tolist() == pytest.approx([0.8] * 3)
    assert (found[names[4]].values[-3:, 1:] == 0).all()


def test_rows_that_cannot_be_read_are_the_only_fault(tmp_path: Path) -> None:
    """What the index reads of its names, by their own words, is not said to be unknown as well."""
    (tmp_path / "names.csv").write_text("id,weight,spread,recovery\nA,50%,lots,40%\nB,30%,200bp\n")
    body = """
basket_name names each row in "names.csv" { rates = usd; maturity = 2030-12-20 }
credit_index basket { buyer = Bank; seller = Dealer; names = names; notional = $100m; coupon = 100bp; pays = coupons; maturity = 2030-12-20 }
settle basket.premium, basket.protection on coupons
report { basket.mark }
"""
    with pytest.raises(DealError) as caught:
        indenture.compile(HEAD + body, folder=tmp_path)
    assert sorted(one.code for one in caught.value.diagnostics) == ["E0233", "E0236"]
    assert all(one.help != "" for one in caught.value.diagnostics)


def test_names_of_a_basket_default_at_the_rate_of_their_curves(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("id,weight,spread,recovery\nA,50%,80bp,40%\nB,50%,900bp,35%\n")
    body = """
basket_name names each row in "names.csv" { rates = usd; maturity = 2030-12-20 }
credit_index basket { buyer = Bank; seller = Dealer; names = names; notional = $100m; coupon = 100bp; pays = coupons; maturity = 2030-12-20 }
settle basket.premium, basket.protection on coupons
simulate { paths = 20_000; names.default drawn from first_default(names.curve) }
report { "gone" = 1 - basket.factor, "meant" = sum(names.weight * default_probability(names.curve, date)) }
"""
    found = indenture.compile(HEAD + body, folder=tmp_path).run(paths=20_000, seed=11)
    gone, meant = found["gone"].values.mean(axis=-1), found["meant"].values.mean(axis=-1)
    assert np.abs(gone - meant).max() < 5 * 0.25 / np.sqrt(20_000)
    assert meant[-1] > 0.2


SETTLED = "settle hedge.fee, hedge.rebate on closing\nsettle hedge.premium, hedge.protection on coupons\nreport { hedge.mark }"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (CDS.replace("OpenLab", "Fund") + "; notional = $1m", "E0650"),
        (CDS + "; notional = EUR 1m; upfront = EUR 1", "E0660"),
        (CDS.replace("seller = Dealer", "seller = Bank") + "; notional = $1m", "E0280"),
        (CDS.replace("recovery = 40%", "recovery = 140%") + "; notional = $1m", "E0280"),
    ],
)
def test_a_contract_that_makes_no_sense_is_a_diagnostic(fields: str, code: str) -> None:
    with pytest.raises(DealError) as caught:
        indenture.compile(f"{HEAD}cds hedge {{ {fields} }}\n{SETTLED}").run()
    assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == [code]


@pytest.mark.parametrize("word", ["index", "note"])
def test_what_would_be_paid_after_the_last_date_is_a_diagnostic(tmp_path: Path, word: str) -> None:
    (tmp_path / "names.csv").write_text("id,weight,spread,recovery\nA,50%,80bp,40%\nB,50%,200bp,35%\n")
    body = {
        "index": """
basket_name names each row in "names.csv" { rates = usd; maturity = 2031-12-20 }
credit_index it { buyer = Bank; seller = Dealer; names = names; notional = $1m; coupon = 1%; pays = coupons; maturity = 2031-12-20 }
settle it.premium, it.protection on coupons
report { it.mark }""",
        "note": """
credit_linked_note it { issuer = Bank; holder = Fund; reference = OpenLab; size = $1m; coupon = 8%; pays = coupons
  maturity = 2031-12-20; recovery = 40%; accrual = actual/360 }
settle it.advance on closing
settle it.interest, it.principal on coupons""",
    }[word]
    with pytest.raises(DealError, match="last payment date") as caught:
        indenture.compile(HEAD + body, folder=tmp_path)
    assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == ["E0280"]


def test_an_index_in_the_market_after_three_names_have_left_it(tmp_path: Path) -> None:
    """122 of 125 names alike: 97.6% of the notional at their common spread, as a single name's contract on as much."""
    rows = "".join(f"n{place},Name {place},0.8%,55bp,40%\n" for place in range(125))
    (tmp_path / "names.csv").write_text("id,name,weight,spread,recovery\n" + rows)
    body = """
basket_name names each row in "names.csv" { rates = usd; maturity = 2030-12-20 }
credit_index it { buyer = Bank; seller = Dealer; names = names; notional = $125m; coupon = 1%; pays = coupons; maturity = 2030-12-20 }
credit_curve alike { rates = usd; spreads = [2030-12-20: 55bp]; recovery = 40% }
settle it.premium, it.protection on coupons
scenario "Three gone" {
  names.default = if names.name is "Name 3" or names.name is "Name 4" or names.name is "Name 5" then 2025-06-02 else never
}
report {
  "mark" = it.mark on closing, "single" = mark_to_market(alike, $125m, 1%, 2030-12-20)
  "paid" = total(it.premium.paid), "protected" = total(it.protection.paid), "intrinsic" = it.intrinsic on closing
}
"""
    found = indenture.compile(HEAD + body, folder=tmp_path).run()
    mark, single, paid, protected, intrinsic = (
        np.ravel(found[one].values) for one in ("mark", "single", "paid", "protected", "intrinsic")
    )
    assert mark == pytest.approx(single[0] * np.array([1, 0.976]), rel=1e-11)
    assert paid[1] == pytest.approx(0.976 * paid[0], rel=1e-12)
    assert protected.tolist() == [0, 0]
    assert intrinsic == pytest.approx([0.0055, 0.0055], rel=1e-11)


def test_weights_of_more_than_the_whole_are_a_failed_check(tmp_path: Path) -> None:
    body = """
basket_name names each row in "names.csv" { rates = usd; maturity = 2030-12-20 }
credit_index it { buyer = Bank; seller = Dealer; names = names; notional = $1m; coupon = 1%; pays = coupons; maturity = 2030-12-20 }
settle it.premium, it.protection on coupons
report { it.mark }
"""
    for second, sound in (("50.02%", True), ("60%", False)):
        (tmp_path / "names.csv").write_text(f"id,weight,spread,recovery\nA,50%,80bp,40%\nB,{second},200bp,35%\n")
        assert indenture.compile(HEAD + body, folder=tmp_path).run().passed is sound


def test_a_swap_tracks_a_tranche_that_losses_write_down() -> None:
    """The fund has sold protection on a slice of the bank's loans, and buys it on the bank for as much as is left."""
    body = """
use risk_transfer
credit_curve bank { rates = usd; hazard = 1%; recovery = 40% }
flow lost on coupons = if date is 2027-06-21 then $80m else $0
tranche mezzanine { buyer = Bank; seller = Fund; pool = $1_000m; attachment = 5%; detachment = 15%; spread = 6%; pays = coupons }
retained_slice first  { pool = $1_000m; attachment = 0%; detachment = 5% }
retained_slice senior { pool = $1_000m; attachment = 15% }
allocate losses lost on coupons to first.loss, then mezzanine.loss, then senior.loss
settle mezzanine.premium, mezzanine.protection on coupons
cds counterparty { buyer = Fund; seller = Dealer; reference = Bank; notional = mezzanine.balance
  coupon = 100bp; pays = coupons; maturity = 2030-12-20; recovery = 40% }
settle counterparty.premium, counterparty.protection on coupons
scenario "Bank" { Bank.default = 2028-01-02 }
"""
    head = HEAD.replace("party Bank,", "party Bank { credit = bank }\nparty")
    deal = indenture.compile(head + body)
    names = ("mezzanine.balance", "counterparty.premium.paid", "counterparty.protection.paid")
    found = deal.run(keep=names)
    dates = [str(day) for day in deal.program.dates]
    balance, premium, protection = (found[name].values for name in names)
    assert balance[-1, 0] == pytest.approx(70e6)
    assert premium[dates.index("2027-06-21"), 0] == pytest.approx(100e6 * 0.01 * 91 / 360)
    assert premium[dates.index("2027-09-20"), 0] == pytest.approx(70e6 * 0.01 * 91 / 360)
    assert protection[:, 1].sum() == pytest.approx(70e6 * 0.6)


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("C,20%,500bp,125%", "E0280", "names.csv"),
        ("C,20%,-5bp,25%", "E0280", "names.csv"),
        ("C,20%,lots,25%", "E0236", "row 4, column 3"),
        ("B,20%,500bp,25%", "E0237", "names.csv"),
    ],
)
def test_a_bad_row_of_an_index_is_said_with_its_place(tmp_path: Path, row: str, code: str, words: str) -> None:
    (tmp_path / "names.csv").write_text(f"id,weight,spread,recovery\nA,50%,80bp,40%\nB,30%,200bp,35%\n{row}\n")
    body = (
        'basket_name names each row in "names.csv" { rates = usd; maturity = 2030-12-20 }\nreport { sum(names.cost) }'
    )
    with pytest.raises(DealError) as caught:
        indenture.compile(HEAD + body, folder=tmp_path)
    found = [one for one in caught.value.diagnostics if one.severity == "error"]
    assert [one.code for one in found] == [code]
    assert words in str(caught.value)


def test_a_row_whose_curve_crosses_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("id,near,far\nA,100bp,120bp\nB,2_000bp,200bp\nC,50bp,90bp\n")
    body = """
component two_points {
  near : rate
  far  : rate
  credit_curve curve { rates = usd; spreads = [1 year: near, 5 years: far]; recovery = 40% }
}
two_points names each row in "names.csv"
report { "alive" = sum(survival_probability(names.curve, 2030-01-15)) }
"""
    with pytest.raises(DealError, match=r"names.csv, row 3 \(B\): the spread at 5 years") as caught:
        indenture.compile(HEAD + body, folder=tmp_path)
    assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == ["E0659"]
