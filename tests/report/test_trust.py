"""Whether the data can be trusted: tests, freshness, drift."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from marketing_ibis.build.latest_results import LatestResults, TestResult
from marketing_ibis.build.recent_builds import BuildMetrics
from marketing_ibis.build.test_summary import ResultSummary, summarize_tests
from marketing_ibis.report import Answers, Context, trust
from tests.report.markup import words

MOMENT = datetime(2024, 5, 16, tzinfo=UTC)
DAY = date(2024, 5, 15)


def build(age: int, values: Mapping[tuple[str, str], float], *, is_published: bool = True) -> BuildMetrics:
    return BuildMetrics(MOMENT - timedelta(age), DAY - timedelta(age), is_published, values)


def results(status: str) -> ResultSummary:
    one = TestResult("orders", "unique_orders", status, MOMENT, DAY, failures=int(status != "pass"))
    return summarize_tests(LatestResults(tests={(one.node, one.name): one}), [(one.node, one.name)])


def title(context: Context) -> str:
    return words(trust.section(Answers({}, context)).title)


def test_the_title_is_the_verdict_with_its_reasons() -> None:
    assert title(Context(tests=results("pass"))) == "Yes: the only data test passed"
    assert title(Context(tests=results("warn"))) == "Mostly: 0 of 1 data test passed, 1 warns"
    assert title(Context(tests=results("fail"))) == "No: 1 of 1 data test failed"
    assert title(Context()) == "With care: no data tests were run"
    late = Context(tests=results("pass"), newest_day=DAY - timedelta(9), days=(DAY,))
    assert title(late).endswith("the newest data is 9 days older than the day of the tables")
    assert title(Context(tests=results("pass"), newest_day=DAY - timedelta(1), days=(DAY,))).startswith("Yes")


def test_a_number_drifts_from_the_median_of_earlier_builds() -> None:
    key, seconds = ("coverage", ""), ("model_seconds", "orders")
    steady = [build(age, {key: 1.0, seconds: 1.0}) for age in range(1, 7)]
    newest = build(0, {key: 0.79, seconds: 90.0})
    assert trust.drifts([newest, *steady]) == {key: (0.79, 1.0)}
    assert trust.drifts([build(0, {key: 0.8}), *steady]) == {}
    assert trust.drifts([newest, *steady[:4]]) == {}
    context = Context(tests=results("pass"), builds=(newest, *steady))
    assert title(context) == "With care: the only data test passed; 1 number drifted"
    (table,) = trust.section(Answers({}, context)).tables
    assert table.rows == (("coverage", "0.79", "1", "6", "drift"),)


def test_failed_builds_and_ages_of_sources_are_shown() -> None:
    builds = (build(0, {}, is_published=False), build(1, {("data_age_days", "raw_orders"): 2.25}))
    section = trust.section(Answers({}, Context(tests=results("pass"), builds=builds)))
    assert "and failed; the tables are those of an earlier one. 1 build failed." in words(section.lead)
    assert [table.rows for table in section.tables] == [(("raw_orders", "2.2"),)]
    (fresh,) = trust.section(Answers({}, Context(builds=(build(0, {("data_age_days", "raw_orders"): 0.0}),)))).tables
    assert (fresh.head[1], fresh.rows) == ("Days before the as-of day", (("raw_orders", "0"),))
