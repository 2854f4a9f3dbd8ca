"""With `--defer`, models that are neither built nor published are read in another schema, which stays as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.engine_shops import ENGINE_NAMES, EngineShop, engine_shop

pytestmark = pytest.mark.usefixtures("own_modules")


def use_schema(shop: EngineShop, schema: str) -> None:
    path = shop.root / "pyproject.toml"
    path.write_text(path.read_text().partition("model_schema")[0] + f'model_schema = "{schema}"\n')


def tables(shop: EngineShop, schema: str) -> set[str]:
    rows = shop.query(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'")
    return {str(name) for (name,) in rows if str(name) in ("stg_sales", "totals", "halves", "report")}


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_unbuilt_parents_are_read_in_the_other_schema(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path) as shop:
        shop.run("run")
        shutil.copytree(shop.root / "target", shop.root / "state", ignore=shutil.ignore_patterns("*.duckdb"))
        shop.query("UPDATE dbt_marketing.totals SET n = 9")
        before = shop.query("SELECT * FROM dbt_marketing.report")
        use_schema(shop, "dev")
        shop.run("run", "-s", "report", code=1)
        shop.run("run", "-s", "report", "--defer", "--state", str(shop.root / "state"))
        assert tables(shop, "dev") == {"report"}
        assert shop.query("SELECT * FROM dev.report") == [(9,)]
        assert shop.query("SELECT * FROM dbt_marketing.report") == before
        # A parent that is published here is read here.
        shop.run("run", "-s", "totals", "--defer-schema", "dbt_marketing")
        shop.run("build", "-s", "report", "--defer-schema", "dbt_marketing")
        assert shop.query("SELECT * FROM dev.report") == [(2,)]
        shop.run("build", "-s", "report", "--defer-schema", "dbt_marketing", "--favor-state")
        assert shop.query("SELECT * FROM dev.report") == [(9,)]
        assert shop.query("SELECT * FROM dbt_marketing.totals") == [(9, 350)]


def test_without_looking_every_unselected_model_is_read_there(tmp_path: Path) -> None:
    with engine_shop("duckdb", tmp_path) as shop:
        use_schema(shop, "dev")
        shop.run("run", "-s", "report", "--defer-schema", "production", "--dry-run")
        sql = (shop.root / "target" / "duckdb" / "run" / "report.sql").read_text()
        assert '"production"."totals"' in sql
        assert '"dev"."report' in sql


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--defer",), "--defer does not say where to read."),
        (("--favor-state",), "--favor-state needs --defer."),
        (("--defer-schema", "dbt_marketing"), "which is also the schema that is built."),
        (("--defer-schema", "nowhere"), "Schema nowhere, from which --defer reads, has no tables."),
        (("--defer", "--state", "missing"), "does not exist."),
    ],
)
def test_a_wrong_call_is_one_message(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    with engine_shop("duckdb", tmp_path) as shop:
        assert message in " ".join(shop.run("run", "-s", "report", *arguments, code=2).output.split())
