"""`seed --from` reports how it read timestamps, which columns it did not load, and every invalid cell."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.invocation import Run

FILES = {
    "customers": "id,first_name,last_name\n1,Ann,A\n2,Bob,B\n",
    "orders": "id,user_id,order_date,status,cycle_name\n1,1,2024-03-01 00:30:00,completed,Lamp\n"
    "2,2,2024-03-01,completed,Lamp\n",
    "payments": "id,order_id,payment_method,amount,cycle_name\n1,1,credit_card,5000,Lamp\n2,2,coupon,4000,Lamp\n",
}
SAO_PAULO = 'time_zone = "America/Sao_Paulo"\n'


def project(folder: Path, settings: str = "", **files: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{settings}", "utf-8")
    (folder / "exports").mkdir(exist_ok=True)
    for name, content in {**FILES, **files}.items():
        (folder / "exports" / f"{name}.csv").write_text(content, "utf-8")


def days(folder: Path, table: str = "dbt_production.orders") -> list[date]:
    with duckdb.connect(str(folder / "target" / "warehouse.duckdb"), read_only=True) as con:
        return [row[0] for row in con.execute(f"SELECT order_date FROM {table} ORDER BY 1").fetchall()]


@pytest.mark.parametrize(
    ("settings", "first", "note"),
    [
        (SAO_PAULO, 1, "as America/Sao_Paulo time (time_zone); naive_timestamps sets a different zone."),
        (f'{SAO_PAULO}naive_timestamps = "UTC"\n', 29, "as UTC time (naive_timestamps)."),
    ],
)
def test_seed_says_how_it_read_timestamps_without_a_zone(
    run: Run, tmp_path: Path, settings: str, first: int, note: str
) -> None:
    project(tmp_path, settings)
    output = " ".join(run("seed", "--from", "exports").stdout.split())
    assert f"orders.order_date: read 1 timestamp without a time zone {note}" in output
    assert days(tmp_path) == [date(2024, 3, 1) if first == 1 else date(2024, 2, 29), date(2024, 3, 1)]
    lines = run("seed", "--from", "exports", "--log-format", "json").stdout.splitlines()
    (event,) = [event for event in map(json.loads, lines) if event["event"] == "note"]
    zone = "UTC" if first == 29 else "America/Sao_Paulo"
    assert event["data"] == {"table": "orders", "column": "order_date", "timestamps": 1, "time_zone": zone}


def test_columns_that_are_not_declared_are_reported(run: Run, tmp_path: Path) -> None:
    orders = FILES["orders"].replace(" 00:30:00", "")
    project(tmp_path, customers="id,email,first_name,last_name,\n1,ann@example.com,Ann,A,\n", orders=orders)
    output = run("seed", "--from", "exports").stdout
    assert "customers: not loaded, because the source does not declare them: email, (no name)." in output
    assert "ann@example.com" not in output
    assert output.count("not loaded") == 1
    assert "time zone" not in output


def test_wrong_cells_of_all_files_are_listed(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"{number},1,2024-13-01,completed,Lamp\n" for number in range(9))
    project(
        tmp_path,
        customers="id,first_name,last_name\n1,Ann,A\n2,Bob,B\n",
        orders=f"id,user_id,order_date,status,cycle_name\n{rows}",
        payments="id,order_id,payment_method,amount,cycle_name\n1,1,coupon,12.50,Lamp\n",
    )
    output = run("seed", "--from", "exports", code=1).stderr
    assert "10 cells cannot be read:" in output
    assert "payments.csv, line 2, column amount: '12.50' is not a whole number" in output
    assert "orders.csv, line 2, column order_date: '2024-13-01' is not a day (YYYY-MM-DD) or a timestamp" in output
    assert "orders.csv, line 5" in output
    assert "orders.csv, line 6" not in output
    assert "and 5 more" in output
    assert "1250 for 12.50" in output


@pytest.mark.parametrize("key", ["6f9619ff-8b86-d011-b42d-00c04fc964ff", "#1001", "A7", "99999999999999999999"])
def test_keys_of_text_lead_to_the_setting(run: Run, tmp_path: Path, key: str) -> None:
    files = {
        name: content.replace("\n1,", f"\n{key},").replace("\n1,1", f"\n1,{key}") for name, content in FILES.items()
    }
    project(tmp_path, **files)
    output = " ".join(run("seed", "--from", "exports", code=1).stderr.split())
    assert f"{key!r} is not a whole number" in output
    assert 'If the keys are text, set id_type = "string" under [tool.marketing_ibis]. Nothing was loaded.' in output
    assert "Correct the file" not in output
    project(tmp_path, 'id_type = "string"\n', **files)
    run("seed", "--from", "exports")


@pytest.mark.parametrize(("amount", "key"), [("x", "1"), ("5000", "1.5")])
def test_a_number_that_is_wrong_does_not(run: Run, tmp_path: Path, amount: str, key: str) -> None:
    project(tmp_path, payments=f"id,order_id,payment_method,amount,cycle_name\n{key},1,coupon,{amount},Lamp\n")
    output = run("seed", "--from", "exports", code=1).stderr
    assert "id_type" not in output
    assert "Correct the file and seed again" in output


SOURCE = """
import ibis.expr.types as ir
from marketing_ibis.model import ID, column, model, source

