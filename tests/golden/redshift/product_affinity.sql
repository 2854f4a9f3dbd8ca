CREATE TABLE "dbt_marketing"."product_affinity__candidate" (
  "product_a" VARCHAR(256) NOT NULL,
  "product_b" VARCHAR(256) NOT NULL,
  "customers_both" BIGINT NOT NULL,
  "support" DOUBLE PRECISION NOT NULL,
  "confidence" DOUBLE PRECISION NOT NULL,
  "lift" DOUBLE PRECISION NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("product_a", "product_b");
INSERT INTO "dbt_marketing"."product_affinity__candidate" ("product_a", "product_b", "customers_both", "support", "confidence", "lift", "analysis_timestamp")
WITH "int_customer_products_filtered" AS (
  SELECT
    "t1"."customer_id",
    "t1"."product_name"
  FROM "dbt_marketing"."int_customer_products__candidate" AS "t1"
  WHERE
    "t1"."successful_orders" > 0
), "int_customer_products_by_product_name" AS (
  SELECT
    "t4"."product_name",
    COUNT(*) AS "buyers"
  FROM "int_customer_products_filtered" AS "t4"
  GROUP BY
    1
), "int_customer_products_filtered_2" AS (
  SELECT
    "t1"."customer_id" AS "other_customer_id",
    "t1"."product_name" AS "product_b"
  FROM "dbt_marketing"."int_customer_products__candidate" AS "t1"
  WHERE
    "t1"."successful_orders" > 0
), "int_customer_products_with_int_customer_products" AS (
  SELECT
    "t7"."customer_id",
    "t7"."product_name",
    "t5"."other_customer_id",
    "t5"."product_b"
  FROM "int_customer_products_filtered" AS "t7"
  INNER JOIN "int_customer_products_filtered_2" AS "t5"
    ON "t7"."customer_id" = "t5"."other_customer_id"
    AND "t7"."product_name" <> "t5"."product_b"
), "int_customer_products_by_product_b_and_product_a" AS (
  SELECT
    "t11"."product_b",
    "t11"."product_name" AS "product_a",
    COUNT(*) AS "customers_both"
  FROM "int_customer_products_with_int_customer_products" AS "t11"
  GROUP BY
    1,
    2
), "int_customer_products_filtered_3" AS (
  SELECT
    "t16"."product_b",
    "t16"."product_a",
    "t16"."customers_both"
  FROM "int_customer_products_by_product_b_and_product_a" AS "t16"
  WHERE
    "t16"."customers_both" >= 1
), "int_customer_products_selected" AS (
  SELECT
    "t10"."product_name" AS "product_a",
    "t10"."buyers" AS "buyers_a"
  FROM "int_customer_products_by_product_name" AS "t10"
), "int_customer_products_selected_2" AS (
  SELECT
    "t10"."product_name" AS "product_b",
    "t10"."buyers" AS "buyers_b"
  FROM "int_customer_products_by_product_name" AS "t10"
), "int_customer_orders_totals" AS (
  SELECT
    CAST(SUM(CASE WHEN "t0"."successful_orders" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "all_buyers"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t0"
)
SELECT
  "t18"."product_a",
  "t18"."product_b",
  CAST("t18"."customers_both" AS BIGINT) AS "customers_both",
  CAST((
    CAST("t18"."customers_both" AS DOUBLE PRECISION) / CAST(NULLIF("t8"."all_buyers", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "support",
  CAST((
    CAST("t18"."customers_both" AS DOUBLE PRECISION) / CAST(NULLIF("t14"."buyers_a", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "confidence",
  CAST((
    CAST("t18"."customers_both" * "t8"."all_buyers" AS DOUBLE PRECISION) / CAST(NULLIF("t14"."buyers_a" * "t15"."buyers_b", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "lift",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "int_customer_products_filtered_3" AS "t18"
INNER JOIN "int_customer_products_selected" AS "t14"
  ON "t18"."product_a" = "t14"."product_a"
INNER JOIN "int_customer_products_selected_2" AS "t15"
  ON "t18"."product_b" = "t15"."product_b"
CROSS JOIN "int_customer_orders_totals" AS "t8";
COMMENT ON TABLE "dbt_marketing"."product_affinity__candidate" IS 'How many customers bought both of two products, and how that compares with chance.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."product_a" IS 'Product that the customers bought; ''(unknown)'' without a name.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."product_b" IS 'Product that some of them bought as well, in any order.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."customers_both" IS 'Buyers of both products. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."support" IS 'customers_both / all buyers. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."confidence" IS 'customers_both / buyers of product_a. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."lift" IS 'confidence / share of product_b''s buyers among all: above 1, buyers of one product buy the other more often than buyers do on average. Unit: ratio.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."analysis_timestamp" IS 'as_of at midnight.';
