CREATE TABLE "dbt_marketing"."int_customer_orders__candidate" (
  "customer_id" BIGINT NOT NULL,
  "number_of_orders" BIGINT NOT NULL,
  "successful_orders" BIGINT NOT NULL,
  "returned_orders" BIGINT NOT NULL,
  "pending_orders" BIGINT NOT NULL,
  "gross_cents" BIGINT NOT NULL,
  "net_cents" BIGINT NOT NULL,
  "promo_cents" BIGINT NOT NULL,
  "first_order" DATE NOT NULL,
  "most_recent_order" DATE NOT NULL,
  "first_success_date" DATE,
  "last_success_date" DATE,
  "cohort_month" DATE
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."int_customer_orders__candidate" ("customer_id", "number_of_orders", "successful_orders", "returned_orders", "pending_orders", "gross_cents", "net_cents", "promo_cents", "first_order", "most_recent_order", "first_success_date", "last_success_date", "cohort_month")
WITH "int_order_facts_by_customer_id" AS (
  SELECT
    "t0"."customer_id",
    COUNT(*) AS "number_of_orders",
    CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS "successful_orders",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'returned' THEN 1 ELSE 0 END) AS BIGINT) AS "returned_orders",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'pending' THEN 1 ELSE 0 END) AS BIGINT) AS "pending_orders",
    CAST(SUM("t0"."cents") AS BIGINT) AS "gross_cents",
    CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN "t0"."cents" ELSE 0 END) AS BIGINT) AS "net_cents",
    CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN "t0"."promo_cents" ELSE 0 END) AS BIGINT) AS "promo_cents",
    MIN("t0"."order_date") AS "first_order",
    MAX("t0"."order_date") AS "most_recent_order",
    MIN(
      CASE
        WHEN "t0"."success_sequence" IS NOT NULL
        THEN "t0"."order_date"
        ELSE CAST(NULL AS DATE)
      END
    ) AS "first_success_date",
    MAX(
      CASE
        WHEN "t0"."success_sequence" IS NOT NULL
        THEN "t0"."order_date"
        ELSE CAST(NULL AS DATE)
      END
    ) AS "last_success_date"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  GROUP BY
    1
)
SELECT
  CAST("t1"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t1"."number_of_orders" AS BIGINT) AS "number_of_orders",
  CAST("t1"."successful_orders" AS BIGINT) AS "successful_orders",
  CAST("t1"."returned_orders" AS BIGINT) AS "returned_orders",
  CAST("t1"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST("t1"."gross_cents" AS BIGINT) AS "gross_cents",
  CAST("t1"."net_cents" AS BIGINT) AS "net_cents",
  CAST("t1"."promo_cents" AS BIGINT) AS "promo_cents",
  CAST("t1"."first_order" AS DATE) AS "first_order",
  CAST("t1"."most_recent_order" AS DATE) AS "most_recent_order",
  CAST("t1"."first_success_date" AS DATE) AS "first_success_date",
  CAST("t1"."last_success_date" AS DATE) AS "last_success_date",
  CAST(DATE_TRUNC('month', "t1"."first_success_date") AS DATE) AS "cohort_month"
FROM "int_order_facts_by_customer_id" AS "t1";
COMMENT ON TABLE "dbt_marketing"."int_customer_orders__candidate" IS 'What each customer with an order up to ``as_of`` ordered and paid, and when.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."number_of_orders" IS 'Orders of any status. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."successful_orders" IS 'Successful orders; a customer with one is a buyer. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."returned_orders" IS 'Returned orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."pending_orders" IS 'Orders neither successful nor returned. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."gross_cents" IS 'Payments of orders of any status. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."net_cents" IS 'Payments of successful orders. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."promo_cents" IS 'Payments of successful orders by coupon or gift_card. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."first_order" IS 'Day of the first order of any status.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."most_recent_order" IS 'Day of the last order of any status.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."first_success_date" IS 'Day of the first successful order.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."last_success_date" IS 'Day of the last successful order.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_orders__candidate"."cohort_month" IS 'First day of the month of the first successful order.';
