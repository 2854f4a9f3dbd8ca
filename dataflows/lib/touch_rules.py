"""How long a touch waits for an order, and how the credit of an order is shared among its touches."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

HALF_LIFE_DAYS = 7
MOST_HALF_LIVES = 64
"""An older touch counts as one of this many half-lives, which is above 0 by far."""
SHARE_OF_AN_END = 0.4
SHARE_BETWEEN = 0.2
"""Position Based, from three touches on: to the first and the last each, and to all others together."""


@dataclass(frozen=True, slots=True)
class TouchRules:
    """How long a touch waits for an order: at most ``lookback_days``, then it is uncredited."""

    lookback_days: int = 30
    """An order is credited to the touches of this many days before it and of its own day."""

    def __post_init__(self) -> None:
        if self.lookback_days < 0:
            raise ValueError(f"lookback_days must be 0 or more, not {self.lookback_days}")


def decayed(days_to_order: ir.IntegerColumn) -> ir.FloatingColumn:
    """Return the remaining part, of 1, of a touch that many days before its order."""
    days = ibis.least(days_to_order, MOST_HALF_LIVES * HALF_LIFE_DAYS).cast("float64")
    return ibis.literal(2.0) ** -(days / float(HALF_LIFE_DAYS))


def weights(paths: ir.Table, is_first: ir.BooleanColumn, is_last: ir.BooleanColumn) -> dict[str, ir.FloatingColumn]:
    """Return a touch's share of its order in each attribution model that counts touches, so all but Time Decay.

    ``paths`` has the touches of the path, its distinct channels, and its touches of this channel.
    """
    length = double(paths.path_length).nullif(0.0)
    between = SHARE_BETWEEN / double(paths.path_length - 2).nullif(0.0)
    return {
        "first_touch_weight": is_first.ifelse(1.0, 0.0),
        "last_touch_weight": is_last.ifelse(1.0, 0.0),
        "linear_weight": (1 / length).fill_null(1.0),
        "position_based_weight": ibis.cases(
            (paths.path_length == 0, 1.0),
            (paths.path_length <= 2, 1 / length),
            (is_first | is_last, SHARE_OF_AN_END),
            else_=between,
        ),
        "shapley_weight": 1 / (double(paths.path_channels) * double(paths.channel_touches)),
    }


def double(number: ir.IntegerColumn) -> ir.FloatingColumn:
    """Return a whole number as a double."""
    return number.cast("float64")
