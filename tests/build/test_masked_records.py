"""Which masked views there are, and who may read them: also over what no build replaces, and after other settings."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.masked_records import record_statements, refresh_masked, stale_views
from marketing_ibis.build.masked_views import (
    KEY_TABLE,
    RIGHT_TABLE,
    VIEW_TABLE,
    MaskedView,
    create_masked,
    drop_masked,
    rights_on,
)
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed
from marketing_ibis.model.masking import MaskedTable
from tests.build.masked_shop import HASH, KEY, MASKED, NULL, masked_names, masked_shop, rewrite, rows, run
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, make_shop

SNAPSHOT = SHOP["raw_sales"].replace('table="sales"', 'table="sales", snapshot=Snapshot()')
HISTORY = (
    SHOP["halves"]
    .replace('layer="marts"', 'layer="marts", history=History("half_history", ("half",), views=(largest,))')
    .replace(
        "        COLUMNS",
        """
        from marketing_ibis.model import History, history_view

        @history_view(grain=("id",), columns=(
            column("id", "int64", "Key."),
            column("part", "float64", "Part of it.", nullable=True),
        ))
        def largest(half_history):
            QQQThe largest of each.QQQ
            return half_history.group_by("id").agg(part=half_history.half.max() * half_history.id.max())

        COLUMNS""",
        1,
    )
).replace("QQQ", "'''")
KEPT = {"raw_sales_snapshot", "half_history", "largest"}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return a shop with a snapshot and a history that have been recorded and built."""
    snapshot = "        from marketing_ibis.model import Snapshot\n" + SNAPSHOT
    shop = masked_shop(tmp_path, monkeypatch, raw_sales=snapshot, halves=HISTORY)
    run("snapshot")
    run("snapshot", "halves")
    run("run")
    return shop


def test_snapshots_and_histories_have_masked_views(kept: Shop) -> None:
    with kept.open() as target:
        ((key,),) = target.query(f"SELECT * FROM dbt_marketing.{KEY_TABLE}")
        target.execute("INSERT INTO dbt_production.sales VALUES (4, 1000)")
    assert masked_names(kept) == {"stg_sales", "totals", "halves", "report", *KEPT}
    hashes = {id: hashlib.sha256(f"{key}{id}".encode()).hexdigest() for id in (1, 2, 3, 4)}
    ids = {row[0] for row in rows(kept, f"{MASKED}.raw_sales_snapshot")}
    assert ids == {hashes[1], hashes[2], hashes[3]}
    # A build adds a day to the history, a snapshot its rows.
    run("run")
    assert {row[1:] for row in rows(kept, f"{MASKED}.half_history")} == {
        (hashes[id], half) for id, half in ((1, 50.0), (2, 125.0), (4, 500.0))
    }
    assert rows(kept, f"{MASKED}.largest") == sorted((hashes[id], None) for id in (1, 2, 4))
    run("snapshot")
    assert {row[0] for row in rows(kept, f"{MASKED}.raw_sales_snapshot")} == set(hashes.values())


def test_a_plan_from_a_file_masks_histories_too(kept: Shop) -> None:
    with kept.open() as target:
        target.execute(f"DROP VIEW {MASKED}.half_history")
    run("plan", "--out", "plan.json")
    invoke("apply", "plan.json", "--database", "warehouse.duckdb", secret=KEY)
    assert {len(str(row[1])) for row in rows(kept, f"{MASKED}.half_history")} == {64}


def test_what_the_settings_no_longer_mask_is_masked_no_longer(kept: Shop) -> None:
    rewrite(kept, NULL.replace("raw_sales", "totals").replace('"id"', '"n"'))
    run("run")
    run("snapshot")
    assert {row[0] for row in rows(kept, f"{MASKED}.raw_sales_snapshot")} == {1, 2, 3}
    assert {row[1] for row in rows(kept, f"{MASKED}.half_history")} == {1, 2}
    assert [row[0] for row in rows(kept, f"{MASKED}.totals")] == [None]


