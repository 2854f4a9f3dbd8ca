"""Find the two sides of a comparison, and bring them into one database where they are in different ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING

from marketing_ibis.cli.days import DAY_FORMAT, FIRST_DAY, LAST_DAY, RELATIVE_DAYS
from marketing_ibis.cli.destination import Destination, find_destination
from marketing_ibis.cli.options import TargetOptions
from marketing_ibis.cli.session import Session
from marketing_ibis.engines import DEFAULT, ENGINES
from marketing_ibis.engines.base import Attachment, attachments_of
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import existing_kinds
from marketing_ibis.errors import RunFailed, SourceError, UsageError

if TYPE_CHECKING:
    from marketing_ibis.diff.sides import Side
    from marketing_ibis.engines.duckdb.scratch import DuckDBTarget
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model import Source

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FILE_ENDINGS = (Path(DEFAULT.database_file).suffix, ".ddb", ".db")


@dataclass(frozen=True, slots=True)
class Location:
    """One side of a comparison: a schema of a database, or the ``day`` of a build from its sources."""

    label: str
    destination: Destination
    schema: str
    day: date | None = None

    def shares_database(self, other: Location) -> bool:
        """Whether both are published in the same database, so that one statement can read them."""
        if self.day or other.day or self.destination.engine is not other.destination.engine:
            return False
        if self.destination.engine.is_local_file:
            return self.destination.database.resolve() == other.destination.database.resolve()
        return self.destination.settings == other.destination.settings


def find_location(text: str, session: Session, options: TargetOptions) -> Location:
    """Return what a user means by a day, ``FILE[:SCHEMA]``, ``TARGET[:SCHEMA]``, ``SCHEMA`` or ``:SCHEMA``.

    Raises:
        UsageError: the text has another form, or there is no such file or target.
    """
    if day := _day(text, session):
        return Location(text, session.destination, "", day)
    place, _, schema = text.partition(":") if text.startswith(":") else _split(text)
    if not place:
        if not schema:
            raise UsageError("A side of the comparison is empty.", hint="Write a schema, file, target or date.")
        return Location(text, session.destination, schema)
    if _is_file(place):
        if not Path(place).is_file():
            raise UsageError(
                f"There is no database file {place}.", hint="Check the path, or write :SCHEMA for a schema."
            )
        is_file = session.destination.engine is DEFAULT
        # What the target attaches, views of another file of the project may read, too.
        base = session.destination if is_file else Destination(DEFAULT, Path(), project=session.project)
        destination = replace(base, database=Path(place))
        return Location(text, destination, schema or session.project.model_schema)
    profile = session.destination.profile
    if place in ENGINES or (profile and place in profile.outputs):
        other = replace(options, target=place, database=options.database if place == DEFAULT.name else None)
        destination = find_destination(session.project, other)
        return Location(text, destination, schema or destination.configure(session.project).model_schema)
    if schema:
        target_names = ", ".join((*ENGINES, *(profile.outputs if profile else ())))
        raise UsageError(
            f"{place} in {text} is neither a database file nor a target.",
            hint=f"Files end in {', '.join(FILE_ENDINGS)}. Targets: {target_names}.",
        )
    return Location(text, session.destination, text)


def _split(text: str) -> tuple[str, str, str]:
    place, separator, schema = text.rpartition(":")
    return (place, separator, schema) if separator else (text, "", "")


def _is_file(place: str) -> bool:
    return "/" in place or place.endswith(FILE_ENDINGS) or Path(place).is_file()


def _day(text: str, session: Session) -> date | None:
    if text in RELATIVE_DAYS:
        return session.project.today() - timedelta(RELATIVE_DAYS[text])
    if not DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text} is not a date.", hint=f"Write {DAY_FORMAT}; a schema of that name is :{text}."
        ) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(f"{text} is not between {FIRST_DAY} and {LAST_DAY}.", hint="Choose a date in this range.")
    return day


@contextmanager
def open_sides(
    before: Location, after: Location, session: Session, names: Sequence[str]
) -> Iterator[tuple[Side, Side, Target]]:
    """Open the database of both sides; if there are two, a temporary one with the models ``names`` of each.

    A database in a file, not in memory, can hold tables of any size. One engine then compares both sides, so that
    neither the order of strings nor rounding depends on the engine.

    Raises:
        SourceError: a database does not exist.
        TargetUnavailable: a database cannot be opened.
        RunFailed: a model cannot be built as of a day.
    """
    from marketing_ibis.diff.sides import Side
    from marketing_ibis.engines.duckdb.scratch import open_scratch

    if before.shares_database(after):
        with before.destination.open_to_read() as target:
            yield Side(before.label, before.schema), Side(after.label, after.schema), target
        return
    with (
        TemporaryDirectory(prefix="marketing_ibis_diff_") as folder,
        open_scratch(Path(folder), before.destination.settings, after.destination.settings) as scratch,
    ):
        for location in {before.label: before, after.label: after}.values():
            scratch.create_schema(location.label)
            if location.day:
                _build(location, location.day, session, names, scratch)
            else:
                tables = {Relation(location.schema, name): Relation(location.label, name) for name in names}
                _bring(location, tables, scratch)
        yield Side(before.label, before.label), Side(after.label, after.label), scratch


def _bring(
    location: Location,
    tables: Mapping[Relation, Relation],
    scratch: DuckDBTarget,
    columns: Mapping[Relation, Collection[str]] = MappingProxyType({}),
) -> Collection[Relation]:
    """Bring ``tables`` into the temporary database under other names, and return those of them that exist.

    Of a server's tables it copies the ``columns`` that are listed, or all of them.
    """
    import ibis

    from marketing_ibis.engines.duckdb.scratch import attach_files, copy_batches, create_view_over

    with location.destination.open_to_read() as target:
        existing = existing_kinds(target, tables)
        if not location.destination.engine.is_local_file:
            for relation in existing:
                types = target.columns(relation)
                names = columns.get(relation, types)
                schema = ibis.schema({column: types[column] for column in names if column in types})
                column_list = ", ".join(map(target.dialect.identifier, schema))
                (select,) = target.dialect.approve((f"SELECT {column_list} FROM {target.dialect.relation(relation)}",))
                copy_batches(scratch, tables[relation], schema, target.batches(select, schema.to_pyarrow()))
            return existing
    file = Attachment(f"{location.label} file", str(location.destination.database))
    attach_files(scratch, (file, *attachments_of(location.destination.settings)))
    for relation in existing:
        create_view_over(scratch, tables[relation], replace(relation, database=relation.database or file.alias))
    return existing


def _build(location: Location, day: date, session: Session, names: Sequence[str], scratch: DuckDBTarget) -> None:
    """Build the models as of a day in the temporary database, from the sources of the session's one.

    Raises:
        SourceError: a source does not exist.
        RunFailed: a model cannot be built.
    """
    from marketing_ibis.build.plan import Schemas
    from marketing_ibis.build.planning import build_plan, published_relations
    from marketing_ibis.build.run import run_plan
    from marketing_ibis.graph import ancestors

    project = session.project
    dataflow = project.compile(day, names)
    selected = {*names, *ancestors(dataflow.graph(), names)} & dataflow.models.keys()
    schemas = Schemas(f"{location.label} sources", location.label, (), project.zones)
    origins = published_relations(dataflow, replace(schemas, sources=project.source_schema))
    # Whatever schema and database its table is in, a source is read under its own name.
    dataflow = replace(dataflow, sources={name: _moved(source) for name, source in dataflow.sources.items()})
    scratch.create_schema(schemas.sources)
    with session.dialect(DEFAULT) as dialect:
        plan = build_plan(dataflow, selected, dialect, schemas)
    columns = {origins[relation.name]: tuple(types) for relation, types in plan.sources.items()}
    tables = {origin: Relation(schemas.sources, name) for name, origin in origins.items() if origin in columns}
    existing = _bring(location, tables, scratch, columns)
    for relation in tables:
        if relation not in existing:
            raise SourceError(
                f"The source table {relation} does not exist in {location.destination}.",
                hint=f"{location.destination.filling}.",
            )
    results = run_plan(plan, scratch, place=str(location.destination), filling=location.destination.filling)
    if not results.published:
        failure = next(iter(results.failures))
        raise RunFailed(f"Model {failure.step.name} cannot be built as of {day}: {failure.message}")


def _moved(source: Source) -> Source:
    declaration = replace(source.declaration, table=source.name, schema="", database="")
    return replace(source, declaration=declaration)
