-- Redshift's functions where PostgreSQL has none or another meaning. Every name stands in schema redshift and the
-- translation writes it with its schema. Pages named in comments: https://docs.aws.amazon.com/redshift/latest/dg/PAGE.html
CREATE SCHEMA redshift;

-- Refuse at run time what the documentation leaves open.
CREATE FUNCTION redshift.refuse(reason text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS
$$ BEGIN RAISE EXCEPTION 'stand-in: %', reason USING ERRCODE = 'feature_not_supported'; END $$;

-- r_VERSION: what drivers ask for first.
CREATE FUNCTION redshift.version() RETURNS text LANGUAGE sql IMMUTABLE
RETURN 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.54321';

-- Aggregates -------------------------------------------------------------------------------------------------------
-- r_SUM: BIGINT for integers (PostgreSQL gives NUMERIC for BIGINT), DOUBLE for floats (PostgreSQL keeps REAL).
CREATE FUNCTION redshift.to_bigint(numeric) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN $1::bigint;
CREATE AGGREGATE redshift.sum(smallint) (sfunc = int2_sum, stype = bigint);
CREATE AGGREGATE redshift.sum(integer) (sfunc = int4_sum, stype = bigint);
CREATE AGGREGATE redshift.sum(bigint) (sfunc = int8_sum, stype = numeric, finalfunc = redshift.to_bigint);
CREATE AGGREGATE redshift.sum(numeric) (sfunc = numeric_avg_accum, stype = internal, finalfunc = numeric_sum);
CREATE FUNCTION redshift.plus_real(double precision, real) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN coalesce($1 + $2, $1, $2);
CREATE AGGREGATE redshift.sum(real) (sfunc = redshift.plus_real, stype = double precision);
CREATE AGGREGATE redshift.sum(double precision) (sfunc = float8pl, stype = double precision);
CREATE AGGREGATE redshift.sum(interval) (sfunc = interval_pl, stype = interval);

-- r_AVG: BIGINT for integers, the argument's scale for decimals. That page does not say how the last digit is found.
CREATE FUNCTION redshift.mean(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN $1 / nullif($2, 0);
CREATE FUNCTION redshift.mean(double precision, bigint) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN $1 / nullif($2, 0);
CREATE FUNCTION redshift.fixed(value numeric, digits integer, operation text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF trunc(value, digits) <> round(value, digits) THEN
    PERFORM redshift.refuse(operation || ' of decimals: AWS does not say whether digit ' || digits + 1
      || ' is rounded or cut off; divide DOUBLE PRECISION');
  END IF;
  RETURN round(value, digits);
END $$;
CREATE FUNCTION redshift.mean(numeric, bigint) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN redshift.fixed($1::numeric(60, 20) / nullif($2, 0), scale($1), 'AVG');

-- The first and the last value that is not NULL: a strict transition function never sees NULL.
CREATE FUNCTION redshift.keep_first(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS
'SELECT $1';
CREATE FUNCTION redshift.keep_last(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS
'SELECT $2';
CREATE AGGREGATE redshift.first_not_null(anyelement) (sfunc = redshift.keep_first, stype = anyelement);
CREATE AGGREGATE redshift.last_not_null(anyelement) (sfunc = redshift.keep_last, stype = anyelement);
CREATE FUNCTION redshift.from_end(anyarray, integer) RETURNS anyelement LANGUAGE sql IMMUTABLE AS
'SELECT $1[cardinality($1) - $2 + 1]';

CREATE FUNCTION redshift.from_start(anyarray, integer) RETURNS anyelement LANGUAGE sql IMMUTABLE AS
'SELECT $1[$2]';

-- A sorted array is finished once a partition, so that percentiles work as windows too.
CREATE FUNCTION redshift.sort(anycompatiblearray) RETURNS anycompatiblearray LANGUAGE sql IMMUTABLE AS
'SELECT (SELECT array_agg(value ORDER BY value) FROM unnest($1) AS value)';
CREATE AGGREGATE redshift.sorted(anycompatible)
(sfunc = array_append, stype = anycompatiblearray, finalfunc = redshift.sort, initcond = '{}');
-- r_PERCENTILE_CONT: rows CEILING and FLOOR of 1 + p * (n - 1), weighted by the distance to the other.
CREATE FUNCTION redshift.place(integer, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN 1 + $2 * ($1 - 1);
CREATE FUNCTION redshift.percentile_cont(numeric[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN (SELECT CASE WHEN low = high THEN $1[low] ELSE (high - place) * $1[low] + (place - low) * $1[high] END
  FROM (SELECT floor(p)::integer AS low, ceil(p)::integer AS high, p AS place
    FROM (SELECT redshift.place(cardinality($1), $2) AS p)));
CREATE FUNCTION redshift.percentile_cont(double precision[], numeric) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN (SELECT CASE WHEN low = high THEN $1[low] ELSE (high - place) * $1[low] + (place - low) * $1[high] END
  FROM (SELECT floor(p)::integer AS low, ceil(p)::integer AS high, p::double precision AS place
    FROM (SELECT redshift.place(cardinality($1), $2) AS p)));
CREATE FUNCTION redshift.percentile_cont(bigint[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN redshift.percentile_cont($1::numeric[], $2);
CREATE FUNCTION redshift.percentile_cont(integer[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN redshift.percentile_cont($1::numeric[], $2);
CREATE FUNCTION redshift.percentile_cont(smallint[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN redshift.percentile_cont($1::numeric[], $2);
CREATE FUNCTION redshift.percentile_cont(real[], numeric) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN redshift.percentile_cont($1::double precision[], $2);
CREATE FUNCTION redshift.percentile_cont(timestamp[], numeric) RETURNS timestamp LANGUAGE sql IMMUTABLE
RETURN (SELECT $1[floor(p)::integer] + ($1[ceil(p)::integer] - $1[floor(p)::integer])
    * (p - floor(p))::double precision FROM (SELECT redshift.place(cardinality($1), $2) AS p));
-- r_MEDIAN: of days a day.
CREATE FUNCTION redshift.percentile_cont(date[], numeric) RETURNS date LANGUAGE sql IMMUTABLE
RETURN redshift.percentile_cont($1::timestamp[], $2)::date;
CREATE FUNCTION redshift.percentile_cont(timestamptz[], numeric) RETURNS timestamptz LANGUAGE sql STABLE
RETURN (SELECT $1[floor(p)::integer] + ($1[ceil(p)::integer] - $1[floor(p)::integer])
    * (p - floor(p))::double precision FROM (SELECT redshift.place(cardinality($1), $2) AS p));
CREATE FUNCTION redshift.percentile_disc(anyarray, numeric) RETURNS anyelement LANGUAGE sql IMMUTABLE AS
'SELECT $1[greatest(ceil($2 * cardinality($1))::integer, 1)]';

-- LISTAGG(DISTINCT) as a window: the partition's values, in order, each once.
CREATE FUNCTION redshift.join_distinct(text[], text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(value, $2 ORDER BY place) FROM (
  SELECT value, min(ordinality) AS place FROM unnest($1) WITH ORDINALITY AS list(value, ordinality) GROUP BY value));

-- Numbers ----------------------------------------------------------------------------------------------------------
CREATE FUNCTION redshift.divide(smallint, smallint) RETURNS smallint LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(real, real) RETURNS real LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(double precision, double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(real, double precision) RETURNS double precision LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(double precision, real) RETURNS double precision LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(interval, double precision) RETURNS interval LANGUAGE sql IMMUTABLE RETURN $1 / $2;
CREATE FUNCTION redshift.divide(numeric, numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  PERFORM redshift.refuse('the precision of a decimal division is not known from the statement; cast both operands');
END $$;
-- r_numeric_computations201: the scale of a decimal division follows from the operands' types, so it is handed over.
CREATE FUNCTION redshift.divide(numeric, numeric, integer) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN redshift.fixed($1::numeric(90, 45) / $2, $3, 'division');

-- r_ROUND, r_TRUNC, r_CEILING_FLOOR: the type of the argument, its scale too.
CREATE FUNCTION redshift.round(value numeric, digits integer DEFAULT 0) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN pg_catalog.round(pg_catalog.round(value, digits), scale(value));
CREATE FUNCTION redshift.round(value bigint, digits integer DEFAULT 0) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN pg_catalog.round(value::numeric, digits)::bigint;
CREATE FUNCTION redshift.round(value integer, digits integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN pg_catalog.round(value::numeric, digits)::integer;
CREATE FUNCTION redshift.round(value double precision, digits integer DEFAULT 0) RETURNS double precision
LANGUAGE sql IMMUTABLE RETURN pg_catalog.round(value::numeric, digits)::double precision;
CREATE FUNCTION redshift.trunc(value numeric, digits integer DEFAULT 0) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN pg_catalog.round(pg_catalog.trunc(value, digits), scale(value));
CREATE FUNCTION redshift.trunc(value bigint, digits integer DEFAULT 0) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN pg_catalog.trunc(value::numeric, digits)::bigint;
CREATE FUNCTION redshift.trunc(value integer, digits integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN pg_catalog.trunc(value::numeric, digits)::integer;
CREATE FUNCTION redshift.trunc(value double precision, digits integer DEFAULT 0) RETURNS double precision
LANGUAGE sql IMMUTABLE RETURN pg_catalog.trunc(value::numeric, digits)::double precision;
CREATE FUNCTION redshift.trunc(timestamp) RETURNS date LANGUAGE sql IMMUTABLE RETURN $1::date;
CREATE FUNCTION redshift.ceil(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN pg_catalog.ceil($1);
CREATE FUNCTION redshift.ceil(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.ceil(integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.ceil(double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN pg_catalog.ceil($1);
CREATE FUNCTION redshift.floor(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN pg_catalog.floor($1);
CREATE FUNCTION redshift.floor(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.floor(integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.floor(double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN pg_catalog.floor($1);
CREATE FUNCTION redshift.round(value smallint, digits integer DEFAULT 0) RETURNS smallint LANGUAGE sql IMMUTABLE
RETURN pg_catalog.round(value::numeric, digits)::smallint;
CREATE FUNCTION redshift.trunc(value smallint, digits integer DEFAULT 0) RETURNS smallint LANGUAGE sql IMMUTABLE
RETURN pg_catalog.trunc(value::numeric, digits)::smallint;
CREATE FUNCTION redshift.ceil(smallint) RETURNS smallint LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.floor(smallint) RETURNS smallint LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION redshift.sign(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN pg_catalog.sign($1);
CREATE FUNCTION redshift.sign(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN pg_catalog.sign($1::numeric)::bigint;
CREATE FUNCTION redshift.sign(integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN pg_catalog.sign($1::numeric)::integer;
CREATE FUNCTION redshift.sign(smallint) RETURNS smallint LANGUAGE sql IMMUTABLE
RETURN pg_catalog.sign($1::numeric)::smallint;
CREATE FUNCTION redshift.sign(double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN pg_catalog.sign($1);
-- r_DLOG10 and r_LOG are base 10, r_DLOG1 is LN; all of this family give DOUBLE PRECISION.
CREATE FUNCTION redshift.log10(double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN pg_catalog.log($1);

-- Text -------------------------------------------------------------------------------------------------------------
-- r_Character_types: widths are bytes; a cast cuts to the width and never splits a character.
CREATE FUNCTION redshift.fit(value text, bytes integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  value := left(value, bytes);
  WHILE octet_length(value) > bytes LOOP value := left(value, -1); END LOOP;
  RETURN value;
END $$;
CREATE FUNCTION redshift.concat(text, text) RETURNS text LANGUAGE sql IMMUTABLE RETURN $1 || $2;
CREATE FUNCTION redshift.charindex(part text, whole text) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN strpos(whole, part);
CREATE FUNCTION redshift.octetindex(part text, whole text) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN position(convert_to(part, 'UTF8') IN convert_to(whole, 'UTF8'));
CREATE FUNCTION redshift.split_part(value text, delimiter text, part integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF part < 1 THEN PERFORM redshift.refuse('SPLIT_PART counts parts from 1'); END IF;
  RETURN pg_catalog.split_part(value, delimiter, part);
END $$;
CREATE FUNCTION redshift.strtol(value text, base integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  digits text := lower(trim(value));
  sign integer := CASE WHEN digits LIKE '-%' THEN -1 ELSE 1 END;
  total numeric := 0;
  digit integer;
  one text;
BEGIN
  digits := regexp_replace(digits, '^[-+]', '');
  IF base = 16 THEN digits := regexp_replace(digits, '^0x', ''); END IF;
  FOREACH one IN ARRAY string_to_array(digits, NULL) LOOP
    digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', one) - 1;
    IF digit < 0 OR digit >= base THEN
      RAISE EXCEPTION 'STRTOL: % is no digit of base %', one, base USING ERRCODE = 'invalid_text_representation';
    END IF;
    total := total * base + digit;
  END LOOP;
  RETURN total * sign;
END $$;

-- REGEXP_REPLACE and its family: POSIX by default, 'p' asks for PCRE. PostgreSQL's matcher takes the longest match as
-- POSIX does; where PCRE would take another one (alternatives, lazy repeats) the pattern is refused.
CREATE FUNCTION redshift.flags(pattern text, parameters text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF parameters ~ '[^ciep]' THEN PERFORM redshift.refuse('parameters of a regular expression: ' || parameters); END IF;
  -- Alternatives of one sign each match alike, whichever is tried first.
  IF parameters ~ 'p' AND pattern ~ '[|]|[*+?}][?+]|\(\?[^=!:]' AND pattern !~ '^\w(\|\w)*$' THEN
    PERFORM redshift.refuse('a PCRE pattern that PostgreSQL may match otherwise: ' || pattern);
  END IF;
  RETURN CASE WHEN parameters ~ 'i' THEN 'i' ELSE 'c' END;
END $$;
CREATE FUNCTION redshift.regexp_replace(
  value text, pattern text, replacement text DEFAULT '', place integer DEFAULT 1, parameters text DEFAULT 'c')
RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF replacement ~ '[$\\]' THEN PERFORM redshift.refuse('$ or \ in the replacement of REGEXP_REPLACE'); END IF;
  IF place > length(value) THEN RETURN value; END IF;
  RETURN pg_catalog.regexp_replace(
    value, pattern, replacement, greatest(place, 1), 0, redshift.flags(pattern, parameters));
END $$;
CREATE FUNCTION redshift.regexp_substr(
  value text, pattern text, place integer DEFAULT 1, occurrence integer DEFAULT 1, parameters text DEFAULT 'c')
RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE part integer := CASE WHEN parameters ~ 'e' AND pattern ~ '\((?!\?)' THEN 1 ELSE 0 END;
BEGIN
  IF occurrence < 1 OR occurrence > length(value) THEN RETURN NULL; END IF;
  RETURN coalesce(pg_catalog.regexp_substr(
    value, pattern, greatest(place, 1), occurrence, redshift.flags(pattern, parameters), part), '');
END $$;
CREATE FUNCTION redshift.regexp_count(
  value text, pattern text, place integer DEFAULT 1, parameters text DEFAULT 'c')
RETURNS integer LANGUAGE sql IMMUTABLE STRICT
RETURN pg_catalog.regexp_count(value, pattern, greatest(place, 1), redshift.flags(pattern, parameters));
CREATE FUNCTION redshift.regexp_instr(
  value text, pattern text, place integer DEFAULT 1, occurrence integer DEFAULT 1, after integer DEFAULT 0,
  parameters text DEFAULT 'c')
RETURNS integer LANGUAGE sql IMMUTABLE STRICT
RETURN pg_catalog.regexp_instr(
  value, pattern, greatest(place, 1), occurrence, after, redshift.flags(pattern, parameters),
  CASE WHEN parameters ~ 'e' AND pattern ~ '\((?!\?)' THEN 1 ELSE 0 END);

-- Hashes -----------------------------------------------------------------------------------------------------------
CREATE FUNCTION redshift.sha2(value text, bits integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE bytes bytea := convert_to(value, 'UTF8');
BEGIN
  CASE bits
    WHEN 0, 256 THEN RETURN encode(sha256(bytes), 'hex');
    WHEN 224 THEN RETURN encode(sha224(bytes), 'hex');
    WHEN 384 THEN RETURN encode(sha384(bytes), 'hex');
    WHEN 512 THEN RETURN encode(sha512(bytes), 'hex');
  END CASE;
END $$;
-- r_FROM_HEX gives VARBYTE.
CREATE FUNCTION redshift.from_hex(text) RETURNS bytea LANGUAGE sql IMMUTABLE RETURN pg_catalog.decode($1, 'hex');
-- r_TO_VARBYTE and r_FROM_VARBYTE.
CREATE FUNCTION redshift.to_varbyte(value text, format text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN CASE lower(format) WHEN 'hex' THEN decode(value, 'hex') WHEN 'utf8' THEN convert_to(value, 'UTF8') END;
CREATE FUNCTION redshift.from_varbyte(value bytea, format text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE lower(format) WHEN 'hex' THEN encode(value, 'hex') WHEN 'utf8' THEN convert_from(value, 'UTF8') END;
CREATE FUNCTION redshift.rotate(word bigint, bits integer) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN ((word << bits) | (word >> (32 - bits))) & 4294967295;
-- FIPS 180-4, section 6.1: PostgreSQL's own functions start with SHA-224.
CREATE FUNCTION redshift.sha1(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  bytes bytea := convert_to(value, 'UTF8');
  size bigint := length(bytes);
  h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
  w bigint[];
  a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; swap bigint;
BEGIN
  bytes := bytes || '\x80'::bytea || decode(repeat('00', ((119 - size % 64) % 64)::integer), 'hex') || int8send(size * 8);
  FOR block IN 0 .. length(bytes) / 64 - 1 LOOP
    FOR i IN 0 .. 15 LOOP
      swap := 0;
      FOR j IN 0 .. 3 LOOP swap := swap << 8 | get_byte(bytes, block * 64 + i * 4 + j); END LOOP;
      w[i] := swap;
    END LOOP;
    FOR i IN 16 .. 79 LOOP w[i] := redshift.rotate(w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16], 1); END LOOP;
    a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
    FOR i IN 0 .. 79 LOOP
      IF i < 20 THEN f := (b & c) | (~b & d & 4294967295); k := 1518500249;
      ELSIF i < 40 THEN f := b # c # d; k := 1859775393;
      ELSIF i < 60 THEN f := (b & c) | (b & d) | (c & d); k := 2400959708;
      ELSE f := b # c # d; k := 3395469782;
      END IF;
      swap := (redshift.rotate(a, 5) + f + e + k + w[i]) & 4294967295;
      e := d; d := c; c := redshift.rotate(b, 30); b := a; a := swap;
    END LOOP;
    h := ARRAY[h[1] + a, h[2] + b, h[3] + c, h[4] + d, h[5] + e];
    FOR i IN 1 .. 5 LOOP h[i] := h[i] & 4294967295; END LOOP;
  END LOOP;
  RETURN (SELECT string_agg(lpad(to_hex(word), 8, '0'), '' ORDER BY place)
    FROM unnest(h) WITH ORDINALITY AS words(word, place));
END $$;

CREATE FUNCTION redshift.reverse_bytes(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
RETURN (SELECT string_agg(substring($1 FROM place FOR 1), ''::bytea ORDER BY place DESC)
  FROM generate_series(1, length($1)) AS places(place));
-- r_FNV_HASH: FNV-1a of 64 bits over the value's bytes, the lowest of a number first.
CREATE FUNCTION redshift.fnv_hash(bytes bytea, seed bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE hash numeric := CASE WHEN seed < 0 THEN seed + 18446744073709551616 ELSE seed END;
BEGIN
  FOR place IN 0 .. length(bytes) - 1 LOOP
    hash := hash - hash % 256 + ((hash % 256)::integer # get_byte(bytes, place));
    hash := hash * 1099511628211 % 18446744073709551616;
  END LOOP;
  RETURN CASE WHEN hash >= 9223372036854775808 THEN hash - 18446744073709551616 ELSE hash END;
END $$;
CREATE FUNCTION redshift.fnv_hash(text, bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN redshift.fnv_hash(convert_to($1, 'UTF8'), $2);
CREATE FUNCTION redshift.fnv_hash(smallint, bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN redshift.fnv_hash(redshift.reverse_bytes(int2send($1)), $2);
CREATE FUNCTION redshift.fnv_hash(integer, bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN redshift.fnv_hash(redshift.reverse_bytes(int4send($1)), $2);
CREATE FUNCTION redshift.fnv_hash(bigint, bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN redshift.fnv_hash(redshift.reverse_bytes(int8send($1)), $2);
CREATE FUNCTION redshift.fnv_hash(real, bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN redshift.fnv_hash(redshift.reverse_bytes(float4send($1)), $2);
CREATE FUNCTION redshift.fnv_hash(double precision, bigint DEFAULT -3750763034362895579) RETURNS bigint
LANGUAGE sql IMMUTABLE RETURN redshift.fnv_hash(redshift.reverse_bytes(float8send($1)), $2);

-- JSON -------------------------------------------------------------------------------------------------------------
-- JSON_EXTRACT_PATH_TEXT: an absent element is an empty string. For JSON's null the page names no result.
CREATE FUNCTION redshift.json_text(value json) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF json_typeof(value) = 'null' THEN PERFORM redshift.refuse('the text of a JSON null'); END IF;
  RETURN coalesce(json_build_array(value) ->> 0, '');
END $$;
CREATE FUNCTION redshift.json_extract_path_text(value text, lenient boolean, VARIADIC path text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  IF value IS NULL OR lenient AND NOT value IS JSON THEN RETURN NULL; END IF;
  RETURN redshift.json_text(json_extract_path(value::json, VARIADIC path));
END $$;
CREATE FUNCTION redshift.json_extract_array_element_text(value text, lenient boolean, place integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  IF value IS NULL OR lenient AND NOT value IS JSON THEN RETURN NULL; END IF;
  RETURN CASE WHEN place < 0 THEN '' ELSE redshift.json_text(value::json -> place) END;
END $$;
CREATE FUNCTION redshift.json_array_length(value text, lenient boolean) RETURNS integer
LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  IF value IS NULL OR lenient AND NOT value IS JSON THEN RETURN NULL; END IF;
  RETURN pg_catalog.json_array_length(value::json);
END $$;
CREATE FUNCTION redshift.is_valid_json(value text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN value IS JSON OBJECT;
CREATE FUNCTION redshift.is_valid_json_array(value text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN value IS JSON ARRAY;

-- query-super, in lax mode: what does not exist is NULL. A scalar is cast by its text, another value to NULL.
CREATE FUNCTION redshift.navigate(value jsonb, VARIADIC path text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN jsonb_extract_path(value, VARIADIC path);
-- query-super: a value that is no array is one row of its own.
CREATE FUNCTION redshift.elements(value jsonb) RETURNS TABLE (element jsonb, place bigint) LANGUAGE sql IMMUTABLE AS $$
  SELECT item, ordinality - 1 FROM jsonb_array_elements(
    CASE jsonb_typeof($1) WHEN 'array' THEN $1 ELSE jsonb_build_array($1) END
  ) WITH ORDINALITY AS items (item, ordinality)
$$;
CREATE FUNCTION redshift.elements_alone(value jsonb) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT element FROM redshift.elements($1)
$$;
CREATE FUNCTION redshift.split_to_array(value text, delimiter text DEFAULT ',') RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN to_jsonb(string_to_array(value, delimiter));
CREATE FUNCTION redshift.is_array(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN jsonb_typeof(value) = 'array';
CREATE FUNCTION redshift.navigate(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE RETURN value;
CREATE FUNCTION redshift.super_text(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(value) IN ('array', 'object') THEN NULL ELSE value #>> '{}' END;
CREATE FUNCTION redshift.json_parse(value text) RETURNS jsonb LANGUAGE sql IMMUTABLE RETURN value::jsonb;
CREATE FUNCTION redshift.can_json_parse(value text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN value IS JSON;
CREATE FUNCTION redshift.json_serialize(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE RETURN value::text;
CREATE FUNCTION redshift.json_typeof(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE RETURN jsonb_typeof(value);
CREATE FUNCTION redshift.is_bigint(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN jsonb_typeof(value) = 'number' AND CASE WHEN value::text ~ '^-?[0-9]+$'
  THEN value::text::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 ELSE false END;
CREATE FUNCTION redshift.array_contains(value jsonb, element anyelement) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS
'SELECT $1 @> jsonb_build_array($2)';
CREATE FUNCTION redshift.array_concat(one jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT
RETURN one || other;
CREATE FUNCTION redshift.get_array_length(value jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN jsonb_array_length(value);

-- r_TRY_CAST: NULL where the value cannot be converted, an error where the types cannot.
CREATE FUNCTION redshift.try_cast(value anyelement, target text, witness anycompatible) RETURNS anycompatible
LANGUAGE plpgsql STABLE AS $$
DECLARE result ALIAS FOR $0;
BEGIN
  EXECUTE format('SELECT CAST($1 AS %s)', target) INTO result USING value;
  RETURN result;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;
