"""What data tests show: a line for each relation that was tested, and what each failure was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.log import Level, Log, current_log

if TYPE_CHECKING:
    from marketing_ibis.verify import CheckResult

COLOURS = {"pass": "green", "warn": "yellow", "fail": "red", "error": "red", "skipped": "yellow"}
LABELS = {"pass": "PASS", "warn": "WARN", "fail": "FAIL", "error": "ERROR", "skipped": "SKIP"}
LEVELS: Mapping[str, Level] = {"pass": "info", "warn": "warn", "fail": "error", "error": "error", "skipped": "info"}
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

    def __init__(self, relations: Iterable[object]) -> None:
        self.width = max((len(f"tests {relation} ") for relation in relations), default=0) + DOTS
        self.log = current_log()

    def tested(self, results: Sequence[CheckResult]) -> None:
        """Print the line of a relation's tests."""
        tell_tested(self.log, results, self.width)


def tell_tested(log: Log, results: Sequence[CheckResult], width: int, *, indent: int = 0) -> None:
    """Print the line of a relation's tests, or for machines one event a test."""
    if log.format == "text":
        # A failure is told at length when all is done.
        log.tell("test_finished", " " * indent + tested_line(results, width))
        return
    for result in results:
        log.tell(
            "test_finished",
            f"{LABELS[result.status]} {result.name}",
            level=LEVELS[result.status],
            test=result.name,
            node=result.node,
            relation=str(result.relation),
            column=result.column,
            status=result.status,
            failures=result.failures,
            seconds=round(result.seconds, 6),
            reason=result.message,
            keys=list(map(dict, result.keys)),
        )


def tell_checks(results: Iterable[CheckResult], folder: Path) -> None:
    """Print what each test found: how much, the first failing keys, and where its query is; failures on stderr."""
    for result in results:
        if result.status in ("pass", "skipped") or (current_log().quiet and not result.stops):
            continue
        title = "Warning" if result.status == "warn" else "Error"
        click.secho(f"{title}: ", fg=COLOURS[result.status], bold=True, nl=False, err=result.stops)
        for line in _told(result, folder):
            click.echo(line, err=result.stops)


def tell_counts(results: Sequence[CheckResult]) -> None:
    """Print how many tests passed, warned and failed."""
    statuses = [result.status for result in results]
    counts = {status: statuses.count(status) for status in sorted(set(statuses))}
    current_log().tell("tests_finished", f"Tests: {told_counts(results)}.", always=True, tests=counts)


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
