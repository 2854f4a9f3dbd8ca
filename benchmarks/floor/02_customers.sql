-- One row per customer with orders, and one per customer and product: the grains that most tables are made of.
CREATE TABLE scratch.totals AS
SELECT
  customer_id,
  count(*) AS orders,
  count(success_sequence) AS successful_orders,
  sum((status_group = 'returned')::UTINYINT)::BIGINT AS returned_orders,
  sum((status_group = 'pending')::UTINYINT)::BIGINT AS pending_orders,
  sum(cents)::BIGINT AS gross_cents,
  sum(CASE WHEN is_successful THEN cents ELSE 0 END)::BIGINT AS net_cents,
  sum(CASE WHEN is_successful THEN coupon_cents + gift_card_cents ELSE 0 END)::BIGINT AS promo_cents,
  min(order_date) AS first_order,
  max(order_date) AS last_order,
  min(CASE WHEN is_successful THEN order_date END) AS first_success,
  max(CASE WHEN is_successful THEN order_date END) AS last_success,
  -- Days with a successful order, without grouping by day: those that the order before was not on.
  sum((is_successful AND (previous_success IS NULL OR previous_success < order_date))::UTINYINT)::BIGINT AS days,
  sum((is_successful AND order_date <= getvariable('as_of') - 90
    AND (previous_success IS NULL OR previous_success < order_date))::UTINYINT)::BIGINT AS earlier_days,
  max(CASE WHEN is_successful AND order_date <= getvariable('as_of') - 90 THEN order_date END) AS earlier_last_day,
  -- Payments of successful orders by method.
  sum(CASE WHEN is_successful THEN scratch.times_of(times, 0) ELSE 0 END)::BIGINT AS credit_card_times,
  sum(CASE WHEN is_successful THEN scratch.times_of(times, 1) ELSE 0 END)::BIGINT AS coupon_times,
  sum(CASE WHEN is_successful THEN scratch.times_of(times, 2) ELSE 0 END)::BIGINT AS bank_transfer_times,
  sum(CASE WHEN is_successful THEN scratch.times_of(times, 3) ELSE 0 END)::BIGINT AS gift_card_times,
  sum(CASE WHEN is_successful THEN credit_card_cents ELSE 0 END)::BIGINT AS credit_card_cents,
  sum(CASE WHEN is_successful THEN coupon_cents ELSE 0 END)::BIGINT AS coupon_cents,
  sum(CASE WHEN is_successful THEN bank_transfer_cents ELSE 0 END)::BIGINT AS bank_transfer_cents,
  sum(CASE WHEN is_successful THEN gift_card_cents ELSE 0 END)::BIGINT AS gift_card_cents,
  sum((channel = 'Email Marketing')::UTINYINT)::BIGINT AS email_touches,
  sum((channel = 'New Year Campaign')::UTINYINT)::BIGINT AS new_year_touches,
  sum((channel = 'Organic')::UTINYINT)::BIGINT AS organic_touches,
  sum((channel = 'Promotional Campaign')::UTINYINT)::BIGINT AS promotional_touches,
  sum((channel = 'Social Media')::UTINYINT)::BIGINT AS social_touches,
  -- The first and the last touch, and every pair of channel and campaign, as packed numbers.
  any_value(CASE WHEN success_sequence = 1 THEN channel END) AS first_channel,
  any_value(CASE WHEN success_sequence = 1 THEN campaign END) AS first_campaign,
  any_value(CASE WHEN success_sequence = 1 THEN product END) AS first_product,
  (enum_range(NULL::scratch.channel))[(max(success_sequence::BIGINT * 8 + enum_code(channel)) & 7) + 1]::scratch.channel
    AS last_channel,
  bit_or(1::INTEGER << (enum_code(channel) * 6 + enum_code(campaign))) AS campaigns
FROM scratch.facts
WHERE is_known
GROUP BY customer_id;

CREATE TABLE scratch.customer_products AS
SELECT
  customer_id,
  product,
  sum(is_successful::UTINYINT)::BIGINT AS successful_orders,
  sum((status_group = 'returned')::UTINYINT)::BIGINT AS returned_orders,
  sum(CASE WHEN is_successful THEN cents ELSE 0 END)::BIGINT AS net_cents
FROM scratch.facts
WHERE is_known
GROUP BY ALL;

-- What depends on the first or the last order of the customer takes a second look at the orders.
CREATE TABLE scratch.buyers AS
WITH journeys AS (
  SELECT
    customer_id,
    sum(CASE WHEN f.order_date > first_success THEN f.cents ELSE 0 END)::BIGINT AS later_cents,
    sum(CASE WHEN last_success - f.order_date <= 7154 THEN pow(2.0, -((last_success - f.order_date)::DOUBLE / 7.0)) ELSE 0 END)
      AS decayed_touches
  FROM scratch.facts f
  JOIN scratch.totals t USING (customer_id)
  WHERE is_successful
  GROUP BY customer_id
)
SELECT
  customer_id,
  successful_orders AS journey_length,
  net_cents,
  first_success,
  last_success,
  decayed_touches,
  email_touches, new_year_touches, organic_touches, promotional_touches, social_touches,
  (email_touches > 0)::TINYINT + (new_year_touches > 0)::TINYINT + (organic_touches > 0)::TINYINT
    + (promotional_touches > 0)::TINYINT + (social_touches > 0)::TINYINT AS channels,
  first_channel, first_campaign, first_product,
  days - 1 AS frequency,
  last_success - first_success AS recency_days,
  getvariable('as_of') - first_success AS age_days,
  later_cents,
  CASE WHEN earlier_days > 0 THEN earlier_days - 1 END AS earlier_frequency,
  earlier_last_day - first_success AS earlier_recency_days
FROM scratch.totals
JOIN journeys USING (customer_id);
