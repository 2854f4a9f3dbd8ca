"""Resolve a query from the inside out: what each of its parts can name, and how many columns it returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.arguments import check_call, check_condition, check_operator
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.columns import ColumnResolver
from marketing_ibis.engines.redshift.gate.scopes.expressions import Contents, contents
from marketing_ibis.engines.redshift.gate.scopes.grouping import (
    Grouping,
    aggregates_outside,
    check_grouping,
    check_where,
)
from marketing_ibis.engines.redshift.gate.scopes.ordering import check_order, check_set_order
from marketing_ibis.engines.redshift.gate.scopes.recursion import check_recursion
from marketing_ibis.engines.redshift.gate.scopes.relations import Output, Outputs, Relation, Schemas, Scope
from marketing_ibis.engines.redshift.gate.scopes.sources import (
    PAGE,
    array_of,
    check_width,
    fold,
    merge_columns,
    renamed_columns,
    star_outputs,
    stored_relation,
)
from marketing_ibis.engines.redshift.gate.value_types import merged_type, type_of
from marketing_ibis.engines.redshift.gate.windows import check_sorted_aggregates

WITH_PAGE = "r_WITH_clause.html"
Complaint = tuple[Refusal, sge.Expression]
Named = Mapping[str, Relation]
"""The queries of WITH that are in reach."""


class QueryResolver:
    """Resolve the names of one statement; what is wrong with it is in ``complaints``."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.complaints: list[Complaint] = []
        self.columns = ColumnResolver()

    def _note(self, refusals: Iterable[Refusal], node: sge.Expression) -> None:
        for refusal in refusals:
            self.complaints.append((refusal, node))

    def outputs(self, query: sge.Expression, named: Named, outer: Scope | None) -> Outputs:
        """Resolve a query and return the columns that it has."""
        named = self._with(query, named, outer)
        if isinstance(query, sge.Subquery):
            outputs = self.outputs(query.this, named, outer)
            if query.args.get("order"):
                self._note(check_set_order(query.args["order"], outputs), query)
            return outputs
        if isinstance(query, sge.SetOperation):
            return self._set_operation(query, named, outer)
        if isinstance(query, sge.Select):
            return self._select(query, named, outer)
        return None

    def _with(self, query: sge.Expression, named: Named, outer: Scope | None) -> Named:
        clause = query.args.get("with_")
        if clause is None:
            return named
        own: set[str] = set()
        for cte in clause.expressions:
            name = fold(cte.alias)
            columns = renamed_columns(cte)
            if name in own:
                self._note([Refusal(f"{name} twice in WITH", "its names are unique", "another name", WITH_PAGE)], cte)
            own.add(name)
            inner = dict(named)
            if clause.args.get("recursive"):
                inner[name] = Relation(name, [Output(column) for column in columns] if columns else None)
                self._note(check_recursion(cte.this, name), cte)
            relation = Relation(name, self.outputs(cte.this, inner, outer))
            self._note(check_width(relation, columns, WITH_PAGE), cte)
            named = {**named, name: relation.renamed(name, columns)}
        return named

    def _set_operation(self, query: sge.SetOperation, named: Named, outer: Scope | None) -> Outputs:
        """Resolve the operands; a chain of them may be thousands long."""
        operands: list[sge.Expression] = []
        node: sge.Expression = query
        while isinstance(node, sge.SetOperation) and (node is query or not node.args.get("with_")):
            operands.append(node.expression)
            node = node.this
        outputs = self.outputs(node, named, outer)
        for operand in reversed(operands):
            others = self.outputs(operand, named, outer)
            if outputs is None or others is None:
                outputs = outputs or others
                continue
            if len(outputs) != len(others):
                name = type(query).__name__.upper()
                reason = f"its sides have {len(outputs)} and {len(others)} columns"
                self._note([Refusal(name, reason, "as many columns on both sides", "r_UNION.html")], operand)
                continue
            outputs = [
                Output(one.name, merged_type(one.type, other.type)) for one, other in zip(outputs, others, strict=True)
            ]
        if query.args.get("order"):
            self._note(check_set_order(query.args["order"], outputs), query)
        return outputs

    # One SELECT

    def _select(self, select: sge.Select, named: Named, outer: Scope | None) -> Outputs:
        scope = self._from(select, named, outer)
        for clause in ("where", "connect"):
            node = select.args.get(clause)
            if node is not None:
                self._condition(node, scope, named, clause.upper())
        if select.args.get("where") is not None:
            self.complaints += check_where(select, scope)
        outputs, listed = self._items(select, scope, named)
        having, qualify, order = (select.args.get(part) for part in ("having", "qualify", "order"))
        after = [self._expression(having.this, scope, named)] if having is not None else []
        if having is not None:
            self._note(check_condition(having.this, self.columns.types, "HAVING"), having)
        if qualify is not None:
            after.append(self._expression(qualify.this, scope, named, sees_aliases=True))
        group = select.args.get("group")
        if group is not None:
            self._group(group, select, scope, named)
        if order is not None:
            after += self._order(order, select, scope, named, outputs)
        self._note(check_sorted_aggregates(call for found in (*listed, *after) for call in found.sorting), select)
        if (
            group is not None
            or having is not None
            or any(found.aggregates or found.groupings for found in (*listed, *after))
        ):
            grouping = Grouping.of(select, scope, self.columns.owners)
            self.complaints += check_grouping(select, grouping, outputs, self.columns.sources)
        return outputs

    def _items(self, select: sge.Select, scope: Scope, named: Named) -> tuple[Outputs, list[Contents]]:
        outputs: list[Output] | None = []
        listed: list[Contents] = []
        for item in select.expressions:
            if item.is_star and isinstance(item, sge.Star | sge.Column):
                self._note(_check_star(item, scope), item)
                columns = star_outputs(item, scope)
                outputs = None if outputs is None or columns is None else [*outputs, *columns]
                continue
            listed.append(self._expression(item, scope, named, sees_aliases=True))
            name = fold(item.alias_or_name)
            value = item.this if isinstance(item, sge.Alias) else item
            kind = type_of(value, self.columns.types)
            if isinstance(item, sge.Alias):
                scope.aliases.setdefault(name, value)
                scope.types[name] = kind
            if outputs is not None:
                outputs.append(Output(name, kind))
        return outputs, listed

    def _expression(self, node: sge.Expression, scope: Scope, named: Named, *, sees_aliases: bool = False) -> Contents:
        found = contents(node)
        for column in found.columns:
            self._note(self.columns.resolve(column, scope, sees_aliases=sees_aliases), column)
        for query, width, operator in found.subqueries:
            outputs = self.outputs(query, named, scope)
            if width and outputs is not None and len(outputs) != width:
                reason = f"it returns {len(outputs)} columns, not {width}"
                place = "a subquery as a value" if operator == "value" else f"the subquery of {operator}"
                self._note([Refusal(place, reason, "one column", "r_Subquery_examples.html")], query)
            if operator == "value" and outputs is not None and len(outputs) == 1 and outputs[0].type is not None:
                self.columns.types[id(query)] = outputs[0].type
        for call in found.nested:
            self._note(_check_nested(call), call)
        for call in (*found.calls, *found.window_calls):
            self._note(check_call(call, self.columns.types), call)
        for operator_node in found.operators:
            self._note(check_operator(operator_node, self.columns.types), operator_node)
        self._note(aggregates_outside(found), node)
        return found

    def _condition(self, node: sge.Expression, scope: Scope, named: Named, place: str) -> None:
        found = self._expression(node, scope, named)
        if place != "CONNECT":
            value = node.this if isinstance(node, sge.Where) else node
            self._note(check_condition(value, self.columns.types, place), node)
        for call in found.aggregates:
            page = "r_WHERE_clause.html" if place == "WHERE" else PAGE
            refusal = Refusal(f"an aggregate in {place}", "rows are not grouped there yet", "HAVING", page)
            self._note([refusal], call)

    def _group(self, group: sge.Group, select: sge.Select, scope: Scope, named: Named) -> None:
        for key in Grouping.keys_of(group):
            if key.is_int:
                continue
            is_alias = isinstance(key, sge.Column) and not key.table and fold(key.name) in scope.aliases
            found = self._expression(key, scope, named, sees_aliases=is_alias)
            for call in found.aggregates:
                refusal = Refusal("an aggregate in GROUP BY", "it is computed per group", "a column", Grouping.PAGE)
                self._note([refusal], call)

    def _order(
        self, order: sge.Order, select: sge.Select, scope: Scope, named: Named, outputs: Outputs
    ) -> Iterable[Contents]:
        listed = {output.name for output in outputs or ()}
        for ordered in order.expressions:
            key = ordered.this if isinstance(ordered, sge.Ordered) else ordered
            is_listed = isinstance(key, sge.Column) and not key.table and fold(key.name) in listed
            if not key.is_int and not is_listed:
                yield self._expression(key, scope, named, sees_aliases=outputs is None)
        self._note(check_order(order, select, outputs, self.columns.owners), order)

    # FROM

    def _from(self, select: sge.Select, named: Named, outer: Scope | None) -> Scope:
        scope = Scope(outer)
        source = select.args.get("from_")
        if source is not None:
            self._add(source.this, scope, scope, named, outer)
        tree = scope
        for join in select.args.get("joins") or ():
            if not any(join.args.get(part) for part in ("on", "using", "kind", "side", "method")):
                # After a comma, ON reads only what is joined after it.
                tree = Scope(outer)
            self._join(join, scope, tree, named, outer)
        return scope

    def _join(self, join: sge.Join, scope: Scope, tree: Scope, named: Named, outer: Scope | None) -> None:
        left = list(tree.relations)
        right = self._add(join.this, scope, tree, named, outer)
        self._note(merge_columns(join, left, right, tree), join)
        if tree is not scope:
            for name, relations in tree.merged.items():
                scope.merged.setdefault(name, set()).update(relations)
        on = join.args.get("on")
        if on is not None:
            self._condition(on, tree, named, "ON")
            if (join.side or "").upper() == "FULL":
                self._note(_check_full_join(on, right, self.columns.owners), join)

    def _add(self, node: sge.Expression, scope: Scope, tree: Scope, named: Named, outer: Scope | None) -> Relation:
        """Bring an operand of FROM or JOIN into reach, and return its last relation."""
        if isinstance(node, sge.Subquery) and isinstance(node.this, sge.Table) and not node.alias:
            return self._add(node.this, scope, tree, named, outer)
        relation = self._relation(node, scope, named, outer)
        for reach in {id(scope): scope, id(tree): tree}.values():
            if not reach.add(relation) and reach is scope:
                self._doubled(node, relation, scope)
        for join in node.args.get("joins") or ():
            self._join(join, scope, tree, named, outer)
        return relation

    def _relation(self, node: sge.Expression, scope: Scope, named: Named, outer: Scope | None) -> Relation:
        alias, columns = fold(node.alias), renamed_columns(node)
        if isinstance(node, sge.Table):
            relation = stored_relation(node, named, self.schemas, scope)
        elif isinstance(node, sge.Subquery):
            relation = Relation(alias, self.outputs(node.this, self._with(node, named, outer), outer))
        else:
            values, names = array_of(node)
            for value in values:
                self._expression(value, scope, named)
            for name in names[1:]:
                scope.add(Relation(name, is_value=True))
            return Relation(names[0] if names else "", is_value=True)
        self._note(check_width(relation, columns, PAGE), node)
        pivots = node.args.get("pivots")
        if pivots:
            return Relation(fold(pivots[-1].alias) or relation.name)
        return relation.renamed(relation.name, columns) if columns else relation

    def _doubled(self, node: sge.Expression, relation: Relation, scope: Scope) -> None:
        other = scope.names[relation.name]
        if relation.place is not None and other.place not in (None, relation.place):
            # Tables of several schemas may share a name; it is then unknown whose columns are read.
            scope.names[relation.name] = Relation(relation.name)
            scope.is_open = True
            return
        construct, reason = f"{relation.name} twice in FROM", "the name of a relation is unique there"
        self._note([Refusal(construct, reason, "another alias", PAGE)], node)


