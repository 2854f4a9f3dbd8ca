"""Lineage misses nothing: other values in an unrelated source column change no result."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marketing_ibis.lineage.project import Lineage, column_lineage
from marketing_ibis.model.column_ref import ColumnRef
from tests.sources import GOLDEN_AS_OF, Sources
from tests.strategies import dirty_sources, sources
from tests.warehouse import build_tables, compiled_dataflow

TABLES = {"raw_customers": "customers", "raw_orders": "orders", "raw_payments": "payments"}


@cache
def lineage() -> Lineage:
    return column_lineage(compiled_dataflow(GOLDEN_AS_OF))


def source_columns() -> list[ColumnRef]:
    return [ColumnRef(table, column) for table in TABLES for column in lineage().direct[table].columns]


def turned(shop: Sources, ref: ColumnRef) -> Sources:
    """Return the shop with one column's values shifted by a row, so that types and the set of values are the same."""
    table = TABLES[ref.table]
    rows = getattr(shop, table)
    values = [getattr(row, ref.column) for row in rows]
    moved = tuple(row._replace(**{ref.column: value}) for row, value in zip(rows, values[1:] + values[:1], strict=True))
    return replace(shop, **{table: moved})


# Two builds per example.
@settings(max_examples=settings().max_examples // 2)
@given(shop=st.one_of(sources(), dirty_sources()), data=st.data())
def test_an_unrelated_source_column_changes_nothing(shop: Sources, data: st.DataObject) -> None:
    ref = data.draw(st.sampled_from(source_columns()))
    changed = turned(shop, ref)
    assume(changed != shop)
    before, after = build_tables(shop, GOLDEN_AS_OF), build_tables(changed, GOLDEN_AS_OF)
    for model, rows in before.items():
        for column in lineage().direct[model].columns:
            origins = lineage().sources(ColumnRef(model, column))
            if ref not in origins.values | origins.controls:
                assert values_of(after[model], column) == values_of(rows, column), f"{ref} moves {model}.{column}"


def values_of(rows: list[dict[str, object]], column: str) -> list[str]:
    return sorted(f"{row[column]:.9g}" if isinstance(row[column], float) else repr(row[column]) for row in rows)


@pytest.mark.parametrize(
    ("column", "source"),
    [
        ("customers.customer_segment", "raw_payments.amount"),
        ("customers.first_name", "raw_customers.first_name"),
        ("orders.cycle_name", "raw_orders.cycle_name"),
        ("attribution_models.attributed_revenue", "raw_payments.amount"),
    ],
)
def test_values_are_traced_to_their_source(column: str, source: str) -> None:
    ref = lineage().find(column)
    assert isinstance(ref, ColumnRef)
    assert source in {str(origin) for origin in lineage().sources(ref).values}


def test_a_renamed_column_keeps_its_description() -> None:
    ref = ColumnRef("orders", "cycle_name")
    assert [str(copied) for copied in lineage().copied_from(ref)][-1] == "raw_orders.cycle_name"
    assert lineage().description(ref)


def test_downstream_is_upstream_turned_round() -> None:
    for source in source_columns():
        below = lineage().downstream(source)
        for table, origins in lineage().traced.items():
            flowing = {ColumnRef(table, name) for name, found in origins.columns.items() if source in found.values}
            assert flowing - {source} <= below, source
        assert all(source in lineage().sources(ref).columns() for ref in below)
