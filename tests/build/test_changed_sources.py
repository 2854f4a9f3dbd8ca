"""On DuckDB, a build whose sources change while it runs publishes nothing: files behind views, and other threads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import ibis
import pytest

from marketing_ibis.build import run
from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.build.run import Result, run_plan
from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines.duckdb.catalog import only_file_read
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, TargetUnavailable
from tests.invocation import invoke
from tests.shop import SHOP, Shop, failing, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def build(shop: Shop, target: Target, change: Callable[[], object]) -> bool:
    def interfere(step: Step) -> None:
        if step.name == "totals":
            change()

    return run_plan(shop.plan(), target, on_start=interfere).published


CHANGES = (
    "INSERT INTO dbt_production.sales VALUES (4, 50)",
    "DELETE FROM dbt_production.sales WHERE id = 2",
    "UPDATE dbt_production.sales SET cents = 251 WHERE id = 2",
    "CREATE OR REPLACE TABLE dbt_production.sales AS FROM (VALUES (1, 250), (2, 100), (3, -5)) t(id, cents)",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_another_connection_of_the_process_changes_a_source(shop: Shop, statement: str) -> None:
    with shop.open() as target:
        assert build(shop, target, lambda: None)
        before = target.query("SELECT n FROM dbt_marketing.report")
        with target.session() as other, pytest.raises(RunFailed, match=r"dbt_production\.sales changed") as caught:
            build(shop, target, lambda: other.execute(statement))
        assert caught.value.is_temporary
        assert target.query("SELECT n FROM dbt_marketing.report") == before
        assert build(shop, target, lambda: None)


@pytest.mark.parametrize("select", ["SELECT * FROM '{}'", "SELECT id, cents FROM '{}' WHERE id < 100"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_under_a_view_changes(shop: Shop, tmp_path: Path, ending: str, select: str) -> None:
    file = tmp_path / f"sales.{ending}"
    with shop.open() as target:
        target.execute(f"COPY dbt_production.sales TO '{file}'")
        target.execute("DROP TABLE dbt_production.sales")
        target.execute(f"CREATE VIEW dbt_production.sales AS {select.format(file)}")
        assert build(shop, target, lambda: None)
        other = open_duckdb()
        with other, pytest.raises(RunFailed, match=r"dbt_production\.sales changed"):
            build(shop, target, lambda: other.execute(f"COPY (SELECT 9 AS id, 99 AS cents) TO '{file}'"))


def test_a_source_that_makes_way_for_another_has_changed(shop: Shop) -> None:
    with shop.open() as target, target.session() as other:

        def swap() -> None:
            other.execute("DROP TABLE dbt_production.sales")
            other.execute("CREATE VIEW dbt_production.sales AS FROM (VALUES (1, 1)) t(id, cents)")

        with pytest.raises(RunFailed, match=r"dbt_production\.sales changed"):
            build(shop, target, swap)


def test_threads_of_a_process_write_one_after_the_other(shop: Shop) -> None:
    with shop.open() as first, shop.open() as second, open_duckdb() as elsewhere:
        with first.exclusive("dbt_marketing"):
            with pytest.raises(TargetUnavailable, match="Another thread of this process") as caught:
                second.exclusive("dbt_production").__enter__()
            assert caught.value.is_temporary
            with elsewhere.exclusive("dbt_marketing"):
                pass
        with second.exclusive("dbt_production"):
            pass


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_linked_file_changes(shop: Shop, tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "it's [1]"
    folder.mkdir()
    file = folder / f"sales.{ending}"
    place = str(file).replace("'", "''")
    contracts = {"sales": ibis.schema({"id": "int64", "cents": "int64"})}
    with shop.open() as target, open_duckdb() as other:
        target.execute(f"COPY dbt_production.sales TO '{place}'")
        target.execute("DROP TABLE dbt_production.sales")
        seed_files(target, folder, contracts, "dbt_production", link=True)
        ((statement,),) = target.query("SELECT sql FROM duckdb_views() WHERE view_name = 'sales'")
        assert only_file_read(str(statement))
        assert build(shop, target, lambda: None)
        with pytest.raises(RunFailed, match=r"dbt_production\.sales changed"):
            build(shop, target, lambda: other.execute(f"COPY (SELECT 9 AS id, 99 AS cents) TO '{place}'"))


STATEMENTS = {
    "CREATE VIEW s.v AS SELECT id FROM read_csv('a''b.csv', (\"header\" = true));": "'a''b.csv'",
    "CREATE VIEW s.v AS SELECT 'FROM' AS x FROM read_parquet('*.parquet');": "'*.parquet'",
    "CREATE VIEW s.v AS SELECT id FROM read_csv(main.list_value('a.csv', 'b.csv'));": None,
    "CREATE VIEW s.v AS SELECT id FROM read_csv('a.csv'), \"range\"(3);": None,
    "CREATE VIEW s.v AS SELECT (SELECT 1 FROM t) AS x FROM read_csv('a.csv');": None,
    "CREATE VIEW s.v AS SELECT id FROM read_csv('a.csv') INNER JOIN t USING (id);": None,
    "CREATE VIEW s.v AS SELECT id FROM t;": None,
}


@pytest.mark.parametrize(("statement", "file"), STATEMENTS.items())
def test_a_view_over_one_file_alone_is_recognised(statement: str, file: str | None) -> None:
    assert only_file_read(statement) == file


def interfering(monkeypatch: pytest.MonkeyPatch, statement: str, *, when: str) -> None:
    """Have another session execute ``statement`` when a command starts the model ``when``."""
    run_step = run._run_step

    def change_first(plan: Plan, target: Target, step: Step) -> Result:
        if step.name == when:
            with target.session() as other:
                other.execute(statement)
        return run_step(plan, target, step)

    monkeypatch.setattr(run, "_run_step", change_first)


TWO_SALES = SHOP["totals"].replace('"Sales.")', '"Sales.", tests=(accepted_values((2,)),))')
"""Its data test fails once there is a third sale."""
NEEDS_CENTS = SHOP["totals"].replace("n=stg_sales.count()", "n=(stg_sales.cents * 10**12 * 10**4).sum().cast('int64')")
"""It fails on the engine once there is a sale of many cents."""
MEASURE = """
    from marketing_ibis.model import measures

    @measures
    def health(totals: ir.Table) -> ir.Table:
        return totals.agg(share=1 / (totals.n.max() - 3))
    """
"""It fails once there is a third sale."""
TOTALS = "SELECT n FROM dbt_marketing.totals"
FAILURES = {
    "a data test": (("build",), {"totals": TWO_SALES}, "INSERT INTO {} VALUES (4, 50)"),
    "a data test, others passing": (
        ("build", "--publish", "passing"),
        {"totals": TWO_SALES},
        "INSERT INTO {} VALUES (4, 50)",
    ),
    "a data test, nothing else passing": (
        ("build", "--publish", "passing", "-s", "totals"),
        {"totals": TWO_SALES},
        "INSERT INTO {} VALUES (4, 50)",
    ),
    "a model": (("run",), {"totals": NEEDS_CENTS}, "INSERT INTO {} VALUES (4, 10000)"),
    "a measure": (("build",), {"health": MEASURE}, "INSERT INTO {} VALUES (4, 50)"),
    "a column": (("build",), {}, "ALTER TABLE {} RENAME COLUMN cents TO pence"),
    "a table": (("build",), {}, "DROP TABLE {}"),
    "a table, failing fast": (("build", "--fail-fast"), {}, "DROP TABLE {}"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_what_fails_after_a_source_changed_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    words, changes, statement = FAILURES[what]
    head = "from marketing_ibis.data_tests import accepted_values\n        COLUMNS"
    models = {name: text.replace("COLUMNS", head, 1) for name, text in changes.items()}
    shop = make_shop(tmp_path, **models)
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"), "--database", str(shop.database))
    call = (*words, *place, "--as-of", "2024-05-15")
    invoke("build", *place, "--as-of", "2024-05-15")
    with shop.open() as target:
        before = target.query(TOTALS)
    interfering(monkeypatch, statement.format("dbt_production.sales"), when="totals")
    output = invoke(*call, "--log-format", "json", code=75).stdout
    closing, last = map(json.loads, [line for line in output.splitlines() if line.startswith("{")][-2:])
    assert (closing["event"], closing["data"]["published"]) == ("run_finished", False)
    assert last["event"] == "command_failed"
    assert last["message"].startswith("Nothing was published: dbt_production.sales c")
    assert last["data"]["exit_code"] == 75
    ((kind, name),) = {(failure["kind"], failure["name"]) for failure in last["data"]["failures"]}
    assert (kind, name) == ("source", "dbt_production.sales")
    env = json.loads((shop.root / "t/run_results.json").read_text("utf-8"))["metadata"]["env"]
    assert env["published"] == "false"
    assert env["discarded"] in last["message"]
    with shop.open() as target:
        history = "SELECT count(*) FROM dbt_marketing.build_history WHERE metric = 'build_failed'"
        assert target.query(history) == [(1,)]
        assert target.query(TOTALS) == before
    if "INSERT" in statement:
        # The next call finds the current rows: anything that fails then must be fixed.
        monkeypatch.undo()
        invoke(*call, code=1)


def test_a_failure_over_sources_that_stay_is_not_temporary(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, totals=failing("totals"))
    with shop.open() as target:
        results = run_plan(shop.plan(), target)
    assert [result.step.name for result in results.failures] == ["totals"]
