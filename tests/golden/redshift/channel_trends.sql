CREATE TABLE "dbt_marketing"."channel_trends__candidate" (
  "attribution_channel" VARCHAR(32) NOT NULL,
  "order_month" DATE NOT NULL,
  "monthly_conversions" BIGINT NOT NULL,
  "monthly_revenue" DECIMAL(18, 2) NOT NULL,
  "mom_growth_rate" DOUBLE PRECISION,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("attribution_channel", "order_month");
INSERT INTO "dbt_marketing"."channel_trends__candidate" ("attribution_channel", "order_month", "monthly_conversions", "monthly_revenue", "mom_growth_rate", "analysis_timestamp")
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
), "int_order_facts_by_attribution_channel_and_order_month" AS (
  SELECT
    "t20"."attribution_channel",
    "t20"."order_month",
    COUNT(*) AS "orders",
    CAST(SUM("t20"."cents") AS BIGINT) AS "cents"
  FROM "int_order_facts_filtered" AS "t20"
  GROUP BY
    1,
    2
), "constant_rows" AS (
  SELECT
    CAST('Organic' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('Promotional Campaign' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('Social Media' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('Email Marketing' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('New Year Campaign' AS VARCHAR(20)) AS "attribution_channel"
), "int_order_facts_totals" AS (
  SELECT
    MIN(
      (
        CAST(EXTRACT(year FROM "t28"."order_month") AS INTEGER) * 12
      ) + CAST(EXTRACT(month FROM "t28"."order_month") AS INTEGER)
    ) AS "first_month"
  FROM "int_order_facts_by_attribution_channel_and_order_month" AS "t28"
), "int_order_facts_filtered_2" AS (
  SELECT
    "t35"."first_month",
    24293 - "t35"."first_month" AS "age",
    CAST((
      (
        24293 - "t35"."first_month"
      ) + 1
    ) - 0 AS BIGINT) AS "__size"
  FROM "int_order_facts_totals" AS "t35"
  WHERE
    (
      CAST(1 AS DOUBLE PRECISION) / CAST(CASE
        WHEN CAST((
          (
            24293 - "t35"."first_month"
          ) + 1
        ) - 0 AS BIGINT) > 1000000
        THEN 0
        ELSE 1
      END AS DOUBLE PRECISION)
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
), "int_order_facts_with_rows" AS (
  SELECT
    "t37"."first_month",
    "t37"."age",
    "t37"."__size",
    "t34"."__d"
  FROM "int_order_facts_filtered_2" AS "t37"
  CROSS JOIN "constant_rows_2" AS "t34"
), "int_order_facts_filtered_3" AS (
  SELECT
    "t38"."first_month",
    "t38"."age",
    "t38"."__size",
    "t38"."__d" AS "__n"
  FROM "int_order_facts_with_rows" AS "t38"
  WHERE
    (
      "t38"."__d" * 100000
    ) < "t38"."__size"
), "int_order_facts_with_rows_2" AS (
  SELECT
    "t40"."first_month",
    "t40"."age",
    "t40"."__size",
    "t40"."__n",
    "t34"."__d"
  FROM "int_order_facts_filtered_3" AS "t40"
  CROSS JOIN "constant_rows_2" AS "t34"
), "int_order_facts_filtered_4" AS (
  SELECT
    "t41"."first_month",
    "t41"."age",
    "t41"."__size",
    (
      "t41"."__n" * 10
    ) + "t41"."__d" AS "__n"
  FROM "int_order_facts_with_rows_2" AS "t41"
  WHERE
    (
      (
        (
          "t41"."__n" * 10
        ) + "t41"."__d"
      ) * 10000
    ) < "t41"."__size"
), "int_order_facts_with_rows_3" AS (
  SELECT
    "t43"."first_month",
    "t43"."age",
    "t43"."__size",
    "t43"."__n",
    "t34"."__d"
  FROM "int_order_facts_filtered_4" AS "t43"
  CROSS JOIN "constant_rows_2" AS "t34"
), "int_order_facts_filtered_5" AS (
  SELECT
    "t44"."first_month",
    "t44"."age",
    "t44"."__size",
    (
      "t44"."__n" * 10
    ) + "t44"."__d" AS "__n"
  FROM "int_order_facts_with_rows_3" AS "t44"
  WHERE
    (
      (
        (
          "t44"."__n" * 10
        ) + "t44"."__d"
      ) * 1000
    ) < "t44"."__size"
), "int_order_facts_with_rows_4" AS (
  SELECT
    "t46"."first_month",
    "t46"."age",
    "t46"."__size",
    "t46"."__n",
    "t34"."__d"
  FROM "int_order_facts_filtered_5" AS "t46"
  CROSS JOIN "constant_rows_2" AS "t34"
), "int_order_facts_filtered_6" AS (
  SELECT
    "t47"."first_month",
    "t47"."age",
    "t47"."__size",
    (
      "t47"."__n" * 10
    ) + "t47"."__d" AS "__n"
  FROM "int_order_facts_with_rows_4" AS "t47"
  WHERE
    (
      (
        (
          "t47"."__n" * 10
        ) + "t47"."__d"
      ) * 100
    ) < "t47"."__size"
), "int_order_facts_with_rows_5" AS (
  SELECT
    "t49"."first_month",
    "t49"."age",
    "t49"."__size",
    "t49"."__n",
    "t34"."__d"
  FROM "int_order_facts_filtered_6" AS "t49"
  CROSS JOIN "constant_rows_2" AS "t34"
), "int_order_facts_filtered_7" AS (
  SELECT
    "t50"."first_month",
    "t50"."age",
    "t50"."__size",
    (
      "t50"."__n" * 10
    ) + "t50"."__d" AS "__n"
  FROM "int_order_facts_with_rows_5" AS "t50"
  WHERE
    (
      (
        (
          "t50"."__n" * 10
        ) + "t50"."__d"
      ) * 10
    ) < "t50"."__size"
), "int_order_facts_with_rows_6" AS (
  SELECT
    "t52"."first_month",
    "t52"."age",
    "t52"."__size",
    "t52"."__n",
    "t34"."__d"
  FROM "int_order_facts_filtered_7" AS "t52"
  CROSS JOIN "constant_rows_2" AS "t34"
), "int_order_facts_filtered_8" AS (
  SELECT
    "t53"."first_month",
    "t53"."age",
    CAST((
      (
        (
          "t53"."__n" * 10
        ) + "t53"."__d"
      ) * 1
    ) + CAST(0 AS BIGINT) AS BIGINT) AS "number"
  FROM "int_order_facts_with_rows_6" AS "t53"
  WHERE
    (
      (
        "t53"."__n" * 10
      ) + "t53"."__d"
    ) < "t53"."__size"
), "int_order_facts_selected" AS (
  SELECT
    CAST(DATEADD(MONTH, -(
      "t54"."age" - "t54"."number"
    ), CAST('2024-05-01' AS DATE)) AS DATE) AS "order_month"
  FROM "int_order_facts_filtered_8" AS "t54"
), "rows_joined" AS (
  SELECT
    "t24"."attribution_channel",
    "t56"."order_month",
    COALESCE("t30"."orders", 0) AS "orders",
    COALESCE("t30"."cents", 0) AS "cents"
  FROM "constant_rows" AS "t24"
  CROSS JOIN "int_order_facts_selected" AS "t56"
  LEFT OUTER JOIN "int_order_facts_by_attribution_channel_and_order_month" AS "t30"
    ON "t24"."attribution_channel" = "t30"."attribution_channel"
    AND "t56"."order_month" = "t30"."order_month"
), "rows_ranked" AS (
  SELECT
    "t57"."attribution_channel",
    "t57"."order_month",
    "t57"."orders",
    "t57"."cents",
    LAG("t57"."cents") OVER (PARTITION BY "t57"."attribution_channel" ORDER BY "t57"."order_month" NULLS LAST) AS "previous"
  FROM "rows_joined" AS "t57"
)
SELECT
  "t58"."attribution_channel",
  CAST("t58"."order_month" AS DATE) AS "order_month",
  CAST("t58"."orders" AS BIGINT) AS "monthly_conversions",
  CAST(CAST("t58"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "monthly_revenue",
  CAST((
    CAST("t58"."cents" - "t58"."previous" AS DOUBLE PRECISION) / CAST(NULLIF("t58"."previous", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "mom_growth_rate",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "rows_ranked" AS "t58";
COMMENT ON TABLE "dbt_marketing"."channel_trends__candidate" IS 'Orders and revenue of the five channels in each month, and the growth against the month before.';
COMMENT ON COLUMN "dbt_marketing"."channel_trends__candidate"."attribution_channel" IS 'One of five channels, by a stand-in rule on the order, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."channel_trends__candidate"."order_month" IS 'First day of the month, from that of the first successful order to that of as_of, which may be unfinished.';
COMMENT ON COLUMN "dbt_marketing"."channel_trends__candidate"."monthly_conversions" IS 'Successful orders; 0 if there are none. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."channel_trends__candidate"."monthly_revenue" IS 'Payments of these orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."channel_trends__candidate"."mom_growth_rate" IS '(monthly_revenue - that of the month before) / that of the month before; NULL in the first month or over 0. Unit: share.';
COMMENT ON COLUMN "dbt_marketing"."channel_trends__candidate"."analysis_timestamp" IS 'as_of at midnight.';
