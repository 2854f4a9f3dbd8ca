"""Limit rows by a number that a query computes, or by chance: LIMIT and OFFSET take literals only.

https://docs.aws.amazon.com/redshift/latest/dg/r_ORDER_BY_clause.html
"""

from __future__ import annotations

import ibis.common.exceptions as com
import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.rewrites.scopes import Scopes, moved_fields


def is_computed(op: ops.Limit) -> bool:
    """Return whether the number of rows, or of rows to skip, is an expression."""
    return isinstance(op.n, ops.Value) or isinstance(op.offset, ops.Value)


def number_limited_rows(op: ops.Limit) -> ops.Relation | None:
    """Number the rows and compare the number, where a number is computed."""
    if not is_computed(op):
        return None
    rows = op.parent
    keys: tuple[ops.SortKey, ...] = ()
    if isinstance(rows, ops.Sort):
        scopes, moved = Scopes(), moved_fields({rows.parent: rows})
        keys = tuple(scopes.substitute(key, moved) for key in rows.keys)
    elif rows.find(ops.Sort):
        raise com.UnsupportedOperationError(
            "A computed `limit` on Redshift must follow `order_by` directly; move the `order_by` before it."
        )
    place = ops.WindowFunction(ops.RowNumber(), order_by=keys)
    skipped = _row_count(op.offset)
    predicates = [] if op.offset == 0 else [ops.GreaterEqual(place, skipped)]
    if op.n is not None:
        last = _row_count(op.n) if op.offset == 0 else ops.Add(skipped, _row_count(op.n))
        predicates.append(ops.Less(place, last))
    return ops.Filter(rows, tuple(predicates))


def _row_count(number: int | ops.Value) -> ops.Value | int:
    """Return a number of rows as a value of the query."""
    if isinstance(number, int) or not number.relations:
        return number
    scalar: ops.Value = number.to_expr().as_scalar().op()
    return scalar


def refuse_seed(op: ops.Sample) -> None:
    """Refuse a sample that shall be the same on every run: RANDOM has a seed for each slice of the cluster.

    https://docs.aws.amazon.com/redshift/latest/dg/r_RANDOM.html
    """
    if op.seed is not None:
        raise com.UnsupportedOperationError(
            "`sample` takes no seed on Redshift; keep the rows whose key has a remainder, `t.filter(t.id % 10 == 0)`."
        )
