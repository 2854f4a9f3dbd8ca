"""A run publishes everything or nothing, and names what is missing."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, current_thread, main_thread

import pytest

from marketing_ibis.build.plan import Step
from marketing_ibis.build.run import Result, RunResults, run_plan
from marketing_ibis.errors import RunFailed, SourceError
from tests.shop import SHOP, Shop, failing, make_shop

MODELS = "dbt_marketing"


def run(shop: Shop, *names: str, **options: object) -> RunResults:
    with shop.open() as target:
        return run_plan(shop.plan(*names), target, **options)  # type: ignore[arg-type]


def standing(shop: Shop) -> dict[str, str]:
    with shop.open() as target:
        return dict(target.relations(MODELS))


def rows(shop: Shop, name: str) -> list[tuple[object, ...]]:
    with shop.open() as target:
        return target.query(f"SELECT * FROM {MODELS}.{name}")


def statuses(results: RunResults) -> dict[str, str]:
    return {result.step.name: result.status for result in results.results}


def broken(shop: Shop, name: str = "totals") -> Shop:
    """Return the same shop with a model that fails on the engine."""
    return replaced(shop, name, failing(name))


def replaced(shop: Shop, name: str, text: str) -> Shop:
    other = make_shop(shop.root / "changed", **{name: text})
    return Shop(other.project, shop.database)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


@pytest.mark.parametrize("threads", [1, 3])
def test_everything_is_built_and_published(shop: Shop, threads: int) -> None:
    results = run(shop, threads=threads)
    assert results.published
    assert set(statuses(results).values()) == {"success"}
    assert standing(shop) == {"stg_sales": "view", "totals": "table", "halves": "table", "report": "table"}
    assert rows(shop, "totals") == [(2, 350)]
    assert rows(shop, "report") == [(2,)]


def test_results_count_rows_of_tables_only(shop: Shop) -> None:
    counted = {result.step.name: result.rows for result in run(shop).results}
    assert counted == {"stg_sales": None, "totals": 1, "halves": 2, "report": 1}


def test_a_second_run_replaces_the_first(shop: Shop) -> None:
    run(shop)
    with shop.open() as target:
        target.execute("INSERT INTO dbt_production.sales VALUES (4, 50)")
    run(shop)
    assert rows(shop, "totals") == [(3, 400)]


def test_a_published_view_reads_published_tables(shop: Shop) -> None:
    run(shop)
    with shop.open() as target:
        (sql,) = target.query("SELECT sql FROM duckdb_views() WHERE view_name = 'stg_sales'")
    assert "candidate" not in str(sql)


@pytest.mark.parametrize("threads", [1, 3])
def test_after_a_failure_what_stood_still_stands(shop: Shop, threads: int) -> None:
    run(shop)
    with shop.open() as target:
        target.execute("INSERT INTO dbt_production.sales VALUES (4, 50)")
    results = run(broken(shop), threads=threads)
    assert not results.published
    assert statuses(results) == {"stg_sales": "success", "totals": "error", "halves": "success", "report": "skipped"}
    assert rows(shop, "totals") == [(2, 350)]
    assert len(rows(shop, "halves")) == 2


def test_a_failure_has_the_engine_s_message(shop: Shop) -> None:
    (failure,) = run(broken(shop)).failures
    assert "verflow" in failure.message or "range" in failure.message


def test_descendants_of_a_failure_are_skipped_with_its_name(shop: Shop) -> None:
    results = run(broken(shop))
    (skipped,) = [result for result in results.results if result.status == "skipped"]
    assert skipped.message == "totals was not built"


def test_fail_fast_stops_the_waves_that_follow(tmp_path: Path) -> None:
    alone = (
        SHOP["report"]
        .replace("totals: ir.Table, halves", "halves")
        .replace('totals.cross_join(halves.agg(count=halves.count())).select("n")', "halves.agg(n=halves.count())")
    )
    shop = make_shop(tmp_path, totals=failing("totals"), report=alone)
    assert statuses(run(shop))["report"] == "success"
    assert statuses(run(shop, fail_fast=True))["report"] == "skipped"


def test_a_candidate_of_a_failed_run_stays_and_the_next_run_drops_it(shop: Shop) -> None:
    run(broken(shop))
    assert "halves__candidate" in standing(shop)
    run(shop)
    assert not [name for name in standing(shop) if name.endswith("__candidate")]


def test_a_failed_publish_changes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    run(shop)
    with shop.open() as target:
        target.execute("INSERT INTO dbt_production.sales VALUES (4, 50)")
        execute = type(target).execute

        def stumble(self: object, sql: str) -> int | None:
            if sql.startswith("ALTER TABLE") and "report" in sql:
                raise RunFailed("the disk is full")
            return execute(self, sql)  # type: ignore[arg-type]

        monkeypatch.setattr(type(target), "execute", stumble)
        with pytest.raises(RunFailed, match=r"Nothing was published: the disk is full"):
            run_plan(shop.plan(), target)
    monkeypatch.undo()
    assert rows(shop, "totals") == [(2, 350)]


@pytest.mark.parametrize(("before", "after"), [("view", "table"), ("table", "view")])
def test_a_model_may_change_how_it_is_stored(tmp_path: Path, before: str, after: str) -> None:
    def stored(kind: str) -> str:
        return SHOP["totals"].replace('layer="marts"', f'layer="marts", materialized="{kind}"')

    shop = make_shop(tmp_path, totals=stored(before))
    run(shop)
    assert standing(shop)["totals"] == before
    run(replaced(shop, "totals", stored(after)))
    assert standing(shop)["totals"] == after
    assert rows(shop, "totals") == [(2, 350)]


def test_one_selected_model_reads_what_stands(shop: Shop) -> None:
    run(shop)
    with shop.open() as target:
        target.execute("INSERT INTO dbt_production.sales VALUES (4, 50)")
    results = run(shop, "totals")
    assert statuses(results) == {"totals": "success"}
    assert rows(shop, "totals") == [(3, 400)]
    assert len(rows(shop, "halves")) == 2


def test_an_unselected_view_between_is_read_through(tmp_path: Path) -> None:
    between = (
        SHOP["halves"]
        .replace('layer="marts"', 'layer="marts", materialized="view"')
        .replace("stg_sales: ir.Table", "stg_sales: ir.Table, totals: ir.Table")
        .replace(
            'return stg_sales.select("id", half=stg_sales.cents / 2)',
            "return stg_sales.cross_join(totals).select('id', half=totals.n / 2)",
        )
    )
    last = (
        SHOP["report"]
        .replace("totals: ir.Table, halves", "halves")
        .replace(
            'totals.cross_join(halves.agg(count=halves.count())).select("n")',
            "halves.agg(n=(halves.half.max() * 2).cast('int64'))",
        )
    )
    shop = make_shop(tmp_path, halves=between, report=last)
    run(shop)
    with shop.open() as target:
        target.execute("INSERT INTO dbt_production.sales VALUES (4, 50)")
    run(shop, "totals", "report")
    assert rows(shop, "report") == [(3,)]


def test_a_parent_that_is_not_built_is_named_with_the_way_to_build_it(shop: Shop) -> None:
    with pytest.raises(
        SourceError,
        match=r"totals depends on dbt_marketing.stg_sales, which does not exist and is not part of this run",
    ) as e:
        run(shop, "totals")
    assert e.value.hint == "Build it too: --select +totals"


def test_a_missing_source_is_named_with_the_way_to_fill_it(shop: Shop) -> None:
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales")
    with pytest.raises(SourceError, match=r"The source table dbt_production.sales does not exist") as e:
        run(shop)
    hint = "Load it, for example with `seed --from DIR`, or correct source_schema in [tool.marketing_ibis]."
    assert e.value.hint == hint


def test_a_missing_source_column_is_named(shop: Shop) -> None:
    with shop.open() as target:
        target.execute("ALTER TABLE dbt_production.sales RENAME cents TO cent")
    with pytest.raises(SourceError, match=r"dbt_production.sales has no column cents") as e:
        run(shop)
    assert e.value.hint == "Did you mean cent?"


def test_a_source_column_of_another_type_is_named(shop: Shop) -> None:
    with shop.open() as target:
        target.execute("ALTER TABLE dbt_production.sales ALTER cents TYPE DOUBLE")
    with pytest.raises(SourceError, match=r"Column cents of the source table dbt_production.sales is float64"):
        run(shop)


@pytest.mark.parametrize("integer", ["SMALLINT", "INTEGER", "HUGEINT"])
def test_integers_of_any_width_are_read(shop: Shop, integer: str) -> None:
    with shop.open() as target:
        target.execute(f"ALTER TABLE dbt_production.sales ALTER cents TYPE {integer}")
    if integer == "HUGEINT":
        with pytest.raises(SourceError, match="Column cents"):
            run(shop)
    else:
        assert run(shop).published


def test_a_missing_value_that_the_contract_promises_publishes_nothing(shop: Shop) -> None:
    with shop.open() as target:
        run_plan(shop.plan(), target)
        target.execute("INSERT INTO dbt_production.sales VALUES (NULL, 7), (NULL, 8)")
        results = run_plan(shop.plan(), target)
        (failed,) = results.failures
        assert (failed.step.name, failed.status) == ("halves", "error")
        assert failed.message.startswith("The contract does not allow NULL: id is NULL in 2 rows.")
        assert "nullable=True" in failed.message
        assert not results.published
        assert target.query("SELECT n FROM dbt_marketing.totals") == [(2,)]


WIDE = """
    COLUMNS = (
        column("id", "int64", "Key."),
        column("word", "string", "A word.", nullable=True, width=4),
        column("n", "int64", "Again."),
    )

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def halves(stg_sales: ir.Table) -> ir.Table:
        '''A word for each sale.'''
        word = ibis.cases((stg_sales.id == 1, ibis.literal(WORD)), else_=ibis.null("string"))
        return stg_sales.select("id", word=word, n=stg_sales.id)
    """
REPORT = SHOP["report"].replace("halves.count()", "halves.n.sum()")


@pytest.mark.parametrize(
    ("word", "fits"),
    [("abcd", True), ("abcde", False), ("éé", True), ("éé!", False), ("🚲", True), ("🚲🚲", False), ("", True)],
)
def test_the_width_of_a_string_is_held_in_bytes(tmp_path: Path, word: str, fits: bool) -> None:
    shop = make_shop(tmp_path, halves=WIDE.replace("WORD", repr(word)), report=REPORT)
    results = run(shop)
    if fits:
        assert results.published
        return
    (failed,) = results.failures
    assert failed.message == (
        "Strings are longer than declared: word has more than 4 bytes in 1 row.\n"
        "Shorten them, or declare a larger width."
    )
    assert not results.published


def test_a_column_that_may_be_null_is_not_counted(tmp_path: Path) -> None:
    nullable = SHOP["halves"].replace('column("id", "int64", "Key.")', 'column("id", "int64", "Key.", nullable=True)')
    shop = make_shop(tmp_path, halves=nullable)
    with shop.open() as target:
        target.execute("INSERT INTO dbt_production.sales VALUES (NULL, 7)")
        assert run_plan(shop.plan(), target).published


def test_empty_sources_give_empty_tables(shop: Shop) -> None:
    with shop.open() as target:
        target.execute("TRUNCATE dbt_production.sales")
    assert run(shop).published
    assert rows(shop, "halves") == []


def test_observers_see_every_step(shop: Shop) -> None:
    started: list[str] = []
    finished: list[Result] = []
    run(shop, on_start=lambda step: started.append(step.name), on_result=finished.append)
    assert started == [result.step.name for result in finished] == ["stg_sales", "halves", "totals", "report"]


def test_tables_of_others_whose_names_end_as_candidates_do_are_kept(shop: Shop) -> None:
    with shop.open() as target:
        target.create_schema(MODELS)
        target.execute(f"CREATE TABLE {MODELS}.stg_hiring__candidate AS SELECT 7 AS id")
        target.execute(f'CREATE TABLE {MODELS}."Totals__candidate" AS SELECT 8 AS id')
    run(shop)
    assert rows(shop, "stg_hiring__candidate") == [(7,)]
    assert "Totals__candidate" not in standing(shop)


def test_a_publish_that_others_prevent_does_not_say_run_again(shop: Shop) -> None:
    run(shop)
    with shop.open() as target:
        target.execute(f"ALTER TABLE {MODELS}.totals ADD PRIMARY KEY (n)")
        target.execute(f"CREATE TABLE {MODELS}.own (id BIGINT REFERENCES {MODELS}.totals (n))")
    with pytest.raises(RunFailed, match="main key table of the table") as e:
        run(shop)
    assert e.value.hint == "The published tables are unchanged. Remove the cause, then run again."


def test_models_that_do_not_need_each_other_are_built_at_once(shop: Shop) -> None:
    both = Barrier(2)

    def meet(step: Step) -> None:
        if step.name in ("totals", "halves"):
            both.wait(timeout=20)

    assert run(shop, threads=2, on_start=meet).published


def test_the_seconds_of_a_failure_are_those_that_it_took(shop: Shop) -> None:
    (failure,) = run(broken(shop)).failures
    assert 0 < failure.seconds < 60


def test_one_thread_is_that_of_the_caller(shop: Shop) -> None:
    seen = set()
    assert run(shop, threads=1, on_start=lambda step: seen.add(current_thread())).published
    assert seen == {main_thread()}
