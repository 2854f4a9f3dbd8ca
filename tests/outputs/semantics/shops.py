"""The semantic model of the project's own dataflow with all of its tables, and drawn shops to evaluate it on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from marketing_ibis.model.vocabulary import INTERNAL_LAYERS
from marketing_ibis.outputs.semantics import semantic_model
from marketing_ibis.outputs.semantics.expressions import measure_sql, quoted
from marketing_ibis.outputs.semantics.records import Entity, SemanticModel
from marketing_ibis.testing.collect import declared_data_tests
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import MODEL_SCHEMA, Warehouse, compiled_dataflow, open_warehouse

OPTIONAL = ("raw_touches", "raw_spend")


@cache
def model(as_of: date = GOLDEN_AS_OF) -> SemanticModel:
    dataflow = compiled_dataflow(as_of, optional_sources=OPTIONAL)
    names = [name for name, m in dataflow.models.items() if m.declaration.layer not in INTERNAL_LAYERS]
    return semantic_model(
        dataflow, declared_data_tests(dataflow), names, schema=MODEL_SCHEMA, title="Shop", name="shop"
    )


@cache
def warehouse(as_of: date = GOLDEN_AS_OF) -> Warehouse:
    opened = open_warehouse(compiled_dataflow(as_of, optional_sources=OPTIONAL))
    # Some tables have rows for a shop without orders.
    for name in opened.tables:
        opened.connection.execute(f"DELETE FROM {MODEL_SCHEMA}.{name}")
    return opened


Values = dict[str, object]


def measured(
    entity: Entity, by: tuple[str, ...] = (), *, where: str = "TRUE", also: Iterable[str] = ()
) -> dict[tuple[object, ...], Values]:
    """Return the value of each measure of an entity, and of the SQL in ``also``, for each group of rows."""
    columns = [f"t.{quoted(name)}" for name in by]
    ending = f"WHERE {where}" + (f" GROUP BY {', '.join(columns)}" if by else "")
    return {tuple(row[column] for column in columns): row for row in evaluated(entity, (*columns, *also), ending)}


def evaluated(entity: Entity, also: Iterable[str], ending: str) -> list[Values]:
    """Return the rows of a query of each measure of an entity, and of the SQL in ``also``."""
    values = {measure.name: measure_sql(entity, measure, "t") for measure in entity.measures} | {s: s for s in also}
    sql = f"SELECT {', '.join(values.values())} FROM {MODEL_SCHEMA}.{entity.name} AS t {ending}"
    return [dict(zip(values, row, strict=True)) for row in warehouse().connection.execute(sql).fetchall()]
