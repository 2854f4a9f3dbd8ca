"""Fill the source tables and report the result."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.demo_options import DemoOptions
from marketing_ibis.cli.file_options import FileOptions
from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.session import Session
from marketing_ibis.errors import UsageError
from marketing_ibis.model.time_zones import TimeZones
from marketing_ibis.plurals import plural
from marketing_ibis.project.demo_data import demo_tables
from marketing_ibis.project.file_formats import check_tables, file_format_of
from marketing_ibis.project.settings import ProjectSettings

if TYPE_CHECKING:
    import ibis

    from marketing_ibis.build.seed_marks import ForeignObject
    from marketing_ibis.build.source_files import TableFiles
    from marketing_ibis.engines.duckdb.files.survey import Survey
    from marketing_ibis.engines.target import ReadOptions, Target
    from marketing_ibis.model import Column, Source

EXACT_AMOUNT, ANY_AMOUNT = "decimal(18, 2)", "decimal(38, 9)"
"""What an amount of a file is read as where its source is mapped."""
MOST_FILES = 8
"""Files that a message shows."""


def seed_from_demo(session: Session, target: Target, options: DemoOptions, *, replace: bool = False) -> dict[str, int]:
    """Generate the source tables; return their rows.

    Raises:
        UsageError: a table that seeding did not make is in the way, and is not to be replaced, or a table that is to
            be left empty is not of an optional source.
    """
    from marketing_ibis.build.seed import seed_expressions
    from marketing_ibis.build.seed_marks import refuse

    project = session.project
    tables = demo_tables(
        project,
        orders=options.orders,
        random_seed=options.random_seed,
        as_of=session.as_of,
        churn=options.churn,
        without=options.without,
    )
    permit = confirm if replace else refuse
    counts = seed_expressions(target, tables, project.source_schema, models=project.model_schema, permit=permit)
    return _report_seeded(session, counts)


@dataclass(frozen=True, slots=True)
class Load:
    """How the files of a folder are loaded: how they are written, and what becomes of the existing tables."""

    files: FileOptions = field(default_factory=FileOptions)
    link: bool = False
    append: bool = False
    replace: bool = False


def seed_from_files(session: Session, directory: Path, load: Load) -> dict[str, int]:
    """Load the source tables from the files of a folder; return their rows. Where a file is missing, make no database.

    Raises:
        UsageError: there is no such folder, or a table that seeding did not make is in the way.
        SourceError: a file is missing or malformed.
    """
    from marketing_ibis.build.seed import append_files, seed_files, survey_files
    from marketing_ibis.build.seed_marks import refuse
    from marketing_ibis.build.source_files import find_files

    project = session.project
    declared_sources = session.dataflow.sources.values()
    # A source in a schema of its own is another program's.
    sources = {source.declaration.table: source for source in declared_sources if not source.declaration.schema}
    contracts = {table: _file_schema(source) for table, source in sources.items()}
    unused_tables = [node.table for node in project.unused_sources().values()]
    check_tables(project.files, [*contracts, *unused_tables])
    options = {table: _read_options(project, source, load.files) for table, source in sources.items()}
    files = find_files(directory, contracts, is_append=load.append)
    schema, models = project.source_schema, project.model_schema
    permit = confirm if load.replace else refuse
    with session.destination.open() as target:
        if load.append:
            keys = {table: _table_keys(session, source) for table, source in sources.items()}
            counts = append_files(target, directory, contracts, schema, keys, options=options, models=models)
        else:
            counts = seed_files(
                target, directory, contracts, schema, link=load.link, options=options, models=models, permit=permit
            )
    _report_seeded(session, counts, is_append=load.append)
    _report_files(session.log, files, sources)
    surveys = survey_files(directory, contracts, options, is_append=load.append)
    for table, survey in surveys.items():
        _report_survey(session.log, project, sources[table], survey)
    _report_unused_sources(session.log, project, directory, sources)
    return counts


def _file_schema(source: Source) -> ibis.Schema:
    """Return the columns of a source's table with the types that files are read as."""
    import ibis

    # A mapping leaves open how many digits an amount has: it is refused, or rounded, where it is not whole cents.
    exact = {amount.column for amount in source.declaration.amounts}
    types = {
        name: ibis.dtype(EXACT_AMOUNT if name in exact else ANY_AMOUNT)
        if dtype.is_decimal() and dtype.precision is None
        else dtype
        for name, dtype in source.schema.items()
    }
    return ibis.schema(types)


def _table_keys(session: Session, source: Source) -> tuple[str, ...]:
    """Return the columns that identify a row of a source's table: of a mapped one those that are mapped to them."""
    dataflow, settings = session.dataflow, session.project.sources
    for name in () if source.declaration.grain else dataflow.graph():
        if name in settings and name in dataflow.models and dataflow.models[name].parents == (source.name,):
            columns = settings[name].columns
            grain = dataflow.models[name].declaration.grain
            return tuple(columns[key].column if key in columns else key for key in grain)
    return source.declaration.grain


def _read_options(project: ProjectSettings, source: Source, options: FileOptions) -> ReadOptions:
    """Return how the files of a source are read."""
    from marketing_ibis.engines.target import ReadOptions
    from marketing_ibis.model import ID

    contract, table = source.declaration.contract, source.declaration.table
    return ReadOptions(
        zones=project.zones,
        keys=frozenset(column.name for column in contract.columns if column.type == ID),
        personal=frozenset(column.name for column in contract.columns if column.pii),
        optional=frozenset(column.name for column in contract.columns if column.optional),
        table=table,
        file_format=file_format_of(project.files, table, options.fields()),
        column_zones=_column_zones(source),
    )


