"""Strings of any kind pass through the whole pipeline: none is executed, and they come out unchanged."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError
from marketing_ibis.graph import ancestors
from marketing_ibis.model.dataflow import Dataflow
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database
from tests.warehouse import compiled_dataflow

AS_OF = date(2024, 5, 15)
WANTED = ("customers", "orders", "product_performance")
HOSTILE = (
    "'; DROP TABLE dbt_production.orders; --",
    '"; DROP SCHEMA dbt_marketing CASCADE; --',
    "$$; SELECT pg_sleep(60); $$",
    "Robert'); DELETE FROM orders WHERE ('1'='1",
    "\\'; \\copy orders to program 'touch x'; \\.",
    "\\.",
    "\\N",
    "NULL",
    "%s %(name)s {} {{ 7 * 7 }} {% raw %} ${HOME} $1 ?",
    "=HYPERLINK(\"https://example.com\";\"click\")",
    "line\nfeed\r\ncarriage\rreturn\ttab",
    '"",""',
    ",,;|",
    "🚲 family 👨‍👩‍👧‍👦 and \N{COMBINING ACUTE ACCENT}e é",
    "\u202eright to left\u202c العربية עברית",
    "\u200bzero\u200bwidth\ufeff",
    " leading and trailing ",
    "\x01\x1b[31mred\x7f",
    "ß \u0131 İ \u017f \U0010ffff \ufffe",
    "x" * 10_000,
    "🚲" * 10_000,
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40) | st.sampled_from(HOSTILE)
SHOPS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=30)
"""The status and the product of each order."""


@cache
def dataflow() -> Dataflow:
    return compiled_dataflow(AS_OF)


@cache
def plan(engine: str) -> Plan:
    above = {name for name in ancestors(dataflow().graph(), set(WANTED)) if name in dataflow().models}
    return build_plan(dataflow(), tuple({*WANTED, *above}), ENGINES[engine].dialect(), Schemas())


def write(folder: Path, kind: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Write a shop with one customer and one payment for each order."""
    ids, days = list(range(1, len(pairs) + 1)), [date(2024, 5, 1)] * len(pairs)
    statuses, products = [list(values) for values in zip(*pairs, strict=True)]
    tables = {
        "customers": {"id": ids, "first_name": products, "last_name": statuses},
        "orders": {
            "id": ids,
            "user_id": ids,
            "order_date": days,
            "status": statuses,
            "cycle_name": products,
        },
        "payments": {"id": ids, "order_id": ids, "payment_method": statuses, "amount": ids, "cycle_name": products},
    }
    for name, columns in tables.items():
        if kind == "parquet":
            pq.write_table(pa.table(columns), folder / f"{name}.parquet")
            continue
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))


def seed(target: Target, kind: str, pairs: Sequence[tuple[str, str]]) -> None:
    contracts = {source.declaration.table: source.schema for source in dataflow().sources.values()}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), kind, pairs)
        seed_files(target, Path(folder), contracts, "dbt_production")


def assert_texts_are_kept(target: Target, kind: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Load and build, and compare every string with the original."""
    seed(target, kind, pairs)
    results = run_plan(plan(target.dialect.name), target)
    assert results.published, [failure.message for failure in results.failures]
    statuses, products = [Counter(values) for values in zip(*pairs, strict=True)]
    orders = target.query("SELECT order_id, status, product_name FROM dbt_marketing.orders ORDER BY 1")
    assert [(status, product) for _, status, product in orders] == list(pairs)
    names = target.query("SELECT customer_id, first_name, last_name FROM dbt_marketing.customers ORDER BY 1")
    assert [(last, first) for _, first, last in names] == list(pairs)
    sold = dict(
        target.query("SELECT product_name, total_orders + pending_orders FROM dbt_marketing.product_performance")
    )
    assert sold == products
    loaded = target.query("SELECT status, count(*) FROM dbt_production.orders GROUP BY 1")
    assert dict(loaded) == statuses


@pytest.fixture(scope="module")
def on_duckdb() -> Iterator[Target]:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        yield target


@pytest.fixture(scope="module")
def on_postgres() -> Iterator[Target]:
    with fresh_database() as uri, ENGINES["postgres"].open(settings_of(uri)) as target:
        yield target


@given(SHOPS, st.sampled_from(["csv", "parquet"]))
@settings(max_examples=max(10, settings().max_examples // 4))
def test_what_goes_in_comes_out_on_duckdb(on_duckdb: Target, shop: list[tuple[str, str]], kind: str) -> None:
    assert_texts_are_kept(on_duckdb, kind, shop)


@given(SHOPS, st.sampled_from(["csv", "parquet"]))
@settings(max_examples=max(5, settings().max_examples // 8))
def test_what_goes_in_comes_out_on_postgres(on_postgres: Target, shop: list[tuple[str, str]], kind: str) -> None:
    # The one character that PostgreSQL's text cannot hold: the test below.
    assert_texts_are_kept(
        on_postgres, kind, [(status.replace("\0", " "), product.replace("\0", " ")) for status, product in shop]
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_all_that_is_hostile_at_once(on_duckdb: Target, on_postgres: Target, kind: str) -> None:
    pairs = list(zip(HOSTILE, reversed(HOSTILE), strict=True))
    assert_texts_are_kept(on_duckdb, kind, [*pairs, ("nul \0 inside", "\0")])
    assert_texts_are_kept(on_postgres, kind, pairs)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_postgres_refuses_nul_and_loads_nothing(on_postgres: Target, kind: str) -> None:
    seed(on_postgres, "parquet", [("placed", "Bike")])
    with pytest.raises(SourceError, match=r"customers.*0x00"):
        seed(on_postgres, kind, [("nul \0 inside", "\0")])
    assert on_postgres.query("SELECT status, cycle_name FROM dbt_production.orders") == [("placed", "Bike")]
