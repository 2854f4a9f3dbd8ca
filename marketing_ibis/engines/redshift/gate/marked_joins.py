"""Check the operator (+): https://docs.aws.amazon.com/redshift/latest/dg/r_WHERE_oracle_outer.html."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal

PAGE = "r_WHERE_oracle_outer.html"
INSTEAD = "LEFT JOIN"
COMPARISONS = (sge.EQ, sge.NEQ, sge.GT, sge.GTE, sge.LT, sge.LTE)


def check_marks(column: sge.Column) -> Iterator[Refusal]:
    """Yield what is wrong with one column that is marked with (+)."""
    if not column.args.get("join_mark"):
        return
    if not isinstance(column.find_ancestor(sge.Where, sge.Join, sge.Having, sge.Select), sge.Where):
        yield Refusal("(+) outside of WHERE", "only WHERE has it", INSTEAD, PAGE)
        return
    combined = column.find_ancestor(sge.Or, sge.In, sge.Where)
    if not isinstance(combined, sge.Where):
        yield Refusal("(+) with OR or IN", "it is not allowed in their operands", INSTEAD, PAGE)
    comparison = column.find_ancestor(*COMPARISONS)
    sides = (comparison.this, comparison.expression) if comparison is not None else ()
    if sides and all(any(other.args.get("join_mark") for other in side.find_all(sge.Column)) for side in sides):
        yield Refusal("(+) on both sides", "one side of a join is optional", "FULL JOIN", PAGE)
    select = column.find_ancestor(sge.Select)
    joins = select.args.get("joins") or [] if select is not None else []
    if any(join.args.get(part) for join in joins for part in ("on", "using", "kind", "side", "method")):
        yield Refusal("(+) next to JOIN", "a query has one of both", INSTEAD, PAGE)
