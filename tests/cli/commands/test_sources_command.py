"""`sources inspect` prints what it proposes, and writes it on request: settings with which the shop can be built."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import duckdb

from tests.build.test_inspection import SHOP
from tests.invocation import Run


def write_shop(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"  # ours\n\n[tool.marketing_ibis]\n', "utf-8")
    (folder / "exports").mkdir()
    for name, content in SHOP.items():
        (folder / "exports" / name).write_text(content, "utf-8")


def test_a_folder_is_inspected_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    write_shop(tmp_path)
    before = (tmp_path / "pyproject.toml").read_text("utf-8")
    result = run("sources", "inspect", "exports")
    assert "raw_orders <- exports/shop_orders.csv: 3 rows" in result.stdout
    assert "order_date <- Created At (day)" in result.stdout
    assert "[tool.marketing_ibis.sources.raw_payments]" in result.stdout
    assert "x.org" not in result.stdout
    assert "Reading exports/clients.csv." in result.stderr
    assert (tmp_path / "pyproject.toml").read_text("utf-8") == before
    assert not (tmp_path / "target").exists()


def test_the_proposal_is_written_with_its_evidence(run: Run, tmp_path: Path) -> None:
    write_shop(tmp_path)
    assert "Wrote the settings to" in run("sources", "inspect", "exports", "--write").stdout
    text = (tmp_path / "pyproject.toml").read_text("utf-8")
    assert text.startswith('[project]\nname = "shop"  # ours\n')
    assert "# order_date <- Created At: usual name; 2024-03-25 to 2024-04-03" in text
    settings = tomllib.loads(text)["tool"]["marketing_ibis"]
    assert settings["sources"]["raw_payments"]["amount_unit"] == "dollars"


def test_json_has_the_same_without_personal_data(run: Run, tmp_path: Path) -> None:
    write_shop(tmp_path)
    output = run("sources", "inspect", "exports", "--format", "json").stdout
    document = json.loads(output)
    sources = {proposal["source"] for proposal in document["proposals"]}
    assert sources == {"raw_customers", "raw_orders", "raw_payments"}
    assert "Ada" not in output
    assert document["settings"]["tables"]


def test_a_schema_and_a_database_file_are_inspected(run: Run, tmp_path: Path) -> None:
    write_shop(tmp_path)
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("CREATE SCHEMA erp")
        connection.execute("CREATE TABLE erp.customers AS SELECT 1 AS id, 'Ada' AS first_name, 'L' AS last_name")
    for arguments in (["shop.duckdb"], ["erp", "--database", "shop.duckdb"]):
        output = run("sources", "inspect", *arguments).stdout
        assert "raw_customers <- erp.customers: 1 row" in output
        assert 'table = "erp.customers"' in output
        assert "raw_orders: no table fits." in output


def test_a_place_that_does_not_exist_is_refused(run: Run, tmp_path: Path) -> None:
    write_shop(tmp_path)
    duckdb.connect(str(tmp_path / "shop.duckdb")).execute("CREATE SCHEMA erp; CREATE TABLE erp.t (i INT)").close()
    result = run("sources", "inspect", "epr", "--database", "shop.duckdb", code=2)
    assert "epr is not a file, a folder, or a schema with tables" in result.stderr
    assert "Did you mean erp?" in result.stderr
    assert "There is no database" in run("sources", "inspect", "nowhere", code=1).stderr
    for name in ("order.csv", "exprts/orders"):
        assert f"The file or folder {name} does not exist." in run("sources", "inspect", name, code=2).stderr
    (tmp_path / "exports" / "clients.csv").write_bytes("id,first_name\n1,Jörg\n".encode("latin-1"))
    assert "--encoding latin-1" in run("sources", "inspect", "exports", code=1).stderr


def test_what_is_written_can_be_loaded_and_run(run: Run, tmp_path: Path) -> None:
    write_shop(tmp_path)
    exports = tmp_path / "exports"
    (exports / "clients.csv").write_text(
        SHOP["clients.csv"].replace("First Name", "First Name,Last Name").replace("Ada", "Ada,L").replace("Bo", "Bo,M"),
        "utf-8",
    )
    run("sources", "inspect", "exports", "--write")
    run("seed", "--from", "exports")
    run("run", "-s", "+orders", "--as-of", "2024-05-01")
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb"), read_only=True) as connection:
        orders = "SELECT order_id, order_date, amount FROM dbt_marketing.orders ORDER BY 1"
        assert [(key, str(day), float(amount)) for key, day, amount in connection.execute(orders).fetchall()] == [
            (1001, "2024-03-25", 12.5),
            (1002, "2024-04-03", 80.0),
            (1003, "2024-04-03", 0.0),
        ]
    # The keys of a mapped table are those that the settings name.
    error = run("seed", "--from", "exports", "--append", code=1).stderr
    assert "dbt_production.clients already has 2 rows with a key of the new ones: Customer ID 7, 8." in error
