-- All that cohorts are counted by, in one pass over the orders. An order counts its customer as active if it is the
-- customer's first of the month.
CREATE TABLE scratch.cohort_cells AS
WITH joined AS (
  SELECT
    scratch.month_number(first_success) AS cohort, scratch.month_number(order_date) AS month,
    first_product, first_campaign, first_channel, product, cents,
    (previous_success IS NULL OR scratch.month_number(previous_success) < scratch.month_number(order_date))::UTINYINT AS is_active
  FROM scratch.facts JOIN scratch.buyers USING (customer_id)
  WHERE is_successful
)
SELECT
  cohort, month, first_product, first_campaign, first_channel, product,
  grouping(product, first_product, first_campaign, first_channel) AS grouped,
  sum(is_active)::BIGINT AS active, sum(cents)::BIGINT AS cents, count(*) AS orders
FROM joined
GROUP BY GROUPING SETS (
  (cohort, product), (cohort, month, first_product), (cohort, month, first_campaign), (cohort, month, first_channel)
);

CREATE TABLE customer_cohorts AS
WITH months AS (
  SELECT cohort, month, sum(active)::BIGINT AS active, sum(cents)::BIGINT AS cents, sum(orders)::BIGINT AS orders
  FROM scratch.cohort_cells
  WHERE grouped = 14
  GROUP BY cohort, month
),
best AS (
  SELECT cohort, string_agg(product::VARCHAR, ', ' ORDER BY place) AS top_3_products
  FROM (
    SELECT cohort, product, row_number() OVER (PARTITION BY cohort ORDER BY cents DESC, product) AS place
    FROM scratch.cohort_cells
    WHERE grouped = 7
  )
  WHERE place <= 3
  GROUP BY cohort
),
spine AS (
  SELECT
    cohort, active AS size, scratch.month_number(getvariable('as_of')) - cohort AS age,
    unnest(range(0, scratch.month_number(getvariable('as_of')) - cohort + 1)) AS k
  FROM months
  WHERE month = cohort
),
joined AS (
  SELECT
    spine.cohort, size, age, k,
    coalesce(active, 0) AS active, coalesce(cents, 0) AS cents, coalesce(orders, 0) AS orders,
    k < age OR getvariable('as_of') = last_day(getvariable('as_of')) AS is_complete
  FROM spine LEFT JOIN months ON spine.cohort = months.cohort AND spine.cohort + k = month
),
measured AS (
  SELECT
    *,
    sum(cents) OVER (PARTITION BY cohort ORDER BY k) AS cumulative_cents,
    scratch.mean_dollars(sum(cents) OVER of_cohort, size) AS ltv,
    scratch.ratio(
      sum(CASE WHEN is_complete AND k BETWEEN 1 AND 6 THEN active ELSE 0 END) OVER of_cohort * 100,
      size * sum((is_complete AND k BETWEEN 1 AND 6)::UTINYINT) OVER of_cohort
    ) AS retention_6,
    scratch.ratio(
      sum(CASE WHEN is_complete AND k BETWEEN 1 AND 12 THEN active ELSE 0 END) OVER of_cohort * 100,
      size * sum((is_complete AND k BETWEEN 1 AND 12)::UTINYINT) OVER of_cohort
    ) AS retention_12,
    sum((is_complete AND k >= 1)::UTINYINT) OVER of_cohort < 6 AS is_provisional,
    scratch.ratio(active * 100, size) AS retention
  FROM joined
  WINDOW of_cohort AS (PARTITION BY cohort)
)
SELECT
  scratch.first_of_month(cohort) AS cohort_month,
  k::INTEGER AS months_since_first_purchase,
  size AS cohort_size,
  active AS customers_active,
  retention AS retention_rate,
  scratch.dollars(cents) AS cohort_revenue,
  scratch.mean_dollars(cents, orders) AS avg_order_value,
  orders AS total_orders,
  scratch.mean_dollars(cents, size) AS revenue_per_original_customer,
  scratch.mean_dollars(cents, active) AS revenue_per_active_customer,
  scratch.dollars(cumulative_cents) AS cumulative_revenue,
  scratch.mean_dollars(cumulative_cents, size) AS cumulative_ltv,
  scratch.first_of_month(cohort + k) AS period_month,
  is_complete AS is_complete_period,
  ltv AS cohort_ltv,
  age::INTEGER AS cohort_age_months,
  retention_6 AS avg_6m_retention,
  retention_12 AS avg_12m_retention,
  top_3_products,
  CASE
    WHEN retention_6 IS NULL THEN 'Standard'
    WHEN scratch.clearly_above(retention_6, 40) AND scratch.clearly_above(ltv, 500) THEN 'Premium'
    WHEN scratch.clearly_above(retention_6, 30) AND scratch.clearly_above(ltv, 300) THEN 'High Value'
    WHEN scratch.clearly_above(retention_6, 20) AND scratch.clearly_above(ltv, 200) THEN 'Standard'
    WHEN scratch.clearly_above(retention_6, 10) THEN 'Below Average'
    ELSE 'At Risk'
  END AS cohort_quality,
  is_provisional AS is_cohort_quality_provisional,
  CASE
    WHEN k = 0 THEN 'Acquisition' WHEN k <= 3 THEN 'Activation' WHEN k <= 6 THEN 'Retention' WHEN k <= 12 THEN 'Revenue'
    ELSE 'Referral'
  END AS retention_stage,
  CASE
    WHEN k = 0 THEN 'Focus on onboarding experience'
    WHEN NOT is_complete THEN 'Monitor performance'
    WHEN k = 1 AND retention < 50 THEN 'Improve first month experience'
    WHEN k BETWEEN 2 AND 3 AND retention < 30 THEN 'Launch retention campaigns'
    WHEN k BETWEEN 4 AND 6 AND retention < 20 THEN 'Implement win-back strategies'
    WHEN k > 12 AND retention > 10 THEN 'Focus on loyalty programs'
    ELSE 'Monitor performance'
  END AS marketing_action,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM measured LEFT JOIN best USING (cohort);

