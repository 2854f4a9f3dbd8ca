"""Moves between segments follow from the history, and so do the customers who left Champions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflows.history.segment_migration import NEW
from dataflows.lib.segments import CHAMPIONS, LOST
from dataflows.report import migration
from dataflows.report.rows import Migration
from marketing_ibis.build.model_history import ModelHistory, history_of
from marketing_ibis.engines import ENGINES
from tests.warehouse import compiled_dataflow

FIRST = date(2024, 1, 31)
States = dict[date, dict[int, tuple[str, Decimal]]]
"""The segment and revenue of each customer, by recorded day."""

states = st.dictionaries(
    st.integers(0, 3).map(lambda number: FIRST + timedelta(30 * number)),
    st.dictionaries(
        st.integers(1, 4),
        st.tuples(st.sampled_from([CHAMPIONS, LOST, "At Risk"]), st.integers(0, 9_999).map(lambda n: Decimal(n) / 100)),
        max_size=4,
    ),
)


def history() -> ModelHistory:
    return history_of(compiled_dataflow(FIRST).models["customer_segmentation"], "main")


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database with the views over an empty history."""
    segments, dialect = history(), ENGINES["duckdb"].dialect()
    with duckdb.connect() as opened:
        empty = segments.layout.schema.to_pyarrow().empty_table()  # noqa: F841
        opened.execute("CREATE TABLE segment_history AS FROM empty")
        for statement in segments.create_views(dialect, ()):
            opened.execute(statement)
        yield opened


def fill(connection: duckdb.DuckDBPyConnection, days: States) -> None:
    schema = history().layout.schema.to_pyarrow()
    rows = [
        {"as_of": day, "customer_id": key, "customer_segment": segment, "value_tier": "", "total_revenue": revenue}
        | dict.fromkeys(("recency_score", "frequency_score", "monetary_score"), 1)
        for day, customers in days.items()
        for key, (segment, revenue) in customers.items()
    ]
    loaded = pa.Table.from_pylist(rows, schema)  # noqa: F841
    connection.execute("TRUNCATE segment_history; INSERT INTO segment_history FROM loaded")


@given(states)
def test_the_views_agree_with_plain_python(connection: duckdb.DuckDBPyConnection, days: States) -> None:
    fill(connection, days)
    recorded = sorted(day for day, customers in days.items() if customers)
    moves: dict[tuple[date, date, str, str], list[Decimal]] = defaultdict(list)
    for before, after in pairwise(recorded):
        for key, (segment, revenue) in days[after].items():
            moves[before, after, days[before].get(key, (NEW,))[0], segment].append(revenue)
    expected = sorted((*pair, len(revenues), sum(revenues)) for pair, revenues in moves.items())
    assert connection.execute("FROM segment_migration ORDER BY ALL").fetchall() == expected
    newest = recorded[-1] if recorded else FIRST
    left = sorted(
        (since, newest, key, *days[newest][key])
        for since in recorded[:-1]
        for key, (segment, _) in days[since].items()
        if segment == CHAMPIONS and days[newest].get(key, (CHAMPIONS,))[0] != CHAMPIONS
    )
    assert connection.execute("FROM campaign_left_champions ORDER BY ALL").fetchall() == left


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_the_views(engine: str) -> None:
    statements = history().create_views(ENGINES[engine].dialect(), ("segment_migration",))
    assert sum(statement.startswith("CREATE OR REPLACE VIEW") for statement in statements) == 1
    assert sum(statement.startswith("CREATE VIEW") for statement in statements) == 1


def test_the_report_says_who_left() -> None:
    def move(origin: str, segment: str, customers: int) -> Migration:
        return Migration(FIRST, FIRST + timedelta(29), origin, segment, customers, Decimal(10))

    unknown = migration.describe(())
    assert unknown.title == "Which segments grew cannot be said: fewer than two days are recorded"
    assert "snapshot customer_segmentation" in unknown.lead
    section = migration.describe([move(CHAMPIONS, LOST, 3), move(CHAMPIONS, CHAMPIONS, 5), move(LOST, CHAMPIONS, 1)])
    assert plain(section.title) == (
        "3 customers left Champions since 31 January 2024; Lost grew by 2 and Champions shrank by 2"
    )
    _, left, moved = section.tables
    assert left.rows == ((CHAMPIONS, LOST, "3", "$10.00"),)
    assert [row[2] for row in moved.rows] == ["3", "1"]
    stayed = migration.describe([move(CHAMPIONS, CHAMPIONS, 5)])
    assert plain(stayed.title) == "No customer left Champions since 31 January 2024; no segment changed in size"


def plain(text: str) -> str:
    return text.replace("\xa0", " ")
