WITH sizes AS (
  SELECT cohort_month, COUNT(*) AS cohort_size
  FROM dbt_marketing.int_customer_orders AS o
  WHERE cohort_month IS NOT NULL
  GROUP BY cohort_month
), activity AS (
  SELECT cohort_month, months_since_first_purchase, SUM(customers_active) AS active, SUM(cohort_revenue) AS revenue,
    SUM(total_orders) AS orders
  FROM dbt_marketing.customer_cohorts_by AS b
  WHERE attribute = 'first_channel'
  GROUP BY cohort_month, months_since_first_purchase
), products AS (
  SELECT c.cohort_month, f.product_name, SUM(f.cents) AS cents
  FROM dbt_marketing.int_order_facts AS f
  JOIN dbt_marketing.int_customer_orders AS c ON f.customer_id = c.customer_id
  WHERE f.success_sequence IS NOT NULL
  GROUP BY c.cohort_month, f.product_name
), ranked AS (
  SELECT cohort_month, product_name,
    ROW_NUMBER() OVER (PARTITION BY cohort_month ORDER BY cents DESC, product_name) AS place
  FROM products AS p
), best AS (
  SELECT cohort_month, MAX(CASE WHEN place = 1 THEN product_name END)
    || COALESCE(', ' || MAX(CASE WHEN place = 2 THEN product_name END), '')
    || COALESCE(', ' || MAX(CASE WHEN place = 3 THEN product_name END), '') AS top_3_products
  FROM ranked AS r
  WHERE place <= 3
  GROUP BY cohort_month
), digits AS (
  SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
), numbers AS (
  SELECT a.d * 100 + b.d * 10 + c.d AS n FROM digits AS a CROSS JOIN digits AS b CROSS JOIN digits AS c
), cells AS (
  SELECT s.cohort_month, s.cohort_size, n.n,
    CAST(DATEADD(month, n.n, s.cohort_month) AS DATE) AS period_month,
    CASE WHEN DATEADD(month, n.n, s.cohort_month) <= CAST('2024-04-15' AS DATE) THEN 1 ELSE 0 END AS is_complete
  FROM sizes AS s
  CROSS JOIN numbers AS n
  WHERE DATEADD(month, n.n, s.cohort_month) <= CAST('2024-05-15' AS DATE)
)
SELECT c.cohort_month, c.n AS months_since_first_purchase, c.cohort_size,
  COALESCE(a.active, 0) AS customers_active,
  COALESCE(a.orders, 0) AS total_orders,
  SUM(COALESCE(a.revenue, 0)) OVER (PARTITION BY c.cohort_month ORDER BY c.n
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cumulative_revenue,
  SUM(COALESCE(a.revenue, 0)) OVER (PARTITION BY c.cohort_month) / c.cohort_size AS cohort_ltv,
  CAST(SUM(CASE WHEN c.n BETWEEN 1 AND 6 THEN c.is_complete * COALESCE(a.active, 0) ELSE 0 END)
    OVER (PARTITION BY c.cohort_month) * 100 AS DOUBLE PRECISION)
    / NULLIF(c.cohort_size * SUM(CASE WHEN c.n BETWEEN 1 AND 6 THEN c.is_complete ELSE 0 END)
      OVER (PARTITION BY c.cohort_month), 0) AS avg_6m_retention,
  CAST(SUM(CASE WHEN c.n BETWEEN 1 AND 12 THEN c.is_complete * COALESCE(a.active, 0) ELSE 0 END)
    OVER (PARTITION BY c.cohort_month) * 100 AS DOUBLE PRECISION)
    / NULLIF(c.cohort_size * SUM(CASE WHEN c.n BETWEEN 1 AND 12 THEN c.is_complete ELSE 0 END)
      OVER (PARTITION BY c.cohort_month), 0) AS avg_12m_retention,
  SUM(CASE WHEN c.n >= 1 THEN c.is_complete ELSE 0 END) OVER (PARTITION BY c.cohort_month) < 6
    AS is_cohort_quality_provisional,
  b.top_3_products
FROM cells AS c
LEFT JOIN activity AS a ON c.cohort_month = a.cohort_month AND c.n = a.months_since_first_purchase
LEFT JOIN best AS b ON c.cohort_month = b.cohort_month
