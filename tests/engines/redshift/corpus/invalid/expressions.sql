## r_in_condition.html
-- IN has a list that is not empty, or a query.
SELECT a FROM t WHERE a IN ();
SELECT a FROM t WHERE a IN;
SELECT a FROM t WHERE a IN 1, 2;
SELECT a FROM t WHERE a IN (1, 2,);
SELECT a FROM t WHERE a NOT (1, 2);
SELECT a FROM t WHERE a IN (1 2);
## r_comparison_condition.html
-- Only = ANY, = SOME and <> ALL compare with a set, of a query.
SELECT a FROM t WHERE a > ANY (SELECT b FROM u);
SELECT a FROM t WHERE a <> SOME (SELECT b FROM u);
SELECT a FROM t WHERE a = ALL (SELECT b FROM u);
SELECT a FROM t WHERE a < ALL (SELECT b FROM u);
SELECT a FROM t WHERE a = ANY (ARRAY(1, 2));
SELECT a FROM t WHERE a = ANY (1, 2);
SELECT a FROM t WHERE a = ANY ('{1, 2}');
SELECT a FROM t WHERE a LIKE ANY ('x', 'y');
SELECT a FROM t WHERE a ILIKE ALL (ARRAY('x'));
-- A comparison has two sides.
SELECT a FROM t WHERE a > ;
SELECT a FROM t WHERE < 5;
SELECT a <> FROM t;
-- These comparisons are not documented.
SELECT a FROM t WHERE a IS DISTINCT FROM b;
SELECT a FROM t WHERE a IS NOT DISTINCT FROM b;
SELECT a FROM t WHERE a <=> b;
SELECT a FROM t WHERE a IS 5;
SELECT a FROM t WHERE a IS NOT;
SELECT a FROM t WHERE a IS JSON;
SELECT a FROM t WHERE (a, b) OVERLAPS (c, d);
SELECT a FROM t WHERE (a, b) = (1, 2);
SELECT ROW(1, 2) FROM t;
## r_range_condition.html
-- BETWEEN has two bounds.
SELECT a FROM t WHERE a BETWEEN 1;
SELECT a FROM t WHERE a BETWEEN 1, 2;
SELECT a FROM t WHERE a BETWEEN AND 2;
SELECT a FROM t WHERE a BETWEEN SYMMETRIC 2 AND 1;
## r_patternmatching_condition_like.html
-- A pattern follows LIKE.
SELECT a FROM t WHERE a LIKE;
SELECT a FROM t WHERE a NOT 'x%';
SELECT a FROM t WHERE a SIMILAR 'x%';
SELECT a FROM t WHERE a RLIKE 'x';
SELECT a FROM t WHERE a GLOB 'x*';
SELECT a FROM t WHERE a ~* 'x';
SELECT a FROM t WHERE a !~* 'x';
SELECT a FROM t WHERE a ~~ 'x%';
## r_CASE_function.html
-- CASE has a WHEN with a THEN each, and an END.
SELECT CASE END FROM t;
SELECT CASE a END FROM t;
SELECT CASE WHEN a = 1 END FROM t;
SELECT CASE WHEN a = 1 THEN 2 FROM t;
SELECT CASE WHEN THEN 2 END FROM t;
SELECT CASE ELSE 1 END FROM t;
SELECT CASE WHEN a = 1 THEN 2 ELSE END FROM t;
SELECT CASE WHEN a = 1 THEN 2 ELSE 3 ELSE 4 END FROM t;
SELECT IF(a = 1, 2, 3) FROM t;
SELECT IIF(a = 1, 2, 3) FROM t;
## r_CAST_function.html
-- A cast names a documented type.
SELECT CAST(a) FROM t;
SELECT CAST(a AS) FROM t;
SELECT CAST(AS INT) FROM t;
SELECT CAST(a, INT) FROM t;
SELECT a:: FROM t;
SELECT CAST(a AS FOO) FROM t;
SELECT a::uuid FROM t;
SELECT a::jsonb FROM t;
SELECT a::int[] FROM t;
SELECT a::bytea FROM t;
SELECT a::money FROM t;
SELECT a::inet FROM t;
SELECT a::regclass FROM t;
SELECT CAST(a AS UNSIGNED) FROM t;
SELECT CAST(a AS TINYINT) FROM t;
SELECT CAST(a AS ARRAY<INT>) FROM t;
SELECT CAST(a AS STRUCT<x INT>) FROM t;
SELECT CAST(a AS INT(5)) FROM t;
SELECT CAST(a AS VARCHAR(0)) FROM t;
SELECT CAST(a AS VARCHAR(65536)) FROM t;
SELECT CAST(a AS CHAR(4097)) FROM t;
SELECT CAST(a AS DECIMAL(39, 2)) FROM t;
SELECT CAST(a AS DECIMAL(10, 11)) FROM t;
SELECT CAST(a AS DECIMAL(0)) FROM t;
SELECT CAST(a AS DECIMAL(10, 2, 1)) FROM t;
SELECT CAST(a AS TIMESTAMP(3)) FROM t;
SELECT CAST(a AS TIMESTAMPTZ WITH TIME ZONE) FROM t;
SELECT CAST(a AS DATE WITH TIME ZONE) FROM t;
SELECT CAST(a AS FLOAT(54)) FROM t;
SELECT CAST(a AS INTERVAL) FROM t;
SELECT CAST(a AS DOUBLE) FROM t;
SELECT SAFE_CAST(a AS INT) FROM t;
SELECT CAST(a AS DATE FORMAT 'YYYY') FROM t;
## r_interval_literals.html
-- An interval has documented units.
SELECT INTERVAL '1' FORTNIGHT FROM t;
SELECT INTERVAL '1 fortnight' FROM t;
SELECT INTERVAL 1 DAY FROM t;
SELECT INTERVAL a DAY FROM t;
SELECT INTERVAL '1' FROM t;
SELECT INTERVAL FROM t;
## r_char_literals.html
-- A literal is plain text.
SELECT E'a\n' FROM t;
SELECT B'101' FROM t;
SELECT X'1F' FROM t;
SELECT N'a' FROM t;
SELECT U&'a' FROM t;
SELECT $$a$$ FROM t;
SELECT 'a FROM t;
SELECT 1e FROM t;
SELECT 1.2.3 FROM t;
SELECT 0x1F FROM t;
SELECT `a` FROM t;
SELECT [a] FROM t;
SELECT @a FROM t;
SELECT :a FROM t;
SELECT a FROM t WHERE a = ?;
SELECT a FROM t WHERE a = $1;
## r_OPERATOR_SYMBOLS.html
-- An operator has its operands, and is a documented one.
SELECT a + FROM t;
SELECT * 5 FROM t;
SELECT a || FROM t;
SELECT a ++ FROM t;
SELECT a + * b FROM t;
SELECT a # b FROM t;
SELECT a | b FROM t;
SELECT a -> 'b' FROM t;
SELECT a ->> 'b' FROM t;
SELECT a @> b FROM t;
SELECT a && b FROM t;
SELECT a ** 2 FROM t;
SELECT a // 2 FROM t;
SELECT a DIV 2 FROM t;
SELECT a ?? b FROM t;
SELECT a := 1 FROM t;
SELECT NOT FROM t;
SELECT a b c FROM t;
## c_SQL_functions.html
-- Arguments are separated by single commas.
SELECT COUNT(a,) FROM t;
SELECT COALESCE(a,, b) FROM t;
SELECT COALESCE(, a) FROM t;
SELECT UPPER(a FROM t;
SELECT UPPER(a)) FROM t;
SELECT UPPER((a) FROM t;
SELECT COUNT(DISTINCT) FROM t;
SELECT COUNT(DISTINCT *) FROM t;
SELECT COUNT(ALL) FROM t;
SELECT UPPER(DISTINCT) FROM t;
SELECT MAKE_INTERVAL(days => 1) FROM t;
SELECT UPPER(value := a) FROM t;
-- A function has its number of arguments.
SELECT COALESCE() FROM t;
SELECT UPPER() FROM t;
SELECT UPPER(a, b) FROM t;
SELECT NVL2(a, b) FROM t;
SELECT DATEADD(day, 1) FROM t;
SELECT DATEDIFF(a, b) FROM t;
SELECT SPLIT_PART(a, '-') FROM t;
SELECT REPLACE(a, b) FROM t;
SELECT NULLIF(a) FROM t;
SELECT GETDATE(1) FROM t;
SELECT ROUND(a, 1, 2) FROM t;
SELECT CONCAT(a, b, c) FROM t;
-- The function does not exist.
SELECT STRING_AGG(a, ',') FROM t;
SELECT ARRAY_AGG(a) FROM t;
SELECT GROUP_CONCAT(a) FROM t;
SELECT CONCAT_WS(',', a, b) FROM t;
SELECT IFNULL(a, b) FROM t;
SELECT DATE_FORMAT(a, '%Y') FROM t;
SELECT STR_TO_DATE(a, '%Y') FROM t;
SELECT UNNEST(a) FROM t;
SELECT GENERATE_SERIES(1, 5) FROM t;
SELECT MAKE_DATE(2024, 1, 1) FROM t;
SELECT JSON_AGG(a) FROM t;
SELECT TO_JSON(a) FROM t;
SELECT GEN_RANDOM_UUID() FROM t;
SELECT CORR(a, b) FROM t;
SELECT MODE() WITHIN GROUP (ORDER BY a) FROM t;
SELECT EVERY(a) FROM t;
SELECT OVERLAY(a PLACING 'x' FROM 1) FROM t;
SELECT NOW() FROM t;
SELECT CURRENT_TIMESTAMP FROM t;
SELECT LOCALTIMESTAMP FROM t;
SELECT AGE(a, b) FROM t;
SELECT LOG(a) FROM t;
SELECT SUBSTR(a, 1) FROM t;
SELECT DATE_SUB(a, 1) FROM t;
SELECT STARTS_WITH(a, 'x') FROM t;
SELECT REGEXP_LIKE(a, 'x') FROM t;
SELECT TO_BASE64(a) FROM t;
SELECT SINH(a) FROM t;
SELECT GCD(a, b) FROM t;
SELECT PG_SLEEP(1) FROM t;
SELECT XMLAGG(a) FROM t;
## r_EXTRACT_function.html
-- A part is a bare word, and documented.
SELECT EXTRACT('year' FROM a) FROM t;
SELECT EXTRACT(year, a) FROM t;
SELECT EXTRACT(year a) FROM t;
SELECT EXTRACT(isoyear FROM a) FROM t;
SELECT EXTRACT(FROM a) FROM t;
SELECT DATE_TRUNC('fortnight', a) FROM t;
SELECT DATEADD(fortnight, 1, a) FROM t;
## r_SUBSTRING.html
-- SUBSTRING, POSITION and TRIM have words of their own between their arguments.
SELECT SUBSTRING(a FOR 2) FROM t;
SELECT SUBSTRING(a FROM) FROM t;
SELECT SUBSTRING(a) FROM t;
SELECT POSITION('a', b) FROM t;
SELECT POSITION('a' b) FROM t;
SELECT TRIM(BOTH) FROM t;
SELECT TRIM(MIDDLE 'x' FROM a) FROM t;
SELECT TRIM() FROM t;
## c_Aggregate_Functions.html
-- No aggregate takes FILTER, or an order among its arguments.
SELECT SUM(a) FILTER (WHERE b > 1) FROM t;
SELECT COUNT(*) FILTER (WHERE b) FROM t;
SELECT SUM(a ORDER BY b) FROM t;
SELECT LISTAGG(a, ',' ORDER BY b) FROM t;
SELECT LISTAGG(a, ',') WITHIN GROUP ORDER BY a FROM t;
SELECT LISTAGG(a, ',') WITHIN GROUP () FROM t;
SELECT LISTAGG(a, b) WITHIN GROUP (ORDER BY a) FROM t;
SELECT COUNT(a, b) FROM t;
SELECT COUNT(DISTINCT a, b) FROM t;
SELECT SUM(a, b) FROM t;
SELECT MAX() FROM t;
## c_Window_functions.html
-- A window has PARTITION BY, ORDER BY and a frame of ROWS, in this order.
SELECT SUM(a) OVER FROM t;
SELECT SUM(a) OVER (PARTITION b) FROM t;
SELECT SUM(a) OVER (ORDER BY b PARTITION BY c) FROM t;
SELECT SUM(a) OVER (PARTITION BY) FROM t;
SELECT SUM(a) OVER (ROWS UNBOUNDED) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 2 FOLLOWING AND 1 FOLLOWING) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 1.5 PRECEDING AND CURRENT ROW) FROM t;
SELECT SUM(a) OVER (ORDER BY b RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t;
SELECT SUM(a) OVER (ORDER BY b GROUPS UNBOUNDED PRECEDING) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING EXCLUDE TIES) FROM t;
SELECT SUM(a) OVER (ORDER BY b) FROM t;
SELECT FIRST_VALUE(a) OVER (ORDER BY b) FROM t;
SELECT RANK() OVER (ORDER BY a ROWS UNBOUNDED PRECEDING) FROM t;
SELECT LAG(a) OVER (ORDER BY b ROWS 1 PRECEDING) FROM t;
SELECT NTILE(2) OVER (ORDER BY a ROWS UNBOUNDED PRECEDING) FROM t;
SELECT MEDIAN(a) OVER (PARTITION BY b ORDER BY c) FROM t;
SELECT UPPER(a) OVER (PARTITION BY b) FROM t;
SELECT LAG(a, 1, 0) OVER (ORDER BY b) FROM t;
SELECT FIRST_VALUE(a IGNORE) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING) FROM t;
## query-super.html
-- A path is written with points and subscripts; there are no arrays outside of SUPER.
SELECT a[] FROM t;
SELECT a[0 FROM t;
SELECT a[1:2] FROM t;
SELECT a..b FROM t;
SELECT a. FROM t;
SELECT .a FROM t;
SELECT ARRAY[1, 2] FROM t;
SELECT {'a': 1} FROM t;
SELECT a:b FROM t;
SELECT x FROM t, UNPIVOT t.a;
SELECT x FROM t, t.a AS x AT;
SELECT x FROM t, UNNEST(t.a) WITH ORDINALITY AS x;
SELECT (a, b) FROM t;
## r_in_condition.html
-- The values of a list have a type in common with what is compared.
SELECT order_id FROM orders WHERE CAST(amount AS INT) IN (1, 'two');
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) IN (20240101, 20240102);
SELECT order_id FROM orders WHERE CAST(opens_at AS TIME) NOT IN (1200, 1300);
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) IN ('2024-01-01', TRUE);
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) IN ('2024-01-01', 'soon');
SELECT order_id FROM orders WHERE CAST(customer_id AS INT) IN (SELECT CAST(born_on AS DATE) FROM customers);
SELECT order_id FROM orders WHERE CAST(opens_at AS TIME) IN (SELECT CAST(born_on AS DATE) FROM customers);
SELECT CASE WHEN CAST(amount AS DECIMAL(9, 2)) IN ('cheap', 'dear') THEN 1 END FROM orders;
## r_range_condition.html
-- The bounds have a type in common with what lies between them.
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) BETWEEN 1 AND 5;
SELECT order_id FROM orders WHERE CAST(amount AS INT) BETWEEN 'low' AND 'high';
SELECT order_id FROM orders WHERE CAST(amount AS INT) NOT BETWEEN DATE '2024-01-01' AND DATE '2024-02-01';
SELECT order_id FROM orders WHERE CAST(opens_at AS TIME) BETWEEN DATE '2024-01-01' AND DATE '2024-02-01';
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) BETWEEN '2024-01-01' AND FALSE;
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) BETWEEN 'monday' AND 'friday';
## r_comparison_condition.html
-- Dates, times and booleans compare with their own kind.
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) = CAST(opens_at AS TIME);
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) < TRUE;
SELECT order_id FROM orders WHERE CAST(opens_at AS TIME) > 9;
SELECT order_id FROM orders WHERE CAST(ordered_on AS DATE) = 'tomorrow morning';
## r_CASE_function.html
-- The value of a simple CASE has a type in common with each WHEN.
SELECT CASE CAST(ordered_on AS DATE) WHEN 5 THEN 'x' END FROM orders;
SELECT CASE CAST(amount AS INT) WHEN 1 THEN 'x' WHEN 'many' THEN 'y' END FROM orders;
SELECT CASE WHEN is_paid THEN TRUE ELSE DATE '2024-01-01' END FROM orders;
## r_DECODE_expression.html
-- The value has a type in common with what it is compared with.
SELECT DECODE(CAST(ordered_on AS DATE), 5, 'x', 'y') FROM orders;
SELECT DECODE(CAST(amount AS INT), 1, 'x', 'many', 'y') FROM orders;
## CONVERT_TIMEZONE.html
-- It takes the names of time zones, and then a timestamp.
SELECT CONVERT_TIMEZONE('UTC', 5, ordered_at) FROM orders;
SELECT CONVERT_TIMEZONE(CAST(ordered_at AS TIMESTAMP), 'Europe/Berlin') FROM orders;
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', 20240101) FROM orders;
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', TRUE) FROM orders;
SELECT CONVERT_TIMEZONE('Mars/Olympus', ordered_at) FROM orders;
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', CAST(opens_at AS TIME)) FROM orders;
## r_AT_TIME_ZONE.html
-- A time zone is a string.
SELECT CAST(ordered_at AS TIMESTAMP) AT TIME ZONE 5 FROM orders;
SELECT CAST(amount AS INT) AT TIME ZONE 'UTC' FROM orders;
## r_CAST_function.html
-- A pair of types has a conversion.
SELECT CAST(TIME '10:00' AS DATE);
SELECT CAST(TRUE AS DATE);
SELECT CAST(DATE '2024-01-01' AS INT);
SELECT CAST(CAST(a AS DOUBLE PRECISION) AS TIMESTAMP) FROM t;
SELECT CAST(CAST(a AS DATE) AS TIME) FROM t;
## r_OPERATOR_SYMBOLS.html
-- Times have no sum.
SELECT TIME '10:00' + TIME '11:00';
## r_LAST_DAY.html
-- An argument has a type of its page.
SELECT LAST_DAY(CAST(a AS TIME)) FROM t;
SELECT TO_CHAR(CAST(a AS BOOLEAN), 'X') FROM t;
SELECT NVL2(a, 1, DATE '2024-01-01') FROM t;
SELECT NTILE(0) OVER (ORDER BY a) FROM t;
SELECT NTILE(-1) OVER (ORDER BY a) FROM t;
SELECT NTH_VALUE(a, 0) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING) FROM t;
## r_exists_condition.html
-- EXISTS takes a query.
SELECT a FROM t WHERE EXISTS (1);
## r_patternmatching_condition_like.html
-- One character escapes.
SELECT a FROM t WHERE a LIKE '2024%' ESCAPE 'ab';
## r_PERCENTILE_CONT.html
-- A percentile is one of numbers, dates or times.
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY CAST(a AS VARCHAR(5))) FROM t;
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY CAST(a AS BOOLEAN)) FROM t;
SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY UPPER(a)) FROM t;
SELECT MEDIAN(CAST(a AS VARCHAR(5))) FROM t;
SELECT MEDIAN(UPPER(a)) OVER (PARTITION BY b) FROM t;
SELECT MEDIAN(CAST(a AS BOOLEAN)) FROM t;
## r_SUM.html
-- Sums and means are those of numbers, whatever computes their argument.
SELECT SUM(CAST(a AS DATE)) FROM t;
SELECT SUM(UPPER(a)) FROM t;
SELECT AVG(TO_DATE(a, 'YYYY-MM-DD')) FROM t;
SELECT AVG(GETDATE()) FROM t;
SELECT STDDEV(TO_CHAR(a, 'YYYY')) FROM t;
SELECT VAR_POP(CAST(a AS TIMESTAMP)) FROM t;
SELECT SUM(CAST(a AS TIME)) OVER (PARTITION BY b) FROM t;
SELECT SUM(CAST(g AS GEOMETRY)) FROM t;
SELECT MAX(CAST(g AS GEOMETRY)) FROM t;
SELECT MIN(HLL_CREATE_SKETCH(a)) FROM t;
SELECT BOOL_AND(UPPER(a)) FROM t;
SELECT LISTAGG(CAST(g AS GEOMETRY), ',') FROM t;
## r_patternmatching_condition_like.html
-- A pattern matches strings.
SELECT a FROM t WHERE CAST(a AS INT) LIKE '5%';
SELECT a FROM t WHERE LEN(a) NOT LIKE '5%';
SELECT a FROM t WHERE CAST(a AS DATE) ILIKE '2024%';
SELECT a FROM t WHERE 5 SIMILAR TO '5%';
SELECT a FROM t WHERE CAST(a AS INT) ~ '5';
## r_comparison_condition.html
-- What functions return compares with its own kind.
SELECT a FROM t WHERE TO_DATE(a, 'YYYY') = 5;
SELECT a FROM t WHERE DATEADD(day, 1, b) > 7;
SELECT a FROM t WHERE ST_CONTAINS(a, b) = DATE '2024-01-01';
SELECT a FROM t WHERE GETDATE() BETWEEN 1 AND 5;
SELECT a FROM t WHERE CAST(v AS VARBYTE) = 5;
SELECT CASE WHEN a THEN GETDATE() ELSE 0 END FROM t;
SELECT COALESCE(TO_DATE(a, 'YYYY'), 0) FROM t;
SELECT GREATEST(GETDATE(), 5) FROM t;
## r_OPERATOR_SYMBOLS.html
-- Arithmetic takes numbers, dates and intervals.
SELECT a FROM t WHERE TO_CHAR(a, 'YYYY') + 1 > 5;
SELECT JSON_EXTRACT_PATH_TEXT(a, 'price') * 2 FROM t;
SELECT TIME '10:00' + 5 FROM t;
SELECT ST_POINT(1, 2) + 1 FROM t;
## c_SQL_functions.html
-- An argument has a type that the function's page names.
SELECT UPPER(CAST(g AS GEOMETRY)) FROM t;
SELECT ABS(UPPER(a)) FROM t;
SELECT ABS('many') FROM t;
SELECT ROUND(CAST(a AS VARCHAR(9)), 2) FROM t;
SELECT DATE_TRUNC('day', LEN(a)) FROM t;
SELECT DATEDIFF(day, UPPER(a), GETDATE()) FROM t;
SELECT DATEADD(day, GETDATE(), a) FROM t;
SELECT LAST_DAY('soon') FROM t;
SELECT ST_X(5) FROM t;
SELECT ST_DISTANCE(ST_POINT(1, 2), 5) FROM t;
SELECT JSON_PARSE(5) FROM t;
SELECT JSON_EXTRACT_PATH_TEXT(5, 'a') FROM t;
SELECT JSON_EXTRACT_PATH_TEXT(JSON_PARSE(a), 'a') FROM t;
SELECT GET_ARRAY_LENGTH(5) FROM t;
SELECT HLL_CARDINALITY(5) FROM t;
SELECT HLL(CAST(g AS GEOMETRY)) FROM t;
SELECT TO_HEX(GETDATE()) FROM t;
SELECT ARRAY(GETDATE()) FROM t;
SELECT OBJECT('a', CURRENT_DATE) FROM t;
SELECT LN(CAST(a AS DECIMAL(9, 2))) FROM t;
## limitations-super.html
-- These pairs of types have no conversion.
SELECT CAST(CURRENT_DATE AS SUPER);
SELECT CAST(5.0 AS BOOLEAN);
SELECT CAST(ST_POINT(1, 2) AS VARCHAR(99)) FROM t;
SELECT CAST(INTERVAL '1 day' AS INT);
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
SELECT o.id o.total FROM orders o;
SELECT id, name FROM customers WHERE;
SELECT id FROM orders WHERE amount BETWEEN 5, 10;
SELECT id FROM (SELECT id FROM orders;
SELECT * FROM orders LEFT OUTER customers ON orders.customer_id = customers.id;
SELECT id AS FROM orders;
SELECT id FROM orders AS OF TIMESTAMP '2024-01-01';
SELECT CAST('2024-01-01' AS DATETIME2) FROM orders;
SELECT CAST(amount AS NUMBER(10, 2)) FROM orders;
SELECT CAST(id AS STRING) FROM orders;
SELECT a.items[*].price FROM carts a;
SELECT x FROM t, t.a[0 AS x;
## r_OPERATOR_SYMBOLS.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders WHERE amount => 5;
SELECT DATE '2024-01-01' + TRUE FROM orders;
SELECT JSON_PARSE(payload):customer.id FROM events;
SELECT id FROM events WHERE created_on = CURRENT_DATE - '7 days'::VARCHAR * 2;
SELECT CURRENT_DATE * 2 FROM events;
SELECT TRUE + 1 FROM events;
SELECT EXISTS (SELECT 1) + 1 FROM events;
SELECT 1 / 0 FROM t;
## r_ORDER_BY_clause.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders FETCH FIRST 10 ROWS ONLY;
## c_SQL_functions_leader_node_only.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders WHERE ordered_at > NOW() - INTERVAL '7 days';
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
SELECT p.id FROM products p WHERE c.id = 5;
SELECT s.total FROM (SELECT SUM(amount) FROM orders) s;
SELECT x.b FROM (SELECT 1 AS a) x;
SELECT t.a FROM t x;
SELECT x.a FROM (SELECT b FROM t) x;
SELECT a FROM (SELECT a FROM t) x, (SELECT a FROM u) y;
SELECT p.a FROM t, t.p.b AS;
SELECT a.[0] FROM t;
## c_Window_functions.html
-- What people write now and then, and this page rules out.
SELECT id, ROW_NUMBER() OVER (ORDER BY amount) AS rn FROM orders WHERE rn = 1 AND ROW_NUMBER() OVER (ORDER BY amount) = 1;
SELECT id, SUM(amount) OVER (PARTITION BY channel ORDER BY ordered_at) AS running FROM orders;
SELECT id, LAG(amount, 1, 0) OVER (ORDER BY ordered_at) FROM orders;
SELECT SUM(amount) OVER w FROM orders WINDOW w AS (PARTITION BY channel);
SELECT SUM(SUM(amount) OVER ()) FROM orders;
SELECT FIRST_VALUE(amount) OVER (PARTITION BY channel ORDER BY ordered_at) FROM orders;
SELECT SUM(a IGNORE NULLS) FROM t;
SELECT MAX(a) IGNORE NULLS OVER (PARTITION BY b) FROM t;
SELECT PERCENT_RANK(a) OVER (ORDER BY b) FROM t;
SELECT a FROM t GROUP BY a, RANK() OVER (ORDER BY a);
SELECT t.a FROM t JOIN u ON ROW_NUMBER() OVER (ORDER BY t.a) = u.b;
SELECT RATIO_TO_REPORT(a) OVER (ORDER BY b) FROM t;
SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY a) OVER (PARTITION BY b ORDER BY c) FROM t;
## r_WF_COUNT.html
-- What people write now and then, and this page rules out.
SELECT id, COUNT(DISTINCT customer_id) OVER (PARTITION BY channel) FROM orders;
## r_MEDIAN.html
-- What people write now and then, and this page rules out.
SELECT LISTAGG(channel, ', ') WITHIN GROUP (ORDER BY channel), MEDIAN(amount) FROM orders;
## r_Boolean_type.html
-- What people write now and then, and this page rules out.
SELECT CAST(is_paid = TRUE AS VARCHAR(5)) FROM orders;
## c_unsupported-postgresql-datatypes.html
-- What people write now and then, and this page rules out.
SELECT amount::MONEY FROM orders;
SELECT payload->'customer'->>'id' FROM events;
## c_SQL_functions.html
-- What people write now and then, and this page rules out.
SELECT DATE_ADD('day', 1, CURRENT_DATE) FROM orders;
SELECT IFNULL(amount, 0) FROM orders;
SELECT id FROM orders WHERE CONTAINS(name, 'x');
SELECT SPLIT(name, ',') FROM orders;
SELECT UNNEST(payload.items) FROM events;
SELECT i.sku FROM events e, UNNEST(e.payload.items) AS i(sku);
## Date_functions_header.html
-- What people write now and then, and this page rules out.
SELECT DATEDIFF('2024-01-01', '2024-02-01') FROM orders;
SELECT MONTHS_BETWEEN(CURRENT_DATE, 5) FROM events;
## r_DATE_TRUNC.html
-- What people write now and then, and this page rules out.
SELECT DATE_TRUNC(month, ordered_at) FROM orders;
## r_Dateparts_for_datetime_functions.html
-- What people write now and then, and this page rules out.
SELECT EXTRACT(WEEKNUM FROM ordered_at) FROM orders;
SELECT DATEADD(quarters_of_year, 1, a) FROM t;
## r_Data_type_formatting.html
-- What people write now and then, and this page rules out.
SELECT TO_CHAR(ordered_at) FROM orders;
SELECT TO_DATE(a, 5) FROM t;
SELECT TO_CHAR(a, CURRENT_DATE) FROM t;
## r_comparison_condition.html
-- What people write now and then, and this page rules out.
SELECT ST_DISTANCE(ST_POINT(1, 2), 'POINT') > 'far' FROM shops;
SELECT id FROM shops WHERE ST_WITHIN(place, area) > 1;
SELECT a FROM t WHERE CAST(b AS SMALLINT) = 'abc';
## r_object_function.html
-- What people write now and then, and this page rules out.
SELECT OBJECT('a') FROM events;
SELECT OBJECT('a', 1, 'b') FROM t;
SELECT OBJECT(1, 'a') FROM t;
## String_functions_header.html
-- What people write now and then, and this page rules out.
SELECT LEFT(name) FROM events;
## Math_functions.html
-- What people write now and then, and this page rules out.
SELECT ROUND(name || 'x', 2) FROM events;
SELECT RANDOM(5) FROM t;
## c_Aggregate_Functions.html
-- What people write now and then, and this page rules out.
SELECT SUM(name || 'x') FROM events;
## r_CASE_function.html
-- What people write now and then, and this page rules out.
SELECT CASE WHEN amount > 5 THEN 'big' ELSE CURRENT_DATE END FROM events;
## c_conditional_expressions.html
-- What people write now and then, and this page rules out.
SELECT COALESCE(CURRENT_DATE, 'never') FROM events;
## r_in_condition.html
-- What people write now and then, and this page rules out.
SELECT id FROM events WHERE CURRENT_DATE IN (1, 2, 3);
## r_conditions.html
-- What people write now and then, and this page rules out.
SELECT id FROM events WHERE GETDATE();
SELECT id FROM events WHERE LEN(name) AND is_paid;
SELECT NOT LEN(name) FROM events;
## r_Subquery_examples.html
-- What people write now and then, and this page rules out.
SELECT (SELECT o.id, o.name FROM other o) FROM events;
SELECT id FROM events WHERE id NOT IN (SELECT id, name FROM other);
SELECT a FROM t WHERE a = (SELECT MAX(a), MIN(a) FROM u);
## r_CAST_function.html
-- What people write now and then, and this page rules out.
SELECT CAST('abc' AS INT) FROM t;
SELECT DATE '2024-02-30' FROM t;
SELECT 'hello'::DATE FROM t;
SELECT TIMESTAMP '2024-13-01 00:00:00' FROM t;
SELECT CAST('maybe' AS BOOLEAN) FROM t;
## r_Numeric_types201.html
-- What people write now and then, and this page rules out.
SELECT CAST(99999 AS SMALLINT) FROM t;
SELECT CAST(3000000000 AS INT) FROM t;
SELECT CAST(12345.678 AS DECIMAL(5, 2)) FROM t;
## r_NEXT_DAY.html
-- What people write now and then, and this page rules out.
SELECT NEXT_DAY(a, 'Funday') FROM t;
## REGEXP_REPLACE.html
-- What people write now and then, and this page rules out.
SELECT REGEXP_REPLACE(a, 'x', 'y', 1, 'z') FROM t;
## REGEXP_SUBSTR.html
-- What people write now and then, and this page rules out.
SELECT REGEXP_SUBSTR(a, '(?=x)') FROM t;
## REGEXP_COUNT.html
-- What people write now and then, and this page rules out.
SELECT REGEXP_COUNT(a, '[abc') FROM t;
## JSON_PARSE.html
-- What people write now and then, and this page rules out.
SELECT JSON_PARSE('{"a": 1') FROM t;
## SPLIT_PART.html
-- What people write now and then, and this page rules out.
SELECT SPLIT_PART(a, ',', -1) FROM t;
## r_SUBSTRING.html
-- What people write now and then, and this page rules out.
SELECT SUBSTRING(a, 1, -2) FROM t;
## r_STRTOL.html
-- What people write now and then, and this page rules out.
SELECT STRTOL(a, 40) FROM t;
## c_Array_Functions.html
-- What people write now and then, and this page rules out.
SELECT ARRAY_CONCAT(1, 2) FROM t;
## r_PERCENTILE_CONT.html
-- What people write now and then, and this page rules out.
SELECT PERCENTILE_CONT(1.5) WITHIN GROUP (ORDER BY a) FROM t;
SELECT PERCENTILE_CONT(-0.5) WITHIN GROUP (ORDER BY a) FROM t;
## CONVERT_TIMEZONE.html
-- What people write now and then, and this page rules out.
SELECT CONVERT_TIMEZONE('UTC', 'Berlin/Europe', a) FROM t;
## r_EXTRACT_function.html
-- What people write now and then, and this page rules out.
SELECT EXTRACT(timezone FROM CURRENT_DATE) FROM t;
SELECT DATE_PART(hour, CURRENT_DATE) FROM t;
## r_WHERE_oracle_outer.html
-- What people write now and then, and this page rules out.
SELECT t.a FROM t, u WHERE t.a(+) = u.a(+);
SELECT t.a FROM t, u WHERE t.a = u.a(+) OR t.b = 1;
SELECT t.a FROM t, u WHERE t.a IN (u.a(+), 5);
## r_WF_LAG.html
-- What people write now and then, and this page rules out.
SELECT LAG(a, -1) OVER (ORDER BY b) FROM t;
## r_SELECT_list.html
-- What people write now and then, and this page rules out.
SELECT t.* FROM u;
## query-super.html
-- What people write now and then, and this page rules out.
SELECT a[1, 2] FROM t;
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
SELECT customer_id FROM orders WHERE (amount > 5;
SELECT customer_id FROM orders WHERE amount > 5);
SELECT customer_id FROM orders WHERE amount IS NULL OR;
SELECT customer_id FROM orders AS;
SELECT customer_id FROM orders,;
SELECT CASE a WHEN 1 THEN 2 WHEN 3 END FROM t;
SELECT COUNT(* ) + FROM t;
SELECT CAST(amount AS DECIMAL(10, -2)) FROM orders;
SELECT CAST(note AS VARCHAR(10, 2)) FROM orders;
SELECT e.payload['a' FROM events e;
SELECT i FROM events e, e.items AS i AT;
SELECT 'x days'::interval FROM t;
SELECT '5 fortnights'::interval FROM t;
## r_OPERATOR_SYMBOLS.html
-- What people write now and then, and this page rules out.
SELECT customer_id AS 1st FROM orders;
SELECT CURRENT_DATE + CURRENT_DATE FROM orders;
SELECT CURRENT_DATE / 2 FROM orders;
SELECT CURRENT_DATE - 'x' FROM orders WHERE CURRENT_DATE + UPPER(note) > 5;
SELECT GETDATE() + GETDATE() FROM orders;
SELECT 'a' * 2 FROM orders;
SELECT (amount > 5) + 1 FROM orders;
SELECT e.payload.items[0]:sku FROM events e;
SELECT x.ok + 1 FROM (SELECT amount > 5 AS ok FROM orders) x;
SELECT day - label FROM (SELECT CURRENT_DATE AS day, UPPER(note) AS label FROM orders) x;
SELECT day * 2 FROM (SELECT CURRENT_DATE AS day FROM orders) x;
SELECT day + day FROM (SELECT CURRENT_DATE AS day FROM orders) x;
SELECT id FROM orders WHERE is_paid::BOOLEAN + 1 = 2;
SELECT ARRAY(1, 2) + CURRENT_DATE * 2 FROM orders;
SELECT INTERVAL '1 day' * INTERVAL '2 days' FROM orders;
SELECT GETDATE() * INTERVAL '1 day' FROM orders;
SELECT amount::FLOAT & 1 FROM orders;
SELECT UPPER(note) << 1 FROM orders;
SELECT -CURRENT_DATE FROM orders;
SELECT -TRUE FROM orders;
## r_Subquery_examples.html
-- What people write now and then, and this page rules out.
SELECT customer_id FROM orders WHERE amount IN (SELECT);
## c_SQL_functions.html
-- What people write now and then, and this page rules out.
SELECT a.b.c( FROM t;
SELECT * FROM events e, UNNEST(e.items);
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
SELECT o.customer_id FROM orders o WHERE customers.country = 'DE';
SELECT o.customer_id, c.name FROM orders o, customers c WHERE o.customer_id = cust.id;
SELECT name FROM (SELECT customer_id FROM orders) o;
SELECT x.id FROM (SELECT a AS id, b AS id FROM t) x;
## r_correlated_subqueries.html
-- What people write now and then, and this page rules out.
SELECT a FROM t WHERE b = (SELECT c FROM u WHERE u.d = w.e);
## r_GROUP_BY_clause.html
-- What people write now and then, and this page rules out.
SELECT channel, MAX(amount) OVER (PARTITION BY channel), COUNT(*) FROM orders GROUP BY channel;
SELECT channel, RANK() OVER (ORDER BY amount) FROM orders GROUP BY channel;
## c_Aggregate_Functions.html
-- What people write now and then, and this page rules out.
SELECT SUM(CASE WHEN COUNT(*) > 1 THEN 1 END) FROM orders;
SELECT AVG(CAST(note AS VARCHAR(20))) FROM orders;
SELECT SUM(SPLIT_PART(note, ',', 1)) FROM orders;
SELECT SUM(TO_TIMESTAMP(note, 'YYYY')) FROM orders;
SELECT MAX(amount > 5) FROM orders;
SELECT MIN(IS_ARRAY(payload)) FROM orders;
SELECT STDDEV_SAMP(CURRENT_DATE) FROM orders;
SELECT VARIANCE(UPPER(note)) FROM orders;
SELECT MEDIAN(SPLIT_PART(note, ',', 1)) FROM orders;
SELECT SUM(x.label) FROM (SELECT UPPER(note) AS label FROM orders) x;
SELECT AVG(x.day) FROM (SELECT ordered_at::DATE AS day FROM orders) x;
SELECT MAX(x.ok) FROM (SELECT amount > 5 AS ok FROM orders) x;
SELECT MAX(HLL_CREATE_SKETCH(id)) FROM shops;
SELECT SUM(note::VARCHAR) OVER (PARTITION BY channel) FROM orders;
SELECT AVG(CURRENT_DATE) OVER (PARTITION BY channel) FROM orders;
SELECT STDDEV(note::VARCHAR) OVER (PARTITION BY channel) FROM orders;
SELECT BOOL_AND(CURRENT_DATE) FROM orders;
SELECT BOOL_OR(note::VARCHAR) FROM orders;
SELECT BIT_AND(amount::FLOAT) FROM orders;
SELECT BIT_OR(UPPER(note)) FROM orders;
## c_Window_functions.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders WHERE LAG(amount) OVER (ORDER BY id) > 5;
SELECT id FROM orders HAVING ROW_NUMBER() OVER (ORDER BY id) = 1;
SELECT SUM(amount) OVER (PARTITION BY SUM(amount) OVER ()) FROM orders;
SELECT NTILE() OVER (ORDER BY amount) FROM orders;
SELECT RANK(amount) OVER (ORDER BY amount) FROM orders;
SELECT LAST_VALUE(amount) OVER (ORDER BY id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM orders;
SELECT LISTAGG(channel, ',') OVER (PARTITION BY id ROWS UNBOUNDED PRECEDING) FROM orders;
SELECT ANY_VALUE(amount) OVER (PARTITION BY channel) FROM orders;
SELECT BOOL_OR(is_paid) OVER (PARTITION BY channel) FROM orders;
SELECT ROW_NUMBER() OVER (PARTITION BY channel ORDER BY 1) FROM orders;
SELECT amount FROM orders WHERE COUNT(*) OVER () > 1;
SELECT LAG(amount, 'x') OVER (ORDER BY id) FROM orders;
SELECT LAG(amount, 1.5) OVER (ORDER BY id) FROM orders;
SELECT NTH_VALUE(amount, 'x') OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM orders;
SELECT NTILE('x') OVER (ORDER BY id) FROM orders;
SELECT NTILE(2.5) OVER (ORDER BY id) FROM orders;
SELECT RATIO_TO_REPORT(UPPER(note)) OVER (PARTITION BY channel) FROM orders;
## r_WF_COUNT.html
-- What people write now and then, and this page rules out.
SELECT SUM(DISTINCT amount) OVER (PARTITION BY channel) FROM orders;
## r_PERCENTILE_DISC.html
-- What people write now and then, and this page rules out.
SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY amount, id) FROM orders;
## String_functions_header.html
-- What people write now and then, and this page rules out.
SELECT LEN(ST_POINT(1, 2)) FROM shops;
SELECT LEFT(note, 'x') FROM orders;
SELECT SUBSTRING(note, CURRENT_DATE) FROM orders;
SELECT REPEAT(note, 1.5) FROM orders;
SELECT LPAD(note, '5x', '0') FROM orders;
SELECT LEN(INTERVAL '1 day') * TRUE FROM orders;
SELECT SPLIT_PART(note, ',', 'one') FROM orders;
SELECT SPLIT_PART(note, ',', CURRENT_DATE) FROM orders;
SELECT CHR('a') FROM orders;
SELECT CHR(CURRENT_DATE) FROM orders;
SELECT INITCAP(ST_POINT(1, 2)) FROM orders;
## Math_functions.html
-- What people write now and then, and this page rules out.
SELECT ROUND('a', 2) FROM orders;
SELECT ROUND(CURRENT_DATE, 1) FROM orders;
SELECT CEIL(TRUE) FROM orders;
SELECT SQRT(CURRENT_DATE) FROM orders;
SELECT POWER('x', 2) FROM orders;
SELECT EXP(UPPER(note)) FROM orders;
SELECT ABS(CURRENT_DATE) FROM orders;
SELECT ABS(TRUE) FROM orders;
SELECT ABS(note::VARCHAR) FROM orders;
SELECT FLOOR(GETDATE()) FROM orders;
SELECT SIGN('abc') FROM orders;
SELECT LN(UPPER(note)) FROM orders;
SELECT SIN(CURRENT_DATE) FROM orders;
SELECT ATAN2(1, TRUE) FROM orders;
SELECT ROUND(amount, 'two') FROM orders;
SELECT ROUND(amount, CURRENT_DATE) FROM orders;
SELECT POWER(2, UPPER(note)) FROM orders;
SELECT CURRENT_DATE ^ 2 FROM orders;
SELECT |/ CURRENT_DATE FROM orders;
## r_MOD.html
-- What people write now and then, and this page rules out.
SELECT MOD(5.5::FLOAT, 2) FROM orders;
SELECT amount::FLOAT % 2 FROM orders;
SELECT RANDOM() % 2 FROM orders;
## r_DATE_TRUNC.html
-- What people write now and then, and this page rules out.
SELECT DATE_TRUNC('day', 20240101) FROM orders;
SELECT DATE_TRUNC('month', x.n) FROM (SELECT COUNT(*) AS n FROM orders) x;
## r_Dateparts_for_datetime_functions.html
-- What people write now and then, and this page rules out.
SELECT DATE_TRUNC('days of week', ordered_at) FROM orders;
SELECT EXTRACT(year FROM '2024') + EXTRACT(months_of FROM ordered_at) FROM orders;
## r_EXTRACT_function.html
-- What people write now and then, and this page rules out.
SELECT EXTRACT(year FROM 2024) FROM orders;
SELECT EXTRACT(month FROM ordered_at::TIME) FROM orders;
SELECT EXTRACT(hour FROM ordered_at::DATE) FROM orders;
SELECT EXTRACT(year FROM TRUE) FROM orders;
SELECT EXTRACT(year FROM UPPER(note)) FROM orders;
SELECT DATE_PART(minute, ordered_at::DATE) FROM orders;
SELECT DATE_PART('day', amount::INT) FROM orders;
## r_DATEDIFF_function.html
-- What people write now and then, and this page rules out.
SELECT DATEDIFF(month, ordered_at, 5) FROM orders;
SELECT DATEDIFF(day, TRUE, CURRENT_DATE) FROM orders;
SELECT DATEDIFF(day, UPPER(note), CURRENT_DATE) FROM orders;
SELECT DATEDIFF(day, CURRENT_DATE, LEN(note)) FROM orders;
## r_DATEADD_function.html
-- What people write now and then, and this page rules out.
SELECT DATEADD(month, '1 month', ordered_at) FROM orders;
SELECT DATEADD(month, 1, LEN(note)) FROM orders;
SELECT ADD_MONTHS(LEN(note), 1) FROM orders;
SELECT ADD_MONTHS(ordered_at, 1.5) FROM orders;
SELECT DATEADD(day, TRUE, CURRENT_DATE) FROM orders;
SELECT DATEADD(day, 1, TRUE) FROM orders;
SELECT DATEADD(day, UPPER(note), CURRENT_DATE) FROM orders;
SELECT DATEADD(month, 1, ordered_at::TIME) FROM orders;
## Date_functions_header.html
-- What people write now and then, and this page rules out.
SELECT NEXT_DAY(ordered_at, 5) FROM orders;
SELECT LAST_DAY(UPPER(note)) FROM orders;
SELECT LAST_DAY(ordered_at::TIME) FROM orders;
SELECT MONTHS_BETWEEN('2024-01-01', TRUE) FROM orders;
SELECT TIMEZONE('UTC', amount::INT) FROM orders;
## r_Data_type_formatting.html
-- What people write now and then, and this page rules out.
SELECT TO_DATE(CURRENT_DATE) FROM orders;
SELECT TO_NUMBER(note) FROM orders;
SELECT TO_CHAR(TRUE, 'x') FROM orders;
SELECT TO_CHAR(UPPER(note), 'YYYY') FROM orders;
SELECT TO_TIMESTAMP(note, 5) FROM orders;
## r_concat_op.html
-- What people write now and then, and this page rules out.
SELECT (amount > 5) || 'x' FROM orders;
SELECT x.ok || '' FROM (SELECT amount IS NULL AS ok FROM orders) x;
## r_conditions.html
-- What people write now and then, and this page rules out.
SELECT amount FROM orders WHERE amount + 1;
SELECT amount FROM orders WHERE UPPER(note);
SELECT amount FROM orders WHERE CURRENT_DATE;
SELECT amount FROM orders WHERE NOT amount * 2;
SELECT id FROM orders WHERE (SELECT COUNT(*) FROM refunds);
SELECT NOT CURRENT_DATE FROM orders;
SELECT id FROM orders WHERE is_paid AND LEN(note);
SELECT id FROM orders WHERE is_paid OR CURRENT_DATE;
SELECT id FROM orders AS o QUALIFY ROW_NUMBER() OVER (ORDER BY id);
## r_CASE_function.html
-- What people write now and then, and this page rules out.
SELECT CASE WHEN is_paid THEN 1 ELSE 'no' END FROM orders;
SELECT CASE WHEN is_paid THEN CURRENT_DATE ELSE 0 END FROM orders;
SELECT CASE WHEN n > 1 THEN day ELSE n END FROM (SELECT COUNT(*) AS n, CURRENT_DATE AS day FROM orders) x;
## c_conditional_expressions.html
-- What people write now and then, and this page rules out.
SELECT COALESCE(LEN(note), 'none') FROM orders;
SELECT NVL(CURRENT_DATE, FALSE) FROM orders;
SELECT NULLIF(LEN(note), CURRENT_DATE) FROM orders;
SELECT NVL2(note, CURRENT_DATE, 5) FROM orders;
SELECT DECODE(LEN(note), 'a', 1, 2) FROM orders;
SELECT LEAST(LEN(note), CURRENT_DATE) FROM orders;
SELECT COALESCE(day, n) FROM (SELECT COUNT(*) AS n, CURRENT_DATE AS day FROM orders) x;
SELECT NULLIF(CURRENT_DATE, 5) FROM orders;
SELECT NVL(COUNT(*), 'none') FROM orders;
SELECT NVL(TRUE, 5) FROM orders;
SELECT GREATEST(CURRENT_DATE, COUNT(*)) FROM orders;
SELECT LEAST(TRUE, CURRENT_DATE) FROM orders;
SELECT DECODE(CURRENT_DATE, 1, 'a', 'b') FROM orders;
SELECT DECODE(COUNT(*), 'one', 1, 2) FROM orders;
SELECT NVL2(note, 1, TRUE) FROM orders;
## r_comparison_condition.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders WHERE LEN(note) = 'many';
SELECT id FROM orders WHERE CURRENT_DATE > 5;
SELECT id FROM orders WHERE CURRENT_DATE = TRUE;
SELECT id FROM orders WHERE DATE_TRUNC('day', ordered_at) = 20240101;
SELECT id FROM orders WHERE ordered_at::DATE = 'not a date';
SELECT id FROM orders WHERE ordered_at::TIME > 5;
SELECT id FROM orders WHERE INTERVAL '1 day' > 5;
SELECT id FROM orders WHERE (SELECT COUNT(*) FROM refunds) = CURRENT_DATE;
SELECT id FROM orders WHERE (SELECT MAX(ordered_at::DATE) FROM refunds) > 5;
SELECT id FROM orders WHERE ordered_at::TIMESTAMPTZ = TRUE;
SELECT id FROM orders WHERE is_paid::BOOLEAN = 'paid';
SELECT id FROM orders WHERE is_paid::BOOLEAN > CURRENT_DATE;
SELECT id FROM orders WHERE payload::VARBYTE = 'abc'::VARCHAR;
SELECT INTERVAL '1 day' + 'x' FROM orders WHERE INTERVAL '1 day' = CURRENT_DATE;
SELECT id FROM orders AS o QUALIFY ROW_NUMBER() OVER (ORDER BY id) = CURRENT_DATE;
## r_range_condition.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders WHERE LEN(note) BETWEEN 'a' AND 'b';
SELECT id FROM orders WHERE ordered_at::TIMESTAMP BETWEEN 1 AND 2;
## r_in_condition.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders WHERE LEN(note) IN (SELECT CURRENT_DATE);
SELECT id FROM orders WHERE CURRENT_DATE NOT IN (SELECT COUNT(*) FROM refunds);
## r_CAST_function.html
-- What people write now and then, and this page rules out.
SELECT CAST(ordered_at::DATE AS INTEGER) FROM orders;
SELECT CAST(LEN(note) AS DATE) FROM orders;
SELECT CAST(is_paid::BOOLEAN AS DATE) FROM orders;
SELECT CAST(amount::FLOAT AS BOOLEAN) FROM orders;
SELECT CAST(ordered_at::TIME AS TIMESTAMP) FROM orders;
SELECT CAST('12a' AS BIGINT) FROM orders;
SELECT '2024-02-31'::TIMESTAMP FROM orders;
SELECT TIME '25:00:00' FROM orders;
SELECT x.ok::VARCHAR FROM (SELECT amount > 5 AS ok FROM orders) x;
SELECT ordered_at::DATE::SUPER FROM orders;
SELECT ordered_at::TIMESTAMP::INT FROM orders;
SELECT amount::INT::TIMESTAMP FROM orders;
SELECT amount::DECIMAL(9, 2)::DATE FROM orders;
SELECT amount::DOUBLE PRECISION::BOOLEAN FROM orders;
SELECT is_paid::BOOLEAN::TIMESTAMP FROM orders;
SELECT ordered_at::TIME::INT FROM orders;
SELECT ordered_at::TIME::DATE FROM orders;
SELECT ordered_at::DATE::TIME FROM orders;
SELECT ordered_at::DATE::BOOLEAN FROM orders;
SELECT ordered_at::DATE::FLOAT FROM orders;
SELECT ordered_at::DATE::GEOMETRY FROM orders;
SELECT amount::INT::GEOMETRY FROM orders;
SELECT amount::INT::HLLSKETCH FROM orders;
SELECT ordered_at::DATE::VARBYTE FROM orders;
SELECT ST_POINT(1, 2)::VARCHAR FROM orders;
SELECT ST_POINT(1, 2)::INT FROM orders;
SELECT ST_POINT(1, 2)::SUPER FROM orders;
SELECT HLL_CREATE_SKETCH(id)::INT FROM orders;
SELECT INTERVAL '1 day'::INT FROM orders;
## r_Boolean_type.html
-- What people write now and then, and this page rules out.
SELECT CAST(is_paid::BOOLEAN AS VARCHAR(5)) FROM orders;
SELECT is_paid::BOOLEAN::CHAR(5) FROM orders;
SELECT LEN(TRUE) FROM orders;
SELECT UPPER(amount > 5) FROM orders;
SELECT TRIM(is_paid::BOOLEAN) FROM orders;
SELECT REPLACE(amount > 5, 'a', 'b') FROM orders;
SELECT REPLACE(note, TRUE, 'b') FROM orders;
SELECT STRPOS(TRUE, 'a') FROM orders;
SELECT CONCAT(note, TRUE) FROM orders;
SELECT MD5(TRUE) FROM orders;
SELECT ASCII(TRUE) FROM orders;
SELECT TO_DATE(TRUE, 'YYYY') FROM orders;
SELECT LISTAGG(amount > 5, ',') FROM orders;
## r_Numeric_types201.html
-- What people write now and then, and this page rules out.
SELECT CAST(amount AS DECIMAL(40)) FROM orders;
SELECT CAST(amount AS FLOAT(0)) FROM orders;
## c_unsupported-postgresql-datatypes.html
-- What people write now and then, and this page rules out.
SELECT CAST(note AS TINYTEXT) FROM orders;
SELECT a::interval FROM t;
## hyperloglog-functions.html
-- What people write now and then, and this page rules out.
SELECT HLL_COMBINE(LEN(note)) FROM orders;
SELECT HLL(ST_POINT(1, 2)) FROM shops;
SELECT HLL_COMBINE_SKETCHES(1, 2) FROM shops;
## geospatial-functions.html
-- What people write now and then, and this page rules out.
SELECT ST_ASTEXT(LEN(note)) FROM shops;
SELECT ST_POINT('a', 'b') FROM shops;
SELECT ST_MAKELINE(ST_POINT(1, 2)) FROM shops;
SELECT ST_AREA(5) FROM shops;
SELECT ST_SETSRID(place, 'x') FROM shops;
SELECT ST_CONTAINS(ST_POINT(1, 2), 5) FROM shops;
SELECT ST_DWITHIN(ST_POINT(1, 2), ST_POINT(2, 3), 'far') FROM shops;
SELECT ST_X(UPPER(note)) FROM shops;
SELECT ST_LENGTH(CURRENT_DATE) FROM shops;
SELECT ST_MAKEPOINT(TRUE, 1) FROM shops;
SELECT ST_GEOMFROMTEXT(5) FROM shops;
SELECT ST_BUFFER(ST_POINT(1, 2), 'x') FROM shops;
## spatial-limitations.html
-- What people write now and then, and this page rules out.
SELECT ST_POINT(1, 2) = ST_POINT(1, 2) FROM shops;
SELECT id FROM shops WHERE ST_POINT(lon, lat) IN (SELECT ST_POINT(x, y) FROM areas);
SELECT ROW_NUMBER() OVER (PARTITION BY ST_POINT(lon, lat) ORDER BY id) FROM shops;
## json-functions.html
-- What people write now and then, and this page rules out.
SELECT JSON_EXTRACT_PATH_TEXT(payload) FROM events;
SELECT JSON_EXTRACT_ARRAY_ELEMENT_TEXT(payload, 'first') FROM events;
SELECT JSON_ARRAY_LENGTH(5) FROM events;
SELECT IS_VALID_JSON(5) FROM events;
SELECT JSON_PARSE(CURRENT_DATE) FROM events;
SELECT JSON_PARSE(TRUE) FROM events;
SELECT JSON_SERIALIZE(CURRENT_DATE) FROM events;
SELECT IS_VALID_JSON(CURRENT_DATE) FROM events;
SELECT CAN_JSON_PARSE(5) FROM events;
SELECT JSON_ARRAY_LENGTH(CURRENT_DATE) FROM events;
SELECT JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[1]', TRUE) FROM events;
SELECT JSON_EXTRACT_PATH_TEXT(CURRENT_DATE, 'a') FROM events;
## c_Array_Functions.html
-- What people write now and then, and this page rules out.
SELECT ARRAY_FLATTEN(LEN(note)) FROM events;
SELECT SUBARRAY(items, 'a', 2) FROM events;
SELECT SPLIT_TO_ARRAY(ARRAY(1, 2)) FROM events;
SELECT ARRAY_CONCAT(items) FROM events;
SELECT ARRAY(CURRENT_DATE, 1) FROM orders;
SELECT ARRAY_CONCAT(ARRAY(1), 2) FROM events;
SELECT GET_ARRAY_LENGTH(CURRENT_DATE) FROM events;
SELECT SUBARRAY(ARRAY(1, 2), TRUE, 1) FROM events;
## r_patternmatching_condition_like.html
-- What people write now and then, and this page rules out.
SELECT x.n FROM (SELECT COUNT(*) AS n FROM orders) x WHERE x.n LIKE '1%';
SELECT id FROM orders WHERE note LIKE 5;
SELECT id FROM orders WHERE note LIKE CURRENT_DATE;
SELECT id FROM orders WHERE TRUE LIKE 't%';
SELECT id FROM orders WHERE ordered_at::TIMESTAMP LIKE '2024%';
SELECT id FROM orders WHERE amount::DECIMAL(10, 2) SIMILAR TO '5%';
SELECT id FROM orders WHERE id::BIGINT !~ '5';
## hyperloglog-functions-limitations.html
-- What people write now and then, and this page rules out.
SELECT id FROM shops WHERE HLL_CREATE_SKETCH(id) = 5;
## Object_Functions.html
-- What people write now and then, and this page rules out.
SELECT OBJECT('day', ordered_at::TIMESTAMP) FROM orders;
## r_SUM.html
-- What people write now and then, and this page rules out.
SELECT SUM(INTERVAL '1 day' > INTERVAL '2 days') FROM orders;
## hash-functions.html
-- What people write now and then, and this page rules out.
SELECT SHA2(note, 'x') FROM orders;
## r_LN.html
-- What people write now and then, and this page rules out.
SELECT LN(amount::NUMERIC(9, 2)) FROM orders;
## CONVERT_TIMEZONE.html
-- What people write now and then, and this page rules out.
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', amount::INT) FROM orders;
SELECT CONVERT_TIMEZONE(5, ordered_at) FROM orders;
## r_AT_TIME_ZONE.html
-- What people write now and then, and this page rules out.
SELECT ordered_at::TIMESTAMP AT TIME ZONE 5 FROM orders;
SELECT amount::INT AT TIME ZONE 'UTC' FROM orders;
## r_MEDIAN.html
-- What people write now and then, and this page rules out.
SELECT MEDIAN(TRUE) FROM orders;
## r_PERCENTILE_CONT.html
-- What people write now and then, and this page rules out.
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY UPPER(note)) FROM orders;
SELECT PERCENTILE_CONT('half') WITHIN GROUP (ORDER BY amount) FROM orders;
## r_LISTAGG.html
-- What people write now and then, and this page rules out.
SELECT LISTAGG(note, 5) FROM orders;
## varbyte-functions.html
-- What people write now and then, and this page rules out.
SELECT FROM_HEX(5) FROM shops;
SELECT TO_VARBYTE(5, 'hex') FROM shops;
SELECT FROM_VARBYTE('abc'::VARCHAR, 'hex') FROM shops;
SELECT GETBIT(5, 1) FROM shops;
## c_SQL_functions_leader_node_only.html
-- What people write now and then, and this page rules out.
SELECT pg_get_userbyid(a) FROM t;
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
SELECT a b FROM t x y;
SELECT (SELECT a FROM t)) FROM u;
SELECT a FROM t WHERE a IS NOT 5;
SELECT a FROM t WHERE a NOT NULL;
SELECT a FROM t WHERE a LIKE 'x' ESCAPE;
SELECT a.* b FROM t a;
SELECT 'a' || FROM t;
SELECT a FROM t WHERE a IN (1, 2;
SELECT a FROM t WHERE a BETWEEN 1 OR 5;
SELECT CAST(a AS INT FROM t;
SELECT EXTRACT(day OF a) FROM t;
SELECT AVG(a ALL) FROM t;
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (a) FROM t;
SELECT ROW_NUMBER OVER (ORDER BY a) FROM t;
SELECT ROW_NUMBER() OVER ORDER BY a FROM t;
SELECT ROW_NUMBER() OVER (PARTITION a ORDER BY b) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS 2) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS UNBOUNDED FOLLOWING) FROM t;
SELECT a FROM t WHERE EXISTS SELECT 1 FROM u;
SELECT a FROM t WHERE a REGEXP 'x';
SELECT a FROM t WHERE a NOT RLIKE 'x';
SELECT a FROM t WHERE a ISNULL = TRUE FALSE;
SELECT a IN (1) NOT FROM t;
SELECT a COLLATE "de_DE" FROM t;
SELECT a FROM t WHERE b > CURRENT_DATE - INTERVAL 7 DAY;
SELECT a FROM t WHERE b > CURRENT_DATE - INTERVAL '7' DAYS AGO;
SELECT INTERVAL 'one day' FROM t;
SELECT .5. FROM t;
SELECT a /* b FROM t;
SELECT a AS b c FROM t;
## c_SQL_functions.html
-- What people write now and then, and this page rules out.
SELECT t.* RENAME (a AS b) FROM t;
SELECT a FROM t CROSS APPLY f(t.a);
SELECT a FROM t, f(1) AS x;
SELECT a FROM unnest(ARRAY[1, 2]) AS a;
SELECT LISTAGG(a, ',') WITHIN (ORDER BY a) FROM t;
SELECT a FROM (SELECT a, b FROM t) x (c, d) WHERE x.a = 1;
SELECT FROM_UNIXTIME(a) FROM t;
SELECT UNIX_TIMESTAMP(a) FROM t;
SELECT DATE_DIFF('day', a, b) FROM t;
SELECT TIMESTAMPDIFF(DAY, a, b) FROM t;
SELECT STRFTIME(a, '%Y') FROM t;
SELECT DATE(a) FROM t;
SELECT YEAR(a), MONTH(a) FROM t;
SELECT TODAY() FROM t;
SELECT ISNULL(a, 0) FROM t;
SELECT NVL(a) + IFF(a, 1, 2) FROM t;
SELECT ARRAY_LENGTH(a) FROM t;
SELECT COUNT_IF(a > 1) FROM t;
SELECT COUNTIF(a > 1) FROM t;
SELECT ARG_MAX(a, b) FROM t;
SELECT MAX_BY(a, b) FROM t;
SELECT FIRST(a) FROM t;
SELECT QUANTILE(a, 0.5) FROM t;
SELECT APPROX_COUNT_DISTINCT(a) FROM t;
SELECT LEVENSHTEIN(a, b) FROM t;
SELECT FORMAT('%s', a) FROM t;
SELECT TO_JSON_STRING(a) FROM t;
SELECT PARSE_JSON(a) FROM t;
SELECT JSON_VALUE(a, '$.b') FROM t;
SELECT a FROM t WHERE b = DATE('2024-01-01');
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
SELECT a FROM t USING SAMPLE 10;
SELECT 1 WHERE a = 1;
SELECT t.a FROM s.t x;
SELECT y.a FROM t x WHERE EXISTS (SELECT 1 FROM u y WHERE y.id = x.id);
SELECT a FROM (SELECT b AS c FROM t) x WHERE x.b = 1;
SELECT total FROM (SELECT SUM(a) AS total FROM t) x WHERE x.sum = 1;
SELECT a.b[] FROM t x;
SELECT y.a::INT FROM t AS x;
SELECT y.a::INT FROM t, u;
## c_SQL_functions_leader_node_only.html
-- What people write now and then, and this page rules out.
SELECT a FROM generate_series(1, 10) AS a;
SELECT CURRENT_TIMESTAMP() FROM t;
## c_unsupported-postgresql-features.html
-- What people write now and then, and this page rules out.
SELECT a FROM (VALUES (1, 'x')) v (a, b);
## r_OPERATOR_SYMBOLS.html
-- What people write now and then, and this page rules out.
SELECT a::INT::: FROM t;
SELECT a:b:c FROM t;
SELECT 1_000 FROM t;
SELECT 0b11 FROM t;
SELECT 'it's' FROM t;
SELECT "a FROM t;
## Date_functions_header.html
-- What people write now and then, and this page rules out.
SELECT EXTRACT(day, a) FROM t;
## c_Window_functions.html
-- What people write now and then, and this page rules out.
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 2 AND CURRENT ROW) FROM t;
SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW) FROM t;
SELECT NTH_VALUE(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING) FROM t;
SELECT CUME_DIST(a) OVER (ORDER BY a) FROM t;
SELECT a, RANK() OVER (ORDER BY a) AS r FROM t WHERE RANK() OVER (ORDER BY a) < 3;
## r_WF_LEAD.html
-- What people write now and then, and this page rules out.
SELECT LEAD(a) OVER (PARTITION BY b) FROM t;
## r_WF_COUNT.html
-- What people write now and then, and this page rules out.
SELECT FIRST_VALUE(DISTINCT a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING) FROM t;
## r_GROUP_BY_clause.html
-- What people write now and then, and this page rules out.
SELECT a FROM t GROUP BY a ORDER BY ROW_NUMBER() OVER (ORDER BY b);
## r_GROUP_BY_aggregation-extensions.html
-- What people write now and then, and this page rules out.
SELECT GROUPING(a) FROM t;
## r_WHERE_clause.html
-- What people write now and then, and this page rules out.
SELECT a FROM t WHERE b = MAX(b);
## r_Subquery_examples.html
-- What people write now and then, and this page rules out.
SELECT a FROM t WHERE (SELECT a FROM u) = (SELECT b, c FROM v);
SELECT a FROM t WHERE a IN (SELECT * FROM (SELECT b, c FROM u) x);
## r_QUALIFY_clause.html
-- What people write now and then, and this page rules out.
SELECT a FROM t QUALIFY RANK() OVER (ORDER BY a) = 1;
## hash-functions.html
-- What people write now and then, and this page rules out.
SELECT MD5(a, b) FROM t;
## String_functions_header.html
-- What people write now and then, and this page rules out.
SELECT LEN(a, b) FROM t;
SELECT LPAD(a) FROM t;
## r_Dateparts_for_datetime_functions.html
-- What people write now and then, and this page rules out.
SELECT DATEADD(1, day, a) FROM t;
SELECT DATEDIFF(a, b, day) FROM t;
## r_DATE_TRUNC.html
-- What people write now and then, and this page rules out.
SELECT DATE_TRUNC(a, 'day') FROM t;
## r_Data_type_formatting.html
-- What people write now and then, and this page rules out.
SELECT TO_DATE('2024-01-01') FROM t;
SELECT TO_TIMESTAMP(1700000000) FROM t;
## c_unsupported-postgresql-datatypes.html
-- What people write now and then, and this page rules out.
SELECT a -> b FROM t;
SELECT a #>> '{b}' FROM t;
SELECT a ?| ARRAY['b'] FROM t;
## r_comparison_condition.html
-- What people write now and then, and this page rules out.
SELECT a FROM t WHERE a ANY (1, 2);
SELECT a FROM t WHERE a = SOME (1, 2);
## r_char_literals.html
-- What people write now and then, and this page rules out.
SELECT b'1', x'ff', n'a' FROM t;
## r_pg_keywords.html
-- What people write now and then, and this page rules out.
SELECT user.name FROM user;
SELECT a FROM table;
SELECT a FROM t AS select;

## c_Aggregate_Functions.html
-- DISTINCT belongs to the aggregates whose pages have it.
SELECT MEDIAN(DISTINCT price) FROM t;
SELECT PERCENTILE_CONT(DISTINCT 0.5) WITHIN GROUP (ORDER BY price) FROM t;
SELECT LOWER(DISTINCT name) FROM t;

## r_ORDER_BY_clause.html
-- The number of a column is whole.
SELECT a, b FROM t ORDER BY 1.5;
