"""Follow the rows of a SELECT from the tables to the result, and count what Redshift does on the way.

It is the plan of a query as it is written: each WITH query once, each view where it is read, joins in their order, and
both sides of a join large unless one is a row or a few. The optimizer knows the sizes of tables and may do better. How
much better follows from a second pass, in which groups of other columns than keys are a few rows, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import sqlglot
import sqlglot.expressions as sge
from sqlglot.errors import SqlglotError

from marketing_ibis.engines.costs import Costs, Movement, StoredRelation
from marketing_ibis.engines.redshift.costs.rows import Key, Pair, Rows, Value, Values, joined, united
from marketing_ibis.engines.redshift.costs.values import (
    column_width,
    equal_names,
    equal_pairs,
    keys_text,
    value_of,
)
from marketing_ibis.engines.redshift.costs.widths import width_of
from marketing_ibis.errors import CompileError

Stored = Mapping[str, StoredRelation]
"""What is known of the tables and views, by their names as SQL qualifies them."""
T = TypeVar("T", bound=sge.Expression)
QUERIES = (sge.Select, sge.SetOperation)


@dataclass(frozen=True, slots=True)
class Names:
    """What a query can read: stored relations, and the WITH queries around it.

    ``has_few_groups`` says that groups of other columns than keys are a few rows.
    """

    stored: Stored
    queries: Mapping[str, Rows]
    has_few_groups: bool = False

    def adding(self, name: str, rows: Rows) -> Names:
        """Return the same with another WITH query."""
        return replace(self, queries={**self.queries, name: rows})


def estimate(select: str, stored: Stored, dist_key: str = "") -> Costs:
    """Return what a SELECT costs whose rows are written to a table with ``dist_key``, or returned.

    Raises:
        CompileError: the text cannot be read.
    """
    costs, least = (_estimate(select, Names(stored, {}, has_few_groups), dist_key) for has_few_groups in (False, True))
    return replace(costs, least_redistributions=least.redistributions)


def _estimate(select: str, names: Names, dist_key: str) -> Costs:
    rows, costs = _query(_parsed(select), names)
    if not dist_key or ("", dist_key) not in rows.values:
        return costs
    spread = rows if rows.placed_by else replace(rows, placed_by=None)
    _, moves = spread.placed(frozenset({rows.values["", dist_key]}), f"written by {dist_key}")
    return costs + Costs(moves=moves)


@lru_cache(maxsize=64)
def _parsed(select: str) -> sge.Expression:
    """Return the tree of a SELECT, which nothing changes: a view is read by several models."""
    try:
        return sqlglot.parse_one(select, read="redshift")
    except SqlglotError as error:
        raise CompileError("What it costs cannot be counted: its SQL cannot be read.") from error


def _query(tree: sge.Expression, names: Names) -> tuple[Rows, Costs]:
    """Return the rows of a SELECT or a set operation, by column name, and what they cost."""
    names, costs = _with(tree, names)
    if isinstance(tree, sge.Subquery | sge.Paren):
        rows, more = _query(tree.this, names)
    elif isinstance(tree, sge.SetOperation):
        rows, more = _set_operation(tree, names)
    else:
        rows, more = _select(tree, names)
    return rows, costs + more + _order(tree, rows)


def _with(tree: sge.Expression, names: Names) -> tuple[Names, Costs]:
    """Return what a query can read, its own WITH queries included, and what these cost."""
    costs = Costs()
    for query in tree.args["with_"].expressions if tree.args.get("with_") else ():
        rows, more = _query(query.this, names)
        names, costs = names.adding(query.alias, rows), costs + more
    return names, costs


def _set_operation(tree: sge.SetOperation, names: Names) -> tuple[Rows, Costs]:
    (left, costs), (right, more) = (_query(side, names) for side in (tree.left, tree.right))
    rows, costs = united([left, right]), costs + more
    if isinstance(tree, sge.Union) and not tree.args.get("distinct"):
        return rows, costs
    rows, moves = rows.placed(frozenset(rows.values.values()), f"{tree.key.upper()} of distinct rows")
    return rows, costs + Costs(moves=moves, distincts=(f"rows of {tree.key.upper()}",))


def _select(tree: sge.Expression, names: Names) -> tuple[Rows, Costs]:
    rows, costs = _from(tree, names)
    computed: dict[str, Value] = {}
    rows, more = _where(tree, rows, computed, names)
    costs += more
    rows, more = _grouped(tree, rows, computed, names)
    costs += more
    rows, more = _windows(tree, rows, computed)
    costs += more
    result = _projected(tree, rows, computed)
    if tree.args.get("distinct"):
        by = frozenset(result.values.values())
        result, moves = result.placed(by, "DISTINCT")
        result = replace(result, are_few=result.are_few or _are_few(by, names))
        costs += Costs(moves=moves, distincts=("rows",))
    return result, costs


def _order(tree: sge.Expression, result: Rows) -> Costs:
    """Return the sort of a result."""
    if not tree.args.get("order"):
        return Costs()
    keys = keys_text(tree.args["order"].expressions)
    return Costs(sorts=(f"ORDER BY {keys}",), widest_sort=sum(result.widths.values()))


def _from(tree: sge.Expression, names: Names) -> tuple[Rows, Costs]:
    """Return the rows of FROM with its joins; a SELECT without FROM has one row."""
    if not tree.args.get("from_"):
        return Rows(are_few=True), Costs()
    rows, costs = _relation(tree.args["from_"].this, names)
    for join in tree.args.get("joins") or ():
        right, more = _relation(join.this, names)
        costs += more
        condition, using = join.args.get("on"), join.args.get("using") or ()
        columns = [sge.column(name.name) for name in using]
        pairs = [(value_of(column, rows, {}), value_of(column, right, {})) for column in columns]
        pairs += equal_pairs(condition, rows, right)
        if not join.side and tree.args.get("where"):
            pairs += equal_pairs(tree.args["where"].this, rows, right)
        at = f"{join.this.name or 'a subquery'} ON {keys_text(columns) or equal_names(condition, rows, right)}"
        rows, movement = joined(rows, right, pairs, join.side, at)
        costs += Costs(joins=(movement,))
    return rows, costs


def _relation(tree: sge.Expression, names: Names) -> tuple[Rows, Costs]:
    """Return the rows of a table, view, WITH query or subquery, under its name in FROM."""
    if isinstance(tree, sge.Subquery):
        rows, costs = _query(tree.this, names)
        return rows.with_alias(tree.alias), costs
    name = ".".join(part.name for part in tree.parts) if isinstance(tree, sge.Table) else ""
    if name in names.queries:
        return names.queries[name].read_again().with_alias(tree.alias_or_name), Costs()
    stored = names.stored.get(name)
    if stored is None:
        return Rows(), Costs(scans=(name,))
    if stored.select:
        rows, costs = _query(_parsed(stored.select), replace(names, queries={}))
        return rows.with_alias(tree.alias_or_name), costs
    keys = _key_names(names.stored)
    values = {("", column): Value(is_key=column in keys) for column in stored.widths}
    placed_by = frozenset({values["", stored.dist_key]}) if stored.dist_key else None
    are_few = stored.is_of_groups and names.has_few_groups
    rows = Rows(values, {("", column): width for column, width in stored.widths.items()}, placed_by, are_few)
    return rows.with_alias(tree.alias_or_name), Costs(scans=(name,))


def _key_names(stored: Stored) -> frozenset[str]:
    """Return the names of all keys: a column that refers to another table's rows has the name of its key."""
    return frozenset(name for relation in stored.values() for name in (relation.dist_key, relation.key) if name)


