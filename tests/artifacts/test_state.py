"""What is new or modified since a manifest was written."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from marketing_ibis.artifacts import write_manifest
from marketing_ibis.artifacts.state import compare, read_state
from marketing_ibis.errors import ConfigurationError
from tests.artifacts.project import INVOCATION, described
from tests.unit.shop import SHOP, Shop, make_shop

UNCHANGED = {"old", "unmodified"}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = make_shop(tmp_path / "before")
    write_manifest(tmp_path / "state", INVOCATION, described(shop))
    return shop


def changes(folder: Path, shop: Shop) -> dict[str, set[str]]:
    earlier = read_state(folder / "state")
    return {name: set(found) for name, found in compare(earlier, shop.project.compile(earlier.as_of)).items()}


def test_the_same_project_is_unmodified(shop: Shop, tmp_path: Path) -> None:
    again = make_shop(tmp_path / "again")
    assert changes(tmp_path, again) == dict.fromkeys(("raw_sales", *set(SHOP) - {"raw_sales"}), UNCHANGED)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("stg_sales", "cents > 0", "cents > 1", id="expression"),
        pytest.param("halves", "Each sale halved.", "Half of each sale.", id="description"),
        pytest.param("halves", '"Half."', '"A half."', id="column"),
        pytest.param("totals", 'layer="marts"', 'layer="marts", sort_keys=("n",)', id="layout"),
        pytest.param("totals", 'layer="marts"', 'layer="marts", materialized="view"', id="how it is stored"),
        pytest.param("raw_sales", '"Price."', '"What it cost."', id="source"),
    ],
)
def test_what_changes_is_modified_and_nothing_else(shop: Shop, tmp_path: Path, name: str, old: str, new: str) -> None:
    assert old in SHOP[name]
    changed = make_shop(tmp_path / "after", **{name: SHOP[name].replace(old, new)})
    found = changes(tmp_path, changed)
    assert found.pop(name) == {"old", "modified"}
    assert set(map(frozenset, found.values())) == {frozenset(UNCHANGED)}


def test_a_model_that_was_not_there_is_new(shop: Shop, tmp_path: Path) -> None:
    added = SHOP["halves"].replace("def halves", "def quarters")
    assert changes(tmp_path, make_shop(tmp_path / "after", quarters=added))["quarters"] == {"new", "modified"}


def test_another_day_and_another_schema_modify_nothing(shop: Shop, tmp_path: Path) -> None:
    elsewhere = make_shop(tmp_path / "after", settings="model_schema = 'elsewhere'")
    assert set(map(frozenset, changes(tmp_path, elsewhere).values())) == {frozenset(UNCHANGED)}
    assert read_state(tmp_path / "state").as_of == date(2024, 5, 15)


def test_a_manifest_of_a_part_is_refused(shop: Shop, tmp_path: Path) -> None:
    write_manifest(tmp_path / "state", INVOCATION, described(shop, "totals"))
    with pytest.raises(ConfigurationError, match="does not say what") as caught:
        changes(tmp_path, shop)
    assert "without --select" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "cannot be read", id="no JSON"),
        pytest.param("[]", "is none of marketing_ibis", id="no object"),
        pytest.param('{"metadata": {"env": {}}, "nodes": {}, "sources": {}}', "is none of", id="dbt's own"),
        pytest.param(None, "does not exist", id="missing"),
    ],
)
def test_a_file_that_is_no_manifest_is_told(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        read_state(tmp_path)


def test_a_manifest_of_an_engine_nobody_knows_is_told(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "state" / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    document["metadata"]["adapter_type"] = "snowflake"
    shutil.copytree(tmp_path / "state", tmp_path / "other")
    (tmp_path / "other" / "manifest.json").write_text(json.dumps(document))
    with pytest.raises(ConfigurationError, match="is none of marketing_ibis"):
        read_state(tmp_path / "other")
