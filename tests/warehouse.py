"""Build every model on DuckDB from rows in memory, with SQL that is compiled once."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from types import ModuleType

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import settings

import dataflows
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.graph import Graph, ancestors, topological
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.compile import compile_dataflow
from marketing_ibis.project.source_settings import SourceSettings
from tests.python_rows import compute
from tests.remembering import written_once
from tests.sources import Options, Sources, golden_lines, golden_sources, golden_touches

SOURCE_SCHEMA = "dbt_production"
MODEL_SCHEMA = "dbt_marketing"
Row = dict[str, object]
PLANNED_ONCE = settings().derandomize
"""Whether the statements of drawn shops are planned once, which DuckDB does only without its optimizer.

Golden shops are always built by optimized plans, and with the thorough profile all shops are. A shop whose days are
millennia apart takes long without them.
"""
_OPENED: list[duckdb.DuckDBPyConnection] = []


@dataclass
class Warehouse:
    """A DuckDB database in memory for the models of a dataflow.

    Views are tables here: DuckDB would plan and compute each of them again for every model that reads it. A table is
    filled when it is needed, in the transaction that loaded the ``sources``; ``filled`` are those that were, with the
    rows that the statement returned. The statement of a table is written, and prepared, when it is first filled.
    """

    connection: duckdb.DuckDBPyConnection
    dataflow: Dataflow
    sources: Sources | None = None
    filled: dict[str, list[Row]] = field(default_factory=dict)
    _statements: dict[str, duckdb.Statement] = field(default_factory=dict)
    _prepared: dict[str, str] = field(default_factory=dict)
    _is_planned_once: bool = False

    @cached_property
    def graph(self) -> Graph:
        """The sources and models, each with its parents."""
        return self.dataflow.graph()

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The models, parents first."""
        return _ordered(self.dataflow)

    @cached_property
    def source_types(self) -> Mapping[str, pa.Schema]:
        """The columns of each source's table."""
        return {source.declaration.table: source.schema.to_pyarrow() for source in self.dataflow.sources.values()}

    def create_tables(self) -> None:
        """Create every table, without rows and without planning a SELECT."""
        self.connection.execute(f"CREATE SCHEMA {SOURCE_SCHEMA}; CREATE SCHEMA {MODEL_SCHEMA}")
        models = {name: self.dataflow.models[name].schema.to_pyarrow() for name in self.tables}
        for schema, tables in ((SOURCE_SCHEMA, self.source_types), (MODEL_SCHEMA, models)):
            for table, types in tables.items():
                empty = types.empty_table()  # noqa: F841
                self.connection.execute(f"CREATE TABLE {schema}.{table} AS FROM empty")

    def load(self, sources: Sources, *, plan_once: bool = PLANNED_ONCE) -> None:
        """Put ``sources`` in the place of what was loaded before."""
        if self.sources is sources:
            return
        self.unload()
        self._is_planned_once = plan_once and sources not in golden_shops()
        self.connection.execute(f"PRAGMA {'disable' if self._is_planned_once else 'enable'}_optimizer")
        self.connection.execute("BEGIN")
        self.sources = sources
        with self.empty_after_errors():
            for table, types in self.source_types.items():
                rows = getattr(sources, table)
                columns = list(zip(*rows, strict=True)) if rows else [[] for _ in types]
                arrays = [pa.array(values, field.type) for values, field in zip(columns, types, strict=True)]
                loaded = pa.table(arrays, types)  # noqa: F841
                self.connection.execute(f"INSERT INTO {SOURCE_SCHEMA}.{table} FROM loaded")

    def unload(self) -> None:
        """Empty all tables: nothing was committed."""
        if self.sources is not None:
            self.connection.execute("ROLLBACK")
        self.sources = None
        self.filled.clear()

    @contextmanager
    def empty_after_errors(self) -> Iterator[None]:
        """Have everything loaded again after an error, which ends the transaction."""
        try:
            yield
        except BaseException:
            self.unload()
            raise

    def fill(self, names: Iterable[str]) -> None:
        """Build models, and those that they depend on, from what is loaded."""
        names = {*names} & self.graph.keys()
        needed = {*names, *ancestors(self.graph, names)}
        with self.empty_after_errors():
            for name in self.tables:
                if name in needed and name not in self.filled:
                    filling = self.connection.execute(self._statement(name))
                    model = self.dataflow.models[name]
                    if model.row_function:
                        computed = compute(model, filling.fetchall())  # noqa: F841
                        filling = self.connection.execute(
                            f"INSERT INTO {MODEL_SCHEMA}.{name} FROM computed RETURNING *"
                        )
                    columns = [column[0] for column in filling.description]
                    self.filled[name] = [dict(zip(columns, row, strict=True)) for row in filling.fetchall()]

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a model."""
        self.fill([name])
        return self.filled[name]

    def _statement(self, name: str) -> duckdb.Statement | str:
        """Return what fills a table, or selects what Python computes its rows from."""
        if self._is_planned_once:
            if name not in self._prepared:
                self.connection.execute(f"PREPARE {name} AS {self._sql(name)}")
                self._prepared[name] = f"EXECUTE {name}"
            return self._prepared[name]
        if name not in self._statements:
            # The optimizer plans a statement each time that it runs, but it is parsed only here.
            (self._statements[name],) = self.connection.extract_statements(self._sql(name))
        return self._statements[name]

    def _sql(self, name: str) -> str:
        sql = select_of(self.dataflow, ENGINES["duckdb"].dialect(), name)
        if self.dataflow.models[name].row_function:
            return sql
        return f"INSERT INTO {MODEL_SCHEMA}.{name} {sql} RETURNING *"


class Tables(Mapping[str, list[Row]]):
    """The rows of every model, each built at its first use."""

    def __init__(self, warehouse: Warehouse, sources: Sources, *, plan_once: bool) -> None:
        self._warehouse, self._sources, self._plan_once = warehouse, sources, plan_once
        self._rows: dict[str, list[Row]] = {}

    def __getitem__(self, name: str) -> list[Row]:
        if name not in self._rows:
            if name not in self._warehouse.tables:
                raise KeyError(name)
            # Two shops may be compared model by model: after the first return to a shop all of it is built.
            returns = bool(self._rows) and self._warehouse.sources is not self._sources
            self._warehouse.load(self._sources, plan_once=self._plan_once)
            for each in self._warehouse.tables if returns else (name,):
                self._rows.setdefault(each, self._warehouse.rows(each))
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._warehouse.tables)

    def __len__(self) -> int:
        return len(self._warehouse.tables)


def build_tables(sources: Sources, as_of: date, *, scoring: str = "ties", plan_once: bool = PLANNED_ONCE) -> Tables:
    """Return the rows of every model, built from ``sources`` as of ``as_of``."""
    return Tables(_warehouse(as_of, scoring, sources.options), sources, plan_once=plan_once)


def answers(
    questions: tuple[Callable[..., ir.Table], ...], sources: Sources, as_of: date
) -> dict[str, dict[str, object]]:
    """Return the one row of each query over sources and models, which its parameters name, built as of ``as_of``."""
    found = {}
    for question in questions:
        cursor = _ask(question, sources, as_of)
        (row,) = cursor.fetchall()
        found[question.__name__] = dict(zip((column[0] for column in cursor.description), row, strict=True))
    return found


def evaluated(model: Callable[..., ir.Table], sources: Sources, as_of: date, **rules: object) -> list[str]:
    """Return the rows of ``model`` over its built parents, with ``rules`` in place of the published ones."""
    return sorted(map(str, _ask(model, sources, as_of, **rules).fetchall()))


def evaluated_rows(model: Callable[..., ir.Table], sources: Sources, as_of: date, **rules: object) -> list[Row]:
    """Return the rows of ``model`` over its built parents, with ``rules`` in place of the published ones."""
    cursor = _ask(model, sources, as_of, **rules)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _ask(
    question: Callable[..., ir.Table], sources: Sources, as_of: date, **rules: object
) -> duckdb.DuckDBPyConnection:
    warehouse = _warehouse(as_of, "ties", sources.options)
    warehouse.load(sources)
    warehouse.fill(inspect.signature(question).parameters)
    with warehouse.empty_after_errors():
        return warehouse.connection.execute(_asked(question, as_of, sources.options, **rules))


def selected_rows(select: str, models: Iterable[str], sources: Sources, as_of: date) -> list[Row]:
    """Return the rows of a SELECT over published ``models``, built from ``sources``."""
    warehouse = _warehouse(as_of, "ties", sources.options)
    warehouse.load(sources)
    warehouse.fill(models)
    with warehouse.empty_after_errors():
        cursor = warehouse.connection.execute(select)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@cache
def golden_shops() -> tuple[Sources, ...]:
    """Return the shops whose tables were checked by hand."""
    return golden_sources(), golden_lines(), golden_touches()


def dataflow_modules() -> list[ModuleType]:
    """Return the modules of the project's own dataflow."""
    found = pkgutil.walk_packages(dataflows.__path__, "dataflows.")
    return [importlib.import_module(module.name) for module in found if not module.ispkg]


