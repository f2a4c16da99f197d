"""Parties as a graph: edges, circles, stakes and debt, exposures."""

from __future__ import annotations

import math

import indenture
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .deals import codes, compiled, figures
from .graph_deals import HEADER, NAMES, PAIRS, RING, graph, named
from .graph_oracle import circles

# ------------------------------------------------------------------------------------------------- edges


def test_claims_receipts_and_relations_of_one_kind_are_one_edge() -> None:
    found = graph(RING)
    edges = {(e.payer.name, e.payee.name, e.kind): [s.name for s in e.sources] for e in found.edges}
    assert edges == {
        ("Vendor", "Lab", "equity"): ["investment", "holding"],
        ("Lab", "Cloud", "sales"): ["compute"],
        ("Cloud", "Vendor", "supply"): ["chips"],
        ("Users", "Lab", "sales"): ["subscriptions"],
        ("Vendor", "Cloud", "guarantee"): ["backing"],
        ("Lab", "Banks", "debt"): ["notes"],
        ("Cloud", "Banks", "debt"): ["bonds"],
    }


def test_what_acts_move_without_a_claim_is_an_edge_too() -> None:
    text = """
    account cash
    account reserve { opens = $1m from Fund }
    receive $5m from Customer into cash on payment
    receive $2m into cash on payment
    waterfall w from cash on payment { move all of reserve to cash; pay $1m to Bank; pay rest to Sponsor }
    report { "Edges" = edges() }
    """
    result = compiled(text).run()
    assert [row[:3] + row[4:] for row in result.tables["Edges"].rows()] == [
        ("Fund", "Issuer", "receipt", 1e6),
        ("Customer", "Issuer", "receipt", 20e6),
        ("Issuer", "Bank", "distribution", 4e6),
        ("Issuer", "Sponsor", "distribution", 25e6),
    ]


def test_sizes_are_what_was_paid_or_is_owed_in_each_scenario() -> None:
    result = indenture.compile(RING + 'report { "Edges" = edges() }').run()
    table = result.tables["Edges"]
    sizes = {s: {(r[0], r[1], r[2]): r[4] for r in table.rows(s)} for s in ("base", "Lab fails", "No chips")}
    # 16 quarters; the laboratory misses those from 2028-04-15 on: 8 of compute, which carry.
    assert sizes["base"]["Lab", "Cloud", "sales"] == pytest.approx(16 * 1.9e9)
    assert sizes["Lab fails"]["Lab", "Cloud", "sales"] == pytest.approx(16 * 1.9e9)
    assert sizes["No chips"]["Cloud", "Vendor", "supply"] == 0
    assert sizes["base"]["Vendor", "Cloud", "guarantee"] == 0.9e9
    # The stake's worth is not added to the cash that bought it.
    assert sizes["base"]["Vendor", "Lab", "equity"] == pytest.approx(40e9)


def test_a_loan_is_owed_its_balance_and_its_interest_what_was_missed() -> None:
    text = """
    use debt
    index SOFR = 4%
    account cash
    loan senior { holder = Bank; size = $100m; index = SOFR; margin = 0%; pays = payment; maturity = 2027-01-15
      accrual = actual/360; target = $100m - $10m * number of payment dates to date }
    receive senior.advance into cash
    waterfall uses from cash on closing { pay rest to Sponsor }
    waterfall w from cash on payment { pay senior.interest; pay senior.principal; pay rest to Sponsor }
    report { "Edges" = edges(Bank), "Owed" = exposure(Bank, Issuer), "Debt" = highest(debt_of(Issuer)) }
    """
    result = compiled(text).run()
    sizes = {row[:3]: row[4] for row in result.tables["Edges"].rows()}
    assert sizes["Issuer", "Bank", "debt"] == pytest.approx(100e6)
    assert sizes["Bank", "Issuer", "debt"] == pytest.approx(100e6)
    # Nothing is ever paid: the interest of four quarters is owed as well, and bears interest at the same rate.
    grown = math.prod(1 + 0.04 * days / 360 for days in (90, 91, 92, 92))
    assert result["Owed"].values[-1, 0] == pytest.approx(100e6 * grown)
    assert result["Debt"].value() == pytest.approx(100e6)


