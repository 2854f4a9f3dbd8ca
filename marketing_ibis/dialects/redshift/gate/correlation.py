"""Check correlated subqueries: https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.dialects.redshift.gate.refusal import Refusal

PAGE = "r_correlated_subqueries.html"
FORBIDDEN = (("limit", "LIMIT"), ("order", "ORDER BY"), ("offset", "OFFSET"))


def check_correlation(node: sge.Expression) -> Iterator[Refusal]:
    """Yield what is wrong with a subquery that reads the query around it."""
    query = _subquery(node)
    if query is None:
        return
    strangers = _strangers(query)
    if not strangers:
        return
    around = query.find_ancestor(sge.Select)
    if around is not None and not strangers <= _relations(around):
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


def _subquery(node: sge.Expression) -> sge.Select | None:
    """Return the query of EXISTS, IN or a scalar subquery; a derived table is none."""
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


def _strangers(query: sge.Select) -> set[str]:
    """Return the relations that are read in a query and stand outside of it."""
    found = set()
    for column in query.find_all(sge.Column):
        if not column.table:
            continue
        scope = column.find_ancestor(sge.Select)
        inside = False
        while scope is not None:
            inside = inside or column.table in _relations(scope)
            if scope is query:
                break
            scope = scope.find_ancestor(sge.Select)
        if not inside:
            found.add(column.table)
    return found


def _relations(select: sge.Select) -> set[str]:
    source = select.args.get("from_") or select.args.get("from")
    sources = [source.this] if source else []
    sources += [join.this for join in select.args.get("joins") or []]
    return {relation.alias_or_name for relation in sources}
