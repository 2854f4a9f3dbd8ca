"""Mistakes in a mapping, and in the table that it names, are reported before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.errors import MarketingIbisError
from tests.project.mapped_shop import FILES, ORDERS, SETTINGS, call, mapped
from tests.shop import AS_OF, make_shop


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
        ('"web.orders"', '"a.b.c.orders"', "table is 'a.b.c.orders', not the name of a table."),
        ('"web.orders"', '"a..orders"', "table is 'a..orders', not the name of a table."),
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


def test_a_condition_on_a_missing_column_names_it(tmp_path: Path) -> None:
    shop = mapped(tmp_path, SETTINGS + "    where = \"totl > 0 AND state = 'open'\"\n")
    output = " ".join(call(shop, "run", "--database", str(shop.database), code=1).split())
    assert "The source table web.orders has no column totl. Did you mean total?" in output


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
