WITH products AS (
  SELECT attribution_channel, product_name, COUNT(*) AS orders,
    SUM(CASE WHEN success_sequence = 1 THEN 1 ELSE 0 END) AS acquired, SUM(cents) AS cents
  FROM dbt_marketing.int_order_facts AS f
  WHERE success_sequence IS NOT NULL
  GROUP BY attribution_channel, product_name
), ranked AS (
  SELECT attribution_channel, product_name,
    SUM(orders) OVER (PARTITION BY attribution_channel) AS conversions,
    SUM(acquired) OVER (PARTITION BY attribution_channel) AS acquisitions,
    SUM(cents) OVER (PARTITION BY attribution_channel) AS cents,
    COUNT(*) OVER (PARTITION BY attribution_channel) AS products,
    ROW_NUMBER() OVER (PARTITION BY attribution_channel ORDER BY orders DESC, cents DESC, product_name) AS place
  FROM products AS p
), touches AS (
  SELECT attribution_channel,
    SUM(CASE WHEN first_touch_weight = 1 THEN 1 ELSE 0 END) AS first_customers,
    SUM(CASE WHEN last_touch_weight = 1 THEN 1 ELSE 0 END) AS last_customers,
    COUNT(DISTINCT customer_id) AS customers
  FROM dbt_marketing.attribution_touchpoints AS t
  GROUP BY attribution_channel
), channels AS (
  SELECT 'Organic' AS channel UNION ALL SELECT 'Promotional Campaign' UNION ALL SELECT 'Social Media'
  UNION ALL SELECT 'Email Marketing' UNION ALL SELECT 'New Year Campaign'
), joined AS (
  SELECT c.channel, r.product_name, COALESCE(r.conversions, 0) AS conversions, COALESCE(r.acquisitions, 0) AS acquisitions,
    COALESCE(r.cents, 0) AS cents, COALESCE(r.products, 0) AS products, COALESCE(t.customers, 0) AS customers,
    COALESCE(t.first_customers, 0) AS first_customers, COALESCE(t.last_customers, 0) AS last_customers,
    SUM(COALESCE(r.acquisitions, 0)) OVER () AS all_acquisitions,
    AVG(CASE WHEN r.conversions > 0 THEN CAST(r.cents AS DOUBLE PRECISION) END) OVER () AS mean_cents,
    AVG(CASE WHEN r.conversions > 0 THEN CAST(r.acquisitions AS DOUBLE PRECISION) END) OVER () AS mean_acquisitions,
    AVG(CASE WHEN r.conversions > 0 THEN CAST(r.cents AS DOUBLE PRECISION) / r.conversions END) OVER () AS mean_value,
    AVG(CASE WHEN r.conversions > 0 THEN CAST(t.customers AS DOUBLE PRECISION) / r.conversions END) OVER () AS mean_rate
  FROM channels AS c
  LEFT JOIN ranked AS r ON c.channel = r.attribution_channel AND r.place = 1
  LEFT JOIN touches AS t ON c.channel = t.attribution_channel
)
SELECT channel AS attribution_channel, conversions AS total_conversions, customers AS unique_customers,
  acquisitions AS new_customer_acquisitions, product_name AS top_product, products AS product_diversity,
  first_customers AS first_touch_customers, last_customers AS last_touch_customers
FROM joined AS j
