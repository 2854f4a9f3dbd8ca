-- Dates and times with Redshift's meaning. Parts arrive under their full names (functions.py holds the abbreviations).
CREATE FUNCTION redshift.getdate() RETURNS timestamp LANGUAGE sql STABLE
RETURN date_trunc('second', statement_timestamp())::timestamp;
CREATE FUNCTION redshift.sysdate() RETURNS timestamp LANGUAGE sql STABLE RETURN transaction_timestamp()::timestamp;

-- r_DATEADD_function: a year after 29 February is 1 March, twelve months after it 28 February.
CREATE FUNCTION redshift.dateadd(part text, amount bigint, moment timestamp) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE leap interval := CASE WHEN to_char(moment, 'MMDD') = '0229' THEN '1 day' ELSE '0' END;
BEGIN
  CASE part
    WHEN 'millennium', 'century', 'decade', 'year' THEN
      RETURN moment - leap + ('1 ' || part)::interval * amount + leap;
    WHEN 'quarter' THEN RETURN moment + interval '3 months' * amount;
    WHEN 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond' THEN
      RETURN moment + ('1 ' || part)::interval * amount;
  END CASE;
END $$;
CREATE FUNCTION redshift.dateadd(text, bigint, date) RETURNS timestamp LANGUAGE sql IMMUTABLE
RETURN redshift.dateadd($1, $2, $3::timestamp);
-- c_Supported_data_types: a TIMESTAMPTZ becomes a TIMESTAMP in the session's time zone. The page names no TIMESTAMPTZ.
CREATE FUNCTION redshift.dateadd(text, bigint, timestamptz) RETURNS timestamp LANGUAGE sql STABLE
RETURN redshift.dateadd($1, $2, $3::timestamp);
CREATE FUNCTION redshift.clock_part(part text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF part NOT IN ('hour', 'minute', 'second', 'millisecond', 'microsecond') THEN
    PERFORM redshift.refuse('a time has no part ' || part);
  END IF;
  RETURN part;
END $$;
CREATE FUNCTION redshift.dateadd(text, bigint, time) RETURNS time LANGUAGE sql IMMUTABLE
RETURN (redshift.dateadd(redshift.clock_part($1), $2, '2000-01-01'::date + $3))::time;
-- r_DATEADD_function: a TIMETZ is in UTC.
CREATE FUNCTION redshift.dateadd(text, bigint, timetz) RETURNS timetz LANGUAGE sql STABLE
RETURN (redshift.dateadd($1, $2, ($3 AT TIME ZONE 'UTC')::time)::text || '+00')::timetz;

-- r_DATEDIFF_function: boundaries crossed. The page does not say on which day a week starts.
CREATE FUNCTION redshift.weeks_between(date, date) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  mondays bigint := (date_trunc('week', $2)::date - date_trunc('week', $1)::date) / 7;
  sundays bigint := (date_trunc('week', $2 + 1)::date - date_trunc('week', $1 + 1)::date) / 7;
BEGIN
  IF mondays <> sundays THEN
    PERFORM redshift.refuse('DATEDIFF in weeks: AWS does not say whether a week starts on Sunday or on Monday');
  END IF;
  RETURN mondays;
END $$;
CREATE FUNCTION redshift.datediff(part text, since timestamp, until timestamp) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  years bigint := extract(year FROM until) - extract(year FROM since);
BEGIN
  CASE part
    WHEN 'year' THEN RETURN years;
    WHEN 'quarter' THEN RETURN years * 4 + extract(quarter FROM until) - extract(quarter FROM since);
    WHEN 'month' THEN RETURN years * 12 + extract(month FROM until) - extract(month FROM since);
    WHEN 'week' THEN RETURN redshift.weeks_between(since::date, until::date);
    WHEN 'day' THEN RETURN until::date - since::date;
    WHEN 'hour' THEN RETURN extract(epoch FROM date_trunc(part, until) - date_trunc(part, since)) / 3600;
    WHEN 'minute' THEN RETURN extract(epoch FROM date_trunc(part, until) - date_trunc(part, since)) / 60;
    WHEN 'second' THEN RETURN extract(epoch FROM date_trunc(part, until) - date_trunc(part, since));
    WHEN 'millisecond' THEN
      RETURN extract(epoch FROM date_trunc('milliseconds', until) - date_trunc('milliseconds', since)) * 1000;
    WHEN 'microsecond' THEN RETURN extract(epoch FROM until - since) * 1000000;
    ELSE PERFORM redshift.refuse('DATEDIFF in ' || part);
  END CASE;
END $$;
CREATE FUNCTION redshift.datediff(text, time, time) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN redshift.datediff(redshift.clock_part($1), '2000-01-01'::date + $2, '2000-01-01'::date + $3);
-- What DATEDIFF compares: a TIMESTAMP in the session's time zone, or a time in UTC.
CREATE FUNCTION redshift.moment(date) RETURNS timestamp LANGUAGE sql IMMUTABLE RETURN $1::timestamp;
CREATE FUNCTION redshift.moment(timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.moment(timestamptz) RETURNS timestamp LANGUAGE sql STABLE RETURN $1::timestamp;
CREATE FUNCTION redshift.moment(time) RETURNS time LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.moment(timetz) RETURNS time LANGUAGE sql STABLE RETURN ($1 AT TIME ZONE 'UTC')::time;

-- r_DATE_TRUNC: a TIMESTAMP, for a date too.
CREATE FUNCTION redshift.date_trunc(text, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE
RETURN pg_catalog.date_trunc($1, $2);
CREATE FUNCTION redshift.date_trunc(text, date) RETURNS timestamp LANGUAGE sql IMMUTABLE
RETURN pg_catalog.date_trunc($1, $2::timestamp);
CREATE FUNCTION redshift.date_trunc(text, timestamptz) RETURNS timestamp LANGUAGE sql STABLE
RETURN pg_catalog.date_trunc($1, $2::timestamp);

-- r_EXTRACT_function: an integer that holds the named part alone. r_Dateparts_for_datetime_functions: decade 201 starts
-- with the year 2000; DATE_PART is a DOUBLE with the fraction of the seconds.
CREATE FUNCTION redshift.whole_part(part text, value numeric) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN CASE WHEN part IN ('millisecond', 'microsecond') THEN floor(value)::bigint % 1000
  WHEN part = 'decade' THEN floor(value) + 1 ELSE floor(value) END::integer;
CREATE FUNCTION redshift.extract(text, timestamp) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN redshift.whole_part($1, pg_catalog.extract($1, $2));
CREATE FUNCTION redshift.extract(text, date) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN redshift.whole_part($1, pg_catalog.extract($1, $2::timestamp));
CREATE FUNCTION redshift.extract(text, time) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN redshift.whole_part($1, pg_catalog.extract($1, $2));
CREATE FUNCTION redshift.extract(text, timetz) RETURNS integer LANGUAGE sql STABLE
RETURN redshift.whole_part($1, pg_catalog.extract($1, ($2 AT TIME ZONE 'UTC')::time));
CREATE FUNCTION redshift.extract(text, interval) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN redshift.whole_part($1, pg_catalog.extract($1, $2));
CREATE FUNCTION redshift.extract(text, timestamptz) RETURNS double precision LANGUAGE sql STABLE
RETURN redshift.whole_part($1, pg_catalog.extract($1, $2::timestamp))::double precision;
CREATE FUNCTION redshift.date_part(text, timestamp) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN pg_catalog.date_part($1, $2) + CASE WHEN $1 = 'decade' THEN 1 ELSE 0 END;
CREATE FUNCTION redshift.date_part(text, date) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN redshift.date_part($1, $2::timestamp);
CREATE FUNCTION redshift.date_part(text, timestamptz) RETURNS double precision LANGUAGE sql STABLE
RETURN redshift.date_part($1, $2::timestamp);
CREATE FUNCTION redshift.date_part_year(date) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN pg_catalog.extract('year', $1)::integer;

-- r_LAST_DAY is a DATE; r_ADD_MONTHS leads from a month's last day to a month's last day.
CREATE FUNCTION redshift.last_day(timestamp) RETURNS date LANGUAGE sql IMMUTABLE
RETURN (pg_catalog.date_trunc('month', $1) + interval '1 month - 1 day')::date;
CREATE FUNCTION redshift.add_months(timestamp, bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1::date = redshift.last_day($1)
  THEN redshift.last_day($1 + interval '1 month' * $2) + $1::time ELSE $1 + interval '1 month' * $2 END;
CREATE FUNCTION redshift.next_day(moment timestamp, name text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  day integer := array_position(ARRAY['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'], lower(left(name, 2))) - 1;
  distance integer;
BEGIN
  IF day IS NULL THEN PERFORM redshift.refuse('NEXT_DAY knows no day ' || name); END IF;
  distance := (day - pg_catalog.extract('dow', moment) + 7)::integer % 7;
  RETURN moment::date + CASE WHEN distance = 0 THEN 7 ELSE distance END;
END $$;
-- r_MONTHS_BETWEEN_function: whole between equal days or last days of months, else 31 days make a month.
CREATE FUNCTION redshift.months_between(timestamp, timestamp) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN (redshift.datediff('month', $2, $1)
  + CASE WHEN pg_catalog.extract('day', $1) = pg_catalog.extract('day', $2)
      OR $1::date = redshift.last_day($1) AND $2::date = redshift.last_day($2) THEN 0
    ELSE (pg_catalog.extract('epoch', $1 - pg_catalog.date_trunc('month', $1))
      - pg_catalog.extract('epoch', $2 - pg_catalog.date_trunc('month', $2))) / 86400 / 31 END)::double precision;
CREATE FUNCTION redshift.convert_timezone(source text, target text, moment timestamp) RETURNS timestamp
LANGUAGE sql STABLE RETURN moment AT TIME ZONE source AT TIME ZONE target;
CREATE FUNCTION redshift.convert_timezone(target text, moment timestamp) RETURNS timestamp
LANGUAGE sql STABLE RETURN moment AT TIME ZONE 'UTC' AT TIME ZONE target;
CREATE FUNCTION redshift.convert_timezone(text, text, timestamptz) RETURNS timestamp LANGUAGE sql STABLE
RETURN redshift.convert_timezone($1, $2, $3::timestamp);
CREATE FUNCTION redshift.convert_timezone(text, timestamptz) RETURNS timestamp LANGUAGE sql STABLE
RETURN redshift.convert_timezone($1, $2::timestamp);

-- r_DATE_CMP and its family: -1, 0, 1.
CREATE FUNCTION redshift.compare(timestamp, timestamp) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 < $2 THEN -1 WHEN $1 > $2 THEN 1 WHEN $1 = $2 THEN 0 END;
CREATE FUNCTION redshift.compare(timestamptz, timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 < $2 THEN -1 WHEN $1 > $2 THEN 1 WHEN $1 = $2 THEN 0 END;
CREATE FUNCTION redshift.compare(interval, interval) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN CASE WHEN $1 < $2 THEN -1 WHEN $1 > $2 THEN 1 WHEN $1 = $2 THEN 0 END;
