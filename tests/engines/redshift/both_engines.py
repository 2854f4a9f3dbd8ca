"""Tables that are on DuckDB and on the stand-in, and the rows that both have for one expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from marketing_ibis.engines.duckdb.compiler import DuckDB
from marketing_ibis.engines.redshift.compiler import compiler
from tests.engines.redshift.comparison import Row, comparable_rows
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database


class TypedDoubles(DuckDB):
    """Writes doubles as Ibis types them: to DuckDB 1.0 is a decimal of one place, and so is their median."""

    __slots__ = ()

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802
        literal = super().visit_NonNullLiteral(op, value=value, dtype=dtype)
        return self.cast(literal, dtype) if dtype.is_floating() else literal


DUCKDB = TypedDoubles()


@dataclass(frozen=True, slots=True)
class BothEngines:
    """The same tables on DuckDB, whose rows are the truth, and on the stand-in."""

    duckdb: ibis.BaseBackend
    stand_in: StandIn

    def rows(self, expression: ir.Table) -> tuple[list[Row], list[Row]]:
        """Return the rows of DuckDB and those of the stand-in, in no order."""
        self.duckdb._register_in_memory_tables(expression)
        expected = self.duckdb.raw_sql(duckdb_sql(expression)).fetchall()
        answer = self.stand_in.fetch(redshift_sql(expression))
        assert answer.names == tuple(expression.columns)
        theirs, ours = comparable_rows(expected, answer.rows, expression.schema().types)
        return sorted(theirs, key=repr), sorted(ours, key=repr)


def redshift_sql(expression: ir.Table) -> str:
    """Return the SELECT that Redshift would be sent."""
    return str(compiler.to_sqlglot(expression).sql(dialect=compiler.dialect, pretty=True))


def duckdb_sql(expression: ir.Table) -> str:
    """Return the SELECT that DuckDB is sent."""
    return str(DUCKDB.to_sqlglot(expression.unbind()).sql(dialect=DUCKDB.dialect))


def arrow_table(columns: ibis.Schema, rows: Sequence[Row]) -> pa.Table:
    """Return rows, of which there may be none, as a table of typed columns."""
    types = columns.to_pyarrow()
    values = zip(*rows, strict=True) if rows else [()] * len(types)
    return pa.table([pa.array(list(column), field.type) for column, field in zip(values, types, strict=True)], types)


@contextmanager
def both_engines(tables: Mapping[str, tuple[ibis.Schema, Sequence[Row]]], schema: str) -> Iterator[BothEngines]:
    """Yield both engines with ``tables`` in ``schema``."""
    connection = duckdb.connect()
    connection.execute(f"CREATE SCHEMA {schema}; SET TimeZone = 'UTC'")
    with fresh_database() as uri, StandIn.open(uri) as stand_in:
        for name, (columns, rows) in tables.items():
            loaded = arrow_table(columns, rows)  # noqa: F841
            connection.execute(f"CREATE TABLE {schema}.{name} AS FROM loaded")
            stand_in.load(schema, name, rows, {c: compiler.type_mapper.to_string(t) for c, t in columns.items()})
        yield BothEngines(ibis.duckdb.from_connection(connection), stand_in)
