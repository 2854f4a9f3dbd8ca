-- The bounds of scores: four order statistics of a sorted array.
CREATE UNLOGGED TABLE scratch.bounds AS
WITH sorted AS (
  SELECT
    array_agg(last_success ORDER BY last_success) AS days,
    array_agg(journey_length ORDER BY journey_length) AS orders,
    array_agg(net_cents ORDER BY net_cents) AS cents,
    count(*) AS buyers
  FROM scratch.buyers
)
SELECT
  array_agg(days[(fifth * buyers + 4) / 5] ORDER BY fifth) AS day,
  array_agg(orders[(fifth * buyers + 4) / 5] ORDER BY fifth) AS orders,
  array_agg(cents[(fifth * buyers + 4) / 5] ORDER BY fifth) AS cents
FROM sorted CROSS JOIN generate_series(1, 4) fifth;

-- Rows compare by their first member that differs; of equal ones the first in the order of the names is taken.
CREATE UNLOGGED TABLE scratch.preferred AS
WITH usual AS (
  SELECT
    customer_id,
    CASE
      WHEN (bank_transfer_times, bank_transfer_cents) >= (coupon_times, coupon_cents)
        AND (bank_transfer_times, bank_transfer_cents) >= (credit_card_times, credit_card_cents)
        AND (bank_transfer_times, bank_transfer_cents) >= (gift_card_times, gift_card_cents) THEN 4
      WHEN (coupon_times, coupon_cents) >= (credit_card_times, credit_card_cents)
        AND (coupon_times, coupon_cents) >= (gift_card_times, gift_card_cents) THEN 3
      WHEN (credit_card_times, credit_card_cents) >= (gift_card_times, gift_card_cents) THEN 2
      ELSE 1
    END AS place,
    ARRAY[gift_card_times, credit_card_times, coupon_times, bank_transfer_times] AS times,
    ARRAY[gift_card_cents, credit_card_cents, coupon_cents, bank_transfer_cents] AS cents
  FROM scratch.totals
  WHERE bank_transfer_times + coupon_times + credit_card_times + gift_card_times > 0
),
named AS (
  SELECT
    customer_id, (ARRAY['gift_card', 'credit_card', 'coupon', 'bank_transfer'])[place] AS payment_method,
    times[place] AS times, cents[place] AS cents
  FROM usual
)
SELECT customer_id, payment_method FROM named
WHERE customer_id NOT IN (SELECT customer_id FROM scratch.other_methods)
UNION ALL
SELECT customer_id, (array_agg(payment_method ORDER BY times DESC, cents DESC, payment_method))[1]
FROM (
  SELECT * FROM named WHERE customer_id IN (SELECT customer_id FROM scratch.other_methods)
  UNION ALL
  SELECT customer_id, payment_method, times, cents FROM scratch.other_methods
)
GROUP BY customer_id;

CREATE UNLOGGED TABLE scratch.favorites AS
SELECT DISTINCT ON (customer_id)
  customer_id, product, count(*) OVER (PARTITION BY customer_id) AS products
FROM scratch.customer_products
WHERE successful_orders > 0
ORDER BY customer_id, successful_orders DESC, net_cents DESC, product;
