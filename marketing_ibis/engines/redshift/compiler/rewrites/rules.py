"""Say in operations that Redshift has what Ibis says in operations that it lacks: expression to expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
from ibis.common.graph import Graph

from marketing_ibis.engines.redshift.compiler.rewrites.aliases import rename_aliases
from marketing_ibis.engines.redshift.compiler.rewrites.buckets import buckets_to_groups
from marketing_ibis.engines.redshift.compiler.rewrites.columns import extend as extend
from marketing_ibis.engines.redshift.compiler.rewrites.columns import move as move
from marketing_ibis.engines.redshift.compiler.rewrites.columns import move_value
from marketing_ibis.engines.redshift.compiler.rewrites.decorrelation import decorrelate
from marketing_ibis.engines.redshift.compiler.rewrites.distinct_rows import count_distinct_rows
from marketing_ibis.engines.redshift.compiler.rewrites.interval_sums import SUMS, add_units_in_turn
from marketing_ibis.engines.redshift.compiler.rewrites.joins import absent_place, split_absent_joins
from marketing_ibis.engines.redshift.compiler.rewrites.limits import is_computed, number_limited_rows, refuse_seed
from marketing_ibis.engines.redshift.compiler.rewrites.moments import (
    MOMENTS,
    correlation_from_sums,
    covariance_from_sums,
    moments_over_window,
)
from marketing_ibis.engines.redshift.compiler.rewrites.quantiles import quantile_by_place
from marketing_ibis.engines.redshift.compiler.rewrites.sort_keys import (
    drop_constant_keys,
    has_constant_key,
    is_constant,
    varying_keys,
)
from marketing_ibis.engines.redshift.compiler.rewrites.sorted_aggregates import SORTED, split_by_order
from marketing_ibis.engines.redshift.compiler.rewrites.super_rows import table_unnest_to_elements
from marketing_ibis.engines.redshift.compiler.rewrites.unnesting import (
    unnest_to_rows,
    unnest_within_values,
    unnest_without_table,
    unpivot_to_union,
)

PICKS = (ops.First, ops.Last, ops.ArgMin, ops.ArgMax, ops.Mode)
"""Aggregates that take a value from one chosen row: Redshift has none of them."""
SUBQUERIES = (ops.ScalarSubquery, ops.ExistsSubquery, ops.InSubquery)


def pick_rows_by_number(op: ops.Aggregate) -> ops.Node | None:
    """Number the rows of each group by the pick's order, then take the value of row 0 with MAX."""
    picks = list(dict.fromkeys(pick for metric in op.metrics.values() for pick in metric.find(PICKS, filter=ops.Value)))
    if not picks:
        return None
    parent, times = _with_frequencies(op, [pick for pick in picks if isinstance(pick, ops.Mode)])
    groups = move(op.groups, op.parent, parent)
    orders = {pick: _order_of_pick(move_value(pick, op.parent, parent), times.get(pick)) for pick in picks}
    places = {order: f"__place_{number}" for number, order in enumerate(dict.fromkeys(orders.values()))}
    numbered = extend(
        parent,
        {
            name: ops.WindowFunction(ops.RowNumber(), group_by=tuple(groups.values()), order_by=order)
            for order, name in places.items()
        },
    )
    replacements = {}
    for pick in picks:
        moved = move_value(pick, op.parent, numbered)
        is_picked = ops.And(ops.Equals(ops.Field(numbered, places[orders[pick]]), 0), _can_be_picked(moved))
        replacements[moved] = ops.Max(moved.arg, where=is_picked)
    metrics = move(op.metrics, op.parent, numbered)
    return ops.Aggregate(
        numbered,
        groups=move(op.groups, op.parent, numbered),
        metrics={name: metric.replace(replacements, filter=ops.Value) for name, metric in metrics.items()},
    )


