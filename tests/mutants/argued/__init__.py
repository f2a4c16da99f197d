"""Faults that change nothing anybody could see, each with the reason in a line.

By module, then the function, the text of the first line of the fault, and how the change begins, as
`python -m tests.mutants` prints it: as much of it as tells these faults from others of the line that tests do see. A row
that fits no fault makes `tests/mutants/test_mutants.py` fail; one of which all that were tried are caught makes the run
fail. A file a folder of the package.
"""

from __future__ import annotations

import importlib
import pkgutil

from .row import Row

AREAS = [
    importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__) if one.name != "row"
]

ARGUED: dict[str, tuple[Row, ...]] = {module: rows for area in AREAS for module, rows in area.ARGUED.items()}

__all__ = ["ARGUED", "Row"]
