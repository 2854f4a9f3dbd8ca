"""Read DuckDB's own profile of a query: https://duckdb.org/docs/stable/dev/profiling."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from marketing_ibis.engines.profiling import Operator, Query

WRAPPERS = ("RESULT_COLLECTOR", "EXPLAIN_ANALYZE", "QUERY", "")
"""Operators of the profile itself."""
DETAILS = ("Table", "Conditions", "Groups", "Aggregates", "Order By", "Projections", "Expression", "Function")


def profile(query: Query, select: str) -> tuple[Operator, ...]:
    """Carry out a SELECT and return its operators; the seconds are those of all threads together."""
    ((_, document),) = query(f"EXPLAIN (ANALYZE, FORMAT JSON) {select}")
    return tuple(_operators(json.loads(str(document)), 0))


def _operators(node: Mapping[str, Any], depth: int) -> Iterator[Operator]:
    # Releases name these differently: 1.x has operator_name, operator_timing and operator_cardinality.
    name = str(node.get("name") or node.get("operator_name") or node.get("operator_type") or "").strip()
    if name not in WRAPPERS:
        seconds = float(node.get("timing", node.get("operator_timing", 0.0)))
        rows = int(node.get("intermediate_rows", node.get("operator_cardinality", 0)))
        yield Operator(name.replace("_", " ").lower(), _detail(node.get("extra_info") or {}), seconds, rows, depth)
        depth += 1
    children = node.get("children") or node.get("operator") or ()
    for child in (children,) if isinstance(children, Mapping) else children:
        yield from _operators(child, depth)


def _detail(extra: object) -> str:
    if not isinstance(extra, Mapping):
        return ""
    values = (extra[key] for key in DETAILS if extra.get(key))
    return "; ".join(", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in values)
