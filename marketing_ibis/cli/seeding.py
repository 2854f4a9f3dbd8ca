"""Fill the source tables and tell what was filled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.loading import Options, day_of
from marketing_ibis.cli.log import current_log, plural
from marketing_ibis.project import Project

if TYPE_CHECKING:
    from marketing_ibis.targets import Target


def seed_from_demo(project: Project, target: Target, options: Options) -> dict[str, int]:
    """Generate the source tables; return their rows."""
    from marketing_ibis.seeds import seed_expressions

    tables = project.demo_tables(
        orders=options["orders"], random_seed=options["random_seed"], as_of=day_of(project, options)
    )
    return _tell_seeded(project, seed_expressions(target, tables, project.source_schema))


def seed_from_files(project: Project, destination: Destination, directory: Path, *, link: bool) -> dict[str, int]:
    """Load the source tables from the files of a folder; return their rows. Where a file is missing, make no database.

    Raises:
        UsageError: there is no such folder.
        SourceError: a file is missing or malformed.
    """
    from marketing_ibis.seeds import find_files, seed_files

    sources = project.compile(project.today()).sources.values()
    contracts = {source.declaration.table: source.schema for source in sources}
    find_files(directory, contracts)
    schema, zone = project.source_schema, project.time_zone
    with destination.open() as target:
        counts = seed_files(target, directory, contracts, schema, link=link, time_zone=zone)
    return _tell_seeded(project, counts)


def _tell_seeded(project: Project, counts: dict[str, int]) -> dict[str, int]:
    log = current_log()
    for table, rows in counts.items():
        relation = f"{project.source_schema}.{table}"
        log.tell("source_seeded", f"Seeded {relation}: {plural('row', rows)}.", relation=relation, rows=rows)
    return counts
