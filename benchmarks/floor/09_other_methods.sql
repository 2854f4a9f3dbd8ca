-- Methods besides the usual four are counted from their payments; most shops have none.
CREATE TABLE scratch.other_methods AS
SELECT customer_id, payment_method, count(*) AS times, sum(coalesce(amount, 0))::BIGINT AS cents
FROM (SELECT * FROM once_payments WHERE payment_method NOT IN ('credit_card', 'coupon', 'bank_transfer', 'gift_card'))
JOIN scratch.facts USING (order_id)
WHERE is_successful
GROUP BY ALL;
