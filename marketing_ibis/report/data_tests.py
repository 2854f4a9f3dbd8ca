"""Whether the data behind the report passed its tests."""

from __future__ import annotations

from marketing_ibis.build.latest_results import SKIPPED, TestResult
from marketing_ibis.build.test_summary import FAILED, ResultSummary, describe_tests
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import count, display_name

PASSED, WARNED = "pass", "warn"
ORDER = {"error": 0, "fail": 1, WARNED: 2, SKIPPED: 3}
LONGEST = 160
"""The most characters of a test's message."""


def finding(summary: ResultSummary, problem: str = "") -> str:
    """Return how many tests failed or passed; results of tables that are not published now count for nothing."""
    if problem and not summary.results:
        return "The results of the data tests cannot be read"
    total = count(summary.declared, "data test")
    if not summary.run:
        return "No data tests were run"
    relevant = [*summary.current, *summary.withheld]
    failures = [result for result in relevant if result.status in FAILED]
    if failures:
        where = "" if any(result.is_published for result in failures) else " in a build that was not published"
        return f"{count(len(failures))} of {total} failed{where}"
    if not summary.current:
        return "The tables have not been tested since they were built"
    warning_count = sum(result.status == WARNED for result in summary.current)
    not_run = summary.declared - len(summary.current)
    if not warning_count and not not_run:
        return f"All {total} passed" if summary.declared > 1 else "The only data test passed"
    parts = [f"{count(len(summary.current) - warning_count)} of {total} passed"]
    parts += [f"{count(warning_count)} {'warns' if warning_count == 1 else 'warn'}"] * bool(warning_count)
    parts += [f"{count(not_run)} {'was' if not_run == 1 else 'were'} not run on these tables"] * bool(not_run)
    return ", ".join(parts)


def section(answers: Answers) -> Section:
    """Return the section on data tests, which any report may list."""
    return describe(answers.context.tests, answers.context.problem)


def describe(summary: ResultSummary, problem: str = "") -> Section:
    """Return the section on the results ``summary``; ``problem`` says why others could not be read."""
    lead = describe_tests(summary)
    if problem:
        lead = f"{lead} {display_name(problem, LONGEST)}"
    elif not summary.run:
        lead = f"{lead} Nothing vouches for the numbers above; run `marketing-ibis test`."
    not_passed = sorted(
        (result for result in summary.results if result.status != PASSED),
        key=lambda result: (ORDER.get(result.status, 0), result.name),
    )
    head = ("Test", "Result", "Failing rows", "Message")
    rows = tuple(map(_row, not_passed))
    table = Table("Tests that did not pass", head, rows, frozenset({2}), is_folded=len(rows) > 10)
    tables = (table,) if not_passed and summary.run else ()
    return Section("tests", "Data quality", finding(summary, problem), lead=lead, tables=tables)


def _row(result: TestResult) -> tuple[str, ...]:
    return (
        display_name(result.name, 90),
        display_name(result.status),
        count(result.failures),
        result.message and display_name(result.message, LONGEST),
    )
