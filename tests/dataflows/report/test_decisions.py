"""The report's statements about products to push or to question, and about segments that grew."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from dataflows.report import decisions, migration, offers
from dataflows.report.decisions import OFFERS
from dataflows.report.product_kinds import PUSH, QUESTION
from dataflows.report.rows import AbcClass, Migration, Offer, Pair
from tests.dataflows.report.shops import answers_of
from tests.report.markup import cells, words


def offer(
    kind: str, name: str, *, status: str = "Standard", stage: str = "Mature", total: int = 1, orders: int = 40
) -> Offer:
    return Offer(kind, total, name, status, stage, Decimal(900), orders, 0.25, 0.3, "Advice")


NONE_STANDS_OUT = "No product stands out: none grows with few returns, and none declines or is returned often"
ABC = [AbcClass("A", 3, Decimal(7000)), AbcClass("B", 1, Decimal(2000))]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], NONE_STANDS_OUT, id="none"),
        pytest.param(
            [offer(PUSH, "Road", status="Star", stage="Growth")],
            "Push Road (in Growth, a Star by revenue, 30% of its customers buy it again)",
            id="one",
        ),
        pytest.param(
            [offer(PUSH, name, total=38) for name in "ABCD"],
            "Push A, B and C, the first 3 of 38 by gross revenue ($2.70k, 30% of all)",
            id="the first three",
        ),
        pytest.param(
            [offer(PUSH, "A", total=3, orders=29), *[offer(PUSH, name, total=3) for name in "BC"]],
            "Push B and C, the first 2 of 3 by gross revenue ($1.80k, 20% of all)",
            id="few orders are not named",
        ),
        pytest.param(
            [offer(QUESTION, "Bell", status="Problem", total=2), offer(QUESTION, "Pump", stage="Declining", total=2)],
            "Question Bell (25% returned), Pump (declining)",
            id="each with its reason",
        ),
        pytest.param(
            [offer(PUSH, "Road", total=2), offer(QUESTION, "Pump", status="Problem", stage="Declining", total=2)],
            "Push Road (30% of its customers buy it again), the first of 2 by gross revenue; question Pump (25%"
            " returned, declining), the first of 2 by gross revenue",
            id="both",
        ),
        pytest.param(
            [offer(QUESTION, "Pump", stage="Declining", orders=11)],
            "Question none yet: Pump has too few orders (11)",
            id="one of few orders",
        ),
        pytest.param(
            [offer(PUSH, name, orders=11, total=12) for name in "AB"],
            "Push none yet: none of the first 2 by gross revenue has 30 orders",
            id="all of few orders",
        ),
    ],
)
def test_products_are_pushed_or_questioned_for_a_reason(rows: list[Offer], expected: str) -> None:
    section = offers.describe(rows, classes=ABC)
    assert words(section.title) == expected
    assert len(section.views) == len({row.kind for row in rows})


def test_a_list_of_most_products_says_that_it_does() -> None:
    (few, most) = (offers.describe([offer(PUSH, "Road", total=total)], classes=ABC).lead for total in (2, 3))
    assert not few
    assert words(most).startswith("3 of 4 products are to push: where most of them grow")


PRODUCTS = {
    "Star": ("Star", "Mature", 5), "Cow": ("Cash Cow", "New", 5), "Growing": ("Standard", "Growth", 5),
    "Problem": ("Problem", "Growth", 5), "Declining star": ("Star", "Declining", 5), "Plain": ("Standard", "Mature", 5),
    "Unsold": ("Star", "Growth", 0),
}  # fmt: skip


def test_a_command_writes_all_products_of_a_kind() -> None:
    rows: list[Mapping[str, object]] = [
        {
            "product_name": name, "product_status": status, "lifecycle_stage": stage, "total_orders": orders,
            "total_revenue": Decimal(9), "return_rate": 0.1, "repeat_purchase_rate": 0.1,
            "marketing_recommendation": "Advice",
        }
        for name, (status, stage, orders) in PRODUCTS.items()
    ]  # fmt: skip
    listed = answers_of({"product_performance": rows}).rows(decisions.offers)
    section = offers.describe(listed)
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE products (product_name TEXT, product_status TEXT, lifecycle_stage TEXT, total_orders INT)"
        )
        con.executemany("INSERT INTO products VALUES (?, ?, ?, ?)", [(name, *row) for name, row in PRODUCTS.items()])
        for view, kind in zip(section.views, (PUSH, QUESTION), strict=True):
            assert view.tables[0].commands
            ((_, command),) = view.tables[0].commands.lines
            parts = shlex.split(command)
            condition = parts[parts.index("--where") + 1]
            selected = {
                name for (name,) in con.execute(f"SELECT product_name FROM products WHERE {condition}").fetchall()
            }
            assert selected == {row.name for row in listed if row.kind == kind}
            assert len(selected) < OFFERS


def test_the_days_of_a_stage_are_those_of_the_settings() -> None:
    (note,) = offers.describe([offer(PUSH, "Road")], days=60).notes
    assert "compare the last 60 days with the 60 before, so that the season is in them" in note


def test_pairs_are_offered_together() -> None:
    (view,) = offers.describe([], [Pair("Bell", "Pump", 40, 0.5, 1.25)]).views
    assert [words(cell) for cell in view.tables[0].rows[0]] == ["Bell", "Pump", "40", "50%", "1.25"]


def test_segments_that_grew_and_shrank() -> None:
    def moved(origin: str, target: str, customers: int) -> Migration:
        return Migration(date(2024, 4, 1), date(2024, 5, 1), origin, target, customers, Decimal(10 * customers))

    rows = [moved("Champions", "Lost", 3), moved("Champions", "Champions", 5), moved("(new)", "Lost", 2)]
    assert migration.grown(rows) == "Lost grew by 5 and Champions shrank by 3"
    assert cells(migration.growth_table(rows).rows) == [
        ["Champions", "8", "5", "\N{MINUS SIGN}3", "\N{MINUS SIGN}38%", "$50.00"],
        ["Lost", "0", "5", "+5", "\N{EN DASH}", "$50.00"],
    ]
    assert migration.grown([moved("Lost", "Lost", 1)]) == "no segment changed in size"
