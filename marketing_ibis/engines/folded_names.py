"""Look names up where an engine folds them to lower case, whatever case a project writes them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


class FoldedNames(dict[str, T]):
    """What an engine's catalog has by name, with every name in lower case; look-ups ignore case.

    Redshift folds names to lower case, also those in quotes, unless enable_case_sensitive_identifier is on:
    https://docs.aws.amazon.com/redshift/latest/dg/r_names.html. DuckDB keeps the case, and compares names without it.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        super().__init__((name.lower(), value) for name, value in entries)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name.lower() if isinstance(name, str) else name)

    def __getitem__(self, name: str) -> T:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: T | None = None) -> T | None:  # type: ignore[override]
        """Return the entry of ``name`` in any case."""
        return super().get(name.lower(), default)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name.lower())

    def copy(self) -> FoldedNames[T]:
        """Return the same entries."""
        return FoldedNames(self.items())


def as_declared(entries: Mapping[str, T], declared: Iterable[str]) -> Mapping[str, T]:
    """Return what was found in a catalog, with names of folded entries as they are declared."""
    if not isinstance(entries, FoldedNames):
        return entries
    declared_names = {name.lower(): name for name in declared}
    return {declared_names.get(name, name): value for name, value in entries.items()}
