"""DuckDB files: invalid, open in another process, or read-only."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from marketing_ibis.errors import TEMPORARY
from tests.holding import held
from tests.invocation import Run, invoke
from tests.paths import JAFFLE

AS_OF = ("--as-of", "2018-04-10")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with the jaffle shop's tables."""
    folder = tmp_path_factory.mktemp("built")
    place = ("--database", str(folder / "w.duckdb"), "--target-path", str(folder))
    invoke("seed", "--from", str(JAFFLE), *place)
    invoke("run", *AS_OF, *place)
    return folder / "w.duckdb"


@pytest.fixture
def warehouse(run: Run, built: Path, tmp_path: Path) -> Path:
    """Return a copy of it, called w.duckdb, in the current folder."""
    return Path(shutil.copy(built, tmp_path))


def test_a_file_that_is_no_database_is_left_alone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("no database " * 1000)
    assert "w.duckdb is not a DuckDB database, or it is damaged" in run("run", "--database", "w.duckdb", code=2).output
    assert path.read_text().startswith("no database")


def test_a_folder_is_no_database(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").mkdir()
    assert "is a directory" in run("run", "--database", "w.duckdb", code=2).output


def test_a_database_in_use_is_reported_with_the_process(run: Run, warehouse: Path) -> None:
    with held(warehouse) as process:
        output = run("run", "--database", "w.duckdb", "--as-of", "2018-04-10", code=TEMPORARY).output
    assert f"in use by another process (PID {process})" in output


def test_a_database_open_in_this_process_is_reported(run: Run, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True):
        assert "is open in this process already" in run("run", "--database", "w.duckdb", code=2).output


def test_a_database_that_cannot_be_written_is_reported_beforehand(
    run: Run, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no build can write it" not in run("debug", "--database", "w.duckdb").output
    # The user who runs the tests may write everything.
    monkeypatch.setattr("os.access", lambda path, mode: path != Path("w.duckdb"))
    assert "w.duckdb, which may be read only: no build can write it" in run("debug", "--database", "w.duckdb").output


def test_a_database_in_memory_can_be_read(run: Run) -> None:
    assert (
        "orders has not been built" in run("export", "orders", "--to", "o.csv", "--database", ":memory:", code=1).output
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("export", "orders", "--to", "orders.csv"), 0),
        (("report", "--out", "report.html"), 0),
        (("freshness",), 1),
        (("debug",), 0),
        (("test", "--select", "orders", *AS_OF), 0),
        (("test", "--select", "orders", "--store-failures", *AS_OF), TEMPORARY),
        (("run", *AS_OF), TEMPORARY),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else f"ends with {value}",
)
def test_beside_a_reader_others_read_and_none_writes(
    run: Run, warehouse: Path, command: tuple[str, ...], code: int
) -> None:
    before = warehouse.read_bytes()
    with held(warehouse, read_only=True):
        output = run(*command, "--database", "w.duckdb", code=code).output
    assert ("in use by another process" in output) == (code == TEMPORARY)
    assert warehouse.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "reason"),
    [("CREATE TABLE dbt_marketing.build_history AS SELECT 7 AS id", "it has no column built_at"),
     ("CREATE VIEW dbt_marketing.build_history AS SELECT 7 AS built_at", "it is a view")],
)  # fmt: skip
@pytest.mark.parametrize(
    "command",
    [("run", *AS_OF), ("build", *AS_OF), ("export", "orders", "--to", "o.csv"), ("report",)],
    ids=lambda c: c[0],
)
def test_a_build_history_of_others_is_named_before_anything_is_built(
    run: Run, warehouse: Path, command: tuple[str, ...], statement: str, reason: str
) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("DROP TABLE dbt_marketing.build_history")
        connection.execute(statement)
    output = run(*command, "--database", "w.duckdb", code=2).output
    message = "Builds are recorded in table dbt_marketing.build_history, but another program created it"
    assert f"{message}: {reason}.\nRename it, or choose another schema" in output
    with duckdb.connect(str(warehouse)) as connection:
        assert len(connection.execute("FROM dbt_marketing.build_history").fetchall()) == 1


def test_a_build_history_with_an_additional_column_is_updated(run: Run, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("ALTER TABLE dbt_marketing.build_history ADD COLUMN note VARCHAR")
        (before,) = connection.execute("SELECT count(*) FROM dbt_marketing.build_history").fetchall()
    run("run", "--database", "w.duckdb", *AS_OF)
    with duckdb.connect(str(warehouse)) as connection:
        (after,) = connection.execute("SELECT count(*) FROM dbt_marketing.build_history WHERE note IS NULL").fetchall()
    assert after > before
