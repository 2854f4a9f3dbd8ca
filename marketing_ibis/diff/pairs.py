"""Decide what is compared of two tables: which columns identify a row, and how each other column is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.diff.records import ColumnKind, RetypedColumn, SchemaDifference
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.folded_names import FoldedNames
from marketing_ibis.errors import RunFailed
from marketing_ibis.model import Model
from marketing_ibis.model.records import MONEY

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt

Columns = Mapping[str, "dt.DataType"]


@dataclass(frozen=True, slots=True)
class ComparedColumn:
    """A column that both tables have; its values are compared as ``dtype``, and are not shown if it is ``personal``."""

    name: str
    dtype: dt.DataType
    kind: ColumnKind
    unit: str = ""
    personal: bool = True
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tables of the same name: their ``key`` and the other ``columns`` that both have."""

    name: str
    before: Relation
    after: Relation
    before_columns: Columns
    after_columns: Columns
    key: tuple[ComparedColumn, ...]
    columns: tuple[ComparedColumn, ...]
    schema: SchemaDifference

    @property
    def shows_keys(self) -> bool:
        """Whether the values of the key may be shown."""
        return not any(column.personal for column in self.key)


def pair_tables(
    model: Model, before: Relation, after: Relation, before_columns: Columns, after_columns: Columns
) -> Pair:
    """Return what is compared of the two tables of ``model``.

    Columns that the model's contract does not declare count as personal.

    Raises:
        RunFailed: a column of the key is missing on one side, or its values cannot be compared.
    """
    grain = model.declaration.grain
    for name in grain:
        _check_key(name, before, after, before_columns, after_columns)
    shared = {
        name: common_type(before_columns[name], after_columns[name]) for name in before_columns if name in after_columns
    }
    compared = {name: _compared(model, name, dtype) for name, dtype in shared.items() if dtype is not None}
    return Pair(
        model.name,
        before,
        after,
        before_columns,
        after_columns,
        tuple(compared[name] for name in grain),
        tuple(column for name, column in compared.items() if name not in grain),
        compare_schemas(before_columns, after_columns),
    )


def compare_schemas(before: Columns, after: Columns) -> SchemaDifference:
    """Return which columns only one side has, and which are of a different type."""
    types_before, types_after = _plain_types(before), _plain_types(after)
    retyped = (
        RetypedColumn(
            name, str(dtype), str(types_after[name]), is_compared=common_type(dtype, types_after[name]) is not None
        )
        for name, dtype in types_before.items()
        if name in types_after and types_after[name] != dtype
    )
    return SchemaDifference(
        {name: str(dtype) for name, dtype in types_before.items() if name not in types_after},
        {name: str(dtype) for name, dtype in types_after.items() if name not in types_before},
        tuple(retyped),
    )


def common_type(before: dt.DataType, after: dt.DataType) -> dt.DataType | None:
    """Return the type as which the values of both can be compared; None where they cannot be."""
    import ibis.expr.datatypes as dt

    before, after = _plain(before), _plain(after)
    if before == after:
        return before
    if before.is_numeric() and after.is_numeric() and not (before.is_boolean() or after.is_boolean()):
        if before.is_floating() or after.is_floating():
            return dt.float64
        scales = [dtype.scale or 0 if isinstance(dtype, dt.Decimal) else 0 for dtype in (before, after)]
        return dt.Decimal(38, max(scales)) if any(scales) else dt.int64
    if before.is_string() and after.is_string():
        return dt.string
    if {type(before), type(after)} == {dt.Date, dt.Timestamp}:
        return dt.timestamp
    return None


def kind_of(dtype: dt.DataType) -> ColumnKind:
    """Return how values of a type are compared."""
    if dtype.is_string() or dtype.is_boolean():
        return "label"
    if dtype.is_date():
        return "date"
    if dtype.is_timestamp():
        return "timestamp"
    if dtype.is_decimal() and dtype.scale == MONEY_SCALE:
        return "money"
    return "number" if dtype.is_numeric() else "other"


MONEY_SCALE = int(MONEY.rstrip(")").rpartition(",")[2])


def types_of(columns: Mapping[str, str]) -> dict[str, dt.DataType]:
    """Return columns with their types instead of the names of these."""
    import ibis.expr.datatypes as dt

    types = ((name, dt.dtype(dtype)) for name, dtype in columns.items())
    return FoldedNames(types) if isinstance(columns, FoldedNames) else dict(types)


def _plain_types(columns: Columns) -> dict[str, dt.DataType]:
    return {name: _plain(dtype) for name, dtype in columns.items()}


def _plain(dtype: dt.DataType) -> dt.DataType:
    # Engines report the length of a string and the digits of a second in their own way.
    import ibis.expr.datatypes as dt

    if dtype.is_string():
        return dt.string
    if isinstance(dtype, dt.Timestamp):
        return dt.Timestamp(timezone=dtype.timezone)
    return dtype.copy(nullable=True)


def _compared(model: Model, name: str, dtype: dt.DataType) -> ComparedColumn:
    declared = {column.name: column for column in model.declaration.contract.columns}.get(name)
    kind = kind_of(dtype)
    if declared is None:
        return ComparedColumn(name, dtype, kind)
    return ComparedColumn(name, dtype, kind, declared.unit, declared.pii, declared.nullable)


def _check_key(name: str, before: Relation, after: Relation, before_columns: Columns, after_columns: Columns) -> None:
    for relation, columns in ((before, before_columns), (after, after_columns)):
        if name not in columns:
            raise RunFailed(
                f"{relation.name} cannot be compared: {relation} has no column {name}, which is part of its key.",
                hint="Build both sides with the same key, or exclude the model with --exclude.",
            )
    if common_type(before_columns[name], after_columns[name]) is None:
        raise RunFailed(
            f"{before.name} cannot be compared: key column {name} is {before_columns[name]} in {before} and"
            f" {after_columns[name]} in {after}.",
            hint="Build both sides with the same key, or exclude the model with --exclude.",
        )
