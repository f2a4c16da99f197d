"""Small deals for tests: a frame to put a few lines into, and the series that come out."""

from __future__ import annotations

import re

import indenture
import numpy as np

HEADER = """
deal "Test" { language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }
party Issuer, Bank, Fund, Customer, Sponsor
schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
"""
CASH = "account cash\nreceive $100 from Customer into cash on payment\n"
"""An account that gets $100 on every payment date."""


def compiled(text: str, *, header: str = HEADER, folder: str | None = None) -> indenture.Deal:
    return indenture.compile(header + text, folder=folder)


def series(
    text: str, *names: str, header: str = HEADER, scenario: str = "base", **options: object
) -> dict[str, list[float | None]]:
    """Each named series on the deal's dates in one scenario; None where it is not determined."""
    result = compiled(text, header=header).run(keep=names, scenarios=[scenario], **options)  # type: ignore[arg-type]  # passed on as given
    found: dict[str, list[float | None]] = {}
    for name in names:
        one = result[name]
        determined = np.ones(one.values.shape, dtype=bool) if one.determined is None else one.determined
        found[name] = [
            float(value) if there else None
            for value, there in zip(
                one.values[:, 0].tolist(), np.broadcast_to(determined, one.values.shape)[:, 0], strict=True
            )
        ]
    return found


def figures(text: str, *, header: str = HEADER, scenario: str = "base") -> dict[str, float | None]:
    """The figures of the deal's report in one scenario."""
    result = compiled(text, header=header).run(scenarios=[scenario])
    found: dict[str, float | None] = {}
    for name in result.names():
        one = result[name]
        if one.values.ndim == 1:
            there = one.determined is None or bool(one.determined[0])
            found[name] = float(one.values[0]) if there else None
    return found


def codes(text: str, *, header: str = HEADER) -> list[str]:
    """The codes of the errors that a text gives, in order; empty where it compiles."""
    try:
        compiled(text, header=header)
    except indenture.DealError as error:
        return [one.code for one in error.diagnostics if one.severity == "error"]
    return []


def message(text: str, *, header: str = HEADER) -> str:
    """What the compiler says of a text, without colour and places' paths."""
    try:
        compiled(text, header=header)
    except indenture.DealError as error:
        return re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    return ""
