-- select_list | r_SELECT_list.html
SELECT salesid, pricepaid * 0.2 AS fifth, note || '-' || note AS twice FROM sales

-- select_distinct | r_SELECT_list.html
SELECT DISTINCT catgroup FROM category ORDER BY 1

-- select_top | r_SELECT_list.html
SELECT TOP 10 qtysold, sellerid FROM sales ORDER BY qtysold DESC, sellerid

-- star_without_a_column | r_EXCLUDE_list.html
SELECT * EXCLUDE (note) FROM sales

-- with_clause | r_WITH_clause.html
WITH venuesales AS (SELECT eventid, SUM(pricepaid) AS total FROM sales GROUP BY eventid) SELECT eventid, total FROM venuesales WHERE total > 800000

-- with_recursive | r_WITH_clause.html
WITH RECURSIVE t (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t

-- joins | r_Join_examples.html
SELECT e.eventid, s.salesid FROM event AS e LEFT JOIN sales AS s ON e.eventid = s.eventid RIGHT OUTER JOIN category AS c ON c.catid = e.catid CROSS JOIN listing AS l

-- full_join | r_Join_examples.html
SELECT listing.listid, SUM(pricepaid) AS price FROM sales FULL JOIN listing ON sales.listid = listing.listid GROUP BY 1

-- natural_join | r_FROM_clause30.html
SELECT salesid FROM sales NATURAL JOIN listing

-- join_using | r_FROM_clause30.html
SELECT salesid FROM sales JOIN event USING (eventid)

-- comma_join | r_FROM_clause30.html
SELECT COUNT(*) FROM sales, event WHERE sales.eventid = event.eventid

-- derived_table | r_FROM_clause30.html
SELECT q.n FROM (SELECT COUNT(*) AS n FROM sales) AS q

-- pivot | r_FROM_clause-pivot-unpivot-examples.html
SELECT * FROM (SELECT catname, catid FROM category) PIVOT (COUNT(catid) FOR catname IN ('Opera' AS opera, 'Musicals' AS musicals))

-- group_by_rollup | r_GROUP_BY_aggregation-extensions.html
SELECT catgroup, catname, COUNT(*) FROM category GROUP BY ROLLUP (catgroup, catname)

-- group_by_grouping_sets | r_GROUP_BY_aggregation-extensions.html
SELECT catgroup, catname, COUNT(*), GROUPING(catgroup) FROM category GROUP BY GROUPING SETS ((catgroup), (catname), ())

-- group_by_all | r_GROUP_BY_clause.html
SELECT catgroup, COUNT(*) FROM category GROUP BY ALL

-- having | r_HAVING_clause.html
SELECT eventid, SUM(pricepaid) FROM sales GROUP BY eventid HAVING SUM(pricepaid) > 800000

-- qualify | r_QUALIFY_clause.html
SELECT s.salesid FROM sales AS s QUALIFY ROW_NUMBER() OVER (PARTITION BY eventid ORDER BY saletime) <= 2

-- union_all | r_UNION.html
SELECT listid FROM listing UNION ALL SELECT listid FROM sales

-- except | r_UNION.html
SELECT catid FROM category EXCEPT SELECT catid FROM event

-- minus | r_UNION.html
SELECT catid FROM category MINUS SELECT catid FROM event

-- intersect_then_order | r_UNION.html
SELECT listid FROM listing INTERSECT SELECT listid FROM sales ORDER BY listid DESC LIMIT 5

-- order_by_nulls | r_ORDER_BY_clause.html
SELECT salesid FROM sales ORDER BY saletime DESC NULLS LAST, salesid NULLS FIRST LIMIT 10 OFFSET 5

-- connect_by | r_CONNECT_BY_clause.html
SELECT listid, sellerid FROM listing START WITH listid = 1 CONNECT BY PRIOR listid = sellerid

-- scalar_subquery | r_subqueries.html
SELECT eventid, (SELECT MAX(pricepaid) FROM sales) AS highest FROM event

-- correlated_scalar | r_correlated_subqueries.html
SELECT s.salesid FROM sales AS s WHERE s.qtysold = (SELECT MAX(l.numtickets) FROM listing AS l WHERE s.listid = l.listid)

-- not_exists | r_exists_condition.html
SELECT c.catid FROM category AS c WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.catid = c.catid)

