"""Inspect a folder of files, a file, or the tables of a database, for the sources of a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from marketing_ibis.build.inspection.costs import Costs
from marketing_ibis.build.inspection.files import MAIN, files_in, load_files, profile_files
from marketing_ibis.build.inspection.matching import columns_of
from marketing_ibis.build.inspection.privacy import hide_personal
from marketing_ibis.build.inspection.profiling import count_orphans, profile_table
from marketing_ibis.build.inspection.proposing import propose, shared_tables
from marketing_ibis.build.inspection.records import Inspection, Proposal, TableProfile
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.scratch import open_scratch
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError
from marketing_ibis.model import ID
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.file_format import FileFormat
from marketing_ibis.plurals import plural

Progress = Callable[[str], object]
SYSTEM_SCHEMAS = ("information_schema", "pg_catalog", "pg_internal", "pg_toast")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a project needs: its dataflow as if nothing were mapped, and the sources that are optional in it.

    ``costs`` are the marts that need each column.
    """

    dataflow: Dataflow
    costs: Costs
    optional_sources: tuple[str, ...] = ()


def inspect_files(
    place: Path, form: FileFormat, options: Mapping[str, object], expected: Expectation, progress: Progress
) -> Inspection:
    """Look at every row of the files of a folder, or of one file. ``options`` are the fields of ``form`` that are set.

    Raises:
        UsageError: there is no file that can be read.
        SourceError: a file cannot be read.
    """
    with TemporaryDirectory() as folder, open_scratch(Path(folder)) as target:
        tables: list[TableProfile] = []
        for table_name, paths in files_in(place).items():
            progress(f"Reading {', '.join(map(str, paths))}.")
            tables.append(profile_files(target, load_files(target, table_name, paths, form)))
        settings = {"": options, **{table.name: _format_settings(table) for table in tables}}
        settings = {name: values for name, values in settings.items() if values}
        return _inspection(str(place), tables, expected, target, MAIN, settings, is_file=True)


def inspect_schema(
    target: Target, schemas: Sequence[str], expected: Expectation, progress: Progress, database: str = ""
) -> Inspection:
    """Look at every row of the tables and views of ``schemas``, in ``database`` if they are in another one.

    Raises:
        SourceError: there are none.
    """
    tables = []
    for schema in schemas:
        for name in sorted(target.relations(schema, database)):
            relation = Relation(schema, name, database)
            progress(f"Reading {relation}.")
            profile = profile_table(target, relation, str(relation), schema)
            tables.append(replace(profile, database=database))
    places = ", ".join(f"{database}.{schema}" if database else schema for schema in schemas)
    if not tables:
        raise SourceError(
            f"There are no tables in {places or 'the database'}.",
            hint="Name a schema, a folder of files or a file: sources inspect PLACE.",
        )
    return _inspection(places, tables, expected, target, "", {}, is_file=False)


def schemas_of(target: Target) -> tuple[str, ...]:
    """Return the schemas of the target's database that have tables, without the engine's own."""
    is_here = "table_catalog = current_database()"
    rows = target.query(f"SELECT DISTINCT table_schema FROM information_schema.tables WHERE {is_here} ORDER BY 1")
    return tuple(str(schema) for (schema,) in rows if schema not in SYSTEM_SCHEMAS)


def _inspection(
    place: str,
    tables: Sequence[TableProfile],
    expected: Expectation,
    target: Target,
    schema: str,
    file_settings: Mapping[str, Mapping[str, object]],
    *,
    is_file: bool,
) -> Inspection:
    dataflow = expected.dataflow
    tables = [hide_personal(table, ()) for table in tables]
    proposals = [_hide(proposal, dataflow) for proposal in propose(dataflow, tables, expected.costs, is_file=is_file)]
    sources = {proposal.source for proposal in proposals}
    absent = {
        name: expected.costs.of_source(name)
        for name in dataflow.sources
        if name not in sources and name not in expected.optional_sources
    }
    # Where nothing fits, adapters or a mapping by hand will read the tables, so how all files are written matters.
    used_tables = {proposal.table.name for proposal in proposals} or {table.name for table in tables}
    return Inspection(
        place,
        tuple(next((p.table for p in proposals if p.table.place == table.place), table) for table in tables),
        tuple(proposals),
        absent,
        shared_tables(dataflow, proposals, absent),
        tuple(_orphans(dataflow, proposals, target, schema)),
        tuple(sorted(sources & {*expected.optional_sources})),
        _id_type(dataflow, proposals),
        {name: values for name, values in file_settings.items() if not name or name in used_tables},
    )


