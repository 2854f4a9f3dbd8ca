"""Functions that AWS documents, with how many arguments each takes."""

from __future__ import annotations

from dataclasses import dataclass

from marketing_ibis.engines.redshift.gate.spatial import SPATIAL

ANY = 1_000


@dataclass(frozen=True, slots=True)
class Signature:
    """How many arguments a function takes, and the page that says so."""

    least: int
    most: int
    page: str


def _signatures(page: str, table: str) -> dict[str, Signature]:
    """Read lines of `NAME... least-most`, where most may be `n`."""
    signatures = {}
    for line in table.strip().splitlines():
        *names, counts = line.split()
        least, _, most = counts.partition("-")
        for name in names:
            signatures[name] = Signature(int(least), ANY if most == "n" else int(most or least), page)
    return signatures


FUNCTIONS: dict[str, Signature] = {
    **_signatures(
        "c_Aggregate_Functions.html",
        """
        ANY_VALUE AVG BIT_AND BIT_OR BOOL_AND BOOL_OR COUNT MAX MEDIAN MIN SUM 1
        STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VAR_POP VAR_SAMP 1
        PERCENTILE_CONT PERCENTILE_DISC 1
        LISTAGG 1-2
        GROUPING GROUPING_ID 1-n
        """,
    ),
    **_signatures(
        "c_Window_functions.html",
        """
        CUME_DIST DENSE_RANK PERCENT_RANK RANK ROW_NUMBER 0
        FIRST_VALUE LAST_VALUE NTILE RATIO_TO_REPORT 1
        NTH_VALUE 2
        LAG LEAD 1-2
        """,
    ),
    **_signatures(
        "c_conditional_expressions.html",
        """
        COALESCE NVL GREATEST LEAST 1-n
        NULLIF 2
        NVL2 3
        DECODE 3-n
        """,
    ),
    **_signatures(
        "Date_functions_header.html",
        """
        ADD_MONTHS DATE_CMP DATE_CMP_TIMESTAMP DATE_PART DATE_TRUNC INTERVAL_CMP MONTHS_BETWEEN NEXT_DAY TIMEZONE 2
        DATE_CMP_TIMESTAMPTZ TIMESTAMP_CMP TIMESTAMP_CMP_DATE TIMESTAMP_CMP_TIMESTAMPTZ TIMESTAMPTZ_CMP 2
        TIMESTAMPTZ_CMP_DATE TIMESTAMPTZ_CMP_TIMESTAMP 2
        CONVERT_TIMEZONE 2-3
        DATEADD DATEDIFF 3
        DATE_PART_YEAR EXTRACT LAST_DAY 1
        GETDATE TIMEOFDAY 0
        """,
    ),
    **_signatures(
        "Math_functions.html",
        """
        ABS ACOS ASIN ATAN CBRT CEIL CEILING COS COT DEGREES DEXP DLOG1 DLOG10 EXP FLOOR LN RADIANS SIGN SIN SQRT TAN 1
        ATAN2 MOD POW POWER 2
        PI RANDOM 0
        ROUND TRUNC 1-2
        """,
    ),
    **_signatures(
        "String_functions_header.html",
        """
        ASCII CHAR_LENGTH CHARACTER_LENGTH CHR CRC32 INITCAP LEN LENGTH LOWER OCTET_LENGTH QUOTE_IDENT QUOTE_LITERAL 1
        POSITION REVERSE SOUNDEX TEXTLEN TRIM UPPER 1
        BPCHARCMP BTTEXT_PATTERN_CMP CHARINDEX COLLATE CONCAT DIFFERENCE LEFT OCTETINDEX REPEAT REPLICATE RIGHT STRPOS 2
        STRTOL 2
        BTRIM LTRIM RTRIM 1-2
        LPAD RPAD SUBSTRING 2-3
        REPLACE SPLIT_PART TRANSLATE 3
        REGEXP_COUNT 2-4
        REGEXP_INSTR 2-6
        REGEXP_REPLACE REGEXP_SUBSTR 2-5
        """,
    ),
    **_signatures(
        "hash-functions.html",
        """
        CHECKSUM FARMFINGERPRINT64 FUNC_SHA1 MD5 SHA SHA1 1
        SHA2 2
        FNV_HASH MURMUR3_32_HASH 1-2
        """,
    ),
    **_signatures(
        "r_Data_type_formatting.html",
        """
        CAST TEXT_TO_INT_ALT TRY_CAST 1
        TEXT_TO_NUMERIC_ALT 1-3
        CONVERT TO_CHAR TO_NUMBER 2
        TO_DATE TO_TIMESTAMP 2-3
        """,
    ),
    **_signatures(
        "json-functions.html",
        """
        CAN_JSON_PARSE IS_VALID_JSON IS_VALID_JSON_ARRAY JSON_PARSE JSON_SERIALIZE JSON_SERIALIZE_TO_VARBYTE 1
        JSON_ARRAY_LENGTH 1-2
        JSON_EXTRACT_ARRAY_ELEMENT_TEXT 2-3
        JSON_EXTRACT_PATH_TEXT 2-n
        """,
    ),
    **_signatures(
        "c_Type_Info_Functions.html",
        """
        DECIMAL_PRECISION DECIMAL_SCALE IS_ARRAY IS_BIGINT IS_BOOLEAN IS_CHAR IS_DECIMAL IS_FLOAT IS_INTEGER IS_OBJECT 1
        IS_SCALAR IS_SMALLINT IS_VARCHAR JSON_SIZE JSON_TYPEOF SIZE 1
        """,
    ),
    **_signatures(
        "c_Array_Functions.html",
        """
        ARRAY 0-n
        ARRAY_DISTINCT ARRAY_FLATTEN GET_ARRAY_LENGTH 1
        ARRAY_CONCAT ARRAY_EXCEPT ARRAY_INTERSECTION ARRAY_POSITION ARRAY_POSITIONS ARRAY_UNION SPLIT_TO_ARRAY 2
        ARRAY_CONTAINS SUBARRAY 2-3
        ARRAYS_OVERLAP 2
        ARRAY_SORT 1-3
        """,
    ),
    **_signatures(
        "Object_Functions.html",
        """
        OBJECT 0-n
        GET_NUMBER_ATTRIBUTES LOWER_ATTRIBUTE_NAMES UPPER_ATTRIBUTE_NAMES 1
        OBJECT_TRANSFORM 1-n
        """,
    ),
    **_signatures("geospatial-functions.html", SPATIAL),
    **_signatures("varbyte-functions.html", "FROM_HEX TO_HEX 1\nFROM_VARBYTE GETBIT TO_VARBYTE 2"),
    **_signatures("hyperloglog-functions.html", "HLL HLL_CARDINALITY HLL_COMBINE HLL_CREATE_SKETCH 1"),
    **_signatures("hyperloglog-functions.html", "HLL_COMBINE_SKETCHES 2"),
    **_signatures(
        "r_System_information_functions.html",
        """
        CURRENT_AWS_ACCOUNT CURRENT_DATABASE CURRENT_NAMESPACE PG_BACKEND_PID PG_LAST_COPY_COUNT PG_LAST_COPY_ID 0
        PG_LAST_QUERY_ID PG_LAST_UNLOAD_COUNT PG_LAST_UNLOAD_ID SLICE_NUM VERSION 0
        DEFAULT_IAM_ROLE 0
        PG_GET_IAM_ROLE_BY_USER PG_GET_GRANTEE_BY_IAM_ROLE 1
        HAS_ASSUMEROLE_PRIVILEGE 2-3
        EXPLAIN_MODEL 1
        ROLE_IS_MEMBER_OF USER_IS_MEMBER_OF 2
        """,
    ),
    **_signatures(
        "r_System_administration_functions.html",
        """
        CHANGE_QUERY_PRIORITY CHANGE_SESSION_PRIORITY CHANGE_USER_PRIORITY 2
        CURRENT_SETTING 1-2
        PG_CANCEL_BACKEND PG_TERMINATE_BACKEND 1
        SET_CONFIG 3
        """,
    ),
}
"""Functions that may be called; every other name before a parenthesis is refused."""

