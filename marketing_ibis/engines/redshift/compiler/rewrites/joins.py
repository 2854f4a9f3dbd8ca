"""Write joins that Redshift lacks as joins that it has: https://docs.aws.amazon.com/redshift/latest/dg/r_Join_examples.html."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.rewrites.scopes import Scopes, moved_fields

ROW, MATCH = "__row", "__match"
DOWNWARDS = (ops.GreaterEqual, ops.Greater)
"""Comparisons of left with right whose nearest match is the largest."""
ANY = {"any_left": "left", "any_inner": "inner"}
"""Joins with one match at most, each with the join of all matches."""
ALWAYS = ("asof", *ANY)
ADDING = ("right", "outer")
"""Joins with rows that the joins before them do not have."""
UNLESS_EQUAL = ("outer", "semi", "anti")
"""Joins that are written in another way unless a key is compared for equality."""


@dataclass(frozen=True, slots=True)
class Link:
    """A join of two relations, and the columns of both that are read later, by the names that they get."""

    how: str
    left: ops.JoinReference
    right: ops.JoinReference
    predicates: tuple[ops.Value, ...]
    values: Mapping[str, ops.Field]

    def fields(self, rows: ops.Relation) -> dict[ops.Node, ops.Node]:
        """Return the columns of both sides, each with its column in ``rows``."""
        return {field: ops.Field(rows, name) for name, field in self.values.items()}


def absent_place(op: ops.JoinChain) -> int | None:
    """Return the place of the first join in a chain that Redshift lacks."""
    for place, link in enumerate(op.rest):
        # A semi join becomes a condition on all rows, those that a later join adds included.
        adds_rows = link.how in ("semi", "anti") and any(later.how in ADDING for later in op.rest[place:])
        if adds_rows or _is_absent(link):
            return place
    return None


def _is_absent(link: ops.JoinLink) -> bool:
    if link.how not in UNLESS_EQUAL:
        return link.how in ALWAYS
    equal = [_is_key(predicate, link.table) for predicate in link.predicates]
    # FULL JOIN takes equality alone: its rows are merged or hashed.
    return not (all(equal) if link.how == "outer" else any(equal))


def split_absent_joins(op: ops.JoinChain) -> ops.Relation | None:
    """Return a chain of joins with the joins that Redshift lacks in queries of their own."""
    place = absent_place(op)
    if place is None:
        return None
    scopes = Scopes()
    read = dict.fromkeys(_fields([*op.values.values(), *(p for link in op.rest[place:] for p in link.predicates)]))
    head, moved = _head(op, place, list(read))
    absent, later = op.rest[place], op.rest[place + 1 :]
    left = ops.JoinReference(head, 0)
    moved = {old: ops.Field(left, new.name) for old, new in moved.items()}
    read_later = _fields([*op.values.values(), *(p for link in later for p in link.predicates)])
    values = _name_columns(moved.get(f, f) for f in read_later if f in moved or f.rel == absent.table)
    predicates = tuple(scopes.substitute(predicate, moved) for predicate in absent.predicates)
    link = Link(absent.how, left, absent.table, predicates, values)
    rows = WRITERS[absent.how](link, scopes)
    columns = link.fields(rows)
    moved = {old: columns[new] for old, new in moved.items() if new in columns} | columns
    if not later:
        return ops.Project(rows, {name: scopes.substitute(value, moved) for name, value in op.values.items()})
    first = ops.JoinReference(rows, 0)
    moved = {old: ops.Field(first, new.name) for old, new in moved.items()}
    rest = tuple(
        next_.copy(predicates=tuple(scopes.substitute(predicate, moved) for predicate in next_.predicates))
        for next_ in later
    )
    final = {name: scopes.substitute(value, moved) for name, value in op.values.items()}
    chain = _chain(first, rest, final)
    return split_absent_joins(chain) or chain


def _fields(values: Iterable[ops.Value]) -> Iterator[ops.Field]:
    scopes = Scopes()
    for value in values:
        # The order is that of the columns, the same on every run.
        yield from (node for node in value.find(ops.Field, filter=ops.Value, ordered=True))
        yield from sorted(scopes.fields(value), key=lambda field: str(field.name))


def _head(op: ops.JoinChain, place: int, read: list[ops.Field]) -> tuple[ops.Relation, dict[ops.Node, ops.Field]]:
    """Return the joins before a place, and the columns that are ``read`` of them."""
    if place == 0:
        parent = op.first.parent
        return parent, {field: ops.Field(parent, field.name) for field in read if field.rel == op.first}
    tables = [op.first, *(link.table for link in op.rest[:place])]
    values = _name_columns(field for field in read if field.rel in tables)
    chain = op.copy(rest=op.rest[:place], values=values)
    return chain, {field: ops.Field(chain, name) for name, field in values.items()}


def _name_columns(fields: Iterable[ops.Field]) -> dict[str, ops.Field]:
    """Return each column once, under a name of its own."""
    columns: dict[str, ops.Field] = {}
    for field in dict.fromkeys(fields):
        name, number = field.name, 1
        while name in columns:
            number += 1
            name = f"{field.name}_{number}"
        columns[name] = field
    return columns


def _is_key(predicate: ops.Value, right: ops.Relation) -> bool:
    """Return whether a condition says that a value of one side equals one of the other."""
    if not isinstance(predicate, ops.Equals):
        return False
    sides = [{field.rel == right for field in _fields([side])} for side in (predicate.left, predicate.right)]
    return sides in ([{True}, {False}], [{False}, {True}])


def _write_asof(link: Link, scopes: Scopes) -> ops.Relation:
    """Keep the nearest match of an asof join: Redshift has no LATERAL."""
    nearest = link.predicates[0]
    key = nearest.right if {field.rel for field in _fields([nearest.right])} == {link.right} else nearest.left
    is_descending = isinstance(nearest, DOWNWARDS) is (key is nearest.right)
    return _keep_first_match(link, "left", {MATCH: (key, not is_descending)}, scopes)


def _write_any(link: Link, scopes: Scopes) -> ops.Relation:
    """Keep one match; of a key's rows on the right the one that sorts first by its columns."""
    right = link.right.parent
    if not all(_is_key(predicate, link.right) for predicate in link.predicates):
        columns = {f"{MATCH}_{name}": (ops.Field(link.right, name), True) for name in right.schema}
        return _keep_first_match(link, ANY[link.how], columns, scopes)
    below = moved_fields({link.right: right})
    sides = [
        predicate.right if {f.rel for f in _fields([predicate.right])} == {link.right} else predicate.left
        for predicate in link.predicates
    ]
    order = tuple(ops.SortKey(ops.Field(right, name), ascending=True) for name in right.schema)
    keys = tuple(scopes.substitute(side, below) for side in sides)
    place = ops.WindowFunction(ops.RowNumber(), group_by=keys, order_by=order)
    first_matches = ops.JoinReference(ops.Filter(right, (ops.Equals(place, 0),)), link.right.identifier)
    return _join_sides(link, ANY[link.how], {link.right: first_matches}, scopes)


