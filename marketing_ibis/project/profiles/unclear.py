"""Mark a value that YAML would change, and a key that may be part of a value."""

from __future__ import annotations

from dataclasses import dataclass

TWICE = "appears twice"


class KeyInBraces(str):
    """A key between braces, where YAML reads ``b`` of ``{password: a,b}`` as one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """Stands for a value that may be meant otherwise than YAML reads it; it is refused if it is asked for."""

    line: int
    reason: str
