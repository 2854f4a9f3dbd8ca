"""An expression means the same on PostgreSQL as on DuckDB, in value and in type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from math import fsum, ulp

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import psycopg
import pytest
import sqlglot
import sqlglot.expressions as sge
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from tests.dataflows.comparison import same
from tests.postgres_server import fresh_database
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow, selects

FACTS = ibis.table(
    {"n": "int64", "a": "int64", "b": "int64", "f": "float64", "m": "decimal(18, 2)", "t": "boolean"}
    | {"s": "string", "d": "date", "e": "date", "i": "timestamp"},
    name="facts",
)
ROWS = [
    (1, 7, 2, 2.5, Decimal("1.25"), True, "b", date(2024, 3, 31), date(2024, 1, 1), datetime(2024, 3, 31, 23, 59, 59)),
    (2, -7, 2, -2.5, Decimal("-1.25"), False, "B", date(2024, 1, 1), date(2024, 12, 31), datetime(2024, 1, 1)),
    (3, 7, -2, 0.5, Decimal("0.05"), None, "_", date(1969, 12, 31), date(2000, 2, 29), datetime(1969, 12, 31, 1)),
    (4, -7, -2, 1.5, Decimal("99.99"), True, "é", date(2024, 2, 29), None, None),
    (5, 4_000_000_000, 3, None, None, None, None, None, date(1, 1, 1), datetime(9999, 12, 31)),
]
t = FACTS
BY_ROW: dict[str, ir.Value] = {
    "division of whole numbers": t.a / t.b,
    "floor division": t.a // t.b,
    "remainder": t.a % t.b,
    "product beyond 32 bits": t.a * 2,
    "a decimal divided": t.m / t.b,
    "a decimal multiplied": (t.m * t.a).cast("decimal(18, 2)"),
    "a double to a whole number": t.f.cast("int64"),
    "a decimal to a whole number": t.m.cast("int64"),
    "floor": t.f.floor(),
    "days between": t.d.delta(t.e, unit="day"),
    "month": t.d.truncate("M"),
    "quarter": t.d.truncate("Q"),
    "year": t.d.truncate("Y"),
    "week": t.d.truncate("W"),
    "month number": t.d.month(),
    "quarter number": t.d.quarter(),
    "weekday": t.d.day_of_week.index(),
    "weekday of a day far away": t.e.day_of_week.index(),
    "weekday of an instant": t.i.day_of_week.index(),
    "parts of an instant": t.i.year() * 10_000 + t.i.month() * 100 + t.i.day(),
    "day plus days": t.d + ibis.interval(days=3),
    "day minus days of each row": t.d - t.b.cast("int32").as_interval("D"),
    "day plus months": t.d + ibis.interval(months=1),
    "days between stepped days": (t.d + ibis.interval(days=3)).delta(t.d - ibis.interval(days=4), unit="day"),
    "day of an instant": t.i.date(),
    "text below": t.s < "a",
    "text between": t.s.between("A", "b"),
    "smallest text": ibis.least(t.s, "a"),
    "largest text": ibis.greatest(t.s, "a"),
    "length": t.s.length(),
    "concatenation": t.s.concat("-", t.s),
    "coalesce": t.s.fill_null("?"),
    "a membership": t.s.isin(["b", "é"]),
    "bits": t.a.bit_and().over(group_by=t.n) & 4,
    "rank of text": ibis.rank().over(order_by=t.s.asc(nulls_first=False)),
    "row number, NULL first": ibis.row_number().over(order_by=[t.s.desc(nulls_first=True)]),
    "running sum": t.a.sum().over(ibis.cumulative_window(order_by=t.n)),
    "ntile": ibis.ntile(2).over(order_by=t.n),
    "share of a whole": t.a / t.a.sum().over(ibis.window()),
}
IN_ALL: dict[str, ir.Value] = {
    "sum of BIGINT": t.a.sum(),
    "sum of decimals": t.m.sum().cast("decimal(18, 2)"),
    "mean of whole numbers": t.a.mean(),
    "mean of doubles": t.f.mean(),
    "deviation": t.a.cast("float64").std(how="sample"),
    "median": t.f.median(),
    "first text": t.s.min(),
    "last text": t.s.max(),
    "any": t.t.any(),
    "all": t.t.all(),
    "largest truth": t.t.max(),
    "smallest truth": t.t.min(),
    "count of truths": t.t.sum(),
    "distinct": t.b.nunique(),
    "text at the smallest text": t.n.argmin(t.s),
    "text at the largest text": t.n.argmax(t.s),
    "bits in all": t.b.bit_or(),
    "last day": t.d.max(),
}
Ask = Callable[[str], list[tuple[object, ...]]]


def table_of(dialect: Dialect) -> list[str]:
    columns = ", ".join(f"{name} {dialect.column_type(kind)}" for name, kind in FACTS.schema().items())
    literals = [", ".join("NULL" if value is None else f"'{value}'" for value in row) for row in ROWS]
    return ["CREATE SCHEMA s", f"CREATE TABLE s.facts ({columns})"] + [
        f"INSERT INTO s.facts VALUES ({row})" for row in literals
    ]


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Ask]]:
    """Return a function that queries each engine, with the same rows in both."""
    with fresh_database() as uri, psycopg.connect(uri, autocommit=True) as server, duckdb.connect() as local:
        # A session's time zone in which midnights are missing must not move a day.
        server.execute("SET TimeZone = 'America/Sao_Paulo'")
        for statement in table_of(ENGINES["duckdb"].dialect()):
            local.execute(statement)
        for statement in table_of(ENGINES["postgres"].dialect()):
            server.execute(statement)
        yield {
            "duckdb": lambda sql: local.execute(sql).fetchall(),
            "postgres": lambda sql: server.execute(sql).fetchall(),
        }


def values(engines: dict[str, Ask], engine: str, table: ir.Table) -> list[tuple[object, ...]]:
    dialect = ENGINES[engine].dialect()
    return engines[engine](dialect.resolve(dialect.select(table), {"facts": Relation("s", "facts")}))


def assert_equal(engines: dict[str, Ask], table: ir.Table) -> None:
    ours, theirs = (values(engines, engine, table) for engine in ("postgres", "duckdb"))
    assert len(ours) == len(theirs)
    for left, right in zip(ours, theirs, strict=True):
        assert all(map(same, left, right)), f"{left}, expected {right}"


@pytest.mark.parametrize("name", BY_ROW)
def test_a_value_of_each_row_is_the_same(engines: dict[str, Ask], name: str) -> None:
    assert_equal(engines, FACTS.select(FACTS.n, value=BY_ROW[name]).order_by("n"))


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_a_day_plus_days_or_months_is_a_day(engines: dict[str, Ask], engine: str) -> None:
    stepped = FACTS.filter(FACTS.n == 1).select(a=t.d + ibis.interval(days=1), b=t.d - ibis.interval(months=1))
    (row,) = values(engines, engine, stepped)
    assert [(type(value), value) for value in row] == [(date, date(2024, 4, 1)), (date, date(2024, 2, 29))]


@pytest.mark.parametrize("name", IN_ALL)
def test_a_value_of_all_rows_is_the_same(engines: dict[str, Ask], name: str) -> None:
    assert_equal(engines, FACTS.agg(value=IN_ALL[name]))


SHARES = ibis.table({"n": "int64", "group": "int64", "share": "float64"}, name="shares")
MONEY = st.floats(0, 1e9, allow_subnormal=False)
DIGITS = {
    "decimal(38, 30)": (st.floats(0, 1), 1e-29),
    "decimal(38, 26)": (MONEY, 1e-24),
    "decimal(18, 15)": (st.floats(0, 1), 1e-15),
}
"""What is added up by which digits, and by how much each may be rounded."""


@pytest.mark.parametrize("kind", DIGITS)
@settings(max_examples=20)
@given(data=st.data())
def test_doubles_are_added_up_exactly_in_any_order(engines: dict[str, Ask], kind: str, data: st.DataObject) -> None:
    numbers, digit = DIGITS[kind]
    shares = data.draw(st.lists(numbers, min_size=1, max_size=20))
    ask, dialect = engines["postgres"], ENGINES["postgres"].dialect()
    by_group = SHARES.group_by("group").agg(
        once=SHARES.share.cast(kind).sum().cast("float64"),
        halved=(SHARES.share * SHARES.n.cast("float64") / 2).cast(kind).sum().cast("float64"),
    )
    sums = set()
    for rows in (shares, shares[::-1], sorted(shares)):
        values = ", ".join(f"(1, 1, {share!r}::DOUBLE PRECISION)" for share in rows)
        shown = f'(SELECT * FROM (VALUES {values}) AS t (n, "group", share)) AS "t0"'
        sql = dialect.select(by_group).replace(f'{dialect.placeholder("shares")} AS "t0"', shown)
        sums.update(ask(f"SELECT once, halved FROM ({sql}) AS sums"))
    ((once, halved),) = sums
    tolerance = max(4 * ulp(fsum(shares)), len(shares) * digit)
    assert once == pytest.approx(fsum(shares), rel=0, abs=tolerance)
    assert halved == pytest.approx(fsum(shares) / 2, rel=0, abs=tolerance)


def test_terms_of_aggregates_that_are_joined_are_computed_in_each(engines: dict[str, Ask]) -> None:
    total = t.f.fill_null(0.0).cast("decimal(18, 15)").sum().cast("float64")
    left, right = t.group_by("b").agg(total=total), t.group_by("b").agg(total=total, most=t.a.max())
    joined = left.inner_join(right, "b", rname="{name}_of_right")
    assert_equal(engines, joined.agg(n=joined.count(), total=joined.total.max(), other=joined.total_of_right.max()))


def test_a_quotient_of_whole_numbers_has_its_fraction_next_to_its_dividend(engines: dict[str, Ask]) -> None:
    assert_equal(engines, t.mutate(v=t.b / 2, w=t.m / 2).select("n", "b", "v", "w").order_by("n"))
    total, count = t.b.sum(), t.b.count()
    assert_equal(engines, t.agg(total=total, count=count, mean=total / count))
    grouped = t.group_by("t").agg(total=total, count=count)
    assert_equal(engines, grouped.mutate(mean=grouped.total / grouped["count"]).order_by("t"))
    by_truth = t.b.sum().over(group_by=t.t)
    assert_equal(engines, t.select("n", total=by_truth, half=by_truth / 2).order_by("n"))


def test_text_is_sorted_the_same(engines: dict[str, Ask]) -> None:
    assert_equal(engines, FACTS.select("s").order_by(FACTS.s.desc(nulls_first=False)))


def test_no_model_leaves_the_order_of_text_to_the_database() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    texts = {
        column
        for relation in (*dataflow.models.values(), *dataflow.sources.values())
        for column, kind in relation.schema.items()
        if kind.is_string()
    }
    collated = 0
    for name, select in selects(dataflow, ENGINES["postgres"].dialect()).items():
        for ordered in sqlglot.parse_one(select, dialect="postgres").find_all(sge.Ordered):
            collated += isinstance(ordered.this, sge.Collate)
            if isinstance(ordered.this, sge.Column):
                assert ordered.this.name not in texts, f"{ordered.sql()} of {name} has no collation"
    assert collated


def test_keys_are_indexed_and_of_a_step_on_the_way_only_those_that_an_incremental_build_looks_up() -> None:
    models, dialect = compiled_dataflow(GOLDEN_AS_OF).models, ENGINES["postgres"].dialect()

    def indexed(name: str) -> list[str]:
        statements = dialect.create_table(Relation("s", name), "SELECT 1", models[name])
        prefix = f'CREATE INDEX ON "s"."{name}" ('
        return [text.removeprefix(prefix).strip('")') for text in statements if text.startswith(prefix)]

    assert indexed("orders") == ["order_id", "customer_id", "order_date"]
    assert indexed("product_affinity") == ["product_a", "product_b"]
    assert indexed("int_order_totals") == ["customer_id"]
    assert indexed("int_customer_products") == []


@pytest.mark.parametrize("text", ["character varying(50)", "character(3)", "text", "name"])
def test_any_text_of_the_catalog_is_text(text: str) -> None:
    assert ENGINES["postgres"].dialect().parse_type(text) == dt.string
