"""A renamed and retyped copy of a source, mapped back by the settings, is the source: on every engine, to the bit."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.engine_shops import ENGINE_NAMES, engine_shop
from tests.invocation import invoke
from tests.paths import JAFFLE
from tests.shop import AS_OF, make_shop

BUSINESS, SHOP = "Europe/Berlin", "America/New_York"
ROUND = """
    CREATE FUNCTION round(double precision, integer) RETURNS double precision LANGUAGE sql IMMUTABLE
    AS 'SELECT round($1::numeric, $2)::double precision'
"""
"""Redshift rounds doubles to decimal places, and PostgreSQL, which stands in for it, does not."""
SOURCE = """
    @source(
        table="sales_{number}",
        grain=("id",),
        columns=(
            column("id", "int64", "Key."),
            column("cents", "int64", "Price.", unit="cents", nullable=True),
            column("sold_on", "date", "Day.", nullable=True),
        ),
    )
    def raw_sales_{number}() -> ir.Table:
        '''Sales.'''
    """
EDGES = [
    datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC),  # Berlin's clocks go forward
    datetime(2024, 10, 27, 0, 30, tzinfo=UTC),  # and back
    datetime(2024, 3, 10, 6, 59, 59, tzinfo=UTC),  # New York's clocks go forward
    datetime(2023, 12, 31, 22, 59, 59, tzinfo=UTC),
    datetime(2023, 12, 31, 23, 0, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 0, tzinfo=UTC),
]
AMOUNTS = [0, 1, -1, 29, 57, 1999, 10_000_000_01, -123_456_789, None]


@dataclass(frozen=True)
class Variant:
    """Types of the table's columns, and the settings that go with them."""

    key: str
    amount: str
    time: str

    @property
    def number(self) -> int:
        """The place of the variant among all, which is in the names of its source and table."""
        return VARIANTS.index(self)

    @property
    def settings(self) -> str:
        """Return the mapping of the variant's table."""
        types = {
            "number": "string" if self.key == "VARCHAR(20)" else "",
            "total": "string" if self.amount == "VARCHAR(20)" else "",
            "sold": "timestamptz" if self.time == "TIMESTAMPTZ" else "",
        }
        entries = ", ".join(f'{name} = "{kind}"' for name, kind in types.items() if kind)
        return "\n".join(
            [
                f"[tool.marketing_ibis.sources.raw_sales_{self.number}]",
                f'table = "web.orders_{self.number}"',
                'columns = { id = "number", cents = "total", sold_on = "sold" }',
                'amount_unit = "dollars"',
                *([f'time_zone = "{SHOP}"'] if self.time == "TIMESTAMP" else []),
                *([f"types = {{ {entries} }}"] if entries else []),
                "",
            ]
        )

    def row(self, number: int, cents: int | None, sold: datetime | None) -> str:
        """Return a row of the table as SQL."""
        total = "NULL" if cents is None else f"CAST('{Decimal(cents) / 100}' AS {self.amount})"
        return f"(CAST('{number}' AS {self.key}), {total}, {self._moment(sold)})"

    def _moment(self, sold: datetime | None) -> str:
        if sold is None:
            return f"CAST(NULL AS {self.time})"
        if self.time == "TIMESTAMPTZ":
            return f"CAST('{sold:%Y-%m-%d %H:%M:%S}+00' AS TIMESTAMPTZ)"
        if self.time == "DATE":
            return f"DATE '{day_of(sold)}'"
        return f"TIMESTAMP '{sold.astimezone(ZoneInfo(SHOP)):%Y-%m-%d %H:%M:%S}'"


Rows = Sequence[tuple[int | None, datetime | None]]
VARIANTS = [
    Variant("INTEGER", "NUMERIC(12, 2)", "TIMESTAMP"),
    Variant("BIGINT", "DOUBLE PRECISION", "TIMESTAMPTZ"),
    Variant("VARCHAR(20)", "NUMERIC(18, 6)", "DATE"),
    Variant("SMALLINT", "VARCHAR(20)", "TIMESTAMP"),
]
rows = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(AMOUNTS), st.integers(-(10**11), 10**11)),
        st.one_of(
            st.none(),
            st.sampled_from(EDGES),
            st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)).map(
                lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
            ),
        ),
    ),
    max_size=20,
)


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(BUSINESS)).date()


def expected(sales: Rows) -> list[tuple[int, int | None, date | None]]:
    return [(number, cents, sold and day_of(sold)) for number, (cents, sold) in enumerate(sales, 1)]


def table(variant: Variant, sales: Rows) -> str:
    values = ", ".join(variant.row(number, *sale) for number, sale in enumerate(sales, 1))
    columns = f"number {variant.key}, total {variant.amount}, sold {variant.time}"
    insert = f"; INSERT INTO web.orders_{variant.number} VALUES {values}" if sales else ""
    return f"CREATE TABLE web.orders_{variant.number} ({columns}){insert}"


