"""Fill the source tables: build candidates, then put all of them in place in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from marketing_ibis.build.publish import changes_columns, execute_all, is_published
from marketing_ibis.build.seed_marks import Permit, SchemaState, content_digest, mark, refuse, refuse_kinds
from marketing_ibis.build.source_files import find_files
from marketing_ibis.build.statements import build_candidate, drop, publish, refill
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.files.bad_cells import BadCells
from marketing_ibis.engines.duckdb.files.missing_columns import MissingColumns
from marketing_ibis.engines.duckdb.files.survey import Survey, check_columns, check_files, survey
from marketing_ibis.engines.existing_objects import Occupant
from marketing_ibis.engines.target import ReadOptions, Target
from marketing_ibis.errors import MarketingIbisError, SourceError, UsageError
from marketing_ibis.model.vocabulary import Materialized

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

E = TypeVar("E", MissingColumns, BadCells)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where sources are seeded: their schema, and that of the models, which no build may write in the meantime.

    ``permit`` is asked about tables that seeding did not make, and raises UsageError where they must stay.
    """

    schema: str
    models: str
    permit: Permit


def seed_expressions(
    target: Target, tables: Mapping[str, ir.Table], schema: str, *, models: str = "", permit: Permit = refuse
) -> dict[str, int]:
    """Replace the tables of ``schema`` by what the expressions give; return their rows.

    Raises:
        RunFailed: the engine refused; the existing tables are unchanged.
        UsageError: there is a table that seeding did not make, and ``permit`` does not let it be replaced.
    """
    place = _Place(schema, models, permit)
    dialect = target.dialect
    selects = {name: dialect.select(table) for name, table in tables.items()}
    columns = {name: tuple(table.columns) for name, table in tables.items()}
    return _replace(target, place, "table", partial(_build, target, "table", selects), selects, columns)


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
    files, place = _paths(directory, contracts), _Place(schema, models, permit)
    reading = {name: options.get(name, ReadOptions()) for name in files}

    def load(relation: Relation) -> int:
        name = relation.name
        return target.load_files(files[name], contracts[name], reading[name], relation.candidate)

    try:
        if link:
            views = {name: target.view_of_files(paths, contracts[name], reading[name]) for name, paths in files.items()}
            return _replace(target, place, "view", partial(_build, target, "view", views), views, contracts)
        return _replace(target, place, "table", load, dict.fromkeys(files, ""), contracts)
    except MissingColumns as error:
        raise _missing_columns(files, contracts, reading) or error from error
    except BadCells as error:
        raise _bad_cells(files, contracts, reading) or error from error


def survey_files(
    directory: Path, contracts: Mapping[str, ibis.Schema], options: Mapping[str, ReadOptions]
) -> dict[str, Survey]:
    """Return, for each table, what its files have besides the rows that are loaded.

    Raises:
        SourceError: a file is missing or cannot be read.
    """
    files = _paths(directory, contracts)
    return {name: survey(paths, contracts[name], options.get(name, ReadOptions())) for name, paths in files.items()}


def _paths(directory: Path, tables: Iterable[str]) -> dict[str, tuple[Path, ...]]:
    return {name: files.paths for name, files in find_files(directory, tables).items()}


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


