"""The reference of the order facts: docs/metrics/staging_and_core.md, with channel and campaign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tests.reference.staging import Row, nulls_last

UNKNOWN_PRODUCT = "(unknown)"
EMAIL_ABOVE_CENTS = 10_000
SEASONS = {1: "Evergreen Campaign", 2: "Spring Campaign", 3: "Summer Campaign", 4: "Holiday Campaign"}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order of staging with its payments."""

    order: Row
    payments: tuple[Row, ...]

    @property
    def cents(self) -> int:
        """The amount paid."""
        return sum(payment["amount_cents"] or 0 for payment in self.payments)

    @property
    def promo_cents(self) -> int:
        """The amount paid by coupon or gift card."""
        return sum(payment["amount_cents"] or 0 for payment in self.payments if payment["is_promotional"])

    @property
    def has_promo(self) -> bool:
        """Whether any payment is promotional, whatever its amount."""
        return any(payment["is_promotional"] for payment in self.payments)

    def paid_by(self, method: str) -> list[Row]:
        """Return the payments by ``method``."""
        return [payment for payment in self.payments if payment["payment_method"] == method]


@dataclass(frozen=True, slots=True)
class Fact:
    """An in-scope order of a known customer, with its positions among the customer's orders."""

    line: OrderLine
    order_sequence: int
    success_sequence: int | None = None
    channel: str | None = None
    campaign: str | None = None

    @property
    def order_id(self) -> int:
        """The order."""
        return self.line.order["order_id"]

    @property
    def customer_id(self) -> int:
        """The customer."""
        return self.line.order["customer_id"]

    @property
    def day(self) -> date:
        """The day of the order."""
        return self.line.order["order_date"]

    @property
    def product(self) -> str:
        """The product, "(unknown)" if the order has none."""
        name = self.line.order["product_name"]
        return UNKNOWN_PRODUCT if name is None else name

    @property
    def group(self) -> str:
        """Successful, returned or pending."""
        return self.line.order["order_status_group"]

    @property
    def cents(self) -> int:
        """The amount paid."""
        return self.line.cents

    @property
    def is_successful(self) -> bool:
        """Whether the order counts as revenue."""
        return self.group == "successful"

    def row(self) -> Row:
        """Return the row of int_order_facts."""
        methods = ("credit_card", "coupon", "bank_transfer", "gift_card")
        return (
            self.line.order
            | {"product_name": self.product, "cents": self.cents, "promo_cents": self.line.promo_cents}
            | {"has_promo": self.line.has_promo}
            | {f"has_{method}": bool(self.line.paid_by(method)) for method in methods}
            | {"payment_count": len(self.line.payments)}
            | {"order_sequence": self.order_sequence, "success_sequence": self.success_sequence}
            | {"attribution_channel": self.channel, "campaign_type": self.campaign}
        )


def order_lines(tables: dict[str, list[Row]]) -> list[OrderLine]:
    """Return every order of staging with its payments."""
    paid = defaultdict(list)
    for payment in tables["stg_payments"]:
        paid[payment["order_id"]].append(payment)
    return [OrderLine(order, tuple(paid[order["order_id"]])) for order in tables["stg_orders"]]


def is_in_scope(line: OrderLine, as_of: date) -> bool:
    """Return whether the order has a date that is not after ``as_of``."""
    day = line.order["order_date"]
    return day is not None and day <= as_of


def order_facts(lines: Iterable[OrderLine], customers: Iterable[Row], as_of: date) -> list[Fact]:
    """Return the order facts in the canonical order of each customer."""
    known = {customer["customer_id"] for customer in customers}
    journeys = defaultdict(list)
    for line in sorted(lines, key=lambda line: nulls_last(line.order["order_date"], line.order["order_id"])):
        if line.order["customer_id"] in known and is_in_scope(line, as_of):
            journeys[line.order["customer_id"]].append(line)
    return [fact for journey in journeys.values() for fact in _journey(journey)]


def _journey(lines: list[OrderLine]) -> list[Fact]:
    facts, successes = [], 0
    for sequence, line in enumerate(lines, start=1):
        fact = Fact(line, sequence)
        if fact.is_successful:
            successes += 1
            fact = replace(
                fact, success_sequence=successes, channel=_channel(line, successes), campaign=_campaign(line)
            )
        facts.append(fact)
    return facts


def _channel(line: OrderLine, success_sequence: int) -> str:
    if line.has_promo:
        return "Promotional Campaign"
    if line.order["order_day_of_week"] in (0, 6):
        return "Social Media"
    if line.cents > EMAIL_ABOVE_CENTS:
        return "Email Marketing"
    if line.order["order_quarter"] == 1 and success_sequence == 1:
        return "New Year Campaign"
    return "Organic"


def _campaign(line: OrderLine) -> str:
    if line.paid_by("coupon"):
        return "Discount Campaign"
    if line.paid_by("gift_card"):
        return "Gift Card Promotion"
    return SEASONS[line.order["order_quarter"]]


def existing_customers(customers: list[Row], facts: Iterable[Fact], as_of: date) -> list[Row]:
    """Return the customers without those who signed up after ``as_of`` and have no fact."""
    ordered = {fact.customer_id for fact in facts}
    days = {row["customer_id"]: row.get("signed_up_on") for row in customers}
    return [row for row in customers if (days[row["customer_id"]] or as_of) <= as_of or row["customer_id"] in ordered]
