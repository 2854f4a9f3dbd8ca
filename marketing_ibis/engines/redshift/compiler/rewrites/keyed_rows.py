"""Compute the rows of a correlated subquery for all keys at once, so that they can be joined by the key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import ibis.common.exceptions as com
import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.rewrites.correlated import conjuncts, equal_key
from marketing_ibis.engines.redshift.compiler.rewrites.scopes import Scopes, Values, moved_fields

ADVICE = (
    "On Redshift a subquery may read the rows of the query directly around it, in conditions that compare a key. "
    "Aggregate by the key first, then join the result."
)
"""https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html"""
COUNTS = (ops.Count, ops.CountStar, ops.CountDistinct, ops.CountDistinctStar, ops.ApproxCountDistinct)
"""Aggregates that are 0 where there are no rows; the others are NULL."""
CARRYING_FIRST = ("inner", "left", "cross", "semi", "anti")
"""Joins whose rows each have the key of the left side."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """Rows with the columns of a subquery's relation, the columns of their key, and those they are sorted by."""

    rows: ops.Relation
    keys: tuple[str, ...]
    order: tuple[ops.SortKey, ...] = ()

    def fields(self, *names: str) -> dict[str, ops.Field]:
        """Return columns, then the key's and those of the order."""
        columns = (*names, *self.keys, *(key.arg.name for key in self.order))
        return {name: ops.Field(self.rows, name) for name in columns}

    @property
    def key_fields(self) -> tuple[ops.Field, ...]:
        return tuple(ops.Field(self.rows, name) for name in self.keys)

    def over(self, rows: ops.Relation) -> Keyed:
        """Return rows that have the same key and order."""
        order = tuple(key.copy(arg=ops.Field(rows, key.arg.name)) for key in self.order)
        return Keyed(rows, self.keys, order)


