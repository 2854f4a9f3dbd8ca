-- string_agg | STRING_AGG | c_unsupported-postgresql-functions.html
SELECT string_agg(note, ',') FROM sales

-- string_agg_ordered | STRING_AGG | c_unsupported-postgresql-functions.html
SELECT string_agg(note, ',' ORDER BY salesid) FROM sales

-- array_agg | ARRAY_AGG | c_unsupported-postgresql-functions.html
SELECT eventid, array_agg(salesid) FROM sales GROUP BY eventid

-- every | EVERY | c_unsupported-postgresql-functions.html
SELECT every(is_paid) FROM sales

-- corr | CORR | c_unsupported-postgresql-functions.html
SELECT corr(pricepaid, commission) FROM sales

-- covar_pop | COVAR_POP | c_unsupported-postgresql-functions.html
SELECT covar_pop(pricepaid, commission) FROM sales

-- covar_samp | COVAR_SAMP | c_unsupported-postgresql-functions.html
SELECT covar_samp(pricepaid, commission) FROM sales

-- regr_slope | REGR_SLOPE | c_unsupported-postgresql-functions.html
SELECT regr_slope(pricepaid, commission) FROM sales

-- regr_r2 | REGR_R2 | c_unsupported-postgresql-functions.html
SELECT regr_r2(pricepaid, commission) FROM sales

-- mode | MODE | c_Aggregate_Functions.html
SELECT mode() WITHIN GROUP (ORDER BY qtysold) FROM sales

-- clock_timestamp | CLOCK_TIMESTAMP | c_unsupported-postgresql-functions.html
SELECT clock_timestamp(), salesid FROM sales

-- transaction_timestamp | TRANSACTION_TIMESTAMP | c_unsupported-postgresql-functions.html
SELECT transaction_timestamp(), salesid FROM sales

-- statement_timestamp | STATEMENT_TIMESTAMP | c_SQL_functions.html
SELECT statement_timestamp(), salesid FROM sales

-- justify_days | JUSTIFY_DAYS | c_unsupported-postgresql-functions.html
SELECT justify_days(INTERVAL '35 days') FROM sales

-- make_date | MAKE_DATE | c_SQL_functions.html
SELECT make_date(2008, 2, 29) FROM sales

-- make_timestamp | MAKE_TIMESTAMP | c_SQL_functions.html
SELECT make_timestamp(2008, 2, 29, 12, 30, 0) FROM sales

-- make_interval | MAKE_INTERVAL | c_SQL_functions.html
SELECT saletime + make_interval(days => 3) FROM sales

-- date_bin | DATE_BIN | c_SQL_functions.html
SELECT date_bin('15 minutes', saletime, TIMESTAMP '2001-01-01') FROM sales

-- div | DIV | c_unsupported-postgresql-functions.html
SELECT div(pricepaid, 3) FROM sales

-- width_bucket | WIDTH_BUCKET | c_unsupported-postgresql-functions.html
SELECT width_bucket(pricepaid, 0, 100, 5) FROM sales

-- setseed | SETSEED | c_unsupported-postgresql-functions.html
SELECT setseed(0.5)

-- bit_length | BIT_LENGTH | c_unsupported-postgresql-functions.html
SELECT bit_length(note) FROM sales

-- overlay | OVERLAY | c_unsupported-postgresql-functions.html
SELECT overlay(note PLACING 'x' FROM 1 FOR 2) FROM sales

-- format | FORMAT | c_unsupported-postgresql-functions.html
SELECT format('%s-%s', salesid, listid) FROM sales

-- quote_nullable | QUOTE_NULLABLE | c_unsupported-postgresql-functions.html
SELECT quote_nullable(note) FROM sales

-- encode | ENCODE | c_unsupported-postgresql-functions.html
SELECT encode(convert_to(note, 'UTF8'), 'hex') FROM sales

-- regexp_matches | REGEXP_MATCHES | c_unsupported-postgresql-functions.html
SELECT regexp_matches(note, 'a+') FROM sales

-- regexp_split_to_table | REGEXP_SPLIT_TO_TABLE | c_unsupported-postgresql-functions.html
SELECT regexp_split_to_table(note, ',') FROM sales

