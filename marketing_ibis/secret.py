"""A value that is never shown."""

from __future__ import annotations

from dataclasses import dataclass, field

MASK = "***"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or key; whoever prints, formats or logs it gets a mask."""

    value: str = field(repr=False)

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__


def reveal(value: object) -> object:
    """Return what a secret holds, and anything else as it is."""
    return value.value if isinstance(value, Secret) else value
