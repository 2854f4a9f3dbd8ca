"""A shop whose sales are in a table of another shape, for tests of the mapping in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.invocation import invoke
from tests.shop import SHOP, Shop, make_shop

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
