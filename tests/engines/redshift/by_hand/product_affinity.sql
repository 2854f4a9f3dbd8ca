WITH bought AS (
  SELECT customer_id, product_name
  FROM dbt_marketing.int_customer_products AS p
  WHERE successful_orders > 0
), buyers AS (
  SELECT product_name, COUNT(*) AS buyers FROM bought AS b GROUP BY product_name
), pairs AS (
  SELECT a.product_name AS product_a, b.product_name AS product_b, COUNT(*) AS customers_both
  FROM bought AS a
  JOIN bought AS b ON a.customer_id = b.customer_id AND a.product_name <> b.product_name
  GROUP BY a.product_name, b.product_name
), shop AS (
  SELECT SUM(CASE WHEN successful_orders > 0 THEN 1 ELSE 0 END) AS buyers
  FROM dbt_marketing.int_customer_orders AS o
)
SELECT p.product_a, p.product_b, p.customers_both,
  CAST(p.customers_both AS DOUBLE PRECISION) / s.buyers AS support
FROM pairs AS p
JOIN buyers AS a ON p.product_a = a.product_name
JOIN buyers AS b ON p.product_b = b.product_name
CROSS JOIN shop AS s
WHERE p.customers_both >= 1
