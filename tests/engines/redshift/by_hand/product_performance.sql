WITH sales AS (
  SELECT product_name,
    SUM(CASE WHEN order_status_group IN ('successful', 'returned') THEN 1 ELSE 0 END) AS total_orders,
    SUM(CASE WHEN order_status_group IN ('successful', 'returned') THEN cents ELSE 0 END) AS gross_cents,
    COUNT(DISTINCT CASE WHEN order_status_group IN ('successful', 'returned') THEN order_month END) AS active_months,
    SUM(CASE WHEN order_status_group = 'pending' THEN 1 ELSE 0 END) AS pending_orders
  FROM dbt_marketing.int_order_facts AS f
  GROUP BY product_name
), buyers AS (
  SELECT product_name,
    SUM(CASE WHEN successful_orders + returned_orders > 0 THEN 1 ELSE 0 END) AS unique_customers,
    SUM(CASE WHEN successful_orders > 0 THEN 1 ELSE 0 END) AS successful_customers,
    SUM(CASE WHEN successful_orders > 1 THEN 1 ELSE 0 END) AS repeat_customers
  FROM dbt_marketing.int_customer_products AS p
  GROUP BY product_name
), shop AS (
  SELECT COUNT(*) AS customers FROM dbt_marketing.stg_customers AS c
), ranked AS (
  SELECT s.product_name, s.total_orders, s.gross_cents, s.active_months, s.pending_orders,
    b.unique_customers, b.successful_customers, b.repeat_customers, shop.customers,
    ROW_NUMBER() OVER (ORDER BY s.gross_cents DESC, s.product_name) AS revenue_rank,
    ROW_NUMBER() OVER (ORDER BY s.total_orders DESC, s.product_name) AS volume_rank,
    ROW_NUMBER() OVER (ORDER BY b.unique_customers DESC, s.product_name) AS popularity_rank,
    PERCENT_RANK() OVER (ORDER BY s.gross_cents) AS revenue_percentile,
    PERCENT_RANK() OVER (ORDER BY s.total_orders) AS volume_percentile,
    SUM(s.gross_cents) OVER (ORDER BY s.gross_cents DESC, s.product_name
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cents_to_here,
    RANK() OVER (ORDER BY s.gross_cents DESC) AS tie,
    SUM(s.gross_cents) OVER () AS all_cents
  FROM sales AS s
  LEFT JOIN buyers AS b ON s.product_name = b.product_name
  CROSS JOIN shop
)
SELECT product_name, total_orders, unique_customers, active_months, pending_orders,
  revenue_rank, volume_rank, popularity_rank, revenue_percentile, volume_percentile,
  CASE
    WHEN all_cents <= 0 THEN 'C'
    WHEN (cents_to_here - gross_cents * (revenue_rank - tie + 1)) * 100 < all_cents * 80 THEN 'A'
    WHEN (cents_to_here - gross_cents * (revenue_rank - tie + 1)) * 100 < all_cents * 95 THEN 'B'
    ELSE 'C'
  END AS abc_category
FROM ranked AS r
