"""`--changed` recalls what it compares and what it plans: it decides, prints and builds the same as if it compiled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from marketing_ibis.cli.steps import recalled_builds
from tests.build.test_reuse import DATED
from tests.cli.steps.recalled_shop import carried_out, declare_tests, package, recalled_shop
from tests.engine_shops import EngineShop

NOTHING = "Nothing to build: 5 models unchanged."
MODELS = ("stg_sales", "totals", "halves", "report", "dated")
NEXT_DAY = ("--as-of", "2024-05-16")
Edit = Callable[[EngineShop], object]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineShop]:
    with recalled_shop(tmp_path, monkeypatch, dated=DATED) as opened:
        declare_tests(opened)
        yield opened


def explained(shop: EngineShop, *arguments: str, command: str = "build", code: int = 0) -> tuple[bool, str]:
    """Return whether the project is compiled to decide what is built, and the decisions."""
    is_compiled, result = carried_out(shop, command, "--changed", "--explain", "--dry-run", *arguments, code=code)
    return is_compiled, result.output


def explained_without_cache(shop: EngineShop, *arguments: str, command: str = "build") -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARKETING_IBIS_CACHE_DIR", "")
        is_compiled, output = explained(shop, *arguments, command=command)
    assert is_compiled
    return output


def replaced(name: str, old: str, new: str) -> Edit:
    def edit(shop: EngineShop) -> None:
        file = package(shop) / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    return edit


def executed(*statements: str) -> Edit:
    def edit(shop: EngineShop) -> None:
        for statement in statements:
            shop.query(statement)

    return edit


def set_in(table: str, setting: str) -> Edit:
    def edit(shop: EngineShop) -> None:
        settings = shop.root / "pyproject.toml"
        settings.write_text(f"{settings.read_text()}\n[tool.marketing_ibis.{table}]\n{setting}\n")

    return edit


PROJECT_EDITS: Mapping[str, tuple[Edit, tuple[str, ...]]] = {
    "a filter": (replaced("stg_sales.py", "> 0", "> 1"), MODELS),
    "a file that a model reads": (replaced("factor.txt", "2", "4"), ("halves",)),
    "another spelling": (replaced("stg_sales.py", "raw_sales.cents > 1", "1 < raw_sales.cents"), ()),
    "a sort key": (replaced("report.py", 'grain=("n",)', 'grain=("n",), sort_keys=("n",)'), ("report",)),
    "a setting of a test": (set_in("tests.unique_stg_sales_id", 'severity = "warn"'), ("stg_sales", "halves")),
    "a data test": (replaced("halves.py", ", tests=(unique(),)", ""), ("halves",)),
    "a setting of how it is stored": (set_in("models.halves", 'materialized = "view"'), ("halves",)),
}
"""Edits of the project, and which models are built for it."""
WAREHOUSE_EDITS: Mapping[str, tuple[Edit, tuple[str, ...]]] = {
    "new rows": (executed("INSERT INTO dbt_production.sales VALUES (4, 10)"), MODELS),
    "other values": (executed("UPDATE dbt_production.sales SET cents = 7 WHERE id = 1"), MODELS),
    "a table that another program changed": (executed("UPDATE dbt_marketing.halves SET half = 7"), ("halves",)),
    "a column that another program dropped": (executed("ALTER TABLE dbt_marketing.halves DROP half"), ("halves",)),
    "a column that another program added": (executed("ALTER TABLE dbt_marketing.halves ADD note INTEGER"), ("halves",)),
    "a view in place of a table": (
        executed("DROP TABLE dbt_marketing.halves", "CREATE VIEW dbt_marketing.halves AS SELECT 1 AS one"),
        ("halves",),
    ),
    "a dropped table": (executed("DROP TABLE dbt_marketing.report"), ("report",)),
    "another version": (
        executed("UPDATE dbt_marketing.build_state SET version = '0.0.9' WHERE model = 'halves'"),
        ("halves", "report", "dated"),
    ),
    "tests that were not run": (
        executed("UPDATE dbt_marketing.build_state SET tests = '' WHERE model = 'totals'"),
        ("totals",),
    ),
    "an unknown state": (
        executed("UPDATE dbt_marketing.build_state SET row_digest = NULL WHERE model = 'totals'"),
        ("totals",),
    ),
    "a model without a state": (
        executed("DELETE FROM dbt_marketing.build_state WHERE model = 'dated'"),
        ("dated",),
    ),
}
"""What happens to the warehouse, and which models are built for it."""


def built_in(output: str) -> set[str]:
    return {line.split()[1] for line in output.splitlines() if line.startswith("build ")}


@pytest.mark.usefixtures("own_modules")
def test_a_recalled_comparison_decides_the_same_after_each_edit_of_the_warehouse(shop: EngineShop) -> None:
    shop.run("build")
    assert explained(shop)[0]
    planned_sets = set()
    for edit, (make, names) in WAREHOUSE_EDITS.items():
        make(shop)
        output = explained_without_cache(shop)
        assert built_in(output) == set(names), edit
        # Where these models were built before, their plan is recalled, too.
        assert explained(shop) == (names not in planned_sets, output), edit
        planned_sets.add(names)
        shop.run("build", "--changed")
    unchanged = explained_without_cache(shop)
    assert NOTHING in unchanged
    assert explained(shop) == (False, unchanged)


@pytest.mark.usefixtures("own_modules")
def test_each_edit_of_the_project_is_compared_again(shop: EngineShop) -> None:
    shop.run("build")
    explained(shop)
    for edit, (make, names) in PROJECT_EDITS.items():
        make(shop)
        output = explained_without_cache(shop)
        assert built_in(output) == set(names), edit
        assert explained(shop) == (True, output), edit
        # The first time, the project is compiled for the comparison, and then for the plan.
        assert explained(shop) == (bool(names), output), edit
        shop.run("build", "--changed")


@pytest.mark.usefixtures("own_modules")
def test_an_edit_of_any_file_is_compared_again(shop: EngineShop) -> None:
    shop.run("run")
    explained(shop, command="run")
    files = [file for file in shop.root.rglob("*") if file.suffix in {".py", ".txt", ".toml"}]
    assert len(files) > 7
    for file in files:
        file.write_text(f"{file.read_text()}\n")
        is_compiled, output = explained(shop, command="run")
        assert is_compiled, file
        assert NOTHING in output, file
    assert not explained(shop, command="run")[0]


@pytest.mark.usefixtures("own_modules")
def test_a_day_the_environment_and_a_selection_are_compared_again(
    shop: EngineShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run("build")
    explained(shop)
    # What was published as of a different date is compared as of that date, for which it is compiled.
    for is_compiled in (True, True):
        assert explained(shop, *NEXT_DAY) == (is_compiled, explained_without_cache(shop, *NEXT_DAY))
    assert built_in(explained(shop, *NEXT_DAY)[1]) == {"dated"}
    carried_out(shop, "build", "--changed", *NEXT_DAY)
    assert explained(shop, *NEXT_DAY) == (False, explained_without_cache(shop, *NEXT_DAY))
    assert explained(shop, "-s", "totals") == (True, explained_without_cache(shop, "-s", "totals"))
    assert explained(shop, "-s", "totals")[0] is False
    # A part of the project is compiled as of the day of what is published, too.
    part = ("-s", "dated")
    for _ in range(2):
        assert explained(shop, *part) == (True, explained_without_cache(shop, *part))
    monkeypatch.setenv("FACTOR", "5")
    assert explained(shop, "-s", "totals")[0]


@pytest.mark.usefixtures("own_modules")
def test_what_is_built_from_a_recalled_plan_is_what_a_full_build_publishes(shop: EngineShop) -> None:
    def tables() -> dict[str, list[tuple[object, ...]]]:
        return {name: shop.query(f"SELECT * FROM dbt_marketing.{name} ORDER BY ALL") for name in MODELS}

    shop.run("build")
    carried_out(shop, "build", "--changed")
    outcomes = []
    for number in (4, 5, 6):
        shop.query(f"INSERT INTO dbt_production.sales VALUES ({number}, {number})")
        is_compiled, result = carried_out(shop, "build", "--changed", "--log-format", "json")
        outcomes.append((is_compiled, events_of(result.output)))
    assert [is_compiled for is_compiled, _ in outcomes] == [True, False, False]
    manifest, changed = (shop.root / "target" / "manifest.json").read_text(), tables()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARKETING_IBIS_CACHE_DIR", "")
        shop.query("INSERT INTO dbt_production.sales VALUES (7, 7)")
        is_compiled, result = carried_out(shop, "build", "--changed", "--log-format", "json")
        assert is_compiled
        assert [name for name, _ in events_of(result.output)] == [name for name, _ in outcomes[-1][1]]
        shop.query("DELETE FROM dbt_production.sales WHERE id = 7")
        shop.run("build")
    assert tables() == changed
    assert nodes_of((shop.root / "target" / "manifest.json").read_text()) == nodes_of(manifest)
    # A build of everything does not take the plan of a part.
    carried_out(shop, "build")
    assert tables() == changed


def nodes_of(manifest: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(manifest)
    return {key: part for key, part in document.items() if key != "metadata"}


def events_of(output: str) -> list[tuple[str, str]]:
    events = [json.loads(line) for line in output.splitlines()]
    return [(event["event"], event["data"].get("model", "")) for event in events]


@pytest.mark.usefixtures("own_modules")
def test_nothing_to_build_has_the_same_events(shop: EngineShop) -> None:
    shop.run("build")

    def events() -> tuple[bool, list[dict[str, Any]]]:
        is_compiled, result = carried_out(shop, "build", "--changed", "--explain", "--log-format", "json")
        return is_compiled, [json.loads(line) | {"ts": ""} for line in result.output.splitlines()]

    first = events()
    assert [event["event"] for event in first[1]] == ["model_decision"] * 5 + ["note", "command_finished"]
    assert events() == (False, first[1])


@pytest.mark.usefixtures("own_modules")
def test_other_names_have_another_plan(shop: EngineShop) -> None:
    """Two builds of what changed that build different models do not share a plan."""
    shop.run("build")
    for _ in range(2):
        shop.query("UPDATE dbt_marketing.halves SET half = 7")
        assert "OK 1." in carried_out(shop, "build", "--changed")[1].output
        shop.query("UPDATE dbt_marketing.totals SET n = 7")
        carried_out(shop, "build", "--changed")
        assert shop.query("SELECT n FROM dbt_marketing.totals") == [(2,)]
    for name, column in (("halves", "half"), ("totals", "n")):
        shop.query(f"UPDATE dbt_marketing.{name} SET {column} = 7")
        assert not carried_out(shop, "build", "--changed")[0]
        assert (7,) not in shop.query(f"SELECT {column} FROM dbt_marketing.{name}")


@pytest.mark.usefixtures("own_modules")
def test_incremental_options_compare_alike_and_plan_every_time(shop: EngineShop) -> None:
    shop.run("build")
    carried_out(shop, "build", "--changed", "--repair")
    assert not carried_out(shop, "build", "--changed", "--full-refresh")[0]
    for _ in range(2):
        shop.query("UPDATE dbt_marketing.halves SET half = 7")
        assert carried_out(shop, "build", "--changed", "--repair")[0]


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize("options", [("--fresh-only",), ("--require-fresh",), ("-s", "state:modified+")], ids=" ".join)
def test_other_options_compare_what_is_compiled(shop: EngineShop, options: tuple[str, ...]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recalled_builds, "_recall_or_compare", lambda build: pytest.fail("it is recalled"))
        shop.run("build", "--changed", "--dry-run", *options, code=1 if options == ("--require-fresh",) else 0)


@pytest.mark.usefixtures("own_modules")
def test_a_project_with_a_file_that_fails_is_compared_every_time(shop: EngineShop) -> None:
    (package(shop) / "report.py").write_text((package(shop) / "report.py").read_text() + "\n1 / 0\n")
    outputs = [carried_out(shop, "build", "--changed", "-s", "+halves") for _ in range(2)]
    for is_compiled, result in outputs:
        assert is_compiled
        assert "Skipped, as it is not needed" in result.output


@pytest.mark.usefixtures("own_modules")
def test_a_source_alone_is_tested_and_not_run(shop: EngineShop) -> None:
    file = package(shop) / "raw_sales.py"
    text = file.read_text().replace('"Key.")', '"Key.", tests=(unique(),))')
    file.write_text(f"from marketing_ibis.data_tests import unique\n{text}")
    for _ in range(2):
        assert "raw_sales: a source is not built" in shop.run("run", "--changed", "-s", "raw_sales", code=1).output
        assert "1 test" in carried_out(shop, "build", "--changed", "-s", "raw_sales")[1].output


@pytest.mark.usefixtures("own_modules")
def test_histories_and_what_tests_read_are_compared(shop: EngineShop) -> None:
    """A model is built with what its tests read, and one with a history for every date."""
    history = 'layer="marts", history=History("half_history", ("half",))'
    imported = "from marketing_ibis.model import History, column"
    replaced("halves.py", 'layer="marts"', history)(shop)
    replaced("halves.py", "from marketing_ibis.model import column", imported)(shop)
    replaced("dated.py", '"Key.")', '"Key.", tests=(relationships("halves", "id"),))')(shop)
    replaced("dated.py", "import ibis\n", "import ibis\nfrom marketing_ibis.data_tests import relationships\n")(shop)
    shop.run("build")
    shop.query("UPDATE dbt_marketing.halves SET half = 7")
    outputs = [explained(shop) for _ in range(3)]
    assert [is_compiled for is_compiled, _ in outputs] == [True, True, False]
    assert {output for _, output in outputs} == {explained_without_cache(shop)}
    assert "build dated      its data tests read halves" in outputs[0][1]
    shop.run("build", "--changed")
    outputs = [explained(shop, "-s", "halves", *NEXT_DAY) for _ in range(3)]
    assert [is_compiled for is_compiled, _ in outputs] == [True, True, False]
    assert {output for _, output in outputs} == {explained_without_cache(shop, "-s", "halves", *NEXT_DAY)}
    assert "build halves  its history has the rows of 2024-05-15" in outputs[0][1]


@pytest.mark.usefixtures("own_modules")
def test_what_a_run_compares_is_not_what_a_build_compares(shop: EngineShop) -> None:
    shop.run("run")
    assert NOTHING in explained(shop, command="run")[1]
    assert built_in(explained(shop)[1]) == set(MODELS)
    assert explained(shop, command="run") == (False, explained_without_cache(shop, command="run"))
