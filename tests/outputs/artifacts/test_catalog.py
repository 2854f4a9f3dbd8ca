"""The existing relations, in the format of dbt's catalog."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.build.run import run_plan
from marketing_ibis.outputs.artifacts import write_catalog
from tests.outputs.artifacts.project import INVOCATION, described
from tests.outputs.artifacts.reading import parse
from tests.shop import Shop, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def written(shop: Shop) -> dict:
    with shop.open() as target:
        document: dict = json.loads(write_catalog(shop.root, INVOCATION, described(shop), target).read_text("utf-8"))
    parse("catalog", document)
    return document


def test_it_lists_columns_in_order_and_counts_tables(shop: Shop) -> None:
    with shop.open() as target:
        run_plan(shop.plan(), target)
    document = written(shop)
    halves = document["nodes"]["model.marketing_ibis.halves"]
    assert halves["metadata"]["type"] == "BASE TABLE"
    assert [(c["index"], c["name"], c["type"]) for c in halves["columns"].values()] == [
        (1, "id", "BIGINT"),
        (2, "half", "DOUBLE"),
    ]
    assert halves["columns"]["half"]["comment"] == "Half."
    assert halves["stats"]["row_count"]["value"] == 2
    assert document["sources"]["source.marketing_ibis.dbt_production.sales"]["stats"]["row_count"]["value"] == 3


def test_a_view_is_not_counted(shop: Shop) -> None:
    with shop.open() as target:
        run_plan(shop.plan(), target)
    view = written(shop)["nodes"]["model.marketing_ibis.stg_sales"]
    assert view["metadata"]["type"] == "VIEW"
    assert view["stats"]["has_stats"]["value"] is False
    assert "row_count" not in view["stats"]


def test_what_does_not_stand_is_not_in_it(shop: Shop) -> None:
    document = written(shop)
    assert document["nodes"] == {}
    assert list(document["sources"]) == ["source.marketing_ibis.dbt_production.sales"]


def test_an_empty_database_has_an_empty_catalog(shop: Shop) -> None:
    with shop.open() as target:
        target.execute("DROP SCHEMA dbt_production CASCADE")
    document = written(shop)
    assert (document["nodes"], document["sources"]) == ({}, {})
