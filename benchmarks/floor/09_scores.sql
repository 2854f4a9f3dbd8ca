-- A score is one more than the number of quintile bounds below the value: four order statistics instead of a sort.
CREATE TABLE scratch.bounds AS
WITH sorted AS (
  SELECT list_sort(list(last_success)) AS days, list_sort(list(journey_length)) AS orders, list_sort(list(net_cents)) AS cents,
  FROM scratch.buyers
),
places AS (SELECT unnest([1, 2, 3, 4]) AS fifth)
SELECT
  fifth, days[(fifth * len(days) + 4) // 5] AS day, orders[(fifth * len(days) + 4) // 5] AS orders,
  cents[(fifth * len(days) + 4) // 5] AS cents
FROM sorted CROSS JOIN places;

-- Methods besides the usual four are counted from their payments; most shops have none.
CREATE TABLE scratch.other_methods AS
SELECT customer_id, payment_method, count(*) AS times, sum(coalesce(amount, 0))::BIGINT AS cents
FROM (FROM once_payments WHERE payment_method NOT IN ('credit_card', 'coupon', 'bank_transfer', 'gift_card'))
JOIN scratch.facts USING (order_id)
WHERE is_successful
GROUP BY ALL;

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

CREATE TABLE scratch.scored AS
WITH bounds AS (SELECT list(day ORDER BY fifth) AS day, list(orders ORDER BY fifth) AS orders, list(cents ORDER BY fifth) AS cents FROM scratch.bounds)
SELECT
  t.customer_id,
  t.* EXCLUDE (customer_id),
  1 + coalesce((last_success > b.day[1])::TINYINT + (last_success > b.day[2])::TINYINT
    + (last_success > b.day[3])::TINYINT + (last_success > b.day[4])::TINYINT, 0) AS recency,
  CASE WHEN successful_orders > 0 THEN 1 + (successful_orders > b.orders[1])::TINYINT + (successful_orders > b.orders[2])::TINYINT
    + (successful_orders > b.orders[3])::TINYINT + (successful_orders > b.orders[4])::TINYINT ELSE 1 END AS frequency,
  CASE WHEN successful_orders > 0 THEN 1 + (net_cents > b.cents[1])::TINYINT + (net_cents > b.cents[2])::TINYINT
    + (net_cents > b.cents[3])::TINYINT + (net_cents > b.cents[4])::TINYINT ELSE 1 END AS monetary
FROM scratch.totals t CROSS JOIN bounds b;

