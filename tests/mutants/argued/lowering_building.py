"""Faults argued away in `dsl/lowering/building`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {}
