"""Hand a published model to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.completing import complete_model
from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.options import database_option, examples, log_options, project_options, target_options
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import load
from marketing_ibis.cli.steps.exported_days import ExportedDays, days_of_export
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import SelectionError, UsageError, nearest
from marketing_ibis.plurals import plural
from marketing_ibis.project.settings import Project

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.outputs.export import Export

S3 = "s3://"
UNLOADING = " or ".join(engine.name for engine in ENGINES.values() if engine.unloads)


@click.command(
    "export",
    epilog=examples(
        "export customers --to customers.parquet",
        'export orders --to large.csv --where "amount > 100"',
    ),
)
@click.argument("model", shell_complete=complete_model)
@click.option(
    "--to",
    "place",
    required=True,
    metavar="FILE",
    help="A .csv, .parquet, .json (an array) or .jsonl (a row a line) file; on Redshift also s3://BUCKET/FILE.",
)
@click.option("--where", metavar="CONDITION", help="Only rows where this holds of the model's columns, in SQL.")
@click.option("--include-pii", is_flag=True, help="Also columns that are marked as personal data.")
@click.option("--iam-role", metavar="ARN", help="Role by which Redshift writes to S3.  [default: the cluster's own]")
@database_option
@log_options
@target_options
@project_options
def command(model: str, place: str, where: str | None, include_pii: bool, iam_role: str | None, **options: Any) -> None:
    """Write a published MODEL, or the rows of it that meet a condition, to a file.

    It says as of which day the model was built, and warns when the sources have a newer one.
    """
    project, destination = load(options)
    _check_call(project, destination, model, place, iam_role)
    from marketing_ibis.outputs.export import plan_export

    dialect = destination.engine.dialect()
    dataflow = project.compile(project.today())
    export = plan_export(dataflow.models[model], project.model_schema, dialect, where=where, include_pii=include_pii)
    if place.startswith(S3):
        export = _unload(project, dataflow, export, destination, dialect, place, iam_role)
    else:
        export = _write(project, dataflow, export, destination, Path(place))
    if export.withheld:
        names = list(export.withheld)
        text = f"Left out as personal data: {', '.join(names)}. Take them along with --include-pii."
        current_log().tell("note", text, err=True, columns=names)


def _check_call(project: Project, destination: Destination, model: str, place: str, iam_role: str | None) -> None:
    models = [name for name, node in project.nodes().items() if node.kind == "model"]
    if model not in models:
        raise SelectionError(f"There is no model {model}.", hint=nearest(model, models))
    to_s3 = place.startswith(S3)
    if to_s3 and not destination.engine.unloads:
        raise UsageError(
            f"{destination.engine.name} cannot write to S3.", hint="Name a file of this machine with --to."
        )
    if iam_role and not to_s3:
        raise UsageError("--iam-role is for S3.", hint=f"Write --to s3://BUCKET/FILE on --target {UNLOADING}.")


def _write(project: Project, dataflow: Dataflow, export: Export, destination: Destination, path: Path) -> Export:
    from marketing_ibis.outputs.export import without_addressed_keys, write_export
    from marketing_ibis.outputs.formats import data_test_place

    data_test_place(path)
    with destination.open_to_read() as target:
        export = without_addressed_keys(export, target)
        rows = write_export(export, target, path)
        days = days_of_export(project, dataflow, export.relation.name, target)
    _tell_exported(export, "Wrote", rows, str(path), days)
    return export


def _unload(
    project: Project,
    dataflow: Dataflow,
    export: Export,
    destination: Destination,
    dialect: Dialect,
    place: str,
    iam_role: str | None,
) -> Export:
    from marketing_ibis.outputs.export import run_unload, unload, without_addressed_keys

    settings = destination.settings if destination.is_known else {}
    configured = settings.get("unload_iam_role")
    role = iam_role or (str(configured) if configured else None)
    statement = unload(export, dialect, place, role)
    if not destination.is_known:
        current_log().tell("not_executed", f"{statement};", answer=True, reason="no connection", sql=statement)
        current_log().tell(
            "note", f"Nothing was executed: there is no connection to {destination.engine.title}.", err=True
        )
        return export
    with destination.open() as target:
        export = without_addressed_keys(export, target)
        rows = run_unload(export, target, unload(export, dialect, place, role))
        days = days_of_export(project, dataflow, export.relation.name, target)
    _tell_exported(export, "Unloaded", rows, place, days)
    return export


def _tell_exported(export: Export, verb: str, rows: int, place: str, days: ExportedDays) -> None:
    """Say what was written and as of which day it is; warn when the sources have newer days."""
    current_log().tell(
        "model_exported",
        f"{verb} {plural('row', rows)} of {export.relation} to {place}{days.ending}.",
        closing=True,
        model=export.relation.name,
        relation=str(export.relation),
        rows=rows,
        place=place,
        as_of=days.as_of or None,
        newest=str(days.newest) if days.newest else None,
    )
    days.warn()
