"""What the marts must say of each preset's sample, computed from its files in plain Python."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Line:
    """A product of an order."""

    product: str | None
    quantity: int
    cents: int


@dataclass
class Shop:
    """The orders of a sample by id, the names of its customers by id, and the lines of orders that have any."""

    orders: dict[str, Order] = field(default_factory=dict)
    customers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    lines: dict[str, Counter[Line]] = field(default_factory=dict)


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


def main_product(lines: Iterable[Line]) -> str | None:
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.product or ""] += line.cents
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
        own = [
            Line(line["Description"] or line["StockCode"], int(line["Quantity"]), amount)
            for line, amount in zip(lines, amounts, strict=True)
            if line["StockCode"] not in charges
        ]
        customer = lines[0]["CustomerID"].removesuffix(".0") or None
        shop.orders[invoice] = Order(
            customer,
            datetime.strptime(lines[0]["InvoiceDate"], "%m/%d/%Y %H:%M").date(),
            statuses.get(invoice[0], "invoice"),
            main_product(own),
            sum(amounts),
        )
        shop.lines[invoice] = Counter(own)
        if customer:
            shop.customers[customer] = (None, None)
    return shop


def order_lines(tables: Mapping[str, Rows]) -> Shop:
    shop = Shop()
    for number, lines in grouped(tables["orders_export"], "Order number").items():
        address = lines[0]["E-mail"].strip()
        own = [
            Line(line["Product"], int(line["Quantity"]), cents(int(line["Quantity"]) * Decimal(line["Price"])))
            for line in lines
        ]
        customer = digest(address) if address else None
        status, total = lines[0]["Status"].lower(), sum(line.cents for line in own)
        shop.orders[number] = Order(customer, day(lines[0]["Date"]), status, main_product(own), total)
        shop.lines[number] = Counter(own)
        if customer:
            shop.customers[customer] = (None, None)
    return shop


def shopify_csv(tables: Mapping[str, Rows]) -> Shop:
    shop = Shop()
    for name, lines in grouped(tables["orders_export"], "Name").items():
        order, customer = lines[0], digest(lines[0]["Email"]) if lines[0]["Email"] else None
        paid = order["Financial Status"] not in ("voided", "pending")
        amount = cents(order["Total"]) - cents(order["Outstanding Balance"]) - cents(order["Refunded Amount"])
        own = [
            Line(
                line["Lineitem name"],
                int(line["Lineitem quantity"]),
                int(line["Lineitem quantity"]) * cents(line["Lineitem price"]) - cents(line["Lineitem discount"]),
            )
            for line in lines
        ]
        shop.lines[name] = Counter(own)
        shop.orders[name] = Order(
            customer,
            day(order["Created at"]),
            "cancelled" if order["Cancelled at"] else order["Financial Status"],
            main_product(own),
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
    products = {row["sku"]: Line(row["name"], 1, int(row["price"])) for row in tables["raw_products"]}
    shop = Shop(customers={row["id"]: names(row["name"]) for row in tables["raw_customers"]})
    for order, items in grouped(tables["raw_items"], "order_id").items():
        shop.lines[order] = Counter(products[item["sku"]] for item in items)
    for row in tables["raw_orders"]:
        own = shop.lines[row["id"]].elements()
        total = int(row["order_total"])
        shop.orders[row["id"]] = Order(row["customer"], day(row["ordered_at"]), "completed", main_product(own), total)
    return shop


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
    payments = grouped(tables["olist_order_payments_dataset"], "order_id")
    shop = Shop(customers=dict.fromkeys(people.values(), (None, None)))
    for order, items in grouped(tables["olist_order_items_dataset"], "order_id").items():
        shop.lines[order] = Counter(Line(categories[item["product_id"]], 1, cents(item["price"])) for item in items)
    for row in tables["olist_orders_dataset"]:
        order = row["order_id"]
        shop.orders[order] = Order(
            people[row["customer_id"]],
            day(row["order_purchase_timestamp"]),
            row["order_status"],
            main_product(shop.lines.get(order, Counter()).elements()),
            sum(cents(payment["payment_value"]) for payment in payments[order]),
        )
    return shop


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
        own = [
            Line(item_names[line["order_item_id"]], int(line["product_qty"]), cents(line["product_net_revenue"]))
            for line in lines[row["id"]]
        ]
        shop.lines[row["id"]] = Counter(own)
        amounts = [row["total_amount"], *(refund["total_amount"] for refund in refunds[row["id"]])]
        shop.orders[row["id"]] = Order(
            stats[row["id"]]["customer_id"],
            day(stats[row["id"]]["date_created"]),
            row["status"],
            main_product(own),
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
    for order, rows in grouped(tables["order_details"], "order_id").items():
        shop.lines[order] = Counter(
            Line(
                products[row["product_id"]],
                int(row["quantity"]),
                cents(int(row["quantity"]) * Decimal(row["unit_price"]) * (1 - Decimal(row["discount"]))),
            )
            for row in rows
        )
    for row in tables["orders"]:
        own = list(shop.lines[row["order_id"]].elements())
        shop.orders[row["order_id"]] = Order(
            row["customer_id"],
            day(row["order_date"]),
            "shipped" if row["shipped_date"] else "open",
            main_product(own),
            sum(line.cents for line in own),
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
        own = [
            Line(
                line["title"],
                int(line["quantity"]),
                int(line["quantity"]) * cents(line["price"]) - cents(line["total_discount"]),
            )
            for line in lines[row["id"]]
        ]
        shop.lines[row["id"]] = Counter(own)
        shop.orders[row["id"]] = Order(
            row["customer_id"] or None,
            day(row["created_at"]),
            "cancelled" if row["cancelled_at"] else row["financial_status"],
            main_product(own),
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
    "order-lines": order_lines,
    "shopify-csv": shopify_csv,
    "stripe": stripe,
    "woocommerce": woocommerce,
}


def expected_shop(preset: str, folder: Path) -> Shop:
    """Return what the files in ``folder`` say of the shop."""
    tables = {path.stem: list(csv.DictReader(StringIO(text_of(path)))) for path in folder.iterdir()}
    shop = SHOPS[preset](tables)
    return replace(shop, lines={order: lines for order, lines in shop.lines.items() if lines})


def text_of(path: Path) -> str:
    """Return the text of a file, which may have a byte-order mark, or be Latin-1."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
