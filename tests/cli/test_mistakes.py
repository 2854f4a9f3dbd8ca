"""A newcomer's mistakes: one message with the next step, and no files left behind."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.errors import TargetUnavailable
from tests.invocation import Run, invoke
from tests.shop import SHOP, make_shop

TESTED_SOURCE = (
    "from marketing_ibis.data_tests import unique\nfrom marketing_ibis.model import exposure\n"
    + dedent(SHOP["raw_sales"]).replace('"Key."', '"Key.", tests=(unique(),)')
    + 'board = exposure(type="dashboard", owner="sales", description="Sales.", depends_on=("totals",))\n'
)


def test_a_source_alone_is_tested_by_build(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, raw_sales=TESTED_SOURCE)
    call = ("--project-dir", str(shop.root), "--target-path", str(tmp_path / "t"), "--database", str(shop.database))
    for selector in ("raw_sales", "raw_sales board"):
        first, *between, last = invoke("build", "-s", selector, *call).output.splitlines()
        assert first.startswith("Testing 1 source in schema dbt_production on duckdb, ")
        assert last == "Tests: PASS 1. Nothing was built: no model is selected."
        assert not any("Building" in line or line.startswith(".") for line in between)
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales")
    missing = invoke("build", "-s", "raw_sales", *call, code=1)
    assert "The source table dbt_production.sales does not exist in " in missing.output


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        pytest.param(
            "raw_sales",
            "raw_sales: a source is not built.\nBuild the models that depend on it: --select source:raw_sales+",
        ),
        pytest.param("board", "board: an exposure is not built.\nBuild what it reads: --select +exposure:board"),
        pytest.param("board raw_sales", "raw_sales: a source is not built."),
    ],
)
def test_what_is_not_built_is_refused(tmp_path: Path, selector: str, message: str) -> None:
    shop = make_shop(tmp_path, raw_sales=TESTED_SOURCE.replace("tests=(unique(),)", ""))
    call = ("-s", selector, "--project-dir", str(shop.root), "--target-path", str(tmp_path / "t"))
    for command in ("run", "build"):
        assert message in invoke(command, *call, "--database", str(shop.database), code=1).output
    assert message in invoke("compile", *call, code=1).output


@pytest.mark.parametrize("command", ["run", "build", "test", "ls", "compile"])
def test_selectors_beside_each_other_are_answered_with_how_they_are_written(command: str) -> None:
    output = invoke(command, "--select", "stg_orders", "orders", code=2).output
    assert output.endswith('Got unexpected extra argument (orders)\nSeveral selectors: -s "a b" or -s a -s b.\n')
    assert "selectors" not in invoke("seed", "--demo", "orders", code=2).output


def test_a_source_is_selected_as_in_dbt(tmp_path: Path) -> None:
    root = str(make_shop(tmp_path, settings='source_schema = "raw"\n').root)
    for selector in ("source:raw.sales", "source:raw.*", "source:raw_sales", "source:sales"):
        assert invoke("list", "-s", selector, "--project-dir", root).output == "raw_sales\n"
    assert "stg_sales" in invoke("ls", "-s", "source:raw.sales+", "--project-dir", root).output
    wrong = invoke("ls", "-s", "source:row.sales", "--project-dir", root, code=1).output
    assert "No model or source matches 'source:row.sales'.\nDid you mean source:raw.sales" in wrong


def test_list_is_ls_and_help_names_one_of_them(tmp_path: Path) -> None:
    root = str(make_shop(tmp_path).root)
    assert invoke("list", "--project-dir", root).output == invoke("ls", "--project-dir", root).output
    assert "\n  list" not in invoke("--help").output
    assert "Usage: main ls" in invoke("list", "--help").output


@pytest.mark.parametrize("command", ["test", "freshness", "run", "build", "export orders --to x.csv"])
def test_a_mistyped_database_is_reported_and_not_created(run: Run, tmp_path: Path, command: str) -> None:
    output = run(*command.split(), "--database", "nosuch/w.duckdb", code=1).output
    assert "Error: There is no database nosuch/w.duckdb.\nFill one with `seed --demo` or `seed --from DIR`" in output
    assert not (tmp_path / "nosuch").exists()
    assert not list(tmp_path.rglob("*.duckdb"))


NUMBERS = """
@model(layer="marts", grain=("n",), columns=(column("n", "int8", "Numbers."),))
def numbers() -> ir.Table:
    return ibis.range(3).unnest().name("n").as_table()
