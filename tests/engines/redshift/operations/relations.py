"""Relations: joins, set operations, rows from columns and columns from rows."""

from __future__ import annotations

import ibis
import ibis.expr.operations as ops

from tests.engines.redshift.operations.tables import OTHER_ROWS, OTHER_SCHEMA, ROWS, SCHEMA, Case

_NEW_YEARS_EVE = ibis.timestamp("2023-12-31")
_COUNTED = ibis.schema({"k": "int64", "n": "int64"})

RELATIONS: dict[str, Case] = {
    "constants_of_a_union": lambda t, u: (
        t.select(a=ibis.literal("x"), b="k", c=ibis.null())
        .union(u.select(a=ibis.literal("longer"), b="n", c=ibis.null()))
        .filter(lambda r: r.a != "y")
        .order_by("a", "b")
    ),
    "range_alone": lambda t, u: ibis.range(0, 25, 3).unnest().name("a").as_table(),
    "range_in_a_value": lambda t, u: t.select("k", a=ibis.range(3).unnest() * 2 + t.k),
    "range_of_days_alone": lambda t, u: (
        ibis.range(ibis.timestamp("2024-02-28"), ibis.timestamp("2024-03-02"), ibis.interval(days=1))
        .unnest()
        .date()
        .name("a")
        .as_table()
    ),
    "range_between_moments": lambda t, u: t.filter(t.k < 9).select(
        "k", a=ibis.range(t.ts, t.ts + (t.k * 6).as_interval("h"), ibis.interval(hours=12)).unnest()
    ),
    "range_of_many_rows": lambda t, u: (
        ibis.range(12_345).unnest().name("a").as_table().agg(n=lambda r: r.count(), a=lambda r: r.a.max())
    ),
    "sorted_by_constants": lambda t, u: t.order_by(ibis.literal("a"), ibis.literal(1), t.k).select("k").limit(3),
    "window_by_constants": lambda t, u: t.select(
        "k", a=ibis.row_number().over(group_by=t.g, order_by=[ibis.literal(1), t.k])
    ),
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
    "scalar_subquery_of_each_row": lambda t, u: t.select("k", n=u.filter(u.g == t.g).count()),
    "scalar_subquery_in_a_filter": lambda t, u: t.filter(t.i > u.filter(u.g == t.g).n.mean()).select("k"),
    "scalar_subquery_over_columns": lambda t, u: t.select(
        "k", n=u.mutate(z=u.n * 2).filter(lambda r: r.g == t.g).z.sum(), f=t.i + u.filter(u.g == t.g).n.max()
    ),
    "scalar_subquery_of_a_join": lambda t, u: t.select(
        "k", n=u.join(u.view(), "w").filter(lambda r: r.g == t.g).n.max()
    ),
    "scalar_subquery_then_filter": lambda t, u: (
        t.mutate(n=u.filter(u.g == t.g).count()).filter(lambda r: r.n > 1).select("k", "n")
    ),
    "in_correlated_subquery": lambda t, u: t.filter(t.i.isin(u.filter(u.g == t.g).n)).select("k"),
    "not_in_correlated_subquery": lambda t, u: t.filter(t.i.notin(u.filter(u.g == t.g).n)).select("k"),
    "in_set_operation": lambda t, u: t.filter(t.i.isin(u.select("n").difference(t.select(n="k")).n)).select("k"),
    "exists_in_a_set_operation": lambda t, u: t.filter(
        (u.select("g", "n").difference(u.filter(u.n > 4).select("g", "n")).g == t.g).any()
    ).select("k"),
    "group_by_exists": lambda t, u: t.group_by(has=(u.g == t.g).any()).agg(n=t.count()),
    "difference_of_a_union": lambda t, u: t.select("g").difference(u.select("g").union(u.select(g="w"))),
    "intersect_of_a_union": lambda t, u: t.select("g").union(u.select("g")).intersect(u.select("g")),
    "difference_of_a_difference": lambda t, u: t.select("g").difference(
        t.select("g").difference(u.select("g"), distinct=False)
    ),
    "union_all_of_a_union": lambda t, u: t.select("g").union(u.select("g").union(t.select("g"), distinct=True)),
    "difference_of_rows_in_memory": lambda t, u: t.select("g").difference(
        ibis.memtable([("a",), ("c",)], schema={"g": "string"})
    ),
    "text_as_a_column": lambda t, u: (
        t.mutate(src=ibis.literal("wéb")).group_by("g", "src").agg(n=lambda r: r.count()).order_by("src", "g")
    ),
    "exists": lambda t, u: t.filter((t.g == u.g).any()).select("k"),
    "not_exists": lambda t, u: t.filter(~(t.g == u.g).any()).select("k"),
    "drop_columns": lambda t, u: t.drop("s", "ts"),
    "one_value": lambda t, u: ibis.literal(1).name("one").as_table(),
    "sample": lambda t, u: t.sample(0.5).agg(n=lambda some: some.count() <= len(ROWS)),
    "table_of_an_engine": lambda t, u: (
        ops.DatabaseTable("t", SCHEMA, ibis.duckdb, ops.Namespace(database="ops")).to_expr().select("k")
    ),
    "text_over_a_table": lambda t, u: ops.SQLStringView(
        ops.AliasedRelation(name="v", parent=t), "SELECT k, i + 1 AS n FROM v WHERE k > 3", _COUNTED
    ).to_expr(),
    "text_of_an_engine": lambda t, u: (
        ops.SQLQueryResult("SELECT k, i + 1 AS n FROM ops.t", _COUNTED, None).to_expr().filter(lambda r: r.n > 0)
    ),
    "table_in_memory": lambda t, u: t.join(ibis.memtable(list(OTHER_ROWS), schema=OTHER_SCHEMA), "g").select("k", "w"),
    "pivot_longer": lambda t, u: t.select("k", "i", "j").pivot_longer(["i", "j"]),
    "pivot_wider": lambda t, u: u.pivot_wider(
        id_cols="g", names_from="w", values_from="n", names=["one", "six"], values_agg="max"
    ),
    "range_of_literals": lambda t, u: u.select("g").distinct().mutate(n=ibis.range(2, 25, 3).unnest()),
    "range_of_columns": lambda t, u: t.filter(t.k < 4).select("k", n=ibis.range(0, t.k).unnest()),
    "range_of_columns_back": lambda t, u: t.select("k", n=ibis.range(t.i, t.j, -3).unnest()),
    "range_to_null": lambda t, u: t.select("k", n=ibis.range(0, t.i).unnest()),
    "long_range_of_columns": lambda t, u: (
        t.filter(t.k == 1).select(n=ibis.range(t.k, t.i * 3_601).unnest()).agg(rows=ibis._.count(), most=ibis._.n.max())
    ),
    "range_of_days": lambda t, u: (
        u.select("g")
        .distinct()
        .mutate(day=ibis.range(_NEW_YEARS_EVE, ibis.timestamp("2024-01-18 12:00:00"), ibis.interval(days=9)).unnest())
    ),
    "range_of_months": lambda t, u: (
        u.select("g")
        .distinct()
        .mutate(
            month=ibis.range(
                ibis.timestamp("2024-11-15"), ibis.timestamp("2025-03-16"), ibis.interval(months=1)
            ).unnest()
        )
    ),
    "range_of_hours_back": lambda t, u: (
        u.select("g")
        .distinct()
        .mutate(hour=ibis.range(ibis.timestamp("2024-01-02"), _NEW_YEARS_EVE, ibis.interval(hours=-7)).unnest())
    ),
    "range_of_no_days": lambda t, u: t.select(
        "k", day=ibis.range(_NEW_YEARS_EVE, ibis.timestamp("2020-01-01"), ibis.interval(days=1)).unnest()
    ),
    "array_of_columns": lambda t, u: t.select("k", v=ibis.array([t.i, t.k]).unnest()),
    "array_of_a_column": lambda t, u: (
        t.mutate(a=ibis.array([t.i, t.k])).select("k", "a").limit(100).select("k", v=ibis._.a.unnest())
    ),
    "array_of_a_table": lambda t, u: t.mutate(a=ibis.array([t.s, t.g])).unnest("a").group_by("a").agg(n=ibis._.count()),
    "array_with_places": lambda t, u: (
        t.select("k", a=ibis.array([t.k, t.i, t.k])).filter(ibis._.k > 3).unnest("a", offset="place")
    ),
    "array_in_a_value": lambda t, u: t.select("k", a=ibis.array([t.k, t.i])).mutate(v=ibis._.a.unnest() + 1).drop("a"),
    "split_text": lambda t, u: t.select("k", v=t.s.nullif("").split(",").unnest()),
    "dense_calendar": lambda t, u: (
        t.select("k", "d")
        .drop_null("d")
        .mutate(n=ibis.range(0, 3).unnest())
        .mutate(day=lambda r: r.d + r.n.as_interval("D"))
    ),
}
