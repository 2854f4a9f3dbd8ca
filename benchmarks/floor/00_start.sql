CREATE MACRO scratch.dollars(cents) AS cents::DECIMAL(16, 0) * 0.01::DECIMAL(2, 2);
CREATE MACRO scratch.mean_dollars(cents, number) AS cents::DOUBLE / nullif(number * 100, 0)::DOUBLE;
CREATE MACRO scratch.ratio(part, whole) AS part::DOUBLE / nullif(whole, 0)::DOUBLE + 0.0;
CREATE MACRO scratch.month_number(day) AS (year(day) * 12 + month(day))::INTEGER;
CREATE MACRO scratch.first_of_month(number) AS make_date((number - 1) // 12, (number - 1) % 12 + 1, 1);
CREATE MACRO scratch.clearly_above(number, bound) AS number > bound + 1e-9 * abs(bound);
-- How many payments of an order were made with one of four methods: credit card, coupon, bank transfer, gift card.
CREATE MACRO scratch.times_of(times, place) AS (times >> (15 * place)) & 32767;
CREATE MACRO scratch.step(days) AS days - days % CASE
  WHEN days < 64 THEN 1 WHEN days < 128 THEN 2 WHEN days < 256 THEN 4 WHEN days < 512 THEN 8 WHEN days < 1024 THEN 16
  WHEN days < 2048 THEN 32 ELSE 64
END;
CREATE MACRO scratch.spend_step(cents) AS cents - cents % CASE
  WHEN cents < 1000 THEN 1 ELSE 10::BIGINT ** least(len(cents::VARCHAR) - 3, 9) END::BIGINT;
