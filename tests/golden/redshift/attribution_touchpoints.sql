CREATE TABLE "dbt_marketing"."attribution_touchpoints__candidate" (
  "order_id" BIGINT NOT NULL,
  "customer_id" BIGINT NOT NULL,
  "order_date" DATE NOT NULL,
  "attribution_channel" VARCHAR(32) NOT NULL,
  "campaign_type" VARCHAR(32) NOT NULL,
  "touch_position" BIGINT NOT NULL,
  "journey_length" BIGINT NOT NULL,
  "is_new_customer" BOOLEAN NOT NULL,
  "revenue" DECIMAL(18, 2) NOT NULL,
  "customer_total_value" DECIMAL(18, 2) NOT NULL,
  "first_touch_weight" DOUBLE PRECISION NOT NULL,
  "last_touch_weight" DOUBLE PRECISION NOT NULL,
  "linear_weight" DOUBLE PRECISION NOT NULL,
  "position_based_weight" DOUBLE PRECISION NOT NULL,
  "time_decay_weight" DOUBLE PRECISION NOT NULL,
  "shapley_weight" DOUBLE PRECISION NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("order_date");
INSERT INTO "dbt_marketing"."attribution_touchpoints__candidate" ("order_id", "customer_id", "order_date", "attribution_channel", "campaign_type", "touch_position", "journey_length", "is_new_customer", "revenue", "customer_total_value", "first_touch_weight", "last_touch_weight", "linear_weight", "position_based_weight", "time_decay_weight", "shapley_weight")
WITH "int_order_facts_filtered" AS (
  SELECT
    "t0"."order_id",
    "t0"."customer_id",
    "t0"."order_date",
    "t0"."attribution_channel",
    "t0"."campaign_type",
    "t0"."cents",
    "t0"."success_sequence" AS "touch_position"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  WHERE
    "t0"."success_sequence" IS NOT NULL
)
SELECT
  CAST("t4"."order_id" AS BIGINT) AS "order_id",
  CAST("t4"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t4"."order_date" AS DATE) AS "order_date",
  "t4"."attribution_channel",
  "t4"."campaign_type",
  CAST("t4"."touch_position" AS BIGINT) AS "touch_position",
  CAST("t2"."journey_length" AS BIGINT) AS "journey_length",
  "t4"."touch_position" = 1 AS "is_new_customer",
  CAST(CAST("t4"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "revenue",
  CAST(CAST("t2"."net_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "customer_total_value",
  CAST(CASE WHEN "t4"."touch_position" = 1 THEN 1.0 ELSE 0.0 END AS DOUBLE PRECISION) AS "first_touch_weight",
  CAST(CASE WHEN "t4"."touch_position" = "t2"."journey_length" THEN 1.0 ELSE 0.0 END AS DOUBLE PRECISION) AS "last_touch_weight",
  CAST(CAST(1 AS DOUBLE PRECISION) / CAST("t2"."journey_length" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS "linear_weight",
  CAST(CASE
    WHEN "t2"."journey_length" <= 2
    THEN CAST(1 AS DOUBLE PRECISION) / CAST("t2"."journey_length" AS DOUBLE PRECISION)
    WHEN (
      "t4"."touch_position" = 1
    )
    OR (
      "t4"."touch_position" = "t2"."journey_length"
    )
    THEN 0.4
    ELSE CAST(0.2 AS DOUBLE PRECISION) / NULLIF(CAST("t2"."journey_length" - 2 AS DOUBLE PRECISION), 0.0)
  END AS DOUBLE PRECISION) AS "position_based_weight",
  CAST(CASE
    WHEN "t2"."journey_length" > 1
    THEN CASE
      WHEN CAST(DATEDIFF(day, "t4"."order_date", "t2"."last_touch_date") AS DOUBLE PRECISION) <= 7154.0
      THEN POWER(
        2.0,
        -(
          CAST(DATEDIFF(day, "t4"."order_date", "t2"."last_touch_date") AS DOUBLE PRECISION) / CAST(7.0 AS DOUBLE PRECISION)
        )
      )
      ELSE 0.0
    END / "t2"."decayed_touches"
    ELSE 1.0
  END AS DOUBLE PRECISION) AS "time_decay_weight",
  CAST(CAST(1 AS DOUBLE PRECISION) / (
    CAST(CASE WHEN "t2"."email_touches" > 0 THEN 1 ELSE 0 END + CASE WHEN "t2"."new_year_touches" > 0 THEN 1 ELSE 0 END + CASE WHEN "t2"."organic_touches" > 0 THEN 1 ELSE 0 END + CASE WHEN "t2"."promotional_touches" > 0 THEN 1 ELSE 0 END + CASE WHEN "t2"."social_touches" > 0 THEN 1 ELSE 0 END AS DOUBLE PRECISION) * CAST(CASE "t4"."attribution_channel"
      WHEN 'Email Marketing'
      THEN "t2"."email_touches"
      WHEN 'New Year Campaign'
      THEN "t2"."new_year_touches"
      WHEN 'Organic'
      THEN "t2"."organic_touches"
      WHEN 'Promotional Campaign'
      THEN "t2"."promotional_touches"
      WHEN 'Social Media'
      THEN "t2"."social_touches"
      ELSE NULL
    END AS DOUBLE PRECISION)
  ) AS DOUBLE PRECISION) AS "shapley_weight"
FROM "int_order_facts_filtered" AS "t4"
INNER JOIN "dbt_marketing"."int_customer_journeys__candidate" AS "t2"
  ON "t4"."customer_id" = "t2"."customer_id";
COMMENT ON TABLE "dbt_marketing"."attribution_touchpoints__candidate" IS 'Each touch of a buyer''s journey, and the share of the buyer that six attribution models credit it with.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."order_id" IS 'Key of the order.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."customer_id" IS 'Customer who placed the order; always a known one.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."order_date" IS 'Day of the order, never after as_of.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."attribution_channel" IS 'Channel of the touch: a stand-in rule on the order itself, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."campaign_type" IS 'Campaign of the order, by discount or season.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."touch_position" IS 'Position of the touch in the buyer''s journey, from 1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."journey_length" IS 'Touches of the journey. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."is_new_customer" IS 'Whether the touch is the buyer''s first successful order.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."revenue" IS 'Payments of the order. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."customer_total_value" IS 'Payments of all the buyer''s successful orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."first_touch_weight" IS '1 for the first touch. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."last_touch_weight" IS '1 for the last touch. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."linear_weight" IS '1 / journey_length. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."position_based_weight" IS '0.4 for the first and the last touch, 0.2 shared by those between; equal shares of one or two touches. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."time_decay_weight" IS 'Halved for every half-life (7 days) before the last touch, then shared out to 1. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."attribution_touchpoints__candidate"."shapley_weight" IS '1 / distinct channels of the journey / touches of this channel in it. Unit: share 0-1.';
