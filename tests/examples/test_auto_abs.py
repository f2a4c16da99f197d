"""AmeriCredit 2017-1 against its prospectus, and against a transcription of the deal in plain Python.

The transcription amortises each line month by month and keeps no formula of the library's: it is the second
opinion on any pools, where the prospectus is one on the deal's own.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import attrs
import indenture
import pytest
from indenture.engine.results import Results

SPEEDS = ("0.50%", "1.00%", "1.50%", "2.00%")
PUBLISHED = {
    "A-1": (("0.28", "0.28"), ("0.23", "0.23"), ("0.18", "0.18"), ("0.11", "0.11")),
    "A-2": (("1.46", "1.46"), ("1.15", "1.15"), ("0.90", "0.90"), ("0.71", "0.71")),
    "A-3": (("3.10", "3.10"), ("2.54", "2.54"), ("2.06", "2.06"), ("1.70", "1.70")),
    "B": (("4.05", "4.05"), ("3.45", "3.45"), ("2.84", "2.84"), ("2.33", "2.33")),
    "C": (("4.64", "4.64"), ("4.10", "4.10"), ("3.42", "3.42"), ("2.80", "2.80")),
    "D": (("5.06", "5.27"), ("4.63", "4.89"), ("3.89", "4.16"), ("3.14", "3.35")),
}
"""Rule 424(b)(5) prospectus of 21 February 2017: at each speed, to optional purchase and to maturity."""

A1_ROWS = {
    "2017-03-18": (76, 71, 64, 32),
    "2017-04-18": (62, 54, 43, 13),
    "2017-05-18": (48, 37, 23, 0),
    "2017-06-18": (35, 21, 3, 0),
    "2017-07-18": (21, 5, 0, 0),
    "2017-08-18": (8, 0, 0, 0),
}

RECEIPTS = """
report {
  "borrowers" = total(Borrowers.paid)
  "purchase"  = total(call.price)
  "opened"    = 2.0% * initial_pool
  "noteholders" = total(Noteholders.received)
  "depositor" = total(Depositor.received)
  "servicer"  = total(servicing.paid)
  "trustees"  = total(fees.paid)
  "sold"      = total(notes.advance.paid)
  "unpaid"    = total(servicing.unpaid) + total(fees.unpaid)
  "reserve left" = final(reserve.balance)
  "cash left" = final(available.balance) + final(proceeds.balance)
}
"""


# ------------------------------------------------------------------------------------- the second opinion


@attrs.frozen
class Line:
    principal: float
    apr: float
    payments_before: int  # due before February's: one for a January cut-off, none for a February one
    remaining: int
    seasoning: int


@attrs.frozen
class Month:
    interest: float
    principal: float
    opening: float
    closing: float


def amortised(line: Line, speed: float, months: int) -> list[Month]:
    """A level-pay line month by month: an annuity for one loan, times the share of loans that have not prepaid."""
    found = []
    alone, share = line.principal, 1.0
    rate = line.apr / 12
    annuity = rate / (1 - (1 + rate) ** -line.remaining) if rate else 1 / line.remaining
    payment = line.principal * annuity
    originated = 1 / (1 - speed * line.seasoning) if speed * (line.seasoning + 1) < 1 else None
    for month in range(1, months + 1):
        opening = alone * share
        alone = 0.0 if month >= line.remaining else alone * (1 + rate) - payment
        # ABS counts prepayments in loans originated, so the survivors fall by the same number every month.
        share = 0.0 if originated is None else max(share - speed * originated, 0.0)
        if share < 1e-12:
            share = 0.0
        found.append(Month(opening * rate, opening - alone * share, opening, alone * share))
    return found


NOTES = (  # size, coupon; a tuple of two for notes that share
    (182e6, 0.0095),
    (152.5e6, 0.0155),
    (152.5e6, 0.0116944),
    (189e6, 0.0191),
    (73.37e6, 0.0235),
    (91.08e6, 0.0288),
    (89.55e6, 0.0323),
    (23.78e6, 0.0),
)
CLASSES = {"A-1": (0,), "A-2": (1, 2), "A-3": (3,), "B": (4,), "C": (5,), "D": (6,)}
IN_TURN = ((0,), (1, 2), (3,), (4,), (5,), (6,), (7,))


def second_opinion(lines: Sequence[Line], speed: float, callable: bool) -> dict[str, float]:
    """Weighted average lives of the six classes, in years of twelve months of 30 days."""
    distributions = 84
    schedules = [amortised(line, speed, distributions + 1) for line in lines]
    original = sum(line.principal for line in lines)
    required = 0.02 * original
    reserve = required
    balances = [size for size, _ in NOTES]
    lived = [0.0] * len(NOTES)
    repaid = [0.0] * len(NOTES)

    for number in range(1, distributions + 1):
        months = [
            schedule[(0 if number == 1 else number - 1 + line.payments_before) : number + line.payments_before]
            for line, schedule in zip(lines, schedules, strict=True)
        ]
        interest = sum(month.interest for group in months for month in group)
        principal = sum(month.principal for group in months for month in group)
        servicing = sum(month.opening for group in months for month in group) * 0.0225 / 12
        pool = sum(group[-1].closing for group in months)
        cash = interest + principal
        called = callable and pool <= 0.10 * original
        if called:
            cash += pool + reserve
            reserve = 0.0
        coupons = sum(balance * rate / 12 for balance, (_, rate) in zip(balances, NOTES, strict=True))
        cash -= servicing + 625 + coupons
        assert cash >= 0, "these pools do not pay the interest, and what then happens is not transcribed"

        years = (30 * number - 5) / 360

        def pay(limit: float, years: float) -> float:
            left = limit
            for together in IN_TURN:
                outstanding = sum(balances[note] for note in together)
                taken = min(left, outstanding)
                for note in together:
                    part = taken * balances[note] / outstanding if outstanding else 0.0
                    balances[note] -= part
                    lived[note] += part * years
                    repaid[note] += part
                left -= taken
            return limit - left

        target = max(0.1475 * pool - required, 0.005 * original)
        before = sum(balances)
        step_down = min(principal, max(pool - (before - principal) - target, 0.0))
        cash -= pay(min(cash, before if called else principal - step_down), years)
        if sum(balances) > 1e-6:
            topped = min(cash, required - reserve)
            reserve, cash = reserve + topped, cash - topped
        pay(min(cash, max(sum(balances) - max(pool - target, 0.0), 0.0)), years)
        if sum(balances) < 1e-6:
            break
    return {
        name: sum(lived[note] for note in notes) / sum(repaid[note] for note in notes)
        for name, notes in CLASSES.items()
    }


def lines_of(path: Path) -> list[Line]:
    with path.open(newline="") as file:
        return [
            Line(
                float(row["principal"].replace(",", "")),
                float(row["apr"].removesuffix("%")) / 100,
                1 if row["cut_off"] == "2017-01-01" else 0,
                int(row["remaining"]),
                int(row["seasoning"]),
            )
            for row in csv.DictReader(file)
        ]


# ------------------------------------------------------------------------------------- the deal


def column(speed: str, callable: bool) -> str:
    return f"abs_speed = {speed}, callable = {'true' if callable else 'false'}"


def life(result: Results, name: str, scenario: str) -> float:
    values = result[f"{name} weighted average life"].values
    return float(values[result.scenarios.index(scenario)])


@pytest.fixture(scope="module")
def published(examples: Path) -> Results:
    return indenture.load(examples / "auto_abs.deal").run()


@pytest.fixture
def folder(examples: Path, tmp_path: Path) -> Path:
    for name in ("auto_abs.deal", "auto_abs_pools.csv"):
        shutil.copy(examples / name, tmp_path / name)
    return tmp_path


def test_all_48_lives_to_the_printed_digit(published: Results) -> None:
    found = {
        (name, speed, callable): Decimal(life(published, name, column(speed, callable))).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
        for name in PUBLISHED
        for speed in SPEEDS
        for callable in (True, False)
    }
    printed = {
        (name, speed, callable): Decimal(row[at][0 if callable else 1])
        for name, row in PUBLISHED.items()
        for at, speed in enumerate(SPEEDS)
        for callable in (True, False)
    }
    assert len(printed) == 48
    assert found == printed


@pytest.mark.parametrize("date", A1_ROWS)
def test_rows_of_the_table(published: Results, date: str) -> None:
    series = published["A-1 outstanding"].values
    position = [day.isoformat() for day in published.dates].index(date)
    for at, speed in enumerate(SPEEDS):
        share = 100 * float(series[position, published.scenarios.index(column(speed, True))])
        assert share == pytest.approx(A1_ROWS[date][at], abs=0.7)


def test_the_file_ties_itself_out(published: Results) -> None:
    asked = [check for check in published.checks if check.check.code != "condition"]  # the components' own
    assert len(asked) == 48 + 24 + 2
    assert all(check.passed for check in published.checks)


def test_rows_fall_and_stay(published: Results) -> None:
    for name in PUBLISHED:
        shares = published[f"{name} outstanding"].values
        assert (shares[0] == 1).all()
        assert (shares[-1] == 0).all()
        assert (shares[1:] <= shares[:-1]).all()


def changed(folder: Path, row: int, column: str, text: str) -> None:
    path = folder / "auto_abs_pools.csv"
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    rows[row][rows[0].index(column)] = text
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def appended(folder: Path, *rows: Sequence[str]) -> None:
    with (folder / "auto_abs_pools.csv").open("a", newline="") as file:
        csv.writer(file).writerows(rows)


CHANGES: dict[str, Callable[[Path], None]] = {
    "as it is": lambda folder: None,
    "a larger line": lambda folder: changed(folder, 6, "principal", "300,000,000.00"),
    "a smaller line": lambda folder: changed(folder, 12, "principal", "550,000,000.25"),
    "a dearer line": lambda folder: changed(folder, 12, "apr", "14.25%"),
    "a line that bears no interest": lambda folder: changed(folder, 6, "apr", "0%"),
    "a longer line": lambda folder: changed(folder, 6, "remaining", "80"),
    "a shorter line": lambda folder: changed(folder, 12, "remaining", "60"),
    "an older line": lambda folder: changed(folder, 6, "seasoning", "31"),
    "a line cut off earlier": lambda folder: changed(folder, 6, "cut_off", "2017-01-01"),
    "one more line": lambda folder: appended(folder, ["12,345,678.90", "11.111%", "2017-02-01", "33", "9"]),
    "a line of one payment": lambda folder: appended(folder, ["5,000,000", "9%", "2017-01-01", "1", "35"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_pools_changes_the_figures(published: Results, folder: Path, change: str) -> None:
    CHANGES[change](folder)
    result = indenture.load(folder / "auto_abs.deal").run()
    lines = lines_of(folder / "auto_abs_pools.csv")
    different = 0
    for speed in SPEEDS:
        for callable in (True, False):
            expected = second_opinion(lines, float(speed.removesuffix("%")) / 100, callable)
            for name, years in expected.items():
                found = life(result, name, column(speed, callable))
                assert found == pytest.approx(years, abs=1e-9), (name, speed, callable)
                different += abs(found - life(published, name, column(speed, callable))) > 1e-6
    assert different == 0 if change == "as it is" else different >= 20


@pytest.mark.parametrize("speed", ["0%", "0.25%", "1.30%", "1.75%"])
def test_other_speeds(folder: Path, speed: str) -> None:
    result = indenture.load(folder / "auto_abs.deal").run(scenarios="base", set={"abs_speed": speed})
    expected = second_opinion(lines_of(folder / "auto_abs_pools.csv"), float(speed.removesuffix("%")) / 100, True)
    for name, years in expected.items():
        assert life(result, name, "base") == pytest.approx(years, abs=1e-9)


def test_what_is_collected_is_paid_out(examples: Path) -> None:
    text = (examples / "auto_abs.deal").read_text() + RECEIPTS
    result = indenture.compile(text, folder=examples).run()
    total = {
        name: result[name].values
        for name in (
            "borrowers",
            "purchase",
            "opened",
            "noteholders",
            "depositor",
            "servicer",
            "trustees",
            "sold",
            "unpaid",
            "reserve left",
            "cash left",
        )
    }
    came = total["borrowers"] + total["purchase"] + total["opened"] + total["sold"]
    went = total["noteholders"] + total["depositor"] + total["servicer"] + total["trustees"]
    assert went == pytest.approx(came, rel=1e-12)
    assert total["unpaid"] == pytest.approx(0)
    assert total["reserve left"] == pytest.approx(0)
    assert total["cash left"] == pytest.approx(0, abs=1e-6)
    # Borrowers repay the whole pool unless it is bought, and then that much less.
    called = ["callable = true" in name or name == "base" for name in result.scenarios]
    assert ((total["purchase"] > 0) == called).all()
    assert (total["purchase"] <= 0.10 * 1_011_970_000.0 + 10_000_000).all()


@pytest.mark.parametrize(
    ("row", "column", "text", "code", "words"),
    [
        (3, "principal", "3.063.342,92", "E0236", ("row 4, column 1", "3.063.342,92")),
        (3, "apr", "", "E0236", ("row 4, column 2",)),
        (5, "cut_off", "2017-02-30", "E0236", ("row 6, column 3", "2017-02-30")),
        (0, "remaining", "remainning", "E0235", ("remaining",)),
    ],
)
def test_a_malformed_cell_has_a_place(
    folder: Path, row: int, column: str, text: str, code: str, words: tuple[str, ...]
) -> None:
    changed(folder, row, column, text)
    with pytest.raises(indenture.DealError) as error:
        indenture.load(folder / "auto_abs.deal")
    assert code in {diagnostic.code for diagnostic in error.value.diagnostics}
    for word in words:
        assert word in str(error.value)


def test_a_short_row_has_a_place(folder: Path) -> None:
    appended(folder, ["1,000", "9%", "2017-02-01"])
    with pytest.raises(indenture.DealError, match=r"auto_abs_pools\.csv, row 14"):
        indenture.load(folder / "auto_abs.deal")


def test_no_pools(folder: Path) -> None:
    (folder / "auto_abs_pools.csv").unlink()
    with pytest.raises(indenture.DealError, match=r"auto_abs_pools\.csv"):
        indenture.load(folder / "auto_abs.deal")