-- in_subquery | r_in_condition.html
SELECT salesid FROM sales WHERE eventid IN (SELECT eventid FROM event WHERE catid NOT IN (1, 2))

-- conditions | r_Condition_list.html
SELECT salesid FROM sales WHERE qtysold BETWEEN 1 AND 3 AND note IS NOT NULL AND NOT (pricepaid <> 3 OR commission != 2)

-- like | r_patternmatching_condition_like.html
SELECT catname FROM category WHERE catname LIKE '%ope%' OR catname NOT ILIKE 'M\\_%' ESCAPE '\\'

-- similar_to | pattern-matching-conditions-similar-to.html
SELECT catname FROM category WHERE catname SIMILAR TO '%(E|H)%'

-- posix | pattern-matching-conditions-posix.html
SELECT catname FROM category WHERE catname ~ '.*[EH]{2}.*' AND catname !~ 'x'

-- boolean_predicate | r_Boolean_type.html
SELECT salesid FROM sales WHERE is_paid IS TRUE AND is_paid IS NOT FALSE

-- operators | r_OPERATOR_SYMBOLS.html
SELECT 2 + 3 - 1 * 4 / 2 % 3, 2.0 ^ 3.0, |/ 25.0, ||/ 27.0, 1 << 4, 8 >> 2, 8 & 2 FROM sales

-- case | r_CASE_function.html
SELECT CASE WHEN qtysold > 3 THEN 'many' WHEN qtysold > 1 THEN 'some' ELSE 'one' END, CASE catid WHEN 1 THEN 'a' END FROM sales, category

-- conditional_functions | c_conditional_expressions.html
SELECT COALESCE(note, 'x'), NVL(note, 'y'), NVL2(note, 1, 2), NULLIF(qtysold, 0), GREATEST(1, 2, 3), LEAST(4, 5), DECODE(catid, 1, 'a', 2, 'b', 'c') FROM sales, category

-- cast | r_CAST_function.html
SELECT CAST(pricepaid AS INTEGER), pricepaid::DECIMAL(12, 2), CONVERT(INTEGER, pricepaid), CAST(note AS VARCHAR(MAX)) FROM sales

-- try_cast | r_TRY_CAST.html
SELECT TRY_CAST(note AS DATE) FROM sales

-- aggregates | c_Aggregate_Functions.html
SELECT COUNT(*), COUNT(DISTINCT eventid), SUM(pricepaid), AVG(pricepaid), MIN(saletime), MAX(saletime), ANY_VALUE(note), BOOL_AND(is_paid), BOOL_OR(is_paid), BIT_AND(qtysold) FROM sales

-- deviations | r_STDDEV_functions.html
SELECT STDDEV(pricepaid), STDDEV_SAMP(pricepaid), STDDEV_POP(pricepaid), VARIANCE(pricepaid), VAR_SAMP(pricepaid), VAR_POP(pricepaid) FROM sales

-- listagg | r_LISTAGG.html
SELECT eventid, LISTAGG(note, ', ') WITHIN GROUP (ORDER BY salesid) FROM sales GROUP BY eventid

-- listagg_distinct | r_LISTAGG.html
SELECT LISTAGG(DISTINCT note, '; ') FROM sales

-- median | r_MEDIAN.html
SELECT MEDIAN(pricepaid) FROM sales

-- percentiles | r_PERCENTILE_CONT.html
SELECT eventid, PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY pricepaid) FROM sales GROUP BY eventid

-- approximate_count | r_COUNT.html
SELECT APPROXIMATE COUNT(DISTINCT eventid) FROM sales

-- running_sum | r_WF_SUM.html
SELECT SUM(qtysold) OVER (PARTITION BY sellerid ORDER BY saletime, salesid ROWS UNBOUNDED PRECEDING) FROM sales

-- sliding_average | r_WF_AVG.html
SELECT AVG(pricepaid) OVER (ORDER BY saletime ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) FROM sales

