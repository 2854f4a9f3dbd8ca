"""How many bytes a run writes is counted, and does not grow unseen: database, tables, files of the target."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.invocation import invoke
from tests.paths import TESTS

GOLDEN = TESTS / "golden" / "bytes_of_a_run.json"
BLOCK = 16_384
"""The smallest block that DuckDB has: tables of a small shop then differ by more than rounding."""
MARGIN = 1.03
"""Versions of DuckDB compress in slightly different ways, and files contain times and the folder's name."""
WIDTHS = {"BOOLEAN": 1, "SMALLINT": 2, "INTEGER": 4, "DATE": 4, "HUGEINT": 16, "DOUBLE": 8, "BIGINT": 8, "TIMESTAMP": 8}
"""Bytes of a value before compression."""
SYSTEM_CALLS = Path("/proc/self/io")
"""Where Linux counts what a process passes to write()."""


def bytes_passed_to_write() -> int:
    """Return what this process has written to files so far, deleted ones included; 0 where nothing counts it."""
    if not SYSTEM_CALLS.exists():
        return 0
    (count,) = (line.split()[1] for line in SYSTEM_CALLS.read_text().splitlines() if line.startswith("wchar"))
    return int(count)


def column_bytes(name: str, data_type: str) -> str:
    """Return an expression for the bytes of a column before compression."""
    if data_type == "VARCHAR":
        return f'coalesce(sum(strlen("{name}")), 0)'
    width = 16 if data_type.startswith("DECIMAL") else WIDTHS[data_type]
    return f'{width} * count("{name}")'


def table_bytes(database: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the bytes of each published table before compression."""
    columns = database.execute(
        "SELECT table_name, list(column_name ORDER BY column_index), list(data_type ORDER BY column_index)"
        " FROM duckdb_columns() WHERE schema_name = 'dbt_marketing'"
        " AND table_name IN (SELECT table_name FROM duckdb_tables()) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    totals = {}
    for table, names, types in columns:
        sums = " + ".join(map(column_bytes, names, types))
        ((totals[table],),) = database.execute(f'SELECT {sums} FROM dbt_marketing."{table}"').fetchall()
    return {table: int(total) for table, total in totals.items()}


def file_bytes(folder: Path) -> dict[str, int]:
    """Return the bytes of the files in a folder: of each file at its top, and of all in each folder below."""
    totals: dict[str, int] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        relative = path.relative_to(folder)
        name = relative.parent.as_posix() if relative.parent.parts else relative.name
        totals[name] = totals.get(name, 0) + path.stat().st_size
    return totals


@pytest.fixture
def counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, int]]:
    """Build every model of a shop of a thousand orders, and measure what is written."""
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as maker:
        maker.execute(f"ATTACH 'w.duckdb' AS w (BLOCK_SIZE {BLOCK})")
    invoke("seed", "--demo", "--orders", "1000", "--as-of", "2024-05-15", "--database", "w.duckdb")
    before, started = Path("w.duckdb").stat().st_size, bytes_passed_to_write()
    invoke("run", "--as-of", "2024-05-15", "--database", "w.duckdb")
    process = bytes_passed_to_write() - started
    with duckdb.connect("w.duckdb", read_only=True) as database:
        return {
            "process": {"written": process},
            "database": {"grown": Path("w.duckdb").stat().st_size - before},
            "tables before compression": table_bytes(database),
            "target": file_bytes(Path("target")),
        }


def larger(counts: Mapping[str, Mapping[str, int]], reviewed: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Return what is larger than was reviewed, by more than the margin."""
    return {
        f"{kind}: {name}": f"{reviewed[kind].get(name, 0):,} -> {number:,}"
        for kind, numbers in counts.items()
        for name, number in numbers.items()
        if number > reviewed[kind].get(name, 0) * MARGIN
    }


def test_a_run_writes_no_more_than_was_reviewed(
    counts: dict[str, dict[str, int]], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps(counts, indent=2) + "\n", "utf-8")
    reviewed = json.loads(GOLDEN.read_text("utf-8"))
    assert larger(counts, reviewed) == {}, "if it is meant: pytest tests/build/test_bytes_written.py --update-golden"
