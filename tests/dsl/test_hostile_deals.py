"""Whole deals made to be slow, deep or huge: each is compiled or refused within the time and memory of any deal."""

from __future__ import annotations

import time

import indenture
import pytest

SECONDS = 5.0
HEAD = """deal "Tamar" {
  language = 1
  currency = USD
  closing  = 2026-01-15
  issuer   = Tamar
}
party Tamar, Holders, Tenant
schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
claim rent from Tenant to Tamar on payment = $12m carries
account collections
receive rent into collections
waterfall priorities from collections on payment {
  "Rest" pay rest to Holders
}
"""
NINES = "9" * 400


def lines(form: str, count: int, first: int = 0) -> str:
    """``form`` once for each number: `#` is the number, `<` the one before it, `>` the one after."""
    return "\n".join(
        form.replace("#", str(n)).replace("<", str(n - 1)).replace(">", str(n + 1)) for n in range(first, first + count)
    )


def report(figure: str) -> str:
    return f'\nreport {{ "x" = {figure} }}\n'


def compiled(text: str) -> tuple[indenture.Deal | None, set[str]]:
    """The deal, or the codes of its errors, in the time that any text may take."""
    began = time.process_time()
    deal: indenture.Deal | None = None
    codes: set[str] = set()
    try:
        deal = indenture.compile(HEAD + text)
    except indenture.DealError as error:
        codes = {one.code for one in error.diagnostics if one.severity == "error"}
        assert codes
    assert time.process_time() - began < SECONDS
    return deal, codes


REFUSED: dict[str, tuple[str, str]] = {
    "functions that double": (
        "function f0(x) = x + 1\n" + lines("function f#(x) = f<(x) + f<(x)", 60, 1) + report("f60(1)"),
        "E0348",
    ),
    "a chain of functions": (
        "function f0(x) = x + 1\n" + lines("function f#(x) = f<(x) + 1", 1_500, 1) + report("f1500(1)"),
        "E0348",
    ),
    "a ring of functions": (lines("function f#(x) = f>(x) + 1", 500) + "\nfunction f500(x) = f0(x)", "E0348"),
    "a chain of definitions that a figure stands on": (
        "define d0 = rent.due\n" + lines("define d# = d< + $1", 1_500, 1) + report("total d1500"),
        "E0108",
    ),
    "a number of 400 digits": (report(f"total rent.paid * {NINES}"), "E0105"),
    "an amount of 400 digits": (f"define m = ${NINES}" + report("total rent.paid + m"), "E0105"),
    "schedules by the thousand": (
        lines("schedule s# = monthly on day 1 from 2026-02-01 to 2190-12-01, unadjusted", 1_000),
        "E0401",
    ),
    "schedules that cannot be built": (
        lines("schedule s# = monthly on day 1 from 2026-02-01 to 2190-12-31, unadjusted", 1_000),
        "E0401",
    ),
    "claims that nothing pays": (lines("claim c# to Holders on payment = $1 carries", 1_000), "E0701"),
    "a ring of groups": (lines("group g# = g>", 800) + "\ngroup g800 = g0", "E0212"),
    "names that mean nothing": (lines("define d# = nothing.b#.c", 1_500), "E0201"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_time(name: str) -> None:
    text, code = REFUSED[name]
    deal, codes = compiled(text)
    assert deal is None
    assert code in codes


SQUARES = lines("define d# = d< * d<", 60, 1)

RUN: dict[str, tuple[str, float | None]] = {
    # A number that no double holds is left to the run, which says so; a small one is as near to zero as a double is.
    "squares of a whole number": ("define d0 = 3\n" + SQUARES + report("total rent.paid * d60"), None),
    "squares of a fraction": ("define d0 = 1/3\n" + SQUARES + report("total rent.paid * d60"), 0.0),
    "a power of a power": (report("total rent.paid * 10^4000^2"), None),
    "a huge exponent": (report("total rent.paid * 2^1000000000"), None),
    "a huge exponent below zero": (report("total rent.paid * 2^-1000000000"), 0.0),
    "products of 400 digits": (report("total rent.paid * " + " * ".join(["0." + "3" * 390] * 150)), 48e6 / 3.0**150),
    "nested calls": (report("total rent.paid * " + "min(" * 100 + "1" + ", 2)" * 100), 48e6),
}


@pytest.mark.parametrize("name", RUN)
def test_numbers_too_large_to_be_worked_out_exactly(name: str) -> None:
    text, expected = RUN[name]
    deal, codes = compiled(text)
    assert deal is not None, codes
    if expected is None:
        with pytest.raises(indenture.DealError, match="no finite number"):
            deal.run()
    else:
        assert deal.run()["x"].value() == pytest.approx(expected, rel=1e-12, abs=0.0)
