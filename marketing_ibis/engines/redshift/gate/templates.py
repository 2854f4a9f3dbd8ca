"""Statements around queries, as AWS' pages of commands spell them."""

from __future__ import annotations

import re

NAME = r'(?:"(?:[^"]|"")*"|[^\x00-@\[-^`{-\x7f][\w$]*)'
"""In quotes, or from an ASCII letter, an underscore or any character of several bytes on.

https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
"""
PLACE = rf"{NAME}(?:\s*\.\s*{NAME})?"
TEXT = r"'(?:[^'\\]|''|\\\\)*'"
WHO = rf"(?:PUBLIC|(?:GROUP\s+|ROLE\s+)?{NAME})"
QUERY = r"(?P<query>\(*\s*(?:SELECT|WITH)\b.*)"
COLUMNS = rf"\(\s*{NAME}(?:\s*,\s*{NAME})*\s*\)"
CLOSED = r"""(?:"(?:[^"]|"")*"|'(?:[^'\\]|''|\\.)*'|\((?:[^()]|\([^()]*\))*\)|[^()"'])*"""
"""Anything whose parentheses and quotes are closed."""
SORT_KEY = rf"\(\s*{NAME}(?:\s*,\s*{NAME})*\s*\)"
LAYOUT = (
    rf"(?:\s*(?:DISTSTYLE\s+(?:AUTO|EVEN|ALL|KEY)|DISTKEY\s*\(\s*{NAME}\s*\)|BACKUP\s+(?:YES|NO)"
    rf"|(?:COMPOUND\s+|INTERLEAVED\s+)?SORTKEY\s*(?P<sort>{SORT_KEY})|SORTKEY\s+AUTO))*"
)
TEMPORARY = r"(?:(?:LOCAL\s+)?TEMP(?:ORARY)?\s+)?"
VIEW = rf"CREATE\s+(?:OR\s+REPLACE\s+)?VIEW\s+{PLACE}\s*(?:{COLUMNS}\s*)?AS\s+"
PRIVILEGES = r"(?:ALL(?:\s+PRIVILEGES)?|(?:SELECT|INSERT|UPDATE|DELETE|DROP|REFERENCES|ALTER|TRUNCATE|USAGE|CREATE)"
PRIVILEGES += r"(?:\s*,\s*(?:SELECT|INSERT|UPDATE|DELETE|DROP|REFERENCES|ALTER|TRUNCATE|USAGE|CREATE))*)"
OBJECT = rf"(?:TABLE\s+|SCHEMA\s+|DATABASE\s+|ALL\s+TABLES\s+IN\s+SCHEMA\s+)?{PLACE}(?:\s*,\s*{PLACE})*"
PARAMETERS = (
    rf"(?:\s+(?:IAM_ROLE|DEFAULT|FORMAT|AS|CSV|PARQUET|ORC|AVRO|JSON|DELIMITER|QUOTE|HEADER|IGNOREHEADER|NULL|GZIP|ZSTD"
    rf"|BZIP2|LZOP|REGION|MANIFEST|DATEFORMAT|TIMEFORMAT|ENCODING|UTF8|MAXERROR|ALLOWOVERWRITE|CLEANPATH|PARALLEL|ON|OFF"
    rf"|TRUE|FALSE|EMPTYASNULL|BLANKSASNULL|ACCEPTINVCHARS|TRUNCATECOLUMNS|STATUPDATE|COMPUPDATE|ESCAPE|ADDQUOTES"
    rf"|REMOVEQUOTES|TRIMBLANKS|FILLRECORD|MAXFILESIZE|EXTENSION|{TEXT}|\d+)\b|\s+{TEXT})*"
)
"""https://docs.aws.amazon.com/redshift/latest/dg/r_COPY-parameters.html"""
SETTINGS = (
    "query_group|statement_timeout|timezone|datestyle|search_path|enable_case_sensitive_identifier|"
    "enable_result_cache_for_session|wlm_query_slot_count|application_name|extra_float_digits|describe_field_name_in_uppercase"
)
"""https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html"""
CONDITION = r"(?P<condition>.+)"

