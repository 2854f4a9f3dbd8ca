"""Read single values of the settings: names, lists of names, time zones and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.folders import SETTINGS


def read_string(key: str, value: object) -> str:
    """Return a string that is not empty.

    Raises:
        ConfigurationError: the value is something else.
    """
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{SETTINGS} {key} is {value!r}, not a string.")
    return value


def read_names(key: str, value: object) -> tuple[str, ...]:
    """Return a list of names.

    Raises:
        ConfigurationError: the value is something else.
    """
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        example = value if isinstance(value, str) and value else "name"
        raise ConfigurationError(
            f"{SETTINGS} {key} is {value!r}, not a list of names.",
            hint=f'Write {key.rpartition(".")[2]} = ["{example}"].',
        )
    return tuple(value)


def read_time_zone(key: str, value: object) -> str:
    """Return the name of a time zone.

    Raises:
        ConfigurationError: the value is something else.
    """
    name = read_string(key, value)
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # which many commands do without

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{SETTINGS} {key} is {name!r}, which is not a time zone.", hint="Write it as Europe/Berlin or UTC."
        ) from error
    return name


def read_tables(key: str, value: object) -> Mapping[str, Mapping[str, Any]]:
    """Return a table of tables, by name.

    Raises:
        ConfigurationError: the value is something else.
    """
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise ConfigurationError(
            f"{SETTINGS} {key} must contain one table per name, such as [tool.marketing_ibis.{key}.NAME]."
        )
    return value


def read_columns(key: str, value: object) -> Mapping[str, tuple[str, ...]]:
    """Return names of columns, by source or model.

    Raises:
        ConfigurationError: the value is something else.
    """
    if not isinstance(value, dict):
        raise ConfigurationError(
            f"{SETTINGS} {key} is {value!r}, not a table.",
            hint=f'Write [tool.marketing_ibis.{key}] on a line, and below it lines such as customers = ["last_name"].',
        )
    return {name: read_names(f"{key}.{name}", columns) for name, columns in value.items()}
