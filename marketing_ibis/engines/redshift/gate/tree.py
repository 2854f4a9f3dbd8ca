"""Check a query's tree: the clauses, joins and subqueries that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import functions, vocabulary
from marketing_ibis.engines.redshift.gate.calls import check_distinct, function_name
from marketing_ibis.engines.redshift.gate.catalog_tables import check_catalog, is_of_the_catalog, is_query_of_with
from marketing_ibis.engines.redshift.gate.correlation import check_correlation, check_group_value, check_reach
from marketing_ibis.engines.redshift.gate.data_types import check_arguments, check_concatenation, check_type
from marketing_ibis.engines.redshift.gate.grammar import CALLS, NODES, OPERATIONS, PARTS, PLACES
from marketing_ibis.engines.redshift.gate.marked_joins import check_marks
from marketing_ibis.engines.redshift.gate.navigation import (
    check_at,
    check_quantifier,
    check_subscript,
    check_unnest,
)
from marketing_ibis.engines.redshift.gate.nodes import all_nodes, conjuncts
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes import check_scopes
from marketing_ibis.engines.redshift.gate.windows import check_nulls, check_window

SYNOPSIS = "r_SELECT_synopsis.html"
LEADER_CALLS = frozenset({"CurrentSchema", "CurrentSchemas", "CurrentVersion"})
JOINS = frozenset({"", "NATURAL", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS"})
"""Words before JOIN: https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause30.html"""


def check_tree(root: sge.Expression) -> Iterator[Refusal]:
    """Yield what is wrong with a query, each with the column it appears in."""
    yield from check_nodes(root, all_nodes(root))


def check_nodes(root: sge.Expression, nodes: Sequence[sge.Expression]) -> Iterator[Refusal]:
    """Yield what is wrong with a query, all of whose ``nodes`` are known."""
    tables = tables_read(nodes)
    on_leader = all(map(is_of_the_catalog, tables))
    if not on_leader:
        for refusal, table in check_catalog(tables):
            yield refusal.of(_column(table, root))
    for node in nodes:
        if not (type(node) in _PLAIN and _is_plain(node)):
            for refusal in _check_node(node, on_leader=on_leader):
                yield refusal.of(_column(node, root))
    for refusal, node in check_scopes(root):
        yield refusal.of(_column(node, root))


def _is_plain(node: sge.Expression) -> bool:
    """Return whether a node of the most frequent kinds has no part that needs a check."""
    args = node.args
    if not args.keys() <= _PLAIN[type(node)]:
        return False
    kind = type(node)
    return args.get("quoted") is True if kind is sge.Identifier else not args.get("join_mark")


_PLAIN = {
    kind: PARTS[kind.__name__]
    for kind in (sge.Identifier, sge.Column, sge.Literal, sge.Alias, sge.TableAlias, sge.Ordered, sge.From, sge.Boolean)
}
"""Kinds of nodes that are checked by their parts alone, with these."""


def place_refusals(refusals: Iterable[Refusal], root: sge.Expression) -> Iterator[Refusal]:
    """Yield what the tokens showed, calls with the column in which they stand."""
    for refusal in refusals:
        name = refusal.construct.removeprefix("function ")
        calls = (call for call in root.find_all(sge.Func) if name in (function_name(call), *type(call).sql_names()))
        call = next(calls, None)
        yield refusal if call is None else refusal.of(_column(call, root))


def tables_read(nodes: Iterable[sge.Expression]) -> list[sge.Table]:
    """Return the tables among the nodes of a query, without those that it names itself in WITH."""
    relations = [node for node in nodes if isinstance(node, sge.Table | sge.CTE)]
    named_queries = {node.alias for node in relations if isinstance(node, sge.CTE)}
    tables = [node for node in relations if isinstance(node, sge.Table)]
    return [node for node in tables if node.db or node.name not in named_queries or not is_query_of_with(node)]


def reads_catalog_only(nodes: Iterable[sge.Expression]) -> bool:
    """Return whether a query runs on the leader node: it reads tables of the catalog, PG_*, or no tables at all."""
    return all(map(is_of_the_catalog, tables_read(nodes)))


def _check_node(node: sge.Expression, *, on_leader: bool) -> Iterator[Refusal]:
    kind = type(node).__name__
    parts = PARTS.get(kind)
    if parts is not None:
        for part, value in node.args.items():
            if value and part not in parts:
                yield _undocumented_part(kind, part)
    elif kind in NODES:
        yield NODES[kind]
    elif kind == "ColumnDef" and on_leader and isinstance(node.parent, sge.TableAlias):
        return
    elif kind not in OPERATIONS and kind not in CALLS:
        yield Refusal(f"syntax {kind}", "no page documents it", page=SYNOPSIS)
    if on_leader and isinstance(node, sge.Func) and function_name(node) in functions.COMPUTE_ONLY:
        yield _tableless_refusal(function_name(node))
    if not on_leader and kind in LEADER_CALLS:
        name = function_name(node)
        reason = "it runs on the leader node only, and fails on tables"
        yield Refusal(f"function {name}", reason, "a query of its own", "c_SQL_functions_leader_node_only.html")
    check = CHECKS.get(kind)
    if check is not None and not (on_leader and kind in ("Identifier", "DataType")):
        yield from check(node)


def _undocumented_part(kind: str, part: str) -> Refusal:
    refusal = PLACES.get((kind, part))
    if refusal is not None:
        return refusal
    clause = {"locks": "Lock", "sample": "TableSample"}.get(part)
    return (
        NODES[clause]
        if clause
        else Refusal(f"{part.strip('_')} of {kind.upper()}", "it is not in the grammar", page=SYNOPSIS)
    )


def _column(node: sge.Expression, root: sge.Expression) -> str:
    """Return the output column of the outermost SELECT, or of the outermost one within a WITH query, around a node."""
    column = ""
    while node is not root and node.parent is not None:
        if node.arg_key == "expressions" and isinstance(node.parent, sge.Select):
            column = node.alias_or_name
        node = node.parent
    return column


def _check_select(node: sge.Select) -> Iterator[Refusal]:
    source = node.args.get("from_")
    qualify = node.args.get("qualify")
    if qualify and source and not node.args.get("where") and not source.this.alias:
        instead = "FROM t AS t QUALIFY"
        yield Refusal("QUALIFY", "the relation before it needs an alias", instead, "r_QUALIFY_clause.html")
    if not source:
        yield from _check_sourceless(node)
    if node.args.get("exclude") and not any(projection.is_star for projection in node.expressions):
        yield Refusal("EXCLUDE without a star", "it takes columns out of one", "SELECT *", "r_EXCLUDE_list.html")
    connect = node.args.get("connect")
    if connect is not None and not connect.find(sge.Prior):
        reason = "one of its conditions has a PRIOR"
        yield Refusal("CONNECT BY without PRIOR", reason, "PRIOR id = parent_id", "r_CONNECT_BY_clause.html")
    if len(node.expressions) > vocabulary.COLUMNS:
        reason = f"{vocabulary.COLUMNS} at most"
        yield Refusal(f"{len(node.expressions)} columns", reason, "fewer columns", "r_CREATE_TABLE_usage.html")
    yield from _check_folded_names(node)


def _check_sourceless(node: sge.Select) -> Iterator[Refusal]:
    for call in node.find_all(sge.Func):
        name = function_name(call)
        if name in functions.COMPUTE_ONLY and call.find_ancestor(sge.Select) is node:
            yield _tableless_refusal(name)


def _tableless_refusal(name: str) -> Refusal:
    reason = "it runs on compute nodes only, so the query has to read a user table"
    page = "c_SQL_functions_compute_node_only.html"
    return Refusal(f"{name} without a table", reason, "a query of a table that holds the rows", page)


def _check_folded_names(node: sge.Select) -> Iterator[Refusal]:
    """Names are folded to lower case, also in quotes: two that differ by case only are the same."""
    names = [_column_name(projection) for projection in node.expressions if not projection.is_star]
    folded_names: dict[str, str] = {}
    for name in names:
        other = folded_names.setdefault(name.lower(), name)
        if other != name:
            yield Refusal(f"names {other} and {name}", "they are folded to one", "another name", "r_names.html")


def _column_name(projection: sge.Expression) -> str:
    """Return the name of a column of the result; "" for one that Redshift names by itself, such as a call's."""
    value = projection.this if isinstance(projection, sge.Cast) else projection
    return str(projection.alias or (value.name if isinstance(value, sge.Column) else ""))


