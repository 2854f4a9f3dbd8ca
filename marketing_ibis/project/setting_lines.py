"""Name the line of pyproject.toml that a message about the mapping of a source is about."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketing_ibis.errors import MarketingIbisError

if TYPE_CHECKING:
    from marketing_ibis.model import Source

ROOT = ("tool", "marketing_ibis")
SETTING = re.compile(r"\[tool\.marketing_ibis\] ((?:targets\.[\w-]+\.)?sources(?:\.[\w-]+)+)")
"""How messages name a setting of a source."""
Lines = Mapping[tuple[str, ...], int]
"""The line of each table and key, by the names that lead to it."""


def setting_lines(text: str) -> Lines:
    """Return the lines of a TOML document: of a table its header's, of a key the one on which it begins."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    statement, start = "", 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if not statement:
            start = number
        statement += line
        try:
            values = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            # An array or string that goes on in the next line.
            continue
        is_header, statement = statement.lstrip().startswith("["), ""
        for path in _paths(values):
            lines.setdefault((*(() if is_header else table), *path), start)
        if is_header:
            table = max(_paths(values), key=len)
    return lines


def _paths(values: object) -> Iterator[tuple[str, ...]]:
    """Yield the names that lead to each value, outer ones first."""
    if isinstance(values, list):
        for value in values:
            yield from _paths(value)
    if isinstance(values, dict):
        for name, value in values.items():
            yield (name,)
            yield from ((name, *path) for path in _paths(value))


def add_places(text: str, lines: Lines, file: str) -> str:
    """Return a message with the line of each setting of a source that it names, as far as the file has it."""
    places = [(match, _place(tuple(match[1].split(".")), lines, file)) for match in SETTING.finditer(text)]
    for match, place in reversed(places):
        if place and match.start() == 0:
            text = f"{place}: {text}"
        elif place:
            text = f"{text[: match.end()]} ({place}){text[match.end() :]}"
    return text


def _place(setting: tuple[str, ...], lines: Lines, file: str) -> str:
    """Return the places of a setting, or of the innermost table that it belongs to; "" for a setting of no file.

    A setting of one target counts for the same setting of all.
    """
    targets = {path[:4] for path in lines if path[:3] == (*ROOT, "targets") and len(path) > 3}
    paths = [(*ROOT, *setting), *((*target, *setting) for target in targets)]
    depths: dict[int, list[int]] = {}
    for path in paths:
        shortest = len(path) - len(setting) + setting.index("sources") + 2
        for length in range(len(path), shortest - 1, -1):
            if path[:length] in lines:
                depths.setdefault(len(path) - length, []).append(lines[path[:length]])
                break
    if not depths:
        return ""
    return f"{file}:{' or '.join(map(str, sorted(depths[min(depths)])))}"


@contextmanager
def naming_lines(file: Path | None) -> Iterator[None]:
    """Add the lines of the settings in ``file`` to the messages of errors that are raised inside."""
    try:
        yield
    except MarketingIbisError as error:
        # A compilation reads the nodes, which does the same.
        if file is not None and SETTING.search(str(error)) and f"{file.name}:" not in str(error):
            lines = _read(file)
            error.message = add_places(error.message, lines, file.name)
            error.hint = add_places(error.hint, lines, file.name)
            error.args = (error.message,)
        raise


def locate_settings(sources: Mapping[str, Source], file: Path | None) -> Mapping[str, Source]:
    """Return the sources with the lines of the settings in ``file`` that map them, for messages about their tables."""
    if file is None or not any(source.declaration.settings for source in sources.values()):
        return sources
    lines = _read(file)

    def locate(text: str) -> str:
        # Within a sentence, not at its beginning.
        return add_places(f" {text}", lines, file.name)[1:]

    def located(record: Any) -> Any:
        return replace(record, setting=locate(record.setting))

    return {
        name: replace(
            source,
            declaration=replace(
                source.declaration,
                settings={column: locate(setting) for column, setting in source.declaration.settings.items()},
                amounts=tuple(map(located, source.declaration.amounts)),
                numeric_texts=tuple(map(located, source.declaration.numeric_texts)),
            ),
        )
        for name, source in sources.items()
    }


def _read(file: Path) -> Lines:
    return setting_lines(file.read_text("utf-8"))
