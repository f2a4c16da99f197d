"""Random draws in fixed lots, so that no figure depends on blocks, workers or the number of paths.

A lot is 8,192 paths of one factor, drawn whole from a stream keyed by (seed, factor, lot). The first n
paths of a larger run are therefore the paths of a run of n.
"""

from __future__ import annotations

import hashlib

import attrs
import numpy as np
import numpy.typing as npt

from .ir import Random

LOT = 8_192

SMALLEST = 2.0**-54
"""A uniform draw of exactly 0 becomes this: the distribution is on the open interval."""


def generator(seed: int, factor: str, lot: int) -> np.random.Generator:
    """The stream of one lot of one factor. The factor is hashed stably, not by Python's ``hash``."""
    digest = hashlib.blake2b(factor.encode(), digest_size=16).digest()
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *words, lot])))


@attrs.define
class Draws:
    """The paths of one factor: ``shape`` is what one path holds, dates and rows, lanes come last."""

    random: Random
    seed: int
    shape: tuple[int, ...]
    _lot: int = -1
    _values: npt.NDArray[np.float64] | None = None

    def lot(self, number: int) -> npt.NDArray[np.float64]:
        """[*shape, 8192] of one lot; the array is overwritten by the next."""
        if self._values is None:
            self._values = np.empty((*self.shape, LOT))
        if number != self._lot:
            stream = generator(self.seed, self.random.factor, number)
            match self.random.distribution:
                case "normal":
                    stream.standard_normal(out=self._values)
                case "uniform":
                    stream.random(out=self._values)
                    np.maximum(self._values, SMALLEST, out=self._values)
            self._lot = number
        return self._values

    def paths(self, start: int, stop: int) -> npt.NDArray[np.float64]:
        """[*shape, stop - start]: a view where the paths lie in one lot."""
        first, last = start // LOT, (stop - 1) // LOT
        if first == last:
            return self.lot(first)[..., start - first * LOT : stop - first * LOT]
        values = np.empty((*self.shape, stop - start))
        for number in range(first, last + 1):
            low, high = max(start, number * LOT), min(stop, (number + 1) * LOT)
            values[..., low - start : high - start] = self.lot(number)[..., low - number * LOT : high - number * LOT]
        return values
