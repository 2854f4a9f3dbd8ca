"""Say in operations that Redshift has what Ibis says in operations that it lacks: expression to expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
from ibis.common.patterns import NoMatch, replace
from ibis.expr.rewrites import p

PICKS = (ops.First, ops.Last, ops.ArgMin, ops.ArgMax, ops.Mode)
"""Aggregates that take a value from one chosen row: Redshift has none of them."""
MOST_ROWS_OF_A_SPINE = 10_000
SPINE = "__n"
DIGITS = tuple(range(10))


@replace(p.Aggregate)
def pick_rows_by_number(_: ops.Aggregate, **kwargs: Any) -> ops.Node:
    """Number the rows of each group by the pick's order, then take the value of row 0 with MAX."""
    picks = list(dict.fromkeys(pick for metric in _.metrics.values() for pick in metric.find(PICKS, filter=ops.Value)))
    if not picks:
        return NoMatch
    parent, counts = _with_frequencies(_, [pick for pick in picks if isinstance(pick, ops.Mode)])
    groups = _rebound(_.groups, _.parent, parent)
    orders = {pick: _order_of_pick(pick, _.parent, parent, counts) for pick in picks}
    places = {order: f"__place_{number}" for number, order in enumerate(dict.fromkeys(orders.values()))}
    numbered = _extended(
        parent,
        {
            name: ops.WindowFunction(ops.RowNumber(), group_by=tuple(groups.values()), order_by=order)
            for order, name in places.items()
        },
    )
    taken = {pick: _value_of_row(pick, places[orders[pick]], _.parent, numbered) for pick in picks}
    metrics = {name: metric.replace(taken, filter=ops.Value) for name, metric in _.metrics.items()}
    return ops.Aggregate(
        numbered, groups=_rebound(_.groups, _.parent, numbered), metrics=_rebound(metrics, _.parent, numbered)
    )


def _with_frequencies(
    aggregate: ops.Aggregate, modes: list[ops.Mode]
) -> tuple[ops.Relation, dict[ops.Mode, ops.Field]]:
    """Add how often each value of a mode stands in its group, since the most frequent one comes first."""
    if not modes:
        return aggregate.parent, {}
    groups = tuple(aggregate.groups.values())
    counted = {
        f"__times_{number}": ops.WindowFunction(ops.Sum(ops.IfElse(_counts(mode), 1, 0)), group_by=(*groups, mode.arg))
        for number, mode in enumerate(modes)
    }
    parent = _extended(aggregate.parent, counted)
    return parent, {mode: ops.Field(parent, name) for mode, name in zip(modes, counted, strict=True)}


def _order_of_pick(
    pick: ops.Reduction, old: ops.Relation, new: ops.Relation, times: Mapping[ops.Mode, ops.Field]
) -> tuple[ops.SortKey, ...]:
    counting_first = ops.SortKey(ops.IfElse(_counts(pick), 0, 1), ascending=True)
    keys: tuple[ops.SortKey, ...]
    if isinstance(pick, ops.Mode):
        keys = (ops.SortKey(times[pick], ascending=False), ops.SortKey(pick.arg, ascending=True))
    elif isinstance(pick, ops.ArgMin | ops.ArgMax):
        keys = (ops.SortKey(pick.key, ascending=isinstance(pick, ops.ArgMin)),)
    elif isinstance(pick, ops.Last):
        keys = tuple(ops.SortKey(k.expr, ascending=k.descending, nulls_first=not k.nulls_first) for k in pick.order_by)
    else:
        keys = pick.order_by
    return tuple(key.replace(_fields(old, new), filter=ops.Value | ops.SortKey) for key in (counting_first, *keys))


def _value_of_row(pick: ops.Reduction, place: str, old: ops.Relation, numbered: ops.Relation) -> ops.Value:
    is_picked = ops.And(ops.Equals(ops.Field(numbered, place), 0), _counts(pick))
    return ops.Max(pick.arg, where=is_picked).replace(_fields(old, numbered), filter=ops.Value)


