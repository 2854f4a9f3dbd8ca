"""Edit expressions: in ways that keep their meaning, and in ways that may change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

SWAPPED: Mapping[type[ops.Node], type[ops.Node]] = {
    ops.Less: ops.LessEqual,
    ops.LessEqual: ops.Less,
    ops.Greater: ops.GreaterEqual,
    ops.GreaterEqual: ops.Greater,
    ops.Equals: ops.NotEquals,
    ops.NotEquals: ops.Equals,
    ops.And: ops.Or,
    ops.Or: ops.And,
    ops.Add: ops.Subtract,
    ops.Subtract: ops.Add,
    ops.Multiply: ops.Add,
    ops.Sum: ops.Max,
    ops.Max: ops.Min,
    ops.Min: ops.Max,
    ops.Union: ops.Difference,
    ops.Difference: ops.Intersection,
    ops.Intersection: ops.Difference,
    ops.MinRank: ops.DenseRank,
    ops.Lag: ops.Lead,
    ops.First: ops.Last,
    ops.IsNull: ops.NotNull,
    ops.NotNull: ops.IsNull,
}
"""Operations that take the same arguments and mean something else."""

OTHER_JOIN = {"inner": "left", "left": "inner", "anti": "semi", "semi": "anti", "outer": "left", "cross": "cross"}
Edit = tuple[ops.Node, ops.Node]


def edits(table: ir.Table) -> list[Edit]:
    """Return the small edits of an expression: an operation of it, and what replaces it."""
    return [(node, edited) for node in table.op().find(ops.Node) for edited in _edited(node)]


def carry_out(table: ir.Table, edit: Edit) -> ir.Table:
    """Return the expression with one edit."""
    return table.op().replace(dict((edit,))).to_expr()


def _edited(node: ops.Node) -> Iterator[ops.Node]:
    if other := SWAPPED.get(type(node)):
        yield other(*node.args)
    match node:
        case ops.Literal(value=bool()):
            yield node.copy(value=not node.value)
        case ops.Literal(value=int()):
            yield node.copy(value=node.value + 1)
        case ops.Field(rel=rel, name=name):
            yield from (ops.Field(rel, c) for c, dtype in rel.schema.items() if c != name and dtype == node.dtype)
        case ops.Filter(parent=parent, predicates=predicates):
            yield parent
            yield node.copy(predicates=(ops.Not(predicates[0]), *predicates[1:]))
        case ops.Distinct(parent=parent):
            yield parent
        case ops.JoinLink(how=how):
            yield node.copy(how=OTHER_JOIN[how])
        case ops.JoinChain(values=values):
            yield from (node.copy(values={**values, name: field}) for name, field in _from_other_sides(node))
        case ops.Union(distinct=distinct):
            yield node.copy(distinct=not distinct)
        case ops.Limit(n=int()):
            yield node.copy(n=node.n + 1)
            yield node.copy(offset=1)
        case ops.SortKey(ascending=ascending):
            yield node.copy(ascending=not ascending)
        case ops.WindowFunction(group_by=group_by) if group_by:
            yield node.copy(group_by=())
        case ops.WindowFunction(start=None, end=ops.WindowBoundary()):
            yield node.copy(end=None)
        case ops.Reduction() if getattr(node, "where", None) is not None:
            yield node.copy(where=None)
        case ops.DropNull(parent=parent):
            yield parent
        case ops.SearchedCase(cases=cases):
            yield node.copy(cases=(ops.Not(cases[0]), *cases[1:]))


def _from_other_sides(join: ops.JoinChain) -> Iterator[tuple[str, ops.Field]]:
    """Yield the columns of a join with what another of its tables has under the same name."""
    sides = [join.first, *(link.table for link in join.rest if link.how not in ("semi", "anti"))]
    for name, value in join.values.items():
        if isinstance(value, ops.Field):
            others = [side for side in sides if side != value.rel and value.name in side.schema]
            yield from ((name, ops.Field(side, value.name)) for side in others)


Choose = Callable[[], bool]


def refactor(table: ir.Table, choose: Choose) -> ir.Table:
    """Return an expression of the same meaning, written in another way where ``choose`` says so."""

    def rewrite(node: ops.Node, arguments: Mapping[str, Any] | None) -> ops.Node:
        node = node.__recreate__(arguments) if arguments else node
        return _rewritten(node) if choose() else node

    return table.op().replace(rewrite).to_expr()


def _rewritten(node: ops.Node) -> ops.Node:
    match node:
        case ops.And() | ops.Or() | ops.Equals() | ops.NotEquals():
            return type(node)(node.right, node.left)
        case ops.Less() | ops.Greater():
            turned = {ops.Less: ops.Greater, ops.Greater: ops.Less}
            return turned[type(node)](node.right, node.left)
        case ops.Filter(parent=parent, predicates=predicates) if len(predicates) > 1:
            return _filter_in_two_steps(parent, predicates)
        case ops.InValues(value=value, options=options):
            return ops.InValues(value, tuple(reversed(options)))
        case ops.UnboundTable():
            # The columns are computed and renamed in vain.
            expression = node.to_expr()
            unused = expression.mutate(unused=ibis.literal(1)).select("unused", *reversed(expression.columns))
            return unused.rename(str.upper).rename(str.lower).select(*expression.columns).op()
    return node


def _filter_in_two_steps(parent: ops.Relation, predicates: tuple[ops.Value, ...]) -> ops.Relation:
    last = ops.Filter(parent, predicates[-1:])
    first = [predicate.replace({parent: last}, filter=ops.Value | ops.Relation) for predicate in predicates[:-1]]
    return ops.Filter(last, tuple(first))
