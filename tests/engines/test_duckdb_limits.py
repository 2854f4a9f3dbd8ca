"""A database uses as much memory and disk as the profile says, spills instead of dying, and says what it lacks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import duckdb
import pytest

from marketing_ibis.engines.duckdb.ibis_connection import connect_ibis
from marketing_ibis.engines.duckdb.limits import apply_limits, explaining_memory, out_of_memory
from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb
from marketing_ibis.errors import ConfigurationError, OutOfMemory, SourceError
from tests.invocation import invoke
from tests.shop import Shop, make_shop

ROWS = 300_000
NUMBERED = (
    "SELECT id, row_number() OVER (PARTITION BY id % 100 ORDER BY md5(id::varchar)) AS n, md5(id::varchar) AS code"
    f" FROM (SELECT range AS id FROM range({ROWS}))"
)
"""Needs several times the memory of SMALL, of which it can spill all."""
SMALL = "30MB"
TOGETHER = "SELECT len(list(range)) FROM range(20_000_000)"
"""Needs memory for one value, which cannot be spilled."""
NUMBERED_SALES = """
    COLUMNS = (column("id", "int64", "Key."), column("n", "int64", "Number."), column("code", "string", "Hash."))

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def halves(stg_sales: ir.Table) -> ir.Table:
        '''Each sale numbered.'''
        code = stg_sales.id.cast("string").hexdigest("md5")
        number = ibis.row_number().over(group_by=stg_sales.id % 100, order_by=code) + 1
        return stg_sales.select("id", n=number, code=code)
    """
PROFILE = """
shop:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: warehouse.duckdb
      settings: {{memory_limit: {memory}, threads: 1, temp_directory: spill/here, max_temp_directory_size: 19GiB}}