# ------------------------------------------------------------------------------------------------- circles


def test_circles_are_listed_with_their_smallest_edge() -> None:
    result = indenture.compile(RING + 'report { "Circles" = circles(up to 4 edges) }').run()
    table = result.tables["Circles"]
    assert table.rows("base") == [
        ("Vendor -> Cloud -> Vendor", "guarantee, supply", 0.9e9, "Vendor -> Cloud, guarantee"),
        ("Vendor -> Lab -> Cloud -> Vendor", "equity, sales, supply", pytest.approx(22.4e9), "Cloud -> Vendor, supply"),
    ]
    assert [row[2] for row in table.rows("No chips")] == [0, 0]
    assert [row[3] for row in table.rows("No chips")] == ["Cloud -> Vendor, supply"] * 2


def test_a_rule_asks_whether_cash_goes_round() -> None:
    deal = indenture.compile(
        RING + "require none of circles(up to 3 edges, kinds equity, sales, supply)\n"
        'report { "How many" = count(circles(up to 4 edges)), "Most" = highest(circles(up to 4 edges)), '
        '"All" = sum(circles()), "None" = highest(circles(kinds debt)) }'
    )
    result = deal.run()
    (check,) = result.checks
    assert check.holds.tolist() == [False, False, True]
    assert result["How many"].values.tolist() == [2, 2, 0]
    assert result["Most"].values.tolist() == pytest.approx([22.4e9, 22.4e9, 0])
    assert result["All"].values.tolist() == pytest.approx([23.3e9, 23.3e9, 0])
    assert result["None"].values.tolist() == [0, 0, 0]


def test_an_instrument_that_pays_back_what_it_took_is_no_circle() -> None:
    loan = "component note {\n a, b : party\n claim out from a to b on closing = $1m lapses\n" + (
        " claim back from b to a on closing = $1m lapses\n}\n"
    )
    two = "note one { a = P; b = Q }\nnote two { a = P; b = Q }\nsettle one.out, one.back, two.out, two.back\n"
    start = HEADER + "party P, Q\n" + loan
    assert graph(start + two).circles() == []
    rent = "claim rent from Q to P on closing = $1m lapses kind sales\nsettle rent\n"
    assert len(graph(start + two + rent).circles()) == 1
    equity = "relation share P owns 20% of Q\nclaim coupon from Q to P on closing = $1m lapses kind equity\n"
    assert graph(HEADER + "party P, Q\n" + equity + "settle coupon\n").circles() == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PAIRS, st.sampled_from(("sales", "supply"))), max_size=14, unique=True), st.integers(2, 5))
def test_circles_are_those_that_trying_every_order_finds(pairs: list[tuple[tuple[str, str], str]], most: int) -> None:
    lines = [f"relation r{n} {a} pays $1m to {b} kind {kind}" for n, ((a, b), kind) in enumerate(pairs)]
    found = graph(HEADER + f"party {', '.join(NAMES)}\n" + "\n".join(lines))
    assert named(found, most) == circles([(a, b, kind) for (a, b), kind in pairs], most)
    some = named(found, most, ("supply",))
    assert some == circles([(a, b, kind) for (a, b), kind in pairs if kind == "supply"], most)


def test_graphs_with_too_many_circles_are_refused_in_time() -> None:
    names = [f"P{n}" for n in range(30)]
    lines = [f"relation r{a}_{b} {a} pays $1 to {b} kind sales" for a in names for b in names if a != b]
    text = HEADER + f"party {', '.join(names)}\n" + "\n".join(lines)
    assert codes(text + "\nreport { circles() }", header="") == ["E0264"]
    assert codes(text + "\nreport { circles(up to 2 edges) }", header="") == []


# ------------------------------------------------------------------------------------------------- cash from outside


def test_cash_from_outside_the_circles() -> None:
    found = figures(
        RING + 'report { "All" = inflow(Lab), "Outside" = inflow(Lab, outside = circles(up to 4 edges)), '
        '"Vendor" = inflow(Vendor, outside = circles(up to 4 edges)) }',
        header="",
    )
    assert found == {
        "All": pytest.approx(16 * 3.2e9),
        "Outside": pytest.approx(16 * 0.7e9),
        "Vendor": pytest.approx(0, abs=1),
    }


