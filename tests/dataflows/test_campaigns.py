"""Boundary cases and laws of the campaign lists."""

from __future__ import annotations

import pytest

from dataflows.campaigns.campaign_champions import campaign_champions
from dataflows.campaigns.campaign_first_purchase import campaign_first_purchase
from dataflows.campaigns.campaign_win_back import campaign_win_back
from tests.dataflows.cases import Case, built, law
from tests.dataflows.comparison import Row
from tests.dataflows.shops import Placed, placed, shop
from tests.sources import GOLDEN_AS_OF

LISTS = ("campaign_champions", "campaign_win_back", "campaign_first_purchase")
OTHERS = [placed(buyer, buyer) for buyer in range(2, 6)]
"""Four buyers with one recent order of nothing each: any other buyer is the best or the longest away."""


@pytest.mark.parametrize(
    ("orders", "segment"),
    [
        pytest.param([placed(1, 61), placed(1, 70)], "At Risk", id="often_61_days_ago"),
        pytest.param([placed(1, 60), placed(1, 70)], None, id="often_60_days_ago"),
        pytest.param([placed(1, 61, 9_000)], "Cant Lose Them", id="big_61_days_ago"),
        pytest.param([placed(1, 60, 9_000)], None, id="big_60_days_ago"),
        pytest.param([placed(1, 61)], None, id="neither_often_nor_big"),
        pytest.param([placed(1, 61, 9_000, status="returned")], None, id="never_bought"),
    ],
)
def test_who_is_won_back(orders: list[Placed], segment: str | None) -> None:
    rows = built(shop(*orders, *OTHERS), GOLDEN_AS_OF)["campaign_win_back"]
    assert [(row["customer_id"], row["customer_segment"]) for row in rows] == ([(1, segment)] if segment else [])


def test_who_is_a_champion() -> None:
    best = [placed(1, 0, 9_000), placed(1, 1, 9_000)]
    (row,) = built(shop(*best, *OTHERS), GOLDEN_AS_OF)["campaign_champions"]
    assert (row["customer_id"], row["total_orders"]) == (1, 2)
    assert row["recommended_action"] == "Reward loyalty, early access to new products"


@pytest.mark.parametrize("status", ["placed", "returned", "return_pending", "completed", "shipped"])
def test_who_has_a_first_purchase_to_make(status: str) -> None:
    rows = built(shop(placed(1, 5, 100, status=status), customers=2), GOLDEN_AS_OF)["campaign_first_purchase"]
    invited = {row["customer_id"] for row in rows}
    assert invited == ({2} if status in ("completed", "shipped") else {1, 2})


@law
def test_first_purchase_lists_exactly_the_customers_who_never_bought(case: Case) -> None:
    everyone = {row["customer_id"] for row in case.tables["stg_customers"]}
    assert {row["customer_id"] for row in case.tables["campaign_first_purchase"]} == everyone - case.buyers


@law
def test_champions_are_the_segment(case: Case) -> None:
    segment = {r["customer_id"] for r in _segments(case).values() if r["customer_segment"] == "Champions"}
    assert {row["customer_id"] for row in case.tables["campaign_champions"]} == segment


@law
def test_won_back_is_nobody_who_bought_in_sixty_days(case: Case) -> None:
    last = {sale.customer_id: sale.day for sale in case.successful}
    for row in case.tables["campaign_win_back"]:
        assert (case.as_of - last[row["customer_id"]]).days == row["days_since_last_order"] > 60
        assert row["customer_segment"] in ("At Risk", "Cant Lose Them")


@law
def test_nobody_is_on_two_lists(case: Case) -> None:
    invited = [row["customer_id"] for name in LISTS for row in case.tables[name]]
    assert len(invited) == len(set(invited))


@law
def test_lists_say_what_segmentation_says(case: Case) -> None:
    for row in (*case.tables["campaign_champions"], *case.tables["campaign_win_back"]):
        segment = _segments(case)[row["customer_id"]]
        assert row == {column: segment[column] for column in row}


@pytest.mark.parametrize("model", [campaign_champions, campaign_win_back, campaign_first_purchase])
def test_names_are_marked_as_personal(model: object) -> None:
    columns = model.declaration.contract.columns  # type: ignore[attr-defined]
    assert {column.name for column in columns if column.pii} == {"first_name", "last_name"}


def _segments(case: Case) -> dict[object, Row]:
    return {row["customer_id"]: row for row in case.tables["customer_segmentation"]}
