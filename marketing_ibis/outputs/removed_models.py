"""Remove the SQL that earlier commands wrote of models that the project no longer has."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.artifacts.sql import COMPILED, RUN, first_line
from marketing_ibis.outputs.test_sql import FOLDER, node_of

SQL = ".sql"


def remove_sql_of_removed(folder: Path, nodes: Collection[str]) -> tuple[Path, ...]:
    """Remove the files of models that are not among ``nodes`` from the folder of a target; return their paths.

    A file is only removed if it begins as the one that this package writes under its name: any other is the user's.

    Raises:
        UsageError: a file cannot be read or removed.
    """
    files = [file for part in (COMPILED, RUN) for file in _files(folder / part)]
    outdated = [file for file in files if file.stem not in nodes and _head(file) == first_line(file.stem)]
    removed_nodes = {file.stem for file in outdated}
    if outdated:
        outdated += [file for file in _files(folder / FOLDER) if node_of(file.stem, _head(file)) in removed_nodes]
    for file in outdated:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"Cannot remove {file}: {error.strerror}.", hint="Remove it, and run again.") from error
    return tuple(outdated)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of SQL in a folder; a link is the user's, and so is what is behind one."""
    if folder.is_dir() and not folder.is_symlink():
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        yield from (folder / name for name in sorted(names) if name.endswith(SQL))


def _head(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.readline().rstrip("\n")
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror}.", hint="Allow it, or remove it.") from error
