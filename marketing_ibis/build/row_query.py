"""Read the rows of a model or an expression without building anything: missing parents are part of the query."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan, column_types
from marketing_ibis.build.python_rows import compute_table, query_rows
from marketing_ibis.build.python_step import PythonStep
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, SourceError
from marketing_ibis.model import schema_differences
from marketing_ibis.model.dataflow import Dataflow

if TYPE_CHECKING:
    import pyarrow as pa

WITH = "WITH "
FAILURE = "The rows cannot be read"


@dataclass(frozen=True, slots=True)
class RowQuery:
    """A SELECT with the columns of ``schema``, and the ``plan`` of the models that it computes itself.

    Where a Python function computes the rows of the model, ``python``, they are sorted by ``keys`` and limited there.
    """

    select: str
    schema: ibis.Schema
    plan: Plan
    python: PythonStep | None = None
    keys: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def computed_models(self) -> tuple[str, ...]:
        """The models that the query computes, in building order."""
        return tuple(step.name for step in self.plan.steps())

    def batches(self, target: Target) -> Iterator[pa.RecordBatch]:
        """Yield the rows."""
        if self.python is None:
            yield from target.batches(self.select, self.schema.to_pyarrow())
            return
        received = query_rows(target, self.select, self.python)
        rows = compute_table(self.python, received, column_types(self.schema))
        if self.keys:
            rows = rows.sort_by([(name, "ascending") for name in self.keys])
        yield from rows.slice(0, self.limit).to_batches()


def find_unbuilt_models(dataflow: Dataflow, names: Iterable[str], is_built: Callable[[str], bool]) -> frozenset[str]:
    """Return those of ``names``, and of the models that these depend on, that have to be computed."""
    unbuilt: set[str] = set()
    waiting = [name for name in names if name in dataflow.models]
    while waiting:
        name = waiting.pop()
        if name not in unbuilt and not is_built(name):
            unbuilt.add(name)
            waiting += [parent for parent in dataflow.models[name].parents if parent in dataflow.models]
    return frozenset(unbuilt)


def is_built_in(target: Target, dataflow: Dataflow, schemas: Schemas) -> Callable[[str], bool]:
    """Return whether a model is published with the columns that the project declares now."""
    existing = target.relations(schemas.models)

    def is_built(name: str) -> bool:
        if name not in existing:
            return False
        schema = dataflow.models[name].schema
        try:
            columns = target.columns(Relation(schemas.models, name))
        except RunFailed:
            # A view over a table that was dropped has no columns.
            return False
        return not schema_differences(schema, as_declared(columns, schema))

    return is_built


def query_model(
    dataflow: Dataflow,
    name: str,
    dialect: Dialect,
    schemas: Schemas,
    unbuilt: Collection[str],
    limit: int | None,
    *,
    is_sorted: bool = True,
) -> RowQuery:
    """Return the query of the first rows of a model, in the order of its grain; the model itself is computed.

    Raises:
        CompileError: the model, or one that the query computes, cannot become SQL.
    """
    plan = build_plan(dataflow, {name, *unbuilt}, dialect, schemas)
    model = dataflow.models[name]
    _check_unbuilt(dataflow, unbuilt)
    if model.row_function is not None:
        return _python_query(dataflow, plan, name, limit)
    columns = ", ".join(map(dialect.identifier, model.schema))
    select = f"SELECT {columns}\nFROM {dialect.identifier(_query_name(plan.published[name]))}"
    if is_sorted and model.declaration.grain:
        select += f"\nORDER BY {', '.join(map(dialect.identifier, model.declaration.grain))}"
    if limit is not None:
        select += f"\nLIMIT {limit}"
    return _row_query(plan, _queries_of_models(dataflow, plan), select, model.schema)


def query_expression(
    dataflow: Dataflow,
    expression: ir.Table,
    names: Collection[str],
    dialect: Dialect,
    schemas: Schemas,
    unbuilt: Collection[str],
) -> RowQuery:
    """Return the query of an expression over the models and sources ``names``; it computes the ``unbuilt`` models.

    Raises:
        CompileError: the expression, or a model that the query computes, cannot become SQL.
    """
    _check_unbuilt(dataflow, unbuilt)
    plan = build_plan(dataflow, unbuilt, dialect, schemas)
    source_names = [name for name in names if name in dataflow.sources]
    sources = {plan.published[name]: column_types(dataflow.sources[name].schema) for name in source_names}
    plan = replace(plan, sources={**plan.sources, **sources})
    queries = _queries_of_models(dataflow, plan)
    inner_queries, select = _split_queries(dialect.reading(dataflow.plain_tables), expression, len(queries))
    return _row_query(plan, queries | inner_queries, select, expression.schema())


def _python_query(dataflow: Dataflow, plan: Plan, name: str, limit: int | None) -> RowQuery:
    """Return the query of the rows that the function of a model receives, with what computes the model's rows."""
    model = dataflow.models[name]
    columns = ", ".join(map(plan.dialect.identifier, model.query.columns))
    select = f"SELECT {columns}\nFROM {plan.dialect.identifier(_query_name(plan.published[name]))}"
    query = _row_query(plan, _queries_of_models(dataflow, plan), select, model.schema)
    python = next(step.python for step in plan.steps() if step.name == name)
    return replace(query, python=python, keys=model.declaration.grain, limit=limit)


