"""Sign-up dates from file to report: loaded by a setting, suggested by `seed`, checked if they are missing."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.dataflows.exports import rows, spaced, write_project
from tests.invocation import Run

SETTING = '[tool.marketing_ibis.sources.raw_customers]\noptional = ["signed_up_on"]\n'
CUSTOMERS = """id,first_name,last_name,signed_up_on
1,Ann,A,2024-01-05
2,Bob,B,2024-02-10T00:30:00+02:00
3,Cy,C,2024-02-10 00:30:00
4,Dee,D,
5,Eve,E,2024-03-01
"""
FILES = {
    "orders": "id,user_id,order_date,status,cycle_name\n1,1,2024-01-05,completed,Lamp\n2,5,2024-02-01,placed,Lamp\n"
    "3,2,2024-03-05,completed,Lamp\n",
    "payments": "id,order_id,payment_method,amount,cycle_name\n1,1,credit_card,5000,Lamp\n2,2,coupon,700,Lamp\n",
}


def project(folder: Path, settings: str = "", customers: str = CUSTOMERS) -> None:
    write_project(folder, settings, {**FILES, "customers": customers})


def test_dates_are_days_of_the_business_and_keep_later_customers_out(run: Run, tmp_path: Path) -> None:
    project(tmp_path, f'time_zone = "America/Sao_Paulo"\n{SETTING}')
    message = spaced(run("seed", "--from", "exports").stdout)
    assert "customers.signed_up_on: read 1 timestamp without a time zone as America/Sao_Paulo time" in message
    assert "to load signed_up_on" not in message
    days = rows(tmp_path, "SELECT id, CAST(signed_up_on AS VARCHAR) FROM dbt_production.customers ORDER BY 1")
    assert days == [(1, "2024-01-05"), (2, "2024-02-09"), (3, "2024-02-10"), (4, None), (5, "2024-03-01")]
    run("build", "--as-of", "2024-02-09", "-q")
    for mart in ("customer_segmentation", "customers"):
        assert rows(tmp_path, f"SELECT customer_id FROM dbt_marketing.{mart} ORDER BY 1") == [(1,), (2,), (4,), (5,)]
    assert rows(tmp_path, "SELECT market_penetration FROM dbt_marketing.product_performance") == [(0.25,)]
    output = spaced(run("report").output)
    assert "have data up to 2024-03-05" in output
    page = spaced((tmp_path / "target" / "report.html").read_text("utf-8"))
    assert "4 customers had signed up or ordered by that day" in page
    run("run", "-s", "+customers", "--as-of", "2024-03-05", "-q")
    assert rows(tmp_path, "SELECT count(*) FROM dbt_marketing.customers") == [(5,)]


def test_without_the_setting_a_column_of_the_table_changes_nothing(run: Run, tmp_path: Path) -> None:
    def built(command: str) -> dict[str, list[str]]:
        run(command, "--as-of", "2024-05-15", "-q")
        tables = rows(tmp_path, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'dbt_marketing'")
        names = [name for (name,) in tables if name not in ("build_history", "build_state")]
        return {str(name): sorted(map(str, rows(tmp_path, f"FROM dbt_marketing.{name}"))) for name in names}

    project(tmp_path)
    run("seed", "--from", "exports")
    before = built("run")
    assert len(before["customers"]) == 5
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as con:
        con.execute("ALTER TABLE dbt_production.customers ADD COLUMN signed_up_on DATE DEFAULT DATE '2024-12-31'")
    assert built("build") == before


@pytest.mark.parametrize(
    ("column", "note"),
    [
        ("signed_up_on", 'customers: to load signed_up_on, set optional = ["signed_up_on"] under'),
        ("Created At", 'customers: to load Created At, rename it to signed_up_on and set optional = ["signed_up_on"]'),
        ("signupDate", 'customers: to load signupDate, rename it to signed_up_on and set optional = ["signed_up_on"]'),
        ("birthday", ""),
    ],
)
def test_seed_names_the_setting_that_loads_a_sign_up_date(run: Run, tmp_path: Path, column: str, note: str) -> None:
    project(tmp_path, customers=CUSTOMERS.replace("signed_up_on", column))
    output = spaced(run("seed", "--from", "exports").stdout)
    assert f"not loaded, because the source does not declare them: {column}." in output
    assert note in output
    assert ("to load" in output) == bool(note)
    lines = run("seed", "--from", "exports", "--log-format", "json").stdout.splitlines()
    notes = [event["data"] for event in map(json.loads, lines) if event["event"] == "note"]
    setting = {"table": "customers", "column": "signed_up_on", "setting": 'optional = ["signed_up_on"]'}
    assert notes[1:] == ([setting] if note else [])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            SETTING.replace("signed_up_on", "signup_on"),
            "lists signup_on, which is not an optional column. Did you mean",
        ),
        (
            SETTING.replace("signed_up_on", "id"),
            "lists id, which is not an optional column. Known: consent, email, phone, signed_up_on.",
        ),
        (SETTING.replace("raw_customers", "raw_payments"), "raw_payments has no optional columns."),
        (SETTING.replace("raw_customers", "raw_customer"), "sources.raw_customer is not a source. Did you mean"),
        (SETTING.replace("raw_customers", "customers"), "sources.customers is not a source. Did you mean"),
        (SETTING.replace("raw_customers", "stg_customers"), "sources.stg_customers is not a source. Did you mean"),
        (
            SETTING.replace("optional", "optionals"),
            "sources.raw_customers.optionals is unknown. Did you mean optional?",
        ),
        (SETTING.replace('["signed_up_on"]', '"signed_up_on"'), "is 'signed_up_on', not a list of names."),
        (SETTING.replace('["signed_up_on"]', "[1]"), "is [1], not a list of names."),
        (SETTING.replace('["signed_up_on"]', "true"), "is True, not a list of names."),
        ("sources = 1\n", "sources must contain one table per name"),
    ],
)
def test_a_wrong_setting_is_one_message(run: Run, tmp_path: Path, settings: str, message: str) -> None:
    project(tmp_path, settings)
    for words in (("compile",), ("seed", "--from", "exports")):
        assert message in spaced(run(*words, code=2).stderr)


def test_a_file_or_table_without_the_column_is_named(run: Run, tmp_path: Path) -> None:
    project(tmp_path, customers="id,first_name,last_name\n1,Ann,A\n")
    run("seed", "--from", "exports")
    project(tmp_path, SETTING, customers="id,first_name,last_name\n1,Ann,A\n")
    output = spaced(run("seed", "--from", "exports", code=2).stderr)
    assert "signed_up_on" in output
    assert "customers.csv" in output
    output = spaced(run("build", "--as-of", "2024-02-09", code=2).stderr)
    assert "dbt_production.customers" in output
    assert "signed_up_on" in output


def test_a_target_of_its_own(run: Run, tmp_path: Path) -> None:
    project(tmp_path, SETTING.replace("ibis.sources", "ibis.targets.duckdb.sources"))
    run("seed", "--from", "exports", "-t", "duckdb")
    run("run", "--as-of", "2024-02-08", "-t", "duckdb", "-s", "+customers", "-q")
    assert rows(tmp_path, "SELECT customer_id FROM dbt_marketing.customers ORDER BY 1") == [(1,), (4,), (5,)]


@pytest.mark.parametrize("engine", ["postgres", "redshift"])
def test_every_query_compiles_for_the_servers(run: Run, tmp_path: Path, engine: str) -> None:
    project(tmp_path, SETTING)
    run("compile", "-t", engine, "--as-of", "2024-02-09", "-s", "+customers +product_performance stg_customer_activity")
    folder = tmp_path / "target" / engine
    using = {path.stem for path in folder.rglob("*.sql") if '"signed_up_on" <= ' in path.read_text("utf-8")}
    assert {"customer_segmentation", "product_performance"} <= using
    declared = {path.stem for path in folder.rglob("*.sql") if '"signed_up_on"' in path.read_text("utf-8")}
    assert {"stg_customers", "stg_customer_activity", "customers"} <= declared