def _with_frequencies(
    aggregate: ops.Aggregate, modes: list[ops.Mode]
) -> tuple[ops.Relation, dict[ops.Mode, ops.Field]]:
    """Add how often each value of a mode appears in its group, since the most frequent one comes first."""
    if not modes:
        return aggregate.parent, {}
    groups = tuple(aggregate.groups.values())
    counted = {
        f"__times_{number}": ops.WindowFunction(
            ops.Sum(ops.IfElse(_can_be_picked(mode), 1, 0)), group_by=(*groups, mode.arg)
        )
        for number, mode in enumerate(modes)
    }
    parent = extend(aggregate.parent, counted)
    return parent, {mode: ops.Field(parent, name) for mode, name in zip(modes, counted, strict=True)}


def _order_of_pick(pick: ops.Reduction, times: ops.Field | None) -> tuple[ops.SortKey, ...]:
    counting_first = ops.SortKey(ops.IfElse(_can_be_picked(pick), 0, 1), ascending=True)
    if isinstance(pick, ops.Mode):
        return (counting_first, ops.SortKey(times, ascending=False), ops.SortKey(pick.arg, ascending=True))
    if isinstance(pick, ops.ArgMin | ops.ArgMax):
        return (counting_first, ops.SortKey(pick.key, ascending=isinstance(pick, ops.ArgMin)))
    if isinstance(pick, ops.First):
        return (counting_first, *pick.order_by)
    backwards = (ops.SortKey(k.arg, ascending=k.descending, nulls_first=not k.nulls_first) for k in pick.order_by)
    return (counting_first, *backwards)


def _can_be_picked(pick: ops.Reduction) -> ops.Value:
    """Return whether a row can be picked at all."""
    conditions = [] if pick.where is None else [pick.where]
    if isinstance(pick, ops.ArgMin | ops.ArgMax):
        conditions.append(ops.NotNull(pick.key))
    elif not getattr(pick, "include_null", False):
        conditions.append(ops.NotNull(pick.arg))
    return reduce(ops.And, conditions) if conditions else ops.Literal(True, dtype=dt.boolean)


def pick_over_window(op: ops.WindowFunction) -> ops.Node | None:
    """Take the first value in the order of the key over the whole partition."""
    pick = op.func
    if op.order_by:
        raise com.UnsupportedOperationError(
            f"{type(pick).__name__} over a window takes no order on Redshift; leave `order_by` out, "
            "or take `.first()` or `.last()` over the window."
        )
    keys = (
        ops.SortKey(ops.IfElse(_can_be_picked(pick), 0, 1), ascending=True),
        ops.SortKey(pick.key, ascending=isinstance(pick, ops.ArgMin)),
    )
    # Where no row counts the first value is of one that does not, so it is blanked out.
    value = ops.IfElse(_can_be_picked(pick), pick.arg, ops.Literal(None, dtype=pick.arg.dtype))
    return op.copy(func=ops.First(value, include_null=True), order_by=keys)


def truth_over_window(op: ops.WindowFunction) -> ops.Node:
    """Compare a largest or smallest 0 or 1: BOOL_OR and BOOL_AND are no window functions.

    https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
    """
    truth = op.func.arg
    unknown = ops.Literal(None, dtype=dt.int8)
    number = ops.SearchedCase((truth, ops.Not(truth)), (ops.Literal(1, dt.int8), ops.Literal(0, dt.int8)), unknown)
    value = number if op.func.where is None else ops.IfElse(op.func.where, number, unknown)
    extreme = ops.Max(value) if isinstance(op.func, ops.Any) else ops.Min(value)
    return ops.Equals(op.copy(func=extreme), ops.Literal(1, dt.int8))


def count_distinct_by_ranks(op: ops.WindowFunction) -> ops.Node | None:
    """Count distinct values over a partition: ranks from both ends add up to one more than the distinct values.

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_COUNT.html: DISTINCT is not supported in a window.
    """
    if op.order_by:
        raise com.UnsupportedOperationError(
            f"{type(op.func).__name__} over a running window is not supported on Redshift; "
            "mark each value's first row with `ibis.row_number()` and add the marks up."
        )
    value = op.func.arg
    if value.dtype.is_string():
        # Ranks take strings for equal that differ by blanks at their ends only.
        value = ops.StringConcat((value, "."))
    if op.func.where is not None:
        value = ops.IfElse(op.func.where, value, ops.Literal(None, dtype=value.dtype))

    def rank(ascending: bool) -> ops.Value:
        # Ranks count from 0 here, and NULL is ranked as a value of its own.
        key = ops.SortKey(value, ascending=ascending, nulls_first=not ascending)
        return op.copy(func=ops.DenseRank(), order_by=(key,))

    has_null = op.copy(func=ops.Max(ops.IfElse(ops.IsNull(value), 1, 0)))
    return ops.Cast(ops.Subtract(ops.Add(ops.Add(rank(True), rank(False)), 1), has_null), dt.int64)


