## r_comparison_condition.html
SELECT order_id FROM orders WHERE amount <> 5 AND amount != 6 AND amount >= 1 AND amount <= 9;
SELECT order_id FROM orders WHERE customer_id = ANY (SELECT customer_id FROM customers);
SELECT order_id FROM orders WHERE customer_id = SOME (SELECT customer_id FROM customers);
SELECT order_id FROM orders WHERE customer_id <> ALL (SELECT customer_id FROM blocked);
SELECT order_id FROM orders WHERE is_paid IS TRUE AND is_test IS NOT TRUE AND is_gift IS UNKNOWN;
## r_range_condition.html
SELECT order_id FROM orders WHERE amount BETWEEN 1 AND 5 AND ordered_on NOT BETWEEN '2024-01-01' AND '2024-02-01';
## r_null_condition.html
SELECT order_id FROM orders WHERE note IS NULL OR comment_text IS NOT NULL;
## r_in_condition.html
SELECT order_id FROM orders WHERE channel IN ('ads', 'mail') AND channel NOT IN ('test');
## r_patternmatching_condition_like.html
SELECT order_id FROM orders WHERE note LIKE 'a%' AND note NOT LIKE '%z' AND note ILIKE '%B%' AND note LIKE 'a\\_b' ESCAPE '\\';
SELECT order_id FROM orders WHERE note LIKE '%^%%' ESCAPE '^';
## pattern-matching-conditions-similar-to.html
SELECT order_id FROM orders WHERE note SIMILAR TO '%(a|b)%' AND note NOT SIMILAR TO 'c%' ESCAPE '^';
## pattern-matching-conditions-posix.html
SELECT order_id FROM orders WHERE note ~ 'a.*b' AND note !~ '^c';
## r_CASE_function.html
SELECT CASE WHEN amount > 5 THEN 'big' WHEN amount > 1 THEN 'middle' ELSE 'small' END FROM orders;
SELECT CASE channel WHEN 'ads' THEN 1 ELSE 0 END AS is_ad FROM orders;
## r_DECODE_expression.html
SELECT DECODE(channel, 'ads', 1, 'mail', 2, 0) FROM orders;
SELECT NVL(note, ''), COALESCE(note, channel, 'x'), NVL2(note, 1, 0), NULLIF(amount, 0) FROM orders;
SELECT GREATEST(amount, 1), LEAST(amount, 2, 3) FROM orders;
## r_CAST_function.html
SELECT CAST(amount AS DECIMAL(10, 2)), amount::BIGINT, CAST(note AS VARCHAR(20)), CAST(ordered_on AS TIMESTAMP) FROM orders;
SELECT TRY_CAST(note AS INTEGER), CONVERT(INTEGER, amount), CAST(note AS CHARACTER VARYING(9)) FROM orders;
SELECT CAST(ordered_at AS TIMESTAMP WITH TIME ZONE), ordered_at::TIMESTAMP WITHOUT TIME ZONE, ordered_at::TIMESTAMPTZ FROM orders;
SELECT CAST(amount AS DOUBLE PRECISION), amount::FLOAT8, amount::REAL, is_paid::INT FROM orders;
## r_interval_literals.html
SELECT ordered_at + INTERVAL '3 days', ordered_at - INTERVAL '1' HOUR FROM orders;
SELECT INTERVAL '2 months 3 days' + ordered_at, ordered_at + INTERVAL '52' WEEK FROM orders;
## r_interval_data_types.html
SELECT INTERVAL '2-5' YEAR TO MONTH, INTERVAL '3 04:05:06' DAY TO SECOND;
SELECT CAST(note AS INTERVAL DAY TO SECOND) FROM orders;
## r_DATEADD_function.html
SELECT DATEADD(month, 1, ordered_on), DATEADD('day', -7, ordered_on), DATEDIFF(week, ordered_on, GETDATE()) FROM orders;
SELECT ADD_MONTHS(ordered_on, 3), LAST_DAY(ordered_on), MONTHS_BETWEEN(ordered_on, paid_on), NEXT_DAY(ordered_on, 'Fri') FROM orders;
## r_DATE_TRUNC.html
SELECT DATE_TRUNC('month', ordered_at), DATE_PART('year', ordered_at), DATE_PART(dow, ordered_at) FROM orders;
## r_EXTRACT_function.html
SELECT EXTRACT(year FROM ordered_at), EXTRACT(epoch FROM ordered_at), EXTRACT(dayofweek FROM ordered_at) FROM orders;
## r_AT_TIME_ZONE.html
SELECT ordered_at AT TIME ZONE 'Europe/Berlin', CONVERT_TIMEZONE('UTC', 'America/New_York', ordered_at) FROM orders;
## r_SYSDATE.html
SELECT SYSDATE, CURRENT_DATE, GETDATE(), TIMEOFDAY();
SELECT DATE '2024-02-29', TIMESTAMP '2024-02-29 12:00:00', TIMESTAMPTZ '2024-02-29 12:00:00+01' FROM orders;
## r_SUBSTRING.html
SELECT SUBSTRING(note, 2, 3), SUBSTRING(note FROM 2 FOR 3), SUBSTRING(note FROM 2), LEFT(note, 2), RIGHT(note, 2) FROM orders;
## r_TRIM.html
SELECT TRIM(note), TRIM(BOTH 'x' FROM note), TRIM(LEADING FROM note), TRIM(TRAILING 'y' FROM note), BTRIM(note, 'z') FROM orders;
## r_POSITION.html
SELECT POSITION('a' IN note), STRPOS(note, 'a'), CHARINDEX('a', note) FROM orders;
## String_functions_header.html
SELECT UPPER(note), LOWER(note), INITCAP(note), LEN(note), REVERSE(note), REPEAT(note, 2), LPAD(note, 9, '0'), RPAD(note, 9) FROM orders;
SELECT REPLACE(note, 'a', 'b'), TRANSLATE(note, 'ab', 'cd'), SPLIT_PART(note, '-', 2), CONCAT(note, channel), CHR(65), ASCII(note) FROM orders;
SELECT REGEXP_REPLACE(note, 'a+', 'b'), REGEXP_SUBSTR(note, '[0-9]+', 1, 1), REGEXP_COUNT(note, 'a', 1, 'i'), REGEXP_INSTR(note, 'a') FROM orders;
SELECT QUOTE_IDENT(note), QUOTE_LITERAL(note), SOUNDEX(note), DIFFERENCE(note, channel), OCTET_LENGTH(note), CRC32(note) FROM orders;
## Math_functions.html
SELECT ROUND(amount, 2), TRUNC(amount), CEIL(amount), FLOOR(amount), ABS(amount), MOD(quantity, 3), POWER(quantity, 2), SQRT(amount) FROM orders;
SELECT LN(amount), DLOG10(amount), EXP(1), SIGN(amount), PI(), RANDOM(), DEGREES(1), RADIANS(180), CBRT(27), SIN(1), ATAN2(1, 2) FROM orders;
## hash-functions.html
SELECT MD5(note), SHA1(note), SHA2(note, 256), FNV_HASH(note), FARMFINGERPRINT64(note), CHECKSUM(note), MURMUR3_32_HASH(note) FROM orders;
## json-functions.html
SELECT JSON_EXTRACT_PATH_TEXT(payload, 'a', 'b'), JSON_EXTRACT_ARRAY_ELEMENT_TEXT(payload, 0), JSON_ARRAY_LENGTH(payload), IS_VALID_JSON(payload) FROM events;
SELECT JSON_PARSE(payload), JSON_SERIALIZE(document), JSON_TYPEOF(document), CAN_JSON_PARSE(payload) FROM events;
## c_Aggregate_Functions.html
SELECT COUNT(*), COUNT(DISTINCT channel), SUM(amount), AVG(amount), MIN(amount), MAX(amount), STDDEV(amount), VARIANCE(amount) FROM orders;
SELECT APPROXIMATE COUNT(DISTINCT customer_id), ANY_VALUE(channel), BOOL_AND(is_paid), BOOL_OR(is_paid), BIT_AND(quantity) FROM orders;
SELECT LISTAGG(channel, ', ') WITHIN GROUP (ORDER BY channel), LISTAGG(DISTINCT channel) WITHIN GROUP (ORDER BY channel) FROM orders;
SELECT MEDIAN(amount), PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY amount) FROM orders;
SELECT APPROXIMATE PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY amount) FROM orders;
SELECT HLL(customer_id), HLL_CARDINALITY(HLL_CREATE_SKETCH(customer_id)) FROM orders;
## c_Window_functions.html
SELECT ROW_NUMBER() OVER (PARTITION BY channel ORDER BY amount), RANK() OVER (ORDER BY amount DESC), NTILE(4) OVER (ORDER BY amount) FROM orders;
SELECT SUM(amount) OVER (PARTITION BY channel), COUNT(*) OVER (), AVG(amount) OVER (ORDER BY ordered_at ROWS 6 PRECEDING) FROM orders;
SELECT SUM(amount) OVER (ORDER BY ordered_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders;
SELECT MAX(amount) OVER (ORDER BY ordered_at ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), MIN(amount) OVER (ORDER BY ordered_at ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) FROM orders;
SELECT LAG(amount) OVER (ORDER BY ordered_at), LEAD(amount, 2) OVER (PARTITION BY channel ORDER BY ordered_at) FROM orders;
SELECT LAG(amount, 1) IGNORE NULLS OVER (ORDER BY ordered_at), NTH_VALUE(amount, 2) IGNORE NULLS OVER (ORDER BY ordered_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM orders;
SELECT FIRST_VALUE(amount IGNORE NULLS) OVER (PARTITION BY channel ORDER BY ordered_at ROWS UNBOUNDED PRECEDING) FROM orders;
SELECT LISTAGG(channel, ',') WITHIN GROUP (ORDER BY channel) OVER (PARTITION BY country) FROM orders;
SELECT RATIO_TO_REPORT(amount) OVER (PARTITION BY channel), PERCENT_RANK() OVER (ORDER BY amount), CUME_DIST() OVER (ORDER BY amount), DENSE_RANK() OVER (ORDER BY amount) FROM orders;
SELECT MEDIAN(amount) OVER (PARTITION BY channel), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) OVER (PARTITION BY channel) FROM orders;
## r_OPERATOR_SYMBOLS.html
SELECT quantity & 3, quantity << 1, quantity >> 1, |/ 25.0, ||/ 27.0 FROM orders;
## query-super.html
SELECT document.items[0].price FROM events;
SELECT e.document.customer.name, e.document.items[1]['price'] FROM events AS e;
SELECT item FROM events AS e, e.items AS item;
SELECT item.price, place FROM events AS e, e.items AS item AT place;
SELECT line.sku FROM events AS e, e.orders AS o, o.lines AS line WHERE line.quantity > 1;
SELECT line FROM events AS e, e.orders[0].lines AS line;
SELECT attribute, value FROM events AS e, UNPIVOT e.document AS value AT attribute;
SELECT e.document.a::VARCHAR, e.document.b::INT + 1 FROM events AS e WHERE e.document.c = 'x';
SELECT ARRAY(1, 2, 3), OBJECT('a', 1), ARRAY_CONCAT(ARRAY(1), ARRAY(2)), SPLIT_TO_ARRAY('a,b', ','), GET_ARRAY_LENGTH(ARRAY(1));
SELECT IS_ARRAY(document), IS_OBJECT(document), JSON_SIZE(document), SUBARRAY(items, 0, 2), ARRAY_FLATTEN(items) FROM events;
## geospatial-functions.html
SELECT ST_DISTANCESPHERE(ST_POINT(13.4, 52.5), ST_POINT(2.35, 48.86)), ST_ASTEXT(place), ST_X(place) FROM shops;
SELECT s.shop_id FROM shops s, areas a WHERE ST_CONTAINS(a.shape, s.place) AND ST_DWITHIN(s.place, ST_GEOMFROMTEXT('POINT(1 2)'), 5);
## r_System_information_functions.html
SELECT CURRENT_USER, SESSION_USER, CURRENT_DATABASE(), PG_BACKEND_PID(), VERSION();
SELECT PG_LAST_QUERY_ID(), PG_LAST_COPY_COUNT(), CURRENT_SETTING('timezone'), SET_CONFIG('app.name', 'shop', FALSE);
## r_in_condition.html
SELECT order_id FROM orders WHERE CAST(amount AS INT) IN (1, 2.5, '3');
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) IN ('2024-01-01', CURRENT_DATE, TIMESTAMP '2024-01-01 00:00:00');
SELECT order_id FROM orders WHERE CAST(note AS VARCHAR(9)) NOT IN ('a', NULL, 'b');
SELECT order_id FROM orders WHERE CAST(ordered_at AS TIMESTAMPTZ) IN ('2024-01-01 10:00:00+01', GETDATE());
SELECT order_id FROM orders WHERE CAST(amount AS INT) IN (SELECT CAST(amount AS DECIMAL(9, 2)) FROM refunds);
## r_range_condition.html
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) BETWEEN '2024-01-01' AND GETDATE();
SELECT order_id FROM orders WHERE CAST(note AS VARCHAR(9)) BETWEEN 'a' AND 'b';
SELECT order_id FROM orders WHERE CAST(ordered_at AS TIMESTAMP) BETWEEN '2024-01-01' AND DATEADD(day, 1, GETDATE());
SELECT order_id FROM orders WHERE CAST(opens_at AS TIME) BETWEEN '08:00' AND TIME '12:00:00';
SELECT order_id FROM orders WHERE DATEDIFF(day, ordered_on, paid_on) BETWEEN 0 AND '30';
## r_CASE_function.html
SELECT CASE CAST(amount AS INT) WHEN 1 THEN 'x' WHEN '2' THEN 'y' END FROM orders;
SELECT CASE CAST(ordered_on AS DATE) WHEN '2024-01-01' THEN 1 ELSE 2.5 END FROM orders;
## r_DECODE_expression.html
SELECT DECODE(CAST(ordered_on AS DATE), '2024-01-01', 'June 1st', NULL, 'none', 'other') FROM orders;
## CONVERT_TIMEZONE.html
SELECT CONVERT_TIMEZONE('US/Pacific', ordered_at), CONVERT_TIMEZONE('EST', 'PST', '20080305 12:25:29') FROM orders;
SELECT CONVERT_TIMEZONE('GMT', 'NEWZONE +2', '2014-05-17 12:00:00'), CONVERT_TIMEZONE('GMT', 'GMT+2', ordered_at) FROM orders;
SELECT CONVERT_TIMEZONE('America/Los_Angeles+2', CAST(ordered_at AS TIMESTAMPTZ)) FROM orders;
SELECT CONVERT_TIMEZONE('UTC', c.zone, o.ordered_at) FROM orders o JOIN customers c ON c.customer_id = o.customer_id;
SELECT CONVERT_TIMEZONE('Europe/Berlin', CAST(ordered_on AS DATE)) FROM orders;
## r_AT_TIME_ZONE.html
SELECT TIMESTAMP '2001-02-16 20:38:40' AT TIME ZONE 'MST', CAST(ordered_at AS TIMESTAMPTZ) AT TIME ZONE 'PST' FROM orders;
## r_DATE-CONCATENATE_function.html
SELECT DATE '2000-01-02' + TIME '20:00:00', TIME '20:00:00' + DATE '2000-01-01', DATE '2000-01-01' + TIMETZ '20:00:00 PST';
## r_Datetime_types.html
SELECT CAST(ordered_on AS DATE) + 7, CAST(ordered_on AS DATE) - CAST(paid_on AS DATE), CAST(a AS TIMESTAMP) - CAST(b AS TIMESTAMP) FROM t;
SELECT DATEDIFF(hours, TIMETZ '20:00:00 PST', TIMETZ '00:58:00 EST'), DATEADD(hour, 2, TIMETZ '13:24:55 PST');
## r_EXTRACT_function.html
SELECT EXTRACT(timezone_hour FROM TIMESTAMPTZ '1997-12-01 07:37:16 PST'), EXTRACT(minute FROM TIMETZ '18:04:05 UTC');
## r_FNV_HASH.html
SELECT FNV_HASH('Amazon Redshift', FNV_HASH(1)), FNV_HASH(CAST(amount AS BIGINT)), FNV_HASH(ordered_on) FROM orders;
## r_APPROXIMATE_PERCENTILE_DISC.html
## r_WF_LISTAGG.html
SELECT LISTAGG(channel, ',') WITHIN GROUP (ORDER BY ordered_on) OVER (PARTITION BY customer_id) FROM orders;
## r_TO_NUMBER.html
SELECT TO_NUMBER('12,454.8-', '99G999D9S'), TO_CHAR(-125.8, '999D99S'), TO_DATE('02 Oct 2001', 'DD Mon YYYY');
## c_Supported_data_types.html
SELECT CAST('2024-01-01' AS DATE) + INTERVAL '1 day', TIMESTAMP '2024-01-01 10:00' - INTERVAL '2 hours';
SELECT CAST(a AS SUPER), CAST(b AS GEOMETRY), CAST(c AS VARBYTE(16)), CAST(d AS TIMETZ) FROM t;
SELECT CASE WHEN a THEN 'x' WHEN b THEN NULL ELSE 'y' END = 'x' FROM t;
SELECT x.label FROM (SELECT CASE WHEN a > 1 THEN 'big' ELSE 'small' END AS label FROM t) AS x WHERE x.label = 'big';
SELECT COALESCE(CAST(a AS DATE), '2024-01-01'), NVL(CAST(b AS TIMESTAMP), GETDATE()) FROM t;
SELECT GREATEST(CAST(a AS DATE), CAST(b AS TIMESTAMP)), LEAST(1, 2.5, CAST(c AS BIGINT)) FROM t;
SELECT a FROM t WHERE CAST(a AS DATE) = '20240101' OR CAST(a AS DATE) > 'Jan 1, 2024' OR CAST(b AS TIMESTAMP) < 'now';
SELECT a FROM t WHERE CAST(a AS BOOLEAN) = 'true' OR CAST(b AS BOOLEAN) IN ('t', 'f');
SELECT a FROM t WHERE CAST(a AS VARCHAR(9)) = 5;
SELECT a FROM t WHERE CAST(a AS INT) = '5' AND CAST(b AS REAL) > '1e3';
SELECT a FROM t WHERE CAST(a AS TIMESTAMP) BETWEEN DATE '2024-01-01' AND CAST(b AS TIMESTAMPTZ);
SELECT a FROM t WHERE CAST(a AS DATE) IN (SELECT CAST(b AS TIMESTAMP) FROM u);
SELECT a FROM t WHERE 5 BETWEEN CAST(a AS INT) AND CAST(b AS DECIMAL(9, 2));
SELECT CAST(a AS VARCHAR(9)) AS x FROM t UNION ALL SELECT CAST(b AS CHAR(3)) FROM u UNION ALL SELECT NULL;
SELECT CAST(a AS TIMESTAMP) AS x FROM t UNION SELECT CAST(b AS TIMESTAMPTZ) FROM u;
SELECT DECODE(a, 1, 'x', 2, 'y', 'z'), DECODE(CAST(b AS VARCHAR(3)), 'abc', 1) FROM t;
SELECT EXTRACT(epoch FROM CAST(a AS TIMESTAMPTZ)), DATE_PART(dow, CAST(b AS DATE)), DATE_PART('w', c) FROM t;
SELECT CONVERT_TIMEZONE('UTC', 'Asia/Kolkata', DATE_TRUNC('hour', a)), CONVERT_TIMEZONE('EST5EDT', a) FROM t;
SELECT TIMEZONE('Africa/Kampala', a), a AT TIME ZONE 'Singapore' FROM t;
SELECT a FROM t WHERE a SIMILAR TO '%(x|y)%' AND a !~ 'z' AND POSITION('x' IN a) > 0;
SELECT JSON_PARSE(a) AS p, p.b.c[0]::INT FROM t;
SELECT o.items[0].sku::VARCHAR(9), i.qty FROM orders AS o, o.items AS i AT n WHERE i.qty > 1;
SELECT LISTAGG(DISTINCT a, ';') WITHIN GROUP (ORDER BY a DESC) FROM t;
SELECT a, GROUPING(a) FROM t GROUP BY GROUPING SETS ((a), ());
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r;
SELECT * FROM (SELECT a, b FROM t) UNPIVOT (v FOR k IN (a, b));
## r_PERCENTILE_CONT.html
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY CAST(a AS DATE)), MEDIAN(CAST(a AS DATE)) FROM t;
SELECT MEDIAN(LEN(a)), MAX(UPPER(a)), MIN(CAST(b AS TIMESTAMPTZ)), MAX(CAST(c AS TIME)) FROM t;
## r_SUM.html
SELECT SUM(LEN(a)), AVG(DATEDIFF(day, b, c)), STDDEV(CAST(d AS REAL)), SUM(CAST(e AS SUPER)) FROM t;
SELECT LISTAGG(CAST(a AS INT), ','), BOOL_AND(CAST(b AS BOOLEAN)), BIT_OR(LEN(c)) FROM t;
## r_patternmatching_condition_like.html
SELECT a FROM t WHERE CAST(a AS VARCHAR(9)) LIKE '5%' AND TO_CHAR(b, 'YYYY') ILIKE '20%' AND JSON_EXTRACT_PATH_TEXT(c, 'd') ~ 'x';
## r_comparison_condition.html
SELECT a FROM t WHERE TO_DATE(a, 'YYYY') = '2024-01-01' AND DATEADD(day, 1, b) > CURRENT_DATE AND ST_CONTAINS(c, d) = TRUE;
SELECT a FROM t WHERE CAST(v AS VARBYTE) = FROM_HEX('6162') AND LEN(b) = '5' AND LAST_DAY(c) BETWEEN '2024-01-01' AND GETDATE();
## r_OPERATOR_SYMBOLS.html
SELECT LEN(a) + 1.5, CAST(b AS DATE) - 7, GETDATE() - CAST(c AS TIMESTAMP), 2 * INTERVAL '1 hour', SYSDATE - (n * INTERVAL '5 second') FROM t;
SELECT CAST(JSON_EXTRACT_PATH_TEXT(a, 'price') AS DECIMAL(9, 2)) * 2, 5 || 'a', UPPER(b) || LEN(b), CURRENT_DATE || '' FROM t;
SELECT DATE '2024-01-01' + TIME '10:00' + INTERVAL '1 day', TIME '10:00' + INTERVAL '1 hour' FROM t;
## r_VARBYTE_OPERATORS.html
SELECT CAST('a' AS VARBYTE) || CAST('b' AS VARBYTE), CAST('a' AS VARBYTE) + CAST('b' AS VARBYTE), CAST('a' AS VARBYTE) & FROM_HEX('01');
## c_SQL_functions.html
SELECT UPPER(5), LEN(CURRENT_DATE), SUBSTRING(12345, 2, 2), LEFT(TO_CHAR(a, 'YYYY'), 2), REPLACE(LEN(b), 1, 2) FROM t;
SELECT ABS('5'), ROUND(LEN(a) / 2.0, 1), CEIL(DATEDIFF(hour, b, c) / 24.0), TRUNC(GETDATE()), POWER(2, LEN(a)) FROM t;
SELECT DATE_TRUNC('day', CAST(a AS TIMESTAMPTZ)), DATEDIFF(day, '2024-01-01', b), LAST_DAY('2024-02-01'), ADD_MONTHS(c, -1) FROM t;
SELECT DATEADD(day, LEN(a), b), DATEADD(hour, 1, CAST(c AS TIME)), EXTRACT(day FROM INTERVAL '3 days'), DATE_PART(year, TO_DATE(d, 'YYYY')) FROM t;
SELECT ST_X(ST_GEOMFROMTEXT(a)), ST_DISTANCE(ST_POINT(1, 2), b), ST_ASTEXT('010100000000000000000014400000000000001840') FROM t;
SELECT JSON_PARSE(a), JSON_EXTRACT_PATH_TEXT(JSON_SERIALIZE(b), 'c', 'd', TRUE), GET_ARRAY_LENGTH(SPLIT_TO_ARRAY(a, ',')), TO_HEX(LEN(a)) FROM t;
SELECT LN(CAST(a AS DOUBLE PRECISION)), LN(LEN(b)), LN(2.5), MD5(CAST(c AS VARBYTE)), LEN(FROM_HEX(d)) FROM t;
SELECT x.total + 1 FROM (SELECT COALESCE(a, 0) AS total FROM t) AS x;
SELECT TO_CHAR(started_at, 'HH24:MI') AS started_at, DATEDIFF(second, started_at, ended_at) FROM t;
## limitations-super.html
SELECT CAST(5 AS BOOLEAN), CAST(CAST(5.0 AS SUPER) AS BOOLEAN), CAST(t.document.day AS DATE), CAST(LEN(a) AS SUPER) FROM t;
SELECT CAST('010100000000000000000014400000000000001840' AS GEOMETRY), CAST(ST_POINT(1, 2) AS GEOGRAPHY), CAST(INTERVAL '1 day' AS VARCHAR(20));
## r_SELECT_synopsis.html
SELECT customer_id, LISTAGG(DISTINCT channel, ', ') WITHIN GROUP (ORDER BY channel) FROM orders GROUP BY customer_id;
SELECT id, ordered_at, LAG(ordered_at) OVER (PARTITION BY customer_id ORDER BY ordered_at) AS before, DATEDIFF(day, LAG(ordered_at) OVER (PARTITION BY customer_id ORDER BY ordered_at), ordered_at) AS days FROM orders;
SELECT id, SUM(amount) OVER (PARTITION BY channel ORDER BY ordered_at ROWS UNBOUNDED PRECEDING) AS running FROM orders;
SELECT channel, 100.0 * COUNT(*) / SUM(COUNT(*)) OVER () AS share FROM orders GROUP BY channel;
SELECT * FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS rn FROM orders) WHERE rn = 1;
SELECT id FROM orders o WHERE o.is_paid QUALIFY RANK() OVER (PARTITION BY customer_id ORDER BY amount DESC) = 1;
SELECT NVL(SUM(CASE WHEN is_paid THEN amount END), 0)::NUMERIC(12, 2) AS paid FROM orders;
SELECT SUM(CASE WHEN channel = 'ads' THEN 1 ELSE 0 END)::FLOAT / NULLIF(COUNT(*), 0) AS ad_share FROM orders;
SELECT id FROM orders WHERE ordered_at >= DATEADD(day, -7, GETDATE()) AND ordered_at < CURRENT_DATE;
SELECT id FROM orders WHERE ordered_at::DATE BETWEEN '2024-01-01' AND '2024-01-31' AND LOWER(note) NOT LIKE '%test%';
SELECT SPLIT_PART(SPLIT_PART(url, 'utm_source=', 2), '&', 1) AS source FROM visits WHERE url LIKE '%utm\\_source=%';
SELECT REGEXP_SUBSTR(url, 'utm_campaign=([^&]+)', 1, 1, 'e') FROM visits;
SELECT e.id, i.sku, i.price::DECIMAL(9, 2) FROM events e, e.payload.items i WHERE i.price > 5;
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY amount) AS p90, COUNT(*) FROM orders;
SELECT APPROXIMATE PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY amount) FROM orders GROUP BY channel;
SELECT GREATEST(created_at, updated_at) AS changed_at, DATE_PART(dow, created_at) AS weekday, EXTRACT(hour FROM created_at) AS hour FROM events;
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', created_at) AS local_time FROM events;
SELECT MD5(LOWER(TRIM(email))) AS hash, SHA2(email, 256), FNV_HASH(email) FROM customers;
SELECT ORDERS.id FROM orders, customers WHERE orders.customer_id = customers.id AND customers.country IN ('DE', 'AT');
SELECT id, payload.utm.source::VARCHAR(50) AS source FROM sales.events AS events WHERE IS_OBJECT(payload);
SELECT CAST('12' AS INT), CAST(' 5 ' AS BIGINT), CAST('1e3' AS FLOAT), CAST('yes' AS BOOLEAN), CAST(32767 AS SMALLINT), CAST(-32768 AS SMALLINT);
SELECT DATE '2024-02-29', 'Feb 29, 2024'::DATE, '20240229'::DATE, TIMESTAMP '2024-12-31 23:59:59.999999', CAST('2024-01-01' AS TIMESTAMPTZ);
SELECT CAST(123.456 AS DECIMAL(5, 2)), CAST(0.001 AS DECIMAL(3, 3)), CAST(12345.678 AS DECIMAL(8, 2));
SELECT a / 2, 5 / 2.0, a % 7 FROM t;
SELECT NEXT_DAY(a, 'Tu'), NEXT_DAY(a, 'friday'), NEXT_DAY(a, 'W') FROM t;
SELECT REGEXP_REPLACE(a, '(?=x)', 'y', 1, 'p'), REGEXP_SUBSTR(a, '[^,]+', 1, 2), REGEXP_COUNT(a, '[[:alpha:]]', 1, 'i') FROM t;
SELECT JSON_PARSE('{"a": [1, 2, null]}'), JSON_PARSE('[]'), JSON_PARSE('"x"');
SELECT SUBSTRING(a, -3, 5), STRTOL('ff', 16), LEFT(a, 0), REPEAT(a, 3), SPLIT_PART(a, ',', 2) FROM t;
SELECT OBJECT('a', 1, 'b', 'x', 'c', ARRAY(1, 2)), OBJECT(), ARRAY() FROM t;
SELECT TO_DATE(a, 'YYYY-MM-DD'), TO_DATE(a, 'YYYYMMDD', TRUE), TO_CHAR(b, 'Day'), TO_NUMBER(c, '99D99') FROM t;
SELECT LEAD(a, 0) OVER (ORDER BY b), NTILE(c) OVER (ORDER BY b), LAST_VALUE(a IGNORE NULLS) OVER (PARTITION BY c ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM t;
SELECT t.a FROM t, u WHERE t.a = u.a(+) AND u.b(+) = 5;
SELECT x.a, RANK() OVER (ORDER BY x.a) AS r FROM t AS x QUALIFY r <= 3;
SELECT b.c.d FROM a.b;
SELECT x.p.items[0].sku, x.p."Name" FROM t AS x WHERE x.p.a.b IS NOT NULL;
## r_SELECT_synopsis.html
SELECT channel, COUNT(*), RANK() OVER (ORDER BY COUNT(*) DESC) FROM orders GROUP BY channel;
SELECT channel, SUM(SUM(amount)) OVER (ORDER BY channel ROWS UNBOUNDED PRECEDING) FROM orders GROUP BY channel;
SELECT NTILE(10) OVER (ORDER BY SUM(amount) DESC) AS decile, customer_id FROM orders GROUP BY customer_id;
SELECT LISTAGG(channel, ',') WITHIN GROUP (ORDER BY id) OVER (PARTITION BY customer_id) FROM orders;
SELECT SUM(LEN(note)), AVG(amount::FLOAT), MAX(note), MIN(ordered_at), COUNT(is_paid), SUM(is_paid::INT) FROM orders;
SELECT MAX(CASE WHEN is_paid THEN amount END), SUM(CASE WHEN note LIKE 'a%' THEN 1 ELSE 0 END) FROM orders;
SELECT DATE_TRUNC('month', ordered_at), DATE_TRUNC('quarter', ordered_at::DATE), DATE_TRUNC('hour', GETDATE()) FROM orders;
SELECT DATEADD(month, -1, DATE_TRUNC('month', CURRENT_DATE)), DATEADD(day, LEN(note), ordered_at), DATEADD(week, 2, '2024-01-01') FROM orders;
SELECT CURRENT_DATE - 30, CURRENT_DATE - ordered_at::DATE, ordered_at + INTERVAL '2 hours', ordered_at::DATE + 1 FROM orders;
SELECT EXTRACT(epoch FROM ordered_at), DATE_PART('year', ordered_at), DATE_PART(week, ordered_at), EXTRACT(dow FROM ordered_at) FROM orders;
SELECT ADD_MONTHS(ordered_at, 3), LAST_DAY(ordered_at), MONTHS_BETWEEN(ordered_at, CURRENT_DATE), NEXT_DAY(CURRENT_DATE, 'Monday') FROM orders;
SELECT TO_DATE(note, 'DD.MM.YYYY'), TO_TIMESTAMP(note, 'YYYY-MM-DD HH24:MI:SS'), TO_CHAR(amount, '999D99'), TO_NUMBER(note, '999') FROM orders;
SELECT COALESCE(note, 'none'), NVL(amount, 0), NULLIF(note, ''), NVL2(note, 1, 0), GREATEST(1, 2.5), LEAST(CURRENT_DATE, ordered_at) FROM orders;
SELECT CASE WHEN LEN(note) > 5 THEN 'long' WHEN note IS NULL THEN NULL ELSE 'short' END AS length FROM orders;
SELECT CASE LEN(note) WHEN 0 THEN 'none' ELSE 'some' END, CASE WHEN is_paid THEN amount ELSE 0 END FROM orders;
SELECT id FROM orders WHERE LEN(note) = 5 AND ordered_at::DATE = '2024-01-31' AND is_paid = TRUE AND amount BETWEEN 1 AND 2.5;
SELECT id FROM orders WHERE ordered_at::DATE IN ('2024-01-01', '2024-01-02') AND note IN ('a', 'b') AND id IN (SELECT order_id FROM refunds);
SELECT id FROM orders WHERE DATE_TRUNC('day', ordered_at) = DATE_TRUNC('day', GETDATE()) AND NOT is_paid AND note ~ '^[a-z]+$';
SELECT id FROM orders WHERE ordered_at::TIME > '08:00' AND ordered_at > TIMESTAMP '2024-01-01 00:00:00' AND ordered_at < '2024-02-01';
SELECT note::VARCHAR(5), amount::INT, amount::DECIMAL(10, 2), ordered_at::VARCHAR(10), id::CHAR(5), '5'::INT, TRUE::INT FROM orders;
SELECT CAST(ordered_at AS TIME), CAST(note AS DATE), CAST(1 AS BOOLEAN), CAST(amount AS VARCHAR(20)), CAST('10:30' AS TIME) FROM orders;
SELECT LPAD(id::VARCHAR(9), 9, '0'), LEFT(note, 3), RIGHT(note, LEN(note) - 1), SUBSTRING(note, 2), STRPOS(note, 'a'), REPLACE(note, 'a', '') FROM orders;
SELECT note || ' ' || id, CONCAT(note, id), UPPER(note) || LOWER(note), TRIM(BOTH ' ' FROM note) FROM orders;
SELECT ST_ASTEXT(ST_GEOMFROMTEXT('POINT(1 2)', 4326)), ST_CONTAINS(area, ST_MAKEPOINT(lon, lat)) FROM shops;
SELECT JSON_EXTRACT_PATH_TEXT(payload, 'a', 'b', TRUE), JSON_EXTRACT_ARRAY_ELEMENT_TEXT(items, 0), JSON_ARRAY_LENGTH(items) FROM events;
SELECT e.payload.a.b::INT, e.payload.items[0].sku::VARCHAR(20), GET_ARRAY_LENGTH(e.payload.items) FROM events AS e WHERE e.payload.a.c = 'x';
SELECT e.id, i.sku, n FROM events AS e, e.payload.items AS i AT n WHERE i.qty::INT > 1;
SELECT HLL_CARDINALITY(HLL_COMBINE(sketch)) FROM sketches;
SELECT '5 days'::interval + CURRENT_DATE, CAST('1 hour' AS INTERVAL), ordered_at + '2 days'::INTERVAL FROM orders;
SELECT pg_get_userbyid(n.nspowner), n.nspname FROM pg_namespace n;
## r_SELECT_synopsis.html
SELECT SUBSTRING(name FROM 2 FOR 3), POSITION('a' IN name), TRIM(LEADING '0' FROM code) FROM t;
SELECT id FROM t WHERE id = ANY (SELECT id FROM u) OR id <> ALL (SELECT id FROM v);
SELECT id FROM t WHERE (a, b) IN ((1, 2), (3, 4));
SELECT id FROM t WHERE (a, b) IN (SELECT c, d FROM u);
SELECT COUNT(*) OVER (), COUNT(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING) FROM t;
SELECT FIRST_VALUE(a) IGNORE NULLS OVER (PARTITION BY b ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM t;
SELECT a, LEAD(a) OVER (ORDER BY b) - a AS gap FROM t;
SELECT CASE WHEN ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1 THEN 'new' ELSE 'old' END FROM t;
SELECT MIN(a) OVER (PARTITION BY DATE_TRUNC('month', b)) FROM t;
SELECT DATEDIFF('day', a, b), DATEADD('hour', 3, a), DATE_PART('epoch', a), DATE_TRUNC('minute', a) FROM t;
SELECT a::DATE - '2024-01-01'::DATE, a + INTERVAL '1 month 2 days', INTERVAL '3' DAY + a, a - INTERVAL '1' YEAR FROM t;
SELECT TIMESTAMP 'epoch' + a * INTERVAL '1 second' FROM t;
SELECT 'epoch'::TIMESTAMP + a / 1000 * INTERVAL '1 second' FROM t;
SELECT GETDATE()::DATE, SYSDATE, TRUNC(SYSDATE), CURRENT_DATE::TIMESTAMP, TO_CHAR(SYSDATE, 'YYYYMMDD')::INT FROM t;
SELECT a::NUMERIC(10, 2) / NULLIF(b, 0) * 100 || '%' FROM t;
SELECT (a || '-' || b)::VARCHAR(20), a::TEXT, b::BPCHAR, c::FLOAT8, d::INT2, e::BOOL, f::TIMESTAMP WITHOUT TIME ZONE FROM t;
SELECT REGEXP_REPLACE(a, '[^0-9]', ''), REGEXP_SUBSTR(a, '\\d+'), REGEXP_INSTR(a, 'x'), REGEXP_COUNT(LOWER(a), 'b') FROM t;
SELECT a FROM t WHERE a ~ '^(https?://)?www\\.' AND a SIMILAR TO '%(shop|store)%' AND a NOT ILIKE '%bot%';
SELECT LISTAGG(a) FROM t;
SELECT LISTAGG(DISTINCT a || ':' || b, '; ') WITHIN GROUP (ORDER BY a) FROM t GROUP BY c;
SELECT MEDIAN(a), PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY a) FROM t GROUP BY b;
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a) OVER (PARTITION BY b) FROM t;
SELECT WIDTH, HEIGHT, name, type, status, version, level, date FROM t;
SELECT t.date, t.time, t.type, t.position, t.name, t.value FROM events t;
SELECT a FROM t WHERE b IS NOT NULL AND (c OR NOT d) AND e BETWEEN f AND g;
SELECT DISTINCT a, COUNT(*) OVER (PARTITION BY a) FROM t;
SELECT a FROM t WHERE EXISTS (SELECT * FROM u WHERE u.id = t.id AND u.d > t.d);
SELECT a, (SELECT COUNT(*) FROM u WHERE u.id = t.id) AS n FROM t;
SELECT a INTO TEMP recent FROM t WHERE b > CURRENT_DATE - 7;
SELECT c.name, o.item.sku, o.item FROM customers c, c.orders o WHERE o.item.qty > 2;
SELECT c.data.address.city::VARCHAR, c.data."ZipCode", c.data['tags'][0] FROM customers c;
SELECT OBJECT_TRANSFORM(data KEEP '"a"') FROM customers;
SELECT schemaname, tablename, "column", type, encoding, distkey, sortkey FROM pg_table_def WHERE schemaname = 'public';
SELECT query_id, status, elapsed_time / 1000000.0 AS s FROM sys_query_history WHERE query_type = 'SELECT';
SELECT payload.id::INT, IS_ARRAY(payload.items) FROM events WHERE JSON_TYPEOF(payload.kind) = 'string';
## c_Supported_data_types.html
SELECT CASE WHEN REGEXP_INSTR(note, '[sS]elect ') THEN 'SELECT' ELSE 'OTHER' END, 'UNLOAD ' + schema_name + '.' + UPPER(table_name) + note FROM t;

## c_Aggregate_Functions.html
SELECT STDDEV(DISTINCT price), ANY_VALUE(DISTINCT name), BIT_AND(DISTINCT a), BOOL_OR(DISTINCT is_paid) FROM t;
SELECT VAR_POP(DISTINCT price), LISTAGG(DISTINCT name, ',') WITHIN GROUP (ORDER BY name) FROM t;
