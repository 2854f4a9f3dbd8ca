-- What the shared statements call, as functions that PostgreSQL inlines.
CREATE FUNCTION scratch.dollars(cents NUMERIC) RETURNS NUMERIC IMMUTABLE LANGUAGE sql RETURN cents * 0.01;
CREATE FUNCTION scratch.mean_dollars(cents NUMERIC, number NUMERIC) RETURNS DOUBLE PRECISION IMMUTABLE LANGUAGE sql
  RETURN cents::DOUBLE PRECISION / nullif(number * 100, 0)::DOUBLE PRECISION;
CREATE FUNCTION scratch.mean_dollars(cents BIGINT, number BIGINT) RETURNS DOUBLE PRECISION IMMUTABLE LANGUAGE sql
  RETURN cents::DOUBLE PRECISION / nullif(number * 100, 0)::DOUBLE PRECISION;
CREATE FUNCTION scratch.ratio(part NUMERIC, whole NUMERIC) RETURNS DOUBLE PRECISION IMMUTABLE LANGUAGE sql
  RETURN part::DOUBLE PRECISION / nullif(whole, 0)::DOUBLE PRECISION + 0.0;
CREATE FUNCTION scratch.ratio(part BIGINT, whole BIGINT) RETURNS DOUBLE PRECISION IMMUTABLE LANGUAGE sql
  RETURN part::DOUBLE PRECISION / nullif(whole, 0)::DOUBLE PRECISION + 0.0;
CREATE FUNCTION scratch.month_number(day DATE) RETURNS INTEGER IMMUTABLE LANGUAGE sql
  RETURN extract(year FROM day)::INTEGER * 12 + extract(month FROM day)::INTEGER;
CREATE FUNCTION scratch.first_of_month(number INTEGER) RETURNS DATE IMMUTABLE LANGUAGE sql
  RETURN make_date((number - 1) / 12, (number - 1) % 12 + 1, 1);
CREATE FUNCTION scratch.clearly_above(number DOUBLE PRECISION, bound DOUBLE PRECISION) RETURNS BOOLEAN IMMUTABLE
  LANGUAGE sql RETURN number > bound + 1e-9 * abs(bound);
CREATE FUNCTION scratch.times_of(times BIGINT, place INTEGER) RETURNS INTEGER IMMUTABLE LANGUAGE sql
  RETURN ((times >> (15 * place)) & 32767)::INTEGER;
CREATE FUNCTION scratch.step(days BIGINT) RETURNS BIGINT IMMUTABLE LANGUAGE sql RETURN days - days % CASE
  WHEN days < 64 THEN 1 WHEN days < 128 THEN 2 WHEN days < 256 THEN 4 WHEN days < 512 THEN 8 WHEN days < 1024 THEN 16
  WHEN days < 2048 THEN 32 ELSE 64
END;
CREATE FUNCTION scratch.spend_step(cents BIGINT) RETURNS BIGINT IMMUTABLE LANGUAGE sql RETURN cents - cents % CASE
  WHEN cents < 1000 THEN 1 ELSE 10 ^ least(length(cents::VARCHAR) - 3, 9)
END::BIGINT;

CREATE DOMAIN scratch.product AS TEXT;
CREATE DOMAIN scratch.status_group AS TEXT;
CREATE TYPE scratch.channel AS ENUM (
  'Email Marketing', 'New Year Campaign', 'Organic', 'Promotional Campaign', 'Social Media'
);
CREATE TYPE scratch.campaign AS ENUM (
  'Discount Campaign', 'Evergreen Campaign', 'Gift Card Promotion', 'Holiday Campaign', 'Spring Campaign', 'Summer Campaign'
);
CREATE FUNCTION scratch.enum_code(channel scratch.channel) RETURNS INTEGER IMMUTABLE LANGUAGE sql RETURN CASE channel
  WHEN 'Email Marketing' THEN 0 WHEN 'New Year Campaign' THEN 1 WHEN 'Organic' THEN 2 WHEN 'Promotional Campaign' THEN 3
  WHEN 'Social Media' THEN 4
END;
CREATE FUNCTION scratch.enum_code(campaign scratch.campaign) RETURNS INTEGER IMMUTABLE LANGUAGE sql RETURN CASE campaign
  WHEN 'Discount Campaign' THEN 0 WHEN 'Evergreen Campaign' THEN 1 WHEN 'Gift Card Promotion' THEN 2
  WHEN 'Holiday Campaign' THEN 3 WHEN 'Spring Campaign' THEN 4 WHEN 'Summer Campaign' THEN 5
END;
