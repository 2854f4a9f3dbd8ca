"""With --publish passing, a failure holds back the failed model and its dependents only."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.build.run import RunResults, run_plan
from marketing_ibis.testing.run import DataTestRunner
from tests.shop import SHOP, Shop, failing, make_shop
from tests.testing.test_gate import MODELS, build, plan_of, query, shop_with


def release(shop: Shop) -> RunResults:
    plan = plan_of(shop)
    with shop.open() as target:
        return run_plan(plan, target, test_runner=DataTestRunner(target, plan.relations), publish_passing=True)


def tables(shop: Shop) -> set[str]:
    with shop.open() as target:
        return set(target.relations(MODELS))


def test_a_failed_model_and_what_is_built_from_it_stay_as_they_were(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, halves="accepted_values((1, 2))")
    assert build(shop).published
    query(shop, "INSERT INTO dbt_production.sales VALUES (4, 50)")
    results = release(shop)
    assert not results.published
    assert set(results.published_models) == {"stg_sales", "totals"}
    assert query(shop, f"SELECT n FROM {MODELS}.totals") == [(3,)]
    assert query(shop, f"SELECT count(*) FROM {MODELS}.halves") == [(2,)]
    assert query(shop, f"SELECT n FROM {MODELS}.report") == [(2,)]
    # The failed candidate is kept for inspection, and the next build removes it.
    assert query(shop, results.data_tests[0].failing) == [(4, 25.0)]
    assert tables(shop) == {"stg_sales", "totals", "halves", "report", "halves__candidate"}
    query(shop, "DELETE FROM dbt_production.sales WHERE id = 4")
    assert build(shop).published
    assert tables(shop) == {"stg_sales", "totals", "halves", "report"}


def test_nothing_that_reads_a_failed_source_or_view_is_published(tmp_path: Path) -> None:
    for node in ("raw_sales", "stg_sales"):
        shop = shop_with(tmp_path / node, **{node: "accepted_values((1,))"})
        results = release(shop)
        assert (results.published, results.published_models) == (False, ())
        assert not [name for name in tables(shop) if not name.endswith("__candidate")]


def test_a_model_that_fails_keeps_back_its_branch_alone(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, totals=failing("totals"))
    assert set(release(shop).published_models) == {"stg_sales", "halves"}
    assert query(shop, f"SELECT count(*) FROM {MODELS}.halves") == [(2,)]


def test_a_test_that_fails_late_keeps_back_what_was_built_before_it(tmp_path: Path) -> None:
    late = "custom(lambda table, report: table.id < report.count(), name='late')"
    results = release(shop_with(tmp_path, halves=late))
    assert [data_test.status for data_test in results.data_tests] == ["fail"]
    assert set(results.published_models) == {"stg_sales", "totals"}


def release_totals(folder: Path, test: str, *, warn_error: bool = False) -> set[str]:
    """Return the published models of a shop whose halves fail and whose sales have a test that reads other tables."""
    shop = shop_with(folder, halves="accepted_values((1,))", stg_sales=test)
    plan = plan_of(shop)
    with shop.open() as target:
        runner = DataTestRunner(target, plan.relations, warn_error=warn_error)
        results = run_plan(plan, target, test_runner=runner, publish_passing=True)
    assert {data_test.status for data_test in results.data_tests if data_test.node == "stg_sales"} <= {
        "pass",
        "skipped",
    }
    return set(results.published_models)


def test_a_model_compared_with_a_failed_one_is_not_published(tmp_path: Path) -> None:
    compared = 'relationships("halves", "id", severity="{}"), relationships("raw_sales", "id", name="known")'
    assert release_totals(tmp_path / "error", compared.format("error")) == set()
    assert release_totals(tmp_path / "warn", compared.format("warn")) == {"stg_sales", "totals"}
    assert release_totals(tmp_path / "all", compared.format("warn"), warn_error=True) == set()


def test_a_model_that_could_not_be_compared_is_not_published(tmp_path: Path) -> None:
    # The report is not built, since the halves failed, so the result of its test is unknown.
    late = "custom(lambda table, report: table.id < report.count() + 2, severity='{}', name='late')"
    assert release_totals(tmp_path / "error", late.format("error")) == set()
    assert release_totals(tmp_path / "warn", late.format("warn")) == {"stg_sales", "totals"}


def test_a_warning_keeps_nothing_back(tmp_path: Path) -> None:
    results = release(shop_with(tmp_path, halves='accepted_values((1,), severity="warn")'))
    assert results.published
    assert set(results.published_models) == {"stg_sales", "totals", "halves", "report"}


def test_a_failed_view_can_be_read_where_it_stays(tmp_path: Path) -> None:
    view = SHOP["halves"].replace('layer="marts"', 'layer="marts", materialized="view"')
    tested = view.replace('"Key.")', '"Key.", tests=(accepted_values((1,)),))', 1)
    shop = make_shop(tmp_path, halves=f"\n        from marketing_ibis.data_tests import accepted_values\n{tested}")
    results = release(shop)
    assert set(results.published_models) == {"stg_sales", "totals"}
    assert query(shop, results.data_tests[0].failing) == [(2, 125.0)]


@pytest.mark.parametrize("broken", ["CREATE TABLE dbt_marketing.totals AS SELECT 1", "SELECT nothing"])
def test_what_passed_is_published_whole_or_not_at_all(tmp_path: Path, broken: str) -> None:
    shop = shop_with(tmp_path, halves="accepted_values((1,))")
    plan = plan_of(shop)
    with shop.open() as target, pytest.raises(Exception, match="Nothing was published"):
        run_plan(plan, target, record=lambda *_: (broken,), publish_passing=True)
    assert not [name for name in tables(shop) if not name.endswith("__candidate")]
