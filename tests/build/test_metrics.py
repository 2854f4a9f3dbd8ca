"""The metrics that a build records: documented columns, published models and measures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from marketing_ibis.build.freshness import FreshnessResult
from marketing_ibis.build.metrics import (
    MetricValue,
    append_statements,
    data_age,
    documentation_coverage,
    failure_statements,
    has_history,
    published_tables,
    query_measures,
)
from marketing_ibis.build.run import run_plan
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import UsageError
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.declaration import Freshness
from tests.shop import AS_OF, SHOP, make_shop
from tests.testing.test_gate import MODELS, plan_of, query
from tests.testing.test_measures import MEASURE

NOON = datetime(2024, 5, 15, 12, 0, tzinfo=UTC)


def test_models_sources_and_columns_count_as_documented(tmp_path: Path) -> None:
    assert documentation_coverage(make_shop(tmp_path / "all").project.compile(AS_OF)) == 1.0
    bare = SHOP["report"].replace('"Sales."', '""')
    # Five nodes and nine columns, one of which has no description.
    assert documentation_coverage(make_shop(tmp_path / "bare", report=bare).project.compile(AS_OF)) == 13 / 14


def test_a_project_without_models_is_documented() -> None:
    assert documentation_coverage(Dataflow({}, {}, hamilton=None)) == 1.0


def values(statements: tuple[str, ...]) -> list[str]:
    (insert,) = [text for text in statements if text.startswith("INSERT")]
    return [line.rstrip(",") for line in insert.splitlines()[1:]]


def test_each_published_model_has_a_row(tmp_path: Path) -> None:
    plan = make_shop(tmp_path).plan("totals", "halves")
    moment = "CAST('2024-05-15 12:00:00.000000' AS TIMESTAMP), CAST('2024-05-15' AS DATE)"
    assert values(append_statements(plan, [MetricValue("sales", "", 2.5)], AS_OF, NOON)) == [
        f"({moment}, 'sales', '', 2.5)",
        f"({moment}, 'model_published', 'halves', 1.0)",
        f"({moment}, 'model_published', 'totals', 1.0)",
    ]


def test_a_failed_build_has_a_row_and_its_models_none(tmp_path: Path) -> None:
    rows = values(failure_statements(make_shop(tmp_path).plan(), [MetricValue("sales", "", 2.5)], AS_OF))
    assert [row.rpartition("DATE), ")[2] for row in rows] == ["'sales', '', 2.5)", "'build_failed', '', 1.0)"]


@pytest.mark.parametrize(("built", "measured"), [("totals", [MetricValue("sales", "", 2.0)]), ("halves", [])])
def test_a_measure_is_taken_when_all_that_it_reads_is_built(
    tmp_path: Path, built: str, measured: list[MetricValue]
) -> None:
    shop = make_shop(tmp_path, health=MEASURE.format("return totals.agg(sales=totals.n.sum())"))
    kept: list[MetricValue] = []
    with shop.open() as target:
        run_plan(shop.plan(), target)

        def record(plan: object, *_: object) -> tuple[str, ...]:
            assert plan_of(shop, built).measures[0].depends_on == {"totals"}
            kept.extend(query_measures(plan_of(shop, built), target))
            return ()

        run_plan(plan_of(shop, built), target, record=record)
    assert kept == measured


def test_a_schema_without_builds_has_no_history(tmp_path: Path) -> None:
    with make_shop(tmp_path).open() as target:
        assert not has_history(target, MODELS)
        assert published_tables(target, MODELS) == {}


def test_a_row_without_its_day_says_nothing_of_what_is_published(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    plan = shop.plan("totals", "halves")
    with shop.open() as target:
        target.create_schema(MODELS)
        for statement in append_statements(plan, (), AS_OF, NOON):
            target.execute(statement)
    query(shop, f"UPDATE {MODELS}.build_history SET as_of = NULL WHERE subject = 'halves'")
    with shop.open() as target:
        assert published_tables(target, MODELS) == {"totals": (NOON, date(2024, 5, 15))}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("CREATE TABLE {}.build_history (metric VARCHAR, built_at TIMESTAMP)", "it has no column as_of"),
        ("CREATE VIEW {}.build_history AS SELECT 1 AS metric", "it is a view"),
    ],
)
def test_a_history_of_another_program_is_refused(tmp_path: Path, statement: str, reason: str) -> None:
    with make_shop(tmp_path).open() as target:
        target.create_schema(MODELS)
        target.execute(statement.format(MODELS))
        with pytest.raises(UsageError, match=f"build_history, but another program created it: {reason}"):
            has_history(target, MODELS)


def test_a_source_without_rows_has_no_age() -> None:
    def result(source: str, age: timedelta | None) -> FreshnessResult:
        return FreshnessResult(source, Relation("dbt_production", source), Freshness("day"), None, age, "pass")

    ages = data_age([result("raw_orders", timedelta(hours=36)), result("raw_payments", None)])
    assert ages == [MetricValue("data_age_days", "raw_orders", 1.5)]
