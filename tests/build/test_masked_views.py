"""Masked views: published with the tables, without a value of a personal column, and only where the settings ask."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace

import pytest

from marketing_ibis.build.hash_key import key_statements
from marketing_ibis.build.masked_records import record_statements, refresh_masked
from marketing_ibis.build.masked_views import KEY_TABLE, VIEW_TABLE
from marketing_ibis.build.plan import Schemas, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.errors import ConfigurationError, RunFailed
from marketing_ibis.model.masking import Masking
from marketing_ibis.project.masking_settings import check_masking_settings, resolve_masking
from marketing_ibis.project.project_key import KEY_VARIABLE, derived_key
from marketing_ibis.project.settings import load_project
from tests.build.incremental_shop import EVENTS
from tests.forgetting_shop import fill_sources, forgetting_nodes
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, failing, make_shop

KEY = "0123456789abcdef0123456789abcdef"
MASKED = "dbt_marketing_masked"
NULL = """
[tool.marketing_ibis.pii]
raw_sales = ["id"]

[tool.marketing_ibis.personal_data]
masked_schema = "{model_schema}_masked"
masked_roles = ["role analyst"]
"""
HASH = NULL + '\n[tool.marketing_ibis.personal_data.hashed]\nraw_sales = ["id"]\n'


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.chdir(tmp_path)
    return make_shop(tmp_path, settings=HASH)


def run(*arguments: str, code: int = 0) -> str:
    """Run a command on the shop's database; no output has the project's key or that of the hashes."""
    key = derived_key(KEY.encode(), "masked personal data")
    output = invoke(*arguments, "--as-of", str(AS_OF), "--database", "warehouse.duckdb", code=code, secret=KEY).output
    assert key not in output
    return output


def rows(shop: Shop, relation: str) -> list[tuple[object, ...]]:
    with shop.open() as target:
        return target.query(f"SELECT * FROM {relation} ORDER BY ALL")


def rewrite(shop: Shop, settings: str) -> None:
    file = shop.root / "pyproject.toml"
    head, _, _ = file.read_text().partition("\n[tool.marketing_ibis.pii]")
    file.write_text(head + "\n" + dedent(settings))


def test_every_published_table_has_a_view(shop: Shop) -> None:
    run("build")
    with shop.open() as target:
        models, masked = target.relations("dbt_marketing"), target.relations(MASKED)
        assert masked == dict.fromkeys(("stg_sales", "totals", "halves", "report"), "view")
        assert KEY_TABLE in models
        ((key,),) = target.query(f"SELECT * FROM dbt_marketing.{KEY_TABLE}")
    assert key != KEY
    hashes = sorted(hashlib.sha256(f"{key}{id}".encode()).hexdigest() for id in (1, 2))
    assert [row[0] for row in rows(shop, f"{MASKED}.halves")] == hashes
    assert sorted(row[1] for row in rows(shop, f"{MASKED}.halves")) == [50.0, 125.0]
    assert rows(shop, f"{MASKED}.totals") == rows(shop, "dbt_marketing.totals")
    for file in (path for path in shop.root.rglob("*") if path.is_file() and path.suffix != ".duckdb"):
        content = file.read_bytes()
        assert KEY.encode() not in content, file
        assert str(key).encode() not in content, file


def test_another_key_gives_other_hashes_and_the_same_key_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    run("run")
    first = rows(shop, f"{MASKED}.halves")
    run("run")
    assert rows(shop, f"{MASKED}.halves") == first
    monkeypatch.setenv(KEY_VARIABLE, KEY[::-1])
    run("run")
    assert {row[0] for row in rows(shop, f"{MASKED}.halves")}.isdisjoint(row[0] for row in first)


@pytest.mark.parametrize("key", ["", "short"])
def test_hashes_need_a_key_and_nothing_else_does(shop: Shop, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, key)
    assert "openssl rand -hex 32" in run("run", code=2)
    with shop.open() as target:
        assert not target.relations("dbt_marketing")
    run("run", "--dry-run")
    rewrite(shop, NULL)
    run("run")
    assert [row[0] for row in rows(shop, f"{MASKED}.halves")] == [None, None]
    with shop.open() as target:
        assert KEY_TABLE not in target.relations("dbt_marketing")


def test_a_script_makes_views_without_a_key_which_show_no_hash(shop: Shop) -> None:
    run("run", "--dry-run")
    with shop.open() as target:
        for statement in script(shop.plan()):
            target.execute(statement)
        for statement in script(shop.plan()):
            target.execute(statement)
    assert [row[0] for row in rows(shop, f"{MASKED}.halves")] == [None, None]


def test_what_becomes_personal_is_masked_by_the_next_build_of_changes(shop: Shop) -> None:
    rewrite(shop, "")
    run("build")
    with shop.open() as target:
        assert not target.relations(MASKED)
    rewrite(shop, NULL.replace("raw_sales", "report").replace('"id"', '"n"'))
    run("build", "--changed")
    assert rows(shop, f"{MASKED}.report") == [(None,)]
    assert [row[0] for row in rows(shop, f"{MASKED}.halves")] == [1, 2]
    run("build", "--changed", code=0)
    rewrite(shop, NULL)
    assert "it is stored in another way" in run("build", "--changed", "--explain")
    assert [row[0] for row in rows(shop, f"{MASKED}.halves")] == [None, None]
    assert rows(shop, f"{MASKED}.report") == rows(shop, "dbt_marketing.report")


def test_what_is_in_the_way_keeps_everything_as_it_was(shop: Shop) -> None:
    run("run")
    with shop.open() as target:
        target.execute(f"DROP VIEW {MASKED}.totals")
        target.execute(f"CREATE TABLE {MASKED}.totals (mine INTEGER)")
        target.execute("INSERT INTO dbt_production.sales VALUES (9, 900)")
    before = rows(shop, f"{MASKED}.halves")
    output = run("run", code=1)
    assert "Nothing was published" in output
    assert "totals" in output
    assert rows(shop, f"{MASKED}.halves") == before
    assert len(rows(shop, "dbt_marketing.halves")) == 2


def test_a_failed_model_has_no_view_and_its_neighbours_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shop = make_shop(tmp_path, settings=NULL, totals=failing("totals"))
    run("build", code=1)
    with shop.open() as target:
        assert not target.relations(MASKED)
    run("build", "--publish", "passing", code=1)
    with shop.open() as target:
        assert set(target.relations(MASKED)) == {"stg_sales", "halves"}


def test_the_masked_view_of_a_renamed_model_is_named(shop: Shop, tmp_path: Path) -> None:
    run("run")
    after = make_shop(
        tmp_path / "after",
        settings=HASH,
        totals=SHOP["totals"].replace("def totals", "def sales_totals"),
        report=SHOP["report"].replace("totals", "sales_totals"),
    )
    output = run("run", "--project-dir", str(after.root))
    drops = f'DROP VIEW "{MASKED}"."totals"; DROP TABLE "dbt_marketing"."totals"'
    assert drops in " ".join(output.split())


def test_a_clone_has_masked_views_of_its_own(shop: Shop) -> None:
    run("run")
    file = shop.root / "pyproject.toml"
    file.write_text(file.read_text().replace("[tool.marketing_ibis]", '[tool.marketing_ibis]\nmodel_schema = "dev"', 1))
    for options in ((), ("--replace",)):
        invoke("clone", "--from", "dbt_marketing", *options, "--database", "warehouse.duckdb", secret=KEY)
        assert rows(shop, "dev_masked.halves") == rows(shop, f"{MASKED}.halves")


def test_a_plan_for_other_masked_views_is_refused(shop: Shop) -> None:
    run("plan", "--out", "plan.json")
    rewrite(shop, "")
    message = "is for masked views in schema dbt_marketing_masked"
    assert message in invoke("apply", "plan.json", "--database", "warehouse.duckdb", code=2).output
    rewrite(shop, HASH)
    invoke("apply", "plan.json", "--database", "warehouse.duckdb", secret=KEY)
    assert all(row[0] for row in rows(shop, f"{MASKED}.halves"))
    assert KEY not in (shop.root / "plan.json").read_text()


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
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.chdir(tmp_path)
    snapshot = "        from marketing_ibis.model import Snapshot\n" + SNAPSHOT
    shop = make_shop(tmp_path, settings=HASH, raw_sales=snapshot, halves=HISTORY)
    run("snapshot")
    run("snapshot", "halves")
    run("run")
    return shop


def masked_names(shop: Shop, schema: str = MASKED) -> set[str]:
    with shop.open() as target:
        return {name for name, kind in target.relations(schema).items() if kind == "view"}


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
        assert (VIEW_TABLE in target.relations("dbt_marketing")) == bool(settings)


def test_views_of_histories_are_known_after_the_schema_has_changed(kept: Shop) -> None:
    rewrite(kept, HASH.replace("_masked", "_hidden"))
    run("run")
    assert masked_names(kept) == set()
    assert masked_names(kept, "dbt_marketing_hidden") >= {"halves", "half_history", "largest"}
    rewrite(kept, "")
    run("run")
    assert masked_names(kept, "dbt_marketing_hidden") == set()
    with kept.open() as target:
        assert VIEW_TABLE not in target.relations("dbt_marketing")


def test_a_build_that_fails_drops_no_view(kept: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = masked_names(kept)
    rewrite(kept, "")
    execute: Callable[[DuckDBTarget, str], int | None] = DuckDBTarget.execute

    def fail(self: DuckDBTarget, sql: str) -> int | None:
        if sql.startswith("DROP TABLE") and VIEW_TABLE in sql:
            raise RunFailed("The engine refused the statement.")
        return execute(self, sql)

    monkeypatch.setattr(DuckDBTarget, "execute", fail)
    assert "Nothing was published" in run("run", code=1)
    assert masked_names(kept) == before


def test_a_customer_who_is_forgotten_leaves_masked_views_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.chdir(tmp_path)
    shop = make_shop(
        tmp_path, settings=HASH, raw_sales=SNAPSHOT.join(("        from marketing_ibis.model import Snapshot\n", ""))
    )
    run("run")
    run("snapshot")
    with shop.open() as target:
        target.execute("DELETE FROM dbt_production.sales WHERE id = 2")
    invoke("forget", "--customer", "2", "--yes", "--database", "warehouse.duckdb", secret=KEY)
    assert [len(rows(shop, f"{MASKED}.{name}")) for name in ("halves", "raw_sales_snapshot")] == [1, 2]
    assert masked_names(shop) == {"stg_sales", "totals", "halves", "report", "raw_sales_snapshot"}


def test_the_masked_view_of_an_incremental_model_has_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shop = make_shop(
        tmp_path, settings=NULL.replace("raw_sales", "raw_events").replace('"id"', '"customer_id"'), **EVENTS
    )
    with shop.open() as target:
        target.execute("CREATE TABLE dbt_production.events (id BIGINT, customer_id BIGINT, day DATE, cents BIGINT)")
    for day in (1, 20, 21):
        with shop.open() as target:
            target.execute(f"INSERT INTO dbt_production.events VALUES ({day}, 7, DATE '2024-04-{day:02}', 5)")
        invoke("run", "--as-of", f"2024-04-{day:02}", "--database", "warehouse.duckdb")
        in_clear = rows(shop, "dbt_marketing.visits")
        assert [(id, None, *rest) for id, _, *rest in in_clear] == rows(shop, f"{MASKED}.visits")
    assert len(in_clear) == 3


def test_a_sample_is_masked_as_everything_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = f'[tool.marketing_ibis.personal_data]\nmasked_schema = "{MASKED}"\n'
    shop = make_shop(tmp_path, settings=settings, **forgetting_nodes("int64"))
    with shop.open() as target:
        customers = "(1, 'Ann', NULL, true), (2, 'Bob', NULL, true), (3, 'Cy', NULL, true)"
        fill_sources(target.execute, "BIGINT", customers, "(11, 1, NULL, 5), (12, 2, NULL, 7)", "(1, 11, 5)")
    models = "customer_value stg_customers stg_orders"
    run("run", "-s", models)
    views = masked_names(shop)
    run("build", "-s", models, "--sample", "1", "--sample-over-full")
    assert masked_names(shop) == views
    ((customer, name, _, _),) = rows(shop, f"{MASKED}.customer_value")
    assert name is None
    assert [row[0] for row in rows(shop, "dbt_marketing.customer_value")] == [customer]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_accepts_the_record_of_the_views(shop: Shop, engine: str) -> None:
    dataflow, dialect = shop.project.compile(AS_OF), ENGINES[engine].dialect()
    views = build_plan(dataflow, tuple(dataflow.models), dialect, Schemas()).masked_views
    empty = SimpleNamespace(dialect=dialect, relations=lambda schema: {}, dependent_views=lambda schema: {})
    statements = refresh_masked(empty, "dbt_marketing", views)  # type: ignore[arg-type]
    assert dialect.approve(statements) == statements
    assert f"'{MASKED}', 'halves'" in statements[-1]
    query = lambda sql: [(MASKED, "halves"), (MASKED, "theirs")]  # noqa: E731
    full = SimpleNamespace(dialect=dialect, relations=lambda schema: {VIEW_TABLE: "table"}, query=query)
    (delete,) = record_statements(full, "dbt_marketing", (), [Relation(MASKED, "halves")])  # type: ignore[arg-type]
    assert delete.startswith("DELETE")
    assert "theirs" not in delete


def test_roles_read_the_views_and_not_the_tables(shop: Shop) -> None:
    dataflow = shop.project.compile(AS_OF)
    for engine, role in (("postgres", '"analyst"'), ("redshift", 'ROLE "analyst"')):
        statements = script(build_plan(dataflow, tuple(dataflow.models), ENGINES[engine].dialect(), Schemas()))
        rights = [s for s in statements if s.startswith(("GRANT", "REVOKE"))]
        names = ("stg_sales", "halves", "totals", "report")
        assert sorted(rights) == sorted(
            [
                f'GRANT USAGE ON SCHEMA "{MASKED}" TO {role}',
                *(f'GRANT SELECT ON "{MASKED}"."{name}" TO {role}' for name in names),
                *(f'REVOKE SELECT ON "dbt_marketing"."{name}" FROM {role}' for name in (*names, KEY_TABLE)),
            ]
        )


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_accepts_the_statements_that_store_the_key(shop: Shop, engine: str) -> None:
    dataflow, dialect = shop.project.compile(AS_OF), ENGINES[engine].dialect()
    views = build_plan(dataflow, tuple(dataflow.models), dialect, Schemas()).masked_views
    statements = key_statements(views, SimpleNamespace(dialect=dialect, relations=lambda schema: {}), "5" * 64)  # type: ignore[arg-type]
    assert dialect.approve(statements) == statements
    assert len(statements) == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"masked": "x"}, "personal_data.masked is unknown"),
        ({"masked_schema": ["m"]}, "not a string"),
        ({"masked_schema": "m", "masked_roles": "analyst"}, "not a list of names"),
        ({"masked_roles": ["analyst"]}, "has no masked_schema"),
        ({"masked_schema": "DBT_marketing"}, "so is model_schema"),
        ({"masked_schema": "shop"}, "so is source_schema"),
        ({"masked_schema": "m", "masked_roles": ["role Analyst"]}, "grants contains 'analyst'"),
        ({"masked_schema": "m", "hashed": {"customers": "id"}}, "not a list of names"),
    ],
)
def test_settings_that_contradict_one_another_are_refused(settings: Mapping[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        resolve_masking(check_masking_settings("personal_data", settings), "shop", "dbt_marketing", ("analyst",))
    assert caught.value.hint or "not a string" in message


def test_who_is_public_reads_what_is_not_masked() -> None:
    with pytest.raises(ConfigurationError, match="grants contains 'PUBLIC'"):
        resolve_masking({"masked_schema": "m", "masked_roles": ("analyst",)}, "shop", "marts", ("PUBLIC",))
    assert resolve_masking({"masked_schema": "m"}, "shop", "marts", ("PUBLIC",)) == Masking("m")


@pytest.mark.parametrize(
    ("hashed", "message"),
    [
        ('raw_sales = ["cents"]', "is not personal data"),
        ('raw_sales = ["ids"]', "has no column ids"),
        ('raw_sale = ["id"]', "which is not a model or source"),
        ('halves = ["half"]', "only strings and whole numbers"),
    ],
)
def test_a_column_that_cannot_be_hashed_is_named(shop: Shop, hashed: str, message: str) -> None:
    rewrite(shop, HASH.replace('raw_sales = ["id"]\n\n', 'raw_sales = ["id"]\nhalves = ["half"]\n\n', 1))
    file = shop.root / "pyproject.toml"
    head, table, _ = file.read_text().rpartition("[tool.marketing_ibis.personal_data.hashed]\n")
    file.write_text(f"{head}{table}{hashed}\n")
    assert message in run("run", code=2)


def test_without_settings_nothing_of_a_plan_differs(shop: Shop) -> None:
    rewrite(shop, "")
    plan = Shop(load_project(shop.root), shop.database).plan()
    assert not plan.masked_views
    assert plan.schemas_written == ("dbt_marketing",)
    assert not any("mask" in statement or "personal" in statement for statement in script(plan))
