"""Check a query's tree: the clauses, windows, joins, subqueries and types that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlglot.expressions as sge

from marketing_ibis.dialects.redshift.gate import vocabulary as known
from marketing_ibis.dialects.redshift.gate.correlation import check_correlation
from marketing_ibis.dialects.redshift.gate.data_types import check_type
from marketing_ibis.dialects.redshift.gate.refusal import Refusal
from marketing_ibis.dialects.redshift.gate.windows import check_window, function_name

KINDS = frozenset(
    "Add Alias And AtTimeZone Between BitwiseAnd BitwiseLeftShift BitwiseRightShift Boolean CTE Case Cast Collate Column Cube"
    " DPipe DataType DataTypeParam Distinct Div Dot EQ Escape Except Exists From GT GTE Group GroupingSets Having ILike"
    " Identifier If IgnoreNulls In Intersect Interval Is Join LT LTE Like Limit Literal Mod Mul NEQ Neg Not Null Offset Or"
    " Order Ordered Paren Pivot PivotAlias Pow Qualify RegexpILike RegexpLike RespectNulls Rollup Select SimilarTo Star Sub"
    " Subquery Table TableAlias TryCast Tuple Union Var Where Window WindowSpec With WithinGroup".split()
)
"""Kinds of nodes that the documented grammar has; a call of a documented function may be any other."""
CLAUSES = frozenset(
    "with_ with kind expressions from_ from joins where group having qualify order limit offset distinct operation_modifiers"
    " pivots exclude".split()
)
"""Parts of a SELECT: https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_synopsis.html"""
NAMELESS = {
    "Filter": Refusal(
        "FILTER (WHERE ...)", "a syntax error", "AGG(CASE WHEN c THEN x END)", "c_Aggregate_Functions.html"
    ),
    "Lateral": Refusal("LATERAL", "it is not supported", "a join", "c_unsupported-postgresql-features.html"),
    "Values": Refusal(
        "VALUES as a table", "it is not supported", "a union of SELECTs", "c_unsupported-postgresql-features.html"
    ),
    "NullSafeEQ": Refusal(
        "IS NOT DISTINCT FROM",
        "it fails when it runs",
        "a = b OR (a IS NULL AND b IS NULL)",
        "c_unsupported-postgresql-functions.html",
    ),
    "NullSafeNEQ": Refusal(
        "IS DISTINCT FROM",
        "it fails when it runs",
        "a comparison with NULLs spelled out",
        "c_unsupported-postgresql-functions.html",
    ),
    "TableSample": Refusal("TABLESAMPLE", "it is not in the grammar", "WHERE RANDOM() < 0.1", "r_FROM_clause30.html"),
    "Array": Refusal(
        "ARRAY[...]", "there is no array type", "one row for each element", "c_unsupported-postgresql-datatypes.html"
    ),
    "Bracket": Refusal(
        "a subscript", "there is no array type", "SPLIT_PART", "c_unsupported-postgresql-datatypes.html"
    ),
    "Fetch": Refusal("FETCH FIRST", "it is not in the grammar", "LIMIT", "r_ORDER_BY_clause.html"),
    "Unnest": Refusal(
        "UNNEST", "there are no arrays", "one row for each element", "c_unsupported-postgresql-features.html"
    ),
}


def check_tree(root: sge.Expression) -> Iterator[Refusal]:
    """Yield what is wrong with a query, each with the output column it stands in."""
    for node in root.walk():
        for refusal in _check_node(node):
            yield refusal.of(_column(node, root))


def _check_node(node: sge.Expression) -> Iterator[Refusal]:
    kind = type(node).__name__
    if kind in NAMELESS:
        yield NAMELESS[kind]
    elif kind not in KINDS and not isinstance(node, sge.Func):
        yield Refusal(f"{kind} ({node.sql(dialect='redshift')[:40]})", "this kind of syntax is not documented")
    check = CHECKS.get(type(node))
    if check:
        yield from check(node)


def _column(node: sge.Expression, root: sge.Expression) -> str:
    """Return the column of the outermost SELECT in which a node stands."""
    current = node
    while current.parent is not None and current.parent is not root:
        current = current.parent
    is_projection = isinstance(root, sge.Select) and current.arg_key == "expressions"
    return current.alias_or_name if is_projection and current is not root else ""


def _check_select(node: sge.Select) -> Iterator[Refusal]:
    for clause, value in node.args.items():
        if value and clause not in CLAUSES:
            instead = {"windows": "the window in each OVER", "locks": "nothing: reads never lock"}.get(clause, "")
            yield Refusal(f"clause {clause}", "it is not in the grammar of SELECT", instead, "r_SELECT_synopsis.html")
    distinct = node.args.get("distinct")
    if distinct and distinct.args.get("on"):
        yield Refusal(
            "DISTINCT ON", "it is not in the grammar", "QUALIFY ROW_NUMBER() OVER (...) = 1", "r_SELECT_list.html"
        )
    source = node.args.get("from_") or node.args.get("from")
    if node.args.get("qualify") and source and not source.this.alias:
        yield Refusal(
            "QUALIFY", "the relation before it needs an alias", "FROM t AS t QUALIFY", "r_QUALIFY_clause.html"
        )
    if not source:
        yield from _check_sourceless(node)
    if len(node.expressions) > known.COLUMNS:
        yield Refusal(f"{len(node.expressions)} columns", f"{known.COLUMNS} at most", page="r_CREATE_TABLE_usage.html")
    yield from _check_folded(node)


def _check_sourceless(node: sge.Select) -> Iterator[Refusal]:
    for call in node.find_all(sge.Func):
        name = function_name(call)
        if name in known.COMPUTE_ONLY and call.find_ancestor(sge.Select) is node:
            yield Refusal(
                f"{name} without a table",
                "it runs on compute nodes only",
                "a FROM clause",
                "c_Aggregate_Functions.html",
            )


def _check_folded(node: sge.Select) -> Iterator[Refusal]:
    """Names are folded to lower case, also in quotes: two that differ by case only are the same."""
    names = [projection.alias_or_name for projection in node.expressions if not projection.is_star]
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            yield Refusal(f"names {other} and {name}", "they are folded to one", "another name", "r_names.html")


def _check_with(node: sge.With) -> Iterator[Refusal]:
    if node.find_ancestor(sge.CTE):
        yield Refusal("WITH in a WITH query", "nesting is not documented", "one list of queries", "r_WITH_clause.html")
    if node.args.get("recursive") and not (node.parent and node.parent.parent is None):
        yield Refusal(
            "WITH RECURSIVE in a subquery", "it stands at the top only", "one list of queries", "r_WITH_clause.html"
        )


def _check_cte(node: sge.CTE) -> Iterator[Refusal]:
    if node.args.get("materialized") is not None:
        yield Refusal("AS MATERIALIZED", "it is not in the grammar", "AS", "r_WITH_clause.html")
    if not isinstance(node.this, sge.Query):
        yield Refusal("a statement in a WITH query", "only SELECT may stand there", "a table", "r_WITH_clause.html")


def _check_set_operation(node: sge.SetOperation) -> Iterator[Refusal]:
    if not isinstance(node, sge.Union) and node.args.get("distinct") is False:
        name = type(node).__name__.upper()
        yield Refusal(f"{name} ALL", "it is not supported", f"{name} with numbered repeats", "r_UNION.html")
    for operand in (node.this, node.expression):
        if isinstance(operand, sge.Select) and any(operand.args.get(c) for c in ("limit", "order", "offset")):
            reason = "neither may stand in an operand of a set operation"
            yield Refusal("LIMIT or ORDER BY in an operand", reason, "a derived table", "r_UNION.html")


def _check_limit(node: sge.Limit) -> Iterator[Refusal]:
    if node.expression is not None and node.expression.find(sge.Select):
        yield Refusal("LIMIT (SELECT ...)", "it takes a number", "a literal", "r_ORDER_BY_clause.html")
    elif node.expression is not None and node.expression.is_int and int(node.expression.name) > known.LIMIT_MOST:
        yield Refusal(
            f"LIMIT {node.expression.name}", f"{known.LIMIT_MOST} at most", "a smaller number", "r_ORDER_BY_clause.html"
        )


def _check_join(node: sge.Join) -> Iterator[Refusal]:
    on = node.args.get("on")
    if (node.side or "").upper() == "FULL" and on is not None:
        parts = on.flatten() if isinstance(on, sge.And) else [on]
        if not all(isinstance(part.unnest(), sge.EQ) for part in parts):
            yield Refusal(
                "FULL JOIN on an inequality", "only equality can be merged", "a union of joins", "r_FROM_clause30.html"
            )
    if (node.args.get("kind") or "").upper() in ("SEMI", "ANTI", "ASOF", "LATERAL", "POSITIONAL"):
        yield Refusal(f"{node.args['kind']} JOIN", "it is not in the grammar", "EXISTS", "r_FROM_clause30.html")


def _check_identifier(node: sge.Identifier) -> Iterator[Refusal]:
    if not node.args.get("quoted") and node.name.lower() in known.RESERVED - {"sysdate", "user"}:
        yield Refusal(f"name {node.name}", "it is a reserved word", f'"{node.name}"', "r_pg_keywords.html")


def _check_is(node: sge.Is) -> Iterator[Refusal]:
    if isinstance(node.expression, sge.Boolean) and not node.find_ancestor(sge.Where, sge.Having, sge.Join):
        value = node.expression.sql()
        yield Refusal(f"b IS {value} in a SELECT list", "it fails when it runs", f"b = {value}", "r_Boolean_type.html")


def _check_order(node: sge.Order) -> Iterator[Refusal]:
    for key in node.expressions:
        value = key.this if isinstance(key, sge.Ordered) else key
        if value.is_string or isinstance(value, sge.Null):
            yield Refusal(
                "ORDER BY a constant text", "it takes columns and expressions", "a column", "r_ORDER_BY_clause.html"
            )
    if isinstance(node.parent, sge.Func) and not isinstance(node.parent, sge.Window):
        reason = "no aggregate takes an order among its arguments"
        yield Refusal("AGG(x ORDER BY y)", reason, "LISTAGG(x, ',') WITHIN GROUP (ORDER BY y)", "r_LISTAGG.html")


def _check_group(node: sge.Group) -> Iterator[Refusal]:
    if node.args.get("distinct"):
        yield Refusal("GROUP BY DISTINCT", "it is not supported", "GROUP BY", "r_GROUP_BY_clause.html")


def _check_tuple(node: sge.Tuple) -> Iterator[Refusal]:
    if not isinstance(node.parent, sge.In | sge.Group | sge.GroupingSets | sge.Cube | sge.Rollup | sge.EQ):
        yield Refusal(
            "a row of values", "rows are no values", "one column for each", "c_unsupported-postgresql-features.html"
        )


CHECKS: dict[type, Callable[[sge.Expression], Iterator[Refusal]]] = {
    sge.Select: _check_select,
    sge.With: _check_with,
    sge.CTE: _check_cte,
    sge.Union: _check_set_operation,
    sge.Intersect: _check_set_operation,
    sge.Except: _check_set_operation,
    sge.Limit: _check_limit,
    sge.Join: _check_join,
    sge.Identifier: _check_identifier,
    sge.Is: _check_is,
    sge.Order: _check_order,
    sge.Group: _check_group,
    sge.Tuple: _check_tuple,
    sge.Window: check_window,
    sge.Cast: check_type,
    sge.TryCast: check_type,
    sge.Subquery: check_correlation,
    sge.Exists: check_correlation,
    sge.In: check_correlation,
}