def _check_with(node: sge.With) -> Iterator[Refusal]:
    if node.find_ancestor(sge.CTE):
        yield Refusal("WITH in a WITH query", "nesting is not documented", "one list of queries", "r_WITH_clause.html")
    if node.args.get("recursive") and not (node.parent and node.parent.parent is None):
        yield Refusal(
            "WITH RECURSIVE in a subquery", "only the top level allows it", "one list of queries", "r_WITH_clause.html"
        )


def _check_cte(node: sge.CTE) -> Iterator[Refusal]:
    page = "r_WITH_clause.html"
    query = node.this
    if not isinstance(query, sge.Query):
        yield Refusal("a statement in a WITH query", "only SELECT is allowed there", "a table", page)
        return
    yield from check_reach(query, node.root())
    is_recursive = isinstance(node.parent, sge.With) and node.parent.args.get("recursive")
    if not is_recursive or all(table.name != node.alias for table in query.find_all(sge.Table)):
        return
    if not node.args["alias"].columns:
        yield Refusal("WITH RECURSIVE without a column list", "it needs one", "WITH RECURSIVE t (a, b) AS", page)
    if not isinstance(query, sge.Union) or query.args.get("distinct"):
        yield Refusal("UNION in WITH RECURSIVE", "its two parts are joined by UNION ALL", "UNION ALL", page)