class KeyedRows(ABC):
    """Rows of a subquery, each with a key: what the query around it compares or computes with."""

    def __init__(self, scopes: Scopes, names: Iterator[str], outside: frozenset[ops.Field]) -> None:
        self._scopes = scopes
        self._names = names
        self._fields = outside
        self._carried: dict[ops.Relation, Keyed | None] = {}
        self.outer: dict[str, ops.Value] = {}
        """What the query around compares with each column of the key."""

    def carry(self, rel: ops.Relation) -> Keyed | None:
        """Return the rows of a relation with their key, or None if they have none.

        Raises:
            UnsupportedOperationError: a correlated operation has no form with keys.
        """
        if rel not in self._carried:
            self._carried[rel] = self._carry(rel)
        return self._carried[rel]

    @abstractmethod
    def outer_columns(self, rows: ops.Relation) -> dict[ops.Node, ops.Node]:
        """Return columns of the query around, each with the column of ``rows`` that has its value."""

    @abstractmethod
    def key_conditions(self, rows: ops.Relation) -> tuple[ops.Value, ...]:
        """Return the conditions under which ``rows`` belong to a row of the query around."""

    @abstractmethod
    def _carry_uncorrelated(self, rel: ops.Relation) -> Keyed: ...

    @abstractmethod
    def _carry_set(self, rel: ops.Set) -> Keyed | None: ...

    @abstractmethod
    def _carry_join(self, rel: ops.JoinChain) -> Keyed | None: ...

    @abstractmethod
    def _carry_total(self, rel: ops.Aggregate, source: Keyed) -> Keyed | None: ...

    def _carry(self, rel: ops.Relation) -> Keyed | None:
        if not self._is_correlated(rel):
            return self._carry_uncorrelated(rel)
        match rel:
            case ops.Set():
                return self._carry_set(rel)
            case ops.JoinChain():
                return self._carry_join(rel)
            case ops.SelfReference() | ops.JoinReference():
                return self.carry(rel.parent)
            case ops.Filter() | ops.Project() | ops.Sort() | ops.Distinct() | ops.Limit() | ops.Aggregate():
                source = self.carry(rel.parent)
                return None if source is None else self._carry_unary(rel, source)
            case ops.DropColumns():
                return self.carry(ops.Project(rel.parent, dict(rel.values)))
            case ops.FillNull():
                return self.carry(_fill_null_to_project(rel))
            case ops.DropNull():
                return self.carry(_drop_null_to_filter(rel))
        raise com.UnsupportedOperationError(
            f"A correlated subquery contains {type(rel).__name__}, which is not supported. {ADVICE}"
        )

    def _is_correlated(self, rel: ops.Relation) -> bool:
        return not self._scopes.foreign_fields(rel).isdisjoint(self._fields)

    def _carry_unary(self, rel: ops.Relation, source: Keyed) -> Keyed | None:
        if isinstance(rel, ops.Distinct):
            rows = ops.Project(source.rows, Keyed(source.rows, source.keys).fields(*rel.schema))
            return Keyed(ops.Distinct(rows), source.keys)
        if isinstance(rel, ops.Limit):
            return self._carry_limit(rel, source)
        moved = self._scopes.rebuild(rel, {rel.parent: source.rows}, self.outer_columns(source.rows))
        if isinstance(moved, ops.Filter):
            return source.over(moved.copy(predicates=tuple(partition_by_key(p, source) for p in moved.predicates)))
        if isinstance(moved, ops.Project):
            values = {name: partition_by_key(value, source) for name, value in moved.values.items()}
            return source.over(ops.Project(source.rows, values | source.fields()))
        if isinstance(moved, ops.Sort):
            return self._carry_sort(moved, source)
        if not rel.groups:
            return self._carry_total(rel, source)
        groups = {name: ops.Field(source.rows, name) for name in source.keys} | moved.groups
        return Keyed(ops.Aggregate(source.rows, groups=groups, metrics=moved.metrics), source.keys)

    def _carry_sort(self, moved: ops.Sort, source: Keyed) -> Keyed:
        names = {next(self._names): partition_by_key(key, source) for key in moved.keys}
        extended = ops.Project(
            source.rows, source.fields(*source.rows.schema) | {name: key.arg for name, key in names.items()}
        )
        order = tuple(key.copy(arg=ops.Field(extended, name)) for name, key in names.items())
        return Keyed(extended, source.keys, (*order, *source.over(extended).order))

    def _carry_limit(self, rel: ops.Limit, source: Keyed) -> Keyed:
        if not isinstance(rel.n, int | None) or not isinstance(rel.offset, int):
            raise com.UnsupportedOperationError(f"A correlated subquery has a LIMIT that is not a number. {ADVICE}")
        place = ops.WindowFunction(ops.RowNumber(), group_by=source.key_fields, order_by=source.order)
        predicates = [ops.GreaterEqual(place, rel.offset)] if rel.offset else []
        predicates += [] if rel.n is None else [ops.Less(place, rel.offset + rel.n)]
        return source.over(ops.Filter(source.rows, tuple(predicates))) if predicates else source

    def _join_with_key(
        self,
        rel: ops.JoinChain,
        sources: Mapping[ops.Relation, ops.Relation],
        carrier: ops.Relation,
        names: tuple[str, ...],
        keys: Mapping[ops.Relation, tuple[ops.Value, ...]],
    ) -> Keyed:
        """Return a join over ``sources``, with the key of ``carrier`` and the further conditions ``keys``."""
        moved = moved_fields(sources) | self.outer_columns(carrier)
        rest = []
        for link in rel.rest:
            same = keys.get(link.table, ())
            predicates = tuple(self._scopes.substitute(predicate, moved) for predicate in link.predicates)
            how = "inner" if link.how == "cross" and same else link.how
            rest.append(ops.JoinLink(how, sources.get(link.table, link.table), (*predicates, *same)))
        values = {name: self._scopes.substitute(value, moved) for name, value in rel.values.items()}
        values |= {name: ops.Field(carrier, name) for name in names}
        return Keyed(ops.JoinChain(sources.get(rel.first, rel.first), rest=tuple(rest), values=values), names)


