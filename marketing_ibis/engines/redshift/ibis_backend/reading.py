"""Run expressions and return their rows: all at once, or in batches while the server sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
from ibis import util

from marketing_ibis.engines.redshift.ibis_backend.columns import Layout, definitions, longest_in_memory, with_widths
from marketing_ibis.engines.redshift.ibis_backend.connected import Connected
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.engines.redshift.spelling import identifier, identifiers
from marketing_ibis.engines.redshift.streaming import streamed
from marketing_ibis.engines.redshift.values import arrow_batch, value_batches, value_reader

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MOST_ROWS_IN_TEXT = 200
"""Rows in memory beyond these are loaded into a temporary table for the statement."""
ON_COMPUTE_NODES = (
    ops.Median,
    ops.Quantile,
    ops.MultiQuantile,
    ops.ApproxMedian,
    ops.ApproxQuantile,
    ops.ApproxMultiQuantile,
    ops.GroupConcat,
)
"""Aggregates that Redshift computes over stored rows only."""


class Reading(Connected):
    """Methods that return rows."""

    def execute(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        **_: Any,
    ) -> pd.DataFrame | pd.Series | Any:
        """Return the result as pandas has it: a frame, a series or a value."""
        table = expr.as_table()
        with self._loaded(table) as loaded:
            cursor = self.raw_sql(self.compile(loaded, params=params, limit=limit))
        return expr.__pandas_result__(self._fetch_from_cursor(cursor, table.schema()))

    def _fetch_from_cursor(self, cursor: Any, schema: sch.Schema) -> pd.DataFrame:
        import pandas as pd
        from ibis.formats.pandas import PandasData

        # Decimals must not pass through floats.
        frame = pd.DataFrame.from_records(list(cursor.fetchall()), columns=list(schema.names), coerce_float=False)
        for name, dtype in schema.items():
            if dtype.is_nested():
                frame[name] = frame[name].map(value_reader(dtype))
        return PandasData.convert_table(frame, schema)

    def to_pyarrow(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        **_: Any,
    ) -> pa.Table | pa.Array | pa.Scalar:
        """Return the result as Arrow has it: a table, a column or a value."""
        import pyarrow as pa

        table = expr.as_table()
        with self._loaded(table) as loaded:
            rows = self.raw_sql(self.compile(loaded, params=params, limit=limit)).fetchall()
        schema = table.schema()
        return expr.__pyarrow_result__(pa.Table.from_batches([arrow_batch(schema, rows)], schema.to_pyarrow()))

    def to_pyarrow_batches(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        chunk_size: int = 1_000_000,
        **_: Any,
    ) -> pa.RecordBatchReader:
        """Return the result in record batches of ``chunk_size`` rows, which the server sends as they are read.

        They come through a cursor of the server on a connection of its own. A query that reads temporary tables, or is
        part of a transaction, is fetched whole.
        """
        import pyarrow as pa

        table = expr.as_table()
        schema = table.schema()
        batches = self._row_batches(table, params, limit, chunk_size)
        return pa.RecordBatchReader.from_batches(schema.to_pyarrow(), (arrow_batch(schema, rows) for rows in batches))

    def _row_batches(
        self, table: ir.Table, params: Mapping[ir.Scalar, Any] | None, limit: int | str | None, size: int
    ) -> Iterator[Sequence[Any]]:
        if self._reads_this_session(table):
            with self._loaded(table) as loaded:
                cursor = self.raw_sql(self.compile(loaded, params=params, limit=limit))
            while rows := cursor.fetchmany(size):
                yield rows
            return
        self._run_pre_execute_hooks(table)
        select = self.compile(table, params=params, limit=limit)
        session = Session(self._session.login)
        try:
            yield from streamed(session, select, size)
        finally:
            session.close()

    def _reads_this_session(self, table: ir.Table) -> bool:
        """Return whether only this session can run a query: it may see tables that others do not."""
        tables = table.op().find((ops.DatabaseTable, ops.InMemoryTable, ops.SQLQueryResult, ops.SQLStringView))
        return (
            self._session.is_in_transaction
            or not self._session.login.can_repeat
            or bool(self._temporary and any(isinstance(op, (ops.SQLQueryResult, ops.SQLStringView)) for op in tables))
            or bool(tables_to_load(table))
            or any(isinstance(op, ops.DatabaseTable) and op.name in self._temporary for op in tables)
        )

    # Rows in memory

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        """Do nothing: rows become a part of the statement, or a temporary table as long as it runs."""

    def _make_memtable_finalizer(self, name: str) -> None:
        """Do nothing, for the same reason."""

    @contextmanager
    def _loaded(self, table: ir.Table) -> Iterator[ir.Table]:
        """Yield an expression whose larger tables in memory are temporary tables, which are dropped afterwards."""
        self._run_pre_execute_hooks(table)
        large = tables_to_load(table)
        if not large:
            yield table
            return
        with ExitStack() as tables:
            places = {op: tables.enter_context(self._temporary_table(op)) for op in large}
            yield table.op().replace(places).to_expr()

    @contextmanager
    def _temporary_table(self, op: ops.InMemoryTable) -> Iterator[ops.DatabaseTable]:
        name = util.gen_name("memtable")
        rows = op.data.to_pyarrow(op.schema)
        schema = with_widths(op.schema, longest_in_memory(op.schema, rows))
        with self._session.transaction():
            self.raw_sql(f"CREATE TEMP TABLE {identifier(name)} ({definitions(schema, Layout())})")
            self._insert_rows(identifier(name), op.schema, rows)
        drop = f"DROP TABLE IF EXISTS {identifier(name)}"
        try:
            yield ops.DatabaseTable(name, op.schema, self)
        except BaseException:
            # A failed transaction takes its tables along, as the end of a session does.
            if self._session.is_open and not self._session.is_in_transaction:
                self.raw_sql(drop)
            raise
        self.raw_sql(drop)

    def _insert_rows(self, relation: str, schema: sch.Schema, rows: pa.Table) -> None:
        """Insert an Arrow table, in as many statements as it takes."""
        into = f"INSERT INTO {relation} ({identifiers(schema.names)})"
        columns = [column.to_pylist() for column in rows.columns]
        for values in value_batches(schema, zip(*columns, strict=True)):
            self.raw_sql(f"{into} VALUES\n{values}")


def tables_to_load(table: ir.Table) -> list[ops.InMemoryTable]:
    """Return the tables in memory that cannot be part of a statement: large ones, and those of certain aggregates."""
    needs_tables = bool(table.op().find(ON_COMPUTE_NODES))
    in_memory = table.op().find(ops.InMemoryTable)
    return [op for op in in_memory if needs_tables or len(op.data.to_pyarrow(op.schema)) > MOST_ROWS_IN_TEXT]
