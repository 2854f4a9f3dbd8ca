WITH favorites AS (
  SELECT customer_id, product_name, COUNT(*) OVER (PARTITION BY customer_id) AS products,
    ROW_NUMBER() OVER (PARTITION BY customer_id
      ORDER BY successful_orders DESC, net_cents DESC, product_name) AS place
  FROM dbt_marketing.int_customer_products AS p
  WHERE successful_orders > 0
), scores AS (
  SELECT customer_id,
    FLOOR((RANK() OVER (ORDER BY last_success_date) - 1) * 5.0 / COUNT(*) OVER ()) + 1 AS recency_score,
    FLOOR((RANK() OVER (ORDER BY successful_orders) - 1) * 5.0 / COUNT(*) OVER ()) + 1 AS frequency_score,
    FLOOR((RANK() OVER (ORDER BY net_cents) - 1) * 5.0 / COUNT(*) OVER ()) + 1 AS monetary_score
  FROM dbt_marketing.int_customer_orders AS o
  WHERE successful_orders > 0
), methods AS (
  SELECT f.customer_id, p.payment_method, COUNT(*) AS times, SUM(COALESCE(p.amount_cents, 0)) AS cents
  FROM dbt_marketing.stg_payments AS p
  JOIN dbt_marketing.int_order_facts AS f ON p.order_id = f.order_id
  WHERE p.payment_method IS NOT NULL AND f.success_sequence IS NOT NULL
  GROUP BY f.customer_id, p.payment_method
), preferred AS (
  SELECT customer_id, payment_method,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY times DESC, cents DESC, payment_method) AS place
  FROM methods AS m
)
SELECT c.customer_id, c.first_name, c.last_name,
  DATEDIFF(day, o.last_success_date, CAST('2024-05-15' AS DATE)) AS days_since_last_order,
  COALESCE(o.successful_orders, 0) AS total_orders,
  CAST(COALESCE(s.recency_score, 1) AS INTEGER) AS recency_score,
  CAST(COALESCE(s.frequency_score, 1) AS INTEGER) AS frequency_score,
  CAST(COALESCE(s.monetary_score, 1) AS INTEGER) AS monetary_score,
  o.first_success_date AS first_order_date,
  o.last_success_date AS last_order_date,
  f.product_name AS favorite_product,
  COALESCE(f.products, 0) AS unique_products_purchased,
  p.payment_method AS preferred_payment_method,
  COALESCE(o.returned_orders, 0) AS returned_orders,
  COALESCE(o.pending_orders, 0) AS pending_orders
FROM dbt_marketing.stg_customers AS c
LEFT JOIN dbt_marketing.int_customer_orders AS o ON c.customer_id = o.customer_id
LEFT JOIN scores AS s ON c.customer_id = s.customer_id
LEFT JOIN favorites AS f ON c.customer_id = f.customer_id AND f.place = 1
LEFT JOIN preferred AS p ON c.customer_id = p.customer_id AND p.place = 1
