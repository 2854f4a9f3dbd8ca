"""Read the values of ``[tool.marketing_ibis]`` and refuse those that are unknown or of the wrong type."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.model.vocabulary import THRESHOLD, Materialization
from marketing_ibis.project.file_formats import read_file_settings
from marketing_ibis.project.health_rules import check_health_rules

SETTINGS = "[tool.marketing_ibis]"
ID_TYPES = ("int64", "string")
TARGETS = "targets"
PROJECT_SETTINGS = {"name", "profile"}
"""Settings that no target overrides: the profile says which outputs there are."""
NAME = re.compile(r"[\w-]+")
TEST_SETTINGS = {"severity": re.compile("error|warn"), "warn_if": THRESHOLD, "error_if": THRESHOLD}


def read_values(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a project that its settings give.

    Raises:
        ConfigurationError: a setting is unknown or of the wrong type.
    """
    values = _read("", settings, (*VALUE_READERS, TARGETS))
    target_settings = _tables(TARGETS, settings.get(TARGETS, {}))
    overridable = VALUE_READERS.keys() - PROJECT_SETTINGS
    targets = {name: _read(f"{TARGETS}.{name}.", table, overridable) for name, table in target_settings.items()}
    return {**values, "targets": targets, "chosen": frozenset(values)}


def _read(place: str, settings: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    for key in settings:
        if key not in keys:
            raise ConfigurationError(f"{SETTINGS} {place}{key} is unknown.", hint=nearest(key, keys))
    return {key: VALUE_READERS[key](f"{place}{key}", value) for key, value in settings.items() if key != TARGETS}


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{SETTINGS} {key} is {value!r}, not a string.")
    return value


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        example = value if isinstance(value, str) and value else "name"
        raise ConfigurationError(
            f"{SETTINGS} {key} is {value!r}, not a list of names.",
            hint=f'Write {key.rpartition(".")[2]} = ["{example}"].',
        )
    return tuple(value)


def _id_type(key: str, value: object) -> str:
    if value not in ID_TYPES:
        raise ConfigurationError(f"{SETTINGS} {key} is {value!r}, not {' or '.join(ID_TYPES)}.")
    return str(value)


def _time_zone(key: str, value: object) -> str:
    name = _text(key, value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{SETTINGS} {key} is {name!r}, which is not a time zone.", hint="Write it as Europe/Berlin or UTC."
        ) from error
    return name


def _tables(key: str, value: object) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise ConfigurationError(
            f"{SETTINGS} {key} must contain one table per name, such as [tool.marketing_ibis.{key}.NAME]."
        )
    return value


def _models(key: str, value: object) -> Mapping[str, Mapping[str, str]]:
    choices = get_args(Materialization)
    for name, settings in _tables(key, value).items():
        for setting, choice in settings.items():
            if setting != "materialized":
                raise ConfigurationError(f"{SETTINGS} {key}.{name}.{setting} is unknown.", hint="Known: materialized.")
            if choice not in choices:
                raise ConfigurationError(
                    f"{SETTINGS} {key}.{name}.{setting} is {choice!r}, not {', '.join(choices[:-1])} or {choices[-1]}."
                )
    return {name: settings for name, settings in _tables(key, value).items() if settings}


def _pii(key: str, value: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ConfigurationError(
            f"{SETTINGS} {key} is {value!r}, not a table.",
            hint=f'Write [tool.marketing_ibis.{key}] on a line, and below it lines such as customers = ["last_name"].',
        )
    return {name: _texts(f"{key}.{name}", columns) for name, columns in value.items()}


def _sources(key: str, value: object) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    tables = _tables(key, value)
    for name, settings in tables.items():
        for setting in settings:
            if setting != "optional":
                raise ConfigurationError(f"{SETTINGS} {key}.{name}.{setting} is unknown.", hint="Known: optional.")
    return {
        name: {setting: _texts(f"{key}.{name}.{setting}", columns) for setting, columns in settings.items()}
        for name, settings in tables.items()
        if settings
    }


def _tests(key: str, value: object) -> Mapping[str, Mapping[str, str]]:
    for name, settings in _tables(key, value).items():
        for setting, choice in settings.items():
            place = f"{SETTINGS} {key}.{name}.{setting}"
            if setting not in TEST_SETTINGS:
                raise ConfigurationError(f"{place} is unknown.", hint=nearest(setting, TEST_SETTINGS))
            if not isinstance(choice, str) or not TEST_SETTINGS[setting].fullmatch(choice):
                expected = "error or warn" if setting == "severity" else 'a comparison such as ">10"'
                raise ConfigurationError(f"{place} is {choice!r}, not {expected}.")
    return _tables(key, value)


@dataclass(frozen=True, slots=True)
class NamedSelector:
    """A selection that the settings give a name."""

    select: tuple[str, ...]
    exclude: tuple[str, ...] = ()


SELECTOR_SETTINGS = ("select", "exclude")


def _selectors(key: str, value: object) -> Mapping[str, NamedSelector]:
    if not isinstance(value, dict):
        raise ConfigurationError(
            f"{SETTINGS} {key} is {value!r}, not a table.",
            hint=f'Write [tool.marketing_ibis.{key}] on a line, and below it lines such as nightly = "tag:daily+".',
        )
    return {name: _selector(f"{key}.{name}", definition) for name, definition in value.items()}


def _selector(key: str, value: object) -> NamedSelector:
    if not NAME.fullmatch(key.rpartition(".")[2]):
        raise ConfigurationError(f"{SETTINGS} {key} is not a valid name.", hint="Use letters, digits, _ and -.")
    if not isinstance(value, dict):
        return NamedSelector(_selections(key, value))
    for setting in value:
        if setting not in SELECTOR_SETTINGS:
            raise ConfigurationError(
                f"{SETTINGS} {key}.{setting} is unknown.", hint=nearest(setting, SELECTOR_SETTINGS)
            )
    parts = {setting: _selections(f"{key}.{setting}", selection) for setting, selection in value.items()}
    if not parts:
        raise ConfigurationError(f"{SETTINGS} {key} is empty.", hint='Write select = "..." in it.')
    return NamedSelector(parts.get("select", ()), parts.get("exclude", ()))


def _selections(key: str, value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value.strip() else _texts(key, value)


VALUE_READERS: Mapping[str, Callable[[str, object], Any]] = {
    "dataflows": _texts,
    "source_schema": _text,
    "model_schema": _text,
    "id_type": _id_type,
    "time_zone": _time_zone,
    "naive_timestamps": _time_zone,
    "grants": _texts,
    "allowed_functions": _texts,
    "vars": _tables,
    "models": _models,
    "tests": _tests,
    "pii": _pii,
    "sources": _sources,
    "files": lambda key, value: read_file_settings(f"{SETTINGS} {key}", value),
    "optional_sources": _texts,
    "selectors": _selectors,
    "health": lambda key, value: check_health_rules(f"{SETTINGS} {key}", value),
    "profile": _text,
    "name": _text,
}
"""How each setting is read, by its name."""
