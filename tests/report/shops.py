"""Publish the marts of a small shop in DuckDB, for the report to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import ibis
import pyarrow as pa

from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb
from marketing_ibis.report.queries import COLUMNS
from marketing_ibis.report.reading import read_shop
from marketing_ibis.report.rows import Shop
from tests.sources import Sources
from tests.warehouse import MODEL_SCHEMA, build_tables

Rows = Mapping[str, Sequence[Mapping[str, object]]]


def published(tables: Rows) -> DuckDBTarget:
    """Return a database in memory that holds the marts with these rows."""
    target = open_duckdb()
    target.create_schema(MODEL_SCHEMA)
    for mart, columns in COLUMNS.items():
        schema = ibis.schema(columns).to_pyarrow()
        rows = [{name: row[name] for name in columns} for row in tables.get(mart, ())]
        loaded = pa.Table.from_pylist(rows, schema)
        target.connection.register("loaded", loaded)
        target.execute(f"CREATE TABLE {MODEL_SCHEMA}.{mart} AS FROM loaded")
        target.connection.unregister("loaded")
    return target


def shop_of(sources: Sources, as_of: date) -> Shop:
    """Return what the report shows of these sources."""
    with published(build_tables(sources, as_of)) as target:
        return read_shop(target, MODEL_SCHEMA)


def cohort_rows(months: int) -> dict[str, list[dict[str, object]]]:
    """Return cohorts of two buyers whose newest is 41 months old."""
    rows = []
    for number in range(months):
        cohort = date(2015 + number // 12, number % 12 + 1, 1)
        for age in range(101 - number):
            active = 2 if age == 0 else int(number < months // 2)
            rows.append(
                {
                    "cohort_month": cohort, "months_since_first_purchase": age, "cohort_age_months": 100 - number,
                    "cohort_size": 2, "customers_active": active, "cohort_revenue": Decimal(1), "total_orders": active,
                    "cumulative_ltv": 1.0 + age, "period_month": cohort, "is_complete_period": True,
                    "analysis_timestamp": datetime(2023, 6, 1),
                }
            )  # fmt: skip
    return {"customer_cohorts": rows}
