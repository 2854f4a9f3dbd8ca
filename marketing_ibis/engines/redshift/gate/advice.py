"""What to write in place of statements that other databases accept: only the message depends on it."""

from __future__ import annotations

import re

from marketing_ibis.engines.redshift.gate.refusal import Refusal

FEATURES, DATATYPES = "c_unsupported-postgresql-features.html", "c_unsupported-postgresql-datatypes.html"
_ADVICE: tuple[tuple[str, tuple[str, str, str, str]], ...] = (
    (r"CREATE\s+(?:UNIQUE\s+)?INDEX", ("CREATE INDEX", "there are no indexes", "SORTKEY", FEATURES)),
    (
        r"CREATE\s+(?:TEMP\s+|TEMPORARY\s+)?SEQUENCE",
        ("CREATE SEQUENCE", "there are no sequences", "IDENTITY(1, 1)", FEATURES),
    ),
    (r"CREATE\s+TRIGGER", ("CREATE TRIGGER", "there are no triggers", "the statement itself", FEATURES)),
    (r"CREATE\s+(?:TYPE|DOMAIN)", ("CREATE TYPE", "there are no user-defined types", "VARCHAR", DATATYPES)),
    (
        r"CREATE\s+AGGREGATE",
        ("CREATE AGGREGATE", "there are no user-defined aggregates", "sums and counts", "c_SQL_commands.html"),
    ),
    (r"CREATE\s+EXTENSION", ("CREATE EXTENSION", "there are no extensions", "", FEATURES)),
    (
        r"CREATE\s+OR\s+REPLACE\s+TABLE",
        (
            "CREATE OR REPLACE TABLE",
            "it is not in the grammar",
            "DROP TABLE and CREATE TABLE",
            "r_CREATE_TABLE_NEW.html",
        ),
    ),
    (r"CREATE\s+UNLOGGED", ("UNLOGGED", "it is not in the grammar", "CREATE TABLE", "r_CREATE_TABLE_NEW.html")),
    (
        r"CREATE\s+TABLE\s+IF\s+NOT\s+EXISTS\s+\S+\s+AS\b",
        (
            "CREATE TABLE IF NOT EXISTS AS",
            "it is not in the grammar",
            "DROP TABLE IF EXISTS and CREATE TABLE AS",
            "r_CREATE_TABLE_AS.html",
        ),
    ),
    (
        r"CREATE\s+TEMP(?:ORARY)?\s+VIEW",
        ("CREATE TEMP VIEW", "it is not in the grammar", "a temporary table", "r_CREATE_VIEW.html"),
    ),
    (
        r"CREATE\s+VIEW\s+IF\s+NOT",
        ("CREATE VIEW IF NOT EXISTS", "it is not in the grammar", "CREATE OR REPLACE VIEW", "r_CREATE_VIEW.html"),
    ),
    (r"INSERT\b.*\bON\s+CONFLICT\b", ("ON CONFLICT", "it is not in the grammar", "MERGE", "r_INSERT_30.html")),
    (
        r"(?:INSERT|UPDATE|DELETE|MERGE)\b.*\bRETURNING\b",
        ("RETURNING", "it is not in the grammar", "a SELECT afterwards", "r_INSERT_30.html"),
    ),
    (
        r"MERGE\b",
        (
            "MERGE of this form",
            "it takes a table and one WHEN MATCHED and one WHEN NOT MATCHED",
            "both branches without conditions",
            "r_MERGE.html",
        ),
    ),
    (
        r"ALTER\s+TABLE\b.*\bRENAME\s+TO\s+\S+\.",
        ("RENAME TO with a schema", "the new name takes no schema", "RENAME TO name", "r_ALTER_TABLE.html"),
    ),
    (
        r"ALTER\s+TABLE\b.*,\s*(?:ADD|DROP|RENAME)\b",
        ("ALTER TABLE with several changes", "one is allowed", "one change per statement", "r_ALTER_TABLE.html"),
    ),
    (
        r"CREATE\s+TABLE\b[^']*\bCHECK\s*\(",
        ("CHECK", "there are no check constraints", "a data test of the model", FEATURES),
    ),
    (r"CREATE\s+TABLE\b[^']*\bEXCLUDE\b", ("EXCLUDE", "there are no exclusion constraints", "a data test", FEATURES)),
    (
        r"CREATE\s+TABLE\b[^']*\bGENERATED\s+ALWAYS\b",
        ("GENERATED ALWAYS AS", "no column is computed", "IDENTITY(1, 1), or a view", "r_CREATE_TABLE_NEW.html"),
    ),
    (
        r"CREATE\s+TABLE\b[^']*\bCOLLATE\b",
        ("COLLATE of a column", "it takes two names only", "COLLATE CASE_SENSITIVE", "r_CREATE_TABLE_NEW.html"),
    ),
    (
        r"(?:SAVEPOINT|ROLLBACK\s+TO|RELEASE)\b",
        ("SAVEPOINT", "there are no savepoints", "a transaction", "c_unsupported-postgresql-functions.html"),
    ),
    (r"COPY\b.*\sTO\s", ("COPY ... TO", "it only loads", "UNLOAD", "r_COPY.html")),
    (r"SET\s+LOCAL\b", ("SET LOCAL", "it is not in the grammar", "SET and RESET", "r_SET.html")),
    (r"(?:DISCARD|DEALLOCATE)\b", ("DISCARD", "it is a syntax error", "a new session", "c_SQL_commands.html")),
    (
        r"CREATE\s+TABLE\b.*\bPARTITION\s+BY\b",
        ("PARTITION BY of a table", "tables have no partitions", "DISTKEY and SORTKEY", FEATURES),
    ),
    (r"CREATE\s+TABLE\b.*\bINHERITS\b", ("INHERITS", "tables do not inherit", "the columns", FEATURES)),
    (r"CREATE\s+TABLE\b.*\bTABLESPACE\b", ("TABLESPACE", "there are no tablespaces", "CREATE TABLE", FEATURES)),
    (
        r"CREATE\b.*\bWITH\s+(?:NO\s+)?DATA\s*$",
        ("WITH NO DATA", "it is not in the grammar", "CREATE TABLE (...)", "r_CREATE_TABLE_AS.html"),
    ),
)
"""Beginnings of statements that other databases accept, with the refusal of each."""
ADVICE = tuple((re.compile(pattern, re.IGNORECASE | re.DOTALL), Refusal(*words)) for pattern, words in _ADVICE)
