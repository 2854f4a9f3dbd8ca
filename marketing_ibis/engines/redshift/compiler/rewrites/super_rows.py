"""Write the elements of arrays, values of type SUPER, as rows: FROM orders, orders.items AS item.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

import ibis.common.exceptions as com
import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.operations import ElementRows, SplitArray
from marketing_ibis.engines.redshift.compiler.rewrites.columns import extend, move

ARRAY, ELEMENT = "__array", "__element"


def unnest_to_elements(op: ops.Project, name: str, unnest: ops.Unnest) -> ops.Node:
    """Write the column ``name`` of a projection, which is ``unnest``, as rows."""
    rows = _element_rows(op.parent, unnest.arg, "")
    return ops.Project(rows, move(dict(op.values) | {name: ops.Field(rows, ELEMENT)}, op.parent, rows))


def table_unnest_to_elements(op: ops.TableUnnest) -> ops.Node:
    """Write `table.unnest(column)` as rows.

    Raises:
        UnsupportedOperationError: rows whose array is empty are to be kept.
    """
    if op.keep_empty:
        raise com.UnsupportedOperationError(
            "Redshift's unnesting omits rows with an empty array; use `keep_empty=False`, or union them."
        )
    element, place = op.column_name, op.offset or ""
    rows = _element_rows(op.parent, op.column, place)
    columns = {name: ops.Field(rows, ELEMENT if name == element else name) for name in op.schema}
    return ops.Project(rows, columns)


def _element_rows(parent: ops.Relation, array: ops.Value, place: str) -> ElementRows:
    dtype = array.dtype.value_type
    if isinstance(array, ops.Field) and array.rel == parent:
        return ElementRows(parent, array.name, ELEMENT, dtype, place)
    stored = SplitArray(array.arg, array.delimiter) if isinstance(array, ops.StringSplit) else array
    return ElementRows(extend(parent, {ARRAY: stored}), ARRAY, ELEMENT, dtype, place)
