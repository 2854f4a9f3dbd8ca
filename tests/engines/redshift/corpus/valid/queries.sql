## r_SELECT_list.html
SELECT DISTINCT channel FROM orders;
SELECT ALL channel, amount FROM orders;
SELECT TOP 3 order_id, amount FROM orders ORDER BY amount DESC;
SELECT amount * 1.19 gross, amount AS net FROM orders;
SELECT o.*, c.country FROM orders o, customers c WHERE o.customer_id = c.customer_id;
SELECT 1;
SELECT 'a' || 'b' AS both_letters, 2 % 3, 2 ^ 3, -amount FROM orders;
SELECT amount AS total, total * 0.1 AS tenth FROM orders;
## r_EXCLUDE_list.html
SELECT * EXCLUDE note FROM orders;
SELECT * EXCLUDE (note, comment_text) FROM orders;
## r_pg_keywords.html
SELECT "order", "user" FROM "table";
SELECT user_name AS user, table_name AS table, started_on AS start FROM loads;
SELECT COUNT(*) FROM employees AS start CONNECT BY PRIOR id = manager_id START WITH name = 'Ada';
## r_WITH_clause.html
WITH paid AS (SELECT order_id FROM orders WHERE is_paid) SELECT COUNT(*) FROM paid;
WITH a (x) AS (SELECT 1), b AS (SELECT x FROM a) SELECT x FROM b;
WITH RECURSIVE steps (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM steps WHERE n < 9) SELECT n FROM steps;
WITH a AS (SELECT order_id FROM orders), b AS (SELECT order_id FROM refunds) SELECT * FROM a EXCEPT SELECT * FROM b;
## r_FROM_clause30.html
SELECT o.order_id FROM orders AS o INNER JOIN customers AS c ON o.customer_id = c.customer_id;
SELECT o.order_id FROM orders o LEFT OUTER JOIN refunds r ON o.order_id = r.order_id AND r.amount > 0;
SELECT o.order_id FROM orders o RIGHT JOIN refunds r USING (order_id);
SELECT a.order_id FROM orders a FULL OUTER JOIN refunds b ON a.order_id = b.order_id;
SELECT x.n, y.m FROM x CROSS JOIN y;
SELECT order_id FROM orders NATURAL JOIN refunds;
SELECT order_id FROM orders NATURAL LEFT JOIN refunds;
SELECT d.n FROM (SELECT COUNT(*) AS n FROM orders) AS d;
SELECT n FROM (SELECT COUNT(*) AS n FROM orders);
SELECT t.a FROM orders AS t (a, b);
SELECT a.order_id FROM orders a JOIN refunds b ON a.order_id = b.order_id JOIN customers c ON c.customer_id = a.customer_id;
SELECT x.a FROM (x JOIN y ON x.a = y.a);
SELECT o.order_id FROM orders o, refunds r WHERE o.order_id = r.order_id(+);
SELECT staged.a FROM #staged AS staged;
SELECT a FROM #staged;
## r_FROM_clause-pivot-unpivot-examples.html
SELECT * FROM (SELECT channel, amount FROM orders) PIVOT (SUM(amount) FOR channel IN ('ads', 'mail'));
SELECT * FROM (SELECT channel, amount FROM orders) PIVOT (AVG(amount) AS mean FOR channel IN ('ads' AS ads, 'mail' AS mail));
SELECT * FROM monthly UNPIVOT (amount FOR month_name IN (jan, feb, mar));
SELECT * FROM monthly UNPIVOT INCLUDE NULLS (amount FOR month_name IN (jan AS january, feb AS february));
SELECT * FROM monthly UNPIVOT EXCLUDE NULLS (amount FOR month_name IN (jan, feb)) AS u;
## r_WHERE_clause.html
SELECT order_id FROM orders WHERE is_paid AND NOT is_test OR amount > 1000;
SELECT order_id FROM orders WHERE channel = 'ads' AND (amount < 5 OR amount > 50);
## r_CONNECT_BY_clause.html
SELECT id, name FROM employees START WITH name = 'Ada' CONNECT BY PRIOR id = manager_id;
SELECT id, level FROM employees CONNECT BY id = PRIOR manager_id;
## r_GROUP_BY_clause.html
SELECT channel, SUM(amount) FROM orders GROUP BY channel;
SELECT channel, SUM(amount) FROM orders GROUP BY 1 HAVING SUM(amount) > 100;
SELECT channel, COUNT(*) FROM orders GROUP BY ALL;
SELECT UPPER(channel) AS name, COUNT(*) FROM orders GROUP BY name;
## r_GROUP_BY_aggregation-extensions.html
SELECT channel, country, SUM(amount) FROM orders GROUP BY GROUPING SETS ((channel, country), (channel), ());
SELECT channel, country, SUM(amount) FROM orders GROUP BY GROUPING SETS (channel, country);
SELECT channel, country, SUM(amount), GROUPING(channel) FROM orders GROUP BY ROLLUP (channel, country);
SELECT channel, country, SUM(amount) FROM orders GROUP BY CUBE (channel, country);
SELECT channel, country, year, SUM(amount) FROM orders GROUP BY channel, ROLLUP (country, year);
SELECT channel, country, year, SUM(amount) FROM orders GROUP BY GROUPING SETS (CUBE (channel, country), ROLLUP (year));
SELECT channel, country, GROUPING_ID(channel, country), SUM(amount) FROM orders GROUP BY CUBE (channel, country);
## r_QUALIFY_clause.html
SELECT order_id, amount FROM orders o WHERE is_paid QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ordered_at) = 1;
SELECT order_id FROM orders AS o QUALIFY RANK() OVER (ORDER BY amount DESC) <= 3;
## r_ORDER_BY_clause.html
SELECT order_id FROM orders ORDER BY amount DESC NULLS LAST, order_id ASC NULLS FIRST;
SELECT order_id FROM orders ORDER BY 1 LIMIT 10 OFFSET 20;
SELECT order_id FROM orders ORDER BY amount * 2 LIMIT ALL;
SELECT order_id FROM orders OFFSET 5;
## r_UNION.html
SELECT a FROM x UNION SELECT a FROM y;
SELECT a FROM x UNION ALL SELECT a FROM y ORDER BY 1;
SELECT a FROM x INTERSECT SELECT a FROM y;
SELECT a FROM x EXCEPT SELECT a FROM y;
SELECT a FROM x MINUS SELECT a FROM y;
(SELECT a FROM x UNION SELECT a FROM y) INTERSECT SELECT a FROM z;
SELECT a FROM x UNION ALL (SELECT a FROM y EXCEPT SELECT a FROM z);
## r_Subquery_examples.html
SELECT order_id, (SELECT MAX(amount) FROM orders) AS most FROM orders;
SELECT order_id FROM orders WHERE customer_id IN (SELECT customer_id FROM customers WHERE country = 'DE');
SELECT o.order_id FROM orders o WHERE EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.order_id);
SELECT o.order_id FROM orders o WHERE amount > (SELECT AVG(i.amount) FROM orders i WHERE i.channel = o.channel);
## r_SELECT_INTO.html
SELECT order_id INTO copied_orders FROM orders;
SELECT order_id INTO TEMP TABLE copied_orders FROM orders WHERE is_paid;
## cross-database-overview.html
SELECT order_id FROM sales_db.public.orders;
SELECT o.order_id, c.country FROM sales_db.public.orders AS o JOIN public.customers AS c ON o.customer_id = c.customer_id;
SELECT sales_db.public.orders.order_id FROM sales_db.public.orders;
## c_join_PG.html
SELECT n.nspname, o.order_id FROM pg_namespace n, orders o;
SELECT d.tablename FROM pg_table_def d JOIN pg_namespace n ON d.schemaname = n.nspname;
## c_SQL_functions_compute_node_only.html
SELECT MEDIAN(w.a) FROM w JOIN (WITH w AS (SELECT 1 AS b) SELECT b FROM w) x ON w.a = x.b;
WITH w AS (SELECT a FROM w) SELECT MEDIAN(a) FROM w;
## r_UNION.html
SELECT CAST(amount AS INT) AS x FROM orders UNION SELECT CAST(amount AS DECIMAL(9, 2)) FROM refunds;
SELECT CAST(ordered_on AS DATE) AS d FROM orders UNION ALL SELECT CAST(refunded_at AS TIMESTAMP) FROM refunds;
SELECT NULL AS x UNION ALL SELECT 1;
SELECT 'a' AS x UNION SELECT CAST(note AS VARCHAR(3)) FROM orders;
SELECT CAST(country AS CHAR(2)) AS x FROM customers INTERSECT SELECT 'DE';
SELECT 1 AS x UNION ALL SELECT '2';
SELECT CAST('2024-01-01' AS DATE) AS x UNION SELECT '2024-01-02';
## spatial-limitations.html
SELECT COUNT(COALESCE(CAST(g AS GEOMETRY), ST_POINT(1, 2))) FROM t GROUP BY a;
SELECT ST_ASTEXT(CAST(g AS GEOMETRY)) AS x FROM t GROUP BY x ORDER BY 1;
SELECT CASE WHEN a > 1 THEN ST_POINT(1, 2) ELSE ST_POINT(2, 3) END AS g FROM t ORDER BY ST_X(g);
SELECT CAST(g AS GEOMETRY) FROM t UNION ALL SELECT ST_POINT(1, 2) FROM u;
SELECT t.a FROM t JOIN u ON ST_INTERSECTS(CAST(t.g AS GEOMETRY), CAST(u.g AS GEOMETRY));
SELECT SUM(a) OVER (PARTITION BY ST_GEOHASH(CAST(g AS GEOMETRY), 5)) FROM t;
## hyperloglog-functions-limitations.html
SELECT HLL_CARDINALITY(HLL_COMBINE(s)) AS n FROM (SELECT b, HLL_CREATE_SKETCH(a) AS s FROM t GROUP BY b) ORDER BY n;
## limitations-super.html
SELECT JSON_PARSE(a) AS p, COUNT(*) FROM t GROUP BY p ORDER BY p;
SELECT t.a FROM t LEFT JOIN u ON JSON_PARSE(t.a) = JSON_PARSE(u.a);
## r_SVV_TRANSACTIONS.html
SELECT t.xid, c.oid, c.relname FROM svv_transactions AS t JOIN pg_class AS c ON t.relation = c.oid;
## r_SELECT_synopsis.html
SELECT o.id, o.total FROM orders AS o WHERE o.total >= 5 ORDER BY o.total DESC LIMIT 10 OFFSET 20;
SELECT DATE_TRUNC('week', ordered_at)::DATE AS week, COUNT(DISTINCT customer_id) AS buyers FROM orders GROUP BY 1 ORDER BY 1;
SELECT TO_CHAR(ordered_at, 'YYYY-MM') AS month, SUM(amount) FROM orders GROUP BY 1 HAVING SUM(amount) > 1000;
SELECT JSON_EXTRACT_PATH_TEXT(payload, 'utm', 'source') AS source, COUNT(*) FROM events GROUP BY 1;
SELECT COALESCE(c.name, 'unknown') AS name, COUNT(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.is_paid GROUP BY 1;
SELECT APPROXIMATE COUNT(DISTINCT customer_id) FROM orders;
SELECT id FROM a UNION ALL SELECT id FROM b UNION SELECT id FROM c ORDER BY id;
SELECT CASE WHEN amount < 10 THEN 'small' WHEN amount < 100 THEN 'middle' ELSE 'large' END AS size, COUNT(*) FROM orders GROUP BY size;
SELECT t.channel, t.month, t.amount FROM sales.wide UNPIVOT (amount FOR month IN (jan, feb)) AS t;
SELECT t.a FROM t JOIN u ON t.a = u.a AND t.b BETWEEN u.c AND u.d JOIN v ON v.a = u.a OR v.b = t.b;
SELECT t.a FROM t JOIN u ON t.is_new;
SELECT t.a FROM t NATURAL INNER JOIN u;
SELECT a, b, SUM(c) FROM t GROUP BY ROLLUP(a, b) HAVING GROUPING(a) = 0 ORDER BY a, b;
SELECT a, SUM(b) AS total FROM t GROUP BY a ORDER BY COUNT(*), total DESC;
SELECT DISTINCT UPPER(b) FROM t ORDER BY UPPER(b);
SELECT COUNT(*) FROM t HAVING COUNT(*) > 1;
SELECT * EXCLUDE (a) FROM t;
SELECT id, LEVEL, PRIOR name FROM t START WITH boss IS NULL CONNECT BY PRIOR id = boss AND LEVEL < 5;
SELECT * FROM (SELECT a, b, c FROM t) PIVOT (COUNT(*) FOR b IN (1, 2, NULL)) AS p;
SELECT (SELECT MAX(b) FROM u WHERE u.a = t.a) FROM t ORDER BY 1;
SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u JOIN v ON v.a = u.a WHERE u.b = t.b);
SELECT a FROM t INTERSECT (SELECT b FROM u);
SELECT t.* , u.b FROM s.t JOIN u USING (a);
SELECT v.price, k FROM t AS x, UNPIVOT x.p AS v AT k;
## r_WITH_clause.html
WITH first_orders AS (SELECT customer_id, MIN(ordered_at) AS first_at FROM orders GROUP BY customer_id) SELECT DATE_TRUNC('month', first_at) AS cohort, COUNT(*) FROM first_orders GROUP BY 1 ORDER BY 1;
WITH RECURSIVE r (n, label) AS (SELECT 1, CAST('x' AS VARCHAR(9)) UNION ALL SELECT r.n + 1, t.label FROM r JOIN t ON t.n = r.n WHERE r.n < 5) SELECT * FROM r;
WITH x AS (SELECT 1 AS a), y AS (SELECT a + 1 AS a FROM x) SELECT x.a, y.a FROM x, y;
## r_SELECT_synopsis.html
SELECT customer_id, SUM(amount) total FROM orders GROUP BY customer_id ORDER BY total DESC NULLS LAST LIMIT 5;
SELECT o.customer_id, c.name, o.total FROM (SELECT customer_id, SUM(amount) AS total FROM orders GROUP BY 1) AS o JOIN customers AS c ON c.id = o.customer_id WHERE o.total > 100;
SELECT channel, MAX(amount) - MIN(amount) AS spread FROM orders GROUP BY channel HAVING MAX(amount) > 2 * MIN(amount);
SELECT LEN(note) AS n FROM orders UNION ALL SELECT 5 UNION ALL SELECT amount::INT FROM refunds;
SELECT CURRENT_DATE AS day UNION SELECT ordered_at::DATE FROM orders;
SELECT ST_DISTANCESPHERE(ST_POINT(lon, lat), ST_POINT(13.4, 52.5)) / 1000 AS km FROM shops ORDER BY km;
## r_WITH_clause.html
WITH y AS (SELECT 1 AS a), x AS (SELECT y.a FROM y) SELECT x.a, COUNT(*) FROM x GROUP BY x.a;
## r_SELECT_synopsis.html
SELECT o.id FROM dev.sales.orders o JOIN prod.sales.customers c ON c.id = o.customer_id;
SELECT id AS order, name AS user, day AS date, n AS count FROM t;
SELECT "order", "group" FROM "select";
SELECT a, b, GROUPING(a), GROUPING_ID(a, b), SUM(c) FROM t GROUP BY GROUPING SETS ((a, b), a, ());
SELECT a, SUM(b) FROM t GROUP BY CUBE (a), ROLLUP (c, d);
SELECT x.* EXCLUDE (secret) FROM t x;
SELECT TOP 10 a, b FROM t ORDER BY b;
SELECT CAST(a AS TIMESTAMP WITH TIME ZONE), CONVERT(INTEGER, b), TRY_CAST(c AS DATE) FROM t;
SELECT SUM(a)::FLOAT / COUNT(DISTINCT b), AVG(a * 1.0), STDDEV_POP(a), VARIANCE(a), BOOL_OR(a > 5) FROM t;
SELECT HLL(a), APPROXIMATE COUNT(DISTINCT b) FROM t;
SELECT a FROM (SELECT 1 AS a UNION ALL SELECT 2) UNION ALL SELECT 3 ORDER BY a LIMIT 2;
SELECT * FROM ((SELECT a FROM t) UNION (SELECT a FROM u)) x;
SELECT a FROM t ORDER BY CASE WHEN a = 'x' THEN 0 ELSE 1 END, b DESC;
SELECT NVL(a.x, b.x) AS x FROM a FULL OUTER JOIN b ON a.x = b.x AND a.y = b.y;
SELECT a.x FROM a LEFT JOIN b USING (x, y) LEFT JOIN c USING (x);
SELECT attr, val FROM customers c, UNPIVOT c.data AS val AT attr;
SELECT query, TRIM(querytxt) FROM stl_query WHERE starttime > GETDATE() - INTERVAL '1 hour' ORDER BY starttime DESC LIMIT 10;
SELECT "table", size, pct_used FROM svv_table_info ORDER BY size DESC;
## r_WITH_clause.html
WITH RECURSIVE days (d) AS (SELECT '2024-01-01'::DATE UNION ALL SELECT DATEADD(day, 1, d)::DATE FROM days WHERE d < '2024-02-01') SELECT d FROM days;
WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a UNION ALL SELECT x + 1 FROM a) SELECT COUNT(*) FROM b;
WITH x AS (SELECT id FROM u) UPDATE t SET a = 1 FROM x WHERE t.id = x.id;
## r_FROM_clause30.html
SELECT a.x FROM a FULL JOIN b ON (a.x = b.x AND (a.y = b.y));

## r_names.html
SELECT MD5('a'), ASCII('A'), UPPER(channel), LOWER(channel) FROM orders;
SELECT 'a', 'A', 'x' || 'y', 'X' || 'Y';
SELECT amount::BIGINT, order_id FROM orders;
