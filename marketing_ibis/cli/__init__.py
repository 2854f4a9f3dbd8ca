"""The command line: each command loads the project, selects, plans and acts."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis import __version__
from marketing_ibis.cli.console import RunConsole, plural, show_error, summarise, tell_bundle
from marketing_ibis.cli.destination import Destination, find_destination
from marketing_ibis.cli.options import (
    as_of_option,
    database_option,
    demo_options,
    project_options,
    run_options,
    select_options,
    target_options,
)
from marketing_ibis.discovery import Node, graph_of
from marketing_ibis.errors import MarketingIbisError, RunFailed, UsageError
from marketing_ibis.project import Project, load_project
from marketing_ibis.selection import select_models

# Whatever imports ibis, hamilton or an engine is imported by the command that needs it: help and ls stay instant.
if TYPE_CHECKING:
    from marketing_ibis.plan import Plan
    from marketing_ibis.targets import Target

EXAMPLES = """\b
Examples:
  marketing-ibis build --demo                      generated data in, every table out
  marketing-ibis seed --from exports               load customers, orders and payments
  marketing-ibis run --as-of 2024-05-15            rebuild as of a day
  marketing-ibis run -s +customer_segmentation     one model and all that it reads
  marketing-ibis ls -s marts                       what a selection means
  marketing-ibis compile -s product_performance    the SQL of one model
"""
RUN_RESULTS = "run_results.json"


class Commands(click.Group):
    """A group of commands that tells a failure in one message and exits with its code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn an error of this package into a message on stderr."""
        try:
            return super().invoke(ctx)
        except MarketingIbisError as error:
            if "--debug" in sys.argv[1:]:
                raise
            show_error(error.message, error.hint)
            ctx.exit(error.exit_code)


@click.group(
    cls=Commands, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, message="marketing-ibis %(version)s")
def main() -> None:
    """Build the shop's marketing models: segments, products, cohorts and channels."""


@main.command()
@click.option("--demo", is_flag=True, help="Generate deterministic data.")
@demo_options
@click.option(
    "--from",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Load DIR/customers, orders and payments, each .csv, .csv.gz or .parquet.",
)
@click.option("--link", is_flag=True, help="With --from: views over the files instead of copies.")
@as_of_option
@database_option
@target_options
@project_options
def seed(directory: Path | None, demo: bool, link: bool, **options: Any) -> None:
    """Fill the source tables with generated data, or from files."""
    if demo == (directory is not None):
        raise UsageError("Say where the data comes from.", hint="Either `seed --demo`, or `seed --from DIR`.")
    if link and directory is None:
        raise UsageError("--link makes views over files.", hint="Name their folder: `seed --from DIR --link`.")
    project = load_project(options["project_dir"])
    with find_destination(project, options).open() as target:
        if directory is None:
            _seed_demo(project, target, options)
        else:
            _seed_files(project, target, directory, link=link)


@main.command()
@select_options
@as_of_option
@run_options
@database_option
@target_options
@project_options
def run(**options: Any) -> None:
    """Build models and publish them together."""
    _run(*_load(options), options)


@main.command()
@click.option("--demo", is_flag=True, help="Generate the source tables first, where there are none.")
@demo_options
@select_options
@as_of_option
@run_options
@database_option
@target_options
@project_options
def build(demo: bool, **options: Any) -> None:
    """Build and publish models, with --demo on generated data."""
    project, destination = _load(options)
    if demo and not options["dry_run"]:
        with destination.open() as target:
            if target.relations(project.source_schema):
                click.echo(f"Schema {project.source_schema} holds data already; nothing was generated.")
            else:
                _seed_demo(project, target, options)
    _run(project, destination, options)


@main.command("compile")
@select_options
@as_of_option
@target_options
@project_options
def compile_command(**options: Any) -> None:
    """Write the SQL of models, without a database.

    A single model's SQL is also printed.
    """
    from marketing_ibis.artifacts import write_sql

    project, destination = _load(options)
    plan = _plan(project, destination, options)
    folder = write_sql(plan, _as_of(project, options), options["target_path"] / plan.dialect.name)
    steps = list(plan.steps())
    if len(steps) == 1:
        click.echo(steps[0].select)
    click.echo(f"Wrote the SQL of {plural('model', len(steps))} to {folder}.", err=len(steps) == 1)


@main.command()
@select_options
@click.option(
    "--output",
    type=click.Choice(["name", "path", "json"]),
    default="name",
    show_default=True,
    help="What to list of each.",
)
@click.option("--resource-type", type=click.Choice(["model", "source"]), help="List only these.")
@project_options
def ls(output: str, resource_type: str | None, **options: Any) -> None:
    """List sources and models in building order."""
    nodes = load_project(options["project_dir"]).nodes()
    for name in _selected(nodes, options):
        if resource_type in (None, nodes[name].kind):
            click.echo(_listed(nodes[name], output))


