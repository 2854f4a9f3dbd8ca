"""Settings, transactions, maintenance and routines, as AWS' pages of these commands spell them."""

from __future__ import annotations

SESSIONS: dict[str, str] = {
    # https://docs.aws.amazon.com/redshift/latest/dg/r_SET.html and cm_chap_ConfigurationRef.html
    "set": """
        SET { [ LOCAL ] SESSION AUTHORIZATION { DEFAULT | string | name } | ROLE name
            | TIME ZONE { DEFAULT | INTERVAL string [ interval_unit ] | zone | [ - ] number }
            | SEED { TO | = } { number | DEFAULT } | [ SESSION ] setting }
    """,
    "setting": """
        switch { TO | = } { ON | OFF | TRUE | FALSE | DEFAULT | string }
        | count { TO | = } { [ - ] number | amount | DEFAULT }
        | TIMEZONE { TO | = } { DEFAULT | zone | [ - ] number }
        | SEARCH_PATH { TO | = } { string | name | DEFAULT } [, ...]
        | DATESTYLE { TO | = } { string | name [, ...] | DEFAULT }
        | labelled { TO | = } { string | name | DEFAULT }
        | session_variable { TO | = } setting_value
    """,
    "setting_value": "string | [ - ] number | ON | OFF | TRUE | FALSE | word",
    "session_variable": "name . name",
    "show": """
        SHOW { ALL | setting_name | session_variable
            | DATABASES [ FROM DATA CATALOG [ ACCOUNT string [, ...] ] ] [ LIKE string ]
                [ IAM_ROLE { DEFAULT | string } ] [ LIMIT integer ]
            | DATASHARES [ LIKE string ] | EXTERNAL TABLE three_part_place [ PARTITION ] | MODEL { ALL | place }
            | PROCEDURE place [ ( [ argument [, ...] ] ) ] | { TABLE | VIEW } three_part_place
            | SCHEMAS FROM DATABASE name [ LIKE string ] [ LIMIT integer ]
            | { TABLES | FUNCTIONS | PROCEDURES } FROM SCHEMA place [ LIKE string ] [ LIMIT integer ]
            | COLUMNS FROM TABLE three_part_place [ LIKE string ] [ LIMIT integer ]
            | GRANTS { ON { DATABASE name | SCHEMA place | [ TABLE ] three_part_place | FUNCTION routine }
                [ FOR revokee ] | FOR revokee } [ FROM DATABASE name ] [ LIMIT integer ] }
    """,
    "reset": "RESET { ALL | SESSION AUTHORIZATION | setting_name | session_variable }",
    "setting_name": "switch | count | labelled | TIMEZONE | SEARCH_PATH | DATESTYLE",
    "use": "USE name",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_BEGIN.html and its neighbours
    "begin": """
        { BEGIN [ WORK | TRANSACTION ] | START TRANSACTION } [ ISOLATION LEVEL isolation ] [ READ { WRITE | ONLY } ]
    """,
    "isolation": "SERIALIZABLE | READ { UNCOMMITTED | COMMITTED } | REPEATABLE READ | SNAPSHOT",
    "commit": "{ COMMIT | END | ROLLBACK | ABORT } [ WORK | TRANSACTION ]",
    "lock": "LOCK [ TABLE ] table [, ...]",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_ANALYZE.html, r_VACUUM_command.html
    "analyze": """
        ANALYZE { COMPRESSION [ table [ columns ] ] [ COMPROWS integer ]
            | [ VERBOSE ] [ table [ columns ] ] [ { PREDICATE | ALL } COLUMNS ] }
    """,
    "vacuum": """
        VACUUM { { REINDEX | RECLUSTER } table [ BOOST ]
            | [ FULL | SORT ONLY | DELETE ONLY ] table [ TO percentage PERCENT ] [ BOOST ]
            | [ FULL | SORT ONLY | DELETE ONLY ] [ BOOST ] }
    """,
    "explain": "EXPLAIN [ VERBOSE ] { query_text | explained }",
    "explained": "create_table_as | insert | update | delete",
    "cancel": "CANCEL integer [ string ]",
    # https://docs.aws.amazon.com/redshift/latest/dg/declare.html, r_PREPARE.html and their neighbours
    "declare": "DECLARE name CURSOR FOR query_text",
    "fetch": "FETCH { NEXT | ALL | FORWARD [ integer | ALL ] } FROM name",
    "close": "CLOSE name",
    "prepare": "PREPARE name [ ( prepared_type [, ...] ) ] AS prepared_text",
    "prepared_type": "type",
    "prepared_text": "statement_tokens",
    "execute": "EXECUTE name [ ( condition [, ...] ) ]",
    "deallocate": "DEALLOCATE [ PREPARE ] name",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CALL_procedure.html
    "call_procedure": "CALL place ( [ condition [, ...] ] )",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_FUNCTION.html, r_CREATE_PROCEDURE.html
    "create_function": """
        CREATE [ OR REPLACE ] FUNCTION place ( [ parameter [, ...] ] ) RETURNS type { VOLATILE | STABLE | IMMUTABLE }
        AS body LANGUAGE { PLPYTHONU | SQL }
    """,
    "parameter": "name type | type",
    "create_external_function": """
        CREATE [ OR REPLACE ] EXTERNAL FUNCTION place ( [ type [, ...] ] ) RETURNS type
        { VOLATILE | STABLE | IMMUTABLE } { LAMBDA string | SAGEMAKER string } IAM_ROLE { DEFAULT | string }
        [ RETRY_TIMEOUT integer ] [ MAX_BATCH_ROWS integer ] [ MAX_BATCH_SIZE integer [ KB | MB ] ]
    """,
    "create_procedure": """
        CREATE [ OR REPLACE ] PROCEDURE place ( [ argument [, ...] ] ) [ NONATOMIC ]
        { AS body LANGUAGE PLPGSQL | LANGUAGE PLPGSQL AS body }
        [ SECURITY { INVOKER | DEFINER } ] [ SET setting ]
    """,
    "drop_routine": "DROP { FUNCTION | PROCEDURE } routine [ CASCADE | RESTRICT ]",
    "alter_procedure": """
        ALTER { PROCEDURE | FUNCTION } place [ ( [ argument [, ...] ] ) ] { RENAME TO name | OWNER TO name }
    """,
}
