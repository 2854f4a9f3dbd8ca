"""What an inspection says of files and tables: types, keys, matches with their evidence, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.build.inspection.costs import Costs
from marketing_ibis.build.inspection.files import load_files, profile_files
from marketing_ibis.build.inspection.inspecting import Expectation, inspect_files, inspect_schema, schemas_of
from marketing_ibis.build.inspection.privacy import may_be_personal
from marketing_ibis.build.inspection.proposed_settings import proposed_settings
from marketing_ibis.build.inspection.records import ColumnProfile, Inspection, Proposal
from marketing_ibis.cli.output.inspection import describe
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.duckdb.scratch import DuckDBTarget
from marketing_ibis.errors import SourceError, UsageError
from marketing_ibis.model.file_format import FileFormat
from marketing_ibis.project.settings import ProjectSettings
from tests.paths import ROOT
from tests.shop import make_shop

SHOP = {
    "clients.csv": "Customer ID,First Name,Email,Created At\n7,Ada,ada@x.org,2024-01-03\n8,Bo,bo@x.org,2024-01-04\n",
    "shop_orders.csv": "Order Number,Customer ID,Created At,Financial Status,Lineitem name,Currency\n"
    "1001,7,25/03/2024 10:00,completed,Lamp,EUR\n1002,8,03/04/2024 11:00,refunded,Chair,USD\n"
    "1003,9,03/04/2024 11:00,completed,Chair,USD\n",
    "transactions.csv": "id,order_id,method,total\n1,1001,coupon,12.50\n2,1002,credit_card,80.00\n",
}


@cache
def expected() -> Expectation:
    dataflow = ProjectSettings(ROOT).compile(date(2024, 5, 15))
    return Expectation(dataflow, Costs(dataflow))


def inspect(folder: Path, **files: str) -> Inspection:
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    return inspect_files(folder, FileFormat(), {}, expected(), lambda text: None)


def proposal(inspection: Inspection, source: str) -> Proposal:
    return next(proposal for proposal in inspection.proposals if proposal.source == source)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    return inspect(tmp_path_factory.mktemp("shop"), **SHOP)


@pytest.fixture(scope="module")
def target() -> Iterator[DuckDBTarget]:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        assert isinstance(target, DuckDBTarget)
        yield target


def column(target: DuckDBTarget, folder: Path, *values: str) -> ColumnProfile:
    path = folder / "values.csv"
    path.write_text("v\n" + "".join(f'"{value}"\n' for value in values), "utf-8")
    target.execute('DROP TABLE IF EXISTS "main"."values"')
    (profile,) = profile_files(target, load_files(target, "values", [path], FileFormat())).columns
    return profile


@pytest.mark.parametrize(
    ("values", "kind", "formats", "marks"),
    [
        (("1", "-2", " 3 "), "integer", (), ()),
        (("1", "2.50"), "decimal", (), ()),
        (("1e3", "2.5"), "float", (), ()),
        (("007", "12"), "text", (), ()),
        (("2024-01-03", "2024-01-04T10:00:00Z"), "day", (), ()),
        (("25/03/2024", "03/04/2024"), "day", ("%d/%m/%Y",), ()),
        (("03/04/2024", "04/03/2024"), "day", ("%d/%m/%Y", "%m/%d/%Y"), ()),
        (("12/25/24 10:05",), "day", ("%m/%d/%y %H:%M",), ()),
        (("12,50", "1.234,50"), "decimal", (), ((",", "."),)),
        (("12,50", "3,5"), "decimal", (), ((",", ""),)),
        (("1,234.50",), "decimal", (), ((".", ","),)),
        (("1,234",), "decimal", (), ((",", ""), (".", ","))),
        (("C536365", "536366"), "text", (), ()),
        (("25/03/2024", "not a day"), "text", (), ()),
    ],
)
def test_the_type_that_all_values_have(
    target: DuckDBTarget,
    tmp_path: Path,
    values: tuple[str, ...],
    kind: str,
    formats: tuple[str, ...],
    marks: tuple[tuple[str, str], ...],
) -> None:
    profile = column(target, tmp_path, *values)
    assert (profile.kind, profile.date_formats, profile.marks) == (kind, formats, marks)


def test_one_value_far_below_decides(target: DuckDBTarget, tmp_path: Path) -> None:
    numbers = [str(number) for number in range(6_000)]
    assert column(target, tmp_path, *numbers, "x").kind == "text"
    assert column(target, tmp_path, *numbers, "0.5").kind == "decimal"
    days = ["03/04/2024"] * 6_000
    assert column(target, tmp_path, *days, "25/04/2024").date_formats == ("%d/%m/%Y",)


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(st.none() | st.integers(-3, 3), min_size=1, max_size=12))
def test_the_numbers_of_a_column_are_those_of_its_rows(values: list[int | None]) -> None:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        target.execute("CREATE SCHEMA s")
        rows = ", ".join(f"({'NULL' if value is None else value}, 1)" for value in values)
        target.execute(f"CREATE TABLE s.t AS SELECT v::INTEGER AS v FROM (VALUES {rows}) AS r(v, one)")
        inspection = inspect_schema(target, ["s"], expected(), lambda text: None)
    ((profile,),) = (table.columns for table in inspection.tables)
    filled = [value for value in values if value is not None]
    assert (profile.rows, profile.filled, profile.distinct) == (len(values), len(filled), len(set(filled)))
    assert profile.is_key == (len(set(values)) == len(values) and None not in values)
    assert dict(profile.frequent) == {str(value): filled.count(value) for value in set(filled)}
    assert not filled or (profile.least, profile.greatest) == (str(min(filled)), str(max(filled)))


def test_every_source_gets_the_table_that_fits(shop: Inspection) -> None:
    assert {proposal.source: proposal.table.name for proposal in shop.proposals} == {
        "raw_customers": "clients",
        "raw_orders": "shop_orders",
        "raw_payments": "transactions",
    }
    matches = {match.column: match for match in proposal(shop, "raw_orders").matches}
    assert {name: match.origin for name, match in matches.items()} == {
        "id": "Order Number",
        "user_id": "Customer ID",
        "order_date": "Created At",
        "status": "Financial Status",
        "cycle_name": "Lineitem name",
    }
    assert matches["id"].evidence[:2] == ("usual name", "unique, no NULLs")
    assert matches["order_date"].evidence == ("usual name", "2024-03-25 to 2024-04-03")
    assert matches["status"].evidence == ("usual name", "completed (2), refunded (1)")


def test_what_is_missing_costs_marts(shop: Inspection) -> None:
    (missing,) = proposal(shop, "raw_customers").missing
    assert missing.column == "last_name"
    assert "customers" in missing.marts
    assert "product_performance" not in missing.marts
    assert shop.absent == {}


def test_two_currencies_unknown_values_and_orphans_are_reported(shop: Inspection) -> None:
    orders = proposal(shop, "raw_orders")
    assert orders.problems[0].startswith("Currency has 2 currencies: USD (2), EUR (1).")
    assert orders.decisions[0].startswith("Financial Status: refunded (1) is not among placed, shipped")
    assert shop.orphans[0].endswith("1 row of 3 have no match in " + shop.proposals[0].table.place + ".Customer ID.")


def test_personal_values_are_not_in_an_inspection(shop: Inspection) -> None:
    assert "Ada" not in repr(shop)
    assert "ada@x.org" not in repr(shop)
    assert "Lamp" in repr(shop)


PEOPLE = """
    from marketing_ibis.data_tests import accepted_values

    @source(table="people", grain=("id",), columns=(
        column("id", "int64", "Key."),
        column("born", "date", "Day.", pii=True, tests=(accepted_values(["2020-01-01"]),)),
        column("shoe", "int64", "Size.", pii=True),
    ))
    def raw_people() -> ir.Table:
        '''People.'''
    """


def test_days_and_numbers_about_people_are_not_in_an_inspection(tmp_path: Path) -> None:
    dataflow = make_shop(tmp_path / "project", raw_people=PEOPLE).project.compile(date(2024, 5, 15))
    (tmp_path / "people.csv").write_text("id,born,shoe\n1,1933-03-07,4711\n2,1931-03-07,4712\n", "utf-8")
    expectation = Expectation(dataflow, Costs(dataflow))
    inspection = inspect_files(tmp_path, FileFormat(), {}, expectation, lambda text: None)
    (people,) = inspection.proposals
    assert people.decisions[0].startswith("born: 2 values are not among 2020-01-01.")
    assert not [value for value in ("1933", "1931", "4711", "4712") if value in repr(inspection)]


@pytest.mark.parametrize(
    ("name", "is_personal"),
    [
        ("Email", True),
        ("billingStreet", True),
        ("customer_name", True),
        ("Phone", True),
        ("emailaddress", True),
        ("E-Mail-Adresse", True),
        ("password_hash", True),
        ("productApiKey", True),
        ("access_token", True),
        ("email_status", False),
        ("Description", False),
        ("product_name", False),
        ("Lineitem name", False),
        ("amount", False),
    ],
)
def test_names_of_columns_about_people(name: str, is_personal: bool) -> None:
    assert may_be_personal(name) == is_personal


def test_e_mail_addresses_are_hidden_under_any_name(tmp_path: Path) -> None:
    assert "ada@x.org" not in repr(inspect(tmp_path, **{"t.csv": "id,kunde\n1,ada@x.org\n2,ada@x.org\n"}))


def test_settings_follow_from_a_shop(shop: Inspection) -> None:
    proposed = proposed_settings(shop, expected().dataflow, "dbt_production")
    tables = {table.path: table.values for table in proposed.tables}
    assert proposed.general == {}
    assert tables[("files", "shop_orders")] == {"date_format": ["%d/%m/%Y %H:%M"]}
    assert tables[("sources", "raw_payments")] == {
        "table": "transactions",
        "columns": {"payment_method": "method", "amount": "total", "cycle_name": {"value": "unknown"}},
        "amount_unit": "dollars",
    }
    assert all(table.comments for table in proposed.tables if table.path[0] == "sources")


def test_a_flat_file_of_lines_needs_an_adapter(tmp_path: Path) -> None:
    lines = "Invoice,Description,InvoiceDate,Price,Customer ID\n"
    lines += "".join(f"{536365 + n // 2},Mug {n},2010-12-0{1 + n % 9},2.5{n},17850\n" for n in range(8))
    inspection = inspect(tmp_path, **{"retail.csv": lines})
    assert (
        proposal(inspection, "raw_orders").problems[0].startswith("Invoice is not a key: 4 different values in 8 rows.")
    )
    assert {table.source for table in inspection.shared} >= {"raw_payments"}
    assert set(inspection.absent) == {"raw_customers", "raw_payments"}
    assert "customer_segmentation" in inspection.absent["raw_customers"]


def test_how_a_file_is_written_is_proposed_where_no_column_has_a_usual_name(tmp_path: Path) -> None:
    rows = "".join(f'B-{n // 2},K{n},{13 + n}.04.2024,"{n},50"\n' for n in range(8))
    inspection = inspect(tmp_path, **{"bestellungen.csv": f"Bestellnr,Kunde,Datum,Preis gesamt\n{rows}"})
    assert not inspection.proposals
    assert inspection.file_settings["bestellungen"] == {"date_format": ["%d.%m.%Y"], "decimal": ","}
    output = "\n".join(describe(inspection, None))
    assert "map-your-tables.md" in output
    assert output.endswith("docs/how-to/adapters.md.")


def test_parts_of_a_table_are_one_table(tmp_path: Path) -> None:
    header, *lines = SHOP["shop_orders.csv"].splitlines()
    files = {name: content for name, content in SHOP.items() if name != "shop_orders.csv"}
    files |= {f"orders-{2020 + n}.csv": f"{header}\n{line}\n" for n, line in enumerate(lines)}
    table = proposal(inspect(tmp_path, **files), "raw_orders").table
    assert (table.name, table.rows) == ("orders", 3)
    assert table.place.endswith("orders-2020.csv and 2 more")
    with pytest.raises(
        SourceError, match=r"orders-2021\.csv has other columns than .*orders-2020\.csv: no column Currency"
    ):
        inspect(tmp_path, **{"orders-2021.csv": files["orders-2021.csv"].replace("Currency", "Money")})


def test_keys_of_text_set_the_type_of_keys(tmp_path: Path) -> None:
    files = {name: content.replace("1001", "#1001") for name, content in SHOP.items()}
    assert inspect(tmp_path, **files).id_type == "string"


def test_amounts_of_whole_numbers_are_left_to_the_user(tmp_path: Path) -> None:
    files = {**SHOP, "transactions.csv": SHOP["transactions.csv"].replace("12.50", "1250").replace("80.00", "8000")}
    payments = proposal(inspect(tmp_path, **files), "raw_payments")
    assert payments.decisions[0].startswith("total: whole numbers are read as cents.")
    assert "amount_unit" not in payments.settings


def test_dates_that_nothing_decides_are_left_to_the_user(tmp_path: Path) -> None:
    orders = SHOP["shop_orders.csv"].replace("25/03", "05/03")
    inspection = inspect(tmp_path, **{**SHOP, "shop_orders.csv": orders})
    decision = proposal(inspection, "raw_orders").decisions[0]
    assert 'set date_format = "%d/%m/%Y %H:%M", or date_format = "%m/%d/%Y %H:%M".' in decision
    assert "shop_orders" not in inspection.file_settings


def test_tables_of_a_schema_are_inspected() -> None:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        target.execute("CREATE SCHEMA shopify")
        target.execute(
            "CREATE TABLE shopify.orders AS SELECT 1 AS order_number, 5 AS customer_id, TIMESTAMPTZ '2024-01-01 10:00Z'"
            " AS created_at, 'paid' AS financial_status, 'Lamp' AS product"
        )
        target.execute("CREATE VIEW shopify.payments AS SELECT 1 AS id, 1 AS order_id, 'x' AS method, 1.5 AS amount")
        assert schemas_of(target) == ("shopify",)
        inspection = inspect_schema(target, ["shopify"], expected(), lambda text: None)
    orders = proposal(inspection, "raw_orders")
    assert orders.settings == {"types": {"created_at": "timestamptz"}}
    proposed = proposed_settings(inspection, expected().dataflow, "dbt_production")
    tables = {table.path: table.values for table in proposed.tables}
    assert tables[("sources", "raw_orders")]["table"] == "shopify.orders"
    assert list(inspection.absent) == ["raw_customers"]


def test_places_without_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no file that can be read: nothing"):
        inspect(tmp_path)
    with pytest.raises(SourceError, match="has a single column, whose name contains semicolons"):
        inspect(tmp_path, **{"orders.csv": "id;day\n1;2\n"})
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target, pytest.raises(SourceError, match="no tables in s"):
        inspect_schema(target, ["s"], expected(), lambda text: None)
