"""Small graphs of parties, worked by hand: sizes, exposures after protection, losses shared, what tables hold."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest

from .deals import codes
from .graph_deals import HEADER


def found(text: str, report: str, folder: Path | None = None, scenario: str = "base") -> dict[str, float | None]:
    result = indenture.compile(f"{HEADER}{text}\nreport {{ {report} }}\n", folder=folder).run()
    at = result.scenarios.index(scenario)
    return {name: result[name].values[..., at].tolist() for name in result.names()}


def table(text: str, asked: str, scenario: str = "base") -> list[tuple[object, ...]]:
    result = indenture.compile(f'{HEADER}{text}\nreport {{ "T" = {asked} }}\n').run()
    return result.tables["T"].rows(scenario)


# ------------------------------------------------------------------------------------------------- sizes


FALLING = """
party Lab, Bank, Insurer
schedule year = annually on day 15 from 2027-01-15 to 2029-01-15, unadjusted
define left = $10m * number of year dates after date
term cap = $4m
relation notes Lab owes left to Bank
relation cover Insurer protects Bank against Lab up to cap
scenario "More" { cap = $6m }
"""


def test_the_size_of_what_falls_is_its_greatest() -> None:
    """$30m at closing, $20m, $10m, nothing; a term has one value in each scenario."""
    assert [row[4] for row in table(FALLING, "edges()")] == [30e6, 4e6]
    assert [row[4] for row in table(FALLING, "edges()", "More")] == [30e6, 6e6]


def test_a_row_of_relations_is_what_the_same_relation_by_itself_is(tmp_path: Path) -> None:
    """Below nothing too: what one row overstates is taken off."""
    (tmp_path / "rows.csv").write_text("id,debtor,amount\na,Lab,$5\nb,Cloud,-$3\n")
    rows = (
        "party Lab, Cloud, Bank\ncomponent loan {\n debtor : party\n amount : money\n"
        ' relation owed debtor owes amount to Bank\n}\nloan loans each row in "rows.csv"\n'
    )
    plain = "party Lab, Cloud, Bank\nrelation a Lab owes $5 to Bank\nrelation b Cloud owes $0 - $3 to Bank\n"
    asked = '"Lab" = final(exposure(Bank, Lab)); "Cloud" = final(exposure(Bank, Cloud))'
    assert found(rows, asked, tmp_path) == found(plain, asked) == {"Lab": 5, "Cloud": -3}


def test_of_edges_of_one_size_the_first_is_the_smallest_of_a_circle() -> None:
    text = "party A, B\nrelation x A pays $5 to B kind sales\nrelation y B pays $5 to A kind supply\n"
    assert table(text, "circles()") == [("A -> B -> A", "sales, supply", 5, "A -> B, sales")]


def test_circles_are_not_asked_in_the_course_of_the_day() -> None:
    text = (
        "party A, B\nschedule year = annually on day 15 from 2027-01-15 to 2029-01-15, unadjusted\n"
        "relation x A pays $5 to B kind sales\nrelation y B pays $5 to A kind supply\n"
        "claim c from A to B on year = highest(circles()) lapses\nsettle c\n"
    )
    assert codes(text, header=HEADER) == ["E0268"]


# ------------------------------------------------------------------------------------------------- exposures


@pytest.mark.parametrize(
    ("covers", "left"),
    [
        ("relation g One guarantees Lab to Bank up to $3\nrelation p Two protects Bank against Lab up to $4\n", 3),
        ("relation g One guarantees Lab to Bank up to $3\nrelation p Two protects Bank against Lab up to $40\n", 0),
        ("relation g One guarantees Lab to Bank up to $30\nrelation p Two protects Bank against Lab up to $4\n", 0),
        ("relation g Bank guarantees Lab up to $3\n", 10),
        ("relation g Bank guarantees Lab\n", 10),
        ("relation g One guarantees Lab to Two up to $3\n", 10),
        ("relation g One guarantees Lab\n", 0),
    ],
)
def test_protection_takes_off_what_it_covers_of_what_is_left(covers: str, left: float) -> None:
    """$10 is owed. A guarantor that is the creditor covers nothing of its own; another's guarantee covers none of it."""
    text = f"party Lab, Bank, One, Two\nrelation d Lab owes $10 to Bank\n{covers}"
    asked = '"Left" = final(net_exposure(Bank, Lab)); "On one" = final(net_exposure(Bank, One))'
    at_one = {"up to $3\nrelation": 3, "up to $30": 10, "One guarantees Lab\n": 10}
    assert found(text, asked) == {"Left": left, "On one": next((v for k, v in at_one.items() if k in covers), 0)}


# ------------------------------------------------------------------------------------------------- defaults

