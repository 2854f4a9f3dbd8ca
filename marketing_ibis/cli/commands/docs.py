"""Build the documentation site, and serve it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from marketing_ibis.build.latest_results import LatestResults
from marketing_ibis.cli.options import (
    as_of_option,
    database_option,
    examples,
    project_options,
    quiet_option,
    target_options,
    target_path_option,
)
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.output.page_progress import page_progress
from marketing_ibis.cli.session import Options, day_of, dialect_of, load, remembering, schemas_of
from marketing_ibis.cli.steps.describing import describe, invocation_of
from marketing_ibis.cli.steps.latest_results import report_context, standing_results
from marketing_ibis.docs_site import SITE, WORK
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import MarketingIbisError, SourceError, UsageError
from marketing_ibis.plurals import plural
from marketing_ibis.project.settings import default_folder

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.cli.destination import Destination
    from marketing_ibis.docs_site.pages import SiteFacts
    from marketing_ibis.engines.base import Engine
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.outputs.artifacts import Described
    from marketing_ibis.project.settings import Project


@click.group(
    "docs",
    epilog=examples(
        "docs generate    target/site: models, metrics, lineage, report",
        "docs serve       http://localhost:8080",
    ),
)
def command() -> None:
    """Build the documentation site, and serve it."""


@command.command(
    "generate",
    epilog=examples(
        "docs generate                  target/site: models, metrics, lineage, report",
        "docs generate --strict         fail where a description is missing or a link leads nowhere",
    ),
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write the site.  [default: TARGET_PATH/site]",
)
@click.option("--strict", is_flag=True, help="Fail, after writing, if anything is warned of.")
@as_of_option
@database_option
@quiet_option
@target_options
@project_options
def generate(output: Path | None, strict: bool, **options: Any) -> None:
    """Write the site: the project's pages, one for every model, the lineage and the report.

    manifest.json is written beside it, and catalog.json where there is a database.
    """
    from marketing_ibis.docs_site.pages import (
        Shown,
        build_site,
        check_output,
        coverage_of,
        page_links,
        page_notes,
        search_entries,
        write_tree,
    )

    folder: Path = options["target_path"]
    site = output or folder / SITE
    check_output(site)
    project, destination = load(options)
    facts = _facts(project, destination, options)
    with page_progress(len(facts.tables)) as report:
        source = write_tree(facts, folder / WORK / "source", report)
        shown = Shown(search_entries(facts), page_links(facts), page_notes(facts), report)
        told = build_site(source, site, facts.title, shown)
    coverage = coverage_of(facts.dataflow, facts.lineage)
    gaps = [f"{name} has no description; write one in its docstring or contract." for name in coverage.missing]
    for warning in (*told, *gaps):
        current_log().warn(warning)
    current_log().tell(
        "note", f"Wrote {site / 'index.html'}; documentation coverage {math.floor(coverage.share * 100)}%."
    )
    if strict and (told or gaps):
        raise MarketingIbisError(
            f"{plural('warning', len(told) + len(gaps))} with --strict.", hint="Mend what is named above."
        )
    place = "" if folder == default_folder() / "target" else f" --target-path {folder}"
    served = "" if output else f", or run: marketing-ibis docs serve{place}"
    current_log().tell("note", f"Open it in a browser{served}.")


@command.command("serve", epilog=examples("docs serve --port 8080    http://127.0.0.1:8080"))
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port to listen on.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; the default is this machine."
)
@target_path_option
def serve(port: int, host: str, target_path: Path) -> None:
    """Serve the site to this machine until Ctrl-C."""
    from marketing_ibis.docs_site.folders import restore_site
    from marketing_ibis.docs_site.serving import open_server

    folder = target_path / SITE
    restore_site(folder)
    if not (folder / "index.html").is_file():
        raise UsageError(f"There is no site in {folder}.", hint="Write it first: marketing-ibis docs generate")
    with open_server(folder, host, port) as server:
        click.echo(f"Serving {folder} at http://{host}:{server.server_address[1]} until Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")


def _facts(project: Project, destination: Destination, options: Options) -> SiteFacts:
    from marketing_ibis.cli.reference import command_line_page, settings_tables
    from marketing_ibis.docs_site.pages import SiteFacts, last_build_of
    from marketing_ibis.lineage.project import column_lineage
    from marketing_ibis.outputs.artifacts import write_manifest
    from marketing_ibis.testing.collect import build_suites, declared_data_tests

    dataflow = project.compile(day_of(project, options))
    plans = {name: _plan(project, dataflow, engine, options) for name, engine in ENGINES.items()}
    with dialect_of(destination, options) as dialect:
        suites = build_suites(dataflow, declared_data_tests(dataflow, project.tests), dialect)
    described = describe(project, destination, dataflow, plans[destination.engine.name], suites)
    write_manifest(options["target_path"], invocation_of(project, destination, options), described)
    report, latest = _report(project, destination, options, described)
    return SiteFacts(
        title=project.title,
        root=project.root,
        nodes=described.nodes,
        dataflow=dataflow,
        lineage=column_lineage(dataflow),
        data_tests=described.data_tests,
        selects={engine: {step.name: step.select for step in plan.steps()} for engine, plan in plans.items()},
        last_build=last_build_of(latest, dataflow.models),
        latest=latest,
        queries=described.queries,
        places={name: str(described.relation(name)) for name in dataflow.nodes},
        command_line=command_line_page(cast("click.Group", click.get_current_context().find_root().command)),
        settings=settings_tables(dataflow.inputs, described.nodes, project),
        report=report,
    )


def _plan(project: Project, dataflow: Dataflow, engine: Engine, options: Options) -> Plan:
    from marketing_ibis.build.plan import build_plan

    with remembering(engine, options) as dialect:
        return build_plan(dataflow, tuple(dataflow.models), dialect, schemas_of(project))


def _report(
    project: Project, destination: Destination, options: Options, described: Described
) -> tuple[str, LatestResults]:
    """Write the catalog and return the insights report, and the newest results.

    Without a database or its tables the report is empty, which is printed; so it is in a project that declares none.
    """
    from marketing_ibis.outputs.artifacts import write_catalog
    from marketing_ibis.report import load_report, report_page

    if destination.lacks_file or not destination.is_known:
        text = "Nothing is built yet, so the site has no report: run `marketing-ibis build` first."
        current_log().tell("note", text, err=True)
        return "", LatestResults()
    with destination.open_to_read() as target:
        write_catalog(options["target_path"], invocation_of(project, destination, options), described, target)
        latest = standing_results(project, destination, options, target)
        report = load_report(project)
        if report is None:
            return "", latest
        context = report_context(project, report, described.dataflow, latest, target)
        try:
            return report_page(report, target, project.model_schema, context), latest
        except SourceError as error:
            current_log().tell("note", f"The site has no report: {error.message}", err=True)
            return "", latest
