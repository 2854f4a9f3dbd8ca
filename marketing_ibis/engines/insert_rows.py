"""Write rows of Python as INSERT statements, for an engine that has no faster way to receive them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.plain_rows import PlainRows

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_STATEMENT = 1_000
"""A statement of Redshift has at most 16 MB: https://docs.aws.amazon.com/redshift/latest/dg/c_redshift-sql.html"""


def insert_statements(dialect: Dialect, relation: Relation, rows: pa.Table | PlainRows) -> Iterator[str]:
    """Yield the statements that add ``rows`` to a table; its columns give quoted values their types."""
    names = ", ".join(map(dialect.identifier, rows.column_names))
    head = f"INSERT INTO {dialect.relation(relation)} ({names}) VALUES\n"
    remaining = rows_of(rows)
    while some := list(islice(remaining, ROWS_PER_STATEMENT)):
        yield head + ",\n".join(f"({', '.join(literal(dialect, value) for value in row)})" for row in some)


def literal(dialect: Dialect, value: object) -> str:
    """Return a value as a literal."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return repr(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return dialect.literal(value.isoformat(sep=" "))
        case date():
            return dialect.literal(value.isoformat())
    return dialect.literal(str(value))


def rows_of(table: pa.Table | PlainRows) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table in memory."""
    if isinstance(table, PlainRows):
        yield from table.rows
        return
    batches = (zip(*(c.to_pylist() for c in batch.columns), strict=True) for batch in table.to_batches(10_000))
    yield from chain.from_iterable(batches)
