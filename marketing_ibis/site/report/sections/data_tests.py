"""Whether the data behind the report passed its tests."""

from __future__ import annotations

from marketing_ibis.site.report.blocks import Section, Table
from marketing_ibis.site.report.test_results import TestResult, TestRun
from marketing_ibis.site.report.wording import count, shown

PASSED = "pass"
ORDER = {"error": 0, "fail": 1, "warn": 2, "skipped": 3}
LONGEST = 160
"""The most characters of a test's message."""


def finding(run: TestRun) -> str:
    """Return how many tests passed, or that none was run."""
    if run.problem:
        return "What became of the data tests cannot be told"
    if not run.results:
        return "No data tests were run"
    total = count(len(run.results), "data test")
    failed = sum(result.status in ("fail", "error") for result in run.results)
    warned = sum(result.status == "warn" for result in run.results)
    if failed:
        return f"{count(failed)} of {total} failed"
    if warned:
        return f"{count(warned)} of {total} {'warns' if warned == 1 else 'warn'}, none failed"
    passed = sum(result.status == PASSED for result in run.results)
    return f"All {total} passed" if passed == len(run.results) else f"{count(passed)} of {total} passed, none failed"


def section(run: TestRun) -> Section:
    """Return the section on data tests."""
    if run.problem:
        return Section("tests", "Data quality", finding(run), lead=shown(run.problem, LONGEST))
    if not run.results:
        lead = "The last run's record holds no results of data tests, so nothing vouches for the numbers above."
        return Section("tests", "Data quality", finding(run), lead=lead)
    others = sorted(
        (result for result in run.results if result.status != PASSED),
        key=lambda result: (ORDER.get(result.status, 0), result.name),
    )
    head = ("Test", "Result", "Rows at fault", "Message")
    table = Table("Tests that did not pass", head, tuple(map(_row, others)), frozenset({2}), is_folded=len(others) > 10)
    return Section(
        "tests",
        "Data quality",
        finding(run),
        lead=f"Tests of the run at {shown(run.generated_at)}." if run.generated_at else "",
        tables=(table,) if others else (),
    )


def _row(result: TestResult) -> tuple[str, ...]:
    return (
        shown(result.name, 90),
        shown(result.status),
        count(result.failures),
        result.message and shown(result.message, LONGEST),
    )
