"""Fill source tables: build candidates, then put all of them in place, or add their rows, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from marketing_ibis.build.publish import changes_columns, execute_all, is_published
from marketing_ibis.build.seed_marks import Permit, SchemaState, content_digest, mark, refuse_kinds
from marketing_ibis.build.statements import drop, publish, refill
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.existing_objects import Occupant
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import MarketingIbisError, SourceError, UsageError
from marketing_ibis.model.vocabulary import Materialized
from marketing_ibis.plurals import plural

MOST_KEYS = 5
"""Keys that a message shows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where sources are seeded: their schema, and that of the models, which no build may write in the meantime.

    ``permit`` is asked about tables that seeding did not make, and raises UsageError where they must stay.
    """

    schema: str
    models: str
    permit: Permit


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of the candidates: ``statements`` put one in place, in a schema whose state ``check`` accepts."""

    kind: Materialized
    check: Callable[[SchemaState], None]
    statements: Callable[[Relation, SchemaState], tuple[str, ...]]
    is_append: bool = False

    def rows_after(self, state: SchemaState, name: str, rows: int) -> int:
        """Return how many rows a table has once the ``rows`` of its candidate are in place."""
        return state.rows[name].count + rows if self.is_append else rows


def replace_tables(
    target: Target,
    place: Place,
    kind: Materialized,
    build: Callable[[Relation], int],
    selects: Mapping[str, str],
    columns: Mapping[str, Collection[str]],
) -> dict[str, int]:
    """Have ``build`` make each candidate, put all of them in place in one transaction and return their rows."""

    def check(state: SchemaState) -> None:
        refuse_kinds(state.occupants.values())
        if state.foreign:
            place.permit(state.foreign)

    def statements(relation: Relation, state: SchemaState) -> tuple[str, ...]:
        return _publish(target, relation, kind, selects[relation.name], state.existing_kind(relation.name))

    return _carry_out(target, place, columns, build, _Change(kind, check, statements))


def append_tables(
    target: Target,
    place: Place,
    build: Callable[[Relation], int],
    columns: Mapping[str, Collection[str]],
    keys: Mapping[str, Sequence[str]],
) -> dict[str, int]:
    """Have ``build`` make each candidate, add the rows of all to their tables in one transaction; return their number.

    ``keys`` are the columns that identify a row of each table.

    Raises:
        UsageError: there is no such table, or seeding did not make it as it is.
        SourceError: a table has other columns or rows with the same keys, or a key is in several new rows.
    """

    def statements(relation: Relation, state: SchemaState) -> tuple[str, ...]:
        if changes_columns(target, relation):
            raise SourceError(
                f"Nothing was loaded: {relation} has other columns than its source declares now.",
                hint="Seed all rows again without --append, so that every row has the same columns.",
            )
        if keys[relation.name]:
            _refuse_known_keys(target, relation, keys[relation.name])
            _refuse_repeated_keys(target, relation, keys[relation.name])
            _refuse_known_rows(target, relation, keys[relation.name])
        table, candidate = map(target.dialect.relation, (relation, relation.candidate))
        addition = f"INSERT INTO {table} SELECT * FROM {candidate}"
        return (addition, *drop(target.dialect, relation.candidate, "table"))

    return _carry_out(target, place, columns, build, _Change("table", _check_appendable, statements, is_append=True))


def _check_appendable(state: SchemaState) -> None:
    for name in state.columns:
        relation = Relation(state.schema, name)
        if name not in state.occupants:
            raise UsageError(
                f"Nothing was loaded: --append adds rows to existing tables, and {relation} does not exist.",
                hint="Load the first rows without --append.",
            )
        if state.occupants[name].kind != "table":
            raise UsageError(
                f"Nothing was loaded: {relation} is a {state.occupants[name].kind}, and --append adds rows to tables.",
                hint="Put the new files next to the old ones, and seed all of them with --link again.",
            )
    if state.foreign:
        raise UsageError(
            f"Nothing was loaded: --append adds to tables as seed left them, not to {state.foreign[0]}.",
            hint="Insert the rows with the program that changed the table, or seed all rows again with --replace.",
        )


def _refuse_known_keys(target: Target, relation: Relation, keys: Sequence[str]) -> None:
    """Refuse a candidate with keys that the table has already.

    Raises:
        SourceError: with the first of them, and how many there are.
    """
    dialect = target.dialect
    table, candidate = map(dialect.relation, (relation, relation.candidate))
    names = [dialect.identifier(key) for key in keys]
    same = " AND ".join(f"old_rows.{name} = new_rows.{name}" for name in names)
    listing = ", ".join(f"new_rows.{name}" for name in names)
    repeated_keys = (
        f"SELECT DISTINCT {listing} FROM {candidate} AS new_rows"
        f" WHERE EXISTS (SELECT 1 FROM {table} AS old_rows WHERE {same})"
    )
    ((count,),) = target.query(f"SELECT count(*) FROM ({repeated_keys}) AS repeated_keys")
    if not count:
        return
    rows = target.query(f"{repeated_keys} ORDER BY {listing} LIMIT {MOST_KEYS}")
    values = [" ".join(map(str, row)) for row in rows]
    more = ", ..." if int(str(count)) > len(values) else ""
    raise SourceError(
        f"Nothing was loaded: {relation} already has {plural('row', int(str(count)))} with a key of the new ones:"
        f" {', '.join(keys)} {', '.join(values)}{more}.",
        hint="Remove these rows from the files; or seed all rows again without --append, if they were changed.",
    )


