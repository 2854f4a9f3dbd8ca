"""Operations of our own, which stand for what Redshift has and Ibis lacks."""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
from ibis.common.annotations import attribute
from ibis.common.collections import FrozenOrderedDict
from ibis.common.typing import VarTuple
from ibis.expr.schema import Schema


class CorrelatedRows(ops.Relation):  # type: ignore[misc]
    """Rows of one SELECT that reads the query around it."""

    parent: ops.Relation
    selections: FrozenOrderedDict[str, ops.Value]
    predicates: VarTuple[ops.Value]

    @attribute  # type: ignore[untyped-decorator]
    def values(self) -> FrozenOrderedDict[str, ops.Value]:
        return self.selections

    @attribute  # type: ignore[untyped-decorator]
    def schema(self) -> Schema:
        return Schema({name: value.dtype for name, value in self.selections.items()})


class CorrelatedScalar(ops.ScalarSubquery, ops.Impure):  # type: ignore[misc]
    """A subquery of one value for each row of the query around it.

    Ibis merges no query with one that computes an impure value, so what the subquery reads keeps its name.
    """


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
