-- The bounds of scores: four order statistics instead of a sort.
CREATE TABLE scratch.bounds AS
WITH sorted AS (
  SELECT list_sort(list(last_success)) AS days, list_sort(list(journey_length)) AS orders, list_sort(list(net_cents)) AS cents,
  FROM scratch.buyers
),
places AS (SELECT unnest([1, 2, 3, 4]) AS fifth)
SELECT
  list(days[(fifth * len(days) + 4) // 5] ORDER BY fifth) AS day,
  list(orders[(fifth * len(days) + 4) // 5] ORDER BY fifth) AS orders,
  list(cents[(fifth * len(days) + 4) // 5] ORDER BY fifth) AS cents
FROM sorted CROSS JOIN places;

-- Times, cents, and last the name, as one number that the largest is taken of.
CREATE MACRO scratch.method_key(times, cents, place) AS
  CASE WHEN times > 0 THEN (times::HUGEINT << 72) + ((cents + (1::BIGINT << 61))::HUGEINT << 8) + place END;

CREATE TABLE scratch.preferred AS
WITH keys AS (
  SELECT customer_id, greatest(
    scratch.method_key(bank_transfer_times, bank_transfer_cents, 4),
    scratch.method_key(coupon_times, coupon_cents, 3),
    scratch.method_key(credit_card_times, credit_card_cents, 2),
    scratch.method_key(gift_card_times, gift_card_cents, 1)
  ) AS usual_key
  FROM scratch.totals
),
usual AS (
  SELECT
    customer_id, ['gift_card', 'credit_card', 'coupon', 'bank_transfer'][(usual_key & 255)::INTEGER] AS payment_method,
    usual_key >> 8 AS size
  FROM keys
  WHERE usual_key IS NOT NULL
)
SELECT customer_id, payment_method FROM usual
WHERE customer_id NOT IN (SELECT customer_id FROM scratch.other_methods)
UNION ALL
SELECT customer_id, first(payment_method ORDER BY size DESC, payment_method)
FROM (
  FROM usual WHERE customer_id IN (SELECT customer_id FROM scratch.other_methods)
  UNION ALL
  SELECT customer_id, payment_method, scratch.method_key(times, cents, 0) >> 8 FROM scratch.other_methods
)
GROUP BY customer_id;

CREATE TABLE scratch.favorites AS
SELECT
  customer_id,
  count(*) AS products,
  enum_range(NULL::scratch.product)[(1048575 - (max(
    (successful_orders::HUGEINT << 88) + ((net_cents + (1::BIGINT << 61))::HUGEINT << 20) + (1048575 - enum_code(product))
  ) & 1048575))::INTEGER + 1] AS product
FROM scratch.customer_products
WHERE successful_orders > 0
GROUP BY customer_id;