"""


def test_models_that_read_no_source_make_their_database(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, numbers=NUMBERS)
    call = ("--project-dir", str(shop.root), "--target-path", str(tmp_path / "t"))
    assert "OK 1. Published schema" in invoke("run", "-s", "numbers", *call).output
    assert (tmp_path / "t" / "warehouse.duckdb").is_file()


def test_an_sqlite_file_is_reported_and_left_alone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
    before = path.read_bytes()
    for command in ("run", "test", "seed --demo"):
        output = run(*command.split(), "--database", "w.db", code=2).output
        assert "Error: w.db is an SQLite database, not a DuckDB database.\nIt was left untouched." in output
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2\n", b"x", b"PAR1 and what follows it"], ids=["csv", "one byte", "parquet"]
)
def test_a_file_of_another_format_is_reported_and_left_alone(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "spend.csv"
    path.write_bytes(content)
    for command in ("run", "test", "seed --demo", "build --demo"):
        output = run(*command.split(), "--database", "spend.csv", code=2).output
        assert "Error: spend.csv is not a DuckDB database, or it is damaged.\nIt was left untouched." in output
    assert path.read_bytes() == content


def test_a_misspelled_decorator_is_reported_where_it_is(tmp_path: Path) -> None:
    root = make_shop(tmp_path, numbers=NUMBERS.replace("@model", "@modle")).root
    for command in ("ls", "compile", "compile -s numbers"):
        output = invoke(*command.split(), "--project-dir", str(root), code=1).output
        assert ": @modle(...) is not defined.\nDid you mean @model?\n" in output
    own = "modle = model\n" + NUMBERS.replace("@model", "@modle")
    listed = invoke("ls", "--project-dir", str(make_shop(tmp_path / "own", numbers=own).root))
    assert "numbers" not in listed.output


def test_a_day_that_the_calendar_does_not_have(run: Run) -> None:
    output = run("run", "--as-of", "2024-02-30", code=2).output
    assert "'2024-02-30' is not a date: the calendar has no such day." in output


def test_duckdb_fetches_no_extension(tmp_path: Path) -> None:
    with make_shop(tmp_path).open() as target:
        ((installs, loads),) = target.query(
            "SELECT current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
        )
    assert (installs, loads) == (False, True)
    with pytest.raises(TargetUnavailable, match="md:shop is not a DuckDB database"):
        open_duckdb("md:shop")


@pytest.mark.parametrize(
    ("place", "code", "message"),
    [
        pytest.param(
            "data/orders.csv", 2, "Write --from data, with one CSV or Parquet file per source table", id="file"
        ),
        pytest.param("nowhere", 2, "The folder nowhere does not exist.", id="nowhere"),
        pytest.param("data", 1, "data contains no customers.csv", id="file missing"),
    ],
)
def test_seeding_from_the_wrong_place_makes_no_database(
    run: Run, tmp_path: Path, place: str, code: int, message: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "orders.csv").write_text("id\n")
    assert message in run("seed", "--from", place, code=code).output
    assert not list(tmp_path.rglob("*.duckdb"))


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("stg_sales.agg(n=stg_sales.count(), cents=stg_sales.censt.sum())", "cents"),
        ("stg_sales.agg(n=stg_sales.count(), cents=stg_sales['censt'].sum())", "cents"),
        ("stg_sales.agg(n=ibis._.count(), cents=ibis._.censt.sum())", "cents"),
        ("stg_sales.filter(ibis._['censt'] > 0)", "cents"),
        ("stg_sales.grop_by('id')", "group_by"),
        ("stg_sales.cents.summ()", "sum"),
        ("stg_sales.no_such_thing_anywhere", ""),
        ("stg_sales['no_such_thing_anywhere']", ""),
        ("(1).bit_lenth()", ""),
    ],
)
def test_a_mistyped_column_or_method_is_answered_with_the_nearest(tmp_path: Path, expression: str, meant: str) -> None:
    right = "stg_sales.agg(n=stg_sales.count(), cents=stg_sales.cents.sum())"
    shop = make_shop(tmp_path, totals=SHOP["totals"].replace(right, expression))
    output = invoke("compile", "--project-dir", str(shop.root), code=1).output
    assert "Model totals cannot be built" in output
    assert output.rstrip().endswith(f"totals.py:11. Did you mean {meant}?" if meant else "totals.py:11.")


def test_a_selection_without_data_tests_says_what_has_some(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, raw_sales=TESTED_SOURCE)
    output = invoke("test", "-s", "totals", "--project-dir", str(shop.root), code=1).output
    assert output.endswith("No test is selected: totals has no data tests.\nTables with tests: raw_sales.\n")


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("stg_sales.cents.sum()", "stg_sales.censt.sum()", "Model totals cannot be built: AttributeError"),
        ("cents=stg_sales", "amount=stg_sales", "Model totals does not match its contract"),
        ("return stg_sales.agg", "stg_sales.agg", "Model totals returns NoneType"),
    ],
)
def test_the_last_event_names_a_model_that_cannot_be_compiled(
    tmp_path: Path, right: str, wrong: str, reason: str
) -> None:
    shop = make_shop(tmp_path, totals=SHOP["totals"].replace(right, wrong))
    call = ("--project-dir", str(shop.root), "--database", str(shop.database), "--log-format", "json")
    last = json.loads([line for line in invoke("build", *call, code=1).stdout.splitlines() if line[:1] == "{"][-1])
    (failure,) = last["data"]["failures"]
    assert (failure["kind"], failure["name"]) == ("model", "totals")
    assert failure["reason"].startswith(reason)