-- ranks | c_Window_functions.html
SELECT ROW_NUMBER() OVER (ORDER BY salesid), RANK() OVER (ORDER BY qtysold), DENSE_RANK() OVER (PARTITION BY eventid ORDER BY qtysold DESC), NTILE(4) OVER (ORDER BY pricepaid), CUME_DIST() OVER (ORDER BY pricepaid), PERCENT_RANK() OVER (ORDER BY pricepaid) FROM sales

-- lag_and_lead | r_WF_LAG.html
SELECT LAG(qtysold, 1) OVER (ORDER BY buyerid, saletime), LEAD(qtysold) IGNORE NULLS OVER (ORDER BY saletime) FROM sales

-- first_value | r_WF_first_value.html
SELECT FIRST_VALUE(note IGNORE NULLS) OVER (PARTITION BY eventid ORDER BY saletime ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM sales

-- nth_value | r_WF_NTH.html
SELECT NTH_VALUE(salesid, 3) OVER (PARTITION BY eventid ORDER BY saletime ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM sales

-- partition_only | r_WF_MEDIAN.html
SELECT MEDIAN(pricepaid) OVER (PARTITION BY eventid), RATIO_TO_REPORT(pricepaid) OVER (PARTITION BY sellerid), COUNT(*) OVER (PARTITION BY eventid) FROM sales

-- listagg_over | r_WF_LISTAGG.html
SELECT LISTAGG(note, ',') WITHIN GROUP (ORDER BY salesid) OVER (PARTITION BY eventid) FROM sales

-- date_arithmetic | r_DATEADD_function.html
SELECT DATEADD(month, 18, saletime), DATEDIFF(qtr, saletime, GETDATE()), ADD_MONTHS(saletime, 1), LAST_DAY(saletime), MONTHS_BETWEEN(saletime, GETDATE()), NEXT_DAY(saletime, 'Tuesday') FROM sales

-- date_parts | r_EXTRACT_function.html
SELECT EXTRACT(epoch FROM saletime), DATE_PART(dow, saletime), DATE_PART('week', saletime), DATE_TRUNC('month', saletime), DATE_PART_YEAR(TRUNC(saletime)) FROM sales

-- today | r_CURRENT_DATE_function.html
SELECT CURRENT_DATE, SYSDATE, GETDATE(), TIMEOFDAY() FROM sales

-- time_zones | CONVERT_TIMEZONE.html
SELECT CONVERT_TIMEZONE('America/New_York', saletime), CONVERT_TIMEZONE('UTC', 'PST', saletime), saletime AT TIME ZONE 'UTC' FROM sales

-- date_literals | r_Date_and_time_literals.html
SELECT DATE '2008-02-18', TIMESTAMP '2008-02-18 02:36:48', CAST('2008-02-18' AS DATE), saletime + INTERVAL '2 days' FROM sales

-- formatting | r_TO_CHAR.html
SELECT TO_CHAR(saletime, 'YYYY-MM-DD'), TO_DATE('02 Oct 2001', 'DD Mon YYYY'), TO_TIMESTAMP('2008-02-18', 'YYYY-MM-DD'), TO_NUMBER('12,454.8-', '99G999D9S') FROM sales

-- text_functions | String_functions_header.html
SELECT LEN(note), LOWER(note), UPPER(note), INITCAP(note), LEFT(note, 2), RIGHT(note, 2), LPAD(note, 9, '0'), RPAD(note, 9), REPLACE(note, 'a', 'b'), REVERSE(note), SUBSTRING(note, 2, 3), STRPOS(note, 'a'), CHARINDEX('a', note), POSITION('a' IN note), TRANSLATE(note, 'a', 'b'), REPEAT(note, 2) FROM sales

-- trimming | r_TRIM.html
SELECT TRIM(BOTH '"' FROM note), TRIM(note), BTRIM(note, 'xyz'), LTRIM(note), RTRIM(note, ' .') FROM sales

-- concat | r_CONCAT.html
SELECT CONCAT(note, CONCAT('-', note)) FROM sales

-- split_part | SPLIT_PART.html
SELECT SPLIT_PART(note, ',', 2) FROM sales

-- regular_expressions | REGEXP_SUBSTR.html
SELECT REGEXP_SUBSTR(note, '[a-z]+', 1, 2, 'i'), REGEXP_COUNT(note, 'a'), REGEXP_INSTR(note, '@'), REGEXP_REPLACE(note, '@.*', '', 1, 'p') FROM sales

-- mathematics | Math_functions.html
SELECT ABS(-1), CEIL(1.5), FLOOR(1.5), ROUND(pricepaid, 1), TRUNC(pricepaid), MOD(qtysold, 2), POWER(2, 3), SQRT(pricepaid), EXP(1), LN(pricepaid), DLOG10(pricepaid), SIGN(-3), PI(), RANDOM(), SIN(0), ATAN2(1, 2) FROM sales

-- digests | r_MD5.html
SELECT MD5(note), SHA1(note), SHA2(note, 256), FNV_HASH(note), CHECKSUM(pricepaid), CRC32(note), STRTOL('ff', 16) FROM sales

-- json | JSON_EXTRACT_PATH_TEXT.html
SELECT JSON_EXTRACT_PATH_TEXT(note, 'a', 'b'), IS_VALID_JSON(note), JSON_PARSE('[1, 2]'), JSON_ARRAY_LENGTH(note) FROM sales

-- session | r_System_information_functions.html
SELECT CURRENT_USER, CURRENT_DATABASE(), VERSION(), PG_BACKEND_PID()

-- schema_on_the_leader_node | c_sql-functions-leader-node.html
SELECT tablename FROM pg_table_def WHERE schemaname = CURRENT_SCHEMA() LIMIT 1

-- late_binding_columns | PG_GET_LATE_BINDING_VIEW_COLS.html
SELECT view_name, col_name FROM PG_GET_LATE_BINDING_VIEW_COLS() cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int)

-- system_view | r_SVV_TABLE_INFO.html
SELECT "table", tbl_rows FROM svv_table_info WHERE "schema" = 'public'

-- insert_select | r_INSERT_30.html
INSERT INTO category_copy (catid, catname) SELECT catid, catname FROM category

-- insert_values | r_INSERT_30.html
INSERT INTO category VALUES (12, 'Concerts', 'it''s'), (13, DEFAULT, NULL)

-- update | r_UPDATE.html
UPDATE category SET catid = 100, catname = UPPER(catname) WHERE catid BETWEEN 6 AND 8

-- update_from | r_UPDATE.html
UPDATE category SET catid = event.catid FROM event WHERE event.catid = category.catid

-- delete_using | r_DELETE.html
DELETE FROM category USING event WHERE event.catid = category.catid AND category.catid = 9

-- merge | r_MERGE.html
MERGE INTO winners USING sales ON winners.salesid = sales.salesid WHEN MATCHED THEN UPDATE SET pricepaid = sales.pricepaid WHEN NOT MATCHED THEN INSERT VALUES (sales.salesid, sales.pricepaid)

-- merge_remove_duplicates | r_MERGE.html
MERGE INTO winners USING sales ON winners.salesid = sales.salesid REMOVE DUPLICATES

-- truncate | r_TRUNCATE.html
TRUNCATE TABLE category

-- create_table | r_CREATE_TABLE_NEW.html
CREATE TABLE IF NOT EXISTS kept.orders (id BIGINT NOT NULL, amount DECIMAL(18, 2) DEFAULT 0, name VARCHAR(40) ENCODE zstd, at TIMESTAMP, PRIMARY KEY (id)) DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (at, id)

-- create_table_identity | r_CREATE_TABLE_NEW.html
CREATE TABLE numbered (id BIGINT IDENTITY(0, 1), word VARCHAR(MAX), body SUPER, span INTERVAL DAY TO SECOND)

-- create_temporary_table | r_CREATE_TABLE_NEW.html
CREATE TEMP TABLE newevent (LIKE event)

-- create_table_as | r_CREATE_TABLE_AS.html
CREATE TABLE event_copy DISTSTYLE EVEN SORTKEY (eventid) AS SELECT eventid FROM event

-- create_view | r_CREATE_VIEW.html
CREATE OR REPLACE VIEW seen AS SELECT eventid FROM event

-- late_binding_view | r_CREATE_VIEW.html
CREATE VIEW seen AS SELECT eventid FROM public.event WITH NO SCHEMA BINDING

-- materialized_view | materialized-view-create-sql-command.html
CREATE MATERIALIZED VIEW totals AUTO REFRESH YES AS SELECT eventid, SUM(pricepaid) AS total FROM sales GROUP BY eventid

-- refresh | materialized-view-refresh-sql-command.html
REFRESH MATERIALIZED VIEW totals

-- alter_table | r_ALTER_TABLE.html
ALTER TABLE sales ADD COLUMN feedback VARCHAR(100) DEFAULT NULL

-- rename | r_ALTER_TABLE.html
ALTER TABLE public.sales RENAME TO sold

-- append | r_ALTER_TABLE_APPEND.html
ALTER TABLE sales APPEND FROM sales_monthly

-- drop | r_DROP_TABLE.html
DROP TABLE IF EXISTS kept.feedback, kept.shoes CASCADE

-- drop_view | r_DROP_VIEW.html
DROP VIEW IF EXISTS seen

-- schema | r_CREATE_SCHEMA.html
CREATE SCHEMA IF NOT EXISTS us_sales AUTHORIZATION dwuser

-- drop_schema | r_DROP_SCHEMA.html
DROP SCHEMA IF EXISTS us_sales CASCADE

-- comment | r_COMMENT.html
COMMENT ON COLUMN public.sales.note IS 'What the buyer said; it''s free text'

-- grant | r_GRANT.html
GRANT SELECT, INSERT ON TABLE public.sales TO GROUP analysts, ROLE reporting, alice

-- revoke | r_REVOKE.html
REVOKE ALL ON SCHEMA public FROM PUBLIC

-- analyze | r_ANALYZE.html
ANALYZE public.sales (eventid, saletime)

-- vacuum | r_VACUUM_command.html
VACUUM SORT ONLY public.sales

-- set | r_SET.html
SET query_group TO 'priority'

-- set_a_schema | r_search_path.html
SET search_path TO public, "kept"

-- lock | r_LOCK.html
LOCK TABLE public.sales

-- copy | r_COPY.html
COPY public.sales FROM 's3://bucket/key_prefix' IAM_ROLE 'arn:aws:iam::123456789012:role/reader' FORMAT AS CSV DELIMITER ',' IGNOREHEADER 1

-- unload | r_UNLOAD.html
UNLOAD ('SELECT eventid FROM event WHERE eventname = ''x''') TO 's3://bucket/unload/' IAM_ROLE DEFAULT FORMAT AS PARQUET ALLOWOVERWRITE

-- explain | r_EXPLAIN.html
EXPLAIN SELECT eventid FROM event

-- quoted_reserved_word | r_names.html
SELECT note AS "tag", salesid AS "Group" FROM sales

-- backslash_that_is_doubled | r_char_literals.html
SELECT 'C:\\temp', 'it''s' FROM sales

-- comment_within | r_SELECT_synopsis.html
SELECT eventid -- which one
FROM event /* all of them */

-- percentiles_in_one_order | r_MEDIAN.html
SELECT eventid, MEDIAN(pricepaid), PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY pricepaid) FROM sales GROUP BY eventid

-- medians_of_two_queries | r_MEDIAN.html
SELECT MEDIAN(pricepaid), (SELECT MEDIAN(s.salesid) FROM sales AS s) FROM sales

-- super_column_in_a_with_query | r_WITH_clause.html
WITH notes AS (SELECT s.note FROM sales AS s WHERE s.salesid > 1) SELECT n.note FROM notes AS n

-- substring_from | r_SUBSTRING.html
SELECT substring(note FROM 2 FOR 3) FROM sales

-- reserved_words_after_as | PG_CANCEL_BACKEND.html
SELECT note AS tag, sellerid AS user, saletime AS start FROM sales

-- select_into | r_SELECT_INTO.html
SELECT salesid INTO copied FROM sales

-- type_text | r_Character_types.html
CREATE TABLE words (word text)

-- type_varchar_without_width | r_Character_types.html
CREATE TABLE words (word varchar)
