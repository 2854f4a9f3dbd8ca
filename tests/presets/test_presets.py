"""Each preset builds its sample without an error, and its orders are those of a computation in plain Python."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import duckdb
import openpyxl
import pytest

from marketing_ibis.presets import TITLES
from tests.invocation import invoke as run
from tests.presets.expected import SHOPS, Shop, expected_shop, text_of
from tests.presets.published import published_shop

DATABASE = "target/warehouse.duckdb"
SELECTED = "+orders stg_customers"
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
BUILT = tuple(TITLES) if THOROUGH else ("shopify-csv",)
"""Presets of which every model and data test runs; of the others, what their orders and customers depend on."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_modules: None) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def built_shop() -> Shop:
    """Return the orders, customers and lines in the project's own database."""
    with duckdb.connect(DATABASE, read_only=True) as connection:
        return published_shop(lambda sql: connection.execute(sql).fetchall())


CONVERTED = {5000: 4562, 2500: 2281}
"""Line amounts in dollars, and at a rate of 0.91237."""


def test_every_preset_has_an_expectation() -> None:
    assert set(SHOPS) == set(TITLES)


@pytest.mark.parametrize("preset", TITLES)
def test_the_sample_gives_the_orders_of_plain_python(
    preset: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = run("init", "shop", "--preset", preset).output
    monkeypatch.chdir(folder / "shop")
    expected = expected_shop(preset, Path("sample"))
    advised = [line.split("marketing_ibis ")[1].split() for line in output.splitlines() if "marketing_ibis " in line]
    assert [call[0] for call in advised] == ["seed", "build"]
    run(*advised[0])
    output = run("build").output if preset in BUILT else run("run", "--select", SELECTED).output
    assert "FAIL" not in output
    assert built_shop() == expected


def test_a_copy_of_the_adapters_is_the_package_of_the_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = run("init", "own_shop", "--preset", "dbt-jaffle-shop", "--copy").output
    assert "the adapters to its package own_shop" in output
    monkeypatch.chdir(folder / "own_shop")
    assert 'dataflows = ["dataflows", "own_shop"]' in Path("pyproject.toml").read_text("utf-8")
    assert {path.name for path in Path("own_shop").iterdir()} == {"__init__.py", "adapters.py", "sources.py"}
    assert run("ls", "--resource-type", "source").output.split() == [
        "jaffle_customers",
        "jaffle_orders",
        "jaffle_payments",
    ]


def test_adapters_are_copied_of_a_preset_alone(folder: Path) -> None:
    assert "Add --preset NAME" in run("init", "shop", "--copy", code=2).output
    assert not (folder / "shop").exists()


def test_foreign_data_is_refused_with_file_and_columns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "shop", "--preset", "olist")
    monkeypatch.chdir(folder / "shop")
    Path("sample/olist_orders_dataset.csv").write_text("id,customer,status\n1,2,delivered\n", "utf-8")
    output = run("seed", "--from", "sample", code=1).output
    assert "sample/olist_orders_dataset.csv has no column order_id" in output
    assert "nothing was loaded" in output
    assert not Path(DATABASE).exists() or not duckdb_tables()


def test_two_currencies_stop_a_build_until_there_are_rates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "shop", "--preset", "shopify-csv")
    monkeypatch.chdir(folder / "shop")
    expected = expected_shop("shopify-csv", Path("sample"))
    replace_text("sample/orders_export.csv", "EUR,75.00", "usd,75.00")
    run("seed", "--from", "sample")
    output = run("build", "--select", "raw_payments", code=1).output
    assert "amounts in several currencies cannot be added up" in output
    assert (
        "Warning: 2 currencies were added up as if they were one: amounts in several"
        in run("run", "-s", SELECTED).output
    )
    assert "by a table of rates by day" in output
    assert "Nothing was published" in output
    assert "Warning: 2 currencies were added up as if they were one:" in run("run", "-s", "raw_payments").output
    # 80 dollars at the rate of the day of the order, 5 January.
    rates = "day,currency,rate\n2024-01-01,USD,0.8\n2024-01-05,USD,0.91237\n2024-01-06,USD,0.5\n"
    Path("sample/exchange_rates.csv").write_text(rates, "utf-8")
    replace_text("pyproject.toml", "source_schema", 'optional_sources = ["exchange_rates"]\nsource_schema')
    run("seed", "--from", "sample")
    run("build", "--select", "raw_payments stg_customers +orders")
    order, lines = expected.orders["#1001"], expected.lines["#1001"]
    expected.orders["#1001"] = replace(order, cents=7299)
    expected.lines["#1001"] = Counter({replace(line, cents=CONVERTED[line.cents]): n for line, n in lines.items()})
    assert built_shop() == expected


