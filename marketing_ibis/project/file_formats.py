"""Read the settings of files, ``[tool.marketing_ibis.files]``: for all tables, and for single ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.model.file_format import FileFormat, read_format


def read_file_settings(key: str, value: object) -> Mapping[str, object]:
    """Return the settings of files, those of a single table as a table under its name.

    Raises:
        ConfigurationError: a setting is unknown, or its value cannot be used.
    """
    if not isinstance(value, dict):
        raise ConfigurationError(
            f"{key} is {value!r}, not a table.",
            hint='Write [tool.marketing_ibis.files] on a line, and below it lines such as encoding = "latin-1".',
        )
    tables = {name: entry for name, entry in value.items() if isinstance(entry, dict)}
    settings = {name: entry for name, entry in value.items() if name not in tables}
    fields = read_format(settings, lambda name: f"{key}.{name}")
    return {**fields, **{table: _read_table(f"{key}.{table}", entry) for table, entry in tables.items()}}


def _read_table(key: str, settings: Mapping[str, object]) -> Mapping[str, object]:
    return read_format(settings, lambda name: f"{key}.{name}")


def file_format_of(settings: Mapping[str, object], table: str, options: Mapping[str, object]) -> FileFormat:
    """Return how the files of a table are written: as ``options`` say, else the settings of the table, else of all."""
    general = {name: value for name, value in settings.items() if not isinstance(value, Mapping)}
    table_settings = settings.get(table, {})
    fields: dict[str, Any] = {**general, **(table_settings if isinstance(table_settings, Mapping) else {}), **options}
    return FileFormat(**fields)


def check_tables(settings: Mapping[str, object], tables: Collection[str]) -> None:
    """Refuse settings of the files of a table that no source has.

    Raises:
        ConfigurationError: naming it.
    """
    for name, value in settings.items():
        if isinstance(value, Mapping) and name not in tables:
            raise ConfigurationError(
                f"[tool.marketing_ibis] files.{name} is not the table of a source.", hint=nearest(name, tables)
            )