def _where(tree: sge.Expression, rows: Rows, computed: dict[str, Value], names: Names) -> tuple[Rows, Costs]:
    """Return the rows that meet the conditions: a query in an expression is a join that adds no row.

    EXISTS and IN are joins, and so is a query for one value that refers to the columns of the outer query.
    """
    costs = Costs()
    for query in _nested_queries(tree):
        parent = _condition_of(query)
        if isinstance(parent, sge.In):
            inner, more = _query(query, names)
            columns = parent.this.expressions if isinstance(parent.this, sge.Tuple) else [parent.this]
            looked_up = [value_of(column, rows, computed) for column in columns]
            pairs = list(zip(looked_up, inner.values.values(), strict=False))
        else:
            inner, more, pairs = _correlated(query, rows, names)
        costs += more
        if pairs or isinstance(parent, sge.Exists | sge.In):
            at = "a query for one value" if not isinstance(parent, sge.Exists | sge.In) else parent.key.upper()
            matched, movement = joined(rows, inner, pairs, "LEFT", at)
            rows, costs = replace(rows, placed_by=matched.placed_by), costs + Costs(joins=(movement,))
    return rows, costs


def _correlated(query: sge.Expression, rows: Rows, names: Names) -> tuple[Rows, Costs, list[Pair]]:
    """Return the rows that a nested query reads, its costs, and what it compares with columns of the outer ``rows``.

    What it selects does not matter where it is grouped by these columns, as Redshift groups it to join it.
    """
    where = query.args.get("where")
    if not isinstance(query, sge.Select) or not query.args.get("from_"):
        return (*_query(query, names), [])
    readable, costs = _with(query, names)
    inner, more = _from(query, readable)
    pairs = list(equal_pairs(where.this if where else None, rows, inner))
    if not pairs and not isinstance(_condition_of(query), sge.Exists):
        return (*_query(query, names), [])
    inner, most = _where(query, inner, {}, readable)
    return inner, costs + more + most, pairs