def _hide(proposal: Proposal, dataflow: Dataflow) -> Proposal:
    """Return a proposal without the values of the columns that its source declares as personal."""
    personal = {column.name for column in columns_of(dataflow.sources[proposal.source]) if column.pii}
    origins = {match.origin for match in proposal.matches if match.column in personal}
    return replace(proposal, table=hide_personal(proposal.table, origins))


def _format_settings(table: TableProfile) -> dict[str, object]:
    """Return how a file writes days and numbers, where every value of its columns is read in one way alone."""
    settings: dict[str, object] = {}
    formats = {column.date_formats[0]: None for column in table.columns if len(column.date_formats) == 1}
    if formats:
        settings["date_format"] = list(formats)
    marks = {column.marks[0] for column in table.columns if len(column.marks) == 1}
    if len({decimal for decimal, _ in marks}) == 1:
        decimal, thousands = max(marks, key=lambda pair: len(pair[1]))
        settings |= {"decimal": decimal} if decimal != "." else {}
        settings |= {"thousands": thousands} if thousands else {}
    return settings


def _id_type(dataflow: Dataflow, proposals: Sequence[Proposal]) -> str:
    """Return the type that all keys can have: whole numbers, or text where one is."""
    kinds = set()
    for proposal in proposals:
        keys = {
            column.name
            for column in dataflow.sources[proposal.source].declaration.contract.columns
            if column.type == ID
        }
        kinds |= {proposal.table.column(match.origin).kind for match in proposal.matches if match.column in keys}
    if not kinds:
        return ""
    return "string" if "text" in kinds else "int64"


def _orphans(dataflow: Dataflow, proposals: Sequence[Proposal], target: Target, schema: str) -> list[str]:
    """Return what is wrong with keys that refer to the table of another source."""
    by_source = {proposal.source: proposal for proposal in proposals}
    sentences = []
    for proposal in proposals:
        for child, parent, parent_column in _references(dataflow, proposal.source):
            if parent not in by_source:
                continue
            ends = (_end(proposal, child, schema), _end(by_source[parent], parent_column, schema))
            if ends[0] is None or ends[1] is None or not _same_kind(proposal, child, by_source[parent], parent_column):
                continue
            orphans = count_orphans(target, ends[0], ends[1])
            if orphans:
                sentences.append(
                    f"{proposal.table.place}.{ends[0][1]}: {plural('row', orphans)} of {proposal.table.rows:,} have no"
                    f" match in {by_source[parent].table.place}.{ends[1][1]}."
                )
    return sentences


def _references(dataflow: Dataflow, source: str) -> list[tuple[str, str, str]]:
    """Return the columns of a source that refer to another source, with its name and column."""
    return [
        (column.name, data_test.depends_on[0], data_test.parent_columns[0] if data_test.parent_columns else "id")
        for column in dataflow.sources[source].declaration.contract.columns
        for data_test in column.tests
        if data_test.test == "relationships" and data_test.depends_on
    ]


def _end(proposal: Proposal, column: str, schema: str) -> tuple[Relation, str] | None:
    table = Relation(proposal.table.schema or schema, proposal.table.name, proposal.table.database)
    return next(((table, match.origin) for match in proposal.matches if match.column == column), None)


def _same_kind(child: Proposal, column: str, parent: Proposal, parent_column: str) -> bool:
    kinds = {
        proposal.table.column(match.origin).kind
        for proposal, name in ((child, column), (parent, parent_column))
        for match in proposal.matches
        if match.column == name
    }
    return len(kinds) == 1
