"""Statements that change rows, as AWS' pages of INSERT, UPDATE, DELETE, MERGE, COPY and UNLOAD spell them."""

from __future__ import annotations

ROWS: dict[str, str] = {
    "written_table": "temporary_table | name [ . name [ . name ] ]",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_INSERT_30.html
    "insert": "INSERT INTO written_table [ column_list ] { DEFAULT VALUES | VALUES row [, ...] | query_text }",
    "row": "( row_value [, ...] )",
    "row_value": "literal | DEFAULT | condition",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_UPDATE.html
    "update": """
        [ WITH [ RECURSIVE ] with_query [, ...] ] UPDATE written_table [ [ AS ] row_alias ]
        SET assignment [, ...] [ FROM read_tables ] [ WHERE row_condition ]
    """,
    "row_alias": "label",
    "assignment": "assigned_column = { DEFAULT | assigned_value }",
    "assigned_column": "name",
    "assigned_value": "condition",
    "read_tables": "source [, ...]",
    "row_condition": "condition",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_DELETE.html
    "delete": """
        [ WITH [ RECURSIVE ] with_query [, ...] ] DELETE [ FROM ] written_table [ [ AS ] row_alias ]
        [ USING read_tables ] [ WHERE row_condition ]
    """,
    "truncate": "TRUNCATE [ TABLE ] written_table",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
    "merge": """
        MERGE INTO written_table USING merged_table ON row_condition
        { WHEN MATCHED THEN { UPDATE SET assignment [, ...] | DELETE }
            WHEN NOT MATCHED THEN INSERT [ column_list ] VALUES row
            | REMOVE DUPLICATES }
    """,
    "merged_table": "table [ [ AS ] row_alias ]",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html and copy-parameters-authorization.html
    "copy": """
        COPY written_table [ column_list ] FROM string
        options { authorization | [ WITH ] CREDENTIALS [ AS ] string | copy_format | compression | copy_quote
            | [ WITH ] MANIFEST | REGION [ AS ] string | ENCRYPTED | MASTER_SYMMETRIC_KEY string
            | DELIMITER [ AS ] string | ACCEPTANYDATE | ACCEPTINVCHARS [ AS ] [ string ] | BLANKSASNULL
            | DATEFORMAT [ AS ] string | EMPTYASNULL | ENCODING [ AS ] { UTF8 | UTF16 | UTF16LE | UTF16BE | ISO88591 }
            | ESCAPE | EXPLICIT_IDS | FILLRECORD | IGNOREBLANKLINES | IGNOREHEADER [ AS ] integer | NULL [ AS ] string
            | REMOVEQUOTES | ROUNDEC | TIMEFORMAT [ AS ] string | TRIMBLANKS | TRUNCATECOLUMNS | COMPROWS integer
            | COMPUPDATE [ PRESET | ON | TRUE | OFF | FALSE ] | { MAXERROR [ AS ] integer | IGNOREALLERRORS }
            | NOLOAD
            | JOB CREATE name [ AUTO { ON | OFF } ] | STATUPDATE [ ON | TRUE | OFF | FALSE ] | READRATIO integer | SSH }
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_COPY-JOB.html
    "copy_job": "COPY JOB { { RUN | DROP | SHOW } name | LIST | ALTER name AUTO { ON | OFF } }",
    "authorization": """
        IAM_ROLE { DEFAULT | string }
        | options { ACCESS_KEY_ID [ AS ] string | SECRET_ACCESS_KEY [ AS ] string | SESSION_TOKEN [ AS ] string
            | TOKEN [ AS ] string }
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
    "copy_format": """
        [ FORMAT [ AS ] ] { CSV [ copy_quote ] | DELIMITER [ AS ] string | FIXEDWIDTH [ AS ] string
            | SHAPEFILE [ SIMPLIFY [ AUTO ] [ string | number ] ] | AVRO [ AS string | string ]
            | JSON [ AS string | string ]
            | PARQUET [ SERIALIZETOJSON ] | ORC [ SERIALIZETOJSON ] }
    """,
    "copy_quote": "QUOTE [ AS ] string",
    # https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-file-compression.html
    "compression": "BZIP2 | GZIP | LZOP | ZSTD",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
    "unload": """
        UNLOAD ( unloaded ) TO string
        options { authorization | [ WITH ] CREDENTIALS [ AS ] string
            | { [ FORMAT [ AS ] ] { CSV | PARQUET | JSON } | unload_delimiter | FIXEDWIDTH [ AS ] string }
            | PARTITION BY ( partition_column [, ...] ) [ INCLUDE ] | MANIFEST [ VERBOSE ] | HEADER | unload_delimiter
            | ENCRYPTED [ AUTO ] | KMS_KEY_ID string | MASTER_SYMMETRIC_KEY string | { BZIP2 | GZIP | ZSTD } | ADDQUOTES
            | NULL [ AS ] string | ESCAPE | { ALLOWOVERWRITE | CLEANPATH } | PARALLEL [ ON | TRUE | OFF | FALSE ]
            | MAXFILESIZE [ AS ] number [ MB | GB ] | ROWGROUPSIZE [ AS ] number [ MB | GB ]
            | REGION [ AS ] string | EXTENSION string }
    """,
    "unload_delimiter": "DELIMITER [ AS ] string",
    "unloaded": "string",
    "partition_column": "name",
}
