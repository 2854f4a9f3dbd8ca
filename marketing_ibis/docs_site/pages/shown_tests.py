"""What a page says of data tests: what each means, and the worst results first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketing_ibis.build.latest_results import TestKey, TestResult
from marketing_ibis.model import DataTest
from marketing_ibis.plurals import plural
from marketing_ibis.testing.meanings import meaning

ORDER = ("error", "fail", "warn", "skipped", "", "pass")
"""Results as a page lists them; a test without one comes before those that passed."""
WORDS = {"error": "error", "fail": "fail", "warn": "warn", "skipped": "skipped", "": "not run", "pass": "pass"}


@dataclass(frozen=True, slots=True)
class ShownTest:
    """A data test with what it means, the query of what fails, and its newest result."""

    data_test: DataTest
    meaning: str
    query: str
    outcome: TestResult | None

    @property
    def status(self) -> str:
        """The newest result, "" for none."""
        return self.outcome.status if self.outcome else ""

    @property
    def keys(self) -> str:
        """The keys of the first rows that failed, as text."""
        keys = self.outcome.keys if self.outcome else ()
        return "; ".join(", ".join(f"{name} {value}" for name, value in key.items()) for key in keys)


def shown_tests(
    table: str, data_tests: Iterable[DataTest], results: Mapping[TestKey, TestResult], queries: Mapping[str, str]
) -> list[ShownTest]:
    """Return the tests of a table, failures first."""
    tests = [ShownTest(c, meaning(c), queries.get(c.name, ""), results.get((table, c.name))) for c in data_tests]
    return sorted(tests, key=lambda test: ORDER.index(test.status) if test.status in ORDER else 0)


def summary_of(tests: Sequence[ShownTest]) -> str:
    """Return how many tests there are, and how many have each result."""
    counts = Counter(test.status for test in tests)
    head = plural("test", len(tests))
    if not set(counts) - {""}:
        return f"{head}, not run yet"
    statuses = sorted(counts, key=lambda status: (status != "pass", ORDER.index(status) if status in ORDER else 0))
    return f"{head}: {', '.join(f'{counts[status]:,} {WORDS.get(status, status)}' for status in statuses)}"