CREATE TABLE customer_cohorts_by AS
WITH long AS (
  SELECT
    CASE grouped WHEN 11 THEN 'first_product' WHEN 13 THEN 'first_campaign' ELSE 'first_channel' END AS attribute,
    coalesce(first_product::VARCHAR, first_campaign::VARCHAR, first_channel::VARCHAR) AS attribute_value,
    cohort, month, active, cents, orders
  FROM scratch.cohort_cells
  WHERE grouped <> 7
),
sizes AS (
  SELECT attribute, attribute_value, sum(active) < 5 AS is_small FROM long WHERE month = cohort GROUP BY ALL
),
cells AS (
  SELECT
    attribute, CASE WHEN is_small THEN '(other)' ELSE attribute_value END AS value, cohort, month,
    sum(active)::BIGINT AS active, sum(cents)::BIGINT AS cents, sum(orders)::BIGINT AS orders
  FROM long JOIN sizes USING (attribute, attribute_value)
  GROUP BY ALL
),
spine AS (
  SELECT
    attribute, value, cohort, active AS size,
    unnest(range(0, scratch.month_number(getvariable('as_of')) - cohort + 1)) AS k
  FROM cells
  WHERE month = cohort
),
filled AS (
  SELECT
    s.*, coalesce(active, 0) AS active, coalesce(cents, 0) AS cents, coalesce(orders, 0) AS orders,
    sum(coalesce(cents, 0)) OVER (PARTITION BY s.attribute, s.value, s.cohort ORDER BY k) AS cumulative_cents
  FROM spine s
  LEFT JOIN cells c ON s.attribute = c.attribute AND s.value = c.value AND s.cohort = c.cohort AND s.cohort + k = c.month
)
SELECT
  attribute,
  value AS attribute_value,
  scratch.first_of_month(cohort) AS cohort_month,
  k::INTEGER AS months_since_first_purchase,
  size AS cohort_size,
  active AS customers_active,
  scratch.ratio(active * 100, size) AS retention_rate,
  scratch.dollars(cents) AS cohort_revenue,
  orders AS total_orders,
  scratch.dollars(cumulative_cents) AS cumulative_revenue,
  scratch.mean_dollars(cumulative_cents, size) AS cumulative_ltv,
  scratch.first_of_month(cohort + k) AS period_month,
  cohort + k < scratch.month_number(getvariable('as_of')) OR getvariable('as_of') = last_day(getvariable('as_of'))
    AS is_complete_period
FROM filled;
