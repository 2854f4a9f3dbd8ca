## r_SET.html
-- The setting is a documented one, with a value of its kind.
SET foo TO 1;
SET work_mem TO '1GB';
SET enable_seqscan TO off;
SET role TO ada;
SET names 'utf8';
SET autocommit = 1;
SET @a = 1;
SET GLOBAL timezone = 'UTC';
SET LOCAL timezone TO 'UTC';
SET timezone;
SET timezone 'UTC';
SET timezone TO;
SET timezone TO PST;
SET timezone TO 'PST';
SET timezone = EDT;
SET TIME ZONE PDT;
SET statement_timeout TO;
SET statement_timeout TO abc;
SET enable_result_cache_for_session TO 5;
SET enable_result_cache_for_session TO maybe;
SET search_path;
SET search_path TO a,;
SET query_group;
SET query_group TO 'a', 'b';
SET wlm_query_slot_count TO many;
SET SESSION AUTHORIZATION;
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
SET CONSTRAINTS ALL DEFERRED;
SET SCHEMA s;
SET;
## r_SHOW.html
-- SHOW and RESET take a documented setting, or ALL; other objects have forms of their own.
SHOW;
SHOW foo;
SHOW TABLES;
SHOW TABLES FROM shop;
SHOW TABLE;
SHOW CREATE TABLE t;
SHOW COLUMNS FROM t;
SHOW INDEXES FROM t;
SHOW timezone, datestyle;
SHOW SCHEMAS;
SHOW VIEW v w;
SHOW GRANTS;
RESET;
RESET foo;
RESET ALL timezone;
## r_BEGIN.html
-- Transactions have these words and no savepoints.
BEGIN TRAN;
BEGIN DEFERRED;
BEGIN ISOLATION LEVEL;
BEGIN ISOLATION LEVEL FOO;
BEGIN READ;
BEGIN WORK TRANSACTION;
START;
START TRANSACTION WITH CONSISTENT SNAPSHOT;
COMMIT PREPARED 'x';
COMMIT AND CHAIN;
COMMIT t;
ROLLBACK TO x;
ROLLBACK TO SAVEPOINT x;
ROLLBACK AND CHAIN;
SAVEPOINT x;
RELEASE SAVEPOINT x;
ABORT NOW;
END IF;
PREPARE TRANSACTION 'x';
## r_LOCK.html
-- LOCK takes tables and no mode.
LOCK;
LOCK TABLE;
LOCK TABLE t IN SHARE MODE;
LOCK TABLE t IN ACCESS EXCLUSIVE MODE;
LOCK TABLE t NOWAIT;
UNLOCK TABLES;
## r_ANALYZE.html
-- ANALYZE takes one table, with columns that are listed.
ANALYZE t, u;
ANALYZE TABLE t;
ANALYZE t (a,);
ANALYZE t ();
ANALYZE t COLUMNS;
ANALYZE t COMPUTE STATISTICS;
ANALYZE (VERBOSE) t;
ANALYZE COMPRESSION t COMPROWS x;
## r_VACUUM_command.html
-- VACUUM takes one kind and one table.
VACUUM t, u;
VACUUM SORT ONLY DELETE ONLY t;
VACUUM FULL SORT ONLY t;
VACUUM ANALYZE t;
VACUUM FULL ANALYZE t;
VACUUM (FULL) t;
VACUUM SORT t;
VACUUM t TO 50;
VACUUM t TO PERCENT;
VACUUM FREEZE t;
VACUUM t BOOST BOOST;
## r_EXPLAIN.html
-- EXPLAIN takes VERBOSE and a statement, CANCEL a process.
EXPLAIN;
EXPLAIN ANALYZE SELECT 1;
EXPLAIN (FORMAT JSON) SELECT 1;
EXPLAIN t;
EXPLAIN VERBOSE;
EXPLAIN SELECT a, FROM t;
CANCEL;
CANCEL 'x';
CANCEL 1 2;
KILL 5;
## declare.html
-- A cursor moves forward only.
DECLARE c CURSOR;
DECLARE c FOR SELECT 1;
DECLARE c SCROLL CURSOR FOR SELECT 1;
DECLARE c CURSOR WITH HOLD FOR SELECT 1;
FETCH;
FETCH FROM;
FETCH PRIOR FROM c;
FETCH BACKWARD 5 FROM c;
FETCH ABSOLUTE 5 FROM c;
MOVE NEXT FROM c;
CLOSE;
CLOSE ALL;
DEALLOCATE ALL;
DISCARD ALL;
## r_CALL_procedure.html
-- A procedure is called with its arguments in parentheses.
CALL;
CALL p;
CALL p(;
CALL p(1,);
CALL p() RETURNING x;
EXEC p;
## r_CREATE_FUNCTION.html
-- A function has a type, a volatility, a body and a language.
CREATE FUNCTION f(INT) AS $$ SELECT 1 $$ LANGUAGE sql;
CREATE FUNCTION f(INT) RETURNS INT AS $$ SELECT 1 $$ LANGUAGE sql;
CREATE FUNCTION f(INT) RETURNS INT STABLE AS $$ SELECT 1 $$ LANGUAGE plpgsql;
CREATE FUNCTION f(INT) RETURNS INT STABLE AS $$ SELECT 1 $$;
CREATE FUNCTION f(INT) RETURNS SETOF INT STABLE AS $$ SELECT 1 $$ LANGUAGE sql;
CREATE FUNCTION f(INT) RETURNS TABLE (a INT) STABLE AS $$ SELECT 1 $$ LANGUAGE sql;
CREATE PROCEDURE p() AS $$ BEGIN NULL; END; $$ LANGUAGE sql;
CREATE PROCEDURE p AS $$ BEGIN NULL; END; $$ LANGUAGE plpgsql;
CREATE PROCEDURE p() LANGUAGE plpgsql;
DROP FUNCTION f;
DROP FUNCTION IF EXISTS f(INT);
## r_CREATE_DATABASE.html
-- A database has a name, an owner, a limit of connections and a collation.
CREATE DATABASE;
CREATE DATABASE IF NOT EXISTS shop;
CREATE DATABASE shop ENCODING 'utf8';
CREATE DATABASE shop TEMPLATE t;
DROP DATABASE IF EXISTS shop;
DROP DATABASE;
USE;
## r_PREPARE.html
-- PREPARE has a name, the types of its parameters, and a SELECT, INSERT, UPDATE or DELETE.
PREPARE report;
PREPARE report AS;
PREPARE AS SELECT order_id FROM orders;
PREPARE report (INT) SELECT order_id FROM orders WHERE amount = $1;
PREPARE report () AS SELECT order_id FROM orders;
PREPARE report AS CREATE TABLE t (a INT);
PREPARE report (INT) AS SELECT order_id, FROM orders WHERE amount = $1;
PREPARE report (UUID) AS SELECT order_id FROM orders WHERE note = $1;
PREPARE report (INT) AS SELECT order_id FROM orders WHERE amount = $2;
## r_EXECUTE.html
-- EXECUTE has a name and a value per parameter.
EXECUTE;
EXECUTE report (1,);
EXECUTE report USING 1;
EXECUTE report ();
## r_CREATE_MODEL.html
-- A model has its rows or a job, a target, a function, a role and settings.
CREATE MODEL churn;
CREATE MODEL churn FROM customers FUNCTION predict_churn IAM_ROLE DEFAULT SETTINGS (S3_BUCKET 'models');
CREATE MODEL churn FROM customers TARGET churned FUNCTION predict_churn SETTINGS (S3_BUCKET 'models');
CREATE MODEL churn FROM customers TARGET churned FUNCTION predict_churn IAM_ROLE DEFAULT;
CREATE MODEL churn FROM customers TARGET churned IAM_ROLE DEFAULT SETTINGS (S3_BUCKET 'models');
CREATE MODEL churn FROM customers TARGET churned FUNCTION predict_churn IAM_ROLE DEFAULT MODEL_TYPE FOREST SETTINGS (S3_BUCKET 'models');
CREATE MODEL churn FROM customers TARGET churned FUNCTION predict_churn IAM_ROLE DEFAULT PROBLEM_TYPE GUESS SETTINGS (S3_BUCKET 'models');
CREATE MODEL churn FROM customers TARGET churned FUNCTION predict_churn IAM_ROLE DEFAULT SETTINGS (S3_BUCKET);
CREATE MODEL churn FROM (SELECT a, FROM customers) TARGET a FUNCTION f IAM_ROLE DEFAULT SETTINGS (S3_BUCKET 'models');
CREATE OR REPLACE MODEL churn FROM customers TARGET churned FUNCTION predict_churn IAM_ROLE DEFAULT SETTINGS (S3_BUCKET 'models');
DROP MODEL;
DROP MODEL churn CASCADE;
## r_SET.html
-- What people write now and then, and this page rules out.
SET search_path sales, public;
SET statement_timeout = '5 minutes' SECONDS;
SET work_mem = '64MB';
SET enable_case_sensitive_identifier TO MAYBE;
SET statement_timeout TO '5 minutes of pain';
SET LOCAL search_path TO s;
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
## r_SHOW.html
-- What people write now and then, and this page rules out.
SHOW COLUMNS FROM events;
SHOW CREATE TABLE events;
SHOW DATABASES LIKE;
SHOW VIEWS FROM SCHEMA s;
SHOW INDEX FROM t;
## r_CALL_procedure.html
-- What people write now and then, and this page rules out.
CALL refresh_marts;
CALL refresh_marts(1,);
CALL p(a => 1);
## r_EXPLAIN.html
-- What people write now and then, and this page rules out.
EXPLAIN ANALYZE SELECT id FROM events;
EXPLAIN DROP TABLE t;
## r_VACUUM_command.html
-- What people write now and then, and this page rules out.
VACUUM FULL ANALYZE events;
VACUUM FULL t TO 120 PERCENT;
## r_ANALYZE.html
-- What people write now and then, and this page rules out.
ANALYZE TABLE events;
ANALYZE t (a) COLUMNS;
## r_BEGIN.html
-- What people write now and then, and this page rules out.
BEGIN; SELECT 1;
BEGIN ISOLATION LEVEL CHAOS;
START TRANSACTION READ;
## c_unsupported-postgresql-functions.html
-- What people write now and then, and this page rules out.
SAVEPOINT a;
ROLLBACK TO SAVEPOINT a;
## r_PREPARE.html
-- What people write now and then, and this page rules out.
PREPARE q AS SELECT id FROM events WHERE id = $1;
## declare.html
-- What people write now and then, and this page rules out.
DECLARE c CURSOR SELECT id FROM events;
## fetch.html
-- What people write now and then, and this page rules out.
FETCH 10 FROM c;
## r_CREATE_DATABASE.html
-- What people write now and then, and this page rules out.
CREATE DATABASE d TEMPLATE x;
## r_CREATE_FUNCTION.html
-- What people write now and then, and this page rules out.
CREATE FUNCTION f(a INT) RETURNS INT AS $$ SELECT $1 $$ LANGUAGE SQL;
CREATE FUNCTION f(INT) RETURNS INT STABLE AS $$ SELECT $1 $$ LANGUAGE JAVASCRIPT;
CREATE FUNCTION f(INT) STABLE AS $$ SELECT $1 $$ LANGUAGE SQL;
## r_CREATE_PROCEDURE.html
-- What people write now and then, and this page rules out.
CREATE PROCEDURE p() AS $$ BEGIN END $$ LANGUAGE SQL;
## c_unsupported-postgresql-features.html
-- What people write now and then, and this page rules out.
CREATE TRIGGER x AFTER INSERT ON t EXECUTE PROCEDURE p();
## c_unsupported-postgresql-datatypes.html
-- What people write now and then, and this page rules out.
CREATE TYPE mood AS ENUM ('a');
## c_SQL_commands.html
-- What people write now and then, and this page rules out.
CHECKPOINT;
DO $$ BEGIN END $$;
## r_EXECUTE.html
-- What people write now and then, and this page rules out.
EXECUTE IMMEDIATE 'SELECT 1';
## r_SET.html
-- What people write now and then, and this page rules out.
SET search_path = ;
SET search_path TO s public;
SET enable_result_cache_for_session = 2;
SET foo = 1;
## r_SHOW.html
-- What people write now and then, and this page rules out.
SHOW enable_foo;
SHOW TABLES IN SCHEMA s;
SHOW PROCEDURE;
## r_RESET.html
-- What people write now and then, and this page rules out.
RESET foo.bar.baz;
## r_CALL_procedure.html
-- What people write now and then, and this page rules out.
CALL p 1, 2;
CALL (p(1));
## r_LOCK.html
-- What people write now and then, and this page rules out.
LOCK t IN EXCLUSIVE MODE;
## r_ANALYZE.html
-- What people write now and then, and this page rules out.
ANALYZE COMPRESSION t COMPROWS ten;
## r_VACUUM_command.html
-- What people write now and then, and this page rules out.
VACUUM SORT DELETE t;
## r_EXPLAIN.html
-- What people write now and then, and this page rules out.
EXPLAIN (ANALYZE, VERBOSE) SELECT 1;
## r_END.html
-- What people write now and then, and this page rules out.
END TRANSACTION WORK;
## r_ABORT.html
-- What people write now and then, and this page rules out.
ABORT SAVEPOINT x;
## r_USE_command.html
-- What people write now and then, and this page rules out.
USE DATABASE dev;
## r_PREPARE.html
-- What people write now and then, and this page rules out.
PREPARE q (JSONB) AS SELECT 1;
## r_comparison_condition.html
-- What people write now and then, and this page rules out.
PREPARE q (INT) AS SELECT id FROM orders WHERE ordered_at::DATE = $1;
## c_Aggregate_Functions.html
-- What people write now and then, and this page rules out.
PREPARE q (DATE) AS SELECT SUM($1) FROM orders;
## r_CREATE_FUNCTION.html
-- What people write now and then, and this page rules out.
CREATE FUNCTION f(JSON) RETURNS INT STABLE AS $$ SELECT 1 $$ LANGUAGE SQL;
CREATE FUNCTION f(INT) RETURNS UUID STABLE AS $$ SELECT 1 $$ LANGUAGE SQL;
## r_CREATE_DATABASE.html
-- What people write now and then, and this page rules out.
CREATE DATABASE d FROM DATASHARE s;
## r_DROP_DATABASE.html
-- What people write now and then, and this page rules out.
DROP DATABASE IF EXISTS d;
## r_SET.html
-- What people write now and then, and this page rules out.
SET a b;
SET TO 5;
SET query_group TO;
SET statement_timeout 5;
SET timezone = 5 hours;
## r_SHOW.html
-- What people write now and then, and this page rules out.
SHOW TABLES FROM s.t.u.v;
SHOW TABLES FROM SCHEMA;
## r_CALL_procedure.html
-- What people write now and then, and this page rules out.
CALL p() RETURNING a;
## r_BEGIN.html
-- What people write now and then, and this page rules out.
BEGIN BEGIN;
BEGIN TRANSACTION READ COMMITTED;
## r_PREPARE.html
-- What people write now and then, and this page rules out.
PREPARE q AS DROP TABLE t;
## r_EXECUTE.html
-- What people write now and then, and this page rules out.
EXECUTE q(1;
## c_SQL_commands.html
-- What people write now and then, and this page rules out.
DEALLOCATE PREPARE;
## r_VACUUM_command.html
-- What people write now and then, and this page rules out.
VACUUM t FULL;
## r_ANALYZE.html
-- What people write now and then, and this page rules out.
ANALYZE t WITH x;
## r_EXPLAIN.html
-- What people write now and then, and this page rules out.
EXPLAIN FORMAT JSON SELECT 1;
