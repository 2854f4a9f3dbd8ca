"""The month spine: every month of a table, months without a row included."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from dataflows.lib.expressions import MONTHS_PER_YEAR


def month_spine(month_numbers: ir.IntegerColumn, as_of: date) -> ir.Table:
    """Return ``month_index`` and ``month_start`` of each month from the first ``month_number`` to that of ``as_of``."""
    # Without rows the first month is NULL, and a range up to NULL has no rows.
    first = month_numbers.min().name("first_month").as_table()
    aged = first.mutate(age=as_of.year * MONTHS_PER_YEAR + as_of.month - first.first_month)
    numbered = aged.mutate(number=ibis.range(0, aged.age + 1).unnest())
    start = ibis.date(as_of.replace(day=1))
    return numbered.select(
        month_index=numbered.first_month + numbered.number,
        month_start=start - (numbered.age - numbered.number).as_interval("M"),
    )
