"""The settings map tables of another shape to the sources of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from marketing_ibis.build.numeric_texts import invalid_strings
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.model.records import NumericText
from marketing_ibis.project.settings import load_project
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, make_shop

FILES = {
    "raw_sales": """
        COLUMNS = (
            column("id", "int64", "Key."),
            column("cents", "int64", "Price.", unit="cents"),
            column("sold_on", "date", "Day."),
            column("status", "string", "Status."),
            column("note", "string", "Note.", nullable=True, optional=True),
        )

        @source(table="sales", grain=("id",), columns=COLUMNS)
        def raw_sales() -> ir.Table:
            '''Sales.'''
        """,
    "stg_sales": SHOP["stg_sales"].replace(
        "return raw_sales.filter(raw_sales.cents > 0)", "return raw_sales.filter(raw_sales.cents > 0)[['id', 'cents']]"
    ),
    "days": """
        COLUMNS = (
            column("id", "int64", "Key."),
            column("sold_on", "date", "Day."),
            column("status", "string", "Status."),
            column("note", "string", "Note.", nullable=True, optional=True),
        )

        @model(layer="marts", grain=("id",), columns=COLUMNS)
        def days(raw_sales: ir.Table) -> ir.Table:
            '''The day and the status of each sale.'''
            return raw_sales.drop("cents")
        """,
}
SETTINGS = """
    time_zone = "Europe/Berlin"
    [tool.marketing_ibis.sources.raw_sales]
    table = "web.orders"
    columns = { id = "number", cents = "total", sold_on = "created_at", status = { value = "sold" } }
    amount_unit = "dollars"
    time_zone = "America/New_York"
    """
ROWS = "(VALUES (7, 19.99, TIMESTAMP '2024-05-01 17:59:59'), (8, 0.29, TIMESTAMP '2024-05-01 18:00:00'))"
ORDERS = f"SELECT number::INT AS number, total::DOUBLE AS total, created_at FROM {ROWS} t(number, total, created_at)"


def mapped(
    folder: Path, settings: str = SETTINGS, *, orders: str = ORDERS, files: Mapping[str, str] = MappingProxyType({})
) -> Shop:
    """Return a shop whose sales are in a table of another shape."""
    shop = make_shop(folder, settings=settings, **FILES | dict(files))
    with shop.open() as target:
        target.execute("CREATE SCHEMA web")
        target.execute(f"CREATE TABLE web.orders AS {orders}")
        target.execute("DROP TABLE dbt_production.sales")
    return shop


def call(shop: Shop, *arguments: str, code: int = 0) -> str:
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"))
    return invoke(*arguments, *place, code=code).output


def built(shop: Shop) -> list[tuple[object, ...]]:
    """Build and return the sales with their days."""
    call(shop, "run", "--database", str(shop.database))
    with shop.open() as target:
        columns = "id, cents, CAST(sold_on AS VARCHAR), status"
        return target.query(f"SELECT {columns} FROM dbt_marketing.raw_sales ORDER BY id")


def test_names_dollars_zones_and_constants_are_mapped(tmp_path: Path) -> None:
    assert built(mapped(tmp_path)) == [(7, 1999, "2024-05-01", "sold"), (8, 29, "2024-05-02", "sold")]


def test_the_graph_has_the_table_and_an_adapter(tmp_path: Path) -> None:
    shop = mapped(tmp_path)
    dataflow = shop.project.compile(AS_OF)
    assert dataflow.models["raw_sales"].parents == ("web_orders",)
    assert dataflow.models["raw_sales"].declaration.layer == "adapters"
    assert list(dataflow.sources["web_orders"].schema) == ["number", "total", "created_at"]
    assert call(shop, "ls", "-s", "+days").split() == ["web_orders", "raw_sales", "days"]
    assert call(shop, "ls", "-s", "source:web.orders").split() == ["web_orders"]
    assert "web_orders.total" in call(shop, "lineage", "totals.cents")
    assert "raw_sales" in call(shop, "plan", "--database", str(shop.database))


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


TEXT_AMOUNTS = SETTINGS + '    types = { total = "text" }\n'


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


def test_a_table_alone_moves_the_source(tmp_path: Path) -> None:
    settings = '[tool.marketing_ibis.sources.raw_sales]\ntable = "web.orders"\n'
    orders = "SELECT 1 AS id, 250 AS cents, DATE '2024-05-01' AS sold_on, 'sold' AS status"
    shop = mapped(tmp_path, settings, orders=orders)
    assert set(shop.project.compile(AS_OF).sources) == {"raw_sales"}
    assert call(shop, "ls", "-s", "source:web.orders").split() == ["raw_sales"]
    call(shop, "build", "--database", str(shop.database))


def test_an_optional_column_that_is_mapped_is_used(tmp_path: Path) -> None:
    settings = SETTINGS.replace("columns = { ", 'columns = { note = "remark", ')
    orders = ORDERS.replace("AS total,", "AS total, 'n' AS remark,")
    shop = mapped(tmp_path, settings, orders=orders)
    call(shop, "build", "--database", str(shop.database))
    with shop.open() as target:
        assert target.query("SELECT DISTINCT note FROM dbt_marketing.days") == [("n",)]


def test_a_target_s_settings_are_merged_with_the_others(tmp_path: Path) -> None:
    settings = SETTINGS + '    [tool.marketing_ibis.targets.duckdb.sources.raw_sales]\n    table = "web.orders_test"\n'
    shop = mapped(tmp_path, settings)
    with shop.open() as target:
        target.execute("CREATE TABLE web.orders_test AS FROM web.orders WHERE number = 7")
    assert [row[:2] for row in built(shop)] == [(7, 1999)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'id = "number"',
            'ids = "number"',
            "sources.raw_sales.columns.ids is not a column of raw_sales. Did you mean id",
        ),
        ('id = "number"', 'id = "total"', "columns maps id and cents to the same column, total."),
        ('id = "number"', "id = 5", "sources.raw_sales.columns.id is 5, not a column of the table."),
        ('id = "number"', "id = {}", "sources.raw_sales.columns.id is {}, not a column of the table."),
        ('id = "number"', 'id = { column = "number", value = 1 }', "columns.id has both a column and a value."),
        ('id = "number"', 'id = { unit = "cents" }', "columns.id has neither a column nor a value."),
        ('id = "number"', 'id = { colum = "number" }', "columns.id.colum is unknown. Did you mean column?"),
        ('value = "sold"', "value = [1]", "columns.status.value is [1], not a string, number, truth value or date."),
        ("columns = {", 'column = "number"\n    columns = {', "raw_sales.column is unknown. Did you mean columns"),
        ('"dollars"', '"euros"', "sources.raw_sales.amount_unit is 'euros', not cents or dollars."),
        ("America/New_York", "America/New_Yrk", "'America/New_Yrk', which is not a time zone."),
        ('"web.orders"', '"a.b.orders"', "table is 'a.b.orders', which names a database: sources are in"),
        ('"web.orders"', '"web."', "table is 'web.', not the name of a table."),
        ('"dollars"', '"dollars"\n    rounding = "up"', "rounding is 'up', not half_up."),
        ('"dollars"', '"cents"\n    rounding = "half_up"', "rounding has no effect: amount_unit"),
        (
            '"dollars"',
            '"dollars"\n    types = { numbr = "text" }',
            "types.numbr is not a column that the mapping reads. Did",
        ),
        ('"dollars"', '"dollars"\n    types = { number = "txt" }', "Column number: unknown type 'txt'."),
        (
            '"dollars"',
            '"dollars"\n    types = { number = "date" }',
            "columns.id: number is date, which cannot become id: int64",
        ),
        ("raw_sales]", "raw_sale]", "sources.raw_sale is not a source. Did you mean raw_sales?"),
    ],
)
def test_mistakes_in_the_settings_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(MarketingIbisError) as raised:
        make_shop(tmp_path, settings=SETTINGS.replace(old, new, 1), **FILES).project.compile(AS_OF)
    assert message in " ".join(str(raised.value).split())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "AS number",
            "AS numbr",
            "The source table web.orders has no column number. Did you mean numbr?",
            id="column",
        ),
        pytest.param(
            "INT AS",
            "VARCHAR AS",
            "Column number of the source table web.orders is string, and the mapping expects int64. If that is right,"
            ' set types = { number = "string" } under [tool.marketing_ibis] sources.raw_sales (pyproject.toml:6).',
            id="type",
        ),
        pytest.param(
            "created_at FROM",
            "created_at::TIMESTAMPTZ AS created_at FROM",
            'If that is right, set types = { created_at = "timestamptz" }',
            id="zone",
        ),
        pytest.param(
            "0.29",
            "0.295",
            "Column total of the source table web.orders has 1 amount not in whole cents, such as"
            ' 0.295. Correct the data, or set rounding = "half_up"',
            id="decimals",
        ),
    ],
)
def test_mistakes_in_the_table_stop_a_run_before_anything_is_built(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    shop = mapped(tmp_path, orders=ORDERS.replace(old, new))
    output = call(shop, "run", "--database", str(shop.database), code=1)
    assert message in " ".join(output.split())
    with shop.open() as target:
        assert not target.relations("dbt_marketing")


def test_a_table_that_does_not_exist_is_named(tmp_path: Path) -> None:
    shop = mapped(tmp_path, SETTINGS.replace("web.orders", "web.order"))
    output = call(shop, "run", "--database", str(shop.database), code=1)
    assert "The source table web.order does not exist" in output
    assert "Did you mean orders?" in output


def test_two_tables_whose_names_become_one_are_refused(tmp_path: Path) -> None:
    """Tables "web.or_ders" and "web_or.ders" would be the same source, and one be read for the other."""
    more = FILES["raw_sales"].replace('"sales"', '"more"').replace("raw_sales", "raw_more")
    settings = SETTINGS.replace("web.orders", "web.or_ders")
    settings += '    [tool.marketing_ibis.sources.raw_more]\n    table = "web_or.ders"\n    columns = { id = "nr" }\n'
    shop = make_shop(tmp_path, settings=settings, **FILES, raw_more=more)
    with pytest.raises(MarketingIbisError, match=r"would be the source web_or_ders, and so would web\.or_ders"):
        shop.project.compile(AS_OF)


def test_a_condition_has_negative_numbers(tmp_path: Path) -> None:
    settings = SETTINGS + '    where = "balance > -1"\n'
    orders = ORDERS.replace("AS total,", "AS total, 6.5 - number AS balance,")
    assert [row[0] for row in built(mapped(tmp_path, settings, orders=orders))] == [7]


def test_a_mapping_and_an_adapter_of_one_source_are_one_too_many(tmp_path: Path) -> None:
    adapter = """
        from marketing_ibis.model import adapter

        @adapter()
        def raw_sales() -> ir.Table:
            '''Sales.'''
        """
    shop = make_shop(tmp_path, settings=SETTINGS, **FILES, web_adapter=adapter)
    with pytest.raises(MarketingIbisError, match=r"maps a source that an adapter replaces: .*web_adapter\.py:8"):
        shop.project.nodes()


def test_a_condition_keeps_rows_by_columns_that_need_not_be_mapped(tmp_path: Path) -> None:
    orders = ORDERS.replace("AS total,", "AS total, number = 7 AS is_test, 'open' AS state,")
    settings = SETTINGS + "    where = \"NOT is_test AND state <> 'void' AND total < 100\"\n"
    shop = mapped(tmp_path, settings, orders=orders)
    assert [row[0] for row in built(shop)] == [8]
    assert {"is_test", "state"} < set(shop.project.compile(AS_OF).sources["web_orders"].schema)


def test_an_amount_that_the_condition_excludes_stops_nothing(tmp_path: Path) -> None:
    settings = SETTINGS + '    where = "number <> 8"\n'
    assert [row[0] for row in built(mapped(tmp_path, settings, orders=ORDERS.replace("0.29", "0.295")))] == [7]


def test_a_condition_on_a_missing_column_names_it(tmp_path: Path) -> None:
    shop = mapped(tmp_path, SETTINGS + "    where = \"totl > 0 AND state = 'open'\"\n")
    output = " ".join(call(shop, "run", "--database", str(shop.database), code=1).split())
    assert "The source table web.orders has no column totl. Did you mean total?" in output


def test_first_rows_of_a_mapped_table_are_found_as_those_of_a_source(tmp_path: Path) -> None:
    """A view of one table, row by row, is as cheap to read twice as a table; one that groups is not."""
    assert mapped(tmp_path / "view").project.compile(AS_OF).plain_tables == {"web_orders", "raw_sales"}
    grouping = """
        from marketing_ibis.model import adapter

        SALES = (column("id", "int64", "Key."),)

        @source(table="lines", grain=("id",), columns=SALES)
        def lines() -> ir.Table:
            '''Lines.'''

        @adapter({0})
        def raw_sales(lines: ir.Table) -> ir.Table:
            '''Sales.'''
            sales = lines.group_by("id").agg(cents=lines.count())
            return sales.mutate(sold_on=ibis.date(2024, 5, 1), status=ibis.literal("sold"))
        """
    for number, (stored, names) in enumerate((("", {"lines"}), ('materialized="table"', {"lines", "raw_sales"}))):
        shop = make_shop(tmp_path / str(number), **FILES, web_adapter=grouping.replace("{0}", stored))
        assert shop.project.compile(AS_OF).plain_tables == names


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


@pytest.mark.parametrize(
    ("setting", "name"), [('["country"]', "country"), ('{ ship_country = "country" }', "ship_country")]
)
def test_a_further_column_is_passed_through_to_own_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, name: str
) -> None:
    note = 'column("note", "string", "Note.", nullable=True, optional=True),'
    days = FILES["days"].replace(note, f'{note}\n            column("{name}", "string", "Country.", nullable=True),')
    monkeypatch.setitem(FILES, "days", days)
    orders = ORDERS.replace(" created_at FROM", " created_at, 'DE' AS country FROM")
    shop = mapped(tmp_path, SETTINGS + f"    pass_through = {setting}\n", orders=orders)
    built(shop)
    with shop.open() as target:
        assert target.query(f"SELECT id, {name} FROM dbt_marketing.days ORDER BY id") == [(7, "DE"), (8, "DE")]
    assert "web_orders.country" in call(shop, "lineage", f"days.{name}")


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ('["status"]', "pass_through names status, which raw_sales has already"),
        ('["number"]', "pass_through names the column number, which id is read from"),
    ],
)
def test_a_column_is_not_passed_through_twice(tmp_path: Path, setting: str, problem: str) -> None:
    shop = mapped(tmp_path, SETTINGS + f"    pass_through = {setting}\n")
    assert problem in " ".join(call(shop, "compile", code=2).split())


def test_an_optional_column_of_one_source_is_not_that_of_another(tmp_path: Path) -> None:
    """An address of orders, by which guests are known, adds none to the customers."""
    settings = '[tool.marketing_ibis.sources.raw_orders]\noptional = ["email"]\n'
    (tmp_path / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{settings}", "utf-8")
    dataflow = load_project(tmp_path).compile(AS_OF, ["stg_customers", "stg_orders"])
    assert "email" in dataflow.sources["raw_orders"].schema
    assert "email" not in dataflow.models["stg_customers"].schema
