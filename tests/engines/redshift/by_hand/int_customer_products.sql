SELECT customer_id, product_name,
  SUM(CASE WHEN success_sequence IS NOT NULL THEN 1 ELSE 0 END) AS successful_orders,
  SUM(CASE WHEN order_status_group = 'returned' THEN 1 ELSE 0 END) AS returned_orders,
  SUM(CASE WHEN success_sequence IS NOT NULL THEN cents ELSE 0 END) AS net_cents
FROM dbt_marketing.int_order_facts AS f
GROUP BY customer_id, product_name
