"""The command line on PostgreSQL, from a profile to published tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from marketing_ibis.errors import TEMPORARY
from tests.cli.commands.test_commands import PUBLISHED
from tests.engines.postgres.warehouse import settings_of
from tests.invocation import invoke
from tests.paths import JAFFLE, MODEL_COUNT
from tests.postgres_server import fresh_database

PASSWORD = "unseen-by-anyone"
PROFILES = """
shop:
  target: server
  outputs:
    server:
      type: postgres
      host: "{{ env_var('SHOP_HOST') }}"
      port: "{{ env_var('SHOP_PORT', '5432') | int }}"
      user: "{{ env_var('SHOP_USER', 'postgres') }}"
      password: "{{ env_var('SHOP_PASSWORD') }}"
      dbname: "{{ env_var('SHOP_DATABASE') }}"
      schema: marts
      threads: 4
    laptop: {type: duckdb, path: laptop.duckdb}
    lake: {type: snowflake, account: a}
"""
NAMED = "[tool.marketing_ibis]\nprofile = 'shop'\n"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a folder with a profile; no output may contain a traceback or the password."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    (tmp_path / "profiles.yml").write_text(PROFILES)

    def run(*arguments: str, code: int = 0) -> Result:
        return invoke(*arguments, code=code, secret=PASSWORD)

    return run


@pytest.fixture
def uri(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with fresh_database() as address:
        settings = settings_of(address)
        monkeypatch.setenv("SHOP_HOST", str(settings["host"]))
        monkeypatch.setenv("SHOP_DATABASE", str(settings["dbname"]))
        yield address


def query(uri: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(uri) as connection:
        return connection.execute(sql).fetchall()


def test_every_command_in_the_order_of_a_first_day(run: Run, uri: str, tmp_path: Path) -> None:
    assert "profile     server of shop" in run("debug", "-t", "postgres").output
    assert "Seeded dbt_production.customers: 100 rows." in run("seed", "--from", str(JAFFLE), "-t", "postgres").output
    output = run("run", "-t", "postgres", "--as-of", "2018-04-10", "--threads", "2").output
    assert f"Building {MODEL_COUNT} models in schema marts on postgres, as of 2018-04-10." in output
    assert re.search(r"Published schema marts of database test_\d+ on /\S+:5432", output)
    for name, rows in PUBLISHED.items():
        assert query(uri, f"SELECT count(*) FROM marts.{name}") == [(rows,)]
    assert f"marts contains {MODEL_COUNT + 2} relations" in run("debug", "-t", "server").output
    record = json.loads((tmp_path / "target" / "run_results.json").read_text())
    env = record["metadata"]["env"]
    assert (env["target"], env["published"]) == ("postgres", "true")
    assert '"marts"' in (tmp_path / "target" / "postgres" / "build.sql").read_text()
    run("build", "-t", "postgres", "--as-of", "2018-04-10", "-s", "+customers", "-q")
    assert all(PASSWORD not in path.read_text() for path in (tmp_path / "target").rglob("*") if path.is_file())
    assert "Removed" in run("clean", "-t", "postgres").output
    assert not (tmp_path / "target" / "postgres").exists()


def test_a_failed_build_leaves_its_row_and_results_are_the_servers_own(run: Run, uri: str) -> None:
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    part = ("-s", "stg_payments", "-t", "postgres", "--as-of", "2018-04-10")
    output = run("build", *part, "--warn-error", code=1).output
    assert "not recorded" not in output
    rows = "SELECT metric, value FROM marts.build_history ORDER BY 1"
    assert [metric for metric, _ in query(uri, rows)] == [
        "all_model_seconds", "build_failed", "documentation_coverage", "model_seconds", "test_pass_rate",
    ]  # fmt: skip
    run("build", *part)
    (published,) = query(uri, "SELECT subject FROM marts.build_history WHERE metric = 'model_published'")
    assert published == ("stg_payments",)
    kept = json.loads(Path("target/latest_results.json").read_text("utf-8"))["places"]
    assert [place.split(" on ")[0] for place in kept] == [f"database {settings_of(uri)['dbname']}"]


def test_an_export_gives_the_file_that_duckdb_gives(run: Run, uri: str, tmp_path: Path) -> None:
    for engine in ("postgres", "duckdb"):
        run("seed", "--from", str(JAFFLE), "-t", engine)
        run("run", "-t", engine, "--as-of", "2018-04-10", "-s", "+customers", "-q")
        for ending in ("csv", "jsonl", "parquet"):
            arguments = ("--to", f"{engine}.{ending}", "-t", engine, "--include-pii")
            output = run("export", "customers", *arguments, "--where", "last_name LIKE 'M%'").output
            assert "of marts.customers to" in output or engine == "duckdb"
    for ending in ("csv", "jsonl"):
        assert (tmp_path / f"postgres.{ending}").read_bytes() == (tmp_path / f"duckdb.{ending}").read_bytes()
    assert pq.read_table(tmp_path / "postgres.parquet").equals(pq.read_table(tmp_path / "duckdb.parquet"))
    assert pq.read_table(tmp_path / "postgres.parquet").num_rows > 5
    refusal = run("export", "customers", "--to", "x.csv", "-t", "postgres", "--where", "first_order > 'so'", code=2)
    assert "invalid input syntax for type date" in refusal.output
    assert not list(tmp_path.glob("x.csv*"))


def test_build_demo_makes_data_once(run: Run, uri: str) -> None:
    arguments = ("build", "--demo", "--orders", "50", "--as-of", "2024-05-15", "-t", "postgres", "-s", "stg_orders")
    assert "Seeded dbt_production.orders: 50 rows." in run(*arguments).output
    assert "already contains tables, so no data was generated" in run(*arguments).output
    assert query(uri, "SELECT count(*) FROM dbt_production.orders") == [(50,)]


def test_the_demo_is_the_same_as_on_duckdb(run: Run, uri: str, tmp_path: Path) -> None:
    import duckdb

    for target in ("postgres", "duckdb"):
        place = ("-t", target, "--profiles-dir", ".")
        run("build", "--demo", "--orders", "300", "--as-of", "2024-05-15", "-s", "+customers", *place)
    with duckdb.connect(str(tmp_path / "laptop.duckdb"), read_only=True) as connection:
        for table in ("dbt_production.orders", "dbt_production.payments"):
            statement = f"SELECT * FROM {table} ORDER BY id"
            assert query(uri, statement) == connection.execute(statement).fetchall()
        customers = "SELECT customer_id, customer_lifetime_value, customer_segment FROM {}.customers ORDER BY 1"
        assert query(uri, customers.format("marts")) == connection.execute(customers.format("dbt_marketing")).fetchall()


def test_the_server_joins_no_staged_rows_in_nested_loops(run: Run, uri: str) -> None:
    # It did when it estimated one row in two hundred for the first row of each key: a build of 100,000 orders took
    # hours.
    run("seed", "--demo", "--orders", "5000", "-t", "postgres")
    run("run", "-t", "postgres", "--as-of", "2024-05-15", "-s", "stg_*")
    plan = query(uri, "EXPLAIN SELECT * FROM marts.stg_customer_activity")
    joins = [line for (line,) in plan if "Join" in str(line) or "Nested Loop" in str(line)]
    assert len(joins) == 2
    assert not [line for line in joins if "Nested Loop" in str(line)]


def test_the_projects_profile_names_the_target(run: Run, uri: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(NAMED)
    build = ("build", "--demo", "--orders", "20", "--as-of", "2024-05-15", "-s", "stg_orders")
    run(*build)
    assert query(uri, "SELECT count(*) FROM marts.stg_orders") == [(20,)]
    run(*build, "-t", "laptop")
    assert (tmp_path / "laptop.duckdb").exists()


def test_without_a_name_the_target_is_duckdb_and_no_profile_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "profiles.yml").write_text("not: [valid")
    run("build", "--demo", "--orders", "20", "--as-of", "2024-05-15", "-s", "stg_orders")
    assert (tmp_path / "target" / "warehouse.duckdb").exists()


def test_the_projects_schema_wins_over_the_outputs(run: Run, uri: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{NAMED}model_schema = 'own'\n")
    assert '"own"' in run("compile", "-s", "customers", "--as-of", "2024-05-15").output
    output = run("debug").output
    assert "schema      own, by model_schema in the settings, which wins over the profile's marts" in output
    (tmp_path / "pyproject.toml").write_text(NAMED)
    assert '"marts"' in run("compile", "-s", "customers", "--as-of", "2024-05-15").output
    assert "schema      marts, of the profile" in run("debug").output


def test_compile_needs_neither_a_profile_nor_a_server(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_PASSWORD")
    assert 'COLLATE "C"' in run("compile", "-t", "postgres", "-s", "stg_orders").output
    (tmp_path / "profiles.yml").unlink()
    assert '"dbt_production"' in run("compile", "-t", "postgres", "-s", "stg_orders").output
    assert len(list((tmp_path / "target" / "postgres" / "compiled").glob("*.sql"))) == 1


def test_the_script_builds_the_same_tables(run: Run, uri: str, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    run("compile", "-t", "postgres", "--as-of", "2018-04-10")
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute((tmp_path / "target" / "postgres" / "build.sql").read_bytes())
    assert query(uri, "SELECT count(*) FROM marts.orders") == [(99,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("run", "-t", "postgres"), "The source table dbt_production.customers does not exist", id="empty"),
        pytest.param(("run", "-t", "servr"), "The target servr does not exist.\nDid you mean server?", id="output"),
        pytest.param(
            ("run", "-t", "lake"),
            "output lake of profile shop: its type is not supported.\nSupported: ",
            id="an engine that is not there",
        ),
        pytest.param(("run", "-t", "postgres", "--profiles-dir", "x"), "x contains no profiles.yml", id="folder"),
        pytest.param(("seed", "--from", str(JAFFLE), "--link", "-t", "postgres"), "--link works on DuckDB", id="link"),
    ],
)
def test_a_wrong_call_gets_one_message(run: Run, uri: str, arguments: tuple[str, ...], message: str) -> None:
    assert message in run(*arguments, code=1 if "source table" in message else 2).output


@pytest.mark.parametrize(
    ("profiles", "settings", "message"),
    [
        pytest.param("", "", "needs a connection, and there is no profiles.yml", id="no file"),
        pytest.param("a: {outputs: {x: {type: duckdb, path: p}}}", "", "has no output of type postgres", id="type"),
        pytest.param("a: {outputs: {x: {type: duckdb}}}\nb: {outputs: {x: {type: duckdb}}}", "", "several", id="two"),
        pytest.param(PROFILES, "profile = 'shpo'", "has no profile shpo", id="profile"),
        pytest.param(PROFILES, "profile = 5", "profile is 5, not a string", id="setting"),
        pytest.param("a: [", "", "line 1: not valid YAML", id="yaml"),
        pytest.param(PROFILES, "", "the environment variable SHOP_HOST is not set", id="variable"),
    ],
)
def test_an_incomplete_profile_is_reported(
    run: Run, tmp_path: Path, profiles: str, settings: str, message: str
) -> None:
    (tmp_path / "profiles.yml").unlink()
    if profiles:
        (tmp_path / "profiles.yml").write_text(profiles)
    (tmp_path / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{settings}")
    assert message in run("run", "-t", "postgres", code=2).output


def test_a_server_that_is_down_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SHOP_HOST": "127.0.0.1", "SHOP_PORT": "1", "SHOP_DATABASE": "shop"}.items():
        monkeypatch.setenv(name, value)
    output = run("run", "-t", "postgres", code=TEMPORARY).output
    assert "Cannot connect to database shop on 127.0.0.1:1 as postgres: no server is listening there." in output


def test_a_missing_driver_is_reported_with_the_command_that_installs_it(
    run: Run, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("marketing_ibis.engines.postgres.target")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'marketing-ibis[postgres]'" in run("run", "-t", "postgres", code=2).output


def test_a_table_that_seed_did_not_create_is_replaced_only_on_demand(run: Run, uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA dbt_production")
        connection.execute("CREATE TABLE dbt_production.customers (id bigint PRIMARY KEY, vat text)")
        connection.execute("INSERT INTO dbt_production.customers VALUES (1, 'DE1')")
    noted = run("build", "--demo", "-t", "postgres", code=1).output
    assert "already contains tables, so no data was generated" in noted
    assert "seed --demo" not in noted
    for source in (("--demo", "--orders", "20"), ("--from", str(JAFFLE))):
        message = run("seed", *source, "-t", "postgres", code=2).output
        assert "seed would replace the table dbt_production.customers (not created by seed; 1 row, other" in message
        assert "add --replace" in message
    assert query(uri, "SELECT vat FROM dbt_production.customers") == [("DE1",)]
    run("seed", "--from", str(JAFFLE), "--replace", "-t", "postgres")
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
