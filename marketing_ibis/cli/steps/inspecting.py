"""Find what a place is, and inspect it for the sources of the project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.file_options import FileOptions
from marketing_ibis.cli.options import TargetOptions
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.errors import SourceError, UsageError, nearest
from marketing_ibis.project.file_formats import file_format_of

if TYPE_CHECKING:
    from marketing_ibis.build.inspection.inspecting import Expectation
    from marketing_ibis.build.inspection.proposed_settings import ProposedSettings
    from marketing_ibis.build.inspection.records import Inspection


def inspect_place(
    session: Session, target_options: TargetOptions, place: str, files: FileOptions
) -> tuple[Inspection, Expectation]:
    """Look at the files, the schema or the database that ``place`` names.

    Raises:
        UsageError: there is no such place.
        SourceError: a file cannot be read, or there are no tables.
    """
    from marketing_ibis.build.inspection.files import table_name
    from marketing_ibis.build.inspection.inspecting import inspect_files

    expected, path = _expectation(session), Path(place)
    if place and path.exists():
        if path.is_dir() or table_name(path):
            options = files.fields()
            form = file_format_of(session.project.files, "", options)
            return inspect_files(path, form, options, expected, _progress(session)), expected
        session = open_session(replace(target_options, database=path))
        place = ""
    elif table_name(path) or len(path.parts) > 1:
        raise UsageError(f"The file or folder {place} does not exist.", hint="Correct the path: sources inspect PLACE.")
    return _inspect_database(session, place, expected), expected


def _inspect_database(session: Session, schema: str, expected: Expectation) -> Inspection:
    from marketing_ibis.build.inspection.inspecting import inspect_schema, schemas_of

    with session.destination.open_to_read() as target:
        schemas = [name for name in schemas_of(target) if name != session.project.model_schema]
        database, _, other_schema = schema.rpartition(".")
        if database and schema not in schemas:
            return inspect_schema(target, [other_schema], expected, _progress(session), database)
        if schema and schema not in schemas:
            raise UsageError(
                f"{schema} is not a file, a folder, or a schema with tables in {session.destination}.",
                hint=nearest(schema, schemas) or "Name a folder of files, a file or a schema.",
            )
        chosen = [schema] if schema else schemas
        if not chosen:
            raise SourceError(
                f"{session.destination} has no tables.", hint="Name a folder of files, a file or a schema."
            )
        return inspect_schema(target, chosen, expected, _progress(session))


def _expectation(session: Session) -> Expectation:
    """Return what the project needs as if its settings mapped nothing."""
    from marketing_ibis.build.inspection.costs import Costs
    from marketing_ibis.build.inspection.inspecting import Expectation

    project = session.project
    optional = tuple(name for name, node in project.declared_nodes().items() if node.is_optional and node.table)
    unmapped = replace(project, sources={}, optional_sources=optional)
    dataflow = unmapped.compile(session.as_of)
    return Expectation(dataflow, Costs(dataflow), optional)


def _progress(session: Session) -> Callable[[str], None]:
    return lambda text: session.log.emit("note", text, err=True)


def propose_settings(session: Session, inspection: Inspection, expected: Expectation) -> ProposedSettings:
    """Return the settings that follow from an inspection."""
    from marketing_ibis.build.inspection.proposed_settings import proposed_settings

    return proposed_settings(inspection, expected.dataflow, session.project.source_schema)
