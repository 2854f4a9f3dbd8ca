"""The newest results over several commands, as `report` and the site's home page read them, also after a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.build.latest_results import LatestResults
from marketing_ibis.build.metrics import MetricValue, failure_statements
from marketing_ibis.build.run import run_plan
from marketing_ibis.build.test_summary import ResultSummary, data_test_keys, describe_tests, summarize_tests
from marketing_ibis.cli.steps import latest_results as keeping
from marketing_ibis.errors import MarketingIbisError, RunFailed
from marketing_ibis.project.settings import load_project
from marketing_ibis.testing.collect import declared_data_tests
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, failing, make_shop

HISTORY = "SELECT metric, subject, value FROM dbt_marketing.build_history"
MEASURE = """
    from marketing_ibis.model import measures

    @measures
    def health(totals: ir.Table) -> ir.Table:
        return totals.agg(n=totals.n.max() / 0.0)
    """


def checked_shop(folder: Path, **changes: str) -> Shop:
    """Write a shop whose keys are tested."""
    marked = {
        name: SHOP[name].replace('"Key."', '"Key.", tests=(unique(), not_null())').replace("        COLUMNS", IMPORT, 1)
        for name in ("raw_sales", "stg_sales", "halves")
    }
    return make_shop(folder, **(marked | changes))


IMPORT = "        from marketing_ibis.data_tests import not_null, unique\n        COLUMNS"


def call(shop: Shop, *words: str, code: int = 0) -> str:
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"), "--database", str(shop.database))
    return invoke(*words, *place, *(() if "--as-of" in words else ("--as-of", "2024-05-15")), code=code).output


def latest(shop: Shop) -> LatestResults:
    place = f"{shop.database.resolve().as_posix()}, schema dbt_marketing"
    return keeping.read_latest(shop.root / "t", place)


def summary(shop: Shop) -> ResultSummary:
    data_tests = declared_data_tests(shop.project.compile(AS_OF), shop.project.tests)
    return summarize_tests(latest(shop), data_test_keys(data_tests))


def test_a_part_replaces_the_results_of_what_it_ran(tmp_path: Path) -> None:
    shop = checked_shop(tmp_path)
    call(shop, "build")
    before = latest(shop)
    assert {name: result.rows for name, result in before.builds.items()} == {
        "stg_sales": None,
        "totals": 1,
        "halves": 2,
        "report": 1,
    }
    assert len(before.tests) == 6
    call(shop, "test", "-s", "halves")
    after = latest(shop)
    assert after.builds == before.builds
    changed = {key for key, test in after.tests.items() if test != before.tests[key]}
    assert changed == {key for key in before.tests if key[0] == "halves"}
    assert "6 of 6 data tests run" in describe_tests(summary(shop))
    assert len(summary(shop).current) == 6


def test_a_run_after_a_build_says_that_its_tables_were_not_tested(tmp_path: Path) -> None:
    shop = checked_shop(tmp_path)
    call(shop, "build")
    call(shop, "run", "-s", "halves", "--as-of", "2024-05-16")
    assert {test.node for test in summary(shop).outdated} == {"halves"}
    call(shop, "test", "-s", "halves", "--as-of", "2024-05-16")
    assert not summary(shop).outdated
    days = latest(shop).days(["halves", "totals"])
    assert [day.day for day in days] == [15, 16]


BREAKABLE = SHOP["totals"].replace(
    "n=stg_sales.count()", "n=(stg_sales.cents * 10**17 * 10**17).sum().fill_null(0).cast('int64')"
)
"""Fails on the engine as soon as there is a sale."""
SALES = "INSERT INTO dbt_production.sales VALUES (1, 100), (2, 250)"


def newest_rows(shop: Shop) -> list[tuple[object, ...]]:
    with shop.open() as target:
        return target.query(f"{HISTORY} WHERE built_at = (SELECT max(built_at) FROM dbt_marketing.build_history)")


@pytest.mark.parametrize("command", ["build", "run"])
def test_a_failure_leaves_its_row_and_what_is_known_of_published_tables(tmp_path: Path, command: str) -> None:
    shop = checked_shop(tmp_path, totals=BREAKABLE)
    with shop.open() as target:
        target.execute("DELETE FROM dbt_production.sales")
    call(shop, "build")
    assert ("build_failed", "", 1.0) not in newest_rows(shop)
    before = latest(shop)
    with shop.open() as target:
        target.execute(SALES)
    call(shop, command, code=1)
    found = latest(shop)
    assert {name: result.status for name, result in found.builds.items()} == {
        "stg_sales": "success",
        "totals": "error",
        "halves": "success",
        "report": "skipped",
    }
    for name, result in found.builds.items():
        assert (result.rows, result.built_at, result.as_of) == (
            before.builds[name].rows,
            before.builds[name].built_at,
            AS_OF,
        )
        assert not result.is_current
    if command == "build":
        # The sources exist; the tables built from them were not published.
        assert {test.node for test in summary(shop).withheld} == {"stg_sales", "halves"}
        assert "did not publish their tables" in describe_tests(summary(shop))
    metrics = [metric for metric, _, _ in newest_rows(shop)]
    assert metrics.count("build_failed") == 1
    assert "model_published" not in metrics
    assert ("test_pass_rate" in metrics) == (command == "build")


def test_a_measure_that_fails_leaves_a_row_too(tmp_path: Path) -> None:
    shop = checked_shop(tmp_path, health=MEASURE)
    assert "Measure health returns" in call(shop, "build", code=1)
    assert ("build_failed", "", 1.0) in newest_rows(shop)


def test_a_row_that_cannot_be_written_hides_no_failure(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, totals=failing("totals"))
    errors: list[MarketingIbisError] = []
    plan = shop.plan()
    with shop.open() as target:
        results = run_plan(
            plan,
            target,
            record_failure=lambda plan, results, data_tests: ("SELECT * FROM nowhere",),
            on_unrecorded=errors.append,
        )
        assert [result.step.name for result in results.failures] == ["totals"]
        assert isinstance(errors[0], RunFailed)
        # Half a record does not count.
        statements = failure_statements(plan, [MetricValue("model_seconds", "totals", 0.5)], AS_OF)
        run_plan(
            plan,
            target,
            record_failure=lambda plan, results, data_tests: (*statements, "SELECT * FROM nowhere"),
            on_unrecorded=errors.append,
        )
        assert "build_history" not in target.relations("dbt_marketing")
    assert len(errors) == 2


def test_a_warning_says_that_a_failure_was_not_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop(tmp_path, totals=failing("totals"))
    monkeypatch.setattr("marketing_ibis.build.metrics.failure_statements", lambda *given: ("SELECT * FROM nowhere",))
    output = call(shop, "build", code=1)
    assert "The failed build is not recorded in build_history" in output
    assert "1 model failed" in output


def test_a_seed_is_newer_than_the_tests_of_its_sources(tmp_path: Path) -> None:
    shop = checked_shop(tmp_path)
    call(shop, "build")
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "sales.csv").write_text("id,cents\n1,5\n2,6\n")
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales CASCADE")
    call(shop, "seed", "--from", str(exports))
    assert latest(shop).builds["raw_sales"].rows == 2
    # Halves is a table: it contains the tested rows. Its view does not.
    assert {test.node for test in summary(shop).outdated} == {"raw_sales", "stg_sales"}


def test_each_warehouse_has_results_of_its_own(tmp_path: Path) -> None:
    shop = checked_shop(tmp_path)
    call(shop, "build")
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"))
    project = load_project(shop.root)
    assert latest(shop).builds
    assert not keeping.read_latest(shop.root / "t", f"warehouse.duckdb, schema {project.model_schema}").builds
    invoke("run", *place, "--database", ":memory:", code=1)
