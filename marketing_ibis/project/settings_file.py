"""Write settings into pyproject.toml, leaving everything else in it as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketing_ibis.atomic_write import write_text
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.folders import PYPROJECT

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Table

ROOT = ("tool", "marketing_ibis")
SettingsTable = tuple[tuple[str, ...], Mapping[str, object], tuple[str, ...]]
"""The path of a table below the project's settings, its values, and comments above them."""


def settings_text(general: Mapping[str, object], tables: Iterable[SettingsTable]) -> str:
    """Return settings as the text of a pyproject.toml that has nothing else."""
    import tomlkit

    document = tomlkit.document()
    _add(document, general, tables)
    return tomlkit.dumps(document).strip() + "\n"


def write_settings(folder: Path, general: Mapping[str, object], tables: Iterable[SettingsTable]) -> Path:
    """Add settings to the pyproject.toml of a folder and return the file; there need not be one.

    Raises:
        ConfigurationError: the file is not TOML, or has one of the tables or settings already.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = folder / PYPROJECT
    try:
        document = tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()
        _add(document, general, tables)
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    write_text(path, tomlkit.dumps(document))
    return path


def _add(document: TOMLDocument, general: Mapping[str, object], tables: Iterable[SettingsTable]) -> None:
    import tomlkit

    if general:
        _set_values(_table(document, ROOT), general, ".".join(ROOT), ())
    for path, values, comments in tables:
        parent = _table(document, (*ROOT, *path[:-1]))
        name = ".".join((*ROOT, *path))
        if path[-1] not in parent:
            parent.add(path[-1], tomlkit.table())
        _set_values(parent[path[-1]], values, name, comments)


def _table(document: TOMLDocument, path: tuple[str, ...]) -> Any:
    import tomlkit
    from tomlkit.items import InlineTable

    table: Any = document
    for key in path:
        if key not in table:
            table.add(key, tomlkit.table(is_super_table=True))
        table = table[key]
        if isinstance(table, InlineTable):
            raise ConfigurationError(
                f"{'.'.join(path)} is written on one line in {PYPROJECT}.",
                hint=f"Write [{'.'.join(path)}] as a table on lines of its own. Nothing was written.",
            )
    return table


def _set_values(table: Table | Any, values: Mapping[str, object], name: str, comments: tuple[str, ...]) -> None:
    import tomlkit

    different = [key for key, value in values.items() if key in table and table[key] != value]
    if different:
        raise ConfigurationError(
            f"[{name}] already has {different[0]} = {table[different[0]]!r}, not {values[different[0]]!r}.",
            hint="Nothing was written. Remove the setting, or change it yourself.",
        )
    for comment in comments:
        table.add(tomlkit.comment(comment))
    for key, value in values.items():
        if key not in table:
            table.add(key, _item(value))


def _item(value: object) -> object:
    """Return a table in a value as one of a single line."""
    import tomlkit

    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table