@cache
def compiled_dataflow(
    as_of: date, *, scoring: str = "ties", has_sign_ups: bool = False, optional_sources: tuple[str, ...] = ()
) -> Dataflow:
    """Compile the project's own dataflow, once for all tests of a process."""
    variables = {"rfm_rules": {"scoring": scoring}}
    sources = {"raw_customers": SourceSettings(optional=("signed_up_on",))} if has_sign_ups else {}
    with written_once():
        return compile_dataflow(
            dataflow_modules(),
            inputs={"as_of": as_of},
            variables=variables,
            sources=sources,
            optional_sources=optional_sources,
        )


def compiled_for(as_of: date, options: Options, *, scoring: str = "ties") -> Dataflow:
    """Compile the dataflow for shops with these optional tables and columns."""
    return compiled_dataflow(
        as_of, scoring=scoring, has_sign_ups=options.has_sign_ups, optional_sources=options.optional_sources
    )


@cache
def _asked(question: Callable[..., ir.Table], as_of: date, options: Options, **rules: object) -> str:
    dataflow, dialect = compiled_for(as_of, options), ENGINES["duckdb"].dialect()
    given = {**dataflow.arguments, **rules}
    expression = question(**{name: given[name] for name in inspect.signature(question).parameters})
    return dialect.resolve(dialect.select(expression), _relations(dataflow))


