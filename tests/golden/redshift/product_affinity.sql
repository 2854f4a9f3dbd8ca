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
    "t3"."product_name",
    COUNT(*) AS "buyers"
  FROM "int_customer_products_filtered" AS "t3"
  GROUP BY
    1
), "int_customer_products_ranked" AS (
  SELECT
    "t7"."product_name",
    "t7"."buyers",
    ROW_NUMBER() OVER (ORDER BY "t7"."product_name" NULLS LAST) - 1 AS "number"
  FROM "int_customer_products_by_product_name" AS "t7"
), "int_customer_products_with_int_customer_products" AS (
  SELECT
    "t5"."customer_id",
    "t10"."number"
  FROM "int_customer_products_filtered" AS "t5"
  INNER JOIN "int_customer_products_ranked" AS "t10"
    ON "t5"."product_name" = "t10"."product_name"
), "int_customer_products_with_int_customer_products_2" AS (
  SELECT
    "t19"."customer_id",
    "t19"."number",
    "t18"."customer_id" AS "customer_id_right",
    "t18"."number" AS "number_right"
  FROM "int_customer_products_with_int_customer_products" AS "t19"
  INNER JOIN "int_customer_products_with_int_customer_products" AS "t18"
    ON "t19"."customer_id" = "t18"."customer_id" AND "t19"."number" < "t18"."number"
), "int_customer_products_by_number_a_and_number_b" AS (
  SELECT
    "t20"."number" AS "number_a",
    "t20"."number_right" AS "number_b",
    COUNT(*) AS "customers_both"
  FROM "int_customer_products_with_int_customer_products_2" AS "t20"
  GROUP BY
    1,
    2
), "int_customer_products_combined" AS (
  SELECT
    "t22"."number_a",
    "t22"."number_b",
    "t22"."customers_both"
  FROM "int_customer_products_by_number_a_and_number_b" AS "t22"
  WHERE
    "t22"."customers_both" >= 1
  UNION ALL
  SELECT
    "t22"."number_b" AS "number_a",
    "t22"."number_a" AS "number_b",
    "t22"."customers_both"
  FROM "int_customer_products_by_number_a_and_number_b" AS "t22"
  WHERE
    "t22"."customers_both" >= 1
), "int_customer_products_selected" AS (
  SELECT
    "t9"."number" AS "number_a",
    "t9"."product_name" AS "product_a",
    "t9"."buyers" AS "buyers_a"
  FROM "int_customer_products_ranked" AS "t9"
), "int_customer_products_selected_2" AS (
  SELECT
    "t9"."number" AS "number_b",
    "t9"."product_name" AS "product_b",
    "t9"."buyers" AS "buyers_b"
  FROM "int_customer_products_ranked" AS "t9"
), "int_customer_orders_totals" AS (
  SELECT
    CAST(SUM(CASE WHEN "t0"."successful_orders" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "all_buyers"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t0"
)
SELECT
  "t13"."product_a",
  "t14"."product_b",
  CAST("t26"."customers_both" AS BIGINT) AS "customers_both",
  CAST((
    CAST("t26"."customers_both" AS DOUBLE PRECISION) / CAST(NULLIF("t6"."all_buyers", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "support",
  CAST((
    CAST("t26"."customers_both" AS DOUBLE PRECISION) / CAST(NULLIF("t13"."buyers_a", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "confidence",
  CAST((
    CAST("t26"."customers_both" * "t6"."all_buyers" AS DOUBLE PRECISION) / CAST(NULLIF("t13"."buyers_a" * "t14"."buyers_b", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "lift",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "int_customer_products_combined" AS "t26"
INNER JOIN "int_customer_products_selected" AS "t13"
  ON "t26"."number_a" = "t13"."number_a"
INNER JOIN "int_customer_products_selected_2" AS "t14"
  ON "t26"."number_b" = "t14"."number_b"
CROSS JOIN "int_customer_orders_totals" AS "t6";
COMMENT ON TABLE "dbt_marketing"."product_affinity__candidate" IS 'How many customers bought both of two products, and how that compares with chance.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."product_a" IS 'Product that the customers bought; ''(unknown)'' without a name.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."product_b" IS 'Product that some of them bought as well, in any order.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."customers_both" IS 'Buyers of both products. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."support" IS 'customers_both / all buyers. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."confidence" IS 'customers_both / buyers of product_a. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."lift" IS 'confidence / share of product_b''s buyers among all: above 1, buyers of one product buy the other more often than buyers do on average. Unit: ratio.';
COMMENT ON COLUMN "dbt_marketing"."product_affinity__candidate"."analysis_timestamp" IS 'as_of at midnight.';
