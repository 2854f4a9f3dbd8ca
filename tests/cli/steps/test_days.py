"""Tables of different days are reported, each with its day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from marketing_ibis.build.metrics import published_days
from tests.invocation import Run, invoke
from tests.paths import JAFFLE
from tests.shop import SHOP, failing, make_shop

STAGED = "\n        from datetime import date" + SHOP["stg_sales"].replace(
    "raw_sales: ir.Table", "raw_sales: ir.Table, as_of: date"
)
CHANGES = {
    "stg_sales": STAGED.replace("cents > 0)", "cents > ibis.date(as_of).day() - 40)"),
    "known": SHOP["halves"].replace("halves", "known").replace("stg_sales", "raw_sales"),
    "derived": SHOP["halves"].replace("halves", "derived").replace("stg_sales", "known").replace("cents /", "half /"),
}
"""Sales that count depend on the day; known sales depend on the source only."""
FIRST, SECOND = "2024-01-31", "2024-02-29"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_shop(tmp_path, **CHANGES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(command: str, *words: str, code: int = 0) -> str:
    return invoke(command, "--database", "warehouse.duckdb", *words, code=code).stderr


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("first", ["run", "build"])
@pytest.mark.parametrize("second", ["run", "build"])
def test_a_part_that_reads_tables_of_another_day_says_so(first: str, second: str) -> None:
    call(first, "--as-of", FIRST)
    output = call(second, "-s", "report", "--as-of", SECOND)
    assert output == (
        "Warning: halves, totals are as of 2024-01-31; this run is as of 2024-02-29: "
        "build them too with -s +report, or --as-of 2024-01-31.\n"
    )


@pytest.mark.usefixtures("shop")
def test_a_part_of_the_same_day_and_tables_that_know_no_day_are_fine() -> None:
    call("run", "--as-of", FIRST)
    assert call("run", "-s", "report", "--as-of", FIRST) == ""
    call("run", "-s", "+report", "--as-of", SECOND)
    assert call("run", "-s", "report", "--as-of", SECOND) == ""
    assert call("run", "-s", "derived", "--as-of", SECOND) == ""
    assert call("run", "-s", "derived", "--as-of", FIRST) == ""


@pytest.mark.usefixtures("shop")
def test_a_view_stands_for_what_it_shows() -> None:
    call("run", "--as-of", FIRST)
    # The view itself is of the second day, and so are the rows that it reads.
    call("run", "-s", "stg_sales", "--as-of", SECOND)
    assert call("run", "-s", "totals", "--as-of", SECOND) == ""
    assert "stg_sales is as of 2024-02-29; this run is as of 2024-01-31: build it too with -s +totals" in call(
        "run", "-s", "totals", "--as-of", FIRST
    )


@pytest.mark.usefixtures("shop")
def test_rows_that_are_shown_are_as_of_the_day_of_their_tables() -> None:
    call("run", "--as-of", FIRST)
    note = f"As of {FIRST}, like the published tables; --as-of names a different day.\n"
    assert call("show", "report") == note
    assert call("show", "report", "--as-of", FIRST) == ""
    assert "this run is as of 2024-02-29" in call("show", "report", "--as-of", SECOND)
    assert call("show", "known") == ""
    call("run", "-s", "+totals", "--as-of", SECOND)
    assert "this run is as of" in call("show", "report")


def test_only_what_is_published_gets_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop(tmp_path, totals=failing("totals"))
    monkeypatch.chdir(tmp_path)
    call("build", "--as-of", FIRST, "--publish", "passing", code=1)
    with shop.open() as target:
        assert published_days(target, "dbt_marketing") == dict.fromkeys(("stg_sales", "halves"), date(2024, 1, 31))


SCORED = ("-s", "+customer_segmentation")


def test_tests_of_tables_of_a_different_day_are_reported(run: Run) -> None:
    run("seed", "--from", str(JAFFLE))
    run("run", *SCORED, "--as-of", "2018-02-28")
    failed = run("test", *SCORED, "--as-of", "2018-04-10", code=1).stderr
    assert failed.splitlines()[-1].endswith(
        "customer_segmentation is as of 2018-02-28, and the tests ran as of 2018-04-10: add --as-of 2018-02-28."
    )
    run("test", *SCORED, "--as-of", "2018-02-28")


@pytest.mark.usefixtures("postgres")
def test_postgres_knows_the_day_too(run: Run) -> None:
    run("seed", "--from", str(JAFFLE), "-t", "postgres")
    run("run", "-t", "postgres", "--as-of", "2018-02-28", "-s", "+customer_segmentation")
    output = run("run", "-t", "postgres", "-s", "customer_segmentation", "--as-of", "2018-04-10").stderr
    assert "this run is as of 2018-04-10: build" in output
    assert "or --as-of 2018-02-28." in output
