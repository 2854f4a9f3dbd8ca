"""How likely each buyer does not come back."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.balances import ONE_ROW_PER_BUYER
from dataflows.lib.churn_rules import HIGHEST_SCORE, ChurnRules
from dataflows.lib.expressions import in_order, midnight, ratio
from marketing_ibis.data_tests import (
    accepted_values,
    expression_is_true,
    non_negative,
    not_null,
    percentage_range,
    positive_value,
    relationships,
    unique,
)
from marketing_ibis.model import ID, Average, column, model

LOW, MEDIUM, HIGH = BANDS = ("Low", "Medium", "High")

COLUMNS = (
    column(
        "customer_id",
        ID,
        "Key of the buyer.",
        tests=(unique(), not_null(), relationships("customer_segmentation", "customer_id")),
    ),
    column(
        "expected_gap_days",
        "float64",
        "Usual days between two days with orders: the buyer's own mean, else that of all buyers together, else"
        " {churn_rules.default_gap_days}.",
        unit="days",
        tests=(not_null(), positive_value()),
        aggregate=Average(),
    ),
    column(
        "overdue_ratio",
        "float64",
        "Days since the last successful order / expected_gap_days.",
        tests=(not_null(), non_negative()),
        aggregate=Average(),
    ),
    column(
        "churn_risk_score",
        "float64",
        "100 * overdue_ratio / (1 + overdue_ratio): half of it is one usual gap.",
        unit="score 0-100",
        tests=(not_null(), percentage_range(), expression_is_true(_.churn_risk_score < HIGHEST_SCORE, "< 100")),
        aggregate=Average(),
    ),
    column(
        "churn_risk_band",
        "string",
        "Low, Medium from {churn_rules.medium_from_score}, High from {churn_rules.high_from_score}.",
        width=8,
        tests=(not_null(), accepted_values(BANDS)),
    ),
    column("analysis_timestamp", "timestamp", "as_of at midnight."),
    column(
        "average_days_between_orders",
        "float64",
        "Mean days between two days with orders of the buyer; NULL with one such day.",
        nullable=True,
        unit="days",
        aggregate=Average(),
    ),
    column(
        "expected_next_order_date",
        "date",
        "Last day with an order + expected_gap_days, rounded half up; before as_of when overdue.",
        tests=(not_null(),),
    ),
)


@model(
    layer="marts",
    grain=("customer_id",),
    columns=COLUMNS,
    tags=("churn", "daily"),
    dist_key="customer_id",
    sort_keys=("customer_id",),
    tests=(ONE_ROW_PER_BUYER,),
)
def churn_risk(rfm_summary: ir.Table, as_of: date, churn_rules: ChurnRules = ChurnRules()) -> ir.Table:
    """How long each buyer has not ordered, next to the usual gap between orders.

    Grain: one row per ``customer_id`` with at least one successful order.
    Units: days; the score from 0 to below 100.
    Nulls: ``average_days_between_orders`` of buyers with one day of orders.
    Source: docs/metrics/churn_risk.md.
    """
    buyers = _gaps(rfm_summary, churn_rules)
    # Whole numbers on both sides: every engine puts a buyer at exactly a limit in the same band.
    late, usual = buyers.days_since * buyers.gaps, buyers.span

    def reaches(score: int) -> ir.BooleanColumn:
        return HIGHEST_SCORE * late >= score * (usual + late)

    last_day = ibis.date(as_of) - buyers.days_since.as_interval("D")
    gap = (2 * buyers.span + buyers.gaps) // (2 * buyers.gaps)
    return in_order(
        buyers,
        COLUMNS,
        expected_gap_days=ratio(buyers.span, buyers.gaps),
        overdue_ratio=ratio(late, usual),
        churn_risk_score=ratio(HIGHEST_SCORE * late, usual + late),
        churn_risk_band=ibis.cases(
            (reaches(churn_rules.high_from_score), HIGH), (reaches(churn_rules.medium_from_score), MEDIUM), else_=LOW
        ),
        average_days_between_orders=ratio(buyers.recency, buyers.frequency),
        expected_next_order_date=last_day + gap.cast("int32").as_interval("D"),
        analysis_timestamp=midnight(as_of),
    )


def _gaps(summary: ir.Table, rules: ChurnRules) -> ir.Table:
    """Return each buyer's usual gap, ``span`` days in ``gaps`` gaps, and the days since the last order."""
    pooled = summary.agg(pooled_span=summary.recency.sum(), pooled_gaps=summary.frequency.sum())
    buyers = summary.cross_join(pooled)
    is_returning, has_gaps = buyers.frequency > 0, buyers.pooled_gaps > 0
    return buyers.select(
        "customer_id",
        "frequency",
        "recency",
        days_since=buyers.t - buyers.recency,
        span=ibis.cases(
            (is_returning, buyers.recency), (has_gaps, buyers.pooled_span), else_=rules.default_gap_days
        ).cast("int64"),
        gaps=ibis.cases((is_returning, buyers.frequency), (has_gaps, buyers.pooled_gaps), else_=1).cast("int64"),
    )
