WITH totals AS (
  SELECT order_date, COUNT(*) AS orders,
    SUM(CASE WHEN success_sequence IS NOT NULL THEN 1 ELSE 0 END) AS successful_orders,
    SUM(CASE WHEN success_sequence IS NOT NULL THEN cents ELSE 0 END) AS cents,
    COUNT(DISTINCT CASE WHEN success_sequence > 1 THEN customer_id END) AS returning_customers
  FROM dbt_marketing.int_order_facts AS f
  GROUP BY order_date
), digits AS (
  SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
), numbers AS (
  SELECT a.d * 1000 + b.d * 100 + c.d * 10 + d.d AS n
  FROM digits AS a CROSS JOIN digits AS b CROSS JOIN digits AS c CROSS JOIN digits AS d
), days AS (
  SELECT CAST(DATEADD(day, n.n, f.first_day) AS DATE) AS day
  FROM (SELECT MIN(order_date) AS first_day FROM totals AS t) AS f
  CROSS JOIN numbers AS n
  WHERE DATEADD(day, n.n, f.first_day) <= CAST('2024-05-15' AS DATE)
), periods AS (
  SELECT d.day,
    COALESCE(t.orders, 0) AS orders,
    COALESCE(t.successful_orders, 0) AS successful_orders,
    COALESCE(t.returning_customers, 0) AS returning_customers,
    SUM(COALESCE(t.cents, 0)) OVER (ORDER BY d.day ROWS BETWEEN 27 PRECEDING AND CURRENT ROW) AS cents_28d,
    SUM(COALESCE(t.successful_orders, 0)) OVER (
      ORDER BY d.day ROWS BETWEEN 27 PRECEDING AND CURRENT ROW) AS orders_28d
  FROM days AS d
  LEFT JOIN totals AS t ON d.day = t.order_date
)
SELECT day, orders, successful_orders, returning_customers, orders_28d,
  CAST(CAST(cents_28d AS DECIMAL(16, 2)) * 0.01 AS DECIMAL(18, 2)) AS revenue_28d,
  CAST(CAST(LAG(cents_28d, 28) OVER (ORDER BY day) AS DECIMAL(16, 2)) * 0.01 AS DECIMAL(18, 2)) AS revenue_previous_28d
FROM periods AS p
