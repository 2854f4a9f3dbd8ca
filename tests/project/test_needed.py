"""A selection compiles only the models it needs: a broken model elsewhere does not stop it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from marketing_ibis.errors import CompileError
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, make_shop

RAISES = SHOP["halves"].replace("stg_sales.select", "stg_sales.no_such_column.select")
BREAKS_ITS_CONTRACT = SHOP["halves"].replace("half=stg_sales", "haf=stg_sales")
NEEDS_NOTHING_KNOWN = (
    SHOP["halves"].replace("stg_sales: ir.Table", "stg_sale: ir.Table").replace("stg_sales.", "stg_sale.")
)
HAS_NO_TYPES = SHOP["halves"].replace("stg_sales: ir.Table", "stg_sales")
CANNOT_BE_IMPORTED = "import no_such_module\n" + SHOP["halves"].replace("        ", "")
BROKEN = {
    "raises": RAISES,
    "contract": BREAKS_ITS_CONTRACT,
    "parameter": NEEDS_NOTHING_KNOWN,
    "types": HAS_NO_TYPES,
    "import": CANNOT_BE_IMPORTED,
}


@pytest.fixture(params=list(BROKEN))
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    """Return a shop with a broken model, halves, which report depends on."""
    text = BROKEN[request.param]
    return make_shop(tmp_path / "shop", halves=text)


def call(shop: Shop, *arguments: str, code: int = 0) -> str:
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"))
    return invoke(*arguments, *place, code=code).output


def manifest(shop: Shop) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((shop.root / "t" / "manifest.json").read_text("utf-8"))
    return document


def test_a_broken_model_elsewhere_stops_nothing(shop: Shop) -> None:
    call(shop, "compile", code=1)
    assert "SELECT" in call(shop, "compile", "-s", "totals")
    database = ("--database", str(shop.database))
    assert "Published" in call(shop, "run", "-s", "+totals", *database)
    assert "Published" in call(shop, "build", "-s", "+totals", *database)
    assert "Published" in call(shop, "run", "--exclude", "halves+", *database)


@pytest.mark.parametrize("selector", ["halves", "+report", "report", "stg_sales+"])
def test_a_broken_model_that_is_needed_stops_the_command(shop: Shop, selector: str) -> None:
    result = call(shop, "compile", "-s", selector, code=1)
    assert "Error: " in result
    assert "halves" in result


def test_the_manifest_still_lists_every_model(shop: Shop) -> None:
    call(shop, "compile", "-s", "totals")
    nodes = manifest(shop)["nodes"]
    models = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    assert set(models) == set(SHOP) - {"raw_sales"}
    assert {name for name, node in models.items() if node["compiled"]} == {"totals"}
    assert "def halves" in models["halves"]["raw_code"]
    assert models["report"]["depends_on"]["nodes"] == ["model.marketing_ibis.totals", "model.marketing_ibis.halves"]


def test_what_cannot_be_imported_and_is_not_needed_is_warned_of(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop", halves=CANNOT_BE_IMPORTED)
    result = call(shop, "compile", "-s", "totals")
    assert "Warning: Skipped, as it is not needed: Module" in result
    assert "no_such_module" in result


def test_only_what_is_needed_is_evaluated(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    models = shop.project.compile(AS_OF, ["totals"]).models
    assert {name for name, model in models.items() if model.evaluated} == {"stg_sales", "totals"}
    every = shop.project.compile(AS_OF).models
    assert all(model.evaluated for model in every.values())
    for name, model in models.items():
        assert (model.schema, model.parents, model.description) == (
            every[name].schema,
            every[name].parents,
            every[name].description,
        )


def test_listing_tests_evaluates_nothing(tmp_path: Path) -> None:
    tested = "from marketing_ibis.data_tests import unique\n" + RAISES.replace("        ", "").replace(
        '"Key.")', '"Key.", tests=(unique(),))'
    )
    shop = make_shop(tmp_path / "shop", halves=tested)
    assert invoke("ls", "--resource-type", "test", "--project-dir", str(shop.root)).output == "unique_halves_id\n"


def test_a_selected_model_is_the_same_with_and_without_the_others(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    call(shop, "compile", "--as-of", "2024-05-15")
    file = shop.root / "t" / "duckdb" / "compiled" / "report.sql"
    whole, node = file.read_text("utf-8"), manifest(shop)["nodes"]["model.marketing_ibis.report"]
    call(shop, "compile", "-s", "report", "--as-of", "2024-05-15")
    assert file.read_text("utf-8") == whole
    assert manifest(shop)["nodes"]["model.marketing_ibis.report"] == node


def test_a_needed_file_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, stg_sales="import no_such_module\n" + SHOP["stg_sales"].replace("        ", ""))
    with pytest.raises(CompileError, match="stg_sales cannot be imported"):
        shop.project.compile(AS_OF, ["totals"])
    assert "no_such_module" not in sys.modules


def test_a_state_made_of_a_part_is_still_refused(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    call(shop, "compile", "-s", "totals")
    result = call(shop, "compile", "-s", "state:modified", "--state", str(shop.root / "t"), code=2)
    assert "does not contain" in result
