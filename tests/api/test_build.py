"""Builds from Python: what the command does, with the outcome as a value and nothing printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest

from marketing_ibis import Project
from marketing_ibis.api.build import BuildOptions
from marketing_ibis.cli.commands.build import command
from marketing_ibis.errors import RunFailed, SelectionError, SourceError, UsageError
from tests.api import IBIS_WARNINGS
from tests.paths import JAFFLE
from tests.remembering import compiled_once
from tests.shop import AS_OF, SHOP, make_shop

pytestmark = IBIS_WARNINGS

SETTLED = {
    "as_of", "database", "debug", "explain", "log_format", "notify", "profile", "profiles_dir", "project_dir", "quiet",
    "target", "target_path", "vars",
}  # fmt: skip
"""Options that the project settles, or that only print."""
TESTED = (
    SHOP["totals"]
    .replace('"Sales."', '"Sales.", tests=(accepted_values((1,)),)')
    .replace("COLUMNS", "from marketing_ibis.data_tests import accepted_values\n\n        COLUMNS", 1)
)


@pytest.fixture(autouse=True)
def compiled() -> Iterator[None]:
    with compiled_once():
        yield


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path)) as connection:
        return connection.execute(sql).fetchall()


def test_a_build_publishes_and_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shop = make_shop(tmp_path)
    project = Project.from_settings(shop.root, database=shop.database, as_of=AS_OF)
    count = project.table("raw_sales").count()
    assert count.execute() == 3
    result = project.build()
    assert result.check() is result
    assert (result.succeeded, set(result.tables)) == (True, set(SHOP) - {"raw_sales"})
    assert count.execute() == 3, "an expression works after a build of the same file"
    project.close()
    assert query(shop.database, "SELECT n, cents FROM dbt_marketing.totals") == [(2, 350)]
    assert capfd.readouterr() == ("", "")
    assert {path.name for path in tmp_path.iterdir()} >= {"target", "warehouse.duckdb"}


def test_the_lines_of_the_command_are_printed_on_request(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shop = make_shop(tmp_path)
    Project.from_settings(shop.root, database=shop.database, as_of=AS_OF).build(show=True)
    assert "OK 4. Published schema dbt_marketing" in capfd.readouterr().out


def test_what_the_command_warns_of_is_in_the_result(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    output = "{type: duckdb, path: warehouse.duckdb, thread: 2}"
    (tmp_path / "profiles.yml").write_text(f"shop: {{target: prod, outputs: {{prod: {output}}}}}\n", "utf-8")
    project = Project.from_settings(shop.root, target="prod", profiles_dir=tmp_path, as_of=AS_OF)
    assert any("thread" in sentence for sentence in project.build(dry_run=True).warnings)


def test_a_failure_is_a_value(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shop = make_shop(tmp_path, totals=TESTED)
    result = Project.from_settings(shop.root, database=shop.database, as_of=AS_OF).build(select="+totals")
    assert (result.succeeded, result.tables) == (False, ())
    assert [(failure.kind, failure.name) for failure in result.failures] == [("test", "accepted_values_totals_n")]
    with pytest.raises(RunFailed, match=r"1 test failed: accepted_values_totals_n"):
        result.check()
    assert query(shop.database, "FROM duckdb_tables() SELECT table_name WHERE table_name = 'totals'") == []
    assert capfd.readouterr() == ("", "")


def test_what_cannot_begin_raises(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    project = Project.from_settings(shop.root, database=shop.database, as_of=AS_OF)
    with pytest.raises(SelectionError, match=r"No model or source matches 'total'\.\nDid you mean totals"):
        project.build(select="total")
    assert project.build(dry_run=True).tables == ()
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("DROP TABLE dbt_production.sales")
    with pytest.raises(SourceError, match=r"The source table dbt_production\.sales does not exist"):
        project.build()


def test_own_tables_are_copied_and_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tables = {
        f"raw_{path.stem}": ibis.duckdb.connect().read_csv(path).to_pyarrow() for path in sorted(JAFFLE.glob("*.csv"))
    }
    sources = {name: ibis.memtable(table) for name, table in tables.items()}
    project = Project(sources, as_of="2018-04-10", database="shop.duckdb")
    result = project.build(select="staging")
    assert set(result.tables) >= {"stg_customers", "stg_orders", "stg_payments"}
    expected = [(tables["raw_orders"].num_rows,)]
    assert query(Path("shop.duckdb"), "SELECT COUNT(*) FROM dbt_production.orders") == expected
    partial = Project({"raw_orders": sources["raw_orders"]}, database="other.duckdb")
    with pytest.raises(SourceError, match="The source raw_customers is missing"):
        partial.build()
    assert not Path("other.duckdb").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"selct": "totals"}, r"build has no option selct\.\nDid you mean select"),
        ({"threads": 0}, "threads is 0: 0 is not in the range"),
        ({"threads": True}, "threads is True"),
        ({"fail_fast": "no"}, r"fail_fast is 'no'\.\nWrite True or False"),
        ({"publish": "some"}, "publish is 'some': 'some' is not one of 'all', 'passing'"),
        ({"select": 5}, "select is 5"),
        ({"require_fresh": True, "fresh_only": True}, "exclude each other"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    project = Project.from_settings(make_shop(tmp_path).root, as_of=AS_OF)
    with pytest.raises(UsageError, match=message):
        project.build(**options)


def test_the_options_are_those_of_the_command() -> None:
    assert set(BuildOptions.__annotations__) == {str(parameter.name) for parameter in command.params} - SETTLED