def _check_subquery(node: sge.Subquery) -> Iterator[Refusal]:
    yield from check_correlation(node)
    around = node.find_ancestor(sge.Select)
    is_query = isinstance(node.this, sge.Query)
    if is_query and isinstance(node.parent, sge.From | sge.Join) and around is not None and around.parent is None:
        yield from check_reach(node.this, around)


def _check_set_operation(node: sge.SetOperation) -> Iterator[Refusal]:
    if not isinstance(node, sge.Union) and node.args.get("distinct") is False:
        name = type(node).__name__.upper()
        yield Refusal(f"{name} ALL", "it is not supported", f"{name} with numbered repeats", "r_UNION.html")
    for operand in (node.this.unnest(), node.expression.unnest()):
        if isinstance(operand, sge.Select) and any(operand.args.get(c) for c in ("limit", "order", "offset")):
            reason = "neither is allowed in an operand of a set operation"
            yield Refusal("LIMIT or ORDER BY in an operand", reason, "a derived table", "r_UNION.html")


def _check_limit(node: sge.Limit) -> Iterator[Refusal]:
    if node.expression is not None and node.expression.find(sge.Select):
        yield Refusal("LIMIT (SELECT ...)", "it takes a number", "a literal", "r_ORDER_BY_clause.html")
    elif node.expression is not None and node.expression.is_int and int(node.expression.name) > vocabulary.LIMIT_MOST:
        yield Refusal(
            f"LIMIT {node.expression.name}",
            f"{vocabulary.LIMIT_MOST} at most",
            "a smaller number",
            "r_ORDER_BY_clause.html",
        )


def _check_join(node: sge.Join) -> Iterator[Refusal]:
    on = node.args.get("on")
    is_full = (node.side or "").upper() == "FULL" and on is not None
    if is_full and not all(isinstance(part, sge.EQ) for part in conjuncts(on)):
        reason, instead = "only equality can be merged", "a union of joins"
        yield Refusal("FULL JOIN on an inequality", reason, instead, "r_FROM_clause30.html")
    words = [str(node.args.get(part) or "").upper() for part in ("method", "side", "kind")]
    for word in words:
        if word not in JOINS:
            yield Refusal(f"{word} JOIN", "it is not in the grammar", "a join, or EXISTS", "r_FROM_clause30.html")


def _check_identifier(node: sge.Identifier) -> Iterator[Refusal]:
    if (
        not node.args.get("quoted")
        and node.name.lower() in vocabulary.RESERVED
        and not (_is_value(node) or _is_label(node))
    ):
        yield Refusal(f"name {node.name}", "it is a reserved word", f'"{node.name}"', "r_pg_keywords.html")


def _is_label(node: sge.Identifier) -> bool:
    """Return whether a name follows AS, where AWS writes reserved words too: `AS user`, `AS start`.

    https://docs.aws.amazon.com/redshift/latest/dg/PG_CANCEL_BACKEND.html and r_CONNECT_BY_clause.html
    """
    parent = node.parent
    if isinstance(parent, sge.TableAlias):
        return node.name.lower() in vocabulary.ALIASES
    if isinstance(parent, sge.Pivot):  # columns that are named after values, as NULL
        return bool(node.arg_key == "columns")
    return isinstance(parent, sge.Alias) and node.arg_key == "alias"


def _is_value(node: sge.Identifier) -> bool:
    column, name = node.parent, node.name.lower()
    if not isinstance(column, sge.Column):
        return False
    if column.table:
        # Rows of the catalog have an OID: https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TRANSACTIONS.html
        return name == "oid" and any(map(is_of_the_catalog, node.root().find_all(sge.Table)))
    return name in vocabulary.VALUES


