"""Recall what a command prints of a project, without reading the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketing_ibis.cli.options import Selection, TargetOptions
from marketing_ibis.cli.steps.recall import ResultCache, cache_in, cache_of, recall_or_compute
from marketing_ibis.project.folders import DEFAULT_DATAFLOWS, DEFAULT_TIME_ZONE, find_settings

# A recalled output is printed without loading the project.
if TYPE_CHECKING:
    from marketing_ibis.cli.session import ProjectSession

MOST_FILES = 64
"""How many outputs of a command the user's folder keeps: each selection has its own."""


def recall_output(
    options: TargetOptions, selection: Selection, command: str, write: Callable[[ProjectSession], str], *, kind: str
) -> str:
    """Return what ``write`` prints of a project, or recall what it printed.

    ``command`` names the command with its other options, and ``kind`` the folder that keeps its outputs.

    Raises:
        ConfigurationError: there is no such project, or its settings cannot be read.
    """

    def load() -> ProjectSession:
        from marketing_ibis.cli.session import open_project

        return open_project(options, selection)

    # Only a selector with a colon names a method; the others need no grammar.
    if ":" in "".join((*selection.select, *selection.exclude)) and selection.asks_for_state:
        return write(load())
    folder, settings = find_settings(options.project_dir)
    if options.target or (settings and "targets" in settings):
        # The profile is an input of such a project, so the project is loaded first.
        session = load()
        cache = cache_of(session, kind, command, most_files=MOST_FILES)
        return recall_or_compute(cache, lambda: write(session), read=_text, write=str)
    cache = _cache(folder, settings or {}, (options, selection, command), kind, options.target_path)
    return recall_or_compute(cache, lambda: write(load()), read=_text, write=str)


def _cache(
    folder: Path, settings: Mapping[str, Any], call: tuple[object, ...], kind: str, outputs: Path
) -> ResultCache | None:
    """Return the cache of a call's output; None where the settings are wrong, which loading the project reports."""
    packages = settings.get("dataflows", list(DEFAULT_DATAFLOWS))
    zone = settings.get("time_zone", DEFAULT_TIME_ZONE)
    if not isinstance(packages, list) or not all(isinstance(name, str) for name in packages):
        return None
    try:
        day = _today(zone)
    except (TypeError, ValueError, OSError, KeyError):
        return None
    key = (settings, call, day)
    return cache_in(folder, kind, tuple(packages), (outputs,), place=call, key=key, most_files=MOST_FILES)


def _today(zone: str) -> date:
    if zone == DEFAULT_TIME_ZONE:
        return datetime.now(UTC).date()
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(zone)).date()


def _text(document: Any) -> str:
    if not isinstance(document, str):
        raise TypeError(document)
    return document
