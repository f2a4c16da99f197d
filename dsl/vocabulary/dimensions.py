"""Dimensions: powers of base units.

Base units are one each of: a currency (``USD``), ``year`` (calendar time: years, quarters, months),
``hour`` (exact time: weeks, days, hours), ``GPU``, ``kW``, ``token``, and any unit that a deal declares.
Calendar and exact time never convert into one another here: they meet only through a day count.
"""

from __future__ import annotations

import attrs

from .currencies import CURRENCIES


@attrs.frozen(slots=True)
class Dimension:
    """Powers of base units, sorted by name; none is zero. No powers at all: a pure number."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, **powers: int) -> Dimension:
        return cls(tuple(sorted((name, power) for name, power in powers.items() if power)))

    def power(self, base: str) -> int:
        for name, power in self.powers:
            if name == base:
                return power
        return 0

    @property
    def pure(self) -> bool:
        return not self.powers

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.powers if name in CURRENCIES)

    @property
    def currency(self) -> str | None:
        """The one currency of an amount of money; None where this is anything else."""
        if len(self.powers) == 1 and self.powers[0][1] == 1 and self.powers[0][0] in CURRENCIES:
            return self.powers[0][0]
        return None

    def __mul__(self, other: Dimension) -> Dimension:
        total = dict(self.powers)
        for name, power in other.powers:
            total[name] = total.get(name, 0) + power
        return Dimension.of(**total)

    def __truediv__(self, other: Dimension) -> Dimension:
        return self * other**-1

    def __pow__(self, exponent: int) -> Dimension:
        return Dimension.of(**{name: power * exponent for name, power in self.powers})


PURE = Dimension()


YEAR = Dimension.of(year=1)


HOUR = Dimension.of(hour=1)


PER_YEAR = Dimension.of(year=-1)