def default_to_case(op: ops.WindowFunction) -> ops.Node | None:
    """Give the default where the row looked for lies outside of the partition.

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html takes no default.
    """
    func = op.func
    if func.default is None:
        return None
    place = op.copy(func=ops.RowNumber(), start=None, end=None)
    if isinstance(func, ops.Lead):
        size = op.copy(func=ops.CountStar(next(iter(op.relations))), order_by=(), start=None, end=None)
        place = ops.Subtract(ops.Subtract(size, 1), place)
    offset = ops.Literal(1, dtype=dt.int8) if func.offset is None else func.offset
    default = func.default if func.default.dtype == func.dtype else ops.Cast(func.default, func.dtype)
    return ops.IfElse(ops.Less(place, offset), default, op.copy(func=func.copy(default=None)))


def refuse_over_window(op: ops.WindowFunction) -> ops.Node | None:
    """Refuse a mode, which needs a window over a window, and BIT_AND and BIT_OR, which are aggregates only.

    https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
    """
    raise com.UnsupportedOperationError(
        f"{type(op.func).__name__} over a window is not supported on Redshift; aggregate by the key and join it back."
    )


def number_repeats_of_set_operands(op: ops.Set) -> ops.Node | None:
    """Tell equal rows apart by a number, so that the plain operation keeps as many as ALL would.

    https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html has no INTERSECT ALL and no EXCEPT ALL.
    """
    if op.distinct:
        return None

    def numbered(rows: ops.Relation) -> ops.Project:
        columns = tuple(ops.Field(rows, name) for name in rows.schema)
        return extend(rows, {"__repeat": ops.WindowFunction(ops.RowNumber(), group_by=columns)})

    matched = type(op)(numbered(op.left), numbered(op.right), distinct=True)
    return ops.Project(matched, {name: ops.Field(matched, name) for name in op.schema})


def subquery_groups_to_columns(op: ops.Aggregate) -> ops.Node | None:
    """Compute a group that is a subquery in a query below.

    https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
    """
    subquery_groups = {name: value for name, value in op.groups.items() if value.find(ops.Subquery, filter=ops.Value)}
    if not subquery_groups:
        return None
    names = {name: f"__group_{number}" for number, name in enumerate(subquery_groups)}
    parent = extend(op.parent, {names[name]: value for name, value in subquery_groups.items()})
    groups = move(op.groups, op.parent, parent) | {name: ops.Field(parent, names[name]) for name in subquery_groups}
    return ops.Aggregate(
        parent,
        groups={name: groups[name] for name in op.groups},
        metrics=move(op.metrics, op.parent, parent),
    )


Rule = Callable[[Any], ops.Node | None]

WINDOWS: Mapping[type[ops.Node], Rule] = {
    ops.ArgMin: pick_over_window,
    ops.ArgMax: pick_over_window,
    ops.CountDistinct: count_distinct_by_ranks,
    ops.ApproxCountDistinct: count_distinct_by_ranks,
    ops.Lag: default_to_case,
    ops.Lead: default_to_case,
    ops.BitAnd: refuse_over_window,
    ops.BitOr: refuse_over_window,
    ops.Mode: refuse_over_window,
    ops.Any: truth_over_window,
    ops.All: truth_over_window,
}
"""Rules of window functions, by what is computed over the window."""


