"""Source tables are checked before a build: a timestamp is refused if a cast would give the wrong day."""

from __future__ import annotations

import pytest

from marketing_ibis.build.preflight import check_source
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import SourceError
from marketing_ibis.model.time_zones import TimeZones

ORDERS = Relation("shop", "orders")
BERLIN = "Europe/Berlin"


def check(declared: str, actual: str, zones: TimeZones | None = None) -> None:
    check_source(ORDERS, {"at": declared}, {"at": actual}, zones)


def assert_accepted(declared: str, actual: str, zones: TimeZones | None = None) -> None:
    """Fail with the error that the check raises."""
    check(declared, actual, zones)


@pytest.mark.parametrize("actual", ["date", "timestamp", "timestamp(3)", "timestamp(6)"])
@pytest.mark.parametrize("zones", [TimeZones(), TimeZones(BERLIN), TimeZones(BERLIN, BERLIN), TimeZones("UTC", "UTC")])
def test_a_timestamp_of_the_business_is_accepted_as_the_day_it_shows(actual: str, zones: TimeZones) -> None:
    assert_accepted("date", actual, zones)


def test_a_timestamp_in_a_different_zone_must_be_converted() -> None:
    assert_accepted("date", "date", TimeZones(BERLIN, "UTC"))
    with pytest.raises(SourceError, match=r"Column at of the source table shop\.orders has no time zone") as caught:
        check("date", "timestamp", TimeZones(BERLIN, "UTC"))
    assert "CAST(at AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin' AS DATE)" in caught.value.hint


def test_a_timestamp_with_a_zone_must_be_converted() -> None:
    with pytest.raises(SourceError, match="is a timestamp with a time zone, declared date") as caught:
        check("date", "timestamp('UTC')", TimeZones(BERLIN))
    assert "CAST(at AT TIME ZONE 'Europe/Berlin' AS DATE)" in caught.value.hint


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("timestamp", "timestamp(6)"),
        ("timestamp('UTC')", "timestamp('Europe/Berlin', 6)"),
        ("decimal(18, 2)", "decimal(18, 2)"),
        ("boolean", "boolean"),
        ("int64", "int32"),
    ],
)
def test_declared_types_are_accepted(declared: str, actual: str) -> None:
    assert_accepted(declared, actual)


@pytest.mark.parametrize(
    ("declared", "actual", "hint"),
    [
        ("timestamp", "timestamp('UTC')", "Load it with the declared type"),
        ("timestamp('UTC')", "timestamp", "Load it with the declared type"),
        ("int64", "string", 'set id_type = "string"'),
        ("int64", "uuid", 'set id_type = "string"'),
        ("string", "uuid", "Make the source a view that converts it: CAST(at AS VARCHAR)."),
        ("string", "int64", 'remove id_type = "string" from'),
        ("decimal(18, 2)", "float64", "Load it with the declared type"),
    ],
)
def test_other_types_are_refused_with_the_way_out(declared: str, actual: str, hint: str) -> None:
    with pytest.raises(SourceError, match=r"Column at of the source table shop\.orders is") as caught:
        check(declared, actual)
    assert hint in caught.value.hint
