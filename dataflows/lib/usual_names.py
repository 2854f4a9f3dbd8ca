"""Names that exports of shops often give the columns of the sources: `sources inspect` recognizes columns by them."""

from __future__ import annotations

FIRST_NAMES = ("given_name", "firstname", "forename", "customer_first_name", "billing_first_name")
LAST_NAMES = ("surname", "family_name", "lastname", "customer_last_name", "billing_last_name")
ORDER_IDS = (
    "order_name", "invoice", "invoice_id", "invoice_no", "invoice_number", "sale_id", "transaction_number", "order_ref",
)  # fmt: skip
CUSTOMER_IDS = (
    "customer", "client_id", "buyer_id", "user", "member_id", "account_id", "shopper_id", "customer_unique_id",
    "customer_user", "cust_id",
)  # fmt: skip
ORDER_DATES = (
    "created_at", "created", "created_on", "date_created", "date_created_gmt", "ordered_at", "ordered_on", "order_day",
    "order_time", "order_timestamp", "order_created_at", "order_purchase_timestamp", "placed_at", "purchased_at",
    "purchase_date", "processed_at", "completed_at", "invoice_date", "invoice_timestamp", "date", "sale_date",
    "sold_at",
)  # fmt: skip
STATUSES = ("state", "order_status", "order_state", "financial_status", "fulfillment_status", "current_status")
PRODUCTS = (
    "product", "product_name", "product_title", "product_id", "item", "item_name", "item_title", "lineitem_name",
    "line_item_name", "title", "description", "sku", "stock_code",
)  # fmt: skip
PAYMENT_IDS = ("transaction_id", "charge_id", "transaction_no", "transaction_number")
PAYMENT_ORDERS = (
    "order",
    "order_number",
    "order_no",
    "order_ref",
    "invoice",
    "invoice_id",
    "invoice_no",
    "invoice_number",
)
PAYMENT_METHODS = (
    "method", "payment_type", "payment_gateway", "gateway", "payment_method_title", "payment_method_type", "tender",
    "paid_with",
)  # fmt: skip
AMOUNTS = (
    "total", "value", "price", "total_price", "payment_value", "payment_amount", "amount_paid", "paid", "paid_amount",
    "gross", "amount_cents", "amount_captured",
)  # fmt: skip
