"""Values at the ends of their types, and in every time zone, mean the same on Redshift as on DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import ibis
import ibis.common.exceptions as com
import ibis.expr.types as ir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines.redshift import gate
from tests.engines.redshift.both_engines import BothEngines, both_engines, redshift_sql
from tests.engines.redshift.extremes import TABLE, TABLES

ONE_AM_IN_PARIS = datetime(2024, 3, 31, 1, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture(scope="module")
def engines() -> Iterator[BothEngines]:
    with both_engines(TABLES, "extremes") as opened:
        yield opened


Value = Callable[[ir.Table], ir.Value]
VALUES: dict[str, Value] = {
    "sum_of_small": lambda t: t.small.cast("int64") + t.small,
    "remainder_of_widths": lambda t: t.large % t.small.nullif(0),
    "remainder_of_a_decimal": lambda t: t.amount % 3,
    "remainder_of_a_double": lambda t: t.share % 2,
    "logarithm_of_a_decimal": lambda t: t.amount.abs().nullif(0).ln(),
    "root_of_a_decimal": lambda t: t.amount.abs().sqrt(),
    "exponent_of_a_decimal": lambda t: (t.amount / 1e10).exp(),
    "decimal_literal": lambda t: t.amount * Decimal("1.0825"),
    "truth_in_arithmetic": lambda t: t.flag.cast("int64") + 1,
    "comparison_with_a_negation": lambda t: t.flag == ~(t.large > 1),
    "whole_of_double": lambda t: (t.share + 0.25).round().cast("int64"),
    "decimal_to_whole": lambda t: t.amount.cast("int64"),
    "decimal_to_fewer_digits": lambda t: t.amount.cast("decimal(12, 1)"),
    "double_to_decimal": lambda t: t.share.cast("decimal(18, 1)"),
    "number_to_truth": lambda t: t.amount.cast("boolean"),
    "whole_to_text": lambda t: t.large.cast("string"),
    "decimal_to_text": lambda t: t.amount.cast("string"),
    "truth_to_decimal": lambda t: t.flag.cast("decimal(5, 2)"),
    "day_to_text": lambda t: t.day.cast("string"),
    "moment_to_text": lambda t: t.ts.cast("string"),
    "instant_to_text": lambda t: t.tz.cast("string"),
    "instant_to_day": lambda t: t.tz.cast("date"),
    "instant_to_moment": lambda t: t.tz.cast("timestamp"),
    "moment_to_instant": lambda t: t.ts.cast("timestamp('UTC')"),
    "moment_to_another_zone": lambda t: t.ts.cast("timestamp('Europe/Berlin')"),
    "day_to_instant": lambda t: t.day.cast("timestamp('UTC')"),
    "seconds_to_moment": lambda t: (t.middle // 2).cast("timestamp('UTC')"),
    "text_to_instant": lambda t: t.ts.cast("string").cast("timestamp('UTC')"),
    "moment_to_time": lambda t: t.ts.time(),
    "instant_literal": lambda t: t.tz > ibis.literal(ONE_AM_IN_PARIS),
    "weekday_of_instant": lambda t: t.tz.day_of_week.index(),
    "weekday_name_of_instant": lambda t: t.tz.day_of_week.full_name(),
    "hour_of_instant": lambda t: t.tz.hour(),
    "second_of_instant": lambda t: t.tz.second(),
    "iso_year_of_instant": lambda t: t.tz.iso_year(),
    "month_of_instant": lambda t: t.tz.truncate("M"),
    "day_of_instant": lambda t: t.tz.date(),
    "step_of_instant": lambda t: t.tz + ibis.interval(months=1),
    "days_between_instants": lambda t: t.tz.delta(ibis.literal(ONE_AM_IN_PARIS), unit="day"),
    "format_of_instant": lambda t: t.tz.strftime("%Y-%m-%d %H:%M"),
    "milliseconds_since_1970": lambda t: t.ts.truncate("s").epoch_seconds().cast("int64") * 1000,
}


@pytest.mark.parametrize("name", VALUES)
def test_value_is_that_of_duckdb(name: str, engines: BothEngines) -> None:
    expected, found = engines.rows(TABLE.select("k", a=VALUES[name](TABLE)))

    assert found == expected


@pytest.mark.parametrize(
    "value", [TABLE.flag == ~(TABLE.large > 1), ~TABLE.flag != TABLE.flag, TABLE.flag.identical_to(~TABLE.flag)]
)
def test_the_gate_reads_a_comparison_with_a_negation(value: ir.Value) -> None:
    assert gate.check(redshift_sql(TABLE.select(a=value))) == ()


def test_strings_of_a_union_have_one_width() -> None:
    texts = [TABLE.select(a=ibis.literal(text)) for text in ("x", "longer", "é")]
    sql = redshift_sql(ibis.union(*texts))

    assert sql.count("AS VARCHAR(6)") == len(texts)


def test_a_string_that_is_a_column_has_a_type_wherever_else_it_is_used() -> None:
    labelled = TABLE.select("k", label=ibis.literal("new")).union(TABLE.select("k", label=ibis.literal("old")))
    alone = redshift_sql(labelled.filter(labelled.label == "old"))
    next_to_a_column = redshift_sql(TABLE.select(a=TABLE.name).union(TABLE.select(a=ibis.literal("old"))))

    assert alone.count("AS VARCHAR(3)) AS") == 2
    assert "CAST('old' AS VARCHAR(3)) AS" in next_to_a_column


def test_null_that_is_a_column_has_a_type() -> None:
    assert "CAST(NULL AS VARCHAR(1))" in redshift_sql(TABLE.select(a=ibis.null()))


def test_distinct_strings_are_counted_with_their_blanks(engines: BothEngines) -> None:
    blanks = TABLE.mutate(padded=TABLE.name + ibis.cases((TABLE.flag, " "), else_=""))
    expected, found = engines.rows(blanks.agg(a=lambda t: t.padded.nunique(), b=lambda t: t.name.nunique(where=t.flag)))

    assert found == expected
    assert "|| '.'" in redshift_sql(blanks.agg(a=lambda t: t.padded.nunique()))


def test_days_apart_are_compared_with_an_interval(engines: BothEngines) -> None:
    leap_day = ibis.date("2024-02-29")
    is_later = (TABLE.day - leap_day) > ibis.interval(days=3)
    found = dict(engines.stand_in.query(redshift_sql(TABLE.select("k", a=is_later))))

    days = {row[0]: row[TABLES["v"][0].names.index("day")] for row in TABLES["v"][1]}
    assert found == {k: None if day is None else (day - date(2024, 2, 29)).days > 3 for k, day in days.items()}  # type: ignore[operator]


OVERFLOWING: dict[str, tuple[Value, Callable[[int, int], int], str]] = {
    "product": (lambda t: t.middle * 100_000_000, lambda middle, small: middle * 100_000_000, "middle"),
    "sum": (lambda t: t.middle + t.middle, lambda middle, small: middle + middle, "middle"),
    "difference": (lambda t: -1 - t.middle, lambda middle, small: -1 - middle, "middle"),
    "product_of_small": (lambda t: t.small * t.small, lambda middle, small: small * small, "small"),
    "sum_of_small": (lambda t: t.small + t.small + t.small, lambda middle, small: small * 3, "small"),
    "typed_literal": (
        lambda t: t.mutate(n=ibis.literal(1_000_000, "int64")).select(a=lambda u: u.n * 1_000_000 + u.small * 0).a,
        lambda middle, small: 10**12,
        "small",
    ),
}


@pytest.mark.parametrize("name", OVERFLOWING)
def test_whole_numbers_do_not_overflow(name: str, engines: BothEngines) -> None:
    value, compute, column = OVERFLOWING[name]
    place = TABLES["v"][0].names.index(column)
    numbers = [row[place] for row in TABLES["v"][1]]
    expected = [None if number is None else compute(number, number) for number in numbers]  # type: ignore[arg-type]

    found = [row[0] for row in engines.stand_in.query(redshift_sql(value(TABLE).name("a").as_table()))]

    assert sorted(found, key=repr) == sorted(expected, key=repr)


REFUSED: dict[str, tuple[Value, str]] = {
    "number_to_day": (lambda t: t.middle.cast("date"), r"Cast: .* from int32 to date; .*as_interval\('D'\)"),
    "day_to_number": (lambda t: t.day.cast("int64"), r"Cast: .* from date to int64; .*epoch_seconds"),
    "moment_to_double": (lambda t: t.ts.cast("float64"), r"Cast: .* from timestamp.* to float64; .*epoch_seconds"),
    "truth_to_day": (lambda t: t.flag.cast("date"), "Cast: .* from boolean to date"),
    "nul": (lambda t: ibis.literal("a\x00b"), "Literal: .* contains a NUL character"),
    "long_text": (lambda t: t.name == "x" * 65_536, "Literal: A string of 65,536 bytes is too long"),
    "half_a_pair": (lambda t: ibis.literal("\ud800"), "Literal: .* surrogate"),
    "endless_decimal": (lambda t: ibis.literal(Decimal("Infinity")), "Literal: .* no decimal"),
    "interval_of_a_column": (lambda t: t.small.as_interval("D"), r"interval.*add it to a date"),
    "interval": (lambda t: ibis.interval(days=1), r"interval.*add it to a date"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_says_what_to_write(name: str) -> None:
    value, message = REFUSED[name]
    with pytest.raises(com.UnsupportedOperationError, match=f"(?s){message}"):
        redshift_sql(TABLE.select(a=value(TABLE)))


WHOLE = {"int16": (2**15, "small"), "int32": (2**31, "middle"), "int64": (2**61, "large")}
OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


@st.composite
def sums(draw: st.DrawFn) -> tuple[ir.IntegerScalar, int]:
    """Draw an expression of typed whole numbers, and its value."""
    dtype = draw(st.sampled_from(sorted(WHOLE)))
    limit = WHOLE[dtype][0]
    value = draw(st.integers(-limit, limit - 1))
    expression = ibis.literal(value, dtype)
    for _ in range(draw(st.integers(0, 3))):
        operator = draw(st.sampled_from(sorted(OPERATORS)))
        other = draw(st.integers(-(2**31), 2**31 - 1))
        result = OPERATORS[operator](value, other)
        if not -(2**63) <= result < 2**63:
            break
        right = ibis.literal(other, "int32")
        expression = {"+": expression + right, "-": expression - right, "*": expression * right}[operator]
        value = result
    return expression, value


@given(st.lists(sums(), min_size=1, max_size=20))
def test_typed_arithmetic_is_exact(engines: BothEngines, drawn: list[tuple[ir.IntegerScalar, int]]) -> None:
    columns = {f"c{place}": expression for place, (expression, _) in enumerate(drawn)}
    sql = redshift_sql(TABLE.limit(1).select(**columns))

    assert engines.stand_in.query(sql) == [tuple(value for _, value in drawn)]