def _condition_of(query: sge.Expression) -> sge.Expression:
    """Return what a query is a part of: EXISTS, IN, or an expression that takes its one value."""
    parent = query.parent
    while isinstance(parent, sge.Subquery | sge.Paren):
        parent = parent.parent
    return parent or query


def _nested_queries(tree: sge.Expression) -> Iterator[sge.Expression]:
    """Yield the queries within the expressions of a SELECT, not those that it reads from."""
    conditions = [join.args["on"] for join in tree.args.get("joins") or () if join.args.get("on")]
    for part in ("expressions", "where", "having", "qualify"):
        value = tree.args.get(part)
        conditions += value if isinstance(value, list) else [value] if value else []
    for node in conditions:
        yield from _nodes_within(node, QUERIES)


def _grouped(tree: sge.Expression, rows: Rows, computed: dict[str, Value], names: Names) -> tuple[Rows, Costs]:
    """Return the groups; all rows in one group give one row."""
    group = tree.args.get("group")
    keys = [_position(key, tree) for key in group.expressions] if group else []
    aggregates = [node for node in _nodes_of(tree, sge.AggFunc) if not _is_windowed(node)]
    if not keys and not aggregates:
        return rows, Costs()
    counted = [node.expressions for node in _nodes_of(tree, sge.Distinct) if node.expressions]
    distinct = tuple(dict.fromkeys(map(keys_text, counted)))
    if not keys:
        moves = _counted_once(counted, rows, computed)
        return replace(rows, are_few=True), Costs(moves=moves, distincts=distinct)
    by = frozenset(value_of(key, rows, computed) for key in keys)
    rows, moves = rows.placed(by, f"GROUP BY {keys_text(keys)}")
    rows = replace(rows, are_few=rows.are_few or _are_few(by, names))
    return rows, Costs(moves=moves, distincts=distinct)


