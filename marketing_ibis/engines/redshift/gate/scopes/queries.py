"""Resolve a query from the inside out: what each of its parts can name, and how many columns it returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.arguments import check_call
from marketing_ibis.engines.redshift.gate.common_types import describe_column_conflict
from marketing_ibis.engines.redshift.gate.nodes import conjuncts
from marketing_ibis.engines.redshift.gate.operators import check_condition, check_operator
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes import comparisons
from marketing_ibis.engines.redshift.gate.scopes.columns import ColumnResolver
from marketing_ibis.engines.redshift.gate.scopes.expressions import Contents, find_contents
from marketing_ibis.engines.redshift.gate.scopes.grouping import (
    Grouping,
    check_grouping,
    check_missing_clauses,
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
NamedQueries = Mapping[str, Relation]
"""The queries of WITH that are in reach."""


COLUMN_ALONE = Contents()
"""Of an expression that is a column: there is nothing more in it to check."""


class QueryResolver:
    """Resolve the names of one statement; what is wrong with it is in ``complaints``."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.complaints: list[Complaint] = []
        self.columns = ColumnResolver()

    def _note(self, refusals: Iterable[Refusal], node: sge.Expression) -> None:
        for refusal in refusals:
            self.complaints.append((refusal, node))

    def resolve(self, query: sge.Expression, named_queries: NamedQueries, outer: Scope | None) -> Outputs:
        """Resolve a query and return the columns that it has."""
        named_queries = self._resolve_with(query, named_queries, outer)
        if isinstance(query, sge.Subquery):
            outputs = self.resolve(query.this, named_queries, outer)
            if query.args.get("order"):
                self._note(check_set_order(query.args["order"], outputs), query)
            return outputs
        if isinstance(query, sge.SetOperation):
            return self._resolve_set_operation(query, named_queries, outer)
        if isinstance(query, sge.Select):
            return self._resolve_select(query, named_queries, outer)
        return None

    def _resolve_with(self, query: sge.Expression, named_queries: NamedQueries, outer: Scope | None) -> NamedQueries:
        clause = query.args.get("with_")
        if clause is None:
            return named_queries
        names: set[str] = set()
        for cte in clause.expressions:
            name = fold(cte.alias)
            columns = renamed_columns(cte)
            if name in names:
                self._note([Refusal(f"{name} twice in WITH", "its names are unique", "another name", WITH_PAGE)], cte)
            names.add(name)
            inner = dict(named_queries)
            if clause.args.get("recursive"):
                inner[name] = Relation(name, [Output(column) for column in columns] if columns else None)
                self._note(check_recursion(cte.this, name), cte)
            relation = Relation(name, self.resolve(cte.this, inner, outer))
            self._note(check_width(relation, columns, WITH_PAGE), cte)
            named_queries = {**named_queries, name: relation.rename(name, columns)}
        return named_queries

    def _resolve_set_operation(
        self, query: sge.SetOperation, named_queries: NamedQueries, outer: Scope | None
    ) -> Outputs:
        """Resolve the operands; a chain of them may be thousands long."""
        operands: list[sge.Expression] = []
        node: sge.Expression = query
        while isinstance(node, sge.SetOperation) and (node is query or not node.args.get("with_")):
            operands.append(node.expression)
            node = node.this
        outputs = self.resolve(node, named_queries, outer)
        for operand in reversed(operands):
            others = self.resolve(operand, named_queries, outer)
            if outputs is None or others is None:
                outputs = outputs or others
                continue
            if len(outputs) != len(others):
                name = type(query).__name__.upper()
                reason = f"its sides have {len(outputs)} and {len(others)} columns"
                self._note([Refusal(name, reason, "as many columns on both sides", "r_UNION.html")], operand)
                continue
            self._note(_check_columns(outputs, others, operand), operand)
            if not isinstance(operand.parent, sge.Union) or operand.parent.args.get("distinct"):
                self._note(comparisons.check_distinct(type(operand.parent).__name__.upper(), outputs), operand)
            outputs = [
                Output(left.name, merged_type(left.type, right.type))
                for left, right in zip(outputs, others, strict=True)
            ]
        if query.args.get("order"):
            self._note(check_set_order(query.args["order"], outputs), query)
        return outputs

    # One SELECT

    def _resolve_select(self, select: sge.Select, named_queries: NamedQueries, outer: Scope | None) -> Outputs:
        scope = self._resolve_from(select, named_queries, outer)
        for clause in ("where", "connect"):
            node = select.args.get(clause)
            if node is not None:
                self._resolve_condition(node, scope, named_queries, clause.upper())
        if select.args.get("where") is not None:
            self.complaints += check_where(select, scope)
        outputs, items = self._resolve_items(select, scope, named_queries)
        having, qualify, order = (select.args.get(part) for part in ("having", "qualify", "order"))
        after = [self._resolve_expression(having.this, scope, named_queries)] if having is not None else []
        if having is not None:
            self._note(check_condition(having.this, self.columns.types, "HAVING"), having)
        if qualify is not None:
            after.append(self._resolve_expression(qualify.this, scope, named_queries, sees_aliases=True))
            self._note(check_condition(qualify.this, self.columns.types, "QUALIFY"), qualify)
        group = select.args.get("group")
        if group is not None:
            self._resolve_group(group, select, scope, named_queries)
            keys = Grouping.keys_of(group)
            self._note(comparisons.check_keys("GROUP BY", keys, outputs, scope, self.columns.types), group)
        if order is not None:
            after += self._resolve_order(order, select, scope, named_queries, outputs)
            keys = order.expressions
            self._note(comparisons.check_keys("ORDER BY", keys, outputs, scope, self.columns.types), order)
        if select.args.get("distinct") is not None:
            self._note(comparisons.check_distinct("SELECT DISTINCT", outputs), select)
        self._note(check_sorted_aggregates(call for contents in (*items, *after) for call in contents.sorting), select)
        if (
            group is not None
            or having is not None
            or any(contents.aggregates or contents.groupings for contents in (*items, *after))
        ):
            grouping = Grouping.of(select, scope, self.columns.owners)
            self.complaints += check_grouping(select, grouping, outputs, self.columns.sources)
        return outputs

    def _resolve_items(
        self, select: sge.Select, scope: Scope, named_queries: NamedQueries
    ) -> tuple[Outputs, list[Contents]]:
        outputs: list[Output] | None = []
        items: list[Contents] = []
        for item in select.expressions:
            if item.is_star and isinstance(item, sge.Star | sge.Column):
                self._note(_check_star(item, scope), item)
                columns = star_outputs(item, scope)
                outputs = None if outputs is None or columns is None else [*outputs, *columns]
                continue
            items.append(self._resolve_expression(item, scope, named_queries, sees_aliases=True))
            name = fold(item.alias_or_name)
            value = item.this if isinstance(item, sge.Alias) else item
            kind = type_of(value, self.columns.types)
            if isinstance(item, sge.Alias):
                scope.aliases.setdefault(name, value)
                scope.types[name] = kind
            if outputs is not None:
                outputs.append(Output(name, kind))
        return outputs, items

    def _resolve_expression(
        self, node: sge.Expression, scope: Scope, named_queries: NamedQueries, *, sees_aliases: bool = False
    ) -> Contents:
        if type(node) is sge.Column and type(node.this) is not sge.Star:
            self._note(self.columns.resolve(node, scope, sees_aliases=sees_aliases), node)
            return COLUMN_ALONE
        contents = find_contents(node)
        for column in contents.columns:
            self._note(self.columns.resolve(column, scope, sees_aliases=sees_aliases), column)
        for query, width, operator, value in contents.subqueries:
            outputs = self.resolve(query, named_queries, scope)
            if width and outputs is not None and len(outputs) != width:
                reason = f"it returns {len(outputs)} columns, not {width}"
                place = "a subquery as a value" if operator == "value" else f"the subquery of {operator}"
                self._note([Refusal(place, reason, "one column", "r_Subquery_examples.html")], query)
            if operator == "value" and outputs is not None and len(outputs) == 1 and outputs[0].type is not None:
                self.columns.types[id(query)] = outputs[0].type
            if value is not None and outputs is not None and len(outputs) == 1:
                self._note(comparisons.check_member(value, outputs, self.columns.types), query)
        for call in contents.nested:
            self._note(_check_nested(call), call)
        for call in (*contents.calls, *contents.window_calls):
            self._note(check_call(call, self.columns.types), call)
        for operator_node in contents.operators:
            self._note(check_operator(operator_node, self.columns.types), operator_node)
        self._note(comparisons.check_window_keys(contents.windows, self.columns.types), node)
        self._note(comparisons.check_sort_values(contents.sorting, self.columns.types), node)
        self._note(check_missing_clauses(contents), node)
        return contents

    def _resolve_condition(self, node: sge.Expression, scope: Scope, named_queries: NamedQueries, place: str) -> None:
        contents = self._resolve_expression(node, scope, named_queries)
        if place != "CONNECT":
            value = node.this if isinstance(node, sge.Where) else node
            self._note(check_condition(value, self.columns.types, place), node)
        for call in contents.aggregates:
            page = "r_WHERE_clause.html" if place == "WHERE" else PAGE
            refusal = Refusal(f"an aggregate in {place}", "rows are not grouped there yet", "HAVING", page)
            self._note([refusal], call)

    def _resolve_group(self, group: sge.Group, select: sge.Select, scope: Scope, named_queries: NamedQueries) -> None:
        for key in Grouping.keys_of(group):
            if key.is_int:
                continue
            is_alias = isinstance(key, sge.Column) and not key.table and fold(key.name) in scope.aliases
            contents = self._resolve_expression(key, scope, named_queries, sees_aliases=is_alias)
            for call in contents.aggregates:
                refusal = Refusal("an aggregate in GROUP BY", "it is computed per group", "a column", Grouping.PAGE)
                self._note([refusal], call)

    def _resolve_order(
        self, order: sge.Order, select: sge.Select, scope: Scope, named_queries: NamedQueries, outputs: Outputs
    ) -> Iterable[Contents]:
        output_names = {output.name for output in outputs or ()}
        for ordered in order.expressions:
            key = ordered.this if isinstance(ordered, sge.Ordered) else ordered
            is_output = isinstance(key, sge.Column) and not key.table and fold(key.name) in output_names
            if not key.is_int and not is_output:
                yield self._resolve_expression(key, scope, named_queries, sees_aliases=outputs is None)
        self._note(check_order(order, select, outputs, self.columns.owners), order)

    # FROM

    def _resolve_from(self, select: sge.Select, named_queries: NamedQueries, outer: Scope | None) -> Scope:
        scope = Scope(outer)
        source = select.args.get("from_")
        if source is not None:
            self._add_relation(source.this, scope, scope, named_queries, outer)
        tree = scope
        for join in select.args.get("joins") or ():
            if not any(join.args.get(part) for part in ("on", "using", "kind", "side", "method")):
                # After a comma, ON reads only what is joined after it.
                tree = Scope(outer)
            self._resolve_join(join, scope, tree, named_queries, outer)
        return scope

    def _resolve_join(
        self, join: sge.Join, scope: Scope, tree: Scope, named_queries: NamedQueries, outer: Scope | None
    ) -> None:
        left = list(tree.relations)
        right = self._add_relation(join.this, scope, tree, named_queries, outer)
        self._note(merge_columns(join, left, right, tree), join)
        if tree is not scope:
            for name, relations in tree.merged.items():
                scope.merged.setdefault(name, set()).update(relations)
        on = join.args.get("on")
        if on is not None:
            self._resolve_condition(on, tree, named_queries, "ON")
            self._note(comparisons.check_joined_super(join, self.columns.types), join)
            if (join.side or "").upper() == "FULL":
                self._note(_check_full_join(on, right, self.columns.owners), join)

    def _add_relation(
        self, node: sge.Expression, scope: Scope, tree: Scope, named_queries: NamedQueries, outer: Scope | None
    ) -> Relation:
        """Bring an operand of FROM or JOIN into reach, and return its last relation."""
        if isinstance(node, sge.Subquery) and isinstance(node.this, sge.Table) and not node.alias:
            return self._add_relation(node.this, scope, tree, named_queries, outer)
        relation = self._resolve_relation(node, scope, named_queries, outer)
        for reach in {id(scope): scope, id(tree): tree}.values():
            if not reach.add(relation) and reach is scope:
                self._check_duplicate(node, relation, scope)
        for join in node.args.get("joins") or ():
            self._resolve_join(join, scope, tree, named_queries, outer)
        return relation

    def _resolve_relation(
        self, node: sge.Expression, scope: Scope, named_queries: NamedQueries, outer: Scope | None
    ) -> Relation:
        alias, columns = fold(node.alias), renamed_columns(node)
        if isinstance(node, sge.Table):
            relation = stored_relation(node, named_queries, self.schemas, scope)
        elif isinstance(node, sge.Subquery):
            relation = Relation(alias, self.resolve(node.this, self._resolve_with(node, named_queries, outer), outer))
        else:
            values, names = array_of(node)
            for value in values:
                self._resolve_expression(value, scope, named_queries)
            for name in names[1:]:
                scope.add(Relation(name, is_value=True))
            return Relation(names[0] if names else "", is_value=True)
        self._note(check_width(relation, columns, PAGE), node)
        pivots = node.args.get("pivots")
        if pivots:
            return Relation(fold(pivots[-1].alias) or relation.name)
        return relation.rename(relation.name, columns) if columns else relation

    def _check_duplicate(self, node: sge.Expression, relation: Relation, scope: Scope) -> None:
        other = scope.names[relation.name]
        if relation.place is not None and other.place not in (None, relation.place):
            # Tables of several schemas may share a name; it is then unknown whose columns are read.
            scope.names[relation.name] = Relation(relation.name)
            scope.is_open = True
            return
        construct, reason = f"{relation.name} twice in FROM", "the name of a relation is unique there"
        self._note([Refusal(construct, reason, "another alias", PAGE)], node)


