"""Keep a subquery that reads the query around it within that query's reach."""

from __future__ import annotations

from typing import Any

import ibis.common.exceptions as com
import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.correlation import foreign_columns
from marketing_ibis.engines.redshift.gate.functions import AGGREGATES
from marketing_ibis.engines.redshift.gate.windows import function_name

MERGEABLE = frozenset({"expressions", "from_", "joins", "where"})
"""Clauses of a SELECT that can be merged into the query above it."""
ADVICE = (
    "On Redshift a subquery may read the rows of the query directly around it, without DISTINCT, GROUP BY, LIMIT, "
    "ORDER BY, a window function or a set operation of its own. Aggregate by the key first, then join the result."
)
"""https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html"""


class CorrelatedScalar(ops.ScalarSubquery, ops.Impure):  # type: ignore[misc]
    """A subquery of one value for each row of the query around it.

    Ibis merges no query with one that computes an impure value, so what the subquery reads keeps its name.
    """


def is_correlated(rel: ops.Relation) -> bool:
    """Return whether a query reads columns of relations that are not part of it."""
    inside: set[ops.Node] = set()
    read: set[ops.Node] = set()
    waiting: list[ops.Node] = [rel]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ops.Field):
            read.add(node.rel)
        elif node not in inside:
            inside.add(node)
            waiting.extend(node.__children__)
    return bool(read - inside)


def keep_correlation(tree: Any) -> Any:
    """Return ``tree`` with every correlated subquery where it sees what it reads, as one query without nests.

    Raises:
        UnsupportedOperationError: Redshift does not support the form of a correlated subquery.
    """
    # Ibis puts one node in several places, and a node knows one parent only.
    tree = tree.copy()
    _inline_named(tree)
    while any(_merge(select) for select in list(tree.find_all(sge.Select))):
        continue
    for nested in tree.find_all(sge.Subquery):
        if isinstance(nested.parent, sge.From | sge.Join) and any(foreign_columns(nested.this)):
            raise com.UnsupportedOperationError(f"A correlated subquery has a form that is not supported. {ADVICE}")
    for column in foreign_columns(tree):
        raise com.UnsupportedOperationError(f"A subquery reads column {column.name} out of its reach. {ADVICE}")
    return tree


def _inline_named(tree: Any) -> None:
    """Write a correlated query of the WITH clause where it is read."""
    named = tree.args.get("with_")
    for cte in list(named.expressions) if named else ():
        if any(foreign_columns(cte.this)):
            for table in [table for table in tree.find_all(sge.Table) if not table.db and table.name == cte.alias]:
                table.replace(sge.Subquery(this=cte.this.copy(), alias=sge.to_identifier(table.alias_or_name)))
            cte.pop()
    if named and not named.expressions:
        named.pop()


def _merge(outer: sge.Select) -> bool:
    """Merge a correlated query in FROM into the query that selects from it, where that leaves its rows alone."""
    source = outer.args.get("from_")
    nested = source.this if source is not None else None
    if not isinstance(nested, sge.Subquery) or outer.args.get("joins") or not _is_mergeable(nested.this):
        return False
    inner, alias = nested.this, nested.alias_or_name
    if not any(foreign_columns(inner)):
        return False
    if outer.is_star:
        outer.set("expressions", [value.copy() for value in inner.expressions])
    values = _values(inner)
    for column in [column for column in outer.find_all(sge.Column) if column.table == alias]:
        if column.find_ancestor(sge.Subquery) is not nested:
            _replace(column, values(column))
    condition = inner.args.get("where")
    outer.set("from_", inner.args["from_"])
    outer.set("joins", inner.args.get("joins"))
    if condition is not None:
        own = outer.args.pop("where", None)
        outer.where(condition.this, *([own.this] if own is not None else []), copy=False)
    return True


def _is_mergeable(query: Any) -> bool:
    clauses = {clause for clause, value in query.args.items() if value} if isinstance(query, sge.Select) else set()
    if not clauses or not clauses <= MERGEABLE or (query.is_star and query.args.get("joins")):
        return False
    return not any(_is_over_rows(value) for value in query.expressions)


def _is_over_rows(value: sge.Expression) -> bool:
    """Return whether a value is computed from several rows: an aggregate or a window function."""
    return any(
        isinstance(node, sge.Window | sge.AggFunc) or (isinstance(node, sge.Func) and function_name(node) in AGGREGATES)
        for node in value.walk()
    )


def _values(inner: sge.Select) -> Any:
    """Return what finds the value of a column of ``inner``."""
    if inner.is_star:
        place = inner.args["from_"].this.alias_or_name
        return lambda column: sge.column(column.name, table=place, quoted=True)
    values = {value.alias_or_name: value.this if isinstance(value, sge.Alias) else value for value in inner.expressions}
    return lambda column: values[column.name].copy()


def _replace(column: sge.Column, value: sge.Expression) -> None:
    if isinstance(column.parent, sge.Select) and column.arg_key == "expressions":
        column.replace(sge.Alias(this=value, alias=sge.to_identifier(column.name, quoted=True)))
    else:
        column.replace(value if isinstance(value, sge.Column | sge.Literal | sge.Cast) else sge.Paren(this=value))
