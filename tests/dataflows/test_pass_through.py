"""Columns that pass through arrive unchanged in staging and the core models, and change nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import cycle
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.graph import ancestors, topological
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.masking import PersonalSettings
from marketing_ibis.project.compile import compile_dataflow
from marketing_ibis.project.personal_data import with_personal_data
from marketing_ibis.project.source_settings import SourceSettings
from tests.dataflows.comparison import Row
from tests.dataflows.touched_shops import touched_sources
from tests.postgres_server import fresh_database
from tests.sources import GOLDEN_AS_OF, Sources
from tests.strategies import lined_sources
from tests.warehouse import Warehouse, build_tables, dataflow_modules, open_warehouse, select_of

EXAMPLES = 3 if settings().derandomize else 100
PASSED = {
    "customers": {"country": "string", "net_cents": "int64", "cycle_name": "string"},
    "orders": {"country": "string", "cents": "int64", "payment_method": "string"},
    "payments": {"country": "string", "customer_id": "int64"},
    "order_lines": {"line_product": "string", "country": "string"},
    "touches": {"order_id": "int64", "kind": "int64", "country": "string"},
    "spend": {"spend_cents": "int64", "country": "string"},
}
"""Names that other tables of the joins have, and one that several sources pass through."""
CARRYING = {
    "stg_customers": ("customers", "customer_id"),
    "stg_orders": ("orders", "order_id"),
    "stg_payments": ("payments", "payment_id"),
    "stg_order_lines": ("order_lines", "order_line_id"),
    "stg_touches": ("touches", "touch_id"),
    "stg_spend": ("spend", "spend_id"),
    "customers": ("customers", "customer_id"),
    "orders": ("orders", "order_id"),
}
"""The models that have the columns: each with the table that they come from, and the key."""
VALUES: dict[str, Sequence[Any]] = {"string": ("DE", None, "at", "", " FR "), "int64": (7, None, -(2**62), 0)}


def dataflow_of(passed: dict[str, dict[str, str]], *, every: bool = True) -> Dataflow:
    return compile_dataflow(
        dataflow_modules(),
        inputs={"as_of": GOLDEN_AS_OF},
        sources={
            f"raw_{table}": SourceSettings(pass_through={name: name for name in types}, types=types)
            for table, types in passed.items()
        },
        optional_sources=("raw_order_lines", "raw_touches", "raw_spend") if every else (),
    )


@cache
def passing() -> tuple[Dataflow, Warehouse]:
    dataflow = dataflow_of(PASSED)
    return dataflow, open_warehouse(dataflow)


def with_columns(of: Sources, choices: Iterable[int]) -> Sources:
    """Return the sources with values for the columns that pass through."""
    choice = cycle([*choices, 1])

    def extended(table: str) -> Any:
        kinds = PASSED[table].values()
        values = [[VALUES[kind][next(choice) % len(VALUES[kind])] for kind in kinds] for _ in getattr(of, table)]
        return tuple((*row, *more) for row, more in zip(getattr(of, table), values, strict=True))

    return replace(of, **{table: extended(table) for table in PASSED})


def with_touches(of: Sources, others: Sources) -> Sources:
    """Return the sources with the touches and the costs of others."""
    return replace(of, touches=others.touches or (), spend=others.spend or ())


def expected_rows(of: Sources, table: str) -> dict[object, tuple[object, ...]]:
    """Return the values that pass through, by key: those of the smallest row, NULLs last."""
    rows = [row for row in getattr(of, table) if row[0] is not None]
    rows.sort(key=lambda row: [(value is None, "" if value is None else value) for value in row])
    return {row[0]: row[-len(PASSED[table]) :] for row in reversed(rows)}


def assert_values_arrive(of: Sources, model: str, rows: Iterable[Row]) -> None:
    table, key = CARRYING[model]
    expected = expected_rows(of, table)
    actual = {row[key]: tuple(row[name] for name in PASSED[table]) for row in rows}
    assert actual == {number: expected[number] for number in actual}
    assert len(actual) == len(expected) or model in ("customers", "orders")


@given(drawn=st.builds(with_touches, lined_sources(), touched_sources()), choices=st.binary(max_size=40))
@settings(max_examples=EXAMPLES)
def test_values_arrive_by_key_and_nothing_else_changes(drawn: Sources, choices: bytes) -> None:
    of = with_columns(drawn, choices)
    _, warehouse = passing()
    warehouse.load(of)
    before = build_tables(drawn, GOLDEN_AS_OF)
    for model in before:
        rows = warehouse.rows(model)
        passed = PASSED[CARRYING[model][0]] if model in CARRYING else ()
        assert sorted(map(str, before[model])) == sorted(
            str({name: value for name, value in row.items() if name not in passed}) for row in rows
        )
        if model in CARRYING:
            assert_values_arrive(of, model, rows)


def test_every_engine_carries_them() -> None:
    dataflow, _ = passing()
    needed = {*CARRYING, *ancestors(dataflow.graph(), CARRYING)} & dataflow.models.keys()
    models = [name for name in topological(dataflow.graph()) if name in needed]
    redshift = ENGINES["redshift"].dialect()
    assert redshift.approve([select_of(dataflow, redshift, name) for name in models])
    repeated = ((1, 1, GOLDEN_AS_OF, "completed", "Bell"), (1, 1, GOLDEN_AS_OF, "completed", "Bell"))
    drawn = Sources(((1, "A", "B"), (1, "A", "B"), (2, None, "C")), repeated, (), (), (), ())  # type: ignore[arg-type]
    of = with_columns(drawn, [2, 1, 0, 4, 3])
    postgres = ENGINES["postgres"].dialect()
    with fresh_database() as address, psycopg.connect(address, autocommit=True) as connection:

        def execute(sql: str) -> Any:
            return connection.execute(sql.encode())

        execute("CREATE SCHEMA dbt_production")
        execute("CREATE SCHEMA dbt_marketing")
        for source in dataflow.sources.values():
            table, kinds = source.declaration.table, source.schema.items()
            types = [postgres.column_type(kind) for _, kind in kinds]
            names = ", ".join(f"{name} {kind}" for (name, _), kind in zip(kinds, types, strict=True))
            execute(f"CREATE TABLE dbt_production.{table} ({names})")
            for row in getattr(of, table):
                values = ["NULL" if v is None else postgres.literal(str(v)) for v in row]
                casts = [f"CAST({value} AS {kind})" for value, kind in zip(values, types, strict=True)]
                execute(f"INSERT INTO dbt_production.{table} VALUES ({', '.join(casts)})")
        for model in models:
            node = dataflow.models[model]
            # A Python function has no SQL; a small shop has no fit, and tables without rows.
            select = select_of(dataflow, postgres, model)
            query = f"\n{select}" if node.row_function is None else without_rows(node, postgres)
            execute(f"CREATE TABLE dbt_marketing.{model} AS {query}")
        for model in CARRYING:
            cursor = execute(f"SELECT * FROM dbt_marketing.{model}")
            names = [column.name for column in cursor.description]
            assert names == list(dataflow.models[model].schema)
            assert_values_arrive(of, model, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()])


def without_rows(model: Model, dialect: Dialect) -> str:
    columns = (f"CAST(NULL AS {dialect.column_type(kind)}) AS {name}" for name, kind in model.schema.items())
    return f"SELECT {', '.join(columns)} LIMIT 0"


def test_personal_columns_stay_personal() -> None:
    dataflow, _ = passing()
    marked = with_personal_data(dataflow, PersonalSettings({"raw_customers": ("country",)}))
    personal = {
        name
        for name, node in marked.nodes.items()
        if any(column.pii for column in node.declaration.contract.columns if column.name == "country")
    }
    assert personal == {"source_customers", "raw_customers", "stg_customers", "customers"}


def test_the_column_of_an_optional_one_that_is_not_used_passes_through_under_another_name() -> None:
    def compiled(optional: tuple[str, ...]) -> Dataflow:
        passing_email = SourceSettings(optional=optional, pass_through={"shop_email": "email"})
        sources = {"raw_orders": passing_email}
        return compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF}, sources=sources)

    assert compiled(()).models["orders"].schema.names[-1] == "shop_email"
    with pytest.raises(ConfigurationError, match="names the column email, which email is read from"):
        compiled(("email",))


def test_parents_are_added_only_for_columns_that_pass_through() -> None:
    orders_alone = dataflow_of({"orders": {"country": "string"}}, every=False)
    assert "stg_orders" in orders_alone.models["orders"].parents
    assert "stg_customers" not in orders_alone.models["customers"].parents
    column = orders_alone.models["orders"].declaration.contract.columns[-1]
    assert (column.name, column.type, column.nullable) == ("country", "string", True)
    assert column.description == "Passed through from raw_orders."


@pytest.mark.parametrize(
    ("table", "columns", "message"),
    [
        (
            "orders",
            {"Amount": "string"},
            "sources.raw_orders.pass_through names Amount, and orders has a column amount already.",
        ),
        ("orders", {"credit_card_amount": "string"}, "and orders has a column credit_card_amount already"),
        ("orders", {"order_month": "string"}, "and stg_orders has a column order_month already"),
        ("customers", {"customer_segment": "string"}, "and customers has a column customer_segment already"),
        ("customers", {"signed_up_on": "date"}, "names signed_up_on, which raw_customers has already"),
        ("payments", {"Amount": "string"}, "names Amount, which raw_payments has already"),
        ("orders", {"tags": "array<string>"}, "types.tags is array<string>, which cannot pass through"),
    ],
)
def test_names_that_models_have_and_types_without_order_are_refused(
    table: str, columns: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        dataflow_of({table: columns}, every=False)
    assert message in raised.value.message
    (name,) = columns
    if "cannot" not in message:
        assert f'pass_through = {{ shop_{name} = "{name}" }}' in str(raised.value)
