"""Say in a sentence what the newest results are: which tests were run, when, and of tables built when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from marketing_ibis.build.latest_results import SKIPPED, LatestResults, TestKey, TestResult

FAILED = ("fail", "error")


@dataclass(frozen=True, slots=True)
class ResultSummary:
    """The newest results of the data tests that a project declares.

    ``current`` are of the tables that are published now, ``outdated`` of earlier ones, ``withheld`` of tables that were
    built and not published. ``skipped`` ones have never been run, like those that ``results`` lacks.
    """

    declared: int
    results: tuple[TestResult, ...] = ()
    current: tuple[TestResult, ...] = ()
    outdated: tuple[TestResult, ...] = ()
    withheld: tuple[TestResult, ...] = ()
    skipped: tuple[TestResult, ...] = ()

    @property
    def statuses(self) -> Counter[str]:
        """How many of the tests have each status."""
        return Counter(result.status for result in self.results)

    @property
    def failed(self) -> int:
        """How many tests failed or could not be run."""
        return sum(self.statuses[status] for status in FAILED)

    @property
    def run(self) -> tuple[TestResult, ...]:
        """The tests that were run."""
        return tuple(result for result in self.results if result.status != SKIPPED)


def summarize_tests(latest: LatestResults, declared: Iterable[TestKey]) -> ResultSummary:
    """Return the newest results of the tests ``declared``, each a table and the name of a test."""
    keys = tuple(dict.fromkeys(declared))
    results = tuple(latest.tests[key] for key in keys if key in latest.tests)
    executed = [result for result in results if result.status != SKIPPED]
    return ResultSummary(
        len(keys),
        results,
        tuple(result for result in executed if latest.is_current(result)),
        tuple(result for result in executed if result.is_published and not latest.is_current(result)),
        tuple(result for result in executed if not result.is_published),
        tuple(result for result in results if result.status == SKIPPED),
    )


def data_test_keys(data_tests: Mapping[str, Sequence[object]]) -> list[TestKey]:
    """Return the key of each declared data test, by the table that it tests."""
    return [(table, str(data_test.name)) for table, table_tests in data_tests.items() for data_test in table_tests]  # type: ignore[attr-defined]


def describe_tests(summary: ResultSummary) -> str:
    """Return how many tests were run, when, and of tables built when; what is outdated is said."""
    if not summary.declared:
        return "No data tests are declared."
    if not summary.run:
        return f"None of {summary.declared:,} data tests has been run."
    span = format_span(result.at for result in summary.run)
    text = f"{len(summary.run):,} of {summary.declared:,} data tests run, {span}"
    built = [result.built_at for result in summary.run if result.built_at is not None and result.is_published]
    sentences = [f"{text}, of tables built {format_span(built)}." if built else f"{text}."]
    if summary.withheld:
        many = len(summary.withheld) > 1
        sentences.append(
            f"{_tests(len(summary.withheld))} run in a build that failed and did not publish"
            f" {'their' if many else 'its'} tables."
        )
    if summary.outdated:
        many = len(summary.outdated) > 1
        sentences.append(
            f"{_tests(len(summary.outdated))} run before {'their' if many else 'its'} tables were last built, and"
            f" {'do' if many else 'does'} not apply to the tables as they are now."
        )
    return " ".join(sentences)


def format_moment(moment: datetime) -> str:
    """Return a moment to the minute: 28 November 2026, 14:03 UTC."""
    instant = moment.astimezone(UTC)
    return f"{instant.day} {instant:%B %Y, %H:%M} UTC"


def format_span(moments: Iterable[datetime]) -> str:
    """Return the moment, or the first and the last of several to the minute."""
    ordered = sorted(moments)
    first, last = format_moment(ordered[0]), format_moment(ordered[-1])
    return first if first == last else f"between {first} and {last}"


def _tests(number: int) -> str:
    return f"{number:,} {'test was' if number == 1 else 'tests were'}"
