"""The age of data, and the status that it gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from marketing_ibis.build.freshness import (
    FreshnessResult,
    FreshnessStatus,
    age_of,
    declared_sources,
    evaluate_age,
    freshness_queries,
    newest_select,
    query_freshness,
    stale_nodes,
)
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import SourceError
from marketing_ibis.model import Freshness
from tests.shop import AS_OF, SHOP, Shop, make_shop

DAY = timedelta(days=1)
TOLD = Freshness("at", warn_after=DAY, error_after=2 * DAY)
WARNED, FATAL = Freshness("at", warn_after=DAY), Freshness("at", error_after=DAY)
SALES = """
    from datetime import timedelta
    from marketing_ibis.model import freshness
    COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price."), column("at", "timestamp", "When."))

    @source(table="sales", grain=("id",), columns=COLUMNS, freshness=freshness("at", warn_after=timedelta(1)))
    def raw_sales() -> ir.Table:
        '''Sales.'''
    """


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a shop whose source declares how old its data may be; its last sale is after as_of."""
    kept = SHOP["stg_sales"].replace("cents > 0)", 'cents > 0).drop("at")')
    shop = make_shop(tmp_path, raw_sales=SALES, stg_sales=kept)
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales")
        target.execute(
            "CREATE TABLE dbt_production.sales AS FROM (VALUES (1, 100, TIMESTAMP '2024-05-10 08:00:00'),"
            " (2, 250, TIMESTAMP '2024-05-15 18:00:00'), (3, -5, TIMESTAMP '2024-05-16 00:00:00')) t(id, cents, \"at\")"
        )
    return shop


@pytest.mark.parametrize(
    ("newest", "age"),
    [
        pytest.param(datetime(2024, 5, 15, 18), timedelta(hours=6), id="moment"),
        pytest.param(datetime(2024, 5, 14, 18, tzinfo=UTC), timedelta(hours=30), id="moment with a zone"),
        pytest.param(date(2024, 5, 15), timedelta(0), id="the day itself"),
        pytest.param(date(2024, 5, 12), 3 * DAY, id="day"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_age_counts_to_the_end_of_the_day(newest: object, age: timedelta | None) -> None:
    assert age_of(newest, AS_OF) == age


@pytest.mark.parametrize(
    ("declared", "age", "status"),
    [
        pytest.param(TOLD, DAY, "pass", id="at the first limit"),
        pytest.param(TOLD, 1.5 * DAY, "warn", id="between"),
        pytest.param(TOLD, 2 * DAY, "warn", id="at the second limit"),
        pytest.param(TOLD, 3 * DAY, "error", id="beyond"),
        pytest.param(TOLD, None, "error", id="no value"),
        pytest.param(WARNED, None, "warn", id="no value warns"),
        pytest.param(WARNED, 9 * DAY, "warn", id="no second limit"),
        pytest.param(FATAL, DAY, "pass", id="at the only limit"),
        pytest.param(FATAL, 9 * DAY, "error", id="beyond the only limit"),
    ],
)
def test_an_age_is_judged_by_what_is_declared(
    declared: Freshness, age: timedelta | None, status: FreshnessStatus
) -> None:
    assert evaluate_age(declared, age) == status


def test_the_newest_value_up_to_the_day_decides(shop: Shop) -> None:
    plan, dataflow = shop.plan(), shop.project.compile(AS_OF)
    sources = declared_sources(dataflow, dataflow.nodes)
    with shop.open() as target:
        queries = freshness_queries(sources, target.dialect, AS_OF)
        (result,) = query_freshness(queries, plan.relations, target, AS_OF)
    assert (result.source, result.newest) == ("raw_sales", datetime(2024, 5, 15, 18))
    assert (result.age, result.status) == (timedelta(hours=6), "pass")


def test_only_named_sources_that_say_so_are_asked(shop: Shop, tmp_path: Path) -> None:
    assert declared_sources(shop.project.compile(AS_OF), ["totals"]) == ()
    silent = make_shop(tmp_path / "silent", raw_sales=SHOP["raw_sales"]).project.compile(AS_OF)
    assert declared_sources(silent, silent.nodes) == ()


def test_a_source_that_is_not_there_has_no_age(shop: Shop) -> None:
    plan, dataflow = shop.plan(), shop.project.compile(AS_OF)
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales")
        queries = freshness_queries(declared_sources(dataflow, ["raw_sales"]), target.dialect, AS_OF)
        with pytest.raises(SourceError, match=r"The source table dbt_production\.sales does not exist"):
            query_freshness(queries, plan.relations, target, AS_OF)


@pytest.mark.parametrize(("status", "stale"), [("pass", set()), ("warn", set()), ("error", None)])
def test_a_stale_source_makes_stale_what_is_built_from_it(
    shop: Shop, status: FreshnessStatus, stale: set[str] | None
) -> None:
    dataflow = shop.project.compile(AS_OF)
    result = FreshnessResult("raw_sales", Relation("dbt_production", "sales"), TOLD, None, None, status)
    assert stale_nodes([result], dataflow) == (set(dataflow.nodes) if stale is None else stale)


def test_a_source_that_declares_no_freshness_is_not_asked_for_its_newest_value(tmp_path: Path) -> None:
    dataflow = make_shop(tmp_path).project.compile(AS_OF)
    with pytest.raises(ValueError, match="raw_sales"):
        newest_select(dataflow.sources["raw_sales"], ENGINES["duckdb"].dialect(), AS_OF)
