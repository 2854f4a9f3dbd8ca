"""String keys are not exported if one of the exported rows contains an address as its key."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError, UsageError
from marketing_ibis.outputs.export import Export, without_addressed_keys

ORDERS = Export(
    Relation("dbt_marketing", "orders"),
    ibis.schema({"customer_id": "string", "order_id": "string", "n": "int64"}),
    condition="",
    order=("order_id",),
    suspect_keys=("customer_id", "order_id"),
)


@pytest.fixture
def target() -> Iterator[Target]:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as opened:
        opened.create_schema("dbt_marketing")
        rows = "VALUES ('ann@example.org', 'o-1', 1), ('c-2', 'o-2', 2)"
        opened.execute(f"CREATE TABLE dbt_marketing.orders AS FROM ({rows}) t(customer_id, order_id, n)")
        yield opened


def exported(target: Target, condition: str = "") -> tuple[list[str], tuple[str, ...]]:
    export = Export(ORDERS.relation, ORDERS.schema, condition, ORDERS.order, suspect_keys=ORDERS.suspect_keys)
    found = without_addressed_keys(export, target)
    return list(found.schema), found.excluded_columns


def test_a_key_that_holds_an_address_stays_behind(target: Target) -> None:
    assert exported(target) == (["order_id", "n"], ("customer_id",))


def test_rows_that_do_not_leave_do_not_count(target: Target) -> None:
    assert exported(target, "n > 1") == (["customer_id", "order_id", "n"], ())


def test_a_table_that_was_not_built_is_reported(target: Target) -> None:
    target.execute("DROP TABLE dbt_marketing.orders")
    with pytest.raises(SourceError):
        exported(target)


def test_an_export_of_keys_that_are_all_addresses_is_refused(target: Target) -> None:
    target.execute("UPDATE dbt_marketing.orders SET order_id = customer_id")
    keys = Export(ORDERS.relation, ibis.schema({"order_id": "string"}), "", ("order_id",), suspect_keys=("order_id",))
    with pytest.raises(UsageError, match="All columns of orders are personal data") as refusal:
        without_addressed_keys(keys, target)
    assert refusal.value.hint == "Export them with --include-pii."
