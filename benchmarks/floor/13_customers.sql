CREATE TABLE customers AS
SELECT
  s.customer_id,
  first_name,
  last_name,
  first_order,
  last_order AS most_recent_order,
  coalesce(orders, 0) AS number_of_orders,
  scratch.dollars(coalesce(gross_cents, 0)) AS customer_lifetime_value,
  total_revenue AS net_lifetime_value,
  total_orders AS successful_orders,
  s.returned_orders,
  s.pending_orders,
  avg_order_value AS average_order_value,
  has_purchased,
  customer_segment,
  value_tier,
  engagement_level,
  recommended_action,
  date_trunc('month', first_success)::DATE AS cohort_month,
  first_channel::VARCHAR AS first_touch_channel,
  last_channel::VARCHAR AS last_touch_channel,
  churn_risk_band,
  expected_next_order_date,
  forecast_clv,
  forecast_clv_low,
  forecast_clv_high
FROM customer_segmentation s
LEFT JOIN scratch.totals t ON s.customer_id = t.customer_id
LEFT JOIN churn_risk r ON s.customer_id = r.customer_id
LEFT JOIN customer_clv v ON s.customer_id = v.customer_id;

CREATE VIEW campaign_champions AS
SELECT
  customer_id, first_name, last_name, customer_segment, value_tier, total_orders, total_revenue, last_order_date,
  days_since_last_order, favorite_product, preferred_payment_method, recommended_action
FROM customer_segmentation
WHERE customer_segment = 'Champions';

CREATE VIEW campaign_win_back AS
SELECT
  customer_id, first_name, last_name, customer_segment, value_tier, total_orders, total_revenue, last_order_date,
  days_since_last_order, favorite_product, preferred_payment_method, recommended_action
FROM customer_segmentation
WHERE customer_segment IN ('At Risk', 'Cant Lose Them') AND days_since_last_order > 60;

CREATE VIEW campaign_first_purchase AS
SELECT customer_id, first_name, last_name, number_of_orders, pending_orders, returned_orders, most_recent_order
FROM customers
WHERE NOT has_purchased;

CREATE VIEW stg_customers AS
SELECT id AS customer_id, first_name, last_name
FROM dbt_production.customers
WHERE id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY first_name, last_name) = 1;

CREATE VIEW stg_orders AS
SELECT
  id AS order_id,
  user_id AS customer_id,
  order_date,
  status,
  cycle_name AS product_name,
  CASE
    WHEN status IN ('completed', 'shipped') THEN 'successful'
    WHEN status IN ('returned', 'return_pending') THEN 'returned'
    ELSE 'pending'
  END AS order_status_group,
  date_trunc('month', order_date)::DATE AS order_month,
  date_trunc('year', order_date)::DATE AS order_year,
  extract(dow FROM order_date)::INTEGER AS order_day_of_week,
  extract(quarter FROM order_date)::INTEGER AS order_quarter
FROM dbt_production.orders
WHERE id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY user_id, order_date, status, cycle_name) = 1;

CREATE VIEW stg_payments AS
SELECT
  id AS payment_id,
  order_id,
  payment_method,
  cycle_name AS product_name,
  amount AS amount_cents,
  amount::DECIMAL(16, 0) * 0.01::DECIMAL(2, 2) AS amount,
  CASE
    WHEN payment_method = 'credit_card' THEN 'card'
    WHEN payment_method = 'bank_transfer' THEN 'bank'
    WHEN payment_method IN ('coupon', 'gift_card') THEN 'promotional'
    ELSE 'other'
  END AS payment_category,
  coalesce(payment_method IN ('coupon', 'gift_card'), FALSE) AS is_promotional
FROM dbt_production.payments
WHERE id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY order_id, payment_method, amount, cycle_name) = 1;

CREATE VIEW stg_customer_activity AS
WITH numbered AS (
  SELECT
    customer_id, first_name, last_name, order_id, order_date, status, product_name, order_status_group, order_month, order_year,
    order_day_of_week, order_quarter,
    row_number() OVER (PARTITION BY customer_id ORDER BY order_date, order_id) AS order_sequence,
    CASE
      WHEN row_number() OVER (PARTITION BY customer_id ORDER BY order_date, order_id) = 1 THEN 'new'
      WHEN count(*) OVER (PARTITION BY customer_id) > 3 THEN 'loyal'
      ELSE 'active'
    END AS customer_stage
  FROM stg_orders JOIN stg_customers USING (customer_id)
)
SELECT
  n.*,
  payment_id, payment_method, amount_cents, amount, payment_category, is_promotional,
  (sum(coalesce(amount_cents, 0)) OVER (
    PARTITION BY customer_id ORDER BY order_date, order_id, payment_id ROWS UNBOUNDED PRECEDING
  ))::DECIMAL(16, 0) * 0.01::DECIMAL(2, 2) AS cumulative_customer_value
FROM numbered n
LEFT JOIN stg_payments p USING (order_id);
