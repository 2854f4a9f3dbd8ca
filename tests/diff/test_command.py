"""The command ``diff`` as users see it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.invocation import Run, invoke
from tests.paths import JAFFLE

CHANGES = """
UPDATE dev.customer_segmentation SET customer_segment = 'Lost' WHERE customer_id IN (50, 51);
UPDATE dev.customers SET first_name = 'Zebedee' WHERE customer_id = 7;
ALTER TABLE dev.customers ADD COLUMN tier VARCHAR;
ALTER TABLE dev.customers ALTER number_of_orders TYPE INTEGER;
UPDATE dev.orders SET amount = amount + 1.5, order_date = order_date + 2 WHERE order_id = 10;
DELETE FROM dev.orders WHERE order_id = 99;
DROP TABLE dev.customer_cohorts;
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a build, and a schema ``dev`` that contains the same tables."""
    path = tmp_path_factory.mktemp("built") / "w.duckdb"
    invoke("seed", "--from", str(JAFFLE), "--database", str(path))
    invoke("run", "--as-of", "2018-04-10", "-q", "--database", str(path), "--target-path", str(path.parent / "target"))
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA dev")
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'dbt_marketing'"
        for (name,) in connection.execute(query).fetchall():
            connection.execute(f"CREATE TABLE dev.{name} AS FROM dbt_marketing.{name}")
    return path


@pytest.fixture
def warehouse(built: Path, run: Run, tmp_path: Path) -> Path:
    """Return a copy of the database in the folder where commands find it."""
    (tmp_path / "target").mkdir()
    return Path(shutil.copy(built, tmp_path / "target" / "warehouse.duckdb"))


MODELS = ("-s", "customer_segmentation customers orders customer_cohorts")
"""The models that the tests change: each that is compared takes a moment."""


def change(path: Path, statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(statements)


def test_equal_schemas_do_not_differ(run: Run, warehouse: Path) -> None:
    assert "models compared, all equal." in run("diff", "dbt_marketing", "dev", "--check", *MODELS).output


def test_each_difference_is_printed(run: Run, warehouse: Path) -> None:
    change(warehouse, CHANGES)
    output = run("diff", "dbt_marketing", "dev", *MODELS).output
    assert "compared, 3 differ." in output
    for line in (
        "99 -> 98 rows by order_id: 0 added, 1 removed, 1 changed (1%)",
        "removed: 99",
        "amount: 1 row (1%); +150 cents, up to ",
        "order_date: 1 row (1%); +2 days",
        "column tier added: string",
        "column number_of_orders retyped: int64 -> int32",
        "first_name: 1 row (1%); personal data, not shown",
        "-> Lost",
        "such as 50, 51",
        "Only in dbt_marketing: customer_cohorts.",
    ):
        assert line in output
    assert "Zebedee" not in output
    assert all(len(line) <= 80 for line in output.splitlines())


def test_check_fails_when_something_differs(run: Run, warehouse: Path) -> None:
    change(warehouse, "DELETE FROM dev.orders WHERE order_id = 1")
    assert "dbt_marketing and dev differ." in run("diff", "dbt_marketing", "dev", *MODELS, "--check", code=1).output
    run("diff", "dbt_marketing", "dev", "--check", "-s", "customers")


def test_a_missing_key_is_named_and_the_other_models_are_compared(run: Run, warehouse: Path) -> None:
    change(warehouse, "ALTER TABLE dev.orders DROP COLUMN order_id; DELETE FROM dev.customers WHERE customer_id = 1")
    output = " ".join(run("diff", "dbt_marketing", "dev", *MODELS, code=1).output.split())
    assert "orders cannot be compared: dev.orders has no column order_id, which is part of its key." in output
    assert "customers 100 -> 99 rows by customer_id" in output


def test_a_key_that_is_not_unique_is_reported(run: Run, warehouse: Path) -> None:
    change(warehouse, "INSERT INTO dev.orders FROM dev.orders WHERE order_id = 1")
    output = " ".join(run("diff", "dbt_marketing", "dev", "-s", "orders").output.split())
    assert "1 added, 0 removed; compared as whole rows, because its key order_id is not unique in dev.orders" in output


def test_an_empty_schema_is_reported(run: Run, warehouse: Path) -> None:
    assert (
        "nowhere contains none of the selected models."
        in run("diff", "dbt_marketing", "nowhere", "-s", "orders", code=1).output
    )


def test_json_contains_the_whole_difference(run: Run, warehouse: Path) -> None:
    change(warehouse, CHANGES)
    difference = json.loads(
        run("diff", "dbt_marketing", "dev", "-s", "orders customer_cohorts", "--format", "json").output
    )
    assert (difference["before"], difference["after"], difference["equal"]) == ("dbt_marketing", "dev", False)
    assert difference["removed"] == ["customer_cohorts"]
    (orders,) = (table for table in difference["tables"] if table["name"] == "orders")
    assert (orders["rows_before"], orders["removed"], orders["removed_keys"]) == (99, 1, [["99"]])
    amounts = {column["name"]: column["distance"] for column in orders["columns"]}["amount"]
    assert (amounts["unit"], amounts["total"]) == ("cents", 150)
    events = run(
        "diff", "dbt_marketing", "dev", "-s", "orders customer_cohorts", "--log-format", "json"
    ).output.splitlines()
    (data,) = (event["data"] for event in map(json.loads, events) if event["event"] == "tables_compared")
    assert data == {"difference": difference}


def test_markdown_has_a_table_per_model(run: Run, warehouse: Path) -> None:
    change(warehouse, CHANGES + "UPDATE dev.customer_segmentation SET customer_segment = '<b>|' WHERE customer_id = 1")
    output = run("diff", "dbt_marketing", "dev", *MODELS, "--format", "markdown").output
    assert "| orders | 99 -> 98 | 0 | 1 | 1 |" in output
    assert "- column tier added: string" in output
    assert "| amount | 1 | 1% | +150 cents, up to " in output
    assert "\\<b\\>\\|" in output


def test_two_files_are_compared(run: Run, warehouse: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(warehouse, tmp_path / "other.duckdb"))
    assert "all equal" in run("diff", "other.duckdb", "duckdb:dev", "--check", *MODELS).output
    change(other, "DELETE FROM dev.orders WHERE order_id = 1")
    output = run("diff", "dbt_marketing", "other.duckdb:dev", "--check", *MODELS, code=1).output
    assert "dbt_marketing -> other.duckdb:dev: " in output
    assert "99 -> 98 rows by order_id: 0 added, 1 removed, 0 changed" in output


def test_days_are_built_and_published_nowhere(run: Run, warehouse: Path) -> None:
    before = warehouse.read_bytes()
    selection = ("-s", "orders marketing_attribution")
    assert "2 models compared, all equal." in run("diff", "2018-04-10", "dbt_marketing", "--check", *selection).output
    output = run("diff", "2018-03-10", "2018-04-10", *selection).output
    assert "2018-03-10 -> 2018-04-10: 2 models compared, 2 differ." in output
    assert warehouse.read_bytes() == before


@pytest.mark.parametrize(
    ("side", "code", "message"),
    [
        ("nothing.duckdb", 2, "There is no database file nothing.duckdb."),
        ("folder/x.duckdb:dev", 2, "There is no database file folder/x.duckdb."),
        ("typo:dev", 2, "typo in typo:dev is neither a database file nor a target."),
        ("2024-13-01", 2, "2024-13-01 is not a date."),
        ("1850-01-01", 2, "1850-01-01 is not between 1900-01-01 and"),
        (":", 2, "A side of the comparison is empty."),
        ("nowhere", 1, "nowhere contains none of the selected models."),
        ("postgres", 2, "The target postgres needs a connection"),
    ],
)
def test_a_wrong_side_is_named(side: str, code: int, message: str, run: Run, warehouse: Path) -> None:
    assert message in " ".join(run("diff", "dev", side, "-s", "orders", code=code).output.split())


@pytest.mark.usefixtures("postgres")
def test_a_server_is_compared_with_a_file(run: Run, warehouse: Path) -> None:
    selection = ("-s", "customer_segmentation orders stg_payments")
    server = ("--profiles-dir", ".", "-t", "prod")
    run("seed", "--from", str(JAFFLE), *server)
    run("run", "--as-of", "2018-04-10", "-q", *server)
    assert "all equal" in run("diff", "prod", "target/warehouse.duckdb", "--check", *selection, *server).output
    assert "all equal" in run("diff", "2018-04-10", "prod", "--check", *selection, *server).output
    assert "all equal" in run("diff", "dbt_marketing", "prod:dbt_marketing", "--check", *selection, *server).output
    change(warehouse, "UPDATE dbt_marketing.orders SET amount = amount + 1 WHERE order_id = 3")
    output = run("diff", "prod", "target/warehouse.duckdb", *selection, *server).output
    assert "amount: 1 row (1%); +100 cents" in output