-- regexp_match | REGEXP_MATCH | c_SQL_functions.html
SELECT (regexp_match(note, 'a+')) IS NULL FROM sales

-- regexp_like | REGEXP_LIKE | c_SQL_functions.html
SELECT salesid FROM sales WHERE regexp_like(note, 'a+')

-- string_to_array | STRING_TO_ARRAY | c_SQL_functions.html
SELECT string_to_array(note, ',') FROM sales

-- array_to_string | ARRAY_TO_STRING | c_SQL_functions.html
SELECT array_to_string(string_to_array(note, ','), ';') FROM sales

-- concat_ws | CONCAT_WS | c_SQL_functions.html
SELECT concat_ws('-', salesid, listid) FROM sales

-- concat_of_three | CONCAT | r_CONCAT.html
SELECT concat(note, '-', note) FROM sales

-- starts_with | STARTS_WITH | c_SQL_functions.html
SELECT starts_with(note, 'a') FROM sales

-- gen_random_uuid | GEN_RANDOM_UUID | c_SQL_functions.html
SELECT gen_random_uuid(), salesid FROM sales

-- sinh | SINH | c_SQL_functions.html
SELECT sinh(1.0), salesid FROM sales

-- gcd | GCD | c_SQL_functions.html
SELECT gcd(salesid, listid) FROM sales

-- num_nulls | NUM_NULLS | c_SQL_functions.html
SELECT num_nulls(salesid, listid) FROM sales

-- pg_typeof | PG_TYPEOF | c_SQL_functions.html
SELECT pg_typeof(salesid) FROM sales

-- now | NOW | c_SQL_functions_leader_node_only.html
SELECT now(), salesid FROM sales

-- current_timestamp | CURRENT_TIMESTAMP | c_SQL_functions_leader_node_only.html
SELECT current_timestamp, salesid FROM sales

-- localtimestamp | LOCALTIMESTAMP | c_SQL_functions_leader_node_only.html
SELECT localtimestamp AS t, salesid FROM sales

-- age | AGE | c_SQL_functions_leader_node_only.html
SELECT age(saletime) FROM sales

-- substr | SUBSTR | c_SQL_functions_leader_node_only.html
SELECT substr(note, 2, 3) FROM sales

-- log | LOG | c_SQL_functions_leader_node_only.html
SELECT log(pricepaid) FROM sales

-- log10 | LOG10 | c_SQL_functions.html
SELECT log10(pricepaid) FROM sales

-- factorial | FACTORIAL | c_SQL_functions_leader_node_only.html
SELECT factorial(5), salesid FROM sales

-- isfinite | ISFINITE | c_SQL_functions_leader_node_only.html
SELECT isfinite(saletime) FROM sales

-- generate_series | GENERATE_SERIES | c_unsupported-postgresql-functions.html
SELECT n FROM generate_series(1, 10) AS g (n)

-- generate_series_beside_a_table | GENERATE_SERIES | c_unsupported-postgresql-functions.html
SELECT salesid, generate_series(1, 3) FROM sales

-- current_schema_on_a_table | CURRENT_SCHEMA | c_sql-functions-leader-node.html
SELECT current_schema(), salesid FROM sales

-- json_build_object | JSON_BUILD_OBJECT | c_SQL_functions.html
SELECT json_build_object('id', salesid) FROM sales

-- json_agg | JSON_AGG | c_SQL_functions.html
SELECT json_agg(salesid) FROM sales

-- to_json | TO_JSON | c_SQL_functions.html
SELECT to_json(note) FROM sales

-- bit_xor | BIT_XOR | c_Aggregate_Functions.html
SELECT bit_xor(qtysold) FROM sales

-- call_of_a_quoted_name | "now" | c_SQL_functions.html
SELECT "now"(), salesid FROM sales

-- lag_with_a_default | LAG | r_WF_LAG.html
SELECT lag(pricepaid, 1, 0) OVER (ORDER BY salesid) FROM sales

-- regexp_replace_with_flags | REGEXP_REPLACE | REGEXP_REPLACE.html
SELECT regexp_replace(note, 'a', 'b', 'g') FROM sales

-- extract_a_quoted_part | EXTRACT | r_EXTRACT_function.html
SELECT extract('epoch' FROM saletime) FROM sales

