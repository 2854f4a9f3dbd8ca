"""Read Redshift's plan of a query, which has estimates alone.

https://docs.aws.amazon.com/redshift/latest/dg/r_EXPLAIN.html: it does not carry the query out, and has no ANALYZE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marketing_ibis.engines.profiling import Operator, Query

LINE = re.compile(r"(?P<indent> *)(?:->\s+)?(?P<name>[^(]+?)\s*\((?P<cost>cost=\S+) rows=(?P<rows>\d+)")


def profile(query: Query, select: str) -> tuple[Operator, ...]:
    """Return the operators of a SELECT with the rows and the cost that Redshift expects."""
    return tuple(_operators("\n".join(str(row[0]) for row in query(f"EXPLAIN {select}"))))


def _operators(text: str) -> Iterator[Operator]:
    indents: list[int] = []
    for line in text.splitlines():
        if match := LINE.match(line):
            indent = len(match["indent"])
            indents = [outer for outer in indents if outer < indent]
            name = match["name"].removeprefix("XN ")
            yield Operator(name, match["cost"], rows=int(match["rows"]), depth=len(indents))
            indents.append(indent)
