CREATE TABLE "dbt_marketing"."churn_risk__candidate" (
  "customer_id" BIGINT NOT NULL,
  "expected_gap_days" DOUBLE PRECISION NOT NULL,
  "overdue_ratio" DOUBLE PRECISION NOT NULL,
  "churn_risk_score" DOUBLE PRECISION NOT NULL,
  "churn_risk_band" VARCHAR(8) NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL,
  "average_days_between_orders" DOUBLE PRECISION,
  "expected_next_order_date" DATE NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."churn_risk__candidate" ("customer_id", "expected_gap_days", "overdue_ratio", "churn_risk_score", "churn_risk_band", "analysis_timestamp", "average_days_between_orders", "expected_next_order_date")
WITH "rfm_summary_totals" AS (
  SELECT
    CAST(SUM("t0"."recency") AS BIGINT) AS "pooled_span",
    CAST(SUM("t0"."frequency") AS BIGINT) AS "pooled_gaps"
  FROM "dbt_marketing"."rfm_summary__candidate" AS "t0"
), "rfm_summary_with_rfm_summary" AS (
  SELECT
    "t1"."customer_id",
    "t1"."frequency",
    "t1"."recency",
    "t1"."t" - "t1"."recency" AS "days_since",
    CASE
      WHEN "t1"."frequency" > 0
      THEN "t1"."recency"
      WHEN "t3"."pooled_gaps" > 0
      THEN "t3"."pooled_span"
      ELSE 90
    END AS "span",
    CASE
      WHEN "t1"."frequency" > 0
      THEN "t1"."frequency"
      WHEN "t3"."pooled_gaps" > 0
      THEN "t3"."pooled_gaps"
      ELSE 1
    END AS "gaps"
  FROM "dbt_marketing"."rfm_summary__candidate" AS "t1"
  CROSS JOIN "rfm_summary_totals" AS "t3"
)
SELECT
  CAST("t4"."customer_id" AS BIGINT) AS "customer_id",
  CAST((
    CAST("t4"."span" AS DOUBLE PRECISION) / CAST(NULLIF("t4"."gaps", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "expected_gap_days",
  CAST((
    CAST("t4"."days_since" * "t4"."gaps" AS DOUBLE PRECISION) / CAST(NULLIF("t4"."span", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "overdue_ratio",
  CAST((
    CAST("t4"."days_since" * "t4"."gaps" * 100 AS DOUBLE PRECISION) / CAST(NULLIF("t4"."span" + (
      "t4"."days_since" * "t4"."gaps"
    ), 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "churn_risk_score",
  CASE
    WHEN (
      "t4"."days_since" * "t4"."gaps" * 100
    ) >= (
      (
        "t4"."span" + (
          "t4"."days_since" * "t4"."gaps"
        )
      ) * 75
    )
    THEN 'High'
    WHEN (
      "t4"."days_since" * "t4"."gaps" * 100
    ) >= (
      (
        "t4"."span" + (
          "t4"."days_since" * "t4"."gaps"
        )
      ) * 50
    )
    THEN 'Medium'
    ELSE 'Low'
  END AS "churn_risk_band",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp",
  CAST((
    CAST("t4"."recency" AS DOUBLE PRECISION) / CAST(NULLIF("t4"."frequency", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "average_days_between_orders",
  CAST(DATEADD(
    DAY,
    CAST((
      CAST((
        "t4"."span" * 2
      ) + "t4"."gaps" AS BIGINT) - MOD(
        MOD(CAST((
          "t4"."span" * 2
        ) + "t4"."gaps" AS BIGINT), "t4"."gaps" * 2) + (
          "t4"."gaps" * 2
        ),
        "t4"."gaps" * 2
      )
    ) / (
      "t4"."gaps" * 2
    ) AS INTEGER),
    CAST(DATEADD(DAY, -(
      "t4"."days_since"
    ), CAST('2024-05-15' AS DATE)) AS DATE)
  ) AS DATE) AS "expected_next_order_date"
FROM "rfm_summary_with_rfm_summary" AS "t4";
COMMENT ON TABLE "dbt_marketing"."churn_risk__candidate" IS 'How long each buyer has not ordered, next to the usual gap between orders.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."customer_id" IS 'Key of the buyer.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."expected_gap_days" IS 'Usual days between two days with orders: the buyer''s own mean, else that of all buyers together, else 90. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."overdue_ratio" IS 'Days since the last successful order / expected_gap_days.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."churn_risk_score" IS '100 * overdue_ratio / (1 + overdue_ratio): half of it is one usual gap. Unit: score 0-100.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."churn_risk_band" IS 'Low, Medium from 50, High from 75.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."analysis_timestamp" IS 'as_of at midnight.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."average_days_between_orders" IS 'Mean days between two days with orders of the buyer; NULL with one such day. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."churn_risk__candidate"."expected_next_order_date" IS 'Last day with an order + expected_gap_days, rounded half up; before as_of when overdue.';
