"""What no fraction holds, to sixty digits: against figures that mpmath gives."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F

import pytest
from indenture.engine.primitives import digits, exact

SIXTY = F(1, 10**60)


@pytest.mark.parametrize(
    ("found", "digits_of_mpmath"),
    [
FIGURES
    ],
)  # fmt: skip
def test_sixty_digits(found: Callable[[], F], digits_of_mpmath: str) -> None:
    meant = F(digits_of_mpmath)
    assert abs(found() - meant) < SIXTY * abs(meant)


def test_whole_powers_are_exact_at_the_size_of_a_mortgage() -> None:
    monthly = 1 + F("0.0725") / 12
    assert exact.power(monthly, F(360)) == monthly**360
    assert exact.power(F("1.00000123"), F(-200)) == 1 / F("1.00000123") ** 200
    beyond = exact.power(F("1.0000012345"), F(3_600))
    assert 0 < abs(beyond / F("1.0000012345") ** 3_600 - 1) < F(1, 10**110)


def test_what_is_too_long_is_cut_to_a_hundred_digits_and_the_rest_is_left_alone() -> None:
    assert digits.rounded(F(1, 3)) == F(1, 3)
    for long in (F(1, 3) ** 3_000, -(F(7, 10**40) ** 500), F(10) ** 3_000 + F(1, 3), F(-2, 3) ** 2_501):
        assert digits.bits(long) > digits.LONGEST
        assert 0 < abs(digits.rounded(long) / long - 1) < F(1, 10**110)


@pytest.mark.parametrize("p", ["1e-30", "0.001", "0.3", "0.5", "0.75", "0.999999"])
def test_a_quantile_undoes_the_law(p: str) -> None:
    assert abs(digits.normal_cdf(digits.normal_quantile(F(p))) / F(p) - 1) < SIXTY


@pytest.mark.parametrize(
    "of", [lambda: digits.log(F(0)), lambda: digits.square_root(F(-1)), lambda: digits.power(F(-2), F(1, 2)),
           lambda: digits.power(F(0), F(-1)), lambda: digits.normal_quantile(F(1))],
)  # fmt: skip
def test_what_there_is_not_is_refused(of: Callable[[], F]) -> None:
    with pytest.raises(ValueError):
        of()
