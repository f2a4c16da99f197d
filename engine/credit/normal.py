"""The normal distribution in one and two dimensions, and Student's: whole arrays, shapes broadcast.

scipy is imported when a function is first called: a program that draws nothing and prices nothing needs none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def normal_cdf(x: npt.ArrayLike) -> Array:
    """The chance that a standard normal is not above x."""
    from scipy.special import ndtr

    found: Array = ndtr(np.asarray(x, dtype=np.float64))
    return found


def normal_quantile(probability: npt.ArrayLike) -> Array:
    """The inverse of :func:`normal_cdf`; minus and plus infinity at 0 and 1."""
    from scipy.special import ndtri

    found: Array = ndtri(np.asarray(probability, dtype=np.float64))
    return found


def student_cdf(x: npt.ArrayLike, degrees: npt.ArrayLike) -> Array:
    """The chance that a Student variable of so many degrees of freedom (above 0) is not above x."""
    from scipy.special import stdtr

    found: Array = stdtr(np.asarray(degrees, dtype=np.float64), np.asarray(x, dtype=np.float64))
    return found


def chi_square_quantile(probability: npt.ArrayLike, degrees: npt.ArrayLike) -> Array:
    """What a chi-square variable of so many degrees of freedom does not exceed with that probability."""
    from scipy.special import gammaincinv

    half = 0.5 * np.asarray(degrees, dtype=np.float64)
    found: Array = 2.0 * gammaincinv(half, np.asarray(probability, dtype=np.float64))
    return found


def bivariate_normal_cdf(x: npt.ArrayLike, y: npt.ArrayLike, correlation: npt.ArrayLike) -> Array:
    """P(X <= x, Y <= y) of two standard normals of that correlation, -1 and 1 included; x, y may be infinite.

    By Owen's T function: D. B. Owen, "Tables for computing bivariate normal probabilities", Annals of Mathematical
    Statistics 27 (1956), equation 2.1, in the form of Patefield and Tandy, Journal of Statistical Software 5 (2000).
    """
    from scipy.special import ndtr, owens_t

    h, k, rho = np.broadcast_arrays(
        np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), np.asarray(correlation, dtype=np.float64)
    )
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        # Zeros are moved by less than any figure shows: the ratios below then have a sign.
        a = np.where(np.abs(h) < 1e-300, 1e-300, h)
        b = np.where(np.abs(k) < 1e-300, 1e-300, k)
        root = np.sqrt((1.0 - rho) * (1.0 + rho))
        first = (b / a - rho) / root
        second = (a / b - rho) / root
        both = (a < 0) != (b < 0)
        value = 0.5 * (ndtr(a) + ndtr(b)) - owens_t(a, first) - owens_t(b, second) - 0.5 * both
    value = np.where(rho >= 1.0, ndtr(np.minimum(h, k)), value)
    value = np.where(rho <= -1.0, np.maximum(ndtr(h) + ndtr(k) - 1.0, 0.0), value)
    value = np.where(rho == 0.0, ndtr(h) * ndtr(k), value)
    value = np.where(np.isposinf(h), ndtr(k), np.where(np.isposinf(k), ndtr(h), value))
    value = np.where(np.isneginf(h) | np.isneginf(k), 0.0, value)
    found: Array = np.clip(value, 0.0, np.minimum(ndtr(h), ndtr(k)))
    return found
