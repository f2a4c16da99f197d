"""The command line: what it prints, where, and the exit code that it ends with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import indenture
import pytest
from indenture.dsl.cli import main as cli
from indenture.dsl.messages.codes import CODES

TAMAR = """\
deal "Tamar" {
  language = 1
  currency = USD
  closing  = 2026-01-15
  issuer   = Tamar
}
party Tamar, Sponsor, Holders, Tenant
schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
term size = $40m
term rental = $12m
claim rent from Tenant to Tamar on payment = rental carries
claim interest to Holders on payment = accrue(balance * 8%, 30/360) carries
claim principal to Holders on payment = $10m carries
state balance = size, then opening balance - principal.paid
account collections
receive rent into collections
waterfall priorities from collections on payment {
  "Interest"      pay interest
  "Principal"     pay principal
  "Distributions" pay rest to Sponsor
}
ranking interest, principal
scenario "No rent" { rental = $0 }
expect total interest.paid is $2m within $1 in base
report { "Interest" = total interest.paid, "Principal" = total principal.paid, "Balance" = closing balance }
"""


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    path = tmp_path / "tamar.deal"
    path.write_text(TAMAR, encoding="utf-8")
    return path


class Ended:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program in this process."""

    def call(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["indenture", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return call


def spoil(deal: Path, old: str, new: str, name: str = "spoilt.deal") -> Path:
    text = deal.read_text(encoding="utf-8")
    assert old in text
    path = deal.with_name(name)
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_check(run: Run, deal: Path) -> None:
    ended = run("check", deal)
    assert (ended.code, ended.out) == (0, "no errors\n")
    wrong = spoil(deal, "pay principal", "pay principle")
    ended = run("check", deal, wrong)
    assert ended.code == 1
    assert "principle" in ended.out
    assert f"--> {wrong}:19:" in ended.out
    assert "principal" in ended.out.partition("help:")[2]
    assert ended.out.endswith("\n1 error\n")
    assert "\x1b" not in ended.out


def test_check_in_the_forms_for_machines(run: Run, deal: Path) -> None:
    wrong = spoil(deal, "pay principal", "pay principle")
    (found,) = json.loads(run("check", wrong, "--format", "json").out)["diagnostics"]
    assert (found["severity"], found["line"], found["file"]) == ("error", 19, str(wrong))
    log = json.loads(run("check", wrong, "--format", "sarif").out)
    (result,) = log["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == (found["code"], "error")
    assert found["message"] in result["message"]["text"]
    assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == found["column"]
    assert json.loads(run("check", deal, "--format", "json").out) == {"diagnostics": []}


def test_what_cannot_be_read_ends_with_2(run: Run, deal: Path, tmp_path: Path) -> None:
    for command in ("check", "run"):
        ended = run(command, tmp_path / "none.deal")
        assert (ended.code, ended.out) == (2, "")
        assert "there is no such file" in ended.err
        assert run(command, tmp_path).code == 2
    assert run("show", "ir", tmp_path / "none.deal").code == 2
    assert run("check", deal, tmp_path / "none.deal").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["run"],
        ["run", "DEAL", "--format", "xml"],
        ["run", "DEAL", "--paths", "0"],
        ["run", "DEAL", "--seed", "-1"],
        ["run", "DEAL", "--workers", "0"],
        ["run", "DEAL", "--set", "size"],
        ["run", "DEAL", "--set", "size=$1m", "--set", "size=$2m"],
        ["run", "DEAL", "--input", "spot=prices.csv"],
        ["run", "DEAL", "--scenario", "bsae"],
        ["run", "DEAL", "--keep", "nothing.paid"],
        ["run", "DEAL", "--paths", "10"],
        ["run", "DEAL", "--out", "FOLDER/none/x"],
        ["show", "everything", "DEAL"],
        ["library", "laon"],
        ["explain-error", "E9999"],
    ],
)
def test_wrong_usage_ends_with_2(run: Run, deal: Path, tmp_path: Path, arguments: list[str]) -> None:
    ended = run(*[a.replace("DEAL", str(deal)).replace("FOLDER", str(tmp_path)) for a in arguments])
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert ended.err or not arguments


def test_run(run: Run, deal: Path) -> None:
    ended = run("run", deal)
    assert ended.code == 0
    lines = [line.split() for line in ended.out.splitlines()]
    assert ["base", "No", "rent"] in lines
    assert ["Interest", "(USD)", "2,000,000", "0.00"] in lines
    assert ["Principal", "(USD)", "40,000,000", "0.00"] in lines
    assert "pass" in ended.out
    assert run("run", deal, "--scenario", "base").out.count("No rent") == 0


def test_run_as_json(run: Run, deal: Path) -> None:
    content = json.loads(run("run", deal, "--format", "json", "--keep", "balance").out)
    assert list(content) == [
        "schema",
        "deal",
        "version",
        "seed",
        "hashes",
        "dates",
        "scenarios",
        "units",
        "checks",
        "remarks",
    ]
    assert content["dates"] == ["2026-01-15", "2026-04-15", "2026-07-15", "2026-10-15", "2027-01-15"]
    base = content["scenarios"]["base"]
    assert base["measures"]["Interest"] == pytest.approx(0.02 * (40e6 + 30e6 + 20e6 + 10e6))
    assert base["series"]["balance"] == [40e6, 30e6, 20e6, 10e6, 0]
    assert content["units"]["Interest"] == "USD"
    assert [check["passed"] for check in content["checks"]] == [True]
    assert all(len(content["hashes"][name]) == 64 for name in ("deal", "library", "inputs"))
    again = json.loads(run("run", deal, "--format", "json", "--keep", "balance").out)
    assert again == content


def test_run_as_csv(run: Run, deal: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.csv"
    ended = run("run", deal, "--format", "csv", "--out", out)
    assert (ended.code, ended.out) == (0, "")
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "scenario,measure,unit,value"
    assert any(line.startswith("base,Interest,USD,2000000") for line in lines)
    lines = run("run", deal, "--format", "csv", "--keep", "balance", "--scenario", "base").out.splitlines()
    assert lines[1].startswith("base,2026-01-15,")
    assert len(lines) == 6


def test_what_is_set_is_set_for_this_run(run: Run, deal: Path) -> None:
    ended = run("run", deal, "--set", "size=$50m", "--scenario", "No rent", "--format", "json")
    assert json.loads(ended.out)["scenarios"]["No rent"]["measures"]["Principal"] == 0
    before = json.loads(run("run", deal, "--format", "json").out)["hashes"]
    after = json.loads(ended.out)["hashes"]
    assert (before["deal"], before["library"]) == (after["deal"], after["library"])
    assert before["inputs"] != after["inputs"]
    ended = run("run", deal, "--set", "size=3 months")
    assert ended.code == 1
    assert ended.err.startswith("error[E")
    ended = run("run", deal, "--set", "sise=$50m")
    assert ended.code == 1
    assert "size" in ended.err


def test_a_failed_check_ends_with_1(run: Run, deal: Path) -> None:
    wrong = spoil(deal, "is $2m within $1", "is $3m within $1")
    ended = run("run", wrong)
    assert ended.code == 1
    assert "FAIL" in ended.out
    ended = run("run", wrong, "--format", "json")
    assert ended.code == 1
    assert [check["passed"] for check in json.loads(ended.out)["checks"]] == [False]
    assert "check failed" in ended.err


def test_a_run_that_breaks_ends_with_1(run: Run, deal: Path) -> None:
    ended = run("run", spoil(deal, "on payment = $10m carries", "on payment = $25m - balance carries"))
    assert ended.code == 1
    assert ended.err.startswith("error[E")
    assert "2026-04-15" in ended.err
    assert "base" in ended.err


@pytest.mark.parametrize("view", ["tree", "deal", "ir", "plan"])
def test_show(run: Run, deal: Path, view: str) -> None:
    ended = run("show", view, deal)
    assert ended.code == 0
    assert "principal" in ended.out
    assert ended.err == ""


def test_explain_error(run: Run) -> None:
    name = next(iter(CODES))
    ended = run("explain-error", name.lower())
    assert (ended.code, ended.out) == (0, CODES[name].page)


def test_library(run: Run) -> None:
    listed = run("library")
    assert listed.code == 0
    assert "use debt" in listed.out
    ended = run("library", "loan")
    assert ended.code == 0
    assert "component loan" in ended.out
    assert "Fields" in ended.out
    assert "Worked example" in ended.out


def test_the_library_finds_modules_and_words(run: Run) -> None:
    assert run("library", "fees").out.startswith("use fees\n")
    found = run("library", "PSA")
    assert found.code == 0
    assert "loan_pool" in found.out  # a field's words speak of it
    assert "revolver" not in found.out
    guessed = run("library", "revolvr")
    assert (guessed.code, guessed.out) == (2, "")
    assert "did you mean revolver?" in guessed.err
    assert "did you mean pools?" in run("library", "pols").err
    assert "did you mean coupon?" in run("library", "coupn").err
    assert "take_or_pay" in run("library", "take-or-pay").out
    assert "use debt\n  loan " in run("library", "term loan").out
    assert "variable_funding_note" in run("library", "VFN").out
    assert run("library", "SRT").out.startswith("use risk_transfer\n")


def test_the_library_as_json(run: Run) -> None:
    every = json.loads(run("library", "--format", "json").out)
    names = [entry["name"] for entry in every]
    assert {"loan", "psa_cpr"} <= set(names)
    (loan,) = json.loads(run("library", "debt.loan", "--format", "json").out)
    assert loan["module"] == "debt"
    assert next(field for field in loan["fields"] if field["name"] == "floor")["default"] == "0%"
    assert next(field for field in loan["fields"] if field["name"] == "size")["default"] is None
    assert any(member["name"] == "interest" for member in loan["members"])
    assert loan["example"]["expected"]


def test_a_worked_example_is_a_deal_that_runs(run: Run, tmp_path: Path) -> None:
    alone = run("library", "loan", "--example")
    assert alone.code == 0
    assert indenture.compile(alone.out).run().passed
    assert run("library", "loan", "--copy", tmp_path).code == 0
    assert (tmp_path / "loan.deal").read_text(encoding="utf-8") == alone.out
    again = run("library", "loan", "--copy", tmp_path)
    assert again.code == 2
    assert "is not written over" in again.err
    assert run("library", "--example").code == 2
    assert run("library", "loan", "--copy", tmp_path / "none").code == 2


def test_help_has_examples(run: Run) -> None:
    for command in ("check", "run", "show", "library", "explain-error"):
        ended = run(command, "--help")
        assert ended.code == 0
        assert "Example" in ended.out
        assert f"\n    indenture {command}" in ended.out


def command(*arguments: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "indenture", *map(str, arguments)]
    return subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_the_version() -> None:
    out, err = command("--version").communicate()
    assert (out, err) == (f"indenture {indenture.__version__}\n", "")


@pytest.mark.skipif(os.name == "nt", reason="pipes and signals of POSIX")
def test_a_reader_that_goes_away_is_no_error(deal: Path) -> None:
    process = command("show", "tree", deal)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait() == 0


@pytest.mark.skipif(os.name == "nt", reason="pipes and signals of POSIX")
def test_an_interrupt_ends_with_130(tmp_path: Path) -> None:
    fifo = tmp_path / "prices.csv"
    os.mkfifo(fifo)
    fed = tmp_path / "fed.deal"
    fed.write_text(TAMAR.replace("term rental = $12m", "input rental : series of money"), encoding="utf-8")
    process = command("run", fed, "--input", f"rental={fifo}")
    writer = None
    while writer is None and process.poll() is None:
        try:
            writer = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    if writer is not None:
        os.close(writer)
    assert err.endswith("indenture: interrupted\n")
    assert process.returncode == 130
