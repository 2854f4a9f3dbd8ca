"""The keys of an output of type duckdb in a dbt profile."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marketing_ibis.engines.base import ATTACH, Key, Settings

SETTINGS, CONFIG_OPTIONS = "settings", "config_options"
TEMP_DIRECTORY, MEMORY_LIMIT = "temp_directory", "memory_limit"
LIMITS: Mapping[str, Key] = MappingProxyType(
    {
        TEMP_DIRECTORY: Key("path"),
        "max_temp_directory_size": Key("amount"),
        MEMORY_LIMIT: Key("size"),
        "max_memory": Key("size", same_as=MEMORY_LIMIT),
        "threads": Key("threads"),
        "worker_threads": Key("threads", same_as="threads"),
    }
)
"""Settings of DuckDB that change no result, only the use of memory, threads and disk; two have two names."""
KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "path": Key("path", required=True),
        "schema": Key(),
        ATTACH: Key("attachments"),
        SETTINGS: Key("mapping", keys=LIMITS),
        CONFIG_OPTIONS: Key("mapping", keys=LIMITS),
    }
)
IGNORED = frozenset(
    {
        "disable_transactions", "extensions", "external_root", "filesystems",
        "is_ducklake", "keep_open", "module_paths", "motherduck_token", "plugins", "remote", "retries",
        "secrets", "use_credential_provider",
    }
)  # fmt: skip
"""Keys that dbt-duckdb has and that are not read here."""


def limits_of(settings: Settings) -> Mapping[str, str | int]:
    """Return the settings of memory, threads and disk; those of ``settings`` win, which dbt-duckdb applies last."""
    limits: dict[str, str | int] = {}
    for name in (CONFIG_OPTIONS, SETTINGS):
        values = settings.get(name)
        for key, value in values.items() if isinstance(values, Mapping) else ():
            limits[str(key)] = value if isinstance(value, int) else str(value)
    return limits
