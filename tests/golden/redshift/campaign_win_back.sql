CREATE VIEW "dbt_marketing"."campaign_win_back__candidate" AS
SELECT
  CAST("t0"."customer_id" AS BIGINT) AS "customer_id",
  "t0"."first_name",
  "t0"."last_name",
  "t0"."customer_segment",
  "t0"."value_tier",
  CAST("t0"."total_orders" AS BIGINT) AS "total_orders",
  CAST("t0"."total_revenue" AS DECIMAL(18, 2)) AS "total_revenue",
  CAST("t0"."last_order_date" AS DATE) AS "last_order_date",
  CAST("t0"."days_since_last_order" AS BIGINT) AS "days_since_last_order",
  "t0"."favorite_product",
  "t0"."preferred_payment_method",
  "t0"."recommended_action"
FROM "dbt_marketing"."customer_segmentation__candidate" AS "t0"
WHERE
  "t0"."customer_segment" IN ('At Risk', 'Cant Lose Them')
  AND "t0"."days_since_last_order" > 60
WITH NO SCHEMA BINDING;
