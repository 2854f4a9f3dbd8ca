CREATE TABLE "dbt_marketing"."int_customer_journeys__candidate" (
  "customer_id" BIGINT NOT NULL,
  "journey_length" BIGINT NOT NULL,
  "net_cents" BIGINT NOT NULL,
  "last_touch_date" DATE NOT NULL,
  "decayed_touches" DOUBLE PRECISION NOT NULL,
  "email_touches" BIGINT NOT NULL,
  "new_year_touches" BIGINT NOT NULL,
  "organic_touches" BIGINT NOT NULL,
  "promotional_touches" BIGINT NOT NULL,
  "social_touches" BIGINT NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."int_customer_journeys__candidate" ("customer_id", "journey_length", "net_cents", "last_touch_date", "decayed_touches", "email_touches", "new_year_touches", "organic_touches", "promotional_touches", "social_touches")
WITH "int_order_facts_filtered" AS (
  SELECT
    "t0"."customer_id",
    "t0"."order_date",
    "t0"."attribution_channel"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  WHERE
    "t0"."success_sequence" IS NOT NULL
), "int_customer_orders_selected" AS (
  SELECT
    "t1"."customer_id",
    "t1"."net_cents",
    "t1"."successful_orders" AS "journey_length",
    "t1"."last_success_date" AS "last_touch_date"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t1"
), "int_order_facts_with_int_customer_orders" AS (
  SELECT
    "t5"."customer_id",
    "t5"."order_date",
    "t5"."attribution_channel",
    "t4"."net_cents",
    "t4"."journey_length",
    "t4"."last_touch_date"
  FROM "int_order_facts_filtered" AS "t5"
  INNER JOIN "int_customer_orders_selected" AS "t4"
    ON "t5"."customer_id" = "t4"."customer_id"
), "int_order_facts_grouped" AS (
  SELECT
    "t6"."customer_id",
    "t6"."journey_length",
    "t6"."net_cents",
    "t6"."last_touch_date",
    CAST(SUM(
      CAST(ROUND(
        CASE
          WHEN CAST(DATEDIFF(day, "t6"."order_date", "t6"."last_touch_date") AS DOUBLE PRECISION) <= 7154.0
          THEN POWER(
            2.0,
            -(
              CAST(DATEDIFF(day, "t6"."order_date", "t6"."last_touch_date") AS DOUBLE PRECISION) / CAST(7.0 AS DOUBLE PRECISION)
            )
          )
          ELSE 0.0
        END,
        15
      ) AS DECIMAL(18, 15))
    ) AS DOUBLE PRECISION) AS "decayed_touches",
    CAST(SUM(CASE WHEN "t6"."attribution_channel" = 'Email Marketing' THEN 1 ELSE 0 END) AS BIGINT) AS "email_touches",
    CAST(SUM(CASE WHEN "t6"."attribution_channel" = 'New Year Campaign' THEN 1 ELSE 0 END) AS BIGINT) AS "new_year_touches",
    CAST(SUM(CASE WHEN "t6"."attribution_channel" = 'Organic' THEN 1 ELSE 0 END) AS BIGINT) AS "organic_touches",
    CAST(SUM(CASE WHEN "t6"."attribution_channel" = 'Promotional Campaign' THEN 1 ELSE 0 END) AS BIGINT) AS "promotional_touches",
    CAST(SUM(CASE WHEN "t6"."attribution_channel" = 'Social Media' THEN 1 ELSE 0 END) AS BIGINT) AS "social_touches"
  FROM "int_order_facts_with_int_customer_orders" AS "t6"
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  CAST("t7"."customer_id" AS BIGINT) AS "customer_id",
  CAST("t7"."journey_length" AS BIGINT) AS "journey_length",
  CAST("t7"."net_cents" AS BIGINT) AS "net_cents",
  CAST("t7"."last_touch_date" AS DATE) AS "last_touch_date",
  CAST("t7"."decayed_touches" AS DOUBLE PRECISION) AS "decayed_touches",
  CAST("t7"."email_touches" AS BIGINT) AS "email_touches",
  CAST("t7"."new_year_touches" AS BIGINT) AS "new_year_touches",
  CAST("t7"."organic_touches" AS BIGINT) AS "organic_touches",
  CAST("t7"."promotional_touches" AS BIGINT) AS "promotional_touches",
  CAST("t7"."social_touches" AS BIGINT) AS "social_touches"
FROM "int_order_facts_grouped" AS "t7";
COMMENT ON TABLE "dbt_marketing"."int_customer_journeys__candidate" IS 'Length, end and touches per channel of each buyer''s journey.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."journey_length" IS 'Successful orders of the buyer: the touches of the journey. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."net_cents" IS 'Payments of successful orders. Unit: cents.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."last_touch_date" IS 'Day of the last touch, from which the credit of earlier ones decays.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."decayed_touches" IS 'Touches, each halved for every half-life that it lies before the last one.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."email_touches" IS 'Touches in Email Marketing. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."new_year_touches" IS 'Touches in New Year Campaign. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."organic_touches" IS 'Touches in Organic. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."promotional_touches" IS 'Touches in Promotional Campaign. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."int_customer_journeys__candidate"."social_touches" IS 'Touches in Social Media. Unit: orders.';
