SELECT f.customer_id,
  c.successful_orders AS journey_length,
  c.net_cents,
  c.last_success_date AS last_touch_date,
  SUM(CASE WHEN f.attribution_channel = 'Email Marketing' THEN 1 ELSE 0 END) AS email_touches,
  SUM(CASE WHEN f.attribution_channel = 'New Year Campaign' THEN 1 ELSE 0 END) AS new_year_touches,
  SUM(CASE WHEN f.attribution_channel = 'Organic' THEN 1 ELSE 0 END) AS organic_touches,
  SUM(CASE WHEN f.attribution_channel = 'Promotional Campaign' THEN 1 ELSE 0 END) AS promotional_touches,
  SUM(CASE WHEN f.attribution_channel = 'Social Media' THEN 1 ELSE 0 END) AS social_touches
FROM dbt_marketing.int_order_facts AS f
JOIN dbt_marketing.int_customer_orders AS c ON f.customer_id = c.customer_id
WHERE f.success_sequence IS NOT NULL
GROUP BY f.customer_id, c.successful_orders, c.net_cents, c.last_success_date
