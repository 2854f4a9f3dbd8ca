## r_INSERT_30.html
-- Rows or a query follow the table.
INSERT INTO t;
INSERT t VALUES (1);
INSERT INTO VALUES (1);
INSERT INTO t VALUES;
INSERT INTO t VALUES ();
INSERT INTO t VALUES 1, 2;
INSERT INTO t VALUES (1,);
INSERT INTO t VALUES (1), ;
INSERT INTO t VALUES (1 2);
INSERT INTO t VALUES (1) (2);
INSERT INTO t () VALUES (1);
INSERT INTO t (a,) VALUES (1);
INSERT INTO t SET a = 1;
INSERT OVERWRITE t SELECT 1;
INSERT OR REPLACE INTO t VALUES (1);
INSERT IGNORE INTO t VALUES (1);
REPLACE INTO t VALUES (1);
INSERT INTO t AS x VALUES (1);
INSERT INTO TABLE t VALUES (1);
INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (1);
INSERT INTO t VALUES (1) RETURNING a;
INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING;
INSERT INTO t SELECT 1 ON CONFLICT (a) DO UPDATE SET a = 2;
INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1;
-- Each row has one value per column, and each column is named once.
INSERT INTO t (a, b) VALUES (1);
INSERT INTO t (a) VALUES (1, 2);
INSERT INTO t (a, b) VALUES (1, 2), (3);
INSERT INTO t VALUES (1, 2), (3);
INSERT INTO t (a, a) VALUES (1, 2);
INSERT INTO t (a, b) SELECT a FROM u;
INSERT INTO t (a) SELECT a, b FROM u;
-- A value is computed from no other row.
INSERT INTO t VALUES (SUM(1));
INSERT INTO t VALUES (a);
INSERT INTO t VALUES (a + 1);
INSERT INTO t VALUES (COUNT(*));
INSERT INTO t VALUES (ROW_NUMBER() OVER ());
INSERT INTO t VALUES ((SELECT 1)), ((SELECT 2));
INSERT INTO t VALUES (NOW());
INSERT INTO t VALUES (E'a\n');
## r_UPDATE.html
-- Assignments follow SET, each of one column.
UPDATE t;
UPDATE t SET;
UPDATE t SET a;
UPDATE t SET a = ;
UPDATE t SET a = 1,;
UPDATE t SET = 1;
UPDATE t SET a = 1 b = 2;
UPDATE t SET a == 1;
UPDATE t SET t.a = 1;
UPDATE t SET (a, b) = (1, 2);
UPDATE t SET (a, b) = (SELECT 1, 2);
UPDATE t SET a = 1, a = 2;
UPDATE t SET a = 1, A = 2;
UPDATE SET a = 1;
UPDATE t, u SET a = 1;
UPDATE t JOIN u ON t.a = u.a SET a = 1;
UPDATE ONLY t SET a = 1;
UPDATE t SET a = 1 WHERE;
UPDATE t SET a = 1 FROM;
UPDATE t SET a = 1 WHERE a = 2 FROM u;
UPDATE t SET a = 1 ORDER BY a;
UPDATE t SET a = 1 LIMIT 1;
UPDATE t SET a = 1 RETURNING a;
UPDATE t SET a = 1 WHERE CURRENT OF c;
UPDATE OR IGNORE t SET a = 1;
-- A value is computed from one row, and FROM has inner joins only.
UPDATE t SET a = SUM(b);
UPDATE t SET a = COUNT(*);
UPDATE t SET a = ROW_NUMBER() OVER (ORDER BY b);
UPDATE t SET a = 1 WHERE SUM(b) > 1;
UPDATE t SET a = 1 FROM u LEFT JOIN v ON u.x = v.x WHERE t.a = u.a;
UPDATE t SET a = 1 FROM u FULL JOIN v ON u.x = v.x WHERE t.a = u.a;
UPDATE t SET a = STRING_AGG(b, ',');
UPDATE t SET a = 1 FROM u JOIN v WHERE t.a = u.a;
## r_DELETE.html
-- A table, USING and a condition are all that DELETE has.
DELETE;
DELETE FROM;
DELETE a FROM t;
DELETE * FROM t;
DELETE FROM t WHERE;
DELETE FROM t LIMIT 5;
DELETE FROM t ORDER BY a;
DELETE FROM t USING;
DELETE FROM t WHERE a = 1 USING u;
DELETE FROM t RETURNING a;
DELETE FROM t, u WHERE t.a = u.a;
DELETE FROM t JOIN u ON t.a = u.a;
DELETE FROM t WHERE SUM(a) > 1;
DELETE FROM t WHERE a IN ();
DELETE FROM t WHERE a = ANY ('{1}');
DELETE FROM ONLY t;
## r_MERGE.html
-- There is one WHEN MATCHED and one WHEN NOT MATCHED, without conditions, or REMOVE DUPLICATES.
MERGE INTO t USING u ON t.a = u.a;
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE;
MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT VALUES (u.a) WHEN MATCHED THEN DELETE;
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED AND u.b THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN DELETE;
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET t.a = u.a WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *;
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a), (u.b);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a, b) VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT SELECT 1;
MERGE INTO t USING u WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET a = 1, a = 2 WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a REMOVE DUPLICATES WHEN MATCHED THEN DELETE;
MERGE INTO t AS x USING u ON x.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING (SELECT a FROM u) AS u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a);
WITH x AS (SELECT 1 AS a) MERGE INTO t USING x ON t.a = x.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (x.a);
-- Source and target differ.
MERGE INTO t USING t ON t.a = t.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1);
## r_TRUNCATE.html
-- One table is truncated.
TRUNCATE;
TRUNCATE t, u;
TRUNCATE TABLE t CASCADE;
TRUNCATE TABLE t RESTART IDENTITY;
TRUNCATE TABLE IF EXISTS t;
## r_COPY.html
-- A source and one authorization are needed.
COPY t;
COPY t FROM;
COPY t FROM 's3://b/k';
COPY t FROM s3://b/k IAM_ROLE DEFAULT;
COPY t FROM '/data/x.csv' IAM_ROLE DEFAULT;
COPY t FROM STDIN;
COPY t FROM 's3://b/k' IAM_ROLE;
COPY t FROM 's3://b/k' IAM_ROLE foo;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT IAM_ROLE DEFAULT;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CREDENTIALS 'x';
COPY t FROM 's3://b/k' ACCESS_KEY_ID 'a';
COPY t FROM 's3://b/k' SESSION_TOKEN 'a';
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY 'b';
COPY t TO 's3://b/k' IAM_ROLE DEFAULT;
COPY (SELECT 1) FROM 's3://b/k' IAM_ROLE DEFAULT;
COPY t () FROM 's3://b/k' IAM_ROLE DEFAULT;
COPY t (a, a) FROM 's3://b/k' IAM_ROLE DEFAULT;
COPY INTO t FROM 's3://b/k' IAM_ROLE DEFAULT;
-- Options are documented ones, each once, with their argument.
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT FOO;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT 'x' 7;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT HEADER;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV HEADER TRUE;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT ALLOWOVERWRITE;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CLEANPATH;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT PARALLEL OFF;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT FORMAT XML;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV CSV;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV PARQUET;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT GZIP ZSTD;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT DELIMITER;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT DELIMITER 5;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT IGNOREHEADER;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT IGNOREHEADER 'x';
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT IGNOREHEADER -1;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT MAXERROR 200000;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT COMPROWS 10;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT ENCODING LATIN1;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT COMPUPDATE MAYBE;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT, CSV;
COPY t FROM 's3://b/k' WITH (FORMAT csv, HEADER);
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT WHERE a > 1;
-- Options exclude or need each other.
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV FIXEDWIDTH 'a:5';
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV ESCAPE;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV REMOVEQUOTES;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT FIXEDWIDTH 'a:5' ESCAPE;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT FORMAT PARQUET DELIMITER ',';
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT FORMAT PARQUET GZIP;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT FORMAT ORC IGNOREHEADER 1;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT FORMAT PARQUET MAXERROR 5;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT JSON 'auto' DELIMITER ',';
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT AVRO 'auto' REMOVEQUOTES;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT QUOTE '%';
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT MAXERROR 5 IGNOREALLERRORS;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT MASTER_SYMMETRIC_KEY 'x';
## r_UNLOAD.html
-- The query is in quotes, and has no LIMIT of its own.
UNLOAD (SELECT a FROM t) TO 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD 'SELECT a FROM t' TO 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD t TO 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD ('SELECT a FROM t LIMIT 5') TO 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD ('SELECT a, FROM t') TO 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD ('DELETE FROM t') TO 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD ('') TO 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD ('SELECT STRING_AGG(a, ''x'') FROM t') TO 's3://b/k' IAM_ROLE DEFAULT;
-- A target in S3 and one authorization are needed.
UNLOAD ('SELECT a FROM t') IAM_ROLE DEFAULT;
UNLOAD ('SELECT a FROM t') TO 's3://b/k';
UNLOAD ('SELECT a FROM t') TO '/data/x' IAM_ROLE DEFAULT;
UNLOAD ('SELECT a FROM t') FROM 's3://b/k' IAM_ROLE DEFAULT;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT CREDENTIALS 'x';
-- Options are documented ones, each once.
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT IGNOREHEADER 1;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT TRUNCATECOLUMNS;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT FORMAT ORC;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT FORMAT AVRO;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT LZOP;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT CSV PARQUET;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT GZIP BZIP2;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARTITION BY a;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARTITION BY ();
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARTITION (a);
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT MAXFILESIZE 100 KB;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT MAXFILESIZE 1 MB;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT MAXFILESIZE 10 GB;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT MAXFILESIZE;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT HEADER HEADER;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT VERBOSE;
-- Options exclude or need each other.
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT ALLOWOVERWRITE CLEANPATH;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARQUET DELIMITER ',';
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARQUET HEADER;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARQUET GZIP;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT JSON ADDQUOTES;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT CSV ADDQUOTES;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT FIXEDWIDTH 'a:5' HEADER;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT FIXEDWIDTH 'a:5' DELIMITER ',';
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT KMS_KEY_ID 'x';
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT CSV ROWGROUPSIZE 64 MB;
## r_UNLOAD.html
-- Options have the values that their page lists.
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARALLEL MAYBE;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT EXTENSION csv;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT PARQUET PARTITION BY (z);
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT NULL 5;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE DEFAULT REGION eu-west-1;
## r_COPY.html
-- Options have the values that their page lists.
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT TIMEFORMAT auto;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT COMPUPDATE 5;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT JSON auto;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT READRATIO 50;
COPY t FROM 'dynamodb://orders' IAM_ROLE DEFAULT;
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT DATEFORMAT YYYYMMDD;
## r_MERGE.html
-- A merge compares rows by a condition, and names a column once.
MERGE INTO t USING u ON t.a + u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a, a) VALUES (u.a, u.b);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET a = SUM(u.a) WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (t.a);
## copy-parameters-data-format.html
-- A quotation mark is one character.
COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV QUOTE 'ab';
## r_INSERT_30.html
-- What people write now and then, and this page rules out.
INSERT INTO events (id, name) SELECT id FROM staging;
INSERT INTO events VALUES (1, 'a'), (2);
INSERT INTO events VALUES (1, 'a') RETURNING id;
INSERT INTO events (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 2;
INSERT INTO t (a, b) SELECT a, b, c FROM u;
INSERT INTO t VALUES (1), SELECT 2;
INSERT INTO t (t.a) VALUES (1);
INSERT INTO t DEFAULT;
## r_UPDATE.html
-- What people write now and then, and this page rules out.
UPDATE events e SET e.name = 'x' WHERE e.id = 1;
UPDATE events SET name = s.name FROM staging s LEFT JOIN other o ON s.id = o.id WHERE events.id = s.id;
UPDATE events SET (a, b) = (1, 2);
UPDATE events SET name = 'x' LIMIT 1;
UPDATE t SET a = RANK() OVER (ORDER BY b);
UPDATE t, u SET t.a = u.a WHERE t.id = u.id;
## r_DELETE.html
-- What people write now and then, and this page rules out.
DELETE events, staging FROM events JOIN staging ON events.id = staging.id;
DELETE FROM events USING staging s ON events.id = s.id;
DELETE FROM events ORDER BY id;
DELETE t WHERE;
## r_MERGE.html
-- What people write now and then, and this page rules out.
MERGE INTO events USING staging s ON events.id = s.id WHEN MATCHED AND s.deleted THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id);
MERGE INTO events USING staging s ON events.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name;
MERGE INTO events USING staging ON events.id = staging.id WHEN NOT MATCHED THEN INSERT VALUES (staging.id) WHEN MATCHED THEN DELETE;
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET t.b = u.b WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING (SELECT 1 AS a) u ON t.a = u.a WHEN MATCHED THEN DELETE;
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = SUM(u.b) WHEN NOT MATCHED THEN INSERT VALUES (u.a);
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = u.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (u.a);
## r_COPY.html
-- What people write now and then, and this page rules out.
COPY events FROM 's3://b/k' IAM_ROLE default CSV JSON 'auto';
COPY events FROM 's3://b/k' IAM_ROLE default DELIMITER ',' FIXEDWIDTH 'a:3,b:4';
COPY events FROM 's3://b/k' IAM_ROLE default FORMAT XML;
COPY events FROM STDIN;
COPY events TO 's3://b/k' IAM_ROLE default;
COPY events FROM 's3://b/k' IAM_ROLE default MAXERROR -1;
COPY t FROM 's3://b/k' IAM_ROLE default IAM_ROLE default;
COPY t FROM 's3://b/k' IAM_ROLE default GZIP BZIP2;
COPY t FROM 's3://b/k' IAM_ROLE default IGNOREHEADER 'one';
COPY t (a, a) FROM 's3://b/k' IAM_ROLE default;
COPY t FROM 's3://b/k' IAM_ROLE default ENCODING LATIN1;
COPY t FROM 's3://b/k' IAM_ROLE default HEADER;
COPY t FROM 's3://b/k' IAM_ROLE default ALLOWOVERWRITE;
COPY t FROM 's3://b/k' CREDENTIALS;
COPY t FROM 's3://b/k' IAM_ROLE default PARTITION BY (a);
COPY (SELECT a FROM t) TO 's3://b/k' IAM_ROLE default;
COPY t FROM 's3://b/k' ACCESS_KEY_ID 'x';
## copy-parameters-authorization.html
-- What people write now and then, and this page rules out.
COPY events FROM 's3://b/k' CSV;
## copy-usage_notes-copy-from-columnar.html
-- What people write now and then, and this page rules out.
COPY events FROM 's3://b/k' IAM_ROLE default PARQUET IGNOREHEADER 1;
UNLOAD ('SELECT * FROM events') TO 's3://b/k' IAM_ROLE default FORMAT PARQUET DELIMITER ',';
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default PARQUET GZIP;
## r_UNLOAD.html
-- What people write now and then, and this page rules out.
UNLOAD ('SELECT * FROM events') TO 's3://b/k' IAM_ROLE default PARQUET CSV;
UNLOAD ('SELECT id FROM events') TO 's3://b/k' IAM_ROLE default PARTITION BY (day);
UNLOAD ('SELECT * FROM events') FROM 's3://b/k' IAM_ROLE default;
UNLOAD ('SELECT * FROM events') TO 's3://b/k' IAM_ROLE default PARALLEL 4;
UNLOAD ('SELECT a FROM t WHERE b = 'x'') TO 's3://b/k' IAM_ROLE default;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default MAXFILESIZE 1 MB;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default MAXFILESIZE 10 GB;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default ALLOWOVERWRITE CLEANPATH;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default FORMAT AVRO;
UNLOAD ('SELECT a FROM t') TO '/exports/x' IAM_ROLE default;
## r_TRUNCATE.html
-- What people write now and then, and this page rules out.
TRUNCATE events, staging;
TRUNCATE TABLE t WHERE a = 1;
## c_Window_functions.html
-- What people write now and then, and this page rules out.
INSERT INTO t VALUES (ROW_NUMBER() OVER (ORDER BY 1));
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
INSERT INTO t WITH x AS (SELECT 1) VALUES (1);
UNLOAD ('SELECT a FROM') TO 's3://b/k' IAM_ROLE default;
UNLOAD ('DELETE FROM t') TO 's3://b/k' IAM_ROLE default;
## r_WHERE_clause.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = 1 WHERE COUNT(*) > 1;
DELETE FROM t WHERE a = MAX(b);
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = b.c WHERE t.id = 1;
DELETE FROM t WHERE u.a = 1;
DELETE FROM t AS x USING x WHERE x.a = 1;
## r_Subquery_examples.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = (SELECT a, b FROM u LIMIT 1);
## copy-parameters-data-format.html
-- What people write now and then, and this page rules out.
COPY t FROM 's3://b/k' IAM_ROLE default CSV QUOTE 'ab';
COPY t FROM 's3://b/k' IAM_ROLE default DELIMITER 'abc';
COPY t FROM 's3://b/k' IAM_ROLE default CSV ESCAPE;
COPY t FROM 's3://b/k' IAM_ROLE default JSON 'auto' DELIMITER ',';
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default HEADER FIXEDWIDTH '0:3';
## copy-parameters-data-source.html
-- What people write now and then, and this page rules out.
COPY t FROM 'http://b/k' IAM_ROLE default;
## r_INSERT_30.html
-- What people write now and then, and this page rules out.
INSERT INTO t (a, b) VALUES (1, 2), (3, 4, 5);
INSERT INTO t (a) VALUES (COUNT(*));
INSERT INTO t (a, b) (SELECT a FROM u);
INSERT INTO t VALUES (1) AS new ON DUPLICATE KEY UPDATE a = new.a;
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.id) RETURNING id;
## r_CAST_function.html
-- What people write now and then, and this page rules out.
INSERT INTO t (a) VALUES (DATE '2024-02-30');
INSERT INTO t VALUES (CAST('x' AS INT));
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
INSERT INTO t SELECT a, FROM u;
## r_WHERE_clause.html
-- What people write now and then, and this page rules out.
INSERT INTO t (a) SELECT a FROM u WHERE SUM(a) > 1;
## r_UPDATE.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = 1, WHERE b = 2;
UPDATE t a = 1;
UPDATE t SET a = MAX(b) FROM u WHERE t.id = u.id;
UPDATE t SET a = 1 FROM u INNER JOIN v WHERE t.id = u.id;
## r_pg_keywords.html
-- What people write now and then, and this page rules out.
UPDATE t SET WHERE a = 1;
## r_FROM_clause30.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = u.b WHERE t.id = 5;
UPDATE t SET a = 1 FROM t WHERE t.id = 1;
## r_Subquery_examples.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = 'x' || (SELECT b, c FROM u);
DELETE FROM t WHERE id IN (SELECT id, name FROM u);
## r_DELETE.html
-- What people write now and then, and this page rules out.
DELETE FROM t INNER JOIN u ON t.id = u.id;
## c_Window_functions.html
-- What people write now and then, and this page rules out.
DELETE FROM t WHERE ROW_NUMBER() OVER (ORDER BY id) > 1;
## r_MERGE.html
-- What people write now and then, and this page rules out.
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET id = u.id, id = 2 WHEN NOT MATCHED THEN INSERT VALUES (u.id);
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (t.id);
MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED BY SOURCE THEN DELETE;
MERGE t USING u ON t.id = u.id REMOVE DUPLICATES;
MERGE INTO t USING u, v ON t.id = u.id REMOVE DUPLICATES;
MERGE INTO t USING u ON LEN(u.a) = CURRENT_DATE WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1);
## r_COPY.html
-- What people write now and then, and this page rules out.
COPY t FROM 's3://b/k' IAM_ROLE default FORMAT AS PARQUET CSV;
COPY t FROM 's3://b/k' IAM_ROLE default CSV NULL;
COPY t FROM 's3://b/k' IAM_ROLE default CSV DELIMITER;
COPY t FROM 's3://b/k' IAM_ROLE default DATEFORMAT;
COPY t FROM 's3://b/k' IAM_ROLE default MAXERROR 200000;
COPY t FROM 's3://b/k' IAM_ROLE default AVRO 'auto' FIXEDWIDTH 'a:5';
COPY t FROM 's3://b/k' IAM_ROLE default MANIFEST MANIFEST;
COPY t FROM 's3://b/k' IAM_ROLE default COMPUPDATE MAYBE;
COPY t FROM 's3://b/k' IAM_ROLE default PARALLEL OFF;
COPY t FROM s3://b/k IAM_ROLE default;
COPY t, u FROM 's3://b/k' IAM_ROLE default;
COPY t FROM 's3://b/k' IAM_ROLE default REGION;
## copy-usage_notes-copy-from-columnar.html
-- What people write now and then, and this page rules out.
COPY t FROM 's3://b/k' IAM_ROLE default ORC MAXERROR 5;
## copy-parameters-authorization.html
-- What people write now and then, and this page rules out.
COPY t FROM 's3://b/k' WITH CREDENTIALS 'x' IAM_ROLE default;
## copy-parameters-data-format.html
-- What people write now and then, and this page rules out.
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default DELIMITER AS 'ab';
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default JSON HEADER;
## r_UNLOAD.html
-- What people write now and then, and this page rules out.
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default CSV FIXEDWIDTH '0:3';
UNLOAD ('SELECT a FROM t;') TO 's3://b/k' IAM_ROLE default HEADER HEADER;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default PARTITION BY a;
UNLOAD 'SELECT a FROM t' TO 's3://b/k' IAM_ROLE default;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default ENCRYPTED KMS_KEY_ID;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default ROWGROUPSIZE 64 MB;
UNLOAD ('SELECT ST_POINT(1, 2) AS g FROM t') TO 's3://b/k' IAM_ROLE default PARQUET;
## c_Aggregate_Functions.html
-- What people write now and then, and this page rules out.
UNLOAD ('SELECT SUM(SUM(a)) FROM t') TO 's3://b/k' IAM_ROLE default;
INSERT INTO t SELECT SUM(CURRENT_DATE) FROM u;
UNLOAD ('SELECT SUM(CURRENT_DATE) FROM t') TO 's3://b/k' IAM_ROLE default;
## r_OPERATOR_SYMBOLS.html
-- What people write now and then, and this page rules out.
INSERT INTO t VALUES (CURRENT_DATE * 2);
UPDATE t SET a = CURRENT_DATE * 2;
UPDATE t SET a = UPPER(b) + 1;
## r_comparison_condition.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = 1 WHERE CURRENT_DATE = 5;
## r_conditions.html
-- What people write now and then, and this page rules out.
DELETE FROM t WHERE LEN(a);
DELETE FROM t WHERE CURRENT_DATE + 1;
## r_INSERT_30.html
-- What people write now and then, and this page rules out.
INSERT INTO t a VALUES (1);
INSERT INTO t (a) VALUE (1);
INSERT INTO t (a, b) VALUES (1, 2, 3);
INSERT INTO TABLE t SELECT 1;
INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2;
INSERT INTO t (a) SELECT 1 AS a, 2 AS b;
INSERT INTO t (a, b) SELECT 1 UNION SELECT 2;
DELETE FROM t RETURNING *;
## r_SELECT_synopsis.html
-- What people write now and then, and this page rules out.
INSERT INTO t SELECT;
UNLOAD ('') TO 's3://b/k' IAM_ROLE default;
## r_UPDATE.html
-- What people write now and then, and this page rules out.
UPDATE t SET a = 1 FROM u JOIN v USING (id) LEFT JOIN w ON w.id = v.id WHERE t.id = u.id;
UPDATE t JOIN u ON t.id = u.id SET t.a = u.a;
UPDATE FROM t SET a = 1;
UPDATE t SET a = DEFAULT(a);
## r_DELETE.html
-- What people write now and then, and this page rules out.
DELETE FROM t WHERE id IN;
DELETE FROM t, u WHERE t.id = u.id;
DELETE FROM t USING u JOIN v WHERE t.id = u.id;
## r_MERGE.html
-- What people write now and then, and this page rules out.
MERGE INTO t USING u ON t.id = u.id;
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (u.id);
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE a = u.a WHEN NOT MATCHED THEN INSERT VALUES (u.id);
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *;
## r_COPY.html
-- What people write now and then, and this page rules out.
COPY INTO t FROM 's3://b/k' IAM_ROLE default;
COPY t FROM 's3://b/k', 's3://b/l' IAM_ROLE default;
COPY t FROM 's3://b/k' IAM_ROLE default FILE_FORMAT = (TYPE = CSV);
COPY t FROM 's3://b/k' IAM_ROLE default FORMAT;
COPY t FROM 's3://b/k' IAM_ROLE default JSON AS;
COPY t FROM 's3://b/k' IAM_ROLE default CSV, IGNOREHEADER 1;
COPY t FROM 's3://b/k' IAM_ROLE default IGNOREHEADER;
COPY t FROM 's3://b/k' IAM_ROLE default SKIP_HEADER 1;
COPY t FROM 's3://b/k' WITH (FORMAT csv);
## r_UNLOAD.html
-- What people write now and then, and this page rules out.
UNLOAD (SELECT a FROM t) TO 's3://b/k' IAM_ROLE default;
UNLOAD ('SELECT a FROM t') 's3://b/k' IAM_ROLE default;
UNLOAD ('SELECT a FROM t') TO IAM_ROLE default;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default IGNOREHEADER 1;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default FORMAT AS ORC;
UNLOAD ('SELECT a FROM t') TO 's3://b/k' IAM_ROLE default COMPUPDATE ON;
## r_COPY-JOB.html
-- COPY JOB runs, shows, changes, lists or drops a job.
COPY JOB load_orders RUN;
COPY JOB ALTER load_orders AUTO;
COPY JOB LIST load_orders;
