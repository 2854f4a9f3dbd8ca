"""The synopses of AWS' guide: each statement by its first word, with the page that it is taken from."""

from __future__ import annotations

from marketing_ibis.engines.redshift.gate.notation import Grammar
from marketing_ibis.engines.redshift.gate.synopses.administration import ADMINISTRATION
from marketing_ibis.engines.redshift.gate.synopses.kinds import KINDS
from marketing_ibis.engines.redshift.gate.synopses.models import MODELS
from marketing_ibis.engines.redshift.gate.synopses.queries import QUERIES
from marketing_ibis.engines.redshift.gate.synopses.rights import RIGHTS
from marketing_ibis.engines.redshift.gate.synopses.rows import ROWS
from marketing_ibis.engines.redshift.gate.synopses.sessions import SESSIONS
from marketing_ibis.engines.redshift.gate.synopses.tables import TABLES
from marketing_ibis.engines.redshift.gate.vocabulary import words

STATEMENTS: dict[str, dict[str, str]] = {
    "ABORT": {"commit": "r_ABORT.html"},
    "ALTER": {
        "alter_table": "r_ALTER_TABLE.html",
        "alter_external_table": "r_ALTER_TABLE.html",
        "alter_table_append": "r_ALTER_TABLE_APPEND.html",
        "alter_materialized_view": "r_ALTER_MATERIALIZED_VIEW.html",
        "alter_schema": "r_ALTER_SCHEMA.html",
        "alter_database": "r_ALTER_DATABASE.html",
        "alter_default_privileges": "r_ALTER_DEFAULT_PRIVILEGES.html",
        "alter_user": "r_ALTER_USER.html",
        "alter_group": "r_ALTER_GROUP.html",
        "alter_role": "r_ALTER_ROLE.html",
        "alter_procedure": "r_ALTER_PROCEDURE.html",
        "alter_datashare": "r_ALTER_DATASHARE.html",
        "alter_policy": "r_ALTER_MASKING_POLICY.html",
        "alter_provider": "r_ALTER_IDENTITY_PROVIDER.html",
    },
    "ATTACH": {"attach_policy": "r_ATTACH_RLS_POLICY.html"},
    "ANALYZE": {"analyze": "r_ANALYZE.html"},
    "BEGIN": {"begin": "r_BEGIN.html"},
    "CALL": {"call_procedure": "r_CALL_procedure.html"},
    "CANCEL": {"cancel": "r_CANCEL.html"},
    "CLOSE": {"close": "close.html"},
    "COMMENT": {"comment": "r_COMMENT.html"},
    "COMMIT": {"commit": "r_COMMIT.html"},
    "COPY": {"copy": "r_COPY.html", "copy_job": "r_COPY-JOB.html"},
    "CREATE": {
        "create_table": "r_CREATE_TABLE_NEW.html",
        "create_table_as": "r_CREATE_TABLE_AS.html",
        "create_view": "r_CREATE_VIEW.html",
        "create_materialized_view": "materialized-view-create-sql-command.html",
        "create_schema": "r_CREATE_SCHEMA.html",
        "create_external_schema": "r_CREATE_EXTERNAL_SCHEMA.html",
        "create_database": "r_CREATE_DATABASE.html",
        "create_user": "r_CREATE_USER.html",
        "create_group": "r_CREATE_GROUP.html",
        "create_role": "r_CREATE_ROLE.html",
        "create_function": "r_CREATE_FUNCTION.html",
        "create_external_function": "r_CREATE_EXTERNAL_FUNCTION.html",
        "create_procedure": "r_CREATE_PROCEDURE.html",
        "create_external_table": "r_CREATE_EXTERNAL_TABLE.html",
        "create_datashare": "r_CREATE_DATASHARE.html",
        "create_policy": "r_CREATE_RLS_POLICY.html",
        "create_shared_database": "r_CREATE_DATABASE.html",
        "create_library": "r_CREATE_LIBRARY.html",
        "create_provider": "r_CREATE_IDENTITY_PROVIDER.html",
        "create_model": "r_CREATE_MODEL.html",
    },
    "DEALLOCATE": {"deallocate": "r_DEALLOCATE.html"},
    "DECLARE": {"declare": "declare.html"},
    "DELETE": {"delete": "r_DELETE.html"},
    "DETACH": {"attach_policy": "r_DETACH_RLS_POLICY.html"},
    "DROP": {
        "drop_table": "r_DROP_TABLE.html",
        "drop_materialized_view": "materialized-view-drop-sql-command.html",
        "drop_schema": "r_DROP_SCHEMA.html",
        "drop_database": "r_DROP_DATABASE.html",
        "drop_user": "r_DROP_USER.html",
        "drop_routine": "r_DROP_FUNCTION.html",
        "drop_datashare": "r_DROP_DATASHARE.html",
        "drop_policy": "r_DROP_RLS_POLICY.html",
        "drop_library": "r_DROP_LIBRARY.html",
        "drop_provider": "r_DROP_IDENTITY_PROVIDER.html",
        "drop_model": "r_DROP_MODEL.html",
    },
    "END": {"commit": "r_END.html"},
    "EXECUTE": {"execute": "r_EXECUTE.html"},
    "EXPLAIN": {"explain": "r_EXPLAIN.html"},
    "FETCH": {"fetch": "fetch.html"},
    "GRANT": {"grant": "r_GRANT.html"},
    "INSERT": {"insert": "r_INSERT_30.html"},
    "LOCK": {"lock": "r_LOCK.html"},
    "MERGE": {"merge": "r_MERGE.html"},
    "PREPARE": {"prepare": "r_PREPARE.html"},
    "REFRESH": {"refresh_materialized_view": "materialized-view-refresh-sql-command.html"},
    "RESET": {"reset": "r_RESET.html"},
    "REVOKE": {"revoke": "r_REVOKE.html"},
    "ROLLBACK": {"commit": "r_ROLLBACK.html"},
    "SET": {"set": "r_SET.html"},
    "SHOW": {"show": "r_SHOW.html"},
    "START": {"begin": "r_BEGIN.html"},
    "TRUNCATE": {"truncate": "r_TRUNCATE.html"},
    "UNLOAD": {"unload": "r_UNLOAD.html"},
    "UPDATE": {"update": "r_UPDATE.html"},
    "USE": {"use": "r_USE_command.html"},
    "VACUUM": {"vacuum": "r_VACUUM_command.html"},
    "WITH": {"update": "r_UPDATE.html", "delete": "r_DELETE.html"},
}

PARTS = words(
    """
    added_column assigned_column assigned_value authorization auto_refresh column_definition column_dist_key
    column_list column_name column_sort_key column_type compression constraint copy_format default_value dist_key
    dist_style encoding identity key_column late_binding merged_table model_query new_table other_type partition_column
    prepared_text prepared_type query_text read_tables row row_alias row_condition row_value sort_key_column
    sort_style table table_encode table_sort_key temporary unloaded varying written_table
    """
)
"""The rules whose matches are checked further."""

GRAMMAR = Grammar({**ADMINISTRATION, **QUERIES, **TABLES, **ROWS, **RIGHTS, **SESSIONS, **MODELS}, KINDS, PARTS)
