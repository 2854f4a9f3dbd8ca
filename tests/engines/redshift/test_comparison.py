"""Rows of two engines are equal only if their values have the type that Ibis says, time zone included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import ibis.expr.datatypes as dt
import pytest

from tests.engines.redshift.comparison import comparable_rows

NOON = datetime(2024, 2, 29, 12)
IN_PARIS = timezone(timedelta(hours=1))
EQUAL: dict[str, tuple[object, object, str]] = {
    "same instant": (NOON.replace(tzinfo=UTC), NOON.replace(hour=13, tzinfo=IN_PARIS), "timestamp('UTC')"),
    "scale": (Decimal("1.50"), Decimal("1.5"), "decimal(18, 2)"),
    "zero": (Decimal("0"), Decimal("-0.00"), "decimal(18, 2)"),
    "last digits of a double": (0.1 + 0.2, 0.3, "float64"),
    "truncated day": (datetime(2024, 2, 1), date(2024, 2, 1), "date"),
    "mean of decimals": (1.5, Decimal("1.5000"), "decimal(18, 2)"),
}
DIFFERENT: dict[str, tuple[object, object, str]] = {
    "another instant": (NOON.replace(tzinfo=UTC), NOON.replace(tzinfo=IN_PARIS), "timestamp('UTC')"),
    "last digit of a decimal": (Decimal("123456789012345.67"), Decimal("123456789012345.68"), "decimal(18, 2)"),
    "last of 38 digits": (Decimal(10**37), Decimal(10**37 + 1), "decimal(38, 0)"),
    "blank": ("a", "a ", "string"),
    "empty": (None, "", "string"),
}
OF_ANOTHER_TYPE: dict[str, tuple[object, object, str]] = {
    "without a zone": (NOON.replace(tzinfo=UTC), NOON, "timestamp('UTC')"),
    "with a zone": (NOON, NOON.replace(tzinfo=UTC), "timestamp"),
    "moment for a day": (date(2024, 2, 1), datetime(2024, 2, 1), "date"),
    "day for a moment": (datetime(2024, 2, 1), date(2024, 2, 1), "timestamp"),
    "double for an integer": (1, 1.0, "int64"),
    "decimal for a double": (1.5, Decimal("1.5"), "float64"),
    "integer for a boolean": (True, 1, "boolean"),
    "text for a number": (1, "1", "int64"),
}


@pytest.mark.parametrize("name", EQUAL)
def test_values_are_equal(name: str) -> None:
    expected, actual, dtype = EQUAL[name]
    theirs, ours = comparable_rows([(expected,)], [(actual,)], [dt.dtype(dtype)])
    assert repr(theirs) == repr(ours)


@pytest.mark.parametrize("name", DIFFERENT)
def test_values_differ(name: str) -> None:
    expected, actual, dtype = DIFFERENT[name]
    theirs, ours = comparable_rows([(expected,)], [(actual,)], [dt.dtype(dtype)])
    assert theirs != ours


@pytest.mark.parametrize("name", OF_ANOTHER_TYPE)
def test_value_of_another_type_is_refused(name: str) -> None:
    expected, actual, dtype = OF_ANOTHER_TYPE[name]
    with pytest.raises(AssertionError, match=" is not a"):
        comparable_rows([(expected,)], [(actual,)], [dt.dtype(dtype)])
