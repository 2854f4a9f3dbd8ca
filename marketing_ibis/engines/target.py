"""What a plan asks of an engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Literal, Protocol, Self, TypeVar

from marketing_ibis.model.file_format import FileFormat
from marketing_ibis.model.time_zones import TimeZones

if TYPE_CHECKING:
    from pathlib import Path

    import ibis
    import pyarrow as pa

    from marketing_ibis.engines.dialect import Dialect, Relation
    from marketing_ibis.engines.existing_objects import Occupant
    from marketing_ibis.engines.plain_rows import PlainRows

T = TypeVar("T")
RelationKind = Literal["table", "view"]
BATCH_ROWS = 50_000
"""Rows that are in memory at a time when many are read."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a file's reader must know besides the types of its columns.

    ``keys`` are columns that identify a row of some table, ``personal`` those whose values no message shows,
    ``optional`` those that only the settings ask for. ``table`` is the name of the table that is filled,
    ``file_format`` how its files are written. ``zones`` are those of timestamps, but for the columns of
    ``column_zones``.
    """

    zones: TimeZones = field(default_factory=TimeZones)
    keys: Collection[str] = frozenset()
    personal: Collection[str] = frozenset()
    optional: Collection[str] = frozenset()
    table: str = ""
    file_format: FileFormat = FileFormat()
    column_zones: Mapping[str, TimeZones] = field(default_factory=dict)

    def zones_of(self, column: str) -> TimeZones:
        """Return the zones by which timestamps of a column are read."""
        return self.column_zones.get(column, self.zones)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a table contains: the number of its rows, and a digest of them that does not depend on their order."""

    rows: int
    digest: str

    def replacing(self, removed: Contents, added: Contents) -> Contents | None:
        """Return the contents without some rows and with others; None where digests are not sums over rows."""
        before, old, new = (each.digest.partition(" ") for each in (self, removed, added))
        sums = [_number(each[0], rows) for each, rows in ((before, self.rows), (old, removed.rows), (new, added.rows))]
        is_known = all(each is not None for each in sums) and before[2] == old[2] == new[2]
        rows = self.rows - removed.rows + added.rows
        if not is_known or rows < 0:
            return None
        start, minus, plus = (each or 0 for each in sums)
        # Of no rows, engines return NULL as their sum.
        total = str(start - minus + plus) if rows else "None"
        return Contents(rows, f"{total}{before[1]}{before[2]}")

    def compares_with(self, other: Contents) -> bool:
        """Return whether both digests are made in the same way: by the same hashes, of the same release."""
        return self.digest.partition(" ")[2] == other.digest.partition(" ")[2]


