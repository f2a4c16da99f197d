"""Defaults carried on through the graph of parties; its tables, and what is wrong in it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import indenture
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine.serialise import dumps, loads

from .deals import codes
from .graph_deals import HEADER, NAMES, PAIRS, RING
from .graph_oracle import World, defaults

# ------------------------------------------------------------------------------------------------- defaults


def test_a_default_is_carried_on_and_the_loss_ends_somewhere() -> None:
    result = indenture.compile(
        RING + 'report { "L" = who_bears(Lab), "Then" = who_bears(Lab on 2027-04-15), "B" = loss_borne(Banks, Lab), '
        '"S" = loss_suffered(Cloud, Lab), "F" = fails(Cloud, Lab) }'
    ).run()
    # Worked by hand: the laboratory misses 1.9bn of compute, of which 80% is lost: 1.52bn is more than the cloud's
    # equity of 1bn. Banks lose 80% of 6bn and 50% of 2bn, less the 0.9bn that the vendor guarantees; the vendor also
    # loses 10% of the laboratory's equity.
    rows = {row[0]: row[1:] for row in result.tables["L"].rows("Lab fails")}
    assert rows["Cloud"] == (pytest.approx(1.52e9), 0, 0, 1e9, True, pytest.approx(1e9))
    assert rows["Banks"] == (pytest.approx(4.9e9), pytest.approx(0.9e9), 0, None, False, pytest.approx(4.9e9))
    assert rows["Vendor"] == (pytest.approx(1.2e9), 0, pytest.approx(0.9e9), 100e9, False, pytest.approx(1.2e9))
    assert rows["Lab"][4:] == (True, pytest.approx(2.7e9))
    assert all(row[1] in (0, None) for row in result.tables["L"].rows("base"))
    # While it pays, the cloud is owed nothing, and does not fail.
    then = {row[0]: row[1:] for row in result.tables["Then"].rows("base")}
    assert then["Cloud"][4] is False
    assert then["Banks"][0] == pytest.approx(4.8e9)
    assert result["B"].values.tolist() == pytest.approx([0, 4.9e9, 0])
    assert result["S"].values.tolist() == pytest.approx([0, 1.52e9, 0])
    assert result["F"].values.tolist() == [False, True, False]


def test_parties_that_are_named_fail_where_their_default_falls_each_on_its_own_date() -> None:
    text = """
    party Lab { recovery = 50% }
    party Insurer { equity = $4m; recovery = 25% }
    party Bank
    schedule year = annually on day 15 from 2027-01-15 to 2029-01-15, unadjusted
    define left = $10m * number of year dates after date
    relation notes Lab owes left to Bank
    relation other Insurer owes $8m to Bank
    relation cover Insurer protects Bank against Lab up to $6m
    scenario "Lab"     { Lab.default = 2027-01-01 }
    scenario "Insurer" { Insurer.default = 2028-01-01 }
    scenario "Both"    after "Lab", "Insurer" { left = left }
    scenario "At once" after "Lab" { Insurer.default = 2027-01-01 }
    report { "B" = loss_borne(Bank, Lab, Insurer), "I" = loss_suffered(Insurer, Lab, Insurer), "X" = total(left on year) }
    """
    result = indenture.compile(HEADER + text).run()
    # On the first date the laboratory still owes 20m. Half is lost; the insurer is called for 3m, less than its equity,
    # and pays it unless it has failed: then a quarter, and three quarters of its own 8m are lost as well.
    assert dict(zip(result.scenarios, result["B"].values.tolist(), strict=True)) == {
        "base": 0,
        "Lab": 7e6,
        "Insurer": 6e6,
        "Both": 15.25e6,
        "At once": 15.25e6,
    }
    assert result["I"].values.tolist() == [0, 3e6, 0, 3e6, 3e6]


def test_a_csv_has_an_edge_a_row(tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text(
        'id,debtor,creditor,amount,covered\na,Lab,Bank,"$6,000,000",$1000000\nb,Cloud,Bank,$2000000,$0\n'
        "c,Lab,Cloud,$3000000,$500000\n"
    )
    text = """
    party Lab { equity = $1m; recovery = 50% }
    party Cloud { equity = $1m; recovery = 25% }
    party Bank, Insurer
    component obligation {
      "What one party owes another, and what is protected of it."
      debtor, creditor : party
      amount, covered : money
      relation owed debtor owes amount to creditor
      relation cover Insurer protects creditor against debtor up to covered
    }
    obligation book each row in "edges.csv"
    report { "Edges" = edges(), "B" = loss_borne(Bank, Lab on closing), "E" = final(net_exposure(Bank, Lab)) }
    """
    deal = indenture.compile(HEADER + text, folder=tmp_path)
    assert [one.code for one in deal.diagnostics] == []
    result = deal.run()
    assert [(*row[:4], row[4]) for row in result.tables["Edges"].rows()] == [
        ("Lab", "Bank", "debt", "book.owed a", 6e6),
        ("Cloud", "Bank", "debt", "book.owed b", 2e6),
        ("Lab", "Cloud", "debt", "book.owed c", 3e6),
        ("Insurer", "Bank", "hedge", "book.cover a, book.cover b", 1e6),
        ("Insurer", "Cloud", "hedge", "book.cover c", 5e5),
    ]
    # Half of 6m and of 3m is lost, half of 1m and of 0.5m made good; the cloud loses 1.25m, more than its equity, and
    # three quarters of its 2m are lost as well.
    assert result["B"].value() == pytest.approx(3e6 - 0.5e6 + 1.5e6)
    assert result["E"].value() == pytest.approx(5e6)


def test_over_paths_a_table_shows_means_and_the_commonest_choice() -> None:
    text = RING + (
        "term spend = $2.5bn\nclaim more from Vendor to Lab on quarter = spend lapses kind equity\nsettle more\n"
        "simulate { paths = 200; spend drawn from uniform(low = $1bn, high = $2bn) }\n"
        'report { "Circles" = circles(up to 3 edges), "Losses" = who_bears(Lab on 2027-04-15) }'
    )
    result = indenture.compile(text).run(paths=200)
    table = result.tables["Circles"]
    assert len(table.rows(0)) == 2
    assert {row[3] for lane in range(200) for row in table.rows(lane)} == {
        "Vendor -> Cloud, guarantee",
        "Cloud -> Vendor, supply",
    }
    assert table.rows(7)[1][2] == pytest.approx(22.4e9)


def test_other_currencies_have_no_size_until_there_is_a_rate() -> None:
    text = RING + "claim fee from Lab to Banks on quarter = EUR 5m lapses kind fee\nsettle fee\n"
    assert codes(text + "report { edges() }", header="") == ["E0271"]
    assert codes(text + "report { circles(up to 4 edges, kinds equity, sales, supply) }", header="") == []
    euro = RING.replace("equity = $3bn", "equity = EUR 3bn")
    assert codes(euro + "report { who_bears(Lab) }", header="") == ["E0271"]
    assert codes(RING + "relation r Lab owes EUR 5m to Banks", header="") == ["E0314"]
    assert codes(RING + "relation r Vendor guarantees Lab up to EUR 5m", header="") == ["E0314"]


def test_a_party_that_may_fail_states_its_recovery() -> None:
    text = "party A { equity = $1m }\nparty B, C\nrelation r B owes $5m to A\nrelation s A owes $5m to C\n"
    assert codes(text + "report { who_bears(B on closing) }", header=HEADER) == ["E0266"]
    bank = text.replace("party B,", "party B { recovery = 0% }\nparty")
    assert codes(bank + "report { who_bears(B on closing) }", header=HEADER) == ["E0266"]
    assert (
        codes(bank.replace("$1m }", "$1m; recovery = 0% }") + "report { who_bears(B on closing) }", header=HEADER) == []
    )


def test_a_party_recovers_what_its_credit_curve_says() -> None:
    text = """
    rate_curve usd { zero = 3% }
    credit_curve lab { rates = usd; hazard = 2%; recovery = 30% }
    party Lab { credit = lab }
    party Bank
    relation notes Lab owes $10m to Bank
    scenario "Less" { lab.recovery = 10% }
    report { "B" = loss_borne(Bank, Lab on closing) }"""
    assert indenture.compile(HEADER + text).run()["B"].values.tolist() == pytest.approx([7e6, 9e6])


AMOUNTS = st.integers(0, 40).map(Fraction)


SHARES = st.integers(0, 4).map(lambda n: Fraction(n, 10))


# Stakes go from a party to one later in the alphabet, so that they make no ring.
DOWN = st.sampled_from([(a, b) for a in NAMES for b in NAMES if a < b])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    stakes = draw(st.dictionaries(DOWN, st.integers(1, 3).map(lambda n: Fraction(n, 10)), max_size=4))
    return World(
        equity=draw(st.dictionaries(st.sampled_from(NAMES), st.integers(1, 25).map(Fraction), max_size=5)),
        recovery=dict(zip(NAMES, draw(st.tuples(*[SHARES] * 5)), strict=True)),
        owed=draw(st.dictionaries(PAIRS, st.integers(1, 40).map(Fraction), max_size=10)),
        stakes=[(a, b, share) for (a, b), share in stakes.items()],
        guarantees=[(a, b, x) for (a, b), x in draw(st.dictionaries(PAIRS, AMOUNTS, max_size=3)).items()],
        protections=[
            (draw(st.sampled_from([n for n in NAMES if n != a])), a, b, x)
            for (a, b), x in draw(st.dictionaries(PAIRS, AMOUNTS, max_size=3)).items()
        ],
    )


@settings(max_examples=80, deadline=None)
@given(worlds(), st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
def test_defaults_are_those_that_following_them_one_by_one_finds(world: World, first: list[str]) -> None:
    lines = []
    for name in NAMES:
        equity = f"equity = ${world.equity[name]}; " if name in world.equity else ""
        lines.append(f"party {name} {{ {equity}recovery = {world.recovery[name] * 100}% }}")
    lines += [f"relation o{a}{b} {a} owes ${x} to {b}" for (a, b), x in world.owed.items()]
    lines += [f"relation s{a}{b} {a} owns {share * 100}% of {b}" for a, b, share in world.stakes]
    lines += [f"relation g{a}{b} {a} guarantees {b} up to ${x}" for a, b, x in world.guarantees]
    lines += [f"relation p{s}{a}{b} {s} protects {a} against {b} up to ${x}" for s, a, b, x in world.protections]
    asked = ", ".join(first)
    for name in NAMES:
        lines.append(
            f'report {{ "{name} bears" = loss_borne({name}, {asked} on closing), '
            f'"{name} loses" = loss_suffered({name}, {asked} on closing), "{name} fails" = fails({name}, {asked} on closing) }}'
        )
    result = indenture.compile(HEADER + "\n".join(lines)).run()
    expected = defaults(world, NAMES, first)
    touched = {n for pair in world.owed for n in pair} | {n for s in world.stakes for n in s[:2]}
    touched |= {n for g in world.guarantees for n in g[:2]} | {n for p in world.protections for n in p[:3]}
    for name in touched:
        assert result[f"{name} loses"].value() == pytest.approx(float(expected.lost[name]), abs=1e-9)
        assert result[f"{name} bears"].value() == pytest.approx(float(expected.borne[name]), abs=1e-9)
        assert result[f"{name} fails"].value() == (name in expected.failed)


# ------------------------------------------------------------------------------------------------- tables


def test_tables_come_out_in_every_form(tmp_path: object) -> None:
    deal = indenture.compile(RING + 'report { "Circles" = circles(), "Losses" = who_bears(Lab), "X" = inflow(Lab) }')
    result = deal.run()
    assert result.names() == ("X",)
    assert loads(dumps(deal.program)) == deal.program
    plain = json.loads(json.dumps(result.to_json()))
    first = plain["scenarios"]["Lab fails"]["tables"]["Losses"][0]
    assert first["party"] == "Vendor"
    assert first["loses"] == pytest.approx(1.2e9)
    assert plain["tables"]["Circles"]["units"] == {"circle": "", "kinds": "", "smallest": "USD", "smallest edge": ""}
    frame = result.tables["Circles"].to_pandas()
    assert list(frame.columns) == ["scenario", "circle", "kinds", "smallest", "smallest edge"]
    assert len(frame) == 2 * 3
    assert "<table>" in result.tables["Losses"]._repr_html_()
    with pytest.raises(KeyError):
        result.tables["Losses"].rows("nowhere")
    assert result.tables["Circles"].rows(0) == result.tables["Circles"].rows("base")


def test_a_table_is_no_number_and_is_reported_once() -> None:
    assert codes(RING + "expect who_bears(Lab) >= $0", header="") != []
    assert codes(RING + "define x = edges() + $1\nreport { x }", header="") != []
    assert codes(RING + "define round = count(circles())\nreport { round }", header="") == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("relation r Lab owns 10% to Cloud", "E0261"),
        ("relation r Lab owns 10%", "E0261"),
        ("relation r Lab pays $5m to Cloud", "E0261"),
        ("relation r Lab guarantees $5m", "E0261"),
        ("relation r Lab protects Cloud up to $5m", "E0261"),
        ("relation r Lab hugs Cloud", "E0261"),
        ("relation r Lab owes 5 to Cloud", "E0311"),
        ("relation r Lab owns $5m of Cloud", "E0310"),
        ("relation r Lab guarantees quarter", "E0310"),
        ("relation r Lab owes $5m to Nobody", "E0201"),
        ("report { circles(up to 0 edges) }", "E0262"),
        ("report { circles(up to 2.5 edges) }", "E0262"),
        ("report { circles(kinds sale) }", "E0263"),
        ("party X { equty = $5m }", "E0260"),
        ("party X { equity = 5 }", "E0311"),
        ("claim c from Lab to Cloud on quarter = inflow(Lab) lapses\nsettle c", "E0268"),
        ("require exposure(Lab) > $0", "E0334"),
        ("report { loss_borne(Banks) }", "E0334"),
        ("report { inflow(Lab, outside = [$1]) }", "E0269"),
    ],
)
def test_what_is_wrong_is_said(line: str, code: str) -> None:
    assert code in codes(RING + line, header="")


def test_what_a_party_states_can_be_changed_in_a_scenario() -> None:
    text = RING + 'scenario "Thick" after "Lab fails" { Cloud.equity = $2bn; Lab.recovery = 50% }\n'
    result = indenture.compile(text + 'report { "F" = fails(Cloud, Lab), "B" = loss_borne(Banks, Lab) }').run()
    assert dict(zip(result.scenarios, result["F"].values.tolist(), strict=True))["Thick"] is False
    assert dict(zip(result.scenarios, result["B"].values.tolist(), strict=True))["Thick"] == pytest.approx(3e9)


def test_a_scenario_cannot_make_a_recovery_more_than_all() -> None:
    deal = RING + 'scenario "Too much" after "Lab fails" { Lab.recovery = 25 }\nreport { "Who" = who_bears(Lab) }'
    with pytest.raises(indenture.DealError, match="Too much") as found:
        indenture.compile(deal).run()
    assert [one.code for one in found.value.diagnostics] == ["E0679"]
