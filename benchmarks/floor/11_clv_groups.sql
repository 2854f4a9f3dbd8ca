-- What the fit of the lifetime value counts. Steps grow with the value.
CREATE TABLE scratch.clv_groups AS
SELECT
  'purchases' AS part, frequency, sum(recency_days)::BIGINT AS recency_days, sum(age_days)::BIGINT AS age_days,
  count(*) AS buyers, 0::BIGINT AS cents, 0::BIGINT AS later_purchases, max(age_days) AS history_days
FROM scratch.buyers
GROUP BY frequency, scratch.step(recency_days), scratch.step(age_days)
UNION ALL
SELECT
  'earlier', earlier_frequency, sum(earlier_recency_days)::BIGINT, sum(age_days - 90)::BIGINT,
  count(*), 0, sum(frequency - earlier_frequency)::BIGINT, max(age_days - 90)
FROM scratch.buyers
WHERE earlier_frequency IS NOT NULL
GROUP BY earlier_frequency, scratch.step(earlier_recency_days), scratch.step(age_days - 90)
UNION ALL
SELECT 'spend', frequency, 0, 0, count(*), (sum(later_cents) // frequency)::BIGINT, 0, 0
FROM scratch.buyers
WHERE frequency > 0 AND later_cents // frequency > 0
GROUP BY frequency, scratch.spend_step(later_cents // frequency);

CREATE TABLE scratch.clv_purchases (
  frequency BIGINT, age_days BIGINT, purchases_if_active DOUBLE, variance_if_active DOUBLE
);

CREATE TABLE clv_fit (
  as_of DATE, status VARCHAR, reason VARCHAR, time_unit VARCHAR, buyers BIGINT, repeat_buyers BIGINT,
  loyal_buyers BIGINT, history_days BIGINT, r DOUBLE, alpha DOUBLE, a DOUBLE, b DOUBLE, p DOUBLE, q DOUBLE, v DOUBLE,
  repeat_purchases BIGINT, repeat_purchases_expected DOUBLE, holdout_purchases BIGINT, holdout_purchases_expected DOUBLE
);

-- What Python would say of few buyers, without importing NumPy and PyArrow for it.
INSERT INTO clv_fit (
  as_of, status, time_unit, buyers, reason, repeat_buyers, loyal_buyers, history_days, repeat_purchases, holdout_purchases
)
SELECT
  getvariable('as_of'), 'refused', 'week', count(*),
  'There ' || CASE count(*) WHEN 1 THEN 'is 1 buyer' ELSE 'are ' || count(*) || ' buyers' END || ', and a fit needs 500.',
  count(*) FILTER (WHERE frequency > 0), count(*) FILTER (WHERE frequency > 1),
  coalesce(max(age_days), 0), coalesce(sum(frequency), 0), coalesce(sum(frequency - earlier_frequency), 0)
FROM scratch.buyers
HAVING count(*) < 500;