# ------------------------------------------------------------------------------------------------- stakes and debt

GROUP = (
    HEADER
    + """
party Parent, Holding, Campus, Venture, Bonds, Bank
relation r1 Parent owns 80% of Holding
relation r2 Holding owns 70% of Campus
relation r3 Parent owns 20% of Venture
relation own Parent owes $10bn to Bonds
relation mezzanine Holding owes $2bn to Parent
relation project Campus owes $8bn to Bank
relation joint Venture owes $27bn to Bonds
relation backing Holding guarantees Venture up to $3bn
"""
)


def test_leverage_of_a_group() -> None:
    result = indenture.compile(
        GROUP + 'report { "Leverage" = leverage(Parent), "Consolidated" = consolidated_debt(Parent), '
        '"Through" = look_through_debt(Parent), "Guaranteed" = guaranteed_debt(Parent), "Stake" = stake(Parent, Campus) }'
    ).run()
    # Worked by hand. Consolidated: 10 + 8 (campus, 56% through 80%); the 2 is within the group; the venture is not
    # controlled. Look-through: 10 + 56% * 8 + 20% * 27, and of the 2 nothing, as all of it is owed to the parent.
    assert result["Consolidated"].value() == pytest.approx(18e9)
    assert result["Through"].value() == pytest.approx((10 + 0.56 * 8 + 0.20 * 27) * 1e9)
    assert result["Guaranteed"].value() == pytest.approx(3e9)
    assert result["Stake"].value() == pytest.approx(0.56)
    rows = {row[0]: row[1:] for row in result.tables["Leverage"].rows()}
    assert rows["Campus"] == (pytest.approx(0.56), True, 8e9, 8e9, pytest.approx(4.48e9), 0)
    assert rows["Venture"] == (pytest.approx(0.20), False, 27e9, 0, pytest.approx(5.4e9), 3e9)
    assert rows["all"][3:] == (pytest.approx(18e9), pytest.approx(19.88e9), pytest.approx(3e9))


def test_control_is_more_than_half_held_by_those_controlled() -> None:
    text = """party P, S, T, U, B
    relation a P owns 51% of S
    relation b S owns 40% of T
    relation c P owns 11% of T
    relation d S owns 50% of U
    relation e T owes $1bn to B
    relation f U owes $4bn to B
    report { "C" = consolidated_debt(P), "L" = look_through_debt(P) }"""
    found = figures(text, header=HEADER)
    assert found["C"] == pytest.approx(1e9)
    assert found["L"] == pytest.approx((0.51 * 0.40 + 0.11) * 1e9 + 0.51 * 0.5 * 4e9)


def test_stakes_in_a_ring_are_refused() -> None:
    ring = GROUP + "relation back Campus owns 1% of Parent\nreport { consolidated_debt(Parent) }"
    assert codes(ring, header="") == ["E0267"]


# ------------------------------------------------------------------------------------------------- exposures


def test_exposures_before_and_after_hedges() -> None:
    text = """party Bank, Lab, Cloud, Insurer, Parent
    relation a Lab owes $6bn to Bank
    relation b Cloud owes $3bn to Bank
    relation bb Cloud owes $1bn to Insurer
    relation c Insurer protects Bank against Lab up to $4bn
    relation d Parent guarantees Cloud up to $2bn
    report { "Table" = exposures(Bank), "Lab" = net_exposure(Bank, Lab), "Insurer" = net_exposure(Bank, Insurer) }"""
    result = indenture.compile(HEADER + text).run()
    # The guarantee serves both creditors by what each is owed: 3/4 of it is the bank's.
    assert result.tables["Table"].rows() == [
        ("Lab", 6e9, 4e9, 0, 2e9),
        ("Cloud", 3e9, 1.5e9, 0, 1.5e9),
        ("Insurer", 0, 0, 4e9, 4e9),
        ("Parent", 0, 0, 1.5e9, 1.5e9),
        ("all", 9e9, 5.5e9, 5.5e9, 9e9),
    ]
    assert (result["Lab"].values.max(), result["Insurer"].values.max()) == (2e9, 4e9)
