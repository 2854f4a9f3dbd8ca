-- A score is one more than the number of quintile bounds below the value: four order statistics of a sorted array.
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

-- Methods besides the usual four are counted from their payments; most shops have none.
CREATE UNLOGGED TABLE scratch.other_methods AS
SELECT customer_id, payment_method, count(*) AS times, sum(coalesce(amount, 0))::BIGINT AS cents
FROM (SELECT * FROM once_payments WHERE payment_method NOT IN ('credit_card', 'coupon', 'bank_transfer', 'gift_card'))
JOIN scratch.facts USING (order_id)
WHERE is_successful
GROUP BY customer_id, payment_method;
ANALYZE scratch.other_methods;

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

CREATE UNLOGGED TABLE scratch.scored AS
SELECT
  t.*,
  1 + coalesce((last_success > b.day[1])::INTEGER + (last_success > b.day[2])::INTEGER
    + (last_success > b.day[3])::INTEGER + (last_success > b.day[4])::INTEGER, 0) AS recency,
  CASE WHEN successful_orders > 0 THEN 1 + (successful_orders > b.orders[1])::INTEGER + (successful_orders > b.orders[2])::INTEGER
    + (successful_orders > b.orders[3])::INTEGER + (successful_orders > b.orders[4])::INTEGER ELSE 1 END AS frequency,
  CASE WHEN successful_orders > 0 THEN 1 + (net_cents > b.cents[1])::INTEGER + (net_cents > b.cents[2])::INTEGER
    + (net_cents > b.cents[3])::INTEGER + (net_cents > b.cents[4])::INTEGER ELSE 1 END AS monetary
FROM scratch.totals t CROSS JOIN scratch.bounds b;
ANALYZE scratch.scored, scratch.favorites, scratch.preferred;
