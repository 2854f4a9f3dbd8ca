"""Find the keys of an output that neither this program nor dbt knows: one of them may be a mistyped password."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping

from marketing_ibis.engines.base import Engine
from marketing_ibis.project.profiles.keys import ALIASES
from marketing_ibis.project.profiles.unclear import KeyInBraces, Unclear

EVERY_TYPE = frozenset({"type", "threads", "schema", *ALIASES})
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
"""Anything else before a colon or a comma may be part of a password."""
SETTING = re.compile(f"{NAME.pattern}|[a-z][a-z0-9]*(_[a-z0-9]+)+")
"""A setting of DuckDB may have digits, such as s3_region."""


def unknown_keys(engine: Engine, output: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each key of an output that is unknown, with the known key that may be meant, "" for none.

    A key that may be part of a value has no name: "".
    """
    known_keys = engine.keys.keys() | EVERY_TYPE
    for key in output:
        if key in known_keys | engine.ignored_keys:
            continue
        yield _described(key, output[key], known_keys, NAME)


def unused_keys(known_keys: Collection[str], mapping: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each key of a mapping that is not used, with the known key that may be meant, "" for none.

    A key that may be part of a value has no name: "".
    """
    for key in mapping:
        if key not in known_keys:
            yield _described(key, mapping[key], known_keys, SETTING)


def _described(key: str, value: object, known_keys: Collection[str], form: re.Pattern[str]) -> tuple[str, str]:
    """Return the name of a key, "" if it may be part of a value, and the known key that may be meant, "" for none.

    In braces YAML reads ``b`` of ``password: a,b`` as a key without a value, and that of ``a,b,b`` as one that appears
    twice. Of such a key not even a similar name is known: it would reveal what the password is like.
    """
    suggestion, is_in_braces = _suggest(str(key), sorted(known_keys)), isinstance(key, KeyInBraces)
    has_value = value is not None and not isinstance(value, Unclear)
    is_key = has_value or (suggestion and not is_in_braces)
    name = str(key) if is_key and form.fullmatch(str(key)) else ""
    return name, suggestion if name or not is_in_braces else ""


def _suggest(name: str, known_keys: list[str]) -> str:
    plain = name.lower()
    return SYNONYMS.get(plain) or next(iter(difflib.get_close_matches(plain, known_keys, n=1, cutoff=CLOSE)), "")
