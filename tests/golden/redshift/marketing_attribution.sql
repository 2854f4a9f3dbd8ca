CREATE TABLE "dbt_marketing"."marketing_attribution__candidate" (
  "attribution_channel" VARCHAR(32) NOT NULL,
  "total_conversions" BIGINT NOT NULL,
  "unique_customers" BIGINT NOT NULL,
  "new_customer_acquisitions" BIGINT NOT NULL,
  "total_revenue" DECIMAL(18, 2) NOT NULL,
  "avg_order_value" DOUBLE PRECISION NOT NULL,
  "revenue_per_conversion" DOUBLE PRECISION NOT NULL,
  "customer_conversion_rate" DOUBLE PRECISION NOT NULL,
  "top_product" VARCHAR(256),
  "product_diversity" BIGINT NOT NULL,
  "first_touch_customers" BIGINT NOT NULL,
  "first_touch_revenue" DECIMAL(18, 2) NOT NULL,
  "last_touch_customers" BIGINT NOT NULL,
  "last_touch_revenue" DECIMAL(18, 2) NOT NULL,
  "channel_efficiency_score" DOUBLE PRECISION NOT NULL,
  "channel_classification" VARCHAR(32) NOT NULL,
  "optimization_recommendation" VARCHAR(128) NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("attribution_channel");
INSERT INTO "dbt_marketing"."marketing_attribution__candidate" ("attribution_channel", "total_conversions", "unique_customers", "new_customer_acquisitions", "total_revenue", "avg_order_value", "revenue_per_conversion", "customer_conversion_rate", "top_product", "product_diversity", "first_touch_customers", "first_touch_revenue", "last_touch_customers", "last_touch_revenue", "channel_efficiency_score", "channel_classification", "optimization_recommendation", "analysis_timestamp")
WITH "int_order_facts_filtered" AS (
  SELECT
    "t2"."order_id",
    "t2"."customer_id",
    "t2"."order_date",
    "t2"."status",
    "t2"."product_name",
    "t2"."order_status_group",
    "t2"."order_month",
    "t2"."order_year",
    "t2"."order_day_of_week",
    "t2"."order_quarter",
    "t2"."cents",
    "t2"."promo_cents",
    "t2"."has_promo",
    "t2"."has_credit_card",
    "t2"."has_coupon",
    "t2"."has_bank_transfer",
    "t2"."has_gift_card",
    "t2"."payment_count",
    "t2"."order_sequence",
    "t2"."success_sequence",
    "t2"."attribution_channel",
    "t2"."campaign_type"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t2"
  WHERE
    "t2"."success_sequence" IS NOT NULL
), "int_order_facts_by_attribution_channel_and_product_name" AS (
  SELECT
    "t11"."attribution_channel",
    "t11"."product_name",
    COUNT(*) AS "orders",
    CAST(SUM(CASE WHEN "t11"."success_sequence" = 1 THEN 1 ELSE 0 END) AS BIGINT) AS "acquired",
    CAST(SUM("t11"."cents") AS BIGINT) AS "cents"
  FROM "int_order_facts_filtered" AS "t11"
  GROUP BY
    1,
    2
), "constant_rows" AS (
  SELECT
    CAST('Organic' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('Promotional Campaign' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('Social Media' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('Email Marketing' AS VARCHAR(20)) AS "attribution_channel"
  UNION ALL
  SELECT
    CAST('New Year Campaign' AS VARCHAR(20)) AS "attribution_channel"
), "int_order_facts_by_attribution_channel" AS (
  SELECT
    "t19"."attribution_channel",
    CAST(SUM("t19"."orders") AS BIGINT) AS "conversions",
    CAST(SUM("t19"."acquired") AS BIGINT) AS "acquisitions",
    CAST(SUM("t19"."cents") AS BIGINT) AS "channel_cents",
    COUNT(*) AS "products"
  FROM "int_order_facts_by_attribution_channel_and_product_name" AS "t19"
  GROUP BY
    1
), "int_order_facts_picked" AS (
  SELECT
    "t19"."attribution_channel",
    "t19"."product_name",
    "t19"."orders",
    "t19"."acquired",
    "t19"."cents"
  FROM "int_order_facts_by_attribution_channel_and_product_name" AS "t19"
  QUALIFY
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t19"."attribution_channel"
        ORDER BY "t19"."orders" DESC NULLS LAST, "t19"."cents" DESC NULLS LAST, "t19"."product_name" NULLS LAST
      ) - 1
    ) < 1
), "int_order_facts_selected" AS (
  SELECT
    "t22"."attribution_channel",
    "t22"."product_name"
  FROM "int_order_facts_picked" AS "t22"
), "int_order_facts_with_int_order_facts" AS (
  SELECT
    "t21"."attribution_channel",
    "t21"."conversions",
    "t21"."acquisitions",
    "t21"."channel_cents",
    "t21"."products",
    "t24"."product_name"
  FROM "int_order_facts_by_attribution_channel" AS "t21"
  INNER JOIN "int_order_facts_selected" AS "t24"
    ON "t21"."attribution_channel" = "t24"."attribution_channel"
), "attribution_touchpoints_by_attribution_channel" AS (
  SELECT
    "t0"."attribution_channel",
    CAST(SUM(CASE WHEN "t0"."first_touch_weight" = 1 THEN 1 ELSE 0 END) AS BIGINT) AS "first_customers",
    SUM(
      CASE
        WHEN "t0"."first_touch_weight" = 1
        THEN "t0"."customer_total_value"
        ELSE CAST(NULL AS DECIMAL(18, 2))
      END
    ) AS "first_revenue",
    CAST(SUM(CASE WHEN "t0"."last_touch_weight" = 1 THEN 1 ELSE 0 END) AS BIGINT) AS "last_customers",
    SUM(
      CASE
        WHEN "t0"."last_touch_weight" = 1
        THEN "t0"."customer_total_value"
        ELSE CAST(NULL AS DECIMAL(18, 2))
      END
    ) AS "last_revenue"
  FROM "dbt_marketing"."attribution_touchpoints__candidate" AS "t0"
  GROUP BY
    1
), "int_customer_journeys_totals" AS (
  SELECT
    CAST(SUM(CASE WHEN "t1"."email_touches" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "email_touches",
    CAST(SUM(CASE WHEN "t1"."new_year_touches" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "new_year_touches",
    CAST(SUM(CASE WHEN "t1"."organic_touches" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "organic_touches",
    CAST(SUM(CASE WHEN "t1"."promotional_touches" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "promotional_touches",
    CAST(SUM(CASE WHEN "t1"."social_touches" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "social_touches"
  FROM "dbt_marketing"."int_customer_journeys__candidate" AS "t1"
), "rows_joined" AS (
  SELECT
    "t13"."attribution_channel",
    "t26"."product_name" AS "top_product",
    COALESCE("t26"."conversions", 0) AS "total_conversions",
    COALESCE(
      CASE "t13"."attribution_channel"
        WHEN 'Email Marketing'
        THEN "t17"."email_touches"
        WHEN 'New Year Campaign'
        THEN "t17"."new_year_touches"
        WHEN 'Organic'
        THEN "t17"."organic_touches"
        WHEN 'Promotional Campaign'
        THEN "t17"."promotional_touches"
        WHEN 'Social Media'
        THEN "t17"."social_touches"
        ELSE NULL
      END,
      0
    ) AS "unique_customers",
    COALESCE("t26"."acquisitions", 0) AS "new_customer_acquisitions",
    COALESCE("t26"."channel_cents", 0) AS "revenue_cents",
    CAST(CAST(COALESCE("t26"."channel_cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "total_revenue",
    COALESCE(
      CAST(COALESCE("t26"."channel_cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t26"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
      0.0
    ) AS "avg_order_value",
    COALESCE(
      CAST(COALESCE("t26"."channel_cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t26"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
      0.0
    ) AS "revenue_per_conversion",
    COALESCE(
      (
        CAST(COALESCE(
          CASE "t13"."attribution_channel"
            WHEN 'Email Marketing'
            THEN "t17"."email_touches"
            WHEN 'New Year Campaign'
            THEN "t17"."new_year_touches"
            WHEN 'Organic'
            THEN "t17"."organic_touches"
            WHEN 'Promotional Campaign'
            THEN "t17"."promotional_touches"
            WHEN 'Social Media'
            THEN "t17"."social_touches"
            ELSE NULL
          END,
          0
        ) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t26"."conversions", 0), 0) AS DOUBLE PRECISION)
      ) + 0.0,
      0.0
    ) AS "customer_conversion_rate",
    COALESCE("t26"."products", 0) AS "product_diversity",
    COALESCE("t16"."first_customers", 0) AS "first_touch_customers",
    CAST(COALESCE("t16"."first_revenue", 0) AS DECIMAL(18, 2)) AS "first_touch_revenue",
    COALESCE("t16"."last_customers", 0) AS "last_touch_customers",
    CAST(COALESCE("t16"."last_revenue", 0) AS DECIMAL(18, 2)) AS "last_touch_revenue",
    AVG(
      CASE
        WHEN COALESCE("t26"."conversions", 0) > 0
        THEN CAST(COALESCE("t26"."channel_cents", 0) AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ) OVER (
      ORDER BY "t13"."attribution_channel" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "mean_cents",
    AVG(
      CASE
        WHEN COALESCE("t26"."conversions", 0) > 0
        THEN CAST(COALESCE("t26"."acquisitions", 0) AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ) OVER (
      ORDER BY "t13"."attribution_channel" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "mean_acquisitions",
    CASE
      WHEN ABS(
        AVG(
          CASE
            WHEN COALESCE("t26"."conversions", 0) > 0
            THEN COALESCE(
              CAST(COALESCE("t26"."channel_cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t26"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
              0.0
            )
            ELSE CAST(NULL AS DOUBLE PRECISION)
          END
        ) OVER (
          ORDER BY "t13"."attribution_channel" NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )
      ) > (
        AVG(
          CASE
            WHEN COALESCE("t26"."conversions", 0) > 0
            THEN ABS(
              COALESCE(
                CAST(COALESCE("t26"."channel_cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t26"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
                0.0
              )
            )
            ELSE CAST(NULL AS DOUBLE PRECISION)
          END
        ) OVER (
          ORDER BY "t13"."attribution_channel" NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) * 1e-09
      )
      THEN AVG(
        CASE
          WHEN COALESCE("t26"."conversions", 0) > 0
          THEN COALESCE(
            CAST(COALESCE("t26"."channel_cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t26"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
            0.0
          )
          ELSE CAST(NULL AS DOUBLE PRECISION)
        END
      ) OVER (
        ORDER BY "t13"."attribution_channel" NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      )
      ELSE 0.0
    END AS "mean_order_value",
    AVG(
      CASE
        WHEN COALESCE("t26"."conversions", 0) > 0
        THEN COALESCE(
          (
            CAST(COALESCE(
              CASE "t13"."attribution_channel"
                WHEN 'Email Marketing'
                THEN "t17"."email_touches"
                WHEN 'New Year Campaign'
                THEN "t17"."new_year_touches"
                WHEN 'Organic'
                THEN "t17"."organic_touches"
                WHEN 'Promotional Campaign'
                THEN "t17"."promotional_touches"
                WHEN 'Social Media'
                THEN "t17"."social_touches"
                ELSE NULL
              END,
              0
            ) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t26"."conversions", 0), 0) AS DOUBLE PRECISION)
          ) + 0.0,
          0.0
        )
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ) OVER (
      ORDER BY "t13"."attribution_channel" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "mean_conversion_rate",
    CAST(SUM(COALESCE("t26"."acquisitions", 0)) OVER () AS BIGINT) AS "all_acquisitions"
  FROM "constant_rows" AS "t13"
  LEFT OUTER JOIN "int_order_facts_with_int_order_facts" AS "t26"
    ON "t13"."attribution_channel" = "t26"."attribution_channel"
  LEFT OUTER JOIN "attribution_touchpoints_by_attribution_channel" AS "t16"
    ON "t13"."attribution_channel" = "t16"."attribution_channel"
  CROSS JOIN "int_customer_journeys_totals" AS "t17"
)
SELECT
  "t27"."attribution_channel",
  CAST("t27"."total_conversions" AS BIGINT) AS "total_conversions",
  CAST("t27"."unique_customers" AS BIGINT) AS "unique_customers",
  CAST("t27"."new_customer_acquisitions" AS BIGINT) AS "new_customer_acquisitions",
  CAST("t27"."total_revenue" AS DECIMAL(18, 2)) AS "total_revenue",
  CAST("t27"."avg_order_value" AS DOUBLE PRECISION) AS "avg_order_value",
  CAST("t27"."revenue_per_conversion" AS DOUBLE PRECISION) AS "revenue_per_conversion",
  CAST("t27"."customer_conversion_rate" AS DOUBLE PRECISION) AS "customer_conversion_rate",
  "t27"."top_product",
  CAST("t27"."product_diversity" AS BIGINT) AS "product_diversity",
  CAST("t27"."first_touch_customers" AS BIGINT) AS "first_touch_customers",
  CAST("t27"."first_touch_revenue" AS DECIMAL(18, 2)) AS "first_touch_revenue",
  CAST("t27"."last_touch_customers" AS BIGINT) AS "last_touch_customers",
  CAST("t27"."last_touch_revenue" AS DECIMAL(18, 2)) AS "last_touch_revenue",
  CAST(CASE
    WHEN "t27"."total_conversions" > 0
    THEN COALESCE(
      (
        (
          "t27"."revenue_per_conversion" * 40
        ) / NULLIF("t27"."mean_order_value", 0)
      ) + 0.0,
      0.0
    ) + COALESCE(
      (
        (
          "t27"."customer_conversion_rate" * 30
        ) / NULLIF("t27"."mean_conversion_rate", 0)
      ) + 0.0,
      0.0
    ) + COALESCE(
      (
        (
          CAST("t27"."new_customer_acquisitions" AS DOUBLE PRECISION) * 30
        ) / NULLIF(CAST("t27"."all_acquisitions" AS DOUBLE PRECISION), 0)
      ) + 0.0,
      0.0
    )
    ELSE 0.0
  END AS DOUBLE PRECISION) AS "channel_efficiency_score",
  CASE
    WHEN "t27"."total_conversions" = 0
    THEN 'Standard Channel'
    WHEN (
      "t27"."mean_cents" > 0
    )
    AND (
      CAST("t27"."revenue_cents" AS DOUBLE PRECISION) > (
        (
          "t27"."mean_cents" * 1.5
        ) + (
          ABS("t27"."mean_cents" * 1.5) * 1e-09
        )
      )
    )
    THEN 'High Performer'
    WHEN (
      "t27"."mean_acquisitions" > 0
    )
    AND (
      CAST("t27"."new_customer_acquisitions" AS DOUBLE PRECISION) > (
        (
          "t27"."mean_acquisitions" * 1.2
        ) + (
          ABS("t27"."mean_acquisitions" * 1.2) * 1e-09
        )
      )
    )
    THEN 'Growth Driver'
    WHEN (
      "t27"."mean_order_value" > 0
    )
    AND (
      "t27"."avg_order_value" > (
        (
          "t27"."mean_order_value" * 1.2
        ) + (
          ABS("t27"."mean_order_value" * 1.2) * 1e-09
        )
      )
    )
    THEN 'Premium Channel'
    WHEN (
      "t27"."mean_conversion_rate" > 0
    )
    AND (
      "t27"."customer_conversion_rate" > (
        (
          "t27"."mean_conversion_rate" * 1.1
        ) + (
          ABS("t27"."mean_conversion_rate" * 1.1) * 1e-09
        )
      )
    )
    THEN 'Efficient Converter'
    ELSE 'Standard Channel'
  END AS "channel_classification",
  CASE
    WHEN (
      "t27"."attribution_channel" = 'Promotional Campaign'
    )
    AND (
      "t27"."revenue_per_conversion" < 50
    )
    THEN 'Review promotion depth, may be over-discounting'
    WHEN (
      "t27"."attribution_channel" = 'Social Media'
    )
    AND (
      "t27"."product_diversity" < 3
    )
    THEN 'Expand product promotion variety'
    WHEN (
      "t27"."attribution_channel" = 'Email Marketing'
    )
    AND (
      "t27"."new_customer_acquisitions" < 5
    )
    THEN 'Focus on acquisition campaigns'
    WHEN (
      "t27"."attribution_channel" = 'Organic'
    )
    AND (
      "t27"."total_conversions" > 20
    )
    THEN 'High organic performance, invest in SEO'
    ELSE 'Optimize channel mix for better ROI'
  END AS "optimization_recommendation",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "rows_joined" AS "t27";
COMMENT ON TABLE "dbt_marketing"."marketing_attribution__candidate" IS 'Orders, customers and revenue of each channel, and how it compares with the others.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."attribution_channel" IS 'One of five channels, by a stand-in rule on the order, not observed traffic.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."total_conversions" IS 'Successful orders of the channel. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."unique_customers" IS 'Distinct customers; not additive over channels. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."new_customer_acquisitions" IS 'First successful orders of customers. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."total_revenue" IS 'Payments of the channel''s orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."avg_order_value" IS 'total_revenue / total_conversions; 0 when none. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."revenue_per_conversion" IS 'The same number as avg_order_value. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."customer_conversion_rate" IS 'Customers per conversion, not a conversion rate. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."top_product" IS 'Product of most orders; ties by revenue, then name.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."product_diversity" IS 'Distinct products. Unit: products.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."first_touch_customers" IS 'Buyers whose first successful order is in the channel. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."first_touch_revenue" IS 'Whole revenue of those buyers. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."last_touch_customers" IS 'Buyers whose last successful order is in the channel. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."last_touch_revenue" IS 'Whole revenue of those buyers. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."channel_efficiency_score" IS '40 revenue per conversion + 30 customers per conversion, each to the average of live channels, + 30 share of acquisitions. Unit: score.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."channel_classification" IS 'High Performer, Growth Driver, Premium Channel, Efficient Converter or Standard Channel, first match.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."optimization_recommendation" IS 'Published recommendation for the channel.';
COMMENT ON COLUMN "dbt_marketing"."marketing_attribution__candidate"."analysis_timestamp" IS 'as_of at midnight.';
