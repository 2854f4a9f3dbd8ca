"""The commands build incremental models, say how, and carry out plans of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.incremental_shop import EVENTS
from tests.invocation import Run
from tests.shop import Shop, make_shop

pytestmark = pytest.mark.usefixtures("own_modules")

DAY = ("--as-of", "2024-05-15")
TABLE = "SELECT * FROM dbt_marketing.visits ORDER BY id"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = make_shop(tmp_path, **EVENTS)
    with shop.open() as target:
        target.execute(
            "CREATE TABLE dbt_production.events AS SELECT id, customer_id, day, cents FROM (VALUES"
            " (1::BIGINT, 1::BIGINT, DATE '2024-05-01', 10::BIGINT), (2, 2, DATE '2024-05-10', 20)) t(id, customer_id,"
            " day, cents)"
        )
    return shop


def insert(shop: Shop, *rows: str) -> None:
    with shop.open() as target:
        target.execute(f"INSERT INTO dbt_production.events VALUES {', '.join(rows)}")


def count(shop: Shop) -> int:
    with shop.open() as target:
        return len(target.query(TABLE))


@pytest.mark.parametrize("command", ["build", "run"])
def test_the_line_of_a_model_says_how_it_was_built(run: Run, shop: Shop, command: str) -> None:
    database = ("--database", str(shop.database), *DAY)
    assert "[full refresh: it is not published yet; 2 rows in " in run(command, *database).output
    insert(shop, "(3, 2, DATE '2024-05-09', 5)")
    assert "[incremental, 2 rows of 3 in " in run(command, *database).output
    assert "[full refresh: --full-refresh; 3 rows in " in run(command, "--full-refresh", *database).output
    earlier = ("--database", str(shop.database), "--as-of", "2024-05-12")
    assert "[full refresh: as_of was 2024-05-15, a later date; 3 rows in " in run(command, *earlier).output


def test_what_did_not_change_is_kept(run: Run, shop: Shop) -> None:
    database = ("--database", str(shop.database), *DAY)
    run("build", *database)
    assert "Nothing to build" in run("build", "--changed", *database).output
    insert(shop, "(3, 2, DATE '2024-05-09', 5)")
    assert "[incremental, 2 rows of 3 in " in run("build", "--changed", *database).output


def test_a_plan_file_keeps_rows_and_notices_another_build(run: Run, shop: Shop) -> None:
    database = ("--database", str(shop.database))
    run("build", *database, *DAY)
    insert(shop, "(3, 2, DATE '2024-05-09', 5)")
    file = str(shop.root / "plan.json")
    run("plan", "--out", file, *database, *DAY)
    assert "[incremental, 2 rows of 3 in " in run("apply", file, *database).output
    assert "published by another build" in run("apply", file, *database, code=2).output
    assert count(shop) == 3


def test_without_a_database_the_whole_table_is_planned(run: Run, shop: Shop) -> None:
    folder = shop.root / "target"
    run("build", "--dry-run", "-t", "redshift", "--target-path", str(folder), *DAY)
    assert "ANTI JOIN" not in (folder / "redshift" / "run" / "visits.sql").read_text()


def test_rows_of_a_sample_are_not_kept(run: Run, shop: Shop) -> None:
    from datetime import date

    from marketing_ibis.build.metrics import sample_statements
    from marketing_ibis.build.publish import execute_all

    database = ("--database", str(shop.database), *DAY)
    run("build", *database)
    with shop.open() as target:
        execute_all(target, sample_statements(target.dialect, "dbt_marketing", 1, date(2024, 5, 15)))
    assert "[full refresh: the published table is that of a sample; 2 rows in " in run("build", *database).output
    assert "[incremental, 1 row of 2 in " in run("build", *database).output


def test_selectors_know_incremental_models(run: Run, shop: Shop) -> None:
    assert run("ls", "-s", "config.materialized:incremental").output.split() == ["visits"]


def test_a_late_row_before_the_window_is_reported_and_repaired(run: Run, shop: Shop) -> None:
    database = ("--database", str(shop.database), *DAY)
    run("build", *database)
    insert(shop, "(3, 1, DATE '2024-04-30', 5)")
    reported = run("build", *database)
    assert "Warning: 1 day of visits before the window differs from the source: 2024-04-30 (1 row missing)." in (
        " ".join(reported.output.split())
    )
    assert count(shop) == 2
    repaired = run("build", "--repair", *database).output
    assert "[incremental, 2 rows of 3 in " in repaired
    assert "Repaired 1 day of visits: 2024-04-30 (1 row missing)." in " ".join(repaired.split())
    with shop.open() as target:
        rows = target.query(TABLE)
    run("build", "--full-refresh", *database)
    with shop.open() as target:
        assert target.query(TABLE) == rows
    assert "differs" not in run("build", *database).output


def test_a_repair_is_not_a_full_refresh(run: Run, shop: Shop) -> None:
    database = ("--database", str(shop.database), *DAY)
    output = run("build", "--repair", "--full-refresh", *database, code=2).output
    assert "--repair and --full-refresh exclude each other." in output


def test_tables_that_are_read_whole_are_named(run: Run, shop: Shop) -> None:
    path = shop.root / "dataflow" / "visits.py"
    if not path.exists():
        (path,) = shop.root.rglob("visits.py")
    text = path.read_text().replace("group_by=events.customer_id, order_by", "order_by", 1)
    path.write_text(text)
    database = ("--database", str(shop.database), *DAY)
    run("build", *database)
    output = " ".join(run("build", *database).output.split())
    assert "visits reads all rows of raw_events: a window has rows of more than one customer_id." in output
