"""``forget`` as users see it: nothing of a customer is left in any table or file, and everything else is."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine_shops import ENGINE_NAMES, EngineShop, Rows, engine_shop
from tests.forgetting_shop import fill_sources, forgetting_nodes

PERSON = "Zoë O'Neil; --%s"
"""A key that would end a literal, begin a comment and be a parameter."""
NAME, EMAIL = "Zoraida", "zoraida.needle@example.com"
QUOTED = PERSON.replace("'", "''")
CUSTOMERS = (
    f"('{QUOTED}', '{NAME}', '{EMAIL}', true), ('b', 'Bob', 'bob@example.com', true),"
    f" ('c', 'Cy', 'bob@example.com', false), ('d', '{NAME}', 'dee@example.com', true)"
)
ORDERS = (
    f"(901, '{QUOTED}', '{EMAIL}', 500), (902, '{QUOTED}', '{EMAIL}', -7), (903, 'b', NULL, 700), (904, 'c', NULL, -1),"
    " (905, NULL, 'guest@example.com', 90), (906, 'd', NULL, 20)"
)
PAYMENTS = "(1, 901, 500), (2, 902, -7), (3, 903, 700), (4, 904, -1), (5, 905, 90)"
LATER = "2024-05-20"
TABLES = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema LIKE 'dbt_m%' ORDER BY 1, 2"
OWN = ("build_history", "build_state", "marketing_ibis_lock")


@pytest.fixture(params=ENGINE_NAMES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EngineShop]:
    with engine_shop(request.param, tmp_path, **forgetting_nodes()) as opened:
        fill_sources(opened.query, "VARCHAR(100)", CUSTOMERS, ORDERS, PAYMENTS)
        yield opened


def use(shop: EngineShop) -> None:
    """Leave traces everywhere."""
    shop.run("build", "--store-failures", "-q")
    shop.run("snapshot", "-q")
    shop.run("snapshot", "customer_value", "-q")
    shop.query(f"UPDATE dbt_production.customers SET name = '{NAME} II' WHERE id = '{QUOTED}'")
    shop.run("snapshot", "-q", "--as-of", LATER, dated=False)
    shop.run(
        "export", "buyers", "--to", str(shop.root / "buyers.csv"), "--since-last", "--include-pii", "-q", dated=False
    )


def tables(shop: EngineShop) -> dict[str, Rows]:
    """Return the rows of every table and view, without those of this package's own records."""
    names = [f"{schema}.{name}" for schema, name in shop.query(TABLES) if name not in OWN]
    return {name: sorted(shop.query(f"SELECT * FROM {name}"), key=repr) for name in names}


def is_about_person(row: tuple[object, ...]) -> bool:
    return bool({PERSON, EMAIL, f"{NAME} II", 901, 902} & set(row))


def delete_from_sources(shop: EngineShop) -> None:
    shop.query("DELETE FROM dbt_production.payments WHERE order_id IN (901, 902)")
    shop.query("DELETE FROM dbt_production.orders WHERE id IN (901, 902)")
    shop.query(f"DELETE FROM dbt_production.customers WHERE id = '{QUOTED}'")


def traces(folder: Path) -> list[str]:
    needles = [needle.encode() for needle in (EMAIL, "O'Neil", f"{NAME} II", '"order_id": 901', '"id": 901')]
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-remove.csv")]
    return [f"{path.name} {needle!r}" for path in files for needle in needles if needle in path.read_bytes()]


def test_nothing_of_a_customer_is_left(shop: EngineShop) -> None:
    use(shop)
    delete_from_sources(shop)
    before = tables(shop)
    assert {name for name, rows in before.items() if any(map(is_about_person, rows))} >= {
        "dbt_marketing.customer_value",
        "dbt_marketing.order_facts",
        "dbt_marketing.raw_customers_snapshot",
        "dbt_marketing.raw_orders_snapshot",
        "dbt_marketing.raw_payments_snapshot",
        "dbt_marketing.value_history",
        "dbt_marketing.audience_members",
        "dbt_marketing_dbt_test__audit.positive_value_raw_orders_cents",
    }
    output = shop.run("forget", "--customer", PERSON, "--yes", dated=False).output
    after = tables(shop)
    # Servers keep the table, of which nothing remains to be done.
    assert after.pop("dbt_marketing.unerased_tables", []) == []
    assert after == {name: [row for row in rows if not is_about_person(row)] for name, rows in before.items()}
    (receipt,) = (shop.root / "target" / "forgotten").glob("*.json")
    assert str(receipt) in output.replace("\n", "")
    document = json.loads(receipt.read_text("utf-8"))
    assert document["deleted_at"]
    assert {entry["rows"] for entry in document["sources"]} == {0}
    (removal,) = document["removal_files"]
    assert list(csv.reader(Path(removal).read_text("utf-8").splitlines()))[1:] == [["removed", PERSON, EMAIL]]
    assert traces(shop.root / "target") == []
    if shop.engine == "duckdb":
        content = shop.shop.database.read_bytes()
        assert not any(needle.encode() in content for needle in (EMAIL, "O'Neil", f"{NAME} II"))
    for command in (("build", "--store-failures"), ("snapshot",), ("snapshot", "customer_value"), ("test",)):
        shop.run(*command, "-q", "--as-of", LATER, dated=False)
    changes = shop.root / "later.csv"
    shop.run("export", "buyers", "--to", str(changes), "--since-last", "--include-pii", "-q", dated=False)
    assert len(changes.read_text("utf-8").splitlines()) == 1
    assert not any(is_about_person(row) for rows in tables(shop).values() for row in rows)