def _counts(pick: ops.Reduction) -> ops.Value:
    """Return whether a row can be picked at all."""
    conditions = [] if pick.where is None else [pick.where]
    if not getattr(pick, "include_null", False):
        conditions.append(ops.NotNull(pick.arg))
    if isinstance(pick, ops.ArgMin | ops.ArgMax):
        conditions.append(ops.NotNull(pick.key))
    return reduce(ops.And, conditions) if conditions else ops.Literal(True, dtype=dt.boolean)


def _extended(parent: ops.Relation, columns: Mapping[str, ops.Value]) -> ops.Project:
    return ops.Project(parent, {name: ops.Field(parent, name) for name in parent.schema} | dict(columns))


def _fields(old: ops.Relation, new: ops.Relation) -> dict[ops.Node, ops.Node]:
    return {ops.Field(old, name): ops.Field(new, name) for name in old.schema}


def _rebound(values: Mapping[str, ops.Value], old: ops.Relation, new: ops.Relation) -> dict[str, ops.Value]:
    return {name: value.replace(_fields(old, new), filter=ops.Value) for name, value in values.items()}


@replace(p.WindowFunction(p.ArgMin | p.ArgMax, order_by=()))
def pick_over_window(_: ops.WindowFunction, **kwargs: Any) -> ops.Node:
    """Take the first value in the order of the key over the whole partition."""
    pick = _.func
    keys = (
        ops.SortKey(ops.IfElse(_counts(pick), 0, 1), ascending=True),
        ops.SortKey(pick.key, ascending=isinstance(pick, ops.ArgMin)),
    )
    # Where no row counts the first value is of one that does not, so it is blanked out.
    value = ops.IfElse(_counts(pick), pick.arg, ops.Literal(None, dtype=pick.arg.dtype))
    return _.copy(func=ops.First(value, include_null=True), order_by=keys)


@replace(p.WindowFunction(p.CountDistinct | p.ApproxCountDistinct, order_by=()))
def count_distinct_by_ranks(_: ops.WindowFunction, **kwargs: Any) -> ops.Node:
    """Count distinct values over a partition: ranks from both ends add up to one more than the distinct values.

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_COUNT.html: DISTINCT is not supported in a window.
    """
    value = _.func.arg
    if _.func.where is not None:
        value = ops.IfElse(_.func.where, value, ops.Literal(None, dtype=value.dtype))

    def rank(ascending: bool) -> ops.Value:
        # Ranks count from 0 here, and NULL is ranked as a value of its own.
        return _.copy(func=ops.DenseRank(), order_by=(ops.SortKey(value, ascending=ascending),))

    has_null = _.copy(func=ops.Max(ops.IfElse(ops.IsNull(value), 1, 0)))
    return ops.Cast(ops.Subtract(ops.Add(ops.Add(rank(True), rank(False)), 1), has_null), dt.int64)


@replace(p.WindowFunction(p.Lag | p.Lead))
def default_of_lag_and_lead(_: ops.WindowFunction, **kwargs: Any) -> ops.Node:
    """Give the default where the row looked for lies outside of the partition.

    https://docs.aws.amazon.com/redshift/latest/dg/r_WF_LAG.html takes no default.
    """
    func = _.func
    if func.default is None:
        return NoMatch
    place = _.copy(func=ops.RowNumber(), start=None, end=None)
    if isinstance(func, ops.Lead):
        size = _.copy(func=ops.Count(ops.Literal(1, dtype=dt.int8)), order_by=(), start=None, end=None)
        place = ops.Subtract(ops.Subtract(size, 1), place)
    offset = ops.Literal(1, dtype=dt.int8) if func.offset is None else func.offset
    return ops.IfElse(ops.Less(place, offset), func.default, _.copy(func=func.copy(default=None)))


@replace(p.WindowFunction(p.Correlation | p.Covariance))
def refuse_moments_over_window(_: ops.WindowFunction, **kwargs: Any) -> ops.Node:
    """Refuse what would need five windows a value."""
    raise com.UnsupportedOperationError(
        f"{type(_.func).__name__} over a window is not supported on Redshift; aggregate by the key and join it back."
    )


@replace(p.Covariance)
def covariance_from_sums(_: ops.Covariance, **kwargs: Any) -> ops.Node:
    """Expand into sums: https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html."""
    left, right, both = _pairs(_)
    count = ops.Count(left, where=both)
    mass = ops.Subtract(
        _sum(ops.Multiply(left, right), both), ops.Divide(ops.Multiply(_sum(left, both), _sum(right, both)), count)
    )
    pairs = count if _.how == "pop" else ops.Subtract(count, 1)
    return ops.Divide(mass, ops.NullIf(pairs, 0))


