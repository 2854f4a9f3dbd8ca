"""The settings map tables of another shape to the sources of a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.project.settings import load_project
from tests.project.mapped_shop import FILES, ORDERS, SETTINGS, built, call, mapped
from tests.shop import AS_OF, make_shop


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


def test_a_table_alone_moves_the_source(tmp_path: Path) -> None:
    settings = '[tool.marketing_ibis.sources.raw_sales]\ntable = "web.orders"\n'
    orders = "SELECT 1 AS id, 250 AS cents, DATE '2024-05-01' AS sold_on, 'sold' AS status"
    shop = mapped(tmp_path, settings, orders=orders)
    assert set(shop.project.compile(AS_OF).sources) == {"raw_sales"}
    assert call(shop, "ls", "-s", "source:web.orders").split() == ["raw_sales"]
    call(shop, "build", "--database", str(shop.database))


def test_days_are_compared_over_tables_of_other_schemas(tmp_path: Path) -> None:
    shop = mapped(tmp_path)
    compared = call(shop, "diff", "2024-05-01", "2024-05-15", "--database", str(shop.database), "--format", "json")
    tables = {table["name"]: table for table in json.loads(compared)["tables"]}
    assert tables.keys() == {"raw_sales", "stg_sales", "totals", "halves", "report", "days"}
    with shop.open() as target:
        assert set(target.relations("dbt_marketing")) == set()
        target.execute("DROP TABLE web.orders")
    output = call(shop, "diff", "2024-05-01", "2024-05-15", "--database", str(shop.database), code=1)
    assert "The source table web.orders does not exist in" in " ".join(output.split())


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


def test_an_optional_column_of_one_source_is_not_that_of_another(tmp_path: Path) -> None:
    """An address of orders, by which guests are known, adds none to the customers."""
    settings = '[tool.marketing_ibis.sources.raw_orders]\noptional = ["email"]\n'
    (tmp_path / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{settings}", "utf-8")
    dataflow = load_project(tmp_path).compile(AS_OF, ["stg_customers", "stg_orders"])
    assert "email" in dataflow.sources["raw_orders"].schema
    assert "email" not in dataflow.models["stg_customers"].schema
