"""Shows that a change of the source changes nothing that anyone sees: two versions, one corpus of deals, every bit.

::

    python tests/comparison.py collect --tree BASE --into CORPUS
    python tests/comparison.py record --tree BASE --corpus CORPUS --into RECORD_A
    python tests/comparison.py record --tree . --corpus CORPUS --into RECORD_B --sample 10
    python tests/comparison.py differ RECORD_A RECORD_B
    python tests/comparison.py against HEAD                      # all of it: this tree against a revision

Every deal is checked (messages as text, JSON and SARIF), compiled (the program as JSON) and run (figures, series, checks,
tables and alerts to the bit; with inputs fed, and with paths drawn). Exit codes: 0 alike, 1 different, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from comparison_differ import differ, read
from comparison_record import Sample, record
from comparison_tree import Refused, prepared

ROOT = Path(__file__).resolve().parents[1]


def collect(tree: Path, into: Path, chosen: argparse.Namespace) -> None:
    """Write the corpus of a tree, with that tree's own generator."""
    if into.exists() and any(into.iterdir()):
        raise Refused(f"{into} is not empty")
    into.mkdir(parents=True, exist_ok=True)
    words = ["--tree", str(tree.resolve()), "--into", str(into.resolve())]
    words += ["--generated", str(chosen.generated), "--damaged", str(chosen.damaged)]
    for folder in chosen.extra:
        words += ["--extra", str(folder.resolve())]
    with prepared(tree) as package:
        done = subprocess.run(package.command("comparison_collect.py", *words), env=package.environment, check=False)
    if done.returncode:
        shutil.rmtree(into)
        raise Refused("the corpus could not be collected")
    print(f"{into}: {sum(1 for _ in into.rglob('*.deal'))} deals")


def against(chosen: argparse.Namespace) -> bool:
    """Compare the tree with a revision of its repository; what was made of the revision is kept in ``--within``."""
    shown = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--verify", f"{chosen.revision}^{{commit}}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if shown.returncode:
        raise Refused(f"there is no revision {chosen.revision}")
    revision = shown.stdout.strip()
    with tempfile.TemporaryDirectory(prefix="comparison_") as temporary:
        base = Path(temporary) / "tree"
        archive = subprocess.run(["git", "-C", str(ROOT), "archive", revision], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as file:
            file.extractall(base, filter="data")
        home = Path(temporary) if chosen.within is None else chosen.within / revision[:12]
        corpus, before, now = home / "corpus", home / "before", home / "now"
        if not corpus.exists():
            collect(base, corpus, chosen)
        if not (before.exists() and read(before).complete):
            # Where it is kept, it is made in full, so that any later sample finds its own in it.
            recorded(base, corpus, before, chosen, sampled(chosen) if chosen.within is None else Sample())
        recorded(chosen.tree, corpus, now, chosen, sampled(chosen))
        return compared(before, now, chosen)


def sampled(chosen: argparse.Namespace) -> Sample:
    return Sample(chosen.sample, chosen.seed, chosen.sample_all)


def recorded(tree: Path, corpus: Path, into: Path, chosen: argparse.Namespace, sample: Sample) -> None:
    record(
        tree, corpus, into,
        workers=chosen.workers, sample=sample, limit=chosen.limit, deals_only=chosen.deals_only,
    )  # fmt: skip


def compared(one: Path, two: Path, chosen: argparse.Namespace) -> bool:
    return differ(read(one), read(two), chosen.only_sections, chosen.allow, chosen.show, chosen.lines)


def arguments() -> argparse.ArgumentParser:
    corpus = argparse.ArgumentParser(add_help=False)
    corpus.add_argument("--generated", type=int, default=2000, metavar="N", help="deals of the generator")
    corpus.add_argument("--damaged", type=int, default=300, metavar="N", help="examples with mistakes put in")
    corpus.add_argument("--extra", type=Path, action="append", default=[], metavar="FOLDER", help="its deals as well")
    asking = argparse.ArgumentParser(add_help=False)
    asking.add_argument("--workers", type=int, default=2, metavar="N")
    asking.add_argument("--sample", type=int, default=1, metavar="N", help="one in N of the generated deals")
    asking.add_argument("--seed", type=int, default=0, metavar="N", help="which ones")
    asking.add_argument("--sample-all", action="store_true", help="one in N of all deals")
    asking.add_argument("--limit", type=float, default=120, metavar="SECONDS", help="how long a deal may take")
    asking.add_argument("--deals-only", action="store_true", help="no help, library and error pages")
    showing = argparse.ArgumentParser(add_help=False)
    showing.add_argument("--only-sections", nargs="+", default=[], metavar="SECTION", help="`check*` is a pattern")
    showing.add_argument("--allow", nargs="+", default=[], metavar="SECTION", help="may differ: `program`, `show*`")
    showing.add_argument("--show", type=int, default=5, metavar="N", help="differences that are shown")
    showing.add_argument("--lines", type=int, default=60, metavar="N", help="lines of each")

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("collect", parents=[corpus], help="write the corpus of a tree")
    one.add_argument("--tree", type=Path, default=ROOT)
    one.add_argument("--into", type=Path, required=True, metavar="CORPUS")
    one = commands.add_parser("record", parents=[asking], help="record what a tree says of a corpus")
    one.add_argument("--tree", type=Path, default=ROOT)
    one.add_argument("--corpus", type=Path, required=True)
    one.add_argument("--into", type=Path, required=True, metavar="RECORD")
    one = commands.add_parser("differ", parents=[showing], help="compare two records")
    one.add_argument("one", type=Path, metavar="RECORD")
    one.add_argument("two", type=Path, metavar="RECORD")
    one = commands.add_parser("against", parents=[corpus, asking, showing], help="compare a tree with a revision")
    one.add_argument("revision")
    one.add_argument("--tree", type=Path, default=ROOT)
    one.add_argument("--within", type=Path, metavar="FOLDER", help="keep corpus and records there, for the next time")
    return parser


def main() -> int:
    chosen = arguments().parse_args()
    try:
        match chosen.command:
            case "collect":
                collect(chosen.tree, chosen.into, chosen)
            case "record":
                recorded(chosen.tree, chosen.corpus, chosen.into, chosen, sampled(chosen))
            case "differ":
                return int(compared(chosen.one, chosen.two, chosen))
            case _:
                return int(against(chosen))
    except Refused as problem:
        print(f"comparison: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
