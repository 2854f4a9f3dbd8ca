"""Boundary cases and laws of stg_orders."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.dataflows.cases import Case, built, law
from tests.sources import GOLDEN_AS_OF, Order, Sources

A_SUNDAY = date(2023, 1, 1)
DAY = date(2024, 3, 1)
DATE_PARTS = ("order_month", "order_year", "order_day_of_week", "order_quarter")


@pytest.mark.parametrize(
    ("day", "month", "weekday", "quarter"),
    [
        pytest.param(date(2024, 5, 12), date(2024, 5, 1), 0, 2, id="sunday"),
        pytest.param(date(2024, 5, 13), date(2024, 5, 1), 1, 2, id="monday"),
        pytest.param(date(2024, 5, 11), date(2024, 5, 1), 6, 2, id="saturday"),
        pytest.param(date(2024, 2, 29), date(2024, 2, 1), 4, 1, id="leap_day"),
        pytest.param(date(2024, 3, 31), date(2024, 3, 1), 0, 1, id="last_of_a_quarter"),
        pytest.param(date(2024, 4, 1), date(2024, 4, 1), 1, 2, id="first_of_a_quarter"),
        pytest.param(date(2023, 12, 31), date(2023, 12, 1), 0, 4, id="new_years_eve"),
        pytest.param(date(2024, 1, 1), date(2024, 1, 1), 1, 1, id="new_year"),
    ],
)
def test_date_parts(day: date, month: date, weekday: int, quarter: int) -> None:
    (row,) = _staged((1, 1, day, "completed", "Road Pro"))
    assert [row[column] for column in DATE_PARTS] == [month, date(day.year, 1, 1), weekday, quarter]


@pytest.mark.parametrize(
    ("status", "group"),
    [
        ("completed", "successful"),
        ("shipped", "successful"),
        ("returned", "returned"),
        ("return_pending", "returned"),
        ("placed", "pending"),
        ("COMPLETED", "pending"),
        (" completed", "pending"),
        ("", "pending"),
        pytest.param(None, "pending", id="no_status"),
    ],
)
def test_status_group(status: str | None, group: str) -> None:
    (row,) = _staged((1, 1, DAY, status, "Road Pro"))
    assert (row["status"], row["order_status_group"]) == (status, group)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        pytest.param([(1, 2, DAY, "a", "a"), (1, 10, DAY, "a", "a")], 0, id="smaller_customer_as_a_number"),
        pytest.param([(1, None, DAY, "a", "a"), (1, 9, DAY, "b", "b")], 1, id="null_customer_is_last"),
        pytest.param([(1, 1, DAY, "a", "a"), (1, 1, date(2024, 2, 29), "b", "b")], 1, id="earlier_day"),
        pytest.param([(1, 1, None, "a", "a"), (1, 1, DAY, "b", "b")], 1, id="null_day_is_last"),
        pytest.param([(1, 1, DAY, "placed", "a"), (1, 1, DAY, "completed", "b")], 1, id="smaller_status"),
        pytest.param([(1, 1, DAY, None, "a"), (1, 1, DAY, "b", "b")], 1, id="null_status_is_last"),
        pytest.param([(1, 1, DAY, "a", "b"), (1, 1, DAY, "a", "B")], 1, id="smaller_product_bytewise"),
        pytest.param([(1, 1, DAY, "a", None), (1, 1, DAY, "a", "b")], 1, id="null_product_is_last"),
    ],
)
def test_one_row_is_kept(rows: list[tuple[object, ...]], kept: int) -> None:
    columns = ("order_id", "customer_id", "order_date", "status", "product_name")
    (row,) = _staged(*rows)
    assert tuple(row[column] for column in columns) == rows[kept]


@law
def test_or_1_ids_are_the_source_ids_once_each(case: Case) -> None:
    ids = {row.id for row in case.sources.orders if row.id is not None}
    assert Counter(row["order_id"] for row in case.tables["stg_orders"]) == Counter(ids)


@law
def test_or_2_group_is_a_function_of_the_status(case: Case) -> None:
    successful, returned = ("completed", "shipped"), ("returned", "return_pending")
    for row in case.tables["stg_orders"]:
        status = row["status"]
        group = "successful" if status in successful else "returned" if status in returned else "pending"
        assert row["order_status_group"] == group


@law
def test_or_3_order_month_is_the_first_of_the_month(case: Case) -> None:
    for row in _dated(case):
        assert row["order_month"] == row["order_date"].replace(day=1)


@law
def test_or_4_year_and_quarter_follow_from_the_date(case: Case) -> None:
    for row in _dated(case):
        assert row["order_year"] == row["order_date"].replace(month=1, day=1)
        assert row["order_quarter"] == (row["order_date"].month - 1) // 3 + 1


@law
def test_or_5_weekday_counts_days_since_a_sunday(case: Case) -> None:
    for row in _dated(case):
        assert row["order_day_of_week"] == (row["order_date"] - A_SUNDAY).days % 7


@law
def test_or_6_date_columns_are_null_together(case: Case) -> None:
    for row in case.tables["stg_orders"]:
        assert {row[column] is None for column in DATE_PARTS} == {row["order_date"] is None}


def _staged(*rows: tuple[object, ...]) -> list[dict[str, object]]:
    return built(Sources(orders=tuple(Order(*row) for row in rows)), GOLDEN_AS_OF)["stg_orders"]


def _dated(case: Case) -> list[dict[str, object]]:
    return [row for row in case.tables["stg_orders"] if row["order_date"] is not None]
