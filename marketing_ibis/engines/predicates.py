"""Parentheses around a predicate that is an operand of another, which Ibis omits in several places.

`a IS NOT DISTINCT FROM b < c` is read from the left, and IS, IN and BETWEEN bind more tightly than NOT.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
import sqlglot.expressions as sge

PREDICATES = (
    sge.Not, sge.Connector, sge.EQ, sge.NEQ, sge.LT, sge.LTE, sge.GT, sge.GTE, sge.Is, sge.In, sge.Between,
    sge.Like, sge.ILike, sge.NullSafeEQ, sge.NullSafeNEQ,
)  # fmt: skip
"""What has a truth value and is no function."""


class PredicateVisitors:
    """Visitors of what may have a predicate as its operand, for a compiler of Ibis."""

    __slots__ = ()

    def visit_IsNull(self, op: ops.IsNull, *, arg: Any) -> Any:
        return super().visit_IsNull(op, arg=operand(arg))  # type: ignore[misc]

    def visit_NotNull(self, op: ops.NotNull, *, arg: Any) -> Any:
        return super().visit_NotNull(op, arg=operand(arg))  # type: ignore[misc]

    def visit_InValues(self, op: ops.InValues, *, value: Any, options: Any) -> Any:
        return super().visit_InValues(op, value=operand(value), options=options)  # type: ignore[misc]

    def visit_Between(self, op: ops.Between, *, arg: Any, lower_bound: Any, upper_bound: Any) -> Any:
        bounds = {"lower_bound": operand(lower_bound), "upper_bound": operand(upper_bound)}
        return super().visit_Between(op, arg=operand(arg), **bounds)  # type: ignore[misc]

    def visit_IdenticalTo(self, op: ops.IdenticalTo, *, left: Any, right: Any) -> Any:
        return super().visit_IdenticalTo(op, left=operand(left), right=operand(right))  # type: ignore[misc]


def operand(arg: Any) -> Any:
    """Return ``arg`` in parentheses if it is a predicate."""
    return sge.Paren(this=arg) if isinstance(arg, PREDICATES) else arg
