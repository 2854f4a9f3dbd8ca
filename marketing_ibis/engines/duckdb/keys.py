"""The keys of an output of type duckdb in a dbt profile."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marketing_ibis.engines.base import ATTACH, Key

KEYS: Mapping[str, Key] = MappingProxyType(
    {"path": Key("path", required=True), "schema": Key(), ATTACH: Key("attachments")}
)
IGNORED = frozenset(
    {
        "config_options", "disable_transactions", "extensions", "external_root", "filesystems",
        "is_ducklake", "keep_open", "module_paths", "motherduck_token", "plugins", "remote", "retries",
        "secrets", "settings", "use_credential_provider",
    }
)  # fmt: skip
"""Keys that dbt-duckdb has and that are not read here."""
