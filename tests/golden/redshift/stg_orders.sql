CREATE VIEW "dbt_marketing"."stg_orders__candidate" AS
WITH "t1" AS (
  SELECT
    "t0"."id",
    "t0"."user_id",
    "t0"."order_date",
    "t0"."status",
    "t0"."cycle_name"
  FROM "dbt_production"."orders" AS "t0"
  WHERE
    "t0"."id" IS NOT NULL
), "t2" AS (
  SELECT
    "t1"."id",
    "t1"."user_id",
    "t1"."order_date",
    "t1"."status",
    "t1"."cycle_name"
  FROM "t1" AS "t1"
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY "t1"."id"
      ORDER BY "t1"."user_id" NULLS LAST, "t1"."order_date" NULLS LAST, "t1"."status" NULLS LAST, "t1"."cycle_name" NULLS LAST
    ) = 1
)
SELECT
  CAST("t2"."id" AS BIGINT) AS "order_id",
  CAST("t2"."user_id" AS BIGINT) AS "customer_id",
  CAST("t2"."order_date" AS DATE) AS "order_date",
  "t2"."status",
  "t2"."cycle_name" AS "product_name",
  CASE
    WHEN "t2"."status" IN ('completed', 'shipped')
    THEN 'successful'
    WHEN "t2"."status" IN ('returned', 'return_pending')
    THEN 'returned'
    ELSE 'pending'
  END AS "order_status_group",
  CAST(DATE_TRUNC('month', "t2"."order_date") AS DATE) AS "order_month",
  CAST(DATE_TRUNC('year', "t2"."order_date") AS DATE) AS "order_year",
  CAST(MOD(CAST((
    EXTRACT(dow FROM "t2"."order_date") + 6
  ) % 7 AS SMALLINT) + 1, 7) AS INTEGER) AS "order_day_of_week",
  CAST(EXTRACT(quarter FROM "t2"."order_date") AS INTEGER) AS "order_quarter"
FROM "t2" AS "t2"
WITH NO SCHEMA BINDING;
