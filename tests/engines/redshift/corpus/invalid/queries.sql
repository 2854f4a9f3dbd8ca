## r_SELECT_list.html
-- A comma separates two items; none ends or begins the list.
SELECT a, FROM t;
SELECT , a FROM t;
SELECT a,, b FROM t;
SELECT a, b, FROM t WHERE a = 1;
-- The list has at least one item.
SELECT FROM t;
SELECT DISTINCT FROM t;
SELECT ALL FROM t;
SELECT TOP 5 FROM t;
-- A column's name is an identifier, not a string.
SELECT a AS 'x' FROM t;
SELECT a 'x' FROM t;
SELECT SUM(a) AS 'total' FROM t;
-- A name follows AS.
SELECT a AS FROM t;
SELECT a AS 5 FROM t;
-- There is no string concatenation by juxtaposition on one line.
SELECT 'a' 'b' FROM t;
-- A reserved word is no name without AS.
SELECT a limit FROM t;
SELECT a user FROM t;
SELECT a order FROM t;
-- TOP takes a number.
SELECT TOP a FROM t;
SELECT TOP -5 a FROM t;
SELECT TOP 5 PERCENT a FROM t;
-- Only EXCLUDE leaves columns of a star away.
SELECT * EXCEPT (a) FROM t;
SELECT * REPLACE (1 AS a) FROM t;
SELECT * RENAME (a AS b) FROM t;
SELECT * EXCLUDE FROM t;
SELECT * EXCLUDE () FROM t;
-- DISTINCT ON is not in the grammar.
SELECT DISTINCT ON (a) a, b FROM t;
-- The clauses have one order.
SELECT a FROM t GROUP BY a WHERE a > 1;
SELECT a FROM t ORDER BY a GROUP BY a;
SELECT a FROM t LIMIT 5 ORDER BY a;
SELECT a FROM t HAVING COUNT(*) > 1 GROUP BY a;
SELECT a WHERE a = 1 FROM t;
-- A clause is given once.
SELECT a FROM t WHERE a = 1 WHERE b = 2;
SELECT a FROM t LIMIT 1 LIMIT 2;
SELECT a FROM t ORDER BY a ORDER BY b;
SELECT a FROM t FROM u;
## r_WHERE_clause.html
-- A condition follows WHERE and each AND, OR and NOT.
SELECT a FROM t WHERE;
SELECT a FROM t WHERE a = 1 AND;
SELECT a FROM t WHERE AND a = 1;
SELECT a FROM t WHERE a = 1 OR OR b = 2;
SELECT a FROM t WHERE NOT;
SELECT a FROM t WHERE a = ;
SELECT a FROM t WHERE a = = 1;
SELECT a FROM t WHERE a == 1;
-- Parentheses close.
SELECT (a FROM t;
SELECT a) FROM t;
SELECT a FROM t WHERE (a = 1;
SELECT a FROM (SELECT a FROM t;
SELECT COUNT(* FROM t;
## r_FROM_clause30.html
-- A table follows FROM and each comma.
SELECT a FROM;
SELECT a FROM t,;
SELECT a FROM ,t;
SELECT a FROM t,, u;
SELECT a FROM WHERE a = 1;
-- A join but CROSS and NATURAL has ON or USING.
SELECT a FROM t JOIN u;
SELECT a FROM t LEFT JOIN u WHERE t.a = 1;
SELECT a FROM t INNER JOIN u ORDER BY 1;
SELECT a FROM t FULL OUTER JOIN u;
SELECT a FROM t JOIN u ON;
SELECT a FROM t JOIN u USING ();
SELECT a FROM t JOIN u USING a;
SELECT a FROM t JOIN ON t.a = u.a;
-- CROSS and NATURAL joins have no condition.
SELECT t.a FROM t CROSS JOIN u ON t.a = u.a;
SELECT a FROM t NATURAL JOIN u ON t.a = u.a;
SELECT a FROM t CROSS JOIN u USING (a);
-- These joins do not exist.
SELECT t.a FROM t SEMI JOIN u ON t.a = u.a;
SELECT t.a FROM t LEFT ANTI JOIN u ON t.a = u.a;
SELECT t.a FROM t ASOF JOIN u ON t.a = u.a;
SELECT t.a FROM t OUTER JOIN u ON t.a = u.a;
SELECT t.a FROM t INNER LEFT JOIN u ON t.a = u.a;
SELECT t.a FROM t LEFT INNER JOIN u ON t.a = u.a;
SELECT t.a FROM t CROSS LEFT JOIN u;
-- FULL JOIN needs equalities of both sides.
SELECT t.a FROM t FULL JOIN u ON t.a > u.a;
SELECT t.a FROM t FULL JOIN u ON t.a = u.a OR t.b = u.b;
SELECT t.a FROM t FULL JOIN u ON t.a = 5;
-- These sources of rows are not in the grammar.
SELECT a FROM ONLY t;
SELECT a FROM t TABLESAMPLE SYSTEM (10);
SELECT a FROM t SAMPLE (10);
SELECT a FROM t, LATERAL (SELECT 1 AS b) AS x;
SELECT a FROM t CROSS JOIN LATERAL (SELECT 1 AS b) AS x;
SELECT a FROM t CROSS APPLY (SELECT 1 AS b) AS x;
SELECT a FROM (VALUES (1), (2)) AS x (a);
VALUES (1), (2);
TABLE t;
FROM t SELECT a;
SELECT a FROM generate_series(1, 5) AS a;
SELECT a FROM t WITH (NOLOCK);
SELECT a FROM t AS OF SYSTEM TIME '2024-01-01';
## r_GROUP_BY_clause.html
-- A list of expressions follows GROUP BY.
SELECT a FROM t GROUP BY;
SELECT a FROM t GROUP BY a,;
SELECT a FROM t GROUP a;
SELECT COUNT(*) FROM t GROUP BY DISTINCT a;
## r_GROUP_BY_aggregation-extensions.html
-- The lists of ROLLUP, CUBE and GROUPING SETS are not empty and in parentheses.
SELECT a FROM t GROUP BY ROLLUP ();
SELECT a FROM t GROUP BY CUBE a;
SELECT a FROM t GROUP BY GROUPING SETS a;
SELECT a FROM t GROUP BY a WITH ROLLUP;
## r_HAVING_clause.html
-- A condition follows HAVING.
SELECT a FROM t GROUP BY a HAVING;
## r_ORDER_BY_clause.html
-- Keys follow ORDER BY; LIMIT and OFFSET take a number.
SELECT a FROM t ORDER BY;
SELECT a FROM t ORDER BY a,;
SELECT a FROM t ORDER BY a ASC DESC;
SELECT a FROM t ORDER BY a NULLS;
SELECT a FROM t ORDER BY a NULLS LAST DESC;
SELECT a FROM t ORDER BY a USING >;
SELECT a FROM t ORDER BY ALL;
SELECT a FROM t LIMIT;
SELECT a FROM t LIMIT -1;
SELECT a FROM t LIMIT 1.5;
SELECT a FROM t LIMIT 'x';
SELECT a FROM t LIMIT 5, 10;
SELECT a FROM t LIMIT a;
SELECT a FROM t LIMIT 5 PERCENT;
SELECT a FROM t LIMIT 5 WITH TIES;
SELECT a FROM t OFFSET;
SELECT a FROM t OFFSET -5;
SELECT a FROM t OFFSET 5 ROWS FETCH NEXT 3 ROWS ONLY;
SELECT a FROM t FETCH FIRST ROW ONLY;
SELECT a FROM t LIMIT 1 BY b;
-- Rows are not locked.
SELECT a FROM t FOR UPDATE;
SELECT a FROM t FOR SHARE;
SELECT a FROM t FOR UPDATE SKIP LOCKED;
## r_QUALIFY_clause.html
-- A relation needs an alias right before QUALIFY.
SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1;
SELECT a FROM t x WHERE a > 1 QUALIFY;
## r_UNION.html
-- INTERSECT, EXCEPT and MINUS have no ALL, and no set operation has DISTINCT.
SELECT a FROM t INTERSECT ALL SELECT a FROM u;
SELECT a FROM t EXCEPT ALL SELECT a FROM u;
SELECT a FROM t MINUS ALL SELECT a FROM u;
SELECT a FROM t UNION DISTINCT SELECT a FROM u;
SELECT a FROM t UNION ALL BY NAME SELECT a FROM u;
-- A query stands on both sides.
SELECT a FROM t UNION;
UNION SELECT a FROM t;
SELECT a FROM t UNION UNION SELECT a FROM u;
SELECT a FROM t UNION ALL ALL SELECT a FROM u;
-- LIMIT and ORDER BY belong to the whole operation.
SELECT a FROM t ORDER BY a UNION SELECT a FROM u;
(SELECT a FROM t LIMIT 5) UNION SELECT a FROM u;
## r_WITH_clause.html
-- A named query is in parentheses, and a query follows the list.
WITH a AS SELECT 1 SELECT * FROM a;
WITH a (SELECT 1) SELECT * FROM a;
WITH a AS (SELECT 1 AS x);
WITH a AS (SELECT 1 AS x), SELECT x FROM a;
WITH AS (SELECT 1 AS x) SELECT x FROM a;
WITH a AS () SELECT 1;
WITH a AS MATERIALIZED (SELECT 1 AS x) SELECT x FROM a;
WITH a AS NOT MATERIALIZED (SELECT 1 AS x) SELECT x FROM a;
WITH a AS (DELETE FROM t) SELECT 1;
WITH a AS (INSERT INTO t VALUES (1)) SELECT 1;
WITH a AS (SELECT 1 AS x) INSERT INTO t SELECT x FROM a;
WITH a AS (SELECT 1 AS x) CREATE TABLE t AS SELECT x FROM a;
WITH a (x, ) AS (SELECT 1) SELECT x FROM a;
## r_FROM_clause-pivot-unpivot-examples.html
-- PIVOT has one aggregate, FOR and a list of constants.
SELECT * FROM (SELECT a, b FROM t) PIVOT (SUM(b) FOR a IN ());
SELECT * FROM (SELECT a, b FROM t) PIVOT (SUM(b));
SELECT * FROM (SELECT a, b FROM t) PIVOT (SUM(b) FOR a IN (SELECT a FROM u));
SELECT * FROM (SELECT a, b FROM t) PIVOT (b FOR a IN (1, 2));
SELECT * FROM t UNPIVOT (v FOR n IN ());
SELECT * FROM t UNPIVOT (v IN (a, b));
PIVOT t ON a USING SUM(b);
## c_Window_functions.html
-- Windows are not named.
SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b);
SELECT SUM(a) OVER (w) FROM t WINDOW w AS (PARTITION BY b);
## c_unsupported-postgresql-features.html
-- One statement at a time.
SELECT 1; SELECT 2;
SELECT 1; DROP TABLE t;
-- These are no statements.
SELEC a FROM t;
SELECT a FORM t;
a FROM t;
DO $$ BEGIN NULL; END $$;
LISTEN x;
NOTIFY x;
REINDEX TABLE t;
CLUSTER t;
PRAGMA x;
DESCRIBE t;
## c_join_PG.html
-- Tables of the catalog that AWS does not list are read alone.
SELECT d.tablename FROM pg_table_def d, orders o;
SELECT o.order_id FROM orders o WHERE o.channel IN (SELECT tablename FROM pg_table_def);
SELECT s.tablename FROM pg_catalog.pg_stats s JOIN orders o ON s.tablename = o.channel;
## c_SQL_functions_compute_node_only.html
-- A query that names a WITH query elsewhere does not make its table one of WITH.
WITH w AS (SELECT 1 AS a) SELECT MEDIAN(a) FROM w;
SELECT LISTAGG(nspname, ',') FROM pg_namespace;
## c_SQL_functions_leader_node_only.html
-- A function of the leader node reads no tables of users.
SELECT CURRENT_SCHEMA(), order_id FROM orders;
SELECT order_id FROM orders WHERE channel = VERSION();
## r_UNION.html
-- The columns of the operands have types in common.
SELECT CAST(amount AS INT) AS x FROM orders UNION SELECT CAST(born_on AS DATE) FROM customers;
SELECT 1 AS x UNION ALL SELECT 'one';
SELECT CAST(is_paid AS BOOLEAN) AS x FROM orders UNION SELECT CAST(born_on AS DATE) FROM customers;
SELECT order_id, CAST(amount AS INT) FROM orders EXCEPT SELECT order_id, CAST(refunded_at AS TIMESTAMP) FROM refunds;
SELECT CAST(note AS VARCHAR(9)) AS x FROM orders UNION SELECT CAST(customer_id AS INT) FROM customers;
SELECT CAST(is_paid AS BOOLEAN) AS x FROM orders INTERSECT SELECT CAST(customer_id AS INT) FROM customers;
SELECT x FROM (SELECT CURRENT_DATE AS x UNION ALL SELECT 5) AS u;
WITH x AS (SELECT COUNT(*) AS n FROM orders UNION ALL SELECT GETDATE()) SELECT n FROM x;
## spatial-limitations.html
-- A geometry is neither compared, nor grouped by, nor sorted.
SELECT ST_POINT(1, 2) AS g FROM t GROUP BY 1;
SELECT ST_POINT(a, b) AS g FROM t GROUP BY g;
SELECT CAST(a AS GEOMETRY) AS g FROM t GROUP BY CAST(a AS GEOMETRY);
SELECT a FROM t ORDER BY CAST(g AS GEOMETRY);
SELECT CAST(g AS GEOMETRY) AS x FROM t ORDER BY x;
SELECT CAST(g AS GEOMETRY) AS x FROM t ORDER BY 1;
SELECT DISTINCT CAST(g AS GEOGRAPHY) FROM t;
SELECT DISTINCT ST_GEOMFROMTEXT(a) FROM t;
SELECT COUNT(DISTINCT CAST(g AS GEOMETRY)) FROM t;
SELECT CAST(g AS GEOMETRY) FROM t UNION SELECT CAST(g AS GEOMETRY) FROM u;
SELECT CAST(g AS GEOMETRY) FROM t INTERSECT SELECT CAST(g AS GEOMETRY) FROM u;
SELECT t.a FROM t JOIN u ON CAST(t.g AS GEOMETRY) = CAST(u.g AS GEOMETRY);
SELECT SUM(a) OVER (PARTITION BY CAST(g AS GEOMETRY)) FROM t;
SELECT NULLIF(ST_POINT(a, b), ST_POINT(1, 2)) FROM t;
SELECT CAST(g AS GEOMETRY) || 'x' FROM t;
## hyperloglog-functions-limitations.html
-- A sketch is neither compared, nor grouped by, nor sorted.
SELECT RANK() OVER (ORDER BY HLL_CREATE_SKETCH(a)) FROM t GROUP BY b;
SELECT HLL_CREATE_SKETCH(a) AS s FROM t ORDER BY s;
SELECT DISTINCT s FROM (SELECT HLL_CREATE_SKETCH(a) AS s FROM t GROUP BY b);
WITH x AS (SELECT HLL_CREATE_SKETCH(a) AS s FROM t GROUP BY b) SELECT s, COUNT(*) FROM x GROUP BY s;
## limitations-super.html
-- Right and full joins compare no SUPER values.
SELECT a FROM t RIGHT JOIN u ON JSON_PARSE(t.a) = JSON_PARSE(u.a);
## r_UNION.html
-- Columns of a set operation have a type in common, also where functions compute them.
SELECT TO_DATE(a, 'YYYY') FROM t UNION ALL SELECT LEN(a) FROM t;
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders ORDER amount;
SELECT COUNT(*) FROM orders GROUP channel;
SELECT id FROM orders HAVING;
SELECT * FROM orders JOIN customers USING customer_id;
SELECT id FROM orders LIMIT 10, 20;
SELECT a FROM t LIMIT 2.5;
SELECT a FROM t LIMIT 'ten';
SELECT a FROM t OFFSET -1;
SELECT t.a FROM t NATURAL CROSS JOIN u;
SELECT t.a FROM t INNER OUTER JOIN u ON t.a = u.a;
SELECT LEVEL FROM t CONNECT BY;
SELECT a FROM t START WITH a = 1;
SELECT * FROM t PIVOT (a FOR b IN ('x'));
SELECT * FROM t PIVOT (SUM(a) FOR b IN (SELECT c FROM u));
SELECT * FROM t UNPIVOT (a FOR b IN ());
## r_SELECT_list.html
-- What people write now and then, and this page rules out.
SELECT DISTINCT ON (customer_id) id FROM orders ORDER BY customer_id, ordered_at DESC;
## r_ORDER_BY_clause.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders LIMIT 10 PERCENT;
SELECT TOP 10 PERCENT id FROM orders;
SELECT id FROM orders UNION SELECT id FROM refunds ORDER BY orders.id;
SELECT DISTINCT a FROM t ORDER BY UPPER(b);
## c_SQL_functions.html
-- What people write now and then, and this page rules out.
SELECT customer_id, ARRAY_AGG(id ORDER BY ordered_at) FROM orders GROUP BY customer_id;
SELECT customer_id, STRING_AGG(channel, ', ' ORDER BY channel) FROM orders GROUP BY customer_id;
SELECT c.name, o.total FROM customers c LEFT JOIN LATERAL (SELECT SUM(amount) AS total FROM orders WHERE customer_id = c.id) o ON TRUE;
SELECT customer_id, SUM(amount) FILTER (WHERE is_paid) FROM orders GROUP BY customer_id;
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
SELECT a.id, b.id FROM orders a JOIN refunds b ON a.id = c.order_id;
SELECT id FROM orders o JOIN customers o ON o.id = o.customer_id;
SELECT t.a FROM t JOIN u ON COUNT(t.a) = u.b;
SELECT t.a FROM t JOIN u ON v.a = u.a JOIN v ON v.b = u.b;
## r_WITH_clause.html
-- What people write now and then, and this page rules out.
WITH a AS (SELECT 1 AS x), a AS (SELECT 2 AS x) SELECT x FROM a;
WITH a (x, y) AS (SELECT 1) SELECT x FROM a;
WITH x AS (SELECT u.a FROM u WHERE u.a = t.a) SELECT x.a FROM t, x;
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r;
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT SUM(n) FROM r) SELECT n FROM r;
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n FROM t WHERE n IN (SELECT n FROM r)) SELECT n FROM r;
WITH x AS (INSERT INTO t VALUES (1)) SELECT 1;
WITH x (a, a) AS (SELECT 1, 2) SELECT a FROM x;
## r_UNION.html
-- What people write now and then, and this page rules out.
SELECT id, amount FROM orders UNION ALL SELECT id FROM refunds;
SELECT id FROM orders EXCEPT ALL SELECT id FROM refunds;
SELECT a FROM t UNION SELECT a FROM u UNION SELECT a, b FROM v;
SELECT a FROM (SELECT a FROM t UNION SELECT a, b FROM u);
SELECT a FROM t INTERSECT (SELECT b FROM u ORDER BY b);
SELECT a, b FROM t MINUS SELECT a FROM u;
## r_WHERE_clause.html
-- What people write now and then, and this page rules out.
SELECT channel, SUM(amount) AS total FROM orders WHERE SUM(amount) > 100 GROUP BY channel;
## r_HAVING_clause.html
-- What people write now and then, and this page rules out.
SELECT channel, SUM(amount) AS total FROM orders GROUP BY channel HAVING total > 100;
## r_GROUP_BY_clause.html
-- What people write now and then, and this page rules out.
SELECT channel, amount, COUNT(*) FROM orders GROUP BY channel;
SELECT channel FROM orders GROUP BY SUM(amount);
SELECT a, b, SUM(c) FROM t GROUP BY ROLLUP(a);
SELECT * FROM t GROUP BY a;
SELECT a, SUM(b) FROM t GROUP BY a ORDER BY c;
SELECT SUM(a) AS s FROM t GROUP BY s;
SELECT b FROM t HAVING COUNT(*) > 1;
SELECT a, COUNT(*) FROM t GROUP BY 1, 2;
## c_Aggregate_Functions.html
-- What people write now and then, and this page rules out.
SELECT MAX(COUNT(*)) FROM orders GROUP BY channel;
## r_Subquery_examples.html
-- What people write now and then, and this page rules out.
SELECT id FROM events e WHERE (SELECT id, name FROM other LIMIT 1) = 5;
## r_conditions.html
-- What people write now and then, and this page rules out.
SELECT t.a FROM t JOIN u ON t.a + 1;
## r_WHERE_oracle_outer.html
-- What people write now and then, and this page rules out.
SELECT t.a FROM t LEFT JOIN u ON t.a = u.a(+);
## r_QUALIFY_clause.html
-- What people write now and then, and this page rules out.
SELECT a FROM t QUALIFY a > 1;
## r_EXCLUDE_list.html
-- What people write now and then, and this page rules out.
SELECT a EXCLUDE b FROM t;
## r_correlated_subqueries.html
-- What people write now and then, and this page rules out.
SELECT (SELECT b FROM u WHERE u.a = t.a LIMIT 1) FROM t;
SELECT a FROM t ORDER BY (SELECT b FROM u WHERE u.a = t.a LIMIT 1);
SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u JOIN (SELECT v.a FROM v WHERE v.b = t.b) x ON x.a = u.a);
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
SELECT customer_id, SUM(amount) total, FROM orders GROUP BY customer_id;
SELECT customer_id, FROM orders ORDER BY customer_id,;
SELECT customer_id FROM orders JOIN ON orders.id = 1;
SELECT a FROM t ORDER BY a DESC ASC;
## r_pg_keywords.html
-- What people write now and then, and this page rules out.
SELECT DISTINCT FROM orders;
SELECT ALL DISTINCT customer_id FROM orders;
## r_GROUP_BY_clause.html
-- What people write now and then, and this page rules out.
SELECT customer_id FROM orders GROUP BY;
SELECT channel FROM orders GROUP BY channel HAVING amount > 5;
SELECT channel, (SELECT MAX(r.amount) FROM refunds r WHERE r.order_id = o.id) FROM orders o GROUP BY channel;
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
SELECT o.name FROM (SELECT customer_id AS id FROM orders) o JOIN customers c ON c.id = o.id;
WITH x AS (SELECT a FROM t) SELECT x.b FROM x;
WITH x AS (SELECT y.a FROM y), y AS (SELECT 1 AS a) SELECT x.b FROM x;
SELECT id FROM (SELECT a AS id FROM t) x JOIN (SELECT a AS id FROM u) y ON x.id = y.id;
## r_WITH_clause.html
-- What people write now and then, and this page rules out.
SELECT u.a FROM t LEFT JOIN (SELECT a FROM v WHERE v.a = t.a) u ON TRUE;
## c_Aggregate_Functions.html
-- What people write now and then, and this page rules out.
SELECT AVG(COUNT(DISTINCT customer_id)) FROM orders;
## r_UNION.html
-- What people write now and then, and this page rules out.
SELECT LEN(note) FROM orders UNION SELECT CURRENT_DATE;
SELECT CURRENT_DATE AS x UNION ALL SELECT TRUE;
SELECT note::VARCHAR(5) FROM orders UNION ALL SELECT LEN(note) FROM orders;
SELECT n FROM (SELECT COUNT(*) AS n FROM orders) x UNION SELECT CURRENT_DATE;
SELECT n FROM (SELECT COUNT(*) AS n FROM orders) x UNION ALL SELECT UPPER(note) FROM orders;
## r_comparison_condition.html
-- What people write now and then, and this page rules out.
WITH x AS (SELECT id, CURRENT_DATE AS day FROM orders) SELECT id FROM x WHERE day > 5;
WITH x AS (SELECT LEN(note) AS n FROM orders) SELECT id FROM x JOIN orders ON x.n = CURRENT_DATE;
## r_OPERATOR_SYMBOLS.html
-- What people write now and then, and this page rules out.
WITH x AS (SELECT COUNT(*) AS n FROM orders) SELECT UPPER(note) + n FROM x, orders;
## spatial-limitations.html
-- What people write now and then, and this page rules out.
SELECT x.g FROM (SELECT ST_POINT(lon, lat) AS g FROM shops) x GROUP BY x.g;
SELECT x.g FROM (SELECT ST_POINT(lon, lat) AS g FROM shops) x ORDER BY g;
SELECT a.id FROM (SELECT id, ST_POINT(lon, lat) AS g FROM shops) a JOIN (SELECT ST_POINT(x, y) AS g FROM areas) b ON a.g = b.g;
SELECT COUNT(DISTINCT ST_POINT(lon, lat)) FROM shops;
## r_conditions.html
-- What people write now and then, and this page rules out.
SELECT id FROM orders o JOIN refunds r ON LEN(o.note);
SELECT id FROM orders o JOIN refunds r ON o.id = r.id AND CURRENT_DATE;
SELECT channel FROM orders GROUP BY channel HAVING COUNT(*);
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
SELECT a FROM t GROUP BY a HAVING COUNT(*) > 1 WHERE b = 1;
SELECT a FROM t ORDER BY a WHERE b = 1;
SELECT a FROM t LIMIT 5 OFFSET;
SELECT a, * EXCEPT (b) FROM t;
SELECT * EXCEPT b FROM t;
SELECT a FROM t LEFT JOIN u;
SELECT SUM(DISTINCT) FROM t;
WITH x AS (SELECT 1 AS a), SELECT a FROM x;
WITH x AS SELECT 1 AS a SELECT a FROM x;
WITH x AS (SELECT 1 AS a);
SELECT a FROM t PIVOT (SUM(b));
SELECT * FROM t PIVOT (SUM(a) + 1 FOR b IN (1));
SELECT * FROM t UNPIVOT (a, b FOR c IN (d, e));
## c_SQL_functions.html
-- What people write now and then, and this page rules out.
SELECT a FROM t x (b, c) JOIN;
WITH x (SELECT 1 AS a) SELECT a FROM x;
SELECT ARRAY_AGG(DISTINCT a) FROM t;
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
SELECT a FROM t LEFT SEMI JOIN u ON t.a = u.a;
SELECT a FROM t ASOF JOIN u ON t.a >= u.a;
SELECT a FROM t JOIN u ON t.id = u.id JOIN u ON t.id = u.id;
SELECT x.a, y.b FROM t x LEFT JOIN u y ON x.id = z.id;
WITH x AS (SELECT 1 AS a) SELECT b FROM x;
WITH x AS (SELECT 1 AS a) SELECT a FROM y, x WHERE z.a = 1;
## c_unsupported-postgresql-features.html
-- What people write now and then, and this page rules out.
SELECT COUNT(DISTINCT (a, b)) FROM t;
## r_GROUP_BY_clause.html
-- What people write now and then, and this page rules out.
SELECT a, COUNT(*) AS n FROM t GROUP BY n;
SELECT a + b, COUNT(*) FROM t GROUP BY a;
SELECT UPPER(a), COUNT(*) FROM t GROUP BY LOWER(a);
SELECT t.a, u.b, SUM(t.c) FROM t JOIN u ON t.id = u.id GROUP BY t.a;
SELECT CASE WHEN a > 1 THEN b END, SUM(c) FROM t GROUP BY a;
SELECT a, SUM(b) FROM t GROUP BY GROUPING SETS (a, c) ORDER BY d;
SELECT a, MAX(b) FROM t HAVING MAX(b) > 1;
SELECT a FROM t x QUALIFY COUNT(*) > 1;
## r_WITH_clause.html
-- What people write now and then, and this page rules out.
WITH x AS (DELETE FROM t) SELECT 1;
WITH RECURSIVE x (n) AS (SELECT n + 1 FROM x) SELECT n FROM x;
WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x ORDER BY 1) SELECT n FROM x;
WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT x.n + 1 FROM t LEFT JOIN x ON t.n = x.n) SELECT n FROM x;
## r_UNION.html
-- What people write now and then, and this page rules out.
SELECT a FROM t UNION SELECT a FROM u LIMIT 5 UNION SELECT a FROM v;
SELECT a, b FROM t UNION (SELECT a FROM u);

## r_names.html
-- What people write now and then, and this page rules out.
SELECT amount::BIGINT, "Amount" FROM orders;
