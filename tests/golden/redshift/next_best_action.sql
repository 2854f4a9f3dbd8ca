CREATE TABLE "dbt_marketing"."next_best_action__candidate" (
  "customer_id" BIGINT NOT NULL,
  "next_best_action" VARCHAR(32) NOT NULL,
  "cross_sell_product" VARCHAR(256),
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE KEY
DISTKEY ("customer_id")
SORTKEY ("customer_id");
INSERT INTO "dbt_marketing"."next_best_action__candidate" ("customer_id", "next_best_action", "cross_sell_product", "analysis_timestamp")
WITH "product_affinity_filtered" AS (
  SELECT
    "t2"."product_a",
    "t2"."product_b",
    "t2"."customers_both",
    "t2"."support",
    "t2"."confidence",
    "t2"."lift",
    "t2"."analysis_timestamp"
  FROM "dbt_marketing"."product_affinity__candidate" AS "t2"
  WHERE
    "t2"."lift" > 1 AND "t2"."customers_both" >= 5
), "product_affinity_ranked" AS (
  SELECT
    "t7"."product_a",
    "t7"."product_b",
    ROW_NUMBER() OVER (
      PARTITION BY "t7"."product_a"
      ORDER BY "t7"."lift" DESC NULLS LAST, "t7"."support" DESC NULLS LAST, "t7"."product_b" NULLS LAST
    ) - 1 AS "number",
    ROW_NUMBER() OVER (
      ORDER BY "t7"."lift" DESC NULLS LAST, "t7"."support" DESC NULLS LAST, "t7"."product_b" NULLS LAST, "t7"."product_a" NULLS LAST
    ) - 1 AS "rank"
  FROM "product_affinity_filtered" AS "t7"
), "churn_risk_selected" AS (
  SELECT
    "t1"."customer_id",
    "t1"."churn_risk_band"
  FROM "dbt_marketing"."churn_risk__candidate" AS "t1"
), "customer_segmentation_with_churn_risk" AS (
  SELECT
    "t4"."customer_id",
    "t4"."monetary_score",
    "t6"."churn_risk_band",
    CASE
      WHEN NOT (
        "t4"."has_purchased"
      ) AND (
        "t4"."pending_orders" > 0
      )
      THEN 'Confirm first order'
      WHEN NOT (
        "t4"."has_purchased"
      ) AND (
        "t4"."returned_orders" > 0
      )
      THEN 'Resolve return, offer exchange'
      WHEN NOT (
        "t4"."has_purchased"
      )
      THEN 'First purchase incentive'
      WHEN (
        "t6"."churn_risk_band" = 'High'
      ) AND (
        "t4"."monetary_score" >= 4
      )
      THEN 'Personal win-back'
      WHEN "t6"."churn_risk_band" = 'High'
      THEN 'Low-cost win-back'
      WHEN "t4"."promotional_spend_ratio" > 0.5
      THEN 'Full-price value message'
      WHEN (
        "t4"."total_orders" = 1
      ) AND (
        "t4"."days_since_last_order" <= 30
      )
      THEN 'Second order nudge'
    END AS "urgent_action"
  FROM "dbt_marketing"."customer_segmentation__candidate" AS "t4"
  LEFT OUTER JOIN "churn_risk_selected" AS "t6"
    ON "t4"."customer_id" = "t6"."customer_id"
), "int_customer_products_filtered" AS (
  SELECT
    "t3"."customer_id",
    "t3"."product_name",
    "t3"."successful_orders",
    "t3"."returned_orders",
    "t3"."net_cents"
  FROM "dbt_marketing"."int_customer_products__candidate" AS "t3"
  WHERE
    "t3"."successful_orders" > 0
    AND "t3"."customer_id" IN (
      SELECT
        "t10"."customer_id"
      FROM "customer_segmentation_with_churn_risk" AS "t10"
      WHERE
        "t10"."urgent_action" IS NULL
    )
), "int_customer_products_ranked" AS (
  SELECT
    "t16"."customer_id",
    "t16"."product_name",
    COUNT(*) OVER (PARTITION BY "t16"."customer_id") - 1 AS "last_number"
  FROM "int_customer_products_filtered" AS "t16"
), "int_customer_products_with_product_affinity" AS (
  SELECT
    "t20"."customer_id",
    "t20"."product_name",
    "t20"."last_number",
    "t13"."product_a",
    "t13"."product_b",
    "t13"."number",
    "t13"."rank"
  FROM "int_customer_products_ranked" AS "t20"
  INNER JOIN "product_affinity_ranked" AS "t13"
    ON "t20"."product_name" = "t13"."product_a" AND "t20"."last_number" = "t13"."number"
), "int_customer_products_by_customer_id" AS (
  SELECT
    "t21"."customer_id",
    MIN("t21"."rank") AS "rank_limit"
  FROM "int_customer_products_with_product_affinity" AS "t21"
  GROUP BY
    1
), "int_customer_products_joined" AS (
  SELECT
    "t20"."customer_id",
    "t20"."product_name",
    "t20"."last_number",
    "t23"."customer_id" AS "customer_id_of_limits",
    "t23"."rank_limit",
    "t14"."product_a",
    "t14"."product_b",
    "t14"."number",
    "t14"."rank"
  FROM "int_customer_products_ranked" AS "t20"
  LEFT OUTER JOIN "int_customer_products_by_customer_id" AS "t23"
    ON "t20"."customer_id" = "t23"."customer_id"
  INNER JOIN "product_affinity_ranked" AS "t14"
    ON "t20"."product_name" = "t14"."product_a"
), "int_customer_products_filtered_2" AS (
  SELECT
    "t24"."customer_id",
    "t24"."product_b",
    "t24"."rank"
  FROM "int_customer_products_joined" AS "t24"
  WHERE
    "t24"."number" <= "t24"."last_number"
    AND "t24"."rank" <= COALESCE("t24"."rank_limit", "t24"."rank")
), "int_customer_products_with_int_customer_products" AS (
  SELECT
    "t26"."customer_id",
    "t26"."product_b",
    "t26"."rank"
  FROM "int_customer_products_filtered_2" AS "t26"
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM "int_customer_products_ranked" AS "t19"
      WHERE
        "t26"."customer_id" = "t19"."customer_id"
        AND "t26"."product_b" = "t19"."product_name"
    )
), "int_customer_products_by_customer_id_2" AS (
  SELECT
    "t27"."customer_id",
    MIN("t27"."rank") AS "best_rank"
  FROM "int_customer_products_with_int_customer_products" AS "t27"
  GROUP BY
    1
), "int_customer_products_with_product_affinity_2" AS (
  SELECT
    "t29"."customer_id",
    "t13"."product_b" AS "cross_sell_product"
  FROM "int_customer_products_by_customer_id_2" AS "t29"
  INNER JOIN "product_affinity_ranked" AS "t13"
    ON "t29"."best_rank" = "t13"."rank"
)
SELECT
  CAST("t12"."customer_id" AS BIGINT) AS "customer_id",
  COALESCE(
    "t12"."urgent_action",
    CASE
      WHEN "t31"."cross_sell_product" IS NOT NULL
      THEN 'Cross-sell'
      WHEN (
        "t12"."monetary_score" >= 4
      ) AND (
        "t12"."churn_risk_band" = 'Low'
      )
      THEN 'Loyalty, early access'
      ELSE 'No action'
    END
  ) AS "next_best_action",
  "t31"."cross_sell_product",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "customer_segmentation_with_churn_risk" AS "t12"
LEFT OUTER JOIN "int_customer_products_with_product_affinity_2" AS "t31"
  ON "t12"."customer_id" = "t31"."customer_id";
COMMENT ON TABLE "dbt_marketing"."next_best_action__candidate" IS 'The one action to take next for each customer, and the product to offer in a cross-sell.';
COMMENT ON COLUMN "dbt_marketing"."next_best_action__candidate"."customer_id" IS 'Key of the customer.';
COMMENT ON COLUMN "dbt_marketing"."next_best_action__candidate"."next_best_action" IS 'The first of ten actions whose condition the customer meets.';
COMMENT ON COLUMN "dbt_marketing"."next_best_action__candidate"."cross_sell_product" IS 'Product to offer: of those that the customer lacks, the one of highest lift with one that they have.';
COMMENT ON COLUMN "dbt_marketing"."next_best_action__candidate"."analysis_timestamp" IS 'as_of at midnight.';
