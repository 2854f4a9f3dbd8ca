"""What data tests show: a line per tested relation, then what was skipped, the warnings, and the errors last."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.output.log import Level, Log, terminal_width
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Relation
    from marketing_ibis.testing.run import DataTestResult

COLOURS = {"pass": "green", "warn": "yellow", "fail": "red", "error": "red", "skipped": "yellow"}
LABELS = {"pass": "PASS", "warn": "WARN", "fail": "FAIL", "error": "ERROR", "skipped": "SKIP"}
LEVELS: Mapping[str, Level] = {"pass": "info", "warn": "warn", "fail": "error", "error": "error", "skipped": "info"}
ORDER = ("error", "fail", "warn", "skipped", "pass")
"""The worst first: it gives a line its label."""
DOTS = 3
LONGEST_OUTCOME = " OK [10,000,000 rows in 100.00s]"
MOST_NAMES = 5


def worst_status(results: Iterable[DataTestResult]) -> str:
    """Return the status that a line of several tests has."""
    statuses = {result.status for result in results}
    executed = statuses - {"skipped"} or statuses
    return next(status for status in ORDER if status in executed)


def relation_head(relation: Relation, schema: str) -> str:
    """Return the head of the line of a relation's tests; a relation in ``schema`` goes by its name alone."""
    return f"tests {relation.name if relation.schema == schema else relation}"


def head_width(heads: Iterable[str], indent: int = 0) -> int:
    """Return the width of the dotted heads of lines, so that no line is wider than the terminal."""
    width = max(map(len, heads), default=0) + len(" ") + DOTS
    columns = terminal_width(sys.stdout)
    return width if columns is None else max(min(width, columns - indent - len(LONGEST_OUTCOME)), DOTS)


def fill_with_dots(head: str, width: int) -> str:
    """Return ``head`` filled with dots to ``width``; one that is too long is cut in its middle."""
    limit = width - len(" ") - DOTS
    if len(head) > limit:
        length = max(limit - 1, 2)
        head = f"{head[: length - length // 2]}…{head[-(length // 2) :]}"
    return f"{head} ".ljust(width, ".")


def relation_line(results: Sequence[DataTestResult], width: int, schema: str) -> str:
    """Return the line of a relation's tests."""
    status = worst_status(results)
    label = click.style(LABELS[status], fg=COLOURS[status])
    executed = [result for result in results if result.status != "skipped"]
    seconds = sum(result.seconds for result in executed)
    outcome = f"{plural('test', len(executed))} in {seconds:.2f}s"
    return f"{fill_with_dots(relation_head(results[0].relation, schema), width)} {label} [{outcome}]"


class TestConsole:
    """A line for each relation when its tests have run; a relation in ``schema`` goes by its name alone."""

    def __init__(self, log: Log, relations: Iterable[Relation], schema: str) -> None:
        self.schema = schema
        self.width = head_width(relation_head(relation, schema) for relation in relations)
        self.log = log

    def report_tested(self, results: Sequence[DataTestResult]) -> None:
        """Print the line of a relation's tests."""
        report_tested(self.log, results, self.width, self.schema)


def report_tested(log: Log, results: Sequence[DataTestResult], width: int, schema: str, *, indent: int = 0) -> None:
    """Print the line of a relation's tests, if any was run, or for machines one event per test."""
    if log.format == "text":
        # Skipped tests and failures are reported when all is done.
        if worst_status(results) != "skipped":
            log.emit("test_finished", " " * indent + relation_line(results, width, schema))
        return
    for result in results:
        log.emit(
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


def print_results(
    log: Log, results: Sequence[DataTestResult], folder: Path, skipped_models: Sequence[str] = ()
) -> None:
    """Print what was skipped, then the warnings, then each test that failed: how much, and its first failing rows.

    ``folder`` has the tests' queries in ``tests``. Failures go to stderr.
    """
    for line in (*_skips(skipped_models, results), *_warnings(results, folder)):
        log.emit("note", line)
    for result in results:
        if result.is_blocking:
            log.show_error(*_failure(result, folder))


def log_counts(log: Log, results: Sequence[DataTestResult]) -> None:
    """Print how many tests passed, warned and failed."""
    statuses = [result.status for result in results]
    counts = {status: statuses.count(status) for status in sorted(set(statuses))}
    log.emit("tests_finished", f"Tests: {format_counts(results)}.", closing=True, tests=counts)


def format_counts(results: Iterable[DataTestResult]) -> str:
    """Return how many tests there are of each status."""
    statuses = [result.status for result in results]
    return ", ".join(f"{LABELS[status]} {statuses.count(status):,}" for status in LABELS if status in statuses)


def _skips(models: Sequence[str], results: Iterable[DataTestResult]) -> Iterable[str]:
    """Return what was skipped, in one line: models by name, tests by reason."""
    reasons = Counter(result.message for result in results if result.status == "skipped")
    parts = [f"{plural('model', len(models))} ({_some(models)})"] * bool(models)
    if reasons:
        reason_texts = [
            f"{reason}: {count:,}" if len(reasons) > 1 else reason for reason, count in reasons.most_common()
        ]
        parts.append(f"{plural('test', reasons.total())} ({_some(reason_texts)})")
    if parts:
        yield f"{click.style('Skipped:', fg=COLOURS['skipped'])} {' and '.join(parts)}"


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _warnings(results: Iterable[DataTestResult], folder: Path) -> Iterable[str]:
    """Return the tests that warn, one line each, by relation."""
    warning_results = [result for result in results if result.status == "warn"]
    if not warning_results:
        return
    head = click.style("Warnings:", fg=COLOURS["warn"], bold=True)
    yield f"{head} {plural('test', len(warning_results))}. Failures per test; the queries are in {folder / 'tests'}."
    width = max(len(f"{result.failures:,}") for result in warning_results)
    by_relation: dict[str, list[DataTestResult]] = {}
    for result in warning_results:
        by_relation.setdefault(str(result.relation), []).append(result)
    for result in chain.from_iterable(by_relation.values()):
        reason = f": {result.message}" if result.message else ""
        yield f"  {result.failures:>{width},}  {result.name}{reason}"


def _failure(result: DataTestResult, folder: Path) -> tuple[str, str]:
    """Return what failed, and the first failing rows and the query to find all of them."""
    query = f"  {folder / 'tests' / result.name}.sql"
    if result.status == "error":
        return f"{result.name}: {result.message}", query
    place = f"{result.relation}.{result.column}" if result.column else str(result.relation)
    message = f"{result.name}: {result.message or plural('failure', result.failures)} in {place}"
    if not result.keys:
        return message, query
    more = ", ..." if result.failures > len(result.keys) else ""
    return message, f"  {_keys(result.keys)}{more}\n{query}"


def _keys(keys: Sequence[Mapping[str, object]]) -> str:
    names = list(keys[0])
    if len(names) == 1:
        return f"{names[0]}: {', '.join(str(key[names[0]]) for key in keys)}"
    return f"({', '.join(names)}): " + ", ".join(f"({', '.join(map(str, key.values()))})" for key in keys)
