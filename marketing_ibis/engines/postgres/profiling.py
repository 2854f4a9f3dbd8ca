"""Read PostgreSQL's own profile of a query: https://www.postgresql.org/docs/current/sql-explain.html."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from marketing_ibis.engines.profiling import Operator, Query

DETAILS = ("Relation Name", "CTE Name", "Subplan Name", "Hash Cond", "Merge Cond", "Filter", "Group Key", "Sort Key")


def profile(query: Query, select: str) -> tuple[Operator, ...]:
    """Carry out a SELECT and return its operators, each with the seconds that it spent itself."""
    ((document,),) = query(f"EXPLAIN (ANALYZE, FORMAT JSON) {select}")
    plans: list[Any] = json.loads(document) if isinstance(document, str) else list(document)  # type: ignore[call-overload]
    return tuple(operator for plan in plans for operator in _operators(plan["Plan"], 0))


def _operators(node: Mapping[str, Any], depth: int) -> Iterator[Operator]:
    children = node.get("Plans", ())
    # Times are milliseconds of one loop, with those of the operators below.
    seconds = max(_total(node) - sum(map(_total, children)), 0.0)
    rows = round(node.get("Actual Rows", 0) * node.get("Actual Loops", 1))
    detail = "; ".join(_text(node[key]) for key in DETAILS if key in node)
    yield Operator(str(node["Node Type"]).lower(), detail, seconds, rows, depth)
    for child in children:
        yield from _operators(child, depth + 1)


def _total(node: Mapping[str, Any]) -> float:
    return float(node.get("Actual Total Time", 0.0)) * float(node.get("Actual Loops", 1)) / 1000


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
