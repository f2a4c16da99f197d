"""Random draws in fixed lots, so that no figure depends on blocks, workers or the number of paths.

A lot is 8,192 paths of one factor, drawn whole from a stream keyed by (seed, factor, lot). The first n
paths of a larger run are therefore the paths of a run of n.
"""

from __future__ import annotations

import hashlib

import attrs
import numpy as np
import numpy.typing as npt

from ..ir import Random

Array = npt.NDArray[np.float64]

LOT = 8_192

SMALLEST = 2.0**-54
"""A uniform draw of exactly 0 becomes this: the distribution is on the open interval."""


def generator(seed: int, factor: str, lot: int) -> np.random.Generator:
    """The stream of one lot of one factor. The factor is hashed stably, not by Python's ``hash``."""
    digest = hashlib.blake2b(factor.encode(), digest_size=16).digest()
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *words, lot])))


@attrs.define(eq=False)
class Draws:
    """The paths of one factor: ``shape`` is what one path holds, dates and rows; lanes come last."""

    random: Random
    seed: int
    shape: tuple[int, ...]
    _lots: range = range(0)
    _values: Array = attrs.field(factory=lambda: np.empty(0))

    def paths(self, start: int, stop: int) -> Array:
        """[*shape, stop - start]: a view, overwritten when other lots are drawn."""
        lots = range(start // LOT, (stop - 1) // LOT + 1)
        if not (lots.start >= self._lots.start and lots.stop <= self._lots.stop and self._lots):
            self._draw(lots)
        offset = start - self._lots.start * LOT
        return self._values[..., offset : offset + stop - start]

    def _draw(self, lots: range) -> None:
        shape = (*self.shape, len(lots) * LOT)
        if self._values.shape != shape:
            self._values = np.empty(shape)
        lines = self._values.reshape(-1, shape[-1])
        for place, lot in enumerate(lots):
            stream = generator(self.seed, self.random.factor, lot)
            for line in lines:
                # Line by line is the order in which the whole lot would be drawn.
                part = line[place * LOT : (place + 1) * LOT]
                match self.random.distribution:
                    case "normal":
                        stream.standard_normal(out=part)
                    case "uniform":
                        stream.random(out=part)
                        np.maximum(part, SMALLEST, out=part)
        self._lots = lots
