"""The outcome of a run, in the format of dbt's run results."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from marketing_ibis.build.run import run_plan
from marketing_ibis.outputs.artifacts import Clock, write_run_results, write_seed_results
from tests.outputs.artifacts.project import INVOCATION, described
from tests.outputs.artifacts.reading import parse
from tests.shop import Shop, failing, make_shop


def written(shop: Shop, **options: int) -> dict:
    clock, plan = Clock(), shop.plan()
    with shop.open() as target:
        results = run_plan(plan, target, on_start=clock.started, **options)  # type: ignore[arg-type]
    path = write_run_results(shop.root, INVOCATION, described(shop).dialect, results, clock)
    document: dict = json.loads(path.read_text("utf-8"))
    assert type(parse("run_results", document)).__name__ == "RunResultsV6"
    return document


def results_of(document: dict) -> dict[str, dict]:
    return {result["unique_id"].removeprefix("model.marketing_ibis."): result for result in document["results"]}


@pytest.mark.parametrize("threads", [1, 3])
def test_every_model_has_status_rows_and_times(tmp_path: Path, threads: int) -> None:
    document = written(make_shop(tmp_path), threads=threads)
    results = results_of(document)
    assert {name: result["adapter_response"] for name, result in results.items()} == {
        "stg_sales": {},
        "totals": {"rows_affected": 1},
        "halves": {"rows_affected": 2},
        "report": {"rows_affected": 1},
    }
    for result in results.values():
        (timing,) = result["timing"]
        began, ended = (datetime.fromisoformat(timing[key]) for key in ("started_at", "completed_at"))
        assert (ended - began).total_seconds() == pytest.approx(result["execution_time"], abs=1e-5)
        assert result["status"] == "success"
    env = document["metadata"]["env"]
    assert (env["as_of"], env["target"], env["published"]) == ("2024-05-15", "duckdb", "true")
    assert document["args"] == {"which": "run", "select": ["marts"]}


def test_a_failure_says_why_and_what_it_kept_from_being_built(tmp_path: Path) -> None:
    document = written(make_shop(tmp_path, totals=failing("totals")))
    results = results_of(document)
    assert {name: result["status"] for name, result in results.items()} == {
        "stg_sales": "success",
        "totals": "error",
        "halves": "success",
        "report": "skipped",
    }
    assert results["totals"]["message"]
    assert results["report"]["message"] == "totals was not built"
    assert results["report"]["timing"] == []
    assert document["metadata"]["env"]["published"] == "false"


def test_a_seed_records_the_rows_of_each_source(tmp_path: Path) -> None:
    path = write_seed_results(tmp_path, INVOCATION, "dbt_production", {"sales": 3}, 0.5)
    (result,) = parse("run_results", json.loads(path.read_text("utf-8"))).results
    assert result.unique_id == "source.marketing_ibis.dbt_production.sales"
    assert result.adapter_response == {"rows_affected": 3}
