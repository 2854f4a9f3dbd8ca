"""The command line as users see it: output, files and exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import pytest

from marketing_ibis.cli import COMMANDS, main
from tests.invocation import Run, invoke
from tests.paths import EXPOSURE_COUNT, JAFFLE, MODEL_COUNT

PUBLISHED = {
    "stg_customers": 100,
    "stg_orders": 99,
    "stg_payments": 113,
    "customer_segmentation": 100,
    "product_performance": 36,
    "marketing_attribution": 5,
    "attribution_touchpoints": 80,
    "attribution_models": 30,
    "attribution_markov": 5,
    "campaign_first_purchase": 44,
    "customers": 100,
    "orders": 99,
}
ANSWERING = ("plan", "profile", "completion", "debug", "describe", "lineage", "ls", "show", "sources")
"""Commands that only print."""


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a folder with the jaffle shop before and after a run, and what the run printed; once for all tests."""
    folder = tmp_path_factory.mktemp("jaffle")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        invoke("seed", "--from", str(JAFFLE), "--database", "w.duckdb")
        shutil.copy("w.duckdb", "seeded.duckdb")
        output = invoke("run", "--database", "w.duckdb", "--as-of", "2018-04-10").output
    return folder, output


@pytest.fixture
def warehouse(prepared: tuple[Path, str], tmp_path: Path) -> Path:
    """Return a database file with the jaffle shop's sources."""
    return Path(shutil.copy(prepared[0] / "seeded.duckdb", tmp_path / "w.duckdb"))


@pytest.fixture
def after_a_run(prepared: tuple[Path, str], tmp_path: Path) -> str:
    """Have the database file and the target folder after a run, and return what it printed."""
    folder, output = prepared
    shutil.copy(folder / "w.duckdb", tmp_path)
    shutil.copytree(folder / "target", tmp_path / "target")
    return output


def test_seed_reports_the_loaded_tables(run: Run) -> None:
    output = run("seed", "--from", str(JAFFLE)).output
    assert "Seeded dbt_production.customers: 100 rows." in output
    assert "Seeded dbt_production.payments: 113 rows." in output


def test_run_publishes_every_model(after_a_run: str, tmp_path: Path) -> None:
    assert "as of 2018-04-10" in after_a_run
    assert f"{MODEL_COUNT} of {MODEL_COUNT}" in after_a_run
    assert "Published schema dbt_marketing of w.duckdb" in after_a_run
    for name, rows in PUBLISHED.items():
        assert query(tmp_path / "w.duckdb", f"SELECT count(*) FROM dbt_marketing.{name}") == [(rows,)]


@pytest.mark.usefixtures("after_a_run")
def test_run_leaves_sql_and_a_record(tmp_path: Path) -> None:
    target = tmp_path / "target"
    assert "SELECT" in (target / "duckdb" / "compiled" / "customers.sql").read_text()
    assert "CREATE TABLE" in (target / "duckdb" / "run" / "customers.sql").read_text()
    record = json.loads((target / "run_results.json").read_text())
    assert record["metadata"]["env"]["as_of"] == "2018-04-10"
    assert record["metadata"]["env"]["published"] == "true"
    assert {r["status"] for r in record["results"]} == {"success"}
    rows = {r["unique_id"]: r["adapter_response"] for r in record["results"]}
    assert rows["model.marketing_ibis.orders"] == {"rows_affected": 99}


