"""Masked views on PostgreSQL: who may read what, and views of analysts over them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.build.hash_key import key_statements
from marketing_ibis.build.masked_views import KEY_TABLE, RIGHT_TABLE, VIEW_TABLE
from marketing_ibis.build.plan import Plan, Schemas, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import RunResults, run_plan
from marketing_ibis.build.snapshots.recording import plan_snapshots, record_snapshots
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed
from tests.build.masked_shop import HASH, MASKED
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database
from tests.shop import AS_OF, SHOP, make_shop

KEY = "5" * 64
SETTINGS = HASH.replace("role analyst", "masked_analyst")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    dataflow = make_shop(tmp_path_factory.mktemp("shop"), settings=SETTINGS).project.compile(AS_OF)
    return build_plan(dataflow, tuple(dataflow.models), ENGINES["postgres"].dialect(), Schemas())


@pytest.fixture
def target() -> Iterator[Target]:
    with fresh_database() as address, ENGINES["postgres"].open(settings_of(address)) as opened:
        if not opened.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'masked_analyst'"):
            opened.execute("CREATE ROLE masked_analyst")
        opened.execute("CREATE SCHEMA dbt_production")
        opened.execute("CREATE TABLE dbt_production.sales (id BIGINT, cents BIGINT)")
        opened.execute("INSERT INTO dbt_production.sales VALUES (1, 100), (2, 250), (3, -5)")
        yield opened


def build(plan: Plan, target: Target) -> RunResults:
    keys = key_statements(plan.masked_views, target, KEY)
    results = run_plan(plan, target, record=lambda *outcome: keys)
    assert results.published, [result.message for result in results.failures]
    return results


def test_a_role_reads_hashes_and_no_original(plan: Plan, target: Target) -> None:
    # It could read every new table of the schema.
    target.execute("CREATE SCHEMA dbt_marketing")
    target.execute("GRANT USAGE ON SCHEMA dbt_marketing TO masked_analyst")
    target.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA dbt_marketing GRANT SELECT ON TABLES TO masked_analyst")
    build(plan, target)
    build(plan, target)
    target.execute("SET ROLE masked_analyst")
    hashes = sorted(hashlib.sha256(f"{KEY}{id}".encode()).hexdigest() for id in (1, 2))
    assert target.query(f"SELECT id FROM {MASKED}.halves ORDER BY 1") == [(each,) for each in hashes]
    assert target.query(f"SELECT n, cents FROM {MASKED}.totals") == [(2, 350)]
    target.execute("RESET ROLE")
    # The names of the views and of their readers are no secret.
    assert readable(target, "masked_analyst", "dbt_marketing") <= {VIEW_TABLE, RIGHT_TABLE}
    assert len(readable(target, "masked_analyst")) == 4
    assert (KEY_TABLE, "r") in target.query("SELECT relname, relkind FROM pg_catalog.pg_class")


def test_views_of_analysts_keep_standing(plan: Plan, target: Target) -> None:
    build(plan, target)
    target.execute("CREATE SCHEMA reports")
    target.execute(f"CREATE VIEW reports.halved AS SELECT id, half FROM {MASKED}.halves")
    target.execute(f"CREATE VIEW reports.staged AS SELECT id FROM {MASKED}.stg_sales")
    target.execute("INSERT INTO dbt_production.sales VALUES (4, 1000)")
    build(plan, target)
    assert target.query("SELECT max(half), count(DISTINCT id) FROM reports.halved") == [(500.0, 3)]
    assert target.query("SELECT count(*) FROM reports.staged") == [(3,)]


def readable(target: Target, role: str, schema: str = MASKED) -> set[object]:
    """Return the relations of a schema that a role may read."""
    select = (
        f"SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.relnamespace = '{schema}'::regnamespace"
        f" AND has_table_privilege('{role}', c.oid, 'SELECT') AND c.relkind IN ('r', 'v')"
    )
    return {name for (name,) in target.query(select)}


def may_enter(target: Target, role: str) -> bool:
    return target.query(f"SELECT has_schema_privilege('{role}', '{MASKED}', 'USAGE')") == [(True,)]


@pytest.fixture
def guests(target: Target) -> Iterator[str]:
    """Return the settings with two more roles, of which the second one may be dropped."""
    for role in ("masked_guest", "masked_visitor"):
        target.execute(f"DROP ROLE IF EXISTS {role}")
        target.execute(f"CREATE ROLE {role}")
    yield SETTINGS.replace('"masked_analyst"', '"masked_analyst", "masked_guest", "masked_visitor"')
    for role in ("masked_guest", "masked_visitor"):
        if target.query(f"SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = '{role}'"):
            target.execute(f"DROP OWNED BY {role}")
            target.execute(f"DROP ROLE {role}")


def plan_of(folder: Path, settings: str, *names: str) -> Plan:
    dataflow = make_shop(folder, settings=settings).project.compile(AS_OF)
    return build_plan(dataflow, names or tuple(dataflow.models), ENGINES["postgres"].dialect(), Schemas())


def test_a_role_that_is_removed_from_the_settings_loses_its_rights(target: Target, guests: str, tmp_path: Path) -> None:
    """On views that are replaced in place, and on those that a build does not touch."""
    build(plan_of(tmp_path, guests), target)
    target.execute("CREATE SCHEMA reports")
    target.execute(f"CREATE VIEW reports.halved AS SELECT id, half FROM {MASKED}.halves")
    every = {"stg_sales", "totals", "halves", "report"}
    assert readable(target, "masked_guest") == every
    target.execute("DROP OWNED BY masked_visitor")
    target.execute("DROP ROLE masked_visitor")
    build(plan_of(tmp_path / "selected", SETTINGS, "halves"), target)
    assert readable(target, "masked_guest") == set()
    assert readable(target, "masked_analyst") == every
    assert not may_enter(target, "masked_guest")
    assert may_enter(target, "masked_analyst")
    assert target.query("SELECT DISTINCT role_name FROM dbt_marketing.masked_view_rights ORDER BY 1") == [
        ("masked_analyst",),
        ("masked_visitor",),
    ]
    build(plan_of(tmp_path / "again", guests.replace(', "masked_visitor"', "")), target)
    assert readable(target, "masked_guest") == every


def test_rights_that_an_earlier_release_granted_are_known_after_the_next_build(
    target: Target, guests: str, tmp_path: Path
) -> None:
    build(plan_of(tmp_path / "first", guests), target)
    # Earlier releases had no such table.
    target.execute("DROP TABLE dbt_marketing.masked_view_rights")
    build(plan_of(tmp_path / "second", guests, "stg_sales"), target)
    build(plan_of(tmp_path / "third", SETTINGS, "stg_sales"), target)
    assert readable(target, "masked_guest") == set()
    assert len(readable(target, "masked_analyst")) == 4


def test_roles_lose_a_view_that_cannot_be_dropped(plan: Plan, target: Target, tmp_path: Path) -> None:
    build(plan, target)
    target.execute("CREATE SCHEMA reports")
    target.execute(f"CREATE VIEW reports.halved AS SELECT id, half FROM {MASKED}.halves")
    build(plan_of(tmp_path, ""), target)
    assert target.relations(MASKED) == {"halves": "view"}
    assert readable(target, "masked_analyst") == set()
    assert not may_enter(target, "masked_analyst")
    assert target.query("SELECT count(*) FROM dbt_marketing.masked_view_rights") == [(0,)]


def test_a_script_replaces_them_again_and_again(plan: Plan, target: Target) -> None:
    for _ in range(2):
        for statement in script(plan):
            target.execute(statement)
    # The script contains no key, and without one there is no hash.
    assert target.query(f"SELECT DISTINCT id FROM {MASKED}.halves") == [(None,)]


def test_masked_views_can_be_left_out_again(plan: Plan, target: Target, tmp_path: Path) -> None:
    """What someone's view depends on stays, and is as new as the tables."""
    build(plan, target)
    target.execute("CREATE SCHEMA reports")
    target.execute(f"CREATE VIEW reports.halved AS SELECT id, half FROM {MASKED}.halves")
    dataflow = make_shop(tmp_path).project.compile(AS_OF)
    plain = build_plan(dataflow, tuple(dataflow.models), ENGINES["postgres"].dialect(), Schemas())
    target.execute("INSERT INTO dbt_production.sales VALUES (4, 1000)")
    assert run_plan(plain, target).published
    assert target.query("SELECT count(*) FROM reports.halved") == [(3,)]
    assert target.relations(MASKED) == {"halves": "view"}
    target.execute("DROP VIEW reports.halved")
    assert run_plan(plain, target).published
    assert target.relations(MASKED) == {}


