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
  "expected_next_order_date" DATE
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."customers__candidate" ("customer_id", "first_name", "last_name", "first_order", "most_recent_order", "number_of_orders", "customer_lifetime_value", "net_lifetime_value", "successful_orders", "returned_orders", "pending_orders", "average_order_value", "has_purchased", "customer_segment", "value_tier", "engagement_level", "recommended_action", "cohort_month", "first_touch_channel", "last_touch_channel", "churn_risk_band", "expected_next_order_date")
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
)
SELECT
  CAST("t4"."customer_id" AS BIGINT) AS "customer_id",
  "t4"."first_name",
  "t4"."last_name",
  CAST("t7"."first_order" AS DATE) AS "first_order",
  CAST("t7"."most_recent_order" AS DATE) AS "most_recent_order",
  CAST(COALESCE("t7"."number_of_orders", 0) AS BIGINT) AS "number_of_orders",
  CAST(CAST(COALESCE("t7"."gross_cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "customer_lifetime_value",
  CAST("t4"."total_revenue" AS DECIMAL(18, 2)) AS "net_lifetime_value",
  CAST("t4"."total_orders" AS BIGINT) AS "successful_orders",
  CAST("t4"."returned_orders" AS BIGINT) AS "returned_orders",
  CAST("t4"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST("t4"."avg_order_value" AS DOUBLE PRECISION) AS "average_order_value",
  "t4"."has_purchased",
  "t4"."customer_segment",
  "t4"."value_tier",
  "t4"."engagement_level",
  "t4"."recommended_action",
  CAST("t7"."cohort_month" AS DATE) AS "cohort_month",
  "t11"."attribution_channel" AS "first_touch_channel",
  "t12"."attribution_channel" AS "last_touch_channel",
  "t10"."churn_risk_band",
  CAST("t10"."expected_next_order_date" AS DATE) AS "expected_next_order_date"
FROM "dbt_marketing"."customer_segmentation__candidate" AS "t4"
LEFT OUTER JOIN "int_customer_orders_selected" AS "t7"
  ON "t4"."customer_id" = "t7"."customer_id"
LEFT OUTER JOIN "attribution_touchpoints_filtered" AS "t11"
  ON "t4"."customer_id" = "t11"."customer_id"
LEFT OUTER JOIN "attribution_touchpoints_filtered_2" AS "t12"
  ON "t4"."customer_id" = "t12"."customer_id"
LEFT OUTER JOIN "churn_risk_selected" AS "t10"
  ON "t4"."customer_id" = "t10"."customer_id";
COMMENT ON TABLE "dbt_marketing"."customers__candidate" IS 'Who each customer is, what they ordered, their segment, cohort, touches and churn risk.';
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
