"""Draw the insights report from what is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.atomic_write import write_output, write_text
from marketing_ibis.cli.options import (
    TargetOptions,
    database_option,
    examples,
    project_options,
    quiet_option,
    takes,
    target_options,
)
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.days import behind_sources
from marketing_ibis.cli.steps.latest_results import report_context, standing_results
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import SourceError, UsageError

if TYPE_CHECKING:
    from marketing_ibis.report import Context, Report

REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class ReportParameters:
    """What ``report`` is called with."""

    target: TargetOptions
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Reporting:
    """A project with the report that it declares, and the file to write."""

    session: Session
    report: Report
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The report as a page of HTML, and what it used besides its tables."""

    reporting: Reporting
    page: str
    context: Context


@click.command(
    "report",
    epilog=examples(
        "report                            target/report.html",
        "report -t postgres --out marts.html",
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Where to write it.  [default: TARGET_PATH/report.html]",
)
@database_option
@quiet_option
@target_options
@project_options
@takes(ReportParameters)
def command(parameters: ReportParameters) -> None:
    """Draw the built tables as one page of HTML, to read offline, with the sections that the project declares."""
    run_steps(STEPS, parameters)


def open_report(parameters: ReportParameters) -> Reporting:
    """Load the project and its report, and find where it is built.

    Raises:
        UsageError: the project declares no report.
        SourceError: there is no database.
    """
    from marketing_ibis.report import load_report

    session = open_session(parameters.target)
    report = load_report(session.project)
    if report is None:
        raise UsageError(
            "This project has no report: none of its packages of models declares REPORT in a module report.",
            hint="Add one as docs/how-to/report.md shows. The tables are shown by: marketing-ibis docs generate",
        )
    if session.destination.lacks_file:
        raise SourceError(
            f"There is nothing to report: no database at {session.destination.database}.",
            hint="Build it first: marketing-ibis build",
        )
    return Reporting(session, report, parameters.out)


def draw_page(reporting: Reporting) -> Drawn:
    """Draw the report from what is built."""
    from marketing_ibis.report import report_page

    session, report = reporting.session, reporting.report
    with session.destination.open_to_read() as target:
        context = report_context(session, report, standing_results(session, target), target)
        page = report_page(report, target, session.project.model_schema, context)
    return Drawn(reporting, page, context)


def write_page(drawn: Drawn) -> Drawn:
    """Write the page, and say as of which days its tables are."""
    session, out, page, days = drawn.reporting.session, drawn.reporting.out, drawn.page, drawn.context.days
    if warning := behind_sources(max(days, default=None), drawn.context.newest_day):
        session.log.warn(warning)
    path = write_output(out, page, "--out") if out else write_text(session.folder / REPORT, page)
    as_of = f" as of {' and '.join(map(str, days))}" if days else ""
    size = f"{len(page.encode()) // 1000:,} kB"
    session.log.tell("note", f"Wrote {path}{as_of}, {size}. Open it in a browser; it needs no network.")
    return drawn


STEPS: Steps = (open_report, draw_page, write_page)
