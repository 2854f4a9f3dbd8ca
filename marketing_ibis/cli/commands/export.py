"""Write a published model or an audience to a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.completing import complete_export
from marketing_ibis.cli.options import (
    TargetOptions,
    database_option,
    examples,
    log_options,
    project_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.audiences import AudienceJob, check_options, export_audience
from marketing_ibis.cli.steps.exported_days import ExportedDays, days_of_export
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import SelectionError, UsageError, nearest
from marketing_ibis.plurals import plural
from marketing_ibis.project.settings import load_project

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.model import Model
    from marketing_ibis.outputs.export import Export

S3 = "s3://"
UNLOADING = " or ".join(engine.name for engine in ENGINES.values() if engine.unloads)


@dataclass(frozen=True, slots=True)
class ExportParameters:
    """What ``export`` is called with."""

    target: TargetOptions
    model: str
    place: str
    where: str | None = None
    order_by: str | None = None
    include_pii: bool = False
    since_last: bool = False
    results: bool = False
    iam_role: str | None = None

    @property
    def is_s3(self) -> bool:
        """Whether the file is in S3."""
        return self.place.startswith(S3)


@dataclass(frozen=True, slots=True)
class ExportJob:
    """A published model that is to be written to a file."""

    session: Session
    parameters: ExportParameters


@dataclass(frozen=True, slots=True)
class PlannedExport:
    """How a model is exported."""

    job: ExportJob
    dialect: Dialect
    export: Export


@click.command(
    "export",
    short_help="Write a published model, or an audience's list, to a file.",
    epilog=examples(
        "export customers --to customers.parquet",
        'export orders --to large.csv --where "amount > 100"',
        "export champions --to champions-2024-05-15.csv --since-last",
    ),
)
@click.argument("model", metavar="MODEL|AUDIENCE", shell_complete=complete_export)
@click.option(
    "--to",
    "place",
    required=True,
    metavar="FILE",
    help="A .csv, .parquet, .xlsx, .json (an array) or .jsonl (one row per line) file; on Redshift also"
    " s3://BUCKET/FILE.",
)
@click.option("--where", metavar="CONDITION", help="Only rows that meet this SQL condition on the model's columns.")
@click.option(
    "--order-by",
    metavar="COLUMNS",
    help="Sort by these columns, each with asc or desc.  [default: the key]",
)
@click.option("--include-pii", is_flag=True, help="Also columns that are marked as personal data.")
@click.option(
    "--since-last", is_flag=True, help="Of an audience only what was added, changed or removed since its last export."
)
@click.option("--iam-role", metavar="ARN", help="Role by which Redshift writes to S3.  [default: the cluster's own]")
@click.option("--results", is_flag=True, help="Of an audience the buyers and revenue since, with and without the list.")
@database_option
@log_options
@target_options
@vars_option
@project_options
@takes(ExportParameters)
def command(parameters: ExportParameters) -> None:
    """Write the rows of a published MODEL, or the list of an AUDIENCE, to a file.

    --where writes only those that meet a condition, --order-by which ones come first. The command
    prints the as-of day of the model, and warns if the sources have newer data. Who is on the list of
    an audience, and in which form, is declared in the project; e-mail addresses and phone numbers are
    hashed without --include-pii.
    """
    run_steps(AUDIENCE_STEPS if names_audience(parameters) else STEPS, parameters)


def names_audience(parameters: ExportParameters) -> bool:
    """Return whether an audience is to be exported."""
    return parameters.model in load_project(parameters.target.project_dir).audiences()


def open_export(parameters: ExportParameters) -> ExportJob:
    """Load the project and find where the model is published.

    Raises:
        SelectionError: there is no such model.
        UsageError: the engine cannot write to S3, or an option is for S3 alone.
    """
    session = open_session(parameters.target)
    models, engine = [name for name, node in session.nodes.items() if node.kind == "model"], session.destination.engine
    if parameters.model not in models and parameters.model not in _history_views(session):
        kind = "a source" if parameters.model in session.nodes else "not a model"
        raise SelectionError(
            f"{parameters.model} is {kind}, and only models and audiences can be exported.",
            hint=nearest(parameters.model, [*models, *session.project.audiences()]),
        )
    if parameters.since_last or parameters.results:
        raise UsageError(
            f"{'--since-last' if parameters.since_last else '--results'} is for audiences.",
            hint="List them: ls --resource-type audience.",
        )
    if parameters.is_s3 and not engine.unloads:
        raise UsageError(f"{engine.name} cannot write to S3.", hint="Pass a local file with --to.")
    if parameters.iam_role and not parameters.is_s3:
        raise UsageError("--iam-role is for S3.", hint=f"Write --to s3://BUCKET/FILE on --target {UNLOADING}.")
    return ExportJob(session, parameters)


def open_audience(parameters: ExportParameters) -> AudienceJob:
    """Load the project and the declaration of an audience.

    Raises:
        UsageError: an option is for models alone.
    """
    check_options(parameters.where, parameters.iam_role, parameters.place, order_by=parameters.order_by)
    session = open_session(parameters.target)
    declared = session.project.audiences()[parameters.model]
    return AudienceJob(
        session, declared, parameters.place, parameters.since_last, parameters.include_pii, parameters.results
    )


def _history_views(session: Session) -> dict[str, Model]:
    """Return the views over the histories of the project's models, which can be exported like these."""
    from marketing_ibis.build.model_history import history_views

    return history_views(session.dataflow.models, session.project.model_schema)


