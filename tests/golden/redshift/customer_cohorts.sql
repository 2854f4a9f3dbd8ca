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
  "top_3_products" VARCHAR(1024) NOT NULL,
  "cohort_quality" VARCHAR(16) NOT NULL,
  "is_cohort_quality_provisional" BOOLEAN NOT NULL,
  "retention_stage" VARCHAR(16) NOT NULL,
  "marketing_action" VARCHAR(64) NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("cohort_month", "months_since_first_purchase");
INSERT INTO "dbt_marketing"."customer_cohorts__candidate" ("cohort_month", "months_since_first_purchase", "cohort_size", "customers_active", "retention_rate", "cohort_revenue", "avg_order_value", "total_orders", "revenue_per_original_customer", "revenue_per_active_customer", "cumulative_revenue", "cumulative_ltv", "period_month", "is_complete_period", "cohort_ltv", "cohort_age_months", "avg_6m_retention", "avg_12m_retention", "top_3_products", "cohort_quality", "is_cohort_quality_provisional", "retention_stage", "marketing_action", "analysis_timestamp")
WITH "int_customer_orders_filtered" AS (
  SELECT
    "t2"."customer_id",
    "t2"."number_of_orders",
    "t2"."successful_orders",
    "t2"."returned_orders",
    "t2"."pending_orders",
    "t2"."gross_cents",
    "t2"."net_cents",
    "t2"."promo_cents",
    "t2"."first_order",
    "t2"."most_recent_order",
    "t2"."first_success_date",
    "t2"."last_success_date",
    "t2"."cohort_month"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t2"
  WHERE
    "t2"."cohort_month" IS NOT NULL
), "int_customer_orders_by_cohort_month" AS (
  SELECT
    "t18"."cohort_month",
    COUNT(*) AS "cohort_size"
  FROM "int_customer_orders_filtered" AS "t18"
  GROUP BY
    1
), "int_customer_orders_selected" AS (
  SELECT
    "t22"."cohort_month",
    "t22"."cohort_size",
    24293 - (
      (
        CAST(EXTRACT(year FROM "t22"."cohort_month") AS INTEGER) * 12
      ) + CAST(EXTRACT(month FROM "t22"."cohort_month") AS INTEGER)
    ) AS "age",
    (
      CAST(EXTRACT(year FROM "t22"."cohort_month") AS INTEGER) * 12
    ) + CAST(EXTRACT(month FROM "t22"."cohort_month") AS INTEGER) AS "first_month"
  FROM "int_customer_orders_by_cohort_month" AS "t22"
), "int_customer_orders_filtered_2" AS (
  SELECT
    "t33"."cohort_month",
    "t33"."cohort_size",
    "t33"."age",
    "t33"."first_month",
    CAST((
      "t33"."age" + 1
    ) - 0 AS BIGINT) AS "__size"
  FROM "int_customer_orders_selected" AS "t33"
  WHERE
    (
      CAST(1 AS DOUBLE PRECISION) / CAST(CASE WHEN CAST((
        "t33"."age" + 1
      ) - 0 AS BIGINT) > 1000000 THEN 0 ELSE 1 END AS DOUBLE PRECISION)
    ) > 0
), "constant_rows" AS (
  SELECT
    0 AS "__d"
  UNION ALL
  SELECT
    1 AS "__d"
  UNION ALL
  SELECT
    2 AS "__d"
  UNION ALL
  SELECT
    3 AS "__d"
  UNION ALL
  SELECT
    4 AS "__d"
  UNION ALL
  SELECT
    5 AS "__d"
  UNION ALL
  SELECT
    6 AS "__d"
  UNION ALL
  SELECT
    7 AS "__d"
  UNION ALL
  SELECT
    8 AS "__d"
  UNION ALL
  SELECT
    9 AS "__d"
), "int_customer_orders_with_rows" AS (
  SELECT
    "t38"."cohort_month",
    "t38"."cohort_size",
    "t38"."age",
    "t38"."first_month",
    "t38"."__size",
    "t34"."__d"
  FROM "int_customer_orders_filtered_2" AS "t38"
  CROSS JOIN "constant_rows" AS "t34"
), "int_customer_orders_filtered_3" AS (
  SELECT
    "t40"."cohort_month",
    "t40"."cohort_size",
    "t40"."age",
    "t40"."first_month",
    "t40"."__size",
    "t40"."__d" AS "__n"
  FROM "int_customer_orders_with_rows" AS "t40"
  WHERE
    (
      "t40"."__d" * 100000
    ) < "t40"."__size"
), "int_customer_orders_with_rows_2" AS (
  SELECT
    "t43"."cohort_month",
    "t43"."cohort_size",
    "t43"."age",
    "t43"."first_month",
    "t43"."__size",
    "t43"."__n",
    "t34"."__d"
  FROM "int_customer_orders_filtered_3" AS "t43"
  CROSS JOIN "constant_rows" AS "t34"
), "int_customer_orders_filtered_4" AS (
  SELECT
    "t44"."cohort_month",
    "t44"."cohort_size",
    "t44"."age",
    "t44"."first_month",
    "t44"."__size",
    (
      "t44"."__n" * 10
    ) + "t44"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_2" AS "t44"
  WHERE
    (
      (
        (
          "t44"."__n" * 10
        ) + "t44"."__d"
      ) * 10000
    ) < "t44"."__size"
), "int_customer_orders_with_rows_3" AS (
  SELECT
    "t46"."cohort_month",
    "t46"."cohort_size",
    "t46"."age",
    "t46"."first_month",
    "t46"."__size",
    "t46"."__n",
    "t34"."__d"
  FROM "int_customer_orders_filtered_4" AS "t46"
  CROSS JOIN "constant_rows" AS "t34"
), "int_customer_orders_filtered_5" AS (
  SELECT
    "t47"."cohort_month",
    "t47"."cohort_size",
    "t47"."age",
    "t47"."first_month",
    "t47"."__size",
    (
      "t47"."__n" * 10
    ) + "t47"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_3" AS "t47"
  WHERE
    (
      (
        (
          "t47"."__n" * 10
        ) + "t47"."__d"
      ) * 1000
    ) < "t47"."__size"
), "int_customer_orders_with_rows_4" AS (
  SELECT
    "t49"."cohort_month",
    "t49"."cohort_size",
    "t49"."age",
    "t49"."first_month",
    "t49"."__size",
    "t49"."__n",
    "t34"."__d"
  FROM "int_customer_orders_filtered_5" AS "t49"
  CROSS JOIN "constant_rows" AS "t34"
), "int_customer_orders_filtered_6" AS (
  SELECT
    "t50"."cohort_month",
    "t50"."cohort_size",
    "t50"."age",
    "t50"."first_month",
    "t50"."__size",
    (
      "t50"."__n" * 10
    ) + "t50"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_4" AS "t50"
  WHERE
    (
      (
        (
          "t50"."__n" * 10
        ) + "t50"."__d"
      ) * 100
    ) < "t50"."__size"
), "int_customer_orders_with_rows_5" AS (
  SELECT
    "t52"."cohort_month",
    "t52"."cohort_size",
    "t52"."age",
    "t52"."first_month",
    "t52"."__size",
    "t52"."__n",
    "t34"."__d"
  FROM "int_customer_orders_filtered_6" AS "t52"
  CROSS JOIN "constant_rows" AS "t34"
), "int_customer_orders_filtered_7" AS (
  SELECT
    "t53"."cohort_month",
    "t53"."cohort_size",
    "t53"."age",
    "t53"."first_month",
    "t53"."__size",
    (
      "t53"."__n" * 10
    ) + "t53"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_5" AS "t53"
  WHERE
    (
      (
        (
          "t53"."__n" * 10
        ) + "t53"."__d"
      ) * 10
    ) < "t53"."__size"
), "int_customer_orders_with_rows_6" AS (
  SELECT
    "t55"."cohort_month",
    "t55"."cohort_size",
    "t55"."age",
    "t55"."first_month",
    "t55"."__size",
    "t55"."__n",
    "t34"."__d"
  FROM "int_customer_orders_filtered_7" AS "t55"
  CROSS JOIN "constant_rows" AS "t34"
), "int_customer_orders_filtered_8" AS (
  SELECT
    "t56"."cohort_month",
    "t56"."cohort_size",
    "t56"."age",
    "t56"."first_month",
    CAST((
      (
        (
          "t56"."__n" * 10
        ) + "t56"."__d"
      ) * 1
    ) + CAST(0 AS BIGINT) AS BIGINT) AS "k"
  FROM "int_customer_orders_with_rows_6" AS "t56"
  WHERE
    (
      (
        "t56"."__n" * 10
      ) + "t56"."__d"
    ) < "t56"."__size"
), "int_customer_orders_selected_2" AS (
  SELECT
    "t57"."cohort_month",
    "t57"."cohort_size",
    "t57"."age",
    "t57"."first_month",
    "t57"."k",
    "t57"."first_month" + "t57"."k" AS "month_index"
  FROM "int_customer_orders_filtered_8" AS "t57"
), "customer_cohorts_by_filtered" AS (
  SELECT
    "t0"."attribute",
    "t0"."attribute_value",
    "t0"."cohort_month",
    "t0"."months_since_first_purchase",
    "t0"."cohort_size",
    "t0"."customers_active",
    "t0"."retention_rate",
    "t0"."cohort_revenue",
    "t0"."total_orders",
    "t0"."cumulative_revenue",
    "t0"."cumulative_ltv",
    "t0"."period_month",
    "t0"."is_complete_period"
  FROM "dbt_marketing"."customer_cohorts_by__candidate" AS "t0"
  WHERE
    "t0"."attribute" = 'first_channel'
), "customer_cohorts_by_by_cohort_month_and_months_since_first_purchase" AS (
  SELECT
    "t15"."cohort_month",
    "t15"."months_since_first_purchase",
    CAST(SUM("t15"."customers_active") AS BIGINT) AS "active",
    CAST(SUM(CAST(ROUND("t15"."cohort_revenue" * 100) AS BIGINT)) AS BIGINT) AS "cents",
    CAST(SUM("t15"."total_orders") AS BIGINT) AS "orders"
  FROM "customer_cohorts_by_filtered" AS "t15"
  GROUP BY
    1,
    2
), "int_order_facts_filtered" AS (
  SELECT
    "t1"."customer_id",
    "t1"."product_name",
    "t1"."cents"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t1"
  WHERE
    "t1"."success_sequence" IS NOT NULL
), "int_customer_orders_selected_3" AS (
  SELECT
    "t2"."customer_id",
    "t2"."cohort_month"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t2"
), "int_order_facts_with_int_customer_orders" AS (
  SELECT
    "t20"."customer_id",
    "t20"."product_name",
    "t20"."cents",
    "t17"."cohort_month"
  FROM "int_order_facts_filtered" AS "t20"
  INNER JOIN "int_customer_orders_selected_3" AS "t17"
    ON "t20"."customer_id" = "t17"."customer_id"
), "int_order_facts_by_cohort_month_and_product_name" AS (
  SELECT
    "t27"."cohort_month",
    "t27"."product_name",
    CAST(SUM("t27"."cents") AS BIGINT) AS "cents"
  FROM "int_order_facts_with_int_customer_orders" AS "t27"
  GROUP BY
    1,
    2
), "int_order_facts_ranked" AS (
  SELECT
    "t32"."cohort_month",
    "t32"."product_name",
    "t32"."cents",
    ROW_NUMBER() OVER (
      PARTITION BY "t32"."cohort_month"
      ORDER BY "t32"."cents" DESC NULLS LAST, "t32"."product_name" NULLS LAST
    ) - 1 AS "place"
  FROM "int_order_facts_by_cohort_month_and_product_name" AS "t32"
), "int_order_facts_filtered_2" AS (
  SELECT
    "t35"."cohort_month",
    "t35"."product_name",
    "t35"."cents",
    "t35"."place"
  FROM "int_order_facts_ranked" AS "t35"
  WHERE
    "t35"."place" < 3
), "int_order_facts_by_cohort_month" AS (
  SELECT
    "t36"."cohort_month",
    SUBSTRING(
      LISTAGG(', ' || "t36"."product_name") WITHIN GROUP (ORDER BY
        "t36"."place" NULLS LAST),
      3
    ) AS "top_3_products"
  FROM "int_order_facts_filtered_2" AS "t36"
  GROUP BY
    1
), "int_customer_orders_joined" AS (
  SELECT
    "t59"."cohort_month",
    "t59"."cohort_size",
    "t59"."k",
    "t41"."top_3_products",
    CAST("t59"."k" AS INTEGER) AS "months_since_first_purchase",
    COALESCE("t29"."active", 0) AS "customers_active",
    (
      CAST(COALESCE("t29"."active", 0) * 100 AS DOUBLE PRECISION) / CAST(NULLIF("t59"."cohort_size", 0) AS DOUBLE PRECISION)
    ) + 0.0 AS "retention_rate",
    CAST(CAST(COALESCE("t29"."cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cohort_revenue",
    COALESCE("t29"."orders", 0) AS "total_orders",
    CAST(CAST(CAST(SUM(COALESCE("t29"."cents", 0)) OVER (
      PARTITION BY "t59"."cohort_month"
      ORDER BY "t59"."k" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cumulative_revenue",
    CAST(CAST(SUM(COALESCE("t29"."cents", 0)) OVER (
      PARTITION BY "t59"."cohort_month"
      ORDER BY "t59"."k" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS DOUBLE PRECISION) / CAST(NULLIF("t59"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "cumulative_ltv",
    CAST(DATEADD(MONTH, "t59"."k", "t59"."cohort_month") AS DATE) AS "period_month",
    CAST(COALESCE("t29"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t29"."orders", 0) * 100, 0) AS DOUBLE PRECISION) AS "avg_order_value",
    CAST(COALESCE("t29"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF("t59"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "revenue_per_original_customer",
    CAST(COALESCE("t29"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t29"."active", 0) * 100, 0) AS DOUBLE PRECISION) AS "revenue_per_active_customer",
    CAST(CAST(SUM(COALESCE("t29"."cents", 0)) OVER (PARTITION BY "t59"."cohort_month") AS BIGINT) AS DOUBLE PRECISION) / CAST(NULLIF("t59"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "cohort_ltv",
    CAST("t59"."age" AS INTEGER) AS "cohort_age_months",
    "t59"."month_index" <= 24292 AS "is_complete_period",
    (
      CAST(CAST(SUM(
        CASE
          WHEN (
            "t59"."month_index" <= 24292
          )
          AND (
            "t59"."k" >= 1
          )
          AND (
            "t59"."k" <= 6
          )
          THEN COALESCE("t29"."active", 0)
          ELSE 0
        END
      ) OVER (PARTITION BY "t59"."cohort_month") AS BIGINT) * 100 AS DOUBLE PRECISION) / CAST(NULLIF(
        "t59"."cohort_size" * CAST(SUM(
          CASE
            WHEN (
              "t59"."month_index" <= 24292
            )
            AND (
              "t59"."k" >= 1
            )
            AND (
              "t59"."k" <= 6
            )
            THEN 1
            ELSE 0
          END
        ) OVER (PARTITION BY "t59"."cohort_month") AS BIGINT),
        0
      ) AS DOUBLE PRECISION)
    ) + 0.0 AS "avg_6m_retention",
    (
      CAST(CAST(SUM(
        CASE
          WHEN (
            "t59"."month_index" <= 24292
          )
          AND (
            "t59"."k" >= 1
          )
          AND (
            "t59"."k" <= 12
          )
          THEN COALESCE("t29"."active", 0)
          ELSE 0
        END
      ) OVER (PARTITION BY "t59"."cohort_month") AS BIGINT) * 100 AS DOUBLE PRECISION) / CAST(NULLIF(
        "t59"."cohort_size" * CAST(SUM(
          CASE
            WHEN (
              "t59"."month_index" <= 24292
            )
            AND (
              "t59"."k" >= 1
            )
            AND (
              "t59"."k" <= 12
            )
            THEN 1
            ELSE 0
          END
        ) OVER (PARTITION BY "t59"."cohort_month") AS BIGINT),
        0
      ) AS DOUBLE PRECISION)
    ) + 0.0 AS "avg_12m_retention",
    CAST(SUM(
      CASE
        WHEN (
          "t59"."month_index" <= 24292
        ) AND (
          "t59"."k" >= 1
        )
        THEN 1
        ELSE 0
      END
    ) OVER (PARTITION BY "t59"."cohort_month") AS BIGINT) < 6 AS "is_cohort_quality_provisional"
  FROM "int_customer_orders_selected_2" AS "t59"
  LEFT OUTER JOIN "customer_cohorts_by_by_cohort_month_and_months_since_first_purchase" AS "t29"
    ON "t59"."cohort_month" = "t29"."cohort_month"
    AND "t59"."k" = "t29"."months_since_first_purchase"
  LEFT OUTER JOIN "int_order_facts_by_cohort_month" AS "t41"
    ON "t59"."cohort_month" = "t41"."cohort_month"
)
SELECT
  CAST("t60"."cohort_month" AS DATE) AS "cohort_month",
  CAST("t60"."months_since_first_purchase" AS INTEGER) AS "months_since_first_purchase",
  CAST("t60"."cohort_size" AS BIGINT) AS "cohort_size",
  CAST("t60"."customers_active" AS BIGINT) AS "customers_active",
  CAST("t60"."retention_rate" AS DOUBLE PRECISION) AS "retention_rate",
  CAST("t60"."cohort_revenue" AS DECIMAL(18, 2)) AS "cohort_revenue",
  CAST("t60"."avg_order_value" AS DOUBLE PRECISION) AS "avg_order_value",
  CAST("t60"."total_orders" AS BIGINT) AS "total_orders",
  CAST("t60"."revenue_per_original_customer" AS DOUBLE PRECISION) AS "revenue_per_original_customer",
  CAST("t60"."revenue_per_active_customer" AS DOUBLE PRECISION) AS "revenue_per_active_customer",
  CAST("t60"."cumulative_revenue" AS DECIMAL(18, 2)) AS "cumulative_revenue",
  CAST("t60"."cumulative_ltv" AS DOUBLE PRECISION) AS "cumulative_ltv",
  CAST("t60"."period_month" AS DATE) AS "period_month",
  "t60"."is_complete_period",
  CAST("t60"."cohort_ltv" AS DOUBLE PRECISION) AS "cohort_ltv",
  CAST("t60"."cohort_age_months" AS INTEGER) AS "cohort_age_months",
  CAST("t60"."avg_6m_retention" AS DOUBLE PRECISION) AS "avg_6m_retention",
  CAST("t60"."avg_12m_retention" AS DOUBLE PRECISION) AS "avg_12m_retention",
  "t60"."top_3_products",
  CASE
    WHEN "t60"."avg_6m_retention" IS NULL
    THEN 'Standard'
    WHEN (
      "t60"."avg_6m_retention" > 40.00000004
    )
    AND (
      "t60"."cohort_ltv" > 500.0000005
    )
    THEN 'Premium'
    WHEN (
      "t60"."avg_6m_retention" > 30.00000003
    )
    AND (
      "t60"."cohort_ltv" > 300.0000003
    )
    THEN 'High Value'
    WHEN (
      "t60"."avg_6m_retention" > 20.00000002
    )
    AND (
      "t60"."cohort_ltv" > 200.0000002
    )
    THEN 'Standard'
    WHEN "t60"."avg_6m_retention" > 10.00000001
    THEN 'Below Average'
    ELSE 'At Risk'
  END AS "cohort_quality",
  "t60"."is_cohort_quality_provisional",
  CASE
    WHEN "t60"."k" = 0
    THEN 'Acquisition'
    WHEN "t60"."k" <= 3
    THEN 'Activation'
    WHEN "t60"."k" <= 6
    THEN 'Retention'
    WHEN "t60"."k" <= 12
    THEN 'Revenue'
    ELSE 'Referral'
  END AS "retention_stage",
  CASE
    WHEN "t60"."k" = 0
    THEN 'Focus on onboarding experience'
    WHEN NOT (
      "t60"."is_complete_period"
    )
    THEN 'Monitor performance'
    WHEN (
      "t60"."k" = 1
    ) AND (
      "t60"."retention_rate" < 50
    )
    THEN 'Improve first month experience'
    WHEN "t60"."k" BETWEEN 2 AND 3 AND (
      "t60"."retention_rate" < 30
    )
    THEN 'Launch retention campaigns'
    WHEN (
      "t60"."k" > 3
    ) AND (
      "t60"."k" <= 6
    ) AND (
      "t60"."retention_rate" < 20
    )
    THEN 'Implement win-back strategies'
    WHEN (
      "t60"."k" > 12
    ) AND (
      "t60"."retention_rate" > 10
    )
    THEN 'Focus on loyalty programs'
    ELSE 'Monitor performance'
  END AS "marketing_action",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "int_customer_orders_joined" AS "t60";
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
