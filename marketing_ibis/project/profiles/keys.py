"""The keys of an output: what each must be, and under which name its engine takes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from marketing_ibis.engines.secret import Secret
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.profiles.unclear import TWICE, Unclear

ALIASES = {"pass": "password", "database": "dbname"}
"""Other names that dbt takes for a key."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Key:
    """What a key's value must be."""

    kind: Literal["text", "number", "truth", "texts", "secret"] = "text"
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()


REMOVE = "Remove one of them."
CORRECT = "Correct it, or the variable that it reads."
HINTS = {"secret": "Put it in quotes."}
TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""What YAML takes for a truth."""
CONNECTION_STRING = re.compile(r"://|\bpassword\s*=", re.I)
"""In the place of a name it may hold a password."""

WANTED = {
    "text": "a text",
    "number": "a whole number",
    "truth": "true or false",
    "texts": "a list of texts",
    "secret": "a text",
}

POSTGRES = {
    "host": Key(required=True),
    "port": Key("number", default=5432),
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
# https://docs.getdbt.com/docs/core/connect-data-platform/redshift-setup lists what dbt-redshift takes.
REDSHIFT = {
    "method": Key(default="database", choices=("database", "iam")),
    "host": Key(required=True),
    "port": Key("number", default=5439),
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
PATH = Key(required=True)
DUCKDB = {"path": PATH, "schema": Key()}
KEYS: Mapping[str, Mapping[str, Key]] = MappingProxyType({"duckdb": DUCKDB, "postgres": POSTGRES, "redshift": REDSHIFT})
"""Keys by the type of an output. dbt knows more; those are left to dbt."""
ENGINES = tuple(KEYS)


def checked_settings(engine: str, written: Mapping[str, object], place: str) -> Mapping[str, object]:
    """Return the keys that ``engine`` takes, each of its type and under one name, with defaults.

    Raises:
        ConfigurationError: naming the key that is missing, of the wrong type, or written twice.
    """
    named: dict[str, object] = {}
    for key, value in written.items():
        name = ALIASES.get(key, key)
        if name in named:
            raise ConfigurationError(f"{place}: {key} and {_other(key)} are one key.", hint=REMOVE)
        if value is not None:
            named[name] = value
    settings: dict[str, object] = {}
    for name, rule in KEYS[engine].items():
        typed = _checked(rule, named.get(name, rule.default), f"{place}: {name}")
        if typed is not None:
            settings[name] = typed
    if engine == "redshift":
        _check_redshift(settings, place)
    return MappingProxyType(settings)


def positive_number(value: object, place: str) -> int:
    """Return a value as a whole number above 0.

    Raises:
        ConfigurationError: it is not one.
    """
    number = _typed(Key("number"), value)
    if not isinstance(number, int) or number < 1:
        raise ConfigurationError(f"{place} is not a whole number above 0.", hint=CORRECT)
    return number


def check_clear(value: object, place: str) -> None:
    """Refuse a value that YAML would change.

    Raises:
        ConfigurationError: saying what is unclear, not the value.
    """
    if isinstance(value, Unclear):
        hint = REMOVE if value.reason == TWICE else "Put the whole value in quotes, or leave the key out."
        raise ConfigurationError(f"{place} (line {value.line}) {value.reason}.", hint=hint)


def _other(name: str) -> str:
    twins = ALIASES | {value: key for key, value in ALIASES.items()}
    return twins[name]


def _checked(key: Key, value: object, place: str) -> object:
    if value is None or value == "":
        if key.required:
            raise ConfigurationError(f"{place} is missing.", hint="Write it as in dbt.")
        return None
    typed = _typed(key, value)
    if typed is None:
        # Not the value: it may come from a variable that holds a secret.
        raise ConfigurationError(f"{place} is not {WANTED[key.kind]}.", hint=HINTS.get(key.kind, CORRECT))
    if key.kind == "text" and key is not PATH and CONNECTION_STRING.search(str(typed)):
        raise ConfigurationError(
            f"{place} is a connection string.", hint="Write host, port, user, password and dbname each as a key."
        )
    if key.choices and typed not in key.choices:
        raise ConfigurationError(f"{place} is none of the known ones.", hint=f"Known: {', '.join(key.choices)}.")
    return typed


def _typed(key: Key, value: object) -> object:
    """Return ``value`` as the key wants it, or None; what is written is text for numbers and truths too."""
    if key.kind == "texts":
        are_texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return tuple(map(str, value)) if are_texts else None  # type: ignore[call-overload]
    if isinstance(value, (dict, list)):
        return None
    text = str(value)
    if key.kind == "number":
        stripped = text.strip()
        return int(stripped) if stripped.isascii() and stripped.isdecimal() and len(stripped) < 10 else None
    if key.kind == "truth":
        return TRUTHS.get(text.strip().lower())
    if not _is_encodable(text):
        return None
    return Secret(text) if key.kind == "secret" else text


def _is_encodable(text: str) -> bool:
    """Whether a driver can send a text: no half of a character, no NUL."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _check_redshift(settings: Mapping[str, object], place: str) -> None:
    place_of_cluster = "serverless_work_group" if settings.get("is_serverless") else "cluster_id"
    for name in ("user", "password") if settings["method"] == "database" else (place_of_cluster,):
        if name not in settings:
            raise ConfigurationError(
                f"{place}: {name} is missing.", hint=f"The method {settings['method']} needs it, as in dbt."
            )
