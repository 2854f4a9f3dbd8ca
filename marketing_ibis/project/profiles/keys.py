"""The keys of an output: what each must be, and under which name its engine takes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from marketing_ibis.engines.base import Engine, Key
from marketing_ibis.engines.secret import Secret
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.profiles.attachments import read_attachments
from marketing_ibis.project.profiles.unclear import TWICE, Unclear

ALIASES = {"pass": "password", "database": "dbname"}
"""Other names that dbt takes for a key."""
REMOVE = "Remove one of them."
CORRECT = "Correct it, or the variable that it reads."
HINTS = {
    "secret": "Put it in quotes.",
    "size": "Write an amount such as 4GB or 512MB, or a share up to 100%, such as 60%.",
    "amount": "Write an amount such as 4GB or 512MB.",
}
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,3})?\s*[KMGT](i?B)?", re.I)
SIZE = re.compile(rf"{AMOUNT.pattern}|(100|\d{{1,2}}(\.\d{{1,3}})?)\s*%", re.I)
SIZES = {"size": SIZE, "amount": AMOUNT}
MOST_ENGINE_THREADS = 1024
"""An engine starts as many threads as it is told to, and a machine stalls with many more than it has cores."""
TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""What YAML takes for a truth."""
CONNECTION_STRING = re.compile(r"://|\bpassword\s*=", re.I)
"""In the place of a name it may hold a password."""

EXPECTED = {
    "text": "a string",
    "number": "a whole number",
    "truth": "true or false",
    "texts": "a list of strings",
    "secret": "a string",
    "path": "a string",
    "attachments": "a list of databases",
    "size": "a size",
    "amount": "a size",
    "threads": f"a whole number from 1 to {MOST_ENGINE_THREADS}",
    "mapping": "a mapping of keys to values",
}


def check_settings(engine: Engine, values: Mapping[str, object], place: str) -> Mapping[str, object]:
    """Return the keys that ``engine`` takes, each of its type and under one name, with defaults.

    Raises:
        ConfigurationError: naming the key that is missing, of the wrong type, or written twice.
    """
    values_by_name: dict[str, object] = {}
    for key, value in values.items():
        name = ALIASES.get(key, key)
        if name in values_by_name:
            raise ConfigurationError(f"{place}: {key} and {_other_name(key)} mean the same.", hint=REMOVE)
        if value is not None:
            values_by_name[name] = value
    settings: dict[str, object] = {}
    for name, rule in engine.keys.items():
        typed = _check_value(rule, values_by_name.get(name, rule.default), f"{place}: {name}")
        if typed is not None:
            settings[name] = typed
    for name, hint in engine.needed_keys(settings).items():
        if name not in settings:
            raise ConfigurationError(f"{place}: {name} is missing.", hint=hint)
    return MappingProxyType(settings)


def check_setting(engine: Engine, name: str, value: object, place: str) -> object:
    """Return the value of one key that ``engine`` takes, or None where it has none.

    Raises:
        ConfigurationError: it is of the wrong type.
    """
    return _check_value(engine.keys[name], value, f"{place}: {name}")


def positive_number(value: object, place: str) -> int:
    """Return a value as a whole number above 0.

    Raises:
        ConfigurationError: it is not one.
    """
    number = _convert(Key("number"), value)
    if not isinstance(number, int) or number < 1:
        raise ConfigurationError(f"{place} is not a whole number above 0.", hint=CORRECT)
    return number


def check_clear(value: object, place: str) -> None:
    """Refuse a value that YAML would change.

    Raises:
        ConfigurationError: saying what is unclear, not the value.
    """
    if isinstance(value, Unclear):
        hint = REMOVE if value.reason == TWICE else "Quote the whole value, or remove the key."
        raise ConfigurationError(f"{place} (line {value.line}) {value.reason}.", hint=hint)


def _other_name(name: str) -> str:
    twins = ALIASES | {value: key for key, value in ALIASES.items()}
    return twins[name]


def _check_value(key: Key, value: object, place: str) -> object:
    if value is None or value == "":
        if key.required:
            raise ConfigurationError(f"{place} is missing.", hint="Add it to the output, as in dbt.")
        return None
    if key.kind == "attachments":
        typed: object = read_attachments(value, place)
    elif key.kind == "mapping" and isinstance(value, dict):
        typed = _check_mapping(key, value, place)
    else:
        typed = _convert(key, value)
    if typed is None:
        # Not the value: it may come from a variable that holds a secret.
        raise ConfigurationError(f"{place} is not {EXPECTED[key.kind]}.", hint=HINTS.get(key.kind, CORRECT))
    if key.kind == "text" and CONNECTION_STRING.search(str(typed)):
        raise ConfigurationError(
            f"{place} is a connection string.", hint="Write host, port, user, password and dbname each as a key."
        )
    if key.choices and typed not in key.choices:
        raise ConfigurationError(f"{place} has an unknown value.", hint=f"Known: {', '.join(key.choices)}.")
    return typed


def _check_mapping(key: Key, value: Mapping[str, object], place: str) -> Mapping[str, object]:
    """Return the keys of a mapping that are used, each of its type and under one name."""
    typed: dict[str, object] = {}
    for name, rule in key.keys.items():
        if value.get(name) == "":
            raise ConfigurationError(f"{place}: {name} is empty.", hint="Write a value, or remove the key.")
        typed_value = _check_value(rule, value.get(name), f"{place}: {name}")
        meaning = rule.same_as or name
        if typed_value is not None and meaning in typed:
            raise ConfigurationError(f"{place}: {name} and {meaning} mean the same.", hint=REMOVE)
        if typed_value is not None:
            typed[meaning] = typed_value
    return MappingProxyType(typed)


def _convert(key: Key, value: object) -> object:
    """Return ``value`` as the key wants it, or None; what is written is text for numbers and truths too."""
    if key.kind == "texts":
        are_texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return tuple(map(str, value)) if are_texts else None  # type: ignore[call-overload]
    if isinstance(value, (dict, list)) or key.kind == "mapping":
        return None
    text = str(value)
    if key.kind == "number":
        return _whole_number(text)
    if key.kind == "threads":
        number = _whole_number(text)
        return number if number and number <= MOST_ENGINE_THREADS else None
    if key.kind in SIZES:
        return text.strip() if SIZES[key.kind].fullmatch(text.strip()) else None
    if key.kind == "truth":
        return TRUTHS.get(text.strip().lower())
    if not _is_encodable(text):
        return None
    return Secret(text) if key.kind == "secret" else text


def _whole_number(text: str) -> int | None:
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdecimal() and len(stripped) < 10 else None


def _is_encodable(text: str) -> bool:
    """Whether a driver can send a string: no half of a character, no NUL."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
