CREATE TABLE "dbt_marketing"."customers__candidate" (
  "customer_id" BIGINT NOT NULL,
  "first_name" VARCHAR(256),
  "last_name" VARCHAR(256),
  "first_order" DATE,
  "most_recent_order" DATE,
  "number_of_orders" BIGINT NOT NULL,
  "customer_lifetime_value" DECIMAL(18, 2) NOT NULL,
  "net_lifetime_value" DECIMAL(18, 2) NOT NULL,
  "successful_orders" BIGINT NOT NULL,
  "returned_orders" BIGINT NOT NULL,
  "pending_orders" BIGINT NOT NULL,
  "average_order_value" DOUBLE PRECISION NOT NULL,
  "has_purchased" BOOLEAN NOT NULL,
  "customer_segment" VARCHAR(32) NOT NULL,
  "value_tier" VARCHAR(16) NOT NULL,
  "engagement_level" VARCHAR(32) NOT NULL,
  "recommended_action" VARCHAR(64) NOT NULL,
  "cohort_month" DATE,
  "first_touch_channel" VARCHAR(32),
  "last_touch_channel" VARCHAR(32),
  "churn_risk_band" VARCHAR(8),
  "expected_next_order_date" DATE,
  "forecast_clv" DOUBLE PRECISION,
  "forecast_clv_low" DOUBLE PRECISION,
  "forecast_clv_high" DOUBLE PRECISION
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."customers__candidate" ("customer_id", "first_name", "last_name", "first_order", "most_recent_order", "number_of_orders", "customer_lifetime_value", "net_lifetime_value", "successful_orders", "returned_orders", "pending_orders", "average_order_value", "has_purchased", "customer_segment", "value_tier", "engagement_level", "recommended_action", "cohort_month", "first_touch_channel", "last_touch_channel", "churn_risk_band", "expected_next_order_date", "forecast_clv", "forecast_clv_low", "forecast_clv_high")
WITH "int_customer_orders_selected" AS (
  SELECT
    "t1"."customer_id",
    "t1"."first_order",
    "t1"."most_recent_order",
    "t1"."number_of_orders",
    "t1"."gross_cents",
    "t1"."cohort_month"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t1"
), "attribution_touchpoints_filtered" AS (
  SELECT
    "t2"."customer_id",
    "t2"."attribution_channel"
  FROM "dbt_marketing"."attribution_touchpoints__candidate" AS "t2"
  WHERE
    "t2"."first_touch_weight" = 1
), "attribution_touchpoints_filtered_2" AS (
  SELECT
    "t2"."customer_id",
    "t2"."attribution_channel"
  FROM "dbt_marketing"."attribution_touchpoints__candidate" AS "t2"
  WHERE
    "t2"."last_touch_weight" = 1
), "churn_risk_selected" AS (
  SELECT
    "t3"."customer_id",
    "t3"."churn_risk_band",
    "t3"."expected_next_order_date"
  FROM "dbt_marketing"."churn_risk__candidate" AS "t3"
), "customer_clv_selected" AS (
  SELECT
    "t4"."customer_id",
    "t4"."forecast_clv",
    "t4"."forecast_clv_low",
    "t4"."forecast_clv_high"
  FROM "dbt_marketing"."customer_clv__candidate" AS "t4"
)
SELECT
  CAST("t5"."customer_id" AS BIGINT) AS "customer_id",
  "t5"."first_name",
  "t5"."last_name",
  CAST("t9"."first_order" AS DATE) AS "first_order",
  CAST("t9"."most_recent_order" AS DATE) AS "most_recent_order",
  CAST(COALESCE("t9"."number_of_orders", 0) AS BIGINT) AS "number_of_orders",
  CAST(CAST(COALESCE("t9"."gross_cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "customer_lifetime_value",
  CAST("t5"."total_revenue" AS DECIMAL(18, 2)) AS "net_lifetime_value",
  CAST("t5"."total_orders" AS BIGINT) AS "successful_orders",
  CAST("t5"."returned_orders" AS BIGINT) AS "returned_orders",
  CAST("t5"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST("t5"."avg_order_value" AS DOUBLE PRECISION) AS "average_order_value",
  "t5"."has_purchased",
  "t5"."customer_segment",
  "t5"."value_tier",
  "t5"."engagement_level",
  "t5"."recommended_action",
  CAST("t9"."cohort_month" AS DATE) AS "cohort_month",
  "t14"."attribution_channel" AS "first_touch_channel",
  "t15"."attribution_channel" AS "last_touch_channel",
  "t12"."churn_risk_band",
  CAST("t12"."expected_next_order_date" AS DATE) AS "expected_next_order_date",
  CAST("t13"."forecast_clv" AS DOUBLE PRECISION) AS "forecast_clv",
  CAST("t13"."forecast_clv_low" AS DOUBLE PRECISION) AS "forecast_clv_low",
  CAST("t13"."forecast_clv_high" AS DOUBLE PRECISION) AS "forecast_clv_high"
FROM "dbt_marketing"."customer_segmentation__candidate" AS "t5"
LEFT OUTER JOIN "int_customer_orders_selected" AS "t9"
  ON "t5"."customer_id" = "t9"."customer_id"
LEFT OUTER JOIN "attribution_touchpoints_filtered" AS "t14"
  ON "t5"."customer_id" = "t14"."customer_id"
LEFT OUTER JOIN "attribution_touchpoints_filtered_2" AS "t15"
  ON "t5"."customer_id" = "t15"."customer_id"
LEFT OUTER JOIN "churn_risk_selected" AS "t12"
  ON "t5"."customer_id" = "t12"."customer_id"
LEFT OUTER JOIN "customer_clv_selected" AS "t13"
  ON "t5"."customer_id" = "t13"."customer_id";
COMMENT ON TABLE "dbt_marketing"."customers__candidate" IS 'Who each customer is, what they ordered, their segment, cohort, touches, churn risk and forecast.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."first_name" IS 'Given name as typed at sign-up; never trimmed or recased.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."last_name" IS 'Family name, often an initial; as typed.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."first_order" IS 'Day of the first order of any status up to as_of.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."most_recent_order" IS 'Day of the last order of any status up to as_of.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."number_of_orders" IS 'Orders of any status; 0 if there are none. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."customer_lifetime_value" IS 'Gross: payments of orders of any status. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."net_lifetime_value" IS 'Payments of successful orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."successful_orders" IS 'Successful orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."returned_orders" IS 'Returned orders, also of customers who never bought. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."pending_orders" IS 'Pending orders, also of customers who never bought. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."average_order_value" IS 'net_lifetime_value / successful_orders; 0 if there are none. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."has_purchased" IS 'Whether the customer has a successful order.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."customer_segment" IS 'RFM segment, one of ten. ''Lost'' has the buyers who are in no other segment, big spenders included. ''Hibernating'' includes customers who never bought; has_purchased is false for them.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."value_tier" IS 'High, Medium or Low Value, by the monetary score.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."engagement_level" IS 'Highly or Moderately Engaged or Low Engagement, by recency and frequency.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."recommended_action" IS 'Published action of the segment.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."cohort_month" IS 'First day of the month of the first successful order.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."first_touch_channel" IS 'Channel of the first successful order.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."last_touch_channel" IS 'Channel of the last successful order.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."churn_risk_band" IS 'Low, Medium from 50, High from 75; NULL for non-buyers.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."expected_next_order_date" IS 'Last day with a successful order + usual gap; before as_of when overdue, NULL for non-buyers.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."forecast_clv" IS 'expected_purchases x expected_order_value: spend in the next 365 days, undiscounted. NULL for non-buyers and without a fit. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."forecast_clv_low" IS 'forecast_clv less 1.28 standard deviations, at least 0. NULL for non-buyers and without a fit. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customers__candidate"."forecast_clv_high" IS 'forecast_clv plus 1.28 standard deviations. NULL for non-buyers and without a fit. Unit: dollars.';
