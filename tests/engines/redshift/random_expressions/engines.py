"""Both engines with the rows of one example, and every check of one expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from psycopg import sql as psql

from marketing_ibis.engines.redshift import gate
from marketing_ibis.engines.redshift.compiler import compiler
from tests.engines.redshift.both_engines import BothEngines, arrow_table, both_engines, duckdb_sql, redshift_sql
from tests.engines.redshift.random_expressions.tables import SCHEMA, TABLES, Rows

STORED = {
    f"{SCHEMA}.{name}": {column: compiler.type_mapper.to_string(dtype) for column, dtype in table.schema().items()}
    for name, table in TABLES.items()
}

MOST_DIGITS = 38


@dataclass(frozen=True)
class Refused:
    """What the compiler said instead of writing SQL."""

    message: str


@contextmanager
def opened() -> Iterator[BothEngines]:
    """Yield both engines with the empty tables."""
    with both_engines({name: (table.schema(), ()) for name, table in TABLES.items()}, SCHEMA) as engines:
        yield engines


def load(engines: BothEngines, rows: Rows) -> None:
    """Replace the rows of the tables."""
    connection = engines.stand_in.connection
    for name, table in TABLES.items():
        engines.duckdb.con.register("loaded", arrow_table(table.schema(), rows[name]))
        engines.duckdb.con.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{name} AS FROM loaded")
        target = psql.Identifier(SCHEMA, name)
        connection.execute(psql.SQL("TRUNCATE {}").format(target))
        with connection.cursor() as cursor, cursor.copy(psql.SQL("COPY {} FROM STDIN").format(target)) as copy:
            for row in rows[name]:
                copy.write_row(row)


def sql_or_refusal(expression: ir.Table) -> str | Refused:
    """Return an expression's SQL, or what the compiler refuses it with."""
    try:
        return redshift_sql(expression)
    except (com.UnsupportedOperationError, com.OperationNotDefinedError) as error:
        return Refused(str(error))


def refusals_of_the_gate(sql: str) -> list[str]:
    """Return what the gate and the resolver of names have against a query."""
    return [str(refusal) for refusal in (*gate.check(sql), *gate.check_names(sql, STORED))]


def overflows_on_duckdb(engines: BothEngines, expression: ir.Table) -> bool:
    """Return whether a number is too large for its type when DuckDB computes every value that it could skip."""
    connection = engines.duckdb.con
    connection.execute("PRAGMA disable_optimizer")
    try:
        connection.execute(duckdb_sql(expression)).fetchall()
    except duckdb.OutOfRangeException:
        return True
    finally:
        connection.execute("PRAGMA enable_optimizer")
    return False


def rounds_on_duckdb(expression: ir.Table) -> bool:
    """Return whether decimals meet that no type of 38 digits holds: DuckDB drops places of them, Redshift does not."""
    node = expression.op()
    operands = [
        [child.dtype for child in op.__children__ if isinstance(child, ops.Value)]
        for op in node.find(ops.Value)
        if not isinstance(op, ops.Multiply | ops.Divide)
    ]
    united = [
        types
        for op in node.find(ops.Set)
        for types in zip(*(side.schema.types for side in (op.left, op.right)), strict=True)
    ]
    return any(_lose_places([t for t in types if isinstance(t, dt.Decimal)]) for types in (*operands, *united))


def _lose_places(decimals: Sequence[dt.Decimal]) -> bool:
    scales = [t.scale or 0 for t in decimals]
    whole_digits = [(t.precision or MOST_DIGITS) - (t.scale or 0) for t in decimals]
    return len(set(scales)) > 1 and max(whole_digits) + max(scales) > MOST_DIGITS
