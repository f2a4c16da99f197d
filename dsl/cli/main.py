"""The command line. What a command does is in the module of its name; here are their arguments and help.

Exit codes: 0 fine; 1 a compile error, a failed check or a run-time error; 2 an unreadable file or wrong usage;
130 interrupted. For the time that a start takes, modules that need numpy or the parser are imported by the command
that needs them.
"""

from __future__ import annotations

import gc
import sys
from datetime import datetime
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from .forms import CheckFormat, FailOn, GraphFormat, LibraryFormat, RunFormat, View
from .output import guarded, version

app = typer.Typer(
    name="indenture",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


AS_OF = typer.Option(
    metavar="DATE",
    formats=["%Y-%m-%d"],
    help="The day that what the deal waives until a date is held against (without it the deal's closing).",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(version())
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """A language and engine for credit deals: check a .deal file, run it, look inside it.

    \b
    Examples:
      indenture check aurora.deal
      indenture run aurora.deal --scenario base --set "senior.margin=5.00%"
      indenture show ir aurora.deal
      indenture explain-error E0312
    """


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Deals to compile.")],
    format: Annotated[CheckFormat, typer.Option(help="How to print what is found.")] = CheckFormat.text,
    as_of: Annotated[datetime | None, AS_OF] = None,
    fail_on: Annotated[FailOn, typer.Option(help="From what on to end with code 1.")] = FailOn.error,
) -> None:
    """Compile deals and print everything that is wrong with them.

    \b
    Examples:
      indenture check aurora.deal
      indenture check deals/*.deal --format sarif > found.sarif
    """
    from .check import check_files  # start-up time

    with guarded():
        check_files(files, format, as_of and as_of.date(), fail_on)


@app.command()
def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The deal.")],
    scenario: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Run only this scenario (may be repeated).")
    ] = None,
    set: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Set a name for this run.")] = None,
    input: Annotated[list[str] | None, typer.Option(metavar="NAME=FILE.CSV", help="Feed an input of the deal.")] = None,
    paths: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Draw what the deal's `simulate` says this many times.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Fixes the draws.")] = 0,
    keep: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Give back this series too.")] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes to spread the scenarios over.")] = 1,
    as_of: Annotated[datetime | None, AS_OF] = None,
    fail_on: Annotated[FailOn, typer.Option(help="From what on to end with code 1.")] = FailOn.error,
    format: Annotated[RunFormat, typer.Option(help="How to print the figures.")] = RunFormat.table,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write to this file instead of standard output.")
    ] = None,
) -> None:
    """Run a deal: every measure of its report in every scenario, then its checks.

    \b
    Examples:
      indenture run aurora.deal
      indenture run aurora.deal --scenario base --scenario "Rates up"
      indenture run aurora.deal --set "senior.size=$650m" --set "SOFR=5.10%"
      indenture run aurora.deal --paths 100000 --seed 7 --workers 2
      indenture run aurora.deal --keep dscr --format csv --out dscr.csv
      indenture run spot.deal --input spot=prices.csv --format json
    """
    from .run import Request, run_deal  # start-up time

    with guarded():
        run_deal(
            Request(
                file=file,
                scenarios=tuple(scenario or ()),
                settings=tuple(set or ()),
                inputs=tuple(input or ()),
                paths=paths,
                seed=seed,
                keep=tuple(keep or ()),
                workers=workers,
                form=format,
                out=out,
                as_of=as_of and as_of.date(),
                fail_on=fail_on,
            )
        )


@app.command()
def show(
    view: Annotated[
        View,
        typer.Argument(
            help="tree: the text as parsed. deal: every name, what it is and where. ir: the equations. "
            "plan: how they are evaluated. graph: who pays, owns, owes or guarantees whom."
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The deal.")],
    format: Annotated[GraphFormat, typer.Option(help="How to print the graph.")] = GraphFormat.text,
) -> None:
    """Look inside a deal, one stage of the compiler at a time.

    \b
    Examples:
      indenture show deal aurora.deal
      indenture show ir aurora.deal | less
      indenture show graph aurora.deal --format dot | dot -Tsvg -o aurora.svg
    """
    from .show import show_deal  # start-up time

    with guarded():
        show_deal(view, file, format)


@app.command()
def library(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A component, a function, a module, or a word to look for."),
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Print its worked example alone.")] = False,
    copy: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write its worked example and the files it reads there.")
    ] = None,
    format: Annotated[LibraryFormat, typer.Option(help="How to print it.")] = LibraryFormat.text,
) -> None:
    """List the components of the standard library, or print one: its documentation, fields, source and worked example.

    \b
    Examples:
      indenture library
      indenture library debt
      indenture library prepay
      indenture library loan
      indenture library loan --example > loan.deal
      indenture library loan_pool --copy .
      indenture library --format json
    """
    from .library import show_library  # start-up time

    with guarded():
        show_library(name, example=example, copy=copy, form=format)


@app.command("explain-error")
def explain_error(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code such as E0312, W0702 or R0821.")],
) -> None:
    """Print the page of an error, a warning or a remark: what is wrong, a deal that gives it, the correction.

    \b
    Example:
      indenture explain-error E0312
    """
    from .explain import explain  # start-up time

    with guarded():
        explain(code)


def main() -> None:
    """The program ``indenture``."""
    # Imports, the tree and the equations make many objects that live on and hardly a cycle: looking among them for
    # cycles every 700 objects takes up to a fifth of a command's time.
    gc.set_threshold(100_000, 50, 50)
    # A program started with its output closed has no stream at all: give it one that swallows.
    sys.stdout = sys.stdout or StringIO()
    sys.stderr = sys.stderr or StringIO()
    with guarded():
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a character gets an escape of it, never a traceback.
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        app()


if __name__ == "__main__":
    main()
