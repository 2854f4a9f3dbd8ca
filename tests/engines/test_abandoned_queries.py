"""An interrupted query on DuckDB, and threads that share a connection: each query gets its own result."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from marketing_ibis.engines.duckdb.target import open_duckdb

NUMBERS = "SELECT range AS number FROM range(200000)"
SCHEMA = pa.schema([("number", pa.int64())])
ENDLESS = "SELECT count(*) FROM range(30000000000) AS t(i) WHERE sin(i) > 2"


def test_rows_that_nobody_wants_any_more_leave_the_connection_as_it_was() -> None:
    with open_duckdb() as target:
        batches = target.batches(NUMBERS, SCHEMA)
        assert next(batches).num_rows
        batches.close()  # type: ignore[attr-defined]
        assert [target.query(f"SELECT {n}") for n in (42, 43)] == [[(42,)], [(43,)]]


def test_an_interrupted_query_is_reported_as_interrupted() -> None:
    with open_duckdb() as target, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(target.query, ENDLESS)
        while not asked.done():
            target.connection.interrupt()
        with pytest.raises(KeyboardInterrupt):
            asked.result()
        assert [target.query(f"SELECT {n}") for n in (42, 43)] == [[(42,)], [(43,)]]


def test_threads_that_share_a_connection_get_their_own_answers() -> None:
    with open_duckdb() as target, ThreadPoolExecutor(4) as pool:

        def ask(first: int) -> bool:
            return all(target.query(f"SELECT {n}") == [(n,)] for n in range(first, first + 300))

        assert all(pool.map(ask, (1_000, 2_000, 3_000, 4_000)))
