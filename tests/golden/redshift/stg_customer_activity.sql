CREATE VIEW "dbt_marketing"."stg_customer_activity__candidate" AS
WITH "stg_orders_with_stg_customers" AS (
  SELECT
    "t4"."order_id",
    "t4"."customer_id",
    "t4"."order_date",
    "t4"."status",
    "t4"."product_name",
    "t4"."order_status_group",
    "t4"."order_month",
    "t4"."order_year",
    "t4"."order_day_of_week",
    "t4"."order_quarter",
    "t5"."first_name",
    "t5"."last_name"
  FROM "dbt_marketing"."stg_orders__candidate" AS "t4"
  INNER JOIN "dbt_marketing"."stg_customers__candidate" AS "t5"
    ON "t4"."customer_id" = "t5"."customer_id"
), "stg_orders_ranked" AS (
  SELECT
    "t7"."order_id",
    "t7"."customer_id",
    "t7"."order_date",
    "t7"."status",
    "t7"."product_name",
    "t7"."order_status_group",
    "t7"."order_month",
    "t7"."order_year",
    "t7"."order_day_of_week",
    "t7"."order_quarter",
    "t7"."first_name",
    "t7"."last_name",
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t7"."customer_id"
        ORDER BY "t7"."order_date" NULLS LAST, "t7"."order_id" NULLS LAST
      ) - 1
    ) + 1 AS "order_sequence",
    CASE
      WHEN ROW_NUMBER() OVER (
        PARTITION BY "t7"."customer_id"
        ORDER BY "t7"."order_date" NULLS LAST, "t7"."order_id" NULLS LAST
      ) = 1
      THEN 'new'
      WHEN COUNT(*) OVER (PARTITION BY "t7"."customer_id") > 3
      THEN 'loyal'
      ELSE 'active'
    END AS "customer_stage"
  FROM "stg_orders_with_stg_customers" AS "t7"
), "stg_payments_selected" AS (
  SELECT
    "t0"."payment_id",
    "t0"."order_id",
    "t0"."payment_method",
    "t0"."amount_cents",
    "t0"."amount",
    "t0"."payment_category",
    "t0"."is_promotional"
  FROM "dbt_marketing"."stg_payments__candidate" AS "t0"
)
SELECT
  CAST("t9"."customer_id" AS BIGINT) AS "customer_id",
  "t9"."first_name",
  "t9"."last_name",
  CAST("t9"."order_id" AS BIGINT) AS "order_id",
  CAST("t9"."order_date" AS DATE) AS "order_date",
  "t9"."status",
  "t9"."product_name",
  "t9"."order_status_group",
  CAST("t9"."order_month" AS DATE) AS "order_month",
  CAST("t9"."order_year" AS DATE) AS "order_year",
  CAST("t9"."order_day_of_week" AS INTEGER) AS "order_day_of_week",
  CAST("t9"."order_quarter" AS INTEGER) AS "order_quarter",
  CAST("t9"."order_sequence" AS BIGINT) AS "order_sequence",
  "t9"."customer_stage",
  CAST("t6"."payment_id" AS BIGINT) AS "payment_id",
  "t6"."payment_method",
  CAST("t6"."amount_cents" AS BIGINT) AS "amount_cents",
  CAST("t6"."amount" AS DECIMAL(18, 2)) AS "amount",
  "t6"."payment_category",
  "t6"."is_promotional",
  CAST(CAST(CAST(SUM(COALESCE("t6"."amount_cents", 0)) OVER (
    PARTITION BY "t9"."customer_id"
    ORDER BY "t9"."order_date" NULLS LAST, "t9"."order_id" NULLS LAST, "t6"."payment_id" NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "cumulative_customer_value"
FROM "stg_orders_ranked" AS "t9"
LEFT OUTER JOIN "stg_payments_selected" AS "t6"
  ON "t9"."order_id" = "t6"."order_id"
WITH NO SCHEMA BINDING;
