"""Columns that pass through a mapping or an adapter, up to a model that asks for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketing_ibis.errors import MarketingIbisError
from tests.project.mapped_shop import FILES, ORDERS, SETTINGS, call, mapped
from tests.shop import AS_OF, Shop, make_shop

ADAPTER = """
    from marketing_ibis.model import adapter

    @source(
        table="lines",
        schema="web",
        grain=("id",),
        columns=(column("id", "int64", "Key."), column("country", "string", "Country.", nullable=True)),
    )
    def web_lines() -> ir.Table:
        '''Lines.'''

    @adapter()
    def raw_sales(web_lines: ir.Table) -> ir.Table:
        '''Sales.'''
        sales = web_lines.select("id", cents=ibis.literal(5, "int64"), country=web_lines.country.upper())
        days = sales.mutate(sold_on=ibis.date(2024, 5, 1), status=ibis.literal("sold"))
        return days.select("id", "cents", "sold_on", "status", "country")
    """
CARRYING = """
    from marketing_ibis.model import PassedColumns

    COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price."))

    @model(layer="staging", grain=("id",), columns=COLUMNS, pass_through="raw_sales")
    def stg_sales(raw_sales: ir.Table, passed_columns: PassedColumns) -> ir.Table:
        '''Sales that count.'''
        return raw_sales.select("id", "cents", *(each.name for each in passed_columns.get("raw_sales", ())))
    """
DAYS = FILES["days"].replace('raw_sales.drop("cents")', 'raw_sales.select("id", "sold_on", "status")')
FILES_CARRYING = FILES | {"stg_sales": CARRYING, "days": DAYS}
PASSING = '[tool.marketing_ibis.sources.raw_sales]\npass_through = ["country"]\n'


def carried(shop: Shop, columns: str) -> list[tuple[object, ...]]:
    call(shop, "run", "--database", str(shop.database))
    with shop.open() as target:
        return target.query(f"SELECT {columns} FROM dbt_marketing.stg_sales ORDER BY id")


def adapted(folder: Path, settings: str) -> Shop:
    """Return a shop whose source is an adapter, with two rows."""
    shop = make_shop(folder, settings=settings, **FILES_CARRYING, web_adapter=ADAPTER)
    with shop.open() as target:
        target.execute("CREATE SCHEMA web")
        target.execute("CREATE TABLE web.lines AS FROM (VALUES (1, 'de'), (2, NULL)) t(id, country)")
    return shop


def test_an_adapter_returns_the_columns_that_pass_through(tmp_path: Path) -> None:
    assert carried(adapted(tmp_path, PASSING), "id, country") == [(1, "DE"), (2, None)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (PASSING.replace('["country"]', '["town"]'), "Model raw_sales does not match its contract"),
        (
            PASSING.replace('["country"]', '{ land = "country" }'),
            "renames country, which the adapter raw_sales returns. Have the adapter return land, and write",
        ),
        (
            PASSING + 'types = { contry = "string" }\n',
            "types.contry is not a column that passes through from the adapter. Did you mean country?",
        ),
        (PASSING + 'amount_unit = "dollars"\n', "maps a source that an adapter replaces"),
    ],
)
def test_mistakes_about_an_adapter_are_named(tmp_path: Path, settings: str, message: str) -> None:
    with pytest.raises(MarketingIbisError) as raised:
        adapted(tmp_path, settings).project.compile(AS_OF)
    assert message in " ".join(str(raised.value).split())


def test_timestamps_and_amounts_pass_through_as_they_are(tmp_path: Path) -> None:
    """Of these columns only the order day is converted to the zone of the business."""
    settings = SETTINGS + (
        '    pass_through = ["paid_at", "sent_at", "tax"]\n'
        '    types = { paid_at = "timestamp", sent_at = "timestamptz", tax = "decimal(9, 4)" }\n'
    )
    more = "created_at AS paid_at, created_at AT TIME ZONE 'UTC' AS sent_at, 1.2345::DECIMAL(9, 4) AS tax"
    orders = ORDERS.replace(" created_at FROM", f" created_at, {more} FROM")
    shop = mapped(tmp_path, settings, orders=orders, files=FILES_CARRYING)
    rows = carried(shop, "paid_at, epoch(sent_at), tax::VARCHAR")
    noon = datetime(2024, 5, 1, 17, 59, 59)
    assert rows[0] == (noon, noon.replace(tzinfo=UTC).timestamp(), "1.2345")


def test_a_model_passes_through_from_sources_alone(tmp_path: Path) -> None:
    stg_sales = CARRYING.replace('pass_through="raw_sales"', 'pass_through="raw_sale"')
    with pytest.raises(MarketingIbisError, match=r"pass_through='raw_sale', which is not a source\.\nDid you mean"):
        make_shop(tmp_path, **FILES_CARRYING | {"stg_sales": stg_sales}).project.compile(AS_OF)