TEMPLATES = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        QUERY,
        rf"COMMENT\s+ON\s+(?:TABLE|VIEW|COLUMN)\s+{PLACE}(?:\s*\.\s*{NAME})?\s+IS\s+(?:{TEXT}|NULL)",
        rf"INSERT\s+INTO\s+{PLACE}\s*(?:{COLUMNS}\s*)?{QUERY}",
        rf"INSERT\s+INTO\s+{PLACE}\s*(?:{COLUMNS}\s*)?(?:VALUES\s*(?P<rows>\(.*\))|DEFAULT\s+VALUES)",
        rf"CREATE\s+{TEMPORARY}TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{PLACE}\s*\((?P<columns>{CLOSED})\){LAYOUT}",
        rf"CREATE\s+{TEMPORARY}TABLE\s+{PLACE}\s*(?:{COLUMNS}\s*)?{LAYOUT}\s*AS\s+{QUERY}",
        rf"{VIEW}(?P<late>{QUERY})\s+WITH\s+NO\s+SCHEMA\s+BINDING",
        rf"{VIEW}{QUERY}",
        rf"CREATE\s+MATERIALIZED\s+VIEW\s+{PLACE}{LAYOUT}\s*(?:AUTO\s+REFRESH\s+(?:YES|NO)\s+)?AS\s+{QUERY}",
        rf"REFRESH\s+MATERIALIZED\s+VIEW\s+{PLACE}",
        rf"DROP\s+(?:TABLE|VIEW|MATERIALIZED\s+VIEW)\s+(?:IF\s+EXISTS\s+)?{PLACE}(?:\s*,\s*{PLACE})*(?:\s+(?:CASCADE|RESTRICT))?",
        rf"ALTER\s+TABLE\s+{PLACE}\s+(?:RENAME\s+TO\s+{NAME}|RENAME\s+COLUMN\s+{NAME}\s+TO\s+{NAME}|OWNER\s+TO\s+{NAME})",
        rf"ALTER\s+TABLE\s+{PLACE}\s+ADD\s+(?:COLUMN\s+)?(?P<columns>{NAME}\s+{CLOSED})",
        rf"ALTER\s+TABLE\s+{PLACE}\s+DROP\s+(?:COLUMN\s+)?{NAME}(?:\s+(?:CASCADE|RESTRICT))?",
        rf"ALTER\s+TABLE\s+{PLACE}\s+ALTER\s+(?:DISTSTYLE\s+(?:AUTO|EVEN|ALL)|DISTKEY\s+{NAME}|SORTKEY\s+(?:AUTO|NONE))",
        rf"ALTER\s+TABLE\s+{PLACE}\s+APPEND\s+FROM\s+{PLACE}",
        rf"CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}(?:\s+AUTHORIZATION\s+{NAME})?",
        rf"DROP\s+SCHEMA\s+(?:IF\s+EXISTS\s+)?{NAME}(?:\s+(?:CASCADE|RESTRICT))?",
        rf"GRANT\s+{PRIVILEGES}\s+ON\s+{OBJECT}\s+TO\s+{WHO}(?:\s*,\s*{WHO})*",
        rf"REVOKE\s+{PRIVILEGES}\s+ON\s+{OBJECT}\s+FROM\s+{WHO}(?:\s*,\s*{WHO})*",
        rf"ANALYZE(?:\s+{PLACE}(?:\s*{COLUMNS})?)?",
        rf"VACUUM(?:\s+(?:FULL|SORT\s+ONLY|DELETE\s+ONLY|REINDEX|RECLUSTER))?(?:\s+{PLACE})?",
        rf"SET\s+(?:SESSION\s+)?(?:{SETTINGS})\s*(?:TO\s|=)\s*(?:{TEXT}|{NAME}(?:\s*,\s*{NAME})*|-?\d+)",
        rf"SET\s+ROLE\s+{NAME}",
        rf"(?:RESET|SHOW)\s+(?:{SETTINGS}|ALL)",
        rf"DELETE\s+FROM\s+{PLACE}(?:\s+(?:AS\s+)?(?!USING\b|WHERE\b){NAME})?(?:\s+USING\s+{PLACE})?(?:\s+WHERE\s+{CONDITION})?",
        rf"UPDATE\s+{PLACE}\s+SET\s+(?P<assigned>{CLOSED}?)(?:\s+FROM\s+{PLACE})?(?:\s+WHERE\s+{CONDITION})?",
        (
            rf"MERGE\s+INTO\s+{PLACE}\s+USING\s+{PLACE}(?:\s+(?:AS\s+)?(?!ON\b){NAME})?\s+ON\s+(?P<condition>{CLOSED}?)"
            rf"(?:\s+WHEN\s+MATCHED\s+THEN\s+(?:UPDATE\s+SET\s+(?P<assigned>{CLOSED}?)|DELETE)"
            rf"\s+WHEN\s+NOT\s+MATCHED\s+THEN\s+INSERT\s*(?:{COLUMNS}\s*)?VALUES\s*(?P<rows>\({CLOSED}\))|\s+REMOVE\s+DUPLICATES)"
        ),
        rf"TRUNCATE\s+(?:TABLE\s+)?{PLACE}",
        rf"LOCK\s+(?:TABLE\s+)?{PLACE}(?:\s*,\s*{PLACE})*",
        r"(?:BEGIN|COMMIT|ROLLBACK|END|ABORT|START\s+TRANSACTION)(?:\s+(?:WORK|TRANSACTION))?",
        rf"COPY\s+{PLACE}\s*(?:{COLUMNS}\s*)?FROM\s+{TEXT}{PARAMETERS}",
        rf"UNLOAD\s*\(\s*(?P<unloaded>{TEXT})\s*\)\s+TO\s+{TEXT}{PARAMETERS}",
        rf"EXPLAIN\s+(?:VERBOSE\s+)?{QUERY}",
        rf"CANCEL\s+\d+(?:\s+{TEXT})?",
    )
)
"""From the most to the least used; the named parts are checked by themselves.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html
"""

