"""The circle of suppliers, customers and lenders, against a book kept by hand."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path

import indenture
import pytest

from ..dsl.graph_oracle import circles

DEAL = Path(__file__).resolve().parents[2] / "examples" / "circle.deal"
QUARTERS = [datetime.date(2026 + (3 * k + 3) // 12, 1 + (3 * k + 3) % 12, 15) for k in range(20)]
BN = 10**9


class Book:
    """Quarter by quarter: what each claim pays, and what is missed, in dollars.

    ``fails``: the day of the laboratory's default; ``stops``: from when the vendor invests no more.
    """

    def __init__(self, fails: datetime.date | None = None, stops: datetime.date | None = None) -> None:
        self.paid: dict[str, Fraction] = {}
        self.missed: dict[str, Fraction] = {}
        self.cash = [Fraction(10 * BN)]
        self.at_default: dict[str, Fraction] = {}
        balance = Fraction(0)
        before = datetime.date(2026, 1, 15)
        for number, day in enumerate(QUARTERS, start=1):
            alive = fails is None or day < fails
            sales = Fraction(13, 4) * BN * Fraction(11, 10) ** (number - 1)
            interest = balance * Fraction(8, 100) * (day - before).days / 360
            principal = min(Fraction(17, 2) * BN / 16, balance) if number > 4 else Fraction(0)
            lent = Fraction(17, 8) * BN if number <= 4 else Fraction(0)
            self.pay("investment", Fraction(5, 2) * BN if alive and (stops is None or day < stops) else 0)
            self.pay("subscriptions", sales if alive else 0)
            self.pay("warrants", Fraction(1, 2) * BN if alive else 0)
            owed = {"compute": Fraction(112, 100) * BN, "share": sales / 5, "services": 2 * BN, "rival_chips": BN}
            for name, amount in owed.items():
                (self.pay if alive else self.miss)(name, Fraction(amount))
            self.pay("lending", lent)
            self.pay("paid_in", lent / 9)
            self.pay("chips", lent * 10 / 9)
            self.pay("rent", interest + principal)
            self.pay("interest", interest)
            self.pay("principal", principal)
            balance += lent - principal
            spent = sum(owed.values()) if alive else Fraction(0)
            running = sales * Fraction(45, 100) if alive else Fraction(0)
            came = (Fraction(5, 2) * BN if alive and (stops is None or day < stops) else 0) + (sales if alive else 0)
            self.cash.append(self.cash[-1] + came - spent - running)
            if not alive and not self.at_default:
                left = Fraction(112, 100) * BN * (20 - number)
                self.at_default = {"balance": balance, "left": left, **self.missed}
            before = day

    def pay(self, name: str, amount: Fraction | int) -> None:
        self.paid[name] = self.paid.get(name, Fraction(0)) + amount

    def miss(self, name: str, amount: Fraction) -> None:
        self.missed[name] = self.missed.get(name, Fraction(0)) + amount

    def edges(self) -> dict[tuple[str, str, str], Fraction]:
        """Size by payer, payee and kind, of the kinds that the report asks circles over."""
        paid, owed = self.paid, self.missed
        whole = {name: amount + owed.get(name, 0) for name, amount in {**dict.fromkeys(owed, 0), **paid}.items()}
        return {
            ("Vendor", "Lab", "equity"): whole["investment"],
            ("Users", "Lab", "sales"): whole["subscriptions"],
            ("Lab", "Cloud", "sales"): whole["compute"],
            ("Lab", "Partner", "revenue_share"): whole["share"],
            ("Lab", "Partner", "sales"): whole["services"],
            ("Lab", "Rival", "supply"): whole["rival_chips"],
            ("Rival", "Lab", "warrants"): whole["warrants"],
            ("Cloud", "SPV", "equity"): whole["paid_in"],
            ("SPV", "Vendor", "supply"): whole["chips"],
            ("Cloud", "SPV", "rent"): whole["rent"],
            ("Partner", "Lab", "equity"): Fraction(27, 100) * 30 * BN,
            ("Vendor", "Cloud", "equity"): Fraction(5, 100) * 4 * BN,
            ("Vendor", "Cloud", "guarantee"): Fraction(63, 10) * BN,
        }


@pytest.fixture(scope="module")
def result() -> indenture.Results:
    return indenture.load(DEAL).run(keep=["lab_cash"])


BOOKS = {
    "base": Book(),
    "The vendor stops investing": Book(stops=datetime.date(2027, 1, 1)),
    "The laboratory fails": Book(fails=datetime.date(2028, 2, 1)),
}


def test_every_check_of_the_deal_holds(result: indenture.Results) -> None:
    assert [check.name for check in result.checks if not check.passed] == []


@pytest.mark.parametrize("scenario", BOOKS)
def test_circles_and_their_smallest_edges(result: indenture.Results, scenario: str) -> None:
    # Equity and what an instrument pays back are no circle: here no two edges between two parties are of one instrument.
    edges = BOOKS[scenario].edges()
    wanted = {walk: min(edges[edge] for edge in walk) for walk in circles(edges, 5)}
    table = result.tables["Circles"]
    assert len(table) == len(wanted) == 9
    by_name = {}
    for walk, size in wanted.items():
        names = [edge[0] for edge in walk]
        kinds = [edge[2] for edge in walk]
        for turn in range(len(walk)):  # the same circle, from whichever party the deal begins it with
            turned = names[turn:] + names[:turn]
            by_name[" -> ".join([*turned, turned[0]]), ", ".join(kinds[turn:] + kinds[:turn])] = size
    for names_, kinds_, size, edge in table.rows(scenario):
        assert size == pytest.approx(float(by_name[str(names_), str(kinds_)])), (names_, kinds_)
        assert str(edge).rsplit(", ", 1)[1] in str(kinds_)


@pytest.mark.parametrize("scenario", BOOKS)
def test_cash_from_outside_and_when_it_runs_out(result: indenture.Results, scenario: str) -> None:
    book = BOOKS[scenario]
    lane = list(result.scenarios).index(scenario)
    everything = book.paid["subscriptions"] + book.paid["investment"] + book.paid["warrants"]
    assert result["Cash of the laboratory"].value(lane) == pytest.approx(float(everything))
    # Users stand in no circle; the vendor, and the second one, do.
    assert result["From outside the circles"].value(lane) == pytest.approx(float(book.paid["subscriptions"]))
    assert result["lab_cash"].values[:, lane] == pytest.approx([float(cash) for cash in book.cash])


@pytest.mark.parametrize(
    ("scenario", "spv", "cloud"),
    [
        ("The laboratory fails", Fraction(60, 100), Fraction(40, 100)),
        ("And chips are worth little", Fraction(25, 100), Fraction(20, 100)),
    ],
)
def test_who_ends_with_the_loss(result: indenture.Results, scenario: str, spv: Fraction, cloud: Fraction) -> None:
    """Followed by hand: the laboratory, then the cloud, then its vehicle if it falls too."""
    at = BOOKS["The laboratory fails"].at_default
    lost_on_lab = Fraction(80, 100)
    # The cloud: a quarter's rent and half of what is left of the contract, and its stake in the vehicle.
    on_contract = lost_on_lab * (at["compute"] + at["left"] / 2)
    assert on_contract > 4 * BN
    lease, bonds, backstop = at["balance"], Fraction(6 * BN), Fraction(63, 10) * BN
    loss = (1 - cloud) * (lease + bonds)
    made_good = min(backstop, loss)
    spv_loses = (1 - cloud) * lease * (1 - made_good / loss)
    bonds_lose = (1 - cloud) * bonds * (1 - made_good / loss)
    spv_falls = spv_loses > Fraction(9, 10) * BN
    assert spv_falls == (scenario == "And chips are worth little")
    cloud_loses = on_contract + (Fraction(9, 10) * BN if spv_falls else spv_loses)
    lenders = lost_on_lab * 4 * BN + ((1 - spv) * at["balance"] if spv_falls else 0)
    vendor = made_good + Fraction(8, 100) * 30 * BN + Fraction(5, 100) * 4 * BN
    rows = {str(row[0]): row[1:] for row in result.tables["Who bears"].rows(scenario)}
    for name, wanted in {
        "Cloud": cloud_loses,
        "SPV": spv_loses,
        "Lenders": lenders,
        "Vendor": vendor,
        "Bondholders": bonds_lose,
        "Partner": Fraction(27, 100) * 30 * BN + lost_on_lab * (at["share"] + at["services"]),
        "Rival": lost_on_lab * at["rival_chips"],
    }.items():
        assert rows[name][0] == pytest.approx(float(wanted)), name
    assert [name for name, row in rows.items() if row[4] is True] == ["Lab", "Cloud", *(["SPV"] if spv_falls else [])]
    # A failed company's owners lose its equity, each its share: what is left is borne by owners not named here.
    assert rows["Cloud"][5] == pytest.approx(0.95 * 4e9)
    assert rows["Lab"][5] == pytest.approx(0.65 * 30e9)
    assert rows["SPV"][5] == 0
    assert rows["all"][1] == pytest.approx(float(made_good))


def test_the_deal_is_drawn() -> None:
    from indenture.dsl.cli.graph import graph_lines

    lines = list(graph_lines(indenture.load(DEAL).compiled.model, "dot"))
    assert lines[0] == 'digraph "Circle" {'
    drawn = {tuple(line.split("[")[0].split(" -> ")) for line in lines if "->" in line}
    assert {(f'  "{payer}"', f'"{payee}" ') for payer, payee, _ in BOOKS["base"].edges()} <= drawn