def _counted_once(
    counted: Iterable[Sequence[sge.Expression]], rows: Rows, computed: dict[str, Value]
) -> tuple[Movement, ...]:
    """Return what has to move so that each value of all rows is counted by one slice."""
    by = {frozenset(value_of(key, rows, computed) for key in keys): keys_text(keys) for keys in counted}
    return tuple(move for values, text in by.items() for move in rows.placed(values, f"DISTINCT {text}")[1])


def _are_few(by: Values, names: Names) -> bool:
    """Return whether groups of these values are a few rows."""
    return names.has_few_groups and not any(value.is_key for value in by)


def _is_windowed(function: sge.AggFunc) -> bool:
    parent = function.parent
    return isinstance(parent.parent if isinstance(parent, sge.IgnoreNulls) else parent, sge.Window)


def _windows(tree: sge.Expression, rows: Rows, computed: dict[str, Value]) -> tuple[Rows, Costs]:
    """Return the rows after their window functions: one sort for each order within the same rows."""
    windows = {window.sql(): window for window in _nodes_of(tree, sge.Window)}
    costs = Costs(windows=tuple(window.this.sql() for window in windows.values()))
    specifications = {tuple(key.sql() for key in keys): keys for keys in map(_sort_keys, windows.values())}
    width = sum(column_width(column, rows) for column in {c.sql(): c for c in _nodes_of(tree, sge.Column)}.values())
    for partition in dict.fromkeys(_partition(window) for window in windows.values()):
        by: Values = frozenset(value_of(key, rows, computed) for key in partition)
        at = f"window over {keys_text(partition)}" if partition else "window over all rows, on one slice"
        rows, moves = rows.placed(by, at)
        costs += Costs(moves=moves)
    sorts = tuple(keys_text(keys) for keys in specifications.values() if keys)
    return rows, costs + Costs(sorts=sorts, widest_sort=width if sorts else 0)


def _partition(window: sge.Window) -> tuple[sge.Expression, ...]:
    return tuple(window.args.get("partition_by") or ())


def _sort_keys(window: sge.Window) -> list[sge.Expression]:
    """Return the keys by which the rows of a window are sorted."""
    order = window.args.get("order")
    return [*_partition(window), *(order.expressions if order else ())]


def _projected(tree: sge.Expression, rows: Rows, computed: dict[str, Value]) -> Rows:
    """Return the columns of the result; a SELECT of * passes all of them on."""
    values: dict[Key, Value] = {}
    widths: dict[Key, int] = {}
    for position, expression in enumerate(tree.expressions):
        if expression.is_star:
            table = expression.args["table"].name if isinstance(expression, sge.Column) else ""
            columns = [key for key in rows.values if table in ("", key[0])]
            values |= {("", key[1]): rows.values[key] for key in columns}
            widths |= {("", key[1]): rows.widths[key] for key in columns}
            continue
        key = ("", expression.alias_or_name or str(position))
        values[key] = value_of(expression.unalias(), rows, computed)
        widths[key] = width_of(expression.unalias(), lambda column: column_width(column, rows))
    return replace(rows, values=values, widths=widths)


def _position(key: sge.Expression, tree: sge.Expression) -> sge.Expression:
    """Return the expression that a number in GROUP BY stands for."""
    is_number = isinstance(key, sge.Literal) and not key.is_string
    return tree.expressions[int(key.name) - 1].unalias() if is_number else key


def _nodes_of(tree: sge.Expression, kind: type[T]) -> Iterator[T]:
    """Yield the nodes of a kind in the SELECT list, HAVING and QUALIFY, not those of nested queries."""
    for part in ("expressions", "having", "qualify"):
        value = tree.args.get(part)
        for node in value if isinstance(value, list) else [value] if value else []:
            yield from _nodes_within(node, kind)


def _nodes_within(node: sge.Expression, kind: type[T] | tuple[type[T], ...]) -> Iterator[T]:
    if isinstance(node, kind):
        yield node
    if isinstance(node, QUERIES):
        return
    for child in node.iter_expressions():
        yield from _nodes_within(child, kind)
