"""Find the keys of an output that neither this program nor dbt knows: one of them may be a mistyped password."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from marketing_ibis.project.profiles.keys import ALIASES, KEYS

EVERY_TYPE = frozenset({"type", "threads", "schema", *ALIASES})
# The fields of the credentials of dbt-postgres, dbt-redshift and dbt-duckdb.
OF_DBT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "postgres": frozenset({"application_name", "iam_profile", "method", "region", "retries"}),
        "redshift": frozenset(
            {
                "application_name", "autocommit", "datasharing", "iam_duration_seconds", "idc_client_display_name",
                "idc_region", "idp_listen_port", "idp_response_timeout", "issuer_url", "keepalives_idle", "retry_all",
                "search_path", "session_token", "token_endpoint",
            }
        ),
        "duckdb": frozenset(
            {
                "attach", "config_options", "disable_transactions", "extensions", "external_root", "filesystems",
                "is_ducklake", "keep_open", "module_paths", "motherduck_token", "plugins", "remote", "retries",
                "secrets", "settings", "use_credential_provider",
            }
        ),
    }
)  # fmt: skip
"""Keys that dbt has and that are not read here, by the type of an output."""
SYNONYMS = {
    "pwd": "password",
    "server": "host",
    "db": "dbname",
    "login": "user",
    "username": "user",
    "hostname": "host",
}
CLOSE = 0.7
NAME = re.compile("[A-Za-z][A-Za-z_-]{1,39}")
"""What else stands before a colon or a comma may be part of a password."""


def unknown_keys(engine: str, output: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each key of an output that is unknown, with the known key that may be meant, "" for none.

    A key that may be part of a value has no name: "".
    """
    known = KEYS[engine].keys() | EVERY_TYPE
    for key in output:
        if key in known | OF_DBT[engine]:
            continue
        name = str(key)
        meant = _meant(name, sorted(known))
        is_name = NAME.fullmatch(name) and (meant or output[key] is not None)
        yield (name if is_name else "", meant)


def _meant(name: str, known: list[str]) -> str:
    plain = name.lower()
    return SYNONYMS.get(plain) or next(iter(difflib.get_close_matches(plain, known, n=1, cutoff=CLOSE)), "")
