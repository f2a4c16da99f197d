"""Records what a version of the package says of every deal of a corpus, and of its own library and error pages.

A record is a folder: ``record.jsonl`` has a line about the record, then a line a deal or command with the hash of each
section of what was said; ``content/`` has the sections by hash, so that a difference can be shown.
"""

from __future__ import annotations

import json
import queue
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import attrs
from comparison_collect import MANIFEST
from comparison_tree import Prepared, Refused, pages, prepared

RECORD = "record.jsonl"
CONTENT = "content"
COMMAND = "indenture"
"""What the name of a command begins with, in the place of a deal's kind."""

ENDED = "0" * 64
"""In the place of a hash where the process ended without an answer."""


@attrs.frozen
class Sample:
    """Which deals are asked: one of so many of the generated ones, or of all."""

    one_in: int = 1
    seed: int = 0
    all_kinds: bool = False

    def of(self, deals: Sequence[str]) -> list[str]:
        """The deals to ask, in the order in which they are asked.

        What is chosen from comes last and in the order of the seed, so that a smaller sample is the beginning of a
        larger one, and half a record holds the sample as soon as it can.
        """
        some = [name for name in deals if self.all_kinds or name.startswith("generated/")]
        every = sorted(set(deals) - set(some))
        random.Random(self.seed).shuffle(some)
        return every + some[: -(-len(some) // max(self.one_in, 1))]


def record(
    tree: Path, corpus: Path, into: Path, *, workers: int, sample: Sample, limit: float, deals_only: bool = False
) -> None:
    """Ask a tree's package about a corpus, on some processes of which each answers for many deals."""
    if not (corpus / MANIFEST).is_file():
        raise Refused(f"{corpus} is no corpus: `collect` makes one")
    manifest = json.loads((corpus / MANIFEST).read_text(encoding="utf-8"))
    if (into / RECORD).exists():
        shutil.rmtree(into)
    if into.exists() and any(into.iterdir()):
        raise Refused(f"{into} holds something other than a record")
    (into / CONTENT).mkdir(parents=True)
    started = time.monotonic()
    with prepared(tree) as package, (into / RECORD).open("w", encoding="utf-8") as file:
        asked = [] if deals_only else commands(package, corpus)
        requests: list[dict[str, Any]] = [{"name": f"{COMMAND} {' '.join(words)}", "words": words} for words in asked]
        requests += [{"name": name} for name in sample.of(manifest["deals"])]
        head = {
            "tree": str(tree.resolve()),
            "package": package.digest,
            "corpus": manifest["digest"],
            "sample": attrs.asdict(sample),
            "deals_only": deals_only,
            "asked": len(requests),
        }
        print(json.dumps(head), file=file, flush=True)
        Asking(package, corpus.resolve(), (into / CONTENT).resolve(), limit, file).all(requests, workers)
    print(f"{into}: {len(requests)} recorded in {time.monotonic() - started:.0f} s")


def commands(package: Prepared, corpus: Path) -> list[list[str]]:
    """What is asked once a version: help, the library with each of its entries, the page of every code."""
    said = subprocess.run(
        [sys.executable, "-m", "indenture", "library", "--format", "json"],
        env=package.environment, cwd=corpus, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if said.returncode:
        raise Refused(f"`indenture library` fails: {said.stderr.strip()[-2000:]}")
    entries = json.loads(said.stdout)
    modules = sorted({entry["module"] for entry in entries})
    names = [f"{entry['module']}.{entry['name']}" for entry in entries]
    codes = [page.stem for page in pages(package.folder / "indenture")]
    helped = [[], *([one] for one in ("check", "run", "show", "library", "explain-error"))]
    examples = sorted(path.relative_to(corpus).as_posix() for path in corpus.glob("examples/*.deal"))[:3]
    return [
        *([*words, "--help"] for words in helped),
        ["--version"],
        ["library"],
        ["library", "--format", "json"],
        *(["library", name] for name in [*modules, *names, "prepay", "no_such_thing"]),
        *(["library", entry["name"], "--example"] for entry in entries),
        *(["explain-error", code] for code in [*codes, "E9998"]),
        *(["run", name, "--format", "csv"] for name in examples),
        *(["run", name, "--scenario", "base", "--set", "no.such_name=1"] for name in examples),
        *(["check", *examples, "no_such_file.deal", "--format", form] for form in ("text", "json", "sarif")),
    ]


class Asking:
    """Processes that answer, one request at a time; one that ends or hangs is replaced."""

    def __init__(self, package: Prepared, corpus: Path, content: Path, limit: float, file: TextIO) -> None:
        self._command = package.command("comparison_ask.py", str(content), str(limit))
        self._environment = package.environment
        self._corpus = corpus
        self._limit = limit
        self._waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._file = file
        self._writing = threading.Lock()
        self._problems: list[str] = []

    def all(self, requests: Sequence[dict[str, Any]], workers: int) -> None:
        for request in requests:
            self._waiting.put(request)
        threads = [threading.Thread(target=self._work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._problems:
            raise Refused(self._problems[0])

    def _answered(self, request: dict[str, Any], sections: dict[str, str]) -> None:
        with self._writing:
            print(json.dumps({"name": request["name"], "sections": sections}), file=self._file, flush=True)

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command, env=self._environment, cwd=self._corpus, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def _work(self) -> None:
        process, answered = self._started(), 0
        while not self._problems:
            try:
                request = self._waiting.get_nowait()
            except queue.Empty:
                break
            line = self._asked(process, request)
            if line:
                answered += 1
                self._answered(request, json.loads(line))
                continue
            process.wait()
            if not answered:
                self._problems.append(f"the process that answers ended with {process.returncode} before any answer")
                return
            self._answered(request, {"process ended": ENDED})
            process = self._started()
        assert process.stdin is not None
        process.stdin.close()
        process.wait()

    def _asked(self, process: subprocess.Popen[str], request: dict[str, Any]) -> str:
        """The answer; empty where the process ends, or is ended since it does not heed its own limit."""
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(2 * self._limit + 30, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            return process.stdout.readline()
        except BrokenPipeError:
            return ""
        finally:
            timer.cancel()
