"""Give the rules that models take as parameters the thresholds of the settings and of the command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from marketing_ibis.errors import ConfigurationError, nearest

SETTING, OPTION = "[tool.marketing_ibis.vars]", "--vars"
TYPES_IN_WORDS = {
    "int": "a whole number", "float": "a number", "str": "a string", "bool": "true or false", "tuple": "a list"
}  # fmt: skip
Rules = Mapping[str, Any]
"""A frozen dataclass of thresholds by the name of the parameter that takes it."""


def resolve_rules(
    functions: Mapping[str, Callable[..., object]],
    variables: Mapping[str, Mapping[str, object]],
    command_variables: Mapping[str, object],
) -> Rules:
    """Return the rules that models take as parameters, with the project's variables in place of defaults.

    Those of the command win.

    Raises:
        ConfigurationError: a variable is unknown or of the wrong type.
    """
    defaults = _default_rules(functions)
    rules = _override_all(SETTING, defaults, variables)
    return _override_all(
        OPTION, rules, {name: _table(name, value, defaults) for name, value in command_variables.items()}
    )


def _override_all(place: str, rules: Rules, variables: Mapping[str, Mapping[str, object]]) -> Rules:
    for name in variables:
        if name not in rules:
            raise ConfigurationError(
                f"{place} sets {name}, which no model uses.",
                hint=nearest(name, rules) or "No model has a parameter whose default is a frozen dataclass.",
            )
    return {name: _override(place, name, value, variables.get(name, {})) for name, value in rules.items()}


def _table(name: str, value: object, rules: Rules) -> Mapping[str, object]:
    """Return the thresholds that an option sets of the rules ``name``."""
    if isinstance(value, Mapping):
        return value
    owners = [owner for owner, default in rules.items() if name in {f.name for f in fields(default)}]
    if name in rules or not owners:
        owner, threshold = name if name in rules else "RULES", "THRESHOLD"
        hint = nearest(name, rules) if name not in rules and rules else ""
    else:
        owner, threshold, hint = owners[0], name, ""
    example = f"{OPTION} '{{{owner}: {{{threshold}: {_as_setting(value) if threshold == name else 'VALUE'}}}}}'"
    raise ConfigurationError(
        f"{OPTION} sets {name}, which is not a table of thresholds.", hint=f"Write {example}. {hint}".strip()
    )


def _default_rules(functions: Mapping[str, Callable[..., object]]) -> dict[str, Any]:
    defaults: dict[str, Any] = {}
    for function in functions.values():
        for name, parameter in inspect.signature(function).parameters.items():
            if is_dataclass(parameter.default):
                defaults[name] = parameter.default
    return defaults


def _override(place: str, name: str, rules: Any, overrides: Mapping[str, object]) -> object:
    hints = get_type_hints(type(rules))
    field_names = [f.name for f in fields(rules)]
    for key, value in overrides.items():
        if key not in field_names:
            raise ConfigurationError(f"{place} {name}.{key} is unknown.", hint=nearest(key, field_names))
        if not _fits(value, hints[key]):
            type_name = getattr(hints[key], "__name__", str(hints[key]))
            raise ConfigurationError(
                f"{place} {name}.{key} is {value!r}, not {TYPES_IN_WORDS.get(type_name, type_name)}.",
                hint=f"The default is {_as_setting(getattr(rules, key))}.",
            )
    settings = {f: getattr(rules, f) for f in field_names} | {
        key: tuple(value) if isinstance(value, list) else value for key, value in overrides.items()
    }
    try:
        resolved: object = type(rules)(**settings)
    except ValueError as error:
        raise ConfigurationError(f"{place} {name}: {error}.") from error
    return resolved


def _as_setting(value: object) -> str:
    """Return a default as it is written in TOML, where it differs from Python for lists, strings and booleans."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_as_setting, value))}]"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fits(value: object, expected: Any) -> bool:
    if get_origin(expected) is tuple:
        return isinstance(value, (list, tuple)) and all(type(item) is get_args(expected)[0] for item in value)
    if expected is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is expected
