"""The rows that the report reads: one record per query, its fields in the order of the query's columns."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Built:
    """The day that a mart shows; None when it has no rows."""

    mart: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Migration:
    """Customers with a segment on the newest recorded day, by their segment on the one before it."""

    since: date
    as_of: date
    from_segment: str
    to_segment: str
    customers: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Period:
    """The orders of 28 days; number 0 is the newest period. Money is NET, in dollars.

    ``returning`` are the buyers who had also bought in the period before; ``squares`` adds up the squares of what each
    successful order paid. ``days`` are those of the whole shop up to ``newest``.
    """

    number: int
    newest: date
    days: int
    orders: int
    returned_orders: int
    buyers: int
    returning: int
    revenue: Decimal
    squares: float


@dataclass(frozen=True, slots=True)
class Day:
    """What the shop sold on a day; money is NET, in dollars. A buyer who is new and returns on the day counts twice."""

    day: date
    revenue: Decimal
    orders: int
    buyers: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A product to push or to question, one of ``total`` of its kind; ``revenue`` is gross, in dollars."""

    kind: str
    total: int
    name: str
    status: str
    stage: str
    revenue: Decimal
    orders: int
    return_rate: float
    repeat_rate: float
    advice: str


@dataclass(frozen=True, slots=True)
class Risk:
    """Buyers of a segment in one band of churn risk.

    ``overdue`` are those whose next order was expected before the tables' day; ``revenue`` is what they have paid so
    far, NET, in dollars.
    """

    band: str
    segment: str
    buyers: int
    overdue: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a forecast of purchases did, or the reason why there is no forecast.

    ``later`` purchases were made in the days that are held out, and ``later_expected`` had been forecast.
    """

    reason: str | None
    buyers: int
    later: int
    later_expected: float | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two products that customers bought both of, more often than chance explains where ``lift`` is above 1."""

    product: str
    other: str
    customers: int
    confidence: float
    lift: float


@dataclass(frozen=True, slots=True)
class FundingMonth:
    """Observed touches of a channel in a month, what they cost and are credited with; money is NET, in dollars."""

    channel: str
    month: date
    is_complete: bool
    spend: Decimal
    touches: int
    orders: float
    customers: float
    revenue: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """Successful orders since the first credited touch, and those of them without any; revenue is NET, in dollars."""

    orders: int
    revenue: Decimal
    untouched_orders: int
    untouched_revenue: Decimal


@dataclass(frozen=True, slots=True)
class Contact:
    """A list of customers to contact; ``revenue`` is what they have paid so far, NET, in dollars."""

    name: str
    customers: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Action:
    """Customers of a segment with the same next best action, and what they have paid so far, NET, in dollars."""

    segment: str
    name: str
    customers: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class ActionValue:
    """Customers with the same next best action: the median of what they have paid, and what they are expected to spend.

    Net, in dollars; ``forecast`` is None without a forecast of any of them.
    """

    name: str
    median: float
    forecast: float | None


@dataclass(frozen=True, slots=True)
class SegmentProduct:
    """A product that customers of a segment bought; money is NET, in dollars."""

    segment: str
    product: str
    customers: int
    orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class SegmentForecast:
    """Buyers of a segment, and the purchases and spend expected of them, in dollars.

    ``squares`` adds up the squares of half of each buyer's band.
    """

    segment: str
    buyers: int
    purchases: float
    spend: float
    squares: float


@dataclass(frozen=True, slots=True)
class ChannelMonth:
    """Orders and revenue of a channel of the stand-in rule in a month; money is NET, in dollars."""

    channel: str
    month: date
    orders: int
    revenue: Decimal
    as_of: date


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What a campaign earned in a channel, by the rules on orders; the profit is by assumed margins."""

    campaign: str
    channel: str
    orders: int
    customers: int
    revenue: Decimal
    profit: Decimal


@dataclass(frozen=True, slots=True)
class Repeat:
    """Buyers with at least ``number`` successful orders, and how many of them ordered again.

    ``eligible`` and ``returned`` are by days: those for whom that time has passed, and the share of them who ordered.
    """

    number: int
    customers: int
    continued: int
    median_days: float | None
    eligible_30: int
    returned_30: float | None
    eligible_90: int
    returned_90: float | None
    eligible_365: int
    returned_365: float | None


@dataclass(frozen=True, slots=True)
class GroupAge:
    """Buyers of a campaign, channel or product of first orders, in the month ``age`` after them.

    ``buyers`` are those of cohorts whose month is over, ``active`` those of them who ordered in it.
    """

    attribute: str
    value: str
    age: int
    buyers: int
    active: int


@dataclass(frozen=True, slots=True)
class Total:
    """The whole shop. ``orders`` are successful; money is NET, in dollars.

    ``without_orders`` are the customers who placed no order of any status.
    """

    customers: int
    without_orders: int
    buyers: int
    repeat_buyers: int
    orders: int
    returned_orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers of one segment; those who never bought are separate from the buyers of the segment.

    ``without_orders`` are the customers who placed no order of any status.
    """

    name: str
    has_purchased: bool
    customers: int
    without_orders: int
    orders: int
    revenue: Decimal
    action: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Buyers of one recency and frequency score."""

    recency: int
    frequency: int
    customers: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class CohortMonth:
    """One cohort in one month; ``ltv`` is the revenue from month 0 to this one, in dollars per buyer of the cohort."""

    cohort: date
    age: int
    size: int
    active: int
    ltv: float
    is_complete: bool


@dataclass(frozen=True, slots=True)
class AgeTotal:
    """All cohorts together, in the month ``age`` of each.

    ``complete_buyers`` are those of cohorts whose month is over, ``active`` those of them who ordered in it.
    """

    age: int
    cohorts: int
    buyers: int
    complete_buyers: int
    active: int


@dataclass(frozen=True, slots=True)
class Month:
    """The successful orders of a calendar month; money is NET, in dollars."""

    month: date
    revenue: Decimal
    orders: int
    buyers: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Product:
    """One product over its sold orders, successful and returned; ``revenue`` is gross, in dollars."""

    name: str
    orders: int
    returns: int
    revenue: Decimal
    net_revenue: Decimal
    abc: str
    revenue_rank: int
    volume_rank: int


@dataclass(frozen=True, slots=True)
class AbcClass:
    """All products of one ABC class; ``revenue`` is gross, in dollars."""

    name: str
    products: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of the stand-in rule; money is NET, in dollars."""

    name: str
    conversions: int
    customers: int
    new_customers: int
    revenue: Decimal
    order_value: float
    score: float
    first_touch_revenue: Decimal
    last_touch_revenue: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """The credit that one attribution model gives one channel; revenue is NET, in dollars."""

    model: str
    channel: str
    customers: float
    revenue: float


def newest_day(built: Sequence[Built]) -> date | None:
    """Return the day that the marts show, the latest one where they differ."""
    return max((mart_day.as_of for mart_day in built if mart_day.as_of), default=None)


def days_in(month: date) -> int:
    """Return the number of days of the month of a day."""
    return monthrange(month.year, month.month)[1]
