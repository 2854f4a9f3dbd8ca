-- What was paid for each order, and its place among the orders of its customer: read once, when rows are written.
-- ENUMs make every later GROUP BY and join one of small integers; their members are in the order of the names.
CREATE TYPE scratch.status AS ENUM (
  SELECT name FROM (SELECT DISTINCT status AS name FROM once_orders UNION SELECT 'completed') WHERE name IS NOT NULL ORDER BY name
);
CREATE TYPE scratch.product AS ENUM (
  SELECT name FROM (SELECT DISTINCT cycle_name AS name FROM once_orders UNION SELECT '(unknown)') WHERE name IS NOT NULL ORDER BY name
);
CREATE TYPE scratch.status_group AS ENUM ('pending', 'returned', 'successful');
CREATE TYPE scratch.channel AS ENUM (
  'Email Marketing', 'New Year Campaign', 'Organic', 'Promotional Campaign', 'Social Media'
);
CREATE TYPE scratch.campaign AS ENUM (
  'Discount Campaign', 'Evergreen Campaign', 'Gift Card Promotion', 'Holiday Campaign', 'Spring Campaign', 'Summer Campaign'
);

-- Payments once, to the grain of orders. One sum counts the payments of four methods, 15 bits each.
CREATE TEMP VIEW paid AS
SELECT
  order_id,
  sum(amount)::BIGINT AS cents,
  sum(CASE WHEN payment_method = 'credit_card' THEN amount ELSE 0 END)::BIGINT AS credit_card_cents,
  sum(CASE WHEN payment_method = 'coupon' THEN amount ELSE 0 END)::BIGINT AS coupon_cents,
  sum(CASE WHEN payment_method = 'bank_transfer' THEN amount ELSE 0 END)::BIGINT AS bank_transfer_cents,
  sum(CASE WHEN payment_method = 'gift_card' THEN amount ELSE 0 END)::BIGINT AS gift_card_cents,
  sum(CASE payment_method
    WHEN 'credit_card' THEN 1::BIGINT WHEN 'coupon' THEN 1::BIGINT << 15
    WHEN 'bank_transfer' THEN 1::BIGINT << 30 WHEN 'gift_card' THEN 1::BIGINT << 45 ELSE 0
  END)::BIGINT AS times,
  count(*)::INTEGER AS payment_count
FROM once_payments
WHERE order_id IS NOT NULL
GROUP BY order_id;

-- The narrow rows are sorted once, for all three.
CREATE TEMP VIEW numbered AS
WITH placed AS (
  SELECT
    o.id AS order_id,
    user_id AS customer_id,
    order_date,
    status::scratch.status AS status,
    coalesce(cycle_name, '(unknown)')::scratch.product AS product,
    cycle_name IS NOT NULL AS has_product,
    c.id IS NOT NULL AS is_known,
    coalesce(c.id IS NOT NULL AND status IN ('completed', 'shipped'), FALSE) AS is_successful
  FROM once_orders o
  LEFT JOIN once_customers c ON user_id = c.id
  WHERE order_date <= getvariable('as_of')
)
SELECT
  *,
  CASE WHEN is_known THEN row_number() OVER of_customer END::INTEGER AS order_sequence,
  CASE WHEN is_successful THEN sum(is_successful::UTINYINT) OVER (of_customer ROWS UNBOUNDED PRECEDING) END::INTEGER
    AS success_sequence,
  CASE WHEN is_successful THEN max(CASE WHEN is_successful THEN order_date END)
    OVER (of_customer ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) END AS previous_success
FROM placed
WINDOW of_customer AS (PARTITION BY customer_id ORDER BY order_date, order_id);
