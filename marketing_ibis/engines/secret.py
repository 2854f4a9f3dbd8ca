"""Values that are never shown: secrets, and addresses of people."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
MASK = "***"
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
"""An e-mail address anywhere in a string."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or key that is masked when it is printed, formatted or logged."""

    value: str = field(repr=False)

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__


def reveal(value: object) -> object:
    """Return what a secret holds, and anything else as it is."""
    return value.value if isinstance(value, Secret) else value


def without_addresses(value: T) -> T | str:
    """Return a value as people and logs may see it: a mask in place of each e-mail address of a string."""
    return ADDRESS.sub(MASK, value) if isinstance(value, str) else value
