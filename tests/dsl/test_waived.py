"""Warnings that a deal waives: by code, with a reason, of a name, until a date."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import indenture
import pytest
from indenture.dsl.messages.codes import CODES
from indenture.dsl.messages.render import as_text
from indenture.dsl.messages.render_json import as_json, as_sarif
from typer.testing import CliRunner

DEAL = """deal "Waived" {{ language = 1; currency = USD; closing = {closing}; issuer = Ship }}
party Ship, Bank, Owner
schedule months = monthly on day 15 from 2026-02-15 to 2026-05-15, unadjusted
account cash
account chest {{ opens = $5 from Owner }}
claim hire to Bank on months = $10 lapses
receive $14 from Owner into cash on months
waterfall main from cash on months {{ pay hire }}
{waive}
report {{ cash.balance; chest.balance }}
"""
REASON = 'because "It is meant."'


def found(waive: str, closing: str = "2026-01-15", as_of: datetime.date | None = None) -> dict[str, str]:
    """The codes of what is said, each with the reason for which it is waived."""
    try:
        deal = indenture.compile(DEAL.format(closing=closing, waive=waive), as_of=as_of)
    except indenture.DealError as error:
        return {one.code: one.waived for one in error.diagnostics}
    return {one.code: one.waived for one in (*deal.diagnostics, *deal.waived)}


def test_what_is_waived_keeps_its_reason() -> None:
    assert found("") == {"W0703": "", "W0704": ""}
    assert found(f"waive W0703 {REASON}") == {"W0703": "It is meant.", "W0704": ""}


def test_of_a_name_it_is_waived_of_that_alone() -> None:
    assert found(f"waive W0704 of chest {REASON}") == {"W0703": "", "W0704": "It is meant."}
    assert found(f"waive W0704 of cash {REASON}") == {"W0703": "", "W0704": "", "W0806": ""}
    assert found(f"waive W0704 of chset {REASON}") == {"E0201": ""}


@pytest.mark.parametrize(
    ("until", "as_of", "holds"),
    [
        ("2026-01-15", None, True),
        ("2026-01-14", None, False),
        ("2026-06-30", datetime.date(2026, 6, 30), True),
        ("2026-06-30", datetime.date(2026, 7, 1), False),
        ("2026-01-14", datetime.date(2026, 1, 14), True),
    ],
)
def test_it_holds_until_its_date_against_closing_or_the_day_given(
    until: str, as_of: datetime.date | None, holds: bool
) -> None:
    got = found(f"waive W0703 until {until} {REASON}", as_of=as_of)
    assert got == ({"W0703": "It is meant.", "W0704": ""} if holds else {"W0703": "", "W0704": "", "W0807": ""})


def test_closing_that_another_value_decides() -> None:
    waive = f"term start : date = 2026-01-15\nwaive W0703 until 2026-01-10 {REASON}"
    assert found(waive, closing="start") == {"W0703": "", "W0704": "", "W0807": ""}
    assert found(waive.replace("01-10", "01-20"), closing="start") == {"W0703": "It is meant.", "W0704": ""}


def test_one_that_nothing_needs_is_a_warning_unless_the_deal_has_errors() -> None:
    assert found(f"waive W0709 {REASON}") == {"W0703": "", "W0704": "", "W0806": ""}
    assert "W0806" not in found(f"waive W0709 {REASON}\ndefine broken = nothing_there")


@pytest.mark.parametrize(
    ("waive", "code"),
    [
        ("waive W0703", "E0802"),
        ('waive W0703 because " "', "E0802"),
        (f"waive W0703 until closing {REASON}", "E0803"),
        (f"waive W0703 until never {REASON}", "E0803"),
        (f"waive W0703 {REASON}\nwaive W0703 {REASON}", "E0804"),
        (f"waive W9999 {REASON}", "E0805"),
        (f"waive E0701 {REASON}", "E0805"),
        (f"component c {{ waive W0703 {REASON} }}", "E0801"),
        (f'component c {{ n : money "m"\n waive W0703 {REASON} }}\nc one {{ n = $1 }}', "E0801"),
    ],
)
def test_what_is_no_waiver_is_an_error(waive: str, code: str) -> None:
    assert [one for one in found(waive) if one.startswith("E")] == [code]


def test_a_module_waives_nothing_for_the_deals_that_use_it(tmp_path: Path) -> None:
    (tmp_path / "common.deal").write_text(f"waive W0703 {REASON}\n", encoding="utf-8")
    text = 'use "common.deal"\n'.join(DEAL.format(closing="2026-01-15", waive="").partition("party")[::2])
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(text.replace('"common.deal"\n', '"common.deal"\nparty'), folder=tmp_path)
    assert [one.code for one in raised.value.diagnostics if one.severity == "error"] == ["E0801"]


def test_people_read_how_many_and_programs_read_which() -> None:
    text = DEAL.format(closing="2026-01-15", waive=f"waive W0703 {REASON}\nwaive W0704 of chest {REASON}")
    deal = indenture.compile(text)
    assert deal.diagnostics == ()
    assert as_text(deal.waived, deal.sources) == "no errors (2 waived)\n"
    one, _ = json.loads(as_json(deal.waived))["diagnostics"]
    assert (one["code"], one["severity"], one["waived"]) == ("W0704", "warning", "It is meant.")
    results = json.loads(as_sarif(deal.waived, CODES, "1"))["runs"][0]["results"]
    assert [one["suppressions"] for one in results] == [[{"kind": "inSource", "justification": "It is meant."}]] * 2


def test_what_a_command_fails_on(tmp_path: Path) -> None:
    from indenture.dsl.cli.main import app

    def code(command: str, waive: str, *options: str) -> int:
        file = tmp_path / "waived.deal"
        file.write_text(DEAL.format(closing="2026-01-15", waive=waive), encoding="utf-8")
        return CliRunner().invoke(app, [command, str(file), *options]).exit_code

    both = f"waive W0703 until 2026-12-31 {REASON}\nwaive W0704 {REASON}"
    for command in ("check", "run"):
        assert code(command, "") == 0
        assert code(command, "", "--fail-on", "warning") == 1
        assert code(command, "", "--fail-on", "error") == 0
        assert code(command, both, "--fail-on", "warning") == 0
        assert code(command, both, "--fail-on", "warning", "--as-of", "2027-01-01") == 1
