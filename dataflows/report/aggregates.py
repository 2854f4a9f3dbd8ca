"""Aggregates of the report's queries, which are never NULL."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

SUM = "decimal(38, 2)"


def count_if(condition: ir.BooleanColumn) -> ir.IntegerScalar:
    """Count the rows where ``condition`` holds."""
    return condition.ifelse(1, 0).cast("int64").sum().fill_null(0).cast("int64")


def sum_of(column: ir.IntegerColumn) -> ir.IntegerScalar:
    """Add up whole numbers."""
    return column.sum().fill_null(0).cast("int64")


def money_of(column: ir.DecimalColumn) -> ir.DecimalScalar:
    """Add up money."""
    return column.cast(SUM).sum().fill_null(ibis.literal(0, SUM)).cast(SUM)
