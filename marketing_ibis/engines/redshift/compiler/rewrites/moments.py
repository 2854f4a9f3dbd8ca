"""Expand covariance and correlation, which Redshift lacks, into sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

MOMENTS = (ops.Covariance, ops.Correlation)
"""Aggregates of two columns."""


def moments_over_window(op: ops.Node, changed: Mapping[str, Any] | None) -> ops.Node:
    """Expand a covariance or correlation over a window into sums over that window."""
    current = op.__recreate__(changed) if changed else op
    if not isinstance(current, ops.WindowFunction) or not isinstance(current.func, MOMENTS):
        return current
    is_covariance = isinstance(current.func, ops.Covariance)
    expanded = covariance_from_sums(current.func) if is_covariance else correlation_from_sums(current.func)
    return expanded.replace({sums: current.copy(func=sums) for sums in expanded.find((ops.Sum, ops.Count))})


def covariance_from_sums(op: ops.Covariance) -> ops.Value:
    """Expand into sums: https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html."""
    left, right, both = _pairs(op)
    count = ops.Count(left, where=both)
    mass = ops.Subtract(
        _sum(ops.Multiply(left, right), both), ops.Divide(ops.Multiply(_sum(left, both), _sum(right, both)), count)
    )
    pairs = count if op.how == "pop" else ops.Subtract(count, 1)
    return ops.Divide(mass, ops.NullIf(pairs, 0))


def correlation_from_sums(op: ops.Correlation) -> ops.Value:
    """Expand into sums; the population's and the sample's correlation are the same number."""
    left, right, both = _pairs(op)
    count = ops.Count(left, where=both)

    def mass(a: ops.Value, b: ops.Value) -> ops.Value:
        return ops.Subtract(
            ops.Multiply(count, _sum(ops.Multiply(a, b), both)), ops.Multiply(_sum(a, both), _sum(b, both))
        )

    spread = ops.Sqrt(ops.Multiply(mass(left, left), mass(right, right)))
    return ops.Divide(mass(left, right), ops.NullIf(spread, 0.0))


def _pairs(op: ops.Correlation | ops.Covariance) -> tuple[ops.Value, ops.Value, ops.Value]:
    left, right = ops.Cast(op.left, dt.float64), ops.Cast(op.right, dt.float64)
    both = ops.And(ops.NotNull(op.left), ops.NotNull(op.right))
    return left, right, both if op.where is None else ops.And(both, op.where)


def _sum(value: ops.Value, where: ops.Value) -> ops.Sum:
    return ops.Sum(value, where=where)
