"""Personal data is where lineage says it is, and no masked view contains any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marketing_ibis.build.masked_views import KEY_COLUMN, KEY_TABLE, masked_view
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.lineage.personal_columns import PersonalData, personal_data
from marketing_ibis.lineage.project import Lineage, column_lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.masking import Masking, PersonalSettings
from marketing_ibis.project.compile import compile_dataflow
from tests.sources import GOLDEN_AS_OF, Sources
from tests.strategies import dirty_sources, sources
from tests.warehouse import MODEL_SCHEMA, Warehouse, build_tables, dataflow_modules, open_warehouse

IDS: Mapping[str, tuple[str, ...]] = {"raw_customers": ("id",), "raw_orders": ("user_id",)}
FAR, MARK = 10**12, "\x02person-"
"""What makes the values of personal columns unlike any other value, and keeps their order."""
SHOPS = st.one_of(sources(), dirty_sources())


@cache
def dataflow() -> Dataflow:
    settings = PersonalSettings(IDS, masking=Masking("masked", (), IDS))
    return compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF}, personal=settings)


@cache
def lineage() -> Lineage:
    return column_lineage(dataflow())


@cache
def personal() -> PersonalData:
    return personal_data(dataflow(), lineage())


@cache
def masked_warehouse() -> tuple[Warehouse, Mapping[str, str]]:
    """Return a warehouse with the key of hashes, and the SELECT of each masked view."""
    warehouse = open_warehouse(dataflow())
    warehouse.connection.execute(f"CREATE TABLE {MODEL_SCHEMA}.{KEY_TABLE} AS SELECT 'secret' AS {KEY_COLUMN}")
    dialect = ENGINES["duckdb"].dialect()
    views = {n: masked_view(dialect, m, Relation(MODEL_SCHEMA, n)) for n, m in dataflow().models.items()}
    return warehouse, {name: view.select for name, view in views.items() if view}


def far_ids(shop: Sources) -> Sources:
    customers = tuple(c._replace(id=c.id and FAR + c.id) for c in shop.customers)
    orders = tuple(o._replace(user_id=o.user_id and FAR + o.user_id) for o in shop.orders)
    return replace(shop, customers=customers, orders=orders)


def marked_names(shop: Sources, column: str) -> Sources:
    def marked(name: str | None) -> str | None:
        return None if name is None else MARK + name

    customers = tuple(c._replace(**{column: marked(getattr(c, column))}) for c in shop.customers)
    return replace(shop, customers=customers)


@settings(max_examples=settings().max_examples // 5)
@given(shop=SHOPS)
def test_a_masked_view_contains_no_personal_value(shop: Sources) -> None:
    shop = far_ids(marked_names(marked_names(shop, "first_name"), "last_name"))
    warehouse, selects = masked_warehouse()
    warehouse.load(shop)
    warehouse.fill(selects)
    for name, select in selects.items():
        cursor = warehouse.connection.execute(select)
        columns = [column[0] for column in cursor.description or ()]
        assert columns == list(dataflow().models[name].schema)
        for row in cursor.fetchall():
            for column, value in zip(columns, row, strict=True):
                assert MARK not in str(value), f"{name}.{column}"
                assert not isinstance(value, int) or value < FAR, f"{name}.{column}"
    # Hashes are the same wherever the value is: joins find the same rows.
    matched = "SELECT count(*) FROM ({}) AS o JOIN ({}) AS c USING (customer_id)"
    orders, customers = (f"SELECT customer_id FROM {MODEL_SCHEMA}.{name}" for name in ("orders", "customers"))
    in_clear = warehouse.connection.execute(matched.format(orders, customers)).fetchall()
    assert warehouse.connection.execute(matched.format(selects["orders"], selects["customers"])).fetchall() == in_clear


@settings(max_examples=settings().max_examples // 5)
@given(shop=SHOPS, kind=st.sampled_from(("id", "first_name", "last_name")))
def test_what_changes_with_personal_data_is_marked_or_listed(shop: Sources, kind: str) -> None:
    changed = far_ids(shop) if kind == "id" else marked_names(shop, kind)
    assume(changed != shop)
    listed = {column.ref for column in personal().columns} | expected_below()
    before, after = build_tables(shop, GOLDEN_AS_OF), build_tables(changed, GOLDEN_AS_OF)
    for model, rows in before.items():
        for column in lineage().direct[model].columns:
            if ColumnRef(model, column) not in listed:
                assert values_of(after[model], column) == values_of(rows, column), f"{kind} changes {model}.{column}"


def expected_below() -> set[ColumnRef]:
    """Return the columns that are computed from personal ones without being personal, and all that rest on these."""
    ends = {column.ref for column in personal().computed}
    return ends.union(*(lineage().downstream(ref) for ref in ends))


def values_of(rows: list[dict[str, object]], column: str) -> list[str]:
    return sorted(f"{row[column]:.9g}" if isinstance(row[column], float) else repr(row[column]) for row in rows)


def test_every_personal_column_is_listed_with_its_source() -> None:
    by_name = {str(column.ref): column for column in personal().columns}
    assert set(by_name) == {
        f"{name}.{column.name}"
        for name, node in dataflow().nodes.items()
        for column in node.declaration.contract.columns
        if column.pii
    }
    assert by_name["raw_customers.id"].is_declared
    assert not by_name["raw_customers.id"].is_inherited
    churn = by_name["churn_risk.customer_id"]
    assert (churn.is_declared, churn.is_inherited, churn.mask) == (False, True, "hash")
    assert churn.sources == (ColumnRef("raw_orders", "user_id"),)
    assert churn.through[0] == "stg_orders"
    assert by_name["customers.first_name"].mask == "null"
    assert "shop_days.returning_customers" in {str(column.ref) for column in personal().computed}
    for column in personal().columns:
        assert column.sources or column.ref.table in dataflow().sources, column.ref
