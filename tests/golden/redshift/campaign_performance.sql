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
    "t0"."customer_id",
    "t0"."cents",
    CASE "t0"."campaign_type"
      WHEN 'Discount Campaign'
      THEN 0
      WHEN 'Gift Card Promotion'
      THEN 1
      WHEN 'Holiday Campaign'
      THEN 2
      WHEN 'Spring Campaign'
      THEN 3
      WHEN 'Summer Campaign'
      THEN 4
      WHEN 'Evergreen Campaign'
      THEN 5
      ELSE NULL
    END AS "campaign",
    CASE "t0"."attribution_channel"
      WHEN 'Email Marketing'
      THEN 0
      WHEN 'New Year Campaign'
      THEN 1
      WHEN 'Organic'
      THEN 2
      WHEN 'Promotional Campaign'
      THEN 3
      WHEN 'Social Media'
      THEN 4
      ELSE NULL
    END AS "channel"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  WHERE
    "t0"."success_sequence" IS NOT NULL
), "int_order_facts_grouped" AS (
  SELECT
    "t1"."campaign",
    "t1"."channel",
    "t1"."customer_id",
    COUNT(*) AS "orders",
    CAST(SUM("t1"."cents") AS BIGINT) AS "cents"
  FROM "int_order_facts_filtered" AS "t1"
  GROUP BY
    1,
    2,
    3
), "int_order_facts_by_campaign_and_channel" AS (
  SELECT
    "t2"."campaign",
    "t2"."channel",
    CAST(SUM("t2"."orders") AS BIGINT) AS "orders",
    CAST(SUM("t2"."cents") AS BIGINT) AS "cents",
    COUNT(*) AS "customers"
  FROM "int_order_facts_grouped" AS "t2"
  GROUP BY
    1,
    2
), "int_order_facts_selected" AS (
  SELECT
    "t3"."campaign",
    "t3"."channel",
    "t3"."orders",
    "t3"."cents",
    "t3"."customers",
    CASE "t3"."campaign"
      WHEN 0
      THEN 'Discount Campaign'
      WHEN 1
      THEN 'Gift Card Promotion'
      WHEN 2
      THEN 'Holiday Campaign'
      WHEN 3
      THEN 'Spring Campaign'
      WHEN 4
      THEN 'Summer Campaign'
      WHEN 5
      THEN 'Evergreen Campaign'
      ELSE NULL
    END AS "campaign_type",
    CASE "t3"."channel"
      WHEN 0
      THEN 'Email Marketing'
      WHEN 1
      THEN 'New Year Campaign'
      WHEN 2
      THEN 'Organic'
      WHEN 3
      THEN 'Promotional Campaign'
      WHEN 4
      THEN 'Social Media'
      ELSE NULL
    END AS "attribution_channel"
  FROM "int_order_facts_by_campaign_and_channel" AS "t3"
)
SELECT
  "t4"."campaign_type",
  "t4"."attribution_channel",
  CAST("t4"."orders" AS BIGINT) AS "campaign_conversions",
  CAST(CAST("t4"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "campaign_revenue",
  CAST("t4"."customers" AS BIGINT) AS "campaign_reach",
  CAST(CAST("t4"."cents" AS DOUBLE PRECISION) / CAST(NULLIF("t4"."orders" * 100, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS "campaign_aov",
  CAST(CAST(CAST(CAST("t4"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS DECIMAL(16, 2)) * CASE "t4"."campaign_type"
    WHEN 'Discount Campaign'
    THEN CAST('0.70' AS DECIMAL(16, 2))
    WHEN 'Gift Card Promotion'
    THEN CAST('0.60' AS DECIMAL(16, 2))
    WHEN 'Holiday Campaign'
    THEN CAST('0.75' AS DECIMAL(16, 2))
    ELSE CAST('0.85' AS DECIMAL(16, 2))
  END AS DECIMAL(18, 4)) AS "estimated_profit",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "int_order_facts_selected" AS "t4";
COMMENT ON TABLE "dbt_marketing"."campaign_performance__candidate" IS 'Orders, revenue, customers and estimated profit of each campaign in each channel.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_type" IS 'Campaign of the orders, by discount or season.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."attribution_channel" IS 'Channel of the orders: a stand-in rule on the order, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_conversions" IS 'Successful orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_revenue" IS 'Payments of these orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_reach" IS 'Distinct customers; not additive over rows. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."campaign_aov" IS 'campaign_revenue / campaign_conversions. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."estimated_profit" IS 'campaign_revenue times an assumed margin: 70 % of discounts, 60 % of gift cards, 75 % of holidays, 85 % of others. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."campaign_performance__candidate"."analysis_timestamp" IS 'as_of at midnight.';
