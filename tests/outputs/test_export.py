"""Exports as users see them: the exported rows and columns, and refusals."""

from __future__ import annotations

import csv
import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import RunFailed
from marketing_ibis.outputs.export import Export, write_export
from tests.cli.commands.test_commands import query
from tests.invocation import Run, invoke
from tests.paths import JAFFLE

DATABASE = ("--database", "w.duckdb")
HOSTILE = (
    '=cmd|"/c calc"!A1', "+1", "-2", "@x", "\tx", "\rx", 'O"Neil; DROP TABLE x; --', "it's", "a\nb", "☃️🛒",
    "\u202e\u05e9\u05dc", "x" * 10_000,
)  # fmt: skip

WRONG_CALLS = (
    (("customer", "--to", "x.csv"), 1, "Did you mean customers"),
    (("raw_customers", "--to", "x.csv"), 1, "raw_customers is a source, and only models and audiences can be"),
    (("customers", "--to", "x.csv/y.csv"), 2, "x.csv is a file, not a folder"),
    (("customers", "--to", "x.xls"), 2, "not a known format"),
    (("customers",), 2, "--to"),
    (("customers", "--to", "x.csv", "--where", "1=1; DROP TABLE x"), 2, "not one"),
    (("customers", "--to", "x.csv", "--where", "nme = 1"), 2, "not a column"),
    (("customers", "--to", "x.csv", "--order-by", ""), 2, "--order-by '' is not a list of columns"),
    (("customers", "--to", "x.csv", "--order-by", "revenue desc"), 2, "--order-by names revenue, which is not a"),
    (("customers", "--to", "x.csv", "--where", "first_order > 'so'"), 2, "first_order is date; the columns are"),
    (("customers", "--to", "s3://bucket/x.csv"), 2, "duckdb cannot write to S3"),
    (("customers", "--to", "x.csv", "--iam-role", "x"), 2, "--iam-role is for S3"),
)


