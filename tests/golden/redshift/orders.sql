CREATE TABLE "dbt_marketing"."orders__candidate" (
  "order_id" BIGINT NOT NULL,
  "customer_id" BIGINT,
  "order_date" DATE NOT NULL,
  "status" VARCHAR(256),
  "cycle_name" VARCHAR(256),
  "credit_card_amount" DECIMAL(18, 2) NOT NULL,
  "coupon_amount" DECIMAL(18, 2) NOT NULL,
  "bank_transfer_amount" DECIMAL(18, 2) NOT NULL,
  "gift_card_amount" DECIMAL(18, 2) NOT NULL,
  "amount" DECIMAL(18, 2) NOT NULL,
  "other_amount" DECIMAL(18, 2) NOT NULL,
  "product_name" VARCHAR(256),
  "order_status_group" VARCHAR(16) NOT NULL,
  "payment_count" BIGINT NOT NULL,
  "order_sequence" BIGINT,
  "attribution_channel" VARCHAR(32)
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("order_date");
INSERT INTO "dbt_marketing"."orders__candidate" ("order_id", "customer_id", "order_date", "status", "cycle_name", "credit_card_amount", "coupon_amount", "bank_transfer_amount", "gift_card_amount", "amount", "other_amount", "product_name", "order_status_group", "payment_count", "order_sequence", "attribution_channel")
SELECT
  CAST("t0"."order_id" AS BIGINT) AS "order_id",
  CAST("t0"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t0"."order_date" AS DATE) AS "order_date",
  "t0"."status",
  "t0"."product_name" AS "cycle_name",
  CAST(CAST("t0"."credit_card_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "credit_card_amount",
  CAST(CAST("t0"."coupon_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "coupon_amount",
  CAST(CAST("t0"."bank_transfer_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "bank_transfer_amount",
  CAST(CAST("t0"."gift_card_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "gift_card_amount",
  CAST(CAST("t0"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "amount",
  CAST(CAST((
    (
      (
        "t0"."cents" - "t0"."credit_card_cents"
      ) - "t0"."coupon_cents"
    ) - "t0"."bank_transfer_cents"
  ) - "t0"."gift_card_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "other_amount",
  "t0"."product_name",
  "t0"."order_status_group",
  CAST("t0"."payment_count" AS BIGINT) AS "payment_count",
  CAST("t0"."order_sequence" AS BIGINT) AS "order_sequence",
  "t0"."attribution_channel"
FROM "dbt_marketing"."int_orders__candidate" AS "t0";
COMMENT ON TABLE "dbt_marketing"."orders__candidate" IS 'What each order contained, how it was paid and its position among its customer''s orders.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."order_id" IS 'Key of the order.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."customer_id" IS 'Customer who placed the order.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."order_date" IS 'Day of the order, never after as_of.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."status" IS 'Status as the shop writes it; the current one, not its history.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."cycle_name" IS 'The same value as product_name.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."credit_card_amount" IS 'Payments by credit card. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."coupon_amount" IS 'Payments by coupon. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."bank_transfer_amount" IS 'Payments by bank transfer. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."gift_card_amount" IS 'Payments by gift card. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."amount" IS 'All payments; 0 if there are none. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."other_amount" IS 'Payments by a method that payment_rules does not name, or without a method. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."product_name" IS 'Product of the order; an order has one.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."order_status_group" IS 'successful, returned or pending; an unknown status is pending.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."payment_count" IS 'Payments, those without an amount included. Unit: payments.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."order_sequence" IS 'Position among the customer''s orders up to as_of; NULL for an orphan.';
COMMENT ON COLUMN "dbt_marketing"."orders__candidate"."attribution_channel" IS 'Channel; NULL unless successful and of a known customer.';
