"""Restrict the tables of a join to the rows that the rows of some keys are joined with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import ibis.expr.operations as ops

from marketing_ibis.build.possible_rows import possible_rows
from marketing_ibis.build.row_keys import Restricted, RowKeys, keys_of

SUPPORTED = ("inner", "left", "semi", "anti", "cross")
"""The joins after which a row of the right table is only found next to one of the left."""
Restrict = Callable[[ops.Relation, RowKeys], Restricted]
Pairs = dict[ops.Relation, list[tuple[str, str]]]


def unproved_join(rows: ops.JoinChain, home: ops.Relation) -> str:
    """Return why a join cannot be restricted by keys that are columns of ``home``; "" if it can be."""
    unsupported = [link.how for link in rows.rest if link.how not in SUPPORTED]
    if unsupported:
        return f"its join is {unsupported[0]}"
    return "" if home in _complete_tables(rows) else "its key comes from the right side of a join"


def restrict_join(
    restrict: Restrict, rows: ops.JoinChain, home: ops.Relation, keys: RowKeys
) -> Mapping[ops.Relation, Restricted]:
    """Return the tables of a join, restricted to the rows that the rows of ``keys``, of ``home``, are joined with.

    Each is found through equal columns of one that is restricted before; tables without any are not returned.
    """
    tables = {home: restrict(home.parent, keys)}
    exact_rows = {home: tables[home].exactly(keys)}
    is_new = True
    while is_new:
        is_new = False
        for table, other, pairs in _links(rows, tables):
            columns, values = zip(*pairs, strict=True)
            if other == home and set(keys.columns) <= set(values):
                by_value = dict(zip(values, columns, strict=True))
                table_keys = keys.over([by_value[name] for name in keys.columns])
            else:
                table_keys = keys_of(possible_rows(exact_rows[other], values, {}), values, columns)
            tables[table] = restrict(table.parent, table_keys)
            exact_rows[table] = tables[table].exactly(table_keys)
            is_new = True
            break
    return tables


def _links(
    rows: ops.JoinChain, tables: Collection[ops.Relation]
) -> Iterator[tuple[ops.Relation, ops.Relation, list[tuple[str, str]]]]:
    """Yield tables that are not in ``tables``, with one that is and the pairs of columns in which both are equal."""
    complete = _complete_tables(rows)
    for link in rows.rest:
        for other, pairs in _equal_columns(link).items():
            if link.table not in tables and other in tables:
                yield link.table, other, pairs
            elif link.how == "inner" and link.table in tables and other not in tables and other in complete:
                yield other, link.table, [(other_field, link_field) for link_field, other_field in pairs]


def _complete_tables(rows: ops.JoinChain) -> set[ops.Relation]:
    """Return the tables of which every row of the join has a row."""
    return {rows.first, *(link.table for link in rows.rest if link.how in ("inner", "cross"))}


def _equal_columns(link: ops.JoinLink) -> Pairs:
    """Return the pairs of columns of a link's table and of each table before it that are equal in joined rows."""
    pairs: Pairs = {}
    for predicate in link.predicates:
        if not isinstance(predicate, ops.Equals):
            continue
        left, right = predicate.left, predicate.right
        if isinstance(left, ops.Field) and isinstance(right, ops.Field):
            link_field, other_field = (left, right) if left.rel == link.table else (right, left)
            if link_field.rel == link.table and other_field.rel != link.table:
                pairs.setdefault(other_field.rel, []).append((link_field.name, other_field.name))
    return pairs
