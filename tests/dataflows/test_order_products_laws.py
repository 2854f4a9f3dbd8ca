"""The laws of order lines: how an order's payments are shared by its products, and what runs over the shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from random import Random

import duckdb
import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataflows.lib.expressions import MOST_OF_SMALL, rounded_share
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from tests.dataflows.cases import built, law_of
from tests.dataflows.comparison import KEYS, Row, differences, only, without
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, OrderLine, Sources
from tests.strategies import UNKNOWN_ID, lined_sources

SHARE = ("order_id", "product_name", "product_cents", "product_promo_cents")
UNCOMPARED = ("optimization_recommendation",)
"""The reference derives it from products of orders."""

law = law_of(shop=lined_sources())


def products_of(shop: Sources) -> list[Row]:
    return built(shop, GOLDEN_AS_OF)["int_order_products"]


def by_order(shop: Sources) -> dict[object, list[Row]]:
    rows = defaultdict(list)
    for row in products_of(shop):
        rows[row["order_id"]].append(row)
    return rows


@law
def test_every_model_equals_the_reference(shop: Sources) -> None:
    actual, expected = built(shop, GOLDEN_AS_OF), reference_tables(shop, GOLDEN_AS_OF)
    for model in (*KEYS, "int_order_products"):
        columns = expected[model][0] if expected[model] else ()
        rows = only(actual[model], *columns) if model == "int_order_products" else without(actual[model], *UNCOMPARED)
        assert not differences(model, rows, without(expected[model], *UNCOMPARED))


@law
def test_opr_1_the_parts_add_up_to_the_payments(shop: Sources) -> None:
    facts, shares = built(shop, GOLDEN_AS_OF)["int_order_facts"], by_order(shop)
    assert shares.keys() == {fact["order_id"] for fact in facts}
    for fact in facts:
        rows = shares[fact["order_id"]]
        assert sum(row["product_cents"] for row in rows) == fact["cents"]
        assert sum(row["product_promo_cents"] for row in rows) == fact["promo_cents"]


@law
def test_opr_2_each_part_has_the_sign_of_the_whole(shop: Sources) -> None:
    for fact in built(shop, GOLDEN_AS_OF)["int_order_facts"]:
        for row in by_order(shop)[fact["order_id"]]:
            assert row["product_cents"] * fact["cents"] >= 0
            assert row["product_promo_cents"] * fact["promo_cents"] >= 0


@law
def test_opr_3_an_order_without_lines_is_all_of_its_product(shop: Sources) -> None:
    with_lines = {line.order_id for line in shop.order_lines or () if line.id is not None}
    for fact in built(shop, GOLDEN_AS_OF)["int_order_facts"]:
        if fact["order_id"] not in with_lines:
            (row,) = by_order(shop)[fact["order_id"]]
            assert (row["product_name"], row["units"]) == (fact["product_name"], 1)
            assert (row["product_cents"], row["product_promo_cents"]) == (fact["cents"], fact["promo_cents"])


@law
def test_opr_8_no_promotional_part_is_larger_than_the_part(shop: Sources) -> None:
    if all((payment.amount or 0) >= 0 for payment in shop.payments):
        assert all(0 <= row["product_promo_cents"] <= row["product_cents"] for row in products_of(shop))


def _halved(shop: Sources) -> Sources:
    """Split each line of 0 or more cents in two of the same product."""
    lines = staged(shop)
    halves = [line._replace(id=line.id + 10_000, amount=line.amount // 2) for line in lines if (line.amount or -1) >= 0]
    rests = [
        line._replace(amount=line.amount - line.amount // 2) if (line.amount or -1) >= 0 else line for line in lines
    ]
    return shop.with_lines([*rests, *halves])


def _shuffled(shop: Sources) -> Sources:
    return shop.with_lines(Random(7).sample(shop.order_lines, len(shop.order_lines)))


def _tripled(shop: Sources) -> Sources:
    return shop.with_lines(
        line._replace(amount=None if line.amount is None else 3 * line.amount) for line in staged(shop)
    )


def _with_strangers(shop: Sources) -> Sources:
    strangers = [OrderLine(20_000 + place, (UNKNOWN_ID, None)[place % 2], "Bell", 3, 999) for place in range(4)]
    return shop.with_lines([*shop.order_lines, *strangers])


def staged(shop: Sources) -> list[OrderLine]:
    """Return the lines of distinct ids, so that a change of amounts does not change which line of an id counts."""
    return list({line.id: line for line in shop.order_lines or () if line.id is not None}.values())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_halved, id="opr_4_split_lines"),
        pytest.param(_shuffled, id="opr_5_order_of_lines"),
        pytest.param(_tripled, id="opr_6_amounts_times_3"),
        pytest.param(_with_strangers, id="opr_7_lines_of_unknown_orders"),
    ],
)
@settings(max_examples=4)
@given(shop=lined_sources())
def test_opr_4_to_7_no_share_changes(change: Callable[[Sources], Sources], shop: Sources) -> None:
    shop = replace(shop, order_lines=tuple(staged(shop)))
    before, after = (sorted(map(repr, only(products_of(s), *SHARE))) for s in (shop, change(shop)))
    assert after == before


@pytest.fixture(scope="module")
def triples() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE triples (whole BIGINT, part BIGINT, total BIGINT)")
        yield con


@cache
def share_query() -> str:
    table = ibis.table({"whole": "int64", "part": "int64", "total": "int64"}, name="triples")
    dialect = ENGINES["duckdb"].dialect()
    select = dialect.select(table.select(share=rounded_share(table.whole, table.part, table.total)))
    return dialect.resolve(select, {"triples": Relation("main", "triples")})


@settings(max_examples=60)
@given(
    numbers=st.lists(
        st.tuples(
            st.integers(0, 10**14) | st.integers(MOST_OF_SMALL - 2, MOST_OF_SMALL + 2) | st.integers(0, 50),
            st.integers(1, 10**14) | st.integers(MOST_OF_SMALL - 2, MOST_OF_SMALL + 2) | st.integers(1, 50),
            st.fractions(0, 1),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_shares_are_exact_for_any_amount(
    numbers: list[tuple[int, int, object]], triples: duckdb.DuckDBPyConnection
) -> None:
    rows = [(whole, int(total * part), total) for whole, total, part in numbers]
    triples.execute("DELETE FROM triples")
    triples.execute(f"INSERT INTO triples VALUES {', '.join(map(str, rows))}")
    shares = [share for (share,) in triples.execute(share_query()).fetchall()]
    assert shares == [(2 * whole * part + total) // (2 * total) for whole, part, total in rows]