COLUMN = re.compile(
    rf"(?P<name>{NAME})\s+(?P<type>[A-Za-z0-9_]+(?:\s+PRECISION|\s+VARYING)?(?:\s*\([^)]*\))?(?:\s+WITH(?:OUT)?\s+TIME\s+ZONE)?"
    r"(?:\s+(?:YEAR|DAY)(?:\s+TO\s+(?:MONTH|SECOND))?)?)"
    rf"(?:\s+(?:NOT\s+NULL|NULL|PRIMARY\s+KEY|UNIQUE|ENCODE\s+\w+|DISTKEY|SORTKEY|REFERENCES\s+{PLACE}(?:\s*{COLUMNS})?"
    r"|(?:GENERATED\s+BY\s+DEFAULT\s+AS\s+)?IDENTITY\s*\(\d+\s*,\s*\d+\)"
    r"|DEFAULT\s+(?:'[^']*'|-?\d+(?:\.\d+)?|NULL|TRUE|FALSE|GETDATE\(\)|SYSDATE|CURRENT_DATE)))*",
    re.IGNORECASE,
)
CONSTRAINT = re.compile(
    rf"(?:CONSTRAINT\s+{NAME}\s+)?(?:(?:PRIMARY\s+KEY|UNIQUE)\s*{COLUMNS}"
    rf"|FOREIGN\s+KEY\s*{COLUMNS}\s*REFERENCES\s+{PLACE}(?:\s*{COLUMNS})?)|LIKE\s+{PLACE}(?:\s+(?:INCLUDING|EXCLUDING)\s+DEFAULTS)?",
    re.IGNORECASE,
)
"""https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html"""

FEATURES, DATATYPES = "c_unsupported-postgresql-features.html", "c_unsupported-postgresql-datatypes.html"
ONCE_USUAL: tuple[tuple[str, tuple[str, str, str, str]], ...] = (
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
        r"ALTER\s+TABLE\b",
        ("ALTER TABLE of this form", "it is not documented", "one change per statement", "r_ALTER_TABLE.html"),
    ),
    (
        r"(?:SAVEPOINT|ROLLBACK\s+TO|RELEASE)\b",
        ("SAVEPOINT", "there are no savepoints", "a transaction", "c_unsupported-postgresql-functions.html"),
    ),
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
"""What PostgreSQL takes and Redshift does not, with what to write: only the words of the message hang on it."""