@pytest.mark.usefixtures("after_a_run")
def test_the_script_builds_the_same_tables(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    before = query(warehouse, "SELECT * FROM dbt_marketing.customers ORDER BY ALL")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("DROP SCHEMA dbt_marketing CASCADE")
        connection.execute((tmp_path / "target" / "duckdb" / "build.sql").read_text())
    assert query(warehouse, "SELECT * FROM dbt_marketing.customers ORDER BY ALL") == before


def test_quiet_prints_nothing_when_all_is_well(run: Run, warehouse: Path) -> None:
    (warning,) = run("run", "-q", "--database", "w.duckdb", "--as-of", "2018-04-10").output.splitlines()
    assert warning.startswith("Warning: No lifetime value is forecast: There are 56 buyers"), "the shop is too small"
    assert run("test", "-q", "--database", "w.duckdb", "--as-of", "2018-04-10").output == ""
    assert run("compile", "-q", "--as-of", "2018-04-10").output == ""
    assert run("compile", "-q", "-s", "stg_orders").output.startswith("SELECT")
    assert run("report", "-q", "--database", "w.duckdb", "--out", "r.html").output == ""
    assert run("clean", "-q").output == ""
    assert run("init", "shop", "-q").output == ""


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ANSWERING])
def test_every_command_that_does_something_can_be_quiet(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    if name == "docs":
        assert isinstance(command, click.Group)
        command = command.commands["generate"]
    assert "--quiet" in {option for parameter in command.params for option in parameter.opts}


def test_build_demo_makes_data_once(run: Run) -> None:
    first = run("build", "--demo", "--orders", "50", "--as-of", "2024-05-15").output
    second = run("build", "--demo", "--orders", "70", "--as-of", "2024-05-15", "-s", "stg_orders").output
    assert "Seeded dbt_production.orders: 50 rows." in first
    assert "already contains tables, so no data was generated." in second
    assert "--orders has no effect: nothing was generated." in second
    assert "has no effect" not in first
    assert first.rstrip().endswith("the warnings above are about those and do not stop the build.")
    assert "on purpose" not in second


def test_options_without_an_effect_are_reported(run: Run) -> None:
    output = run("seed", "--from", str(JAFFLE), "--orders", "5", "--random-seed", "1").stderr
    assert [line.partition(" has")[0] for line in output.splitlines()] == [
        "Warning: --orders",
        "Warning: --random-seed",
    ]
    build = ("build", "--dry-run", "--as-of", "2018-04-10")
    assert "--orders has no effect: it is for --demo." in run(*build, "--orders", "2000").stderr
    assert run(*build).stderr == ""


def test_seed_demo_replaces_what_stood(run: Run, tmp_path: Path) -> None:
    run("seed", "--demo", "--orders", "50", "--as-of", "2024-05-15")
    run("seed", "--demo", "--orders", "70", "--as-of", "2024-05-15")
    assert query(tmp_path / "target" / "warehouse.duckdb", "SELECT count(*) FROM dbt_production.orders") == [(70,)]


def test_link_makes_views(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE), "--link")
    database = tmp_path / "target" / "warehouse.duckdb"
    assert query(database, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'dbt_production' ORDER BY 1") == [
        ("customers",),
        ("orders",),
        ("payments",),
    ]
    run("run", "-s", "+customers", "--as-of", "2018-04-10")


def test_compile_needs_no_database_and_prints_one_model(run: Run, tmp_path: Path) -> None:
    result = run("compile", "-s", "stg_orders", "--as-of", "2018-04-10")
    assert result.stdout.startswith("SELECT")
    assert "dbt_production" in result.stdout
    assert not list(tmp_path.rglob("*.duckdb"))


def test_compile_writes_every_model(run: Run, tmp_path: Path) -> None:
    assert f"Wrote the SQL of {MODEL_COUNT} models" in run("compile").output
    assert len(list((tmp_path / "target" / "duckdb" / "compiled").glob("*.sql"))) == MODEL_COUNT


def test_the_same_day_compiles_to_the_same_sql(run: Run, tmp_path: Path) -> None:
    run("compile", "--as-of", "2024-05-15")
    script = tmp_path / "target" / "duckdb" / "build.sql"
    before = script.read_text()
    run("compile", "--as-of", "2024-05-15")
    assert script.read_text() == before


def test_what_an_exposure_needs_is_built_and_it_is_not(run: Run, warehouse: Path) -> None:
    arguments = ("-s", "+exposure:segment_dashboard", "--database", "w.duckdb", "--as-of", "2018-04-10")
    output = run("run", *arguments).output
    assert "customer_segmentation" in output
    assert "segment_dashboard" not in output


def test_debug_says_what_works(run: Run, warehouse: Path) -> None:
    output = run("debug", "--database", "w.duckdb").output
    assert f"{MODEL_COUNT} models, 3 sources, {EXPOSURE_COUNT} exposures" in output
    assert "every model matches its contract" in output
    assert "dbt_production contains 3 relations" in output


def test_debug_without_a_database_makes_none(run: Run, tmp_path: Path) -> None:
    assert "no database at target/warehouse.duckdb yet" in run("debug").output
    assert not list(tmp_path.rglob("*.duckdb"))