@pytest.fixture(scope="module")
def jaffle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every model of the jaffle shop, and its compiled SQL."""
    folder = tmp_path_factory.mktemp("jaffle")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        invoke("seed", "--from", str(JAFFLE), *DATABASE)
        invoke("run", *DATABASE, "--as-of", "2018-04-10", "-q")
    return folder


@pytest.fixture
def built(run: Run, jaffle: Path, tmp_path: Path) -> Path:
    """Return a database file with every model of the jaffle shop."""
    shutil.copytree(jaffle, tmp_path, dirs_exist_ok=True)
    return tmp_path / "w.duckdb"


@pytest.fixture
def hostile(run: Run, tmp_path: Path) -> Path:
    """Return a database whose names, products, statuses and methods are all hostile."""
    run("seed", "--demo", "--orders", "1", *DATABASE, "--as-of", "2024-05-15")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        for table in ("customers", "orders", "payments"):
            connection.execute(f"DELETE FROM dbt_production.{table}")
        for id, text in enumerate(HOSTILE, 1):
            connection.execute("INSERT INTO dbt_production.customers VALUES (?, ?, ?)", [id, text, text])
            connection.execute(
                "INSERT INTO dbt_production.orders VALUES (?, ?, '2024-01-01', ?, ?)", [id, id, text, text]
            )
            connection.execute("INSERT INTO dbt_production.payments VALUES (?, ?, ?, -5, ?)", [id, id, text, text])
    run("run", *DATABASE, "--as-of", "2024-05-15", "-q")
    return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_personal_data_stays_unless_asked_for(run: Run, built: Path, tmp_path: Path) -> None:
    output = run("export", "campaign_first_purchase", "--to", "list.csv", *DATABASE).output
    assert "Wrote 44 rows of dbt_marketing.campaign_first_purchase to list.csv, as of 2018-04-10." in output
    assert "Skipped as personal data: first_name, last_name. Include them with --include-pii." in output
    assert "first_name" not in rows_of(tmp_path / "list.csv")[0]
    output = run("export", "campaign_first_purchase", "--to", "list.csv", "--include-pii", *DATABASE).output
    assert "Skipped" not in output
    assert all(row["first_name"] for row in rows_of(tmp_path / "list.csv"))


def test_a_condition_that_no_row_meets_is_reported(run: Run, built: Path) -> None:
    output = run(
        "export", "customers", "--to", "list.csv", "--where", "customer_segment = 'Champion'", *DATABASE
    ).output
    assert "Wrote 0 rows of dbt_marketing.customers" in output
    assert "No row meets --where: check how its values are spelled." in output


def test_a_condition_chooses_rows(run: Run, built: Path, tmp_path: Path) -> None:
    condition = "customer_segment = 'Champions' AND net_lifetime_value > 50"
    run("export", "customers", "--to", "list.jsonl", "--where", condition, *DATABASE)
    ids = [json.loads(line)["customer_id"] for line in (tmp_path / "list.jsonl").read_text().splitlines()]
    assert ids == [
        id for (id,) in query(built, f"SELECT customer_id FROM dbt_marketing.customers WHERE {condition} ORDER BY 1")
    ]
    assert ids


def test_the_most_valuable_customers_come_first(run: Run, built: Path, tmp_path: Path) -> None:
    arguments = ("--where", "has_purchased", "--order-by", "total_revenue desc, days_since_last_order")
    run("export", "customer_segmentation", "--to", "list.csv", *arguments, *DATABASE)
    rows = rows_of(tmp_path / "list.csv")
    names = ("days_since_last_order", "customer_id")
    keys = [(-Decimal(row["total_revenue"]), *(int(row[name]) for name in names)) for row in rows]
    assert keys == sorted(keys)
    assert len({revenue for revenue, *_ in keys}) > 1


def test_a_condition_may_name_personal_data_that_stays(run: Run, built: Path, tmp_path: Path) -> None:
    run("export", "customers", "--to", "list.csv", "--where", "first_name = 'Michael'", *DATABASE)
    assert "1" in [row["customer_id"] for row in rows_of(tmp_path / "list.csv")]
    assert "Michael" not in (tmp_path / "list.csv").read_text()


def test_parquet_has_the_types_of_the_contract(run: Run, built: Path, tmp_path: Path) -> None:
    run("export", "orders", "--to", "o.parquet", *DATABASE)
    table = pq.read_table(tmp_path / "o.parquet")
    assert table.schema.field("amount").type == pa.decimal128(18, 2)
    assert table.schema.field("order_date").type == pa.date32()
    amounts = query(built, "SELECT sum(amount) FROM dbt_marketing.orders")[0][0]
    assert sum(table["amount"].to_pylist(), Decimal()) == amounts


def test_the_same_tables_give_the_same_file(run: Run, built: Path, tmp_path: Path) -> None:
    files = []
    for _ in range(2):
        run("export", "attribution_touchpoints", "--to", "a.csv", *DATABASE)
        files.append((tmp_path / "a.csv").read_bytes())
    assert files[0] == files[1]
    ids = [int(row["order_id"]) for row in rows_of(tmp_path / "a.csv")]
    assert ids == sorted(ids)
    assert len(ids) == 80


def test_hostile_text_is_harmless_in_csv_and_whole(run: Run, hostile: Path) -> None:
    run("export", "campaign_first_purchase", "--to", "list.csv", "--include-pii", *DATABASE)
    run("export", "orders", "--to", "orders.csv", *DATABASE)
    safe = [f"'{text}" if text[0] in "=+-@\t\r" else text for text in HOSTILE]
    assert [row["first_name"] for row in rows_of(hostile / "list.csv")] == safe
    orders = rows_of(hostile / "orders.csv")
    assert [row["status"] for row in orders] == [row["product_name"] for row in orders] == safe
    assert {row["amount"] for row in orders} == {"-0.05"}


def test_hostile_text_in_a_condition_finds_its_row(run: Run, hostile: Path) -> None:
    for text in HOSTILE:
        condition = "first_name = '{}'".format(text.replace("'", "''"))
        run("export", "stg_customers", "--to", "c.json", "--where", condition, "--include-pii", *DATABASE)
        assert [row["first_name"] for row in json.loads((hostile / "c.json").read_text("utf-8"))] == [text]


def test_a_refused_export_is_reported_and_writes_nothing(run: Run, built: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("before")
    for arguments, code, message in WRONG_CALLS:
        assert message in run("export", *arguments, *DATABASE, code=code).output
        assert (tmp_path / "x.csv").read_text() == "before"
        assert not list(tmp_path.glob("*.partial"))


def test_a_missing_folder_is_created_as_for_a_report(run: Run, built: Path, tmp_path: Path) -> None:
    run("export", "customers", "--to", "lists/today/x.csv", *DATABASE)
    run("lineage", "customers", "--to", "drawings/x.svg", "--format", "svg")
    assert len(rows_of(tmp_path / "lists" / "today" / "x.csv")) == 100
    assert (tmp_path / "drawings" / "x.svg").is_file()


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("number_of_orders > 'abc'", "number_of_orders is int64; the columns are "),
        ("last_name > 5", "last_name is string; the columns are "),
        ("cast('a' as int) > 1", "The columns are "),
    ],
)
def test_a_condition_that_the_engine_refuses_names_the_columns(
    run: Run, built: Path, condition: str, problem: str
) -> None:
    output = " ".join(
        run("export", "customers", "--to", "new/x.csv", "--where", condition, *DATABASE, code=2).output.split()
    )
    assert "Error: The rows of dbt_marketing.customers that meet --where cannot be read: " in output
    assert problem in output
    assert "number_of_orders" in output.partition("columns are ")[2]
    assert not Path("new").exists()


def test_rows_that_cannot_be_read_at_all_are_not_blamed_on_the_condition(run: Run, built: Path) -> None:
    with duckdb.connect(str(built)) as connection:
        kind = connection.execute("SELECT table_type FROM information_schema.tables WHERE table_name = 'stg_orders'")
        assert kind.fetchall() == [("VIEW",)]
        connection.execute("ALTER TABLE dbt_production.orders RENAME TO gone")
    arguments = ("export", "stg_orders", "--to", "x.csv", *DATABASE)
    without_condition = run(*arguments, code=1).stderr
    assert run(*arguments, "--where", "order_id > 1", code=1).stderr == without_condition
    assert "--where" not in without_condition


def test_a_model_that_is_not_built_is_reported(run: Run, tmp_path: Path) -> None:
    run("seed", "--demo", "--orders", "10", *DATABASE)
    output = run("export", "customers", "--to", "x.csv", *DATABASE, code=1).output
    assert "dbt_marketing.customers has not been built." in output
    assert "Build it: `build --select +customers`." in output
    with duckdb.connect("w.duckdb") as connection:
        connection.execute("CREATE SCHEMA dbt_marketing; CREATE TABLE dbt_marketing.customers (customer_id BIGINT)")
    output = run("export", "customers", "--to", "x.csv", *DATABASE, code=1).output
    assert "was built without the column first_order" in output
    assert not (tmp_path / "x.csv").exists()


def test_no_database_is_made_for_an_export(run: Run, tmp_path: Path) -> None:
    assert "There is no database" in run("export", "customers", "--to", "x.csv", *DATABASE, code=1).output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("ending", "format"), [("csv", "CSV HEADER"), ("parquet", "PARQUET"), ("json", "JSON")])
def test_redshift_without_a_connection_prints_the_unload(ending: str, format: str, run: Run) -> None:
    role = "arn:aws:iam::123456789012:role/lists"
    arguments = ("--where", "customer_segment = 'At Risk'", "-t", "redshift", "--iam-role", role)
    output = run("export", "campaign_win_back", "--to", f"s3://bucket/lists/win_back.{ending}", *arguments).output
    for part in (
        "WHERE \"customer_segment\" = ''At Risk''\n",
        "\nTO 's3://bucket/lists/win_back_'\n",
        f"\nIAM_ROLE '{role}'\nFORMAT AS {format}\nEXTENSION '{ending}'\nPARALLEL OFF\nALLOWOVERWRITE;",
        "Nothing was executed: there is no connection to Redshift.",
    ):
        assert part in output
    assert ("THEN ''''''''" in output) == (ending == "csv")
    assert ("IN (''='', ''+'', ''-'', ''@'', CHR(9), CHR(13), CHR(10), " in output) == (ending == "csv")


@pytest.mark.parametrize(
    ("place", "role", "message"),
    [
        ("s3://bucket", None, "not an S3 location"),
        ("s3://bucket/list", None, "not an S3 location"),
        ("s3://bucket/a'b.csv", None, "not an S3 location"),
        ("s3://bucket/list.csv", "default'; DROP", "not an ARN"),
    ],
)
def test_a_wrong_place_or_role_is_refused(place: str, role: str | None, message: str, run: Run) -> None:
    arguments = ("--iam-role", role) if role else ()
    assert message in run("export", "orders", "-t", "redshift", "--to", place, *arguments, code=2).output


def write_amounts(value: str, path: Path) -> None:
    """Export a column that the engine has as DECIMAL(18, 2) and the contract as decimal(5, 2)."""
    relation = Relation("dbt_marketing", "amounts")
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        target.create_schema(relation.schema)
        target.execute(f"CREATE TABLE dbt_marketing.amounts AS SELECT CAST({value} AS DECIMAL(18, 2)) AS amount")
        export = Export(relation, ibis.schema({"amount": "decimal(5, 2)"}), condition="", order=())
        assert write_export(export, target, path) == 1


def test_a_type_that_the_engine_widened_is_that_of_the_contract(tmp_path: Path) -> None:
    write_amounts("12.5", tmp_path / "amounts.parquet")
    table = pq.read_table(tmp_path / "amounts.parquet")
    assert table.schema.field("amount").type == pa.decimal128(5, 2)
    assert table["amount"].to_pylist() == [Decimal("12.50")]


def test_a_value_that_does_not_fit_the_contract_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="A value does not fit its column"):
        write_amounts("12345.67", tmp_path / "amounts.parquet")
    assert not list(tmp_path.iterdir())
