"""Check what rows are compared by: keys of groups, orders and windows, distinct rows, and the sides of joins.

https://docs.aws.amazon.com/redshift/latest/dg/spatial-limitations.html, hyperloglog-functions-limitations.html and
limitations-super.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.common_types import check_common
from marketing_ibis.engines.redshift.gate.operators import INCOMPARABLE, incomparable_refusal, typed
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.expressions import name_of
from marketing_ibis.engines.redshift.gate.scopes.relations import Outputs, Scope
from marketing_ibis.engines.redshift.gate.scopes.sources import fold
from marketing_ibis.engines.redshift.gate.type_families import CLOCKS, MOMENTS, NUMBERS, Type, describe_type
from marketing_ibis.engines.redshift.gate.value_types import Types, type_of

PERCENTILES = frozenset({"PERCENTILE_CONT", "PERCENTILE_DISC", "APPROX_QUANTILE"})


def check_keys(
    place: str, keys: Iterable[sge.Expression], outputs: Outputs, scope: Scope, types: Types
) -> Iterator[Refusal]:
    """Yield a refusal of the first key of GROUP BY or ORDER BY that has neither equality nor an order."""
    for ordered in keys:
        key = ordered.this if isinstance(ordered, sge.Ordered) else ordered
        kind = _type_of_key(key, outputs, scope, types)
        if kind in INCOMPARABLE:
            yield incomparable_refusal(place, kind)
            return


def _type_of_key(key: sge.Expression, outputs: Outputs, scope: Scope, types: Types) -> Type | None:
    if isinstance(key, sge.Literal) and key.is_int:
        place = int(key.name) - 1
        return outputs[place].type if outputs is not None and 0 <= place < len(outputs) else None
    kind = type_of(key, types)
    if kind is None and isinstance(key, sge.Column) and not key.table:
        name = fold(key.name)
        stated = next((output.type for output in outputs or () if output.name == name), None)
        return scope.types.get(name) or stated
    return kind


def check_distinct(place: str, outputs: Outputs) -> Iterator[Refusal]:
    """Yield a refusal where rows are compared that have a column without equality."""
    for output in outputs or ():
        if output.type in INCOMPARABLE:
            yield incomparable_refusal(place, output.type)
            return


def check_member(value: sge.Expression, outputs: Outputs, types: Types) -> Iterator[Refusal]:
    """Yield a refusal of IN with a query whose values have no equality, or no type in common with what it looks for."""
    for output in outputs or ():
        kind = type_of(value, types)
        if kind in INCOMPARABLE or output.type in INCOMPARABLE:
            yield incomparable_refusal("IN", kind if kind in INCOMPARABLE else output.type)
        else:
            yield from check_common("IN", typed(value, types), [(output.type, None)], "r_in_condition.html")


def check_window_keys(windows: Iterable[sge.Window], types: Types) -> Iterator[Refusal]:
    """Yield a refusal of the keys of windows that have neither equality nor an order."""
    for window in windows:
        order = window.args.get("order")
        keys = [*(window.args.get("partition_by") or ()), *(key.this for key in (order.expressions if order else ()))]
        for key in keys:
            kind = type_of(key, types)
            if kind in INCOMPARABLE:
                yield incomparable_refusal("a key of OVER", kind)
                return


def check_sort_values(sorting: Iterable[sge.Expression], types: Types) -> Iterator[Refusal]:
    """Yield a refusal of what WITHIN GROUP sorts by: a percentile is one of numbers, dates or times."""
    for node in sorting:
        order = node.args.get("expression") if isinstance(node, sge.WithinGroup) else None
        for ordered in order.expressions if isinstance(order, sge.Order) else ():
            kind = type_of(ordered.this, types)
            name = name_of(node.this)
            if kind in INCOMPARABLE:
                yield incomparable_refusal("the order of WITHIN GROUP", kind)
            elif name in PERCENTILES and kind is not None and kind not in _SORTED_TYPES:
                reason = "it sorts numbers, dates and times"
                yield Refusal(f"{name} of {describe_type(kind)}", reason, "a CAST of it", "r_PERCENTILE_CONT.html")


_SORTED_TYPES = NUMBERS | MOMENTS | CLOCKS | {Type.SUPER}


def check_joined_super(join: sge.Join, types: Types) -> Iterator[Refusal]:
    """Yield a refusal of a SUPER value that a right or full join compares."""
    side = (join.side or "").upper()
    on = join.args.get("on")
    if side in ("RIGHT", "FULL") and on is not None:
        for equality in on.find_all(sge.EQ):
            if Type.SUPER in (type_of(equality.this, types), type_of(equality.expression, types)):
                reason = "right and full joins compare no SUPER values"
                yield Refusal(f"a SUPER in a {side} JOIN", reason, "a CAST of it", "limitations-super.html")
                return