CATALOG: dict[str, Signature] = {
    **_signatures(
        "c_SQL_functions_leader_node_only.html",
        """
        CURRENT_SCHEMA 0
        CURRENT_SCHEMAS 1
        HAS_DATABASE_PRIVILEGE HAS_SCHEMA_PRIVILEGE HAS_TABLE_PRIVILEGE 2-3
        """,
    ),
    # PostgreSQL's own, over its catalog; AWS' admin views call it: github.com/awslabs/amazon-redshift-utils
    **_signatures("c_intro_catalog_views.html", "FORMAT_TYPE 2\nPG_GET_USERBYID 1\nPG_GET_VIEWDEF 1-2"),
    **_signatures("r_COMMENT.html", "OBJ_DESCRIPTION 1-2\nCOL_DESCRIPTION 2"),
    **_signatures("r_timezone_config.html", "PG_TIMEZONE_NAMES PG_TIMEZONE_ABBREVS 0"),
    **_signatures("PG_GET_LATE_BINDING_VIEW_COLS.html", "PG_GET_LATE_BINDING_VIEW_COLS 0"),
    **_signatures("PG_GET_COLS.html", "PG_GET_COLS 1"),
}
"""Functions of the leader node: only where nothing but the catalog is read, which is stored there too.

https://docs.aws.amazon.com/redshift/latest/dg/c_sql-functions-leader-node.html
"""
TABLE_FUNCTIONS = frozenset(
    [
        "PG_GET_COLS",
        "PG_GET_GRANTEE_BY_IAM_ROLE",
        "PG_GET_IAM_ROLE_BY_USER",
        "PG_GET_LATE_BINDING_VIEW_COLS",
    ]
)
"""The functions of the catalog that give rows; no other function is allowed in FROM."""

