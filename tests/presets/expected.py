"""What the marts must say of each preset's sample, computed from its files in plain Python."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Order:
    """An order as ``orders`` has it."""

    customer: str | None
    day: date
    status: str
    product: str | None
    cents: int


@dataclass
class Shop:
    """The orders of a sample by id, and the names of its customers by id."""

    orders: dict[str, Order] = field(default_factory=dict)
    customers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)


def cents(amount: str | Decimal) -> int:
    return int((Decimal(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def names(text: str) -> tuple[str | None, str | None]:
    first, _, rest = text.partition(" ")
    return first or None, rest or None


def digest(address: str) -> str:
    return hashlib.md5(address.strip().lower().encode()).hexdigest()


def day(text: str, zone: str = "UTC") -> date:
    moment = datetime.fromisoformat(text.replace(" +0", "+0"))
    return moment.astimezone(ZoneInfo(zone)).date() if moment.tzinfo else moment.date()


def main_product(lines: Iterable[tuple[str, int]]) -> str | None:
    sums: dict[str, int] = defaultdict(int)
    for product, amount in lines:
        sums[product] += amount
    return min(sums, key=lambda product: (-abs(sums[product]), product)) if sums else None


def grouped(rows: Rows, *keys: str) -> dict[str, Rows]:
    groups: dict[str, Rows] = defaultdict(list)
    for row in rows:
        groups[":".join(row[key] for key in keys)].append(row)
    return groups


def online_retail(tables: Mapping[str, Rows]) -> Shop:
    shop = Shop()
    charges = {"POST", "D", "B"}
    statuses = {"C": "credit_note", "A": "adjustment"}
    for invoice, lines in grouped(tables["online_retail"], "InvoiceNo").items():
        amounts = [cents(int(line["Quantity"]) * Decimal(line["UnitPrice"])) for line in lines]
        products = [
            (line["Description"] or line["StockCode"], amount)
            for line, amount in zip(lines, amounts, strict=True)
            if line["StockCode"] not in charges
        ]
        customer = lines[0]["CustomerID"].removesuffix(".0") or None
        shop.orders[invoice] = Order(
            customer,
            day(lines[0]["InvoiceDate"]),
            statuses.get(invoice[0], "invoice"),
            main_product(products),
            sum(amounts),
        )
        if customer:
            shop.customers[customer] = (None, None)
    return shop


def shopify_csv(tables: Mapping[str, Rows]) -> Shop:
    shop = Shop()
    for name, lines in grouped(tables["orders_export"], "Name").items():
        order, customer = lines[0], digest(lines[0]["Email"]) if lines[0]["Email"] else None
        paid = order["Financial Status"] not in ("voided", "pending")
        amount = cents(order["Total"]) - cents(order["Outstanding Balance"]) - cents(order["Refunded Amount"])
        products = [
            (
                line["Lineitem name"],
                int(line["Lineitem quantity"]) * cents(line["Lineitem price"]) - cents(line["Lineitem discount"]),
            )
            for line in lines
        ]
        shop.orders[name] = Order(
            customer,
            day(order["Created at"]),
            "cancelled" if order["Cancelled at"] else order["Financial Status"],
            main_product(products),
            amount if paid else 0,
        )
        if customer:
            # The rows are in the order of time.
            shop.customers[customer] = names(order["Billing Name"])
    return shop


def dbt_jaffle_shop(tables: Mapping[str, Rows]) -> Shop:
    paid: dict[str, int] = defaultdict(int)
    for payment in tables["raw_payments"]:
        paid[payment["order_id"]] += int(payment["amount"])
    orders = {
        row["id"]: Order(row["user_id"], day(row["order_date"]), row["status"], None, paid[row["id"]])
        for row in tables["raw_orders"]
    }
    return Shop(orders, {row["id"]: (row["first_name"], row["last_name"]) for row in tables["raw_customers"]})


def dbt_jaffle_shop_items(tables: Mapping[str, Rows]) -> Shop:
    products = {row["sku"]: (row["name"], int(row["price"])) for row in tables["raw_products"]}
    items = grouped(tables["raw_items"], "order_id")
    orders = {
        row["id"]: Order(
            row["customer"],
            day(row["ordered_at"]),
            "completed",
            main_product(products[item["sku"]] for item in items[row["id"]]),
            int(row["order_total"]),
        )
        for row in tables["raw_orders"]
    }
    return Shop(orders, {row["id"]: names(row["name"]) for row in tables["raw_customers"]})


def olist(tables: Mapping[str, Rows]) -> Shop:
    people = {row["customer_id"]: row["customer_unique_id"] for row in tables["olist_customers_dataset"]}
    english = {
        row["product_category_name"]: row["product_category_name_english"]
        for row in tables["product_category_name_translation"]
    }
    categories = {
        row["product_id"]: english.get(row["product_category_name"], row["product_id"])
        for row in tables["olist_products_dataset"]
    }
    items = grouped(tables["olist_order_items_dataset"], "order_id")
    payments = grouped(tables["olist_order_payments_dataset"], "order_id")
    orders = {
        row["order_id"]: Order(
            people[row["customer_id"]],
            day(row["order_purchase_timestamp"]),
            row["order_status"],
            main_product((categories[i["product_id"]], cents(i["price"])) for i in items[row["order_id"]]),
            sum(cents(payment["payment_value"]) for payment in payments[row["order_id"]]),
        )
        for row in tables["olist_orders_dataset"]
    }
    return Shop(orders, dict.fromkeys(people.values(), (None, None)))


def woocommerce(tables: Mapping[str, Rows]) -> Shop:
    item_names = {row["order_item_id"]: row["order_item_name"] for row in tables["wp_woocommerce_order_items"]}
    lines = grouped(tables["wp_wc_order_product_lookup"], "order_id")
    stats = {row["order_id"]: row for row in tables["wp_wc_order_stats"]}
    refunds = grouped(tables["wp_wc_orders"], "parent_order_id")
    shop = Shop(
        customers={r["customer_id"]: (r["first_name"], r["last_name"]) for r in tables["wp_wc_customer_lookup"]}
    )
    for row in tables["wp_wc_orders"]:
        if row["type"] != "shop_order" or row["status"] == "wc-checkout-draft":
            continue
        paid = row["status"] in ("wc-completed", "wc-processing", "wc-refunded")
        amounts = [row["total_amount"], *(refund["total_amount"] for refund in refunds[row["id"]])]
        shop.orders[row["id"]] = Order(
            stats[row["id"]]["customer_id"],
            day(stats[row["id"]]["date_created"]),
            row["status"],
            main_product((item_names[i["order_item_id"]], cents(i["product_net_revenue"])) for i in lines[row["id"]]),
            sum(map(cents, amounts)) if paid else 0,
        )
    return shop


def stripe(tables: Mapping[str, Rows]) -> Shop:
    refunds = grouped(tables["refund"], "charge_id")
    shop = Shop(customers={row["id"]: names(row["name"]) for row in tables["customer"]})
    for row in tables["charge"]:
        if row["status"] == "failed":
            continue
        paid_back = sum(int(refund["amount"]) for refund in refunds[row["id"]] if refund["status"] == "succeeded")
        taken = row["status"] == "succeeded" and row["captured"] == "true"
        status = "uncaptured" if row["status"] == "succeeded" and not taken else row["status"]
        shop.orders[row["id"]] = Order(
            row["customer_id"] or None,
            day(row["created"]),
            "refunded" if row["refunded"] == "true" else status,
            row["description"] or None,
            int(row["amount"]) - paid_back if taken else 0,
        )
    return shop


def northwind(tables: Mapping[str, Rows]) -> Shop:
    products = {row["product_id"]: row["product_name"] for row in tables["products"]}
    shop = Shop(customers={row["customer_id"]: names(row["contact_name"]) for row in tables["customers"]})
    lines = {
        order: [
            (
                products[row["product_id"]],
                cents(int(row["quantity"]) * Decimal(row["unit_price"]) * (1 - Decimal(row["discount"]))),
            )
            for row in rows
        ]
        for order, rows in grouped(tables["order_details"], "order_id").items()
    }
    for row in tables["orders"]:
        own = lines[row["order_id"]]
        shop.orders[row["order_id"]] = Order(
            row["customer_id"],
            day(row["order_date"]),
            "shipped" if row["shipped_date"] else "open",
            main_product(own),
            sum(amount for _, amount in own),
        )
    return shop


def fivetran_shopify(tables: Mapping[str, Rows]) -> Shop:
    lines = grouped(tables["order_line"], "order_id")
    signs = {"sale": 1, "capture": 1, "refund": -1}
    moved: dict[str, int] = defaultdict(int)
    for row in tables["transaction"]:
        if row["status"] == "success":
            moved[row["order_id"]] += signs.get(row["kind"], 0) * cents(row["amount"])
    shop = Shop(customers={r["id"]: (r["first_name"], r["last_name"] or None) for r in tables["customer"]})
    for row in tables["order"]:
        if row["test"] == "true":
            continue
        products = [
            (line["title"], int(line["quantity"]) * cents(line["price"]) - cents(line["total_discount"]))
            for line in lines[row["id"]]
        ]
        shop.orders[row["id"]] = Order(
            row["customer_id"] or None,
            day(row["created_at"]),
            "cancelled" if row["cancelled_at"] else row["financial_status"],
            main_product(products),
            moved[row["id"]],
        )
    return shop


SHOPS: Mapping[str, Callable[[Mapping[str, Rows]], Shop]] = {
    "dbt-jaffle-shop": dbt_jaffle_shop,
    "dbt-jaffle-shop-items": dbt_jaffle_shop_items,
    "fivetran-shopify": fivetran_shopify,
    "northwind": northwind,
    "olist": olist,
    "online-retail": online_retail,
    "shopify-csv": shopify_csv,
    "stripe": stripe,
    "woocommerce": woocommerce,
}


def expected_shop(preset: str, folder: Path) -> Shop:
    """Return what the files in ``folder`` say of the shop."""
    tables = {path.stem: list(csv.DictReader(StringIO(path.read_text("utf-8")))) for path in folder.iterdir()}
    return SHOPS[preset](tables)
