-- What was paid for each order, and its place among the orders of its customer: read once, when rows are written.
-- Payments once, to the grain of orders; a sum with a FILTER skips the rows of other methods.
CREATE TEMP VIEW paid AS
SELECT
  order_id,
  sum(amount)::BIGINT AS cents,
  coalesce(sum(amount) FILTER (WHERE payment_method = 'credit_card'), 0)::BIGINT AS credit_card_cents,
  coalesce(sum(amount) FILTER (WHERE payment_method = 'coupon'), 0)::BIGINT AS coupon_cents,
  coalesce(sum(amount) FILTER (WHERE payment_method = 'bank_transfer'), 0)::BIGINT AS bank_transfer_cents,
  coalesce(sum(amount) FILTER (WHERE payment_method = 'gift_card'), 0)::BIGINT AS gift_card_cents,
  count(*) FILTER (WHERE payment_method = 'credit_card')
    + (count(*) FILTER (WHERE payment_method = 'coupon') << 15)
    + (count(*) FILTER (WHERE payment_method = 'bank_transfer') << 30)
    + (count(*) FILTER (WHERE payment_method = 'gift_card') << 45) AS times,
  count(*)::INTEGER AS payment_count
FROM once_payments
WHERE order_id IS NOT NULL
GROUP BY order_id;

-- The rows are sorted once, for all three; two of them share a window.
CREATE TEMP VIEW numbered AS
WITH placed AS (
  SELECT
    o.id AS order_id,
    user_id AS customer_id,
    order_date,
    status,
    coalesce(cycle_name, '(unknown)') AS product,
    cycle_name IS NOT NULL AS has_product,
    c.id IS NOT NULL AS is_known,
    coalesce(c.id IS NOT NULL AND status IN ('completed', 'shipped'), FALSE) AS is_successful
  FROM once_orders o
  LEFT JOIN once_customers c ON user_id = c.id
  WHERE order_date <= getvariable('as_of')
)
SELECT
  *,
  CASE WHEN is_known THEN row_number() OVER up_to_here END::INTEGER AS order_sequence,
  CASE WHEN is_successful THEN count(*) FILTER (WHERE is_successful) OVER up_to_here END::INTEGER AS success_sequence,
  CASE WHEN is_successful THEN max(order_date) FILTER (WHERE is_successful)
    OVER (of_customer ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) END AS previous_success
FROM placed
WINDOW of_customer AS (PARTITION BY customer_id ORDER BY order_date, order_id),
  up_to_here AS (of_customer ROWS UNBOUNDED PRECEDING);
