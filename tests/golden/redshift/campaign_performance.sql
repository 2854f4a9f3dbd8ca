CREATE TABLE "dbt_marketing"."campaign_performance__candidate" (
  "campaign_type" VARCHAR(32) NOT NULL,
  "attribution_channel" VARCHAR(32) NOT NULL,
  "campaign_conversions" BIGINT NOT NULL,
  "campaign_revenue" DECIMAL(18, 2) NOT NULL,
  "campaign_reach" BIGINT NOT NULL,
  "campaign_aov" DOUBLE PRECISION NOT NULL,
  "estimated_profit" DECIMAL(18, 4) NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("campaign_type", "attribution_channel");
INSERT INTO "dbt_marketing"."campaign_performance__candidate" ("campaign_type", "attribution_channel", "campaign_conversions", "campaign_revenue", "campaign_reach", "campaign_aov", "estimated_profit", "analysis_timestamp")
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
), "int_order_facts_grouped" AS (
  SELECT
    "t1"."campaign_type",
    "t1"."attribution_channel",
    "t1"."customer_id",
    COUNT(*) AS "orders",
    CAST(SUM("t1"."cents") AS BIGINT) AS "cents"
  FROM "int_order_facts_filtered" AS "t1"
  GROUP BY
    1,
    2,
    3
), "int_order_facts_by_campaign_type_and_attribution_channel" AS (
  SELECT
    "t2"."campaign_type",
    "t2"."attribution_channel",
    CAST(SUM("t2"."orders") AS BIGINT) AS "orders",
    CAST(SUM("t2"."cents") AS BIGINT) AS "cents",
    COUNT(*) AS "customers"
  FROM "int_order_facts_grouped" AS "t2"
  GROUP BY
    1,
    2
)
SELECT
  "t3"."campaign_type",
  "t3"."attribution_channel",
  CAST("t3"."orders" AS BIGINT) AS "campaign_conversions",
  CAST(CAST("t3"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "campaign_revenue",
  CAST("t3"."customers" AS BIGINT) AS "campaign_reach",
  CAST(CAST("t3"."cents" AS DOUBLE PRECISION) / CAST(NULLIF("t3"."orders" * 100, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS "campaign_aov",
  CAST(CAST(CAST(CAST("t3"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS DECIMAL(16, 2)) * CASE "t3"."campaign_type"
    WHEN 'Discount Campaign'
    THEN CAST('0.70' AS DECIMAL(16, 2))
    WHEN 'Gift Card Promotion'
    THEN CAST('0.60' AS DECIMAL(16, 2))
    WHEN 'Holiday Campaign'
    THEN CAST('0.75' AS DECIMAL(16, 2))
    ELSE CAST('0.85' AS DECIMAL(16, 2))
  END AS DECIMAL(18, 4)) AS "estimated_profit",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "int_order_facts_by_campaign_type_and_attribution_channel" AS "t3";
COMMENT ON TABLE "dbt_marketing"."campaign_performance__candidate" IS 'Orders, revenue, customers and estimated profit of each campaign in each channel.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_type" IS 'Campaign of the orders, by discount or season.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."attribution_channel" IS 'Channel of the orders: a stand-in rule on the order, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_conversions" IS 'Successful orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_revenue" IS 'Payments of these orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_reach" IS 'Distinct customers; not additive over rows. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_aov" IS 'campaign_revenue / campaign_conversions. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."estimated_profit" IS 'campaign_revenue times an assumed margin: 70 % of discounts, 60 % of gift cards, 75 % of holidays, 85 % of others. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."analysis_timestamp" IS 'as_of at midnight.';
