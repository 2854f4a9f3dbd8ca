"""DuckDB's errors say what is wrong with the file, and what to do."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import duckdb
import pytest

from marketing_ibis.engines.duckdb.errors import failure
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.errors import MarketingIbisError, RunFailed, TargetUnavailable, ValueRefused

BLOCK = 4096
STORAGE_VERSION = 56
"""Where a header has the version of its file's format: https://duckdb.org/internals/storage"""


def make_newer(path: Path) -> None:
    """Change both headers of a database file to those of a later DuckDB."""
    content = bytearray(path.read_bytes())
    for start in (BLOCK, 2 * BLOCK):
        content[start + STORAGE_VERSION : start + STORAGE_VERSION + 8] = struct.pack("<Q", 9999)
        checksum = 5381
        for (word,) in struct.iter_unpack("<Q", content[start + 8 : start + BLOCK]):
            checksum ^= word * 0xBF58476D1CE4E5B9 % 2**64
        content[start : start + 8] = struct.pack("<Q", checksum)
    path.write_bytes(content)


def test_a_file_of_a_newer_duckdb_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    duckdb.connect(str(path)).close()
    make_newer(path)
    with pytest.raises(TargetUnavailable) as e:
        open_duckdb(path)
    assert e.value.message == (
        f"{path} was written by a newer version of DuckDB than {duckdb.__version__}, which is installed."
    )
    assert e.value.hint.startswith("It was left untouched. Install that version of duckdb")


def test_a_file_that_was_cut_off_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS id, range::varchar AS text FROM range(100_000)")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)
    with pytest.raises(TargetUnavailable, match="or it is damaged"):
        open_duckdb(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
@pytest.mark.parametrize("read_only", [True, False])
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path, read_only: bool) -> None:
    os.mkfifo(tmp_path / "w.duckdb")
    with pytest.raises(TargetUnavailable, match="is not a file"):
        open_duckdb(tmp_path / "w.duckdb", read_only=read_only)


@pytest.mark.parametrize("name", ["shop", "Shop"])
def test_a_file_with_the_name_of_a_schema_is_reported(tmp_path: Path, name: str) -> None:
    with open_duckdb(tmp_path / f"{name}.duckdb") as target:
        target.execute("CREATE SCHEMA shop")
        with pytest.raises(TargetUnavailable) as e:
            target.query("SELECT * FROM shop.orders")
    assert e.value.message == "The database file and a schema are both called shop, so DuckDB cannot distinguish them."
    assert e.value.hint == "Rename the file, or choose another one with --database."


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        pytest.param(
            duckdb.TransactionException(
                'TransactionContext Error: Failed to commit: Could not write file "/w/w.duckdb.wal": No space left on'
                " device"
            ),
            RunFailed,
            "The database cannot be written: No space left on device.",
            id="full disk",
        ),
        pytest.param(
            duckdb.TransactionException(
                'TransactionContext Error: Failed to commit: Cannot open file "/w/w.duckdb.wal": Permission denied'
            ),
            RunFailed,
            "The database cannot be written: Permission denied.",
            id="folder that may only be read",
        ),
        pytest.param(
            duckdb.TransactionException(
                "TransactionContext Error: Failed to commit: PRIMARY KEY or UNIQUE constraint violation:"
                ' duplicate key "1"'
            ),
            RunFailed,
            'TransactionContext Error: Failed to commit: PRIMARY KEY or UNIQUE constraint violation: duplicate key "1"',
            id="constraint",
        ),
        pytest.param(
            duckdb.IOException('IO Error: Cannot open file "/data/prices.csv": No such file or directory'),
            RunFailed,
            'IO Error: Cannot open file "/data/prices.csv": No such file or directory',
            id="file that a model reads",
        ),
        pytest.param(
            duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2 in block 3"),
            TargetUnavailable,
            "The database is damaged: Corrupt database file: computed checksum 1 does not match stored checksum 2 in"
            " block 3",
            id="damaged block",
        ),
    ],
)
def test_what_the_file_is_to_blame_for_is_not_put_on_the_statement(
    error: duckdb.Error, kind: type[MarketingIbisError], message: str
) -> None:
    found = failure(error)
    assert type(found) is kind
    assert found.message == message
    assert "model" not in found.hint


@pytest.mark.parametrize(
    "expression",
    ["CAST(name AS INTEGER)", "timezone(name, TIMESTAMP '2024-01-01')", "strptime(name, '%Y')", "error(name)"],
)
def test_an_error_that_quotes_a_value_is_marked(expression: str) -> None:
    with open_duckdb() as target, pytest.raises(ValueRefused, match="Ann Smith"):
        target.query(f"SELECT {expression} FROM (VALUES ('Ann Smith')) AS people (name)")


def test_an_error_without_a_value_is_not_marked() -> None:
    with open_duckdb() as target, pytest.raises(RunFailed, match="missing") as caught:
        target.query("SELECT * FROM missing")
    assert not isinstance(caught.value, ValueRefused)
