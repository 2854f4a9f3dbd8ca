"""Group by tumbling windows of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.common.exceptions as com
import ibis.expr.operations as ops


def buckets_to_groups(op: ops.WindowAggregate) -> ops.Node:
    """Group by tumbling windows: by the start of the bucket of each moment, and its end.

    Raises:
        UnsupportedOperationError: a row is in several windows.
    """
    if op.window_type != "tumble":
        raise com.UnsupportedOperationError(
            "Windows that overlap are not supported on Redshift; join with an `ibis.range` of their starts, "
            "or group by `.bucket(...)`."
        )
    start: Any = ops.TimestampBucket(op.time_col, op.window_size, op.window_offset)
    groups: Mapping[str, ops.Value] = {"window_start": start, **op.groups}
    metrics: ibis.Table = ops.Aggregate(op.parent, groups=groups, metrics=op.metrics).to_expr()
    end = metrics.window_start + op.window_size.to_expr()
    columns = {name: metrics[name] for name in op.schema if name != "window_end"}
    relation: ops.Node = metrics.select(**{n: end if n == "window_end" else columns[n] for n in op.schema}).op()
    return relation
