"""SQLite: one file with one schema, main."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.existing_objects import Occupant, by_name
from marketing_ibis.engines.insert_rows import insert_statements
from marketing_ibis.engines.plain_rows import PlainRows
from marketing_ibis.engines.target import Contents, Erasure, ReadOptions, RelationKind, T, batches_of
from marketing_ibis.errors import RunFailed, TargetUnavailable, UsageError
from tests.engines.sqlite.dialect import sqlite_dialect

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import ibis
    import pyarrow as pa

MAIN = "main"


class SQLiteTarget:
    """A connection to an SQLite file, in autocommit."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self.path = path
        self.dialect = dialect
        try:
            self.connection = sqlite3.connect(path, isolation_level=None)
        except sqlite3.Error as error:
            raise TargetUnavailable(f"Cannot open {path}: {error}.", hint="Switch to another file.") from error

    @property
    def release(self) -> str:
        """Return nothing: versions are counts."""
        return ""

    def execute(self, sql: str) -> int | None:
        """Run one statement and return the rows it wrote, where SQLite reports them."""
        written = self._run(sql).rowcount
        return written if written >= 0 else None

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return every row of a SELECT."""
        return self._run(sql).fetchall()

    def batches(self, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a SELECT, some at a time."""
        yield from batches_of(iter(self._run(sql)), schema)

    def whole_tables(self) -> AbstractContextManager[None]:
        """Do nothing: SQLite's planner has no such choice."""
        return nullcontext()

    def _run(self, sql: str) -> sqlite3.Cursor:
        try:
            return self.connection.execute(sql)
        except sqlite3.Error as error:
            raise RunFailed(str(error)) from error

    def relations(self, schema: str, database: str = "") -> Mapping[str, RelationKind]:
        """Return the tables and views of ``schema``."""
        if schema != MAIN:
            return {}
        rows = self.query("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')")
        return {str(name): "view" if kind == "view" else "table" for name, kind in rows}

    def columns(self, relation: Relation) -> Mapping[str, str]:
        """Return a relation's columns with Ibis' names of their types, in order."""
        rows = self.query(f"SELECT name, type FROM pragma_table_info({self.dialect.literal(relation.name)})")
        return {str(name): self.dialect.type_name(str(kind)) for name, kind in rows}

    def occupants(self, schema: str, names: Collection[str]) -> Mapping[str, Occupant]:
        """Return what exists under each name, in upper or lower case."""
        found = [Occupant(Relation(schema, name), kind) for name, kind in self.relations(schema).items()]
        return by_name(found, names, ignore_case=True)

    def versions(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, object]:
        """Return how often others have written the file: any table may have changed then."""
        ((version,),) = self.query("PRAGMA data_version")
        return {r: version for r in relations if r.name in self.relations(r.schema)}

    def contents(self, relations: Mapping[Relation, Sequence[str]]) -> Mapping[Relation, Contents]:
        """Return the rows of each relation, and a digest of them in order, which Python computes."""
        contents = {}
        for relation, columns in relations.items():
            if relation.name in self.relations(relation.schema):
                names = ", ".join(map(self.dialect.identifier, columns))
                rows = sorted(map(repr, self.query(f"SELECT {names} FROM {self.dialect.relation(relation)}")))
                contents[relation] = Contents(len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
        return contents

    def dependent_views(self, schema: str) -> Mapping[str, tuple[Relation, ...]]:
        """Return nothing: views read by name."""
        return {}

    def create_schema(self, schema: str) -> None:
        """Refuse every schema but main."""
        if schema != MAIN:
            raise RunFailed(f"SQLite has no schema {schema}.", hint=f'Set model_schema = "{MAIN}".')

    def load_files(
        self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions, relation: Relation
    ) -> NoReturn:
        """Refuse: other programs load the sources."""
        raise UsageError(f"SQLite cannot read {paths[0]}.", hint="Load it with sqlite3.")

    def append_rows(self, relation: Relation, rows: pa.Table | PlainRows) -> None:
        """Add rows to a table."""
        for statement in insert_statements(self.dialect, relation, rows):
            self.execute(statement)

    def view_of_files(self, paths: Sequence[Path], schema: ibis.Schema, options: ReadOptions) -> NoReturn:
        """Refuse, too."""
        self.load_files(paths, schema, options, Relation("", ""))

    def exclusive(self, *written: str, read: Sequence[str] = ()) -> AbstractContextManager[None]:
        """Take no lock: a file for tests has one user."""
        return nullcontext()

    @contextmanager
    def transaction(self, replaced: Sequence[Relation] = ()) -> Iterator[None]:
        """Commit the statements executed inside, or none of them on an exception."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def attempt(self, name: str, work: Callable[[], T]) -> T:
        """Do ``work`` once: no failure in this process is temporary."""
        return work()

    def erase_deleted(self, erasure: Erasure) -> str:
        """Rewrite the file without deleted rows."""
        self.execute("VACUUM")
        self.execute(f"DROP TABLE IF EXISTS {self.dialect.relation(erasure.note)}")
        return ""

    @contextmanager
    def session(self) -> Iterator[Self]:
        """Lend a second connection."""
        with type(self)(self.path, self.dialect) as other:
            yield other

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_sqlite(path: Path) -> SQLiteTarget:
    """Open or create the file at ``path``."""
    return SQLiteTarget(path, sqlite_dialect())
