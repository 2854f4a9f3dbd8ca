CREATE TABLE customer_segmentation AS
WITH labels AS (
  SELECT
    r, f, m,
    CASE
      WHEN r >= 4 AND f >= 4 AND m >= 4 THEN ['Champions', 'Reward loyalty, early access to new products']
      WHEN r >= 3 AND f >= 3 AND m >= 4 THEN ['Loyal Customers', 'Upsell higher value products']
      WHEN r >= 3 AND m >= 3 THEN ['Potential Loyalists', 'Membership offers, loyalty programs']
      WHEN r >= 4 AND f <= 2 THEN ['New Customers', 'Welcome series, onboarding']
      WHEN r >= 3 AND f <= 2 THEN ['Promising', 'Create brand awareness, free trials']
      WHEN r >= 2 AND f >= 3 THEN ['Need Attention', 'Reactivation campaigns, limited time offers']
      WHEN r <= 2 AND f >= 4 THEN ['At Risk', 'Win-back campaigns, feedback surveys']
      WHEN r <= 1 AND m >= 4 THEN ['Cant Lose Them', 'Win-back with special offers']
      WHEN r <= 2 AND f <= 2 AND m <= 2 THEN ['Hibernating', 'Recreation campaigns, new product announcements']
      ELSE ['Lost', 'Consider removing from active campaigns']
    END AS segment,
    CASE WHEN m >= 4 THEN 'High Value' WHEN m >= 3 THEN 'Medium Value' ELSE 'Low Value' END AS tier,
    CASE
      WHEN r >= 4 AND f >= 3 THEN 'Highly Engaged' WHEN r >= 3 OR f >= 3 THEN 'Moderately Engaged' ELSE 'Low Engagement'
    END AS engagement
  FROM range(1, 6) a(r), range(1, 6) b(f), range(1, 6) c(m)
)
SELECT
  c.id AS customer_id,
  first_name,
  last_name,
  (getvariable('as_of') - last_success)::BIGINT AS days_since_last_order,
  coalesce(successful_orders, 0) AS total_orders,
  scratch.dollars(coalesce(net_cents, 0)) AS total_revenue,
  coalesce(scratch.mean_dollars(net_cents, successful_orders), 0.0) AS avg_order_value,
  r::INTEGER AS recency_score,
  f::INTEGER AS frequency_score,
  m::INTEGER AS monetary_score,
  (r * 100 + f * 10 + m)::INTEGER AS rfm_combined_score,
  segment[1] AS customer_segment,
  tier AS value_tier,
  engagement AS engagement_level,
  first_success AS first_order_date,
  last_success AS last_order_date,
  (last_success - first_success)::BIGINT AS customer_lifespan_days,
  product::VARCHAR AS favorite_product,
  coalesce(products, 0) AS unique_products_purchased,
  payment_method AS preferred_payment_method,
  scratch.dollars(coalesce(promo_cents, 0)) AS promotional_spend,
  coalesce(scratch.ratio(promo_cents, net_cents), 0.0) AS promotional_spend_ratio,
  segment[2] AS recommended_action,
  coalesce(successful_orders, 0) > 0 AS has_purchased,
  coalesce(returned_orders, 0) AS returned_orders,
  coalesce(pending_orders, 0) AS pending_orders,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM once_customers c
LEFT JOIN scratch.scored s ON c.id = s.customer_id
LEFT JOIN scratch.favorites p ON c.id = p.customer_id
LEFT JOIN scratch.preferred m ON c.id = m.customer_id
JOIN labels ON r = coalesce(recency, 1) AND f = coalesce(frequency, 1) AND m = coalesce(monetary, 1);
