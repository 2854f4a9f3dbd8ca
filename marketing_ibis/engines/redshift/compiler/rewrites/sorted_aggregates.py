"""Compute aggregates that sort in different orders in one query each, and join these by their groups.

https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html: all calls of LISTAGG, MEDIAN and PERCENTILE_CONT in a
query must sort by the same values.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime, time
from typing import Any

import ibis
import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

QUANTILES = (ops.Quantile, ops.ApproxQuantile, ops.MultiQuantile, ops.ApproxMultiQuantile)
SORTED = (ops.Median, ops.ApproxMedian, *QUANTILES, ops.GroupConcat)
"""Aggregates that sort the values of a group."""
METRIC, GROUP = "__metric_", "__group_"
DEFAULTS: dict[type[dt.DataType], object] = {
    dt.Boolean: False,
    dt.Integer: 0,
    dt.Decimal: 0,
    dt.Floating: 0.0,
    dt.String: "",
    dt.Date: date(1970, 1, 1),
    dt.Time: time(0),
    dt.Timestamp: datetime(1970, 1, 1),
    dt.UUID: "00000000-0000-0000-0000-000000000000",
}
"""What a NULL among the groups is compared as, next to the fact that it is one."""


def split_by_order(op: ops.Aggregate) -> ops.Node | None:
    """Return the join of one query per order of values, if there are several.

    Without groups each query has one row, also over no rows.
    """
    reductions = list(
        dict.fromkeys(
            reduction for metric in op.metrics.values() for reduction in metric.find(ops.Reduction, filter=ops.Value)
        )
    )
    orders = {reduction: _order_of(reduction) for reduction in reductions if isinstance(reduction, SORTED)}
    if len(set(orders.values())) < 2:
        return None
    first, *others = dict.fromkeys(orders.values())
    names = {reduction: f"{METRIC}{number}" for number, reduction in enumerate(reductions)}
    pieces = [
        [reduction for reduction in reductions if orders.get(reduction, first) == order] for order in (first, *others)
    ]
    joined = _join_pieces(op, [{names[reduction]: reduction for reduction in piece} for piece in pieces])
    computed = {reduction: ops.Field(joined, name) for reduction, name in names.items()}
    groups = {name: ops.Field(joined, f"{GROUP}0_{number}") for number, name in enumerate(op.groups)}
    metrics = {name: metric.replace(computed, filter=ops.Value) for name, metric in op.metrics.items()}
    return ops.Project(joined, groups | metrics)


def _order_of(reduction: Any) -> Hashable:
    """Return the values by which an aggregate sorts."""
    return reduction.order_by if isinstance(reduction, ops.GroupConcat) else (reduction.arg, reduction.where)


def _join_pieces(op: ops.Aggregate, pieces: Sequence[dict[str, ops.Value]]) -> ops.Relation:
    """Join an aggregate of each piece to the first."""
    queries = [_aggregate_piece(op, number, metrics).to_expr() for number, metrics in enumerate(pieces)]
    joined = queries[0]
    for number, query in enumerate(queries[1:], start=1):
        predicates = [
            predicate
            for place in range(len(op.groups))
            for predicate in _null_safe_equalities(queries[0][f"{GROUP}0_{place}"], query[f"{GROUP}{number}_{place}"])
        ]
        joined = joined.inner_join(query, predicates) if predicates else joined.cross_join(query)
    relation: ops.Relation = joined.op()
    return relation


def _aggregate_piece(op: ops.Aggregate, number: int, metrics: dict[str, ops.Value]) -> ops.Aggregate:
    groups = {f"{GROUP}{number}_{place}": value for place, value in enumerate(op.groups.values())}
    return ops.Aggregate(op.parent, groups=groups, metrics=metrics)


def _null_safe_equalities(left: Any, right: Any) -> list[Any]:
    """Return equalities that also hold for two NULLs, so that rows are found by their hashes."""
    if not left.type().nullable:
        return [left == right]
    default = _default(left.type())
    return [
        left.fill_null(default) == right.fill_null(default),
        left.isnull().ifelse(1, 0) == right.isnull().ifelse(1, 0),
    ]


def _default(dtype: dt.DataType) -> Any:
    value = next((value for base, value in DEFAULTS.items() if isinstance(dtype, base)), None)
    if value is None:
        raise com.UnsupportedOperationError(
            f"A group of type {dtype} next to aggregates that sort in different orders is not supported on Redshift; "
            "compute each in a query of its own and join them."
        )
    return ibis.literal(value, dtype)
