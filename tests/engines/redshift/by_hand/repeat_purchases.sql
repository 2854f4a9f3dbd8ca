WITH orders AS (
  SELECT success_sequence AS order_number, order_date,
    DATEDIFF(day, order_date, LEAD(order_date) OVER (PARTITION BY customer_id ORDER BY success_sequence)) AS days_to_next
  FROM dbt_marketing.int_order_facts AS f
  WHERE success_sequence <= 6
), counted AS (
  SELECT order_number, COUNT(*) AS customers,
    SUM(CASE WHEN days_to_next IS NOT NULL THEN 1 ELSE 0 END) AS continued,
    MEDIAN(days_to_next) AS median_days_to_next,
    SUM(CASE WHEN DATEDIFF(day, order_date, CAST('2024-05-15' AS DATE)) >= 30 THEN 1 ELSE 0 END) AS eligible_30
  FROM orders AS o
  WHERE order_number <= 5
  GROUP BY order_number
), numbers AS (
  SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
)
SELECT n.n AS order_number,
  COALESCE(c.customers, 0) AS customers,
  COALESCE(c.continued, 0) AS continued,
  CAST(c.median_days_to_next AS DOUBLE PRECISION) AS median_days_to_next,
  COALESCE(c.eligible_30, 0) AS eligible_30
FROM numbers AS n
LEFT JOIN counted AS c ON n.n = c.order_number
