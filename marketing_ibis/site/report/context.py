"""What the report says that the marts do not hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketing_ibis.site.results import ResultSummary


@dataclass(frozen=True, slots=True)
class Context:
    """The newest results of the data tests; ``problem`` says why earlier ones could not be read."""

    tests: ResultSummary = field(default_factory=lambda: ResultSummary(0))
    problem: str = ""
