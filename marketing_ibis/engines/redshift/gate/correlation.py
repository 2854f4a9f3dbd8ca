"""Check correlated subqueries: https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.nodes import children
from marketing_ibis.engines.redshift.gate.refusal import Refusal

PAGE = "r_correlated_subqueries.html"
FORBIDDEN = (("limit", "LIMIT"), ("order", "ORDER BY"), ("offset", "OFFSET"))


LEAVES = frozenset([sge.Identifier, sge.Literal, sge.DataType, sge.Var, sge.Null, sge.Boolean])


def check_correlation(node: sge.Expression) -> Iterator[Refusal]:
    """Yield what is wrong with a subquery that reads the query around it."""
    if isinstance(node, sge.Exists) and not isinstance(node.this.unnest(), sge.Query):
        yield Refusal("EXISTS of a value", "it takes a query", "EXISTS (SELECT 1 ...)", "r_exists_condition.html")
        return
    query = _subquery(node)
    if query is None:
        return
    foreign = list(_foreign_columns(query))
    if not foreign:
        return
    around = query.find_ancestor(sge.Select)
    next_relations = {column.table for column, _ in foreign} if around is None else _relations(around)
    if any(depth > 1 or column.table not in next_relations for column, depth in foreign):
        yield Refusal("a subquery that reads two levels up", "it may read the next query only", "a join", PAGE)
    for clause, word in FORBIDDEN:
        if query.args.get(clause):
            yield Refusal(f"{word} in a correlated subquery", "this pattern is not supported", "a join", PAGE)
    if any(window.find_ancestor(sge.Select) is query for window in query.find_all(sge.Window)):
        yield Refusal("a window function in a correlated subquery", "it is not supported", "a join", PAGE)
    if isinstance(node, sge.In) and query.args.get("group"):
        yield Refusal("GROUP BY in a correlated IN", "it is not supported", "a join", PAGE)
    join = node.find_ancestor(sge.Join, sge.Select)
    if isinstance(join, sge.Join) and join.side:
        yield Refusal("a correlated subquery in an outer join's ON", "it is not supported", "a derived table", PAGE)
    if isinstance(node.find_ancestor(sge.Group, sge.Select), sge.Group):
        yield Refusal("a correlated subquery in GROUP BY", "it is not supported", "a derived table", PAGE)


def check_group_value(value: sge.Expression) -> Iterator[Refusal]:
    """Yield what is wrong with a value that rows are grouped by through its place in the list."""
    for node in value.find_all(sge.Subquery, sge.Exists, sge.In):
        query = _subquery(node)
        if query is not None and any(foreign_columns(query)):
            yield Refusal("a correlated subquery in GROUP BY", "it is not supported", "a derived table", PAGE)


def _subquery(node: sge.Expression) -> sge.Select | None:
    """Return the query of EXISTS, IN or a scalar subquery; a derived table is not one."""
    if isinstance(node, sge.Subquery):
        if isinstance(
            node.parent, sge.From | sge.Join | sge.In | sge.Exists | sge.CTE | sge.SetOperation | sge.Subquery
        ):
            return None
        query = node.this
    else:
        query = node.args.get("query") if isinstance(node, sge.In) else node.this
        query = query.unnest() if query is not None else None
    return query if isinstance(query, sge.Select) else None


def check_reach(query: sge.Expression, root: sge.Expression) -> Iterator[Refusal]:
    """Yield what is wrong with a query of WITH, or one in FROM, that reads the query around it."""
    foreign = {column.table for column in foreign_columns(query)}
    # Another qualifier may be a SUPER column whose attribute is read.
    relations = {table.alias_or_name for table in root.find_all(sge.Table, sge.Subquery)} if foreign else set()
    for name in sorted(foreign & relations):
        yield Refusal(f"{name} in a query of its own", "it reads its own tables only", "a join", "r_WITH_clause.html")


def foreign_columns(query: sge.Expression) -> Iterator[sge.Column]:
    """Yield the columns in a query whose relation is outside of it."""
    return (column for column, _ in _foreign_columns(query))


def _foreign_columns(query: sge.Expression) -> Iterator[tuple[sge.Column, int]]:
    """Yield the columns whose relation is outside of a query, with how many SELECTs deep each is read.

    The tree is read from the top, since what compiled it may have put one node in several places.
    """
    waiting: list[tuple[sge.Expression, frozenset[str], int]] = [(query, frozenset(), 0)]
    while waiting:
        node, visible, depth = waiting.pop()
        if isinstance(node, sge.Select):
            visible, depth = visible | _relations(node), depth + 1
        elif isinstance(node, sge.Column):
            if node.table and node.table not in visible:
                yield node, depth
            continue
        elif type(node) in LEAVES:
            continue
        waiting += [(child, visible, depth) for child in children(node)]


def _relations(select: sge.Select) -> set[str]:
    source = select.args.get("from_") or select.args.get("from")
    sources = [source.this] if source else []
    sources += [join.this for join in select.args.get("joins") or []]
    return {relation.alias_or_name for relation in sources}
