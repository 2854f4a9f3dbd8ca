CREATE TABLE product_performance AS
WITH by_month AS (
  SELECT
    product,
    count(*) FILTER (status_group <> 'pending') AS sold,
    count(*) FILTER (status_group = 'returned') AS returned,
    count(*) FILTER (status_group = 'successful') AS successful,
    count(*) FILTER (status_group = 'pending') AS pending,
    sum(CASE WHEN status_group <> 'pending' THEN cents ELSE 0 END) AS gross_cents,
    sum(CASE WHEN status_group <> 'pending' THEN cents::HUGEINT * cents ELSE 0 END) AS squared_cents,
    min(CASE WHEN status_group <> 'pending' THEN cents END) AS min_cents,
    max(CASE WHEN status_group <> 'pending' THEN cents END) AS max_cents,
    sum(CASE WHEN status_group <> 'pending' THEN coupon_cents + gift_card_cents ELSE 0 END) AS promo_cents,
    sum(CASE WHEN status_group = 'successful' THEN cents ELSE 0 END) AS net_cents,
    sum(CASE WHEN status_group = 'returned' THEN cents ELSE 0 END) AS returned_cents,
    sum(CASE WHEN status_group = 'successful' AND getvariable('as_of') - order_date < 90 THEN cents ELSE 0 END) AS recent_cents,
    sum(CASE WHEN status_group = 'successful' AND getvariable('as_of') - order_date BETWEEN 90 AND 179 THEN cents ELSE 0 END)
      AS prior_cents,
    min(CASE WHEN status_group <> 'pending' THEN order_date END) AS first_sale,
    max(CASE WHEN status_group <> 'pending' THEN order_date END) AS last_sale,
    count(*) FILTER (status_group <> 'pending' AND scratch.times_of(times, 0) > 0) AS by_credit_card,
    count(*) FILTER (status_group <> 'pending' AND scratch.times_of(times, 1) > 0) AS by_coupon,
    count(*) FILTER (status_group <> 'pending' AND scratch.times_of(times, 2) > 0) AS by_bank_transfer,
    count(*) FILTER (status_group <> 'pending' AND scratch.times_of(times, 3) > 0) AS by_gift_card,
    count(*) FILTER (status_group <> 'pending' AND (scratch.times_of(times, 1) > 0 OR scratch.times_of(times, 3) > 0)) AS promotional
  FROM scratch.facts
  WHERE is_known
  GROUP BY product, scratch.month_number(order_date)
),
sums AS (
  SELECT
    product,
    sum(sold)::BIGINT AS sold, sum(returned)::BIGINT AS returned, sum(successful)::BIGINT AS successful,
    sum(pending)::BIGINT AS pending, sum(gross_cents)::BIGINT AS gross_cents, sum(squared_cents)::HUGEINT AS squared_cents,
    min(min_cents) AS min_cents, max(max_cents) AS max_cents, sum(promo_cents)::BIGINT AS promo_cents,
    sum(net_cents)::BIGINT AS net_cents, sum(returned_cents)::BIGINT AS returned_cents, sum(recent_cents)::BIGINT AS recent_cents,
    sum(prior_cents)::BIGINT AS prior_cents, min(first_sale) AS first_sale, max(last_sale) AS last_sale,
    count(*) FILTER (sold > 0) AS active_months, sum(by_credit_card)::BIGINT AS by_credit_card, sum(by_coupon)::BIGINT AS by_coupon,
    sum(by_bank_transfer)::BIGINT AS by_bank_transfer, sum(by_gift_card)::BIGINT AS by_gift_card,
    sum(promotional)::BIGINT AS promotional
  FROM by_month
  GROUP BY product
),
buyers AS (
  SELECT
    product,
    count(*) FILTER (successful_orders + returned_orders > 0) AS customers,
    count(*) FILTER (successful_orders > 0) AS buyers,
    count(*) FILTER (successful_orders > 1) AS repeaters
  FROM scratch.customer_products
  GROUP BY product
),
measured AS (
  SELECT
    *,
    coalesce(scratch.mean_dollars(gross_cents, sold), 0.0) AS mean,
    sqrt((sold * squared_cents - gross_cents::HUGEINT * gross_cents)::DOUBLE / nullif(sold * (sold - 1), 0)::DOUBLE) / 100 AS deviation,
    coalesce(scratch.ratio(customers, (SELECT count(*) FROM once_customers)), 0.0) AS penetration,
    scratch.ratio(repeaters, buyers.buyers) AS repeat_rate,
    scratch.ratio(successful, buyers.buyers) AS orders_per_buyer,
    coalesce(scratch.ratio(returned, sold), 0.0) AS return_rate,
    coalesce(scratch.ratio(promo_cents, gross_cents), 0.0) AS promo_ratio,
    getvariable('as_of') - first_sale AS first_days, getvariable('as_of') - last_sale AS last_days,
    row_number() OVER (ORDER BY gross_cents DESC, product) AS revenue_rank,
    percent_rank() OVER (ORDER BY gross_cents) AS revenue_percentile,
    coalesce(sum(gross_cents) OVER (ORDER BY gross_cents DESC RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), 0)
      - count(*) OVER (PARTITION BY gross_cents) * gross_cents AS cents_above,
    sum(gross_cents) OVER () AS all_cents
  FROM sums JOIN buyers USING (product)
),
classified AS (
  SELECT
    *,
    CASE
      WHEN all_cents <= 0 THEN 'C' WHEN cents_above * 100 < all_cents * 80 THEN 'A'
      WHEN cents_above * 100 < all_cents * 95 THEN 'B' ELSE 'C'
    END AS class
  FROM measured
)
SELECT
  product::VARCHAR AS product_name,
  sold AS total_orders,
  customers AS unique_customers,
  scratch.dollars(gross_cents) AS total_revenue,
  mean AS avg_order_value,
  deviation AS revenue_stddev,
  scratch.dollars(min_cents) AS min_order_value,
  scratch.dollars(max_cents) AS max_order_value,
  penetration AS market_penetration,
  repeat_rate AS repeat_purchase_rate,
  orders_per_buyer AS avg_orders_per_customer,
  returned AS return_count,
  return_rate,
  scratch.dollars(promo_cents) AS promotional_revenue,
  promotional AS promotional_orders,
  promo_ratio AS promotional_revenue_ratio,
  first_sale AS first_sale_date,
  last_sale AS last_sale_date,
  active_months,
  (last_sale - first_sale)::BIGINT AS product_lifecycle_days,
  by_credit_card AS credit_card_orders,
  by_coupon AS coupon_orders,
  by_bank_transfer AS bank_transfer_orders,
  by_gift_card AS gift_card_orders,
  successful AS successful_orders,
  pending AS pending_orders,
  scratch.dollars(net_cents) AS net_revenue,
  scratch.dollars(returned_cents) AS returned_revenue,
  first_days::BIGINT AS days_since_first_sale,
  last_days::BIGINT AS days_since_last_sale,
  revenue_rank,
  row_number() OVER (ORDER BY sold DESC, product) AS volume_rank,
  row_number() OVER (ORDER BY customers DESC, product) AS popularity_rank,
  revenue_percentile,
  percent_rank() OVER (ORDER BY sold) AS volume_percentile,
  class AS abc_category,
  CASE
    WHEN revenue_rank <= 5 AND gross_cents > 0 THEN 'Star'
    WHEN return_rate > 0.2 THEN 'Problem'
    WHEN revenue_percentile > 0.5 AND repeat_rate > 0.3 THEN 'Cash Cow'
    WHEN first_days IS NULL OR first_days < 30 THEN 'New'
    WHEN last_days > 60 THEN 'Declining'
    ELSE 'Standard'
  END AS product_status,
  CASE
    WHEN first_days IS NULL OR first_days < 30 THEN 'New'
    WHEN last_days > 60 OR recent_cents * 100 < prior_cents * 50 THEN 'Declining'
    WHEN recent_cents * 100 > prior_cents * 110 THEN 'Growth'
    ELSE 'Mature'
  END AS lifecycle_stage,
  CASE
    WHEN class = 'A' THEN 'Focus marketing spend, premium positioning'
    WHEN return_rate > 0.15 THEN 'Investigate quality issues, improve product descriptions'
    WHEN repeat_rate < 0.1 THEN 'Develop retention strategies, bundle offers'
    WHEN promo_ratio > 0.5 THEN 'Reduce dependency on promotions'
    WHEN penetration < 0.05 THEN 'Increase awareness campaigns'
    ELSE 'Maintain current strategy'
  END AS marketing_recommendation,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM classified;

-- Each pair of products is counted once and written twice.
CREATE TABLE product_affinity AS
WITH bought AS (SELECT customer_id, product FROM scratch.customer_products WHERE successful_orders > 0),
sizes AS (SELECT product, count(*) AS buyers FROM bought GROUP BY product),
pairs AS (
  SELECT a.product AS product_a, b.product AS product_b, count(*) AS customers_both
  FROM bought a JOIN bought b ON a.customer_id = b.customer_id AND a.product < b.product
  GROUP BY ALL
),
both_ways AS (
  SELECT product_a, product_b, customers_both FROM pairs UNION ALL SELECT product_b, product_a, customers_both FROM pairs
)
SELECT
  product_a::VARCHAR AS product_a,
  product_b::VARCHAR AS product_b,
  customers_both,
  scratch.ratio(customers_both, everyone) AS support,
  scratch.ratio(customers_both, a.buyers) AS confidence,
  scratch.ratio(customers_both * everyone, a.buyers * b.buyers) AS lift,
  getvariable('as_of')::TIMESTAMP AS analysis_timestamp
FROM both_ways
JOIN sizes a ON product_a = a.product
JOIN sizes b ON product_b = b.product
CROSS JOIN (SELECT count(*) AS everyone FROM scratch.buyers);
