-- A score is one more than the number of quintile bounds below the value.
CREATE TABLE scratch.scored AS
SELECT
  t.*,
  1 + coalesce((last_success > b.day[1])::TINYINT + (last_success > b.day[2])::TINYINT
    + (last_success > b.day[3])::TINYINT + (last_success > b.day[4])::TINYINT, 0) AS recency,
  CASE WHEN successful_orders > 0 THEN 1 + (successful_orders > b.orders[1])::TINYINT + (successful_orders > b.orders[2])::TINYINT
    + (successful_orders > b.orders[3])::TINYINT + (successful_orders > b.orders[4])::TINYINT ELSE 1 END AS frequency,
  CASE WHEN successful_orders > 0 THEN 1 + (net_cents > b.cents[1])::TINYINT + (net_cents > b.cents[2])::TINYINT
    + (net_cents > b.cents[3])::TINYINT + (net_cents > b.cents[4])::TINYINT ELSE 1 END AS monetary
FROM scratch.totals t CROSS JOIN scratch.bounds b;
