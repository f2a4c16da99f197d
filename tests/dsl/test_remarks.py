"""Remarks of a run: what is odd in it and may be meant, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.dsl.messages.codes import CODES, corrected

PAGES = [code for code in CODES if code.startswith("R")]


def codes(text: str, **given: object) -> list[str]:
    return [one.code for one in indenture.compile(text).remarks(**given)]  # type: ignore[arg-type]


@pytest.mark.parametrize("code", PAGES)
def test_each_is_a_remark_and_is_gone_where_it_is_put_right(code: str) -> None:
    page = CODES[code]
    (one,) = indenture.compile(page.example).remarks()
    assert (one.code, one.severity) == (code, "remark")
    assert one.help
    assert codes(corrected(page)) == []


def test_a_trigger_that_only_a_scenario_holds_on_every_date_is_none() -> None:
    text = (
        CODES["R0821"].example.replace("cover < 115", "cover < bar").replace("term rent", "term bar = 1.35x\nterm rent")
    )
    bar = 'scenario "The tenant pays less" { bar = 115 }'
    text = "\n".join(bar if line.startswith("scenario") else line for line in text.split("\n"))
    assert codes(text) == []
    assert codes(text, scenarios="The tenant pays less") == ["R0821"]


def test_one_scenario_shows_nothing_of_a_trigger_that_never_holds() -> None:
    assert codes(CODES["R0822"].example, scenarios="base") == []


def test_of_two_legs_one_may_never_be_due() -> None:
    text = CODES["R0825"].example.replace("if date >= 2029-07-15 then $1m else $0", "max($1m - rent, $0)")
    assert codes(text) == []


def test_what_is_waived_of_a_run() -> None:
    text = CODES["R0823"].example
    waive = 'waive R0823 because "A floor, not a fall."\n'
    (one,) = indenture.compile(text + waive).remarks()
    assert (one.code, one.waived) == ("R0823", "A floor, not a fall.")
    assert indenture.compile(text + waive).diagnostics == ()
    assert codes(text + waive.replace("R0823", "R0821")) == ["R0823", "W0806"]
    # Not all scenarios have run: who knows.
    assert codes(text + waive.replace("R0823", "R0821"), scenarios="base") == []


def test_the_first_of_many_that_are_fed_is_looked_at() -> None:
    text = CODES["R0822"].example.replace("term rent   = $14m", "input rent : series of money on quarters = $14m")
    text = "\n".join(line for line in text.split("\n") if not line.startswith("scenario"))
    fed = np.full((8, 3), 14e6)
    assert codes(text, inputs={"rent": fed}) == []
    fed[:, 0] = 1e6
    assert codes(text.replace("15%", "115%"), inputs={"rent": fed}) == ["R0827", "R0821"]


def test_a_command_says_them_and_fails_on_them_only_if_asked(tmp_path: Path) -> None:
    from indenture.dsl.cli.main import app
    from typer.testing import CliRunner

    file = tmp_path / "kestrel.deal"
    file.write_text(CODES["R0823"].example, encoding="utf-8")
    done = CliRunner().invoke(app, ["run", str(file)])
    assert (done.exit_code, "remark[R0823]" in done.stderr, "R0823" in done.stdout) == (0, True, False)
    assert "1 remark\n" in done.stderr
    assert CliRunner().invoke(app, ["run", str(file), "--fail-on", "warning"]).exit_code == 0
    assert CliRunner().invoke(app, ["run", str(file), "--fail-on", "remark"]).exit_code == 1
    done = CliRunner().invoke(app, ["run", str(file), "--format", "json"])
    (one,) = json.loads(done.stdout)["remarks"]
    assert (one["code"], one["severity"], one["waived"]) == ("R0823", "remark", None)
    done = CliRunner().invoke(app, ["run", str(file), "--format", "sarif"])
    (result,) = json.loads(done.stdout)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("R0823", "note")


def test_a_party_s_cash_is_no_debt() -> None:
    text = CODES["R0827"].example.replace("min($8m, opening note)", "$8m")
    assert codes(text) == []  # what is paid lessens it, and nothing that is due reads it


SHORT = """deal "Short" {{ language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }}
party Ship, Bank, Fund, Tenant, Owner
component loan {{
  holder : party
  claim interest to holder on quarters = $10   carries
}}
schedule quarters = quarterly on day 15 from 2026-04-15 to 2026-10-15, unadjusted
loan senior {{ holder = Bank }}
claim fee to Fund on quarters = $3   carries
account cash
account chest {{ opens = $9 from Owner }}
ranking senior.interest, fee
receive $4 from Tenant into cash on quarters
waterfall main from cash on quarters {{ pay senior.interest; pay rest to Owner }}
waterfall other from chest on quarters {words} {{ pay fee; pay rest to Owner }}
report {{ fee.paid }}
{waive}
"""


def test_a_component_s_claim_is_looked_at_and_waived_by_its_name() -> None:
    (one,) = indenture.compile(SHORT.format(words="", waive="")).remarks()
    # $30 was due in three quarters and $12 came in; the fee is paid from the chest on the first date.
    assert (one.code, one.span.line) == ("R0824", 8)
    assert one.message == "`senior.interest` is unpaid at the end, and `fee` below it was paid"
    assert one.label == "18.00 unpaid on 2026-10-15 in base"
    assert [other.text for other in one.others] == ["the claim", "paid 3.00 on 2026-04-15"]
    for name in ("senior", "senior.interest"):
        (one,) = indenture.compile(SHORT.format(words="", waive=f'waive R0824 of {name} because "Agreed."')).remarks()
        assert one.waived == "Agreed."


def test_what_is_paid_notwithstanding_the_ranking_is_none() -> None:
    assert codes(SHORT.format(words="notwithstanding ranking", waive="")) == []


def test_a_scenario_in_which_a_check_fails_is_not_the_base_case() -> None:
    text = CODES["R0823"].example + 'term most = $14m\nrequire "Within it" rent <= most\n'
    assert codes(text) == ["R0823"]
    bar = 'scenario "The tenant pays less" { most = $13m }'
    assert codes("\n".join(bar if line.startswith("scenario") else line for line in text.split("\n"))) == []
