"""Write the elements of arrays, values of type SUPER, as rows: FROM orders, orders.items AS item.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.common.annotations import attribute
from ibis.expr.schema import Schema

from marketing_ibis.engines.redshift.compiler.columns import extend, move

ARRAY, ELEMENT, PLACE = "__array", "__element", "__place"


class SplitArray(ops.Value):  # type: ignore[misc]
    """The pieces of a string as an array of type SUPER: SPLIT_TO_ARRAY."""

    arg: ops.Value[dt.String]
    delimiter: ops.Value[dt.String]

    shape = rlz.shape_like("args")
    dtype = dt.Array(dt.string)


class ElementRows(ops.Relation):  # type: ignore[misc]
    """Each row of ``parent`` once for each element of its column ``array``; none where that is NULL or empty.

    ``place`` names a column with the element's place in the array, from 0; "" for none.
    """

    parent: ops.Relation
    array: str
    element: str
    dtype: dt.DataType
    place: str

    @attribute  # type: ignore[untyped-decorator]
    def values(self) -> Any:
        return self.parent.fields

    @attribute  # type: ignore[untyped-decorator]
    def schema(self) -> Schema:
        added = {self.element: self.dtype} | ({self.place: dt.int64} if self.place else {})
        return Schema(dict(self.parent.schema.items()) | added)


class ElementVisitors:
    """Visitors of rows for elements; part of the compiler."""

    f: Any
    quoted: bool
    _cast_element: Any

    def visit_SplitArray(self, op: SplitArray, *, arg: Any, delimiter: Any) -> Any:
        """Split text: https://docs.aws.amazon.com/redshift/latest/dg/split_to_array.html."""
        return self.f.split_to_array(arg, delimiter)

    def visit_ElementRows(
        self, op: ElementRows, *, parent: Any, array: str, element: str, dtype: dt.DataType, place: str
    ) -> sge.Select:
        """Join each row with the elements of its array; a value that is not an array would be one row."""
        table = parent.alias_or_name
        path = sg.column(array, table=table, quoted=self.quoted)
        unnested: sge.Expression = sge.Alias(this=path, alias=sg.to_identifier(ELEMENT, quoted=self.quoted))
        values = {name: sg.column(name, table=table, quoted=self.quoted) for name in op.parent.schema}
        values[element] = self._cast_element(sg.column(ELEMENT, quoted=self.quoted), dtype)
        if place:
            unnested = sge.AtIndex(this=unnested, expression=sg.to_identifier(PLACE, quoted=self.quoted))
            values[place] = sg.column(PLACE, quoted=self.quoted)
        columns = [value.as_(name, quoted=self.quoted) for name, value in values.items()]
        select = sg.select(*columns, copy=False).from_(parent, copy=False)
        select.append("joins", sge.Join(this=unnested))
        return select.where(self.f.is_array(path.copy()), copy=False)


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
