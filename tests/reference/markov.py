"""The reference of attribution_markov: docs/metrics/attribution_markov.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import numpy as np

from tests.reference.arithmetic import midnight
from tests.reference.marketing_attribution import CHANNELS
from tests.reference.staging import Row

START, END = "start", "end"


def attribution_markov(touchpoints: list[Row], as_of: date) -> list[Row]:
    """Return the removal effect of each of the five channels."""
    journeys: dict[object, list[str]] = defaultdict(list)
    for row in sorted(touchpoints, key=lambda row: int(str(row["touch_position"]))):
        journeys[row["customer_id"]].append(str(row["attribution_channel"]))
    revenue = float(sum(row["revenue"] for row in touchpoints))
    effects = {channel: 1 - _reached(list(journeys.values()), channel) if journeys else 0.0 for channel in CHANNELS}
    total = sum(effects.values()) or 1.0
    return [
        {
            "channel": channel,
            "removal_effect": effect,
            "credit_share": effect / total,
            "attributed_customers": len(journeys) * effect / total,
            "attributed_revenue": revenue * effect / total,
            "analysis_timestamp": midnight(as_of),
        }
        for channel, effect in effects.items()
    ]


def _reached(journeys: list[list[str]], removed: str) -> float:
    """Return the probability of the end where the removed channel leads nowhere: the fundamental matrix's row."""
    steps = Counter(pair for journey in journeys for pair in zip((START, *journey), (*journey, END), strict=True))
    states = [START, *sorted({channel for journey in journeys for channel in journey})]
    chain = np.zeros((len(states), len(states) + 1))
    for (origin, to), count in steps.items():
        if removed not in (origin, to):
            place = len(states) if to == END else states.index(to)
            chain[states.index(origin), place] = count / sum(n for (start, _), n in steps.items() if start == origin)
    reached = np.linalg.solve(np.eye(len(states)) - chain[:, :-1], chain[:, -1])
    return float(reached[0])
