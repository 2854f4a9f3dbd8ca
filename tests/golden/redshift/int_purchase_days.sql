CREATE TABLE "dbt_marketing"."int_purchase_days__candidate" (
  "customer_id" BIGINT NOT NULL,
  "frequency" BIGINT NOT NULL,
  "recency_days" BIGINT NOT NULL,
  "age_days" BIGINT NOT NULL,
  "later_cents" BIGINT NOT NULL,
  "earlier_frequency" BIGINT,
  "earlier_recency_days" BIGINT
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."int_purchase_days__candidate" ("customer_id", "frequency", "recency_days", "age_days", "later_cents", "earlier_frequency", "earlier_recency_days")
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
    CAST(SUM(CASE WHEN "t2"."sequence" > 1 THEN "t2"."cents" ELSE 0 END) AS BIGINT) AS "later_cents",
    CAST(SUM(CASE WHEN "t2"."order_date" <= CAST('2024-02-15' AS DATE) THEN 1 ELSE 0 END) AS BIGINT) AS "earlier_days",
    MAX(
      CASE
        WHEN "t2"."order_date" <= CAST('2024-02-15' AS DATE)
        THEN "t2"."order_date"
        ELSE CAST(NULL AS DATE)
      END
    ) AS "earlier_last_day"
  FROM "int_order_facts_by_customer_id_and_order_date" AS "t2"
  GROUP BY
    1
)
SELECT
  CAST("t3"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t3"."frequency" AS BIGINT) AS "frequency",
  CAST(DATEDIFF(day, "t3"."first_day", CAST('2024-05-15' AS DATE)) - DATEDIFF(day, "t3"."last_day", CAST('2024-05-15' AS DATE)) AS BIGINT) AS "recency_days",
  CAST(DATEDIFF(day, "t3"."first_day", CAST('2024-05-15' AS DATE)) AS BIGINT) AS "age_days",
  CAST("t3"."later_cents" AS BIGINT) AS "later_cents",
  CAST(CASE
    WHEN "t3"."earlier_days" > 0
    THEN "t3"."earlier_days" - 1
    ELSE CAST(NULL AS BIGINT)
  END AS BIGINT) AS "earlier_frequency",
  CAST(DATEDIFF(day, "t3"."first_day", CAST('2024-05-15' AS DATE)) - DATEDIFF(day, "t3"."earlier_last_day", CAST('2024-05-15' AS DATE)) AS BIGINT) AS "earlier_recency_days"
FROM "int_order_facts_by_customer_id" AS "t3";
COMMENT ON TABLE "dbt_marketing"."int_purchase_days__candidate" IS 'Frequency, recency, age and spend of each buyer, counting days: the statistics of lifetime value models.';
COMMENT ON COLUMN "dbt_marketing"."int_purchase_days__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."int_purchase_days__candidate"."frequency" IS 'Days with a successful order after the first such day. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."int_purchase_days__candidate"."recency_days" IS 'Days from the first to the last day with a successful order. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."int_purchase_days__candidate"."age_days" IS 'Days from the first day with a successful order to as_of. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."int_purchase_days__candidate"."later_cents" IS 'Payments of successful orders after the first day. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_purchase_days__candidate"."earlier_frequency" IS 'frequency as of 90 days before as_of; NULL for buyers who came later. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."int_purchase_days__candidate"."earlier_recency_days" IS 'recency_days as of 90 days before as_of; NULL for buyers who came later. Unit: days.';
