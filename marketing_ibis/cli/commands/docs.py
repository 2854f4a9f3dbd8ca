"""Build the documentation site, and serve it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.options import (
    AsOfOption,
    TargetOptions,
    WholeNumber,
    as_of_option,
    database_option,
    examples,
    project_options,
    quiet_option,
    takes,
    target_options,
    target_path_option,
    vars_option,
)
from marketing_ibis.cli.output.page_progress import page_progress
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.docs_site import SITE, WORK
from marketing_ibis.errors import MarketingIbisError, UsageError
from marketing_ibis.plurals import plural
from marketing_ibis.project.folders import default_folder

if TYPE_CHECKING:
    from marketing_ibis.docs_site.pages import SiteFacts


@dataclass(frozen=True, slots=True)
class GenerateParameters:
    """What ``docs generate`` is called with."""

    target: TargetOptions
    output: Path | None = None
    strict: bool = False
    as_of: AsOfOption = None


@dataclass(frozen=True, slots=True)
class SiteJob:
    """A project whose site is to be written to ``site``."""

    session: Session
    parameters: GenerateParameters
    site: Path


@dataclass(frozen=True, slots=True)
class WrittenSite:
    """A site that is written: the ``share`` that is documented, Sphinx's warnings, the ``gaps`` in descriptions."""

    job: SiteJob
    share: float
    sphinx_warnings: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServeParameters:
    """What ``docs serve`` is called with."""

    port: int
    host: str
    target_path: Path


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
    short_help="Write the site: pages, models, lineage and the report.",
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
@click.option("--strict", is_flag=True, help="Fail, after writing, if there are warnings.")
@as_of_option
@database_option
@quiet_option
@target_options
@vars_option
@project_options
@takes(GenerateParameters)
def generate(parameters: GenerateParameters) -> None:
    """Write the site: the project's pages, one for every model, the lineage and the report.

    manifest.json is written next to it, and catalog.json if there is a database.
    """
    run_steps(STEPS, parameters)


def open_site_job(parameters: GenerateParameters) -> SiteJob:
    """Load the project and find where its site is written.

    Raises:
        UsageError: something else is there.
    """
    from marketing_ibis.docs_site.pages import check_output

    site = parameters.output or parameters.target.target_path / SITE
    check_output(site)
    return SiteJob(open_session(parameters.target, as_of_option=parameters.as_of), parameters, site)


def write_site(job: SiteJob) -> WrittenSite:
    """Gather what is known of the project and write it as a site."""
    from marketing_ibis.cli.steps.site_facts import gather_facts
    from marketing_ibis.docs_site.pages import coverage_of

    facts = gather_facts(job.session)
    warnings = _write_pages(job, facts)
    coverage = coverage_of(facts.dataflow, facts.lineage)
    gaps = (f"{name} has no description; write one in its docstring or contract." for name in coverage.missing)
    return WrittenSite(job, coverage.share, warnings, tuple(gaps))


def _write_pages(job: SiteJob, facts: SiteFacts) -> tuple[str, ...]:
    """Write the site and return what Sphinx warned of."""
    from marketing_ibis.docs_site.pages import (
        PageExtras,
        build_site,
        page_links,
        page_notes,
        search_entries,
        write_tree,
    )

    with page_progress(job.session.log, len(facts.tables)) as report:
        source = write_tree(facts, job.session.folder / WORK / "source", report)
        extras = PageExtras(search_entries(facts), page_links(facts), page_notes(facts), report)
        return tuple(build_site(source, job.site, facts.title, extras))


def report_site(written_site: WrittenSite) -> WrittenSite:
    """Print the warnings, and how much is described."""
    log = written_site.job.session.log
    for warning in (*written_site.sphinx_warnings, *written_site.gaps):
        log.warn(warning)
    page, share = written_site.job.site / "index.html", math.floor(written_site.share * 100)
    log.emit("note", f"Wrote {page}; documentation coverage {share}%.")
    return written_site


def check_strictly(written_site: WrittenSite) -> WrittenSite:
    """Fail with --strict if there are warnings.

    Raises:
        MarketingIbisError: there were warnings.
    """
    count = len(written_site.sphinx_warnings) + len(written_site.gaps)
    if written_site.job.parameters.strict and count:
        raise MarketingIbisError(f"{plural('warning', count)} with --strict.", hint="Fix the problems listed above.")
    return written_site


def print_next_steps(written_site: WrittenSite) -> WrittenSite:
    """Say how the site is read."""
    session, output = written_site.job.session, written_site.job.parameters.output
    folder_option = "" if session.folder == default_folder() / "target" else f" --target-path {session.folder}"
    serve_hint = "" if output else f", or run: marketing-ibis docs serve{folder_option}"
    session.log.emit("note", f"Open it in a browser{serve_hint}.")
    return written_site


STEPS: Steps = (open_site_job, write_site, report_site, check_strictly, print_next_steps)


@command.command("serve", epilog=examples("docs serve --port 8080    http://127.0.0.1:8080"))
@click.option("--port", type=WholeNumber(0, 65535), default=8080, show_default=True, help="Port to listen on.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; the default is this machine."
)
@target_path_option
@takes(ServeParameters)
def serve(parameters: ServeParameters) -> None:
    """Serve the site on this machine until Ctrl-C."""
    run_steps(SERVE_STEPS, parameters)


def find_site(parameters: ServeParameters) -> ServeParameters:
    """Refuse to serve what is not there; what a stopped command left of a site is put back first.

    Raises:
        UsageError: there is no site.
    """
    from marketing_ibis.docs_site.folders import restore_site

    folder = parameters.target_path / SITE
    restore_site(folder)
    if not (folder / "index.html").is_file():
        raise UsageError(f"There is no site in {folder}.", hint="Write it: `docs generate`.")
    return parameters


def serve_site(parameters: ServeParameters) -> None:
    """Serve the site until Ctrl-C."""
    from marketing_ibis.docs_site.serving import open_server

    folder, host = parameters.target_path / SITE, parameters.host
    with open_server(folder, host, parameters.port) as server:
        click.echo(f"Serving {folder} at http://{host}:{server.server_address[1]} until Ctrl-C.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")


SERVE_STEPS: Steps = (find_site, serve_site)
