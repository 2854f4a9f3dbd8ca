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
WITH "constant_rows" AS (
  SELECT
    CAST('Time Decay' AS VARCHAR(14)) AS "attribution_model"
  UNION ALL
  SELECT
    CAST('Shapley' AS VARCHAR(14)) AS "attribution_model"
  UNION ALL
  SELECT
    CAST('First Touch' AS VARCHAR(14)) AS "attribution_model"
  UNION ALL
  SELECT
    CAST('Last Touch' AS VARCHAR(14)) AS "attribution_model"
  UNION ALL
  SELECT
    CAST('Linear' AS VARCHAR(14)) AS "attribution_model"
  UNION ALL
  SELECT
    CAST('Position Based' AS VARCHAR(14)) AS "attribution_model"
), "constant_rows_2" AS (
  SELECT
    CAST('Organic' AS VARCHAR(20)) AS "channel"
  UNION ALL
  SELECT
    CAST('Promotional Campaign' AS VARCHAR(20)) AS "channel"
  UNION ALL
  SELECT
    CAST('Social Media' AS VARCHAR(20)) AS "channel"
  UNION ALL
  SELECT
    CAST('Email Marketing' AS VARCHAR(20)) AS "channel"
  UNION ALL
  SELECT
    CAST('New Year Campaign' AS VARCHAR(20)) AS "channel"
), "attribution_touchpoints_by_channel" AS (
  SELECT
    "t0"."attribution_channel" AS "channel",
    MAX("t0"."time_decay_weight") AS "share",
    MAX(
      ABS("t0"."time_decay_weight" * CAST("t0"."customer_total_value" AS DOUBLE PRECISION))
    ) AS "credit"
  FROM "dbt_marketing"."attribution_touchpoints__candidate" AS "t0"
  GROUP BY
    1
), "attribution_touchpoints_selected" AS (
  SELECT
    "t24"."channel",
    CASE
      WHEN "t24"."share" >= 2.3283064365386963e-10
      THEN 1.0
      ELSE POWER(
        2.0,
        CAST(COALESCE(
          LEAST(
            CAST(FLOOR(
              -(
                LN(NULLIF("t24"."share", 0.0))
              ) / CAST(0.6931471805599453 AS DOUBLE PRECISION)
            ) AS BIGINT),
            1022
          ),
          0
        ) AS DOUBLE PRECISION)
      )
    END AS "customers_scale",
    CASE
      WHEN "t24"."credit" >= 2.3283064365386963e-10
      THEN 1.0
      ELSE POWER(
        2.0,
        CAST(COALESCE(
          LEAST(
            CAST(FLOOR(
              -(
                LN(NULLIF("t24"."credit", 0.0))
              ) / CAST(0.6931471805599453 AS DOUBLE PRECISION)
            ) AS BIGINT),
            1022
          ),
          0
        ) AS DOUBLE PRECISION)
      )
    END AS "revenue_scale"
  FROM "attribution_touchpoints_by_channel" AS "t24"
), "attribution_touchpoints_with_attribution_touchpoints" AS (
  SELECT
    "t12"."order_id",
    "t12"."customer_id",
    "t12"."order_date",
    "t12"."attribution_channel",
    "t12"."campaign_type",
    "t12"."touch_position",
    "t12"."journey_length",
    "t12"."is_new_customer",
    "t12"."revenue",
    "t12"."customer_total_value",
    "t12"."first_touch_weight",
    "t12"."last_touch_weight",
    "t12"."linear_weight",
    "t12"."position_based_weight",
    "t12"."time_decay_weight",
    "t12"."shapley_weight",
    "t26"."channel",
    "t26"."customers_scale",
    "t26"."revenue_scale"
  FROM "dbt_marketing"."attribution_touchpoints__candidate" AS "t12"
  INNER JOIN "attribution_touchpoints_selected" AS "t26"
    ON "t12"."attribution_channel" = "t26"."channel"
), "attribution_touchpoints_by_channel_2" AS (
  SELECT
    "t27"."channel",
    CAST(SUM(CAST("t27"."first_touch_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "first_touch_weight_customers",
    CAST(SUM(
      CAST("t27"."first_touch_weight" * CAST("t27"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "first_touch_weight_revenue",
    CAST(SUM(CAST("t27"."last_touch_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "last_touch_weight_customers",
    CAST(SUM(
      CAST("t27"."last_touch_weight" * CAST("t27"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "last_touch_weight_revenue",
    CAST(SUM(CAST("t27"."linear_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "linear_weight_customers",
    CAST(SUM(
      CAST("t27"."linear_weight" * CAST("t27"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "linear_weight_revenue",
    CAST(SUM(CAST("t27"."position_based_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "position_based_weight_customers",
    CAST(SUM(
      CAST("t27"."position_based_weight" * CAST("t27"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "position_based_weight_revenue",
    CAST(SUM(CAST("t27"."time_decay_weight" * "t27"."customers_scale" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) / MAX("t27"."customers_scale") AS "time_decay_weight_customers",
    CAST(SUM(
      CAST("t27"."time_decay_weight" * "t27"."revenue_scale" * CAST("t27"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) / MAX("t27"."revenue_scale") AS "time_decay_weight_revenue",
    CAST(SUM(CAST("t27"."shapley_weight" AS DECIMAL(38, 30))) AS DOUBLE PRECISION) AS "shapley_weight_customers",
    CAST(SUM(
      CAST("t27"."shapley_weight" * CAST("t27"."customer_total_value" AS DOUBLE PRECISION) AS DECIMAL(38, 26))
    ) AS DOUBLE PRECISION) AS "shapley_weight_revenue"
  FROM "attribution_touchpoints_with_attribution_touchpoints" AS "t27"
  GROUP BY
    1
), "rows_with_attribution_touchpoints" AS (
  SELECT
    "t23"."channel",
    "t29"."channel" AS "channel_of_credits",
    "t29"."first_touch_weight_customers",
    "t29"."first_touch_weight_revenue",
    "t29"."last_touch_weight_customers",
    "t29"."last_touch_weight_revenue",
    "t29"."linear_weight_customers",
    "t29"."linear_weight_revenue",
    "t29"."position_based_weight_customers",
    "t29"."position_based_weight_revenue",
    "t29"."time_decay_weight_customers",
    "t29"."time_decay_weight_revenue",
    "t29"."shapley_weight_customers",
    "t29"."shapley_weight_revenue"
  FROM "constant_rows_2" AS "t23"
  LEFT OUTER JOIN "attribution_touchpoints_by_channel_2" AS "t29"
    ON "t23"."channel" = "t29"."channel"
)
SELECT
  "t22"."attribution_model",
  "t31"."channel",
  CAST(COALESCE(
    CASE "t22"."attribution_model"
      WHEN 'First Touch'
      THEN "t31"."first_touch_weight_customers"
      WHEN 'Last Touch'
      THEN "t31"."last_touch_weight_customers"
      WHEN 'Linear'
      THEN "t31"."linear_weight_customers"
      WHEN 'Position Based'
      THEN "t31"."position_based_weight_customers"
      WHEN 'Time Decay'
      THEN "t31"."time_decay_weight_customers"
      WHEN 'Shapley'
      THEN "t31"."shapley_weight_customers"
      ELSE NULL
    END,
    0.0
  ) AS DOUBLE PRECISION) AS "attributed_customers",
  CAST(COALESCE(
    CASE "t22"."attribution_model"
      WHEN 'First Touch'
      THEN "t31"."first_touch_weight_revenue"
      WHEN 'Last Touch'
      THEN "t31"."last_touch_weight_revenue"
      WHEN 'Linear'
      THEN "t31"."linear_weight_revenue"
      WHEN 'Position Based'
      THEN "t31"."position_based_weight_revenue"
      WHEN 'Time Decay'
      THEN "t31"."time_decay_weight_revenue"
      WHEN 'Shapley'
      THEN "t31"."shapley_weight_revenue"
      ELSE NULL
    END,
    0.0
  ) AS DOUBLE PRECISION) AS "attributed_revenue",
  CAST(COALESCE(
    CASE "t22"."attribution_model"
      WHEN 'First Touch'
      THEN "t31"."first_touch_weight_revenue"
      WHEN 'Last Touch'
      THEN "t31"."last_touch_weight_revenue"
      WHEN 'Linear'
      THEN "t31"."linear_weight_revenue"
      WHEN 'Position Based'
      THEN "t31"."position_based_weight_revenue"
      WHEN 'Time Decay'
      THEN "t31"."time_decay_weight_revenue"
      WHEN 'Shapley'
      THEN "t31"."shapley_weight_revenue"
      ELSE NULL
    END,
    0.0
  ) / NULLIF(
    COALESCE(
      CASE "t22"."attribution_model"
        WHEN 'First Touch'
        THEN "t31"."first_touch_weight_customers"
        WHEN 'Last Touch'
        THEN "t31"."last_touch_weight_customers"
        WHEN 'Linear'
        THEN "t31"."linear_weight_customers"
        WHEN 'Position Based'
        THEN "t31"."position_based_weight_customers"
        WHEN 'Time Decay'
        THEN "t31"."time_decay_weight_customers"
        WHEN 'Shapley'
        THEN "t31"."shapley_weight_customers"
        ELSE NULL
      END,
      0.0
    ),
    0.0
  ) AS DOUBLE PRECISION) AS "attributed_value",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "constant_rows" AS "t22"
CROSS JOIN "rows_with_attribution_touchpoints" AS "t31";
COMMENT ON TABLE "dbt_marketing"."attribution_models__candidate" IS 'Customers and revenue that each attribution model credits each channel with.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attribution_model" IS 'First Touch, Last Touch, Linear, Position Based, Time Decay or Shapley.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."channel" IS 'One of five channels, by a stand-in rule on the order, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attributed_customers" IS 'Sum of the weights of the channel''s touches. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attributed_revenue" IS 'Sum of the weights times the whole revenue of the touched buyer. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."attributed_value" IS 'attributed_revenue / attributed_customers; NULL when no customer is attributed. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."attribution_models__candidate"."analysis_timestamp" IS 'as_of at midnight.';
