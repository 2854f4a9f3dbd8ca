"""A table of the least and largest values of each type, and of strings, moments and zones that are easily misread."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import ibis

SCHEMA = ibis.schema(
    {
        "k": "int64",
        "small": "int16",
        "middle": "int32",
        "large": "int64",
        "amount": "decimal(12, 2)",
        "share": "float64",
        "name": "string",
        "flag": "boolean",
        "day": "date",
        "ts": "timestamp",
        "tz": "timestamp('UTC')",
    }
)
BERLIN = timezone(timedelta(hours=2))
ROWS: tuple[tuple[object, ...], ...] = (
    (1, 32_767, 2_147_483_647, 2**62, Decimal("9999999999.99"), 2.5, "Name ", True, date(2024, 2, 29),
     datetime(2024, 2, 29, 23, 59, 59, 999_999), datetime(2024, 3, 31, 1, 0, tzinfo=BERLIN)),
    (2, -32_768, -2_147_483_648, -(2**62), Decimal("-9999999999.99"), -3.5, "Name", False, date(1969, 12, 31),
     datetime(1969, 12, 31, 23, 0, 0), datetime(2023, 12, 31, 23, 30, tzinfo=UTC)),
    (3, 0, 0, 0, Decimal("0.00"), 0.0, "", None, date(1970, 1, 1), datetime(2040, 1, 19, 3, 14, 8),
     datetime(1970, 1, 1, tzinfo=UTC)),
    (4, None, None, None, None, None, None, None, None, None, None),
    (5, 7, -7, 7, Decimal("2.50"), 1e15, "50\\% off", True, date(9999, 12, 31), datetime(2024, 1, 1, 12, 30, 1),
     datetime(2024, 7, 1, 0, 0, tzinfo=BERLIN)),
    (6, -1, 1, -1, Decimal("1.05"), -0.125, "  ", False, date(2023, 3, 26), datetime(2023, 3, 26, 2, 30),
     datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
    (7, 3, 86_400, 1, Decimal("-0.05"), 0.5, "O'Neil\\", True, date(2000, 2, 29), datetime(2000, 2, 29, 6, 0),
     datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)),
)  # fmt: skip
TABLES = {"v": (SCHEMA, ROWS)}
TABLE = ibis.table(SCHEMA, name="v", database="extremes")
