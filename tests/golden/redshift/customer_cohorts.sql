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
    "t32"."cohort_month",
    "t32"."cohort_size",
    "t32"."age",
    "t32"."first_month",
    CAST((
      "t32"."age" + 1
    ) - 0 AS BIGINT) AS "__size"
  FROM "int_customer_orders_selected" AS "t32"
  WHERE
    (
      CAST(1 AS DOUBLE PRECISION) / CAST(CASE WHEN CAST((
        "t32"."age" + 1
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
    "t39"."cohort_month",
    "t39"."cohort_size",
    "t39"."age",
    "t39"."first_month",
    "t39"."__size",
    "t33"."__d"
  FROM "int_customer_orders_filtered_2" AS "t39"
  CROSS JOIN "constant_rows" AS "t33"
), "int_customer_orders_filtered_3" AS (
  SELECT
    "t41"."cohort_month",
    "t41"."cohort_size",
    "t41"."age",
    "t41"."first_month",
    "t41"."__size",
    "t41"."__d" AS "__n"
  FROM "int_customer_orders_with_rows" AS "t41"
  WHERE
    (
      "t41"."__d" * 100000
    ) < "t41"."__size"
), "int_customer_orders_with_rows_2" AS (
  SELECT
    "t44"."cohort_month",
    "t44"."cohort_size",
    "t44"."age",
    "t44"."first_month",
    "t44"."__size",
    "t44"."__n",
    "t33"."__d"
  FROM "int_customer_orders_filtered_3" AS "t44"
  CROSS JOIN "constant_rows" AS "t33"
), "int_customer_orders_filtered_4" AS (
  SELECT
    "t45"."cohort_month",
    "t45"."cohort_size",
    "t45"."age",
    "t45"."first_month",
    "t45"."__size",
    (
      "t45"."__n" * 10
    ) + "t45"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_2" AS "t45"
  WHERE
    (
      (
        (
          "t45"."__n" * 10
        ) + "t45"."__d"
      ) * 10000
    ) < "t45"."__size"
), "int_customer_orders_with_rows_3" AS (
  SELECT
    "t47"."cohort_month",
    "t47"."cohort_size",
    "t47"."age",
    "t47"."first_month",
    "t47"."__size",
    "t47"."__n",
    "t33"."__d"
  FROM "int_customer_orders_filtered_4" AS "t47"
  CROSS JOIN "constant_rows" AS "t33"
), "int_customer_orders_filtered_5" AS (
  SELECT
    "t48"."cohort_month",
    "t48"."cohort_size",
    "t48"."age",
    "t48"."first_month",
    "t48"."__size",
    (
      "t48"."__n" * 10
    ) + "t48"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_3" AS "t48"
  WHERE
    (
      (
        (
          "t48"."__n" * 10
        ) + "t48"."__d"
      ) * 1000
    ) < "t48"."__size"
), "int_customer_orders_with_rows_4" AS (
  SELECT
    "t50"."cohort_month",
    "t50"."cohort_size",
    "t50"."age",
    "t50"."first_month",
    "t50"."__size",
    "t50"."__n",
    "t33"."__d"
  FROM "int_customer_orders_filtered_5" AS "t50"
  CROSS JOIN "constant_rows" AS "t33"
), "int_customer_orders_filtered_6" AS (
  SELECT
    "t51"."cohort_month",
    "t51"."cohort_size",
    "t51"."age",
    "t51"."first_month",
    "t51"."__size",
    (
      "t51"."__n" * 10
    ) + "t51"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_4" AS "t51"
  WHERE
    (
      (
        (
          "t51"."__n" * 10
        ) + "t51"."__d"
      ) * 100
    ) < "t51"."__size"
), "int_customer_orders_with_rows_5" AS (
  SELECT
    "t53"."cohort_month",
    "t53"."cohort_size",
    "t53"."age",
    "t53"."first_month",
    "t53"."__size",
    "t53"."__n",
    "t33"."__d"
  FROM "int_customer_orders_filtered_6" AS "t53"
  CROSS JOIN "constant_rows" AS "t33"
), "int_customer_orders_filtered_7" AS (
  SELECT
    "t54"."cohort_month",
    "t54"."cohort_size",
    "t54"."age",
    "t54"."first_month",
    "t54"."__size",
    (
      "t54"."__n" * 10
    ) + "t54"."__d" AS "__n"
  FROM "int_customer_orders_with_rows_5" AS "t54"
  WHERE
    (
      (
        (
          "t54"."__n" * 10
        ) + "t54"."__d"
      ) * 10
    ) < "t54"."__size"
), "int_customer_orders_with_rows_6" AS (
  SELECT
    "t56"."cohort_month",
    "t56"."cohort_size",
    "t56"."age",
    "t56"."first_month",
    "t56"."__size",
    "t56"."__n",
    "t33"."__d"
  FROM "int_customer_orders_filtered_7" AS "t56"
  CROSS JOIN "constant_rows" AS "t33"
), "int_customer_orders_filtered_8" AS (
  SELECT
    "t57"."cohort_month",
    "t57"."cohort_size",
    "t57"."age",
    "t57"."first_month",
    CAST((
      (
        (
          "t57"."__n" * 10
        ) + "t57"."__d"
      ) * 1
    ) + CAST(0 AS BIGINT) AS BIGINT) AS "k"
  FROM "int_customer_orders_with_rows_6" AS "t57"
  WHERE
    (
      (
        "t57"."__n" * 10
      ) + "t57"."__d"
    ) < "t57"."__size"
), "int_customer_orders_selected_2" AS (
  SELECT
    "t58"."cohort_month",
    "t58"."cohort_size",
    "t58"."age",
    "t58"."first_month",
    "t58"."k",
    "t58"."first_month" + "t58"."k" AS "month_index"
  FROM "int_customer_orders_filtered_8" AS "t58"
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
), "customer_cohorts_by_selected" AS (
  SELECT
    "t26"."cohort_month",
    "t26"."active",
    "t26"."cents",
    "t26"."orders",
    CAST((
      CAST(EXTRACT(year FROM "t26"."cohort_month") AS INTEGER) * 12
    ) + CAST(EXTRACT(month FROM "t26"."cohort_month") AS INTEGER) AS BIGINT) + "t26"."months_since_first_purchase" AS "month_index"
  FROM "customer_cohorts_by_by_cohort_month_and_months_since_first_purchase" AS "t26"
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
    "t31"."cohort_month",
    "t31"."product_name",
    "t31"."cents",
    ROW_NUMBER() OVER (
      PARTITION BY "t31"."cohort_month"
      ORDER BY "t31"."cents" DESC NULLS LAST, "t31"."product_name" NULLS LAST
    ) - 1 AS "place"
  FROM "int_order_facts_by_cohort_month_and_product_name" AS "t31"
), "int_order_facts_filtered_2" AS (
  SELECT
    "t36"."cohort_month",
    "t36"."product_name",
    "t36"."cents",
    "t36"."place"
  FROM "int_order_facts_ranked" AS "t36"
  WHERE
    "t36"."place" < 3
), "int_order_facts_by_cohort_month" AS (
  SELECT
    "t37"."cohort_month",
    SUBSTRING(
      LISTAGG(', ' || "t37"."product_name") WITHIN GROUP (ORDER BY
        "t37"."place" NULLS LAST),
      3
    ) AS "top_3_products"
  FROM "int_order_facts_filtered_2" AS "t37"
  GROUP BY
    1
), "int_customer_orders_joined" AS (
  SELECT
    "t60"."cohort_month",
    "t60"."cohort_size",
    "t60"."k",
    "t42"."top_3_products",
    CAST("t60"."k" AS INTEGER) AS "months_since_first_purchase",
    COALESCE("t35"."active", 0) AS "customers_active",
    (
      CAST(COALESCE("t35"."active", 0) * 100 AS DOUBLE PRECISION) / CAST(NULLIF("t60"."cohort_size", 0) AS DOUBLE PRECISION)
    ) + 0.0 AS "retention_rate",
    CAST(CAST(COALESCE("t35"."cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cohort_revenue",
    COALESCE("t35"."orders", 0) AS "total_orders",
    CAST(CAST(CAST(SUM(COALESCE("t35"."cents", 0)) OVER (
      PARTITION BY "t60"."cohort_month"
      ORDER BY "t60"."k" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cumulative_revenue",
    CAST(CAST(SUM(COALESCE("t35"."cents", 0)) OVER (
      PARTITION BY "t60"."cohort_month"
      ORDER BY "t60"."k" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS DOUBLE PRECISION) / CAST(NULLIF("t60"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "cumulative_ltv",
    CAST(DATEADD(MONTH, "t60"."k", "t60"."cohort_month") AS DATE) AS "period_month",
    CAST(COALESCE("t35"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t35"."orders", 0) * 100, 0) AS DOUBLE PRECISION) AS "avg_order_value",
    CAST(COALESCE("t35"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF("t60"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "revenue_per_original_customer",
    CAST(COALESCE("t35"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t35"."active", 0) * 100, 0) AS DOUBLE PRECISION) AS "revenue_per_active_customer",
    CAST(CAST(SUM(COALESCE("t35"."cents", 0)) OVER (PARTITION BY "t60"."cohort_month") AS BIGINT) AS DOUBLE PRECISION) / CAST(NULLIF("t60"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS "cohort_ltv",
    CAST("t60"."age" AS INTEGER) AS "cohort_age_months",
    "t60"."month_index" <= 24292 AS "is_complete_period",
    (
      CAST(CAST(SUM(
        CASE
          WHEN (
            "t60"."month_index" <= 24292
          )
          AND (
            "t60"."k" >= 1
          )
          AND (
            "t60"."k" <= 6
          )
          THEN COALESCE("t35"."active", 0)
          ELSE 0
        END
      ) OVER (PARTITION BY "t60"."cohort_month") AS BIGINT) * 100 AS DOUBLE PRECISION) / CAST(NULLIF(
        "t60"."cohort_size" * CAST(SUM(
          CASE
            WHEN (
              "t60"."month_index" <= 24292
            )
            AND (
              "t60"."k" >= 1
            )
            AND (
              "t60"."k" <= 6
            )
            THEN 1
            ELSE 0
          END
        ) OVER (PARTITION BY "t60"."cohort_month") AS BIGINT),
        0
      ) AS DOUBLE PRECISION)
    ) + 0.0 AS "avg_6m_retention",
    (
      CAST(CAST(SUM(
        CASE
          WHEN (
            "t60"."month_index" <= 24292
          )
          AND (
            "t60"."k" >= 1
          )
          AND (
            "t60"."k" <= 12
          )
          THEN COALESCE("t35"."active", 0)
          ELSE 0
        END
      ) OVER (PARTITION BY "t60"."cohort_month") AS BIGINT) * 100 AS DOUBLE PRECISION) / CAST(NULLIF(
        "t60"."cohort_size" * CAST(SUM(
          CASE
            WHEN (
              "t60"."month_index" <= 24292
            )
            AND (
              "t60"."k" >= 1
            )
            AND (
              "t60"."k" <= 12
            )
            THEN 1
            ELSE 0
          END
        ) OVER (PARTITION BY "t60"."cohort_month") AS BIGINT),
        0
      ) AS DOUBLE PRECISION)
    ) + 0.0 AS "avg_12m_retention",
    CAST(SUM(
      CASE
        WHEN (
          "t60"."month_index" <= 24292
        ) AND (
          "t60"."k" >= 1
        )
        THEN 1
        ELSE 0
      END
    ) OVER (PARTITION BY "t60"."cohort_month") AS BIGINT) < 6 AS "is_cohort_quality_provisional"
  FROM "int_customer_orders_selected_2" AS "t60"
  LEFT OUTER JOIN "customer_cohorts_by_selected" AS "t35"
    ON "t60"."cohort_month" = "t35"."cohort_month"
    AND "t60"."month_index" = "t35"."month_index"
  LEFT OUTER JOIN "int_order_facts_by_cohort_month" AS "t42"
    ON "t60"."cohort_month" = "t42"."cohort_month"
)
SELECT
  CAST("t61"."cohort_month" AS DATE) AS "cohort_month",
  CAST("t61"."months_since_first_purchase" AS INTEGER) AS "months_since_first_purchase",
  CAST("t61"."cohort_size" AS BIGINT) AS "cohort_size",
  CAST("t61"."customers_active" AS BIGINT) AS "customers_active",
  CAST("t61"."retention_rate" AS DOUBLE PRECISION) AS "retention_rate",
  CAST("t61"."cohort_revenue" AS DECIMAL(18, 2)) AS "cohort_revenue",
  CAST("t61"."avg_order_value" AS DOUBLE PRECISION) AS "avg_order_value",
  CAST("t61"."total_orders" AS BIGINT) AS "total_orders",
  CAST("t61"."revenue_per_original_customer" AS DOUBLE PRECISION) AS "revenue_per_original_customer",
  CAST("t61"."revenue_per_active_customer" AS DOUBLE PRECISION) AS "revenue_per_active_customer",
  CAST("t61"."cumulative_revenue" AS DECIMAL(18, 2)) AS "cumulative_revenue",
  CAST("t61"."cumulative_ltv" AS DOUBLE PRECISION) AS "cumulative_ltv",
  CAST("t61"."period_month" AS DATE) AS "period_month",
  "t61"."is_complete_period",
  CAST("t61"."cohort_ltv" AS DOUBLE PRECISION) AS "cohort_ltv",
  CAST("t61"."cohort_age_months" AS INTEGER) AS "cohort_age_months",
  CAST("t61"."avg_6m_retention" AS DOUBLE PRECISION) AS "avg_6m_retention",
  CAST("t61"."avg_12m_retention" AS DOUBLE PRECISION) AS "avg_12m_retention",
  "t61"."top_3_products",
  CASE
    WHEN "t61"."avg_6m_retention" IS NULL
    THEN 'Standard'
    WHEN (
      "t61"."avg_6m_retention" > 40.00000004
    )
    AND (
      "t61"."cohort_ltv" > 500.0000005
    )
    THEN 'Premium'
    WHEN (
      "t61"."avg_6m_retention" > 30.00000003
    )
    AND (
      "t61"."cohort_ltv" > 300.0000003
    )
    THEN 'High Value'
    WHEN (
      "t61"."avg_6m_retention" > 20.00000002
    )
    AND (
      "t61"."cohort_ltv" > 200.0000002
    )
    THEN 'Standard'
    WHEN "t61"."avg_6m_retention" > 10.00000001
    THEN 'Below Average'
    ELSE 'At Risk'
  END AS "cohort_quality",
  "t61"."is_cohort_quality_provisional",
  CASE
    WHEN "t61"."k" = 0
    THEN 'Acquisition'
    WHEN "t61"."k" <= 3
    THEN 'Activation'
    WHEN "t61"."k" <= 6
    THEN 'Retention'
    WHEN "t61"."k" <= 12
    THEN 'Revenue'
    ELSE 'Referral'
  END AS "retention_stage",
  CASE
    WHEN "t61"."k" = 0
    THEN 'Focus on onboarding experience'
    WHEN NOT (
      "t61"."is_complete_period"
    )
    THEN 'Monitor performance'
    WHEN (
      "t61"."k" = 1
    ) AND (
      "t61"."retention_rate" < 50
    )
    THEN 'Improve first month experience'
    WHEN "t61"."k" BETWEEN 2 AND 3 AND (
      "t61"."retention_rate" < 30
    )
    THEN 'Launch retention campaigns'
    WHEN (
      "t61"."k" > 3
    ) AND (
      "t61"."k" <= 6
    ) AND (
      "t61"."retention_rate" < 20
    )
    THEN 'Implement win-back strategies'
    WHEN (
      "t61"."k" > 12
    ) AND (
      "t61"."retention_rate" > 10
    )
    THEN 'Focus on loyalty programs'
    ELSE 'Monitor performance'
  END AS "marketing_action",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "int_customer_orders_joined" AS "t61";
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
