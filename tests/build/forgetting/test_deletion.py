"""Of any rows, those about a customer are deleted and no others: compared with the same rule in plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.forgetting.deletion import delete_rows
from marketing_ibis.build.forgetting.kept_tables import Keeper
from marketing_ibis.build.forgetting.person_columns import PersonColumns, find_person_columns
from marketing_ibis.build.forgetting.receipt import FOLDER, customers_with_receipts, hash_customer
from marketing_ibis.build.forgetting.search import Search
from marketing_ibis.build.plan import Schemas
from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb
from marketing_ibis.errors import UsageError
from marketing_ibis.model.dataflow import Dataflow
from tests.forgetting_shop import forgetting_nodes
from tests.shop import AS_OF, make_shop

PERSON = 1
CUSTOMER, ORDER, PAYMENT, TEXT, NUMBER, DAY, FLAG = "customer", "order", "payment", "text", "number", "day", "flag"
TYPES = {
    CUSTOMER: "BIGINT",
    ORDER: "BIGINT",
    PAYMENT: "BIGINT",
    TEXT: "VARCHAR",
    NUMBER: "BIGINT",
    DAY: "DATE",
    FLAG: "BOOLEAN",
}
VERSION = {"valid_from": DAY, "valid_to": DAY, "is_deleted": FLAG}
CUSTOMERS = {"id": CUSTOMER, "name": TEXT, "email": TEXT, "consent": FLAG}
ORDERS = {"id": ORDER, "user_id": CUSTOMER, "email": TEXT, "cents": NUMBER}
PAYMENTS = {"id": PAYMENT, "order_id": ORDER, "cents": NUMBER}
SOURCES = {
    "dbt_production.customers": CUSTOMERS,
    "dbt_production.orders": ORDERS,
    "dbt_production.payments": PAYMENTS,
}
AUDIT = "dbt_marketing_dbt_test__audit"
TABLES = {
    "dbt_marketing.customer_value": {"customer_id": CUSTOMER, "name": TEXT, "cents": NUMBER, "first_order": ORDER},
    "dbt_marketing.order_facts": {"order_id": ORDER, "customer_id": CUSTOMER, "cents": NUMBER},
    "dbt_marketing.order_sizes": {"orders": NUMBER, "customers": NUMBER},
    "dbt_marketing.raw_customers_snapshot": CUSTOMERS | VERSION,
    "dbt_marketing.raw_orders_snapshot": ORDERS | VERSION,
    "dbt_marketing.raw_payments_snapshot": PAYMENTS | VERSION,
    "dbt_marketing.value_history": {"as_of": DAY, "customer_id": CUSTOMER, "cents": NUMBER},
    f"{AUDIT}.positive_value_raw_orders_cents": ORDERS,
    f"{AUDIT}.unique_raw_customers_email": {"email": TEXT, "rows_with_it": NUMBER},
}
TEXTS = ("Ann", "ann@example.com", "bob@example.com", "", None)
VALUES = {
    CUSTOMER: st.sampled_from((1, 2, None)),
    ORDER: st.integers(1, 5),
    PAYMENT: st.integers(1, 5),
    TEXT: st.sampled_from(TEXTS),
    NUMBER: st.integers(1, 3),
    DAY: st.just(date(2024, 5, 1)),
    FLAG: st.booleans(),
}
Row = tuple[object, ...]
Rows = dict[str, list[Row]]
EVERY = SOURCES | TABLES
SHOPS = st.fixed_dictionaries(
    {
        name: st.lists(st.tuples(*(VALUES[kind] for kind in columns.values())), max_size=4)
        for name, columns in EVERY.items()
    }
)


@dataclass(frozen=True)
class Place:
    """The tables in a database, and what is needed to search them."""

    dataflow: Dataflow
    person: PersonColumns
    target: DuckDBTarget

    def fill(self, rows: Rows) -> None:
        for name, of_table in rows.items():
            self.target.connection.execute(f"DELETE FROM {name}")
            if of_table:
                marks = ", ".join("?" for _ in of_table[0])
                self.target.connection.executemany(f"INSERT INTO {name} VALUES ({marks})", of_table)

    def forget(self) -> None:
        nodes = {"positive_value_raw_orders_cents": "raw_orders", "unique_raw_customers_email": "raw_customers"}
        keeper = Keeper(self.dataflow, self.person, Schemas(), self.target, nodes)
        findings = Search(self.person, keeper.inventory(), self.target).find([str(PERSON)])
        delete_rows(self.target, findings, "dbt_marketing")

    def rows(self, name: str) -> list[Row]:
        return sorted(self.target.query(f"SELECT * FROM {name}"), key=repr)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    dataflow = make_shop(tmp_path_factory.mktemp("shop"), **forgetting_nodes("int64")).project.compile(AS_OF)
    with open_duckdb() as target:
        for schema in ("dbt_production", "dbt_marketing", AUDIT):
            target.create_schema(schema)
        for name, columns in EVERY.items():
            types = ", ".join(f"{column} {TYPES[kind]}" for column, kind in columns.items())
            target.execute(f"CREATE TABLE {name} ({types})")
        yield Place(dataflow, find_person_columns(dataflow), target)


def cells(rows: Rows, name: str, row: Row, kind: str) -> set[object]:
    return {value for value, of in zip(row, EVERY[name].values(), strict=True) if of == kind and value is not None}


def is_about_person(rows: Rows, name: str, row: Row, orders: set[object], payments: set[object]) -> bool:
    customers = cells(rows, name, row, CUSTOMER)
    if customers:
        return PERSON in customers
    return bool(cells(rows, name, row, ORDER) & orders or cells(rows, name, row, PAYMENT) & payments)


def expected_rows(rows: Rows) -> Rows:
    everywhere = [(name, row) for name, of_table in rows.items() for row in of_table]
    orders = {
        o
        for name, row in everywhere
        if PERSON in cells(rows, name, row, CUSTOMER)
        for o in cells(rows, name, row, ORDER)
    }
    orders -= {row[0] for row in rows["dbt_production.orders"] if row[1] not in (None, PERSON)}
    payments: set[object] = set()
    for name, row in everywhere:
        if is_about_person(rows, name, row, orders, set()):
            payments |= cells(rows, name, row, PAYMENT)
    about = [(name, row) for name, row in everywhere if is_about_person(rows, name, row, orders, payments)]
    texts = {value for name, row in about for value in cells(rows, name, row, TEXT)} - {""}
    stored = f"{AUDIT}.unique_raw_customers_email"
    remaining = {
        name: sorted((row for row in rows[name] if not is_about_person(rows, name, row, orders, payments)), key=repr)
        for name in TABLES
    }
    remaining[stored] = [row for row in remaining[stored] if row[0] not in texts]
    return remaining


@given(rows=SHOPS)
def test_rows_about_the_customer_are_deleted_and_no_others(place: Place, rows: Rows) -> None:
    place.fill(rows)
    expected = expected_rows(rows)
    place.forget()
    assert {name: place.rows(name) for name in TABLES} == expected
    assert {name: place.rows(name) for name in SOURCES} == {n: sorted(rows[n], key=repr) for n in SOURCES}


def test_stored_failures_without_a_key_are_found_by_what_they_contain(place: Place) -> None:
    """A name is common, but a failing row that is lost can be stored again."""
    rows: Rows = {name: [] for name in EVERY}
    rows["dbt_production.customers"] = [(PERSON, "Ann", "ann@example.com", True), (2, "Ann", "bob@example.com", True)]
    stored = f"{AUDIT}.unique_raw_customers_email"
    rows[stored] = [("Ann", 2), ("ann@example.com", 2), ("bob@example.com", 2)]
    place.fill(rows)
    place.forget()
    assert place.rows(stored) == [("bob@example.com", 2)]


def test_receipts_are_recognized_with_and_without_the_key_of_the_project(tmp_path: Path) -> None:
    folder, key = tmp_path / FOLDER, b"0123456789abcdef0123456789abcdef"
    folder.mkdir()
    hashes = [hash_customer("1", key), hash_customer("2", b"")]
    (folder / "forget-1.json").write_text(json.dumps({"customers": hashes}), "utf-8")
    assert customers_with_receipts(tmp_path, ("1", "2", "3"), key) == {"1", "2"}
    assert customers_with_receipts(tmp_path, ("1", "2", "3"), b"") == {"2"}
    (folder / "forget-2.json").write_text("{", "utf-8")
    with pytest.raises(UsageError, match=r"forget-2\.json cannot be read"):
        customers_with_receipts(tmp_path, ("1",), key)
