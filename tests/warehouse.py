"""Build every model on DuckDB from rows in memory, with SQL that is compiled once."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

import dataflows
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.graph import topological
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.compile import compile_dataflow
from marketing_ibis.project.source_settings import SourceSettings

if TYPE_CHECKING:
    from tests.sources import Options, Sources

SOURCE_SCHEMA = "dbt_production"
MODEL_SCHEMA = "dbt_marketing"
_OPENED: list[duckdb.DuckDBPyConnection] = []
_HELD: dict[date, object] = {}
"""The sources whose tables a day's database has, if known."""


@dataclass(frozen=True)
class Warehouse:
    """A DuckDB database in memory with the statements that fill it.

    Views are tables here: DuckDB would plan and compute each of them again for every model that reads it.
    """

    connection: duckdb.DuckDBPyConnection
    source_types: dict[str, pa.Schema]
    tables: tuple[str, ...]


def build_tables(sources: Sources, as_of: date, *, scoring: str = "ties") -> dict[str, list[dict[str, object]]]:
    """Return the rows of every model, built from ``sources`` as of ``as_of``."""
    warehouse = _loaded(sources, as_of, scoring)
    con = warehouse.connection
    for name in warehouse.tables:
        _fill(con, name)
    return {name: _rows(con, name) for name in warehouse.tables}


def staged_rows(model: str, sources: Sources, as_of: date) -> list[dict[str, object]]:
    """Return the rows of a staging model, which depends on no other model, and build nothing else."""
    con = _loaded(sources, as_of, "ties").connection
    _fill(con, model)
    return _rows(con, model)


def _loaded(sources: Sources, as_of: date, scoring: str) -> Warehouse:
    """Return a day's warehouse, filled with ``sources``."""
    warehouse = _warehouse(as_of, scoring, sources.options)
    _HELD.pop(as_of, None)
    for table, types in warehouse.source_types.items():
        rows = getattr(sources, table)
        columns = list(zip(*rows, strict=True)) if rows else [[] for _ in types]
        loaded = pa.table([pa.array(values, field.type) for values, field in zip(columns, types, strict=True)], types)  # noqa: F841
        warehouse.connection.execute(
            f"TRUNCATE {SOURCE_SCHEMA}.{table}; INSERT INTO {SOURCE_SCHEMA}.{table} FROM loaded"
        )
    return warehouse


def answers(
    questions: tuple[Callable[..., ir.Table], ...], sources: Sources, as_of: date
) -> dict[str, dict[str, object]]:
    """Return the one row of each query over sources and models, which its parameters name, built as of ``as_of``."""
    build_tables(sources, as_of)
    con, found = _warehouse(as_of, "ties", sources.options).connection, {}
    for question in questions:
        cursor = con.execute(_asked(question, as_of, sources.options))
        (row,) = cursor.fetchall()
        found[question.__name__] = dict(zip((column[0] for column in cursor.description), row, strict=True))
    return found


def evaluated(model: Callable[..., ir.Table], sources: Sources, as_of: date, **rules: object) -> list[str]:
    """Return the rows of ``model`` over its built parents, with ``rules`` in place of the published ones."""
    if _HELD.get(as_of) is not sources:
        build_tables(sources, as_of)
        _HELD[as_of] = sources
    con = _warehouse(as_of, "ties", sources.options).connection
    return sorted(map(str, con.execute(_asked(model, as_of, sources.options, **rules)).fetchall()))


def dataflow_modules() -> list[ModuleType]:
    """Return the modules of the project's own dataflow."""
    found = pkgutil.walk_packages(dataflows.__path__, "dataflows.")
    return [importlib.import_module(module.name) for module in found if not module.ispkg]


@cache
def compiled_dataflow(
    as_of: date, *, scoring: str = "ties", has_sign_ups: bool = False, has_lines: bool = False
) -> Dataflow:
    """Compile the project's own dataflow, once for all tests of a process."""
    variables = {"rfm_rules": {"scoring": scoring}}
    sources = {"raw_customers": SourceSettings(optional=("signed_up_on",))} if has_sign_ups else {}
    return compile_dataflow(
        dataflow_modules(),
        inputs={"as_of": as_of},
        variables=variables,
        sources=sources,
        optional_sources=("raw_order_lines",) if has_lines else (),
    )


@cache
def _asked(question: Callable[..., ir.Table], as_of: date, options: Options, **rules: object) -> str:
    dataflow, dialect = compiled_dataflow(as_of, **options._asdict()), ENGINES["duckdb"].dialect()
    given = {**dataflow.arguments, **rules}
    expression = question(**{name: given[name] for name in inspect.signature(question).parameters})
    return dialect.resolve(dialect.select(expression), _relations(dataflow))


@cache
def _warehouse(as_of: date, scoring: str, options: Options) -> Warehouse:
    dataflow = compiled_dataflow(as_of, scoring=scoring, **options._asdict())
    con = duckdb.connect()
    _OPENED.append(con)
    # The rows of an example are few: a second thread only costs time.
    con.execute("SET threads = 1")
    # The statements are planned once, over no rows: the plan must not depend on the tables' content.
    con.execute("SET disabled_optimizers = 'statistics_propagation'")
    con.execute(f"CREATE SCHEMA {SOURCE_SCHEMA}; CREATE SCHEMA {MODEL_SCHEMA}")
    types = {source.declaration.table: source.schema.to_pyarrow() for source in dataflow.sources.values()}
    for table, schema in types.items():
        empty = schema.empty_table()  # noqa: F841
        con.execute(f"CREATE TABLE {SOURCE_SCHEMA}.{table} AS FROM empty")
    statements = selects(dataflow, ENGINES["duckdb"].dialect())
    for name, select in statements.items():
        con.execute(f"CREATE TABLE {MODEL_SCHEMA}.{name} AS {select}")
    for name, select in statements.items():
        con.execute(f"PREPARE fill_{name} AS INSERT INTO {MODEL_SCHEMA}.{name} {select}")
    for name in statements:
        con.execute(f"PREPARE read_{name} AS FROM {MODEL_SCHEMA}.{name}")
    return Warehouse(con, types, tuple(statements))


def close_all() -> None:
    """Close every database that was opened."""
    for connection in _OPENED:
        connection.close()
    _OPENED.clear()
    _warehouse.cache_clear()


def selects(dataflow: Dataflow, dialect: Dialect) -> dict[str, str]:
    """Return each model's SELECT over published names, parents first."""
    relations = _relations(dataflow)
    dialect = dialect.reading(dataflow.sources)
    ordered = [name for name in topological(dataflow.graph()) if name in dataflow.models]
    return {name: dialect.resolve(dialect.select(dataflow.models[name].expression), relations) for name in ordered}


def _relations(dataflow: Dataflow) -> dict[str, Relation]:
    models = {name: Relation(MODEL_SCHEMA, name) for name in dataflow.models}
    sources = dataflow.sources.items()
    return models | {name: Relation(SOURCE_SCHEMA, source.declaration.table) for name, source in sources}


def _fill(con: duckdb.DuckDBPyConnection, name: str) -> None:
    con.execute(f"TRUNCATE {MODEL_SCHEMA}.{name}")
    con.execute(f"EXECUTE fill_{name}")


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, object]]:
    cursor = con.execute(f"EXECUTE read_{name}")
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
