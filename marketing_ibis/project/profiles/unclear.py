"""Mark a value that YAML would change."""

from __future__ import annotations

from dataclasses import dataclass

TWICE = "appears twice"


@dataclass(frozen=True, slots=True)
class Unclear:
    """Stands for a value that may be meant otherwise than YAML reads it; it is refused if it is asked for."""

    line: int
    reason: str