def plan_rows(job: ExportJob) -> PlannedExport:
    """Decide which columns and rows are exported."""
    from marketing_ibis.outputs.export import plan_export

    session, parameters = job.session, job.parameters
    dialect, schema = session.destination.engine.dialect(), session.project.model_schema
    views = {} if parameters.model in session.nodes else _history_views(session)
    model = views.get(parameters.model) or session.dataflow.models[parameters.model]
    where, order_by, include_pii = parameters.where, parameters.order_by, parameters.include_pii
    export = plan_export(model, schema, dialect, where=where, order_by=order_by, include_pii=include_pii)
    if views:
        export = replace(export, history_of=model.parents[0])
    return PlannedExport(job, dialect, export)


def write_rows(planned_export: PlannedExport) -> PlannedExport:
    """Write the rows to a file of this machine, or have the engine write them to S3."""
    export = unload_rows(planned_export) if planned_export.job.parameters.is_s3 else write_file(planned_export)
    return replace(planned_export, export=export)


def report_excluded_columns(planned_export: PlannedExport) -> PlannedExport:
    """Report which columns were excluded as personal data."""
    names = list(planned_export.export.excluded_columns)
    if names:
        text = f"Skipped as personal data: {', '.join(names)}. Include them with --include-pii."
        planned_export.job.session.log.emit("note", text, err=True, columns=names)
    return planned_export


STEPS: Steps = (open_export, plan_rows, write_rows, report_excluded_columns)
AUDIENCE_STEPS: Steps = (open_audience, export_audience)


def write_file(planned_export: PlannedExport) -> Export:
    """Write the rows to a file of this machine; return what was exported of the model."""
    from marketing_ibis.outputs.export import without_addressed_keys, write_export
    from marketing_ibis.outputs.formats import check_path

    session, path = planned_export.job.session, Path(planned_export.job.parameters.place)
    check_path(path)
    with session.destination.open_to_read() as target:
        export = without_addressed_keys(planned_export.export, target)
        rows = write_export(export, target, path)
        days = days_of_export(session, export.relation.name, target)
    _report_export(session.log, export, "Wrote", rows, str(path), days)
    return export


def unload_rows(planned_export: PlannedExport) -> Export:
    """Have the engine write the rows to S3, or print the statement where there is no connection."""
    from marketing_ibis.outputs.export import run_unload, unload, without_addressed_keys

    session, parameters, export = planned_export.job.session, planned_export.job.parameters, planned_export.export
    destination, log = session.destination, session.log
    default_role = destination.settings.get("unload_iam_role") if destination.is_configured else None
    role = parameters.iam_role or (str(default_role) if default_role else None)
    statement = unload(export, planned_export.dialect, parameters.place, role)
    if not destination.is_configured:
        log.emit("not_executed", f"{statement};", answer=True, reason="no connection", sql=statement)
        log.emit("note", f"Nothing was executed: there is no connection to {destination.engine.title}.", err=True)
        return export
    with destination.open() as target:
        export = without_addressed_keys(export, target)
        rows = run_unload(export, target, unload(export, planned_export.dialect, parameters.place, role))
        days = days_of_export(session, export.relation.name, target)
    _report_export(log, export, "Unloaded", rows, parameters.place, days)
    return export


def _report_export(log: Log, export: Export, verb: str, rows: int, place: str, days: ExportedDays) -> None:
    """Say what was written and as of which day it is; warn when the sources have newer days."""
    empty = " No row meets --where: check how its values are spelled." if export.condition and not rows else ""
    log.emit(
        "model_exported",
        f"{verb} {plural('row', rows)} of {export.relation} to {place}{days.ending}.{empty}",
        closing=True,
        model=export.relation.name,
        relation=str(export.relation),
        rows=rows,
        place=place,
        as_of=days.as_of or None,
        newest=str(days.newest) if days.newest else None,
    )
    days.warn(log)
