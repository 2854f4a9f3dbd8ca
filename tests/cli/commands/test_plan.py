"""`plan` says per model what a build would change and why, on every engine, and executes nothing."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.changes import Changes, ConsumerChange, ModelChange
from marketing_ibis.cli.output.plan_report import PlanReport, json_text, markdown_lines, text_lines
from tests.engine_shops import EngineShop
from tests.invocation import invoke
from tests.shop import HEAD

BOARD = """
from marketing_ibis.model import exposure

board = exposure(type="dashboard", owner="crm", description="A board.", depends_on=("report",))
"""


def rewrite(shop: EngineShop, name: str, old: str, new: str) -> None:
    """Change a model's file, and have it imported again."""
    import sys

    (file,) = shop.root.glob(f"*/{name}.py")
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    for module in [module for module in sys.modules if module.startswith(file.parent.name)]:
        del sys.modules[module]


def models(shop: EngineShop, *arguments: str) -> dict[str, dict[str, object]]:
    document = json.loads(shop.run("plan", "--format", "json", *arguments).stdout)
    return {model["name"]: model for model in document["models"]}


def kinds(shop: EngineShop, *arguments: str) -> dict[str, object]:
    return {name: model["kind"] for name, model in models(shop, *arguments).items()}


@pytest.mark.usefixtures("own_modules")
def test_models_are_new_until_they_are_built(shop: EngineShop) -> None:
    everything = ("stg_sales", "halves", "totals", "report")
    assert kinds(shop) == dict.fromkeys(everything, "new")
    assert shop.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'dbt_marketing'") == []
    assert not (shop.root / "target").exists()
    shop.run("build")
    assert kinds(shop) == dict.fromkeys(everything, "unchanged")
    first, second, *_ = shop.run("plan").output.splitlines()
    assert first.endswith(", as of 2024-05-15:")
    assert second == "4 unchanged."
    # A refactoring changes nothing: other names, another order.
    rewrite(
        shop,
        "halves",
        'stg_sales.select("id", half=stg_sales.cents / 2)',
        "stg_sales.mutate(half=stg_sales.cents / 2)[['id', 'half']]",
    )
    assert kinds(shop) == dict.fromkeys(everything, "unchanged")


@pytest.mark.usefixtures("own_modules")
def test_a_changed_column_and_what_follows_are_named(local_shop: EngineShop) -> None:
    (folder,) = [file.parent for file in local_shop.root.glob("*/halves.py")]
    (folder / "exposures.py").write_text(HEAD + BOARD)
    local_shop.run("build")
    rewrite(local_shop, "halves", "stg_sales.cents / 2", "stg_sales.cents / 3")
    halves = models(local_shop)["halves"]
    assert (halves["kind"], halves["modified"], halves["rows"]) == ("changed", ["half"], "same")
    lines = local_shop.run("plan").stdout.splitlines()
    assert lines[1:5] == [
        "1 changed, 3 unchanged.",
        "changed    halves: its expression changed",
        "           - changes half",
        "           - the same rows",
    ]
    rewrite(local_shop, "stg_sales", "raw_sales.cents > 0", "raw_sales.cents > 150")
    text = local_shop.run("plan").stdout
    assert "rows may differ: must look" in text
    assert "totals: stg_sales changed" in text
    assert "followed by " in text
    assert "affects    exposure board of crm: report (1 column)" in text
    markdown = local_shop.run("plan", "--format", "markdown").stdout
    assert "| `stg_sales` | changed | its expression changed | rows may differ: must look |" in markdown
    assert "- exposure board of crm: report (1 column)" in markdown


@pytest.mark.usefixtures("own_modules")
def test_a_removed_model_is_named_and_its_table_stays(local_shop: EngineShop) -> None:
    local_shop.run("build")
    (file,) = local_shop.root.glob("*/report.py")
    file.unlink()
    assert kinds(local_shop)["report"] == "removed"
    assert "removed    report: the project has no such model" in local_shop.run("plan").stdout
    # Of a selection only its own models are compared.
    assert kinds(local_shop, "-s", "halves") == {"halves": "unchanged"}


@pytest.mark.usefixtures("own_modules")
def test_a_dropped_table_is_new_again(local_shop: EngineShop) -> None:
    local_shop.run("build")
    local_shop.query("DROP TABLE dbt_marketing.report")
    assert kinds(local_shop)["report"] == "new"


@pytest.mark.usefixtures("own_modules")
def test_a_state_that_cannot_be_read_stops_the_plan(local_shop: EngineShop) -> None:
    local_shop.run("build")
    local_shop.query("UPDATE dbt_marketing.build_state SET column_digests = '{' WHERE model = 'report'")
    output = local_shop.run("plan", code=2).output
    assert "The state in table dbt_marketing.build_state is damaged" in output


@pytest.mark.usefixtures("own_modules")
def test_a_target_without_a_connection_has_a_plan(local_shop: EngineShop) -> None:
    (local_shop.root / "profiles.yml").unlink()
    path = local_shop.root / "plan.json"
    where = ("--project-dir", str(local_shop.root), "-t", "redshift", "--as-of", "2024-05-15")
    output = invoke("plan", *where, "--out", str(path)).output
    assert "4 new" in output
    assert "Nothing is compared" in output
    assert json.loads(path.read_text())["world"] is None


def test_a_file_that_cannot_be_written_is_named(local_shop: EngineShop) -> None:
    path = local_shop.root / "pyproject.toml" / "plan.json"
    assert f"Cannot write {path}" in local_shop.run("plan", "--out", str(path), code=2).output


NAMES = st.text("abcdefgh_", min_size=1, max_size=24)
REFS = st.lists(st.tuples(NAMES, NAMES), max_size=4).map(tuple)
COLUMNS = st.lists(NAMES, max_size=9).map(tuple)
CHANGES = st.builds(
    ModelChange,
    NAMES,
    st.sampled_from(["new", "removed", "changed", "unchanged"]),
    st.sampled_from(["same", "must look"]),
    COLUMNS,
    COLUMNS,
    COLUMNS,
    st.booleans(),
    COLUMNS,
    published_as_of=st.none() | st.dates(),
    moving=COLUMNS,
    downstream=REFS,
)
CONSUMERS = st.builds(ConsumerChange, st.sampled_from(["exposure", "campaign list"]), NAMES, NAMES, REFS)


@given(
    changes=st.lists(CHANGES, max_size=6, unique_by=lambda change: change.name),
    consumers=st.lists(CONSUMERS, max_size=3),
)
def test_every_report_fits_a_terminal_and_names_every_model(
    changes: list[ModelChange], consumers: list[ConsumerChange]
) -> None:
    report = PlanReport(Changes(tuple(changes), tuple(consumers)), "schema marts on duckdb", date(2024, 5, 15), True)
    lines = list(text_lines(report))
    assert all(len(line) <= 80 for line in lines)
    assert all(line == line.rstrip() for line in lines)
    for text in ("\n".join(lines), "\n".join(markdown_lines(report)), json_text(report)):
        assert all(change.name in text for change in changes)
        assert all(consumer.name in text for consumer in consumers)
