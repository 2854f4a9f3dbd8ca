"""The tests of published tables are run batch by batch; a failure stops them only with fail_fast."""

from __future__ import annotations

from pathlib import Path

from marketing_ibis.build.run import RunResults, run_batches, run_plan
from marketing_ibis.testing.run import DataTestResult, DataTestRunner
from tests.shop import Shop
from tests.testing.test_gate import plan_of, query, shop_with

LATE = "custom(lambda table, {}: table.id > 0, name='late')"


def built(folder: Path, **tests: str) -> Shop:
    shop = shop_with(folder, **tests)
    with shop.open() as target:
        run_plan(shop.plan(), target)
    return shop


def run_tests(shop: Shop, **options: bool) -> tuple[RunResults, list[tuple[DataTestResult, ...]]]:
    """Return the results, and what was reported of each batch."""
    plan = plan_of(shop)
    tested: list[tuple[DataTestResult, ...]] = []
    with shop.open() as target:
        runner = DataTestRunner(target, plan.published)
        return run_batches(plan.batches, runner, on_tested=tested.append, **options), tested


def answers(results: RunResults) -> list[tuple[str, str]]:
    return [(data_test.status, data_test.message) for data_test in results.data_tests]


def test_each_batch_is_reported_and_nothing_is_published(tmp_path: Path) -> None:
    results, tested = run_tests(built(tmp_path, stg_sales="unique(), not_null()", halves="unique()"))
    assert [len(batch) for batch in tested] == [2, 1]
    assert results.data_tests == (*tested[0], *tested[1])
    assert (results.results, results.published, results.published_models) == ((), False, ())
    assert 0 < results.seconds < 60


def test_only_fail_fast_stops_after_a_failure(tmp_path: Path) -> None:
    shop = built(tmp_path, stg_sales="accepted_values((1,), name='few')", halves="unique()")
    results, _ = run_tests(shop)
    assert [status for status, _ in answers(results)] == ["fail", "pass"]
    results, _ = run_tests(shop, fail_fast=True)
    assert answers(results)[1] == ("skipped", "an earlier test failed")


def test_fail_fast_runs_everything_that_passes(tmp_path: Path) -> None:
    results, _ = run_tests(built(tmp_path, stg_sales="unique()", halves="unique()"), fail_fast=True)
    assert [status for status, _ in answers(results)] == ["pass", "pass"]


def test_a_test_whose_other_table_is_missing_is_skipped(tmp_path: Path) -> None:
    shop = built(tmp_path, stg_sales=LATE.format("totals, report"))
    query(shop, "DROP TABLE dbt_marketing.report")
    assert answers(run_tests(shop)[0]) == [("skipped", "dbt_marketing.report does not exist")]
    query(shop, "DROP TABLE dbt_marketing.totals")
    assert answers(run_tests(shop)[0]) == [("skipped", "dbt_marketing.report does not exist")]
