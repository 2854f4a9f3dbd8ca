WITH days AS (
  SELECT customer_id, order_date, SUM(cents) AS cents, MIN(success_sequence) AS sequence
  FROM dbt_marketing.int_order_facts AS f
  WHERE success_sequence IS NOT NULL
  GROUP BY customer_id, order_date
)
SELECT customer_id,
  COUNT(*) - 1 AS frequency,
  DATEDIFF(day, MIN(order_date), MAX(order_date)) AS recency_days,
  DATEDIFF(day, MIN(order_date), CAST('2024-05-15' AS DATE)) AS age_days,
  SUM(CASE WHEN sequence > 1 THEN cents ELSE 0 END) AS later_cents
FROM days AS d
GROUP BY customer_id
