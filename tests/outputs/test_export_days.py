"""An export reports its day, and warns when the sources have newer data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.invocation import Run
from tests.paths import JAFFLE

JANUARY, NEWEST = "2018-01-31", "2018-04-09"
BUILT = ("-s", "+campaign_win_back +customers")
"""The models that are exported, and those that they depend on."""


def export(run: Run, model: str, *words: str) -> tuple[str, str]:
    result = run("export", model, "--to", "list.csv", *words)
    return " ".join(result.stdout.split()), " ".join(result.stderr.split())


def test_a_list_of_an_older_day_is_warned_of(run: Run) -> None:
    run("seed", "--from", str(JAFFLE))
    run("run", "--as-of", JANUARY, *BUILT)
    for model in ("campaign_win_back", "customer_segmentation", "customers"):
        message, warned = export(run, model)
        assert message.endswith(f"dbt_marketing.{model} to list.csv, as of {JANUARY}.")
        assert f"Warning: {model} is as of {JANUARY}, and dbt_production.orders has data up to {NEWEST}" in warned
        assert f"run -s +{model} --as-of {NEWEST}" in warned
    run("run", "--as-of", NEWEST, *BUILT)
    message, warned = export(run, "campaign_win_back")
    assert message.endswith(f"as of {NEWEST}.")
    assert "Warning" not in warned
    run("run", "--as-of", "2018-05-31", *BUILT)
    assert "Warning" not in export(run, "campaign_win_back")[1]


def test_a_view_is_as_of_the_day_of_the_tables_that_it_shows(run: Run) -> None:
    run("seed", "--from", str(JAFFLE))
    run("run", "--as-of", JANUARY, *BUILT)
    run("run", "-s", "+customer_segmentation", "--as-of", NEWEST)
    message, warned = export(run, "campaign_win_back")
    assert message.endswith(f"as of {NEWEST}.")
    assert "Warning" not in warned


def test_a_machine_gets_both_days(run: Run) -> None:
    run("seed", "--from", str(JAFFLE))
    run("run", "--as-of", JANUARY, *BUILT)
    for quiet in ((), ("-q",)):
        words = ("export", "customers", "--to", "list.json", "--log-format", "json", *quiet)
        events = [json.loads(line) for line in run(*words).stdout.splitlines()]
        (exported,) = [event["data"] for event in events if event["event"] == "model_exported"]
        assert (exported["as_of"], exported["newest"], exported["place"]) == (JANUARY, NEWEST, "list.json")
        assert exported["model"] == "customers"
        assert [event["level"] for event in events if event["event"] == "warning"] == ["warn"]


def test_a_table_without_a_day_has_none(run: Run) -> None:
    run("seed", "--from", str(JAFFLE))
    run("run", "--as-of", JANUARY, *BUILT)
    message, warned = export(run, "stg_payments")
    assert message.endswith("to list.csv.")
    assert "Warning" not in warned


def test_sources_that_are_gone_are_not_needed(run: Run, tmp_path: Path) -> None:
    import duckdb

    run("seed", "--from", str(JAFFLE))
    run("run", "--as-of", JANUARY, *BUILT)
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as con:
        con.execute("DROP TABLE dbt_production.orders")
    message, warned = export(run, "customer_segmentation")
    assert message.endswith(f"as of {JANUARY}.")
    assert "Warning" not in warned
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as con:
        con.execute("CREATE TABLE dbt_production.orders (id INT, order_date BOOLEAN)")
    _, warned = export(run, "customer_segmentation")
    assert "The newest day of dbt_production.orders is unknown" in warned


@pytest.mark.usefixtures("postgres")
def test_postgres_says_it_too(run: Run) -> None:
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    run("run", "-t", "postgres", "--as-of", JANUARY, "-s", "+campaign_win_back")
    message, warned = export(run, "campaign_win_back", "-t", "postgres")
    assert message.endswith(f"as of {JANUARY}.")
    assert f"has data up to {NEWEST}" in warned
