"""Each buyer's journey as a whole: the totals by which its touches share a credit."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from dataflows.intermediate.int_customer_orders import COLUMNS as CUSTOMER_COLUMNS
from dataflows.intermediate.int_order_facts import is_successful
from dataflows.intermediate.int_orders import EMAIL, NEW_YEAR, ORGANIC, PROMOTIONAL, SOCIAL
from dataflows.lib.expressions import count_if, exact_sum, in_order
from marketing_ibis.model import column, inherited, model

TOUCH_COLUMNS = {
    EMAIL: "email_touches",
    NEW_YEAR: "new_year_touches",
    ORGANIC: "organic_touches",
    PROMOTIONAL: "promotional_touches",
    SOCIAL: "social_touches",
}
"""The column that counts the touches of each channel."""

MOST_HALF_LIVES = 1022
"""After this many half-lives a touch counts as nothing: 2^-1022 is the smallest double of full precision."""

DECAYED = "decimal(18, 15)"
"""Type in which decayed touches are added up: next to the last touch's 1, smaller parts of the others do not show."""

COLUMNS = (
    *inherited(CUSTOMER_COLUMNS, "customer_id"),
    column("journey_length", "int64", "Successful orders of the buyer: the touches of the journey.", unit="orders"),
    *inherited(CUSTOMER_COLUMNS, "net_cents"),
    column("last_touch_date", "date", "Day of the last touch, from which the credit of earlier ones decays."),
    column("decayed_touches", "float64", "Touches, each halved for every half-life that it lies before the last one."),
    *(column(name, "int64", f"Touches in {channel}.", unit="orders") for channel, name in TOUCH_COLUMNS.items()),
)


@dataclass(frozen=True, slots=True)
class JourneyRules:
    """How fast the credit of a touch decays: it halves every ``half_life_days`` before the last touch."""

    half_life_days: float = 7
    """Time decay: a touch this many days before the last one gets half of its credit."""

    def __post_init__(self) -> None:
        if not self.half_life_days > 0:
            raise ValueError(f"half_life_days must be more than 0, not {self.half_life_days}")


@model(
    layer="intermediate",
    grain=("customer_id",),
    columns=COLUMNS,
    dist_key="customer_id",
    sort_keys=("customer_id",),
)
def int_customer_journeys(
    int_order_facts: ir.Table, int_customer_orders: ir.Table, journey_rules: JourneyRules = JourneyRules()
) -> ir.Table:
    """Length, end and touches per channel of each buyer's journey.

    Grain: one row per ``customer_id`` with at least one successful order.
    Units: whole cents; a touch is a successful order.
    Source: docs/metrics/attribution_touchpoints.md; grouped once, so that no touch needs a window over the others.
    """
    touches = int_order_facts.filter(is_successful(int_order_facts))
    buyers = int_customer_orders.select(
        "customer_id",
        "net_cents",
        journey_length=int_customer_orders.successful_orders,
        last_touch_date=int_customer_orders.last_success_date,
    )
    joined = touches.select("customer_id", "order_date", "attribution_channel").inner_join(buyers, "customer_id")
    decayed = decay(joined.order_date, joined.last_touch_date, journey_rules.half_life_days)
    counts = {name: count_if(joined.attribution_channel == channel) for channel, name in TOUCH_COLUMNS.items()}
    journeys = joined.group_by("customer_id", "journey_length", "net_cents", "last_touch_date")
    return in_order(journeys.agg(decayed_touches=exact_sum(decayed, DECAYED), **counts), COLUMNS)


def decay(day: ir.DateColumn, last_day: ir.DateColumn, half_life_days: float) -> ir.FloatingColumn:
    """Return the remaining part, of 1, of a touch on ``day`` in a journey that ends on ``last_day``."""
    days = last_day.delta(day, unit="day").cast("float64")
    # PostgreSQL raises an error for a power that is too small for a double, so such a power is never computed.
    weight = ibis.literal(2.0) ** -(days / float(half_life_days))
    return (days <= MOST_HALF_LIVES * float(half_life_days)).ifelse(weight, 0.0)