def test_clean_keeps_the_database(run: Run, tmp_path: Path) -> None:
    run("build", "--demo", "--orders", "20", "--as-of", "2024-05-15", "-s", "+orders")
    assert "Removed" in run("clean").output
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["warehouse.duckdb"]
    assert "Nothing to remove" in run("clean").output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(("run", "-s", "custmers"), 1, "custmers", id="unknown model"),
        pytest.param(("run", "-s", "custmers"), 1, "Did you mean customers", id="nearest name"),
        pytest.param(("run", "-s", "exposure:win_back_mailing"), 1, "+exposure:win_back_mailing", id="exposure"),
        pytest.param(("ls", "-s", "state:new", "--state", "nowhere"), 2, "does not exist", id="no manifest"),
        pytest.param(("run",), 1, "There is no database target/warehouse.duckdb", id="no database"),
        pytest.param(("run",), 1, "seed --demo", id="no sources, next step"),
        pytest.param(("run", "--as-of", "2024-02-30"), 2, "'2024-02-30' is not a date", id="impossible day"),
        pytest.param(("run", "--as-of", "tomorrow"), 2, "YYYY-MM-DD", id="no day"),
        pytest.param(("run", "--as-of", "0001-01-01"), 2, "is not between", id="day too early"),
        pytest.param(("run", "-t", "redshft"), 2, "The target redshft does not exist", id="unknown target"),
        pytest.param(("run", "--threads", "0"), 2, "threads", id="no threads"),
        pytest.param(("run", "--nothing"), 2, "No such option", id="unknown option"),
        pytest.param(("rum",), 2, "No such command", id="unknown command"),
        pytest.param(("seed",), 2, "seed --demo", id="seed without a source"),
        pytest.param(("seed", "--demo", "--from", "x"), 2, "cannot be combined", id="seed from both"),
        pytest.param(("seed", "--demo", "--link"), 2, "--from", id="link without files"),
        pytest.param(("seed", "--from", "nowhere"), 2, "The folder nowhere does not exist", id="missing folder"),
        pytest.param(("seed", "--demo", "--orders", "-1"), 2, "orders", id="negative orders"),
        pytest.param(("ls", "--project-dir", "nowhere"), 2, "does not exist", id="missing project"),
    ],
)
def test_a_wrong_call_gets_one_message_and_its_code(
    run: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert message in run(*arguments, code=code).output


def test_a_malformed_file_is_named_and_nothing_changes(run: Run, warehouse: Path, tmp_path: Path) -> None:
    for table in ("customers", "orders", "payments"):
        (tmp_path / f"{table}.csv").write_text((JAFFLE / f"{table}.csv").read_text())
    broken = (tmp_path / "payments.csv").read_text().replace("2,2,credit_card,2000", "2,2,credit_card,twenty")
    (tmp_path / "payments.csv").write_text(broken)
    result = run("seed", "--from", ".", "--database", "w.duckdb", code=1)
    assert "payments.csv, line 3, column amount: 'twenty' is not a whole number." in result.output
    assert query(warehouse, "SELECT count(*) FROM dbt_production.payments") == [(113,)]


def test_a_target_folder_that_is_a_file_is_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "target").write_text("")
    assert "Cannot write target/" in run("compile", code=2).stderr


def test_a_broken_settings_file_is_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.marketing_ibis]\nmodel_schem = 'x'\n")
    output = run("ls", code=2).output
    assert "model_schem is unknown" in output
    assert "model_schema" in output


def test_settings_change_numbers(run: Run, warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.marketing_ibis]\nmodel_schema = 'marts'\n"
        "[tool.marketing_ibis.vars.channel_rules]\nemail_above_cents = 0\n"
        "[tool.marketing_ibis.vars.journey_rules]\nhalf_life_days = 1000000\n"
        "[tool.marketing_ibis.vars.campaign_rules]\nwin_back_above_days = 71\n"
    )
    run("run", "--database", "w.duckdb", "--as-of", "2018-04-10")
    channels = (
        "SELECT total_conversions > 0 FROM marts.marketing_attribution WHERE attribution_channel = 'Email Marketing'"
    )
    assert query(warehouse, channels) == [(True,)]
    decay = "SELECT max(abs(time_decay_weight - linear_weight)) < 0.0001 FROM marts.attribution_touchpoints"
    assert query(warehouse, decay) == [(True,)]
    assert query(warehouse, "SELECT min(days_since_last_order) FROM marts.campaign_win_back") == [(72,)]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["ls"], 0), (["ls", "-s", "nothing_like_it"], 1), (["ls", "--no"], 2)]
)
def test_the_module_runs_as_a_command(arguments: list[str], code: int) -> None:
    done = subprocess.run([sys.executable, "-m", "marketing_ibis", *arguments], capture_output=True, text=True)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert ("customers" in done.stdout) == (code == 0)


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    done = subprocess.run(
        f"{sys.executable} -m marketing_ibis ls | head -n 1", shell=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "raw_customers"
    assert done.stderr == ""


def test_debug_shows_the_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "marketing_ibis", "ls", "-s", "nothing_like_it", "--debug"],
        capture_output=True,
        text=True,
    )
    assert "Traceback" in done.stderr