def _refuse_repeated_keys(target: Target, relation: Relation, keys: Sequence[str]) -> None:
    """Refuse a candidate with several rows of one key, as two files that overlap have them.

    Raises:
        SourceError: with the first of them.
    """
    names = [target.dialect.identifier(key) for key in keys]
    filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
    listing = ", ".join(names)
    rows = target.query(
        f"SELECT {listing} FROM {target.dialect.relation(relation.candidate)} WHERE {filled}"
        f" GROUP BY {listing} HAVING count(*) > 1 ORDER BY {listing} LIMIT {MOST_KEYS}"
    )
    if rows:
        values = ", ".join(" ".join(map(str, row)) for row in rows)
        raise SourceError(
            f"Nothing was loaded: the new files of {relation} have several rows with the same key:"
            f" {', '.join(keys)} {values}.",
            hint="Correct the files so that each key has one row.",
        )


def _refuse_known_rows(target: Target, relation: Relation, keys: Sequence[str]) -> None:
    """Refuse a candidate with rows without a key that the table has already, value by value, or that it has twice.

    Raises:
        SourceError: with their number.
    """
    table, candidate = map(target.dialect.relation, (relation, relation.candidate))
    lacks_key = " OR ".join(f"{target.dialect.identifier(key)} IS NULL" for key in keys)
    new_rows = f"SELECT * FROM {candidate} WHERE {lacks_key}"
    distinct_rows = f"SELECT DISTINCT * FROM {candidate} WHERE {lacks_key}"
    known_rows = f"{new_rows} INTERSECT SELECT * FROM {table} WHERE {lacks_key}"
    ((known_count, row_count, distinct_count),) = target.query(
        f"SELECT (SELECT count(*) FROM ({known_rows}) AS known_rows),"
        f" (SELECT count(*) FROM ({new_rows}) AS new_rows),"
        f" (SELECT count(*) FROM ({distinct_rows}) AS distinct_rows)"
    )
    count = int(str(known_count)) or int(str(row_count)) - int(str(distinct_count))
    if count:
        problem = f"{relation} already has" if known_count else f"the new files of {relation} repeat"
        raise SourceError(
            f"Nothing was loaded: {problem} {plural('row', count)} without a key ({', '.join(keys)}).",
            hint="Remove these rows from the files, or give each of them a key.",
        )


def _carry_out(
    target: Target,
    place: Place,
    columns: Mapping[str, Collection[str]],
    build: Callable[[Relation], int],
    change: _Change,
) -> dict[str, int]:
    """Build the candidates and put them in place; return their rows."""
    schema = place.schema
    relations = {name: Relation(schema, name) for name in columns}
    # A project without models of its own keeps the others out of its sources alone.
    with target.exclusive(*filter(None, (schema, place.models))):
        state = SchemaState.of(target, schema, columns)
        change.check(state)
        target.create_schema(schema)
        _drop_candidates(target, relations)
        try:
            rows = {name: build(relation) for name, relation in relations.items()}
            candidates = _candidates(target, state, change, rows)
            statements = [
                statement for relation in relations.values() for statement in change.statements(relation, state)
            ]
            target.attempt("publish", lambda: _publish_together(target, state, statements, change.kind, candidates))
        except BaseException:
            # Ctrl-C included. Without a connection, the next seed drops them; the failure itself is what matters.
            with suppress(MarketingIbisError):
                _drop_candidates(target, relations)
            raise
    return rows


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate and, of a table, the digest of its rows: no lock is held yet while it is computed.

    ``rows`` is how many its table has afterwards.
    """

    occupant: Occupant
    rows: int
    content: str

    def content_in(self, target: Target, published: Occupant) -> str:
        """Return the digest of the rows once they are published, under another name or in an existing table."""
        is_renamed = published.identity == self.occupant.identity
        return self.content if is_renamed or not self.content else content_digest(target, published)


def _candidates(target: Target, state: SchemaState, change: _Change, rows: Mapping[str, int]) -> dict[str, _Candidate]:
    candidate_names = {name: Relation(state.schema, name).candidate.name for name in rows}
    occupants = target.occupants(state.schema, list(candidate_names.values()))
    candidates = {}
    for name, count in rows.items():
        occupant = occupants[candidate_names[name]]
        content = content_digest(target, occupant) if change.kind == "table" else ""
        candidates[name] = _Candidate(occupant, change.rows_after(state, name, count), content)
    return candidates


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


def _drop_candidates(target: Target, relations: Mapping[str, Relation]) -> None:
    for relation in relations.values():
        existing_kind = target.relations(relation.schema).get(relation.candidate.name)
        if existing_kind:
            execute_all(target, drop(target.dialect, relation.candidate, existing_kind))
