"""Build every model on PostgreSQL from rows in memory, with SQL that is compiled once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.insert_rows import rows_of
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from tests.dataflows.comparison import Row, same
from tests.postgres_server import fresh_database
from tests.python_rows import compute
from tests.sources import Sources
from tests.warehouse import MODEL_SCHEMA, SOURCE_SCHEMA, compiled_dataflow, selects


class PostgresWarehouse:
    """A database whose tables are emptied and filled again for each shop."""

    def __init__(self, connection: psycopg.Connection[Row], as_of: date, **options: Any) -> None:
        dialect = ENGINES["postgres"].dialect()
        self.connection = connection
        self.dataflow: Dataflow = compiled_dataflow(as_of, **options)
        self.sources = {source.declaration.table: source.schema for source in self.dataflow.sources.values()}
        self.selects = selects(self.dataflow, dialect)
        connection.execute(f"CREATE SCHEMA {SOURCE_SCHEMA}; CREATE SCHEMA {MODEL_SCHEMA}")
        for table, schema in self.sources.items():
            columns = ", ".join(f"{name} {dialect.column_type(kind)}" for name, kind in schema.items())
            connection.execute(f"CREATE TABLE {SOURCE_SCHEMA}.{table} ({columns})")
        for name, select in self.selects.items():
            model = self.dataflow.models[name]
            if model.row_function:
                columns = ", ".join(f"{column} {dialect.column_type(kind)}" for column, kind in model.schema.items())
                connection.execute(f"CREATE TABLE {MODEL_SCHEMA}.{name} ({columns})")
                continue
            connection.execute(f"CREATE {self.kind(name)} {MODEL_SCHEMA}.{name} AS {select}")
        self.tables = [name for name in self.selects if self.kind(name) == "table"]

    def kind(self, name: str) -> str:
        """Return how a model is stored."""
        return self.dataflow.models[name].declaration.materialized

    def build(self, sources: Sources, *, without: Collection[str] = ()) -> dict[str, list[Row]]:
        """Return the rows of every model but those ``without``, on which no other depends."""
        loaded = [f"{SOURCE_SCHEMA}.{table}" for table in self.sources]
        built = [f"{MODEL_SCHEMA}.{name}" for name in self.tables]
        self.connection.execute(f"TRUNCATE {', '.join(loaded + built)}")
        with self.connection.cursor() as cursor:
            for table in self.sources:
                with cursor.copy(f"COPY {SOURCE_SCHEMA}.{table} FROM STDIN") as copy:
                    for row in getattr(sources, table):
                        copy.write_row(row)
        for name in self.tables:
            if name in without:
                continue
            if self.dataflow.models[name].row_function:
                self._compute(self.dataflow.models[name])
                continue
            self.connection.execute(f"INSERT INTO {MODEL_SCHEMA}.{name} {self.selects[name]}")
        return {
            name: self.connection.execute(f"SELECT * FROM {MODEL_SCHEMA}.{name}").fetchall()
            for name in self.selects
            if name not in without
        }

    def _compute(self, model: Model) -> None:
        received = [tuple(row.values()) for row in self.connection.execute(self.selects[model.name]).fetchall()]
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {MODEL_SCHEMA}.{model.name} FROM STDIN") as copy,
        ):
            for row in rows_of(compute(model, received)):
                copy.write_row(row)

    def differences(self, actual: Mapping[str, list[Row]], expected: Mapping[str, list[Row]]) -> list[str]:
        """Describe the differences between the rows of each model, row by row in the order of its grain."""
        assert actual.keys() == expected.keys()
        return [phrase for name in actual for phrase in self._differences(name, actual[name], expected[name])]

    def _differences(self, name: str, actual: list[Row], expected: list[Row]) -> Iterator[str]:
        grain = self.dataflow.models[name].declaration.grain
        left, right = (sorted(rows, key=lambda row: [repr(row[key]) for key in grain]) for rows in (actual, expected))
        if len(left) != len(right):
            yield f"{name}: {len(left)} rows, expected {len(right)}"
        for ours, theirs in zip(left, right, strict=False):
            assert list(ours) == list(theirs)
            if ours == theirs and list(map(type, ours.values())) == list(map(type, theirs.values())):
                continue
            for column, value in ours.items():
                if not same(value, theirs[column]):
                    yield f"{name} {[ours[key] for key in grain]} {column}: {value!r}, expected {theirs[column]!r}"


@contextmanager
def postgres_warehouse(as_of: date, *, locale: str = "", **options: Any) -> Iterator[PostgresWarehouse]:
    """Yield a warehouse in a separate database."""
    with (
        fresh_database(locale=locale) as uri,
        psycopg.connect(uri, autocommit=True, row_factory=dict_row) as connection,
    ):
        yield PostgresWarehouse(connection, as_of, **options)


def settings_of(uri: str, **changes: object) -> dict[str, object]:
    """Return a URI as the settings of a profile's output."""
    return {"port": 5432, **conninfo_to_dict(uri), **changes}
