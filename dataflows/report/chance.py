"""Whether two shares differ by more than chance explains."""

from __future__ import annotations

from math import sqrt

LEAST = 30
"""With fewer customers or orders than this in a group, its share says too little to be compared."""
CRITICAL = 1.96
"""Standard errors that two equal shares exceed one time in twenty."""


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