LEADER_ONLY = frozenset(
    [
        "SUBSTR",
        "FACTORIAL",
        "LOG",
        "AGE",
        "CURRENT_TIME",
        "CURRENT_TIMESTAMP",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "ISFINITE",
        "NOW",
        "GET_BYTE",
        "SET_BIT",
        "SET_BYTE",
        "TO_ASCII",
        "GENERATE_SERIES",
    ]
) | frozenset(CATALOG)
"""They fail as soon as a table of a user is read."""
AGGREGATES = frozenset(name for name, signature in FUNCTIONS.items() if signature.page == "c_Aggregate_Functions.html")
COMPUTE_ONLY = frozenset({"LISTAGG", "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC"})
"""They fail where no table is read: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions_compute_node_only.html"""

FRAMELESS = frozenset(
    ["ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "PERCENT_RANK", "CUME_DIST", "LAG", "LEAD", "RATIO_TO_REPORT"]
)
PARTITION_ONLY = frozenset({"LISTAGG", "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC"})
WINDOWS = FRAMELESS | PARTITION_ONLY | {"FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"}
WINDOWS |= frozenset(
    ["AVG", "COUNT", "MAX", "MIN", "STDDEV_POP", "STDDEV_SAMP", "STDDEV", "SUM", "VAR_POP", "VAR_SAMP", "VARIANCE"]
)
"""Functions that take OVER: https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html"""
NUMBERS_ONLY = frozenset(
    ["AVG", "SUM", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP", "MEDIAN"]
)
"""Aggregates that take no boolean: https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html"""
TEXTS_ONLY = frozenset(
    ["BTRIM", "CONCAT", "INITCAP", "LEN", "LENGTH", "LOWER", "LTRIM", "REPLACE", "RTRIM", "SUBSTRING", "TRIM", "UPPER"]
)
"""Functions of text; none takes a boolean, which has no conversion to text."""

WITH_DATE_PART = frozenset({"DATEADD", "DATEDIFF", "DATE_PART", "DATE_TRUNC", "EXTRACT", "PGDATE_PART"})
"""Functions whose first argument is the name of a date part, which may look like a column."""
REWRITES: dict[str, str] = {
    "STRING_AGG": "LISTAGG(x, ',') WITHIN GROUP (ORDER BY y)",
    "ARRAY_AGG": "rows, or LISTAGG",
    "EVERY": "BOOL_AND",
    "CORR": "sums and averages",
    "COVAR_POP": "sums and averages",
    "COVAR_SAMP": "sums and averages",
    "MODE": "ROW_NUMBER() over counts",
    "FIRST": "ROW_NUMBER() and MAX, or FIRST_VALUE over a window",
    "LAST": "ROW_NUMBER() and MAX, or LAST_VALUE over a window",
    "ARG_MAX": "ROW_NUMBER() and MAX",
    "ARG_MIN": "ROW_NUMBER() and MAX",
    "MAKE_DATE": "CAST('2024-02-29' AS DATE) or DATEADD",
    "MAKE_TIME": "CAST('12:30:00' AS TIME)",
    "MAKE_TIMESTAMP": "CAST('2024-02-29 00:00:00' AS TIMESTAMP) or DATEADD",
    "MAKE_INTERVAL": "DATEADD",
    "DATE_BIN": "DATE_TRUNC, or DATEADD from a floor of EXTRACT(epoch FROM x)",
    "GENERATE_SERIES": "a numbers query: a cross join of digits",
    "STARTS_WITH": "LEFT(x, LEN(y)) = y",
    "CONCAT_WS": "||",
    "REGEXP_MATCHES": "REGEXP_SUBSTR",
    "REGEXP_MATCH": "REGEXP_SUBSTR",
    "REGEXP_LIKE": "REGEXP_COUNT(x, y) > 0",
    "STRING_TO_ARRAY": "SPLIT_PART",
    "GEN_RANDOM_UUID": "MD5 of a key",
    "DIV": "/ of integers",
    "LOG": "DLOG10, or LN(x) / LN(b)",
    "LOG10": "DLOG10",
    "SUBSTR": "SUBSTRING",
    "NOW": "GETDATE()",
    "AGE": "DATEDIFF",
    "FORMAT": "||",
    "OVERLAY": "SUBSTRING and ||",
    "WIDTH_BUCKET": "CASE",
    "BIT_LENGTH": "OCTET_LENGTH * 8",
    "DATE": "CAST(x AS DATE)",
    "IF": "CASE WHEN",
    "UNNEST": "a union of rows",
    "LEVENSHTEIN": "SOUNDEX, or compute it outside",
    "SHA256": "SHA2(x, 256)",
    "JSON_BUILD_OBJECT": "||, or a column for each field",
    "ROW": "a column for each value",
}
"""What to write in place of functions that people reach for."""
