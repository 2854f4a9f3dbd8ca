"""An operation that is compiled in most forms is refused in the others, by name and with an alternative."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.common.exceptions as com
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from marketing_ibis.engines.redshift.compiler.rewrites.number_series import MOST_ROWS_OF_A_RANGE
from tests.engines.redshift.operations import redshift_sql
from tests.engines.redshift.operations.tables import OTHER, TABLE

RUNNING = ibis.cumulative_window(group_by="g", order_by="k")
BY_GROUP = ibis.window(group_by="g")


@ibis.udf.scalar.python
def doubled(number: int) -> int:
    return number * 2


@ibis.udf.scalar.pyarrow
def halved(number: int) -> int:
    return number // 2


Refused = tuple[Callable[[ir.Table, ir.Table], ir.Value | ir.Table], str]
VALUES: dict[str, Refused] = {
    "separator_of_a_column": (lambda t, u: t.s.group_concat(t.g), "GroupConcat: .* write it as a literal"),
    "window_without_separator": (
        lambda t, u: t.s.group_concat("", order_by=t.k).over(BY_GROUP),
        "WindowFunction: LISTAGG .* give group_concat a separator",
    ),
    "range_frame": (
        lambda t, u: t.x.sum().over(ibis.range_window(preceding=5, following=0, order_by=t.i)),
        r"WindowFunction: .* `ibis\.rows_window",
    ),
    "ordered_median": (lambda t, u: t.x.median().over(RUNNING), "Median over a window .* leave `order_by` out"),
    "frame_without_order": (
        lambda t, u: t.x.sum().over(ibis.rows_window(preceding=1, following=0, group_by="g")),
        "WindowFunction: .* give the window `order_by`",
    ),
    "ordered_argmax": (lambda t, u: t.s.argmax(t.x).over(RUNNING), r"ArgMax over a window .* `\.first\(\)`"),
    "running_nunique": (lambda t, u: t.s.nunique().over(RUNNING), r"CountDistinct over .* `ibis\.row_number\(\)`"),
    "bits_over_window": (lambda t, u: t.k.bit_and().over(BY_GROUP), "BitAnd over a window .* join it back"),
    "mode_over_window": (lambda t, u: t.i.mode().over(BY_GROUP), "Mode over a window .* join it back"),
    "unit_of_a_column": (lambda t, u: t.d.delta(t.d, unit=t.s), "DateDelta: .* write the unit as a literal"),
    "weeks_between": (lambda t, u: t.d.delta(t.d, unit="week"), r"DateDelta: .* unit='day'\) // 7"),
    "no_date_part": (lambda t, u: t.ts.delta(t.ts, unit="eon"), "TimestampDelta: .*'eon'; there are year"),
    "bucket_of_months_with_offset": (
        lambda t, u: t.ts.bucket(months=1, offset=ibis.interval(days=3)),
        "TimestampBucket: .* subtract it from the timestamp",
    ),
    "empty_bucket": (lambda t, u: t.ts.bucket(hours=0), "TimestampBucket: A bucket is longer than 0"),
    "seconds_between": (lambda t, u: t.ts - t.ts, r"type interval; .* `\.delta\(other"),
    "capitals_in_json": (
        lambda t, u: t.s.cast("json")["userId"],
        "JSONGetItem: .* in lower case.*LOWER_ATTRIBUTE_NAMES",
    ),
    "json_from_the_end": (lambda t, u: t.s.cast("json")[-1], "JSONGetItem: .* a number from 0"),
    "json_by_a_column": (lambda t, u: t.s.cast("json")[t.g], "JSONGetItem: .* by constants"),
    "hash_of_bytes": (lambda t, u: ibis.literal(b"a").hashbytes("md5"), "HashBytes: .* of a string"),
    "parameter_of_a_column": (lambda t, u: t.s.query(t.g), "ExtractQuery: .* as a literal"),
    "format_of_a_column": (lambda t, u: t.d.strftime(t.s), "Strftime: .* write the format as a literal"),
    "unknown_directive": (lambda t, u: t.d.strftime("%U"), "Strftime: TO_CHAR has nothing for %U; there are %Y"),
    "letters_in_a_format": (lambda t, u: t.s.as_date("%Y and %m"), "StringToDate: .* cut them off before"),
    "find_to_an_end": (lambda t, u: ops.StringFind(t.s, "a", 1, 3).to_expr(), "StringFind: .* cut the text before"),
    "index_of_a_column": (lambda t, u: t.s.split(",")[t.k], r"ArrayIndex: .* by constants from 0"),
    "days_in_an_array": (lambda t, u: ibis.array([t.d]), "Array: .* cast it to a string"),
    "map_literal": (lambda t, u: ibis.literal({"a": 1}, "map<string, int64>"), "Literal: .* a column for each key"),
    "split_by_a_column": (lambda t, u: t.s.split(t.g)[0], "ArrayIndex: .* write it as a literal"),
    "split_alone": (lambda t, u: t.s.split(","), r"StringSplit gives an array.*`text\.split"),
    "groups_in_a_replacement": (
        lambda t, u: t.s.re_replace("(a)", r"\1"),
        "RegexReplace: .* replace by plain text",
    ),
    "digits": (lambda t, u: t.i.cast("decimal(50, 2)"), "Cast: .* more than 38 digits"),
    "python_function": (lambda t, u: doubled(t.i), r"doubled.* `ibis\.udf\.scalar\.builtin`"),
    "arrow_function": (lambda t, u: halved(t.i), r"halved.* `ibis\.udf\.scalar\.builtin`"),
}
LONG_AGO, FAR_AWAY = ibis.timestamp("0001-01-01"), ibis.timestamp("9999-01-01")
TABLES: dict[str, Refused] = {
    "positional_join": (lambda t, u: t.join(u, how="positional").select("k"), r"JoinLink: .* `ibis\.row_number\(\)`"),
    "long_memtable": (
        lambda t, u: ibis.memtable(pa.table({"n": range(10_001)})),
        "InMemoryTable: .* load it into a table first",
    ),
    "long_range": (
        lambda t, u: t.select("k", n=ibis.range(MOST_ROWS_OF_A_RANGE + 1).unnest()),
        "ibis.range.* keep longer number series in a table",
    ),
    "long_range_of_days": (
        lambda t, u: t.select("k", n=ibis.range(LONG_AGO, FAR_AWAY, ibis.interval(days=1)).unnest()),
        "ibis.range.* keep longer number series in a table",
    ),
    "range_of_step_0": (lambda t, u: t.select("k", n=ibis.range(1, 5, t.k).unnest()), "ibis.range.* a literal step"),
    "range_of_unknown_months": (
        lambda t, u: t.select("k", n=ibis.range(t.ts, FAR_AWAY, ibis.interval(months=1)).unnest()),
        "ibis.range.* add `.as_interval",
    ),
    "range_from_the_31st": (
        lambda t, u: t.select(
            "k", n=ibis.range(ibis.timestamp("2024-01-31"), FAR_AWAY, ibis.interval(months=1)).unnest()
        ),
        "ibis.range.* start on day 1",
    ),
    "range_beside_its_digits": (
        lambda t, u: t.select(__n="k").mutate(n=ibis.range(50).unnest()),
        "ibis.range.* rename the column",
    ),
}


@pytest.mark.parametrize("name", VALUES | TABLES)
def test_refusal_says_what_and_what_instead(name: str) -> None:
    expression, message = (VALUES | TABLES)[name]
    found = expression(TABLE, OTHER)
    with pytest.raises((com.UnsupportedOperationError, com.OperationNotDefinedError), match=f"(?s){message}"):
        redshift_sql(found if isinstance(found, ir.Table) else found.name("a").as_table())
