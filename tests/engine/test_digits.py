"""What no fraction holds, to sixty digits: against figures that mpmath gives."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from fractions import Fraction as F

import pytest
from indenture.engine.primitives import digits, exact

SIXTY = F(1, 10**60)


@pytest.mark.parametrize(
    ("found", "digits_of_mpmath"),
    [
        (lambda: exact.exp(F(1)), "2.718281828459045235360287471352662497757247093699959574966967628"),
        (lambda: exact.exp(F(-7, 2)), "0.03019738342231850073978629236361984507166053224765700667134022309"),
        (lambda: exact.log(F(2)), "0.6931471805599453094172321214581765680755001343602552541206800095"),
        (lambda: exact.log(F("1.00000001")), "0.000000009999999950000000333333330833333353333333166666668095238082734294"),
        (lambda: exact.power(F(2), F(1, 12)), "1.059463094359295264561825294946341700779204317494185628559208431"),
        (lambda: exact.power(F("1.005"), F(1, 2)), "1.002496882788171067537936925122580516018750611127509063375995788"),
        (lambda: exact.square_root(F(2)), "1.414213562373095048801688724209698078569671875376948073176679738"),
        (lambda: digits.normal_cdf(F(1)), "0.8413447460685429485852325456320379224779129667266043909873944502"),
        (lambda: digits.normal_cdf(F(-5)), "0.0000002866515718791939116737523328746453538544230136118895730854927989"),
        (lambda: digits.normal_cdf(F(-20)), "2.753624118606233695075622780857465332807497734759330567699371655e-89"),
        (lambda: digits.normal_quantile(F("0.975")), "1.959963984540054235524594430520551527955550077869548398476952646"),
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


@pytest.mark.parametrize("exponent", [10**6, 10**6 + 1])
def test_whole_powers_too_long_to_be_exact_keep_their_sign(exponent: int) -> None:
    with decimal.localcontext(prec=90):
        meant = F(decimal.Decimal("1.0000012345") ** exponent)
    assert abs(digits.power(F("1.0000012345"), F(exponent)) / meant - 1) < SIXTY
    assert digits.power(F("-1.0000012345"), F(exponent)) == (-1) ** exponent * digits.power(
        F("1.0000012345"), F(exponent)
    )


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
    with pytest.raises(ValueError, match=r"not above zero|below zero|no probability"):
        of()
