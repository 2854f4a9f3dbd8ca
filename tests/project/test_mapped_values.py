"""Amounts, keys and rows of a mapped table, as the source has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marketing_ibis.build.numeric_texts import invalid_strings
from marketing_ibis.engines import ENGINES
from marketing_ibis.model.records import NumericText
from tests.project.mapped_shop import FILES, ORDERS, SETTINGS, built, call, mapped
from tests.shop import AS_OF, make_shop

TEXT_AMOUNTS = SETTINGS + '    types = { total = "text" }\n'


@pytest.mark.parametrize("amounts", ["DECIMAL(10, 2)", "DECIMAL(18, 4)", "FLOAT", "DOUBLE"])
def test_amounts_of_any_number_type_are_exact(tmp_path: Path, amounts: str) -> None:
    shop = mapped(tmp_path, orders=ORDERS.replace("DOUBLE", amounts))
    assert [row[1] for row in built(shop)] == [1999, 29]


def test_timestamps_with_a_zone_need_none(tmp_path: Path) -> None:
    settings = SETTINGS.replace('time_zone = "America/New_York"', 'types = { created_at = "timestamptz" }')
    orders = ORDERS.replace(
        "total, created_at FROM", "total, timezone('America/New_York', created_at) AS created_at FROM"
    )
    assert [row[2] for row in built(mapped(tmp_path, settings, orders=orders))] == ["2024-05-01", "2024-05-02"]


def test_strings_become_keys_and_amounts_where_the_types_say_so(tmp_path: Path) -> None:
    settings = SETTINGS + '    types = { number = "text", total = "text" }\n'
    orders = ORDERS.replace("INT", "VARCHAR").replace("total::DOUBLE", "total::DECIMAL(9, 2)::VARCHAR")
    assert [row[:2] for row in built(mapped(tmp_path, settings, orders=orders))] == [(7, 1999), (8, 29)]


@pytest.mark.parametrize("amount", ["abc", "0.2900000004", "1,5", "", "."])
def test_a_text_that_is_no_amount_in_whole_cents_is_named(tmp_path: Path, amount: str) -> None:
    orders = ORDERS.replace("total::DOUBLE", f"CASE WHEN total < 1 THEN '{amount}' ELSE total::VARCHAR END")
    shop = mapped(tmp_path, TEXT_AMOUNTS, orders=orders)
    output = call(shop, "run", "--database", str(shop.database), code=1)
    assert f"has 1 amount not in whole cents, such as {amount}" in " ".join(output.split())


@pytest.mark.parametrize(("amount", "cents"), [(" 1.5 ", 150), ("-.29", -29), ("+3.", 300), ("0.2900", 29)])
def test_a_text_is_an_amount_however_it_is_written(tmp_path: Path, amount: str, cents: int) -> None:
    orders = ORDERS.replace("total::DOUBLE", f"CASE WHEN total < 1 THEN '{amount}' ELSE total::VARCHAR END")
    assert built(mapped(tmp_path, TEXT_AMOUNTS, orders=orders))[1][1] == cents


@pytest.mark.parametrize("key", ["AB-7x", "", "7.5", "9999999999999999999", "1e3"])
def test_a_text_that_is_no_key_is_shown_by_its_shape(tmp_path: Path, key: str) -> None:
    orders = ORDERS.replace("number::INT", f"CASE WHEN number = 7 THEN '{key}' ELSE number::VARCHAR END")
    shop = mapped(tmp_path, SETTINGS + '    types = { number = "text" }\n', orders=orders)
    output = " ".join(call(shop, "run", "--database", str(shop.database), code=1).split())
    example = re.sub(r"[A-Za-z]", "A", re.sub(r"\d", "9", key))
    assert f"web.orders has 1 string that is not a whole number, such as one like {example!r}" in output
    assert "correct [tool.marketing_ibis] sources.raw_sales.columns.id (pyproject.toml:8)." in output
    with shop.open() as target:
        assert not target.relations("dbt_marketing")


def test_the_setting_of_keys_that_are_strings_is_named() -> None:
    key = NumericText("nr", "sources.raw_sales.columns.id", "whole number", True, lambda table: table)
    error = invalid_strings(key, "web.orders", 2, "Zoë-" + 30 * "1")
    assert str(error) == (
        "Column nr of the source table web.orders has 2 strings that are not whole numbers, such as one like"
        " 'AAA-99999999999999999999...'.\n"
        'Set id_type = "string" under [tool.marketing_ibis] for keys that are strings, or correct'
        " sources.raw_sales.columns.id."
    )


@pytest.mark.parametrize("key", [" 7 ", "+7", "007", "-9123456789012345678", "8999999999999999999"])
def test_a_text_is_a_key_where_it_is_a_number(tmp_path: Path, key: str) -> None:
    orders = ORDERS.replace("number::INT", f"CASE WHEN number = 7 THEN '{key}' ELSE number::VARCHAR END")
    shop = mapped(tmp_path, SETTINGS + '    types = { number = "text" }\n', orders=orders)
    assert int(key) in {row[0] for row in built(shop)}


def test_a_text_to_be_rounded_must_be_a_number(tmp_path: Path) -> None:
    settings = TEXT_AMOUNTS + '    rounding = "half_up"\n'
    orders = ORDERS.replace("total::DOUBLE", "CASE WHEN total < 1 THEN 'EUR 1' ELSE '1.005' END")
    shop = mapped(tmp_path, settings, orders=orders)
    output = call(shop, "run", "--database", str(shop.database), code=1)
    assert "has 1 string that is not a number, such as one like 'AAA 9'" in " ".join(output.split())


def test_amounts_are_rounded_where_the_settings_say_so(tmp_path: Path) -> None:
    orders = ORDERS.replace("19.99", "1.005").replace("0.29", "-1.005")
    for number, amounts in enumerate(("DOUBLE", "DECIMAL(9, 3)")):
        settings = SETTINGS + '    rounding = "half_up"\n'
        shop = mapped(tmp_path / str(number), settings, orders=orders.replace("DOUBLE", amounts))
        assert [row[1] for row in built(shop)] == [101, -101]


def test_one_column_may_have_another_unit_and_zone(tmp_path: Path) -> None:
    columns = (
        'columns = { id = "number", cents = { column = "total", unit = "dollars" },'
        ' sold_on = { column = "created_at", time_zone = "America/New_York" }, status = { value = "sold" } }'
    )
    lines = [line for line in SETTINGS.splitlines() if not line.strip().startswith(("columns", "amount_unit"))]
    settings = "\n".join([*lines[:-2], f"    {columns}"]) + "\n"
    assert built(mapped(tmp_path, settings))[1] == (8, 29, "2024-05-02", "sold")


def test_a_condition_has_negative_numbers(tmp_path: Path) -> None:
    settings = SETTINGS + '    where = "balance > -1"\n'
    orders = ORDERS.replace("AS total,", "AS total, 6.5 - number AS balance,")
    assert [row[0] for row in built(mapped(tmp_path, settings, orders=orders))] == [7]


def test_a_condition_keeps_rows_by_columns_that_need_not_be_mapped(tmp_path: Path) -> None:
    orders = ORDERS.replace("AS total,", "AS total, number = 7 AS is_test, 'open' AS state,")
    settings = SETTINGS + "    where = \"NOT is_test AND state <> 'void' AND total < 100\"\n"
    shop = mapped(tmp_path, settings, orders=orders)
    assert [row[0] for row in built(shop)] == [8]
    assert {"is_test", "state"} < set(shop.project.compile(AS_OF).sources["web_orders"].schema)


def test_an_amount_that_the_condition_excludes_stops_nothing(tmp_path: Path) -> None:
    settings = SETTINGS + '    where = "number <> 8"\n'
    assert [row[0] for row in built(mapped(tmp_path, settings, orders=ORDERS.replace("0.29", "0.295")))] == [7]


def test_a_file_of_a_mapped_source_has_its_wrong_amounts_named(tmp_path: Path) -> None:
    settings = SETTINGS.replace('"web.orders"', '"orders"')
    shop = make_shop(tmp_path / "shop", settings=settings, **FILES)
    files = tmp_path / "files"
    files.mkdir()
    text = "number,total,created_at\n7,19.99,2024-05-01T17:59:59\n8,0.295,2024-05-01T18:00:00\n"
    (files / "orders.csv").write_text(text)
    arguments = ("seed", "--from", str(files), "--database", str(tmp_path / "w.duckdb"))
    output = " ".join(call(shop, *arguments, code=1).split())
    assert "line 3, column total: '0.295' is not a number of at most" in output
    (files / "orders.csv").write_text(text.replace("0.295", "0.29"))
    call(shop, *arguments)
    call(shop, "run", "--database", str(tmp_path / "w.duckdb"))
    with ENGINES["duckdb"].open({"path": tmp_path / "w.duckdb"}) as target:
        assert target.query("SELECT cents FROM dbt_marketing.raw_sales ORDER BY id") == [(1999,), (29,)]
