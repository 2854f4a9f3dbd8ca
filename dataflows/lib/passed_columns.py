"""Further columns of the sources, which the settings pass through to staging and the core models."""

from __future__ import annotations

import ibis.expr.types as ir

from marketing_ibis.model import Column, PassedColumns

NO_COLUMNS = PassedColumns()
CUSTOMERS, ORDERS, PAYMENTS, LINES = "raw_customers", "raw_orders", "raw_payments", "raw_order_lines"
TOUCHES, SPEND = "raw_touches", "raw_spend"


PREFIX = "passed_"
"""What the name of a joined column begins with: without it, it may be that of another column."""


def passed_from(source: str, columns: PassedColumns) -> tuple[Column, ...]:
    """Return the columns that pass through from a source."""
    return columns.get(source, ())


def names_from(source: str, columns: PassedColumns) -> tuple[str, ...]:
    """Return the names of the columns that pass through from a source."""
    return tuple(column.name for column in passed_from(source, columns))


def values_from(source: str, columns: PassedColumns, table: ir.Table) -> dict[str, ir.Column]:
    """Return the columns that pass through from a source, as ``table`` has them."""
    return {name: table[name] for name in names_from(source, columns)}


def without_passed(source: str, columns: PassedColumns, table: ir.Table) -> ir.Table:
    """Return ``table`` without the columns that pass through from a source: their names may be those of another table.

    The same table where there are none.
    """
    names = names_from(source, columns)
    return table.drop(*names) if names else table


def join_passed(table: ir.Table, staging: ir.Table | None, key: str, source: str, columns: PassedColumns) -> ir.Table:
    """Return ``table`` joined to the staging model of a source by its key, for ``joined_values``.

    The same table without a staging model.
    """
    if staging is None:
        return table
    renamed = {PREFIX + name: column for name, column in values_from(source, columns, staging).items()}
    return table.left_join(staging.select(key, **renamed), key, rname="{name}_of_passed")


def joined_values(source: str, columns: PassedColumns, joined: ir.Table) -> dict[str, ir.Column]:
    """Return the columns that pass through from a source to the result of ``join_passed``."""
    return {name: joined[PREFIX + name] for name in names_from(source, columns)}
