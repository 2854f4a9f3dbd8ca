"""Run the queries that a report declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.build.model_history import history_views
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.errors import CompileError, SourceError, nearest
from marketing_ibis.model import Model
from marketing_ibis.report.context import Context
from marketing_ibis.report.declaration import Answers, Query, Report
from marketing_ibis.report.guarding import call_guarded

if TYPE_CHECKING:
    from marketing_ibis.engines.target import Target

BUILD = "Build it: `build`."


def read_answers(
    report: Report, target: Target, schema: str, context: Context, dialect: Dialect | None = None
) -> Answers:
    """Return the rows of every query of a report over the tables in ``schema``; none of a history that does not exist.

    ``dialect`` is that of the target with a cache, if there is one.

    Raises:
        CompileError: a query reads something other than models, or its columns are not those of its record.
        SourceError: a table or a column is missing.
    """
    views = history_views(context.models, schema)
    omitted = {query for query in report.queries if query.is_optional and not context.absent.isdisjoint(query.models)}
    queries = [query for query in report.queries if query not in omitted]
    names = dict.fromkeys(name for query in queries for name in query.models)
    tables = {name: _table(name, report, {**views, **context.models}) for name in names}
    expressions = {query: expression_of(query, tables) for query in queries}
    # A history exists only if it was recorded.
    existing = target.relations(schema) if views else ()
    absent = {query for query in expressions if any(name in views and name not in existing for name in query.models)}
    expressions = {query: expression for query, expression in expressions.items() if query not in absent}
    used = tuple(dict.fromkeys(name for query in expressions for name in query.models))
    _check_published(used, expressions.values(), target, schema)
    places = {name: Relation(schema, name) for name in used}
    results: dict[Query[Any], tuple[Any, ...]] = dict.fromkeys([*omitted, *absent], ())
    for query, expression in expressions.items():
        select = target.dialect.resolve((dialect or target.dialect).select(expression), places)
        results[query] = tuple(query.row(*row) for row in target.query(select))
    return Answers(results, context)


def expression_of(query: Query[Any], tables: Mapping[str, ir.Table]) -> ir.Table:
    """Return what a query computes of the tables that its parameters name.

    Raises:
        CompileError: it fails, or its columns are not the fields of its record.
    """
    arguments = {name: tables[name] for name in query.models}
    expression = call_guarded(f"The query {query.name}", query.expression, ir.Table, **arguments)
    field_names = tuple(field.name for field in fields(query.row)) if is_dataclass(query.row) else ()
    if expression.columns != field_names:
        raise CompileError(
            f"The report's query {query.name} returns the columns {', '.join(expression.columns)}; its record"
            f" {query.row.__name__} has the fields {', '.join(field_names) or '(none)'}.",
            hint="Select the fields of the record, in their order.",
        )
    return expression


def used_columns(expressions: Iterable[ir.Table]) -> dict[str, set[str]]:
    """Return the columns that expressions use, by the table that has them."""
    used: dict[str, set[str]] = {}
    for expression in expressions:
        for field in expression.op().find(ops.Field):
            origin = _origin(field)
            if origin is not None:
                used.setdefault(origin.rel.name, set()).add(origin.name)
    return used


def _origin(field: ops.Field) -> ops.Field | None:
    """Return the column of a table that a field passes through unchanged, None for a computed one."""
    while not isinstance(field.rel, ops.UnboundTable):
        value = field.rel.values.get(field.name)
        if not isinstance(value, ops.Field):
            return None
        field = value
    return field


def _table(name: str, report: Report, models: Mapping[str, Model]) -> ir.Table:
    if name not in models:
        query = next(query.name for query in report.queries if name in query.models)
        raise CompileError(
            f"The report's query {query} has the parameter {name}, which is not a model of the project.",
            hint=nearest(name, models),
        )
    return ibis.table({column: type.copy(nullable=True) for column, type in models[name].schema.items()}, name=name)


def _check_published(names: tuple[str, ...], expressions: Iterable[ir.Table], target: Target, schema: str) -> None:
    existing = target.relations(schema)
    missing = [name for name in names if name not in existing]
    if missing:
        table_list = f"no table {' and no table '.join(missing)}"
        missing_tables = "none of the report's tables" if len(missing) == len(names) else table_list
        raise SourceError(f"There is nothing to report: schema {schema} contains {missing_tables}.", hint=BUILD)
    for name, columns in used_columns(expressions).items():
        present = target.columns(Relation(schema, name))
        missing_columns = sorted(column for column in columns if column not in present)
        if missing_columns:
            raise SourceError(
                f"{schema}.{name} has no column {' and no column '.join(missing_columns)}: another version built it.",
                hint="Build it again: `build`.",
            )
