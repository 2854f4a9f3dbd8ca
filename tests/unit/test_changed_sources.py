"""On DuckDB, a build whose sources change under it publishes nothing: files under views, and other threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ibis
import pytest

from marketing_ibis.errors import RunFailed, TargetUnavailable
from marketing_ibis.plan import Step
from marketing_ibis.run import run_plan
from marketing_ibis.seeds import seed_files
from marketing_ibis.targets import Target, open_duckdb
from marketing_ibis.targets.duckdb_catalog import file_read_alone
from tests.unit.shop import Shop, make_shop


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
        assert file_read_alone(str(statement))
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
    assert file_read_alone(statement) == file
