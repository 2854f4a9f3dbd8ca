"""What data tests show: a line for each relation that was tested, and what each failure was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from marketing_ibis.verify import CheckResult

COLOURS = {"pass": "green", "warn": "yellow", "fail": "red", "error": "red", "skipped": "yellow"}
LABELS = {"pass": "PASS", "warn": "WARN", "fail": "FAIL", "error": "ERROR", "skipped": "SKIP"}
ORDER = ("error", "fail", "warn", "skipped", "pass")
"""The worst first: it gives a line its label."""
DOTS = 3


def counted(noun: str, count: int) -> str:
    """Return the noun with its count."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def worst(results: Iterable[CheckResult]) -> str:
    """Return the status that a line of several tests has."""
    found = {result.status for result in results}
    asked = found - {"skipped"} or found
    return next(status for status in ORDER if status in asked)


def tested_line(results: Sequence[CheckResult], width: int) -> str:
    """Return the line of a relation's tests."""
    status = worst(results)
    head = f"tests {results[0].relation} "
    label = click.style(LABELS[status], fg=COLOURS[status])
    return f"{head:.<{width}} {label} [{_outcome(results)}]"


def _outcome(results: Sequence[CheckResult]) -> str:
    asked = [result for result in results if result.status != "skipped"]
    if not asked:
        return results[0].message
    seconds = sum(result.seconds for result in asked)
    return f"{counted('test', len(asked))} in {seconds:.2f}s"


class TestConsole:
    """A line for each relation as its tests are answered."""

    def __init__(self, relations: Iterable[object], *, quiet: bool) -> None:
        self.width = max((len(f"tests {relation} ") for relation in relations), default=0) + DOTS
        self.quiet = quiet

    def tested(self, results: Sequence[CheckResult]) -> None:
        """Print the line of a relation's tests."""
        if not self.quiet:
            click.echo(tested_line(results, self.width))


def tell_checks(results: Iterable[CheckResult], folder: Path) -> None:
    """Print what each test found: how much, the first failing keys, and where its query is; failures on stderr."""
    for result in results:
        if result.status in ("pass", "skipped"):
            continue
        title = "Warning" if result.status == "warn" else "Error"
        click.secho(f"{title}: ", fg=COLOURS[result.status], bold=True, nl=False, err=result.stops)
        for line in _told(result, folder):
            click.echo(line, err=result.stops)


def tell_counts(results: Iterable[CheckResult]) -> None:
    """Print how many tests passed, warned and failed."""
    click.echo(f"Tests: {told_counts(results)}.")


def told_counts(results: Iterable[CheckResult]) -> str:
    """Return how many tests there are of each status."""
    statuses = [result.status for result in results]
    return ", ".join(f"{LABELS[status]} {statuses.count(status)}" for status in LABELS if status in statuses)


def _told(result: CheckResult, folder: Path) -> Iterable[str]:
    place = f"{result.relation}.{result.column}" if result.column else str(result.relation)
    if result.status == "error":
        yield f"{result.name}: {result.message}"
        return
    yield f"{result.name}: {result.message or counted('failure', result.failures)} in {place}"
    if result.keys:
        more = ", ..." if result.failures > len(result.keys) else ""
        yield f"  {_keys(result.keys)}{more}"
    yield f"  {folder / 'tests' / result.name}.sql"


def _keys(keys: Sequence[Mapping[str, object]]) -> str:
    names = list(keys[0])
    if len(names) == 1:
        return f"{names[0]}: {', '.join(str(key[names[0]]) for key in keys)}"
    return f"({', '.join(names)}): " + ", ".join(f"({', '.join(map(str, key.values()))})" for key in keys)
