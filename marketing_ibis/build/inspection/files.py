"""Bring files into a temporary database, each column with the type that all of its values have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from marketing_ibis.build.inspection.profiling import profile_table
from marketing_ibis.build.inspection.records import TableProfile
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.files.kinds import ENDINGS
from marketing_ibis.engines.duckdb.files.typing import FileColumn, create_typed_table
from marketing_ibis.engines.duckdb.scratch import DuckDBTarget
from marketing_ibis.errors import SourceError, UsageError
from marketing_ibis.model.file_format import FileFormat

MAIN = "main"
"""The schema of the temporary database."""


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file and the table that it becomes; ``columns`` say how the values of each are written."""

    path: Path
    relation: Relation
    columns: Mapping[str, FileColumn]


def files_in(place: Path) -> tuple[Path, ...]:
    """Return the files of a folder that can be read, or the one file that ``place`` is.

    Raises:
        UsageError: there are none.
    """
    paths = [place] if place.is_file() else sorted(path for path in place.iterdir() if path.is_file())
    readable = tuple(path for path in paths if table_name(path))
    if not readable:
        names = ", ".join(path.name for path in paths[:8]) or "nothing"
        raise UsageError(
            f"{place} has no file that can be read: {names}.",
            hint=f"Files end in {', '.join(ending for ending in ENDINGS if not ending.endswith('.gz'))}.",
        )
    return readable


def table_name(path: Path) -> str:
    """Return the name of the table that a file becomes; nothing for a file that cannot be read."""
    return next(
        (path.name.removesuffix(e) for e in sorted(ENDINGS, key=len, reverse=True) if path.name.endswith(e)), ""
    )


def load_file(target: DuckDBTarget, path: Path, form: FileFormat) -> InspectedFile:
    """Read a file into a table of the temporary database.

    Raises:
        SourceError: the file cannot be read.
    """
    relation = Relation(MAIN, table_name(path))
    columns = create_typed_table(target.connection, target.dialect, path, form, relation)
    if not columns:
        raise SourceError(f"{path} has no columns with a name.", hint="Its first line must contain the names.")
    return InspectedFile(path, relation, columns)


def profile_file(target: DuckDBTarget, file: InspectedFile) -> TableProfile:
    """Look at every row of a file."""
    profile = profile_table(target, file.relation, str(file.path), "")
    columns = tuple(
        replace(
            column,
            type=file.columns[column.name].type,
            date_formats=file.columns[column.name].date_formats,
            marks=file.columns[column.name].marks,
        )
        for column in profile.columns
    )
    return replace(profile, columns=columns)
