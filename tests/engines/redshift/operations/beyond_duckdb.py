"""Operations that Ibis does not compile for DuckDB, with the one row that each expression has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, time

import ibis
import ibis.expr.types as ir

from tests.engines.redshift.operations.tables import Case

URL = "https://anna:secret@shop.example.com:8080/a/b?utm_source=news#top"
FNV_OF_A = 0xAF63DC4C8601EC8C - 2**64
"""The 64-bit FNV-1a hash of the letter a, as its authors publish it."""
VERSION_4 = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


def _first_row(**values: Callable[[ir.Table], ir.Value]) -> Case:
    return lambda t, u: t.filter(t.k == 1).select(**{name: value(t) for name, value in values.items()})


def _are_different(t: ir.Table) -> ir.Value:
    return ibis.uuid().cast("string") != ibis.uuid().cast("string")


def _per_day(t: ir.Table) -> ir.Table:
    windows = t.filter(t.k == 1).window_by(t.ts).tumble(size=ibis.interval(days=1))
    return windows.agg(n=lambda rows: rows.count())


BEYOND_DUCKDB: dict[str, tuple[Case, tuple[object, ...]]] = {
    "url_parts": (
        _first_row(
            a=lambda t: ibis.literal(URL).protocol(),
            b=lambda t: ibis.literal(URL).authority(),
            c=lambda t: ibis.literal(URL).userinfo(),
            e=lambda t: ibis.literal(URL).host(),
            f=lambda t: ibis.literal(URL).file(),
            h=lambda t: ibis.literal(URL).path(),
            l=lambda t: ibis.literal(URL).query(),
            n=lambda t: ibis.literal(URL).query("utm_source"),
            o=lambda t: ibis.literal(URL).fragment(),
        ),
        (
            "https",
            "anna:secret@shop.example.com:8080",
            "anna:secret",
            "shop.example.com",
            "/a/b?utm_source=news",
            "/a/b",
            "utm_source=news",
            "news",
            "top",
        ),
    ),
    "hashes": (
        _first_row(a=lambda t: t.g.hash(), b=lambda t: t.g.hashbytes("sha256")),
        (FNV_OF_A, hashlib.sha256(b"a").digest()),
    ),
    "times_apart": (_first_row(a=lambda t: (t.ts.time() - ibis.time("06:00:00")) > ibis.interval(seconds=60)), (True,)),
    "between_times": (_first_row(a=lambda t: t.ts.time().between("06:00", "23:00")), (False,)),
    "random_uuid": (
        _first_row(a=lambda t: ibis.uuid().cast("string").re_search(VERSION_4), b=_are_different),
        (True, True),
    ),
    "time_of_string": (
        _first_row(a=lambda t: (t.g.nullif("a").fill_null("07:08:09")).as_time("%H:%M:%S")),
        (time(7, 8, 9),),
    ),
    "windows_of_time": (lambda t, u: _per_day(t), (datetime(2024, 2, 29), datetime(2024, 3, 1), 1)),
}
