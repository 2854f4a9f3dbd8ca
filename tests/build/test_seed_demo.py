"""Generated shops: the same for the same arguments, consistent, and of any size."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import ibis
import pytest

from dataflows.demo import DAYS, LINES, TRIMS, demo_tables, with_words_of_rules
from marketing_ibis.build.seed import seed_expressions
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import CANDIDATE_SUFFIX
from marketing_ibis.engines.duckdb.target import DuckDBTarget, open_duckdb
from marketing_ibis.errors import RunFailed

AS_OF = date(2024, 5, 15)
Rows = list[tuple[object, ...]]


def shop(*, orders: int = 2000, random_seed: int = 42, as_of: date = AS_OF) -> dict[str, Rows]:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        tables = demo_tables(orders=orders, random_seed=random_seed, as_of=as_of)
        seed_expressions(target, tables, "raw")
        return {name: target.query(f"SELECT * FROM raw.{name} ORDER BY id") for name in tables}


@pytest.fixture(scope="module")
def demo() -> dict[str, Rows]:
    return shop()


def test_same_arguments_same_rows(demo: dict[str, Rows]) -> None:
    assert shop() == demo


def test_another_seed_gives_other_rows(demo: dict[str, Rows]) -> None:
    other = shop(random_seed=43)
    assert all(other[name] != demo[name] for name in demo)


def test_with_churn_customers_stop_ordering_and_nothing_else_changes(demo: dict[str, Rows]) -> None:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        tables = demo_tables(as_of=AS_OF, churn=True)
        seed_expressions(target, {name: tables[name] for name in ("customers", "orders", "payments")}, "raw")
        churning = {name: target.query(f"SELECT * FROM raw.{name} ORDER BY id") for name in ("orders", "payments")}
        ids = {row[0] for row in target.query("SELECT id FROM raw.customers")}
    assert churning["payments"] == demo["payments"]
    assert [(row[0], *row[2:]) for row in churning["orders"]] == [(row[0], *row[2:]) for row in demo["orders"]]
    assert {row[1] for row in churning["orders"]} <= ids

    def silent(rows: Rows) -> float:
        """Return the share of the buyers of the first half of the orders who have no order in the last quarter."""
        buyers = {row[1] for row in rows[:1000]}
        return len(buyers - {row[1] for row in rows[1500:]}) / len(buyers)

    assert silent(churning["orders"]) > 0.8 > 0.6 > silent(demo["orders"])


@pytest.mark.parametrize("orders", [0, 1, 2, 10, 5000])
def test_exactly_so_many_orders(orders: int) -> None:
    tables = shop(orders=orders)
    assert len(tables["orders"]) == orders
    assert tables["customers"]


@pytest.mark.parametrize("orders", [0, 1, 10, 2000])
def test_keys_are_unique_and_point_somewhere(orders: int) -> None:
    tables = shop(orders=orders)
    ids = {name: [row[0] for row in rows] for name, rows in tables.items()}
    assert all(len(set(found)) == len(found) for found in ids.values())
    assert {row[1] for row in tables["orders"]} <= set(ids["customers"])
    assert {row[1] for row in tables["payments"]} <= set(ids["orders"])
    assert {row[1] for row in tables["touches"]} == set(ids["customers"])


def test_touches_precede_orders_and_costs_fill_the_days(demo: dict[str, Rows]) -> None:
    assert max(row[2].date() for row in demo["touches"]) <= AS_OF
    assert len({row[3] for row in demo["touches"]}) == 5
    assert len({row[1] for row in demo["spend"]}) == DAYS
    assert "tv" in {row[2] for row in demo["spend"]} - {row[3] for row in demo["touches"]}
    assert min(row[4] for row in demo["spend"]) >= 0


@pytest.mark.parametrize("name", ["postgres", "redshift"])
def test_every_engine_generates_touches(name: str) -> None:
    dialect = ENGINES[name].dialect()
    tables = demo_tables(orders=10, random_seed=42, as_of=AS_OF)
    assert all(dialect.approve([dialect.select(tables[table])]) for table in ("touches", "spend"))


@pytest.mark.parametrize("as_of", [AS_OF, date(2000, 2, 29), date(2030, 1, 1)])
def test_orders_fill_the_four_years_up_to_the_day(as_of: date) -> None:
    days = [row[2] for row in shop(as_of=as_of)["orders"]]
    assert max(days) == as_of  # type: ignore[type-var]
    assert as_of - timedelta(days=DAYS) < min(days) < as_of - timedelta(days=DAYS - 100)  # type: ignore[type-var, operator]


def test_orders_grow_more_frequent(demo: dict[str, Rows]) -> None:
    middle = AS_OF - timedelta(days=DAYS // 2)
    later = sum(1 for row in demo["orders"] if row[2] > middle)  # type: ignore[operator]
    assert later > 0.6 * len(demo["orders"])


@pytest.mark.parametrize("orders", [1, 2, 10])
def test_the_last_of_few_orders_is_on_the_day(orders: int) -> None:
    assert max(row[2] for row in shop(orders=orders)["orders"]) == AS_OF  # type: ignore[type-var]


def test_spring_and_summer_sell_more_than_winter() -> None:
    months = Counter(row[2].month for row in shop(orders=5000)["orders"])  # type: ignore[attr-defined]
    assert sum(months[month] for month in (4, 5, 6, 7)) > 1.3 * sum(months[month] for month in (11, 12, 1, 2))


def test_recent_orders_are_more_often_under_way(demo: dict[str, Rows]) -> None:
    recent = [row[3] for row in demo["orders"] if row[2] > AS_OF - timedelta(days=14)]  # type: ignore[operator]
    under_way = sum(1 for status in recent if status in ("placed", "shipped"))
    assert under_way > 0.3 * len(recent)


def test_some_customers_order_twice_on_a_day(demo: dict[str, Rows]) -> None:
    assert max(Counter((row[1], row[2]) for row in demo["orders"]).values()) > 1


def test_every_status_product_and_method_occurs(demo: dict[str, Rows]) -> None:
    statuses = Counter(row[3] for row in demo["orders"])
    assert set(statuses) == {"completed", "shipped", "placed", "returned", "return_pending"}
    assert statuses["completed"] > 0.6 * len(demo["orders"])
    assert {row[4] for row in demo["orders"]} <= {f"{line} {trim}" for line in LINES for trim in TRIMS}
    assert len({row[4] for row in demo["orders"]}) >= 35
    assert {row[2] for row in demo["payments"]} == {"credit_card", "bank_transfer", "coupon", "gift_card"}


def test_orders_have_none_one_and_several_payments(demo: dict[str, Rows]) -> None:
    paid = Counter(row[1] for row in demo["payments"])
    counts = Counter(paid.get(row[0], 0) for row in demo["orders"])
    assert set(counts) == {0, 1, 2, 3}
    assert counts[1] > counts[2] > counts[0]


def test_customers_are_skewed(demo: dict[str, Rows]) -> None:
    orders = Counter(row[1] for row in demo["orders"])
    without = sum(1 for row in demo["customers"] if row[0] not in orders)
    top = sum(count for _, count in orders.most_common(len(demo["customers"]) // 50))
    assert without > 0.15 * len(demo["customers"])
    assert top > 0.1 * len(demo["orders"])
    assert max(orders.values()) >= 15


def test_a_payment_names_the_product_of_its_order(demo: dict[str, Rows]) -> None:
    products = {row[0]: row[4] for row in demo["orders"]}
    assert all(products[row[1]] == row[4] for row in demo["payments"])


def test_amounts_of_an_order_add_up_to_a_price(demo: dict[str, Rows]) -> None:
    prices = {base * percent // 100 for base in LINES.values() for percent in TRIMS.values()}
    paid: Counter[object] = Counter()
    for row in demo["payments"]:
        paid[row[1]] += row[3]  # type: ignore[assignment, operator]
    free = {row[1] for row in demo["payments"] if row[3] == 0}
    assert free
    assert all(cents in prices for order, cents in paid.items() if order not in free)


def test_a_failure_leaves_every_table_as_it_was() -> None:
    wrong = ibis.range(1).unnest().name("id").as_table().mutate(id=ibis._.id.cast("string").concat("x").cast("int64"))
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        seed_expressions(target, {"a": ibis.range(3).unnest().name("id").as_table()}, "raw")
        with pytest.raises(RunFailed):
            seed_expressions(target, {"a": ibis.range(9).unnest().name("id").as_table(), "b": wrong}, "raw")
        assert target.query("SELECT count(*) FROM raw.a") == [(3,)]
        assert target.relations("raw") == {"a": "table"}


class Counted(DuckDBTarget):
    """Records the queries about candidates; ``tells`` is whether it reports how many rows a statement wrote."""

    def __init__(self, target: DuckDBTarget, *, tells: bool) -> None:
        super().__init__(target.connection, target.dialect)
        self.tells = tells
        self.counts: list[str] = []

    def execute(self, sql: str) -> int | None:
        written = super().execute(sql)
        return written if self.tells else None

    def query(self, sql: str) -> list[tuple[object, ...]]:
        if sql.startswith("SELECT count(*) FROM") and CANDIDATE_SUFFIX in sql:
            self.counts.append(sql)
        return super().query(sql)


@pytest.mark.parametrize("tells", [True, False])
def test_rows_are_counted_where_the_engine_does_not_tell(tells: bool) -> None:
    tables = demo_tables(orders=10, random_seed=42, as_of=AS_OF)
    with open_duckdb() as opened:
        target = Counted(opened, tells=tells)
        assert seed_expressions(target, tables, "raw")["orders"] == 10
        assert len(target.counts) == (0 if tells else len(tables))


def test_the_words_are_those_of_the_rules(demo: dict[str, Rows]) -> None:
    rules = {
        "status_rules": {"successful": ["paid"], "returned": ["storno", "refund"]},
        "payment_rules": {"card": ["Visa"], "bank": (), "refunds": True},
    }
    tables = with_words_of_rules(demo_tables(as_of=AS_OF), rules)
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        seed_expressions(target, tables, "raw")
        statuses = Counter(str(row[0]) for row in target.query("SELECT status FROM raw.orders"))
        methods = Counter(str(row[0]) for row in target.query("SELECT payment_method FROM raw.payments"))
    before = Counter(str(row[3]) for row in demo["orders"])
    assert statuses["paid"] == before["completed"] + before["shipped"]
    assert (statuses["storno"], statuses["refund"]) == (before["returned"], before["return_pending"])
    assert statuses["placed"] == before["placed"]
    assert set(methods) == {"Visa", "bank_transfer", "coupon", "gift_card"}
