-- Successful orders by all that channels and campaigns are compared by: a few thousand rows.
CREATE TABLE scratch.channel_cells AS
SELECT
  channel,
  campaign,
  product,
  scratch.month_number(order_date) AS month,
  count(*) AS orders,
  sum((success_sequence = 1)::UTINYINT)::BIGINT AS acquired,
  sum(cents)::BIGINT AS cents
FROM scratch.facts
WHERE is_successful
GROUP BY ALL;

CREATE TABLE campaign_performance AS
WITH reach AS (
  SELECT campaigns, count(*) AS customers FROM scratch.totals WHERE campaigns IS NOT NULL GROUP BY campaigns
)
SELECT
  campaign::VARCHAR AS campaign_type,
  channel::VARCHAR AS attribution_channel,
  sum(orders)::BIGINT AS campaign_conversions,
  scratch.dollars(sum(cents)::BIGINT) AS campaign_revenue,
  (SELECT sum(customers) FROM reach WHERE (campaigns >> (enum_code(channel) * 6 + enum_code(campaign))) & 1 = 1)::BIGINT
    AS campaign_reach,
  scratch.mean_dollars(sum(cents), sum(orders)) AS campaign_aov,
  scratch.dollars(sum(cents)::BIGINT)::DECIMAL(16, 2) * CASE campaign
    WHEN 'Discount Campaign' THEN 0.70
    WHEN 'Gift Card Promotion' THEN 0.60
    WHEN 'Holiday Campaign' THEN 0.75
    ELSE 0.85
  END::DECIMAL(2, 2) AS estimated_profit,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM scratch.channel_cells
GROUP BY campaign, channel;

CREATE TABLE channel_trends AS
WITH by_month AS (
  SELECT channel, month, sum(orders)::BIGINT AS orders, sum(cents)::BIGINT AS cents FROM scratch.channel_cells GROUP BY ALL
),
spine AS (
  SELECT channel, month
  FROM (SELECT unnest(enum_range(NULL::scratch.channel))::scratch.channel AS channel)
  CROSS JOIN (SELECT unnest(range(min(month), scratch.month_number(getvariable('as_of')) + 1)) AS month FROM by_month)
),
filled AS (
  SELECT
    channel, month, coalesce(orders, 0) AS orders, coalesce(cents, 0) AS cents,
    lag(coalesce(cents, 0)) OVER (PARTITION BY channel ORDER BY month) AS previous
  FROM spine LEFT JOIN by_month USING (channel, month)
)
SELECT
  channel::VARCHAR AS attribution_channel,
  scratch.first_of_month(month) AS order_month,
  orders AS monthly_conversions,
  scratch.dollars(cents) AS monthly_revenue,
  scratch.ratio(cents - previous, previous) AS mom_growth_rate,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM filled;

CREATE TABLE marketing_attribution AS
WITH by_product AS (
  SELECT channel, product, sum(orders)::BIGINT AS orders, sum(acquired)::BIGINT AS acquired, sum(cents)::BIGINT AS cents
  FROM scratch.channel_cells GROUP BY ALL
),
by_channel AS (
  SELECT
    channel::VARCHAR AS channel, sum(orders)::BIGINT AS orders, sum(acquired)::BIGINT AS acquired, sum(cents)::BIGINT AS cents,
    count(*) AS products, first(product::VARCHAR ORDER BY orders DESC, cents DESC, product) AS top_product
  FROM by_product GROUP BY channel
),
reach AS (
  SELECT unnest(enum_range(NULL::scratch.channel))::VARCHAR AS channel, unnest([
    count(*) FILTER (email_touches > 0), count(*) FILTER (new_year_touches > 0), count(*) FILTER (organic_touches > 0),
    count(*) FILTER (promotional_touches > 0), count(*) FILTER (social_touches > 0)
  ]) AS customers
  FROM scratch.totals
),
measured AS (
  SELECT
    channel, top_product, customers,
    coalesce(orders, 0) AS orders, coalesce(acquired, 0) AS acquired, coalesce(cents, 0) AS cents,
    coalesce(products, 0) AS products, coalesce(scratch.mean_dollars(cents, orders), 0) AS mean,
    coalesce(scratch.ratio(customers, orders), 0) AS rate,
    coalesce(first_customers, 0)::BIGINT AS first_customers, coalesce(first_revenue, 0)::DECIMAL(18, 2) AS first_revenue,
    coalesce(last_customers, 0)::BIGINT AS last_customers, coalesce(last_revenue, 0)::DECIMAL(18, 2) AS last_revenue
  FROM reach LEFT JOIN by_channel USING (channel) LEFT JOIN scratch.credits USING (channel)
),
averages AS (
  SELECT
    avg(cents::DOUBLE) AS mean_cents, avg(acquired::DOUBLE) AS mean_acquired, avg(rate) AS mean_rate,
    CASE WHEN abs(avg(mean)) > 1e-9 * avg(abs(mean)) THEN avg(mean) ELSE 0.0 END AS mean_value,
    sum(acquired) AS all_acquired
  FROM measured WHERE orders > 0
)
SELECT
  channel AS attribution_channel,
  orders AS total_conversions,
  customers AS unique_customers,
  acquired AS new_customer_acquisitions,
  scratch.dollars(cents) AS total_revenue,
  mean AS avg_order_value,
  mean AS revenue_per_conversion,
  rate AS customer_conversion_rate,
  top_product,
  products AS product_diversity,
  first_customers AS first_touch_customers,
  first_revenue AS first_touch_revenue,
  last_customers AS last_touch_customers,
  last_revenue AS last_touch_revenue,
  CASE WHEN orders > 0 THEN
    coalesce(40 * mean / nullif(mean_value, 0) + 0.0, 0) + coalesce(30 * rate / nullif(mean_rate, 0) + 0.0, 0)
    + coalesce(30 * acquired::DOUBLE / nullif(all_acquired, 0)::DOUBLE + 0.0, 0)
  ELSE 0 END::DOUBLE AS channel_efficiency_score,
  CASE
    WHEN orders = 0 THEN 'Standard Channel'
    WHEN mean_cents > 0 AND scratch.clearly_above(cents::DOUBLE, 1.5::DOUBLE * mean_cents) THEN 'High Performer'
    WHEN mean_acquired > 0 AND scratch.clearly_above(acquired::DOUBLE, 1.2::DOUBLE * mean_acquired) THEN 'Growth Driver'
    WHEN mean_value > 0 AND scratch.clearly_above(mean, 1.2::DOUBLE * mean_value) THEN 'Premium Channel'
    WHEN mean_rate > 0 AND scratch.clearly_above(rate, 1.1::DOUBLE * mean_rate) THEN 'Efficient Converter'
    ELSE 'Standard Channel'
  END AS channel_classification,
  CASE
    WHEN channel = 'Promotional Campaign' AND mean < 50 THEN 'Review promotion depth, may be over-discounting'
    WHEN channel = 'Social Media' AND products < 3 THEN 'Expand product promotion variety'
    WHEN channel = 'Email Marketing' AND acquired < 5 THEN 'Focus on acquisition campaigns'
    WHEN channel = 'Organic' AND orders > 20 THEN 'High organic performance, invest in SEO'
    ELSE 'Optimize channel mix for better ROI'
  END AS optimization_recommendation,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM measured CROSS JOIN averages;