class EqualKeys(KeyedRows):
    """Rows of a subquery whose conditions say what equals the key: the rows themselves have it."""

    def carry(self, rel: ops.Relation) -> Keyed | None:
        keyed = super().carry(rel)
        is_complete = keyed is not None and self._scopes.foreign_fields(keyed.rows).isdisjoint(self._fields)
        return keyed if is_complete else None

    def outer_columns(self, rows: ops.Relation) -> dict[ops.Node, ops.Node]:
        return {}

    def key_conditions(self, rows: ops.Relation) -> tuple[ops.Value, ...]:
        return tuple(ops.Equals(ops.Field(rows, name), self.outer[name]) for name in self.outer)

    def _carry_uncorrelated(self, rel: ops.Relation) -> Keyed:
        return Keyed(rel, ())

    def _carry_unary(self, rel: ops.Relation, source: Keyed) -> Keyed | None:
        if not isinstance(rel, ops.Filter):
            return super()._carry_unary(rel, source)
        moved = self._scopes.rebuild(rel, {rel.parent: source.rows}, {})
        keys: dict[str, ops.Value] = {}
        rest = []
        for predicate in conjuncts(moved.predicates):
            sides = equal_key(predicate, self._fields, self._scopes)
            if sides is None:
                rest.append(predicate)
            else:
                name = next(self._names)
                keys[name], self.outer[name] = sides
        rows = ops.Project(source.rows, source.fields(*source.rows.schema) | keys)
        keyed = Keyed(rows, (*source.keys, *keys), source.over(rows).order)
        above = moved_fields({source.rows: rows})
        predicates = tuple(partition_by_key(self._scopes.substitute(predicate, above), keyed) for predicate in rest)
        return keyed.over(ops.Filter(rows, predicates)) if predicates else keyed

    def _carry_total(self, rel: ops.Aggregate, source: Keyed) -> None:
        """Return None: a key that no row has would have no total."""

    def _carry_set(self, rel: ops.Set) -> None:
        """Return None: each side would have a key of its own."""

    def _carry_join(self, rel: ops.JoinChain) -> Keyed | None:
        correlated = [table for table in rel.tables if self._is_correlated(table)]
        if len(correlated) != 1:
            return None
        (table,) = correlated
        kinds = CARRYING_FIRST if table == rel.first else ("inner", "cross")
        side = self.carry(table) if all(link.how in kinds for link in rel.rest) else None
        if side is None:
            return None
        carrier = ops.JoinReference(side.rows, table.identifier)
        return self._join_with_key(rel, {table: carrier}, carrier, side.keys, {})


class DomainKeys(KeyedRows):
    """Rows of a subquery for each of the distinct values that it reads from the query around it."""

    def __init__(self, scopes: Scopes, names: Iterator[str], outside: frozenset[ops.Field]) -> None:
        super().__init__(scopes, names, outside)
        fields = sorted(outside, key=lambda field: str(field.name))
        (around,) = {field.rel for field in fields}
        self._name_of = {field: next(names) for field in fields}
        self.outer = {name: field for field, name in self._name_of.items()}
        self._domain = ops.Distinct(ops.Project(around, self.outer))

    def outer_columns(self, rows: ops.Relation) -> dict[ops.Node, ops.Node]:
        return {field: ops.Field(rows, name) for field, name in self._name_of.items()}

    def key_conditions(self, rows: ops.Relation) -> tuple[ops.Value, ...]:
        return tuple(ops.IdenticalTo(ops.Field(rows, name), field) for name, field in self.outer.items())

    def _carry_uncorrelated(self, rel: ops.Relation) -> Keyed:
        """Return each row of a relation for each key."""
        first, second = ops.JoinReference(self._domain, 0), ops.JoinReference(rel, 1)
        keys = tuple(self.outer)
        values = {name: ops.Field(second, name) for name in rel.schema}
        values |= {name: ops.Field(first, name) for name in keys}
        return Keyed(ops.JoinChain(first, rest=(ops.JoinLink("cross", second, ()),), values=values), keys)

    def _carry_total(self, rel: ops.Aggregate, source: Keyed) -> Keyed:
        """Join the totals to all keys, since a total has a row where nothing is added up."""
        moved = moved_fields({rel.parent: source.rows}) | self.outer_columns(source.rows)
        rows, metrics = aggregate_by_key(source, rel.metrics, moved, self._names, self._scopes)
        first, second = ops.JoinReference(self._domain, 0), ops.JoinReference(rows, 1)
        same = tuple(ops.IdenticalTo(ops.Field(first, name), ops.Field(second, name)) for name in source.keys)
        sides = moved_fields({rows: second}) | self.outer_columns(first)
        values: dict[str, ops.Value] = {n: self._scopes.substitute(value, sides) for n, value in metrics.items()}
        values |= {name: ops.Field(first, name) for name in source.keys}
        return Keyed(ops.JoinChain(first, rest=(ops.JoinLink("left", second, same),), values=values), source.keys)

    def _carry_set(self, rel: ops.Set) -> Keyed | None:
        left, right = self.carry(rel.left), self.carry(rel.right)
        if left is None or right is None:
            return None
        sides = [ops.Project(side.rows, Keyed(side.rows, side.keys).fields(*rel.schema)) for side in (left, right)]
        return Keyed(rel.copy(left=sides[0], right=sides[1]), left.keys)

    def _carry_join(self, rel: ops.JoinChain) -> Keyed | None:
        first = self.carry(rel.first)
        if first is None:
            return None
        carrier = ops.JoinReference(first.rows, rel.first.identifier)
        sources: dict[ops.Relation, ops.Relation] = {rel.first: carrier}
        keys: dict[ops.Relation, tuple[ops.Value, ...]] = {}
        for link in rel.rest:
            if link.how not in CARRYING_FIRST:
                raise com.UnsupportedOperationError(f"A correlated subquery has a join of kind {link.how}. {ADVICE}")
            side = self.carry(link.table) if self._is_correlated(link.table) else None
            if side is not None:
                table = ops.JoinReference(side.rows, link.table.identifier)
                same = (ops.IdenticalTo(ops.Field(carrier, name), ops.Field(table, name)) for name in side.keys)
                sources[link.table], keys[link.table] = table, tuple(same)
        return self._join_with_key(rel, sources, carrier, first.keys, keys)


