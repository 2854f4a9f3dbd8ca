"""Read the values of ``[tool.marketing_ibis]`` and refuse those that are unknown or of the wrong type."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.model.vocabulary import THRESHOLD, Materialization
from marketing_ibis.project.file_formats import read_file_settings
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.health_rules import check_health_rules
from marketing_ibis.project.masking_settings import check_masking_settings
from marketing_ibis.project.notifier_settings import read_notifiers
from marketing_ibis.project.setting_types import (
    read_columns,
    read_names,
    read_string,
    read_tables,
    read_time_zone,
)
from marketing_ibis.project.source_settings import read_sources

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
    target_settings = read_tables(TARGETS, settings.get(TARGETS, {}))
    overridable = VALUE_READERS.keys() - PROJECT_SETTINGS
    targets = {name: _read(f"{TARGETS}.{name}.", table, overridable) for name, table in target_settings.items()}
    return {**values, "targets": targets, "chosen": frozenset(values)}


def _read(place: str, settings: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    for key in settings:
        if key not in keys:
            raise ConfigurationError(f"{SETTINGS} {place}{key} is unknown.", hint=nearest(key, keys))
    return {key: VALUE_READERS[key](f"{place}{key}", value) for key, value in settings.items() if key != TARGETS}


def _id_type(key: str, value: object) -> str:
    if value not in ID_TYPES:
        raise ConfigurationError(f"{SETTINGS} {key} is {value!r}, not {' or '.join(ID_TYPES)}.")
    return str(value)


def _models(key: str, value: object) -> Mapping[str, Mapping[str, str]]:
    choices = get_args(Materialization)
    for name, settings in read_tables(key, value).items():
        for setting, choice in settings.items():
            if setting != "materialized":
                raise ConfigurationError(f"{SETTINGS} {key}.{name}.{setting} is unknown.", hint="Known: materialized.")
            if choice not in choices:
                raise ConfigurationError(
                    f"{SETTINGS} {key}.{name}.{setting} is {choice!r}, not {', '.join(choices[:-1])} or {choices[-1]}."
                )
    return {name: settings for name, settings in read_tables(key, value).items() if settings}


def _tests(key: str, value: object) -> Mapping[str, Mapping[str, str]]:
    for name, settings in read_tables(key, value).items():
        for setting, choice in settings.items():
            place = f"{SETTINGS} {key}.{name}.{setting}"
            if setting not in TEST_SETTINGS:
                raise ConfigurationError(f"{place} is unknown.", hint=nearest(setting, TEST_SETTINGS))
            if not isinstance(choice, str) or not TEST_SETTINGS[setting].fullmatch(choice):
                expected = "error or warn" if setting == "severity" else 'a comparison such as ">10"'
                raise ConfigurationError(f"{place} is {choice!r}, not {expected}.")
    return read_tables(key, value)


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
    return (value,) if isinstance(value, str) and value.strip() else read_names(key, value)


VALUE_READERS: Mapping[str, Callable[[str, object], Any]] = {
    "dataflows": read_names,
    "source_schema": read_string,
    "model_schema": read_string,
    "id_type": _id_type,
    "time_zone": read_time_zone,
    "naive_timestamps": read_time_zone,
    "grants": read_names,
    "allowed_functions": read_names,
    "vars": read_tables,
    "models": _models,
    "tests": _tests,
    "pii": read_columns,
    "not_pii": read_columns,
    "personal_data": check_masking_settings,
    "sources": read_sources,
    "files": lambda key, value: read_file_settings(f"{SETTINGS} {key}", value),
    "optional_sources": read_names,
    "selectors": _selectors,
    "health": lambda key, value: check_health_rules(f"{SETTINGS} {key}", value),
    "notify": read_notifiers,
    "profile": read_string,
    "name": read_string,
}
"""How each setting is read, by its name."""
