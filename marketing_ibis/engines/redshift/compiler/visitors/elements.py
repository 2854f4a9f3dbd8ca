"""The elements of arrays as rows: https://docs.aws.amazon.com/redshift/latest/dg/query-super.html."""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import sqlglot as sg
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler.operations import ElementRows, SplitArray

ALIAS, PLACE = "__element", "__place"


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
        unnested: sge.Expression = sge.Alias(this=path, alias=sg.to_identifier(ALIAS, quoted=self.quoted))
        values = {name: sg.column(name, table=table, quoted=self.quoted) for name in op.parent.schema}
        values[element] = self._cast_element(sg.column(ALIAS, quoted=self.quoted), dtype)
        if place:
            unnested = sge.AtIndex(this=unnested, expression=sg.to_identifier(PLACE, quoted=self.quoted))
            values[place] = sg.column(PLACE, quoted=self.quoted)
        columns = [value.as_(name, quoted=self.quoted) for name, value in values.items()]
        select = sg.select(*columns, copy=False).from_(parent, copy=False)
        select.append("joins", sge.Join(this=unnested))
        return select.where(self.f.is_array(path.copy()), copy=False)
