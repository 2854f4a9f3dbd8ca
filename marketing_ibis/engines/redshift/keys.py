"""The keys of an output of type redshift in a dbt profile.

https://docs.getdbt.com/docs/core/connect-data-platform/redshift-setup lists what dbt-redshift takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marketing_ibis.engines.base import SSL_MODES, Key, Settings
from marketing_ibis.engines.redshift.port import DEFAULT_PORT

KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "method": Key(default="database", choices=("database", "iam")),
        "host": Key(required=True),
        "port": Key("number", default=DEFAULT_PORT),
        "user": Key(),
        "password": Key("secret"),
        "dbname": Key(required=True),
        "schema": Key(),
        "cluster_id": Key(),
        "iam_profile": Key(),
        "region": Key(),
        "access_key_id": Key("secret"),
        "secret_access_key": Key("secret"),
        "autocreate": Key("truth"),
        "db_groups": Key("texts"),
        "is_serverless": Key("truth"),
        "serverless_work_group": Key(),
        "serverless_acct_id": Key(),
        "ra3_node": Key("truth"),
        "sslmode": Key(choices=SSL_MODES),
        "connect_timeout": Key("number"),
        "role": Key(),
        "retries": Key("number"),
        "query_group": Key(),
        "unload_iam_role": Key(),
        "tcp_keepalive": Key("truth"),
        "tcp_keepalive_idle": Key("number"),
        "tcp_keepalive_interval": Key("number"),
        "tcp_keepalive_count": Key("number"),
    }
)
IGNORED = frozenset(
    {
        "application_name", "autocommit", "datasharing", "iam_duration_seconds", "idc_client_display_name",
        "idc_region", "idp_listen_port", "idp_response_timeout", "issuer_url", "keepalives_idle", "retry_all",
        "search_path", "session_token", "token_endpoint",
    }
)  # fmt: skip
"""Keys that dbt-redshift has and that are not read here."""


def keys_of_method(settings: Settings) -> Mapping[str, str]:
    """Return the keys that the way to log in makes necessary, each with a hint."""
    cluster = "serverless_work_group" if settings.get("is_serverless") else "cluster_id"
    needed = ("user", "password") if settings["method"] == "database" else (cluster,)
    return dict.fromkeys(needed, f"The method {settings['method']} needs it, as in dbt.")
