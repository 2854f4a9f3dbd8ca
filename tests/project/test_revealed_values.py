"""What is computed from a personal column is marked, whatever computes it; counts, ranks, yes and no are not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibis import _

from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.project import revealed_values
from marketing_ibis.project.revealed_values import revealed_columns

TYPES = {"k": "int64", "name": "string", "number": "int64", "born": "date", "agrees": "boolean"}
PEOPLE = ibis.table(TYPES, name="people")
OTHERS = ibis.table({"k": "int64", "word": "string"}, name="others")
START = {"name": "string", "number": "int64", "born": "date"}
ONE = {"k": [1, 2], "name": ["ann@x.org", "7"], "number": [11, 4], "born": [date(1990, 1, 2), date(1984, 3, 4)]}
TWO = {"k": [1, 2], "name": ["bob@y.net", "9"], "number": [25, 9], "born": [date(1971, 5, 8), date(1966, 7, 9)]}
AGREE = {"agrees": [True, None]}

Value = Callable[[ir.Value], ir.Value]
Shape = Callable[[ir.Table], ir.Table]


@ibis.udf.scalar.builtin(name="md5")
def digest(text: str) -> str: ...


VALUES: dict[str, tuple[str, str, Value]] = {
    "lower": ("string", "string", lambda x: x.lower()),
    "part": ("string", "string", lambda x: x.substr(0, 3)),
    "pattern": ("string", "string", lambda x: x.re_extract("(.*)", 1)),
    "split": ("string", "string", lambda x: x.split("@")[0]),
    "joined": ("string", "string", lambda x: ibis.literal("dear ") + x),
    "letter as a number": ("string", "int64", lambda x: x.ascii_str()),
    "hash": ("string", "int64", lambda x: x.hash()),
    "function of the engine": ("string", "string", digest),
    "to a number": ("string", "int64", lambda x: x.try_cast("int64").fill_null(x.ascii_str())),
    "list": ("string", "string", lambda x: ibis.array([x, ibis.literal("b")])[0]),
    "record": ("string", "string", lambda x: ibis.struct({"a": x, "b": 1})["a"]),
    "map": ("string", "string", lambda x: ibis.map(["a"], ibis.array([x]))["a"]),
    "in place of NULL": ("string", "string", lambda x: ibis.coalesce(ibis.null("string"), x)),
    "case of it": ("string", "string", lambda x: ibis.cases((x.length() < 99, x), else_="")),
    "recoded": ("string", "int64", lambda x: ibis.cases((x < "az", 1), (x < "bz", 2), (x < "8", 3), else_=4)),
    "looked up": ("string", "int64", lambda x: x.cases(("ann@x.org", 1), ("7", 2), else_=3)),
    "recoded in steps": ("string", "int64", lambda x: (x < "az").ifelse(1, (x < "8").ifelse(2, 3))),
    "negative": ("int64", "int64", lambda x: -x),
    "remainder": ("int64", "int64", lambda x: x % 8),
    "rounded": ("int64", "int64", lambda x: (x / 3).round().cast("int64")),
    "as text": ("int64", "string", lambda x: x.cast("string")),
    "greatest": ("int64", "int64", lambda x: ibis.greatest(x, 2)),
    "year": ("date", "int64", lambda x: x.year()),
    "month": ("date", "date", lambda x: x.truncate("M")),
    "age": ("date", "int64", lambda x: ibis.date(2024, 1, 1).delta(x, unit="day")),
    "day as text": ("date", "string", lambda x: x.strftime("%Y-%m-%d")),
}
"""What a value is computed with: from a type, to a type, and the expression."""
SHAPES: dict[str, Shape] = {
    "same": lambda t: t,
    "renamed": lambda t: t.rename(y="x").mutate(x="y").drop("y"),
    "filtered": lambda t: t.filter(_.k > 0).order_by("k").limit(9),
    "distinct": lambda t: t.distinct(),
    "grouped by it": lambda t: t.group_by("x").agg(k=_.k.min()),
    "greatest of a group": lambda t: t.group_by("k").agg(x=_.x.max()),
    "value of another's greatest": lambda t: t.group_by("k").agg(x=_.x.argmax(_.k)),
    "collected": lambda t: t.group_by("k").agg(x=_.x.collect()).mutate(x=_.x[0]),
    "unnested": lambda t: t.group_by("k").agg(x=_.x.collect()).mutate(x=_.x.unnest()),
    "table unnested": lambda t: t.group_by("k").agg(x=_.x.collect()).unnest("x"),
    "first": lambda t: t.mutate(x=_.x.first().over(group_by="k", order_by="k")),
    "lag": lambda t: t.mutate(x=ibis.coalesce(_.x.lag().over(order_by="k"), _.x)),
    "union": lambda t: t.union(t.filter(_.k > 1)),
    "intersection": lambda t: t.intersect(t),
    "difference": lambda t: t.difference(t.filter(_.k > 9)),
    "joined": lambda t: OTHERS.view().left_join(t, "k").select("k", "x"),
    "joined to itself": lambda t: t.join(other := t.view(), t.k == other.k).select(t.k, other.x),
    "scalar": lambda t: OTHERS.select("k", x=t.agg(x=_.x.max()).x.as_scalar()),
    "without NULL": lambda t: t.drop_null(["x"]),
    "SQL": lambda t: ops.SQLStringView(t.alias("a").op(), "SELECT x, k FROM a", t.select("x", "k").schema()).to_expr(),
}
CONDENSED: dict[str, Shape] = {
    "known": lambda t: t.mutate(x=_.x.notnull()),
    "equal": lambda t: t.mutate(x=_.x.cast("string") == "7"),
    "one of several": lambda t: t.mutate(x=_.x.cast("string").isin(["7", "8"])),
    "contains": lambda t: t.mutate(x=_.x.cast("string").contains("@")),
    "like": lambda t: t.mutate(x=_.x.cast("string").like("%@%")),
    "flag": lambda t: t.mutate(x=_.x.isnull().ifelse(1, 0)),
    "size of its group": lambda t: (
        t.group_by("x").agg(n=_.count()).select(x=ibis.cases((_.n > 9, "many"), (_.n > 3, "few"), else_="rare"))
    ),
    "word": lambda t: t.mutate(x=ibis.cases((_.x.isnull(), "guest"), else_="known")),
    "count": lambda t: t.group_by("k").agg(x=_.x.count()),
    "number of values": lambda t: t.agg(x=_.x.nunique()),
    "number of rows": lambda t: t.group_by("x").agg(n=_.count()).agg(x=_.n.sum()),
    "share": lambda t: t.agg(x=_.x.notnull().mean()),
    "condition of a sum": lambda t: t.agg(x=_.k.sum(where=_.x.notnull())),
    "rank": lambda t: t.mutate(x=ibis.rank().over(order_by="x")),
    "in a subquery": lambda t: t.mutate(x=_.x.cast("string").isin(OTHERS.word)),
    "sums of its group": lambda t: t.group_by("x").agg(n=_.k.sum()).select(x="n"),
    "other column": lambda t: t.select(x="k"),
}
INNOCENT = [name for name in SHAPES if name not in ("unnested", "table unnested", "collected", "scalar", "SQL")]
"""Shapes that keep what is in x, if only yes and no."""


def revealed(table: ir.Table) -> set[str]:
    return {ref.column for ref in revealed_columns(table)["x"]} - {"k"}


@st.composite
def computed(draw: st.DrawFn) -> tuple[str, ir.Table]:
    """Draw a personal column, and a table of which the column x is computed from it."""
    column, dtype = draw(st.sampled_from(list(START.items())))
    table = PEOPLE.select("k", x=column)
    for _step in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from([name for name, (of, _to, _value) in VALUES.items() if of == dtype]))
        _of, dtype, value = VALUES[name]
        table = table.mutate(x=value(table.x))
    for name in draw(st.lists(st.sampled_from(list(SHAPES)), max_size=3)):
        table = SHAPES[name](table)
    return column, table


@given(computed())
def test_what_is_computed_from_a_column_reveals_it(drawn: tuple[str, ir.Table]) -> None:
    column, table = drawn
    assert revealed(table) == {column}


@given(computed(), st.sampled_from(list(CONDENSED)), st.lists(st.sampled_from(INNOCENT), max_size=2))
def test_a_count_a_rank_and_yes_or_no_reveal_nothing(
    drawn: tuple[str, ir.Table], condensed: str, shapes: list[str]
) -> None:
    _column, table = drawn
    # Of SQL that is only text nothing is known: it reveals whatever is beneath.
    if table.op().find(ops.SQLStringView):
        return
    table = CONDENSED[condensed](table)
    for name in shapes if "k" in table.columns else ():
        table = SHAPES[name](table)
    assert revealed(table) == set()


def results(table: ir.Table, people: dict[str, list[object]]) -> list[str]:
    with duckdb.connect() as connection:
        types = {"k": pa.int64(), "name": pa.string(), "number": pa.int64(), "born": pa.date32(), "agrees": pa.bool_()}
        columns = {name: pa.array(values, types[name]) for name, values in {**people, **AGREE}.items()}
        connection.register("people", pa.table(columns))
        connection.register("others", pa.table({"k": [1, 2, 3], "word": ["a", "b", "c"]}))
        return sorted(map(repr, connection.execute(ibis.to_sql(table, dialect="duckdb")).fetchall()))


@pytest.mark.parametrize("name", VALUES)
def test_other_people_give_other_values(name: str) -> None:
    """Each of the values says something about a person, so none of them is marked in vain."""
    dtype, _to, value = VALUES[name]
    (column,) = (column for column, of in START.items() if of == dtype)
    table = PEOPLE.select("k", x=value(PEOPLE[column]))
    assert results(table, ONE) != results(table, TWO)


@pytest.mark.parametrize("name", SHAPES)
def test_other_people_give_other_rows(name: str) -> None:
    table = SHAPES[name](PEOPLE.select("k", x="number"))
    assert results(table, ONE) != results(table, TWO)


@pytest.mark.parametrize(
    "value",
    [lambda x: x, lambda x: ~x, lambda x: x == True, lambda x: x & (_.k > 1), lambda x: x.ifelse("yes", "no")],  # noqa: E712
)
def test_yes_or_no_that_is_personal_stays_so(value: Value) -> None:
    assert revealed(PEOPLE.select("k", x=value(PEOPLE.agrees))) == {"agrees"}
    assert revealed(PEOPLE.agg(x=value(PEOPLE.agrees).max())) == {"agrees"}


def test_names_and_tables_are_told_apart() -> None:
    joined = PEOPLE.join(OTHERS, "k").select(x=_.name + _.word, y="word")
    assert revealed_columns(joined) == {
        "x": {ColumnRef("people", "name"), ColumnRef("others", "word")},
        "y": {ColumnRef("others", "word")},
    }


CONDENSING = {"Count", "CountDistinct", "CountStar", "CountDistinctStar", "ApproxCountDistinct", "ExistsSubquery"}
CONDENSING |= {"Comparison", "Equals", "NotEquals", "Greater", "GreaterEqual", "Less", "LessEqual", "IdenticalTo"}
CONDENSING |= {"Between", "BetweenTime", "InValues", "InSubquery", "IsNull", "NotNull", "IsNan", "IsInf"}
CONDENSING |= {"StringContains", "StartsWith", "EndsWith", "FuzzySearch", "RegexSearch", "StringSQLLike"}
CONDENSING |= {"StringSQLILike", "ArrayContains", "MapContains"}


def test_every_other_operation_of_ibis_reveals_what_it_reads() -> None:
    """Also those that a later version of Ibis adds."""
    dispatch = revealed_values._read.dispatch
    handlers = (revealed_values._number_of_rows, revealed_values._yes_or_no)
    operations = [each for _name, each in inspect.getmembers(ops, inspect.isclass) if issubclass(each, ops.Value)]
    assert {each.__name__ for each in operations if dispatch(each) in handlers} <= CONDENSING
    every_argument = revealed_values._read.dispatch(object)
    kept = {each.__name__ for each in operations if dispatch(each) is every_argument}
    assert {"Cast", "StringJoin", "ArrayMap", "HashBytes", "StructColumn", "JSONGetItem", "ScalarUDF"} <= kept
