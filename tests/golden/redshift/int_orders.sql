CREATE VIEW "dbt_marketing"."int_orders__candidate" AS
SELECT
  CAST("t0"."order_id" AS BIGINT) AS "order_id",
  CAST("t0"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t0"."order_date" AS DATE) AS "order_date",
  "t0"."status",
  "t0"."product_name",
  CASE
    WHEN "t0"."status" IN ('completed', 'shipped')
    THEN 'successful'
    WHEN "t0"."status" IN ('returned', 'return_pending')
    THEN 'returned'
    ELSE 'pending'
  END AS "order_status_group",
  CAST(DATE_TRUNC('month', "t0"."order_date") AS DATE) AS "order_month",
  CAST(DATE_TRUNC('year', "t0"."order_date") AS DATE) AS "order_year",
  CAST(MOD(CAST((
    EXTRACT(dow FROM "t0"."order_date") + 6
  ) % 7 AS SMALLINT) + 1, 7) AS INTEGER) AS "order_day_of_week",
  CAST(EXTRACT(quarter FROM "t0"."order_date") AS INTEGER) AS "order_quarter",
  "t0"."is_known_customer",
  CAST("t0"."cents" AS BIGINT) AS "cents",
  CAST("t0"."credit_card_cents" AS BIGINT) AS "credit_card_cents",
  CAST("t0"."coupon_cents" AS BIGINT) AS "coupon_cents",
  CAST("t0"."bank_transfer_cents" AS BIGINT) AS "bank_transfer_cents",
  CAST("t0"."gift_card_cents" AS BIGINT) AS "gift_card_cents",
  CAST("t0"."coupon_cents" + "t0"."gift_card_cents" AS BIGINT) AS "promo_cents",
  (
    "t0"."method_bits" & 10
  ) > 0 AS "has_promo",
  (
    "t0"."method_bits" & 1
  ) > 0 AS "has_credit_card",
  (
    "t0"."method_bits" & 2
  ) > 0 AS "has_coupon",
  (
    "t0"."method_bits" & 4
  ) > 0 AS "has_bank_transfer",
  (
    "t0"."method_bits" & 8
  ) > 0 AS "has_gift_card",
  CAST("t0"."payment_count" AS BIGINT) AS "payment_count",
  CAST("t0"."order_sequence" AS BIGINT) AS "order_sequence",
  CAST("t0"."success_sequence" AS BIGINT) AS "success_sequence",
  CASE
    WHEN "t0"."success_sequence" IS NOT NULL
    THEN CASE
      WHEN (
        "t0"."method_bits" & 10
      ) > 0
      THEN 'Promotional Campaign'
      WHEN MOD(CAST((
        EXTRACT(dow FROM "t0"."order_date") + 6
      ) % 7 AS SMALLINT) + 1, 7) IN (0, 6)
      THEN 'Social Media'
      WHEN "t0"."cents" > 10000
      THEN 'Email Marketing'
      WHEN (
        CAST(EXTRACT(quarter FROM "t0"."order_date") AS INTEGER) = 1
      )
      AND (
        "t0"."success_sequence" = 1
      )
      THEN 'New Year Campaign'
      ELSE 'Organic'
    END
  END AS "attribution_channel",
  CASE
    WHEN "t0"."success_sequence" IS NOT NULL
    THEN CASE
      WHEN (
        "t0"."method_bits" & 2
      ) > 0
      THEN 'Discount Campaign'
      WHEN (
        "t0"."method_bits" & 8
      ) > 0
      THEN 'Gift Card Promotion'
      WHEN CAST(EXTRACT(quarter FROM "t0"."order_date") AS INTEGER) = 4
      THEN 'Holiday Campaign'
      WHEN CAST(EXTRACT(quarter FROM "t0"."order_date") AS INTEGER) = 2
      THEN 'Spring Campaign'
      WHEN CAST(EXTRACT(quarter FROM "t0"."order_date") AS INTEGER) = 3
      THEN 'Summer Campaign'
      ELSE 'Evergreen Campaign'
    END
  END AS "campaign_type"
FROM "dbt_marketing"."int_order_totals__candidate" AS "t0"
WITH NO SCHEMA BINDING;
