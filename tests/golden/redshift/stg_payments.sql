CREATE VIEW "dbt_marketing"."stg_payments__candidate" AS
WITH "raw_payments_picked" AS (
  SELECT
    "t0"."id",
    "t0"."order_id",
    "t0"."payment_method",
    "t0"."amount",
    "t0"."cycle_name"
  FROM "dbt_production"."payments" AS "t0"
  WHERE
    "t0"."id" IS NOT NULL
  QUALIFY
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t0"."id"
        ORDER BY "t0"."order_id" NULLS LAST, "t0"."payment_method" NULLS LAST, "t0"."amount" NULLS LAST, "t0"."cycle_name" NULLS LAST
      ) - 1
    ) < 1
)
SELECT
  CAST("t1"."id" AS BIGINT) AS "payment_id",
  CAST("t1"."order_id" AS BIGINT) AS "order_id",
  "t1"."payment_method",
  "t1"."cycle_name" AS "product_name",
  CAST("t1"."amount" AS BIGINT) AS "amount_cents",
  CAST(CAST("t1"."amount" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "amount",
  CASE
    WHEN "t1"."payment_method" = 'credit_card'
    THEN 'card'
    WHEN "t1"."payment_method" = 'bank_transfer'
    THEN 'bank'
    WHEN "t1"."payment_method" IN ('coupon', 'gift_card')
    THEN 'promotional'
    ELSE 'other'
  END AS "payment_category",
  COALESCE("t1"."payment_method" IN ('coupon', 'gift_card'), FALSE) AS "is_promotional"
FROM "raw_payments_picked" AS "t1"
WITH NO SCHEMA BINDING;
