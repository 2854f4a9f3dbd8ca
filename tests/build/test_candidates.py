"""Candidates that an earlier build left are dropped, whatever a build selects, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import ibis.expr.datatypes as dt
import pytest

from marketing_ibis.build.run import run_plan
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.engines.target import T
from marketing_ibis.errors import RunFailed
from tests.shop import SHOP, Shop, failing, make_shop

MODELS = "dbt_marketing"
RENAMED, OTHER = Relation(MODELS, "doubled__candidate"), Relation(MODELS, "inspection")


class Binding(DuckDBTarget):
    """A database whose views keep what they read, as those of PostgreSQL do; ``dropped`` are names in order."""

    dropped: list[str]

    def dependent_views(self, schema: str) -> Mapping[str, tuple[Relation, ...]]:
        return {"halves__candidate": (RENAMED, OTHER)}

    def execute(self, sql: str) -> int | None:
        if sql.startswith("DROP"):
            self.dropped.append(sql.split('"')[-2])
        return super().execute(sql)


class Unsteady(DuckDBTarget):
    """A database whose connection breaks once after a table was created; each piece of work has two attempts."""

    is_broken = False

    def columns(self, relation: Relation) -> Mapping[str, dt.DataType]:
        if relation.name == "totals__candidate" and not self.is_broken:
            self.is_broken = True
            raise RunFailed("The connection broke.")
        return super().columns(relation)

    def attempt(self, name: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except RunFailed:
            return work()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a shop that was built, and built again with a model that failed."""
    shop = make_shop(tmp_path)
    broken = Shop(make_shop(tmp_path / "changed", totals=failing("totals")).project, shop.database)
    with shop.open() as target:
        run_plan(shop.plan(), target)
        run_plan(broken.plan(), target)
    return shop


def test_candidates_of_models_that_are_not_selected_are_dropped(shop: Shop) -> None:
    with shop.open() as target:
        assert {"stg_sales__candidate", "halves__candidate"} < set(target.relations(MODELS))
        run_plan(shop.plan("totals"), target)
        assert set(target.relations(MODELS)) == {"stg_sales", "totals", "halves", "report"}


def test_candidates_that_read_others_are_dropped_first(shop: Shop) -> None:
    with shop.open() as opened:
        target = Binding(opened.connection, opened.dialect)  # type: ignore[attr-defined]
        for view in (RENAMED, OTHER):
            target.execute(f"CREATE VIEW {view.schema}.{view.name} AS FROM {MODELS}.halves__candidate")
        target.dropped = []
        run_plan(shop.plan("totals"), target)
        # A view of another name is not a candidate.
        assert set(target.relations(MODELS)) == {"stg_sales", "totals", "halves", "report", OTHER.name}
    assert target.dropped.index(RENAMED.name) < target.dropped.index("halves__candidate")


def test_an_attempt_drops_what_the_one_before_created(shop: Shop) -> None:
    with shop.open() as opened:
        target = Unsteady(opened.connection, opened.dialect)  # type: ignore[attr-defined]
        assert run_plan(shop.plan(), target).published
    assert target.is_broken


def test_a_view_that_was_not_built_has_no_candidate_afterwards(tmp_path: Path) -> None:
    report = SHOP["report"].replace('layer="core"', 'layer="core", materialized="view"')
    shop = make_shop(tmp_path, totals=failing("totals"), report=report)
    with shop.open() as target:
        results = run_plan(shop.plan(), target, publish_passing=True)
        assert set(results.published_models) == {"stg_sales", "halves"}
        assert set(target.relations(MODELS)) == {"stg_sales", "halves"}
