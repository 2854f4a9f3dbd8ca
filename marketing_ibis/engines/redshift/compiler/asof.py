"""Join each row with the nearest match before or after it, by numbering the matches."""

from __future__ import annotations

import ibis.expr.operations as ops

ROW, MATCH = "__row", "__match"
DOWNWARDS = (ops.GreaterEqual, ops.Greater)
"""Comparisons of left with right whose nearest match is the largest."""


def number_matches(op: ops.JoinChain) -> ops.Node | None:
    """Write an asof join as a left join that keeps the nearest match: Redshift has no LATERAL.

    A chain with further joins is left as it is, and refused later.
    """
    if len(op.rest) != 1 or op.rest[0].how != "asof":
        return None
    (link,) = op.rest
    fields = {name: ops.Field(op.first.parent, name) for name in op.first.parent.schema}
    numbered = ops.Project(op.first.parent, fields | {ROW: ops.WindowFunction(ops.RowNumber())})
    first = ops.JoinReference(numbered, op.first.identifier)
    predicates = tuple(predicate.replace({op.first: first}) for predicate in link.predicates)
    nearest = predicates[0]
    values = {name: value.replace({op.first: first}) for name, value in op.values.items()}
    joined = ops.JoinChain(
        first,
        rest=(link.copy(how="left", predicates=predicates),),
        values=values | {ROW: ops.Field(first, ROW), MATCH: nearest.right},
    )
    by_distance = ops.SortKey(ops.Field(joined, MATCH), ascending=not isinstance(nearest, DOWNWARDS))
    place = ops.WindowFunction(ops.RowNumber(), group_by=(ops.Field(joined, ROW),), order_by=(by_distance,))
    kept = ops.Filter(joined, (ops.Equals(place, 0),))
    return ops.Project(kept, {name: ops.Field(kept, name) for name in op.values})
