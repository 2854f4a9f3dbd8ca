"""Rows of plain Python values have the types and the order that Arrow gives them."""

from __future__ import annotations

import math
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines.arrow_types import arrow_schema
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.appending import FEW_ROWS
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.plain_rows import PlainRows, WrongValue
from marketing_ibis.model.row_functions import FLAT_TYPES

TYPES = (*FLAT_TYPES, "decimal(9, 2)", "decimal(38, 9)", "decimal", "timestamp(6)", "!int64")


class Channel(str, Enum):  # noqa: UP042 - a StrEnum prints as its value
    """A string that prints as something else."""

    EMAIL = "e-mail"


ZONES = (None, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9)))
INSTANTS = st.datetimes(timezones=st.sampled_from(ZONES))
NUMBERS = st.integers(-(2**70), 2**70) | st.integers(-300, 300) | st.floats() | st.decimals(allow_nan=True)
UNITS = ("D", "s", "us", "ns")
NUMPY = st.one_of(
    *(st.integers(-(2**62), 2**62).map(np.int64), st.floats().map(np.float64), st.booleans().map(np.bool_)),
    *(st.builds(np.datetime64, st.integers(-(2**62), 2**62), st.just(unit)) for unit in UNITS),
    *(st.datetimes().map(lambda instant: np.datetime64(instant, "s")), st.just(np.datetime64("NaT"))),
    *(st.builds(np.timedelta64, st.integers(-9, 9), st.sampled_from(UNITS)), st.text().map(np.str_)),
)
PANDAS = (pd.NaT, pd.NA, pd.Timestamp("2024-02-29 23:00", tz="Asia/Tokyo"), pd.Timestamp(1), pd.Timedelta(1))
LAST = (*(end.replace(tzinfo=zone) for end in (datetime.min, datetime.max) for zone in ZONES), date.min, date.max)
MISSING = (None, math.nan, Decimal("NaN"), Decimal("sNaN"), np.float64("nan"), np.datetime64("NaT"))
VALUES = st.one_of(
    *(
        st.none(),
        st.booleans(),
        NUMBERS,
        NUMPY,
        st.sampled_from(PANDAS),
        st.text(),
        st.dates(),
        INSTANTS,
        st.sampled_from(Channel),
    ),
    *(st.just("\ud800"), st.binary(), st.decimals(-(10**7), 10**7, places=2), st.just([1]), st.just(np.array([1]))),
)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal and of one type; NaN is equal to itself, and 0.0 is not -0.0."""
    return type(one) is type(other) and repr(one) == repr(other)


@given(st.sampled_from(TYPES), VALUES)
def test_a_value_is_what_arrow_makes_of_it_or_is_refused(type_name: str, value: object) -> None:
    compare_with_arrow(type_name, value)


@pytest.mark.parametrize("type_name", TYPES)
def test_the_last_and_the_missing_values_are_what_arrow_makes_of_them_or_are_refused(type_name: str) -> None:
    for value in (*LAST, *MISSING, *PANDAS):
        compare_with_arrow(type_name, value)


def compare_with_arrow(type_name: str, value: object) -> None:
    """Compare a value with Arrow's, unless it is refused."""
    (arrow_type,) = arrow_schema({"x": type_name}).types
    try:
        ((ours,),) = PlainRows.of({"x": type_name}, [(value,)]).rows
    except WrongValue:
        return
    plain = value.item() if isinstance(value, np.generic) else value
    assert same(ours, pa.array([plain], arrow_type).to_pylist()[0])


@pytest.mark.parametrize("type_name", TYPES)
@given(data=st.data())
def test_what_an_engine_returns_is_accepted(type_name: str, data: st.DataObject) -> None:
    (arrow_type,) = arrow_schema({"x": type_name}).types
    of_type: dict[str, st.SearchStrategy[Any]] = {
        "boo": st.booleans(),
        "dat": st.dates(),
        "dec": st.decimals(-(10**6), 10**6, places=2),
        "flo": st.floats(width=32),
        "int": st.integers(-128, 127),
        "str": st.text(),
        "tim": st.datetimes(),
    }
    values = data.draw(st.lists(st.none() | of_type[type_name.removeprefix("!")[:3]]))
    rows = PlainRows.of({"x": type_name}, [(value,) for value in values])
    assert rows.to_arrow().column("x").type == arrow_type
    assert all(map(same, rows.column("x"), pa.array(values, arrow_type).to_pylist()))
    in_order = rows.to_arrow().sort_by([("x", "ascending")]).column("x").to_pylist()
    pairs = zip(rows.in_order().column("x"), in_order, strict=True)
    # Numbers that are equal keep their order here, and not in Arrow: 0.0 and -0.0.
    assert all(same(ours, theirs) or ours == theirs for ours, theirs in pairs)


LIMITS = [limit + near for bits in (7, 15, 31, 63) for limit in (-(2**bits), 2**bits) for near in (-1, 0)]
"""The numbers at both ends of what integers of each size are."""
OF_ONE_TYPE = st.one_of(
    st.lists(st.sampled_from(LIMITS), min_size=1, max_size=3),
    st.lists(st.text() | st.just("\ud800"), min_size=1),
    st.lists(st.floats(), min_size=1),
    st.lists(st.booleans(), min_size=1),
)


