"""Build variants of the project's own dataflow on one set of sources, and compare their rows by column."""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType

import duckdb
import ibis
import ibis.expr.operations as ops

from dataflows.demo import demo_tables
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.graph import topological
from marketing_ibis.lineage.fingerprints.digests import Fingerprints
from marketing_ibis.model.dataflow import Dataflow
from tests.python_rows import compute
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import SOURCE_SCHEMA, dataflow_modules

ORDERS = 400
Rows = Counter[tuple[object, ...]]


@dataclass
class Builds:
    """A database with the sources of the demo shop, and the tables of each variant that was built."""

    connection: duckdb.DuckDBPyConnection
    tables: dict[tuple[ops.Node, tuple[Relation, ...]], Relation] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def build(self, dataflow: Dataflow) -> Mapping[str, Relation]:
        """Return the table of each model, built unless an earlier variant has the same expression and parents."""
        dialect = ENGINES["duckdb"].dialect().reading(dataflow.sources)
        places = {name: Relation(SOURCE_SCHEMA, source.declaration.table) for name, source in dataflow.sources.items()}
        for name in topological(dataflow.graph()):
            if name in dataflow.sources:
                continue
            model = dataflow.models[name]
            key = (model.expression.op(), tuple(places[parent] for parent in model.parents))
            if key not in self.tables:
                self.tables[key] = Relation("main", f"{name}_{next(self.numbers)}")
                rows = dialect.resolve(dialect.select(model.query), places)
                if model.row_function:
                    computed = compute(model, self.connection.execute(rows).fetchall())  # noqa: F841
                    rows = "FROM computed"
                self.connection.execute(f"CREATE TABLE {dialect.relation(self.tables[key])} AS {rows}")
            places[name] = self.tables[key]
        return places

    def rows(self, table: Relation, columns: Collection[str]) -> Rows:
        """Return how often a table contains each row of some of its columns."""
        names = ", ".join(f'"{name}"' for name in columns)
        return Counter(self.connection.execute(f'SELECT {names} FROM {table.schema}."{table.name}"').fetchall())


@contextmanager
def opened_builds() -> Iterator[Builds]:
    """Lend a database with the sources of the demo shop."""
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = 1; CREATE SCHEMA {SOURCE_SCHEMA}")
        for name, table in demo_tables(orders=ORDERS, as_of=GOLDEN_AS_OF).items():
            sql = ibis.to_sql(table, dialect="duckdb")
            connection.execute(f"CREATE TABLE {SOURCE_SCHEMA}.{name} AS {sql}")
        yield Builds(connection)


def missed_changes(
    builds: Builds,
    before: Mapping[str, Fingerprints],
    tables: Mapping[str, Relation],
    after: Mapping[str, Fingerprints],
    variant: Dataflow,
) -> list[str]:
    """Return the models of a variant whose rows differ in columns that have the fingerprints that they had before."""
    unchanged = {name: shared for name in before if (shared := unchanged_columns(before[name], after[name]))}
    places = builds.build(variant)
    return [
        name
        for name, columns in unchanged.items()
        if places[name] != tables[name] and builds.rows(places[name], columns) != builds.rows(tables[name], columns)
    ]


def unchanged_columns(before: Fingerprints, after: Fingerprints) -> list[str]:
    """Return the columns that have the same fingerprint over the same rows."""
    if before.rows is None or before.rows != after.rows:
        return []
    return [name for name, digest in before.columns.items() if digest and digest == after.columns.get(name)]


@contextmanager
def reimported_dataflows() -> Iterator[list[ModuleType]]:
    """Lend the modules of the dataflow as they are imported again; the former ones return at the end."""
    former = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "dataflows"}
    for name in former:
        del sys.modules[name]
    try:
        yield dataflow_modules()
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "dataflows"]:
            del sys.modules[name]
        sys.modules.update(former)
