"""What AWS documents of Redshift's language: functions with their arguments, types, words and limits."""

from __future__ import annotations

from dataclasses import dataclass

AWS = "https://docs.aws.amazon.com/redshift/latest/dg/"
ANY = 1_000


@dataclass(frozen=True, slots=True)
class Signature:
    """How many arguments a function takes, and the page that says so."""

    least: int
    most: int
    page: str


def _signatures(page: str, table: str) -> dict[str, Signature]:
    """Read lines of `NAME... least-most`, where most may be `n`."""
    found = {}
    for line in table.strip().splitlines():
        *names, counts = line.split()
        least, _, most = counts.partition("-")
        for name in names:
            found[name] = Signature(int(least), ANY if most == "n" else int(most or least), f"{AWS}{page}")
    return found


FUNCTIONS: dict[str, Signature] = {
    **_signatures(
        "c_Aggregate_Functions.html",
        """
        ANY_VALUE AVG BIT_AND BIT_OR BOOL_AND BOOL_OR COUNT MAX MEDIAN MIN SUM 1
        STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VAR_POP VAR_SAMP 1
        PERCENTILE_CONT PERCENTILE_DISC 1
        LISTAGG 1-2
        GROUPING 1
        GROUPING_ID 1-n
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
        COALESCE NVL 1-n
        GREATEST LEAST 1-n
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
        DATEADD DATEDIFF DATE_ADD DATE_DIFF 3
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
        REVERSE SOUNDEX TEXTLEN UPPER 1
        CONCAT DIFFERENCE LEFT RIGHT REPEAT REPLICATE STRPOS STRTOL COLLATE BPCHARCMP BTTEXT_PATTERN_CMP 2
        BTRIM LTRIM RTRIM TRIM 1-2
        CHARINDEX LPAD RPAD SUBSTRING OCTETINDEX 1-3
        POSITION 1
        REPLACE SPLIT_PART TRANSLATE 3
        REGEXP_COUNT 2-4
        REGEXP_INSTR 2-6
        REGEXP_REPLACE 2-5
        REGEXP_SUBSTR 2-5
        """,
    ),
    **_signatures(
        "hash-functions.html",
        """
        FARMFINGERPRINT64 FUNC_SHA1 MD5 SHA SHA1 1
        SHA2 2
        FNV_HASH MURMUR3_32_HASH 1-2
        CHECKSUM 1
        """,
    ),
    **_signatures(
        "r_Data_type_formatting.html",
        """
        TO_CHAR TO_DATE TO_NUMBER 1-2
        TO_DATE 2-3
        TO_TIMESTAMP 2-3
        CAST TRY_CAST 1
        CONVERT 2
        """,
    ),
    **_signatures(
        "json-functions.html",
        """
        CAN_JSON_PARSE IS_VALID_JSON IS_VALID_JSON_ARRAY JSON_PARSE JSON_SERIALIZE JSON_SERIALIZE_TO_VARBYTE 1
        JSON_ARRAY_LENGTH 1-2
        JSON_EXTRACT_ARRAY_ELEMENT_TEXT 2-3
        JSON_EXTRACT_PATH_TEXT 2-n
        JSON_TYPEOF JSON_SIZE IS_ARRAY IS_OBJECT IS_SCALAR GET_ARRAY_LENGTH 1
        """,
    ),
    **_signatures("varbyte-functions.html", "FROM_HEX TO_HEX 1\nFROM_VARBYTE TO_VARBYTE 2\nGETBIT 2"),
    **_signatures("r_HLL_function.html", "HLL HLL_CARDINALITY HLL_COMBINE HLL_CREATE_SKETCH 1"),
    **_signatures("c_System_information_functions.html", "CURRENT_DATABASE VERSION PG_BACKEND_PID 0"),
    **_signatures("PG_GET_LATE_BINDING_VIEW_COLS.html", "PG_GET_LATE_BINDING_VIEW_COLS 0"),
}
"""Functions that may be called; every other name before a parenthesis is refused."""

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
}
LEADER_ONLY = frozenset(
    "CURRENT_SCHEMA CURRENT_SCHEMAS HAS_DATABASE_PRIVILEGE HAS_SCHEMA_PRIVILEGE HAS_TABLE_PRIVILEGE SUBSTR FACTORIAL LOG"
    " AGE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP ISFINITE NOW GET_BYTE SET_BIT SET_BYTE TO_ASCII"
    " GENERATE_SERIES".split()
)
"""They fail as soon as a table of a user is read: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions_leader_node_only.html"""
COMPUTE_ONLY = frozenset({"LISTAGG", "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC"})

FRAMELESS = frozenset("ROW_NUMBER RANK DENSE_RANK NTILE PERCENT_RANK CUME_DIST LAG LEAD RATIO_TO_REPORT".split())
PARTITION_ONLY = frozenset({"LISTAGG", "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC"})

TYPES = frozenset(
    "SMALLINT INT2 INT INTEGER INT4 BIGINT INT8 DECIMAL NUMERIC REAL FLOAT4 DOUBLE FLOAT FLOAT8 BOOLEAN BOOL CHAR CHARACTER"
    " NCHAR BPCHAR VARCHAR NVARCHAR DATE TIME TIMETZ TIMESTAMP TIMESTAMPTZ SUPER VARBYTE VARBINARY GEOMETRY GEOGRAPHY"
    " HLLSKETCH INTERVAL".split()
)
SIZED = {"DECIMAL": "DECIMAL(18, 2)", "NUMERIC": "NUMERIC(18, 2)"}
"""Types whose bare form means something that nobody wants, with an example of the form that says it."""
UNSIZED = frozenset({"TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ", "DATE", "SMALLINT", "INTEGER", "BIGINT", "BOOLEAN"})

RESERVED = frozenset(
    "aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary"
    " blanksasnull both bytedict bzip2 case cast check collate column connect constraint create credentials cross"
    " current_date current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta"
    " delta32k desc disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for"
    " foreign freeze from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially"
    " inner intersect interval into is isnull join language leading left like limit localtime localtimestamp lun luns"
    " lzo lzop minus mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only"
    " open or order outer overlaps parallel partition percent permissions pivot placing primary raw readratio recover"
    " references rejectlog resort respect restore right select session_user similar snapshot some start sysdate system"
    " table tag tdes text255 text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot"
    " user using verbose wallet when where with without".split()
)
"""Names that must be quoted: https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html"""
SYSTEM_COLUMNS = frozenset({"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})

DATE_PARTS = frozenset(
    "millennium millenniums mil century centuries c cent decade decades dec year years y yr yrs quarter quarters qtr qtrs"
    " month months mon mons week weeks w day days d dayofweek dow dw weekday dayofyear doy dy yearday hour hours h hr hrs"
    " minute minutes m min mins second seconds s sec secs millisecond milliseconds ms msec msecs microsecond microseconds"
    " microsecs us usecond epoch timezone timezone_hour timezone_minute".split()
)

IDENTIFIER_BYTES = 127
STATEMENT_BYTES = 16 * 1024 * 1024
COLUMNS = 1_600
SORT_KEYS = 400
VARCHAR_BYTES = 65_535
CHAR_BYTES = 4_096
DECIMAL_DIGITS = 38
DECIMAL_SCALE = 37
LIMIT_MOST = 2_147_483_647
