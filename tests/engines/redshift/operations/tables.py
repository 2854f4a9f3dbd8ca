"""Two tables of awkward values, and the two shapes that most cases have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir

SCHEMA = ibis.schema(
    {
        "k": "int64",
        "g": "string",
        "i": "int64",
        "j": "int32",
        "x": "float64",
        "m": "decimal(18, 2)",
        "s": "string",
        "b": "boolean",
        "d": "date",
        "ts": "timestamp",
    }
)
LEAP, NEW_YEAR = date(2024, 2, 29), date(2024, 12, 30)
ROWS: tuple[tuple[object, ...], ...] = (
    (1, "a", 7, 2, 1.5, Decimal("10.05"), "Road Pro", True, LEAP, datetime(2024, 2, 29, 23, 59, 59, 999_000)),
    (2, "a", -7, 2, -2.25, Decimal("-3.10"), "road", False, date(2024, 1, 31), datetime(2024, 1, 31, 0, 0, 0)),
    (3, "a", 0, -3, 0.0, Decimal("0.00"), "", None, date(2023, 12, 31), datetime(2023, 12, 31, 12, 30, 5)),
    (4, "a", None, 5, None, None, None, True, None, None),
    (5, "b", 5, 3, 100.125, Decimal("99.99"), "a,b,c", True, NEW_YEAR, datetime(2024, 12, 30, 6, 7, 8)),
    (6, "b", 5, None, 3.0, Decimal("1.00"), "O'Neil \\ x", False, date(2021, 1, 3), datetime(2021, 1, 3, 1, 2, 3)),
    (7, "b", -8, 3, 2.5, Decimal("2.50"), "  pad\t", False, date(1999, 6, 15), datetime(1999, 6, 15, 18, 0, 0)),
    (8, None, 1, 1, -0.5, Decimal("0.01"), "äöü 12-34", True, LEAP, datetime(2024, 2, 29, 8, 0, 0)),
    (9, None, 9, 4, 9.0, Decimal("7.77"), "Road Pro", None, date(2024, 3, 1), datetime(2024, 3, 1, 0, 0, 1)),
)
OTHER_SCHEMA = ibis.schema({"g": "string", "n": "int64", "w": "string"})
OTHER_ROWS: tuple[tuple[object, ...], ...] = (
    ("a", 1, "one"),
    ("a", 5, "five"),
    ("b", 6, "six"),
    ("c", 9, "nine"),
    (None, 9, "none"),
    ("a", 1, "one"),
)
TABLE = ibis.table(SCHEMA, name="t", database="ops")
LEAST = ibis.param("int64")
PARAMETERS = {LEAST: 4}
"""The values of parameters when a case is compiled."""
OTHER = ibis.table(OTHER_SCHEMA, name="u", database="ops")

Case = Callable[[ir.Table, ir.Table], ir.Table]


def per_group(**metrics: Callable[[ir.Table], ir.Value]) -> Case:
    """Aggregate by the group that has NULLs."""
    return lambda t, u: t.group_by("g").agg(**{name: metric(t) for name, metric in metrics.items()})


def per_row(**values: Callable[[ir.Table], ir.Value]) -> Case:
    """Compute columns next to the key."""
    return lambda t, u: t.select("k", **{name: value(t) for name, value in values.items()})
