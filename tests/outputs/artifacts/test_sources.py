"""The freshness of sources, in the format of dbt's sources.json."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from marketing_ibis.build.freshness import FreshnessResult
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.model import Freshness
from marketing_ibis.outputs.artifacts import write_sources
from tests.outputs.artifacts.project import INVOCATION
from tests.outputs.artifacts.reading import parse

ORDERS = Relation("dbt_production", "orders")
DECLARED = Freshness("order_date", warn_after=timedelta(hours=36), error_after=timedelta(days=3))


def written(folder: Path, result: FreshnessResult) -> dict:
    document: dict = json.loads(write_sources(folder, INVOCATION, [result], 0.5).read_text("utf-8"))
    parse("sources", document)
    (entry,) = document["results"]
    assert entry["unique_id"] == "source.marketing_ibis.dbt_production.orders"
    return entry


def test_an_age_is_written_with_its_limits(tmp_path: Path) -> None:
    result = FreshnessResult("raw_orders", ORDERS, DECLARED, date(2024, 5, 13), timedelta(days=2), "warn")
    entry = written(tmp_path, result)
    assert entry["status"] == "warn"
    assert entry["max_loaded_at_time_ago_in_s"] == 2 * 24 * 60 * 60
    # The end of 2024-05-15, and of the day of the newest order.
    assert entry["snapshotted_at"] == "2024-05-16T00:00:00.000000Z"
    assert entry["max_loaded_at"] == "2024-05-14T00:00:00.000000Z"
    assert entry["criteria"]["warn_after"] == {"count": 36, "period": "hour"}
    assert entry["criteria"]["error_after"] == {"count": 3, "period": "day"}


@pytest.mark.parametrize(
    ("limit", "written_as"),
    [
        (timedelta(days=1), {"count": 1, "period": "day"}),
        (timedelta(minutes=90), {"count": 90, "period": "minute"}),
        (None, {"count": None, "period": None}),
    ],
)
def test_a_limit_is_written_in_its_largest_unit(tmp_path: Path, limit: timedelta | None, written_as: object) -> None:
    declared = Freshness("order_date", warn_after=limit)
    result = FreshnessResult("raw_orders", ORDERS, declared, date(2024, 5, 15), timedelta(0), "pass")
    assert written(tmp_path, result)["criteria"]["warn_after"] == written_as


def test_a_table_without_any_value_is_an_error_of_its_own(tmp_path: Path) -> None:
    entry = written(tmp_path, FreshnessResult("raw_orders", ORDERS, DECLARED, None, None, "error"))
    assert entry["status"] == "runtime error"
    assert entry["error"] == "order_date has no value up to as_of."