-- extract_julian | julian | r_Dateparts_for_datetime_functions.html
SELECT extract(julian FROM saletime) FROM sales

-- filter | FILTER | c_Aggregate_Functions.html
SELECT count(*) FILTER (WHERE is_paid) FROM sales

-- filter_of_a_sum | FILTER | c_Aggregate_Functions.html
SELECT eventid, sum(pricepaid) FILTER (WHERE qtysold > 1) AS large FROM sales GROUP BY eventid

-- distinct_on | DISTINCT ON | r_SELECT_list.html
SELECT DISTINCT ON (eventid) eventid, salesid FROM sales ORDER BY eventid, saletime

-- lateral | LATERAL | c_unsupported-postgresql-features.html
SELECT e.eventid, s.n FROM event AS e CROSS JOIN LATERAL (SELECT count(*) AS n FROM sales WHERE sales.eventid = e.eventid) AS s

-- is_distinct_from | IS DISTINCT FROM | c_unsupported-postgresql-functions.html
SELECT salesid FROM sales WHERE pricepaid IS DISTINCT FROM commission

-- is_not_distinct_from | IS NOT DISTINCT FROM | c_unsupported-postgresql-functions.html
SELECT salesid FROM sales WHERE pricepaid IS NOT DISTINCT FROM commission

-- values_in_from | VALUES | c_unsupported-postgresql-features.html
SELECT n FROM (VALUES (1), (2)) AS v (n)