def _column_zones(source: Source) -> dict[str, TimeZones]:
    """Return the zones of timestamps that a mapping converts: they are loaded as clocks in its zone show them."""
    zones = {column.name: column.zone for column in source.declaration.contract.columns if column.zone}
    return {name: TimeZones(zone, zone) for name, zone in zones.items()}


def _report_files(log: Log, files: Mapping[str, TableFiles], sources: Mapping[str, Source]) -> None:
    """Report tables that are read from several files, files that are not read, and tables without a file."""
    for table, table_files in files.items():
        names = [path.name for path in table_files.paths]
        if len(names) > 1:
            log.emit(
                "note", f"{table}: read {plural('file', len(names))}: {_listing(names)}.", table=table, files=names
            )
        if ignored := [path.name for path in table_files.ignored]:
            text = f"{table}: read {names[0]} only, not {_listing(ignored)}. To load several files, name each of them"
            log.emit("note", f"{text} {table}-SOMETHING.", table=table, files=ignored)
    for table in (table for table in sources if table not in files):
        log.emit("note", f"{table}: no file to append; the table is unchanged.", table=table)


def _report_unused_sources(log: Log, project: ProjectSettings, directory: Path, loaded_tables: Collection[str]) -> None:
    """Report the files of optional sources that the settings leave off, and the setting that loads them."""
    from marketing_ibis.build.source_files import existing_files

    unused = {node.table: name for name, node in project.unused_sources().items()}
    for table, paths in existing_files(directory, unused, loaded_tables).items():
        names, setting = [path.name for path in paths], f'optional_sources = ["{unused[table]}"]'
        text = f"{table}: {_listing(names)} not loaded. To use {unused[table]}, set {setting} under"
        log.emit("note", f"{text} [tool.marketing_ibis].", table=table, files=names, setting=setting)


def _listing(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_FILES]) + (f" and {len(names) - MOST_FILES} more" if len(names) > MOST_FILES else "")


def _report_survey(log: Log, project: ProjectSettings, source: Source, survey: Survey) -> None:
    """Report how timestamps without a zone were read, and which columns were not loaded."""
    table, column_zones = source.declaration.table, _column_zones(source)
    for column, count in survey.naive.items():
        zones = column_zones.get(column, project.zones)
        setting = "time_zone of its mapping" if column in column_zones else "time_zone"
        setting = "naive_timestamps" if project.naive_timestamps and column not in column_zones else setting
        text = f"{table}.{column}: read {plural('timestamp', count)} without a time zone as {zones.unzoned} time"
        ending = f" ({setting})." if zones.naive else f" ({setting}); naive_timestamps sets a different zone."
        log.emit("note", f"{text}{ending}", table=table, column=column, timestamps=count, time_zone=zones.unzoned)
    if survey.other_columns:
        names = [name or "(no name)" for name in survey.other_columns]
        text = f"{table}: not loaded, because the source does not declare them: {', '.join(names)}."
        log.emit("note", text, table=table, columns=names)
    for optional in source.declaration.contract.unused:
        _report_optional(log, source, optional, survey.other_columns)


def _report_optional(log: Log, source: Source, column: Column, names: Sequence[str]) -> None:
    """Report columns of a file that could be loaded as the optional ``column``, and the setting that does it."""
    spellings = {_plain(name) for name in (column.name, *column.synonyms)}
    similar = [name for name in names if _plain(name) in spellings]
    if not similar:
        return
    source_columns, rename = column.name, ""
    if column.name not in similar:
        source_columns, rename = " or ".join(similar), f"rename it to {column.name} and "
    table, setting = source.declaration.table, f'optional = ["{column.name}"]'
    text = (
        f"{table}: to load {source_columns}, {rename}set {setting} under [tool.marketing_ibis.sources.{source.name}]."
    )
    log.emit("note", text, table=table, column=column.name, setting=setting)


def _plain(name: str) -> str:
    """Return a name as people compare names: createdAt, "Created at" and created_at are the same."""
    return "".join(filter(str.isalnum, name.lower()))


def confirm(foreign: Sequence[ForeignObject]) -> None:
    """Ask the user at a terminal to type the schema whose tables are to be replaced.

    Raises:
        UsageError: another name was typed.
    """
    if not sys.stdin.isatty():
        return
    schema = foreign[0].occupant.relation.schema
    for table in foreign:
        click.echo(f"seed will replace {table}.", err=True)
    typed = click.prompt(f"Type {schema} to replace the data above", default="", show_default=False, err=True)
    if typed.strip() != schema:
        raise UsageError("Nothing was loaded: the name of the schema was not typed.", hint="The tables are unchanged.")


def _report_seeded(session: Session, counts: dict[str, int], *, is_append: bool = False) -> dict[str, int]:
    for table, rows in counts.items():
        relation = f"{session.project.source_schema}.{table}"
        verb = "Added to" if is_append else "Seeded"
        session.log.emit("source_seeded", f"{verb} {relation}: {plural('row', rows)}.", relation=relation, rows=rows)
    return counts