"""


def open_small(folder: Path, **limits: str | int) -> DuckDBTarget:
    """Open a database that may use little memory, and spills into a folder next to it."""
    values = {"temp_directory": str(folder / "spill"), "memory_limit": SMALL, "threads": 1, **limits}
    return open_duckdb(folder / "w.duckdb", limits=values)


def changes(folder: Path) -> int:
    """Return when a file was last added to a folder or removed from it."""
    return folder.stat().st_mtime_ns


def test_settings_reach_the_database_and_its_readers(tmp_path: Path) -> None:
    query = "SELECT current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')"
    expected = [("28.6 MiB", 1, str(tmp_path / "spill"))]
    with open_small(tmp_path) as target, target.session() as session:
        assert session.query(query) == expected
    limits: dict[str, str | int] = {"memory_limit": SMALL, "threads": 1, "temp_directory": str(tmp_path / "spill")}
    reader = connect_ibis(str(tmp_path / "w.duckdb"), limits=limits)
    assert reader.backend.con.execute(query).fetchall() == expected
    reader.close()


def test_without_settings_the_machine_decides(tmp_path: Path) -> None:
    query = "SELECT current_setting('memory_limit'), current_setting('threads')"
    with open_duckdb(tmp_path / "w.duckdb") as target, duckdb.connect() as plain:
        assert target.query(query) == plain.execute(query).fetchall()


def test_a_large_statement_spills_to_the_folder_and_leaves_what_others_have_there(tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir()
    (tmp_path / "spill" / "notes.txt").write_text("mine")
    before = changes(tmp_path / "spill")
    totals = f"SELECT count(*), sum(id * n), min(code) FROM ({NUMBERED})"
    with open_small(tmp_path) as target, open_duckdb() as unlimited:
        assert target.query(totals) == unlimited.query(totals)
    assert changes(tmp_path / "spill") > before
    assert [path.name for path in (tmp_path / "spill").iterdir()] == ["notes.txt"]


def test_a_new_folder_is_for_its_owner_alone_and_is_not_removed(tmp_path: Path) -> None:
    with open_small(tmp_path, temp_directory=str(tmp_path / "a" / "b")) as target:
        target.execute(f"CREATE TEMP TABLE t AS {NUMBERED}")
        assert list((tmp_path / "a" / "b").iterdir())
    assert list((tmp_path / "a" / "b").iterdir()) == []
    if os.name == "posix":
        assert (tmp_path / "a" / "b").stat().st_mode & 0o77 == 0


def test_a_second_connection_of_the_process_finds_its_folder_in_use(tmp_path: Path) -> None:
    with open_small(tmp_path) as first:
        first.execute(f"CREATE TEMP TABLE t AS {NUMBERED}")
        with open_small(tmp_path) as second:
            assert second.query("SELECT 1") == [(1,)]


def test_only_the_folder_is_asked_for_before_it_is_set(tmp_path: Path) -> None:
    statements: list[str] = []

    class Recording:
        def __init__(self) -> None:
            self.connection = duckdb.connect()

        def execute(self, sql: str, *parameters: object) -> duckdb.DuckDBPyConnection:
            statements.append(sql.partition("_")[0])
            return self.connection.execute(sql, *parameters)

    limits: dict[str, str | int] = {"memory_limit": "1GB", "threads": 1, "temp_directory": str(tmp_path)}
    apply_limits(cast("duckdb.DuckDBPyConnection", Recording()), limits)
    assert statements == ["SET memory", "SELECT database", "SET threads = $value", "SELECT current", "SET temp"]


def test_a_lack_of_memory_names_the_setting_and_the_next_step(tmp_path: Path) -> None:
    with open_small(tmp_path) as target:
        with pytest.raises(OutOfMemory, match=r"^DuckDB ran out of memory: [\d.]+ MiB of 28.6 MiB used\.") as caught:
            target.query(TOGETHER)
        assert "Raise memory_limit or lower threads under settings of the output in profiles.yml" in caught.value.hint
        assert target.query("SELECT 1") == [(1,)]


def test_a_full_folder_names_its_settings(tmp_path: Path) -> None:
    with (
        open_small(tmp_path, max_temp_directory_size="1MB") as target,
        pytest.raises(OutOfMemory, match=r"^The folder that DuckDB spills to is full: [\d.]+ \w+ of [\d.]+ KiB") as e,
    ):
        target.execute(f"CREATE TEMP TABLE t AS {NUMBERED}")
    assert "Free space there, or change temp_directory, max_temp_directory_size or memory_limit" in e.value.hint


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(
            duckdb.IOException(
                'IO Error: Could not write file "/x/duckdb_temp_17_0_storage_DEFAULT-0.tmp": No space left on device'
            ),
            "The folder that DuckDB spills to is full: No space left on device.",
            id="disk",
        ),
        pytest.param(
            duckdb.OutOfMemoryException("Out of Memory Error: Allocation failure\n\nPossible solutions:\n* ..."),
            "DuckDB ran out of memory: Out of Memory Error: Allocation failure.",
            id="no amounts",
        ),
    ],
)
def test_other_messages_of_duckdb(error: duckdb.Error, message: str) -> None:
    explained = out_of_memory(error)
    assert explained is not None
    assert explained.message == message
    assert "profiles.yml" in explained.hint


def test_a_full_disk_elsewhere_is_no_lack_of_memory() -> None:
    error = duckdb.IOException('IO Error: Could not write file "/w/w.duckdb": No space left on device')
    assert out_of_memory(error) is None


def test_a_file_is_not_blamed_for_a_lack_of_memory(tmp_path: Path) -> None:
    @explaining_memory()
    def load() -> None:
        try:
            target.connection.execute(TOGETHER)
        except duckdb.Error as error:
            raise SourceError("orders.csv cannot be loaded.") from error

    with open_small(tmp_path) as target, pytest.raises(OutOfMemory):
        load()


@pytest.mark.parametrize("memory", ["150%", "1KB"])
def test_a_value_that_duckdb_rejects_is_named(tmp_path: Path, memory: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^DuckDB rejects the setting memory_limit: ") as caught:
        open_small(tmp_path, memory_limit=memory)
    assert caught.value.hint.startswith("Correct memory_limit under settings of the output in profiles.yml")


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "spill"):
        with pytest.raises(ConfigurationError, match=f"^The folder {folder} to spill to cannot be created: ") as caught:
            open_small(tmp_path, temp_directory=str(folder))
        assert "temp_directory" in caught.value.hint


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything is writable")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir(mode=0o500)
    with pytest.raises(ConfigurationError, match="to spill to is not writable"):
        open_small(tmp_path)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    made = make_shop(tmp_path, settings='profile = "shop"\n', halves=NUMBERED_SALES)
    (tmp_path / "profiles.yml").write_text(PROFILE.format(memory=SMALL))
    with made.open() as target:
        target.execute(
            f"CREATE OR REPLACE TABLE dbt_production.sales AS SELECT range AS id, 5 AS cents FROM range({ROWS})"
        )
    return made


def test_a_build_with_little_memory_spills_and_finishes(shop: Shop) -> None:
    debug = invoke("debug").output
    spills = f"spills to {shop.root / 'spill' / 'here'}, up to 19.0 GiB"
    assert f"limits      memory 28.6 MiB, threads 1, {spills}\n" in debug
    before = changes(shop.root / "spill" / "here")
    invoke("build")
    assert changes(shop.root / "spill" / "here") > before
    with shop.open() as target:
        assert target.query("SELECT count(*), max(n) FROM dbt_marketing.halves") == [(ROWS, ROWS // 100)]


def test_a_build_without_enough_memory_leaves_the_published_tables(shop: Shop) -> None:
    with shop.open() as target:
        target.execute("CREATE SCHEMA dbt_marketing")
        target.execute("CREATE TABLE dbt_marketing.halves AS SELECT 1 AS id, 2 AS n, 'x' AS code")
    (shop.root / "profiles.yml").write_text(PROFILE.format(memory="4MB"))
    output = invoke("build", code=1).output
    assert "halves (DuckDB ran out of memory: " in output
    assert output.rstrip().splitlines()[-1].startswith("Raise memory_limit or lower threads under settings")
    with shop.open() as target:
        assert target.query("FROM dbt_marketing.halves") == [(1, 2, "x")]
