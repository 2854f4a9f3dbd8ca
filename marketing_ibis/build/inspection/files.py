"""Bring files into a temporary database, each column with the type that all of its values have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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

PART = re.compile(r"(?P<table>.+?)[-_.][0-9][0-9_.-]*")
"""The name of one of several files of a table."""
MAIN = "main"
"""The schema of the temporary database."""


@dataclass(frozen=True, slots=True)
class InspectedFiles:
    """The files of a table, and the table that they become; ``columns`` say how the values of each are written."""

    place: str
    relation: Relation
    columns: Mapping[str, FileColumn]


def files_in(place: Path) -> dict[str, tuple[Path, ...]]:
    """Return the files of each table in a folder, or the one file that ``place`` is.

    Parts with a number, such as orders-2023.csv and orders-2024.csv, are those of one table.

    Raises:
        UsageError: there are none.
    """
    paths = [place] if place.is_file() else sorted(path for path in place.iterdir() if path.is_file())
    by_name = {table_name(path): path for path in paths if table_name(path)}
    if not by_name:
        names = ", ".join(path.name for path in paths[:8]) or "nothing"
        raise UsageError(
            f"{place} has no file that can be read: {names}.",
            hint=f"Files end in {', '.join(ending for ending in ENDINGS if not ending.endswith('.gz'))}.",
        )
    parts: dict[str, list[str]] = {}
    for name in by_name:
        match = PART.fullmatch(name)
        parts.setdefault(match["table"] if match and match["table"] not in by_name else name, []).append(name)
    return {
        table if len(names) > 1 else names[0]: tuple(by_name[name] for name in names) for table, names in parts.items()
    }


def table_name(path: Path) -> str:
    """Return the name of the table that a file becomes; nothing for a file that cannot be read."""
    return next(
        (path.name.removesuffix(e) for e in sorted(ENDINGS, key=len, reverse=True) if path.name.endswith(e)), ""
    )


def load_files(target: DuckDBTarget, table: str, paths: Sequence[Path], form: FileFormat) -> InspectedFiles:
    """Read the files of a table into one of the temporary database.

    Raises:
        SourceError: a file cannot be read, or has other columns than the first.
    """
    relation = Relation(MAIN, table)
    columns = create_typed_table(target.connection, target.dialect, paths, form, relation)
    place = str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
    if not columns:
        raise SourceError(f"{place} has no columns with a name.", hint="Its first line must contain the names.")
    return InspectedFiles(place, relation, columns)


def profile_files(target: DuckDBTarget, files: InspectedFiles) -> TableProfile:
    """Look at every row of the files of a table."""
    profile = profile_table(target, files.relation, files.place, "")
    columns = tuple(
        replace(
            column,
            type=files.columns[column.name].type,
            date_formats=files.columns[column.name].date_formats,
            marks=files.columns[column.name].marks,
        )
        for column in profile.columns
    )
    return replace(profile, columns=columns)
