"""How far a site is: one bar on a terminal, elsewhere one line per phase."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.output.log import Log

if TYPE_CHECKING:
    from marketing_ibis.docs_site.pages import Report

PHASES = {
    "Drawing": "the lineage of {} tables",
    "Reading": "the pages of {} tables and of the project",
    "Writing": "the pages of {} tables and of the project",
}
"""What is done in each phase, with the count of tables."""


@contextmanager
def page_progress(log: Log, tables: int) -> Iterator[Report]:
    """Lend what reports each finished table and page, on the error stream."""
    if log.quiet:
        yield _ignore_progress
    elif log.is_live and sys.stderr.isatty():
        with _bar(tables) as report:
            yield report
    else:
        yield _Lines(tables)


def _ignore_progress(phase: str, page: str) -> None:
    """Report no progress."""


class _Lines:
    """One line when a phase begins."""

    def __init__(self, tables: int) -> None:
        self.tables, self.phase = tables, ""

    def __call__(self, phase: str, page: str) -> None:
        if phase == self.phase:
            return
        self.phase = phase
        click.echo(f"{phase} {PHASES[phase].format(f'{self.tables:,}')}.", err=True)


@contextmanager
def _bar(tables: int) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Compiling", total=tables)
        counts: dict[str, int] = {}

        def report(phase: str, page: str) -> None:
            counts[phase] = counts.get(phase, 0) + 1
            # The project's own pages are counted as they come.
            completed = counts[phase]
            progress.update(task, description=phase, completed=completed, total=max(completed, tables))

        yield report
