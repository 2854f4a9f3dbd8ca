CREATE VIEW "dbt_marketing"."campaign_first_purchase__candidate" AS
SELECT
  CAST("t0"."customer_id" AS BIGINT) AS "customer_id",
  "t0"."first_name",
  "t0"."last_name",
  CAST("t0"."number_of_orders" AS BIGINT) AS "number_of_orders",
  CAST("t0"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST("t0"."returned_orders" AS BIGINT) AS "returned_orders",
  CAST("t0"."most_recent_order" AS DATE) AS "most_recent_order"
FROM "dbt_marketing"."customers__candidate" AS "t0"
WHERE
  NOT (
    "t0"."has_purchased"
  )
WITH NO SCHEMA BINDING;