@source(table="people", grain=("id",), columns=(
    column("id", ID, "Key."),
    column("born_on", "date", "Birthday.", nullable=True, pii=True),
    column("seen_at", "timestamp", "Last visit.", nullable=True),
    column("sent_at", "timestamp('UTC')", "Last letter.", nullable=True),
    column("limit", "decimal(9, 2)", "Credit.", nullable=True),
    column("score", "float64", "Score.", nullable=True),
    column("is_member", "boolean", "Whether they are a member.", nullable=True),
))
def raw_people() -> ir.Table:
    \"\"\"People.\"\"\"

@model(layer="marts", grain=("id",), columns=(
    column("id", ID, "Key."),
    column("seen_at", "timestamp", "Last visit.", nullable=True),
    column("limit", "decimal(9, 2)", "Credit.", nullable=True),
    column("score", "float64", "Score.", nullable=True),
    column("is_member", "boolean", "Whether they are a member.", nullable=True),
))
def people(raw_people: ir.Table) -> ir.Table:
    \"\"\"People.\"\"\"
    return raw_people.select("id", "seen_at", "limit", "score", "is_member")
"""
HEADER = "id,born_on,seen_at,sent_at,limit,score,is_member\n"
GOOD = "1,1990-05-06,2024-07-02 00:30:00 +0200,2024-07-01 22:30:00 UTC,12.30,1e-3,yes\n2,,,,,,\n"


def people(folder: Path, rows: str) -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.marketing_ibis]\ndataflows = ["typed_people"]\ntime_zone = "Europe/Berlin"\n'
    )
    (folder / "typed_people").mkdir(exist_ok=True)
    (folder / "typed_people" / "people.py").write_text(SOURCE)
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "exports" / "people.csv").write_text(HEADER + rows)


PEOPLE = [(1, datetime(2024, 7, 2, 0, 30), Decimal("12.30"), 0.001, True), (2, None, None, None, None)]


@pytest.mark.usefixtures("own_modules")
def test_every_type_is_seeded_and_built(run: Run, tmp_path: Path) -> None:
    people(tmp_path, GOOD)
    run("seed", "--from", "exports")
    run("build")
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("FROM dbt_marketing.people ORDER BY id").fetchall() == PEOPLE


@pytest.mark.usefixtures("own_modules")
def test_personal_values_are_not_shown(run: Run, tmp_path: Path) -> None:
    people(tmp_path, GOOD.replace("1990-05-06", "06.05.1990").replace("12.30", "12.345").replace("yes", "maybe"))
    output = " ".join(run("seed", "--from", "exports", code=1).stderr.split())
    assert "column born_on: the value (personal data, not shown) is not a day" in output
    assert "06.05.1990" not in output
    assert "column limit: '12.345' is not a number of at most 7 digits before and 2 after the point" in output
    assert "column is_member: 'maybe' is not true or false" in output


@pytest.mark.usefixtures("postgres", "own_modules")
def test_every_type_is_seeded_and_built_on_postgres(run: Run, tmp_path: Path) -> None:
    people(tmp_path, GOOD)
    run("seed", "--from", "exports", "-t", "postgres")
    run("build", "-t", "postgres")
    run("export", "people", "--to", "people.json", "-t", "postgres")
    rows = json.loads((tmp_path / "people.json").read_text())
    assert [(row["id"], row["limit"], row["score"], row["is_member"]) for row in rows] == [
        (1, "12.30", 0.001, True),
        (2, None, None, None),
    ]
    assert rows[0]["seen_at"].startswith("2024-07-02T00:30:00")


def test_a_timestamp_of_a_table_is_of_the_business_or_refused(run: Run, tmp_path: Path) -> None:
    project(tmp_path, SAO_PAULO)
    run("seed", "--from", "exports")
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as con:
        late = "order_date + INTERVAL '23:59:59'"
        con.execute(f"ALTER TABLE dbt_production.orders ALTER order_date TYPE TIMESTAMP USING {late}")
    run("run", "-s", "+stg_orders", "--as-of", "2024-03-02")
    assert days(tmp_path, "dbt_marketing.stg_orders") == [date(2024, 3, 1), date(2024, 3, 1)]
    project(tmp_path, f'{SAO_PAULO}naive_timestamps = "UTC"\n')
    output = " ".join(run("run", "-s", "+stg_orders", code=1).stderr.split())
    assert "AT TIME ZONE 'UTC' AT TIME ZONE 'America/Sao_Paulo' AS DATE" in output


GERMAN = {
    "orders": "id;user_id;order_date;status;cycle_name\n1;1;01.03.2024;completed;Größe\n"
    "2;2;2024-03-02;completed;Lamp\n",
    "payments": "id;order_id;payment_method;amount;cycle_name\n1;1;credit_card;5.000;Lamp\n2;2;coupon;4000;Lamp\n",
}


def write_german(folder: Path) -> None:
    for name, content in GERMAN.items():
        (folder / "exports" / f"{name}.csv").write_bytes(content.encode("latin-1"))


def test_options_say_how_files_are_written(run: Run, tmp_path: Path) -> None:
    project(tmp_path)
    write_german(tmp_path)
    (tmp_path / "exports" / "customers.csv").write_text(FILES["customers"].replace(",", ";"), "utf-8")
    marks = ("--thousands", "point", "--decimal", "comma")
    run(
        "seed",
        "--from",
        "exports",
        "--encoding",
        "latin-1",
        "--delimiter",
        "semicolon",
        *marks,
        "--date-format",
        "%d.%m.%Y",
    )
    assert days(tmp_path) == [date(2024, 3, 1), date(2024, 3, 2)]


def test_settings_say_how_files_are_written_and_options_win(run: Run, tmp_path: Path) -> None:
    table = '\ndelimiter = "semicolon"\nencoding = "latin-1"\n'
    settings = (
        f"[tool.marketing_ibis.files.orders]{table}date_format = ['%m.%d.%Y']\n"
        f"[tool.marketing_ibis.files.payments]{table}decimal = 'comma'\nthousands = 'point'\n"
    )
    project(tmp_path, settings)
    write_german(tmp_path)
    run("seed", "--from", "exports")
    assert days(tmp_path) == [date(2024, 1, 3), date(2024, 3, 2)]
    run("seed", "--from", "exports", "--date-format", "%d.%m.%Y")
    assert days(tmp_path) == [date(2024, 3, 1), date(2024, 3, 2)]


def test_append_adds_what_the_folder_has(run: Run, tmp_path: Path) -> None:
    project(tmp_path)
    run("seed", "--from", "exports")
    for name in ("customers", "payments"):
        (tmp_path / "exports" / f"{name}.csv").unlink()
    (tmp_path / "exports" / "orders.csv").write_text(
        FILES["orders"].replace("\n2,2,", "\n3,2,").replace("\n1,", "\n4,")
    )
    output = run("seed", "--from", "exports", "--append").stdout
    assert "Added to dbt_production.orders: 2 rows." in output
    assert "payments: no file to append; the table is unchanged." in output
    assert len(days(tmp_path)) == 4
    result = run("seed", "--from", "exports", "--append", code=1)
    assert "dbt_production.orders already has 2 rows with a key of the new ones: id 3, 4." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--demo", "--append"], "--append adds the rows of files."),
        (["--from", "exports", "--append", "--link"], "--append and --link cannot be combined."),
        (["--from", "exports", "--append", "--replace"], "--append and --replace cannot be combined."),
        (
            ["--from", "exports", "--date-format", "DD.MM.YYYY"],
            "'DD.MM.YYYY', which does not have day",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    project(tmp_path)
    assert message in run("seed", *arguments, code=2).stderr


def test_settings_of_files_are_checked(run: Run, tmp_path: Path) -> None:
    for settings, message in (
        ('[tool.marketing_ibis.files]\nencodng = "latin-1"\n', "files.encodng is unknown."),
        ('[tool.marketing_ibis.files.order]\nencoding = "latin-1"\n', "files.order is not the table of a source."),
    ):
        project(tmp_path, settings)
        result = run("seed", "--from", "exports", code=2)
        assert message in result.stderr
        assert "Did you mean" in result.stderr
