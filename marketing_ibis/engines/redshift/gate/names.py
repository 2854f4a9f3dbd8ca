"""Check the names of one query alone, with the columns of the tables that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlglot.expressions as sge
from sqlglot.errors import SqlglotError

from marketing_ibis.engines.redshift.gate.queries import READER, parse_query
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes import check_scopes
from marketing_ibis.engines.redshift.gate.type_families import Type

Tables = Mapping[str, Mapping[str, str]]


def check_names(sql: str, tables: Tables | None = None) -> list[Refusal]:
    """Return what is wrong with the names, groups and arguments of a query.

    ``tables`` are the columns of stored tables, with their types as Redshift spells them, or "" where unknown, by
    `schema.table` or `table`. A table that is not among them may have any column.
    """
    try:
        tree = parse_query(sql)
    except SqlglotError as error:
        return [Refusal("the query", f"it cannot be read: {str(error).splitlines()[0]}", page="r_SELECT_synopsis.html")]
    schemas = {
        name.lower(): {column: _type(kind) for column, kind in columns.items()}
        for name, columns in (tables or {}).items()
    }
    return [refusal for refusal, _ in check_scopes(tree, schemas)]


@lru_cache(maxsize=256)
def _type(kind: str) -> Type | None:
    parsed = sge.DataType.build(kind, dialect=READER) if kind else None
    return parsed.this if parsed is not None and isinstance(parsed.this, sge.DataType.Type) else None
