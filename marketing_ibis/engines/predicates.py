"""Parentheses around a predicate that is an operand of another, which Ibis omits in several places.

`a IS NOT DISTINCT FROM b < c` is read from the left, and IS, IN and BETWEEN bind more tightly than NOT.
"""

from __future__ import annotations

from typing import Any

import sqlglot.expressions as sge

COMPARISONS = (
    sge.EQ, sge.NEQ, sge.LT, sge.LTE, sge.GT, sge.GTE, sge.NullSafeEQ, sge.NullSafeNEQ, sge.Is, sge.In, sge.Between,
    sge.Like, sge.ILike,
)  # fmt: skip
OPERANDS = ("this", "expression", "low", "high")


class PredicateOperands:
    """Computes predicates before what they are operands of, for a compiler of Ibis."""

    __slots__ = ()

    def to_sqlglot(self, expr: Any, *, limit: Any = None, params: Any = None) -> Any:
        """Return the tree of a statement."""
        tree = super().to_sqlglot(expr, limit=limit, params=params)  # type: ignore[misc]
        parenthesize_operands(tree)
        return tree


def parenthesize_operands(tree: sge.Expression) -> None:
    """Put each predicate within a comparison in parentheses."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, COMPARISONS):
            _parenthesize(node)
        for value in node.args.values():
            values = value if isinstance(value, list | tuple) else (value,)
            waiting += [child for child in values if isinstance(child, sge.Expression)]


def _parenthesize(comparison: sge.Expression) -> None:
    for key in OPERANDS:
        operand = comparison.args.get(key)
        # IS NOT NULL contains a NOT that is a part of it.
        is_null = isinstance(operand, sge.Not) and isinstance(operand.this, sge.Null)
        if isinstance(operand, (sge.Not, sge.Connector, *COMPARISONS)) and not is_null:
            comparison.set(key, sge.Paren(this=operand))
