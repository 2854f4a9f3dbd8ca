-- What the fit of the lifetime value counts. Steps grow with the value.
CREATE MACRO scratch.step(days) AS days - days % CASE
  WHEN days < 64 THEN 1 WHEN days < 128 THEN 2 WHEN days < 256 THEN 4 WHEN days < 512 THEN 8 WHEN days < 1024 THEN 16
  WHEN days < 2048 THEN 32 ELSE 64
END;
CREATE MACRO scratch.spend_step(cents) AS cents - cents % CASE
  WHEN cents < 1000 THEN 1 ELSE 10::BIGINT ** least(len(cents::VARCHAR) - 3, 9) END::BIGINT;

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
INSERT INTO clv_fit BY NAME
SELECT
  getvariable('as_of') AS as_of, 'refused' AS status, 'week' AS time_unit, count(*) AS buyers,
  format('There are {:,} buyers, and a fit needs 500.', count(*)) AS reason,
  count(*) FILTER (frequency > 0) AS repeat_buyers, count(*) FILTER (frequency > 1) AS loyal_buyers,
  coalesce(max(age_days), 0) AS history_days, coalesce(sum(frequency), 0) AS repeat_purchases,
  coalesce(sum(frequency - earlier_frequency), 0) AS holdout_purchases
FROM scratch.buyers
HAVING count(*) < 500;
