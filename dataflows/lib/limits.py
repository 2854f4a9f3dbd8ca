"""Check the limits of rules: a negative number of days or a rate of 20 is a slip, and moves every number in silence."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

SHARES = ("_rate", "_ratio", "_percentile", "_penetration")
"""How the names of limits from 0 to 1 end."""
AMOUNTS = ("_days", "_percent")
"""How the names of limits from 0 up end."""


def check_limits(rules: Any) -> None:
    """Check each field of a dataclass by the unit that its name ends with.

    Raises:
        ValueError: a share is not between 0 and 1, or a number of days or a percentage is negative.
    """
    for field in fields(rules):
        value = getattr(rules, field.name)
        if field.name.endswith(SHARES) and not 0 <= value <= 1:
            raise ValueError(f"{field.name} must be between 0 and 1, not {value}")
        if field.name.endswith(AMOUNTS) and not value >= 0:
            raise ValueError(f"{field.name} must not be negative, but is {value}")
