CREATE VIEW "dbt_marketing"."int_order_facts__candidate" AS
SELECT
  CAST("t0"."order_id" AS BIGINT) AS "order_id",
  CAST("t0"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t0"."order_date" AS DATE) AS "order_date",
  "t0"."status",
  COALESCE("t0"."product_name", '(unknown)') AS "product_name",
  "t0"."order_status_group",
  CAST("t0"."order_month" AS DATE) AS "order_month",
  CAST("t0"."order_year" AS DATE) AS "order_year",
  CAST("t0"."order_day_of_week" AS INTEGER) AS "order_day_of_week",
  CAST("t0"."order_quarter" AS INTEGER) AS "order_quarter",
  CAST("t0"."cents" AS BIGINT) AS "cents",
  CAST("t0"."promo_cents" AS BIGINT) AS "promo_cents",
  "t0"."has_promo",
  "t0"."has_credit_card",
  "t0"."has_coupon",
  "t0"."has_bank_transfer",
  "t0"."has_gift_card",
  CAST("t0"."payment_count" AS BIGINT) AS "payment_count",
  CAST("t0"."order_sequence" AS BIGINT) AS "order_sequence",
  CAST("t0"."success_sequence" AS BIGINT) AS "success_sequence",
  "t0"."attribution_channel",
  "t0"."campaign_type"
FROM "dbt_marketing"."int_orders__candidate" AS "t0"
WHERE
  "t0"."is_known_customer"
WITH NO SCHEMA BINDING;
