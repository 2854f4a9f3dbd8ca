"""Translate the statements of the floor from DuckDB to PostgreSQL, as one would write them there."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

SMALL = ("UTINYINT", "TINYINT")
"""Types that truths are cast to for a sum, which PostgreSQL does not cast them to."""


def postgres_statements(text: str) -> list[str]:
    """Return the statements of a file for PostgreSQL; tables that are not published are not logged."""
    statements = [_translate(statement) for statement in sqlglot.parse(text, read="duckdb") if statement]
    return [sql.replace("CREATE TABLE scratch.", "CREATE UNLOGGED TABLE scratch.") for sql in statements]


def _translate(statement: exp.Expression) -> str:
    for total in list(statement.find_all(exp.Sum)):
        total.replace(_filtered_sum(total))
    for node in list(statement.find_all(exp.Cast, exp.IntDiv, exp.Explode, exp.Group, exp.First, exp.IgnoreNulls)):
        node.replace(_plain(node))
    return statement.sql("postgres")


def _plain(node: exp.Expression) -> exp.Expression:
    """Return what PostgreSQL has in place of an expression, or that expression."""
    match node:
        case exp.Cast() if node.to.this.name in SMALL:
            return exp.cast(node.this, "INT")
        case exp.Cast() if node.to.is_type("INT128"):
            return exp.cast(node.this, "NUMERIC")
        case exp.IntDiv():
            return exp.Div(this=node.this, expression=node.expression, typed=True, safe=False)
        case exp.Explode() if isinstance(node.this, exp.GenerateSeries):
            return node.this
        case exp.Group() if node.args.get("all"):
            return exp.Group(expressions=_keys(node.parent_select))
        case exp.IgnoreNulls():
            return node.this
        case exp.First() if isinstance(node.this, exp.Order):
            # sqlglot counts the members of arrays from 0, and writes them as PostgreSQL counts them.
            return exp.Bracket(this=exp.paren(exp.ArrayAgg(this=node.this)), expressions=[exp.Literal.number(0)])
    return node


def _filtered_sum(node: exp.Sum) -> exp.Expression:
    """Return a sum with a FILTER, which skips the other rows."""
    value, is_window = node.this, isinstance(node.parent, exp.Window)
    if isinstance(value, exp.Cast) and value.to.this.name in SMALL:
        return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=value.this.unnest()))
    if not isinstance(value, exp.Case) or is_window or len(value.args["ifs"]) != 1 or value.this:
        return node
    otherwise, (branch,) = value.args.get("default"), value.args["ifs"]
    if otherwise != exp.Literal.number(0):
        return node
    filtered = exp.Filter(this=exp.Sum(this=branch.args["true"]), expression=exp.Where(this=branch.this))
    return exp.Coalesce(this=filtered, expressions=[exp.Literal.number(0)])


def _keys(select: exp.Select | None) -> list[exp.Expression]:
    """Return the places of the columns that are not aggregates."""
    assert select is not None
    return [
        exp.Literal.number(place)
        for place, column in enumerate(select.selects, start=1)
        if not column.find(exp.AggFunc)
    ]