@replace(p.Correlation)
def correlation_from_sums(_: ops.Correlation, **kwargs: Any) -> ops.Node:
    """Expand into sums; the population's and the sample's correlation are the same number."""
    left, right, both = _pairs(_)
    count = ops.Count(left, where=both)

    def mass(a: ops.Value, b: ops.Value) -> ops.Value:
        return ops.Subtract(
            ops.Multiply(count, _sum(ops.Multiply(a, b), both)), ops.Multiply(_sum(a, both), _sum(b, both))
        )

    spread = ops.Sqrt(ops.Multiply(mass(left, left), mass(right, right)))
    return ops.Divide(mass(left, right), ops.NullIf(spread, 0.0))


def _pairs(op: ops.Correlation | ops.Covariance) -> tuple[ops.Value, ops.Value, ops.Value]:
    left, right = ops.Cast(op.left, dt.float64), ops.Cast(op.right, dt.float64)
    both = ops.And(ops.NotNull(op.left), ops.NotNull(op.right))
    return left, right, both if op.where is None else ops.And(both, op.where)


def _sum(value: ops.Value, where: ops.Value) -> ops.Sum:
    return ops.Sum(value, where=where)


@replace(p.Intersection(distinct=False) | p.Difference(distinct=False))
def number_repeats_of_set_operands(_: ops.Set, **kwargs: Any) -> ops.Node:
    """Tell equal rows apart by a number, so that the plain operation keeps as many as ALL would.

    https://docs.aws.amazon.com/redshift/latest/dg/r_UNION.html has no INTERSECT ALL and no EXCEPT ALL.
    """

    def numbered(rows: ops.Relation) -> ops.Project:
        columns = tuple(ops.Field(rows, name) for name in rows.schema)
        return _extended(rows, {"__repeat": ops.WindowFunction(ops.RowNumber(), group_by=columns)})

    matched = type(_)(numbered(_.left), numbered(_.right), distinct=True)
    return ops.Project(matched, {name: ops.Field(matched, name) for name in _.schema})


@replace(p.Project(parent=p.Project))
def unpivot_to_union(_: ops.Project, **kwargs: Any) -> ops.Node:
    """Write the rows of `pivot_longer` as a union of one SELECT for each column."""
    inner = _.parent
    longer = {n: v for n, v in inner.values.items() if _is_unnest_of(v, ops.StructColumn)}
    if len(longer) != 1:
        return NoMatch
    ((name, unnested),) = longer.items()
    kept = {ops.Field(inner, n): v for n, v in inner.values.items() if n != name}

    def piece(struct: ops.StructColumn) -> ops.Project:
        fields = {
            ops.StructField(ops.Field(inner, name), field): value
            for field, value in zip(struct.names, struct.values, strict=True)
        }
        values = {n: v.replace(fields | kept, filter=ops.Value) for n, v in _.values.items()}
        typed = {n: v if v.dtype == _.schema[n] else ops.Cast(v, _.schema[n]) for n, v in values.items()}
        return ops.Project(inner.parent, typed)

    return _union([piece(struct) for struct in unnested.arg.exprs])


@replace(p.Project)
def unnest_to_union(_: ops.Project, **kwargs: Any) -> ops.Node:
    """Write the elements of an array that is spelled out, or of an `ibis.range`, as rows."""
    unnested = {n: v for n, v in _.values.items() if isinstance(v, ops.Unnest)}
    if len(unnested) != 1:
        return NoMatch
    ((name, value),) = unnested.items()
    if isinstance(value.arg, ops.IntegerRange):
        return _range_rows(_, name, value.arg)
    if not isinstance(value.arg, ops.Array) or _is_unnest_of(value, ops.StructColumn):
        return NoMatch
    pieces = [ops.Project(_.parent, dict(_.values) | {name: ops.Cast(e, value.dtype)}) for e in value.arg.exprs]
    return _union(pieces)


