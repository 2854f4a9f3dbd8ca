SELECT f.order_id, f.customer_id, f.order_date, f.attribution_channel, f.campaign_type,
  f.success_sequence AS touch_position,
  j.journey_length,
  f.success_sequence = 1 AS is_new_customer,
  CAST(1 AS DOUBLE PRECISION) / j.journey_length AS linear_weight
FROM dbt_marketing.int_order_facts AS f
JOIN dbt_marketing.int_customer_journeys AS j ON f.customer_id = j.customer_id
WHERE f.success_sequence IS NOT NULL
