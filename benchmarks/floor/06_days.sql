CREATE TABLE shop_days AS
WITH by_day AS (
  SELECT
    order_date AS day,
    count(*) AS orders,
    count(success_sequence) AS successful_orders,
    sum((status_group = 'returned')::UTINYINT)::BIGINT AS returned_orders,
    sum((status_group = 'pending')::UTINYINT)::BIGINT AS pending_orders,
    sum(cents)::BIGINT AS gross_cents,
    sum(CASE WHEN is_successful THEN cents ELSE 0 END)::BIGINT AS cents,
    sum(CASE WHEN status_group = 'returned' THEN cents ELSE 0 END)::BIGINT AS returned_cents,
    sum(CASE WHEN is_successful THEN coupon_cents + gift_card_cents ELSE 0 END)::BIGINT AS promo_cents,
    sum((success_sequence = 1)::UTINYINT)::BIGINT AS new_customers,
    sum(CASE WHEN success_sequence = 1 THEN cents ELSE 0 END)::BIGINT AS new_cents,
    -- The first order of the day that is not the customer's first one: no DISTINCT.
    sum((success_sequence = 2 OR (success_sequence > 2 AND previous_success < order_date))::UTINYINT)::BIGINT
      AS returning_customers
  FROM scratch.facts
  WHERE is_known
  GROUP BY order_date
),
filled AS (
  SELECT
    day, coalesce(orders, 0) AS orders, coalesce(successful_orders, 0) AS successful_orders,
    coalesce(returned_orders, 0) AS returned_orders, coalesce(pending_orders, 0) AS pending_orders,
    coalesce(gross_cents, 0) AS gross_cents, coalesce(cents, 0) AS cents, coalesce(returned_cents, 0) AS returned_cents,
    coalesce(promo_cents, 0) AS promo_cents, coalesce(new_customers, 0) AS new_customers,
    coalesce(new_cents, 0) AS new_cents, coalesce(returning_customers, 0) AS returning_customers
  FROM (SELECT unnest(generate_series(min(day), getvariable('as_of'), INTERVAL 1 DAY))::DATE AS day FROM by_day)
  LEFT JOIN by_day USING (day)
),
rolling AS (
  SELECT *, sum(cents) OVER four_weeks AS cents_28d, sum(successful_orders) OVER four_weeks AS orders_28d
  FROM filled WINDOW four_weeks AS (ORDER BY day ROWS 27 PRECEDING)
)
SELECT
  day, orders, successful_orders, returned_orders, pending_orders,
  scratch.dollars(gross_cents) AS gross_revenue,
  scratch.dollars(cents) AS revenue,
  scratch.dollars(returned_cents) AS returned_revenue,
  scratch.dollars(promo_cents) AS promotional_revenue,
  new_customers, returning_customers,
  scratch.dollars(new_cents) AS new_customer_revenue,
  scratch.dollars(cents - new_cents) AS returning_customer_revenue,
  scratch.mean_dollars(cents, successful_orders) AS avg_order_value,
  scratch.dollars(cents_28d) AS revenue_28d,
  orders_28d::BIGINT AS orders_28d,
  scratch.dollars(lag(cents_28d, 28) OVER (ORDER BY day)) AS revenue_previous_28d,
  scratch.ratio(cents_28d - lag(cents_28d, 28) OVER (ORDER BY day), lag(cents_28d, 28) OVER (ORDER BY day)) AS revenue_growth_28d
FROM rolling;

