"""Build the documentation site, and serve it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.loading import Options, day_of, load, schemas_of
from marketing_ibis.cli.options import (
    as_of_option,
    database_option,
    examples,
    project_options,
    target_options,
)
from marketing_ibis.errors import SourceError, UsageError

if TYPE_CHECKING:
    from marketing_ibis.cli.destination import Destination
    from marketing_ibis.compile import Dataflow
    from marketing_ibis.project import Project
    from marketing_ibis.site.pages import SiteFacts

SITE = "site"
ENGINES = ("duckdb", "postgres", "redshift")


@click.group(
    "docs",
    epilog=examples(
        "docs generate    target/site: models, metrics, lineage, report",
        "docs serve       http://localhost:8080",
    ),
)
def command() -> None:
    """Build the documentation site, and serve it."""


@command.command("generate", epilog=examples("docs generate    target/site: models, metrics, lineage, report"))
@as_of_option
@database_option
@target_options
@project_options
def generate(**options: Any) -> None:
    """Write the site: the project's pages, one for every model, the lineage and the report."""
    from marketing_ibis.site.pages import build_site, coverage_of, write_tree

    project, destination = load(options)
    facts = _facts(project, destination, options)
    folder: Path = options["target_path"]
    source = write_tree(facts, folder / "site_source")
    for line in build_site(source, folder / SITE, facts.title):
        click.echo(f"Warning: {line}", err=True)
    coverage = coverage_of(facts.dataflow, facts.lineage)
    for name in coverage.missing:
        click.echo(f"Warning: {name} has no description; write one in its docstring or contract.", err=True)
    if not facts.report:
        click.echo("Nothing is built yet, so the site has no report: run `marketing-ibis build` first.", err=True)
    click.echo(f"Wrote {folder / SITE / 'index.html'}; documentation coverage {coverage.share:.0%}.")
    click.echo("Open it in a browser, or run: marketing-ibis docs serve")


@command.command("serve", epilog=examples("docs serve --port 8080    http://localhost:8080"))
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port to listen on.")
@click.option(
    "--target-path",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("target"),
    show_default=True,
    help="Folder that `docs generate` wrote to.",
)
def serve(port: int, target_path: Path) -> None:
    """Serve the site to this machine until Ctrl-C."""
    from functools import partial
    from http.server import ThreadingHTTPServer

    from marketing_ibis.site.serving import PageHandler

    folder = target_path / SITE
    if not (folder / "index.html").is_file():
        raise UsageError(f"There is no site in {folder}.", hint="Write it first: marketing-ibis docs generate")
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(PageHandler, directory=str(folder)))
    except OSError as error:
        raise UsageError(
            f"Cannot listen on port {port}: {error.strerror}.", hint=f"Take another: docs serve --port {port + 1}"
        ) from error
    with server:
        click.echo(f"Serving {folder} at http://localhost:{server.server_address[1]} until Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")


def _facts(project: Project, destination: Destination, options: Options) -> SiteFacts:
    from marketing_ibis.artifacts.run_results import RUN_RESULTS
    from marketing_ibis.cli import main
    from marketing_ibis.cli.reference import command_line_page, settings_page
    from marketing_ibis.lineage import column_lineage
    from marketing_ibis.site.pages import SiteFacts, read_last_build
    from marketing_ibis.suites import declared_checks

    dataflow = project.compile(day_of(project, options))
    return SiteFacts(
        title=project.name,
        root=project.root,
        nodes=project.nodes(),
        dataflow=dataflow,
        lineage=column_lineage(dataflow),
        checks=declared_checks(dataflow, project.tests),
        selects={engine: _selects(project, dataflow, engine) for engine in ENGINES},
        last_build=read_last_build(options["target_path"] / RUN_RESULTS),
        command_line=command_line_page(main),
        settings=settings_page(dataflow.inputs),
        report=_report(project, destination, options),
    )


def _selects(project: Project, dataflow: Dataflow, engine: str) -> dict[str, str]:
    from marketing_ibis.dialects import DIALECTS
    from marketing_ibis.plan import build_plan

    plan = build_plan(dataflow, tuple(dataflow.models), DIALECTS[engine](), schemas_of(project))
    return {step.name: step.select for step in plan.steps()}


def _report(project: Project, destination: Destination, options: Options) -> str:
    """Return the insights report; nothing where its marts are not built."""
    from marketing_ibis.artifacts.run_results import RUN_RESULTS
    from marketing_ibis.site.report import report_page

    if destination.engine == "duckdb" and not destination.database.exists():
        return ""
    if destination.engine != "duckdb" and not destination.is_known:
        return ""
    with destination.open() as target:
        try:
            return report_page(target, project.model_schema, options["target_path"] / RUN_RESULTS)
        except SourceError as error:
            click.echo(f"No report: {error.message}", err=True)
            return ""
