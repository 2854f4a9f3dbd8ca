"""The reference of product_affinity: docs/metrics/product_affinity.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import permutations

from tests.reference.arithmetic import midnight, quotient
from tests.reference.intermediate import Fact
from tests.reference.staging import Row


def product_affinity(facts: Iterable[Fact], as_of: date) -> list[Row]:
    """Return one row per two products that a customer bought, in both orders."""
    buyers: dict[str, set[object]] = defaultdict(set)
    for fact in facts:
        if fact.is_successful:
            buyers[fact.product].add(fact.customer_id)
    everyone = len(set().union(*buyers.values()))
    return [
        {
            "product_a": a,
            "product_b": b,
            "customers_both": len(both),
            "support": quotient(len(both), everyone),
            "confidence": quotient(len(both), len(buyers[a])),
            "lift": quotient(len(both) * everyone, len(buyers[a]) * len(buyers[b])),
            "analysis_timestamp": midnight(as_of),
        }
        for a, b in permutations(buyers, 2)
        if (both := buyers[a] & buyers[b])
    ]
