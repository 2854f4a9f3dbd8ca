"""Check paths into SUPER values, and comparisons with a set of rows.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html and r_comparison_condition.html
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal

PAGE = "query-super.html"
STEPS = (sge.Column, sge.Dot, sge.Bracket)


def check_subscript(node: sge.Bracket) -> Iterator[Refusal]:
    """Yield a refusal of a subscript of anything but a path, or of a slice."""
    if not isinstance(node.this, STEPS) or len(node.expressions) != 1 or isinstance(node.expressions[0], sge.Slice):
        reason = "only a path into a SUPER column takes one"
        yield Refusal("a subscript", reason, "SPLIT_PART, or a column of type SUPER", PAGE)


def check_unnest(node: sge.Unnest) -> Iterator[Refusal]:
    """Yield a refusal of UNNEST as a function: arrays of a SUPER column become rows by their path in FROM."""
    is_path = len(node.expressions) == 1 and isinstance(node.expressions[0], STEPS)
    if not is_path or not isinstance(node.parent, sge.Join | sge.From):
        yield Refusal("UNNEST", "there are no arrays outside of SUPER", "FROM t, t.items AS item", PAGE)


def check_at(node: sge.AtIndex) -> Iterator[Refusal]:
    """Yield a refusal of AT anywhere but behind a path in FROM."""
    if not isinstance(node.parent, sge.Join | sge.Pivot | sge.From):
        yield Refusal("AT", "it belongs to a path in FROM", "FROM t, t.items AS item AT place", PAGE)


def check_quantifier(node: sge.Any | sge.All) -> Iterator[Refusal]:
    """Yield a refusal of ANY and ALL with other comparisons than = ANY and <> ALL."""
    comparison = sge.EQ if isinstance(node, sge.Any) else sge.NEQ
    if type(node.parent) is not comparison or not isinstance(node.this.unnest(), sge.Query):
        name = type(node).__name__.upper()
        reason = "only = ANY, = SOME and <> ALL of a query are supported"
        yield Refusal(f"{name} (...)", reason, "IN, or MIN and MAX", "r_comparison_condition.html")
