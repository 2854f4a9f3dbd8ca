CREATE TABLE "dbt_marketing"."customer_segmentation__candidate" (
  "customer_id" BIGINT NOT NULL,
  "first_name" VARCHAR(256),
  "last_name" VARCHAR(256),
  "days_since_last_order" BIGINT,
  "total_orders" BIGINT NOT NULL,
  "total_revenue" DECIMAL(18, 2) NOT NULL,
  "avg_order_value" DOUBLE PRECISION NOT NULL,
  "recency_score" INTEGER NOT NULL,
  "frequency_score" INTEGER NOT NULL,
  "monetary_score" INTEGER NOT NULL,
  "rfm_combined_score" INTEGER NOT NULL,
  "customer_segment" VARCHAR(32) NOT NULL,
  "value_tier" VARCHAR(16) NOT NULL,
  "engagement_level" VARCHAR(32) NOT NULL,
  "first_order_date" DATE,
  "last_order_date" DATE,
  "customer_lifespan_days" BIGINT,
  "favorite_product" VARCHAR(256),
  "unique_products_purchased" BIGINT NOT NULL,
  "preferred_payment_method" VARCHAR(256),
  "promotional_spend" DECIMAL(18, 2) NOT NULL,
  "promotional_spend_ratio" DOUBLE PRECISION NOT NULL,
  "recommended_action" VARCHAR(64) NOT NULL,
  "has_purchased" BOOLEAN NOT NULL,
  "returned_orders" BIGINT NOT NULL,
  "pending_orders" BIGINT NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."customer_segmentation__candidate" ("customer_id", "first_name", "last_name", "days_since_last_order", "total_orders", "total_revenue", "avg_order_value", "recency_score", "frequency_score", "monetary_score", "rfm_combined_score", "customer_segment", "value_tier", "engagement_level", "first_order_date", "last_order_date", "customer_lifespan_days", "favorite_product", "unique_products_purchased", "preferred_payment_method", "promotional_spend", "promotional_spend_ratio", "recommended_action", "has_purchased", "returned_orders", "pending_orders", "analysis_timestamp")
WITH "int_customer_products_filtered" AS (
  SELECT
    "t4"."customer_id",
    "t4"."product_name",
    "t4"."successful_orders",
    "t4"."returned_orders",
    "t4"."net_cents"
  FROM "dbt_marketing"."int_customer_products__candidate" AS "t4"
  WHERE
    "t4"."successful_orders" > 0
), "int_customer_products_by_customer_id" AS (
  SELECT
    "t13"."customer_id",
    COUNT(*) AS "unique_products_purchased",
    MAX("t13"."successful_orders") AS "most_successful_orders"
  FROM "int_customer_products_filtered" AS "t13"
  GROUP BY
    1
), "int_customer_products_with_int_customer_products" AS (
  SELECT
    "t14"."customer_id",
    "t14"."product_name",
    "t14"."successful_orders",
    "t14"."returned_orders",
    "t14"."net_cents",
    "t17"."unique_products_purchased",
    "t17"."most_successful_orders"
  FROM "int_customer_products_filtered" AS "t14"
  INNER JOIN "int_customer_products_by_customer_id" AS "t17"
    ON "t14"."customer_id" = "t17"."customer_id"
), "int_customer_products_filtered_2" AS (
  SELECT
    "t20"."customer_id",
    "t20"."product_name",
    "t20"."successful_orders",
    "t20"."returned_orders",
    "t20"."net_cents",
    "t20"."unique_products_purchased",
    "t20"."most_successful_orders"
  FROM "int_customer_products_with_int_customer_products" AS "t20"
  WHERE
    "t20"."successful_orders" = "t20"."most_successful_orders"
), "int_customer_orders_filtered" AS (
  SELECT
    "t1"."customer_id",
    "t1"."number_of_orders",
    "t1"."successful_orders",
    "t1"."returned_orders",
    "t1"."pending_orders",
    "t1"."gross_cents",
    "t1"."net_cents",
    "t1"."promo_cents",
    "t1"."first_order",
    "t1"."most_recent_order",
    "t1"."first_success_date",
    "t1"."last_success_date",
    "t1"."cohort_month"
  FROM "dbt_marketing"."int_customer_orders__candidate" AS "t1"
  WHERE
    "t1"."successful_orders" > 0
), "int_customer_orders_ranked" AS (
  SELECT
    "t7"."customer_id",
    CAST((
      CAST((
        RANK() OVER (ORDER BY "t7"."last_success_date" NULLS LAST) - 1
      ) * 5 AS BIGINT) / COUNT(*) OVER ()
    ) + 1 AS INTEGER) AS "recency_score",
    CAST((
      CAST((
        RANK() OVER (ORDER BY "t7"."successful_orders" NULLS LAST) - 1
      ) * 5 AS BIGINT) / COUNT(*) OVER ()
    ) + 1 AS INTEGER) AS "frequency_score",
    CAST((
      CAST((
        RANK() OVER (ORDER BY "t7"."net_cents" NULLS LAST) - 1
      ) * 5 AS BIGINT) / COUNT(*) OVER ()
    ) + 1 AS INTEGER) AS "monetary_score"
  FROM "int_customer_orders_filtered" AS "t7"
), "int_customer_products_by_customer_id_2" AS (
  SELECT
    "t23"."customer_id",
    MAX("t23"."net_cents") AS "most_net_cents"
  FROM "int_customer_products_filtered_2" AS "t23"
  GROUP BY
    1
), "int_customer_products_with_int_customer_products_2" AS (
  SELECT
    "t24"."customer_id",
    "t24"."product_name",
    "t24"."successful_orders",
    "t24"."returned_orders",
    "t24"."net_cents",
    "t24"."unique_products_purchased",
    "t24"."most_successful_orders",
    "t28"."most_net_cents"
  FROM "int_customer_products_filtered_2" AS "t24"
  INNER JOIN "int_customer_products_by_customer_id_2" AS "t28"
    ON "t24"."customer_id" = "t28"."customer_id"
), "int_customer_products_filtered_3" AS (
  SELECT
    "t30"."customer_id",
    "t30"."product_name",
    "t30"."successful_orders",
    "t30"."returned_orders",
    "t30"."net_cents",
    "t30"."unique_products_purchased",
    "t30"."most_successful_orders",
    "t30"."most_net_cents"
  FROM "int_customer_products_with_int_customer_products_2" AS "t30"
  WHERE
    "t30"."net_cents" = "t30"."most_net_cents"
), "int_customer_products_by_customer_id_3" AS (
  SELECT
    "t31"."customer_id",
    MAX("t31"."unique_products_purchased") AS "unique_products_purchased",
    MIN("t31"."product_name") AS "favorite_product"
  FROM "int_customer_products_filtered_3" AS "t31"
  GROUP BY
    1
), "stg_payments_filtered" AS (
  SELECT
    "t2"."payment_id",
    "t2"."order_id",
    "t2"."payment_method",
    "t2"."product_name",
    "t2"."amount_cents",
    "t2"."amount",
    "t2"."payment_category",
    "t2"."is_promotional"
  FROM "dbt_marketing"."stg_payments__candidate" AS "t2"
  WHERE
    "t2"."payment_method" IS NOT NULL
), "int_order_facts_filtered" AS (
  SELECT
    "t3"."order_id",
    "t3"."customer_id"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t3"
  WHERE
    "t3"."success_sequence" IS NOT NULL
), "stg_payments_with_int_order_facts" AS (
  SELECT
    "t11"."payment_id",
    "t11"."order_id",
    "t11"."payment_method",
    "t11"."product_name",
    "t11"."amount_cents",
    "t11"."amount",
    "t11"."payment_category",
    "t11"."is_promotional",
    "t12"."customer_id"
  FROM "stg_payments_filtered" AS "t11"
  INNER JOIN "int_order_facts_filtered" AS "t12"
    ON "t11"."order_id" = "t12"."order_id"
), "stg_payments_by_customer_id_and_payment_method" AS (
  SELECT
    "t16"."customer_id",
    "t16"."payment_method",
    COUNT(*) AS "times",
    CAST(SUM(COALESCE("t16"."amount_cents", 0)) AS BIGINT) AS "cents"
  FROM "stg_payments_with_int_order_facts" AS "t16"
  GROUP BY
    1,
    2
), "stg_payments_picked" AS (
  SELECT
    "t19"."customer_id",
    "t19"."payment_method",
    "t19"."times",
    "t19"."cents"
  FROM "stg_payments_by_customer_id_and_payment_method" AS "t19"
  QUALIFY
    (
      ROW_NUMBER() OVER (
        PARTITION BY "t19"."customer_id"
        ORDER BY "t19"."times" DESC NULLS LAST, "t19"."cents" DESC NULLS LAST, "t19"."payment_method" NULLS LAST
      ) - 1
    ) < 1
), "stg_payments_selected" AS (
  SELECT
    "t25"."customer_id",
    "t25"."payment_method" AS "preferred_payment_method"
  FROM "stg_payments_picked" AS "t25"
), "stg_customers_joined" AS (
  SELECT
    "t5"."customer_id",
    "t5"."first_name",
    "t5"."last_name",
    "t33"."favorite_product",
    "t29"."preferred_payment_method",
    DATEDIFF(day, "t6"."last_success_date", CAST('2024-05-15' AS DATE)) AS "days_since_last_order",
    COALESCE("t6"."successful_orders", 0) AS "total_orders",
    CAST(CAST(COALESCE("t6"."net_cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "total_revenue",
    COALESCE(
      CAST(COALESCE("t6"."net_cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t6"."successful_orders", 0) * 100, 0) AS DOUBLE PRECISION),
      0.0
    ) AS "avg_order_value",
    COALESCE("t21"."recency_score", 1) AS "recency_score",
    COALESCE("t21"."frequency_score", 1) AS "frequency_score",
    COALESCE("t21"."monetary_score", 1) AS "monetary_score",
    "t6"."first_success_date" AS "first_order_date",
    "t6"."last_success_date" AS "last_order_date",
    DATEDIFF(day, "t6"."first_success_date", "t6"."last_success_date") AS "customer_lifespan_days",
    COALESCE("t33"."unique_products_purchased", 0) AS "unique_products_purchased",
    CAST(CAST(COALESCE("t6"."promo_cents", 0) AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "promotional_spend",
    COALESCE(
      (
        CAST(COALESCE("t6"."promo_cents", 0) AS DOUBLE PRECISION) / CAST(NULLIF(COALESCE("t6"."net_cents", 0), 0) AS DOUBLE PRECISION)
      ) + 0.0,
      0.0
    ) AS "promotional_spend_ratio",
    COALESCE("t6"."successful_orders", 0) > 0 AS "has_purchased",
    COALESCE("t6"."returned_orders", 0) AS "returned_orders",
    COALESCE("t6"."pending_orders", 0) AS "pending_orders"
  FROM "dbt_marketing"."stg_customers__candidate" AS "t5"
  LEFT OUTER JOIN "dbt_marketing"."int_customer_orders__candidate" AS "t6"
    ON "t5"."customer_id" = "t6"."customer_id"
  LEFT OUTER JOIN "int_customer_orders_ranked" AS "t21"
    ON "t5"."customer_id" = "t21"."customer_id"
  LEFT OUTER JOIN "int_customer_products_by_customer_id_3" AS "t33"
    ON "t5"."customer_id" = "t33"."customer_id"
  LEFT OUTER JOIN "stg_payments_selected" AS "t29"
    ON "t5"."customer_id" = "t29"."customer_id"
)
SELECT
  CAST("t34"."customer_id" AS BIGINT) AS "customer_id",
  "t34"."first_name",
  "t34"."last_name",
  CAST("t34"."days_since_last_order" AS BIGINT) AS "days_since_last_order",
  CAST("t34"."total_orders" AS BIGINT) AS "total_orders",
  CAST("t34"."total_revenue" AS DECIMAL(18, 2)) AS "total_revenue",
  CAST("t34"."avg_order_value" AS DOUBLE PRECISION) AS "avg_order_value",
  CAST("t34"."recency_score" AS INTEGER) AS "recency_score",
  CAST("t34"."frequency_score" AS INTEGER) AS "frequency_score",
  CAST("t34"."monetary_score" AS INTEGER) AS "monetary_score",
  CAST((
    CAST("t34"."recency_score" AS BIGINT) * 100
  ) + (
    CAST("t34"."frequency_score" AS BIGINT) * 10
  ) + "t34"."monetary_score" AS INTEGER) AS "rfm_combined_score",
  CASE
    WHEN (
      "t34"."recency_score" >= 4
    )
    AND (
      "t34"."frequency_score" >= 4
    )
    AND (
      "t34"."monetary_score" >= 4
    )
    THEN 'Champions'
    WHEN (
      "t34"."recency_score" >= 3
    )
    AND (
      "t34"."frequency_score" >= 3
    )
    AND (
      "t34"."monetary_score" >= 4
    )
    THEN 'Loyal Customers'
    WHEN (
      "t34"."recency_score" >= 3
    ) AND (
      "t34"."monetary_score" >= 3
    )
    THEN 'Potential Loyalists'
    WHEN (
      "t34"."recency_score" >= 4
    ) AND (
      "t34"."frequency_score" <= 2
    )
    THEN 'New Customers'
    WHEN (
      "t34"."recency_score" >= 3
    ) AND (
      "t34"."frequency_score" <= 2
    )
    THEN 'Promising'
    WHEN (
      "t34"."recency_score" >= 2
    ) AND (
      "t34"."frequency_score" >= 3
    )
    THEN 'Need Attention'
    WHEN (
      "t34"."recency_score" <= 2
    ) AND (
      "t34"."frequency_score" >= 4
    )
    THEN 'At Risk'
    WHEN (
      "t34"."recency_score" <= 1
    ) AND (
      "t34"."monetary_score" >= 4
    )
    THEN 'Cant Lose Them'
    WHEN (
      "t34"."recency_score" <= 2
    )
    AND (
      "t34"."frequency_score" <= 2
    )
    AND (
      "t34"."monetary_score" <= 2
    )
    THEN 'Hibernating'
    ELSE 'Lost'
  END AS "customer_segment",
  CASE
    WHEN "t34"."monetary_score" >= 4
    THEN 'High Value'
    WHEN "t34"."monetary_score" >= 3
    THEN 'Medium Value'
    ELSE 'Low Value'
  END AS "value_tier",
  CASE
    WHEN (
      "t34"."recency_score" >= 4
    ) AND (
      "t34"."frequency_score" >= 3
    )
    THEN 'Highly Engaged'
    WHEN (
      "t34"."recency_score" >= 3
    ) OR (
      "t34"."frequency_score" >= 3
    )
    THEN 'Moderately Engaged'
    ELSE 'Low Engagement'
  END AS "engagement_level",
  CAST("t34"."first_order_date" AS DATE) AS "first_order_date",
  CAST("t34"."last_order_date" AS DATE) AS "last_order_date",
  CAST("t34"."customer_lifespan_days" AS BIGINT) AS "customer_lifespan_days",
  "t34"."favorite_product",
  CAST("t34"."unique_products_purchased" AS BIGINT) AS "unique_products_purchased",
  "t34"."preferred_payment_method",
  CAST("t34"."promotional_spend" AS DECIMAL(18, 2)) AS "promotional_spend",
  CAST("t34"."promotional_spend_ratio" AS DOUBLE PRECISION) AS "promotional_spend_ratio",
  CASE
    WHEN (
      "t34"."recency_score" >= 4
    )
    AND (
      "t34"."frequency_score" >= 4
    )
    AND (
      "t34"."monetary_score" >= 4
    )
    THEN 'Reward loyalty, early access to new products'
    WHEN (
      "t34"."recency_score" >= 3
    )
    AND (
      "t34"."frequency_score" >= 3
    )
    AND (
      "t34"."monetary_score" >= 4
    )
    THEN 'Upsell higher value products'
    WHEN (
      "t34"."recency_score" >= 3
    ) AND (
      "t34"."monetary_score" >= 3
    )
    THEN 'Membership offers, loyalty programs'
    WHEN (
      "t34"."recency_score" >= 4
    ) AND (
      "t34"."frequency_score" <= 2
    )
    THEN 'Welcome series, onboarding'
    WHEN (
      "t34"."recency_score" >= 3
    ) AND (
      "t34"."frequency_score" <= 2
    )
    THEN 'Create brand awareness, free trials'
    WHEN (
      "t34"."recency_score" >= 2
    ) AND (
      "t34"."frequency_score" >= 3
    )
    THEN 'Reactivation campaigns, limited time offers'
    WHEN (
      "t34"."recency_score" <= 2
    ) AND (
      "t34"."frequency_score" >= 4
    )
    THEN 'Win-back campaigns, feedback surveys'
    WHEN (
      "t34"."recency_score" <= 1
    ) AND (
      "t34"."monetary_score" >= 4
    )
    THEN 'Win-back with special offers'
    WHEN (
      "t34"."recency_score" <= 2
    )
    AND (
      "t34"."frequency_score" <= 2
    )
    AND (
      "t34"."monetary_score" <= 2
    )
    THEN 'Recreation campaigns, new product announcements'
    ELSE 'Consider removing from active campaigns'
  END AS "recommended_action",
  "t34"."has_purchased",
  CAST("t34"."returned_orders" AS BIGINT) AS "returned_orders",
  CAST("t34"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "stg_customers_joined" AS "t34";
COMMENT ON TABLE "dbt_marketing"."customer_segmentation__candidate" IS 'How recently, how often and for how much each customer bought, and the segment and action that follow.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."first_name" IS 'Given name as typed at sign-up; never trimmed or recased.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."last_name" IS 'Family name, often an initial; as typed.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."days_since_last_order" IS 'Days from the last successful order to as_of. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."total_orders" IS 'Successful orders; 0 for a customer who never bought. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."total_revenue" IS 'Payments of successful orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."avg_order_value" IS 'total_revenue / total_orders; 0 without orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."recency_score" IS '1 (longest ago) to 5, among buyers; equal days, equal score. Unit: score.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."frequency_score" IS '1 (fewest orders) to 5, among buyers; equal counts, equal score. Unit: score.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."monetary_score" IS '1 (least revenue) to 5, among buyers; equal revenue, equal score. Unit: score.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."rfm_combined_score" IS '100 recency + 10 frequency + monetary; 111 for non-buyers. Unit: score.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."customer_segment" IS 'RFM segment, one of ten. ''Lost'' has the buyers who are in no other segment, big spenders included. ''Hibernating'' includes customers who never bought; has_purchased is false for them.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."value_tier" IS 'High, Medium or Low Value, by the monetary score.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."engagement_level" IS 'Highly or Moderately Engaged or Low Engagement, by recency and frequency.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."first_order_date" IS 'Day of the first successful order.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."last_order_date" IS 'Day of the last successful order.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."customer_lifespan_days" IS 'Days from the first to the last successful order. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."favorite_product" IS 'Product of most orders; ties by revenue, then name.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."unique_products_purchased" IS 'Distinct products of successful orders. Unit: products.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."preferred_payment_method" IS 'Method of most payments; ties by money, then name. NULL when no payment names a method.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."promotional_spend" IS 'Payments by coupon or gift_card. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."promotional_spend_ratio" IS 'promotional_spend / total_revenue; 0 without revenue. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."recommended_action" IS 'Published action of the segment.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."has_purchased" IS 'Whether the customer has a successful order.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."returned_orders" IS 'Returned orders, also of customers who never bought. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."pending_orders" IS 'Pending orders, also of customers who never bought. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."customer_segmentation__candidate"."analysis_timestamp" IS 'as_of at midnight.';
