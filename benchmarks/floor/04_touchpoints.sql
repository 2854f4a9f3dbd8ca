CREATE TABLE attribution_touchpoints AS
SELECT
  order_id,
  customer_id,
  order_date,
  channel::VARCHAR AS attribution_channel,
  campaign::VARCHAR AS campaign_type,
  success_sequence::BIGINT AS touch_position,
  journey_length,
  success_sequence = 1 AS is_new_customer,
  scratch.dollars(cents) AS revenue,
  scratch.dollars(j.net_cents) AS customer_total_value,
  CASE WHEN success_sequence = 1 THEN 1 ELSE 0 END::DOUBLE AS first_touch_weight,
  CASE WHEN success_sequence = journey_length THEN 1 ELSE 0 END::DOUBLE AS last_touch_weight,
  1 / journey_length::DOUBLE AS linear_weight,
  CASE
    WHEN journey_length <= 2 THEN 1 / journey_length::DOUBLE
    WHEN success_sequence = 1 OR success_sequence = journey_length THEN 0.4
    ELSE 0.2::DOUBLE / (journey_length - 2)
  END::DOUBLE AS position_based_weight,
  CASE
    WHEN journey_length = 1 THEN 1.0
    WHEN j.last_success - order_date <= 7154 THEN pow(2.0, -((j.last_success - order_date)::DOUBLE / 7.0)) / decayed_touches
    ELSE 0.0
  END::DOUBLE AS time_decay_weight,
  1 / (channels::DOUBLE * CASE channel
    WHEN 'Email Marketing' THEN email_touches
    WHEN 'New Year Campaign' THEN new_year_touches
    WHEN 'Organic' THEN organic_touches
    WHEN 'Promotional Campaign' THEN promotional_touches
    ELSE social_touches
  END::DOUBLE) AS shapley_weight
FROM scratch.facts
JOIN scratch.buyers j USING (customer_id)
WHERE is_successful;

-- Everything that is added up by channel, in one pass. The sums are of doubles.
CREATE TABLE scratch.credits AS
SELECT
  attribution_channel AS channel,
  sum(first_touch_weight) AS first_customers,
  sum(CASE WHEN touch_position = 1 THEN customer_total_value ELSE 0 END) AS first_revenue,
  sum(last_touch_weight) AS last_customers,
  sum(CASE WHEN touch_position = journey_length THEN customer_total_value ELSE 0 END) AS last_revenue,
  sum(linear_weight) AS linear_customers,
  sum(linear_weight * customer_total_value::DOUBLE) AS linear_revenue,
  sum(position_based_weight) AS position_customers,
  sum(position_based_weight * customer_total_value::DOUBLE) AS position_revenue,
  sum(time_decay_weight) AS decay_customers,
  sum(time_decay_weight * customer_total_value::DOUBLE) AS decay_revenue,
  sum(shapley_weight) AS shapley_customers,
  sum(shapley_weight * customer_total_value::DOUBLE) AS shapley_revenue
FROM attribution_touchpoints
GROUP BY ALL;

CREATE TABLE attribution_models AS
WITH channels AS (SELECT unnest(enum_range(NULL::scratch.channel))::VARCHAR AS channel),
long AS (
  SELECT
    channel,
    unnest(['First Touch', 'Last Touch', 'Linear', 'Position Based', 'Time Decay', 'Shapley']) AS attribution_model,
    unnest([first_customers, last_customers, linear_customers, position_customers, decay_customers, shapley_customers])
      AS customers,
    unnest([first_revenue::DOUBLE, last_revenue::DOUBLE, linear_revenue, position_revenue, decay_revenue, shapley_revenue])
      AS revenue
  FROM channels LEFT JOIN scratch.credits USING (channel)
)
SELECT
  attribution_model,
  channel,
  coalesce(customers, 0)::DOUBLE AS attributed_customers,
  coalesce(revenue, 0)::DOUBLE AS attributed_revenue,
  revenue / nullif(customers, 0) AS attributed_value,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM long;

-- What follows each touch, which Python turns into removal effects.
CREATE TABLE scratch.transitions AS
WITH steps AS (
  SELECT
    cents,
    channel AS from_channel,
    lead(channel) OVER (PARTITION BY customer_id ORDER BY success_sequence) AS to_channel
  FROM scratch.facts
  WHERE is_successful
)
SELECT
  '(start)' AS from_channel, channel::VARCHAR AS to_channel, count(first_channel) AS transitions, 0::DECIMAL(38, 2) AS revenue
FROM (SELECT unnest(enum_range(NULL::scratch.channel)) AS channel)
LEFT JOIN scratch.totals ON first_channel = channel
GROUP BY channel
UNION ALL
SELECT from_channel::VARCHAR, coalesce(to_channel::VARCHAR, '(conversion)'), count(*), scratch.dollars(sum(cents)::BIGINT)
FROM steps
GROUP BY from_channel, to_channel;

CREATE TABLE attribution_markov (
  channel VARCHAR, removal_effect DOUBLE, credit_share DOUBLE, attributed_customers DOUBLE, attributed_revenue DOUBLE,
  analysis_timestamp TIMESTAMP
);