@main.command()
@database_option
@target_options
@project_options
def debug(**options: Any) -> None:
    """Check the settings, the dataflow and the connection."""
    project, destination = _load(options)
    nodes = project.nodes()
    models = sum(1 for node in nodes.values() if node.kind == "model")
    click.echo(f"version     {__version__} on Python {sys.version.split()[0]}")
    click.echo(f"project     {project.root}")
    click.echo(f"dataflow    {', '.join(project.dataflows)}: {models} models, {len(nodes) - models} sources")
    project.compile(project.today())
    click.echo("compile     OK, every model keeps its contract")
    if destination.profile and destination.output:
        click.echo(f"profile     {destination.output} of {destination.profile.name} in {destination.file}")
    if destination.engine == "duckdb" and not destination.database.exists():
        click.echo(f"connection  no database at {destination.database} yet; seed and build make it")
        return
    click.echo(f"database    {destination}")
    with destination.open() as target:
        for schema in (project.source_schema, project.model_schema):
            click.echo(f"connection  OK, {schema} holds {plural('relation', len(target.relations(schema)))}")


@main.command()
@target_options
@project_options
def clean(**options: Any) -> None:
    """Remove compiled SQL and run records, no data."""
    folder: Path = options["target_path"]
    engine = find_destination(load_project(options["project_dir"]), options).engine
    present = [path for path in (folder / engine, folder / RUN_RESULTS) if path.exists()]
    for path in present:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    click.echo(f"Removed {' and '.join(map(str, present))}." if present else f"Nothing to remove in {folder}.")


def _load(options: dict[str, Any]) -> tuple[Project, Destination]:
    project = load_project(options["project_dir"])
    destination = find_destination(project, options)
    return destination.settle(project), destination


def _run(project: Project, destination: Destination, options: dict[str, Any]) -> None:
    from marketing_ibis.artifacts import write_run_results, write_sql
    from marketing_ibis.run import run_plan

    as_of = _as_of(project, options)
    plan = _plan(project, destination, options)
    folder = write_sql(plan, as_of, options["target_path"] / plan.dialect.name)
    if options["dry_run"] or (destination.engine == "redshift" and not destination.is_known):
        tell_bundle(plan, folder, dry_run=options["dry_run"])
        return
    with destination.open() as target, RunConsole(plan, as_of, quiet=options["quiet"]) as console:
        results = run_plan(
            plan,
            target,
            threads=options["threads"],
            fail_fast=options["fail_fast"],
            on_start=console.started,
            on_result=console.finished,
        )
    write_run_results(results, as_of, plan.dialect.name, options["target_path"] / RUN_RESULTS)
    summarise(results, plan.schemas.models, destination, folder / "run")
    if not results.published:
        raise RunFailed(f"{plural('model', len(results.failures))} failed.")


def _plan(project: Project, destination: Destination, options: dict[str, Any]) -> Plan:
    chosen = _selected(project.nodes(), options)
    from marketing_ibis.dialects import DIALECTS
    from marketing_ibis.plan import Schemas, build_plan

    dataflow = project.compile(_as_of(project, options))
    schemas = Schemas(project.source_schema, project.model_schema, project.grants)
    return build_plan(dataflow, chosen, DIALECTS[destination.engine](), schemas)


def _selected(nodes: dict[str, Node], options: dict[str, Any]) -> tuple[str, ...]:
    return select_models(nodes, graph_of(nodes), select=options["select"], exclude=options["exclude"])


def _as_of(project: Project, options: dict[str, Any]) -> date:
    return options["as_of"] or project.today()


def _seed_demo(project: Project, target: Target, options: dict[str, Any]) -> None:
    from marketing_ibis.seeds import seed_expressions

    tables = project.demo_tables(
        orders=options["orders"], random_seed=options["random_seed"], as_of=_as_of(project, options)
    )
    _tell_seeded(project, seed_expressions(target, tables, project.source_schema))


def _seed_files(project: Project, target: Target, directory: Path, *, link: bool) -> None:
    from marketing_ibis.seeds import seed_files

    sources = project.compile(project.today()).sources.values()
    contracts = {source.declaration.table: source.schema for source in sources}
    counts = seed_files(target, directory, contracts, project.source_schema, link=link, time_zone=project.time_zone)
    _tell_seeded(project, counts)


def _tell_seeded(project: Project, counts: dict[str, int]) -> None:
    for table, rows in counts.items():
        click.echo(f"Seeded {project.source_schema}.{table}: {plural('row', rows)}.")


def _listed(node: Node, output: str) -> str:
    if output == "json":
        return json.dumps(asdict(node), ensure_ascii=False)
    return node.path if output == "path" else node.name
