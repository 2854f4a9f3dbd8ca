"""Which products to push and which to question: one rule for the report's query and the command that exports them."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

PUSH, QUESTION = "push", "question"
STAR, CASH_COW, PROBLEM, GROWTH, DECLINING = "Star", "Cash Cow", "Problem", "Growth", "Declining"


@dataclass(frozen=True, slots=True)
class Kind:
    """Products that have one of ``statuses`` or are in one of ``stages``."""

    statuses: tuple[str, ...]
    stages: tuple[str, ...]


KINDS = {QUESTION: Kind((PROBLEM,), (DECLINING,)), PUSH: Kind((STAR, CASH_COW), (GROWTH,))}
"""Each product is of the first kind that it matches, if any order of it was sold."""


def kind_of(products: ir.Table) -> ir.StringValue:
    """Return the kind of each product of product_performance, NULL for no kind."""
    matches = [
        (products.product_status.isin(rule.statuses) | products.lifecycle_stage.isin(rule.stages), kind)
        for kind, rule in KINDS.items()
    ]
    return (products.total_orders > 0).ifelse(ibis.cases(*matches), ibis.null("string"))


def condition_of(kind: str) -> str:
    """Return the condition of SQL that selects the products of a kind from product_performance."""
    names = list(KINDS)
    earlier = (f" AND NOT {_matches(KINDS[name])}" for name in names[: names.index(kind)])
    return f"{_matches(KINDS[kind])}{''.join(earlier)} AND total_orders > 0"


def _matches(rule: Kind) -> str:
    return f"(product_status IN {_list(rule.statuses)} OR lifecycle_stage IN {_list(rule.stages)})"


def _list(values: tuple[str, ...]) -> str:
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"({quoted})"
