"""What a report says that the tables do not: test results, the rules in force, the newest day of the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from marketing_ibis.build.recent_builds import BuildMetrics
from marketing_ibis.build.test_summary import ResultSummary
from marketing_ibis.model import Model
from marketing_ibis.project.audiences import AudienceSize


@dataclass(frozen=True, slots=True)
class Context:
    """What a report can use besides the rows of its queries."""

    tests: ResultSummary = field(default_factory=lambda: ResultSummary(0))
    """The newest results of the data tests."""
    problem: str = ""
    """Why earlier test results could not be read."""
    newest_day: date | None = None
    """The newest complete day of the sources, None where no source says."""
    days: tuple[date, ...] = ()
    """The days as of which the report's tables were built, as far as builds recorded them."""
    inputs: Mapping[str, object] = field(default_factory=dict)
    """The inputs that the models were compiled with, such as the rules in force, by parameter name."""
    models: Mapping[str, Model] = field(default_factory=dict)
    """The compiled models."""
    absent: frozenset[str] = frozenset()
    """The models that need a source that the settings do not list."""
    audiences: tuple[AudienceSize, ...] = ()
    """The audiences that the project declares, with their sizes."""
    builds: tuple[BuildMetrics, ...] = ()
    """The numbers that the newest builds recorded, the newest first."""