def _check_unbuilt(dataflow: Dataflow, unbuilt: Collection[str]) -> None:
    """Stop where a query would have to compute the rows of a Python function.

    Raises:
        SourceError: naming the first of these models.
    """
    for name in unbuilt:
        if dataflow.models[name].row_function is not None:
            raise SourceError(
                f"{name} is not published, and a query cannot compute its rows, which a Python function returns.",
                hint=f"Build it first: run --select +{name}",
            )


def _queries_of_models(dataflow: Dataflow, plan: Plan) -> dict[str, str]:
    """Return the SELECT of each model that ``plan`` would build, and of its own queries, by its name in the query."""
    queries: dict[str, str] = {}
    for step in plan.steps():
        if step.select.startswith(WITH):
            inner_queries, select = _split_queries(plan.dialect, dataflow.models[step.name].query, len(queries))
            queries |= inner_queries
        else:
            select = step.select
        queries[_query_name(step.relation)] = select
    return queries


def _split_queries(dialect: Dialect, expression: ir.Table, number: int) -> tuple[dict[str, str], str]:
    """Return the queries of the WITH clause of an expression, named from ``number`` on, and its SELECT without them.

    Redshift does not document a WITH clause in a query of another one.
    """
    tree = dialect.tree(expression)
    inner_queries = tree.ctes
    names = {query.alias: f"query_{place}" for place, query in enumerate(inner_queries, number)}
    for table in tree.find_all(sge.Table):
        if not table.db and table.name in names:
            if not table.alias:
                table.set("alias", sge.TableAlias(this=sge.to_identifier(table.name, quoted=True)))
            table.set("this", sge.to_identifier(names[table.name], quoted=True))
    tree.set("with_", None)
    return {names[query.alias]: dialect.text(query.this) for query in inner_queries}, dialect.text(tree)


def _row_query(plan: Plan, queries: Mapping[str, str], select: str, schema: ibis.Schema) -> RowQuery:
    """Return ``select`` after a WITH clause of ``queries``; it reads those instead of what ``plan`` would build."""
    dialect = plan.dialect
    resolve = dialect.resolver(plan.published)
    clause = ",\n".join(f"{dialect.identifier(name)} AS (\n{query}\n)" for name, query in queries.items())
    select = resolve(f"{WITH}{clause}\n{select}" if queries else select)
    for step in plan.steps():
        query = dialect.identifier(_query_name(step.relation))
        select = select.replace(dialect.relation(step.relation), query)
    (approved,) = dialect.approve((select,), FAILURE)
    return RowQuery(approved, schema, plan)


def _query_name(relation: Relation) -> str:
    # It is reserved, and not too long for the engine.
    return relation.candidate.name
