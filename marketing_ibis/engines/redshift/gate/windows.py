"""Check window functions: https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import functions
from marketing_ibis.engines.redshift.gate.calls import function_name
from marketing_ibis.engines.redshift.gate.refusal import Refusal

PAGE = "c_Window_functions.html"
MEDIAN_PAGE = "r_MEDIAN.html"
ORDERED = frozenset({"LAG", "LEAD"})
"""Window functions whose order is not optional."""
OFFSETS = ORDERED | {"FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"}
"""Functions that return the value of one row, and can skip NULLs."""


def check_window(window: sge.Window) -> Iterator[Refusal]:
    """Yield what is wrong with one OVER clause."""
    function = _function(window)
    name = function_name(function)
    frame, order = window.args.get("spec"), window.args.get("order")
    if window.args.get("alias") is not None:
        yield Refusal("OVER w", "named windows are a syntax error", "the window itself", PAGE)
    if name not in functions.WINDOWS:
        yield Refusal(f"{name} OVER", "it is not a window function", "MIN or MAX of a CASE", PAGE)
    if name in functions.FRAMELESS and frame is not None:
        yield Refusal(f"{name} with a frame", "ranking and offset functions take none", "OVER without ROWS", PAGE)
    elif name in functions.PARTITION_ONLY and (order is not None or frame is not None):
        yield Refusal(f"{name} OVER (ORDER BY ...)", "it takes PARTITION BY only", "OVER (PARTITION BY ...)", PAGE)
    elif name not in functions.FRAMELESS and order is not None and frame is None:
        yield Refusal(
            f"{name} OVER (ORDER BY ...)", "it needs a frame", "ROWS BETWEEN UNBOUNDED PRECEDING AND ...", PAGE
        )
    if frame is not None:
        yield from _check_frame(frame)
        if order is None:
            yield Refusal("a frame without ORDER BY", "it is part of an order", "ORDER BY, or no frame", PAGE)
    if name in ORDERED and order is None:
        yield Refusal(f"{name} without ORDER BY", "its OVER has an order", "ORDER BY in OVER", f"r_WF_{name}.html")
    if name == "RATIO_TO_REPORT" and order is not None:
        yield Refusal(f"{name} with ORDER BY", "it takes PARTITION BY only", "OVER (PARTITION BY ...)", PAGE)
    distinct = [node for node in function.find_all(sge.Distinct) if node.find_ancestor(sge.Window) is window]
    if distinct and name != "LISTAGG":
        yield Refusal(f"{name}(DISTINCT ...) OVER", "it is not supported", "two DENSE_RANKs", "r_WF_COUNT.html")
    yield from _check_keys(window)
    yield from _check_place(window)


def check_sorted_aggregates(calls: Iterable[sge.Expression]) -> Iterator[Refusal]:
    """Yield a refusal where aggregates of one SELECT, some within WITHIN GROUP, sort its rows in different ways.

    MEDIAN sorts by its argument: https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html
    """
    orders = {_order_of(call): _sorting_name(call) for call in calls}
    if len(orders) > 1:
        names = " and ".join(sorted(set(orders.values())))
        reason = "aggregates that sort must all use the same ORDER BY values"
        yield Refusal(f"{names} in different orders", reason, "one SELECT for each, joined by the groups", MEDIAN_PAGE)


def _sorting_name(node: sge.Expression) -> str:
    call = node.this if isinstance(node, sge.WithinGroup) else node
    return function_name(call) if isinstance(call, sge.Func) else ""


def _order_of(node: sge.Expression) -> str:
    if isinstance(node, sge.WithinGroup):
        order = node.args.get("expression")
        keys: list[sge.Expression] = order.expressions if isinstance(order, sge.Order) else []
        return ", ".join(_key(key) for key in keys)
    if _sorting_name(node) == "MEDIAN":
        return _key(node.expressions[0] if isinstance(node, sge.Anonymous) else node.this)
    return ""


def _key(key: sge.Expression) -> str:
    value = key.this if isinstance(key, sge.Ordered) else key
    return f"{value.sql(dialect='redshift')}{' DESC' if key.args.get('desc') else ''}"


def _function(window: sge.Window) -> sge.Expression:
    function = window.this
    while isinstance(function, sge.WithinGroup | sge.IgnoreNulls | sge.RespectNulls | sge.Filter | sge.Paren):
        function = function.this
    return function


def _check_frame(frame: sge.WindowSpec) -> Iterator[Refusal]:
    kind = (frame.args.get("kind") or "").upper()
    if kind != "ROWS":
        yield Refusal(f"a {kind} frame", "only ROWS is implemented", "ROWS and a unique order", PAGE)
    if frame.args.get("exclude"):
        yield Refusal("EXCLUDE in a frame", "it is not in the grammar", "a CASE in the argument", PAGE)
    for bound in (frame.args.get("start"), frame.args.get("end")):
        if isinstance(bound, sge.Expression) and not (isinstance(bound, sge.Literal) and bound.is_int):
            yield Refusal("a frame bound", "it is a whole number of rows from 0 on", "a number", PAGE)
            return
    if frame.args.get("end") is None:
        return
    start, end = _offset(frame, "start"), _offset(frame, "end")
    if start is not None and end is not None and start > end:
        yield Refusal("a frame that ends before it starts", "it has no rows", "the bounds in their order", PAGE)


def _offset(frame: sge.WindowSpec, side: str) -> float | None:
    """Return how many rows after the current one a bound is."""
    bound = frame.args.get(side)
    if bound == "CURRENT ROW":
        return 0
    # Ibis writes the side in small letters.
    sign = -1 if str(frame.args.get(f"{side}_side")).upper() == "PRECEDING" else 1
    if bound == "UNBOUNDED":
        return sign * math.inf
    return sign * int(bound.name) if isinstance(bound, sge.Expression) else None


def _check_keys(window: sge.Window) -> Iterator[Refusal]:
    order = window.args.get("order")
    keys = [key.this if isinstance(key, sge.Ordered) else key for key in (order.expressions if order else [])]
    for key in [*keys, *(window.args.get("partition_by") or [])]:
        if isinstance(key, sge.Literal | sge.Null | sge.Boolean):
            yield Refusal("a constant in OVER", "its keys are columns and expressions", "a column", PAGE)


def check_nulls(node: sge.Expression) -> Iterator[Refusal]:
    """Yield a refusal of IGNORE NULLS and RESPECT NULLS where a function does not take them."""
    function = node.this
    while isinstance(function, sge.Window | sge.WithinGroup | sge.Paren):
        function = function.this
    name = function_name(function)
    if name not in OFFSETS:
        words = "IGNORE NULLS" if isinstance(node, sge.IgnoreNulls) else "RESPECT NULLS"
        yield Refusal(f"{name} with {words}", "it skips NULLs by itself", f"{name} without it", PAGE)


def _check_place(window: sge.Window) -> Iterator[Refusal]:
    clause = window.find_ancestor(sge.Where, sge.Having, sge.Group, sge.Join, sge.Select)
    if isinstance(clause, sge.Where | sge.Having | sge.Group | sge.Join):
        name = type(clause).__name__.upper()
        yield Refusal(f"a window function in {name}", "only SELECT, ORDER BY and QUALIFY allow it", "QUALIFY", PAGE)
    outer = window.find_ancestor(sge.Window, sge.Select)
    if isinstance(outer, sge.Window):
        yield Refusal("a window function in a window function", "they do not nest", "a derived table", PAGE)