@pytest.mark.parametrize("type_name", TYPES)
@given(values=OF_ONE_TYPE)
def test_values_of_one_type_are_what_each_is_by_itself(type_name: str, values: list[object]) -> None:
    def converted(values: list[object]) -> list[str] | str:
        try:
            return [repr(value) for value in PlainRows.of({"x": type_name}, [(value,) for value in values]).column("x")]
        except WrongValue as error:
            return str(error)

    each = [converted([value]) for value in values]
    errors = [result for result in each if isinstance(result, str)]
    assert converted(values) == (errors[0] if errors else [text for texts in each for text in texts])


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.sampled_from([None, 0.5, math.nan, -math.inf]))))
def test_rows_are_sorted_by_all_columns(rows: list[tuple[int | None, float | None]]) -> None:
    plain = PlainRows.of({"a": "int64", "b": "float64"}, rows)
    expected = plain.to_arrow().sort_by([("a", "ascending"), ("b", "ascending")]).to_pylist()
    assert list(map(repr, plain.in_order().records())) == list(map(repr, expected))


@pytest.mark.parametrize(
    ("type_name", "value", "reason"),
    [
        ("int64", 1.5, "float is not a whole number"),
        ("int64", True, "bool is not a whole number"),
        ("int8", 200, "200 does not fit into 8 bits"),
        ("int64", math.nan, "float is not a whole number"),
        ("float64", 2**53 + 1, "9007199254740993 is outside of the whole numbers that float64 represents exactly"),
        ("float64", Decimal("0.1"), "Decimal is not a floating-point number"),
        ("decimal(9, 2)", Decimal("1.005"), "1.005 has more than 2 digits after the point"),
        ("decimal(9, 2)", 12345678, "12345678 does not fit into 9 digits"),
        ("decimal(9, 2)", Decimal("Infinity"), "Infinity is not a finite number"),
        ("decimal(9, 2)", Decimal("NaN"), "NaN is not a finite number"),
        ("decimal(38, 9)", np.datetime64("2024-01-01", "ns"), "datetime64 is not a decimal or a whole number"),
        ("int64", np.timedelta64(5, "ns"), "timedelta64 is not a whole number"),
        ("int64", np.array([5]), "ndarray is not a whole number"),
        ("date", pd.NaT, "NaTType is not a date"),
        ("timestamp", pd.NaT, "NaTType is not a datetime"),
        ("timestamp", np.datetime64("NaT"), "datetime64 is not a datetime"),
        ("timestamp", datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), "date value out of range"),
        (
            "timestamp",
            pd.Timestamp("2024-01-01 00:00:00.000000001"),
            "2024-01-01 00:00:00.000000001 has nanoseconds, and a timestamp has microseconds",
        ),
        ("date", "2024-05-15", "str is not a date"),
        ("date", datetime(2024, 5, 15, 12, 30), "2024-05-15 12:30:00 has a time of day, and a date has none"),
        ("timestamp", date(2024, 5, 15), "date is not a datetime"),
        ("string", 5, "int is not a string"),
        ("boolean", 1, "int is not a boolean"),
    ],
)
def test_a_value_of_another_type_is_refused_with_the_reason(type_name: str, value: object, reason: str) -> None:
    with pytest.raises(WrongValue) as raised:
        PlainRows.of({"other": "string", "x": type_name}, [("a", None), ("b", value)])
    assert (raised.value.column, raised.value.reason) == ("x", reason)


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_integers_end_where_their_bits_do(bits: int) -> None:
    half = 2 ** (bits - 1)
    assert PlainRows.of({"x": f"int{bits}"}, [(-half,), (half - 1,)]).column("x") == [-half, half - 1]
    for value in (-half - 1, half):
        with pytest.raises(WrongValue, match="does not fit"):
            PlainRows.of({"x": f"int{bits}"}, [(0,), (value,)])


def test_no_rows_have_columns() -> None:
    rows = PlainRows.of({"a": "int64"}, [])
    assert (rows.column_names, rows.num_rows, rows.column("a")) == (["a"], 0, [])
    assert rows.to_arrow().schema == pa.schema({"a": pa.int64()})


@pytest.mark.parametrize("count", [0, 1, FEW_ROWS, FEW_ROWS + 1])
def test_few_rows_and_many_reach_duckdb(count: int) -> None:
    rows = [(number / 7, date(2024, 5, 15) if number % 2 else None) for number in range(count)]
    with open_duckdb() as target:
        target.execute('CREATE TABLE main.numbers ("a b" DOUBLE, day DATE)')
        added = PlainRows.of({"day": "date", "a b": "float64"}, [row[::-1] for row in rows])
        target.append_rows(Relation("main", "numbers"), added)
        assert target.query('FROM main.numbers ORDER BY "a b"') == rows


SCRIPT = """
import sys
from datetime import date
from dataflows.lib.clv_rows import fit_clv
from marketing_ibis.build.python_rows import ReceivedRows, compute_rows
from marketing_ibis.build.python_step import PythonStep
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.plain_rows import PlainRows
from marketing_ibis.model.row_annotations import takes_records

assert takes_records(fit_clv)
columns = {"status": "string", "buyers": "int64"}


def fit_two_columns(rows: list[dict]):
    return [{name: getattr(fit, name) for name in columns} for fit in fit_clv(rows, date(2024, 5, 15))]


fit = PythonStep("__main__:fit_two_columns", "", {}, {})
received = ReceivedRows(list, lambda: sys.exit("a table was asked for"))
with open_duckdb() as target:
    target.execute("CREATE TABLE main.fit (status VARCHAR, buyers BIGINT)")
    target.append_rows(Relation("main", "fit"), compute_rows(fit, received, columns, columns, {"status": 9}))
    assert target.query("FROM main.fit") == [("refused", 0)]
assert not {"pyarrow", "pandas", "numpy", "ibis"} & set(sys.modules), sorted(sys.modules)
"""


def test_a_few_rows_are_computed_without_arrow() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=True)
