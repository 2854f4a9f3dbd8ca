"""All rows that are written to a file are read back from it."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target

SALES = ibis.schema({"id": "int64", "day": "date", "name": "string"})
INT64 = st.integers(-(2**63), 2**63 - 1)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
# An empty field is NULL, so no text is empty.
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from(',"\r\n '), min_size=1, max_size=12)
# Minimal quoting and bare newlines do not combine: Python then writes a carriage return without quotes.
WAYS = ((csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_MINIMAL, "\r\n"))
ROWS = st.lists(st.tuples(st.none() | INT64, st.none() | DAYS, st.none() | TEXTS), max_size=8)
Row = tuple[int | None, date | None, str | None]


@cache
def target() -> Target:
    return ENGINES["duckdb"].open({"path": ":memory:"})


def loaded(folder: str) -> list[Row]:
    seed_files(target(), Path(folder), {"sales": SALES}, "raw")
    return [(row[0], row[1], row[2]) for row in target().query("SELECT * FROM raw.sales")]  # type: ignore[misc]


def ordered(rows: list[Row]) -> list[str]:
    return sorted(map(repr, rows))


@given(ROWS, st.sampled_from(WAYS))
def test_csv_comes_back(rows: list[Row], way: tuple[int, str]) -> None:
    quoting, line_end = way
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "sales.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, quoting=quoting, lineterminator=line_end)
            writer.writerow(SALES.names)
            writer.writerows(
                [value if not isinstance(value, date) else f"{value:%Y-%m-%d}".zfill(10) for value in row]
                for row in rows
            )
        assert ordered(loaded(folder)) == ordered(rows)


@given(ROWS)
def test_parquet_comes_back(rows: list[Row]) -> None:
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    table = pa.table(list(map(pa.array, columns, SALES.to_pyarrow().types)), SALES.to_pyarrow())
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, Path(folder) / "sales.parquet")
        assert ordered(loaded(folder)) == ordered(rows)


PLACES = 2
KINDS = {
    "boolean": st.booleans(),
    "int64": INT64,
    "int16": st.integers(-(2**15), 2**15 - 1),
    f"decimal(18, {PLACES})": st.decimals(-(10**15), 10**15, places=PLACES),
    "decimal(9, 0)": st.decimals(-(10**8), 10**8, places=0),
    "float64": st.floats(allow_nan=False, allow_infinity=False),
    "date": DAYS,
    "timestamp": st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)),
    "timestamp('UTC')": st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)),
    "string": TEXTS,
}


@st.composite
def columns(draw: st.DrawFn) -> tuple[str, list[Any]]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    return kind, draw(st.lists(st.none() | KINDS[kind], max_size=6))


def seeded(folder: str, kind: str) -> list[Any]:
    seed_files(target(), Path(folder), {"sales": ibis.schema({"id": "int64", "value": kind})}, "raw")
    return [row[0] for row in target().query("SELECT value FROM raw.sales ORDER BY id")]


def written(value: object) -> object:
    """Return a value as its text in a csv."""
    return value.isoformat(" ") if isinstance(value, datetime) else value


@given(columns(), st.sampled_from(WAYS))
def test_every_type_comes_back_from_csv(column: tuple[str, list[Any]], way: tuple[int, str]) -> None:
    (kind, values), (quoting, line_end) = column, way
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "sales.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, quoting=quoting, lineterminator=line_end)
            writer.writerow(["id", "value"])
            writer.writerows([number, written(value)] for number, value in enumerate(values))
        assert seeded(folder, kind) == values


@given(columns())
def test_every_type_comes_back_from_parquet(column: tuple[str, list[Any]]) -> None:
    kind, values = column
    schema = ibis.schema({"id": "int64", "value": kind}).to_pyarrow()
    table = pa.table([pa.array(range(len(values)), pa.int64()), pa.array(values, schema.field("value").type)], schema)
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, Path(folder) / "sales.parquet")
        assert seeded(folder, kind) == values