@pytest.mark.parametrize("settings", ["", HASH.replace("_masked", "_hidden")])
def test_views_of_a_schema_that_is_no_longer_masked_are_dropped_and_no_others(kept: Shop, settings: str) -> None:
    with kept.open() as target:
        target.execute(f"CREATE VIEW {MASKED}.theirs AS SELECT 1 AS n")
        target.execute(f"CREATE TABLE {MASKED}.table_of_theirs AS SELECT 1 AS n")
    rewrite(kept, settings)
    run("run", "-s", "totals")
    with kept.open() as target:
        assert target.relations(MASKED) == {"theirs": "view", "table_of_theirs": "table"}
        assert masked_names(kept, "dbt_marketing_hidden") == ({"totals"} if settings else set())
    assert rows(kept, f"dbt_marketing.{VIEW_TABLE}") == ([("dbt_marketing_hidden", "totals")] if settings else [])


def test_views_of_histories_are_known_after_the_schema_has_changed(kept: Shop) -> None:
    rewrite(kept, HASH.replace("_masked", "_hidden"))
    run("run")
    assert masked_names(kept) == set()
    assert masked_names(kept, "dbt_marketing_hidden") >= {"halves", "half_history", "largest"}
    rewrite(kept, "")
    run("run")
    assert masked_names(kept, "dbt_marketing_hidden") == set()
    assert rows(kept, f"dbt_marketing.{VIEW_TABLE}") == []