def test_two_stores_are_never_mistaken_for_each_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files of two shops, with other amounts in one of them."""
    run("init", "shop", "--preset", "dbt-jaffle-shop")
    monkeypatch.chdir(folder / "shop")
    expected = Shop()
    add_store("east", Path("sample"), Path("both"), expected)
    replace_text("sample/raw_payments.csv", "coupon,1", "coupon,9")
    add_store("west", Path("sample"), Path("both"), expected)
    sources = ("jaffle_customers", "jaffle_orders", "jaffle_payments")
    with Path("pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.writelines(f'\n[tool.marketing_ibis.sources.{name}]\noptional = ["store"]\n' for name in sources)
    run("seed", "--from", "both")
    run("run", "--select", SELECTED)
    assert built_shop() == expected


@pytest.mark.parametrize("form", ["workbook", "european", "tables of two years"])
def test_a_file_may_be_written_in_any_way(form: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "shop", "--preset", "online-retail")
    monkeypatch.chdir(folder / "shop")
    expected = expected_shop("online-retail", Path("sample"))
    header, *rows = csv.reader(StringIO(text_of(Path("sample/online_retail.csv"))))
    settings = Path("pyproject.toml").read_text("utf-8")
    Path("pyproject.toml").write_text(settings[: settings.index("# How the CSV")], "utf-8")
    write_rows(form, Path("data"), header, rows)
    options = ("--delimiter", "semicolon", "--decimal", "comma", "--thousands", "point", "--date-format", "excel")
    run("seed", "--from", "data", *(options if form == "european" else ()))
    run("run", "--select", "raw_orders raw_payments raw_order_lines stg_customers stg_order_lines +orders")
    assert built_shop() == expected


def write_rows(form: str, place: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write invoice lines as an Excel workbook, as a European Excel saves them, or as one file per year."""
    place.mkdir()
    days = [datetime.strptime(row[4], "%m/%d/%Y %H:%M") for row in rows]
    if form == "workbook":
        book = openpyxl.Workbook()
        book.active.append(header)
        for row, day in zip(rows, days, strict=True):
            customer = float(row[6]) if row[6] else None
            book.active.append([*row[:3], int(row[3]), day, float(row[5]), customer, row[7]])
        book.save(place / "online_retail.xlsx")
    elif form == "european":
        serials = [(day - datetime(1899, 12, 30)) / timedelta(days=1) for day in days]
        prices = [f"{Decimal(row[5]):,}".replace(",", " ").replace(".", ",").replace(" ", ".") for row in rows]
        texts = zip(rows, serials, prices, strict=True)
        changed = [[*row[:4], str(int(serial)), price, *row[6:]] for row, serial, price in texts]
        write_csv(place / "online_retail.csv", [header, *changed], delimiter=";", encoding="utf-8-sig")
    else:
        for year in {day.year for day in days}:
            own = [
                [*row[:4], day.isoformat(sep=" "), *row[5:]]
                for row, day in zip(rows, days, strict=True)
                if day.year == year
            ]
            write_csv(place / f"online_retail-{year}.csv", [header, *own])


def write_csv(path: Path, rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


def add_store(store: str, source: Path, place: Path, expected: Shop) -> None:
    """Add the rows of a shop's files to those in ``place``, with the shop in the column store."""
    place.mkdir(exist_ok=True)
    shop = expected_shop("dbt-jaffle-shop", source)
    expected.customers |= {f"{store}:{key}": names for key, names in shop.customers.items()}
    expected.orders |= {
        f"{store}:{key}": replace(order, customer=f"{store}:{order.customer}") for key, order in shop.orders.items()
    }
    for path in source.iterdir():
        header, *lines = path.read_text("utf-8").splitlines()
        with (place / path.name).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in ([f"{header},store"] if file.tell() == 0 else []))
            file.writelines(f"{line},{store}\n" for line in lines)


def duckdb_tables() -> list[tuple[object, ...]]:
    with duckdb.connect(DATABASE, read_only=True) as connection:
        return connection.execute("SHOW ALL TABLES").fetchall()


def replace_text(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new), "utf-8")


def test_a_flat_file_of_any_shop_is_mapped_by_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Semicolons, decimal commas, German days and other names: inspection proposes what the settings then say."""
    run("init", "shop", "--preset", "order-lines")
    monkeypatch.chdir(folder / "shop")
    expected = expected_shop("order-lines", Path("sample"))
    header, *rows = csv.reader(StringIO(text_of(Path("sample/orders_export.csv"))))
    place = Path("data")
    place.mkdir()
    changed = [
        [
            row[0],
            datetime.fromisoformat(row[1]).strftime("%d.%m.%Y %H:%M"),
            *row[2:5],
            row[5].replace(".", ","),
            *row[6:],
        ]
        for row in rows
    ]
    names = ["Invoice no", "Created at", "Mail", "Item", "Qty", "Price", "State", "Paid with", "Note"]
    write_csv(place / "sales.csv", [names, *changed], delimiter=";", encoding="utf-8-sig")
    output = run("sources", "inspect", "data", "--delimiter", "semicolon").output
    proposed = output[output.index("[tool.marketing_ibis.files]") :]
    settings = Path("pyproject.toml").read_text("utf-8")
    start = settings.index("[tool.marketing_ibis.sources.order_lines_export]")
    end = settings.index("# Statuses, in lower case")
    Path("pyproject.toml").write_text(settings[:start] + settings[end:] + proposed, "utf-8")
    run("seed", "--from", "data")
    run("run", "--select", SELECTED)
    assert header[0] not in proposed
    assert built_shop() == expected
