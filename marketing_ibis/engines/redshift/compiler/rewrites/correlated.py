"""The correlated subqueries that Redshift runs as they are: one SELECT whose WHERE compares a key for equality.

https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.operations import CorrelatedRows, CorrelatedScalar
from marketing_ibis.engines.redshift.compiler.rewrites.scopes import Scopes, moved_fields

PLAIN_AGGREGATES = (
    ops.Count,
    ops.CountStar,
    ops.CountDistinct,
    ops.Sum,
    ops.Mean,
    ops.Min,
    ops.Max,
    ops.Any,
    ops.All,
    ops.StandardDev,
    ops.Variance,
)
"""Aggregates that are one call over the rows of a SELECT."""
NEVER_MERGED = (ops.WindowFunction, ops.Unnest, ops.Impure)
"""Values that must be computed in a query of their own."""
MERGEABLE = (ops.Filter, ops.Project, ops.Sort, ops.DropColumns)
"""Relations that are part of a SELECT."""
EXISTS_VALUE = ops.Literal(1, dtype=dt.int8)
"""What a query in EXISTS selects."""


def conjuncts(predicates: Sequence[ops.Value]) -> Iterator[ops.Value]:
    """Yield the conditions of which each must be true."""
    for predicate in predicates:
        if isinstance(predicate, ops.And):
            yield from conjuncts((predicate.left, predicate.right))
        else:
            yield predicate


def to_plain(subquery: ops.Subquery, scopes: Scopes) -> ops.Subquery | None:
    """Return a correlated subquery as one SELECT, or None if Redshift may not support it."""
    rel = subquery.rel
    if isinstance(rel, CorrelatedRows):
        return subquery
    outside = scopes.foreign_fields(rel)
    is_scalar, is_exists = isinstance(subquery, ops.ScalarSubquery), isinstance(subquery, ops.ExistsSubquery)
    selections = {"1": EXISTS_VALUE} if is_exists else {name: ops.Field(rel, name) for name in rel.schema}
    rows = _merge_into_select(rel, selections, is_scalar, frozenset(field.rel for field in outside), scopes)
    if rows is None or not _is_supported(rows, outside, scopes):
        return None
    return CorrelatedScalar(rows) if is_scalar else subquery.copy(rel=rows)


def _merge_into_select(
    rel: ops.Relation,
    selections: Mapping[str, ops.Value],
    may_aggregate: bool,
    outside: frozenset[ops.Relation],
    scopes: Scopes,
) -> CorrelatedRows | None:
    """Merge filters, projections and one aggregation below ``selections`` into one SELECT."""
    predicates: tuple[ops.Value, ...] = ()
    is_aggregate = False
    while True:
        if may_aggregate and isinstance(rel, ops.Aggregate) and not (rel.groups or predicates or is_aggregate):
            is_aggregate = True
        elif not isinstance(rel, MERGEABLE):
            break
        read = {f.name for v in (*selections.values(), *predicates) for f in scopes.fields(v) if f.rel == rel}
        values = {name: value for name, value in rel.values.items() if name in read}
        conditions = rel.predicates if isinstance(rel, ops.Filter) else ()
        if not isinstance(rel, ops.Aggregate) and not _can_be_merged(values.values(), conditions):
            break
        source = ops.SelfReference(rel.parent, None) if rel.parent in outside else rel.parent
        moved = moved_fields({rel.parent: source})
        merged: dict[ops.Node, ops.Node] = {rel: source}
        merged |= {ops.Field(rel, name): scopes.substitute(value, moved) for name, value in values.items()}
        selections = {name: scopes.substitute(value, merged) for name, value in selections.items()}
        predicates = (
            *(scopes.substitute(predicate, moved) for predicate in conditions),
            *(scopes.substitute(predicate, merged) for predicate in predicates),
        )
        rel = source
    if any(bool(value.find(ops.Reduction, filter=ops.Value)) is not is_aggregate for value in selections.values()):
        return None
    return CorrelatedRows(rel, selections, tuple(conjuncts(predicates)))


def _can_be_merged(values: Iterable[ops.Value], conditions: Iterable[ops.Value]) -> bool:
    """Return whether values, and the conditions next to them, can be computed in the query above."""
    values = list(values)
    # An aggregate takes no scalar.
    is_scalar = any(value.shape.is_scalar() for value in values)
    return not is_scalar and not any(value.find(NEVER_MERGED, filter=ops.Value) for value in (*values, *conditions))


def _is_supported(rows: CorrelatedRows, outside: frozenset[ops.Field], scopes: Scopes) -> bool:
    """Return whether only conditions read the query around, at least one of them the equality of a key."""
    if scopes.foreign_fields(rows.parent) or not all(
        _is_local(value, outside, scopes) for value in rows.values.values()
    ):
        return False
    subqueries = [s for predicate in rows.predicates for s in predicate.find(ops.Subquery, filter=ops.Value)]
    if any(scopes.foreign_fields(subquery.rel) & outside for subquery in subqueries):
        return False
    reductions = [r for value in rows.values.values() for r in value.find(ops.Reduction, filter=ops.Value)]
    if not all(isinstance(reduction, PLAIN_AGGREGATES) for reduction in reductions):
        return False
    return any(equal_key(predicate, outside, scopes) for predicate in rows.predicates)


def _is_local(value: ops.Value, outside: frozenset[ops.Field], scopes: Scopes) -> bool:
    return not (scopes.fields(value) & outside) and not value.find((ops.Subquery, *NEVER_MERGED), filter=ops.Value)


def equal_key(
    predicate: ops.Value, outside: frozenset[ops.Field], scopes: Scopes
) -> tuple[ops.Value, ops.Value] | None:
    """Return both sides of a condition that a value from inside equals one from outside, the one from inside first."""
    if not isinstance(predicate, ops.Equals) or predicate.find((ops.Subquery, ops.Impure), filter=ops.Value):
        return None
    for inner, outer in ((predicate.left, predicate.right), (predicate.right, predicate.left)):
        inner_fields, outer_fields = scopes.fields(inner), scopes.fields(outer)
        if inner_fields and not inner_fields & outside and outer_fields and outer_fields <= outside:
            return inner, outer
    return None
