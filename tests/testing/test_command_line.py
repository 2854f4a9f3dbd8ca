"""The commands `build`, `test` and `freshness` as users call them."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from dataflows.marts import marketing_attribution
from marketing_ibis.cli import main
from marketing_ibis.engines import ENGINES
from marketing_ibis.testing.collect import build_batches, declared_data_tests
from tests.paths import MODEL_COUNT, ROOT, TESTS
from tests.remembering import compiled_once
from tests.warehouse import compiled_dataflow

DATA = TESTS
JAFFLE, GOLDEN = DATA / "data" / "jaffle_shop", DATA / "golden"
DATABASE = ("--database", "target/warehouse.duckdb")
JAFFLE_DAY, GOLDEN_DAY = "2018-04-10", "2024-05-15"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a folder with the jaffle shop before and after its build, and what the build printed; once for all."""
    folder = tmp_path_factory.mktemp("jaffle")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert call("seed", "--from", str(JAFFLE)).exit_code == 0
        shutil.copytree("target", "seeded")
        build = call("build", "--as-of", JAFFLE_DAY)
        assert build.exit_code == 0, build.output
        Path("target").rename("built")
    return folder, build.output


@pytest.fixture
def seeded(prepared: tuple[Path, str]) -> None:
    """Start with the jaffle shop's sources."""
    shutil.copytree(prepared[0] / "seeded", "target")


@pytest.fixture
def built(prepared: tuple[Path, str]) -> str:
    """Start with the jaffle shop as it was built, and return what the build printed."""
    folder, output = prepared
    shutil.copytree(folder / "built", "target")
    return output


def call(*words: str) -> Result:
    with compiled_once():
        return CliRunner().invoke(main, list(words))


