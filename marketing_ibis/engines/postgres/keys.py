"""The keys of an output of type postgres in a dbt profile."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marketing_ibis.engines.base import SSL_MODES, Key

DEFAULT_PORT = 5432
KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "host": Key(required=True),
        "port": Key("number", default=DEFAULT_PORT),
        "user": Key(required=True),
        "password": Key("secret"),
        "dbname": Key(required=True),
        "schema": Key(),
        "sslmode": Key(choices=SSL_MODES),
        "sslcert": Key(),
        "sslkey": Key(),
        "sslrootcert": Key(),
        "keepalives_idle": Key("number"),
        "connect_timeout": Key("number"),
        "search_path": Key(),
        "role": Key(),
    }
)
IGNORED = frozenset({"application_name", "iam_profile", "method", "region", "retries"})
"""Keys that dbt-postgres has and that are not read here."""
