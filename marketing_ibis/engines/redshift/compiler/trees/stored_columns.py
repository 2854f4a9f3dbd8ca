"""Note the columns of stored tables with their nodes, so that the gate can resolve names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.expr.schema import Schema

from marketing_ibis.engines.redshift.compiler.types import RedshiftType
from marketing_ibis.engines.redshift.gate.scopes import COLUMNS, StoredColumns


def note_columns(nodes: Collection[ops.Node], tables: Iterable[sge.Table]) -> None:
    """Note the columns of an expression's stored tables, unless it contains SQL that may read other columns."""
    if any(isinstance(node, ops.SQLQueryResult | ops.SQLStringView) for node in nodes):
        return
    schemas = {
        (table.namespace.database or "", table.name): table.schema
        for table in nodes
        if isinstance(table, ops.UnboundTable | ops.DatabaseTable)
    }
    for node in tables:
        schema = schemas.get((node.db, node.name))
        if schema is not None:
            node.meta[COLUMNS] = _columns_of(schema)


@lru_cache(maxsize=512)
def _columns_of(schema: Schema) -> StoredColumns:
    return StoredColumns((name, _kind(dtype)) for name, dtype in schema.items())


def _kind(dtype: dt.DataType) -> sge.DataType.Type | None:
    """Return the type of a column; None for one that Redshift lacks, which is refused where it is read."""
    try:
        return RedshiftType.from_ibis(dtype).this
    except com.UnsupportedOperationError:
        return None
