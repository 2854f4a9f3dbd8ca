"""An engine accepts one statement at a time: of two, neither is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed

SEVERAL = (
    "SELECT 1; COPY (SELECT 1) TO '{file}'",
    "CREATE TABLE t AS SELECT 1; COPY (SELECT 1) TO '{file}'",
    "SELECT 1 AS x -- ;\n;; COPY (SELECT 1) TO '{file}' /* ; */ ;",
    "",
    "-- nothing",
)
ONE = ("SELECT 1;", "SELECT ';' AS x", 'SELECT 1 AS ";" -- ; DROP TABLE t', "SELECT /* ; */ 1", "SELECT 1;\n-- end\n")


@pytest.fixture
def target() -> Iterator[Target]:
    with open_duckdb() as opened:
        yield opened


@pytest.mark.parametrize("way", ["execute", "query", "batches"])
@pytest.mark.parametrize("text", SEVERAL)
def test_several_statements_are_refused_whole(target: Target, tmp_path: Path, text: str, way: str) -> None:
    ask = {
        "execute": target.execute,
        "query": target.query,
        "batches": lambda sql: list(target.batches(sql, pa.schema({}))),
    }
    with pytest.raises(RunFailed, match=r"\d statements were given to DuckDB at once, and none was run"):
        ask[way](text.format(file=tmp_path / "file"))
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("text", ONE)
def test_a_semicolon_that_ends_nothing_is_none(target: Target, text: str) -> None:
    assert len(target.query(text)) == 1
    target.execute(text)