-- array_constructor | ARRAY[ | c_unsupported-postgresql-datatypes.html
SELECT ARRAY[salesid, listid] FROM sales

-- subscript | subscript | c_unsupported-postgresql-datatypes.html
SELECT (string_to_array(note, ','))[1] FROM sales

-- row_constructor | ROW | c_unsupported-postgresql-features.html
SELECT ROW(salesid, listid) FROM sales

-- comparison_of_rows | a row of values | c_unsupported-postgresql-features.html
SELECT salesid FROM sales WHERE (salesid, listid) = (1, 1)

-- any_of_an_array | ANY | r_in_condition.html
SELECT salesid FROM sales WHERE salesid = ANY (ARRAY[1, 2])

-- greater_than_all | ALL | r_in_condition.html
SELECT salesid FROM sales WHERE pricepaid > ALL (SELECT commission FROM sales)

-- sum_over_order_without_frame | SUM | c_Window_functions.html
SELECT sum(pricepaid) OVER (PARTITION BY eventid ORDER BY saletime) FROM sales

-- last_value_without_frame | LAST_VALUE | c_Window_functions.html
SELECT last_value(pricepaid) OVER (PARTITION BY eventid ORDER BY saletime) FROM sales

-- range_frame | RANGE | c_Window_functions.html
SELECT sum(pricepaid) OVER (ORDER BY saletime RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM sales

-- groups_frame | GROUPS | c_Window_functions.html
SELECT sum(pricepaid) OVER (ORDER BY saletime GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM sales

-- frame_of_row_number | ROW_NUMBER | c_Window_functions.html
SELECT row_number() OVER (ORDER BY saletime ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM sales

-- frame_of_lag | LAG | r_WF_LAG.html
SELECT lag(pricepaid) OVER (ORDER BY saletime ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM sales

-- frame_exclude | EXCLUDE | c_Window_functions.html
SELECT sum(pricepaid) OVER (ORDER BY saletime ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) FROM sales

-- frame_bound_of_an_expression | frame bound | c_Window_functions.html
SELECT sum(pricepaid) OVER (ORDER BY saletime ROWS BETWEEN 1 + 1 PRECEDING AND CURRENT ROW) FROM sales

-- named_window | WINDOW | c_Window_functions.html
SELECT sum(pricepaid) OVER w FROM sales WINDOW w AS (PARTITION BY eventid)

-- window_over_a_constant | constant | c_Window_functions.html
SELECT row_number() OVER (ORDER BY 1 + 0, 'x'::text) , sum(1) OVER (PARTITION BY 1) FROM sales

-- window_of_bool_and | BOOL_AND | c_Window_functions.html
SELECT bool_and(is_paid) OVER (PARTITION BY eventid) FROM sales

-- intersect_all | INTERSECT ALL | r_UNION.html
SELECT eventid FROM sales INTERSECT ALL SELECT eventid FROM event

-- except_all | EXCEPT ALL | r_UNION.html
SELECT eventid FROM sales EXCEPT ALL SELECT eventid FROM event

-- limit_in_an_operand | LIMIT | r_UNION.html
(SELECT eventid FROM sales ORDER BY eventid LIMIT 1) UNION ALL SELECT eventid FROM event

-- limit_of_a_subquery | LIMIT | r_ORDER_BY_clause.html
SELECT salesid FROM sales LIMIT (SELECT count(*) FROM event)

-- fetch_first | FETCH | r_ORDER_BY_clause.html
SELECT salesid FROM sales ORDER BY salesid FETCH FIRST 3 ROWS ONLY

-- limit_of_three_billion | LIMIT | r_ORDER_BY_clause.html
SELECT salesid FROM sales LIMIT 3000000000

-- order_by_null | ORDER BY | r_ORDER_BY_clause.html
SELECT salesid FROM sales ORDER BY NULL::int

-- tablesample | TABLESAMPLE | r_FROM_clause30.html
SELECT salesid FROM sales TABLESAMPLE BERNOULLI (10)

-- for_update | FOR UPDATE | r_SELECT_synopsis.html
SELECT salesid FROM sales FOR UPDATE

-- from_only | only | r_FROM_clause30.html
SELECT salesid FROM ONLY sales

-- function_with_ordinality | ORDINALITY | c_unsupported-postgresql-features.html
SELECT word, n FROM regexp_split_to_table('a,b', ',') WITH ORDINALITY AS t (word, n)

-- correlation_two_levels_up | two levels | r_correlated_subqueries.html
SELECT event.eventname FROM event WHERE NOT EXISTS (SELECT 1 FROM listing WHERE NOT EXISTS (SELECT 1 FROM sales WHERE event.eventid = sales.eventid))

-- correlation_through_a_derived_table | two levels | r_correlated_subqueries.html
SELECT e.eventid, (SELECT count(*) FROM (SELECT s.salesid FROM sales AS s WHERE s.eventid = e.eventid) AS d) FROM event AS e

-- correlation_in_group_by_place | GROUP BY | r_correlated_subqueries.html
SELECT (SELECT max(s.salesid) FROM sales AS s WHERE s.eventid = e.eventid) AS last_sale, count(*) FROM event AS e GROUP BY 1

-- correlation_in_outer_join | outer join | r_correlated_subqueries.html
SELECT category.catid FROM category LEFT JOIN event ON category.catid = event.catid AND event.eventid = (SELECT max(sales.eventid) FROM sales WHERE sales.eventid = event.eventid)

-- correlation_with_limit | LIMIT | r_correlated_subqueries.html
SELECT event.eventid, (SELECT sales.salesid FROM sales WHERE sales.eventid = event.eventid ORDER BY sales.saletime LIMIT 1) AS first_sale FROM event

-- correlation_with_window | window function | r_correlated_subqueries.html
SELECT event.eventid FROM event WHERE event.eventid IN (SELECT row_number() OVER (ORDER BY sales.salesid) FROM sales WHERE sales.eventid = event.eventid)

-- correlation_in_group_by | GROUP BY | r_correlated_subqueries.html
SELECT count(*) FROM event GROUP BY (SELECT max(sales.salesid) FROM sales WHERE sales.eventid = event.eventid)

-- boolean_is_true_in_the_list | IS TRUE | r_Boolean_type.html
SELECT is_paid IS TRUE AS paid FROM sales

-- boolean_as_text | boolean | r_Boolean_type.html
SELECT CAST(pricepaid > 10 AS varchar(5)) FROM sales

-- with_in_with | WITH | r_WITH_clause.html
WITH a AS (WITH b AS (SELECT salesid FROM sales) SELECT salesid FROM b) SELECT salesid FROM a

-- recursion_in_a_subquery | RECURSIVE | r_WITH_clause.html
SELECT n FROM (WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t) AS s

-- recursion_with_union | UNION | r_WITH_clause.html
WITH RECURSIVE t (n) AS (SELECT 1 UNION SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t

-- recursion_without_columns | column list | r_WITH_clause.html
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t

-- materialized_hint | MATERIALIZED | r_WITH_clause.html
WITH a AS MATERIALIZED (SELECT salesid FROM sales) SELECT salesid FROM a

-- data_modifying_with | WITH | r_WITH_clause.html
WITH gone AS (DELETE FROM sales RETURNING salesid) SELECT salesid FROM gone

-- on_conflict | ON CONFLICT | r_INSERT_30.html
INSERT INTO winners VALUES (1, 2.50) ON CONFLICT DO NOTHING

-- returning | RETURNING | r_INSERT_30.html
INSERT INTO winners VALUES (1, 2.50) RETURNING salesid

-- subquery_in_values | subquery | r_INSERT_30.html
INSERT INTO winners VALUES (1, (SELECT max(pricepaid) FROM sales)), (2, 3.50)

-- merge_with_one_branch | MERGE | r_MERGE.html
MERGE INTO winners USING sales ON winners.salesid = sales.salesid WHEN MATCHED THEN UPDATE SET pricepaid = sales.pricepaid

-- merge_with_a_condition | MERGE | r_MERGE.html
MERGE INTO winners USING sales ON winners.salesid = sales.salesid WHEN MATCHED AND sales.is_paid THEN UPDATE SET pricepaid = sales.pricepaid WHEN NOT MATCHED THEN INSERT VALUES (sales.salesid, sales.pricepaid)

-- create_index | INDEX | c_unsupported-postgresql-features.html
CREATE INDEX by_event ON sales (eventid)

-- create_sequence | SEQUENCE | c_unsupported-postgresql-features.html
CREATE SEQUENCE numbers

-- create_type | TYPE | c_unsupported-postgresql-datatypes.html
CREATE TYPE mood AS ENUM ('sad', 'ok')

-- create_domain | TYPE | c_unsupported-postgresql-datatypes.html
CREATE DOMAIN cents AS int

-- create_aggregate | AGGREGATE | c_SQL_commands.html
CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int)

-- create_extension | EXTENSION | c_unsupported-postgresql-features.html
CREATE EXTENSION IF NOT EXISTS plpgsql

-- ctas_if_not_exists | IF NOT EXISTS | r_CREATE_TABLE_AS.html
CREATE TABLE IF NOT EXISTS copied AS SELECT salesid FROM sales

-- ctas_without_data | WITH NO DATA | r_CREATE_TABLE_AS.html
CREATE TABLE copied AS SELECT salesid FROM sales WITH NO DATA

-- temporary_view | VIEW | r_CREATE_VIEW.html
CREATE TEMP VIEW seen AS SELECT salesid FROM sales

-- unlogged_table | UNLOGGED | r_CREATE_TABLE_NEW.html
CREATE UNLOGGED TABLE quick (n int)

-- check_constraint | CHECK | c_unsupported-postgresql-features.html
CREATE TABLE checked (n int CHECK (n > 0))

-- generated_column | GENERATED | r_CREATE_TABLE_NEW.html
CREATE TABLE doubled (n int, m int GENERATED ALWAYS AS (n * 2) STORED)

-- partitioned_table | PARTITION BY | c_unsupported-postgresql-features.html
CREATE TABLE parts (day date) PARTITION BY RANGE (day)

-- inherited_table | INHERITS | c_unsupported-postgresql-features.html
CREATE TABLE more_sales (extra int) INHERITS (sales)

-- alter_two_columns | ALTER TABLE | r_ALTER_TABLE.html
ALTER TABLE sales ADD COLUMN a int, ADD COLUMN b int

-- savepoint | SAVEPOINT | c_unsupported-postgresql-functions.html
SAVEPOINT here

-- set_local | SET LOCAL | r_SET.html
SET LOCAL timezone TO 'UTC'

-- deallocate_all | DISCARD | c_SQL_commands.html
DEALLOCATE ALL

-- json_arrow | -> | c_unsupported-postgresql-datatypes.html
SELECT '{"a": 1}'::json ->> 'a' FROM sales

-- regular_expression_without_case | ~* | pattern-matching-conditions-posix.html
SELECT salesid FROM sales WHERE note ~* 'a'

-- bitwise_or | operator | | r_OPERATOR_SYMBOLS.html
SELECT qtysold | 1 FROM sales

-- bitwise_xor | operator # | r_OPERATOR_SYMBOLS.html
SELECT qtysold # 1 FROM sales

-- named_argument | => | c_SQL_functions.html
SELECT make_interval(years => 1) FROM sales

-- group_by_distinct | DISTINCT | r_GROUP_BY_clause.html
SELECT eventid, dateid, count(*) FROM sales GROUP BY DISTINCT ROLLUP (eventid), ROLLUP (eventid, dateid)

-- aggregate_with_order | ORDER BY | r_LISTAGG.html
SELECT sum(qtysold ORDER BY salesid) FROM sales

-- percentile_of_no_table | PERCENTILE_CONT | c_SQL_functions_compute_node_only.html
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY 1)

-- overlaps | OVERLAPS | r_date_comparison.html
SELECT (DATE '2008-01-01', DATE '2008-02-01') OVERLAPS (DATE '2008-01-15', DATE '2008-03-01') FROM sales

-- between_symmetric | SYMMETRIC | r_range_condition.html
SELECT salesid FROM sales WHERE qtysold BETWEEN SYMMETRIC 5 AND 1

-- is_unknown_text | IS JSON | r_comparison_condition.html
SELECT salesid FROM sales WHERE note IS JSON

-- type_uuid | UUID | c_unsupported-postgresql-datatypes.html
CREATE TABLE keys (id uuid)

-- type_jsonb | JSONB | c_unsupported-postgresql-datatypes.html
CREATE TABLE documents (body jsonb)

-- type_bytea | BYTEA | c_unsupported-postgresql-datatypes.html
CREATE TABLE files (body bytea)

-- type_serial | SERIAL | c_unsupported-postgresql-datatypes.html
CREATE TABLE numbered (id serial)

-- type_array | [ after int | c_unsupported-postgresql-datatypes.html
CREATE TABLE lists (items int[])

-- type_timestamp_of_three_digits | TIMESTAMP | r_Datetime_types.html
CREATE TABLE times (at timestamp(3))

-- type_interval | INTERVAL | r_interval_data_types.html
CREATE TABLE spans (span interval)

-- type_decimal_of_fifty_digits | DECIMAL(50 | r_Numeric_types201.html
SELECT CAST(pricepaid AS decimal(50, 2)) FROM sales

-- type_varchar_too_wide | VARCHAR(70000) | r_Character_types.html
CREATE TABLE words (word varchar(70000))

-- type_char_too_wide | CHAR(5000) | r_Character_types.html
CREATE TABLE words (word char(5000))

-- cast_to_json | JSON | c_unsupported-postgresql-datatypes.html
SELECT CAST(note AS json) IS NULL FROM sales WHERE salesid < 0

-- cast_to_inet | INET | c_unsupported-postgresql-datatypes.html
SELECT CAST('10.0.0.1' AS inet) FROM sales

-- reserved_word_as_column | partition | r_pg_keywords.html
CREATE TABLE words (partition int)

-- reserved_word_as_table | snapshot | r_pg_keywords.html
CREATE TABLE snapshot (n int)

-- name_of_too_many_bytes | name aaaa | r_names.html
SELECT note AS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" FROM sales

-- columns_that_fold_to_one | Id | r_names.html
CREATE TABLE folded ("id" int, "Id" int)

-- projections_that_fold_to_one | Id | r_names.html
SELECT salesid AS "id", listid AS "Id" FROM sales

-- escape_string | literal E | r_char_literals.html
SELECT E'a\tb' FROM sales

-- dollar_quotes | $ | r_char_literals.html
SELECT $$text$$ FROM sales

-- copy_to_a_file | COPY | r_COPY.html
COPY sales TO '/dev/null'

-- alias_of_using | AS after ) | r_FROM_clause30.html
SELECT count(*) FROM sales JOIN event USING (eventid) AS natural_key

-- percentiles_in_different_orders | different orders | r_MEDIAN.html
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pricepaid), percentile_cont(0.5) WITHIN GROUP (ORDER BY salesid) FROM sales

-- percentile_of_rows_in_memory | PERCENTILE_CONT | c_SQL_functions_compute_node_only.html
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM (SELECT 1 AS a UNION ALL SELECT 2) AS s
