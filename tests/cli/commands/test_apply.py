"""A plan in a file is carried out as it was made, without Ibis, or refused because its world has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine_shops import EngineShop, Rows, engine_shop
from tests.shop import failing

TABLES = ("stg_sales", "totals", "halves", "report")
WITHOUT_IBIS = """
import sys
from marketing_ibis.cli import main
code = 0
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code
loaded = {name.partition(".")[0] for name in sys.modules}
assert not loaded & {"ibis", "hamilton", "pandas", "pyarrow"}, loaded
sys.exit(code)
"""


def rows(shop: EngineShop) -> dict[str, Rows]:
    return {name: shop.query(f"SELECT * FROM dbt_marketing.{name} ORDER BY 1") for name in TABLES}


def plan_file(shop: EngineShop, *arguments: str) -> str:
    path = str(shop.root / "plan.json")
    shop.run("plan", "--out", path, *arguments)
    return path


def refusal(shop: EngineShop, path: str) -> str:
    """Return why a plan is not applied; nothing is published then."""
    before = shop.query("SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2")
    output = shop.run("apply", path, dated=False, code=2).output
    assert shop.query("SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2") == before
    return output


@pytest.mark.usefixtures("own_modules")
def test_a_plan_is_applied_without_ibis_and_without_the_project(shop: EngineShop) -> None:
    path = plan_file(shop)
    models = [file for file in shop.root.rglob("*.py") if file.name != "__init__.py"]
    assert models
    for file in models:
        file.write_text("raise SystemExit('a project that nothing needs')")
    where = ["--project-dir", str(shop.root), "--target-path", str(shop.root / "target"), "-t", shop.engine]
    command = [sys.executable, "-c", WITHOUT_IBIS, "apply", path, *where, "--profiles-dir", str(shop.root)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "OK 4." in done.stdout
    found = rows(shop)
    assert [len(found[name]) for name in TABLES] == [2, 1, 2, 1]
    assert found["totals"] == [(2, 350)]
    results = json.loads((shop.root / "target" / "run_results.json").read_text())
    assert {entry["unique_id"].split(".")[-1]: entry["status"] for entry in results["results"]} == dict.fromkeys(
        TABLES, "success"
    )
    days = shop.query("SELECT DISTINCT as_of FROM dbt_marketing.build_history")
    assert [str(day) for (day,) in days] == ["2024-05-15"]
    states = shop.query("SELECT model FROM dbt_marketing.build_state ORDER BY 1")
    assert states == [(name,) for name in sorted(TABLES)]


@pytest.mark.usefixtures("own_modules")
def test_an_applied_plan_and_a_build_give_the_same(shop: EngineShop) -> None:
    shop.run("build")
    built = rows(shop)
    path = plan_file(shop)
    assert "OK 4." in shop.run("apply", path, dated=False).output
    assert rows(shop) == built
    # It is not applied twice: another build, its own, has published since.
    assert "was published by another build" in refusal(shop, path)


@pytest.mark.usefixtures("own_modules")
def test_a_plan_is_refused_after_its_world_has_changed(shop: EngineShop) -> None:
    shop.run("build")
    path = plan_file(shop)
    shop.query("ALTER TABLE dbt_production.sales ADD COLUMN note VARCHAR(10)")
    assert "dbt_production.sales has other columns (note is not declared)" in refusal(shop, path)
    shop.query("ALTER TABLE dbt_production.sales DROP COLUMN note")
    shop.query("ALTER TABLE dbt_marketing.report ADD COLUMN note VARCHAR(10)")
    assert "dbt_marketing.report has other columns (note is not declared)" in refusal(shop, path)
    shop.query("DROP TABLE dbt_marketing.report")
    assert "dbt_marketing.report does not exist any more" in refusal(shop, path)
    shop.query("CREATE VIEW dbt_marketing.report AS SELECT 1 AS n")
    assert "dbt_marketing.report is a view and was a table" in refusal(shop, path)
    assert "Write a new plan" in refusal(shop, path)


@pytest.mark.usefixtures("own_modules")
def test_a_plan_that_was_made_before_the_tables_existed_does_not_replace_them(local_shop: EngineShop) -> None:
    path = plan_file(local_shop, "-s", "stg_sales")
    local_shop.run("build", "-s", "stg_sales")
    assert "dbt_marketing.stg_sales is a new view" in refusal(local_shop, path)


@pytest.mark.usefixtures("own_modules")
def test_a_plan_for_another_target_is_refused(local_shop: EngineShop) -> None:
    path = plan_file(local_shop)
    file = local_shop.root / "pyproject.toml"
    text = file.read_text()
    file.write_text(text.replace("dataflows =", 'model_schema = "marts"\ndataflows ='))
    assert "is for the model schema dbt_marketing, and the target has marts" in refusal(local_shop, path)
    file.write_text(text)
    with engine_shop("redshift", local_shop.root / "other") as other:
        assert "is for duckdb, and the target is redshift" in other.run("apply", path, dated=False, code=2).output


@pytest.mark.usefixtures("own_modules")
def test_a_model_that_fails_publishes_nothing(tmp_path: Path) -> None:
    with engine_shop("duckdb", tmp_path, totals=failing("totals")) as shop:
        path = plan_file(shop)
        output = shop.run("apply", path, dated=False, code=1).output
        assert "Nothing was published" in output
        published = "SELECT table_name FROM information_schema.tables WHERE table_name = 'halves'"
        assert shop.query(published) == []
        shop.run("apply", path, "--publish", "passing", dated=False, code=1)
        assert shop.query(published) == [("halves",)]
