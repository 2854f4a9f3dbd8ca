CREATE TABLE "dbt_marketing"."rfm_summary__candidate" (
  "customer_id" BIGINT NOT NULL,
  "frequency" BIGINT NOT NULL,
  "recency" BIGINT NOT NULL,
  "t" BIGINT NOT NULL,
  "monetary_value" DOUBLE PRECISION NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."rfm_summary__candidate" ("customer_id", "frequency", "recency", "t", "monetary_value")
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
), "int_order_facts_by_customer_id_and_order_date" AS (
  SELECT
    "t1"."customer_id",
    "t1"."order_date",
    CAST(SUM("t1"."cents") AS BIGINT) AS "cents",
    MIN("t1"."success_sequence") AS "sequence"
  FROM "int_order_facts_filtered" AS "t1"
  GROUP BY
    1,
    2
), "int_order_facts_by_customer_id" AS (
  SELECT
    "t2"."customer_id",
    COUNT(*) - 1 AS "frequency",
    MIN("t2"."order_date") AS "first_day",
    MAX("t2"."order_date") AS "last_day",
    CAST(SUM(CASE WHEN "t2"."sequence" > 1 THEN "t2"."cents" ELSE 0 END) AS BIGINT) AS "later_cents"
  FROM "int_order_facts_by_customer_id_and_order_date" AS "t2"
  GROUP BY
    1
)
SELECT
  CAST("t3"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t3"."frequency" AS BIGINT) AS "frequency",
  CAST(DATEDIFF(day, "t3"."first_day", CAST('2024-05-15' AS DATE)) - DATEDIFF(day, "t3"."last_day", CAST('2024-05-15' AS DATE)) AS BIGINT) AS "recency",
  CAST(DATEDIFF(day, "t3"."first_day", CAST('2024-05-15' AS DATE)) AS BIGINT) AS "t",
  CAST(COALESCE(
    CAST("t3"."later_cents" AS DOUBLE PRECISION) / CAST(NULLIF("t3"."frequency" * 100, 0) AS DOUBLE PRECISION),
    0.0
  ) AS DOUBLE PRECISION) AS "monetary_value"
FROM "int_order_facts_by_customer_id" AS "t3";
COMMENT ON TABLE "dbt_marketing"."rfm_summary__candidate" IS 'Frequency, recency, age and mean spend of each buyer, by days with successful orders.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."customer_id" IS 'Key of the buyer.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."frequency" IS 'Days with a successful order after the first such day: several orders on a day count once. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."recency" IS 'Days from the first to the last day with a successful order; 0 with one such day. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."t" IS 'T of the literature: days from the first day with a successful order to as_of. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."rfm_summary__candidate"."monetary_value" IS 'Payments of successful orders after the first day / frequency; 0 if frequency is 0. Unit: dollars.';
