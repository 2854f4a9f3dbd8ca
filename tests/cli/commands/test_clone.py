"""`clone` copies the published tables of another schema, or makes views of them, and replaces nothing unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands.test_defer import tables, use_schema
from tests.engine_shops import ENGINE_NAMES, EngineShop, engine_shop
from tests.shop import AS_OF

pytestmark = pytest.mark.usefixtures("own_modules")
ALL = {"stg_sales", "totals", "halves", "report"}


def kinds(shop: EngineShop) -> set[str]:
    rows = shop.query(
        "SELECT table_type FROM information_schema.tables WHERE table_schema = 'dev' AND table_name = 'totals'"
    )
    return {str(kind) for (kind,) in rows}


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_tables_are_copied_and_nothing_is_replaced_unasked(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path) as shop:
        shop.run("run")
        use_schema(shop, "dev")
        assert "Published 4 models of schema dbt_marketing in schema dev." in " ".join(
            shop.run("clone", "--from", "dbt_marketing", dated=False).output.split()
        )
        assert tables(shop, "dev") == ALL
        assert kinds(shop) == {"BASE TABLE"}
        assert shop.query("SELECT * FROM dev.totals") == [(2, 350)]
        # The copies are known to be as of the day of the originals.
        days = "SELECT count(*), min(as_of), max(as_of) FROM dev.build_history WHERE metric = 'model_published'"
        assert shop.query(days) == [(4, AS_OF, AS_OF)]
        shop.query("UPDATE dev.totals SET n = 9")
        output = shop.run("clone", "--from", "dbt_marketing", dated=False, code=2).output
        assert "so nothing was cloned" in " ".join(output.split())
        assert shop.query("SELECT n FROM dev.totals") == [(9,)]
        shop.run("clone", "--from", "dbt_marketing", "--replace", "--views", dated=False)
        assert kinds(shop) == {"VIEW"}
        assert shop.query("SELECT n FROM dev.totals") == [(2,)]
        # A build replaces clones as it replaces its own tables.
        shop.run("run")
        assert kinds(shop) == {"BASE TABLE"}
        assert shop.query("SELECT n FROM dbt_marketing.totals") == [(2,)]


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        ((), "`clone` does not say what to clone.", 2),
        (("--from", "dev"), "Schema dev cannot be cloned to itself.", 2),
        (("--from", "nowhere"), "Schema nowhere contains none of the selected models.", 1),
        (("--from", "dbt_marketing", "-s", "totls"), "Did you mean totals", 1),
        (("--from", "other"), "other.totals has other columns than model totals declares now.", 1),
    ],
)
def test_a_wrong_call_is_one_message(tmp_path: Path, arguments: tuple[str, ...], message: str, code: int) -> None:
    with engine_shop("duckdb", tmp_path) as shop:
        use_schema(shop, "dev")
        shop.query("CREATE SCHEMA other")
        shop.query("CREATE TABLE other.totals AS SELECT 1 AS x")
        assert message in " ".join(shop.run("clone", *arguments, dated=False, code=code).output.split())
        assert tables(shop, "dev") == set()
