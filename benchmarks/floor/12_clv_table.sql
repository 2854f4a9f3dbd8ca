CREATE TABLE customer_clv AS
WITH measured AS (
  SELECT
    customer_id,
    frequency,
    p * (v + greatest(later_cents, 0)::DOUBLE / 100.0) AS scale,
    p * frequency::DOUBLE + q AS shape,
    CASE WHEN frequency > 0 THEN 1.0::DOUBLE / (1.0 + a / (b + frequency::DOUBLE - 1.0)
      * exp(least((r + frequency::DOUBLE) * ln((age_days::DOUBLE / 7 + alpha) / (recency_days::DOUBLE / 7 + alpha)), 700.0)))
      ELSE 1.0 END AS active,
    purchases_if_active, variance_if_active, p
  FROM scratch.buyers
  JOIN scratch.clv_purchases USING (frequency, age_days)
  CROSS JOIN (FROM clv_fit WHERE status = 'fitted') fit
),
expected AS (
  SELECT
    customer_id, active, active * purchases_if_active AS purchases, scale / (shape - 1.0) AS value,
    active * (variance_if_active + purchases_if_active ** 2) AS moment, p,
    CASE WHEN shape > 2.01 THEN scale ** 2 / ((shape - 1.0) * greatest(shape - 2.0, 0.01)) ELSE (scale / (shape - 1.0)) ** 2 END
      AS value_moment
  FROM measured
),
banded AS (
  SELECT
    *,
    1.2815515655446004::DOUBLE
      * sqrt(greatest(purchases * value_moment / p + moment * value_moment - (purchases * value) ** 2, 0.0)) AS deviation
  FROM expected
)
SELECT
  customer_id,
  getvariable('as_of') AS as_of,
  active AS active_probability,
  purchases AS expected_purchases,
  value AS expected_order_value,
  purchases * value AS forecast_clv,
  greatest(purchases * value - deviation, 0.0) AS forecast_clv_low,
  purchases * value + deviation AS forecast_clv_high
FROM banded;
