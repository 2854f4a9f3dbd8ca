"""The records that a comparison of tables results in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ColumnKind = Literal["money", "number", "date", "timestamp", "label", "other"]
"""How the values of a column are compared: by their distance, by their transitions, or for equality alone."""
Number = int | float | Decimal
Key = tuple[str | None, ...]
"""The values of a table's key columns, as text."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the values of a column are apart: ``after`` minus ``before``, in ``unit``, over the rows that differ.

    ``rows`` have a value on both sides. ``relative_to_before`` and ``relative_to_after`` are the greatest absolute
    difference as a share of the absolute value on that side; None where all of these are 0, and for dates.
    """

    unit: str
    rows: int
    total: Number
    least: Number
    greatest: Number
    relative_to_before: float | None = None
    relative_to_after: float | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A number of rows with the same label before and the same label after; None is NULL."""

    before: str | None
    after: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnDifference:
    """How a column differs in the rows that both tables have.

    ``became_null`` rows have a value before only, ``was_null`` rows after only. ``transitions`` are the most frequent
    ones of a label, ``keys`` identify some of the rows. A ``personal`` column has neither: its values are not shown.
    """

    name: str
    kind: ColumnKind
    rows: int
    became_null: int
    was_null: int
    distance: Distance | None = None
    transitions: tuple[Transition, ...] = ()
    keys: tuple[Key, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class RetypedColumn:
    """A column with a different type on each side; ``is_compared`` says whether the values can be compared."""

    name: str
    before: str
    after: str
    is_compared: bool


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """The columns, with their types, that only one side has, and those of a different type."""

    removed: Mapping[str, str]
    added: Mapping[str, str]
    retyped: tuple[RetypedColumn, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether both sides have the same columns."""
        return not (self.removed or self.added or self.retyped)


@dataclass(frozen=True, slots=True)
class TableDifference:
    """How two tables of the same name differ.

    Rows are identified by ``key``; without one they are compared as a bag of whole rows, for the ``reason`` given.
    ``changed`` rows exist on both sides and differ in a column; ``columns`` are those that differ.
    """

    name: str
    key: tuple[str, ...]
    schema: SchemaDifference
    rows_before: int
    rows_after: int
    removed: int
    added: int
    changed: int = 0
    columns: tuple[ColumnDifference, ...] = ()
    removed_keys: tuple[Key, ...] = ()
    added_keys: tuple[Key, ...] = ()
    reason: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the tables are equal."""
        return self.schema.is_empty and not (self.removed or self.added or self.changed)

    @property
    def matched(self) -> int:
        """The rows that both sides have."""
        return self.rows_before - self.removed


@dataclass(frozen=True, slots=True)
class Difference:
    """How two sides differ, each named as the user wrote it.

    ``tables`` exist on both sides, ``removed`` only before, ``added`` only after, ``missing`` on neither.
    ``failures`` say why a table cannot be compared.
    """

    before: str
    after: str
    tables: tuple[TableDifference, ...]
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the sides are equal."""
        return not (self.removed or self.added or self.failures) and all(table.is_empty for table in self.tables)
