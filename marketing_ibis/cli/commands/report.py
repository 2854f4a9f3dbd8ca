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
    vars_option,
)
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.days import stale_tables_warning
from marketing_ibis.cli.steps.latest_results import published_results, report_context
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import SourceError, UsageError
from marketing_ibis.guide import guide_page

if TYPE_CHECKING:
    from marketing_ibis.report import Context, Report

REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class ReportParameters:
    """What ``report`` is called with."""

    target: TargetOptions
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class ReportJob:
    """A project with the report that it declares, and the file to write."""

    session: Session
    report: Report
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class DrawnReport:
    """The report as a page of HTML, and what it used besides its tables."""

    job: ReportJob
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
@vars_option
@project_options
@takes(ReportParameters)
def command(parameters: ReportParameters) -> None:
    """Write a report of the published tables.

    It is one HTML file, readable offline, with the sections that the project declares.
    """
    run_steps(STEPS, parameters)


def open_report(parameters: ReportParameters) -> ReportJob:
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
            hint=f"Add one as {guide_page('docs/how-to/report.md')} shows. `docs generate` shows the tables.",
        )
    if session.destination.is_missing:
        raise SourceError(
            f"There is nothing to report: no database at {session.destination.database}.",
            hint="Build it: `build`.",
        )
    return ReportJob(session, report, parameters.out)


def draw_page(job: ReportJob) -> DrawnReport:
    """Draw the report from what is built."""
    from marketing_ibis.report import report_page

    session, report = job.session, job.report
    with session.destination.open_to_read() as target, session.dialect() as dialect:
        context = report_context(session, report, published_results(session, target), target)
        page = report_page(report, target, session.project.model_schema, context, dialect)
    return DrawnReport(job, page, context)


def write_page(drawn_report: DrawnReport) -> DrawnReport:
    """Write the page, and say as of which days its tables are."""
    job, page, context = drawn_report.job, drawn_report.page, drawn_report.context
    session, out, days = job.session, job.out, context.days
    if warning := stale_tables_warning(max(days, default=None), context.newest_day):
        session.log.warn(warning)
    path = write_output(out, page, "--out") if out else write_text(session.folder / REPORT, page)
    as_of = f" as of {' and '.join(map(str, days))}" if days else ""
    size = f"{len(page.encode()) // 1000:,} kB"
    session.log.emit("note", f"Wrote {path}{as_of}, {size}. Open it in a browser; it needs no network.")
    return drawn_report


STEPS: Steps = (open_report, draw_page, write_page)
