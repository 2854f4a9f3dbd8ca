"""Check that what a grouped query returns is one value per group.

https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_clause.html and c_Aggregate_Functions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.expressions import (
    GROUPINGS,
    LEAVES,
    QUERIES,
    WINDOW_ONLY,
    Contents,
    inner_call,
    is_aggregate,
    name_of,
)
from marketing_ibis.engines.redshift.gate.scopes.relations import Outputs, Relation, Scope
from marketing_ibis.engines.redshift.gate.scopes.sources import fold, star_outputs

Structure = tuple[object, ...]
IGNORED = frozenset({"join_mark", "big_int", "quoted", "copy"})
Complaint = tuple[Refusal, sge.Expression]


def structure(node: object, owners: Mapping[int, str], *, is_loose: bool = False) -> Structure:
    """Return what an expression computes, for comparison; a loose structure ignores the relations of its columns."""
    if isinstance(node, sge.Column):
        table = None if is_loose else owners.get(id(node)) or fold(node.table)
        return ("column", table, fold(node.name))
    if isinstance(node, sge.Paren):
        return structure(node.this, owners, is_loose=is_loose)
    if isinstance(node, sge.Identifier):
        return (fold(node.name),)
    if isinstance(node, sge.Expression):
        parts = [
            (part, structure(value, owners, is_loose=is_loose))
            for part, value in node.args.items()
            if value and part not in IGNORED
        ]
        return (type(node).__name__, *parts)
    if isinstance(node, list):
        return tuple(structure(value, owners, is_loose=is_loose) for value in node)
    return (str(node),)


@dataclass(slots=True)
class Grouping:
    """What a query groups its rows by: places in its list, columns by name, and expressions."""

    PAGE: ClassVar[str] = "r_GROUP_BY_clause.html"

    scope: Scope
    owners: Mapping[int, str]
    is_all: bool = False
    places: set[int] = field(default_factory=set)
    columns: dict[str, set[str | None]] = field(default_factory=dict)
    structures: set[Structure] = field(default_factory=set)
    wrong_keys: list[Complaint] = field(default_factory=list)
    sources: Mapping[int, Relation] = field(default_factory=dict)

    @classmethod
    def of(cls, select: sge.Select, scope: Scope, owners: Mapping[int, str]) -> Grouping:
        """Return what a SELECT groups by; nothing where it has aggregates alone."""
        grouping = cls(scope, owners)
        group = select.args.get("group")
        if group is not None:
            grouping.is_all = bool(group.args.get("all"))
            for key in cls.keys_of(group):
                grouping._add_key(key, select)
        return grouping

    @staticmethod
    def keys_of(group: sge.Group) -> list[sge.Expression]:
        """Return the values that rows are grouped by, out of lists and sets of them, too."""
        waiting = [*group.expressions]
        for part in ("grouping_sets", "cube", "rollup"):
            waiting += [value for value in group.args.get(part) or () if isinstance(value, sge.Expression)]
        keys: list[sge.Expression] = []
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, sge.GroupingSets | sge.Cube | sge.Rollup | sge.Tuple):
                waiting = [*node.expressions, *waiting]
            elif isinstance(node, sge.Paren):
                waiting.insert(0, node.this)
            else:
                keys.append(node)
        return keys

    def _add_key(self, key: sge.Expression, select: sge.Select) -> None:
        items = select.expressions
        if isinstance(key, sge.Literal) and key.is_int:
            place = int(key.name)
            has_star = any(item.is_star for item in items[:place])
            if not has_star and not 0 < place <= len(items):
                reason = f"the list has {len(items)} columns"
                refusal = Refusal(f"GROUP BY {place}", reason, f"a number up to {len(items)}", self.PAGE)
                self.wrong_keys.append((refusal, key))
            elif not has_star:
                self.places.add(place - 1)
                self._add_value(items[place - 1].unalias())
                self._check_item(items[place - 1])
            else:
                self.is_all = True
            return
        if isinstance(key, sge.Literal | sge.Null | sge.Boolean) or (isinstance(key, sge.Neg) and key.is_number):
            refusal = Refusal("GROUP BY a constant", "it groups by columns and expressions", "a column", self.PAGE)
            self.wrong_keys.append((refusal, key))
            return
        self._add_value(key)
        if isinstance(key, sge.Column) and not key.table and not self.scope.owners(fold(key.name)):
            for place, item in enumerate(items):
                if isinstance(item, sge.Alias) and fold(item.alias) == fold(key.name):
                    self.places.add(place)
                    self._add_value(item.this)
                    self._check_item(item)

    def _check_item(self, item: sge.Expression) -> None:
        value = item.unalias()
        for node in _outside_queries(value):
            if isinstance(node, sge.Window):
                reason = "it is computed from the groups"
                refusal = Refusal("a window function in GROUP BY", reason, "a derived table", "c_Window_functions.html")
                self.wrong_keys.append((refusal, node))
                return
            if is_aggregate(node):
                refusal = Refusal("an aggregate in GROUP BY", "it is computed per group", "a column", self.PAGE)
                self.wrong_keys.append((refusal, node))
                return

    def _add_value(self, value: sge.Expression) -> None:
        if isinstance(value, sge.Column):
            owner = self.owners.get(id(value)) or fold(value.table) or None
            self.columns.setdefault(fold(value.name), set()).add(owner)
        elif not isinstance(value, sge.Literal):
            self.structures.add(structure(value, self.owners))
            self.structures.add(structure(value, self.owners, is_loose=True))

    def has_column(self, column: sge.Column) -> bool:
        """Return whether rows are grouped by a column, or it belongs to a query around this one."""
        name, table = fold(column.name), fold(column.table)
        owner = self.owners.get(id(column)) or table or None
        owners = self.columns.get(name)
        if owners is not None and (owner is None or owner in owners or None in owners):
            return True
        if table:
            return table not in self.scope.names
        if name in self.scope.merged and name in self.columns:
            return True
        if name in self.scope.aliases and not self.scope.owners(name):
            return True
        return owner is None and not self.scope.is_open and not self.scope.owners(name)

    def has(self, node: sge.Expression) -> bool:
        """Return whether rows are grouped by an expression."""
        if not self.structures or isinstance(node, sge.Column | sge.Literal):
            return False
        return (
            structure(node, self.owners) in self.structures
            or structure(node, self.owners, is_loose=True) in self.structures
        )


def check_grouping(
    select: sge.Select, grouping: Grouping, outputs: Outputs, sources: Mapping[int, Relation]
) -> Iterator[Complaint]:
    """Yield the columns of a grouped query that are neither grouped by nor aggregated."""
    grouping.sources = sources
    yield from grouping.wrong_keys
    if grouping.is_all:
        return
    for place, item in enumerate(select.expressions):
        if place not in grouping.places:
            yield from _check_value(item, grouping)
    output_names = {output.name for output in outputs or ()}
    for part in ("having", "qualify", "order"):
        clause = select.args.get(part)
        if clause is None:
            continue
        for value in clause.expressions if part == "order" else [clause.this]:
            key = value.this if isinstance(value, sge.Ordered) else value
            is_output = isinstance(key, sge.Column) and not key.table and fold(key.name) in output_names
            if not (part == "order" and (key.is_int or is_output)):
                yield from _check_value(key, grouping, sees_aliases=part != "having")


def _check_value(value: sge.Expression, grouping: Grouping, *, sees_aliases: bool = True) -> Iterator[Complaint]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind in LEAVES and kind is not sge.Star:
            continue
        if kind is sge.Star or (kind is sge.Column and type(node.this) is sge.Star):
            yield from _check_star(node, grouping)
        elif kind is sge.Column:
            if not sees_aliases and not node.table and fold(node.name) in grouping.scope.aliases:
                if not grouping.columns.get(fold(node.name)):
                    yield _alias_refusal(node), node
            elif not grouping.has_column(node):
                yield _ungrouped_refusal(node), node
        elif grouping.has(node):
            continue
        elif isinstance(node, sge.Func) and name_of(node) in GROUPINGS:
            yield from _check_grouping_call(node, grouping)
        elif kind in QUERIES:
            yield from _check_subquery(node, grouping)
        elif is_aggregate(inner_call(node)) and kind is not sge.Window:
            continue
        elif kind is sge.Window:
            function = inner_call(node)
            waiting += [*function.iter_expressions(), *(node.args.get("partition_by") or [])]
            waiting += [node.args["order"]] if node.args.get("order") is not None else []
        else:
            waiting += node.iter_expressions()


def _check_subquery(query: sge.Expression, grouping: Grouping) -> Iterator[Complaint]:
    """Yield the columns of the grouped query that a subquery reads row by row."""
    waiting = [query]
    while waiting:
        node = waiting.pop()
        if isinstance(node, sge.Column):
            source = grouping.sources.get(id(node))
            is_own = source is not None and any(source is relation for relation in grouping.scope.relations)
            if is_own and not grouping.has_column(node):
                yield _ungrouped_refusal(node), node
        elif not is_aggregate(node):
            waiting += node.iter_expressions()


def _check_star(star: sge.Expression, grouping: Grouping) -> Iterator[Complaint]:
    columns = star_outputs(star, grouping.scope)
    for column in columns or ():
        if column.name not in grouping.columns:
            break
    else:
        if columns is not None:
            return
    yield Refusal("a star next to an aggregate", "its columns are not grouped by", "their names", Grouping.PAGE), star


def _check_grouping_call(call: sge.Expression, grouping: Grouping) -> Iterator[Complaint]:
    for argument in call.expressions or [call.this]:
        values = argument.expressions if isinstance(argument, sge.Tuple) else [argument]
        for value in values:
            is_grouped = grouping.has_column(value) if isinstance(value, sge.Column) else grouping.has(value)
            if not is_grouped:
                construct = f"{name_of(call)}({value.sql(dialect='redshift')})"
                page = "r_GROUP_BY_aggregation-extensions.html"
                yield Refusal(construct, "rows are not grouped by it", "a value of GROUP BY", page), value


def _ungrouped_refusal(column: sge.Column) -> Refusal:
    name = f"{column.table}.{column.name}" if column.table else column.name
    reason = "it is neither grouped by nor aggregated"
    return Refusal(f"column {name}", reason, f"GROUP BY {name}, or MAX({name})", Grouping.PAGE)


def _alias_refusal(column: sge.Column) -> Refusal:
    reason = "HAVING reads no aliases"
    return Refusal(f"{column.name} in HAVING", reason, "the expression itself", "r_HAVING_clause.html")


def _outside_queries(value: sge.Expression) -> Iterator[sge.Expression]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if type(node) not in QUERIES:
            yield node
            waiting += node.iter_expressions()


WITHIN_GROUP_NEEDED = frozenset({"PERCENTILE_CONT", "PERCENTILE_DISC"})


def _sort_keys(node: sge.Expression) -> int:
    order = node.args.get("expression")
    return len(order.expressions) if isinstance(order, sge.Order) else 0


def check_missing_clauses(contents: Contents) -> Iterator[Refusal]:
    """Yield the functions that lack OVER or WITHIN GROUP."""
    for call in contents.calls:
        name = name_of(call)
        if name in WINDOW_ONLY:
            yield Refusal(
                f"{name} without OVER", "it is a window function", f"{name} OVER (...)", "c_Window_functions.html"
            )
        elif name in WITHIN_GROUP_NEEDED and not isinstance(call.parent, sge.WithinGroup):
            instead = f"{name}(0.5) WITHIN GROUP (ORDER BY x)"
            yield Refusal(f"{name} without WITHIN GROUP", "it needs an order", instead, f"r_{name}.html")
    for node in contents.sorting:
        name = name_of(node.this) if isinstance(node, sge.WithinGroup) else ""
        if name and name not in WITHIN_GROUP_NEEDED | {"LISTAGG", "ST_COLLECT"}:
            page = "c_Aggregate_Functions.html"
            yield Refusal(f"{name} WITHIN GROUP", "it takes no order", f"{name} without it", page)
        elif name in WITHIN_GROUP_NEEDED and _sort_keys(node) != 1:
            yield Refusal(f"the order of {name}", "it sorts by one value", "one value", f"r_{name}.html")
    for call in contents.window_calls:
        name = name_of(call)
        if name in WITHIN_GROUP_NEEDED and not isinstance(call.parent, sge.WithinGroup):
            instead = f"{name}(0.5) WITHIN GROUP (ORDER BY x) OVER (...)"
            yield Refusal(f"{name} without WITHIN GROUP", "it needs an order", instead, f"r_WF_{name}.html")


def check_where(select: sge.Select, scope: Scope) -> Iterator[Complaint]:
    """Yield the names in WHERE that are aggregates of the list, and of no column that is known."""
    names = {
        fold(item.alias)
        for item in select.expressions
        if isinstance(item, sge.Alias) and any(_is_after_where(node) for node in _outside_queries(item.this))
    }
    if not names:
        return
    read = {fold(column.name) for item in select.expressions for column in item.find_all(sge.Column)}
    for node in _outside_queries(select.args["where"].this):
        name = fold(node.name) if isinstance(node, sge.Column) and not node.table else ""
        if name in names and name not in read and not scope.owners(name):
            reason = "it is computed after WHERE"
            yield Refusal(f"{name} in WHERE", reason, f"HAVING, or t.{name} for a column", "r_WHERE_clause.html"), node


def _is_after_where(node: sge.Expression) -> bool:
    return isinstance(node, sge.Window) or is_aggregate(node)
