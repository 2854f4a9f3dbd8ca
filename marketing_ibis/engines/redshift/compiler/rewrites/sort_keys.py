"""Sort by no constant: it orders nothing, and a number would be the place of a column.

https://docs.aws.amazon.com/redshift/latest/dg/r_ORDER_BY_clause.html
"""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.operations as ops


def drop_constant_keys(op: ops.Sort) -> ops.Node | None:
    """Return a sorted relation without the keys that are the same in every row."""
    if not has_constant_key(op.keys):
        return None
    keys = varying_keys(op.keys)
    return op.copy(keys=keys) if keys else op.parent


def has_constant_key(keys: Iterable[ops.SortKey]) -> bool:
    """Return whether one of the keys is the same in every row."""
    return any(is_constant(key.arg) for key in keys)


def varying_keys(keys: Iterable[ops.SortKey]) -> tuple[ops.SortKey, ...]:
    """Return the keys that can differ between rows."""
    return tuple(key for key in keys if not is_constant(key.arg))


def is_constant(value: ops.Value) -> bool:
    """Return whether a value is the same in every row."""
    if isinstance(value, ops.Field):
        return False
    return not value.find((ops.Field, ops.Impure, ops.Subquery, ops.Analytic, ops.Reduction, ops.ScalarUDF))
