WITH partners AS (
  SELECT product_a, product_b,
    ROW_NUMBER() OVER (ORDER BY lift DESC, support DESC, product_b, product_a) AS place
  FROM dbt_marketing.product_affinity AS a
  WHERE lift > 1 AND customers_both >= 5
), bought AS (
  SELECT customer_id, product_name
  FROM dbt_marketing.int_customer_products AS p
  WHERE successful_orders > 0
), offers AS (
  SELECT b.customer_id, MIN(p.place) AS place
  FROM bought AS b
  JOIN partners AS p ON b.product_name = p.product_a
  WHERE NOT EXISTS (
    SELECT 1 FROM bought AS has WHERE has.customer_id = b.customer_id AND has.product_name = p.product_b)
  GROUP BY b.customer_id
), actions AS (
  SELECT s.customer_id, s.monetary_score, r.churn_risk_band, o.place,
    CASE
      WHEN NOT s.has_purchased AND s.pending_orders > 0 THEN 'Confirm first order'
      WHEN NOT s.has_purchased AND s.returned_orders > 0 THEN 'Resolve return, offer exchange'
      WHEN NOT s.has_purchased THEN 'First purchase incentive'
      WHEN r.churn_risk_band = 'High' AND s.monetary_score >= 4 THEN 'Personal win-back'
      WHEN r.churn_risk_band = 'High' THEN 'Low-cost win-back'
      WHEN s.promotional_spend_ratio > 0.5 THEN 'Full-price value message'
      WHEN s.total_orders = 1 AND s.days_since_last_order <= 30 THEN 'Second order nudge'
    END AS urgent_action
  FROM dbt_marketing.customer_segmentation AS s
  LEFT JOIN dbt_marketing.churn_risk AS r ON s.customer_id = r.customer_id
  LEFT JOIN offers AS o ON s.customer_id = o.customer_id
)
SELECT a.customer_id,
  COALESCE(a.urgent_action, CASE
    WHEN p.product_b IS NOT NULL THEN 'Cross-sell'
    WHEN a.monetary_score >= 4 AND a.churn_risk_band = 'Low' THEN 'Loyalty, early access'
    ELSE 'No action' END) AS next_best_action,
  CASE WHEN a.urgent_action IS NULL THEN p.product_b END AS cross_sell_product
FROM actions AS a
LEFT JOIN partners AS p ON a.place = p.place