def settings() -> str:
    return f'time_zone = "{BUSINESS}"\n' + "".join(variant.settings for variant in VARIANTS)


def sources() -> dict[str, str]:
    return {f"raw_sales_{variant.number}": SOURCE.format(number=variant.number) for variant in VARIANTS}


@cache
def adapter_sql() -> list[str]:
    """Return the SELECT of each adapter on DuckDB."""
    project = make_shop(Path(mkdtemp()), settings=settings(), **sources()).project
    dialect, models = ENGINES["duckdb"].dialect(), project.compile(AS_OF).models
    relations = {f"web_orders_{v.number}": Relation("web", f"orders_{v.number}") for v in VARIANTS}
    selects = [dialect.select(models[f"raw_sales_{variant.number}"].expression) for variant in VARIANTS]
    return [dialect.resolve(select, relations) for select in selects]


@cache
def memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@given(st.sampled_from(VARIANTS), rows)
def test_a_mapped_copy_has_the_rows_of_the_source(variant: Variant, sales: Rows) -> None:
    connection = memory()
    connection.execute("DROP SCHEMA IF EXISTS web CASCADE; CREATE SCHEMA web; " + table(variant, sales))
    assert connection.sql(adapter_sql()[variant.number]).order("id").fetchall() == expected(sales)


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_every_engine_has_the_rows_of_the_source(engine: str, tmp_path: Path) -> None:
    days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours) for hours in range(0, 24 * 366, 291)]
    sales = list(zip(itertools.cycle(AMOUNTS), [*EDGES, *days, None], strict=False))
    with engine_shop(engine, tmp_path, settings(), **sources()) as shop:
        if engine == "redshift":
            shop.query(ROUND)
        shop.query("CREATE SCHEMA web; " + "; ".join(table(variant, sales) for variant in VARIANTS))
        shop.run("run", "--select", "adapters")
        for number in range(len(VARIANTS)):
            found = shop.query(f"SELECT id, cents, sold_on FROM dbt_marketing.raw_sales_{number} ORDER BY id")
            assert found == expected(sales)


MAPPED_SHOP = """
[tool.marketing_ibis.sources.raw_customers]
table = "web.people"
columns = { id = "Number", first_name = "Given name" }
types = { Number = "string" }
[tool.marketing_ibis.sources.raw_orders]
table = "web.sales"
columns = { user_id = "buyer", order_date = "placed", cycle_name = "product" }
time_zone = "America/New_York"
[tool.marketing_ibis.sources.raw_payments]
table = "web.receipts"
columns = { payment_method = "method", amount = "total" }
amount_unit = "dollars"
"""
COPY = """
CREATE SCHEMA web;
CREATE TABLE web.people AS
    SELECT id::VARCHAR AS "Number", first_name AS "Given name", last_name, 'junk' AS extra
    FROM dbt_production.customers;
CREATE TABLE web.sales AS
    SELECT id::SMALLINT AS id, user_id::INT AS buyer, status, cycle_name AS product,
           timezone('America/New_York', timezone('UTC', order_date + INTERVAL 30 MINUTE)) AS placed
    FROM dbt_production.orders;
CREATE TABLE web.receipts AS
    SELECT id, order_id, payment_method AS method, (amount / 100)::DOUBLE AS total, cycle_name
    FROM dbt_production.payments;
DROP SCHEMA dbt_production CASCADE;
"""


def test_the_tables_of_a_mapped_shop_are_those_of_the_shop(tmp_path: Path) -> None:
    for name, mapping in (("plain", ""), ("mapped", MAPPED_SHOP)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{mapping}", "utf-8")
        place = ("--database", str(tmp_path / f"{name}.duckdb"), "--target-path", str(folder / "target"))
        if mapping:
            (tmp_path / "mapped.duckdb").write_bytes((tmp_path / "plain.duckdb").read_bytes())
            with duckdb.connect(str(tmp_path / "mapped.duckdb")) as connection:
                connection.execute(COPY)
        else:
            invoke("seed", "--from", str(JAFFLE), *place, "--project-dir", str(folder))
        invoke("run", "--as-of", "2018-04-10", *place, "--project-dir", str(folder))
    connection = memory()
    connection.execute(
        f"ATTACH '{tmp_path / 'plain.duckdb'}' AS plain; ATTACH '{tmp_path / 'mapped.duckdb'}' AS mapped"
    )
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'plain' AND schema_name = 'dbt_marketing'"
        " AND table_name NOT LIKE 'build_%'"
    ).fetchall()
    assert len(tables) > 10
    for (name,) in tables:
        rows_of = [f"SELECT * FROM {database}.dbt_marketing.{name}" for database in ("plain", "mapped")]
        for first, second in (rows_of, rows_of[::-1]):
            assert connection.execute(f"SELECT count(*) FROM ({first} EXCEPT ALL {second})").fetchall() == [(0,)], name
    connection.execute("DETACH plain; DETACH mapped")
