"""Copy the rows of some customers from the source tables, whole customers in all of them, for a quick build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from marketing_ibis.build.metrics import PUBLISHED, has_history, sample_statements
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.reserved_names import HISTORY
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError, UsageError
from marketing_ibis.graph import topological
from marketing_ibis.model.dataflow import Dataflow

CUSTOMER, RELATIONSHIPS, SAMPLE = "customer", "relationships", "sample_customers"


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of a source that contains the values of ``field`` of the source ``parent``."""

    column: str
    parent: str
    field: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """``customers`` of the source ``root``, and how other sources lead to it; the others are copied whole."""

    root: str
    key: str
    references: Mapping[str, Reference]
    customers: int


def plan_sampling(dataflow: Dataflow, customers: int) -> Sampling:
    """Find the source of the customers, and the sources that lead to it by their ``relationships`` tests.

    Raises:
        UsageError: no source, or more than one, is that of the customers.
    """
    references = {name: tuple(_references(dataflow, name)) for name in dataflow.sources}
    parents = {reference.parent for declared in references.values() for reference in declared}
    roots = [name for name in sorted(parents) if not references[name]]
    roots = roots if len(roots) == 1 else [name for name in roots if CUSTOMER in name]
    if len(roots) != 1:
        raise UsageError(
            "--sample needs one source of customers, and the source tests declare none or several.",
            hint="Declare in the other sources that they belong to it: relationships(to, field) as a test.",
        )
    (root,) = roots
    leading: dict[str, Reference] = {}
    while True:
        reached = {root, *leading}
        new = {n: r for n, declared in references.items() if n not in reached for r in declared if r.parent in reached}
        if not new:
            break
        leading |= new
    keys = sorted({reference.field for reference in leading.values() if reference.parent == root})
    return Sampling(root, keys[0], leading, customers)


def _references(dataflow: Dataflow, name: str) -> Iterator[Reference]:
    for test in dataflow.sources[name].declaration.data_tests(name):
        if test.test == RELATIONSHIPS and isinstance(test.arguments, tuple) and test.arguments[0] in dataflow.sources:
            yield Reference(test.column, *map(str, test.arguments))


def copy_sample(
    dataflow: Dataflow, sampling: Sampling, target: Target, schemas: Mapping[str, str], day: date, *, confirmed: bool
) -> Mapping[str, int]:
    """Fill the schema ``sample`` with rows of ``sources`` and note it in ``models``; return the rows of each table.

    Raises:
        SourceError: a source table is missing.
        UsageError: the schema of the models contains full tables, or that of the sample tables of others.
    """
    sources, models, sample = schemas["sources"], schemas["models"], schemas["sample"]
    existing = target.relations(sources)
    for source in dataflow.sources.values():
        if source.declaration.table not in existing:
            raise SourceError(f"The source table {sources}.{source.declaration.table} does not exist.")
    earlier = newest_sample(target, models)
    published = [name for name in target.relations(models) if name in dataflow.models]
    if published and not earlier and not confirmed:
        raise UsageError(
            f"Schema {models} contains full tables, which a build of a sample would replace.",
            hint="Build the sample in a schema of your own, with --target, or replace them with --sample-over-full.",
        )
    copies = target.relations(sample)
    if copies and earlier is None:
        raise UsageError(
            f"Schema {sample} contains tables that no sample was copied to.", hint="Rename or drop that schema."
        )
    target.create_schema(sample)
    target.create_schema(models)
    with target.exclusive(sample, read=(sources,)), target.transaction():
        names = topological({name: _parents(sampling, name) for name in dataflow.sources})
        for name in names:
            table = dataflow.sources[name].declaration.table
            statements = _statements(dataflow, sampling, target.dialect, name, schemas, exists=table in copies)
            execute_all(target, target.dialect.approve(statements, "The sources cannot be sampled"))
        execute_all(target, sample_statements(target.dialect, models, sampling.customers, day))
    tables = [source.declaration.table for source in dataflow.sources.values()]
    return {table: _count(target, Relation(sample, table)) for table in tables}


