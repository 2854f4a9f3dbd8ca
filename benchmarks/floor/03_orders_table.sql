-- Cents of at most 16 digits times 0.01 stay within 64 bits.
CREATE TABLE orders AS
SELECT
  order_id,
  customer_id,
  order_date,
  status::VARCHAR AS status,
  CASE WHEN has_product THEN product::VARCHAR END AS cycle_name,
  scratch.dollars(credit_card_cents) AS credit_card_amount,
  scratch.dollars(coupon_cents) AS coupon_amount,
  scratch.dollars(bank_transfer_cents) AS bank_transfer_amount,
  scratch.dollars(gift_card_cents) AS gift_card_amount,
  scratch.dollars(cents) AS amount,
  scratch.dollars(cents - credit_card_cents - coupon_cents - bank_transfer_cents - gift_card_cents) AS other_amount,
  CASE WHEN has_product THEN product::VARCHAR END AS product_name,
  status_group::VARCHAR AS order_status_group,
  payment_count::BIGINT AS payment_count,
  order_sequence::BIGINT AS order_sequence,
  channel::VARCHAR AS attribution_channel
FROM scratch.facts;