def _join_sides(link: Link, how: str, sources: Mapping[ops.Relation, ops.Relation], scopes: Scopes) -> ops.JoinChain:
    """Return a join of both sides, or of those that take their places."""
    moved = moved_fields(sources)
    predicates = tuple(scopes.substitute(predicate, moved) for predicate in link.predicates)
    values = {name: scopes.substitute(field, moved) for name, field in link.values.items()}
    left, right = sources.get(link.left, link.left), sources.get(link.right, link.right)
    return _chain(left, (ops.JoinLink(how, right, predicates),), values)


def _keep_first_match(
    link: Link, how: str, order: Mapping[str, tuple[ops.Value, bool]], scopes: Scopes
) -> ops.Relation:
    """Number the matches of each row on the left in an order, and keep the first."""
    parent = link.left.parent
    fields: dict[str, ops.Value] = {name: ops.Field(parent, name) for name in parent.schema}
    numbered = ops.Project(parent, fields | {ROW: ops.WindowFunction(ops.RowNumber())})
    left = ops.JoinReference(numbered, link.left.identifier)
    joined = _join_sides(link, how, {link.left: left}, scopes)
    above = moved_fields({link.left: left})
    keys = {name: scopes.substitute(value, above) for name, (value, _) in order.items()}
    joined = joined.copy(values=dict(joined.values) | {ROW: ops.Field(left, ROW)} | keys)
    by = tuple(ops.SortKey(ops.Field(joined, name), ascending=rising) for name, (_, rising) in order.items())
    place = ops.WindowFunction(ops.RowNumber(), group_by=(ops.Field(joined, ROW),), order_by=by)
    return ops.Filter(joined, (ops.Equals(place, 0),))


def _write_full(link: Link, scopes: Scopes) -> ops.Relation:
    """Add the rows of the right side without a match to a left join."""
    matched = _join_sides(link, "left", {}, scopes)
    left = link.left.parent
    fields: dict[str, ops.Value] = {name: ops.Field(left, name) for name in left.schema}
    marked = ops.JoinReference(ops.Project(left, fields | {MATCH: ops.Literal(1, dtype=dt.int8)}), 1)
    right = ops.JoinReference(link.right.parent, 0)
    moved = moved_fields({link.left: marked, link.right: right})
    predicates = tuple(scopes.substitute(predicate, moved) for predicate in link.predicates)
    values: dict[str, ops.Value] = {
        name: ops.Field(right, field.name) if field.rel == link.right else ops.Literal(None, dtype=field.dtype)
        for name, field in link.values.items()
    }
    chain = _chain(right, (ops.JoinLink("left", marked, predicates),), values | {MATCH: ops.Field(marked, MATCH)})
    rest = ops.Filter(chain, (ops.IsNull(ops.Field(chain, MATCH)),))
    return ops.Union(matched, ops.Project(rest, {name: ops.Field(rest, name) for name in link.values}))


def _write_exists(link: Link, scopes: Scopes) -> ops.Relation:
    """Ask whether the right side has a match."""
    right = link.right.parent
    head = link.left.parent
    moved = moved_fields({link.left: head, link.right: right})
    if right == head:
        right = ops.SelfReference(right, None)
        moved = moved_fields({link.left: head, link.right: right})
    condition = reduce(ops.And, (scopes.substitute(predicate, moved) for predicate in link.predicates))
    exists: ops.Value = ops.ExistsSubquery(ops.Filter(right, (condition,)))
    rows = ops.Filter(head, (exists if link.how == "semi" else ops.Not(exists),))
    return ops.Project(rows, {name: ops.Field(rows, field.name) for name, field in link.values.items()})


WRITERS = {
    "asof": _write_asof,
    "any_left": _write_any,
    "any_inner": _write_any,
    "outer": _write_full,
    "semi": _write_exists,
    "anti": _write_exists,
}
"""By the kind of a join, what writes it."""


def _chain(first: ops.Relation, rest: Sequence[ops.JoinLink], values: Mapping[str, ops.Value]) -> ops.JoinChain:
    return ops.JoinChain(first, rest=tuple(rest), values=dict(values))
