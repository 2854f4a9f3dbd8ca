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
WITH "int_order_facts_totals" AS (
  SELECT
    MIN("t0"."order_date") AS "first_day"
  FROM "dbt_marketing"."int_order_facts__candidate" AS "t0"
), "int_order_facts_filtered" AS (
  SELECT
    "t12"."first_day",
    DATEDIFF(day, "t12"."first_day", CAST('2024-05-15' AS DATE)) AS "age",
    CAST((
      DATEDIFF(day, "t12"."first_day", CAST('2024-05-15' AS DATE)) + 1
    ) - 0 AS BIGINT) AS "__size"
  FROM "int_order_facts_totals" AS "t12"
  WHERE
    (
      CAST(1 AS DOUBLE PRECISION) / CAST(CASE
        WHEN CAST((
          DATEDIFF(day, "t12"."first_day", CAST('2024-05-15' AS DATE)) + 1
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
    "t25"."first_day",
    "t25"."age",
    "t25"."__size",
    "t23"."__d"
  FROM "int_order_facts_filtered" AS "t25"
  CROSS JOIN "constant_rows" AS "t23"
), "int_order_facts_filtered_2" AS (
  SELECT
    "t26"."first_day",
    "t26"."age",
    "t26"."__size",
    "t26"."__d" AS "__n"
  FROM "int_order_facts_with_rows" AS "t26"
  WHERE
    (
      "t26"."__d" * 100000
    ) < "t26"."__size"
), "int_order_facts_with_rows_2" AS (
  SELECT
    "t28"."first_day",
    "t28"."age",
    "t28"."__size",
    "t28"."__n",
    "t23"."__d"
  FROM "int_order_facts_filtered_2" AS "t28"
  CROSS JOIN "constant_rows" AS "t23"
), "int_order_facts_filtered_3" AS (
  SELECT
    "t29"."first_day",
    "t29"."age",
    "t29"."__size",
    (
      "t29"."__n" * 10
    ) + "t29"."__d" AS "__n"
  FROM "int_order_facts_with_rows_2" AS "t29"
  WHERE
    (
      (
        (
          "t29"."__n" * 10
        ) + "t29"."__d"
      ) * 10000
    ) < "t29"."__size"
), "int_order_facts_with_rows_3" AS (
  SELECT
    "t31"."first_day",
    "t31"."age",
    "t31"."__size",
    "t31"."__n",
    "t23"."__d"
  FROM "int_order_facts_filtered_3" AS "t31"
  CROSS JOIN "constant_rows" AS "t23"
), "int_order_facts_filtered_4" AS (
  SELECT
    "t32"."first_day",
    "t32"."age",
    "t32"."__size",
    (
      "t32"."__n" * 10
    ) + "t32"."__d" AS "__n"
  FROM "int_order_facts_with_rows_3" AS "t32"
  WHERE
    (
      (
        (
          "t32"."__n" * 10
        ) + "t32"."__d"
      ) * 1000
    ) < "t32"."__size"
), "int_order_facts_with_rows_4" AS (
  SELECT
    "t34"."first_day",
    "t34"."age",
    "t34"."__size",
    "t34"."__n",
    "t23"."__d"
  FROM "int_order_facts_filtered_4" AS "t34"
  CROSS JOIN "constant_rows" AS "t23"
), "int_order_facts_filtered_5" AS (
  SELECT
    "t35"."first_day",
    "t35"."age",
    "t35"."__size",
    (
      "t35"."__n" * 10
    ) + "t35"."__d" AS "__n"
  FROM "int_order_facts_with_rows_4" AS "t35"
  WHERE
    (
      (
        (
          "t35"."__n" * 10
        ) + "t35"."__d"
      ) * 100
    ) < "t35"."__size"
), "int_order_facts_with_rows_5" AS (
  SELECT
    "t37"."first_day",
    "t37"."age",
    "t37"."__size",
    "t37"."__n",
    "t23"."__d"
  FROM "int_order_facts_filtered_5" AS "t37"
  CROSS JOIN "constant_rows" AS "t23"
), "int_order_facts_filtered_6" AS (
  SELECT
    "t38"."first_day",
    "t38"."age",
    "t38"."__size",
    (
      "t38"."__n" * 10
    ) + "t38"."__d" AS "__n"
  FROM "int_order_facts_with_rows_5" AS "t38"
  WHERE
    (
      (
        (
          "t38"."__n" * 10
        ) + "t38"."__d"
      ) * 10
    ) < "t38"."__size"
), "int_order_facts_with_rows_6" AS (
  SELECT
    "t40"."first_day",
    "t40"."age",
    "t40"."__size",
    "t40"."__n",
    "t23"."__d"
  FROM "int_order_facts_filtered_6" AS "t40"
  CROSS JOIN "constant_rows" AS "t23"
), "int_order_facts_filtered_7" AS (
  SELECT
    CAST(DATEADD(
      DAY,
      CAST((
        (
          (
            "t41"."__n" * 10
          ) + "t41"."__d"
        ) * 1
      ) + CAST(0 AS BIGINT) AS BIGINT),
      "t41"."first_day"
    ) AS DATE) AS "day"
  FROM "int_order_facts_with_rows_6" AS "t41"
  WHERE
    (
      (
        "t41"."__n" * 10
      ) + "t41"."__d"
    ) < "t41"."__size"
), "int_order_facts_by_day" AS (
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
), "int_order_facts_with_int_order_facts" AS (
  SELECT
    "t43"."day",
    COALESCE("t17"."orders", 0) AS "orders",
    COALESCE("t17"."successful_orders", 0) AS "successful_orders",
    COALESCE("t17"."returned_orders", 0) AS "returned_orders",
    COALESCE("t17"."pending_orders", 0) AS "pending_orders",
    COALESCE("t17"."gross_cents", 0) AS "gross_cents",
    COALESCE("t17"."cents", 0) AS "cents",
    COALESCE("t17"."returned_cents", 0) AS "returned_cents",
    COALESCE("t17"."promo_cents", 0) AS "promo_cents",
    COALESCE("t17"."new_customers", 0) AS "new_customers",
    COALESCE("t17"."new_cents", 0) AS "new_cents",
    COALESCE("t17"."returning_customers", 0) AS "returning_customers"
  FROM "int_order_facts_filtered_7" AS "t43"
  LEFT OUTER JOIN "int_order_facts_by_day" AS "t17"
    ON "t43"."day" = "t17"."day"
), "int_order_facts_ranked" AS (
  SELECT
    "t44"."day",
    "t44"."orders",
    "t44"."successful_orders",
    "t44"."returned_orders",
    "t44"."pending_orders",
    "t44"."gross_cents",
    "t44"."cents",
    "t44"."returned_cents",
    "t44"."promo_cents",
    "t44"."new_customers",
    "t44"."new_cents",
    "t44"."returning_customers",
    CAST(SUM("t44"."cents") OVER (ORDER BY "t44"."day" NULLS LAST ROWS BETWEEN 27 preceding AND CURRENT ROW) AS BIGINT) AS "cents_28d",
    CAST(SUM("t44"."successful_orders") OVER (ORDER BY "t44"."day" NULLS LAST ROWS BETWEEN 27 preceding AND CURRENT ROW) AS BIGINT) AS "orders_28d"
  FROM "int_order_facts_with_int_order_facts" AS "t44"
), "int_order_facts_ranked_2" AS (
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
    "t45"."cents_28d",
    "t45"."orders_28d",
    LAG("t45"."cents_28d", 28) OVER (ORDER BY "t45"."day" NULLS LAST) AS "previous_cents"
  FROM "int_order_facts_ranked" AS "t45"
)
SELECT
  CAST("t46"."day" AS DATE) AS "day",
  CAST("t46"."orders" AS BIGINT) AS "orders",
  CAST("t46"."successful_orders" AS BIGINT) AS "successful_orders",
  CAST("t46"."returned_orders" AS BIGINT) AS "returned_orders",
  CAST("t46"."pending_orders" AS BIGINT) AS "pending_orders",
  CAST(CAST("t46"."gross_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "gross_revenue",
  CAST(CAST("t46"."cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "revenue",
  CAST(CAST("t46"."returned_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "returned_revenue",
  CAST(CAST("t46"."promo_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "promotional_revenue",
  CAST("t46"."new_customers" AS BIGINT) AS "new_customers",
  CAST("t46"."returning_customers" AS BIGINT) AS "returning_customers",
  CAST(CAST("t46"."new_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "new_customer_revenue",
  CAST(CAST("t46"."cents" - "t46"."new_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "returning_customer_revenue",
  CAST(CAST("t46"."cents" AS DOUBLE PRECISION) / CAST(NULLIF("t46"."successful_orders" * 100, 0) AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS "avg_order_value",
  CAST(CAST("t46"."cents_28d" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "revenue_28d",
  CAST("t46"."orders_28d" AS BIGINT) AS "orders_28d",
  CAST(CAST("t46"."previous_cents" AS DECIMAL(16, 2)) * CAST('0.01' AS DECIMAL(16, 2)) AS DECIMAL(18, 2)) AS "revenue_previous_28d",
  CAST((
    CAST("t46"."cents_28d" - "t46"."previous_cents" AS DOUBLE PRECISION) / CAST(NULLIF("t46"."previous_cents", 0) AS DOUBLE PRECISION)
  ) + 0.0 AS DOUBLE PRECISION) AS "revenue_growth_28d"
FROM "int_order_facts_ranked_2" AS "t46";
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
