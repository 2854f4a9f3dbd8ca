"""Draw the insights report from what is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from marketing_ibis.cli.options import database_option, examples, project_options, quiet_option, target_options
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import load
from marketing_ibis.cli.steps.days import behind_sources
from marketing_ibis.cli.steps.latest_results import report_context, standing_results
from marketing_ibis.errors import SourceError, UsageError
from marketing_ibis.text_files import write_output, write_text

REPORT = "report.html"


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
def command(out: Path | None, **options: Any) -> None:
    """Draw the built tables as one page of HTML, to read offline, with the sections that the project declares."""
    from marketing_ibis.report import load_report, report_page

    project, destination = load(options)
    report = load_report(project)
    if report is None:
        raise UsageError(
            "This project has no report: none of its packages of models declares REPORT in a module report.",
            hint="Add one as docs/how-to/report.md shows. The tables are shown by: marketing-ibis docs generate",
        )
    if destination.lacks_file:
        raise SourceError(
            f"There is nothing to report: no database at {destination.database}.",
            hint="Build it first: marketing-ibis build",
        )
    with destination.open_to_read() as target:
        latest = standing_results(project, destination, options, target)
        context = report_context(project, report, project.compile(project.today()), latest, target)
        page = report_page(report, target, project.model_schema, context)
    if warning := behind_sources(max(context.days, default=None), context.newest_day):
        current_log().warn(warning)
    path = write_output(out, page, "--out") if out else write_text(options["target_path"] / REPORT, page)
    as_of = f" as of {' and '.join(map(str, context.days))}" if context.days else ""
    size = f"{len(page.encode()) // 1000:,} kB"
    current_log().tell("note", f"Wrote {path}{as_of}, {size}. Open it in a browser; it needs no network.")
