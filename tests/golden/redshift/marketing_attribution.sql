CREATE TABLE "dbt_marketing"."marketing_attribution__candidate" (
  "attribution_channel" VARCHAR(32) NOT NULL,
  "total_conversions" BIGINT NOT NULL,
  "unique_customers" BIGINT NOT NULL,
  "new_customer_acquisitions" BIGINT NOT NULL,
  "total_revenue" DECIMAL(18, 2) NOT NULL,
  "avg_order_value" DOUBLE PRECISION NOT NULL,
  "revenue_per_conversion" DOUBLE PRECISION NOT NULL,
  "customer_conversion_rate" DOUBLE PRECISION NOT NULL,
  "top_product" VARCHAR(65535),
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
WITH "t12" AS (
  SELECT
    "t1"."order_id",
    "t1"."customer_id",
    "t1"."order_date",
    "t1"."status",
    "t1"."product_name",
    "t1"."order_status_group",
    "t1"."order_month",
    "t1"."order_year",
    "t1"."order_day_of_week",
    "t1"."order_quarter",
    "t1"."cents",
    "t1"."promo_cents",
    "t1"."has_promo",
    "t1"."has_credit_card",
    "t1"."has_coupon",
    "t1"."has_bank_transfer",
    "t1"."has_gift_card",
    "t1"."payment_count",
    "t1"."order_sequence",
    "t1"."success_sequence",
    "t1"."attribution_channel",
    "t1"."campaign_type"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t1"
  WHERE
    "t1"."success_sequence" IS NOT NULL
), "t16" AS (
  SELECT
    'Organic' AS "attribution_channel"
  UNION ALL
  SELECT
    'Promotional Campaign' AS "attribution_channel"
  UNION ALL
  SELECT
    'Social Media' AS "attribution_channel"
  UNION ALL
  SELECT
    'Email Marketing' AS "attribution_channel"
  UNION ALL
  SELECT
    'New Year Campaign' AS "attribution_channel"
), "t19" AS (
  SELECT
    "t15"."attribution_channel",
    "t15"."customer_id",
    COUNT(*) AS "orders",
    CAST(SUM(CASE WHEN "t15"."success_sequence" = 1 THEN 1 ELSE 0 END) AS BIGINT) AS "acquired",
    CAST(SUM("t15"."cents") AS BIGINT) AS "cents"
  FROM "t12" AS "t15"
  GROUP BY
    1,
    2
), "t23" AS (
  SELECT
    "t19"."attribution_channel",
    CAST(SUM("t19"."orders") AS BIGINT) AS "conversions",
    CAST(SUM("t19"."acquired") AS BIGINT) AS "acquisitions",
    COUNT(*) AS "customers",
    CAST(SUM("t19"."cents") AS BIGINT) AS "cents"
  FROM "t19" AS "t19"
  GROUP BY
    1
), "t17" AS (
  SELECT
    "t15"."attribution_channel",
    "t15"."product_name",
    COUNT(*) AS "orders",
    CAST(SUM("t15"."cents") AS BIGINT) AS "cents"
  FROM "t12" AS "t15"
  GROUP BY
    1,
    2
), "t21" AS (
  SELECT
    "t17"."attribution_channel",
    "t17"."product_name",
    "t17"."orders",
    "t17"."cents",
    COUNT(*) OVER (PARTITION BY "t17"."attribution_channel") AS "products"
  FROM "t17" AS "t17"
), "t24" AS (
  SELECT
    "t21"."attribution_channel",
    "t21"."product_name",
    "t21"."orders",
    "t21"."cents",
    "t21"."products"
  FROM "t21" AS "t21"
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY "t21"."attribution_channel"
      ORDER BY "t21"."orders" DESC NULLS LAST, "t21"."cents" DESC NULLS LAST, "t21"."product_name" NULLS LAST
    ) = 1
), "t26" AS (
  SELECT
    "t24"."attribution_channel",
    "t24"."products",
    "t24"."product_name" AS "top_product"
  FROM "t24" AS "t24"
), "t14" AS (
  SELECT
    "t0"."net_cents",
    "t0"."first_touch_channel" AS "attribution_channel",
    TRUE AS "is_first"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t0"
  WHERE
    "t0"."successful_orders" > 0
  UNION ALL
  SELECT
    "t0"."net_cents",
    "t0"."last_touch_channel" AS "attribution_channel",
    FALSE AS "is_first"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t0"
  WHERE
    "t0"."successful_orders" > 0
), "t20" AS (
  SELECT
    "t14"."attribution_channel",
    CAST(SUM(CASE WHEN "t14"."is_first" THEN 1 ELSE 0 END) AS BIGINT) AS "first_customers",
    CAST(SUM(CASE WHEN "t14"."is_first" THEN "t14"."net_cents" ELSE 0 END) AS BIGINT) AS "first_cents",
    CAST(SUM(CASE WHEN NOT (
      "t14"."is_first"
    ) THEN 1 ELSE 0 END) AS BIGINT) AS "last_customers",
    CAST(SUM(CASE WHEN NOT (
      "t14"."is_first"
    ) THEN "t14"."net_cents" ELSE 0 END) AS BIGINT) AS "last_cents"
  FROM "t14" AS "t14"
  GROUP BY
    1
), "t27" AS (
  SELECT
    "t16"."attribution_channel",
    "t26"."top_product",
    COALESCE("t23"."conversions", 0) AS "total_conversions",
    COALESCE("t23"."customers", 0) AS "unique_customers",
    COALESCE("t23"."acquisitions", 0) AS "new_customer_acquisitions",
    COALESCE("t23"."cents", 0) AS "revenue_cents",
    CAST(CAST(COALESCE("t23"."cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "total_revenue",
    COALESCE(
      CAST(COALESCE("t23"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t23"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
      0.0
    ) AS "avg_order_value",
    COALESCE(
      CAST(COALESCE("t23"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t23"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
      0.0
    ) AS "revenue_per_conversion",
    COALESCE(
      CAST(COALESCE("t23"."customers", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t23"."conversions", 0), 0) AS DOUBLE PRECISION),
      0.0
    ) AS "customer_conversion_rate",
    COALESCE("t26"."products", 0) AS "product_diversity",
    COALESCE("t20"."first_customers", 0) AS "first_touch_customers",
    CAST(CAST(COALESCE("t20"."first_cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "first_touch_revenue",
    COALESCE("t20"."last_customers", 0) AS "last_touch_customers",
    CAST(CAST(COALESCE("t20"."last_cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "last_touch_revenue",
    AVG(
      CASE
        WHEN COALESCE("t23"."conversions", 0) > 0
        THEN CAST(COALESCE("t23"."cents", 0) AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ) OVER () AS "mean_cents",
    AVG(
      CASE
        WHEN COALESCE("t23"."conversions", 0) > 0
        THEN CAST(COALESCE("t23"."acquisitions", 0) AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ) OVER () AS "mean_acquisitions",
    AVG(
      CASE
        WHEN COALESCE("t23"."conversions", 0) > 0
        THEN COALESCE(
          CAST(COALESCE("t23"."cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t23"."conversions", 0) * 100, 0) AS DOUBLE PRECISION),
          0.0
        )
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ) OVER () AS "mean_order_value",
    AVG(
      CASE
        WHEN COALESCE("t23"."conversions", 0) > 0
        THEN COALESCE(
          CAST(COALESCE("t23"."customers", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t23"."conversions", 0), 0) AS DOUBLE PRECISION),
          0.0
        )
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ) OVER () AS "mean_conversion_rate",
    CAST(SUM(COALESCE("t23"."acquisitions", 0)) OVER () AS BIGINT) AS "all_acquisitions"
  FROM "t16" AS "t16"
  LEFT OUTER JOIN "t23" AS "t23"
    ON "t16"."attribution_channel" = "t23"."attribution_channel"
  LEFT OUTER JOIN "t26" AS "t26"
    ON "t16"."attribution_channel" = "t26"."attribution_channel"
  LEFT OUTER JOIN "t20" AS "t20"
    ON "t16"."attribution_channel" = "t20"."attribution_channel"
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
        "t27"."revenue_per_conversion" * 40
      ) / NULLIF("t27"."mean_order_value", 0),
      0.0
    ) + COALESCE(
      (
        "t27"."customer_conversion_rate" * 30
      ) / NULLIF("t27"."mean_conversion_rate", 0),
      0.0
    ) + COALESCE(
      (
        CAST("t27"."new_customer_acquisitions" AS DOUBLE PRECISION) * 30
      ) / NULLIF(CAST("t27"."all_acquisitions" AS DOUBLE PRECISION), 0),
      0.0
    )
    ELSE 0.0
  END AS DOUBLE PRECISION) AS "channel_efficiency_score",
  CASE
    WHEN "t27"."total_conversions" = 0
    THEN 'Standard Channel'
    WHEN CAST("t27"."revenue_cents" AS DOUBLE PRECISION) > (
      (
        "t27"."mean_cents" * 1.5
      ) + (
        ABS("t27"."mean_cents" * 1.5) * 1e-09
      )
    )
    THEN 'High Performer'
    WHEN CAST("t27"."new_customer_acquisitions" AS DOUBLE PRECISION) > (
      (
        "t27"."mean_acquisitions" * 1.2
      ) + (
        ABS("t27"."mean_acquisitions" * 1.2) * 1e-09
      )
    )
    THEN 'Growth Driver'
    WHEN "t27"."avg_order_value" > (
      (
        "t27"."mean_order_value" * 1.2
      ) + (
        ABS("t27"."mean_order_value" * 1.2) * 1e-09
      )
    )
    THEN 'Premium Channel'
    WHEN "t27"."customer_conversion_rate" > (
      (
        "t27"."mean_conversion_rate" * 1.1
      ) + (
        ABS("t27"."mean_conversion_rate" * 1.1) * 1e-09
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
FROM "t27" AS "t27";
COMMENT ON TABLE "dbt_marketing"."marketing_attribution__candidate" IS 'What each channel converts, whom it brings and how it compares with the others.';
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
