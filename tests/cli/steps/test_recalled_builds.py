"""`run`, `build` and `compile` recall their plan while nothing has changed that could change it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketing_ibis.build.plan import Plan
from marketing_ibis.cli.options import TargetOptions
from marketing_ibis.cli.session import open_session
from marketing_ibis.cli.steps import recalled_builds, site_facts
from marketing_ibis.cli.steps.recall import MOST_ALTERNATIVES
from marketing_ibis.engines import ENGINES
from tests.cli.steps.recalled_shop import compiled, declare_tests, package, recalled_shop, start_again
from tests.engine_shops import EngineShop

PLANNING = ("plan_models", "plan_tested_models")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineShop]:
    with recalled_shop(tmp_path, monkeypatch) as opened:
        yield opened


def is_planned(shop: EngineShop, command: str, *arguments: str, code: int = 0) -> bool:
    """Run a command; return whether it planned, rather than recalled a plan."""
    start_again(shop)
    planned: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in PLANNING:
            work = getattr(recalled_builds, name)
            patch.setattr(recalled_builds, name, lambda build, work=work: planned.append(build) or work(build))
        shop.run(command, *arguments, code=code)
    return bool(planned)


def written(shop: EngineShop) -> dict[str, Any]:
    """Return the files of a command, without what differs between two calls of the same."""
    folder = shop.root / "target"
    manifest = json.loads((folder / "manifest.json").read_text())
    results = json.loads((folder / "run_results.json").read_text())
    del manifest["metadata"]
    sql = {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*.sql")}
    outcome = {result["unique_id"]: (result["status"], result["compiled_code"]) for result in results["results"]}
    return {"manifest": manifest, "outcome": outcome, **sql}


@pytest.mark.usefixtures("own_modules")
def test_a_recalled_plan_leaves_the_same_files_and_tables(shop: EngineShop) -> None:
    select = "SELECT * FROM dbt_marketing.report ORDER BY 1"
    assert is_planned(shop, "build")
    first = shop.query(select), written(shop)
    assert not is_planned(shop, "build")
    assert (shop.query(select), written(shop)) == first
    # Each command has its own, and each selection.
    assert is_planned(shop, "run")
    assert not is_planned(shop, "run")
    assert not is_planned(shop, "build")
    assert is_planned(shop, "run", "-s", "totals")
    assert not is_planned(shop, "run")


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize("age", [-60, 10])
def test_a_first_run_that_may_write_bytecode_is_recalled(
    shop: EngineShop, monkeypatch: pytest.MonkeyPatch, age: int
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    earlier = time.time() - age
    for file in package(shop).glob("*.py"):
        os.utime(file, (earlier, earlier))
    assert is_planned(shop, "run")
    assert bool(list(shop.root.rglob("*.pyc"))) == (age > 0)
    assert not is_planned(shop, "run")


@pytest.mark.usefixtures("own_modules")
def test_a_recalled_plan_fails_where_the_data_fails(shop: EngineShop) -> None:
    model = package(shop) / "totals.py"
    model.write_text(model.read_text().replace("n=stg_sales.count()", "n=stg_sales.cents.sum()"))
    assert is_planned(shop, "run")
    published = shop.query("SELECT * FROM dbt_marketing.halves ORDER BY ALL")
    # A sum of nothing is NULL, which the contract does not allow.
    shop.query("DELETE FROM dbt_production.sales")
    assert not is_planned(shop, "run", code=1)
    assert shop.query("SELECT * FROM dbt_marketing.halves ORDER BY ALL") == published != []


@pytest.mark.usefixtures("own_modules")
def test_an_edit_of_any_file_is_planned_again(shop: EngineShop) -> None:
    assert is_planned(shop, "run")
    files = [file for file in shop.root.rglob("*") if file.suffix in {".py", ".txt"}]
    assert len(files) > 4
    for file in files:
        file.write_text(f"{file.read_text()}\n")
        assert is_planned(shop, "run"), file
    assert not is_planned(shop, "run")
    (package(shop) / "copied.py").write_text((package(shop) / "report.py").read_text().replace("report(", "copied("))
    assert is_planned(shop, "run")
    assert shop.query("SELECT count(*) FROM dbt_marketing.copied") != [(0,)]
    # The project is what it was before.
    (package(shop) / "copied.py").unlink()
    assert not is_planned(shop, "run")


@pytest.mark.usefixtures("own_modules")
def test_a_few_plans_are_kept_and_the_oldest_is_removed(
    shop: EngineShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the last branches and options, for each command and selection."""
    factor, plans = package(shop) / "factor.txt", tmp_path / "cache" / "builds"

    def run(number: int) -> tuple[bool, list[object]]:
        factor.write_text(str(number))
        return is_planned(shop, "run"), shop.query("SELECT * FROM dbt_marketing.halves ORDER BY ALL")

    twice, thrice = run(2)[1], run(3)[1]
    assert twice != thrice
    assert (run(2), run(3), run(2)) == ((False, twice), (False, thrice), (False, twice))
    with monkeypatch.context() as patch:
        patch.setenv("FACTOR", "5")
        assert run(2)[0]
    assert not run(3)[0]
    assert is_planned(shop, "run", "-s", "totals")
    for number in (4, 5):
        assert run(number)[0]
    assert len(list(plans.iterdir())) == MOST_ALTERNATIVES + 1
    assert (run(3)[0], run(2)[0]) == (False, True)


