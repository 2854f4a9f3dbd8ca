-- One row per order up to the day, with what was paid for it and its place among the orders of its customer.
-- Payments once, to the grain of orders; a sum with a FILTER skips the rows of other methods.
CREATE UNLOGGED TABLE scratch.facts AS
WITH paid AS (
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
  GROUP BY order_id
),
placed AS (
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
),
-- The rows are sorted once, for all three; two of them share a window.
numbered AS (
  SELECT
    *,
    CASE WHEN is_known THEN row_number() OVER up_to_here END::INTEGER AS order_sequence,
    CASE WHEN is_successful THEN count(*) FILTER (WHERE is_successful) OVER up_to_here END::INTEGER AS success_sequence,
    CASE WHEN is_successful THEN max(order_date) FILTER (WHERE is_successful)
      OVER (of_customer ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) END AS previous_success
  FROM placed
  WINDOW of_customer AS (PARTITION BY customer_id ORDER BY order_date, order_id),
    up_to_here AS (of_customer ROWS UNBOUNDED PRECEDING)
)
SELECT
  n.*,
  coalesce(cents, 0) AS cents,
  coalesce(credit_card_cents, 0) AS credit_card_cents,
  coalesce(coupon_cents, 0) AS coupon_cents,
  coalesce(bank_transfer_cents, 0) AS bank_transfer_cents,
  coalesce(gift_card_cents, 0) AS gift_card_cents,
  coalesce(times, 0) AS times,
  coalesce(payment_count, 0) AS payment_count,
  CASE
    WHEN status IN ('completed', 'shipped') THEN 'successful'
    WHEN status IN ('returned', 'return_pending') THEN 'returned'
    ELSE 'pending'
  END AS status_group,
  CASE WHEN is_successful THEN CASE
    WHEN times_of(times, 1) > 0 OR times_of(times, 3) > 0 THEN 'Promotional Campaign'::channel
    WHEN extract(dow FROM order_date) IN (0, 6) THEN 'Social Media'::channel
    WHEN cents > 10000 THEN 'Email Marketing'::channel
    WHEN extract(quarter FROM order_date) = 1 AND success_sequence = 1 THEN 'New Year Campaign'::channel
    ELSE 'Organic'::channel
  END END AS channel,
  CASE WHEN is_successful THEN CASE
    WHEN times_of(times, 1) > 0 THEN 'Discount Campaign'::campaign
    WHEN times_of(times, 3) > 0 THEN 'Gift Card Promotion'::campaign
    ELSE CASE extract(quarter FROM order_date)
      WHEN 4 THEN 'Holiday Campaign'::campaign
      WHEN 2 THEN 'Spring Campaign'::campaign
      WHEN 3 THEN 'Summer Campaign'::campaign
      ELSE 'Evergreen Campaign'::campaign
    END
  END END AS campaign
FROM numbered n
LEFT JOIN paid USING (order_id);
ANALYZE scratch.facts;
