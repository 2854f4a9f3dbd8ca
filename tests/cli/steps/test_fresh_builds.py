"""A build with stale sources fails, or reports by its exit code that it excluded models; a day may be a word."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from marketing_ibis.cli.session import ProjectSession
from marketing_ibis.project.settings import ProjectSettings
from tests.invocation import Run
from tests.paths import JAFFLE, MODEL_COUNT

NEWEST, FRESH, WARNED, STALE = "2018-04-09", "2018-04-10", "2018-04-14", "2018-04-24"
"""The newest order; days on which it is one day old, five, and fifteen."""


def tables(folder: Path) -> set[str]:
    with duckdb.connect(str(folder / "target" / "warehouse.duckdb"), read_only=True) as con:
        where = "WHERE schema_name = 'dbt_marketing'"
        found = con.execute(f"SELECT table_name FROM duckdb_tables() {where}").fetchall()
        found += con.execute(f"SELECT view_name FROM duckdb_views() {where} AND NOT internal").fetchall()
    return {name for (name,) in found} - {"build_history", "build_state"}


def stale_in(events: str) -> list[tuple[str, str, str]]:
    """Return the failures of the last event."""
    last = json.loads([line for line in events.splitlines() if line.startswith("{")][-1])
    assert last["event"] == "command_failed"
    assert all("is too old" in failure["reason"] for failure in last["data"]["failures"])
    return [(failure["kind"], failure["name"], failure["relation"]) for failure in last["data"]["failures"]]


def test_a_stale_source_stops_a_build_that_requires_fresh_ones(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE))
    failed = run("build", "--require-fresh", "--as-of", STALE, code=1)
    output = " ".join(failed.stderr.split())
    assert (
        f"dbt_production.orders is too old: newest order_date {NEWEST}, 15 days old (at most 14 days allowed)" in output
    )
    assert "Nothing was built." in output
    assert "without --require-fresh" in output
    assert tables(tmp_path) == set()
    events = run(
        "build", "--require-fresh", "--as-of", STALE, "-s", "+customer_cohorts", "--log-format", "json", code=1
    )
    assert stale_in(events.stdout) == [("source", "raw_orders", "dbt_production.orders")]
    run("build", "--require-fresh", "--as-of", WARNED, "--warn-error", "-s", "stg_orders", code=1)
    run("build", "--require-fresh", "--as-of", WARNED, "-s", "stg_orders")
    assert tables(tmp_path) == {"stg_orders"}


def test_no_source_to_ask_is_a_failure(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE))
    output = run("build", "--require-fresh", "--as-of", FRESH, "-s", "stg_customers", code=1).stderr
    assert "declares how old its data may be" in " ".join(output.split())
    assert tables(tmp_path) == set()


def test_an_empty_source_is_stale(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    for file in JAFFLE.glob("*.csv"):
        (folder / file.name).write_text(file.read_text().splitlines()[0] + "\n")
    run("seed", "--from", "empty")
    output = " ".join(run("build", "--require-fresh", "--as-of", FRESH, code=1).stderr.split())
    assert "dbt_production.orders has no order_date up to the day of the build" in output


def test_fresh_only_says_by_its_exit_code_that_models_were_excluded(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE))
    lines = run("build", "--fresh-only", "--as-of", STALE, "--log-format", "json", code=3).stdout.splitlines()
    last = json.loads(lines[-1])
    assert (last["event"], last["data"]["exit_code"]) == ("command_failed", 3)
    excluded = f"Published without {MODEL_COUNT - 2} models that depend on sources that are too old: stg_orders"
    assert excluded in last["message"]
    assert tables(tmp_path) == {"stg_customers", "stg_payments"}
    run("build", "--fresh-only", "--as-of", FRESH, "-s", "staging")


def test_fresh_only_with_nothing_left_fails(run: Run) -> None:
    run("seed", "--from", str(JAFFLE))
    assert "too old" in run("build", "--fresh-only", "--as-of", STALE, "-s", "stg_orders", code=1).stderr
    events = run("build", "--fresh-only", "--as-of", STALE, "-s", "stg_orders", "--log-format", "json", code=1)
    assert stale_in(events.stdout) == [("source", "raw_orders", "dbt_production.orders")]
    events = run("freshness", "--as-of", STALE, "--log-format", "json", code=1)
    assert stale_in(events.stdout) == [("source", "raw_orders", "dbt_production.orders")]


def test_the_two_exclude_each_other(run: Run) -> None:
    assert "exclude each other" in run("build", "--fresh-only", "--require-fresh", code=2).stderr


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
def test_words_mean_days_of_the_business(tmp_path: Path, zone: str) -> None:
    project = ProjectSettings(tmp_path, time_zone=zone)
    before = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
    today, yesterday = (ProjectSession(project=project, as_of_option=word).as_of for word in ("today", "yesterday"))
    assert before <= today <= before + timedelta(1)
    assert today - yesterday == timedelta(1)
    assert ProjectSession(project=project).as_of == today
    assert ProjectSession(project=project, as_of_option=date(2024, 5, 15)).as_of == date(2024, 5, 15)


@pytest.mark.parametrize("command", ["build", "run", "test", "freshness", "compile", "seed"])
def test_every_command_takes_them(run: Run, command: str) -> None:
    assert "YYYY-MM-DD, or today or yesterday" in " ".join(run(command, "--help").stdout.split())


def test_a_run_of_yesterday_says_which_day_it_is(run: Run) -> None:
    run("seed", "--from", str(JAFFLE))
    day = datetime.now(UTC).date() - timedelta(1)
    output = run("run", "-s", "stg_customers", "--as-of", "Yesterday").stdout
    assert f"as of {day}" in output or f"as of {day + timedelta(1)}" in output
    failed = " ".join(run("run", "--as-of", "tomorrow", code=2).stderr.split())
    assert "'tomorrow' is not a date: write YYYY-MM-DD, for example 2024-05-15, or today or" in failed
