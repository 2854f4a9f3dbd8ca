"""Publish the marts of a small shop in DuckDB, for the report to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import ibis
import pyarrow as pa

from dataflows.report import REPORT
from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb
from marketing_ibis.report import Answers, Context
from marketing_ibis.report.reading import read_answers
from tests.sources import GOLDEN_AS_OF, Sources
from tests.warehouse import MODEL_SCHEMA, build_tables, compiled_dataflow

TOUCHES = ("raw_touches", "raw_spend")
Rows = Mapping[str, Sequence[Mapping[str, object]]]


@cache
def schemas() -> dict[str, ibis.Schema]:
    """Return the columns of the marts that the report reads, each of which may be missing."""
    models = compiled_dataflow(GOLDEN_AS_OF, optional_sources=TOUCHES).models
    return {
        name: ibis.schema({column: kind.copy(nullable=True) for column, kind in models[name].schema.items()})
        for name in REPORT.models
        if name in models
    }


def published(tables: Rows) -> DuckDBTarget:
    """Return a database in memory that contains the marts with these rows."""
    target = open_duckdb()
    target.create_schema(MODEL_SCHEMA)
    for mart, schema in schemas().items():
        rows = [{name: row.get(name) for name in schema} for row in tables.get(mart, ())]
        loaded = pa.Table.from_pylist(rows, schema.to_pyarrow())
        target.connection.register("loaded", loaded)
        target.execute(f"CREATE TABLE {MODEL_SCHEMA}.{mart} AS FROM loaded")
        target.connection.unregister("loaded")
    return target


def context_of(**known: Any) -> Context:
    """Return the context of a report over the shop's models."""
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    return Context(**{"models": dataflow.models, "inputs": dataflow.inputs, "absent": dataflow.absent, **known})


def answers_of(tables: Rows, context: Context | None = None) -> Answers:
    """Return the results of the report's queries over marts with these rows."""
    with published(tables) as target:
        return read_answers(REPORT, target, MODEL_SCHEMA, context or context_of())


def shop_of(sources: Sources, as_of: date, context: Context | None = None) -> Answers:
    """Return the text of a report of these sources."""
    return answers_of(build_tables(sources, as_of), context)


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
