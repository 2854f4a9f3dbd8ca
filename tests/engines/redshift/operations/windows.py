"""Window functions."""

from __future__ import annotations

import ibis

from tests.engines.redshift.operations.tables import Case, per_row

_BY_GROUP = ibis.window(group_by="g")
_IN_ORDER = ibis.window(group_by="g", order_by="k")
_RUNNING = ibis.cumulative_window(group_by="g", order_by="k")
_THREE = ibis.rows_window(preceding=1, following=1, group_by="g", order_by="k")

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
    "constant_partition": per_row(
        a=lambda t: t.i.sum().over(ibis.window(group_by=ibis.literal(1))),
        b=lambda t: t.i.max().over(ibis.window(group_by=[t.g, ibis.literal("x")])),
    ),
    "nunique_over_window": per_row(
        a=lambda t: t.s.nunique().over(_BY_GROUP), b=lambda t: t.i.nunique(where=t.b).over(_BY_GROUP)
    ),
    "argmax_over_window": per_row(
        a=lambda t: t.s.argmax(t.x).over(_BY_GROUP), b=lambda t: t.k.argmin(t.m).over(_BY_GROUP)
    ),
    "median_over_window": per_row(a=lambda t: t.x.median().over(_BY_GROUP)),
    "aggregates_over_partition": per_row(
        a=lambda t: t.x.var().over(_BY_GROUP),
        b=lambda t: t.b.all().over(_BY_GROUP),
        c=lambda t: t.s.group_concat(",", order_by=t.k).over(_BY_GROUP),
        e=lambda t: t.x.quantile(0.25).over(_BY_GROUP),
        h=lambda t: t.g.arbitrary().over(_BY_GROUP),
        l=lambda t: t.count().over(_BY_GROUP),
    ),
    "running_counts": per_row(
        a=lambda t: t.i.count(where=t.b).over(_RUNNING),
        b=lambda t: t.b.any().over(_RUNNING),
        c=lambda t: t.x.std().over(_RUNNING),
        e=lambda t: t.i.cumsum(order_by=t.k),
    ),
    "moments_over_window": per_row(
        a=lambda t: t.x.cov(t.k).over(_RUNNING),
        b=lambda t: t.x.cov(t.i, how="pop").over(_BY_GROUP),
        c=lambda t: t.x.corr(t.k, how="pop", where=t.k > 1).over(_BY_GROUP),
    ),
    "top_of_each_group": lambda t, u: (
        t.mutate(place=ibis.rank().over(group_by="g", order_by=t.x.desc())).filter(lambda r: r.place < 2).select("k")
    ),
    "qualify": lambda t, u: t.filter(ibis.row_number().over(_IN_ORDER) == 0).select("k", "g"),
    "share_of_total": per_row(a=lambda t: t.x / t.x.sum().over(_BY_GROUP)),
}
