"""Libraries, identity providers and databases of datashares, as AWS' pages of these commands spell them."""

from __future__ import annotations

ADMINISTRATION: dict[str, str] = {
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_LIBRARY.html and r_DROP_LIBRARY.html
    "create_library": """
        CREATE [ OR REPLACE ] LIBRARY name LANGUAGE PLPYTHONU FROM string
        options { authorization | [ WITH ] CREDENTIALS [ AS ] string | REGION [ AS ] string }
    """,
    "drop_library": "DROP LIBRARY name",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_IDENTITY_PROVIDER.html and its neighbours
    "create_provider": """
        CREATE IDENTITY PROVIDER name TYPE name NAMESPACE string
        options { PARAMETERS string | APPLICATION_ARN string | IAM_ROLE { DEFAULT | string }
            | AUTO_CREATE_ROLES { TRUE [ { INCLUDE | EXCLUDE } GROUPS LIKE string ] | FALSE } }
    """,
    "alter_provider": """
        ALTER IDENTITY PROVIDER name options { PARAMETERS string | NAMESPACE string | IAM_ROLE { DEFAULT | string }
            | AUTO_CREATE_ROLES { TRUE [ { INCLUDE | EXCLUDE } GROUPS LIKE string ] | FALSE } | DISABLE | ENABLE }
    """,
    "drop_provider": "DROP IDENTITY PROVIDER name [ CASCADE ]",
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_DATABASE.html
    "create_shared_database": """
        CREATE DATABASE name [ WITH PERMISSIONS ]
        FROM { DATASHARE name OF [ ACCOUNT string ] NAMESPACE string | INTEGRATION string [ DATABASE { string | name } ]
            | ARN string { WITH DATA CATALOG SCHEMA string | WITH NO DATA CATALOG SCHEMA } }
    """,
    # https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MASKING_POLICY.html and r_ALTER_RLS_POLICY.html
    "alter_policy": "ALTER { MASKING | RLS } POLICY place USING ( condition )",
}
