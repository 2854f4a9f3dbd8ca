"""Columns and layout of a table that is made: types, widths measured from the rows, encodings, keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.schema as sch

from marketing_ibis.engines.redshift.compiler.types import WIDEST_VARCHAR
from marketing_ibis.engines.redshift.spelling import column_type, identifier, identifiers

LEAST_WIDTH = 256
"""Redshift's own default: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html"""
DIST_STYLES = ("AUTO", "EVEN", "ALL", "KEY")
Encoding = str | Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table's rows are stored: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html."""

    dist_key: str | None = None
    diststyle: str | None = None
    sort_keys: tuple[str, ...] = ()
    encode: Encoding = None

    @classmethod
    def of(
        cls, dist_key: str | None, diststyle: str | None, sort_keys: str | Sequence[str] | None, encode: Encoding
    ) -> Layout:
        """Return the layout that arguments name."""
        keys = (sort_keys,) if isinstance(sort_keys, str) else tuple(sort_keys or ())
        return cls(dist_key, diststyle.upper() if diststyle else None, keys, encode)

    def check(self, columns: Iterable[str]) -> None:
        """Raise IbisInputError where the layout does not fit the columns or contradicts itself."""
        names = set(columns)
        encoded = self.encode if isinstance(self.encode, Mapping) else ()
        for name in (*([self.dist_key] if self.dist_key else []), *self.sort_keys, *encoded):
            if name not in names:
                raise com.IbisInputError(f"The table has no column {name} for its keys or encodings.")
        if self.diststyle and self.diststyle not in DIST_STYLES:
            raise com.IbisInputError(f"The diststyle {self.diststyle} is not one of {', '.join(DIST_STYLES)}.")
        if (self.diststyle == "KEY") is not bool(self.dist_key) and self.diststyle:
            raise com.IbisInputError("A dist_key and diststyle KEY need each other; the other styles have no key.")

    def encoding(self, column: str) -> str:
        """Return the ENCODE of a column, or nothing."""
        name = self.encode.get(column) if isinstance(self.encode, Mapping) else self.encode
        return f" ENCODE {name.upper()}" if name else ""

    @property
    def text(self) -> str:
        """The attributes that follow the columns."""
        parts = [f"DISTSTYLE {self.diststyle}"] if self.diststyle and not self.dist_key else []
        if self.dist_key:
            parts = ["DISTSTYLE KEY", f"DISTKEY ({identifier(self.dist_key)})"]
        if self.sort_keys:
            parts.append(f"SORTKEY ({identifiers(self.sort_keys)})")
        return "".join(f" {part}" for part in parts)


def definitions(schema: sch.Schema, layout: Layout) -> str:
    """Return the columns of CREATE TABLE."""
    return ", ".join(
        f"{identifier(name)} {column_type(dtype)}{layout.encoding(name)}{'' if dtype.nullable else ' NOT NULL'}"
        for name, dtype in schema.items()
    )


def needs_width(dtype: dt.DataType) -> bool:
    """Return whether a column's width is still to be measured."""
    return bool(dtype.is_string() and dtype.length is None)


def with_widths(schema: sch.Schema, longest: Mapping[str, int | None]) -> sch.Schema:
    """Return the schema with a width for each string whose longest value, in bytes, is known.

    A width is a power of two, with room for longer values to come.

    Raises:
        IbisInputError: a value is longer than any VARCHAR.
    """
    types = dict(schema.items())
    for name, size in longest.items():
        if (size or 0) > WIDEST_VARCHAR:
            raise com.IbisInputError(
                f"Column {name} has a string of {size:,} bytes; a VARCHAR has at most {WIDEST_VARCHAR:,}."
            )
        width = max(LEAST_WIDTH, 1 << ((size or 1) - 1).bit_length())
        types[name] = dt.String(length=min(width, WIDEST_VARCHAR), nullable=types[name].nullable)
    return sch.Schema(types)


def longest_in_memory(schema: sch.Schema, rows: Any) -> dict[str, int | None]:
    """Return the bytes of the longest value of each string that has no width, from an Arrow table."""
    import pyarrow.compute as pc

    names = [name for name, dtype in schema.items() if needs_width(dtype)]
    return {name: pc.max(pc.binary_length(rows[name])).as_py() for name in names}


def stored_widths(relation: ops.Relation, schema: sch.Schema) -> sch.Schema:
    """Return the schema with the widths of columns that come from tables unchanged."""
    return sch.Schema({name: _stored_type(relation, name, dtype) for name, dtype in schema.items()})


def _stored_type(relation: Any, name: str, dtype: dt.DataType) -> dt.DataType:
    if not dtype.is_string():
        return dtype
    nullable = dtype.nullable
    while isinstance(relation, (ops.Project, ops.Filter, ops.Sort, ops.Limit, ops.Distinct)):
        if isinstance(relation, ops.Project):
            value = relation.values[name]
            if not isinstance(value, ops.Field):
                return dt.String(nullable=nullable)
            relation, name = value.rel, value.name
        else:
            relation = relation.parent
    is_stored = isinstance(relation, ops.DatabaseTable)
    return dt.String(length=relation.schema[name].length if is_stored else None, nullable=nullable)
