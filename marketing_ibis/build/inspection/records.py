"""What an inspection finds out: tables with their columns, and which of these a source may be read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("integer", "decimal", "float", "boolean", "day", "timestamp", "instant", "text", "other")
"""What values are; ``instant`` is a timestamp with a zone."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column of a table: its values in numbers, and a few of them.

    ``kind`` is what all values are; ``filled`` of the ``rows`` are not NULL, ``distinct`` of these differ. ``least``
    and ``greatest`` are text, "" where they say nothing. ``frequent`` are values with their rows. ``date_formats`` are
    the formats that read every value of a file as a day, ``marks`` the decimal marks and thousands separators
    that read every value as a number.
    """

    name: str
    type: str
    kind: str
    rows: int
    filled: int
    distinct: int
    least: str = ""
    greatest: str = ""
    samples: tuple[str, ...] = ()
    frequent: tuple[tuple[str, int], ...] = ()
    date_formats: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()

    @property
    def is_key(self) -> bool:
        """Whether every row has a value of its own."""
        return self.rows > 0 and self.filled == self.rows == self.distinct

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return self.kind in ("integer", "decimal", "float")

    @property
    def is_temporal(self) -> bool:
        """Whether the values are days or timestamps."""
        return self.kind in ("day", "timestamp", "instant")


@dataclass(frozen=True, slots=True)
class TableProfile:
    """A table, or the files of one: ``schema`` is "" for files, ``place`` what messages call it.

    ``database`` is "" unless it is another one than the target's.
    """

    schema: str
    name: str
    place: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    database: str = ""

    def column(self, name: str) -> ColumnProfile:
        """Return the column of a name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Match:
    """A column of a source with the column of a table that it may be read from, and why; ``score`` is up to 1."""

    column: str
    origin: str
    evidence: tuple[str, ...]
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class MissingColumn:
    """A column of a source that a table does not have: what to do, and the marts that need it.

    ``value`` is proposed for every row, where no mart needs the column.
    """

    column: str
    advice: str
    marts: tuple[str, ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a source may be read from a table. ``settings`` are those besides the columns, such as ``amount_unit``.

    ``decisions`` are what nothing in the data decides; ``problems`` stop a build.
    """

    source: str
    table: TableProfile
    matches: tuple[Match, ...]
    missing: tuple[MissingColumn, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    decisions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns of the table that no column of the source is read from."""
        origins = {match.origin for match in self.matches}
        return tuple(column.name for column in self.table.columns if column.name not in origins)


@dataclass(frozen=True, slots=True)
class SharedTable:
    """A source without a table of its own, and the columns that it has in the table of another source."""

    source: str
    place: str
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a place contains: ``absent`` are sources without a table, with the marts that need them.

    ``orphans`` are sentences on keys that the other table does not have. ``id_type`` is that of the keys, "" where
    there are none. ``file_settings`` say how files are written: for all tables under "", and for single ones.
    """

    place: str
    tables: tuple[TableProfile, ...]
    proposals: tuple[Proposal, ...]
    absent: Mapping[str, tuple[str, ...]]
    shared: tuple[SharedTable, ...] = ()
    orphans: tuple[str, ...] = ()
    optional_sources: tuple[str, ...] = ()
    id_type: str = ""
    file_settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
