"""Run one data test on rows in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import ibis
from hamilton import driver

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.model import Contract, DataTest, Declaration, Source, column
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.collect import build_batches
from marketing_ibis.testing.run import DataTestResult, DataTestRunner

AS_OF = date(2024, 5, 15)
Row = Sequence[object]


@dataclass(frozen=True)
class Table:
    """Rows with the Ibis types of their columns; the first columns are the grain.

    ``stored`` has the types of columns that the database stores under another type than declared.
    """

    columns: Mapping[str, str]
    rows: Sequence[Row]
    grain: tuple[str, ...] = ()
    stored: Mapping[str, str] = field(default_factory=dict)

    def source(self, name: str) -> Source:
        columns = tuple(column(key, kind, "Any.", nullable=True) for key, kind in self.columns.items())
        grain = self.grain or (next(iter(self.columns)),)
        declaration = Declaration("source", Contract(columns), grain, "sources", table=name)
        return Source(name, declaration, "", declaration.contract.schema())


@dataclass(frozen=True)
class Tables:
    """A database in memory, opened once and filled again for every test."""

    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def ask(
        self,
        data_test: DataTest,
        table: Table,
        *,
        at: str = "",
        as_of: date = AS_OF,
        warn_error: bool = False,
        **others: Table,
    ) -> DataTestResult:
        """Return the result of ``check`` of the column ``at`` of ``table``, which is called ``looked_at``."""
        tables = {"looked_at": table, **others}
        for name, contents in tables.items():
            self._fill(name, contents)
        sources = {name: contents.source(name) for name, contents in tables.items()}
        dataflow = Dataflow(sources, {}, driver.Builder().build(), {"as_of": as_of})
        dialect = ENGINES["duckdb"].dialect()
        named = replace(data_test, column=at or data_test.column, name="asked")
        (batch,) = build_batches(dataflow, {"looked_at": [named]}, dialect)
        relations = {name: Relation("main", name) for name in tables}
        runner = DataTestRunner(DuckDBTarget(self.connection, dialect), relations, warn_error=warn_error)
        (result,) = runner.run(batch)
        assert result.status != "error", result.message
        self._hold(result)
        return result

    def _fill(self, name: str, table: Table) -> None:
        schema = ibis.schema({**table.columns, **table.stored})
        dialect = ENGINES["duckdb"].dialect()
        kinds = ", ".join(f'"{key}" {dialect.column_type(kind)}' for key, kind in schema.items())
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} ({kinds})")
        if table.rows:
            marks = ", ".join("?" * len(table.columns))
            self.connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [list(row) for row in table.rows])

    def _hold(self, result: DataTestResult) -> None:
        """Assert that the query of failing rows finds as many as were counted."""
        rows = self.connection.execute(result.failing).fetchall()
        assert len(rows) == result.failures
