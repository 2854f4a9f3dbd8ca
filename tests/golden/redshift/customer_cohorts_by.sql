CREATE TABLE "dbt_marketing"."customer_cohorts_by__candidate" (
  "attribute" VARCHAR(16) NOT NULL,
  "attribute_value" VARCHAR(256) NOT NULL,
  "cohort_month" DATE NOT NULL,
  "months_since_first_purchase" INTEGER NOT NULL,
  "cohort_size" BIGINT NOT NULL,
  "customers_active" BIGINT NOT NULL,
  "retention_rate" DOUBLE PRECISION NOT NULL,
  "cohort_revenue" DECIMAL(18, 2) NOT NULL,
  "total_orders" BIGINT NOT NULL,
  "cumulative_revenue" DECIMAL(18, 2) NOT NULL,
  "cumulative_ltv" DOUBLE PRECISION NOT NULL,
  "period_month" DATE NOT NULL,
  "is_complete_period" BOOLEAN NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("attribute", "attribute_value", "cohort_month", "months_since_first_purchase");
INSERT INTO "dbt_marketing"."customer_cohorts_by__candidate" ("attribute", "attribute_value", "cohort_month", "months_since_first_purchase", "cohort_size", "customers_active", "retention_rate", "cohort_revenue", "total_orders", "cumulative_revenue", "cumulative_ltv", "period_month", "is_complete_period")
WITH "int_order_facts_filtered" AS (
  SELECT
    "t0"."order_id",
    "t0"."customer_id",
    "t0"."order_date",
    "t0"."status",
    "t0"."product_name",
    "t0"."order_status_group",
    "t0"."order_month",
    "t0"."order_year",
    "t0"."order_day_of_week",
    "t0"."order_quarter",
    "t0"."cents",
    "t0"."promo_cents",
    "t0"."has_promo",
    "t0"."has_credit_card",
    "t0"."has_coupon",
    "t0"."has_bank_transfer",
    "t0"."has_gift_card",
    "t0"."payment_count",
    "t0"."order_sequence",
    "t0"."success_sequence",
    "t0"."attribution_channel",
    "t0"."campaign_type"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  WHERE
    "t0"."success_sequence" IS NOT NULL
), "int_order_facts_by_customer_id_and_order_month" AS (
  SELECT
    "t17"."customer_id",
    "t17"."order_month",
    CAST(SUM("t17"."cents") AS BIGINT) AS "cents",
    COUNT(*) AS "orders"
  FROM "int_order_facts_filtered" AS "t17"
  GROUP BY
    1,
    2
), "int_order_facts_filtered_2" AS (
  SELECT
    "t0"."customer_id",
    "t0"."order_month" AS "cohort_month",
    "t0"."campaign_type" AS "first_campaign",
    "t0"."attribution_channel" AS "first_channel",
    "t0"."product_name" AS "first_product"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  WHERE
    "t0"."success_sequence" = 1
), "int_order_facts_with_int_order_facts" AS (
  SELECT
    "t26"."customer_id",
    "t26"."order_month",
    "t26"."cents",
    "t26"."orders",
    "t21"."cohort_month",
    "t21"."first_campaign",
    "t21"."first_channel",
    "t21"."first_product"
  FROM "int_order_facts_by_customer_id_and_order_month" AS "t26"
  INNER JOIN "int_order_facts_filtered_2" AS "t21"
    ON "t26"."customer_id" = "t21"."customer_id"
), "int_order_facts_grouped" AS (
  SELECT
    "t31"."first_campaign",
    "t31"."first_channel",
    "t31"."first_product",
    "t31"."cohort_month",
    "t31"."order_month",
    COUNT(*) AS "active",
    CAST(SUM("t31"."cents") AS BIGINT) AS "cents",
    CAST(SUM("t31"."orders") AS BIGINT) AS "orders"
  FROM "int_order_facts_with_int_order_facts" AS "t31"
  GROUP BY
    1,
    2,
    3,
    4,
    5
), "constant_rows" AS (
  SELECT
    CAST('first_product' AS VARCHAR(14)) AS "attribute"
  UNION ALL
  SELECT
    CAST('first_campaign' AS VARCHAR(14)) AS "attribute"
  UNION ALL
  SELECT
    CAST('first_channel' AS VARCHAR(14)) AS "attribute"
), "int_order_facts_with_rows" AS (
  SELECT
    "t34"."first_campaign",
    "t34"."first_channel",
    "t34"."first_product",
    "t34"."cohort_month",
    "t34"."order_month",
    "t34"."active",
    "t34"."cents",
    "t34"."orders",
    "t20"."attribute"
  FROM "int_order_facts_grouped" AS "t34"
  CROSS JOIN "constant_rows" AS "t20"
), "int_order_facts_selected" AS (
  SELECT
    "t35"."first_campaign",
    "t35"."first_channel",
    "t35"."first_product",
    "t35"."cohort_month",
    "t35"."order_month",
    "t35"."active",
    "t35"."cents",
    "t35"."orders",
    "t35"."attribute",
    CASE
      WHEN "t35"."attribute" = 'first_campaign'
      THEN "t35"."first_campaign"
      WHEN "t35"."attribute" = 'first_channel'
      THEN "t35"."first_channel"
      WHEN "t35"."attribute" = 'first_product'
      THEN "t35"."first_product"
      ELSE NULL
    END AS "attribute_value"
  FROM "int_order_facts_with_rows" AS "t35"
), "int_order_facts_grouped_2" AS (
  SELECT
    "t36"."attribute",
    "t36"."attribute_value",
    "t36"."cohort_month",
    "t36"."order_month",
    CAST(SUM("t36"."active") AS BIGINT) AS "active",
    CAST(SUM("t36"."cents") AS BIGINT) AS "cents",
    CAST(SUM("t36"."orders") AS BIGINT) AS "orders"
  FROM "int_order_facts_selected" AS "t36"
  GROUP BY
    1,
    2,
    3,
    4
), "int_order_facts_ranked" AS (
  SELECT
    "t37"."attribute",
    CASE
      WHEN CAST(SUM(
        CASE WHEN "t37"."order_month" = "t37"."cohort_month" THEN "t37"."active" ELSE 0 END
      ) OVER (PARTITION BY "t37"."attribute", "t37"."attribute_value") AS BIGINT) < 5
      THEN '(other)'
      ELSE "t37"."attribute_value"
    END AS "attribute_value",
    "t37"."cohort_month",
    "t37"."order_month",
    "t37"."active",
    "t37"."cents",
    "t37"."orders"
  FROM "int_order_facts_grouped_2" AS "t37"
), "int_order_facts_grouped_3" AS (
  SELECT
    "t38"."attribute",
    "t38"."attribute_value",
    "t38"."cohort_month",
    "t38"."order_month",
    CAST(SUM("t38"."active") AS BIGINT) AS "active",
    CAST(SUM("t38"."cents") AS BIGINT) AS "cents",
    CAST(SUM("t38"."orders") AS BIGINT) AS "orders"
  FROM "int_order_facts_ranked" AS "t38"
  GROUP BY
    1,
    2,
    3,
    4
), "int_order_facts_filtered_3" AS (
  SELECT
    "t40"."attribute",
    "t40"."attribute_value",
    "t40"."cohort_month",
    "t40"."active" AS "cohort_size",
    24293 - (
      (
        CAST(EXTRACT(year FROM "t40"."cohort_month") AS INTEGER) * 12
      ) + CAST(EXTRACT(month FROM "t40"."cohort_month") AS INTEGER)
    ) AS "age",
    (
      CAST(EXTRACT(year FROM "t40"."cohort_month") AS INTEGER) * 12
    ) + CAST(EXTRACT(month FROM "t40"."cohort_month") AS INTEGER) AS "first_month"
  FROM "int_order_facts_grouped_3" AS "t40"
  WHERE
    "t40"."order_month" = "t40"."cohort_month"
), "int_order_facts_filtered_4" AS (
  SELECT
    "t43"."attribute",
    "t43"."attribute_value",
    "t43"."cohort_month",
    "t43"."cohort_size",
    "t43"."age",
    "t43"."first_month",
    CAST((
      "t43"."age" + 1
    ) - 0 AS BIGINT) AS "__size"
  FROM "int_order_facts_filtered_3" AS "t43"
  WHERE
    (
      CAST(1 AS DOUBLE PRECISION) / CAST(CASE WHEN CAST((
        "t43"."age" + 1
      ) - 0 AS BIGINT) > 1000000 THEN 0 ELSE 1 END AS DOUBLE PRECISION)
    ) > 0
), "constant_rows_2" AS (
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
), "int_order_facts_with_rows_2" AS (
  SELECT
    "t45"."attribute",
    "t45"."attribute_value",
    "t45"."cohort_month",
    "t45"."cohort_size",
    "t45"."age",
    "t45"."first_month",
    "t45"."__size",
    "t32"."__d"
  FROM "int_order_facts_filtered_4" AS "t45"
  CROSS JOIN "constant_rows_2" AS "t32"
), "int_order_facts_filtered_5" AS (
  SELECT
    "t46"."attribute",
    "t46"."attribute_value",
    "t46"."cohort_month",
    "t46"."cohort_size",
    "t46"."age",
    "t46"."first_month",
    "t46"."__size",
    "t46"."__d" AS "__n"
  FROM "int_order_facts_with_rows_2" AS "t46"
  WHERE
    (
      "t46"."__d" * 100000
    ) < "t46"."__size"
), "int_order_facts_with_rows_3" AS (
  SELECT
    "t48"."attribute",
    "t48"."attribute_value",
    "t48"."cohort_month",
    "t48"."cohort_size",
    "t48"."age",
    "t48"."first_month",
    "t48"."__size",
    "t48"."__n",
    "t32"."__d"
  FROM "int_order_facts_filtered_5" AS "t48"
  CROSS JOIN "constant_rows_2" AS "t32"
), "int_order_facts_filtered_6" AS (
  SELECT
    "t49"."attribute",
    "t49"."attribute_value",
    "t49"."cohort_month",
    "t49"."cohort_size",
    "t49"."age",
    "t49"."first_month",
    "t49"."__size",
    (
      "t49"."__n" * 10
    ) + "t49"."__d" AS "__n"
  FROM "int_order_facts_with_rows_3" AS "t49"
  WHERE
    (
      (
        (
          "t49"."__n" * 10
        ) + "t49"."__d"
      ) * 10000
    ) < "t49"."__size"
), "int_order_facts_with_rows_4" AS (
  SELECT
    "t51"."attribute",
    "t51"."attribute_value",
    "t51"."cohort_month",
    "t51"."cohort_size",
    "t51"."age",
    "t51"."first_month",
    "t51"."__size",
    "t51"."__n",
    "t32"."__d"
  FROM "int_order_facts_filtered_6" AS "t51"
  CROSS JOIN "constant_rows_2" AS "t32"
), "int_order_facts_filtered_7" AS (
  SELECT
    "t52"."attribute",
    "t52"."attribute_value",
    "t52"."cohort_month",
    "t52"."cohort_size",
    "t52"."age",
    "t52"."first_month",
    "t52"."__size",
    (
      "t52"."__n" * 10
    ) + "t52"."__d" AS "__n"
  FROM "int_order_facts_with_rows_4" AS "t52"
  WHERE
    (
      (
        (
          "t52"."__n" * 10
        ) + "t52"."__d"
      ) * 1000
    ) < "t52"."__size"
), "int_order_facts_with_rows_5" AS (
  SELECT
    "t54"."attribute",
    "t54"."attribute_value",
    "t54"."cohort_month",
    "t54"."cohort_size",
    "t54"."age",
    "t54"."first_month",
    "t54"."__size",
    "t54"."__n",
    "t32"."__d"
  FROM "int_order_facts_filtered_7" AS "t54"
  CROSS JOIN "constant_rows_2" AS "t32"
), "int_order_facts_filtered_8" AS (
  SELECT
    "t55"."attribute",
    "t55"."attribute_value",
    "t55"."cohort_month",
    "t55"."cohort_size",
    "t55"."age",
    "t55"."first_month",
    "t55"."__size",
    (
      "t55"."__n" * 10
    ) + "t55"."__d" AS "__n"
  FROM "int_order_facts_with_rows_5" AS "t55"
  WHERE
    (
      (
        (
          "t55"."__n" * 10
        ) + "t55"."__d"
      ) * 100
    ) < "t55"."__size"
), "int_order_facts_with_rows_6" AS (
  SELECT
    "t57"."attribute",
    "t57"."attribute_value",
    "t57"."cohort_month",
    "t57"."cohort_size",
    "t57"."age",
    "t57"."first_month",
    "t57"."__size",
    "t57"."__n",
    "t32"."__d"
  FROM "int_order_facts_filtered_8" AS "t57"
  CROSS JOIN "constant_rows_2" AS "t32"
), "int_order_facts_filtered_9" AS (
  SELECT
    "t58"."attribute",
    "t58"."attribute_value",
    "t58"."cohort_month",
    "t58"."cohort_size",
    "t58"."age",
    "t58"."first_month",
    "t58"."__size",
    (
      "t58"."__n" * 10
    ) + "t58"."__d" AS "__n"
  FROM "int_order_facts_with_rows_6" AS "t58"
  WHERE
    (
      (
        (
          "t58"."__n" * 10
        ) + "t58"."__d"
      ) * 10
    ) < "t58"."__size"
), "int_order_facts_with_rows_7" AS (
  SELECT
    "t60"."attribute",
    "t60"."attribute_value",
    "t60"."cohort_month",
    "t60"."cohort_size",
    "t60"."age",
    "t60"."first_month",
    "t60"."__size",
    "t60"."__n",
    "t32"."__d"
  FROM "int_order_facts_filtered_9" AS "t60"
  CROSS JOIN "constant_rows_2" AS "t32"
), "int_order_facts_filtered_10" AS (
  SELECT
    "t61"."attribute",
    "t61"."attribute_value",
    "t61"."cohort_month",
    "t61"."cohort_size",
    "t61"."age",
    "t61"."first_month",
    CAST((
      (
        (
          "t61"."__n" * 10
        ) + "t61"."__d"
      ) * 1
    ) + CAST(0 AS BIGINT) AS BIGINT) AS "k"
  FROM "int_order_facts_with_rows_7" AS "t61"
  WHERE
    (
      (
        "t61"."__n" * 10
      ) + "t61"."__d"
    ) < "t61"."__size"
), "int_order_facts_selected_2" AS (
  SELECT
    "t62"."attribute",
    "t62"."attribute_value",
    "t62"."cohort_month",
    "t62"."cohort_size",
    "t62"."age",
    "t62"."first_month",
    "t62"."k",
    "t62"."first_month" + "t62"."k" AS "month_index"
  FROM "int_order_facts_filtered_10" AS "t62"
), "int_order_facts_selected_3" AS (
  SELECT
    "t40"."attribute",
    "t40"."attribute_value",
    "t40"."cohort_month",
    "t40"."order_month",
    "t40"."active",
    "t40"."cents",
    "t40"."orders"
  FROM "int_order_facts_grouped_3" AS "t40"
)
SELECT
  "t64"."attribute",
  "t64"."attribute_value",
  CAST("t64"."cohort_month" AS DATE) AS "cohort_month",
  CAST("t64"."k" AS INTEGER) AS "months_since_first_purchase",
  CAST("t64"."cohort_size" AS BIGINT) AS "cohort_size",
  CAST(COALESCE("t42"."active", 0) AS BIGINT) AS "customers_active",
  CAST((
    CAST(COALESCE("t42"."active", 0) * 100 AS DOUBLE PRECISION) / CAST(NULLIF("t64"."cohort_size", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "retention_rate",
  CAST(CAST(COALESCE("t42"."cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cohort_revenue",
  CAST(COALESCE("t42"."orders", 0) AS BIGINT) AS "total_orders",
  CAST(CAST(CAST(SUM(COALESCE("t42"."cents", 0)) OVER (
    PARTITION BY "t64"."attribute", "t64"."attribute_value", "t64"."cohort_month"
    ORDER BY "t64"."k" NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cumulative_revenue",
  CAST(CAST(CAST(SUM(COALESCE("t42"."cents", 0)) OVER (
    PARTITION BY "t64"."attribute", "t64"."attribute_value", "t64"."cohort_month"
    ORDER BY "t64"."k" NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS DOUBLE PRECISION) / CAST(NULLIF("t64"."cohort_size" * 100, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS "cumulative_ltv",
  CAST(DATEADD(MONTH, "t64"."k", "t64"."cohort_month") AS DATE) AS "period_month",
  "t64"."month_index" <= 24292 AS "is_complete_period"
FROM "int_order_facts_selected_2" AS "t64"
LEFT OUTER JOIN "int_order_facts_selected_3" AS "t42"
  ON "t64"."attribute" = "t42"."attribute"
  AND "t64"."attribute_value" = "t42"."attribute_value"
  AND "t64"."cohort_month" = "t42"."cohort_month"
  AND CAST(DATEADD(MONTH, "t64"."k", "t64"."cohort_month") AS DATE) = "t42"."order_month";
COMMENT ON TABLE "dbt_marketing"."customer_cohorts_by__candidate" IS 'How many new buyers came back in every later month, by campaign, channel and product of their first order.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."attribute" IS 'What the customers have in common: first_campaign, first_channel or first_product.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."attribute_value" IS 'Campaign, channel or product of the first successful order; ''(other)'' for those of fewer than 5 buyers in all.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."cohort_month" IS 'First day of the month of the cohort''s first successful orders.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."months_since_first_purchase" IS 'Months since cohort_month, from 0. Unit: months.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."cohort_size" IS 'Buyers of the cohort. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."customers_active" IS 'Buyers of the cohort with a successful order in the month. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."retention_rate" IS '100 * customers_active / cohort_size. Unit: percent.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."cohort_revenue" IS 'Payments of the month''s successful orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."total_orders" IS 'Successful orders in the month. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."cumulative_revenue" IS 'Revenue from month 0 to this one. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."cumulative_ltv" IS 'cumulative_revenue / cohort_size: the LTV curve. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."period_month" IS 'First day of the month that the row describes.';
COMMENT ON COLUMN "dbt_marketing"."customer_cohorts_by__candidate"."is_complete_period" IS 'Whether the month is over at the end of as_of; averages skip those that are not.';
