"""Counter-examples that random expressions led to, made small, each with what went wrong before."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from tests.engines.redshift.random_expressions.tables import EVENTS, OTHERS

KEPT: dict[str, Callable[[], ir.Table]] = {
    # Each was a DECIMAL on Redshift: a literal with a point is one, and nothing next to it made it a double.
    "double_in_a_case": lambda: EVENTS.select("k", a=ibis.cases((EVENTS.k > 1, 1.5), else_=0.5)),
    "double_or_null": lambda: EVENTS.select("k", a=ibis.cases((EVENTS.flag, 1.5))),
    "double_instead_of_null": lambda: EVENTS.select("k", a=EVENTS.large.fill_null(0.5)),
    "larger_of_a_whole_and_a_double": lambda: EVENTS.select("k", a=ibis.greatest(EVENTS.middle, 0.5)),
    "whole_times_a_double": lambda: EVENTS.select("k", a=EVENTS.large * 2.25, b=EVENTS.small + 0.5),
    "sum_of_constant_doubles": lambda: EVENTS.agg(a=ibis.cases((EVENTS.flag, 2.25)).sum()),
    # The gate took the text for a literal without a type, and refused the comparison in the query above.
    "text_of_a_case_compared": lambda: (
        EVENTS.select(a=ibis.cases((EVENTS.flag, "a"))).distinct().inner_join(OTHERS, [("a", "name")])
    ),
    # REGEXP_SUBSTR of an empty string is NULL: the search is ignored if it has fewer characters than matches are asked.
    "match_in_an_empty_string": lambda: EVENTS.select("k", a=EVENTS.name.re_extract("[a-z]", 0)),
    # The default had more digits than the column that it is in.
    "default_of_another_scale": lambda: EVENTS.select(
        "k", a=EVENTS.amount.round(0).lag(1, default=ibis.literal("-0.50").cast("decimal(12, 2)")).over(order_by="k")
    ),
    # The result had the type of the column, not that of the wider value that it is compared with.
    "rest_of_a_nullif": lambda: EVENTS.select("k", a=EVENTS.small.nullif(EVENTS.large) % 7),
    # To DuckDB the constant was a decimal of one place, and so was the quantile.
    "quantile_of_constant_doubles": lambda: OTHERS.agg(
        a=(ibis.cases((OTHERS.day.notnull(), 1.0)) + OTHERS.k).quantile(0.25)
    ),
}
