CREATE TABLE "dbt_marketing"."product_performance__candidate" (
  "product_name" VARCHAR(256) NOT NULL,
  "total_orders" BIGINT NOT NULL,
  "unique_customers" BIGINT NOT NULL,
  "total_revenue" DECIMAL(18, 2) NOT NULL,
  "avg_order_value" DOUBLE PRECISION NOT NULL,
  "revenue_stddev" DOUBLE PRECISION,
  "min_order_value" DECIMAL(18, 2),
  "max_order_value" DECIMAL(18, 2),
  "market_penetration" DOUBLE PRECISION NOT NULL,
  "repeat_purchase_rate" DOUBLE PRECISION,
  "avg_orders_per_customer" DOUBLE PRECISION,
  "return_count" BIGINT NOT NULL,
  "return_rate" DOUBLE PRECISION NOT NULL,
  "promotional_revenue" DECIMAL(18, 2) NOT NULL,
  "promotional_orders" BIGINT NOT NULL,
  "promotional_revenue_ratio" DOUBLE PRECISION NOT NULL,
  "first_sale_date" DATE,
  "last_sale_date" DATE,
  "active_months" BIGINT NOT NULL,
  "product_lifecycle_days" BIGINT,
  "credit_card_orders" BIGINT NOT NULL,
  "coupon_orders" BIGINT NOT NULL,
  "bank_transfer_orders" BIGINT NOT NULL,
  "gift_card_orders" BIGINT NOT NULL,
  "successful_orders" BIGINT NOT NULL,
  "pending_orders" BIGINT NOT NULL,
  "net_revenue" DECIMAL(18, 2) NOT NULL,
  "returned_revenue" DECIMAL(18, 2) NOT NULL,
  "days_since_first_sale" BIGINT,
  "days_since_last_sale" BIGINT,
  "revenue_rank" BIGINT NOT NULL,
  "volume_rank" BIGINT NOT NULL,
  "popularity_rank" BIGINT NOT NULL,
  "revenue_percentile" DOUBLE PRECISION NOT NULL,
  "volume_percentile" DOUBLE PRECISION NOT NULL,
  "abc_category" VARCHAR(1) NOT NULL,
  "product_status" VARCHAR(16) NOT NULL,
  "lifecycle_stage" VARCHAR(16) NOT NULL,
  "marketing_recommendation" VARCHAR(128) NOT NULL,
  "analysis_timestamp" TIMESTAMP NOT NULL
)
DISTSTYLE AUTO
SORTKEY ("product_name");
INSERT INTO "dbt_marketing"."product_performance__candidate" ("product_name", "total_orders", "unique_customers", "total_revenue", "avg_order_value", "revenue_stddev", "min_order_value", "max_order_value", "market_penetration", "repeat_purchase_rate", "avg_orders_per_customer", "return_count", "return_rate", "promotional_revenue", "promotional_orders", "promotional_revenue_ratio", "first_sale_date", "last_sale_date", "active_months", "product_lifecycle_days", "credit_card_orders", "coupon_orders", "bank_transfer_orders", "gift_card_orders", "successful_orders", "pending_orders", "net_revenue", "returned_revenue", "days_since_first_sale", "days_since_last_sale", "revenue_rank", "volume_rank", "popularity_rank", "revenue_percentile", "volume_percentile", "abc_category", "product_status", "lifecycle_stage", "marketing_recommendation", "analysis_timestamp")
WITH "int_order_facts_by_product_name" AS (
  SELECT
    "t0"."product_name",
    CAST(SUM(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "total_orders",
    CAST(SUM(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."cents"
        ELSE 0
      END
    ) AS BIGINT) AS "gross_cents",
    SUM(
      CAST(CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."cents"
        ELSE CAST(NULL AS BIGINT)
      END AS DECIMAL(19, 0)) * CAST(CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."cents"
        ELSE CAST(NULL AS BIGINT)
      END AS DECIMAL(19, 0))
    ) AS "squared_cents",
    MIN(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."cents"
        ELSE CAST(NULL AS BIGINT)
      END
    ) AS "min_cents",
    MAX(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."cents"
        ELSE CAST(NULL AS BIGINT)
      END
    ) AS "max_cents",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'returned' THEN 1 ELSE 0 END) AS BIGINT) AS "return_count",
    CAST(SUM(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."promo_cents"
        ELSE 0
      END
    ) AS BIGINT) AS "promo_cents",
    CAST(SUM(
      CASE
        WHEN (
          (
            "t0"."order_status_group" = 'successful'
          )
          OR (
            "t0"."order_status_group" = 'returned'
          )
        )
        AND "t0"."has_promo"
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "promotional_orders",
    MIN(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."order_date"
        ELSE CAST(NULL AS DATE)
      END
    ) AS "first_sale_date",
    MAX(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."order_date"
        ELSE CAST(NULL AS DATE)
      END
    ) AS "last_sale_date",
    COUNT(
      DISTINCT CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        OR (
          "t0"."order_status_group" = 'returned'
        )
        THEN "t0"."order_month"
        ELSE CAST(NULL AS DATE)
      END
    ) AS "active_months",
    CAST(SUM(
      CASE
        WHEN (
          (
            "t0"."order_status_group" = 'successful'
          )
          OR (
            "t0"."order_status_group" = 'returned'
          )
        )
        AND "t0"."has_credit_card"
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "credit_card_orders",
    CAST(SUM(
      CASE
        WHEN (
          (
            "t0"."order_status_group" = 'successful'
          )
          OR (
            "t0"."order_status_group" = 'returned'
          )
        )
        AND "t0"."has_coupon"
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "coupon_orders",
    CAST(SUM(
      CASE
        WHEN (
          (
            "t0"."order_status_group" = 'successful'
          )
          OR (
            "t0"."order_status_group" = 'returned'
          )
        )
        AND "t0"."has_bank_transfer"
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "bank_transfer_orders",
    CAST(SUM(
      CASE
        WHEN (
          (
            "t0"."order_status_group" = 'successful'
          )
          OR (
            "t0"."order_status_group" = 'returned'
          )
        )
        AND "t0"."has_gift_card"
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "gift_card_orders",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'successful' THEN 1 ELSE 0 END) AS BIGINT) AS "successful_orders",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'pending' THEN 1 ELSE 0 END) AS BIGINT) AS "pending_orders",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'successful' THEN "t0"."cents" ELSE 0 END) AS BIGINT) AS "net_cents",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'returned' THEN "t0"."cents" ELSE 0 END) AS BIGINT) AS "returned_cents",
    CAST(SUM(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        AND (
          DATEDIFF(day, "t0"."order_date", CAST('2024-05-15' AS DATE)) < 90
        )
        THEN "t0"."cents"
        ELSE 0
      END
    ) AS BIGINT) AS "recent_cents",
    CAST(SUM(
      CASE
        WHEN (
          "t0"."order_status_group" = 'successful'
        )
        AND (
          DATEDIFF(day, "t0"."order_date", CAST('2024-05-15' AS DATE)) >= 90
        )
        AND (
          DATEDIFF(day, "t0"."order_date", CAST('2024-05-15' AS DATE)) < 180
        )
        THEN "t0"."cents"
        ELSE 0
      END
    ) AS BIGINT) AS "prior_cents"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  GROUP BY
    1
), "int_customer_products_by_product_name" AS (
  SELECT
    "t1"."product_name",
    CAST(SUM(
      CASE
        WHEN (
          "t1"."successful_orders" + "t1"."returned_orders"
        ) > 0
        THEN 1
        ELSE 0
      END
    ) AS BIGINT) AS "unique_customers",
    CAST(SUM(CASE WHEN "t1"."successful_orders" > 0 THEN 1 ELSE 0 END) AS BIGINT) AS "successful_customers",
    CAST(SUM(CASE WHEN "t1"."successful_orders" > 1 THEN 1 ELSE 0 END) AS BIGINT) AS "repeat_customers"
  FROM "dbt_marketing"."int_customer_products__candidate" AS "t1"
  GROUP BY
    1
), "stg_customers_totals" AS (
  SELECT
    COUNT(*) AS "customers"
  FROM "dbt_marketing"."stg_customers__candidate" AS "t2"
), "int_order_facts_joined" AS (
  SELECT
    "t8"."product_name",
    "t8"."total_orders",
    "t6"."unique_customers",
    "t8"."return_count",
    "t8"."promotional_orders",
    "t8"."first_sale_date",
    "t8"."last_sale_date",
    "t8"."active_months",
    "t8"."successful_orders",
    "t8"."pending_orders",
    "t8"."gross_cents",
    "t8"."recent_cents",
    "t8"."prior_cents",
    "t8"."credit_card_orders",
    "t8"."coupon_orders",
    "t8"."bank_transfer_orders",
    "t8"."gift_card_orders",
    CAST(CAST("t8"."gross_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "total_revenue",
    COALESCE(
      CAST("t8"."gross_cents" AS DOUBLE PRECISION) / CAST(NULLIF("t8"."total_orders" * 100, 0) AS DOUBLE PRECISION),
      0.0
    ) AS "avg_order_value",
    SQRT(
      CAST((
        CAST("t8"."total_orders" AS DECIMAL(19, 0)) * "t8"."squared_cents"
      ) - (
        CAST("t8"."gross_cents" AS DECIMAL(19, 0)) * CAST("t8"."gross_cents" AS DECIMAL(19, 0))
      ) AS DOUBLE PRECISION) / CAST(NULLIF("t8"."total_orders" * (
        "t8"."total_orders" - 1
      ), 0) AS DOUBLE PRECISION)
    ) / CAST(100 AS DOUBLE PRECISION) AS "revenue_stddev",
    CAST(CAST("t8"."min_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "min_order_value",
    CAST(CAST("t8"."max_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "max_order_value",
    COALESCE(
      (
        CAST("t6"."unique_customers" AS DOUBLE PRECISION) / CAST(NULLIF("t4"."customers", 0) AS DOUBLE PRECISION)
      ) + 0.0,
      0.0
    ) AS "market_penetration",
    (
      CAST("t6"."repeat_customers" AS DOUBLE PRECISION) / CAST(NULLIF("t6"."successful_customers", 0) AS DOUBLE PRECISION)
    ) + 0.0 AS "repeat_purchase_rate",
    (
      CAST("t8"."successful_orders" AS DOUBLE PRECISION) / CAST(NULLIF("t6"."successful_customers", 0) AS DOUBLE PRECISION)
    ) + 0.0 AS "avg_orders_per_customer",
    COALESCE(
      (
        CAST("t8"."return_count" AS DOUBLE PRECISION) / CAST(NULLIF("t8"."total_orders", 0) AS DOUBLE PRECISION)
      ) + 0.0,
      0.0
    ) AS "return_rate",
    CAST(CAST("t8"."promo_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "promotional_revenue",
    COALESCE(
      (
        CAST("t8"."promo_cents" AS DOUBLE PRECISION) / CAST(NULLIF("t8"."gross_cents", 0) AS DOUBLE PRECISION)
      ) + 0.0,
      0.0
    ) AS "promotional_revenue_ratio",
    DATEDIFF(day, "t8"."first_sale_date", "t8"."last_sale_date") AS "product_lifecycle_days",
    CAST(CAST("t8"."net_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "net_revenue",
    CAST(CAST("t8"."returned_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "returned_revenue",
    DATEDIFF(day, "t8"."first_sale_date", CAST('2024-05-15' AS DATE)) AS "days_since_first_sale",
    DATEDIFF(day, "t8"."last_sale_date", CAST('2024-05-15' AS DATE)) AS "days_since_last_sale",
    (
      ROW_NUMBER() OVER (ORDER BY "t8"."gross_cents" DESC NULLS LAST, "t8"."product_name" NULLS LAST) - 1
    ) + 1 AS "revenue_rank",
    (
      ROW_NUMBER() OVER (ORDER BY "t8"."total_orders" DESC NULLS LAST, "t8"."product_name" NULLS LAST) - 1
    ) + 1 AS "volume_rank",
    (
      ROW_NUMBER() OVER (ORDER BY "t6"."unique_customers" DESC NULLS LAST, "t8"."product_name" NULLS LAST) - 1
    ) + 1 AS "popularity_rank",
    PERCENT_RANK() OVER (ORDER BY "t8"."gross_cents" NULLS LAST) AS "revenue_percentile",
    PERCENT_RANK() OVER (ORDER BY "t8"."total_orders" NULLS LAST) AS "volume_percentile",
    CAST(SUM("t8"."gross_cents") OVER (
      ORDER BY "t8"."gross_cents" DESC NULLS LAST, "t8"."product_name" NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) - (
      "t8"."gross_cents" * (
        (
          (
            ROW_NUMBER() OVER (ORDER BY "t8"."gross_cents" DESC NULLS LAST, "t8"."product_name" NULLS LAST) - 1
          ) - (
            RANK() OVER (ORDER BY "t8"."gross_cents" DESC NULLS LAST) - 1
          )
        ) + 1
      )
    ) AS "cents_above",
    CAST(SUM("t8"."gross_cents") OVER () AS BIGINT) AS "all_cents"
  FROM "int_order_facts_by_product_name" AS "t8"
  LEFT OUTER JOIN "int_customer_products_by_product_name" AS "t6"
    ON "t8"."product_name" = "t6"."product_name"
  CROSS JOIN "stg_customers_totals" AS "t4"
)
SELECT
  "t9"."product_name",
  CAST("t9"."total_orders" AS BIGINT) AS "total_orders",
  CAST("t9"."unique_customers" AS BIGINT) AS "unique_customers",
  CAST("t9"."total_revenue" AS DECIMAL(18, 2)) AS "total_revenue",
  CAST("t9"."avg_order_value" AS DOUBLE PRECISION) AS "avg_order_value",
  CAST("t9"."revenue_stddev" AS DOUBLE PRECISION) AS "revenue_stddev",
  CAST("t9"."min_order_value" AS DECIMAL(18, 2)) AS "min_order_value",
  CAST("t9"."max_order_value" AS DECIMAL(18, 2)) AS "max_order_value",
  CAST("t9"."market_penetration" AS DOUBLE PRECISION) AS "market_penetration",
  CAST("t9"."repeat_purchase_rate" AS DOUBLE PRECISION) AS "repeat_purchase_rate",
  CAST("t9"."avg_orders_per_customer" AS DOUBLE PRECISION) AS "avg_orders_per_customer",
  CAST("t9"."return_count" AS BIGINT) AS "return_count",
  CAST("t9"."return_rate" AS DOUBLE PRECISION) AS "return_rate",
  CAST("t9"."promotional_revenue" AS DECIMAL(18, 2)) AS "promotional_revenue",
  CAST("t9"."promotional_orders" AS BIGINT) AS "promotional_orders",
  CAST("t9"."promotional_revenue_ratio" AS DOUBLE PRECISION) AS "promotional_revenue_ratio",
  CAST("t9"."first_sale_date" AS DATE) AS "first_sale_date",
  CAST("t9"."last_sale_date" AS DATE) AS "last_sale_date",
  CAST("t9"."active_months" AS BIGINT) AS "active_months",
  CAST("t9"."product_lifecycle_days" AS BIGINT) AS "product_lifecycle_days",
  CAST("t9"."credit_card_orders" AS BIGINT) AS "credit_card_orders",
  CAST("t9"."coupon_orders" AS BIGINT) AS "coupon_orders",
  CAST("t9"."bank_transfer_orders" AS BIGINT) AS "bank_transfer_orders",
  CAST("t9"."gift_card_orders" AS BIGINT) AS "gift_card_orders",
  CAST("t9"."successful_orders" AS BIGINT) AS "successful_orders",
  CAST("t9"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST("t9"."net_revenue" AS DECIMAL(18, 2)) AS "net_revenue",
  CAST("t9"."returned_revenue" AS DECIMAL(18, 2)) AS "returned_revenue",
  CAST("t9"."days_since_first_sale" AS BIGINT) AS "days_since_first_sale",
  CAST("t9"."days_since_last_sale" AS BIGINT) AS "days_since_last_sale",
  CAST("t9"."revenue_rank" AS BIGINT) AS "revenue_rank",
  CAST("t9"."volume_rank" AS BIGINT) AS "volume_rank",
  CAST("t9"."popularity_rank" AS BIGINT) AS "popularity_rank",
  CAST("t9"."revenue_percentile" AS DOUBLE PRECISION) AS "revenue_percentile",
  CAST("t9"."volume_percentile" AS DOUBLE PRECISION) AS "volume_percentile",
  CASE
    WHEN "t9"."all_cents" <= 0
    THEN 'C'
    WHEN (
      "t9"."cents_above" * 100
    ) < (
      "t9"."all_cents" * 80
    )
    THEN 'A'
    WHEN (
      "t9"."cents_above" * 100
    ) < (
      "t9"."all_cents" * 95
    )
    THEN 'B'
    ELSE 'C'
  END AS "abc_category",
  CASE
    WHEN (
      "t9"."revenue_rank" <= 5
    ) AND (
      "t9"."gross_cents" > 0
    )
    THEN 'Star'
    WHEN "t9"."return_rate" > 0.2
    THEN 'Problem'
    WHEN (
      "t9"."revenue_percentile" > 0.5
    ) AND (
      "t9"."repeat_purchase_rate" > 0.3
    )
    THEN 'Cash Cow'
    WHEN (
      "t9"."days_since_first_sale" IS NULL
    )
    OR (
      "t9"."days_since_first_sale" < 30
    )
    THEN 'New'
    WHEN "t9"."days_since_last_sale" > 60
    THEN 'Declining'
    ELSE 'Standard'
  END AS "product_status",
  CASE
    WHEN (
      "t9"."days_since_first_sale" IS NULL
    )
    OR (
      "t9"."days_since_first_sale" < 30
    )
    THEN 'New'
    WHEN (
      "t9"."days_since_last_sale" > 60
    )
    OR (
      (
        "t9"."recent_cents" * 100
      ) < (
        "t9"."prior_cents" * 50
      )
    )
    THEN 'Declining'
    WHEN (
      "t9"."recent_cents" * 100
    ) > (
      "t9"."prior_cents" * 110
    )
    THEN 'Growth'
    ELSE 'Mature'
  END AS "lifecycle_stage",
  CASE
    WHEN CASE
      WHEN "t9"."all_cents" <= 0
      THEN 'C'
      WHEN (
        "t9"."cents_above" * 100
      ) < (
        "t9"."all_cents" * 80
      )
      THEN 'A'
      WHEN (
        "t9"."cents_above" * 100
      ) < (
        "t9"."all_cents" * 95
      )
      THEN 'B'
      ELSE 'C'
    END = 'A'
    THEN 'Focus marketing spend, premium positioning'
    WHEN "t9"."return_rate" > 0.15
    THEN 'Investigate quality issues, improve product descriptions'
    WHEN "t9"."repeat_purchase_rate" < 0.1
    THEN 'Develop retention strategies, bundle offers'
    WHEN "t9"."promotional_revenue_ratio" > 0.5
    THEN 'Reduce dependency on promotions'
    WHEN "t9"."market_penetration" < 0.05
    THEN 'Increase awareness campaigns'
    ELSE 'Maintain current strategy'
  END AS "marketing_recommendation",
  CAST('2024-05-15 00:00:00' AS TIMESTAMP) AS "analysis_timestamp"
FROM "int_order_facts_joined" AS "t9";
COMMENT ON TABLE "dbt_marketing"."product_performance__candidate" IS 'What each product earned, who bought it, how often it came back and what to do about it.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."product_name" IS 'Product; ''(unknown)'' for orders without one.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."total_orders" IS 'Sold orders: successful and returned. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."unique_customers" IS 'Distinct customers of sold orders; not additive. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."total_revenue" IS 'Gross: payments of sold orders, returned ones included. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."avg_order_value" IS 'total_revenue / total_orders; 0 when none. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."revenue_stddev" IS 'Sample standard deviation of order values. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."min_order_value" IS 'Smallest sold order. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."max_order_value" IS 'Largest sold order. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."market_penetration" IS 'unique_customers / all customers. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."repeat_purchase_rate" IS 'Customers with more than one successful order of the product / customers with one. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."avg_orders_per_customer" IS 'Successful orders / their distinct customers. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."return_count" IS 'Returned orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."return_rate" IS 'return_count / total_orders; 0 when none. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."promotional_revenue" IS 'Payments of sold orders by coupon or gift_card. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."promotional_orders" IS 'Sold orders with a promotional payment. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."promotional_revenue_ratio" IS 'promotional_revenue / total_revenue; 0 when 0. Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."first_sale_date" IS 'Day of the first sold order.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."last_sale_date" IS 'Day of the last sold order.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."active_months" IS 'Distinct months with a sold order. Unit: months.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."product_lifecycle_days" IS 'Days from the first to the last sale. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."credit_card_orders" IS 'Sold orders with a payment by credit card. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."coupon_orders" IS 'Sold orders with a payment by coupon. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."bank_transfer_orders" IS 'Sold orders with a payment by bank transfer. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."gift_card_orders" IS 'Sold orders with a payment by gift card. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."successful_orders" IS 'Successful orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."pending_orders" IS 'Pending orders, which do not count as sold. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."net_revenue" IS 'Payments of successful orders; adds up with the other marts. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."returned_revenue" IS 'Payments of returned orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."days_since_first_sale" IS 'Days from the first sale to as_of. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."days_since_last_sale" IS 'Days from the last sale to as_of. Unit: days.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."revenue_rank" IS '1 is the most total_revenue; ties by name. Unit: rank.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."volume_rank" IS '1 is the most total_orders; ties by name. Unit: rank.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."popularity_rank" IS '1 is the most unique_customers; ties by name. Unit: rank.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."revenue_percentile" IS 'Products strictly below by revenue / (products - 1). Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."volume_percentile" IS 'Products strictly below by orders / (products - 1). Unit: share 0-1.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."abc_category" IS 'A while the products above bring less than 80 % of gross revenue, B under 95 %, else C; ties share a class.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."product_status" IS 'Star, Problem, Cash Cow, New, Declining or Standard; Star is rank 5 or better, even of 5 products.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."lifecycle_stage" IS 'New, Declining, Growth or Mature, by the last 90 days against the 90 before.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."marketing_recommendation" IS 'Published recommendation, first match; an A product is recommended spend even with a high return rate.';
COMMENT ON COLUMN "dbt_marketing"."product_performance__candidate"."analysis_timestamp" IS 'as_of at midnight.';
