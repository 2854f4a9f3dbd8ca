"""Tables that tests of several files read: the example of AWS' window functions, and small ones for nested queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.engines.redshift.nested_tables import open_duckdb, open_stand_in
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database

# The table of c_Window_functions: salesid, dateid, sellerid, buyerid, qty, qty_shipped.
WINSALES = (
    (30001, date(2003, 8, 2), 3, "B", 10, 10),
    (10001, date(2003, 12, 24), 1, "C", 10, 10),
    (10005, date(2003, 12, 24), 1, "A", 30, None),
    (40001, date(2004, 1, 9), 4, "A", 40, None),
    (10006, date(2004, 1, 18), 1, "C", 10, None),
    (20001, date(2004, 2, 12), 2, "B", 20, 20),
    (40005, date(2004, 2, 12), 4, "A", 10, 10),
    (20002, date(2004, 2, 16), 2, "C", 20, 20),
    (30003, date(2004, 4, 18), 3, "B", 15, None),
    (30004, date(2004, 4, 18), 3, "B", 20, None),
    (30007, date(2004, 9, 7), 3, "C", 30, None),
)
COLUMNS = ("salesid integer", "dateid date", "sellerid integer", "buyerid char(1)", "qty integer", "shipped integer")


@pytest.fixture(scope="module")
def standin_with_sales() -> Iterator[StandIn]:
    with fresh_database() as uri, StandIn.open(uri) as opened:
        opened.load("dg", "winsales", WINSALES, dict(column.split(" ", 1) for column in COLUMNS))
        yield opened


@pytest.fixture(scope="module")
def nested_stand_in() -> Iterator[StandIn]:
    with open_stand_in() as opened:
        yield opened


@pytest.fixture(scope="module")
def nested_duckdb() -> duckdb.DuckDBPyConnection:
    return open_duckdb()
