CREATE TABLE "dbt_marketing"."int_order_totals__candidate" (
  "order_id" BIGINT NOT NULL,
  "customer_id" BIGINT,
  "order_date" DATE NOT NULL,
  "status" VARCHAR(256),
  "product_name" VARCHAR(256),
  "is_known_customer" BOOLEAN NOT NULL,
  "cents" BIGINT NOT NULL,
  "credit_card_cents" BIGINT NOT NULL,
  "coupon_cents" BIGINT NOT NULL,
  "bank_transfer_cents" BIGINT NOT NULL,
  "gift_card_cents" BIGINT NOT NULL,
  "method_bits" BIGINT NOT NULL,
  "payment_count" BIGINT NOT NULL,
  "order_sequence" BIGINT,
  "success_sequence" BIGINT
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("order_date");
INSERT INTO "dbt_marketing"."int_order_totals__candidate" ("order_id", "customer_id", "order_date", "status", "product_name", "is_known_customer", "cents", "credit_card_cents", "coupon_cents", "bank_transfer_cents", "gift_card_cents", "method_bits", "payment_count", "order_sequence", "success_sequence")
WITH "stg_orders_filtered" AS (
  SELECT
    "t1"."order_id",
    "t1"."customer_id",
    "t1"."order_date",
    "t1"."status",
    "t1"."product_name",
    "t1"."order_status_group" = 'successful' AS "is_success"
  FROM "dbt_marketing"."stg_orders__candidate" AS "t1"
  WHERE
    "t1"."order_date" <= CAST('2024-05-15' AS DATE)
), "stg_payments_filtered" AS (
  SELECT
    "t2"."payment_id",
    "t2"."order_id",
    "t2"."payment_method",
    "t2"."product_name",
    "t2"."amount_cents",
    "t2"."amount",
    "t2"."payment_category",
    "t2"."is_promotional"
  FROM "dbt_marketing"."stg_payments__candidate" AS "t2"
  WHERE
    "t2"."order_id" IS NOT NULL
), "stg_payments_by_order_id" AS (
  SELECT
    "t6"."order_id",
    CAST(SUM("t6"."amount_cents") AS BIGINT) AS "cents",
    CAST(SUM(
      CASE WHEN "t6"."payment_method" = 'credit_card' THEN "t6"."amount_cents" ELSE 0 END
    ) AS BIGINT) AS "credit_card_cents",
    CAST(SUM(CASE WHEN "t6"."payment_method" = 'coupon' THEN "t6"."amount_cents" ELSE 0 END) AS BIGINT) AS "coupon_cents",
    CAST(SUM(
      CASE
        WHEN "t6"."payment_method" = 'bank_transfer'
        THEN "t6"."amount_cents"
        ELSE 0
      END
    ) AS BIGINT) AS "bank_transfer_cents",
    CAST(SUM(
      CASE WHEN "t6"."payment_method" = 'gift_card' THEN "t6"."amount_cents" ELSE 0 END
    ) AS BIGINT) AS "gift_card_cents",
    BIT_OR(
      CAST(CASE "t6"."payment_method"
        WHEN 'credit_card'
        THEN 1
        WHEN 'coupon'
        THEN 2
        WHEN 'bank_transfer'
        THEN 4
        WHEN 'gift_card'
        THEN 8
        ELSE 0
      END AS BIGINT)
    ) AS "method_bits",
    COUNT(*) AS "payment_count"
  FROM "stg_payments_filtered" AS "t6"
  GROUP BY
    1
), "stg_orders_with_stg_payments" AS (
  SELECT
    "t7"."order_id",
    "t7"."customer_id",
    "t7"."order_date",
    "t7"."status",
    "t7"."product_name",
    "t7"."is_success",
    "t9"."order_id" AS "order_id_of_payments",
    "t9"."cents",
    "t9"."credit_card_cents",
    "t9"."coupon_cents",
    "t9"."bank_transfer_cents",
    "t9"."gift_card_cents",
    "t9"."method_bits",
    "t9"."payment_count"
  FROM "stg_orders_filtered" AS "t7"
  LEFT OUTER JOIN "stg_payments_by_order_id" AS "t9"
    ON "t7"."order_id" = "t9"."order_id"
), "stg_orders_selected" AS (
  SELECT
    "t10"."order_id",
    "t10"."customer_id",
    "t10"."order_date",
    "t10"."status",
    "t10"."product_name",
    "t10"."is_success",
    "t10"."cents",
    "t10"."credit_card_cents",
    "t10"."coupon_cents",
    "t10"."bank_transfer_cents",
    "t10"."gift_card_cents",
    "t10"."method_bits",
    "t10"."payment_count"
  FROM "stg_orders_with_stg_payments" AS "t10"
), "stg_customers_selected" AS (
  SELECT
    "t0"."customer_id",
    TRUE AS "is_known_customer"
  FROM "dbt_marketing"."stg_customers__candidate" AS "t0"
), "stg_orders_with_stg_customers" AS (
  SELECT
    "t12"."order_id",
    "t12"."customer_id",
    "t12"."order_date",
    "t12"."status",
    "t12"."product_name",
    "t12"."is_success",
    "t12"."cents",
    "t12"."credit_card_cents",
    "t12"."coupon_cents",
    "t12"."bank_transfer_cents",
    "t12"."gift_card_cents",
    "t12"."method_bits",
    "t12"."payment_count",
    COALESCE("t4"."is_known_customer", FALSE) AS "is_known_customer"
  FROM "stg_orders_selected" AS "t12"
  LEFT OUTER JOIN "stg_customers_selected" AS "t4"
    ON "t12"."customer_id" = "t4"."customer_id"
), "stg_orders_ranked" AS (
  SELECT
    "t13"."order_id",
    "t13"."customer_id",
    "t13"."order_date",
    "t13"."status",
    "t13"."product_name",
    "t13"."is_success",
    "t13"."cents",
    "t13"."credit_card_cents",
    "t13"."coupon_cents",
    "t13"."bank_transfer_cents",
    "t13"."gift_card_cents",
    "t13"."method_bits",
    "t13"."payment_count",
    "t13"."is_known_customer",
    CASE
      WHEN "t13"."is_known_customer"
      THEN (
        ROW_NUMBER() OVER (
          PARTITION BY "t13"."customer_id"
          ORDER BY "t13"."order_date" NULLS LAST, "t13"."order_id" NULLS LAST
        ) - 1
      ) + 1
      ELSE CAST(NULL AS BIGINT)
    END AS "order_sequence",
    CASE
      WHEN "t13"."is_known_customer" AND "t13"."is_success"
      THEN CAST(SUM(CASE WHEN "t13"."is_success" THEN 1 ELSE 0 END) OVER (
        PARTITION BY "t13"."customer_id"
        ORDER BY "t13"."order_date" NULLS LAST, "t13"."order_id" NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS BIGINT)
      ELSE CAST(NULL AS BIGINT)
    END AS "success_sequence"
  FROM "stg_orders_with_stg_customers" AS "t13"
)
SELECT
  CAST("t14"."order_id" AS BIGINT) AS "order_id",
  CAST("t14"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t14"."order_date" AS DATE) AS "order_date",
  "t14"."status",
  "t14"."product_name",
  "t14"."is_known_customer",
  CAST(COALESCE("t14"."cents", 0) AS BIGINT) AS "cents",
  CAST(COALESCE("t14"."credit_card_cents", 0) AS BIGINT) AS "credit_card_cents",
  CAST(COALESCE("t14"."coupon_cents", 0) AS BIGINT) AS "coupon_cents",
  CAST(COALESCE("t14"."bank_transfer_cents", 0) AS BIGINT) AS "bank_transfer_cents",
  CAST(COALESCE("t14"."gift_card_cents", 0) AS BIGINT) AS "gift_card_cents",
  CAST(COALESCE("t14"."method_bits", 0) AS BIGINT) AS "method_bits",
  CAST(COALESCE("t14"."payment_count", 0) AS BIGINT) AS "payment_count",
  CAST("t14"."order_sequence" AS BIGINT) AS "order_sequence",
  CAST("t14"."success_sequence" AS BIGINT) AS "success_sequence"
FROM "stg_orders_ranked" AS "t14";
COMMENT ON TABLE "dbt_marketing"."int_order_totals__candidate" IS 'Each order up to ``as_of`` with its payments added up and its position among the customer''s orders.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."order_id" IS 'Key of the order.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."customer_id" IS 'Customer who placed the order.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."order_date" IS 'Day of the order, never after as_of.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."status" IS 'Status as the shop writes it; the current one, not its history.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."product_name" IS 'Product of the order; an order has one.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."is_known_customer" IS 'Whether stg_customers has the customer; false for an orphan.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."cents" IS 'All payments of the order; 0 if there are none. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."credit_card_cents" IS 'Payments by credit card. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."coupon_cents" IS 'Payments by coupon. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."bank_transfer_cents" IS 'Payments by bank transfer. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."gift_card_cents" IS 'Payments by gift card. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."method_bits" IS 'Methods used: 1 for the first of the columns above, 2 for the next, then 4, 8.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."payment_count" IS 'Payments of the order, those without an amount included. Unit: payments.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."order_sequence" IS 'Position among the customer''s orders up to as_of, from 1; NULL for an orphan.';
COMMENT ON COLUMN "dbt_marketing"."int_order_totals__candidate"."success_sequence" IS 'Position among the customer''s successful orders, from 1.';
