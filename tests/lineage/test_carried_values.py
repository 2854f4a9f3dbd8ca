"""A key is carried where rows may have it, whatever chooses it, and not where something is computed from it."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis import _

from marketing_ibis.lineage.carried_values import carried_columns
from marketing_ibis.model.column_ref import ColumnRef

ORDERS = ibis.table({"id": "int64", "user_id": "int64", "email": "string"}, name="orders")
CUSTOMERS = ibis.table({"id": "int64", "name": "string"}, name="customers")
NAMED = ColumnRef("orders", "user_id")
CARRYING: tuple[tuple[str, Callable[[], ir.Table]], ...] = (
    ("field", lambda: ORDERS.select(key="user_id")),
    ("cast", lambda: ORDERS.select(key=_.user_id.cast("string"))),
    ("coalesce", lambda: ORDERS.select(key=_.user_id.fill_null(-_.id))),
    ("nullif", lambda: ORDERS.select(key=_.user_id.nullif(0))),
    ("case", lambda: ORDERS.select(key=ibis.cases((_.id > 1, _.user_id), else_=0))),
    ("ifelse", lambda: ORDERS.select(key=(_.id > 1).ifelse(0, _.user_id))),
    ("smallest", lambda: ORDERS.group_by("email").agg(key=_.user_id.min())),
    ("by another", lambda: ORDERS.group_by("email").agg(key=_.user_id.argmax(_.id))),
    ("group", lambda: ORDERS.group_by(key="user_id").agg(n=_.count())),
    ("window", lambda: ORDERS.mutate(key=_.user_id.lag().over(order_by="id"))),
    ("joined", lambda: CUSTOMERS.join(ORDERS, CUSTOMERS.id == ORDERS.user_id).select(key="user_id")),
    ("union", lambda: ibis.union(CUSTOMERS.select(key="id"), ORDERS.select(key="user_id"))),
    ("distinct", lambda: ORDERS.select(key="user_id").distinct().filter(_.key > 1).limit(3)),
    ("filled", lambda: ORDERS.rename(key="user_id").fill_null({"key": 0})),
    ("dropped", lambda: ORDERS.rename(key="user_id").drop("email")),
    ("difference", lambda: ibis.difference(ORDERS.select(key="user_id"), CUSTOMERS.select(key="id"))),
)
COMPUTED: tuple[tuple[str, Callable[[], ir.Table]], ...] = (
    ("count", lambda: ORDERS.group_by("email").agg(key=_.user_id.nunique())),
    ("sum", lambda: ORDERS.agg(key=_.user_id.sum())),
    ("negative", lambda: ORDERS.select(key=-_.user_id)),
    ("hash", lambda: ORDERS.select(key=_.user_id.hash())),
    ("test", lambda: ORDERS.select(key=_.user_id == 1)),
    ("condition", lambda: ORDERS.select(key=(_.user_id > 1).ifelse(_.id, 0))),
    ("order", lambda: ORDERS.mutate(key=ibis.row_number().over(order_by="user_id"))),
    ("right side", lambda: ibis.difference(CUSTOMERS.select(key="id"), ORDERS.select(key="user_id"))),
    ("constant", lambda: ibis.memtable(pa.table({"key": [1]}))),
)


@pytest.mark.parametrize("table", [pytest.param(make, id=name) for name, make in CARRYING])
def test_a_key_that_is_chosen_is_carried(table: Callable[[], ir.Table]) -> None:
    assert NAMED in carried_columns(table())["key"]


@pytest.mark.parametrize("table", [pytest.param(make, id=name) for name, make in COMPUTED])
def test_what_is_computed_from_a_key_is_not_one(table: Callable[[], ir.Table]) -> None:
    assert NAMED not in carried_columns(table())["key"]
