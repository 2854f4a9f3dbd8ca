"""Masked views: published with the tables, without a value of a personal column, and only where the settings ask."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from marketing_ibis.build.hash_key import key_statements
from marketing_ibis.build.masked_views import KEY_TABLE
from marketing_ibis.build.plan import Schemas, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.project.project_key import KEY_VARIABLE
from marketing_ibis.project.settings import load_project
from tests.build.incremental_shop import EVENTS
from tests.build.masked_shop import HASH, KEY, MASKED, NULL, masked_names, masked_shop, rewrite, rows, run
from tests.forgetting_shop import fill_sources, forgetting_nodes
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, failing, make_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return masked_shop(tmp_path, monkeypatch)


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
    shop = masked_shop(tmp_path, monkeypatch, NULL, totals=failing("totals"))
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


def test_the_masked_view_of_an_incremental_model_has_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = masked_shop(
        tmp_path, monkeypatch, NULL.replace("raw_sales", "raw_events").replace('"id"', '"customer_id"'), **EVENTS
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
    settings = f'[tool.marketing_ibis.personal_data]\nmasked_schema = "{MASKED}"\n'
    shop = masked_shop(tmp_path, monkeypatch, settings, **forgetting_nodes("int64"))
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


def test_without_settings_nothing_of_a_plan_differs(shop: Shop) -> None:
    rewrite(shop, "")
    plan = Shop(load_project(shop.root), shop.database).plan()
    assert not plan.masked_views
    assert plan.schemas_written == ("dbt_marketing",)
    assert not any("mask" in statement or "personal" in statement for statement in script(plan))