@pytest.mark.usefixtures("own_modules")
def test_settings_the_day_and_the_environment_are_planned_again(
    shop: EngineShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_planned(shop, "run")
    settings = shop.root / "pyproject.toml"
    settings.write_text(f'{settings.read_text()}\n[tool.marketing_ibis.models.halves]\nmaterialized = "view"\n')
    assert is_planned(shop, "run")
    assert not is_planned(shop, "run")
    monkeypatch.setenv("FACTOR", "5")
    assert is_planned(shop, "run")
    assert not is_planned(shop, "run", "--threads", "2")
    monkeypatch.setattr(recalled_builds, "LINEAGE_SERVER", "FACTOR")
    assert is_planned(shop, "run")


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize("option", ["--full-refresh", "--repair"])
def test_what_depends_on_the_tables_is_planned_every_time(shop: EngineShop, option: str) -> None:
    assert is_planned(shop, "build")
    for _ in range(2):
        assert is_planned(shop, "build", option)


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize("content", [b"", b"{}", b"\x00"])
def test_a_file_that_was_not_written_here_is_not_recalled(shop: EngineShop, tmp_path: Path, content: bytes) -> None:
    assert is_planned(shop, "run")
    (file,) = (tmp_path / "cache" / "builds").iterdir()
    file.write_bytes(content)
    assert is_planned(shop, "run")
    assert not is_planned(shop, "run")


@pytest.mark.usefixtures("own_modules")
def test_nothing_is_kept_where_the_cache_is_turned_off(shop: EngineShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", "")
    assert is_planned(shop, "run")
    assert is_planned(shop, "run")


def bundle(shop: EngineShop) -> dict[str, Any]:
    """Return the files that ``compile`` writes, without what differs between two calls."""
    folder = shop.root / "target"
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["metadata"]
    return {"manifest": manifest} | {str(file): file.read_text() for file in folder.rglob("*.sql")}


@pytest.mark.usefixtures("own_modules")
def test_what_is_compiled_is_recalled_until_something_changes(shop: EngineShop) -> None:
    day, settings = ("--as-of", "2024-05-15"), shop.root / "pyproject.toml"

    def compile_again(*arguments: str) -> tuple[bool, str, dict[str, Any]]:
        shutil.rmtree(shop.root / "target", ignore_errors=True)
        outcome = compiled(shop, "compile", *(arguments or day), "--target-path", str(shop.root / "target"))
        return *outcome, bundle(shop)

    first = compile_again()
    assert first[0]
    assert first[2].keys() > {"manifest"}
    assert compile_again() == (False, *first[1:])
    for arguments in (("--as-of", "2024-05-16"), (*day, "-s", "halves"), (*day, "-t", "redshift")):
        other = compile_again(*arguments)
        assert other[0]
        assert compile_again(*arguments) == (False, *other[1:])
    for file in [*package(shop).glob("*.py"), package(shop) / "factor.txt", settings]:
        file.write_text(f"{file.read_text()}\n")
        assert compile_again()[0], file
    (package(shop) / "factor.txt").write_text("7")
    changed = compile_again()
    assert changed[0]
    assert changed[2] != first[2]
    # What costs are counted from is compiled every time.
    for _ in range(2):
        assert compile_again(*day, "-t", "redshift", "--explain")[0]


@pytest.mark.usefixtures("own_modules")
def test_a_project_with_a_file_that_fails_is_compiled_every_time(shop: EngineShop) -> None:
    (package(shop) / "report.py").write_text((package(shop) / "report.py").read_text() + "\n1 / 0\n")
    for _ in range(2):
        assert compiled(shop, "compile", "-s", "halves", "--target-path", str(shop.root / "target"))[0]


@pytest.mark.usefixtures("own_modules")
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="file modes mean nothing here")
def test_a_folder_that_others_can_write_is_not_used(shop: EngineShop, tmp_path: Path) -> None:
    assert is_planned(shop, "run")
    (tmp_path / "cache" / "builds").chmod(0o777)
    assert is_planned(shop, "run")
    assert is_planned(shop, "run")


def statuses(shop: EngineShop) -> dict[str, tuple[str, str]]:
    results = json.loads((shop.root / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"]: (result["status"], result["message"]) for result in results}


@pytest.mark.usefixtures("own_modules")
def test_tests_are_recalled_and_find_the_same(shop: EngineShop, monkeypatch: pytest.MonkeyPatch) -> None:
    declare_tests(shop)
    shop.run("build")
    assert compiled(shop, "test")[0]
    manifest, first = written(shop)["manifest"], statuses(shop)
    assert not compiled(shop, "test")[0]
    assert (written(shop)["manifest"], statuses(shop)) == (manifest, first)
    # A selection and an edit.
    assert compiled(shop, "test", "-s", "halves")[0]
    (package(shop) / "factor.txt").write_text("5")
    assert compiled(shop, "test")[0]
    # A failure finds those that repeat it.
    shop.query("INSERT INTO dbt_production.sales VALUES (1, 100)")
    shop.query("INSERT INTO dbt_marketing.halves SELECT * FROM dbt_marketing.halves")
    assert compiled(shop, "test", code=1)[0]
    failures = statuses(shop)
    assert sorted(status for status, _ in failures.values()) == ["fail", "skipped"]
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", "")
    assert compiled(shop, "test", code=1)[0]
    assert statuses(shop) == failures


@pytest.mark.usefixtures("own_modules")
def test_lineage_is_recalled_until_a_file_changes(shop: EngineShop, tmp_path: Path) -> None:
    first = compiled(shop, "lineage", "report")
    assert first[0]
    assert compiled(shop, "lineage", "report") == (False, first[1])
    assert compiled(shop, "lineage", "report", "--to", str(tmp_path / "lineage.txt")) == (False, "")
    assert (tmp_path / "lineage.txt").read_text() == first[1]
    columns = compiled(shop, "lineage", "report", "--columns")
    assert columns[0]
    assert columns[1] != first[1]
    file = package(shop) / "report.py"
    file.write_text(
        file.read_text().replace("halves: ir.Table", "stg_sales: ir.Table").replace("halves.", "stg_sales.")
    )
    edited = compiled(shop, "lineage", "report")
    assert edited[0]
    assert edited[1] != first[1]


@pytest.mark.usefixtures("own_modules")
def test_the_sql_of_a_site_is_recalled(shop: EngineShop) -> None:
    first, second = written_selects(shop), written_selects(shop)
    assert first == (list(ENGINES), second[1])
    assert second[0] == []
    assert all(selects.keys() == {"stg_sales", "halves", "totals", "report"} for selects in first[1].values())
    (package(shop) / "factor.txt").write_text("4")
    planned, selects = written_selects(shop)
    assert planned == list(ENGINES)
    assert selects["duckdb"]["halves"] != first[1]["duckdb"]["halves"]


def written_selects(shop: EngineShop) -> tuple[list[str], site_facts.Selects]:
    """Return the engines that a site's models are planned for, rather than recalled, and their SQL."""
    start_again(shop)
    options = TargetOptions(shop.root, shop.engine, shop.root, shop.root / "target")
    session = open_session(options, as_of_option=date(2024, 5, 15))
    planned: list[str] = []

    def plan_for(engine: str) -> Plan:
        planned.append(engine)
        return site_facts._plan(session, engine)

    return planned, site_facts._recall_selects(session, plan_for)
