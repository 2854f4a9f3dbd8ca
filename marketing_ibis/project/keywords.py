"""Read the keywords of decorators and exposures from a file's text, without importing it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import get_args

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.model.vocabulary import EXPOSURE_TYPES, MATURITIES, Decorator, Kind, Materialization


@dataclass(frozen=True, slots=True)
class Rule:
    """What the value of a keyword must be, in words, and whether one is."""

    expected: str
    is_valid: Callable[[object], bool]


_TEXT = Rule("a string", lambda value: isinstance(value, str) and value != "")
# tags="daily" would become five tags of one letter.
_TEXTS = Rule(
    "a tuple of strings", lambda value: isinstance(value, tuple | list) and all(isinstance(v, str) for v in value)
)
RULES: Mapping[str, Rule] = {
    "layer": _TEXT,
    "table": _TEXT,
    "schema": Rule("a string", lambda value: isinstance(value, str)),
    "database": Rule("a string", lambda value: isinstance(value, str)),
    "optional": Rule("True or False", lambda value: isinstance(value, bool)),
    "materialized": Rule(
        f"one of {', '.join(get_args(Materialization))}", lambda value: value in (None, *get_args(Materialization))
    ),
    "tags": _TEXTS,
    "optional_parents": Rule(
        "a dictionary of strings",
        lambda value: isinstance(value, dict) and all(isinstance(part, str) for item in value.items() for part in item),
    ),
}
"""The keywords of ``@model`` and ``@source`` that are read here, and what each must be."""
EXPOSURE_RULES: Mapping[str, Rule] = {
    "type": Rule(f"one of {', '.join(EXPOSURE_TYPES)}", lambda value: value in EXPOSURE_TYPES),
    "owner": _TEXT,
    "description": _TEXT,
    "depends_on": Rule("a tuple of names", lambda value: _TEXTS.is_valid(value) and bool(value)),
    "url": Rule("a string", lambda value: isinstance(value, str)),
    "maturity": Rule(f"one of {', '.join(MATURITIES)}", lambda value: value in ("", *MATURITIES)),
}
"""The keywords of ``exposure(...)``."""
_TABLE = ("layer", "grain", "columns", "materialized", "dist_key", "dist_nulls", "sort_keys", "owner", "tags", "tests")
_PLACE = ("table", "schema", "database")
_INCREMENTAL = ("unique_key", "watermark", "lookback", "on_schema_change")
KEYWORDS: Mapping[Decorator, tuple[str, ...]] = {
    "model": (*_TABLE, *_INCREMENTAL, "history", "optional_parents", "pass_through", "rows"),
    "source": (*_PLACE, "grain", "columns", "owner", "tags", "tests", "freshness", "snapshot", "optional"),
    "adapter": ("materialized", "owner", "tags", "tests"),
}
"""The keywords of the decorators."""
REQUIRED: Mapping[Decorator | Kind, tuple[str, ...]] = {
    "model": ("layer",),
    "source": ("table",),
    "adapter": (),
    "exposure": ("type", "owner", "description", "depends_on"),
}


def read_keywords(
    call: ast.Call, constants: Mapping[str, ast.expr], path: str, rules: Mapping[str, Rule], allowed: Collection[str]
) -> dict[str, object]:
    """Return the values of the keywords that ``rules`` are for; ``constants`` are those assigned above the call.

    Raises:
        ConfigurationError: a keyword is not ``allowed``, its value is of the wrong type or cannot be read.
    """
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg not in allowed:
            name = ast.unparse(call.func).rpartition(".")[2]
            raise ConfigurationError(
                f"{path}:{keyword.value.lineno}: {name}(...) has no keyword {keyword.arg}=.",
                hint=nearest(keyword.arg, allowed),
            )
    # Keyword None is **shared, which may hold any of them.
    readable = [keyword for keyword in call.keywords if keyword.arg is None or keyword.arg in rules]
    return {
        str(keyword.arg): _value(keyword, constants, f"{path}:{keyword.value.lineno}", rules) for keyword in readable
    }


def _value(keyword: ast.keyword, constants: Mapping[str, ast.expr], place: str, rules: Mapping[str, Rule]) -> object:
    name, expression = keyword.arg, keyword.value
    if name is None:
        raise _unreadable(f"{place}: **{ast.unparse(expression)}")
    try:
        value: object = ast.literal_eval(
            constants.get(expression.id, expression) if isinstance(expression, ast.Name) else expression
        )
    except (ValueError, TypeError) as error:
        raise _unreadable(f"{place}: {name}={ast.unparse(expression)}") from error
    rule = rules[name]
    if not rule.is_valid(value):
        raise ConfigurationError(f"{place}: {name}= is {value!r}; it must be {rule.expected}.")
    return value


def _unreadable(source: str) -> ConfigurationError:
    return ConfigurationError(
        f"{source} cannot be read without running the file.",
        hint="Write the value itself, or the name of a constant assigned above it in the same file.",
    )


def require_keywords(kind: Decorator | Kind, keywords: Mapping[str, object], place: str, call: str) -> None:
    """Stop where a keyword that a ``call`` must have is missing.

    Raises:
        ConfigurationError: naming the ``place`` and the keyword.
    """
    for required in REQUIRED[kind]:
        if required not in keywords:
            raise ConfigurationError(f"{place} needs {required}= in its {call}(...).")