def _check_star(star: sge.Expression, scope: Scope) -> Iterator[Refusal]:
    table = fold(star.args["table"].name) if isinstance(star, sge.Column) and star.args.get("table") else ""
    if table and scope.relation(table) is None and not (scope.is_open and star.args.get("db")):
        yield Refusal(f"{table}.*", f"there is no {table} in FROM", "a relation of FROM", "r_SELECT_list.html")


def _check_nested(call: sge.Expression) -> Iterator[Refusal]:
    if isinstance(call, sge.Window):
        page = "c_Window_functions.html"
        yield Refusal("a window function in an aggregate", "they are computed after it", "a derived table", page)
    else:
        page = "c_Aggregate_Functions.html"
        yield Refusal("an aggregate in an aggregate", "they do not nest", "a derived table", page)


def _check_full_join(on: sge.Expression, right: Relation, owners: Mapping[int, str]) -> Iterator[Refusal]:
    """Yield a refusal where an equality of a FULL JOIN does not compare one side with the other."""
    for part in on.flatten() if isinstance(on, sge.And) else [on]:
        equality = part.unnest()
        if not isinstance(equality, sge.EQ):
            continue
        sides = [contents(side).columns for side in (equality.this, equality.expression)]
        names = [{owners.get(id(column)) for column in side} for side in sides]
        known = all(name is not None for side in names for name in side)
        if not all(sides) or (
            known and not ({right.name} in names and (right.name in names[0]) != (right.name in names[1]))
        ):
            reason = "each part compares a column of one side with one of the other"
            yield Refusal("the condition of a FULL JOIN", reason, "WHERE, or a union of joins", PAGE)
            return
