"""The command ``report`` as users see it."""

from __future__ import annotations

import builtins
import re
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dataflows.report import REPORT, queries
from dataflows.report.rows import Credit
from marketing_ibis.engines import ENGINES
from marketing_ibis.project.model_recorder import ModelRecorder
from marketing_ibis.project.settings import ProjectSettings
from marketing_ibis.report.reading import read_answers
from tests.dataflows.report.shops import context_of
from tests.engines.postgres.warehouse import settings_of
from tests.invocation import Run
from tests.paths import GOLDEN, JAFFLE
from tests.postgres_server import fresh_database
from tests.report.markup import parse


def test_the_jaffle_shop_from_files_to_page(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE))
    run("run", "--as-of", "2018-04-10")
    with pytest.MonkeyPatch.context() as patch:
        # It reads tables that were built before: how they are computed is not asked.
        patch.setattr(ModelRecorder, "run_node", None)
        output = run("report").output
    assert "Wrote target/report.html as of 2018-04-10, " in output
    assert "Warning" not in output
    page = (tmp_path / "target" / "report.html").read_text("utf-8")
    text = parse(page).text
    assert len(page.encode()) < 1_000_000
    for part in ("of 100\xa0customers", "$16.26", "As of 10\xa0April\xa02018", "no data tests were run"):
        assert part in text


def test_a_report_of_an_earlier_day_than_the_sources_says_so(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE))
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as con:
        con.execute("UPDATE dbt_production.orders SET order_date = order_date + 60 WHERE order_date > '2018-03-20'")
    run("build", "--as-of", "2018-04-10", "-q")
    output = run("report").output
    assert "The tables are as of 2018-04-10, and the sources have data up to 2018-06-08" in output
    text = " ".join(parse((tmp_path / "target" / "report.html").read_text("utf-8")).text.split())
    assert "This report is as of 10 April 2018, and the sources have data up to 8 June 2018." in text
    excluded = re.search(r"(\d+) customers without an order by that day are excluded", text)
    assert excluded
    assert f"of {100 - int(excluded[1])} customers with an order by that day" in text
    # Testing one table keeps the results of the others.
    run("test", "-s", "orders", "--as-of", "2018-04-10")
    run("report")
    found = re.search(r"(\d+) of (\d+) data tests run", (tmp_path / "target" / "report.html").read_text("utf-8"))
    assert found
    assert int(found[1]) == int(found[2]) - 1 > 300


def test_a_day_that_is_not_over_makes_no_report_late(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("seed", "--from", str(JAFFLE))
    today = date(2018, 4, 11)
    monkeypatch.setattr(ProjectSettings, "today", lambda project: today)
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as con:
        con.execute(f"UPDATE dbt_production.orders SET order_date = DATE '{today}' - CAST(id % 2 AS INTEGER)")
    run("run", "--as-of", "yesterday", "-q")
    assert "Warning" not in run("report").output
    assert "Warning" not in run("export", "customers", "--to", "customers.csv").output


def test_sources_that_cannot_be_read_stop_no_report(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE))
    run("run", "--as-of", "2018-04-10", "-q")
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as con:
        con.execute("CREATE OR REPLACE TABLE dbt_production.orders (id INT, order_date BOOLEAN)")
    output = run("report").output
    assert "The newest day of dbt_production.orders is unknown" in output
    assert "Wrote target/report.html as of 2018-04-10, " in output


def test_nothing_built_is_one_message(run: Run, tmp_path: Path) -> None:
    output = run("report", code=1).output
    assert "There is nothing to report: no database at target/warehouse.duckdb." in output
    assert "Build it: `build`." in output
    assert not (tmp_path / "target").exists()
    run("seed", "--from", str(JAFFLE))
    assert "schema dbt_marketing contains none of the report's tables" in run("report", code=1).output
    run("run", "-s", "+customer_segmentation", "--as-of", "2018-04-10")
    assert "contains no table product_performance and no table customer_cohorts" in run("report", code=1).output


def test_a_place_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    run("build", "--demo", "--orders", "0", "--as-of", "2018-04-10")
    (tmp_path / "file").write_text("")
    assert "Cannot write file/r.html" in run("report", "--out", "file/r.html", code=2).output


def test_without_the_libraries_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("build", "--demo", "--orders", "0", "--as-of", "2018-04-10")
    original = builtins.__import__

    def without(name: str, *rest: object, **named: object) -> object:
        if name.split(".")[0] == "vl_convert":
            raise ModuleNotFoundError("No module named 'vl_convert'", name=name)
        return original(name, *rest, **named)  # type: ignore[arg-type]

    for name in [
        name for name in sys.modules if name.startswith(("dataflows.report", "marketing_ibis.report.drawing"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    output = run("report", code=2).output
    assert "vl_convert" in output
    assert "pip install 'marketing-ibis[docs]'" in output


def test_postgres_shows_what_duckdb_shows(run: Run, tmp_path: Path) -> None:
    with fresh_database() as uri:
        settings = settings_of(uri)
        lines = [f"      {key}: {value}" for key, value in settings.items()]
        (tmp_path / "profiles.yml").write_text(
            "shop:\n  target: p\n  outputs:\n    p:\n      type: postgres\n      schema: dbt_marketing\n"
            + "\n".join(lines)
            + "\n",
            "utf-8",
        )
        server = ("--target", "postgres", "--profiles-dir", str(tmp_path))
        for place in ((), server):
            run("seed", "--from", str(GOLDEN), *place)
            run("run", "--as-of", "2024-05-15", *place)
        run("report", "--out", "a/b/p.html", *server)
        with (
            ENGINES["postgres"].open(settings) as postgres,
            ENGINES["duckdb"].open({"path": tmp_path / "target" / "warehouse.duckdb"}) as duckdb,
        ):
            shown, expected = (
                read_answers(REPORT, target, "dbt_marketing", context_of()) for target in (postgres, duckdb)
            )
            for query in REPORT.queries:
                # Engines agree on doubles to nine digits.
                near = _near if query is queries.credits else lambda row: row
                assert list(map(near, shown.rows(query))) == list(map(near, expected.rows(query))), query.name
    assert "$660.67" in parse((tmp_path / "a" / "b" / "p.html").read_text("utf-8")).text


def _near(credit: Credit) -> tuple[str, str, str, str]:
    return credit.model, credit.channel, f"{credit.customers:.9g}", f"{credit.revenue:.9g}"
