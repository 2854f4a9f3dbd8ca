"""The functions that a project lists as its own: they exist in its database, and no page of AWS names them."""

from __future__ import annotations

from collections.abc import Iterable

SETTING = "allowed_functions under [tool.marketing_ibis]"
_names: set[str] = set()


def allow_functions(names: Iterable[str]) -> None:
    """Let the functions of these names pass, with a schema or without, in place of those that were listed before."""
    _names.clear()
    _names.update(name.rpartition(".")[2].upper() for name in names)


def is_allowed(name: str) -> bool:
    """Return whether a function in capitals is one of the project's own."""
    return name in _names
