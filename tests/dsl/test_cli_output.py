"""How a command ends, and progress on standard error."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from indenture.dsl.cli import output as cli_output
from indenture.dsl.cli.output import Progress, Stop, emit, guarded


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(cli_output, "time", clock)
    return clock


def run(clock: Clock, seconds: int, steps_per_second: int = 4) -> None:
    progress = Progress("Running Tamar")
    total = seconds * steps_per_second
    for done in range(1, total + 1):
        clock.now += 1 / steps_per_second
        progress(done, total)
    progress.close()


def test_a_short_run_says_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    run(clock, 1)
    assert capsys.readouterr() == ("", "")


def test_a_long_run_says_how_far_it_is(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    run(clock, 25)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "Running Tamar: 8% after 2 s, about 23 s left",
        "Running Tamar: 48% after 12 s, about 13 s left",
        "Running Tamar: 88% after 22 s, about 3 s left",
    ]


def test_on_a_terminal_one_line_is_rewritten_and_cleared(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(clock, 3)
    shown = terminal.getvalue()
    assert "\n" not in shown
    assert shown.count("\r\x1b[KRunning Tamar: ") == 11
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [(Stop("no such file", 2), 2, "no such file"), (KeyboardInterrupt(), 130, "interrupted")],
)
def test_what_ends_a_command_early(
    raised: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end, guarded():
        raise raised
    assert end.value.code == code
    assert capsys.readouterr().err == f"indenture: {said}\n"


def test_writing_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emit("a\u20ac\ud800\n", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == "a\u20ac\\ud800\n".encode()
    with pytest.raises(Stop, match="cannot be written"):
        emit("a", tmp_path)
    assert capsys.readouterr().out == ""
