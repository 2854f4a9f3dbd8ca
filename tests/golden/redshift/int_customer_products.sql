CREATE TABLE "dbt_marketing"."int_customer_products__candidate" (
  "customer_id" BIGINT NOT NULL,
  "product_name" VARCHAR(256) NOT NULL,
  "successful_orders" BIGINT NOT NULL,
  "returned_orders" BIGINT NOT NULL,
  "net_cents" BIGINT NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."int_customer_products__candidate" ("customer_id", "product_name", "successful_orders", "returned_orders", "net_cents")
SELECT
  CAST("t0"."customer_id" AS BIGINT) AS "customer_id",
  "t0"."product_name",
  CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS "successful_orders",
  CAST(SUM(CASE WHEN "t0"."order_status_group" = 'returned' THEN 1 ELSE 0 END) AS BIGINT) AS "returned_orders",
  CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN "t0"."cents" ELSE 0 END) AS BIGINT) AS "net_cents"
FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
GROUP BY
  1,
  2;
COMMENT ON TABLE "dbt_marketing"."int_customer_products__candidate" IS 'Which products each customer ordered, and how often.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_products__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_products__candidate"."product_name" IS 'Product; ''(unknown)'' if the order has none.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_products__candidate"."successful_orders" IS 'Successful orders of the product. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_products__candidate"."returned_orders" IS 'Returned orders of the product. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_products__candidate"."net_cents" IS 'Payments of the successful orders. Unit: cents.';
