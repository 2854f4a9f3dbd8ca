"""Readers of the published tables: those whom the settings no longer name lose what earlier settings granted them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.reader_rights import ReaderChanges, read_rights, reader_statements
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.readers import update_readers
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from tests.build.test_masked_records import HISTORY, KEPT, SNAPSHOT
from tests.engine_shops import EngineShop, engine_shop

GRANTS = 'grants = ["rights_reader"]'
BOTH = 'grants = ["rights_reader", "role rights_guest"]'
PUBLISHED = {"stg_sales", "totals", "halves", "report"}
NO_GRANTS = "# grants"
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
    file.write_text(
        "\n".join(line if old.startswith(("grants", NO_GRANTS)) else old for old in file.read_text().splitlines())
    )


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


def test_readers_follow_the_settings_where_nothing_is_built(shop: EngineShop) -> None:
    set_grants(shop, NO_GRANTS)
    shop.run("run")
    set_grants(shop, GRANTS)
    gained = "Nothing to build: 4 models unchanged. SELECT in dbt_marketing was granted to rights_reader."
    assert gained in shop.run("run", "--changed").output
    assert readable(shop, "rights_reader") == PUBLISHED | OWN
    set_grants(shop, 'grants = ["rights_guest"]')
    change = "granted to rights_guest and revoked from rights_reader."
    assert f"SELECT in dbt_marketing would be {change}" in shop.run("plan").stderr
    assert f"unchanged. SELECT in dbt_marketing would be {change}" in shop.run("run", "--changed", "--dry-run").output
    assert readable(shop, "rights_guest") == set()
    assert f"unchanged. SELECT in dbt_marketing was {change}" in shop.run("run", "--changed").output
    assert readable(shop, "rights_guest") == PUBLISHED | OWN
    assert readable(shop, "rights_reader") == set()
    assert "SELECT" not in shop.run("run", "--changed").output
    assert shop.run("plan").stderr == ""


def test_a_project_leaves_the_readers_of_another_in_the_same_schema(shop: EngineShop) -> None:
    file = shop.root / "pyproject.toml"
    set_grants(shop, GRANTS)
    shop.run("snapshot")
    shop.run("run")
    file.write_text(file.read_text().replace('name = "', 'name = "other_'))
    set_grants(shop, 'grants = ["rights_guest"]')
    shop.run("run", "-s", "totals")
    assert readable(shop, "rights_guest") == {"totals"} | OWN
    # The table that both publish is the newest one's.
    assert readable(shop, "rights_reader") == PUBLISHED - {"totals"} | OWN | {"raw_sales_snapshot"}
    set_grants(shop, NO_GRANTS)
    shop.run("run", "-s", "totals")
    assert readable(shop, "rights_guest") == set()
    assert readable(shop, "rights_reader") == PUBLISHED - {"totals"} | OWN | {"raw_sales_snapshot"}


def test_a_role_that_is_created_again_reads_the_tables_that_stay(shop: EngineShop) -> None:
    shop.query("DROP ROLE IF EXISTS rights_returner")
    shop.query("CREATE ROLE rights_returner")
    set_grants(shop, 'grants = ["rights_returner"]')
    shop.run("snapshot")
    shop.run("run")
    shop.query("DROP OWNED BY rights_returner; DROP ROLE rights_returner; CREATE ROLE rights_returner")
    shop.run("run")
    try:
        assert readable(shop, "rights_returner") == PUBLISHED | OWN | {"raw_sales_snapshot"}
    finally:
        shop.query("DROP OWNED BY rights_returner; DROP ROLE rights_returner")


def test_a_reader_is_removed_after_the_schema_was_renamed(shop: EngineShop) -> None:
    shop.run("snapshot")
    shop.run("run", "-s", "+totals")
    shop.query("ALTER SCHEMA dbt_marketing RENAME TO marketing")
    set_grants(shop, GRANTS + '\nmodel_schema = "marketing"')
    shop.run("run", "-s", "totals")
    shop.query("ALTER SCHEMA marketing RENAME TO dbt_marketing")
    assert readable(shop, "rights_guest") == set()
    assert readable(shop, "rights_reader") == {"raw_sales_snapshot", "stg_sales", "totals"} | OWN


@pytest.mark.parametrize("shop", ["postgres", "redshift"], indirect=True)
@pytest.mark.parametrize("command", ["snapshot", "run"])
def test_a_reader_that_does_not_exist_is_explained(shop: EngineShop, command: str) -> None:
    set_grants(shop, 'grants = ["rights_nobody"]')
    message = shop.run(command, code=1).stderr
    assert '"rights_nobody" does not exist' in message
    assert "Create it, or correct `grants`" in " ".join(message.split())


@pytest.mark.parametrize("shop", ["redshift"], indirect=True)
def test_every_command_that_grants_warns_of_a_role_that_it_cannot_see(shop: EngineShop) -> None:
    set_grants(shop, GRANTS)
    shop.run("run")
    hidden = "VALUES ('marketing_ibis', 'totals', 'role rights_hidden')"
    shop.query(f"INSERT INTO dbt_marketing.reader_rights {hidden}")
    shop.query("CREATE SCHEMA copies")
    shop.query("CREATE TABLE copies.reader_rights AS SELECT * FROM dbt_marketing.reader_rights")
    for words in (["run", "-s", "totals"], ["snapshot"], ["snapshot", "halves"]):
        assert "role rights_hidden: not named by grants any more" in shop.run(*words).stderr, words
    file = shop.root / "pyproject.toml"
    file.write_text(f'{file.read_text()}\nmodel_schema = "copies"\n')
    cloned = shop.run("clone", "--from", "dbt_marketing", "-s", "totals", dated=False)
    assert "role rights_hidden: not named by grants any more" in cloned.stderr


def fake_target(engine: str, rows: list[tuple[str, str, str]], *, sees_roles: bool = True) -> Target:
    """Return a target with ``rows`` on record, whose user may not see roles."""
    kinds = dict.fromkeys(["reader_rights", "kept", "build_state"], "table")

    def answer(sql: str) -> list[tuple[object, ...]]:
        if "reader_rights" in sql:
            return [*rows]
        return [(1,)] if sees_roles or "svv_roles" not in sql else []

    target = SimpleNamespace(
        dialect=ENGINES[engine].dialect(),
        relations=lambda schema: kinds,
        columns=lambda relation: dict.fromkeys(["project_name", "table_name", "role_name"], "string"),
        query=answer,
    )
    return cast("Target", target)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_accepts_the_statements(engine: str) -> None:
    rows = [("shop", "kept", "group sales"), ("shop", "kept", "public")]
    schemas = Schemas(readers=("role guest",), project="shop")
    target = fake_target(engine, rows)
    statements = reader_statements(target, schemas, old=[Relation("dbt_marketing", "kept")])
    assert target.dialect.approve(statements) == statements
    assert bool(statements) == ENGINES[engine].supports_grants
    if statements:
        assert [sql.split(" ON ")[0] for sql in statements[:3]] == ["GRANT SELECT", *["REVOKE SELECT"] * 2]
        assert all(sql.count("dbt_marketing") == 2 for sql in statements[1:3])


def test_a_role_that_cannot_be_seen_stays_on_record_with_a_warning() -> None:
    rows = [("shop", "kept", "role hidden"), ("shop", "kept", "leaver"), ("other", "theirs", "role hers")]
    schemas = Schemas(readers=("analyst",), project="shop")
    target = fake_target("redshift", rows, sees_roles=False)
    statements = reader_statements(target, schemas)
    assert "leaver" in " ".join(statements)
    assert not [sql for sql in statements if "hidden" in sql or "hers" in sql]
    rights = read_rights(target, schemas)
    assert rights is not None
    assert rights.changes(["kept"]) == ReaderChanges(("analyst",), ("leaver",))
    warning = rights.unseen_warning()
    revocation = 'REVOKE SELECT ON "dbt_marketing"."build_state", "dbt_marketing"."kept" FROM ROLE "hidden"'
    assert warning.startswith("role hidden: not named by grants any more")
    assert f"execute: {revocation}." in warning
    for target in (fake_target("redshift", rows), fake_target("postgres", rows, sees_roles=False)):
        seen = read_rights(target, schemas)
        assert seen is not None
        assert not seen.unseen_warning()


def test_the_record_is_read_once_for_changes_and_warnings() -> None:
    target = fake_target("redshift", [("shop", "kept", "role hidden"), ("shop", "kept", "leaver")], sees_roles=False)
    queries: list[str] = []
    warnings: list[str] = []

    def query(sql: str) -> list[tuple[object, ...]]:
        queries.append(sql)
        return target.query(sql)

    counting = SimpleNamespace(**vars(target) | {"query": query, "attempt": lambda name, work: work()})
    session = SimpleNamespace(
        destination=SimpleNamespace(engine=ENGINES["redshift"], open_existing=lambda: nullcontext(counting)),
        schemas=Schemas(project="shop"),
        log=SimpleNamespace(warn=warnings.append),
    )
    changes = update_readers(cast("Session", session), ["kept"], is_dry=True)
    assert changes == "SELECT in dbt_marketing would be revoked from leaver."
    assert [warning.partition(":")[0] for warning in warnings] == ["role hidden"]
    assert len([sql for sql in queries if "reader_rights" in sql]) == 1


@pytest.mark.parametrize("engine", ["postgres", "redshift"])
def test_what_another_project_grants_a_role_is_not_revoked(engine: str) -> None:
    rows = [("shop", "kept", "leaver"), ("other", "kept", "leaver")]
    target = fake_target(engine, rows)
    statements = reader_statements(target, Schemas(project="shop"))
    assert [sql.split()[0] for sql in statements] == ["DELETE"]
    assert "'other'" not in statements[0]
    alone = reader_statements(fake_target(engine, rows[:1]), Schemas(project="shop"))
    assert [sql.split()[0] for sql in alone] == ["REVOKE", "DELETE"]
