"""Customers, orders, payments and order lines from the lines of invoices."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from marketing_ibis.model import adapter
from marketing_ibis.presets.expressions import key, line_cents, numbered_keys, with_main_product

CHARGES = ("AMAZONFEE", "BANK CHARGES", "B", "C2", "CRUK", "D", "DOT", "M", "POST", "S")
"""Stock codes of charges, which are not products: fees, carriage, discounts, adjustments by hand."""
CREDIT_NOTE, ADJUSTMENT, INVOICE = "credit_note", "adjustment", "invoice"
METHOD = "invoice"
"""How everything was paid: the table does not say."""


@adapter()
def raw_customers(online_retail: ir.Table) -> ir.Table:
    """Everyone with a number on an invoice; the table has no names."""
    ids = online_retail.select(id=_customer(online_retail)).distinct()
    unknown = ibis.null("string")
    return ids.filter(ids.id.notnull()).select("id", first_name=unknown, last_name=unknown)


@adapter(materialized="table")
def raw_orders(online_retail: ir.Table) -> ir.Table:
    """Every invoice, credit note and adjustment; its status says which of them it is."""
    invoices = _invoices(online_retail)
    number = invoices.number
    return invoices.select(
        id=invoices.order_id,
        user_id=invoices.customer_id,
        order_date=invoices.day,
        status=ibis.cases((number.startswith("C"), CREDIT_NOTE), (number.startswith("A"), ADJUSTMENT), else_=INVOICE),
        cycle_name=invoices.product_name,
    )


@adapter(materialized="table")
def raw_payments(online_retail: ir.Table) -> ir.Table:
    """The sum of each invoice, as if it was paid at once; that of a credit note is negative."""
    invoices = _invoices(online_retail)
    return invoices.select(
        id=invoices.order_id,
        order_id=invoices.order_id,
        payment_method=ibis.literal(METHOD),
        amount=invoices.amount,
        cycle_name=invoices.product_name,
    )


@adapter(materialized="table")
def raw_order_lines(online_retail: ir.Table) -> ir.Table:
    """The products of every invoice; charges are in its payment alone."""
    lines = _products(_lines(online_retail))
    line_id = numbered_keys(lines, lines.order_id, ("code", "product_name", "quantity", "amount"))
    return lines.select("order_id", "product_name", "quantity", "amount", id=line_id).relocate("id")


def _invoices(online_retail: ir.Table) -> ir.Table:
    lines = _lines(online_retail)
    invoices = lines.group_by("order_id", "number").agg(
        customer_id=lines.customer_id.min(), day=lines.day.min(), amount=lines.amount.sum()
    )
    return with_main_product(invoices, _products(lines))


def _products(lines: ir.Table) -> ir.Table:
    return lines.filter(lines.code.notin(CHARGES).fill_null(True))


def _lines(online_retail: ir.Table) -> ir.Table:
    table = online_retail
    lines = table.select(
        order_id=key(table, "InvoiceNo"),
        number=table.InvoiceNo,
        customer_id=_customer(table),
        day=table.InvoiceDate,
        code=table.StockCode.upper(),
        product_name=table.Description.strip().nullif("").fill_null(table.StockCode),
        quantity=table.Quantity,
        amount=line_cents(table.Quantity, table.UnitPrice),
    )
    return lines.filter(lines.order_id.notnull())


def _customer(table: ir.Table) -> ir.StringColumn:
    """Return the key of the customer: spreadsheets with guests write 17850 as 17850.0."""
    return key(table, table.CustomerID.re_replace("[.]0$", ""))
