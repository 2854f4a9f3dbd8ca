"""Add rows that are in memory to a table of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.plain_rows import PlainRows

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

PYTHON_ROWS = "marketing_ibis_python_rows"
"""What rows of Python are called while they are added to a table."""
FEW_ROWS = 1_000
"""Up to so many plain rows are added as parameters: of six columns in 0.04 s, where importing PyArrow takes 0.3 s."""


def add_rows(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, relation: Relation, rows: pa.Table | PlainRows
) -> None:
    """Add rows to a table in one statement: a few plain ones as parameters, and others where Arrow has them."""
    names = ", ".join(map(dialect.identifier, rows.column_names))
    insert = f"INSERT INTO {dialect.relation(relation)} ({names})"
    if isinstance(rows, PlainRows) and rows.num_rows <= FEW_ROWS:
        marks = ", ".join([f"({', '.join('?' * len(rows.columns))})"] * rows.num_rows)
        if rows.rows:
            connection.execute(f"{insert} VALUES {marks}", [value for row in rows.rows for value in row])
        return
    connection.register(PYTHON_ROWS, rows.to_arrow() if isinstance(rows, PlainRows) else rows)
    try:
        connection.execute(f"{insert} SELECT {names} FROM {PYTHON_ROWS}")
    finally:
        connection.unregister(PYTHON_ROWS)
