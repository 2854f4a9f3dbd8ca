CREATE TABLE "dbt_marketing"."shop_days__candidate" (
  "day" DATE NOT NULL,
  "orders" BIGINT NOT NULL,
  "successful_orders" BIGINT NOT NULL,
  "returned_orders" BIGINT NOT NULL,
  "pending_orders" BIGINT NOT NULL,
  "gross_revenue" DECIMAL(18, 2) NOT NULL,
  "revenue" DECIMAL(18, 2) NOT NULL,
  "returned_revenue" DECIMAL(18, 2) NOT NULL,
  "promotional_revenue" DECIMAL(18, 2) NOT NULL,
  "new_customers" BIGINT NOT NULL,
  "returning_customers" BIGINT NOT NULL,
  "new_customer_revenue" DECIMAL(18, 2) NOT NULL,
  "returning_customer_revenue" DECIMAL(18, 2) NOT NULL,
  "avg_order_value" DOUBLE PRECISION,
  "revenue_28d" DECIMAL(18, 2) NOT NULL,
  "orders_28d" BIGINT NOT NULL,
  "revenue_previous_28d" DECIMAL(18, 2),
  "revenue_growth_28d" DOUBLE PRECISION
)
DISTSTYLE AUTO
SORTKEY ("day");
INSERT INTO "dbt_marketing"."shop_days__candidate" ("day", "orders", "successful_orders", "returned_orders", "pending_orders", "gross_revenue", "revenue", "returned_revenue", "promotional_revenue", "new_customers", "returning_customers", "new_customer_revenue", "returning_customer_revenue", "avg_order_value", "revenue_28d", "orders_28d", "revenue_previous_28d", "revenue_growth_28d")
WITH "int_order_facts_by_day" AS (
  SELECT
    "t0"."order_date" AS "day",
    COUNT(*) AS "orders",
    CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS "successful_orders",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'returned' THEN 1 ELSE 0 END) AS BIGINT) AS "returned_orders",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'pending' THEN 1 ELSE 0 END) AS BIGINT) AS "pending_orders",
    CAST(SUM("t0"."cents") AS BIGINT) AS "gross_cents",
    CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN "t0"."cents" ELSE 0 END) AS BIGINT) AS "cents",
    CAST(SUM(CASE WHEN "t0"."order_status_group" = 'returned' THEN "t0"."cents" ELSE 0 END) AS BIGINT) AS "returned_cents",
    CAST(SUM(CASE WHEN "t0"."success_sequence" IS NOT NULL THEN "t0"."promo_cents" ELSE 0 END) AS BIGINT) AS "promo_cents",
    CAST(SUM(CASE WHEN "t0"."success_sequence" = 1 THEN 1 ELSE 0 END) AS BIGINT) AS "new_customers",
    CAST(SUM(CASE WHEN "t0"."success_sequence" = 1 THEN "t0"."cents" ELSE 0 END) AS BIGINT) AS "new_cents",
    COUNT(
      DISTINCT CASE
        WHEN "t0"."success_sequence" > 1
        THEN "t0"."customer_id"
        ELSE CAST(NULL AS BIGINT)
      END
    ) AS "returning_customers"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
  GROUP BY
    1
), "int_order_facts_totals" AS (
  SELECT
    MIN("t16"."day") AS "first_day"
  FROM "int_order_facts_by_day" AS "t16"
), "int_order_facts_filtered" AS (
  SELECT
    "t21"."first_day",
    DATEDIFF(day, "t21"."first_day", CAST('2024-05-15' AS DATE)) AS "age",
    CAST((
      DATEDIFF(day, "t21"."first_day", CAST('2024-05-15' AS DATE)) + 1
    ) - 0 AS BIGINT) AS "__size"
  FROM "int_order_facts_totals" AS "t21"
  WHERE
    (
      CAST(1 AS DOUBLE PRECISION) / CAST(CASE
        WHEN CAST((
          DATEDIFF(day, "t21"."first_day", CAST('2024-05-15' AS DATE)) + 1
        ) - 0 AS BIGINT) > 1000000
        THEN 0
        ELSE 1
      END AS DOUBLE PRECISION)
    ) > 0
), "constant_rows" AS (
  SELECT
    0 AS "__d"
  UNION ALL
  SELECT
    1 AS "__d"
  UNION ALL
  SELECT
    2 AS "__d"
  UNION ALL
  SELECT
    3 AS "__d"
  UNION ALL
  SELECT
    4 AS "__d"
  UNION ALL
  SELECT
    5 AS "__d"
  UNION ALL
  SELECT
    6 AS "__d"
  UNION ALL
  SELECT
    7 AS "__d"
  UNION ALL
  SELECT
    8 AS "__d"
  UNION ALL
  SELECT
    9 AS "__d"
), "int_order_facts_with_rows" AS (
  SELECT
    "t26"."first_day",
    "t26"."age",
    "t26"."__size",
    "t24"."__d"
  FROM "int_order_facts_filtered" AS "t26"
  CROSS JOIN "constant_rows" AS "t24"
), "int_order_facts_filtered_2" AS (
  SELECT
    "t27"."first_day",
    "t27"."age",
    "t27"."__size",
    "t27"."__d" AS "__n"
  FROM "int_order_facts_with_rows" AS "t27"
  WHERE
    (
      "t27"."__d" * 100000
    ) < "t27"."__size"
), "int_order_facts_with_rows_2" AS (
  SELECT
    "t29"."first_day",
    "t29"."age",
    "t29"."__size",
    "t29"."__n",
    "t24"."__d"
  FROM "int_order_facts_filtered_2" AS "t29"
  CROSS JOIN "constant_rows" AS "t24"
), "int_order_facts_filtered_3" AS (
  SELECT
    "t30"."first_day",
    "t30"."age",
    "t30"."__size",
    (
      "t30"."__n" * 10
    ) + "t30"."__d" AS "__n"
  FROM "int_order_facts_with_rows_2" AS "t30"
  WHERE
    (
      (
        (
          "t30"."__n" * 10
        ) + "t30"."__d"
      ) * 10000
    ) < "t30"."__size"
), "int_order_facts_with_rows_3" AS (
  SELECT
    "t32"."first_day",
    "t32"."age",
    "t32"."__size",
    "t32"."__n",
    "t24"."__d"
  FROM "int_order_facts_filtered_3" AS "t32"
  CROSS JOIN "constant_rows" AS "t24"
), "int_order_facts_filtered_4" AS (
  SELECT
    "t33"."first_day",
    "t33"."age",
    "t33"."__size",
    (
      "t33"."__n" * 10
    ) + "t33"."__d" AS "__n"
  FROM "int_order_facts_with_rows_3" AS "t33"
  WHERE
    (
      (
        (
          "t33"."__n" * 10
        ) + "t33"."__d"
      ) * 1000
    ) < "t33"."__size"
), "int_order_facts_with_rows_4" AS (
  SELECT
    "t35"."first_day",
    "t35"."age",
    "t35"."__size",
    "t35"."__n",
    "t24"."__d"
  FROM "int_order_facts_filtered_4" AS "t35"
  CROSS JOIN "constant_rows" AS "t24"
), "int_order_facts_filtered_5" AS (
  SELECT
    "t36"."first_day",
    "t36"."age",
    "t36"."__size",
    (
      "t36"."__n" * 10
    ) + "t36"."__d" AS "__n"
  FROM "int_order_facts_with_rows_4" AS "t36"
  WHERE
    (
      (
        (
          "t36"."__n" * 10
        ) + "t36"."__d"
      ) * 100
    ) < "t36"."__size"
), "int_order_facts_with_rows_5" AS (
  SELECT
    "t38"."first_day",
    "t38"."age",
    "t38"."__size",
    "t38"."__n",
    "t24"."__d"
  FROM "int_order_facts_filtered_5" AS "t38"
  CROSS JOIN "constant_rows" AS "t24"
), "int_order_facts_filtered_6" AS (
  SELECT
    "t39"."first_day",
    "t39"."age",
    "t39"."__size",
    (
      "t39"."__n" * 10
    ) + "t39"."__d" AS "__n"
  FROM "int_order_facts_with_rows_5" AS "t39"
  WHERE
    (
      (
        (
          "t39"."__n" * 10
        ) + "t39"."__d"
      ) * 10
    ) < "t39"."__size"
), "int_order_facts_with_rows_6" AS (
  SELECT
    "t41"."first_day",
    "t41"."age",
    "t41"."__size",
    "t41"."__n",
    "t24"."__d"
  FROM "int_order_facts_filtered_6" AS "t41"
  CROSS JOIN "constant_rows" AS "t24"
), "int_order_facts_filtered_7" AS (
  SELECT
    CAST(DATEADD(
      DAY,
      CAST((
        (
          (
            "t42"."__n" * 10
          ) + "t42"."__d"
        ) * 1
      ) + CAST(0 AS BIGINT) AS BIGINT),
      "t42"."first_day"
    ) AS DATE) AS "day"
  FROM "int_order_facts_with_rows_6" AS "t42"
  WHERE
    (
      (
        "t42"."__n" * 10
      ) + "t42"."__d"
    ) < "t42"."__size"
), "int_order_facts_with_int_order_facts" AS (
  SELECT
    "t44"."day",
    COALESCE("t18"."orders", 0) AS "orders",
    COALESCE("t18"."successful_orders", 0) AS "successful_orders",
    COALESCE("t18"."returned_orders", 0) AS "returned_orders",
    COALESCE("t18"."pending_orders", 0) AS "pending_orders",
    COALESCE("t18"."gross_cents", 0) AS "gross_cents",
    COALESCE("t18"."cents", 0) AS "cents",
    COALESCE("t18"."returned_cents", 0) AS "returned_cents",
    COALESCE("t18"."promo_cents", 0) AS "promo_cents",
    COALESCE("t18"."new_customers", 0) AS "new_customers",
    COALESCE("t18"."new_cents", 0) AS "new_cents",
    COALESCE("t18"."returning_customers", 0) AS "returning_customers"
  FROM "int_order_facts_filtered_7" AS "t44"
  LEFT OUTER JOIN "int_order_facts_by_day" AS "t18"
    ON "t44"."day" = "t18"."day"
), "int_order_facts_ranked" AS (
  SELECT
    "t45"."day",
    "t45"."orders",
    "t45"."successful_orders",
    "t45"."returned_orders",
    "t45"."pending_orders",
    "t45"."gross_cents",
    "t45"."cents",
    "t45"."returned_cents",
    "t45"."promo_cents",
    "t45"."new_customers",
    "t45"."new_cents",
    "t45"."returning_customers",
    CAST(SUM("t45"."cents") OVER (ORDER BY "t45"."day" NULLS LAST ROWS BETWEEN 27 preceding AND CURRENT ROW) AS BIGINT) AS "cents_28d",
    CAST(SUM("t45"."successful_orders") OVER (ORDER BY "t45"."day" NULLS LAST ROWS BETWEEN 27 preceding AND CURRENT ROW) AS BIGINT) AS "orders_28d"
  FROM "int_order_facts_with_int_order_facts" AS "t45"
), "int_order_facts_ranked_2" AS (
  SELECT
    "t46"."day",
    "t46"."orders",
    "t46"."successful_orders",
    "t46"."returned_orders",
    "t46"."pending_orders",
    "t46"."gross_cents",
    "t46"."cents",
    "t46"."returned_cents",
    "t46"."promo_cents",
    "t46"."new_customers",
    "t46"."new_cents",
    "t46"."returning_customers",
    "t46"."cents_28d",
    "t46"."orders_28d",
    LAG("t46"."cents_28d", 28) OVER (ORDER BY "t46"."day" NULLS LAST) AS "previous_cents"
  FROM "int_order_facts_ranked" AS "t46"
)
SELECT
  CAST("t47"."day" AS DATE) AS "day",
  CAST("t47"."orders" AS BIGINT) AS "orders",
  CAST("t47"."successful_orders" AS BIGINT) AS "successful_orders",
  CAST("t47"."returned_orders" AS BIGINT) AS "returned_orders",
  CAST("t47"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST(CAST("t47"."gross_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "gross_revenue",
  CAST(CAST("t47"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "revenue",
  CAST(CAST("t47"."returned_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "returned_revenue",
  CAST(CAST("t47"."promo_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "promotional_revenue",
  CAST("t47"."new_customers" AS BIGINT) AS "new_customers",
  CAST("t47"."returning_customers" AS BIGINT) AS "returning_customers",
  CAST(CAST("t47"."new_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "new_customer_revenue",
  CAST(CAST("t47"."cents" - "t47"."new_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "returning_customer_revenue",
  CAST(CAST("t47"."cents" AS DOUBLE PRECISION) / CAST(NULLIF("t47"."successful_orders" * 100, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS "avg_order_value",
  CAST(CAST("t47"."cents_28d" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "revenue_28d",
  CAST("t47"."orders_28d" AS BIGINT) AS "orders_28d",
  CAST(CAST("t47"."previous_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "revenue_previous_28d",
  CAST((
    CAST("t47"."cents_28d" - "t47"."previous_cents" AS DOUBLE PRECISION) / CAST(NULLIF("t47"."previous_cents", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "revenue_growth_28d"
FROM "int_order_facts_ranked_2" AS "t47";
COMMENT ON TABLE "dbt_marketing"."shop_days__candidate" IS 'Orders, revenue, new and returning customers of each day, and revenue of four weeks next to the four before.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."day" IS 'Day, from that of the first order to as_of.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."orders" IS 'Orders of any status. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."successful_orders" IS 'Successful orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."returned_orders" IS 'Returned orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."pending_orders" IS 'Pending orders. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."gross_revenue" IS 'Payments of orders of any status. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."revenue" IS 'Payments of successful orders; adds up with the other marts. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."returned_revenue" IS 'Payments of returned orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."promotional_revenue" IS 'Payments of successful orders by coupon or gift_card. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."new_customers" IS 'Customers whose first successful order is of the day. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."returning_customers" IS 'Customers with a successful order of the day after their first; one may also be new on that day. Unit: customers.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."new_customer_revenue" IS 'Payments of customers'' first successful orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."returning_customer_revenue" IS 'Payments of successful orders after the first. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."avg_order_value" IS 'revenue / successful_orders. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."revenue_28d" IS 'Revenue of the day and the 27 before it. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."orders_28d" IS 'Successful orders of the day and the 27 before it. Unit: orders.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."revenue_previous_28d" IS 'Revenue of the 28 days before those of revenue_28d. Unit: dollars.';
COMMENT ON COLUMN "dbt_marketing"."shop_days__candidate"."revenue_growth_28d" IS '(revenue_28d - revenue_previous_28d) / revenue_previous_28d. Unit: share.';
