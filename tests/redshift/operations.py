"""A small expression for each Ibis operation that analytics needs, over one table of awkward values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

SCHEMA = ibis.schema(
    {
        "k": "int64",
        "g": "string",
        "i": "int64",
        "j": "int32",
        "x": "float64",
        "m": "decimal(18, 2)",
        "s": "string",
        "b": "boolean",
        "d": "date",
        "ts": "timestamp",
    }
)
LEAP, NEW_YEAR = date(2024, 2, 29), date(2024, 12, 30)
ROWS: tuple[tuple[object, ...], ...] = (
    (1, "a", 7, 2, 1.5, Decimal("10.05"), "Road Pro", True, LEAP, datetime(2024, 2, 29, 23, 59, 59, 999_000)),
    (2, "a", -7, 2, -2.25, Decimal("-3.10"), "road", False, date(2024, 1, 31), datetime(2024, 1, 31, 0, 0, 0)),
    (3, "a", 0, -3, 0.0, Decimal("0.00"), "", None, date(2023, 12, 31), datetime(2023, 12, 31, 12, 30, 5)),
    (4, "a", None, 5, None, None, None, True, None, None),
    (5, "b", 5, 3, 100.125, Decimal("99.99"), "a,b,c", True, NEW_YEAR, datetime(2024, 12, 30, 6, 7, 8)),
    (6, "b", 5, None, 3.0, Decimal("1.00"), "O'Neil \\ x", False, date(2021, 1, 3), datetime(2021, 1, 3, 1, 2, 3)),
    (7, "b", -8, 3, 2.5, Decimal("2.50"), "  pad\t", False, date(1999, 6, 15), datetime(1999, 6, 15, 18, 0, 0)),
    (8, None, 1, 1, -0.5, Decimal("0.01"), "äöü 12-34", True, LEAP, datetime(2024, 2, 29, 8, 0, 0)),
    (9, None, 9, 4, 9.0, Decimal("7.77"), "Road Pro", None, date(2024, 3, 1), datetime(2024, 3, 1, 0, 0, 1)),
)
OTHER_SCHEMA = ibis.schema({"g": "string", "n": "int64", "w": "string"})
OTHER_ROWS: tuple[tuple[object, ...], ...] = (
    ("a", 1, "one"),
    ("a", 5, "five"),
    ("b", 6, "six"),
    ("c", 9, "nine"),
    (None, 9, "none"),
    ("a", 1, "one"),
)
TABLE = ibis.table(SCHEMA, name="t", database="ops")
OTHER = ibis.table(OTHER_SCHEMA, name="u", database="ops")

Case = Callable[[ir.Table, ir.Table], ir.Table]
_BY_GROUP = ibis.window(group_by="g")
_IN_ORDER = ibis.window(group_by="g", order_by="k")
_RUNNING = ibis.cumulative_window(group_by="g", order_by="k")
_THREE = ibis.rows_window(preceding=1, following=1, group_by="g", order_by="k")


def per_group(**metrics: Callable[[ir.Table], ir.Value]) -> Case:
    """Aggregate by the group that has NULLs."""
    return lambda t, u: t.group_by("g").agg(**{name: metric(t) for name, metric in metrics.items()})


def per_row(**values: Callable[[ir.Table], ir.Value]) -> Case:
    """Compute columns beside the key."""
    return lambda t, u: t.select("k", **{name: value(t) for name, value in values.items()})


AGGREGATES: dict[str, Case] = {
    "count": per_group(n=lambda t: t.count(), w=lambda t: t.count(where=t.b), c=lambda t: t.x.count(where=t.i > 0)),
    "sum": per_group(a=lambda t: t.i.sum(), b=lambda t: t.m.sum(where=t.i > 0), c=lambda t: t.b.sum()),
    "mean": per_group(a=lambda t: t.i.mean(), b=lambda t: t.m.mean(), c=lambda t: t.j.mean(where=t.b)),
    "min_max": per_group(
        a=lambda t: t.s.min(), b=lambda t: t.d.max(), c=lambda t: t.b.max(), e=lambda t: t.m.min(where=t.b)
    ),
    "nunique": per_group(
        a=lambda t: t.s.nunique(), b=lambda t: t.i.nunique(where=t.b), c=lambda t: t.i.approx_nunique()
    ),
    "any_all": per_group(a=lambda t: t.b.any(), b=lambda t: t.b.all(), c=lambda t: (t.i > 0).any(where=t.b)),
    "variance": per_group(
        a=lambda t: t.x.var(), b=lambda t: t.i.std(), c=lambda t: t.m.var(how="pop"), e=lambda t: t.x.std(how="pop")
    ),
    "covariance": per_group(a=lambda t: t.x.cov(t.i), b=lambda t: t.x.cov(t.i, how="pop")),
    "correlation": per_group(a=lambda t: t.x.corr(t.i, how="pop")),
    "median": per_group(
        a=lambda t: t.x.median(), b=lambda t: t.i.median(where=t.k < 8), c=lambda t: t.x.approx_median()
    ),
    "quantile": per_group(a=lambda t: t.x.quantile(0.25), b=lambda t: t.i.quantile(0.9)),
    "group_concat": per_group(
        a=lambda t: t.s.group_concat("|", order_by=t.k), b=lambda t: t.s.group_concat(order_by=t.k.desc(), where=t.b)
    ),
    "arbitrary": lambda t, u: t.group_by("k").agg(a=t.s.arbitrary(), b=t.i.arbitrary(where=t.b)),
    "first_last": per_group(
        a=lambda t: t.s.first(order_by=t.k),
        b=lambda t: t.i.last(order_by=t.k),
        c=lambda t: t.x.first(order_by=[t.i.desc(), t.k]),
    ),
    "first_with_nulls": per_group(a=lambda t: t.s.first(order_by=t.k.desc(), include_null=True)),
    "argmin_argmax": per_group(
        a=lambda t: t.s.argmax(t.x), b=lambda t: t.k.argmin(t.m), c=lambda t: t.b.argmax(t.k, where=t.k < 9)
    ),
    "mode": per_group(a=lambda t: t.b.mode(), b=lambda t: t.i.mode(where=t.i == 5)),
    "bit_aggregates": per_group(a=lambda t: t.k.bit_and(), b=lambda t: t.k.bit_or(where=t.b)),
    "picks_beside_counts": per_group(
        a=lambda t: t.s.argmax(t.k), n=lambda t: t.count(), r=lambda t: t.x.max() - t.x.min()
    ),
    "whole_table": lambda t, u: t.agg(n=t.count(), a=t.x.sum(), b=t.s.argmin(t.k), c=t.i.median()),
    "having": lambda t, u: t.group_by("g").having(t.count() > 2).agg(n=t.count()),
    "group_by_expression": lambda t, u: t.group_by(year=t.d.year(), big=t.i > 0).agg(n=t.count()),
}

WINDOWS: dict[str, Case] = {
    "ranking": per_row(
        a=lambda t: ibis.row_number().over(_IN_ORDER),
        b=lambda t: ibis.rank().over(order_by=t.i),
        c=lambda t: ibis.dense_rank().over(group_by=t.g, order_by=t.i.desc()),
        e=lambda t: ibis.ntile(3).over(_IN_ORDER),
        f=lambda t: ibis.percent_rank().over(order_by=t.i),
        h=lambda t: ibis.cume_dist().over(order_by=t.i),
    ),
    "lag_lead": per_row(
        a=lambda t: t.i.lag().over(_IN_ORDER),
        b=lambda t: t.i.lead(2).over(_IN_ORDER),
        c=lambda t: t.i.lag(1, default=-1).over(_IN_ORDER),
        e=lambda t: t.i.lead(2, default=-1).over(_IN_ORDER),
    ),
    "first_last_nth_value": per_row(
        a=lambda t: t.k.first().over(_IN_ORDER),
        b=lambda t: t.k.last().over(_IN_ORDER),
        c=lambda t: t.k.nth(1).over(_IN_ORDER),
    ),
    "running": per_row(
        a=lambda t: t.x.sum().over(_RUNNING),
        b=lambda t: t.i.mean().over(_RUNNING),
        c=lambda t: t.m.max().over(_RUNNING),
    ),
    "sliding": per_row(
        a=lambda t: t.i.sum().over(_THREE), b=lambda t: t.x.min().over(_THREE), c=lambda t: t.i.count().over(_THREE)
    ),
    "partition": per_row(
        a=lambda t: t.m.sum().over(_BY_GROUP),
        b=lambda t: t.x.mean().over(_BY_GROUP),
        c=lambda t: t.b.any().over(_BY_GROUP),
    ),
    "nunique_over_window": per_row(
        a=lambda t: t.s.nunique().over(_BY_GROUP), b=lambda t: t.i.nunique(where=t.b).over(_BY_GROUP)
    ),
    "argmax_over_window": per_row(
        a=lambda t: t.s.argmax(t.x).over(_BY_GROUP), b=lambda t: t.k.argmin(t.m).over(_BY_GROUP)
    ),
    "median_over_window": per_row(a=lambda t: t.x.median().over(_BY_GROUP)),
    "qualify": lambda t, u: t.filter(ibis.row_number().over(_IN_ORDER) == 0).select("k", "g"),
    "share_of_total": per_row(a=lambda t: t.x / t.x.sum().over(_BY_GROUP)),
}

NUMBERS: dict[str, Case] = {
    "divide": per_row(a=lambda t: t.i / t.j, b=lambda t: t.m / 3, c=lambda t: t.x / 0.5),
    "floor_divide": per_row(a=lambda t: t.i // t.j, b=lambda t: t.i // 3, c=lambda t: t.x // 2),
    "modulus": per_row(a=lambda t: t.i % t.j, b=lambda t: t.i % 3),
    "arithmetic": per_row(a=lambda t: t.i + t.j * 2 - 1, b=lambda t: t.m * 2, c=lambda t: -t.x, e=lambda t: t.m + t.m),
    "round": per_row(
        a=lambda t: t.m.round(1),
        b=lambda t: t.x.ceil(),
        c=lambda t: t.x.floor(),
        e=lambda t: t.m.floor(),
        f=lambda t: t.m.abs(),
    ),
    "power": per_row(a=lambda t: t.x**2, b=lambda t: t.i.abs().sqrt(), c=lambda t: t.x.exp()),
    "logarithms": per_row(
        a=lambda t: t.k.ln(),
        b=lambda t: t.k.log10(),
        c=lambda t: t.k.log2(),
        e=lambda t: t.k.log(3),
        f=lambda t: t.m.abs().nullif(0).ln(),
    ),
    "trigonometry": per_row(
        a=lambda t: t.x.sin(),
        b=lambda t: t.x.cos(),
        c=lambda t: t.x.atan(),
        e=lambda t: t.x.atan2(t.k),
        f=lambda t: t.x.degrees(),
    ),
    "constants": per_row(a=lambda t: ibis.pi + t.k, b=lambda t: ibis.e + t.k),
    "sign": per_row(a=lambda t: t.i.sign(), b=lambda t: t.x.sign()),
    "clip": per_row(a=lambda t: t.i.clip(0, 5), b=lambda t: t.x.clip(lower=0.5)),
    "greatest_least": per_row(a=lambda t: ibis.greatest(t.i, t.j), b=lambda t: ibis.least(t.k, t.j.cast("int64") + 1)),
    "bits": per_row(
        a=lambda t: t.k & 3,
        b=lambda t: t.k | 8,
        c=lambda t: (t.k << 1) + (t.k >> 1),
        e=lambda t: t.i ^ 5,
        f=lambda t: ~t.i,
        h=lambda t: t.i | t.k,
    ),
    "bucket": per_row(a=lambda t: t.i.bucket([-10, 0, 5, 10])),
}

LOGIC: dict[str, Case] = {
    "comparisons": per_row(
        a=lambda t: t.i > t.j, b=lambda t: t.i != 5, c=lambda t: t.i.between(0, 7), e=lambda t: t.s == "road"
    ),
    "three_values": per_row(
        a=lambda t: t.b & (t.i > 0), b=lambda t: t.b | (t.i > 0), c=lambda t: ~t.b, e=lambda t: t.b ^ (t.i > 0)
    ),
    "identical": per_row(
        a=lambda t: t.i.identical_to(t.j), b=lambda t: t.g.identical_to("a"), c=lambda t: t.b.identical_to(None)
    ),
    "nulls": per_row(
        a=lambda t: t.i.isnull(),
        b=lambda t: t.s.notnull(),
        c=lambda t: t.i.fill_null(-1),
        e=lambda t: t.i.nullif(5),
        f=lambda t: ibis.coalesce(t.i, t.j, t.k),
    ),
    "cases": per_row(
        a=lambda t: ibis.cases((t.i > 5, "big"), (t.i > 0, "small"), else_="none"),
        b=lambda t: t.g.cases(("a", 1), ("b", 2), else_=0),
        c=lambda t: t.b.ifelse(t.i, -t.i),
    ),
    "isin": per_row(a=lambda t: t.g.isin(["a", "c"]), b=lambda t: t.i.notin([5, 7]), c=lambda t: t.i.isin([])),
    "filter_is_true": lambda t, u: t.filter(t.b).select("k"),
}

CASTS: dict[str, Case] = {
    "to_text": per_row(
        a=lambda t: t.i.cast("string"),
        b=lambda t: t.b.cast("string"),
        c=lambda t: t.d.cast("string"),
        e=lambda t: t.m.cast("string"),
    ),
    "to_numbers": per_row(
        a=lambda t: t.b.cast("int32"),
        b=lambda t: t.m.cast("float64"),
        c=lambda t: t.i.cast("decimal(10, 3)"),
        e=lambda t: t.k.cast("string").cast("int64"),
    ),
    "to_boolean": per_row(
        a=lambda t: t.i.cast("boolean"), b=lambda t: ibis.cases((t.k > 3, "true"), else_="f").cast("boolean")
    ),
    "to_times": per_row(
        a=lambda t: t.ts.cast("date"), b=lambda t: t.d.cast("timestamp"), c=lambda t: t.d.cast("string").cast("date")
    ),
    "epoch": per_row(
        a=lambda t: t.ts.truncate("s").epoch_seconds(),
        b=lambda t: t.k.cast("timestamp"),
        c=lambda t: t.k.as_timestamp("s"),
    ),
    "try_cast": per_row(a=lambda t: t.s.try_cast("int64"), b=lambda t: t.k.cast("string").try_cast("int64")),
}

DATES: dict[str, Case] = {
    "parts": per_row(
        a=lambda t: t.d.year(),
        b=lambda t: t.d.quarter(),
        c=lambda t: t.d.month(),
        e=lambda t: t.d.week_of_year(),
        f=lambda t: t.d.day(),
        h=lambda t: t.d.day_of_year(),
        l=lambda t: t.d.iso_year(),
    ),
    "clock_parts": per_row(
        a=lambda t: t.ts.hour(),
        b=lambda t: t.ts.minute(),
        c=lambda t: t.ts.second(),
        e=lambda t: t.ts.millisecond(),
        f=lambda t: t.ts.truncate("s").epoch_seconds(),
        h=lambda t: t.ts.microsecond(),
    ),
    "weekdays": per_row(a=lambda t: t.d.day_of_week.index(), b=lambda t: t.d.day_of_week.full_name()),
    "truncate": per_row(
        a=lambda t: t.d.truncate("M"),
        b=lambda t: t.d.truncate("W"),
        c=lambda t: t.ts.truncate("h"),
        e=lambda t: t.ts.truncate("Q"),
        f=lambda t: t.ts.truncate("D"),
        h=lambda t: t.d.truncate("Y"),
    ),
    "literals": per_row(
        a=lambda t: t.d >= ibis.date("2024-02-29"),
        b=lambda t: t.ts < ibis.timestamp("2024-02-29 12:00:00"),
        c=lambda t: ibis.date("2024-05-15"),
        e=lambda t: ibis.timestamp("2024-05-15 01:02:03.5"),
    ),
    "steps": per_row(
        a=lambda t: t.d + ibis.interval(days=3),
        b=lambda t: t.ts - ibis.interval(hours=5),
        c=lambda t: t.d - ibis.interval(weeks=2),
        e=lambda t: t.ts + ibis.interval(minutes=90),
    ),
    "month_steps": per_row(
        a=lambda t: t.d + ibis.interval(months=1),
        b=lambda t: t.d - ibis.interval(years=1),
        c=lambda t: t.ts + ibis.interval(quarters=1),
    ),
    "steps_by_column": per_row(a=lambda t: t.d + t.k.as_interval("D"), b=lambda t: t.ts - t.k.as_interval("h")),
    "deltas": per_row(
        a=lambda t: t.d.delta(ibis.date("2024-01-01"), unit="day"),
        b=lambda t: t.d.delta(ibis.date("2024-01-01"), unit="month"),
        c=lambda t: t.d.delta(ibis.date("2024-01-01"), unit="year"),
        e=lambda t: t.ts.delta(ibis.timestamp("2024-01-01"), unit="hour"),
    ),
    "strftime": per_row(
        a=lambda t: t.d.strftime("%Y-%m-%d"),
        b=lambda t: t.ts.strftime("%d/%m/%y at %H:%M:%S"),
        c=lambda t: t.d.strftime("%j %B %A"),
    ),
    "parse": per_row(
        a=lambda t: t.d.strftime("%Y%m%d").as_date("%Y%m%d"),
        b=lambda t: t.ts.strftime("%Y-%m-%d %H:%M:%S").as_timestamp("%Y-%m-%d %H:%M:%S"),
    ),
    "from_parts": per_row(
        a=lambda t: ibis.date(t.k.cast("int32") + 2000, t.j.abs(), 3),
        b=lambda t: ibis.timestamp(2024, 1, t.k.cast("int32"), 4, 5, 6),
    ),
    "date_of_timestamp": per_row(a=lambda t: t.ts.date()),
    "bucket_of_time": per_row(a=lambda t: t.ts.bucket(minutes=15), b=lambda t: t.ts.bucket(hours=1)),
}

TEXT: dict[str, Case] = {
    "case": per_row(a=lambda t: t.s.upper(), b=lambda t: t.s.lower(), c=lambda t: t.s.capitalize()),
    "length": per_row(
        a=lambda t: t.s.length(), b=lambda t: t.s.reverse(), c=lambda t: t.s.repeat(2), e=lambda t: t.s.ascii_str()
    ),
    "cut": per_row(
        a=lambda t: t.s.substr(1, 3),
        b=lambda t: t.s.left(2),
        c=lambda t: t.s.right(2),
        e=lambda t: t.s[1:4],
        f=lambda t: t.s.substr(2),
    ),
    "search": per_row(
        a=lambda t: t.s.contains("o"),
        b=lambda t: t.s.find("d"),
        c=lambda t: t.s.startswith("Ro"),
        e=lambda t: t.s.endswith("c"),
        f=lambda t: t.s.find("o", 2),
    ),
    "like": per_row(a=lambda t: t.s.like("%oad%"), b=lambda t: t.s.ilike("road%"), c=lambda t: t.s.like("_oad")),
    "strip": per_row(a=lambda t: t.s.strip(), b=lambda t: t.s.lstrip(), c=lambda t: t.s.rstrip()),
    "pad": per_row(a=lambda t: t.s.lpad(10, "*"), b=lambda t: t.s.rpad(4, "-")),
    "replace": per_row(a=lambda t: t.s.replace("o", "0"), b=lambda t: t.s.translate("ab", "xy")),
    "concat": per_row(
        a=lambda t: t.s + "!",
        b=lambda t: t.g.concat("/", t.s),
        c=lambda t: ibis.literal("-").join([t.g.fill_null("?"), t.s.fill_null("")]),
    ),
    "split_and_take": per_row(a=lambda t: t.s.split(",")[0], b=lambda t: t.s.split(",")[1]),
    "regex": per_row(
        a=lambda t: t.s.re_search(r"[0-9]+"),
        b=lambda t: t.s.re_replace(r"[0-9]", "#"),
        c=lambda t: t.s.re_search(r"\d\d"),
    ),
    "regex_extract": lambda t, u: t.filter(t.s.re_search("[a-z]+")).select(
        "k", a=t.s.re_extract("[a-z]+", 0), b=t.s.re_extract("([a-z])[a-z]*", 1)
    ),
    "digests": per_row(a=lambda t: t.s.hexdigest("md5"), b=lambda t: t.s.hexdigest("sha256")),
    "quotes": per_row(a=lambda t: t.s == "O'Neil \\ x", b=lambda t: ibis.literal("it's \\n 100%")),
}

RELATIONS: dict[str, Case] = {
    "inner_join": lambda t, u: t.inner_join(u, "g").select("k", "n"),
    "left_join": lambda t, u: t.left_join(u, [t.g == u.g, t.i == u.n]).select("k", "n"),
    "right_join": lambda t, u: t.right_join(u, t.k == u.n).select("k", "n", "w"),
    "outer_join": lambda t, u: t.outer_join(u, t.k == u.n).select("k", "n"),
    "semi_join": lambda t, u: t.semi_join(u, "g").select("k"),
    "anti_join": lambda t, u: t.anti_join(u, "g").select("k"),
    "cross_join": lambda t, u: t.cross_join(u).select("k", "w"),
    "asof_join": lambda t, u: t.asof_join(u, t.k >= u.n).select("k", "n"),
    "self_join": lambda t, u: t.inner_join(t.view(), "i").select("k"),
    "union_all": lambda t, u: ibis.union(t.select("g"), u.select("g")),
    "union_distinct": lambda t, u: ibis.union(t.select("g"), u.select("g"), distinct=True),
    "intersect": lambda t, u: t.select("g").intersect(u.select("g")),
    "intersect_all": lambda t, u: t.select("g").intersect(u.select("g"), distinct=False),
    "difference": lambda t, u: u.select("g").difference(t.select("g")),
    "difference_all": lambda t, u: t.select("g").difference(u.select("g"), distinct=False),
    "union_of_limits": lambda t, u: ibis.union(
        t.order_by("k").limit(2).select("k"), u.order_by(u.n.desc(), u.w).limit(1).select(k="n")
    ),
    "distinct": lambda t, u: u.distinct(),
    "distinct_on": lambda t, u: u.distinct(on=["g", "n"], keep="first"),
    "order_and_limit": lambda t, u: t.order_by(t.g.asc(nulls_first=True), t.k.desc()).limit(3, offset=1).select("k"),
    "drop_and_fill_nulls": lambda t, u: t.drop_null(["i", "b"]).fill_null({"g": "?"}).select("k", "g"),
    "in_subquery": lambda t, u: t.filter(t.g.isin(u.g)).select("k"),
    "scalar_subquery": lambda t, u: t.filter(t.i > t.i.mean().as_scalar()).select("k"),
    "pivot_longer": lambda t, u: t.select("k", "i", "j").pivot_longer(["i", "j"]),
    "pivot_wider": lambda t, u: u.pivot_wider(
        id_cols="g", names_from="w", values_from="n", names=["one", "six"], values_agg="max"
    ),
    "range_of_literals": lambda t, u: u.select("g").distinct().mutate(n=ibis.range(2, 25, 3).unnest()),
    "range_of_columns": lambda t, u: t.filter(t.k < 4).select("k", n=ibis.range(0, t.k).unnest()),
    "array_of_columns": lambda t, u: t.select("k", v=ibis.array([t.i, t.k]).unnest()),
    "dense_calendar": lambda t, u: (
        t.select("k", "d")
        .drop_null("d")
        .mutate(n=ibis.range(0, 3).unnest())
        .mutate(day=lambda r: r.d + r.n.as_interval("D"))
    ),
}

CASES: dict[str, Case] = AGGREGATES | WINDOWS | NUMBERS | LOGIC | CASTS | DATES | TEXT | RELATIONS


def operations_of(expression: ir.Table) -> set[type[ops.Node]]:
    """Return the types of the operations in an expression."""
    return {type(node) for node in expression.op().find(ops.Node)}
