"""Find which values a query may have in some columns, without computing its windows and joins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis.expr.operations as ops

from marketing_ibis.build.row_keys import rebind

COMPUTED = (ops.Reduction, ops.Analytic, ops.WindowFunction, ops.Subquery, ops.Impure)
"""Operations whose value in a row depends on other rows."""
PICKING = (ops.Max, ops.Min, ops.Arbitrary, ops.First, ops.Last)
"""Aggregates whose value is one of those that they are of."""
NARROWING = ("inner", "left", "semi", "anti", "cross")


def possible_rows(rows: ops.Relation, columns: Sequence[str], views: Mapping[str, ops.Relation]) -> ops.Relation:
    """Return a relation with ``columns`` whose rows include each combination of their values that ``rows`` has.

    A combination that has a NULL may be missing. ``views`` are read through, by the names that expressions have for
    them.
    """
    columns = tuple(dict.fromkeys(columns))
    match rows:
        case ops.UnboundTable() if rows.name in views:
            return possible_rows(views[rows.name], columns, views)
        case ops.Project() if _is_plain(rows.values[name] for name in columns):
            return _project(rows.parent, {name: rows.values[name] for name in columns}, views)
        case ops.Filter():
            return _filter(rows, columns, views)
        case ops.SelfReference() | ops.Sort() | ops.Limit() | ops.Distinct() | ops.DropColumns() | ops.DropNull():
            return possible_rows(rows.parent, columns, views)
        case ops.Aggregate():
            return _aggregate(rows, columns, views)
        case ops.JoinChain():
            return _join(rows, columns, views)
        case ops.Union():
            left, right = (possible_rows(part, columns, views) for part in (rows.left, rows.right))
            return rows.copy(left=left, right=right, distinct=False) if left.schema == right.schema else rows
        case ops.Intersection() | ops.Difference():
            return possible_rows(rows.left, columns, views)
    return rows


def _project(parent: ops.Relation, values: Mapping[str, ops.Value], views: Mapping[str, ops.Relation]) -> ops.Relation:
    possible = possible_rows(parent, _columns(values.values()), views)
    return ops.Project(possible, {name: rebind(value, {parent: possible}) for name, value in values.items()})


def _filter(rows: ops.Filter, columns: tuple[str, ...], views: Mapping[str, ops.Relation]) -> ops.Relation:
    predicates = [predicate for predicate in rows.predicates if _is_plain([predicate])]
    possible = possible_rows(rows.parent, (*columns, *_columns(predicates)), views)
    plain_predicates = tuple(rebind(predicate, {rows.parent: possible}) for predicate in predicates)
    return ops.Filter(possible, plain_predicates) if plain_predicates else possible


def _aggregate(rows: ops.Aggregate, columns: tuple[str, ...], views: Mapping[str, ops.Relation]) -> ops.Relation:
    metrics = [rows.metrics[name] for name in columns if name in rows.metrics]
    values = {name: rows.groups[name] for name in columns if name in rows.groups}
    # The values of two metrics may come from different rows.
    if len(metrics) > 1 or not all(isinstance(metric, PICKING) for metric in metrics):
        return rows
    values |= {name: rows.metrics[name].arg for name in columns if name in rows.metrics}
    return _project(rows.parent, values, views) if _is_plain(values.values()) else rows


def _join(rows: ops.JoinChain, columns: tuple[str, ...], views: Mapping[str, ops.Relation]) -> ops.Relation:
    values = {name: rows.values[name] for name in columns}
    tables = {field.rel for value in values.values() for field in value.find(ops.Field, filter=ops.Value)}
    # Of a table before a right join, a row of NULLs may be added.
    if len(tables) != 1 or not _is_plain(values.values()) or not all(link.how in NARROWING for link in rows.rest):
        return rows
    (table,) = tables
    links = [link for link in rows.rest if link.how == "semi" and _depends_only_on(link, table)]
    needed = (*values.values(), *(predicate for link in links for predicate in link.predicates))
    names = {f.name for value in needed for f in value.find(ops.Field, filter=ops.Value) if f.rel == table}
    possible = possible_rows(table.parent, sorted(names), views)
    if not links:
        return ops.Project(possible, {name: rebind(value, {table: possible}) for name, value in values.items()})
    first = ops.JoinReference(possible, table.identifier)
    own_links = [
        ops.JoinLink(link.how, link.table, tuple(rebind(each, {table: first}) for each in link.predicates))
        for link in links
    ]
    return ops.JoinChain(
        first, tuple(own_links), {name: rebind(value, {table: first}) for name, value in values.items()}
    )


def _depends_only_on(link: ops.JoinLink, table: ops.Relation) -> bool:
    fields = [field for predicate in link.predicates for field in predicate.find(ops.Field, filter=ops.Value)]
    return _is_plain(link.predicates) and {field.rel for field in fields} <= {link.table, table}


def _is_plain(values: Iterable[ops.Value]) -> bool:
    return not any(value.find(COMPUTED, filter=ops.Value) for value in values)


def _columns(values: Iterable[ops.Value]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.name for value in values for f in value.find(ops.Field, filter=ops.Value)))