def test_a_build_that_fails_drops_no_view(kept: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = masked_names(kept)
    rewrite(kept, "")
    execute: Callable[[DuckDBTarget, str], int | None] = DuckDBTarget.execute

    def fail(self: DuckDBTarget, sql: str) -> int | None:
        if sql.startswith("DELETE FROM") and VIEW_TABLE in sql:
            raise RunFailed("The engine refused the statement.")
        return execute(self, sql)

    monkeypatch.setattr(DuckDBTarget, "execute", fail)
    assert "Nothing was published" in run("run", code=1)
    assert masked_names(kept) == before


def test_a_customer_who_is_forgotten_leaves_masked_views_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = masked_shop(
        tmp_path, monkeypatch, raw_sales=f"        from marketing_ibis.model import Snapshot\n{SNAPSHOT}"
    )
    run("run")
    run("snapshot")
    with shop.open() as target:
        target.execute("DELETE FROM dbt_production.sales WHERE id = 2")
    invoke("forget", "--customer", "2", "--yes", "--database", "warehouse.duckdb", secret=KEY)
    assert [len(rows(shop, f"{MASKED}.{name}")) for name in ("halves", "raw_sales_snapshot")] == [1, 2]
    assert masked_names(shop) == {"stg_sales", "totals", "halves", "report", "raw_sales_snapshot"}


ROLES = st.sets(st.sampled_from(("analyst", "group sales", "role guest", "guest")))
VIEW_NAMES = ("facts", "halves", "sales")
BUILDS = st.lists(
    st.tuples(st.sampled_from(("", "masked", "hidden")), ROLES, st.sets(st.sampled_from(VIEW_NAMES), min_size=1)),
    max_size=5,
)


class Warehouse:
    """A database with the rights that statements give and take; ``in_use`` are names of views that others depend on."""

    def __init__(self, dialect: Dialect, in_use: set[str]) -> None:
        self.dialect, self.in_use = dialect, in_use
        # SQLite is enough for the package's own tables, and starts in no time.
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("ATTACH ':memory:' AS models")
        self.views: set[Relation] = set()
        self.readers: set[tuple[Relation, str]] = set()
        self.visitors: set[tuple[str, str]] = set()

    def relations(self, schema: str) -> dict[str, str]:
        if schema == "models":
            return dict.fromkeys(self._column("SELECT name FROM models.sqlite_master"), "table")
        return {view.name: "view" for view in self.views if view.schema == schema}

    def columns(self, relation: Relation) -> list[str]:
        return self._column(f"SELECT name FROM pragma_table_info('{relation.name}', 'models')")

    def dependent_views(self, schema: str) -> dict[str, list[Relation]]:
        return {name: [Relation("theirs", name)] for name in self.relations(schema) if name in self.in_use}

    def query(self, sql: str) -> list[tuple[str, ...]]:
        return [("1",)] if "pg_" in sql or "svv_" in sql else self.connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        right = re.fullmatch(r"(GRANT|REVOKE) (SELECT|USAGE) ON (?:SCHEMA )?([\w\".]+) (?:TO|FROM) (.+)", sql)
        view = re.match(r"(DROP VIEW IF EXISTS|CREATE OR REPLACE VIEW|CREATE VIEW) ([\w\".]+)", sql)
        if right and right[2] == "USAGE":
            visitor = (right[3].replace('"', ""), right[4])
            self.visitors = self.visitors | {visitor} if right[1] == "GRANT" else self.visitors - {visitor}
        elif right and not right[3].startswith('"models"'):
            reader = (_relation(right[3]), right[4])
            assert reader[0] in self.views
            self.readers = self.readers | {reader} if right[1] == "GRANT" else self.readers - {reader}
        elif view and view[1].startswith("DROP"):
            self.views -= {_relation(view[2])}
            self.readers = {reader for reader in self.readers if reader[0] in self.views}
        elif view:
            self.views |= {_relation(view[2])}
        elif not right:
            self.connection.execute(sql)

    def _column(self, sql: str) -> list[str]:
        return [name for (name,) in self.connection.execute(sql).fetchall()]


def _relation(text: str) -> Relation:
    schema, name = text.replace('"', "").split(".")
    return Relation(schema, name)


def build(warehouse: Warehouse, schema: str, roles: set[str], names: set[str]) -> None:
    """Publish the masked views of some models, if there is a schema for them."""
    target, dialect = cast("Target", warehouse), warehouse.dialect
    views = []
    for name in sorted(names) if schema else ():
        relation, original = Relation(schema, name), Relation("models", name)
        masked = MaskedTable(schema, tuple(sorted(roles)), {})
        rights = rights_on(dialect, masked, relation, original)
        views.append(MaskedView(relation, original, "SELECT 1", (), rights, False, masked.roles))
    stale = stale_views(target, "models", views)
    in_use = [Relation("models", name) for name in warehouse.in_use if name in warehouse.relations(schema)]
    statements = [
        *(f"DROP VIEW IF EXISTS {dialect.relation(view)}" for view in stale),
        *drop_masked(dialect, views, in_use),
        *create_masked(dialect, views, in_use),
        *record_statements(target, "models", views, stale, in_use, is_complete=True),
    ]
    for statement in statements:
        warehouse.execute(statement)


@pytest.mark.parametrize("engine", ["postgres", "redshift"])
@given(builds=BUILDS, last=BUILDS.filter(bool), in_use=st.sets(st.sampled_from(VIEW_NAMES)))
def test_roles_that_the_settings_do_not_name_have_no_rights(
    engine: str,
    builds: list[tuple[str, set[str], set[str]]],
    last: list[tuple[str, set[str], set[str]]],
    in_use: set[str],
) -> None:
    """Whatever was built before, and whichever views a build replaces, replaces in place or leaves."""
    warehouse = Warehouse(ENGINES[engine].dialect(), in_use)
    for each in (*builds, last[0]):
        build(warehouse, *each)
    schema, roles, names = last[0]
    grantees = {grant.rpartition(" TO ")[2] for grant in warehouse.dialect.grant_usage("x", sorted(roles))}
    built = {Relation(schema, name) for name in names} if schema else set()
    assert warehouse.views >= built
    assert {role for _, role in warehouse.readers} <= grantees
    assert {view for view, _ in warehouse.readers} <= {view for view in warehouse.views if view.schema == schema}
    assert {(view, role) for view in built for role in grantees} <= warehouse.readers
    assert {place for place, role in warehouse.visitors} <= {schema}
    assert {role for _, role in warehouse.visitors} <= grantees


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_accepts_the_record_of_the_views(tmp_path: Path, engine: str) -> None:
    dataflow, dialect = make_shop(tmp_path, settings=HASH).project.compile(AS_OF), ENGINES[engine].dialect()
    views = build_plan(dataflow, tuple(dataflow.models), dialect, Schemas()).masked_views
    empty = SimpleNamespace(dialect=dialect, relations=lambda schema: {}, dependent_views=lambda schema: {})
    statements = refresh_masked(cast("Target", empty), "dbt_marketing", views)
    assert dialect.approve(statements) == statements
    assert any(f"'{MASKED}', 'halves'" in statement and VIEW_TABLE in statement for statement in statements)
    assert any(RIGHT_TABLE in statement for statement in statements) == ENGINES[engine].supports_grants
    for role in ("analyst", "group sales", "role guest", "public"):
        select = dialect.find_reader(role)
        assert bool(select) == ENGINES[engine].supports_grants
        assert dialect.approve((select,) if select else ()) == ((select,) if select else ())
        statements = dialect.revoke_usage(MASKED, (role,))
        assert dialect.approve(statements) == statements
