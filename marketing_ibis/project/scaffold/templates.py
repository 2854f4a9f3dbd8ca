"""Render the templates of a folder, whose names end in ``.jinja``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

ENDING = ".jinja"


def render_files(folder: Traversable, **values: object) -> dict[PurePosixPath, str]:
    """Return the text of each template of a folder, by its path there without the ending."""
    from jinja2 import Environment, StrictUndefined

    # What is written is Python and TOML, no markup; the values were checked.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    templates = sorted(_templates(folder, PurePosixPath()))
    return {path: environment.from_string(text).render(**values) for path, text in templates}


def _templates(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _templates(entry, at / entry.name)
        elif entry.name.endswith(ENDING):
            yield at / entry.name.removesuffix(ENDING), entry.read_text("utf-8")