def test_a_role_that_does_not_exist_is_named_and_changes_nothing(target: Target, tmp_path: Path) -> None:
    settings = SETTINGS.replace("masked_analyst", "nobody_of_that_name")
    dataflow = make_shop(tmp_path, settings=settings).project.compile(AS_OF)
    plan = build_plan(dataflow, tuple(dataflow.models), ENGINES["postgres"].dialect(), Schemas())
    with pytest.raises(RunFailed, match="nobody_of_that_name"):
        run_plan(plan, target)
    assert target.relations(MASKED) == {}


def test_someones_view_over_a_masked_snapshot_stays(target: Target, tmp_path: Path) -> None:
    raw = SHOP["raw_sales"].replace('table="sales"', 'table="sales", snapshot=Snapshot()')
    raw = f"        from marketing_ibis.model import Snapshot\n{raw}"
    dataflow = make_shop(tmp_path, settings=SETTINGS, raw_sales=raw).project.compile(AS_OF)
    snapshots = plan_snapshots(dataflow, ("raw_sales",), ENGINES["postgres"].dialect(), Schemas())
    record_snapshots(snapshots, target, AS_OF, key=KEY)
    target.execute("CREATE SCHEMA reports")
    target.execute(f"CREATE VIEW reports.versions AS SELECT id, cents FROM {MASKED}.raw_sales_snapshot")
    target.execute("INSERT INTO dbt_production.sales VALUES (4, 1000)")
    record_snapshots(snapshots, target, AS_OF, key=KEY)
    hashes = sorted(hashlib.sha256(f"{KEY}{id}".encode()).hexdigest() for id in (1, 2, 3, 4))
    assert sorted(target.query("SELECT id FROM reports.versions")) == [(each,) for each in hashes]
    target.execute("SET ROLE masked_analyst")
    assert len(target.query(f"SELECT * FROM {MASKED}.raw_sales_snapshot")) == 4
    target.execute("RESET ROLE")