def _number(digest: str, rows: int) -> int | None:
    return int(digest) if digest.removeprefix("-").isdigit() else (None if rows else 0)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Tables with deleted rows on the disk, which the table ``note`` names until no row is left there.

    ``removal`` are the statements that remove what this command noted or read there. Another command may have deleted
    rows of the same tables since, so an engine with several users removes nothing else.
    """

    relations: Sequence[Relation]
    note: Relation
    removal: Sequence[str]


class Target(Protocol):
    """An open connection to an engine; use it as a context manager."""

    dialect: Dialect

    @property
    def release(self) -> str:
        """Return the release of the engine whose ``versions`` compare with its own alone; nothing where all compare."""

    def execute(self, sql: str) -> int | None:
        """Run one statement and return the number of rows that it wrote, where the engine reports it.

        Raises:
            RunFailed: the engine refused the statement; the message is the engine's.
        """

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return every row of a SELECT."""

    def batches(self, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a SELECT, some at a time, with the columns of ``schema``.

        Raises:
            RunFailed: the engine refused the statement; the message is the engine's.
        """

    def whole_tables(self) -> AbstractContextManager[None]:
        """Have what is executed inside planned for reading tables as a whole, where an engine makes a difference."""

    def relations(self, schema: str, database: str = "") -> Mapping[str, RelationKind]:
        """Return the relations in ``schema``; none when the schema does not exist.

        Raises:
            SourceError: ``database`` cannot be read over this connection.
        """

    def columns(self, relation: Relation) -> Mapping[str, str]:
        """Return a relation's columns with Ibis' names of their types, in order."""

    def occupants(self, schema: str, names: Collection[str]) -> Mapping[str, Occupant]:
        """Return what exists in ``schema`` under each of ``names``, whatever it is, as the engine compares names."""

    def versions(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, object]:
        """Return, for each relation that exists, a value that changes with the rows of the columns given."""

    def contents(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, Contents]:
        """Return, for each relation that exists, the rows and a digest of the columns given, in one pass over it.

        Unlike ``versions`` it compares with that of a different day, and is the same for a table with the same rows
        that was written again.
        """

    def dependent_views(self, schema: str) -> Mapping[str, tuple[Relation, ...]]:
        """Return the views, of any schema, that depend on each relation of ``schema``; none where views read by name.

        Such a relation cannot be dropped before its views.
        """

    def create_schema(self, schema: str) -> None:
        """Create ``schema`` unless it is there."""

    def load_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions, relation: Relation) -> int:
        """Create the table ``relation`` from the rows of files with the same columns and return their number.

        Raises:
            SourceError: a file is empty or unreadable, a column is missing or of a type that cannot be read, or
                naming the file, line, column and value of the first wrong cells.
        """

    def append_rows(self, relation: Relation, rows: pa.Table | PlainRows) -> None:
        """Add ``rows`` to the table ``relation``, which has columns of their names.

        Raises:
            RunFailed: the engine refused a row; the message is the engine's.
        """

    def view_of_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> str:
        """Read every cell of the files and return a SELECT over their rows, for a view.

        Raises:
            SourceError: as ``load_files``.
            UsageError: the engine cannot read files of this machine.
        """

    def exclusive(self, *schemas: str, read: Sequence[str] = ()) -> AbstractContextManager[None]:
        """Keep other commands from writing the schemas ``schemas`` and ``read`` in the meantime.

        Any number of commands can read a schema that none of them writes.

        Raises:
            TargetUnavailable: another command writes one of them, or reads one that is to be written.
        """

    def transaction(self, replaced: Sequence[Relation] = ()) -> AbstractContextManager[None]:
        """Commit what is executed inside, or on an exception none of it.

        ``replaced`` are the tables that it drops or empties: an engine that locks takes them all at once.
        """

    def attempt(self, name: str, work: Callable[[], T]) -> T:
        """Return what ``work`` gives; do it again where the engine failed for a temporary reason.

        ``name`` is what the work is for, as a user knows it. However often it is interrupted and restarted, ``work``
        must have the same effect as one run.
        """

    def erase_deleted(self, erasure: Erasure) -> str:
        """Remove the bytes of deleted rows of those tables that exist from the disk, outside of any transaction.

        Once none is left, the note is removed. Return what remains to be done, as a sentence, "" for nothing.
        Afterwards the connection can only be closed.
        """

    def session(self) -> AbstractContextManager[Self]:
        """Lend a second connection to the same database, for a step that runs in parallel."""

    def close(self) -> None:
        """Close the connection."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


def existing_kinds(target: Target, relations: Iterable[Relation]) -> dict[Relation, RelationKind]:
    """Return those of ``relations`` that exist, with their kinds.

    Raises:
        SourceError: a database cannot be read over this connection.
    """
    ordered = tuple(relations)
    places = dict.fromkeys((relation.schema, relation.database) for relation in ordered)
    kinds = {place: target.relations(*place) for place in places}
    pairs = ((relation, kinds[relation.schema, relation.database].get(relation.name)) for relation in ordered)
    return {relation: kind for relation, kind in pairs if kind is not None}


def batches_of(rows: Iterator[tuple[object, ...]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield ``rows`` some at a time, with the columns and types of ``schema``."""
    import pyarrow as pa

    while chunk := list(islice(rows, BATCH_ROWS)):
        columns = [pa.array(values, field.type) for values, field in zip(zip(*chunk, strict=True), schema, strict=True)]
        yield pa.record_batch(columns, schema=schema)
