"""Compute one of several quantiles alone."""

from __future__ import annotations

import ibis.expr.operations as ops


def quantile_by_place(op: ops.ArrayIndex) -> ops.Node | None:
    """Compute one of several quantiles where only that one is taken."""
    several = op.arg
    if not isinstance(several, ops.MultiQuantile) or not all(
        isinstance(part, ops.Literal) for part in (op.index, several.quantile)
    ):
        return None
    return ops.Quantile(several.arg, several.quantile.value[op.index.value], where=several.where)
