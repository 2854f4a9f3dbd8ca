"""What the site's pages tell, gathered before any is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from marketing_ibis.compile import Dataflow
from marketing_ibis.discovery import Node
from marketing_ibis.latest_results import BuildResult, LatestResults
from marketing_ibis.lineage import Lineage
from marketing_ibis.model import Check

EXPOSURE = "exposure"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The newest outcome of a model or a data test, with ``rows`` of the published table and ``failures`` if known."""

    status: str
    seconds: float = 0.0
    rows: int | None = None
    failures: int | None = None


@dataclass(frozen=True, slots=True)
class LastBuild:
    """The newest outcomes, by name of the model or test, and as of which day, or days, the tables are published."""

    as_of: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration with its type, default and the value in force, as they are written there."""

    key: str
    type: str
    default: str
    value: str


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """A table of the configuration, what it is for, and the models that read it."""

    name: str
    description: str
    settings: tuple[Setting, ...]
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SiteFacts:
    """A compiled project with everything that its pages tell.

    ``places`` are where relations stand, with their schema. ``selects`` are each model's SELECTs by engine.
    ``command_line`` is a page in Markdown, ``report`` the insights report as a whole page; empty if nothing
    is built.
    """

    title: str
    root: Path
    nodes: Mapping[str, Node]
    dataflow: Dataflow
    lineage: Lineage
    checks: Mapping[str, Sequence[Check]]
    selects: Mapping[str, Mapping[str, str]]
    last_build: LastBuild = field(default_factory=LastBuild)
    latest: LatestResults = field(default_factory=LatestResults)
    places: Mapping[str, str] = field(default_factory=dict)
    command_line: str = ""
    settings: Sequence[SettingsTable] = ()
    report: str = ""

    @property
    def exposures(self) -> dict[str, Node]:
        """Who reads the models outside of the project, by name."""
        return {name: node for name, node in self.nodes.items() if node.kind == EXPOSURE}

    def code(self, name: str) -> str:
        """Return the Python of a node's function, decorators included."""
        node = self.nodes[name]
        lines = (self.root / node.path).read_text("utf-8").splitlines()
        return "\n".join(lines[node.line - 1 : node.end_line]) + "\n"

    def readers(self, name: str) -> tuple[str, ...]:
        """Return the models and exposures that read ``name``."""
        return tuple(other for other, node in self.nodes.items() if name in node.parents)


def last_build_of(latest: LatestResults, models: Iterable[str]) -> LastBuild:
    """Return the newest outcomes by name; ``as_of`` is the day, or the days, of the published ``models``."""
    outcomes = {name: _build_outcome(result) for name, result in latest.builds.items()}
    outcomes |= {name: Outcome(t.status, t.seconds, failures=t.failures) for (_, name), t in latest.tests.items()}
    return LastBuild(" and ".join(day.isoformat() for day in latest.days(models)), outcomes)


def _build_outcome(result: BuildResult) -> Outcome:
    unpublished = result.status == "success" and not result.is_current
    return Outcome("not published" if unpublished else result.status, result.seconds, result.rows)
