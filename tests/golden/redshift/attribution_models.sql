CREATE TABLE "dbt_marketing"."attribution_models__candidate" (
  "attribution_model" VARCHAR(32) NOT NULL,
  "channel" VARCHAR(32) NOT NULL,
  "attributed_customers" DOUBLE PRECISION NOT NULL,
  "attributed_revenue" DOUBLE PRECISION NOT NULL,
  "attributed_value" DOUBLE PRECISION,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("attribution_model", "channel");
INSERT INTO "dbt_marketing"."attribution_models__candidate" ("attribution_model", "channel", "attributed_customers", "attributed_revenue", "attributed_value", "analysis_timestamp")
WITH "t21" AS (
  SELECT
    'Time Decay' AS "attribution_model"
  UNION ALL
  SELECT
    'Shapley' AS "attribution_model"
  UNION ALL
  SELECT
    'First Touch' AS "attribution_model"
  UNION ALL
  SELECT
    'Last Touch' AS "attribution_model"
  UNION ALL
  SELECT
    'Linear' AS "attribution_model"
  UNION ALL
  SELECT
    'Position Based' AS "attribution_model"
), "t22" AS (
  SELECT
    'Organic' AS "channel"
  UNION ALL
  SELECT
    'Promotional Campaign' AS "channel"
  UNION ALL
  SELECT
    'Social Media' AS "channel"
  UNION ALL
  SELECT
    'Email Marketing' AS "channel"
  UNION ALL
  SELECT
    'New Year Campaign' AS "channel"
), "t24" AS (
  SELECT
    "t0"."attribution_channel" AS "channel",
    CAST(SUM(CAST("t0"."first_touch_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "first_touch_weight_customers",
    CAST(SUM(CAST("t0"."last_touch_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "last_touch_weight_customers",
    CAST(SUM(CAST("t0"."linear_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "linear_weight_customers",
    CAST(SUM(CAST("t0"."position_based_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "position_based_weight_customers",
    CAST(SUM(CAST("t0"."time_decay_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "time_decay_weight_customers",
    CAST(SUM(CAST("t0"."shapley_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "shapley_weight_customers",
    CAST(SUM(
      CAST("t0"."first_touch_weight" * CAST("t0"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "first_touch_weight_revenue",
    CAST(SUM(
      CAST("t0"."last_touch_weight" * CAST("t0"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "last_touch_weight_revenue",
    CAST(SUM(
      CAST("t0"."linear_weight" * CAST("t0"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "linear_weight_revenue",
    CAST(SUM(
      CAST("t0"."position_based_weight" * CAST("t0"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "position_based_weight_revenue",
    CAST(SUM(
      CAST("t0"."time_decay_weight" * CAST("t0"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "time_decay_weight_revenue",
    CAST(SUM(
      CAST("t0"."shapley_weight" * CAST("t0"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "shapley_weight_revenue"
  FROM "dbt_marketing"."attribution_touchpoints__candidate" AS "t0"
  GROUP BY
    1
), "t26" AS (
  SELECT
    "t22"."channel",
    "t24"."channel" AS "channel_of_credits",
    "t24"."first_touch_weight_customers",
    "t24"."last_touch_weight_customers",
    "t24"."linear_weight_customers",
    "t24"."position_based_weight_customers",
    "t24"."time_decay_weight_customers",
    "t24"."shapley_weight_customers",
    "t24"."first_touch_weight_revenue",
    "t24"."last_touch_weight_revenue",
    "t24"."linear_weight_revenue",
    "t24"."position_based_weight_revenue",
    "t24"."time_decay_weight_revenue",
    "t24"."shapley_weight_revenue"
  FROM "t22" AS "t22"
  LEFT OUTER JOIN "t24" AS "t24"
    ON "t22"."channel" = "t24"."channel"
)
SELECT
  "t21"."attribution_model",
  "t26"."channel",
  CAST(COALESCE(
    CASE "t21"."attribution_model"
      WHEN 'First Touch'
      THEN "t26"."first_touch_weight_customers"
      WHEN 'Last Touch'
      THEN "t26"."last_touch_weight_customers"
      WHEN 'Linear'
      THEN "t26"."linear_weight_customers"
      WHEN 'Position Based'
      THEN "t26"."position_based_weight_customers"
      WHEN 'Time Decay'
      THEN "t26"."time_decay_weight_customers"
      WHEN 'Shapley'
      THEN "t26"."shapley_weight_customers"
      ELSE NULL
    END,
    0.0
  ) AS DOUBLE PRECISION) AS "attributed_customers",
  CAST(COALESCE(
    CASE "t21"."attribution_model"
      WHEN 'First Touch'
      THEN "t26"."first_touch_weight_revenue"
      WHEN 'Last Touch'
      THEN "t26"."last_touch_weight_revenue"
      WHEN 'Linear'
      THEN "t26"."linear_weight_revenue"
      WHEN 'Position Based'
      THEN "t26"."position_based_weight_revenue"
      WHEN 'Time Decay'
      THEN "t26"."time_decay_weight_revenue"
      WHEN 'Shapley'
      THEN "t26"."shapley_weight_revenue"
      ELSE NULL
    END,
    0.0
  ) AS DOUBLE PRECISION) AS "attributed_revenue",
  CAST(COALESCE(
    CASE "t21"."attribution_model"
      WHEN 'First Touch'
      THEN "t26"."first_touch_weight_revenue"
      WHEN 'Last Touch'
      THEN "t26"."last_touch_weight_revenue"
      WHEN 'Linear'
      THEN "t26"."linear_weight_revenue"
      WHEN 'Position Based'
      THEN "t26"."position_based_weight_revenue"
      WHEN 'Time Decay'
      THEN "t26"."time_decay_weight_revenue"
      WHEN 'Shapley'
      THEN "t26"."shapley_weight_revenue"
      ELSE NULL
    END,
    0.0
  ) / NULLIF(
    COALESCE(
      CASE "t21"."attribution_model"
        WHEN 'First Touch'
        THEN "t26"."first_touch_weight_customers"
        WHEN 'Last Touch'
        THEN "t26"."last_touch_weight_customers"
        WHEN 'Linear'
        THEN "t26"."linear_weight_customers"
        WHEN 'Position Based'
        THEN "t26"."position_based_weight_customers"
        WHEN 'Time Decay'
        THEN "t26"."time_decay_weight_customers"
        WHEN 'Shapley'
        THEN "t26"."shapley_weight_customers"
        ELSE NULL
      END,
      0.0
    ),
    0.0
  ) AS DOUBLE PRECISION) AS "attributed_value",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "t21" AS "t21"
CROSS JOIN "t26" AS "t26";
COMMENT ON TABLE "dbt_marketing"."attribution_models__candidate" IS 'How many customers, and how much of their revenue, each attribution model puts down to each channel.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attribution_model" IS 'First Touch, Last Touch, Linear, Position Based, Time Decay or Shapley.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."channel" IS 'One of five channels, by a stand-in rule on the order, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attributed_customers" IS 'Sum of the weights of the channel''s touches. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attributed_revenue" IS 'Sum of the weights times the whole revenue of the touched buyer. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attributed_value" IS 'attributed_revenue / attributed_customers; NULL when nobody is attributed. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."analysis_timestamp" IS 'as_of at midnight.';
