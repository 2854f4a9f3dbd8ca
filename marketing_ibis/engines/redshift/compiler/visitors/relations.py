"""Redshift's relations: joins, set operations and rows that are spelled out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL, STAR

from marketing_ibis.engines.redshift.compiler import memory_rows

MOST_ROWS_IN_TEXT = 10_000
"""More rows than these belong in a table: a statement holds 16 MB of text."""


class RelationVisitors:
    """Visitors of relations; part of the compiler."""

    f: Any
    quoted: bool
    dialect: Any
    type_mapper: Any
    visit_Literal: Any
    cast: Any
    _cleanup_names: Any

    def visit_Select(self, op: Any, *, selections: Any, **parts: Any) -> sge.Expression:
        """Select every column by its name: a star would silently take what is added to a table later."""
        select: sge.Expression = super().visit_Select(op, selections=selections, **parts)  # type: ignore[misc]
        if isinstance(select, sge.Select) and select.is_star and selections:
            select.set("expressions", list(self._cleanup_names(selections)))
        return select

    def visit_JoinLink(self, op: ops.JoinLink, *, how: str, table: Any, predicates: Any) -> sge.Join:
        """Join as SQL-92 has it; semi and anti joins become EXISTS."""
        if how == "positional":
            raise com.UnsupportedOperationError(
                "Redshift has no positional join; number the rows of both with `ibis.row_number()` and join by that."
            )
        join: sge.Join = super().visit_JoinLink(op, how=how, table=table, predicates=predicates)  # type: ignore[misc]
        return join

    def _set_operation(self, kind: type[sge.SetOperation], left: Any, right: Any, distinct: bool) -> sge.Expression:
        before = self._operand(left, "l", lambda query: _keeps_its_place_on_the_left(kind, query))
        after = self._operand(right, "r", lambda query: _keeps_its_place_on_the_right(kind, distinct, query))
        return kind(this=before, expression=after, distinct=distinct)

    def _operand(self, relation: Any, alias: str, keeps_its_place: Callable[[Any], bool]) -> sge.Expression:
        """Return one side of a set operation.

        Neither LIMIT nor ORDER BY is allowed in it, and a set operation would be evaluated in another order than it is
        nested unless it keeps its place: https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html
        """
        if isinstance(relation, sge.Table):
            return sg.select(STAR, copy=False).from_(relation, copy=False)
        query = relation.this if isinstance(relation, sge.Subquery) else relation
        is_regrouped = isinstance(query, sge.SetOperation) and not keeps_its_place(query)
        if is_regrouped or any(query.args.get(clause) for clause in ("limit", "offset", "order")):
            return self._derived_table(query, alias)
        return query

    def _derived_table(self, query: Any, alias: str) -> sge.Select:
        """Return the rows of ``query`` as a SELECT of their own."""
        return sg.select(STAR).from_(query.subquery(sg.to_identifier(alias, quoted=self.quoted)))

    def _query(self, relation: Any) -> Any:
        """Return what a relation selects; a table, or a named query, is selected from."""
        return sg.select(STAR, copy=False).from_(relation) if isinstance(relation, sge.Table) else relation.this

    def visit_ScalarSubquery(self, op: Any, *, rel: Any) -> sge.Expression:
        subquery: sge.Subquery = self._query(rel).subquery(copy=False)
        return subquery

    visit_CorrelatedScalar = visit_ScalarSubquery

    def visit_CorrelatedRows(self, op: Any, *, parent: Any, selections: Any, predicates: Any) -> sge.Select:
        """Select in one query, whose conditions read the query around it."""
        return sg.select(*self._cleanup_names(selections)).from_(parent).where(*predicates)

    def visit_ExistsSubquery(self, op: Any, *, rel: Any) -> sge.Expression:
        """Return whether another query has rows; those of a set operation are compared by all their columns."""
        query = self._query(rel)
        rows = self._derived_table(query, "e") if isinstance(query, sge.SetOperation) else query
        exists: sge.Expression = self.f.exists(rows.select(1, append=False))
        return exists

    def visit_InSubquery(self, op: Any, *, rel: Any, needle: Any) -> sge.Expression:
        query = self._query(rel)
        membership: sge.Expression = needle.isin(
            query=query if isinstance(query, sge.Select) else self._derived_table(query, "i")
        )
        return membership

    def visit_Project(self, op: ops.Project, *, parent: Any, values: Any) -> sge.Select:
        """Select columns in another order, which Ibis leaves to the last around an operand of a set operation."""
        return sg.select(*self._cleanup_names(values)).from_(parent)

    def visit_Union(self, op: ops.Union, *, left: Any, right: Any, distinct: bool) -> sge.Expression:
        return self._set_operation(sge.Union, left, right, distinct)

    def visit_Intersection(self, op: ops.Intersection, *, left: Any, right: Any, distinct: bool) -> sge.Expression:
        return self._set_operation(sge.Intersect, left, right, distinct)

    def visit_Difference(self, op: ops.Difference, *, left: Any, right: Any, distinct: bool) -> sge.Expression:
        return self._set_operation(sge.Except, left, right, distinct)

    def visit_InMemoryTable(self, op: ops.InMemoryTable, *, name: str, schema: Any, data: Any) -> sge.Expression:
        """Spell the rows out as a union of SELECTs: VALUES is no table in Redshift."""
        rows = data.to_pyarrow(schema)
        if len(rows) > MOST_ROWS_IN_TEXT:
            raise com.UnsupportedOperationError(
                f"A table in memory of {len(rows):,} rows is too large for a statement; load it into a table first."
            )
        first = rows.slice(0, memory_rows.ROWS_IN_TREE).to_pylist()
        selects = [self._row(schema, row) for row in first] or [self._row(schema, dict.fromkeys(schema)).where("1 = 0")]
        union = reduce(lambda left, right: sge.Union(this=left, expression=right, distinct=False), selects)
        if len(rows) > memory_rows.ROWS_IN_TREE:
            memory_rows.attach(selects[-1], self._format_rows(schema, rows.slice(memory_rows.ROWS_IN_TREE)))
        return sge.Subquery(this=union)

    def _format_rows(self, schema: Any, rows: Any) -> list[tuple[str, ...]]:
        """Return rows as the text of their cells, as ``_row`` has them."""
        columns = []
        for (name, dtype), values in zip(schema.items(), rows.columns, strict=True):
            kind = self._sql_text(self.type_mapper.from_ibis(dtype))
            label = self._sql_text(sg.to_identifier(name, quoted=self.quoted))
            write = memory_rows.writer(dtype, kind, partial(self._sql_of_value, dtype))
            columns.append([f"CAST({write(value)} AS {kind}) AS {label}" for value in values.to_pylist()])
        return list(zip(*columns, strict=True))

    def _sql_of_value(self, dtype: Any, value: Any) -> str:
        return self._sql_text(self._cell(value, dtype).this)

    def _sql_text(self, tree: sge.Expression) -> str:
        return str(tree.sql(dialect=self.dialect))

    def _row(self, schema: Any, row: dict[str, Any]) -> sge.Select:
        """Return one row; the first gives the columns their types, so every one states them."""
        cells = [self._cell(row[name], dtype).as_(name, quoted=self.quoted) for name, dtype in schema.items()]
        return sg.select(*cells)

    def _cell(self, value: Any, dtype: Any) -> sge.Cast:
        literal = ops.Literal(value, dtype) if value is not None else None
        return self.cast(
            NULL if literal is None else self.visit_Literal(literal, value=literal.value, dtype=dtype), dtype
        )


def _keeps_its_place_on_the_left(kind: type[sge.SetOperation], query: Any) -> bool:
    """Return whether a set operation is evaluated first without its own query: INTERSECT is, then from the left."""
    return kind is not sge.Intersect or isinstance(query, sge.Intersect)


def _keeps_its_place_on_the_right(kind: type[sge.SetOperation], distinct: bool, query: Any) -> bool:
    """Return the same of the right side, where UNION ALL keeps its rows wherever it is evaluated."""
    is_all = kind is sge.Union and not distinct and _is_union_all(query)
    return is_all or (kind is not sge.Intersect and isinstance(query, sge.Intersect))


def _is_union_all(query: Any) -> bool:
    while isinstance(query, sge.Union) and query.args.get("distinct") is False:
        if isinstance(query.expression, sge.SetOperation) and not _is_union_all(query.expression):
            return False
        query = query.this
    return not isinstance(query, sge.SetOperation)