OWING = """
party Lab { recovery = 50% }
party Bank, Fund, Vendor
relation a Lab owes $60 to Bank
relation b Lab owes $40 to Fund
"""


@pytest.mark.parametrize(
    ("guarantee", "bank", "fund", "vendor"),
    [
        # Half of each is lost. What a guarantee pays is shared by what each loses: 30 and 20.
        ("Vendor guarantees Lab up to $10", 24, 16, 10),
        ("Vendor guarantees Lab to Bank up to $10", 20, 20, 10),
        ("Vendor guarantees Lab to Fund", 30, 0, 20),
        # The bank's guarantee serves the fund alone: of its own debt it makes nothing good to itself.
        ("Bank guarantees Lab up to $10", 40, 10, 0),
        ("Bank guarantees Lab to Fund up to $5", 35, 15, 0),
    ],
)
def test_a_guarantee_serves_the_creditors_that_it_names(
    guarantee: str, bank: float, fund: float, vendor: float
) -> None:
    asked = "; ".join(f'"{one}" = loss_suffered({one}, Lab on closing)' for one in ("Bank", "Fund", "Vendor"))
    expected = {"Bank": bank, "Fund": fund, "Vendor": vendor}
    assert found(f"{OWING}relation g {guarantee}\n", asked) == pytest.approx(expected, rel=1e-12)


def test_a_debt_of_one_is_a_debt_and_one_of_nothing_is_none() -> None:
    """A party that owes nothing needs no recovery; half of $1 is lost."""
    text = (
        "party Lab { recovery = 50% }\nparty Idle { equity = $1m }\nparty Bank\n"
        "relation a Lab owes $1 to Bank\nrelation b Idle owes $0 to Bank\n"
    )
    assert found(text, '"Bank" = loss_suffered(Bank, Lab on closing)') == {"Bank": 0.5}


def test_a_curve_that_a_condition_chooses_states_no_recovery() -> None:
    text = (
        "rate_curve usd { zero = 3% }\ncredit_curve one { rates = usd; hazard = 2%; recovery = 30% }\n"
        "credit_curve two { rates = usd; hazard = 3%; recovery = 40% }\n"
        "party Lab { credit = WHICH }\nparty Bank\nrelation notes Lab owes $10 to Bank\n"
    )
    asked = '"Bank" = loss_borne(Bank, Lab on closing)'
    assert found(text.replace("WHICH", "one"), asked) == {"Bank": pytest.approx(7)}
    chosen = text.replace("WHICH", "if true then one else two") + f"report {{ {asked} }}\n"
    assert codes(chosen, header=HEADER) == ["E0266"]


def test_none_of_no_circles_holds() -> None:
    text = "party A, B\nrelation x A pays $5 to B kind sales\nBACKrequire none of circles()\n"
    for back, holds in (("", True), ("relation y B pays $5 to A kind supply\n", False)):
        (check,) = indenture.compile(HEADER + text.replace("BACK", back)).run().checks
        assert check.holds.tolist() == [holds]


def test_who_gives_a_guarantee_and_may_fail_states_its_recovery() -> None:
    text = (
        "party Lab { recovery = 50% }\nparty Vendor { equity = $1 }\nparty Bank\nrelation a Lab owes $10 to Bank\n"
        "relation g Vendor GIVES up to $5\n"
    )
    for gives in ("guarantees Lab", "protects Bank against Lab"):
        lines = text.replace("GIVES", gives) + "report { who_bears(Lab on closing) }\n"
        assert codes(lines, header=HEADER) == ["E0266"]
        assert codes(lines.replace("equity = $1 }", "equity = $1; recovery = 0% }"), header=HEADER) == []


def test_the_table_of_losses_has_a_row_for_those_whom_it_touches() -> None:
    """Who only pays for what it buys is none of them."""
    text = f"{OWING}party Users\nrelation s Users pays $5 to Lab kind sales\n"
    rows = table(text, "who_bears(Lab on closing)")
    assert [(row[0], row[1], row[6]) for row in rows if row[0] != "Lab"] == [
        ("Bank", 30, 30),
        ("Fund", 20, 20),
        ("all", None, 50),
    ]


def test_the_table_of_leverage_adds_up_what_is_answered_for_and_not_who_owes_it() -> None:
    """$10 of the parent's own and the $30 of what it holds 60% of: $40 of it by control, $28 by shares."""
    text = """
    party Parent, Child, Bank
    relation stake Parent owns 60% of Child
    relation own Parent owes $10 to Bank
    relation its Child owes $30 to Bank
    """
    assert table(text, "leverage(Parent)") == [
        ("Parent", 1, True, 10, 10, 10, 0),
        ("Child", pytest.approx(0.6), True, 30, 30, pytest.approx(18), 0),
        ("all", None, None, None, 40, pytest.approx(28), 0),
    ]
