"""Leave the widths of strings open in a statement until the warehouse says how wide its sources are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketing_ibis.model.type_names import is_string

MARK = "\x00width of {}\x00"
"""Stands for the bytes of a column in a statement until they are known; no engine takes it for a number."""


def width_marks(columns: Mapping[str, str]) -> Mapping[str, str]:
    """Return the mark of the width of each string column."""
    return {name: MARK.format(name) for name, dtype in columns.items() if is_string(dtype)}


def resolve_widths(statements: Iterable[str], widths: Mapping[str, int]) -> tuple[str, ...]:
    """Return ``statements`` with the bytes of columns in place of their marks."""
    resolved = tuple(statements)
    for name, width in widths.items():
        resolved = tuple(statement.replace(MARK.format(name), str(width)) for statement in resolved)
    return resolved
