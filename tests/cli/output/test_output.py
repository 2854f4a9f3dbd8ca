"""The output of commands for machines, terminals and shells."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner, Result

from marketing_ibis.cli import main
from marketing_ibis.cli.output.log import EVENTS
from marketing_ibis.testing.run import format_number
from tests.outputs.openlineage.server import lineage_server
from tests.paths import ROOT
from tests.shop import SHOP, failing, make_shop

NEGATIVE = "from marketing_ibis.data_tests import positive_value\n" + dedent(SHOP["totals"]).replace(
    "nullable=True", "nullable=True, tests=(positive_value(),)"
).replace("cents=stg_sales.cents.sum()", "cents=-stg_sales.cents.sum()")
"""A model of SHOP with one test, which fails."""
RUN = ("run", "--database", "warehouse.duckdb", "--as-of", "2024-05-15")
Invoke = Callable[..., Result]


def invoke(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result


def events(result: Result) -> list[dict[str, Any]]:
    """Return the events of a command, one per line of stdout."""
    found = [json.loads(line) for line in result.stdout.splitlines()]
    for event in found:
        assert list(event) == ["ts", "level", "event", "message", "data"]
        assert datetime.fromisoformat(event["ts"]).tzinfo
        assert event["event"] in EVENTS
        assert event["level"] in ("debug", "info", "warn", "error")
    return found


def named(found: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [event["data"] for event in found if event["event"] == name]


@pytest.mark.parametrize("threads", ["1", "3"])
def test_the_json_events_of_a_run_are_complete(shop: Path, threads: str) -> None:
    found = events(invoke(*RUN, "--log-format", "json", "--threads", threads))
    assert found[0]["event"] == "run_started"
    assert found[0]["data"] == {"models": 4, "target": "duckdb", "as_of": "2024-05-15"}
    finished = {data["model"]: data for data in named(found, "model_finished")}
    assert {data["model"] for data in named(found, "model_started")} == set(finished) == set(SHOP) - {"raw_sales"}
    assert finished["halves"]["rows"] == 2
    assert finished["halves"]["status"] == "success"
    assert Path(finished["halves"]["sql"]).is_file()
    assert sorted(data["number"] for data in finished.values()) == [1, 2, 3, 4]
    (summary,) = named(found, "run_finished")
    assert summary["published"] is True
    assert summary["models"] == {"success": 4, "error": 0, "skipped": 0}
    assert found[-1]["event"] == "command_finished"


def test_a_failure_is_an_event_and_a_message(shop: Path, tmp_path: Path) -> None:
    package = next(path.parent for path in tmp_path.glob("shop_*/totals.py"))
    head = (package / "totals.py").read_text().split("\nCOLUMNS")[0]
    (package / "totals.py").write_text(head + "\n" + re.sub(r"(?m)^ {8}", "", failing("totals")))
    result = invoke(*RUN, "--log-format", "json", code=1)
    found = events(result)
    finished = {data["model"]: data for data in named(found, "model_finished")}
    assert finished["totals"]["status"] == "error"
    assert finished["totals"]["reason"]
    assert finished["report"]["status"] == "skipped"
    last = found[-1]
    assert last["event"] == "command_failed"
    assert last["data"]["exit_code"] == 1
    (failure,) = last["data"]["failures"]
    assert (failure["kind"], failure["name"]) == ("model", "totals")
    assert failure["reason"] == finished["totals"]["reason"]
    assert Path(failure["sql"]).is_file()
    first_line = failure["reason"].splitlines()[0].rstrip(".")[:160]
    for message in (last["message"], result.stderr):
        assert f"1 model failed: totals ({first_line}" in message
        assert f"Its SQL: {failure['sql']}. Fix the model, then run again." in message


@pytest.mark.parametrize("command", ["build", "test"])
def test_the_last_event_says_which_test_failed_and_where_its_query_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    make_shop(tmp_path, totals=NEGATIVE)
    monkeypatch.chdir(tmp_path)
    invoke(*RUN)
    result = invoke(command, *RUN[1:], "--log-format", "json", code=1)
    last = events(result)[-1]
    (failure,) = last["data"]["failures"]
    assert (failure["kind"], failure["name"]) == ("test", "positive_value_totals_cents")
    assert (failure["failures"], failure["relation"]) == (1, "dbt_marketing.totals.cents")
    message = "1 test failed: positive_value_totals_cents (1 failure in dbt_marketing.totals.cents)."
    assert last["message"].startswith(message)
    assert Path(failure["sql"]).is_file()
    assert f"Its SQL: {failure['sql']}. Fix the rows or the model" in last["data"]["hint"]
    assert message in result.stderr


def test_seed_and_compile_tell_machines_too(shop: Path) -> None:
    found = events(invoke("compile", "-s", "totals", "--log-format", "json"))
    (compiled,) = named(found, "model_compiled")
    assert compiled["sql"].startswith("SELECT")
    assert named(found, "sql_written")[0]["models"] == 1
    (shop / "files").mkdir()
    (shop / "files" / "sales.csv").write_text("id,cents\n1,5\n")
    seeded = events(invoke("seed", "--from", "files", "--log-format", "json"))
    assert named(seeded, "source_seeded") == [{"relation": "dbt_production.sales", "rows": 1}]


def test_compile_counts_what_models_make_redshift_do(shop: Path) -> None:
    found = events(invoke("compile", "-t", "redshift", "--explain", "--log-format", "json"))
    (counted,) = named(found, "costs_counted")
    assert counted["costs"]["totals"]["scans"] == ["dbt_production.sales"]
    table = invoke("compile", "-t", "redshift", "--explain").stdout.splitlines()
    assert table[0].split()[:2] == ["model", "scans"]
    assert max(map(len, table)) <= 80
    (line,) = (line for line in table if line.startswith("totals "))
    assert line.split()[1] == "1"
    single = invoke("compile", "-t", "redshift", "--explain", "-s", "totals").stdout
    assert single.splitlines()[:2] == ["totals", "  scans             dbt_production.sales"]


def test_what_queries_cost_is_refused_for_an_engine_that_is_not_estimated(shop: Path) -> None:
    refused = invoke("compile", "--explain", code=2)
    assert "--explain does not estimate what SQL costs on DuckDB." in refused.stderr
    assert "Pass --target redshift, which needs no connection, or measure a model on DuckDB:" in refused.stderr
    assert "profile MODEL" in refused.stderr


def test_a_wrong_setting_is_an_event(shop: Path) -> None:
    found = events(invoke("run", "-s", "totls", "--log-format", "json", code=1))
    assert [event["event"] for event in found] == ["command_failed"]
    assert found[0]["data"]["hint"] == "Did you mean totals?"


def test_quiet_machines_hear_of_failures_and_the_end_only(shop: Path) -> None:
    found = events(invoke(*RUN, "--log-format", "json", "-q"))
    assert [event["event"] for event in found] == ["run_finished", "command_finished"]


def test_every_event_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "events.md").read_text("utf-8")
    table = page.partition("| event | means |")[2]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.M))
    assert rows == dict(EVENTS)


def test_a_lineage_server_hears_of_a_run(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lineage_server() as server:
        monkeypatch.setenv("OPENLINEAGE_URL", server.url)
        invoke(*RUN)
    assert server.states()["marketing_ibis.run"] == ["START", "COMPLETE"]
    assert server.of("marketing_ibis.dbt_marketing.totals")[-1]["eventType"] == "COMPLETE"


def test_a_lineage_server_that_is_away_is_a_warning(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", "no address")
    result = invoke(*RUN)
    assert result.stderr.startswith("Warning: OPENLINEAGE_URL is not an address")
    assert "Published" in result.stdout


def test_state_compares_with_a_kept_manifest(shop: Path) -> None:
    invoke("compile", "--target-path", "kept", "--as-of", "2020-01-01")
    unmodified = invoke("ls", "-s", "state:modified", "--state", "kept")
    assert (unmodified.stdout, "Nothing to do" in unmodified.stderr) == ("", True)
    package = next(path.parent for path in shop.glob("shop_*/totals.py"))
    changed = (package / "halves.py").read_text().replace("/ 2", "/ 40")
    (package / "halves.py").write_text(changed)
    # Outside of tests, each command is a separate process, which imports the modules again.
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]
    assert invoke("ls", "-s", "state:modified+", "--state", "kept").output.split() == ["halves", "report"]
    drawn = invoke("lineage", "-s", "state:modified+", "--state", "kept", "--format", "mermaid").output
    assert "halves" in drawn
    assert "totals" not in drawn
    assert "Wrote the SQL of 2 models" in invoke("compile", "-s", "state:modified+", "--state", "kept").output


def terminal(folder: Path, **environment: str) -> str:
    """Return the output of a run in a terminal."""
    import pty

    reader, writer = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")}
    process = subprocess.Popen(
        [sys.executable, "-m", "marketing_ibis", *RUN],
        stdout=writer,
        stderr=writer,
        cwd=folder,
        env=kept | {"TERM": "xterm", "COLUMNS": "120"} | environment,
    )
    os.close(writer)
    shown = b""
    try:
        while block := os.read(reader, 65536):
            shown += block
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(reader)
    assert process.wait() == 0, shown
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_a_terminal_shows_a_bar_and_colours(shop: Path) -> None:
    shown = terminal(shop)
    assert re.search(r"\d/4", shown)
    assert "\x1b[32mOK\x1b[0m" in shown
    assert "4 of 4" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
@pytest.mark.parametrize("variable", ["NO_COLOR", "CI"])
def test_plain_lines_when_asked_for(shop: Path, variable: str) -> None:
    shown = terminal(shop, **{variable: "1"})
    assert "4 of 4" in shown
    assert "0/4" not in shown
    assert ("\x1b" in shown) == (variable == "CI")


def test_a_model_that_raises_is_reported_once_and_by_this_program_alone(tmp_path: Path) -> None:
    # In a separate process: the test runner captures every library's log, which keeps it off the screen.
    shop = make_shop(tmp_path, totals=SHOP["totals"].replace("stg_sales.count()", "stg_sales.amount.sum()"))
    command = [sys.executable, "-m", "marketing_ibis", "compile"]
    done = subprocess.run(command, cwd=shop.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.strip().splitlines()
    assert first.startswith("Error: Model totals cannot be built: AttributeError: ")
    assert re.fullmatch(r"See .*totals\.py:\d+\.( Did you mean \w+\?)?", second)


def test_a_failure_is_reported_once_in_one_file(shop: Path) -> None:
    command = [sys.executable, "-m", "marketing_ibis", "run", "-s", "totls", "--log-format", "json"]
    kept = subprocess.run(command, cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert json.loads(kept.stdout)["event"] == "command_failed"
    apart = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)
    assert json.loads(apart.stdout)["event"] == "command_failed"
    assert apart.stderr.startswith("Error: ")


def test_quiet_leaves_out_warnings_of_tests(shop: Path) -> None:
    package = next(path.parent for path in shop.glob("shop_*/halves.py"))
    text = (package / "halves.py").read_text().replace('"Half.")', '"Half.", tests=(not_null(severity="warn"),))')
    text = text.replace("stg_sales.cents / 2", "(stg_sales.cents / 2).nullif(50.0)").replace(
        '"float64", "Half."', '"float64", "Half.", nullable=True'
    )
    (package / "halves.py").write_text("from marketing_ibis.data_tests import not_null\n" + text)
    assert "\n  1  not_null_halves_half\n" in invoke("build", *RUN[1:]).output
    assert invoke("build", *RUN[1:], "-q").output == ""


def test_a_file_of_duckdb_is_none_of_a_server(shop: Path) -> None:
    output = invoke(*RUN, "-t", "postgres", code=2).stderr
    assert "--database names a DuckDB file, and the target is postgres." in output


@pytest.mark.parametrize(
    ("number", "message"),
    [(996.0000000000001, "996"), (0.1 + 0.2, "0.3"), (2100, "2100"), (1234567.891, "1234567.891")],
)
def test_numbers_are_printed_without_noise(number: object, message: str) -> None:
    assert format_number(number) == message