def rewrite_window(op: ops.WindowFunction) -> ops.Node | None:
    """Rewrite a window function by what it computes, in the order of what varies."""
    rule = WINDOWS.get(type(op.func))
    if any(is_constant(key) for key in op.group_by):
        op = op.copy(group_by=tuple(key for key in op.group_by if not is_constant(key)))
        return rewrite_window(op) or op
    if not has_constant_key(op.order_by):
        return rule(op) if rule else None
    ordered = op.copy(order_by=varying_keys(op.order_by))
    result = rule(ordered) if rule else None
    return ordered if result is None else result


RULES: Mapping[type[ops.Node], Sequence[Rule]] = {
    ops.WindowFunction: (rewrite_window,),
    ops.Aggregate: (subquery_groups_to_columns, count_distinct_rows, pick_rows_by_number, split_by_order),
    ops.ArrayIndex: (quantile_by_place,),
    ops.Sort: (drop_constant_keys,),
    ops.TimestampAdd: (add_units_in_turn,),
    ops.TimestampSub: (add_units_in_turn,),
    ops.WindowAggregate: (buckets_to_groups,),
    ops.Covariance: (covariance_from_sums,),
    ops.Correlation: (correlation_from_sums,),
    ops.Intersection: (number_repeats_of_set_operands,),
    ops.Difference: (number_repeats_of_set_operands,),
    ops.Project: (unpivot_to_union, unnest_to_rows, unnest_within_values),
    ops.DummyTable: (unnest_without_table,),
    ops.TableUnnest: (table_unnest_to_elements,),
}
"""By the type of an operation, in the order in which they are tried; one that returns None leaves it as it is."""


REWRITTEN_TYPES = frozenset(
    {*PICKS, *MOMENTS, *SUBQUERIES, *SORTED, ops.Intersection, ops.Difference, ops.Unnest, ops.TableUnnest}
    | {ops.CountDistinctStar, ops.WindowAggregate, *SUMS}
)
"""Types of which at least one appears in whatever a rule changes, windows and sorted relations aside."""


def to_redshift(root: ops.Node, nodes: Iterable[ops.Node]) -> ops.Node:
    """Rewrite an expression, all of whose ``nodes`` are known, from its leaves to its root."""
    if any(isinstance(node, ops.AliasedRelation) for node in nodes):
        root = rename_aliases(root, nodes)
        nodes = Graph.from_bfs(root)
    if any(_has_absent_clause(node) for node in nodes):
        root = root.replace(_replace_absent_clause)
        nodes = Graph.from_bfs(root)
    if not any(_needs_rule(node) for node in nodes):
        return root
    if any(isinstance(node, ops.Subquery) for node in nodes):
        root = decorrelate(root)
    if any(isinstance(node, MOMENTS) for node in nodes):
        # Moments first: within their window they would be expanded like any other.
        root = root.replace(moments_over_window)
    return root.replace(_apply_rules)


def _needs_rule(node: ops.Node) -> bool:
    if isinstance(node, ops.WindowFunction):
        return type(node.func) in WINDOWS or has_constant_key(node.order_by) or any(map(is_constant, node.group_by))
    if isinstance(node, ops.Sort):
        return has_constant_key(node.keys)
    return type(node) in REWRITTEN_TYPES


def _has_absent_clause(node: ops.Node) -> bool:
    """Return whether a relation must be written with others, whatever its values are."""
    if isinstance(node, ops.Sample):
        refuse_seed(node)
    if isinstance(node, ops.JoinChain):
        return absent_place(node) is not None
    return isinstance(node, ops.Limit) and is_computed(node)


def _replace_absent_clause(op: ops.Node, changed: Mapping[str, Any] | None) -> ops.Node:
    current = op.__recreate__(changed) if changed else op
    if isinstance(current, ops.JoinChain):
        return split_absent_joins(current) or current
    return (number_limited_rows(current) if isinstance(current, ops.Limit) else None) or current


def _apply_rules(op: ops.Node, changed: Mapping[str, Any] | None) -> ops.Node:
    current = op.__recreate__(changed) if changed else op
    for rule in RULES.get(type(current), ()):
        result = rule(current)
        if result is not None and type(result) is not type(current):
            return result
        current = current if result is None else result
    return current
