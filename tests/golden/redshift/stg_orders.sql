CREATE VIEW "dbt_marketing"."stg_orders__candidate" AS
WITH "raw_orders_picked" AS (
  SELECT
    "t0"."id",
    "t0"."user_id",
    "t0"."order_date",
    "t0"."status",
    "t0"."cycle_name"
  FROM "dbt_production"."orders" AS "t0"
  WHERE
    "t0"."id" IS NOT NULL
  QUALIFY
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t0"."id"
        ORDER BY "t0"."user_id" NULLS LAST, "t0"."order_date" NULLS LAST, "t0"."status" NULLS LAST, "t0"."cycle_name" NULLS LAST
      ) - 1
    ) < 1
)
SELECT
  CAST("t1"."id" AS BIGINT) AS "order_id",
  CAST("t1"."user_id" AS BIGINT) AS "customer_id",
  CAST("t1"."order_date" AS DATE) AS "order_date",
  "t1"."status",
  "t1"."cycle_name" AS "product_name",
  CASE
    WHEN "t1"."status" IN ('completed', 'shipped')
    THEN 'successful'
    WHEN "t1"."status" IN ('returned', 'return_pending')
    THEN 'returned'
    ELSE 'pending'
  END AS "order_status_group",
  CAST(DATE_TRUNC('month', "t1"."order_date") AS DATE) AS "order_month",
  CAST(DATE_TRUNC('year', "t1"."order_date") AS DATE) AS "order_year",
  CAST(MOD(CAST((
    EXTRACT(dow FROM "t1"."order_date") + 6
  ) % 7 AS SMALLINT) + 1, 7) AS INTEGER) AS "order_day_of_week",
  CAST(EXTRACT(quarter FROM "t1"."order_date") AS INTEGER) AS "order_quarter"
FROM "raw_orders_picked" AS "t1"
WITH NO SCHEMA BINDING;
