"""Find the folder of a project, and its settings as they are written."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from marketing_ibis.errors import ConfigurationError

PYPROJECT = "pyproject.toml"
SETTINGS = "[tool.marketing_ibis]"
"""The table of that file with the settings, as messages name it."""
DEFAULT_DATAFLOWS = ("dataflows",)
DEFAULT_TIME_ZONE = "UTC"


def default_folder(directory: Path | None = None) -> Path:
    """Return the default folder of a project's files, that of the project; the current folder is an empty path.

    Without any ``[tool.marketing_ibis]`` it is the current one.
    """
    folder, settings = find_settings(directory)
    return Path() if settings is None or folder == Path.cwd().resolve() else folder


def find_settings(directory: Path | None) -> tuple[Path, dict[str, Any] | None]:
    """Return the folder of a project, or of the nearest folder above that has one, and its settings as written.

    Without any ``[tool.marketing_ibis]`` it is the folder itself, with no settings.

    Raises:
        ConfigurationError: there is no such folder, or pyproject.toml is not TOML.
    """
    start = (directory or Path.cwd()).resolve()
    if directory is not None and not start.is_dir():
        raise ConfigurationError(f"The project folder {directory} does not exist.", hint="Correct --project-dir.")
    for folder in [start] if directory else [start, *start.parents]:
        settings = read_settings(folder / PYPROJECT)
        if settings is not None:
            return folder, settings
    return start, None


def read_settings(path: Path) -> dict[str, Any] | None:
    """Return the settings of a pyproject.toml as they are written; None if it has none or does not exist.

    Raises:
        ConfigurationError: it is not TOML, or they are not a table.
    """
    if not path.is_file():
        return None
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    settings = document.get("tool", {}).get("marketing_ibis")
    if settings is not None and not isinstance(settings, dict):
        raise ConfigurationError(f"{SETTINGS} in {path} must be a table.")
    return settings