@cache
def _warehouse(as_of: date, scoring: str, options: Options) -> Warehouse:
    return open_warehouse(compiled_for(as_of, options, scoring=scoring))


def open_warehouse(dataflow: Dataflow) -> Warehouse:
    """Return an empty database for the models of a dataflow."""
    con = duckdb.connect()
    _OPENED.append(con)
    # The rows of an example are few: a second thread only costs time.
    con.execute("SET threads = 1")
    warehouse = Warehouse(con, dataflow)
    warehouse.create_tables()
    return warehouse


def close_all() -> None:
    """Close every database that was opened."""
    for connection in _OPENED:
        connection.close()
    _OPENED.clear()
    _warehouse.cache_clear()


def selects(dataflow: Dataflow, dialect: Dialect) -> dict[str, str]:
    """Return each model's SELECT over published names, parents first, or that of what its Python function receives."""
    return {name: select_of(dataflow, dialect, name) for name in _ordered(dataflow)}


def select_of(dataflow: Dataflow, dialect: Dialect, name: str) -> str:
    """Return a model's SELECT over published names, or that of what its Python function receives."""
    reading = dialect.reading(dataflow.sources)
    with written_once():
        select = reading.select(dataflow.models[name].query)
    return reading.resolve(select, _relations(dataflow))


def _ordered(dataflow: Dataflow) -> tuple[str, ...]:
    return tuple(name for name in topological(dataflow.graph()) if name in dataflow.models)


def _relations(dataflow: Dataflow) -> dict[str, Relation]:
    models = {name: Relation(MODEL_SCHEMA, name) for name in dataflow.models}
    sources = dataflow.sources.items()
    return models | {name: Relation(SOURCE_SCHEMA, source.declaration.table) for name, source in sources}
