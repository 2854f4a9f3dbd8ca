"""Rewrite a query so that it computes the rows of some keys from the rows that these depend on, and reads no others.

The rewritten query has exactly the rows that the query has for the keys. Below, a relation is *restricted to keys* if
it has the rows of the keys, and any rows of others. Where an operation combines rows of different keys, its result is
filtered instead, which is always right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.operations as ops

from marketing_ibis.build.join_pushdown import restrict_join, unproved_join
from marketing_ibis.build.row_keys import Restricted, RowKeys, keys_of, rebind

COMBINING = (ops.Reduction, ops.Analytic)
UNPROVED = (ops.Subquery, ops.Impure)


@dataclass(slots=True)
class KeyPushdown:
    """Restricts relations to keys. ``views`` are read through, by the names that expressions have for them.

    ``obstacles`` collects why relations are computed whole.
    """

    views: Mapping[str, ops.Relation] = field(default_factory=dict)
    obstacles: list[str] = field(default_factory=list)

    def rows_of(self, rows: ops.Relation, keys: RowKeys) -> ops.Relation:
        """Return the rows of a relation that have one of the keys."""
        return self.restrict(rows, keys).exactly(keys)

    def restrict(self, rows: ops.Relation, keys: RowKeys) -> Restricted:
        """Return a relation restricted to keys."""
        match rows:
            case ops.UnboundTable() if rows.name in self.views:
                return self.restrict(self.views[rows.name], keys)
            case ops.SelfReference():
                return self.restrict(rows.parent, keys)
            case ops.PhysicalTable():
                return Restricted(keys.filter(rows))
            case ops.Project():
                return self._project(rows, keys)
            case ops.Filter():
                return self._filter(rows, keys)
            case ops.Aggregate():
                return self._aggregate(rows, keys)
            case ops.JoinChain():
                return self._join(rows, keys)
            case ops.Sort() | ops.Distinct() | ops.DropColumns() | ops.DropNull():
                parent = self.restrict(rows.parent, keys)
                return Restricted(_over(rows, {rows.parent: parent.rows}), parent.is_exact)
            case ops.Set():
                return self._set(rows, keys)
        return self._whole(rows, keys, f"it is a {type(rows).__name__}")

    def _whole(self, rows: ops.Relation, keys: RowKeys, reason: str) -> Restricted:
        self.obstacles.append(f"{_tables(rows)}: {reason}")
        return Restricted(keys.filter(rows))

    def _project(self, rows: ops.Project, keys: RowKeys) -> Restricted:
        columns = _fields(rows.values, keys.columns)
        if columns is None:
            return self._whole(rows, keys, f"{', '.join(keys.columns)} is computed")
        return self._by_window(rows, rows.values.values(), keys, keys.over(columns), ())

    def _filter(self, rows: ops.Filter, keys: RowKeys) -> Restricted:
        required = [p.arg.name for p in rows.predicates if isinstance(p, ops.NotNull) and isinstance(p.arg, ops.Field)]
        return self._by_window(rows, rows.predicates, keys, keys, required)

    def _by_window(
        self,
        rows: ops.Project | ops.Filter,
        values: Iterable[ops.Value],
        keys: RowKeys,
        parent_keys: RowKeys,
        required: Sequence[str],
    ) -> Restricted:
        """Restrict a relation that computes ``values``, which has one row, or none, per row of its parent.

        Every row of its windows is needed. They are those of the keys where the key is part of each window; otherwise
        those of all windows that have a row of the keys, found by ``required`` columns that each window is for.
        """
        values = tuple(values)
        if reason := _unproved(values):
            return self._whole(rows, keys, reason)
        windows = _windows(values)
        if all(set(parent_keys.columns) <= window for window in windows):
            parent = self.restrict(rows.parent, parent_keys)
            return Restricted(_over(rows, {rows.parent: parent.rows}), parent.is_exact)
        shared = [name for name in dict.fromkeys(required) if all(name in window for window in windows)]
        if not shared:
            return self._whole(rows, keys, f"a window has rows of more than one {' and '.join(parent_keys.columns)}")
        window_keys = keys_of(self.rows_of(rows.parent, parent_keys), shared, shared)
        return Restricted(_over(rows, {rows.parent: self.restrict(rows.parent, window_keys).rows}), is_exact=False)

    def _aggregate(self, rows: ops.Aggregate, keys: RowKeys) -> Restricted:
        columns = _fields(rows.groups, keys.columns)
        if columns is None:
            return self._whole(rows, keys, f"it groups by {', '.join(rows.groups) or 'nothing'}")
        if reason := _unproved((*rows.groups.values(), *rows.metrics.values()), is_aggregate=True):
            return self._whole(rows, keys, reason)
        parent = self.restrict(rows.parent, keys.over(columns))
        return Restricted(_over(rows, {rows.parent: parent.rows}), parent.is_exact)

    def _set(self, rows: ops.Set, keys: RowKeys) -> Restricted:
        left, right = self.restrict(rows.left, keys), self.restrict(rows.right, keys)
        if left.rows.schema != right.rows.schema:
            return self._whole(rows, keys, "its parts have columns that may be NULL in one of them alone")
        restricted = rows.copy(left=left.rows, right=right.rows)
        return Restricted(restricted, left.is_exact and right.is_exact)

    def _join(self, rows: ops.JoinChain, keys: RowKeys) -> Restricted:
        fields = [rows.values[name] for name in keys.columns]
        homes = {value.rel for value in fields if isinstance(value, ops.Field)}
        predicates = [predicate for link in rows.rest for predicate in link.predicates]
        reason = _unproved((*rows.values.values(), *predicates))
        if not all(isinstance(value, ops.Field) for value in fields):
            reason = f"{', '.join(keys.columns)} is computed"
        elif len(homes) != 1:
            reason = f"{', '.join(keys.columns)} comes from several tables"
        if reason:
            return self._whole(rows, keys, reason)
        (home,) = homes
        home_keys = keys.over([value.name for value in fields])
        if not all({(home, name) for name in home_keys.columns} <= w for w in _window_fields(rows.values.values())):
            return self._whole(rows, keys, f"a window has rows of more than one {' and '.join(keys.columns)}")
        if reason := unproved_join(rows, home):
            return self._whole(rows, keys, reason)
        tables = restrict_join(self.restrict, rows, home, home_keys)
        for table in (rows.first, *(link.table for link in rows.rest)):
            if table not in tables:
                self.obstacles.append(f"{_tables(table)}: it is not joined by equal columns")
        is_exact = tables[home].is_exact
        return Restricted(rebind_join(rows, {table: each.rows for table, each in tables.items()}), is_exact)


def rebind_join(rows: ops.JoinChain, tables: Mapping[ops.Relation, ops.Relation]) -> ops.JoinChain:
    """Return a join of other tables in the place of its own."""
    references = {table: ops.JoinReference(new, table.identifier) for table, new in tables.items()}
    links = [
        ops.JoinLink(
            link.how, references.get(link.table, link.table), tuple(rebind(p, references) for p in link.predicates)
        )
        for link in rows.rest
    ]
    values = {name: rebind(value, references) for name, value in rows.values.items()}
    return ops.JoinChain(references.get(rows.first, rows.first), tuple(links), values)


def _over(rows: ops.Relation, parents: Mapping[ops.Relation, ops.Relation]) -> ops.Relation:
    """Return a relation over another parent with the same columns."""

    def renew(argument: Any) -> Any:
        if isinstance(argument, ops.Relation):
            return parents[argument]
        if isinstance(argument, ops.Value):
            return rebind(argument, parents)
        if isinstance(argument, tuple):
            return tuple(map(renew, argument))
        return {name: renew(value) for name, value in argument.items()} if isinstance(argument, Mapping) else argument

    arguments = zip(rows.__argnames__, rows.__args__, strict=True)
    return type(rows)(**{name: renew(argument) for name, argument in arguments})


def _fields(values: Mapping[str, ops.Value], columns: Iterable[str]) -> tuple[str, ...] | None:
    """Return the columns of the parent that ``columns`` are, None if one of them is not a column of it as it is."""
    fields = [values.get(name) for name in columns]
    names = tuple(value.name for value in fields if isinstance(value, ops.Field))
    return names if len(names) == len(fields) else None


def _unproved(values: Sequence[ops.Value], *, is_aggregate: bool = False) -> str:
    """Return why rows of one key may depend on those of others, "" if they cannot but for the windows of ``values``."""
    if any(value.find(UNPROVED, filter=ops.Value) for value in values):
        return "it has a subquery or a random value"
    combining = {node for value in values for node in value.find(COMBINING, filter=ops.Value)}
    in_windows = {
        node
        for value in values
        for window in value.find(ops.WindowFunction, filter=ops.Value)
        for node in window.func.find(COMBINING, filter=ops.Value)
    }
    if is_aggregate:
        return "it aggregates a window" if in_windows else ""
    return "it compares rows with an aggregate" if combining - in_windows else ""


def _windows(values: Iterable[ops.Value]) -> list[set[str]]:
    """Return the columns that each window is for."""
    return [{name for _, name in window} for window in _window_fields(values)]


def _window_fields(values: Iterable[ops.Value]) -> list[set[tuple[ops.Relation, str]]]:
    return [
        {(value.rel, value.name) for value in window.group_by if isinstance(value, ops.Field)}
        for each in values
        for window in each.find(ops.WindowFunction, filter=ops.Value)
    ]


def _tables(rows: ops.Relation) -> str:
    names = sorted({table.name for table in rows.find(ops.PhysicalTable)})
    return ", ".join(names) or "rows"
