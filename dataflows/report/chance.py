"""Whether two shares, counts or amounts differ by more than chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev

LEAST = 30
"""With fewer customers or orders than this in a group, its numbers say too little to be compared."""
CRITICAL = 1.96
"""Standard errors that two equal shares, counts or means exceed one time in twenty."""
CRITICAL_OF_28_DAYS = 2.052
"""The same for the mean of 28 differences: Student's t with 27 degrees of freedom (NIST handbook, 1.3.6.7.2)."""


def is_enough(*wholes: int) -> bool:
    """Return whether every group is large enough to compare its share."""
    return min(wholes, default=0) >= LEAST


def is_clear(part: int, whole: int, earlier_part: int, earlier_whole: int) -> bool:
    """Return whether the shares of two large enough groups differ by more than chance: the two-proportion z-test."""
    if not is_enough(whole, earlier_whole):
        return False
    pooled = (part + earlier_part) / (whole + earlier_whole)
    error = sqrt(pooled * (1 - pooled) * (1 / whole + 1 / earlier_whole))
    return abs(part / whole - earlier_part / earlier_whole) > CRITICAL * error if error else False


def is_clear_by_day(days: Sequence[float], earlier_days: Sequence[float]) -> bool:
    """Return whether 28 days differ from the 28 before by more than single days do: the paired t-test.

    Each day is compared with the same weekday four weeks before, so that weekdays make no difference.
    """
    differences = [day - earlier for day, earlier in zip(days, earlier_days, strict=True)]
    error = stdev(differences) / sqrt(len(differences))
    return abs(fmean(differences)) > CRITICAL_OF_28_DAYS * error


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


def is_clear_count(number: int, earlier: int) -> bool:
    """Return whether two large enough numbers of orders of equally long times differ by more than chance.

    Orders that come independently are a Poisson process: the difference of two counts has the variance of their sum.
    """
    return is_enough(number, earlier) and abs(number - earlier) > CRITICAL * sqrt(number + earlier)
