"""One process that answers, for one deal or command after another, with all that the package says of it.

Run by `comparison_record.py` in the corpus's folder: a request is a line of JSON on standard input, its answer one on
standard output. What was said goes into files called after their own hash, and the answer names the hashes.

Only what stays put is asked: ``indenture.load`` and the deal that it gives, ``python -m indenture`` in this process,
and the module called ``serialise``, wherever below ``indenture.engine`` it is.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import io
import json
import os
import pkgutil
import re
import runpy
import signal
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy as np
from comparison_tree import Refused, verify

PATHS, SEED, LANES = 64, 7, 3
SHOWN = 2_000
"""Values of a series that are written out; of more there is the hash of their bytes."""

PROGRESS = re.compile(r"^Running .*: \d+% after .*\n", re.MULTILINE)
VIEWS: Sequence[tuple[str, ...]] = [
    ("tree",),
    ("deal",),
    ("ir",),
    ("plan",),
    ("graph",),
    ("graph", "dot"),
    ("graph", "mermaid"),
]
VIEWED = ("examples", "worked", "tests")
"""Kinds of deals of which every view is taken."""

Sections = dict[str, str]


class TimeUp(BaseException):
    """A deal takes longer than it may. No ``Exception``, so that nobody takes it for a failure of his own."""


def commanded(*words: str) -> str:
    """What ``python -m indenture`` prints, on both streams, and the code that it ends with."""
    output, errors, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["indenture", *words]
    code: object = 0
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            runpy.run_module("indenture", run_name="__main__")
    except SystemExit as end:
        code = end.code
    except Exception as error:
        code = failure(error)
    finally:
        sys.argv = before
    said = PROGRESS.sub("", errors.getvalue())
    return f"$ indenture {' '.join(words)}\n{output.getvalue()}" + (f"[errors]\n{said}" if said else "") + f"[{code}]\n"


def failure(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


class Once:
    """A function that remembers its last answer, be it an exception: commands that ask for the same get the same."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.forget()

    def forget(self) -> None:
        self.asked: object = None
        self.answer: Any = None
        self.error: Exception | None = None

    def __call__(self, path: Any, **given: Any) -> Any:
        asked = os.fspath(path), {name: value for name, value in given.items() if value is not None}
        if self.asked != asked:
            self.forget()
            try:
                self.answer = self.function(path, **asked[1])
            except Exception as error:
                self.error = error
            self.asked = asked
        if self.error is not None:
            raise self.error.with_traceback(None)
        return self.answer


def loading_once() -> Once:
    """``indenture.load``, in every module that holds it, compiles a deal once for all that is asked of it."""
    import indenture

    original = indenture.load
    once = Once(original)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "indenture":
            for attribute, value in list(vars(module).items()):
                if value is original:
                    setattr(module, attribute, once)
    return once


def serialiser() -> ModuleType:
    """The module of the engine that writes programs as JSON and reads them, wherever it lies."""
    import indenture.engine

    for found in pkgutil.walk_packages(indenture.engine.__path__, "indenture.engine."):
        if "serial" in found.name.rpartition(".")[2]:
            module = importlib.import_module(found.name)
            if hasattr(module, "dumps"):
                return module
    raise Refused("no module `serialise` with `dumps` is below indenture.engine")


# ---------------------------------------------------------------------------------------------------- figures


def bits(values: Any) -> str:
    """An array to the bit: a line a date of hexadecimal numbers, or the hash of its bytes."""
    array = np.ascontiguousarray(values)
    head = f"{array.dtype} {array.shape}"
    if array.dtype.kind == "O" or array.size > SHOWN:
        data = repr(array.tolist()).encode() if array.dtype.kind == "O" else array.tobytes()
        return f"{head} {hashlib.sha256(data).hexdigest()}"
    rows = array.tolist() if array.ndim > 1 else [array.tolist()]
    return head + "".join("\n    " + " ".join(map(exact, np.asarray(row).ravel().tolist())) for row in rows)


def exact(value: object) -> str:
    return value.hex() if isinstance(value, float) else str(value)


def plain(value: object) -> str:
    """A value of a table or an alert."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(plain, value)) + ")"
    return exact(value)


def entry_lines(entry: Any) -> Iterator[str]:
    yield f"{type(entry).__name__} {entry.name!r} in {entry.unit!r}, {entry.kind}: {bits(entry.values)}"
    if entry.determined is not None:
        yield f"  determined: {bits(entry.determined)}"
    if getattr(entry, "statistics", None) is not None:
        yield f"  statistics: {plain(entry.statistics)}"


def result_lines(result: Any) -> Iterator[str]:
    """A run's every figure, series, check, table and alert."""
    yield f"{result.name!r}, seed {result.seed}, paths {result.paths}"
    yield f"dates {' '.join(map(str, result.dates))}"
    yield f"scenarios {list(result.scenarios)}"
    for entry in result.values():
        yield from entry_lines(entry)
    for one in result.checks:
        yield f"check {one.name!r} [{one.check.code}] {one.check.severity} {one.check.message!r}: {one.passed}"
        yield f"  failures {bits(one.failures)}\n  first {bits(one.first)}\n  applies {bits(one.applies)}"
        if one.observed is not None:
            yield from entry_lines(one.observed)
    for name, table in result.tables.items():
        yield f"table {name!r}: {table.units}"
        for lane in range(len(result.scenarios)):
            yield from (f"  {lane}: {plain(row)}" for row in table.rows(lane))
    if result.alerts:
        for lane in range(len(result.scenarios)):
            for event in result.events(lane):
                yield f"alert {lane}: {event.since} {event.until} {event.who!r} {event.what!r} {event.unit!r} " + plain(
                    (event.observed, event.latest, event.threshold)
                )
    yield repr(result)


