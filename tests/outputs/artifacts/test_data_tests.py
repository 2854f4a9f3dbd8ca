"""Data tests in the manifest and in the run results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.build.planning import published_relations
from marketing_ibis.build.run import run_batches, run_plan
from marketing_ibis.outputs.artifacts import write_manifest, write_run_results
from marketing_ibis.testing.run import DataTestRunner
from tests.outputs.artifacts.project import INVOCATION, described
from tests.outputs.artifacts.reading import parse
from tests.shop import SHOP, Shop, make_shop

IMPORTS = "from marketing_ibis.data_tests import accepted_values, relationships, unique\n"
TESTED = IMPORTS + SHOP["halves"].replace(
    'column("id", "int64", "Key.")',
    'column("id", "int64", "Key.", tests=(unique(), accepted_values([1], severity="warn"),'
    ' relationships("raw_sales", "id")))',
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    lines = TESTED.splitlines()
    return make_shop(tmp_path, halves="\n".join((f"        {lines[0]}", *lines[1:])))


def nodes_of(shop: Shop) -> dict[str, dict]:
    document = json.loads(write_manifest(shop.root, INVOCATION, described(shop)).read_text("utf-8"))
    parse("manifest", document)
    return {node["name"]: node for node in document["nodes"].values() if node["resource_type"] == "test"}


def test_a_test_is_a_node_below_what_it_looks_at(shop: Shop) -> None:
    nodes = nodes_of(shop)
    assert set(nodes) == {"unique_halves_id", "accepted_values_halves_id", "relationships_halves_id"}
    node = nodes["unique_halves_id"]
    assert node["unique_id"].startswith("test.marketing_ibis.unique_halves_id.")
    assert node["depends_on"]["nodes"] == ["model.marketing_ibis.halves"]
    assert (node["column_name"], node["attached_node"]) == ("id", "model.marketing_ibis.halves")
    assert node["test_metadata"]["name"] == "unique"
    assert '"dbt_marketing"."halves"' in node["compiled_code"]
    assert nodes["accepted_values_halves_id"]["config"]["severity"] == "WARN"
    # dbt's readers take the last for the table that is tested.
    both = nodes["relationships_halves_id"]["depends_on"]["nodes"]
    assert both == ["source.marketing_ibis.dbt_production.sales", "model.marketing_ibis.halves"]


def test_a_result_has_its_failures_and_the_first_keys(shop: Shop) -> None:
    project = described(shop)
    with shop.open() as target:
        run_plan(shop.plan(), target)
        relations = published_relations(project.dataflow, project.schemas)
        results = run_batches(project.batches, DataTestRunner(target, relations))
    document = json.loads(write_run_results(shop.root, INVOCATION, project.dialect, results).read_text("utf-8"))
    parse("run_results", document)
    found = {result["unique_id"].split(".")[2]: result for result in document["results"]}
    assert {name: (result["status"], result["failures"]) for name, result in found.items()} == {
        "unique_halves_id": ("pass", 0),
        "accepted_values_halves_id": ("warn", 1),
        "relationships_halves_id": ("pass", 0),
    }
    warned = found["accepted_values_halves_id"]
    assert warned["adapter_response"] == {"severity": "warn", "keys": [{"id": 2}]}
    assert warned["message"] == "found 2 once, not one of 1"
    assert {result["unique_id"] for result in found.values()} == {n["unique_id"] for n in nodes_of(shop).values()}


def test_a_test_is_written_as_dbt_writes_it(shop: Shop) -> None:
    nodes = nodes_of(shop)
    accepted, related = nodes["accepted_values_halves_id"], nodes["relationships_halves_id"]
    assert accepted["test_metadata"]["kwargs"]["values"] == [1]
    assert accepted["raw_code"] == "accepted_values(1)"
    kwargs = {"column_name": "id", "model": '"dbt_marketing"."halves"', "to": "raw_sales", "field": "id"}
    assert related["test_metadata"]["kwargs"] == kwargs
    assert (nodes["unique_halves_id"]["raw_code"], nodes["unique_halves_id"]["description"]) == ("unique()", "")


def test_the_condition_of_a_test_is_its_where(tmp_path: Path) -> None:
    tests = "tests=(not_null(where=(_.n > 1) & (_.n != 5)), non_negative())"
    report = SHOP["report"].replace('column("n", "int64", "Sales.")', f'column("n", "int64", "Sales.", {tests})')
    head = "from ibis import _\n        from marketing_ibis.data_tests import non_negative, not_null\n"
    nodes = nodes_of(make_shop(tmp_path, report=f"        {head}{report}"))
    assert nodes["not_null_where_report_n"]["config"]["where"] == '("n" > 1) AND ("n" <> 5)'
    assert nodes["non_negative_report_n"]["config"]["where"] is None


def test_what_a_test_says_is_its_description(tmp_path: Path) -> None:
    tests = 'tests=(expression_is_true(_.n >= 0, "sales are counted"), min_row_count(1))'
    report = SHOP["report"].replace('grain=("n",),', f'grain=("n",), {tests},')
    head = "from ibis import _\n        from marketing_ibis.data_tests import expression_is_true, min_row_count\n"
    nodes = nodes_of(make_shop(tmp_path, report=f"        {head}{report}"))
    says = nodes["expression_is_true_report"]
    assert (says["description"], says["raw_code"]) == ("sales are counted", "expression_is_true('sales are counted')")
    assert nodes["min_row_count_report"]["test_metadata"]["kwargs"]["arguments"] == [1]
    assert nodes["min_row_count_report"]["description"] == ""