def _check_is(node: sge.Is) -> Iterator[Refusal]:
    if isinstance(node.expression, sge.Boolean) and not node.find_ancestor(sge.Where, sge.Having, sge.Join):
        value = node.expression.sql()
        yield Refusal(f"b IS {value} in a SELECT list", "it fails when it runs", f"b = {value}", "r_Boolean_type.html")


def _check_order(node: sge.Order) -> Iterator[Refusal]:
    for key in node.expressions:
        value = key.this if isinstance(key, sge.Ordered) else key
        is_fraction = isinstance(value, sge.Literal) and value.is_number and not value.is_int
        while isinstance(value, sge.Cast | sge.Paren):
            value = value.this
        if value.is_string or is_fraction or isinstance(value, sge.Null):
            yield Refusal(
                "ORDER BY a constant", "it takes columns and expressions", "a column", "r_ORDER_BY_clause.html"
            )
    if isinstance(node.parent, sge.Func) and not isinstance(node.parent, sge.Window):
        reason = "no aggregate takes an order among its arguments"
        yield Refusal("AGG(x ORDER BY y)", reason, "LISTAGG(x, ',') WITHIN GROUP (ORDER BY y)", "r_LISTAGG.html")


def _check_group(node: sge.Group) -> Iterator[Refusal]:
    items = node.parent.expressions if isinstance(node.parent, sge.Select) else []
    for key in node.expressions:
        place = int(key.name) if isinstance(key, sge.Literal) and key.is_int else 0
        if 0 < place <= len(items):
            yield from check_group_value(items[place - 1])
        elif isinstance(key, sge.Column) and not key.table:
            for item in items:
                if isinstance(item, sge.Alias) and item.alias.lower() == key.name.lower():
                    yield from check_group_value(item)
    if node.args.get("all") is False:
        yield Refusal("GROUP BY DISTINCT", "it is not supported", "GROUP BY", "r_GROUP_BY_clause.html")


def _check_tuple(node: sge.Tuple) -> Iterator[Refusal]:
    if not isinstance(node.parent, sge.Group | sge.GroupingSets | sge.Cube | sge.Rollup | sge.In):
        yield Refusal(
            "a row of values", "rows are not values", "one column for each", "c_unsupported-postgresql-features.html"
        )


def _check_table(node: sge.Table) -> Iterator[Refusal]:
    source = node.this
    if isinstance(source, sge.Func) and function_name(source) not in functions.TABLE_FUNCTIONS:
        reason = "functions give no rows"
        yield Refusal(f"{function_name(source)} in FROM", reason, "a table", "c_unsupported-postgresql-features.html")


def _check_escape(node: sge.Escape) -> Iterator[Refusal]:
    sign = node.expression
    if isinstance(sign, sge.Literal) and len(sign.name.lstrip("\\")) > 1:
        page = "r_patternmatching_condition_like.html"
        yield Refusal(f"ESCAPE '{sign.name}'", "it is one character", "ESCAPE '^'", page)


CHECKS: dict[str, Callable[..., Iterator[Refusal]]] = {
    "All": check_quantifier,
    "Any": check_quantifier,
    "AtIndex": check_at,
    "Bracket": check_subscript,
    "Distinct": check_distinct,
    "Unnest": check_unnest,
    "Select": _check_select,
    "With": _check_with,
    "CTE": _check_cte,
    "Table": _check_table,
    "Union": _check_set_operation,
    "Intersect": _check_set_operation,
    "Except": _check_set_operation,
    "Column": check_marks,
    "Limit": _check_limit,
    "Join": _check_join,
    "Identifier": _check_identifier,
    "Is": _check_is,
    "Order": _check_order,
    "Group": _check_group,
    "Tuple": _check_tuple,
    "Window": check_window,
    "IgnoreNulls": check_nulls,
    "RespectNulls": check_nulls,
    "Cast": check_type,
    "TryCast": check_type,
    "Subquery": _check_subquery,
    "Exists": check_correlation,
    "Escape": _check_escape,
    "In": check_correlation,
    "Avg": check_arguments,
    "Sum": check_arguments,
    "Anonymous": check_arguments,
    "Lower": check_arguments,
    "Upper": check_arguments,
    "Trim": check_arguments,
    "Length": check_arguments,
    "Median": check_arguments,
    "DPipe": check_concatenation,
}