def fed(program: Any, lanes: int | None, missing: bool) -> dict[str, Any]:
    """Arrays for the inputs of a program, the same for the same names: whole cents, basis points and days.

    ``lanes`` gives those that may vary by scenario that many; ``missing``: only inputs without a value of their own.
    """
    found: dict[str, Any] = {}
    projected = {one.input for one in program.projections}
    rows = {family.name: len(family.labels) for family in program.families}
    for source in program.inputs:
        own = source.default is not None or source.random is not None or source.name in ("scenario", "simulated")
        if (own if missing else source.name in ("scenario", "simulated")) or source.name in projected:
            continue
        if source.random is not None:
            continue
        shape = []
        if "date" in source.axes:
            shape.append(len(program.dates) if source.dates is None else len(source.dates))
        if "row" in source.axes:
            shape.append(rows[source.var.rows])
        if lanes is not None and "scenario" in source.axes:
            shape.append(lanes)
        chance = np.random.default_rng(zlib.crc32(source.name.encode()))
        if source.var.kind == "bool":
            found[source.name] = chance.random(shape) < 0.5
        elif source.var.kind == "date":
            found[source.name] = program.dates[program.closing].toordinal() + chance.integers(0, 500, shape)
        elif re.fullmatch(r"[A-Z]{3}", source.unit):
            found[source.name] = np.round(chance.uniform(0, 260, shape), 2) * (chance.random(shape) < 0.8)
        else:
            found[source.name] = np.round(chance.uniform(0, 0.09, shape), 6)
    return found


def ran(run: Callable[[], Any]) -> str:
    try:
        return "".join(f"{line}\n" for line in result_lines(run()))
    except Exception as error:
        return failure(error) + "\n"


# ---------------------------------------------------------------------------------------------------- requests


class Answerer:
    def __init__(self) -> None:
        self.home = str(verify())
        commanded("--version")
        self.load = loading_once()
        self.serialise = serialiser()

    def deal(self, name: str) -> Sections:
        """All that is said of a deal of the corpus."""
        kind = name.partition("/")[0]
        self.load.forget()
        found: Sections = {}
        try:
            deal = self.load(Path(name))
        except Exception as error:
            found["load"] = failure(error) + "\n"
            deal = None
        for form in ("text", "json", "sarif"):
            found[f"check {form}"] = commanded("check", name, "--format", form)
        if deal is None:
            return found
        program = deal.program
        found["load"] = f"{deal!r}\n{deal.closing} {deal.files} {deal.draws} {deal.scenarios}\n"
        found["program"] = self.serialise.dumps(program)
        keep = [output.name for output in program.outputs]
        missing = fed(program, None, missing=True)
        found["figures"] = ran(lambda: deal.run(inputs=missing, keep=keep))
        lanes = fed(program, LANES, missing=False)
        if lanes:
            found["fed"] = ran(lambda: deal.run(inputs=lanes, keep=keep))
        if deal.draws:
            found["paths"] = ran(lambda: deal.run(inputs=missing, paths=PATHS, seed=SEED, keep=keep))
        if kind not in ("generated", "damaged"):
            found["run"] = commanded("run", name)
        if kind in VIEWED:
            found["run json"] = commanded("run", name, "--format", "json")
            for view, *rest in VIEWS:
                option = ["--format", *rest] if rest else []
                found[" ".join(["show", view, *rest])] = commanded("show", view, name, *option)
        return found

    def answer(self, request: Mapping[str, Any], limit: float) -> Sections:
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            if "words" in request:
                return {"command": commanded(*request["words"])}
            return self.deal(request["name"])
        except TimeUp:
            return {"time": "longer than it may take\n"}
        except Exception as error:
            return {"failure": failure(error) + "\n"}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def kept(sections: Sections, home: str, folder: Path) -> dict[str, str]:
    """The hash of each section, whose text is put into the folder."""
    found = {}
    for name, text in sections.items():
        data = text.replace(home, "<package>").encode("utf-8", "surrogatepass")
        found[name] = hashlib.sha256(data).hexdigest()
        path = folder / found[name][:2] / found[name][2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.with_suffix(f".{os.getpid()}").write_bytes(zlib.compress(data, 3))
            path.with_suffix(f".{os.getpid()}").replace(path)
    return found


def _time_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeUp


def main(arguments: Sequence[str], requests: Iterable[str]) -> None:
    folder, limit = Path(arguments[0]), float(arguments[1])
    # Standard output is for answers alone: what the package prints past the streams of Python goes to the other one.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    gc.set_threshold(100_000, 50, 50)
    signal.signal(signal.SIGALRM, _time_up)
    answerer = Answerer()
    for line in requests:
        sections = answerer.answer(json.loads(line), limit)
        print(json.dumps(kept(sections, answerer.home, folder)), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin)
