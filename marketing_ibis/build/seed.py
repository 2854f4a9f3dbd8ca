"""Fill the source tables from expressions or files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.seed_marks import Permit, refuse
from marketing_ibis.build.seed_tables import Place, append_tables, replace_tables
from marketing_ibis.build.source_files import find_files
from marketing_ibis.build.statements import build_candidate
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.files.bad_cells import BadCells
from marketing_ibis.engines.duckdb.files.missing_columns import MissingColumns
from marketing_ibis.engines.duckdb.files.survey import Survey, check_columns, check_files, survey
from marketing_ibis.engines.target import ReadOptions, Target
from marketing_ibis.errors import SourceError
from marketing_ibis.model.vocabulary import Materialized

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

E = TypeVar("E", MissingColumns, BadCells)


def seed_expressions(
    target: Target, tables: Mapping[str, ir.Table], schema: str, *, models: str = "", permit: Permit = refuse
) -> dict[str, int]:
    """Replace the tables of ``schema`` by what the expressions give; return their rows.

    Raises:
        RunFailed: the engine refused; the existing tables are unchanged.
        UsageError: there is a table that seeding did not make, and ``permit`` does not let it be replaced.
    """
    place = Place(schema, models, permit)
    dialect = target.dialect
    selects = {name: dialect.select(table) for name, table in tables.items()}
    columns = {name: tuple(table.columns) for name, table in tables.items()}
    return replace_tables(target, place, "table", partial(_build, target, "table", selects), selects, columns)


def seed_files(
    target: Target,
    directory: Path,
    contracts: Mapping[str, ibis.Schema],
    schema: str,
    *,
    link: bool = False,
    options: Mapping[str, ReadOptions] = MappingProxyType({}),
    models: str = "",
    permit: Permit = refuse,
) -> dict[str, int]:
    """Replace the tables of ``schema`` by the files of ``directory``, or with ``link`` by views over them.

    ``options`` say how the files of a table are read.

    Raises:
        UsageError: there is no such folder, or a table that seeding did not make and that ``permit`` does not let be
            replaced.
        SourceError: a file is missing or malformed; the existing tables are unchanged.
    """
    files, place = _paths(directory, contracts), Place(schema, models, permit)
    reading = {name: options.get(name, ReadOptions()) for name in files}
    with _all_errors(files, contracts, reading):
        if link:
            views = {name: target.view_of_files(paths, contracts[name], reading[name]) for name, paths in files.items()}
            return replace_tables(target, place, "view", partial(_build, target, "view", views), views, contracts)
        load = _loader(target, files, contracts, reading)
        return replace_tables(target, place, "table", load, dict.fromkeys(files, ""), contracts)


def append_files(
    target: Target,
    directory: Path,
    contracts: Mapping[str, ibis.Schema],
    schema: str,
    keys: Mapping[str, Sequence[str]],
    *,
    options: Mapping[str, ReadOptions] = MappingProxyType({}),
    models: str = "",
) -> dict[str, int]:
    """Add the rows of the files of ``directory`` to the tables of ``schema``; those without files stay as they are.

    ``keys`` are the columns that identify a row of each table.

    Raises:
        UsageError: there is no such folder, or no table that seeding left as it is.
        SourceError: a file is malformed, or has keys that its table has already; the tables are unchanged.
    """
    files = _paths(directory, contracts, is_append=True)
    columns = {name: contracts[name] for name in files}
    reading = {name: options.get(name, ReadOptions()) for name in files}
    with _all_errors(files, columns, reading):
        load = _loader(target, files, columns, reading)
        return append_tables(target, Place(schema, models, refuse), load, columns, keys)


def _loader(
    target: Target,
    files: Mapping[str, Sequence[Path]],
    contracts: Mapping[str, ibis.Schema],
    options: Mapping[str, ReadOptions],
) -> Callable[[Relation], int]:
    def load(relation: Relation) -> int:
        name = relation.name
        return target.load_files(files[name], contracts[name], options[name], relation.candidate)

    return load


@contextmanager
def _all_errors(
    files: Mapping[str, Sequence[Path]], contracts: Mapping[str, ibis.Schema], options: Mapping[str, ReadOptions]
) -> Iterator[None]:
    """Report what is wrong with the columns or cells of one file together with the same of all others."""
    try:
        yield
    except MissingColumns as error:
        raise _missing_columns(files, contracts, options) or error from error
    except BadCells as error:
        raise _bad_cells(files, contracts, options) or error from error


def survey_files(
    directory: Path,
    contracts: Mapping[str, ibis.Schema],
    options: Mapping[str, ReadOptions],
    *,
    is_append: bool = False,
) -> dict[str, Survey]:
    """Return, for each table, what its files have besides the rows that are loaded.

    Raises:
        SourceError: a file is missing or cannot be read.
    """
    files = _paths(directory, contracts, is_append=is_append)
    return {name: survey(paths, contracts[name], options.get(name, ReadOptions())) for name, paths in files.items()}


def _paths(directory: Path, tables: Iterable[str], *, is_append: bool = False) -> dict[str, tuple[Path, ...]]:
    return {name: files.paths for name, files in find_files(directory, tables, is_append=is_append).items()}


def _missing_columns(
    files: Mapping[str, Sequence[Path]], contracts: Mapping[str, ibis.Schema], options: Mapping[str, ReadOptions]
) -> MissingColumns | None:
    """Return the columns that all files lack in one error, so that all can be corrected at once."""
    errors = _errors_of_files(files, contracts, options, check_columns, MissingColumns)
    return MissingColumns([column for error in errors for column in error.columns]) if errors else None


def _bad_cells(
    files: Mapping[str, Sequence[Path]], contracts: Mapping[str, ibis.Schema], options: Mapping[str, ReadOptions]
) -> BadCells | None:
    """Return the wrong cells of all files in one error, so that all can be corrected at once."""
    errors = _errors_of_files(files, contracts, options, check_files, BadCells)
    cells = [cell for error in errors for cell in error.cells]
    return BadCells(cells, sum(error.count for error in errors)) if cells else None


def _errors_of_files(
    files: Mapping[str, Sequence[Path]],
    contracts: Mapping[str, ibis.Schema],
    options: Mapping[str, ReadOptions],
    check: Callable[[Sequence[Path], ibis.Schema, ReadOptions], None],
    kind: type[E],
) -> list[E]:
    """Return the errors of one ``kind`` that ``check`` raises, of all files."""
    errors: list[E] = []
    for name, paths in files.items():
        try:
            check(paths, contracts[name], options[name])
        except kind as error:
            errors.append(error)
        except SourceError:
            # What else is wrong with this file is reported when its turn comes.
            continue
    return errors


def _build(target: Target, kind: Materialized, selects: Mapping[str, str], relation: Relation) -> int:
    row_count = execute_all(target, build_candidate(target.dialect, relation, kind, selects[relation.name]))
    if kind == "table" and row_count is not None:
        return row_count
    ((rows,),) = target.query(f"SELECT count(*) FROM {target.dialect.relation(relation.candidate)}")
    return int(str(rows))
