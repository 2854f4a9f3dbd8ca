"""Keep what a command would print."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marketing_ibis.cli.output.log import Log


@dataclass(frozen=True, slots=True)
class RecordedLog(Log):
    """A log that prints nothing and keeps the warnings."""

    warnings: list[str] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        """Whether lines are redrawn: never."""
        return False

    def emit(self, event: str, text: str, **data: Any) -> None:
        """Drop an event: the result of a build has its outcome."""

    def warn(self, text: str, event: str = "warning", **data: Any) -> None:
        """Keep a warning."""
        self.warnings.append(text)

    def show_error(self, message: str, hint: str) -> None:
        """Drop a failure: the result of a build has it."""