def is_sample_since(target: Target, schema: str, built_at: datetime) -> bool:
    """Return whether a table of ``schema`` that was built at ``built_at`` may be that of a sample built since."""
    if not has_history(target, schema):
        return False
    history, literal = target.dialect.relation(Relation(schema, HISTORY)), target.dialect.literal
    condition = f"metric = {literal(SAMPLE)} AND value > 0"
    ((noted_at,),) = target.query(f"SELECT MAX(built_at) FROM {history} WHERE {condition}")
    return isinstance(noted_at, datetime) and noted_at.replace(tzinfo=UTC) >= built_at


def newest_sample(target: Target, schema: str) -> int | None:
    """Return of how many customers the tables of ``schema`` are, 0 for all of them; None if no sample was ever built.

    A build that is not noted as one of a sample has published full tables.
    """
    if not has_history(target, schema):
        return None
    history, literal = target.dialect.relation(Relation(schema, HISTORY)), target.dialect.literal
    notes = target.query(
        f"SELECT built_at, value FROM {history} WHERE metric = {literal(SAMPLE)} ORDER BY built_at DESC LIMIT 1"
    )
    if not notes:
        return None
    ((published_at,),) = target.query(f"SELECT MAX(built_at) FROM {history} WHERE metric = {literal(PUBLISHED)}")
    ((noted_at, value),) = notes
    is_newer = published_at is None or (isinstance(noted_at, datetime) and noted_at >= published_at)  # type: ignore[operator]
    return int(float(str(value))) if is_newer else 0


def _parents(sampling: Sampling, name: str) -> tuple[str, ...]:
    return (sampling.references[name].parent,) if name in sampling.references else ()


def _statements(
    dataflow: Dataflow, sampling: Sampling, dialect: Dialect, name: str, schemas: Mapping[str, str], *, exists: bool
) -> tuple[str, ...]:
    source = dataflow.sources[name]
    origin = dialect.relation(Relation(schemas["sources"], source.declaration.table))
    copy = dialect.relation(Relation(schemas["sample"], source.declaration.table))
    columns = ", ".join(map(dialect.identifier, source.schema))
    select = f"SELECT {columns}\nFROM {origin}{_condition(dataflow, sampling, dialect, name, schemas, origin)}"
    if exists:
        # Views may depend on it, so it is not dropped.
        return (f"DELETE FROM {copy}", f"INSERT INTO {copy} ({columns})\n{select}")
    return (f"CREATE TABLE {copy} AS\n{select}",)


def _condition(
    dataflow: Dataflow, sampling: Sampling, dialect: Dialect, name: str, schemas: Mapping[str, str], origin: str
) -> str:
    if name == sampling.root:
        # The digest spreads keys evenly, and is the same on every engine.
        key = dialect.identifier(sampling.key)
        keys = f"SELECT DISTINCT {key} FROM {origin} WHERE {key} IS NOT NULL"
        text = f"CAST({key} AS {dialect.column_type('string')})"
        order = f"ORDER BY MD5({text}), {key} LIMIT {sampling.customers}"
        return f"\nWHERE {key} IN (SELECT {key} FROM ({keys}) AS customers {order})"
    if name in sampling.references:
        reference = sampling.references[name]
        table = dataflow.sources[reference.parent].declaration.table
        parent = dialect.relation(Relation(schemas["sample"], table))
        column, field = dialect.identifier(reference.column), dialect.identifier(reference.field)
        return f"\nWHERE {column} IN (SELECT {field} FROM {parent})"
    return ""


def _count(target: Target, relation: Relation) -> int:
    ((rows,),) = target.query(f"SELECT COUNT(*) FROM {target.dialect.relation(relation)}")
    return int(str(rows))
