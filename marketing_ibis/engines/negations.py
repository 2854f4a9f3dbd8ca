"""Parentheses around a negation that is an operand: IS, IN and BETWEEN bind more tightly than NOT; Ibis omits them."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
import sqlglot.expressions as sge


class NegationVisitors:
    """Visitors of what may have a negation as its operand, for a compiler of Ibis."""

    __slots__ = ()

    def visit_IsNull(self, op: ops.IsNull, *, arg: Any) -> Any:
        return super().visit_IsNull(op, arg=_operand(arg))  # type: ignore[misc]

    def visit_NotNull(self, op: ops.NotNull, *, arg: Any) -> Any:
        return super().visit_NotNull(op, arg=_operand(arg))  # type: ignore[misc]

    def visit_InValues(self, op: ops.InValues, *, value: Any, options: Any) -> Any:
        return super().visit_InValues(op, value=_operand(value), options=options)  # type: ignore[misc]

    def visit_Between(self, op: ops.Between, *, arg: Any, lower_bound: Any, upper_bound: Any) -> Any:
        return super().visit_Between(  # type: ignore[misc]
            op, arg=_operand(arg), lower_bound=lower_bound, upper_bound=upper_bound
        )


def _operand(arg: Any) -> Any:
    return sge.Paren(this=arg) if isinstance(arg, sge.Not | sge.Is) else arg