-- The order after the n-th knows how long it took: no join of orders with the next ones.
CREATE TABLE repeat_purchases AS
WITH placed AS (
  SELECT success_sequence AS number, getvariable('as_of') - order_date AS age, order_date - previous_success AS gap
  FROM scratch.facts
  WHERE success_sequence <= 6
),
counted AS (
  SELECT
    number, count(*) AS customers, median(gap::DOUBLE) AS median_gap,
    sum((age >= 30)::UTINYINT) AS old_30, sum((age >= 60)::UTINYINT) AS old_60, sum((age >= 90)::UTINYINT) AS old_90,
    sum((age >= 180)::UTINYINT) AS old_180, sum((age >= 365)::UTINYINT) AS old_365,
    sum((gap <= 30 AND age + gap >= 30)::UTINYINT) AS back_30, sum((gap <= 60 AND age + gap >= 60)::UTINYINT) AS back_60,
    sum((gap <= 90 AND age + gap >= 90)::UTINYINT) AS back_90, sum((gap <= 180 AND age + gap >= 180)::UTINYINT) AS back_180,
    sum((gap <= 365 AND age + gap >= 365)::UTINYINT) AS back_365
  FROM placed
  GROUP BY number
),
numbers AS (SELECT unnest(range(1, 6)) AS number)
SELECT
  n.number::BIGINT AS order_number,
  coalesce(c.customers, 0) AS customers,
  coalesce(later.customers, 0) AS continued,
  scratch.ratio(CASE WHEN c.customers > 0 THEN coalesce(later.customers, 0) END, c.customers) AS continuation_rate,
  later.median_gap AS median_days_to_next,
  coalesce(c.old_30, 0)::BIGINT AS eligible_30,
  scratch.ratio(coalesce(later.back_30, 0), c.old_30) AS returned_within_30,
  coalesce(c.old_60, 0)::BIGINT AS eligible_60,
  scratch.ratio(coalesce(later.back_60, 0), c.old_60) AS returned_within_60,
  coalesce(c.old_90, 0)::BIGINT AS eligible_90,
  scratch.ratio(coalesce(later.back_90, 0), c.old_90) AS returned_within_90,
  coalesce(c.old_180, 0)::BIGINT AS eligible_180,
  scratch.ratio(coalesce(later.back_180, 0), c.old_180) AS returned_within_180,
  coalesce(c.old_365, 0)::BIGINT AS eligible_365,
  scratch.ratio(coalesce(later.back_365, 0), c.old_365) AS returned_within_365
FROM numbers n
LEFT JOIN counted c ON n.number = c.number
LEFT JOIN counted later ON n.number = later.number - 1;

CREATE TABLE rfm_summary AS
SELECT
  customer_id, frequency, recency_days::BIGINT AS recency, age_days::BIGINT AS t,
  coalesce(scratch.mean_dollars(later_cents, frequency), 0.0) AS monetary_value
FROM scratch.buyers;

CREATE TABLE churn_risk AS
WITH pooled AS (SELECT sum(recency_days)::BIGINT AS all_span, sum(frequency)::BIGINT AS all_gaps FROM scratch.buyers),
measured AS (
  SELECT
    customer_id, frequency, recency_days, last_success, age_days - recency_days AS days_since,
    CASE WHEN frequency > 0 THEN recency_days WHEN all_gaps > 0 THEN all_span ELSE 90 END AS span,
    CASE WHEN frequency > 0 THEN frequency WHEN all_gaps > 0 THEN all_gaps ELSE 1 END AS gaps
  FROM scratch.buyers CROSS JOIN pooled
),
late AS (SELECT *, days_since * gaps AS late FROM measured)
SELECT
  customer_id,
  scratch.ratio(span, gaps) AS expected_gap_days,
  scratch.ratio(late, span) AS overdue_ratio,
  scratch.ratio(late * 100, span + late) AS churn_risk_score,
  CASE WHEN late * 100 >= (span + late) * 75 THEN 'High' WHEN late * 100 >= (span + late) * 50 THEN 'Medium' ELSE 'Low' END
    AS churn_risk_band,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp,
  scratch.ratio(recency_days, frequency) AS average_days_between_orders,
  last_success + ((span * 2 + gaps) // (gaps * 2))::INTEGER AS expected_next_order_date
FROM late;
