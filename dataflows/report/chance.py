"""Whether two shares, counts or amounts differ by more than chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, stdev

LEAST = 30
"""With fewer customers or orders than this in a group, its numbers say too little to be compared."""
ERROR = 0.05
"""The probability that chance alone makes equal shares, counts or means look different."""
T_VALUES = {28: 2.052}
"""Standard errors that the mean of so many differences exceeds with this probability if they differ from 0 by chance.

Student's t with one degree of freedom less than differences (NIST handbook, 1.3.6.7.2).
"""


def critical_value(comparisons: int = 1) -> float:
    """Return the standard errors that chance alone exceeds in any of ``comparisons`` one time in twenty at most.

    Each has an equal part of the error: Bonferroni's method (NIST handbook, 7.4.7.3).
    """
    return NormalDist().inv_cdf(1 - ERROR / (2 * comparisons))


CRITICAL = critical_value()
"""Standard errors of one comparison: about 1.96."""


def is_enough(*wholes: int) -> bool:
    """Return whether every group is large enough to compare its share."""
    return min(wholes, default=0) >= LEAST


def is_clear(part: int, whole: int, earlier_part: int, earlier_whole: int, *, comparisons: int = 1) -> bool:
    """Return whether the shares of two large enough groups differ by more than chance: the two-proportion z-test.

    ``comparisons`` are made at the same time.
    """
    if not is_enough(whole, earlier_whole):
        return False
    pooled = (part + earlier_part) / (whole + earlier_whole)
    error = sqrt(pooled * (1 - pooled) * (1 / whole + 1 / earlier_whole))
    return abs(part / whole - earlier_part / earlier_whole) > critical_value(comparisons) * error if error else False


def is_clear_by_day(days: Sequence[float], earlier_days: Sequence[float]) -> bool:
    """Return whether the days of a period differ from those before by more than single days do: the paired t-test.

    Each day is compared with the same weekday one period before, so that weekdays make no difference.
    """
    differences = [day - earlier for day, earlier in zip(days, earlier_days, strict=True)]
    error = stdev(differences) / sqrt(len(differences))
    return abs(fmean(differences)) > T_VALUES[len(differences)] * error


def is_clear_mean(total: float, squares: float, number: int, *earlier: float) -> bool:
    """Return whether the means of two large enough groups differ by more than chance: Welch's test.

    Each group has the ``total`` of its values, the sum of their ``squares`` and their ``number``.
    """
    earlier_total, earlier_squares, earlier_number = earlier
    if not is_enough(number, int(earlier_number)):
        return False
    error = sqrt(_error(total, squares, number) + _error(earlier_total, earlier_squares, earlier_number))
    return abs(total / number - earlier_total / earlier_number) > CRITICAL * error


def _error(total: float, squares: float, number: float) -> float:
    """Return the squared standard error of a mean."""
    return max(0.0, squares - total * total / number) / (number - 1) / number


def is_clear_count(orders: int, units: float, other_orders: int, other_units: float, *, comparisons: int = 1) -> bool:
    """Return whether orders per unit, such as a day or a dollar, differ by more than chance if there are enough.

    Orders that come independently are a Poisson process: the variance of a number of orders is that number, and of the
    orders per unit it is that number divided by the square of the units. ``comparisons`` are made at the same time.
    """
    if not is_enough(orders, other_orders):
        return False
    error = sqrt(orders / units**2 + other_orders / other_units**2)
    return abs(orders / units - other_orders / other_units) > critical_value(comparisons) * error
