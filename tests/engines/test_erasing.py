"""A DuckDB file without its deleted rows: the same tables in the same order, or the old file and the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb import target as module
from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb
from marketing_ibis.engines.target import Erasure

NEEDLE = "needle-in-the-file"
ERASURE = Erasure([Relation("main", "people")], Relation("main", "unerased"), ())
ROWS = 300_000
"""More than a row group has, so that their order could change."""


@pytest.fixture
def target(tmp_path: Path) -> Iterator[DuckDBTarget]:
    with open_duckdb(tmp_path / "w.duckdb") as opened:
        opened.connection.execute("SET preserve_insertion_order = true")
        opened.execute(f"CREATE TABLE people AS SELECT range AS id, CAST(range AS VARCHAR) AS name FROM range({ROWS})")
        opened.connection.execute("SET preserve_insertion_order = false")
        opened.execute(f"CREATE TABLE notes AS SELECT range AS id, '{NEEDLE}' AS text FROM range(2)")
        opened.execute("CHECKPOINT")
        opened.execute("DELETE FROM notes")
        opened.execute("DELETE FROM people WHERE id = 7")
        yield opened


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_deleted_rows_leave_the_file(target: DuckDBTarget, tmp_path: Path) -> None:
    file = tmp_path / "w.duckdb"
    assert NEEDLE.encode() in file.read_bytes()
    assert target.erase_deleted(ERASURE) == ""
    target.close()
    assert NEEDLE.encode() not in file.read_bytes()
    assert files(tmp_path) == ["w.duckdb"]
    with open_duckdb(file) as opened:
        rows = opened.query("SELECT id FROM people ORDER BY rowid")
    assert rows == [(number,) for number in range(ROWS) if number != 7]


def test_a_file_that_cannot_be_replaced_stays(
    target: DuckDBTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.shutil, "copymode", fail)
    assert "may contain deleted rows in unused blocks: No space left on device" in target.erase_deleted(ERASURE)
    assert target.query("SELECT COUNT(*) FROM people") == [(ROWS - 1,)]
    target.close()
    assert files(tmp_path) == ["w.duckdb"]


def test_a_database_in_memory_has_no_file() -> None:
    with open_duckdb() as target:
        assert target.erase_deleted(ERASURE) == ""
