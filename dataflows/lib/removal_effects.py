"""Credit channels by their removal effect, from the transitions of journeys: exact arithmetic on a few numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

START, CONVERSION = "(start)", "(conversion)"
"""Where every journey begins and ends."""
Transitions = Mapping[tuple[str, str], int]
"""How often one state of a journey follows another."""


def credit_channels(rows: Sequence[Mapping[str, Any]], as_of: date) -> list[dict[str, Any]]:
    """Return the removal effect and the credit of each channel.

    ``rows`` count the ``transitions`` of each ``from_channel`` ``to_channel``, with the ``revenue`` of the touches that
    are left; every channel is listed, whether or not it has any.
    """
    transitions: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        transitions[row["from_channel"], row["to_channel"]] += row["transitions"]
    channels = sorted({to for _, to in transitions} - {CONVERSION})
    buyers = sum(count for (origin, _), count in transitions.items() if origin == START)
    revenue = sum((Fraction(row["revenue"]) for row in rows), Fraction())
    effects = removal_effects(transitions, channels)
    total = sum(effects.values()) or Fraction(1)
    return [
        {
            "channel": channel,
            "removal_effect": float(effects[channel]),
            "credit_share": float(effects[channel] / total),
            "attributed_customers": float(buyers * effects[channel] / total),
            "attributed_revenue": float(revenue * effects[channel] / total),
            "analysis_timestamp": datetime.combine(as_of, time()),
        }
        for channel in channels
    ]


def removal_effects(transitions: Transitions, channels: Collection[str]) -> dict[str, Fraction]:
    """Return for each channel the share of journeys that would not convert if its touches ended them."""
    if not any(transitions.values()):
        return dict.fromkeys(channels, Fraction())
    return {channel: 1 - conversion_probability(transitions, without=channel) for channel in channels}


def conversion_probability(transitions: Transitions, without: str = "") -> Fraction:
    """Return the probability of reaching the conversion from the start where the channel ``without`` ends a journey."""
    left: dict[str, int] = defaultdict(int)
    for (origin, _), count in transitions.items():
        left[origin] += count
    states = [state for state, count in left.items() if count and state != without]
    # For each state: P(conversion) - sum of P(next) * P(conversion from next) = P(next is the conversion).
    equations = [
        [
            *((origin == other) - Fraction(transitions.get((origin, other), 0), left[origin]) for other in states),
            Fraction(transitions.get((origin, CONVERSION), 0), left[origin]),
        ]
        for origin in states
    ]
    return dict(zip(states, solve(equations), strict=True))[START]


def solve(equations: list[list[Fraction]]) -> list[Fraction]:
    """Return the solution of linear equations, each a row of coefficients and its right side."""
    rows = [list(row) for row in equations]
    for place in range(len(rows)):
        pivot = next(number for number in range(place, len(rows)) if rows[number][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for number, row in enumerate(rows):
            if number != place and row[place]:
                factor = row[place]
                rows[number] = [value - factor * other for value, other in zip(row, rows[place], strict=True)]
    return [row[-1] for row in rows]
