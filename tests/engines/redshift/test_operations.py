"""Each operation that is compiled for Redshift and run on the stand-in gives DuckDB's rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
import sqlglot.expressions as sge
from ibis.common.graph import Graph

from marketing_ibis.engines.redshift.compiler import compiler
from marketing_ibis.engines.redshift.compiler.rewrites import rules
from tests.engines.redshift.comparison import comparable_rows
from tests.engines.redshift.operations import BEYOND_DUCKDB, CASES, expression_of, redshift_sql
from tests.engines.redshift.operations.tables import OTHER_ROWS, OTHER_SCHEMA, PARAMETERS, ROWS, SCHEMA
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database

TABLES = {"t": (SCHEMA, ROWS), "u": (OTHER_SCHEMA, OTHER_ROWS)}


@cache
def on_duckdb() -> ibis.BaseBackend:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA ops; SET TimeZone = 'UTC'")
    for name, (schema, rows) in TABLES.items():
        types = schema.to_pyarrow()
        columns = zip(*rows, strict=True)
        loaded = pa.table([pa.array(c, f.type) for c, f in zip(columns, types, strict=True)], types)  # noqa: F841
        connection.execute(f"CREATE TABLE ops.{name} AS FROM loaded")
    return ibis.duckdb.from_connection(connection)


def on_duckdb_rows(expression: ir.Table) -> list[tuple[object, ...]]:
    backend = on_duckdb()
    backend._register_in_memory_tables(expression)
    sql = str(backend.compile(expression, params=PARAMETERS))
    found: list[tuple[object, ...]] = backend.raw_sql(sql).fetchall()
    return found


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with fresh_database() as uri, StandIn.open(uri) as session:
        for name, (schema, rows) in TABLES.items():
            session.load("ops", name, rows, {c: compiler.type_mapper.to_string(t) for c, t in schema.items()})
        yield session


@pytest.mark.parametrize("name", CASES)
def test_rows_are_those_of_duckdb(name: str, stand_in: StandIn) -> None:
    expression = expression_of(name)
    expected = on_duckdb_rows(expression)
    answer = stand_in.fetch(redshift_sql(expression))
    theirs, ours = comparable_rows(expected, answer.rows, expression.schema().types)

    assert answer.names == tuple(expression.columns)
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)


@pytest.mark.parametrize("name", BEYOND_DUCKDB)
def test_row_is_the_one_that_was_computed(name: str, stand_in: StandIn) -> None:
    answer = stand_in.fetch(redshift_sql(expression_of(name)))

    assert [tuple(row) for row in answer.rows] == [BEYOND_DUCKDB[name][1]]


def test_table_in_memory_becomes_rows(stand_in: StandIn) -> None:
    schema = {"a": "int64", "b": "string", "c": "date", "m": "decimal(9, 2)"}
    rows = [(1, "x", date(2024, 2, 29), Decimal("1.50")), (None, "y'\\", None, Decimal("-0.01"))]
    answer = stand_in.fetch(ibis.to_sql(ibis.memtable(rows, schema=schema), dialect="redshift"))
    assert sorted(answer.rows, key=repr) == sorted(rows, key=repr)
    assert answer.names == tuple(schema)


def test_empty_table_in_memory_keeps_its_columns(stand_in: StandIn) -> None:
    answer = stand_in.fetch(ibis.to_sql(ibis.memtable([], schema={"a": "int64", "b": "date"}), dialect="redshift"))
    assert (answer.names, answer.rows) == (("a", "b"), [])


def test_expressions_that_need_no_rule_are_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    roots = {name: expression_of(name).as_table().op() for name in CASES}
    rewritten = {name: rules.to_redshift(root, Graph.from_bfs(root)) for name, root in roots.items()}
    monkeypatch.setattr(rules, "_needs_rule", lambda node: True)

    assert rewritten == {name: rules.to_redshift(root, Graph.from_bfs(root)) for name, root in roots.items()}
    assert any(rewritten[name] is not root for name, root in roots.items())


def test_types_are_written_as_sqlglot_writes_them() -> None:
    generator = compiler.dialect().generator()
    for kind, sizes in product(sge.DataType.Type, ([], [sge.DataTypeParam(this=sge.convert(9))])):
        dtype = sge.DataType(this=kind, expressions=sizes)
        assert generator.datatype_sql(dtype.copy()) == super(type(generator), generator).datatype_sql(dtype.copy())
