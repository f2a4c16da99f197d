"""Compares two records: how many deals are alike in each section, and how the first that are not differ."""

from __future__ import annotations

import difflib
import fnmatch
import json
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
from comparison_record import COMMAND, CONTENT, RECORD
from comparison_tree import Refused

AROUND = 3
LONGEST = 400
"""Lines of either text that are compared in full, from the first difference on."""


@attrs.frozen
class Recorded:
    folder: Path
    head: dict[str, Any]
    sections: dict[str, dict[str, str]]

    @property
    def complete(self) -> bool:
        return len(self.sections) == self.head["asked"]

    def text(self, name: str, section: str) -> str:
        found = self.sections[name].get(section)
        if found is None:
            return ""
        path = self.folder / CONTENT / found[:2] / found[2:]
        return zlib.decompress(path.read_bytes()).decode("utf-8", "surrogatepass") if path.exists() else "<no answer>\n"


def read(folder: Path) -> Recorded:
    try:
        head, *lines = (folder / RECORD).read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, ValueError):
        raise Refused(f"{folder} is no record") from None
    entries = [json.loads(line) for line in lines if line.endswith("\n")]  # the last may be half written
    return Recorded(folder, json.loads(head), {one["name"]: one["sections"] for one in entries})


def differ(
    one: Recorded, two: Recorded, only: Collection[str], allowed: Collection[str], most: int, lines: int
) -> bool:
    """Print how two records differ; whether they do in more than what is allowed.

    ``only`` and ``allowed`` name sections, ``*`` standing for anything. ``most``: how many differences are shown, of at
    most ``lines`` lines each.
    """
    if one.head["corpus"] != two.head["corpus"]:
        raise Refused("the records are of two corpora")
    shared = sorted(set(one.sections) & set(two.sections))
    if not shared:
        raise Refused("the records have nothing in common")
    alone = sorted(set(one.sections) ^ set(two.sections))
    # A sample, or a record that is still being made, is compared with whatever holds it; records of the same choice
    # must hold the same.
    complete = one.complete and two.complete
    deals = complete and one.head["sample"] == two.head["sample"]
    commands = complete and not one.head["deals_only"] and not two.head["deals_only"]
    apart = [name for name in alone if (commands if name.startswith(f"{COMMAND} ") else deals)]
    equal: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    different: list[tuple[str, str]] = []
    for name in shared:
        ours, theirs = one.sections[name], two.sections[name]
        for section in dict.fromkeys([*ours, *theirs]):
            if only and not matches(section, only):
                continue
            compared[section] += 1
            if ours.get(section) == theirs.get(section):
                equal[section] += 1
            else:
                different.append((name, section))
    print(f"{len(shared)} compared: {one.folder} and {two.folder}")
    for half in (record for record in (one, two) if not record.complete):
        print(f"  {half.folder} is not complete: {len(half.sections)} of {half.head['asked']}")
    for section, count in compared.items():
        wrong = count - equal[section]
        note = f"   {wrong} differ" + (" (allowed)" if matches(section, allowed) else "") if wrong else ""
        print(f"  {section:<20} {equal[section]:6,} of {count:6,} equal{note}")
    for name in apart:
        print(f"only in {(one if name in one.sections else two).folder}: {name}")
    failing = [(name, section) for name, section in different if not matches(section, allowed)]
    shown = spread(failing, most) or spread(different, min(most, 1))
    for name, section in shown:
        print(f"\n=== {name}: {section}")
        found = list(difference(one.text(name, section), two.text(name, section), one.folder.name, two.folder.name))
        print("\n".join(found[:lines]) + (f"\n… {len(found) - lines} more lines" if len(found) > lines else ""))
    names = list(dict.fromkeys(name for name, _ in failing))
    if names:
        print(f"\n{len(names)} differ: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}")
    elif not apart:
        print("nothing differs" + (" but what is allowed to" if different else ""))
    return bool(failing or apart)


def matches(section: str, patterns: Collection[str]) -> bool:
    return any(fnmatch.fnmatchcase(section, pattern) for pattern in patterns)


def spread(found: Sequence[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """The first difference of each section before a second of any."""
    seen: Counter[str] = Counter()
    ranked = []
    for place, (name, section) in enumerate(found):
        ranked.append((seen[section], place, name, section))
        seen[section] += 1
    return [(name, section) for _, _, name, section in sorted(ranked)[:most]]


def difference(ours: str, theirs: str, first: str, second: str) -> Iterator[str]:
    """A unified difference of the texts, from the first line that differs: texts may be long, and what is alike at
    both ends is left out beforehand."""
    one, two = ours.splitlines(), theirs.splitlines()
    start = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    end, shortest = 0, min(len(one), len(two)) - start
    while end < shortest and one[-1 - end] == two[-1 - end]:
        end += 1
    begin = max(start - AROUND, 0)
    parts = [text[begin : len(text) - end + AROUND if end > AROUND else len(text)] for text in (one, two)]
    if parts[0] == parts[1]:
        yield "(only the ends of lines differ)"
        return
    yield f"from line {begin + 1}"
    yield from difflib.unified_diff(parts[0][:LONGEST], parts[1][:LONGEST], first, second, lineterm="", n=AROUND)
    if max(map(len, parts)) > LONGEST:
        yield f"… compared for {LONGEST} lines of {max(map(len, parts))}"