def aggregate_by_key(
    source: Keyed, metrics: Mapping[str, ops.Value], moved: Values, names: Iterator[str], scopes: Scopes
) -> tuple[ops.Aggregate, dict[str, ops.Value]]:
    """Return aggregates by the key, and metrics as values over them that are right where no row has the key.

    ``moved`` says what the aggregates read in ``source``.
    """
    columns = {r: next(names) for r in dict.fromkeys(r for m in metrics.values() for r in topmost_reductions(m))}
    rows = ops.Aggregate(
        source.rows,
        groups={name: ops.Field(source.rows, name) for name in source.keys},
        metrics={name: scopes.substitute(reduction, moved) for reduction, name in columns.items()},
    )
    results: dict[ops.Node, ops.Node] = {}
    for reduction, name in columns.items():
        field = ops.Field(rows, name)
        is_count = isinstance(reduction, COUNTS)
        results[reduction] = ops.Coalesce((field, ops.Literal(0, dtype=reduction.dtype))) if is_count else field
    return rows, {name: scopes.substitute(metric, results) for name, metric in metrics.items()}


def topmost_reductions(value: ops.Value) -> list[ops.Value]:
    """Return the aggregates in a value, without those within others."""
    if isinstance(value, ops.Reduction):
        return [value]
    return [
        reduction
        for child in value.__children__
        if isinstance(child, ops.Value)
        for reduction in topmost_reductions(child)
    ]


def partition_by_key(value: ops.Value, source: Keyed) -> ops.Value:
    """Compute a value's window functions for each key by itself."""

    def replace(node: ops.Node, changed: Mapping[str, object] | None) -> ops.Node:
        current = node.__recreate__(changed) if changed else node
        if isinstance(current, ops.WindowFunction):
            return current.copy(group_by=(*source.key_fields, *current.group_by))
        return current

    result: ops.Value = value.replace(replace, filter=ops.Value)
    return result


def _fill_null_to_project(rel: ops.FillNull) -> ops.Project:
    """Return ``fill_null`` with a value for each column."""
    fills = rel.replacements if isinstance(rel.replacements, Mapping) else dict.fromkeys(rel.schema, rel.replacements)
    fields = {name: ops.Field(rel.parent, name) for name in rel.schema}
    return ops.Project(
        rel.parent, {n: ops.Coalesce((f, fills[n])) if fills.get(n) is not None else f for n, f in fields.items()}
    )


def _drop_null_to_filter(rel: ops.DropNull) -> ops.Filter:
    """Return ``drop_null`` as conditions."""
    columns = rel.subset if rel.subset is not None else [ops.Field(rel.parent, name) for name in rel.schema]
    checks = [ops.NotNull(column) for column in columns]
    return ops.Filter(rel.parent, (reduce(ops.And if rel.how == "any" else ops.Or, checks),))