def _is_unnest_of(value: ops.Value, kind: type[ops.Value]) -> bool:
    return (
        isinstance(value, ops.Unnest)
        and isinstance(value.arg, ops.Array)
        and all(isinstance(element, kind) for element in value.arg.exprs)
    )


def _range_rows(project: ops.Project, name: str, numbers: ops.IntegerRange) -> ops.Node:
    """Join with a spine of digits, as long as a range may be: there is no generate_series."""
    step = getattr(numbers.step, "value", None)
    if not step:
        raise com.UnsupportedOperationError("`ibis.range` on Redshift takes a literal step other than 0.")
    if isinstance(numbers.start, ops.Literal) and isinstance(numbers.stop, ops.Literal):
        size = len(range(numbers.start.value, numbers.stop.value, step))
        if size > MOST_ROWS_OF_A_SPINE:
            raise com.UnsupportedOperationError(
                f"`ibis.range` of {size:,} rows is not supported on Redshift, {MOST_ROWS_OF_A_SPINE:,} at most; "
                "keep longer spines in a table."
            )
        spine = _spine(size)
        joined = spine if isinstance(project.parent, ops.DummyTable) else _cross_join(project.parent, spine)
    else:
        joined = _up_to_length(_cross_join(project.parent, _spine(MOST_ROWS_OF_A_SPINE)), project, numbers)
    moved = {} if joined is None else _fields(project.parent, joined)
    start = ops.Cast(numbers.start, dt.int64).replace(moved, filter=ops.Value)
    element = ops.Cast(ops.Add(ops.Multiply(ops.Field(joined, SPINE), step), start), project.schema[name])
    values = {n: v if n == name else v.replace(moved, filter=ops.Value) for n, v in project.values.items()}
    return ops.Project(joined, values | {name: element})


def _up_to_length(joined: ops.Relation, project: ops.Project, numbers: ops.IntegerRange) -> ops.Relation:
    """Keep as many elements as the row's range has; a longer range is an error of the engine, never a short one."""
    distance = ops.Cast(ops.Subtract(numbers.stop, numbers.start), dt.int64)
    step = numbers.step.value
    size = distance if step == 1 else ops.FloorDivide(ops.Add(distance, step - (1 if step > 0 else -1)), step)
    size = size.replace(_fields(project.parent, joined), filter=ops.Value)
    # Divides by 0 where the spine is too short.
    fits = ops.Divide(1, ops.IfElse(ops.LessEqual(size, MOST_ROWS_OF_A_SPINE), 1, 0))
    return ops.Filter(joined, (ops.Less(ops.Field(joined, SPINE), size), ops.Greater(fits, 0)))


def _spine(size: int) -> ops.Relation:
    digits = _union([ops.DummyTable({"d": ops.Literal(digit, dtype=dt.int64)}) for digit in DIGITS])
    rows: ops.Relation = ops.Project(digits, {SPINE: ops.Field(digits, "d")})
    length = len(DIGITS)
    while length < size:
        joined = _cross_join(rows, digits)
        tens = ops.Multiply(ops.Field(joined, SPINE), len(DIGITS))
        rows = ops.Project(joined, {SPINE: ops.Add(tens, ops.Field(joined, "d"))})
        length *= len(DIGITS)
    return rows if length == size else ops.Filter(rows, (ops.Less(ops.Field(rows, SPINE), size),))


def _cross_join(left: ops.Relation, right: ops.Relation) -> ops.Relation:
    clash = set(left.schema) & set(right.schema)
    if clash:
        raise com.UnsupportedOperationError(
            f"`ibis.range` beside a column called {sorted(clash)[0]} is not supported on Redshift; rename the column."
        )
    joined: ops.Relation = left.to_expr().cross_join(right.to_expr()).op()
    return joined


def _union(parts: Iterable[ops.Relation]) -> ops.Relation:
    return reduce(lambda left, right: ops.Union(left, right, distinct=False), parts)


TO_REDSHIFT = reduce(
    or_,
    (
        pick_over_window,
        count_distinct_by_ranks,
        default_of_lag_and_lead,
        refuse_moments_over_window,
        covariance_from_sums,
        correlation_from_sums,
        pick_rows_by_number,
        number_repeats_of_set_operands,
        unpivot_to_union,
        unnest_to_union,
    ),
)
"""The first that matches replaces an operation, from the leaves to the root."""
