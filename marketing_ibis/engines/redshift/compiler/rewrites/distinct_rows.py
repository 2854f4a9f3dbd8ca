"""Count the distinct rows of a table, of which COUNT(DISTINCT) takes one expression only."""

from __future__ import annotations

import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.rewrites.columns import extend, move


def count_distinct_rows(op: ops.Aggregate) -> ops.Node | None:
    """Number the copies of each row, and count the first ones: COUNT(DISTINCT) takes one expression.

    https://docs.aws.amazon.com/redshift/latest/dg/r_COUNT.html
    """
    counts = dict.fromkeys(c for m in op.metrics.values() for c in m.find(ops.CountDistinctStar, filter=ops.Value))
    if not counts:
        return None
    fields = tuple(ops.Field(op.parent, name) for name in op.parent.schema)
    conditions = {count: ops.IfElse(count.where, 1, 0) if count.where is not None else None for count in counts}
    copies = {
        f"__copy_{number}": ops.WindowFunction(
            ops.RowNumber(), group_by=(*op.groups.values(), *fields, *((met,) if met is not None else ()))
        )
        for number, met in enumerate(conditions.values())
    }
    numbered = extend(op.parent, copies)
    replacements = {}
    for count, name in zip(counts, copies, strict=True):
        moved = count.replace({op.parent: numbered})
        is_first = ops.Equals(ops.Field(numbered, name), 0)
        replacements[moved] = ops.CountStar(
            numbered, where=is_first if moved.where is None else ops.And(is_first, moved.where)
        )
    metrics = move(op.metrics, op.parent, numbered)
    return ops.Aggregate(
        numbered,
        groups=move(op.groups, op.parent, numbered),
        metrics={name: metric.replace(replacements, filter=ops.Value) for name, metric in metrics.items()},
    )
