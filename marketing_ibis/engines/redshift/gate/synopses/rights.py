"""Permissions and users, as AWS' pages of GRANT, REVOKE, ALTER DEFAULT PRIVILEGES and of users spell them."""

from __future__ import annotations

RIGHTS: dict[str, str] = {
    # https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
    "grant": """
        GRANT { SELECT ON [ TABLE ] place [, ...] TO RLS POLICY name [, ...]
            | object_permissions TO grantee [, ...] | column_permissions TO grantee [, ...]
            | scoped_permissions TO grantee [, ...]
            | ASSUMEROLE ON { string [, ...] | DEFAULT | ALL } TO grantee [, ...] FOR role_use [, ...]
            | { ALTER | SHARE } ON DATASHARE name TO grantee [, ...]
            | USAGE ON DATASHARE name TO { NAMESPACE string | ACCOUNT string [ VIA DATA CATALOG ] } [, ...]
            | { EXPLAIN | IGNORE } RLS TO ROLE name
            | role_name [, ...] TO { role_name | name [ WITH ADMIN OPTION ] } [, ...]
            | external_permissions TO { IAM_ROLE string } [, ...] [ WITH GRANT OPTION ]
            | CREATE MODEL TO grantee [, ...]
            | { system_permission [, ...] | ALL [ PRIVILEGES ] } TO role_name [, ...] }
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_REVOKE.html
    "revoke": """
        REVOKE { SELECT ON [ TABLE ] place [, ...] FROM RLS POLICY name [, ...]
            | [ GRANT OPTION FOR ] { object_permissions | column_permissions | scoped_permissions }
                FROM revokee [, ...] [ RESTRICT ]
            | ASSUMEROLE ON { string [, ...] | DEFAULT | ALL } FROM revokee [, ...] FOR role_use [, ...]
            | { ALTER | SHARE } ON DATASHARE name FROM revokee [, ...]
            | USAGE ON DATASHARE name FROM { NAMESPACE string | ACCOUNT string [ VIA DATA CATALOG ] } [, ...]
            | { EXPLAIN | IGNORE } RLS FROM ROLE name
            | [ ADMIN OPTION FOR ] role_name [, ...] FROM { role_name | name } [, ...]
            | [ GRANT OPTION FOR ] external_permissions FROM { IAM_ROLE string } [, ...]
            | [ GRANT OPTION FOR ] CREATE MODEL FROM revokee [, ...] [ RESTRICT ]
            | { system_permission [, ...] | ALL [ PRIVILEGES ] } FROM role_name [, ...] }
    """,
    "grantee": "PUBLIC | role_name | GROUP name | name [ WITH GRANT OPTION ]",
    "revokee": "PUBLIC | role_name | GROUP name | name",
    "role_name": "ROLE name [ : name ]",
    "role_use": "ALL | COPY | UNLOAD | EXTERNAL FUNCTION | CREATE MODEL",
    "three_part_place": "name [ . name [ . name ] ]",
    "object_permissions": """
        { { CREATE | USAGE | TEMPORARY | TEMP | ALTER } [, ...] | ALL [ PRIVILEGES ] } ON DATABASE name [, ...]
        | { { CREATE | USAGE | ALTER | DROP } [, ...] | ALL [ PRIVILEGES ] } ON SCHEMA place [, ...]
        | { EXECUTE | ALL [ PRIVILEGES ] } ON { { FUNCTION | PROCEDURE } routine [, ...]
            | ALL { FUNCTIONS | PROCEDURES } IN SCHEMA name [, ...] | MODEL place [, ...] }
        | USAGE ON LANGUAGE name [, ...]
        | { table_permission [, ...] | ALL [ PRIVILEGES ] }
            ON { ALL TABLES IN SCHEMA name [, ...] | TABLE three_part_place [, ...] | three_part_place [, ...] }
    """,
    "external_permissions": """
        { SELECT | ALL [ PRIVILEGES ] } columns ON EXTERNAL TABLE place
        | { { SELECT | ALTER | DROP | DELETE | INSERT } [, ...] | ALL [ PRIVILEGES ] } ON EXTERNAL TABLE place [, ...]
        | { { CREATE | ALTER | DROP } [, ...] | ALL [ PRIVILEGES ] } ON EXTERNAL SCHEMA name [, ...]
    """,
    "table_permission": "SELECT | INSERT | UPDATE | DELETE | DROP | REFERENCES | ALTER | TRUNCATE",
    "column_permissions": """
        { { { SELECT | UPDATE } columns } [, ...] | ALL [ PRIVILEGES ] columns } ON [ TABLE ] three_part_place [, ...]
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/t_scoped-permissions.html
    "scoped_permissions": """
        { CREATE | USAGE | ALTER | DROP } [, ...] FOR SCHEMAS IN DATABASE name
        | { table_permission [, ...] | ALL [ PRIVILEGES ] } FOR TABLES IN scope
        | { EXECUTE | ALL [ PRIVILEGES ] } FOR { FUNCTIONS | PROCEDURES | LANGUAGES | COPY JOBS } IN scope
    """,
    "scope": "SCHEMA name [ DATABASE name ] | DATABASE name",
    "routine": "place ( [ argument [, ...] ] )",
    "argument": """
        name mode argument_type | name argument_type | mode name argument_type | mode argument_type | argument_type
    """,
    "mode": "IN | OUT | INOUT",
    "argument_type": "type | REFCURSOR | RECORD",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_DATASHARE.html and its neighbours
    "create_datashare": """
        CREATE DATASHARE name [ [ SET ] PUBLICACCESSIBLE [ = ] { TRUE | FALSE } [ , MANAGEDBY ADX ] ]
    """,
    "alter_datashare": """
        ALTER DATASHARE name { { ADD | REMOVE } { TABLE place [, ...] | SCHEMA name [, ...]
                | FUNCTION routine [, ...] | ALL { TABLES | FUNCTIONS } IN SCHEMA name [, ...] }
            | SET { PUBLICACCESSIBLE [ = ] { TRUE | FALSE } | INCLUDENEW [ = ] { TRUE | FALSE } FOR SCHEMA name } }
    """,
    "drop_datashare": "DROP DATASHARE name",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_RLS_POLICY.html and r_CREATE_MASKING_POLICY.html
    "create_policy": """
        CREATE { RLS POLICY place [ WITH ( policy_column [, ...] ) [ [ AS ] label ] ]
            | MASKING POLICY place [ IF NOT EXISTS ] WITH ( policy_column [, ...] ) } USING ( condition )
    """,
    "policy_column": "name type",
    "drop_policy": "DROP { RLS | MASKING } POLICY [ IF EXISTS ] place [ CASCADE | RESTRICT ]",
    "attach_policy": """
        { ATTACH | DETACH } { RLS POLICY place ON [ TABLE ] place [, ...] { TO | FROM } revokee [, ...]
            | MASKING POLICY place ON place columns [ USING columns ] { TO | FROM } revokee [, ...]
                [ PRIORITY integer ] }
    """,
    "system_permission": """
        { CREATE | DROP | ALTER } { USER | ROLE | DATASHARE } | { CREATE | DROP } { SCHEMA | LIBRARY | MODEL }
        | ALTER DEFAULT PRIVILEGES | { CREATE | DROP | ALTER | TRUNCATE } TABLE | ACCESS { CATALOG | SYSTEM TABLE }
        | CREATE OR REPLACE { [ EXTERNAL ] FUNCTION | PROCEDURE | VIEW } | DROP { FUNCTION | PROCEDURE | VIEW }
        | VACUUM | ANALYZE | CANCEL | EXPLAIN { RLS | MASKING } | IGNORE RLS
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DEFAULT_PRIVILEGES.html
    "alter_default_privileges": """
        ALTER DEFAULT PRIVILEGES [ FOR USER name [, ...] ] [ IN SCHEMA name [, ...] ]
        { GRANT default_permissions TO grantee [, ...]
            | REVOKE [ GRANT OPTION FOR ] default_permissions FROM revokee [, ...] [ RESTRICT ] }
    """,
    "default_permissions": """
        { table_permission [, ...] | ALL [ PRIVILEGES ] } ON TABLES
        | { EXECUTE | ALL [ PRIVILEGES ] } ON { FUNCTIONS | PROCEDURES }
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html and its neighbours
    "create_user": "CREATE USER name [ : name ] [ WITH ] [ user_option ] ... PASSWORD password [ user_option ] ...",
    "alter_user": """
        ALTER USER name [ : name ] { RENAME TO name | [ WITH ] { user_option | PASSWORD password | user_setting } ... }
    """,
    "password": "string | DISABLE",
    "user_option": """
        CREATEDB | NOCREATEDB | CREATEUSER | NOCREATEUSER | SYSLOG ACCESS { RESTRICTED | UNRESTRICTED }
        | IN GROUP name [, ...] | VALID UNTIL string | CONNECTION LIMIT { integer | UNLIMITED }
        | SESSION TIMEOUT integer | EXTERNALID { string | name }
    """,
    "user_setting": "RESET SESSION TIMEOUT | SET name { TO | = } { DEFAULT | setting_value } | RESET name",
    "create_group": "CREATE GROUP name [ [ WITH ] USER name [, ...] ]",
    "alter_group": "ALTER GROUP name { { ADD | DROP } USER name [, ...] | RENAME TO name }",
    "create_role": "CREATE ROLE name [ EXTERNALID { string | name } ]",
    "alter_role": "ALTER ROLE name [ WITH ] { RENAME TO name | OWNER TO name | EXTERNALID TO { string | name } }",
    "drop_user": "DROP { USER [ IF EXISTS ] name [, ...] | GROUP name | ROLE name [ FORCE | RESTRICT ] }",
}
