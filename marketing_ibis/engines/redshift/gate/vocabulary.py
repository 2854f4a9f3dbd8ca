"""Words, types and limits of Redshift's language, as AWS documents them."""

from __future__ import annotations

AWS = "https://docs.aws.amazon.com/redshift/latest/dg/"


def words(table: str) -> frozenset[str]:
    """Return the words of a string, as a set."""
    return frozenset(table.split())


TYPES = frozenset(
    [
        "SMALLINT",
        "INT2",
        "INT",
        "INTEGER",
        "INT4",
        "BIGINT",
        "INT8",
        "DECIMAL",
        "NUMERIC",
        "DEC",
        "REAL",
        "FLOAT4",
        "DOUBLE",
        "FLOAT",
        "FLOAT8",
        "BOOLEAN",
        "BOOL",
        "CHAR",
        "CHARACTER",
        "NCHAR",
        "BPCHAR",
        "VARCHAR",
        "NVARCHAR",
        "DATE",
        "TIME",
        "TIMETZ",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "SUPER",
        "VARBYTE",
        "VARBINARY",
        "GEOMETRY",
        "GEOGRAPHY",
        "HLLSKETCH",
        "INTERVAL",
    ]
)
SIZED = frozenset(
    [
        "DECIMAL",
        "NUMERIC",
        "DEC",
        "CHAR",
        "CHARACTER",
        "NCHAR",
        "BPCHAR",
        "VARCHAR",
        "NVARCHAR",
        "VARBYTE",
        "VARBINARY",
        "VARYING",
    ]
)
"""Types, or the end of one, that a parenthesis with a size may follow."""

RESERVED = frozenset(
    [
        "aes128",
        "aes256",
        "all",
        "allowoverwrite",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "authorization",
        "az64",
        "backup",
        "between",
        "binary",
        "blanksasnull",
        "both",
        "bytedict",
        "bzip2",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "connect",
        "constraint",
        "create",
        "credentials",
        "cross",
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "current_user_id",
        "default",
        "deferrable",
        "deflate",
        "defrag",
        "delta",
        "delta32k",
        "desc",
        "disable",
        "distinct",
        "do",
        "else",
        "emptyasnull",
        "enable",
        "encode",
        "encrypt",
        "encryption",
        "end",
        "except",
        "explicit",
        "false",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "globaldict256",
        "globaldict64k",
        "grant",
        "group",
        "gzip",
        "having",
        "identity",
        "ignore",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "interval",
        "into",
        "is",
        "isnull",
        "join",
        "language",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "lun",
        "luns",
        "lzo",
        "lzop",
        "minus",
        "mostly16",
        "mostly32",
        "mostly8",
        "natural",
        "new",
        "not",
        "notnull",
        "null",
        "nulls",
        "off",
        "offline",
        "offset",
        "oid",
        "old",
        "on",
        "only",
        "open",
        "or",
        "order",
        "outer",
        "overlaps",
        "parallel",
        "partition",
        "percent",
        "permissions",
        "pivot",
        "placing",
        "primary",
        "raw",
        "readratio",
        "recover",
        "references",
        "rejectlog",
        "resort",
        "respect",
        "restore",
        "right",
        "select",
        "session_user",
        "similar",
        "snapshot",
        "some",
        "start",
        "sysdate",
        "system",
        "table",
        "tag",
        "tdes",
        "text255",
        "text32k",
        "then",
        "timestamp",
        "to",
        "top",
        "trailing",
        "true",
        "truncatecolumns",
        "union",
        "unique",
        "unnest",
        "unpivot",
        "user",
        "using",
        "verbose",
        "wallet",
        "when",
        "where",
        "with",
        "without",
    ]
)
"""Names that must be quoted: https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html"""
ALIASES = words("array connect start")
"""Reserved words that AWS names tables with, after AS.

https://docs.aws.amazon.com/redshift/latest/dg/r_CONNECT_BY_clause.html and query-super.html
"""
VALUES = words(
    "current_aws_account current_date current_namespace current_user current_user_id session_user sysdate user"
)
"""Words that are values by themselves."""
NO_VALUES = {
    "CURRENT_TIMESTAMP": "GETDATE()",
    "CURRENT_TIME": "GETDATE()",
    "LOCALTIMESTAMP": "GETDATE()",
    "LOCALTIME": "GETDATE()",
    "CURRENT_CATALOG": "CURRENT_DATABASE()",
    "CURRENT_ROLE": "CURRENT_USER",
}
"""Words that are values in PostgreSQL and run on the leader node only, or not at all, in Redshift."""
SYSTEM_COLUMNS = frozenset({"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})

PARTS_OF_A_DAY = words(
    """
    hour hours h hr hrs minute minutes m min mins second seconds s sec secs millisecond milliseconds ms msec msecs
    microsecond microseconds microsecs us usecond
    """
)
PARTS_OF_A_ZONE = words("timezone timezone_hour timezone_minute")
ONLY_IN_EXTRACT = PARTS_OF_A_ZONE | words("dayofweek dow dw weekday dayofyear doy dy yearday epoch")
"""Date parts that DATE_PART and EXTRACT have, and the other date functions lack."""
PARTS_OF_DAYS = words(
    """
    millennium millenniums mil century centuries c cent decade decades dec year years y yr yrs quarter quarters qtr
    qtrs month months mon mons week weeks w day days d
    """
)
DATE_PARTS = PARTS_OF_A_DAY | ONLY_IN_EXTRACT | PARTS_OF_DAYS
"""https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html"""

IDENTIFIER_BYTES = 127
STATEMENT_BYTES = 16 * 1024 * 1024
COLUMNS = 1_600
SORT_KEYS = 400
VARCHAR_BYTES = 65_535
CHAR_BYTES = 4_096
DECIMAL_DIGITS = 38
DECIMAL_SCALE = 37
FLOAT_BITS = 53
VARBYTE_BYTES = 1_024_000
LIMIT_MOST = 2_147_483_647
