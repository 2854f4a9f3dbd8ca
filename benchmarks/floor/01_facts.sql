-- One row per order up to the day, with what was paid for it and its place among the orders of its customer.
CREATE TABLE scratch.facts AS
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
  END::scratch.status_group AS status_group,
  CASE WHEN is_successful THEN CASE
    WHEN scratch.times_of(times, 1) > 0 OR scratch.times_of(times, 3) > 0 THEN 'Promotional Campaign'::scratch.channel
    WHEN extract(dow FROM order_date) IN (0, 6) THEN 'Social Media'::scratch.channel
    WHEN cents > 10000 THEN 'Email Marketing'::scratch.channel
    WHEN extract(quarter FROM order_date) = 1 AND success_sequence = 1 THEN 'New Year Campaign'::scratch.channel
    ELSE 'Organic'::scratch.channel
  END END AS channel,
  CASE WHEN is_successful THEN CASE
    WHEN scratch.times_of(times, 1) > 0 THEN 'Discount Campaign'::scratch.campaign
    WHEN scratch.times_of(times, 3) > 0 THEN 'Gift Card Promotion'::scratch.campaign
    ELSE CASE extract(quarter FROM order_date)
      WHEN 4 THEN 'Holiday Campaign'::scratch.campaign
      WHEN 2 THEN 'Spring Campaign'::scratch.campaign
      WHEN 3 THEN 'Summer Campaign'::scratch.campaign
      ELSE 'Evergreen Campaign'::scratch.campaign
    END
  END END AS campaign
FROM numbered n
LEFT JOIN paid USING (order_id);
