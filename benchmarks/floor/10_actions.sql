CREATE TABLE scratch.urgent AS
SELECT
  s.customer_id, monetary_score, churn_risk_band,
  CASE
    WHEN NOT has_purchased AND pending_orders > 0 THEN 'Confirm first order'
    WHEN NOT has_purchased AND returned_orders > 0 THEN 'Resolve return, offer exchange'
    WHEN NOT has_purchased THEN 'First purchase incentive'
    WHEN churn_risk_band = 'High' AND monetary_score >= 4 THEN 'Personal win-back'
    WHEN churn_risk_band = 'High' THEN 'Low-cost win-back'
    WHEN promotional_spend_ratio > 0.5 THEN 'Full-price value message'
    WHEN total_orders = 1 AND days_since_last_order <= 30 THEN 'Second order nudge'
  END AS urgent_action
FROM customer_segmentation s
LEFT JOIN churn_risk c ON s.customer_id = c.customer_id;

-- Of a customer with n products at most n - 1 others of a product's best partners are owned, so the first n suffice.
CREATE TABLE scratch.offers AS
WITH pairs AS (
  SELECT
    product_a::scratch.product AS product_a, product_b::scratch.product AS product_b,
    row_number() OVER (PARTITION BY product_a ORDER BY lift DESC, support DESC, product_b) AS number,
    row_number() OVER (ORDER BY lift DESC, support DESC, product_b, product_a) AS place
  FROM product_affinity
  WHERE lift > 1 AND customers_both >= 5
),
owned AS (
  SELECT customer_id, product, count(*) OVER (PARTITION BY customer_id) AS products
  FROM scratch.customer_products
  JOIN scratch.urgent USING (customer_id)
  WHERE successful_orders > 0 AND urgent_action IS NULL
),
best AS (
  SELECT o.customer_id, min(place) AS place
  FROM owned o
  JOIN pairs ON o.product = product_a AND number <= products
  ANTI JOIN owned other ON o.customer_id = other.customer_id AND product_b = other.product
  GROUP BY ALL
)
SELECT customer_id, product_b AS product FROM best JOIN pairs USING (place);

CREATE TABLE next_best_action AS
SELECT
  customer_id,
  coalesce(urgent_action, CASE
    WHEN product IS NOT NULL THEN 'Cross-sell'
    WHEN monetary_score >= 4 AND churn_risk_band = 'Low' THEN 'Loyalty, early access'
    ELSE 'No action'
  END) AS next_best_action,
  product::VARCHAR AS cross_sell_product,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM scratch.urgent
LEFT JOIN scratch.offers USING (customer_id);
