"""Expressions that several presets share: keys, exact cents, names of people and the main product of an order."""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from marketing_ibis.model import column
from marketing_ibis.model.digests import md5

STORE = "store"
"""Column that says which of several shops a row belongs to."""
STORE_COLUMN = column(
    STORE, "string", "Shop of the row; part of every key where the settings list it.", nullable=True, optional=True
)
KEY_MARK = ":"
EXACT = "decimal(18, 4)"
"""Type in which amounts that a source has as doubles are exact."""
PIECES = "decimal(18, 0)"
UNKNOWN = "unknown"
"""The payment method of payments that do not say how they were made."""


def key(table: ir.Table, *parts: str | ir.Column) -> ir.StringColumn:
    """Return the key that the columns make together, after the store where the source has that column.

    A part is the name of a column, or an expression of the table. The key is NULL where any of them is.
    """
    stores = (STORE,) if STORE in table.columns else ()
    values = [table[part] if isinstance(part, str) else part for part in (*stores, *parts)]
    texts = [value.cast("string") for value in values]
    return reduce(lambda left, right: left + KEY_MARK + right, texts)


def email_key(table: ir.Table, name: str) -> ir.StringColumn:
    """Return the key of the person with an address: a digest, so that no key shows the address."""
    address = table[name].strip().lower().nullif("")
    return key(table, md5(address))


def cents(amount: ir.DecimalValue) -> ir.IntegerValue:
    """Return an amount of money in whole cents; half a cent is rounded away from 0."""
    return (amount * 100).round().cast("int64")


def line_cents(quantity: ir.IntegerValue, price: ir.DecimalValue) -> ir.IntegerValue:
    """Return what ``quantity`` pieces cost together, in whole cents; half a cent is rounded away from 0."""
    return cents(quantity.cast(PIECES) * price)


def first_word(name: ir.StringColumn) -> ir.StringColumn:
    """Return a person's name up to the first blank."""
    text = _text(name)
    return text.left(_length_of_first_word(text))


def other_words(name: ir.StringColumn) -> ir.StringColumn:
    """Return a person's name after the first blank; NULL where it has one word."""
    text = _text(name)
    return text.substr(_length_of_first_word(text)).strip().nullif("")


def main_products(lines: ir.Table) -> ir.Table:
    """Return the product of each ``order_id`` with the highest sum of ``amount``, as ``product_name``.

    The sign of the sum does not matter, so that a credit note has a main product; ties go to the first name.
    """
    products = lines.group_by("order_id", "product_name").agg(amount=lines.amount.sum())
    highest_first = [products.amount.abs().desc(nulls_first=False), products.product_name.asc(nulls_first=False)]
    return first_rows(products, "order_id", highest_first).select("order_id", "product_name")


def with_main_product(table: ir.Table, lines: ir.Table) -> ir.Table:
    """Add the main product of each ``order_id``, as ``product_name``; NULL for an order without lines."""
    joined = table.left_join(main_products(lines), "order_id", rname="{name}_of_lines")
    return joined.drop("order_id_of_lines")


def first_rows(table: ir.Table, group: str, order: list[ir.Column]) -> ir.Table:
    """Keep the first row of each group by ``order``."""
    return table.filter(ibis.row_number().over(group_by=table[group], order_by=order) < 1)


def numbered_keys(table: ir.Table, group: ir.StringColumn, order: tuple[str, ...]) -> ir.StringColumn:
    """Return a key of each row: its group, and its position there by ``order``, from 1.

    Rows with the same ``order`` must agree in every column that is used.
    """
    position = ibis.row_number().over(group_by=group, order_by=[table[name].asc(nulls_first=False) for name in order])
    return group + KEY_MARK + (position + 1).cast("string")


def _text(name: ir.StringColumn) -> ir.StringColumn:
    return name.strip().nullif("")


def _length_of_first_word(text: ir.StringColumn) -> ir.IntegerColumn:
    blank = text.find(" ")
    return (blank < 0).ifelse(text.length(), blank)


def row_ids(table: ir.Table, order: tuple[str, ...], *, like: dt.DataType) -> ir.Column:
    """Number the rows by ``order``, which must identify them, as keys of the type that the project's keys have."""
    position = ibis.row_number().over(order_by=[table[name].asc(nulls_first=False) for name in order])
    return (position + 1).cast(like)