def query(sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect("target/warehouse.duckdb") as connection:
        return connection.execute(sql).fetchall()


def results() -> dict[str, dict[str, object]]:
    return read_tests(Path("target"))


def read_tests(folder: Path) -> dict[str, dict[str, object]]:
    """Return the status of each test, by name."""
    record = json.loads((folder / "run_results.json").read_text())
    matches = [result for result in record["results"] if result["unique_id"].startswith("test.")]
    return {result["unique_id"].split(".")[2]: result for result in matches}


def statuses() -> dict[str, int]:
    matches = [test["status"] for test in results().values()]
    return {str(status): matches.count(status) for status in set(matches)}


def test_the_jaffle_shop_builds_with_warnings_and_without_errors(built: str) -> None:
    assert_warns(JAFFLE_DAY, 7, built)


def test_the_golden_shop_builds_with_warnings_and_without_errors() -> None:
    assert call("seed", "--from", str(GOLDEN)).exit_code == 0
    build = call("build", "--as-of", GOLDEN_DAY)
    assert build.exit_code == 0, build.output
    assert_warns(GOLDEN_DAY, 17, build.output)


def assert_warns(day: str, warnings: int, output: str) -> None:
    declared = declared_data_tests(compiled_dataflow(date.fromisoformat(day)))
    # One of them is skipped.
    expected = {"pass": sum(map(len, declared.values())) - 1 - warnings, "warn": warnings, "skipped": 1}
    assert statuses() == expected
    assert f"WARN {warnings}, SKIP 1. Published" in output
    Path("target/run_results.json").unlink()
    assert call("test", "--as-of", day).exit_code == 0
    assert statuses() == expected


def test_a_warning_is_reported_with_count_and_query(built: str) -> None:
    file = Path("target/duckdb/tests/positive_value_customers_number_of_orders.sql")
    assert f"Warnings: 7 tests. Failures per test; the queries are in {file.parent}.\n" in built
    assert f"\n  38  {file.stem}\n" in built
    assert len(query(file.read_text())) == 38


@pytest.mark.usefixtures("built")
def test_a_cent_too_much_in_one_mart_is_named_and_nothing_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    before = query("SELECT * FROM dbt_marketing.marketing_attribution ORDER BY 1")
    exact = marketing_attribution.dollars
    # The first sum of cents of this mart is the channels' revenue.
    monkeypatch.setattr(marketing_attribution, "dollars", lambda cents: exact(cents + 1))
    built = call("build", "--as-of", JAFFLE_DAY)
    assert built.exit_code == 1
    assert "Error: sum_equals_marketing_attribution_total_revenue: expected 1301.00 (NET), got 1301.05" in built.output
    assert "Nothing was published" in built.output
    assert "Traceback" not in built.output
    assert query("SELECT * FROM dbt_marketing.marketing_attribution ORDER BY 1") == before
    failed = "SELECT value FROM dbt_marketing.build_history WHERE metric = 'build_failed'"
    assert query("SELECT count(DISTINCT built_at) FROM dbt_marketing.build_history") == [(2,)]
    assert query(failed) == [(1.0,)]
    file = Path("target/duckdb/tests/sum_equals_marketing_attribution_total_revenue.sql")
    assert [[str(side) for side in row] for row in query(file.read_text())] == [["1301.05", "1301.00"]]
    assert "marketing_attribution__candidate" in file.read_text()


@pytest.mark.usefixtures("built")
def test_publish_passing_publishes_other_branches_and_says_what_it_kept_back(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = marketing_attribution.dollars
    monkeypatch.setattr(marketing_attribution, "dollars", lambda cents: exact(cents + 1))
    query("UPDATE dbt_production.customers SET first_name = 'Ann' WHERE id = 1")
    result = call("build", "--as-of", JAFFLE_DAY, "--publish", "passing")
    assert result.exit_code == 1
    assert f"Published {MODEL_COUNT - 1} of {MODEL_COUNT} models in schema dbt_marketing" in result.output
    assert "Not published, so their published tables are unchanged: marketing_attribution." in result.output
    assert query("SELECT sum(total_revenue)::VARCHAR FROM dbt_marketing.marketing_attribution") == [("1301.00",)]
    assert query("SELECT first_name FROM dbt_marketing.customers WHERE customer_id = 1") == [("Ann",)]
    # The queries read published tables under their names, and the others as they were tested.
    for name in ("positive_value_customers_number_of_orders", "sum_equals_marketing_attribution_total_revenue"):
        assert query(Path(f"target/duckdb/tests/{name}.sql").read_text())
    assert query("SELECT count(DISTINCT built_at) FROM dbt_marketing.build_history") == [(2,)]


@pytest.mark.usefixtures("seeded")
def test_run_asks_no_test() -> None:
    assert call("run", "--as-of", JAFFLE_DAY, "-s", "stg_orders").exit_code == 0
    assert results() == {}
    assert not Path("target/duckdb/tests").exists()


SELECTED = {
    "test_name:unique": 26,
    "test_name:unique,customers": 1,
    "test_name:*_stg_orders_status": 2,
    "test_name:sum_equals_where": 11,
    "source:raw_orders": 12,
    "orders": 21,
    "tag:attribution,test_name:accepted_values": 7,
    "stg_orders test_name:valid_email": 19,
}
REFUSED = {
    "test -s test_name:uniqe": "Did you mean test_name:unique",
    "test -s unique": "Did you mean test_name:unique?",
    "test -s int_orders": "No test is selected",
    "test -s stg_order": "Did you mean stg_orders",
    "build -s test_name:unique": "selects tests, but only models can be selected here",
    "ls -s test_name:uniqe": "Did you mean test_name:unique",
    "ls -s test_name:unique --resource-type model": "selects tests, but only models can be selected here",
    "test -s orders": "dbt_marketing.orders does not exist",
    "freshness -s raw_customers": "No selected source declares how old its data may be",
}


@pytest.mark.usefixtures("seeded")
def test_selectors_choose_tests() -> None:
    call("run", "--as-of", JAFFLE_DAY)
    for number, (selector, count) in enumerate(SELECTED.items()):
        folder = Path(f"selected_{number}")
        result = call("test", "-s", selector, "--as-of", JAFFLE_DAY, "--target-path", str(folder), *DATABASE)
        assert result.exit_code == 0, result.output
        assert len(read_tests(folder)) == count, selector
        assert len(list((folder / "duckdb" / "tests").glob("*.sql"))) == count


def test_ls_lists_tests_by_selector_and_type() -> None:
    for selector in ("source:raw_orders", "tag:attribution,test_name:accepted_values"):
        listed = call("ls", "-s", selector, "--resource-type", "test").output.split()
        assert len(listed) == len(set(listed)) == SELECTED[selector], selector
    assert call("ls", "-s", "test_name:unique,customers").output == "unique_customers_customer_id\n"


def test_the_page_on_data_tests_counts_those_of_the_project() -> None:
    page = " ".join((ROOT / "docs" / "how-to" / "data-tests.md").read_text("utf-8").split())
    match = re.search(r"runs the (\d+) tests of this project's (\d+) tables in (\d+) statements", page)
    assert match
    listed = call("ls", "--resource-type", "test", "--output", "name").output.split()
    dataflow = compiled_dataflow(date.fromisoformat(GOLDEN_DAY))
    declared = declared_data_tests(dataflow)
    batches = build_batches(dataflow, declared, ENGINES["duckdb"].dialect())
    assert tuple(map(int, match.groups())) == (len(listed), len(declared), len(batches))


def test_ls_describes_a_test() -> None:
    (line,) = call("ls", "-s", "test_name:unique,customers", "--output", "json").output.splitlines()
    event = json.loads(line)
    assert (event["node"], event["column"], event["test"], event["severity"]) == (
        "customers",
        "customer_id",
        "unique",
        "error",
    )
    assert event["path"].endswith("dataflows/core/customers.py")
    assert call("ls", "-s", "test_name:unique,customers", "--output", "path").output.strip() == event["path"]


@pytest.mark.usefixtures("seeded")
def test_refused_calls_are_reported() -> None:
    for words, message in REFUSED.items():
        result = call(*words.split())
        assert result.exit_code == 1, words
        assert message in result.output


@pytest.mark.usefixtures("seeded")
def test_build_leaves_out_tests_that_are_excluded() -> None:
    assert call("build", "--as-of", JAFFLE_DAY, "--exclude", "test_name:positive_value").exit_code == 0
    assert statuses()["warn"] == 1
    assert query("SELECT count(*) FROM dbt_marketing.customers") == [(100,)]


@pytest.mark.usefixtures("seeded")
def test_warn_error_and_kept_failures() -> None:
    built = call("build", "--as-of", JAFFLE_DAY, "-s", "stg_payments", "--warn-error", "--store-failures", "-q")
    assert built.exit_code == 1
    assert "Error: positive_value_raw_payments_amount: 3 failures" in built.output
    kept = query("SELECT id FROM dbt_marketing_dbt_test__audit.positive_value_raw_payments_amount ORDER BY id")
    assert kept == [(10,), (74,), (87,)]


@pytest.mark.usefixtures("seeded")
def test_the_optional_column_is_tested_where_it_is() -> None:
    query("ALTER TABLE dbt_production.customers ADD COLUMN email VARCHAR")
    query("UPDATE dbt_production.customers SET email = CASE WHEN id = 3 THEN 'a@b' ELSE 'ann@shop.com' END")
    assert call("build", "--as-of", JAFFLE_DAY, "-s", "stg_customers").exit_code == 0
    result = results()["valid_email_raw_customers_email"]
    assert (result["status"], result["failures"]) == ("warn", 1)
    assert result["adapter_response"] == {"severity": "warn", "keys": [{"id": 3}]}


def test_every_build_is_recorded_in_the_history(built: str) -> None:
    call("build", "--as-of", JAFFLE_DAY, "-s", "stg_orders")
    whole, part = query("SELECT DISTINCT built_at FROM dbt_marketing.build_history ORDER BY 1")
    measured = dict(
        query(
            "SELECT metric, value FROM dbt_marketing.build_history WHERE metric <> 'model_seconds'"
            f" AND built_at = TIMESTAMP '{whole[0]}'"
        )
    )
    complete = ("segmentation_coverage", "attribution_coverage", "cohort_history", "products_analysed")
    assert [measured[metric] for metric in (*complete, "documentation_coverage", "data_age_days")] == [1.0] * 6
    # Customers have no column email, which one test is of; seven others warn.
    asked = sum(map(len, declared_data_tests(compiled_dataflow(date.fromisoformat(JAFFLE_DAY))).values())) - 1
    assert measured["test_pass_rate"] == pytest.approx((asked - 7) / asked)
    assert "segmentation coverage 100.0%, attribution coverage 100.0%" in built
    ((days, models),) = query(
        "SELECT any_value(as_of), count(DISTINCT subject) FROM dbt_marketing.build_history"
        f" WHERE metric = 'model_seconds' AND built_at = TIMESTAMP '{whole[0]}'"
    )
    assert (days, models) == (date(2018, 4, 10), MODEL_COUNT)
    # A partial build says nothing about the whole: the other tables may be of a different date.
    metrics = query(f"SELECT metric FROM dbt_marketing.build_history WHERE built_at = TIMESTAMP '{part[0]}'")
    assert {metric for (metric,) in metrics}.isdisjoint(complete)


@pytest.mark.parametrize(
    ("day", "status", "code"), [("2018-04-10", "PASS", 0), ("2018-04-12", "WARN", 0), ("2018-05-01", "ERROR", 1)]
)
@pytest.mark.usefixtures("seeded")
def test_freshness_is_relative_to_as_of(day: str, status: str, code: int) -> None:
    result = call("freshness", "--as-of", day)
    assert result.exit_code == code
    assert result.output.startswith(f"{status} dbt_production.orders order_date: newest 2018-04-09, ")
    (record,) = json.loads(Path("target/sources.json").read_text())["results"]
    assert (record["status"], record["max_loaded_at"]) == (status.lower(), "2018-04-10T00:00:00.000000Z")


@pytest.mark.usefixtures("seeded")
def test_fresh_only_leaves_out_what_is_built_from_old_sources() -> None:
    built = call("build", "--fresh-only", "--as-of", "2018-05-01", "-s", "stg_*")
    assert built.exit_code == 3
    assert "Skipped, because their sources are too old: stg_orders," in built.output
    assert query("SELECT view_name FROM duckdb_views() WHERE schema_name = 'dbt_marketing' ORDER BY 1") == [
        ("stg_customers",),
        ("stg_payments",),
    ]
    nothing = call("build", "--fresh-only", "--as-of", "2018-05-01", "-s", "marts")
    assert nothing.exit_code == 1
    assert "nothing was built" in nothing.output
    assert call("build", "--fresh-only", "--as-of", "2018-04-10", "-s", "stg_*").exit_code == 0
