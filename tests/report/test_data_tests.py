"""The section on data tests and their newest results."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketing_ibis.build.latest_results import BuildResult, LatestResults, TestResult
from marketing_ibis.build.test_summary import ResultSummary, summarize_tests
from marketing_ibis.report import Answers, Context, data_tests
from marketing_ibis.report.blocks import level_of
from tests.report.markup import words
from tests.sources import GOLDEN_AS_OF


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "No data tests were run"),
        (["pass"], "The only data test passed"),
        (["pass", "pass"], "All 2 data tests passed"),
        (["pass", "warn"], "1 of 2 data tests passed, 1 warns"),
        (["pass", "warn", "fail", "error"], "2 of 4 data tests failed"),
        (["pass", "skipped"], "1 of 2 data tests passed, 1 was not run on these tables"),
        (["warn", "warn", "skipped", "absent"], "0 of 4 data tests passed, 2 warn, 2 were not run on these tables"),
        (["skipped"], "No data tests were run"),
        (["outdated"], "The tables have not been tested since they were built"),
        (["withheld"], "1 of 1 data test failed in a build that was not published"),
        (["withheld", "fail"], "2 of 2 data tests failed"),
    ],
)
def test_data_tests(statuses: list[str], expected: str) -> None:
    assert words(data_tests.finding(results_of(statuses))) == expected


def results_of(statuses: list[str]) -> ResultSummary:
    """Return results by status; an outdated one failed, on a table that has been built again since."""
    moment = datetime(2024, 5, 15, tzinfo=UTC)
    rebuilt = BuildResult("success", moment, built_at=moment)
    found = {}
    for number, status in enumerate(statuses):
        name = f"t{number}"
        if status != "absent":
            outcome = "fail" if status in ("outdated", "withheld") else status
            reads = ("rebuilt",) if status == "outdated" else ()
            found["orders", name] = TestResult(
                "orders", name, outcome, moment, GOLDEN_AS_OF, reads=reads, is_published=status != "withheld"
            )
    latest = LatestResults({"rebuilt": rebuilt}, found)
    return summarize_tests(latest, [("orders", f"t{number}") for number in range(len(statuses))])


def test_a_record_that_cannot_be_read_is_said() -> None:
    context = Context(ResultSummary(3), "latest_results.json cannot be read: no")
    section = data_tests.section(Answers({}, context))
    assert section.title == "The results of the data tests cannot be read"
    assert "latest_results.json" in section.lead


def test_levels() -> None:
    assert [level_of(value, 6) for value in (-1, 0, 0.5, 1, 5.9, 6)] == [0, 0, 1, 2, 6, 6]
    assert level_of(1, 0) == 0
