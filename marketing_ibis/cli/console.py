"""What a run shows while it goes and when it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.check_console import tell_checks, tested_line, told_counts

if TYPE_CHECKING:
    from marketing_ibis.plan import Plan, Step
    from marketing_ibis.run import Result, RunResults
    from marketing_ibis.verify import CheckResult

COLOURS = {"success": "green", "error": "red", "skipped": "yellow"}
LABELS = {"success": "OK", "error": "ERROR", "skipped": "SKIP"}
DOTS = 3


def plural(noun: str, count: int) -> str:
    """Return the noun with its count."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def show_error(message: str, hint: str) -> None:
    """Tell a failure and what to do next, on stderr."""
    click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(message, err=True)
    if hint:
        click.echo(hint, err=True)


class RunConsole:
    """A line for each model as it is done; on a terminal also which one is being built."""

    def __init__(self, plan: Plan, as_of: date, *, quiet: bool) -> None:
        heads = [_head(step) for step in plan.steps()]
        self.total = len(heads)
        heads += [f"tests {plan.published[suite.node]} " for suite in plan.suites]
        self.width = max(map(len, heads), default=0) + DOTS
        self.done = 0
        self.quiet = quiet
        self.status = _status() if not quiet and sys.stdout.isatty() else None
        if not quiet:
            click.echo(f"Building {plural('model', self.total)} on {plan.dialect.name}, as of {as_of}.")

    def __enter__(self) -> RunConsole:
        """Start showing progress."""
        (self.status or nullcontext()).__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        """Stop showing progress."""
        (self.status or nullcontext()).__exit__(*exception)

    def started(self, step: Step) -> None:
        """Show which model is being built."""
        if self.status:
            self.status.update(f"building {step.relation}")  # type: ignore[attr-defined]

    def finished(self, result: Result) -> None:
        """Print the line of a model."""
        self.done += 1
        if self.quiet and result.status == "success":
            return
        step = result.step
        place = f"{self.done:>{len(str(self.total))}} of {self.total}"
        label = click.style(LABELS[result.status], fg=COLOURS[result.status])
        click.echo(f"{place}  {_head(step):.<{self.width}} {label} {_outcome(result)}")

    def tested(self, results: Sequence[CheckResult]) -> None:
        """Print the line of a relation's tests."""
        if not self.quiet:
            place = " " * (len(str(self.total)) * 2 + len(" of "))
            click.echo(f"{place}  {tested_line(results, self.width)}")


def _head(step: Step) -> str:
    return f"{step.kind} {step.relation} "


def _status() -> AbstractContextManager[Any]:
    # Costs a tenth of a second to import, and only a terminal shows it.
    from rich.console import Console

    return Console().status("starting")


def _outcome(result: Result) -> str:
    if result.status == "skipped":
        return f"[{result.message}]"
    if result.rows is None:
        return f"[{result.seconds:.2f}s]"
    return f"[{plural('row', result.rows)} in {result.seconds:.2f}s]"


def summarise(results: RunResults, schema: str, place: object, folder: Path) -> None:
    """Print the failures again with the path of their SQL, then one closing line."""
    tell_checks(results.checks, folder)
    for failure in results.failures:
        show_error(f"{failure.step.name}: {failure.message}", f"Its SQL: {folder}/run/{failure.step.name}.sql")
    counts = {status: sum(1 for r in results.results if r.status == status) for status in LABELS}
    told = ", ".join(f"{LABELS[status]} {count}" for status, count in counts.items() if count)
    if results.checks:
        told += f". Tests: {told_counts(results.checks)}"
    if results.published:
        click.echo(f"{told}. Published schema {schema} of {place} in {results.seconds:.2f}s.")
    else:
        click.echo(f"{told}. Nothing was published; what stood before still stands.", err=True)


def tell_bundle(plan: Plan, folder: Path, *, dry_run: bool) -> None:
    """Say what was written, and that none of it was executed and why."""
    models = plural("model", sum(1 for _ in plan.steps()))
    click.echo(f"Wrote the SQL of {models} to {folder}: compiled/, run/ and build.sql, which holds all of it in order.")
    if dry_run:
        click.echo("Nothing was executed: --dry-run.")
        return
    click.echo(f"Nothing was executed: no connection to {plan.dialect.name} is configured.")
    click.echo(f"Run {folder / 'build.sql'} in psql or the query editor, or write a profiles.yml as dbt has it:")
    click.echo("docs/how-to/redshift.md shows one.")
