SELECT campaign_type, attribution_channel,
  COUNT(*) AS campaign_conversions,
  CAST(CAST(SUM(cents) AS DECIMAL(16, 2)) * 0.01 AS DECIMAL(18, 2)) AS campaign_revenue,
  COUNT(DISTINCT customer_id) AS campaign_reach
FROM dbt_marketing.int_order_facts AS f
WHERE success_sequence IS NOT NULL
GROUP BY campaign_type, attribution_channel
