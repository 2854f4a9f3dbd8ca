"""What the gate has against a statement."""

from __future__ import annotations

from dataclasses import dataclass, replace

from marketing_ibis.engines.redshift.gate.vocabulary import AWS


@dataclass(frozen=True, slots=True)
class Refusal:
    """A construct that Redshift does not document, with what to write instead and the page that rules it out.

    ``column`` is the column of the outermost SELECT in which it stands, where there is one.
    """

    construct: str
    reason: str
    instead: str = ""
    page: str = ""
    column: str = ""

    def of(self, column: str) -> Refusal:
        """Return the same refusal, found in ``column``."""
        return replace(self, column=column)

    def __str__(self) -> str:
        place = f"column {self.column}: " if self.column else ""
        instead = f"; write {self.instead} instead" if self.instead else ""
        return f"{place}{self.construct}: {self.reason}{instead} ({AWS}{self.page or 'c_SQL_reference.html'})"
