"""A fault is reported once, where it enters: tests in the layers above that repeat it are skipped."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.testing.collect import declared_data_tests
from marketing_ibis.testing.equivalent_tests import repeated_tests
from marketing_ibis.testing.repeated_failures import Repeats
from marketing_ibis.testing.run import DataTestResult, DataTestStatus
from tests.invocation import invoke
from tests.paths import GOLDEN
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow


@pytest.fixture
def repeats() -> Repeats:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    return Repeats(dataflow, declared_data_tests(dataflow))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("not_null_orders_customer_id", "not_null_raw_orders_user_id"),
        ("not_null_stg_orders_order_month", "not_null_raw_orders_order_date"),
        ("relationships_orders_customer_id", "relationships_raw_orders_user_id"),
        ("relationships_campaign_champions_customer_id", "relationships_customer_segmentation_customer_id"),
        ("accepted_values_orders_status", "accepted_values_raw_orders_status"),
        ("not_null_product_performance_product_name", "not_null_raw_orders_cycle_name"),
        # Added up, counted or filled in: another fault.
        ("not_null_orders_amount", ""),
        ("not_null_customer_segmentation_total_orders", ""),
        ("sum_equals_customers_net_lifetime_value", ""),
        # With a condition of its own, or of a table as a whole.
        ("not_null_where_orders_attribution_channel", ""),
        ("row_count_equals_stg_orders", ""),
    ],
)
def test_which_tests_repeat_others(repeats: Repeats, name: str, first: str) -> None:
    result = repeated_tests(repeats.dataflow, repeats.data_tests)
    assert name in {data_test.name for data_tests in repeats.data_tests.values() for data_test in data_tests}
    assert next(iter(result.get(name, ())), "") == first


def result(name: str, status: DataTestStatus, failures: int = 3) -> DataTestResult:
    keys = ({"order_id": 1},) if failures else ()
    return DataTestResult(name, "n", Relation("s", "n"), "c", "t", "error", status, failures=failures, keys=keys)


def test_only_failures_that_repeat_failures_are_skipped(repeats: Repeats) -> None:
    first, second = "not_null_raw_orders_order_date", "not_null_stg_orders_order_date"
    failed, repeated = result(first, "fail"), result(second, "fail")
    assert repeats.skip_repeated((failed,)) == (failed,)
    (skipped,) = repeats.skip_repeated((repeated,))
    assert (skipped.status, skipped.failures, skipped.keys) == ("skipped", 0, ())
    assert skipped.message == f"repeats {first}"
    for earlier, answer in (
        (result(first, "warn"), repeated),
        (result(first, "error"), repeated),
        (failed, result(second, "warn")),
        (failed, result(second, "error")),
        (failed, result(second, "pass", 0)),
        (failed, result("not_null_stg_orders_status", "fail")),
    ):
        again = Repeats(repeats.dataflow, repeats.data_tests)
        assert again.skip_repeated((earlier,)) == (earlier,)
        assert again.skip_repeated((answer,)) == (answer,)


def test_a_fault_fails_once_in_files_and_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    invoke("seed", "--from", str(GOLDEN))
    with duckdb.connect("target/warehouse.duckdb") as con:
        con.execute("UPDATE dbt_production.orders SET status = 'lost' WHERE id IN (1, 2)")
    invoke("run", "--as-of", str(GOLDEN_AS_OF))
    asked = ("test", "--as-of", str(GOLDEN_AS_OF), "-s", "test_name:accepted_values", "--log-format", "json")
    events = [json.loads(line) for line in invoke(*asked, code=1).stdout.splitlines()]
    tests = [event["data"] for event in events if event["event"] == "test_finished"]
    statuses = {test["test"]: test["status"] for test in tests}
    of_status = {name.removesuffix("_status"): one for name, one in statuses.items() if name.endswith("s_status")}
    assert of_status == {
        "accepted_values_raw_orders": "fail",
        "accepted_values_stg_orders": "skipped",
        "accepted_values_orders": "skipped",
    }
    results = json.loads(Path("target/run_results.json").read_text("utf-8"))["results"]
    written = {one["unique_id"].split(".")[2]: one for one in results}
    assert written["accepted_values_orders_status"]["status"] == "skipped"
    assert written["accepted_values_orders_status"]["message"] == "repeats accepted_values_raw_orders_status"
    assert written["accepted_values_raw_orders_status"]["failures"] == 2


def test_a_test_that_becomes_a_warning_takes_its_repetitions_along(repeats: Repeats) -> None:
    def severities(settings: dict[str, dict[str, object]]) -> dict[str, str]:
        every = declared_data_tests(repeats.dataflow, settings)
        data_tests = {data_test.name: data_test.severity for data_tests in every.values() for data_test in data_tests}
        return {
            name.removeprefix("relationships_"): data_tests[name] for name in data_tests if name.startswith(ORPHANS)
        }

    assert set(severities({}).values()) == {"error"}
    relaxed = severities({RAW: {"severity": "warn"}})
    assert relaxed == dict.fromkeys(relaxed, "warn")
    assert len(relaxed) == 3
    of_its_own = severities({RAW: {"severity": "warn"}, "relationships_orders_customer_id": {"severity": "error"}})
    assert sorted(of_its_own.values()) == ["error", "warn", "warn"]
    assert set(severities({RAW: {"warn_if": ">1"}}).values()) == {"error"}


RAW = "relationships_raw_orders_user_id"
ORPHANS = (RAW, "relationships_stg_orders_customer_id", "relationships_orders_customer_id")
