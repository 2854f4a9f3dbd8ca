"""Hand a published model to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.completing import complete_model
from marketing_ibis.cli.console import plural
from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.loading import load
from marketing_ibis.cli.options import database_option, examples, project_options, target_options
from marketing_ibis.errors import SelectionError, UsageError, nearest
from marketing_ibis.project import Project

if TYPE_CHECKING:
    from marketing_ibis.dialects import Dialect
    from marketing_ibis.export import Export

S3 = "s3://"


@click.command(
    "export",
    epilog=examples(
        "export customers --to customers.parquet",
        "export customer_segmentation --to vip.csv --where \"customer_segment = 'Champions'\"",
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
@target_options
@project_options
def command(model: str, place: str, where: str | None, include_pii: bool, iam_role: str | None, **options: Any) -> None:
    """Write a published MODEL, or the rows of it that meet a condition, to a file."""
    project, destination = load(options)
    _check_call(project, destination, model, place, iam_role)
    from marketing_ibis.dialects import DIALECTS
    from marketing_ibis.export import plan_export

    dialect = DIALECTS[destination.engine]()
    compiled = project.compile(project.today()).models[model]
    export = plan_export(compiled, project.model_schema, dialect, where=where, include_pii=include_pii)
    if place.startswith(S3):
        _unload(export, destination, dialect, place, iam_role)
    else:
        _write(export, destination, Path(place))
    if export.withheld:
        click.echo(
            f"Left out as personal data: {', '.join(export.withheld)}. Take them along with --include-pii.", err=True
        )


def _check_call(project: Project, destination: Destination, model: str, place: str, iam_role: str | None) -> None:
    models = [name for name, node in project.nodes().items() if node.kind == "model"]
    if model not in models:
        raise SelectionError(f"There is no model {model}.", hint=nearest(model, models))
    to_s3 = place.startswith(S3)
    if to_s3 and destination.engine != "redshift":
        raise UsageError(f"{destination.engine} cannot write to S3.", hint="Name a file of this machine with --to.")
    if iam_role and not to_s3:
        raise UsageError("--iam-role is for S3.", hint="Write --to s3://BUCKET/FILE on --target redshift.")


def _write(export: Export, destination: Destination, path: Path) -> None:
    from marketing_ibis.export import write_export
    from marketing_ibis.writers import check_place

    check_place(path)
    with destination.open_to_read() as target:
        rows = write_export(export, target, path)
    click.echo(f"Wrote {plural('row', rows)} of {export.relation} to {path}.")


def _unload(export: Export, destination: Destination, dialect: Dialect, place: str, iam_role: str | None) -> None:
    from marketing_ibis.export import run_unload, unload

    settings = destination.settings() if destination.is_known else {}
    statement = unload(export, dialect, place, iam_role or settings.get("unload_iam_role"))
    if not destination.is_known:
        click.echo(f"{statement};")
        click.echo("Nothing was executed: there is no connection to Redshift.", err=True)
        return
    with destination.open() as target:
        rows = run_unload(export, target, statement)
    click.echo(f"Unloaded {plural('row', rows)} of {export.relation} to {place}.")
