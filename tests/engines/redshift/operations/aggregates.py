"""Aggregates, by group and of a whole table."""

from __future__ import annotations

import ibis

from tests.engines.redshift.operations.tables import Case, per_group


@ibis.udf.agg.builtin(name="max")
def largest(number: int) -> int:
    """Take the largest number."""


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
    "median": per_group(a=lambda t: t.x.median(), b=lambda t: t.x.approx_median()),
    "median_of_some": per_group(a=lambda t: t.i.median(where=t.k < 8)),
    "quantiles": per_group(a=lambda t: t.x.quantile(0.25), b=lambda t: t.x.quantile(0.9), c=lambda t: t.x.median()),
    "quantile_of_integers": per_group(a=lambda t: t.i.quantile(0.9)),
    "approx_quantiles": per_group(a=lambda t: t.k.approx_quantile([0.5])),
    "approx_quantile": per_group(a=lambda t: t.k.approx_quantile(0.5)),
    "group_concat": per_group(
        a=lambda t: t.s.group_concat("|", order_by=t.k), b=lambda t: t.g.group_concat(order_by=t.k, where=t.b)
    ),
    "group_concat_downwards": per_group(a=lambda t: t.s.group_concat(order_by=t.k.desc(), where=t.b)),
    "list_with_empty_strings": per_group(
        a=lambda t: t.s.fill_null("").group_concat("|", order_by=t.k),
        b=lambda t: t.s.nullif("road").fill_null("").group_concat(", ", order_by=t.k, where=t.k > 2),
        c=lambda t: t.s.left(0).group_concat("", order_by=t.k),
    ),
    "medians_of_two_columns": per_group(
        a=lambda t: t.x.median(), b=lambda t: t.i.median(), n=lambda t: t.count(), c=lambda t: t.b.any()
    ),
    "medians_of_the_whole_table": lambda t, u: t.agg(
        a=t.x.median(), b=t.i.median(where=t.b), c=t.m.median(where=~t.b), e=t.x.sum()
    ),
    "medians_of_no_rows": lambda t, u: t.filter(t.k > 99).agg(
        a=lambda f: f.x.median(), b=lambda f: f.i.median(), n=lambda f: f.count()
    ),
    "lists_in_two_orders": per_group(
        a=lambda t: t.s.group_concat(",", order_by=t.k),
        b=lambda t: t.s.group_concat(",", order_by=t.k.desc()),
        c=lambda t: t.x.quantile(0.5) - t.i.median(),
    ),
    "medians_by_several_groups": lambda t, u: t.group_by(t.g, t.b, t.j, year=t.d.year(), day=t.d).agg(
        l=t.x.median(), n=t.k.median(), o=t.i.max() + t.m.median()
    ),
    "medians_beside_picks": per_group(
        a=lambda t: t.s.argmax(t.k), b=lambda t: t.x.median(), c=lambda t: t.m.median(where=t.b)
    ),
    "several_quantiles": per_group(
        a=lambda t: t.x.quantile([0.25, 0.5, 0.9]), b=lambda t: t.x.quantile([0.1, 0.9])[1], c=lambda t: t.i.median()
    ),
    "half_is_the_median": per_group(
        a=lambda t: t.i.quantile(0.5), b=lambda t: t.i.median(), c=lambda t: t.d.quantile(0.5), e=lambda t: t.d.median()
    ),
    "nunique_of_a_table": lambda t, u: u.agg(n=u.nunique(), m=u.nunique(where=u.n > 1)),
    "nunique_of_a_table_by_group": lambda t, u: u.group_by("g").agg(a=u.nunique(), b=u.n.nunique()),
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
    "aggregate_of_one_s_own": per_group(
        a=lambda t: largest(t.i), b=lambda t: t.i.sum(where=t.b) / t.i.count(where=t.b)
    ),
    "value_counts": lambda t, u: t.g.value_counts(),
    "having": lambda t, u: t.group_by("g").having(t.count() > 2).agg(n=t.count()),
    "group_by_expression": lambda t, u: t.group_by(year=t.d.year(), big=t.i > 0).agg(n=t.count()),
}
