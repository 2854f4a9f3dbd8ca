CREATE TABLE "dbt_marketing"."customer_cohorts__candidate" (
  "cohort_month" DATE NOT NULL,
  "months_since_first_purchase" INTEGER NOT NULL,
  "cohort_size" BIGINT NOT NULL,
  "customers_active" BIGINT NOT NULL,
  "retention_rate" DOUBLE PRECISION NOT NULL,
  "cohort_revenue" DECIMAL(18, 2) NOT NULL,
  "avg_order_value" DOUBLE PRECISION,
  "total_orders" BIGINT NOT NULL,
  "revenue_per_original_customer" DOUBLE PRECISION NOT NULL,
  "revenue_per_active_customer" DOUBLE PRECISION,
  "cumulative_revenue" DECIMAL(18, 2) NOT NULL,
  "cumulative_ltv" DOUBLE PRECISION NOT NULL,
  "period_month" DATE NOT NULL,
  "is_complete_period" BOOLEAN NOT NULL,
  "cohort_ltv" DOUBLE PRECISION NOT NULL,
  "cohort_age_months" INTEGER NOT NULL,
  "avg_6m_retention" DOUBLE PRECISION,
  "avg_12m_retention" DOUBLE PRECISION,
  "top_3_products" VARCHAR(65535) NOT NULL,
  "cohort_quality" VARCHAR(16) NOT NULL,
  "is_cohort_quality_provisional" BOOLEAN NOT NULL,
  "retention_stage" VARCHAR(16) NOT NULL,
  "marketing_action" VARCHAR(64) NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("cohort_month", "months_since_first_purchase");
INSERT INTO "dbt_marketing"."customer_cohorts__candidate" ("cohort_month", "months_since_first_purchase", "cohort_size", "customers_active", "retention_rate", "cohort_revenue", "avg_order_value", "total_orders", "revenue_per_original_customer", "revenue_per_active_customer", "cumulative_revenue", "cumulative_ltv", "period_month", "is_complete_period", "cohort_ltv", "cohort_age_months", "avg_6m_retention", "avg_12m_retention", "top_3_products", "cohort_quality", "is_cohort_quality_provisional", "retention_stage", "marketing_action", "analysis_timestamp")
WITH "t18" AS (
  SELECT
    "t1"."customer_id",
    "t1"."order_month",
    "t1"."product_name",
    "t1"."cents"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t1"
  WHERE
    "t1"."success_sequence" IS NOT NULL
), "t15" AS (
  SELECT
    "t0"."customer_id",
    "t0"."cohort_month"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t0"
), "t24" AS (
  SELECT
    "t18"."customer_id",
    "t18"."order_month",
    "t18"."product_name",
    "t18"."cents",
    "t15"."cohort_month"
  FROM "t18" AS "t18"
  INNER JOIN "t15" AS "t15"
    ON "t18"."customer_id" = "t15"."customer_id"
), "t28" AS (
  SELECT
    0 AS "d"
  UNION ALL
  SELECT
    1 AS "d"
  UNION ALL
  SELECT
    2 AS "d"
  UNION ALL
  SELECT
    3 AS "d"
  UNION ALL
  SELECT
    4 AS "d"
  UNION ALL
  SELECT
    5 AS "d"
  UNION ALL
  SELECT
    6 AS "d"
  UNION ALL
  SELECT
    7 AS "d"
  UNION ALL
  SELECT
    8 AS "d"
  UNION ALL
  SELECT
    9 AS "d"
), "t14" AS (
  SELECT
    "t0"."customer_id",
    "t0"."number_of_orders",
    "t0"."successful_orders",
    "t0"."returned_orders",
    "t0"."pending_orders",
    "t0"."gross_cents",
    "t0"."net_cents",
    "t0"."promo_cents",
    "t0"."first_order",
    "t0"."most_recent_order",
    "t0"."first_success_date",
    "t0"."last_success_date",
    "t0"."cohort_month"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t0"
  WHERE
    "t0"."cohort_month" IS NOT NULL
), "t20" AS (
  SELECT
    "t14"."cohort_month",
    COUNT(*) AS "cohort_size"
  FROM "t14" AS "t14"
  GROUP BY
    1
), "t31" AS (
  SELECT
    "t20"."cohort_month",
    "t20"."cohort_size",
    24293 - (
      (
        CAST(EXTRACT(year FROM "t20"."cohort_month") AS INTEGER) * 12
      ) + CAST(EXTRACT(month FROM "t20"."cohort_month") AS INTEGER)
    ) AS "age",
    (
      CAST(EXTRACT(year FROM "t20"."cohort_month") AS INTEGER) * 12
    ) + CAST(EXTRACT(month FROM "t20"."cohort_month") AS INTEGER) AS "first_month"
  FROM "t20" AS "t20"
), "t36" AS (
  SELECT
    "t30"."d" AS "__n"
  FROM "t28" AS "t30"
), "t38" AS (
  SELECT
    "t36"."__n",
    "t34"."d"
  FROM "t36" AS "t36"
  CROSS JOIN "t28" AS "t34"
), "t44" AS (
  SELECT
    (
      "t38"."__n" * 10
    ) + "t38"."d" AS "__n"
  FROM "t38" AS "t38"
), "t45" AS (
  SELECT
    "t44"."__n",
    "t34"."d"
  FROM "t44" AS "t44"
  CROSS JOIN "t28" AS "t34"
), "t49" AS (
  SELECT
    (
      "t45"."__n" * 10
    ) + "t45"."d" AS "__n"
  FROM "t45" AS "t45"
), "t50" AS (
  SELECT
    "t49"."__n",
    "t34"."d"
  FROM "t49" AS "t49"
  CROSS JOIN "t28" AS "t34"
), "t52" AS (
  SELECT
    (
      "t50"."__n" * 10
    ) + "t50"."d" AS "__n"
  FROM "t50" AS "t50"
), "t53" AS (
  SELECT
    "t31"."cohort_month",
    "t31"."cohort_size",
    "t31"."age",
    "t31"."first_month",
    "t52"."__n"
  FROM "t31" AS "t31"
  CROSS JOIN "t52" AS "t52"
), "t55" AS (
  SELECT
    "t53"."cohort_month",
    "t53"."cohort_size",
    "t53"."age",
    "t53"."first_month",
    CAST((
      "t53"."__n" * 1
    ) + CAST(0 AS BIGINT) AS BIGINT) AS "k",
    "t53"."first_month" + CAST((
      "t53"."__n" * 1
    ) + CAST(0 AS BIGINT) AS BIGINT) AS "month_index"
  FROM "t53" AS "t53"
  WHERE
    "t53"."__n" < CAST((
      "t53"."age" + 1
    ) - 0 AS BIGINT)
    AND (
      CAST(1 AS DOUBLE PRECISION) / CAST(CASE WHEN CAST((
        "t53"."age" + 1
      ) - 0 AS BIGINT) <= 10000 THEN 1 ELSE 0 END AS DOUBLE PRECISION)
    ) > 0
), "t32" AS (
  SELECT
    "t26"."customer_id",
    "t26"."cohort_month",
    "t26"."order_month",
    CAST(SUM("t26"."cents") AS BIGINT) AS "cents",
    COUNT(*) AS "orders"
  FROM "t24" AS "t26"
  GROUP BY
    1,
    2,
    3
), "t37" AS (
  SELECT
    "t32"."cohort_month",
    "t32"."order_month",
    COUNT(*) AS "active",
    CAST(SUM("t32"."cents") AS BIGINT) AS "cents",
    CAST(SUM("t32"."orders") AS BIGINT) AS "orders"
  FROM "t32" AS "t32"
  GROUP BY
    1,
    2
), "t43" AS (
  SELECT
    "t37"."cohort_month",
    "t37"."active",
    "t37"."cents",
    "t37"."orders",
    (
      CAST(EXTRACT(year FROM "t37"."order_month") AS INTEGER) * 12
    ) + CAST(EXTRACT(month FROM "t37"."order_month") AS INTEGER) AS "month_index"
  FROM "t37" AS "t37"
), "t33" AS (
  SELECT
    "t26"."cohort_month",
    "t26"."product_name",
    CAST(SUM("t26"."cents") AS BIGINT) AS "cents"
  FROM "t24" AS "t26"
  GROUP BY
    1,
    2
), "t39" AS (
  SELECT
    "t33"."cohort_month",
    "t33"."product_name",
    "t33"."cents",
    ROW_NUMBER() OVER (
      PARTITION BY "t33"."cohort_month"
      ORDER BY "t33"."cents" DESC NULLS LAST, "t33"."product_name" NULLS LAST
    ) - 1 AS "place"
  FROM "t33" AS "t33"
), "t41" AS (
  SELECT
    "t39"."cohort_month",
    "t39"."product_name",
    "t39"."cents",
    "t39"."place"
  FROM "t39" AS "t39"
  WHERE
    "t39"."place" < 3
), "t47" AS (
  SELECT
    "t41"."cohort_month",
    LISTAGG("t41"."product_name", ', ') WITHIN GROUP (ORDER BY
      "t41"."place" NULLS LAST) AS "top_3_products"
  FROM "t41" AS "t41"
  GROUP BY
    1
), "t56" AS (
  SELECT
    "t55"."cohort_month",
    "t55"."cohort_size",
    "t55"."k",
    "t47"."top_3_products",
    CAST("t55"."k" AS INTEGER) AS "months_since_first_purchase",
    COALESCE("t43"."active", 0) AS "customers_active",
    (
      CAST(COALESCE("t43"."active", 0) * 100 AS DOUBLE PRECISION) / CAST(NULLIF("t55"."cohort_size", 0) AS DOUBLE PRECISION)
    ) + 0.0 AS "retention_rate",
    CAST(CAST(COALESCE("t43"."cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cohort_revenue",
    CAST(COALESCE("t43"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t43"."orders", 0) * 100, 0) AS DOUBLE PRECISION) AS "avg_order_value",
    COALESCE("t43"."orders", 0) AS "total_orders",
    CAST(COALESCE("t43"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF("t55"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "revenue_per_original_customer",
    CAST(COALESCE("t43"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t43"."active", 0) * 100, 0) AS DOUBLE PRECISION) AS "revenue_per_active_customer",
    CAST(CAST(CAST(SUM(COALESCE("t43"."cents", 0)) OVER (
      PARTITION BY "t55"."cohort_month"
      ORDER BY "t55"."k" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cumulative_revenue",
    CAST(CAST(SUM(COALESCE("t43"."cents", 0)) OVER (
      PARTITION BY "t55"."cohort_month"
      ORDER BY "t55"."k" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS DOUBLE PRECISION) / CAST(NULLIF("t55"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "cumulative_ltv",
    CAST(CAST(SUM(COALESCE("t43"."cents", 0)) OVER (PARTITION BY "t55"."cohort_month") AS BIGINT) AS DOUBLE PRECISION) / CAST(NULLIF("t55"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "cohort_ltv",
    CAST("t55"."age" AS INTEGER) AS "cohort_age_months",
    CAST(DATEADD(MONTH, "t55"."k", "t55"."cohort_month") AS DATE) AS "period_month",
    "t55"."month_index" <= 24292 AS "is_complete_period",
    (
      CAST(CAST(SUM(
        CASE
          WHEN (
            "t55"."month_index" <= 24292
          )
          AND (
            "t55"."k" >= 1
          )
          AND (
            "t55"."k" <= 6
          )
          THEN COALESCE("t43"."active", 0)
          ELSE 0
        END
      ) OVER (PARTITION BY "t55"."cohort_month") AS BIGINT) * 100 AS DOUBLE PRECISION) / CAST(NULLIF(
        "t55"."cohort_size" * CAST(SUM(
          CASE
            WHEN (
              "t55"."month_index" <= 24292
            )
            AND (
              "t55"."k" >= 1
            )
            AND (
              "t55"."k" <= 6
            )
            THEN 1
            ELSE 0
          END
        ) OVER (PARTITION BY "t55"."cohort_month") AS BIGINT),
        0
      ) AS DOUBLE PRECISION)
    ) + 0.0 AS "avg_6m_retention",
    (
      CAST(CAST(SUM(
        CASE
          WHEN (
            "t55"."month_index" <= 24292
          )
          AND (
            "t55"."k" >= 1
          )
          AND (
            "t55"."k" <= 12
          )
          THEN COALESCE("t43"."active", 0)
          ELSE 0
        END
      ) OVER (PARTITION BY "t55"."cohort_month") AS BIGINT) * 100 AS DOUBLE PRECISION) / CAST(NULLIF(
        "t55"."cohort_size" * CAST(SUM(
          CASE
            WHEN (
              "t55"."month_index" <= 24292
            )
            AND (
              "t55"."k" >= 1
            )
            AND (
              "t55"."k" <= 12
            )
            THEN 1
            ELSE 0
          END
        ) OVER (PARTITION BY "t55"."cohort_month") AS BIGINT),
        0
      ) AS DOUBLE PRECISION)
    ) + 0.0 AS "avg_12m_retention",
    CAST(SUM(
      CASE
        WHEN (
          "t55"."month_index" <= 24292
        ) AND (
          "t55"."k" >= 1
        )
        THEN 1
        ELSE 0
      END
    ) OVER (PARTITION BY "t55"."cohort_month") AS BIGINT) < 6 AS "is_cohort_quality_provisional"
  FROM "t55" AS "t55"
  LEFT OUTER JOIN "t43" AS "t43"
    ON "t55"."cohort_month" = "t43"."cohort_month"
    AND "t55"."month_index" = "t43"."month_index"
  LEFT OUTER JOIN "t47" AS "t47"
    ON "t55"."cohort_month" = "t47"."cohort_month"
)
SELECT
  CAST("t56"."cohort_month" AS DATE) AS "cohort_month",
  CAST("t56"."months_since_first_purchase" AS INTEGER) AS "months_since_first_purchase",
  CAST("t56"."cohort_size" AS BIGINT) AS "cohort_size",
  CAST("t56"."customers_active" AS BIGINT) AS "customers_active",
  CAST("t56"."retention_rate" AS DOUBLE PRECISION) AS "retention_rate",
  CAST("t56"."cohort_revenue" AS DECIMAL(18, 2)) AS "cohort_revenue",
  CAST("t56"."avg_order_value" AS DOUBLE PRECISION) AS "avg_order_value",
  CAST("t56"."total_orders" AS BIGINT) AS "total_orders",
  CAST("t56"."revenue_per_original_customer" AS DOUBLE PRECISION) AS "revenue_per_original_customer",
  CAST("t56"."revenue_per_active_customer" AS DOUBLE PRECISION) AS "revenue_per_active_customer",
  CAST("t56"."cumulative_revenue" AS DECIMAL(18, 2)) AS "cumulative_revenue",
  CAST("t56"."cumulative_ltv" AS DOUBLE PRECISION) AS "cumulative_ltv",
  CAST("t56"."period_month" AS DATE) AS "period_month",
  "t56"."is_complete_period",
  CAST("t56"."cohort_ltv" AS DOUBLE PRECISION) AS "cohort_ltv",
  CAST("t56"."cohort_age_months" AS INTEGER) AS "cohort_age_months",
  CAST("t56"."avg_6m_retention" AS DOUBLE PRECISION) AS "avg_6m_retention",
  CAST("t56"."avg_12m_retention" AS DOUBLE PRECISION) AS "avg_12m_retention",
  "t56"."top_3_products",
  CASE
    WHEN "t56"."avg_6m_retention" IS NULL
    THEN 'Standard'
    WHEN (
      "t56"."avg_6m_retention" > 40.00000004
    )
    AND (
      "t56"."cohort_ltv" > 500.0000005
    )
    THEN 'Premium'
    WHEN (
      "t56"."avg_6m_retention" > 30.00000003
    )
    AND (
      "t56"."cohort_ltv" > 300.0000003
    )
    THEN 'High Value'
    WHEN (
      "t56"."avg_6m_retention" > 20.00000002
    )
    AND (
      "t56"."cohort_ltv" > 200.0000002
    )
    THEN 'Standard'
    WHEN "t56"."avg_6m_retention" > 10.00000001
    THEN 'Below Average'
    ELSE 'At Risk'
  END AS "cohort_quality",
  "t56"."is_cohort_quality_provisional",
  CASE
    WHEN "t56"."k" = 0
    THEN 'Acquisition'
    WHEN "t56"."k" <= 3
    THEN 'Activation'
    WHEN "t56"."k" <= 6
    THEN 'Retention'
    WHEN "t56"."k" <= 12
    THEN 'Revenue'
    ELSE 'Referral'
  END AS "retention_stage",
  CASE
    WHEN "t56"."k" = 0
    THEN 'Focus on onboarding experience'
    WHEN NOT (
      "t56"."is_complete_period"
    )
    THEN 'Monitor performance'
    WHEN (
      "t56"."k" = 1
    ) AND (
      "t56"."retention_rate" < 50
    )
    THEN 'Improve first month experience'
    WHEN "t56"."k" BETWEEN 2 AND 3 AND (
      "t56"."retention_rate" < 30
    )
    THEN 'Launch retention campaigns'
    WHEN (
      "t56"."k" > 3
    ) AND (
      "t56"."k" <= 6
    ) AND (
      "t56"."retention_rate" < 20
    )
    THEN 'Implement win-back strategies'
    WHEN (
      "t56"."k" > 12
    ) AND (
      "t56"."retention_rate" > 10
    )
    THEN 'Focus on loyalty programs'
    ELSE 'Monitor performance'
  END AS "marketing_action",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "t56" AS "t56";
COMMENT ON TABLE "dbt_marketing"."customer_cohorts__candidate" IS 'How many of each month''s new buyers came back in every later month, and what they were worth.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cohort_month" IS 'First day of the month of the cohort''s first successful orders.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."months_since_first_purchase" IS 'Months since cohort_month, from 0. Unit: months.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cohort_size" IS 'Buyers of the cohort. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."customers_active" IS 'Buyers of the cohort with a successful order in the month. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."retention_rate" IS '100 * customers_active / cohort_size. Unit: percent.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cohort_revenue" IS 'Payments of the month''s successful orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."avg_order_value" IS 'cohort_revenue / total_orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."total_orders" IS 'Successful orders in the month. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."revenue_per_original_customer" IS 'cohort_revenue / cohort_size. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."revenue_per_active_customer" IS 'cohort_revenue / customers_active. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cumulative_revenue" IS 'Revenue from month 0 to this one. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cumulative_ltv" IS 'cumulative_revenue / cohort_size: the LTV curve. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."period_month" IS 'First day of the month that the row describes.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."is_complete_period" IS 'Whether the month is over at the end of as_of; averages skip those that are not.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cohort_ltv" IS 'Revenue to date / cohort_size; compare cohorts by cumulative_ltv. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cohort_age_months" IS 'Months from cohort_month to the month of as_of. Unit: months.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."avg_6m_retention" IS 'Mean retention of complete months 1 to 6. Unit: percent.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."avg_12m_retention" IS 'Mean retention of complete months 1 to 12. Unit: percent.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."top_3_products" IS 'Products of most revenue, ties by name, joined with '', ''.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."cohort_quality" IS 'Premium, High Value, Standard, Below Average or At Risk; Standard without a verdict.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."is_cohort_quality_provisional" IS 'Whether fewer than 6 months after the first are complete.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."retention_stage" IS 'Acquisition, Activation, Retention, Revenue or Referral, by age.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."marketing_action" IS 'What to do about the cohort in this month.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts__candidate"."analysis_timestamp" IS 'as_of at midnight.';
