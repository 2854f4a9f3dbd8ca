"""Whether the data behind the report passed its tests."""

from __future__ import annotations

from marketing_ibis.build.latest_results import SKIPPED, TestResult
from marketing_ibis.build.test_summary import FAILED, ResultSummary, describe_tests
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import count, shown

PASSED = "pass"
ORDER = {"error": 0, "fail": 1, "warn": 2, SKIPPED: 3}
LONGEST = 160
"""The most characters of a test's message."""


def finding(found: ResultSummary, problem: str = "") -> str:
    """Return how many tests failed or passed; results of tables that are not published now count for nothing."""
    if problem and not found.results:
        return "The results of the data tests cannot be read"
    total = count(found.declared, "data test")
    if not found.run:
        return "No data tests were run"
    relevant = [*found.current, *found.withheld]
    failed = [result for result in relevant if result.status in FAILED]
    if failed:
        where = "" if any(result.is_published for result in failed) else " in a build that was not published"
        return f"{count(len(failed))} of {total} failed{where}"
    if not found.current:
        return "The tables have not been tested since they were built"
    warned = sum(result.status == "warn" for result in found.current)
    unasked = found.declared - len(found.current)
    if not warned and not unasked:
        return f"All {total} passed" if found.declared > 1 else "The only data test passed"
    parts = [f"{count(len(found.current) - warned)} of {total} passed"]
    parts += [f"{count(warned)} {'warns' if warned == 1 else 'warn'}"] * bool(warned)
    parts += [f"{count(unasked)} {'was' if unasked == 1 else 'were'} not run on these tables"] * bool(unasked)
    return ", ".join(parts)


def section(answers: Answers) -> Section:
    """Return the section on data tests, which any report may list."""
    return describe(answers.context.tests, answers.context.problem)


def describe(found: ResultSummary, problem: str = "") -> Section:
    """Return the section on the results ``found``; ``problem`` says why others could not be read."""
    lead = describe_tests(found)
    if problem:
        lead = f"{lead} {shown(problem, LONGEST)}"
    elif not found.run:
        lead = f"{lead} Nothing vouches for the numbers above; run `marketing-ibis test`."
    others = sorted(
        (result for result in found.results if result.status != PASSED),
        key=lambda result: (ORDER.get(result.status, 0), result.name),
    )
    head = ("Test", "Result", "Rows at fault", "Message")
    table = Table("Tests that did not pass", head, tuple(map(_row, others)), frozenset({2}), is_folded=len(others) > 10)
    tables = (table,) if others and found.run else ()
    return Section("tests", "Data quality", finding(found, problem), lead=lead, tables=tables)


def _row(result: TestResult) -> tuple[str, ...]:
    return (
        shown(result.name, 90),
        shown(result.status),
        count(result.failures),
        result.message and shown(result.message, LONGEST),
    )
