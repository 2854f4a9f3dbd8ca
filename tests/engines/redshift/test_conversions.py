"""Every pair of types is converted as on DuckDB, or refused with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import duckdb
import ibis
import ibis.common.exceptions as com
import ibis.expr.types as ir
import pytest

from tests.engines.redshift.both_engines import BothEngines, both_engines, redshift_sql
from tests.engines.redshift.extremes import TABLE, TABLES

SOURCES: dict[str, ir.Column] = {
    "whole": TABLE.middle // 100_000,
    "large": TABLE.large,
    "decimal": ibis.cases((TABLE.amount.abs() < 10_000, TABLE.amount)),
    "double": TABLE.share.clip(-9999, 9999),
    "text": TABLE.name,
    "digits": TABLE.small.cast("string"),
    "truth": TABLE.flag,
    "day": TABLE.day,
    "moment": TABLE.ts,
    "instant": TABLE.tz,
    "time": TABLE.ts.time(),
    "day as text": TABLE.day.cast("string"),
    "moment as text": TABLE.ts.cast("string"),
    "instant as text": TABLE.tz.cast("string"),
    "json": TABLE.k.cast("json"),
    "array": ibis.array([TABLE.k, TABLE.k]),
}
TARGETS = (
    "int16",
    "int32",
    "int64",
    "float64",
    "decimal(18, 4)",
    "decimal(6, 1)",
    "string",
    "boolean",
    "date",
    "time",
    "timestamp",
    "timestamp('UTC')",
    "timestamp('Europe/Berlin')",
    "json",
    "binary",
    "uuid",
    "array<int64>",
    "struct<a: int64>",
    "interval('D')",
)
WRITTEN_OTHERWISE = {("double", "string"), ("double", "json"), ("array", "string"), ("array", "json")}
"""Pairs with another form of the same value: DuckDB writes 1.0 and blanks after commas."""
BEYOND_THE_STAND_IN = {("json", "boolean"), ("day as text", "time")}
"""Pairs that DuckDB and Redshift are more lenient about than PostgreSQL."""


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    with both_engines(TABLES, "extremes") as opened:
        yield opened


def _refusal(expression: ir.Table) -> str:
    try:
        redshift_sql(expression)
    except com.UnsupportedOperationError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("source", "target"), sorted(set(product(SOURCES, TARGETS)) - BEYOND_THE_STAND_IN))
def test_pair_is_converted_or_refused(source: str, target: str, engines: BothEngines) -> None:
    try:
        expression = TABLE.select("k", a=SOURCES[source].cast(target))
    except com.IbisTypeError:
        return  # Ibis refuses it
    refusal = _refusal(expression)
    if refusal:
        assert "; " in refusal, "a refusal says what to write instead"
        return
    try:
        expected, found = engines.rows(expression)
    except duckdb.Error:
        return  # DuckDB does not convert these values
    if (source, target) not in WRITTEN_OTHERWISE:
        assert found == expected
