"""The manifest, in the format of dbt's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.artifacts import write_manifest
from tests.outputs.artifacts.project import INVOCATION, described
from tests.outputs.artifacts.reading import parse
from tests.shop import SHOP, Shop, make_shop

TOTALS, STAGING = "model.marketing_ibis.totals", "model.marketing_ibis.stg_sales"
SALES = "source.marketing_ibis.dbt_production.sales"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def written(shop: Shop, *names: str) -> dict:
    return json.loads(write_manifest(shop.root, INVOCATION, described(shop, *names)).read_text("utf-8"))


def test_a_reader_of_dbts_manifest_takes_it(shop: Shop) -> None:
    manifest = parse("manifest", written(shop))
    assert type(manifest).__name__ == "ManifestV12"
    assert set(manifest.sources) == {SALES}
    assert manifest.nodes[TOTALS].resource_type == "model"
    assert manifest.metadata.adapter_type == "duckdb"
    assert manifest.metadata.project_name == "marketing_ibis"
    assert manifest.metadata.invocation_id == INVOCATION.id
    assert manifest.metadata.dbt_schema_version == "https://schemas.getdbt.com/dbt/manifest/v12.json"


def test_the_graph_is_written_in_both_directions(shop: Shop) -> None:
    manifest = written(shop)
    assert manifest["parent_map"][TOTALS] == [STAGING]
    assert manifest["parent_map"][STAGING] == [SALES]
    assert manifest["child_map"][SALES] == [STAGING]
    assert manifest["child_map"][STAGING] == ["model.marketing_ibis.halves", TOTALS]
    assert manifest["nodes"][STAGING]["sources"] == [["dbt_production", "sales"]]
    assert manifest["nodes"][STAGING]["refs"] == []
    assert [ref["name"] for ref in manifest["nodes"][TOTALS]["refs"]] == ["stg_sales"]


def test_a_model_shows_its_python_and_its_sql(shop: Shop) -> None:
    node = written(shop)["nodes"][TOTALS]
    assert node["raw_code"].startswith("@model(")
    assert node["raw_code"].endswith("cents=stg_sales.cents.sum())\n")
    assert 'FROM "dbt_marketing"."stg_sales"' in node["compiled_code"]
    assert "__candidate" not in node["compiled_code"]
    assert node["original_file_path"].endswith("/totals.py")
    assert not Path(node["original_file_path"]).is_absolute()
    assert node["relation_name"] == '"dbt_marketing"."totals"'
    assert (node["config"]["materialized"], node["tags"], node["fqn"]) == (
        "table",
        ["daily"],
        ["marketing_ibis", "marts", "totals"],
    )
    assert node["description"] == "All sales added up."


def test_a_column_has_its_type_and_what_is_said_of_it(tmp_path: Path) -> None:
    columns = 'columns=(column("n", "int64", "Sales.", unit="sales", pii=True, nullable=True),)'
    report = SHOP["report"].replace('columns=(column("n", "int64", "Sales."),)', columns)
    nodes = written(make_shop(tmp_path, report=report))["nodes"]
    column = nodes["model.marketing_ibis.report"]["columns"]["n"]
    assert (column["data_type"], column["description"]) == ("BIGINT", "Sales. Unit: sales.")
    said = {"unit": "sales", "pii": True, "nullable": True, "ibis_type": "int64"}
    assert column["meta"] == said | {"lineage": {"value": ["totals.n"]}}
    assert column["constraints"] == []
    assert nodes[TOTALS]["columns"]["n"]["constraints"] == [{"type": "not_null"}]


def test_what_was_not_selected_is_there_without_sql(shop: Shop) -> None:
    nodes = written(shop, "totals")["nodes"]
    assert [name for name, node in nodes.items() if node["compiled"]] == [TOTALS]
    other = nodes["model.marketing_ibis.halves"]
    assert (other["compiled_code"], other["meta"]["fingerprint"]) == (None, None)
    assert other["raw_code"]


def test_only_times_differ_between_two_calls(shop: Shop) -> None:
    first, second = written(shop), written(shop)
    first["metadata"].pop("generated_at")
    second["metadata"].pop("generated_at")
    assert first == second


def test_dbts_docs_page_finds_what_it_reads(shop: Shop) -> None:
    manifest = written(shop)
    # dbt's page reads all of these, opens on an overview, and reports its visitors unless configured otherwise.
    walked = ("nodes", "sources", "macros", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests")
    assert all(isinstance(manifest[part], dict) for part in (*walked, "functions", "docs", "parent_map", "child_map"))
    overview = [doc for doc in manifest["docs"].values() if doc["name"] == "__overview__"]
    assert overview[0]["block_contents"]
    assert overview[0]["package_name"] != "dbt"
    assert manifest["metadata"]["send_anonymous_usage_stats"] is False


def test_a_folder_that_cannot_be_written_is_reported(shop: Shop) -> None:
    (shop.root / "blocked").write_text("")
    with pytest.raises(UsageError, match="Cannot write"):
        write_manifest(shop.root / "blocked", INVOCATION, described(shop))


READER = """
        from marketing_ibis.model import exposure

        weekly = exposure(type="dashboard", owner="crm", description="A page.", depends_on=("totals",), maturity="low")
        letter = exposure(type="campaign", owner="crm", description="A letter.", depends_on=("totals", "raw_sales"))
        """


def test_who_reads_the_models_is_below_them(tmp_path: Path) -> None:
    manifest = written(make_shop(tmp_path, readers=READER))
    parse("manifest", manifest)
    weekly, letter = (manifest["exposures"][f"exposure.marketing_ibis.{name}"] for name in ("weekly", "letter"))
    assert (weekly["type"], weekly["owner"]["name"], weekly["maturity"]) == ("dashboard", "crm", "low")
    assert manifest["child_map"][TOTALS][:2] == [letter["unique_id"], weekly["unique_id"]]
    # dbt has no campaigns.
    assert (letter["type"], letter["meta"]["type"]) == ("application", "campaign")
    assert letter["depends_on"]["nodes"] == [TOTALS, SALES]