def _check_columns(left: Sequence[Output], right: Sequence[Output], operand: sge.Expression) -> Iterator[Refusal]:
    """Yield a refusal of the first column of a set operation whose types cannot be brought to one."""
    query = operand.unnest()
    values = query.expressions if isinstance(query, sge.Select) and len(query.expressions) == len(right) else None
    for place, (first, second) in enumerate(zip(left, right, strict=True)):
        if first.type is None or second.type is None or first.type is second.type:
            continue
        value = values[place].unalias() if values is not None else None
        conflict = describe_column_conflict((first.type, None), (second.type, value))
        if conflict:
            construct = f"column {place + 1} of a set operation of {conflict}"
            yield Refusal(construct, "they have no common type", "a CAST of one of them", "r_UNION.html")
            return


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
    for equality in conjuncts(on):
        if not isinstance(equality, sge.EQ):
            continue
        sides = [find_contents(side).columns for side in (equality.this, equality.expression)]
        names = [{owners.get(id(column)) for column in side} for side in sides]
        is_certain = all(name is not None for side in names for name in side)
        if not all(sides) or (
            is_certain and not ({right.name} in names and (right.name in names[0]) != (right.name in names[1]))
        ):
            reason = "each part compares a column of one side with one of the other"
            yield Refusal("the condition of a FULL JOIN", reason, "WHERE, or a union of joins", PAGE)
            return
