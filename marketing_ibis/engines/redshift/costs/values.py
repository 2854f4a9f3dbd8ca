"""What the expressions of a query hold: which column, how wide it is, and what is equal on both sides of a join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.costs.rows import Key, Pair, Rows, Value
from marketing_ibis.engines.redshift.costs.widths import type_width

MOST_NAMES = 3
WHOLE_NUMBERS = (sge.DataType.Type.SMALLINT, sge.DataType.Type.INT, sge.DataType.Type.BIGINT)


def equal_pairs(condition: sge.Expression | None, left: Rows, right: Rows) -> Iterator[Pair]:
    """Yield what a condition says is equal on both sides."""
    for part in _parts(condition):
        if not isinstance(part, sge.EQ):
            continue
        for here, there in ((part.left, part.right), (part.right, part.left)):
            if _is_of(here, left) and _is_of(there, right):
                yield value_of(here, left, {}), value_of(there, right, {})
                break


def equal_names(condition: sge.Expression | None, left: Rows, right: Rows) -> str:
    """Return the columns of the left side that a condition says are equal to those of the right one."""
    equal = [
        part for part in _parts(condition) if isinstance(part, sge.EQ) and next(equal_pairs(part, left, right), None)
    ]
    return keys_text([part.left for part in equal]) or "no equality"


def _parts(condition: sge.Expression | None) -> Iterator[sge.Expression]:
    """Yield the conditions that must all be met."""
    while isinstance(condition, sge.Paren):
        condition = condition.this
    if isinstance(condition, sge.And):
        for side in (condition.left, condition.right):
            yield from _parts(side)
    elif condition is not None:
        yield condition


def _is_of(expression: sge.Expression, rows: Rows) -> bool:
    """Return whether an expression is made of columns of ``rows`` alone."""
    columns = list(expression.find_all(sge.Column))
    return bool(columns) and all(find_column(column, rows) for column in columns)


def value_of(expression: sge.Expression, rows: Rows, computed: dict[str, Value]) -> Value:
    """Return what an expression holds: that of a column, or one of its own for each text."""
    bare = _bare(expression, rows)
    key = find_column(bare, rows) if isinstance(bare, sge.Column) else None
    if key:
        return rows.values[key]
    columns = filter(None, (find_column(column, rows) for column in expression.find_all(sge.Column)))
    return computed.setdefault(expression.sql(), Value(is_key=any(rows.values[column].is_key for column in columns)))


def _bare(expression: sge.Expression, rows: Rows) -> sge.Expression:
    """Return an expression without parentheses and without casts of a key to a whole number of its own size."""
    while isinstance(expression, sge.Paren):
        expression = expression.this
    if isinstance(expression, sge.Cast) and expression.to.this in WHOLE_NUMBERS:
        inner = _bare(expression.this, rows)
        if isinstance(inner, sge.Column) and column_width(inner, rows) == type_width(expression.to):
            return inner
    return expression


def find_column(column: sge.Column, rows: Rows) -> Key | None:
    """Return which column of ``rows`` a name in a query is; None for another query's."""
    if column.table:
        key = (column.table, column.name)
        return key if key in rows.values else None
    return next((key for key in rows.values if key[1] == column.name), None)


def column_width(column: sge.Column, rows: Rows) -> int:
    """Return the bytes of a column; 0 for another query's."""
    key = find_column(column, rows)
    return rows.widths.get(key, 0) if key else 0


def keys_text(keys: Iterable[sge.Expression]) -> str:
    """Return a few keys by their names; without the tables that they are of."""
    texts = [_key_text(key) for key in keys]
    return ", ".join(texts[:MOST_NAMES]) + (", ..." if len(texts) > MOST_NAMES else "")


def _key_text(key: sge.Expression) -> str:
    if isinstance(key, sge.Ordered):
        return _key_text(key.this) + (" DESC" if key.args.get("desc") else "")
    return str(key.name if isinstance(key, sge.Column) else key.sql(dialect="redshift"))
