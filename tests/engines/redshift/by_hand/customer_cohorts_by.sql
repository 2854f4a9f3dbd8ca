WITH firsts AS (
  SELECT customer_id, order_month AS cohort_month, campaign_type, attribution_channel, product_name
  FROM dbt_marketing.int_order_facts AS f
  WHERE success_sequence = 1
), months AS (
  SELECT customer_id, order_month, SUM(cents) AS cents, COUNT(*) AS orders
  FROM dbt_marketing.int_order_facts AS f
  WHERE success_sequence IS NOT NULL
  GROUP BY customer_id, order_month
), attributes AS (
  SELECT 'first_campaign' AS attribute UNION ALL SELECT 'first_channel' UNION ALL SELECT 'first_product'
), by_value AS (
  SELECT a.attribute,
    CASE a.attribute WHEN 'first_campaign' THEN f.campaign_type WHEN 'first_channel' THEN f.attribution_channel
      ELSE f.product_name END AS value,
    f.cohort_month, m.order_month,
    COUNT(*) AS active, SUM(m.cents) AS cents, SUM(m.orders) AS orders
  FROM months AS m
  JOIN firsts AS f ON m.customer_id = f.customer_id
  CROSS JOIN attributes AS a
  GROUP BY 1, 2, 3, 4
), sized AS (
  SELECT attribute, value, cohort_month, order_month, active, cents, orders,
    SUM(CASE WHEN order_month = cohort_month THEN active ELSE 0 END) OVER (PARTITION BY attribute, value) AS size
  FROM by_value AS b
), activity AS (
  SELECT attribute, CASE WHEN size < 5 THEN '(other)' ELSE value END AS attribute_value, cohort_month, order_month,
    SUM(active) AS active, SUM(cents) AS cents, SUM(orders) AS orders
  FROM sized AS s
  GROUP BY 1, 2, 3, 4
), digits AS (
  SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
), numbers AS (
  SELECT a.d * 100 + b.d * 10 + c.d AS n FROM digits AS a CROSS JOIN digits AS b CROSS JOIN digits AS c
), cells AS (
  SELECT a.attribute, a.attribute_value, a.cohort_month, a.active AS cohort_size, n.n,
    CAST(DATEADD(month, n.n, a.cohort_month) AS DATE) AS period_month
  FROM activity AS a
  CROSS JOIN numbers AS n
  WHERE a.order_month = a.cohort_month AND DATEADD(month, n.n, a.cohort_month) <= CAST('2024-05-15' AS DATE)
)
SELECT c.attribute, c.attribute_value, c.cohort_month, c.n AS months_since_first_purchase, c.cohort_size,
  COALESCE(a.active, 0) AS customers_active,
  COALESCE(a.orders, 0) AS total_orders,
  CAST(CAST(SUM(COALESCE(a.cents, 0)) OVER (
    PARTITION BY c.attribute, c.attribute_value, c.cohort_month ORDER BY c.n
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(16, 2)) * 0.01 AS DECIMAL(18, 2)) AS cumulative_revenue,
  c.period_month
FROM cells AS c
LEFT JOIN activity AS a ON c.attribute = a.attribute AND c.attribute_value = a.attribute_value
  AND c.cohort_month = a.cohort_month AND c.period_month = a.order_month
