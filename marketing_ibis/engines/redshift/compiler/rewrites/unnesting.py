"""Write what is unnested as rows: arrays, ranges, and the columns of `pivot_longer`."""

from __future__ import annotations

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.rewrites.columns import extend
from marketing_ibis.engines.redshift.compiler.rewrites.number_series import range_to_rows, union_all
from marketing_ibis.engines.redshift.compiler.rewrites.super_rows import unnest_to_elements

ELEMENT, DUMMY = "__element", "__one"


def unpivot_to_union(op: ops.Project) -> ops.Node | None:
    """Write the rows of `pivot_longer` as a union of one SELECT for each column."""
    inner = op.parent
    if not isinstance(inner, ops.Project):
        return None
    longer = {n: v for n, v in inner.values.items() if _is_unnest_of(v, ops.StructColumn)}
    if len(longer) != 1:
        return None
    ((name, unnested),) = longer.items()
    columns = {ops.Field(inner, n): v for n, v in inner.values.items() if n != name}

    def piece(struct: ops.StructColumn) -> ops.Project:
        fields = {
            ops.StructField(ops.Field(inner, name), field): value
            for field, value in zip(struct.names, struct.values, strict=True)
        }
        values = {n: v.replace(fields | columns, filter=ops.Value) for n, v in op.values.items()}
        typed = {n: v if v.dtype == op.schema[n] else ops.Cast(v, op.schema[n]) for n, v in values.items()}
        return ops.Project(inner.parent, typed)

    return union_all([piece(struct) for struct in unnested.arg.exprs])


def unnest_to_rows(op: ops.Project) -> ops.Node | None:
    """Write the elements of an array or of an `ibis.range` as rows; an array that is spelled out becomes a union."""
    unnested = {n: v for n, v in op.values.items() if isinstance(v, ops.Unnest)}
    if len(unnested) != 1:
        return None
    ((name, value),) = unnested.items()
    if isinstance(value.arg, ops.IntegerRange | ops.TimestampRange):
        return range_to_rows(op, name, value.arg)
    if _is_unnest_of(value, ops.StructColumn):
        return None
    if not isinstance(value.arg, ops.Array):
        return unnest_to_elements(op, name, value)
    pieces = [ops.Project(op.parent, dict(op.values) | {name: ops.Cast(e, value.dtype)}) for e in value.arg.exprs]
    return union_all(pieces)


def _is_unnest_of(value: ops.Value, kind: type[ops.Value]) -> bool:
    return (
        isinstance(value, ops.Unnest)
        and isinstance(value.arg, ops.Array)
        and all(isinstance(element, kind) for element in value.arg.exprs)
    )


def unnest_within_values(op: ops.Project) -> ops.Node | None:
    """Unnest below, where something is computed from the elements: `ibis.range(5).unnest() + 1`."""
    unnested = dict.fromkeys(
        unnest for value in op.values.values() for unnest in value.find(ops.Unnest, filter=ops.Value)
    )
    if len(unnested) != 1:
        return None
    (element,) = unnested
    is_alone = isinstance(op.parent, ops.DummyTable)
    inner = ops.Project(op.parent, {ELEMENT: element}) if is_alone else extend(op.parent, {ELEMENT: element})
    rows = unnest_to_rows(inner)
    if rows is None:
        return None
    moved = {op.parent: rows, element: ops.Field(rows, ELEMENT)}
    return ops.Project(rows, {name: value.replace(moved) for name, value in op.values.items()})


def unnest_without_table(op: ops.DummyTable) -> ops.Node | None:
    """Unnest what no table is read for, as `ibis.range(5).unnest().as_table()`."""
    if not any(value.find(ops.Unnest, filter=ops.Value) for value in op.values.values()):
        return None
    project = ops.Project(ops.DummyTable({DUMMY: ops.Literal(1, dtype=dt.int8)}), op.values)
    rows = unnest_to_rows(project)
    return unnest_within_values(project) if rows is None else rows
