"""Distinguish the names of columns from values: the first line of a file without a header may be personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from marketing_ibis.errors import SourceError

NAME = re.compile(r"[^\W\d][\w .,#%()/&+?'€$£-]{0,60}")
MOST_DIGITS = 3
VALUE = re.compile(r"[-+]?[\d.,' ]*\d[\d.,' ]*|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|.*@.*\..*")
"""A number, a day or an e-mail address."""
HEADER_HINT = "Its first line must be the names of its columns. It is not shown, because it may be data."


def are_names(names: Iterable[str]) -> bool:
    """Return whether the fields of a first line look like the names of columns, so that a message may show them."""
    return all(NAME.fullmatch(name) and sum(map(str.isdigit, name)) <= MOST_DIGITS for name in names if name)


def refuse_duplicates(path: Path, names: list[str]) -> None:
    """Refuse a file with two columns of one name.

    Raises:
        SourceError: naming the column, or saying that the first line is not one of names.
    """
    duplicates = [name for name in names if name and names.count(name) > 1]
    if duplicates and not are_names(names):
        raise SourceError(f"{path} has the same text twice in its first line.", hint=HEADER_HINT)
    if duplicates:
        raise SourceError(f"{path} has the column {duplicates[0]} twice.", hint="Rename one of them.")


def refuse_values(path: Path, names: Iterable[str]) -> None:
    """Refuse a file whose first line has a value.

    Raises:
        SourceError: without the line.
    """
    if any(VALUE.fullmatch(name) for name in names):
        raise SourceError(f"{path} starts with a line of values.", hint=HEADER_HINT)
