"""Find the files of each source table in a folder: one file, or several parts such as orders-2024.csv."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from marketing_ibis.engines.duckdb.files.kinds import ENDINGS
from marketing_ibis.errors import SourceError, UsageError

SEPARATORS = ("-", "_", ".")
"""What is between the name of a table and that of a part."""
OTHER_SPREADSHEETS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
ZIPPED = ".gz"
MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files of a table; ``ignored`` are those that look like parts next to a file of the table's own name."""

    paths: tuple[Path, ...]
    ignored: tuple[Path, ...] = ()


def find_files(directory: Path, tables: Iterable[str], *, is_append: bool = False) -> dict[str, TableFiles]:
    """Return the files of each table, parts in the order of their names; ``is_append`` skips tables without any.

    Raises:
        UsageError: there is no such folder.
        SourceError: a table has no file, or two that may be the same data.
    """
    names = list(tables)
    _check_folder(directory, names)
    files = {table: _find(directory, table, names) for table in names}
    if is_append and any(table_files.paths for table_files in files.values()):
        return {table: table_files for table, table_files in files.items() if table_files.paths}
    for table, table_files in files.items():
        if not table_files.paths:
            raise _missing(directory, table)
    return files


def existing_files(directory: Path, tables: Iterable[str], loaded: Collection[str]) -> dict[str, tuple[Path, ...]]:
    """Return the files of those ``tables`` that have any, next to the tables that are ``loaded``."""
    names = list(tables)
    files = {table: _find(directory, table, [*loaded, *names]).paths for table in names}
    return {table: paths for table, paths in files.items() if paths}


def _check_folder(directory: Path, tables: Collection[str]) -> None:
    if directory.is_file():
        names = ", ".join(f"{table}.csv" for table in tables)
        raise UsageError(
            f"{directory} is a file: --from takes a folder.",
            hint=f"Write --from {directory.parent}, with one CSV or Parquet file per source table: {names}.",
        )
    if not directory.is_dir():
        raise UsageError(f"The folder {directory} does not exist.", hint="Pass the folder of the files with --from.")


def _find(directory: Path, table: str, tables: Collection[str]) -> TableFiles:
    paths = [directory / f"{table}{ending}" for ending in ENDINGS]
    whole = [path for path in paths if path.is_file()]
    _refuse_both(directory, whole)
    others = [other for other in tables if other != table and len(other) > len(table)]
    stems: dict[str, list[Path]] = {}
    for path in sorted(directory.iterdir()):
        stem = _stem(path.name)
        is_part = _is_part(stem, table) and not any(stem == other or _is_part(stem, other) for other in others)
        if is_part and path.is_file():
            stems.setdefault(stem, []).append(path)
    for same_stem in stems.values():
        _refuse_both(directory, same_stem)
    parts = tuple(path for same_stem in stems.values() for path in same_stem)
    return TableFiles(tuple(whole), parts) if whole else TableFiles(parts)


def _stem(name: str) -> str:
    """Return the name of a file without the ending of files that can be read; nothing where it has none."""
    return next((name.removesuffix(ending) for ending in sorted(ENDINGS, key=len)[::-1] if name.endswith(ending)), "")


def _is_part(stem: str, table: str) -> bool:
    return any(stem.startswith(f"{table}{separator}") for separator in SEPARATORS)


def _refuse_both(directory: Path, paths: list[Path]) -> None:
    if len(paths) > 1:
        raise SourceError(
            f"{directory} contains both {paths[0].name} and {paths[1].name}.", hint="Move one of them away."
        )


def _missing(directory: Path, table: str) -> SourceError:
    names = sorted(path.name for path in directory.iterdir())
    for name in names:
        if name in {f"{table}{ending}" for ending in ENDINGS}:
            return SourceError(
                f"{directory / name} is not a file.", hint="Put a csv, parquet, xlsx or jsonl file in its place."
            )
    examples = names[:MOST_NAMES]
    hint = (
        f"It contains {', '.join(examples)}{', ...' if len(names) > MOST_NAMES else ''}." if names else "It is empty."
    )
    if any(name.lower().endswith(OTHER_SPREADSHEETS) for name in names):
        hint += " Save spreadsheets as xlsx or csv."
    endings = [ending for ending in ENDINGS if not ending.endswith(ZIPPED) or ending == f".csv{ZIPPED}"]
    listing = f"{', '.join(endings[:-1])} or {endings[-1]}"
    return SourceError(f"{directory} contains no {table}{listing}, and no parts such as {table}-1.csv.", hint=hint)
