"""A view is computed once for all tests of a stage, with the same results as when each test reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from marketing_ibis.build.run import run_plan
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.engines.target import T
from marketing_ibis.errors import RunFailed
from marketing_ibis.testing.batches import Batch
from marketing_ibis.testing.run import DataTestResult, DataTestRunner
from marketing_ibis.testing.view_cache import SUFFIX, ViewCache
from tests.testing.test_gate import plan_of, shop_with

DEFECTS = (
    "unique()",
    "positive_value()",
    "not_null()",
    "expression_is_true(lambda t: t.cents < 200, name='cheap')",
    "sum_equals(7, name='sum')",
    "sum_equals(7, name='dear', where=lambda t: t.cents > 100)",
    "custom(lambda t: t.cents.min() > 100, name='least')",
    "custom(lambda t: t.select('cents').distinct().filter(lambda d: d.cents > 100), name='distinct')",
    "custom(lambda t: t.mutate(other=t.cents).filter(lambda m: m.other > 100).select('id', 'other'), name='renamed')",
    "custom(lambda t: t.select(sale=t.id, price=t.cents).order_by('price').limit(1), name='cheapest')",
    "custom(lambda t: t.cents == t.cents.max(), name='windowed')",
    "custom(lambda t: t.semi_join(t.select(two=t.cents / 125), [('id', 'two')]), name='itself')",
    "custom(lambda t: t.union(t).group_by('cents').agg(n=lambda u: u.count()), name='doubled')",
)


class Observed(DuckDBTarget):
    """Records its queries; a statement with ``breaking`` in it fails once, and ends the session."""

    def __init__(self, target: DuckDBTarget, breaking: str = "") -> None:
        super().__init__(target.connection, target.dialect)
        self.statements: list[str] = []
        self.breaking = breaking

    def execute(self, sql: str) -> int | None:
        self.statements.append(sql)
        return super().execute(sql)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        self.statements.append(sql)
        if self.breaking and self.breaking in sql:
            self.breaking = ""
            for (name,) in super().query(f"SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%{SUFFIX}'"):
                super().execute(f"DROP TABLE {name}")
            raise RunFailed("The connection broke.")
        return super().query(sql)

    def attempt(self, name: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except RunFailed:
            return work()

    @property
    def filled(self) -> list[str]:
        return [sql for sql in self.statements if sql.startswith("CREATE TEMPORARY")]


Asked = tuple[Observed, DataTestRunner, tuple[Batch, ...]]


@contextmanager
def standing(folder: Path, breaking: str = "", **tests: str) -> Iterator[Asked]:
    """Yield a built shop, with the batches of its tests."""
    shop = shop_with(folder, **tests)
    with shop.open() as target:
        run_plan(shop.plan(), target)
        observed = Observed(target, breaking)
        plan = plan_of(shop)
        yield observed, DataTestRunner(observed, plan.published), plan.batches


def outcome(results: tuple[DataTestResult, ...]) -> list[tuple[object, ...]]:
    return [(one.name, one.status, one.failures, one.message, one.keys) for one in results]


def held(asked: Asked) -> list[tuple[object, ...]]:
    _, runner, batches = asked
    with runner.caching_views(batches):
        return [row for batch in batches for row in outcome(runner.run(batch))]


def plain(asked: Asked) -> list[tuple[object, ...]]:
    _, runner, batches = asked
    return [row for batch in batches for row in outcome(runner.run(batch))]


def test_a_cached_view_has_the_results_of_the_view(tmp_path: Path) -> None:
    tests = {"stg_sales": ", ".join(DEFECTS), "halves": "relationships('stg_sales', 'cents')"}
    with standing(tmp_path, **tests) as asked:
        result = plain(asked)
        assert sum(row[1] == "fail" for row in result) == len(DEFECTS) - 3 + 1
        assert not asked[0].filled
        assert held(asked) == result
        assert len(asked[0].filled) == 1


@pytest.mark.parametrize("test", DEFECTS)
def test_each_test_alone_keeps_what_it_needs(tmp_path: Path, test: str) -> None:
    with standing(tmp_path, stg_sales=test) as asked:
        assert held(asked) == plain(asked)
        assert len(asked[0].filled) == 1


def test_the_columns_of_a_total_are_kept(tmp_path: Path) -> None:
    sums = "sum_equals(total(lambda stg_sales: stg_sales.agg(most=stg_sales.cents.max()), 'most'), name='sum')"
    with standing(tmp_path, stg_sales="unique()", halves=sums) as asked:
        assert held(asked) == plain(asked)
        assert held(asked)[1][:4] == ("sum", "fail", 1, "expected 250 (most), got 3")
        (filled, _) = asked[0].filled
    assert filled.endswith('AS\nSELECT "id", "cents" FROM "dbt_marketing"."stg_sales"')


def test_only_columns_that_count_are_kept(tmp_path: Path) -> None:
    with standing(tmp_path, stg_sales="unique()", halves="relationships('stg_sales', 'id')") as asked:
        held(asked)
        (filled,) = asked[0].filled
    assert filled.endswith('AS\nSELECT "id" FROM "dbt_marketing"."stg_sales"')


def test_one_column_is_cached_where_only_rows_are_counted(tmp_path: Path) -> None:
    with standing(tmp_path, stg_sales="custom(lambda t: t.count() > 0, name='any')") as asked:
        assert held(asked) == [("any", "pass", 0, "", ())]
        (filled,) = asked[0].filled
    assert filled.endswith('AS\nSELECT "id" FROM "dbt_marketing"."stg_sales"')


def test_a_test_without_an_answer_does_not_stop_the_others(tmp_path: Path) -> None:
    large = "custom(lambda t: (t.id * 10**17 * 10**17).cast('int64') > 0, name='large')"
    with standing(tmp_path, stg_sales=f"{large}, unique(), positive_value()") as asked:
        answers = {name: status for name, status, *_ in held(asked)}
    assert answers == {"large": "error", "unique_stg_sales_id": "pass", "positive_value_stg_sales_id": "pass"}


def test_nothing_is_left_when_a_test_is_not_run(tmp_path: Path) -> None:
    with standing(tmp_path, stg_sales="unique()", halves="relationships('stg_sales', 'id')") as asked:
        target, runner, (sales, halves) = asked
        with runner.caching_views((sales, halves)):
            runner.run(sales)
            assert tables_kept(target)
        assert not tables_kept(target)


def test_nothing_is_left_of_it(tmp_path: Path) -> None:
    with standing(tmp_path, stg_sales="unique()", halves="not_null()") as asked:
        target, runner, batches = asked
        with runner.caching_views(batches):
            for batch in batches:
                runner.run(batch)
                # No remaining batch reads it.
                assert not tables_kept(target)


def test_what_a_session_took_with_it_is_made_anew(tmp_path: Path) -> None:
    tests = {"stg_sales": "unique(), positive_value()", "halves": "relationships('stg_sales', 'id')"}
    with standing(tmp_path, breaking=f"stg_sales{SUFFIX}", **tests) as asked:
        assert {row[1] for row in held(asked)} == {"pass"}
        assert len(asked[0].filled) == 2


def built(
    folder: Path, total: str, kept: str = "unique()", *, reads: str = "stg_sales", fail_fast: bool = False
) -> tuple[dict[str, str], list[str]]:
    """Build a shop whose halves are compared with a total of its view; return the results of the tests, and the
    totals."""
    sums = f"sum_equals(total(lambda {reads}: {total}, 'ids'), name='sums')"
    shop = shop_with(folder, stg_sales=kept, halves=sums)
    plan = plan_of(shop)
    with shop.open() as target:
        observed = Observed(target)
        results = run_plan(plan, observed, test_runner=DataTestRunner(observed, plan.relations), fail_fast=fail_fast)
    asked = [sql for sql in observed.statements if '"ids"' in sql and not sql.startswith("CREATE")]
    return {data_test.name: data_test.status for data_test in results.data_tests}, asked


def test_a_total_is_computed_while_its_view_is_cached(tmp_path: Path) -> None:
    tests, asked = built(tmp_path, "stg_sales.agg(ids=stg_sales.id.sum())")
    assert tests == {"unique_stg_sales_id": "pass", "sums": "pass"}
    assert len(asked) == 1
    assert f"stg_sales{SUFFIX}" in asked[0]


def test_a_total_that_depends_on_the_day_is_computed_while_its_view_is_cached(tmp_path: Path) -> None:
    tests, asked = built(tmp_path, "stg_sales.agg(ids=stg_sales.id.sum())", reads="stg_sales, as_of")
    assert tests == {"unique_stg_sales_id": "pass", "sums": "pass"}
    assert len(asked) == 1
    assert f"stg_sales{SUFFIX}" in asked[0]


def test_a_total_of_a_test_that_is_skipped_is_not_computed(tmp_path: Path) -> None:
    late = "custom(lambda table, halves: table.id < halves.count(), name='late')"
    tests, asked = built(tmp_path, "stg_sales.agg(ids=stg_sales.id.sum())", late, fail_fast=True)
    assert tests == {"late": "fail", "sums": "skipped"}
    assert not asked


def tables_kept(target: Observed) -> list[tuple[object, ...]]:
    return target.query(f"SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%{SUFFIX}'")


def test_a_skipped_test_keeps_no_table(tmp_path: Path) -> None:
    with standing(tmp_path, stg_sales="unique()", halves="relationships('stg_sales', 'id')") as asked:
        target, runner, (sales, halves) = asked
        with runner.caching_views((sales, halves)):
            runner.run(sales)
            assert tables_kept(target)
            runner.skip(halves, "halves was not built")
            assert not tables_kept(target)


def test_a_total_that_reads_a_table_too_keeps_no_view(tmp_path: Path) -> None:
    both = "total(lambda stg_sales, totals: stg_sales.cross_join(totals).agg(n=lambda t: t.id.count()), 'n')"
    with standing(tmp_path, stg_sales="unique()", halves=f"sum_equals({both})") as asked:
        target, runner, (sales, halves) = asked
        with runner.caching_views((sales,), (halves,)):
            runner.run(sales)
            assert not tables_kept(target)


def test_a_total_that_cannot_be_computed_fails_the_test_that_needs_it(tmp_path: Path) -> None:
    tests, _ = built(tmp_path, "stg_sales.agg(ids=(stg_sales.id * 10**17 * 10**17).cast('int64').sum())")
    assert tests == {"unique_stg_sales_id": "pass", "sums": "error"}


def test_each_view_keeps_its_own_columns(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, stg_sales="custom(lambda t: t.cents.sum() > 0, name='some')", halves="unique()")
    file = shop.root / shop.project.dataflows[0] / "halves.py"
    file.write_text(file.read_text().replace('layer="marts"', 'layer="marts", materialized="view"'))
    plan = plan_of(shop)
    with shop.open() as target:
        run_plan(shop.plan(), target)
        cache = ViewCache(target, plan.published, list(plan.batches))
        placed = [cache.read_from_cache(target.dialect.placeholder(view), [view]) for view in ("stg_sales", "halves")]
        assert placed == [
            f'(SELECT "cents", CAST(NULL AS BIGINT) AS "id" FROM "stg_sales{SUFFIX}")',
            f'(SELECT "id", CAST(NULL AS DOUBLE) AS "half" FROM "halves{SUFFIX}")',
        ]
        cache.close()
        assert not cache.subqueries