def _replace(
    target: Target,
    place: _Place,
    kind: Materialized,
    build: Callable[[Relation], int],
    selects: Mapping[str, str],
    columns: Mapping[str, Collection[str]],
) -> dict[str, int]:
    """Have ``build`` make each candidate, put all of them in place in one transaction and return their rows."""
    schema = place.schema
    relations = {name: Relation(schema, name) for name in selects}
    # A project without models of its own keeps the others out of its sources alone.
    with target.exclusive(*filter(None, (schema, place.models))):
        state = SchemaState.of(target, schema, columns)
        refuse_kinds(state.occupants.values())
        if state.foreign:
            place.permit(state.foreign)
        target.create_schema(schema)
        _drop_candidates(target, relations)
        try:
            rows = {name: build(relation) for name, relation in relations.items()}
            candidates = _candidates(target, schema, kind, relations, rows)
            statements = [
                statement
                for name, relation in relations.items()
                for statement in _publish(target, relation, kind, selects[name], state.existing_kind(name))
            ]
            target.attempt("publish", lambda: _publish_together(target, state, statements, kind, candidates))
        except BaseException:
            # Ctrl-C included. Without a connection, the next seed drops them; the failure itself is what matters.
            with suppress(MarketingIbisError):
                _drop_candidates(target, relations)
            raise
    return rows


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate with its rows and, of a table, their digest: no lock is held yet while it is computed."""

    occupant: Occupant
    rows: int
    content: str

    def content_in(self, target: Target, published: Occupant) -> str:
        """Return the digest of the rows once they are published, under another name or in an existing table."""
        is_renamed = published.identity == self.occupant.identity
        return self.content if is_renamed or not self.content else content_digest(target, published)


def _candidates(
    target: Target, schema: str, kind: Materialized, relations: Mapping[str, Relation], rows: Mapping[str, int]
) -> dict[str, _Candidate]:
    occupants = target.occupants(schema, [relation.candidate.name for relation in relations.values()])
    occupants_by_name = {name: occupants[relation.candidate.name] for name, relation in relations.items()}
    return {
        name: _Candidate(occupant, rows[name], content_digest(target, occupant) if kind == "table" else "")
        for name, occupant in occupants_by_name.items()
    }


def _publish_together(
    target: Target,
    state: SchemaState,
    statements: Iterable[str],
    kind: Materialized,
    candidates: Mapping[str, _Candidate],
) -> None:
    names = [Relation(state.schema, name) for name in candidates]
    if is_published(names, target.relations(state.schema)):
        # The answer to COMMIT was lost, and the attempt before has published.
        return
    with target.transaction(state.tables):
        if SchemaState.of(target, state.schema, state.columns) != state:
            raise SourceError(
                f"Another program changed the tables of schema {state.schema} in the meantime. Nothing was loaded.",
                hint="Run again to see what would be replaced now.",
            )
        execute_all(target, statements)
        for name, occupant in target.occupants(state.schema, list(candidates)).items():
            candidate, content = candidates[name], candidates[name].content_in(target, occupant)
            target.execute(mark(target, occupant, kind, candidate.rows, content, candidate.occupant.attachments))
            execute_all(target, _rights(state.occupants.get(name), occupant))


def _rights(previous: Occupant | None, current: Occupant) -> Iterator[str]:
    """Yield the statements that give others the same rights on what takes the place of ``previous``."""
    if previous is None:
        return
    columns = {name for name, _ in current.columns}
    yield from (grant.revocation for grant in current.grants if grant not in previous.grants)
    yield from (grant.statement for grant in previous.grants if not grant.column or grant.column in columns)


def _publish(
    target: Target, relation: Relation, kind: Materialized, select: str, existing_kind: Materialized | None
) -> tuple[str, ...]:
    dependents = target.dependent_views(relation.schema).get(relation.name)
    if not dependents:
        return publish(target.dialect, relation, kind, select, existing_kind=existing_kind)
    if changes_columns(target, relation):
        raise SourceError(
            f"The columns of {relation} would change, and the view {dependents[0]} depends on it.",
            hint=f"Drop the view {dependents[0]} first; a run recreates the views of the models. Nothing was loaded.",
        )
    return refill(target.dialect, relation, kind, select)


def _build(target: Target, kind: Materialized, selects: Mapping[str, str], relation: Relation) -> int:
    row_count = execute_all(target, build_candidate(target.dialect, relation, kind, selects[relation.name]))
    if kind == "table" and row_count is not None:
        return row_count
    ((rows,),) = target.query(f"SELECT count(*) FROM {target.dialect.relation(relation.candidate)}")
    return int(str(rows))


def _drop_candidates(target: Target, relations: Mapping[str, Relation]) -> None:
    for relation in relations.values():
        existing_kind = target.relations(relation.schema).get(relation.candidate.name)
        if existing_kind:
            execute_all(target, drop(target.dialect, relation.candidate, existing_kind))
