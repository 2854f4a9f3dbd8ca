"""The reference of the campaign lists."""

from __future__ import annotations

from tests.reference.staging import Row

SEGMENT = ("customer_id", "first_name", "last_name", "customer_segment", "value_tier", "total_orders", "total_revenue")
SEGMENT += ("last_order_date", "days_since_last_order", "favorite_product", "preferred_payment_method")
SEGMENT += ("recommended_action",)
CUSTOMER = ("customer_id", "first_name", "last_name", "number_of_orders", "pending_orders", "returned_orders")
CUSTOMER += ("most_recent_order",)
WIN_BACK_ABOVE_DAYS = 60


def champions(segmentation: list[Row]) -> list[Row]:
    """Return the segment Champions."""
    return [_kept(row, SEGMENT) for row in segmentation if row["customer_segment"] == "Champions"]


def win_back(segmentation: list[Row]) -> list[Row]:
    """Return the good customers who have stopped buying."""
    leaving = [row for row in segmentation if row["customer_segment"] in ("At Risk", "Cant Lose Them")]
    return [_kept(row, SEGMENT) for row in leaving if (row["days_since_last_order"] or 0) > WIN_BACK_ABOVE_DAYS]


def first_purchase(customers: list[Row]) -> list[Row]:
    """Return the customers who never bought."""
    return [_kept(row, CUSTOMER) for row in customers if not row["has_purchased"]]


def _kept(row: Row, columns: tuple[str, ...]) -> Row:
    return {column: row[column] for column in columns}
