"""Find columns of a query whose type nothing states: NULL and text literals, also through CASE and COALESCE.

PostgreSQL 8 has the type "unknown" for them, which no column of a table and no operator between two columns takes; what
a set operation makes of it depends on the order of its operands. A later PostgreSQL reads them as text.
https://docs.aws.amazon.com/redshift/latest/dg/c_redshift-and-postgres-sql.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

FIRST_TYPED = ("coalesce", "nvl", "greatest", "least", "nullif")


def untyped_columns(tree: exp.Expression, *, is_stored: bool = False) -> Iterator[exp.Expression]:
    """Yield the columns without a type of queries in FROM and WITH, and of a query that is stored."""
    for select in tree.find_all(exp.Select):
        above = select.parent
        is_operand = isinstance(above, exp.SetOperation)
        while isinstance(above, exp.SetOperation):
            above = above.parent
        if is_operand or isinstance(above, (exp.CTE, exp.Subquery)) or (is_stored and above is None):
            yield from (projection for projection in select.expressions if _is_untyped(projection))


def _is_untyped(value: exp.Expression) -> bool:
    if isinstance(value, (exp.Alias, exp.Paren)):
        return _is_untyped(value.this)
    return value.is_string or _is_only_null(value)


def _is_only_null(value: exp.Expression) -> bool:
    """Return whether a value is NULL whatever happens, so that no result has a type."""
    if isinstance(value, exp.Paren):
        return _is_only_null(value.this)
    if isinstance(value, exp.Case):
        default = value.args.get("default")
        results = [branch.args["true"] for branch in value.args["ifs"]]
        return all(map(_is_only_null, [*results, *([default] if default is not None else [])]))
    if isinstance(value, exp.Anonymous) and value.name.lower() in FIRST_TYPED:
        return all(map(_is_only_null, value.expressions))
    return isinstance(value, exp.Null)
