"""Check the query of WITH RECURSIVE: https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.expressions import is_aggregate
from marketing_ibis.engines.redshift.gate.scopes.sources import fold

PAGE = "r_WITH_clause.html"
UNION = "SELECT ... UNION ALL SELECT ... FROM it"


def check_recursion(query: sge.Expression, name: str) -> Iterator[Refusal]:
    """Yield what is wrong with a query that may read its own name."""
    references = _references(query, name)
    if not references:
        return
    if len(references) > 1:
        yield Refusal(f"{name} twice in its own query", "the recursion has one reference", "one reference", PAGE)
    if not isinstance(query, sge.Union):
        yield Refusal(f"{name} in its own query", "a recursion has two parts", UNION, PAGE)
        return
    if _references(query.this, name):
        yield Refusal(f"{name} in the seed of its query", "only the second part reads it", UNION, PAGE)
    member = query.expression.unnest()
    if any(part.args.get(clause) for part in (query, query.this, member) for clause in ("order", "limit", "offset")):
        reason = "the parts of a recursion have no order and no limit"
        yield Refusal("ORDER BY or LIMIT in WITH RECURSIVE", reason, "it in the query that reads it", PAGE)
    if isinstance(member, sge.Select):
        yield from _check_member(member, name)


def _references(query: sge.Expression, name: str) -> list[sge.Table]:
    return [table for table in query.find_all(sge.Table) if not table.db and fold(table.name) == name]


def _check_member(member: sge.Select, name: str) -> Iterator[Refusal]:
    """Check the part that reads the rows of the last step."""
    source = member.args.get("from_")
    joins = member.args.get("joins") or []
    operands = [node.this for node in (source, *joins) if node is not None]
    if not any(isinstance(node, sge.Table) and not node.db and fold(node.name) == name for node in operands):
        yield Refusal(f"{name} in a subquery of its own query", "its FROM reads it", UNION, PAGE)
    if any((join.side or "").upper() in ("LEFT", "RIGHT", "FULL") for join in joins):
        yield Refusal(f"an outer join with {name}", "the recursion joins the rows of the last step", "JOIN", PAGE)
    is_grouped = member.args.get("group") is not None or any(is_aggregate(node) for node in member.expressions)
    if is_grouped or member.args.get("distinct") is not None:
        reason = "the recursion adds rows step by step"
        yield Refusal("groups within a recursion", reason, "GROUP BY in the query that reads it", PAGE)
