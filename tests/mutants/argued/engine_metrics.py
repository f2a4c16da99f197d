"""Faults argued away in `engine/metrics`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/metrics/life.py": (
        Row(
            "_weighted",
            "weighted, whole = np.zeros(amounts.shape[1:]), np.zeros(amounts.shape[1:])",
            "constant: 1 -> 2",
            "a zero of fewer axes becomes as wide as what is added to it, and a deal has a date",
        ),
    ),
}
