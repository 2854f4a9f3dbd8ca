"""Boundary cases and laws of churn_risk, rfm_summary, campaign_performance and channel_trends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dataflows.lib.churn_rules import ChurnRules
from dataflows.marts.campaign_performance import CampaignMargins
from tests.dataflows.cases import Case, built, cents, law
from tests.dataflows.comparison import Row
from tests.dataflows.shops import Placed, placed, shop
from tests.sources import GOLDEN_AS_OF


def risks(*orders: Placed) -> dict[object, Row]:
    return {row["customer_id"]: row for row in built(shop(*orders), GOLDEN_AS_OF)["churn_risk"]}


@law
def test_every_buyer_has_one_row_and_a_score_below_100(case: Case) -> None:
    rows = case.tables["churn_risk"]
    assert sorted(row["customer_id"] for row in rows) == sorted(case.buyers)
    assert all(0 <= row["churn_risk_score"] < 100 and row["expected_gap_days"] > 0 for row in rows)


@law
def test_the_days_of_a_buyer_are_in_order(case: Case) -> None:
    for row in case.tables["rfm_summary"]:
        assert 0 <= row["frequency"] <= row["recency"] <= row["t"]
        assert row["frequency"] or (row["recency"], row["monetary_value"]) == (0, 0.0)


@law
def test_campaigns_and_months_add_up_to_the_shop(case: Case) -> None:
    campaigns, trends = case.tables["campaign_performance"], case.tables["channel_trends"]
    assert sum(row["campaign_conversions"] for row in campaigns) == len(case.successful)
    assert sum(row["monthly_conversions"] for row in trends) == len(case.successful)
    assert cents(campaigns, "campaign_revenue") == cents(trends, "monthly_revenue") == case.net


@pytest.mark.parametrize(
    ("days_since", "score", "band"),
    [(29, 100 * 29 / 59, "Low"), (30, 50.0, "Medium"), (89, 100 * 89 / 119, "Medium"), (90, 75.0, "High")],
)
def test_a_band_begins_at_exactly_its_score(days_since: int, score: float, band: str) -> None:
    risk = risks(placed(1, days_since + 30, 100), placed(1, days_since, 100))[1]
    assert risk["churn_risk_score"] == pytest.approx(score)
    assert risk["churn_risk_band"] == band


def test_two_orders_on_a_day_are_no_gap() -> None:
    one = risks(placed(1, 60, 100), placed(1, 20, 100))[1]
    assert one == risks(placed(1, 60, 50), placed(1, 60, 50), placed(1, 20, 100))[1]
    assert one["average_days_between_orders"] == 40.0


def test_a_buyer_of_one_day_has_the_gap_of_all_buyers_together() -> None:
    by_buyer = risks(placed(1, 60, 1), placed(1, 50, 1), placed(2, 60, 1), placed(2, 30, 1), placed(3, 10, 1))
    assert by_buyer[3]["expected_gap_days"] == 20.0
    assert by_buyer[3]["average_days_between_orders"] is None


def test_without_any_gap_it_is_the_default() -> None:
    risk = risks(placed(1, 90, 1))[1]
    assert (risk["expected_gap_days"], risk["churn_risk_band"]) == (90.0, "Medium")


@pytest.mark.parametrize(("span", "gaps", "days"), [(5, 2, 3), (7, 3, 2), (8, 3, 3)])
def test_the_next_order_is_expected_after_the_gap_rounded_half_up(span: int, gaps: int, days: int) -> None:
    ages = [*range(10 + span, 10 + span - gaps, -1), 10]
    risk = risks(*(placed(1, age, 1) for age in ages))[1]
    assert risk["expected_next_order_date"] == GOLDEN_AS_OF - timedelta(10) + timedelta(days)


def test_customers_who_never_bought_have_no_risk() -> None:
    tables = built(shop(placed(1, 3, 100), placed(2, 3, 100, status="placed"), customers=3), GOLDEN_AS_OF)
    bands = {row["customer_id"]: row["churn_risk_band"] for row in tables["customers"]}
    assert bands == {1: "Low", 2: None, 3: None}


def test_profit_is_exact_to_a_hundredth_of_a_cent() -> None:
    (row,) = built(shop(placed(1, date(2024, 1, 10), 12_345)), GOLDEN_AS_OF)["campaign_performance"]
    assert row["estimated_profit"] == Decimal("104.9325")


def test_growth_compares_with_the_month_before_and_not_with_the_last_order() -> None:
    orders = placed(1, date(2024, 1, 9), 100), placed(1, date(2024, 2, 6), 150), placed(1, date(2024, 5, 7), 300)
    rows = built(shop(*orders), GOLDEN_AS_OF)["channel_trends"]
    organic = [row for row in rows if row["attribution_channel"] == "Organic"]
    growth = {row["order_month"].month: row["mom_growth_rate"] for row in organic}
    assert growth == {1: None, 2: None, 3: -1.0, 4: None, 5: None}


@pytest.mark.parametrize("scores", [(60, 50), (-1, 50), (50, 101)])
def test_scores_out_of_order_are_refused(scores: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="must hold"):
        ChurnRules(*scores)


def test_a_gap_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ChurnRules(default_gap_days=0)


def test_a_margin_above_all_revenue_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 100"):
        CampaignMargins(other_percent=120)
