"""Readers of the published tables: those whom the settings no longer name lose what earlier settings granted them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from marketing_ibis.build.reader_rights import reader_statements
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from tests.build.test_masked_records import HISTORY, KEPT, SNAPSHOT
from tests.engine_shops import EngineShop, engine_shop

GRANTS = 'grants = ["rights_reader"]'
BOTH = 'grants = ["rights_reader", "role rights_guest"]'
PUBLISHED = {"stg_sales", "totals", "halves", "report"}
OWN = {"build_history", "build_state"}


@pytest.fixture(params=["postgres"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EngineShop]:
    """Yield a shop with a snapshot, a history and two roles of the server."""
    snapshot = "        from marketing_ibis.model import Snapshot\n" + SNAPSHOT
    with engine_shop(request.param, tmp_path, settings=f"{BOTH}\n", raw_sales=snapshot, halves=HISTORY) as opened:
        for role in ("rights_reader", "rights_guest"):
            if not opened.query(f"SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = '{role}'"):
                opened.query(f"CREATE ROLE {role} LOGIN")
        yield opened
        opened.query("DROP OWNED BY rights_guest, rights_reader")


def set_grants(shop: EngineShop, line: str) -> None:
    file = shop.root / "pyproject.toml"
    file.write_text("\n".join(line if old.startswith("grants") else old for old in file.read_text().splitlines()))


def readable(shop: EngineShop, role: str) -> set[object]:
    """Return the relations of the models' schema that a role may read."""
    select = (
        "SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.relnamespace = 'dbt_marketing'::regnamespace"
        f" AND has_table_privilege('{role}', c.oid, 'SELECT') AND c.relkind IN ('r', 'v')"
    )
    return {name for (name,) in shop.query(select)}


@pytest.mark.parametrize("shop", ["postgres", "redshift"], indirect=True)
def test_a_reader_that_is_removed_loses_the_tables_that_stay_and_a_new_one_gets_them(shop: EngineShop) -> None:
    shop.run("snapshot")
    shop.run("snapshot", "halves")
    shop.run("run")
    every = PUBLISHED | KEPT | OWN
    assert readable(shop, "rights_guest") == readable(shop, "rights_reader") == every
    shop.query("CREATE TABLE dbt_marketing.theirs AS SELECT 1 AS one")
    shop.query("GRANT SELECT ON dbt_marketing.theirs TO rights_guest")
    # Another spelling of the same role; on Redshift a role is not a user.
    set_grants(shop, 'grants = ["role rights_reader"]' if shop.engine == "postgres" else GRANTS)
    shop.run("run", "-s", "totals")
    assert readable(shop, "rights_guest") == {"theirs"}
    assert readable(shop, "rights_reader") == every
    set_grants(shop, BOTH)
    shop.run("snapshot")
    # Its own numbers and states are granted by a build.
    assert readable(shop, "rights_guest") == every - OWN | {"theirs"}
    set_grants(shop, "")
    shop.run("snapshot", "halves")
    assert readable(shop, "rights_guest") == {"theirs"}
    assert readable(shop, "rights_reader") == set()
    assert shop.query("SELECT count(*) FROM dbt_marketing.reader_rights") == [(0,)]


def test_a_role_or_table_that_was_dropped_is_forgotten(shop: EngineShop) -> None:
    shop.query("CREATE ROLE rights_leaver")
    set_grants(shop, 'grants = ["rights_reader", "rights_guest", "rights_leaver"]')
    shop.run("run")
    shop.query("DROP OWNED BY rights_leaver")
    shop.query("DROP ROLE rights_leaver")
    shop.query("DROP TABLE dbt_marketing.report")
    set_grants(shop, GRANTS)
    shop.run("run", "-s", "halves")
    rows = shop.query("SELECT table_name, role_name FROM dbt_marketing.reader_rights")
    assert set(rows) == {(name, "rights_reader") for name in PUBLISHED - {"report"}}
    assert readable(shop, "rights_guest") == set()


def test_a_reader_gets_the_table_that_a_view_holds(shop: EngineShop) -> None:
    set_grants(shop, GRANTS)
    shop.run("run")
    shop.query("CREATE VIEW public.held AS SELECT * FROM dbt_marketing.totals")
    set_grants(shop, BOTH)
    shop.run("run")
    assert readable(shop, "rights_guest") == PUBLISHED | OWN


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_accepts_the_statements(engine: str) -> None:
    dialect = ENGINES[engine].dialect()
    rows = [("dbt_marketing", "kept", "group sales"), ("dbt_marketing", "kept", "public")]

    def answer(sql: str) -> list[tuple[object, ...]]:
        return rows if "reader_rights" in sql else [(1,)]

    target = SimpleNamespace(
        dialect=dialect,
        relations=lambda schema: {"reader_rights": "table", "kept": "table", "build_state": "table"},
        columns=lambda relation: {"schema_name": "string", "table_name": "string", "role_name": "string"},
        query=answer,
    )
    statements = reader_statements(
        cast("Target", target), "dbt_marketing", ["role guest"], old=[Relation("dbt_marketing", "kept")]
    )
    assert dialect.approve(statements) == statements
    assert bool(statements) == ENGINES[engine].supports_grants
    if statements:
        assert [sql.split(" ON ")[0] for sql in statements[:5]] == ["GRANT SELECT", *["REVOKE SELECT"] * 4]
