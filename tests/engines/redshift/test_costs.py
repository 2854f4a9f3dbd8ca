"""What queries make Redshift read, move and sort is counted as its documentation says, and does not grow unseen."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from marketing_ibis.build.costs import plan_costs
from marketing_ibis.engines.costs import BOTH, BROADCAST, COLLOCATED, FEW_ROWS, INNER, OUTER, Costs, StoredRelation
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift.costs import estimate
from marketing_ibis.errors import CompileError
from tests.engines.redshift.test_sql import redshift_plan
from tests.paths import TESTS
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

GOLDEN = TESTS / "golden" / "redshift_costs.json"
COLUMNS = {"id": 8, "customer_id": 8, "day": 4, "name": 100}
STORED = {
    "s.orders": StoredRelation(COLUMNS, "customer_id"),
    "s.customers": StoredRelation(COLUMNS, "customer_id"),
    "s.by_id": StoredRelation(COLUMNS, "id"),
    "s.raw": StoredRelation(COLUMNS, key="id"),
    "s.pairs": StoredRelation(COLUMNS, is_of_groups=True),
    "s.view": StoredRelation(COLUMNS, select='SELECT * FROM "s"."raw" QUALIFY ROW_NUMBER() OVER (PARTITION BY id) = 1'),
}


def costs(select: str, dist_key: str = "") -> Costs:
    return estimate(select, STORED, dist_key)


JOINS = {
    "on both keys": ("s.orders o JOIN s.customers c ON o.customer_id = c.customer_id", COLLOCATED),
    "on both keys, the other way round": ("s.orders o JOIN s.customers c ON c.customer_id = o.customer_id", COLLOCATED),
    "on both keys and more": (
        "s.orders o JOIN s.customers c ON (o.customer_id = c.customer_id) AND o.day = c.day",
        COLLOCATED,
    ),
    "on both keys by name": ("s.orders JOIN s.customers USING (customer_id)", COLLOCATED),
    "on the key of the left": ("s.orders o JOIN s.raw r ON o.customer_id = r.id", INNER),
    "on the key of the right": ("s.raw r LEFT JOIN s.orders o ON r.id = o.customer_id", OUTER),
    "on the keys crosswise": ("s.orders o JOIN s.by_id b ON o.customer_id = b.customer_id", INNER),
    "on no key": ("s.raw r JOIN s.raw q ON r.id = q.id", BOTH),
    "on a computed value": ("s.orders o JOIN s.raw q ON o.customer_id + 1 = q.id", BOTH),
    "on a part of a key of two": (
        "(SELECT id, day FROM s.raw GROUP BY id, day) g JOIN s.raw q ON g.id = q.id",
        BOTH,
    ),
    "without an equality": ("s.orders o JOIN s.customers c ON o.customer_id < c.customer_id", BROADCAST),
    "of all with all": ("s.orders o CROSS JOIN s.customers c", BROADCAST),
    "with one row": ("s.orders o CROSS JOIN (SELECT MAX(day) AS day FROM s.raw) d", FEW_ROWS),
    "with constants": ("s.orders o JOIN (SELECT 1 AS id UNION ALL SELECT 2) d ON o.id = d.id", FEW_ROWS),
    "with groups of the key": (
        (
            "s.customers c JOIN (SELECT customer_id, COUNT(*) AS n FROM s.orders GROUP BY 1) o"
            " ON c.customer_id = o.customer_id"
        ),
        COLLOCATED,
    ),
    "with a key under another name": (
        "s.customers c JOIN (SELECT customer_id AS person FROM s.orders) o ON c.customer_id = o.person",
        COLLOCATED,
    ),
    "with a key cast to its own type": (
        "s.customers c JOIN (SELECT CAST(customer_id AS BIGINT) AS person FROM s.orders) o ON c.customer_id = o.person",
        COLLOCATED,
    ),
    "with branches of the same key": (
        (
            "s.customers c JOIN (SELECT customer_id FROM s.orders UNION ALL SELECT customer_id FROM s.customers) o"
            " ON c.customer_id = o.customer_id"
        ),
        COLLOCATED,
    ),
    "with branches of different keys": (
        (
            "s.customers c JOIN (SELECT customer_id FROM s.orders UNION ALL SELECT customer_id FROM s.by_id) o"
            " ON c.customer_id = o.customer_id"
        ),
        INNER,
    ),
}


@pytest.mark.parametrize("name", JOINS)
def test_how_a_join_moves_its_sides(name: str) -> None:
    tables, kind = JOINS[name]
    *_, join = costs(f"SELECT 1 FROM {tables}").joins
    assert join.kind == kind


def test_after_an_inner_join_both_keys_decide_where_a_row_is() -> None:
    joined = costs(
        "SELECT 1 FROM s.orders o JOIN s.customers c ON o.customer_id = c.customer_id"
        " JOIN s.orders p ON c.customer_id = p.customer_id"
    )
    assert [join.kind for join in joined.joins] == [COLLOCATED, COLLOCATED]


def test_after_a_left_join_the_key_of_the_right_does_not() -> None:
    joined = costs(
        "SELECT 1 FROM s.orders o LEFT JOIN s.customers c ON o.customer_id = c.customer_id"
        " JOIN s.orders p ON c.customer_id = p.customer_id"
    )
    assert [join.kind for join in joined.joins] == [COLLOCATED, OUTER]


MOVES = {
    "a group of the key": ("SELECT customer_id, COUNT(*) FROM s.orders GROUP BY customer_id", 0),
    "a group of the key and more": ("SELECT customer_id, day FROM s.orders GROUP BY 1, 2", 0),
    "a group of another column": ("SELECT day, COUNT(*) FROM s.orders GROUP BY day", 1),
    "one group": ("SELECT COUNT(*) FROM s.orders", 0),
    "a window of the key": ("SELECT ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY day) FROM s.orders", 0),
    "a window of another column": ("SELECT ROW_NUMBER() OVER (PARTITION BY day ORDER BY id) FROM s.orders", 1),
    "a window of all rows": ("SELECT RANK() OVER (ORDER BY day) FROM s.orders", 1),
    "two windows of one column": (
        "SELECT RANK() OVER (PARTITION BY day ORDER BY id), SUM(id) OVER (PARTITION BY day) FROM s.orders",
        1,
    ),
    "distinct rows with the key": ("SELECT DISTINCT customer_id, day FROM s.orders", 0),
    "distinct rows without it": ("SELECT DISTINCT day FROM s.orders", 1),
    "a view": ("SELECT id FROM s.view", 1),
}


@pytest.mark.parametrize("name", MOVES)
def test_when_rows_move_to_be_grouped_or_numbered(name: str) -> None:
    select, moves = MOVES[name]
    assert costs(select).redistributions == moves


GROUPS = "SELECT 1 FROM s.orders o JOIN ({}) g ON o.{} = g.{}"
LEAST = {
    "groups of a column": (GROUPS.format("SELECT name FROM s.orders GROUP BY 1", "name", "name"), 2, 1),
    "distinct values": (GROUPS.format("SELECT DISTINCT name FROM s.raw", "name", "name"), 2, 1),
    "a table of groups": ("SELECT 1 FROM s.orders o JOIN s.pairs p ON o.name = p.name", 2, 0),
    "groups of a DISTKEY": (GROUPS.format("SELECT customer_id FROM s.orders GROUP BY 1", "id", "customer_id"), 1, 1),
    "groups of a key of another table": (
        GROUPS.format("SELECT customer_id FROM s.raw GROUP BY 1", "id", "customer_id"),
        2,
        2,
    ),
    "groups of a key": (GROUPS.format("SELECT id FROM s.raw GROUP BY 1", "id", "id"), 2, 2),
    "groups of a key and more": (GROUPS.format("SELECT id + 1 AS id, day FROM s.raw GROUP BY 1, 2", "id", "id"), 3, 3),
    "groups of branches": (
        GROUPS.format(
            "SELECT n FROM (SELECT id AS n FROM s.raw UNION ALL SELECT id FROM s.by_id) u GROUP BY 1", "id", "n"
        ),
        2,
        2,
    ),
    "a window over groups": (
        "SELECT RANK() OVER (ORDER BY n) FROM (SELECT name, COUNT(*) AS n FROM s.raw GROUP BY 1) g",
        2,
        1,
    ),
}


@pytest.mark.parametrize("name", LEAST)
def test_groups_of_other_columns_than_keys_may_be_few(name: str) -> None:
    select, moved, least = LEAST[name]
    counted = costs(select)
    assert (counted.redistributions, counted.least_redistributions) == (moved, least)


def test_rows_move_to_the_table_that_is_written_unless_they_are_there() -> None:
    assert costs("SELECT customer_id FROM s.orders", "customer_id").redistributions == 0
    assert costs("SELECT id, customer_id FROM s.by_id", "customer_id").redistributions == 1


@pytest.mark.parametrize(
    "condition",
    ["EXISTS (SELECT 1 FROM s.raw r WHERE r.id = o.customer_id)", "o.customer_id IN (SELECT id FROM s.raw)"],
)
def test_a_query_in_a_condition_is_a_join(condition: str) -> None:
    (join,) = costs(f"SELECT 1 FROM s.orders o WHERE {condition}").joins
    assert join.kind == INNER


def test_queries_in_conditions_are_counted_with_all_that_they_do() -> None:
    nested = costs(
        "SELECT 1 FROM s.orders o WHERE EXISTS (SELECT 1 FROM s.raw r WHERE r.id = o.id"
        " AND EXISTS (SELECT 1 FROM s.by_id b WHERE b.id = r.id))"
    )
    assert nested.scans == ("s.orders", "s.raw", "s.by_id")
    assert len(nested.joins) == 2
    grouped = costs("SELECT 1 FROM s.orders WHERE day IN (SELECT day FROM s.raw GROUP BY day)")
    assert [move.at for move in grouped.moves] == ["GROUP BY day"]
    union = costs("SELECT 1 FROM s.orders WHERE id IN (SELECT id FROM s.raw UNION SELECT id FROM s.by_id)")
    assert union.scans == ("s.orders", "s.raw", "s.by_id")
    assert union.distincts == ("rows of UNION",)
    named = costs("SELECT 1 FROM s.orders WHERE id IN (WITH q AS (SELECT id FROM s.raw) SELECT id FROM q)")
    assert named.scans == ("s.orders", "s.raw")
    within_on = costs("SELECT 1 FROM s.orders o JOIN s.customers c ON o.id = (SELECT MAX(id) FROM s.raw)")
    assert "s.raw" in within_on.scans


FEW = "(SELECT 1 AS n UNION ALL SELECT 2) f"
OUTER_JOINS_WITH_FEW_ROWS = {
    "few of the side that may lack a match": (f"s.raw r LEFT JOIN {FEW} ON r.id = f.n", FEW_ROWS),
    "few of the side that is kept": (f"{FEW} LEFT JOIN s.raw r ON f.n = r.id", INNER),
    "few on the right that are kept": (f"s.raw r RIGHT JOIN {FEW} ON r.id = f.n", OUTER),
    "few that are kept, sent to their matches": (f"{FEW} LEFT JOIN s.orders o ON f.n = o.customer_id", FEW_ROWS),
    "few on the right, sent to their matches": (f"s.orders o FULL JOIN {FEW} ON o.customer_id = f.n", FEW_ROWS),
    "few on both sides": (f"{FEW} FULL JOIN (SELECT 1 AS m) g ON f.n = g.m", FEW_ROWS),
    "few that are kept, compared by order": (f"{FEW} LEFT JOIN s.raw r ON f.n < r.id", BROADCAST),
}


@pytest.mark.parametrize("name", OUTER_JOINS_WITH_FEW_ROWS)
def test_few_rows_are_copied_unless_those_without_a_match_are_kept(name: str) -> None:
    tables, kind = OUTER_JOINS_WITH_FEW_ROWS[name]
    (join,) = costs(f"SELECT 1 FROM {tables}").joins
    assert join.kind == kind


def test_a_query_that_is_read_twice_has_two_rows_that_need_not_be_equal() -> None:
    referring = "WITH q AS (SELECT customer_id, id FROM s.orders) SELECT 1 FROM q a JOIN q b ON a.customer_id = b.id"
    assert costs(f"{referring} GROUP BY a.customer_id").redistributions == 1
    assert costs(f"{referring} GROUP BY b.customer_id").redistributions == 2
    twice = "WITH q AS (SELECT customer_id, day, id FROM s.orders) SELECT {} FROM q a JOIN q b ON a.day = b.day"
    assert [move.at for move in costs(twice.format("1") + " GROUP BY b.customer_id").moves] == ["GROUP BY customer_id"]
    assert costs(twice.format("a.customer_id, b.id") + " GROUP BY a.day").redistributions == 2
    together = (
        "WITH q AS (SELECT customer_id FROM s.orders) SELECT 1 FROM q a JOIN q b ON a.customer_id = b.customer_id"
    )
    assert costs(together).redistributions == 0


def test_distinct_values_of_all_rows_are_sent_to_one_slice_each() -> None:
    assert costs("SELECT COUNT(DISTINCT customer_id), SUM(id) FROM s.orders").redistributions == 0
    counted = costs("SELECT COUNT(DISTINCT name), COUNT(DISTINCT day) FROM s.orders")
    assert [move.at for move in counted.moves] == ["DISTINCT name", "DISTINCT day"]


def test_a_query_for_one_value_is_a_join_if_it_refers_to_the_rows_around_it() -> None:
    (join,) = costs("SELECT o.id, (SELECT MAX(r.day) FROM s.raw r WHERE r.id = o.customer_id) FROM s.orders o").joins
    assert join.kind == INNER
    assert costs("SELECT id, (SELECT MAX(day) FROM s.raw) FROM s.orders").joins == ()
    within = costs("SELECT 1 FROM s.orders o WHERE id > (SELECT MIN(id) FROM s.customers c WHERE c.id = o.id)")
    assert [join.kind for join in within.joins] == [BOTH]
    named = "EXISTS (WITH q AS (SELECT id FROM s.raw) SELECT 1 FROM q WHERE q.id = o.customer_id)"
    assert costs(f"SELECT 1 FROM s.orders o WHERE {named}").scans == ("s.orders", "s.raw")


def test_in_compares_each_column_of_a_row() -> None:
    (join,) = costs(
        "SELECT 1 FROM s.orders WHERE (day, customer_id) IN (SELECT day, customer_id FROM s.customers)"
    ).joins
    assert join.kind == COLLOCATED


def test_equal_columns_of_tables_that_are_listed_are_a_join() -> None:
    assert [join.kind for join in costs("SELECT 1 FROM s.orders o, s.raw r WHERE o.customer_id = r.id").joins] == [
        INNER
    ]
    assert [join.kind for join in costs("SELECT 1 FROM s.orders o, s.raw r").joins] == [BROADCAST]


def test_rows_on_one_slice_stay_there_until_they_are_written_or_joined() -> None:
    ranked = "SELECT customer_id, day, RANK() OVER (ORDER BY day) AS n FROM s.orders"
    assert (
        costs(f"SELECT day, SUM(n) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) FROM ({ranked}) r").redistributions == 1
    )
    assert costs(f"SELECT day, COUNT(*) FROM ({ranked}) r GROUP BY day").redistributions == 1
    assert costs(ranked, "customer_id").redistributions == 2
    joined = costs(f"SELECT 1 FROM s.customers c JOIN ({ranked}) r ON c.customer_id = r.customer_id")
    assert [join.kind for join in joined.joins] == [INNER]


def test_sorts_by_many_keys_are_the_same_only_if_all_keys_are() -> None:
    ranks = "RANK() OVER (ORDER BY a.id, a.day, a.name, {0}), LAG(a.id) OVER (ORDER BY a.id, a.day, a.name, {1})"
    counted = "SELECT " + ranks + " FROM s.orders a JOIN s.orders b ON a.customer_id = b.customer_id"
    assert len(costs(counted.format("a.customer_id", "a.customer_id")).sorts) == 1
    assert len(costs(counted.format("a.customer_id", "a.customer_id DESC")).sorts) == 2
    assert len(costs(counted.format("a.id", "b.id")).sorts) == 2


def test_a_union_that_is_ordered_is_sorted() -> None:
    counted = costs("SELECT id FROM s.raw UNION ALL SELECT id FROM s.by_id ORDER BY id")
    assert (counted.sorts, counted.widest_sort) == (("ORDER BY id",), 8)


def test_a_text_that_is_no_sql_is_refused() -> None:
    with pytest.raises(CompileError, match="cannot be read"):
        costs("SELECT FROM WHERE (")


def test_a_table_of_a_key_that_may_be_null_is_spread_evenly_unless_nulls_are_few() -> None:
    plan, dataflow = redshift_plan(), compiled_dataflow(GOLDEN_AS_OF)
    orders, segments = dataflow.models["int_order_totals"], dataflow.models["customer_segmentation"]
    without = replace(orders, declaration=replace(orders.declaration, dist_nulls=False))
    for model, key in ((orders, "customer_id"), (without, ""), (segments, "customer_id")):
        assert plan.dialect.stored_relation(model, {}, "").dist_key == key
        (create,) = plan.dialect.create_empty_table(Relation("s", "t"), model)
        assert ("DISTSTYLE EVEN" in create, "DISTKEY" in create) == (not key, bool(key))


def test_a_with_query_is_read_once_and_a_view_wherever_it_is_read() -> None:
    twice = "SELECT 1 FROM {0} a JOIN {0} b ON a.id = b.id"
    assert costs("WITH w AS (SELECT id FROM s.raw) " + twice.format("w")).scans == ("s.raw",)
    assert costs(twice.format("s.view")).scans == ("s.raw", "s.raw")


def test_sorts_windows_and_distincts_are_counted() -> None:
    counted = costs(
        "SELECT day, COUNT(DISTINCT name), RANK() OVER (PARTITION BY day ORDER BY MAX(id)) FROM s.orders GROUP BY day"
        " ORDER BY day"
    )
    assert counted.sorts == ("day, MAX(id)", "ORDER BY day")
    assert (len(counted.windows), counted.distincts) == (1, ("name",))


def test_the_row_that_is_sorted_has_the_columns_that_are_used() -> None:
    assert costs("SELECT name, RANK() OVER (ORDER BY day) FROM s.orders").widest_sort == 104
    assert costs("SELECT RANK() OVER (ORDER BY day) FROM s.orders").widest_sort == 4
    assert costs("SELECT id FROM s.orders").widest_sort == 0


@pytest.mark.parametrize("select", [select for select, _ in MOVES.values()])
def test_a_query_around_a_query_costs_nothing(select: str) -> None:
    around = costs(f"SELECT q.* FROM (WITH w AS ({select}) SELECT * FROM w) AS q")
    plain = costs(select)
    assert around == plain


def test_no_model_costs_more_than_was_reviewed(request: pytest.FixtureRequest) -> None:
    counted = {
        name: {
            "scans": len(cost.scans),
            "broadcasts": cost.broadcasts,
            "redistributions": cost.redistributions,
            "least_redistributions": cost.least_redistributions,
            "sorts": len(cost.sorts),
            "windows": len(cost.windows),
            "distincts": len(cost.distincts),
            "widest_sort": cost.widest_sort,
        }
        for name, cost in plan_costs(redshift_plan(), compiled_dataflow(GOLDEN_AS_OF)).items()
    }
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps(counted, indent=2) + "\n", "utf-8")
    reviewed = json.loads(GOLDEN.read_text("utf-8"))
    assert counted.keys() == reviewed.keys()
    changed = {name: (reviewed[name], counts) for name, counts in counted.items() if counts != reviewed[name]}
    assert not changed, "if it is meant: pytest tests/engines/redshift/test_costs.py --update-golden"
