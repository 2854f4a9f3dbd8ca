"""The newest result of each node, kept over commands that run a part, fail, or build without tests."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from marketing_ibis.build import latest_results
from marketing_ibis.build.latest_results import (
    LATEST_RESULTS,
    BuildResult,
    LatestResults,
    TestResult,
    keep_latest,
    read_latest,
)
from marketing_ibis.build.test_summary import describe_tests, summarize_tests
from marketing_ibis.cli.steps.days import tables_behind, view_parents
from marketing_ibis.docs_site.pages import last_build_of
from marketing_ibis.project.static_parsing import Node

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = date(2026, 11, 27)
PLACE = "warehouse.duckdb, schema dbt_marketing"
KEYS = [("orders", "unique"), ("orders", "not_null"), ("raw_orders", "unique")]


def minutes(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def built(at: datetime, rows: int = 7) -> BuildResult:
    return BuildResult("success", at, 0.5, rows=rows, built_at=at, as_of=DAY)


def answer(
    name: str, status: str, at: datetime, built_at: datetime | None, *, node: str = "orders", is_published: bool = True
) -> TestResult:
    reads = (node,) if node.startswith("raw") else (node, "raw_orders")
    return TestResult(node, name, status, at, DAY, reads=reads, built_at=built_at, is_published=is_published)


def whole_build(at: datetime) -> LatestResults:
    """Return the results of a build of ``orders`` with its tests, after a seed a minute before."""
    sources = {"raw_orders": BuildResult("success", at - timedelta(minutes=1), rows=9, built_at=at)}
    tests = [answer("unique", "pass", at, at), answer("not_null", "warn", at, at)]
    tests.append(replace(answer("unique", "pass", at, at, node="raw_orders"), keys=({"id": 3, "day": "2024-05-15"},)))
    return LatestResults().replaced({"orders": built(at), **sources}, tests)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    latest = whole_build(NOON)
    keep_latest(tmp_path, PLACE, latest.builds, latest.tests.values())
    assert read_latest(tmp_path, PLACE) == latest
    assert read_latest(tmp_path, "another") == LatestResults()
    keep_latest(tmp_path, "another", {"orders": built(minutes(3))}, ())
    assert read_latest(tmp_path, PLACE) == latest


def test_a_partial_command_replaces_what_it_ran() -> None:
    latest = whole_build(NOON).replaced({}, [answer("unique", "fail", minutes(5), NOON)])
    assert {key: test.status for key, test in latest.tests.items()} == {
        ("orders", "unique"): "fail",
        ("orders", "not_null"): "warn",
        ("raw_orders", "unique"): "pass",
    }
    assert latest.builds == whole_build(NOON).builds


def test_an_attempt_that_publishes_nothing_keeps_the_published_table() -> None:
    latest = whole_build(NOON).replaced(
        {"orders": BuildResult("error", minutes(5), 0.1, "refused")},
        [answer("unique", "skipped", minutes(5), None), answer("not_null", "skipped", minutes(5), None)],
    )
    orders = latest.builds["orders"]
    assert (orders.status, orders.message, orders.rows, orders.built_at) == ("error", "refused", 7, NOON)
    assert orders.is_published
    assert not orders.is_current
    assert latest.tests == whole_build(NOON).tests
    # A model that was built and not published does not look like a published one.
    again = latest.replaced({"orders": BuildResult("success", minutes(6), 0.1)}, ())
    assert last_build_of(again, ["orders"]).outcomes["orders"].status == "not published"
    assert last_build_of(again, ["orders"]).outcomes["orders"].rows == 7
    assert last_build_of(again, ["orders"]).as_of == "2026-11-27"


def test_a_skipped_test_is_recorded_where_there_is_no_earlier_result() -> None:
    latest = LatestResults().replaced({}, [answer("unique", "skipped", NOON, None)])
    summary = summarize_tests(latest, KEYS)
    assert (len(summary.results), len(summary.run), len(summary.skipped)) == (1, 0, 1)
    assert describe_tests(summary) == "None of 3 data tests has been run."


def test_results_say_when_and_of_tables_built_when() -> None:
    message = "28 November 2026, 12:00 UTC"
    assert (
        describe_tests(summarize_tests(whole_build(NOON), KEYS))
        == f"3 of 3 data tests run, {message}, of tables built {message}."
    )
    later = whole_build(NOON).replaced({}, [answer("unique", "pass", minutes(5), NOON)])
    assert describe_tests(summarize_tests(later, [*KEYS, ("orders", "new")])) == (
        f"3 of 4 data tests run, between {message} and 28 November 2026, 12:05 UTC, of tables built {message}."
    )
    assert describe_tests(summarize_tests(LatestResults(), [])) == "No data tests are declared."


@pytest.mark.parametrize("table", ["orders", "raw_orders"])
def test_a_table_that_was_built_without_tests_leaves_its_results_outdated(table: str) -> None:
    latest = whole_build(NOON).replaced({table: built(minutes(9))}, ())
    summary = summarize_tests(latest, KEYS)
    # A test that reads the source as well does not apply either.
    assert len(summary.outdated) == (2 if table == "orders" else 3)
    assert "before their tables were last built" in describe_tests(summary)
    assert not summarize_tests(
        latest.replaced({}, [answer("unique", "pass", minutes(10), minutes(9))]), KEYS[:1]
    ).outdated


def test_tests_of_tables_that_were_not_published_say_so() -> None:
    latest = whole_build(NOON).replaced(
        {"orders": BuildResult("success", minutes(5))},
        [answer("unique", "fail", minutes(5), NOON, is_published=False)],
    )
    summary = summarize_tests(latest, KEYS)
    assert (len(summary.withheld), len(summary.current)) == (1, 2)
    assert "1 test was run in a build that failed and published nothing of what they tested" not in describe_tests(
        summary
    )
    assert "1 test was run in a build that failed and did not publish its tables." in describe_tests(summary)


def test_the_warehouse_says_when_its_tables_were_built() -> None:
    latest = whole_build(NOON)
    assert latest.published({"orders": (NOON, DAY)}) == latest
    elsewhere = latest.published({"orders": (minutes(60), date(2026, 11, 28)), "customers": (NOON, DAY)})
    assert elsewhere.builds["orders"].rows is None
    assert elsewhere.builds["customers"].built_at == NOON
    assert elsewhere.days(["orders", "customers", "raw_orders"]) == (DAY, date(2026, 11, 28))
    assert len(summarize_tests(elsewhere, KEYS).outdated) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="cut"),
        pytest.param("[]", id="list"),
        pytest.param('{"version": 1, "places": 3}', id="no places"),
        pytest.param(json.dumps({"version": 1, "places": {PLACE: {"builds": {}}}}), id="no tests"),
        pytest.param(json.dumps({"version": 1, "places": {PLACE: {"builds": {"a": {}}, "tests": []}}}), id="no status"),
        pytest.param(json.dumps({"version": 1, "places": {PLACE: []}}), id="another shape"),
        pytest.param("\xff", id="no text"),
    ],
)
def test_a_record_that_cannot_be_read_is_named_and_written_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / LATEST_RESULTS).write_bytes(text.encode("latin-1"))
    latest = read_latest(tmp_path, PLACE)
    assert LATEST_RESULTS in latest.problem
    assert not latest.builds
    keep_latest(tmp_path, PLACE, {"orders": built(NOON)}, ())
    assert read_latest(tmp_path, PLACE) == LatestResults({"orders": built(NOON)})


def test_a_record_of_another_version_is_unknown(tmp_path: Path) -> None:
    (tmp_path / LATEST_RESULTS).write_text('{"version": 99, "places": {}}')
    assert read_latest(tmp_path, PLACE) == LatestResults()


def test_a_view_counts_as_the_tables_behind_it() -> None:
    def node(name: str, kind: str, materialized: str, *parents: str) -> Node:
        return Node(name, kind, "", materialized, "", parents=parents)  # type: ignore[arg-type]

    nodes = {
        "raw": node("raw", "source", "view"),
        "staged": node("staged", "model", "view", "raw"),
        "shown": node("shown", "model", "view", "staged", "mart"),
        "mart": node("mart", "model", "table", "staged"),
    }
    views = view_parents(nodes)
    assert set(tables_behind(views, "shown")) == {"shown", "staged", "raw", "mart"}
    assert tables_behind(views, "mart") == ("mart",)
    assert tables_behind(views, "raw") == ("raw",)


def test_two_commands_at_once_lose_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reads the records and writes them again with its own: the second must not read before that."""
    read = latest_results._read

    def read_slowly(path: Path) -> dict[str, object]:
        result = read(path)
        time.sleep(0.05)
        return result

    monkeypatch.setattr(latest_results, "_read", read_slowly)
    names = [f"model_{number}" for number in range(5)]
    threads = [threading.Thread(target=keep_latest, args=(tmp_path, PLACE, {name: built(NOON)}, ())) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_latest(tmp_path, PLACE).builds) == names


def test_a_lock_held_for_long_loses_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest_results, "LONGEST_WAIT_SECONDS", 0.1)
    with latest_results._recording(tmp_path):
        keep_latest(tmp_path, PLACE, {"orders": built(NOON)}, ())
    assert set(read_latest(tmp_path, PLACE).builds) == {"orders"}
    keep_latest(tmp_path / "new", PLACE, {"orders": built(NOON)}, ())
    assert set(read_latest(tmp_path / "new", PLACE).builds) == {"orders"}
