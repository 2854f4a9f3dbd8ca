"""Read what a build has published of a preset's sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.presets.expected import Line, Order, Shop

ORDERS = """
SELECT order_id, customer_id, order_date, status, product_name, CAST(amount * 100 AS BIGINT) FROM analytics.orders
"""
CUSTOMERS = "SELECT customer_id, first_name, last_name FROM analytics.stg_customers"
VIEWS = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'analytics'"
LINES = "SELECT order_id, product_name, quantity, amount_cents FROM analytics.stg_order_lines"


def published_shop(query: Callable[[str], list[tuple]]) -> Shop:  # type: ignore[type-arg]
    """Return the orders, customers and lines that ``query`` finds."""
    has_lines = ("stg_order_lines",) in query(VIEWS)
    shop = Shop({row[0]: Order(*row[1:]) for row in query(ORDERS)}, {row[0]: row[1:] for row in query(CUSTOMERS)})
    for order, *line in query(LINES) if has_lines else []:
        shop.lines.setdefault(order, Counter())[Line(*line)] += 1
    return shop
